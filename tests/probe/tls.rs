//! TLS and HTTPS over real sockets: any certificate will do, SNI and its retry, expiry told.
//! Worked cases of spec §10.14 here: T276, T277, T279.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::Acceptor;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::LazyConfigAcceptor;
use waymark::model::check::{Protocol, Status, Tls};
use waymark::probe::Outcome;

use crate::harness::*;

const NAME: &str = "www.example.com";

/// A TLS server with one certificate; asked without SNI it may alert as OpenSSL does.
pub(crate) struct Secure {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
    /// The server names it was sent.
    names: Arc<Mutex<Vec<Option<String>>>>,
}

/// A certificate and its key.
pub(crate) struct Identity(CertificateDer<'static>, PrivateKeyDer<'static>);

pub(crate) fn identity(names: &[&str], common: &str, ends: i32) -> Identity {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(ends, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Identity(certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
}

pub(crate) fn config(Identity(certificate, key): Identity, alpn: &[&[u8]]) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = builder.with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

pub(crate) async fn secure(identity: Identity, demands_sni: bool) -> Secure {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = config(identity, &[]);
    let (seen, names) = (Seen::default(), Arc::<Mutex<Vec<_>>>::default());
    let (notes, told) = (seen.clone(), names.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (config, notes, told) = (config.clone(), notes.clone(), told.clone());
            tokio::spawn(async move {
                let Ok(mut start) = LazyConfigAcceptor::new(Acceptor::default(), stream).await else { return };
                let name = start.client_hello().server_name().map(str::to_owned);
                told.lock().unwrap().push(name.clone());
                if demands_sni && name.is_none() {
                    // A record of type alert: fatal, handshake_failure (RFC 8446 §6).
                    let _ = start.io.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
                    return;
                }
                if let Ok(stream) = start.into_stream(config).await {
                    let (gone, _) = mpsc::unbounded_channel();
                    converse(stream, vec![with_body(b"all OK!")], notes, gone).await;
                }
            });
        }
    });
    Secure { address, seen, names }
}

impl Secure {
    fn names(&self) -> Vec<Option<String>> {
        self.names.lock().unwrap().clone()
    }

    async fn probe(&self, protocol: Protocol) -> waymark::probe::Report {
        probe(check(protocol, "127.0.0.1", self.address.port())).await
    }
}

fn named() -> Vec<Option<String>> {
    vec![Some(NAME.to_owned())]
}

#[tokio::test]
async fn t276_expired_self_signed_and_wrong_names_are_no_matter() {
    let identities = [
        ("expired", identity(&[NAME], NAME, 2020)),
        ("self-signed", identity(&[NAME], NAME, 2200)),
        ("wrong name", identity(&["other.example.net"], "other.example.net", 2200)),
    ];
    for (what, identity) in identities {
        let server = secure(identity, false).await;
        let report = server.probe(https(Some(NAME))).await;
        assert_eq!(report.to_string(), "Success: HTTP Status Code 200, OK", "C-13: {what}");
        assert!(report.phases.tls.is_some(), "{:?}", report.phases);
        assert_eq!(server.seen.requests.lock().unwrap().len(), 1, "{what}");
        assert_eq!(report.degraded, None, "nobody asked when it expires");
    }
}

#[tokio::test]
async fn c13_a_name_the_certificate_does_not_cover_is_left_out_the_second_time() {
    let covered = secure(identity(&["*.example.com"], "x", 2200), false).await;
    covered.probe(https(Some(NAME))).await;
    assert_eq!(covered.names(), named(), "covered at once");
    let common = secure(identity(&[], NAME, 2200), false).await;
    common.probe(https(Some(NAME))).await;
    assert_eq!(common.names(), named(), "its common name covers it");
    let wrong = secure(identity(&["other.example.net"], "x", 2200), false).await;
    let report = wrong.probe(https(Some(NAME))).await;
    assert_eq!(report.outcome.status(), Some(Status::Healthy), "{report}");
    assert_eq!(wrong.names(), [Some(NAME.to_owned()), None], "once more without");
    let demanding = secure(identity(&["other.example.net"], "x", 2200), true).await;
    let report = demanding.probe(https(Some(NAME))).await;
    assert!(report.to_string().contains("SSL alert handshake_failure"), "the second handshake counts: {report}");
    assert_eq!(demanding.names().len(), 2, "and there is no third");
}

#[tokio::test]
async fn t277_an_endpoint_that_demands_sni_and_is_sent_none() {
    let server = secure(identity(&[NAME], NAME, 2200), true).await;
    for protocol in [https(None), Protocol::Tls(tls(None))] {
        let report = server.probe(protocol).await;
        assert_eq!(report.to_string(), "Failure: The TLS handshake failed: SSL alert handshake_failure.", "C-14");
        assert!(report.phases.connect.is_some() && report.phases.tls.is_none());
    }
    assert_eq!(server.names(), [None, None], "EnableSNI=false sends none, and there is nothing to retry");
    let report = server.probe(https(Some(NAME))).await;
    assert_eq!(report.outcome.status(), Some(Status::Healthy), "{report}");
}

#[tokio::test]
async fn t279_the_host_header_has_the_port_unless_it_is_443() {
    let server = secure(identity(&[NAME], NAME, 2200), false).await;
    let Protocol::Http { path, search, tls, .. } = https(Some(NAME)) else { unreachable!() };
    server.probe(Protocol::Http { path, host_header: Some(NAME.into()), search, tls }).await;
    let request = server.seen.requests.lock().unwrap()[0].clone();
    assert!(request.contains(&format!("\r\nHost: {NAME}:{}\r\n", server.address.port())), "C-15: {request}");
}

#[tokio::test]
async fn c12_bodies_over_tls() {
    let server = secure(identity(&[NAME], NAME, 2200), false).await;
    for (search, found) in [("OK!", true), ("absent", false)] {
        let (path, search) = ("/".into(), Some(search.into()));
        let protocol = Protocol::Http { path, host_header: None, search, tls: Some(tls(Some(NAME))) };
        let report = impatient(check(protocol, "127.0.0.1", server.address.port()));
        let report = probe(changed(report, |endpoint| endpoint.connect_timeout = PATIENCE)).await;
        assert_eq!(report.outcome.status(), Some(Status::from_healthy(found)), "{report}");
    }
}

#[tokio::test]
async fn a_handshake_is_enough_and_expiry_is_told() {
    const DAY: u64 = 86_400;
    let probed = async |ends, days| {
        let server = secure(identity(&[NAME], NAME, ends), false).await;
        let horizon = Some(Duration::from_secs(days * DAY));
        server.probe(Protocol::Tls(Tls { server_name: Some(NAME.into()), horizon })).await
    };
    let sound = probed(2200, 14).await;
    assert_eq!((sound.to_string().as_str(), sound.degraded), ("Success: TLS handshake completed.", None));
    let soon = probed(2200, 100_000).await;
    assert_eq!(soon.outcome, Outcome::Handshaken, "degraded is not unhealthy");
    assert!(soon.degraded.as_ref().is_some_and(|words| words.starts_with("the certificate expires in ")), "{soon:?}");
    let over = probed(2020, 14).await;
    assert_eq!(over.outcome, Outcome::Handshaken, "C-13");
    assert!(over.degraded.as_ref().is_some_and(|words| words.starts_with("the certificate expired at ")), "{over:?}");
}

#[tokio::test]
async fn what_does_not_speak_tls_fails() {
    let plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closing = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    for port in [plain.address.port(), closing] {
        let report = probe(impatient(check(Protocol::Tls(tls(Some(NAME))), "127.0.0.1", port))).await;
        assert_eq!(report.outcome.status(), Some(Status::Unhealthy), "{report}");
        assert!(report.to_string().starts_with("Failure: The TLS handshake "), "{report}");
    }
}
