//! Where a client is → in which order a group's members are tried, compiled for one group.
//!
//! The geography's ranges are mapped from places to orders and equal neighbours merged, so a look-up costs the
//! same for every policy, and its scope is exactly what the order depends on. Groups with the same keys share one.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use super::geography::Geography;
use super::ranges::AddressMap;
use crate::model::place::{Area, Place, Region};
use crate::model::routing::{Anchor, LocationName};
use crate::model::view::Block;
use crate::model::{Candidate, CidrCollection};
use crate::policy::geoproximity::NegativeBias;
use crate::policy::{Choice, geolocation, geoproximity, ip_based, latency};

/// The preference orders of one group, by where the client is.
#[derive(Clone, Debug)]
pub struct Steering {
    /// Address → index into `orders`.
    map: AddressMap,
    orders: Box<[Box<[Choice]>]>,
    /// The order of clients whose place is unknown, the same choices as `fallback` has.
    unlocated: Option<u32>,
    fallback: u32,
    views: BTreeMap<Region, u32>,
}

impl Steering {
    /// For geolocation; clients nowhere known get the default record or nothing (P-40, P-41).
    pub fn geolocation(candidates: &[Candidate<Area>], geography: &Geography) -> Self {
        Self::by_place(geography, &Place::default(), |place| Some(geolocation::order(candidates, &place.location)))
    }

    /// For latency; the server's own location stands in where the client's is unknown (P-29).
    pub fn latency(candidates: &[Candidate<Region>], geography: &Geography, server: Region) -> Self {
        Self::by_place(geography, &Place::of_region(server), |place| {
            latency::order(candidates, place, &geography.latency)
        })
    }

    /// For geoproximity; the server's own location stands in where the client's is unknown (P-49).
    pub fn geoproximity(
        candidates: &[Candidate<Anchor>],
        geography: &Geography,
        negative: NegativeBias,
        server: Region,
    ) -> Self {
        Self::by_place(geography, &Place::of_region(server), |place| {
            geoproximity::order(candidates, &place.location, negative)
        })
    }

    /// For IP-based routing; views have no part in it (P-61).
    pub fn ip_based(collection: &CidrCollection, candidates: &[Candidate<LocationName>]) -> Self {
        let mut orders = Orders::default();
        let (blocks, default) = ip_based::orders(collection, candidates);
        let fallback = orders.number(default);
        let blocks: Vec<_> = blocks.into_iter().map(|(block, order)| (block, orders.number(order))).collect();
        Self {
            map: AddressMap::from_blocks(&blocks, fallback),
            orders: orders.list.into(),
            unlocated: None,
            fallback,
            views: BTreeMap::new(),
        }
    }

    /// The order for an address, how many leading bits of it decide, and whether the policy could place it. Where
    /// it could not, the order is that of the server's location; a caller who knows the resolver tries it first.
    pub fn order(&self, address: IpAddr) -> (&[Choice], u8, bool) {
        let (order, scope) = self.map.find(address);
        (&self.orders[order as usize], scope, self.unlocated != Some(order))
    }

    /// The order for clients of a view in `region` (Z-34).
    pub fn view(&self, region: Region) -> &[Choice] {
        &self.orders[*self.views.get(&region).unwrap_or(&self.fallback) as usize]
    }

    /// The order for the server's own location, and for views without a Region.
    pub fn fallback(&self) -> &[Choice] {
        &self.orders[self.fallback as usize]
    }

    /// How many ranges of addresses and how many distinct orders there are.
    pub fn size(&self) -> (usize, usize) {
        (self.map.len(), self.orders.len())
    }

    fn by_place(geography: &Geography, server: &Place, order: impl Fn(&Place) -> Option<Vec<Choice>>) -> Self {
        let mut orders = Orders::default();
        let fallback = order(server).unwrap_or_default();
        let unlocated = orders.add(fallback.clone());
        let fallback = orders.number(fallback);
        let mut number = |place: &Place| order(place).map_or(unlocated, |order| orders.number(order));
        let views = Region::all().map(|region| (region, number(&Place::of_region(region)))).collect();
        let by_place: Vec<u32> = geography.places.iter().map(number).collect();
        Self {
            map: geography.map.map(|place| by_place[place as usize]),
            orders: orders.list.into(),
            unlocated: Some(unlocated),
            fallback,
            views,
        }
    }
}

/// Distinct orders, numbered.
#[derive(Default)]
struct Orders {
    list: Vec<Box<[Choice]>>,
    numbers: HashMap<Box<[Choice]>, u32>,
}

impl Orders {
    /// The number of an order, the same for the same order.
    fn number(&mut self, order: Vec<Choice>) -> u32 {
        match self.numbers.get(&order[..]) {
            Some(number) => *number,
            None => {
                let order = order.into_boxed_slice();
                let number = self.add(order.to_vec());
                self.numbers.insert(order, number);
                number
            }
        }
    }

    /// Adds an order under a number of its own.
    fn add(&mut self, order: Vec<Choice>) -> u32 {
        self.list.push(order.into());
        self.list.len() as u32 - 1
    }
}

/// What a steering depends on besides the geography: the policy and its keys, in the order of the members.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SteeringKey {
    /// The areas.
    Geolocation(Vec<Area>),
    /// The Regions, and the server's.
    Latency(Vec<Region>, Region),
    /// Latitude, longitude (as bits) and bias, the rule for negative ones, and the server's Region.
    Geoproximity(Vec<(u64, u64, i8)>, NegativeBias, Region),
    /// Each member's blocks, `None` for the default location.
    IpBased(Vec<Option<Vec<Block>>>),
}

/// Steerings by what they depend on, for one geography: a thousand groups with the same keys build one table.
#[derive(Clone, Debug)]
pub struct SteeringCache {
    geography: Arc<Geography>,
    negative: NegativeBias,
    server: Region,
    built: BTreeMap<SteeringKey, Arc<Steering>>,
    /// How many were left when those were forgotten that no group uses.
    used: usize,
}

impl SteeringCache {
    /// An empty one; `server` is where the server is.
    pub fn new(geography: Arc<Geography>, negative: NegativeBias, server: Region) -> Self {
        Self { geography, negative, server, built: BTreeMap::new(), used: 0 }
    }

    /// Whether what it holds is right for this geography, rule and server.
    pub fn fits(&self, geography: &Arc<Geography>, negative: NegativeBias, server: Region) -> bool {
        Arc::ptr_eq(&self.geography, geography) && self.negative == negative && self.server == server
    }

    /// See [`Steering::geolocation`].
    pub fn geolocation(&mut self, candidates: &[Candidate<Area>]) -> Arc<Steering> {
        let key = SteeringKey::Geolocation(keys(candidates).collect());
        let build = |geography: &Geography| Steering::geolocation(candidates, geography);
        self.built_for(key, build)
    }

    /// See [`Steering::latency`].
    pub fn latency(&mut self, candidates: &[Candidate<Region>]) -> Arc<Steering> {
        let server = self.server;
        let key = SteeringKey::Latency(keys(candidates).collect(), server);
        self.built_for(key, |geography| Steering::latency(candidates, geography, server))
    }

    /// See [`Steering::geoproximity`].
    pub fn geoproximity(&mut self, candidates: &[Candidate<Anchor>]) -> Arc<Steering> {
        let (negative, server) = (self.negative, self.server);
        let anchors = keys(candidates)
            .map(|Anchor { site, bias }| (site.point().latitude.to_bits(), site.point().longitude.to_bits(), bias))
            .collect();
        let key = SteeringKey::Geoproximity(anchors, negative, server);
        self.built_for(key, |geography| Steering::geoproximity(candidates, geography, negative, server))
    }

    /// See [`Steering::ip_based`].
    pub fn ip_based(&mut self, collection: &CidrCollection, candidates: &[Candidate<LocationName>]) -> Arc<Steering> {
        let blocks = candidates.iter().map(|candidate| match &candidate.key {
            LocationName::Default => None,
            LocationName::Named(location) => Some(collection.locations.get(location).cloned().unwrap_or_default()),
        });
        let key = SteeringKey::IpBased(blocks.collect());
        self.built_for(key, |_| Steering::ip_based(collection, candidates))
    }

    /// Forgets what no group uses any more.
    pub fn forget_unused(&mut self) {
        self.built.retain(|_, steering| Arc::strong_count(steering) > 1);
        self.used = self.built.len();
    }

    /// The same once there are twice as many as were used, so that it costs little for each that is built.
    pub fn forget_if_many(&mut self) {
        if self.built.len() > 2 * self.used + 16 {
            self.forget_unused();
        }
    }

    /// How many it holds.
    pub fn len(&self) -> usize {
        self.built.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.built.is_empty()
    }

    fn built_for(&mut self, key: SteeringKey, build: impl FnOnce(&Geography) -> Steering) -> Arc<Steering> {
        let geography = &self.geography;
        self.built.entry(key).or_insert_with(|| Arc::new(build(geography))).clone()
    }
}

fn keys<K: Copy>(candidates: &[Candidate<K>]) -> impl Iterator<Item = K> {
    candidates.iter().map(|candidate| candidate.key)
}
