//! What a world is made of, and how the next is made ready: whole, or what changed of the one in use.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

use super::made::{Done, Made, Undo};
use super::register::{Register, clashing};
use super::{Gathered, ReloadReport, Source};
use crate::model::check::Words;
use crate::model::fleet::Plan;
use crate::model::rules::{self, Known, Layer, account::check_account};
use crate::model::{Account, CheckId, HealthCheck, HostedZone, Name, Problem, RecordGroup, View, ZoneId};
use crate::snapshot::health::Said;
use crate::snapshot::{
    Becomes, Changed, Ground, Moved, References, Served, Snapshot, Standings, Touched, ZoneChange, compile_all, whole,
};

/// What the world in use is made of.
pub(super) struct Loading {
    pub(super) source: Box<dyn Source>,
    /// What the files said last, zones in the form in which they are kept.
    pub(super) files: Gathered,
    /// What is in the files for others to refer to.
    layer: Layer,
    pub(super) made: Made,
    register: Register,
    /// Zones of files that are not served, as clients made one of their id.
    hidden: BTreeSet<ZoneId>,
    /// Record sets in the files' zones.
    records: usize,
    /// Whether the source was told that clients' zones ask for places.
    pub(super) asked: bool,
}

/// A world that was read and is ready to be taken into use; no other can be until it was, or was dropped.
pub struct Prepared<'a> {
    pub(super) attempt: Attempt<'a>,
    pub(super) begun: Instant,
    pub(super) next: Next,
}

/// What was changed of what clients made, and is changed back unless it is taken into use.
pub(super) struct Attempt<'a> {
    pub(super) loading: MutexGuard<'a, Loading>,
    pub(super) undo: Option<Undo>,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(undo) = self.undo.take() {
            self.loading.made.revert(undo);
        }
    }
}

/// The next world.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(super) enum Next {
    Whole {
        whole: Whole,
        /// How its groups stand while nothing is known of its checks.
        standings: Standings,
        words: Arc<Words>,
        /// What these words say of its checks.
        said: Said,
        /// Zones that came, went or differ.
        changed: usize,
    },
    Step(Step),
}

/// A world compiled whole.
pub(super) struct Whole {
    pub(super) files: Gathered,
    pub(super) snapshot: Snapshot,
    pub(super) warnings: Vec<Problem>,
}

/// What changes of the world in use.
pub(super) struct Step {
    pub(super) change: Changed,
    /// Checks are others than they were.
    pub(super) turns_checks: bool,
    /// What the files say, where they were read.
    pub(super) files: Option<(Gathered, Vec<Difference>)>,
    pub(super) warnings: Vec<Problem>,
}

/// A zone that is another than it was: which it was, and where it is among those of now.
pub(super) struct Difference {
    old: Option<Arc<HostedZone>>,
    at: Option<usize>,
}

impl Loading {
    /// Nothing yet, of a source that has such ground.
    pub(super) fn new(source: Box<dyn Source>, ground: Ground, plan: Plan) -> Self {
        Self {
            source,
            files: Gathered { account: Account::default(), ground, plan, warnings: Vec::new() },
            layer: Layer::default(),
            made: Made::default(),
            register: Register::default(),
            hidden: BTreeSet::new(),
            records: 0,
            asked: false,
        }
    }

    /// Judges and compiles what files say together with everything that is made.
    pub(super) fn whole(&mut self, mut files: Gathered, previous: Option<&Snapshot>) -> Result<Whole, Vec<Problem>> {
        if self.made.asking > 0
            && let Some(geography) = self.source.places()?
        {
            files.ground.geography = geography;
        }
        self.asked = self.made.asking > 0;
        let account = self.joined(&files.account);
        let hidden = self.hidden_by_made(&files.account);
        let mut problems = if self.made.is_empty() { Vec::new() } else { self.judge(&account, &files) };
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        let of_files = files.account.zones.iter().filter(|zone| !hidden.contains(&zone.id)).map(|zone| Served {
            source: zone,
            model: zone,
            stays: true,
        });
        let of_clients = self.made.zones.values();
        let of_clients = of_clients.map(|made| Served { source: &made.head, model: &made.zone, stays: false });
        let served: Vec<_> = of_files.chain(of_clients).collect();
        let Account { checks, collections, views, .. } = &account;
        let compiled = compile_all(&served, References { checks, collections, views }, &files.ground, previous)?;
        let mut warnings = files.warnings.clone();
        warnings.extend(files.account.zones.iter().filter(|zone| hidden.contains(&zone.id)).map(imported));
        warnings.append(&mut problems);
        warnings.extend(compiled.warnings);
        Ok(Whole { files, snapshot: compiled.snapshot, warnings })
    }

    /// The account of files with what is made beside it, the made zones without their groups.
    fn joined(&self, files: &Account) -> Account {
        let made = &self.made;
        let mut account = files.clone();
        // What was imported goes on as what it became.
        account.zones.retain(|zone| !made.zones.contains_key(&zone.id));
        account.zones.extend(made.zones.values().map(|zone| zone.head.clone()));
        account.checks.extend(made.checks.values().cloned());
        account.collections.extend(made.collections.values().cloned());
        account.views.extend(self.views(files).cloned());
        account
    }

    /// Views that are made. Who is in a view is for files to say: what clients made of it yields.
    fn views<'a>(&'a self, files: &'a Account) -> impl Iterator<Item = &'a View> {
        self.made.views.values().filter(|view| files.views.iter().all(|filed| filed.id != view.id))
    }

    /// Zones of files that are not served, as clients made one of their id: those that were imported.
    fn hidden_by_made(&self, files: &Account) -> BTreeSet<ZoneId> {
        let made = &self.made.zones;
        if made.is_empty() {
            return BTreeSet::new();
        }
        files.zones.iter().filter(|zone| made.contains_key(&zone.id)).map(|zone| zone.id.clone()).collect()
    }

    /// Whether an edit takes a file's zone over or gives it back.
    pub(super) fn imports(&self, zones: &[(ZoneId, Done)], snapshot: &Snapshot) -> bool {
        zones.iter().any(|(id, done)| match done {
            Done::Whole => {
                let there = self.register.number(id).and_then(|number| snapshot.zones.get(number as usize));
                there.is_some_and(|zone| !zone.is_made())
            }
            Done::Gone => self.hidden.contains(id),
            Done::Groups(_) => false,
        })
    }

    /// Everything wrong with what is made, `account` being all there is: files were judged by themselves.
    fn judge(&self, account: &Account, files: &Gathered) -> Vec<Problem> {
        let layers = [&Layer::of(&files.account), &self.made.layer];
        let known = Known::among(&layers);
        let mut problems: Vec<_> = check_account(account).into_iter().filter(Problem::is_error).collect();
        problems.extend(rules::check_plan(account, &files.plan).into_iter().filter(Problem::is_error));
        problems.extend(self.made.zones.values().flat_map(|made| rules::check_zone_among(&made.zone, &known)));
        problems
    }

    /// Whether what the files say now differs from what they said in zones alone.
    pub(super) fn is_narrow(&self, files: &Gathered, changed: &[Difference], snapshot: &Snapshot) -> bool {
        let (now, before) = (&files.account, &self.files.account);
        let collections: Vec<_> = now.collections.iter().chain(self.made.collections.values()).cloned().collect();
        let views: Vec<_> = now.views.iter().chain(self.views(now)).cloned().collect();
        let imported = |difference: &Difference| {
            let zone = difference.at.map(|at| &now.zones[at].id);
            zone.is_some_and(|id| self.made.zones.contains_key(id))
        };
        let references = References { checks: &now.checks, collections: &collections, views: &views };
        let all_checks = now.checks == before.checks && self.hidden.is_empty();
        all_checks
            && !changed.iter().any(imported)
            && (files.plan == self.files.plan || self.made.checks.is_empty())
            && snapshot.stands_on(&files.ground, references)
    }

    /// Zones of files that came, differ or went.
    pub(super) fn changed(&self, now: &[Arc<HostedZone>]) -> Vec<Difference> {
        let before = &self.files.account.zones;
        let differs = |old: &Arc<HostedZone>, new: &Arc<HostedZone>| !Arc::ptr_eq(old, new) && old != new;
        // Nearly always they come in the order they came in before.
        if before.len() == now.len()
            && before.iter().zip(now).all(|(old, new)| Arc::ptr_eq(old, new) || old.id == new.id)
        {
            let both = (0..).zip(before.iter().zip(now)).filter(|(_, (old, new))| differs(old, new));
            return both.map(|(at, (old, _))| Difference { old: Some(old.clone()), at: Some(at) }).collect();
        }
        let mut gone: HashMap<&ZoneId, &Arc<HostedZone>> = before.iter().map(|zone| (&zone.id, zone)).collect();
        let mut changed = Vec::new();
        for (at, new) in (0..).zip(now) {
            match gone.remove(&new.id) {
                Some(old) if !differs(old, new) => {}
                old => changed.push(Difference { old: old.cloned(), at: Some(at) }),
            }
        }
        changed.extend(gone.into_values().map(|old| Difference { old: Some(old.clone()), at: None }));
        changed
    }

    /// Compiles what files changed of the world in use.
    pub(super) fn step_of_files(
        &self,
        files: Gathered,
        changed: Vec<Difference>,
        snapshot: &Snapshot,
    ) -> Result<Step, Vec<Problem>> {
        let is_files = |id: &ZoneId| !self.made.zones.contains_key(id);
        let new = changed.iter().filter_map(|difference| Some(&files.account.zones[difference.at?]));
        // Files are held against each other by their source.
        let clash = |zone: &Arc<HostedZone>| clashing(zone, snapshot, is_files);
        let clashes: Vec<_> = new.filter_map(clash).collect();
        if !clashes.is_empty() {
            return Err(clashes);
        }
        let change = |Difference { old, at }: &Difference| {
            let zone = at.map(|at| &files.account.zones[at]);
            ZoneChange {
                number: old.as_ref().and_then(|old| self.register.number(&old.id)),
                to: zone.map(|zone| Becomes::Whole(Served { source: zone, model: zone, stays: true })),
            }
        };
        let changes: Vec<_> = changed.iter().map(change).collect();
        let change = snapshot.change(&changes, None)?;
        drop(changes);
        let mut warnings = files.warnings.clone();
        warnings.extend(change.warnings.iter().cloned().chain(change.snapshot.unknown_transfers()));
        Ok(Step { change, turns_checks: false, files: Some((files, changed)), warnings })
    }

    /// Judges and compiles what clients changed of the world in use.
    pub(super) fn step_of_edit(
        &self,
        zones: &[(ZoneId, Done)],
        checks: &[CheckId],
        snapshot: &Snapshot,
    ) -> Result<Step, Vec<Problem>> {
        let mut problems = Vec::new();
        let all_checks: Option<Vec<HealthCheck>> = (!checks.is_empty())
            .then(|| self.files.account.checks.iter().chain(self.made.checks.values()).cloned().collect());
        if let Some(all) = &all_checks {
            self.judge_checks(checks, all, &mut problems);
        }
        let layers = [&self.layer, &self.made.layer];
        let known = Known::among(&layers);
        let goes: BTreeMap<_, _> = zones.iter().map(|(id, done)| (id, matches!(done, Done::Gone))).collect();
        let gone = |id: &ZoneId| goes.get(id).copied().unwrap_or(false);
        let referring = |(id, _): &(ZoneId, Done)| {
            let made = self.made.zones.get(id);
            move |name: &Name| made.map_or_else(Vec::new, |made| made.referring(name))
        };
        let referring: Vec<_> = zones.iter().map(referring).collect();
        let mut changes = Vec::with_capacity(zones.len());
        for ((id, done), referring) in zones.iter().zip(&referring) {
            let number = self.register.number(id);
            let made = self.made.zones.get(id);
            let to = match (done, made) {
                (Done::Groups(groups), Some(made)) => {
                    problems.extend(rules::check_groups(&made.zone, groups, referring, &known));
                    Some(Becomes::Groups { model: &made.zone, touched: Touched { groups, referring } })
                }
                (Done::Whole, Some(made)) => {
                    problems.extend(rules::check_zone_among(&made.zone, &known));
                    let passes = |other: &ZoneId| gone(other) || other == id;
                    problems.extend(clashing(&made.zone, snapshot, passes));
                    problems.extend(self.clash_within(id, zones));
                    Some(Becomes::Whole(Served { source: &made.head, model: &made.zone, stays: false }))
                }
                _ => None,
            };
            changes.push(ZoneChange { number, to });
        }
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        let change = snapshot.change(&changes, all_checks.as_deref())?;
        problems.extend(change.warnings.iter().cloned());
        Ok(Step { change, turns_checks: all_checks.is_some(), files: None, warnings: problems })
    }

    /// What is wrong with the checks that changed, and with what names those that are gone.
    fn judge_checks(&self, changed: &[CheckId], all: &[HealthCheck], problems: &mut Vec<Problem>) {
        let account = Account { checks: all.to_vec(), ..Account::default() };
        problems.extend(check_account(&account).into_iter().filter(Problem::is_error));
        let now = |id: &CheckId| self.made.checks.get(id);
        let account = Account { checks: changed.iter().filter_map(now).cloned().collect(), ..Account::default() };
        problems.extend(rules::check_plan(&account, &self.files.plan).into_iter().filter(Problem::is_error));
        for id in changed.iter().filter(|id| now(id).is_none() && !self.layer.checks.contains(&id.0)) {
            for (zone, (name, rtype)) in self.made.users(id) {
                let what = format!("{name} {rtype} of zone {:?} refers to health check {:?}", zone.0, id.0);
                let at = self.made.zones.get(zone).map(|made| &made.zone.at);
                problems.extend(at.map(|at| Problem::error(at, what, "remove the reference first (C-33)")));
            }
        }
    }

    /// A zone of an edit that another of the same edit has the name of.
    fn clash_within(&self, id: &ZoneId, zones: &[(ZoneId, Done)]) -> Option<Problem> {
        let zone = &self.made.zones.get(id)?.zone;
        let before = zones.iter().map(|(other, _)| other).take_while(|other| *other != id);
        let mut others =
            before.filter_map(|other| self.made.zones.get(other)).filter(|other| other.zone.name == zone.name);
        others.find_map(|other| rules::account::clash(&other.zone, zone))
    }

    /// Notes which zones came and went with a world.
    pub(super) fn note(&mut self, moved: &[(u32, Moved)], old: &Snapshot, new: &Snapshot) {
        let whole = moved.iter().filter(|(_, moved)| matches!(moved, Moved::Whole));
        for number in whole.map(|(number, _)| *number) {
            if let Some(zone) = old.zones.get(number as usize) {
                self.register.leave(&zone.id);
            }
            if let Some(zone) = new.zones.get(number as usize) {
                self.register.enter(&zone.id, number);
            }
        }
    }

    /// Keeps what the files say of a world that was compiled whole, and tells the source what its zones have become, so
    /// that their records are held once; `old` is the world before.
    pub(super) fn take(&mut self, mut files: Gathered, snapshot: &Snapshot, old: Option<&Snapshot>) {
        self.hidden = self.hidden_by_made(&files.account);
        let mut forms = Vec::new();
        for zone in files.account.zones.iter_mut().filter(|zone| self.hidden.contains(&zone.id)) {
            let restored = self.restored(zone, old);
            forms.push((std::mem::replace(zone, restored.clone()), restored));
        }
        self.source.taken(&forms);
        self.register = Register::of(&snapshot.zones);
        self.layer = Layer::of(&files.account);
        self.records = 0;
        let served = (0..files.account.zones.len()).filter(|at| !self.hidden.contains(&files.account.zones[*at].id));
        let all: Vec<_> = served.map(|at| Difference { old: None, at: Some(at) }).collect();
        self.take_some(files, &all, snapshot);
    }

    /// A zone that is not served from here on: whole, as its compiled form goes with the world before.
    fn restored(&self, zone: &Arc<HostedZone>, old: Option<&Snapshot>) -> Arc<HostedZone> {
        let number = self.register.number(&zone.id).filter(|_| zone.left_out > 0);
        let known = old.zip(number).filter(|(old, number)| old.source(*number).is_some_and(|is| Arc::ptr_eq(is, zone)));
        match known {
            Some((old, number)) => Arc::new(whole(zone, &old.zones[number as usize]).into_owned()),
            None => zone.clone(),
        }
    }

    /// The same where only some zones differ.
    pub(super) fn take_some(&mut self, mut files: Gathered, changed: &[Difference], snapshot: &Snapshot) {
        let mut forms = Vec::new();
        for Difference { old, at } in changed {
            self.records -= old.as_ref().map_or(0, records);
            let Some(zone) = at.map(|at| &mut files.account.zones[at]) else { continue };
            self.records += records(zone);
            let form = self.register.number(&zone.id).and_then(|number| snapshot.source(number));
            if let Some(form) = form.filter(|form| !Arc::ptr_eq(form, zone)) {
                forms.push((std::mem::replace(zone, form.clone()), form.clone()));
            }
        }
        self.source.taken(&forms);
        self.files = files;
    }

    pub(super) fn report(&self, snapshot: &Snapshot, changed: usize, warnings: Vec<Problem>) -> ReloadReport {
        ReloadReport {
            serial: 0,
            zones: snapshot.zones.len(),
            records: self.records + self.made.records,
            changed,
            warnings,
            transitions: Vec::new(),
            duration: Duration::ZERO,
        }
    }
}

/// Record sets of a zone; groups, where only they are known.
fn records(zone: &Arc<HostedZone>) -> usize {
    zone.groups.values().map(RecordGroup::record_sets).sum::<usize>() + zone.left_out
}

/// Words on a zone of a file that clients took over.
fn imported(zone: &Arc<HostedZone>) -> Problem {
    let what = format!("zone {} is served as the API has it, not as this file says", zone.name);
    Problem::warning(&zone.at, what, "remove it here: it was imported; keep what its records refer to")
}
