//! gRPC probes: one unary `grpc.health.v1.Health/Check` on an HTTP/2 connection of its own.
//!
//! Two fields of protobuf are not worth a compiler: `service` is field 1 of the request, `status` field 1 of the
//! response.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::Builder;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE, USER_AGENT};
use hyper::rt::Executor;
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::dial::{Dial, connect};
use super::http::{innermost, user_agent};
use super::outcome::{Notes, Outcome, clip};
use super::target::literal;
use super::tls::{Inside, Kit, secure};
use crate::model::CheckId;
use crate::model::check::{Endpoint, Tls};

const METHOD: &str = "/grpc.health.v1.Health/Check";
/// The most bytes of a response; a health status takes seven.
const RESPONSE_BYTES: usize = 4096;
const HEADER_BYTES: u32 = 16384;
/// The flag, length and message of gRPC's framing: how long flag and length are.
const PREFIX: usize = 5;

/// What is particular to a gRPC probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// The service asked after.
    pub(super) service: &'a str,
    /// The `:authority` where it is not the endpoint's.
    pub(super) authority: Option<&'a str>,
    /// gRPC over TLS.
    pub(super) tls: Option<&'a Tls>,
}

/// Asks once; the answer must be there within the response timeout of the connection, TLS included.
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
    match question.tls {
        None => ask_over(stream, request, due, notes).await,
        Some(tls) => {
            let stream = secure(kit, tls, Inside::Http2, dial, stream, due, notes).await?;
            ask_over(stream, request, due, notes).await
        }
    }
}

async fn ask_over<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    due: Instant,
    notes: &mut Notes,
) -> Result<Outcome, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let started = Instant::now();
    let tasks = Arc::default();
    let exchange = async {
        let mut builder = Builder::new(Beside(Arc::downgrade(&tasks)));
        builder.max_header_list_size(HEADER_BYTES).initial_stream_window_size(65_535).max_frame_size(16_384);
        let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
        Beside(Arc::downgrade(&tasks)).execute(async move {
            let _ = connection.await;
        });
        let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
        notes.phases.first_byte = Some(started.elapsed());
        let read = Instant::now();
        let outcome = judge(response).await;
        notes.phases.body = Some(read.elapsed());
        outcome
    };
    timeout_at(due, exchange).await.unwrap_or(Err(Outcome::ResponseTimedOut))
}

async fn judge(response: Response<Incoming>) -> Result<Outcome, Outcome> {
    let (head, mut body) = response.into_parts();
    if head.status != 200 {
        return Err(Outcome::NotGrpc { error: format!("HTTP Status Code {}", head.status.as_u16()) });
    }
    let kind = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if !kind.starts_with(b"application/grpc") {
        return Err(Outcome::NotGrpc { error: "its content type is not application/grpc".to_owned() });
    }
    let mut message = Vec::new();
    let mut ending = head.headers;
    while let Some(frame) = body.frame().await {
        match frame.map_err(|error| failed(&error))?.into_data() {
            Ok(data) if message.len() + data.len() > RESPONSE_BYTES => {
                return Err(Outcome::NotGrpc { error: format!("its message is longer than {RESPONSE_BYTES} bytes") });
            }
            Ok(data) => message.extend_from_slice(&data),
            Err(frame) => ending = frame.into_trailers().unwrap_or(ending),
        }
    }
    verdict(&ending, &message)
}

/// What a whole response says: gRPC's status first, then the health status.
fn verdict(ending: &HeaderMap, message: &[u8]) -> Result<Outcome, Outcome> {
    let text = |name: &str| ending.get(name).and_then(|value| value.to_str().ok());
    match text("grpc-status").map(str::parse::<u8>) {
        Some(Ok(0)) => {}
        Some(Ok(code)) => {
            let said = text("grpc-message").map(|text| format!(": {}", clip(text))).unwrap_or_default();
            return Err(Outcome::NotServing { answer: format!("status {code}, {}{said}", code_name(code)) });
        }
        Some(Err(_)) | None => return Err(Outcome::NotGrpc { error: "it ended without a grpc-status".to_owned() }),
    }
    match health_status(message) {
        Some(1) => Ok(Outcome::Serving),
        Some(other) => Err(Outcome::NotServing { answer: format!("health status {}", health_name(other)) }),
        None => Err(Outcome::NotGrpc { error: "its message is no HealthCheckResponse".to_owned() }),
    }
}

/// The `status` of a framed HealthCheckResponse; 0 where it is left out, as protobuf has it.
fn health_status(framed: &[u8]) -> Option<u64> {
    let (prefix, message) = framed.split_at_checked(PREFIX)?;
    let [compressed, length @ ..] = prefix else { return None };
    let length = u32::from_be_bytes(length.try_into().ok()?);
    if *compressed != 0 || usize::try_from(length).ok()? != message.len() {
        return None;
    }
    let (mut rest, mut status) = (message, 0);
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let value = match key & 7 {
            0 => Some(varint(&mut rest)?),
            1 => skip(&mut rest, 8)?,
            2 => {
                let length = varint(&mut rest)?;
                skip(&mut rest, usize::try_from(length).ok()?)?
            }
            5 => skip(&mut rest, 4)?,
            _ => return None,
        };
        if let (1, Some(value)) = (key >> 3, value) {
            status = value;
        }
    }
    Some(status)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn skip(bytes: &mut &[u8], length: usize) -> Option<Option<u64>> {
    *bytes = bytes.get(length..)?;
    Some(None)
}

/// A HealthCheckRequest in gRPC's framing.
fn framed(service: &str) -> Bytes {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(1 << 3 | 2);
        let mut length = service.len();
        while length >= 0x80 {
            message.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        message.push(length as u8);
        message.extend_from_slice(service.as_bytes());
    }
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &message].concat().into()
}

fn request(id: &CheckId, endpoint: &Endpoint, question: &Question<'_>) -> Result<Request<Full<Bytes>>, String> {
    let authority = match (question.authority, literal(&endpoint.host)) {
        (Some(authority), _) => authority.to_owned(),
        (None, Some(address)) => std::net::SocketAddr::new(address, endpoint.port).to_string(),
        (None, None) => format!("{}:{}", endpoint.host, endpoint.port),
    };
    let scheme = if question.tls.is_some() { "https" } else { "http" };
    let uri = Uri::builder().scheme(scheme).authority(authority.as_str()).path_and_query(METHOD).build();
    let mut request = Request::new(Full::new(framed(question.service)));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.map_err(|error| format!("{authority:?} is no authority: {error}"))?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers.insert(USER_AGENT, user_agent(id));
    headers.insert("grpc-timeout", grpc_timeout(endpoint.response_timeout));
    Ok(request)
}

/// At most eight digits and a unit.
fn grpc_timeout(limit: Duration) -> HeaderValue {
    HeaderValue::try_from(format!("{}m", limit.as_millis().min(99_999_999)))
        .unwrap_or(HeaderValue::from_static("2000m"))
}

fn failed(error: &hyper::Error) -> Outcome {
    match innermost(error) {
        (error, true) => Outcome::NotProbed { error },
        (error, false) => Outcome::NotGrpc { error },
    }
}

fn health_name(status: u64) -> String {
    match status {
        0 => "UNKNOWN".to_owned(),
        1 => "SERVING".to_owned(),
        2 => "NOT_SERVING".to_owned(),
        3 => "SERVICE_UNKNOWN".to_owned(),
        other => other.to_string(),
    }
}

fn code_name(code: u8) -> &'static str {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    NAMES.get(usize::from(code)).copied().unwrap_or("no known code")
}

/// Runs what hyper wants to run beside an exchange, and ends it when the exchange drops the set.
#[derive(Clone)]
struct Beside(Weak<Mutex<JoinSet<()>>>);

impl<F> Executor<F> for Beside
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, future: F) {
        if let Some(tasks) = self.0.upgrade() {
            tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(async {
                future.await;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_framed() {
        assert_eq!(framed("")[..], [0, 0, 0, 0, 0]);
        assert_eq!(framed("ab")[..], [0, 0, 0, 0, 4, 0x0a, 2, b'a', b'b']);
        let long = framed(&"s".repeat(300));
        assert_eq!(long[..8], [0, 0, 0, 1, 47, 0x0a, 0xac, 2]);
    }

    #[test]
    fn health_statuses_are_read() {
        assert_eq!(health_status(&[0, 0, 0, 0, 2, 8, 1]), Some(1));
        assert_eq!(health_status(&[0, 0, 0, 0, 0]), Some(0), "left out is UNKNOWN");
        assert_eq!(health_status(&[0, 0, 0, 0, 6, 0x12, 2, 8, 1, 8, 2]), Some(2), "other fields are passed over");
        for bad in [&[0, 0, 0, 0][..], &[1, 0, 0, 0, 2, 8, 1], &[0, 0, 0, 0, 3, 8, 1], &[0, 0, 0, 0, 1, 8]] {
            assert_eq!(health_status(bad), None, "{bad:?}");
        }
        assert_eq!(health_status(&[[0, 0, 0, 0, 11, 8].as_slice(), &[0xff; 10]].concat()), None, "an endless number");
    }

    #[test]
    fn grpc_statuses_are_told_in_words() {
        let ended = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            pairs.iter().for_each(|(name, value)| drop(headers.insert(*name, HeaderValue::from_static(value))));
            verdict(&headers, &[0, 0, 0, 0, 2, 8, 1])
        };
        assert_eq!(ended(&[("grpc-status", "0")]), Ok(Outcome::Serving));
        let answer = "status 12, UNIMPLEMENTED: unknown service".to_owned();
        let unknown = ended(&[("grpc-status", "12"), ("grpc-message", "unknown service")]);
        assert_eq!(unknown, Err(Outcome::NotServing { answer }));
        assert!(matches!(ended(&[]), Err(Outcome::NotGrpc { .. })));
        let endless: &'static str = "x".repeat(10_000).leak();
        let told = ended(&[("grpc-status", "2"), ("grpc-message", endless)]);
        assert!(matches!(&told, Err(Outcome::NotServing { answer }) if answer.len() < 300), "{told:?}");
    }
}
