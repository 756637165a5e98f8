//! `[dnssec]` of zone files, and of the configuration for others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::*;
use super::{assert_problems, loaded, name, problems};
use crate::keys::Key;
use crate::model::At;
use crate::model::signing::{Algorithm, Signing, Wish};

const MASTER: &str = "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n";

/// Options under which one zone is to be signed.
fn options(zone: &str, cds: bool) -> Options {
    let at = At::new("waymark.toml", 7);
    let wish = Wish { algorithm: Algorithm::Ed25519, is_single: true, cds, at };
    Options { dnssec: BTreeMap::from([(name(zone), wish)]), ..Options::default() }
}

fn said(files: &[(&str, &str)], options: &Options) -> Vec<String> {
    let said = load_texts(files, options).map_or_else(|problems| problems, |loaded| loaded.warnings);
    said.iter().map(ToString::to_string).collect()
}

#[test]
fn s1_a_zone_says_how_it_is_signed() {
    let wish = |text: &str| {
        let text = format!("zone = \"a.test\"\n{text}");
        let zone = loaded(&[("a.toml", &text)]).account.zones.remove(0);
        assert!(zone.signing.is_none(), "keys are put in elsewhere");
        zone.dnssec.as_ref().map(|wish| (wish.algorithm, wish.is_single, wish.cds, wish.at.line))
    };
    assert_eq!(wish(""), None);
    assert_eq!(wish("[dnssec]\n"), Some((Algorithm::EcdsaP256, false, false, 2)), "S-1");
    let all = "[dnssec]\nalgorithm = \"ed25519\"\nkeys = \"csk\"\ncds = true\n[[record]]\nname = \"a\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";
    assert_eq!(wish(all), Some((Algorithm::Ed25519, true, true, 2)));
}

#[test]
fn mistakes_in_dnssec_are_told() {
    let text = "zone = \"a.test\"\n[dnssec]\nalgorithm = \"rsasha1\"\nkeys = 2\ncsd = true\n";
    assert_problems(
        &problems(&[("a.toml", text)]),
        &[
            "a.toml:3: [dnssec]: `algorithm`",
            "a.toml:4: [dnssec]: `keys`",
            "a.toml:5: [dnssec]: unknown key `csd`; did you mean `cds`?",
        ],
    );
    assert_problems(&problems(&[("a.toml", "[dnssec]\n")]), &["a.toml:1: [dnssec] without a zone; begin"]);
    let private = "zone = \"a.test\"\nviews = [\"v\"]\n[view.v]\nnetworks = [\"10.0.0.0/8\"]\n";
    assert_problems(
        &problems(&[("a.toml", &format!("{private}[dnssec]\n"))]),
        &["a.toml:5: zone a.test. is private, and only public zones are signed (S-1); remove [dnssec]"],
    );
    assert_problems(
        &said(&[("a.toml", private)], &options("a.test", false)),
        &["waymark.toml:7: zone a.test. is private, and only public zones are signed (S-1); remove [dnssec]"],
    );
    assert_problems(
        &said(&[("a.toml", "zone = \"a.test\"\n[dnssec]\n")], &options("a.test", false)),
        &["a.toml:2: how zone a.test. is signed is said here and at waymark.toml:7; keep one of them"],
    );
    assert_problems(
        &said(&[("a.test.zone", MASTER)], &options("b.test", false)),
        &["waymark.toml:7: warning: zone b.test. is to be signed, and no file has it"],
    );
}

#[test]
fn a_zone_that_is_signed_here_holds_no_records_of_another_signer() {
    let signed = format!(
        "{MASTER}@ 60 DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n\
         @ 60 CDS 3613 15 2 3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B\n"
    );
    let files = [("a.test.zone", signed.as_str())];
    assert!(said(&files, &Options::default()).is_empty(), "it is served as it was signed");
    let refused = "zone a.test. is signed here, and";
    assert_problems(
        &said(&files, &options("a.test", false)),
        &[&format!("a.test.zone:4: a.test. DNSKEY: {refused} DNSKEY records are made of its keys; remove the record")],
    );
    assert_eq!(said(&files, &options("a.test", true)).len(), 2, "the parent is told once");
}

#[test]
fn a_private_zone_beside_a_public_one_of_its_name_is_left_alone() {
    let private = "zone = \"a.test\"\nviews = [\"v\"]\n[view.v]\nnetworks = [\"10.0.0.0/8\"]\n";
    let files = [("a.test.zone", MASTER), ("private.toml", private)];
    let loaded = load_texts(&files, &options("a.test", false)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let signed: Vec<_> = loaded.account.zones.iter().map(|zone| zone.dnssec.is_some()).collect();
    assert_eq!(signed, [true, false]);
}

#[test]
fn a_zone_that_reads_the_same_keeps_its_keys_and_its_arc() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    let text = "zone = \"a.test\"\n[dnssec]\n";
    std::fs::write(&path, text).unwrap();
    let mut first = load(folder.path(), &Options::default(), None).unwrap();
    let key = Key::open(&folder.path().join("k"), Algorithm::EcdsaP256).unwrap();
    let keys: Box<[_]> = [key.of_zone(true)].into();
    let signing =
        Signing { entries: keys.clone(), zone: keys, beside: Box::default(), cds: Box::default(), salt: key.salt() };
    let read = first.account.zones[0].clone();
    let form = Arc::new(HostedZone { signing: Some(Arc::new(signing)), ..HostedZone::clone(&read) });
    first.replace(&[(read, form.clone())]);
    std::fs::write(&path, format!("{text}# and a comment\n")).unwrap();
    let second = load(folder.path(), &Options::default(), Some(&first)).unwrap();
    assert!(Arc::ptr_eq(&form, &second.account.zones[0]));
    std::fs::write(&path, format!("{text}cds = true\n")).unwrap();
    let third = load(folder.path(), &Options::default(), Some(&second)).unwrap();
    assert!(third.account.zones[0].signing.is_none(), "another wish, other keys perhaps");
}
