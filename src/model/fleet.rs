//! Who probes, what may be probed, and who is told, as the operator defines it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::check::Pattern;

/// A place from which endpoints are probed (C-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checker {
    /// Its name, unique in the fleet.
    pub name: Arc<str>,
    /// Its Region; one without a Region probes for all of them.
    pub region: Option<Arc<str>>,
    /// The address its probes leave from (C-5); the system's choice when there is none.
    pub source: Option<IpAddr>,
}

impl Checker {
    /// The one checker of a fleet that nobody described.
    pub fn local() -> Self {
        Self { name: "local".into(), region: None, source: None }
    }

    /// Whether it probes checks of these Regions; no Region means all.
    pub fn serves(&self, regions: &[Arc<str>]) -> bool {
        regions.is_empty() || self.region.as_ref().is_none_or(|region| regions.contains(region))
    }
}

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

impl Default for Targets {
    fn default() -> Self {
        Self { allow: Vec::new(), deny: Vec::new(), special: true }
    }
}

/// What is not an address of the public internet: the ranges of C-8 (RFC 5735, RFC 6598, RFC 5156), and those that
/// carry IPv4 addresses within them, behind which such ranges could hide.
const SPECIAL: [IpNet; 28] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
    v6([0, 0, 0, 0, 0, 0, 0, 0], 96),
    v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 0x1, 0, 0, 0, 0, 0], 48),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    v6([0x3ffe, 0, 0, 0, 0, 0, 0, 0], 16),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
];

const fn v4(octets: [u8; 4], length: u8) -> IpNet {
    let [a, b, c, d] = octets;
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

const fn v6(words: [u16; 8], length: u8) -> IpNet {
    let [a, b, c, d, e, f, g, h] = words;
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length))
}

impl Targets {
    /// Whether an address may be probed; one that is mapped into IPv6 is judged as the IPv4 address it is.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let within = |ranges: &[IpNet]| ranges.iter().any(|range| range.contains(&address));
        !within(&self.deny) && (self.allow.is_empty() || within(&self.allow)) && (self.special || !is_special(address))
    }
}

/// Whether an address is none of the public internet (C-8).
pub fn is_special(address: IpAddr) -> bool {
    SPECIAL.iter().any(|range| range.contains(&address))
}

/// How health is watched over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who probes, at least one.
    pub checkers: Vec<Checker>,
    /// What may be probed.
    pub targets: Targets,
    /// Who is asked for the addresses of names; `None` for the system's resolvers.
    pub resolver: Option<SocketAddr>,
    /// An endpoint is healthy when more than this percentage of its checkers say so, 0..=99 (C-20).
    pub healthy_percent: u8,
    /// What scripts must show to push a status; `None` takes no pushes.
    pub push_token: Option<Secret>,
    /// Where transitions are told (C-39), no two under one name.
    pub webhooks: Vec<Webhook>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            checkers: vec![Checker::local()],
            targets: Targets::default(),
            resolver: None,
            healthy_percent: 18,
            push_token: None,
            webhooks: Vec::new(),
        }
    }
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Arc<str>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where transitions are told (C-39).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What logs and metrics call it.
    pub name: Arc<str>,
    /// Where it is posted to; many carry a token in their path.
    pub url: Secret,
    /// The value of an Authorization header.
    pub authorization: Option<Secret>,
    /// How it is written.
    pub form: WebhookForm,
    /// The checks told of; empty for all.
    pub checks: Vec<Pattern>,
}

/// How a webhook's message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookForm {
    /// One JSON object with everything known of the transition.
    Json,
    /// `{"text": "…"}`, as chat services take it.
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn c8_special_ranges_to_their_edges() {
        let edges = [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
            ("::", "::ffff:ffff"),
            ("::ffff:0:0", "::ffff:ffff:ffff"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ];
        for (first, last) in edges {
            assert!(is_special(address(first)) && is_special(address(last)), "C-8: {first} to {last}");
        }
        let open = [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2600::1",
            "2a00::1",
            "2001:4860:4860::8888",
            "2001:db9::",
        ];
        for open in open {
            assert!(!is_special(address(open)), "{open}");
        }
    }

    #[test]
    fn t295_special_addresses_can_be_refused() {
        let all = Targets::default();
        let public = Targets { special: false, ..Targets::default() };
        for text in ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "169.254.169.254"] {
            assert!(all.allows(address(text)), "C-8, allowed by default: {text}");
            assert!(!public.allows(address(text)), "C-8: {text}");
        }
        assert!(public.allows(address("8.8.8.8")) && public.allows(address("2600::1")));
    }

    #[test]
    fn mapped_addresses_are_judged_as_ipv4() {
        let public = Targets { special: false, ..Targets::default() };
        assert!(!public.allows(address("::ffff:10.0.0.1")));
        assert!(public.allows(address("::ffff:8.8.8.8")), "the address that is connected to is 8.8.8.8");
        let deny = Targets { deny: vec!["8.8.8.0/24".parse().unwrap()], ..Targets::default() };
        assert!(!deny.allows(address("::ffff:8.8.8.8")));
    }

    #[test]
    fn deny_is_above_allow() {
        let net = |text: &str| text.parse().unwrap();
        let targets =
            Targets { allow: vec![net("10.0.0.0/8"), net("fd00::/8")], deny: vec![net("10.1.0.0/16")], special: true };
        assert!(targets.allows(address("10.0.0.1")) && targets.allows(address("fd00::1")));
        assert!(!targets.allows(address("10.1.0.1")), "denied");
        assert!(!targets.allows(address("192.168.0.1")), "not among those allowed");
    }
}
