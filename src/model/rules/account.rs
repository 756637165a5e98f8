//! Rules across zones, and health checks, collections and views by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::near::suggest;
use crate::model::check::{CheckKind, Endpoint, Protocol, Thresholds};
use crate::model::place::Region;
use crate::model::view::{Block, View, ViewId};
use crate::model::{Account, CheckId, CidrCollection, HealthCheck, HostedZone, Problem, Target, Visibility};

/// The most children of a calculated check (§2.6, X-03).
pub const MAX_CHILDREN: usize = 255;
/// The highest threshold of a calculated check (§5.1).
pub const MAX_HEALTH_THRESHOLD: u16 = 256;
/// The longest IPv4 and IPv6 blocks of a collection (P-54).
pub const MAX_BLOCK: (u8, u8) = (24, 48);

/// Drops checks, collections and views that repeat an earlier one word for word, as the dumps of several zones of one
/// account do; a view without networks and listeners lends its Region to one of its name that has them and goes.
/// To be called on a joined account before `check`.
pub fn drop_repeats(account: &mut Account) {
    let Account { zones: _, checks, collections, views } = account;
    let same = |one: &HealthCheck, other: &HealthCheck| *one == HealthCheck { at: one.at.clone(), ..other.clone() };
    keep_first(checks, |check| check.id.0.clone(), same);
    let same = |one: &CidrCollection, other: &CidrCollection| one.locations == other.locations;
    keep_first(collections, |collection| collection.id.clone(), same);
    let same = |one: &View, other: &View| *one == View { at: one.at.clone(), ..other.clone() };
    keep_first(views, |view| view.id.0.clone(), same);
    let is_bare = |view: &View| view.networks.is_empty() && view.listeners.is_empty();
    let mut regions: BTreeMap<ViewId, Option<Region>> = BTreeMap::new();
    let full: BTreeSet<ViewId> = views.iter().filter(|view| !is_bare(view)).map(|view| view.id.clone()).collect();
    views.retain(|view| {
        let yields = is_bare(view) && full.contains(&view.id);
        if yields {
            regions.insert(view.id.clone(), view.region);
        }
        !yields
    });
    for view in views {
        view.region = view.region.or_else(|| regions.get(&view.id).copied().flatten());
    }
}

fn keep_first<T>(items: &mut Vec<T>, id: impl Fn(&T) -> Arc<str>, same: impl Fn(&T, &T) -> bool) {
    let mut by_id: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let earlier = by_id.entry(id(&item)).or_default();
        if !earlier.iter().any(|at| same(&kept[*at], &item)) {
            earlier.push(kept.len());
            kept.push(item);
        }
    }
    *items = kept;
}

/// Everything wrong with an account that is not wrong with one zone alone.
pub fn check_account(account: &Account) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_zones(account, &mut problems);
    check_checks(account, &mut problems);
    note_unused_checks(account, &mut problems);
    for collection in &account.collections {
        check_collection(collection, &mut problems);
    }
    let collections = account.collections.iter().map(|collection| (&*collection.id, &collection.at));
    check_twice("CIDR collection", collections, &mut problems);
    check_twice("view", account.views.iter().map(|view| (&*view.id.0, &view.at)), &mut problems);
    for view in &account.views {
        if view.networks.is_empty() && view.listeners.is_empty() {
            let ViewId(id) = &view.id;
            problems.push(Problem::warning(
                &view.at,
                format!("view {id:?} has neither networks nor listeners, so nobody is in it"),
                format!("define [view.{id:?}] with networks = [\"10.0.0.0/16\"] in waymark.toml"),
            ));
        }
    }
    problems
}

fn check_twice<'a>(
    kind: &str,
    things: impl Iterator<Item = (&'a str, &'a crate::model::At)>,
    problems: &mut Vec<Problem>,
) {
    let mut seen = BTreeMap::new();
    for (id, at) in things {
        if let Some(first) = seen.get(id) {
            problems.push(Problem::error(
                at,
                format!("{kind} {id:?} is already defined at {first}"),
                "keep one of them",
            ));
        } else {
            seen.insert(id, at);
        }
    }
}

/// Z-4 for equal names, Z-25, and zone ids that name two zones. Parent and child may share a server (Z-23).
fn check_zones(account: &Account, problems: &mut Vec<Problem>) {
    let mut by_name: BTreeMap<_, Vec<&HostedZone>> = BTreeMap::new();
    let mut by_id = BTreeMap::new();
    for zone in &account.zones {
        let first = *by_id.entry(&zone.id).or_insert(&zone.at);
        let earlier = by_name.entry(&zone.name).or_default();
        if let Some((other, shared)) = earlier.iter().find_map(|other| Some((*other, overlap(other, zone)?))) {
            let kind = match zone.visibility {
                Visibility::Public { .. } => "public",
                Visibility::Private { .. } => "private",
            };
            problems.push(Problem::error(
                &zone.at,
                format!("{kind} zone {} is already defined at {}, for {shared}", zone.name, other.at),
                "keep one of them, or give them listeners or views of their own",
            ));
        } else if !std::ptr::eq(first, &zone.at) {
            let what = format!("zone id {:?} is already defined at {first}", zone.id.0);
            problems.push(Problem::error(&zone.at, what, "keep one of them"));
        }
        earlier.push(zone);
    }
}

/// What two zones of one name share, as words.
fn overlap(one: &HostedZone, other: &HostedZone) -> Option<String> {
    match (&one.visibility, &other.visibility) {
        (Visibility::Public { listeners: one }, Visibility::Public { listeners: other }) => {
            if one.is_empty() || other.is_empty() {
                return Some("all listeners".to_owned());
            }
            one.iter().find(|listener| other.contains(listener)).map(|listener| format!("listener {listener:?}"))
        }
        (Visibility::Private { views: one }, Visibility::Private { views: other }) => {
            one.iter().find(|view| other.contains(view)).map(|ViewId(view)| format!("view {view:?}"))
        }
        _ => None,
    }
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
        match &check.kind {
            CheckKind::Endpoint(endpoint) => check_endpoint(check, endpoint, problems),
            CheckKind::Calculated { children, threshold } => {
                check_calculated(check, children, *threshold, &known, problems);
            }
            CheckKind::Alarm(_) | CheckKind::Given { .. } => {}
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
    if endpoint.port == 0 {
        fault("has port 0".to_owned(), "use 1 to 65535");
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

/// P-53, P-54: names, block lengths, and each block in one location.
fn check_collection(collection: &CidrCollection, problems: &mut Vec<Problem>) {
    let id = &collection.id;
    if !is_word(id, 64) {
        problems.push(Problem::error(
            &collection.at,
            format!("CIDR collection {id:?} has a name Route 53 would not take"),
            "use 1 to 64 letters, digits, _ and -",
        ));
    }
    let mut owner: BTreeMap<Block, &str> = BTreeMap::new();
    for (location, blocks) in &collection.locations {
        if !is_word(location, 16) {
            problems.push(Problem::error(
                &collection.at,
                format!("CIDR location {location:?} of {id:?} has a name Route 53 would not take"),
                "use 1 to 16 letters, digits, _ and -; the default location * stands in records only",
            ));
        }
        for block in blocks {
            let longest = match block {
                Block::V4 { .. } => MAX_BLOCK.0,
                Block::V6 { .. } => MAX_BLOCK.1,
            };
            if block.is_empty() || block.len() > longest {
                problems.push(Problem::error(
                    &collection.at,
                    format!("CIDR block {block} of location {location:?} is not /1 to /{longest}"),
                    "widen the block; everybody else is what location * of a record is for",
                ));
            }
            match owner.get(block) {
                Some(first) if *first == &**location => problems.push(Problem::error(
                    &collection.at,
                    format!("CIDR block {block} stands twice in location {location:?} of {id:?}"),
                    "write it once",
                )),
                Some(first) => problems.push(Problem::error(
                    &collection.at,
                    format!("CIDR block {block} is in locations {first:?} and {location:?} of {id:?}"),
                    "a block belongs to one location",
                )),
                None => _ = owner.insert(*block, location),
            }
        }
    }
}

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
