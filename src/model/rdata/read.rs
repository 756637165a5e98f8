//! Text → wire: the schema walked over tokens.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::error::{Bad, Fault};
use super::schema::{Field, fields};
use super::token::{Token, unescape};
use super::{Dialect, MAX_RDATA, address_list, bitmap, check, coding, hip, loc, relay, svcb, time, wks};
use crate::model::RecordType;
use crate::model::name::{parse_keeping_case, parse_route53_keeping_case};

const ALGORITHMS: &[(&str, u8)] = &[
    ("RSAMD5", 1),
    ("DH", 2),
    ("DSA", 3),
    ("RSASHA1", 5),
    ("DSA-NSEC3-SHA1", 6),
    ("NSEC3DSA", 6),
    ("RSASHA1-NSEC3-SHA1", 7),
    ("NSEC3RSASHA1", 7),
    ("RSASHA256", 8),
    ("RSASHA512", 10),
    ("ECC-GOST", 12),
    ("ECCGOST", 12),
    ("ECDSAP256SHA256", 13),
    ("ECDSAP384SHA384", 14),
    ("ED25519", 15),
    ("ED448", 16),
    ("INDIRECT", 252),
    ("PRIVATEDNS", 253),
    ("PRIVATEOID", 254),
];

const CERTIFICATES: &[(&str, u16)] = &[
    ("PKIX", 1),
    ("SPKI", 2),
    ("PGP", 3),
    ("IPKIX", 4),
    ("ISPKI", 5),
    ("IPGP", 6),
    ("ACPKIX", 7),
    ("IACPKIX", 8),
    ("URI", 253),
    ("OID", 254),
];

/// The tokens of one value, being consumed, and the wire bytes, growing.
pub(super) struct Reader<'t, 'o> {
    tokens: std::slice::Iter<'t, Token<'t>>,
    pub(super) dialect: Dialect,
    origin: Option<&'o [u8]>,
    pub(super) out: &'o mut Vec<u8>,
}

/// Appends the wire form of a value to `out`, checked whole.
pub(super) fn read(
    rtype: RecordType,
    tokens: &[Token<'_>],
    dialect: Dialect,
    origin: Option<&[u8]>,
    out: &mut Vec<u8>,
) -> Result<(), Bad> {
    let mut reader = Reader { tokens: tokens.iter(), dialect, origin, out };
    let generic = matches!(tokens.first(), Some(Token { text: b"\\#", quoted: false }));
    if generic && dialect == Dialect::Master {
        reader.generic()?;
    } else {
        let fields = fields(rtype).ok_or_else(|| Bad::new(Fault::NoForm, b""))?;
        for field in fields {
            reader.field(*field)?;
        }
    }
    if let Some(token) = reader.tokens.next() {
        return Err(Bad::new(Fault::Extra, token.text));
    }
    check::check(rtype, out).map_err(|fault| Bad::new(fault, &joined(tokens)))
}

fn joined(tokens: &[Token<'_>]) -> Vec<u8> {
    tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(&b' ')
}

impl<'t> Reader<'t, '_> {
    /// The next token, whichever it is.
    pub(super) fn token(&mut self, what: &'static str) -> Result<&'t Token<'t>, Bad> {
        self.tokens.next().ok_or_else(|| Bad::new(Fault::Missing(what), b""))
    }

    /// The next token, which must not be quoted.
    pub(super) fn plain(&mut self, what: &'static str) -> Result<&'t [u8], Bad> {
        match self.token(what)? {
            Token { text, quoted: false } => Ok(text),
            Token { text, .. } => Err(Bad::new(Fault::Quoted, text)),
        }
    }

    /// Whether a token is left.
    pub(super) fn more(&self) -> bool {
        !self.tokens.as_slice().is_empty()
    }

    /// The next token if there is one, which must not be quoted.
    pub(super) fn optional(&mut self) -> Result<Option<&'t [u8]>, Bad> {
        if self.more() { self.plain("").map(Some) } else { Ok(None) }
    }

    pub(super) fn number(&mut self, what: &'static str, max: u32) -> Result<u32, Bad> {
        let text = self.plain(what)?;
        decimal(text, max).ok_or_else(|| Bad::new(Fault::Number { max }, text))
    }

    pub(super) fn u8(&mut self, what: &'static str) -> Result<u8, Bad> {
        self.number(what, 255).map(|number| number as u8)
    }

    pub(super) fn u16(&mut self, what: &'static str) -> Result<u16, Bad> {
        self.number(what, 65_535).map(|number| number as u16)
    }

    pub(super) fn name(&mut self) -> Result<(), Bad> {
        let text = self.plain("a domain name")?;
        let wire = match self.dialect {
            Dialect::Master => parse_keeping_case(text, self.origin),
            Dialect::Route53 => parse_route53_keeping_case(text),
        };
        self.out.extend_from_slice(&wire.map_err(|error| Bad::new(Fault::Name(error), text))?);
        Ok(())
    }

    pub(super) fn ipv4(&mut self) -> Result<(), Bad> {
        let text = self.plain("an IPv4 address")?;
        let address: Ipv4Addr = parsed(text).ok_or_else(|| Bad::new(Fault::Ipv4, text))?;
        self.out.extend_from_slice(&address.octets());
        Ok(())
    }

    pub(super) fn ipv6(&mut self) -> Result<(), Bad> {
        let text = self.plain("an IPv6 address")?;
        let address: Ipv6Addr = parsed(text).ok_or_else(|| Bad::new(Fault::Ipv6, text))?;
        self.out.extend_from_slice(&address.octets());
        Ok(())
    }

    /// Every token left, none of them quoted.
    pub(super) fn rest(&mut self, what: &'static str) -> Result<&'t [Token<'t>], Bad> {
        let rest = self.tokens.as_slice();
        self.tokens = [].iter();
        match rest.iter().find(|token| token.quoted) {
            Some(quoted) => Err(Bad::new(Fault::Quoted, quoted.text)),
            None if rest.is_empty() && !what.is_empty() => Err(Bad::new(Fault::Missing(what), b"")),
            None => Ok(rest),
        }
    }

    pub(super) fn hex(&mut self, what: &'static str) -> Result<(), Bad> {
        let rest = self.rest(what)?;
        coding::unhex(rest.iter().map(|token| token.text), self.out).ok_or_else(|| Bad::new(Fault::Hex, &joined(rest)))
    }

    pub(super) fn base64(&mut self, what: &'static str) -> Result<(), Bad> {
        let rest = self.rest(what)?;
        coding::unbase64(rest.iter().map(|token| token.text), self.out)
            .ok_or_else(|| Bad::new(Fault::Base64, &joined(rest)))
    }

    pub(super) fn algorithm(&mut self) -> Result<u8, Bad> {
        let text = self.plain("an algorithm")?;
        mnemonic(text, ALGORITHMS)
            .or_else(|| decimal(text, 255).map(|number| number as u8))
            .ok_or_else(|| Bad::new(Fault::Number { max: 255 }, text))
    }

    /// `\# length hex` (RFC 3597 §5).
    fn generic(&mut self) -> Result<(), Bad> {
        self.plain("\\#")?;
        let len = self.number("a length", MAX_RDATA as u32)?;
        let start = self.out.len();
        self.hex("")?;
        match self.out.len() - start == len as usize {
            true => Ok(()),
            false => Err(Bad::new(Fault::GenericLength, len.to_string().as_bytes())),
        }
    }

    /// Appends a length octet and what `write` appends, at most 255 octets.
    fn counted(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>) -> Result<(), Fault> {
        let start = self.out.len();
        self.out.push(0);
        write(self.out)?;
        self.out[start] = u8::try_from(self.out.len() - start - 1).map_err(|_| Fault::StringTooLong)?;
        Ok(())
    }

    fn string(&mut self, token: &Token<'_>) -> Result<(), Bad> {
        let dialect = self.dialect;
        if !token.quoted && stray_quote(token.text) {
            return Err(Bad::new(Fault::Quoted, token.text));
        }
        self.counted(|out| unescape(token.text, dialect, out)).map_err(|fault| Bad::new(fault, token.text))
    }

    fn field(&mut self, field: Field) -> Result<(), Bad> {
        match field {
            Field::U8 => {
                let number = self.u8("a number")?;
                self.out.push(number);
            }
            Field::U16 => {
                let number = self.u16("a number")?;
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Field::U32 => {
                let number = self.number("a number", u32::MAX)?;
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Field::Seconds => self.seconds()?,
            Field::Ipv4 => self.ipv4()?,
            Field::Ipv6 => self.ipv6()?,
            Field::Name => self.name()?,
            Field::Text => {
                let token = self.token("a character-string")?;
                self.string(token)?;
            }
            Field::OptionalText => {
                if let Some(token) = self.tokens.next() {
                    self.string(token)?;
                }
            }
            Field::Texts => {
                let first = self.token("a character-string")?;
                self.string(first)?;
                while let Some(token) = self.tokens.next() {
                    self.string(token)?;
                }
            }
            Field::LongText { .. } => {
                let token = self.token("a text")?;
                if !token.quoted && stray_quote(token.text) {
                    return Err(Bad::new(Fault::Quoted, token.text));
                }
                unescape(token.text, self.dialect, self.out).map_err(|fault| Bad::new(fault, token.text))?;
            }
            Field::Tag => {
                let Token { text, .. } = *self.token("a tag")?;
                self.counted(|out| {
                    out.extend_from_slice(text);
                    Ok(())
                })
                .map_err(|_| Bad::new(Fault::Tag, text))?;
            }
            Field::Hex => self.hex("hexadecimal digits")?,
            Field::Salt => self.salt()?,
            Field::Hash => {
                let text = self.plain("a hash")?;
                self.counted(|out| coding::unbase32(text, out).ok_or(Fault::Base32))
                    .map_err(|fault| Bad::new(fault, text))?;
            }
            Field::Base64 => self.base64("base64")?,
            Field::Key => self.base64("")?,
            Field::Type => {
                let text = self.plain("a record type")?;
                let number = self.rtype(text)?;
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Field::Types => {
                let rest = self.rest("")?;
                let types = rest.iter().map(|token| self.rtype(token.text)).collect::<Result<_, _>>()?;
                bitmap::write(types, self.out);
            }
            Field::Algorithm => {
                let number = self.algorithm()?;
                self.out.push(number);
            }
            Field::CertType => {
                let text = self.plain("a certificate type")?;
                let number = mnemonic(text, CERTIFICATES)
                    .or_else(|| decimal(text, 65_535).map(|number| number as u16))
                    .ok_or_else(|| Bad::new(Fault::Number { max: 65_535 }, text))?;
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Field::Time => {
                let text = self.plain("a date")?;
                let date = time::date(text).ok_or_else(|| Bad::new(Fault::Rule("no date YYYYMMDDHHmmSS"), text))?;
                self.out.extend_from_slice(&date.to_be_bytes());
            }
            Field::Eui(octets) => self.grouped(octets, b'-', 2, "pairs of hexadecimal digits joined by hyphens")?,
            Field::Node => self.grouped(4, b':', 4, "four groups of hexadecimal digits joined by colons")?,
            Field::Nsap => {
                let text = self.plain("an NSAP address")?;
                let digits = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")).unwrap_or_default();
                let digits: Vec<u8> = digits.iter().copied().filter(|byte| *byte != b'.').collect();
                let read = coding::unhex([&digits[..]].into_iter(), self.out);
                if read.is_none() || digits.is_empty() {
                    return Err(Bad::new(Fault::Hex, text));
                }
            }
            Field::Location => loc::read(self)?,
            Field::AddressList => address_list::read(self)?,
            Field::Services => wks::read(self)?,
            Field::Gateway => relay::read_gateway(self)?,
            Field::Relay => relay::read_relay(self)?,
            Field::Hip => hip::read(self)?,
            Field::Params => svcb::read(self)?,
        }
        if self.out.len() > MAX_RDATA { Err(Bad::new(Fault::TooLong, b"")) } else { Ok(()) }
    }

    fn seconds(&mut self) -> Result<(), Bad> {
        let text = self.plain("a number of seconds")?;
        let seconds = match self.dialect {
            Dialect::Master => time::seconds(text),
            Dialect::Route53 => decimal(text, u32::MAX),
        };
        let seconds = seconds.ok_or_else(|| Bad::new(Fault::Number { max: u32::MAX }, text))?;
        self.out.extend_from_slice(&seconds.to_be_bytes());
        Ok(())
    }

    fn salt(&mut self) -> Result<(), Bad> {
        let text = self.plain("a salt")?;
        let digits = if text == b"-" { b"" } else { text };
        self.counted(|out| coding::unhex([digits].into_iter(), out).ok_or(Fault::Hex))
            .map_err(|fault| Bad::new(fault, text))
    }

    fn rtype(&self, text: &[u8]) -> Result<u16, Bad> {
        let rtype: Option<RecordType> = parsed(text);
        rtype.map(|rtype| rtype.0).ok_or_else(|| Bad::new(Fault::Type, text))
    }

    /// `count` groups of hex digits, one octet each when `digits` is 2, two octets each when it is 4.
    fn grouped(&mut self, count: usize, by: u8, digits: usize, rule: &'static str) -> Result<(), Bad> {
        let text = self.plain(rule)?;
        let bad = || Bad::new(Fault::Missing(rule), text);
        let groups: Vec<&[u8]> = text.split(|byte| *byte == by).collect();
        if groups.len() != count {
            return Err(bad());
        }
        for group in groups {
            let long_enough = if digits == 2 { group.len() == 2 } else { (1..=4).contains(&group.len()) };
            if !long_enough || !group.iter().all(u8::is_ascii_hexdigit) {
                return Err(bad());
            }
            let number = group.iter().fold(0u16, |n, byte| n << 4 | char::from(*byte).to_digit(16).unwrap_or(0) as u16);
            self.out.extend_from_slice(&number.to_be_bytes()[2 - digits / 2..]);
        }
        Ok(())
    }
}

/// Decimal digits only, at most `max`.
pub(super) fn decimal(text: &[u8], max: u32) -> Option<u32> {
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let mut number = 0u64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u64::from(byte - b'0');
    }
    u32::try_from(number).ok().filter(|number| *number <= max)
}

/// What std parses, from bytes.
pub(super) fn parsed<T: FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The number of a mnemonic, in either case.
pub(super) fn mnemonic<N: Copy>(text: &[u8], table: &[(&str, N)]) -> Option<N> {
    table.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(text)).map(|(_, number)| *number)
}

/// Whether a quotation mark stands unescaped in an unquoted string (RFC 1035 §5.1).
fn stray_quote(text: &[u8]) -> bool {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return true,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    false
}
