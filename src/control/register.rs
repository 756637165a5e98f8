//! Which zone has which number in the world in use, by id and by name.

use std::collections::{BTreeMap, HashMap};

use crate::model::{HostedZone, Name, Problem, ZoneId, rules::account::clash};
use crate::snapshot::Snapshot;
use crate::snapshot::zones::Zones;

/// The numbers of zones.
#[derive(Debug, Default)]
pub(super) struct Register {
    by_id: HashMap<ZoneId, u32>,
    by_name: BTreeMap<Name, Vec<u32>>,
}

impl Register {
    pub(super) fn of(zones: &Zones) -> Self {
        let mut register = Self::default();
        zones.numbered().for_each(|(number, zone)| register.enter(&zone.id, &zone.name, number));
        register
    }

    pub(super) fn number(&self, id: &ZoneId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn enter(&mut self, id: &ZoneId, name: &Name, number: u32) {
        self.by_id.insert(id.clone(), number);
        let numbers = self.by_name.entry(name.clone()).or_default();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }

    pub(super) fn leave(&mut self, id: &ZoneId, name: &Name, number: u32) {
        self.by_id.remove(id);
        if let Some(numbers) = self.by_name.get_mut(name) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_name.remove(name);
            }
        }
    }

    /// What is wrong with a zone beside those that are there; `goes` tells which of them do not count.
    pub(super) fn clash(
        &self,
        zone: &HostedZone,
        snapshot: &Snapshot,
        goes: impl Fn(&ZoneId) -> bool,
    ) -> Option<Problem> {
        let numbers = self.by_name.get(&zone.name).into_iter().flatten();
        let sources = numbers.filter_map(|number| snapshot.source(*number));
        let mut others = sources.filter(|other| !goes(&other.id));
        others.find_map(|other| clash(other, zone))
    }
}
