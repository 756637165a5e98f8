//! The health table: one byte per check that the query path reads, written in place by the one writer.
//!
//! Slots are stable: a check keeps its slot through reloads, so compiled zones can be shared between
//! snapshots. Calculated checks are recomputed when a child flips, never at query time (H-8).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::model::check::{CheckKind, FULL_SHARE, Status};
use crate::model::{CheckId, HealthCheck};

/// A check's index in the health table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

/// The checks of a snapshot by slot.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    slots: Vec<Option<HealthCheck>>,
    by_id: BTreeMap<CheckId, Slot>,
    /// The calculated checks that count a check, by its slot.
    parents: BTreeMap<Slot, Vec<Slot>>,
}

impl Checks {
    /// Gives every check a slot, the one it had in `previous` where it had one.
    pub fn new(checks: &[HealthCheck], previous: Option<&Self>) -> Self {
        let kept = |check: &HealthCheck| previous.and_then(|old| old.slot(&check.id));
        let mut slots: Vec<Option<HealthCheck>> = vec![None; previous.map_or(0, |old| old.slots.len())];
        let (old, new): (Vec<_>, Vec<_>) = checks.iter().partition(|check| kept(check).is_some());
        for check in old {
            if let Some(Slot(slot)) = kept(check) {
                slots[slot as usize] = Some(check.clone());
            }
        }
        let mut free = 0;
        for check in new {
            while slots.get(free).is_some_and(Option::is_some) {
                free += 1;
            }
            if free == slots.len() {
                slots.push(None);
            }
            slots[free] = Some(check.clone());
        }
        let by_id: BTreeMap<CheckId, Slot> = slots
            .iter()
            .enumerate()
            .filter_map(|(at, check)| Some((check.as_ref()?.id.clone(), Slot(at as u32))))
            .collect();
        let mut parents: BTreeMap<Slot, Vec<Slot>> = BTreeMap::new();
        for check in slots.iter().flatten() {
            let CheckKind::Calculated { children, .. } = &check.kind else { continue };
            for child in children {
                if let (Some(child), Some(parent)) = (by_id.get(child), by_id.get(&check.id)) {
                    parents.entry(*child).or_default().push(*parent);
                }
            }
        }
        Self { slots, by_id, parents }
    }

    /// The slot of a check.
    pub fn slot(&self, id: &CheckId) -> Option<Slot> {
        self.by_id.get(id).copied()
    }

    /// The check in a slot.
    pub fn check(&self, slot: Slot) -> Option<&HealthCheck> {
        self.slots.get(slot.0 as usize)?.as_ref()
    }

    /// The calculated checks that count the check in a slot.
    pub fn parents(&self, slot: Slot) -> &[Slot] {
        self.parents.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// Every check with its slot, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &HealthCheck)> {
        self.slots.iter().enumerate().filter_map(|(at, check)| Some((Slot(at as u32), check.as_ref()?)))
    }
}

/// A change of a check's effective status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The check.
    pub check: CheckId,
    /// What it is now.
    pub to: Status,
}

/// What a table knew of a check, for the one that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    raw: Status,
    /// What steered answers.
    status: Status,
    cap: u8,
    risen: u8,
    shown: bool,
}

/// What is believed of every check of one snapshot.
///
/// ```text
///  votes ─► quorum ─► latch ─► raw ─► disabled? ─► inverted? ─► forced? ─► override? ─► status
///                       │ (kept by the board)   (model::HealthCheck::effective)          │
///                       │                                                                ▼
///   ┌─ unhealthy ────────────────────────────────────────────────────────────┐   share = 0
///   │  latched: stays so whatever the votes say, until failback              │
///   └────────────┬───────────────────────────────────────────▲───────────────┘
///      healthy again, and unhealthy was shown              unhealthy
///                ▼                                            │
///   ┌─ slow start ────────────┐   over   ┌─ healthy ──────────┴───────────────┐   share = min(cap, risen)
///   │  risen: 1 … 254 of 255  │ ───────► │  risen: 255;  cap < 255: degraded  │
///   └─────────────────────────┘          └────────────────────────────────────┘
/// ```
/// A status that was only supposed (C-18, C-23) is left without slow start: nothing came back.
#[derive(Debug, Default)]
pub struct HealthTable {
    raw: Box<[AtomicU8]>,
    /// The operator's word: 0 none, 1 down, 2 up.
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
        Self::carrying(checks, |_| None, |_| None)
    }

    /// A table that starts from what `known` has of each check, under the operator's `word`.
    pub fn carrying(
        checks: &Checks,
        known: impl Fn(&HealthCheck) -> Option<Known>,
        word: impl Fn(&HealthCheck) -> Option<Status>,
    ) -> Self {
        let cells = || (0..checks.slots.len()).map(|_| AtomicU8::new(FULL_SHARE)).collect();
        let table =
            Self { raw: cells(), words: cells(), caps: cells(), risen: cells(), shown: cells(), shares: cells() };
        let mut new = Vec::new();
        for (slot, check) in checks.iter() {
            let word = word(check);
            let start = check.kind.start();
            let known = known(check).unwrap_or_else(|| {
                let (status, said) = (check.effective(start, word), word.or(check.forced).is_some());
                new.push((slot, said));
                Known { raw: start, status, cap: FULL_SHARE, risen: FULL_SHARE, shown: said }
            });
            let given = matches!(check.kind, CheckKind::Given { .. });
            store(&table.raw, slot, u8::from(if given { start } else { known.raw }.is_healthy()));
            store(&table.caps, slot, known.cap);
            store(&table.words, slot, code(word));
            store(&table.risen, slot, known.risen);
            store(&table.shown, slot, u8::from(known.shown));
            table.share_out(slot, known.status);
        }
        for (slot, check) in checks.iter() {
            table.decide(slot, check, &mut Vec::new());
        }
        table.settle_calculated(checks, &[]);
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

    /// All slots, of checks or free.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        (0..self.shares.len()).map(|at| Slot(at as u32))
    }

    /// The shares of all slots, in their order.
    pub(super) fn shares(&self) -> impl Iterator<Item = u8> {
        self.shares.iter().map(|share| share.load(Ordering::Relaxed))
    }

    /// What the probes say, before `disabled`, `inverted` and the operator's word.
    pub fn raw(&self, slot: Slot) -> Status {
        Status::from_healthy(load(&self.raw, slot) != 0)
    }

    /// The operator's word on a check.
    pub fn word(&self, slot: Slot) -> Option<Status> {
        word(load(&self.words, slot))
    }

    /// What a later table may begin with.
    pub fn known(&self, slot: Slot) -> Known {
        Known {
            raw: self.raw(slot),
            status: self.status(slot),
            cap: load(&self.caps, slot),
            risen: load(&self.risen, slot),
            shown: load(&self.shown, slot) != 0,
        }
    }

    /// Writes what the probes of a check say now and the share they leave it; every effective status that changed.
    pub fn report(&self, checks: &Checks, slot: Slot, raw: Status, cap: u8) -> Vec<Transition> {
        store(&self.raw, slot, u8::from(raw.is_healthy()));
        store(&self.caps, slot, cap.max(1));
        let changed = self.settle(checks, slot);
        store(&self.shown, slot, 1);
        changed
    }

    /// The checks in slow start.
    pub fn rising<'a>(&'a self, checks: &'a Checks) -> impl Iterator<Item = &'a HealthCheck> {
        let risen = self.risen.iter().enumerate().filter(|(_, risen)| risen.load(Ordering::Relaxed) < FULL_SHARE);
        risen.filter_map(|(at, _)| checks.check(Slot(at as u32)))
    }

    /// Writes how far a check has come in its slow start; nothing where it is not in one.
    pub fn rise(&self, slot: Slot, risen: u8) {
        if load(&self.risen, slot) < FULL_SHARE {
            store(&self.risen, slot, risen.max(1));
            self.share_out(slot, self.status(slot));
        }
    }

    /// Writes the operator's word on every check; every effective status that changed.
    pub fn obey(&self, checks: &Checks, word: impl Fn(&HealthCheck) -> Option<Status>) -> Vec<Transition> {
        let mut changed = Vec::new();
        for (slot, check) in checks.iter() {
            let code = code(word(check));
            if load(&self.words, slot) != code {
                store(&self.words, slot, code);
                self.decide(slot, check, &mut changed);
            }
        }
        changed.extend(self.settle_calculated(checks, &[]));
        changed
    }

    /// Sets an effective status outright, as `explain --health` supposes it, and what follows for calculated checks.
    pub fn suppose(&self, checks: &Checks, supposed: &[(Slot, Status)]) {
        for (slot, status) in supposed {
            self.share_out(*slot, *status);
        }
        self.settle_calculated(checks, supposed);
    }

    /// Decides one check anew, and the calculated ones that count it.
    fn settle(&self, checks: &Checks, slot: Slot) -> Vec<Transition> {
        let mut changed = Vec::new();
        if let Some(check) = checks.check(slot) {
            self.decide(slot, check, &mut changed);
            if !changed.is_empty() {
                for parent in checks.parents(slot) {
                    self.calculate(checks, *parent, &mut changed);
                }
            }
        }
        changed
    }

    fn settle_calculated(&self, checks: &Checks, except: &[(Slot, Status)]) -> Vec<Transition> {
        let mut changed = Vec::new();
        for (slot, _) in checks.iter() {
            if !except.iter().any(|(supposed, _)| *supposed == slot) {
                self.calculate(checks, slot, &mut changed);
            }
        }
        changed
    }

    /// Counts the children of a calculated check (C-25).
    fn calculate(&self, checks: &Checks, slot: Slot, changed: &mut Vec<Transition>) {
        let Some(check) = checks.check(slot) else { return };
        let CheckKind::Calculated { children, threshold } = &check.kind else { return };
        let healthy =
            children.iter().filter(|id| checks.slot(id).is_some_and(|child| self.status(child).is_healthy())).count();
        store(&self.raw, slot, u8::from(healthy >= usize::from(*threshold)));
        self.decide(slot, check, changed);
    }

    fn decide(&self, slot: Slot, check: &HealthCheck, changed: &mut Vec<Transition>) {
        let to = check.effective(self.raw(slot), word(load(&self.words, slot)));
        if self.status(slot) != to {
            let back = to.is_healthy() && load(&self.shown, slot) != 0;
            store(&self.risen, slot, if back && check.recovery.slow_start.is_some() { 1 } else { FULL_SHARE });
            store(&self.shown, slot, 1);
            changed.push(Transition { check: check.id.clone(), to });
        }
        self.share_out(slot, to);
    }

    fn share_out(&self, slot: Slot, status: Status) {
        let share = match status {
            Status::Unhealthy => 0,
            Status::Healthy => load(&self.caps, slot).min(load(&self.risen, slot)).max(1),
        };
        store(&self.shares, slot, share);
    }
}

fn code(word: Option<Status>) -> u8 {
    match word {
        None => 0,
        Some(Status::Unhealthy) => 1,
        Some(Status::Healthy) => 2,
    }
}

fn word(code: u8) -> Option<Status> {
    match code {
        1 => Some(Status::Unhealthy),
        2 => Some(Status::Healthy),
        _ => None,
    }
}

fn load(cells: &[AtomicU8], slot: Slot) -> u8 {
    cells.get(slot.0 as usize).map_or(FULL_SHARE, |cell| cell.load(Ordering::Relaxed))
}

fn store(cells: &[AtomicU8], slot: Slot, value: u8) {
    if let Some(cell) = cells.get(slot.0 as usize) {
        cell.store(value, Ordering::Relaxed);
    }
}
