//! DNS over HTTPS (RFC 8484) whatever the version of HTTP: what a request asks, and the head of its response.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use crate::edge::LARGEST_MESSAGE;
use crate::wire::lifetime;

/// The most octets of a request's head; also what its fields may take (RFC 9113 §6.5.2, RFC 9114 §4.2.2).
pub(super) const LARGEST_HEAD: u32 = 16 << 10;
/// The most characters of a target's query; a message of 4,096 octets and more takes fewer.
const LONGEST_TARGET: usize = 8192;
/// Octets of a message's header; what is shorter has none.
pub(super) const HEADER: usize = 12;
const MESSAGE: &str = "application/dns-message";

/// What a request brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A message in the target.
    Message(Vec<u8>),
    /// A message in the body, still to come.
    Body,
}

/// Why a request gets no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

/// The body is longer than any message.
pub(super) const TOO_LARGE: Refusal = Refusal(StatusCode::PAYLOAD_TOO_LARGE, "a message has at most 65535 octets\n");
/// The body did not come in time.
pub(super) const TOO_SLOW: Refusal = Refusal(StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n");
/// The message is none, or one that deserves silence.
pub(super) const NO_QUERY: Refusal = Refusal(StatusCode::BAD_REQUEST, "this is no DNS query\n");

/// Reads the head of a request (RFC 8484 §4.1). Who a client is, is never taken from what it says of itself.
pub(super) fn read(head: &Parts, path: &str) -> Result<Asked, Refusal> {
    if head.uri.path() != path {
        return Err(Refusal(StatusCode::NOT_FOUND, "there is nothing here\n"));
    }
    match head.method {
        Method::GET => read_target(head.uri.query().unwrap_or_default()).map(Asked::Message),
        Method::POST => {
            let media = head.headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
            if !media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(MESSAGE)) {
                return Err(Refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type is application/dns-message\n"));
            }
            let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
            if length.is_some_and(|length| length > LARGEST_MESSAGE as u64) { Err(TOO_LARGE) } else { Ok(Asked::Body) }
        }
        _ => Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "GET and POST are understood\n")),
    }
}

/// The variable `dns` of a target (RFC 8484 §6); the base64url of RFC 4648 §5, never padded.
fn read_target(query: &str) -> Result<Vec<u8>, Refusal> {
    if query.len() > LONGEST_TARGET {
        return Err(Refusal(StatusCode::URI_TOO_LONG, "send long messages by POST\n"));
    }
    let mut named = query.split('&').filter_map(|pair| pair.strip_prefix("dns="));
    let (Some(text), None) = (named.next(), named.next()) else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "the query has one variable `dns`\n"));
    };
    let message = URL_SAFE_NO_PAD.decode(text);
    message.map_err(|_| Refusal(StatusCode::BAD_REQUEST, "`dns` is a message in base64url without padding\n"))
}

/// The head of the response that carries `message`.
pub(super) fn head(message: &[u8]) -> Response<()> {
    let mut response = Response::new(());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MESSAGE));
    headers.insert(CONTENT_LENGTH, message.len().into());
    // RFC 8484 §5.1; digits are always a value.
    if let Ok(age) = HeaderValue::try_from(format!("max-age={}", lifetime(message))) {
        headers.insert(CACHE_CONTROL, age);
    }
    response
}

/// The head of the response that says why there is no message.
pub(super) fn refusal(Refusal(status, words): Refusal) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, words.len().into());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<Asked, u16> {
        let builder = hyper::Request::builder().method(method).uri(target);
        let request = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        read(&request.body(()).unwrap().into_parts().0, "/dns-query").map_err(|refusal| refusal.0.as_u16())
    }

    #[test]
    fn requests_are_read_or_refused() {
        let message = [("content-type", "application/dns-message")];
        assert_eq!(asked("GET", "/dns-query?dns=AAABAAAB", &[]), Ok(Asked::Message(vec![0, 0, 1, 0, 0, 1])));
        assert_eq!(asked("GET", "https://d.test/dns-query?a=b&dns=_-8", &[]), Ok(Asked::Message(vec![255, 239])));
        assert_eq!(asked("POST", "/dns-query", &message), Ok(Asked::Body));
        assert_eq!(asked("POST", "/dns-query", &[("content-type", "Application/DNS-Message; x=y")]), Ok(Asked::Body));
        for (status, method, target, headers) in [
            (404, "GET", "/", &[][..]),
            (404, "GET", "/dns-query/?dns=AAAA", &[]),
            (400, "GET", "/dns-query", &[]),
            (400, "GET", "/dns-query?dns=AA==", &[]),
            (400, "GET", "/dns-query?dns=+/8", &[]),
            (400, "GET", "/dns-query?dns=AAAA&dns=AAAA", &[]),
            (405, "PUT", "/dns-query?dns=AAAA", &message),
            (405, "HEAD", "/dns-query?dns=AAAA", &[]),
            (415, "POST", "/dns-query", &[]),
            (415, "POST", "/dns-query", &[("content-type", "application/dns-json")]),
            (413, "POST", "/dns-query", &[message[0], ("content-length", "65536")]),
        ] {
            assert_eq!(asked(method, target, headers), Err(status), "{method} {target} {headers:?}");
        }
        let long = format!("/dns-query?dns={}", "A".repeat(LONGEST_TARGET));
        assert_eq!(asked("GET", &long, &[]), Err(414));
    }
}
