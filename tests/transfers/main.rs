//! Zones copied out of a real server: by Knot, NSD and BIND as secondaries, told by NOTIFY, with and without keys; and what is
//! copied held against what NSD and BIND hand over of the same files.

#[path = "../serve/api.rs"]
mod api;
#[path = "../serve/harness.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod harness;
#[path = "../common/message.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod message;
mod peers;
#[path = "../validators/resolver.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod resolver;
mod signed;
#[path = "../validators/zone.rs"]
#[allow(unused, reason = "other tests use the rest")]
mod zone;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use harness::{Server, connect, frame, path, poll, run, text, waymark};
use message::{Ask, Record, decode, names_inside};
use peers::{ALGORITHM, KEY, Peer, SECRET, bind, bind_primary, copy, dig, free_port, knot, nsd, nsd_primary, serial};

const ZONE: &str = "copied.test";

/// A version of the zone: something of everything that is easily lost, and enough to fill several messages.
fn version(serial: u32) -> String {
    let many: String = (0..400)
        .map(|at| format!("host-{at} A 192.0.2.{}\nhost-{at} TXT \"{}\"\n", at % 250, "x".repeat(100)))
        .collect();
    format!(
        "$TTL 300\n@ SOA ns1 hostmaster {serial} 7200 900 1209600 60\n@ NS ns1\n@ NS ns.elsewhere.example.\nns1 A 192.0.2.1\n\
         *.wild TXT \"a wildcard\"\n_sip._tcp SRV 1 2 5060 deep.below.empty\ndeep.below.empty AAAA 2001:db8::{serial}\n\
         cut NS ns.cut\nns.cut A 192.0.2.2\ncut DS 1 13 2 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n\
         old DNAME new.example.\nalias CNAME Deep.Below.Empty\n@ MX 10 mail\nmail A 192.0.2.{serial}\n{many}\
         only-{serial} TXT \"in this version\"\n"
    )
}

fn config(secondaries: &[String], signed: bool) -> String {
    let grant = if signed { format!("key:{KEY}") } else { "127.0.0.1".to_owned() };
    let notify: Vec<_> = secondaries.iter().map(|text| format!("{text:?}")).collect();
    format!(
        "[key.{KEY:?}]\nalgorithm = {ALGORITHM:?}\nsecret = {SECRET:?}\n[transfer]\nallow = [{grant:?}]\nnotify = [{}]\n",
        notify.join(", ")
    )
}

/// They get the zone, hear of its next version by NOTIFY alone (their refresh is hours away), and get what changed.
fn secondaries_follow(signed: bool) {
    let file = format!("{ZONE}.zone");
    let [for_knot, for_nsd, for_bind] = [free_port(), free_port(), free_port()];
    let to = |address| if signed { format!("{address} key:{KEY}") } else { format!("{address}") };
    let primary = Server::start(&[(&file, &version(1))], &config(&[to(for_knot), to(for_nsd), to(for_bind)], signed));
    let secondaries = [
        ("knot", knot(for_knot, primary.dns, ZONE, signed)),
        ("nsd", nsd(for_nsd, primary.dns, ZONE, signed)),
        ("bind", bind(for_bind, primary.dns, ZONE, signed)),
    ];
    let key = format!("{ALGORITHM}:{KEY}:{SECRET}");
    let keyed: &[&str] = if signed { &["-y", &key] } else { &[] };
    for wanted in 1..=3 {
        if wanted > 1 {
            primary.write_zone(&file, &version(wanted));
            let report = primary.reload();
            assert_eq!((&report["ok"], &report["changed"]), (&true.into(), &1.into()), "{report}");
        }
        let ours = copy(primary.dns, ZONE, keyed);
        assert!(ours.iter().any(|line| line.contains(&format!("only-{wanted}"))), "the new version is served");
        for (name, peer) in &secondaries {
            let has = std::cell::Cell::new(None);
            let there = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                poll("the secondary to follow", || {
                    has.set(serial(peer.address, ZONE));
                    (has.get() == Some(wanted)).then_some(())
                })
            }));
            assert!(there.is_ok(), "{name} has {:?}, not {wanted}:\n{}", has.get(), peer.log());
            assert_eq!(copy(peer.address, ZONE, &[]), ours, "{name} has version {wanted}, record by record");
        }
    }
    poll("all to say that they heard of versions 2 and 3", || {
        (primary.metric("waymark_notify_total{outcome=\"heard\"}") >= 6.0).then_some(())
    });
    let sent = |kind: &str| primary.metric(&format!("waymark_transfers_total{{kind=\"{kind}\",outcome=\"done\"}}"));
    let (whole, changes) = (sent("axfr"), sent("ixfr"));
    // Three versions for each of them and for us; a secondary that does not like what changed asks for the whole.
    assert!(whole >= 6.0 && changes >= 3.0 && whole + changes >= 12.0, "{whole} AXFR, {changes} IXFR");
    let heard = primary.metric("waymark_notify_total{outcome=\"heard\"}");
    let state = primary.state();
    let again = |zone| run(&mut waymark(&["notify", zone, "--state", path(&state)]));
    let said = again(ZONE);
    assert_eq!(text(&said.stdout), "3 secondary servers to be told\n", "{}", text(&said.stderr));
    poll("all to hear again", || {
        (primary.metric("waymark_notify_total{outcome=\"heard\"}") >= heard + 3.0).then_some(())
    });
    let said = again("elsewhere.test");
    assert!(!said.status.success() && text(&said.stderr).contains("there is no zone elsewhere.test."), "{said:?}");
    if signed {
        let said = dig(primary.dns, &[ZONE, "AXFR"]);
        assert!(said.contains("Transfer failed"), "without the key: {said}");
        let forged =
            dig(primary.dns, &["-y", &format!("{ALGORITHM}:{KEY}:{}", SECRET.replace('M', "N")), ZONE, "AXFR"]);
        assert!(forged.contains("BADSIG"), "{forged}");
    }
}

#[test]
fn knot_nsd_and_bind_follow_by_notify() {
    secondaries_follow(false);
}

#[test]
fn knot_nsd_and_bind_follow_by_notify_with_a_key() {
    secondaries_follow(true);
}

/// Every algorithm there is, checked by dig; and a question that is not about transfers.
#[test]
fn dig_believes_what_is_signed() {
    let keys: String = ["hmac-sha256", "hmac-sha384", "hmac-sha512"]
        .map(|algorithm| format!("[key.\"{algorithm}.k.\"]\nalgorithm = \"{algorithm}\"\nsecret = {SECRET:?}\n"))
        .concat();
    let server =
        Server::start(&[("copied.test.zone", &version(1))], &format!("{keys}[transfer]\nallow = [\"0.0.0.0/0\"]\n"));
    let unsigned = copy(server.dns, ZONE, &[]);
    for algorithm in ["hmac-sha256", "hmac-sha384", "hmac-sha512"] {
        let key = format!("{algorithm}:{}.K.:{SECRET}", algorithm.to_uppercase());
        assert_eq!(copy(server.dns, ZONE, &["-y", &key]), unsigned, "{algorithm}");
        for over in ["+notcp", "+tcp"] {
            let said = dig(server.dns, &["-y", &key, over, ZONE, "SOA"]);
            assert!(said.contains("status: NOERROR") && said.contains("TSIG PSEUDOSECTION"), "{said}");
            assert!(!said.contains("validate") && !said.contains("verify"), "{said}");
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The master files of the conformance tests, with their zones.
fn conformance_files() -> Vec<(String, PathBuf)> {
    let conformance = root().join("tests/conformance");
    let mut found = Vec::new();
    for table in ["zones.tsv", "more.tsv", "root.tsv"] {
        let table = std::fs::read_to_string(conformance.join("zones").join(table)).expect("a table of zones");
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (zone, file) = line.split_once('\t').expect("zone and file");
            found.push((zone.to_owned(), conformance.join(file)));
        }
    }
    assert!(found.len() >= 10, "{found:?}");
    found
}

/// Those among the samples.
fn sample_files() -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(root().join("zones")).expect("samples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let masters = paths.filter(|path| path.extension().is_some_and(|extension| extension == "zone"));
    let found: Vec<_> = masters
        .map(|path| (format!("{}.", path.file_stem().and_then(|stem| stem.to_str()).expect("a plain name")), path))
        .collect();
    assert!(found.len() >= 2, "{found:?}");
    found
}

/// conformance.md §2.4: nothing lost.
#[test]
fn nothing_is_lost_of_any_master_file() {
    for files in [conformance_files(), sample_files()] {
        let texts: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(at, (zone, path))| {
                let text = std::fs::read_to_string(path).expect("a zone is text");
                (format!("{at}.zone"), format!("$ORIGIN {zone}\n{text}"))
            })
            .collect();
        let ours: Vec<_> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
        let server = Server::start(&ours, "[transfer]\nallow = [\"127.0.0.1\"]\n");
        let zones: Vec<_> = files.iter().map(|(zone, path)| (&**zone, &**path)).collect();
        // NSD has no $GENERATE, and sends messages without records for ever where a record is longer than 16 KiB.
        let is_plain = |at: &usize| !texts[*at].1.contains("$GENERATE") && zones[*at].0 != "sizes.test.";
        let for_nsd: Vec<_> = (0..zones.len()).filter(is_plain).map(|at| zones[at]).collect();
        // BIND refuses some of the types nobody uses.
        let for_bind: Vec<_> = zones.iter().copied().filter(|(zone, _)| *zone != "types.test.").collect();
        let peers = [("nsd", nsd_primary(&for_nsd), for_nsd), ("bind", bind_primary(&for_bind), for_bind)];
        for (name, peer, zones) in &peers {
            for (zone, _) in zones {
                same_copy(zone, server.dns, name, peer);
            }
        }
    }
}

fn same_copy(zone: &str, server: SocketAddr, name: &str, peer: &Peer) {
    let served = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        poll("a primary to serve", || serial(peer.address, zone));
    }));
    assert!(served.is_ok(), "{name} does not serve {zone}:\n{}", peer.log());
    let (ours, theirs) = (records(server, zone), records(peer.address, zone));
    let without = |these: &[Record], those: &[Record]| -> Vec<Record> {
        these.iter().filter(|record| !those.contains(record)).cloned().collect()
    };
    let (lost, made) = (without(&theirs, &ours), without(&ours, &theirs));
    assert!(lost.is_empty() && made.is_empty(), "{zone}: {name} has {lost:?} where we have {made:?}");
    assert_eq!(ours.len(), theirs.len(), "{zone} at {name}");
}

/// A zone's records over AXFR, read with eyes of the tests' own: dig knows not every type. Sorted, names in lower case.
fn records(server: SocketAddr, zone: &str) -> Vec<Record> {
    let name = hickory_proto::rr::Name::from_ascii(zone).expect("a name").to_lowercase();
    let name = hickory_proto::serialize::binary::BinEncodable::to_bytes(&name).expect("a name on the wire");
    let ask = Ask { id: 7, flags: 0, name, rtype: 252, class: 1, edns: None };
    let mut stream = connect(server);
    stream.write_all(&frame(&ask.bytes())).expect("a question is sent");
    let (mut all, mut ends) = (Vec::new(), 0);
    while ends < 2 {
        let mut prefix = [0; 2];
        stream.read_exact(&mut prefix).expect("a message");
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(prefix))];
        stream.read_exact(&mut bytes).expect("a whole message");
        let message = decode(&bytes, true).expect("a message that can be read");
        assert!(message.rcode == 0 && !message.answer.is_empty(), "{zone}: {message:?}");
        ends += message.answer.iter().filter(|record| record.rtype == 6).count();
        all.extend(message.answer);
    }
    for record in &mut all {
        record.owner.make_ascii_lowercase();
        if names_inside(record.rtype).1 > 0 {
            record.rdata.make_ascii_lowercase();
        }
    }
    all.sort();
    all
}
