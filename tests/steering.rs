//! Spec §10.6, §10.8, §10.9 and §10.10: the orders that located policies give the clients of §10.1, and the
//! member picked from them by health.

#[path = "common/fixture_geo.rs"]
mod fixture_geo;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use fixture_geo::{CLIENTS, geography};
use waymark::geo;
use waymark::model::place::{Area, Continent, Coordinates, Country, Region, Subdivision};
use waymark::model::routing::{Anchor, LocationName, Site};
use waymark::model::view::Block;
use waymark::model::{At, Candidate, CidrCollection, Target};
use waymark::policy::geoproximity::NegativeBias;
use waymark::policy::latency::LatencyTable;
use waymark::policy::{Choice, Entropy, Plan, select};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::steering::{Steering, SteeringCache};

const K1: &str = "198.51.100.0/24";
const K2: &str = "100.64.2.0/24";
const K3: &str = "203.0.113.0/24";
const K4: &str = "100.64.4.0/24";
const K5: &str = "100.64.5.0/24";
const K6: &str = "100.64.6.0/24";
const K7: &str = "100.64.7.0/24";
const K8: &str = "100.64.8.0/24";
const K9: &str = "2001:db8:9::/48";
const K10: &str = "100.64.10.0/24";
const K11: &str = "100.64.11.0/24";
const K12: &str = "100.64.12.0/24";
const K13: &str = "100.64.13.0/24";

fn candidate<K>(id: &str, key: K) -> Candidate<K> {
    let target = Target::Values { ttl: 60, rdata: Vec::new() };
    Candidate { id: id.into(), key, check: None, target, at: At::new("fixture", 1) }
}

fn region(code: &str) -> Region {
    Region::from_code(code).unwrap()
}

fn block(text: &str) -> Block {
    let (address, len) = text.split_once('/').unwrap();
    Block::new(address.parse().unwrap(), len.parse().unwrap()).unwrap()
}

/// A group under test: its steering, and the ids of its members.
struct Group {
    steering: Steering,
    ids: Vec<Arc<str>>,
}

impl Group {
    fn of<K>(candidates: Vec<Candidate<K>>, build: impl FnOnce(&[Candidate<K>]) -> Steering) -> Self {
        Self { steering: build(&candidates), ids: candidates.into_iter().map(|candidate| candidate.id).collect() }
    }

    fn latency(regions: &[(&str, &str)]) -> Self {
        let candidates = regions.iter().map(|(id, code)| candidate(id, region(code))).collect();
        Self::of(candidates, |candidates| Steering::latency(candidates, &geography(), region("us-east-1")))
    }

    fn geolocation(areas: &[(&str, Area)]) -> Self {
        let candidates = areas.iter().map(|(id, area)| candidate(id, *area)).collect();
        Self::of(candidates, |candidates| Steering::geolocation(candidates, &geography()))
    }

    fn geoproximity(anchors: &[(&str, (f64, f64), i8)], negative: NegativeBias) -> Self {
        let candidates = anchors.iter().map(|(id, (latitude, longitude), bias)| {
            let site = Site::Point(Coordinates { latitude: *latitude, longitude: *longitude });
            candidate(id, Anchor { site, bias: *bias })
        });
        Self::of(candidates.collect(), |candidates| {
            Steering::geoproximity(candidates, &geography(), negative, region("us-east-1"))
        })
    }

    fn order(&self, client: &str) -> Vec<&str> {
        self.named(self.steering.order(address(client)).0, client)
    }

    fn named(&self, order: &[Choice], client: &str) -> Vec<&str> {
        let known = block(client).len();
        let choices = order.iter().filter(|choice| choice.at_least <= known);
        choices.map(|choice| &*self.ids[usize::from(choice.member)]).collect()
    }

    /// The member picked for a client while those of `down` are not healthy; `None` is NODATA.
    fn picked(&self, client: &str, down: &[&str]) -> Option<&str> {
        let (order, _, _) = self.steering.order(address(client));
        let plan = Plan::InOrder { order, known: block(client).len() };
        let share = |member: usize| u8::from(!down.contains(&&*self.ids[member]));
        select(&plan, share, &mut Entropy::new(0)).members().next().map(|member| &*self.ids[member])
    }
}

fn address(client: &str) -> IpAddr {
    client.split_once('/').unwrap().0.parse().unwrap()
}

#[test]
fn latency_cases() {
    let group = Group::latency(&[(".1", "us-east-1"), (".2", "eu-west-1"), (".3", "ap-northeast-1")]);
    let picks = [K2, K3, K4].map(|client| group.picked(client, &[]));
    assert_eq!(picks, [Some(".1"), Some(".2"), Some(".3")], "T120, P-26");
    assert_eq!(group.picked(K2, &[".1"]), Some(".2"), "T121, P-26");
    assert_eq!(group.picked(K2, &[".1", ".2"]), Some(".3"), "T122, P-26");
    assert_eq!(group.picked(K2, &[".1", ".2", ".3"]), Some(".1"), "T123, H-19");
    assert_eq!(group.picked(K3, &[]), Some(".2"), "T129, P-8: the subnet's, whoever resolves");
    assert_eq!(group.picked(K9, &[]), Some(".2"), "T131, P-8");
    let two = Group::latency(&[(".5", "us-west-2"), (".6", "ap-southeast-1")]);
    assert_eq!(two.picked(K3, &[]), Some(".5"), "T124, P-25");
}

#[test]
fn latency_of_nobody_knows_where() {
    let group = Group::latency(&[(".1", "us-east-1"), (".2", "eu-west-1"), (".3", "ap-northeast-1")]);
    assert_eq!(group.picked(K8, &[]), Some(".1"), "T125, P-29");
    let (order, scope, located) = group.steering.order(address(K8));
    assert!(!located, "P-29: the resolver may be tried first");
    assert_eq!(order, group.steering.fallback(), "P-29: then the server's own location");
    assert!(scope <= 24, "the gap around K8 is wider than it");
    assert!(group.steering.order(address(K2)).2);
}

#[test]
fn latency_in_china() {
    let regions = [(".1", "us-east-1"), (".2", "eu-west-1"), (".3", "ap-northeast-1"), (".4", "cn-north-1")];
    let group = Group::latency(&regions);
    assert_eq!(group.picked(K6, &[]), Some(".4"), "T126, P-28");
    assert_eq!(group.picked(K6, &[".4"]), Some(".3"), "T127, P-28");
    assert_eq!(group.picked(K4, &[]), Some(".3"), "T128, P-28");
}

#[test]
fn latency_is_estimated_where_nothing_was_measured() {
    let group = Group::latency(&[(".1", "sa-east-1"), (".2", "eu-west-1"), (".3", "us-east-1")]);
    assert_eq!(group.order(K5), [".1", ".3", ".2"], "P-27: sa-east-1 is estimated, the others have rows");
    let ties = Group::latency(&[("b", "us-gov-east-1"), ("a", "us-east-2")]);
    assert_eq!(ties.order(K2), ["a", "b"], "P-27: one place, two Regions: by Region code");
    let ties = Group::latency(&[("a", "us-gov-east-1"), ("b", "us-east-2")]);
    assert_eq!(ties.order(K2), ["b", "a"], "P-27: by Region code, not by id");
}

#[test]
fn latency_of_views() {
    let group = Group::latency(&[(".1", "us-east-1"), (".2", "eu-west-1")]);
    let order = |code: &str| group.named(group.steering.view(region(code)), "0.0.0.0/0");
    assert_eq!(order("eu-west-1"), [".2", ".1"], "T058, Z-35: the same Region");
    assert_eq!(order("eu-central-1"), [".2", ".1"], "Z-35: else the nearest");
    assert_eq!(order("us-west-2"), [".1", ".2"], "Z-35");
}

fn area(text: &str) -> Area {
    let country = |code: &str| Country::from_code(code).unwrap();
    match text.split_once('-') {
        Some((of, code)) => Area::Subdivision(country(of), Subdivision::from_code(code).unwrap()),
        None if text == "*" => Area::Default,
        None => Area::Country(country(text)),
    }
}

fn continent(code: &str) -> Area {
    Area::Continent(Continent::from_code(code).unwrap())
}

/// Group G of §10.8, written in an order that is not its preference.
fn group_g() -> Vec<(&'static str, Area)> {
    vec![(".4", area("*")), (".3", continent("NA")), (".2", area("US")), (".1", area("US-WA")), (".5", continent("EU"))]
}

#[test]
fn geolocation_cases() {
    let group = Group::geolocation(&group_g());
    assert_eq!(group.picked(K1, &[]), Some(".1"), "T160, P-38");
    assert_eq!(group.picked(K1, &[".1"]), Some(".2"), "T161, P-39");
    assert_eq!(group.picked(K1, &[".1", ".2"]), Some(".3"), "T161, P-39");
    assert_eq!(group.picked(K1, &[".1", ".2", ".3"]), Some(".4"), "T161, P-39");
    assert_eq!(group.picked(K1, &[".1", ".2", ".3", ".4"]), Some(".1"), "T162, H-18");
    assert_eq!([group.picked(K2, &[]), group.picked(K7, &[])], [Some(".2"); 2], "T163, P-38, P-41");
    assert_eq!(group.picked(K10, &[]), Some(".3"), "T164, P-35");
    assert_eq!([group.picked(K3, &[]), group.picked(K9, &[])], [Some(".5"); 2], "T165, T173, P-38");
    assert_eq!([group.picked(K4, &[]), group.picked(K8, &[])], [Some(".4"); 2], "T166, P-38, P-41");
    assert_eq!(group.order(K2), [".2", ".3", ".4"], "T169: US-WA is no candidate of a Virginian");
    assert_eq!(group.picked(K2, &[".2"]), Some(".3"), "T169, P-38");
    assert_eq!(group.picked(K4, &[".4"]), Some(".4"), "T170, H-18");
    assert_eq!(group.picked(K3, &[".5"]), Some(".4"), "T171, P-39");
    assert!(group.steering.order(address(K8)).2, "P-41: nowhere is an answer, not a reason to ask the resolver");
}

#[test]
fn geolocation_without_default() {
    let areas: Vec<_> = group_g().into_iter().filter(|(_, area)| *area != Area::Default).collect();
    let group = Group::geolocation(&areas);
    assert_eq!([group.picked(K4, &[]), group.picked(K8, &[])], [None; 2], "T167, P-40");
    assert_eq!(group.picked(K1, &[".1", ".2", ".3"]), Some(".1"), "T168, H-18");
    let states = Group::geolocation(&[(".1", area("US-WA")), (".2", area("US-VA"))]);
    assert_eq!(states.picked(K7, &[]), None, "T178, P-41");
    let states = Group::geolocation(&[(".1", area("US-WA")), (".2", area("US-VA")), (".3", area("*"))]);
    assert_eq!(states.picked(K7, &[]), Some(".3"), "T178, P-41");
}

#[test]
fn geolocation_does_not_mix_codes_up() {
    let group = Group::geolocation(&[(".1", continent("NA")), (".2", area("NA"))]);
    assert_eq!(group.picked(K1, &[]), Some(".1"), "T172, P-43");
    assert_eq!(group.picked(K13, &[]), Some(".2"), "T172, P-43");
}

#[test]
fn geolocation_of_views() {
    let group = Group::geolocation(&[(".1", area("US-VA")), (".2", area("US")), (".3", area("*"))]);
    let order = |code: &str| group.named(group.steering.view(region(code)), "0.0.0.0/0");
    assert_eq!(order("us-east-1"), [".1", ".2", ".3"], "T059, Z-36");
    assert_eq!(order("us-west-2"), [".2", ".3"], "Z-36");
    assert_eq!(order("eu-west-1"), [".3"], "Z-36");
}

#[test]
fn scopes_are_exact() {
    let scope = |group: &Group, client: &str| group.steering.order(client.parse().unwrap()).1;
    let group = Group::geolocation(&group_g());
    assert_eq!(scope(&group, "203.0.113.7"), 24, "T253: K3's neighbours are nowhere");
    assert_eq!(scope(&group, "2001:db8:9::1"), 48, "T254");
    let two = Group::geolocation(&[(".1", continent("AF")), (".2", area("*"))]);
    assert_eq!(scope(&two, "203.0.113.7"), 1, "only Namibia differs, and it is in the other half");
    let one = Group::geolocation(&[(".2", area("*"))]);
    assert_eq!(scope(&one, "203.0.113.7"), 0, "an answer everyone gets depends on nothing");
}

const WEST: (f64, f64) = (45.84, -119.70);
const EAST: (f64, f64) = (38.95, -77.45);

fn group_x(west: i8, east: i8, negative: NegativeBias) -> Group {
    Group::geoproximity(&[(".1", WEST, west), (".2", EAST, east)], negative)
}

#[test]
fn geoproximity_cases() {
    let divide = NegativeBias::Divide;
    let group = group_x(0, 0, divide);
    assert_eq!([group.picked(K1, &[]), group.picked(K2, &[])], [Some(".1"), Some(".2")], "T180, P-47");
    assert_eq!(group.picked(K11, &[]), Some(".2"), "T181, P-47");
    assert_eq!(group_x(25, 0, divide).picked(K11, &[]), Some(".1"), "T182, P-46");
    assert_eq!(group_x(0, -25, divide).picked(K11, &[]), Some(".1"), "T183, X-05");
    assert_eq!(group_x(0, -25, NegativeBias::Multiply).picked(K11, &[]), Some(".2"), "T183, X-05");
    for negative in [divide, NegativeBias::Multiply] {
        assert_eq!(group_x(0, -50, negative).picked(K11, &[]), Some(".1"), "T184, P-46");
    }
    assert_eq!(group_x(0, 40, divide).picked(K12, &[]), Some(".1"), "T185, P-46");
    assert_eq!(group_x(0, 42, divide).picked(K12, &[]), Some(".2"), "T186, P-46");
    assert_eq!(group.picked(K11, &[".2"]), Some(".1"), "T187, P-47");
    assert_eq!(group.picked(K11, &[".1", ".2"]), Some(".2"), "T188, H-19");
    let johannesburg = [(".1", WEST, 0), (".2", EAST, 0), (".3", (-26.20, 28.05), 0)];
    assert_eq!(Group::geoproximity(&johannesburg, divide).picked(K5, &[]), Some(".3"), "T189, P-44");
}

#[test]
fn geoproximity_ties() {
    let divide = NegativeBias::Divide;
    // 0.9 and 1.8 degrees west and east of K2, along a parallel.
    let beside = |degrees: f64| (38.95, -77.45 + degrees);
    let equal = [("a", beside(0.9), 0), ("b", beside(-0.9), 0)];
    assert_eq!(Group::geoproximity(&equal, divide).order(K2), ["a", "b"], "T191, P-48");
    let swapped = [("a", beside(-0.9), 0), ("b", beside(0.9), 0)];
    assert_eq!(Group::geoproximity(&swapped, divide).order(K2), ["a", "b"], "T191, P-48: by id, not by side");
    let here = [("a", EAST, 0), ("b", EAST, 10), ("c", EAST, -10)];
    assert_eq!(Group::geoproximity(&here, divide).order(K2), ["b", "a", "c"], "P-48: the higher bias");
    let nearly = [("a", (38.950004, -77.45), 0), ("b", EAST, 0)];
    assert_eq!(Group::geoproximity(&nearly, divide).order(K2), ["a", "b"], "P-48: equal to the metre");
    let not_quite = [("a", (38.951, -77.45), 0), ("b", EAST, 0)];
    assert_eq!(Group::geoproximity(&not_quite, divide).order(K2), ["b", "a"], "P-48: 111 m are a difference");
}

#[test]
fn geoproximity_of_nobody_knows_where() {
    let group = group_x(0, 0, NegativeBias::Divide);
    let (order, _, located) = group.steering.order(address(K8));
    assert!(!located && order == group.steering.fallback(), "P-49");
    assert_eq!(group.picked(K8, &[]), Some(".2"), "P-49: the server is in us-east-1");
    let west = group.named(group.steering.view(region("us-west-2")), "0.0.0.0/0");
    assert_eq!(west, [".1", ".2"], "P-51, Z-34");
}

/// Collection C1 of §10.10.
fn collection() -> CidrCollection {
    let locations: [(&str, &[&str]); 4] = [
        ("isp-a", &["203.0.113.0/24", "2001:db8::/32"]),
        ("isp-b", &["203.0.0.0/16"]),
        ("isp-c", &["2001:db8:1234::/48"]),
        ("isp-d", &["203.0.113.0/25"]),
    ];
    let locations: BTreeMap<Arc<str>, Vec<Block>> = locations
        .into_iter()
        .map(|(name, blocks)| (name.into(), blocks.iter().map(|text| block(text)).collect()))
        .collect();
    CidrCollection { id: "C1".into(), locations, at: At::new("fixture", 1) }
}

fn ip_based(collection: &CidrCollection, locations: &[(&str, &str)]) -> Group {
    let candidates = locations.iter().map(|(id, location)| {
        candidate(id, if *location == "*" { LocationName::Default } else { LocationName::Named((*location).into()) })
    });
    Group::of(candidates.collect(), |candidates| Steering::ip_based(collection, candidates))
}

#[test]
fn ip_based_cases() {
    let group_i = [(".1", "isp-a"), (".2", "isp-b"), (".3", "isp-c"), (".9", "*")];
    let group = ip_based(&collection(), &group_i);
    let picks = ["203.0.113.7/32", "203.0.5.5/32", "198.51.100.9/32"].map(|client| group.picked(client, &[]));
    assert_eq!(picks, [Some(".1"), Some(".2"), Some(".9")], "T200, P-57; isp-d has no record, X-07");
    assert_eq!(group.picked("203.0.113.0/24", &[]), Some(".1"), "T201, P-56");
    assert_eq!(group.picked("203.0.0.0/16", &[]), Some(".2"), "T202, P-56");
    assert_eq!(group.picked("203.0.0.0/15", &[]), Some(".9"), "T203, P-56");
    assert_eq!(group.picked("2001:db8:1234::/48", &[]), Some(".3"), "T204, P-57");
    assert_eq!(group.picked("2001:db8:ffff::/48", &[]), Some(".1"), "T204, P-57");
    assert_eq!(group.picked("2001:db8::/32", &[]), Some(".1"), "T205, P-56");
    assert_eq!(group.picked("203.0.113.7/32", &[".1"]), Some(".2"), "T206, P-58");
    assert_eq!(group.picked("203.0.113.7/32", &[".1", ".2"]), Some(".9"), "T207, P-58");
    assert_eq!(group.picked("203.0.113.7/32", &[".1", ".2", ".9"]), Some(".1"), "P-58: none healthy");
    let without = ip_based(&collection(), &group_i[..3]);
    assert_eq!(without.picked("198.51.100.9/32", &[]), None, "T208, P-59");

    let mut moved = collection();
    moved.locations.insert("isp-a".into(), vec![block("2001:db8::/32")]);
    moved.locations.insert("isp-b".into(), vec![block("203.0.0.0/16"), block("203.0.113.0/24")]);
    assert_eq!(ip_based(&moved, &group_i).picked("203.0.113.7/32", &[]), Some(".2"), "T209, P-60");
}

#[test]
fn groups_with_the_same_keys_share_a_table() {
    let world = Arc::new(geography());
    let (negative, server) = (NegativeBias::Divide, region("us-east-1"));
    let mut cache = SteeringCache::new(world.clone(), negative, server);
    let regions = |ids: [&str; 2]| vec![candidate(ids[0], region("us-east-1")), candidate(ids[1], region("eu-west-1"))];
    let first = cache.latency(&regions(["a", "b"]));
    let second = cache.latency(&regions(["x", "y"]));
    assert!(Arc::ptr_eq(&first, &second), "ids do not matter");
    let mut reversed = regions(["a", "b"]);
    reversed.reverse();
    assert!(!Arc::ptr_eq(&first, &cache.latency(&reversed)), "members are numbered by position");

    let used = |names: &[&str]| names.iter().map(|name| candidate(name, LocationName::Named((*name).into()))).collect();
    let named: Vec<_> = used(&["isp-a", "isp-b"]);
    let before = cache.ip_based(&collection(), &named);
    let mut changed = collection();
    changed.locations.insert("isp-d".into(), vec![block("192.0.2.0/24")]);
    assert!(Arc::ptr_eq(&before, &cache.ip_based(&changed, &named)), "X-07: isp-d has no record");
    changed.locations.insert("isp-b".into(), vec![block("192.0.3.0/24")]);
    assert!(!Arc::ptr_eq(&before, &cache.ip_based(&changed, &named)), "P-60: edits take effect");

    assert_eq!(cache.len(), 4);
    cache.forget_unused();
    assert_eq!(cache.len(), 2, "first and before are still held");
    assert!(cache.fits(&world, negative, server) && !cache.fits(&Arc::new(geography()), negative, server));
}

#[test]
fn every_table_of_the_documentation_loads() {
    let text = include_str!("../docs/latency.md");
    let mut blocks = 0;
    for block in text.split("```csv\n").skip(1) {
        let table = block.split("```").next().unwrap();
        let parsed = LatencyTable::parse("docs/latency.md", table).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(!parsed.is_empty());
        blocks += 1;
    }
    assert_eq!(blocks, 2);
}

/// The clients of §10.1 as a GeoLite2-City file.
fn fixture_mmdb() -> Vec<u8> {
    use mmdb_writer::{Value, Writer};
    let mut writer = Writer::new("GeoLite2-City-Fixture");
    for (address, len, continent, country, subdivision, point) in CLIENTS {
        let mut record = vec![
            ("continent", Value::map([("code", Value::from(continent))])),
            ("country", Value::map([("iso_code", Value::from(country))])),
        ];
        if !subdivision.is_empty() {
            let state = Value::map([("iso_code", Value::from(subdivision))]);
            record.push(("subdivisions", Value::array([state])));
        }
        if let Some((latitude, longitude)) = point {
            let location = [("latitude", Value::Double(latitude)), ("longitude", Value::Double(longitude))];
            record.push(("location", Value::map(location)));
        }
        let network: ipnet::IpNet = format!("{address}/{len}").parse().unwrap();
        writer.insert_value(network, Value::map(record)).unwrap();
    }
    writer.to_bytes().unwrap()
}

#[test]
fn a_database_of_the_fixture_is_the_fixture() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| -> PathBuf {
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let options = geo::Options {
        database: Some(file("fixture.mmdb", &fixture_mmdb())),
        latency: Some(file("latency.csv", b"country:US,us-east-1,8\n")),
        ..geo::Options::default()
    };
    let loaded = geo::load(&options).unwrap();
    let written = geography();
    let clients = [K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11, K12, K13];
    let location = |world: &Geography, client: &str| world.place(address(client)).location;
    for client in clients {
        assert_eq!(location(&loaded, client), location(&written, client), "{client}");
    }
    assert_eq!(loaded.latency.len(), 1);
    assert!(loaded.source.contains("fixture.mmdb") && loaded.source.contains("GeoLite2-City-Fixture"));
}
