//! HTTP probes: one GET on one connection, nothing followed, nothing pooled, nothing read beyond its bound.
//!
//! The one place that knows reqwest. Why the status deadline is found the way `overdue` finds it:
//! `docs/decisions/0006-http-probe-deadlines.md`.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, Response, Url};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::outcome::Outcome;
use super::target::literal;
use crate::model::CheckId;
use crate::model::check::Endpoint;

/// How far into the body the search string must end (C-12).
const SEARCHED: usize = 5120;
/// The most bytes of response headers (C-16).
const HEADER_BYTES: usize = 16384;
const DEFAULT_PORT: u16 = 80;

/// A prepared HTTP probe of one endpoint.
#[derive(Debug)]
pub(super) struct Ask {
    client: Client,
    path: String,
    search: Option<Box<[u8]>>,
    connect_timeout: Duration,
    response_timeout: Duration,
}

impl Ask {
    /// Prepares the probe; the error says why such a request cannot be sent.
    pub(super) fn new(id: &CheckId, endpoint: &Endpoint, path: &str, question: &Question<'_>) -> Result<Self, String> {
        let host = host_header(&endpoint.host, endpoint.port, question.host_header);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::try_from(&host).map_err(|_| format!("{host:?} is no Host header"))?);
        headers.insert(USER_AGENT, user_agent(id));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let client = Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .http1_only()
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(endpoint.connect_timeout)
            .build()
            .map_err(|error| error.to_string())?;
        let ask = Self {
            client,
            path: if path.starts_with('/') { path.to_owned() } else { format!("/{path}") },
            search: question.search.map(|text| text.as_bytes().into()),
            connect_timeout: endpoint.connect_timeout,
            response_timeout: endpoint.response_timeout,
        };
        ask.url(SocketAddr::from(([127, 0, 0, 1], endpoint.port)))?;
        Ok(ask)
    }

    /// Asks once.
    pub(super) async fn ask(&self, address: SocketAddr) -> Outcome {
        let url = match self.url(address) {
            Ok(url) => url,
            Err(error) => return Outcome::NotProbed { error },
        };
        let response = tokio::select! {
            biased;
            response = self.client.get(url).send() => response,
            () = self.overdue(address) => return Outcome::ResponseTimedOut,
        };
        match response {
            Ok(response) => self.judge(response).await,
            Err(error) => failed(&error),
        }
    }

    async fn judge(&self, mut response: Response) -> Outcome {
        let header_bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > HEADER_BYTES {
            return Outcome::HeadersTooLong;
        }
        let status = response.status();
        let phrase = status.canonical_reason().unwrap_or_default();
        let answered = Outcome::Answered { code: status.as_u16(), phrase };
        let (200..400, Some(search)) = (status.as_u16(), self.search.as_deref()) else {
            return answered;
        };
        match timeout(self.response_timeout, contains(&mut response, search)).await {
            Ok(true) => answered,
            Ok(false) => Outcome::SearchMissed,
            Err(_) => Outcome::BodyTimedOut,
        }
    }

    /// Ends when the status is late: `response_timeout` after the connection stood (C-10).
    ///
    /// reqwest does not tell when it connected. A response within `response_timeout` of the start is in time
    /// whatever the connect took; only when none came is the connect's share measured, by connecting once more.
    async fn overdue(&self, address: SocketAddr) {
        let last = Instant::now() + self.connect_timeout + self.response_timeout;
        sleep(self.response_timeout).await;
        match timeout(self.connect_timeout, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => sleep_until(last).await,
        }
    }

    fn url(&self, address: SocketAddr) -> Result<Url, String> {
        let text = format!("http://{address}{}", self.path);
        Url::parse(&text).map_err(|error| format!("{text:?} is no URL: {error}"))
    }
}

/// What is particular to an HTTP question.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// The Host header's name where it is not the endpoint's.
    pub(super) host_header: Option<&'a str>,
    /// The string to find.
    pub(super) search: Option<&'a str>,
}

/// The Host header: the name given for it, else the endpoint's; the port unless it is HTTP's own (C-15).
fn host_header(host: &str, port: u16, given: Option<&str>) -> String {
    let name = match (given, literal(host)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(std::net::IpAddr::V6(address))) => format!("[{address}]"),
        (None, _) => host.to_owned(),
    };
    if port == DEFAULT_PORT { name } else { format!("{name}:{port}") }
}

fn user_agent(id: &CheckId) -> HeaderValue {
    HeaderValue::try_from(format!("Waymark-Health-Check (ref {id})"))
        .unwrap_or(HeaderValue::from_static("Waymark-Health-Check"))
}

/// Whether `search` lies within the first bytes of the body; reads no further than it must.
async fn contains(response: &mut Response, search: &[u8]) -> bool {
    let mut body: Vec<u8> = Vec::new();
    loop {
        let seen = body.len();
        let Ok(Some(chunk)) = response.chunk().await else { return false };
        body.extend_from_slice(&chunk[..chunk.len().min(SEARCHED - seen)]);
        let from = seen.saturating_sub(search.len());
        if search.is_empty() || body[from..].windows(search.len()).any(|window| window == search) {
            return true;
        }
        if body.len() == SEARCHED {
            return false;
        }
    }
}

fn failed(error: &reqwest::Error) -> Outcome {
    let mut source = error.source();
    let mut innermost = error.to_string();
    while let Some(cause) = source {
        innermost = cause.to_string();
        if let (true, Some(system)) = (error.is_connect(), cause.downcast_ref::<io::Error>()) {
            return Outcome::of_connect(system);
        }
        source = cause.source();
    }
    match error.is_connect() {
        true if error.is_timeout() => Outcome::ConnectTimedOut,
        true => Outcome::ConnectFailed { error: innermost },
        false => Outcome::NotHttp { error: innermost },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t278_t280_host_header() {
        assert_eq!(host_header("h", 80, None), "h");
        assert_eq!(host_header("h", 8080, None), "h:8080");
        assert_eq!(host_header("h", 443, None), "h:443");
        assert_eq!(host_header("198.51.100.9", 80, None), "198.51.100.9");
        assert_eq!(host_header("198.51.100.9", 8080, Some("h")), "h:8080");
        assert_eq!(host_header("backend.internal", 80, Some("h")), "h");
        assert_eq!(host_header("2001:db8::9", 80, None), "[2001:db8::9]");
        assert_eq!(host_header("[2001:db8::9]", 81, None), "[2001:db8::9]:81");
    }

    #[test]
    fn c15_user_agent_names_the_check() {
        assert_eq!(user_agent(&CheckId("web-1".into())), "Waymark-Health-Check (ref web-1)");
        assert_eq!(user_agent(&CheckId("a\nb".into())), "Waymark-Health-Check");
    }
}
