//! The server as a process: sockets, reloads, signals, exit codes, what it counts and logs.

mod alarms;
mod api;
mod descriptors;
mod dnssec;
mod edns;
mod encrypted;
mod faults;
mod harness;
mod kept;
mod listening;
mod passed;
mod privileges;
mod protection;
mod proxied;
mod route53;
mod storm;
mod waiting;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;

use harness::{PATIENCE, Server, connect, frame, path, poll, query, read_framed, run, text, udp, values, waymark};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use serde_json::json;

const ZONE: &str = r#"
zone = "example.com"

[[record]]
name = "www"
type = "A"
value = "192.0.2.1"

[[record]]
name = "pair"
type = "A"
weighted = [
  { id = "blue", weight = 1, value = "192.0.2.10" },
  { id = "off", weight = 0, value = "192.0.2.11" },
]
"#;

fn zone(address: &str) -> String {
    ZONE.replace("192.0.2.1\"", &format!("{address}\""))
}

#[test]
fn answers_over_udp_and_tcp_and_counts_each_answer_once() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    assert!(server.page("/ready").starts_with("HTTP/1.1 200"));
    assert!(server.page("/health").starts_with("HTTP/1.1 200"));

    assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap()), ["192.0.2.1"]);
    assert_eq!(values(&udp(server.dns, "pair.example.com.", RecordType::A).unwrap()), ["192.0.2.10"]);
    let nothing = udp(server.dns, "nope.example.com.", RecordType::A).unwrap();
    assert_eq!(nothing.metadata.response_code, ResponseCode::NXDomain);
    let elsewhere = udp(server.dns, "example.org.", RecordType::A).unwrap();
    assert_eq!(elsewhere.metadata.response_code, ResponseCode::Refused);

    // RFC 7766 §6.2.1.1: all questions before any answer; each answer finds its question by id.
    let mut stream = connect(server.dns);
    let questions: Vec<u8> = (0..100).flat_map(|id| frame(&query(id, "www.example.com.", RecordType::AAAA))).collect();
    stream.write_all(&questions).unwrap();
    for id in 0..100 {
        assert_eq!(read_framed(&mut stream).unwrap().metadata.id, id);
    }
    drop(stream);

    let zone = r#"zone="example.com.",id="example.com""#;
    let expected = [
        (r#"waymark_queries_total{transport="udp",type="A",rcode="NOERROR"}"#.to_owned(), 2.0),
        (r#"waymark_queries_total{transport="udp",type="A",rcode="NXDOMAIN"}"#.to_owned(), 1.0),
        (r#"waymark_queries_total{transport="udp",type="A",rcode="REFUSED"}"#.to_owned(), 1.0),
        (r#"waymark_queries_total{transport="tcp",type="AAAA",rcode="NOERROR"}"#.to_owned(), 100.0),
        (format!(r#"waymark_zone_queries_total{{{zone},transport="tcp",rcode="NOERROR"}}"#), 100.0),
        (format!(r#"waymark_zone_queries_by_type_total{{{zone},type="A"}}"#), 3.0),
        (
            format!(
                r#"waymark_picks_total{{{zone},name="pair.example.com.",type="A",policy="weighted",record="blue"}}"#
            ),
            1.0,
        ),
    ];
    for (series, value) in &expected {
        assert_eq!(server.metric(series), *value, "{series}");
    }
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(udp(server.dns, "www.example.com.", RecordType::A).map(|answer| values(&answer).len()), Some(1));
    assert_eq!(server.metric(&expected[0].0), 3.0, "counts survive a reload");
    assert_eq!(server.metric(&expected[3].0), 100.0, "those of workers that saw no query since, too");
}

#[test]
fn tcp_takes_messages_in_pieces_and_nonsense_in_its_stride() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let mut slow = connect(server.dns);
    slow.set_nodelay(true).unwrap();
    for byte in frame(&query(1, "www.example.com.", RecordType::A)) {
        slow.write_all(&[byte]).unwrap();
    }
    assert_eq!(values(&read_framed(&mut slow).unwrap()), ["192.0.2.1"]);

    // A good question, then a message too short to have a header: the answer, then the end.
    let mut nonsense = connect(server.dns);
    let mut octets = frame(&query(2, "www.example.com.", RecordType::A));
    octets.extend_from_slice(&[0, 0]);
    nonsense.write_all(&octets).unwrap();
    assert_eq!(values(&read_framed(&mut nonsense).unwrap()), ["192.0.2.1"]);
    assert_eq!(nonsense.read(&mut [0; 1]).unwrap(), 0, "closed");

    // Half a message is given up after its deadline, while another client is served.
    let mut half = connect(server.dns);
    half.write_all(&[0, 40, 1]).unwrap();
    assert!(udp(server.dns, "www.example.com.", RecordType::A).is_some());
    assert_eq!(half.read(&mut [0; 1]).unwrap(), 0, "closed");

    // Whoever is gone before the answer costs nothing.
    for _ in 0..50 {
        connect(server.dns).write_all(&frame(&query(3, "www.example.com.", RecordType::A))).unwrap();
    }
    let mut again = connect(server.dns);
    again.write_all(&frame(&query(4, "www.example.com.", RecordType::A))).unwrap();
    assert_eq!(values(&read_framed(&mut again).unwrap()), ["192.0.2.1"]);
    drop((again, slow));
    poll("connections to be let go", || (server.metric("waymark_tcp_connections") == 0.0).then_some(()));
}

#[test]
fn one_client_cannot_take_all_connections() {
    let server = Server::start(&[("example.com.toml", ZONE)], "[dns]\ntcp_per_client = 3\n");
    let idle: Vec<_> = (0..20).map(|_| connect(server.dns)).collect();
    // Acceptors are several: one that comes late to an idle client must not find the asking one the oldest.
    poll("the idle to be accepted", || (server.metric("waymark_tcp_accepted_total") == 20.0).then_some(()));
    let mut stream = connect(server.dns);
    stream.write_all(&frame(&query(1, "www.example.com.", RecordType::A))).unwrap();
    assert_eq!(values(&read_framed(&mut stream).unwrap()), ["192.0.2.1"]);
    assert!(server.metric("waymark_tcp_connections") <= 3.0);
    assert!(server.metric("waymark_tcp_evicted_total") >= 1.0);
    drop(idle);
}

#[test]
fn a_reload_brings_the_new_zone_by_command_and_by_signal() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let answered = || values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap());
    server.write_zone("example.com.toml", &zone("192.0.2.2"));
    assert_eq!(answered(), ["192.0.2.1"], "not before it is told");
    let state = server.state();
    let told = run(&mut waymark(&["reload", "--state", path(&state)]));
    assert!(told.status.success(), "{}", text(&told.stderr));
    assert!(text(&told.stdout).starts_with("1 zone, "), "{}", text(&told.stdout));
    assert!(text(&told.stdout).contains("1 changed"), "{}", text(&told.stdout));
    assert_eq!(answered(), ["192.0.2.2"]);

    server.write_zone("example.com.toml", &zone("192.0.2.3"));
    server.signal("HUP");
    poll("the reload", || (answered() == ["192.0.2.3"]).then_some(()));
    assert_eq!(server.metric(r#"waymark_reloads_total{outcome="ok"}"#), 2.0);
    assert_eq!(server.metric("waymark_snapshot_serial"), 3.0);
}

#[test]
fn a_bad_reload_reports_every_problem_and_changes_nothing() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    server.write_zone("example.com.toml", &zone("192.0.2.2"));
    server.write_zone(
        "bad.toml",
        "zone = \"example.net\"\nttl = \"soon\"\n\n[[record]]\nname = \"x\"\ntype = \"A\"\nvalue = \"nowhere\"\n",
    );
    let told = run(&mut waymark(&["reload", "--state", path(&server.state())]));
    assert_eq!(told.status.code(), Some(3));
    let complaint = text(&told.stderr);
    assert!(complaint.contains("bad.toml:2: ") && complaint.contains("bad.toml:7: "), "{complaint}");
    let told = run(&mut waymark(&["reload", "--json", "--state", path(&server.state())]));
    let answer: serde_json::Value = serde_json::from_str(&text(&told.stdout)).expect("JSON");
    assert_eq!((answer["ok"].as_bool(), answer["problems"].as_array().map(Vec::len)), (Some(false), Some(2)));
    server.signal("HUP");
    server.until("reload refused");

    assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap()), ["192.0.2.1"], "all or nothing");
    assert_eq!(server.metric(r#"waymark_reloads_total{outcome="ok"}"#), 0.0);
    poll("the count", || (server.metric(r#"waymark_reloads_total{outcome="refused"}"#) >= 2.0).then_some(()));
    assert!(server.page("/ready").starts_with("HTTP/1.1 200"));

    std::fs::remove_file(server.zone_path("bad.toml")).unwrap();
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap()), ["192.0.2.2"]);
}

#[test]
fn the_configuration_is_reloaded_with_the_zones() {
    let server = Server::start(&[("example.com.toml", ZONE)], "[dns]\ncname_chase = true\n");
    let zone = format!("{ZONE}\n[[record]]\nname = \"also\"\ntype = \"CNAME\"\nvalue = \"www\"\n");
    server.write_zone("example.com.toml", &zone);
    assert_eq!(server.reload()["ok"], true);
    let answered = || udp(server.dns, "also.example.com.", RecordType::A).unwrap().answers.len();
    assert_eq!(answered(), 2);
    server.write_config("[dns]\ncname_chase = false\nworkers = 1\n");
    let refused = server.reload();
    assert_eq!(refused["problems"][0]["line"], 3, "an unknown key: {refused}");
    assert_eq!(answered(), 2);
    server.write_config("workers = 7\n[dns]\ncname_chase = false\n");
    let taken = server.reload();
    assert_eq!(taken["ok"], true, "{taken}");
    assert!(taken["warnings"].to_string().contains("`workers` changed"), "{taken}");
    assert_eq!(answered(), 1);
}

#[test]
fn a_bad_geo_file_is_refused_at_the_start_and_kept_out_at_a_reload() {
    let placed = "zone = \"example.net\"\n[[record]]\nname = \"@\"\ntype = \"A\"\n\
                  geolocation = [{ default = true, value = \"192.0.2.9\" }]\n";
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let file = server.zone_path("../bad.mmdb");
    std::fs::write(&file, b"no database").unwrap();
    server.write_config("geoip = \"bad.mmdb\"\n");
    server.write_zone("placed.toml", placed);
    let refused = server.reload();
    assert_eq!(refused["ok"], false, "{refused}");
    assert!(refused["problems"].to_string().contains("bad.mmdb"), "{refused}");
    assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap()), ["192.0.2.1"]);

    let folder = server.zone_path("..");
    let common = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--state", "other"];
    let start = run(waymark(&common).current_dir(&folder));
    assert_eq!(start.status.code(), Some(3));
    assert!(text(&start.stderr).contains("bad.mmdb"), "{}", text(&start.stderr));
}

#[test]
fn a_directory_that_vanishes_keeps_the_old_zones() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let zones = server.zone_path("");
    let away = zones.with_file_name("away");
    std::fs::rename(&zones, &away).unwrap();
    let answer = server.reload();
    assert_eq!(answer["ok"], false, "{answer}");
    assert_eq!(values(&udp(server.dns, "www.example.com.", RecordType::A).unwrap()), ["192.0.2.1"]);
    std::fs::rename(&away, &zones).unwrap();
    assert_eq!(server.reload()["ok"], true);
}

#[test]
fn the_end_answers_what_is_under_way() {
    for signal in ["TERM", "INT"] {
        let server = Server::start(&[("example.com.toml", ZONE)], "");
        let question = frame(&query(9, "www.example.com.", RecordType::A));
        let mut half = connect(server.dns);
        let idle = connect(server.dns);
        poll("both to be accepted", || (server.metric("waymark_tcp_connections") == 2.0).then_some(()));
        half.write_all(&question[..5]).unwrap();
        server.signal(signal);
        server.until("draining");
        assert!(server.page("/ready").starts_with("HTTP/1.1 503"));
        half.write_all(&question[5..]).unwrap();
        assert_eq!(values(&read_framed(&mut half).unwrap()), ["192.0.2.1"]);
        let mut idle = idle;
        assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "idle connections are closed");
        let socket = server.state().join("control.sock");
        let status = server.end();
        assert_eq!(status.code(), Some(0));
        assert!(!socket.exists());
    }
}

#[test]
fn systemd_is_told_of_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut buffer = [0; 512];
        let length = socket.recv(&mut buffer).expect("systemd is told");
        text(&buffer[..length])
    };
    let server = Server::start_notifying(&[("example.com.toml", ZONE)], "", Some(&folder.path().join("notify")));
    assert_eq!(told().trim_end(), "READY=1");
    assert_eq!(server.reload()["ok"], true);
    let reloading = told();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(told().trim_end(), "READY=1");
    server.signal("TERM");
    assert_eq!(told().trim_end(), "STOPPING=1");
    assert_eq!(server.end().code(), Some(0));
}

#[test]
fn exit_codes_say_what_went_wrong() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let folder = tempfile::tempdir().unwrap();
    let (zones, state) = (folder.path().join("zones"), folder.path().join("state"));
    std::fs::create_dir(&zones).unwrap();
    let serve = |listen: &str, state: &std::path::Path| {
        let common = ["serve", "--http", "127.0.0.1:0", "--zones", path(&zones), "--listen", listen];
        run(waymark(&common).arg("--state").arg(state).current_dir(folder.path()))
    };
    let taken = serve(&server.dns.to_string(), &state);
    assert_eq!(taken.status.code(), Some(4), "the address is taken");
    assert!(text(&taken.stderr).contains(&format!("cannot bind {}", server.dns)), "{}", text(&taken.stderr));
    let second = serve("127.0.0.1:0", &server.state());
    assert_eq!(second.status.code(), Some(4), "the state directory is taken");
    assert!(text(&second.stderr).contains("another waymark"), "{}", text(&second.stderr));

    std::fs::write(zones.join("bad.toml"), "zone = 1\nttl = -1\n").unwrap();
    let invalid = serve("127.0.0.1:0", &state);
    assert_eq!(invalid.status.code(), Some(3));
    assert!(text(&invalid.stderr).contains("bad.toml:1: ") && text(&invalid.stderr).contains("bad.toml:2: "));
    assert!(!state.join("control.sock").exists(), "nothing is left behind");
    assert_eq!(run(&mut waymark(&["serve", "--no-such-flag"])).status.code(), Some(2));
    assert_eq!(run(&mut waymark(&["reload", "--state", path(&state)])).status.code(), Some(1), "nobody is there");
}

#[test]
fn check_says_what_a_start_would_say() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("example.com.toml"), ZONE).unwrap();
    let check = |json: bool| {
        let flag = if json { &["--json"][..] } else { &[] };
        run(waymark(&["check", path(folder.path())]).args(flag).current_dir(folder.path()))
    };
    let good = check(false);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    assert!(text(&good.stdout).starts_with("1 zone, "), "{}", text(&good.stdout));
    std::fs::write(folder.path().join("bad.toml"), "zone = 1\n").unwrap();
    let bad = check(true);
    assert_eq!(bad.status.code(), Some(3));
    let answer: serde_json::Value = serde_json::from_str(&text(&bad.stdout)).expect("JSON");
    assert_eq!(answer["problems"][0]["line"], 1, "{answer}");
}

#[test]
fn health_steers_and_is_told() {
    let up = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = up.local_addr().unwrap().port();
    let text = format!(
        r#"
zone = "example.com"

[check.primary]
tcp = "127.0.0.1:{port}"
interval = 1
threshold = 1

[[record]]
name = "app"
type = "A"
failover = {{ primary = {{ value = "192.0.2.1", check = "primary" }}, secondary = {{ value = "192.0.2.2" }} }}
"#
    );
    let server = Server::start(&[("example.com.toml", &text)], "");
    let answered = || values(&udp(server.dns, "app.example.com.", RecordType::A).unwrap());
    assert_eq!(answered(), ["192.0.2.1"]);
    drop(up);
    poll("the switch", || (answered() == ["192.0.2.2"]).then_some(()));
    assert_eq!(server.metric(r#"waymark_check_healthy{check="primary"}"#), 0.0);
    assert_eq!(server.metric(r#"waymark_check_transitions_total{check="primary",to="unhealthy"}"#), 1.0);
    let health = server.ask_control(&json!({ "op": "health" }));
    assert_eq!((&health["checks"][0]["id"], &health["checks"][0]["status"]), (&json!("primary"), &json!("unhealthy")));

    // What is known of a check that did not change survives a reload (H: no answer from guesswork meanwhile).
    server.write_zone("other.toml", "zone = \"example.net\"\n");
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(answered(), ["192.0.2.2"]);
    let _up = TcpListener::bind(("127.0.0.1", port)).unwrap();
    poll("the switch back", || (answered() == ["192.0.2.1"]).then_some(()));
}

#[test]
fn queries_are_logged_as_route_53_does() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("queries.log");
    let config = format!("[query_log]\npath = \"{}\"\nedge = \"FRA1\"\n", path(&log));
    let server = Server::start(&[("example.com.toml", ZONE)], &config);
    udp(server.dns, "NOPE.example.com.", RecordType::A).unwrap();
    udp(server.dns, "example.org.", RecordType::A).unwrap();
    let mut stream = connect(server.dns);
    stream.write_all(&frame(&query(1, "www.example.com.", RecordType::AAAA))).unwrap();
    read_framed(&mut stream).unwrap();
    let lines = poll("both lines", || {
        let text = std::fs::read_to_string(&log).ok()?;
        (text.lines().count() >= 2).then(|| text.lines().map(str::to_owned).collect::<Vec<_>>())
    });
    // T047, Q-21; the query outside our zones is in no log (Q-23).
    let rest: Vec<_> = lines.iter().map(|line| line.splitn(3, ' ').nth(2).unwrap_or_default()).collect();
    assert_eq!(
        rest,
        [
            "example.com NOPE.example.com A NXDOMAIN UDP FRA1 127.0.0.1 -",
            "example.com www.example.com AAAA NOERROR TCP FRA1 127.0.0.1 -"
        ]
    );
    assert!(lines.iter().all(|line| line.starts_with("1.0 2")), "{lines:?}");
}
