//! Where a probe goes: an address literal as it is, a name by a fresh look-up of its A records (C-6, C-7).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;

use super::outcome::{Outcome, is_ours};
use crate::model::check::Endpoint;

/// An endpoint's address, and the one its name gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) resolved: Option<Ipv4Addr>,
}

/// The address literal `host` is, brackets around IPv6 allowed.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// Finds where to connect; the look-up has as long as a connect.
pub(super) async fn locate(endpoint: &Endpoint) -> Result<Target, Outcome> {
    if let Some(address) = literal(&endpoint.host) {
        return Ok(Target { address: SocketAddr::new(address, endpoint.port), resolved: None });
    }
    let address = resolve(&endpoint.host, endpoint.connect_timeout).await?;
    Ok(Target { address: (address, endpoint.port).into(), resolved: Some(address) })
}

async fn resolve(name: &str, limit: Duration) -> Result<Ipv4Addr, Outcome> {
    let found = match timeout(limit, lookup_host((name, 0))).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) if is_ours(&error) => return Err(Outcome::NotProbed { error: error.to_string() }),
        Ok(Err(_)) | Err(_) => return Err(Outcome::ResolutionFailed),
    };
    only_a(found.map(|address| address.ip())).ok_or(Outcome::ResolutionFailed)
}

/// The first IPv4 address: names are probed over IPv4 alone (C-6).
fn only_a(found: impl IntoIterator<Item = IpAddr>) -> Option<Ipv4Addr> {
    found.into_iter().find_map(|address| match address {
        IpAddr::V4(v4) => Some(v4),
        IpAddr::V6(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c6_literals_are_taken_as_they_are() {
        assert_eq!(literal("127.0.0.1"), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(literal("::1"), literal("[::1]"));
        assert!(literal("::1").is_some_and(|address| address.is_ipv6()));
        assert_eq!(literal("localhost"), None);
    }

    #[test]
    fn t281_a_name_with_only_aaaa_does_not_resolve() {
        let v6: IpAddr = "2001:db8::1".parse().unwrap();
        let v4 = Ipv4Addr::new(192, 0, 2, 7);
        assert_eq!(only_a([v6]), None);
        assert_eq!(only_a([v6, v4.into()]), Some(v4));
    }
}
