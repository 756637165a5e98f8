//! One health check as `list-health-checks` prints it, all eight types of §5.1.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::node::{Fields, Node};
use crate::model::check::{Alarm, CheckKind, Endpoint, Missing, Protocol, Status, Thresholds, Tls};
use crate::model::{CheckId, HealthCheck, Problem};

/// Regions with checkers (C-1).
const CHECKER_REGIONS: [&str; 8] = [
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];

/// What a type's checks may say, beside Type, Inverted and Disabled (C-0).
fn members(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "TCP" => &[HOST, IP, PORT, INTERVAL, THRESHOLD, LATENCY, REGIONS],
        "HTTP" => &[HOST, IP, PORT, INTERVAL, THRESHOLD, LATENCY, REGIONS, PATH],
        "HTTP_STR_MATCH" => &[HOST, IP, PORT, INTERVAL, THRESHOLD, LATENCY, REGIONS, PATH, SEARCH],
        "HTTPS" => &[HOST, IP, PORT, INTERVAL, THRESHOLD, LATENCY, REGIONS, PATH, SNI],
        "HTTPS_STR_MATCH" => &[HOST, IP, PORT, INTERVAL, THRESHOLD, LATENCY, REGIONS, PATH, SNI, SEARCH],
        "CALCULATED" => &["ChildHealthChecks", "HealthThreshold"],
        "CLOUDWATCH_METRIC" => &["AlarmIdentifier", INSUFFICIENT],
        "RECOVERY_CONTROL" => &["RoutingControlArn"],
        _ => return None,
    })
}

const HOST: &str = "FullyQualifiedDomainName";
const IP: &str = "IPAddress";
const PORT: &str = "Port";
const INTERVAL: &str = "RequestInterval";
const THRESHOLD: &str = "FailureThreshold";
const LATENCY: &str = "MeasureLatency";
const REGIONS: &str = "Regions";
const PATH: &str = "ResourcePath";
const SEARCH: &str = "SearchString";
const SNI: &str = "EnableSNI";
const INSUFFICIENT: &str = "InsufficientDataHealthStatus";
/// What it may say (§5.1).
const MISSING: [(&str, Missing); 3] =
    [("Healthy", Missing::Healthy), ("Unhealthy", Missing::Unhealthy), ("LastKnownStatus", Missing::LastKnown)];
/// Every member some type may have.
const ALL: [&str; 15] = [
    HOST,
    IP,
    PORT,
    INTERVAL,
    THRESHOLD,
    LATENCY,
    REGIONS,
    PATH,
    SEARCH,
    SNI,
    "ChildHealthChecks",
    "HealthThreshold",
    "AlarmIdentifier",
    INSUFFICIENT,
    "RoutingControlArn",
];

/// A health check; `None` if it cannot be made sense of.
pub(super) fn read(
    node: Node<'_>,
    alarms: &BTreeMap<Arc<str>, Alarm>,
    problems: &mut Vec<Problem>,
) -> Option<HealthCheck> {
    let mut fields = Fields::of(node, "health check");
    let check = read_fields(&mut fields, alarms);
    problems.extend(fields.finish_quietly());
    check
}

fn read_fields(fields: &mut Fields<'_>, alarms: &BTreeMap<Arc<str>, Alarm>) -> Option<HealthCheck> {
    let at = fields.at.clone();
    let Some(id) = fields.text("Id") else {
        fields.error(&at, "health check without Id", "write it as the AWS CLI prints it");
        return None;
    };
    fields.subject = format!("health check {id}");
    let Some(mut config) = fields.object("HealthCheckConfig") else {
        let what = format!("{} lacks HealthCheckConfig", fields.subject);
        fields.error(&at, what, "write it as the AWS CLI prints it");
        return None;
    };
    config.subject.clone_from(&fields.subject);
    let inverted = config.truth("Inverted").unwrap_or(false);
    let disabled = config.truth("Disabled").unwrap_or(false);
    let kind = read_kind(&mut config, alarms);
    fields.absorb(config);
    Some(HealthCheck { inverted, disabled, ..HealthCheck::new(CheckId(id.into()), kind?, at) })
}

fn read_kind(config: &mut Fields<'_>, alarms: &BTreeMap<Arc<str>, Alarm>) -> Option<CheckKind> {
    let at = config.at.clone();
    let kind = config.text("Type").unwrap_or_default();
    let Some(own) = members(&kind) else {
        let what = format!("{}: Type {kind:?} is none of Route 53's", config.subject);
        config.error(
            &at,
            what,
            "types are HTTP, HTTPS, HTTP_STR_MATCH, HTTPS_STR_MATCH, TCP, CALCULATED, \
                                 CLOUDWATCH_METRIC and RECOVERY_CONTROL",
        );
        return None;
    };
    for key in ALL.into_iter().filter(|key| !own.contains(key)) {
        let Some(node) = config.take(key) else { continue };
        let empty = node.truth() == Some(false) || node.items().is_some_and(|items| items.is_empty());
        if !empty {
            let what = format!("{}: {key} is not for checks of type {kind}", config.subject);
            config.error(&node.at(), what, "remove it");
        }
    }
    match kind.as_str() {
        "CALCULATED" => calculated(config),
        "CLOUDWATCH_METRIC" => metric(config, alarms),
        "RECOVERY_CONTROL" => {
            let arn = config.text("RoutingControlArn").unwrap_or_default();
            let why = format!("follows routing control {arn}, which cannot be read here");
            Some(given(config, Status::Healthy, &why, "force it up or down when you want another status"))
        }
        _ => endpoint(config, &kind),
    }
}

fn given(config: &mut Fields<'_>, status: Status, why: &str, mend: &str) -> CheckKind {
    let at = config.at.clone();
    let what = format!("{} {why}: it is taken as {status} before inversion", config.subject);
    config.warn(&at, what, mend);
    CheckKind::Given { status }
}

/// C-26: what the configuration says of the alarm is followed, else a status is assumed.
fn metric(config: &mut Fields<'_>, alarms: &BTreeMap<Arc<str>, Alarm>) -> Option<CheckKind> {
    let at = config.at.clone();
    if config.lacks("AlarmIdentifier") {
        let what = format!("{} lacks AlarmIdentifier", config.subject);
        config.error(&at, what, "say which alarm it follows");
    }
    let name = config.object("AlarmIdentifier").and_then(|mut alarm| alarm.text("Name")).unwrap_or_default();
    let missing = match config.text(INSUFFICIENT) {
        None => None,
        Some(text) => match MISSING.iter().find(|(word, _)| *word == text) {
            Some((_, missing)) => Some(*missing),
            None => {
                let what = format!("{}: {INSUFFICIENT} {text:?} is none of Route 53's", config.subject);
                config.error(&at, what, "it is Healthy, Unhealthy or LastKnownStatus");
                None
            }
        },
    };
    if let Some(alarm) = alarms.get(&*name) {
        return Some(CheckKind::Alarm(Alarm { missing: missing.unwrap_or(alarm.missing), ..alarm.clone() }));
    }
    let status = missing.unwrap_or(Missing::LastKnown).status(None);
    let why = format!("follows CloudWatch alarm {name:?}, which cannot be read here");
    let mend = format!("say under [alarm.{name:?}] in waymark.toml what stands in for it, or force it up or down");
    Some(given(config, status, &why, &mend))
}

/// C-25; whether the children exist is judged with the whole account.
fn calculated(config: &mut Fields<'_>) -> Option<CheckKind> {
    let at = config.at.clone();
    let mut children = Vec::new();
    for node in config.list("ChildHealthChecks").unwrap_or_default() {
        match node.text() {
            Some(id) => children.push(CheckId(id.into())),
            None => {
                let what = format!("{}: child {} is not an id", config.subject, node.shown());
                config.error(&node.at(), what, "children are ids in quotes");
            }
        }
    }
    if config.lacks("HealthThreshold") {
        let what = format!("{} lacks HealthThreshold", config.subject);
        config.error(&at, what, "say how many children must be healthy");
    }
    let threshold = config.number("HealthThreshold", 0..=256).and_then(|number| u16::try_from(number).ok())?;
    Some(CheckKind::Calculated { children, threshold })
}

/// §5.1: ranges, and what each type must have.
fn endpoint(config: &mut Fields<'_>, kind: &str) -> Option<CheckKind> {
    let at = config.at.clone();
    let lack = |config: &mut Fields<'_>, what: &str, mend: &str| {
        let what = format!("{} {what}", config.subject);
        config.error(&at, what, mend);
    };
    let tls = kind.starts_with("HTTPS");
    let (ip, name) = (config.text(IP), config.text(HOST));
    if kind == "TCP" && ip.is_some() && name.is_some() {
        let what = "TCP health checks that have IP address must not have a fully qualified domain name specified.";
        config.error(&at, what, "remove one of the two");
    }
    let host: Option<Arc<str>> = match (&ip, &name) {
        (Some(ip), _) if ip.parse::<std::net::IpAddr>().is_err() => {
            lack(config, &format!("has IPAddress {ip:?}, which is no address"), "write an IPv4 or IPv6 address");
            None
        }
        (Some(host), _) | (None, Some(host)) => Some(host.as_str().into()),
        (None, None) => {
            lack(config, "has neither IPAddress nor FullyQualifiedDomainName", "say what to probe");
            None
        }
    };
    let needs_port = kind == "TCP" && !config.has(PORT);
    if needs_port {
        lack(config, "lacks Port", "a TCP check needs one");
    }
    let port = match config.has(PORT) {
        true => config.number(PORT, 1..=65_535).and_then(|port| u16::try_from(port).ok()),
        false => Some(if tls { 443 } else { 80 }),
    };
    let interval = config.has(INTERVAL).then(|| config.number(INTERVAL, 1..=i64::MAX));
    if let Some(Some(seconds)) = interval
        && seconds != 10
        && seconds != 30
    {
        let what = format!(
            "has RequestInterval: Value '{seconds}' is not facet-valid with respect to enumeration \
                            '[10, 30]'"
        );
        lack(config, &what, "use 10 or 30; a check in a .toml file takes any interval");
    }
    let threshold = match config.has(THRESHOLD) {
        true => config.number(THRESHOLD, 1..=10).and_then(|number| u8::try_from(number).ok()),
        false => Some(3),
    };
    let regions = regions(config);
    // Latency is measured always.
    _ = config.truth(LATENCY);
    let sni = config.truth(SNI).unwrap_or(true);
    let path = config.text(PATH).unwrap_or_default();
    let search = config.text(SEARCH);
    if kind.ends_with("STR_MATCH") && search.is_none() {
        lack(config, "lacks SearchString", "say what the body must hold");
    }
    let (host, port, threshold) = (host?, port?, threshold?);
    // C-13: SNI is the name, where there is one.
    let server_name = name.as_deref().filter(|_| sni).map(Into::into);
    let tls = tls.then_some(Tls { server_name, horizon: None });
    let protocol = match kind {
        "TCP" => Protocol::Tcp,
        _ => Protocol::Http {
            path: if path.starts_with('/') { path.into() } else { format!("/{path}").into() },
            host_header: ip.and(name).map(Into::into),
            search: search.map(Into::into),
            tls,
        },
    };
    let interval =
        Duration::from_secs(interval.flatten().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(30));
    let thresholds = Thresholds::both(threshold);
    Some(CheckKind::Endpoint(Endpoint { interval, thresholds, regions, ..Endpoint::new(protocol, host, port) }))
}

/// Three Regions at least, of those with checkers, each once (C-1); none for all.
fn regions(config: &mut Fields<'_>) -> Vec<Arc<str>> {
    let at = config.at.clone();
    let nodes = config.list(REGIONS).unwrap_or_default();
    if (1..3).contains(&nodes.len()) {
        let what = format!("{} has {} Regions, fewer than 3", config.subject, nodes.len());
        config.error(&at, what, "name three, or none for all");
    }
    let mut found: Vec<Arc<str>> = Vec::new();
    for node in nodes {
        match CHECKER_REGIONS.into_iter().find(|region| node.text().is_some_and(|text| text == *region)) {
            Some(region) if found.iter().any(|known| **known == *region) => {
                let what = format!("{} names Region {region} twice", config.subject);
                config.error(&node.at(), what, "name it once");
            }
            Some(region) => found.push(region.into()),
            None => {
                let what = format!("{}: {} is no Region with checkers", config.subject, node.shown());
                config.error(&node.at(), what, format!("Regions are {}", CHECKER_REGIONS.join(", ")));
            }
        }
    }
    found
}
