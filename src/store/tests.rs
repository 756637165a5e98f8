use std::sync::Arc;

use super::*;
use crate::model::place::{Area, Region};
use crate::model::routing::LocationName;
use crate::model::{HostedZone, Name, RecordType, Routing, Target, Visibility, rdata};

mod checks;
mod dnssec;
mod reload;

/// Every problem of `files`, printed.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    match load_texts(files, &Options::default()) {
        Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn loaded(files: &[(&str, &str)]) -> Loaded {
    load_texts(files, &Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Asserts that each problem begins as expected, one for one.
fn assert_problems(found: &[String], expected: &[&str]) {
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.starts_with(b));
    assert!(fits, "found:\n{}\nexpected:\n{}", found.join("\n"), expected.join("\n"));
}

fn name(text: &str) -> Name {
    Name::parse(text, Some(&Name::root())).unwrap()
}

fn routing<'a>(zone: &'a HostedZone, owner: &str, rtype: RecordType) -> &'a Routing {
    &zone.groups[&(name(owner), rtype)].routing
}

fn printed(zone: &HostedZone, owner: &str, rtype: RecordType) -> (u32, Vec<String>) {
    match routing(zone, owner, rtype).candidates()[0].target {
        Target::Values { ttl, rdata } => (*ttl, rdata.iter().map(|value| rdata::print(rtype, value)).collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_with_ten_mistakes_gives_ten_messages() {
    let text = r#"zone = "example.com"
tttl = 300
[check.web-1]
http = "http://127.0.0.1:99999/health"
intervall = 10
[check.site]
calculated = ["web-1", "web-2"]
[[record]]
name = "www"
type = "A"
weighted = [
  { id = "blue",  weight = 300, value = "192.0.2.1", check = "web-1" },
  { id = "green", weight = 20, values = ["192.0.2.2", "192.0.2.300"] },
  { id = "red", weight = 1, value = "192.0.2.3", check = "wbe-1" },
]
[[record]]
name = "geo"
type = "AAAAA"
geolocation = [{ continent = "eu", alias = "www" }]
[[record]]
name = "www"
type = "A"
value = "192.0.2.7"
[[recrod]]
name = "x"
"#;
    assert_problems(
        &problems(&[("z.toml", text)]),
        &[
            "z.toml:2: unknown key `tttl`; did you mean `ttl`?",
            "z.toml:4: check \"web-1\": `http` \"http://127.0.0.1:99999/health\" has no valid host and port",
            "z.toml:5: check \"web-1\": unknown key `intervall`; did you mean `interval`?",
            "z.toml:6: check \"site\": has no `at_least`",
            "z.toml:12: record \"www\" A, weighted \"blue\": `weight` 300 is not in 0..=255",
            "z.toml:13: record \"www\" A, weighted \"green\": value \"192.0.2.300\"",
            "z.toml:14: RRSet with DNS name www.example.com., type A, SetIdentifier red refers to health check \"wbe-1\"",
            "z.toml:18: record \"geo\": \"AAAAA\" is no record type; did you mean `AAAA`?",
            "z.toml:19: record \"geo\", geolocation: \"eu\" is no continent",
            "z.toml:20: record \"www\" A: already written at line 8",
            "z.toml:24: unknown key `recrod`; did you mean `record`?",
        ],
    );
}

#[test]
fn a_mistake_is_told_once_and_not_by_all_who_meet_its_like() {
    let text = r#"zone = "example.com"
[check.c]
tcp = "192.0.2.1"
[[record]]
name = "a"
type = "A"
value = "192.0.2.300"
[[record]]
name = "b"
type = ["A", "AAAA"]
alias = "c"
[[record]]
name = "c"
type = "A"
failover = { primary = { value = "x", check = "c" }, secondary = { alias = "a" } }
[[record]]
name = "c"
type = "AAAA"
multivalue = [{ values = ["2001:db8::1", "2001:db8::2"] }, { values = ["2001:db8::1", "2001:db8::2"] }]
"#;
    assert_problems(
        &problems(&[("z.toml", text)]),
        &[
            "z.toml:3: check \"c\": `tcp` \"192.0.2.1\" has no port",
            "z.toml:7: record \"a\" A: value \"192.0.2.300\"",
            "z.toml:15: record \"c\" A, primary: value \"x\"",
            "z.toml:19: record \"c\" AAAA, multivalue: has no `id`",
        ],
    );
    assert_problems(
        &problems(&[("z.toml", "[record]\nname = \"x\"\n[[view]]\nx = 1\n[check]\nd = 1\n")]),
        &[
            "z.toml:1: `record` is a table, and one of many; write [[record]]",
            "z.toml:3: `view` has no name; write [view.NAME]",
            "z.toml:6: `d` stands in [check], which holds only names; write [check.NAME]",
        ],
    );
}

#[test]
fn every_file_is_read_to_its_end_when_one_is_broken() {
    let files = [
        ("a.toml", "zone = \"a.test\"\n[[record]\nname = 1\n"),
        ("b.toml", "zone = \"b..test\"\n"),
        ("c.toml", " \n"),
        ("d.toml", "# nothing\n"),
        ("e.toml", "[[record]]\nname = \"x\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n"),
        ("f.text", "zone = \"f.test\"\n"),
    ];
    assert_problems(
        &problems(&files),
        &[
            "a.toml:2: TOML syntax: ",
            "b.toml:1: zone \"b..test\" is no domain name: a label is empty",
            "c.toml: file is empty",
            "d.toml: file defines nothing",
            "e.toml: records without a zone",
            "f.text: file name ends in none of",
        ],
    );
}

#[test]
fn the_eight_policies_read_as_written() {
    let text = r#"
zone = "example.com."
ttl = "1m"
[check.c]
given = "healthy"
[collection.isps]
a = ["203.0.113.0/24"]
[[record]]
name = "simple"
type = "A"
ttl = 5
values = ["192.0.2.1", "192.0.2.2"]
check = "c"
[[record]]
name = "weighted"
type = "A"
weighted = [{ id = "blue", weight = 3, value = "192.0.2.1" }, { weight = 0, alias = "simple" }]
[[record]]
name = "latency"
type = "A"
latency = [{ region = "eu-west-1", value = "192.0.2.1", ttl = 7 }]
[[record]]
name = "failover"
type = "A"
failover = { primary = { alias = "simple", evaluate = true }, secondary = { value = "192.0.2.1", check = "c" } }
[[record]]
name = "geolocation"
type = "A"
geolocation = [
  { continent = "EU", value = "192.0.2.1" },
  { country = "US", subdivision = "WA", value = "192.0.2.2" },
  { country = "US", value = "192.0.2.2" },
  { default = true, id = "rest", value = "192.0.2.3" },
]
[[record]]
name = "geoproximity"
type = "A"
geoproximity = [
  { region = "us-west-2", bias = -10, value = "192.0.2.1" },
  { coordinates = [47.61, -122], value = "192.0.2.2" },
  { local_zone = "us-west-2-den-1", value = "192.0.2.3" },
]
[[record]]
name = "ip"
type = "A"
ip = { collection = "isps", choices = [{ location = "a", value = "192.0.2.1" }, { location = "*", value = "192.0.2.2" }] }
[[record]]
name = "multivalue"
type = "A"
multivalue = [{ value = "192.0.2.1" }, { id = "b", value = "192.0.2.2", check = "c" }]
"#;
    let loaded = loaded(&[("z.toml", text)]);
    assert_eq!(loaded.warnings, []);
    let zone = &loaded.account.zones[0];
    let ids = |owner: &str| -> Vec<String> {
        routing(zone, owner, RecordType::A).candidates().iter().map(|candidate| candidate.id.to_string()).collect()
    };
    assert_eq!(printed(zone, "simple.example.com", RecordType::A), (5, vec!["192.0.2.1".into(), "192.0.2.2".into()]));
    assert_eq!(ids("simple.example.com"), [""]);
    assert_eq!(ids("weighted.example.com"), ["blue", "simple"]);
    assert_eq!(ids("latency.example.com"), ["eu-west-1"]);
    assert_eq!(ids("failover.example.com"), ["primary", "secondary"]);
    assert_eq!(ids("geolocation.example.com"), ["continent-EU", "US-WA", "US", "rest"]);
    assert_eq!(ids("geoproximity.example.com"), ["us-west-2", "47.61,-122", "us-west-2-den-1"]);
    assert_eq!(ids("ip.example.com"), ["a", "*"]);
    assert_eq!(ids("multivalue.example.com"), ["192.0.2.1", "b"]);
    let Routing::Weighted(many) = routing(zone, "weighted.example.com", RecordType::A) else { panic!() };
    assert_eq!(many.iter().map(|one| one.key).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(many[1].target, Target::Alias { to: name("simple.example.com"), evaluate: false });
    let Routing::Latency(many) = routing(zone, "latency.example.com", RecordType::A) else { panic!() };
    assert_eq!(Some(many[0].key), Region::from_code("eu-west-1"));
    assert!(matches!(many[0].target, Target::Values { ttl: 7, .. }));
    let Routing::Failover { primary, .. } = routing(zone, "failover.example.com", RecordType::A) else { panic!() };
    assert!(matches!(&primary.as_ref().unwrap().target, Target::Alias { evaluate: true, .. }));
    let Routing::Geolocation(many) = routing(zone, "geolocation.example.com", RecordType::A) else { panic!() };
    assert_eq!(many[3].key, Area::Default);
    assert_eq!(many[1].key.to_string(), "US-WA");
    let Routing::Geoproximity(many) = routing(zone, "geoproximity.example.com", RecordType::A) else { panic!() };
    assert_eq!((many[0].key.bias, many[1].key.bias, many[1].key.site.point().longitude), (-10, 0, -122.0));
    let Routing::IpBased { collection, candidates } = routing(zone, "ip.example.com", RecordType::A) else { panic!() };
    assert_eq!((&**collection, &candidates[1].key), ("isps", &LocationName::Default));
    let at: Vec<u32> =
        routing(zone, "geolocation.example.com", RecordType::A).candidates().iter().map(|one| one.at.line).collect();
    assert_eq!(at, [30, 31, 32, 33]);
}

#[test]
fn policies_are_refused_when_they_are_mixed_or_half_written() {
    let record = |rest: &str| format!("zone = \"z.test\"\n[[record]]\nname = \"a\"\ntype = \"A\"\n{rest}\n");
    for (rest, expected) in [
        (
            "value = \"192.0.2.1\"\nweighted = [{ weight = 1, value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A: `value` beside `weighted`",
        ),
        (
            "multivalue = [{ value = \"192.0.2.1\" }]\nfailover = { primary = { value = \"192.0.2.1\" } }",
            "z.toml:2: record \"a\" A: has `failover` and",
        ),
        (
            "value = \"192.0.2.1\"\nvalues = []",
            "z.toml:2: record \"a\" A: has `value` and `values`: one answer too many",
        ),
        ("values = []", "z.toml:2: record \"a\" A: `values` is empty"),
        ("", "z.toml:2: record \"a\" A: has neither `value`, `values` nor `alias`"),
        ("weighted = []", "z.toml:5: record \"a\" A: `weighted` is empty"),
        ("weighted = [{ value = \"192.0.2.1\" }]", "z.toml:5: record \"a\" A, weighted: has no `weight`"),
        (
            "weighted = [{ weight = 1, values = [\"192.0.2.1\", \"192.0.2.2\"] }]",
            "z.toml:5: record \"a\" A, weighted: has no `id`",
        ),
        (
            "weighted = [{ weight = 1.5, value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, weighted: `weight` is a number with a fraction",
        ),
        (
            "latency = [{ region = \"us-eest-1\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, latency: \"us-eest-1\" is no Region; did you mean `us-east-1`?",
        ),
        ("failover = { primry = { value = \"192.0.2.1\" } }", "z.toml:5: record \"a\" A: `failover` has neither"),
        (
            "geolocation = [{ country = \"us\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geolocation: \"us\" is no country; write \"US\"",
        ),
        (
            "geolocation = [{ country = \"BV\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geolocation: Route 53 cannot find the country \"BV\" (P-37)",
        ),
        (
            "geolocation = [{ country = \"DE\", subdivision = \"BY\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geolocation: \"DE\" has no subdivisions here (P-35)",
        ),
        (
            "geolocation = [{ subdivision = \"WA\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geolocation: needs one of `continent`",
        ),
        (
            "geolocation = [{ country = \"*\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geolocation: country \"*\" is the default",
        ),
        (
            "geoproximity = [{ coordinates = [91, 0], value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geoproximity: `coordinates` lie off the globe",
        ),
        (
            "geoproximity = [{ region = \"us-east-1\", bias = 100, value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geoproximity: `bias` 100 is not in -99..=99",
        ),
        (
            "geoproximity = [{ local_zone = \"us-west-2-den-1a\", value = \"192.0.2.1\" }]",
            "z.toml:5: record \"a\" A, geoproximity: \"us-west-2-den-1a\" is no Local Zone group (P-45); did you mean `us-west-2-den-1`?",
        ),
        (
            "ip = { collection = \"none\", choices = [{ location = \"*\", value = \"192.0.2.1\" }] }",
            "z.toml:2: RRSet with DNS name a.z.test., type A refers to CIDR collection \"none\", which does not exist",
        ),
        ("alias = \"@\"\nttl = 3", "z.toml:6: record \"a\" A: an alias has no `ttl`"),
        ("value = \"192.0.2.1\"\nevaluate = true", "z.toml:6: record \"a\" A: `evaluate` without an alias"),
        ("value = \"192.0.2.1\"\nttl = -1", "z.toml:6: record \"a\" A: `ttl` is no span of time"),
        ("value = \"192.0.2.1\"\nttl = 2147483648", "z.toml:6: record \"a\" A: `ttl` is not between"),
        ("value = \"192.0.2.1\"\nid = \"x\"", "z.toml:2: record \"a\" A: `id` \"x\" on a simple record (P-2)"),
    ] {
        let found = problems(&[("z.toml", &record(rest))]);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{rest}\n{}\n{expected}", found.join("\n"));
    }
}

#[test]
fn names_are_relative_unless_they_end_in_a_dot() {
    let text = r#"
zone = "Example.COM"
[[record]]
name = "@"
type = "A"
value = "192.0.2.1"
[[record]]
name = 'a\.b\032c'
type = "A"
value = "192.0.2.1"
[[record]]
name = "www.example.com."
type = "CNAME"
value = "host"
[[record]]
name = "*"
type = "MX"
values = ["10 mail", "20 mail.example.net."]
"#;
    let loaded = loaded(&[("z.toml", text)]);
    let zone = &loaded.account.zones[0];
    assert_eq!(zone.name.to_string(), "example.com.");
    assert_eq!(printed(zone, "example.com", RecordType::A).0, 300, "the default TTL");
    assert_eq!(printed(zone, r"a\.b\032c.example.com", RecordType::A).0, 300);
    assert_eq!(printed(zone, "www.example.com", RecordType::CNAME).1, ["host.example.com."]);
    assert_eq!(printed(zone, "*.example.com", RecordType::MX).1, ["10 mail.example.com.", "20 mail.example.net."]);
}

#[test]
fn the_forgotten_last_dot_is_noticed() {
    let text = r#"zone = "example.com"
[[record]]
name = "www.example.com"
type = "A"
value = "192.0.2.1"
[[record]]
name = "mail"
type = "MX"
value = "10 mx.example.com"
[[record]]
name = "other.example.net."
type = "A"
value = "192.0.2.1"
"#;
    assert_problems(
        &problems(&[("z.toml", text)]),
        &[
            "z.toml:3: warning: record \"www.example.com\" A: \"www.example.com\" is relative to the zone and means www.example.com.example.com.; write \"www.example.com.\"",
            "z.toml:9: warning: record \"mail\" MX: \"mx.example.com\" is relative",
            "z.toml:11: record \"other.example.net.\" A: other.example.net. is not in the zone example.com. (N-8)",
        ],
    );
}

#[test]
fn text_is_taken_as_it_stands_and_cut_at_255_octets() {
    let long = "x".repeat(300);
    let text = format!(
        "zone = \"z.test\"\n[[record]]\nname = \"a\"\ntype = \"TXT\"\nvalues = [\"v=spf1 -all\", '\\d+', '\"two\" \"parts\"', \"{long}\", \"\"]\n"
    );
    let loaded = loaded(&[("z.toml", &text)]);
    let values = printed(&loaded.account.zones[0], "a.z.test", RecordType::TXT).1;
    let cut = format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45));
    assert_eq!(values, ["\"v=spf1 -all\"", "\"\\\\d+\"", "\"two\" \"parts\"", &cut, "\"\""]);
}

#[test]
fn a_zone_without_soa_and_ns_gets_route_53s() {
    // Z-15, Z-16, T365; Z-12 for private zones; Z-11 for the pattern.
    let private = "zone = \"z.test\"\nviews = [\"v\"]\n[view.v]\nnetworks = [\"10.0.0.0/8\"]\n";
    let loaded = loaded(&[("a.toml", "zone = \"z.test\"\n"), ("b.toml", private)]);
    let [public, private] = &loaded.account.zones[..] else { panic!() };
    let (ttl, servers) = printed(public, "z.test", RecordType::NS);
    assert_eq!((ttl, servers.len()), (172_800, 4));
    for (server, (tld, stripe)) in servers.iter().zip([("com.", 0), ("net.", 512), ("org.", 1024), ("co.uk.", 1536)]) {
        let number: u16 = server.strip_prefix("ns-").unwrap().split('.').next().unwrap().parse().unwrap();
        assert!(server.ends_with(tld) && (stripe + 1..stripe + 512).contains(&number), "{server}");
    }
    let soa = format!("{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", servers[0]);
    assert_eq!(printed(public, "z.test", RecordType::SOA), (900, vec![soa]));
    let reserved =
        ["ns-1536.awsdns-00.co.uk.", "ns-0.awsdns-00.com.", "ns-1024.awsdns-00.org.", "ns-512.awsdns-00.net."];
    assert_eq!(printed(private, "z.test", RecordType::NS).1, reserved);
    let soa = "ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400";
    assert_eq!(printed(private, "z.test", RecordType::SOA).1, [soa]);
}

#[test]
fn name_servers_of_the_operator_come_first() {
    let options = Options {
        name_servers: vec![name("ns1.example.net"), name("ns2.example.net")],
        hostmaster: Some(name("root.example.net")),
        ..Options::default()
    };
    let own = "zone = \"b.test\"\n[[record]]\nname = \"@\"\ntype = \"NS\"\nvalue = \"ns\"\n";
    let loaded = load_texts(&[("a.toml", "zone = \"a.test\"\n"), ("b.toml", own)], &options).unwrap();
    let [a, b] = &loaded.account.zones[..] else { panic!() };
    assert_eq!(printed(a, "a.test", RecordType::NS).1, ["ns1.example.net.", "ns2.example.net."]);
    let soa = |server: &str| [format!("{server} root.example.net. 1 7200 900 1209600 86400")];
    assert_eq!(printed(a, "a.test", RecordType::SOA).1, soa("ns1.example.net."));
    assert_eq!(printed(b, "b.test", RecordType::SOA).1, soa("ns.b.test."));
}

#[test]
fn what_spans_files_is_judged_over_all_of_them() {
    let a = "zone = \"a.test\"\n[check.web]\ntcp = \"192.0.2.1:80\"\n[[record]]\nname = \"@\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\ncheck = \"wbe\"\n";
    let b = "zone = \"a.test\"\n[check.web]\ntcp = \"192.0.2.1:81\"\n";
    let found = problems(&[("a.toml", a), ("b.toml", b)]);
    for expected in [
        "a.toml:4: RRSet with DNS name a.test., type A refers to health check \"wbe\", which does not exist",
        "b.toml:1: public zone a.test. is already defined at a.toml:1",
        "b.toml:2: health check \"web\" is already defined at a.toml:2",
    ] {
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{}\n{expected}", found.join("\n"));
    }
    let unused = problems(&[("a.toml", "zone = \"a.test\"\n[check.web]\ntcp = \"192.0.2.1:80\"\n")]);
    assert_problems(&unused, &["a.toml:2: warning: health check \"web\" is used by no record"]);
}

#[test]
fn two_zones_of_one_name_need_listeners_or_views_of_their_own() {
    // Z-4, Z-25.
    let zone = |extra: &str| format!("zone = \"a.test\"\n{extra}\n");
    let view = "[view.v]\nnetworks = [\"10.0.0.0/8\"]\n[view.w]\nlisteners = [\"x\"]\n";
    for (a, b, apart) in [
        ("", "", false),
        ("listeners = [\"x\"]", "", false),
        ("listeners = [\"x\"]", "listeners = [\"y\", \"x\"]", false),
        ("listeners = [\"x\"]", "listeners = [\"y\"]", true),
        ("views = [\"v\"]", "", true),
        ("views = [\"v\"]", "views = [\"w\"]", true),
        ("views = [\"v\", \"w\"]", "views = [\"w\"]", false),
    ] {
        let result = load_texts(&[("a.toml", &zone(a)), ("b.toml", &zone(b)), ("v.toml", view)], &Options::default());
        assert_eq!(result.is_ok(), apart, "{a} {b} {result:?}");
    }
    let both = "listeners = [\"x\"]\nviews = [\"v\"]";
    let found = problems(&[("a.toml", &zone(both)), ("v.toml", view)]);
    assert_problems(&found, &["a.toml:2: a zone has `views` or `listeners`, not both"]);
}

#[test]
fn zone_ids_tell_zones_of_one_name_apart() {
    let view = "[view.v]\nnetworks = [\"10.0.0.0/8\"]\n";
    let ids: Vec<_> = loaded(&[
        ("a.toml", "zone = \"a.test\"\nlisteners = [\"x\", \"y\"]\n"),
        ("b.toml", "zone = \"a.test\"\nviews = [\"v\"]\n"),
        ("c.toml", "zone = \".\"\ncomment = \"the root\"\n"),
        ("d.toml", "zone = \"d.test\"\nid = \"Z123\"\n"),
        ("v.toml", view),
    ])
    .account
    .zones
    .iter()
    .map(|zone| zone.id.0.to_string())
    .collect();
    assert_eq!(ids, ["a.test@x+y", "a.test@v", ".", "Z123"]);
}

#[test]
fn listeners_must_exist_when_they_are_known() {
    let options = Options { listeners: Some(vec!["lan".into(), "world".into()]), ..Options::default() };
    let files = [("a.toml", "zone = \"a.test\"\nlisteners = [\"lan\", \"wrld\"]\n[view.v]\nlisteners = [\"none\"]\n")];
    let problems: Vec<_> = load_texts(&files, &options).unwrap_err().iter().map(ToString::to_string).collect();
    assert_problems(
        &problems,
        &[
            "a.toml:1: zone a.test. names the listener \"wrld\", which does not exist; did you mean `world`?",
            "a.toml:3: view \"v\" names the listener \"none\", which does not exist; known here: lan, world",
        ],
    );
}

#[test]
fn views_and_collections_read_as_written() {
    let text = r#"
[view.office]
networks = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]
listeners = ["lan"]
region = "eu-west-1"
[collection.isps]
a = ["203.0.113.0/24", "2001:db8::/32"]
b = "198.51.100.0/24"
"#;
    let loaded = loaded(&[("v.toml", text)]);
    let view = &loaded.account.views[0];
    let networks: Vec<_> = view.networks.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"]);
    assert_eq!(view.region.map(Region::code), Some("eu-west-1"));
    assert_eq!(loaded.account.collections[0].locations.len(), 2);
    let wrong = r#"[view.v]
networks = ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/+8", "x"]
[collection.c]
a = ["0.0.0.0/0", "10.0.0.0/25", "2001:db8::/49", "203.0.113.0/24"]
b = ["203.0.113.0/24"]
"*" = ["10.0.0.0/8"]
"#;
    assert_problems(
        &problems(&[("v.toml", wrong)]),
        &[
            "v.toml:2: view \"v\": \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
            "v.toml:2: view \"v\": \"10.0.0.0/33\" is no CIDR block",
            "v.toml:2: view \"v\": \"10.0.0.0/+8\" is no CIDR block",
            "v.toml:2: view \"v\": \"x\" is no CIDR block",
            "v.toml:4: collection \"c\": 0.0.0.0/0 is not of length 1 to 24 (P-54); use location \"*\"",
            "v.toml:4: collection \"c\": 10.0.0.0/25 is not of length 1 to 24 (P-54)",
            "v.toml:4: collection \"c\": 2001:db8::/49 is not of length 1 to 48 (P-54)",
            "v.toml:5: collection \"c\": 203.0.113.0/24 is in location \"a\" already (P-53)",
            "v.toml:6: collection \"c\": location \"*\" is never listed",
        ],
    );
}

#[test]
fn providers_of_any_file_answer_for_targets_outside() {
    let zone = "zone = \"z.test\"\n[[record]]\nname = \"@\"\ntype = [\"A\", \"AAAA\"]\nalias = \"x.elb.amazonaws.com.\"\nevaluate = true\n";
    let provider = "[check.c]\ngiven = \"healthy\"\n[[provider]]\nname = \"*.elb.amazonaws.com\"\nA = \"192.0.2.9\"\ncheck = \"c\"\n";
    let loaded = loaded(&[("a.toml", zone), ("p.toml", provider)]);
    let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_problems(
        &warnings,
        &["a.toml:5: warning: record \"@\" A AAAA: no provider gives AAAA values for x.elb.amazonaws.com."],
    );
    let target = routing(&loaded.account.zones[0], "z.test", RecordType::A).candidates()[0].target.clone();
    let Target::Provider { ttl: 60, rdata, check: Some(check), evaluate: true, .. } = target else {
        panic!("{target:?}")
    };
    assert_eq!((rdata[0].0.to_vec(), &*check.0), (vec![192, 0, 2, 9], "c"));

    let twice = "[[provider]]\nname = \"*.elb.amazonaws.com.\"\nA = \"192.0.2.9\"\n";
    let found = problems(&[("a.toml", zone), ("p.toml", provider), ("q.toml", twice)]);
    assert!(
        found
            .iter()
            .any(|problem| problem
                .starts_with("q.toml:1: provider for *.elb.amazonaws.com. is already given at p.toml:3")),
        "{found:#?}"
    );
    let wrong = "[[provider]]\nname = \"x.test\"\n[[provider]]\nA = \"192.0.2.900\"\na = \"192.0.2.1\"\n";
    assert_problems(
        &problems(&[("w.toml", wrong)]),
        &[
            "w.toml:1: provider \"x.test\": gives no values",
            "w.toml:3: provider \"?\": has no `name`",
            "w.toml:4: provider \"?\": A value \"192.0.2.900\"",
            "w.toml:5: provider \"?\": unknown key `a`",
        ],
    );
}

#[test]
fn providers_are_judged_whether_an_alias_needs_them_or_not() {
    let text = r#"[check.web]
given = "healthy"
[[provider]]
name = "x.test"
check = "wbe"
CNAME = ["a.test", "b.test"]
MX = ["10 a.test", "10 A.TEST."]
A = []
TYPE1 = "192.0.2.1"
"#;
    assert_problems(
        &problems(&[("p.toml", text)]),
        &[
            "p.toml:3: provider for x.test. refers to health check \"wbe\", which does not exist; did you mean `web`?",
            "p.toml:6: provider \"x.test\": CNAME has 2 values",
            "p.toml:7: provider \"x.test\": Duplicate Resource Record: '10 A.TEST.' at MX; write each value once",
            "p.toml:8: provider \"x.test\": A has no value; give it at least one",
            "p.toml:9: provider \"x.test\": A is given twice; write all values in one key",
        ],
    );
    // The provider is at fault, not each of the records that need it (C-33).
    let provider = "[[provider]]\nname = \"x.test\"\nA = \"192.0.2.1\"\ncheck = \"gone\"\n";
    let zone = "zone = \"z.test\"\n[[record]]\nname = \"@\"\ntype = \"A\"\nalias = \"x.test.\"\n";
    assert_problems(
        &problems(&[("a.toml", zone), ("p.toml", provider)]),
        &["p.toml:1: provider for x.test. refers to health check \"gone\", which does not exist"],
    );
}

#[test]
fn a_record_without_types_is_no_record() {
    let text = "zone = \"z.test\"\n[[record]]\nname = \"a\"\ntype = []\nvalue = \"192.0.2.1\"\n";
    assert_problems(
        &problems(&[("z.toml", text)]),
        &["z.toml:4: record \"a\": `type` is empty; type = \"A\", or any other record type"],
    );
}

#[test]
fn values_written_twice_are_told() {
    let text = "zone = \"z.test\"\n[[record]]\nname = \"a\"\ntype = \"A\"\nvalues = [\"192.0.2.1\", \"192.0.2.1\"]\n";
    assert_problems(
        &problems(&[("z.toml", text)]),
        &[
            "z.toml:2: Duplicate Resource Record: '192.0.2.1' at RRSet with DNS name a.z.test., type A; write each value once",
        ],
    );
}

#[test]
fn z6_zone_ids_are_words() {
    let zone = |id: &str| format!("zone = \"z.test\"\nid = \"{id}\"\n");
    assert_eq!(&*loaded(&[("z.toml", &zone(&"ü".repeat(64)))]).account.zones[0].id.0, "ü".repeat(64));
    for (id, fault) in [
        ("", "is empty (Z-6); write 1 to 64 characters without blanks"),
        (&*"x".repeat(65), "is longer than 64 characters"),
        ("my zone", "has a blank or a control character"),
        ("a\\nb", "has a blank or a control character"),
        ("a\u{a0}b", "has a blank or a control character"),
    ] {
        let found = problems(&[("z.toml", &zone(id))]);
        assert!(
            found.len() == 1 && found[0].starts_with("z.toml:2: zone id ") && found[0].contains(fault),
            "{found:?}"
        );
    }
    let dump = r#"{"HostedZone": {"Name": "a.test", "Id": "/hostedzone/Z 1"}, "ResourceRecordSets": []}"#;
    assert_problems(&problems(&[("a.json", dump)]), &["a.json:1: zone id \"Z 1\" has a blank"]);
    // Ids that nobody wrote are words too, whatever they are made of.
    let view = "zone = \"z.test\"\nviews = [\"my office\"]\n[view.\"my office\"]\nnetworks = [\"10.0.0.0/8\"]\n";
    assert_eq!(&*loaded(&[("z.toml", view)]).account.zones[0].id.0, "z.test@my_office");
    let bare = r#"{"ResourceRecordSets": [{"Name": "a.test.", "Type": "SOA", "TTL": 60, "ResourceRecords": [
        {"Value": "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}]}]}"#;
    assert_eq!(&*loaded(&[("my zone.json", bare)]).account.zones[0].id.0, "my_zone");
}

#[test]
fn an_alias_may_have_several_types() {
    let text = "zone = \"z.test\"\n[[record]]\nname = \"a\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n[[record]]\nname = \"a\"\ntype = \"AAAA\"\nvalue = \"2001:db8::1\"\n[[record]]\nname = \"b\"\ntype = [\"A\", \"AAAA\"]\nalias = \"a\"\n";
    let loaded = loaded(&[("z.toml", text)]);
    let zone = &loaded.account.zones[0];
    for rtype in [RecordType::A, RecordType::AAAA] {
        let alias = Target::Alias { to: name("a.z.test"), evaluate: false };
        assert_eq!(*routing(zone, "b.z.test", rtype).candidates()[0].target, alias);
    }
    assert!(matches!(&zone.visibility, Visibility::Public { listeners } if listeners.is_empty()));
}

#[test]
fn many_files_are_read_in_order() {
    let files: Vec<(String, String)> =
        (0..200).map(|n| (format!("{n:03}.toml"), format!("zone = \"z{n}.test\"\n"))).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let zones: Vec<Arc<HostedZone>> = loaded(&files).account.zones;
    let names: Vec<_> = zones.iter().map(|zone| zone.name.to_string()).collect();
    assert_eq!(names, (0..200).map(|n| format!("z{n}.test.")).collect::<Vec<_>>());
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(cut in 0usize..4000, put in "[a-zA-Z=\\[\\]{}\",.0-9\\n#@\\\\ ]{0,6}", drop in 0usize..8) {
        let sample = concat!(include_str!("../../zones/sample.toml"), include_str!("../../zones/shared.toml"));
        let text = changed(sample, cut, drop, &put);
        match load_texts(&[("z.toml", &text)], &Options::default()) {
            Ok(loaded) => proptest::prop_assert!(loaded.warnings.iter().all(|problem| !problem.is_error())),
            Err(problems) => proptest::prop_assert!(problems.iter().any(crate::model::Problem::is_error)),
        }
    }
}

#[test]
fn what_is_found_wrong_with_one_zone_of_a_file_is_told_once_at_every_load() {
    let dir = tempfile::tempdir().unwrap();
    let ds = |zone: &str, name: &str| {
        format!(
            "{{\"Name\": \"{name}.{zone}\", \"Type\": \"DS\", \"TTL\": 60, \"ResourceRecords\": [{{\"Value\": \"1 13 2 {}\"}}]}}",
            "AB".repeat(32)
        )
    };
    let a = |zone: &str| {
        format!(
            "{{\"Name\": \"{zone}\", \"Type\": \"A\", \"TTL\": 60, \"ResourceRecords\": [{{\"Value\": \"192.0.2.1\"}}]}}"
        )
    };
    let zone = |zone: &str, records: &[String]| {
        format!(
            "{{\"HostedZone\": {{\"Name\": \"{zone}\", \"Id\": \"/hostedzone/{}\"}}, \"ResourceRecordSets\": [{}]}}",
            zone.to_uppercase().replace('.', ""),
            records.join(", ")
        )
    };
    // All in one line, so that what is told more than once is not told one after the other.
    let text = [
        zone("a.test", &[a("a.test"), ds("a.test", "x"), ds("a.test", "y")]),
        zone("b.test", &[a("b.test")]),
        zone("c.test", &[a("c.test")]),
    ];
    std::fs::write(dir.path().join("all.json"), text.join(" ")).unwrap();
    let mut loaded = load(dir.path(), &Options::default(), None).expect("zones");
    let told = |loaded: &Loaded| {
        let all = loaded.warnings.iter().map(ToString::to_string);
        all.filter(|warning| warning.contains("where no delegation is")).collect::<Vec<_>>()
    };
    let first = told(&loaded);
    assert_eq!(first.len(), 2, "{first:#?}");
    for check in ["one", "two"] {
        let plain = loaded.account.zones.iter().filter(|zone| zone.left_out == 0 && zone.is_plain());
        let forms: Vec<_> = plain.map(|zone| (zone.clone(), Arc::new(zone.without_groups()))).collect();
        loaded.replace(&forms);
        // Zones are judged anew, as there is another check they could name.
        let file = format!("zone = \"{check}.test\"\n[check.{check}]\ntcp = \"127.0.0.1:1\"\n");
        std::fs::write(dir.path().join(format!("{check}.toml")), file).unwrap();
        loaded = load(dir.path(), &Options::default(), Some(&loaded)).expect("zones");
        assert_eq!(told(&loaded), first, "as at the first load");
    }
}

#[test]
fn what_several_dumps_of_one_account_repeat_counts_once() {
    let dump = |zone: &str, port: u16| {
        format!(
            r#"{{"HostedZone": {{"Name": "{zone}", "Id": "/hostedzone/{}"}},
"ResourceRecordSets": [{{"Name": "{zone}", "Type": "A", "TTL": 60, "HealthCheckId": "hc",
  "ResourceRecords": [{{"Value": "192.0.2.1"}}]}}],
"HealthChecks": [{{"Id": "hc", "HealthCheckConfig": {{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": {port}}}}}]}}"#,
            zone.to_uppercase().replace('.', "")
        )
    };
    let twins = loaded(&[("a.json", &dump("a.test", 1)), ("b.json", &dump("b.test", 1))]);
    assert_eq!((twins.account.zones.len(), twins.account.checks.len()), (2, 1), "{:#?}", twins.warnings);
    let differ = problems(&[("a.json", &dump("a.test", 1)), ("b.json", &dump("b.test", 2))]);
    assert!(differ.iter().any(|problem| problem.contains("already defined at a.json:")), "{differ:#?}");
}
