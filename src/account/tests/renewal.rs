//! What the configuration says of zones that clients made, and what becomes of them when it says something else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lab::{Lab, Shared, caller};
use crate::account::record::change;
use crate::account::zone::Zone;
use crate::account::{Opened, Persist, Settings, record};
use crate::control::{Edit, Refusal};
use crate::model::{At, Name, Problem, RecordType, rdata};
use crate::route53::{AliasTarget, Change, DelegationSet, HostedZone, ResourceRecordSet};
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
