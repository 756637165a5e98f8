//! Where a probe goes: an address literal as it is, a name by a fresh look-up of its A records (C-6, C-7), and never
//! where it must not go (C-8).
//!
//! What is judged is the very address that is connected to: a name that changes its mind in between gains nothing.

use std::net::{IpAddr, SocketAddr};

use tokio::time::Instant;

use super::finder::Finder;
use super::outcome::{Notes, Outcome};
use crate::model::check::Endpoint;
use crate::model::fleet::Targets;

/// The address literal `host` is, brackets around IPv6 allowed.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// Finds where to connect; the look-up has as long as a connect.
pub(super) async fn locate(
    endpoint: &Endpoint,
    targets: &Targets,
    finder: &Finder,
    notes: &mut Notes,
) -> Result<SocketAddr, Outcome> {
    if let Some(address) = literal(&endpoint.host) {
        return match targets.refusal(address) {
            None => Ok(SocketAddr::new(address.to_canonical(), endpoint.port)),
            Some(why) => Err(Outcome::Restricted { why }),
        };
    }
    let started = Instant::now();
    let found = finder.addresses(&endpoint.host, endpoint.connect_timeout).await?;
    notes.phases.lookup = Some(started.elapsed());
    let mut refused = Err(Outcome::ResolutionFailed);
    for address in found {
        match targets.refusal(address.into()) {
            None => {
                notes.resolved = Some(address);
                return Ok((address, endpoint.port).into());
            }
            Some(why) => {
                notes.resolved = Some(address);
                refused = Err(Outcome::Restricted { why });
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn c6_literals_are_taken_as_they_are() {
        assert_eq!(literal("127.0.0.1"), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(literal("::1"), literal("[::1]"));
        assert!(literal("::1").is_some_and(|address| address.is_ipv6()));
        assert_eq!(literal("localhost"), None);
    }
}
