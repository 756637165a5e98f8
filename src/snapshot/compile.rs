//! From the model to a snapshot, whole or what changed of it, returning every problem found.
//!
//! `model::rules` has judged the account before; what is wrong here is refused all the same, because
//! nothing may fail at query time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::build::{Materials, Touched, build_zone, change_zone, sets};
use super::catalog::Catalog;
use super::health::Checks;
use super::journal::{Journal, Turn, is_newer};
use super::standing::Moved;
use super::steering::SteeringCache;
use super::zone::Zone;
use super::zones::{Place, Zones};
use super::{Behaviour, Ground, Snapshot};
use crate::model::transfer::Transfers;
use crate::model::{Account, At, CidrCollection, HealthCheck, HostedZone, Name, Problem, View};

/// A snapshot and what the operator should know of it.
#[derive(Debug)]
pub struct Compiled {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Warnings only.
    pub warnings: Vec<Problem>,
}

/// A zone to be served.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    /// What is kept of it: the same as long as it does not change.
    pub source: &'a Arc<HostedZone>,
    /// The zone.
    pub model: &'a HostedZone,
    /// It is not made to change: another takes its place when it does.
    pub stays: bool,
}

/// What zones may refer to.
#[derive(Clone, Copy, Debug)]
pub struct References<'a> {
    /// Health checks.
    pub checks: &'a [HealthCheck],
    /// CIDR collections.
    pub collections: &'a [CidrCollection],
    /// Views.
    pub views: &'a [View],
}

/// Compiles an account; zones that did not change since `previous` are kept as they are.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn compile(account: &Account, ground: &Ground, previous: Option<&Snapshot>) -> Result<Compiled, Vec<Problem>> {
    let Account { zones, checks, collections, views } = account;
    let zones = zones.iter().map(|zone| Served { source: zone, model: zone, stays: true });
    compile_all(&zones.collect::<Vec<_>>(), References { checks, collections, views }, ground, previous)
}

/// The same for zones of which some are made to change.
///
/// # Errors
/// Every problem found, at least one of them an error.
pub fn compile_all(
    served: &[Served<'_>],
    references: References<'_>,
    ground: &Ground,
    previous: Option<&Snapshot>,
) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Vec::new();
    let checks = Checks::new(references.checks, previous.map(|old| &*old.checks));
    let kept = Kept::new(references.collections, ground, &checks, previous);
    let Behaviour { negative_bias, server_location, .. } = ground.behaviour;
    let fits = |old: &SteeringCache| old.fits(&ground.geography, negative_bias, server_location);
    let steering = previous.map(|old| old.steering()).filter(|old| fits(old)).map(|old| old.clone());
    let mut steering =
        steering.unwrap_or_else(|| SteeringCache::new(ground.geography.clone(), negative_bias, server_location));
    let mut materials = Materials {
        collections: references.collections,
        checks: &checks,
        steering: &mut steering,
        problems: &mut problems,
    };
    let mut catalog = Catalog::new(references.views, &ground.listeners).draft();
    let held = previous.map(|old| old.zones.places().map(|place| (&place.zone.id, place)).collect());
    let held: HashMap<_, _> = held.unwrap_or_default();
    let mut zones = Vec::with_capacity(served.len());
    for (number, served) in (0..).zip(served) {
        let zone = match kept.zone(served.source) {
            Some(zone) => Some(zone),
            None => build_zone(served.model, served.stays, &mut materials).map(|mut zone| {
                let old = held.get(&zone.id).map(|place| &*place.zone);
                zone.sign_by(served.model.signing.as_ref(), sets(served.model), old);
                Arc::new(zone)
            }),
        };
        catalog.add(number, served.model, &ground.listeners, materials.problems);
        zones.extend(zone.map(|zone| (served, zone)));
    }
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    steering.forget_unused();
    let transfers = &ground.behaviour.transfers;
    let place = |(served, zone): (&Served<'_>, Arc<Zone>)| {
        let old = held.get(&zone.id).copied();
        let journal = journal(old, &zone, transfers, &served.model.at, &mut problems);
        Place { zone, source: form(served), journal }
    };
    let zones: Zones = zones.into_iter().map(place).collect();
    let snapshot = Snapshot {
        zones,
        catalog: catalog.finish(),
        checks: Arc::new(checks),
        listeners: ground.listeners.clone().into(),
        behaviour: ground.behaviour.clone(),
        geography: ground.geography.clone(),
        steering: Arc::new(Mutex::new(steering)),
        collections: references.collections.into(),
    };
    problems.extend(snapshot.unknown_transfers());
    Ok(Compiled { snapshot, warnings: problems })
}

/// What becomes of one zone of a snapshot.
pub struct ZoneChange<'a> {
    /// The number it has; `None` for a zone that is new.
    pub number: Option<u32>,
    /// What it becomes; `None` where it goes.
    pub to: Option<Becomes<'a>>,
}

/// What a zone becomes.
pub enum Becomes<'a> {
    /// This, whatever it was.
    Whole(Served<'a>),
    /// What it was, but for some groups.
    Groups {
        /// The zone as it is now.
        model: &'a HostedZone,
        /// What changed of it.
        touched: Touched<'a>,
    },
}

/// A snapshot made of another.
pub struct Changed {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Warnings only.
    pub warnings: Vec<Problem>,
    /// Zones that are another than before.
    pub moved: Vec<(u32, Moved)>,
}

impl Snapshot {
    /// What it becomes when zones change, and checks, where they do; it costs what the change does, and one step for
    /// every few hundred zones, names or RRsets that are shared.
    ///
    /// # Errors
    /// Every problem found, at least one of them an error.
    pub fn change(&self, changes: &[ZoneChange<'_>], checks: Option<&[HealthCheck]>) -> Result<Changed, Vec<Problem>> {
        let mut problems = Vec::new();
        let checks = match checks {
            Some(checks) => Arc::new(Checks::new(checks, Some(&self.checks))),
            None => self.checks.clone(),
        };
        let (mut zones, mut catalog) = (self.zones.draft(), None);
        let mut moved = Vec::new();
        let transfers = &self.behaviour.transfers;
        for ZoneChange { number, to } in changes {
            let old = number.and_then(|number| Some((number, self.zones.place(number)?)));
            let mut steering = self.steering();
            let mut materials = Materials {
                collections: &self.collections,
                checks: &checks,
                steering: &mut steering,
                problems: &mut problems,
            };
            match (old, to) {
                (Some((number, place)), Some(Becomes::Groups { model, touched })) => {
                    let before = materials.problems.len();
                    let (zone, groups) = match change_zone(&place.zone, model, touched, &mut materials) {
                        Some((zone, groups)) => (zone, Moved::Groups(groups)),
                        None if materials.problems[before..].iter().any(Problem::is_error) => continue,
                        None => match build_zone(model, false, &mut materials) {
                            Some(mut zone) => {
                                zone.sign_by(model.signing.as_ref(), sets(model), Some(&place.zone));
                                (zone, Moved::Whole)
                            }
                            None => continue,
                        },
                    };
                    let zone = Arc::new(zone);
                    // Most edits leave the serial alone: nobody who copies the zone can notice what they change, and
                    // finding out what that is would cost what the zone does.
                    let journal = match is_newer(zone.serial(), place.zone.serial()) || !place.journal.is_empty() {
                        true => journal(Some(place), &zone, transfers, &model.at, &mut Vec::new()),
                        false => Arc::default(),
                    };
                    zones.replace(number, Place { zone, source: place.source.clone(), journal });
                    moved.push((number, groups));
                }
                (old, Some(Becomes::Whole(served))) => {
                    let Some(mut zone) = build_zone(served.model, served.stays, &mut materials) else { continue };
                    let before = old.map(|(_, place)| &*place.zone);
                    zone.sign_by(served.model.signing.as_ref(), sets(served.model), before);
                    let zone = Arc::new(zone);
                    let journal =
                        journal(old.map(|(_, place)| place), &zone, transfers, &served.model.at, &mut problems);
                    let place = Place { zone, source: form(served), journal };
                    let is_offered = |(number, old): &(u32, &Place)| {
                        let (was, is) = (&old.source, served.model);
                        ((&was.name, &was.visibility) == (&is.name, &is.visibility)).then_some(*number)
                    };
                    let number = match old.as_ref().and_then(is_offered) {
                        Some(number) => {
                            zones.replace(number, place);
                            number
                        }
                        None => {
                            let catalog = catalog.get_or_insert_with(|| self.catalog.draft());
                            let number = match old {
                                Some((number, old)) => {
                                    catalog.remove(number, &old.zone.name);
                                    zones.replace(number, place);
                                    number
                                }
                                None => zones.add(place),
                            };
                            catalog.add(number, served.model, &self.listeners, &mut problems);
                            number
                        }
                    };
                    moved.push((number, Moved::Whole));
                }
                (Some((number, old)), None) => {
                    catalog.get_or_insert_with(|| self.catalog.draft()).remove(number, &old.zone.name);
                    zones.remove(number);
                    moved.push((number, Moved::Whole));
                }
                (None, None | Some(Becomes::Groups { .. })) => {}
            }
        }
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        self.steering().forget_if_many();
        let snapshot = Self {
            zones: zones.finish(),
            catalog: catalog.map_or_else(|| self.catalog.clone(), |catalog| catalog.finish()),
            checks,
            listeners: self.listeners.clone(),
            behaviour: self.behaviour.clone(),
            geography: self.geography.clone(),
            steering: self.steering.clone(),
            collections: self.collections.clone(),
        };
        Ok(Changed { snapshot, warnings: problems, moved })
    }

    /// Words on transfers of zones that are not there: most likely a slip.
    pub fn unknown_transfers(&self) -> Vec<Problem> {
        let names = self.behaviour.transfers.zones.keys();
        names.filter(|name| !self.catalog.offers(name)).map(unknown).collect()
    }

    /// Whether zones that did not change compile in it as they would on this ground.
    pub fn stands_on(&self, ground: &Ground, references: References<'_>) -> bool {
        Arc::ptr_eq(&self.geography, &ground.geography)
            && self.behaviour == ground.behaviour
            && *self.listeners == *ground.listeners
            && *self.collections == *references.collections
            && *self.catalog.views() == *references.views
    }
}

/// The form in which a zone is kept once it is compiled.
fn form(served: &Served<'_>) -> Arc<HostedZone> {
    let Served { source, model, stays } = served;
    if *stays && model.left_out == 0 && model.is_plain() {
        return Arc::new(model.without_groups());
    }
    Arc::clone(source)
}

/// What is remembered of a zone's changes, where anyone copies it.
fn journal(
    old: Option<&Place>,
    zone: &Arc<Zone>,
    transfers: &Transfers,
    at: &At,
    problems: &mut Vec<Problem>,
) -> Arc<Journal> {
    let known = old.filter(|_| transfers.concern(&zone.name));
    // An id may come to stand for another zone.
    let Some(old) = known.filter(|old| old.zone.name == zone.name) else { return Arc::default() };
    if Arc::ptr_eq(&old.zone, zone) {
        return Arc::clone(&old.journal);
    }
    match old.journal.turn(&old.zone, zone, transfers.journal) {
        Turn::Journal(journal) => Arc::new(journal),
        Turn::Unnoticed => {
            let what = format!("zone {} changed and its serial {} is not newer", zone.name, zone.serial());
            let mend = "raise it in the SOA record, or secondaries keep what they have";
            problems.push(Problem::warning(at, what, mend));
            Arc::default()
        }
    }
}

fn unknown(name: &Name) -> Problem {
    let what = format!("[transfer.zone.\"{name}\"] is about a zone that is not served");
    Problem::warning(&At::new("waymark.toml", 0), what, "correct the name, or remove it")
}

/// The compiled zones of the snapshot before that may be used again.
struct Kept<'a> {
    /// Whether those may that hold slots and orders.
    all: bool,
    by_source: HashMap<*const HostedZone, &'a Arc<Zone>>,
}

impl<'a> Kept<'a> {
    /// Compiled zones hold slots and orders, and are dropped when slots, places or blocks may have moved; plain ones
    /// hold neither.
    fn new(collections: &[CidrCollection], ground: &Ground, checks: &Checks, previous: Option<&'a Snapshot>) -> Self {
        let all = previous.is_some_and(|old| {
            Arc::ptr_eq(&old.geography, &ground.geography)
                && old.behaviour.compiles_like(&ground.behaviour)
                && *old.collections == *collections
                && old.checks.iter().all(|(slot, check)| checks.slot(&check.id) == Some(slot))
        });
        let place = |place: &'a Place| (Arc::as_ptr(&place.source), &place.zone);
        Self { all, by_source: previous.map_or_else(Default::default, |old| old.zones.places().map(place).collect()) }
    }

    fn zone(&self, source: &Arc<HostedZone>) -> Option<Arc<Zone>> {
        let kept = self.by_source.get(&Arc::as_ptr(source)).filter(|zone| self.all || !zone.picks());
        kept.map(|zone| Arc::clone(zone))
    }
}
