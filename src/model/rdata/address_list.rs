//! APL (RFC 3123): address prefixes, each perhaps negated.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::{Reader, decimal, parsed};
use super::wire::Wire;

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    for token in reader.rest("")? {
        let item = item(token.text).ok_or_else(|| Bad::new(Fault::Rule("no [!]family:address/length"), token.text))?;
        reader.out.extend_from_slice(&item);
    }
    Ok(())
}

fn item(text: &[u8]) -> Option<Vec<u8>> {
    let (negated, text) = match text.strip_prefix(b"!") {
        Some(text) => (0x80, text),
        None => (0, text),
    };
    let colon = text.iter().position(|byte| *byte == b':')?;
    let slash = text.iter().rposition(|byte| *byte == b'/').filter(|slash| *slash > colon)?;
    let address = &text[colon + 1..slash];
    let (family, mut octets, bits) = match &text[..colon] {
        b"1" => (1, parsed::<Ipv4Addr>(address)?.octets().to_vec(), 32),
        b"2" => (2, parsed::<Ipv6Addr>(address)?.octets().to_vec(), 128),
        _ => return None,
    };
    let len = decimal(&text[slash + 1..], bits)?;
    while octets.last() == Some(&0) {
        octets.pop();
    }
    let mut item = vec![0, family, len as u8, negated | octets.len() as u8];
    item.append(&mut octets);
    Some(item)
}

/// One item: family, prefix length, negated, address octets without trailing zeros.
fn next<'a>(wire: &mut Wire<'a>) -> Option<(u16, u8, bool, &'a [u8])> {
    let family = wire.u16()?;
    let len = wire.u8()?;
    let octets = wire.u8()?;
    let address = wire.take(usize::from(octets & 0x7f))?;
    Some((family, len, octets & 0x80 != 0, address))
}

pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    while !wire.is_empty() {
        let (family, len, _, address) = next(wire).ok_or(Fault::Wire)?;
        let bits = match family {
            1 => 32,
            2 => 128,
            _ => continue,
        };
        if len > bits || address.len() > usize::from(bits / 8) || address.ends_with(&[0]) {
            return Err(Fault::Wire);
        }
    }
    Ok(())
}

pub(super) fn print(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    while !wire.is_empty() {
        let (family, len, negated, address) = next(wire)?;
        let mark = if negated { "!" } else { "" };
        let mut octets = [0u8; 16];
        octets.get_mut(..address.len())?.copy_from_slice(address);
        match family {
            1 => {
                let [a, b, c, d, ..] = octets;
                printer.word(format_args!("{mark}1:{}/{len}", Ipv4Addr::new(a, b, c, d)));
            }
            2 => printer.word(format_args!("{mark}2:{}/{len}", Ipv6Addr::from(octets))),
            _ => return None,
        }
    }
    Some(())
}
