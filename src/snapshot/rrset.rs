//! An RRset ready for the wire: records as bytes with the owner left to the encoder and names within the
//! zone cut short to a pointer at the apex, or at the owner, whose place in the message the encoder fills in.

use super::row::{Draft, Row};
use crate::model::{Rdata, RecordType};

/// What stands where the encoder puts a pointer to the RRset's owner; anything else stands for the apex.
pub const TO_OWNER: [u8; 2] = [0xc0, 0];
/// What stands where the encoder puts a pointer to the apex.
const TO_APEX: [u8; 2] = [0xc0, 0x0c];

/// Bytes before the rdata of a record whose owner is a pointer: owner, type, class, TTL, length.
pub const RECORD_HEAD: usize = 12;

/// An RRset: its place in its zone's [`Arena`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rrset(pub(super) u32);

impl Rrset {
    /// The highest place; the bit above it is left to those who keep places.
    pub(super) const LAST: u32 = (1 << 31) - 1;
}

/// In front of one record without pointers: nothing else is to be told of it.
const LONE: u8 = 0;
/// In front of any other RRset, together with where its part of the arena's `tails` begins.
const TAILED: u8 = 1;
/// Octets of that.
const TAILED_HEAD: usize = 5;

/// Octets, or what tells of records, in a piece of an arena that RRsets are still to be added to.
const PIECE: usize = 1 << 14;

/// The wire bytes of all RRsets of a zone.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    /// For each RRset: [`LONE`] and its record, or [`TAILED`], its tail's place and its records.
    bytes: Row<u8, 16>,
    /// For each RRset with a tail: octets, records and pointers, then where records start and where pointers are.
    tails: Row<u16, 16>,
}

/// An arena that RRsets are still added to.
#[derive(Debug)]
pub(super) struct GrowingArena {
    bytes: Draft<u8, 16>,
    tails: Draft<u16, 16>,
    /// The RRset that is being written.
    scratch: Vec<u8>,
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

/// The most octets these records take in an arena.
pub(super) fn octets_of(rdata: &[Rdata]) -> usize {
    1 + rdata.iter().map(|Rdata(value)| RECORD_HEAD + value.len()).sum::<usize>()
}

impl GrowingArena {
    /// An empty one with room for so many octets, where it `stays` as it comes to be.
    pub(super) fn with_room(octets: usize, stays: bool) -> Self {
        Self { bytes: Draft::with_room(octets, stays), tails: Draft::with_room(0, stays), scratch: Vec::new() }
    }

    /// Adds an RRset of a zone whose apex is `apex` in wire form; `owner` where it is never served under another
    /// name, so that names below it may lean on it.
    pub(super) fn add(
        &mut self,
        rtype: RecordType,
        ttl: u32,
        rdata: &[Rdata],
        apex: &[u8],
        owner: Option<&[u8]>,
    ) -> Result<Rrset, TooLarge> {
        let count = u16::try_from(rdata.len()).map_err(|_| TooLarge)?;
        self.scratch.clear();
        let (mut starts, mut pointers) = (Vec::new(), Vec::new());
        for Rdata(value) in rdata {
            starts.push(u16::try_from(self.scratch.len()).map_err(|_| TooLarge)?);
            self.scratch.extend_from_slice(&TO_APEX);
            self.scratch.extend_from_slice(&rtype.0.to_be_bytes());
            self.scratch.extend_from_slice(&1u16.to_be_bytes());
            self.scratch.extend_from_slice(&ttl.to_be_bytes());
            let length_at = self.scratch.len();
            self.scratch.extend_from_slice(&[0, 0]);
            self.compress(rtype, value, [(owner, TO_OWNER), (Some(apex), TO_APEX)], &mut pointers)?;
            let len = u16::try_from(self.scratch.len() - length_at - 2).map_err(|_| TooLarge)?;
            self.scratch[length_at..length_at + 2].copy_from_slice(&len.to_be_bytes());
        }
        let len = self.scratch.len();
        if len > usize::from(u16::MAX) - 300 {
            return Err(TooLarge);
        }
        self.bytes.make_room(TAILED_HEAD + len, PIECE, []);
        let place = u32::try_from(self.bytes.len()).ok().filter(|place| *place <= Rrset::LAST).ok_or(TooLarge)?;
        let bytes = self.bytes.tail();
        if let ([_], []) = (&starts[..], &pointers[..]) {
            bytes.push(LONE);
        } else {
            let mut tail = vec![len as u16, count, pointers.len() as u16];
            tail.extend(starts);
            tail.extend(pointers);
            bytes.push(TAILED);
            bytes.extend_from_slice(&self.tails.append(&tail, PIECE).to_le_bytes());
        }
        bytes.extend_from_slice(&self.scratch);
        Ok(Rrset(place))
    }

    /// The arena, whole.
    pub(super) fn finish(self) -> Arena {
        Arena { bytes: self.bytes.finish(), tails: self.tails.finish() }
    }

    fn compress(
        &mut self,
        rtype: RecordType,
        rdata: &[u8],
        endings: [(Option<&[u8]>, [u8; 2]); 2],
        pointers: &mut Vec<u16>,
    ) -> Result<(), TooLarge> {
        let (skip, names) = compressible(rtype);
        let mut rest = rdata;
        if names > 0 {
            let (head, tail) = rdata.split_at(skip.min(rdata.len()));
            self.scratch.extend_from_slice(head);
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
                    self.scratch.extend_from_slice(&name[..cut]);
                    pointers.push(u16::try_from(self.scratch.len()).map_err(|_| TooLarge)?);
                    self.scratch.extend_from_slice(placeholder);
                }
                None => self.scratch.extend_from_slice(name),
            }
            rest = tail;
        }
        self.scratch.extend_from_slice(rest);
        Ok(())
    }
}

impl Arena {
    /// An arena to add to that begins as this one; never one that stays.
    pub(super) fn draft(&self) -> GrowingArena {
        GrowingArena { bytes: self.bytes.draft(), tails: self.tails.draft(), scratch: Vec::new() }
    }

    /// How many octets it takes, those of RRsets that are gone among them.
    pub(super) fn octets(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes of an RRset of this arena.
    #[inline]
    pub fn wire(&self, rrset: Rrset) -> Wire<'_> {
        if let Some(record) = self.lone(rrset) {
            return Wire { records: record, starts: &[0], pointers: &[] };
        }
        let bytes = &self.bytes.from(rrset.0)[1..];
        let tail = self.tails.from(bytes.first_chunk().map_or(0, |tail| u32::from_le_bytes(*tail)));
        let [len, count, pointers] = [0, 1, 2].map(|at| usize::from(tail[at]));
        let (starts, rest) = tail[3..].split_at(count);
        let records = &bytes[TAILED_HEAD - 1..TAILED_HEAD - 1 + len];
        Wire { records, starts, pointers: &rest[..pointers] }
    }

    /// The bytes of an RRset of one record without pointers; `None` for any other.
    #[inline]
    pub fn lone(&self, rrset: Rrset) -> Option<&[u8]> {
        let (kind, record) = self.bytes.from(rrset.0).split_first()?;
        let head = record.first_chunk::<RECORD_HEAD>().filter(|_| *kind == LONE)?;
        record.get(..RECORD_HEAD + usize::from(u16::from_be_bytes([head[10], head[11]])))
    }

    /// The type of its records, and their TTL in seconds.
    #[inline]
    pub fn type_and_ttl(&self, rrset: Rrset) -> (RecordType, u32) {
        let bytes = self.bytes.from(rrset.0);
        let at = if bytes.first() == Some(&LONE) { 1 } else { TAILED_HEAD };
        let head = bytes.get(at..).and_then(<[u8]>::first_chunk::<RECORD_HEAD>).copied().unwrap_or_default();
        let [_, _, t1, t2, _, _, ttl @ .., _, _] = head;
        (RecordType(u16::from_be_bytes([t1, t2])), u32::from_be_bytes(ttl))
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
        let mut growing = GrowingArena::with_room(0, false);
        let values = [
            Rdata(b"\x00\x0a\x04mail\x07Example\x03com\x00"[..].into()),
            Rdata(b"\x00\x14\x01x\x03net\x00"[..].into()),
        ];
        let mx = growing.add(RecordType::MX, 300, &values, apex, None).unwrap();
        let arena = growing.finish();
        let wire = arena.wire(mx);
        assert_eq!(wire.starts, [0, 21]);
        assert_eq!(arena.type_and_ttl(mx), (RecordType::MX, 300));
        assert_eq!(wire.pointers, [19]);
        assert_eq!(&wire.records[12..21], b"\x00\x0a\x04mail\xc0\x0c");
        assert_eq!(&wire.records[wire.record(1)][12..], b"\x00\x14\x01x\x03net\x00");
        let ns = Rdata(b"\x02ns\x03sub\x07example\x03com\x00"[..].into());
        let owner = b"\x03sub\x07example\x03com\x00";
        let mut growing = arena.draft();
        let rrset = growing.add(RecordType::NS, 300, std::slice::from_ref(&ns), apex, Some(owner)).unwrap();
        let arena = growing.finish();
        assert_eq!(&arena.wire(rrset).records[12..], b"\x02ns\xc0\x00");
        assert_eq!(arena.wire(rrset).pointers, [15]);
        let srv = Rdata(b"\0\0\0\0\0\0\x04mail\x07example\x03com\x00"[..].into());
        let mut growing = arena.draft();
        let rrset = growing.add(RecordType::SRV, 300, std::slice::from_ref(&srv), apex, None).unwrap();
        let arena = growing.finish();
        assert_eq!(&arena.wire(mx).records[12..21], b"\x00\x0a\x04mail\xc0\x0c");
        assert_eq!(&arena.wire(rrset).records[12..], &*srv.0, "RFC 3597 §4: SRV names are not compressed");
        assert_eq!(arena.lone(rrset), Some(arena.wire(rrset).records));
        assert_eq!(arena.type_and_ttl(rrset), (RecordType::SRV, 300));
    }
}
