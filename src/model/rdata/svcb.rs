//! SvcParams of SVCB and HTTPS (RFC 9460 §2.1 and appendix A; dohpath RFC 9461, ohttp RFC 9540).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::coding;
use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::{Reader, decimal, parsed};
use super::token::{Token, unescape};
use super::wire::Wire;

const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const NO_DEFAULT_ALPN: u16 = 2;
const PORT: u16 = 3;
const IPV4HINT: u16 = 4;
const ECH: u16 = 5;
const IPV6HINT: u16 = 6;
const DOHPATH: u16 = 7;
const OHTTP: u16 = 8;
/// "Invalid key" (RFC 9460 §14.3.2).
const RESERVED: u16 = 65_535;

const NAMES: [&str; 9] =
    ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"];

/// A key by its name or as `keyNNNNN` without leading zeros.
fn key(text: &[u8]) -> Option<u16> {
    if let Some(at) = NAMES.iter().position(|name| name.as_bytes() == text) {
        return Some(at as u16);
    }
    let digits = text.strip_prefix(b"key")?;
    if digits.len() > 1 && digits[0] == b'0' {
        return None;
    }
    decimal(digits, u32::from(RESERVED) - 1).map(|number| number as u16)
}

fn key_name(key: u16) -> String {
    NAMES.get(usize::from(key)).map_or_else(|| format!("key{key}"), |name| (*name).to_owned())
}

/// One parameter as written: its key's text, and what follows `=` without quotation marks.
fn halves(text: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let Some(equals) = text.iter().position(|byte| *byte == b'=') else { return Some((text, None)) };
    let value = &text[equals + 1..];
    let value = match value.strip_prefix(b"\"") {
        Some(open) => open.strip_suffix(b"\"")?,
        None if value.contains(&b'"') => return None,
        None => value,
    };
    Some((&text[..equals], Some(value)))
}

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let dialect = reader.dialect;
    let mut params: Vec<(u16, Vec<u8>)> = Vec::new();
    for Token { text, .. } in reader.rest("")? {
        let bad = |fault| Bad::new(fault, text);
        let (name, written) = halves(text).ok_or_else(|| bad(Fault::Quoted))?;
        let shown = String::from_utf8_lossy(name);
        let key = key(name).ok_or_else(|| bad(Fault::Svc(format!("{shown:?} is no SvcParamKey"))))?;
        let value = match written {
            Some(written) => {
                let mut plain = Vec::new();
                unescape(written, dialect, &mut plain).map_err(bad)?;
                Some(plain)
            }
            None => None,
        };
        let generic = name.starts_with(b"key");
        let wire = if generic { Some(value.unwrap_or_default()) } else { encode(key, value) };
        let wire =
            wire.ok_or_else(|| bad(Fault::Svc(format!("the value of {} is not {}", key_name(key), expected(key)))))?;
        params.push((key, wire));
    }
    params.sort_by_key(|(key, _)| *key);
    for (key, value) in params {
        let len = u16::try_from(value.len()).map_err(|_| Bad::new(Fault::TooLong, b""))?;
        reader.out.extend_from_slice(&key.to_be_bytes());
        reader.out.extend_from_slice(&len.to_be_bytes());
        reader.out.extend_from_slice(&value);
    }
    Ok(())
}

/// What the value of a key must be, in words.
fn expected(key: u16) -> &'static str {
    match key {
        MANDATORY => "a list of other keys, each once",
        ALPN => "a list of protocol ids of 1 to 255 octets",
        NO_DEFAULT_ALPN | OHTTP => "empty",
        PORT => "a port in 0..=65535",
        IPV4HINT => "a list of IPv4 addresses",
        IPV6HINT => "a list of IPv6 addresses",
        ECH => "base64",
        DOHPATH => "a URI template in UTF-8 with the variable dns",
        _ => "a value",
    }
}

/// The wire form of a value, its own escapes already undone; `None` when it is not one of the key.
fn encode(key: u16, value: Option<Vec<u8>>) -> Option<Vec<u8>> {
    if matches!(key, NO_DEFAULT_ALPN | OHTTP) {
        return value.unwrap_or_default().is_empty().then(Vec::new);
    }
    let value = value.filter(|value| !value.is_empty())?;
    let mut wire = Vec::new();
    let items = || value.split(|byte| *byte == b',');
    match key {
        MANDATORY => {
            let mut keys = items().map(self::key).collect::<Option<Vec<u16>>>()?;
            keys.sort_unstable();
            keys.iter().for_each(|key| wire.extend_from_slice(&key.to_be_bytes()));
        }
        ALPN => {
            for id in list(&value)? {
                wire.push(u8::try_from(id.len()).ok().filter(|len| *len > 0)?);
                wire.extend_from_slice(&id);
            }
        }
        PORT => wire.extend_from_slice(&(decimal(&value, 65_535)? as u16).to_be_bytes()),
        IPV4HINT => {
            for item in items() {
                wire.extend_from_slice(&parsed::<Ipv4Addr>(item)?.octets());
            }
        }
        IPV6HINT => {
            for item in items() {
                wire.extend_from_slice(&parsed::<Ipv6Addr>(item)?.octets());
            }
        }
        ECH => coding::unbase64([&value[..]].into_iter(), &mut wire)?,
        _ => wire = value,
    }
    Some(wire)
}

/// The items of a comma-separated list in which `\,` and `\\` stand for themselves (RFC 9460 appendix A.1).
fn list(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut items = vec![Vec::new()];
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        let byte = match byte {
            b',' => {
                items.push(Vec::new());
                continue;
            }
            b'\\' => *bytes.next().filter(|next| matches!(next, b',' | b'\\'))?,
            _ => byte,
        };
        items.last_mut()?.push(byte);
    }
    Some(items)
}

/// One parameter off the wire.
fn next<'a>(wire: &mut Wire<'a>) -> Option<(u16, &'a [u8])> {
    let key = wire.u16()?;
    let len = wire.u16()?;
    Some((key, wire.take(usize::from(len))?))
}

/// Keys strictly ascending, values well formed, `mandatory` and `no-default-alpn` kept (RFC 9460 §2.2, §7.1, §8).
pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    let rule = |rule: String| Err(Fault::Svc(rule));
    let mut keys: Vec<u16> = Vec::new();
    let mut mandatory: &[u8] = &[];
    while !wire.is_empty() {
        let (key, value) = next(wire).ok_or(Fault::Wire)?;
        match keys.last() {
            Some(last) if *last == key => return rule(format!("{} is given twice", key_name(key))),
            Some(last) if *last > key => return rule("the SvcParams are not in ascending order".to_owned()),
            _ => {}
        }
        if key == RESERVED || !well_formed(key, value) {
            return rule(format!("the value of {} is not {}", key_name(key), expected(key)));
        }
        if key == MANDATORY {
            mandatory = value;
        }
        keys.push(key);
    }
    for pair in mandatory.as_chunks::<2>().0 {
        let key = u16::from_be_bytes(*pair);
        if keys.binary_search(&key).is_err() {
            return rule(format!("{} is mandatory and not given", key_name(key)));
        }
    }
    if keys.contains(&NO_DEFAULT_ALPN) && !keys.contains(&ALPN) {
        return rule("no-default-alpn needs alpn".to_owned());
    }
    Ok(())
}

fn well_formed(key: u16, value: &[u8]) -> bool {
    match key {
        MANDATORY => {
            let (keys, odd) = value.as_chunks::<2>();
            !keys.is_empty() && odd.is_empty() && keys[0] != [0, 0] && keys.is_sorted_by(|a, b| a < b)
        }
        ALPN => {
            let mut ids = Wire::new(value);
            while !ids.is_empty() {
                if ids.string().is_none_or(<[u8]>::is_empty) {
                    return false;
                }
            }
            !value.is_empty()
        }
        NO_DEFAULT_ALPN | OHTTP => value.is_empty(),
        PORT => value.len() == 2,
        IPV4HINT => !value.is_empty() && value.len().is_multiple_of(4),
        IPV6HINT => !value.is_empty() && value.len().is_multiple_of(16),
        ECH => !value.is_empty(),
        DOHPATH => std::str::from_utf8(value).is_ok_and(|template| template.contains("dns")),
        _ => true,
    }
}

pub(super) fn print(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    while !wire.is_empty() {
        let (key, value) = next(wire)?;
        printer.word(key_name(key));
        if value.is_empty() {
            continue;
        }
        printer.out.push('=');
        match key {
            MANDATORY => {
                let keys = value.as_chunks::<2>().0.iter().map(|pair| key_name(u16::from_be_bytes(*pair)));
                printer.out.push_str(&keys.collect::<Vec<_>>().join(","));
            }
            ALPN => print_list(value, printer)?,
            PORT => printer.out.push_str(&u16::from_be_bytes(value.try_into().ok()?).to_string()),
            IPV4HINT => print_addresses::<4, Ipv4Addr>(value, printer),
            IPV6HINT => print_addresses::<16, Ipv6Addr>(value, printer),
            ECH => coding::base64(value, &mut printer.out),
            _ => printer.quoted(value),
        }
    }
    Some(())
}

fn print_addresses<const N: usize, A: From<[u8; N]> + std::fmt::Display>(value: &[u8], printer: &mut Printer) {
    let (addresses, _) = value.as_chunks::<N>();
    let texts: Vec<String> = addresses.iter().map(|octets| A::from(*octets).to_string()).collect();
    printer.out.push_str(&texts.join(","));
}

fn print_list(value: &[u8], printer: &mut Printer) -> Option<()> {
    let mut ids = Wire::new(value);
    let mut joined = Vec::new();
    while !ids.is_empty() {
        if !joined.is_empty() {
            joined.push(b',');
        }
        for &byte in ids.string()? {
            if matches!(byte, b',' | b'\\') {
                joined.push(b'\\');
            }
            joined.push(byte);
        }
    }
    match joined.iter().all(|byte| byte.is_ascii_alphanumeric() || b",-./_".contains(byte)) {
        true => printer.out.push_str(&String::from_utf8_lossy(&joined)),
        false => printer.quoted(&joined),
    }
    Some(())
}

/// Route 53's own rules: priority up to 32767, only named keys, not `mandatory` (§2.3).
pub(super) fn check_route53(tokens: &[Token<'_>]) -> Result<(), Bad> {
    let first = tokens.first().map_or(&b""[..], |token| token.text);
    if decimal(first, u32::MAX).is_some_and(|priority| priority > 32_767) {
        return Err(Bad::new(Fault::SvcPriority, first));
    }
    for token in tokens.iter().skip(2) {
        let name = token.text.split(|byte| *byte == b'=').next().unwrap_or_default();
        let known = NAMES.iter().skip(1).any(|known| known.as_bytes() == name);
        if !known {
            let shown = String::from_utf8_lossy(name);
            return Err(Bad::new(Fault::Svc(format!("{shown:?} is no SvcParamKey Route 53 takes")), token.text));
        }
    }
    Ok(())
}
