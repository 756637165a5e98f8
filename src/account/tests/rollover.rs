//! Zone keys that change by a clock the test turns (S-9).

use super::lab::{Lab, NOW, Shared, caller};
use crate::account::{Settings, dnssec};
use crate::route53::CreateKeySigningKeyRequest;

const DAY: i64 = 24 * 3600 * 1000;

/// Tags of the keys that sign the zone and of those beside them.
fn keys(lab: &Lab) -> (Vec<u16>, usize) {
    let world = lab.account.world();
    let signed = world.snapshot.zones.iter().find_map(|zone| zone.signed.clone()).expect("a signed zone");
    (signed.signing.zone.iter().map(|key| key.tag).collect(), signed.signing.beside.len())
}

/// A zone that is signed.
pub(crate) fn signed_zone(lab: &Lab) -> String {
    let zone = lab.zone("example.com");
    let request = CreateKeySigningKeyRequest {
        caller_reference: "one".to_owned(),
        hosted_zone_id: zone.clone(),
        key_management_service_arn: "arn:aws:kms:us-east-1:123456789012:key/1".to_owned(),
        name: "one".to_owned(),
        status: "ACTIVE".to_owned(),
    };
    lab.account.transact(&caller(), "CreateKeySigningKey", |draft| dnssec::create(draft, request)).unwrap();
    lab.account.transact(&caller(), "EnableHostedZoneDNSSEC", |draft| dnssec::enable(draft, &zone)).unwrap();
    zone
}

#[test]
fn s9_the_next_key_is_published_before_it_signs_and_the_last_after_it_did_across_restarts() {
    let state = tempfile::tempdir().unwrap();
    let settings = Settings { keys: state.path().join("keys"), ..Settings::default() };
    let store = Shared::new();
    let lab = Lab::with(store.clone(), &[], settings.clone());
    let zone = signed_zone(&lab);
    let (first, beside) = keys(&lab);
    assert_eq!((first.len(), beside), (1, 0));
    lab.account.roll_over(NOW + 29 * DAY);
    assert_eq!(keys(&lab), (first.clone(), 0), "its time is not over");
    lab.account.roll_over(NOW + 30 * DAY);
    assert_eq!(keys(&lab), (first.clone(), 1), "the next is published and signs nothing");
    lab.account.roll_over(NOW + 31 * DAY - 1);
    assert_eq!(keys(&lab), (first.clone(), 1), "it is not known to everyone yet");
    drop(lab);
    let lab = Lab::with(store.clone(), &[], settings.clone());
    assert_eq!(keys(&lab), (first.clone(), 1), "a restart forgets nothing");
    lab.account.roll_over(NOW + 31 * DAY);
    let (second, beside) = keys(&lab);
    assert!(second != first && beside == 1, "it signs, and the last stays published");
    lab.account.roll_over(NOW + 38 * DAY);
    assert_eq!(keys(&lab), (second.clone(), 1), "what the last one signed may be kept yet");
    lab.account.roll_over(NOW + 39 * DAY);
    assert_eq!(keys(&lab), (second.clone(), 0));
    lab.account.roll_over(NOW + 400 * DAY);
    assert_eq!(keys(&lab), (second, 1), "a clock that jumps brings one step");
    let history = lab.account.history(&zone, crate::database::Revision(0), None).unwrap();
    let steps = history.iter().filter(|entry| entry.audit.operation == "RollOverZoneKey").count();
    assert_eq!(steps, 4, "each is in the zone's history");
}

#[test]
fn a_key_that_is_gone_keeps_a_zone_from_being_made_anew_and_not_from_being_answered() {
    let state = tempfile::tempdir().unwrap();
    let settings = Settings { keys: state.path().join("keys"), ..Settings::default() };
    let store = Shared::new();
    let lab = Lab::with(store.clone(), &[], settings.clone());
    signed_zone(&lab);
    let before = keys(&lab);
    std::fs::rename(&settings.keys, state.path().join("elsewhere")).unwrap();
    std::fs::write(&settings.keys, "no directory").unwrap();
    lab.account.roll_over(NOW + 30 * DAY);
    assert_eq!(keys(&lab), before, "it goes on with the keys it has");
    std::fs::remove_file(&settings.keys).unwrap();
    std::fs::create_dir(&settings.keys).unwrap();
    let lab = Lab::with(store.clone(), &[], settings.clone());
    assert_eq!(keys(&lab), before, "a start without its keys publishes them and serves what needs no signature");
    assert_eq!(lab.dig("example.com", "SOA").len(), 1);
    std::fs::remove_dir(&settings.keys).unwrap();
    std::fs::rename(state.path().join("elsewhere"), &settings.keys).unwrap();
    let lab = Lab::with(store, &[], settings.clone());
    lab.account.roll_over(NOW + 30 * DAY);
    assert_eq!(keys(&lab), (before.0, 1), "and catches up when they are back");
}
