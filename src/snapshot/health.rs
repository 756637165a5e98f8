//! The health table: one byte per check that the query path reads, written in place by the one writer.
//!
//! Slots are stable: a check keeps its slot through reloads, so compiled zones can be shared between
//! snapshots. Calculated checks are recomputed when a child flips, never at query time (H-8).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, Ordering};

pub use super::checks::{Checks, Said, Slot};

use crate::model::check::{CheckKind, FULL_SHARE, Status, Word};
use crate::model::{CheckId, HealthCheck};

/// A change of a check's effective status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The check.
    pub check: CheckId,
    /// What it is now.
    pub to: Status,
}

/// What the votes on a check add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its raw status.
    pub raw: Status,
    /// The share of their weight that its records have while it is healthy: less than [`FULL_SHARE`] when degraded.
    pub share: u8,
    /// Whether somebody saw it unhealthy, rather than its being supposed or what is to hold while nothing is known:
    /// only that holds a check until failback.
    pub seen: bool,
}

/// What a table knew of a check, for the one that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    raw: Status,
    seen: bool,
    held: bool,
    /// What steered answers.
    status: Status,
    cap: u8,
    risen: u8,
    shown: bool,
}

/// What is believed of every check of one snapshot.
///
/// ```text
///  votes ─► quorum ──┐
///  children, counted ┼─► latch ─► raw ─► disabled? ─► inverted? ─► forced? ─► override? ─► status
///  given in its file ┘    held             (model::HealthCheck::effective)                    │
///                                                                                             ▼
///   ┌─ unhealthy ────────────────────────────────────────────────────────────┐   share = 0
///   │  held: stays so whatever votes or children say, until failback         │
///   └────────────┬───────────────────────────────────────────▲───────────────┘
///      healthy again, and unhealthy was shown              unhealthy
///                ▼                                            │
///   ┌─ slow start ────────────┐   over   ┌─ healthy ──────────┴───────────────┐   share = min(cap, risen)
///   │  risen: 1 … 254 of 255  │ ───────► │  risen: 255;  cap < 255: degraded  │   whole while disabled, forced up
///   └─────────────────────────┘          └────────────────────────────────────┘   or up by an override
/// ```
/// A status that was only supposed (C-18, C-23) is left without slow start: nothing came back.
#[derive(Debug, Default)]
pub struct HealthTable {
    /// What votes, children or the file say, held or not.
    raw: Box<[AtomicU8]>,
    /// Whether somebody saw it unhealthy, which is what a latch needs.
    seen: Box<[AtomicU8]>,
    /// Whether the check is unhealthy until failback.
    held: Box<[AtomicU8]>,
    /// The operator's word.
    words: Box<[AtomicU8]>,
    caps: Box<[AtomicU8]>,
    risen: Box<[AtomicU8]>,
    /// Whether anybody has said what the status is: 0 while it is only supposed.
    shown: Box<[AtomicU8]>,
    shares: Box<[AtomicU8]>,
}

impl HealthTable {
    /// A table in which nothing has been probed: raw healthy (C-18, C-23).
    pub fn new(checks: &Checks) -> Self {
        Self::carrying(checks, |_| None, &Said::default())
    }

    /// A table that starts from what `known` has of each check, under what the operator `said`.
    pub fn carrying(checks: &Checks, known: impl Fn(&HealthCheck) -> Option<Known>, said: &Said) -> Self {
        let cells = |value: u8| (0..checks.len()).map(|_| AtomicU8::new(value)).collect();
        let table = Self {
            raw: cells(1),
            seen: cells(0),
            held: cells(0),
            words: cells(0),
            caps: cells(FULL_SHARE),
            risen: cells(FULL_SHARE),
            shown: cells(0),
            shares: cells(FULL_SHARE),
        };
        let mut new = Vec::new();
        for (slot, check) in checks.iter() {
            let word = said.of(slot);
            let start = check.kind.start();
            let known = known(check).unwrap_or_else(|| {
                let (status, said) = (check.effective(start, word), check.imposed(word).is_some());
                new.push((slot, said));
                let (cap, risen) = (FULL_SHARE, FULL_SHARE);
                Known { raw: start, seen: false, held: false, status, cap, risen, shown: said }
            });
            let is_given = matches!(check.kind, CheckKind::Given { .. });
            store(&table.raw, slot, u8::from(if is_given { start } else { known.raw }.is_healthy()));
            store(&table.seen, slot, u8::from(is_given || known.seen));
            store(&table.held, slot, u8::from(known.held && check.recovery.manual_failback));
            store(&table.caps, slot, known.cap);
            store(&table.words, slot, code(word));
            store(&table.risen, slot, known.risen);
            store(&table.shown, slot, u8::from(known.shown));
            store(&table.shares, slot, if known.status.is_healthy() { FULL_SHARE } else { 0 });
        }
        for (slot, check) in checks.iter() {
            table.decide(slot, check, &mut Vec::new());
        }
        table.calculate_all(checks, &[]);
        // What children that are supposed add up to is supposed as well.
        for (slot, said) in new {
            store(&table.shown, slot, u8::from(said));
        }
        table
    }

    /// The effective status that steers answers.
    pub fn status(&self, slot: Slot) -> Status {
        Status::from_healthy(self.share(slot) != 0)
    }

    /// The share of their weight that a check leaves its records: 0 when unhealthy, [`FULL_SHARE`] for all of it.
    pub fn share(&self, slot: Slot) -> u8 {
        load(&self.shares, slot)
    }

    /// How many slots there are, of checks or free.
    pub(super) fn len(&self) -> usize {
        self.shares.len()
    }

    /// All slots, of checks or free.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        (0..self.shares.len()).map(|at| Slot(at as u32))
    }

    /// The shares of all slots, in their order.
    pub(super) fn shares(&self) -> impl Iterator<Item = u8> {
        self.shares.iter().map(|share| share.load(Ordering::Relaxed))
    }

    /// What votes or children say and the latch makes of it, before `disabled`, `inverted` and the operator's word.
    pub fn raw(&self, slot: Slot) -> Status {
        Status::from_healthy(load(&self.raw, slot) != 0 && !self.is_held(slot))
    }

    /// Whether the check is held unhealthy until failback.
    pub fn is_held(&self, slot: Slot) -> bool {
        load(&self.held, slot) != 0
    }

    /// The operator's word on a check.
    pub fn word(&self, slot: Slot) -> Option<Word> {
        word(load(&self.words, slot))
    }

    /// The operator's word on every check.
    pub fn said(&self, checks: &Checks) -> Said {
        Said::by(checks, |slot| self.word(slot))
    }

    /// What a later table may begin with.
    pub fn known(&self, slot: Slot) -> Known {
        Known {
            raw: Status::from_healthy(load(&self.raw, slot) != 0),
            seen: load(&self.seen, slot) != 0,
            held: self.is_held(slot),
            status: self.status(slot),
            cap: load(&self.caps, slot),
            risen: load(&self.risen, slot),
            shown: load(&self.shown, slot) != 0,
        }
    }

    /// Writes what is found of a check now; every effective status that changed.
    pub fn report(&self, checks: &Checks, slot: Slot, finding: Finding) -> Vec<Transition> {
        let mut changed = Vec::new();
        let Some(check) = checks.check(slot) else { return changed };
        let Finding { raw, share, seen } = finding;
        store(&self.raw, slot, u8::from(raw.is_healthy()));
        store(&self.seen, slot, u8::from(seen));
        store(&self.caps, slot, share.max(1));
        self.decide(slot, check, &mut changed);
        let is_news = load(&self.shown, slot) == 0;
        store(&self.shown, slot, 1);
        if is_news || !changed.is_empty() {
            self.calculate(checks, checks.parents(slot).iter().copied(), &mut changed);
        }
        changed
    }

    /// The checks in slow start.
    pub fn rising<'a>(&'a self, checks: &'a Checks) -> impl Iterator<Item = &'a HealthCheck> {
        let rising = checks.iter().filter(|(slot, _)| load(&self.risen, *slot) < FULL_SHARE);
        rising.map(|(_, check)| check)
    }

    /// Writes how far a check has come in its slow start; nothing where it is not in one.
    pub fn rise(&self, checks: &Checks, slot: Slot, risen: u8) {
        if let Some(check) = checks.check(slot).filter(|_| load(&self.risen, slot) < FULL_SHARE) {
            store(&self.risen, slot, risen.max(1));
            self.share_out(slot, check, self.status(slot));
        }
    }

    /// Writes the operator's word on these checks; every effective status that changed by it.
    pub fn obey(&self, checks: &Checks, touched: &[(Slot, Option<Word>)]) -> Vec<Transition> {
        let mut changed = Vec::new();
        // Calculated checks come last and each once, so that none turns twice.
        let mut calculated = BTreeSet::new();
        for (slot, word) in touched {
            let Some(check) = checks.check(*slot) else { continue };
            if code(*word) == load(&self.words, *slot) {
                continue;
            }
            store(&self.words, *slot, code(*word));
            if matches!(check.kind, CheckKind::Calculated { .. }) {
                calculated.insert(*slot);
                continue;
            }
            let before = changed.len();
            self.decide(*slot, check, &mut changed);
            if changed.len() > before {
                calculated.extend(checks.parents(*slot));
            }
        }
        self.calculate(checks, calculated, &mut changed);
        changed
    }

    /// Holds a check unhealthy, as it was before a restart, where failback is manual; every effective status that
    /// changed.
    pub fn hold(&self, checks: &Checks, slot: Slot) -> Vec<Transition> {
        let is_manual = checks.check(slot).is_some_and(|check| check.recovery.manual_failback);
        store(&self.held, slot, u8::from(is_manual));
        self.settle(checks, slot)
    }

    /// Lets a check obey its votes again; it is held anew at once where they were seen to find it unhealthy. Every
    /// effective status that changed.
    pub fn release(&self, checks: &Checks, slot: Slot) -> Vec<Transition> {
        store(&self.held, slot, 0);
        self.settle(checks, slot)
    }

    /// Sets an effective status outright, as `explain --health` supposes it, and what follows for calculated checks.
    pub fn suppose(&self, checks: &Checks, supposed: &[(Slot, Status)]) {
        for (slot, status) in supposed {
            if let Some(check) = checks.check(*slot) {
                self.share_out(*slot, check, *status);
            }
        }
        self.calculate_all(checks, supposed);
    }

    /// Decides one check anew, and the calculated ones that count it.
    fn settle(&self, checks: &Checks, slot: Slot) -> Vec<Transition> {
        let mut changed = Vec::new();
        if let Some(check) = checks.check(slot) {
            self.decide(slot, check, &mut changed);
            if !changed.is_empty() {
                self.calculate(checks, checks.parents(slot).iter().copied(), &mut changed);
            }
        }
        changed
    }

    fn calculate_all(&self, checks: &Checks, except: &[(Slot, Status)]) {
        let is_left = |slot: &Slot| !except.iter().any(|(supposed, _)| supposed == slot);
        self.calculate(checks, checks.iter().map(|(slot, _)| slot).filter(is_left), &mut Vec::new());
    }

    /// Counts the children of those among the checks that are calculated (C-25).
    fn calculate(&self, checks: &Checks, slots: impl IntoIterator<Item = Slot>, changed: &mut Vec<Transition>) {
        for slot in slots {
            let Some(check) = checks.check(slot) else { continue };
            let CheckKind::Calculated { children, threshold } = &check.kind else { continue };
            let threshold = usize::from(*threshold);
            let count = |counts: &dyn Fn(Slot) -> bool| {
                children.iter().filter(|id| checks.slot(id).is_some_and(counts)).count()
            };
            let healthy = count(&|child| self.status(child).is_healthy());
            let supposed = count(&|child| !self.status(child).is_healthy() && load(&self.shown, child) == 0);
            // One that needs more children than it has is unhealthy by its definition, which nobody saw.
            let seen = healthy + supposed < threshold && threshold <= children.len();
            store(&self.raw, slot, u8::from(healthy >= threshold));
            store(&self.seen, slot, u8::from(seen));
            self.decide(slot, check, changed);
        }
    }

    fn decide(&self, slot: Slot, check: &HealthCheck, changed: &mut Vec<Transition>) {
        if check.recovery.manual_failback && load(&self.raw, slot) == 0 && load(&self.seen, slot) != 0 {
            store(&self.held, slot, 1);
        }
        let to = check.effective(self.raw(slot), self.word(slot));
        if self.status(slot) != to {
            let back = to.is_healthy() && load(&self.shown, slot) != 0;
            store(&self.risen, slot, if back && check.recovery.slow_start.is_some() { 1 } else { FULL_SHARE });
            store(&self.shown, slot, 1);
            changed.push(Transition { check: check.id.clone(), to });
        }
        self.share_out(slot, check, to);
    }

    fn share_out(&self, slot: Slot, check: &HealthCheck, status: Status) {
        let is_whole = check.disabled || check.imposed(self.word(slot)).is_some();
        let share = match status {
            Status::Unhealthy => 0,
            Status::Healthy if is_whole => FULL_SHARE,
            Status::Healthy => load(&self.caps, slot).min(load(&self.risen, slot)).max(1),
        };
        store(&self.shares, slot, share);
    }
}

fn code(word: Option<Word>) -> u8 {
    match word {
        None => 0,
        Some(Word::Down) => 1,
        Some(Word::Up) => 2,
        Some(Word::Obey) => 3,
    }
}

fn word(code: u8) -> Option<Word> {
    [Word::Down, Word::Up, Word::Obey].into_iter().find(|word| self::code(Some(*word)) == code)
}

fn load(cells: &[AtomicU8], slot: Slot) -> u8 {
    cells.get(slot.0 as usize).map_or(FULL_SHARE, |cell| cell.load(Ordering::Relaxed))
}

fn store(cells: &[AtomicU8], slot: Slot, value: u8) {
    if let Some(cell) = cells.get(slot.0 as usize) {
        cell.store(value, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
