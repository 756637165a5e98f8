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

pub use health::check_plan;
pub use limits::Limits;
pub use location::area_fault;
pub use near::{suggest, suggest_among};
pub use values::value_faults;

use super::{Account, CidrCollection, HealthCheck, HostedZone, Name, Problem, RecordGroup, RecordType};

/// What records may refer to, by id: build once, judge many zones.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    checks: BTreeMap<&'a str, &'a HealthCheck>,
    collections: BTreeMap<&'a str, &'a CidrCollection>,
    views: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    /// The checks, collections and views of an account.
    pub fn of(account: &'a Account) -> Self {
        Self {
            checks: account.checks.iter().map(|check| (&*check.id.0, check)).collect(),
            collections: account.collections.iter().map(|collection| (&*collection.id, collection)).collect(),
            views: account.views.iter().map(|view| &*view.id.0).collect(),
        }
    }
}

/// Everything wrong with an account and all its zones, by file and line.
pub fn check(account: &Account) -> Vec<Problem> {
    let known = Known::of(account);
    let mut problems = account::check_account(account);
    for zone in &account.zones {
        problems.extend(check_zone_among(zone, &known));
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems
}

/// Everything wrong with one zone; `account` gives the checks, collections and views it may refer to.
pub fn check_zone(zone: &HostedZone, account: &Account) -> Vec<Problem> {
    check_zone_among(zone, &Known::of(account))
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
