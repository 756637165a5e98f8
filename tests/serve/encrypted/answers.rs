//! The same answers over every transport, to clients of others and to our own.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hickory_proto::rr::RecordType;
use hyper::Request;

use super::client::{Sent, Served, ask_quic, post, run, say2, say3, shake, talk};
use crate::harness::{connect, frame, query, text};

/// The answer over plain TCP, as octets.
fn tcp(served: &Served, message: &[u8]) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut stream = connect(served.server.dns);
    stream.write_all(&frame(message)).unwrap();
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut answer).unwrap();
    answer
}

/// A query with this OPT data.
fn with_options(name: &str, rtype: RecordType, options: &[u8]) -> Vec<u8> {
    let mut message = query(0, name, rtype);
    message[11] = 1;
    message.extend_from_slice(&[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, options.len() as u8]);
    message.extend_from_slice(options);
    message
}

#[test]
fn every_transport_gives_the_same_octets() {
    let served = Served::start();
    let whole = query(0, "www.example.com.", RecordType::A);
    let mut notimp = whole.clone();
    notimp[2] = 0x28;
    let mut two_questions = whole.clone();
    two_questions[5] = 2;
    let messages = [
        whole.clone(),
        query(0, "big.example.com.", RecordType::TXT),
        query(0, "www.example.com.", RecordType::AAAA),
        query(0, "nope.example.com.", RecordType::A),
        query(0, "example.org.", RecordType::A),
        query(0, "example.com.", RecordType::AXFR),
        with_options("www.example.com.", RecordType::A, b"\0\x08\0\x07\0\x01\x18\0\xc0\0\x02"),
        with_options("big.example.com.", RecordType::TXT, b""),
        notimp,
        two_questions,
        whole[..whole.len() - 1].to_vec(),
        [&whole[..], b"more"].concat(),
    ];
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        let doq = served.quic(served.doq, "doq").await;
        let (mut http2, mut http3) = (served.http2().await, served.http3().await);
        for message in &messages {
            let expected = tcp(&served, message);
            assert_eq!(talk(&mut dot, message).await, expected, "DoT {message:02x?}");
            let over_quic = ask_quic(&doq, &frame(message)).await.unwrap();
            assert_eq!(over_quic, frame(&expected), "DoQ {message:02x?}");
            let request = post("/dns-query").body(Sent::whole(message)).unwrap();
            let said = say2(&mut http2, request).await;
            assert_eq!((said.status.as_u16(), said.body), (200, expected.clone()), "DoH POST {message:02x?}");
            let said = say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(message)).await;
            assert_eq!((said.status.as_u16(), said.body), (200, expected.clone()), "DoH3 POST {message:02x?}");
            let target = format!("https://localhost/dns-query?dns={}", URL_SAFE_NO_PAD.encode(message));
            let said = say2(&mut http2, Request::get(&target).body(Sent::Whole(None)).unwrap()).await;
            assert_eq!((said.status.as_u16(), said.body), (200, expected.clone()), "DoH GET {message:02x?}");
            let said = say3(&mut http3, Request::get(&target).body(()).unwrap(), None).await;
            assert_eq!((said.status.as_u16(), said.body), (200, expected), "DoH3 GET {message:02x?}");
        }
        assert!(tcp(&served, &messages[1]).len() > 49_000, "one of them is large");

        // RFC 8484 §5.1: the smallest TTL, and for a name that is not there what the SOA record allows.
        for (message, age) in [(&messages[0], "max-age=77"), (&messages[3], "max-age=900"), (&messages[4], "max-age=0")]
        {
            let said = say2(&mut http2, post("/dns-query").body(Sent::whole(message)).unwrap()).await;
            assert_eq!((said.cache_control.as_str(), said.is_dated), (age, true));
            let said = say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(message)).await;
            assert_eq!((said.cache_control.as_str(), said.is_dated), (age, true));
        }
        // RFC 7858 §3.1 and the older TLS still in use.
        let older = served.pair.trusted("dot", &[&rustls::version::TLS12]);
        assert_eq!(talk(&mut shake(served.dot, older).await.unwrap(), &whole).await, tcp(&served, &whole));
    });
    for (transport, count) in [("dot", 2.0), ("doq", 1.0), ("doh", 3.0), ("doh3", 3.0)] {
        let series = format!(r#"waymark_queries_total{{transport="{transport}",type="A",rcode="NXDOMAIN"}}"#);
        let expected = if transport == "dot" { 1.0 } else { count };
        assert_eq!(served.server.metric(&series), expected, "{series}");
    }
}

/// RFC 7858 §3.3 with more at a time than one batch, one record and one buffer of TLS hold.
#[test]
fn many_large_answers_over_tls_come_whole() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let served = Served::start();
    let big = query(0, "big.example.com.", RecordType::TXT);
    let expected = tcp(&served, &big);
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        dot.write_all(&frame(&big).repeat(100)).await.unwrap();
        let mut answer = vec![0; 2 + expected.len()];
        for _ in 0..100 {
            dot.read_exact(&mut answer).await.unwrap();
            assert!(answer[2..] == expected);
        }
    });
}

/// RFC 8467 §4.1: padded to 468 octets where asked for, and only where nobody can see the octets.
#[test]
fn padding_is_for_those_who_ask_over_what_is_encrypted() {
    let served = Served::start();
    let padded = with_options("www.example.com.", RecordType::A, b"\0\x0c\0\x03\0\0\0");
    let bare = with_options("www.example.com.", RecordType::A, b"");
    let large = with_options("big.example.com.", RecordType::TXT, b"\0\x0c\0\0");
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        let answer = talk(&mut dot, &padded).await;
        assert_eq!(answer.len(), 468);
        let plain = tcp(&served, &padded);
        assert_eq!(plain, tcp(&served, &bare), "not over TCP");
        assert_eq!(plain, talk(&mut dot, &bare).await, "not unasked");
        assert_eq!(answer[..plain.len() - 2], plain[..plain.len() - 2], "but for the OPT record's length");
        assert_eq!(talk(&mut dot, &large).await.len() % 468, 0);
        let doq = served.quic(served.doq, "doq").await;
        assert_eq!(ask_quic(&doq, &frame(&padded)).await.unwrap().len(), 2 + 468);
    });
}

fn output(program: &str, served: &Served, port: u16, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(["@127.0.0.1", "-p", &port.to_string()]).args(arguments);
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; tests/install-tools.sh gets it"));
    assert!(served.server.page("/ready").starts_with("HTTP/1.1 200"));
    text(&output.stdout)
}

#[test]
fn dig_and_kdig_are_answered() {
    let served = Served::start();
    let (dot, doh, doq) = (served.dot.port(), served.doh.port(), served.doq.port());
    for (program, port, flags) in [
        ("dig", dot, &["+tls"][..]),
        ("dig", doh, &["+https"]),
        ("dig", doh, &["+https-get"]),
        ("kdig", dot, &["+tls"]),
        ("kdig", doh, &["+https"]),
        ("kdig", doh, &["+https-get"]),
        ("kdig", doq, &["+quic"]),
    ] {
        let said = output(program, &served, port, &[flags, &["www.example.com", "A"]].concat());
        let is_answered = said.lines().any(|line| line.starts_with("www.example.com.") && line.ends_with("192.0.2.1"));
        assert!(is_answered && said.contains("status: NOERROR"), "{program} {flags:?}: {said}");
        let large = output(program, &served, port, &[flags, &["big.example.com", "TXT"]].concat());
        assert!(large.len() > 49_000, "{program} {flags:?}: {} characters", large.len());
        if program == "kdig" {
            assert!(said.contains("PADDING: ") && said.contains("Received 468 B"), "{flags:?}: {said}");
        }
    }
    // Strict: the certificate is checked against the files, and then against another.
    let known = served.pair.path("cert.pem");
    let strict = |ca: &std::path::Path| {
        let ca = format!("+tls-ca={}", ca.display());
        output("kdig", &served, dot, &["+tls-host=localhost", &ca, "www.example.com", "A"])
    };
    assert!(strict(&known).contains("192.0.2.1"));
    let other = super::client::Pair::new();
    assert!(!strict(&other.path("cert.pem")).contains("192.0.2.1"));
}

/// dnsperf takes one message from what one read brings: each response is in a record of its own.
#[test]
fn dnsperf_gets_every_answer() {
    let served = Served::start();
    let folder = tempfile::tempdir().unwrap();
    let questions = folder.path().join("questions");
    std::fs::write(&questions, "www.example.com A\nnope.example.com A\nexample.org MX\n".repeat(20)).unwrap();
    let uri = format!("doh-uri=https://{}/dns-query", served.doh);
    for (port, mode) in [(served.dot.port(), &["-m", "dot"][..]), (served.doh.port(), &["-m", "doh", "-O", &uri])] {
        let mut command = Command::new("dnsperf");
        command.args(["-s", "127.0.0.1", "-p", &port.to_string(), "-n", "5", "-c", "2", "-q", "40"]).args(mode);
        let output = command.arg("-d").arg(&questions).output().expect("dnsperf; tests/install-tools.sh gets it");
        let said = text(&output.stdout);
        let completed = said.lines().find(|line| line.contains("Queries completed:")).unwrap_or_default();
        assert!(completed.contains(" 300 (100.00%)"), "{mode:?}: {said}");
    }
}
