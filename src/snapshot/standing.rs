//! What health makes of each group: worked out by the one writer when a check turns, only loaded by queries.
//!
//! ```text
//!  a check turns ─► groups that look at it ─► groups that evaluate those as alias targets ─► …
//! ```
//! A group looks at the client when its policy does, or when an alias it evaluates leads to one that does; how it
//! stands differs from client to client and is left to the query. Every other group stands alike for everybody, so
//! a weighted draw among 400 records costs a query what a draw between two does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use super::health::{HealthTable, Slot};
use super::row::{Draft, Row};
use super::zone::{Data, Group, Member, MemberTarget, Policy, Zone};
use super::zones::Zones;
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

/// Who looks at whom: known to the one writer, and carried from world to world.
#[derive(Debug, Default)]
struct Index {
    /// Checks, and the zones' groups with a member that looks at them.
    lookers: BTreeSet<(Slot, u32, u32)>,
    /// Zones' groups, and those that evaluate them as alias targets.
    evaluators: BTreeSet<(u32, u32, u32)>,
}

impl Index {
    fn enter(&mut self, zone: u32, number: u32, group: &Group) {
        let (lookers, evaluators) = looks(zone, number, group);
        self.lookers.extend(lookers);
        self.evaluators.extend(evaluators);
    }

    fn leave(&mut self, zone: u32, number: u32, group: &Group) {
        let (lookers, evaluators) = looks(zone, number, group);
        for looker in lookers {
            self.lookers.remove(&looker);
        }
        for evaluator in evaluators {
            self.evaluators.remove(&evaluator);
        }
    }

    fn evaluators(&self, zone: u32, target: u32) -> impl Iterator<Item = u32> {
        self.evaluators.range((zone, target, 0)..=(zone, target, u32::MAX)).map(|(_, _, above)| *above)
    }
}

/// What a group looks at, as the index has it.
fn looks(
    zone: u32,
    number: u32,
    group: &Group,
) -> (impl Iterator<Item = (Slot, u32, u32)>, impl Iterator<Item = (u32, u32, u32)>) {
    let own = group.members.iter().filter_map(|member| member.check);
    let provided = group.members.iter().filter_map(|member| match member.target {
        MemberTarget::Provider { check, .. } => check,
        _ => None,
    });
    let lookers = own.chain(provided).map(move |slot| (slot, zone, number));
    (lookers, evaluated(group).map(move |target| (zone, target, number)))
}

/// The groups whose health a group's aliases evaluate.
fn evaluated(group: &Group) -> impl Iterator<Item = u32> {
    group.members.iter().filter_map(|member| match member.target {
        MemberTarget::Alias { to: Data::Group(to), evaluate: true } => Some(to),
        _ => None,
    })
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

/// How the groups of one zone stand.
#[derive(Clone, Debug, Default)]
pub struct ZoneStandings(Row<Arc<Standing>, 8>);

impl ZoneStandings {
    /// How a group stands.
    #[inline]
    pub fn at(&self, group: u32) -> &Standing {
        self.0.at(group)
    }
}

/// How all groups of a snapshot stand; what did not change is shared with the world before.
#[derive(Debug, Default)]
pub struct Standings {
    zones: Row<Arc<ZoneStandings>, 8>,
    /// The shares they were worked out with.
    shares: Arc<[AtomicU8]>,
    index: Arc<Mutex<Index>>,
}

/// What of a zone stands otherwise than in the world before.
#[derive(Clone, Debug)]
pub enum Moved {
    /// All of it; the zone may be gone or new.
    Whole,
    /// These groups.
    Groups(BTreeSet<u32>),
}

impl Standings {
    /// How the groups of `zones` stand by `health`.
    pub fn new(zones: &Zones, health: &HealthTable) -> Self {
        let mut index = Index::default();
        let none = Arc::new(ZoneStandings::default());
        let of = |number: usize| match zones.get(number) {
            Some(zone) if zone.picks() => Arc::new(of_zone(number as u32, zone, &mut index, health)),
            _ => none.clone(),
        };
        Self {
            zones: (0..zones.numbers()).map(of).collect(),
            shares: health.shares().map(AtomicU8::new).collect(),
            index: Arc::new(Mutex::new(index)),
        }
    }

    /// How the groups stand after zones moved from what they were in `old`; for the one writer, once the world before
    /// is to be settled no more.
    pub(super) fn after(&self, old: &Zones, zones: &Zones, moved: &[(u32, Moved)], health: &HealthTable) -> Self {
        let mut index = lock(&self.index);
        let mut draft = self.zones.draft();
        for (number, moved) in moved {
            let (before, now) = (old.get(*number as usize), zones.get(*number as usize));
            while draft.len() <= *number as usize {
                draft.push(Arc::default());
            }
            let standings = match (moved, before, now) {
                (Moved::Groups(groups), Some(before), Some(now)) => {
                    for group in groups.iter().filter(|group| (**group as usize) < before.groups.len()) {
                        index.leave(*number, *group, before.group(*group));
                    }
                    groups.iter().for_each(|group| index.enter(*number, *group, now.group(*group)));
                    let mut standings = draft.at(*number).0.draft();
                    bring(*number, now, &mut standings, groups, &index, health);
                    ZoneStandings(standings.finish())
                }
                (_, before, now) => {
                    if let Some(before) = before {
                        before.groups().for_each(|(group, is)| index.leave(*number, group, is));
                    }
                    now.map_or_else(Default::default, |now| of_zone(*number, now, &mut index, health))
                }
            };
            *draft.at_mut(*number) = Arc::new(standings);
        }
        let shares = match health.len() == self.shares.len() {
            true => self.shares.clone(),
            // Those of checks that are new are found to differ, or nobody looks at them.
            false => {
                let known = |at: usize| self.shares.get(at).map_or(FULL_SHARE, |share| share.load(Ordering::Relaxed));
                (0..health.len()).map(|at| AtomicU8::new(known(at))).collect()
            }
        };
        drop(index);
        Self { zones: draft.finish(), shares, index: self.index.clone() }
    }

    /// How the groups of a zone stand.
    #[inline]
    pub fn of(&self, zone: u32) -> &ZoneStandings {
        self.zones.at(zone)
    }

    /// Works out anew what depends on checks whose share is no longer what it was. The one writer calls it after it
    /// has written to `health`.
    pub(super) fn settle(&self, zones: &Zones, health: &HealthTable) {
        let index = lock(&self.index);
        let mut changed: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for ((slot, share), known) in health.slots().zip(health.shares()).zip(&*self.shares) {
            if known.load(Ordering::Relaxed) != share {
                known.store(share, Ordering::Relaxed);
                for (_, zone, group) in index.lookers.range((slot, 0, 0)..=(slot, u32::MAX, u32::MAX)) {
                    changed.entry(*zone).or_default().insert(*group);
                }
            }
        }
        for (number, mut groups) in changed {
            let Some(zone) = zones.get(number as usize) else { continue };
            let standings = self.of(number);
            // A chain of aliases is short and makes no cycle (A-6), so this comes to an end.
            while !groups.is_empty() {
                let turned = |group: &u32| settle(zone, |group| standings.at(group), *group, health);
                let turned: Vec<_> = groups.iter().copied().filter(turned).collect();
                groups = turned.into_iter().flat_map(|group| index.evaluators(number, group)).collect();
            }
        }
    }
}

/// How all groups of a zone stand.
fn of_zone(number: u32, zone: &Zone, index: &mut Index, health: &HealthTable) -> ZoneStandings {
    let groups: BTreeSet<u32> = zone.groups().map(|(group, _)| group).collect();
    zone.groups().for_each(|(group, is)| index.enter(number, group, is));
    let mut standings = Draft::with_room(zone.groups.len(), false);
    bring(number, zone, &mut standings, &groups, index, health);
    ZoneStandings(standings.finish())
}

/// Works out how these groups stand that are new or differ, and those that evaluate them.
fn bring(
    number: u32,
    zone: &Zone,
    standings: &mut Draft<Arc<Standing>, 8>,
    groups: &BTreeSet<u32>,
    index: &Index,
    health: &HealthTable,
) {
    while standings.len() < zone.groups.len() {
        standings.push(Arc::new(Standing::ByClient));
    }
    for group in groups {
        *standings.at_mut(*group) = Arc::new(unsettled(zone.group(*group), false));
    }
    let mut pending = groups.clone();
    // Whoever evaluates one that differs knows it as it was before, which need not be what it is taken for here.
    let mut next: BTreeSet<u32> = groups.iter().flat_map(|group| index.evaluators(number, *group)).collect();
    while !pending.is_empty() {
        for group in pending {
            let is = zone.group(group);
            let is_by_client = |group: u32| matches!(**standings.at(group), Standing::ByClient);
            let by_client = is.policy.steering().is_some() || evaluated(is).any(is_by_client);
            let mut turned = by_client != is_by_client(group);
            if turned {
                *standings.at_mut(group) = Arc::new(unsettled(is, by_client));
            }
            turned |= settle(zone, |group| standings.at(group), group, health);
            if turned {
                next.extend(index.evaluators(number, group));
            }
        }
        pending = std::mem::take(&mut next);
    }
}

fn unsettled(group: &Group, by_client: bool) -> Standing {
    if by_client {
        return Standing::ByClient;
    }
    Standing::ForAll {
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
    }
}

/// Works out how a group stands, its targets being settled; whether it now stands otherwise than before.
fn settle<'a>(zone: &Zone, standing: impl Fn(u32) -> &'a Standing, group: u32, health: &HealthTable) -> bool {
    let Standing::ForAll { healthy, draws } = standing(group) else { return false };
    let stands = |data: Data| match data {
        Data::Rrset(_) => true,
        Data::Group(group) => standing(group).is_healthy().unwrap_or(true),
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

// Edges are put and taken one by one; a panic between leaves work done twice or not at all, never a wrong answer.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
