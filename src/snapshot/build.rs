//! One hosted zone from model to compiled form: names, covers, RRsets, groups, aliases; whole, or what changed of it.
//!
//! ```text
//!  names that come and go ─► RRsets and numbers of groups ─► groups, once all of those are known ─► covers, targets
//! ```
//! A zone compiled whole is an empty one of which everything changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::health::{Checks, Slot};
use super::row::Draft;
use super::rrset::{GrowingArena, Rrset, TooLarge, additional_target, octets_of};
use super::steering::SteeringCache;
use super::table::Growing;
use super::zone::{
    Cover, Data, Entry, Group, Member, MemberTarget, NO_NODE, Node, NodeIndex, PackedCover, Policy, Zone,
};
use crate::model::routing::CandidateRef;
use crate::model::rules::alias::GroupKey;
use crate::model::{
    Candidate, CheckId, CidrCollection, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType, Routing, Target,
};
use crate::policy::MOST_MEMBERS;

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
/// The first label of a wildcard.
const WILDCARD: &[u8] = b"\x01*";

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

/// Types that only ever answer as written: no alias can point at them (§2.4).
fn is_skeleton(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::SOA | RecordType::NS | RecordType::DNAME)
}

/// A name in wire form without its first label.
fn above(name: &[u8]) -> &[u8] {
    &name[1 + usize::from(name[0])..]
}

/// Whether a name in wire form lies below another.
fn is_below(mut name: &[u8], top: &[u8]) -> bool {
    while name.len() > top.len() {
        name = above(name);
        if name == top {
            return true;
        }
    }
    false
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
        Some((zone, changed))
    }

    fn place_apex(&mut self) {
        self.names.add(self.model.name.wire());
        self.parents.push(0);
        self.put_node(0);
    }

    /// The node of a name below the apex, made together with the empty non-terminals above it (RFC 4592 §2.2.2).
    fn ensure(&mut self, name: &[u8]) -> NodeIndex {
        if let Some(node) = self.names.find(name) {
            return node;
        }
        let parent = self.ensure(above(name));
        let node = self.names.add(name);
        self.put_node(node);
        if !self.parents.is_empty() {
            self.parents.push(parent);
        } else {
            self.born.push(name.into());
        }
        if !self.stays {
            *self.children.at_mut(parent) += 1;
        }
        if name.starts_with(WILDCARD) {
            self.nodes.at_mut(parent).wildcard = node;
        }
        node
    }

    fn put_node(&mut self, node: NodeIndex) {
        let empty = Node { entry: Entry::several(0, 0), cover: PackedCover::pack(Cover::Nothing), wildcard: NO_NODE };
        if (node as usize) < self.nodes.len() {
            *self.nodes.at_mut(node) = empty;
            *self.children.at_mut(node) = 0;
            return;
        }
        self.nodes.push(empty);
        if !self.stays {
            self.children.push(0);
        }
    }

    /// Takes everything at a name away, and the name itself with those above it that nothing is left at or below.
    fn let_go(&mut self, name: &Name) {
        let Some(node) = self.names.find(name.wire()) else { return };
        for entry in self.entries_of(node) {
            self.moved.push((name.clone(), entry.rtype));
            self.drop_group(entry.data());
        }
        self.put_entries(node, &[]);
        let mut name = Some(name.clone());
        while let Some(at) = name.take().filter(|name| *name != self.model.name) {
            let Some(node) = self.names.find(at.wire()) else { return };
            if *self.children.at(node) > 0 || !self.entries_of(node).is_empty() || self.is_held(&at) {
                return;
            }
            self.names.remove(at.wire());
            if let Some(parent) = self.names.find(above(at.wire())) {
                *self.children.at_mut(parent) -= 1;
                if at.is_wildcard() {
                    self.nodes.at_mut(parent).wildcard = NO_NODE;
                }
            }
            name = at.parent();
            self.gone.push(at);
        }
    }

    /// Whether the model has anything at a name.
    fn is_held(&self, name: &Name) -> bool {
        let all = (name.clone(), RecordType(0))..=(name.clone(), RecordType(u16::MAX));
        self.model.groups.range(all).next().is_some()
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
        let number = match (old, self.free_group) {
            (Some(Data::Group(number)), _) => number,
            (_, NO_GROUP) => self.groups.push(self.nothing.clone()),
            (_, free) => {
                self.free_group = self.groups.at(free).counter;
                free
            }
        };
        self.due.insert(number, (key, group));
        Data::Group(number)
    }

    fn drop_group(&mut self, data: Data) {
        if let Data::Group(number) = data {
            *self.groups.at_mut(number) = Arc::new(Group::gone(self.free_group));
            self.free_group = number;
            self.changed.insert(number);
        }
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

    /// Compiles the groups that are due, as alias targets are known now.
    fn compile_groups(&mut self) {
        for (number, (key, group)) in std::mem::take(&mut self.due) {
            let (name, rtype) = key;
            let Some(node) = self.names.find(name.wire()) else { continue };
            let candidates = ordered(&group.routing);
            if candidates.len() > MOST_MEMBERS {
                self.with.problems.push(Problem::error(
                    &group.at,
                    format!("{name} {rtype} has {} record sets, more than {MOST_MEMBERS}", candidates.len()),
                    "spread them over several names with aliases",
                ));
            }
            let members: Box<[Member]> =
                candidates.iter().map(|candidate| self.member(*rtype, candidate, group, name)).collect();
            let policy = self.policy(&group.routing, group);
            let old = self.groups.at(number);
            // Whoever counts by it goes on where the same record sets are meant.
            let ids = |members: &[Member]| members.iter().map(|member| member.id.clone()).collect::<Vec<_>>();
            let is_same = old.node == node && old.rtype == *rtype && policy.name() == old.policy.name();
            let counter = if is_same && ids(&old.members) == ids(&members) { old.counter } else { self.members };
            if counter == self.members {
                self.members += members.len() as u32;
            }
            let source = (!self.stays).then(|| Arc::new(group.clone()));
            let repeats = repeats(&candidates);
            let group = Group { node, rtype: *rtype, policy, members, counter, repeats, source };
            *self.groups.at_mut(number) = Arc::new(group);
            self.changed.insert(number);
        }
    }

    fn member(&mut self, rtype: RecordType, candidate: &CandidateRef<'_>, group: &RecordGroup, name: &Name) -> Member {
        let target = match candidate.target {
            Target::Values { ttl, rdata } => MemberTarget::Rrset(self.rrset(rtype, *ttl, rdata, group, name)),
            Target::Alias { to, evaluate } => {
                let data = self.known(to, rtype);
                data.map_or(MemberTarget::Nothing, |to| MemberTarget::Alias { to, evaluate: *evaluate })
            }
            Target::Provider { rdata, .. } if rdata.is_empty() => MemberTarget::Nothing,
            Target::Provider { ttl, rdata, check, evaluate, .. } => MemberTarget::Provider {
                rrset: self.rrset(rtype, *ttl, rdata, group, name),
                check: check.as_ref().filter(|_| *evaluate).and_then(|check| self.slot(check, candidate)),
            },
        };
        let check = candidate.check.and_then(|check| self.slot(check, candidate));
        Member { id: candidate.id.clone(), check, target }
    }

    fn slot(&mut self, check: &CheckId, candidate: &CandidateRef<'_>) -> Option<Slot> {
        let slot = self.with.checks.slot(check);
        if slot.is_none() {
            self.with.problems.push(Problem::error(
                candidate.at,
                format!("health check {:?} does not exist", check.0),
                "define it or correct the reference (C-33)",
            ));
        }
        slot
    }

    fn policy(&mut self, routing: &Routing, group: &RecordGroup) -> Policy {
        match routing {
            Routing::Simple(_) => Policy::Simple,
            Routing::Weighted(_) => Policy::Weighted(sorted(routing).iter().map(|(_, weight)| *weight).collect()),
            Routing::Failover { .. } => Policy::Failover,
            Routing::Multivalue(_) => Policy::Multivalue,
            Routing::Latency(candidates) => Policy::Latency(self.with.steering.latency(candidates)),
            Routing::Geolocation(candidates) => Policy::Geolocation(self.with.steering.geolocation(candidates)),
            Routing::Geoproximity(candidates) => Policy::Geoproximity(self.with.steering.geoproximity(candidates)),
            Routing::IpBased { collection, candidates } => {
                match self.with.collections.iter().find(|known| known.id == *collection) {
                    Some(collection) => Policy::IpBased(self.with.steering.ip_based(collection, candidates)),
                    None => {
                        self.with.problems.push(Problem::error(
                            &group.at,
                            format!("CIDR collection {collection:?} does not exist"),
                            "define it or correct the reference (P-55)",
                        ));
                        Policy::Simple
                    }
                }
            }
        }
    }

    fn rrset(&mut self, rtype: RecordType, ttl: u32, rdata: &[Rdata], group: &RecordGroup, name: &Name) -> Rrset {
        // The servers of a cut are told in referrals alone, under the cut's own name.
        let is_cut = rtype == RecordType::NS && !name.is_wildcard() && *name != self.model.name;
        let added = self.arena.add(rtype, ttl, rdata, self.model.name.wire(), is_cut.then_some(name.wire()));
        let rrset = match added {
            Ok(rrset) => rrset,
            Err(TooLarge) => {
                self.with.problems.push(Problem::error(
                    &group.at,
                    format!("the records of {name} {rtype} do not fit a DNS message of 65,535 octets"),
                    "give the name fewer or shorter values",
                ));
                return Rrset::default();
            }
        };
        let targets: Vec<_> = rdata
            .iter()
            .filter_map(|Rdata(value)| Name::from_wire(additional_target(rtype, value)?).ok())
            .filter(|target| target.is_within(&self.model.name))
            .collect();
        if !targets.is_empty() {
            self.wanted.push((rrset, targets));
        }
        if let (RecordType::CNAME | RecordType::DNAME, [Rdata(value)]) = (rtype, rdata) {
            self.cnames.push((rrset, value.to_ascii_lowercase().into()));
        }
        rrset
    }

    fn negative_soa(&mut self) -> Option<Rrset> {
        let soa = self.model.groups.get(&(self.model.name.clone(), RecordType::SOA)).map(|group| &group.routing);
        let added = match soa {
            Some(Routing::Simple(one)) => match &one.target {
                Target::Values { ttl, rdata } => rdata.first().and_then(|Rdata(value)| {
                    let minimum = value.last_chunk().map(|bytes| u32::from_be_bytes(*bytes))?;
                    let rdata = std::slice::from_ref(rdata.first()?);
                    self.arena.add(RecordType::SOA, minimum.min(*ttl), rdata, self.model.name.wire(), None).ok()
                }),
                Target::Alias { .. } | Target::Provider { .. } => None,
            },
            _ => None,
        };
        if added.is_none() {
            self.with.problems.push(Problem::error(
                &self.model.at,
                format!("zone {} has no SOA record", self.model.name),
                "a zone must contain exactly one SOA record (Z-18)",
            ));
        }
        added
    }

    /// Which cut or DNAME hides a node: the topmost.
    fn cover(&mut self, node: NodeIndex, parent: NodeIndex) {
        let cover = match self.nodes.at(parent).cover() {
            Cover::Nothing if self.has(parent, RecordType::DNAME).is_some() => Cover::Dname(parent),
            Cover::Nothing if self.has(node, RecordType::NS).is_some() => Cover::Cut(node),
            above => above,
        };
        self.nodes.at_mut(node).cover = PackedCover::pack(cover);
    }

    /// The same for every name that came, and for those at and below which a cut or DNAME came or went.
    fn cover_anew(&mut self, reshaped: &BTreeSet<&[u8]>) {
        let mut names = std::mem::take(&mut self.born);
        for top in reshaped {
            let Some(node) = self.names.find(top) else { continue };
            names.push((*top).into());
            if *self.children.at(node) > 0 {
                names.extend(self.names.each().filter(|name| is_below(name, top)).map(Box::from));
            }
        }
        // A name is shorter than any below it.
        names.sort_unstable_by_key(|name| name.len());
        for name in names.iter().filter(|name| ***name != *self.model.name.wire()) {
            if let (Some(node), Some(parent)) = (self.names.find(name), self.names.find(above(name))) {
                self.cover(node, parent);
            }
        }
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
            numbering: Arc::default(),
            room: (!self.stays).then_some(0),
        }
    }
}

/// Candidates in the order of the compiled members: weighted by SetIdentifier (P-23), the rest as kept.
fn ordered(routing: &Routing) -> Vec<CandidateRef<'_>> {
    match routing {
        Routing::Weighted(_) => sorted(routing).into_iter().map(|(candidate, _)| candidate).collect(),
        other => other.candidates(),
    }
}

fn sorted(routing: &Routing) -> Vec<(CandidateRef<'_>, u8)> {
    let Routing::Weighted(candidates) = routing else { return Vec::new() };
    let mut pairs: Vec<_> = candidates.iter().map(|one| (CandidateRef::from(one), one.key)).collect();
    pairs.sort_by(|(a, _), (b, _)| a.id.cmp(b.id));
    pairs
}

fn repeats(candidates: &[CandidateRef<'_>]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    candidates.iter().any(|candidate| match candidate.target {
        Target::Values { rdata, .. } => rdata.iter().any(|value| !seen.insert(value)),
        Target::Alias { .. } | Target::Provider { .. } => false,
    })
}
