//! From the model to a snapshot, returning every problem found.
//!
//! `model::rules` has judged the account before; what is wrong here is refused all the same, because
//! nothing may fail at query time.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::build_zone;
use super::catalog::Catalog;
use super::health::Checks;
use super::journal::{Journal, Turn};
use super::steering::SteeringCache;
use super::zone::Zone;
use super::{Behaviour, Ground, Snapshot};
use crate::model::transfer::Transfers;
use crate::model::{Account, At, HostedZone, Problem};

/// A snapshot and what the operator should know of it.
#[derive(Debug)]
pub struct Compiled {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Warnings only.
    pub warnings: Vec<Problem>,
}

/// Compiles an account; zones that did not change since `previous` are kept as they are.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn compile(account: &Account, ground: &Ground, previous: Option<&Snapshot>) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Vec::new();
    let checks = Checks::new(&account.checks, previous.map(|old| &old.checks));
    let kept = Kept::new(account, ground, &checks, previous);
    let Behaviour { negative_bias, server_location, .. } = ground.behaviour;
    let mut steering = previous
        .map(|old| &old.steering)
        .filter(|old| old.fits(&ground.geography, negative_bias, server_location))
        .cloned()
        .unwrap_or_else(|| SteeringCache::new(ground.geography.clone(), negative_bias, server_location));
    let mut zones = Vec::with_capacity(account.zones.len());
    for model in &account.zones {
        let zone = match kept.zone(model) {
            Some(zone) => Some(zone),
            None => build_zone(model, account, &checks, &mut steering, &mut problems).map(Arc::new),
        };
        zones.extend(zone.map(|zone| (model.clone(), zone)));
    }
    let catalog = Catalog::new(&zones, &account.views, &ground.listeners, &mut problems);
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    steering.forget_unused();
    unknown(&zones, &ground.behaviour.transfers, &mut problems);
    let journals = journals(&zones, &ground.behaviour.transfers, previous, &mut problems);
    let (sources, zones): (Vec<_>, Vec<_>) = zones.into_iter().unzip();
    let sources: Vec<_> = sources.into_iter().map(form).collect();
    let snapshot = Snapshot {
        zones: zones.into(),
        catalog,
        checks,
        listeners: ground.listeners.clone().into(),
        behaviour: ground.behaviour.clone(),
        geography: ground.geography.clone(),
        steering,
        collections: account.collections.clone(),
        sources: sources.into(),
        journals,
    };
    Ok(Compiled { snapshot, warnings: problems })
}

/// The form in which a zone is kept once it is compiled.
fn form(model: Arc<HostedZone>) -> Arc<HostedZone> {
    if model.left_out == 0 && model.is_plain() { Arc::new(model.without_groups()) } else { model }
}

/// What is remembered of each zone's changes, where anyone copies it.
fn journals(
    zones: &[(Arc<HostedZone>, Arc<Zone>)],
    transfers: &Transfers,
    previous: Option<&Snapshot>,
    problems: &mut Vec<Problem>,
) -> Box<[Arc<Journal>]> {
    let held = previous.iter().flat_map(|old| old.zones.iter().zip(&old.journals));
    let held: HashMap<_, _> = held.map(|(zone, journal)| (&zone.id, (zone, journal))).collect();
    let mut journal = |(model, zone): &(Arc<HostedZone>, Arc<Zone>)| {
        let known = held.get(&zone.id).filter(|_| transfers.concern(&zone.name));
        // An id may come to stand for another zone.
        let (old, journal) = known.filter(|(old, _)| old.name == zone.name)?;
        if Arc::ptr_eq(old, zone) {
            return Some(Arc::clone(journal));
        }
        match journal.turn(old, zone, transfers.journal) {
            Turn::Journal(journal) => Some(Arc::new(journal)),
            Turn::Unnoticed => {
                let what = format!("zone {} changed and its serial {} is not newer", zone.name, zone.serial());
                let mend = "raise it in the SOA record, or secondaries keep what they have";
                problems.push(Problem::warning(&model.at, what, mend));
                None
            }
        }
    };
    zones.iter().map(|zone| journal(zone).unwrap_or_default()).collect()
}

/// Words on transfers of zones that are not there: most likely a slip.
fn unknown(zones: &[(Arc<HostedZone>, Arc<Zone>)], transfers: &Transfers, problems: &mut Vec<Problem>) {
    for name in transfers.zones.keys().filter(|name| !zones.iter().any(|(_, zone)| zone.name == **name)) {
        let what = format!("[transfer.zone.\"{name}\"] is about a zone that is not served");
        problems.push(Problem::warning(&At::new("waymark.toml", 0), what, "correct the name, or remove it"));
    }
}

/// The compiled zones of the snapshot before that may be used again.
struct Kept<'a> {
    /// Whether those may that hold slots and orders.
    all: bool,
    by_source: HashMap<*const HostedZone, &'a Arc<super::zone::Zone>>,
}

impl<'a> Kept<'a> {
    /// Compiled zones hold slots and orders, and are dropped when slots, places or blocks may have moved; plain ones
    /// hold neither.
    fn new(account: &Account, ground: &Ground, checks: &Checks, previous: Option<&'a Snapshot>) -> Self {
        let all = previous.is_some_and(|old| {
            Arc::ptr_eq(&old.geography, &ground.geography)
                && old.behaviour.compiles_like(&ground.behaviour)
                && old.collections == account.collections
                && old.checks.iter().all(|(slot, check)| checks.slot(&check.id) == Some(slot))
        });
        let by_source = previous
            .map_or_else(Default::default, |old| old.sources.iter().map(Arc::as_ptr).zip(old.zones.iter()).collect());
        Self { all, by_source }
    }

    fn zone(&self, model: &Arc<HostedZone>) -> Option<Arc<super::zone::Zone>> {
        let kept = self.by_source.get(&Arc::as_ptr(model)).filter(|_| self.all || model.left_out > 0);
        kept.map(|zone| Arc::clone(zone))
    }
}
