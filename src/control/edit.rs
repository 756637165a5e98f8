//! What clients make beside the files: changes of it, and how the two come together in one account.
//!
//! What a client made may refer to what a file defines, never the other way round: files stand by themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::fleet::Plan;
use crate::model::rules::{self, account::check_account};
use crate::model::{
    Account, At, CheckId, CidrCollection, HealthCheck, HostedZone, Name, Problem, RecordGroup, RecordType, View,
    ViewId, ZoneId,
};

/// Changes that are taken into use together or not at all; `None` deletes.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Zones, each once.
    pub zones: Vec<(ZoneId, Option<ZoneEdit>)>,
    /// Health checks, each once.
    pub checks: Vec<(CheckId, Option<HealthCheck>)>,
    /// CIDR collections, each once.
    pub collections: Vec<(Arc<str>, Option<CidrCollection>)>,
    /// Views, each once.
    pub views: Vec<(ViewId, Option<View>)>,
}

/// What becomes of one zone.
#[derive(Clone, Debug)]
pub enum ZoneEdit {
    /// It comes, or this stands in its place.
    Whole(Arc<HostedZone>),
    /// Some of its groups do, each once; `None` deletes.
    Groups(Vec<((Name, RecordType), Option<RecordGroup>)>),
}

/// Why an edit was not taken into use.
#[derive(Debug)]
pub enum Refusal<E> {
    /// The world would not be sound: every problem, at least one of them an error.
    Problems(Vec<Problem>),
    /// It could not be kept.
    Persist(E),
}

/// Everything that edits have made so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub(super) zones: BTreeMap<ZoneId, Arc<HostedZone>>,
    checks: BTreeMap<CheckId, HealthCheck>,
    collections: BTreeMap<Arc<str>, CidrCollection>,
    views: BTreeMap<ViewId, View>,
}

impl Made {
    /// What it is after `edit`; every change of something that is not here.
    pub(super) fn after(&self, edit: Edit) -> Result<Self, Vec<Problem>> {
        let mut made = self.clone();
        let mut problems = Vec::new();
        let Edit { zones, checks, collections, views } = edit;
        for (id, change) in zones {
            let unknown = |id: &ZoneId| nothing_there("hosted zone", &id.0);
            match change {
                Some(ZoneEdit::Whole(zone)) => drop(made.zones.insert(id, zone)),
                Some(ZoneEdit::Groups(groups)) => match made.zones.get_mut(&id) {
                    Some(zone) => {
                        let zone = Arc::make_mut(zone);
                        for (key, group) in groups {
                            match group {
                                Some(group) => drop(zone.groups.insert(key, group)),
                                None => drop(zone.groups.remove(&key)),
                            }
                        }
                    }
                    None => problems.push(unknown(&id)),
                },
                None => problems.extend(made.zones.remove(&id).is_none().then(|| unknown(&id))),
            }
        }
        for (id, check) in checks {
            problems.extend(put(&mut made.checks, &id, check).then(|| nothing_there("health check", &id.0)));
        }
        for (id, collection) in collections {
            problems.extend(put(&mut made.collections, &id, collection).then(|| nothing_there("CIDR collection", &id)));
        }
        for (id, view) in views {
            problems.extend(put(&mut made.views, &id, view).then(|| nothing_there("view", &id.0)));
        }
        if problems.is_empty() { Ok(made) } else { Err(problems) }
    }

    /// Whether any of its groups asks where clients are.
    pub(super) fn asks_for_places(&self) -> bool {
        let groups = self.zones.values().flat_map(|zone| zone.groups.values());
        groups.flat_map(RecordGroup::parts).any(|part| part.routing.asks_for_places())
    }

    /// The account of files with what is made beside it.
    pub(super) fn join(&self, files: &Account) -> Account {
        let mut account = files.clone();
        // What was imported goes on as what it became.
        account.zones.retain(|zone| !self.zones.contains_key(&zone.id));
        account.zones.extend(self.zones.values().cloned());
        account.checks.extend(self.checks.values().cloned());
        account.collections.extend(self.collections.values().cloned());
        // Who is in a view is for files to say: what clients made of it yields.
        let is_made = |view: &&View| files.views.iter().all(|filed| filed.id != view.id);
        account.views.extend(self.views.values().filter(is_made).cloned());
        account
    }

    /// Everything wrong with what is made, `account` being all there is: files were judged by themselves.
    pub(super) fn judge(&self, account: &Account, plan: &Plan) -> Vec<Problem> {
        let known = rules::Known::of(account);
        let mut problems: Vec<_> = check_account(account).into_iter().filter(Problem::is_error).collect();
        problems.extend(rules::check_plan(account, plan).into_iter().filter(Problem::is_error));
        problems.extend(self.zones.values().flat_map(|zone| rules::check_zone_among(zone, &known)));
        problems
    }

    /// Zones of files that are not served, as clients made one of their id: those that were imported.
    pub(super) fn hidden(&self, files: &Account) -> impl Iterator<Item = Problem> {
        files.zones.iter().filter(|zone| self.zones.contains_key(&zone.id)).map(|zone| {
            let what = format!("zone {} is served as the API has it, not as this file says", zone.name);
            Problem::warning(&zone.at, what, "remove it here: it was imported; keep what its records refer to")
        })
    }

    /// Whether nothing was made.
    pub(super) fn is_empty(&self) -> bool {
        self.zones.is_empty() && self.checks.is_empty() && self.collections.is_empty() && self.views.is_empty()
    }
}

/// Puts a thing in or takes it out; whether there was nothing to take.
fn put<K: Ord + Clone, T>(things: &mut BTreeMap<K, T>, id: &K, thing: Option<T>) -> bool {
    match thing {
        Some(thing) => {
            things.insert(id.clone(), thing);
            false
        }
        None => things.remove(id).is_none(),
    }
}

fn nothing_there(kind: &str, id: &str) -> Problem {
    Problem::error(&At::new("edit", 0), format!("no client made a {kind} {id:?}"), "")
}
