//! Certificates come and go while connections live; servers end.

use std::process::Command;

use hickory_proto::rr::RecordType;

use super::client::{Pair, Served, ask_quic, config, post, quic, run, say2, say3, shake, talk};
use super::client::{Sent, zone};
use crate::harness::{Server, frame, query, text, waymark};

fn www() -> Vec<u8> {
    query(0, "www.example.com.", RecordType::A)
}

#[test]
fn another_certificate_is_taken_at_a_reload_and_connections_live_on() {
    let mut served = Served::start();
    let older = |served: &Served, protocol| served.pair.trusted(protocol, rustls::ALL_VERSIONS);
    let (dot, doq) = (older(&served, "dot"), older(&served, "doq"));
    run(async {
        let mut dot_before = served.tls(served.dot, "dot").await.unwrap();
        let doq_before = served.quic(served.doq, "doq").await;
        let mut http2_before = served.http2().await;
        let mut http3_before = served.http3().await;
        let answer = talk(&mut dot_before, &www()).await;

        served.pair.renew();
        assert_eq!(served.server.reload()["ok"], true);
        assert!(shake(served.dot, dot.clone()).await.is_err(), "the old one is not shown any more");
        assert!(quic(served.doq, doq.clone()).await.is_err());
        let mut dot_after = served.tls(served.dot, "dot").await.unwrap();
        assert_eq!(talk(&mut dot_after, &www()).await, answer);
        let doq_after = served.quic(served.doq, "doq").await;
        assert_eq!(ask_quic(&doq_after, &frame(&www())).await.unwrap(), frame(&answer));

        assert_eq!(talk(&mut dot_before, &www()).await, answer);
        assert_eq!(ask_quic(&doq_before, &frame(&www())).await.unwrap(), frame(&answer));
        assert_eq!(say2(&mut http2_before, post("/dns-query").body(Sent::whole(&www())).unwrap()).await.body, answer);
        let said = say3(&mut http3_before, post("/dns-query").body(()).unwrap(), Some(&www())).await;
        assert_eq!(said.body, answer);

        // Half of a pair, as a slow renewal leaves it: zones are reloaded, the certificate stays.
        let other = Pair::new();
        std::fs::copy(other.path("key.pem"), served.pair.path("key.pem")).unwrap();
        let report = served.server.reload();
        assert_eq!(report["ok"], true);
        let warning = report["warnings"][0].to_string();
        assert!(warning.contains("is not the key of") && warning.contains("the old certificate stays"), "{report}");
        assert_eq!(talk(&mut served.tls(served.dot, "dot").await.unwrap(), &www()).await, answer);
    });
}

#[test]
fn a_server_without_its_certificate_does_not_start_and_check_says_why() {
    let (pair, other) = (Pair::new(), Pair::new());
    std::fs::copy(other.path("key.pem"), pair.path("key.pem")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("waymark.toml");
    std::fs::create_dir(folder.path().join("zones")).unwrap();
    std::fs::write(&file, config(&pair)).unwrap();
    let checked = waymark(&["check", "--config"]).arg(&file).output().unwrap();
    assert_eq!(checked.status.code(), Some(3));
    let said = text(&checked.stderr);
    assert!(said.contains("waymark.toml:4: key ") && said.contains("name a certificate and its own key"), "{said}");
    let server = Server::begin(&[], &config(&pair), &[], None);
    server.until("is not the key of certificate");
    assert_eq!(server.end().code(), Some(3));
}

#[test]
fn self_signed_needs_nothing_else_and_says_who_it_is() {
    let text = "[tls]\ncertificate = \"self-signed\"\ndot = \"127.0.0.1:0\"\n";
    let server = Server::begin(&[("example.com.toml", &zone())], text, &[], None);
    let line = server.until("self-signed certificate made");
    let fingerprint = line.split("sha256=").nth(1).expect("a fingerprint").trim_matches('"');
    assert_eq!(fingerprint.len(), 64, "{line}");
    let line = server.until("encrypted: DoT on ");
    let port = line.rsplit(':').next().expect("a port").to_owned();
    server.until("ask it");
    let said = Command::new("kdig").args(["@127.0.0.1", "-p", &port, "+tls", "+short", "www.example.com"]).output();
    assert_eq!(text_of(said), "192.0.2.1\n");
}

fn text_of(output: std::io::Result<std::process::Output>) -> String {
    text(&output.expect("kdig; tests/install-tools.sh gets it").stdout)
}

#[test]
fn a_server_that_ends_lets_everyone_go() {
    let served = Served::start();
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        let doq = served.quic(served.doq, "doq").await;
        let (mut http2, mut http3) = (served.http2().await, served.http3().await);
        talk(&mut dot, &www()).await;
        ask_quic(&doq, &frame(&www())).await.unwrap();
        say2(&mut http2, post("/dns-query").body(Sent::whole(&www())).unwrap()).await;
        say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(&www())).await;
        served.server.signal("TERM");
        let closed = doq.closed().await;
        let quinn::ConnectionError::ApplicationClosed(why) = &closed else { panic!("{closed:?}") };
        assert_eq!(why.error_code, quinn::VarInt::from_u32(0), "DOQ_NO_ERROR, RFC 9250 §4.3");
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut dot, &mut rest).await.expect("close_notify, RFC 8446 §6.1");
        assert!(rest.is_empty());
    });
    assert!(served.server.end().success());
}
