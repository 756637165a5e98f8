//! Which zone answers: the longest suffix among the zones the asker may see (Z-21, Z-27).
//!
//! A client belongs to at most one view; private zones of that view are tried first and decide alone (Z-27).
//! Public zones may be bound to listeners, our stand-in for delegation sets (Z-3, Z-23).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::qname::Qname;
use super::ranges::AddressMap;
use super::row::{Draft, Row};
use super::table::{Growing, NameTable};
use crate::model::view::Block;
use crate::model::{HostedZone, Name, Problem, View, Visibility};

/// The most listeners that zones can be bound to by name.
const MAX_LISTENERS: usize = 64;

/// Apexes to zones, by who asks.
#[derive(Clone, Debug)]
pub struct Catalog {
    apexes: NameTable,
    offers: Row<Offers, 8>,
    views: Arc<[View]>,
    /// For each listener: address → index into `views` + 1; `None` when no view concerns it.
    by_listener: Arc<[Option<AddressMap>]>,
    /// Octets that its names took when all of them were put in; `None` before that.
    room: Option<usize>,
}

/// A catalog that zones come to and go from.
#[derive(Debug)]
pub(super) struct Growth {
    apexes: Growing,
    offers: Draft<Offers, 8>,
    views: Arc<[View]>,
    by_listener: Arc<[Option<AddressMap>]>,
    room: Option<usize>,
}

/// Octets that names which are gone may leave over.
const LEFT_OVER: usize = 1 << 16;

/// The zone that answers a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its index.
    pub zone: u32,
    /// The label of the name at which its apex begins.
    pub apex: usize,
    /// It is a private zone.
    pub private: bool,
}

/// The zones of one apex; nearly always there is one.
#[derive(Clone, Debug)]
struct Offers {
    first: Offer,
    more: Vec<Offer>,
}

#[derive(Clone, Debug)]
struct Offer {
    zone: u32,
    to: Audience,
}

#[derive(Clone, Debug)]
enum Audience {
    Listeners(u64),
    Views(Box<[u16]>),
}

impl Catalog {
    /// A catalog without zones.
    pub(super) fn new(views: &[View], listeners: &[Arc<str>]) -> Self {
        Self {
            apexes: Growing::with_room(0, 0, false).finish(),
            offers: Row::default(),
            views: views.into(),
            by_listener: (0..listeners.len()).map(|at| view_map(&listeners[at], views)).collect(),
            room: None,
        }
    }

    /// A catalog to change that begins as this one.
    pub(super) fn draft(&self) -> Growth {
        Growth {
            apexes: self.apexes.draft(),
            offers: self.offers.draft(),
            views: self.views.clone(),
            by_listener: self.by_listener.clone(),
            room: self.room,
        }
    }

    /// The view a client belongs to: its index (Z-24).
    #[inline]
    pub fn view(&self, listener: u16, source: IpAddr) -> Option<u16> {
        let map = self.by_listener.get(usize::from(listener))?.as_ref()?;
        map.find(source).0.checked_sub(1).map(|view| view as u16)
    }

    /// A view by index.
    pub fn view_at(&self, view: u16) -> &View {
        &self.views[usize::from(view)]
    }

    /// All views.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// Whether there is a zone of this name, for whomever.
    pub fn offers(&self, name: &Name) -> bool {
        Qname::read(name.wire()).is_some_and(|name| self.apexes.find(&name, 0).is_some())
    }

    /// The numbers of all zones of this name.
    pub fn named(&self, name: &Name) -> impl Iterator<Item = u32> {
        let apex = Qname::read(name.wire()).and_then(|name| self.apexes.find(&name, 0));
        let offers = apex.map(|apex| self.offers.at(apex)).into_iter();
        offers.flat_map(|Offers { first, more }| [first].into_iter().chain(more).map(|offer| offer.zone))
    }

    /// The zone for `name` among those the asker may see.
    #[inline]
    pub fn find(&self, name: &Qname, listener: u16, view: Option<u16>) -> Option<Hit> {
        if let Some(hit) = view.and_then(|view| self.private(name, 0, view)) {
            return Some(hit);
        }
        self.public(name, 0, listener)
    }

    /// The zone above the one found, of the same kind, so that a private view never asks a public parent (Z-27).
    pub fn parent(&self, name: &Qname, hit: Hit, listener: u16, view: Option<u16>) -> Option<Hit> {
        let from = hit.apex + 1;
        if from > name.labels() {
            return None;
        }
        if hit.private { self.private(name, from, view?) } else { self.public(name, from, listener) }
    }

    #[inline(never)]
    fn private(&self, name: &Qname, from: usize, view: u16) -> Option<Hit> {
        let sees = |to: &Audience| matches!(to, Audience::Views(views) if views.contains(&view));
        self.longest(name, from, sees).map(|(zone, apex)| Hit { zone, apex, private: true })
    }

    #[inline]
    fn public(&self, name: &Qname, from: usize, listener: u16) -> Option<Hit> {
        let bit = 1u64.checked_shl(u32::from(listener)).unwrap_or(0);
        let sees = |to: &Audience| matches!(to, Audience::Listeners(mask) if mask & bit != 0 || *mask == u64::MAX);
        self.longest(name, from, sees).map(|(zone, apex)| Hit { zone, apex, private: false })
    }

    /// The zone with the longest apex that ends the name from label `from` on, among those `sees` lets through.
    #[inline]
    fn longest(&self, name: &Qname, from: usize, sees: impl Fn(&Audience) -> bool) -> Option<(u32, usize)> {
        self.apexes.longest(name, (from, name.labels()), |apex, label| {
            let Offers { first, more } = self.offers.at(apex);
            let offer = if sees(&first.to) { Some(first) } else { more.iter().find(|offer| sees(&offer.to)) };
            offer.map(|offer| (offer.zone, label))
        })
    }
}

impl Growth {
    /// Offers a zone under its number.
    pub(super) fn add(&mut self, number: u32, zone: &HostedZone, listeners: &[Arc<str>], problems: &mut Vec<Problem>) {
        let offer = Offer { zone: number, to: audience(zone, &self.views, listeners, problems) };
        if let Some(apex) = self.apexes.find(zone.name.wire()) {
            self.offers.at_mut(apex).more.push(offer);
            return;
        }
        let (apex, offers) = (self.apexes.add(zone.name.wire()), Offers { first: offer, more: Vec::new() });
        match (apex as usize) < self.offers.len() {
            true => *self.offers.at_mut(apex) = offers,
            false => drop(self.offers.push(offers)),
        }
    }

    /// Offers the zone of this number and apex no more.
    pub(super) fn remove(&mut self, number: u32, name: &Name) {
        let Some(apex) = self.apexes.find(name.wire()) else { return };
        let Offers { first, more } = self.offers.at_mut(apex);
        more.retain(|offer| offer.zone != number);
        if first.zone != number {
            return;
        }
        match more.is_empty() {
            true => self.apexes.remove(name.wire()),
            false => *first = more.remove(0),
        }
    }

    /// The catalog, as it is from now on.
    pub(super) fn finish(self) -> Catalog {
        let Self { mut apexes, mut offers, views, by_listener, mut room } = self;
        if room.is_some_and(|room| apexes.octets() > 2 * room + LEFT_OVER) {
            (apexes, offers) = packed(&apexes, &offers);
            room = None;
        }
        let room = room.or(Some(apexes.octets()));
        Catalog { apexes: apexes.finish(), offers: offers.finish(), views, by_listener, room }
    }
}

/// The same names and what they lead to, and nothing of those that are gone.
fn packed(apexes: &Growing, offers: &Draft<Offers, 8>) -> (Growing, Draft<Offers, 8>) {
    let (mut names, mut kept) = (Growing::with_room(0, 0, false), Draft::with_room(0, false));
    for name in apexes.each() {
        if let Some(apex) = apexes.find(name) {
            names.add(name);
            kept.push(offers.at(apex).clone());
        }
    }
    (names, kept)
}

fn audience(zone: &HostedZone, views: &[View], listeners: &[Arc<str>], problems: &mut Vec<Problem>) -> Audience {
    match &zone.visibility {
        Visibility::Public { listeners: wanted } if wanted.is_empty() => Audience::Listeners(u64::MAX),
        Visibility::Public { listeners: wanted } => {
            let mut mask = 0;
            for name in wanted {
                match listeners.iter().take(MAX_LISTENERS).position(|known| known == name) {
                    Some(at) => mask |= 1 << at,
                    None => problems.push(Problem::error(
                        &zone.at,
                        format!("zone {} is bound to listener {name:?}, which does not exist", zone.name),
                        "name a listener of waymark.toml or leave `listeners` out",
                    )),
                }
            }
            Audience::Listeners(mask)
        }
        Visibility::Private { views: wanted } => {
            let known = |wanted: &crate::model::ViewId| views.iter().position(|view| view.id == *wanted);
            for view in wanted.iter().filter(|view| known(view).is_none()) {
                problems.push(Problem::error(
                    &zone.at,
                    format!("zone {} is tied to view {:?}, which does not exist", zone.name, view.0),
                    "define the view with its networks, or correct the name (Z-24)",
                ));
            }
            Audience::Views(wanted.iter().filter_map(known).map(|at| at as u16).collect())
        }
    }
}

/// Source address → view for one listener: a view counts where it names the listener or none, and where it
/// names networks only inside them.
fn view_map(listener: &Arc<str>, views: &[View]) -> Option<AddressMap> {
    let everywhere = [Block::V4 { address: 0, len: 0 }, Block::V6 { address: 0, len: 0 }];
    let mut blocks = BTreeMap::new();
    for (at, view) in views.iter().enumerate() {
        let bound = view.listeners.contains(listener);
        if !bound && !view.listeners.is_empty() {
            continue;
        }
        let whole: &[Block] = if bound { &everywhere } else { &[] };
        for block in if view.networks.is_empty() { whole } else { &view.networks } {
            blocks.entry(*block).or_insert(at as u32 + 1);
        }
    }
    let blocks: Vec<_> = blocks.into_iter().collect();
    (!blocks.is_empty()).then(|| AddressMap::from_blocks(&blocks, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::geography::Geography;
    use crate::snapshot::{Becomes, Behaviour, Ground, Served, Snapshot, ZoneChange, compile};
    use crate::store;

    fn zone(name: &str, listeners: &str) -> Arc<HostedZone> {
        let text = format!("zone = \"{name}\"\n{listeners}");
        store::load_texts(&[("zone.toml", &text)], &store::Options::default()).expect("a zone").account.zones[0].clone()
    }

    fn changed(snapshot: &Snapshot, number: Option<u32>, to: Option<&Arc<HostedZone>>) -> Snapshot {
        let to = to.map(|zone| Becomes::Whole(Served { source: zone, model: zone, stays: false }));
        snapshot
            .change(&[ZoneChange { number, to }], None)
            .map_err(|problems| format!("{problems:?}"))
            .unwrap()
            .snapshot
    }

    fn named(snapshot: &Snapshot, name: &str) -> Vec<u32> {
        snapshot.catalog.named(&Name::parse(name, None).unwrap()).collect()
    }

    #[test]
    fn zones_that_come_and_go_leave_little_behind() {
        let listeners = vec!["one".into(), "two".into()];
        let ground = Ground { listeners, geography: Arc::new(Geography::nowhere()), behaviour: Behaviour::default() };
        let zones = vec![zone("a.test", ""), zone("b.test", "")];
        let account = crate::model::Account { zones, ..Default::default() };
        let first = compile(&account, &ground, None).expect("zones").snapshot;
        let octets = |snapshot: &Snapshot| snapshot.catalog.apexes.octets();
        let again = changed(&first, Some(0), Some(&zone("a.test", "comment = \"another\"\n")));
        assert_eq!(octets(&again), octets(&first), "nobody sees it who did not before");
        let narrow = changed(&again, Some(0), Some(&zone("a.test", "listeners = [\"two\"]\n")));
        let asked = Qname::read(b"\x01a\x04test\0").unwrap();
        let seen = |snapshot: &Snapshot| [0, 1].map(|at| snapshot.catalog.find(&asked, at, None).map(|hit| hit.zone));
        assert_eq!((seen(&again), seen(&narrow)), ([Some(0); 2], [None, Some(0)]), "Z-23");
        let (comes, label) = (zone("c.test", ""), "x".repeat(63));
        let long = zone(&format!("{label}.{label}.{label}.test"), "");
        let (mut now, mut most) = (narrow, 0);
        for _ in 0..1000 {
            now = changed(&now, None, Some(&long));
            let number = named(&now, &long.name.to_string())[0];
            now = changed(&now, Some(number), None);
            most = most.max(octets(&now));
        }
        assert!(most < 2 * LEFT_OVER, "{most} octets for two names");
        now = changed(&now, None, Some(&comes));
        assert_eq!(["a.test.", "b.test.", "c.test."].map(|name| named(&now, name)), [vec![0], vec![1], vec![2]]);
        assert_eq!((seen(&now), named(&now, "test.")), ([None, Some(0)], vec![]));
    }
}
