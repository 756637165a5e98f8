//! The one writer: takes a new world into use, whole or not at all, and writes what probes find into it.
//!
//! ```text
//!  gather (files) ─┬─► compile ──► carry health over ──► swap       any problem: all of them reported,
//!  edit (clients) ─┘                └─ under the writer's lock ─┘    the old world goes on
//! ```
//!
//! What files say and what clients make stand side by side: a reload keeps what was made, an edit what the files say.
//! Where the input comes from is a [`Source`]'s affair; sockets, probes and metrics are not known here.

mod edit;
#[cfg(test)]
mod edit_tests;
pub mod socket;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::model::check::{Pattern, Word, Words};
use crate::model::fleet::Plan;
use crate::model::{Account, CheckId, HealthCheck, HostedZone, Problem, RecordGroup, ZoneId};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::{Finding, HealthTable, Said, Slot, Transition};
use crate::snapshot::{Ground, Snapshot, Standings, World, compile, whole};
use edit::Made;
pub use edit::{Edit, Refusal, ZoneEdit};

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

    /// Who is where, from now on also for what clients make; `None` where what was gathered tells all there is.
    fn places(&mut self) -> Result<Option<Arc<Geography>>, Vec<Problem>> {
        Ok(None)
    }

    /// The zones gathered last were taken into use: pairs of each and the form in which it is to be gathered as long as
    /// it does not change. Nothing to do for a source that keeps none.
    fn taken(&mut self, forms: &[(Arc<HostedZone>, Arc<HostedZone>)]) {
        let _ = forms;
    }
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
    /// The operator's words.
    words: Arc<Words>,
}

struct Loading {
    source: Box<dyn Source>,
    /// What the files said last.
    files: Gathered,
    made: Made,
    /// All zones in use.
    zones: Vec<Arc<HostedZone>>,
}

/// A world that was read and is ready to be taken into use; no other can be until it was, or was dropped.
pub struct Prepared<'a> {
    loading: MutexGuard<'a, Loading>,
    begun: Instant,
    next: Next,
    snapshot: Snapshot,
    /// How its groups stand while nothing is known of its checks.
    standings: Standings,
    report: ReloadReport,
    /// What these words say of its checks.
    words: Arc<Words>,
    said: Said,
}

/// What a world is made of: what files say and what was made.
struct Next {
    files: Gathered,
    made: Made,
    zones: Vec<Arc<HostedZone>>,
}

/// The operator's words, held against the checks and ready to be taken into force.
pub struct Considered {
    words: Arc<Words>,
    changed: Vec<Pattern>,
    /// The checks that the change touches, and whose slots they are.
    touched: Vec<(Slot, Option<Word>)>,
    snapshot: Arc<Snapshot>,
}

impl Control {
    /// Takes the first world into use; `edit` is all that clients have made.
    pub fn start(mut source: Box<dyn Source>, edit: Edit) -> Result<(Self, ReloadReport), Vec<Problem>> {
        let begun = Instant::now();
        let files = source.gather()?;
        let made = Made::default().after(edit)?;
        let (next, snapshot, warnings) = load(&mut *source, files, made, None)?;
        let mut report = report(&next.zones, &[], warnings);
        let health = HealthTable::new(&snapshot.checks);
        let world = Arc::new(ArcSwap::from_pointee(World::new(Arc::new(snapshot), health)));
        let in_use = InUse { serial: 1, since: Instant::now() };
        (report.serial, report.duration) = (in_use.serial, begun.elapsed());
        let plan = Arc::new(next.files.plan.clone());
        let mut loading = Loading { source, files: next.files.clone(), made: Made::default(), zones: Vec::new() };
        loading.take(next, &world.load().snapshot, None);
        let loading = Mutex::new(loading);
        Ok((Self { world, loading, writing: Mutex::new(Writing { in_use, plan, words: Arc::default() }) }, report))
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
        self.prepare().map(|prepared| self.swap(prepared))
    }

    /// Reads everything anew, without taking it into use; every problem.
    pub fn prepare(&self) -> Result<Prepared<'_>, Vec<Problem>> {
        let mut loading = lock(&self.loading);
        let begun = Instant::now();
        let files = loading.source.gather()?;
        let made = loading.made.clone();
        self.ready(loading, begun, files, made)
    }

    /// Judges and compiles the world as it is after `edit`, and takes it into use once `persist` has kept it.
    pub fn edit<E>(&self, edit: Edit, persist: impl FnOnce() -> Result<(), E>) -> Result<ReloadReport, Refusal<E>> {
        let prepared = self.prepare_edit(edit).map_err(Refusal::Problems)?;
        persist().map_err(Refusal::Persist)?;
        Ok(self.swap(prepared))
    }

    /// Judges and compiles the world as it is after `edit`, without taking it into use; every problem.
    pub fn prepare_edit(&self, edit: Edit) -> Result<Prepared<'_>, Vec<Problem>> {
        let loading = lock(&self.loading);
        let begun = Instant::now();
        let made = loading.made.after(edit)?;
        let files = loading.files.clone();
        self.ready(loading, begun, files, made)
    }

    fn ready<'a>(
        &'a self,
        mut loading: MutexGuard<'a, Loading>,
        begun: Instant,
        files: Gathered,
        made: Made,
    ) -> Result<Prepared<'a>, Vec<Problem>> {
        let previous = self.world.load().snapshot.clone();
        let (next, snapshot, warnings) = load(&mut *loading.source, files, made, Some(&previous))?;
        let report = report(&next.zones, &loading.zones, warnings);
        let words = lock(&self.writing).words.clone();
        let said = Said::new(&snapshot.checks, &words);
        let standings = Standings::new(&snapshot.zones, &HealthTable::new(&snapshot.checks));
        Ok(Prepared { loading, begun, next, snapshot, standings, report, words, said })
    }

    /// Takes a prepared world into use.
    pub fn swap(&self, prepared: Prepared<'_>) -> ReloadReport {
        let Prepared { mut loading, begun, next, snapshot, standings, mut report, words, mut said } = prepared;
        let mut writing = lock(&self.writing);
        if !Arc::ptr_eq(&words, &writing.words) {
            said = Said::new(&snapshot.checks, &writing.words);
        }
        let old = self.world.load();
        let health = carry(&old, &snapshot, &said);
        report.transitions = transitions(&old, &snapshot, &health);
        let snapshot = Arc::new(snapshot);
        self.world.store(Arc::new(World::from_standings(snapshot.clone(), standings, health)));
        writing.plan = Arc::new(next.files.plan.clone());
        // What is let go of now is held by the world in use.
        loading.take(next, &snapshot, Some(&*old.snapshot));
        writing.in_use = InUse { serial: writing.in_use.serial + 1, since: Instant::now() };
        (report.serial, report.duration) = (writing.in_use.serial, begun.elapsed());
        report
    }

    /// Writes what is found of a check; every effective status that changed by it. A check that is gone changes nothing.
    pub fn report(&self, check: &CheckId, finding: Finding) -> Vec<Transition> {
        self.write(check, |world, slot| world.health.report(&world.snapshot.checks, slot, finding)).unwrap_or_default()
    }

    /// Holds checks unhealthy until failback, as they were before a restart; every effective status that changed.
    pub fn hold(&self, held: &[CheckId]) -> Vec<Transition> {
        let hold = |check| self.write(check, |world, slot| world.health.hold(&world.snapshot.checks, slot));
        held.iter().filter_map(hold).flatten().collect()
    }

    /// Lets a check that is held unhealthy obey its votes again: whether anything held it, and every effective status
    /// that changed; `None` when there is no such check.
    pub fn fail_back(&self, check: &CheckId) -> Option<(bool, Vec<Transition>)> {
        self.write(check, |world, slot| {
            let held = world.health.is_held(slot);
            (held, world.health.release(&world.snapshot.checks, slot))
        })
    }

    /// The checks that are held unhealthy until failback, by id.
    pub fn held(&self) -> Vec<CheckId> {
        let world = self.world.load();
        let held = world.snapshot.checks.iter().filter(|(slot, _)| world.health.is_held(*slot));
        let mut held: Vec<_> = held.map(|(_, check)| check.id.clone()).collect();
        held.sort();
        held
    }

    /// Whether a check is held unhealthy until failback.
    pub fn is_held(&self, check: &CheckId) -> bool {
        let world = self.world.load();
        world.snapshot.checks.slot(check).is_some_and(|slot| world.health.is_held(slot))
    }

    /// The checks in slow start.
    pub fn rising(&self) -> Vec<CheckId> {
        let world = self.world.load();
        world.health.rising(&world.snapshot.checks).map(|check| check.id.clone()).collect()
    }

    /// Writes how far a check has come in its slow start; nothing where it is not in one.
    pub fn rise(&self, check: &CheckId, share: u8) {
        self.write(check, |world, slot| world.health.rise(&world.snapshot.checks, slot, share));
    }

    /// Holds the operator's words, the newest last, against the checks; `changed` are those of which another word was
    /// said or taken back. What costs time is done here, while everyone else goes on.
    pub fn consider(&self, words: Vec<(Pattern, Word)>, changed: Vec<Pattern>) -> Considered {
        let words = Arc::new(Words::new(words));
        let snapshot = self.world.load().snapshot.clone();
        let touched = touched(&snapshot, &words, &changed);
        Considered { words, changed, touched, snapshot }
    }

    /// Takes the operator's words in place of those before; every effective status that changed by it.
    pub fn obey(&self, considered: Considered) -> Vec<Transition> {
        let Considered { words, changed, mut touched, snapshot } = considered;
        let mut writing = lock(&self.writing);
        let world = self.world.load();
        if !Arc::ptr_eq(&snapshot, &world.snapshot) {
            touched = self::touched(&world.snapshot, &words, &changed);
        }
        writing.words = words;
        let changed = world.health.obey(&world.snapshot.checks, &touched);
        world.settle();
        changed
    }

    /// Writes to a check of the world in use; `None` when there is no such check.
    fn write<T>(&self, check: &CheckId, write: impl FnOnce(&World, Slot) -> T) -> Option<T> {
        let _writing = lock(&self.writing);
        let world = self.world.load();
        let slot = world.snapshot.checks.slot(check)?;
        let written = write(&world, slot);
        world.settle();
        Some(written)
    }
}

/// The checks that any of the patterns means, with the word that decides them.
fn touched(snapshot: &Snapshot, words: &Words, changed: &[Pattern]) -> Vec<(Slot, Option<Word>)> {
    let is_meant = |check: &HealthCheck| changed.iter().any(|pattern| pattern.matches(&check.id));
    let meant = snapshot.checks.iter().filter(|(_, check)| is_meant(check));
    meant.map(|(slot, check)| (slot, words.of(&check.id))).collect()
}

/// Judges and compiles what files say together with what is made.
fn load(
    source: &mut dyn Source,
    mut files: Gathered,
    made: Made,
    previous: Option<&Snapshot>,
) -> Result<(Next, Snapshot, Vec<Problem>), Vec<Problem>> {
    if made.asks_for_places()
        && let Some(geography) = source.places()?
    {
        files.ground.geography = geography;
    }
    let account = made.join(&files.account);
    let mut problems = if made.is_empty() { Vec::new() } else { made.judge(&account, &files.plan) };
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    let compiled = compile(&account, &files.ground, previous)?;
    let mut warnings = files.warnings.clone();
    warnings.extend(made.hidden(&files.account));
    warnings.append(&mut problems);
    warnings.extend(compiled.warnings);
    Ok((Next { files, made, zones: account.zones }, compiled.snapshot, warnings))
}

impl Loading {
    /// Tells the source what its zones have become, so that their records are held once; `old` is the world before.
    fn take(&mut self, next: Next, snapshot: &Snapshot, old: Option<&Snapshot>) {
        let Next { files, made, zones } = next;
        let is_made = |zone: &Arc<HostedZone>| made.zones.contains_key(&zone.id);
        let mut forms: Vec<_> = zones.into_iter().zip(snapshot.sources().iter().cloned()).collect();
        // What was made is edited in place of being read again, and stays whole.
        self.zones = forms.iter().map(|(read, form)| if is_made(read) { read } else { form }.clone()).collect();
        forms.retain(|(read, _)| !is_made(read));
        let hidden = files.account.zones.iter().filter(|zone| is_made(zone));
        forms.extend(hidden.map(|zone| (zone.clone(), restored(zone, old))));
        self.source.taken(&forms);
        let forms: HashMap<_, _> = forms.iter().map(|(read, form)| (Arc::as_ptr(read), form)).collect();
        self.files = files;
        for zone in &mut self.files.account.zones {
            *zone = Arc::clone(forms.get(&Arc::as_ptr(zone)).unwrap_or(&&*zone));
        }
        self.made = made;
    }
}

/// A zone that is not served from here on: whole, as its compiled form goes with the world before.
fn restored(zone: &Arc<HostedZone>, old: Option<&Snapshot>) -> Arc<HostedZone> {
    let at = old.and_then(|old| old.sources().iter().position(|source| Arc::ptr_eq(source, zone)));
    match old.zip(at) {
        Some((old, at)) if zone.left_out > 0 => Arc::new(whole(zone, &old.zones[at]).into_owned()),
        _ => zone.clone(),
    }
}

/// What probes found is kept as long as there are probes: the fleet keeps its view of a check whose endpoint
/// moved, and would not tell it again.
fn carry(old: &World, snapshot: &Snapshot, said: &Said) -> HealthTable {
    let known = |check: &HealthCheck| {
        let slot = old.snapshot.checks.slot(&check.id)?;
        let before = old.snapshot.checks.check(slot)?;
        check.kind.continues(&before.kind).then(|| old.health.known(slot))
    };
    HealthTable::carrying(&snapshot.checks, known, said)
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
    let held = |zone: &Arc<HostedZone>| zone.groups.values().map(RecordGroup::record_sets).sum::<usize>();
    let records = now.iter().map(|zone| held(zone) + zone.left_out).sum();
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
