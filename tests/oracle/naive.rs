//! A deliberately naive answerer: linear scans over the model, every permitted outcome listed.
//!
//! Written from the specification (§1.4, §1.5, §3, §4, §8) and RFC 1034, 2181, 4592, 6672 alone; it knows
//! neither `answer` nor `snapshot`. Where chance decides, all outcomes that may come are in the set.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use waymark::model::check::CheckKind;
use waymark::model::place::{Area, Coordinates, Location, Region};
use waymark::model::routing::{CandidateRef, LocationName};
use waymark::model::view::Block;
use waymark::model::{
    Account, CheckId, HostedZone, Name, RecordGroup, RecordType, Routing, Target, View, Visibility, check,
};

use crate::message::names_inside;

/// Everything an answer depends on but the question, the client and the seed.
pub(crate) struct Scene<'a> {
    pub(crate) account: &'a Account,
    pub(crate) listeners: &'a [Arc<str>],
    /// Prefix → location, scanned from the first to the last; the longest prefix counts.
    pub(crate) rows: &'a [(Block, Location)],
    /// Rows of the operator's latency table.
    pub(crate) latency: &'a [String],
    /// What the probes say.
    pub(crate) raw: &'a BTreeMap<CheckId, bool>,
    pub(crate) server: Region,
    /// Groups whose members were looked at, with the zone's index; filled while answering.
    pub(crate) touched: RefCell<BTreeSet<(usize, Name, RecordType)>>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) source: IpAddr,
    pub(crate) listener: usize,
    /// Address with the bits beyond the source prefix cleared.
    pub(crate) ecs: Option<(IpAddr, u8)>,
    pub(crate) udp: bool,
}

/// A record with folded names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rr {
    pub(crate) owner: Vec<u8>,
    pub(crate) rtype: u16,
    pub(crate) ttl: u32,
    pub(crate) rdata: Vec<u8>,
}

/// One permitted reply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Outcome {
    pub(crate) rcode: u16,
    pub(crate) aa: bool,
    /// Sorted.
    pub(crate) answer: Vec<Rr>,
    /// Sorted: nothing, the SOA of a negative answer, or the NS records of a referral.
    pub(crate) authority: Vec<Rr>,
}

/// A group's answer: TTL and values, or nothing at all (NODATA).
type Pick = Option<(u32, Vec<Vec<u8>>)>;

/// More outcomes than this are not listed.
const MOST_OUTCOMES: usize = 20_000;

/// Where somebody is, as far as latency goes.
struct Spot {
    location: Location,
    address: Option<IpAddr>,
    region: Option<Region>,
}

enum Found<'a> {
    Referral(Name),
    Dname(Name, &'a RecordGroup),
    /// The name whose groups answer: the name itself or a wildcard.
    Node(Name),
    Missing,
}

/// Where location policies place a client, most telling first.
struct Seen {
    address: IpAddr,
    known: u8,
    region: Option<Region>,
    fallback: Option<IpAddr>,
}

impl<'a> Scene<'a> {
    /// Every reply that may be given, or `None` when there are too many to list.
    pub(crate) fn outcomes(&self, name: &Name, rtype: RecordType, client: &Client) -> Option<BTreeSet<Outcome>> {
        self.touched.borrow_mut().clear();
        let zones = self.zones_for(name, rtype, client);
        if zones.is_empty() {
            return Some(BTreeSet::from([Outcome { rcode: 5, aa: false, answer: vec![], authority: vec![] }]));
        }
        let mut all = BTreeSet::new();
        for zone in zones {
            let mut visited = vec![name.clone()];
            self.continue_at(zone, name, rtype, client, &mut visited, &[], &mut all);
        }
        (all.len() <= MOST_OUTCOMES).then_some(all)
    }

    /// The zone that answers (Z-21, Z-27); for DS at a zone's apex the parent if it is here (RFC 4035 §3.1.4.1).
    fn zones_for(&self, name: &Name, rtype: RecordType, client: &Client) -> Vec<usize> {
        let view = self.view(client);
        let of = |pool: Vec<usize>| {
            let mut fitting: Vec<usize> =
                pool.into_iter().filter(|at| name.is_within(&self.account.zones[*at].name)).collect();
            fitting.sort_by_key(|at| std::cmp::Reverse(self.account.zones[*at].name.label_count()));
            if rtype == RecordType::DS && fitting.len() > 1 && self.account.zones[fitting[0]].name == *name {
                fitting.remove(0);
            }
            fitting.truncate(1);
            fitting
        };
        let pool = |wanted: &dyn Fn(&HostedZone) -> bool| {
            (0..self.account.zones.len()).filter(|at| wanted(&self.account.zones[*at])).collect::<Vec<_>>()
        };
        let private = of(pool(&|zone| match (&zone.visibility, view) {
            (Visibility::Private { views }, Some(view)) => views.contains(&view.id),
            _ => false,
        }));
        if !private.is_empty() {
            return private;
        }
        of(pool(&|zone| match &zone.visibility {
            Visibility::Public { listeners } => {
                listeners.is_empty() || listeners.contains(&self.listeners[client.listener])
            }
            Visibility::Private { .. } => false,
        }))
    }

    /// Z-24; a view that names both listeners and networks means those networks at those listeners. Of several the
    /// one with the longest network has the client; a view without networks is the widest.
    fn view(&self, client: &Client) -> Option<&'a View> {
        let closeness = |view: &View| {
            let at = view.listeners.is_empty() || view.listeners.contains(&self.listeners[client.listener]);
            let around = view.networks.iter().filter(|one| one.covers(whole(client.source))).map(|one| one.len()).max();
            let anyone = (view.networks.is_empty() && !view.listeners.is_empty()).then_some(0);
            around.or(anyone).filter(|_| at)
        };
        let within = self.account.views.iter().filter_map(|view| Some((closeness(view)?, view)));
        within.max_by_key(|(closeness, _)| *closeness).map(|(_, view)| view)
    }

    #[expect(clippy::too_many_arguments, reason = "one recursive step of RFC 1034 §4.3.2")]
    fn continue_at(
        &self,
        zone: usize,
        name: &Name,
        rtype: RecordType,
        client: &Client,
        visited: &mut Vec<Name>,
        so_far: &[Rr],
        all: &mut BTreeSet<Outcome>,
    ) {
        if all.len() > MOST_OUTCOMES {
            return;
        }
        let data = &self.account.zones[zone];
        let mut done = |rcode: u16, aa: bool, more: &[Rr], authority: Vec<Rr>| {
            let mut answer = [so_far, more].concat();
            answer.sort();
            answer.dedup();
            all.insert(Outcome { rcode, aa, answer, authority });
        };
        match self.find(data, name, rtype) {
            Found::Referral(cut) => {
                let referral = self.plain(data, &cut, RecordType::NS, &cut);
                done(0, !so_far.is_empty(), &[], referral);
            }
            Found::Missing => done(3, true, &[], self.soa(data)),
            Found::Dname(owner, group) => {
                let Some((ttl, rdata)) = values(group) else { return };
                let dname = Rr { owner: owner.wire().into(), rtype: 39, ttl, rdata: fold_rdata(39, &rdata[0]) };
                let prefix = &name.wire()[..name.wire().len() - owner.wire().len()];
                let target = [prefix, &rdata[0]].concat();
                let Ok(target) = Name::from_wire(&target) else {
                    return done(6, true, &[dname], vec![]);
                };
                let cname = Rr { owner: name.wire().into(), rtype: 5, ttl, rdata: target.wire().into() };
                // A DNAME that leads below itself would only make the name longer each time round.
                let endless = Name::from_wire(&rdata[0]).is_ok_and(|target| target.is_within(&owner));
                if endless {
                    return done(0, true, &[dname, cname], vec![]);
                }
                if rtype == RecordType::CNAME || rtype == RecordType::ANY {
                    done(0, true, &[dname.clone(), cname.clone()], vec![]);
                }
                self.follow(zone, &target, rtype, client, visited, &[so_far, &[dname, cname]].concat(), all);
            }
            Found::Node(node) => {
                let at_node = |rtype: RecordType| data.groups.get(&(node.clone(), rtype));
                if rtype != RecordType::CNAME && rtype != RecordType::ANY && at_node(RecordType::CNAME).is_some() {
                    for pick in self.answers(zone, &node, RecordType::CNAME, client) {
                        let Some((ttl, rdata)) = pick else {
                            all.insert(nodata(so_far, self.soa(data)));
                            continue;
                        };
                        let cname = Rr { owner: name.wire().into(), rtype: 5, ttl, rdata: fold_rdata(5, &rdata[0]) };
                        let target = Name::from_wire(&rdata[0]).unwrap();
                        let records = [so_far, &[cname]].concat();
                        self.follow(zone, &target, rtype, client, visited, &records, all);
                    }
                    return;
                }
                if rtype == RecordType::ANY {
                    return self.any(zone, &node, name, client, so_far, all);
                }
                if at_node(rtype).is_none() {
                    return done(0, true, &[], self.soa(data));
                }
                for pick in self.answers(zone, &node, rtype, client) {
                    match pick {
                        Some(pick) => done(0, true, &records(name, rtype, &pick), vec![]),
                        None => done(0, true, &[], self.soa(data)),
                    }
                }
            }
        }
    }

    /// The rest of a chain: same zone only, eight links, no name twice, sixteen links where Q-16 recommends eight.
    #[expect(clippy::too_many_arguments, reason = "one recursive step of RFC 1034 §4.3.2")]
    fn follow(
        &self,
        zone: usize,
        target: &Name,
        rtype: RecordType,
        client: &Client,
        visited: &mut Vec<Name>,
        so_far: &[Rr],
        all: &mut BTreeSet<Outcome>,
    ) {
        let in_zone = target.is_within(&self.account.zones[zone].name);
        let elsewhere = self.zones_for(target, RecordType::A, client) != [zone];
        // A zone below that is here too answers for itself; its delegation may be shown or left to the next query.
        let stays =
            !elsewhere || in_zone && matches!(self.find(&self.account.zones[zone], target, rtype), Found::Referral(_));
        if !in_zone || elsewhere || visited.contains(target) || visited.len() > 15 {
            let mut answer = so_far.to_vec();
            answer.sort();
            answer.dedup();
            all.insert(Outcome { rcode: 0, aa: true, answer, authority: vec![] });
        }
        if !in_zone || !stays || visited.contains(target) || visited.len() > 15 {
            return;
        }
        visited.push(target.clone());
        self.continue_at(zone, target, rtype, client, visited, so_far, all);
        visited.pop();
    }

    /// ANY: everything over TCP, HINFO or the CNAME over UDP (Q-20, RFC 8482 §4.2).
    fn any(&self, zone: usize, node: &Name, name: &Name, client: &Client, so_far: &[Rr], all: &mut BTreeSet<Outcome>) {
        let data = &self.account.zones[zone];
        let types: Vec<RecordType> = data.groups.keys().filter(|(at, _)| at == node).map(|(_, rtype)| *rtype).collect();
        if types.is_empty() {
            all.insert(nodata(so_far, self.soa(data)));
            return;
        }
        if client.udp && !types.contains(&RecordType::CNAME) {
            let hinfo = Rr { owner: name.wire().into(), rtype: 13, ttl: 3600, rdata: b"\x07RFC8482\x00".to_vec() };
            let mut answer = [so_far, &[hinfo]].concat();
            answer.sort();
            answer.dedup();
            all.insert(Outcome { rcode: 0, aa: true, answer, authority: vec![] });
            return;
        }
        let mut combinations = vec![so_far.to_vec()];
        for rtype in types {
            let picks = self.answers(zone, node, rtype, client);
            combinations = combinations
                .iter()
                .flat_map(|so_far| picks.iter().map(move |pick| (so_far, pick)))
                .map(|(so_far, pick)| match pick {
                    Some(pick) => [&so_far[..], &records(name, rtype, pick)].concat(),
                    None => so_far.clone(),
                })
                .take(MOST_OUTCOMES + 1)
                .collect();
        }
        for mut answer in combinations {
            answer.sort();
            answer.dedup();
            let authority = if answer.len() == so_far.len() { self.soa(data) } else { vec![] };
            all.insert(Outcome { rcode: 0, aa: true, answer, authority });
        }
    }

    /// RFC 1034 §4.3.2 step 3 by looking at every name (§8.2).
    fn find<'z>(&self, zone: &'z HostedZone, name: &Name, rtype: RecordType) -> Found<'z> {
        let mut path = vec![name.clone()];
        while path[path.len() - 1] != zone.name {
            let up = path[path.len() - 1].parent().expect("the name is within the zone");
            path.push(up);
        }
        path.reverse();
        for at in &path {
            let group = |rtype: RecordType| zone.groups.get(&(at.clone(), rtype));
            if *at != zone.name && group(RecordType::NS).is_some() && !(at == name && rtype == RecordType::DS) {
                return Found::Referral(at.clone());
            }
            if at != name
                && let Some(dname) = group(RecordType::DNAME)
            {
                return Found::Dname(at.clone(), dname);
            }
        }
        let exists = |name: &Name| *name == zone.name || zone.groups.keys().any(|(at, _)| at.is_within(name));
        if exists(name) {
            return Found::Node(name.clone());
        }
        let encloser = path.iter().rev().find(|at| exists(at)).expect("the apex exists");
        let wildcard = encloser.child(b"*").expect("fits where a longer name fits");
        if exists(&wildcard) { Found::Node(wildcard) } else { Found::Missing }
    }

    fn plain(&self, zone: &HostedZone, node: &Name, rtype: RecordType, owner: &Name) -> Vec<Rr> {
        let pick = zone.groups.get(&(node.clone(), rtype)).and_then(values);
        let mut records = pick.map_or_else(Vec::new, |pick| records(owner, rtype, &pick));
        records.sort();
        records
    }

    /// The SOA of a negative answer, TTL the lesser of its own and MINIMUM (Q-13, RFC 2308 §5).
    fn soa(&self, zone: &HostedZone) -> Vec<Rr> {
        let mut soa = self.plain(zone, &zone.name, RecordType::SOA, &zone.name);
        for record in &mut soa {
            let minimum = u32::from_be_bytes(record.rdata[record.rdata.len() - 4..].try_into().unwrap());
            record.ttl = record.ttl.min(minimum);
        }
        soa
    }

    // ---- §4: choosing with health ----

    /// A check's effective status (§5.6, C-24, C-25; H-1 for one that does not exist).
    pub(crate) fn check_ok(&self, id: &CheckId) -> bool {
        let Some(check) = self.account.checks.iter().find(|check| check.id == *id) else { return true };
        let raw = match &check.kind {
            CheckKind::Endpoint(_) | CheckKind::Alarm(_) => self.raw.get(id).copied().unwrap_or(true),
            CheckKind::Given { status } => *status == check::Status::Healthy,
            CheckKind::Calculated { children, threshold } => {
                let exists = |child: &&CheckId| self.account.checks.iter().any(|check| check.id == **child);
                children.iter().filter(exists).filter(|child| self.check_ok(child)).count() >= usize::from(*threshold)
            }
        };
        let status = check.disabled || raw;
        match check.forced {
            Some(word) => word == check::Status::Healthy,
            None => status != check.inverted,
        }
    }

    fn healthy(&self, zone: usize, rtype: RecordType, member: CandidateRef<'_>, client: &Client) -> bool {
        let own = member.check.is_none_or(|id| self.check_ok(id));
        own && match member.target {
            Target::Values { .. } | Target::Alias { evaluate: false, .. } => true,
            Target::Alias { to, evaluate: true } => self.group_ok(zone, to, rtype, client),
            Target::Rule { .. } => unreachable!("{NO_TREES}"),
            // What nothing maps is never healthy, asked after or not.
            Target::Provider { rdata, check, evaluate, .. } => {
                !rdata.is_empty() && (!evaluate || check.as_ref().is_none_or(|id| self.check_ok(id)))
            }
        }
    }

    /// H-5, H-6.
    fn group_ok(&self, zone: usize, name: &Name, rtype: RecordType, client: &Client) -> bool {
        let Some(group) = self.account.zones[zone].groups.get(&(name.clone(), rtype)) else { return false };
        self.touched.borrow_mut().insert((zone, name.clone(), rtype));
        let members = group.routing.candidates();
        // Which of several equally good orders is taken does not matter: they hold the same members.
        let order = self.orders(zone, group, client).remove(0);
        order.into_iter().any(|at| self.healthy(zone, rtype, members[at], client))
    }

    /// Everything the group at `name` may answer (§4.2).
    fn answers(&self, zone: usize, name: &Name, rtype: RecordType, client: &Client) -> BTreeSet<Pick> {
        let Some(group) = self.account.zones[zone].groups.get(&(name.clone(), rtype)) else {
            return BTreeSet::from([None]);
        };
        self.touched.borrow_mut().insert((zone, name.clone(), rtype));
        let members = group.routing.candidates();
        let healthy: Vec<bool> = members.iter().map(|member| self.healthy(zone, rtype, *member, client)).collect();
        let mut all = BTreeSet::new();
        for order in self.orders(zone, group, client) {
            let up: Vec<usize> = order.iter().copied().filter(|at| healthy[*at]).collect();
            let pool = if up.is_empty() { order } else { up };
            for picked in possible_picks(&group.routing, &pool) {
                all.extend(self.picked(zone, rtype, &members, &picked, client));
            }
        }
        all
    }

    fn picked(
        &self,
        zone: usize,
        rtype: RecordType,
        members: &[CandidateRef<'_>],
        picked: &[usize],
        client: &Client,
    ) -> BTreeSet<Pick> {
        match picked {
            [] => BTreeSet::from([None]),
            [one] => match members[*one].target {
                Target::Alias { to, .. } => self.answers(zone, to, rtype, client),
                Target::Rule { .. } => unreachable!("{NO_TREES}"),
                Target::Values { ttl, rdata } => BTreeSet::from([merged([(*ttl, &rdata[..])])]),
                Target::Provider { ttl, rdata, .. } => BTreeSet::from([merged([(*ttl, &rdata[..])])]),
            },
            many => BTreeSet::from([merged(many.iter().filter_map(|at| match members[*at].target {
                Target::Values { ttl, rdata } => Some((*ttl, &rdata[..])),
                _ => None,
            }))]),
        }
    }

    // ---- §3: orders ----

    fn seen(&self, zone: usize, client: &Client) -> Seen {
        let whole = if client.source.is_ipv4() { 32 } else { 128 };
        if let Visibility::Private { .. } = self.account.zones[zone].visibility {
            let region = self.view(client).and_then(|view| view.region);
            return Seen { address: client.source, known: whole, region, fallback: None };
        }
        match client.ecs {
            Some((address, known)) if known > 0 => Seen { address, known, region: None, fallback: Some(client.source) },
            _ => Seen { address: client.source, known: whole, region: None, fallback: None },
        }
    }

    fn row(&self, address: IpAddr) -> Location {
        let covering = self.rows.iter().filter(|(block, _)| block.covers(whole(address)));
        covering.max_by_key(|(block, _)| block.len()).map_or_else(Location::default, |(_, location)| *location)
    }

    /// The location itself, and the one distances are measured from (P-29, P-49: resolver, then the server).
    fn locations(&self, seen: &Seen) -> (Location, Location) {
        if let Some(region) = seen.region {
            return (region_location(region), region_location(region));
        }
        let own = self.row(seen.address);
        let measured = [Some(seen.address), seen.fallback]
            .into_iter()
            .flatten()
            .map(|address| self.row(address))
            .find(|location| location.point.is_some())
            .unwrap_or_else(|| region_location(self.server));
        (own, measured)
    }

    /// Where latency is measured from, most telling first (P-29).
    fn spots(&self, seen: &Seen) -> Vec<Spot> {
        let in_region = |region| Spot { location: region_location(region), address: None, region: Some(region) };
        if let Some(region) = seen.region {
            return vec![in_region(region)];
        }
        let at = |address| Spot { location: self.row(address), address: Some(address), region: None };
        let mut spots: Vec<Spot> = [Some(seen.address), seen.fallback].into_iter().flatten().map(at).collect();
        spots.push(in_region(self.server));
        spots
    }

    /// The operator's row or the estimate; -1 for one's own Region, `None` when nothing is known (geo.md §4.4).
    fn milliseconds(&self, spot: &Spot, region: Region) -> Option<f64> {
        if spot.region == Some(region) {
            return Some(-1.0);
        }
        let Location { continent, country, subdivision, point } = spot.location;
        let mut best: Option<(u32, f64)> = None;
        for row in self.latency {
            let cells: Vec<&str> = row.split(',').collect();
            let [selector, to, ms] = cells[..] else { panic!("{row}") };
            let (kind, what) = selector.split_once(':').unwrap_or((selector, ""));
            let country_code = country.map(|country| country.code().to_owned()).unwrap_or_default();
            let rank = match kind {
                "cidr" => {
                    let (address, len) = what.split_once('/').expect(row);
                    let block = Block::new(address.parse().expect(row), len.parse().expect(row)).expect(row);
                    let holds = spot.address.is_some_and(|address| block.covers(whole(address)));
                    if holds { 100 + u32::from(block.len()) } else { 0 }
                }
                "subdivision" => {
                    let own = subdivision.map(|state| format!("{country_code}-{}", state.code()));
                    if own.as_deref() == Some(what) { 50 } else { 0 }
                }
                "country" if country_code == what => 40,
                "macro" if country.is_some() && macro_area(&country_code) == what => 30,
                "continent" if continent.is_some_and(|continent| continent.code() == what) => 20,
                "*" => 10,
                _ => 0,
            };
            if to == region.code() && rank > best.map_or(0, |(rank, _)| rank) {
                best = Some((rank, ms.parse().expect(row)));
            }
        }
        best.map(|(_, ms)| ms).or_else(|| point.map(|_| estimate_ms(&spot.location, region)))
    }

    /// The members a policy considers, most preferred first; several orders where rounding may decide (H-4).
    fn orders(&self, zone: usize, group: &RecordGroup, client: &Client) -> Vec<Vec<usize>> {
        let seen = self.seen(zone, client);
        let (own, measured) = self.locations(&seen);
        match &group.routing {
            Routing::Tree(_) => unreachable!("{NO_TREES}"),
            Routing::Simple(_) => vec![vec![0]],
            Routing::Weighted(many) => vec![(0..many.len()).collect()],
            Routing::Multivalue(many) => vec![(0..many.len()).collect()],
            Routing::Failover { primary, secondary } => {
                vec![(0..usize::from(primary.is_some()) + usize::from(secondary.is_some())).collect()]
            }
            Routing::Geolocation(many) => {
                let rank = |area: &Area| match area {
                    Area::Subdivision(country, state) => {
                        (own.country == Some(*country) && own.subdivision == Some(*state)).then_some(0)
                    }
                    Area::Country(country) => (own.country == Some(*country)).then_some(1),
                    Area::Continent(continent) => (own.continent == Some(*continent)).then_some(2),
                    Area::Default => Some(3),
                };
                let mut fitting: Vec<(i32, usize)> =
                    many.iter().enumerate().filter_map(|(at, one)| Some((rank(&one.key)?, at))).collect();
                fitting.sort_unstable();
                vec![fitting.into_iter().map(|(_, at)| at).collect()]
            }
            Routing::IpBased { collection, candidates } => {
                let collection = self.account.collections.iter().find(|known| known.id == *collection);
                let client_block = Block::new(seen.address, seen.known).unwrap();
                let mut fitting: Vec<(i32, usize)> = Vec::new();
                for (at, one) in candidates.iter().enumerate() {
                    match &one.key {
                        LocationName::Default => fitting.push((1, at)),
                        LocationName::Named(location) => {
                            let blocks =
                                collection.and_then(|known| known.locations.get(location)).into_iter().flatten();
                            let longest =
                                blocks.filter(|block| block.covers(client_block)).map(|block| block.len()).max();
                            fitting.extend(longest.map(|len| (-i32::from(len), at)));
                        }
                    }
                }
                fitting.sort_unstable();
                vec![fitting.into_iter().map(|(_, at)| at).collect()]
            }
            Routing::Latency(many) => {
                let in_china = |spot: &Spot| spot.location.country.is_some_and(|country| country.code() == "CN");
                let spot = self
                    .spots(&seen)
                    .into_iter()
                    .find(|spot| many.iter().all(|one| self.milliseconds(spot, one.key).is_some()));
                let spot = spot.expect("the server has coordinates");
                by_distance(many.len(), 1e-6, |at| {
                    let region = many[at].key;
                    let home = in_china(&spot) && region.code() == "cn-north-1";
                    let ms = self.milliseconds(&spot, region).expect("found just now");
                    (if home && ms >= 0.0 { -0.5 } else { ms }, (0, region.code().to_owned()))
                })
            }
            Routing::Geoproximity(many) => {
                let from = measured.point.expect("the server has coordinates");
                by_distance(many.len(), 0.002, |at| {
                    let bias = f64::from(many[at].key.bias) / 100.0;
                    let km = haversine_km(from, many[at].key.site.point());
                    let biased = if bias >= 0.0 { km * (1.0 - bias) } else { km / (1.0 + bias) };
                    (biased, (-i32::from(many[at].key.bias), many[at].id.to_string()))
                })
            }
        }
    }

    /// What a location-dependent group would prefer for a client at `address`, known to its last bit.
    pub(crate) fn preference(
        &self,
        zone: usize,
        name: &Name,
        rtype: RecordType,
        address: IpAddr,
        source: IpAddr,
    ) -> String {
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let client = Client { source, listener: 0, ecs: Some((address, whole)), udp: true };
        let Some(group) = self.account.zones[zone].groups.get(&(name.clone(), rtype)) else { return String::new() };
        let collection = match &group.routing {
            Routing::IpBased { collection, candidates } => {
                let known = self.account.collections.iter().find(|known| known.id == *collection);
                let mut lengths: Vec<(usize, u8)> = Vec::new();
                for (at, one) in candidates.iter().enumerate() {
                    if let (LocationName::Named(location), Some(known)) = (&one.key, known) {
                        let blocks = known.locations.get(location).into_iter().flatten();
                        lengths.extend(
                            blocks.filter(|block| block.covers(self::whole(address))).map(|block| (at, block.len())),
                        );
                    }
                }
                lengths
            }
            _ => Vec::new(),
        };
        // Whom nothing is known of depends on the resolver next (P-29), which is a preference of its own.
        let located = match &group.routing {
            Routing::Latency(many) => {
                let spot = Spot { location: self.row(address), address: Some(address), region: None };
                many.iter().all(|one| self.milliseconds(&spot, one.key).is_some())
            }
            Routing::Geoproximity(_) => self.row(address).point.is_some(),
            _ => true,
        };
        format!("{:?} {collection:?} {located}", self.orders(zone, group, &client)[0])
    }
}

/// Trees are held against the aliases one would write for them by tests/traffic.rs.
const NO_TREES: &str = "the scenery has no traffic policies";

fn nodata(so_far: &[Rr], authority: Vec<Rr>) -> Outcome {
    let mut answer = so_far.to_vec();
    answer.sort();
    answer.dedup();
    Outcome { rcode: 0, aa: true, answer, authority }
}

fn values(group: &RecordGroup) -> Pick {
    match &group.routing {
        Routing::Simple(one) => match &one.target {
            Target::Values { ttl, rdata } => merged([(*ttl, &rdata[..])]),
            _ => None,
        },
        _ => None,
    }
}

/// Several record sets as one: least TTL, each value once (N-25, P-65).
fn merged<'r>(sets: impl IntoIterator<Item = (u32, &'r [waymark::model::Rdata])>) -> Pick {
    let mut least = u32::MAX;
    let mut all = BTreeSet::new();
    for (ttl, rdata) in sets {
        least = least.min(ttl);
        all.extend(rdata.iter().map(|rdata| rdata.0.to_vec()));
    }
    (!all.is_empty()).then(|| (least, all.into_iter().collect()))
}

fn records(owner: &Name, rtype: RecordType, (ttl, rdata): &(u32, Vec<Vec<u8>>)) -> Vec<Rr> {
    rdata
        .iter()
        .map(|rdata| Rr { owner: owner.wire().into(), rtype: rtype.0, ttl: *ttl, rdata: fold_rdata(rtype.0, rdata) })
        .collect()
}

/// Which members may be picked together from the pool, by policy (§4.2).
fn possible_picks(routing: &Routing, pool: &[usize]) -> Vec<Vec<usize>> {
    match routing {
        Routing::Weighted(many) => {
            let weighty: Vec<usize> = pool.iter().copied().filter(|at| many[*at].key > 0).collect();
            let eligible = if weighty.is_empty() { pool } else { &weighty };
            eligible.iter().map(|at| vec![*at]).collect()
        }
        Routing::Multivalue(_) => subsets(pool, 8),
        _ => vec![pool.first().copied().into_iter().collect()],
    }
}

/// All subsets of `size`, or the whole where it is not larger.
fn subsets(pool: &[usize], size: usize) -> Vec<Vec<usize>> {
    if pool.len() <= size {
        return vec![pool.to_vec()];
    }
    if size == 0 {
        return vec![vec![]];
    }
    let mut all = subsets(&pool[1..], size);
    all.extend(subsets(&pool[1..], size - 1).into_iter().map(|rest| [&pool[..1], &rest].concat()));
    all
}

/// Sorted by a length, then by `tie`; lengths closer than `unsure` but unequal may go either way.
fn by_distance(count: usize, unsure: f64, key: impl Fn(usize) -> (f64, (i32, String))) -> Vec<Vec<usize>> {
    let mut keyed: Vec<(f64, (i32, String), usize)> = (0..count)
        .map(|at| {
            let (length, tie) = key(at);
            (length, tie, at)
        })
        .collect();
    keyed.sort_by(|a, b| {
        let equal = (a.0 - b.0).abs() < 1e-9;
        if equal { a.1.cmp(&b.1) } else { a.0.total_cmp(&b.0) }
    });
    let order: Vec<usize> = keyed.iter().map(|(_, _, at)| *at).collect();
    let mut orders = vec![order.clone()];
    for at in 1..keyed.len() {
        let gap = keyed[at].0 - keyed[at - 1].0;
        if gap > 1e-9 && gap < unsure {
            orders.extend(orders.clone().into_iter().map(|mut order| {
                order.swap(at - 1, at);
                order
            }));
        }
    }
    orders
}

fn whole(address: IpAddr) -> Block {
    Block::new(address, if address.is_ipv4() { 32 } else { 128 }).unwrap()
}

/// P-46: great circle by the haversine formula, R = 6371.0088 km.
fn haversine_km(a: Coordinates, b: Coordinates) -> f64 {
    let (phi_a, phi_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let lambda = (b.longitude - a.longitude).to_radians();
    let h = ((phi_b - phi_a) / 2.0).sin().powi(2) + phi_a.cos() * phi_b.cos() * (lambda / 2.0).sin().powi(2);
    2.0 * 6371.0088 * h.sqrt().clamp(0.0, 1.0).asin()
}

/// The part of the world a country is in, by column `macro` of its row.
fn macro_area(country: &str) -> String {
    let rows = include_str!("../../geoip/countries.csv").lines().map(|line| line.split(',').collect::<Vec<_>>());
    rows.into_iter().find(|cells| cells[0] == country).expect("a known country")[4].to_owned()
}

/// `5 + k[macro][macro]·km/100` (geo.md §4.4).
fn estimate_ms(client: &Location, region: Region) -> f64 {
    let client_area = client.country.map_or_else(String::new, |country| macro_area(country.code()));
    let client_area = &client_area[..];
    let region_area = region.row().macro_area.code();
    let k: f64 = include_str!("../../geoip/latency_k.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .find(|cell| {
            (cell[0], cell[1]) == (client_area, region_area) || (cell[1], cell[0]) == (client_area, region_area)
        })
        .map_or(1.67, |cell| cell[2].parse().unwrap());
    5.0 + k * haversine_km(client.point.expect("located"), region.row().point) / 100.0
}

/// Where a Region is (Z-36); the ones the generator uses.
pub(crate) fn region_location(region: Region) -> Location {
    use waymark::model::place::{Country, Subdivision};
    let (country, state) = match region.code() {
        "us-east-1" => ("US", Some("VA")),
        "us-west-2" => ("US", Some("OR")),
        "eu-west-1" => ("IE", None),
        "ap-northeast-1" => ("JP", None),
        "cn-north-1" => ("CN", None),
        other => panic!("{other} is not among the oracle's Regions"),
    };
    let country = Country::from_code(country).unwrap();
    Location {
        continent: Some(country.row().unwrap().continent),
        country: Some(country),
        subdivision: state.and_then(Subdivision::from_code),
        point: Some(region.row().point),
    }
}

/// The same rdata with the names inside in lower case.
pub(crate) fn fold_rdata(rtype: u16, rdata: &[u8]) -> Vec<u8> {
    let (before, mut names) = names_inside(rtype);
    let mut folded = rdata.to_vec();
    let mut at = before;
    while names > 0 && at < folded.len() {
        let len = usize::from(folded[at]);
        names -= usize::from(len == 0);
        let end = (at + 1 + len).min(folded.len());
        folded[at + 1..end].make_ascii_lowercase();
        at = end;
    }
    folded
}
