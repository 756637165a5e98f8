//! The first answer respects health: `--wait-for-health`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use hickory_proto::rr::RecordType;
use serde_json::json;

use crate::harness::{Server, fetch, udp, values};

/// A primary that is dead and needs three failures to be taken for it, and a check whose first report the test holds.
fn zone(held: u16) -> String {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    format!(
        r#"
zone = "example.com"

[check.primary]
tcp = "127.0.0.1:{nobody}"
threshold = 3

[check.held]
http = "http://127.0.0.1:{held}/"
timeout = 60

[[record]]
name = "app"
type = "A"
failover = {{ primary = {{ value = "192.0.2.1", check = "primary" }}, secondary = {{ value = "192.0.2.2" }} }}

[[record]]
name = "held"
type = "A"
failover = {{ primary = {{ value = "192.0.2.3", check = "held" }}, secondary = {{ value = "192.0.2.4" }} }}
"#
    )
}

#[test]
fn the_first_answer_is_not_from_a_dead_primary() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let zone = zone(endpoint.local_addr().unwrap().port());
    let server = Server::begin(&[("example.com.toml", &zone)], "", &["--wait-for-health", "300"], None);
    let line = server.until("answering once every health check has reported");
    let http = line.split("http=").nth(1).and_then(|rest| rest.trim_matches('"').parse().ok());
    let http = http.unwrap_or_else(|| panic!("an address in {line:?}"));

    // Asked, and not answered yet: one report is missing.
    let (mut asked, _) = endpoint.accept().unwrap();
    let mut request = String::new();
    BufReader::new(&asked).read_line(&mut request).unwrap();
    assert!(request.starts_with("GET / "), "{request}");
    assert!(fetch(http, "/ready").starts_with("HTTP/1.1 503"));
    assert!(
        fetch(http, "/metrics").contains("waymark_check_healthy{check=\"held\"} 1"),
        "C-18 until then, and visible"
    );

    asked.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    let server = server.greeted();
    assert!(server.page("/ready").starts_with("HTTP/1.1 200"));
    let answered = |name| values(&udp(server.dns, name, RecordType::A).expect("an answer"));
    assert_eq!(answered("app.example.com."), ["192.0.2.2"], "one failure of three: the first report decides here");
    assert_eq!(answered("held.example.com."), ["192.0.2.3"]);
}

#[test]
fn readiness_is_not_held_for_ever() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let zone = zone(endpoint.local_addr().unwrap().port());
    // The endpoint accepts by itself and never answers.
    let server = Server::begin(&[("example.com.toml", &zone)], "", &["--wait-for-health", "1"], None).greeted();
    let answered = values(&udp(server.dns, "held.example.com.", RecordType::A).expect("an answer"));
    assert_eq!(answered, ["192.0.2.3"], "C-18: not known to be down");
}

/// While readiness is held the operator is answered, and a reload that SIGHUP asks for is done.
#[test]
fn the_operator_is_answered_while_readiness_is_held() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let zone = zone(endpoint.local_addr().unwrap().port());
    let server = Server::begin(&[("example.com.toml", &zone)], "", &["--wait-for-health", "300"], None);
    server.until("answering once every health check has reported");
    let _asked = endpoint.accept().unwrap();
    assert_eq!(server.ask_control(&json!({ "op": "status" }))["ready"], false);
    let checks = |server: &Server| {
        let shown = server.ask_control(&json!({ "op": "health" }));
        shown["checks"].as_array().expect("checks").len()
    };
    assert_eq!(checks(&server), 2);

    server.write_zone("example.com.toml", &format!("{zone}\n[check.more]\ngiven = \"healthy\"\n"));
    server.signal("HUP");
    server.until("reloaded");
    assert_eq!(checks(&server), 3);
    assert_eq!(server.ask_control(&json!({ "op": "status" }))["ready"], false, "a reload is no report");

    server.write_zone("example.com.toml", "zone = \"example.com\"\n");
    assert_eq!(server.reload()["ok"], true);
    let server = server.greeted();
    assert!(server.page("/ready").starts_with("HTTP/1.1 200"), "nothing is waited for any more");
}
