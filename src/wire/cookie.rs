//! DNS cookies (RFC 7873) as RFC 9018 makes them: version 1, SipHash-2-4 over client cookie, time and address.
//!
//! Servers that share a secret take each other's cookies, whoever made them; nothing is kept of any client.

use std::net::IpAddr;

use siphasher::sip::SipHasher24;

use super::edns::Malformed;
use crate::model::{CookieSecret, Cookies};

/// Octets of a client cookie (RFC 7873 §4.1).
const CLIENT: usize = 8;
/// Octets of a client cookie and a server cookie of version 1 (RFC 9018 §4).
pub(super) const WHOLE: usize = 24;
/// Octets in front of the hash.
const HASHED: usize = 16;
const VERSION: u8 = 1;
/// How old a cookie may be, in seconds (RFC 9018 §4.3).
const OLDEST: i32 = 3600;
/// How far ahead of us the clock of the server that made it may be, in seconds (RFC 9018 §4.3).
const AHEAD: i32 = 300;
/// From what age a cookie is renewed, in seconds (RFC 9018 §4.3).
const STALE: i32 = 1800;

/// What a query's cookie says of who sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// No cookie was sent, or none is given here.
    #[default]
    None,
    /// A client cookie alone: the client takes cookies and has none yet.
    Client,
    /// A server cookie that is not ours, not of this address, or too old.
    Wrong,
    /// Our cookie: whoever sent it receives what is sent to its address.
    Valid,
}

/// Judges a COOKIE option's data at the time `now`, in seconds modulo 2³²; the option to reply with.
pub(super) fn judge(
    data: &[u8],
    cookies: &Cookies,
    source: IpAddr,
    now: u32,
) -> Result<(Proof, [u8; WHOLE]), Malformed> {
    let Some((client, server)) = data.split_first_chunk::<CLIENT>().filter(|(_, rest)| has_length(rest)) else {
        return Err(Malformed);
    };
    let fresh = || make(client, &cookies.secret, source, now);
    if server.is_empty() {
        return Ok((Proof::Client, fresh()));
    }
    let Some(sent) = data.first_chunk::<WHOLE>().filter(|_| data.len() == WHOLE && server[0] == VERSION) else {
        return Ok((Proof::Wrong, fresh()));
    };
    let made = u32::from_be_bytes([sent[12], sent[13], sent[14], sent[15]]);
    let age = now.wrapping_sub(made) as i32;
    let is_of = |secret: &CookieSecret| hash(sent, secret, source) == sent[HASHED..];
    if !(-AHEAD..=OLDEST).contains(&age) {
        Ok((Proof::Wrong, fresh()))
    } else if is_of(&cookies.secret) {
        Ok((Proof::Valid, if age < STALE { *sent } else { fresh() }))
    } else if cookies.others.iter().flatten().any(is_of) {
        Ok((Proof::Valid, fresh()))
    } else {
        Ok((Proof::Wrong, fresh()))
    }
}

/// Whether a server cookie may be so long: none, or 8 to 32 octets (RFC 7873 §4).
fn has_length(server: &[u8]) -> bool {
    matches!(server.len(), 0 | 8..=32)
}

/// A client cookie and the server cookie for it.
fn make(client: &[u8; CLIENT], secret: &CookieSecret, source: IpAddr, now: u32) -> [u8; WHOLE] {
    let mut whole = [0; WHOLE];
    whole[..CLIENT].copy_from_slice(client);
    whole[CLIENT] = VERSION;
    whole[12..HASHED].copy_from_slice(&now.to_be_bytes());
    let hash = hash(&whole, secret, source);
    whole[HASHED..].copy_from_slice(&hash);
    whole
}

/// The hash over what stands in front of it and the client's address (RFC 9018 §4.4).
fn hash(whole: &[u8; WHOLE], secret: &CookieSecret, source: IpAddr) -> [u8; 8] {
    let hasher = SipHasher24::new_with_key(&secret.0);
    let mut text = [0; HASHED + 16];
    text[..HASHED].copy_from_slice(&whole[..HASHED]);
    let len = match source.to_canonical() {
        IpAddr::V4(address) => {
            text[HASHED..HASHED + 4].copy_from_slice(&address.octets());
            HASHED + 4
        }
        IpAddr::V6(address) => {
            text[HASHED..].copy_from_slice(&address.octets());
            HASHED + 16
        }
    };
    hasher.hash(&text[..len]).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cookies::hex;

    fn bytes(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|pair| hex(pair).expect("hexadecimal")).collect()
    }

    fn cookies(secret: &str, others: [Option<&str>; 2]) -> Cookies {
        let read = |text: &str| CookieSecret::parse(text).expect("a secret");
        Cookies { secret: read(secret), others: others.map(|other| other.map(read)), require: false }
    }

    const SECRET: &str = "e5e973e5a6b2a43f48e7dc849e37bfcf";
    const NEWER: &str = "445536bcd2513298075a5d379663c962";

    fn at(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn rfc9018_a1_learning_a_new_server_cookie() {
        let (proof, reply) =
            judge(&bytes("2464c4abcf10c957"), &cookies(SECRET, [None; 2]), at("198.51.100.100"), 1559731985).unwrap();
        assert_eq!(proof, Proof::Client);
        assert_eq!(reply[..], bytes("2464c4abcf10c957010000005cf79f111f8130c3eee29480"));
    }

    #[test]
    fn rfc9018_a2_the_same_client_learns_a_renewed_cookie() {
        let sent = bytes("2464c4abcf10c957010000005cf79f111f8130c3eee29480");
        let (proof, reply) = judge(&sent, &cookies(SECRET, [None; 2]), at("198.51.100.100"), 1559734385).unwrap();
        assert_eq!(proof, Proof::Valid, "40 minutes old");
        assert_eq!(reply[..], bytes("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
    }

    #[test]
    fn rfc9018_a3_reserved_bits_are_hashed_as_they_came() {
        let sent = bytes("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
        let (proof, reply) = judge(&sent, &cookies(SECRET, [None; 2]), at("203.0.113.203"), 1559734700).unwrap();
        assert_eq!(proof, Proof::Wrong, "more than an hour old");
        assert_eq!(reply[..], bytes("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"));
        let (proof, _) = judge(&sent, &cookies(SECRET, [None; 2]), at("203.0.113.203"), 0x5cf7_8f71 + 60).unwrap();
        assert_eq!(proof, Proof::Valid);
    }

    #[test]
    fn rfc9018_a4_a_cookie_of_the_secret_before() {
        let sent = bytes("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
        let source = at("2001:db8:220:1:59de:d0f4:8769:82b8");
        let rolled = cookies(NEWER, [Some("dd3bdf9344b678b185a6f5cb60fca715"), None]);
        let (proof, reply) = judge(&sent, &rolled, source, 1559741961).unwrap();
        assert_eq!(proof, Proof::Valid);
        assert_eq!(reply[..], bytes("22681ab97d52c298010000005cf7c609a6bb79d16625507a"));
        let (proof, _) = judge(&sent, &cookies(NEWER, [None; 2]), source, 1559741961).unwrap();
        assert_eq!(proof, Proof::Wrong, "the secret before is forgotten");
    }

    #[test]
    fn rfc9018_4_3_age_is_serial_arithmetic() {
        let (cookies, source) = (cookies(SECRET, [None; 2]), at("192.0.2.1"));
        for made in [1559731985, u32::MAX - 10, 0] {
            let sent = make(&[7; 8], &cookies.secret, source, made);
            for (later, proof, is_kept) in [
                (0, Proof::Valid, true),
                (-300, Proof::Valid, true),
                (-301, Proof::Wrong, false),
                (1799, Proof::Valid, true),
                (1800, Proof::Valid, false),
                (3600, Proof::Valid, false),
                (3601, Proof::Wrong, false),
                (i32::MIN, Proof::Wrong, false),
            ] {
                let (judged, reply) = judge(&sent, &cookies, source, made.wrapping_add_signed(later)).unwrap();
                assert_eq!((judged, reply == sent), (proof, is_kept), "{later} s after {made}");
            }
        }
    }

    #[test]
    fn rfc7873_5_2_2_lengths_and_what_is_wrong() {
        let (cookies, source) = (cookies(SECRET, [None; 2]), at("192.0.2.1"));
        let sent = [&make(&[7; 8], &cookies.secret, source, 1000)[..], &[0; 17]].concat();
        for len in 0..=41 {
            let judged = judge(&sent[..len], &cookies, source, 1000).map(|(proof, _)| proof);
            let expected = match len {
                8 => Ok(Proof::Client),
                24 => Ok(Proof::Valid),
                16..=40 => Ok(Proof::Wrong),
                _ => Err(Malformed),
            };
            assert_eq!(judged, expected, "{len} octets");
        }
        for at in 0..24 {
            let mut other = sent[..24].to_vec();
            other[at] ^= 1;
            assert_eq!(judge(&other, &cookies, source, 1000).map(|(proof, _)| proof), Ok(Proof::Wrong), "octet {at}");
        }
        let elsewhere = IpAddr::from([192, 0, 2, 2]);
        assert_eq!(judge(&sent[..24], &cookies, elsewhere, 1000).map(|(proof, _)| proof), Ok(Proof::Wrong));
        let mapped = at("::ffff:192.0.2.1");
        assert_eq!(judge(&sent[..24], &cookies, mapped, 1000).map(|(proof, _)| proof), Ok(Proof::Valid));
    }
}
