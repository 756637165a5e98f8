//! HTTPS against a server that is not of our making: Python's, over OpenSSL.
//! Worked cases of spec §10.14 here: T275, T276, T277.

use std::io::Write;
use std::process::Stdio;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use waymark::model::check::Protocol;

use crate::harness::*;

/// A Python server with an expired certificate for these names, and its port.
async fn endpoint(names: &[&str]) -> (Child, u16) {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_after = date_time_ymd(2020, 1, 1);
    let key = KeyPair::generate().unwrap();
    let file = |text: String| {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    };
    let (certificate, key) = (file(params.self_signed(&key).unwrap().pem()), file(key.serialize_pem()));
    let mut server = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/probe/endpoint.py"))
        .args([certificate.path(), key.path()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("python3 is installed: tests/install-tools.sh");
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("the server starts").unwrap();
    let port = line.expect("it prints its port").parse().unwrap();
    (server, port)
}

async fn probed(port: u16, name: Option<&str>) -> String {
    let protocol = Protocol::Http {
        path: "/".into(),
        host_header: Some("www.example.com".into()),
        search: Some("systems go".into()),
        tls: Some(tls(name)),
    };
    probe(check(protocol, "127.0.0.1", port)).await.to_string()
}

#[tokio::test]
async fn t275_t276_t277_a_server_of_others() {
    let (_server, port) = endpoint(&["www.example.com", "old.example.com"]).await;
    for name in ["www.example.com", "old.example.com"] {
        assert_eq!(probed(port, Some(name)).await, "Success: HTTP Status Code 200, OK", "T275, T276: {name}");
    }
    let failed = "Failure: The TLS handshake failed: SSL alert handshake_failure.";
    assert_eq!(probed(port, None).await, failed, "T277, C-14");
    assert_eq!(probed(port, Some("other.example.net")).await, failed, "C-13: the retry sends no name either");
}
