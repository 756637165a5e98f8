//! When this process has no file descriptor left, checks become unknown and never unhealthy, and recover by
//! themselves. Alone in its binary: the limit is the whole process's.

use std::collections::BTreeSet;
use std::fs::File;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use waymark::model::check::{CheckKind, Endpoint, Protocol, Status, Thresholds, Tls};
use waymark::model::fleet::Plan;
use waymark::model::{At, CheckId, HealthCheck, Name, RecordType};
use waymark::probe::{Fleet, Outcome, Settings, Vote};

const PATIENCE: Duration = Duration::from_secs(60);

fn checks(port: u16) -> Vec<HealthCheck> {
    let tls = || Tls { server_name: None, horizon: None };
    let kinds = [
        ("tcp", "127.0.0.1", Protocol::Tcp),
        ("http", "127.0.0.1", Protocol::Http { path: "/".into(), host_header: None, search: None, tls: None }),
        ("https", "127.0.0.1", Protocol::Http { path: "/".into(), host_header: None, search: None, tls: Some(tls()) }),
        ("tls", "127.0.0.1", Protocol::Tls(tls())),
        ("grpc", "127.0.0.1", Protocol::Grpc { service: "".into(), authority: None, tls: None }),
        ("icmp", "127.0.0.1", Protocol::Icmp),
        ("dns", "127.0.0.1", Protocol::Dns { name: Name::root(), rtype: RecordType::NS, expect: None }),
        ("name", "www.example.com", Protocol::Tcp),
    ];
    let check = |(id, host, protocol): (&str, &str, Protocol)| {
        let endpoint = Endpoint {
            interval: Duration::from_millis(100),
            connect_timeout: Duration::from_secs(2),
            thresholds: Thresholds::both(1),
            ..Endpoint::new(protocol, host.into(), port)
        };
        HealthCheck::new(CheckId(id.into()), CheckKind::Endpoint(endpoint), At::new("test.toml", 1))
    };
    kinds.into_iter().map(check).collect()
}

async fn vote(heard: &mut mpsc::Receiver<Vote>) -> Vote {
    timeout(PATIENCE, heard.recv()).await.expect("a vote comes").expect("the fleet votes")
}

/// Takes every descriptor the process may still open.
fn all_descriptors() -> Vec<File> {
    let mut held = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        held.push(file);
    }
    held
}

#[tokio::test]
async fn no_descriptor_left_is_unknown_and_not_down() {
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(256), maximum: before.maximum }).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (votes, mut heard) = mpsc::channel(64);
    let fleet = Fleet::start(votes, 64);
    let plan = Plan { resolver: Some(listener.local_addr().unwrap()), ..Plan::default() };
    let settings = Settings { plan, spread: Duration::ZERO, ..Settings::default() };
    // Names have been looked up before: what is missing later is a socket, not the system's files.
    let before = HealthCheck { id: CheckId("before".into()), ..checks(port).pop().unwrap() };
    fleet.reconcile(&[before], &settings);
    let first = vote(&mut heard).await;
    assert_eq!(first.report.outcome, Outcome::ResolutionFailed, "nobody answers there: {}", first.report);
    let held = all_descriptors();
    assert!(!held.is_empty());
    let checks = checks(port);
    fleet.reconcile(&checks, &settings);
    let mut heard_of = BTreeSet::new();
    while heard_of.len() < checks.len() {
        let vote = vote(&mut heard).await;
        let report = vote.report;
        assert!(matches!(report.outcome, Outcome::NotProbed { .. }), "{}: {report}", vote.check);
        assert_ne!(vote.status, Some(Status::Unhealthy), "{}: {report}", vote.check);
        assert!(!vote.proven, "{}", vote.check);
        heard_of.insert(vote.check);
    }
    assert!(fleet.figures().uncounted() >= checks.len() as u64);
    drop(held);
    loop {
        let vote = vote(&mut heard).await;
        if *vote.check.0 == *"tcp" && vote.report.outcome == Outcome::Connected {
            break;
        }
    }
}
