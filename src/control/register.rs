//! Which zone has which number in the world in use.

use std::collections::HashMap;

use crate::model::{HostedZone, Problem, ZoneId, rules::account::clash};
use crate::snapshot::Snapshot;
use crate::snapshot::zones::Zones;

/// The numbers of zones.
#[derive(Debug, Default)]
pub(super) struct Register(HashMap<ZoneId, u32>);

impl Register {
    pub(super) fn of(zones: &Zones) -> Self {
        Self(zones.numbered().map(|(number, zone)| (zone.id.clone(), number)).collect())
    }

    pub(super) fn number(&self, id: &ZoneId) -> Option<u32> {
        self.0.get(id).copied()
    }

    pub(super) fn enter(&mut self, id: &ZoneId, number: u32) {
        self.0.insert(id.clone(), number);
    }

    pub(super) fn leave(&mut self, id: &ZoneId) {
        self.0.remove(id);
    }
}

/// What is wrong with a zone beside those of a snapshot; `passes` tells which of them do not count.
pub(super) fn clashing(zone: &HostedZone, snapshot: &Snapshot, passes: impl Fn(&ZoneId) -> bool) -> Option<Problem> {
    let sources = snapshot.catalog.named(&zone.name).filter_map(|number| snapshot.source(number));
    let mut others = sources.filter(|other| !passes(&other.id));
    others.find_map(|other| clash(other, zone))
}
