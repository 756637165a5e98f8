//! Model → text → model: what is read back is what was written, for every policy.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::alone;
use crate::export::{Exported, Format, Subject, export};
use crate::model::check::{
    Alarm, Bound, CheckKind, Comparison, Endpoint, Missing, Protocol, Recovery, Source, Status, Thresholds, Tls,
};
use crate::model::place::{Area, Continent, Coordinates, Country, Region, Subdivision, local_zones};
use crate::model::routing::{Anchor, LocationName, Site};
use crate::model::view::Block;
use crate::model::{
    At, Candidate, CheckId, CidrCollection, HealthCheck, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType,
    Routing, Target, ViewId, Visibility, ZoneId, rdata,
};
use crate::store::{Options, dump, toml, zonefile};

/// A generator of models: the same seed, the same models (Knuth's MMIX constants).
struct Dice(u64);

/// What a model may hold.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Everything.
    Ours,
    /// What Route 53 stores.
    Route53,
    /// Values alone.
    Values,
}

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn truth(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.truth().then(|| make(self))
    }

    fn word(&mut self) -> Arc<str> {
        let letters = ["a", "Z", "é", "\"", "\\", "'", "#", " ", "\t", "日", "\u{7f}", "-", ".", "9", "{", "]"];
        (0..=self.below(8)).map(|_| self.one(&letters)).collect::<String>().into()
    }

    fn name(&mut self, zone: &Name) -> Name {
        let labels: [&[u8]; 12] =
            [b"www", b"*", b"a.b", b"@", b"$ttl", b"\\", b"\xc3\xa9", b"\0", b"example", b"com", b"_srv", b"s p;(\""];
        (0..self.below(3)).fold(zone.clone(), |name, _| name.child(self.one(&labels)).unwrap())
    }

    fn target(&mut self, rtype: RecordType, zone: &Name, kind: Kind) -> Target {
        match (self.below(4), kind) {
            (0, Kind::Ours | Kind::Route53) => Target::Alias { to: self.name(zone), evaluate: self.truth() },
            (1, Kind::Ours | Kind::Route53) => {
                let of: Arc<str> = self.one(&["lb.invalid.", r"a\.b.invalid."]).into();
                Target::Provider { of, ttl: 60, rdata: Vec::new(), check: None, evaluate: self.truth() }
            }
            _ => Target::Values { ttl: self.below(1 << 20) as u32, rdata: self.values(rtype, kind) },
        }
    }

    fn values(&mut self, rtype: RecordType, kind: Kind) -> Vec<Rdata> {
        let mut values: Vec<_> = (0..=self.below(3)).map(|_| self.value(rtype, kind)).collect();
        values.sort();
        values.dedup();
        values
    }

    fn value(&mut self, rtype: RecordType, kind: Kind) -> Rdata {
        use RecordType as T;
        let text = match rtype {
            T::A => format!("192.0.2.{}", self.below(256)),
            T::AAAA => format!("2001:db8::{:x}", self.below(1 << 16)),
            T::MX => format!("{} {}", self.below(1 << 16), self.name(&name("Example.Net."))),
            T::CAA => format!("0 issue \"ca{}.test\"", self.below(100)),
            T::LOC => "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m".to_owned(),
            T::HTTPS => format!("{} . alpn=h2,h3 ipv4hint=192.0.2.1", 1 + self.below(9)),
            T::TXT => {
                let most = if kind == Kind::Route53 { 40 } else { 256 };
                let mut wire = Vec::new();
                for _ in 0..=self.below(3) {
                    let len = self.below(most);
                    wire.push(len as u8);
                    wire.extend((0..len).map(|_| self.below(256) as u8));
                }
                return Rdata(wire.into());
            }
            _ => {
                let octets: Vec<_> = (0..self.below(20)).map(|_| self.below(256) as u8).collect();
                return Rdata(octets.into());
            }
        };
        rdata::parse(rtype, &text, None).unwrap()
    }

    fn candidates<K>(
        &mut self,
        rtype: RecordType,
        (zone, kind): (&Name, Kind),
        mut key: impl FnMut(&mut Self) -> K,
    ) -> Vec<Candidate<K>> {
        (0..=self.below(4))
            .map(|place| {
                let (key, id) = (key(self), format!("{place} {}", self.word()));
                self.candidate(rtype, (zone, kind), key, id.into())
            })
            .collect()
    }

    fn candidate<K>(&mut self, rtype: RecordType, (zone, kind): (&Name, Kind), key: K, id: Arc<str>) -> Candidate<K> {
        let check = if kind == Kind::Values { None } else { self.maybe(|dice| CheckId(dice.word())) };
        Candidate { id, key, check, target: self.target(rtype, zone, kind), at: at() }
    }

    fn routing(&mut self, rtype: RecordType, around: (&Name, Kind)) -> Routing {
        let policy = if around.1 == Kind::Values { 0 } else { self.below(8) };
        match policy {
            0 => Routing::Simple(self.candidate(rtype, around, (), "".into())),
            1 => Routing::Weighted(self.candidates(rtype, around, |dice| dice.below(256) as u8)),
            2 => Routing::Latency(self.candidates(rtype, around, Self::region)),
            3 => {
                let side = |dice: &mut Self, id: &str| Some(Box::new(dice.candidate(rtype, around, (), id.into())));
                match self.below(3) {
                    0 => Routing::Failover { primary: side(self, "p"), secondary: None },
                    1 => Routing::Failover { primary: None, secondary: side(self, "s") },
                    _ => Routing::Failover { primary: side(self, "1"), secondary: side(self, "0") },
                }
            }
            4 => Routing::Geolocation(self.candidates(rtype, around, |dice| match dice.below(4) {
                0 => Area::Default,
                1 => Area::Continent(Continent::from_code(dice.one(&["EU", "NA", "AF"])).unwrap()),
                2 => Area::Country(Country::from_code(dice.one(&["DE", "NA", "US"])).unwrap()),
                _ => Area::Subdivision(Country::from_code("US").unwrap(), Subdivision::from_code("WA").unwrap()),
            })),
            5 => Routing::Geoproximity(self.candidates(rtype, around, |dice| {
                let degrees = if around.1 == Kind::Ours { 1e7 } else { 1e2 };
                let mut point = |most: usize| (dice.below(2 * most * degrees as usize) as f64 / degrees) - most as f64;
                let point = Coordinates { latitude: point(90), longitude: point(180) };
                let point = Coordinates {
                    latitude: if around.1 == Kind::Ours { point.latitude } else { hundredths(point.latitude) },
                    longitude: if around.1 == Kind::Ours { point.longitude } else { hundredths(point.longitude) },
                };
                let site = match dice.below(3) {
                    0 => Site::Region(dice.region()),
                    1 => Site::LocalZone(&local_zones()[dice.below(local_zones().len())]),
                    _ => Site::Point(point),
                };
                Anchor { site, bias: (dice.below(199) as i16 - 99) as i8 }
            })),
            6 => Routing::IpBased {
                collection: self.word(),
                candidates: self.candidates(rtype, around, |dice| match dice.truth() {
                    true => LocationName::Default,
                    false => LocationName::Named(dice.word()),
                }),
            },
            _ => Routing::Multivalue(self.candidates(rtype, around, |_| ())),
        }
    }

    fn region(&mut self) -> Region {
        Region::all().nth(self.below(39)).unwrap()
    }

    fn zone(&mut self, kind: Kind) -> HostedZone {
        use RecordType as T;
        let apex = name(match kind {
            Kind::Ours => self.one(&["example.com.", ".", r"a\.b.test.", "test."]),
            Kind::Route53 | Kind::Values => "example.com.",
        });
        let route53 = [T::A, T::AAAA, T::MX, T::CAA, T::TXT, T::HTTPS];
        let ours = [T::A, T::TXT, T::LOC, T::MX, T::NULL, RecordType(65_280)];
        let mut groups = std::collections::BTreeMap::new();
        for _ in 0..=self.below(12) {
            let rtype = if kind == Kind::Route53 { self.one(&route53) } else { self.one(&ours) };
            let routing = self.routing(rtype, (&apex, kind));
            groups.insert((self.name(&apex), rtype), RecordGroup { routing, at: at() });
        }
        let mut zone = HostedZone {
            id: ZoneId(self.one(&["Z1", "example.com", "é"]).into()),
            name: apex,
            comment: self.word().to_string(),
            visibility: match self.below(3) {
                0 if kind != Kind::Values => {
                    Visibility::Private { views: vec![ViewId(self.word()), ViewId("vpc-1".into())] }
                }
                1 if kind == Kind::Ours => Visibility::Public { listeners: vec![self.word()] },
                _ => Visibility::Public { listeners: Vec::new() },
            },
            groups,
            dnssec: None,
            signing: None,
            left_out: 0,
            at: at(),
        };
        if kind == Kind::Values {
            (zone.id, zone.comment) = (ZoneId("example.com".into()), String::new());
            for (rtype, value) in [(T::SOA, "ns.test. h.test. 1 2 3 4 5"), (T::NS, "ns.test.")] {
                let rdata = vec![rdata::parse(rtype, value, None).unwrap()];
                let target = Target::Values { ttl: 60, rdata };
                let routing = Routing::Simple(Candidate { id: "".into(), key: (), check: None, target, at: at() });
                zone.groups.insert((zone.name.clone(), rtype), RecordGroup { routing, at: at() });
            }
        }
        zone
    }

    fn check(&mut self) -> HealthCheck {
        let kind = match self.below(4) {
            0 => CheckKind::Calculated { children: vec![CheckId(self.word()), CheckId("x".into())], threshold: 1 },
            1 => CheckKind::Given { status: Status::from_healthy(self.truth()) },
            2 => CheckKind::Alarm(self.alarm()),
            _ => CheckKind::Endpoint(self.endpoint()),
        };
        let mut check = HealthCheck::new(CheckId(self.word()), kind, at());
        (check.inverted, check.disabled) = (self.truth(), self.truth());
        check.forced = self.maybe(|dice| Status::from_healthy(dice.truth()));
        check.recovery =
            Recovery { manual_failback: self.truth(), slow_start: self.maybe(|_| Duration::from_millis(90_500)) };
        check
    }

    fn alarm(&mut self) -> Alarm {
        let url: Arc<str> = "https://prom.test:9090/base".into();
        let source = match self.below(4) {
            0 => Source::Prometheus {
                url,
                query: "avg(up{job=\"x\"})".into(),
                breach: (
                    self.one(&[Comparison::Above, Comparison::AtMost]),
                    Bound(self.below(1000) as f64 / 7.0 - 50.0),
                ),
                periods: 1 + self.below(100) as u8,
            },
            1 => Source::Alertmanager { url, matchers: vec!["alertname=\"HighCPU\"".into(), "a!~b".into()] },
            2 => Source::File { path: "/run/x y".into() },
            _ => Source::Push,
        };
        let missing = self.one(&[Missing::Healthy, Missing::Unhealthy, Missing::LastKnown]);
        Alarm { source, interval: Duration::from_secs(1 + self.below(86_400) as u64), missing }
    }

    fn endpoint(&mut self) -> Endpoint {
        let tls = |dice: &mut Self| Tls {
            server_name: dice.maybe(|_| "sni.test".into()),
            horizon: dice.maybe(|_| Duration::from_secs(86_400)),
        };
        let protocol = match self.below(6) {
            0 => Protocol::Tcp,
            1 => Protocol::Http {
                path: self.one(&["/", "/a?b=c%20d"]).into(),
                host_header: self.maybe(|_| "www.test".into()),
                search: self.maybe(Self::word),
                tls: self.maybe(tls),
            },
            2 => Protocol::Tls(tls(self)),
            3 => Protocol::Grpc {
                service: self.one(&["", "my.Service"]).into(),
                authority: self.maybe(|_| "grpc.test:50051".into()),
                tls: self.maybe(tls),
            },
            4 => Protocol::Icmp,
            _ => Protocol::Dns {
                name: self.name(&name("query.test.")),
                rtype: RecordType::A,
                expect: self.maybe(|_| "192.0.2.1".into()),
            },
        };
        let host: Arc<str> = self.one(&["192.0.2.1", "2001:db8::1", "backend.test"]).into();
        let port = if protocol == Protocol::Icmp { 0 } else { 1 + self.below(65_535) as u16 };
        let mut endpoint = Endpoint::new(protocol, host, port);
        endpoint.thresholds = Thresholds { down: 1 + self.below(10) as u8, up: 1 + self.below(10) as u8 };
        endpoint.interval = Duration::from_millis(1000 + 500 * self.below(100) as u64);
        endpoint.connect_timeout = self.one(&[endpoint.connect_timeout, Duration::from_millis(1234)]);
        if endpoint.protocol != Protocol::Tcp {
            endpoint.response_timeout = Duration::from_secs(3);
        }
        endpoint.healthy_percent = self.maybe(|dice| dice.below(100) as u8);
        endpoint.regions = self.one(&[vec![], vec!["eu-west-1".into(), "home".into()]]);
        let (Protocol::Tls(tls) | Protocol::Http { tls: Some(tls), .. } | Protocol::Grpc { tls: Some(tls), .. }) =
            &endpoint.protocol
        else {
            return endpoint;
        };
        if tls.horizon.is_some() {
            endpoint.degraded_percent = self.below(101) as u8;
        }
        endpoint
    }
}

fn hundredths(degrees: f64) -> f64 {
    format!("{degrees:.2}").parse().unwrap()
}

fn at() -> At {
    At::new("t", 0)
}

fn name(text: &str) -> Name {
    Name::parse(text, None).unwrap()
}

/// The zone, everything in it at one place.
fn nowhere(mut zone: HostedZone) -> HostedZone {
    fn all<K>(many: &mut [Candidate<K>]) {
        many.iter_mut().for_each(|one| one.at = at());
    }
    zone.at = at();
    for group in zone.groups.values_mut() {
        group.at = at();
        match &mut group.routing {
            Routing::Simple(one) => one.at = at(),
            Routing::Weighted(many) => all(many),
            Routing::Latency(many) => all(many),
            Routing::Failover { primary, secondary } => {
                primary.iter_mut().chain(secondary).for_each(|one| one.at = at());
            }
            Routing::Geolocation(many) => all(many),
            Routing::Geoproximity(many) => all(many),
            Routing::IpBased { candidates, .. } => all(candidates),
            Routing::Multivalue(many) => all(many),
            Routing::Tree(_) => {}
        }
    }
    zone
}

fn errors(problems: &[Problem]) -> Vec<String> {
    problems.iter().filter(|problem| problem.is_error()).map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn toml_reads_as_it_was_written(seed: u64) {
        let zone = Dice(seed).zone(Kind::Ours);
        let Exported { text, losses } = export(alone(&zone), Format::Toml);
        let mut problems = Vec::new();
        let read = toml::load("t.toml", &text, &Options::default(), &mut problems);
        prop_assert_eq!(errors(&problems), Vec::<String>::new(), "{}", text);
        // In the root's zone no name is beyond it: what a provider answers for reads as an alias, which is told.
        prop_assert!(losses.is_empty() || zone.name.label_count() == 0, "{:?}", losses);
        let is_lost = |(name, rtype): &(Name, RecordType)| {
            let opening = format!("{name} {rtype}: ");
            losses.iter().any(|loss| loss.starts_with(&opening))
        };
        let told = |mut zone: HostedZone| {
            zone.groups.retain(|key, _| !is_lost(key));
            zone
        };
        prop_assert_eq!(told(nowhere(read.zone.unwrap())), told(zone), "{}", text);
    }

    #[test]
    fn checks_and_collections_read_as_they_were_written(seed: u64) {
        let mut dice = Dice(seed);
        let mut zone = dice.zone(Kind::Route53);
        let check = dice.check();
        let blocks = vec![Block::new("192.0.2.0".parse().unwrap(), 24).unwrap(), Block::new("2001:db8::".parse().unwrap(), 32).unwrap()];
        let locations = [(dice.word(), blocks), ("empty".into(), vec![])];
        let collection = CidrCollection { id: dice.word(), locations: locations.into(), at: at() };
        let one = Candidate {
            id: "x".into(),
            key: LocationName::Default,
            check: Some(check.id.clone()),
            target: dice.target(RecordType::A, &zone.name, Kind::Values),
            at: at(),
        };
        let routing = Routing::IpBased { collection: collection.id.clone(), candidates: vec![one] };
        zone.groups.insert((zone.name.clone(), RecordType::A), RecordGroup { routing, at: at() });
        let others = [check.clone(), HealthCheck { id: CheckId("nobody's".into()), ..check.clone() }];
        let Exported { text, losses } = export(Subject { checks: &others, collections: std::slice::from_ref(&collection), ..alone(&zone) }, Format::Toml);
        let mut problems = Vec::new();
        let read = toml::load("t.toml", &text, &Options::default(), &mut problems);
        prop_assert_eq!((errors(&problems), losses), (vec![], vec![]), "{}", text);
        let placed = |mut found: HealthCheck| { found.at = at(); found };
        prop_assert_eq!(read.checks.into_iter().map(placed).collect::<Vec<_>>(), vec![check], "{}", text);
        let placed = |mut found: CidrCollection| { found.at = at(); found };
        prop_assert_eq!(read.collections.into_iter().map(placed).collect::<Vec<_>>(), vec![collection], "{}", text);
        prop_assert_eq!(nowhere(read.zone.unwrap()), zone);
    }

    #[test]
    fn i18_json_reads_as_it_was_written(seed: u64) {
        let mut zone = Dice(seed).zone(Kind::Route53);
        let Exported { text, losses } = export(alone(&zone), Format::Json);
        prop_assert_eq!(&losses, &Vec::<String>::new());
        let mut problems = Vec::new();
        let read = dump::load("t.json", &text, &Options::default(), &mut problems);
        prop_assert_eq!(errors(&problems), Vec::<String>::new(), "{}", text);
        let mut read = nowhere(read.zones.into_iter().next().unwrap());
        // Listings are by SetIdentifier.
        for zone in [&mut read, &mut zone] {
            zone.groups.values_mut().for_each(|group| sort(&mut group.routing));
        }
        prop_assert_eq!(read, zone, "{}", text);
    }

    #[test]
    fn a_master_file_reads_as_it_was_written(seed: u64) {
        let zone = Dice(seed).zone(Kind::Values);
        let Exported { text, losses } = export(alone(&zone), Format::Zone);
        prop_assert_eq!(losses, Vec::<String>::new());
        let mut problems = Vec::new();
        let read = zonefile::load("example.com.zone", text.as_bytes(), &mut |_| Err(String::new()), &mut problems);
        prop_assert_eq!(errors(&problems), Vec::<String>::new(), "{}", text);
        prop_assert_eq!(nowhere(read.into_iter().next().unwrap()), zone, "{}", text);
    }
}

fn sort(routing: &mut Routing) {
    fn all<K>(many: &mut [Candidate<K>]) {
        many.sort_by(|a, b| a.id.cmp(&b.id));
    }
    match routing {
        Routing::Simple(_) | Routing::Failover { .. } | Routing::Tree(_) => {}
        Routing::Weighted(many) => all(many),
        Routing::Latency(many) => all(many),
        Routing::Geolocation(many) => all(many),
        Routing::Geoproximity(many) => all(many),
        Routing::IpBased { candidates, .. } => all(candidates),
        Routing::Multivalue(many) => all(many),
    }
}
