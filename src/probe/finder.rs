//! Who finds the addresses of names: hickory's resolver, remembering nothing from one probe to the next (C-6).

use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::{RuntimeProvider, TokioRuntimeProvider};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Hosts, Resolver};
use tokio::time::{Instant, timeout};

use super::outcome::{Outcome, is_ours};

/// What the system says of names; read again when it changes.
const SYSTEM_FILES: [&str; 2] = ["/etc/resolv.conf", HOSTS];
const HOSTS: &str = "/etc/hosts";
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
    sockets: Sockets,
}

struct Built {
    resolver: Resolver<Sockets>,
    read: [Option<SystemTime>; SYSTEM_FILES.len()],
    looked: Instant,
}

impl fmt::Debug for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Built").field("read", &self.read).finish_non_exhaustive()
    }
}

/// tokio's sockets, of which none left is noted: hickory tells it like a server that does not answer.
#[derive(Clone, Default)]
struct Sockets {
    tokio: TokioRuntimeProvider,
    lacking: Arc<AtomicU64>,
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets").field("lacking", &self.lacking).finish_non_exhaustive()
    }
}

/// A future as hickory takes them.
type Opening<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Sockets {
    fn noting<T: 'static>(&self, opening: Opening<T>) -> Opening<T> {
        let lacking = self.lacking.clone();
        Box::pin(async move {
            let opened = opening.await;
            if opened.as_ref().is_err_and(is_ours) {
                lacking.fetch_add(1, Ordering::Relaxed);
            }
            opened
        })
    }
}

impl RuntimeProvider for Sockets {
    type Handle = <TokioRuntimeProvider as RuntimeProvider>::Handle;
    type Timer = <TokioRuntimeProvider as RuntimeProvider>::Timer;
    type Udp = <TokioRuntimeProvider as RuntimeProvider>::Udp;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.tokio.create_handle()
    }

    fn connect_tcp(&self, server: SocketAddr, from: Option<SocketAddr>, limit: Option<Duration>) -> Opening<Self::Tcp> {
        self.noting(self.tokio.connect_tcp(server, from, limit))
    }

    fn bind_udp(&self, local: SocketAddr, server: SocketAddr) -> Opening<Self::Udp> {
        self.noting(self.tokio.bind_udp(local, server))
    }
}

impl Finder {
    /// One that asks this server, or the system's.
    pub(super) fn new(server: Option<SocketAddr>) -> Self {
        Self { server, built: Mutex::default(), sockets: Sockets::default() }
    }

    /// The A records of a name, which is taken to be absolute.
    pub(super) async fn addresses(&self, host: &str, limit: Duration) -> Result<Vec<Ipv4Addr>, Outcome> {
        let resolver = self
            .resolver()
            .map_err(|error| Outcome::NotProbed { error: format!("there is no way to look names up: {error}") })?;
        let Ok(mut name) = Name::from_utf8(host) else { return Err(Outcome::ResolutionFailed) };
        name.set_fqdn(true);
        let lacking = || self.sockets.lacking.load(Ordering::Relaxed);
        let before = lacking();
        match timeout(limit, resolver.lookup(name, RecordType::A)).await {
            Ok(Ok(found)) => Ok(found.answers().iter().filter_map(|record| address(&record.data)).collect()),
            Ok(Err(_)) | Err(_) if lacking() != before => {
                Err(Outcome::NotProbed { error: "a look-up found no descriptor, port or memory left".to_owned() })
            }
            Ok(Err(NetError::Busy)) => {
                Err(Outcome::NotProbed { error: "too many names are being looked up".to_owned() })
            }
            Ok(Err(NetError::Io(error))) if is_ours(&error) => Err(Outcome::NotProbed { error: error.to_string() }),
            Ok(Err(_)) | Err(_) => Err(Outcome::ResolutionFailed),
        }
    }

    fn resolver(&self) -> Result<Resolver<Sockets>, NetError> {
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

    fn build(&self) -> Result<Resolver<Sockets>, NetError> {
        let mut builder = match self.server {
            None => Resolver::builder(self.sockets.clone())?,
            Some(server) => {
                let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
                connections.iter_mut().for_each(|connection| connection.port = server.port());
                let server = NameServerConfig::new(server.ip(), true, connections);
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                Resolver::builder_with_config(config, self.sockets.clone())
            }
        };
        fresh(builder.options_mut());
        let mut resolver = builder.build()?;
        resolver.set_hosts(Arc::new(hosts()?));
        Ok(resolver)
    }
}

/// Every look-up is made anew.
fn fresh(options: &mut ResolverOpts) {
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.use_hosts_file = ResolveHosts::Never;
    options.max_active_requests = AT_ONCE;
    options.os_port_selection = true;
}

/// The system's table of hosts. hickory would take one that cannot be opened for an empty one, and keep it.
fn hosts() -> io::Result<Hosts> {
    let mut hosts = Hosts::default();
    match fs::File::open(HOSTS) {
        Ok(file) => hosts.read_hosts_conf(file)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(hosts)
}

/// The address of an A record: names are probed over IPv4 alone (C-6).
fn address(data: &RData) -> Option<Ipv4Addr> {
    match data {
        RData::A(address) => Some(address.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t281_only_a_records_are_addresses() {
        use hickory_resolver::proto::rr::rdata::{A, AAAA};
        let v6: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
        assert_eq!(address(&RData::AAAA(AAAA(v6))), None);
        assert_eq!(address(&RData::A(A::new(192, 0, 2, 7))), Some(Ipv4Addr::new(192, 0, 2, 7)));
    }
}
