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
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edns<'p> {
    /// The largest datagram the client takes; at least 512 (RFC 6891 §6.2.3).
    pub(super) payload: u16,
    /// The version; only 0 is spoken.
    pub(super) version: u8,
    /// DNSSEC OK; copied (RFC 3225 §3).
    pub(super) dnssec_ok: bool,
    /// The client subnet option, well-formed.
    pub(super) subnet: Option<ClientSubnet<'p>>,
    /// A client subnet option is there that is not well-formed (RFC 7871 §6).
    pub(super) subnet_malformed: bool,
    /// A cookie, a wish to know who answers or an idle timeout is there.
    pub(super) has_options: bool,
    /// All options, well-formed each in its length.
    options: &'p [u8],
    /// A padding option is there (RFC 7830).
    pub(super) wants_padding: bool,
}

/// A client subnet option as it came, to be given back (RFC 7871 §7.2.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientSubnet<'p> {
    family: u16,
    source: u8,
    octets: &'p [u8],
}

/// The OPT record or its client subnet option is not what RFC 6891 §6.1.2 or RFC 7871 §6 allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'p> ClientSubnet<'p> {
    /// Reads the option's data; `None` for a family nobody knows, which is ignored (P-9).
    fn read(data: &'p [u8]) -> Result<Option<Self>, Malformed> {
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
        Ok(Some(Self { family, source: *source, octets: bits }))
    }

    /// The subnet that steers; none for /0, which opts out (P-9).
    #[inline]
    pub(super) fn steering(&self) -> Option<Subnet> {
        let address = match self.family {
            1 => {
                let mut address = [0; 4];
                address.iter_mut().zip(self.octets).for_each(|(to, octet)| *to = *octet);
                IpAddr::V4(Ipv4Addr::from(address))
            }
            2 => {
                let mut address = [0; 16];
                address.get_mut(..self.octets.len())?.copy_from_slice(self.octets);
                IpAddr::V6(Ipv6Addr::from(address)).to_canonical()
            }
            _ => return None,
        };
        let len = match (self.family, address) {
            (2, IpAddr::V4(_)) => self.source.saturating_sub(96),
            _ => self.source,
        };
        (len > 0).then_some(Subnet { address, len })
    }

    /// The scope as the option's family counts it.
    fn scope(&self, scope: u8) -> u8 {
        let mapped = self.family == 2 && self.steering().is_some_and(|subnet| subnet.address.is_ipv4());
        if mapped && scope > 0 { scope + 96 } else { scope }
    }
}

impl<'p> Edns<'p> {
    /// Becomes the OPT record with this class, TTL and data.
    #[inline]
    pub(super) fn fill(&mut self, class: u16, ttl: [u8; 4], data: &'p [u8]) -> Result<(), Malformed> {
        (self.payload, self.version, self.dnssec_ok) = (class.max(512), ttl[1], ttl[2] & 0x80 != 0);
        // What the rest of another version's data means is not known here (RFC 6891 §6.1.3).
        if data.is_empty() || self.version != 0 {
            return Ok(());
        }
        self.options = data;
        let mut rest = data;
        while let Some((code, value, after)) = option(rest) {
            match code {
                CLIENT_SUBNET if self.subnet.is_none() => match ClientSubnet::read(value) {
                    Ok(subnet) => self.subnet = subnet,
                    Err(Malformed) => self.subnet_malformed = true,
                },
                NSID | COOKIE | KEEPALIVE => self.has_options = true,
                PADDING => self.wants_padding = true,
                _ => {}
            }
            rest = after;
        }
        if rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// The data of the first option with this code.
    pub(super) fn first(&self, wanted: u16) -> Option<&'p [u8]> {
        let mut rest = self.options;
        while let Some((code, value, after)) = option(rest) {
            if code == wanted {
                return Some(value);
            }
            rest = after;
        }
        None
    }

    /// Octets the reply's OPT record takes.
    #[inline]
    pub(super) fn reply_len(&self, options: &Options<'_>) -> usize {
        let others = if self.has_options { options.len() } else { 0 };
        11 + self.subnet.map_or(0, |subnet| 8 + subnet.octets.len()) + others
    }

    /// Writes the reply's OPT record into `out`, which is [`Self::reply_len`] long.
    #[inline]
    pub(super) fn write(&self, out: &mut [u8], payload: u16, rcode: u16, scope: u8, options: &Options<'_>) {
        let [p1, p2] = payload.to_be_bytes();
        let flags = if self.dnssec_ok { 0x80 } else { 0 };
        let [l1, l2] = (out.len() as u16).saturating_sub(11).to_be_bytes();
        out[..11].copy_from_slice(&[0, 0, 41, p1, p2, (rcode >> 4) as u8, 0, flags, 0, l1, l2]);
        if let Some(subnet) = &self.subnet {
            let octets = subnet.octets.len();
            let [f1, f2] = subnet.family.to_be_bytes();
            let [o1, o2] = (octets as u16 + 4).to_be_bytes();
            out[11..19].copy_from_slice(&[0, CLIENT_SUBNET as u8, o1, o2, f1, f2, subnet.source, subnet.scope(scope)]);
            out[19..19 + octets].copy_from_slice(subnet.octets);
        }
        if self.has_options {
            let start = out.len() - options.len();
            options.write(&mut out[start..]);
        }
    }
}

/// The option at the front of `data`: its code and data, and what follows; none where its length is not kept.
#[inline]
fn option(data: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let ([c1, c2, l1, l2], rest) = data.split_first_chunk()?;
    let (value, after) = rest.split_at_checked(usize::from(u16::from_be_bytes([*l1, *l2])))?;
    Some((u16::from_be_bytes([*c1, *c2]), value, after))
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
        assert_eq!(Edns::default().fill(512, [0; 4], broken), Err(Malformed));
        let mut edns = Edns::default();
        assert_eq!(edns.fill(512, [0, 1, 0, 0], broken), Ok(()));
        assert_eq!(edns.version, 1, "RFC 6891 §6.1.3: BADVERS");
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
