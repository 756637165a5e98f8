//! Rules across zones, and collections and views by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{delegation, health, views};
use crate::model::place::Region;
use crate::model::view::{Block, View, ViewId};
use crate::model::{Account, CidrCollection, HealthCheck, HostedZone, Problem, Visibility};

/// The longest IPv4 and IPv6 blocks of a collection (P-54).
pub const MAX_BLOCK: (u8, u8) = (24, 48);
/// The longest zone id in characters; Route 53's have at most 32 (Z-6).
const MAX_ZONE_ID: usize = 64;

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
    health::check(account, &mut problems);
    for collection in &account.collections {
        check_collection(collection, &mut problems);
    }
    let collections = account.collections.iter().map(|collection| (&*collection.id, &collection.at));
    check_twice("CIDR collection", collections, &mut problems);
    check_twice("view", account.views.iter().map(|view| (&*view.id.0, &view.at)), &mut problems);
    views::check(&account.views, &mut problems);
    delegation::check(&account.zones, &mut problems);
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

/// Why a text is no zone id; query logs and metrics print ids between blanks (Z-6, Q-21).
pub fn zone_id_fault(id: &str) -> Option<&'static str> {
    match id.chars().count() {
        0 => Some("is empty"),
        length if length > MAX_ZONE_ID => Some("is longer than 64 characters"),
        _ if id.contains(|c: char| c.is_whitespace() || c.is_control()) => Some("has a blank or a control character"),
        _ => None,
    }
}

/// Z-4 for equal names, Z-25, and zone ids that name two zones. Parent and child may share a server (Z-23).
fn check_zones(account: &Account, problems: &mut Vec<Problem>) {
    let mut by_name: BTreeMap<_, Vec<&HostedZone>> = BTreeMap::new();
    let mut by_id = BTreeMap::new();
    for zone in &account.zones {
        let first = *by_id.entry(&zone.id).or_insert(&zone.at);
        let earlier = by_name.entry(&zone.name).or_default();
        if let Some(problem) = earlier.iter().find_map(|other| clash(other, zone)) {
            problems.push(problem);
        } else if !std::ptr::eq(first, &zone.at) {
            let what = format!("zone id {:?} is already defined at {first}", zone.id.0);
            problems.push(Problem::error(&zone.at, what, "keep one of them"));
        }
        earlier.push(zone);
    }
}

/// What is wrong with a zone of the same name as another that is there: somebody is offered both (Z-4, Z-25).
pub fn clash(other: &HostedZone, zone: &HostedZone) -> Option<Problem> {
    let shared = overlap(other, zone)?;
    let kind = match zone.visibility {
        Visibility::Public { .. } => "public",
        Visibility::Private { .. } => "private",
    };
    let what = format!("{kind} zone {} is already defined at {}, for {shared}", zone.name, other.at);
    Some(Problem::error(&zone.at, what, "keep one of them, or give them listeners or views of their own"))
}

/// Who is offered both of two zones, as words.
pub(super) fn overlap(one: &HostedZone, other: &HostedZone) -> Option<String> {
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
