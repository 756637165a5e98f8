//! Spec §10.15: what a traffic policy document compiles to answers as the alias tree one would write by hand (F-13).

#[path = "common/fixture_geo.rs"]
mod fixture_geo;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use fixture_geo::{CLIENTS, geography};
use proptest::prelude::*;
use waymark::account::traffic::{Document, Origin};
use waymark::explain::{Request, explain};
use waymark::model::check::{FULL_SHARE, Status};
use waymark::model::{Account, At, CheckId, Name, RecordType};
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Transport, respond};

const CHECKS: [&str; 4] = ["hcA", "hcB", "hcC", "hcD"];
const PROVIDED: &str = "lb.example.net";

fn options() -> store::Options {
    let provider = store::Provider {
        pattern: store::Pattern::new(name(PROVIDED)),
        ttl: 33,
        values: [(RecordType::A, vec![waymark::model::Rdata([192, 0, 2, 200].into())])].into(),
        check: Some(CheckId("hcD".into())),
        at: At::new("waymark.toml", 1),
    };
    store::Options { providers: vec![provider], ..Default::default() }
}

fn name(text: &str) -> Name {
    Name::parse(text, Some(&Name::root())).expect("a name")
}

/// example.com with the checks of this file, and these records.
fn zone(records: &str) -> Account {
    let mut text = "zone = \"example.com\"\n".to_owned();
    for check in CHECKS {
        writeln!(text, "[check.{check}]\ntcp = \"127.0.0.1:9\"").expect("a string grows");
    }
    let files = [("example.com.toml", &*format!("{text}\n{records}"))];
    store::load_texts(&files, &options()).unwrap_or_else(|problems| panic!("{problems:#?}")).account
}

/// example.com with an instance of `document` at app, TTL 60.
fn served(document: &str) -> Account {
    let document = Document::parse(document).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let at = At::new("api", 0);
    let group = document.group(Origin { id: "instance-1", ttl: 60, at: &at }, &options(), &mut Vec::new());
    let mut account = zone("");
    let mut zone = (*account.zones[0]).clone();
    zone.groups.insert((name("app.example.com"), document.rtype), group);
    let problems = waymark::model::rules::check_zone(&zone, &account);
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:#?}");
    account.zones[0] = Arc::new(zone);
    account
}

fn world(account: &Account, down: &[&str]) -> World {
    let ground =
        Ground { listeners: vec!["main".into()], geography: Arc::new(geography()), behaviour: Behaviour::default() };
    let compiled = compile(account, &ground, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let health = HealthTable::new(&compiled.snapshot.checks);
    for check in down {
        let slot = compiled.snapshot.checks.slot(&CheckId((*check).into())).expect("a check");
        health.report(
            &compiled.snapshot.checks,
            slot,
            Finding { raw: Status::Unhealthy, share: FULL_SHARE, seen: true },
        );
    }
    World::new(Arc::new(compiled.snapshot), health)
}

/// The whole reply for app A.
fn reply(world: &World, source: IpAddr, seed: u64) -> Vec<u8> {
    let mut query = vec![0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend_from_slice(name("app.example.com").wire());
    query.extend_from_slice(&[0, 1, 0, 1]);
    let mut out = vec![0; 4096];
    let peer = Peer { source, listener: 0, transport: Transport::Udp };
    let reply = respond(world, &query, &peer, seed, &mut out, &mut ()).expect("an answer");
    out.truncate(reply.len);
    out
}

/// The last octets of the answers' addresses, and their TTL.
fn answers(world: &World, source: &str, seed: u64) -> (Vec<u8>, Option<u32>) {
    let message = hickory_proto::op::Message::from_vec(&reply(world, source.parse().expect("an address"), seed));
    let message = message.expect("a message");
    let addresses = message.answers.iter().map(|record| match &record.data {
        hickory_proto::rr::RData::A(address) => address.0.octets()[3],
        other => panic!("{other:?}"),
    });
    (addresses.collect(), message.answers.first().map(|record| record.ttl))
}

const K1: &str = "198.51.100.7";
const K4: &str = "100.64.4.7";

#[test]
fn t300_failover_with_a_check() {
    let document = r#"{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "site",
        "Endpoints": {"p": {"Type": "value", "Value": "192.0.2.1"}, "s": {"Type": "value", "Value": "192.0.2.2"}},
        "Rules": {"site": {"RuleType": "failover", "Primary": {"EndpointReference": "p", "HealthCheck": "hcA"},
            "Secondary": {"EndpointReference": "s"}}}}"#;
    let account = served(document);
    assert_eq!(answers(&world(&account, &[]), K1, 1), (vec![1], Some(60)));
    assert_eq!(answers(&world(&account, &["hcA"]), K1, 1), (vec![2], Some(60)), "T300");
    // F-14: a primary that nothing can fail would hide its secondary for ever.
    let unchecked = Document::parse(&document.replace(r#", "HealthCheck": "hcA""#, "")).expect("a document");
    let mut zone = (*account.zones[0]).clone();
    let at = At::new("api", 0);
    let group = unchecked.group(Origin { id: "i", ttl: 60, at: &at }, &options(), &mut Vec::new());
    zone.groups.insert((name("app.example.com"), RecordType::A), group);
    let problems = waymark::model::rules::check_zone(&zone, &account);
    let what = "A non-alias primary ResourceRecordSet must have an associated health check. No changes made.";
    assert!(problems.iter().any(|problem| problem.is_error() && problem.what == what), "A-13: {problems:?}");
}

const GEO: &str = r#"{"AWSPolicyFormatVersion": "2023-05-09", "RecordType": "A", "StartRule": "where",
    "Endpoints": {"p": {"Type": "value", "Value": "192.0.2.1"}, "s": {"Type": "value", "Value": "192.0.2.2"},
                  "rest": {"Type": "value", "Value": "192.0.2.9"}},
    "Rules": {
        "where": {"RuleType": "geo", "Locations": [
            {"Country": "US", "RuleReference": "site", "EvaluateTargetHealth": true},
            {"IsDefault": true, "EndpointReference": "rest", "EvaluateTargetHealth": true}]},
        "site": {"RuleType": "failover", "Primary": {"EndpointReference": "p", "HealthCheck": "hcA"},
            "Secondary": {"EndpointReference": "s", "HealthCheck": "hcB"}}}}"#;

#[test]
fn t301_geolocation_over_failover() {
    let account = served(GEO);
    let all = world(&account, &[]);
    assert_eq!(answers(&all, K1, 1).0, [1], "T301");
    assert_eq!(answers(&all, K4, 1).0, [9], "T301");
    assert_eq!(answers(&world(&account, &["hcA"]), K1, 1).0, [2], "T300");
    assert_eq!(answers(&world(&account, &["hcA", "hcB"]), K1, 1).0, [9], "H-10: the rule as a whole is down");
}

#[test]
fn t302_weights_as_strings() {
    let item = |at: usize, weight: &str| format!(r#"{{"EndpointReference": "e{at}", "Weight": "{weight}"}}"#);
    let endpoint = |at: usize| format!(r#""e{at}": {{"Type": "value", "Value": "192.0.2.{at}"}}"#);
    let weights = ["4", "5", "5", "6"];
    let document = format!(
        r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "w", "Endpoints": {{{}}},
            "Rules": {{"w": {{"RuleType": "weighted", "Items": [{}]}}}}}}"#,
        (0..4).map(endpoint).collect::<Vec<_>>().join(","),
        weights.iter().enumerate().map(|(at, weight)| item(at, weight)).collect::<Vec<_>>().join(","),
    );
    let world = world(&served(&document), &[]);
    let mut counts = [0u32; 4];
    for seed in 0..20_000 {
        counts[usize::from(answers(&world, K1, seed).0[0])] += 1;
    }
    for (count, share) in counts.iter().zip([0.2, 0.25, 0.25, 0.3]) {
        assert!((f64::from(*count) / 20_000.0 - share).abs() < 0.01, "T302: {counts:?}");
    }
}

#[test]
fn f2_resources_are_what_providers_say() {
    let document = |endpoint: &str| {
        format!(
            r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "r",
                "Endpoints": {{"e": {endpoint}, "v": {{"Type": "value", "Value": "192.0.2.1"}}}},
                "Rules": {{"r": {{"RuleType": "failover",
                    "Primary": {{"EndpointReference": "e", "EvaluateTargetHealth": true}},
                    "Secondary": {{"EndpointReference": "v"}}}}}}}}"#
        )
    };
    let load_balancer = served(&document(r#"{"Type": "elastic-load-balancer", "Value": "lb.example.net"}"#));
    assert_eq!(answers(&world(&load_balancer, &[]), K1, 1), (vec![200], Some(33)), "A-2, A-4");
    assert_eq!(answers(&world(&load_balancer, &["hcD"]), K1, 1), (vec![1], Some(60)), "A-11");
    let nothing = served(&document(r#"{"Type": "cloudfront", "Value": "d1.cloudfront.net"}"#));
    assert_eq!(answers(&world(&nothing, &[]), K1, 1), (vec![1], Some(60)), "decision 12");
    let alone = r#"{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartEndpoint": "e",
        "Endpoints": {"e": {"Type": "value", "Value": "192.0.2.77"}}}"#;
    assert_eq!(answers(&world(&served(alone), &[]), K1, 1), (vec![77], Some(60)));
}

#[test]
fn explanations_name_the_rules() {
    let world = world(&served(GEO), &["hcA", "hcB"]);
    let request = Request {
        name: name("app.example.com"),
        rtype: RecordType::A,
        source: K1.parse().expect("an address"),
        subnet: None,
        listener: 0,
        tcp: false,
        health: Vec::new(),
        seed: 1,
    };
    let text = explain(&world, &request, &|_| None).expect("an explanation").to_string();
    for part in
        ["app.example.com. A, rule where, geolocation", "alias to rule site", "rule site, failover", "country US"]
    {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

/// A policy drawn by dice, written as a document and as the records one would write by hand.
struct Drawn {
    dice: u64,
    rules: Vec<String>,
    records: String,
    endpoints: BTreeMap<u8, String>,
}

impl Drawn {
    fn roll(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % below
    }

    /// Where a reference leads, in both languages; at most `left` more rules deep.
    fn reference(&mut self, left: u32, primary: bool) -> (String, String) {
        let check = (primary || self.roll(2) == 0).then(|| CHECKS[self.roll(4) as usize]);
        let (mut json, mut toml) = match check {
            Some(check) => (format!(r#""HealthCheck": "{check}", "#), format!(r#"check = "{check}", "#)),
            None => Default::default(),
        };
        let evaluate = self.roll(3) > 0;
        match self.roll(4) {
            0..2 if left > 0 => {
                // Now and then a rule that is there already: rules are shared.
                let rule = match self.rules.len() {
                    count if count > 0 && self.roll(4) == 0 => self.roll(count as u64) as usize,
                    _ => self.rule(left - 1),
                };
                write!(json, r#""RuleReference": "r{rule}", "EvaluateTargetHealth": "{evaluate}""#).expect("a string");
                write!(toml, r#"alias = "r{rule}", evaluate = {evaluate}"#).expect("a string");
            }
            2 => {
                write!(json, r#""EndpointReference": "lb", "EvaluateTargetHealth": {evaluate}"#).expect("a string");
                write!(toml, r#"alias = "{PROVIDED}.", evaluate = {evaluate}"#).expect("a string");
            }
            _ => {
                let value = self.value();
                write!(json, r#""EndpointReference": "e{value}", "EvaluateTargetHealth": {evaluate}"#)
                    .expect("a string");
                write!(toml, r#"value = "192.0.2.{value}""#).expect("a string");
            }
        }
        (json, toml)
    }

    fn value(&mut self) -> u8 {
        let value = self.roll(100) as u8;
        self.endpoints.insert(value, format!(r#""e{value}": {{"Type": "value", "Value": "192.0.2.{value}"}}"#));
        value
    }

    /// A rule made, with all it leads to; its number.
    fn rule(&mut self, left: u32) -> usize {
        let ids = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"];
        let areas = [
            (r#""Country": "US""#, r#"country = "US""#),
            (r#""Continent": "EU""#, r#"continent = "EU""#),
            (r#""Country": "US", "Subdivision": "WA""#, r#"country = "US", subdivision = "WA""#),
            (r#""IsDefault": true"#, "default = true"),
        ];
        let kind = self.roll(6);
        let count = 1 + self.roll(4) as usize;
        let mut items: Vec<(String, String)> = (0..count)
            .map(|at| match kind {
                5 => {
                    let value = self.value();
                    let check = CHECKS[self.roll(4) as usize];
                    (
                        format!(r#""EndpointReference": "e{value}", "HealthCheck": "{check}""#),
                        format!(r#"value = "192.0.2.{value}", check = "{check}""#),
                    )
                }
                _ => self.reference(left, kind == 0 && at == 0),
            })
            .collect();
        let number = self.rules.len();
        let keyed = |(at, (json, toml)): (usize, &(String, String)), keys: (String, String)| {
            let comma = if keys.0.is_empty() { "" } else { ", " };
            (
                format!("{{{json}{comma}{}}}", keys.0),
                format!("{{ id = \"r{number}/{at:02}\", {toml}{comma}{} }}", keys.1),
            )
        };
        let (list, policy, keys): (&str, &str, Vec<(String, String)>) = match kind {
            0 => {
                items.truncate(2);
                let sides = [("Primary", "primary"), ("Secondary", "secondary")];
                let both: Vec<(String, String)> = items
                    .iter()
                    .zip(sides)
                    .map(|((json, toml), (large, small))| {
                        (format!(r#""{large}": {{{json}}}"#), format!("{small} = {{ {toml} }}"))
                    })
                    .collect();
                let (json, toml): (Vec<_>, Vec<_>) = both.into_iter().unzip();
                self.rules.push(format!(r#""r{number}": {{"RuleType": "failover", {}}}"#, json.join(", ")));
                write!(
                    self.records,
                    "[[record]]\nname = \"r{number}\"\ntype = \"A\"\nttl = 60\nfailover = {{ {} }}\n",
                    toml.join(", ")
                )
                .expect("a string");
                return number;
            }
            1 => ("Locations", "geolocation", areas.map(|(json, toml)| (json.to_owned(), toml.to_owned())).into()),
            2 => (
                "Regions",
                "latency",
                ids.map(|id| (format!(r#""Region": "{id}""#), format!(r#"region = "{id}""#))).into(),
            ),
            3 => {
                let place = |at: usize| {
                    let bias = at as i64 * 20 - 30;
                    let point = [(47, -122), (51, 0), (35, 139), (-23, -46)][at];
                    (
                        format!(r#""Latitude": "{}", "Longitude": {}, "Bias": "{bias}""#, point.0, point.1),
                        format!("coordinates = [{}, {}], bias = {bias}", point.0, point.1),
                    )
                };
                ("GeoproximityLocations", "geoproximity", (0..4).map(place).collect())
            }
            4 => {
                let weights: Vec<u64> = (0..4).map(|_| self.roll(4)).collect();
                let keys =
                    weights.iter().map(|weight| (format!(r#""Weight": {weight}"#), format!("weight = {weight}")));
                ("Items", "weighted", keys.collect())
            }
            _ => ("Items", "multivalue", vec![Default::default(); 4]),
        };
        let (json, toml): (Vec<_>, Vec<_>) =
            items.iter().enumerate().zip(keys).map(|(item, keys)| keyed(item, keys)).unzip();
        let word = match policy {
            "geolocation" => "geo",
            other => other,
        };
        self.rules.push(format!(r#""r{number}": {{"RuleType": "{word}", "{list}": [{}]}}"#, json.join(", ")));
        write!(
            self.records,
            "[[record]]\nname = \"r{number}\"\ntype = \"A\"\nttl = 60\n{policy} = [\n{}\n]\n",
            toml.join(",\n")
        )
        .expect("a string");
        number
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// F-13: for every policy, health and client, the instance answers as the alias tree does, octet by octet.
    #[test]
    fn f13_an_instance_answers_as_the_records_one_would_write(dice in any::<u64>(), health in 0u8..16) {
        let mut drawn = Drawn { dice, rules: Vec::new(), records: String::new(), endpoints: BTreeMap::new() };
        let start = drawn.rule(3);
        let endpoints: Vec<String> = drawn.endpoints.values().cloned().collect();
        let comma = if endpoints.is_empty() { "" } else { ", " };
        let document = format!(
            r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "r{start}",
                "Endpoints": {{"lb": {{"Type": "network-load-balancer", "Value": "{PROVIDED}"}}{comma}{}}},
                "Rules": {{{}}}}}"#,
            endpoints.join(", "),
            drawn.rules.join(", "),
        );
        let records = drawn.records.replace(&format!("name = \"r{start}\""), "name = \"app\"");
        let down: Vec<&str> = CHECKS.iter().enumerate().filter(|(at, _)| health & 1 << at != 0).map(|(_, id)| *id).collect();
        let (by_policy, by_hand) = (world(&served(&document), &down), world(&zone(&records), &down));
        for (address, ..) in CLIENTS {
            let source: IpAddr = address.parse().expect("an address");
            for seed in 0..8 {
                prop_assert_eq!(
                    reply(&by_policy, source, seed), reply(&by_hand, source, seed),
                    "{} asks with seed {} of\n{}\n{}", source, seed, document, records
                );
            }
        }
    }
}
