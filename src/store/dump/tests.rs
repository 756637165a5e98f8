//! Dumps as the AWS CLI prints them; refusals of spec §10 that structure decides, each citing its rule.

use std::sync::Arc;
use std::time::Duration;

use super::{Parsed, load};
use crate::model::check::{Alarm, CheckKind, Endpoint, Missing, Protocol, Source, Status};
use crate::model::routing::PolicyName;
use crate::model::{
    Account, At, CheckId, HostedZone, Name, Problem, RecordType, Routing, Severity, Target, ViewId, Visibility, rules,
};
use crate::store::{Options, Pattern, Provider};

const ZONE: &str = r#"{"HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.com.", "CallerReference": "x",
 "Config": {"Comment": "hello", "PrivateZone": false}, "ResourceRecordSetCount": 2},
 "DelegationSet": {"NameServers": ["ns-1.awsdns-00.com"]}}"#;
const SOA: &str = r#"{"Name": "example.com.", "Type": "SOA", "TTL": 900, "ResourceRecords":
 [{"Value": "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}]}"#;
const NS: &str = r#"{"Name": "example.com.", "Type": "NS", "TTL": 172800, "ResourceRecords":
 [{"Value": "ns-1.awsdns-00.com."}]}"#;

/// A dump of example.com whose record sets after SOA and NS begin at line 10, one a line.
fn dump(records: &[&str]) -> String {
    let zone: String = ZONE.split_whitespace().collect::<Vec<_>>().join(" ");
    let [soa, ns] = [SOA, NS].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let rest: String = records.iter().map(|record| format!(",\n{record}")).collect();
    format!("{zone}\n\n\n\n\n\n{{\"ResourceRecordSets\": [\n{soa},\n{ns}{rest}\n]}}\n")
}

fn read(text: &str, options: &Options) -> (Account, Vec<Problem>) {
    let mut problems = Vec::new();
    let Parsed { zones, checks, collections, views } = load("t.json", text, options, &mut problems);
    let zones = zones.into_iter().map(Arc::new).collect();
    let mut account = Account { zones, checks, collections, views };
    rules::account::drop_repeats(&mut account);
    problems.extend(rules::check(&account));
    (account, problems)
}

fn whats(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.what.as_str()).collect()
}

fn errors(records: &[&str]) -> Vec<Problem> {
    let (_, problems) = read(&dump(records), &Options::default());
    problems.into_iter().filter(Problem::is_error).collect()
}

#[track_caller]
fn refuses(records: &[&str], expected: &str) {
    let problems = errors(records);
    let found = problems.iter().find(|problem| problem.what.contains(expected));
    let found = found.unwrap_or_else(|| panic!("wanted {expected:?} among {:#?}", whats(&problems)));
    assert_eq!(found.at.line, 9 + u32::try_from(records.len()).unwrap(), "the last record set's line: {found}");
}

#[track_caller]
fn accepts(records: &[&str]) -> HostedZone {
    let (account, problems) = read(&dump(records), &Options::default());
    assert!(problems.is_empty(), "{:#?}", whats(&problems));
    (*account.zones[0]).clone()
}

fn name(text: &str) -> Name {
    Name::parse_route53(text).unwrap()
}

fn routing<'a>(zone: &'a HostedZone, owner: &str) -> &'a Routing {
    &zone.groups[&(name(owner), RecordType::A)].routing
}

/// An A record set at w.example.com with `more` members and one value.
fn a(more: &str) -> String {
    format!(
        r#"{{"Name": "w.example.com.", "Type": "A", {more} "TTL": 60, "ResourceRecords": [{{"Value": "192.0.2.1"}}]}}"#
    )
}

#[test]
fn a_whole_account_of_every_policy() {
    let zone = accepts(&[
        &a(r#""SetIdentifier": "a", "Weight": 10,"#),
        r#"{"Name": "\\052.l.example.com.", "Type": "A", "SetIdentifier": "a", "Region": "eu-west-1", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "f.example.com.", "Type": "A", "SetIdentifier": "a", "Failover": "SECONDARY", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "f.example.com.", "Type": "A", "SetIdentifier": "b", "Failover": "PRIMARY", "AliasTarget": {"HostedZoneId": "Z1", "DNSName": "w.example.com.", "EvaluateTargetHealth": true}}"#,
        r#"{"Name": "g.example.com.", "Type": "A", "SetIdentifier": "a", "GeoLocation": {"CountryCode": "US", "SubdivisionCode": "WA"}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "g.example.com.", "Type": "A", "SetIdentifier": "b", "GeoLocation": {"CountryCode": "*"}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "x.example.com.", "Type": "A", "SetIdentifier": "a", "GeoProximityLocation": {"AWSRegion": "eu-west-1", "Bias": -5}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "x.example.com.", "Type": "A", "SetIdentifier": "b", "GeoProximityLocation": {"Coordinates": {"Latitude": "-26.20", "Longitude": "+28.05"}}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "x.example.com.", "Type": "A", "SetIdentifier": "c", "GeoProximityLocation": {"LocalZoneGroup": "us-west-2-den-1"}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "m.example.com.", "Type": "A", "SetIdentifier": "a", "MultiValueAnswer": true, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.2"}]}"#,
        r#"{"Name": "example.com.", "Type": "A", "AliasTarget": {"HostedZoneId": "/hostedzone/Z1", "DNSName": "M.example.com", "EvaluateTargetHealth": false}}"#,
    ]);
    assert_eq!((&*zone.id.0, zone.name.to_string().as_str(), zone.comment.as_str()), ("Z1", "example.com.", "hello"));
    let policies: Vec<(String, PolicyName)> = zone
        .groups
        .iter()
        .filter(|((_, rtype), _)| *rtype == RecordType::A)
        .map(|((name, _), group)| (name.to_string(), group.routing.name()))
        .collect();
    for (owner, policy) in [
        ("w.example.com.", PolicyName::Weighted),
        ("*.l.example.com.", PolicyName::Latency),
        ("f.example.com.", PolicyName::Failover),
        ("g.example.com.", PolicyName::Geolocation),
        ("x.example.com.", PolicyName::Geoproximity),
        ("m.example.com.", PolicyName::Multivalue),
        ("example.com.", PolicyName::Simple),
    ] {
        assert!(policies.contains(&(owner.to_owned(), policy)), "{owner} {policy}: {policies:?}");
    }
    let Routing::Failover { primary: Some(primary), secondary: Some(secondary) } = routing(&zone, "f.example.com")
    else {
        panic!("both sides")
    };
    assert_eq!((&*primary.id, &*secondary.id, secondary.at.line, primary.at.line), ("b", "a", 12, 13));
    let Routing::Geoproximity(many) = routing(&zone, "x.example.com") else { panic!("geoproximity") };
    assert_eq!((many[0].key.bias, many[1].key.site.point().latitude), (-5, -26.2));
    assert!(matches!(
        routing(&zone, "example.com"),
        Routing::Simple(one) if one.target == Target::Alias { to: name("m.example.com"), evaluate: false }
    ));
}

#[test]
fn t355_p2_identifier_without_policy_and_the_reverse() {
    refuses(
        &[&a(r#""SetIdentifier": "s","#)],
        "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, \
         GeoProximityLocation, or CidrRoutingConfig], but found none in Change with [Action=CREATE, \
         Name=w.example.com., Type=A, SetIdentifier=s]",
    );
    refuses(&[&a(r#""SetIdentifier": "s", "Weight": 1, "Region": "us-east-1","#)], "but found more than one in Change");
    refuses(&[&a(r#""Weight": 1,"#)], "Missing field 'SetIdentifier' in Change");
    assert!(errors(&[&a(r#""MultiValueAnswer": false,"#)]).is_empty(), "false is as good as absent");
}

#[test]
fn t081_i10_alias_or_values() {
    let expected = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
                    TrafficPolicyInstanceId], but found";
    let alias = r#""AliasTarget": {"HostedZoneId": "Z1", "DNSName": "example.com.", "EvaluateTargetHealth": false}"#;
    let record = |rest: &str| format!(r#"{{"Name": "w.example.com.", "Type": "A", {rest}}}"#);
    refuses(&[&record(&format!(r#""TTL": 60, {alias}"#))], &format!("{expected} more than one"));
    let blank = accepts(&[
        &a(""),
        &record(&format!(r#""TTL": 0, "ResourceRecords": [], {alias}"#))
            .replace("w.", "v.")
            .replace("\"example.com.", "\"w.example.com."),
    ]);
    assert_eq!(blank.groups.len(), 4, "an empty list and TTL 0 beside an alias say nothing");
    refuses(&[&record(r#""TTL": 60"#)], &format!("{expected} none"));
    refuses(
        &[&record(r#""SetIdentifier": null"#)],
        &format!("{expected} none in Change with [Action=CREATE, Name=w.example.com., Type=A, SetIdentifier=null]"),
    );
    refuses(&[&record(r#""TTL": 60, "ResourceRecords": []"#)], "has no value");
    refuses(
        &[&record(r#""AliasTarget": {"HostedZoneId": "Z1", "DNSName": "example.com."}"#)],
        "AliasTarget lacks EvaluateTargetHealth",
    );
}

#[test]
fn t107_t108_t227_p3_one_policy_per_group() {
    let weighted = a(r#""SetIdentifier": "a", "Weight": 1,"#);
    let multi = a(r#""SetIdentifier": "m", "MultiValueAnswer": true,"#);
    let latency = a(r#""SetIdentifier": "l", "Region": "us-east-1","#);
    let others = "RRSet with DNS name w.example.com., type A cannot be created as other RRSets exist with the same name and type.";
    refuses(&[&weighted, &a("")], others);
    refuses(&[&a(""), &weighted], others);
    refuses(&[&multi, &a("")], others);
    refuses(
        &[&latency, &weighted],
        "RRSet with DNS name w.example.com., type A, SetIdentifier a cannot be created as a non-weighted set exists \
         with the same name and type.",
    );
    refuses(&[&weighted, &latency], "SetIdentifier l cannot be created as a non-latency set exists");
    refuses(&[&weighted, &multi], "SetIdentifier m cannot be created because a non multivalue answer rrset exists");
    refuses(
        &[&a(""), &a("")],
        "Tried to create resource record set [name='w.example.com.', type='A'] but it already exists",
    );
}

#[test]
fn t109_p18_weights() {
    refuses(&[&a(r#""SetIdentifier": "a", "Weight": 256,"#)], "Weight 256 is not in 0..=255");
    refuses(&[&a(r#""SetIdentifier": "a", "Weight": -1,"#)], "Weight -1 is not in 0..=255");
    refuses(&[&a(r#""SetIdentifier": "a", "Weight": "10","#)], "Weight is not a whole number but \"10\"");
}

#[test]
fn t152_p30_two_primaries() {
    let primary = |id: &str| a(&format!(r#""SetIdentifier": "{id}", "Failover": "PRIMARY","#));
    refuses(&[&primary("p"), &primary("q")], "SetIdentifier q, failover PRIMARY cannot be created");
    refuses(&[&a(r#""SetIdentifier": "a", "Failover": "TERTIARY","#)], "neither PRIMARY nor SECONDARY");
}

#[test]
fn t130_t146_rules_for_all_files_hold_too() {
    let latency = |id: &str| a(&format!(r#""SetIdentifier": "{id}", "Region": "us-east-1","#));
    refuses(&[&latency("a"), &latency("b")], "and region us-east-1 cannot be created");
    refuses(
        &[&a(r#""SetIdentifier": "a", "Failover": "PRIMARY","#)],
        "A non-alias primary ResourceRecordSet must have",
    );
}

#[test]
fn t175_t176_t177_p35_p37_areas() {
    let area = |area: &str| a(&format!(r#""SetIdentifier": "a", "GeoLocation": {area},"#));
    refuses(&[&area(r#"{"ContinentCode": "EU", "CountryCode": "DE"}"#)], "ContinentCode together with CountryCode");
    refuses(&[&area(r#"{"ContinentCode": "EU", "SubdivisionCode": "WA"}"#)], "ContinentCode together with");
    refuses(&[&area(r#"{"CountryCode": "BV"}"#)], "Cannot find location: 'country = BV'. No changes made.");
    refuses(&[&area(r#"{"CountryCode": "XX"}"#)], "Cannot find location: 'country = XX'. No changes made.");
    refuses(&[&area(r#"{"CountryCode": "us"}"#)], "Cannot find location: 'country = us'");
    refuses(&[&area(r#"{"ContinentCode": "XX"}"#)], "Cannot find location: 'continent = XX'");
    refuses(&[&area(r#"{"CountryCode": "CA", "SubdivisionCode": "ON"}"#)], "subdivisions are known for US and UA only");
    refuses(&[&area(r#"{"SubdivisionCode": "WA"}"#)], "SubdivisionCode without CountryCode");
    refuses(&[&area("{}")], "names no location");
}

#[test]
fn t192_t193_t194_p44_geoproximity() {
    let place = |place: &str| a(&format!(r#""SetIdentifier": "a", "GeoProximityLocation": {place},"#));
    refuses(&[&place(r#"{"AWSRegion": "us-east-1", "Bias": 100}"#)], "Bias 100 is not in -99..=99");
    refuses(&[&place(r#"{"AWSRegion": "us-east-1", "Bias": -100}"#)], "Bias -100 is not in -99..=99");
    let point = |latitude: &str, longitude: &str| {
        place(&format!(r#"{{"Coordinates": {{"Latitude": "{latitude}", "Longitude": "{longitude}"}}}}"#))
    };
    refuses(
        &[&place(r#"{"AWSRegion": "us-east-1", "Coordinates": {"Latitude": "1", "Longitude": "1"}}"#)],
        "Expected exactly one of [AWSRegion, LocalZoneGroup, or Coordinates], but found more than one",
    );
    refuses(&[&place(r#"{"Bias": 1}"#)], "but found none");
    refuses(&[&point("47.608", "1")], "Latitude \"47.608\"");
    refuses(&[&point("91", "1")], "Latitude \"91\"");
    refuses(&[&point("1", "180.01")], "Longitude \"180.01\"");
    refuses(&[&point("1e1", "1")], "Latitude \"1e1\"");
    refuses(&[&point("NaN", "1")], "Latitude \"NaN\"");
    refuses(&[&point("--1", "1")], "Latitude \"--1\"");
    refuses(&[&place(r#"{"LocalZoneGroup": "us-west-2-den-1a"}"#)], "LocalZoneGroup \"us-west-2-den-1a\" is not known");
    assert!(errors(&[&point("-90", "+180.00")]).is_empty());
    assert!(errors(&[&point("5.", "-5.1")]).is_empty(), "the pattern allows a point at the end");
}

#[test]
fn t353_t354_value_errors_are_wrapped() {
    let txt = r#"{"Name": "w.example.com.", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": "bare"}]}"#;
    refuses(
        &[txt],
        "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'bare''",
    );
    let bad = r#"{"Name": "w.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "999.1.1.1"}]}"#;
    refuses(&[bad], "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '999.1.1.1'");
    let twice = r#"{"Name": "w.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}, {"Value": "192.0.2.1"}]}"#;
    refuses(&[twice], "Duplicate Resource Record: '192.0.2.1'");
    refuses(&[&a("").replace("\"A\"", "\"LOC\"")], "type LOC, which Route 53 does not store");
    refuses(&[&a("").replace("\"A\"", "\"QQ\"")], "type \"QQ\", which is none");
    refuses(
        &[&a("").replace("w.example.com.", "w..example.com.")],
        "DomainLabelEmpty (Domain label is empty) encountered with 'w..example.com.'",
    );
    refuses(&[&a("").replace(": 60", ": 2147483648")], "TTL 2147483648 is not in 0..=2147483647");
}

#[test]
fn ten_mistakes_ten_messages_each_on_its_line() {
    let mut records = vec![
        a(r#""SetIdentifier": "a", "Weight": 256,"#),
        a("").replace("w.example", "w..example"),
        a("").replace("192.0.2.1", "nonsense"),
        a(r#""SetIdentifier": "b","#),
        a(r#""Weight": 1,"#).replace("w.example", "x.example"),
        "17".to_owned(),
        a("").replace("\"Name\"", "\"Nmae\""),
        a(r#""HealthCheckId": "gone","#),
        a("").replace("w.example.com", "www.other.net"),
        r#"{"Name": "al.example.com", "Type": "A", "AliasTarget": {"HostedZoneId": "Z1", "DNSName": "none.example.com", "EvaluateTargetHealth": false}}"#.to_owned(),
    ];
    let mut problems = errors(&records.iter().map(String::as_str).collect::<Vec<_>>());
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    let lines: Vec<u32> = problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(
        lines,
        (10..20).collect::<Vec<_>>(),
        "{:#?}",
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    records[2] = a("").replace(r#"[{"Value""#, "[\n\n{\"Value\"").replace("192.0.2.1", "nonsense");
    let problems = errors(&records.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(problems[2].at.line, 14, "a value's own line");
}

#[test]
fn syntax_errors_have_their_line() {
    for (text, line) in
        [("", 0), ("{\n\"HostedZone\": {\n,}}", 3), ("{}\n\n{\"HostedZones\": [}", 3), ("\n\nnull x", 3)]
    {
        let mut problems = Vec::new();
        load("t.json", text, &Options::default(), &mut problems);
        let first =
            problems.iter().filter(|problem| problem.what.contains("JSON")).map(|problem| problem.at.line).next();
        assert_eq!(first.unwrap_or(0), line, "{text:?}: {problems:?}");
    }
}

#[test]
fn what_is_no_dump_says_so() {
    for text in ["{}", "[{}]", "3", r#"{"Reservations": []}"#] {
        let (account, problems) = read(text, &Options::default());
        assert!(problems.iter().any(|problem| problem.what.contains("this is no dump")), "{text}: {problems:?}");
        assert!(account.zones.is_empty());
    }
}

const ELB: &str = r#"{"Name": "elb.example.com.", "Type": "A", "AliasTarget": {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "dualstack.my-lb.us-east-1.elb.amazonaws.com.", "EvaluateTargetHealth": true}}"#;

#[test]
fn a2_alias_beyond_the_zone_is_named_and_can_be_mapped() {
    let (account, problems) = read(&dump(&[ELB]), &Options::default());
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((problems[0].severity, problems[0].at.line), (Severity::Warning, 10));
    assert!(problems[0].what.contains("dualstack.my-lb.us-east-1.elb.amazonaws.com."), "{}", problems[0]);
    assert!(problems[0].mend.contains("[[provider]]") && problems[0].mend.contains("waymark.toml"));
    // Decision 12: with EvaluateTargetHealth or without.
    let (_, blind) = read(&dump(&[&ELB.replace("Health\": true", "Health\": false")]), &Options::default());
    for problem in problems.iter().chain(&blind) {
        assert!(problem.what.ends_with("it answers nothing and is not healthy"), "{problem}");
    }
    let Routing::Simple(one) = routing(&account.zones[0], "elb.example.com") else { panic!("simple") };
    assert!(matches!(&one.target, Target::Provider { rdata, evaluate: true, check: None, .. } if rdata.is_empty()));

    let address = crate::model::rdata::parse_route53(RecordType::A, "10.0.0.9").unwrap();
    let provider = Provider {
        pattern: Pattern::new(Name::parse("*.elb.amazonaws.com.", None).unwrap()),
        ttl: 20,
        values: [(RecordType::A, vec![address.clone()])].into(),
        check: None,
        at: At::new("waymark.toml", 1),
    };
    let options = Options { providers: vec![provider], ..Options::default() };
    let (account, problems) = read(&dump(&[ELB]), &options);
    assert!(problems.is_empty(), "{problems:?}");
    let Routing::Simple(one) = routing(&account.zones[0], "elb.example.com") else { panic!("simple") };
    assert!(matches!(&one.target, Target::Provider { ttl: 20, rdata, .. } if *rdata == [address]));
    let (_, problems) = read(&dump(&[&ELB.replace("\"A\"", "\"AAAA\"")]), &options);
    assert!(problems[0].what.contains("no provider with AAAA values"), "{}", problems[0]);
}

#[test]
fn a_traffic_policy_record_is_a_warning() {
    let bare = r#"{"Name": "t.example.com.", "Type": "A", "TrafficPolicyInstanceId": "11-22"}"#;
    let (account, problems) = read(&dump(&[bare]), &Options::default());
    assert_eq!(
        whats(&problems),
        ["record set t.example.com. A was made by traffic policy instance 11-22: it is not served"]
    );
    assert_eq!(problems[0].severity, Severity::Warning);
    assert_eq!(account.zones[0].groups.len(), 2);
    let (account, problems) = read(&dump(&[&a(r#""TrafficPolicyInstanceId": "11-22","#)]), &Options::default());
    assert!(problems[0].what.ends_with("only what the record set holds is served"), "{}", problems[0]);
    assert_eq!(account.zones[0].groups.len(), 3);
}

fn checks(config: &str) -> (Account, Vec<Problem>) {
    let text = format!(
        r#"{{"HealthChecks": [{{"Id": "hc", "CallerReference": "r", "HealthCheckVersion": 1, "HealthCheckConfig": {config}}}]}}"#
    );
    let (account, mut problems) = read(&text, &Options::default());
    problems.retain(|problem| !problem.what.contains("is used by no record"));
    (account, problems)
}

#[test]
fn endpoint_checks_take_route53_defaults() {
    let (account, problems) = checks(
        r#"{"IPAddress": "192.0.2.44", "Port": 8080, "Type": "HTTP_STR_MATCH", "ResourcePath": "health?x=1", "FullyQualifiedDomainName": "www.example.com", "SearchString": "OK!", "RequestInterval": 10, "FailureThreshold": 1, "MeasureLatency": false, "Inverted": true, "Disabled": true, "EnableSNI": false, "Regions": ["us-east-1", "us-west-1", "eu-west-1"]}"#,
    );
    assert!(problems.is_empty(), "{problems:?}");
    let check = &account.checks[0];
    let CheckKind::Endpoint(endpoint) = &check.kind else { panic!("{check:?}") };
    assert!(check.inverted && check.disabled);
    assert_eq!((&*endpoint.host, endpoint.port, endpoint.thresholds.down), ("192.0.2.44", 8080, 1));
    assert_eq!(
        (endpoint.interval, endpoint.connect_timeout),
        (Duration::from_secs(10), Duration::from_secs(4)),
        "C-10"
    );
    assert_eq!(
        endpoint.protocol,
        Protocol::Http {
            path: "/health?x=1".into(),
            host_header: Some("www.example.com".into()),
            search: Some("OK!".into()),
            tls: None,
        },
        "T283: a leading slash is added"
    );
    let (account, problems) = checks(r#"{"Type": "HTTP", "FullyQualifiedDomainName": "h"}"#);
    assert!(problems.is_empty(), "{problems:?}");
    let CheckKind::Endpoint(endpoint) = &account.checks[0].kind else { panic!("endpoint") };
    assert_eq!(
        (&*endpoint.host, endpoint.port, endpoint.thresholds.down, endpoint.interval.as_secs()),
        ("h", 80, 3, 30)
    );
    let (account, _) = checks(r#"{"Type": "TCP", "IPAddress": "::1", "Port": 5432}"#);
    let CheckKind::Endpoint(endpoint) = &account.checks[0].kind else { panic!("endpoint") };
    assert_eq!((&endpoint.protocol, endpoint.connect_timeout), (&Protocol::Tcp, Duration::from_secs(10)), "C-9");
}

#[test]
fn checks_nobody_can_measure_here_are_given_and_say_so() {
    for (config, status, word) in [
        (
            r#"{"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "us-east-1", "Name": "cpu"}, "InsufficientDataHealthStatus": "Unhealthy"}"#,
            Status::Unhealthy,
            "alarm \"cpu\"",
        ),
        (
            r#"{"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "us-east-1", "Name": "cpu"}, "InsufficientDataHealthStatus": "LastKnownStatus"}"#,
            Status::Healthy,
            "CloudWatch",
        ),
        (r#"{"Type": "RECOVERY_CONTROL", "RoutingControlArn": "arn:x"}"#, Status::Healthy, "routing control arn:x"),
    ] {
        let (account, problems) = checks(config);
        assert_eq!(account.checks[0].kind, CheckKind::Given { status }, "{config}");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].severity, Severity::Warning);
        assert!(problems[0].what.contains(word) && problems[0].what.contains(&status.to_string()), "{}", problems[0]);
        let mend = if word.contains("arn") { "force it up or down" } else { "[alarm.\"cpu\"] in waymark.toml" };
        assert!(problems[0].mend.contains(mend), "{}", problems[0]);
    }
}

#[test]
fn c26_a_metric_check_follows_the_alarm_that_the_configuration_gives_it() {
    let alarm = Alarm { source: Source::Push, interval: Duration::from_secs(60), missing: Missing::Unhealthy };
    let alarms = [("cpu".into(), alarm.clone())].into();
    let options = Options { alarms, ..Options::default() };
    let kind = |name: &str, rest: &str| {
        let text = format!(
            r#"{{"HealthCheck": {{"Id": "hc", "HealthCheckConfig": {{"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {{"Region": "us-east-1", "Name": "{name}"}}{rest}}}}}}}"#
        );
        let (account, mut problems) = read(&text, &options);
        problems.retain(|problem| !problem.what.contains("is used by no record"));
        (account.checks[0].kind.clone(), problems.len())
    };
    for (rest, missing) in [
        ("", Missing::Unhealthy),
        (r#", "InsufficientDataHealthStatus": "Healthy""#, Missing::Healthy),
        (r#", "InsufficientDataHealthStatus": "Unhealthy""#, Missing::Unhealthy),
        (r#", "InsufficientDataHealthStatus": "LastKnownStatus""#, Missing::LastKnown),
    ] {
        assert_eq!(kind("cpu", rest), (CheckKind::Alarm(Alarm { missing, ..alarm.clone() }), 0), "{rest}");
    }
    assert_eq!(kind("disk", ""), (CheckKind::Given { status: Status::Healthy }, 1), "no alarm of that name");
}

#[test]
fn t279_c13_https_checks_are_endpoints_with_sni_where_there_is_a_name() {
    let read = |config: &str| {
        let (account, problems) = checks(config);
        assert!(problems.is_empty(), "{problems:?}");
        let CheckKind::Endpoint(endpoint) = account.checks[0].kind.clone() else { panic!("{account:?}") };
        endpoint
    };
    let sni = |endpoint: &Endpoint| match &endpoint.protocol {
        Protocol::Http { tls: Some(tls), host_header, .. } => (tls.server_name.clone(), host_header.clone()),
        other => panic!("{other:?}"),
    };
    let named = read(r#"{"Type": "HTTPS", "FullyQualifiedDomainName": "h"}"#);
    assert_eq!((&*named.host, named.port, sni(&named)), ("h", 443, (Some("h".into()), None)));
    assert_eq!(read(r#"{"Type": "HTTPS", "FullyQualifiedDomainName": "h", "Port": 80}"#).port, 80, "T279");
    let without = read(r#"{"Type": "HTTPS", "FullyQualifiedDomainName": "h", "EnableSNI": false}"#);
    assert_eq!(sni(&without), (None, None), "C-14");
    let both = read(
        r#"{"Type": "HTTPS_STR_MATCH", "IPAddress": "1.1.1.1", "FullyQualifiedDomainName": "h", "SearchString": "x", "MeasureLatency": true, "Regions": ["us-west-2", "sa-east-1", "eu-west-1"]}"#,
    );
    assert_eq!((&*both.host, sni(&both)), ("1.1.1.1", (Some("h".into()), Some("h".into()))));
    assert!(matches!(&both.protocol, Protocol::Http { search: Some(search), .. } if &**search == "x"));
    assert_eq!(both.regions, ["us-west-2", "sa-east-1", "eu-west-1"].map(Into::into), "C-1");
    let bare = read(r#"{"Type": "HTTPS", "IPAddress": "1.1.1.1", "EnableSNI": true}"#);
    assert_eq!(sni(&bare), (None, None), "no name to send");
}

#[test]
fn t292_t294_c0_checks_that_are_refused() {
    for (config, expected) in [
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "RequestInterval": 20}"#,
            "Value '20' is not facet-valid with respect to enumeration '[10, 30]'",
        ),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "FailureThreshold": 0}"#,
            "FailureThreshold 0 is not in 1..=10",
        ),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "FailureThreshold": 11}"#,
            "FailureThreshold 11 is not in 1..=10",
        ),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "Regions": ["us-east-1", "us-west-1"]}"#,
            "2 Regions, fewer than 3",
        ),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "Regions": ["us-east-1", "us-west-1", "us-east-2"]}"#,
            "\"us-east-2\" is no Region with checkers",
        ),
        (r#"{"Type": "TCP", "IPAddress": "127.0.0.1"}"#, "lacks Port"),
        (r#"{"Type": "TCP", "Port": 80}"#, "neither IPAddress nor FullyQualifiedDomainName"),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "FullyQualifiedDomainName": "h", "Port": 80}"#,
            "TCP health checks that have IP address must not have a fully qualified domain name specified.",
        ),
        (r#"{"Type": "TCP", "IPAddress": "localhost", "Port": 80}"#, "which is no address"),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "EnableSNI": true}"#,
            "EnableSNI is not for checks of type TCP",
        ),
        (
            r#"{"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 80, "Regions": ["us-east-1", "us-west-1", "us-east-1"]}"#,
            "names Region us-east-1 twice",
        ),
        (r#"{"Type": "CLOUDWATCH_METRIC"}"#, "lacks AlarmIdentifier"),
        (
            r#"{"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "r", "Name": "n"}, "InsufficientDataHealthStatus": "Down"}"#,
            "InsufficientDataHealthStatus \"Down\" is none of Route 53's",
        ),
        (r#"{"Type": "HTTP_STR_MATCH", "IPAddress": "127.0.0.1"}"#, "lacks SearchString"),
        (
            r#"{"Type": "CALCULATED", "ChildHealthChecks": [], "HealthThreshold": 0, "Port": 80}"#,
            "Port is not for checks of type CALCULATED",
        ),
        (
            r#"{"Type": "CALCULATED", "ChildHealthChecks": ["hc"], "HealthThreshold": 1}"#,
            "Invalid parameter : Child health check IDs do not exist or are deleted: hc",
        ),
        (
            r#"{"Type": "CALCULATED", "ChildHealthChecks": ["gone"], "HealthThreshold": 1}"#,
            "Child health check IDs do not exist or are deleted: gone",
        ),
        (
            r#"{"Type": "CALCULATED", "ChildHealthChecks": [], "HealthThreshold": 257}"#,
            "HealthThreshold 257 is not in 0..=256",
        ),
        (r#"{"Type": "ICMP"}"#, "Type \"ICMP\" is none of Route 53's"),
    ] {
        let (_, problems) = checks(config);
        assert!(
            problems.iter().any(|problem| problem.is_error() && problem.what.contains(expected)),
            "{config}: {problems:?}"
        );
    }
}

#[test]
fn z24_private_zones_make_views() {
    let zone = r#"{"HostedZone": {"Id": "/hostedzone/ZP", "Name": "corp.", "CallerReference": "x", "Config": {"PrivateZone": true}},
      "VPCs": [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}, {"VPCRegion": "us-east-1", "VPCId": "vpc-2"}], "ResourceRecordSets": []}"#;
    let (account, problems) = read(zone, &Options::default());
    assert_eq!(
        account.zones[0].visibility,
        Visibility::Private { views: vec![ViewId("vpc-1".into()), ViewId("vpc-2".into())] }
    );
    assert_eq!(account.views.len(), 2);
    assert_eq!(account.views[0].region.map(|region| region.code()), Some("eu-west-1"));
    let views: Vec<_> = problems.iter().filter(|problem| !problem.is_error()).collect();
    assert_eq!(views.len(), 2, "{problems:?}");
    assert!(views[0].mend.contains("[view.\"vpc-1\"]") && views[0].mend.contains("waymark.toml"), "{}", views[0]);
    let (account, problems) = read(&zone.replace("\"VPCs\"", "\"MaxItems\": 1, \"Unknown\""), &Options::default());
    assert!(account.zones.is_empty());
    assert!(problems.iter().any(|problem| problem.is_error() && problem.what.contains("comes without its VPCs")));
    assert!(problems.iter().any(|problem| problem.what.contains("Unknown is not known here")), "{problems:?}");
}

#[test]
fn views_of_several_dumps_and_of_the_configuration_join() {
    let zone = |id: &str, region: &str| {
        format!(
            r#"{{"HostedZone": {{"Id": "{id}", "Name": "{id}.", "Config": {{"PrivateZone": true}}}}, "VPCs": [{{"VPCRegion": "{region}", "VPCId": "vpc-1"}}], "ResourceRecordSets": []}}"#
        )
    };
    let text = format!("{}\n{}", zone("a", "eu-west-1"), zone("b", "eu-west-1"));
    let mut problems = Vec::new();
    let Parsed { zones, views, .. } = load("t.json", &text, &Options::default(), &mut problems);
    assert_eq!((zones.len(), views.len(), problems.len()), (2, 2, 0), "{problems:?}");
    let mut account = Account { views, ..Account::default() };
    rules::account::drop_repeats(&mut account);
    assert_eq!(account.views.len(), 1);
    let mut defined = account.views[0].clone();
    defined.region = None;
    defined.listeners.push("inside".into());
    account.views.push(defined);
    rules::account::drop_repeats(&mut account);
    assert_eq!(account.views.len(), 1, "the bare one yields");
    assert_eq!(account.views[0].region.map(|region| region.code()), Some("eu-west-1"), "its Region stays");
    assert_eq!(account.views[0].listeners.len(), 1);
}

fn ip(location: &str, collection: &str) -> String {
    a(&format!(
        r#""SetIdentifier": "{location}", "CidrRoutingConfig": {{"CollectionId": "{collection}", "LocationName": "{location}"}},"#
    ))
}

#[test]
fn t212_p55_one_collection_for_a_group() {
    let records = [ip("isp-a", "one"), ip("*", "two")];
    let records = [&*records[0], &*records[1]];
    refuses(&records, "uses CIDR collection two while the other RRSets of the same name and type use one");
    let problems = errors(&records);
    let mend =
        problems.iter().find(|problem| problem.what.contains("uses CIDR collection two")).map(|problem| &*problem.mend);
    assert_eq!(mend, Some("use collection one for all of them"));
}

#[test]
fn t378_a_value_of_4001_characters() {
    let txt = |length: usize| {
        let strings = vec![format!(r#"\"{}\""#, "x".repeat(197)); length / 200].join(" ");
        let text = format!("{strings}{}", " ".repeat(length - (length / 200 * 200 - 1)));
        a("").replace("\"A\"", "\"TXT\"").replace("192.0.2.1", &text)
    };
    assert!(errors(&[&txt(4000)]).is_empty());
    refuses(&[&txt(4001)], "CharacterStringTooLong (Value is too long)");
}

#[test]
fn p53_collections() {
    let cidr = r#"{"CidrCollections": [{"Arn": "arn:x", "Id": "c8c0-1", "Name": "isps", "Version": 3}]}
{"CidrBlocks": [{"CidrBlock": "203.0.113.0/24", "LocationName": "isp-a"}, {"CidrBlock": "2001:db8::/32", "LocationName": "isp-a"}]}
{"CidrLocations": [{"LocationName": "isp-a"}, {"LocationName": "empty"}]}"#;
    let text = format!("{}{cidr}", dump(&[&ip("isp-a", "c8c0-1"), &ip("*", "c8c0-1")]));
    let (account, problems) = read(&text, &Options::default());
    assert!(problems.is_empty(), "{problems:?}");
    let locations = &account.collections[0].locations;
    assert_eq!((locations["isp-a"].len(), locations["empty"].len()), (2, 0));
    assert!(
        matches!(routing(&account.zones[0], "w.example.com"), Routing::IpBased { candidates, .. } if candidates.len() == 2)
    );
    let (_, problems) = read(r#"{"CidrBlocks": []}"#, &Options::default());
    assert!(problems[0].what.contains("CIDR blocks after 0 collections"), "{problems:?}");
    let (_, problems) = read(
        r#"{"CidrCollections": [{"Id": "a", "CidrBlocks": [{"CidrBlock": "192.0.2.0/25", "LocationName": "x"}, {"CidrBlock": "192.0.2.0", "LocationName": "x"}]}]}"#,
        &Options::default(),
    );
    assert!(
        problems.iter().any(|problem| problem.what.contains("/25 of location \"x\" is not /1 to /24")),
        "T211: {problems:?}"
    );
    assert!(problems.iter().any(|problem| problem.what.contains("CIDR block \"192.0.2.0\" is none")));
}

#[test]
fn commands_may_follow_one_another_or_share_an_object_or_a_list() {
    let records = |zone: &str| {
        format!(
            r#"{{"ResourceRecordSets": [{}, {}]}}"#,
            SOA.replace("example.com.\", \"Type", &format!("{zone}\", \"Type")),
            NS.replace("example.com.\", \"Type", &format!("{zone}\", \"Type"))
        )
    };
    let zone = |id: &str, name: &str| format!(r#"{{"HostedZone": {{"Id": "/hostedzone/{id}", "Name": "{name}"}}}}"#);
    let two = format!(
        "{}{}{}{}",
        zone("Z1", "a.example."),
        records("a.example."),
        zone("Z2", "b.example."),
        records("b.example.")
    );
    let (account, problems) = read(&two, &Options::default());
    assert_eq!((account.zones.len(), problems.len()), (2, 0), "{problems:?}");
    let list = format!(
        "[{},{},{},{}]",
        zone("Z1", "a.example."),
        records("a.example."),
        zone("Z2", "b.example."),
        records("b.example.")
    );
    let (listed, _) = read(&list, &Options::default());
    assert_eq!(listed.zones.len(), 2);
    assert!(listed.zones.iter().zip(&account.zones).all(|(one, other)| one.groups.len() == other.groups.len()));

    let zones = r#"{"HostedZones": [{"Id": "Z1", "Name": "a.example."}, {"Id": "Z2", "Name": "sub.a.example."}, {"Id": "Z3", "Name": "c.example."}]}"#;
    let (account, problems) =
        read(&format!("{zones}{}{}", records("a.example."), records("sub.a.example.")), &Options::default());
    assert_eq!(account.zones.len(), 2, "the one whose name fits best");
    assert_eq!(problems[0].what, "hosted zone c.example. has no record sets in this file, so it is not served");
    assert!(problems[1..].iter().all(|problem| problem.what.contains("not delegated")), "{problems:?}");
    let (_, problems) = read(&format!("{zones}{}", records("other.")), &Options::default());
    assert!(problems[0].what.contains("fits none of the zones"), "{problems:?}");
}

#[test]
fn a_list_without_its_zone_is_taken_by_its_soa() {
    let text = format!(
        r#"{{"ResourceRecordSets": [{SOA}, {NS}, {{"Name": "al.example.com.", "Type": "NS", "AliasTarget": {{"HostedZoneId": "ZX", "DNSName": "example.com.", "EvaluateTargetHealth": false}}}}]}}"#
    );
    let (account, problems) = read(&text, &Options::default());
    assert_eq!((&*account.zones[0].id.0, account.zones[0].name.to_string().as_str()), ("t", "example.com."));
    assert!(problems.iter().any(|problem| problem.what.contains("by its SOA")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.what.contains("aliases of that type are forbidden")), "T079");
    let (account, problems) = read(r#"{"ResourceRecordSets": []}"#, &Options::default());
    assert!(account.zones.is_empty() && problems[0].what.contains("without a hosted zone"), "{problems:?}");
}

#[test]
fn a_list_cut_short_is_noted() {
    let text = dump(&[]).replace("\"ResourceRecordSetCount\": 2", "\"ResourceRecordSetCount\": 5");
    let (_, problems) = read(&text, &Options::default());
    assert_eq!(whats(&problems), ["hosted zone example.com. counts 5 record sets, but only 2 are in this file"]);
    let text = dump(&[]).replace("\n]}", "\n], \"IsTruncated\": true, \"NextToken\": \"abc\"}");
    let (_, problems) = read(&text, &Options::default());
    assert_eq!(whats(&problems), ["the list goes on where this dump ends"]);
}

#[test]
fn checks_repeated_in_several_dumps_count_once() {
    let check = r#"{"HealthChecks": [{"Id": "hc", "HealthCheckConfig": {"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 1}}]}"#;
    let (account, problems) = read(&format!("{check}\n{check}"), &Options::default());
    assert_eq!((account.checks.len(), problems.len()), (1, 1), "only that no record uses it: {problems:?}");
    let other = check.replace("\"Port\": 1", "\"Port\": 2");
    let (_, problems) = read(&format!("{check}\n{other}"), &Options::default());
    assert!(problems.iter().any(|problem| problem.what.contains("already defined at t.json:1")), "{problems:?}");
    assert_eq!(account.checks[0].id, CheckId("hc".into()));
}

#[test]
fn the_sample_dump_loads_without_a_word() {
    let (account, problems) = read(include_str!("../../../zones/twin.json"), &Options::default());
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(account.zones.len(), 1);
    assert!(account.checks.len() > 1);
}

#[test]
fn every_dump_of_the_manual_loads() {
    let manual = include_str!("../../../docs/twin.md");
    let blocks: Vec<&str> =
        manual.split("```json\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let (account, problems) = read(block, &Options::default());
        assert!(problems.is_empty() && !account.zones.is_empty(), "{problems:?}");
    }
}

#[test]
fn t356_n4_names_are_folded_however_written() {
    let zone = accepts(&[&a("").replace("w.example", r"\\101BC.example")]);
    assert!(zone.groups.contains_key(&(name("abc.example.com"), RecordType::A)));
}

/// Cut or damaged anywhere, a dump gives problems on lines it has, and never a panic.
#[test]
fn damaged_dumps_are_reported_within_the_file() {
    let whole = include_str!("../../../zones/twin.json");
    let lines = u32::try_from(whole.lines().count()).unwrap();
    let judge = |text: &str| {
        let (_, problems) = read(text, &Options::default());
        assert!(problems.iter().all(|problem| problem.at.line <= lines + 1), "{problems:?}");
        problems.iter().filter(|problem| problem.is_error()).count()
    };
    for cut in (1..whole.len() - 2).step_by(37).filter(|cut| whole.is_char_boundary(*cut)) {
        assert!(judge(&whole[..cut]) > 0, "a file half written is refused: {cut}");
    }
    let mut seed = 7u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..400 {
        let mut bytes = whole.as_bytes().to_vec();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            bytes[at] = b"{}[]\":,\\09-.*ae \0"[random(17)];
        }
        judge(&String::from_utf8_lossy(&bytes));
    }
}
