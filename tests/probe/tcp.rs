//! TCP over real sockets.
//! Worked cases of spec §10.14 here: T269, T271.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use waymark::model::check::Protocol;
use waymark::model::fleet::{Checker, Plan};
use waymark::probe::Outcome;

use crate::harness::*;

#[tokio::test]
async fn t271_tcp() {
    let server = server(Vec::new()).await;
    assert_eq!(server.probe(Protocol::Tcp).await.to_string(), "Success: TCP connection established.");
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(probe(check(Protocol::Tcp, "::1", port)).await.outcome, Outcome::Connected, "C-7");
    drop(listener);
    for protocol in [Protocol::Tcp, http()] {
        let report = probe(check(protocol, "::1", port)).await;
        assert_eq!(report.to_string(), "Failure: Connection refused.");
    }
}

#[tokio::test]
async fn t269_t271_no_connection_in_time() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(500), TcpStream::connect(address)).await {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the queue of connections never fills");
    }
    for protocol in [http(), Protocol::Tcp] {
        let report = probe(impatient(check(protocol, "127.0.0.1", address.port()))).await;
        assert_eq!(report.outcome, Outcome::ConnectTimedOut, "the longer limit is the connect's: {report}");
    }
}

#[tokio::test]
async fn c5_probes_leave_from_their_checkers_address() {
    let server = answering(with_body(b"")).await;
    let from = |source: &str| {
        let source = Some(source.parse().unwrap());
        Plan { checkers: vec![Checker { source, ..Checker::local() }], ..Plan::default() }
    };
    for protocol in [Protocol::Tcp, http()] {
        let report = probe_under(server.check(protocol), from("127.0.0.3")).await;
        assert!(report.to_string().starts_with("Success: "), "{report}");
    }
    let peers = server.seen.peers.lock().unwrap().clone();
    assert_eq!(peers.iter().map(|peer| peer.ip().to_string()).collect::<Vec<_>>(), ["127.0.0.3", "127.0.0.3"]);
    let other = probe_under(server.check(Protocol::Tcp), from("::1")).await;
    assert_eq!(other.outcome.status(), None, "an address of the other family says nothing of the endpoint: {other}");
    let absent = probe_under(server.check(Protocol::Tcp), from("192.0.2.77")).await;
    assert_eq!(absent.outcome.status(), None, "an address this machine does not have: {absent}");
}
