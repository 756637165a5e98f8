//! What transports must know of the messages they carry: how long a reply may be kept, and what DoQ forbids.

use super::query::{Cursor, HEADER};
use crate::model::RecordType;

/// The option that only connections of plain TCP and TLS may carry (RFC 7828).
const KEEPALIVE: u16 = 11;

/// For how many seconds a reply of ours may be kept by a cache of HTTP: the smallest TTL of its answers, of a negative
/// one what its SOA record allows (RFC 8484 §5.1, RFC 2308 §5), and 0 for errors.
pub fn lifetime(reply: &[u8]) -> u32 {
    let Some(header) = reply.first_chunk::<HEADER>() else { return 0 };
    let count = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let answers = count(6);
    // NOERROR and NXDOMAIN say something about a name; the others about a moment.
    if !matches!(header[3] & 0x0f, 0 | 3) || header[2] & 0x02 != 0 {
        return 0;
    }
    let mut records = Records::of(reply, count(4));
    if answers > 0 {
        return (0..answers).map_while(|_| records.next()).map(|(_, ttl, _)| ttl).min().unwrap_or(0);
    }
    let negative = |(rtype, ttl, data): (RecordType, u32, &[u8])| {
        let minimum = data.last_chunk().map_or(0, |octets| u32::from_be_bytes(*octets));
        (rtype == RecordType::SOA).then_some(ttl.min(minimum))
    };
    (0..count(8)).map_while(|_| records.next()).find_map(negative).unwrap_or(0)
}

/// Whether a query has the option edns-tcp-keepalive, which is a fatal error over DoQ (RFC 9250 §5.5.2).
pub fn has_keepalive(query: &[u8]) -> bool {
    let Some(header) = query.first_chunk::<HEADER>() else { return false };
    let count = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let records = Records::of(query, count(4));
    let all = u32::from(count(6)) + u32::from(count(8)) + u32::from(count(10));
    let mut options = records.take(all as usize).filter(|(rtype, _, _)| *rtype == RecordType::OPT);
    options.any(|(_, _, mut data)| {
        while let [c1, c2, l1, l2, rest @ ..] = data {
            if u16::from_be_bytes([*c1, *c2]) == KEEPALIVE {
                return true;
            }
            data = rest.get(usize::from(u16::from_be_bytes([*l1, *l2]))..).unwrap_or_default();
        }
        false
    })
}

/// Type, TTL and data of the records behind the questions.
struct Records<'p>(Option<Cursor<'p>>);

impl<'p> Records<'p> {
    fn of(message: &'p [u8], questions: u16) -> Self {
        let mut cursor = Cursor { packet: message, at: HEADER };
        let passed = (0..questions).all(|_| {
            let is_name = cursor.skip_name().is_some();
            cursor.at += 4;
            is_name
        });
        Self(passed.then_some(cursor))
    }
}

impl<'p> Iterator for Records<'p> {
    type Item = (RecordType, u32, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.0.as_mut()?.record()?;
        Some((record.rtype, u32::from_be_bytes(record.ttl), record.data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\x03www\x00\0\x01\0\x01";

    fn reply(flags: [u8; 2], counts: [u8; 3], records: &[u8]) -> Vec<u8> {
        let [answers, authority, additional] = counts;
        let header = [0, 0, flags[0], flags[1], 0, 1, 0, answers, 0, authority, 0, additional];
        [&header[..], QUESTION, records].concat()
    }

    fn address(ttl: u32) -> Vec<u8> {
        [b"\xc0\x0c\0\x01\0\x01", &ttl.to_be_bytes()[..], b"\0\x04\xc0\0\x02\x01"].concat()
    }

    fn soa(ttl: u32, minimum: u32) -> Vec<u8> {
        let data = [&b"\0\0"[..], &[0; 16], &minimum.to_be_bytes()].concat();
        [b"\0\0\x06\0\x01", &ttl.to_be_bytes()[..], &[0, data.len() as u8], &data].concat()
    }

    #[test]
    fn replies_are_kept_as_long_as_their_shortest_record() {
        let records = [address(300), address(60), address(5)].concat();
        assert_eq!(lifetime(&reply([0x84, 0], [2, 1, 0], &records)), 60, "RFC 8484 §5.1: answers alone count");
        assert_eq!(lifetime(&reply([0x84, 3], [0, 1, 0], &soa(900, 86_400))), 900, "RFC 2308 §5");
        assert_eq!(lifetime(&reply([0x84, 0], [0, 1, 0], &soa(900, 30))), 30);
        assert_eq!(lifetime(&reply([0x84, 0], [0, 1, 0], &address(30))), 0, "a referral has no SOA");
        assert_eq!(lifetime(&reply([0x84, 5], [0, 1, 0], &soa(900, 30))), 0, "REFUSED");
        assert_eq!(lifetime(&[0x80; 12]), 0);
        assert_eq!(lifetime(b""), 0);
    }

    #[test]
    fn keepalive_is_found_behind_other_options_and_nonsense_is_passed_over() {
        let opt = |data: &[u8]| [b"\0\0\x29\x04\xd0\0\0\0\0\0", &[data.len() as u8][..], data].concat();
        let with = |data: &[u8]| has_keepalive(&reply([0, 0], [0, 0, 1], &opt(data)));
        assert!(with(b"\0\x0c\0\x01\0\0\x0b\0\0"), "RFC 9250 §5.5.2");
        assert!(!with(b"\0\x0c\0\x04\0\x0b\0\0"));
        assert!(!with(b"\0\x0c\0\xff\0\x0b\0\0"));
        assert!(!has_keepalive(b"") && !has_keepalive(&[0xff; 40]));
    }
}
