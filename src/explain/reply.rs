//! A reply read back, every record as a master file would write it.
//!
//! What the wire serves must be explained whatever its type and data, so types are asked nothing but where they may hold
//! compressed names, and data that is not of its type is shown as RFC 3597 writes it.

use crate::model::name::print_byte;
use crate::model::{Rdata, RecordType, rdata};

/// The sections of a reply as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) answer: Vec<String>,
    pub(super) authority: Vec<String>,
    pub(super) additional: Vec<String>,
}

/// Reads a reply; `None` when it is no DNS message.
pub(super) fn read(reply: &[u8]) -> Option<Sections> {
    let mut reader = Reader { bytes: reply, at: 4 };
    let [questions, answers, authorities, additionals] = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    for _ in 0..questions {
        reader.name()?;
        reader.take(4)?;
    }
    Some(Sections {
        answer: reader.records(answers)?,
        authority: reader.records(authorities)?,
        additional: reader.records(additionals)?,
    })
}

/// The data of a reply's answer section, record by record; `None` when it is no DNS message.
pub fn answers(reply: &[u8]) -> Option<Vec<(RecordType, Rdata)>> {
    let mut reader = Reader { bytes: reply, at: 4 };
    let [questions, answers, _, _] = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    for _ in 0..questions {
        reader.name()?;
        reader.take(4)?;
    }
    let mut data = Vec::new();
    for _ in 0..answers {
        reader.name()?;
        let rtype = RecordType(reader.u16()?);
        reader.take(6)?;
        data.push((rtype, reader.rdata(rtype)?));
    }
    Some(data)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at + len)?;
        self.at += len;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|octets| u16::from_be_bytes(*octets))
    }

    /// Records but the OPT pseudo-record, which is no data (RFC 6891 §6.1.1).
    fn records(&mut self, count: u16) -> Option<Vec<String>> {
        let mut lines = Vec::new();
        for _ in 0..count {
            let owner = self.name()?;
            let rtype = RecordType(self.u16()?);
            self.take(2)?;
            let ttl = self.take(4)?.first_chunk().map(|octets| u32::from_be_bytes(*octets))?;
            let value = self.rdata(rtype)?;
            if rtype != RecordType::OPT {
                lines.push(format!("{} {ttl} IN {rtype} {}", text(&owner), rdata::print(rtype, &value)));
            }
        }
        Some(lines)
    }

    fn rdata(&mut self, rtype: RecordType) -> Option<Rdata> {
        let len = usize::from(self.u16()?);
        let mut inside = Reader { bytes: self.bytes, at: self.at };
        let raw = self.take(len)?;
        Some(Rdata(inside.expanded(rtype, self.at).unwrap_or_else(|| raw.to_vec()).into()))
    }

    /// Record data up to `end` with its names written out; `None` where it is not of its type (RFC 3597 §4).
    fn expanded(&mut self, rtype: RecordType, end: usize) -> Option<Vec<u8>> {
        let (skip, names) = rdata::compressible(rtype);
        let mut whole = self.take(skip)?.to_vec();
        for _ in 0..names {
            whole.extend(self.name()?);
        }
        whole.extend_from_slice(self.take(end.checked_sub(self.at)?)?);
        Some(whole)
    }

    /// A name without pointers, letter case kept; a pointer must lead backwards, so that the walk ends (RFC 1035 §4.1.4).
    fn name(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let (mut at, mut after) = (self.at, None);
        loop {
            let len = *self.bytes.get(at)?;
            match len {
                0 => break,
                1..=63 => {
                    name.extend_from_slice(self.bytes.get(at..=at + usize::from(len))?);
                    at += 1 + usize::from(len);
                }
                0xc0.. => {
                    let low = *self.bytes.get(at + 1)?;
                    after = after.or(Some(at + 2));
                    at = Some(usize::from(len & 0x3f) << 8 | usize::from(low)).filter(|target| *target < at)?;
                }
                _ => return None,
            }
            if name.len() > 254 {
                return None;
            }
        }
        self.at = after.unwrap_or(at + 1);
        name.push(0);
        Some(name)
    }
}

/// A name in wire form as a master file writes it, letter case kept.
fn text(wire: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = wire;
    while let Some((len, after)) = rest.split_first().filter(|(len, _)| **len > 0) {
        let (label, behind) = after.split_at(usize::from(*len).min(after.len()));
        label.iter().for_each(|byte| print_byte(*byte, &mut out));
        out.push('.');
        rest = behind;
    }
    if out.is_empty() { ".".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reply to `a.x.` with these answers; the question's name is at 12, `x.` at 14.
    fn reply(answers: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0x84, 0, 0, 1, 0, answers.len() as u8, 0, 0, 0, 0];
        bytes.extend_from_slice(b"\x01A\x01x\0\0\x01\0\x01");
        answers.iter().for_each(|answer| bytes.extend_from_slice(answer));
        bytes
    }

    #[test]
    fn names_are_written_out_and_data_of_no_form_is_shown() {
        let bytes = reply(&[
            b"\xc0\x0c\0\x0f\0\x01\0\0\0\x3c\0\x06\0\x0a\x01m\xc0\x0e",
            b"\xc0\x0c\xff\0\0\x01\0\0\0\x3c\0\0",
            b"\0\0\x18\0\x01\0\0\0\x3c\0\x02\xc0\x0c",
            b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x03abc",
            b"\xc0\x0c\0\x02\0\x01\0\0\0\x3c\0\x01\x09",
        ]);
        let sections = read(&bytes).unwrap();
        let expected = [
            "A.x. 60 IN MX 10 m.x.",
            "A.x. 60 IN TYPE65280 \\# 0",
            ". 60 IN SIG \\# 2 C00C",
            "A.x. 60 IN A \\# 3 616263",
            "A.x. 60 IN NS \\# 1 09",
        ];
        assert_eq!(sections, Sections { answer: expected.map(str::to_owned).into(), ..Sections::default() });
    }

    #[test]
    fn what_is_no_message_is_nothing() {
        let forward = reply(&[b"\xc0\x30\0\x01\0\x01\0\0\0\x3c\0\0"]);
        let itself = reply(&[b"\xc0\x15\0\x01\0\x01\0\0\0\x3c\0\0"]);
        let whole = reply(&[b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04abcd"]);
        assert!(read(&whole).is_some());
        for bad in [&forward[..], &itself, &whole[..whole.len() - 1], &whole[..11], &[]] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
