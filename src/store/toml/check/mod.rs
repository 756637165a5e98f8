//! `[check.ID]`: what decides it, how it comes back, and the operator's word on it (§5.1).

mod alarm;
mod endpoint;
mod url;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::{Table, Value};
use crate::model::check::{CheckKind, Recovery, Status};
use crate::model::{CheckId, HealthCheck};
pub(crate) use alarm::named as alarm;
pub(crate) use url::server;

/// Seconds a TTL may have (N-22).
pub(crate) const TTL_RANGE: RangeInclusive<u32> = 0..=2_147_483_647;
/// From one look to the next, and what is as long.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// Keys that say what a check is.
const KINDS: [&str; 13] = [
    "http",
    "https",
    "tcp",
    "tls",
    "grpc",
    "icmp",
    "dns",
    "calculated",
    "given",
    "prometheus",
    "alertmanager",
    "file",
    "push",
];
const HTTP: &[&str] = &["http", "https"];
const SECURE: &[&str] = &["https", "tls", "grpcs"];
const ALARMS: &[&str] = &["prometheus", "alertmanager", "file", "push"];
const ENDPOINTS: &[&str] = &["http", "https", "tcp", "tls", "grpc", "grpcs", "icmp", "dns"];
/// Endpoints that are waited for after they are connected to.
const ANSWERING: &[&str] = &["http", "https", "tls", "grpc", "grpcs", "icmp", "dns"];
const ASKED: &[&str] =
    &["http", "https", "tcp", "tls", "grpc", "grpcs", "icmp", "dns", "prometheus", "alertmanager", "file", "push"];

/// Keys that not every kind has, and the kinds that have them (C-0).
const OWNED: [(&str, &[&str]); 23] = [
    ("search", HTTP),
    ("host", HTTP),
    ("server_name", SECURE),
    ("certificate_horizon", SECURE),
    ("degraded_percent", SECURE),
    ("authority", &["grpc", "grpcs"]),
    ("query", &["dns", "prometheus"]),
    ("type", &["dns"]),
    ("expect", &["dns"]),
    ("at_least", &["calculated"]),
    ("unhealthy_when", &["prometheus"]),
    ("periods", &["prometheus"]),
    ("matchers", &["alertmanager"]),
    ("missing", ALARMS),
    ("interval", ASKED),
    ("threshold", ENDPOINTS),
    ("threshold_down", ENDPOINTS),
    ("threshold_up", ENDPOINTS),
    ("timeout", ENDPOINTS),
    ("connect_timeout", ENDPOINTS),
    ("response_timeout", ANSWERING),
    ("healthy_percent", ENDPOINTS),
    ("regions", ENDPOINTS),
];

/// Reads one check.
pub(super) fn check(id: Arc<str>, mut table: Table<'_, '_>) -> HealthCheck {
    let inverted = table.boolean("inverted").unwrap_or(false);
    let disabled = table.boolean("disabled").unwrap_or(false);
    let forced = table.word("forced", &[("up", Status::Healthy), ("down", Status::Unhealthy)]);
    let recovery = Recovery {
        manual_failback: table.word("failback", &[("manual", true), ("automatic", false)]).unwrap_or(false),
        slow_start: table.duration("slow_start", INTERVALS),
    };
    let at = table.at.clone();
    let kind = only(&mut table, &KINDS, EXAMPLES).and_then(|key| kind(&mut table, key));
    table.finish();
    // A check with mistakes stands in for itself, so that nobody complains of its absence.
    let kind = kind.unwrap_or(CheckKind::Given { status: Status::Healthy });
    HealthCheck { inverted, disabled, forced, recovery, ..HealthCheck::new(CheckId(id), kind, at) }
}

const EXAMPLES: &str = "http = \"http://192.0.2.1/health\", tcp = \"192.0.2.1:5432\", or calculated = [\"…\"]";

fn kind(table: &mut Table<'_, '_>, key: &'static str) -> Option<CheckKind> {
    let mut scope = key;
    let kind = match key {
        "calculated" => calculated(table),
        "given" => given_status(table),
        "prometheus" | "alertmanager" | "file" | "push" => alarm::alarm(table, key).map(CheckKind::Alarm),
        _ => {
            let (named, endpoint) = endpoint::endpoint(table, key);
            scope = named;
            endpoint.map(CheckKind::Endpoint)
        }
    };
    refuse_foreign(table, scope);
    kind
}

/// The one key of `kinds` that is there; when there are none or several, what hangs on it is passed over.
fn only(table: &mut Table<'_, '_>, kinds: &[&'static str], examples: &str) -> Option<&'static str> {
    let given: Vec<_> = kinds.iter().copied().filter(|kind| table.has(kind)).collect();
    if let [one] = given[..] {
        return Some(one);
    }
    if given.is_empty() {
        table.error("says not what is checked", examples);
    } else {
        table.error(format!("has `{}`: a check is one thing", given.join("` and `")), "make two checks of it");
    }
    for key in kinds.iter().copied().chain(OWNED.map(|(key, _)| key)) {
        table.take(key);
    }
    None
}

/// Complains of keys that checks of other kinds have (C-0).
fn refuse_foreign(table: &mut Table<'_, '_>, kind: &str) {
    for (key, owners) in OWNED {
        if table.has(key)
            && let Some(value) = table.take(key)
        {
            let mend = format!("it belongs to {}; remove it", owners.join(", "));
            value.error(format!("`{key}` is not for {kind} checks (C-0)"), mend);
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

/// A text of 1..=`most` characters.
fn bounded(value: Value<'_, '_>, most: usize) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    if text.is_empty() || text.chars().count() > most {
        place.error(format!("`{}` has {} characters, not 1..={most}", place.key, text.chars().count()), "");
        return None;
    }
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::toml::Page;

    /// C-0: a key that one kind owns is an error, and no unknown one, in a check of another.
    #[test]
    fn c0_every_owned_key_is_refused_elsewhere() {
        for (key, owners) in OWNED {
            let other = if owners.contains(&"calculated") {
                "given = \"healthy\""
            } else {
                "calculated = [\"x\"]\nat_least = 1"
            };
            let text = format!("[c]\n{other}\n{key} = 1\n");
            let page = Page::new("c.toml", &text);
            let table = page.parse(&text).unwrap().take("c").unwrap().table("check \"c\"".to_owned()).unwrap();
            check("c".into(), table);
            let problems: Vec<_> = page.into_problems().iter().map(ToString::to_string).collect();
            assert_eq!(problems.len(), 1, "{problems:?}");
            let what = format!("check \"c\": `{key}` is not for ");
            assert!(problems[0].contains(&what) && problems[0].contains(&owners.join(", ")), "{problems:?}");
        }
    }
}
