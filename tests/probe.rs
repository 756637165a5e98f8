//! Probes against real sockets on loopback: what is sent, what counts as success, what is read and no more.
//! Worked cases of spec §10.14 here: T267, T268, T271, T272, T273, T274, T278, T281, T284.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use waymark::model::check::{CheckKind, Endpoint, Protocol, Status, Thresholds};
use waymark::model::{At, CheckId, HealthCheck};
use waymark::probe::{Fleet, Outcome, Report, Settings, Vote};

const PATIENCE: Duration = Duration::from_secs(30);

fn check(protocol: Protocol, host: &str, port: u16) -> HealthCheck {
    let endpoint = Endpoint {
        interval: Duration::from_secs(600),
        connect_timeout: Duration::from_secs(20),
        response_timeout: Duration::from_secs(20),
        thresholds: Thresholds::both(1),
        ..Endpoint::new(protocol, host.into(), port)
    };
    HealthCheck::new(CheckId("web-1".into()), CheckKind::Endpoint(endpoint), At::new("test.toml", 1))
}

fn http() -> Protocol {
    Protocol::Http { path: "/health?x=1".into(), host_header: None, search: None, tls: None }
}

fn searching(text: &str) -> Protocol {
    Protocol::Http { path: "/".into(), host_header: None, search: Some(text.into()), tls: None }
}

fn changed(mut check: HealthCheck, change: impl FnOnce(&mut Endpoint)) -> HealthCheck {
    if let CheckKind::Endpoint(endpoint) = &mut check.kind {
        change(endpoint);
    }
    check
}

fn impatient(check: HealthCheck) -> HealthCheck {
    changed(check, |endpoint| {
        endpoint.connect_timeout = Duration::from_secs(2);
        endpoint.response_timeout = Duration::from_secs(1);
    })
}

fn fleet() -> (Fleet, mpsc::Receiver<Vote>) {
    let (votes, heard) = mpsc::channel(64);
    (Fleet::start(votes, 64), heard)
}

/// The next vote.
async fn vote(heard: &mut mpsc::Receiver<Vote>) -> Vote {
    timeout(PATIENCE, heard.recv()).await.expect("a vote comes").expect("the fleet votes")
}

/// The outcome of one probe.
async fn probe(check: HealthCheck) -> Report {
    let (fleet, mut heard) = fleet();
    fleet.reconcile(&[check], &settings());
    vote(&mut heard).await.report
}

fn settings() -> Settings {
    Settings { spread: Duration::ZERO, ..Settings::default() }
}

/// A server that reads one request per connection, sends bytes, and keeps the connection open until the peer closes.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    closed: mpsc::UnboundedReceiver<()>,
}

async fn server(pieces: Vec<Vec<u8>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    let (gone, closed) = mpsc::unbounded_channel();
    let seen = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, pieces.clone(), seen.clone(), gone.clone()));
        }
    });
    Server { address, requests, closed }
}

async fn converse(
    mut stream: TcpStream,
    pieces: Vec<Vec<u8>>,
    requests: Arc<Mutex<Vec<String>>>,
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
    requests.lock().unwrap().push(String::from_utf8(request).unwrap());
    for piece in pieces {
        if stream.write_all(&piece).await.is_err() || stream.flush().await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    while !matches!(stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
    let _ = gone.send(());
}

async fn answering(response: impl Into<Vec<u8>>) -> Server {
    server(vec![response.into()]).await
}

fn with_body(body: &[u8]) -> Vec<u8> {
    let mut response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    response.extend_from_slice(body);
    response
}

impl Server {
    fn check(&self, protocol: Protocol) -> HealthCheck {
        check(protocol, "127.0.0.1", self.address.port())
    }

    async fn probe(&self, protocol: Protocol) -> Report {
        probe(self.check(protocol)).await
    }
}

#[tokio::test]
async fn t267_statuses() {
    for (code, healthy) in [(200, true), (204, true), (301, true), (399, true), (400, false), (503, false)] {
        let server = answering(format!("HTTP/1.1 {code} Whatever\r\nContent-Length: 0\r\n\r\n")).await;
        let report = server.probe(http()).await;
        assert!(matches!(report.outcome, Outcome::Answered { code: seen, .. } if seen == code), "{report}");
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(healthy)), "{report}");
    }
    let server = answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(server.probe(http()).await.to_string(), "Failure: HTTP Status Code 503, Service Unavailable");
}

#[tokio::test]
async fn t267_a_199_and_nothing_more_is_a_failure() {
    let server = answering("HTTP/1.1 199 Nearly\r\n\r\n").await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.outcome, Outcome::ResponseTimedOut, "{report}");
}

#[tokio::test]
async fn t268_redirects_are_not_followed() {
    let server = answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
    let report = server.probe(http()).await;
    assert_eq!(report.to_string(), "Success: HTTP Status Code 302, Found");
    assert_eq!(server.requests.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn c15_the_request_and_its_one_connection() {
    let mut server = answering(with_body(b"hello")).await;
    let port = server.address.port();
    server.probe(http()).await;
    let request = server.requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.starts_with("get /health?x=1 http/1.1\r\n"), "T283: {request}");
    let has = |line: &str| request.lines().any(|seen| seen == line);
    assert!(has(&format!("host: 127.0.0.1:{port}")), "{request}");
    assert!(has("user-agent: waymark-health-check (ref web-1)"), "{request}");
    assert!(has("accept: */*"), "{request}");
    assert_eq!(request.matches("host:").count(), 1);
    timeout(PATIENCE, server.closed.recv()).await.expect("the probe closes its connection").unwrap();
}

#[tokio::test]
async fn c15_every_probe_has_its_own_connection() {
    let mut server = answering(with_body(b"hello")).await;
    let (fleet, mut heard) = fleet();
    let often = changed(server.check(http()), |endpoint| endpoint.interval = Duration::from_millis(5));
    fleet.reconcile(&[often], &settings());
    for _ in 0..3 {
        vote(&mut heard).await;
        timeout(PATIENCE, server.closed.recv()).await.expect("each connection is closed").unwrap();
    }
    assert!(server.requests.lock().unwrap().len() >= 3);
}

#[tokio::test]
async fn t278_the_host_header_is_the_name_with_its_port() {
    let server = answering(with_body(b"")).await;
    let port = server.address.port();
    let named =
        Protocol::Http { path: "health".into(), host_header: Some("h.example".into()), search: None, tls: None };
    server.probe(named).await;
    let request = server.requests.lock().unwrap()[0].clone();
    assert!(request.starts_with("GET /health HTTP/1.1\r\n"), "the leading slash is added: {request}");
    assert!(request.to_ascii_lowercase().contains(&format!("\r\nhost: h.example:{port}\r\n")), "{request}");
}

#[tokio::test]
async fn c6_names_are_resolved_and_told() {
    let server = answering(with_body(b"")).await;
    let port = server.address.port();
    let report = probe(check(http(), "localhost", port)).await;
    assert_eq!(report.to_string(), "Success: HTTP Status Code: 200. Resolved IP: 127.0.0.1. OK");
    let request = server.requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.contains(&format!("\r\nhost: localhost:{port}\r\n")), "{request}");
}

#[tokio::test]
async fn t281_a_name_without_address() {
    let report = probe(check(Protocol::Tcp, "nowhere.invalid", 80)).await;
    assert_eq!(report.to_string(), "Failure: DNS resolution failed.");
}

#[tokio::test]
async fn t270_a_silent_endpoint_is_given_up() {
    let server = server(Vec::new()).await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.to_string(), "Failure: HTTP response was not received within the timeout limit.");
}

#[tokio::test]
async fn t270_half_a_status_line_is_no_status() {
    let server = answering("HTTP/1.1 200 O").await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.outcome, Outcome::ResponseTimedOut, "{report}");
}

#[tokio::test]
async fn t269_t271_no_connection_in_time() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(500), TcpStream::connect(address)).await {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the queue of connections never fills");
    }
    for protocol in [http(), Protocol::Tcp] {
        let report = probe(impatient(check(protocol, "127.0.0.1", address.port()))).await;
        assert_eq!(report.outcome, Outcome::ConnectTimedOut, "the longer limit is the connect's: {report}");
    }
}

#[tokio::test]
async fn t271_tcp() {
    let server = server(Vec::new()).await;
    assert_eq!(server.probe(Protocol::Tcp).await.to_string(), "Success: TCP connection established.");
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(probe(check(Protocol::Tcp, "::1", port)).await.outcome, Outcome::Connected, "C-7");
    drop(listener);
    for protocol in [Protocol::Tcp, http()] {
        let report = probe(check(protocol, "::1", port)).await;
        assert_eq!(report.to_string(), "Failure: Connection refused.");
    }
}

#[tokio::test]
async fn t272_the_search_string_must_end_within_5120_bytes() {
    for (at, found) in [(5117, true), (5118, false), (0, true)] {
        let mut body = vec![b'.'; 6000];
        body[at..at + 3].copy_from_slice(b"OK!");
        let server = answering(with_body(&body)).await;
        let report = server.probe(searching("OK!")).await;
        assert_eq!(report.outcome == Outcome::SearchMissed, !found, "at {at}: {report}");
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(found)), "at {at}: {report}");
    }
}

#[tokio::test]
async fn c12_the_search_string_may_come_in_pieces() {
    let pieces = ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\n..O\r\n", "1\r\nK\r\n", "2\r\n!.\r\n"];
    let server = server(pieces.map(|piece| piece.as_bytes().to_vec()).to_vec()).await;
    assert_eq!(server.probe(searching("OK!")).await.to_string(), "Success: HTTP Status Code 200, OK");
}

#[tokio::test]
async fn t273_the_search_is_case_sensitive() {
    let server = answering(with_body(b"OK")).await;
    let report = server.probe(searching("ok")).await;
    assert_eq!(report.to_string(), "Failure: The response body did not contain the search string.");
}

#[tokio::test]
async fn t274_the_search_string_in_a_500_does_not_help() {
    let server = answering("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nOK").await;
    let report = server.probe(searching("OK")).await;
    assert_eq!(report.to_string(), "Failure: HTTP Status Code 500, Internal Server Error");
}

#[tokio::test]
async fn c12_an_endless_body_is_read_no_further_than_needed() {
    let mut pieces = vec![b"HTTP/1.1 200 OK\r\n\r\nsome OK! here".to_vec()];
    pieces.extend(std::iter::repeat_n(vec![b'x'; 65536], 4096));
    let mut endless = server(pieces).await;
    assert_eq!(endless.probe(searching("OK!")).await.outcome.status(), Some(Status::Healthy));
    timeout(PATIENCE, endless.closed.recv()).await.expect("hung up on").unwrap();
    assert_eq!(endless.probe(searching("absent")).await.outcome, Outcome::SearchMissed);
    assert_eq!(endless.probe(http()).await.outcome.status(), Some(Status::Healthy), "without a string no body is read");
}

#[tokio::test]
async fn c12_a_body_that_never_comes() {
    let server = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot yet").await;
    let report = probe(impatient(server.check(searching("OK!")))).await;
    assert_eq!(report.outcome, Outcome::BodyTimedOut, "{report}");
    assert_eq!(server.probe(searching("yet")).await.outcome.status(), Some(Status::Healthy), "what came counts");
}

#[tokio::test]
async fn t284_too_many_header_bytes() {
    for (size, fits) in [(16000, true), (17000, false)] {
        let filler = "a".repeat(size);
        let server = answering(format!("HTTP/1.1 200 OK\r\nX-Filler: {filler}\r\nContent-Length: 0\r\n\r\n")).await;
        let report = server.probe(http()).await;
        assert_eq!(report.outcome == Outcome::HeadersTooLong, !fits, "{report}");
    }
}

#[tokio::test]
async fn c16_what_is_not_http_fails() {
    for garbage in ["220 mail.example ESMTP\r\n", "\x16\x03\x01\x02\0\x01", "HTTP/1.1 two hundred\r\n\r\n"] {
        let server = answering(garbage).await;
        let report = server.probe(http()).await;
        assert!(matches!(report.outcome, Outcome::NotHttp { .. }), "{report}");
        assert!(report.to_string().starts_with("Failure: The endpoint did not answer in HTTP: "), "{report}");
    }
}

#[tokio::test]
async fn an_unwritable_request_takes_no_endpoint_down() {
    let broken = Protocol::Http { path: "/".into(), host_header: Some("a\nb".into()), search: None, tls: None };
    let report = probe(check(broken, "127.0.0.1", 80)).await;
    assert_eq!(report.outcome.status(), None, "{report}");
}
