//! What a signature covers: the records of a set in canonical form and order (RFC 4034 §3.1.8.1, §6).

use std::hash::Hasher;

use crate::model::RecordType;
use crate::model::signing::ZoneKey;

/// Records of one owner, type and TTL, signed together.
pub struct Set<'a> {
    /// The owner, folded, as it is in the answer.
    pub owner: &'a [u8],
    /// The zone's apex, folded: who signs.
    pub apex: &'a [u8],
    /// The type.
    pub rtype: RecordType,
    /// The TTL in seconds.
    pub ttl: u32,
    /// The data.
    pub records: &'a dyn Records,
}

/// The data of the records of a set, in any order.
pub trait Records {
    /// Tells a hash what they are; the same for the same records of one zone, in whatever order they are served.
    fn hash(&self, hasher: &mut dyn Hasher);

    /// Writes all of them; `None` where there is no room.
    fn write(&self, to: &mut Builder<'_>) -> Option<()>;
}

/// Data of records, one after the other.
pub struct Listed<'a>(pub &'a [&'a [u8]]);

impl Records for Listed<'_> {
    fn hash(&self, hasher: &mut dyn Hasher) {
        for data in self.0 {
            hasher.write_usize(data.len());
            hasher.write(data);
        }
    }

    fn write(&self, to: &mut Builder<'_>) -> Option<()> {
        self.0.iter().try_for_each(|data| to.record(std::iter::once(*data)))
    }
}

/// Room for data of records and where each begins and ends.
pub struct Builder<'r> {
    rtype: RecordType,
    data: &'r mut [u8],
    at: usize,
    places: &'r mut [(u32, u32)],
    count: usize,
}

impl<'r> Builder<'r> {
    pub(super) fn new(rtype: RecordType, data: &'r mut [u8], places: &'r mut [(u32, u32)]) -> Self {
        Self { rtype, data, at: 0, places, count: 0 }
    }

    /// Adds the data of a record, names written out; `None` where there is no room.
    pub fn record<'p>(&mut self, pieces: impl Iterator<Item = &'p [u8]>) -> Option<()> {
        let start = self.at;
        for piece in pieces {
            let end = self.at + piece.len();
            self.data.get_mut(self.at..end)?.copy_from_slice(piece);
            self.at = end;
        }
        fold_names(self.rtype, &mut self.data[start..self.at]);
        *self.places.get_mut(self.count)? = (start as u32, self.at as u32);
        self.count += 1;
        Some(())
    }

    /// What a key signs of the records: those octets of the RRSIG's own data, then each record once in order.
    pub(super) fn message<'m>(self, set: &Set<'_>, head: &[u8], out: &'m mut [u8]) -> Option<&'m [u8]> {
        let Self { data, places, count, .. } = self;
        let places = &mut places[..count];
        let of = |(start, end): (u32, u32)| &data[start as usize..end as usize];
        places.sort_unstable_by(|one, other| of(*one).cmp(of(*other)));
        let mut at = 0;
        let mut put = |octets: &[u8]| {
            out.get_mut(at..at + octets.len())?.copy_from_slice(octets);
            at += octets.len();
            Some(())
        };
        put(head)?;
        put(set.apex)?;
        let mut last = None;
        for data in places.iter().map(|place| of(*place)) {
            if last == Some(data) {
                continue;
            }
            last = Some(data);
            put(set.owner)?;
            put(&set.rtype.0.to_be_bytes())?;
            put(&1u16.to_be_bytes())?;
            put(&set.ttl.to_be_bytes())?;
            put(&(data.len() as u16).to_be_bytes())?;
            put(data)?;
        }
        out.get(..at)
    }
}

impl Set<'_> {
    /// The data of its RRSIG before the signer's name (RFC 4034 §3.1).
    pub fn head(&self, key: &ZoneKey, inception: u32, expiration: u32) -> [u8; 18] {
        let mut head = [0; 18];
        head[..2].copy_from_slice(&self.rtype.0.to_be_bytes());
        head[2..4].copy_from_slice(&[key.algorithm.number(), labels(self.owner)]);
        head[4..8].copy_from_slice(&self.ttl.to_be_bytes());
        head[8..12].copy_from_slice(&expiration.to_be_bytes());
        head[12..16].copy_from_slice(&inception.to_be_bytes());
        head[16..].copy_from_slice(&key.tag.to_be_bytes());
        head
    }
}

/// Labels of a name, the root and a leading `*` not counted (RFC 4034 §3.1.3).
fn labels(name: &[u8]) -> u8 {
    let (mut at, mut labels) = (0, 0);
    while let Some(&len) = name.get(at).filter(|len| **len > 0) {
        labels += u8::from(at > 0 || !name.starts_with(b"\x01*"));
        at += 1 + usize::from(len);
    }
    labels
}

/// Folds the names in the data of types whose names are signed in lower case (RFC 4034 §6.2, RFC 6840 §5.1).
fn fold_names(rtype: RecordType, data: &mut [u8]) {
    let (skip, names) = match rtype {
        RecordType::NS | RecordType::MD | RecordType::MF | RecordType::CNAME | RecordType::MB | RecordType::MG => {
            (0, 1)
        }
        RecordType::MR | RecordType::PTR | RecordType::DNAME => (0, 1),
        RecordType::SOA | RecordType::MINFO | RecordType::RP => (0, 2),
        RecordType::MX | RecordType::AFSDB | RecordType::RT | RecordType::KX => (2, 1),
        RecordType::PX => (2, 2),
        RecordType::SRV => (6, 1),
        RecordType::NAPTR => {
            // Order, preference, then three texts.
            let end = (0..3).fold(4, |at, _| at + 1 + usize::from(data.get(at).copied().unwrap_or(0)));
            (end, 1)
        }
        _ => return,
    };
    let mut at = skip;
    for _ in 0..names {
        while let Some(&len) = data.get(at) {
            let end = (at + 1 + usize::from(len)).min(data.len());
            data[at + 1..end].make_ascii_lowercase();
            at = end;
            if len == 0 {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_counted_without_root_and_wildcard() {
        assert_eq!(labels(b"\0"), 0);
        assert_eq!(labels(b"\x01q\x04wild\x07example\x03com\0"), 4, "T325");
        assert_eq!(labels(b"\x01*\x04wild\x07example\x03com\0"), 3, "RFC 4034 §3.1.3");
    }

    #[test]
    fn records_are_in_order_folded_and_each_once() {
        let data: [&[u8]; 3] = [b"\0\x14\x01B\0", b"\0\x0a\x01C\0", b"\0\x14\x01b\0"];
        let (mut room, mut places, mut out) = ([0; 64], [(0, 0); 4], [0; 128]);
        let mut builder = Builder::new(RecordType::MX, &mut room, &mut places);
        Listed(&data).write(&mut builder).unwrap();
        let set = Set { owner: b"\x01a\0", apex: b"\0", rtype: RecordType::MX, ttl: 300, records: &Listed(&[]) };
        let head = b"\0\x0f\0\x01\0\0\x01\x2c\0\x05";
        let record = |data: &[u8]| [&b"\x01a\0"[..], head, data].concat();
        let expected = [&b"head\0"[..], &record(b"\0\x0a\x01c\0"), &record(b"\0\x14\x01b\0")].concat();
        assert_eq!(builder.message(&set, b"head", &mut out), Some(&*expected));
    }

    #[test]
    fn what_does_not_fit_is_none() {
        let data: [&[u8]; 2] = [b"12345678", b"12"];
        let write = |octets: usize, places: usize| {
            let (mut room, mut taken) = (vec![0; octets], vec![(0, 0); places]);
            Listed(&data).write(&mut Builder::new(RecordType::TXT, &mut room, &mut taken))
        };
        assert_eq!((write(10, 2), write(9, 2), write(10, 1)), (Some(()), None, None));
    }

    #[test]
    fn naptr_and_soa_names_are_folded_and_texts_are_not() {
        let mut naptr = *b"\0\x01\0\x02\x01U\x03SIP\x01!\x01A\0";
        fold_names(RecordType::NAPTR, &mut naptr);
        assert_eq!(&naptr, b"\0\x01\0\x02\x01U\x03SIP\x01!\x01a\0");
        let mut soa = *b"\x01A\0\x01B\0ABCD";
        fold_names(RecordType::SOA, &mut soa);
        assert_eq!(&soa, b"\x01a\0\x01b\0ABCD");
        let mut svcb = *b"\0\x01\x01A\0";
        fold_names(RecordType::SVCB, &mut svcb);
        assert_eq!(&svcb, b"\0\x01\x01A\0", "RFC 6840 §5.1 has no newer types");
    }
}
