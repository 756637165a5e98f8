//! Signed zones of files by the running server: what `waymark dnssec` prints is what `dig` finds, and keys that break while
//! it runs change nothing.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::api::Api;
use crate::harness::{Server, path, run, text, waymark};
use crate::kept::said;

const ZONE: &str =
    "zone = \"example.org\"\n[dnssec]\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";
const MASTER: &str = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

fn dig(server: &Server, arguments: &[&str]) -> String {
    let port = server.dns.port().to_string();
    let mut command = Command::new("dig");
    command.args(["@127.0.0.1", "-p", &port, "+short", "+tcp", "+time=5"]).args(arguments);
    text(&run(&mut command).stdout)
}

/// The digest of a DNSKEY record as `dig` prints its data, by way of its base64 (RFC 4034 §5.1.4).
fn digest(owner: &[u8], dnskey: &str) -> String {
    let fields: Vec<&str> = dnskey.split(' ').collect();
    let flags: u16 = fields[0].parse().expect("flags");
    let public = waymark::model::rdata::octets_of_base64(&fields[3..].concat()).expect("base64");
    let data = [owner, &flags.to_be_bytes()[..], &[3, fields[2].parse().expect("an algorithm")], &public].concat();
    let hashed = ring::digest::digest(&ring::digest::SHA256, &data);
    hashed.as_ref().iter().map(|octet| format!("{octet:02X}")).collect()
}

#[test]
fn what_is_printed_is_what_dig_finds_and_a_broken_key_changes_nothing() {
    let config =
        "state = \"state\"\n[dnssec.zone.\"master.test\"]\nkeys = \"csk\"\nalgorithm = \"ed25519\"\ncds = true\n";
    let server = Server::start(&[("example.org.toml", ZONE), ("master.test.zone", MASTER)], config);
    let dig = |arguments: &[&str]| dig(&server, arguments);
    let said = |arguments: &[&str]| said(&server, arguments);
    for (zone, owner, number) in
        [("example.org.", &b"\x07example\x03org\x00"[..], "13"), ("master.test.", b"\x06master\x04test\x00", "15")]
    {
        let keys = dig(&[zone, "DNSKEY"]);
        let entry = keys.lines().find(|key| key.starts_with("257 3 ")).expect("a KSK");
        let printed = said(&["dnssec", "ds", zone]).expect("it is signed");
        let fields: Vec<&str> = printed.split_whitespace().collect();
        let [name, "IN", "DS", _, algorithm, "2", hashed] = fields[..] else { panic!("{printed}") };
        assert_eq!((name, algorithm, hashed), (zone, number, &*digest(owner, entry)), "RFC 4034 §5.1.4");
    }
    let json: Value = serde_json::from_str(&said(&["dnssec", "ds", "master.test", "--json"]).unwrap()).unwrap();
    let ds = json["ds"][0].as_str().unwrap().split_once(" IN DS ").unwrap().1;
    let [start, digest] = [ds.rsplit_once(' ').unwrap().0, ds.rsplit_once(' ').unwrap().1];
    let told = dig(&["master.test", "CDS"]).replace(' ', "");
    assert_eq!(told.trim(), format!("{start}{digest}").replace(' ', ""), "RFC 7344 §3.1");
    let status = said(&["dnssec", "status"]).unwrap();
    let lines: Vec<&str> = status.lines().map(|line| line.trim_start().split(' ').next().unwrap_or_default()).collect();
    assert_eq!(lines, ["example.org.", "ksk", "zsk", "master.test.", "csk"], "{status}");
    assert!(status.contains("master.test.  signed, and tells its parent (CDS)  "), "{status}");
    assert!(said(&["dnssec", "disable", "example.org"]).unwrap_err().contains("example.org.toml:2, once the parent"));

    let signed = || dig(&["www.example.org", "A", "+dnssec"]);
    let before = signed();
    assert!(before.starts_with("192.0.2.1\nA 13 3 "), "{before}");
    let key = server.state().join("keys/example.org.zsk.p8");
    let whole = fs::read(&key).expect("a key");
    fs::write(&key, &whole[..20]).expect("half a key");
    server.write_zone("example.org.toml", &ZONE.replace("192.0.2.1", "192.0.2.2"));
    let refused = server.reload();
    let problem = &refused["problems"][0];
    assert_eq!((&refused["ok"], &problem["line"]), (&json!(false), &json!(2)), "{refused}");
    assert!(problem["file"].as_str().is_some_and(|file| file.ends_with("example.org.toml")), "{refused}");
    assert_eq!(signed(), before, "answers are what they were, signatures included");
    fs::write(&key, &whole).expect("the key");
    assert_eq!(server.reload()["ok"], true);
    assert!(signed().starts_with("192.0.2.2\nA 13 3 "));
}

#[test]
fn keys_are_kept_where_a_state_directory_is_named_and_a_check_makes_none() {
    let server = Server::start(&[("example.com.toml", "zone = \"example.com\"\n")], "");
    let zones = server.folder().join("signed");
    fs::create_dir(&zones).expect("a folder");
    fs::write(zones.join("example.org.toml"), ZONE).expect("a zone");
    let state = server.folder().join("other");
    fs::write(server.folder().join("other.toml"), format!("state = {:?}\n", path(&state))).expect("a configuration");
    let ran = |arguments: &[&str]| {
        let output = run(waymark(arguments).current_dir(server.folder()));
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(ran(&["check", "signed", "--config", "other.toml"]), (Some(0), String::new()));
    assert!(!state.exists(), "nothing was made");
    let flags = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    fs::write(server.folder().join("none.toml"), "").expect("a configuration");
    // The default directory is the running server's.
    let elsewhere = server.folder().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    let output =
        run(waymark(&flags).args(["--config", "../none.toml", "--zones", "../signed"]).current_dir(&elsewhere));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let line = "../signed/example.org.toml:2: zone example.org. is to be signed, and no state directory is named to keep its \
                keys in; start with --state DIR";
    assert!(said.contains(line), "{said}");
    assert!(!elsewhere.join("state/keys").exists());
}

#[test]
fn a_zone_of_the_api_is_signed_at_a_word() {
    let config = "state = \"state\"\n[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n";
    let server = Server::start(&[("other.toml", ZONE)], config);
    let api = Api::of(&server);
    let body = "<Name>example.com</Name><CallerReference>z</CallerReference>";
    api.ask("POST", "hostedzone", "CreateHostedZoneRequest", body);
    let said = |arguments: &[&str]| said(&server, arguments);
    let told = said(&["dnssec", "enable", "example.com", "--owner", "ann"]).expect("it is signed");
    let (first, ds) = told.trim_end().split_once('\n').expect("two lines");
    assert!(first.starts_with("example.com. is signed; "), "{told}");
    assert_eq!(said(&["dnssec", "ds", "example.com"]).as_deref(), Ok(&*format!("{ds}\n")));
    assert_eq!(dig(&server, &["example.com", "DNSKEY"]).lines().count(), 2);
    let history = said(&["history", "example.com"]).expect("a history");
    assert!(history.contains("  ann  EnableHostedZoneDNSSEC"), "{history}");
    assert_eq!(said(&["dnssec", "disable", "example.com"]).as_deref(), Ok("example.com. is no longer signed\n"));
    assert_eq!(dig(&server, &["example.com", "DNSKEY"]), "");
    // A zone of a file goes out with what it says, and is not taken from its keys.
    let written = said(&["export", "example.org"]).expect("a file");
    let table = "\n[dnssec]\nalgorithm = \"ecdsap256sha256\"\nkeys = \"split\"\ncds = false\n";
    assert!(written.contains(table), "{written}");
    let refused = said(&["import", "example.org"]).expect_err("its keys are not the API's");
    assert!(refused.contains("cannot keep all of example.org.: how the zone is signed, [dnssec]"), "{refused}");
}
