//! Groups and RRsets of a zone that is being compiled.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Build;
use crate::model::routing::CandidateRef;
use crate::model::{CheckId, Name, Problem, Rdata, RecordGroup, RecordType, Routing, Target};
use crate::policy::MOST_MEMBERS;
use crate::snapshot::health::Slot;
use crate::snapshot::rrset::{Rrset, TooLarge, additional_target};
use crate::snapshot::signed::LONGEST_TTL;
use crate::snapshot::zone::{Data, Group, Member, MemberTarget, NodeIndex, Policy};

impl Build<'_, '_, '_> {
    /// Compiles the groups that are due, as alias targets are known now.
    pub(super) fn compile_groups(&mut self) {
        for (number, (key, group)) in std::mem::take(&mut self.due) {
            let (name, rtype) = key;
            let Some(node) = self.names.find(name.wire()) else { continue };
            let source = (!self.stays).then(|| Arc::new(group.clone()));
            let mut old = self.tree(number);
            // From the last to the first, as rules point at later ones.
            let parts: Vec<_> = group.parts().collect();
            let mut rules = vec![None; parts.len()];
            for (rule, part) in parts.iter().enumerate().rev() {
                let made = match rule {
                    0 => number,
                    _ => old.remove(&(rule as u16)).unwrap_or_else(|| self.number()),
                };
                self.compile_group(made, (node, name, *rtype), (rule as u16, part), &rules, source.clone());
                rules[rule] = Some(Data::Group(made));
            }
            // What is left is no part of it any more, and leads to nothing that is.
            for gone in old.into_values() {
                self.free(gone);
            }
        }
    }

    /// Compiles one group, or the part of a tree at `rule`; `rules` are the parts of the same tree that are compiled.
    fn compile_group(
        &mut self,
        number: u32,
        (node, name, rtype): (NodeIndex, &Name, RecordType),
        (rule, group): (u16, &RecordGroup),
        rules: &[Option<Data>],
        source: Option<Arc<RecordGroup>>,
    ) {
        let candidates = ordered(&group.routing);
        if candidates.len() > MOST_MEMBERS {
            self.with.problems.push(Problem::error(
                &group.at,
                format!("{name} {rtype} has {} record sets, more than {MOST_MEMBERS}", candidates.len()),
                "spread them over several names with aliases",
            ));
        }
        let members: Box<[Member]> =
            candidates.iter().map(|candidate| self.member(rtype, candidate, group, name, rules)).collect();
        let policy = self.policy(&group.routing, group);
        let old = self.groups.at(number);
        // Whoever counts by it goes on where the same record sets are meant.
        let ids = |members: &[Member]| members.iter().map(|member| member.id.clone()).collect::<Vec<_>>();
        let is_same = (old.node, old.rtype, old.rule) == (node, rtype, rule) && policy.name() == old.policy.name();
        let counter = if is_same && ids(&old.members) == ids(&members) { old.counter } else { self.members };
        if counter == self.members {
            self.members += members.len() as u32;
        }
        let repeats = repeats(&candidates);
        let group = Group { node, rtype, policy, members, counter, repeats, rule, source };
        *self.groups.at_mut(number) = Arc::new(group);
        self.changed.insert(number);
    }

    pub(super) fn member(
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
                let data = self.known(to, rtype);
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

    pub(super) fn slot(&mut self, check: &CheckId, candidate: &CandidateRef<'_>) -> Option<Slot> {
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

    pub(super) fn policy(&mut self, routing: &Routing, group: &RecordGroup) -> Policy {
        match routing {
            // A tree's rules are compiled one by one.
            Routing::Simple(_) | Routing::Tree(_) => Policy::Simple,
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

    /// The TTL that records of this TTL are served with (S-11).
    fn served(&self, ttl: u32) -> u32 {
        if self.model.signing.is_some() { ttl.min(LONGEST_TTL) } else { ttl }
    }

    pub(super) fn rrset(
        &mut self,
        rtype: RecordType,
        ttl: u32,
        rdata: &[Rdata],
        group: &RecordGroup,
        name: &Name,
    ) -> Rrset {
        let ttl = self.served(ttl);
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

    pub(super) fn negative_soa(&mut self) -> Option<Rrset> {
        let soa = self.model.groups.get(&(self.model.name.clone(), RecordType::SOA)).map(|group| &group.routing);
        let added = match soa {
            Some(Routing::Simple(one)) => match &one.target {
                Target::Values { ttl, rdata } => rdata.first().and_then(|Rdata(value)| {
                    let minimum = value.last_chunk().map(|bytes| u32::from_be_bytes(*bytes))?;
                    let rdata = std::slice::from_ref(rdata.first()?);
                    let ttl = self.served(minimum.min(*ttl));
                    self.arena.add(RecordType::SOA, ttl, rdata, self.model.name.wire(), None).ok()
                }),
                Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => None,
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
    let mut seen = BTreeSet::new();
    candidates.iter().any(|candidate| match candidate.target {
        Target::Values { rdata, .. } => rdata.iter().any(|value| !seen.insert(value)),
        Target::Alias { .. } | Target::Rule { .. } | Target::Provider { .. } => false,
    })
}
