//! Rules of health checks: ranges, what hangs together (§5.1, C-25), and what the fleet that is to probe them makes of
//! them (C-1, C-8).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use super::near::suggest;
use crate::model::check::{Alarm, Bound, CheckKind, Endpoint, Protocol, Recovery, Source, Thresholds};
use crate::model::fleet::{Plan, Refusal};
use crate::model::{Account, CheckId, HealthCheck, Problem, Target};

/// The most children of a calculated check (§2.6, X-03).
const MAX_CHILDREN: usize = 255;
/// The highest threshold of a calculated check (§5.1).
const MAX_HEALTH_THRESHOLD: u16 = 256;

/// Everything wrong with the checks of an account.
pub(super) fn check(account: &Account, problems: &mut Vec<Problem>) {
    check_checks(account, problems);
    note_unused_checks(account, problems);
}

fn check_checks(account: &Account, problems: &mut Vec<Problem>) {
    let mut known: BTreeMap<&CheckId, &HealthCheck> = BTreeMap::new();
    for check in &account.checks {
        match known.get(&check.id) {
            Some(first) => problems.push(Problem::error(
                &check.at,
                format!("health check {:?} is already defined at {}", check.id.0, first.at),
                "keep one of them",
            )),
            None => _ = known.insert(&check.id, check),
        }
    }
    for check in &account.checks {
        check_recovery(check, problems);
        match &check.kind {
            CheckKind::Endpoint(endpoint) => check_endpoint(check, endpoint, problems),
            CheckKind::Calculated { children, threshold } => {
                check_calculated(check, children, *threshold, &known, problems);
            }
            CheckKind::Alarm(alarm) => check_alarm(check, alarm, problems),
            CheckKind::Given { .. } => {}
        }
    }
}

/// §5.1: ranges of an endpoint check. The interval is any from a second up; only dumps hold to 10 and 30.
fn check_endpoint(check: &HealthCheck, endpoint: &Endpoint, problems: &mut Vec<Problem>) {
    let mut fault = |what: String, mend: &str| {
        problems.push(Problem::error(&check.at, format!("health check {:?} {what}", check.id.0), mend));
    };
    let Thresholds { down, up } = endpoint.thresholds;
    if let Some(threshold) = [down, up].into_iter().find(|threshold| !(1..=10).contains(threshold)) {
        fault(
            format!("has threshold {}, which is not in 1..=10", threshold),
            "count the consecutive probes that flip it",
        );
    }
    if endpoint.interval < Duration::from_secs(1) {
        fault(format!("has an interval of {:?}", endpoint.interval), "use a second or more");
    }
    if endpoint.connect_timeout.is_zero() || endpoint.response_timeout.is_zero() {
        fault("has a timeout of zero, so every probe would fail".to_owned(), "give it some milliseconds");
    }
    match (&endpoint.protocol, endpoint.port) {
        (Protocol::Icmp, 1..) => fault("asks by ICMP, which has no ports".to_owned(), "use port 0"),
        (Protocol::Icmp, 0) | (_, 1..) => {}
        (_, 0) => fault("has port 0".to_owned(), "use 1 to 65535"),
    }
    if let Some(percent) = endpoint.healthy_percent.filter(|percent| *percent > 99) {
        fault(format!("has healthy_percent {percent}, which is not in 0..=99"), "nothing is healthier than all");
    }
    if endpoint.degraded_percent > 100 {
        let what = format!("has degraded_percent {}, which is not in 0..=100", endpoint.degraded_percent);
        fault(what, "100 keeps the whole weight");
    }
    if endpoint.host.is_empty() || endpoint.host.len() > 255 {
        fault(format!("has a host of {} characters", endpoint.host.len()), "use a name or address of 1 to 255");
    }
    if let Protocol::Http { path, search, .. } = &endpoint.protocol {
        if !path.starts_with('/') || path.len() > 255 {
            fault(format!("has path {path:?}"), "begin it with / and keep it within 255 characters");
        }
        if search.as_ref().is_some_and(|search| search.is_empty() || search.chars().count() > 255) {
            fault("has a search string that is empty or longer than 255 characters".to_owned(), "use 1 to 255");
        }
    }
}

/// C-26's ranges.
fn check_alarm(check: &HealthCheck, alarm: &Alarm, problems: &mut Vec<Problem>) {
    let mut fault = |what: &str, mend: &str| {
        problems.push(Problem::error(&check.at, format!("health check {:?} {what}", check.id.0), mend));
    };
    if alarm.interval < Duration::from_secs(1) {
        fault("looks more often than once a second", "use a second or more");
    }
    match &alarm.source {
        Source::Prometheus { breach: (_, Bound(bound)), .. } if bound.is_nan() => {
            fault("compares with NaN, which nothing is above or below", "write a number");
        }
        Source::Prometheus { periods, .. } if !(1..=100).contains(periods) => {
            fault("has periods that are not in 1..=100", "count the values in a row that must breach");
        }
        Source::Prometheus { query, .. } if query.is_empty() => fault("has an empty query", "write PromQL"),
        Source::Alertmanager { matchers, .. } if matchers.is_empty() => {
            fault("has no matchers, so any alert would be its own", "name the alert: alertname=\"HighCPU\"");
        }
        Source::Prometheus { .. } | Source::Alertmanager { .. } | Source::File { .. } | Source::Push => {}
    }
}

fn check_recovery(check: &HealthCheck, problems: &mut Vec<Problem>) {
    let Recovery { manual_failback: _, slow_start } = &check.recovery;
    if slow_start.is_some_and(|over| over < Duration::from_secs(1)) {
        let what = format!("health check {:?} has a slow start of less than a second", check.id.0);
        problems.push(Problem::error(&check.at, what, "use a second or more, or none"));
    }
}

/// C-25: children exist, are not calculated, are not named twice, and are 255 at most.
fn check_calculated(
    check: &HealthCheck,
    children: &[CheckId],
    threshold: u16,
    known: &BTreeMap<&CheckId, &HealthCheck>,
    problems: &mut Vec<Problem>,
) {
    let id = &check.id.0;
    let refused = |child: &CheckId| {
        format!("Invalid parameter : Child health check IDs do not exist or are deleted: {child} (of {id:?})")
    };
    let mut seen = BTreeSet::new();
    for child in children {
        match known.get(child) {
            None => problems.push(Problem::error(
                &check.at,
                refused(child),
                suggest(&child.0, known.keys().map(|known| &*known.0), "define the child, or remove it from the list"),
            )),
            Some(HealthCheck { kind: CheckKind::Calculated { .. }, .. }) => problems.push(Problem::error(
                &check.at,
                refused(child),
                format!("{:?} is calculated itself; name its children instead", child.0),
            )),
            Some(_) => {}
        }
        if !seen.insert(child) {
            problems.push(Problem::error(
                &check.at,
                format!("health check {id:?} counts {:?} twice", child.0),
                "name each child once",
            ));
        }
    }
    if children.len() > MAX_CHILDREN {
        problems.push(Problem::error(
            &check.at,
            format!("health check {id:?} has {} children, more than {MAX_CHILDREN}", children.len()),
            "split it",
        ));
    }
    if threshold > MAX_HEALTH_THRESHOLD {
        problems.push(Problem::error(
            &check.at,
            format!("health check {id:?} has threshold {threshold}, which is not in 0..={MAX_HEALTH_THRESHOLD}"),
            "count the children that must be healthy",
        ));
    } else if usize::from(threshold) > children.len() {
        problems.push(Problem::warning(
            &check.at,
            format!("health check {id:?} needs {threshold} of {} children, so it is never healthy", children.len()),
            "lower the threshold",
        ));
    }
}

/// A check nothing uses is probed for nothing.
fn note_unused_checks(account: &Account, problems: &mut Vec<Problem>) {
    if account.checks.is_empty() {
        return;
    }
    let mut used: BTreeSet<&CheckId> = BTreeSet::new();
    for check in &account.checks {
        if let CheckKind::Calculated { children, .. } = &check.kind {
            used.extend(children);
        }
    }
    for group in account.zones.iter().flat_map(|zone| zone.groups.values()) {
        for candidate in group.routing.candidates() {
            used.extend(candidate.check);
            if let Target::Provider { check: Some(check), .. } = candidate.target {
                used.insert(check);
            }
        }
    }
    for check in account.checks.iter().filter(|check| !used.contains(&check.id)) {
        problems.push(Problem::warning(
            &check.at,
            format!("health check {:?} is used by no record", check.id.0),
            "name it in a record, or remove it",
        ));
    }
}

/// What the plan makes of the checks: addresses it forbids (C-8, T295) are errors, Regions without a checker are
/// warnings (C-1), one for all checks that name the same.
pub fn check_plan(account: &Account, plan: &Plan) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut empty: BTreeMap<(Vec<&str>, bool), Vec<&HealthCheck>> = BTreeMap::new();
    for check in &account.checks {
        let endpoint = match &check.kind {
            CheckKind::Endpoint(endpoint) => endpoint,
            CheckKind::Alarm(alarm) => {
                problems.extend(check_alarm_plan(check, &alarm.source, plan));
                continue;
            }
            CheckKind::Calculated { .. } | CheckKind::Given { .. } => continue,
        };
        if let Some(refusal) = refusal(&endpoint.host, plan) {
            problems.push(forbidden(check, "probes", &endpoint.host, refusal));
        }
        let is_served =
            |region: &Arc<str>| plan.checkers.iter().any(|checker| checker.serves(std::slice::from_ref(region)));
        let unserved: Vec<&str> =
            endpoint.regions.iter().filter(|region| !is_served(region)).map(|region| &**region).collect();
        if !unserved.is_empty() {
            let all = unserved.len() == endpoint.regions.len();
            empty.entry((unserved, all)).or_default().push(check);
        }
    }
    problems.extend(empty.into_iter().filter_map(|((regions, all), checks)| empty_regions(&regions, all, &checks)));
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems
}

/// What the plan forbids of an alarm: the address it asks, or the file it reads. Symbolic links are seen when it is read.
fn check_alarm_plan(check: &HealthCheck, source: &Source, plan: &Plan) -> Option<Problem> {
    if let Some(host) = source.host() {
        return Some(forbidden(check, "asks", host, refusal(host, plan)?));
    }
    let Source::File { path } = source else { return None };
    let file = Path::new(&**path);
    let folders = plan.file_folders()?;
    let climbs = file.components().any(|part| part == Component::ParentDir);
    if !climbs && folders.iter().any(|folder| file.starts_with(&**folder)) {
        return None;
    }
    let what = format!("health check {:?} reads {path}, which lies below none of `alarm_files`", check.id.0);
    Some(Problem::error(&check.at, what, "read another file, or name its directory in `alarm_files` under [health]"))
}

/// Why a host that is an address may not be asked.
fn refusal(host: &str, plan: &Plan) -> Option<Refusal> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().and_then(|host: IpAddr| plan.targets.refusal(host))
}

fn forbidden(check: &HealthCheck, does: &str, host: &str, refusal: Refusal) -> Problem {
    let what = format!("health check {:?} {does} {host}, which is forbidden: {refusal} (C-8)", check.id.0);
    let mend = match refusal {
        Refusal::Special => "use another address, or set allow_special_addresses = true under [health]",
        Refusal::Denied(_) => "use another address, or change `deny` under [health]",
        Refusal::NotAllowed => "use another address, or change `allow` under [health]",
    };
    Problem::error(&check.at, what, mend)
}

/// The warning that no checker is in these Regions, which these checks name alone or among others.
fn empty_regions(regions: &[&str], all: bool, checks: &[&HealthCheck]) -> Option<Problem> {
    let (first, more) = checks.split_first()?;
    let id = &first.id.0;
    let who = match more.len() {
        0 => format!("health check {id:?} names"),
        more => format!("health check {id:?} and {more} more name"),
    };
    let s = if regions.len() == 1 { "" } else { "s" };
    let probing = if all { "all checkers probe" } else { "the checkers of its other Regions probe" };
    let what = format!("{who} Region{s} {}, and no checker is there: {probing} it", regions.join(", "));
    Some(Problem::warning(&first.at, what, "add one: [checker.NAME] with `region`, in waymark.toml"))
}
