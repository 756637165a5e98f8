//! `waymark.toml` and the command line: what was written becomes a checked `Config`, or every problem.
//!
//! Two stages: the text as typed tables (`store::toml::page`), then their meaning. Every key has a default
//! that works with no file at all. `docs/configuration.md` tells each key; a test loads its examples.

mod api;
mod dnssec;
mod health;
mod listen;
mod protection;
mod reading;
mod tls;
mod transfer;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use crate::model::fleet::Plan;
use crate::model::{At, CookieSecret, Problem};
use crate::snapshot::Behaviour;
use crate::store;

pub use api::{Api, ApiKey};
pub use tls::{Certificate, Named, Tls};

/// The file looked for in the working directory when none is named.
pub const DEFAULT_FILE: &str = "waymark.toml";
/// The edge location that query logs print where none is named.
pub const EDGE: &str = "LOCAL1";
/// The most a configuration file may hold, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Everything the server needs to know besides its zones.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where questions are taken over UDP and TCP; several may share a name.
    pub listen: Vec<Listener>,
    /// Where metrics and readiness are served; `None` for nowhere.
    pub http: Option<SocketAddr>,
    /// Threads that answer datagrams at each address; none means one a core.
    pub workers: Option<usize>,
    /// Whom a server that is started as root becomes once it has its sockets.
    pub user: Option<String>,
    /// The directory of zone files.
    pub zones: PathBuf,
    /// The directory for what outlives a restart.
    pub state: PathBuf,
    /// Whether that directory was named: what must never be lost is not kept wherever the server happens to start.
    pub names_state: bool,
    /// A geo database in place of the embedded one.
    pub geoip: Option<PathBuf>,
    /// A database of autonomous systems, for the latency table.
    pub asn: Option<PathBuf>,
    /// The operator's latency table, CSV.
    pub latency: Option<PathBuf>,
    /// The switches of the answer path.
    pub behaviour: Behaviour,
    /// Limits of TCP.
    pub tcp: Tcp,
    /// DNS cookies.
    pub cookies: Cookies,
    /// Encrypted transports; `None` for none.
    pub tls: Option<Tls>,
    /// How health is decided.
    pub health: Health,
    /// Logs.
    pub log: Log,
    /// The query log; `None` writes none.
    pub query_log: Option<QueryLog>,
    /// The Route 53 API; `None` for none.
    pub api: Option<Api>,
    /// What zone files are read under: providers, views, name servers.
    pub store: store::Options,
}

/// An address questions are taken at.
#[derive(Clone, Debug, Eq)]
pub struct Listener {
    /// What views and zones call it; the address as text unless a name is given.
    pub name: Arc<str>,
    /// Where it binds, UDP and TCP alike.
    pub address: SocketAddr,
    /// Who must say with a PROXY header whom they speak for; where there are none, everyone speaks for themselves.
    pub proxies: Vec<IpNet>,
    /// Where it is written; two that differ in nothing else are the same.
    pub at: At,
}

impl PartialEq for Listener {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.address, &self.proxies) == (&other.name, other.address, &other.proxies)
    }
}

/// Limits of TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Connections in all; 1 and up.
    pub connections: u32,
    /// Connections of one client address; 1 and up.
    pub per_client: u32,
    /// How long a connection may be silent.
    pub idle: Duration,
}

/// DNS cookies (RFC 7873).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookies {
    /// Whether they are given.
    pub enabled: bool,
    /// What they are made with; `None` is a secret that the server makes for itself when it starts.
    pub secret: Option<CookieSecret>,
    /// What else they may have been made with: the secret before, and the one to come (RFC 9018 §5).
    pub others: [Option<CookieSecret>; 2],
    /// Clients that take cookies must show one over UDP.
    pub require: bool,
}

/// How health is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Who probes what, how many must find it healthy, and who is told.
    pub plan: Plan,
    /// The most probes under way at one time, 1 to 65536; file descriptors may allow fewer.
    pub in_flight: usize,
    /// The most bytes the history of transitions takes on disk.
    pub history: u64,
    /// How long the first answer may wait until every check has reported once; `None` does not wait.
    pub wait: Option<Duration>,
}

impl Default for Health {
    fn default() -> Self {
        Self { plan: Plan::default(), in_flight: 4096, history: 16 << 20, wait: None }
    }
}

/// Logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A level or a filter of `tracing-subscriber`, such as `info` or `waymark::probe=debug,info`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The query log, in Route 53's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryLog {
    /// The file appended to; `-` for standard output.
    pub path: PathBuf,
    /// The edge location printed in each line.
    pub edge: String,
}

/// What the command line says, above the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--config`: a file that must exist; `None` takes `waymark.toml` where it is.
    pub config: Option<PathBuf>,
    /// `--zones`.
    pub zones: Option<PathBuf>,
    /// `--state`.
    pub state: Option<PathBuf>,
    /// `--listen`, repeated; replaces every listener of the file when there is one.
    pub listen: Vec<Listener>,
    /// `--http`.
    pub http: Option<SocketAddr>,
    /// `--api`: where the API is served, whether or not the file has an `[api]`.
    pub api: Option<SocketAddr>,
    /// `--geoip`.
    pub geoip: Option<PathBuf>,
    /// `--wait-for-health`.
    pub wait: Option<Duration>,
    /// `--user`.
    pub user: Option<String>,
    /// Listeners whose sockets were passed; beside those of the file, in place of the default.
    pub passed: Vec<Listener>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: vec![
                Listener::at((Ipv4Addr::LOCALHOST, 5353).into()),
                Listener::at((Ipv6Addr::LOCALHOST, 5353).into()),
            ],
            http: Some((Ipv4Addr::LOCALHOST, 5380).into()),
            workers: None,
            user: None,
            zones: "zones".into(),
            state: "state".into(),
            names_state: false,
            geoip: None,
            asn: None,
            latency: None,
            behaviour: Behaviour::default(),
            tcp: Tcp { connections: 1024, per_client: 128, idle: Duration::from_secs(10) },
            cookies: Cookies { enabled: true, secret: None, others: [None; 2], require: false },
            tls: None,
            health: Health::default(),
            log: Log { level: "info".to_owned(), format: LogFormat::Text },
            query_log: None,
            api: None,
            store: store::Options::default(),
        }
    }
}

impl Config {
    /// Reads the file the command line names, or `waymark.toml` where there is one, under the command line's word.
    pub fn load(overrides: &Overrides) -> Result<Self, Vec<Problem>> {
        let (path, must_exist) = match &overrides.config {
            Some(path) => (path.as_path(), true),
            None => (Path::new(DEFAULT_FILE), false),
        };
        let config = if must_exist || path.exists() {
            let file = path.display().to_string();
            let text = read(path, MAX_FILE)
                .map_err(|what| vec![Problem::error(&At::new(&*file, 0), format!("configuration {what}"), "")])?;
            Self::parse(&file, &text)
        } else {
            Ok(Self::default())
        };
        config.map(|config| config.with_overrides(overrides)).and_then(Self::checked)
    }

    /// Reads a configuration text; relative paths in it start at the directory of `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        reading::read(file, text)
    }

    /// The same with the command line's word above it.
    pub fn with_overrides(mut self, overrides: &Overrides) -> Self {
        let Overrides { config: _, zones, state, listen, http, api, geoip, wait, user, passed } = overrides;
        if !listen.is_empty() {
            self.listen.clone_from(listen);
        }
        if !passed.is_empty() && self.listen == Self::default().listen {
            self.listen.clear();
        }
        for passed in passed {
            if self.listen.iter().all(|listener| listener.address != passed.address) {
                self.listen.push(passed.clone());
            }
        }
        self.user = user.clone().or(self.user);
        self.http = http.or(self.http);
        if let Some(address) = api {
            self.api.get_or_insert_default().listen = vec![*address];
        }
        if let Some(zones) = zones {
            self.zones.clone_from(zones);
        }
        if let Some(state) = state {
            self.state.clone_from(state);
            self.names_state = true;
        }
        if let Some(geoip) = geoip {
            self.geoip = Some(geoip.clone());
        }
        self.health.wait = wait.or(self.health.wait);
        self.store.listeners = Some(self.listener_names());
        self
    }

    /// The names of all listeners in order, each once; a listener's number is its name's place.
    pub fn listener_names(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        for listener in self.listen.iter().chain(self.tls.iter().flat_map(Tls::listeners)) {
            if !names.contains(&listener.name) {
                names.push(listener.name.clone());
            }
        }
        names
    }

    /// Refuses what the file and the command line together make of it.
    fn checked(self) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (index, listener) in self.listen.iter().enumerate() {
            let taken = |other: &Listener| other.address == listener.address && listener.address.port() != 0;
            if self.listen[..index].iter().any(taken) {
                let what = format!("address {} is listened at twice", listener.address);
                problems.push(Problem::error(&At::new("--listen", 0), what, "name each address once"));
            }
        }
        for encrypted in self.tls.iter().flat_map(Tls::listeners).filter(|listener| listener.address.port() != 0) {
            if self.listen.iter().any(|listener| listener.address == encrypted.address) {
                let what = format!("address {} is listened at twice", encrypted.address);
                problems.push(Problem::error(&encrypted.at, what, "`listen` has it already: name another port"));
            }
        }
        if let Some(exposed) = self.api.as_ref().and_then(Api::exposed) {
            let what = format!("the API is open to whoever reaches {exposed}, which is no loopback address");
            problems.push(Problem::error(&At::new("[api]", 0), what, "remove auth = \"off\", or listen at 127.0.0.1"));
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }
}

impl Listener {
    /// A listener that is called by its address.
    pub fn at(address: SocketAddr) -> Self {
        Self::named(address.to_string().into(), address)
    }

    fn named(name: Arc<str>, address: SocketAddr) -> Self {
        Self { name, address, proxies: Vec::new(), at: At::new("--listen", 0) }
    }
}

/// A text that is no listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadListener(String);

impl fmt::Display for BadListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no address with a port, such as 127.0.0.1:5353, [::1]:5353 or office=10.0.0.1:53", self.0)
    }
}

impl std::error::Error for BadListener {}

impl FromStr for Listener {
    type Err = BadListener;

    /// `ADDRESS:PORT`, or `NAME=ADDRESS:PORT`.
    fn from_str(text: &str) -> Result<Self, BadListener> {
        let (name, address) = match text.split_once('=') {
            Some((name, address)) => (Some(name), address),
            None => (None, text),
        };
        let address = address.parse().map_err(|_| BadListener(text.to_owned()))?;
        match name {
            Some("") => Err(BadListener(text.to_owned())),
            Some(name) => Ok(Self::named(name.into(), address)),
            None => Ok(Self::at(address)),
        }
    }
}

/// A file's text of at most so many bytes, or what is wrong with the file.
fn read(path: &Path, most: u64) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("is not a regular file".to_owned());
    }
    if metadata.len() > most {
        return Err(format!("is larger than {} KiB", most >> 10));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

#[cfg(test)]
mod tests;
