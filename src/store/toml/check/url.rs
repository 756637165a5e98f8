//! Endpoints as people write them: URLs, hosts with ports, names.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use crate::store::toml::Value;

/// A URL taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) scheme: &'static str,
    pub(super) host: Arc<str>,
    pub(super) port: Option<u16>,
    /// Path and query as they stand, empty or beginning with `/` or `?`.
    pub(super) path: Arc<str>,
}

/// The value as a URL of one of these schemes.
pub(super) fn url(value: Value<'_, '_>, schemes: &[&'static str], example: &str) -> Option<Url> {
    let place = value.place();
    let text = value.text()?.text;
    match parse(&text, schemes) {
        Ok(url) => Some(url),
        Err(wrong) => {
            let mend = match text.split_once("://") {
                Some((scheme @ ("http" | "https"), _))
                    if ["http", "https"].contains(&&*place.key) && scheme != &*place.key =>
                {
                    format!("write {scheme} = {text:?}")
                }
                _ => format!("write \"{example}\""),
            };
            place.error(format!("`{}` {text:?} {wrong}", place.key), mend);
            None
        }
    }
}

/// The value as the address of a server to ask, as `http://HOST:PORT` with an optional path and no last slash.
pub(super) fn base(value: Value<'_, '_>, example: &str) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    match server(&text) {
        Ok(()) if text.contains('?') => {
            place.error(format!("`{}` {text:?} has a query of its own", place.key), format!("write \"{example}\""));
            None
        }
        Ok(()) => Some(text.trim_end_matches('/').into()),
        Err(wrong) => {
            place.error(format!("`{}` {text:?} {wrong}", place.key), format!("write \"{example}\""));
            None
        }
    }
}

/// What is wrong with the `http://` or `https://` URL of a server, without repeating it: it may hold a secret.
pub(crate) fn server(text: &str) -> Result<(), String> {
    parse(text, &["http", "https"]).map(drop)
}

fn parse(text: &str, schemes: &[&'static str]) -> Result<Url, String> {
    let begin = || format!("does not begin with {}://", schemes.join(":// or "));
    let (scheme, rest) = text.split_once("://").ok_or_else(begin)?;
    let scheme = *schemes.iter().find(|known| known.eq_ignore_ascii_case(scheme)).ok_or_else(begin)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    if path.contains('#') {
        return Err("has a fragment, which no server sees".to_owned());
    }
    if path.bytes().any(|byte| byte <= b' ' || byte == 0x7f || !byte.is_ascii()) {
        return Err("has a character in its path that must be percent-encoded".to_owned());
    }
    if place.contains('@') {
        return Err("carries a user name, which is not sent".to_owned());
    }
    let (host, port) = authority(place).ok_or("has no valid host and port")?;
    Ok(Url { scheme, host, port, path: path.into() })
}

/// The value as `HOST:PORT`; the port may be left out where there is one by `default`.
pub(super) fn host_and_port(value: Value<'_, '_>, default: Option<u16>) -> Option<(Arc<str>, u16)> {
    let place = value.place();
    let key = place.key.clone();
    let text = value.text()?.text;
    match authority(&text) {
        Some((host, port)) => {
            let port = port.or(default);
            if port.is_none() {
                place.error(format!("`{key}` {text:?} has no port (§5.1)"), format!("write \"{text}:PORT\""));
            }
            Some((host, port?))
        }
        None => {
            let mend = "write \"192.0.2.1:5432\" or \"[2001:db8::1]:5432\"";
            place.error(format!("`{key}` {text:?} is no endpoint"), mend);
            None
        }
    }
}

/// The value as a host alone, an address with or without brackets or a name.
pub(super) fn host(value: Value<'_, '_>) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    match (text.parse::<IpAddr>(), authority(&text)) {
        (Ok(_), _) => Some(text.into()),
        (Err(_), Some((host, None))) => Some(host),
        (Err(_), _) => {
            let what = format!("`{}` {text:?} is neither an address nor a name", place.key);
            place.error(what, "write it without scheme and port");
            None
        }
    }
}

/// Host without brackets, and port 1..=65535 if there is one.
pub(super) fn authority(text: &str) -> Option<(Arc<str>, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(port.parse().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let valid = host.parse::<IpAddr>().is_ok()
        || (!host.is_empty() && host.len() <= 255 && host.bytes().all(letters) && !numeric(host));
    valid.then(|| (host.into(), port))
}

/// Whether a host would be an address if it were a valid one.
fn numeric(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart() {
        let parts =
            |text| parse(text, &["http", "https"]).map(|url| (url.host.to_string(), url.port, url.path.to_string()));
        let expected = |host: &str, port, path: &str| Ok((host.to_owned(), port, path.to_owned()));
        assert_eq!(parts("http://192.0.2.1:8080/health?x=1"), expected("192.0.2.1", Some(8080), "/health?x=1"));
        assert_eq!(parts("HTTPS://example.com"), expected("example.com", None, ""));
        assert_eq!(parts("http://[2001:db8::1]/"), expected("2001:db8::1", None, "/"));
        assert_eq!(parts("http://h?x=1"), expected("h", None, "?x=1"));
        for bad in [
            "example.com",
            "ftp://h/",
            "http://",
            "http://h:0/",
            "http://h:99999/",
            "http://u@h/",
            "http://h/a b",
            "http://256.1.1.1/",
            "http://[::1/",
            "http://h/#f",
            "http://h:/",
        ] {
            assert!(parse(bad, &["http", "https"]).is_err(), "{bad}");
        }
    }
}
