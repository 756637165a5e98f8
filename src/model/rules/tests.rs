//! Refusals of spec §10 that judge final state, each citing its rule.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Limits, alias, check_account, check_plan, check_zone};
use crate::model::check::{
    Alarm, Bound, CheckKind, Comparison, Endpoint, Missing, Protocol, Source, Status, Thresholds,
};
use crate::model::fleet::{Checker, Plan, Targets};
use crate::model::place::{Area, Coordinates, Country, Region, Subdivision};
use crate::model::routing::{Anchor, LocationName, Site};
use crate::model::view::{Block, CidrCollection};
use crate::model::{
    Account, At, Candidate, CheckId, HealthCheck, HostedZone, Name, Problem, Rdata, RecordGroup, RecordType, Routing,
    Severity, Target, View, ViewId, Visibility, ZoneId,
};

fn at(line: u32) -> At {
    At::new("t.toml", line)
}

fn name(text: &str) -> Name {
    Name::parse(text, Some(&Name::parse("example.com.", None).unwrap())).unwrap()
}

fn values(ttl: u32, last: &[u8]) -> Target {
    Target::Values { ttl, rdata: last.iter().map(|last| Rdata(Box::new([192, 0, 2, *last]))).collect() }
}

fn alias_to(to: &str, evaluate: bool) -> Target {
    Target::Alias { to: name(to), evaluate }
}

fn member<K>(id: &str, key: K, check: Option<&str>, target: Target) -> Candidate<K> {
    Candidate { id: id.into(), key, check: check.map(|id| CheckId(id.into())), target, at: at(7) }
}

fn simple(target: Target) -> Routing {
    Routing::Simple(member("", (), None, target))
}

fn zone(records: Vec<(&str, RecordType, Routing)>) -> HostedZone {
    let base = [("@", RecordType::SOA, simple(values(900, &[1]))), ("@", RecordType::NS, simple(values(900, &[1, 2])))];
    let groups = base
        .into_iter()
        .chain(records)
        .enumerate()
        .map(|(line, (owner, rtype, routing))| {
            ((name(owner), rtype), RecordGroup { routing, at: at(line as u32 + 10) })
        })
        .collect();
    HostedZone {
        id: ZoneId("Z1".into()),
        name: name("@"),
        comment: String::new(),
        visibility: Visibility::Public { listeners: Vec::new() },
        groups,
        dnssec: None,
        signing: None,
        left_out: 0,
        at: at(1),
    }
}

fn endpoint() -> Endpoint {
    Endpoint::new(Protocol::Tcp, "127.0.0.1".into(), 80)
}

fn check_of(id: &str, kind: CheckKind) -> HealthCheck {
    HealthCheck::new(CheckId(id.into()), kind, at(3))
}

fn given(id: &str) -> HealthCheck {
    check_of(id, CheckKind::Given { status: Status::Healthy })
}

fn calculated(id: &str, children: &[&str], threshold: u16) -> HealthCheck {
    let children = children.iter().map(|child| CheckId((*child).into())).collect();
    check_of(id, CheckKind::Calculated { children, threshold })
}

fn isps() -> CidrCollection {
    let block = |text: &str, len| Block::new(text.parse::<IpAddr>().unwrap(), len).unwrap();
    CidrCollection {
        id: "isps".into(),
        locations: BTreeMap::from([
            ("isp-a".into(), vec![block("203.0.113.0", 24), block("2001:db8::", 32)]),
            ("isp-b".into(), vec![block("203.0.0.0", 16)]),
        ]),
        at: at(4),
    }
}

fn account() -> Account {
    Account { checks: vec![given("hcA"), given("hcB")], collections: vec![isps()], ..Account::default() }
}

fn whats(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.what.as_str()).collect()
}

fn faults(records: Vec<(&str, RecordType, Routing)>) -> Vec<Problem> {
    check_zone(&zone(records), &account())
}

#[track_caller]
fn refuses(records: Vec<(&str, RecordType, Routing)>, expected: &str) {
    let problems = faults(records);
    assert!(
        problems.iter().any(|problem| problem.is_error() && problem.what.contains(expected)),
        "wanted {expected:?} among {:#?}",
        whats(&problems)
    );
    assert!(problems.iter().all(|problem| !problem.mend.is_empty()), "every problem says how to mend it");
}

#[track_caller]
fn accepts(records: Vec<(&str, RecordType, Routing)>) {
    let problems = faults(records);
    assert!(problems.is_empty(), "{:#?}", whats(&problems));
}

const A: RecordType = RecordType::A;
const CNAME: RecordType = RecordType::CNAME;

#[test]
fn a_zone_of_every_policy_is_accepted() {
    accepts(vec![
        ("www", A, simple(values(60, &[1, 2]))),
        ("@", A, simple(alias_to("www", true))),
        (
            "w",
            A,
            Routing::Weighted(vec![
                member("a", 0, None, values(60, &[1])),
                member("b", 255, None, alias_to("www", true)),
            ]),
        ),
        ("l", A, Routing::Latency(vec![member("a", Region::from_code("us-east-1").unwrap(), None, values(60, &[1]))])),
        (
            "f",
            A,
            Routing::Failover {
                primary: Some(member("p", (), Some("hcA"), values(60, &[1])).into()),
                secondary: Some(member("s", (), None, values(60, &[2])).into()),
            },
        ),
        (
            "g",
            A,
            Routing::Geolocation(vec![
                member("d", Area::Default, None, values(60, &[1])),
                member("e", Area::Country(Country::from_code("DE").unwrap()), None, values(60, &[2])),
            ]),
        ),
        (
            "x",
            A,
            Routing::Geoproximity(vec![member(
                "a",
                Anchor { site: Site::Point(Coordinates { latitude: 1.0, longitude: 2.0 }), bias: -99 },
                None,
                values(60, &[1]),
            )]),
        ),
        (
            "i",
            A,
            Routing::IpBased {
                collection: "isps".into(),
                candidates: vec![
                    member("a", LocationName::Named("isp-a".into()), None, values(60, &[1])),
                    member("d", LocationName::Default, None, values(60, &[2])),
                ],
            },
        ),
        (
            "m",
            A,
            Routing::Multivalue(vec![
                member("a", (), None, values(60, &[1])),
                member("b", (), Some("hcB"), values(60, &[2])),
            ]),
        ),
    ]);
}

#[test]
fn master_files_may_hold_what_route53_does_not() {
    accepts(vec![
        ("loc", RecordType::LOC, simple(values(60, &[1]))),
        ("type", RecordType(65_280), simple(values(60, &[1]))),
        ("d", RecordType::DNAME, simple(values(60, &[1]))),
        ("d", A, simple(values(60, &[1]))),
        ("c", CNAME, simple(values(60, &[1]))),
        ("c", RecordType::RRSIG, simple(values(60, &[1]))),
        ("c", RecordType::NSEC, simple(values(60, &[1]))),
        ("sub", RecordType::NS, simple(values(60, &[1]))),
        ("sub", RecordType::DS, simple(values(60, &[1]))),
    ]);
}

#[test]
fn t349_n26_apex_cname() {
    refuses(
        vec![("@", CNAME, simple(values(60, &[1])))],
        "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
    );
}

#[test]
fn t076_n26_apex_cname_alias() {
    refuses(
        vec![("@", CNAME, simple(alias_to("www", false))), ("www", CNAME, simple(values(60, &[1])))],
        "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
    );
}

#[test]
fn t350_n27_a_beside_cname() {
    refuses(
        vec![("www", CNAME, simple(values(60, &[1]))), ("www", A, simple(values(60, &[1])))],
        "RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type  CNAME \
         with the same DNS name already exists in zone example.com.",
    );
    refuses(
        vec![("www", A, simple(values(60, &[1]))), ("www", CNAME, simple(values(60, &[1])))],
        "RRSet of type CNAME with DNS name www.example.com. is not permitted because a conflicting RRSet of type  A",
    );
}

#[test]
fn t351_n8_name_outside_the_zone() {
    refuses(
        vec![("www.other.net.", A, simple(values(60, &[1])))],
        "RRSet with DNS name www.other.net. is not permitted in zone example.com.",
    );
    refuses(vec![("badexample.com.", A, simple(values(60, &[1])))], "is not permitted in zone");
}

#[test]
fn t352_z18_soa_and_ns_stay() {
    let mut bare = zone(Vec::new());
    bare.groups.clear();
    let problems = check_zone(&bare, &account());
    assert_eq!(
        whats(&problems),
        [
            "A HostedZone must contain exactly one SOA record.",
            "A HostedZone must contain at least one NS record for the zone itself.",
        ]
    );
    refuses(vec![("@", RecordType::SOA, simple(values(60, &[1, 2])))], "exactly one SOA record");
    refuses(vec![("sub", RecordType::SOA, simple(values(60, &[1])))], "only the apex");
}

#[test]
fn n13_no_wildcard_delegation_and_no_meta_types() {
    for rtype in [RecordType::NS, RecordType::DNAME] {
        let what = format!("{rtype} record of *.example.com.: it cannot be a wildcard");
        refuses(vec![("*", rtype, simple(values(60, &[1])))], &what);
    }
    refuses(vec![("x", RecordType::ANY, simple(values(60, &[1])))], "exists in questions only");
}

#[test]
fn rfc6672_dname_has_nothing_below_and_no_cut_beside() {
    let one = |owner, rtype| (owner, rtype, simple(values(60, &[1])));
    refuses(
        vec![one("sub", RecordType::NS), one("sub", RecordType::DNAME)],
        "sub.example.com. has a DNAME and is delegated",
    );
    accepts(vec![one("@", RecordType::DNAME)]);
    let hidden = faults(vec![one("d", RecordType::DNAME), one("b.a.d", A), one("c.d", A), one("c.d", RecordType::TXT)]);
    assert_eq!(
        whats(&hidden),
        [
            "A record of b.a.d.example.com.: d.example.com. has a DNAME, which hides it",
            "A record of c.d.example.com.: d.example.com. has a DNAME, which hides it",
        ]
    );
    let names: Vec<String> = (0..150).map(|n| format!("x{n}")).collect();
    let all = names.iter().map(|name| one(name, A)).chain([one("@", RecordType::DNAME)]);
    let problems = faults(all.collect());
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[100].what, "50 more names of zone example.com. are hidden by a DNAME");
}

#[test]
fn rfc4035_ds_belongs_to_the_parent() {
    let one = |owner, rtype| (owner, rtype, simple(values(60, &[1])));
    refuses(vec![one("@", RecordType::DS)], "DS record of example.com.: it belongs to the parent zone");
    accepts(vec![one("sub", RecordType::NS), one("sub", RecordType::DS)]);
    let lone = faults(vec![one("sub", RecordType::DS)]);
    assert_eq!(whats(&lone), ["DS record of sub.example.com., where no delegation is"]);
    assert_eq!(lone[0].severity, Severity::Warning);
}

#[test]
fn t077_a5_alias_to_a_name_with_another_type() {
    let problems =
        faults(vec![("al", A, simple(alias_to("six", false))), ("six", RecordType::AAAA, simple(values(60, &[1])))]);
    assert_eq!(
        whats(&problems),
        ["Tried to create an alias that targets six.example.com., type A in zone Z1, but that target was not found"]
    );
    assert!(problems[0].mend.contains("AAAA only"), "{}", problems[0].mend);
}

#[test]
fn a5_a_near_target_is_offered() {
    let problems = faults(vec![("al", A, simple(alias_to("mutli", false))), ("multi", A, simple(values(60, &[1])))]);
    assert_eq!(problems[0].mend, "did you mean `multi.example.com.`?");
}

#[test]
fn t078_a5_alias_outside_the_zone() {
    let problems = faults(vec![("al", A, simple(alias_to("www.other.net.", false)))]);
    assert_eq!(
        whats(&problems),
        [
            "Tried to create an alias that targets www.other.net., type A in zone Z1, but the alias target name does \
             not lie within the target zone",
            "Tried to create an alias that targets www.other.net., type A in zone Z1, but that target was not found",
        ]
    );
}

#[test]
fn t079_alias_of_type_ns() {
    refuses(
        vec![("al", RecordType::NS, simple(alias_to("sub", false))), ("sub", RecordType::NS, simple(values(60, &[1])))],
        "RRSet with DNS name al.example.com., type NS contains an alias target, but aliases of that type are forbidden",
    );
    refuses(
        vec![(
            "al",
            RecordType::DS,
            simple(Target::Provider { of: "x".into(), ttl: 60, rdata: Vec::new(), check: None, evaluate: false }),
        )],
        "aliases of that type are forbidden",
    );
}

#[test]
fn t080_a6_alias_loops_are_named_once_each() {
    let problems = faults(vec![
        ("a", A, simple(alias_to("b", false))),
        ("b", A, simple(alias_to("a", false))),
        ("self", A, simple(alias_to("self", false))),
        ("in", A, simple(alias_to("a", false))),
    ]);
    assert_eq!(
        whats(&problems),
        [
            "aliases of type A go round in a circle: a.example.com. → b.example.com. → a.example.com.",
            "aliases of type A go round in a circle: self.example.com. → self.example.com.",
        ]
    );
}

fn chain(length: usize) -> Vec<(String, Routing)> {
    (0..length)
        .map(|hop| match hop + 1 == length {
            true => (format!("h{hop}"), simple(values(60, &[1]))),
            false => (format!("h{hop}"), simple(alias_to(&format!("h{}", hop + 1), true))),
        })
        .collect()
}

fn chained(chain: &[(String, Routing)]) -> HostedZone {
    zone(chain.iter().map(|(owner, routing)| (owner.as_str(), A, routing.clone())).collect())
}

#[test]
fn a6_sixteen_hops_pass_and_seventeen_do_not() {
    assert!(check_zone(&chained(&chain(17)), &account()).is_empty());
    let long = chain(18);
    let problems = check_zone(&chained(&long), &account());
    assert_eq!(whats(&problems), ["alias h0.example.com. A is the first of 17 in a row, more than 16"]);
    assert_eq!(check_zone(&chained(&chain(5_000)), &account()).len(), 1, "one message, no deep recursion");
}

#[test]
fn plan_orders_targets_first_and_counts_cost() {
    let tree = zone(vec![
        (
            "app",
            A,
            Routing::Weighted(vec![
                member("a", 1, None, alias_to("east", true)),
                member("b", 1, None, alias_to("west", false)),
            ]),
        ),
        (
            "east",
            A,
            Routing::Weighted(vec![member("a", 1, None, values(60, &[1])), member("b", 1, None, values(60, &[2]))]),
        ),
        ("west", A, Routing::Multivalue((0..5).map(|n| member(&n.to_string(), (), None, values(60, &[n]))).collect())),
        ("plain", A, simple(values(60, &[1]))),
    ]);
    let plan = alias::plan(&tree);
    let owners: Vec<String> = plan.steps.iter().map(|step| step.key.0.to_string()).collect();
    assert_eq!(owners, ["east.example.com.", "west.example.com.", "app.example.com."]);
    let app = &plan.steps[2];
    assert_eq!((app.depth, app.health_cost, app.answer_cost), (1, 4, 9), "2 + east's 2 for health, then west's 5");
    assert!(plan.loops.is_empty());
}

#[test]
fn a_tree_that_costs_too_much_is_refused_at_its_lowest_group() {
    let wide = |to: Option<&str>| {
        Routing::Weighted(
            (0..100u8)
                .map(|n| {
                    let target = to.map_or_else(|| values(60, &[n]), |to| alias_to(to, true));
                    member(&n.to_string(), 1, None, target)
                })
                .collect(),
        )
    };
    let tree = vec![("l1", A, wide(Some("l2"))), ("l2", A, wide(Some("l3"))), ("l3", A, wide(None))];
    let problems = faults(tree);
    assert_eq!(problems.len(), 1, "{:#?}", whats(&problems));
    assert_eq!(problems[0].severity, Severity::Error);
    assert!(
        problems[0].what.starts_with("an answer for l1.example.com. A may have to look at 1020300 records"),
        "{}",
        problems[0].what
    );
}

#[test]
fn t106_n23_weighted_ttls() {
    refuses(
        vec![(
            "w",
            A,
            Routing::Weighted(vec![member("a", 1, None, values(60, &[1])), member("d", 1, None, values(61, &[2]))]),
        )],
        "RRSet with DNS name w.example.com., type A, SetIdentifier d cannot be created as weighted sets must contain \
         the same TTL.",
    );
}

#[test]
fn n25_multivalue_ttls_are_noted() {
    let problems = faults(vec![(
        "m",
        A,
        Routing::Multivalue(vec![member("a", (), None, values(60, &[1])), member("b", (), None, values(30, &[2]))]),
    )]);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].severity, Severity::Warning);
    assert_eq!(problems[0].mend, "give all of them TTL 30");
}

#[test]
fn t130_p25_second_record_for_a_region() {
    let region = Region::from_code("us-east-1").unwrap();
    refuses(
        vec![(
            "l",
            A,
            Routing::Latency(vec![
                member("a", region, None, values(60, &[1])),
                member("b", region, None, values(60, &[2])),
            ]),
        )],
        "SetIdentifier b, and region us-east-1 cannot be created",
    );
}

fn primary(check: Option<&str>, target: Target) -> Vec<(&'static str, RecordType, Routing)> {
    vec![
        ("f", A, Routing::Failover { primary: Some(member("p", (), check, target).into()), secondary: None }),
        ("one", A, simple(values(60, &[7]))),
    ]
}

#[test]
fn t146_t147_t148_primaries_that_could_never_fail() {
    refuses(
        primary(None, values(60, &[1])),
        "A non-alias primary ResourceRecordSet must have an associated health check. No changes made.",
    );
    refuses(
        primary(None, alias_to("one", false)),
        "RRSet with DNS name f.example.com., type A, SetIdentifier p cannot be a primary without EvaluateTargetHealth \
         set to true or an associated health check as a secondary would never be returned.",
    );
    accepts(primary(Some("hcA"), alias_to("one", false)));
    accepts(primary(None, alias_to("one", true)));
}

fn geo(areas: &[Area]) -> Vec<(&'static str, RecordType, Routing)> {
    let many = areas.iter().enumerate().map(|(n, area)| member(&format!("g{n}"), *area, None, values(60, &[1])));
    vec![("g", A, Routing::Geolocation(many.collect()))]
}

#[test]
fn t174_t176_t177_areas() {
    let state =
        |country, code| Area::Subdivision(Country::from_code(country).unwrap(), Subdivision::from_code(code).unwrap());
    refuses(
        geo(&[state("US", "WA"), state("US", "WA")]),
        "cannot be created because a GEO RRSet with the same name, type and routing to [country = US, subdivision = \
         WA} already exists.",
    );
    refuses(
        geo(&[Area::Country(Country::from_code("BV").unwrap())]),
        "Cannot find location: 'country = BV'. No changes made.",
    );
    refuses(geo(&[state("CA", "ON")]), "subdivisions are known for US and UA only, not for CA");
    refuses(geo(&[state("US", "PR")]), "Cannot find location: 'country = US, subdivision = PR'. No changes made.");
    accepts(geo(&[state("US", "WA"), state("UA", "30"), Area::Default]));
}

#[test]
fn t192_p44_p45_anchors() {
    let anchors = |many: &[(f64, f64, i8)]| {
        let many = many.iter().enumerate().map(|(n, (latitude, longitude, bias))| {
            let site = Site::Point(Coordinates { latitude: *latitude, longitude: *longitude });
            let key = Anchor { site, bias: *bias };
            member(&format!("x{n}"), key, None, values(60, &[1]))
        });
        vec![("x", A, Routing::Geoproximity(many.collect()))]
    };
    refuses(anchors(&[(0.0, 0.0, 100)]), "bias 100, which is not in -99..=99");
    refuses(anchors(&[(0.0, 0.0, -100)]), "bias -100, which is not in -99..=99");
    refuses(anchors(&[(0.0, 0.0, -128)]), "bias -128");
    refuses(anchors(&[(91.0, 0.0, 0)]), "not on the globe");
    refuses(anchors(&[(f64::NAN, 0.0, 0)]), "not on the globe");
    refuses(anchors(&[(1.0, 1.0, 0), (1.0, 1.0, 9)]), "same name, type and location already exists");
    accepts(anchors(&[(1.0, 1.0, 99), (1.0, 1.5, -99)]));
}

#[test]
fn p45_places_are_told_apart_by_name() {
    let region = |code: &str| Site::Region(Region::from_code(code).unwrap());
    let near = |sites: &[Site]| {
        let many = sites
            .iter()
            .enumerate()
            .map(|(n, site)| member(&format!("x{n}"), Anchor { site: *site, bias: 0 }, None, values(60, &[1])));
        vec![("x", A, Routing::Geoproximity(many.collect()))]
    };
    let (west, government) = (region("us-west-2"), region("us-gov-west-1"));
    assert_eq!(west.point(), government.point(), "two Regions of one spot");
    accepts(near(&[west, government, Site::Point(west.point())]));
    let denver = crate::model::place::local_zone("us-west-2-den-1").unwrap();
    for site in [west, Site::LocalZone(denver), Site::Point(west.point())] {
        refuses(near(&[site, site]), "same name, type and location already exists");
    }
}

#[test]
fn t195_t378_limits_are_enforced_only_when_asked_for() {
    let anchors = (0..31).map(|n| {
        let key = Anchor { site: Site::Point(Coordinates { latitude: f64::from(n), longitude: 0.0 }), bias: 0 };
        member(&format!("x{n}"), key, None, values(60, &[1]))
    });
    let many = (0..401u32).map(|n| Rdata(Box::new(n.to_be_bytes()))).collect();
    let many = simple(Target::Values { ttl: 60, rdata: many });
    let zone = zone(vec![("x", A, Routing::Geoproximity(anchors.collect())), ("v", A, many)]);
    assert!(check_zone(&zone, &account()).is_empty());
    assert!(Limits::default().check_zone(&zone).is_empty());
    assert_eq!(
        whats(&Limits::ROUTE53.check_zone(&zone)),
        [
            "RRSet with DNS name v.example.com., type A has too many values",
            "Exceeded limit on number of geo-proximity RRSets for x.example.com., type A in this zone.",
        ]
    );
}

#[test]
fn t211_p53_p54_p55_cidr() {
    let group = |collection: &str, locations: &[&str]| {
        let candidates = locations.iter().enumerate().map(|(n, location)| {
            member(&format!("i{n}"), LocationName::Named((*location).into()), None, values(60, &[1]))
        });
        vec![("i", A, Routing::IpBased { collection: collection.into(), candidates: candidates.collect() })]
    };
    refuses(group("isp", &["isp-a"]), "CIDR collection \"isp\", which does not exist");
    refuses(group("isps", &["isp-q"]), "CIDR location \"isp-q\", which collection \"isps\" does not have");
    refuses(group("isps", &["isp-a", "isp-a"]), "same name, type and location \"isp-a\" already exists");

    let mut account = account();
    let block = |text: &str, len| Block::new(text.parse::<IpAddr>().unwrap(), len).unwrap();
    account.checks.clear();
    account.collections[0].locations.insert(
        "isp-c".into(),
        vec![block("192.0.2.0", 25), block("2001:db8::", 49), block("0.0.0.0", 0), block("203.0.113.0", 24)],
    );
    account.collections[0].locations.insert("no spaces".into(), Vec::new());
    assert_eq!(
        whats(&check_account(&account)),
        [
            "CIDR block 192.0.2.0/25 of location \"isp-c\" is not /1 to /24",
            "CIDR block 2001:db8::/49 of location \"isp-c\" is not /1 to /48",
            "CIDR block 0.0.0.0/0 of location \"isp-c\" is not /1 to /24",
            "CIDR block 203.0.113.0/24 is in locations \"isp-a\" and \"isp-c\" of \"isps\"",
            "CIDR location \"no spaces\" of \"isps\" has a name Route 53 would not take",
        ]
    );
}

#[test]
fn t226_types_and_policies_that_do_not_go_together() {
    let multi = |target: Target| Routing::Multivalue(vec![member("a", (), None, target)]);
    refuses(
        vec![("m", A, multi(alias_to("www", false))), ("www", A, simple(values(60, &[1])))],
        "SetIdentifier a is a multivalue answer and cannot be an alias",
    );
    refuses(vec![("m", CNAME, multi(values(60, &[1])))], "type CNAME cannot have multivalue routing");
    refuses(vec![("m", RecordType::NS, multi(values(60, &[1])))], "type NS cannot have multivalue routing");
    refuses(
        vec![("w", RecordType::DS, Routing::Weighted(vec![member("a", 1, None, values(60, &[1]))]))],
        "type DS cannot have weighted routing",
    );
    accepts(vec![("w", CNAME, Routing::Weighted(vec![member("a", 1, None, values(60, &[1]))]))]);
}

#[test]
fn p2_identifiers() {
    let pair = |a: &str, b: &str| {
        vec![(
            "w",
            A,
            Routing::Weighted(vec![member(a, 1, None, values(60, &[1])), member(b, 1, None, values(60, &[2]))]),
        )]
    };
    refuses(
        pair("a", "a"),
        "Tried to create resource record set [name='w.example.com.', type='A', set-identifier='a'] but it already exists",
    );
    refuses(pair("", "b"), "SetIdentifier of 0 characters");
    refuses(pair(&"ü".repeat(129), "b"), "SetIdentifier of 129 characters");
    accepts(pair(&"ü".repeat(128), "b"));
}

#[test]
fn values_of_a_record() {
    refuses(vec![("c", CNAME, simple(values(60, &[1, 2])))], "type CNAME has 2 values");
    refuses(vec![("d", RecordType::DNAME, simple(values(60, &[1, 2])))], "type DNAME has 2 values");
    refuses(vec![("e", A, simple(values(60, &[])))], "has no value");
    refuses(vec![("t", A, simple(values(2_147_483_648, &[1])))], "TTL 2147483648, which is not in 0..=2147483647");
    refuses(vec![("w", A, Routing::Weighted(Vec::new()))], "weighted routing but no records");
}

#[test]
fn n21_no_value_twice_under_any_policy() {
    let twice = "Duplicate Resource Record: '192.0.2.1' at RRSet with DNS name w.example.com., type A";
    refuses(vec![("w", A, simple(values(60, &[1, 2, 1])))], twice);
    refuses(
        vec![("w", A, Routing::Weighted(vec![member("a", 1, None, values(60, &[1, 1]))]))],
        &format!("{twice}, SetIdentifier a"),
    );
    // RFC 2181 §5, RFC 4034 §6.2: names are equal whatever their letter case, texts are not.
    let pair = |one: &[u8], other: &[u8]| {
        simple(Target::Values { ttl: 60, rdata: [one, other].map(|value| Rdata(value.into())).into() })
    };
    refuses(
        vec![("m", RecordType::MX, pair(b"\0\x0a\x01a\0", b"\0\x0a\x01A\0"))],
        "Duplicate Resource Record: '10 A.' at",
    );
    accepts(vec![("m", RecordType::MX, pair(b"\0\x0a\x01a\0", b"\0\x0b\x01A\0"))]);
    accepts(vec![("t", RecordType::TXT, pair(b"\x01a", b"\x01A"))]);
}

#[test]
fn c33_unknown_checks_with_a_suggestion() {
    let problems = faults(vec![("m", A, Routing::Multivalue(vec![member("a", (), Some("hca"), values(60, &[1]))]))]);
    assert_eq!(problems[0].mend, "did you mean `hcA`?", "{}", problems[0].what);
}

#[test]
fn t060_z24_z32_private_zones() {
    let mut private = zone(vec![(
        "i",
        A,
        Routing::IpBased {
            collection: "isps".into(),
            candidates: vec![member("d", LocationName::Default, None, values(60, &[1]))],
        },
    )]);
    private.visibility = Visibility::Private { views: Vec::new() };
    let problems = check_zone(&private, &account());
    assert_eq!(
        whats(&problems),
        [
            "private zone example.com. is tied to no view, so nobody could ask it",
            "RRSet with DNS name i.example.com., type A, SetIdentifier d cannot be created because CIDR RRSet is not \
             supported with private hosted zone.",
        ]
    );
    private.visibility = Visibility::Private { views: vec![ViewId("offce".into())] };
    let view =
        View { id: ViewId("office".into()), networks: Vec::new(), listeners: Vec::new(), region: None, at: at(2) };
    let mut account = account();
    account.views.push(view);
    assert_eq!(check_zone(&private, &account)[0].mend, "did you mean `office`?");
    assert!(
        whats(&check_account(&account)).iter().any(|what| what.contains("nobody is in it")),
        "a view without networks is a warning"
    );
}

#[test]
fn t366_z4_z25_zones_of_one_name() {
    let public = |listeners: &[&str], id: &str| {
        let mut zone = zone(Vec::new());
        zone.id = ZoneId(id.into());
        zone.visibility = Visibility::Public { listeners: listeners.iter().map(|name| (*name).into()).collect() };
        Arc::new(zone)
    };
    let faults = |zones: Vec<Arc<HostedZone>>| {
        let account = Account { zones, ..Account::default() };
        check_account(&account).into_iter().map(|problem| problem.what).collect::<Vec<_>>()
    };
    let mut below = (*public(&[], "3")).clone();
    below.name = name("test");
    let together = faults(vec![public(&[], "1"), Arc::new(below)]);
    assert!(
        together.len() == 1 && together[0].contains("not delegated"),
        "T366: told of, not refused (Z-23): {together:?}"
    );
    assert!(faults(vec![public(&["s1"], "1"), public(&["s2"], "2")]).is_empty(), "T043");
    assert!(faults(vec![public(&["s1"], "1"), public(&[], "2")])[0].contains("for all listeners"));
    assert!(faults(vec![public(&["s1"], "1"), public(&["s2", "s1"], "2")])[0].contains("listener \"s1\""));
    assert!(faults(vec![public(&["s1"], "1"), public(&["s2"], "1")])[0].contains("zone id \"1\""));
    let private = |views: &[&str], id: &str| {
        let mut zone = (*public(&[], id)).clone();
        zone.visibility = Visibility::Private { views: views.iter().map(|name| ViewId((*name).into())).collect() };
        Arc::new(zone)
    };
    assert!(faults(vec![public(&[], "1"), private(&["v1"], "2"), private(&["v2"], "3")]).is_empty(), "split view");
    assert!(faults(vec![private(&["v1"], "2"), private(&["v2", "v1"], "3")])[0].contains("view \"v1\""), "T062");
}

#[test]
fn z24_a_client_is_in_one_view() {
    let view = |id: &str, networks: &[&str], listeners: &[&str], line: u32| {
        let block = |text: &&str| {
            let (address, len) = text.split_once('/').unwrap();
            Block::new(address.parse().unwrap(), len.parse().unwrap()).unwrap()
        };
        View {
            id: ViewId(id.into()),
            networks: networks.iter().map(block).collect(),
            listeners: listeners.iter().map(|listener| Arc::from(*listener)).collect(),
            region: None,
            at: at(line),
        }
    };
    let faults = |views: [View; 2]| check_account(&Account { views: views.into(), ..Account::default() });
    let same = ["10.0.0.0/8", "fd00::/8"];
    let refused = faults([view("a", &["192.0.2.0/24", "10.0.0.0/8"], &[], 3), view("b", &same, &["lan"], 7)]);
    assert_eq!(
        whats(&refused),
        ["view \"b\" takes in network 10.0.0.0/8, as view \"a\" does (t.toml:3), and a client is in one view"]
    );
    assert!(refused[0].is_error() && refused[0].at == at(7) && !refused[0].mend.is_empty());
    let all = faults([view("a", &[], &["lan", "wifi"], 3), view("b", &["::/0"], &["wifi"], 7)]);
    assert_eq!(
        whats(&all),
        ["view \"b\" takes in every client, as view \"a\" does (t.toml:3), and a client is in one view"]
    );
    // The longest prefix decides between nested ones, the listener between equal ones.
    assert_eq!(faults([view("a", &["10.0.0.0/8"], &[], 3), view("b", &["10.1.0.0/16"], &[], 7)]), []);
    assert_eq!(faults([view("a", &same, &["lan"], 3), view("b", &same, &["wifi"], 7)]), []);
    assert_eq!(faults([view("a", &[], &["lan"], 3), view("b", &same, &["lan"], 7)]), []);
    assert_eq!(whats(&faults([view("a", &[], &[], 3), view("b", &[], &[], 7)])).len(), 2, "nobody is in either");
}

#[test]
fn z23_a_zone_that_its_parent_does_not_delegate() {
    let cut = |owner: &str| (owner.to_owned(), RecordType::NS, simple(values(60, &[1])));
    let zone_at = |apex: &str, visibility: Visibility, cuts: Vec<(String, RecordType, Routing)>, line: u32| {
        let mut zone = zone(cuts.iter().map(|(owner, rtype, routing)| (&**owner, *rtype, routing.clone())).collect());
        (zone.name, zone.id, zone.visibility, zone.at) =
            (name(apex), ZoneId(format!("Z{line}").into()), visibility, at(line));
        Arc::new(zone)
    };
    let public = |listeners: &[&str]| Visibility::Public {
        listeners: listeners.iter().map(|listener| Arc::from(*listener)).collect(),
    };
    let office = || Visibility::Private { views: vec![ViewId("office".into())] };
    let faults = |zones: Vec<Arc<HostedZone>>| check_account(&Account { zones, ..Account::default() });
    let child = |visibility| zone_at("b.a", visibility, vec![], 9);
    let told = faults(vec![child(public(&[])), zone_at("@", public(&["lan"]), vec![cut("b"), cut("x.b.a")], 3)]);
    let what = "zone b.a.example.com. is not delegated by zone example.com. (t.toml:3): resolvers are never sent to it, \
                and its DS does not exist";
    assert_eq!(whats(&told), [what]);
    assert_eq!((told[0].severity, &told[0].at), (Severity::Warning, &at(9)));
    assert!(told[0].mend.contains("give b.a.example.com. in zone example.com. the NS records"), "{}", told[0].mend);
    for parent in ["b.a", "a"] {
        let parent = zone_at("@", public(&[]), vec![cut(parent)], 3);
        assert_eq!(faults(vec![child(public(&[])), parent]), [], "a referral at the name or above it leads there");
    }
    // Other listeners, other visibility: nobody sees both; and among private zones no referral is needed (Z-27).
    assert_eq!(faults(vec![child(public(&["wifi"])), zone_at("@", public(&["lan"]), vec![], 3)]), []);
    assert_eq!(faults(vec![child(office()), zone_at("@", public(&[]), vec![], 3)]), []);
    assert_eq!(faults(vec![child(office()), zone_at("@", office(), vec![], 3)]), []);
    // The nearest parent counts.
    let chain = faults(vec![
        child(public(&[])),
        zone_at("a", public(&[]), vec![cut("b.a")], 5),
        zone_at("@", public(&[]), vec![cut("a")], 3),
    ]);
    assert_eq!(chain, []);
}

#[test]
fn t292_c25_calculated_checks() {
    let faults = |checks: Vec<HealthCheck>| {
        let account = Account { checks, ..Account::default() };
        let errors: Vec<String> =
            check_account(&account).into_iter().filter(Problem::is_error).map(|problem| problem.what).collect();
        errors
    };
    let refused = "Invalid parameter : Child health check IDs do not exist or are deleted: ";
    assert_eq!(faults(vec![calculated("c", &["gone"], 1)]), [format!("{refused}gone (of \"c\")")]);
    assert_eq!(
        faults(vec![given("a"), calculated("b", &["a"], 1), calculated("c", &["b"], 1)]),
        [format!("{refused}b (of \"c\")")]
    );
    assert_eq!(faults(vec![given("a"), calculated("c", &["a", "a"], 1)]), ["health check \"c\" counts \"a\" twice"]);
    assert!(faults(vec![calculated("c", &[], 257)])[0].contains("not in 0..=256"));
    assert!(faults(vec![calculated("c", &[], 256)]).is_empty(), "never healthy, but allowed");
    let ids: Vec<String> = (0..256).map(|n| format!("n{n}")).collect();
    let many: Vec<&str> = ids.iter().map(String::as_str).collect();
    let children: Vec<HealthCheck> = many.iter().map(|id| given(id)).collect();
    let with = |count: usize| faults(children.iter().cloned().chain([calculated("c", &many[..count], 1)]).collect());
    assert!(with(255).is_empty(), "X-03");
    assert_eq!(with(256), ["health check \"c\" has 256 children, more than 255"]);
    assert_eq!(faults(vec![given("a"), given("a")]), ["health check \"a\" is already defined at t.toml:3"]);
}

#[test]
fn t294_ranges_of_endpoint_checks_and_unused_ones() {
    let faults = |endpoint: Endpoint| {
        let account = Account { checks: vec![check_of("e", CheckKind::Endpoint(endpoint))], ..Account::default() };
        check_account(&account)
    };
    let unused = faults(endpoint());
    assert_eq!(whats(&unused), ["health check \"e\" is used by no record"]);
    assert_eq!(unused[0].severity, Severity::Warning);
    for threshold in [0, 11] {
        assert!(
            faults(Endpoint { thresholds: Thresholds::both(threshold), ..endpoint() })[0]
                .what
                .contains("not in 1..=10")
        );
    }
    assert!(faults(Endpoint { interval: Duration::from_millis(999), ..endpoint() })[0].what.contains("interval"));
    assert!(faults(Endpoint { port: 0, ..endpoint() })[0].what.contains("port 0"));
    let http = |path: &str, search: Option<&str>| {
        let protocol =
            Protocol::Http { path: path.into(), host_header: None, search: search.map(Into::into), tls: None };
        faults(Endpoint { protocol, ..endpoint() })
    };
    assert!(http("health", None)[0].what.contains("path"));
    assert!(http("/", Some(""))[0].what.contains("search string"));
    assert_eq!(http("/health?x=1", Some("ok")).len(), 1, "only that nothing uses it");
}

#[test]
fn ranges_of_what_is_beyond_route_53() {
    let faults = |check: HealthCheck| {
        let account = Account { checks: vec![check], ..Account::default() };
        let errors: Vec<_> = check_account(&account).into_iter().filter(Problem::is_error).collect();
        whats(&errors).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let probing = |endpoint: Endpoint| faults(check_of("e", CheckKind::Endpoint(endpoint)));
    let icmp = |port| Endpoint::new(Protocol::Icmp, "h".into(), port);
    assert_eq!(probing(icmp(0)), "");
    assert!(probing(icmp(1)).contains("no ports"));
    assert!(probing(Endpoint { healthy_percent: Some(100), ..endpoint() }).contains("healthy_percent 100"));
    assert!(probing(Endpoint { degraded_percent: 101, ..endpoint() }).contains("degraded_percent 101"));
    let following = |source: Source, interval: u64| {
        let alarm = Alarm { source, interval: Duration::from_secs(interval), missing: Missing::LastKnown };
        faults(check_of("a", CheckKind::Alarm(alarm)))
    };
    let prometheus = |query: &str, bound: f64, periods: u8| Source::Prometheus {
        url: "http://p".into(),
        query: query.into(),
        breach: (Comparison::Above, Bound(bound)),
        periods,
    };
    assert_eq!(following(prometheus("x", 80.0, 2), 30), "");
    assert!(following(prometheus("", 80.0, 2), 30).contains("empty query"));
    assert!(following(prometheus("x", f64::NAN, 2), 30).contains("NaN"));
    assert!(following(prometheus("x", 80.0, 0), 30).contains("1..=100"));
    assert!(following(Source::Push, 0).contains("once a second"));
    let matchers = Vec::new();
    assert!(following(Source::Alertmanager { url: "http://a".into(), matchers }, 30).contains("no matchers"));
    let mut hasty = given("g");
    hasty.recovery.slow_start = Some(Duration::from_millis(1));
    assert!(faults(hasty).contains("slow start"));
}

#[test]
fn t295_c8_addresses_that_the_plan_forbids() {
    let net = |text: &str| text.parse().unwrap();
    let special = Targets { special: false, ..Targets::default() };
    let denied = Targets { deny: vec![net("10.0.0.0/8")], ..Targets::default() };
    let elsewhere = Targets { allow: vec![net("192.0.2.0/24")], ..Targets::default() };
    for (targets, because, mend) in [
        (special, "it is restricted or private", "allow_special_addresses = true"),
        (denied, "10.0.0.0/8 is denied", "`deny`"),
        (elsewhere, "no allowed network holds it", "`allow`"),
    ] {
        let plan = Plan { targets, ..Plan::default() };
        let probing = |host: &str| {
            let endpoint = Endpoint { host: host.into(), ..endpoint() };
            let checks = vec![check_of("e", CheckKind::Endpoint(endpoint))];
            check_plan(&Account { checks, ..Account::default() }, &plan)
        };
        let found = probing("10.0.0.1");
        let what = format!("health check \"e\" probes 10.0.0.1, which is forbidden: {because} (C-8)");
        assert_eq!(whats(&found), [&*what], "T295");
        assert!(found[0].is_error() && found[0].mend.contains(mend), "{}", found[0]);
        assert!(probing("db.example.com").is_empty(), "a name is judged when it is resolved");
        let asking = |url: &str, is_prometheus: bool| {
            let (url, query, breach) = (url.into(), "up".into(), (Comparison::Above, Bound(1.0)));
            let source = match is_prometheus {
                true => Source::Prometheus { url, query, breach, periods: 1 },
                false => Source::Alertmanager { url, matchers: vec!["a=b".into()] },
            };
            let alarm = Alarm { source, interval: Duration::from_secs(30), missing: Missing::LastKnown };
            let checks = vec![check_of("e", CheckKind::Alarm(alarm))];
            check_plan(&Account { checks, ..Account::default() }, &plan)
        };
        let what = what.replace("probes", "asks");
        for url in ["http://10.0.0.1", "http://10.0.0.1:9090/prom", "https://10.0.0.1/a:b"] {
            assert_eq!([whats(&asking(url, true)), whats(&asking(url, false))], [[&*what], [&*what]], "C-8: {url}");
        }
        let what = what.replace("10.0.0.1", "::ffff:10.0.0.1");
        assert_eq!(whats(&asking("http://[::ffff:10.0.0.1]:9090", true)), [&*what], "C-8");
        assert!(asking("http://metrics.example.com:9090", true).is_empty(), "a name is judged when it is resolved");
        assert_eq!(check_plan(&Account::default(), &plan), []);
    }
    let private = check_of("e", CheckKind::Endpoint(Endpoint { host: "10.0.0.1".into(), ..endpoint() }));
    let account = Account { checks: vec![private], ..Account::default() };
    assert_eq!(check_plan(&account, &Plan::default()), [], "C-8: ours may be probed by default");
}

#[test]
fn where_targets_are_restricted_alarms_read_only_files_below_named_directories() {
    let reading = |path: &str, folders: &[&str], special: bool| {
        let source = Source::File { path: path.into() };
        let alarm = Alarm { source, interval: Duration::from_secs(30), missing: Missing::LastKnown };
        let checks = vec![check_of("f", CheckKind::Alarm(alarm))];
        let alarm_files = folders.iter().map(|folder| (*folder).into()).collect();
        let targets = Targets { special, ..Targets::default() };
        check_plan(&Account { checks, ..Account::default() }, &Plan { targets, alarm_files, ..Plan::default() })
    };
    assert_eq!(reading("/etc/hostname", &[], true), [], "whoever restricts nothing trusts who writes checks");
    let refused = "health check \"f\" reads /etc/hostname, which lies below none of `alarm_files`";
    assert_eq!(whats(&reading("/etc/hostname", &[], false)), [refused]);
    assert_eq!(whats(&reading("/etc/hostname", &["/run/waymark"], true)), [refused], "also where nothing else is");
    assert_eq!(reading("/run/waymark/a/b", &["/srv", "/run/waymark/"], false), []);
    for path in ["/run/waymark-2/a", "/run/waymark/../../etc/hostname", "/run"] {
        assert_eq!(reading(path, &["/run/waymark"], false).len(), 1, "{path}");
    }
}

#[test]
fn c1_regions_without_a_checker_are_told_once() {
    let check = |id: &str, regions: &[&str]| {
        let regions = regions.iter().map(|region| (*region).into()).collect();
        check_of(id, CheckKind::Endpoint(Endpoint { regions, ..endpoint() }))
    };
    let checks = vec![
        check("a", &["eu-west-9"]),
        check("b", &["home", "eu-west-9", "mars"]),
        check("c", &["home"]),
        check("d", &[]),
        check("e", &["eu-west-9"]),
    ];
    let account = Account { checks, ..Account::default() };
    assert_eq!(check_plan(&account, &Plan::default()), [], "one without a Region is everywhere");
    let home = Checker { name: "fra-1".into(), region: Some("home".into()), source: None };
    let found = check_plan(&account, &Plan { checkers: vec![home], ..Plan::default() });
    assert!(found.iter().all(|problem| !problem.is_error()), "{found:?}");
    assert_eq!(
        whats(&found),
        [
            "health check \"a\" and 1 more name Region eu-west-9, and no checker is there: all checkers probe it",
            "health check \"b\" names Regions eu-west-9, mars, and no checker is there: the checkers of its other \
             Regions probe it",
        ]
    );
}
