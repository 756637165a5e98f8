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
mod load;
mod made;
#[cfg(test)]
mod property_tests;
mod register;
pub mod socket;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::model::check::{Pattern, Word, Words};
use crate::model::fleet::Plan;
use crate::model::{Account, CheckId, HealthCheck, HostedZone, Problem};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::{Finding, HealthTable, Said, Slot, Transition};
use crate::snapshot::{Ground, Snapshot, Standings, World};
pub use edit::{Edit, Refusal, ZoneEdit};
pub use load::Prepared;
use load::{Attempt, Loading, Next, Step, Whole};
use made::{Applied, MadeZone};

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

    /// All that was gathered last is in use, not its zones alone. Nothing to do for a source that nothing else follows.
    fn in_use(&mut self) {}
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
    /// Held through a whole reload or edit, so that they come one after another.
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
        let mut loading = Loading::new(source, files.ground.clone(), files.plan.clone());
        loading.made.apply(edit)?;
        let Whole { files, snapshot, warnings, .. } = loading.whole(files, None)?;
        let health = HealthTable::new(&snapshot.checks);
        let snapshot = Arc::new(snapshot);
        let world = Arc::new(ArcSwap::from_pointee(World::new(snapshot.clone(), health)));
        let in_use = InUse { serial: 1, since: Instant::now() };
        let plan = Arc::new(files.plan.clone());
        loading.take(files, &snapshot, None);
        loading.source.in_use();
        let mut report = loading.report(&snapshot, snapshot.zones.len(), warnings);
        (report.serial, report.duration) = (in_use.serial, begun.elapsed());
        let writing = Mutex::new(Writing { in_use, plan, words: Arc::default() });
        Ok((Self { world, loading: Mutex::new(loading), writing }, report))
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

    /// Judges and compiles the world as it is after `edit`, and takes it into use once `persist` has kept it: it costs
    /// what the edit does, not what its zones or the account do. What concerns blocks, views, or zones that files have
    /// as well compiles every zone that leans on them; what concerns checks costs what all checks do.
    pub fn edit<E>(&self, edit: Edit, persist: impl FnOnce() -> Result<(), E>) -> Result<ReloadReport, Refusal<E>> {
        let prepared = self.prepare_edit(edit).map_err(Refusal::Problems)?;
        persist().map_err(Refusal::Persist)?;
        Ok(self.swap(prepared))
    }

    /// Reads everything anew, without taking it into use; every problem.
    pub fn prepare(&self) -> Result<Prepared<'_>, Vec<Problem>> {
        let mut loading = lock(&self.loading);
        let begun = Instant::now();
        let files = loading.source.gather()?;
        let snapshot = self.world.load().snapshot.clone();
        let changed = loading.changed(&files.account.zones);
        let next = match loading.is_narrow(&files, &changed, &snapshot) {
            true => Next::Step(loading.step_of_files(files, changed, &snapshot)?),
            false => self.whole(&mut loading, files, changed.len(), &snapshot)?,
        };
        Ok(Prepared { attempt: Attempt { loading, undo: None }, begun, next })
    }

    /// Judges and compiles the world as it is after `edit`, without taking it into use; every problem.
    pub fn prepare_edit(&self, edit: Edit) -> Result<Prepared<'_>, Vec<Problem>> {
        let mut loading = lock(&self.loading);
        let begun = Instant::now();
        let Applied { zones, checks, is_wide, undo } = loading.made.apply(edit)?;
        let mut attempt = Attempt { loading, undo: Some(undo) };
        let snapshot = self.world.load().snapshot.clone();
        let loading = &mut *attempt.loading;
        let is_import = loading.imports(&zones, &snapshot);
        let next = if is_wide || is_import || loading.made.asking > 0 && !loading.asked {
            for (id, _) in &zones {
                loading.made.zones.get_mut(id).into_iter().for_each(MadeZone::renew);
            }
            let files = loading.files.clone();
            self.whole(loading, files, zones.len(), &snapshot)?
        } else {
            Next::Step(loading.step_of_edit(&zones, &checks, &snapshot)?)
        };
        Ok(Prepared { attempt, begun, next })
    }

    /// The next world compiled whole, so many zones of it `changed`.
    fn whole(
        &self,
        loading: &mut Loading,
        files: Gathered,
        changed: usize,
        previous: &Snapshot,
    ) -> Result<Next, Vec<Problem>> {
        let whole = loading.whole(files, Some(previous))?;
        let words = lock(&self.writing).words.clone();
        let said = Said::new(&whole.snapshot.checks, &words);
        let standings = Standings::new(&whole.snapshot.zones, &HealthTable::new(&whole.snapshot.checks));
        Ok(Next::Whole { whole, standings, words, said, changed })
    }

    /// Takes a prepared world into use.
    pub fn swap(&self, prepared: Prepared<'_>) -> ReloadReport {
        let Prepared { mut attempt, begun, next } = prepared;
        let is_edit = attempt.undo.take().is_some();
        let loading = &mut *attempt.loading;
        let mut writing = lock(&self.writing);
        let old = self.world.load();
        let mut report = match next {
            Next::Whole { whole, standings, words, mut said, changed } => {
                let Whole { files, snapshot, warnings } = whole;
                if !Arc::ptr_eq(&words, &writing.words) {
                    said = Said::new(&snapshot.checks, &writing.words);
                }
                let health = carry(&old, &snapshot, &said);
                let transitions = transitions(&old, &snapshot, &health);
                let snapshot = Arc::new(snapshot);
                self.world.store(Arc::new(World::from_standings(snapshot.clone(), standings, health)));
                writing.plan = Arc::new(files.plan.clone());
                // What is let go of now is held by the world in use.
                loading.take(files, &snapshot, Some(&old.snapshot));
                ReloadReport { transitions, ..loading.report(&snapshot, changed, warnings) }
            }
            Next::Step(Step { change, turns_checks, files, warnings }) => {
                let health = turns_checks.then(|| {
                    let said = Said::new(&change.snapshot.checks, &writing.words);
                    carry(&old, &change.snapshot, &said)
                });
                let transitions = health.as_ref().map(|health| transitions(&old, &change.snapshot, health));
                let snapshot = Arc::new(change.snapshot);
                self.world.store(Arc::new(old.after(snapshot.clone(), &change.moved, health)));
                loading.note(&change.moved, &old.snapshot, &snapshot);
                if let Some((files, changed)) = files {
                    writing.plan = Arc::new(files.plan.clone());
                    loading.take_some(files, &changed, &snapshot);
                }
                let transitions = transitions.unwrap_or_default();
                ReloadReport { transitions, ..loading.report(&snapshot, change.moved.len(), warnings) }
            }
        };
        if !is_edit {
            loading.source.in_use();
        }
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

// A world is swapped in one step, so a panic while a lock is held leaves the old one whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
