//! One health check as `list-health-checks` prints it, all eight types of §5.1.

use std::sync::Arc;
use std::time::Duration;

use super::node::{Fields, Node};
use crate::model::check::{CheckKind, Endpoint, Protocol, Status, Thresholds};
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
        "CLOUDWATCH_METRIC" => &["AlarmIdentifier", "InsufficientDataHealthStatus"],
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
    "InsufficientDataHealthStatus",
    "RoutingControlArn",
];

/// A health check; `None` if it cannot be made sense of.
pub(super) fn read(node: Node<'_>, problems: &mut Vec<Problem>) -> Option<HealthCheck> {
    let mut fields = Fields::of(node, "health check");
    let check = read_fields(&mut fields);
    problems.extend(fields.finish_quietly());
    check
}

fn read_fields(fields: &mut Fields<'_>) -> Option<HealthCheck> {
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
    let kind = read_kind(&mut config);
    fields.absorb(config);
    Some(HealthCheck { inverted, disabled, ..HealthCheck::new(CheckId(id.into()), kind?, at) })
}

fn read_kind(config: &mut Fields<'_>) -> Option<CheckKind> {
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
        "CLOUDWATCH_METRIC" => {
            let alarm = config.object("AlarmIdentifier");
            let name = alarm.and_then(|mut alarm| alarm.text("Name")).unwrap_or_default();
            let unsure = config.text("InsufficientDataHealthStatus");
            let status = Status::from_healthy(unsure.as_deref() != Some("Unhealthy"));
            Some(given(config, status, &format!("follows CloudWatch alarm {name:?}, which cannot be read here")))
        }
        "RECOVERY_CONTROL" => {
            let arn = config.text("RoutingControlArn").unwrap_or_default();
            Some(given(config, Status::Healthy, &format!("follows routing control {arn}, which cannot be read here")))
        }
        _ => endpoint(config, &kind),
    }
}

fn given(config: &mut Fields<'_>, status: Status, why: &str) -> CheckKind {
    let at = config.at.clone();
    let what = format!("{} {why}: it is taken as {status} before inversion", config.subject);
    config.warn(&at, what, "force it up or down when you want another status");
    CheckKind::Given { status }
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
    check_regions(config);
    _ = config.truth(LATENCY);
    _ = config.truth(SNI);
    let path = config.text(PATH).unwrap_or_default();
    let search = config.text(SEARCH);
    if kind.ends_with("STR_MATCH") && search.is_none() {
        lack(config, "lacks SearchString", "say what the body must hold");
    }
    let (host, port, threshold) = (host?, port?, threshold?);
    if tls {
        return Some(given(config, Status::Healthy, "is an HTTPS check, and TLS endpoints are not probed yet"));
    }
    let protocol = match kind {
        "TCP" => Protocol::Tcp,
        _ => Protocol::Http {
            path: if path.starts_with('/') { path.into() } else { format!("/{path}").into() },
            host_header: ip.and(name).map(Into::into),
            search: search.map(Into::into),
            tls: None,
        },
    };
    let interval =
        Duration::from_secs(interval.flatten().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(30));
    let thresholds = Thresholds::both(threshold);
    Some(CheckKind::Endpoint(Endpoint { interval, thresholds, ..Endpoint::new(protocol, host, port) }))
}

/// Three Regions at least, of those with checkers; which ones does not matter to a server of one place.
fn check_regions(config: &mut Fields<'_>) {
    let at = config.at.clone();
    let Some(regions) = config.list(REGIONS).filter(|regions| !regions.is_empty()) else { return };
    if regions.len() < 3 {
        let what = format!("{} has {} Regions, fewer than 3", config.subject, regions.len());
        config.error(&at, what, "name three, or none for all");
    }
    for node in regions {
        if !node.text().is_some_and(|region| CHECKER_REGIONS.contains(&region.as_str())) {
            let what = format!("{}: {} is no Region with checkers", config.subject, node.shown());
            config.error(&node.at(), what, format!("Regions are {}", CHECKER_REGIONS.join(", ")));
        }
    }
}
