//! The server as a process: what starts when, what ends when, and who holds what.
//!
//! ```text
//!  sockets ─► root given up ─► HTTP, control (not ready) ─► load ─► probes ─► [health reported] ─► workers ─► ready ─► … ─► drain ─► end
//!   │ exit 4                                                    │ exit 3   SIGHUP reloads from here on; one before is remembered
//! ```
//!
//! Sockets come first, so that a server that cannot have its addresses says so before it reads anything.

mod announce;
mod api;
mod certificates;
mod cookies;
mod descriptors;
mod dnssec;
mod encrypted;
pub(crate) mod exported;
mod figures;
mod files;
mod health;
mod kept;
mod keys;
mod limits;
mod memory;
mod operator;
mod passed;
mod posts;
mod privileges;
mod push;
mod recording;
mod server;
mod signer;
#[cfg(test)]
mod tests;
mod troubles;
mod watch;
mod workers;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::account::{Opened, Settings};
use crate::config::{self, Config, Listener, LogFormat, Overrides, Tcp};
use crate::control::socket::{ControlSocket, SocketError};
use crate::control::{Control, Edit, ReloadReport};
use crate::edge::listen::{BindError, Bound, bind_tcp};
use crate::edge::{Limits, Seats, http};
use crate::health::history::History;
use crate::health::keeper::Keeper;
use crate::health::overrides::Now;
use crate::log::zones::ZoneLogs;
use crate::log::{self, BadFilter, query::QueryLog};
use crate::metrics::Registry;
use crate::model::routing::PolicyName;
use crate::model::{Problem, RecordType};
use crate::snapshot::Snapshot;
use crate::snapshot::zone::{Cover, Data, NodeIndex};

pub use certificates::Certificates;
use encrypted::Encrypted;
pub use files::Files;
use posts::Posts;
pub use server::Explain;
use server::{Server, log_report, notify};
use watch::{Books, Watch, Webs};
use workers::{Crew, Workers};

/// How often it is looked whether every check has reported.
const LOOK: Duration = Duration::from_millis(20);
/// How long the end may take once everything is drained.
const LAST: Duration = Duration::from_secs(1);

/// Why there is no server, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration or a zone is wrong.
    #[error("the configuration is not valid ({} problems)", .0.len())]
    Invalid(Vec<Problem>),
    /// The log filter is wrong.
    #[error(transparent)]
    Filter(#[from] BadFilter),
    /// An address is taken or forbidden.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The state directory is taken or forbidden.
    #[error(transparent)]
    State(#[from] SocketError),
    /// A socket that was passed cannot be served.
    #[error("{0}")]
    Passed(String),
    /// There is no such user to become.
    #[error("{0}")]
    User(String),
    /// A thread that answers ended by itself, and with it the server: whoever started it starts it anew.
    #[error("{0}")]
    Fallen(String),
    /// The query log cannot be written.
    #[error("cannot open the query log {path}")]
    QueryLog {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The system refused something, or a part of the server fell over.
    #[error("{what}")]
    Runtime {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: Option<io::Error>,
    },
}

impl Failure {
    /// The process's exit code: 1 runtime, 3 invalid configuration, 4 cannot bind, 5 a worker ended.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Runtime { .. } | Self::QueryLog { .. } => 1,
            Self::Invalid(_) | Self::Filter(_) | Self::User(_) => 3,
            Self::Bind(_) | Self::State(_) | Self::Passed(_) => 4,
            Self::Fallen(_) => 5,
        }
    }

    fn io(what: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Runtime { what: what.to_owned(), source: Some(source) }
    }
}

/// Serves until told to end (SIGTERM, SIGINT). `hello` is given what to tell the person who started it.
pub fn serve(mut flags: Overrides, explain: Explain, hello: impl FnOnce(&str)) -> Result<(), Failure> {
    privileges::forgo();
    memory::small_pages();
    let (passed, sockets): (Vec<Listener>, Vec<Bound>) = passed::take()?.into_iter().unzip();
    flags.passed = passed;
    let config = Config::load(&flags).map_err(Failure::Invalid)?;
    log::start(format(config.log.format), &config.log.level)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("tokio")
        .enable_all()
        .build()
        .map_err(Failure::io("cannot start the runtime"))?;
    let served = runtime.block_on(run(flags, config, sockets, explain, hello));
    runtime.shutdown_timeout(LAST);
    served
}

async fn run(
    flags: Overrides,
    config: Config,
    passed: Vec<Bound>,
    explain: Explain,
    hello: impl FnOnce(&str),
) -> Result<(), Failure> {
    let workers = config.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let posts = Arc::new(Posts::new(workers, passed));
    // Encrypted listeners have numbers of the same row.
    posts.know(&config.listener_names());
    posts.open(&config.listen)?;
    let certificates = Arc::new(Certificates::default());
    let bind_encrypted = |tls| Encrypted::bind(&config, tls, workers, &certificates.identity, &limits(config.tcp));
    let encrypted = config.tls.as_ref().map(bind_encrypted).transpose()?;
    let shown = encrypted.as_ref().map(Encrypted::shown);
    let pages = config.http.map(bind_tcp).transpose()?;
    let desk = config.api.as_ref().map(api::bind).transpose()?;
    privileges::give_up(config.user.as_deref(), &config.state)?;
    let socket = ControlSocket::bind(&config.state)?;
    let (zone_logs, zone_log_thread) = desk.as_ref().map(|_| zone_logs(&config)).transpose()?.unzip();
    let desk = desk.zip(config.api.as_ref()).zip(zone_logs.clone());
    let desk = desk.map(|((sockets, api), logs)| api::Desk::open(sockets, api, &config.state, logs));
    let desk = desk.transpose()?;
    let webs = Webs::new().map_err(|error| Failure::io("cannot ask other systems")(io::Error::other(error)))?;
    let books = books(&config)?;
    let mut signals = Signals::new().map_err(Failure::io("cannot listen for signals"))?;

    let addresses = posts.addresses();
    let http_address = pages.as_ref().and_then(|pages| pages.local_addr().ok());
    let registry = Arc::new(Registry::default());
    let seats = Arc::new(Seats::new(limits(config.tcp)));
    let announcer = announce::announcer(posts.clone(), registry.clone());
    let server = Arc::new(Server::new(
        registry.clone(),
        seats.clone(),
        posts.clone(),
        (http_address, shown.clone()),
        explain,
        announcer,
    ));
    let (fallen, mut falls) = mpsc::channel(1);
    let (end, ending) = tokio::sync::watch::channel(false);
    let pages = pages.map(|listener| tokio::spawn(http::serve(listener, server.clone(), ending)));
    let control_socket = tokio::spawn(socket.serve(server.clone()));
    tokio::spawn(troubles::tell(posts.troubles.clone()));

    let (log, log_thread) = match &config.query_log {
        Some(config::QueryLog { path, edge }) => {
            let failed = |source| Failure::QueryLog { path: path.display().to_string(), source };
            QueryLog::start(path, edge.as_str().into())
                .map(|(log, thread)| (Some(log), Some(thread)))
                .map_err(failed)?
        }
        None => (None, None),
    };
    let in_flight = descriptors::grant(config.health.in_flight, config.tcp.connections, posts.descriptors());
    let wait = config.health.wait;
    let state = config.state.clone();
    let settings = config.api.as_ref().map(|api| api::settings(&config, api));
    let files = Files::new(flags, config).with(posts.clone()).with_certificates(certificates.clone()).with_keys();
    let source = Box::new(files.with_api(desk.as_ref().map(api::Desk::follower)));
    let mut loading = tokio::task::spawn_blocking(move || start(source, &state, settings));
    let loaded = tokio::select! {
        loaded = &mut loading => loaded,
        _ = signals.told_to_end() => return Ok(()),
    };
    let (control, report, account) =
        loaded.map_err(|_| Failure::Runtime { what: "loading the zones panicked".to_owned(), source: None })??;
    log_report("loaded", &report);
    let world = control.world().clone();
    let told = desk.as_ref().map(api::Desk::shown);
    let counter = registry.clone();
    let entrance = desk.zip(account).map(|(desk, (opened, settings))| desk.bring(opened, settings, &world, &server));
    let (watch, heard) = Watch::new(in_flight, wait.is_some(), registry.clone(), books, webs);
    server.open(control, watch);
    tokio::spawn(server.clone().listen(heard));
    tokio::spawn(server.clone().keep());
    if shown.is_some() {
        tokio::spawn(certificates.watch());
    }
    if signals.take_reload() {
        reload(&server);
    }
    if let Some(wait) = wait {
        let reported = until_reported(&server, wait, http_address);
        tokio::pin!(reported);
        loop {
            tokio::select! {
                () = &mut reported => break,
                word = signals.next() => match word {
                    Word::End => return Ok(()),
                    Word::Reload => reload(&server),
                },
            }
        }
    }
    let (notices, begun) = limits::notices();
    tokio::spawn(limits::tell(begun));
    signer::start(world.clone(), registry.clone()).map_err(Failure::io("cannot start a worker thread"))?;
    let crew = Crew { world: world.clone(), registry, seats, log, zone_logs, limiter: Arc::default(), notices, fallen };
    let encrypted = encrypted.map(|encrypted| Workers::encrypted(encrypted, &posts.troubles, &crew)).transpose();
    posts.keep(encrypted.map_err(Failure::io("cannot start a worker thread"))?);
    posts.work(crew).map_err(Failure::io("cannot start a worker thread"))?;
    server.serving();
    let api = entrance.map(|entrance| entrance.serve(counter));
    notify(&[NotifyState::Ready], false);
    hello(&greeting(&addresses, shown.as_deref(), http_address, told.as_deref(), &world.load().snapshot));

    let fall = loop {
        tokio::select! {
            Some(what) = falls.recv() => break Err(Failure::Fallen(what)),
            word = signals.next() => match word {
                Word::End => break Ok(()),
                Word::Reload => reload(&server),
            },
        }
    };
    server.close();
    tracing::info!("draining");
    notify(&[NotifyState::Stopping], false);
    let drained = async {
        // Clients of the API hear what became of their changes while queries are still answered.
        if let Some(api) = api {
            api.end().await;
        }
        posts.drain().await;
    };
    tokio::select! {
        () = drained => {}
        _ = signals.told_to_end() => tracing::warn!("told twice: not waiting for the rest"),
    }
    control_socket.abort();
    end.send_replace(true);
    if let Some(pages) = pages {
        // Its last requests are answered or cut; either way the server ends.
        let _ = pages.await;
    }
    for thread in log_thread.into_iter().chain(zone_log_thread) {
        // The last line is written when the last worker is gone; one that hangs must not hold up the end.
        let _ = tokio::time::timeout(LAST, tokio::task::spawn_blocking(move || thread.join())).await;
    }
    // Should the disk hang, the end does not wait for it.
    let _ = tokio::time::timeout(LAST, tokio::task::spawn_blocking(move || server.finish())).await;
    tracing::info!("ended");
    fall
}

/// The first world, how it was loaded, and the account where there is one.
type Started = (Control, ReloadReport, Option<(Opened, Settings)>);

/// The first world, of what files say and, where there are settings of one, what the account holds.
fn start(source: Box<Files>, state: &Path, settings: Option<Settings>) -> Result<Started, Failure> {
    let _load = memory::Load;
    let Some(settings) = settings else {
        let (control, report) = Control::start(source, Edit::default()).map_err(Failure::Invalid)?;
        return Ok((control, report, None));
    };
    let opened = api::read(state)?;
    let edit = opened.edit(&settings).map_err(Failure::Invalid)?;
    let (control, report) = Control::start(source, edit).map_err(Failure::Invalid)?;
    Ok((control, report, Some((opened, settings))))
}

/// The query logs of zones that clients of the API want.
fn zone_logs(config: &Config) -> Result<(Arc<ZoneLogs>, JoinHandle<()>), Failure> {
    let edge = config.query_log.as_ref().map_or(config::EDGE, |log| &log.edge);
    ZoneLogs::start(&config.state.join("query-logs"), edge.into()).map_err(Failure::io("cannot start a thread"))
}

/// What is kept on disk over restarts.
fn books(config: &Config) -> Result<Books, Failure> {
    let state = config.state.clone();
    let keeper = Keeper::open(&state, Now::read()).map_err(Failure::Invalid)?;
    let history = History::start(&state, config.health.history).map_err(Failure::io("cannot start a thread"))?;
    Ok(Books { state, keeper, history })
}

/// Reads everything anew on a thread of its own. The log tells how it went; the old world stays if it fails.
fn reload(server: &Arc<Server>) {
    let server = server.clone();
    tokio::task::spawn_blocking(move || drop(server.reload()));
}

/// Waits until every check has reported once, but no longer than `limit`.
async fn until_reported(server: &Server, limit: Duration, http: Option<SocketAddr>) {
    let http = http.map(|address| address.to_string()).unwrap_or_default();
    tracing::info!(awaited = server.awaited(), ?limit, http, "answering once every health check has reported");
    let reported = async {
        while server.awaited() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    };
    if tokio::time::timeout(limit, reported).await.is_err() {
        tracing::warn!(awaited = server.awaited(), ?limit, "answering before every health check has reported");
    }
}

fn format(format: LogFormat) -> log::Format {
    match format {
        LogFormat::Text => log::Format::Text,
        LogFormat::Json => log::Format::Json,
    }
}

fn limits(tcp: Tcp) -> Limits {
    let Tcp { connections, per_client, idle } = tcp;
    Limits { connections: connections as usize, per_client: per_client as usize, idle, ..Limits::default() }
}

struct Signals {
    hangup: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    /// Told to reload while there was nothing to reload yet.
    reload: bool,
}

enum Word {
    Reload,
    End,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: false,
        })
    }

    async fn next(&mut self) -> Word {
        tokio::select! {
            _ = self.hangup.recv() => Word::Reload,
            _ = self.terminate.recv() => Word::End,
            _ = self.interrupt.recv() => Word::End,
        }
    }

    /// Waits for the word to end, and remembers any other.
    async fn told_to_end(&mut self) {
        while let Word::Reload = self.next().await {
            self.reload = true;
        }
    }

    /// Whether a reload was asked for meanwhile.
    fn take_reload(&mut self) -> bool {
        std::mem::take(&mut self.reload)
    }
}

/// Where the server is, and questions to try on it.
fn greeting(
    addresses: &[SocketAddr],
    encrypted: Option<&str>,
    http: Option<SocketAddr>,
    api: Option<&str>,
    snapshot: &Snapshot,
) -> String {
    let listed = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!("waymark answers on {listed} (UDP and TCP)\n");
    if let Some(encrypted) = encrypted {
        text.push_str(&format!("encrypted: {encrypted}\n"));
    }
    if let Some(http) = http {
        text.push_str(&format!("metrics on http://{http}/metrics, readiness on http://{http}/ready\n"));
    }
    text.extend(api);
    let Some(address) = addresses.first() else { return text };
    let samples = samples(snapshot);
    text.push_str(if samples.is_empty() { "there are no zones yet\n" } else { "ask it:\n" });
    // All addresses are no address to ask at; loopback is one of them.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    for (name, rtype) in samples {
        text.push_str(&format!("  dig @{ip} -p {} {name} {rtype}\n", address.port()));
    }
    text
}

/// One address question for each routing policy in use, then plain ones, three at most.
fn samples(snapshot: &Snapshot) -> Vec<(String, RecordType)> {
    let nodes =
        snapshot.zones.iter().flat_map(|zone| (0..zone.node_count() as NodeIndex).map(move |node| (zone, node)));
    let mut found: Vec<_> = Vec::new();
    for (zone, node) in nodes.take(1000) {
        let name = zone.name_at(node);
        let answers = zone.node(node).cover() == Cover::Nothing && !name.is_wildcard();
        for entry in zone.entries(node).iter().filter(|entry| answers && matches!(entry.rtype.0, 1 | 28)) {
            let policy = match entry.data() {
                Data::Rrset(_) => PolicyName::Simple,
                Data::Group(group) => zone.group(group).policy.name(),
            };
            if !found.iter().any(|(seen, _, _)| *seen == policy) {
                found.push((policy, name.to_string(), entry.rtype));
            }
        }
    }
    // Simple is the first of the policies, and the last to be interesting.
    found.sort_by_key(|(policy, _, _)| std::cmp::Reverse(*policy));
    found.into_iter().take(3).map(|(_, name, rtype)| (name.trim_end_matches('.').to_owned(), rtype)).collect()
}
