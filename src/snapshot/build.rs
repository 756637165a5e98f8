//! One hosted zone from model to compiled form: names, covers, RRsets, groups, aliases.

use super::health::{Checks, Slot};
use super::rrset::{Arena, Rrset, TooLarge, additional_target, octets_of};
use super::standing::Dependencies;
use super::steering::SteeringCache;
use super::table::Growing;
use super::zone::{
    Cover, Data, Entry, Group, Member, MemberTarget, NO_NODE, Node, NodeIndex, PackedCover, Policy, Zone,
};
use crate::model::routing::CandidateRef;
use crate::model::{
    Account, Candidate, CheckId, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType, Routing, Target,
};
use crate::policy::MOST_MEMBERS;

/// Compiles a zone; `None` when a problem was found that leaves nothing to serve.
pub(super) fn build_zone(
    model: &HostedZone,
    account: &Account,
    checks: &Checks,
    cache: &mut SteeringCache,
    problems: &mut Vec<Problem>,
) -> Option<Zone> {
    let mut build = Build {
        model,
        account,
        checks,
        cache,
        problems,
        names: Names::new(model),
        arena: Arena::with_room(octets(model)),
        targets: Vec::new(),
        cnames: Vec::new(),
        data: Vec::with_capacity(model.groups.len()),
        named_groups: 0,
        members: 0,
    };
    build.place_groups();
    let groups = build.groups();
    let negative_soa = build.negative_soa()?;
    Some(build.finish(groups, negative_soa))
}

struct Build<'a> {
    model: &'a HostedZone,
    account: &'a Account,
    checks: &'a Checks,
    cache: &'a mut SteeringCache,
    problems: &'a mut Vec<Problem>,
    names: Names,
    arena: Arena,
    targets: Vec<(Rrset, Vec<Name>)>,
    cnames: Vec<(Rrset, Box<[u8]>)>,
    /// By node and type, in that order once all groups have their place.
    data: Vec<(NodeIndex, RecordType, Data)>,
    /// How many groups have a place at a node; the numbers of those in trees come after theirs.
    named_groups: u32,
    /// How many members the groups made so far have together.
    members: u32,
}

/// The names that exist, parents before children, and each one's parent.
struct Names {
    table: Growing,
    parents: Vec<NodeIndex>,
}

impl Names {
    fn new(model: &HostedZone) -> Self {
        let octets = model.groups.keys().map(|(name, _)| name.wire().len()).sum();
        let table = Growing::with_room(model.groups.len(), octets);
        let mut names = Self { table, parents: Vec::with_capacity(model.groups.len()) };
        names.add(model.name.wire(), 0);
        for (name, _) in model.groups.keys() {
            if name.is_within(&model.name) {
                names.ensure(name.wire());
            }
        }
        names
    }

    fn add(&mut self, name: &[u8], parent: NodeIndex) -> NodeIndex {
        self.parents.push(parent);
        self.table.add(name)
    }

    /// The node of a name below the apex, made together with the empty non-terminals above it (RFC 4592 §2.2.2).
    fn ensure(&mut self, name: &[u8]) -> NodeIndex {
        if let Some(node) = self.table.find(name) {
            return node;
        }
        let parent = self.ensure(&name[1 + usize::from(name[0])..]);
        self.add(name, parent)
    }

    fn find(&self, name: &Name) -> Option<NodeIndex> {
        self.table.find(name.wire())
    }
}

/// The first label of a wildcard.
const WILDCARD: &[u8] = b"\x01*";

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

impl Build<'_> {
    /// First pass: every group's place, and the RRsets of those that need no picking.
    fn place_groups(&mut self) {
        for ((name, rtype), group) in &self.model.groups {
            let Some(node) = self.names.find(name) else {
                self.problems.push(Problem::error(
                    &group.at,
                    format!("{name} is not in zone {}", self.model.name),
                    "move it to its own zone or correct the name (N-8)",
                ));
                continue;
            };
            let data = match &group.routing {
                // The zone's own skeleton is never steered; a check there says nothing to anyone.
                Routing::Simple(one) if one.check.is_none() || is_skeleton(*rtype) => match &one.target {
                    Target::Values { ttl, rdata } => Data::Rrset(self.rrset(*rtype, *ttl, rdata, group, name)),
                    Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => self.next_group(),
                },
                _ => self.next_group(),
            };
            self.data.push((node, *rtype, data));
        }
        self.data.sort_unstable_by_key(|(node, rtype, _)| (*node, *rtype));
    }

    fn next_group(&mut self) -> Data {
        self.named_groups += 1;
        Data::Group(self.named_groups - 1)
    }

    /// Second pass: groups in the order their numbers were given; alias targets are known now.
    fn groups(&mut self) -> Vec<Group> {
        let (mut groups, mut hidden) = (Vec::new(), Vec::new());
        let model = self.model;
        for ((name, rtype), group) in &model.groups {
            let Some(node) = self.names.find(name) else { continue };
            if !matches!(self.data(node, *rtype), Some(Data::Group(_))) {
                continue;
            }
            // From the last to the first, as rules point at later ones.
            let parts: Vec<_> = group.parts().collect();
            let mut rules = vec![None; parts.len()];
            for (at, part) in parts.iter().enumerate().rev() {
                let made = self.group((node, name, *rtype), at, part, &rules);
                match at {
                    0 => groups.push(made),
                    _ => {
                        rules[at] = Some(Data::Group(self.named_groups + hidden.len() as u32));
                        hidden.push(made);
                    }
                }
            }
        }
        groups.extend(hidden);
        groups
    }

    /// One group, or the part of a tree at `rule`; `rules` are the parts of the same tree that are made already.
    fn group(
        &mut self,
        (node, name, rtype): (NodeIndex, &Name, RecordType),
        rule: usize,
        group: &RecordGroup,
        rules: &[Option<Data>],
    ) -> Group {
        let candidates = ordered(&group.routing);
        if candidates.len() > MOST_MEMBERS {
            self.problems.push(Problem::error(
                &group.at,
                format!("{name} {rtype} has {} record sets, more than {MOST_MEMBERS}", candidates.len()),
                "spread them over several names with aliases",
            ));
        }
        let members: Box<[Member]> =
            candidates.iter().map(|candidate| self.member(rtype, candidate, group, name, rules)).collect();
        let policy = self.policy(&group.routing, group);
        let counter = self.members;
        self.members += members.len() as u32;
        Group { node, rtype, policy, members, counter, repeats: repeats(&candidates), rule: rule as u16 }
    }

    fn member(
        &mut self,
        rtype: RecordType,
        candidate: &CandidateRef<'_>,
        group: &RecordGroup,
        name: &Name,
        rules: &[Option<Data>],
    ) -> Member {
        let target = match candidate.target {
            Target::Values { ttl, rdata } => MemberTarget::Rrset(self.rrset(rtype, *ttl, rdata, group, name)),
            Target::Alias { to, evaluate } => {
                let data = self.names.find(to).and_then(|node| self.data(node, rtype));
                data.map_or(MemberTarget::Nothing, |to| MemberTarget::Alias { to, evaluate: *evaluate })
            }
            Target::Rule { rule, evaluate } => match rules.get(*rule) {
                Some(Some(to)) => MemberTarget::Alias { to: *to, evaluate: *evaluate },
                _ => MemberTarget::Nothing,
            },
            Target::Provider { rdata, .. } if rdata.is_empty() => MemberTarget::Nothing,
            Target::Provider { ttl, rdata, check, evaluate, .. } => MemberTarget::Provider {
                rrset: self.rrset(rtype, *ttl, rdata, group, name),
                check: check.as_ref().filter(|_| *evaluate).and_then(|check| self.slot(check, candidate)),
            },
        };
        let check = candidate.check.and_then(|check| self.slot(check, candidate));
        Member { id: candidate.id.clone(), check, target }
    }

    /// What a node has of a type, once all groups have their place.
    fn data(&self, node: NodeIndex, rtype: RecordType) -> Option<Data> {
        let at = self.data.binary_search_by_key(&(node, rtype), |(node, rtype, _)| (*node, *rtype)).ok()?;
        Some(self.data[at].2)
    }

    fn slot(&mut self, check: &CheckId, candidate: &CandidateRef<'_>) -> Option<Slot> {
        let slot = self.checks.slot(check);
        if slot.is_none() {
            self.problems.push(Problem::error(
                candidate.at,
                format!("health check {:?} does not exist", check.0),
                "define it or correct the reference (C-33)",
            ));
        }
        slot
    }

    fn policy(&mut self, routing: &Routing, group: &RecordGroup) -> Policy {
        match routing {
            // A tree's rules are compiled one by one.
            Routing::Simple(_) | Routing::Tree(_) => Policy::Simple,
            Routing::Weighted(_) => Policy::Weighted(sorted(routing).iter().map(|(_, weight)| *weight).collect()),
            Routing::Failover { .. } => Policy::Failover,
            Routing::Multivalue(_) => Policy::Multivalue,
            Routing::Latency(candidates) => Policy::Latency(self.cache.latency(candidates)),
            Routing::Geolocation(candidates) => Policy::Geolocation(self.cache.geolocation(candidates)),
            Routing::Geoproximity(candidates) => Policy::Geoproximity(self.cache.geoproximity(candidates)),
            Routing::IpBased { collection, candidates } => {
                match self.account.collections.iter().find(|known| known.id == *collection) {
                    Some(collection) => Policy::IpBased(self.cache.ip_based(collection, candidates)),
                    None => {
                        self.problems.push(Problem::error(
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
                self.problems.push(Problem::error(
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
            self.targets.push((rrset, targets));
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
                Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => None,
            },
            _ => None,
        };
        if added.is_none() {
            self.problems.push(Problem::error(
                &self.model.at,
                format!("zone {} has no SOA record", self.model.name),
                "a zone must contain exactly one SOA record (Z-18)",
            ));
        }
        added
    }

    fn finish(self, groups: Vec<Group>, negative_soa: Rrset) -> Zone {
        let nothing = PackedCover::pack(Cover::Nothing);
        let empty = Entry::several(0, 0);
        let mut nodes = vec![Node { entry: empty, cover: nothing, wildcard: NO_NODE }; self.names.table.len()];
        let mut entries: Vec<Entry> = Vec::new();
        for of_node in self.data.chunk_by(|(one, ..), (other, ..)| one == other) {
            let node = &mut nodes[of_node[0].0 as usize];
            let mut made = of_node.iter().map(|(_, rtype, data)| Entry::new(*rtype, *data));
            node.entry = match of_node {
                [_] => made.next().unwrap_or(empty),
                _ => Entry::several(entries.len(), of_node.len() as u16),
            };
            entries.extend(made);
        }
        for (index, parent) in self.names.parents.iter().enumerate().skip(1) {
            let has = |node: NodeIndex, rtype| self.data(node, rtype).is_some();
            let cover = match nodes[*parent as usize].cover() {
                Cover::Nothing if has(*parent, RecordType::DNAME) => Cover::Dname(*parent),
                Cover::Nothing if has(index as u32, RecordType::NS) => Cover::Cut(index as u32),
                above => above,
            };
            nodes[index].cover = PackedCover::pack(cover);
            if self.names.table.name(index as u32).starts_with(WILDCARD) {
                nodes[*parent as usize].wildcard = index as u32;
            }
        }
        let names = self.names.table;
        let targets = self
            .targets
            .into_iter()
            .map(|(rrset, targets)| {
                let mut nodes: Vec<_> = targets.iter().filter_map(|name| names.find(name.wire())).collect();
                nodes.sort_unstable();
                nodes.dedup();
                (rrset, nodes.into())
            })
            .collect();
        let mut arena = self.arena;
        arena.shrink();
        Zone {
            id: self.model.id.clone(),
            name: self.model.name.clone(),
            negative_soa,
            members: self.members,
            names: names.finish(),
            nodes: nodes.into(),
            entries: entries.into(),
            dependencies: Dependencies::new(&groups),
            groups: groups.into(),
            targets,
            cnames: self.cnames.into(),
            arena,
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
        Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => false,
    })
}
