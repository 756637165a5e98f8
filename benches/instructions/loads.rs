//! The loads: a zone and the packets asked of it, alike in kind to those of `benches/peers`.

use std::fmt::Write;
use std::sync::Arc;

use waymark::model::CheckId;
use waymark::model::check::{FULL_SHARE, Status};
use waymark::policy::Entropy;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::{geo, store};

/// Queries asked in turn.
const PACKETS: u32 = 2000;
/// Names of a policy.
const NAMES: u32 = 200;
const CHECKS: u32 = 400;

/// A load.
pub(crate) struct Load {
    /// Its name.
    pub(crate) name: &'static str,
    /// The zone files it is asked of.
    pub(crate) zones: fn() -> Vec<(String, String)>,
    /// Whether the world's geography is needed.
    pub(crate) geography: bool,
    /// What is asked.
    pub(crate) packets: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub(crate) const ALL: [Load; 12] = [
    Load { name: "plain", zones: plain_zone, geography: false, packets: || plain(10) },
    Load { name: "hit", zones: plain_zone, geography: false, packets: || plain(0) },
    Load { name: "nxdomain", zones: plain_zone, geography: false, packets: || plain(100) },
    Load { name: "zones", zones: many_zones, geography: false, packets: of_many_zones },
    Load { name: "weighted", zones: || policy(WEIGHTED), geography: false, packets: steered },
    Load { name: "failover", zones: || policy(FAILOVER), geography: false, packets: steered },
    Load { name: "multivalue", zones: || policy(MULTIVALUE), geography: false, packets: steered },
    Load { name: "ip", zones: || policy(IP_BASED), geography: false, packets: steered },
    Load { name: "geolocation", zones: || policy(GEOLOCATION), geography: true, packets: steered },
    Load { name: "latency", zones: || policy(LATENCY), geography: true, packets: steered },
    Load { name: "geoproximity", zones: || policy(GEOPROXIMITY), geography: true, packets: steered },
    Load { name: "tree", zones: tree, geography: true, packets: steered },
];

const WEIGHTED: &str = r#"weighted = [
  { id = "a", weight = 40, value = "192.0.2.1" }, { id = "b", weight = 30, value = "192.0.2.2" },
  { id = "c", weight = 20, value = "192.0.2.3" }, { id = "d", weight = 10, value = "192.0.2.4" } ]"#;
const FAILOVER: &str =
    r#"failover = { primary = { value = "192.0.2.1", check = "c1" }, secondary = { value = "192.0.2.2" } }"#;
const MULTIVALUE: &str = r#"multivalue = [
  { id = "a", value = "192.0.2.1", check = "c0" }, { id = "b", value = "192.0.2.2", check = "c1" },
  { id = "c", value = "192.0.2.3" }, { id = "d", value = "192.0.2.4" } ]"#;
const IP_BASED: &str = r#"ip = { collection = "nets", choices = [
  { location = "low", value = "192.0.2.1" }, { location = "high", value = "192.0.2.2" },
  { location = "*", value = "192.0.2.3" } ] }"#;
const GEOLOCATION: &str = r#"geolocation = [
  { continent = "EU", value = "192.0.2.1" }, { continent = "NA", value = "192.0.2.2" },
  { continent = "AS", value = "192.0.2.3" }, { country = "US", value = "192.0.2.4" },
  { default = true, value = "192.0.2.5" } ]"#;
const LATENCY: &str = r#"latency = [
  { region = "eu-west-1", value = "192.0.2.1" }, { region = "us-east-1", value = "192.0.2.2" },
  { region = "ap-northeast-1", value = "192.0.2.3" } ]"#;
const GEOPROXIMITY: &str = r#"geoproximity = [
  { region = "eu-west-1", bias = 10, value = "192.0.2.1" }, { region = "us-east-1", value = "192.0.2.2" },
  { coordinates = [35.6, 139.7], value = "192.0.2.3" } ]"#;

/// The load of this name.
pub(crate) fn named(name: &str) -> Option<&'static Load> {
    ALL.iter().find(|load| load.name == name)
}

/// A load's zones compiled; every second check is down.
pub(crate) fn world(load: &Load) -> Arc<World> {
    let files = (load.zones)();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let account =
        store::load_texts(&files, &store::Options::default()).unwrap_or_else(|bad| panic!("{bad:#?}")).account;
    let geography = match load.geography {
        true => geo::load(&geo::Options::default()).unwrap_or_else(|bad| panic!("{bad:#?}")),
        false => Geography::nowhere(),
    };
    let behaviour = Behaviour::default();
    let ground = Ground { listeners: vec!["main".into()], geography: Arc::new(geography), behaviour };
    let snapshot = compile(&account, &ground, None).unwrap_or_else(|bad| panic!("{bad:#?}")).snapshot;
    let health = HealthTable::new(&snapshot.checks);
    for down in (1..CHECKS).step_by(2) {
        if let Some(slot) = snapshot.checks.slot(&CheckId(format!("c{down}").into())) {
            health.report(&snapshot.checks, slot, Finding { raw: Status::Unhealthy, share: FULL_SHARE, seen: true });
        }
    }
    Arc::new(World::new(Arc::new(snapshot), health))
}

fn one(name: &str, text: String) -> Vec<(String, String)> {
    vec![(name.to_owned(), text)]
}

fn plain_zone() -> Vec<(String, String)> {
    let mut zone = "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\n".to_owned();
    for at in 0..10_000 {
        writeln!(zone, "host-{at:07} A 10.0.{}.{}", at / 256, at % 256).expect("a string grows");
    }
    one("bench.test.zone", zone)
}

fn many_zones() -> Vec<(String, String)> {
    let text = "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.1\n";
    (0..2000).map(|at| (format!("zone-{at}.test.zone"), text.to_owned())).collect()
}

fn policy(routing: &str) -> Vec<(String, String)> {
    let mut zone =
        "zone = \"bench.test\"\nttl = 60\n[collection.nets]\nlow = [\"198.18.0.0/16\"]\nhigh = [\"10.0.0.0/8\"]\n"
            .to_owned();
    for check in 0..2 {
        writeln!(zone, "[check.c{check}]\ntcp = \"127.0.0.1:9\"").expect("a string grows");
    }
    for at in 0..NAMES {
        writeln!(zone, "[[record]]\nname = \"p{at}\"\ntype = \"A\"\n{routing}").expect("a string grows");
    }
    one("bench.test.toml", zone)
}

/// Latency → geolocation → failover → weighted: 400 weighted records, every second one down.
fn tree() -> Vec<(String, String)> {
    let mut zone = "zone = \"bench.test\"\nttl = 60\n".to_owned();
    for check in 0..CHECKS {
        writeln!(zone, "[check.c{check}]\ntcp = \"127.0.0.1:9\"").expect("a string grows");
    }
    let alias = |key: &str, to: &str| format!("  {{ {key}, alias = \"{to}\", evaluate = true }},\n");
    for at in 0..NAMES {
        let regions =
            ["eu-west-1", "us-east-1", "ap-northeast-1"].map(|region| alias(&format!("region = \"{region}\""), "geo"));
        writeln!(zone, "[[record]]\nname = \"p{at}\"\ntype = \"A\"\nlatency = [\n{}]", regions.concat())
            .expect("grows");
    }
    let places = ["continent = \"EU\"", "continent = \"NA\"", "country = \"US\"", "default = true"];
    let places: String = places.iter().map(|place| alias(place, "fail")).collect();
    writeln!(zone, "[[record]]\nname = \"geo\"\ntype = \"A\"\ngeolocation = [\n{places}]").expect("a string grows");
    let [primary, secondary] = ["pool1", "pool2"].map(|to| format!("{{ alias = \"{to}\", evaluate = true }}"));
    writeln!(
        zone,
        "[[record]]\nname = \"fail\"\ntype = \"A\"\nfailover = {{ primary = {primary}, secondary = {secondary} }}"
    )
    .expect("grows");
    for pool in 1..=2 {
        writeln!(zone, "[[record]]\nname = \"pool{pool}\"\ntype = \"A\"\nweighted = [").expect("a string grows");
        for at in 0..CHECKS / 2 {
            let (check, weight) = ((pool - 1) * CHECKS / 2 + at, 1 + at % 5);
            writeln!(
                zone,
                "  {{ id = \"m{at}\", weight = {weight}, value = \"10.{pool}.0.{at}\", check = \"c{check}\" }},"
            )
            .expect("grows");
        }
        zone.push_str("]\n");
    }
    one("bench.test.toml", zone)
}

/// Questions for names of the plain zone, so many of a hundred for names that are not there.
fn plain(missing: u64) -> Vec<Vec<u8>> {
    let mut entropy = Entropy::new(7);
    (0..PACKETS)
        .map(|_| {
            let at = entropy.below(10_000);
            let kind = if entropy.bits() % 100 < missing { "none" } else { "host" };
            query(&[&format!("{kind}-{at:07}"), "bench", "test"], None)
        })
        .collect()
}

fn of_many_zones() -> Vec<Vec<u8>> {
    let mut entropy = Entropy::new(7);
    (0..PACKETS).map(|_| query(&["www", &format!("zone-{}", entropy.below(2000)), "test"], None)).collect()
}

/// Questions for names with a policy, each for a random client.
fn steered() -> Vec<Vec<u8>> {
    let mut entropy = Entropy::new(7);
    (0..PACKETS)
        .map(|_| {
            let name = format!("p{}", entropy.below(NAMES));
            let [a, b, c, ..] = entropy.bits().to_be_bytes();
            query(&[&name, "bench", "test"], Some([1 + a % 223, b, c]))
        })
        .collect()
}

/// A question of type A with EDNS, and the /24 it is asked for.
fn query(labels: &[&str], subnet: Option<[u8; 3]>) -> Vec<u8> {
    let mut packet = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    for label in labels {
        packet.push(label.len() as u8);
        packet.extend(label.bytes());
    }
    packet.extend([0, 0, 1, 0, 1, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0]);
    match subnet {
        Some([a, b, c]) => packet.extend([11, 0, 8, 0, 7, 0, 1, 24, 0, a, b, c]),
        None => packet.push(0),
    }
    packet
}
