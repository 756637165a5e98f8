//! The TSIG record itself: read from a message, written behind one (RFC 8945 §4.2).

use crate::model::Name;
use crate::model::name::{MAX_LABEL, MAX_NAME};
use crate::model::transfer::Key;

/// The MAC is wrong (RFC 8945 §3).
pub const BADSIG: u16 = 16;
/// The key is not known.
pub const BADKEY: u16 = 17;
/// Both clocks are too far apart.
pub const BADTIME: u16 = 18;
/// Too much of the MAC is cut.
pub const BADTRUNC: u16 = 22;

/// Octets of a message's header.
const HEADER: usize = 12;
/// TSIG, class ANY, TTL 0.
const HEAD: [u8; 8] = [0, 250, 0, 255, 0, 0, 0, 0];

/// A TSIG record as it came.
#[derive(Debug)]
pub struct Signature<'p> {
    /// The key's name.
    pub key: Name,
    /// The algorithm's name.
    pub algorithm: Name,
    /// Seconds since 1970.
    pub time: u64,
    /// Seconds that clocks may be apart.
    pub fudge: u16,
    /// The MAC, whole or cut.
    pub mac: &'p [u8],
    /// The id the message had when it was signed.
    pub original_id: [u8; 2],
    /// The extended error.
    pub error: u16,
    /// More on the error.
    pub other: &'p [u8],
}

impl<'p> Signature<'p> {
    /// Reads the record at `at`, which must be the packet's last; `None` for what is no TSIG record.
    pub fn read(packet: &'p [u8], at: usize) -> Option<Self> {
        let mut name = [0; MAX_NAME];
        let (len, end) = expand(packet, at, &mut name)?;
        let key = Name::from_wire(&name[..len]).ok()?;
        let rest = packet.get(end..)?.strip_prefix(&HEAD)?;
        let (length, data) = rest.split_first_chunk()?;
        if usize::from(u16::from_be_bytes(*length)) != data.len() {
            return None;
        }
        // The algorithm is never compressed.
        let end = data.iter().position(|octet| *octet == 0)? + 1;
        let algorithm = Name::from_wire(&data[..end]).ok()?;
        let (&[t1, t2, t3, t4, t5, t6, f1, f2, m1, m2], rest) = data[end..].split_first_chunk()?;
        let (mac, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([m1, m2])))?;
        let (&[i1, i2, e1, e2, o1, o2], other) = rest.split_first_chunk()?;
        let signature = Self {
            key,
            algorithm,
            time: u64::from_be_bytes([0, 0, t1, t2, t3, t4, t5, t6]),
            fudge: u16::from_be_bytes([f1, f2]),
            mac,
            original_id: [i1, i2],
            error: u16::from_be_bytes([e1, e2]),
            other,
        };
        (other.len() == usize::from(u16::from_be_bytes([o1, o2]))).then_some(signature)
    }

    /// Octets of the record that gives it back without MAC and other data.
    pub fn bare_len(&self) -> usize {
        self.key.wire().len() + HEAD.len() + 2 + self.algorithm.wire().len() + 16
    }
}

/// What a TSIG record says besides its MAC.
pub(super) struct Record<'a> {
    pub(super) key: &'a Key,
    pub(super) time: u64,
    pub(super) fudge: u16,
    pub(super) error: u16,
    pub(super) other: &'a [u8],
}

impl Record<'_> {
    /// What a digest covers of the record (RFC 8945 §4.3.3).
    pub(super) fn variables(&self) -> Vec<u8> {
        let parts: [&[u8]; 7] = [
            self.key.name.wire(),
            &HEAD[2..],
            self.key.algorithm.wire(),
            &self.times(),
            &self.error.to_be_bytes(),
            &(self.other.len() as u16).to_be_bytes(),
            self.other,
        ];
        parts.concat()
    }

    /// What a digest covers of it in messages after the first (RFC 8945 §5.3.1).
    pub(super) fn times(&self) -> [u8; 8] {
        let [_, _, t1, t2, t3, t4, t5, t6] = self.time.to_be_bytes();
        let [f1, f2] = self.fudge.to_be_bytes();
        [t1, t2, t3, t4, t5, t6, f1, f2]
    }
}

/// Writes a record behind the first `len` octets and counts it; how long the message is then.
pub(super) fn write(out: &mut [u8], len: usize, record: &Record<'_>, mac: &[u8]) -> Option<usize> {
    let id: [u8; 2] = *out.first_chunk()?;
    let algorithm = record.key.algorithm.wire();
    let data_len = algorithm.len() + 16 + mac.len() + record.other.len();
    let parts: [&[u8]; 10] = [
        record.key.name.wire(),
        &HEAD,
        &(data_len as u16).to_be_bytes(),
        algorithm,
        &record.times(),
        &(mac.len() as u16).to_be_bytes(),
        mac,
        &id,
        &record.error.to_be_bytes(),
        &(record.other.len() as u16).to_be_bytes(),
    ];
    let mut at = len;
    for part in parts.into_iter().chain([record.other]) {
        out.get_mut(at..at + part.len())?.copy_from_slice(part);
        at += part.len();
    }
    let [.., c1, c2] = out.first_chunk_mut::<HEADER>()?;
    [*c1, *c2] = u16::from_be_bytes([*c1, *c2]).checked_add(1)?.to_be_bytes();
    Some(at)
}

/// Writes the name at `at` out whole; its length, and where it ends in the packet.
pub fn expand(packet: &[u8], mut at: usize, out: &mut [u8; MAX_NAME]) -> Option<(usize, usize)> {
    let (mut len, mut end, mut before) = (0, None, at);
    loop {
        let label = usize::from(*packet.get(at)?);
        if label >= 0xc0 {
            let target = (label & 0x3f) << 8 | usize::from(*packet.get(at + 1)?);
            end = end.or(Some(at + 2));
            if target >= before || target < HEADER {
                return None;
            }
            (at, before) = (target, target);
            continue;
        }
        if label > MAX_LABEL {
            return None;
        }
        let next = at + 1 + label;
        out.get_mut(len..len + 1 + label)?.copy_from_slice(packet.get(at..next)?);
        len += 1 + label;
        if label == 0 {
            return Some((len, end.unwrap_or(next)));
        }
        at = next;
    }
}

/// Where a message's last additional record begins.
pub fn last_record(message: &[u8]) -> Option<usize> {
    let count = |at: usize| Some(u16::from_be_bytes(*message.get(at..)?.first_chunk()?));
    let (questions, records) = (count(4)?, u32::from(count(6)?) + u32::from(count(8)?) + u32::from(count(10)?));
    let (mut at, mut name) = (HEADER, [0; MAX_NAME]);
    for _ in 0..questions {
        at = expand(message, at, &mut name)?.1 + 4;
    }
    for _ in 0..records.checked_sub(1).filter(|_| count(10) != Some(0))? {
        let (_, end) = expand(message, at, &mut name)?;
        at = end + 10 + usize::from(count(end + 8)?);
    }
    Some(at)
}
