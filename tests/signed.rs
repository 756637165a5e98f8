//! Signed zones by a validator of the tests' own: RFC 4035 §5.3, spec §7, T320 … T332.

#[path = "common/message.rs"]
mod message;
#[path = "common/signed.rs"]
mod signed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use message::{Ask, Message, Opt, Record, TC, decode, subnet};
use signed::{DNSKEY, Lab, NOW, NSEC, RICH, RRSIG, sets, tag, types, verify, wire, world};
use waymark::app::Files;
use waymark::config::{Config, Overrides};
use waymark::control::{Control, Edit};
use waymark::keys::Key;
use waymark::model::signing::{Algorithm, MOST_ENTRIES, SIGNATURE, Sign, Signing, ZoneKey};
use waymark::snapshot::World;
use waymark::wire::{Peer, Reply, Transport, Turn, respond};

const DAY: u32 = 24 * 3600;
const CDS: u16 = 59;
const CDNSKEY: u16 = 60;

impl Lab {
    fn ask(&self, name: &str, rtype: u16) -> Message {
        self.asked(name, rtype, true, Turn { now: NOW, ..Turn::default() }).0
    }

    fn asked(&self, name: &str, rtype: u16, dnssec_ok: bool, turn: Turn) -> (Message, Reply) {
        let edns = Opt { udp: 4096, version: 0, dnssec_ok, options: Vec::new() };
        exchange(&self.world, name, rtype, Some(edns), Transport::Tcp, turn)
    }

    fn told(&self, ask: &Ask) -> Message {
        let (mut out, peer) =
            (vec![0; 65_535], Peer { source: [192, 0, 2, 9].into(), listener: 0, transport: Transport::Tcp });
        let turn = Turn { now: NOW, ..Turn::default() };
        let reply = respond(&self.world, &ask.bytes(), &peer, turn, &mut out, &mut ()).expect("a reply");
        decode(&out[..reply.len], true).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The keys of a zone, as whoever trusts them knows them.
    fn trusted(&self, zone: &str) -> Vec<Record> {
        self.ask(zone, DNSKEY).answer.into_iter().filter(|record| record.rtype == DNSKEY).collect()
    }
}

fn exchange(
    world: &World,
    name: &str,
    rtype: u16,
    edns: Option<Opt>,
    transport: Transport,
    turn: Turn,
) -> (Message, Reply) {
    let (mut out, name) = (vec![0; 65_535], wire(name));
    let packet = Ask { id: 7, flags: 0, name, rtype, class: 1, edns }.bytes();
    let peer = Peer { source: [192, 0, 2, 99].into(), listener: 0, transport };
    let reply = respond(world, &packet, &peer, turn, &mut out, &mut ()).expect("a reply");
    (decode(&out[..reply.len], true).unwrap_or_else(|why| panic!("{why}")), reply)
}

/// Every set of a reply that must be signed is, and every signature holds.
fn validate(what: &str, reply: &Message, keys: &[Record], now: u32) {
    let dnames: Vec<_> = reply.answer.iter().filter(|record| record.rtype == 39).collect();
    let is_referral = reply.flags & 0x0400 == 0;
    for (at, section) in [&reply.answer, &reply.authority, &reply.additional].into_iter().enumerate() {
        for (set, signatures) in sets(section) {
            let Some(first) = set.first() else { panic!("{what}: a signature of nothing: {signatures:?}") };
            let is_made = first.rtype == 5
                && dnames.iter().any(|dname| first.owner != dname.owner && first.owner.ends_with(&dname.owner));
            let is_elsewhere = (at == 1 && is_referral && first.rtype == 2) || (at == 2 && signatures.is_empty());
            if is_made || is_elsewhere {
                assert!(signatures.is_empty(), "{what}: {first:?} is not ours to sign");
                continue;
            }
            let entries = keys.iter().filter(|key| key.rdata[1] & 1 == 1).count();
            let expected = if [DNSKEY, CDS, CDNSKEY].contains(&first.rtype) { entries } else { 1 };
            assert_eq!(signatures.len(), expected, "{what}: signatures of {first:?}");
            for signature in signatures {
                verify(&set, signature, keys, now).unwrap_or_else(|why| panic!("{what}: {first:?}: {why}"));
            }
        }
    }
}

fn nsec(reply: &Message) -> &Record {
    reply.authority.iter().find(|record| record.rtype == NSEC).expect("an NSEC record")
}

const NAMES: &[&str] = &[
    "example.com.",
    "www.example.com.",
    "l1.example.com.",
    "dang.example.com.",
    "chain.example.com.",
    "a.wild.example.com.",
    "b.c.wild.example.com.",
    "*.wild.example.com.",
    "wild.example.com.",
    "deep.example.com.",
    "b.deep.example.com.",
    "h.sub.example.com.",
    "sub.example.com.",
    "ns1.sub.example.com.",
    "txt.example.com.",
    "srv.example.com.",
    "caa.example.com.",
    "naptr.example.com.",
    "https.example.com.",
    "tlsa.example.com.",
    "ptr.example.com.",
    "mail.example.com.",
    "w.example.com.",
    "f.example.com.",
    "lat.example.com.",
    "geo.example.com.",
    "prox.example.com.",
    "ip.example.com.",
    "mv.example.com.",
    "tree.example.com.",
    "nope.example.com.",
    "no.pe.example.com.",
    "example.org.",
    "ns.example.org.",
    "d.example.org.",
    "x.d.example.org.",
    "y.d.example.org.",
    "z.d.example.org.",
    "y.e.example.org.",
    "a.far.example.org.",
    "big.example.org.",
    "huge.example.org.",
    "mxs.example.org.",
    "mail1.example.org.",
    "cut.example.org.",
    "x.cut.example.org.",
    "odd.example.org.",
    "loc.example.org.",
    "nope.example.org.",
];
const TYPES: &[u16] = &[1, 2, 5, 6, 12, 13, 15, 16, 28, 29, 33, 35, 39, 43, NSEC, DNSKEY, 52, 65, 255, 257, 65280];

#[test]
fn s8_every_answer_of_a_signed_zone_validates() {
    let lab = Lab::new();
    let trusted = ["example.com.", "example.org."].map(|zone| (zone, lab.trusted(zone)));
    let mut results = BTreeMap::new();
    for name in NAMES {
        let keys = &trusted.iter().find(|(zone, _)| name.ends_with(zone)).unwrap().1;
        for rtype in TYPES {
            for seed in 0..6 {
                let (reply, told) = lab.asked(name, *rtype, true, Turn { seed, now: NOW, ..Turn::default() });
                validate(&format!("{name} {rtype}"), &reply, keys, NOW);
                *results.entry(format!("{:?}", told.result)).or_insert(0) += 1;
                if reply.flags & 0x0400 > 0 && reply.answer.is_empty() {
                    let nsec = nsec(&reply);
                    assert!(!types(nsec).contains(rtype), "{name} {rtype}: S-13");
                    assert_eq!(nsec.rdata[..2], [1, 0], "{name} {rtype}: S-12");
                    assert!(nsec.rdata[2..].starts_with(&nsec.owner), "{name} {rtype}: S-12");
                    assert_eq!(reply.rcode, 0, "{name} {rtype}: RFC 9824 §2");
                }
            }
        }
    }
    assert_eq!(results.len(), 4, "every way to end: {results:?}");
}

#[test]
fn t320_t321_records_and_keys() {
    let lab = Lab::new();
    let reply = lab.ask("example.com.", 1);
    let signature = reply.answer.iter().find(|record| record.rtype == RRSIG).expect("T320");
    assert_eq!((signature.rdata[2], reply.answer.len()), (13, 3), "T320");
    let keys = lab.ask("example.com.", DNSKEY);
    let mut flags: Vec<_> = keys.answer.iter().filter(|key| key.rtype == DNSKEY).map(|key| key.rdata[1]).collect();
    flags.sort_unstable();
    assert_eq!(flags, [0, 1, 1], "T321: 256, 257, 257");
    let mut tags: Vec<_> =
        keys.answer.iter().filter(|key| key.rtype == RRSIG).map(|rrsig| rrsig.rdata[16..18].to_vec()).collect();
    tags.dedup();
    assert_eq!(tags.len(), 2, "T321: one by each active KSK");
    let (plain, _) = lab.asked("example.com.", DNSKEY, false, Turn { now: NOW, ..Turn::default() });
    assert_eq!(plain.answer.iter().map(|record| record.rtype).collect::<Vec<_>>(), [DNSKEY; 3], "without DO, too");
    assert_eq!(lab.ask("mail.example.com.", DNSKEY).answer.iter().filter(|record| record.rtype == DNSKEY).count(), 0);
}

#[test]
fn t322_t323_t324_t326_what_is_not_there() {
    let lab = Lab::new();
    let reply = lab.ask("nope.example.com.", 1);
    assert_eq!((reply.rcode, reply.answer.len(), reply.authority.len()), (0, 0, 4), "T322");
    assert_eq!(types(nsec(&reply)), [RRSIG, NSEC, 128], "T322, RFC 9824 §3.2");
    let (reply, _) = lab.asked("nope.example.com.", 1, false, Turn { now: NOW, ..Turn::default() });
    assert_eq!((reply.rcode, reply.authority.len()), (3, 1), "T323");
    let reply = lab.ask("example.com.", 28);
    let told = types(nsec(&reply));
    assert!(!told.contains(&28) && [1, 2, 6, 15, RRSIG, NSEC, DNSKEY].iter().all(|rtype| told.contains(rtype)), "T324");
    let reply = lab.ask("deep.example.com.", 1);
    assert_eq!(types(nsec(&reply)), [RRSIG, NSEC], "RFC 9824 §3.3: a name without records");
    let reply = lab.ask("h.sub.example.com.", 1);
    let told: Vec<_> = reply.authority.iter().map(|record| record.rtype).collect();
    assert!(told.contains(&43) && !told.contains(&NSEC), "S-16: keys are told: {told:?}");
    let reply = lab.ask("x.cut.example.org.", 1);
    let nsec = nsec(&reply);
    assert_eq!((types(nsec), &nsec.owner[..]), (vec![2, RRSIG, NSEC], &*wire("cut.example.org.")), "T326");
    let reply = lab.ask("cut.example.org.", 43);
    assert_eq!(types(self::nsec(&reply)), [2, RRSIG, NSEC], "S-17: the parent says so itself");
    assert!(reply.flags & 0x0400 > 0, "S-17");
}

#[test]
fn who_knows_compact_denial_gets_the_code_too() {
    let lab = Lab::new();
    let mut packet = Ask {
        id: 7,
        flags: 0,
        name: wire("nope.example.com."),
        rtype: 1,
        class: 1,
        edns: Some(Opt { udp: 4096, version: 0, dnssec_ok: true, options: Vec::new() }),
    }
    .bytes();
    let flags = packet.len() - 4;
    packet[flags] |= 0x40;
    let (mut out, peer) =
        (vec![0; 4096], Peer { source: [192, 0, 2, 9].into(), listener: 0, transport: Transport::Udp });
    let reply = respond(&lab.world, &packet, &peer, Turn { now: NOW, ..Turn::default() }, &mut out, &mut ()).unwrap();
    assert_eq!(reply.rcode, 3, "RFC 9824 §5.1");
}

#[test]
fn t325_wildcards_are_signed_as_if_the_name_were_there() {
    let lab = Lab::new();
    let reply = lab.ask("q.wild.example.com.", 1);
    let signature = reply.answer.iter().find(|record| record.rtype == RRSIG).unwrap();
    assert_eq!(signature.rdata[3], 4, "T325");
    assert!(!reply.authority.iter().any(|record| record.rtype == NSEC), "T325");
}

#[test]
fn t327_ttls_are_capped_where_a_zone_is_signed() {
    let text = "zone = \"example.com\"\n[[record]]\nname = \"@\"\ntype = \"A\"\nttl = 1209600\nvalue = \"192.0.2.1\"\n";
    let files = [("example.com.toml", text)];
    let lab = Lab::of(&files, None);
    for dnssec_ok in [true, false] {
        let (reply, _) = lab.asked("example.com.", 1, dnssec_ok, Turn { now: NOW, ..Turn::default() });
        assert!(reply.answer.iter().all(|record| record.ttl == 604_800), "T327, S-11");
    }
    let open = world(&files, None, |_| None);
    let (reply, _) = exchange(&open, "example.com.", 1, None, Transport::Tcp, Turn::default());
    assert_eq!(reply.answer[0].ttl, 1_209_600, "nothing is signed, nothing is capped");
}

#[test]
fn t332_each_draw_of_a_policy_is_signed() {
    let lab = Lab::new();
    let (keys, mut drawn, mut made) = (lab.trusted("example.com."), BTreeSet::new(), 0);
    for seed in 0..1000 {
        let (reply, told) = lab.asked("w.example.com.", 1, true, Turn { seed, now: NOW, ..Turn::default() });
        validate("w", &reply, &keys, NOW);
        drawn.insert(reply.answer[0].rdata.clone());
        made += told.signed;
    }
    assert!(drawn.len() > 1, "T332");
    // The draws, and the apex NS set beside them.
    assert!(usize::from(made) <= 4, "S-15: made once each, not {made} times");
}

#[test]
fn s20_nobody_is_told_what_was_validated_or_disabled() {
    let lab = Lab::new();
    let edns = Opt { udp: 4096, version: 0, dnssec_ok: true, options: Vec::new() };
    for (name, flags) in [("example.com.", 0x0030), ("nope.example.com.", 0x0130), ("h.sub.example.com.", 0x0030)] {
        let ask = Ask { id: 7, flags, name: wire(name), rtype: 1, class: 1, edns: Some(edns.clone()) };
        let reply = lab.told(&ask);
        assert_eq!(reply.flags & 0x0130, flags & 0x0100, "S-20, {name}: neither AD nor CD; RD as it was asked");
        assert!(reply.opt.is_some_and(|opt| opt.dnssec_ok), "RFC 3225 §3");
        validate(name, &lab.ask(name, 1), &lab.trusted("example.com."), NOW);
    }
}

#[test]
fn letters_are_as_they_were_asked_and_what_is_signed_is_folded() {
    let lab = Lab::new();
    for (name, rtype) in NAMES.iter().flat_map(|name| TYPES.iter().map(move |rtype| (name, *rtype))) {
        let mut asked = wire(name);
        asked.iter_mut().step_by(2).for_each(|octet| octet.make_ascii_uppercase());
        let edns = Some(Opt { udp: 4096, version: 0, dnssec_ok: true, options: Vec::new() });
        let reply = lab.told(&Ask { id: 7, flags: 0, name: asked.clone(), rtype, class: 1, edns });
        let keys = lab.trusted(if name.ends_with("org.") { "example.org." } else { "example.com." });
        validate(&format!("{name} {rtype}"), &reply, &keys, NOW);
        let of_it = [&reply.answer, &reply.authority].into_iter().flatten();
        let of_it: Vec<_> = of_it.filter(|record| record.owner.eq_ignore_ascii_case(&asked)).collect();
        assert!(of_it.iter().all(|record| record.owner == asked), "{name} {rtype}");
    }
}

#[test]
fn signatures_that_are_asked_for_are_those_of_one_set() {
    let lab = Lab::new();
    let keys = lab.trusted("example.com.");
    let turn = Turn { now: NOW, ..Turn::default() };
    let cases = [
        ("mail.example.com.", true),
        ("example.com.", true),
        ("www.example.com.", true),
        ("w.example.com.", true),
        ("deep.example.com.", true),
        ("a.wild.example.com.", true),
        ("nope.example.com.", false),
    ];
    for (name, without) in cases {
        let (reply, _) = lab.asked(name, RRSIG, true, turn);
        let [signature] = &reply.answer[..] else { panic!("{name}: {reply:?}") };
        assert_eq!((signature.rtype, &signature.owner, reply.rcode), (RRSIG, &wire(name), 0), "{name}");
        let covered = u16::from_be_bytes([signature.rdata[0], signature.rdata[1]]);
        let whole = lab.ask(name, covered);
        let set: Vec<_> = whole.answer.iter().filter(|record| record.rtype == covered).collect();
        verify(&set, signature, &keys, NOW).unwrap_or_else(|why| panic!("{name}: {covered}: {why}"));
        let (plain, _) = lab.asked(name, RRSIG, false, turn);
        assert_eq!(plain.answer.len(), usize::from(without), "{name}: a type like another (RFC 4035 §3.1)");
        assert_eq!(plain.rcode, if without { 0 } else { 3 }, "{name}");
    }
}

#[test]
fn signatures_and_proofs_stand_beside_a_cname() {
    let text = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"CNAME\"\nvalue = \"example.com\"\n";
    let lab = Lab::of(&[("example.com.toml", text)], None);
    let keys = lab.trusted("example.com.");
    let reply = lab.ask("www.example.com.", NSEC);
    validate("NSEC", &reply, &keys, NOW);
    let owners: BTreeSet<_> = reply.answer.iter().map(|record| record.owner.clone()).collect();
    assert_eq!((owners, types(&reply.answer[0])), ([wire("www.example.com.")].into(), vec![5, RRSIG, NSEC]));
    let reply = lab.ask("www.example.com.", RRSIG);
    assert_eq!((reply.answer.len(), &reply.answer[0].rdata[..2]), (1, &[0, 5][..]), "RFC 4035 §2.5");
    let open = world(&[("example.com.toml", text)], None, |_| None);
    let (reply, _) = exchange(&open, "www.example.com.", NSEC, None, Transport::Tcp, Turn::default());
    assert_eq!(reply.answer[0].rtype, 5, "a zone that is not signed has neither");
}

#[test]
fn the_type_of_names_that_are_not_there_is_not_asked_for() {
    let lab = Lab::new();
    let open = world(&[("example.com.toml", RICH)], None, |_| None);
    for name in ["example.com.", "nope.example.com.", "q.wild.example.com."] {
        let reply = lab.ask(name, 128);
        assert_eq!((reply.rcode, reply.answer.len(), reply.authority.len()), (1, 0, 0), "RFC 9824 §3.5: {name}");
        let (reply, _) = exchange(&open, name, 128, None, Transport::Udp, Turn::default());
        assert_eq!((reply.rcode, reply.question.len()), (1, 1), "whatever the zone");
    }
}

#[test]
fn two_keys_sign_while_algorithms_change_and_none_of_theirs_goes_out_alone() {
    let folder = tempfile::tempdir().unwrap();
    let open = |file: &str, algorithm| Key::open(&folder.path().join(file), algorithm).unwrap();
    let (old, new) = (open("old", Algorithm::EcdsaP256), open("new", Algorithm::Ed25519));
    let keys: Box<[_]> = [old.of_zone(true), new.of_zone(true)].into();
    let signing = || Signing {
        entries: keys.clone(),
        zone: keys.clone(),
        beside: Box::default(),
        cds: Box::default(),
        salt: old.salt(),
    };
    let world = world(&[("example.com.toml", RICH)], None, |_| Some(signing()));
    let mut short = 0;
    for (name, rtype) in [("example.com.", 15), ("srv.example.com.", 33), ("example.com.", 2), ("nope.example.com.", 1)]
    {
        for udp in 512..1232 {
            let edns = Opt { udp, version: 0, dnssec_ok: true, options: Vec::new() };
            let turn = Turn { now: NOW, ..Turn::default() };
            let (reply, _) = exchange(&world, name, rtype, Some(edns), Transport::Udp, turn);
            for section in [&reply.answer, &reply.authority, &reply.additional] {
                for (set, signatures) in sets(section) {
                    assert!(!set.is_empty() && [0, 2].contains(&signatures.len()), "{name} {rtype} in {udp}");
                    short += usize::from(signatures.is_empty());
                }
            }
        }
    }
    assert!(short > 0, "additional records whose signatures do not fit go out without");
}

#[test]
fn answers_to_client_subnets_are_signed_and_keep_their_scope() {
    let lab = Lab::new();
    let keys = lab.trusted("example.com.");
    let mut answers = BTreeSet::new();
    for client in [[203, 0, 113, 0], [203, 0, 7, 0], [192, 0, 2, 0]] {
        let options = vec![subnet(client.into(), 24)];
        let edns = Opt { udp: 1232, version: 0, dnssec_ok: true, options };
        let turn = Turn { now: NOW, ..Turn::default() };
        let (reply, _) = exchange(&lab.world, "ip.example.com.", 1, Some(edns), Transport::Udp, turn);
        validate("ip", &reply, &keys, NOW);
        let scope = reply.opt.as_ref().and_then(Opt::subnet).map(|(_, _, scope, _)| scope);
        assert!(scope.is_some_and(|scope| scope > 0), "{scope:?}");
        answers.insert(reply.answer[0].rdata.clone());
    }
    assert_eq!(answers.len(), 3);
}

#[test]
fn replies_are_cut_with_their_signatures() {
    let lab = Lab::new();
    let mut cut = 0;
    for name in NAMES {
        for rtype in [1, 15, 16, NSEC, DNSKEY, 255] {
            for udp in [512, 600, 900, 1232] {
                let edns = Opt { udp, version: 0, dnssec_ok: true, options: Vec::new() };
                let turn = Turn { now: NOW, ..Turn::default() };
                let (reply, told) = exchange(&lab.world, name, rtype, Some(edns), Transport::Udp, turn);
                assert!(told.len <= usize::from(udp), "{name} {rtype}: {} of {udp}", told.len);
                let keys = lab.trusted(if name.ends_with("org.") { "example.org." } else { "example.com." });
                validate(&format!("{name} {rtype} in {udp}"), &reply, &keys, NOW);
                let whole = lab.ask(name, rtype);
                let is_cut = reply.flags & TC > 0;
                cut += usize::from(is_cut);
                assert!(is_cut || rtype == 255 || reply.answer.len() == whole.answer.len(), "{name} {rtype} in {udp}");
            }
        }
    }
    assert!(cut > 10, "{cut}");
}

#[test]
fn clocks_that_jump_never_bring_out_a_signature_that_does_not_hold() {
    let lab = Lab::new();
    let keys = lab.trusted("example.com.");
    for now in [NOW, NOW + 8 * DAY, NOW - 30 * DAY, NOW + 3650 * DAY, NOW, NOW + 6 * DAY + DAY / 2, NOW + 9 * DAY] {
        for (name, rtype) in
            [("example.com.", 1), ("nope.example.com.", 1), ("q.wild.example.com.", 1), ("mv.example.com.", 1)]
        {
            let (reply, _) = lab.asked(name, rtype, true, Turn { now, ..Turn::default() });
            validate(&format!("{name} at {now}"), &reply, &keys, now);
        }
    }
}

#[test]
fn who_keeps_an_answer_until_its_ttl_is_over_finds_it_valid() {
    let lab = Lab::new();
    let (mut made, mut asked) = (0, 0);
    // Twenty days, a question every hour.
    for now in (NOW..NOW + 20 * DAY).step_by(3600) {
        for (name, rtype, longest) in [("example.com.", 2, 7 * DAY / 2), ("nope.example.com.", 1, DAY / 2)] {
            let (reply, told) = lab.asked(name, rtype, true, Turn { now, ..Turn::default() });
            (made, asked) = (made + told.signed, asked + 1);
            for signature in [&reply.answer, &reply.authority].into_iter().flatten().filter(|one| one.rtype == RRSIG) {
                let end = u32::from_be_bytes(signature.rdata[8..12].try_into().unwrap());
                let left = end - now;
                assert!(left >= signature.ttl.clamp(DAY / 4, longest), "{name}: {left} of {signature:?}");
            }
        }
    }
    assert!(made < asked / 10, "{made} signatures in {asked} answers");
}

#[test]
fn what_did_not_change_is_not_signed_again() {
    let lab = Lab::new();
    let turn = Turn { now: NOW, ..Turn::default() };
    let made = |lab: &Lab, name: &str| lab.asked(name, 1, true, turn).1.signed;
    assert_eq!((made(&lab, "mail.example.com."), made(&lab, "mail.example.com.")), (2, 0), "the set, and the NS set");
    assert!(made(&lab, "f.example.com.") > 0);
    let changed = RICH.replace("192.0.2.111", "192.0.2.112").replace("192.0.2.102", "192.0.2.104");
    assert_ne!(changed, RICH);
    let lab = Lab::of(&[("example.com.toml", &changed)], Some(lab));
    assert_eq!(made(&lab, "mail.example.com."), 0, "its records are what they were");
    assert!((0..20).any(|seed| lab.asked("f.example.com.", 1, true, Turn { seed, ..turn }).1.signed > 0));
}

#[test]
fn what_is_signed_ahead_is_not_signed_when_asked() {
    let lab = Lab::new();
    let zones = &lab.world.snapshot.zones;
    let ahead = |now| {
        zones
            .iter()
            .map(|zone| zone.sign_ahead(now))
            .fold((0, 0), |(made, failed), renewed| (made + renewed.made, failed + renewed.failed))
    };
    let (made, failed) = ahead(NOW);
    assert!(made > 100 && failed == 0, "{made} {failed}");
    assert_eq!(ahead(NOW + DAY), (0, 0), "they are new");
    for (name, rtype) in [("example.com.", 1), ("w.example.com.", 1), ("f.example.com.", 1), ("huge.example.org.", 1)] {
        for seed in 0..20 {
            let (_, told) = lab.asked(name, rtype, true, Turn { seed, now: NOW, ..Turn::default() });
            assert_eq!(told.signed, 0, "{name}");
        }
    }
    let (_, told) = lab.asked("nope.example.com.", 1, true, Turn { now: NOW, ..Turn::default() });
    assert_eq!(told.signed, 1, "what is made up for a question is signed when it is asked");
    let later = NOW + 5 * DAY;
    let (again, _) = ahead(later);
    assert_eq!(again, made, "half their time is over");
    let keys = lab.trusted("example.com.");
    let (reply, told) = lab.asked("w.example.com.", 1, true, Turn { now: later + 5 * DAY, ..Turn::default() });
    validate("w", &reply, &keys, later + 5 * DAY);
    assert_eq!(told.signed, 0, "they hold for seven days at least, two of which are the TTL of the NS set");
}

#[test]
fn who_comes_when_too_many_signatures_are_asked_for_is_told_to_come_over_tcp() {
    let lab = Lab::new();
    let ask = |name: &str, spare, transport| {
        let edns = Opt { udp: 1232, version: 0, dnssec_ok: true, options: Vec::new() };
        exchange(&lab.world, name, 1, Some(edns), transport, Turn { now: NOW, spare, ..Turn::default() }).0
    };
    let (none, udp) = (Some(0), Transport::Udp);
    for name in ["nope.example.com.", "q.wild.example.com."] {
        let reply = ask(name, none, udp);
        assert_eq!((reply.rcode, reply.flags & TC, reply.answer.len() + reply.authority.len()), (0, TC, 0), "{name}");
        let reply = ask(name, None, Transport::Tcp);
        validate(name, &reply, &lab.trusted("example.com."), NOW);
        assert_eq!(ask(name, none, udp).flags & TC, 0, "{name}: it is known by now");
    }
    assert!(!ask("w.example.com.", none, udp).answer.is_empty(), "records of the zone are always signed");
    assert_eq!(ask("deep.example.com.", none, udp).authority.len(), 4, "and what its names lack");
    assert_eq!(ask("no.example.com.", none, Transport::Tcp).rcode, 2, "over a stream there is nowhere else to come to");
}

#[test]
fn what_cannot_be_signed_is_not_told_unsigned() {
    struct OutOfReach;
    impl Sign for OutOfReach {
        fn sign(&self, _: &[u8]) -> Option<[u8; SIGNATURE]> {
            None
        }
    }
    let key = ZoneKey::new(Algorithm::Ed25519, &[1; 32], true, Arc::new(OutOfReach));
    let keys: Box<[_]> = [key].into();
    let signing = || Signing {
        entries: keys.clone(),
        zone: keys.clone(),
        beside: Box::default(),
        cds: Box::default(),
        salt: [1, 2],
    };
    let world = world(&[("example.com.toml", RICH)], None, |_| Some(signing()));
    for (dnssec_ok, rcode) in [(true, 2), (false, 0)] {
        let edns = Opt { udp: 4096, version: 0, dnssec_ok, options: Vec::new() };
        let (reply, _) = exchange(&world, "example.com.", 1, Some(edns), Transport::Udp, Turn::default());
        assert_eq!(
            (reply.rcode, reply.answer.is_empty()),
            (rcode, dnssec_ok),
            "SERVFAIL to who would take it for forged"
        );
    }
}

#[test]
fn a_flood_of_names_that_are_not_there_pushes_out_nothing_but_its_like() {
    let lab = Lab::new();
    let turn = |seed| Turn { seed, now: NOW, ..Turn::default() };
    let known = ["deep.example.com.", "mv.example.com.", "h.sub.example.com.", "w.example.com."];
    let made = || known.iter().map(|name| lab.asked(name, 1, true, turn(1)).1.signed).sum::<u16>();
    assert!(made() > 0);
    for at in 0..3000 {
        let (_, told) = lab.asked(&format!("n{at}.example.com."), 1, true, turn(1));
        assert_eq!((told.spent, told.signed > 0), (1, true));
    }
    assert_eq!(made(), 0);
}

#[test]
fn another_key_of_keys_leaves_what_is_signed() {
    let lab = Lab::new();
    let turn = Turn { now: NOW, ..Turn::default() };
    lab.asked("mail.example.com.", 1, true, turn);
    let open = |file: &str| Key::open(&lab.keys.path().join(file), Algorithm::EcdsaP256).unwrap();
    let (entry, zone) = (open("ksk3"), open("zsk"));
    let beside: Box<[_]> = [open("zsk2").of_zone(false).dnskey].into();
    let signing = || Signing {
        entries: [entry.of_zone(true)].into(),
        zone: [zone.of_zone(false)].into(),
        beside: beside.clone(),
        cds: Box::default(),
        salt: zone.salt(),
    };
    let after = world(&[("example.com.toml", RICH)], Some(&lab.world.snapshot), |_| Some(signing()));
    let lab = Lab { world: after.into(), ..lab };
    assert_eq!(lab.asked("mail.example.com.", 1, true, turn).1.signed, 0);
    let reply = lab.ask("example.com.", DNSKEY);
    let keys = lab.trusted("example.com.");
    assert_eq!(keys.len(), 3, "one of each: entry, zone, beside");
    validate("DNSKEY", &reply, &keys, NOW);
}

#[test]
fn as_many_keys_as_a_zone_can_have_are_published() {
    let lab = Lab::new();
    let open = |file: &str| Key::open(&lab.keys.path().join(file), Algorithm::EcdsaP256).unwrap();
    let entries: Box<[_]> = (0..MOST_ENTRIES).map(|at| open(&format!("many{at}")).of_zone(true)).collect();
    let (zone, beside) = (open("zsk"), ["next", "last"].map(|file| open(file).of_zone(false).dnskey));
    let signing = || Signing {
        entries: entries.clone(),
        zone: [zone.of_zone(false)].into(),
        beside: beside.clone().into(),
        cds: Box::default(),
        salt: zone.salt(),
    };
    let lab = Lab { world: world(&[("example.com.toml", RICH)], None, |_| Some(signing())).into(), ..lab };
    let keys = lab.trusted("example.com.");
    assert_eq!(keys.len(), MOST_ENTRIES + 3);
    validate("DNSKEY", &lab.ask("example.com.", DNSKEY), &keys, NOW);
}

/// A zone where servers and mail hosts are the same, and names of services by the hundred.
fn crowded() -> String {
    let mut zone = "$ORIGIN example.org.\n$TTL 1209600\n@ SOA ns host 1 7200 900 1209600 1209600\n".to_owned();
    zone += "@ NS ns\n@ NS a-second-server-with-a-long-name\n@ MX 10 a-second-server-with-a-long-name\n@ MX 20 ns\n";
    zone += "ns A 192.0.2.1\na-second-server-with-a-long-name A 192.0.2.2\na-second-server-with-a-long-name AAAA 2001:db8::2\n";
    for at in 0..400 {
        let host = format!("a-host-with-a-name-of-some-forty-octets-{at}");
        zone += &format!("srv SRV 1 2 {at} {host}\n{host} A 192.0.2.3\n");
    }
    zone
}

#[test]
fn owners_are_where_they_are_said_to_be_however_replies_are_cut_or_long() {
    let crowded = crowded();
    let lab = Lab::of(&[("example.org.zone", &crowded)], None);
    let keys = lab.trusted("example.org.");
    let (whole, told) = lab.asked("srv.example.org.", 33, true, Turn { now: NOW, ..Turn::default() });
    assert!(told.len > 1 << 15, "{}", told.len);
    validate("srv", &whole, &keys, NOW);
    for udp in (512..1232).step_by(3) {
        for (name, rtype) in [("example.org.", 15), ("example.org.", 2), ("ns.example.org.", 1)] {
            let edns = Opt { udp, version: 0, dnssec_ok: true, options: Vec::new() };
            let turn = Turn { now: NOW, ..Turn::default() };
            let (reply, _) = exchange(&lab.world, name, rtype, Some(edns), Transport::Udp, turn);
            validate(&format!("{name} {rtype} in {udp}"), &reply, &keys, NOW);
            let hosts = ["ns.example.org.", "a-second-server-with-a-long-name.example.org."].map(wire);
            assert!(reply.additional.iter().all(|record| hosts.contains(&record.owner)), "{name} {rtype} in {udp}");
        }
    }
    let nothing = lab.ask("ns.example.org.", 16);
    assert!(nothing.authority.iter().all(|record| record.ttl == 604_800), "S-11: of denials, too");
}

/// A world of files, as a server of them has it.
struct Filed {
    folder: tempfile::TempDir,
    control: Control,
}

impl Filed {
    fn new(files: &[(&str, &str)], config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("zones")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("zones").join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("waymark.toml"), config).unwrap();
        let control = Self::start(&folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
        Self { folder, control }
    }

    fn start(folder: &tempfile::TempDir) -> Result<Control, Vec<waymark::model::Problem>> {
        let path = |name: &str| Some(folder.path().join(name));
        let flags = Overrides {
            config: path("waymark.toml"),
            zones: path("zones"),
            state: path("state"),
            ..Overrides::default()
        };
        let started = Config::load(&flags)?;
        Control::start(Box::new(Files::new(flags, started).with_keys()), Edit::default()).map(|(control, _)| control)
    }

    fn ask(&self, name: &str, rtype: u16) -> (Message, Reply) {
        let edns = Opt { udp: 4096, version: 0, dnssec_ok: true, options: Vec::new() };
        let turn = Turn { now: NOW, ..Turn::default() };
        exchange(&self.control.world().load(), name, rtype, Some(edns), Transport::Tcp, turn)
    }

    fn of(&self, name: &str, rtype: u16) -> Vec<Record> {
        self.ask(name, rtype).0.answer.into_iter().filter(|record| record.rtype == rtype).collect()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Why a reload was refused.
    fn refused(&self) -> String {
        let problems = self.control.reload().unwrap_err();
        problems.iter().map(|problem| format!("{problem}\n")).collect()
    }
}

#[test]
fn zones_of_files_are_signed_as_they_say() {
    let ed = RICH.replacen("\n[", "\n[dnssec]\nkeys = \"csk\"\nalgorithm = \"ed25519\"\ncds = true\n[", 1);
    let plain = "zone = \"plain.test\"\n";
    let files = [("a.toml", ed.as_str()), ("b.zone", include_str!("common/rich.zone")), ("c.toml", plain)];
    let filed = Filed::new(&files, "[dnssec.zone.\"example.org\"]\n");
    let keys = |zone: &str| filed.of(zone, DNSKEY).iter().map(|key| (key.rdata[1], key.rdata[3])).collect::<Vec<_>>();
    assert_eq!(keys("example.com."), [(1, 15)], "one key that is both");
    let mut split = keys("example.org.");
    split.sort_unstable();
    assert_eq!(split, [(0, 13), (1, 13)], "S-1");
    assert!(keys("plain.test.").is_empty());
    for (zone, other) in [("example.com.", "mail.example.com."), ("example.org.", "big.example.org.")] {
        let trusted = filed.of(zone, DNSKEY);
        for (name, rtype) in [(zone, DNSKEY), (zone, 6), (zone, CDS), (zone, CDNSKEY), (other, 1), (other, CDS)] {
            validate(&format!("{name} {rtype}"), &filed.ask(name, rtype).0, &trusted, NOW);
        }
    }
    // RFC 7344 §3: the DS record of each KSK, and its key; named by the NSEC record, absent where nobody asked for them.
    let [key] = &filed.of("example.com.", DNSKEY)[..] else { panic!("one key") };
    let digest = ring::digest::digest(&ring::digest::SHA256, &[wire("example.com."), key.rdata.clone()].concat());
    let ds = [&tag(&key.rdata).to_be_bytes()[..], &[15, 2], digest.as_ref()].concat();
    let [told] = &filed.of("example.com.", CDS)[..] else { panic!("one CDS record") };
    assert_eq!((&told.rdata, told.ttl), (&ds, 3600), "RFC 7344 §3.1");
    let [told] = &filed.of("example.com.", CDNSKEY)[..] else { panic!("one CDNSKEY record") };
    assert_eq!(told.rdata, key.rdata, "RFC 7344 §3.2");
    let of_apex = |zone: &str| types(nsec(&filed.ask(zone, 99).0));
    assert!([DNSKEY, CDS, CDNSKEY].iter().all(|rtype| of_apex("example.com.").contains(rtype)));
    assert!(!of_apex("example.org.").iter().any(|rtype| [CDS, CDNSKEY].contains(rtype)));
    assert_eq!(filed.of("mail.example.com.", CDS).len() + filed.of("example.org.", CDS).len(), 0);
}

#[test]
fn keys_of_files_are_kept_and_never_made_anew_in_silence() {
    let files = [("a.zone", include_str!("common/rich.zone"))];
    let (split, csk) = ("[dnssec.zone.\"example.org\"]\n", "[dnssec.zone.\"example.org\"]\nkeys = \"csk\"\n");
    let filed = Filed::new(&files, split);
    let state = |name: &str| filed.folder.path().join("state/keys").join(name);
    let (ksk, zsk) = (state("example.org.ksk.p8"), state("example.org.zsk.p8"));
    let records = || filed.of("big.example.org.", 1).len() + filed.of("mxs.example.org.", 15).len();
    let (keys, count) = (filed.of("example.org.", DNSKEY), records());
    let made = || filed.ask("e.example.org.", 1).1.signed;
    assert!(count > 0 && made() > 0 && made() == 0);
    // A reload that changes nothing changes nothing.
    assert_eq!(filed.control.reload().unwrap().changed, 0);
    assert_eq!((filed.of("example.org.", DNSKEY), records(), made()), (keys.clone(), count, 0));
    // A key that is broken, gone or of another kind: refused, and nothing changes.
    let whole = std::fs::read(&ksk).unwrap();
    std::fs::write(&ksk, "x").unwrap();
    let refused = filed.refused();
    let line = format!("waymark.toml:1: zone example.org. cannot be signed: its key {}: it holds no ", ksk.display());
    assert!(refused.contains(&line), "{refused}");
    std::fs::remove_file(&ksk).unwrap();
    assert!(filed.refused().contains("No such file"), "{}", filed.refused());
    assert!(Filed::start(&filed.folder).is_err_and(|problems| problems[0].to_string().contains("put the file back")));
    assert!(!ksk.exists());
    std::fs::write(&ksk, &whole).unwrap();
    filed.write("waymark.toml", &format!("{split}algorithm = \"ed25519\"\n"));
    assert!(filed.refused().contains("it holds no ED25519 key"), "{}", filed.refused());
    filed.write("waymark.toml", split);
    filed.control.reload().unwrap();
    assert_eq!((filed.of("example.org.", DNSKEY), records(), made()), (keys.clone(), count, 0));
    // A change of records keeps the keys.
    let changed = files[0].1.replace("192.0.2.", "198.51.100.");
    filed.write("zones/a.zone", &changed);
    assert_eq!(filed.control.reload().unwrap().changed, 1);
    assert_eq!((filed.of("example.org.", DNSKEY), records()), (keys.clone(), count));
    // One key for two keeps the one that the parent knows, and all records of a zone that was not read again.
    filed.write("waymark.toml", csk);
    filed.control.reload().unwrap();
    let entry = |keys: &[Record]| keys.iter().find(|key| key.rdata[1] == 1).cloned();
    let now = filed.of("example.org.", DNSKEY);
    assert_eq!((now.len(), entry(&now), records()), (1, entry(&keys), count));
    // Other keys, put there on purpose, are taken up with all records.
    filed.write("waymark.toml", split);
    filed.control.reload().unwrap();
    std::fs::copy(&ksk, &zsk).unwrap();
    filed.control.reload().unwrap();
    let now = filed.of("example.org.", DNSKEY);
    assert_eq!((entry(&now), records()), (entry(&keys), count));
    assert_ne!(now, keys);
    validate("e", &filed.ask("e.example.org.", 1).0, &now, NOW);
    // What is signed no more has no keys, and gets its own back.
    filed.write("waymark.toml", "");
    filed.control.reload().unwrap();
    assert_eq!((filed.of("example.org.", DNSKEY).len(), records()), (0, count));
    filed.write("waymark.toml", split);
    filed.control.reload().unwrap();
    assert_eq!(filed.of("example.org.", DNSKEY), now);
}
