//! What clients have made beside the files, changed in place: an edit costs what it changes, and is taken back when it
//! turns out to be wrong.
//!
//! What a client made may refer to what a file defines, never the other way round: files stand by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::edit::{Edit, ZoneEdit};
use crate::model::rules::Layer;
use crate::model::rules::alias::GroupKey;
use crate::model::{
    At, CheckId, CidrCollection, HealthCheck, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType, Target, View,
    ViewId, ZoneId,
};
use crate::snapshot::rrset::additional_target;

/// Everything that edits have made so far.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) zones: BTreeMap<ZoneId, MadeZone>,
    pub(super) checks: BTreeMap<CheckId, HealthCheck>,
    pub(super) collections: BTreeMap<Arc<str>, CidrCollection>,
    pub(super) views: BTreeMap<ViewId, View>,
    /// The ids of the last three.
    pub(super) layer: Layer,
    /// Which groups name a check.
    users: BTreeSet<(CheckId, ZoneId, GroupKey)>,
    /// Record sets of all zones, and groups that ask where clients are.
    pub(super) records: usize,
    pub(super) asking: usize,
}

/// A zone that is made.
#[derive(Debug)]
pub(super) struct MadeZone {
    /// What the snapshot keeps of it, and knows it by.
    pub(super) head: Arc<HostedZone>,
    pub(super) zone: HostedZone,
    /// Names in it, and the groups that name them as aliases or as hosts.
    refers: BTreeSet<(Name, GroupKey)>,
}

/// What an edit did to a zone.
#[derive(Debug)]
pub(super) enum Done {
    Whole,
    Groups(BTreeSet<GroupKey>),
    Gone,
}

/// What an edit did, and what takes it back.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub(super) zones: Vec<(ZoneId, Done)>,
    pub(super) checks: Vec<CheckId>,
    /// Whether blocks or views changed, which any zone may lean on.
    pub(super) is_wide: bool,
    pub(super) undo: Undo,
}

/// What was there before an edit, in the order in which it was changed.
#[derive(Debug, Default)]
pub(super) struct Undo {
    zones: Vec<(ZoneId, Before)>,
    checks: Vec<(CheckId, Option<HealthCheck>)>,
    collections: Vec<(Arc<str>, Option<CidrCollection>)>,
    views: Vec<(ViewId, Option<View>)>,
}

#[derive(Debug)]
enum Before {
    Whole(Option<MadeZone>),
    Groups(Vec<(GroupKey, Option<RecordGroup>)>),
}

impl Made {
    /// Carries an edit out; where it changes what is not here, nothing, and every problem.
    pub(super) fn apply(&mut self, edit: Edit) -> Result<Applied, Vec<Problem>> {
        let missing = self.missing(&edit);
        if !missing.is_empty() {
            return Err(missing);
        }
        let Edit { zones, checks, collections, views } = edit;
        let is_wide = !collections.is_empty() || !views.is_empty();
        let mut applied = Applied { is_wide, ..Applied::default() };
        let Undo { zones: of_zones, checks: of_checks, collections: of_collections, views: of_views } =
            &mut applied.undo;
        for (id, change) in zones {
            let done = match change {
                Some(ZoneEdit::Groups(groups)) => {
                    let keys = groups.iter().map(|(key, _)| key.clone()).collect();
                    of_zones.push((id.clone(), Before::Groups(self.put_groups(&id, groups))));
                    Done::Groups(keys)
                }
                Some(ZoneEdit::Whole(zone)) => {
                    let zone = MadeZone::new(Arc::unwrap_or_clone(zone));
                    of_zones.push((id.clone(), Before::Whole(self.put_zone(&id, Some(zone)))));
                    Done::Whole
                }
                None => {
                    of_zones.push((id.clone(), Before::Whole(self.put_zone(&id, None))));
                    Done::Gone
                }
            };
            applied.zones.push((id, done));
        }
        for (id, check) in checks {
            of_checks.push((id.clone(), self.put_check(&id, check)));
            applied.checks.push(id);
        }
        of_collections.extend(collections.into_iter().map(|(id, is)| (id.clone(), self.put_collection(&id, is))));
        of_views.extend(views.into_iter().map(|(id, is)| (id.clone(), self.put_view(&id, is))));
        Ok(applied)
    }

    /// Takes an edit back.
    pub(super) fn revert(&mut self, undo: Undo) {
        let Undo { zones, checks, collections, views } = undo;
        for (id, before) in zones.into_iter().rev() {
            match before {
                Before::Whole(zone) => drop(self.put_zone(&id, zone)),
                Before::Groups(groups) => drop(self.put_groups(&id, groups)),
            }
        }
        checks.into_iter().rev().for_each(|(id, is)| drop(self.put_check(&id, is)));
        collections.into_iter().rev().for_each(|(id, is)| drop(self.put_collection(&id, is)));
        views.into_iter().rev().for_each(|(id, is)| drop(self.put_view(&id, is)));
    }

    /// What an edit changes or takes away that is not here.
    fn missing(&self, edit: &Edit) -> Vec<Problem> {
        let zones = edit
            .zones
            .iter()
            .filter(|(id, to)| !matches!(to, Some(ZoneEdit::Whole(_))) && !self.zones.contains_key(id));
        let checks = edit.checks.iter().filter(|(id, to)| to.is_none() && !self.checks.contains_key(id));
        let collections = edit.collections.iter().filter(|(id, to)| to.is_none() && !self.collections.contains_key(id));
        let views = edit.views.iter().filter(|(id, to)| to.is_none() && !self.views.contains_key(id));
        let all = zones.map(|(id, _)| ("hosted zone", &id.0)).chain(checks.map(|(id, _)| ("health check", &id.0)));
        let all = all.chain(collections.map(|(id, _)| ("CIDR collection", id)));
        let all = all.chain(views.map(|(id, _)| ("view", &id.0)));
        let problem = |(kind, id): (&str, &Arc<str>)| {
            Problem::error(&At::new("edit", 0), format!("no client made a {kind} {id:?}"), "")
        };
        all.map(problem).collect()
    }

    fn put_zone(&mut self, id: &ZoneId, zone: Option<MadeZone>) -> Option<MadeZone> {
        let before = self.zones.remove(id);
        if let Some(before) = &before {
            before.zone.groups.iter().for_each(|(key, group)| self.count(id, key, group, false));
        }
        if let Some(zone) = zone {
            zone.zone.groups.iter().for_each(|(key, group)| self.count(id, key, group, true));
            self.zones.insert(id.clone(), zone);
        }
        before
    }

    fn put_groups(
        &mut self,
        id: &ZoneId,
        groups: Vec<(GroupKey, Option<RecordGroup>)>,
    ) -> Vec<(GroupKey, Option<RecordGroup>)> {
        let mut before = Vec::with_capacity(groups.len());
        for (key, group) in groups {
            let new = group.clone();
            let Some(zone) = self.zones.get_mut(id) else { break };
            let old = zone.put(&key, group);
            old.iter().for_each(|old| self.count(id, &key, old, false));
            new.iter().for_each(|new| self.count(id, &key, new, true));
            before.push((key, old));
        }
        before.reverse();
        before
    }

    /// Counts a group that came or went.
    fn count(&mut self, id: &ZoneId, key: &GroupKey, group: &RecordGroup, came: bool) {
        let records = group.record_sets();
        let asking = usize::from(group.parts().any(|part| part.routing.asks_for_places()));
        match came {
            true => (self.records, self.asking) = (self.records + records, self.asking + asking),
            false => (self.records, self.asking) = (self.records - records, self.asking - asking),
        }
        self.name_users(id, key, group, came);
    }

    fn name_users(&mut self, id: &ZoneId, key: &GroupKey, group: &RecordGroup, came: bool) {
        for candidate in group.routing.candidates() {
            let of_provider = match candidate.target {
                Target::Provider { check, .. } => check.as_ref(),
                Target::Values { .. } | Target::Alias { .. } | Target::Rule { .. } => None,
            };
            for check in candidate.check.into_iter().chain(of_provider) {
                let user = (check.clone(), id.clone(), key.clone());
                match came {
                    true => self.users.insert(user),
                    false => self.users.remove(&user),
                };
            }
        }
    }

    fn put_check(&mut self, id: &CheckId, check: Option<HealthCheck>) -> Option<HealthCheck> {
        match check {
            Some(check) => {
                self.layer.checks.insert(id.0.clone());
                self.checks.insert(id.clone(), check)
            }
            None => {
                self.layer.checks.remove(&id.0);
                self.checks.remove(id)
            }
        }
    }

    fn put_collection(&mut self, id: &Arc<str>, collection: Option<CidrCollection>) -> Option<CidrCollection> {
        match collection {
            Some(collection) => {
                self.layer.collections.extend([Layer::locations(&collection)]);
                self.collections.insert(id.clone(), collection)
            }
            None => {
                self.layer.collections.remove(id);
                self.collections.remove(id)
            }
        }
    }

    fn put_view(&mut self, id: &ViewId, view: Option<View>) -> Option<View> {
        match view {
            Some(view) => {
                self.layer.views.insert(id.0.clone());
                self.views.insert(id.clone(), view)
            }
            None => {
                self.layer.views.remove(&id.0);
                self.views.remove(id)
            }
        }
    }

    /// The groups that name a check.
    pub(super) fn users<'a>(&'a self, check: &CheckId) -> impl Iterator<Item = (&'a ZoneId, &'a GroupKey)> {
        let first = (check.clone(), ZoneId("".into()), first_key());
        let check = check.clone();
        self.users.range(first..).take_while(move |(named, ..)| *named == check).map(|(_, zone, key)| (zone, key))
    }

    /// Whether nothing was made.
    pub(super) fn is_empty(&self) -> bool {
        self.zones.is_empty() && self.checks.is_empty() && self.collections.is_empty() && self.views.is_empty()
    }
}

impl MadeZone {
    fn new(zone: HostedZone) -> Self {
        let head = Arc::new(head(&zone));
        let all = zone.groups.iter();
        let refers = all.flat_map(|(key, group)| named(group, key.1).map(|name| (name, key.clone()))).collect();
        Self { head, zone, refers }
    }

    /// Puts a group in or takes it out; the one that was there.
    fn put(&mut self, key: &GroupKey, group: Option<RecordGroup>) -> Option<RecordGroup> {
        let names = group.iter().flat_map(|group| named(group, key.1)).collect::<Vec<_>>();
        let before = match group {
            Some(group) => self.zone.groups.insert(key.clone(), group),
            None => self.zone.groups.remove(key),
        };
        for name in before.iter().flat_map(|group| named(group, key.1)) {
            self.refers.remove(&(name, key.clone()));
        }
        self.refers.extend(names.into_iter().map(|name| (name, key.clone())));
        before
    }

    /// The groups that name `name`, as an alias or as a host.
    pub(super) fn referring(&self, name: &Name) -> Vec<GroupKey> {
        let all = self.refers.range((name.clone(), first_key())..);
        all.take_while(|(named, _)| named == name).map(|(_, key)| key.clone()).collect()
    }

    /// Makes the snapshot take it for another than it knows.
    pub(super) fn renew(&mut self) {
        self.head = Arc::new(head(&self.zone));
    }
}

fn head(zone: &HostedZone) -> HostedZone {
    HostedZone {
        id: zone.id.clone(),
        name: zone.name.clone(),
        comment: zone.comment.clone(),
        visibility: zone.visibility.clone(),
        groups: BTreeMap::new(),
        dnssec: zone.dnssec.clone(),
        signing: zone.signing.clone(),
        left_out: zone.groups.len(),
        at: zone.at.clone(),
    }
}

/// The key before all others.
fn first_key() -> GroupKey {
    (Name::root(), RecordType(0))
}

/// The names that a group of a type names: targets of aliases, and hosts whose addresses go along.
fn named(group: &RecordGroup, rtype: RecordType) -> impl Iterator<Item = Name> {
    let candidates = group.routing.candidates();
    candidates.into_iter().flat_map(move |candidate| match candidate.target {
        Target::Alias { to, .. } => vec![to.clone()],
        Target::Rule { .. } => Vec::new(),
        Target::Values { rdata, .. } | Target::Provider { rdata, .. } => {
            let host = |Rdata(value): &Rdata| Name::from_wire(additional_target(rtype, value)?).ok();
            rdata.iter().filter_map(host).collect()
        }
    })
}
