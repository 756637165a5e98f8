//! Small adversarial accounts: few labels from a tiny alphabet, every policy, trees, cuts, chains and loops.
//!
//! What proptest draws is a list of loose wishes; `account` fulfils those that make a valid zone (§2, §3) and
//! drops the rest, so every draw is served and shrinking removes wishes one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use proptest::prelude::*;
use waymark::model::check::{CheckKind, Endpoint, Protocol, Status};
use waymark::model::place::{Area, Coordinates, Country, Location, Region, Subdivision};
use waymark::model::routing::{Anchor, LocationName, Site};
use waymark::model::view::Block;
use waymark::model::*;

/// A wish for one record group.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    zone: u8,
    labels: Vec<u8>,
    rtype: u8,
    policy: u8,
    ttl: u8,
    members: Vec<Member>,
}

/// A wish for one record set of a group.
#[derive(Clone, Debug)]
struct Member {
    value: u8,
    values: u8,
    key: u8,
    weight: u8,
    /// 255 for none.
    check: u8,
    /// Odd numbers make an alias where there is a group to point at.
    alias: u8,
    evaluate: bool,
    ttl: u8,
}

/// A wish for a world.
#[derive(Clone, Debug)]
pub(crate) struct Wishes {
    pub(crate) zones: u8,
    pub(crate) rows: Vec<(u8, u8)>,
    pub(crate) groups: Vec<Wish>,
    pub(crate) threshold: u8,
    /// Which rows the latency table has.
    pub(crate) latency: u16,
}

/// One question of one client at one state of health.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    pub(crate) health: u16,
    pub(crate) seed: u64,
    pub(crate) zone: u8,
    pub(crate) labels: Vec<u8>,
    /// Ask the name of an existing group, by number, instead of `labels`.
    pub(crate) known: Option<u8>,
    pub(crate) rtype: u8,
    pub(crate) source: u8,
    pub(crate) listener: u8,
    pub(crate) ecs: Option<(u8, u8)>,
    pub(crate) udp: bool,
    pub(crate) shout: u16,
}

const LABELS: [&[u8]; 5] = [b"a", b"b", b"*", b"c", b"x"];
const TYPES: [RecordType; 9] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::TXT,
    RecordType::MX,
    RecordType::CNAME,
    RecordType::NS,
    RecordType::DNAME,
    RecordType::DS,
    RecordType::CAA,
];
const BLOCKS: [&str; 10] = [
    "198.51.100.0/24",
    "198.51.100.128/25",
    "198.51.0.0/16",
    "203.0.113.0/24",
    "203.0.112.0/21",
    "10.0.0.0/8",
    "2001:db8:9::/48",
    "2001:db8::/32",
    "2001:db8:9:8000::/49",
    "128.0.0.0/1",
];
const ADDRESSES: [&str; 10] = [
    "198.51.100.1",
    "198.51.100.200",
    "198.51.7.1",
    "203.0.113.9",
    "203.0.114.9",
    "10.0.0.1",
    "192.0.2.1",
    "2001:db8:9::1",
    "2001:db8:7::1",
    "fd00::1",
];
const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "cn-north-1"];

fn member() -> impl Strategy<Value = Member> {
    let check = prop_oneof![2 => Just(255u8), 3 => 0..10u8];
    let weight = prop_oneof![2 => Just(0u8), 3 => any::<u8>()];
    (any::<u8>(), 1..3u8, any::<u8>(), weight, check, any::<u8>(), any::<bool>(), 0..3u8).prop_map(
        |(value, values, key, weight, check, alias, evaluate, ttl)| Member {
            value,
            values,
            key,
            weight,
            check,
            alias,
            evaluate,
            ttl,
        },
    )
}

fn labels(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![4 => 0..2u8, 1 => Just(2u8), 1 => 3..5u8], 0..=most)
}

fn wish() -> impl Strategy<Value = Wish> {
    let rtype = prop_oneof![8 => Just(0u8), 2 => 1..4u8, 3 => Just(4u8), 1 => Just(5u8), 1 => Just(6u8), 1 => 7..9u8];
    let members = prop_oneof![6 => prop::collection::vec(member(), 1..4), 1 => prop::collection::vec(member(), 8..11)];
    (0..6u8, labels(3), rtype, 0..10u8, any::<u8>(), members)
        .prop_map(|(zone, labels, rtype, policy, ttl, members)| Wish { zone, labels, rtype, policy, ttl, members })
}

/// Worlds.
pub(crate) fn wishes() -> impl Strategy<Value = Wishes> {
    let latency = prop_oneof![1 => Just(0u16), 1 => any::<u16>()];
    (0..32u8, prop::collection::vec((0..10u8, 0..9u8), 0..6), prop::collection::vec(wish(), 1..14), 0..4u8, latency)
        .prop_map(|(zones, rows, groups, threshold, latency)| Wishes { zones, rows, groups, threshold, latency })
}

/// Questions.
pub(crate) fn draws(count: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Draw>> {
    let one =
        (
            (any::<u16>(), any::<u64>(), 0..6u8, labels(4)),
            (prop::option::weighted(0.7, any::<u8>()), 0..20u8, 0..10u8),
            (0..4u8, prop::option::of((0..10u8, any::<u8>())), any::<bool>(), any::<u16>()),
        )
            .prop_map(|((health, seed, zone, labels), (known, rtype, source), (listener, ecs, udp, shout))| {
                Draw { health, seed, zone, labels, known, rtype, source, listener, ecs, udp, shout }
            });
    prop::collection::vec(one, count)
}

fn name(text: &str) -> Name {
    Name::parse(text, None).unwrap()
}

fn at() -> At {
    At::new("drawn", 1)
}

pub(crate) fn block(text: &str) -> Block {
    let (address, len) = text.split_once('/').unwrap();
    Block::new(address.parse().unwrap(), len.parse().unwrap()).unwrap()
}

fn region(key: u8) -> Region {
    Region::from_code(REGIONS[usize::from(key) % REGIONS.len()]).unwrap()
}

fn location(at: u8) -> Location {
    let (country, state, latitude, longitude) = match at % 9 {
        0 => ("US", Some("WA"), 47.61, -122.33),
        1 => ("US", Some("VA"), 38.95, -77.45),
        2 => ("GB", None, 51.51, -0.13),
        3 => ("JP", None, 35.68, 139.69),
        4 => ("BR", None, -23.55, -46.63),
        5 => ("CN", None, 39.90, 116.41),
        6 => ("US", None, 39.00, -98.00),
        7 => ("NA", None, -22.56, 17.08),
        _ => return Location::default(),
    };
    let country = Country::from_code(country).unwrap();
    Location {
        continent: Some(country.row().unwrap().continent),
        country: Some(country),
        subdivision: state.and_then(Subdivision::from_code),
        point: Some(Coordinates { latitude, longitude }),
    }
}

fn area(key: u8) -> Area {
    let here = location(key % 8);
    let country = here.country.unwrap();
    match key / 8 % 4 {
        0 => Area::Default,
        1 => Area::Continent(here.continent.unwrap()),
        2 => Area::Country(country),
        _ => here.subdivision.map_or(Area::Country(country), |state| Area::Subdivision(country, state)),
    }
}

fn anchor(key: u8) -> Anchor {
    let bias = [0, 0, 25, -25, 50, -99, 99][usize::from(key / 16) % 7];
    let site = match key % 16 {
        // As far north as south of a client in the middle of the United States (P-48).
        13 => Site::Point(Coordinates { latitude: 40.0, longitude: -98.0 }),
        14 => Site::Point(Coordinates { latitude: 38.0, longitude: -98.0 }),
        _ => Site::Region(region(key)),
    };
    Anchor { site, bias }
}

fn check_id(at: usize) -> CheckId {
    CheckId(format!("c{at}").into())
}

/// c0…c4 probed, c5 inverted, c6 disabled, c7 calculated, c8 calculated and inverted, c9 disabled and inverted.
fn checks(threshold: u8) -> Vec<HealthCheck> {
    let endpoint = || CheckKind::Endpoint(Endpoint::new(Protocol::Tcp, "127.0.0.1".into(), 1));
    let calculated = |children: &[usize]| CheckKind::Calculated {
        children: children.iter().map(|at| check_id(*at)).collect(),
        threshold: threshold.into(),
    };
    (0..10)
        .map(|at| {
            let kind = match at {
                7 => calculated(&[0, 1]),
                8 => calculated(&[2, 5, 6]),
                _ => endpoint(),
            };
            let (inverted, disabled) = (matches!(at, 5 | 8 | 9), matches!(at, 6 | 9));
            HealthCheck { inverted, disabled, ..HealthCheck::new(check_id(at), kind, at_line(at)) }
        })
        .collect()
}

fn at_line(line: usize) -> At {
    At::new("drawn", line as u32 + 1)
}

/// What the probes say, one bit per probed check.
pub(crate) fn raw_health(bits: u16) -> BTreeMap<CheckId, bool> {
    [0, 1, 2, 3, 4, 5, 6, 9].into_iter().map(|at| (check_id(at), bits >> at & 1 == 1)).collect()
}

/// The listeners' names.
pub(crate) fn listeners() -> Vec<Arc<str>> {
    vec!["outside".into(), "inside".into()]
}

/// Prefixes and where they are, each prefix once.
pub(crate) fn rows(wishes: &Wishes) -> Vec<(Block, Location)> {
    let unique: BTreeMap<u8, u8> = wishes.rows.iter().copied().collect();
    unique.into_iter().map(|(at, place)| (block(BLOCKS[usize::from(at)]), location(place))).collect()
}

const LATENCY: [&str; 12] = [
    "cidr:198.51.100.0/24,us-west-2,10",
    "cidr:198.51.100.128/25,us-east-1,3",
    "cidr:2001:db8:9::/48,eu-west-1,5",
    "subdivision:US-WA,us-east-1,6",
    "country:US,eu-west-1,7",
    "macro:EA,us-east-1,4",
    "continent:EU,ap-northeast-1,9",
    "*,us-east-1,150",
    "*,eu-west-1,150",
    "*,ap-northeast-1,40",
    "*,us-west-2,41",
    "*,cn-north-1,42",
];

/// The rows of the latency table.
pub(crate) fn latency(wishes: &Wishes) -> Vec<String> {
    let wanted = LATENCY.iter().enumerate().filter(|(at, _)| wishes.latency >> at & 1 == 1);
    wanted.map(|(_, row)| (*row).to_owned()).collect()
}

/// The address of a client.
pub(crate) fn address(at: u8) -> IpAddr {
    ADDRESSES[usize::from(at) % ADDRESSES.len()].parse().unwrap()
}

/// The source prefix length of a client subnet.
pub(crate) fn source_len(address: IpAddr, wish: u8) -> u8 {
    let lengths: &[u8] =
        if address.is_ipv4() { &[32, 24, 25, 16, 15, 8, 1, 0, 31] } else { &[128, 56, 48, 49, 47, 32, 31, 1, 0] };
    lengths[usize::from(wish) % lengths.len()]
}

/// The type a draw asks.
fn asked_type(wish: u8) -> RecordType {
    match usize::from(wish) {
        at @ 0..9 => TYPES[at],
        9 => RecordType::ANY,
        10 => RecordType::SOA,
        11 => RecordType(65280),
        _ => RecordType::A,
    }
}

/// The name and type a draw asks: those of a record group most often, and a step beside them.
pub(crate) fn asked(account: &Account, draw: &Draw) -> (Name, RecordType) {
    let zone = &account.zones[usize::from(draw.zone) % account.zones.len()];
    let rtype = asked_type(draw.rtype);
    let Some(at) = draw.known else { return (in_zone(&zone.name, &draw.labels), rtype) };
    let (found, own) = zone.groups.keys().nth(usize::from(at) % zone.groups.len()).expect("every zone has groups");
    let rtype = if draw.rtype >= 8 { *own } else { rtype };
    // Sometimes one label below, where wildcards, cuts and DNAMEs speak.
    match draw.labels[..] {
        [label] => (found.child(LABELS[usize::from(label)]).unwrap_or_else(|_| found.clone()), rtype),
        _ => (found.clone(), rtype),
    }
}

fn in_zone(apex: &Name, labels: &[u8]) -> Name {
    labels.iter().fold(apex.clone(), |name, label| name.child(LABELS[usize::from(*label) % LABELS.len()]).unwrap())
}

/// A name to point at: in the zone, existing or not, or outside it.
fn somewhere(apex: &Name, wish: u8) -> Name {
    match wish % 16 {
        0 => name("elsewhere.example."),
        1 => apex.clone(),
        at => {
            let labels = [at % 4, wish / 16 % 4, wish / 64];
            in_zone(apex, &labels[..1 + usize::from(at) % 3])
        }
    }
}

struct Draft {
    id: &'static str,
    apex: Name,
    visibility: Visibility,
    groups: BTreeMap<(Name, RecordType), RecordGroup>,
    depth: BTreeMap<(Name, RecordType), usize>,
}

/// The account that fulfils the wishes.
pub(crate) fn account(wishes: &Wishes) -> Account {
    let flag = |bit: u8| wishes.zones >> bit & 1 == 1;
    let [office, desk] = ["office", "desk"].map(|id| ViewId(id.into()));
    let public =
        |listeners: &[&str]| Visibility::Public { listeners: listeners.iter().map(|at| Arc::from(*at)).collect() };
    let mut drafts = Vec::new();
    let mut add = |id, apex: &str, visibility| {
        drafts.push(Draft { id, apex: name(apex), visibility, groups: BTreeMap::new(), depth: BTreeMap::new() });
    };
    add("Zparent", "ex.test.", public(if flag(3) { &["outside"] } else { &[] }));
    if flag(0) {
        add("Zchild", "a.ex.test.", public(&[]));
    }
    if flag(1) {
        add("Zoffice", "ex.test.", Visibility::Private { views: vec![office.clone()] });
    }
    if flag(2) {
        add("Zofficechild", "b.ex.test.", Visibility::Private { views: vec![office.clone(), desk.clone()] });
    }
    if flag(4) {
        add("Zdesk", "ex.test.", Visibility::Private { views: vec![desk.clone()] });
    }
    if flag(3) {
        add("Zinside", "ex.test.", public(&["inside"]));
    }
    for (at, draft) in drafts.iter_mut().enumerate() {
        draft.start(at as u8);
    }
    let mut ordered: Vec<&Wish> = wishes.groups.iter().collect();
    // Cuts and DNAMEs first, so that what they hide is known when aliases choose targets.
    ordered.sort_by_key(|wish| !matches!(TYPES[usize::from(wish.rtype)], RecordType::NS | RecordType::DNAME));
    let count = drafts.len();
    for (number, wish) in ordered.into_iter().enumerate() {
        drafts[usize::from(wish.zone) % count].fulfil(wish, number as u8);
    }
    let zones = drafts.into_iter().map(Draft::zone).map(Arc::new).collect();
    Account {
        zones,
        checks: checks(wishes.threshold),
        collections: vec![collection()],
        views: views(office, desk, wishes),
    }
}

/// A view, and another within it: the order in which they are written decides nothing.
fn views(office: ViewId, desk: ViewId, wishes: &Wishes) -> Vec<View> {
    let inner = View {
        id: desk,
        networks: ["10.0.0.0/16", "fd00::/16", "198.51.100.0/24"].map(block).into(),
        listeners: if wishes.threshold == 3 { vec!["inside".into()] } else { vec![] },
        region: Some(region(wishes.threshold + 1)),
        at: at(),
    };
    let outer = outer(office, wishes);
    if wishes.latency.is_multiple_of(2) { vec![outer, inner] } else { vec![inner, outer] }
}

fn outer(office: ViewId, wishes: &Wishes) -> View {
    View {
        id: office,
        networks: if wishes.threshold == 1 { vec![] } else { vec![block("10.0.0.0/8"), block("fd00::/8")] },
        listeners: if wishes.threshold == 2 { vec![] } else { vec!["inside".into()] },
        region: Some(region(wishes.threshold)),
        at: at(),
    }
}

fn collection() -> CidrCollection {
    let locations = [
        ("isp-a", &["203.0.113.0/24", "2001:db8::/32"][..]),
        ("isp-b", &["203.0.0.0/16", "198.51.100.0/24"]),
        ("isp-c", &["2001:db8:9::/48", "198.51.0.0/16"]),
    ];
    let locations = locations
        .into_iter()
        .map(|(id, blocks)| (id.into(), blocks.iter().map(|text| block(text)).collect()))
        .collect();
    CidrCollection { id: "isps".into(), locations, at: at() }
}

impl Draft {
    fn start(&mut self, number: u8) {
        let ns = [b"\x02ns", self.apex.wire()].concat();
        let soa =
            [&ns[..], b"\x04host", self.apex.wire(), &[0, 0, 0, 1, 0, 0, 28, 32, 0, 0, 3, 132, 0, 18, 117, 0]].concat();
        let minimum: u32 = if number.is_multiple_of(2) { 86400 } else { 60 };
        let soa = [soa, minimum.to_be_bytes().to_vec()].concat();
        self.simple(RecordType::SOA, 900, soa);
        self.simple(RecordType::NS, 172_800, ns);
    }

    fn simple(&mut self, rtype: RecordType, ttl: u32, rdata: Vec<u8>) {
        let target = Target::Values { ttl, rdata: vec![Rdata(rdata.into())] };
        let routing = Routing::Simple(Candidate { id: "".into(), key: (), check: None, target, at: at() });
        self.groups.insert((self.apex.clone(), rtype), RecordGroup { routing, at: at() });
    }

    fn zone(self) -> HostedZone {
        let Self { id, apex, visibility, groups, depth: _ } = self;
        HostedZone {
            id: ZoneId(id.into()),
            name: apex,
            comment: String::new(),
            visibility,
            groups,
            dnssec: None,
            signing: None,
            left_out: 0,
            at: at(),
        }
    }

    fn types_at(&self, name: &Name) -> Vec<RecordType> {
        self.groups.keys().filter(|(at, _)| at == name).map(|(_, rtype)| *rtype).collect()
    }

    /// Whether a cut at or above, or a DNAME above, hides the name.
    fn hidden(&self, name: &Name) -> bool {
        self.groups.keys().any(|(at, rtype)| {
            name.is_within(at)
                && ((*rtype == RecordType::NS && *at != self.apex) || (*rtype == RecordType::DNAME && at != name))
        })
    }

    fn allowed(&self, name: &Name, rtype: RecordType) -> bool {
        let apex = *name == self.apex;
        let here = self.types_at(name);
        let below_dname =
            self.groups.keys().any(|(at, rtype)| *rtype == RecordType::DNAME && at != name && name.is_within(at));
        let beside = match rtype {
            RecordType::CNAME => here.is_empty() && !apex,
            RecordType::NS => !apex && !name.is_wildcard() && !here.contains(&RecordType::DNAME),
            RecordType::DNAME => {
                let above_others = self.groups.keys().any(|(at, _)| at != name && at.is_within(name));
                !name.is_wildcard() && !above_others && (apex || !here.contains(&RecordType::NS))
            }
            RecordType::DS => !apex && !name.is_wildcard(),
            _ => true,
        };
        beside && !below_dname && !here.contains(&rtype) && !here.contains(&RecordType::CNAME)
    }

    fn fulfil(&mut self, wish: &Wish, number: u8) {
        let name = in_zone(&self.apex, &wish.labels);
        let rtype = TYPES[usize::from(wish.rtype)];
        if !self.allowed(&name, rtype) {
            return;
        }
        let only_simple = matches!(rtype, RecordType::NS | RecordType::DNAME | RecordType::DS);
        let policy = if only_simple { 0 } else { wish.policy };
        let private = matches!(self.visibility, Visibility::Private { .. });
        let mut depth = 0;
        let mut members = Vec::new();
        for (at, member) in wish.members.iter().enumerate() {
            members.push(self.candidate(wish, rtype, policy, at, member, number, &mut depth));
        }
        let Some(routing) = routing(policy, rtype, private, &wish.members, members) else { return };
        self.depth.insert((name.clone(), rtype), depth);
        self.groups.insert((name, rtype), RecordGroup { routing, at: at() });
    }

    #[expect(clippy::too_many_arguments, reason = "one wish in its parts")]
    fn candidate(
        &self,
        wish: &Wish,
        rtype: RecordType,
        policy: u8,
        at: usize,
        member: &Member,
        number: u8,
        depth: &mut usize,
    ) -> Candidate<()> {
        // DNAME is no type of Route 53: it is served plainly and never steered.
        let check = (member.check < 10 && rtype != RecordType::DNAME).then(|| check_id(member.check.into()));
        let ttl = if policy == 1 { u32::from(wish.ttl) } else { u32::from(member.ttl) * 30 };
        let count = if matches!(rtype, RecordType::CNAME | RecordType::DNAME) { 1 } else { member.values };
        let own = || {
            let rdata: BTreeSet<Vec<u8>> =
                (0..count).map(|more| value(&self.apex, rtype, number, at as u8, member, more)).collect();
            Target::Values { ttl, rdata: rdata.into_iter().map(|bytes| Rdata(bytes.into())).collect() }
        };
        let may_alias = !matches!(rtype, RecordType::NS | RecordType::DNAME | RecordType::DS | RecordType::SOA);
        let target = if may_alias && policy != 7 && member.alias % 2 == 1 {
            self.alias(rtype, member, check.is_some() || policy != 3, depth).unwrap_or_else(own)
        } else {
            own()
        };
        let primary = policy == 3 && at == 0;
        let check = match (&target, check) {
            // a primary that is no alias needs a check.
            (Target::Values { .. }, None) if primary => Some(check_id(0)),
            (_, check) => check,
        };
        let id = if policy == 0 { String::new() } else { format!("{}{at}", ["m", "M", "z", "-"][at % 4]) };
        Candidate { id: id.into(), key: (), check, target, at: at_line(at) }
    }

    fn alias(&self, rtype: RecordType, member: &Member, free: bool, depth: &mut usize) -> Option<Target> {
        let evaluate = member.evaluate || !free;
        if member.alias % 8 == 7 && rtype == RecordType::A {
            let rdata = if member.alias < 32 { vec![] } else { vec![Rdata(vec![10, 9, 9, member.value].into())] };
            let check = (member.value < 128).then(|| check_id(usize::from(member.value) % 10));
            return Some(Target::Provider { of: "elb".into(), ttl: 60, rdata, check, evaluate });
        }
        let open: Vec<&(Name, RecordType)> =
            self.depth.keys().filter(|key| key.1 == rtype && self.depth[key] < 4 && !self.hidden(&key.0)).collect();
        let to = open.get(usize::from(member.alias / 2) % open.len().max(1))?;
        *depth = (*depth).max(self.depth[to] + 1);
        Some(Target::Alias { to: to.0.clone(), evaluate })
    }
}

fn value(apex: &Name, rtype: RecordType, group: u8, at: u8, member: &Member, more: u8) -> Vec<u8> {
    // Multivalue members sometimes share a value (P-65).
    let at = if member.value.is_multiple_of(8) { 77 } else { at };
    match rtype {
        RecordType::A => vec![10, group, at, more],
        RecordType::AAAA => vec![0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, group, at, more],
        RecordType::TXT => vec![3, b'T', group, at.wrapping_add(more)],
        RecordType::MX => [&[0, more], somewhere(apex, member.value.wrapping_add(more)).wire()].concat(),
        RecordType::CAA => vec![0, 5, b'i', b's', b's', b'u', b'e', at, more],
        RecordType::DS => vec![0, 1, 13, 2, group, at, more],
        _ => somewhere(apex, member.value.wrapping_add(more)).wire().to_vec(),
    }
}

/// The routing of a group, or `None` where the policy does not take such records (§2.4, Z-32).
fn routing(
    policy: u8,
    rtype: RecordType,
    private: bool,
    wishes: &[Member],
    members: Vec<Candidate<()>>,
) -> Option<Routing> {
    fn keyed<K: PartialEq>(
        members: Vec<Candidate<()>>,
        wishes: &[Member],
        key: impl Fn(&Member) -> K,
    ) -> Vec<Candidate<K>> {
        let mut taken: Vec<Candidate<K>> = Vec::new();
        for (Candidate { id, key: (), check, target, at }, wish) in members.into_iter().zip(wishes) {
            let key = key(wish);
            if taken.iter().all(|other| other.key != key) {
                taken.push(Candidate { id, key, check, target, at });
            }
        }
        taken
    }
    Some(match policy {
        1 => {
            let mut all: Vec<Candidate<u8>> = members
                .into_iter()
                .zip(wishes)
                .map(|(Candidate { id, key: (), check, target, at }, wish)| Candidate {
                    id,
                    key: wish.weight,
                    check,
                    target,
                    at,
                })
                .collect();
            all.sort_by(|a, b| a.id.cmp(&b.id));
            Routing::Weighted(all)
        }
        2 => Routing::Latency(keyed(members, wishes, |wish| region(wish.key))),
        3 => {
            let lone_secondary = members.len() == 1 && wishes[0].key.is_multiple_of(2);
            let mut members = members.into_iter().map(Box::new);
            let primary = if lone_secondary { None } else { members.next() };
            Routing::Failover { primary, secondary: members.next() }
        }
        4 => Routing::Geolocation(keyed(members, wishes, |wish| area(wish.key))),
        5 => {
            let mut kept = keyed(members, wishes, |wish| anchor(wish.key));
            let mut sites: Vec<Site> = Vec::new();
            kept.retain(|one| {
                let fresh = !sites.contains(&one.key.site);
                sites.push(one.key.site);
                fresh
            });
            Routing::Geoproximity(kept)
        }
        6 if !private => {
            let candidates = keyed(members, wishes, |wish| match wish.key % 4 {
                0 => LocationName::Default,
                1 => LocationName::Named("isp-a".into()),
                2 => LocationName::Named("isp-b".into()),
                _ => LocationName::Named("isp-c".into()),
            });
            Routing::IpBased { collection: "isps".into(), candidates }
        }
        7 if rtype != RecordType::CNAME => {
            let mut members = members;
            members.sort_by(|a, b| a.id.cmp(&b.id));
            Routing::Multivalue(members)
        }
        6 | 7 => return None,
        _ => Routing::Simple(Candidate { id: "".into(), ..members.into_iter().next()? }),
    })
}

/// A probed check's word for the health table.
pub(crate) fn status(healthy: bool) -> Status {
    Status::from_healthy(healthy)
}

/// An account as text, for the report of a disagreement.
pub(crate) fn describe(account: &Account, rows: &[(Block, Location)], health: u16) -> String {
    let mut out = String::new();
    for zone in &account.zones {
        out += &format!("zone {} {:?}\n", zone.name, zone.visibility);
        for ((name, rtype), group) in &zone.groups {
            out += &format!("  {name} {rtype} {}\n", group.routing.name());
            let keys: Vec<String> = match &group.routing {
                Routing::Weighted(many) => many.iter().map(|one| one.key.to_string()).collect(),
                Routing::Latency(many) => many.iter().map(|one| one.key.code().to_owned()).collect(),
                Routing::Geolocation(many) => many.iter().map(|one| one.key.to_string()).collect(),
                Routing::Geoproximity(many) => many.iter().map(|one| format!("{:?}", one.key)).collect(),
                Routing::IpBased { candidates, .. } => candidates.iter().map(|one| format!("{:?}", one.key)).collect(),
                _ => vec![],
            };
            for (at, member) in group.routing.candidates().into_iter().enumerate() {
                let check = member.check.map_or("-", |id| &id.0);
                out += &format!("    {:?} {} check {check} ", member.id, keys.get(at).map_or("", String::as_str));
                out += &match member.target {
                    Target::Values { ttl, rdata } => {
                        format!("ttl {ttl} {:?}\n", rdata.iter().map(|one| &one.0).collect::<Vec<_>>())
                    }
                    other => format!("{other:?}\n"),
                };
            }
        }
    }
    out += &format!("raw {:?}\n", raw_health(health));
    rows.iter().for_each(|(block, location)| out += &format!("row {block} {location:?}\n"));
    out
}
