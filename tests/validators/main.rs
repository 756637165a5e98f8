//! Zones made and signed over the API, by validators of others: Unbound and delv believe every answer, or say why not.

#[path = "../serve/api.rs"]
mod api;
#[path = "../serve/harness.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod harness;
#[path = "../common/message.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod message;
#[path = "../transfers/peers.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod peers;
mod resolver;
mod zone;

use std::process::Command;

use harness::{Server, path, poll, run, text};
use peers::{Peer, dig};
use resolver::{AD, resolve, resolver, unbound};
use zone::{Signed, questions};

const CONFIG: &str = "[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n";

/// Every question has its answer, or the proof that there is none, and all of it is authentic or nothing of it.
fn every_answer(peer: &Peer, authentic: bool) {
    let mut wrong = Vec::new();
    let questions = questions(authentic);
    assert_eq!(questions.len(), 70, "docs/conformance.md says how many");
    for (name, rtype, answers) in &questions {
        let reply = resolve(peer.address, name, *rtype);
        let is_right = reply.as_ref().is_some_and(|reply| {
            let is_there = reply.answer.iter().any(|record| record.rtype == *rtype);
            // Who knows compact denial may say that there is no such name (RFC 9824 §5).
            let has_code = reply.rcode == 0 || reply.rcode == 3 && !answers;
            has_code && is_there == *answers && (reply.flags & AD > 0) == authentic
        });
        if !is_right {
            wrong.push((name, rtype, answers, reply));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", peer.log());
}

/// What delv says of a question to the server itself.
fn delv(server: &Server, anchor: &str, name: &str, rtype: &str) -> String {
    let file = server.folder().join("anchor");
    let fields: Vec<_> = anchor.splitn(4, ' ').collect();
    let [flags, protocol, algorithm, key] = fields[..] else { panic!("a DNSKEY: {anchor}") };
    let text_of = format!("trust-anchors {{ example.com. static-key {flags} {protocol} {algorithm} \"{key}\"; }};\n");
    std::fs::write(&file, text_of).expect("an anchor is written");
    let port = server.dns.port().to_string();
    let mut command = Command::new("timeout");
    command.args(["60", "delv", "@127.0.0.1", "-p", &port, "-a", path(&file), "+root=example.com", name, rtype]);
    let said = run(&mut command);
    text(&said.stdout) + &text(&said.stderr)
}

fn delv_believes(server: &Server, anchor: &str) {
    let answers = [
        ("example.com", "A"),
        ("example.com", "DNSKEY"),
        ("w.example.com", "A"),
        ("chain.example.com", "A"),
        ("q.wild.example.com", "A"),
        ("into-wild.example.com", "A"),
        ("into-nothing.example.com", "A"),
        ("sec.example.com", "DS"),
        ("naptr.example.com", "NAPTR"),
        ("large.example.com", "TXT"),
    ];
    let nothing = [
        ("nope.example.com", "A"),
        ("w.example.com", "AAAA"),
        ("deep.example.com", "A"),
        ("q.wild.example.com", "AAAA"),
        ("sub.example.com", "DS"),
    ];
    for (name, rtype) in answers {
        let said = delv(server, anchor, name, rtype);
        assert!(said.starts_with("; fully validated"), "{name} {rtype}: {said}");
    }
    for (name, rtype) in nothing {
        let said = delv(server, anchor, name, rtype);
        assert!(said.contains("; negative response, fully validated"), "{name} {rtype}: {said}");
    }
}

/// S-4, S-8, S-10: a zone's life from its first key to its last, as its resolvers see it.
#[test]
fn unbound_and_delv_believe_every_answer_through_a_rotation_of_keys() {
    let server = Server::start(&[("other.toml", "zone = \"example.org\"\n")], CONFIG);
    let zone = Signed::make(&server);
    let first = zone.add_key("first");
    zone.enable();
    let trusts_first = resolver(&server, &[&first]);
    every_answer(&trusts_first, true);
    delv_believes(&server, &first);

    let second = zone.add_key("second");
    for anchor in [&first, &second] {
        let said = delv(&server, anchor, "example.com", "DNSKEY");
        assert!(said.starts_with("; fully validated"), "S-10: both vouch for all keys: {said}");
    }
    every_answer(&trusts_first, true);
    zone.retire_key("first");
    // Who cached the keys while both vouched for them goes on believing.
    every_answer(&trusts_first, true);
    every_answer(&resolver(&server, &[&second]), true);
    delv_believes(&server, &second);
    // A key that is gone vouches for nothing; without this, the rest would prove nothing.
    let said = delv(&server, &first, "example.com", "DNSKEY");
    assert!(!said.contains("fully validated"), "{said}");
    let trusts_nothing = unbound(server.dns, &[&first]);
    let reply = poll("unbound to answer", || resolve(trusts_nothing.address, "mail.example.com.", 1));
    assert_eq!((reply.rcode, reply.answer.len(), reply.flags & AD), (2, 0, 0), "{}", trusts_nothing.log());

    zone.disable();
    every_answer(&resolver(&server, &[]), false);
    let said = dig(server.dns, &["+dnssec", "example.com", "A"]);
    assert!(said.contains("status: NOERROR") && !said.contains("RRSIG"), "{said}");
}
