//! Health checks in our own format, as `docs/health.md` tells it.

use std::fmt::Write;
use std::net::Ipv6Addr;
use std::time::Duration;

use super::native::{text, texts};
use crate::model::HealthCheck;
use crate::model::check::{Alarm, CheckKind, Endpoint, Missing, Protocol, Source, Status, Tls};

/// Lines of a table, growing.
struct Table<'a>(&'a mut String);

impl Table<'_> {
    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{key} = {value}");
    }

    /// Only where it is not as it would be without a word.
    fn unless<T: PartialEq + Copy>(&mut self, key: &str, value: T, otherwise: T, print: impl FnOnce(T) -> String) {
        if value != otherwise {
            self.line(key, print(value));
        }
    }
}

/// `[check.ID]`, every key that is not as it would be without.
pub(super) fn check(check: &HealthCheck, out: &mut String) {
    let HealthCheck { id, kind, inverted, disabled, forced, recovery, at: _ } = check;
    let _ = writeln!(out, "[check.{}]", text(&*id.0));
    let mut table = Table(out);
    match kind {
        CheckKind::Endpoint(endpoint) => self::endpoint(endpoint, &mut table),
        CheckKind::Calculated { children, threshold } => {
            table.line("calculated", texts(children.iter().map(|child| &*child.0)));
            table.line("at_least", threshold);
        }
        CheckKind::Alarm(alarm) => self::alarm(alarm, &mut table),
        CheckKind::Given { status } => table.line("given", text(status.to_string())),
    }
    table.unless("inverted", *inverted, false, |_| "true".to_owned());
    table.unless("disabled", *disabled, false, |_| "true".to_owned());
    if let Some(status) = forced {
        table.line("forced", text(if *status == Status::Healthy { "up" } else { "down" }));
    }
    table.unless("failback", recovery.manual_failback, false, |_| text("manual"));
    table.unless("slow_start", recovery.slow_start, None, |time| span(time.unwrap_or_default()));
}

fn endpoint(endpoint: &Endpoint, table: &mut Table<'_>) {
    let Endpoint {
        protocol,
        host,
        port,
        interval,
        connect_timeout,
        response_timeout,
        thresholds,
        healthy_percent,
        regions,
        degraded_percent,
    } = endpoint;
    let place = format!("{}:{port}", bracketed(host));
    let answers = !matches!(protocol, Protocol::Tcp);
    match protocol {
        Protocol::Tcp => table.line("tcp", text(place)),
        Protocol::Http { path, host_header, search, tls } => {
            let scheme = if tls.is_some() { "https" } else { "http" };
            table.line(scheme, text(format!("{scheme}://{place}{path}")));
            table.unless("host", host_header.as_deref(), None, |host| text(host.unwrap_or_default()));
            table.unless("search", search.as_deref(), None, |search| text(search.unwrap_or_default()));
            tls.iter().for_each(|tls| self::tls(tls, *degraded_percent, table));
        }
        Protocol::Tls(tls) => {
            table.line("tls", text(place));
            self::tls(tls, *degraded_percent, table);
        }
        Protocol::Grpc { service, authority, tls } => {
            let scheme = if tls.is_some() { "grpcs" } else { "grpc" };
            let slash = if service.is_empty() { "" } else { "/" };
            table.line("grpc", text(format!("{scheme}://{place}{slash}{service}")));
            table.unless("authority", authority.as_deref(), None, |name| text(name.unwrap_or_default()));
            tls.iter().for_each(|tls| self::tls(tls, *degraded_percent, table));
        }
        Protocol::Icmp => table.line("icmp", text(&**host)),
        Protocol::Dns { name, rtype, expect } => {
            table.line("dns", text(place));
            table.line("query", text(name.to_string()));
            table.line("type", text(rtype.to_string()));
            table.unless("expect", expect.as_deref(), None, |data| text(data.unwrap_or_default()));
        }
    }
    let usual = Endpoint::new(protocol.clone(), host.clone(), *port);
    table.unless("interval", *interval, usual.interval, span);
    table.unless("threshold_down", thresholds.down, usual.thresholds.down, |number| number.to_string());
    table.unless("threshold_up", thresholds.up, usual.thresholds.up, |number| number.to_string());
    table.unless("connect_timeout", *connect_timeout, usual.connect_timeout, span);
    if answers {
        table.unless("response_timeout", *response_timeout, usual.response_timeout, span);
    }
    table.unless("healthy_percent", *healthy_percent, None, |percent| percent.unwrap_or_default().to_string());
    if !regions.is_empty() {
        table.line("regions", texts(regions.iter().map(|region| &**region)));
    }
}

fn tls(tls: &Tls, degraded_percent: u8, table: &mut Table<'_>) {
    match &tls.server_name {
        Some(name) => table.line("server_name", text(&**name)),
        None => table.line("server_name", false),
    }
    if let Some(horizon) = tls.horizon {
        table.line("certificate_horizon", span(horizon));
        table.unless("degraded_percent", degraded_percent, 100, |percent| percent.to_string());
    }
}

fn alarm(alarm: &Alarm, table: &mut Table<'_>) {
    match &alarm.source {
        Source::Prometheus { url, query, breach: (comparison, bound), periods } => {
            table.line("prometheus", text(&**url));
            table.line("query", text(&**query));
            table.line("unhealthy_when", text(format!("{comparison} {}", bound.0)));
            table.unless("periods", *periods, 1, |periods| periods.to_string());
        }
        Source::Alertmanager { url, matchers } => {
            table.line("alertmanager", text(&**url));
            table.line("matchers", texts(matchers.iter().map(|matcher| &**matcher)));
        }
        Source::File { path } => table.line("file", text(&**path)),
        Source::Push => table.line("push", true),
    }
    table.line("interval", span(alarm.interval));
    let word = match alarm.missing {
        Missing::Healthy => "healthy",
        Missing::Unhealthy => "unhealthy",
        Missing::LastKnown => "last-known",
    };
    table.line("missing", text(word));
}

/// Seconds as a number, else a text in milliseconds: nothing here is told more finely.
fn span(time: Duration) -> String {
    match time.subsec_millis() {
        0 => time.as_secs().to_string(),
        _ => text(format!("{}ms", time.as_millis())),
    }
}

fn bracketed(host: &str) -> String {
    if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
}
