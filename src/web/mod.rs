//! Requests to other systems over HTTP: one client, answers of bounded size, errors that never show a URL.
//!
//! Where it may be restricted, the very address that is connected to is judged, be it written in the URL or what a name
//! resolves to just then. Redirects are not followed, no proxy is used, nothing is retried or kept open here: what was written in the
//! configuration is what is asked, once.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect, retry};
use rustls::crypto::ring;

use crate::model::fleet::{Refusal, Targets};

/// A connection stands within this time; the limit of the whole request includes it.
const CONNECT: Duration = Duration::from_secs(4);
/// The most bytes read of an answer.
const BODY: usize = 1 << 20;

/// What requests go out by; cheap to clone, and all clones are restricted alike.
#[derive(Clone, Debug)]
pub struct Web {
    client: Client,
    bounds: Bounds,
}

/// Which addresses may be asked.
#[derive(Clone, Debug, Default)]
struct Bounds(Arc<Mutex<Targets>>);

/// An address must not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the address must not be asked: {0}")]
struct Forbidden(Refusal);

/// An answer with its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub code: u16,
    /// At most 1 MiB; a longer one is [`Trouble`].
    pub body: Vec<u8>,
}

/// An answer of which only the head was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The HTTP status code.
    pub code: u16,
    /// How long the server asks to be left alone, where it says so in seconds.
    pub retry_after: Option<Duration>,
}

/// Why there is no answer, in words without a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No file descriptor, port or memory was left here.
    Ours(String),
    /// Anything else.
    Theirs(String),
}

/// No client can be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make an HTTP client")]
pub struct NoClient(#[source] reqwest::Error);

impl Web {
    /// A client that trusts the system's certificate authorities; without any, only `http://` can be asked.
    pub fn new() -> Result<Self, NoClient> {
        // It fails when somebody was faster, who installed the same.
        let _ = ring::default_provider().install_default();
        let bounds = Bounds::default();
        let client = builder(&bounds).build().or_else(|error| {
            let error = cause(&error);
            tracing::warn!(error, "no certificate authorities: https URLs of alarms and webhooks cannot be asked");
            builder(&bounds).tls_certs_only([]).build()
        });
        client.map(|client| Self { client, bounds }).map_err(NoClient)
    }

    /// Asks only these addresses from now on; everything may be asked before.
    pub fn restrict(&self, targets: &Targets) {
        *self.bounds.targets() = targets.clone();
    }

    /// Asks for `url` with these parameters, no longer than `limit`.
    pub async fn get(&self, url: &str, parameters: &[(&str, &str)], limit: Duration) -> Result<Answer, Trouble> {
        let response = self.send(self.client.get(url).query(parameters).timeout(limit)).await?;
        let code = response.status().as_u16();
        Ok(Answer { code, body: body(response).await? })
    }

    /// Posts JSON to `url`, with this Authorization header, no longer than `limit`.
    pub async fn post(
        &self,
        url: &str,
        authorization: Option<&str>,
        json: String,
        limit: Duration,
    ) -> Result<Taken, Trouble> {
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json").timeout(limit).body(json);
        if let Some(value) = authorization {
            let value = HeaderValue::from_str(value);
            let mut value = value.map_err(|_| Trouble::Theirs("the authorization is no header value".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let response = self.send(request).await?;
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok(Taken { code: response.status().as_u16(), retry_after: seconds.map(Duration::from_secs) })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        let request = request.build().map_err(trouble)?;
        // Addresses are not resolved, and a URL may write them in many ways: its parser knows what it will connect to.
        let literal = request.url().host_str().and_then(|host| {
            let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
            bare.parse().ok()
        });
        if let Some(refusal) = literal.and_then(|address| self.bounds.targets().refusal(address)) {
            return Err(Trouble::Theirs(Forbidden(refusal).to_string()));
        }
        self.client.execute(request).await.map_err(trouble)
    }
}

impl Bounds {
    // What is guarded is replaced whole, so a panic leaves the old behind.
    fn targets(&self) -> MutexGuard<'_, Targets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that may be asked; an error where none may.
    fn admit(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
        let targets = self.targets();
        let (mut admitted, mut refused) = (Vec::new(), None);
        for address in found {
            match targets.refusal(address.ip()) {
                None => admitted.push(address),
                Some(refusal) => refused = Some(refusal),
            }
        }
        match refused {
            Some(refusal) if admitted.is_empty() => Err(Forbidden(refusal)),
            _ => Ok(admitted),
        }
    }
}

impl Resolve for Bounds {
    fn resolve(&self, name: Name) -> Resolving {
        let bounds = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Addrs = Box::new(bounds.admit(found)?.into_iter());
            Ok(admitted)
        })
    }
}

fn builder(bounds: &Bounds) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("waymark/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .dns_resolver(bounds.clone())
        .pool_max_idle_per_host(0)
        .referer(false)
        .http1_only()
}

async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(trouble)? {
        if body.len() + chunk.len() > BODY {
            return Err(Trouble::Theirs(format!("the answer is longer than {} KiB", BODY >> 10)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn trouble(error: reqwest::Error) -> Trouble {
    let error = error.without_url();
    let ours = causes(&error).filter_map(|error| error.downcast_ref::<io::Error>()).any(is_ours);
    match (ours, error.is_timeout()) {
        (true, _) => Trouble::Ours(cause(&error)),
        (false, true) => Trouble::Theirs("no answer in time".to_owned()),
        (false, false) => Trouble::Theirs(cause(&error)),
    }
}

/// The innermost cause, which is the one that says something.
fn cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}

/// Whether the fault lies on this machine.
fn is_ours(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    matches!(error.raw_os_error(), Some(ENFILE | EMFILE))
        || matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// A server that answers its one connection with these bytes; its URL and what it was sent.
    async fn answering(bytes: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/secret", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            // Whoever has read enough hangs up.
            let _ = stream.write_all(&bytes).await;
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (url, asked)
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer() {
        let redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nhi";
        let (url, asked) = answering(redirect.into()).await;
        let answer = Web::new().unwrap().get(&url, &[("query", "a + \"b\"")], PATIENCE).await;
        assert_eq!(answer, Ok(Answer { code: 302, body: b"hi".to_vec() }));
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("GET /secret?query=a+%2B+%22b%22 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains(concat!("user-agent: waymark/", env!("CARGO_PKG_VERSION"))), "{asked}");
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        endless.resize(BODY + 1024, b'x');
        let (url, _asked) = answering(endless).await;
        let answer = Web::new().unwrap().get(&url, &[], PATIENCE).await;
        assert_eq!(answer, Err(Trouble::Theirs("the answer is longer than 1024 KiB".to_owned())));
    }

    #[tokio::test]
    async fn errors_say_why_and_not_where() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/secret", listener.local_addr().unwrap());
        let web = Web::new().unwrap();
        let silent = web.post(&url, Some("Bearer secret"), String::new(), Duration::from_millis(20)).await;
        assert_eq!(silent, Err(Trouble::Theirs("no answer in time".to_owned())));
        drop(listener);
        let refused = web.get(&url, &[], PATIENCE).await;
        assert_eq!(refused, Err(Trouble::Theirs("Connection refused (os error 111)".to_owned())));
        for wrong in ["secret", "http://[secret", "ftp://127.0.0.1/secret"] {
            let Err(Trouble::Theirs(why)) = web.get(wrong, &[], PATIENCE).await else { panic!("{wrong}") };
            assert!(!why.contains("secret"), "{wrong}: {why}");
        }
        assert!(web.post(&url, Some("a\nb"), String::new(), PATIENCE).await.is_err(), "no header is smuggled in");
    }

    #[tokio::test]
    async fn c8_what_must_not_be_asked_is_not_asked_however_it_is_written() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let web = Web::new().unwrap();
        let public_only = Targets { special: false, ..Targets::default() };
        web.clone().restrict(&public_only);
        let why = "the address must not be asked: it is restricted or private";
        let hosts =
            ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"];
        for host in hosts {
            let answer = web.get(&format!("http://{host}:{port}/"), &[], PATIENCE).await;
            assert_eq!(answer, Err(Trouble::Theirs(why.to_owned())), "{host}");
        }
        let accepted = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(accepted.is_err(), "nobody came");

        let (url, _asked) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
        web.restrict(&Targets { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Targets::default() });
        let named = url.replace("127.0.0.1", "localhost");
        assert_eq!(
            web.get(&named, &[], PATIENCE).await.map(|answer| answer.code),
            Ok(200),
            "one of its addresses may be"
        );
    }

    #[test]
    fn c8_only_addresses_that_may_be_asked_are_connected_to() {
        let bounds = Bounds::default();
        let all: Vec<SocketAddr> = ["192.0.2.1:0", "127.0.0.1:0", "[::1]:0"].map(|one| one.parse().unwrap()).into();
        let admit = || bounds.admit(all.iter().copied()).map_err(|error| error.to_string());
        assert_eq!(admit(), Ok(all.clone()));
        *bounds.targets() = Targets { deny: vec!["127.0.0.0/8".parse().unwrap()], ..Targets::default() };
        assert_eq!(admit(), Ok(vec![all[0], all[2]]));
        *bounds.targets() = Targets { allow: vec!["10.0.0.0/8".parse().unwrap()], ..Targets::default() };
        assert_eq!(admit(), Err("the address must not be asked: no allowed network holds it".to_owned()));
    }

    #[test]
    fn no_descriptor_left_is_our_own_trouble() {
        assert!(is_ours(&io::Error::from_raw_os_error(24)));
        assert!(!is_ours(&io::ErrorKind::ConnectionRefused.into()));
    }
}
