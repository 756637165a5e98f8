//! Requests to other systems over HTTP: one client, answers of bounded size, errors that never show a URL.
//!
//! Redirects are not followed, no proxy is used, nothing is retried or kept open here: what was written in the
//! configuration is what is asked, once.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect, retry};
use rustls::crypto::ring;

/// A connection stands within this time; the limit of the whole request includes it.
const CONNECT: Duration = Duration::from_secs(4);
/// The most bytes read of an answer.
const BODY: usize = 1 << 20;

/// What all requests go out by; cheap to clone.
#[derive(Clone, Debug)]
pub struct Web(Client);

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
        let client = builder().build().or_else(|error| {
            let error = cause(&error);
            tracing::warn!(error, "no certificate authorities: https URLs of alarms and webhooks cannot be asked");
            builder().tls_certs_only([]).build()
        });
        client.map(Self).map_err(NoClient)
    }

    /// Asks for `url` with these parameters, no longer than `limit`.
    pub async fn get(&self, url: &str, parameters: &[(&str, &str)], limit: Duration) -> Result<Answer, Trouble> {
        let response = send(self.0.get(url).query(parameters).timeout(limit)).await?;
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
        let mut request = self.0.post(url).header(CONTENT_TYPE, "application/json").timeout(limit).body(json);
        if let Some(value) = authorization {
            let value = HeaderValue::from_str(value);
            let mut value = value.map_err(|_| Trouble::Theirs("the authorization is no header value".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let response = send(request).await?;
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok(Taken { code: response.status().as_u16(), retry_after: seconds.map(Duration::from_secs) })
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("waymark/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .referer(false)
        .http1_only()
}

async fn send(request: RequestBuilder) -> Result<Response, Trouble> {
    request.send().await.map_err(trouble)
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

    #[test]
    fn no_descriptor_left_is_our_own_trouble() {
        assert!(is_ours(&io::Error::from_raw_os_error(24)));
        assert!(!is_ours(&io::ErrorKind::ConnectionRefused.into()));
    }
}
