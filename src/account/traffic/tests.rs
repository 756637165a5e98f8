//! F-1…F-5: what a document may say, and everything wrong with one that says something else.

use serde_json::{Value, json};

use super::*;
use crate::model::place::{Area, Country, Region};
use crate::model::routing::{Anchor, Site};
use crate::model::{RecordType, Routing, Target};
use crate::store::Options;

const ENDPOINTS: [&str; 3] = ["a", "b", "c"];

/// A document of three A values with these rules.
fn document(start: &str, rules: Value) -> Value {
    let endpoint = |at: usize| json!({"Type": "value", "Value": format!("192.0.2.{}", at + 1)});
    let endpoints: serde_json::Map<_, _> =
        ENDPOINTS.iter().enumerate().map(|(at, id)| ((*id).to_owned(), endpoint(at))).collect();
    json!({
        "AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": start,
        "Endpoints": endpoints, "Rules": rules,
    })
}

fn parse(document: &Value) -> Result<Document, Vec<String>> {
    Document::parse(&document.to_string())
}

#[track_caller]
fn accepts(document: &Value) -> Document {
    parse(document).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What is wrong with a document whose one rule this is.
fn faults(rule: Value) -> Vec<String> {
    parse(&document("r", json!({"r": rule}))).err().unwrap_or_default()
}

fn changed(mut document: Value, key: &str, value: Value) -> Value {
    document[key] = value;
    document
}

fn to(endpoint: &str) -> Value {
    json!({"EndpointReference": endpoint})
}

fn with(mut reference: Value, members: Value) -> Value {
    let (Some(object), Value::Object(members)) = (reference.as_object_mut(), members) else { panic!("objects") };
    object.extend(members);
    reference
}

fn failover() -> Value {
    json!({"RuleType": "failover", "Primary": with(to("a"), json!({"HealthCheck": "hcA"})), "Secondary": to("b")})
}

#[test]
fn f2_endpoints_by_type() {
    let one = |endpoint: Value| {
        Document::parse(
            &json!({"AWSPolicyFormatVersion": "2023-05-09", "RecordType": "A", "StartEndpoint": "e", "Endpoints": {"e": endpoint}})
                .to_string(),
        )
    };
    let made = one(json!({"Type": "value", "Value": "192.0.2.1"})).expect("a value");
    assert_eq!((made.rtype, made.start), (RecordType::A, Link::Endpoint("e".to_owned())));
    for kind in [
        "cloudfront",
        "application-load-balancer",
        "elastic-load-balancer",
        "network-load-balancer",
        "elastic-beanstalk",
    ] {
        assert!(one(json!({"Type": kind, "Value": "x.example.net"})).is_ok(), "{kind}");
    }
    assert!(one(json!({"Type": "s3-website", "Region": "us-east-2", "Value": "www.example.com"})).is_ok());
    let wrong = |endpoint: Value| one(endpoint).expect_err("a fault");
    let value = "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 \
                 address) encountered with '999.1.1.1''";
    assert_eq!(wrong(json!({"Type": "value", "Value": "999.1.1.1"})), [format!("Endpoints.e: {value}")]);
    assert_eq!(wrong(json!({"Type": "s3-website", "Value": "x"})), ["Endpoints.e: Region is missing"]);
    assert!(
        wrong(json!({"Type": "s3", "Value": "x"}))[0].starts_with("Endpoints.e: Type 's3' is none of value, cloud")
    );
    assert_eq!(wrong(json!({"Type": "cloudfront"})), ["Endpoints.e: Value is missing"]);
    assert_eq!(wrong(json!({"Type": "cloudfront", "Value": "a..b"})).len(), 1);
    assert_eq!(
        wrong(json!({"Type": "value", "Value": "192.0.2.1", "TTL": 5})),
        ["Endpoints.e: TTL is not known here"],
        "words nobody reads would go by unheard"
    );
    assert_eq!(
        wrong(json!("192.0.2.1")),
        [
            "Endpoints.e: expected an object, but found '192.0.2.1'",
            "Endpoints.e: Type is missing",
            "Endpoints.e: Value is missing"
        ]
    );
}

#[test]
fn f1_numbers_and_truths_may_be_strings() {
    // T302
    let items: Vec<Value> =
        ["4", "5", "5", "6"].iter().map(|weight| with(to("a"), json!({"Weight": weight}))).collect();
    let made = accepts(&document("r", json!({"r": {"RuleType": "weighted", "Items": items}})));
    let Rule::Weighted(many) = &made.rules["r"] else { panic!("{made:?}") };
    assert_eq!(many.iter().map(|one| one.key).collect::<Vec<_>>(), [4, 5, 5, 6]);
    let truth = |value: Value| {
        let primary = with(to("a"), json!({"EvaluateTargetHealth": value}));
        let made = accepts(&document("r", json!({"r": {"RuleType": "failover", "Primary": primary}})));
        let Rule::Failover { primary: Some(primary), secondary: None } = &made.rules["r"] else { panic!("{made:?}") };
        primary.evaluate
    };
    assert!(truth(json!(true)) && truth(json!("true")) && !truth(json!("false")));
    assert!(!truth(Value::Null), "X-14: absent is false");
    let weight =
        |value: Value| faults(json!({"RuleType": "weighted", "Items": [with(to("a"), json!({"Weight": value}))]}));
    assert_eq!(weight(json!(256)), ["Rules.r.Items[0]: Weight must be a whole number from 0 to 255, but is 256"]);
    assert_eq!(weight(json!(1.5)), ["Rules.r.Items[0]: Weight must be a whole number from 0 to 255, but is 1.5"]);
    assert_eq!(weight(Value::Null), ["Rules.r.Items[0]: Weight is missing"]);
    assert!(weight(json!(0)).is_empty() && weight(json!("255")).is_empty());
    assert_eq!(
        faults(json!({"RuleType": "failover", "Primary": with(to("a"), json!({"EvaluateTargetHealth": "yes"}))})),
        ["Rules.r.Primary: EvaluateTargetHealth must be true or false, but is 'yes'"]
    );
    let long = changed(document("r", json!({"r": failover()})), "Comment", json!("x".repeat(102_400)));
    assert_eq!(parse(&long).expect_err("too long"), ["the document has more than 102400 characters"]);
}

#[test]
fn t305_cycles_unknown_references_and_no_start() {
    let rule = |id: &str| json!({"RuleType": "failover", "Primary": {"RuleReference": id}, "Secondary": to("b")});
    let circle = document("x", json!({"x": rule("y"), "y": rule("z"), "z": rule("x")}));
    assert_eq!(parse(&circle).expect_err("a circle"), ["Rules.x: rules go round in a circle: x → y → z → x"], "T305");
    let itself = document("x", json!({"x": rule("x")}));
    assert_eq!(parse(&itself).expect_err("a circle"), ["Rules.x: rules go round in a circle: x → x"]);
    let unknown = document("gone", json!({"x": rule("y"), "z": {"RuleType": "failover", "Primary": to("d")}}));
    assert_eq!(
        parse(&unknown).expect_err("unknown"),
        [
            "rule 'gone' is not among Rules",
            "Rules.x.Primary: rule 'y' is not among Rules",
            "Rules.z.Primary: endpoint 'd' is not among Endpoints",
        ]
    );
    let none = changed(document("x", json!({"x": failover()})), "StartRule", Value::Null);
    let start = "expected exactly one of StartRule and StartEndpoint, but found";
    assert_eq!(parse(&none).expect_err("no start"), [format!("{start} none")], "T305");
    let both = changed(document("x", json!({"x": failover()})), "StartEndpoint", json!("a"));
    assert_eq!(parse(&both).expect_err("two"), [format!("{start} both")]);
    let unreachable = document("x", json!({"x": failover(), "y": failover()}));
    assert!(parse(&unreachable).is_ok(), "F-5: unreachable is allowed");
    let chain = |length: usize| {
        let rules: serde_json::Map<_, _> = (0..length)
            .map(|at| {
                (format!("r{at:02}"), if at + 1 < length { rule(&format!("r{:02}", at + 1)) } else { failover() })
            })
            .collect();
        parse(&document("r00", Value::Object(rules)))
    };
    assert!(chain(17).is_ok(), "A-6: sixteen hops");
    assert_eq!(chain(30).expect_err("long"), ["Rules.r12: it is the first of more than 16 rules in a row"]);
}

#[test]
fn f3_references_lead_one_way() {
    let primary = |reference: Value| faults(json!({"RuleType": "failover", "Primary": reference}));
    let ways = "Rules.r.Primary: expected exactly one of EndpointReference and RuleReference, but found";
    assert_eq!(primary(json!({})), [format!("{ways} none")]);
    assert_eq!(primary(with(to("a"), json!({"RuleReference": "r"}))), [format!("{ways} both")]);
    assert_eq!(primary(with(to("a"), json!({"Weight": 1}))), ["Rules.r.Primary: Weight is not known here"]);
    assert_eq!(faults(json!({"RuleType": "failover"})), ["Rules.r: Primary and Secondary are missing"]);
    assert_eq!(faults(json!({"RuleType": "simple"})).len(), 1, "F-4");
    assert_eq!(faults(json!({"RuleType": "ip-based"})).len(), 1, "F-4");
    assert_eq!(faults(json!({})), ["Rules.r: RuleType is missing"]);
    assert_eq!(
        faults(json!({"RuleType": "failover", "Primary": to("a"), "Items": []})),
        ["Rules.r: Items is not known here"]
    );
}

#[test]
fn f3_geolocation() {
    let us = |code: &str| Country::from_code(code).expect("a country");
    let rule = |locations: Value| json!({"RuleType": "geo", "Locations": locations});
    let made = accepts(&document(
        "r",
        json!({"r": rule(json!([
            with(to("a"), json!({"Continent": "EU"})),
            with(to("a"), json!({"Country": "US"})),
            with(to("a"), json!({"Country": "US", "Subdivision": "WA"})),
            with(to("a"), json!({"IsDefault": true})),
        ]))}),
    ));
    let Rule::Geo(many) = &made.rules["r"] else { panic!("{made:?}") };
    assert_eq!((many[1].key, many[3].key), (Area::Country(us("US")), Area::Default));
    let star = rule(json!([with(to("a"), json!({"Country": "*"}))]));
    let Rule::Geo(many) = &accepts(&document("r", json!({"r": star}))).rules["r"] else { panic!() };
    assert_eq!(many[0].key, Area::Default, "F-3: country * is the default");
    let fault = |members: Value| faults(rule(json!([with(to("a"), members)]))).join("; ");
    let one = "Rules.r.Locations[0]: expected one of IsDefault, Continent, Country, or Country with Subdivision";
    assert_eq!(fault(json!({})), one);
    assert_eq!(fault(json!({"IsDefault": true, "Country": "US"})), one);
    assert_eq!(fault(json!({"Continent": "NA", "Country": "US"})), one, "P-35");
    assert_eq!(fault(json!({"Country": "BV"})), "Rules.r.Locations[0]: Cannot find location: 'country = BV'", "P-37");
    assert_eq!(fault(json!({"Country": "us"})), "Rules.r.Locations[0]: Cannot find location: 'country = us'");
    assert_eq!(fault(json!({"Country": "DE", "Subdivision": "BY"})).matches("US and UA only").count(), 1, "P-35");
    let twice = rule(json!([with(to("a"), json!({"IsDefault": true})), with(to("b"), json!({"Country": "*"}))]));
    assert_eq!(faults(twice), ["Rules.r: location 1 is the same as location 0"], "F-5: more than one default");
}

#[test]
fn t303_t304_geoproximity_in_both_formats() {
    let rule = |locations: Value| json!({"RuleType": "geoproximity", "GeoproximityLocations": locations});
    let old = document(
        "r",
        json!({"r": rule(json!([
            with(to("a"), json!({"Region": "aws:route53:us-west-2", "Bias": "10"})),
            with(to("b"), json!({"Latitude": "47.61", "Longitude": -122.33, "Bias": -99})),
        ]))}),
    );
    let Rule::Geoproximity(many) = &accepts(&old).rules["r"] else { panic!("T303") };
    let region = Region::from_code("us-west-2").expect("a Region");
    assert_eq!(many[0].key, Anchor { site: Site::Region(region), bias: 10 }, "T303");
    assert!(
        matches!(many[1].key, Anchor { site: Site::Point(point), bias: -99 } if point.longitude == -122.33),
        "T303"
    );

    let new = json!({"r": rule(json!([
        with(to("a"), json!({"Location": {"Type": "Region", "LocationName": "aws:route53:us-east-1"}})),
        with(to("b"), json!({"Location": {"Type": "LocalZone", "LocationName": "aws:route53:us-east-1-atl-1a"}})),
        with(to("c"), json!({"Location": {"Type": "Coordinate", "Latitude": "1.5", "Longitude": "2"}, "Bias": 0})),
    ]))});
    let newer = changed(document("r", new.clone()), "AWSPolicyFormatVersion", json!("2023-05-09"));
    let Rule::Geoproximity(many) = &accepts(&newer).rules["r"] else { panic!("F-3") };
    assert!(matches!(many[1].key.site, Site::LocalZone(zone) if zone.group == "us-east-1-atl-1"), "P-45");
    let problems = parse(&document("r", new)).expect_err("T304");
    let what = "Location is part of format 2023-05-09: this document is of 2015-10-01";
    assert_eq!(problems[0], format!("Rules.r.GeoproximityLocations[0]: {what}"), "T304");
    assert_eq!(problems.len(), 3);
    assert!(parse(&changed(old, "AWSPolicyFormatVersion", json!("2023-05-09"))).is_ok(), "the newer takes the older's");
    let other = json!({"r": {"RuleType": "geoproximity", "GeoProximityLocations": [with(to("a"), json!({"Region": "eu-west-1"}))]}});
    assert!(parse(&document("r", other)).is_ok(), "F-3: both spellings");

    let fault = |members: Value| {
        let found = faults(rule(json!([with(to("a"), members)]))).join("; ");
        found.replace("Rules.r.GeoproximityLocations[0]: ", "")
    };
    let decimals = "latitude \"1.234\" is not a number from -90 to 90 with at most two decimals";
    assert_eq!(fault(json!({"Latitude": "1.234", "Longitude": "1"})), decimals, "F-3");
    assert_eq!(fault(json!({"Latitude": 1})), "expected a place: a Region, or Latitude and Longitude");
    assert_eq!(fault(json!({"Region": "aws:route53:mars"})), "Region 'mars' is not known here");
    assert_eq!(
        fault(json!({"Region": "us-east-1", "Bias": 100})),
        "Bias must be a whole number from -99 to 99, but is 100"
    );
    let both = json!({"Region": "us-east-1", "Latitude": 1, "Longitude": 1});
    assert_eq!(fault(both), "expected a Region or coordinates, but found both");
    let twice = rule(json!([
        with(to("a"), json!({"Region": "us-east-1"})),
        with(to("b"), json!({"Region": "us-east-1", "Bias": 5})),
    ]));
    assert_eq!(faults(twice), ["Rules.r: location 1 is the same as location 0"], "P-45");
    let thirty = |count: i64| {
        let place = |at: i64| with(to("a"), json!({"Latitude": at, "Longitude": 0}));
        faults(rule((0..count).map(place).collect()))
    };
    assert!(thirty(30).is_empty());
    assert_eq!(thirty(31), ["Rules.r: GeoproximityLocations has 31 entries, more than 30"], "F-5");
}

#[test]
fn f3_latency_weighted_and_multivalue() {
    let latency = |regions: Value| faults(json!({"RuleType": "latency", "Regions": regions}));
    let in_region = |region: &str| with(to("a"), json!({"Region": region}));
    assert!(latency(json!([in_region("us-east-1"), in_region("eu-west-1")])).is_empty());
    assert_eq!(
        latency(json!([in_region("us-east-1"), in_region("us-east-1")])),
        ["Rules.r: Region 1 is the same as Region 0"]
    );
    assert_eq!(latency(json!([in_region("mars")])), ["Rules.r.Regions[0]: Region 'mars' is not known here"]);
    assert_eq!(latency(json!([to("a")])), ["Rules.r.Regions[0]: Region is missing"]);
    assert_eq!(latency(json!([])), ["Rules.r: Regions must be a list of at least one"]);
    assert_eq!(
        latency(json!({})),
        ["Rules.r: Regions must be a list, but is an object", "Rules.r: Regions must be a list of at least one"]
    );
    let weighted = |count: usize| {
        let items: Vec<Value> = (0..count).map(|_| with(to("a"), json!({"Weight": 1}))).collect();
        faults(json!({"RuleType": "weighted", "Items": items}))
    };
    assert!(weighted(100).is_empty());
    assert_eq!(weighted(101), ["Rules.r: Items has 101 entries, more than 100"], "F-5");
    let multivalue = |item: Value| faults(json!({"RuleType": "multivalue", "Items": [item]}));
    assert!(multivalue(with(to("a"), json!({"HealthCheck": "hcA"}))).is_empty());
    assert_eq!(multivalue(json!({"RuleReference": "r"})), ["Rules.r: Items[0] leads to a rule, not an endpoint"]);
    let health = with(to("a"), json!({"EvaluateTargetHealth": true}));
    assert_eq!(multivalue(health), ["Rules.r: Items[0]: EvaluateTargetHealth is not for multivalue rules"]);
    let mut alias = document("r", json!({"r": {"RuleType": "multivalue", "Items": [to("a")]}}));
    alias["Endpoints"]["a"] = json!({"Type": "cloudfront", "Value": "d1.cloudfront.net"});
    let what = "Rules.r: Items[0] leads to endpoint 'a', which is not a value";
    assert_eq!(parse(&alias).expect_err("an alias"), [what], "F-5");
}

#[test]
fn as_many_faults_are_told_as_a_message_holds() {
    let keys: String = (0..30).map(|number| format!("\"k{number}\": 1, \"k{number}\": 2, ")).collect();
    let problems = Document::parse(&format!("{{{keys}\"RecordType\": \"A\"}}")).expect_err("a refusal");
    assert_eq!(problems.len(), 20);
    assert_eq!((&*problems[0], &*problems[19]), ("k0 is written twice", "k19 is written twice"));
}

#[test]
fn every_problem_of_a_document_is_told() {
    let text = r#"{"AWSPolicyFormatVersion": "1.0", "RecordType": "NS", "Colour": 1, "Colour": 2,
        "Endpoints": {"a": {"Type": "value"}, "a": {}}, "Rules": []}"#;
    assert_eq!(
        Document::parse(text).expect_err("many"),
        [
            "Colour is written twice",
            "AWSPolicyFormatVersion '1.0' is neither 2015-10-01 nor 2023-05-09",
            "RecordType 'NS' is none that a traffic policy can make",
            "expected exactly one of StartRule and StartEndpoint, but found none",
            "Endpoints: a is written twice",
            "Rules: expected an object, but found a list",
            "Colour is not known here",
            "Endpoints.a: Value is missing",
        ]
    );
    for rtype in ["NS", "SOA", "DS", "DNSKEY", "a", ""] {
        let made = parse(&changed(document("r", json!({"r": failover()})), "RecordType", json!(rtype)));
        assert!(made.expect_err(rtype)[0].starts_with(&format!("RecordType '{rtype}' is none")), "§2.4: {rtype}");
    }
    assert!(Document::parse("{").expect_err("half")[0].starts_with("no valid JSON: "));
    assert_eq!(Document::parse("[]").expect_err("a list")[0], "expected an object, but found a list");
    let deep = "[".repeat(5000);
    assert!(Document::parse(&deep).is_err(), "depth is bounded");
}

#[test]
fn f13_only_reachable_rules_are_made_each_once_before_those_it_leads_to() {
    let rule = |first: &str, second: &str| {
        json!({"RuleType": "weighted", "Items": [
        {"RuleReference": first, "Weight": 1, "EvaluateTargetHealth": true, "HealthCheck": "hcX"}, {"RuleReference": second, "Weight": 2}]})
    };
    let made = accepts(&document(
        "top",
        json!({"top": rule("left", "right"), "left": rule("leaf", "right"), "right": rule("leaf", "leaf"),
               "leaf": failover(), "lost": failover()}),
    ));
    let at = crate::model::At::new("t", 0);
    let group = made.group(Origin { id: "i", ttl: 60, at: &at }, &Options::default(), &mut Vec::new());
    let Routing::Tree(tree) = &group.routing else { panic!("{group:?}") };
    let ids: Vec<&str> = tree.rules().iter().map(|rule| &*rule.id).collect();
    assert_eq!((ids[0], ids.len(), ids[3]), ("top", 4, "leaf"));
    assert_eq!(&**tree.instance(), "i");
    let Routing::Weighted(top) = &tree.rules()[0].group.routing else { panic!() };
    assert_eq!(top[0].check.as_ref().map(|check| &*check.0), Some("hcX"));
    let place = |id: &str| ids.iter().position(|known| *known == id).expect("made");
    assert_eq!(top[0].target, Target::Rule { rule: place("left"), evaluate: true });
    assert_eq!(top[1].target, Target::Rule { rule: place("right"), evaluate: false }, "X-14");
    assert_eq!((&*top[0].id, &*top[1].id), ("top/00", "top/01"));
    assert_eq!((group.record_sets(), group.parts().count()), (1, 4), "F-12");
}
