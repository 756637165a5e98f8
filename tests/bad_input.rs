//! Bad input, as an operator meets it: every mistake told at once, with file, line, what is wrong and how to mend it;
//! what is unreadable refused at the start and passed over at a reload; nothing waits for ever.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use serde_json::{Value, json};
use tempfile::TempDir;
use waymark::control::socket;
use waymark::model::Problem;
use waymark::store::{Options, load_texts};

const PATIENCE: Duration = Duration::from_secs(60);

/// The problems of these files, which must not load.
fn problems(files: &[(&str, &str)]) -> Vec<Problem> {
    match load_texts(files, &Options::default()) {
        Ok(loaded) => panic!("it loads, with {:#?}", loaded.warnings),
        Err(problems) => problems,
    }
}

/// Asserts that each mistake is told once, in the order of lines: its line, words of what is wrong, words of the cure.
#[track_caller]
fn assert_told(file: &str, text: &str, expected: &[(u32, &str, &str)]) {
    let found = problems(&[(file, text)]);
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{shown:#?}");
    for (problem, (line, what, mend)) in found.iter().zip(expected) {
        let told = (&*problem.at.file, problem.at.line, problem.what.contains(what), problem.mend.contains(mend));
        assert_eq!(told, (file, *line, true, true), "wanted {line} {what:?} {mend:?} in {shown:#?}");
        assert!(problem.is_error(), "{problem}");
        assert!(problem.to_string().starts_with(&format!("{file}:{line}: ")), "{problem}");
    }
}

#[test]
fn ten_mistakes_in_a_zone_are_ten_messages() {
    let text = r#"zone = "example.com"
ttl = "soon"
[check.web]
http = "http://192.0.2.1/"
interval = 0
[[record]]
name = "www"
type = "A"
value = "999.1.1.1"
[[record]]
name = "w"
type = "A"
weighted = [
  { id = "a", weight = 300, value = "192.0.2.1" },
  { id = "b", weight = 1, vlaue = "192.0.2.2", value = "192.0.2.2" },
]
[[record]]
name = "geo"
type = "A"
geolocation = [{ country = "XX", value = "192.0.2.1" }]
[[record]]
name = "app"
type = "A"
failover = { primary = { value = "192.0.2.1", check = "wbe" } }
[[record]]
name = "lat"
type = "A"
latency = [{ region = "eu-west-9", value = "192.0.2.1" }]
[[record]]
name = "x"
type = "A"
alias = "wwww"
[[record]]
name = "odd"
type = "AA"
value = "192.0.2.1"
"#;
    let expected = [
        (2, "`ttl` is no span of time", "write seconds"),
        (5, "check \"web\": `interval` is not between 1s and 86400s", ""),
        (9, "record \"www\" A: value \"999.1.1.1\"", ""),
        (14, "weighted \"a\": `weight` 300 is not in 0..=255", ""),
        (15, "unknown key `vlaue`", "did you mean `value`?"),
        (20, "\"XX\" is no country", "ISO 3166"),
        (24, "health check \"wbe\", which does not exist", "did you mean `web`?"),
        (28, "\"eu-west-9\" is no Region", "did you mean `eu-west-1`?"),
        (29, "alias that targets wwww.example.com.", "did you mean `www.example.com.`?"),
        (35, "\"AA\" is no record type", "did you mean `A`?"),
    ];
    assert_told("example.com.toml", text, &expected);
}

/// A check of every kind, each with a mistake of its own; values, foreign keys (C-0) and what hangs together alike.
#[test]
fn every_mistake_in_checks_is_told_with_its_line() {
    let text = r#"[check.http]
http = "http://192.0.2.1:99999/"
search = ""
interval = "500ms"
[check.https]
https = "https://192.0.2.1/"
server_name = "192.0.2.1"
threshold_up = 11
[check.tcp]
tcp = "192.0.2.1"
search = "x"
response_timeout = "1s"
[check.tls]
tls = "192.0.2.1:853"
degraded_percent = 50
host = "x"
[check.grpc]
grpc = "grpc://192.0.2.1:50051"
certificate_horizon = "14d"
authority = "not a host"
[check.icmp]
icmp = "192.0.2.1:7"
healthy_percent = 100
[check.dns]
dns = "192.0.2.1"
query = "www..example"
type = "AA"
[check.all]
calculated = ["http", "htp", "http"]
interval = 5
at_least = 1
[check.given]
given = "up"
missing = "healthy"
[check.prometheus]
prometheus = "192.0.2.1:9090"
query = "up"
unhealthy_when = "80"
periods = 0
[check.alertmanager]
alertmanager = "http://192.0.2.1:9093"
matchers = ["HighCPU"]
missing = "up"
[check.file]
file = "state"
threshold = 2
[check.push]
push = false
[check.two]
tcp = "192.0.2.1:1"
icmp = "192.0.2.1"
[check.none]
interval = 5
[check.whole]
given = "healthy"
failback = "later"
slow_start = "0s"
slowstart = 1
"#;
    let expected = [
        (2, "`http` \"http://192.0.2.1:99999/\" has no valid host and port", "http://192.0.2.1:8080/health"),
        (3, "`search` has 0 characters", ""),
        (4, "`interval` is not between 1s and 86400s", ""),
        (7, "`server_name` \"192.0.2.1\" is an address", "false to send none"),
        (8, "`threshold_up` 11 is not in 1..=10", ""),
        (10, "`tcp` \"192.0.2.1\" has no port", "192.0.2.1:PORT"),
        (11, "`search` is not for tcp checks (C-0)", "it belongs to http, https"),
        (12, "`response_timeout` is not for tcp checks (C-0)", "remove it"),
        (15, "`degraded_percent` says nothing without `certificate_horizon`", "certificate_horizon = \"14d\""),
        (16, "`host` is not for tls checks (C-0)", "it belongs to http, https"),
        (19, "`certificate_horizon` is not for grpc checks (C-0)", "it belongs to https, tls, grpcs"),
        (20, "`authority` \"not a host\" is no host", "example.com"),
        (22, "`icmp` \"192.0.2.1:7\" is neither an address nor a name", "without scheme and port"),
        (23, "`healthy_percent` 100 is not in 0..=99", ""),
        (26, "`query` \"www..example\" is no domain name", ""),
        (27, "\"AA\" is no record type", "did you mean `A`?"),
        (28, "Child health check IDs do not exist or are deleted: htp", "did you mean `http`?"),
        (28, "counts \"http\" twice", "name each child once"),
        (30, "`interval` is not for calculated checks (C-0)", "remove it"),
        (33, "`given` cannot be \"up\"", "\"healthy\" or \"unhealthy\""),
        (34, "`missing` is not for given checks (C-0)", "it belongs to prometheus, alertmanager, file, push"),
        (36, "`prometheus` \"192.0.2.1:9090\" does not begin with http:// or https://", "http://127.0.0.1:9090"),
        (38, "`unhealthy_when` \"80\" is no comparison", "\"> 80\""),
        (39, "`periods` 0 is not in 1..=100", ""),
        (42, "`matchers` \"HighCPU\" is no matcher", "alertname"),
        (43, "`missing` cannot be \"up\"", "\"last-known\""),
        (45, "`file` \"state\" is no absolute path", "begin it with /"),
        (46, "`threshold` is not for file checks (C-0)", "remove it"),
        (48, "`push` is false", "push = true"),
        (49, "has `tcp` and `icmp`: a check is one thing", "make two checks"),
        (52, "says not what is checked", "http = "),
        (56, "`failback` cannot be \"later\"", "\"manual\" or \"automatic\""),
        (57, "`slow_start` is not between 1s and 86400s", ""),
        (58, "unknown key `slowstart`", "did you mean `slow_start`?"),
    ];
    assert_told("checks.toml", text, &expected);
}

#[test]
fn ten_mistakes_in_a_master_file_are_ten_messages() {
    let text = r#"$TTL 300
@ IN SOA ns hostmaster 1 7200 900 1209600 60
@ NS ns
ns A 192.0.2.256
www A
mail MX mail
a..b A 192.0.2.1
txt TXT "open
$TTL soon
c CNAME ns
c A 192.0.2.1
outside.example.net. A 192.0.2.1
t NOTYPE data
$INCLUDE nowhere.zone
"#;
    let expected = [
        (4, "A record of ns.example.org.: \"192.0.2.256\" is not an IPv4 address", ""),
        (5, "A record of www.example.org.: the value ends where an IPv4 address is expected", ""),
        (6, "MX record of mail.example.org.: \"mail\" is not a number in 0..=65535", ""),
        (7, "the owner \"a..b\" is not a domain name", ""),
        (8, "a quotation mark is never closed", "close the string"),
        (9, "$TTL takes one duration", "write seconds"),
        (10, "c.example.org. has a CNAME and a A record", "a CNAME stands alone"),
        (12, "the owner is outside zone example.org.", "origin"),
        (13, "\"NOTYPE\" is no record type", "TYPEnnn"),
        (14, "\"nowhere.zone\" cannot be included", ""),
    ];
    assert_told("example.org.zone", text, &expected);
}

/// Sets that break two rules' views of one mistake are told of once.
#[test]
fn a_mistake_in_a_master_file_is_told_once() {
    let text = "$TTL 300\n@ SOA ns h 1 7200 900 1209600 60\n@ NS ns\nns A 192.0.2.1\ntwo CNAME a\ntwo CNAME b\n\
                *.w NS ns\n*.v DNAME x\nd DNAME x\nd DNAME y\na.d A 192.0.2.1\n@ DS 1 8 250 00\nn DNAME x\nn NS ns\n";
    let expected = [
        (5, "two.example.org. has several CNAME records", "keep one"),
        (7, "NS record of *.w.example.org.: it cannot be a wildcard", "write the names out"),
        (8, "DNAME record of *.v.example.org.: it cannot be a wildcard", "write the names out"),
        (9, "RRSet with DNS name d.example.org., type DNAME has 2 values", "keep one"),
        (11, "A record of a.d.example.org.: d.example.org. has a DNAME, which hides it", "move it or the DNAME"),
        (12, "DS record of example.org.: it belongs to the parent zone", "move it there"),
        (13, "n.example.org. has a DNAME and is delegated", "move the DNAME to the apex of the child zone"),
    ];
    assert_told("example.org.zone", text, &expected);
}

/// RFC 6672 §2.3, §2.4, RFC 4592 §4.4, RFC 4035 §2.4: the same shapes in our own format and in a dump.
#[test]
fn dname_and_ds_are_held_to_their_rules_in_every_format() {
    let record = |owner: &str, rtype: &str, value: &str| {
        format!("[[record]]\nname = \"{owner}\"\ntype = \"{rtype}\"\nvalue = \"{value}\"\n")
    };
    let text = [
        "zone = \"example.org\"\n".to_owned(),
        record("*.v", "DNAME", "x"),
        record("d", "DNAME", "x"),
        record("a.d", "A", "192.0.2.1"),
        record("@", "DS", "1 8 250 00"),
        record("n", "DNAME", "x"),
        record("n", "NS", "ns.example.net."),
    ];
    let expected = [
        (2, "DNAME record of *.v.example.org.: it cannot be a wildcard", "write the names out"),
        (10, "A record of a.d.example.org.: d.example.org. has a DNAME, which hides it", "move it or the DNAME"),
        (14, "DS record of example.org.: it belongs to the parent zone", "move it there"),
        (18, "n.example.org. has a DNAME and is delegated", "move the DNAME to the apex of the child zone"),
    ];
    assert_told("z.toml", &text.concat(), &expected);
    let dump = r#"{"HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.org."}}
{"ResourceRecordSets": [
{"Name": "example.org.", "Type": "SOA", "TTL": 60, "ResourceRecords": [{"Value": "ns-1.awsdns-00.com. a. 1 1 1 1 1"}]},
{"Name": "example.org.", "Type": "DS", "TTL": 60, "ResourceRecords": [{"Value": "1 8 2 00"}]}]}
"#;
    assert_told("z.json", dump, &[(4, "DS record of example.org.: it belongs to the parent zone", "move it there")]);
}

#[test]
fn ten_mistakes_in_a_dump_are_ten_messages() {
    let text = r#"{"HostedZone": {"Id": "/hostedzone/Z1", "Name": "example.net.", "CallerReference": "x"}}
{"ResourceRecordSets": [
{"Name": "example.net.", "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns-1.awsdns-00.com."}]},
{"Name": "example.net.", "Type": "SOA", "TTL": 60, "ResourceRecords": [{"Value": "ns-1.awsdns-00.com. a. 1 1 1 1 1"}]},
{"Name": "www.example.net.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "999.1.1.1"}]},
{"Name": "txt.example.net.", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": "open"}]},
{"Name": "w.example.net.", "Type": "A", "SetIdentifier": "a", "Weight": 300, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "r.example.net.", "Type": "A", "SetIdentifier": "a", "Region": "eu-west-9", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "g.example.net.", "Type": "A", "SetIdentifier": "a", "GeoLocation": {"CountryCode": "XX"}, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "f.example.net.", "Type": "A", "SetIdentifier": "a", "Failover": "THIRD", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "outside.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "h.example.net.", "Type": "A", "TTL": 60, "HealthCheckId": "nobody", "ResourceRecords": [{"Value": "192.0.2.1"}]},
{"Name": "x.example.net.", "Type": "A", "AliasTarget": {"HostedZoneId": "Z1", "DNSName": "y.example.net.", "EvaluateTargetHealth": false}},
{"Name": "odd.example.net.", "Type": "AA", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
]}
"#;
    let expected = [
        (5, "999.1.1.1", ""),
        (6, "open", ""),
        (7, "300", ""),
        (8, "eu-west-9", ""),
        (9, "XX", ""),
        (10, "THIRD", ""),
        (11, "outside.example.com.", ""),
        (12, "nobody", ""),
        (13, "y.example.net.", ""),
        (14, "AA", ""),
    ];
    assert_told("account.json", text, &expected);
}

#[test]
fn a_zone_is_defined_once_whatever_the_form_of_its_file() {
    let toml = "zone = \"example.com\"\n";
    let zone = "$ORIGIN example.com.\n$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n";
    for (files, at) in [
        ([("a.toml", toml), ("b.toml", toml)], "b.toml:1: "),
        ([("a.toml", toml), ("b.zone", zone)], "b.zone:3: "),
        ([("a.zone", zone), ("b.zone", zone)], "b.zone:3: "),
    ] {
        let found = problems(&files);
        assert_eq!(found.len(), 1, "{found:#?}");
        let shown = found[0].to_string();
        assert!(shown.starts_with(at) && shown.contains("is already defined at a."), "{shown}");
    }
    let twice = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n\
                 [[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.2\"\n";
    let found = problems(&[("a.toml", twice)]);
    assert_eq!((found.len(), found[0].at.line), (1, 6), "{found:#?}");
}

#[test]
fn aliases_in_a_circle_are_refused_and_named() {
    let mut text = "zone = \"example.com\"\n".to_owned();
    for (name, to) in [("a", "b"), ("b", "c"), ("c", "a"), ("self", "self"), ("tail", "a")] {
        text.push_str(&format!("[[record]]\nname = \"{name}\"\ntype = \"A\"\nalias = \"{to}\"\n"));
    }
    let found = problems(&[("example.com.toml", &text)]);
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    for name in ["a.example.com.", "b.example.com.", "c.example.com.", "self.example.com."] {
        assert!(shown.iter().any(|problem| problem.contains(name)), "{name}: {shown:#?}");
    }
    assert!(found.iter().all(Problem::is_error), "{shown:#?}");
}

/// A folder with zones, for the command line.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(folder.path("zones")).expect("a folder for zones");
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, zone: &str, text: &str) {
        fs::write(self.path("zones").join(zone), text).expect("a zone is written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn check(&self) -> Output {
        self.command(&["check", "zones"]).output().expect("the binary runs")
    }

    fn fifo(&self, name: &str) {
        let made = Command::new("mkfifo").arg(self.path(name)).status();
        assert!(made.expect("mkfifo runs").success());
    }
}

/// Exit code and everything said.
fn told(output: &Output) -> (Option<i32>, String) {
    let said = [&output.stderr[..], &output.stdout].concat();
    (output.status.code(), String::from_utf8(said).expect("UTF-8"))
}

const STEERED: &str = r#"zone = "example.com"
[[record]]
name = "www"
type = "A"
geolocation = [{ default = true, value = "192.0.2.1" }]
"#;

#[test]
fn an_unused_check_is_a_warning_and_a_missing_one_an_error() {
    let folder = Folder::new(&[("a.toml", "zone = \"a.test\"\n[check.web]\ntcp = \"192.0.2.1:80\"\n")]);
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("a.toml:2: warning: health check \"web\" is used by no record"), "{said}");
    let text = "zone = \"a.test\"\n[[record]]\nname = \"@\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\ncheck = \"web\"\n";
    folder.write("a.toml", text);
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("a.toml:2: ") && said.contains("health check \"web\", which does not exist"), "{said}");
}

/// T295: an address that the configuration forbids is an error where the check is, told by `waymark check`.
#[test]
fn t295_a_forbidden_address_is_refused_at_load() {
    let zone = "zone = \"a.test\"\n[check.web]\nhttp = \"http://10.0.0.1/\"\n[[record]]\nname = \"@\"\ntype = \"A\"\n\
                value = \"192.0.2.1\"\ncheck = \"web\"\n";
    let folder = Folder::new(&[("a.toml", zone)]);
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(0), "{said}");
    fs::write(folder.path("waymark.toml"), "[health]\nallow_special_addresses = false\n").expect("a configuration");
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("a.toml:2: health check \"web\" probes 10.0.0.1, which is forbidden"), "{said}");
}

/// Neither a FIFO nor a folder nor a device holds up a start.
#[test]
fn odd_files_are_refused_and_waited_for_by_nobody() {
    let folder = Folder::new(&[("a.toml", STEERED)]);
    folder.fifo("zones/fifo.toml");
    folder.fifo("zones/fifo.json");
    std::os::unix::fs::symlink("/dev/zero", folder.path("zones/endless.zone")).expect("a link");
    std::os::unix::fs::symlink("nowhere", folder.path("zones/dangling.zone")).expect("a link");
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(3), "{said}");
    for name in ["fifo.toml", "fifo.json", "endless.zone", "dangling.zone"] {
        assert_eq!(said.matches(name).count(), 1, "{name}: {said}");
    }
    for name in ["fifo.toml", "fifo.json", "endless.zone", "dangling.zone"] {
        fs::remove_file(folder.path("zones").join(name)).expect("it goes");
    }
    // The same where a zone file or the configuration names files.
    folder.fifo("pipe");
    fs::create_dir(folder.path("folder")).expect("a folder");
    folder.write("z.zone", "$ORIGIN z.test.\n$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns.x.\n$INCLUDE ../pipe\n");
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("z.zone:5: ") && said.contains("not a regular file"), "{said}");
    fs::remove_file(folder.path("zones/z.zone")).expect("it goes");
    for key in ["geoip", "asn", "latency"] {
        for file in ["pipe", "folder", "/dev/zero", "nowhere"] {
            fs::write(folder.path("waymark.toml"), format!("{key} = \"{file}\"\n")).expect("a configuration");
            let (code, said) = told(&folder.check());
            assert_eq!(code, Some(3), "{key} {file}: {said}");
            assert!(said.contains(&format!("{file}: ")), "{key} {file}: {said}");
        }
    }
    for file in ["pipe", "folder", "/dev/zero", "nowhere"] {
        let text = format!("[health]\npush_token_file = \"{file}\"\n[webhook.a]\nurl_file = \"{file}\"\n");
        fs::write(folder.path("waymark.toml"), text).expect("a configuration");
        let (code, said) = told(&folder.check());
        assert_eq!(code, Some(3), "{file}: {said}");
        for key in ["push_token_file", "url_file"] {
            assert!(said.contains(&format!("`{key}` \"{file}\" ")), "{key} {file}: {said}");
        }
    }
    fs::remove_file(folder.path("waymark.toml")).expect("it goes");
    folder.fifo("waymark.toml");
    let (code, said) = told(&folder.check());
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("waymark.toml: "), "{said}");
}

#[test]
fn included_files_are_found_however_the_directory_is_named() {
    let zone = "$ORIGIN z.test.\n$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns.x.\n$INCLUDE hosts\n$INCLUDE ../more\n";
    let folder = Folder::new(&[("z.zone", zone), ("hosts", "www A 192.0.2.1\n")]);
    fs::write(folder.path("more"), "more A 192.0.2.2\n").expect("a file");
    let whole = folder.path("zones");
    for zones in ["zones", "./zones", "zones/", "zones/../zones", whole.to_str().expect("a plain path")] {
        let (code, said) = told(&folder.command(&["check", zones]).output().expect("the binary runs"));
        assert_eq!(code, Some(0), "{zones}: {said}");
        assert!(said.starts_with("1 zone, 4 record sets"), "{zones}: {said}");
    }
}

/// A server process over a folder.
struct Server {
    child: Child,
    lines: Receiver<String>,
    dns: SocketAddr,
    folder: Folder,
}

impl Server {
    fn start(folder: Folder) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut command = folder.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let output = child.stdout.take().expect("piped");
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child, lines, dns: nowhere, folder };
        let line = server.lines.recv_timeout(PATIENCE).expect("the server says where it answers");
        let address = line.strip_prefix("waymark answers on ").expect("the address comes first");
        let end = address.find([' ', ',']).unwrap_or(address.len());
        server.dns = address[..end].parse().expect("an address");
        server
    }

    fn reload(&self) -> Value {
        socket::ask(&self.folder.path("state"), &json!({ "op": "reload" })).expect("the control socket answers")
    }

    /// The address of www.example.com.
    fn address(&self) -> String {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
        socket.connect(self.dns).expect("loopback");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket option");
        let mut message = Message::new(7, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(Name::from_ascii("www.example.com.").expect("a name"), RecordType::A));
        socket.send(&message.to_vec().expect("a query")).expect("loopback sends");
        let mut buffer = [0; 4096];
        let length = socket.recv(&mut buffer).expect("an answer");
        let answer = Message::from_vec(&buffer[..length]).expect("an answer can be read");
        answer.answers.first().map(|record| record.data.to_string()).unwrap_or_default()
    }

    /// Reloads, which must be refused for `reason`; the answer stays.
    #[track_caller]
    fn must_keep(&self, reason: &str) {
        let answer = self.reload();
        assert_eq!(answer["ok"], false, "{answer}");
        assert!(answer.to_string().contains(reason), "{reason}: {answer}");
        assert_eq!(self.address(), "192.0.2.1", "{reason}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_unreadable_geo_database_is_refused_at_the_start_and_the_old_one_kept_at_a_reload() {
    let noise: Vec<u8> = (0..5000u32).map(|at| ((at * 7919) >> 3) as u8).collect();
    let embedded = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("geoip/default.mmdb")).expect("the database");
    let folder = Folder::new(&[("a.toml", STEERED)]);
    for (name, bytes) in [("noise.mmdb", &noise[..]), ("empty.mmdb", b""), ("half.mmdb", &embedded[..5000])] {
        fs::write(folder.path(name), bytes).expect("a file");
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--geoip", name];
        let (code, said) = told(&folder.command(&arguments).output().expect("the binary runs"));
        assert_eq!(code, Some(3), "{name}: {said}");
        assert!(said.contains(&format!("{name}: the geo database cannot be used")), "{name}: {said}");
        assert!(!said.contains("panicked"), "{name}: {said}");
    }
    fs::write(folder.path("geo.mmdb"), &embedded).expect("a database");
    fs::write(folder.path("waymark.toml"), "geoip = \"geo.mmdb\"\n").expect("a configuration");
    let server = Server::start(folder);
    assert_eq!(server.address(), "192.0.2.1");
    for bytes in [&noise[..], b"", &embedded[..embedded.len() / 2]] {
        fs::write(server.folder.path("geo.mmdb"), bytes).expect("a file");
        server.must_keep("the geo database cannot be used");
    }
    fs::remove_file(server.folder.path("geo.mmdb")).expect("it goes");
    server.must_keep("cannot read the geo database");
    fs::write(server.folder.path("geo.mmdb"), &embedded).expect("a database");
    server.folder.write("a.toml", &STEERED.replace("192.0.2.1", "192.0.2.2"));
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(server.address(), "192.0.2.2");
}

#[test]
fn a_reload_of_bad_input_keeps_what_is_served() {
    let server = Server::start(Folder::new(&[("a.toml", STEERED)]));
    let zones = server.folder.path("zones");
    fs::rename(&zones, server.folder.path("away")).expect("the directory goes");
    server.must_keep("zone directory cannot be read");
    fs::write(&zones, "a file in its place").expect("a file");
    server.must_keep("zone directory cannot be read");
    fs::remove_file(&zones).expect("it goes");
    fs::rename(server.folder.path("away"), &zones).expect("the directory comes back");
    server.folder.fifo("zones/b.toml");
    server.must_keep("b.toml");
    fs::remove_file(zones.join("b.toml")).expect("it goes");
    server.folder.write("b.toml", STEERED);
    server.must_keep("is already defined at");
    fs::remove_file(zones.join("b.toml")).expect("it goes");
    for (text, reason) in [
        ("", "file is empty"),
        ("zone = \"example.com\"\n[[record]]\nname = \"w", "a.toml"),
        ("\u{feff}zone = ", "a.toml"),
        ("zone = \"example.com\"\nzone = \"example.com\"\n", "a.toml"),
        ("[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.9\"\n", "a.toml"),
    ] {
        server.folder.write("a.toml", text);
        server.must_keep(reason);
    }
    fs::write(server.folder.path("waymark.toml"), "no such key = 1\n").expect("a configuration");
    server.folder.write("a.toml", STEERED);
    server.must_keep("waymark.toml");
    fs::remove_file(server.folder.path("waymark.toml")).expect("it goes");
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(server.address(), "192.0.2.1");
}
