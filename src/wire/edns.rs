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
    /// A name that is not there may be told by its code although that is proven compactly (RFC 9824 §5.1).
    pub(super) compact_ok: bool,
    /// The data of the client subnet option, well-formed, to be given back (RFC 7871 §7.2.1); empty without one.
    subnet: &'p [u8],
    /// The subnet that steers; none for /0, which opts out (P-9).
    pub(super) steering: Option<Subnet>,
    /// A client subnet option is there that is not well-formed (RFC 7871 §6).
    pub(super) subnet_malformed: bool,
    /// A cookie, a wish to know who answers or an idle timeout is there.
    pub(super) has_options: bool,
    /// All options, well-formed each in its length.
    options: &'p [u8],
    /// A padding option is there (RFC 7830).
    pub(super) wants_padding: bool,
    /// It is of another version, malformed, or asks for more than an answer to a client subnet.
    pub(super) is_unusual: bool,
}

/// The OPT record or its client subnet option is not what RFC 6891 §6.1.2 or RFC 7871 §6 allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Who asks, as a client subnet option with so many bits says, of IPv4 or IPv6.
#[inline]
fn steering(len: u8, octets: &[u8], is_v4: bool) -> Option<Subnet> {
    if !is_v4 {
        let mut address = [0; 16];
        address.get_mut(..octets.len())?.copy_from_slice(octets);
        let address = IpAddr::V6(Ipv6Addr::from(address)).to_canonical();
        let len = if address.is_ipv4() { len.saturating_sub(96) } else { len };
        return (len > 0).then_some(Subnet { address, len });
    }
    let address = match *octets {
        [a, b, c] => [a, b, c, 0],
        [a, b, c, d] => [a, b, c, d],
        [a, b] => [a, b, 0, 0],
        [a] => [a, 0, 0, 0],
        // /0 opts out (P-9).
        _ => return None,
    };
    Some(Subnet { address: IpAddr::V4(Ipv4Addr::from(address)), len })
}

impl<'p> Edns<'p> {
    /// Becomes the OPT record with this class, TTL and data.
    #[inline]
    pub(super) fn fill(&mut self, class: u16, ttl: [u8; 4], data: &'p [u8]) -> Result<(), Malformed> {
        (self.payload, self.version, self.dnssec_ok) = (class.max(512), ttl[1], ttl[2] & 0x80 != 0);
        self.compact_ok = ttl[2] & 0x40 != 0;
        // What the rest of another version's data means is not known here (RFC 6891 §6.1.3).
        if data.is_empty() || self.version != 0 {
            self.is_unusual = self.version != 0;
            return Ok(());
        }
        self.fill_options(data)
    }

    /// Becomes one with these options.
    #[inline(never)]
    fn fill_options(&mut self, data: &'p [u8]) -> Result<(), Malformed> {
        self.options = data;
        let mut rest = data;
        while let Some((code, value, after)) = option(rest) {
            match code {
                CLIENT_SUBNET if self.subnet.is_empty() => self.subnet_malformed |= self.fill_subnet(value).is_err(),
                NSID | COOKIE | KEEPALIVE => self.has_options = true,
                PADDING => self.wants_padding = true,
                _ => {}
            }
            rest = after;
        }
        self.is_unusual = self.subnet_malformed || self.has_options || self.wants_padding;
        if rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// Takes in a client subnet option's data; a family nobody knows is ignored (P-9).
    #[inline]
    fn fill_subnet(&mut self, data: &'p [u8]) -> Result<(), Malformed> {
        let [f1, f2, len, scope, octets @ ..] = data else { return Err(Malformed) };
        let longest = match [*f1, *f2] {
            [0, 0] => 0,
            [0, 1] => 32,
            [0, 2] => 128,
            _ => return Ok(()),
        };
        let spare = u32::from(len.wrapping_neg() % 8);
        let has_spare = octets.last().is_some_and(|last| last.trailing_zeros() < spare);
        if *len > longest || *scope != 0 || octets.len() != usize::from(len.div_ceil(8)) || has_spare {
            return Err(Malformed);
        }
        (self.subnet, self.steering) = (data, steering(*len, octets, longest == 32));
        Ok(())
    }

    /// The scope as the option's family counts it.
    #[inline]
    fn scope(&self, scope: u8) -> u8 {
        let is_v6 = self.subnet.get(1) == Some(&2);
        let is_mapped = is_v6 && self.steering.is_some_and(|subnet| subnet.address.is_ipv4());
        if is_mapped && scope > 0 { scope + 96 } else { scope }
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
        11 + if self.subnet.is_empty() { 0 } else { 4 + self.subnet.len() } + others
    }

    /// Writes the reply's OPT record into `out`, which is [`Self::reply_len`] long.
    #[inline(always)]
    pub(super) fn write(&self, out: &mut [u8], payload: u16, rcode: u16, scope: u8, options: &Options<'_>) {
        let [p1, p2] = payload.to_be_bytes();
        let flags = if self.dnssec_ok { 0x80 } else { 0 };
        let [l1, l2] = (out.len() as u16).saturating_sub(11).to_be_bytes();
        out[..11].copy_from_slice(&[0, 0, 41, p1, p2, (rcode >> 4) as u8, 0, flags, 0, l1, l2]);
        if !self.subnet.is_empty() {
            let len = self.subnet.len();
            out[11..15].copy_from_slice(&[0, CLIENT_SUBNET as u8, 0, len as u8]);
            out[15..15 + len].copy_from_slice(self.subnet);
            out[18] = self.scope(scope);
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
        let read = |data: &'static [u8]| {
            let mut edns = Edns::default();
            edns.fill_subnet(data).map(|()| (edns.subnet, edns.steering))
        };
        let subnet = |address: &str, len| Some(Subnet { address: address.parse().unwrap(), len });
        let takes = |data: &'static [u8], steering| assert_eq!(read(data), Ok((data, steering)), "{data:?}");
        takes(b"\0\x01\x18\0\xc6\x33\x64", subnet("198.51.100.0", 24));
        takes(b"\0\x01\x1f\0\xc6\x33\x64\x02", subnet("198.51.100.2", 31));
        takes(b"\0\x01\x0c\0\xc6\x30", subnet("198.48.0.0", 12));
        takes(b"\0\x01\x01\0\x80", subnet("128.0.0.0", 1));
        takes(b"\0\x02\x21\0\x20\x01\x0d\xb8\x80", subnet("2001:db8:8000::", 33));
        takes(b"\0\x02\x68\0\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a", subnet("10.0.0.0", 8));
        takes(b"\0\x02\x60\0\0\0\0\0\0\0\0\0\0\0\xff\xff", None);
        // Family 0: RFC 7871 §6 erratum. /0 opts out: P-9.
        takes(b"\0\0\0\0", None);
        takes(b"\0\x01\0\0", None);
        takes(b"\0\x02\0\0", None);
        assert_eq!(read(b"\0\x09\x18\0\x01\x02\x03"), Ok((&[][..], None)), "P-9");
        for bad in [
            &b"\0\x01"[..],
            b"",
            b"\0\x01\x21\0\x01\x02\x03\x04\x05",
            b"\0\x01\x14\0\xc6\x33\xff",
            b"\0\x01\x18\x18\xc6\x33\x64",
            b"\0\x01\x18\0\xc6\x33\x64\0",
            b"\0\0\x08\0\x01",
        ] {
            assert_eq!(read(bad), Err(Malformed), "P-9: {bad:?}");
        }
    }
}
