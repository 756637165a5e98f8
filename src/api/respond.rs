//! One request, from its head to its response.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, LOCATION, ORIGIN};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::access::{Access, Key};
use super::call::Call;
use super::sigv4::{Claim, Head};
use super::throttle::Throttle;
use crate::account::uuid;
use crate::metrics::Registry;
use crate::route53::{Answer, ApiError, Asked, Caller, Code, Operation, Rights, parameters};

/// The most bytes of a body: a batch of 1000 records of the longest names, and room.
pub(super) const LARGEST_BODY: usize = 2 << 20;
/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(20);
/// What is taken of a body that is not wanted, in bytes and in time.
pub(super) const LARGEST_REST: usize = 16 << 20;
const REST_TIME: Duration = Duration::from_millis(500);
/// Operations under way at one time; others wait their turn.
const AT_ONCE: usize = 16;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// What carries operations out.
pub type Operations = dyn Fn(&Call<'_>) -> Result<Answer, ApiError> + Send + Sync;

/// What every connection answers by.
pub struct Api {
    pub(super) access: Arc<Access>,
    operations: Arc<Operations>,
    registry: Arc<Registry>,
    turns: Arc<Semaphore>,
    throttle: Option<Throttle>,
    /// The second in which a stranger was last told of.
    told: AtomicU64,
}

/// Where a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// By TLS.
    Https,
}

impl Api {
    /// An API that lets in by `access` and carries out by `operations`.
    pub fn new(access: Arc<Access>, operations: Arc<Operations>, registry: Arc<Registry>) -> Self {
        let (turns, told) = (Arc::new(Semaphore::new(AT_ONCE)), AtomicU64::new(0));
        Self { access, operations, registry, turns, throttle: None, told }
    }

    /// The same, no more requests let through than `throttle` does.
    pub fn throttled(self, throttle: Option<Throttle>) -> Self {
        Self { throttle, ..self }
    }

    /// Counts a request of which nobody knows who sent it, and tells of one a second.
    fn strange(&self, error: &ApiError, id: &str, path: &str, second: u64) {
        self.registry.api_strangers.add();
        if self.told.swap(second, Ordering::Relaxed) != second {
            tracing::info!(
                request = id,
                code = error.code.as_str(),
                path,
                "API request without proof of its sender refused"
            );
        }
    }
}

/// Answers one request.
pub(super) async fn answer(api: &Api, request: Request<Incoming>, scheme: Scheme) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let asked = Operation::find(parts.method.as_str(), parts.uri.path());
    let operation = asked.as_ref().map_or("unknown", |asked| asked.operation.name());
    let mut who: Arc<str> = "nobody".into();
    let id: Arc<str> = uuid().into();
    let outcome = carry_out(api, &parts, body, asked, &id, &mut who).await;
    let code = outcome.as_ref().map_or_else(|error| error.code.as_str(), |_| "OK");
    api.registry.api.count([operation, code]);
    let response = respond(outcome, &id, &parts, scheme);
    tracing::debug!(
        request = &*id,
        who = &*who,
        operation,
        status = response.status().as_u16(),
        code,
        micros = started.elapsed().as_micros() as u64,
        "API request"
    );
    response
}

async fn carry_out(
    api: &Api,
    parts: &Parts,
    body: Incoming,
    asked: Result<Asked, ApiError>,
    id: &Arc<str>,
    who: &mut Arc<str>,
) -> Result<Answer, ApiError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (rights, body) = match &*api.access {
        // A page in a browser of this machine must not act for whoever looks at it.
        Access::Open if parts.headers.contains_key(ORIGIN) => {
            return Err(ApiError::new(Code::AccessDenied, "Pages of browsers may not ask while auth is off."));
        }
        Access::Open => {
            *who = "anyone".into();
            (Rights::ALL, gather(body).await?)
        }
        Access::Keys(_) => match prove(api, parts, body, now.as_secs() as i64).await {
            Ok((key, body)) => {
                *who = key.name;
                (key.rights, body)
            }
            Err(error) => {
                api.strange(&error, id, parts.uri.path(), now.as_secs());
                return Err(error);
            }
        },
    };
    // Strangers were refused before: they take nothing from those who may ask.
    api.throttle.iter().try_for_each(|throttle| throttle.pass(now))?;
    let asked = asked?;
    let caller = Caller { who: who.clone(), rights, request: id.clone(), at: now.as_millis() as i64 };
    let query = parameters(parts.uri.query().unwrap_or_default());
    // The semaphore is never closed.
    let turn = api.turns.clone().acquire_owned().await;
    let operations = api.operations.clone();
    let carrying = tokio::task::spawn_blocking(move || {
        // It goes on when its client hangs up, and so does its turn.
        let _turn = turn;
        operations(&Call { asked: &asked, query: &query, body: &body, caller: &caller })
    });
    carrying.await.unwrap_or_else(|error| {
        tracing::error!(request = &**id, %error, "an operation of the API panicked");
        Err(ApiError::new(Code::InternalFailure, "The request processing has failed because of an unknown error."))
    })
}

/// Whose request it is, with its body; a body is not read for somebody who names no key.
async fn prove(api: &Api, parts: &Parts, body: Incoming, now: i64) -> Result<(Key, Bytes), ApiError> {
    let header = |(name, value): (&HeaderName, &HeaderValue)| (name.as_str().to_owned(), value.as_bytes().to_vec());
    let headers: Vec<_> = parts.headers.iter().map(header).collect();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let head = Head { method: parts.method.as_str(), path, query, headers: &headers };
    let named = Claim::read(&head, now).and_then(|claim| Ok((api.access.find(&claim.key)?, claim)));
    let (key, claim) = match named {
        Ok(named) => named,
        Err(error) => {
            drain(body).await;
            return Err(error);
        }
    };
    let body = gather(body).await?;
    claim.prove(&head, &body, &key.secret.0)?;
    Ok((key, body))
}

async fn gather(mut body: Incoming) -> Result<Bytes, ApiError> {
    let gathered = timeout(BODY_TIME, async {
        let mut octets = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|_| ApiError::invalid_input("The body of the request ended before its length."))?;
            let Some(piece) = frame.data_ref() else { continue };
            if octets.len() + piece.len() > LARGEST_BODY {
                let message = format!("The body of the request is larger than {LARGEST_BODY} bytes.");
                return Err(ApiError::new(Code::RequestEntityTooLarge, message));
            }
            octets.extend_from_slice(piece);
        }
        Ok(octets.freeze())
    });
    let late = || Err(ApiError::invalid_input("The body of the request took too long."));
    let gathered = gathered.await.unwrap_or_else(|_| late());
    if gathered.is_err() {
        drain(body).await;
    }
    gathered
}

/// Takes the rest of a body off the connection, which may else be reset before its client has read why.
async fn drain(mut body: Incoming) {
    let drained = async {
        let mut rest = LARGEST_REST;
        while let (Some(Ok(frame)), 1..) = (body.frame().await, rest) {
            rest = rest.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        }
    };
    // Whoever takes longer may be reset.
    let _ = timeout(REST_TIME, drained).await;
}

fn respond(outcome: Result<Answer, ApiError>, id: &str, parts: &Parts, scheme: Scheme) -> Response<Full<Bytes>> {
    let (status, location, body) = match outcome {
        Ok(Answer { status, location, body }) => (status, location, body),
        Err(error) => (error.status(), None, error.body(id)),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    let location = location.map(|path| absolute(&path, parts, scheme));
    for (name, text) in [(LOCATION, location.as_deref()), (REQUEST_ID, Some(id))] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// Where a path is for this client.
fn absolute(path: &str, parts: &Parts, scheme: Scheme) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let scheme = match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    match host.filter(|_| path.starts_with('/')) {
        Some(host) => format!("{scheme}://{host}{path}"),
        None => path.to_owned(),
    }
}
