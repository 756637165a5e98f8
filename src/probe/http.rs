//! HTTP probes: one GET on one connection, nothing followed, nothing pooled, nothing read beyond its bound.
//!
//! Why hyper over streams of our own: `docs/decisions/0008-probes-without-reqwest.md`.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::Builder;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout, timeout_at};

use super::body::{self, Encoding};
use super::dial::{Dial, connect};
use super::outcome::{Notes, Outcome, is_ours};
use super::target::literal;
use super::tls::{Inside, Kit, secure};
use crate::model::CheckId;
use crate::model::check::{Endpoint, Tls};

/// The most bytes of response headers, each counted as `name: value` and its line end (C-16).
const HEADER_BYTES: usize = 16384;
/// The most header lines.
const HEADER_LINES: usize = 1024;
/// The most bytes held of a response: its status line and its headers.
const BUFFER: usize = HEADER_BYTES + 4096;
const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

/// What is particular to an HTTP probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// Path and query.
    pub(super) path: &'a str,
    /// The Host header's name where it is not the endpoint's.
    pub(super) host_header: Option<&'a str>,
    /// The string to find.
    pub(super) search: Option<&'a str>,
    /// HTTPS.
    pub(super) tls: Option<&'a Tls>,
}

/// Asks once.
pub(super) async fn ask<D: Dial>(
    id: &CheckId,
    endpoint: &Endpoint,
    question: Question<'_>,
    kit: &Kit,
    dial: &D,
    notes: &mut Notes,
) -> Result<Outcome, Outcome> {
    let request = request(id, endpoint, &question).map_err(|error| Outcome::NotProbed { error })?;
    let stream = connect(dial, endpoint.connect_timeout, notes).await?;
    let due = Instant::now() + endpoint.response_timeout;
    let search = question.search.map(|text| (text.as_bytes(), endpoint.response_timeout));
    match question.tls {
        None => ask_over(stream, request, due, search, notes).await,
        Some(tls) => {
            let stream = secure(kit, tls, Inside::Anything, dial, stream, due, notes).await?;
            ask_over(stream, request, due, search, notes).await
        }
    }
}

/// Asks over a stream that stands: the status must be there by `due`, the string sought in the time given with it.
async fn ask_over<S>(
    stream: S,
    request: Request<Empty<Bytes>>,
    due: Instant,
    search: Option<(&[u8], Duration)>,
    notes: &mut Notes,
) -> Result<Outcome, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let started = Instant::now();
    let mut builder = Builder::new();
    builder.max_buf_size(BUFFER).max_headers(HEADER_LINES).title_case_headers(true);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    let exchange = async {
        let response = timeout_at(due, sender.send_request(request)).await.map_err(|_| Outcome::ResponseTimedOut)?;
        let response = response.map_err(|error| failed(&error))?;
        notes.phases.first_byte = Some(started.elapsed());
        judge(response, search, notes).await
    };
    driven(exchange, connection).await
}

async fn judge(
    response: Response<Incoming>,
    search: Option<(&[u8], Duration)>,
    notes: &mut Notes,
) -> Result<Outcome, Outcome> {
    if header_bytes(response.headers()) > HEADER_BYTES {
        return Err(Outcome::HeadersTooLong);
    }
    let status = response.status();
    let answered = Outcome::Answered { code: status.as_u16(), phrase: status.canonical_reason().unwrap_or_default() };
    let (200..400, Some((search, limit))) = (status.as_u16(), search) else {
        return Ok(answered);
    };
    let started = Instant::now();
    let encoding = Encoding::of(response.headers().get(CONTENT_ENCODING));
    let found = timeout(limit, body::contains(response.into_body(), encoding, search)).await;
    notes.phases.body = Some(started.elapsed());
    match found {
        Ok(true) => Ok(answered),
        Ok(false) => Err(Outcome::SearchMissed),
        Err(_) => Err(Outcome::BodyTimedOut),
    }
}

/// Runs an exchange to its end and its connection beside it for as long as that is needed.
async fn driven<T>(exchange: impl Future<Output = T>, connection: impl Future) -> T {
    let mut exchange = pin!(exchange);
    tokio::select! {
        biased;
        done = &mut exchange => return done,
        _ = connection => {}
    }
    exchange.await
}

/// How long the header section is, as it is usually written.
fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + ": ".len() + value.len() + "\r\n".len()).sum()
}

/// The request of C-15; the error says why it cannot be written.
fn request(id: &CheckId, endpoint: &Endpoint, question: &Question<'_>) -> Result<Request<Empty<Bytes>>, String> {
    let host = host_header(&endpoint.host, endpoint.port, question);
    let host = HeaderValue::try_from(&host).map_err(|_| format!("{host:?} is no Host header"))?;
    let path = request_target(question.path);
    let uri = Uri::try_from(&path).map_err(|error| format!("{path:?} is no path: {error}"))?;
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert(HOST, host);
    headers.insert(USER_AGENT, user_agent(id));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity,gzip,deflate"));
    Ok(request)
}

/// The Host header: the name given for it, else the endpoint's; the port unless it is the protocol's own (C-15).
fn host_header(host: &str, port: u16, question: &Question<'_>) -> String {
    let own = if question.tls.is_some() { HTTPS_PORT } else { HTTP_PORT };
    let name = match (question.host_header, literal(host)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(IpAddr::V6(address))) => format!("[{address}]"),
        (None, _) => host.to_owned(),
    };
    if port == own { name } else { format!("{name}:{port}") }
}

/// Path and query as a request line can have them: a leading slash, and what no URI may hold percent-encoded
/// (RFC 3986 §2.1).
fn request_target(path: &str) -> String {
    let mut target = if path.starts_with('/') { String::new() } else { "/".to_owned() };
    for byte in path.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'#' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                target.push_str(&format!("%{byte:02X}"));
            }
            b'!'..=b'~' => target.push(char::from(byte)),
            _ => target.push_str(&format!("%{byte:02X}")),
        }
    }
    target
}

/// `Waymark-Health-Check (ref ID)`, in the shape of Route 53's (C-15).
pub(super) fn user_agent(id: &CheckId) -> HeaderValue {
    HeaderValue::try_from(format!("Waymark-Health-Check (ref {id})"))
        .unwrap_or(HeaderValue::from_static("Waymark-Health-Check"))
}

fn failed(error: &hyper::Error) -> Outcome {
    if error.is_parse_too_large() {
        return Outcome::HeadersTooLong;
    }
    match innermost(error) {
        (error, true) => Outcome::NotProbed { error },
        (error, false) => Outcome::NotHttp { error },
    }
}

/// What lies at the bottom of an error, and whether the trouble is our own.
pub(super) fn innermost(error: &hyper::Error) -> (String, bool) {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = cause.to_string();
        if cause.downcast_ref::<io::Error>().is_some_and(is_ours) {
            return (told, true);
        }
        source = cause.source();
    }
    (told, false)
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{After, Scene, opened, secured};
    use super::*;
    use crate::model::check::Protocol;

    const PLAIN: Question<'static> = Question { path: "/", host_header: None, search: None, tls: None };
    const TLS: Tls = Tls { server_name: None, horizon: None };

    fn host(host: &str, port: u16, given: Option<&str>, tls: bool) -> String {
        host_header(host, port, &Question { host_header: given, tls: tls.then_some(&TLS), ..PLAIN })
    }

    #[test]
    fn t278_t279_t280_host_header() {
        assert_eq!(host("h", 80, None, false), "h");
        assert_eq!(host("h", 8080, None, false), "h:8080");
        assert_eq!(host("h", 443, None, false), "h:443");
        assert_eq!(host("h", 443, None, true), "h", "T279");
        assert_eq!(host("h", 80, None, true), "h:80", "T279");
        assert_eq!(host("198.51.100.9", 80, None, false), "198.51.100.9");
        assert_eq!(host("198.51.100.9", 8080, Some("h"), false), "h:8080");
        assert_eq!(host("backend.internal", 80, Some("h"), false), "h");
        assert_eq!(host("2001:db8::9", 80, None, false), "[2001:db8::9]");
        assert_eq!(host("[2001:db8::9]", 81, None, false), "[2001:db8::9]:81");
    }

    #[test]
    fn t283_request_targets() {
        assert_eq!(request_target("health?x=1"), "/health?x=1");
        assert_eq!(request_target("/a b/é?q={x}#y"), "/a%20b/%C3%A9?q=%7Bx%7D%23y");
        assert_eq!(request_target(""), "/");
        for byte in 0..=255_u8 {
            let target = request_target(&String::from(char::from(byte)));
            assert_eq!(Uri::try_from(&target).unwrap().to_string(), target);
        }
    }

    #[test]
    fn c15_user_agent_names_the_check() {
        assert_eq!(user_agent(&CheckId("web-1".into())), "Waymark-Health-Check (ref web-1)");
        assert_eq!(user_agent(&CheckId("a\nb".into())), "Waymark-Health-Check");
    }

    /// What a probe by Route 53's timeouts finds when it connects after so many milliseconds to such a scene.
    async fn at(connect: u64, search: Option<&str>, scene: Vec<Scene>) -> (Outcome, Notes) {
        let dial = After(Duration::from_millis(connect), opened(scene));
        probed(Question { search, ..PLAIN }, &dial).await
    }

    async fn probed(question: Question<'_>, dial: &impl Dial) -> (Outcome, Notes) {
        let protocol = Protocol::Http { path: "/".into(), host_header: None, search: None, tls: None };
        let endpoint = Endpoint::new(protocol, "192.0.2.1".into(), 80);
        let mut notes = Notes::default();
        let outcome = ask(&CheckId("web-1".into()), &endpoint, question, &Kit::new(), dial, &mut notes).await;
        (outcome.unwrap_or_else(|outcome| outcome), notes)
    }

    fn wait(millis: u64) -> Scene {
        Scene::Wait(Duration::from_millis(millis))
    }

    fn say(text: &str) -> Scene {
        Scene::Say(text.as_bytes().to_vec())
    }

    const OK: Outcome = Outcome::Answered { code: 200, phrase: "OK" };
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn t269_connections_within_four_seconds() {
        assert_eq!(at(3900, None, vec![say(HEAD)]).await.0, OK, "C-10");
        assert_eq!(at(4100, None, vec![say(HEAD)]).await.0, Outcome::ConnectTimedOut, "C-10");
    }

    #[tokio::test(start_paused = true)]
    async fn t270_statuses_within_two_seconds_of_the_connection() {
        for connect in [0, 3900] {
            let (outcome, notes) = at(connect, None, vec![wait(1900), say(HEAD)]).await;
            assert_eq!(outcome, OK, "C-10");
            assert_eq!(notes.phases.connect, Some(Duration::from_millis(connect)));
            assert_eq!(notes.phases.first_byte, Some(Duration::from_millis(1900)));
            assert_eq!(at(connect, None, vec![wait(2100), say(HEAD)]).await.0, Outcome::ResponseTimedOut, "C-10");
        }
        let dripped: Vec<_> = HEAD.bytes().flat_map(|byte| [wait(100), Scene::Say(vec![byte])]).collect();
        assert_eq!(at(0, None, dripped).await.0, Outcome::ResponseTimedOut, "drip by drip is no faster");
    }

    /// A probe of an endpoint with a certificate for `h`, by these times to its handshake and to its status.
    async fn over_tls(name: &str, connect: u64, handshake: u64, status: u64) -> (Outcome, Notes) {
        let scene = vec![wait(status), say(HEAD)];
        let dial = After(Duration::from_millis(connect), secured("h", Duration::from_millis(handshake), scene));
        let tls = Tls { server_name: Some(name.into()), horizon: None };
        probed(Question { tls: Some(&tls), ..PLAIN }, &dial).await
    }

    #[tokio::test(start_paused = true)]
    async fn c11_the_handshake_counts_towards_the_status() {
        let (outcome, notes) = over_tls("h", 3900, 1000, 900).await;
        assert_eq!(outcome, OK, "C-11");
        let phases = notes.phases;
        assert_eq!(phases.tls, Some(Duration::from_millis(1000)));
        assert_eq!(phases.first_byte, Some(Duration::from_millis(900)));
        assert_eq!(over_tls("h", 3900, 1000, 1100).await.0, Outcome::ResponseTimedOut, "C-11");
        assert_eq!(over_tls("h", 0, 2100, 0).await.0, Outcome::TlsTimedOut, "C-11");
        assert_eq!(over_tls("h", 4100, 0, 0).await.0, Outcome::ConnectTimedOut, "C-10");
    }

    #[tokio::test(start_paused = true)]
    async fn c13_the_second_handshake_has_what_the_first_left() {
        let (outcome, notes) = over_tls("other", 300, 600, 300).await;
        assert_eq!(outcome, OK);
        assert_eq!(notes.phases.tls, Some(Duration::from_millis(600 + 300 + 600)), "a second connect among them");
        assert_eq!(over_tls("other", 300, 600, 600).await.0, Outcome::ResponseTimedOut, "2.1 s");
        assert_eq!(over_tls("other", 900, 600, 0).await.0, Outcome::TlsTimedOut, "2.1 s");
    }

    #[tokio::test(start_paused = true)]
    async fn c12_bodies_within_two_seconds_of_the_status() {
        let late = |after| vec![wait(1900), say(HEAD), wait(after), say("OK!")];
        assert_eq!(at(3900, Some("OK!"), late(1900)).await.0, OK);
        let (outcome, notes) = at(3900, Some("OK!"), late(2100)).await;
        assert_eq!(outcome, Outcome::BodyTimedOut);
        assert_eq!(notes.phases.body, Some(Duration::from_secs(2)), "as far as it got");
    }

    #[tokio::test(start_paused = true)]
    async fn t284_exactly_so_many_header_bytes() {
        for (size, fits) in [(16384, true), (16385, false)] {
            let filler = "a".repeat(size - "X-Filler: \r\n".len());
            let outcome = at(0, None, vec![say(&format!("HTTP/1.1 200 OK\r\nX-Filler: {filler}\r\n\r\n"))]).await.0;
            assert_eq!(outcome, if fits { OK } else { Outcome::HeadersTooLong }, "C-16: {size}");
            let many: String = (0..16).map(|at| format!("X-{at:02}: {}\r\n", "b".repeat(size / 16 - 8))).collect();
            let rest = size - many.len();
            let last = format!("X: {}\r\n", "c".repeat(rest.saturating_sub(5)));
            let head = format!("HTTP/1.1 200 OK\r\n{many}{}\r\n", if rest > 0 { last } else { String::new() });
            assert_eq!(at(0, None, vec![say(&head)]).await.0 == OK, fits, "C-16: {size} in many");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn c16_headers_without_end_are_not_held() {
        let mut scene = vec![say("HTTP/1.1 200 OK\r\n")];
        scene.extend((0..10_000).map(|at| say(&format!("X-{at}: {}\r\n", "a".repeat(1000)))));
        assert_eq!(at(0, None, scene).await.0, Outcome::HeadersTooLong);
    }

    #[tokio::test(start_paused = true)]
    async fn c16_misshapen_headers_fail() {
        for header in ["X Y: z", "X : z", ": z", "X: a\r\n b", "X: \0"] {
            let outcome = at(0, None, vec![say(&format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n"))]).await.0;
            assert!(matches!(outcome, Outcome::NotHttp { .. }), "{header:?}: {outcome:?}");
        }
    }
}
