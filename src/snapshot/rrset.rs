//! An RRset ready for the wire: records as bytes with the owner left to the encoder and names within the
//! zone cut short to a pointer at the apex, or at the owner, whose place in the message the encoder fills in.

use crate::model::{Rdata, RecordType};

/// What stands where the encoder puts a pointer to the RRset's owner; anything else stands for the apex.
pub const TO_OWNER: [u8; 2] = [0xc0, 0];
/// What stands where the encoder puts a pointer to the apex.
const TO_APEX: [u8; 2] = [0xc0, 0x0c];

/// Bytes before the rdata of a record whose owner is a pointer: owner, type, class, TTL, length.
pub const RECORD_HEAD: usize = 12;

/// An RRset's place in its zone's [`Arena`].
#[derive(Clone, Copy, Debug)]
pub struct Rrset {
    /// The type of its records.
    pub rtype: RecordType,
    /// How many records it has.
    pub count: u16,
    /// Seconds.
    pub ttl: u32,
    len: u16,
    start: u32,
    /// Where its part of the arena's `tails` begins, or [`NO_TAIL`].
    tail: u32,
}

/// The tail of an RRset of one record without pointers: there is nothing to tell.
const NO_TAIL: u32 = u32::MAX;

/// The wire bytes of all RRsets of a zone.
#[derive(Debug, Default)]
pub struct Arena {
    bytes: Vec<u8>,
    /// For each RRset with a tail: where its records start, then how many pointers it has and where.
    tails: Vec<u16>,
}

/// An RRset's bytes, ready to copy.
#[derive(Clone, Copy, Debug)]
pub struct Wire<'a> {
    /// Records: two bytes for the owner, then type, class, TTL, length, rdata.
    pub records: &'a [u8],
    /// Where each record starts.
    pub starts: &'a [u16],
    /// Where the two-byte pointers to the apex and the owner are.
    pub pointers: &'a [u16],
}

impl Wire<'_> {
    /// The bytes range of record `index`.
    pub fn record(&self, index: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(index).map_or(self.records.len(), |start| usize::from(*start));
        let end = self.starts.get(index + 1).map_or(self.records.len(), |start| usize::from(*start));
        start..end
    }

    /// Where the pointers of one record are; they ascend, so a large RRset is not searched through for each record.
    pub fn pointers_of(&self, record: &std::ops::Range<usize>) -> impl Iterator<Item = usize> {
        let at = |end: usize| self.pointers.partition_point(|pointer| usize::from(*pointer) < end);
        self.pointers[at(record.start)..at(record.end)].iter().map(|pointer| usize::from(*pointer))
    }
}

/// The RRset is larger than any DNS message (RFC 1035 §4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Arena {
    /// Adds an RRset of a zone whose apex is `apex` in wire form; `owner` where it is never served under another
    /// name, so that names below it may lean on it.
    pub fn add(
        &mut self,
        rtype: RecordType,
        ttl: u32,
        rdata: &[Rdata],
        apex: &[u8],
        owner: Option<&[u8]>,
    ) -> Result<Rrset, TooLarge> {
        let (start, tail) = (self.bytes.len(), self.tails.len());
        let (mut starts, mut pointers) = (Vec::new(), Vec::new());
        for Rdata(value) in rdata {
            starts.push(u16::try_from(self.bytes.len() - start).map_err(|_| TooLarge)?);
            self.bytes.extend_from_slice(&TO_APEX);
            self.bytes.extend_from_slice(&rtype.0.to_be_bytes());
            self.bytes.extend_from_slice(&1u16.to_be_bytes());
            self.bytes.extend_from_slice(&ttl.to_be_bytes());
            let length_at = self.bytes.len();
            self.bytes.extend_from_slice(&[0, 0]);
            self.compress(rtype, value, [(owner, TO_OWNER), (Some(apex), TO_APEX)], start, &mut pointers)?;
            let len = u16::try_from(self.bytes.len() - length_at - 2).map_err(|_| TooLarge)?;
            self.bytes[length_at..length_at + 2].copy_from_slice(&len.to_be_bytes());
        }
        let len = self.bytes.len() - start;
        if len > usize::from(u16::MAX) - 300 {
            return Err(TooLarge);
        }
        let count = u16::try_from(rdata.len()).map_err(|_| TooLarge)?;
        let tail = match (&starts[..], &pointers[..]) {
            ([_], []) => NO_TAIL,
            _ => {
                self.tails.extend(starts);
                self.tails.push(pointers.len() as u16);
                self.tails.extend(pointers);
                tail as u32
            }
        };
        Ok(Rrset { rtype, count, ttl, len: len as u16, start: start as u32, tail })
    }

    /// The bytes of an RRset of this arena.
    #[inline]
    pub fn wire(&self, rrset: &Rrset) -> Wire<'_> {
        let start = rrset.start as usize;
        let records = &self.bytes[start..start + usize::from(rrset.len)];
        if rrset.tail == NO_TAIL {
            return Wire { records, starts: &[0], pointers: &[] };
        }
        let (starts, rest) = self.tails[rrset.tail as usize..].split_at(usize::from(rrset.count));
        Wire { records, starts, pointers: &rest[1..1 + usize::from(rest[0])] }
    }

    /// The bytes of an RRset of one record without pointers; `None` for any other.
    #[inline]
    pub fn lone(&self, rrset: &Rrset) -> Option<&[u8]> {
        let start = rrset.start as usize;
        if rrset.tail == NO_TAIL { self.bytes.get(start..start + usize::from(rrset.len)) } else { None }
    }

    /// Gives back what growing left over.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.tails.shrink_to_fit();
    }

    fn compress(
        &mut self,
        rtype: RecordType,
        rdata: &[u8],
        endings: [(Option<&[u8]>, [u8; 2]); 2],
        start: usize,
        pointers: &mut Vec<u16>,
    ) -> Result<(), TooLarge> {
        let (skip, names) = compressible(rtype);
        let mut rest = rdata;
        if names > 0 {
            let (head, tail) = rdata.split_at(skip.min(rdata.len()));
            self.bytes.extend_from_slice(head);
            rest = tail;
        }
        for _ in 0..names {
            let (name, tail) = rest.split_at(name_len(rest));
            let ending = endings.iter().find_map(|(ending, placeholder)| {
                let ending = ending.filter(|ending| ending.len() > 2)?;
                let cut = name.len().checked_sub(ending.len())?;
                ends_with_name(name, cut, ending).then_some((cut, placeholder))
            });
            match ending {
                Some((cut, placeholder)) => {
                    self.bytes.extend_from_slice(&name[..cut]);
                    pointers.push(u16::try_from(self.bytes.len() - start).map_err(|_| TooLarge)?);
                    self.bytes.extend_from_slice(placeholder);
                }
                None => self.bytes.extend_from_slice(name),
            }
            rest = tail;
        }
        self.bytes.extend_from_slice(rest);
        Ok(())
    }
}

/// Octets before the first name, and how many names follow, in types whose names may be compressed (RFC 3597 §4);
/// without the obsolete MD and MF, which readers of today take for opaque.
fn compressible(rtype: RecordType) -> (usize, usize) {
    match rtype {
        RecordType::NS | RecordType::CNAME | RecordType::PTR | RecordType::MB | RecordType::MG | RecordType::MR => {
            (0, 1)
        }
        RecordType::MX => (2, 1),
        RecordType::SOA | RecordType::MINFO => (0, 2),
        _ => (0, 0),
    }
}

/// Octets of data before the name whose addresses belong in the additional section; `None` for types that name none
/// (RFC 1035 §3.3, RFC 2782, RFC 9460 §4.1; Q-12).
#[inline]
pub fn host_at(rtype: RecordType) -> Option<usize> {
    match rtype {
        RecordType::NS => Some(0),
        RecordType::MX | RecordType::AFSDB | RecordType::KX | RecordType::SVCB | RecordType::HTTPS => Some(2),
        RecordType::SRV => Some(6),
        _ => None,
    }
}

/// The name whose addresses belong in the additional section.
pub fn additional_target(rtype: RecordType, rdata: &[u8]) -> Option<&[u8]> {
    let rest = rdata.get(host_at(rtype)?..)?;
    rest.get(..name_len(rest))
}

/// Octets of the uncompressed name at the front of `bytes`; all of them when it is broken.
pub fn name_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&len) = bytes.get(at) {
        at += 1 + usize::from(len);
        if len == 0 {
            return at.min(bytes.len());
        }
    }
    bytes.len()
}

fn ends_with_name(name: &[u8], cut: usize, apex: &[u8]) -> bool {
    let mut at = 0;
    while at < cut {
        at += 1 + usize::from(name[at]);
    }
    at == cut && name[cut..].eq_ignore_ascii_case(apex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_zone_are_cut_at_the_apex() {
        let apex = b"\x07example\x03com\x00";
        let mut arena = Arena::default();
        let values = [
            Rdata(b"\x00\x0a\x04mail\x07Example\x03com\x00"[..].into()),
            Rdata(b"\x00\x14\x01x\x03net\x00"[..].into()),
        ];
        let rrset = arena.add(RecordType::MX, 300, &values, apex, None).unwrap();
        let wire = arena.wire(&rrset);
        assert_eq!(wire.starts, [0, 21]);
        assert_eq!(wire.pointers, [19]);
        assert_eq!(&wire.records[12..21], b"\x00\x0a\x04mail\xc0\x0c");
        assert_eq!(&wire.records[wire.record(1)][12..], b"\x00\x14\x01x\x03net\x00");
        let ns = Rdata(b"\x02ns\x03sub\x07example\x03com\x00"[..].into());
        let owner = b"\x03sub\x07example\x03com\x00";
        let rrset = arena.add(RecordType::NS, 300, std::slice::from_ref(&ns), apex, Some(owner)).unwrap();
        assert_eq!(&arena.wire(&rrset).records[12..], b"\x02ns\xc0\x00");
        assert_eq!(arena.wire(&rrset).pointers, [15]);
        let srv = Rdata(b"\0\0\0\0\0\0\x04mail\x07example\x03com\x00"[..].into());
        let rrset = arena.add(RecordType::SRV, 300, std::slice::from_ref(&srv), apex, None).unwrap();
        assert_eq!(&arena.wire(&rrset).records[12..], &*srv.0, "RFC 3597 §4: SRV names are not compressed");
    }
}
