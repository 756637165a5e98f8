//! Every maker's layout, damaged files, and the embedded database.

use std::net::IpAddr;

use mmdb_writer::{IpVersion, Ipv4Aliasing, RecordSize, Value, Writer};
use proptest::prelude::*;

use super::*;
use crate::model::Routing;
use crate::model::place::{Continent, Coordinates, Country, Location, Region, Subdivision};
use crate::policy::{Entropy, latency};

type Records = [(&'static str, Value)];

fn text(value: &str) -> Value {
    Value::from(value)
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries)
}

fn written(mut writer: Writer, records: &Records) -> Vec<u8> {
    for (network, value) in records {
        writer.insert_value(network.parse::<ipnet::IpNet>().unwrap(), value.clone()).unwrap();
    }
    writer.to_bytes().unwrap()
}

fn mmdb(records: &Records) -> Vec<u8> {
    written(Writer::new("Test-City"), records)
}

fn read(bytes: &[u8]) -> Result<Geography, Problem> {
    world(bytes, "test.mmdb")
}

fn at(world: &Geography, client: &str) -> Location {
    world.place(client.parse::<IpAddr>().unwrap()).location
}

fn location(country: &str, subdivision: &str, point: Option<(f64, f64)>) -> Location {
    let point = point.map(|(latitude, longitude)| Coordinates { latitude, longitude });
    Location::new(None, Country::from_code(country), Subdivision::from_code(subdivision), point)
}

fn maxmind() -> Vec<u8> {
    let state = |code: &str| Value::array([map([("iso_code", text(code)), ("names", map([("en", text("?"))]))])]);
    let point = |latitude: f64, longitude: f64| {
        let radius = ("accuracy_radius", Value::U16(20));
        map([("latitude", Value::Double(latitude)), ("longitude", Value::Double(longitude)), radius])
    };
    let country = |code: &str| map([("iso_code", text(code)), ("geoname_id", Value::U32(1))]);
    mmdb(&[
        (
            "192.0.2.0/25",
            map([
                ("continent", map([("code", text("NA"))])),
                ("country", country("US")),
                ("registered_country", country("DE")),
                ("subdivisions", state("WA")),
                ("location", point(47.61, -122.33)),
            ]),
        ),
        ("192.0.2.128/25", map([("country", country("GB")), ("subdivisions", state("ENG"))])),
        ("198.51.100.0/24", map([("registered_country", country("DE"))])),
        ("203.0.113.0/24", map([("continent", map([("code", text("EU"))]))])),
        ("100.64.0.0/24", map([("country", country("US")), ("subdivisions", state("TX"))])),
        ("100.64.1.0/24", map([("traits", map([("is_anycast", Value::Bool(true))]))])),
        ("100.64.2.0/24", map([("country", country("TR")), ("continent", map([("code", text("AS"))]))])),
        ("2001:db8::/32", map([("country", country("JP")), ("location", point(35.68, 139.69))])),
    ])
}

#[test]
fn layout_of_maxmind() {
    let world = read(&maxmind()).unwrap();
    assert_eq!(at(&world, "192.0.2.1"), location("US", "WA", Some((47.61, -122.33))));
    assert_eq!(at(&world, "192.0.2.200"), location("GB", "ENG", None), "P-50: the country's centroid");
    assert!(at(&world, "192.0.2.200").point.is_some());
    assert_eq!(at(&world, "198.51.100.1"), location("DE", "", None), "registered_country stands in");
    let europe = Location { continent: Some(Continent::Europe), ..Location::default() };
    assert_eq!(at(&world, "203.0.113.1"), europe, "a continent and nothing else");
    assert_eq!(at(&world, "100.64.0.1").point, Coordinates::new(31.0, -97.51), "P-50: the state's centroid");
    assert_eq!(at(&world, "100.64.1.1"), Location::default(), "traits are no location");
    assert_eq!(at(&world, "100.64.2.1").continent, Some(Continent::Europe), "P-43: the guide puts TR in Europe");
    assert_eq!(at(&world, "2001:db8::1"), location("JP", "", Some((35.68, 139.69))));
    assert_eq!(world.places[0].location, Location::default());
    assert_eq!(world.map.find("192.0.2.1".parse().unwrap()).1, 25, "scope is the network's");
}

#[test]
fn addresses_within_addresses_are_nowhere() {
    let world = read(&maxmind()).unwrap();
    for alias in ["::ffff:192.0.2.1", "2002:c000:201::1", "64:ff9b::c000:201", "::192.0.2.1", "2001:0:c000:201::"] {
        assert_eq!(at(&world, alias), Location::default(), "{alias}");
    }
}

#[test]
fn layout_of_dbip() {
    let state = |name: &str| Value::array([map([("names", map([("en", text(name))]))])]);
    let record = |country: &str, state_name: &str| {
        map([("country", map([("iso_code", text(country))])), ("subdivisions", state(state_name))])
    };
    let world = read(&mmdb(&[
        ("192.0.2.0/24", record("US", "California")),
        ("198.51.100.0/24", record("UA", "Kyiv City")),
        ("203.0.113.0/24", record("CA", "Ontario")),
    ]))
    .unwrap();
    assert_eq!(at(&world, "192.0.2.1"), location("US", "CA", None), "states by name");
    assert_eq!(at(&world, "198.51.100.1"), location("UA", "30", None));
    assert_eq!(at(&world, "203.0.113.1"), location("CA", "", None), "names elsewhere have no code");
}

#[test]
fn layout_of_flat_repacks() {
    let record = map([
        ("country_code", text("US")),
        ("state1", text("Oregon")),
        ("latitude", Value::Float(45.5)),
        ("longitude", Value::Float(-122.5)),
    ]);
    let nowhere = map([("country_code", text("")), ("latitude", Value::Float(0.0)), ("longitude", Value::Float(0.0))]);
    let writer = Writer::builder("npm").ip_version(IpVersion::V4).build();
    let bytes = written(writer, &[("192.0.2.0/24", record), ("198.51.100.0/24", nowhere)]);
    let world = read(&bytes).unwrap();
    assert_eq!(at(&world, "192.0.2.1"), location("US", "OR", Some((45.5, -122.5))), "floats, a state by name");
    assert_eq!(at(&world, "198.51.100.1"), Location::default(), "no code, and a point in the open sea");
    assert_eq!(at(&world, "2001:db8::1"), Location::default(), "a database of IPv4 knows nothing of IPv6");
    assert_eq!(world.map.v6.len(), 1);
}

#[test]
fn layouts_of_ipinfo() {
    let lite = map([
        ("country", text("Brazil")),
        ("country_code", text("BR")),
        ("continent", text("South America")),
        ("continent_code", text("SA")),
        ("asn", text("AS15169")),
    ]);
    let product = map([
        ("country", text("US")),
        ("region", text("Virginia")),
        ("region_code", text("US-VA")),
        ("lat", text("39.04")),
        ("lng", text("-77.49")),
    ]);
    let world = read(&mmdb(&[("192.0.2.0/24", lite), ("198.51.100.0/24", product)])).unwrap();
    assert_eq!(at(&world, "192.0.2.1"), location("BR", "", None), "country is a name, country_code the code");
    let virginia = location("US", "VA", Some((39.04, -77.49)));
    assert_eq!(at(&world, "198.51.100.1"), virginia, "country is a code, numbers are strings");
}

#[test]
fn codes_that_mean_nothing_are_nothing() {
    let record = |code: &str, latitude: f64| {
        map([
            ("country_code", text(code)),
            ("region_code", text("XX")),
            ("latitude", Value::Double(latitude)),
            ("longitude", Value::Double(10.0)),
        ])
    };
    let world = read(&mmdb(&[
        ("192.0.2.0/24", record("ZZ", 91.0)),
        ("198.51.100.0/24", record("us", f64::NAN)),
        ("203.0.113.0/24", text("a record that is no map")),
    ]))
    .unwrap();
    assert_eq!(at(&world, "192.0.2.1"), Location::default());
    assert_eq!(at(&world, "198.51.100.1"), location("US", "", None), "lower case is understood, XX is no state");
    assert_eq!(at(&world, "203.0.113.1"), Location::default());
}

#[test]
fn as_numbers_of_every_layout() {
    let numbers = |value: Value| {
        let bytes = mmdb(&[("192.0.2.0/24", value)]);
        let database = database::parse(&bytes, "asn.mmdb").unwrap();
        flatten::flatten(&database, layout::asn).unwrap().find("192.0.2.1".parse().unwrap()).0
    };
    assert_eq!(numbers(map([("autonomous_system_number", Value::U32(64500))])), 64500, "MaxMind, DB-IP");
    assert_eq!(numbers(map([("asn", text("AS64500"))])), 64500, "IPinfo");
    assert_eq!(numbers(map([("asn", Value::U16(645))])), 645);
    assert_eq!(numbers(map([("autonomous_system_number", text("64500"))])), 64500, "npm repacks");
    assert_eq!(numbers(map([("asn", text("?"))])), 0);
    assert_eq!(numbers(map([("domain", text("AS64500"))])), 0);
}

#[test]
fn files_are_joined() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Some(path)
    };
    let asn = mmdb(&[("192.0.2.0/26", map([("autonomous_system_number", Value::U32(64500))]))]);
    let table = b"asn:64500,eu-west-1,7\ncidr:192.0.2.64/27,eu-west-1,8\ncountry:US,eu-west-1,9\n";
    let mut options = Options {
        database: file("city.mmdb", &maxmind()),
        asn: file("asn.mmdb", &asn),
        latency: file("latency.csv", table),
    };
    let world = load(&options).unwrap();
    let ms = |client: &str| {
        let region = Region::from_code("eu-west-1").unwrap();
        latency::millis(world.place(client.parse().unwrap()), region, &world.latency).unwrap().0
    };
    assert_eq!([ms("192.0.2.1"), ms("192.0.2.65"), ms("192.0.2.100"), ms("100.64.0.1")], [7.0, 8.0, 9.0, 9.0]);
    assert_eq!(world.place("192.0.2.65".parse().unwrap()).location.subdivision, Subdivision::from_code("WA"));

    options.asn = None;
    let problems = load(&options).unwrap_err();
    assert!(problems.len() == 1 && problems[0].what.contains("asn:AS64500"), "{problems:?}");
}

#[test]
fn every_unusable_file_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Some(path)
    };
    let options = Options {
        database: Some(directory.path().join("absent.mmdb")),
        asn: file("asn.mmdb.gz", b"\x1f\x8b\x08 packed"),
        latency: file("latency.csv", b"*,eu-west-9,1\nnonsense\n"),
    };
    let problems = load(&options).unwrap_err();
    let named = |file: &str| problems.iter().filter(|problem| problem.at.file.ends_with(file)).count();
    assert_eq!((named("absent.mmdb"), named("asn.mmdb.gz"), named("latency.csv")), (1, 1, 2), "{problems:#?}");
    assert!(problems.iter().any(|problem| problem.what.contains("gzip") && problem.mend.contains("unpack")));

    for (name, bytes) in [("empty", &b""[..]), ("text", b"country,US\n"), ("latin1", b"*,us-east-1,1,\xe9\n")] {
        let database = Options { database: file(name, bytes), ..Options::default() };
        assert_eq!(load(&database).unwrap_err().len(), 1, "{name}");
    }
    let directory = Options { database: Some(directory.path().to_owned()), ..Options::default() };
    assert_eq!(load(&directory).unwrap_err().len(), 1);
    let asn = mmdb(&[("192.0.2.0/26", map([("autonomous_system_number", Value::U32(64500))]))]);
    let wrong = read(&asn).unwrap_err();
    assert!(wrong.what.contains("Test-City") && wrong.what.contains("no locations"), "{wrong}");
}

#[test]
fn records_of_every_size_are_read() {
    let records: Vec<_> = (0..=u8::MAX)
        .map(|number| {
            (format!("2a00:{number:x}::/32"), map([("country_code", text(["US", "DE"][usize::from(number % 2)]))]))
        })
        .collect();
    for size in [RecordSize::Bits24, RecordSize::Bits28, RecordSize::Bits32] {
        let mut writer = Writer::builder("Sizes").record_size(size).build();
        for (network, value) in &records {
            writer.insert_value(network.parse::<ipnet::IpNet>().unwrap(), value.clone()).unwrap();
        }
        let world = read(&writer.to_bytes().unwrap()).unwrap();
        let country = |client: &str| at(&world, client).country.map(|country| country.code().to_owned());
        assert_eq!(country("2a00:8::1").as_deref(), Some("US"), "{size:?}");
        assert_eq!(country("2a00:ff::1").as_deref(), Some("DE"), "{size:?}");
        assert_eq!(country("2a00:100::1"), None, "{size:?}");
        assert_eq!(world.map.v6.len(), 258, "{size:?}: 256 networks and what lies around them");
    }
}

/// A database whose first nodes each lead to the next one by both branches: 2^`depth` networks.
fn bomb(depth: u8) -> Vec<u8> {
    let record = |number: u8| map([("country_code", text(if number.is_multiple_of(2) { "US" } else { "DE" }))]);
    let mut writer = Writer::builder("Bomb").ipv4_aliasing(Ipv4Aliasing::Disabled).build();
    for number in 0..=u8::MAX {
        writer.insert_value(format!("2a00:{number:x}::/32").parse::<ipnet::IpNet>().unwrap(), record(number)).unwrap();
    }
    let mut bytes = writer.to_bytes().unwrap();
    for node in 0..usize::from(depth) {
        let next = (node as u32 + 1).to_be_bytes();
        bytes[node * 6..node * 6 + 3].copy_from_slice(&next[1..]);
        bytes[node * 6 + 3..node * 6 + 6].copy_from_slice(&next[1..]);
    }
    bytes
}

#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    let problem = read(&bomb(100)).unwrap_err();
    assert!(problem.what.contains("unfold to more than"), "{problem}");
}

#[test]
fn a_tree_with_a_cycle_is_refused() {
    let mut bytes = maxmind();
    bytes[..6].copy_from_slice(&[0; 6]);
    assert!(read(&bytes).unwrap_err().what.contains("deeper than an address"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Truncated, bit-flipped and overwritten files: a world or a problem, in bounded time, never a panic.
    #[test]
    fn damaged_files_never_panic(
        keep in 0.0f64..1.4,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = maxmind();
        let whole = bytes.len();
        bytes.truncate((whole as f64 * keep) as usize);
        for (at, mask) in flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= mask;
            }
        }
        if let Ok(world) = read(&bytes) {
            prop_assert!(world.map.v4.iter().all(|(_, place)| (place as usize) < world.places.len()));
        }
    }

    /// Damage in the metadata alone, where sizes and counts are.
    #[test]
    fn damaged_metadata_never_panics(from_end in 1usize..220, mask in 1u8..) {
        let mut bytes = maxmind();
        let at = bytes.len() - from_end.min(bytes.len());
        bytes[at] ^= mask;
        let _ = read(&bytes);
    }
}

#[test]
fn a_half_written_embedded_database_is_refused() {
    for share in [1, 2, 3] {
        assert!(read(&EMBEDDED[..EMBEDDED.len() * share / 4]).is_err(), "{share}/4 of the file");
    }
}

#[test]
fn the_embedded_database_knows_well_known_addresses() {
    let world = load(&Options::default()).unwrap();
    let known = [
        ("8.8.8.8", "US"),
        ("1.1.1.1", "AU"),
        ("203.178.141.194", "JP"),
        ("133.11.0.1", "JP"),
        ("200.160.2.3", "BR"),
        ("41.0.0.1", "ZA"),
        ("193.0.6.139", "NL"),
        ("129.132.1.1", "CH"),
        ("166.111.4.100", "CN"),
        ("2001:200:dff::1", "JP"),
    ];
    for (client, country) in known {
        let found = at(&world, client);
        assert_eq!(found.country.map(|country| country.code().to_owned()).as_deref(), Some(country), "{client}");
        assert!(found.point.is_some() && found.continent.is_some(), "{client}");
    }
    for nowhere in ["10.0.0.1", "127.0.0.1", "::1", "fe80::1", "2004::1", "2200::1", "::ffff:8.8.8.8"] {
        assert_eq!(at(&world, nowhere), Location::default(), "{nowhere}");
    }
    assert_eq!(at(&world, "8.8.8.8").subdivision, Subdivision::from_code("CA"), "states are kept");
    assert!(world.source.contains(ATTRIBUTION) && world.source.contains("2026-06-05"), "{}", world.source);
    let database = database::parse(EMBEDDED, "embedded").unwrap();
    let mut entropy = Entropy::new(7);
    let v4 = std::iter::repeat_with(|| IpAddr::from(std::net::Ipv4Addr::from_bits(entropy.bits() as u32)));
    let mut probes: Vec<_> = v4.take(2000).collect();
    for block in [0x2001u128, 0x2400, 0x2600, 0x2606, 0x2a00, 0x2a02, 0x2804, 0x2c0f] {
        let low = || block << 112 | u128::from(entropy.bits()) << 48;
        probes.extend(
            std::iter::repeat_with(low).take(250).map(|bits| IpAddr::from(std::net::Ipv6Addr::from_bits(bits))),
        );
    }
    for probe in probes {
        let found = layout::location(&database.reader.lookup(probe).unwrap()).unwrap();
        assert_eq!(world.place(probe).location, found, "{probe}: the walk and a look-up agree");
    }
    assert!(world.map.len() > 2_000_000 && world.places.len() > 2_500, "nothing was lost on the way");
}

#[test]
fn geography_is_needed_by_located_policies_only() {
    use crate::model::routing::LocationName;
    use crate::model::{Candidate, HostedZone, Name, RecordGroup, RecordType, Target, Visibility, ZoneId};
    fn one<K>(key: K) -> Vec<Candidate<K>> {
        let target = Target::Values { ttl: 60, rdata: Vec::new() };
        vec![Candidate { id: "a".into(), key, check: None, target, at: At::new("test", 1) }]
    }
    let needed = |routing: Routing| {
        let name = Name::root();
        let group = RecordGroup { routing, at: At::new("test", 1) };
        let zone = HostedZone {
            id: ZoneId("Z".into()),
            name: name.clone(),
            comment: String::new(),
            visibility: Visibility::Public { listeners: Vec::new() },
            groups: [((name, RecordType::A), group)].into(),
            dnssec: None,
            signing: None,
            left_out: 0,
            at: At::new("test", 1),
        };
        is_needed(&Account { zones: vec![zone.into()], ..Account::default() })
    };
    let region = Region::from_code("us-east-1").unwrap();
    assert!(needed(Routing::Latency(one(region))));
    assert!(needed(Routing::Geolocation(one(crate::model::place::Area::Default))));
    let anchor = crate::model::routing::Anchor { site: crate::model::routing::Site::Region(region), bias: 0 };
    assert!(needed(Routing::Geoproximity(one(anchor))));
    assert!(!needed(Routing::Weighted(one(1))));
    assert!(!needed(Routing::IpBased { collection: "c".into(), candidates: one(LocationName::Default) }));
    assert!(!is_needed(&Account::default()));
}
