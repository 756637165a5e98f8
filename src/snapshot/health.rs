//! The health table: one byte per check that the query path reads, written in place by the one writer.
//!
//! Slots are stable: a check keeps its slot through reloads, so compiled zones can be shared between
//! snapshots. Calculated checks are recomputed when a child flips, never at query time (H-8).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::model::check::{CheckKind, Status};
use crate::model::{CheckId, HealthCheck};

/// A check's index in the health table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

/// The checks of a snapshot by slot.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    slots: Vec<Option<HealthCheck>>,
    by_id: BTreeMap<CheckId, Slot>,
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
        let by_id = slots
            .iter()
            .enumerate()
            .filter_map(|(at, check)| Some((check.as_ref()?.id.clone(), Slot(at as u32))))
            .collect();
        Self { slots, by_id }
    }

    /// The slot of a check.
    pub fn slot(&self, id: &CheckId) -> Option<Slot> {
        self.by_id.get(id).copied()
    }

    /// The check in a slot.
    pub fn check(&self, slot: Slot) -> Option<&HealthCheck> {
        self.slots.get(slot.0 as usize)?.as_ref()
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

/// What is believed of every check of one snapshot.
#[derive(Debug, Default)]
pub struct HealthTable {
    raw: Box<[AtomicU8]>,
    effective: Box<[AtomicU8]>,
}

impl HealthTable {
    /// A table in which nothing has been probed: raw healthy (C-18, C-23).
    pub fn new(checks: &Checks) -> Self {
        Self::carrying(checks, |_| None)
    }

    /// A table that starts from the raw statuses `known` has.
    pub fn carrying(checks: &Checks, known: impl Fn(&HealthCheck) -> Option<Status>) -> Self {
        let cells = || (0..checks.slots.len()).map(|_| AtomicU8::new(1)).collect();
        let table = Self { raw: cells(), effective: cells() };
        for (slot, check) in checks.iter() {
            let start = match &check.kind {
                CheckKind::Given { status } => *status,
                CheckKind::Endpoint(_) | CheckKind::Calculated { .. } => Status::Healthy,
            };
            table.store(&table.raw, slot, known(check).unwrap_or(start));
        }
        table.settle(checks);
        table
    }

    /// The effective status that steers answers.
    pub fn status(&self, slot: Slot) -> Status {
        Self::load(&self.effective, slot)
    }

    /// What the probes say, before `disabled`, `inverted` and the operator's word.
    pub fn raw(&self, slot: Slot) -> Status {
        Self::load(&self.raw, slot)
    }

    /// Writes what the probes of a check say now; returns every effective status that changed.
    pub fn report(&self, checks: &Checks, slot: Slot, raw: Status) -> Vec<Transition> {
        self.store(&self.raw, slot, raw);
        self.settle(checks)
    }

    /// Sets an effective status outright, as `explain --health` supposes it, and what follows for calculated checks.
    pub fn suppose(&self, checks: &Checks, supposed: &[(Slot, Status)]) {
        for (slot, status) in supposed {
            self.store(&self.effective, *slot, *status);
        }
        self.settle_calculated(checks, supposed);
    }

    fn settle(&self, checks: &Checks) -> Vec<Transition> {
        let mut changed = Vec::new();
        for (slot, check) in checks.iter() {
            if !matches!(check.kind, CheckKind::Calculated { .. }) {
                self.decide(slot, check, self.raw(slot), &mut changed);
            }
        }
        changed.extend(self.settle_calculated(checks, &[]));
        changed
    }

    fn settle_calculated(&self, checks: &Checks, except: &[(Slot, Status)]) -> Vec<Transition> {
        let mut changed = Vec::new();
        for (slot, check) in checks.iter() {
            if let CheckKind::Calculated { children, threshold } = &check.kind {
                let healthy = children
                    .iter()
                    .filter(|id| checks.slot(id).is_some_and(|child| self.status(child).is_healthy()))
                    .count();
                let raw = Status::from_healthy(healthy >= usize::from(*threshold));
                self.store(&self.raw, slot, raw);
                if !except.iter().any(|(supposed, _)| *supposed == slot) {
                    self.decide(slot, check, raw, &mut changed);
                }
            }
        }
        changed
    }

    fn decide(&self, slot: Slot, check: &HealthCheck, raw: Status, changed: &mut Vec<Transition>) {
        let to = check.effective(raw);
        if self.status(slot) != to {
            self.store(&self.effective, slot, to);
            changed.push(Transition { check: check.id.clone(), to });
        }
    }

    fn load(cells: &[AtomicU8], slot: Slot) -> Status {
        Status::from_healthy(cells.get(slot.0 as usize).is_none_or(|cell| cell.load(Ordering::Relaxed) != 0))
    }

    fn store(&self, cells: &[AtomicU8], slot: Slot, status: Status) {
        if let Some(cell) = cells.get(slot.0 as usize) {
            cell.store(u8::from(status.is_healthy()), Ordering::Relaxed);
        }
    }
}
