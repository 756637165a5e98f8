//! A server without a file descriptor left: answers go on, checks become unknown and never unhealthy, and it says so.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use hickory_proto::rr::RecordType;
use serde_json::json;

use crate::harness::{Server, connect, poll, udp, values};

fn zone(port: u16) -> String {
    let checks: String = (0..8)
        .map(|at| format!("[check.web-{at}]\ntcp = \"127.0.0.1:{port}\"\ninterval = 1\nthreshold = 1\n"))
        .collect();
    format!(
        "zone = \"example.com\"\n{checks}[[record]]\nname = \"www\"\ntype = \"A\"\n\
         failover = {{ primary = {{ value = \"192.0.2.1\", check = \"web-0\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n"
    )
}

/// The page of metrics, over a connection that stays.
pub(crate) fn metrics(stream: &mut TcpStream) -> String {
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: waymark\r\n\r\n").expect("HTTP reads");
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("HTTP answers");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a whole page");
    String::from_utf8(body).expect("text")
}

#[test]
fn a_server_out_of_descriptors_answers_on_and_takes_nothing_down() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(&[("example.com.toml", &zone(endpoint.local_addr().unwrap().port()))], "");
    let answered = || values(&udp(server.dns, "www.example.com.", RecordType::A).expect("an answer"));
    let statuses = || {
        let shown = server.ask_control(&json!({ "op": "health" }));
        let checks = shown["checks"].as_array().expect("checks").clone();
        let text = |check: &serde_json::Value, key: &str| check["votes"][0][key].clone();
        checks.iter().map(|check| (text(check, "proven"), text(check, "failures"))).collect::<Vec<_>>()
    };
    poll("every first vote", || statuses().iter().all(|(proven, _)| *proven == true).then_some(()));
    assert_eq!(answered(), ["192.0.2.1"]);

    // A connection from before needs no descriptor to be answered.
    let mut pages = connect(server.http);
    let series = |page: &str, name: &str| page.lines().filter(|line| line.starts_with(name)).count();
    assert_eq!(series(&metrics(&mut pages), "waymark_checker_healthy{"), 8);
    let before = server.limit_descriptors(Some(3));
    let told = server.until("probes cannot be made; their checks become unknown, not unhealthy");
    assert!(told.contains("ERROR") && told.contains("os error 24"), "{told}");
    let page = poll("every check to be unknown", || {
        assert_eq!(answered(), ["192.0.2.1"], "nothing goes down for it");
        let page = metrics(&mut pages);
        (series(&page, "waymark_checker_healthy{") == 0).then_some(page)
    });
    let healthy = page.lines().filter(|line| line.starts_with("waymark_check_healthy{"));
    assert!(healthy.clone().count() == 8 && healthy.clone().all(|line| line.ends_with(" 1")), "{page}");
    server.limit_descriptors(before);
    poll("probes again", || {
        let shown = server.ask_control(&json!({ "op": "health" }));
        shown["checks"].as_array()?.iter().all(|check| check["votes"][0]["status"] == "healthy").then_some(())
    });
    assert!(server.metric("waymark_probes_uncounted_total") >= 1.0);
    assert!(statuses().iter().all(|(_, failures)| *failures == 0), "{:?}", statuses());
    let page = metrics(&mut pages);
    let mut turned = page.lines().filter(|line| line.starts_with("waymark_check_transitions_total{"));
    assert!(turned.all(|line| line.ends_with(" 0")), "{page}");
    assert_eq!(answered(), ["192.0.2.1"]);
}
