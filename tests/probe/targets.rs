//! Names looked up afresh at every probe, and addresses that must not be probed.
//! Worked cases of spec §10.14 here: T281, T282.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{RData, RecordType};
use waymark::model::check::{Protocol, Status};
use waymark::model::fleet::{Plan, Targets};
use waymark::probe::{Outcome, Settings};

use crate::dns::{responder, response};
use crate::harness::*;

/// A name server that gives every name these addresses, as they are at the time, and counts the look-ups.
#[derive(Clone, Default)]
struct Names {
    a: Arc<Mutex<Vec<Ipv4Addr>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    fn set(&self, addresses: &[&str]) {
        *self.a.lock().unwrap() = addresses.iter().map(|address| address.parse().unwrap()).collect();
    }

    async fn serve(&self) -> SocketAddr {
        let names = self.clone();
        responder(Arc::new(move |query, _| {
            let asked = &query.queries[0];
            names.asked.lock().unwrap().push(format!("{} {}", asked.name, asked.query_type));
            let data = match asked.query_type {
                RecordType::A => names.a.lock().unwrap().iter().map(|address| RData::A(A(*address))).collect(),
                RecordType::AAAA => vec![RData::AAAA(AAAA("::1".parse().unwrap()))],
                _ => Vec::new(),
            };
            vec![response(query, data)]
        }))
        .await
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn named(addresses: &[&str], targets: Targets) -> (Names, Plan) {
    let names = Names::default();
    names.set(addresses);
    let resolver = Some(names.serve().await);
    (names, Plan { resolver, targets, ..Plan::default() })
}

fn denied(network: &str) -> Targets {
    Targets { deny: vec![network.parse().unwrap()], ..Targets::default() }
}

#[tokio::test]
async fn c6_names_are_resolved_and_told() {
    let server = answering(with_body(b"")).await;
    let port = server.address.port();
    let report = probe(check(http(), "localhost", port)).await;
    assert_eq!(report.to_string(), "Success: HTTP Status Code: 200. Resolved IP: 127.0.0.1. OK");
    let request = server.requests()[0].to_ascii_lowercase();
    assert!(request.contains(&format!("\r\nhost: localhost:{port}\r\n")), "{request}");
}

#[tokio::test]
async fn t281_a_name_without_address() {
    let report = probe(check(Protocol::Tcp, "nowhere.invalid", 80)).await;
    assert_eq!(report.to_string(), "Failure: DNS resolution failed.");
}

#[tokio::test]
async fn t281_a_name_with_only_aaaa() {
    let (names, plan) = named(&[], Targets::default()).await;
    let report = probe_under(check(Protocol::Tcp, "six.example", 80), plan).await;
    assert_eq!(report.to_string(), "Failure: DNS resolution failed.", "C-6");
    assert!(!names.asked().is_empty() && names.asked().iter().all(|asked| asked == "six.example. A"), "type A only");
}

#[tokio::test]
async fn t282_a_name_is_looked_up_at_every_probe() {
    let first = server_at("127.0.0.1:0", vec![with_body(b"")]).await;
    let port = first.address.port();
    let second = server_at(&format!("127.0.0.2:{port}"), vec![with_body(b"")]).await;
    let (names, plan) = named(&["127.0.0.1"], Targets::default()).await;
    let (fleet, mut heard) = fleet();
    let often = changed(check(http(), "moving.example", port), |endpoint| endpoint.interval = Duration::from_millis(5));
    fleet.reconcile(&[often], &Settings { plan, ..settings() });
    let report = vote(&mut heard).await.report;
    assert_eq!(report.to_string(), "Success: HTTP Status Code: 200. Resolved IP: 127.0.0.1. OK");
    assert!(report.phases.lookup.is_some());
    names.set(&["127.0.0.2"]);
    // A probe may have been under way when the record changed, and votes may have been waiting.
    let mut moved = vote(&mut heard).await.report;
    while moved.resolved != Some(Ipv4Addr::new(127, 0, 0, 2)) {
        moved = vote(&mut heard).await.report;
    }
    assert_eq!(moved.outcome.status(), Some(Status::Healthy), "C-6: {moved}");
    assert!(!second.requests().is_empty(), "the new address is where the request goes");
    let before = names.asked().len();
    vote(&mut heard).await;
    vote(&mut heard).await;
    assert!(names.asked().len() > before, "nothing is remembered");
}

#[tokio::test]
async fn names_are_absolute() {
    let (names, plan) = named(&["127.0.0.1"], Targets::default()).await;
    probe_under(check(Protocol::Tcp, "single", 80), plan).await;
    assert_eq!(names.asked(), ["single. A"]);
}

#[tokio::test]
async fn c8_a_name_that_leads_where_probes_must_not_go() {
    let server = server(Vec::new()).await;
    let port = server.address.port();
    let (_names, plan) = named(&["127.0.0.1"], Targets { special: false, ..Targets::default() }).await;
    for protocol in [Protocol::Tcp, http(), https(None), Protocol::Tls(tls(None))] {
        let report = probe_under(check(protocol, "inside.example", port), plan.clone()).await;
        let expected = "Failure: Resolved IP: 127.0.0.1. The address must not be probed: it is restricted or private.";
        assert_eq!(report.to_string(), expected, "C-8, C-36");
    }
    assert!(server.seen.peers.lock().unwrap().is_empty(), "nothing was connected to");
    let (_names, plan) = named(&["127.0.0.2", "127.0.0.1"], denied("127.0.0.2/32")).await;
    let report = probe_under(check(Protocol::Tcp, "both.example", port), plan).await;
    assert_eq!(report.outcome, Outcome::Connected, "any address that may be used: {report}");
    assert_eq!(report.resolved, Some(Ipv4Addr::LOCALHOST));
}

#[tokio::test]
async fn c8_the_address_that_was_judged_is_the_one_connected_to() {
    let server = server(Vec::new()).await;
    let (names, plan) = named(&["127.0.0.1"], Targets::default()).await;
    let report = probe_under(check(Protocol::Tcp, "once.example", server.address.port()), plan).await;
    assert_eq!(report.outcome, Outcome::Connected);
    assert_eq!(names.asked(), ["once.example. A"], "one look-up a probe: a name has no second word");
}

#[tokio::test]
async fn c8_literals_that_must_not_be_probed() {
    let plan = Plan { targets: denied("127.0.0.0/8"), ..Plan::default() };
    for host in ["127.0.0.1", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]"] {
        let report = probe_under(check(Protocol::Tcp, host, 80), plan.clone()).await;
        assert_eq!(report.to_string(), "Failure: The address must not be probed: 127.0.0.0/8 is denied.", "{host}");
    }
    let server = server(Vec::new()).await;
    let mapped = probe(check(Protocol::Tcp, "::ffff:127.0.0.1", server.address.port())).await;
    assert_eq!(mapped.outcome, Outcome::Connected, "as IPv4: {mapped}");
}

#[tokio::test]
async fn many_names_at_once() {
    const NAMES: usize = 400;
    let server = server(Vec::new()).await;
    let (names, plan) = named(&["127.0.0.1"], Targets::default()).await;
    let (votes, mut heard) = tokio::sync::mpsc::channel(64);
    let fleet = waymark::probe::Fleet::start(votes, NAMES);
    let check = |at: usize| {
        let check = check(Protocol::Tcp, &format!("name-{at}.example"), server.address.port());
        waymark::model::HealthCheck { id: waymark::model::CheckId(format!("web-{at}").into()), ..check }
    };
    let checks: Vec<_> = (0..NAMES).map(check).collect();
    fleet.reconcile(&checks, &Settings { plan, ..settings() });
    for _ in 0..NAMES {
        let vote = vote(&mut heard).await;
        assert_eq!(vote.report.outcome, Outcome::Connected, "{}: {}", vote.check, vote.report);
    }
    assert!(names.asked().len() >= NAMES);
}
