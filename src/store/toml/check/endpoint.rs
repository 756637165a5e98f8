//! Checks that probe an endpoint: where it is, how it is asked, how often, by whom, and what counts (§5.1).

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::url::{Url, authority, host, host_and_port, url};
use super::{INTERVALS, bounded};
use crate::model::check::{Endpoint, Protocol, Thresholds, Tls};
use crate::model::rules::suggest_among;
use crate::model::{Name, RecordType, rdata};
use crate::store::toml::{Table, Value};

/// How long a probe may take at each step.
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(60);
/// How long before its expiry a certificate may be found wanting.
const HORIZONS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3650 * 86_400);
/// Where name servers are asked.
const DNS_PORT: u16 = 53;

/// Where an endpoint is and how it is asked.
struct Question {
    host: Arc<str>,
    port: u16,
    protocol: Protocol,
}

/// The endpoint that the key `kind` names, and what its kind is called: gRPC over TLS is a kind of its own.
///
/// Every key of the kind is taken out, also where the endpoint is wrong.
pub(super) fn endpoint(table: &mut Table<'_, '_>, kind: &'static str) -> (&'static str, Option<Endpoint>) {
    let (called, question) = match kind {
        "http" | "https" => (kind, http(table, kind)),
        "tls" => (kind, tls(table)),
        "grpc" => grpc(table),
        "icmp" => (kind, icmp(table)),
        "dns" => (kind, dns(table)),
        _ => (kind, tcp(table)),
    };
    let degraded_percent = degraded_percent(table, called, question.as_ref());
    let answers = called != "tcp";
    let probing = probing(table, answers, question.as_ref().map(|question| question.protocol.clone()));
    let endpoint = question.map(|Question { host, port, protocol }| Endpoint {
        host,
        port,
        protocol,
        degraded_percent: degraded_percent.unwrap_or(probing.degraded_percent),
        ..probing
    });
    (called, endpoint)
}

fn tcp(table: &mut Table<'_, '_>) -> Option<Question> {
    let (host, port) = table.take("tcp").and_then(|value| host_and_port(value, None))?;
    Some(Question { host, port, protocol: Protocol::Tcp })
}

fn icmp(table: &mut Table<'_, '_>) -> Option<Question> {
    let host = table.take("icmp").and_then(host)?;
    Some(Question { host, port: 0, protocol: Protocol::Icmp })
}

fn http(table: &mut Table<'_, '_>, kind: &'static str) -> Option<Question> {
    let example = format!("{kind}://192.0.2.1:8080/health");
    let url = table.take(kind).and_then(|value| url(value, &[kind], &example));
    let search = table.take("search").and_then(|value| bounded(value, 255));
    let host_header = table.take("host").and_then(host);
    let secure = kind == "https";
    let tls = secure.then(|| tls_keys(table, [url.as_ref().map(|url| &url.host), host_header.as_ref()]));
    let Url { host, port, path, .. } = url?;
    // T283: a missing slash is added.
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = format!("{slash}{path}").into();
    let port = port.unwrap_or(if secure { 443 } else { 80 });
    Some(Question { host, port, protocol: Protocol::Http { path, host_header, search, tls } })
}

fn tls(table: &mut Table<'_, '_>) -> Option<Question> {
    let endpoint = table.take("tls").and_then(|value| host_and_port(value, None));
    let tls = tls_keys(table, [endpoint.as_ref().map(|(host, _)| host), None]);
    let (host, port) = endpoint?;
    Some(Question { host, port, protocol: Protocol::Tls(tls) })
}

fn grpc(table: &mut Table<'_, '_>) -> (&'static str, Option<Question>) {
    let example = "grpc://192.0.2.1:50051/my.package.Service";
    let place = table.take("grpc").map(|value| (value.place(), url(value, &["grpc", "grpcs"], example)));
    let (place, url) = place.map_or((None, None), |(place, url)| (Some(place), url));
    let authority_key = table.take("authority").and_then(authority_text);
    let called = url.as_ref().map_or("grpc", |url| url.scheme);
    let named = authority_key.as_deref().and_then(authority).map(|(host, _)| host);
    let tls = (called == "grpcs").then(|| tls_keys(table, [url.as_ref().map(|url| &url.host), named.as_ref()]));
    let question = || {
        let (Url { host, port, path, .. }, place) = (url?, place?);
        if port.is_none() {
            place.error("`grpc` has no port (§5.1)", format!("write \"{example}\""));
        }
        let service = path.trim_start_matches('/');
        if service.contains(['/', '?']) {
            place.error(format!("`grpc` asks after {service:?}, which is no service"), format!("write \"{example}\""));
            return None;
        }
        let protocol = Protocol::Grpc { service: service.into(), authority: authority_key, tls };
        Some(Question { host, port: port?, protocol })
    };
    (called, question())
}

fn dns(table: &mut Table<'_, '_>) -> Option<Question> {
    let endpoint = table.take("dns").and_then(|value| host_and_port(value, Some(DNS_PORT)));
    let name = table.required("query", "\"www.example.com\"").and_then(name);
    let rtype = match table.take("type") {
        Some(value) => rtype(value),
        None => Some(RecordType::A),
    };
    let expect = table.take("expect").and_then(|value| expect(value, rtype));
    let (host, port) = endpoint?;
    Some(Question { host, port, protocol: Protocol::Dns { name: name?, rtype: rtype?, expect } })
}

/// The name sent as SNI, by default the first of `names` that is one (C-13), and the horizon of the certificate.
fn tls_keys(table: &mut Table<'_, '_>, names: [Option<&Arc<str>>; 2]) -> Tls {
    let is_name = |name: &&Arc<str>| name.parse::<IpAddr>().is_err();
    let server_name = match table.take("server_name") {
        None => names.into_iter().flatten().find(is_name).cloned(),
        Some(value) if value.is_false() => None,
        Some(value) => {
            let place = value.place();
            let named = host(value);
            if let Some(address) = named.as_ref().filter(|name| !is_name(name)) {
                place.error(format!("`server_name` {address:?} is an address"), "write a name, or false to send none");
            }
            named
        }
    };
    Tls { server_name, horizon: table.duration("certificate_horizon", HORIZONS) }
}

/// The weight that is left while the certificate is about to expire; only with a horizon does it mean anything.
fn degraded_percent(table: &mut Table<'_, '_>, kind: &str, question: Option<&Question>) -> Option<u8> {
    if !super::SECURE.contains(&kind) {
        return None;
    }
    let value = table.take("degraded_percent")?;
    let tls = question.and_then(|question| match &question.protocol {
        Protocol::Http { tls, .. } | Protocol::Grpc { tls, .. } => tls.as_ref(),
        Protocol::Tls(tls) => Some(tls),
        Protocol::Tcp | Protocol::Icmp | Protocol::Dns { .. } => None,
    });
    if tls.is_some_and(|tls| tls.horizon.is_none()) {
        let mend = "add certificate_horizon = \"14d\", or remove it";
        value.error("`degraded_percent` says nothing without `certificate_horizon`", mend);
    }
    value.integer(0..=100).and_then(|percent| u8::try_from(percent).ok())
}

/// Interval, thresholds, timeouts, quorum and Regions, with Route 53's defaults (§5.1, C-9, C-10).
fn probing(table: &mut Table<'_, '_>, answers: bool, protocol: Option<Protocol>) -> Endpoint {
    let default = Endpoint::new(protocol.unwrap_or(Protocol::Tcp), "".into(), 0);
    let mut threshold = |key| table.integer(key, 1..=10).and_then(|number| u8::try_from(number).ok());
    let (both, down, up) = (threshold("threshold"), threshold("threshold_down"), threshold("threshold_up"));
    let thresholds = Thresholds {
        down: down.or(both).unwrap_or(default.thresholds.down),
        up: up.or(both).unwrap_or(default.thresholds.up),
    };
    let both = table.duration("timeout", TIMEOUTS);
    let connect = table.duration("connect_timeout", TIMEOUTS).or(both);
    let response = if answers { table.duration("response_timeout", TIMEOUTS).or(both) } else { None };
    let percent = table.integer("healthy_percent", 0..=99).and_then(|percent| u8::try_from(percent).ok());
    Endpoint {
        interval: table.duration("interval", INTERVALS).unwrap_or(default.interval),
        thresholds,
        connect_timeout: connect.unwrap_or(default.connect_timeout),
        response_timeout: response.unwrap_or(default.response_timeout),
        healthy_percent: percent,
        regions: table.take("regions").map(regions).unwrap_or_default(),
        ..default
    }
}

/// Regions whose checkers probe, each once.
fn regions(value: Value<'_, '_>) -> Vec<Arc<str>> {
    let place = value.place();
    if value.is_empty_array() {
        place.error("`regions` names none", "remove it for the checkers of all Regions");
    }
    let mut found: Vec<Arc<str>> = Vec::new();
    for text in value.texts().unwrap_or_default() {
        let place = place.moved(&text.at);
        if text.text.is_empty() || text.text.contains(char::is_whitespace) {
            place
                .error(format!("`regions` {:?} is no Region", text.text), "write it as its checkers do: \"eu-west-1\"");
        } else if found.iter().any(|region| **region == *text.text) {
            place.error(format!("`regions` names {:?} twice", text.text), "name it once");
        } else {
            found.push(text.text.into());
        }
    }
    found
}

/// The `:authority` of a gRPC request: a host, and a port if need be.
fn authority_text(value: Value<'_, '_>) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    if authority(&text).is_none() {
        place.error(format!("`authority` {text:?} is no host"), "write \"example.com\" or \"example.com:50051\"");
        return None;
    }
    Some(text.into())
}

fn name(value: Value<'_, '_>) -> Option<Name> {
    let place = value.place();
    let text = value.text()?.text;
    match Name::parse(&text, Some(&Name::root())) {
        Ok(name) => Some(name),
        Err(error) => {
            place.error(format!("`{}` {text:?} is no domain name: {error}", place.key), "");
            None
        }
    }
}

/// A type of data; those of questions and of transactions are none (RFC 6895 §3.1).
fn rtype(value: Value<'_, '_>) -> Option<RecordType> {
    let place = value.place();
    let text = value.text()?.text;
    match text.parse::<RecordType>() {
        Ok(RecordType(0 | 41 | 128..=255)) => {
            place.error(format!("`type` {text:?} is no type of data"), "write \"A\" or another record type");
            None
        }
        Ok(rtype) => Some(rtype),
        Err(error) => {
            place.error(
                error.to_string(),
                suggest_among(&text, RecordType::ROUTE53.iter().filter_map(|rtype| rtype.name())),
            );
            None
        }
    }
}

/// Record data as it is printed, so that it can be compared with what comes.
fn expect(value: Value<'_, '_>, rtype: Option<RecordType>) -> Option<Arc<str>> {
    let place = value.place();
    let (text, rtype) = (value.text()?.text, rtype?);
    match rdata::parse(rtype, &text, Some(&Name::root())) {
        Ok(data) => Some(rdata::print(rtype, &data).into()),
        Err(error) => {
            place.error(format!("`expect` {text:?} is no {rtype} value: {error}"), "");
            None
        }
    }
}
