//! The one writer: takes a new world into use, whole or not at all, and writes what probes find into it.
//!
//! ```text
//!  gather (files) ──► compile ──► carry health over ──► swap        any problem: all of them reported,
//!        outside the lock         └─ under the writer's lock ─┘      the old world goes on
//! ```
//!
//! Where the input comes from is a [`Source`]'s affair; sockets, probes and metrics are not known here.

pub mod socket;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::model::check::{Pattern, Status, Word};
use crate::model::fleet::Plan;
use crate::model::{Account, CheckId, HealthCheck, HostedZone, Problem, ZoneId};
use crate::snapshot::health::{HealthTable, Transition};
use crate::snapshot::{Ground, Snapshot, World, compile};

/// Everything a world is made of.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The zones and what they refer to.
    pub account: Account,
    /// Where and how they are served.
    pub ground: Ground,
    /// How their health is watched over.
    pub plan: Plan,
    /// What the operator should know.
    pub warnings: Vec<Problem>,
}

/// Where the input comes from: files, for now.
pub trait Source: Send {
    /// Reads everything anew; every problem, not only the first.
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>>;
}

/// What taking a world into use brought.
#[derive(Clone, Debug)]
pub struct ReloadReport {
    /// 1 for the first world, one more for each after it.
    pub serial: u64,
    /// Hosted zones served.
    pub zones: usize,
    /// Record sets in them.
    pub records: usize,
    /// Zones that came, went or differ.
    pub changed: usize,
    /// What the operator should know.
    pub warnings: Vec<Problem>,
    /// Checks whose effective status changed with the definitions.
    pub transitions: Vec<Transition>,
    /// From the first file read to the swap.
    pub duration: Duration,
}

/// Which world is in use, and since when.
#[derive(Clone, Copy, Debug)]
pub struct InUse {
    /// 1 for the first world, one more for each after it.
    pub serial: u64,
    /// When it was swapped in.
    pub since: Instant,
}

/// The writer of the world that everyone else reads.
pub struct Control {
    world: Arc<ArcSwap<World>>,
    /// Held through a whole reload, so that reloads come one after another.
    loading: Mutex<Loading>,
    /// Held only to write: by a swap and by every verdict.
    writing: Mutex<Writing>,
}

struct Writing {
    in_use: InUse,
    plan: Arc<Plan>,
    /// The operator's words, the last that matches a check being the one that counts.
    words: Vec<(Pattern, Word)>,
}

struct Loading {
    source: Box<dyn Source>,
    zones: Vec<Arc<HostedZone>>,
}

impl Control {
    /// Takes the first world into use.
    pub fn start(mut source: Box<dyn Source>) -> Result<(Self, ReloadReport), Vec<Problem>> {
        let begun = Instant::now();
        let (gathered, snapshot, warnings) = load(&mut *source, None)?;
        let mut report = report(&gathered.account.zones, &[], warnings);
        let health = HealthTable::new(&snapshot.checks);
        let world = Arc::new(ArcSwap::from_pointee(World::new(Arc::new(snapshot), health)));
        let in_use = InUse { serial: 1, since: Instant::now() };
        (report.serial, report.duration) = (in_use.serial, begun.elapsed());
        let loading = Mutex::new(Loading { source, zones: gathered.account.zones });
        Ok((
            Self {
                world,
                loading,
                writing: Mutex::new(Writing { in_use, plan: Arc::new(gathered.plan), words: Vec::new() }),
            },
            report,
        ))
    }

    /// The world, for whoever answers from it.
    pub fn world(&self) -> &Arc<ArcSwap<World>> {
        &self.world
    }

    /// Which world is in use.
    pub fn in_use(&self) -> InUse {
        lock(&self.writing).in_use
    }

    /// How the health of the world in use is watched over.
    pub fn plan(&self) -> Arc<Plan> {
        lock(&self.writing).plan.clone()
    }

    /// Reads everything anew and takes it into use, or reports every problem and leaves the old world alone.
    pub fn reload(&self) -> Result<ReloadReport, Vec<Problem>> {
        let mut loading = lock(&self.loading);
        let begun = Instant::now();
        let previous = self.world.load().snapshot.clone();
        let (gathered, snapshot, warnings) = load(&mut *loading.source, Some(&previous))?;
        let mut report = report(&gathered.account.zones, &loading.zones, warnings);
        loading.zones = gathered.account.zones;

        let mut writing = lock(&self.writing);
        let old = self.world.load();
        let health = carry(&old, &snapshot, &writing.words);
        report.transitions = transitions(&old, &snapshot, &health);
        self.world.store(Arc::new(World::new(Arc::new(snapshot), health)));
        writing.plan = Arc::new(gathered.plan);
        writing.in_use = InUse { serial: writing.in_use.serial + 1, since: Instant::now() };
        (report.serial, report.duration) = (writing.in_use.serial, begun.elapsed());
        Ok(report)
    }

    /// Writes what the probes of a check say and the share of weight they leave it; every effective status that
    /// changed by it. A check that is gone changes nothing.
    pub fn report(&self, check: &CheckId, raw: Status, share: u8) -> Vec<Transition> {
        let _writing = lock(&self.writing);
        let world = self.world.load();
        let checks = &world.snapshot.checks;
        let changed = checks.slot(check).map(|slot| world.health.report(checks, slot, raw, share));
        world.settle();
        changed.unwrap_or_default()
    }

    /// The checks in slow start.
    pub fn rising(&self) -> Vec<CheckId> {
        let world = self.world.load();
        world.health.rising(&world.snapshot.checks).map(|check| check.id.clone()).collect()
    }

    /// Writes how far a check has come in its slow start; nothing where it is not in one.
    pub fn rise(&self, check: &CheckId, share: u8) {
        let _writing = lock(&self.writing);
        let world = self.world.load();
        if let Some(slot) = world.snapshot.checks.slot(check) {
            world.health.rise(slot, share);
            world.settle();
        }
    }

    /// Takes the operator's words in place of those before, the last that matches a check counting; every effective
    /// status that changed by it.
    pub fn obey(&self, words: Vec<(Pattern, Word)>) -> Vec<Transition> {
        let mut writing = lock(&self.writing);
        writing.words = words;
        let world = self.world.load();
        let changed = world.health.obey(&world.snapshot.checks, |check| said(&writing.words, &check.id));
        world.settle();
        changed
    }
}

fn load(
    source: &mut dyn Source,
    previous: Option<&Snapshot>,
) -> Result<(Gathered, Snapshot, Vec<Problem>), Vec<Problem>> {
    let mut gathered = source.gather()?;
    let compiled = compile(&gathered.account, &gathered.ground, previous)?;
    let mut warnings = std::mem::take(&mut gathered.warnings);
    warnings.extend(compiled.warnings);
    Ok((gathered, compiled.snapshot, warnings))
}

/// What probes found is kept as long as there are probes: the fleet keeps its view of a check whose endpoint
/// moved, and would not tell it again.
fn carry(old: &World, snapshot: &Snapshot, words: &[(Pattern, Word)]) -> HealthTable {
    let known = |check: &HealthCheck| {
        let slot = old.snapshot.checks.slot(&check.id)?;
        let before = old.snapshot.checks.check(slot)?;
        check.kind.continues(&before.kind).then(|| old.health.known(slot))
    };
    HealthTable::carrying(&snapshot.checks, known, |check| said(words, &check.id))
}

/// The status that the operator's words impose on a check.
fn said(words: &[(Pattern, Word)], check: &CheckId) -> Option<Status> {
    words.iter().rev().find(|(pattern, _)| pattern.matches(check)).and_then(|(_, word)| word.status())
}

fn transitions(old: &World, snapshot: &Snapshot, health: &HealthTable) -> Vec<Transition> {
    let changed = snapshot.checks.iter().filter_map(|(slot, check)| {
        let before = old.health.status(old.snapshot.checks.slot(&check.id)?);
        let to = health.status(slot);
        (before != to).then(|| Transition { check: check.id.clone(), to })
    });
    changed.collect()
}

fn report(now: &[Arc<HostedZone>], before: &[Arc<HostedZone>], warnings: Vec<Problem>) -> ReloadReport {
    let mut gone: BTreeMap<&ZoneId, &Arc<HostedZone>> = before.iter().map(|zone| (&zone.id, zone)).collect();
    let kept =
        now.iter().filter(|zone| gone.remove(&zone.id).is_some_and(|old| Arc::ptr_eq(old, zone) || old == *zone));
    let kept = kept.count();
    let records = now.iter().flat_map(|zone| zone.groups.values()).map(|group| group.routing.candidates().len()).sum();
    ReloadReport {
        serial: 0,
        zones: now.len(),
        records,
        changed: now.len() - kept + gone.len(),
        warnings,
        transitions: Vec::new(),
        duration: Duration::ZERO,
    }
}

// A world is swapped in one step, so a panic while a lock is held leaves the old one whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
