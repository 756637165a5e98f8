//! ChangeResourceRecordSets, ListResourceRecordSets and GetChange (T340…T361, T367, T368, T372…T378).

use super::*;
use crate::account::Settings;
use crate::account::tests::lab::{NOW, Shared};
use crate::api::records::{get_change, list_resource_record_sets};
use crate::route53::{Caller, CidrRoutingConfig, GeoLocation, GetChangeRequest, ListResourceRecordSetsResponse};

const ZONE: &str = "example.com";

fn names(sets: &[ResourceRecordSet]) -> Vec<String> {
    sets.iter().map(|set| format!("{} {}", set.name, set.r#type)).collect()
}

fn batch(messages: &[&str]) -> (Code, String) {
    (Code::InvalidChangeBatch, format!("[{}]", messages.join(", ")))
}

#[test]
fn t340_i5_create_refuses_what_is_there() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let www = values("www.example.com", "CNAME", &["example.com"]);
    lab.change(&zone, vec![create(www.clone())]).unwrap();
    let said = "Tried to create resource record set [name='www.example.com.', type='CNAME'] but it already exists";
    assert_eq!(lab.refused(&zone, vec![create(www)]), batch(&[said]));
    // I-3: what else is wrong with it is told too.
    let (_, message) = lab.refused(&zone, vec![create(values("www.example.com", "CNAME", &["a b"]))]);
    assert!(message.starts_with(&format!("[{said}, Invalid Resource Record: ")), "{message}");
    let geo = ResourceRecordSet {
        geo_location: Some(GeoLocation { country_code: Some("*".to_owned()), ..GeoLocation::default() }),
        set_identifier: Some("Default".to_owned()),
        ..values("geo.example.com", "A", &["192.0.2.1"])
    };
    lab.change(&zone, vec![create(geo.clone())]).unwrap();
    let said = "Tried to create resource record set [name='geo.example.com.', type='A', set-identifier='Default'] but it \
                already exists";
    assert_eq!(lab.refused(&zone, vec![create(geo)]), batch(&[said]));
}

#[test]
fn t341_t342_i6_delete_wants_the_record_set_as_it_is() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let one = values("a.example.com", "A", &["192.0.2.1", "192.0.2.2"]);
    let gone = "Tried to delete resource record set [name='a.example.com.', type='A'] but it was not found";
    assert_eq!(lab.refused(&zone, vec![delete(one.clone())]), batch(&[gone]));
    lab.change(&zone, vec![create(one.clone())]).unwrap();
    let differs = "Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not \
                   match the current values";
    let other_ttl = ResourceRecordSet { ttl: Some(60), ..one.clone() };
    let other_check = ResourceRecordSet { health_check_id: Some("c".to_owned()), ..one.clone() };
    for wrong in [values("a.example.com", "A", &["192.0.2.1"]), other_ttl, other_check] {
        assert_eq!(lab.refused(&zone, vec![delete(wrong)]), batch(&[differs]));
    }
    // T342: values are a set.
    lab.change(&zone, vec![delete(values("A.example.com.", "A", &["192.0.2.2", "192.0.2.1"]))]).unwrap();
    assert_eq!(lab.dig("a.example.com", "A"), ["NXDOMAIN"]);
    // N-9: the final dot of a name in a value is no difference, nor is letter case.
    lab.change(&zone, vec![create(values("c.example.com", "CNAME", &["x.example.com"]))]).unwrap();
    lab.change(&zone, vec![delete(values("c.example.com", "CNAME", &["X.example.com."]))]).unwrap();
}

#[test]
fn t343_i9_groups_are_judged_after_the_whole_batch() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let www = values("www.example.com", "CNAME", &["web.example.net"]);
    lab.change(&zone, vec![create(www.clone()), create(values(ZONE, "A", &["192.0.2.1"]))]).unwrap();
    assert_eq!(lab.dig("www.example.com", "A"), ["web.example.net."]);
    let turned = alias("www.example.com", "A", &zone, "example.com");
    lab.change(&zone, vec![delete(www), create(turned)]).unwrap();
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    // A-5: an alias and its target may come together, in any order.
    let alias = alias("b.example.com", "A", &format!("/hostedzone/{zone}"), "c.example.com.");
    lab.change(&zone, vec![create(alias), create(values("c.example.com", "A", &["192.0.2.3"]))]).unwrap();
    assert_eq!(lab.dig("b.example.com", "A"), ["192.0.2.3"]);
    // A-14: what an alias points at stays.
    let said = format!(
        "Tried to create an alias that targets c.example.com., type A in zone {zone}, but that target was not found"
    );
    let gone = delete(values("c.example.com", "A", &["192.0.2.3"]));
    assert_eq!(lab.refused(&zone, vec![gone]), batch(&[&said]));
}

#[test]
fn t344_t345_i3_nothing_or_everything_and_every_fault_at_once() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let good = create(values("good.example.com", "A", &["192.0.2.1"]));
    let bad = create(values("bad.example.com", "A", &["999.1.1.1"]));
    let address = "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) \
                   encountered with '999.1.1.1''";
    assert_eq!(lab.refused(&zone, vec![good.clone(), bad.clone()]), batch(&[address]));
    assert_eq!(lab.dig("good.example.com", "A"), ["NXDOMAIN"]);
    let missing = delete(values("no.example.com", "A", &["192.0.2.1"]));
    let apex = create(values(ZONE, "CNAME", &["example.net"]));
    let messages = [
        address,
        "Tried to delete resource record set [name='no.example.com.', type='A'] but it was not found",
        "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
    ];
    assert_eq!(lab.refused(&zone, vec![bad, missing, apex, good]), batch(&messages));
}

#[test]
fn t346_i8_one_thing_at_a_time_of_each_record_set() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let x = |value: &str| values("x.example.com", "A", &[value]);
    let said = "The request contains an invalid set of changes for a resource record set 'A x.example.com.'";
    for (one, other) in [("CREATE", "CREATE"), ("UPSERT", "UPSERT"), ("CREATE", "UPSERT"), ("DELETE", "DELETE")] {
        let changes = vec![change(one, x("192.0.2.1")), change(other, x("192.0.2.2"))];
        assert_eq!(lab.refused(&zone, changes), batch(&[said]), "{one} {other}");
    }
    lab.change(&zone, vec![create(x("192.0.2.1"))]).unwrap();
    lab.change(&zone, vec![delete(x("192.0.2.1")), create(x("192.0.2.2"))]).unwrap();
    assert_eq!(lab.dig("x.example.com", "A"), ["192.0.2.2"]);
}

#[test]
fn t347_t348_i11_a_batch_has_a_size() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let many = |action: &str, count: usize| -> Vec<Change> {
        let set = |at: usize| values(&format!("n{at}.example.com"), "A", &["192.0.2.1"]);
        (0..count).map(|at| change(action, set(at))).collect()
    };
    let records = batch(&["Number of records limit of 1000 exceeded."]);
    assert_eq!(lab.refused(&zone, many("CREATE", 1001)), records);
    assert_eq!(lab.refused(&zone, many("UPSERT", 501)), records);
    lab.change(&zone, many("UPSERT", 500)).expect("500 count for 1000");
    assert_eq!(lab.listed(&zone).len(), 502);
    let text = |at: usize, octets: usize| {
        let strings =
            (0..octets).step_by(253).map(|start| format!("\"{}\"", "x".repeat((octets - start).min(252) - 2)));
        let value = strings.collect::<Vec<_>>().join(" ");
        assert_eq!(value.len(), octets);
        values(&format!("t{at}.example.com"), "TXT", &[&value])
    };
    let long = |action: &str, octets: &[usize]| -> Vec<Change> {
        octets.iter().enumerate().map(|(at, octets)| change(action, text(at, *octets))).collect()
    };
    let characters = batch(&["Number of characters limit of 32000 exceeded."]);
    let [fits, over] = [4000; 2].map(|most| [most; 8].to_vec());
    let over = [&over[..7], &[3500, 501]].concat();
    assert_eq!(over.iter().sum::<usize>(), 32_001);
    assert_eq!(lab.refused(&zone, long("CREATE", &over)), characters);
    assert_eq!(lab.refused(&zone, long("UPSERT", &[4000, 4000, 4000, 3500, 501])), characters);
    lab.change(&zone, long("CREATE", &fits)).expect("32,000 characters");
}

#[test]
fn t349_t350_t351_n8_n26_n27_names_that_cannot_be() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let said = "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.";
    assert_eq!(lab.refused(&zone, vec![create(values(ZONE, "CNAME", &["x.net"]))]), batch(&[said]));
    lab.change(&zone, vec![create(values("www.example.com", "CNAME", &["x.net"]))]).unwrap();
    let said = "RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type  CNAME \
                with the same DNS name already exists in zone example.com.";
    assert_eq!(lab.refused(&zone, vec![create(values("www.example.com", "A", &["192.0.2.1"]))]), batch(&[said]));
    lab.change(&zone, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap();
    let said = "RRSet of type CNAME with DNS name a.example.com. is not permitted because a conflicting RRSet of type  A with \
                the same DNS name already exists in zone example.com.";
    assert_eq!(lab.refused(&zone, vec![create(values("a.example.com", "CNAME", &["x.net"]))]), batch(&[said]));
    let said = "RRSet with DNS name www.other.net. is not permitted in zone example.com.";
    assert_eq!(lab.refused(&zone, vec![create(values("www.other.net", "A", &["192.0.2.1"]))]), batch(&[said]));
}

#[test]
fn t352_z18_soa_and_ns_of_the_apex_stay() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let [ns, soa] = <[ResourceRecordSet; 2]>::try_from(lab.listed(&zone)).unwrap();
    let no_soa = "A HostedZone must contain exactly one SOA record.";
    let no_ns = "A HostedZone must contain at least one NS record for the zone itself.";
    assert_eq!(lab.refused(&zone, vec![delete(soa.clone())]), batch(&[no_soa]));
    assert_eq!(lab.refused(&zone, vec![delete(ns.clone())]), batch(&[no_ns]));
    assert_eq!(lab.refused(&zone, vec![delete(ns.clone()), delete(soa.clone())]).0, Code::InvalidChangeBatch);
    // Both may be edited, also by DELETE and CREATE.
    let other = values(ZONE, "NS", &["ns1.example.com", "ns2.example.com"]);
    let faster = ResourceRecordSet { ttl: Some(60), ..soa };
    lab.change(&zone, vec![delete(ns), create(other), upsert(faster)]).unwrap();
    assert_eq!(lab.dig(ZONE, "NS"), ["ns1.example.com.", "ns2.example.com."]);
}

#[test]
fn t353_t354_t373_t374_t378_values_by_the_rules_of_their_types() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let long = format!("\"{}\"", "x".repeat(256));
    let longer = format!("\"{}\"", "x".repeat(3999));
    let fatal = |code: &str, text: &str, value: &str| {
        format!("Invalid Resource Record: 'FATAL problem: {code} ({text}) encountered with '{value}''")
    };
    let tag = "Only issue/issuewild/iodef is allowed for non critical flags.";
    let cases = [
        ("TXT", "v", fatal("InvalidCharacterString", "Value should be enclosed in quotation marks", "v")),
        ("TXT", &long, fatal("CharacterStringTooLong", "Value is too long", &long)),
        ("TXT", &longer, fatal("CharacterStringTooLong", "Value is too long", &longer)),
        ("A", "999.1.1.1", fatal("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address", "999.1.1.1")),
        ("HTTPS", "32768 .", "Invalid Resource Record: 'Unsupported SvcPriority value.'".to_owned()),
        ("CAA", "0 foo \"x\"", fatal("CAARRDATAInvalidTag", "Invalid tag", tag)),
    ];
    for (rtype, value, said) in cases {
        let (code, message) = lab.refused(&zone, vec![create(values("v.example.com", rtype, &[value]))]);
        assert_eq!((code, message), batch(&[&said]), "{rtype}");
    }
    let many: Vec<String> = (0..401).map(|at| format!("10.0.{}.{}", at / 256, at % 256)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (code, message) = lab.refused(&zone, vec![create(values("m.example.com", "A", &many))]);
    assert!(code == Code::InvalidChangeBatch && message.contains("401 of at most 400"), "{message}");
    let twice = create(values("d.example.com", "A", &["192.0.2.1", "192.0.2.1"]));
    assert_eq!(lab.refused(&zone, vec![twice]), batch(&["Duplicate Resource Record: '192.0.2.1'"]));
}

#[test]
fn t355_t377_i10_p2_what_is_malformed_is_invalid_input() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let whose = |action: &str, set: &str| {
        format!("in Change with [Action={action}, Name=a.example.com, Type=A, SetIdentifier={set}]")
    };
    let forms = "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
    let policies = "Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, \
                    or CidrRoutingConfig]";
    let one = values("a.example.com", "A", &["192.0.2.1"]);
    let bare = ResourceRecordSet { ttl: None, resource_records: None, ..one.clone() };
    let both = ResourceRecordSet { alias_target: alias("", "A", &zone, ZONE).alias_target, ..one.clone() };
    let named = ResourceRecordSet { set_identifier: Some("s".to_owned()), ..one.clone() };
    let two = ResourceRecordSet { weight: Some(1), multi_value_answer: Some(true), ..named.clone() };
    let nameless = ResourceRecordSet { weight: Some(1), ..one.clone() };
    let cases = [
        (delete(bare.clone()), format!("Invalid request: {forms}, but found none {}", whose("DELETE", "null"))),
        (create(both), format!("Invalid request: {forms}, but found more than one {}", whose("CREATE", "null"))),
        (create(named), format!("Invalid request: {policies}, but found none {}", whose("CREATE", "s"))),
        (upsert(two), format!("Invalid request: {policies}, but found more than one {}", whose("UPSERT", "s"))),
        (create(nameless), format!("Invalid request: Missing field 'SetIdentifier' {}", whose("CREATE", "null"))),
    ];
    for (asked, said) in cases {
        assert_eq!(lab.refused(&zone, vec![asked]), (Code::InvalidInput, said));
    }
    let several = vec![create(bare.clone()), create(one.clone()), create(bare)];
    let none = format!("{forms}, but found none {}", whose("CREATE", "null"));
    assert_eq!(lab.refused(&zone, several), (Code::InvalidInput, format!("Invalid request: {none}, {none}")));
    let (code, message) = lab.refused(&zone, vec![change("REPLACE", one)]);
    assert_eq!(code, Code::InvalidInput);
    assert!(message.contains("'REPLACE' is not facet-valid with respect to enumeration '[CREATE, DELETE, UPSERT]'"));
    // N-6
    let (code, message) = lab.refused(&zone, vec![create(values("a..example.com", "A", &["192.0.2.1"]))]);
    let said = "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'";
    assert_eq!((code, message.as_str()), (Code::InvalidInput, said));
}

#[test]
fn p3_p5_i7_one_policy_for_a_group() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let simple = values("w.example.com", "A", &["192.0.2.9"]);
    let one = weighted("w.example.com", "one", 1, "192.0.2.1");
    lab.change(&zone, vec![create(simple.clone())]).unwrap();
    let said = "RRSet with DNS name w.example.com., type A cannot be created as other RRSets exist with the same name and type.";
    assert_eq!(lab.refused(&zone, vec![upsert(one.clone())]), batch(&[said]));
    // P-5: all old ones go and all new ones come in one batch.
    let two = weighted("w.example.com", "two", 0, "192.0.2.2");
    lab.change(&zone, vec![delete(simple.clone()), create(one.clone()), create(two)]).unwrap();
    assert_eq!(lab.dig("w.example.com", "A"), ["192.0.2.1"]);
    assert_eq!(lab.refused(&zone, vec![create(simple)]), batch(&[said]));
    let late = ResourceRecordSet {
        weight: None,
        region: Some("eu-west-1".to_owned()),
        ..weighted("w.example.com", "a", 1, "192.0.2.3")
    };
    let said = "RRSet with DNS name w.example.com., type A, SetIdentifier a cannot be created as a non-latency set exists with \
                the same name and type.";
    assert_eq!(lab.refused(&zone, vec![create(late)]), batch(&[said]));
    // N-23
    let slow = ResourceRecordSet { ttl: Some(1), ..weighted("w.example.com", "three", 1, "192.0.2.3") };
    let (code, message) = lab.refused(&zone, vec![create(slow)]);
    assert!(
        code == Code::InvalidChangeBatch && message.contains("weighted sets must contain the same TTL."),
        "{message}"
    );
    // A-13
    let primary = ResourceRecordSet {
        failover: Some("PRIMARY".to_owned()),
        set_identifier: Some("p".to_owned()),
        ..values("f.example.com", "A", &["192.0.2.1"])
    };
    let said = "A non-alias primary ResourceRecordSet must have an associated health check. No changes made.";
    assert_eq!(lab.refused(&zone, vec![create(primary)]), batch(&[said]));
}

#[test]
fn t356_t357_n4_n5_names_come_back_folded_and_escaped() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    lab.change(&zone, vec![create(values(r"\101BC.example.com", "A", &["192.0.2.1"]))]).unwrap();
    lab.change(&zone, vec![create(values("*.x.example.com", "A", &["192.0.2.2"]))]).unwrap();
    assert_eq!(names(&lab.listed(&zone))[2..], ["abc.example.com. A", r"\052.x.example.com. A"]);
    assert_eq!(lab.dig("any.x.example.com", "A"), ["192.0.2.2"]);
    lab.change(&zone, vec![delete(values(r"\052.x.example.com.", "A", &["192.0.2.2"]))]).unwrap();
    assert_eq!(lab.dig("any.x.example.com", "A"), ["NXDOMAIN"]);
}

#[test]
fn t358_t359_t360_i18_i20_pages_in_the_order_of_reversed_names() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let labels = ["a.", "a-b.", "b.a.", "*.", "0.", "_s.", "z.", ""];
    let sets = labels.map(|label| create(values(&format!("{label}example.com"), "A", &["192.0.2.1"])));
    lab.change(&zone, sets.into()).unwrap();
    lab.change(&zone, vec![create(values(ZONE, "MX", &["10 mail.example.com"]))]).unwrap();
    let all = names(&lab.listed(&zone));
    let expected = [
        "example.com. A",
        "example.com. MX",
        "example.com. NS",
        "example.com. SOA",
        "0.example.com. A",
        r"\052.example.com. A",
        "_s.example.com. A",
        "a-b.example.com. A",
        "a.example.com. A",
        "b.a.example.com. A",
        "z.example.com. A",
    ];
    assert_eq!(all, expected);
    let page = |name: Option<&str>, rtype: Option<&str>, items: &str| {
        let request = ListResourceRecordSetsRequest {
            hosted_zone_id: zone.clone(),
            start_record_name: name.map(str::to_owned),
            start_record_type: rtype.map(str::to_owned),
            max_items: Some(items.to_owned()),
            start_record_identifier: None,
        };
        list_resource_record_sets(&lab.account, &caller(), request)
    };
    let mut next = (None, None);
    for (at, expected) in expected.iter().enumerate() {
        let found: ListResourceRecordSetsResponse = page(next.0.as_deref(), next.1.as_deref(), "1").unwrap();
        assert_eq!(names(&found.resource_record_sets), [*expected]);
        assert_eq!((found.is_truncated, found.max_items.as_str()), (at + 1 < all.len(), "1"));
        next = (found.next_record_name, found.next_record_type);
    }
    assert_eq!(next, (None, None));
    // The first at or after the start, whether that exists or not.
    assert_eq!(
        names(&page(Some("*.example.com"), Some("TXT"), "1").unwrap().resource_record_sets),
        ["_s.example.com. A"]
    );
    // T361
    for (name, rtype, items) in
        [(None, Some("A"), "1"), (None, None, "0"), (None, None, "x"), (Some("a..b"), None, "1")]
    {
        assert_eq!(page(name, rtype, items).unwrap_err().code, Code::InvalidInput, "{name:?} {rtype:?} {items}");
    }
    assert_eq!(page(None, None, "301").unwrap().max_items, "300");
}

#[test]
fn i20_pages_have_a_hundred_unless_asked_and_go_on_within_a_group() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let sets = (0..100).map(|at| create(weighted("w.example.com", &format!("s{at:03}"), 1, "192.0.2.1")));
    lab.change(&zone, sets.collect()).unwrap();
    let request = ListResourceRecordSetsRequest { hosted_zone_id: zone.clone(), ..Default::default() };
    let page = list_resource_record_sets(&lab.account, &caller(), request).unwrap();
    assert_eq!((page.resource_record_sets.len(), page.max_items.as_str()), (100, "100"));
    assert_eq!(page.next_record_identifier.as_deref(), Some("s098"));
    let ids: Vec<_> = lab.listed(&zone).into_iter().filter_map(|set| set.set_identifier).collect();
    assert!(ids.len() == 100 && ids.is_sorted(), "{ids:?}");
    // §2.6: a hundred in a group are enough.
    let (code, message) = lab.refused(&zone, vec![create(weighted("w.example.com", "more", 1, "192.0.2.1"))]);
    let said = "Exceeded limit on number of weighted RRSets for w.example.com., type A in this zone.";
    assert_eq!((code, message), batch(&[said]));
}

#[test]
fn t367_i15_a_change_is_in_sync_once_it_is_served() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let change = lab.change(&zone, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap();
    assert_eq!((change.status.as_str(), change.submitted_at.as_str()), ("PENDING", "2026-11-28T05:00:00.000Z"));
    assert!(change.id.starts_with("/change/C"), "{}", change.id);
    let status = |lab: &Lab, id: &str, at| {
        let request = GetChangeRequest { id: id.to_owned() };
        get_change(&lab.account, &Caller { at, ..caller() }, request).map(|found| found.change_info.status)
    };
    assert_eq!(status(&lab, &change.id, NOW), Ok("INSYNC".to_owned()));
    let unknown = status(&lab, "/change/C0", NOW).unwrap_err();
    assert_eq!((unknown.code, unknown.status()), (Code::NoSuchChange, 404));
    // Testers may want to wait.
    let settings = Settings { pending: std::time::Duration::from_secs(2), ..Settings::default() };
    let slow = Lab::with(Shared::new(), &[], settings);
    let zone = slow.zone(ZONE);
    let change = slow.change(&zone, vec![create(values("a.example.com", "A", &["192.0.2.1"]))]).unwrap();
    assert_eq!(status(&slow, &change.id, NOW + 1999), Ok("PENDING".to_owned()));
    assert_eq!(status(&slow, &change.id, NOW + 2000), Ok("INSYNC".to_owned()));
}

#[test]
fn t372_c33_a_check_that_is_not_there() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let set =
        ResourceRecordSet { health_check_id: Some("none".to_owned()), ..values("a.example.com", "A", &["192.0.2.1"]) };
    let error = lab.change(&zone, vec![create(set)]).unwrap_err();
    assert_eq!((error.code, error.status()), (Code::NoSuchHealthCheck, 404));
}

#[test]
fn t376_i7_upserting_what_is_there_succeeds_with_a_change_of_its_own() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let set = values("a.example.com", "A", &["192.0.2.1"]);
    let ids = [0; 2].map(|_| lab.change(&zone, vec![upsert(set.clone())]).unwrap().id);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(lab.dig("a.example.com", "A"), ["192.0.2.1"]);
}

#[test]
fn a7_an_alias_into_another_zone_of_ours_is_refused() {
    let lab = Lab::new();
    let (zone, other) = (lab.zone(ZONE), lab.zone("example.org"));
    let (code, message) = lab.refused(&zone, vec![create(alias("a.example.com", "A", &other, "x.example.org"))]);
    assert_eq!(code, Code::InvalidChangeBatch);
    assert!(message.contains("the alias target name does not lie within the target zone"), "{message}");
    // An alias beyond all zones is taken, and answers nothing as long as no provider stands in for it.
    lab.change(&zone, vec![create(alias("b.example.com", "A", "Z2FDTNDATAQYW2", "d1.cloudfront.net"))]).unwrap();
    assert_eq!(lab.dig("b.example.com", "A"), Vec::<String>::new());
    assert_eq!(lab.listed(&zone)[2].alias_target.as_ref().unwrap().dns_name, "d1.cloudfront.net.");
}

#[test]
fn a_refused_change_makes_no_second_fault_of_what_it_leaves_missing() {
    let lab = Lab::new();
    let zone = lab.zone(ZONE);
    let target = create(values("t.example.com", "A", &["1.2.3"]));
    let (_, message) = lab.refused(&zone, vec![create(alias("a.example.com", "A", &zone, "t.example.com")), target]);
    assert!(message.starts_with("[Invalid Resource Record: ") && !message.contains("not found"), "{message}");
    let unknown = CidrRoutingConfig { collection_id: "none".to_owned(), location_name: "*".to_owned() };
    let set = ResourceRecordSet {
        cidr_routing_config: Some(unknown),
        set_identifier: Some("s".to_owned()),
        ..values("c.example.com", "A", &["192.0.2.1"])
    };
    let (code, message) = lab.refused(&zone, vec![create(set)]);
    assert!(code == Code::InvalidChangeBatch && message.contains("CIDR collection \"none\""), "{message}");
}

#[test]
fn what_was_changed_is_there_after_a_restart() {
    let store = Shared::new();
    let (zone, listed, change) = {
        let lab = Lab::with(store.clone(), &[], Settings::default());
        let zone = lab.zone(ZONE);
        let sets = [weighted("w.example.com", "a/b c", 1, "192.0.2.1"), values("*.example.com", "TXT", &["\"\\351\""])];
        let change = lab.change(&zone, sets.map(create).into()).unwrap();
        (zone.clone(), lab.listed(&zone), change)
    };
    let lab = Lab::with(store, &[], Settings::default());
    assert_eq!(lab.listed(&zone), listed);
    assert_eq!(lab.dig("w.example.com", "A"), ["192.0.2.1"]);
    assert_eq!(lab.dig("x.example.com", "TXT"), ["\"\\351\""]);
    let found = get_change(&lab.account, &caller(), GetChangeRequest { id: change.id.clone() }).unwrap();
    assert_eq!((found.change_info.id, found.change_info.status), (change.id, "INSYNC".to_owned()));
    assert_eq!(
        lab.refused(&zone, vec![create(weighted("w.example.com", "a/b c", 1, "192.0.2.1"))]).0,
        Code::InvalidChangeBatch
    );
}
