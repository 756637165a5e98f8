//! Which addresses may be probed, and which are special (C-8).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

/// Which addresses may be probed; holds for literals and for what names resolve to (C-8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// Only these, where any are named.
    pub allow: Vec<IpNet>,
    /// Never these, above `allow`.
    pub deny: Vec<IpNet>,
    /// Loopback, private and other special ranges of C-8 too.
    pub special: bool,
}

/// Why an address may not be probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is loopback, private or otherwise special, and such are switched off.
    Special,
    /// It lies in a network that is denied.
    Denied(IpNet),
    /// It lies in none of the networks that are allowed.
    NotAllowed,
}

/// RFC 5735 and RFC 6598.
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// RFC 5156, and what since then leads to IPv4 addresses or nowhere (RFC 2765, RFC 6052, RFC 6666, RFC 8215).
const SPECIAL_V6: [(Ipv6Addr, u8); 15] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 0), 96),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 8),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),
];

impl Targets {
    /// Why the address may not be probed; `None` when it may.
    ///
    /// An IPv4-mapped address is the IPv4 address, and so are networks of such. IPv6 addresses that a translator or a
    /// tunnel takes to an IPv4 address are refused where that one is, but not allowed by what allows that one: whether
    /// there is a translator is for the network to know.
    pub fn refusal(&self, address: IpAddr) -> Option<Refusal> {
        let canonical = address.to_canonical();
        let embedded = embedded(canonical);
        let holds = |network: &IpNet, address: IpAddr| network.contains(&address) || plain(*network).contains(&address);
        let denied = |network: &&IpNet| holds(network, canonical) || embedded.is_some_and(|v4| holds(network, v4));
        if let Some(network) = self.deny.iter().find(denied) {
            return Some(Refusal::Denied(*network));
        }
        if !self.special && (is_special(address) || is_special(canonical) || embedded.is_some_and(is_special)) {
            return Some(Refusal::Special);
        }
        let allowed = self.allow.is_empty() || self.allow.iter().any(|network| holds(network, canonical));
        (!allowed).then_some(Refusal::NotAllowed)
    }

    /// Whether anything is refused at all.
    pub fn restrict(&self) -> bool {
        !self.allow.is_empty() || !self.deny.is_empty() || !self.special
    }
}

/// A network of IPv4-mapped addresses as the IPv4 network it is.
fn plain(network: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let v4 = match (network.addr().to_canonical(), network.prefix_len().checked_sub(MAPPED)) {
        (IpAddr::V4(address), Some(len)) if network.addr().is_ipv6() => Ipv4Net::new(address, len).ok(),
        _ => None,
    };
    v4.map_or(network, IpNet::V4)
}

/// The IPv4 address that an IPv6 address leads to: by NAT64 (RFC 6052, RFC 8215 with the same embedding), SIIT
/// (RFC 2765), 6to4 (RFC 3056), or as one that is IPv4-compatible (RFC 4291 §2.5.5.1).
fn embedded(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // `::` and `::1` are IPv6's own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0, 0, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(v4(high, low).into()),
        _ => None,
    }
}

impl Default for Targets {
    fn default() -> Self {
        Self { allow: Vec::new(), deny: Vec::new(), special: true }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Special => f.write_str("it is restricted or private"),
            Self::Denied(network) => write!(f, "{network} is denied"),
            Self::NotAllowed => f.write_str("no allowed network holds it"),
        }
    }
}

fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => SPECIAL_V4.iter().any(|(network, len)| {
            let mask = u32::MAX << (32 - u32::from(*len));
            u32::from(address) & mask == u32::from(*network)
        }),
        IpAddr::V6(address) => SPECIAL_V6.iter().any(|(network, len)| {
            let mask = u128::MAX << (128 - u32::from(*len));
            u128::from(address) & mask == u128::from(*network)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(targets: &Targets, address: &str) -> Option<Refusal> {
        targets.refusal(address.parse().unwrap())
    }

    #[test]
    fn c8_special_addresses_are_refused_where_they_are_switched_off() {
        let public_only = Targets { special: false, ..Targets::default() };
        let special = "0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 169.254.169.254 172.31.255.255 192.0.0.8 \
                       192.0.2.1 192.88.99.1 192.168.1.1 198.19.0.1 198.51.100.9 203.0.113.7 224.0.0.1 255.255.255.255 \
                       :: ::1 ::ffff:8.8.8.8 ::ffff:10.0.0.1 ::10.0.0.1 64:ff9b::a00:1 2001::1 2001:db8::1 2002:a00:1::1 \
                       fd00::1 fe80::1 ff02::1";
        for address in special.split_ascii_whitespace() {
            assert_eq!(refusal(&public_only, address), Some(Refusal::Special), "{address}");
            assert_eq!(refusal(&Targets::default(), address), None, "{address}: ours are allowed by default");
        }
        for address in "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.1 \
                        198.17.255.255 198.20.0.0 223.255.255.255 2606:4700::1111 2a00::1 2001:4860::8888"
            .split_ascii_whitespace()
        {
            assert_eq!(refusal(&public_only, address), None, "{address}");
        }
    }

    #[test]
    fn c8_denied_is_above_allowed_and_ipv4_in_ipv6_is_no_way_round() {
        let net = |text: &str| -> IpNet { text.parse().unwrap() };
        let allow = vec![net("10.0.0.0/8"), net("fd00::/8")];
        let targets = Targets { allow, deny: vec![net("10.9.0.0/16")], special: true };
        assert_eq!(refusal(&targets, "10.1.2.3"), None);
        assert_eq!(refusal(&targets, "10.9.2.3"), Some(Refusal::Denied(net("10.9.0.0/16"))));
        assert_eq!(refusal(&targets, "::ffff:10.9.2.3"), Some(Refusal::Denied(net("10.9.0.0/16"))));
        assert_eq!(refusal(&targets, "::ffff:10.1.2.3"), None);
        assert_eq!(refusal(&targets, "192.0.2.1"), Some(Refusal::NotAllowed));
        assert_eq!(refusal(&targets, "fe80::1"), Some(Refusal::NotAllowed));
        assert_eq!(Refusal::NotAllowed.to_string(), "no allowed network holds it");
    }

    #[test]
    fn c8_ipv4_in_translated_and_tunnelled_ipv6_is_denied_as_itself() {
        let net = |text: &str| -> IpNet { text.parse().unwrap() };
        let deny = vec![net("10.9.0.0/16")];
        let denied = Some(Refusal::Denied(deny[0]));
        let targets = Targets { deny, ..Targets::default() };
        let inside = "::ffff:10.9.2.3 64:ff9b::10.9.2.3 64:ff9b:1::10.9.2.3 64:ff9b:1:7:8:9:a09:203 2002:a09:203::1 \
                      ::10.9.2.3 ::ffff:0:10.9.2.3";
        for address in inside.split_ascii_whitespace() {
            assert_eq!(refusal(&targets, address), denied, "{address}");
        }
        for address in
            "::ffff:10.8.2.3 64:ff9b::10.8.2.3 64:ff9b:1::10.8.2.3 2002:a08:203::1 ::10.8.2.3 64:ff9b:2::10.9.2.3 \
                        2001:db8::10.9.2.3"
                .split_ascii_whitespace()
        {
            assert_eq!(refusal(&targets, address), None, "{address}");
        }
        let zeros = Targets { deny: vec![net("0.0.0.0/8")], ..Targets::default() };
        assert_eq!([refusal(&zeros, "::"), refusal(&zeros, "::1")], [None, None], "no IPv4 addresses");
        let within = Targets { allow: vec![net("10.0.0.0/8")], ..Targets::default() };
        assert_eq!(refusal(&within, "64:ff9b::10.0.0.1"), Some(Refusal::NotAllowed), "it may lead elsewhere");
    }

    #[test]
    fn c8_networks_of_mapped_addresses_are_ipv4_networks() {
        let net = |text: &str| -> IpNet { text.parse().unwrap() };
        let denies = Targets { deny: vec![net("::ffff:10.9.0.0/112")], ..Targets::default() };
        for address in ["10.9.2.3", "::ffff:10.9.2.3", "64:ff9b::10.9.2.3"] {
            assert_eq!(refusal(&denies, address), Some(Refusal::Denied(net("::ffff:10.9.0.0/112"))), "{address}");
        }
        assert_eq!(refusal(&denies, "10.8.2.3"), None);
        let allows = Targets { allow: vec![net("::ffff:10.9.0.0/112")], ..Targets::default() };
        assert_eq!([refusal(&allows, "10.9.2.3"), refusal(&allows, "::ffff:10.9.2.3")], [None, None]);
        assert_eq!(refusal(&allows, "10.8.2.3"), Some(Refusal::NotAllowed));
        let v6 = Targets { deny: vec![net("::/0")], ..Targets::default() };
        assert_eq!(refusal(&v6, "10.9.2.3"), None, "all of IPv6 is not IPv4");
    }
}
