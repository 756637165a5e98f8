//! The checks of a snapshot by slot, and which calculated checks count which.

use std::collections::BTreeMap;

use crate::model::check::{CheckKind, Word, Words};
use crate::model::{CheckId, HealthCheck};

/// A check's index in the health table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(super) u32);

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

    /// How many slots there are, free ones among them.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
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

/// The operator's word on every check, by slot.
#[derive(Clone, Debug, Default)]
pub struct Said(Box<[Option<Word>]>);

impl Said {
    /// What these words say of the checks.
    pub fn new(checks: &Checks, words: &Words) -> Self {
        Self(checks.slots.iter().map(|check| words.of(&check.as_ref()?.id)).collect())
    }

    /// What is said as `word` tells.
    pub(super) fn by(checks: &Checks, word: impl Fn(Slot) -> Option<Word>) -> Self {
        Self((0..checks.slots.len()).map(|slot| word(Slot(slot as u32))).collect())
    }

    /// The word on a check.
    pub fn of(&self, slot: Slot) -> Option<Word> {
        self.0.get(slot.0 as usize).copied().flatten()
    }
}
