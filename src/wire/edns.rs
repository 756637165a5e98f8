//! EDNS(0) in queries and replies (RFC 6891), with the client subnet option (RFC 7871). Other options: [`Options`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::options::Options;
use crate::answer::Subnet;

pub(super) const NSID: u16 = 3;
const CLIENT_SUBNET: u16 = 8;
pub(super) const COOKIE: u16 = 10;
pub(super) const KEEPALIVE: u16 = 11;
const PADDING: u16 = 12;
/// What padded replies are a multiple of (RFC 8467 §4.1).
const BLOCK: usize = 468;

/// The OPT record of a query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edns<'p> {
    /// The largest datagram the client takes; at least 512 (RFC 6891 §6.2.3).
    pub(super) payload: u16,
    /// The version; only 0 is spoken.
    pub(super) version: u8,
    /// DNSSEC OK; copied (RFC 3225 §3).
    pub(super) dnssec_ok: bool,
    /// The client subnet option, well-formed.
    pub(super) subnet: Option<ClientSubnet>,
    /// A client subnet option is there that is not well-formed (RFC 7871 §6).
    pub(super) subnet_malformed: bool,
    /// One of the options below is there.
    pub(super) has_options: bool,
    /// The data of the first COOKIE option (RFC 7873 §5.2).
    pub(super) cookie: Option<&'p [u8]>,
    /// The client asks who answers (RFC 5001 §2.1).
    pub(super) wants_nsid: bool,
    /// The data of the edns-tcp-keepalive option (RFC 7828 §3.1).
    pub(super) keepalive: Option<&'p [u8]>,
    /// A padding option is there (RFC 7830).
    pub(super) wants_padding: bool,
}

/// A client subnet option as it came, to be given back (RFC 7871 §7.2.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientSubnet {
    family: u16,
    source: u8,
    address: [u8; 16],
}

/// The OPT record or its client subnet option is not what RFC 6891 §6.1.2 or RFC 7871 §6 allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl ClientSubnet {
    /// Reads the option's data; `None` for a family nobody knows, which is ignored (P-9).
    fn read(data: &[u8]) -> Result<Option<Self>, Malformed> {
        let [f1, f2, source, scope, bits @ ..] = data else { return Err(Malformed) };
        let family = u16::from_be_bytes([*f1, *f2]);
        let longest = match family {
            0 => 0,
            1 => 32,
            2 => 128,
            _ => return Ok(None),
        };
        if *source > longest || *scope != 0 || bits.len() != usize::from(source.div_ceil(8)) {
            return Err(Malformed);
        }
        let spare = source.div_ceil(8) * 8 - source;
        if bits.last().is_some_and(|last| last & !(u8::MAX << spare) != 0) {
            return Err(Malformed);
        }
        let mut address = [0; 16];
        address[..bits.len()].copy_from_slice(bits);
        Ok(Some(Self { family, source: *source, address }))
    }

    /// The subnet that steers; none for /0, which opts out (P-9).
    #[inline]
    pub(super) fn steering(&self) -> Option<Subnet> {
        let address = match self.family {
            1 => IpAddr::V4(Ipv4Addr::from(*self.address.first_chunk()?)),
            2 => IpAddr::V6(Ipv6Addr::from(self.address)).to_canonical(),
            _ => return None,
        };
        let len = match (self.family, address) {
            (2, IpAddr::V4(_)) => self.source.saturating_sub(96),
            _ => self.source,
        };
        (len > 0).then_some(Subnet { address, len })
    }

    fn octets(&self) -> usize {
        usize::from(self.source.div_ceil(8))
    }

    /// The scope as the option's family counts it.
    fn scope(&self, scope: u8) -> u8 {
        let mapped = self.family == 2 && self.steering().is_some_and(|subnet| subnet.address.is_ipv4());
        if mapped && scope > 0 { scope + 96 } else { scope }
    }
}

impl<'p> Edns<'p> {
    /// Reads an OPT record from its class, TTL and data.
    #[inline]
    pub(super) fn read(class: u16, ttl: [u8; 4], mut data: &'p [u8]) -> Result<Self, Malformed> {
        let mut edns = Self {
            payload: class.max(512),
            version: ttl[1],
            dnssec_ok: ttl[2] & 0x80 != 0,
            subnet: None,
            subnet_malformed: false,
            has_options: false,
            cookie: None,
            wants_nsid: false,
            keepalive: None,
            wants_padding: false,
        };
        if edns.version != 0 {
            // What the rest of another version's data means is not known here (RFC 6891 §6.1.3).
            return Ok(edns);
        }
        while let [c1, c2, l1, l2, rest @ ..] = data {
            let len = usize::from(u16::from_be_bytes([*l1, *l2]));
            let value = rest.get(..len).ok_or(Malformed)?;
            match u16::from_be_bytes([*c1, *c2]) {
                CLIENT_SUBNET if edns.subnet.is_none() => match ClientSubnet::read(value) {
                    Ok(subnet) => edns.subnet = subnet,
                    Err(Malformed) => edns.subnet_malformed = true,
                },
                code @ (NSID | COOKIE | KEEPALIVE) => edns.note(code, value),
                PADDING => edns.wants_padding = true,
                _ => {}
            }
            data = &rest[len..];
        }
        if data.is_empty() { Ok(edns) } else { Err(Malformed) }
    }

    /// Notes an option, of several with one code the first.
    #[inline(never)]
    fn note(&mut self, code: u16, data: &'p [u8]) {
        self.has_options = true;
        match code {
            COOKIE => self.cookie = self.cookie.or(Some(data)),
            KEEPALIVE => self.keepalive = self.keepalive.or(Some(data)),
            // What a client puts into it means nothing (RFC 5001 §2.1).
            _ => self.wants_nsid = true,
        }
    }

    /// Octets the reply's OPT record takes.
    #[inline]
    pub(super) fn reply_len(&self, options: &Options<'_>) -> usize {
        11 + self.subnet.map_or(0, |subnet| 8 + subnet.octets()) + options.len()
    }

    /// Writes the reply's OPT record at the front of `out`, which has room for [`Self::reply_len`].
    #[inline]
    pub(super) fn write(&self, out: &mut [u8], payload: u16, rcode: u16, scope: u8, options: &Options<'_>) {
        let [p1, p2] = payload.to_be_bytes();
        let flags = if self.dnssec_ok { 0x80 } else { 0 };
        let len = (self.reply_len(options) - 11) as u16;
        let [l1, l2] = len.to_be_bytes();
        out[..11].copy_from_slice(&[0, 0, 41, p1, p2, (rcode >> 4) as u8, 0, flags, 0, l1, l2]);
        if let Some(subnet) = &self.subnet {
            let octets = subnet.octets();
            let [f1, f2] = subnet.family.to_be_bytes();
            let [o1, o2] = (octets as u16 + 4).to_be_bytes();
            out[11..19].copy_from_slice(&[0, CLIENT_SUBNET as u8, o1, o2, f1, f2, subnet.source, subnet.scope(scope)]);
            out[19..19 + octets].copy_from_slice(&subnet.address[..octets]);
        }
        if self.has_options {
            let start = 11 + usize::from(len) - options.len();
            options.write(&mut out[start..]);
        }
    }
}

/// Adds a padding option to the OPT record of `opt_len` octets at the front of `out`, which reaches to the longest
/// reply there may be, so that `len` octets become a multiple of 468 (RFC 8467 §4.1); how many octets it takes.
pub(super) fn pad(out: &mut [u8], opt_len: usize, len: usize) -> usize {
    let wanted = (len + 4).next_multiple_of(BLOCK) - len;
    let takes = wanted.min(out.len() - opt_len);
    let Some(zeros) = takes.checked_sub(4) else { return 0 };
    let [l1, l2] = ((opt_len - 11 + takes) as u16).to_be_bytes();
    let [z1, z2] = (zeros as u16).to_be_bytes();
    out[9..11].copy_from_slice(&[l1, l2]);
    out[opt_len..opt_len + 4].copy_from_slice(&[0, PADDING as u8, z1, z2]);
    out[opt_len + 4..opt_len + takes].fill(0);
    takes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_another_version_are_not_read() {
        let broken = b"\0\x08\0\x09\0";
        assert_eq!(Edns::read(512, [0; 4], broken).map(|_| ()), Err(Malformed));
        assert_eq!(Edns::read(512, [0, 1, 0, 0], broken).map(|edns| edns.version), Ok(1), "RFC 6891 §6.1.3: BADVERS");
    }

    #[test]
    fn replies_are_padded_to_blocks_or_to_the_end() {
        let mut out = [1; 1000];
        out[..11].copy_from_slice(&[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        assert_eq!(pad(&mut out, 11, 60), 408, "RFC 8467 §4.1: 468 in all");
        assert_eq!(out[9..15], [1, 152, 0, 12, 1, 148]);
        assert!(out[15..419].iter().all(|octet| *octet == 0) && out[419] == 1);
        assert_eq!(pad(&mut out, 11, 465), 471, "an option takes four octets at least");
        assert_eq!(pad(&mut out[..100], 11, 60), 89, "no longer than replies may be");
        assert_eq!(pad(&mut out[..14], 11, 60), 0);
    }

    #[test]
    fn subnets_are_taken_or_refused() {
        assert!(ClientSubnet::read(b"\0\x01\x18\0\xc6\x33\x64").unwrap().is_some());
        assert!(ClientSubnet::read(b"\0\0\0\0").unwrap().is_some(), "family 0, RFC 7871 §6 erratum");
        assert!(ClientSubnet::read(b"\0\x09\x18\0\x01\x02\x03").unwrap().is_none(), "P-9");
        for bad in [
            &b"\0\x01"[..],
            b"",
            b"\0\x01\x21\0\x01\x02\x03\x04\x05",
            b"\0\x01\x14\0\xc6\x33\xff",
            b"\0\x01\x18\x18\xc6\x33\x64",
            b"\0\x01\x18\0\xc6\x33\x64\0",
            b"\0\0\x08\0\x01",
        ] {
            assert_eq!(ClientSubnet::read(bad).map(|_| ()), Err(Malformed), "P-9: {bad:?}");
        }
        assert!(ClientSubnet::read(b"\0\x01\0\0").unwrap().unwrap().steering().is_none(), "P-9: /0 opts out");
    }
}
