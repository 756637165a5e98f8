//! gRPC probes against tonic's health service, in the clear and behind TLS, and against what is no gRPC.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tonic::transport::Server as Tonic;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use waymark::model::check::{Protocol, Status, Tls};
use waymark::probe::{Outcome, Report};

use crate::harness::*;
use crate::tls::{config, identity};

async fn service() -> (SocketAddr, HealthReporter) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (reporter, health) = health_reporter();
    tokio::spawn(Tonic::builder().add_service(health).serve_with_incoming(TcpIncoming::from(listener)));
    (address, reporter)
}

async fn ask(address: SocketAddr, service: &str, tls: Option<Tls>) -> Report {
    let protocol = Protocol::Grpc { service: service.into(), authority: None, tls };
    probe(check(protocol, "127.0.0.1", address.port())).await
}

#[tokio::test]
async fn a_health_service_says_how_its_services_are() {
    let (address, reporter) = service().await;
    let report = ask(address, "", None).await;
    assert_eq!(report.to_string(), "Success: gRPC health status SERVING.");
    assert!(report.phases.connect.is_some() && report.phases.first_byte.is_some() && report.phases.body.is_some());
    reporter.set_service_status("db", ServingStatus::NotServing).await;
    assert_eq!(ask(address, "db", None).await.to_string(), "Failure: gRPC health status NOT_SERVING.");
    reporter.set_service_status("db", ServingStatus::Unknown).await;
    assert_eq!(ask(address, "db", None).await.to_string(), "Failure: gRPC health status UNKNOWN.");
    reporter.set_service_status("db", ServingStatus::Serving).await;
    assert_eq!(ask(address, "db", None).await.outcome, Outcome::Serving);
    let absent = ask(address, "absent", None).await.to_string();
    assert!(absent.starts_with("Failure: gRPC status 5, NOT_FOUND"), "{absent}");
}

#[tokio::test]
async fn a_server_without_the_health_service() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let nothing = tonic::service::Routes::default();
    tokio::spawn(Tonic::builder().add_routes(nothing).serve_with_incoming(TcpIncoming::from(listener)));
    let report = ask(address, "", None).await.to_string();
    assert!(report.starts_with("Failure: gRPC status 12, UNIMPLEMENTED"), "{report}");
}

#[tokio::test]
async fn grpc_behind_tls_and_alpn() {
    let (behind, _reporter) = service().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(config(identity(&["rpc.example.com"], "x", 2200), &[b"h2"]));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut inside) = acceptor.accept(stream).await else { return };
                let mut onward = TcpStream::connect(behind).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut inside, &mut onward).await;
            });
        }
    });
    for name in [Some("rpc.example.com"), Some("other.example.com"), None] {
        let report = ask(address, "", Some(tls(name))).await;
        assert_eq!(report.to_string(), "Success: gRPC health status SERVING.", "{name:?}");
        assert!(report.phases.tls.is_some());
    }
}

#[tokio::test]
async fn what_is_not_grpc_fails() {
    let http = answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let report = probe(impatient(http.check(Protocol::Grpc { service: "".into(), authority: None, tls: None }))).await;
    assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "{report}");
    let silent = server(Vec::new()).await;
    let check = silent.check(Protocol::Grpc { service: "".into(), authority: None, tls: None });
    assert_eq!(probe(impatient(check)).await.outcome, Outcome::ResponseTimedOut);
    let broken = Protocol::Grpc { service: "".into(), authority: Some("a b".into()), tls: None };
    assert_eq!(probe(silent.check(broken)).await.outcome.status(), None, "a request that cannot be written");
}
