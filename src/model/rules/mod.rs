//! The rules that judge final state: what a zone and an account must be for every answer to make sense.
//!
//! Shared by TOML files, master files, dumps and the later API, so nothing here knows how a record was
//! written. `what` carries Route 53's own message wherever one is known. Master files hold more than
//! Route 53 does: a rule that only Route 53 has applies to policy groups and aliases alone.

pub mod account;
pub mod alias;
mod apex;
mod delegation;
mod group;
mod health;
pub mod limits;
mod location;
mod names;
mod near;
mod private;
#[cfg(test)]
mod tests;
mod values;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use health::check_plan;
pub use limits::Limits;
pub use location::area_fault;
pub use near::{suggest, suggest_among};
pub use values::value_faults;

use alias::GroupKey;

use super::{Account, CidrCollection, HostedZone, Name, Problem, RecordGroup, RecordType};

/// What records may refer to, by id; kept by whoever judges change after change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Health checks.
    pub checks: BTreeSet<Arc<str>>,
    /// CIDR collections with their locations.
    pub collections: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Views.
    pub views: BTreeSet<Arc<str>>,
}

impl Layer {
    /// The checks, collections and views of an account.
    pub fn of(account: &Account) -> Self {
        Self {
            checks: account.checks.iter().map(|check| check.id.0.clone()).collect(),
            collections: account.collections.iter().map(Self::locations).collect(),
            views: account.views.iter().map(|view| view.id.0.clone()).collect(),
        }
    }

    /// A collection as it is kept here.
    pub fn locations(collection: &CidrCollection) -> (Arc<str>, BTreeSet<Arc<str>>) {
        (collection.id.clone(), collection.locations.keys().cloned().collect())
    }
}

/// All that records may refer to, wherever it is from: build once, judge many zones.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a>(&'a [&'a Layer]);

impl<'a> Known<'a> {
    /// What is in any of the layers.
    pub fn among(layers: &'a [&'a Layer]) -> Self {
        Self(layers)
    }

    fn has_check(&self, id: &str) -> bool {
        self.0.iter().any(|layer| layer.checks.contains(id))
    }

    fn checks(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|layer| layer.checks.iter().map(|id| &**id))
    }

    fn collection(&self, id: &str) -> Option<&'a BTreeSet<Arc<str>>> {
        self.0.iter().find_map(|layer| layer.collections.get(id))
    }

    fn collections(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|layer| layer.collections.keys().map(|id| &**id))
    }

    fn has_view(&self, id: &str) -> bool {
        self.0.iter().any(|layer| layer.views.contains(id))
    }

    fn views(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|layer| layer.views.iter().map(|id| &**id))
    }
}

/// Everything wrong with an account and all its zones, by file and line.
pub fn check(account: &Account) -> Vec<Problem> {
    let layer = Layer::of(account);
    let mut problems = account::check_account(account);
    for zone in &account.zones {
        problems.extend(check_zone_among(zone, &Known::among(&[&layer])));
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems
}

/// Everything wrong with one zone; `account` gives the checks, collections and views it may refer to.
pub fn check_zone(zone: &HostedZone, account: &Account) -> Vec<Problem> {
    check_zone_among(zone, &Known::among(&[&Layer::of(account)]))
}

/// Everything wrong with one zone, against references looked up once; of one whose groups are left out, as they were
/// judged before that, only whether its views are still there.
pub fn check_zone_among(zone: &HostedZone, known: &Known<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    private::check(zone, known, &mut problems);
    if zone.left_out > 0 {
        return problems;
    }
    apex::check(zone, &mut problems);
    names::check(zone, &mut problems);
    for ((name, rtype), group) in &zone.groups {
        for group in group.parts() {
            group::check(&Subject { zone, name, rtype: *rtype, group }, known, &mut problems);
        }
    }
    alias::check(zone, &mut problems);
    problems
}

/// Everything wrong with some groups of a zone that was sound before they came, went or changed, and with what leans on
/// them; `referring` tells which groups of the zone name a name.
pub fn check_groups(
    zone: &HostedZone,
    touched: &BTreeSet<GroupKey>,
    referring: &dyn Fn(&Name) -> Vec<GroupKey>,
    known: &Known<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let there = || touched.iter().filter_map(|key| zone.groups.get_key_value(key));
    private::check_groups(zone, there(), &mut problems);
    apex::check_apex(zone, &mut problems);
    apex::check_groups(zone, there(), &mut problems);
    match there().any(|((_, rtype), _)| *rtype == RecordType::DNAME) {
        // It may hide any name.
        true => names::check(zone, &mut problems),
        false => names::check_names(zone, touched.iter().map(|(name, _)| name), &mut problems),
    }
    for ((name, rtype), group) in there().flat_map(|(key, group)| group.parts().map(move |part| (key, part))) {
        group::check(&Subject { zone, name, rtype: *rtype, group }, known, &mut problems);
    }
    alias::check_groups(zone, touched, referring, &mut problems);
    problems
}

pub use account::check_account;

/// The group under judgement.
#[derive(Clone, Copy)]
struct Subject<'a> {
    zone: &'a HostedZone,
    name: &'a Name,
    rtype: RecordType,
    group: &'a RecordGroup,
}

impl Subject<'_> {
    /// A record set as Route 53's messages name it.
    fn rrset(&self, id: &str) -> String {
        let mut text = format!("RRSet with DNS name {}, type {}", self.name.to_route53(), self.rtype);
        if !id.is_empty() {
            text.push_str(", SetIdentifier ");
            text.push_str(id);
        }
        text
    }
}
