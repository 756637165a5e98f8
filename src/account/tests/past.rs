//! The way back, and zones of files taken over.

use super::lab::{Lab, Shared, caller};
use crate::account::past::{NotThere, Way, called, concerns, restore};
use crate::account::zone::Zone;
use crate::account::{Draft, Settings, delegation, dnssec, filed_zones, protections as protected, query_logging, tags};
use crate::api::{protections, records, vpc, zones};
use crate::database::{Audit, Change, Entry, Revision, Write};
use crate::export::{record_sets, whole};
use crate::model::Name;
use crate::route53::{
    ApiError, Change as Asked, ChangeBatch, ChangeResourceRecordSetsRequest, ChangeTagsForResourceRequest, Code,
    CreateHostedZoneRequest, CreateKeySigningKeyRequest, CreateQueryLoggingConfigRequest,
    CreateResourceRecordSetProtectionsRequest, CreateReusableDelegationSetRequest,
    DisassociateVPCFromHostedZoneRequest, ListHostedZonesByVPCRequest, QueryLoggingConfig, ResourceRecord,
    ResourceRecordSet, ResourceRecordSetProtectionConfig, ResourceRecordSetProtectionKey, Tag, VPC,
};

fn entry(revision: u64, changes: &[(&str, Option<&str>, Option<&str>)]) -> Entry {
    let change = |(key, before, after): &(&str, Option<&str>, Option<&str>)| Change {
        key: (*key).to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let audit = Audit { who: "w".into(), operation: "o".into(), request: "r".into(), at: 0, zones: vec![] };
    Entry { revision: Revision(revision), audit, changes: changes.iter().map(change).collect() }
}

#[test]
fn the_way_back_is_what_was_first_seen_of_each_document() {
    let entries = [
        entry(
            4,
            &[("rrset/Z1/a", Some("1"), Some("2")), ("rrset/Z1/b", None, Some("1")), ("zone/Z1", Some("z"), Some("y"))],
        ),
        entry(5, &[("rrset/Z1/a", Some("2"), None), ("rrset/Z2/a", Some("1"), None), ("change/C", None, Some("{}"))]),
        entry(6, &[("rrset/Z1/c", Some("1"), None), ("rrset/Z1/d", None, Some("1")), ("rrset/Z1/d", Some("1"), None)]),
        entry(7, &[("rrset/Z1/c", None, Some("1")), ("rrset/Z1/t", None, Some(r#"{"TrafficPolicyInstanceId":"i"}"#))]),
    ];
    let writes = vec![Write::set("rrset/Z1/a", "1"), Write::delete("rrset/Z1/b")];
    assert_eq!(restore(&entries, "Z1"), Ok(Way { writes, left: vec!["rrset/Z1/t".into()] }));
    assert_eq!(restore(&entries, "Z"), Ok(Way::default()), "an id that another begins with");
    let gone = [entry(8, &[("zone/Z1", Some("z"), None), ("rrset/Z1/a", Some("1"), None)])];
    let writes = vec![Write::set("rrset/Z1/a", "1"), Write::set("zone/Z1", "z")];
    assert_eq!(restore(&gone, "Z1").map(|way| way.writes), Ok(writes));
    let born = [entry(3, &[("zone/Z1", None, Some("z"))]), gone[0].clone()];
    assert_eq!(restore(&born, "Z1"), Err(NotThere));
}

fn set(name: &str, values: &[&str]) -> ResourceRecordSet {
    let value = |value: &&str| ResourceRecord { value: (*value).to_owned() };
    ResourceRecordSet {
        name: name.to_owned(),
        r#type: "A".to_owned(),
        ttl: Some(60),
        resource_records: Some(values.iter().map(value).collect()),
        ..ResourceRecordSet::default()
    }
}

impl Lab {
    fn born(&self, name: &str) -> String {
        let input = CreateHostedZoneRequest {
            name: name.to_owned(),
            caller_reference: name.to_owned(),
            ..CreateHostedZoneRequest::default()
        };
        let made = zones::create_hosted_zone(&self.account, &caller(), input).expect("a zone");
        crate::route53::bare_id(&made.hosted_zone.id).to_owned()
    }

    fn edit(&self, zone: &str, changes: &[(&str, ResourceRecordSet)]) -> u64 {
        let changes = changes
            .iter()
            .map(|(action, set)| Asked { action: (*action).to_owned(), resource_record_set: set.clone() });
        let change_batch = ChangeBatch { comment: None, changes: changes.collect() };
        let input = ChangeResourceRecordSetsRequest { hosted_zone_id: zone.to_owned(), change_batch };
        records::change_resource_record_sets(&self.account, &caller(), input).expect("a change");
        self.last(zone)
    }

    fn last(&self, zone: &str) -> u64 {
        self.account.history(zone, Revision(0), Some(1)).unwrap().last().map_or(0, |entry| entry.revision.0)
    }

    fn held(&self, zone: &str) -> Vec<ResourceRecordSet> {
        self.account.read(|reader| {
            reader.list::<ResourceRecordSet>(&format!("{zone}/"), "").map(|(_, set)| (**set).clone()).collect()
        })
    }
}

#[test]
fn a_zone_goes_back_to_a_revision_and_answers_as_it_did() {
    let store = Shared::new();
    let lab = Lab::with(store.clone(), &[], Settings::default());
    let zone = lab.born("example.com");
    let other = lab.born("example.org");
    let www = |values: &[&str]| set("www.example.com", values);
    let first = lab.edit(&zone, &[("CREATE", www(&["192.0.2.1"])), ("CREATE", set("a.example.com", &["192.0.2.9"]))]);
    let then = lab.held(&zone);
    lab.edit(&zone, &[("UPSERT", www(&["192.0.2.2", "192.0.2.3"])), ("DELETE", set("a.example.com", &["192.0.2.9"]))]);
    lab.edit(&other, &[("CREATE", set("www.example.org", &["192.0.2.7"]))]);
    let last = lab.edit(&zone, &[("CREATE", set("new.example.com", &["192.0.2.4"]))]);
    let late = lab.held(&zone);
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.2", "192.0.2.3"]);

    let way = lab.account.roll_back(&caller(), &zone, Revision(first)).unwrap();
    assert_eq!((way.writes.len(), lab.held(&zone)), (3, then.clone()));
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    assert_eq!(
        (lab.dig("new.example.com", "A"), lab.dig("www.example.org", "A")),
        (vec!["NXDOMAIN".into()], vec!["192.0.2.7".into()])
    );
    let history = lab.account.history(&zone, Revision(last), None).unwrap();
    let told: Vec<_> = history.iter().map(|entry| (&*entry.audit.operation, &*entry.audit.who)).collect();
    assert_eq!(told, [("RollBack", "tester")], "it is a batch like any other");
    assert!(history[0].changes.iter().any(|change| called(change) == "new.example.com. A"));

    assert_eq!(lab.account.roll_back(&caller(), &zone, Revision(first)).unwrap(), Way::default(), "nothing left to do");
    lab.account.roll_back(&caller(), &zone, Revision(last)).unwrap();
    assert_eq!(lab.held(&zone), late, "and forward again");

    let refused = |to| lab.account.roll_back(&caller(), &zone, Revision(to)).unwrap_err().message;
    assert!(refused(0).contains("not there yet") && refused(last + 100).contains("still to come"));
    let unknown = lab.account.roll_back(&caller(), "Z404", Revision(0)).unwrap_err();
    assert_eq!(unknown.code, Code::NoSuchHostedZone);
    let again = Lab::with(store, &[], Settings::default());
    assert_eq!(again.held(&zone), late, "kept");
}

#[test]
fn i13_what_is_protected_does_not_go_back() {
    let lab = Lab::new();
    let zone = lab.born("example.com");
    let first = lab.edit(&zone, &[("CREATE", set("www.example.com", &["192.0.2.1"]))]);
    lab.edit(
        &zone,
        &[("UPSERT", set("www.example.com", &["192.0.2.2"])), ("CREATE", set("a.example.com", &["192.0.2.3"]))],
    );
    let held = lab.held(&zone);
    let input = CreateResourceRecordSetProtectionsRequest {
        hosted_zone_id: zone.clone(),
        protections: vec![ResourceRecordSetProtectionConfig {
            record_name: "www.example.com".to_owned(),
            record_type: "A".to_owned(),
            comment: None,
        }],
    };
    protections::create_resource_record_set_protections(&lab.account, &caller(), input).unwrap();
    let refused = lab.account.roll_back(&caller(), &zone, Revision(first)).unwrap_err();
    assert_eq!(refused.code, Code::InvalidChangeBatch);
    assert!(
        refused.message.contains("www.example.com., type A cannot be changed because it is protected"),
        "{refused}"
    );
    assert_eq!(
        (lab.held(&zone), lab.dig("a.example.com", "A")),
        (held, vec!["192.0.2.3".to_owned()]),
        "nothing in part"
    );
}

#[test]
fn a_zone_that_was_deleted_comes_back_with_all_it_held() {
    let lab = Lab::new();
    let zone = lab.born("example.com");
    let full = lab.edit(&zone, &[("CREATE", set("www.example.com", &["192.0.2.1"]))]);
    let then = lab.held(&zone);
    lab.edit(&zone, &[("DELETE", set("www.example.com", &["192.0.2.1"]))]);
    lab.unmake(&zone).unwrap();
    assert_eq!(lab.dig("www.example.com", "A"), ["REFUSED"]);
    lab.account.roll_back(&caller(), &zone, Revision(full)).unwrap();
    assert_eq!((lab.held(&zone), lab.dig("www.example.com", "A")), (then, vec!["192.0.2.1".to_owned()]));
}

#[test]
fn what_hangs_on_a_zone_is_in_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::with(Shared::new(), &[], Settings { keys: folder.path().to_owned(), ..Settings::default() });
    let zone = lab.born("example.com");
    let begun = lab.last(&zone);
    let done = |operation: &str, work: &dyn Fn(&mut Draft<'_>) -> Result<(), ApiError>| {
        lab.account.transact(&caller(), operation, |draft| work(draft)).expect(operation);
    };
    let tags = |add: Option<Vec<Tag>>, remove: Option<Vec<String>>| ChangeTagsForResourceRequest {
        resource_type: "hostedzone".to_owned(),
        resource_id: zone.clone(),
        add_tags: add,
        remove_tag_keys: remove,
    };
    let tag = Tag { key: Some("k".to_owned()), value: Some("v".to_owned()) };
    done("tag", &|draft| tags::change(draft, tags(Some(vec![tag.clone()]), None)));
    done("untag", &|draft| tags::change(draft, tags(None, Some(vec!["k".to_owned()]))));
    let (record_name, record_type) = ("www.example.com".to_owned(), "A".to_owned());
    let held = ResourceRecordSetProtectionConfig { record_name, record_type, comment: None };
    let freed =
        ResourceRecordSetProtectionKey { record_name: held.record_name.clone(), record_type: held.record_type.clone() };
    done("protect", &|draft| protected::create(draft, &zone, vec![held.clone()]));
    done("free", &|draft| protected::delete(draft, &zone, vec![freed.clone()]));
    let log = CreateQueryLoggingConfigRequest {
        hosted_zone_id: zone.clone(),
        cloud_watch_logs_log_group_arn: "arn:aws:logs:us-east-1:000000000000:log-group:g".to_owned(),
    };
    done("log", &|draft| query_logging::create(draft, log.clone()).map(drop));
    let config = lab.account.read(|reader| reader.list::<QueryLoggingConfig>("", "").next().unwrap().0.to_owned());
    done("silence", &|draft| query_logging::delete(draft, &config));
    let key = CreateKeySigningKeyRequest {
        caller_reference: "r".to_owned(),
        hosted_zone_id: zone.clone(),
        key_management_service_arn: "arn:aws:kms:us-east-1:123456789012:key/k".to_owned(),
        name: "key".to_owned(),
        status: "INACTIVE".to_owned(),
    };
    done("key", &|draft| dnssec::create(draft, key.clone()).map(drop));
    done("no key", &|draft| dnssec::delete(draft, &zone, "key").map(drop));

    let history = lab.account.history(&zone, Revision(begun), None).unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|entry| {
            let own = entry.changes.iter().filter(|change| concerns(change, &zone)).map(called);
            (&*entry.audit.operation, own.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let expected = [
        ("tag", "tags"),
        ("untag", "tags"),
        ("protect", "protection"),
        ("free", "protection"),
        ("log", "querylog"),
        ("silence", "querylog"),
        ("key", "keys"),
        ("no key", "keys"),
    ];
    assert_eq!(told, expected.map(|(operation, what)| (operation, what.to_owned())));
    assert_eq!(lab.account.roll_back(&caller(), &zone, Revision(begun)), Ok(Way::default()), "no record sets changed");
}

#[test]
fn z5_z13_a_zone_does_not_come_back_where_what_it_had_is_anothers_or_gone() {
    let lab = Lab::new();
    let set = || {
        let request = CreateReusableDelegationSetRequest { caller_reference: "s".to_owned(), hosted_zone_id: None };
        let made = lab.account.transact(&caller(), "Test", |draft| delegation::create(draft, request));
        made.expect("a set").delegation_set.id.expect("an id")
    };
    let with = |name: &str, reference: &str, delegation_set_id: Option<String>| {
        let request = CreateHostedZoneRequest {
            name: name.to_owned(),
            caller_reference: reference.to_owned(),
            delegation_set_id,
            ..CreateHostedZoneRequest::default()
        };
        let made = zones::create_hosted_zone(&lab.account, &caller(), request).expect("a zone");
        crate::route53::bare_id(&made.hosted_zone.id).to_owned()
    };
    let back = |zone: &str, to: u64| lab.account.roll_back(&caller(), zone, Revision(to)).map(drop);

    let first = with("example.com", "r", None);
    let then = lab.last(&first);
    lab.unmake(&first).unwrap();
    let second = with("example.org", "r", None);
    let refused = back(&first, then).unwrap_err();
    assert_eq!(refused.code, Code::HostedZoneAlreadyExists);
    assert_eq!(refused.message, format!("Hosted zone {first} had the caller reference r, which {second} has by now."));
    lab.unmake(&second).unwrap();
    assert_eq!(back(&first, then), Ok(()));

    let id = set();
    let third = with("example.net", "t", Some(id.clone()));
    let then = lab.last(&third);
    lab.unmake(&third).unwrap();
    lab.account.transact(&caller(), "Test", |draft| delegation::delete(draft, &id)).unwrap();
    let refused = back(&third, then).unwrap_err();
    assert_eq!(refused.code, Code::NoSuchDelegationSet, "{refused}");
    assert_eq!(lab.dig("example.net", "SOA"), ["REFUSED"]);
}

const FILE: &str = "zone = \"example.com\"\nid = \"mine\"\ncomment = \"ours\"\n[check.up]\ngiven = \"healthy\"\n\
    [[record]]\nname = \"www\"\ntype = \"A\"\n\
    failover.primary = { value = \"192.0.2.1\", check = \"up\" }\nfailover.secondary = { value = \"192.0.2.2\" }\n\
    [[record]]\nname = \"plain\"\ntype = \"TXT\"\nvalue = \"a;b\\\"c\"\n";

#[test]
fn a_zone_of_a_file_is_taken_over_and_the_file_no_longer_looked_at() {
    let store = Shared::new();
    let files = [("example.com.toml", FILE)];
    let lab = Lab::with(store.clone(), &files, Settings::default());
    let world = lab.account.world();
    let zone = filed_zones(&world).next().unwrap().clone();
    let sets = record_sets(&zone);
    lab.account.import(&caller(), &zone, sets.clone()).unwrap();
    assert_eq!(lab.held("mine"), sets);
    assert_eq!(
        (lab.dig("www.example.com", "A"), lab.dig("plain.example.com", "TXT").len()),
        (vec!["192.0.2.1".into()], 1)
    );
    assert_eq!(filed_zones(&lab.account.world()).count(), 0, "it is the API's");
    lab.account.read(|reader| {
        let zone = reader.find::<Zone>("mine").unwrap();
        assert_eq!(
            (zone.name(), zone.delegation_set.name_servers.len()),
            (Name::parse("example.com.", None).unwrap(), 4)
        );
    });
    lab.edit("mine", &[("UPSERT", set("www2.example.com", &["192.0.2.5"]))]);
    let refused = lab.account.import(&caller(), &zone, sets).unwrap_err();
    assert_eq!(refused.code, Code::HostedZoneAlreadyExists);

    // The file is still there after a restart, and at a reload.
    let again = Lab::with(store, &files, Settings::default());
    assert_eq!(again.dig("www2.example.com", "A"), ["192.0.2.5"]);
    let report = again.control.reload().unwrap();
    let said: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    let told =
        "example.com.toml:1: warning: zone example.com. is served as the API has it, not as this file says; remove";
    assert!(said.iter().any(|said| said.starts_with(told)), "{said:?}");
    assert_eq!(again.dig("www2.example.com", "A"), ["192.0.2.5"]);
}

#[test]
fn a_zone_whose_answers_depend_on_its_file_is_not_taken_over() {
    let text = "zone = \"example.com\"\n[[provider]]\nname = \"lb.test\"\nA = [\"192.0.2.9\"]\n\
        [[record]]\nname = \"www\"\ntype = \"A\"\nalias = \"lb.test.\"\n";
    let lab = Lab::with(Shared::new(), &[("t.toml", text)], Settings::default());
    let zone = filed_zones(&lab.account.world()).next().unwrap().clone();
    let refused = lab.account.import(&caller(), &zone, record_sets(&zone)).unwrap_err();
    assert!(refused.message.contains("aliases to lb.test. are answered by a [[provider]]"), "{refused}");
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.9"]);
}

#[test]
fn z24_an_imported_zone_is_tied_to_vpcs_whose_region_nobody_said() {
    let text = "zone = \"corp.example\"\nid = \"corp\"\nviews = [\"office\", \"lab\"]\n\
        [view.office]\nnetworks = [\"10.0.0.0/9\"]\n[view.lab]\nnetworks = [\"10.128.0.0/9\"]\nregion = \"eu-west-1\"\n";
    let lab = Lab::with(Shared::new(), &[("corp.toml", text)], Settings::default());
    let world = lab.account.world();
    let source = filed_zones(&world).next().unwrap();
    let compiled = world.snapshot.zones.iter().find(|compiled| compiled.id == source.id).unwrap();
    let zone = whole(source, compiled);
    lab.account.import(&caller(), &zone, record_sets(&zone)).unwrap();
    let seen = |vpc: &str, region: &str| {
        let request = ListHostedZonesByVPCRequest {
            vpc_id: vpc.to_owned(),
            vpc_region: region.to_owned(),
            ..ListHostedZonesByVPCRequest::default()
        };
        vpc::list_hosted_zones_by_vpc(&lab.account, &caller(), request).unwrap().hosted_zone_summaries.len()
    };
    assert_eq!((seen("office", "us-east-1"), seen("other", "us-east-1")), (1, 0));
    assert_eq!((seen("lab", "eu-west-1"), seen("lab", "us-east-1")), (1, 0), "a Region that is known counts");
    let untie = |vpc: &str| {
        let vpc = VPC { vpc_id: Some(vpc.to_owned()), vpc_region: Some("us-east-1".to_owned()) };
        let request = DisassociateVPCFromHostedZoneRequest { hosted_zone_id: "corp".to_owned(), vpc, comment: None };
        vpc::disassociate_vpc_from_hosted_zone(&lab.account, &caller(), request)
    };
    assert_eq!(untie("lab").unwrap_err().code, Code::VPCAssociationNotFound);
    untie("office").unwrap();
    assert_eq!((seen("office", "us-east-1"), seen("lab", "eu-west-1")), (0, 1));
}
