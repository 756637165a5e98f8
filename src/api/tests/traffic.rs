//! Traffic policies, versions and instances: F-6…F-14, T306…T310.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{alias, change, values};
use crate::account::Settings;
use crate::account::tests::lab::{Lab, NOW, Shared, caller};
use crate::api::{traffic, traffic_instances as instances};
use crate::model::quotas::Quotas;
use crate::route53::{
    ApiError, Caller, Code, CreateTrafficPolicyInstanceRequest, CreateTrafficPolicyRequest,
    CreateTrafficPolicyVersionRequest, DeleteTrafficPolicyInstanceRequest, DeleteTrafficPolicyRequest,
    GetTrafficPolicyInstanceCountRequest, GetTrafficPolicyInstanceRequest, GetTrafficPolicyRequest,
    ListTrafficPoliciesRequest, ListTrafficPolicyInstancesByHostedZoneRequest,
    ListTrafficPolicyInstancesByPolicyRequest, ListTrafficPolicyInstancesRequest, ListTrafficPolicyVersionsRequest,
    ResourceRecordSet, TrafficPolicy, TrafficPolicyInstance, UpdateTrafficPolicyCommentRequest,
    UpdateTrafficPolicyInstanceRequest,
};

/// A document of one value.
fn one(rtype: &str, value: &str) -> String {
    format!(
        r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "{rtype}", "StartEndpoint": "e",
            "Endpoints": {{"e": {{"Type": "value", "Value": "{value}"}}}}}}"#
    )
}

/// A document of a weighted rule whose only way is a rule whose only way is a value.
fn deep(value: &str) -> String {
    format!(
        r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "top",
            "Endpoints": {{"e": {{"Type": "value", "Value": "{value}"}}}},
            "Rules": {{
                "top": {{"RuleType": "weighted", "Items": [{{"RuleReference": "below", "Weight": "1"}}]}},
                "below": {{"RuleType": "weighted", "Items": [{{"EndpointReference": "e", "Weight": 1}}]}}}}}}"#
    )
}

impl Lab {
    fn policy(&self, name: &str, document: &str) -> Result<TrafficPolicy, ApiError> {
        let request = CreateTrafficPolicyRequest {
            name: name.to_owned(),
            document: document.to_owned(),
            comment: Some("the first".to_owned()),
        };
        traffic::create_traffic_policy(&self.account, &caller(), request).map(|made| made.traffic_policy)
    }

    fn version(&self, id: &str, document: &str) -> Result<TrafficPolicy, ApiError> {
        let request =
            CreateTrafficPolicyVersionRequest { id: id.to_owned(), document: document.to_owned(), comment: None };
        traffic::create_traffic_policy_version(&self.account, &caller(), request).map(|made| made.traffic_policy)
    }

    fn forget(&self, id: &str, version: i64) -> Result<(), ApiError> {
        let request = DeleteTrafficPolicyRequest { id: id.to_owned(), version };
        traffic::delete_traffic_policy(&self.account, &caller(), request).map(drop)
    }

    fn versions(&self, id: &str) -> Vec<i64> {
        let request = ListTrafficPolicyVersionsRequest { id: id.to_owned(), ..Default::default() };
        let listed = traffic::list_traffic_policy_versions(&self.account, &caller(), request).expect("versions");
        listed.traffic_policies.iter().map(|policy| policy.version).collect()
    }

    fn instance(&self, zone: &str, name: &str, policy: &str, version: i64) -> Result<TrafficPolicyInstance, ApiError> {
        let request = CreateTrafficPolicyInstanceRequest {
            hosted_zone_id: zone.to_owned(),
            name: name.to_owned(),
            ttl: 60,
            traffic_policy_id: policy.to_owned(),
            traffic_policy_version: version,
        };
        let made = instances::create_traffic_policy_instance(&self.account, &caller(), request)?;
        let location = format!("/2013-04-01/trafficpolicyinstance/{}", made.traffic_policy_instance.id);
        assert_eq!(made.location, location);
        Ok(made.traffic_policy_instance)
    }

    fn switch(&self, id: &str, policy: &str, version: i64, ttl: i64) -> Result<TrafficPolicyInstance, ApiError> {
        let request = UpdateTrafficPolicyInstanceRequest {
            id: id.to_owned(),
            ttl,
            traffic_policy_id: policy.to_owned(),
            traffic_policy_version: version,
        };
        let switched = instances::update_traffic_policy_instance(&self.account, &caller(), request);
        switched.map(|switched| switched.traffic_policy_instance)
    }

    fn remove(&self, id: &str) -> Result<(), ApiError> {
        let request = DeleteTrafficPolicyInstanceRequest { id: id.to_owned() };
        instances::delete_traffic_policy_instance(&self.account, &caller(), request).map(drop)
    }

    fn at(&self, caller: &Caller, id: &str) -> Result<TrafficPolicyInstance, ApiError> {
        let request = GetTrafficPolicyInstanceRequest { id: id.to_owned() };
        instances::get_traffic_policy_instance(&self.account, caller, request).map(|got| got.traffic_policy_instance)
    }

    fn state(&self, id: &str) -> (String, String) {
        let instance = self.at(&caller(), id).expect("an instance");
        (instance.state, instance.message)
    }
}

fn code<T: std::fmt::Debug>(refused: Result<T, ApiError>) -> Code {
    refused.expect_err("a refusal").code
}

#[test]
fn f6_policies_have_a_name_of_their_own_and_a_type() {
    let lab = Lab::new();
    let made = lab.policy("site", &one("A", "192.0.2.1")).expect("a policy");
    assert_eq!((made.version, made.r#type.as_str(), made.comment.as_deref()), (1, "A", Some("the first")));
    assert_eq!(made.document, one("A", "192.0.2.1"), "as it was given");
    assert_eq!(code(lab.policy("site", &one("A", "192.0.2.2"))), Code::TrafficPolicyAlreadyExists);
    assert!(lab.policy("sit", &one("A", "192.0.2.2")).is_ok(), "the beginning of a name is another name");
    let refused = lab.policy("bad", &one("A", "x")).expect_err("a bad document");
    assert_eq!(refused.code, Code::InvalidTrafficPolicyDocument);
    assert!(refused.message.starts_with("Endpoints.e: Invalid Resource Record: "), "{refused}");
    let comment = |version, comment: &str| {
        let request = UpdateTrafficPolicyCommentRequest { id: made.id.clone(), version, comment: comment.to_owned() };
        traffic::update_traffic_policy_comment(&lab.account, &caller(), request)
    };
    assert_eq!(comment(1, "another").expect("taken").traffic_policy.comment.as_deref(), Some("another"));
    assert_eq!(code(comment(2, "none")), Code::NoSuchTrafficPolicy);
    let get = |version| {
        let request = GetTrafficPolicyRequest { id: made.id.clone(), version };
        traffic::get_traffic_policy(&lab.account, &caller(), request)
    };
    assert_eq!(get(1).expect("a version").traffic_policy.comment.as_deref(), Some("another"));
    lab.forget(&made.id, 1).expect("deleted");
    assert!(get(1).is_ok(), "F-8: still readable by its id");
    assert_eq!(code(comment(1, "late")), Code::NoSuchTrafficPolicy);
    assert_eq!(code(lab.forget(&made.id, 1)), Code::NoSuchTrafficPolicy);
    assert_eq!(code(lab.version(&made.id, &one("A", "192.0.2.1"))), Code::NoSuchTrafficPolicy, "none is left");
    assert!(lab.policy("site", &one("A", "192.0.2.1")).is_ok(), "and its name is free");
}

#[test]
fn t306_version_numbers_are_never_used_again() {
    let lab = Lab::new();
    let id = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy").id;
    for version in [2, 3] {
        assert_eq!(lab.version(&id, &one("A", "192.0.2.2")).expect("a version").version, version);
    }
    lab.forget(&id, 2).expect("deleted");
    lab.forget(&id, 3).expect("deleted");
    let made = lab.version(&id, &one("AAAA", "2001:db8::1")).expect("a version");
    assert_eq!((made.version, made.name.as_str(), made.r#type.as_str()), (4, "p", "AAAA"), "T306, F-7");
    assert_eq!(lab.versions(&id), [1, 4]);
    let few = Settings { quotas: Quotas { traffic_policy_versions: 2, ..Quotas::default() }, ..Settings::default() };
    let lab = Lab::with(Shared::new(), &[], few);
    let id = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy").id;
    lab.version(&id, &one("A", "192.0.2.1")).expect("a second");
    let refused = lab.version(&id, &one("A", "192.0.2.1"));
    assert_eq!(code(refused), Code::TooManyTrafficPolicyVersionsForCurrentPolicy, "F-7");
    lab.forget(&id, 1).expect("deleted");
    assert_eq!(lab.version(&id, &one("A", "192.0.2.1")).expect("there is room").version, 3);
}

#[test]
fn lists_of_policies_and_versions_come_in_pages() {
    let lab = Lab::new();
    let later = |seconds: i64| Caller { at: NOW + seconds * 1000, ..caller() };
    let ids: Vec<String> = (0..5)
        .map(|at| {
            let (name, document) = (format!("p{at}"), one("A", "192.0.2.1"));
            let request = CreateTrafficPolicyRequest { name, document, comment: None };
            let made = traffic::create_traffic_policy(&lab.account, &later(at), request).expect("a policy");
            assert_eq!(made.location, format!("/2013-04-01/trafficpolicy/{}/1", made.traffic_policy.id));
            made.traffic_policy.id
        })
        .collect();
    lab.version(&ids[1], &one("AAAA", "2001:db8::1")).expect("a version");
    lab.forget(&ids[3], 1).expect("deleted");
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let request = ListTrafficPoliciesRequest { traffic_policy_id_marker: marker, max_items: Some("2".to_owned()) };
        let page = traffic::list_traffic_policies(&lab.account, &caller(), request).expect("a page");
        assert!(page.traffic_policy_summaries.len() <= 2 && page.max_items == "2");
        seen.extend(page.traffic_policy_summaries);
        if !page.is_truncated {
            assert_eq!(page.traffic_policy_id_marker, "");
            break;
        }
        marker = Some(page.traffic_policy_id_marker);
    }
    let listed: Vec<&str> = seen.iter().map(|summary| &*summary.id).collect();
    assert_eq!(listed, [&ids[0], &ids[1], &ids[2], &ids[4]], "in the order they were made; F-8: deleted ones are not");
    let second = &seen[1];
    assert_eq!((second.latest_version, second.traffic_policy_count, &*second.r#type), (2, 2, "AAAA"));
    let request = |marker: &str| ListTrafficPoliciesRequest {
        traffic_policy_id_marker: Some(marker.to_owned()),
        ..Default::default()
    };
    assert_eq!(code(traffic::list_traffic_policies(&lab.account, &caller(), request("nobody"))), Code::InvalidInput);
    let after = traffic::list_traffic_policies(&lab.account, &caller(), request(&ids[3])).expect("a page");
    assert_eq!(after.traffic_policy_summaries[0].id, ids[4], "a marker may be deleted meanwhile");

    let versions = |marker: Option<&str>| {
        let request = ListTrafficPolicyVersionsRequest {
            id: ids[1].clone(),
            traffic_policy_version_marker: marker.map(str::to_owned),
            max_items: Some("1".to_owned()),
        };
        traffic::list_traffic_policy_versions(&lab.account, &caller(), request)
    };
    let first = versions(None).expect("a page");
    assert_eq!((first.traffic_policies[0].version, &*first.traffic_policy_version_marker), (1, "2"));
    let second = versions(Some("2")).expect("a page");
    assert_eq!((second.traffic_policies[0].version, second.is_truncated), (2, false));
    assert_eq!(code(versions(Some("x"))), Code::InvalidInput);
    let gone = ListTrafficPolicyVersionsRequest { id: ids[3].clone(), ..Default::default() };
    assert_eq!(code(traffic::list_traffic_policy_versions(&lab.account, &caller(), gone)), Code::NoSuchTrafficPolicy);
    let few = Settings { quotas: Quotas { traffic_policies: 1, ..Quotas::default() }, ..Settings::default() };
    let lab = Lab::with(Shared::new(), &[], few);
    lab.policy("a", &one("A", "192.0.2.1")).expect("the first");
    assert_eq!(code(lab.policy("b", &one("A", "192.0.2.1"))), Code::TooManyTrafficPolicies);
}

#[test]
fn t310_f9_f12_an_instance_is_served_and_shown_by_its_root_alone() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let policy = lab.policy("p", &deep("192.0.2.1")).expect("a policy");
    let before = lab.listed(&zone);
    let made = lab.instance(&zone, "App.example.com", &policy.id, 1).expect("an instance");
    assert_eq!((made.state.as_str(), made.name.as_str(), made.ttl), ("Creating", "app.example.com.", 60), "F-10");
    assert_eq!((made.hosted_zone_id.as_str(), made.traffic_policy_type.as_str()), (zone.as_str(), "A"));
    assert_eq!(lab.state(&made.id), ("Applied".to_owned(), String::new()), "F-10");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.1"], "F-13");
    assert_eq!(lab.dig("app.example.com", "AAAA"), [] as [&str; 0]);
    for hidden in ["top.app.example.com", "below.app.example.com", "top.example.com", "a.app.example.com"] {
        assert_eq!(lab.dig(hidden, "A"), ["NXDOMAIN"], "F-12: {hidden}");
    }
    let listed = lab.listed(&zone);
    let shown: Vec<&ResourceRecordSet> = listed.iter().filter(|set| !before.contains(set)).collect();
    let [root] = shown[..] else { panic!("T310: {shown:?}") };
    assert_eq!((root.name.as_str(), root.r#type.as_str()), ("app.example.com.", "A"), "T310");
    assert_eq!((root.traffic_policy_instance_id.as_ref(), root.ttl), (Some(&made.id), None), "T310");

    // F-9: no second one at its name and type; another type has room.
    assert_eq!(code(lab.instance(&zone, "app.example.com", &policy.id, 1)), Code::TrafficPolicyInstanceAlreadyExists);
    let other = lab.policy("q", &one("AAAA", "2001:db8::1")).expect("a policy");
    lab.instance(&zone, "app.example.com", &other.id, 1).expect("another type");
    assert_eq!(lab.dig("app.example.com", "AAAA"), ["2001:db8::1"]);

    // F-12: its record sets change with it alone.
    let belongs = format!(
        "[RRSet with DNS name app.example.com., type A belongs to traffic policy instance {}: it changes with the \
         instance alone]",
        made.id
    );
    for action in ["DELETE", "UPSERT", "CREATE"] {
        assert_eq!(lab.refused(&zone, vec![change(action, root.clone())]), (Code::InvalidChangeBatch, belongs.clone()));
    }
    let plain = values("app.example.com", "A", &["192.0.2.9"]);
    assert_eq!(lab.refused(&zone, vec![change("UPSERT", plain)]).1, belongs);
    let weighted = ResourceRecordSet {
        set_identifier: Some("w".to_owned()),
        weight: Some(1),
        ..values("app.example.com", "A", &["192.0.2.9"])
    };
    let beside = "[RRSet with DNS name app.example.com., type A cannot be created as other RRSets exist with the same \
                  name and type.]";
    assert_eq!(lab.refused(&zone, vec![change("CREATE", weighted)]), (Code::InvalidChangeBatch, beside.to_owned()));
    let cname = values("app.example.com", "CNAME", &["example.net"]);
    assert_eq!(lab.refused(&zone, vec![change("CREATE", cname)]).0, Code::InvalidChangeBatch, "N-27");
    let forged = ResourceRecordSet { name: "forged.example.com".to_owned(), ..root.clone() };
    assert_eq!(lab.refused(&zone, vec![change("CREATE", forged)]).0, Code::InvalidChangeBatch);
    assert_eq!(code(lab.unmake(&zone)), Code::HostedZoneNotEmpty);

    // F-12: the root may be an alias's target, and then stays as long as the alias does (A-14).
    lab.change(&zone, vec![change("CREATE", alias("www.example.com", "A", &zone, "app.example.com"))])
        .expect("an alias");
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    let refused = lab.remove(&made.id).expect_err("an alias needs it");
    assert!(refused.code == Code::InvalidInput && refused.message.contains("that target was not found"), "{refused}");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.1"]);
    lab.change(&zone, vec![change("DELETE", alias("www.example.com", "A", &zone, "app.example.com"))]).expect("gone");
    lab.remove(&made.id).expect("deleted");
    assert_eq!(lab.dig("app.example.com", "A"), [] as [&str; 0], "the AAAA instance keeps the name");
    assert_eq!(code(lab.remove(&made.id)), Code::NoSuchTrafficPolicyInstance);
    assert_eq!(lab.listed(&zone).len(), before.len() + 1);
}

#[test]
fn t307_t309_types_must_be_equal_and_used_versions_stay() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let id = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy").id;
    lab.version(&id, &one("AAAA", "2001:db8::1")).expect("a version");
    let made = lab.instance(&zone, "app.example.com", &id, 1).expect("an instance");
    assert_eq!(code(lab.switch(&made.id, &id, 2, 60)), Code::ConflictingTypes, "T307");
    assert_eq!(code(lab.switch(&made.id, &id, 3, 60)), Code::NoSuchTrafficPolicy);
    assert_eq!(code(lab.switch("nobody", &id, 1, 60)), Code::NoSuchTrafficPolicyInstance);
    let refused = lab.forget(&id, 1).expect_err("in use");
    assert_eq!(refused.code, Code::TrafficPolicyInUse, "T309");
    assert_eq!(refused.message, "Policy is in use for at least one instance");
    lab.forget(&id, 2).expect("not in use");
    assert_eq!(code(lab.instance(&zone, "b.example.com", &id, 2)), Code::NoSuchTrafficPolicy, "F-8");
    lab.remove(&made.id).expect("deleted");
    lab.forget(&id, 1).expect("no longer in use");
}

#[test]
fn f11_an_update_switches_version_policy_and_ttl() {
    let store = Shared::new();
    let lab = Lab::with(store.clone(), &[], Settings::default());
    let zone = lab.zone("example.com");
    let id = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy").id;
    let made = lab.instance(&zone, "app.example.com", &id, 1).expect("an instance");
    lab.version(&id, &deep("192.0.2.2")).expect("a version");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.1"], "a new version changes nothing by itself");
    let switched = lab.switch(&made.id, &id, 2, 5).expect("switched");
    assert_eq!((switched.state.as_str(), switched.traffic_policy_version, switched.ttl), ("Updating", 2, 5));
    assert_eq!(lab.state(&made.id).0, "Applied");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.2"], "F-11");
    let other = lab.policy("q", &one("A", "192.0.2.3")).expect("a policy").id;
    lab.switch(&made.id, &other, 1, 5).expect("switched");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.3"]);
    lab.forget(&id, 1).expect("F-8: no longer used");
    // What the store holds comes back.
    let again = Lab::with(store, &[], Settings::default());
    assert_eq!(again.dig("app.example.com", "A"), ["192.0.2.3"]);
    assert_eq!(again.at(&caller(), &made.id).expect("kept").traffic_policy_id, other);
    assert_eq!(code(again.forget(&other, 1)), Code::TrafficPolicyInUse);
    assert_eq!(again.listed(&zone), lab.listed(&zone));
}

#[test]
fn t308_no_answer_is_empty_while_versions_are_switched() {
    let lab = Arc::new(Lab::new());
    let zone = lab.zone("example.com");
    let id = lab.policy("p", &deep("192.0.2.1")).expect("a policy").id;
    lab.version(&id, &deep("192.0.2.2")).expect("a version");
    let made = lab.instance(&zone, "app.example.com", &id, 1).expect("an instance");
    let done = Arc::new(AtomicBool::new(false));
    let asking = {
        let (lab, done) = (lab.clone(), done.clone());
        std::thread::spawn(move || {
            let mut seen = std::collections::BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                seen.insert(lab.dig("app.example.com", "A"));
            }
            seen
        })
    };
    for turn in 0..200 {
        lab.switch(&made.id, &id, 1 + (turn + 1) % 2, 60).expect("switched");
    }
    done.store(true, Ordering::Relaxed);
    let seen = asking.join().expect("answers");
    let either = [vec!["192.0.2.1".to_owned()], vec!["192.0.2.2".to_owned()]];
    assert!(!seen.is_empty() && seen.iter().all(|answer| either.contains(answer)), "T308: {seen:?}");
}

#[test]
fn f10_f14_what_a_zone_does_not_take_is_told_by_the_state() {
    let lab = Lab::new();
    let zone = lab.zone("example.com");
    let unchecked = r#"{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "r",
        "Endpoints": {"a": {"Type": "value", "Value": "192.0.2.1"}, "b": {"Type": "value", "Value": "192.0.2.2"}},
        "Rules": {"r": {"RuleType": "failover", "Primary": {"EndpointReference": "a"}, "Secondary": {"EndpointReference": "b"}}}}"#;
    let bad = lab.policy("bad", unchecked).expect("a document without fault");
    let failed = lab.instance(&zone, "app.example.com", &bad.id, 1).expect("an instance that failed");
    let what = "A non-alias primary ResourceRecordSet must have an associated health check. No changes made.";
    assert_eq!(lab.state(&failed.id), ("Failed".to_owned(), what.to_owned()), "F-14");
    assert_eq!((failed.state.as_str(), failed.message.as_str()), ("Failed", what));
    assert_eq!(lab.dig("app.example.com", "A"), ["NXDOMAIN"]);
    assert_eq!(code(lab.forget(&bad.id, 1)), Code::TrafficPolicyInUse, "it names the version all the same");
    let missing =
        unchecked.replace(r#""EndpointReference": "a""#, r#""EndpointReference": "a", "HealthCheck": "gone""#);
    lab.version(&bad.id, &missing).expect("a version");
    let still = lab.switch(&failed.id, &bad.id, 2, 60).expect("still failed");
    assert!(
        still.state == "Failed" && still.message.contains(r#"health check "gone", which does not exist"#),
        "{still:?}"
    );
    assert_eq!(still.traffic_policy_version, 1, "as it was but for state and message");
    // It can be mended by an update, and spoilt again without losing its answers.
    let good = lab.policy("good", &one("A", "192.0.2.7")).expect("a policy");
    assert_eq!(lab.switch(&failed.id, &good.id, 1, 60).expect("mended").message, "");
    assert_eq!(
        (lab.state(&failed.id).0.as_str(), lab.dig("app.example.com", "A")),
        ("Applied", vec!["192.0.2.7".to_owned()])
    );
    lab.switch(&failed.id, &bad.id, 1, 60).expect("failed");
    assert_eq!(
        (lab.state(&failed.id).0.as_str(), lab.dig("app.example.com", "A")),
        ("Failed", vec!["192.0.2.7".to_owned()])
    );
    lab.remove(&failed.id).expect("deleted");
    assert_eq!(lab.dig("app.example.com", "A"), ["NXDOMAIN"]);

    // What stands at the name already stays.
    lab.change(&zone, vec![change("CREATE", values("www.example.com", "A", &["192.0.2.9"]))]).expect("a record");
    let listed = lab.listed(&zone);
    let taken = lab.instance(&zone, "www.example.com", &good.id, 1).expect("an instance that failed");
    let what = "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists";
    assert_eq!(lab.state(&taken.id), ("Failed".to_owned(), what.to_owned()));
    assert_eq!((lab.listed(&zone), lab.dig("www.example.com", "A")), (listed.clone(), vec!["192.0.2.9".to_owned()]));
    lab.remove(&taken.id).expect("deleted");
    assert_eq!(lab.listed(&zone), listed);
    let beyond = lab.instance(&zone, "app.example.net", &good.id, 1).expect("an instance that failed");
    let what = "RRSet with DNS name app.example.net. is not permitted in zone example.com.";
    assert_eq!(lab.state(&beyond.id), ("Failed".to_owned(), what.to_owned()), "N-8");
    // An instance without records still belongs to its zone.
    lab.change(&zone, vec![change("DELETE", values("www.example.com", "A", &["192.0.2.9"]))]).expect("gone");
    assert_eq!(code(lab.unmake(&zone)), Code::HostedZoneNotEmpty);
    lab.remove(&beyond.id).expect("deleted");
    assert!(lab.unmake(&zone).is_ok());
}

#[test]
fn instances_are_for_public_zones_of_the_api_and_as_many_as_the_quota() {
    let few = Settings { quotas: Quotas { traffic_policy_instances: 1, ..Quotas::default() }, ..Settings::default() };
    let file = [("example.net.toml", "zone = \"example.net\"\nid = \"ZFILE\"\n")];
    let lab = Lab::with(Shared::new(), &file, few);
    let policy = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy");
    assert_eq!(code(lab.instance("ZGONE", "a.example.com", &policy.id, 1)), Code::NoSuchHostedZone);
    assert_eq!(code(lab.instance("ZFILE", "a.example.net", &policy.id, 1)), Code::AccessDenied);
    let private = crate::route53::CreateHostedZoneRequest {
        name: "example.org".to_owned(),
        caller_reference: "private".to_owned(),
        vpc: Some(crate::route53::VPC { vpc_id: Some("vpc-1".to_owned()), vpc_region: Some("us-east-1".to_owned()) }),
        ..Default::default()
    };
    let private =
        crate::api::zones::create_hosted_zone(&lab.account, &caller(), private).expect("a zone").hosted_zone.id;
    assert_eq!(code(lab.instance(&private, "a.example.org", &policy.id, 1)), Code::InvalidInput, "F-9");
    let zone = lab.zone("example.com");
    assert_eq!(code(lab.instance(&zone, "a..example.com", &policy.id, 1)), Code::InvalidInput, "N-6");
    lab.instance(&zone, "a.example.com", &policy.id, 1).expect("an instance");
    assert_eq!(code(lab.instance(&zone, "b.example.com", &policy.id, 1)), Code::TooManyTrafficPolicyInstances);
}

#[test]
fn lists_of_instances_come_in_pages_and_testers_may_slow_states_down() {
    let settings = Settings { pending: Duration::from_secs(2), ..Settings::default() };
    let lab = Lab::with(Shared::new(), &[], settings);
    let mut zones = [lab.zone("example.com"), lab.zone("example.org")];
    zones.sort();
    let apex = |zone: &String| lab.listed(zone)[0].name.clone();
    let names = |zone: &String| ["a-b", "a"].map(|label| format!("{label}.{}", apex(zone)));
    let p = lab.policy("p", &one("A", "192.0.2.1")).expect("a policy").id;
    let q = lab.policy("q", &one("AAAA", "2001:db8::1")).expect("a policy").id;
    let mut ids = Vec::new();
    for zone in zones.iter().rev() {
        let [one, two] = names(zone);
        ids.push(lab.instance(zone, &two, &p, 1).expect("an instance").id);
        ids.push(lab.instance(zone, &one, &p, 1).expect("an instance").id);
    }
    ids.push(lab.instance(&zones[0], &names(&zones[0])[1], &q, 1).expect("an instance").id);
    let expected = [&ids[3], &ids[2], &ids[4], &ids[1], &ids[0]];
    let mut request = ListTrafficPolicyInstancesRequest { max_items: Some("2".to_owned()), ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = instances::list_traffic_policy_instances(&lab.account, &caller(), request.clone()).expect("a page");
        seen.extend(page.traffic_policy_instances);
        if !page.is_truncated {
            assert_eq!(page.hosted_zone_id_marker, None);
            break;
        }
        request.hosted_zone_id_marker = page.hosted_zone_id_marker;
        request.traffic_policy_instance_name_marker = page.traffic_policy_instance_name_marker;
        request.traffic_policy_instance_type_marker = page.traffic_policy_instance_type_marker;
    }
    let shown: Vec<&String> = seen.iter().map(|instance| &instance.id).collect();
    assert_eq!(shown, expected, "by zone, name as record sets are (I-18), type");
    let by_zone = |name: Option<String>, rtype: Option<&str>| {
        let request = ListTrafficPolicyInstancesByHostedZoneRequest {
            hosted_zone_id: format!("/hostedzone/{}", zones[0]),
            traffic_policy_instance_name_marker: name,
            traffic_policy_instance_type_marker: rtype.map(str::to_owned),
            max_items: Some("1".to_owned()),
        };
        instances::list_traffic_policy_instances_by_hosted_zone(&lab.account, &caller(), request)
    };
    let page = by_zone(None, None).expect("a page");
    assert_eq!((&page.traffic_policy_instances[0].id, page.is_truncated), (&ids[3], true));
    let page = by_zone(page.traffic_policy_instance_name_marker, Some("AAAA")).expect("a page");
    assert_eq!((&page.traffic_policy_instances[0].id, page.is_truncated), (&ids[4], false), "no other zone's");
    assert_eq!(code(by_zone(None, Some("A"))), Code::InvalidInput);
    let gone = ListTrafficPolicyInstancesByHostedZoneRequest { hosted_zone_id: "ZGONE".into(), ..Default::default() };
    let gone = instances::list_traffic_policy_instances_by_hosted_zone(&lab.account, &caller(), gone);
    assert_eq!(code(gone), Code::NoSuchHostedZone);
    let by_policy = |id: &str, version| {
        let request = ListTrafficPolicyInstancesByPolicyRequest {
            traffic_policy_id: id.to_owned(),
            traffic_policy_version: version,
            hosted_zone_id_marker: Some(zones[1].clone()),
            max_items: Some("1".to_owned()),
            ..Default::default()
        };
        instances::list_traffic_policy_instances_by_policy(&lab.account, &caller(), request)
    };
    let page = by_policy(&p, 1).expect("a page");
    assert_eq!((&page.traffic_policy_instances[0].id, page.hosted_zone_id_marker.as_ref()), (&ids[1], Some(&zones[1])));
    assert_eq!(code(by_policy(&p, 2)), Code::NoSuchTrafficPolicy);
    let count = instances::get_traffic_policy_instance_count(
        &lab.account,
        &caller(),
        GetTrafficPolicyInstanceCountRequest::default(),
    );
    assert_eq!(count.expect("a count").traffic_policy_instance_count, 5);

    let later = |millis: i64| lab.at(&Caller { at: NOW + millis, ..caller() }, &ids[0]).expect("an instance").state;
    assert_eq!((later(0).as_str(), later(1999).as_str(), later(2000).as_str()), ("Creating", "Creating", "Applied"));
    lab.switch(&ids[0], &p, 1, 7).expect("switched");
    assert_eq!((later(0).as_str(), later(2000).as_str()), ("Updating", "Applied"), "F-10");
}
