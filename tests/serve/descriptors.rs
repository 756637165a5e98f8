//! A server without a file descriptor left: answers go on, checks become unknown and never unhealthy, and it says so.

use std::net::TcpListener;

use hickory_proto::rr::RecordType;
use serde_json::json;

use crate::harness::{Server, poll, udp, values};

fn zone(port: u16) -> String {
    let checks: String = (0..8)
        .map(|at| format!("[check.web-{at}]\ntcp = \"127.0.0.1:{port}\"\ninterval = 1\nthreshold = 1\n"))
        .collect();
    format!(
        "zone = \"example.com\"\n{checks}[[record]]\nname = \"www\"\ntype = \"A\"\n\
         failover = {{ primary = {{ value = \"192.0.2.1\", check = \"web-0\" }}, secondary = {{ value = \"192.0.2.2\" }} }}\n"
    )
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

    let before = server.limit_descriptors(Some(3));
    let told = server.until("probes cannot be made; their checks become unknown, not unhealthy");
    assert!(told.contains("ERROR") && told.contains("os error 24"), "{told}");
    for _ in 0..100 {
        assert_eq!(answered(), ["192.0.2.1"], "nothing goes down for it");
    }
    server.limit_descriptors(before);
    poll("probes again", || {
        let shown = server.ask_control(&json!({ "op": "health" }));
        shown["checks"].as_array()?.iter().all(|check| check["votes"][0]["status"] == "healthy").then_some(())
    });
    assert!(server.metric("waymark_probes_uncounted_total") >= 1.0);
    assert!(statuses().iter().all(|(_, failures)| *failures == 0), "{:?}", statuses());
    let history = server.page("/metrics");
    assert!(!history.contains("waymark_check_transitions_total{check=\"web-0\",to=\"unhealthy\"} 1"), "{history}");
    assert_eq!(answered(), ["192.0.2.1"]);
}
