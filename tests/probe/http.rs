//! HTTP over real sockets: what is sent, what counts as success, what is read and no more.
//! Worked cases of spec §10.14 here: T267, T268, T272, T273, T274, T275, T278, T283, T284.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use tokio::time::timeout;
use waymark::model::check::{Protocol, Status};
use waymark::probe::Outcome;

use crate::harness::*;

#[tokio::test]
async fn t267_statuses() {
    for (code, healthy) in [(200, true), (204, true), (301, true), (399, true), (400, false), (503, false)] {
        let server = answering(format!("HTTP/1.1 {code} Whatever\r\nContent-Length: 0\r\n\r\n")).await;
        let report = server.probe(http()).await;
        assert!(matches!(report.outcome, Outcome::Answered { code: seen, .. } if seen == code), "{report}");
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(healthy)), "{report}");
    }
    let server = answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(server.probe(http()).await.to_string(), "Failure: HTTP Status Code 503, Service Unavailable");
}

#[tokio::test]
async fn t267_a_199_and_nothing_more_is_a_failure() {
    let server = answering("HTTP/1.1 199 Nearly\r\n\r\n").await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.outcome, Outcome::ResponseTimedOut, "{report}");
}

#[tokio::test]
async fn t268_redirects_are_not_followed() {
    let server = answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
    let report = server.probe(http()).await;
    assert_eq!(report.to_string(), "Success: HTTP Status Code 302, Found");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn c15_the_request_and_its_one_connection() {
    let mut server = answering(with_body(b"hello")).await;
    let port = server.address.port();
    server.probe(http()).await;
    let request = server.requests()[0].clone();
    let expected = format!(
        "GET /health?x=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Waymark-Health-Check (ref web-1)\r\n\
         Accept: */*\r\nAccept-Encoding: identity,gzip,deflate\r\n\r\n"
    );
    assert_eq!(request, expected, "C-15, T283");
    timeout(PATIENCE, server.closed.recv()).await.expect("the probe closes its connection").unwrap();
}

#[tokio::test]
async fn c15_every_probe_has_its_own_connection() {
    let mut server = answering(with_body(b"hello")).await;
    let (fleet, mut heard) = fleet();
    let often = changed(server.check(http()), |endpoint| endpoint.interval = Duration::from_millis(5));
    fleet.reconcile(&[often], &settings());
    for _ in 0..3 {
        vote(&mut heard).await;
        timeout(PATIENCE, server.closed.recv()).await.expect("each connection is closed").unwrap();
    }
    assert!(server.requests().len() >= 3);
}

#[tokio::test]
async fn t278_the_host_header_is_the_name_with_its_port() {
    let server = answering(with_body(b"")).await;
    let port = server.address.port();
    let named =
        Protocol::Http { path: "health".into(), host_header: Some("h.example".into()), search: None, tls: None };
    server.probe(named).await;
    let request = server.requests()[0].clone();
    assert!(request.starts_with("GET /health HTTP/1.1\r\n"), "the leading slash is added: {request}");
    assert!(request.to_ascii_lowercase().contains(&format!("\r\nhost: h.example:{port}\r\n")), "{request}");
}

#[tokio::test]
async fn t270_a_silent_endpoint_is_given_up() {
    let server = server(Vec::new()).await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.to_string(), "Failure: HTTP response was not received within the timeout limit.");
}

#[tokio::test]
async fn t270_half_a_status_line_is_no_status() {
    let server = answering("HTTP/1.1 200 O").await;
    let report = probe(impatient(server.check(http()))).await;
    assert_eq!(report.outcome, Outcome::ResponseTimedOut, "{report}");
}

#[tokio::test]
async fn t272_the_search_string_must_end_within_5120_bytes() {
    for (at, found) in [(5117, true), (5118, false), (0, true)] {
        let mut body = vec![b'.'; 6000];
        body[at..at + 3].copy_from_slice(b"OK!");
        let server = answering(with_body(&body)).await;
        let report = server.probe(searching("OK!")).await;
        assert_eq!(report.outcome == Outcome::SearchMissed, !found, "at {at}: {report}");
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(found)), "at {at}: {report}");
    }
}

#[tokio::test]
async fn c12_the_search_string_may_come_in_pieces() {
    let pieces = ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\n..O\r\n", "1\r\nK\r\n", "2\r\n!.\r\n"];
    let server = server(pieces.map(|piece| piece.as_bytes().to_vec()).to_vec()).await;
    assert_eq!(server.probe(searching("OK!")).await.to_string(), "Success: HTTP Status Code 200, OK");
}

#[tokio::test]
async fn t273_the_search_is_case_sensitive() {
    let server = answering(with_body(b"OK")).await;
    let report = server.probe(searching("ok")).await;
    assert_eq!(report.to_string(), "Failure: The response body did not contain the search string.");
}

#[tokio::test]
async fn t274_the_search_string_in_a_500_does_not_help() {
    let server = answering("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nOK").await;
    let report = server.probe(searching("OK")).await;
    assert_eq!(report.to_string(), "Failure: HTTP Status Code 500, Internal Server Error");
}

#[tokio::test]
async fn c12_an_endless_body_is_read_no_further_than_needed() {
    let mut pieces = vec![b"HTTP/1.1 200 OK\r\n\r\nsome OK! here".to_vec()];
    pieces.extend(std::iter::repeat_n(vec![b'x'; 65536], 4096));
    let mut endless = server(pieces).await;
    assert_eq!(endless.probe(searching("OK!")).await.outcome.status(), Some(Status::Healthy));
    timeout(PATIENCE, endless.closed.recv()).await.expect("hung up on").unwrap();
    assert_eq!(endless.probe(searching("absent")).await.outcome, Outcome::SearchMissed);
    assert_eq!(endless.probe(http()).await.outcome.status(), Some(Status::Healthy), "without a string no body is read");
}

#[tokio::test]
async fn c12_a_body_that_never_comes() {
    let server = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot yet").await;
    let report = probe(impatient(server.check(searching("OK!")))).await;
    assert_eq!(report.outcome, Outcome::BodyTimedOut, "{report}");
    assert_eq!(server.probe(searching("yet")).await.outcome.status(), Some(Status::Healthy), "what came counts");
}

#[tokio::test]
async fn t275_compressed_bodies() {
    let mut body = vec![b'.'; 6000];
    body[5117..5120].copy_from_slice(b"OK!");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&body).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&body).unwrap();
    let zlib = zlib.finish().unwrap();
    // What no browser but brotli's would make of it does not matter: it is searched as it comes.
    let brotli = [&[0x1b, 0x6f, 0x17][..], &gzip].concat();
    for (encoding, body, found) in [("gzip", gzip, true), ("deflate", zlib, true), ("br", brotli, false)] {
        let server = answering(packed(encoding, &body)).await;
        let report = server.probe(searching("OK!")).await;
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(found)), "C-12 {encoding}: {report}");
    }
    let server = answering(packed("br", b"as it comes: OK!")).await;
    assert_eq!(server.probe(searching("OK!")).await.outcome.status(), Some(Status::Healthy), "searched raw");
}

#[tokio::test]
async fn t284_too_many_header_bytes() {
    for (size, fits) in [(16384, true), (16385, false)] {
        let filler = "a".repeat(size - "X-Filler: \r\n".len());
        let server = answering(format!("HTTP/1.1 200 OK\r\nX-Filler: {filler}\r\n\r\n")).await;
        let report = server.probe(http()).await;
        assert_eq!(report.outcome == Outcome::HeadersTooLong, !fits, "{report}");
    }
}

#[tokio::test]
async fn c16_what_is_not_http_fails() {
    for garbage in ["220 mail.example ESMTP\r\n", "\x16\x03\x01\x02\0\x01", "HTTP/1.1 two hundred\r\n\r\n"] {
        let server = answering(garbage).await;
        let report = server.probe(http()).await;
        assert!(matches!(report.outcome, Outcome::NotHttp { .. }), "{report}");
        assert!(report.to_string().starts_with("Failure: The endpoint did not answer in HTTP: "), "{report}");
    }
}

#[tokio::test]
async fn c38_phases_as_far_as_the_probe_got() {
    let server = answering(with_body(b"all OK!")).await;
    let phases = server.probe(searching("OK!")).await.phases;
    assert!(phases.connect.is_some() && phases.first_byte.is_some() && phases.body.is_some(), "{phases:?}");
    assert!(phases.lookup.is_none() && phases.tls.is_none(), "{phases:?}");
    let silent = answering("").await;
    let phases = probe(impatient(silent.check(http()))).await.phases;
    assert!(phases.connect.is_some() && phases.first_byte.is_none(), "{phases:?}");
}

#[tokio::test]
async fn an_unwritable_request_takes_no_endpoint_down() {
    let broken = Protocol::Http { path: "/".into(), host_header: Some("a\nb".into()), search: None, tls: None };
    let report = probe(check(broken, "127.0.0.1", 80)).await;
    assert_eq!(report.outcome.status(), None, "{report}");
}
