//! Copies of signed zones by a validator of the tests' own: RFC 4034 §4 and §6.1, RFC 4035 §2, RFC 5936 §2.2.

#[path = "common/message.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod message;
#[path = "common/signed.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod signed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use message::{Record, WireName, decode};
use proptest::prelude::*;
use signed::{DNSKEY, Lab, NOW, NSEC, RICH, RRSIG, name_len, sets, types, verify, wire, world};
use waymark::model::signing::{Algorithm, SIGNATURE, Sign, Signing, ZoneKey};
use waymark::snapshot::World;
use waymark::transfer::{Asked, Failure, Kind, Transfer};

const DAY: u32 = 24 * 3600;
const NS: u16 = 2;
const SOA: u16 = 6;
const DNAME: u16 = 39;
const DS: u16 = 43;

fn begin(world: &Arc<World>, zone: &str, has: Option<u32>) -> Transfer {
    let name = wire(zone);
    let zone = world.snapshot.zones.iter().position(|zone| zone.name.wire() == name).expect("a zone") as u32;
    let refusal = [&b"\x12\x34\x81\x05\0\x01\0\0\0\0\0\0"[..], &name, &[0, 252, 0, 1]].concat();
    let asked = Asked { zone, private: false, view: None, has, refusal: &refusal, name_len: name.len() };
    Transfer::begin(world.clone(), &asked, None).expect("a transfer")
}

/// The records of a copy without the last, which is the first again; names of owners folded.
fn copy(world: &Arc<World>, zone: &str, now: u32) -> Vec<Record> {
    let (mut transfer, mut out, mut all) = (begin(world, zone, None), vec![0; 65_535], Vec::new());
    while !transfer.is_done() {
        let len = transfer.next(&mut out, now.into()).expect("a message");
        assert!(len <= 16 << 10, "{len} octets");
        all.extend(decode(&out[..len], true).expect("a message").answer);
    }
    all.iter_mut().for_each(|record: &mut Record| record.owner.make_ascii_lowercase());
    assert_eq!((all[0].rtype, all.last()), (SOA, all.first()), "RFC 5936 §2.2");
    all.pop();
    all
}

/// Labels from the right, which compare as names do (RFC 4034 §6.1).
fn labels(name: &[u8]) -> Vec<Vec<u8>> {
    let (mut at, mut labels) = (0, Vec::new());
    while name[at] > 0 {
        let end = at + 1 + usize::from(name[at]);
        labels.insert(0, name[at + 1..end].to_vec());
        at = end;
    }
    labels
}

fn is_below(name: &[u8], above: &[u8]) -> bool {
    let (name, above) = (labels(name), labels(above));
    name.len() > above.len() && name.starts_with(&above)
}

fn number(octets: &[u8]) -> u32 {
    u32::from_be_bytes(octets.try_into().unwrap())
}

/// Every set that is the zone's is signed and no other, every signature holds, and the chain leads from name to name
/// through all of them; how many names it has.
fn check(all: &[Record], apex: &[u8], now: u32) -> usize {
    let keys: Vec<_> = all.iter().filter(|record| record.rtype == DNSKEY).cloned().collect();
    let entries = keys.iter().filter(|key| key.rdata[1] & 1 == 1).count();
    let owners = |rtype| all.iter().filter(move |record| record.rtype == rtype).map(|record| &*record.owner);
    let cuts: BTreeSet<_> = owners(NS).filter(|owner| *owner != apex).collect();
    let covers: Vec<_> = cuts.iter().copied().chain(owners(DNAME)).collect();
    let mut names: BTreeMap<Vec<Vec<u8>>, (WireName, BTreeSet<u16>)> = BTreeMap::new();
    let mut links = BTreeMap::new();
    let numbers = &all[0].rdata[all[0].rdata.len() - 4..];
    let negative = all[0].ttl.min(number(numbers));
    for (set, signatures) in sets(all) {
        let first = set.first().unwrap_or_else(|| panic!("a signature of nothing: {signatures:?}"));
        let is_cut = cuts.contains(&&*first.owner);
        let is_hidden = covers.iter().any(|cover| is_below(&first.owner, cover));
        let is_ours = !is_hidden && (!is_cut || [DS, NSEC].contains(&first.rtype));
        let expected = match first.rtype {
            _ if !is_ours => 0,
            DNSKEY => entries,
            _ => 1,
        };
        assert_eq!(signatures.len(), expected, "{first:?}");
        for signature in signatures {
            verify(&set, signature, &keys, now).unwrap_or_else(|why| panic!("{first:?}: {why}"));
            let ends = number(&signature.rdata[8..12]);
            assert!((now + 3 * DAY..=now + 8 * DAY).contains(&ends), "{ends} at {now}");
        }
        if first.rtype == NSEC {
            assert_eq!((set.len(), first.ttl), (1, negative), "RFC 9077 §3");
            let next = name_len(&first.rdata);
            links.insert(first.owner.clone(), (first.rdata[..next].to_vec(), types(first)));
        }
        if is_ours || (is_cut && !is_hidden && first.rtype == NS) {
            let (_, held) = names.entry(labels(&first.owner)).or_insert_with(|| (first.owner.clone(), BTreeSet::new()));
            held.insert(first.rtype);
        }
    }
    let order: Vec<_> = names.into_values().collect();
    for (at, (name, held)) in order.iter().enumerate() {
        let (next, told) = links.remove(name).unwrap_or_else(|| panic!("{name:?} is not in the chain"));
        assert_eq!(next, order[(at + 1) % order.len()].0, "RFC 4034 §4.1.1, after {name:?}");
        let expected: Vec<_> = held.iter().copied().chain([RRSIG]).collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(told, expected, "RFC 4034 §4.1.2, {name:?}");
    }
    assert!(links.is_empty(), "no names: {links:?}");
    order.len()
}

/// What there is without signatures; names that are signed as they are written are folded in copies.
fn bare(mut all: Vec<Record>) -> Vec<Record> {
    all.retain(|record| ![RRSIG, NSEC, DNSKEY].contains(&record.rtype));
    all.iter_mut()
        .filter(|record| [64, 65].contains(&record.rtype))
        .for_each(|record| record.rdata.make_ascii_lowercase());
    all.sort();
    all
}

const FILES: [(&str, &str); 2] = [("example.com.toml", RICH), ("example.org.zone", include_str!("common/rich.zone"))];

#[test]
fn a_copy_is_the_zone_signed_and_its_chain_closes() {
    let lab = Lab::new();
    let plain = Arc::new(world(&FILES, None, |_| None));
    for (zone, least) in [("example.com.", 20), ("example.org.", 15)] {
        let all = copy(&lab.world, zone, NOW);
        let names = check(&all, &wire(zone), NOW);
        assert!(names >= least, "{names} names of {zone}");
        assert_eq!(bare(all), bare(copy(&plain, zone, NOW)), "nothing lost, nothing made");
    }
}

#[test]
fn copies_hold_for_days_and_are_signed_once() {
    let lab = Lab::new();
    let first = copy(&lab.world, "example.com.", NOW);
    let again = copy(&lab.world, "example.com.", NOW + DAY);
    let new = again.iter().filter(|record| !first.contains(record)).count();
    // One may have given way to another in the meantime.
    assert!(again.len() == first.len() && new * 8 < first.len(), "{new} of {} signed again", first.len());
    for days in 2..20 {
        check(&copy(&lab.world, "example.com.", NOW + days * DAY), &wire("example.com."), NOW + days * DAY);
    }
}

/// What changed is more than what the versions differ by.
#[test]
fn changes_of_signed_zones_are_whole_copies() {
    let text = |serial: u32| format!("$TTL 60\n@ SOA ns h {serial} 1 2 3 4\n@ NS ns\nns A 192.0.2.{serial}\n");
    let mut lab = Lab::of(&[("example.org.zone", &text(1))], None);
    for serial in 2..4 {
        lab = Lab::of(&[("example.org.zone", &text(serial))], Some(lab));
    }
    let kind = |has| begin(&lab.world, "example.org.", Some(has)).kind();
    assert_eq!([kind(1), kind(2), kind(3)], [Kind::Axfr, Kind::Axfr, Kind::Current]);
    let mut out = vec![0; 1232];
    let (_, sent) = begin(&lab.world, "example.org.", Some(1)).datagram(&mut out, NOW.into()).expect("a message");
    assert_eq!(sent.kind(), Kind::Current, "RFC 1995 §2: ask over a stream");
}

#[test]
fn what_cannot_be_signed_is_not_copied() {
    struct OutOfReach;
    impl Sign for OutOfReach {
        fn sign(&self, _: &[u8]) -> Option<[u8; SIGNATURE]> {
            None
        }
    }
    let keys: Box<[_]> = [ZoneKey::new(Algorithm::Ed25519, &[1; 32], true, Arc::new(OutOfReach))].into();
    let signing = || Signing {
        entries: keys.clone(),
        zone: keys.clone(),
        beside: Box::default(),
        cds: Box::default(),
        salt: [1, 2],
    };
    let world = Arc::new(world(&FILES, None, |_| Some(signing())));
    let mut transfer = begin(&world, "example.com.", None);
    assert_eq!(transfer.next(&mut vec![0; 65_535], NOW.into()), Err(Failure::Unsigned));
}

/// Names of up to four labels, and what is there.
fn any_names() -> impl Strategy<Value = BTreeMap<String, u8>> {
    let label = proptest::string::string_regex("[ab*]{1,2}").expect("an expression");
    let label = label.prop_map(|label| if label.len() > 1 { label.replace('*', "\\000") } else { label });
    let name = proptest::collection::vec(label, 1..5).prop_map(|labels| labels.join("."));
    proptest::collection::btree_map(name, 0..6u8, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_chain_closes_whatever_the_names(names in any_names()) {
        let mut text = "$TTL 600\n@ SOA ns h 1 1 2 3 60\n@ NS ns\nns A 192.0.2.1\n".to_owned();
        for (name, what) in &names {
            // Wildcards are not cut or renamed here, and nothing can be below what is renamed.
            let is_leaf = !names.keys().any(|other| other.ends_with(&format!(".{name}")));
            text += &match what {
                0 if !name.contains('*') => format!("{name} NS ns.{name}\nns.{name} A 192.0.2.2\n"),
                1 if !name.contains('*') => format!("{name} NS ns\n{name} DS 1 13 2 {}\n", "ab".repeat(32)),
                2 if !name.contains('*') && is_leaf => format!("{name} DNAME elsewhere.test.\n"),
                3 => format!("{name} A 192.0.2.3\n{name} TYPE65280 \\# 1 00\n"),
                _ => format!("{name} MX 1 {name}\n{name} TXT \"{}\"\n", "x".repeat(200)),
            };
        }
        let lab = Lab::of(&[("example.org.zone", &text)], None);
        check(&copy(&lab.world, "example.org.", NOW), &wire("example.org."), NOW);
    }
}
