//! Random batches against a model of I-3…I-9 that is as plain as the rules are.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// What a record set is known by, and its values.
type Key = (u8, Kind);
type Zone = BTreeMap<Key, u8>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Address,
    Text,
    Cname,
    Weighted(u8),
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Create,
    Delete,
    Upsert,
}

fn set((name, kind): Key, value: u8) -> ResourceRecordSet {
    let owner = format!("n{name}.example.com");
    let address = format!("192.0.2.{value}");
    match kind {
        Kind::Address => values(&owner, "A", &[&address]),
        Kind::Text => values(&owner, "TXT", &[&format!("\"{value}\"")]),
        Kind::Cname => values(&owner, "CNAME", &[&format!("v{value}.example.net.")]),
        Kind::Weighted(id) => weighted(&owner, &format!("s{id}"), 1, &address),
    }
}

/// The zone after a batch; `None` where the batch is to be refused.
fn after(zone: &Zone, batch: &[(Action, Key, u8)]) -> Option<Zone> {
    let mut zone = zone.clone();
    for (at, (action, key, value)) in batch.iter().enumerate() {
        // I-8
        let earlier: Vec<Action> = batch[..at].iter().filter(|one| one.1 == *key).map(|one| one.0).collect();
        match (&earlier[..], action) {
            ([], _) | ([Action::Delete], Action::Create | Action::Upsert) => {}
            _ => return None,
        }
        // I-5, I-6, I-7
        match (action, zone.get(key)) {
            (Action::Create, None) | (Action::Upsert, _) => _ = zone.insert(*key, *value),
            (Action::Delete, Some(there)) if there == value => _ = zone.remove(key),
            _ => return None,
        }
    }
    // I-9: P-3 and N-27 on the state after it.
    let clashes = zone.keys().any(|(name, kind)| {
        zone.keys().any(|(other, beside)| {
            name == other
                && match (kind, beside) {
                    (Kind::Cname, beside) => *beside != Kind::Cname,
                    (Kind::Address, beside) => matches!(beside, Kind::Weighted(_)),
                    _ => false,
                }
        })
    });
    (!clashes).then_some(zone)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Address), Just(Kind::Text), Just(Kind::Cname), (0..2u8).prop_map(Kind::Weighted)]
}

fn asked() -> impl Strategy<Value = (Action, Key, u8)> {
    let action = prop_oneof![Just(Action::Create), Just(Action::Delete), Just(Action::Upsert)];
    (action, (0..3u8, kind()), 1..3u8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn i3_to_i9_random_batches_end_as_the_rules_say_and_dig_gets_what_is_listed(
        batches in prop::collection::vec(prop::collection::vec(asked(), 1..6), 1..12),
    ) {
        let lab = Lab::new();
        let id = lab.zone("example.com");
        let mut zone = Zone::new();
        for batch in batches {
            let changes = batch.iter().map(|(action, key, value)| {
                let action = match action {
                    Action::Create => "CREATE",
                    Action::Delete => "DELETE",
                    Action::Upsert => "UPSERT",
                };
                change(action, set(*key, *value))
            });
            let outcome = lab.change(&id, changes.collect());
            let expected = after(&zone, &batch);
            prop_assert_eq!(outcome.is_ok(), expected.is_some(), "{:?} over {:?}: {:?}", batch, zone, outcome);
            zone = expected.unwrap_or(zone);
            let mut listed: Vec<String> = lab.listed(&id).split_off(2).iter().map(|set| {
                let value = &set.resource_records.as_ref().unwrap()[0].value;
                format!("{} {} {:?} {value}", set.name, set.r#type, set.set_identifier)
            }).collect();
            let mut modelled: Vec<String> = zone.iter().map(|(key, value)| {
                let set = set(*key, *value);
                let value = &set.resource_records.as_ref().unwrap()[0].value;
                format!("{}. {} {:?} {value}", set.name, set.r#type, set.set_identifier)
            }).collect();
            listed.sort();
            modelled.sort();
            prop_assert_eq!(&listed, &modelled);
            for name in 0..3 {
                for rtype in ["A", "TXT", "CNAME"] {
                    let held: Vec<String> = zone.iter().map(|(key, value)| (key, set(*key, *value)))
                        .filter(|((owner, _), set)| *owner == name && (set.r#type == rtype || set.r#type == "CNAME"))
                        .map(|(_, set)| set.resource_records.unwrap()[0].value.clone())
                        .collect();
                    let answered = lab.dig(&format!("n{name}.example.com"), rtype);
                    match zone.keys().any(|(owner, _)| *owner == name) {
                        false => prop_assert_eq!(answered, ["NXDOMAIN"]),
                        true if held.is_empty() => prop_assert!(answered.is_empty(), "{:?}", answered),
                        // A draw among weighted ones gives one of them.
                        true => prop_assert!(answered.len() == 1 && held.contains(&answered[0]), "{:?} {:?}", answered, held),
                    }
                }
            }
        }
    }
}
