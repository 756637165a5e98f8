//! The proof that a name or a type is not there: made for the one name that was asked (RFC 9824, S-12, S-13), or a link
//! of the chain of all names (RFC 4034 §4).

use crate::model::RecordType;
use crate::model::name::MAX_NAME;

/// The type that stands for a name that does not exist (RFC 9824 §3.4).
pub const NXNAME: RecordType = RecordType(128);
/// The longest label (RFC 1035 §2.3.4).
const LONGEST: u8 = 63;

/// The data of an NSEC record at `owner` that covers no other name: the next name there can be, and the types that are
/// there; `held` ascend, `beside` are others below 256. Its octets, or `None` where `out` is too short.
pub fn nsec(
    owner: &[u8],
    apex: usize,
    held: impl Iterator<Item = RecordType>,
    beside: &[RecordType],
    out: &mut [u8],
) -> Option<usize> {
    let at = next(owner, apex, out.first_chunk_mut()?);
    Some(at + bitmap(held, beside, out.get_mut(at..)?)?)
}

/// The data of an NSEC record that covers the names up to `next`; the rest is as for [`nsec`].
pub fn nsec_to(
    next: &[u8],
    held: impl Iterator<Item = RecordType>,
    beside: &[RecordType],
    out: &mut [u8],
) -> Option<usize> {
    let (name, rest) = out.split_at_mut_checked(next.len())?;
    name.copy_from_slice(next);
    Some(next.len() + bitmap(held, beside, rest)?)
}

/// The bitmap of types (RFC 4034 §4.1.2).
fn bitmap(held: impl Iterator<Item = RecordType>, beside: &[RecordType], out: &mut [u8]) -> Option<usize> {
    let (mut at, mut window, mut bits) = (0, 0, [0u8; 32]);
    let set = |bits: &mut [u8; 32], rtype: RecordType| {
        bits[usize::from(rtype.0 as u8 / 8)] |= 0x80 >> (rtype.0 % 8);
    };
    beside.iter().for_each(|rtype| set(&mut bits, *rtype));
    for rtype in held {
        if rtype.0 >> 8 != window {
            at += write(window, &bits, out.get_mut(at..)?)?;
            (window, bits) = (rtype.0 >> 8, [0; 32]);
        }
        set(&mut bits, rtype);
    }
    at += write(window, &bits, out.get_mut(at..)?)?;
    Some(at)
}

/// One window of a bitmap (RFC 4034 §4.1.2); nothing where it is empty.
fn write(window: u16, bits: &[u8; 32], out: &mut [u8]) -> Option<usize> {
    let len = bits.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    if len > 0 {
        let out = out.get_mut(..2 + len)?;
        out[..2].copy_from_slice(&[window as u8, len as u8]);
        out[2..].copy_from_slice(&bits[..len]);
    }
    Some(if len > 0 { 2 + len } else { 0 })
}

/// The name that follows `owner`, before which there is no other, within the zone whose apex is the last `apex` octets
/// (RFC 4471 §3.1.2); the apex itself where there is none. How many octets it takes.
fn next(owner: &[u8], apex: usize, out: &mut [u8; MAX_NAME]) -> usize {
    let len = owner.len();
    if len + 2 <= MAX_NAME {
        out[..2].copy_from_slice(&[1, 0]);
        out[2..2 + len].copy_from_slice(owner);
        return 2 + len;
    }
    // As long as names can be: the first label grows by the least octet there is.
    let first = owner[0];
    if len < MAX_NAME && first < LONGEST && len > apex {
        let end = 1 + usize::from(first);
        out[..end].copy_from_slice(&owner[..end]);
        out[0] = first + 1;
        out[end] = 0;
        out[end + 1..=len].copy_from_slice(&owner[end..]);
        return len + 1;
    }
    // Or its last octet is the one after; labels of nothing but the last octet there is go.
    let mut rest = owner;
    while rest.len() > apex {
        let end = 1 + usize::from(rest[0]);
        let Some(last) = rest[1..end].iter().rposition(|octet| *octet != 0xff) else {
            rest = &rest[end..];
            continue;
        };
        let label = last + 1;
        out[..=label].copy_from_slice(&rest[..=label]);
        out[0] = label as u8;
        // Upper case counts as lower case.
        out[label] = if rest[label] == b'@' { b'[' } else { rest[label] + 1 };
        let tail = &rest[end..];
        out[1 + label..1 + label + tail.len()].copy_from_slice(tail);
        return 1 + label + tail.len();
    }
    out[..apex].copy_from_slice(rest);
    apex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s12_a_name_that_is_not_there() {
        let mut out = [0; 512];
        let owner = b"\x04nope\x07example\x03com\0";
        let len = nsec(owner, 13, std::iter::empty(), &[RecordType::RRSIG, RecordType::NSEC, NXNAME], &mut out);
        let bits = b"\x00\x11\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\x80";
        assert_eq!(&out[..len.unwrap()], [&b"\x01\0"[..], owner, bits].concat());
    }

    #[test]
    fn types_of_several_windows() {
        let mut out = [0; 512];
        let held = [RecordType::A, RecordType::MX, RecordType::CAA, RecordType(1234)];
        let beside = [RecordType::RRSIG, RecordType::NSEC];
        let len = nsec(b"\x05alfa\0", 1, held.into_iter(), &beside, &mut out).unwrap();
        // RFC 4034 §4.3 has A, MX, RRSIG, NSEC and TYPE1234.
        let far = [&b"\x04\x1b"[..], &[0; 26], b"\x20"].concat();
        let expected = [&b"\x00\x06\x40\x01\0\0\0\x03"[..], b"\x01\x01\x40", &far].concat();
        assert_eq!(&out[8..len], expected);
        assert_eq!(nsec(b"\x01a\0", 1, held.into_iter(), &beside, &mut out[..300]), Some(3 + 2 + 8 + 3 + 29));
        assert_eq!(nsec(b"\x01a\0", 1, held.into_iter(), &beside, &mut out[..260]), Some(45));
        assert_eq!(nsec(b"\x01a\0", 1, held.into_iter(), &beside, &mut out[..100]), None);
    }

    #[test]
    fn the_next_of_names_that_are_as_long_as_names_can_be() {
        let mut out = [0; MAX_NAME];
        let label = |octet: u8, len: usize| [&[len as u8][..], &vec![octet; len]].concat();
        let tail = [label(b'x', 63), label(b'y', 63), label(b'z', 61), vec![0]].concat();
        assert_eq!(tail.len(), 191);
        let long = [label(b'a', 62), tail.clone()].concat();
        let len = next(&long, 1, &mut out);
        assert_eq!(&out[..len], [&[63][..], &[b'a'; 62], &[0], &tail].concat(), "254 octets");
        let longest = [label(b'@', 63), tail.clone()].concat();
        assert_eq!(longest.len(), MAX_NAME);
        let len = next(&longest, 1, &mut out);
        assert_eq!(&out[..len], [&[63][..], &[b'@'; 62], b"[", &tail].concat());
        let last = [label(0xff, 63), tail.clone()].concat();
        let len = next(&last, 1, &mut out);
        assert_eq!(&out[..len], [&[63][..], &[b'x'; 62], b"y", &tail[64..]].concat());
        let len = next(&last, 191, &mut out);
        assert_eq!(&out[..len], tail, "the apex follows what nothing follows");
        let len = next(&longest, 255, &mut out);
        assert_eq!(&out[..len], longest, "which is its own next");
    }
}
