//! Domain names in uncompressed wire form, ASCII letters folded to lower case.
//!
//! Two ways of writing a byte are met: master files use decimal `\DDD` (RFC 1035 §5.1), Route 53 uses
//! octal `\ooo` (N-3). Each has its own parser; nothing guesses.

use std::fmt;

/// The longest name in octets, length bytes and root included (RFC 1035 §3.1).
pub const MAX_NAME: usize = 255;
/// The longest label in octets.
pub const MAX_LABEL: usize = 63;

/// An absolute domain name, at most 255 octets, folded to lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<[u8]>);

/// Why a text or a sequence of bytes is no domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Two dots in a row, or a leading dot.
    EmptyLabel,
    /// A label of more than 63 octets.
    LabelTooLong,
    /// More than 255 octets.
    NameTooLong,
    /// A backslash that does not begin an escape.
    BadEscape,
    /// A relative name where there is no origin to complete it.
    NoOrigin,
    /// A character that must be escaped.
    BadCharacter,
    /// Bytes that are no uncompressed name.
    BadWire,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyLabel => "a label is empty",
            Self::LabelTooLong => "a label is longer than 63 octets",
            Self::NameTooLong => "the name is longer than 255 octets",
            Self::BadEscape => "a backslash begins no valid escape",
            Self::NoOrigin => "a relative name has no origin here",
            Self::BadCharacter => "a character must be escaped",
            Self::BadWire => "the bytes are no domain name",
        })
    }
}

impl std::error::Error for NameError {}

/// How bytes are escaped in text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// `\DDD`, decimal.
    Master,
    /// `\ooo`, octal.
    Route53,
}

impl Name {
    /// The root.
    pub fn root() -> Self {
        Self(Box::new([0]))
    }

    /// A name from uncompressed wire bytes, folded.
    pub fn from_wire(wire: &[u8]) -> Result<Self, NameError> {
        let mut at = 0;
        loop {
            match wire.get(at) {
                Some(0) if at + 1 == wire.len() => break,
                Some(&len) if len != 0 && usize::from(len) <= MAX_LABEL => at += 1 + usize::from(len),
                _ => return Err(NameError::BadWire),
            }
        }
        if wire.len() > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        Ok(Self(wire.to_ascii_lowercase().into()))
    }

    /// A name as a master file writes it; relative names are completed with `origin` (RFC 1035 §5.1).
    pub fn parse(text: &str, origin: Option<&Self>) -> Result<Self, NameError> {
        let wire = parse_wire(text.as_bytes(), Escape::Master, origin.map(Self::wire))?;
        Self::from_wire(&wire)
    }

    /// A name as Route 53 writes it: octal escapes, always absolute, trailing dot optional (N-3, N-9).
    pub fn parse_route53(text: &str) -> Result<Self, NameError> {
        let wire = parse_wire(text.as_bytes(), Escape::Route53, Some(&[0]))?;
        Self::from_wire(&wire)
    }

    /// The uncompressed wire form, root label included.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// The number of labels, the root not counted.
    pub fn label_count(&self) -> usize {
        self.labels().count()
    }

    /// The labels, leftmost first, the root left out.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (&len, after) = rest.split_first()?;
            if len == 0 {
                return None;
            }
            let (label, tail) = after.split_at(usize::from(len));
            rest = tail;
            Some(label)
        })
    }

    /// The name without its leftmost label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        match self.0[0] {
            0 => None,
            len => Some(Self(self.0[1 + usize::from(len)..].into())),
        }
    }

    /// Whether this name is `ancestor` or below it.
    pub fn is_within(&self, ancestor: &Self) -> bool {
        let Some(start) = self.0.len().checked_sub(ancestor.0.len()) else { return false };
        self.0[start..] == ancestor.0[..] && self.suffix_starts().any(|at| at == start)
    }

    /// Whether the leftmost label is `*` (RFC 4592 §2.1.1, N-10).
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with(b"\x01*")
    }

    /// This name with `label` in front.
    pub fn child(&self, label: &[u8]) -> Result<Self, NameError> {
        if label.is_empty() {
            return Err(NameError::EmptyLabel);
        }
        if label.len() > MAX_LABEL {
            return Err(NameError::LabelTooLong);
        }
        let mut wire = vec![label.len() as u8];
        wire.extend_from_slice(label);
        wire.extend_from_slice(&self.0);
        Self::from_wire(&wire)
    }

    /// The name as Route 53's API prints it: everything but `a-z 0-9 - _ .` in octal, trailing dot (N-5).
    pub fn to_route53(&self) -> String {
        self.text(|byte, out| {
            if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("\\{byte:03o}"));
            }
        })
    }

    /// What it stands by in listings: its labels as Route 53 prints them, the last first, a dot behind each (I-18); the
    /// root is empty.
    pub fn listed(&self) -> String {
        let printed = self.to_route53();
        let mut key = String::with_capacity(printed.len());
        // A dot within a label is printed as an escape.
        for label in printed.split_terminator('.').rev().filter(|label| !label.is_empty()) {
            key.push_str(label);
            key.push('.');
        }
        key
    }

    fn suffix_starts(&self) -> impl Iterator<Item = usize> {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let at = next?;
            let len = usize::from(self.0[at]);
            next = (len != 0).then_some(at + 1 + len);
            Some(at)
        })
    }

    fn text(&self, print: impl Fn(u8, &mut String)) -> String {
        if self.0.len() == 1 {
            return ".".to_owned();
        }
        let mut out = String::with_capacity(self.0.len());
        for label in self.labels() {
            for &byte in label {
                print(byte, &mut out);
            }
            out.push('.');
        }
        out
    }
}

/// Writes one byte of a label as a master file would (RFC 1035 §5.1).
pub fn print_byte(byte: u8, out: &mut String) {
    match byte {
        b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
            out.push('\\');
            out.push(char::from(byte));
        }
        0x21..=0x7e => out.push(char::from(byte)),
        _ => out.push_str(&format!("\\{byte:03}")),
    }
}

/// The wire form of a name in a master file, letter case kept; for names inside values (RFC 1035 §5.1).
pub fn parse_keeping_case(text: &[u8], origin: Option<&[u8]>) -> Result<Vec<u8>, NameError> {
    parse_wire(text, Escape::Master, origin)
}

/// The wire form of a name as Route 53 writes it, letter case kept; for names inside values (N-3, N-9).
pub fn parse_route53_keeping_case(text: &[u8]) -> Result<Vec<u8>, NameError> {
    parse_wire(text, Escape::Route53, Some(&[0]))
}

fn parse_wire(text: &[u8], escape: Escape, origin: Option<&[u8]>) -> Result<Vec<u8>, NameError> {
    if text == b"." {
        return Ok(vec![0]);
    }
    if text == b"@" && escape == Escape::Master {
        return origin.map(<[u8]>::to_vec).ok_or(NameError::NoOrigin);
    }
    if text.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    let mut wire = vec![0];
    let mut label_start = 0;
    let mut rest = text.iter().copied();
    let mut absolute = false;
    while let Some(byte) = rest.next() {
        absolute = false;
        let octet = match byte {
            b'.' => {
                close_label(&mut wire, label_start)?;
                label_start = wire.len();
                wire.push(0);
                absolute = true;
                continue;
            }
            b'\\' => unescape(&mut rest, escape)?,
            0..=0x20 | 0x7f.. => return Err(NameError::BadCharacter),
            _ => byte,
        };
        wire.push(octet);
        if wire.len() > MAX_NAME + 1 {
            return Err(NameError::NameTooLong);
        }
    }
    if absolute {
        wire.pop();
        wire.push(0);
    } else {
        close_label(&mut wire, label_start)?;
        wire.extend_from_slice(origin.ok_or(NameError::NoOrigin)?);
    }
    if wire.len() > MAX_NAME {
        return Err(NameError::NameTooLong);
    }
    Ok(wire)
}

fn close_label(wire: &mut [u8], start: usize) -> Result<(), NameError> {
    match wire.len() - start - 1 {
        0 => Err(NameError::EmptyLabel),
        len if len > MAX_LABEL => Err(NameError::LabelTooLong),
        len => {
            wire[start] = len as u8;
            Ok(())
        }
    }
}

fn unescape(rest: &mut impl Iterator<Item = u8>, escape: Escape) -> Result<u8, NameError> {
    let first = rest.next().ok_or(NameError::BadEscape)?;
    let radix = match escape {
        Escape::Master => 10,
        Escape::Route53 => 8,
    };
    let Some(value) = char::from(first).to_digit(radix) else {
        return match first {
            b'0'..=b'9' => Err(NameError::BadEscape),
            _ => Ok(first),
        };
    };
    let mut value = value;
    for _ in 0..2 {
        let digit = rest.next().and_then(|byte| char::from(byte).to_digit(radix)).ok_or(NameError::BadEscape)?;
        value = value * radix + digit;
    }
    u8::try_from(value).map_err(|_| NameError::BadEscape)
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text(print_byte))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_and_decimal_are_told_apart() {
        assert_eq!(Name::parse_route53(r"\052.Example.com").unwrap(), Name::parse("*.example.com.", None).unwrap());
        assert_eq!(Name::parse(r"\042.example.com.", None).unwrap(), Name::parse_route53(r"\052.example.com").unwrap());
        assert_eq!(Name::parse_route53(r"\052.x").unwrap().to_route53(), r"\052.x.");
    }

    #[test]
    fn t358_i18_listings_are_by_reversed_labels() {
        let origin = Name::parse("example.com.", None).unwrap();
        let listed = |name: &str| Name::parse(name, Some(&origin)).unwrap().listed();
        let sorted = ["@", "0", "*", "_s", "a-b", "a", "b.a", "z"];
        assert!(sorted.map(listed).is_sorted(), "{:?}", sorted.map(listed));
        assert_eq!([listed("@"), listed("*")], ["com.example.", r"com.example.\052."]);
        assert_eq!([listed(r"a\.b.c."), listed(".")], [r"c.a\056b.", ""]);
    }

    #[test]
    fn relative_names_take_the_origin() {
        let origin = Name::parse("example.com.", None).unwrap();
        assert_eq!(Name::parse("www", Some(&origin)).unwrap().to_string(), "www.example.com.");
        assert_eq!(Name::parse("@", Some(&origin)).unwrap(), origin);
        assert_eq!(Name::parse("www", None), Err(NameError::NoOrigin));
        assert_eq!(Name::parse("a..b", Some(&origin)), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse(&"a".repeat(64), Some(&origin)), Err(NameError::LabelTooLong));
    }

    #[test]
    fn within_is_by_label() {
        let zone = Name::parse("example.com.", None).unwrap();
        assert!(Name::parse("a.example.com.", None).unwrap().is_within(&zone));
        assert!(!Name::parse("badexample.com.", None).unwrap().is_within(&zone), "Z-22");
        assert!(zone.is_within(&Name::root()));
    }

    #[test]
    fn text_round_trips() {
        for text in [r"a\.b.example.", r"\000nul.example.", r"sp\032ace.example.", "."] {
            assert_eq!(Name::parse(text, None).unwrap().to_string(), text);
        }
    }
}
