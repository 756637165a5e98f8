//! Explanations and answers tell the same: the client an explanation names is the one that steered.

use std::net::IpAddr;
use std::sync::Arc;

use waymark::explain::{Explained, Explanation, Wording, explain};
use waymark::model::check::Status;
use waymark::model::place::{Continent, Coordinates, Country, Location, Region};
use waymark::model::view::Block;
use waymark::model::{CookieSecret, Cookies};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::ranges::AddressMap;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;

const ZONES: &str = r#"
zone = "example.com"
ttl = 60
[[record]]
name = "geo"
type = "A"
geolocation = [{ country = "JP", value = "192.0.2.1" }, { country = "DE", value = "192.0.2.2" }, { default = true, value = "192.0.2.3" }]
"#;

const PRIVATE: &str = r#"
zone = "inside.test"
views = ["office"]
ttl = 60
[view.office]
networks = ["10.0.0.0/8"]
[[record]]
name = "geo"
type = "A"
geolocation = [{ country = "JP", value = "10.1.0.1" }, { default = true, value = "10.1.0.3" }]
"#;

/// Japan is 203.0.0.0/17, Germany 203.0.128.0/17.
fn world() -> World {
    let country = |code, continent| {
        Location::new(Continent::from_code(continent), Country::from_code(code), None, Coordinates::new(1.0, 1.0))
    };
    let block = |text: &str, len| Block::new(text.parse::<IpAddr>().unwrap(), len).unwrap();
    let map = AddressMap::from_blocks(&[(block("203.0.0.0", 17), 1), (block("203.0.128.0", 17), 2)], 0);
    let locations = vec![Location::default(), country("JP", "AS"), country("DE", "EU")];
    let geography = Arc::new(Geography::new(locations, map, "test".to_owned()));
    // What a cookie would be asked of a client for is no part of an explanation.
    let cookies = Some(Cookies { secret: CookieSecret([7; 16]), others: [None; 2], require: true });
    let behaviour = Behaviour { server_location: Region::default(), cookies, ..Behaviour::default() };
    let loaded = store::load_texts(&[("a.toml", ZONES), ("b.toml", PRIVATE)], &store::Options::default());
    let ground = Ground { listeners: vec!["main".into()], geography, behaviour };
    let snapshot = compile(&loaded.expect("zones").account, &ground, None).expect("compiles").snapshot;
    {
        let health = HealthTable::new(&snapshot.checks);
        World::new(Arc::new(snapshot), health)
    }
}

/// The value answered, the location told, and the scope with its reason.
fn told(name: &str, client: &str, resolver: Option<&str>) -> (String, String, u8, String) {
    let world = world();
    let wording = Wording {
        name: name.to_owned(),
        client: Some(client.to_owned()),
        resolver: resolver.map(str::to_owned),
        ..Wording::default()
    };
    let request = wording.read(&world.snapshot.listeners).expect("understood");
    let Explanation { steps, answer, scope, scope_reason, .. } =
        explain(&world, &request, &|_| None).expect("explained");
    let location = steps.into_iter().find_map(|step| match step {
        Explained::Group(group) => {
            let taken: Vec<_> = group.candidates.iter().filter(|one| one.taken).collect();
            assert_eq!(taken.len(), 1);
            assert!(answer[0].contains(taken[0].target.split(' ').next().unwrap()), "{answer:?} {taken:?}");
            group.location
        }
        Explained::Name { .. } | Explained::Follows => None,
    });
    (answer[0].rsplit(' ').next().unwrap().to_owned(), location.expect("a place"), scope, scope_reason)
}

#[test]
fn the_place_told_is_that_of_the_bits_sent() {
    let (value, location, scope, _) = told("geo.example.com", "203.0.200.7/16", None);
    assert_eq!(value, "192.0.2.1", "P-14: the prefix's first address decides");
    assert!(location.contains("JP"), "{location}");
    assert_eq!(scope, 16);
}

#[test]
fn mapped_addresses_are_ipv4() {
    let (value, location, ..) = told("geo.example.com", "::ffff:203.0.200.7", None);
    assert_eq!(value, "192.0.2.2");
    assert!(location.contains("DE"), "{location}");
    let (value, location, scope, _) = told("geo.example.com", "::ffff:203.0.200.0/120", None);
    assert_eq!(value, "192.0.2.2");
    assert!(location.contains("DE"), "{location}");
    assert_eq!(scope, 17);
}

#[test]
fn z34_a_private_zone_regards_no_client_subnet() {
    let (value, location, scope, reason) = told("geo.inside.test", "203.0.1.0/24", Some("10.0.0.7"));
    assert_eq!(value, "10.1.0.3", "a view without a Region: the resolver's own address counts");
    assert!(location.starts_with("client 10.0.0.7"), "{location}");
    assert_eq!(scope, 0);
    assert!(reason.contains("Z-34"), "{reason}");
}

#[test]
fn a_lessened_weight_is_told() {
    const LESSENED: &str = r#"
zone = "example.org"
[check.a]
tcp = "127.0.0.1:9"
[[record]]
name = "w"
type = "A"
weighted = [{ id = "a", weight = 10, value = "192.0.2.1", check = "a" }]
"#;
    let account = store::load_texts(&[("a.toml", LESSENED)], &store::Options::default()).expect("a zone").account;
    let geography = Arc::new(Geography::nowhere());
    let ground = Ground { listeners: vec!["main".into()], geography, behaviour: Behaviour::default() };
    let snapshot = compile(&account, &ground, None).expect("compiles").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    let (slot, _) = snapshot.checks.iter().next().expect("the check");
    let world = World::new(Arc::new(snapshot), health);
    let why = |health: &[&str]| {
        let health = health.iter().map(|text| (*text).to_owned()).collect();
        let wording = Wording { name: "w.example.org".to_owned(), health, ..Wording::default() };
        let request = wording.read(&world.snapshot.listeners).expect("understood");
        let steps = explain(&world, &request, &|_| None).expect("explained").steps;
        let why = |step: Explained| match step {
            Explained::Group(group) => group.candidates.first().map(|one| one.why.clone()),
            Explained::Name { .. } | Explained::Follows => None,
        };
        steps.into_iter().find_map(why).expect("a candidate")
    };
    assert_eq!(why(&[]), "taken: check a is healthy");
    world.health.report(&world.snapshot.checks, slot, Finding { raw: Status::Healthy, share: 51, seen: true });
    world.settle();
    assert_eq!(why(&[]), "taken: check a is healthy, and leaves 20.0 % of the weight");
    assert_eq!(
        why(&["a=up"]),
        "taken: check a is healthy, and leaves 20.0 % of the weight",
        "what is supposed leaves it"
    );
}

/// RFC 3597: what is served is explained, whatever its type and data.
#[test]
fn records_of_any_type_are_explained() {
    let zone = "$ORIGIN any.test.\n$TTL 60\n@ SOA ns Host.Master 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n\
                t TYPE65280 \\# 0\nt TYPE24 \\# 20 0001080200000e10000000ff000000aa00010000\nt TYPE10 \\# 3 616263\n\
                t LOC 1 N 2 E 3m\nt APL 1:10.0.0.0/8\nw CNAME T.any.test.\nm MX 10 Mail.any.test.\n";
    let account = store::load_texts(&[("any.test.zone", zone)], &store::Options::default()).expect("a zone").account;
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let snapshot = compile(&account, &ground, None).expect("compiles").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    let world = World::new(Arc::new(snapshot), health);
    let explained = |name: &str, rtype: &str| {
        let wording =
            Wording { name: format!("{name}.any.test"), rtype: rtype.to_owned(), tcp: true, ..Wording::default() };
        let request = wording.read(&world.snapshot.listeners).expect("understood");
        explain(&world, &request, &|_| None).expect("explained")
    };
    for (rtype, value) in [
        ("TYPE65280", "TYPE65280 \\# 0"),
        ("TYPE24", "SIG "),
        ("NULL", "NULL \\# 3 616263"),
        ("LOC", "LOC 1 0 0.000 N 2 0 0.000 E 3.00m"),
        ("APL", "APL 1:10.0.0.0/8"),
    ] {
        let answer = explained("t", rtype).answer;
        assert!(answer.len() == 1 && answer[0].starts_with(&format!("t.any.test. 60 IN {value}")), "{answer:?}");
    }
    let chain = explained("w", "TYPE65280").answer;
    assert_eq!(chain, ["w.any.test. 60 IN CNAME T.any.test.", "T.any.test. 60 IN TYPE65280 \\# 0"]);
    assert_eq!(explained("m", "MX").answer, ["m.any.test. 60 IN MX 10 Mail.any.test."]);
    let missing = explained("gone", "A").authority;
    assert_eq!(missing, ["any.test. 5 IN SOA ns.any.test. Host.Master.any.test. 1 2 3 4 5"]);
}
