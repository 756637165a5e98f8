//! `waymark import`, `history`, `rollback` and `export`: a zone of a file becomes the API's, changes, and goes back.

use hickory_proto::rr::RecordType;
use serde_json::{Value, json};

use crate::api::Api;
use crate::harness::{Server, path, run, text, udp, values, waymark};

const ZONE: &str = "zone = \"example.org\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n\
    [[record]]\nname = \"pair\"\ntype = \"A\"\nweighted = [{ id = \"a\", weight = 1, value = \"192.0.2.7\" }]\n";

/// What the command prints, where it does what it is told; else what it says of that.
pub(crate) fn said(server: &Server, arguments: &[&str]) -> Result<String, String> {
    let state = server.state();
    let output = run(waymark(arguments).args(["--state", path(&state)]).current_dir(server.folder()));
    match output.status.code() {
        Some(0) => Ok(text(&output.stdout)),
        code => {
            assert_eq!((code, text(&output.stdout).as_str()), (Some(1), ""), "{arguments:?}");
            Err(text(&output.stderr))
        }
    }
}

#[test]
fn a_zone_of_a_file_is_imported_changed_brought_back_and_exported() {
    let config = "[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n";
    let server = Server::start(&[("example.org.toml", ZONE)], config);
    let api = Api::of(&server);
    let said = |arguments: &[&str]| said(&server, arguments);
    let www = || udp(server.dns, "www.example.org.", RecordType::A).map(|message| values(&message)).unwrap_or_default();

    let told = said(&["import", "example.org", "--owner", "ann"]).expect("it is imported");
    assert!(told.starts_with("example.org. is the API's now, as example.org, with 4 record sets\n"), "{told}");
    assert!(told.ends_with("example.org.toml is no longer looked at for it: remove it\n"), "{told}");
    let twice = said(&["import", "example.org"]).expect_err("it is the API's");
    assert!(twice.contains("zone example.org. is the API's already"), "{twice}");

    let change = "<ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>www.example.org</Name>\
        <Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.2</Value></ResourceRecord>\
        </ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch>";
    api.ask("POST", "hostedzone/example.org/rrset/", "ChangeResourceRecordSetsRequest", change);
    assert_eq!(www(), ["192.0.2.2"]);

    let told = said(&["history", "example.org", "--json"]).expect("a history");
    let history: Value = serde_json::from_str(&told).expect("JSON");
    let entries = history["entries"].as_array().expect("entries");
    let of: Vec<_> = entries.iter().map(|entry| (&entry["operation"], &entry["who"] == "ann")).collect();
    assert_eq!(of, [(&json!("Import"), true), (&json!("ChangeResourceRecordSets"), false)]);
    let changed = &entries[1]["changes"][0];
    assert_eq!(changed["what"], "www.example.org. A");
    let value = |document: &str| changed[document]["ResourceRecords"][0]["Value"].clone();
    assert_eq!((value("before"), value("after")), (json!("192.0.2.1"), json!("192.0.2.2")));

    let first = entries[0]["revision"].to_string();
    assert_eq!(said(&["rollback", "example.org", "--to", &first]).as_deref(), Ok("1 document changed\n"));
    assert_eq!(www(), ["192.0.2.1"]);
    let told = said(&["history", "example.org", "--last", "1"]).expect("a history");
    assert!(told.contains("  RollBack\n          ~ www.example.org. A  60 192.0.2.2 → 300 192.0.2.1\n"), "{told}");

    let export = |format: &str, more: &[&str]| {
        let arguments = [&["export", "example.org", "--format", format], more].concat();
        said(&arguments)
    };
    let own = export("toml", &[]).expect("our own format says all");
    let again = Server::start(&[("again.toml", &own)], "");
    let pair = udp(again.dns, "pair.example.org.", RecordType::A).map(|message| values(&message));
    assert_eq!(pair, Some(vec!["192.0.2.7".to_owned()]), "{own}");
    let dump: Value = serde_json::from_str(&export("json", &[]).expect("a dump")).expect("JSON");
    assert_eq!(dump["ResourceRecordSets"].as_array().map(Vec::len), Some(4), "{dump}");
    let refused = export("zone", &[]).expect_err("a master file has no weights");
    assert!(refused.contains("left out: pair.example.org. A: weighted routing\n"), "{refused}");
    assert!(refused.contains("cannot say all of example.org; add --lossy"), "{refused}");
    let master = export("zone", &["--lossy"]).expect("the rest of it");
    assert!(master.contains("\nwww.example.org. 300 IN A 192.0.2.1\n") && !master.contains("192.0.2.7"), "{master}");
}

#[test]
fn a_file_that_defines_checks_is_not_imported() {
    let server = Server::start(&[], "[api]\nlisten = \"127.0.0.1:0\"\nauth = \"off\"\n");
    let file = server.folder().join("other.toml");
    let zone = "zone = \"example.net\"\n";
    std::fs::write(&file, format!("{zone}[check.up]\ngiven = \"healthy\"\n")).expect("a file");
    let refused = said(&server, &["import", path(&file)]).expect_err("it has a check");
    assert!(refused.contains("the file defines checks, collections or views (up)"), "{refused}");
    std::fs::write(&file, zone).expect("a file");
    let told = said(&server, &["import", path(&file)]).expect("nothing but a zone");
    assert_eq!(told, "example.net. is the API's now, as example.net, with 2 record sets\n");
    let soa = udp(server.dns, "example.net.", RecordType::SOA).map(|message| message.answers.len());
    assert_eq!(soa, Some(1));
}
