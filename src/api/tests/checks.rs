//! Health checks at the level of operations: what is made, what the world watches of it, what a deleted one leaves.

use super::{create, delete, values};
use crate::account::Settings;
use crate::account::checks::{count, find};
use crate::account::tests::lab::{Lab, Shared, caller};
use crate::api::{checks, traffic, traffic_instances};
use crate::control::Control;
use crate::model::check::{CheckKind, Endpoint, FULL_SHARE, Status};
use crate::model::fleet::{Plan, Targets};
use crate::model::{self, CheckId};
use crate::route53::{
    ApiError, Code, CreateHealthCheckRequest, CreateTrafficPolicyInstanceRequest, CreateTrafficPolicyRequest,
    DeleteHealthCheckRequest, DeleteTrafficPolicyInstanceRequest, GetHealthCheckStatusRequest, HealthCheck,
    HealthCheckConfig, ListHealthChecksRequest, ResourceRecordSet, TrafficPolicyInstance, UpdateHealthCheckRequest,
};
use crate::snapshot::health::Finding;

fn http(address: &str) -> HealthCheckConfig {
    HealthCheckConfig {
        r#type: "HTTP".to_owned(),
        ip_address: Some(address.to_owned()),
        ..HealthCheckConfig::default()
    }
}

fn sum(children: &[&str], threshold: i64) -> HealthCheckConfig {
    HealthCheckConfig {
        r#type: "CALCULATED".to_owned(),
        child_health_checks: Some(children.iter().map(|child| (*child).to_owned()).collect()),
        health_threshold: Some(threshold),
        ..HealthCheckConfig::default()
    }
}

fn make(lab: &Lab, reference: &str, config: HealthCheckConfig) -> Result<HealthCheck, ApiError> {
    let input = CreateHealthCheckRequest { caller_reference: reference.to_owned(), health_check_config: config };
    checks::create_health_check(&lab.account, &caller(), input).map(|made| made.health_check)
}

fn unmake(lab: &Lab, id: &str) -> Result<(), ApiError> {
    let input = DeleteHealthCheckRequest { health_check_id: id.to_owned() };
    checks::delete_health_check(&lab.account, &caller(), input).map(|_| ())
}

fn check_of(control: &Control, id: &str) -> Option<model::HealthCheck> {
    let world = control.world().load();
    let checks = &world.snapshot.checks;
    checks.slot(&CheckId(id.into())).and_then(|slot| checks.check(slot)).cloned()
}

fn say(lab: &Lab, id: &str, raw: Status) {
    let finding = Finding { raw, share: FULL_SHARE, seen: true };
    lab.control.report(&CheckId(id.into()), finding);
}

/// A traffic policy instance of a failover rule whose primary names a check.
fn steered(lab: &Lab, zone: &str, check: &str) -> TrafficPolicyInstance {
    let document = format!(
        r#"{{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", "StartRule": "r",
            "Endpoints": {{"a": {{"Type": "value", "Value": "192.0.2.1"}}, "b": {{"Type": "value", "Value": "192.0.2.2"}}}},
            "Rules": {{"r": {{"RuleType": "failover", "Primary": {{"EndpointReference": "a", "HealthCheck": "{check}"}},
                "Secondary": {{"EndpointReference": "b"}}}}}}}}"#
    );
    let input = CreateTrafficPolicyRequest { name: check.to_owned(), document, comment: None };
    let policy = traffic::create_traffic_policy(&lab.account, &caller(), input).expect("a policy").traffic_policy;
    put(lab, zone, "app.example.com", &policy.id)
}

fn remove(lab: &Lab, instance: &TrafficPolicyInstance) {
    let input = DeleteTrafficPolicyInstanceRequest { id: instance.id.clone() };
    traffic_instances::delete_traffic_policy_instance(&lab.account, &caller(), input).expect("deleted");
}

fn put(lab: &Lab, zone: &str, name: &str, policy: &str) -> TrafficPolicyInstance {
    let input = CreateTrafficPolicyInstanceRequest {
        hosted_zone_id: zone.to_owned(),
        name: name.to_owned(),
        ttl: 60,
        traffic_policy_id: policy.to_owned(),
        traffic_policy_version: 1,
    };
    let made = traffic_instances::create_traffic_policy_instance(&lab.account, &caller(), input);
    made.expect("an instance").traffic_policy_instance
}

/// A zone with a failover pair whose primary names a check.
fn failover(lab: &Lab, check: &str) -> String {
    let zone = lab.zone("example.com");
    let set = |failover: &str, value: &str, check: Option<&str>| ResourceRecordSet {
        set_identifier: Some(failover.to_lowercase()),
        failover: Some(failover.to_owned()),
        health_check_id: check.map(str::to_owned),
        ..values("www.example.com.", "A", &[value])
    };
    let sets = [set("PRIMARY", "192.0.2.1", Some(check)), set("SECONDARY", "192.0.2.2", None)];
    lab.change(&zone, sets.map(create).into()).expect("a failover pair");
    zone
}

#[test]
fn t297_a_reference_makes_one_check() {
    let lab = Lab::new();
    let made = make(&lab, "r", http("192.0.2.1")).unwrap();
    assert_eq!((made.health_check_version, made.health_check_config.port), (1, Some(80)));
    assert_eq!(make(&lab, "r", http("192.0.2.1")).unwrap(), made, "C-29: the same request again");
    let refused = make(&lab, "r", http("192.0.2.2")).unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::HealthCheckAlreadyExists, 409), "C-29");
    assert_ne!(make(&lab, "other", http("192.0.2.1")).unwrap().id, made.id, "C-29: a second check");
    unmake(&lab, &made.id).unwrap();
    assert_eq!(make(&lab, "r", http("192.0.2.1")).unwrap_err().code, Code::HealthCheckAlreadyExists, "C-29");
    assert_eq!(unmake(&lab, &made.id).unwrap_err().code, Code::NoSuchHealthCheck);
}

#[test]
fn t296_an_update_is_watched_and_an_old_version_refused() {
    let lab = Lab::new();
    let made = make(&lab, "r", http("192.0.2.1")).unwrap();
    let watched = check_of(&lab.control, &made.id).expect("it is watched");
    assert!(matches!(&watched.kind, CheckKind::Endpoint(Endpoint { host, port: 80, .. }) if &**host == "192.0.2.1"));
    let change = |version: Option<i64>, port: i64| {
        let input = UpdateHealthCheckRequest {
            health_check_id: made.id.clone(),
            health_check_version: version,
            port: Some(port),
            ..UpdateHealthCheckRequest::default()
        };
        checks::update_health_check(&lab.account, &caller(), input).map(|changed| changed.health_check)
    };
    assert_eq!(change(Some(1), 81).unwrap().health_check_version, 2);
    let refused = change(Some(1), 82).unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::HealthCheckVersionMismatch, 409), "C-30");
    assert_eq!(change(None, 83).unwrap().health_check_version, 3, "C-30");
    let watched = check_of(&lab.control, &made.id).expect("it is watched");
    assert!(matches!(&watched.kind, CheckKind::Endpoint(Endpoint { port: 83, .. })));
    assert_eq!(change(None, 0).unwrap_err().code, Code::InvalidInput);
}

#[test]
fn t292_a_child_is_there_and_counts_no_more_when_it_is_gone() {
    let lab = Lab::new();
    let one = make(&lab, "1", http("192.0.2.1")).unwrap().id;
    let two = make(&lab, "2", http("192.0.2.2")).unwrap().id;
    let both = make(&lab, "3", sum(&[&one, &two], 2)).unwrap().id;
    let refused = make(&lab, "4", sum(&[&both, "none"], 1)).unwrap_err();
    let words = format!("Invalid parameter : Child health check IDs do not exist or are deleted: {both}, none");
    assert_eq!((refused.code, refused.message), (Code::InvalidInput, words), "C-25");
    let status = |id: &str| {
        let world = lab.control.world().load();
        world.health.status(world.snapshot.checks.slot(&CheckId(id.into())).expect("a slot"))
    };
    assert_eq!(status(&both), Status::Healthy);
    unmake(&lab, &one).unwrap();
    assert_eq!(status(&both), Status::Unhealthy, "C-25: a child deleted later is not healthy");
    let kept = lab.account.read(|reader| find(reader, &lab.account.settings(), &both)).unwrap();
    assert_eq!(kept.health_check_config.child_health_checks.unwrap().len(), 2, "C-25: the list stays");
}

#[test]
fn c29_a_reference_is_free_again_in_three_days() {
    let lab = Lab::new();
    let create = |days: i64| {
        let at = crate::account::tests::lab::NOW + days * 24 * 3600 * 1000;
        let input =
            CreateHealthCheckRequest { caller_reference: "1".to_owned(), health_check_config: http("192.0.2.1") };
        checks::create_health_check(&lab.account, &crate::route53::Caller { at, ..caller() }, input)
    };
    let one = create(0).unwrap().health_check.id;
    unmake(&lab, &one).unwrap();
    assert_eq!(create(2).unwrap_err().code, Code::HealthCheckAlreadyExists);
    assert_ne!(create(4).unwrap().health_check.id, one);
}

#[test]
fn t299_nobody_observes_a_calculated_check() {
    let lab = Lab::new();
    let one = make(&lab, "1", http("192.0.2.1")).unwrap().id;
    let both = make(&lab, "2", sum(&[&one], 1)).unwrap().id;
    let folder = tempfile::tempdir().unwrap();
    let beside = super::subjects::beside(folder.path());
    let status = |id: &str| {
        let input = GetHealthCheckStatusRequest { health_check_id: id.to_owned() };
        checks::get_health_check_status(&lab.account, &beside, &caller(), input)
    };
    assert!(status(&one).is_ok());
    assert_eq!(status(&both).unwrap_err().code, Code::InvalidInput, "C-34");
    assert_eq!(status("none").unwrap_err().code, Code::NoSuchHealthCheck);
}

#[test]
fn c32_records_of_a_deleted_check_are_healthy_and_nobody_can_name_it_anew() {
    let (lab, store) = {
        let store = Shared::new();
        (Lab::with(store.clone(), &[], Settings::default()), store)
    };
    let check = make(&lab, "r", http("192.0.2.1")).unwrap().id;
    failover(&lab, &check);
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    say(&lab, &check, Status::Unhealthy);
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.2"], "a check made over the API steers");
    unmake(&lab, &check).unwrap();
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"], "H-1: a check that is gone is healthy");
    let refused = make(&lab, "2", sum(&[&check], 1)).unwrap_err();
    assert!(refused.message.contains("do not exist or are deleted"), "{}", refused.message);
    // The same after a restart.
    let again = Lab::with(store, &[], Settings::default());
    assert_eq!(again.dig("www.example.com", "A"), ["192.0.2.1"]);
    assert!(check_of(&again.control, &check).is_some_and(|check| matches!(check.kind, CheckKind::Given { .. })));
}

#[test]
fn c32_a_check_that_instances_use_is_deleted_too() {
    let store = Shared::new();
    let lab = Lab::with(store.clone(), &[], Settings::default());
    let zone = lab.zone("example.com");
    let check = make(&lab, "r", http("192.0.2.1")).unwrap().id;
    let instance = steered(&lab, &zone, &check);
    say(&lab, &check, Status::Unhealthy);
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.2"]);
    unmake(&lab, &check).expect("C-32: in use or not");
    assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.1"], "H-1: a check that is gone is healthy");
    let anew = put(&lab, &zone, "new.example.com", &instance.traffic_policy_id);
    assert_eq!(anew.state, "Failed", "C-33: nobody can name it anew");
    assert_eq!(anew.message, format!("A health check with id {check} does not exist."));
    // The same after a restart; and once nothing names it, nothing is watched.
    let again = Lab::with(store, &[], Settings::default());
    assert_eq!(again.dig("app.example.com", "A"), ["192.0.2.1"]);
    assert!(check_of(&again.control, &check).is_some());
    remove(&again, &instance);
    assert!(check_of(&again.control, &check).is_none(), "the instance that failed makes no records");
}

#[test]
fn c32_records_and_instances_that_share_a_deleted_check_go_one_by_one() {
    for records_first in [true, false] {
        let lab = Lab::new();
        let check = make(&lab, "r", http("192.0.2.1")).unwrap().id;
        let zone = failover(&lab, &check);
        let instance = steered(&lab, &zone, &check);
        unmake(&lab, &check).unwrap();
        let records = || {
            let pair = lab.listed(&zone).into_iter().filter(|set| set.failover.is_some());
            lab.change(&zone, pair.map(delete).collect()).expect("records go");
        };
        if records_first {
            records();
            assert_eq!(lab.dig("app.example.com", "A"), ["192.0.2.1"]);
            remove(&lab, &instance);
        } else {
            remove(&lab, &instance);
            assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
            records();
        }
        assert!(check_of(&lab.control, &check).is_none());
    }
}

#[test]
fn i21_pages_give_every_check_once_and_quotas_hold() {
    let mut settings = Settings::default();
    settings.quotas.health_checks = 5;
    let lab = Lab::with(Shared::new(), &[], settings);
    for number in 0..5 {
        make(&lab, &number.to_string(), http("192.0.2.1")).unwrap();
    }
    assert_eq!(make(&lab, "one more", http("192.0.2.1")).unwrap_err().code, Code::TooManyHealthChecks, "§2.6");
    let page = |marker: Option<String>| {
        let asked = ListHealthChecksRequest { marker, max_items: Some("2".to_owned()) };
        checks::list_health_checks(&lab.account, &caller(), asked).unwrap()
    };
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let found = page(marker.clone());
        assert_eq!((found.marker, &*found.max_items), (marker.unwrap_or_default(), "2"));
        seen.extend(found.health_checks.into_iter().map(|check| check.id));
        assert_eq!(found.is_truncated, found.next_marker.is_some());
        marker = found.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), lab.account.read(count)), (5, 5));
    assert!(seen.is_sorted());
}

#[test]
fn t295_addresses_may_be_forbidden() {
    let targets = Targets { special: false, ..Targets::default() };
    let plan = Plan { targets, ..Plan::default() };
    let lab = Lab::watched(Shared::new(), &[], Settings::default(), plan);
    let refused = make(&lab, "r", http("10.0.0.1")).unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    assert!(refused.message.contains("10.0.0.1, which is forbidden"), "{}", refused.message);
    assert!(make(&lab, "r", http("1.1.1.1")).is_ok());
}
