//! Signed zones copied: nothing wrong with the copy for ldns, and what Knot, NSD and BIND serve of it is authentic to
//! Unbound.

use std::process::Command;

use crate::harness::{Server, path, poll, run, text};
use crate::peers::{Peer, bind, copy, dig, free_port, knot, nsd, serial};
use crate::resolver::unbound;
use crate::zone::{Signed, questions};

const ZONE: &str = "example.com";
const CONFIG: &str = "[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n[transfer]\nallow = [\"127.0.0.1\"]\n";

/// What is wrong with a copy of the zone, whose key is `anchor`, now and in `days`.
fn verified(server: &Server, anchor: &str, days: u32) -> Result<(), String> {
    let zone = server.folder().join("copy");
    let key = server.folder().join("anchor");
    let said = dig(server.dns, &[ZONE, "AXFR", "+nocomments", "+nocmd", "+nostats", "+onesoa"]);
    std::fs::write(&zone, said).expect("a copy is written");
    std::fs::write(&key, format!("{ZONE}. IN DNSKEY {anchor}\n")).expect("a key is written");
    let said = run(Command::new("ldns-verify-zone").args(["-e", &format!("P{days}D"), "-k", path(&key), path(&zone)]));
    let (out, errors) = (text(&said.stdout), text(&said.stderr));
    if said.status.success() { Ok(()) } else { Err(format!("{out}{errors}")) }
}

/// Every answer of the zone by this server is authentic to who trusts the key.
fn authentic(peer: &Peer, anchor: &str) {
    let resolver = unbound(peer.address, &[anchor]);
    poll("unbound to answer", || dig(resolver.address, &[ZONE, "SOA"]).contains("ANSWER: 1").then_some(()));
    let (mut wrong, questions) = (Vec::new(), questions(true));
    for (name, rtype, answers) in &questions {
        let said = dig(resolver.address, &["+adflag", "+noall", "+comments", "+answer", name, &format!("TYPE{rtype}")]);
        let is_authentic = said.lines().any(|line| line.contains("flags:") && line.contains(" ad"));
        let has_code = said.contains("status: NOERROR") || !answers && said.contains("status: NXDOMAIN");
        if !is_authentic || !has_code || *answers && !said.contains("ANSWER SECTION") {
            wrong.push(said);
        }
    }
    assert!(questions.len() > 50 && wrong.is_empty(), "{}\n{}", wrong.concat(), resolver.log());
}

fn first_words(line: &str, count: usize) -> String {
    line.split(' ').take(count).collect::<Vec<_>>().join(" ")
}

#[test]
fn copies_of_signed_zones_are_authentic() {
    let server = Server::start(&[], CONFIG);
    let zone = Signed::make(&server);
    let plain = copy(server.dns, ZONE, &[]);
    let anchor = zone.add_key("one");
    zone.enable();
    // Its check may turn at any time, and a signature may be made anew.
    let steady = |lines: Vec<String>| -> Vec<String> {
        let lines = lines.into_iter().filter(|line| !line.starts_with("f.example.com. "));
        lines.map(|line| if line.contains(" rrsig ") { first_words(&line, 8) } else { line }).collect()
    };
    let (plain, ours) = (steady(plain), steady(copy(server.dns, ZONE, &[])));
    let is_made = |line: &&String| [" rrsig ", " nsec ", " dnskey "].iter().any(|made| line.contains(made));
    // Draws are others, as the serial is.
    let rest = |lines: &[String]| -> Vec<String> {
        let lines = lines.iter().filter(|line| !is_made(line));
        lines.map(|line| first_words(line, 4)).collect()
    };
    assert_eq!(rest(&ours), rest(&plain), "nothing lost, nothing made");
    assert!(ours.iter().filter(is_made).count() > 80, "{ours:#?}");
    verified(&server, &anchor, 6).expect("ldns finds nothing wrong");
    verified(&server, &anchor, 9).expect_err("signatures end");
    let wanted = serial(server.dns, ZONE).expect("a serial");
    assert!(wanted > 20_000, "{wanted}: days since 1970");
    let [for_knot, for_nsd, for_bind] = [free_port(), free_port(), free_port()];
    for (name, peer) in [
        ("knot", knot(for_knot, server.dns, ZONE, false)),
        ("nsd", nsd(for_nsd, server.dns, ZONE, false)),
        ("bind", bind(for_bind, server.dns, ZONE, false)),
    ] {
        poll("the secondary to follow", || (serial(peer.address, ZONE) == Some(wanted)).then_some(()));
        assert_eq!(steady(copy(peer.address, ZONE, &[])), ours, "{name} has it, record by record");
        authentic(&peer, &anchor);
    }
}
