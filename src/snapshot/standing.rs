//! What health makes of each group: worked out by the one writer when a check turns, only loaded by queries.
//!
//! ```text
//!  a check turns ─► groups that look at it ─► groups that evaluate those as alias targets ─► …
//! ```
//! A group looks at the client when its policy does, or when an alias it evaluates leads to one that does; how it
//! stands differs from client to client and is left to the query. Every other group stands alike for everybody, so
//! a weighted draw among 400 records costs a query what a draw between two does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use arc_swap::ArcSwap;

use super::health::{HealthTable, Slot};
use super::zone::{Data, Group, Member, MemberTarget, Policy, Zone};
use crate::model::check::FULL_SHARE;
use crate::policy::multivalue::Pool;
use crate::policy::weighted::Odds;

/// Why a member is or is not healthy (H-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has neither check nor evaluated target (H-1, H-2).
    NoCheck,
    /// Everything it depends on is healthy.
    Healthy,
    /// Its own check fails.
    CheckFails,
    /// Its alias target has no healthy member (H-10).
    TargetFails,
    /// Its target does not exist (A-14).
    NoTarget,
}

impl Verdict {
    /// Whether the member may be preferred.
    pub fn is_healthy(self) -> bool {
        matches!(self, Self::NoCheck | Self::Healthy)
    }
}

/// Why a member is or is not healthy, and the share of its weight that its own check leaves it; `stands` tells
/// whether some data has a healthy member.
#[inline]
pub fn judge(member: &Member, health: &HealthTable, stands: impl FnOnce(Data) -> bool) -> (Verdict, u8) {
    let share = member.check.map_or(FULL_SHARE, |slot| health.share(slot));
    let target = |is_healthy| if is_healthy { Verdict::Healthy } else { Verdict::TargetFails };
    let verdict = match member.target {
        _ if share == 0 => Verdict::CheckFails,
        MemberTarget::Nothing => Verdict::NoTarget,
        MemberTarget::Alias { to, evaluate: true } => target(stands(to)),
        MemberTarget::Provider { check: Some(slot), .. } => target(health.status(slot).is_healthy()),
        _ if member.check.is_some() => Verdict::Healthy,
        MemberTarget::Rrset(_) | MemberTarget::Alias { .. } | MemberTarget::Provider { .. } => Verdict::NoCheck,
    };
    (verdict, share)
}

/// How the groups of one zone depend on checks and on each other; decided when the zone is compiled.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// The groups in an order in which every alias target comes before those that evaluate it.
    order: Box<[u32]>,
    /// The place of each group in `order`.
    rank: Box<[u32]>,
    /// Whether a group looks at the client.
    by_client: Box<[bool]>,
    /// Checks and the groups with a member that looks at them, sorted.
    lookers: Box<[(Slot, u32)]>,
    /// Groups and those that evaluate them as alias targets, sorted.
    evaluators: Box<[(u32, u32)]>,
}

impl Dependencies {
    /// The dependencies among `groups`.
    pub(super) fn new(groups: &[Group]) -> Self {
        let (mut lookers, mut evaluators) = (BTreeSet::new(), BTreeSet::new());
        for (at, group) in (0..).zip(groups) {
            for member in &group.members {
                lookers.extend(member.check.map(|slot| (slot, at)));
                match member.target {
                    MemberTarget::Provider { check: Some(slot), .. } => lookers.extend([(slot, at)]),
                    MemberTarget::Alias { to: Data::Group(to), evaluate: true } => evaluators.extend([(to, at)]),
                    _ => {}
                }
            }
        }
        let evaluators: Box<[_]> = evaluators.into_iter().collect();
        // Aliases make no cycles (A-6), so every group's turn comes once all its targets had theirs.
        let mut waiting = vec![0u32; groups.len()];
        evaluators.iter().for_each(|(_, above)| waiting[*above as usize] += 1);
        let mut order: Vec<u32> = (0..groups.len() as u32).filter(|at| waiting[*at as usize] == 0).collect();
        let mut by_client: Box<[bool]> = groups.iter().map(|group| group.policy.steering().is_some()).collect();
        let mut next = 0;
        while let Some(&target) = order.get(next) {
            next += 1;
            for above in above(&evaluators, target) {
                by_client[above as usize] |= by_client[target as usize];
                waiting[above as usize] -= 1;
                if waiting[above as usize] == 0 {
                    order.push(above);
                }
            }
        }
        let mut rank: Box<[u32]> = vec![0; groups.len()].into();
        (0..).zip(&order).for_each(|(at, group)| rank[*group as usize] = at);
        Self { order: order.into(), rank, by_client, lookers: lookers.into_iter().collect(), evaluators }
    }

    /// The checks that groups of the zone look at.
    fn checks(&self) -> impl Iterator<Item = Slot> {
        self.lookers.chunk_by(|(a, _), (b, _)| a == b).map(|lookers| lookers[0].0)
    }

    fn lookers(&self, slot: Slot) -> impl Iterator<Item = u32> {
        let from = self.lookers.partition_point(|(known, _)| *known < slot);
        self.lookers[from..].iter().take_while(move |(known, _)| *known == slot).map(|(_, group)| *group)
    }
}

fn above(evaluators: &[(u32, u32)], target: u32) -> impl Iterator<Item = u32> {
    let from = evaluators.partition_point(|(known, _)| *known < target);
    evaluators[from..].iter().take_while(move |(known, _)| *known == target).map(|(_, above)| *above)
}

/// How a group stands.
#[derive(Debug)]
pub enum Standing {
    /// Differently for each client.
    ByClient,
    /// Alike for everybody.
    ForAll {
        /// Whether one of its members is healthy (H-5).
        healthy: AtomicBool,
        /// What its draws are made from.
        draws: Draws,
    },
}

/// What draws of a group that stands alike for everybody are made from.
#[derive(Debug)]
pub enum Draws {
    /// Nothing is drawn: its members are tried in order.
    InOrder,
    /// One by weight.
    ByWeight(ArcSwap<Odds>),
    /// Up to eight.
    UpToEight(ArcSwap<Pool>),
}

impl Standing {
    /// Whether a member is healthy; `None` where it depends on the client.
    #[inline]
    pub fn is_healthy(&self) -> Option<bool> {
        match self {
            Self::ByClient => None,
            Self::ForAll { healthy, .. } => Some(healthy.load(Ordering::Relaxed)),
        }
    }
}

/// How all groups of a snapshot stand.
#[derive(Debug, Default)]
pub struct Standings {
    zones: Box<[Box<[Standing]>]>,
    /// The zones that look at a check.
    lookers: BTreeMap<Slot, Vec<u32>>,
    /// The shares they were worked out with.
    shares: Box<[AtomicU8]>,
}

impl Standings {
    /// How the groups of `zones` stand by `health`.
    pub fn new(zones: &[Arc<Zone>], health: &HealthTable) -> Self {
        let mut lookers: BTreeMap<Slot, Vec<u32>> = BTreeMap::new();
        for (number, zone) in (0..).zip(zones) {
            zone.dependencies.checks().for_each(|slot| lookers.entry(slot).or_default().push(number));
        }
        let standings = Self {
            zones: zones.iter().map(|zone| unsettled(zone)).collect(),
            lookers,
            shares: health.shares().map(AtomicU8::new).collect(),
        };
        for (zone, standing) in zones.iter().zip(&standings.zones) {
            for group in &zone.dependencies.order {
                settle(zone, standing, *group, health);
            }
        }
        standings
    }

    /// How the groups of a zone stand, by their numbers.
    #[inline]
    pub fn of(&self, zone: u32) -> &[Standing] {
        &self.zones[zone as usize]
    }

    /// Works out anew what depends on checks whose share is no longer what it was. The one writer calls it after it
    /// has written to `health`.
    pub(super) fn settle(&self, zones: &[Arc<Zone>], health: &HealthTable) {
        let mut changed: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for ((slot, share), known) in health.slots().zip(health.shares()).zip(&self.shares) {
            if known.load(Ordering::Relaxed) != share {
                known.store(share, Ordering::Relaxed);
                for number in self.lookers.get(&slot).into_iter().flatten() {
                    let Dependencies { rank, .. } = &zones[*number as usize].dependencies;
                    let groups = zones[*number as usize].dependencies.lookers(slot);
                    changed.entry(*number).or_default().extend(groups.map(|group| rank[group as usize]));
                }
            }
        }
        for (number, mut ranks) in changed {
            let (zone, standing) = (&zones[number as usize], &self.zones[number as usize]);
            let Dependencies { order, rank, evaluators, .. } = &zone.dependencies;
            while let Some(at) = ranks.pop_first() {
                let group = order[at as usize];
                if settle(zone, standing, group, health) {
                    ranks.extend(above(evaluators, group).map(|above| rank[above as usize]));
                }
            }
        }
    }
}

fn unsettled(zone: &Zone) -> Box<[Standing]> {
    let standing = |(group, by_client): (&Group, &bool)| match by_client {
        true => Standing::ByClient,
        false => Standing::ForAll {
            healthy: AtomicBool::new(true),
            draws: match &group.policy {
                Policy::Weighted(_) => Draws::ByWeight(ArcSwap::default()),
                Policy::Multivalue => Draws::UpToEight(ArcSwap::default()),
                Policy::Simple
                | Policy::Failover
                | Policy::Latency(_)
                | Policy::Geolocation(_)
                | Policy::Geoproximity(_)
                | Policy::IpBased(_) => Draws::InOrder,
            },
        },
    };
    zone.groups().iter().zip(&zone.dependencies.by_client).map(standing).collect()
}

/// Works out how a group stands, its targets being settled; whether it now stands otherwise than before.
fn settle(zone: &Zone, standings: &[Standing], group: u32, health: &HealthTable) -> bool {
    let Standing::ForAll { healthy, draws } = &standings[group as usize] else { return false };
    let stands = |data: Data| match data {
        Data::Rrset(_) => true,
        Data::Group(group) => standings[group as usize].is_healthy().unwrap_or(true),
    };
    let share = |member: &Member| {
        let (verdict, share) = judge(member, health, stands);
        if verdict.is_healthy() { share } else { 0 }
    };
    let Group { members, policy, .. } = zone.group(group);
    let shares: Box<[u8]> = members.iter().map(share).collect();
    match (draws, policy) {
        (Draws::ByWeight(odds), Policy::Weighted(weights)) => odds.store(Arc::new(Odds::new(weights, &shares))),
        (Draws::UpToEight(pool), _) => {
            pool.store(Arc::new(Pool::new(members.len(), |member| shares[usize::from(*member)] > 0)));
        }
        _ => {}
    }
    let now = shares.iter().any(|share| *share > 0);
    healthy.swap(now, Ordering::Relaxed) != now
}
