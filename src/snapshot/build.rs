//! One hosted zone from model to compiled form: names, covers, RRsets, groups, aliases; whole, or what changed of it.
//!
//! ```text
//!  names that come and go ─► RRsets and numbers of groups ─► groups, once all of those are known ─► covers, targets
//! ```
//! A zone compiled whole is an empty one of which everything changed.

mod members;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::health::Checks;
use super::row::Draft;
use super::rrset::{GrowingArena, Rrset, octets_of};
use super::steering::SteeringCache;
use super::table::Growing;
use super::zone::{Data, Entry, Group, MemberTarget, NO_NODE, Node, NodeIndex, Zone};
use crate::model::rules::alias::GroupKey;
use crate::model::{Candidate, CidrCollection, HostedZone, Name, Problem, RecordGroup, RecordType, Routing, Target};

/// What zones are compiled with, besides their own records.
pub(super) struct Materials<'a> {
    pub(super) collections: &'a [CidrCollection],
    pub(super) checks: &'a Checks,
    pub(super) steering: &'a mut SteeringCache,
    pub(super) problems: &'a mut Vec<Problem>,
}

/// What of a zone is another than it was.
pub struct Touched<'a> {
    /// The groups that come, go or differ.
    pub groups: &'a BTreeSet<GroupKey>,
    /// Those of the zone as it is now that name a name of it: as an alias, or as a host whose addresses go along.
    pub referring: &'a dyn Fn(&Name) -> Vec<GroupKey>,
}

/// Compiles a zone, which `stays` as it is or is made to change; `None` when a problem was found that leaves nothing to
/// serve.
pub(super) fn build_zone(model: &HostedZone, stays: bool, with: &mut Materials<'_>) -> Option<Zone> {
    let octets: usize = model.groups.keys().map(|(name, _)| name.wire().len()).sum();
    let count = model.groups.len();
    let build = Build {
        model,
        stays,
        names: Growing::with_room(count, octets, stays),
        nodes: Draft::with_room(count, stays),
        children: Draft::with_room(0, stays),
        entries: Draft::with_room(0, stays),
        groups: Draft::with_room(0, stays),
        free_group: NO_GROUP,
        members: 0,
        targets: Draft::with_room(0, stays),
        cnames: Draft::with_room(0, stays),
        arena: GrowingArena::with_room(if stays { self::octets(model) } else { 0 }, stays),
        with,
        nothing: Arc::new(Group::gone(NO_GROUP)),
        parents: Vec::with_capacity(count),
        born: Vec::new(),
        gone: Vec::new(),
        moved: Vec::new(),
        due: BTreeMap::new(),
        changed: BTreeSet::new(),
        wanted: Vec::new(),
    };
    build.whole()
}

/// Compiles what changed of a zone that is made to change, and the numbers of the groups that did; `None` when a problem
/// was found, or so much is left over of changes before that it is better compiled whole.
pub(super) fn change_zone(
    old: &Zone,
    model: &HostedZone,
    touched: &Touched<'_>,
    with: &mut Materials<'_>,
) -> Option<(Zone, BTreeSet<u32>)> {
    let room = old.room?;
    let build = Build {
        model,
        stays: false,
        names: old.names.draft(),
        nodes: old.nodes.draft(),
        children: old.children.draft(),
        entries: old.entries.draft(),
        groups: old.groups.draft(),
        free_group: old.free_group,
        members: old.members,
        targets: old.targets.draft(),
        cnames: old.cnames.draft(),
        arena: old.arena.draft(),
        with,
        nothing: Arc::new(Group::gone(NO_GROUP)),
        parents: Vec::new(),
        born: Vec::new(),
        gone: Vec::new(),
        moved: Vec::new(),
        due: BTreeMap::new(),
        changed: BTreeSet::new(),
        wanted: Vec::new(),
    };
    build.change(old, touched).filter(|(zone, _)| zone.octets() <= 2 * room + LEFT_OVER)
}

/// Octets that changes of a small zone may leave over.
const LEFT_OVER: usize = 1 << 18;
/// No group.
pub(super) const NO_GROUP: u32 = u32::MAX;
/// Entries in a piece.
const ENTRIES: usize = 1 << 11;
struct Build<'a, 'w, 'm> {
    model: &'a HostedZone,
    stays: bool,
    names: Growing,
    nodes: Draft<Node, 11>,
    children: Draft<u32, 12>,
    entries: Draft<Entry, 16>,
    groups: Draft<Arc<Group>, 8>,
    free_group: u32,
    members: u32,
    targets: Draft<(Rrset, Arc<[NodeIndex]>), 9>,
    cnames: Draft<(Rrset, Arc<[u8]>), 9>,
    arena: GrowingArena,
    with: &'w mut Materials<'m>,
    /// Stands for groups whose turn is to come.
    nothing: Arc<Group>,
    /// Each node's parent, where all are new.
    parents: Vec<NodeIndex>,
    /// Names that came and that went.
    born: Vec<Box<[u8]>>,
    gone: Vec<Name>,
    /// What is answered with another RRset or group than before.
    moved: Vec<GroupKey>,
    /// Groups to compile, by number.
    due: BTreeMap<u32, (&'a GroupKey, &'a RecordGroup)>,
    /// Numbers of groups that came, went or differ.
    changed: BTreeSet<u32>,
    /// RRsets and the hosts they name.
    wanted: Vec<(Rrset, Vec<Name>)>,
}

/// About how many octets the zone's records take: what has to be moved while it grows is hard to give back.
fn octets(model: &HostedZone) -> usize {
    let of_group = |group: &RecordGroup| match &group.routing {
        Routing::Simple(Candidate { target: Target::Values { rdata, .. }, .. }) => octets_of(rdata),
        _ => 0,
    };
    model.groups.values().map(of_group).sum()
}

/// About how many sets of records it has to sign.
pub(super) fn sets(model: &HostedZone) -> usize {
    model.groups.values().map(RecordGroup::record_sets).sum()
}

/// Types that only ever answer as written: no alias can point at them (§2.4).
fn is_skeleton(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::SOA | RecordType::NS | RecordType::DNAME)
}

impl<'a> Build<'a, '_, '_> {
    fn whole(mut self) -> Option<Zone> {
        let model = self.model;
        self.place_apex();
        let mut names: Vec<NodeIndex> = Vec::with_capacity(model.groups.len());
        let mut last: Option<&Name> = None;
        for ((name, _), group) in &model.groups {
            if last == Some(name) {
                continue;
            }
            last = Some(name);
            names.push(if name.is_within(&model.name) { self.ensure(name.wire()) } else { NO_NODE });
            if names.last() == Some(&NO_NODE) {
                self.refuse_outside(name, group);
            }
        }
        let mut rest = model.groups.iter().peekable();
        let mut entries = Vec::new();
        for node in names {
            let Some((first, _)) = rest.peek() else { break };
            let name = &first.0;
            entries.clear();
            while let Some((key, group)) = rest.next_if(|((next, _), _)| next == name) {
                if node != NO_NODE {
                    entries.push(Entry::new(key.1, self.data(key, group, None)));
                }
            }
            if node != NO_NODE {
                self.put_entries(node, &entries);
            }
        }
        self.compile_groups();
        let negative_soa = self.negative_soa()?;
        for at in 1..self.parents.len() as NodeIndex {
            self.cover(at, self.parents[at as usize]);
        }
        let mut zone = self.finish(negative_soa);
        zone.room = zone.room.map(|_| zone.octets());
        Some(zone)
    }

    fn change(mut self, old: &Zone, touched: &Touched<'_>) -> Option<(Zone, BTreeSet<u32>)> {
        let model = self.model;
        let before = self.with.problems.len();
        let mut reshaped = BTreeSet::new();
        for (name, rtype) in touched.groups {
            let is_here = model.groups.contains_key(&(name.clone(), *rtype));
            let was_here = self.known(name, *rtype).is_some();
            let shapes = matches!(*rtype, RecordType::NS | RecordType::DNAME);
            if shapes && is_here != was_here {
                reshaped.insert(name.wire());
            }
            if is_here && name.is_within(&model.name) {
                self.ensure(name.wire());
            }
        }
        for name in touched.groups.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
            if !self.is_held(name) {
                self.let_go(name);
            }
        }
        let mut keys = touched.groups.clone();
        let turned = self.born.iter().filter_map(|name| Name::from_wire(name).ok()).chain(self.gone.iter().cloned());
        keys.extend(turned.collect::<Vec<_>>().iter().flat_map(|name| (touched.referring)(name)));
        for key in &keys {
            self.replace(key);
        }
        for (name, rtype) in std::mem::take(&mut self.moved) {
            for key in (touched.referring)(&name).into_iter().filter(|(_, other)| *other == rtype) {
                if let Some((key, group)) = model.groups.get_key_value(&key)
                    && let Some(Data::Group(number)) = self.known(&key.0, rtype)
                {
                    self.due.insert(number, (key, group));
                }
            }
        }
        self.compile_groups();
        let soa = (model.name.clone(), RecordType::SOA);
        let negative_soa = if touched.groups.contains(&soa) { self.negative_soa()? } else { old.negative_soa };
        self.cover_anew(&reshaped);
        if self.with.problems[before..].iter().any(Problem::is_error) {
            return None;
        }
        let changed = std::mem::take(&mut self.changed);
        let mut zone = self.finish(negative_soa);
        (zone.room, zone.numbering) = (old.room, old.numbering.clone());
        zone.signed = old.signed.clone();
        Some((zone, changed))
    }

    fn refuse_outside(&mut self, name: &Name, group: &RecordGroup) {
        self.with.problems.push(Problem::error(
            &group.at,
            format!("{name} is not in zone {}", self.model.name),
            "move it to its own zone or correct the name (N-8)",
        ));
    }

    /// Puts what the model has of a name and type in place of what was there.
    fn replace(&mut self, key: &GroupKey) {
        let (name, rtype) = key;
        let there = self.model.groups.get_key_value(key);
        let Some(node) = self.names.find(name.wire()) else {
            if let Some((_, group)) = there {
                self.refuse_outside(name, group);
            }
            return;
        };
        let mut entries = self.entries_of(node);
        let at = entries.partition_point(|entry| entry.rtype < *rtype);
        let old = entries.get(at).filter(|entry| entry.rtype == *rtype).map(Entry::data);
        let new = there.map(|(key, group)| self.data(key, group, old));
        if old == new {
            return;
        }
        self.moved.push(key.clone());
        if let Some(old) = old {
            entries.remove(at);
            self.drop_group(old);
        }
        if let Some(new) = new {
            entries.insert(at, Entry::new(*rtype, new));
        }
        self.put_entries(node, &entries);
    }

    /// The RRset that answers for a group, or its number.
    fn data(&mut self, key: &'a GroupKey, group: &'a RecordGroup, old: Option<Data>) -> Data {
        let (name, rtype) = key;
        // The zone's own skeleton is never steered; a check there says nothing to anyone.
        if let Routing::Simple(one) = &group.routing
            && (one.check.is_none() || is_skeleton(*rtype))
            && let Target::Values { ttl, rdata } = &one.target
        {
            return Data::Rrset(self.rrset(*rtype, *ttl, rdata, group, name));
        }
        let number = match old {
            Some(Data::Group(number)) => number,
            _ => self.number(),
        };
        self.due.insert(number, (key, group));
        Data::Group(number)
    }

    /// A number for a group that is new.
    fn number(&mut self) -> u32 {
        match self.free_group {
            NO_GROUP => self.groups.push(self.nothing.clone()),
            free => {
                self.free_group = self.groups.at(free).counter;
                free
            }
        }
    }

    /// The groups of the tree that begins with one, by their places in it.
    fn tree(&self, number: u32) -> BTreeMap<u16, u32> {
        let (mut found, mut rest) = (BTreeMap::new(), vec![number]);
        while let Some(group) = rest.pop().map(|number| self.groups.at(number)) {
            for member in &group.members {
                // Under the number of an alias' target that is gone, a part of another tree of this name may be.
                if let MemberTarget::Alias { to: Data::Group(part), .. } = member.target
                    && self.groups.at(part).rule > 0
                    && (self.groups.at(part).node, self.groups.at(part).rtype) == (group.node, group.rtype)
                    && found.insert(self.groups.at(part).rule, part).is_none()
                {
                    rest.push(part);
                }
            }
        }
        found
    }

    fn drop_group(&mut self, data: Data) {
        let Data::Group(number) = data else { return };
        for number in self.tree(number).into_values().chain([number]) {
            self.free(number);
        }
    }

    fn free(&mut self, number: u32) {
        *self.groups.at_mut(number) = Arc::new(Group::gone(self.free_group));
        self.free_group = number;
        self.changed.insert(number);
    }

    fn entries_of(&self, node: NodeIndex) -> Vec<Entry> {
        let entry = self.nodes.at(node).entry;
        match entry.extent() {
            (_, 0) => Vec::new(),
            (_, 1) => vec![entry],
            (start, count) => self.entries.from(start)[..count].to_vec(),
        }
    }

    fn put_entries(&mut self, node: NodeIndex, entries: &[Entry]) {
        self.nodes.at_mut(node).entry = match entries {
            [] => Entry::several(0, 0),
            [one] => *one,
            many => Entry::several(self.entries.append(many, ENTRIES), many.len() as u16),
        };
    }

    /// What is at a name of a type by now.
    fn known(&self, name: &Name, rtype: RecordType) -> Option<Data> {
        self.has(self.names.find(name.wire())?, rtype)
    }

    fn has(&self, node: NodeIndex, rtype: RecordType) -> Option<Data> {
        let entry = &self.nodes.at(node).entry;
        let entries = match entry.extent() {
            (_, 1) => std::slice::from_ref(entry),
            (start, count) => &self.entries.from(start)[..count],
        };
        entries.iter().find(|entry| entry.rtype == rtype).map(Entry::data)
    }

    fn finish(mut self, negative_soa: Rrset) -> Zone {
        for (rrset, targets) in std::mem::take(&mut self.wanted) {
            // In an order that does not tell when each name came.
            let targets: BTreeSet<_> = targets.iter().collect();
            let nodes = targets.iter().filter_map(|name| self.names.find(name.wire()));
            self.targets.push((rrset, nodes.collect()));
        }
        Zone {
            id: self.model.id.clone(),
            name: self.model.name.clone(),
            negative_soa,
            signed: None,
            members: self.members,
            names: self.names.finish(),
            nodes: self.nodes.finish(),
            children: self.children.finish(),
            entries: self.entries.finish(),
            groups: self.groups.finish(),
            free_group: self.free_group,
            targets: self.targets.finish(),
            cnames: self.cnames.finish(),
            arena: self.arena.finish(),
            numbering: (!self.stays).then(Arc::default),
            room: (!self.stays).then_some(0),
        }
    }
}
