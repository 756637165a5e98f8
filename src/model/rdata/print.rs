//! Wire → text: the schema walked over wire bytes.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::schema::{Field, fields};
use super::wire::Wire;
use super::{Dialect, address_list, bitmap, coding, hip, loc, relay, svcb, time, wks};
use crate::model::RecordType;
use crate::model::name::print_byte;

/// The fields of a value, a blank between; `None` when the bytes are not of the type or the type has no form.
pub(super) fn print(rtype: RecordType, bytes: &[u8], dialect: Dialect) -> Option<String> {
    let mut printer = Printer { out: String::with_capacity(bytes.len() * 2), dialect };
    let mut wire = Wire::new(bytes);
    for field in fields(rtype)? {
        printer.field(*field, &mut wire)?;
    }
    wire.is_empty().then_some(printer.out)
}

/// `\# length hex` (RFC 3597 §5).
pub(super) fn generic(bytes: &[u8]) -> String {
    let mut out = format!("\\# {}", bytes.len());
    if !bytes.is_empty() {
        out.push(' ');
        coding::hex(bytes, &mut out);
    }
    out
}

/// The text, growing.
pub(super) struct Printer {
    pub(super) out: String,
    pub(super) dialect: Dialect,
}

impl Printer {
    /// A blank, unless nothing is written yet.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
    }

    /// Writes one word after a blank.
    pub(super) fn word(&mut self, word: impl std::fmt::Display) {
        self.gap();
        write!(self.out, "{word}").unwrap_or(());
    }

    pub(super) fn name(&mut self, wire: &[u8]) {
        self.gap();
        let mut rest = wire;
        if rest == [0] {
            self.out.push('.');
        }
        while let Some((&len, after)) = rest.split_first().filter(|(len, _)| **len != 0) {
            let (label, tail) = after.split_at(usize::from(len));
            for &byte in label {
                match self.dialect {
                    Dialect::Master => print_byte(byte, &mut self.out),
                    Dialect::Route53 if byte.is_ascii_graphic() && !matches!(byte, b'.' | b'\\' | b'"') => {
                        self.out.push(char::from(byte));
                    }
                    Dialect::Route53 => self.code(byte),
                }
            }
            self.out.push('.');
            rest = tail;
        }
    }

    /// A character-string in quotation marks.
    pub(super) fn quoted(&mut self, bytes: &[u8]) {
        self.out.push('"');
        for &byte in bytes {
            match byte {
                b'"' | b'\\' => {
                    self.out.push('\\');
                    self.out.push(char::from(byte));
                }
                0x20..=0x7e => self.out.push(char::from(byte)),
                _ => self.code(byte),
            }
        }
        self.out.push('"');
    }

    pub(super) fn hex(&mut self, bytes: &[u8]) {
        self.gap();
        coding::hex(bytes, &mut self.out);
    }

    pub(super) fn base64(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.gap();
            coding::base64(bytes, &mut self.out);
        }
    }

    /// One byte by number: decimal in master files, octal in Route 53.
    fn code(&mut self, byte: u8) {
        match self.dialect {
            Dialect::Master => write!(self.out, "\\{byte:03}"),
            Dialect::Route53 => write!(self.out, "\\{byte:03o}"),
        }
        .unwrap_or(());
    }

    fn field(&mut self, field: Field, wire: &mut Wire<'_>) -> Option<()> {
        match field {
            Field::U8 | Field::Algorithm => self.word(wire.u8()?),
            Field::U16 | Field::CertType => self.word(wire.u16()?),
            Field::U32 | Field::Seconds => self.word(wire.u32()?),
            Field::Ipv4 => self.word(Ipv4Addr::from(wire.array()?)),
            Field::Ipv6 => self.word(Ipv6Addr::from(wire.array::<16>()?)),
            Field::Name => self.name(wire.name()?),
            Field::Text => {
                self.gap();
                self.quoted(wire.string()?);
            }
            Field::OptionalText | Field::Texts => {
                while !wire.is_empty() {
                    self.gap();
                    self.quoted(wire.string()?);
                }
            }
            Field::LongText { .. } => {
                self.gap();
                self.quoted(wire.all());
            }
            Field::Tag => self.word(String::from_utf8_lossy(wire.string()?)),
            Field::Hex => self.hex(wire.all()),
            Field::Salt => match wire.string()? {
                [] => self.word('-'),
                salt => self.hex(salt),
            },
            Field::Hash => {
                self.gap();
                coding::base32(wire.string()?, &mut self.out);
            }
            Field::Base64 | Field::Key => self.base64(wire.all()),
            Field::Type => self.word(RecordType(wire.u16()?)),
            Field::Types => bitmap::read(wire)?.into_iter().for_each(|rtype| self.word(rtype)),
            Field::Time => self.word(time::print_date(wire.u32()?)),
            Field::Eui(octets) => {
                let pairs: Vec<String> = wire.take(octets)?.iter().map(|octet| format!("{octet:02x}")).collect();
                self.word(pairs.join("-"));
            }
            Field::Node => {
                let groups: Vec<String> =
                    wire.take(8)?.chunks(2).map(|pair| format!("{:02x}{:02x}", pair[0], pair[1])).collect();
                self.word(groups.join(":"));
            }
            Field::Nsap => {
                self.word("0x");
                coding::hex(wire.all(), &mut self.out);
            }
            Field::Location => loc::print(wire, self)?,
            Field::AddressList => address_list::print(wire, self)?,
            Field::Services => wks::print(wire, self)?,
            Field::Gateway => relay::print_gateway(wire, self)?,
            Field::Relay => relay::print_relay(wire, self)?,
            Field::Hip => hip::print(wire, self)?,
            Field::Params => svcb::print(wire, self)?,
        }
        Some(())
    }
}
