//! `[check.ID]`: what is probed or calculated, and the operator's word on it (§5.1).

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::{Table, Value};
use crate::model::check::{CheckKind, Endpoint, Protocol, Status, Thresholds};
use crate::model::{CheckId, HealthCheck};

/// Seconds a TTL may have (N-22).
pub(crate) const TTL_RANGE: RangeInclusive<u32> = 0..=2_147_483_647;
/// How long a probe may take at each step.
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(60);
/// Keys that say what a check is.
const KINDS: [&str; 5] = ["http", "https", "tcp", "calculated", "given"];

/// Reads one check.
pub(super) fn check(id: Arc<str>, mut table: Table<'_, '_>) -> HealthCheck {
    let given: Vec<_> = KINDS.into_iter().filter(|kind| table.has(kind)).collect();
    let inverted = table.boolean("inverted").unwrap_or(false);
    let disabled = table.boolean("disabled").unwrap_or(false);
    let words = [("up", Status::Healthy), ("down", Status::Unhealthy)];
    let forced = table.word("forced", &words);
    let at = table.at.clone();
    let kind = kind(&mut table, &given);
    table.finish();
    // A check with mistakes stands in for itself, so that nobody complains of its absence.
    let kind = kind.unwrap_or(CheckKind::Given { status: Status::Healthy });
    HealthCheck { inverted, disabled, forced, ..HealthCheck::new(CheckId(id), kind, at) }
}

fn kind(table: &mut Table<'_, '_>, given: &[&str]) -> Option<CheckKind> {
    match given {
        ["http"] => http(table),
        ["tcp"] => tcp(table),
        ["calculated"] => calculated(table),
        ["given"] => given_status(table),
        ["https"] => {
            let value = table.take("https")?;
            value.error("https probes are not there yet", "use http or tcp");
            None
        }
        [] => {
            let mend = "http = \"http://192.0.2.1/health\", tcp = \"192.0.2.1:5432\", or calculated = [\"…\"]";
            table.error("says not what is checked", mend);
            None
        }
        _ => {
            table.error(format!("has `{}`: a check is one thing", given.join("` and `")), "make two checks of it");
            None
        }
    }
}

fn given_status(table: &mut Table<'_, '_>) -> Option<CheckKind> {
    let words = [("healthy", Status::Healthy), ("unhealthy", Status::Unhealthy)];
    Some(CheckKind::Given { status: table.word("given", &words)? })
}

fn calculated(table: &mut Table<'_, '_>) -> Option<CheckKind> {
    let children = table.texts("calculated");
    let threshold = table.required("at_least", "how many of them must be healthy").and_then(|v| v.integer(0..=256));
    let children = children?.into_iter().map(|child| CheckId(child.text.into())).collect();
    Some(CheckKind::Calculated { children, threshold: u16::try_from(threshold?).ok()? })
}

fn tcp(table: &mut Table<'_, '_>) -> Option<CheckKind> {
    let value = table.take("tcp")?;
    let place = value.place();
    let text = value.text()?.text;
    let endpoint = match authority(&text) {
        Some((host, Some(port))) => Some((host, port)),
        Some((_, None)) => {
            place.error(format!("`tcp` {text:?} has no port (§5.1)"), format!("write \"{text}:PORT\""));
            None
        }
        None => {
            place.error(format!("`tcp` {text:?} is no endpoint"), "write \"192.0.2.1:5432\" or \"[2001:db8::1]:5432\"");
            None
        }
    };
    // C-9: a connection within 10 s; there is no response to wait for.
    let probing = probing(table, Protocol::Tcp);
    let (host, port) = endpoint?;
    Some(CheckKind::Endpoint(Endpoint { host, port, ..probing }))
}

fn http(table: &mut Table<'_, '_>) -> Option<CheckKind> {
    let value = table.take("http")?;
    let place = value.place();
    let text = value.text()?.text;
    let search = table.take("search").and_then(|value| bounded(value, 255));
    let host_header = table.take("host").and_then(|value| bounded(value, 255));
    let (host, port, path) = match url(&text) {
        Ok(parts) => parts,
        Err(wrong) => {
            place.error(format!("`http` {text:?} {wrong}"), "write \"http://192.0.2.1:8080/health\"");
            return None;
        }
    };
    let probing = probing(table, Protocol::Http { path, host_header, search, tls: None });
    Some(CheckKind::Endpoint(Endpoint { host, port, ..probing }))
}

/// Interval, threshold and timeouts, with Route 53's defaults (§5.1, C-10).
fn probing(table: &mut Table<'_, '_>, protocol: Protocol) -> Endpoint {
    let default = Endpoint::new(protocol, "".into(), 0);
    let second = Duration::from_secs(1);
    let interval = table.duration("interval", second..=Duration::from_secs(86_400));
    let threshold = table.integer("threshold", 1..=10).and_then(|number| u8::try_from(number).ok());
    let both = table.duration("timeout", TIMEOUTS);
    Endpoint {
        interval: interval.unwrap_or(default.interval),
        thresholds: threshold.map_or(default.thresholds, Thresholds::both),
        connect_timeout: table.duration("connect_timeout", TIMEOUTS).or(both).unwrap_or(default.connect_timeout),
        response_timeout: table.duration("response_timeout", TIMEOUTS).or(both).unwrap_or(default.response_timeout),
        ..default
    }
}

/// A text of 1..=`most` characters without line breaks.
fn bounded(value: Value<'_, '_>, most: usize) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    if text.is_empty() || text.chars().count() > most {
        place.error(format!("`{}` has {} characters, not 1..={most}", place.key, text.chars().count()), "");
        return None;
    }
    Some(text.into())
}

/// Host, port and path of an `http://` URL, or what is wrong with it.
fn url(text: &str) -> Result<(Arc<str>, u16, Arc<str>), &'static str> {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => return Err("is an https URL; probes speak http"),
        _ => return Err("does not begin with http://"),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    if path.contains('#') {
        return Err("has a fragment, which no server sees");
    }
    if path.bytes().any(|byte| byte <= b' ' || byte == 0x7f || !byte.is_ascii()) {
        return Err("has a character in its path that must be percent-encoded");
    }
    if place.contains('@') {
        return Err("carries a user name, which probes do not send");
    }
    let (host, port) = authority(place).ok_or("has no valid host and port")?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok((host, port.unwrap_or(80), format!("{slash}{path}").into()))
}

/// Host without brackets, and port 1..=65535 if there is one.
fn authority(text: &str) -> Option<(Arc<str>, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
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
        let parts = |text| url(text).map(|(host, port, path)| (host.to_string(), port, path.to_string()));
        assert_eq!(parts("http://192.0.2.1:8080/health?x=1"), Ok(("192.0.2.1".into(), 8080, "/health?x=1".into())));
        assert_eq!(parts("http://example.com"), Ok(("example.com".into(), 80, "/".into())));
        assert_eq!(parts("http://[2001:db8::1]/"), Ok(("2001:db8::1".into(), 80, "/".into())));
        // T283: a missing slash is added.
        assert_eq!(parts("http://h?x=1"), Ok(("h".into(), 80, "/?x=1".into())));
        for bad in [
            "example.com",
            "https://h/",
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
            assert!(url(bad).is_err(), "{bad}");
        }
    }
}
