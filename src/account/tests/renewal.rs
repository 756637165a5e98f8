//! What the configuration says of zones that clients made, and what becomes of them when it says something else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lab::{Lab, Shared, caller};
use crate::account::record::change;
use crate::account::zone::Zone;
use crate::account::{Draft, Opened, Persist, Settings, dnssec, record};
use crate::control::{Edit, Refusal};
use crate::model::transfer::{Grant, Rule, Transfers};
use crate::model::{At, Name, Problem, RecordType, rdata};
use crate::route53::{
    AliasTarget, ApiError, Change, CreateKeySigningKeyRequest, DelegationSet, HostedZone, ResourceRecord,
    ResourceRecordSet,
};
use crate::store::{Options, Pattern, Provider};

fn standing_in(address: &str) -> Settings {
    let name = Name::parse_route53("lb.example.net").expect("a name");
    let value = rdata::parse_route53(RecordType::A, address).expect("an address");
    let values = BTreeMap::from([(RecordType::A, vec![value])]);
    let provider =
        Provider { pattern: Pattern::new(name), ttl: 60, values, check: None, at: At::new("waymark.toml", 1) };
    Settings { options: Options { providers: vec![provider], ..Options::default() }, ..Settings::default() }
}

/// An account with an alias to what the provider of `settings` stands in for.
fn aliased(store: Shared, settings: Settings) -> Lab {
    let lab = Lab::with(store, &[], settings);
    let target = AliasTarget {
        hosted_zone_id: "Z2FDTNDATAQYW2".to_owned(),
        dns_name: "lb.example.net".to_owned(),
        evaluate_target_health: false,
    };
    let alias = ResourceRecordSet {
        name: "www.example.com".to_owned(),
        r#type: "A".to_owned(),
        alias_target: Some(target),
        ..ResourceRecordSet::default()
    };
    let zone = Zone {
        hosted_zone: HostedZone { id: "Z1".to_owned(), name: "example.com.".to_owned(), ..HostedZone::default() },
        delegation_set: DelegationSet { name_servers: vec!["ns.example.net".to_owned()], ..DelegationSet::default() },
        vpcs: Vec::new(),
    };
    let made = lab.account.transact(&caller(), "Test", |draft| {
        for set in zone.defaults(&draft.settings().options) {
            draft.put_record(&record::id("Z1", &zone.name(), &set.r#type, None), set);
        }
        draft.put("Z1", zone);
        change(draft, "Z1", &[Change { action: "CREATE".to_owned(), resource_record_set: alias }])
    });
    made.expect("a zone");
    lab
}

#[test]
fn a2_aliases_follow_the_providers_of_a_new_configuration() {
    let lab = aliased(Shared::new(), standing_in("192.0.2.1"));
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    lab.account.settle(standing_in("192.0.2.2"));
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"], "not before it is in use");
    lab.account.renew();
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.2"]);
    let serial = lab.control.in_use().serial;
    lab.account.renew();
    assert_eq!(lab.control.in_use().serial, serial, "nothing changed since");
}

/// RFC 4035 §2.2: what is copied holds for a time, so who copies has to come again.
#[test]
fn serials_of_signed_zones_that_are_copied_rise_with_the_days() {
    let state = tempfile::tempdir().expect("a folder");
    let rule = Rule { allow: Some(vec![Grant { network: None, key: None }]), notify: None };
    let transfers = Arc::new(Transfers { general: rule, ..Transfers::default() });
    let settings = |transfers: &Arc<Transfers>, today| Settings {
        keys: state.path().to_owned(),
        transfers: transfers.clone(),
        today,
        ..standing_in("192.0.2.1")
    };
    let lab = aliased(Shared::new(), settings(&transfers, 20_000));
    let serial = || lab.dig("example.com", "SOA")[0].split(' ').nth(2).and_then(|serial| serial.parse::<u32>().ok());
    assert_eq!(serial(), Some(1), "Z-16: nothing is signed, so nothing has to be fetched again");
    let transact = |work: &dyn Fn(&mut Draft<'_>) -> Result<(), ApiError>| {
        lab.account.transact(&caller(), "Test", |draft| work(draft)).expect("a change");
    };
    transact(&|draft| {
        let key = CreateKeySigningKeyRequest {
            caller_reference: "1".to_owned(),
            hosted_zone_id: "Z1".to_owned(),
            key_management_service_arn: "arn:aws:kms:us-east-1:000000000000:key/1".to_owned(),
            name: "one".to_owned(),
            status: "ACTIVE".to_owned(),
        };
        dnssec::create(draft, key)?;
        dnssec::enable(draft, "Z1").map(drop)
    });
    assert_eq!(serial(), Some(20_001));
    let pass = |today| {
        lab.account.pass(today);
        lab.account.renew();
    };
    pass(20_001);
    assert_eq!(serial(), Some(20_002), "another day");
    let before = lab.control.in_use().serial;
    pass(20_001);
    assert_eq!(lab.control.in_use().serial, before, "the same day");
    let written = |serial: u32| {
        let value = format!("ns.example.net. hostmaster.example.net. {serial} 1 2 3 4");
        let resource_records = Some(vec![ResourceRecord { value }]);
        let soa = ResourceRecordSet {
            name: "example.com".to_owned(),
            r#type: "SOA".to_owned(),
            ttl: Some(900),
            resource_records,
            ..ResourceRecordSet::default()
        };
        Change { action: "UPSERT".to_owned(), resource_record_set: soa }
    };
    transact(&|draft| change(draft, "Z1", &[written(7)]));
    assert_eq!(serial(), Some(20_008), "Z-17: a client's serial counts too");
    transact(&|draft| change(draft, "Z1", &[written(u32::MAX)]));
    assert_eq!(serial(), Some(20_000), "RFC 1982");
    transact(&|draft| change(draft, "Z1", &[written(7)]));
    for (copied, expected) in [(Arc::default(), 7), (transfers, 20_009)] {
        lab.account.settle(settings(&copied, 20_002));
        lab.account.renew();
        assert_eq!(serial(), Some(expected), "who copies is told by the configuration");
    }
    transact(&|draft| dnssec::disable(draft, "Z1").map(drop));
    assert_eq!(serial(), Some(7));
}

#[test]
fn a2_what_was_refused_is_tried_again() {
    let store = Shared::new();
    let lab = aliased(store.clone(), standing_in("192.0.2.1"));
    let (control, refuses) = (lab.control.clone(), Arc::new(AtomicBool::new(true)));
    let is_refused = refuses.clone();
    let swap = move |edit: Edit, persist: Persist<'_>| match is_refused.load(Ordering::Relaxed) {
        true => Err(Refusal::Problems(vec![Problem::error(&At::new("t.toml", 1), "it does not fit", "")])),
        false => control.edit(edit, persist),
    };
    let opened = Opened::read(Box::new(store)).expect("documents");
    let account = opened.serve(standing_in("192.0.2.1"), lab.control.world().clone(), Box::new(swap));
    account.settle(standing_in("192.0.2.2"));
    account.renew();
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.1"]);
    refuses.store(false, Ordering::Relaxed);
    account.renew();
    assert_eq!(lab.dig("www.example.com", "A"), ["192.0.2.2"]);
}
