//! A fleet of one check, and endpoints that do as they are told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use waymark::model::check::{CheckKind, Endpoint, Protocol, Thresholds, Tls};
use waymark::model::fleet::Plan;
use waymark::model::{At, CheckId, HealthCheck};
use waymark::probe::{Fleet, Report, Settings, Vote};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn check(protocol: Protocol, host: &str, port: u16) -> HealthCheck {
    let endpoint = Endpoint {
        interval: Duration::from_secs(600),
        connect_timeout: Duration::from_secs(40),
        response_timeout: Duration::from_secs(40),
        thresholds: Thresholds::both(1),
        ..Endpoint::new(protocol, host.into(), port)
    };
    HealthCheck::new(CheckId("web-1".into()), CheckKind::Endpoint(endpoint), At::new("test.toml", 1))
}

pub(crate) fn http() -> Protocol {
    Protocol::Http { path: "/health?x=1".into(), host_header: None, search: None, tls: None }
}

pub(crate) fn searching(text: &str) -> Protocol {
    Protocol::Http { path: "/".into(), host_header: None, search: Some(text.into()), tls: None }
}

pub(crate) fn tls(server_name: Option<&str>) -> Tls {
    Tls { server_name: server_name.map(Into::into), horizon: None }
}

pub(crate) fn https(server_name: Option<&str>) -> Protocol {
    Protocol::Http { path: "/".into(), host_header: None, search: None, tls: Some(tls(server_name)) }
}

pub(crate) fn changed(mut check: HealthCheck, change: impl FnOnce(&mut Endpoint)) -> HealthCheck {
    if let CheckKind::Endpoint(endpoint) = &mut check.kind {
        change(endpoint);
    }
    check
}

pub(crate) fn impatient(check: HealthCheck) -> HealthCheck {
    changed(check, |endpoint| {
        endpoint.connect_timeout = Duration::from_secs(2);
        endpoint.response_timeout = Duration::from_secs(1);
    })
}

pub(crate) fn fleet() -> (Fleet, mpsc::Receiver<Vote>) {
    let (votes, heard) = mpsc::channel(64);
    (Fleet::start(votes, 64), heard)
}

/// The next vote.
pub(crate) async fn vote(heard: &mut mpsc::Receiver<Vote>) -> Vote {
    timeout(PATIENCE, heard.recv()).await.expect("a vote comes").expect("the fleet votes")
}

/// The outcome of one probe.
pub(crate) async fn probe(check: HealthCheck) -> Report {
    probe_under(check, Plan::default()).await
}

/// The outcome of one probe under a plan.
pub(crate) async fn probe_under(check: HealthCheck, plan: Plan) -> Report {
    let (fleet, mut heard) = fleet();
    fleet.reconcile(&[check], &Settings { plan, ..settings() });
    vote(&mut heard).await.report
}

pub(crate) fn settings() -> Settings {
    Settings { spread: Duration::ZERO, ..Settings::default() }
}

/// A server that reads one request per connection, sends bytes, and keeps the connection open until the peer closes.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
    pub(crate) closed: mpsc::UnboundedReceiver<()>,
}

/// What a server was asked.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    pub(crate) peers: Arc<Mutex<Vec<SocketAddr>>>,
}

pub(crate) async fn server(pieces: Vec<Vec<u8>>) -> Server {
    server_at("127.0.0.1:0", pieces).await
}

pub(crate) async fn server_at(address: &str, pieces: Vec<Vec<u8>>) -> Server {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let (gone, closed) = mpsc::unbounded_channel();
    let notes = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            notes.peers.lock().unwrap().push(peer);
            tokio::spawn(converse(stream, pieces.clone(), notes.clone(), gone.clone()));
        }
    });
    Server { address, seen, closed }
}

pub(crate) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    pieces: Vec<Vec<u8>>,
    seen: Seen,
    gone: mpsc::UnboundedSender<()>,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    seen.requests.lock().unwrap().push(String::from_utf8(request).unwrap());
    for piece in pieces {
        if stream.write_all(&piece).await.is_err() || stream.flush().await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    while !matches!(stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
    let _ = gone.send(());
}

pub(crate) async fn answering(response: impl Into<Vec<u8>>) -> Server {
    server(vec![response.into()]).await
}

pub(crate) fn with_body(body: &[u8]) -> Vec<u8> {
    packed("identity", body)
}

/// A response with a body that says it is encoded so.
pub(crate) fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

impl Server {
    pub(crate) fn check(&self, protocol: Protocol) -> HealthCheck {
        check(protocol, "127.0.0.1", self.address.port())
    }

    pub(crate) async fn probe(&self, protocol: Protocol) -> Report {
        probe(self.check(protocol)).await
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}
