//! Endpoints that mean harm: each is done with by its deadline, and takes no more bytes than its bounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use socket2::SockRef;
use std::io::Write;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::interval;
use waymark::model::check::{Protocol, Status};
use waymark::probe::{Outcome, Report};

use crate::harness::*;

/// What the kernel may hold of a connection that nobody reads, and then some.
const BUFFERED: usize = 32 << 20;

/// An endpoint that says `first` and then `again` for ever, every so often; how many bytes it got rid of.
async fn endless(first: &'static [u8], again: Vec<u8>, every: Option<Duration>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = Arc::<AtomicUsize>::default();
    let counted = sent.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(flood(stream, first, again.clone(), every, counted.clone()));
        }
    });
    (port, sent)
}

async fn flood(
    mut stream: TcpStream,
    first: &'static [u8],
    again: Vec<u8>,
    every: Option<Duration>,
    sent: Arc<AtomicUsize>,
) {
    let mut ticks = every.map(interval);
    if stream.write_all(first).await.is_err() {
        return;
    }
    while stream.write_all(&again).await.is_ok() {
        sent.fetch_add(again.len(), Ordering::Relaxed);
        match &mut ticks {
            Some(ticks) => drop(ticks.tick().await),
            None => tokio::task::yield_now().await,
        }
    }
}

async fn probed(protocol: Protocol, port: u16) -> Report {
    probe(impatient(check(protocol, "127.0.0.1", port))).await
}

fn every_kind() -> [Protocol; 4] {
    let grpc = Protocol::Grpc { service: "".into(), authority: None, tls: None };
    [http(), https(Some("www.example.com")), Protocol::Tls(tls(None)), grpc]
}

#[tokio::test]
async fn silence() {
    let silent = server(Vec::new()).await;
    for protocol in every_kind() {
        let report = probed(protocol, silent.address.port()).await;
        assert!(matches!(report.outcome, Outcome::ResponseTimedOut | Outcome::TlsTimedOut), "{report}");
    }
}

#[tokio::test]
async fn slow_drips() {
    let (port, _) = endless(b"", b"H".to_vec(), Some(Duration::from_millis(20))).await;
    for protocol in every_kind() {
        let report = probed(protocol, port).await;
        assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "{report}");
    }
    let (port, _) = endless(b"HTTP/1.1 200 OK\r\nX: ", b"y".to_vec(), Some(Duration::from_millis(20))).await;
    assert_eq!(probed(http(), port).await.outcome, Outcome::ResponseTimedOut);
    let (port, _) = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"z".to_vec(), Some(Duration::from_millis(20))).await;
    assert_eq!(probed(searching("OK!"), port).await.outcome, Outcome::BodyTimedOut);
}

#[tokio::test]
async fn headers_without_end() {
    let (port, sent) = endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more of it\r\n".repeat(100), None).await;
    assert_eq!(probed(http(), port).await.outcome, Outcome::HeadersTooLong, "C-16");
    assert!(sent.load(Ordering::Relaxed) < BUFFERED);
    let (port, sent) = endless(b"HTTP/1.1 200 ", vec![b'O'; 10_000], None).await;
    assert_eq!(probed(http(), port).await.outcome, Outcome::HeadersTooLong, "a status line without end");
    assert!(sent.load(Ordering::Relaxed) < BUFFERED);
    let (port, _) = endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100), None).await;
    let report = probed(http(), port).await;
    assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "statuses that are none: {report}");
}

#[tokio::test]
async fn bodies_without_end() {
    let (port, sent) = endless(b"HTTP/1.1 200 OK\r\n\r\n", vec![b'x'; 65_536], None).await;
    assert_eq!(probed(searching("OK!"), port).await.outcome, Outcome::SearchMissed, "C-12");
    assert_eq!(probed(http(), port).await.outcome.status(), Some(Status::Healthy), "no body is read");
    assert!(sent.load(Ordering::Relaxed) < 2 * BUFFERED);
    let (port, _) = endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", vec![b'x'; 65_536], None).await;
    assert_eq!(probed(searching("OK!"), port).await.outcome.status(), Some(Status::Unhealthy), "a chunk that never is");
}

#[tokio::test]
async fn garbage() {
    for garbage in [vec![0_u8; 4096], vec![0xff; 4096], b"\x16\x03\x01\x40\x00".repeat(800)] {
        let (port, sent) = endless(b"", garbage, None).await;
        for protocol in every_kind() {
            let report = probed(protocol, port).await;
            assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "{report}");
        }
        assert!(sent.load(Ordering::Relaxed) < every_kind().len() * BUFFERED);
    }
}

#[tokio::test]
async fn resets() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        }
    });
    for protocol in every_kind() {
        let report = probed(protocol, port).await;
        assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "{report}");
    }
}

#[tokio::test]
async fn a_bomb_of_gzip() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let server = answering(packed("gzip", &bomb.finish().unwrap())).await;
    assert_eq!(server.probe(searching("OK!")).await.outcome, Outcome::SearchMissed, "C-12");
}
