//! Where a probe goes: an address literal as it is, a name by a fresh look-up of its A records (C-6, C-7), and never
//! where it must not go (C-8).
//!
//! What is judged is the very address that is connected to: a name that changes its mind in between gains nothing.

use std::error::Error as _;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::{Instant, timeout};

use super::outcome::{Notes, Outcome, is_ours};
use crate::model::check::Endpoint;
use crate::model::fleet::Targets;

/// What the system says of names; read again when it changes.
const SYSTEM_FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];
/// How often it is asked whether it did.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Look-ups at one name server at a time; beyond that hickory holds the server to be busy.
const AT_ONCE: usize = 65_536;

/// Finds the addresses of names; one serves all probes.
#[derive(Debug)]
pub(super) struct Finder {
    /// Who is asked; the system's servers when there is none.
    server: Option<SocketAddr>,
    built: Mutex<Option<Built>>,
}

struct Built {
    resolver: TokioResolver,
    read: [Option<SystemTime>; SYSTEM_FILES.len()],
    looked: Instant,
}

impl std::fmt::Debug for Built {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Built").field("read", &self.read).finish_non_exhaustive()
    }
}

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
    let found = timeout(endpoint.connect_timeout, finder.addresses(&endpoint.host)).await;
    let found = found.map_err(|_| Outcome::ResolutionFailed)??;
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

impl Finder {
    /// One that asks this server, or the system's.
    pub(super) fn new(server: Option<SocketAddr>) -> Self {
        Self { server, built: Mutex::default() }
    }

    /// The A records of a name, which is taken to be absolute.
    async fn addresses(&self, host: &str) -> Result<Vec<Ipv4Addr>, Outcome> {
        let resolver = self
            .resolver()
            .map_err(|error| Outcome::NotProbed { error: format!("there is no way to look names up: {error}") })?;
        let Ok(mut name) = Name::from_utf8(host) else { return Err(Outcome::ResolutionFailed) };
        name.set_fqdn(true);
        let found = resolver.lookup(name, RecordType::A).await.map_err(|error| failed(&error))?;
        Ok(found.answers().iter().filter_map(|record| address(&record.data)).collect())
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(built) = built.as_ref().filter(|built| built.looked.elapsed() < LOOK_AGAIN) {
            return Ok(built.resolver.clone());
        }
        let read = SYSTEM_FILES.map(|file| fs::metadata(file).and_then(|file| file.modified()).ok());
        let looked = Instant::now();
        if let Some(built) = built.as_mut().filter(|built| built.read == read) {
            built.looked = looked;
            return Ok(built.resolver.clone());
        }
        let resolver = self.build()?;
        *built = Some(Built { resolver: resolver.clone(), read, looked });
        Ok(resolver)
    }

    fn build(&self) -> Result<TokioResolver, NetError> {
        let mut builder = match self.server {
            None => TokioResolver::builder_tokio()?,
            Some(server) => {
                let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
                connections.iter_mut().for_each(|connection| connection.port = server.port());
                let server = NameServerConfig::new(server.ip(), true, connections);
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        fresh(builder.options_mut());
        builder.build()
    }
}

/// Every look-up is made anew.
fn fresh(options: &mut ResolverOpts) {
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.use_hosts_file = ResolveHosts::Always;
    options.max_active_requests = AT_ONCE;
}

/// The address of an A record: names are probed over IPv4 alone (C-6).
fn address(data: &RData) -> Option<Ipv4Addr> {
    match data {
        RData::A(address) => Some(address.0),
        _ => None,
    }
}

fn failed(error: &NetError) -> Outcome {
    match error {
        NetError::Io(error) if is_ours(error) => Outcome::NotProbed { error: error.to_string() },
        NetError::Busy => Outcome::NotProbed { error: "too many names are being looked up".to_owned() },
        other => {
            let ours = other.source().and_then(|cause| cause.downcast_ref::<io::Error>()).is_some_and(is_ours);
            if ours { Outcome::NotProbed { error: other.to_string() } } else { Outcome::ResolutionFailed }
        }
    }
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
    fn t281_only_a_records_are_addresses() {
        use hickory_resolver::proto::rr::rdata::{A, AAAA};
        let v6: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
        assert_eq!(address(&RData::AAAA(AAAA(v6))), None);
        assert_eq!(address(&RData::A(A::new(192, 0, 2, 7))), Some(Ipv4Addr::new(192, 0, 2, 7)));
    }

    #[test]
    fn no_descriptor_for_a_look_up_is_our_own_trouble() {
        let emfile = NetError::from(io::Error::from_raw_os_error(24));
        assert_eq!(failed(&emfile).status(), None);
        assert_eq!(failed(&NetError::Timeout), Outcome::ResolutionFailed);
    }
}
