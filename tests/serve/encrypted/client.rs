//! A server that answers over all transports, and a client of each.

use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};
use hyper::client::conn::http2;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use quinn::crypto::rustls::QuicClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::{PATIENCE, Server, frame};

pub(super) const ZONE: &str = r#"
zone = "example.com"

[[record]]
name = "www"
type = "A"
ttl = 77
value = "192.0.2.1"
"#;

/// A name's text of some 50,000 octets beside the zone's own records.
pub(super) fn zone() -> String {
    let strings = (0..200).map(|n| format!("\\\"{n} {}\\\"", "x".repeat(245))).collect::<Vec<_>>().join(" ");
    format!("{ZONE}\n[[record]]\nname = \"big\"\ntype = \"TXT\"\nvalue = \"{strings}\"\n")
}

/// Files of a certificate and its key.
pub(super) struct Pair {
    folder: TempDir,
    pub(super) certificate: CertificateDer<'static>,
}

impl Pair {
    /// A certificate for localhost, and the files it is in.
    pub(super) fn new() -> Self {
        let mut pair = Self { folder: tempfile::tempdir().expect("a folder"), certificate: Vec::new().into() };
        pair.renew();
        pair
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes another certificate and key into the same files.
    pub(super) fn renew(&mut self) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        std::fs::write(self.path("cert.pem"), made.cert.pem()).expect("written");
        std::fs::write(self.path("key.pem"), made.signing_key.serialize_pem()).expect("written");
        self.certificate = made.cert.der().clone();
    }

    /// What a client that knows this certificate, and no other, shakes hands by.
    pub(super) fn trusted(&self, protocol: &str, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let mut config = builder.expect("versions").with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        config
    }
}

/// A server with every transport.
pub(super) struct Served {
    pub(super) server: Server,
    pub(super) pair: Pair,
    pub(super) dot: SocketAddr,
    pub(super) doh: SocketAddr,
    pub(super) doq: SocketAddr,
    pub(super) doh3: SocketAddr,
}

pub(super) fn config(pair: &Pair) -> String {
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| pair.path(name));
    format!(
        "workers = 2\n[tls]\ncertificate = {certificate:?}\nkey = {key:?}\ndot = \"127.0.0.1:0\"\ndoh = \"127.0.0.1:0\"\n\
         doq = \"127.0.0.1:0\"\ndoh3 = \"127.0.0.1:0\"\n"
    )
}

impl Served {
    pub(super) fn start() -> Self {
        let pair = Pair::new();
        let server = Server::start(&[("example.com.toml", &zone())], &config(&pair));
        let status = server.ask_control(&json!({ "op": "status" }));
        let shown = status["listening"]["encrypted"].as_str().expect("addresses").to_owned();
        let address = |kind: &str| {
            let named = shown.split(", ").find_map(|part| part.strip_prefix(kind)).expect("this kind");
            let named = named.trim_start_matches("https://").trim_end_matches("/dns-query");
            named.parse().unwrap_or_else(|_| panic!("an address in {shown}"))
        };
        let [dot, doh, doq, doh3] = ["DoT on ", "DoH on ", "DoQ on ", "DoH3 on "].map(address);
        Self { server, pair, dot, doh, doq, doh3 }
    }

    pub(super) async fn tls(&self, address: SocketAddr, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        shake(address, self.pair.trusted(protocol, rustls::ALL_VERSIONS)).await
    }

    pub(super) async fn quic(&self, address: SocketAddr, protocol: &str) -> quinn::Connection {
        quic(address, self.pair.trusted(protocol, rustls::ALL_VERSIONS)).await.expect("a connection")
    }

    pub(super) async fn http2(&self) -> Http2 {
        let stream = self.tls(self.doh, "h2").await.expect("a handshake");
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2 begins");
        tokio::spawn(connection);
        sender
    }

    pub(super) async fn http3(&self) -> Http3 {
        let connection = self.quic(self.doh3, "h3").await;
        let (mut driver, sender) = h3::client::new(h3_quinn::Connection::new(connection)).await.expect("HTTP/3 begins");
        tokio::spawn(async move { poll_fn(|context| driver.poll_close(context)).await });
        sender
    }
}

pub(super) async fn shake(address: SocketAddr, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("in time")
}

pub(super) async fn quic(
    address: SocketAddr,
    config: ClientConfig,
) -> Result<quinn::Connection, quinn::ConnectionError> {
    let config = quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(config).expect("TLS 1.3")));
    let endpoint = quinn::Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).expect("a socket");
    endpoint.connect_with(config, address, "localhost").expect("a connection is begun").await
}

pub(super) type Http2 = http2::SendRequest<Sent>;
pub(super) type Http3 = h3::client::SendRequest<h3_quinn::OpenStreams, Bytes>;

/// The body of a request.
pub(super) enum Sent {
    Whole(Option<Bytes>),
    /// One octet, and then nothing for ever.
    Stalled(Option<Bytes>),
    /// As much as is taken.
    Endless,
}

impl Sent {
    pub(super) fn whole(octets: &[u8]) -> Self {
        Self::Whole(Some(Bytes::copy_from_slice(octets)))
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(octets) => Poll::Ready(octets.take().map(|octets| Ok(Frame::data(octets)))),
            Self::Stalled(octets) => {
                octets.take().map_or(Poll::Pending, |octets| Poll::Ready(Some(Ok(Frame::data(octets)))))
            }
            Self::Endless => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 4096]))))),
        }
    }
}

/// What an HTTP server said.
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) cache_control: String,
    /// RFC 9110 §6.6.1.
    pub(super) is_dated: bool,
    pub(super) body: Vec<u8>,
}

fn is_dated<T>(response: &hyper::Response<T>) -> bool {
    response.headers().contains_key("date")
}

fn cache_control<T>(response: &hyper::Response<T>) -> String {
    let value = response.headers().get("cache-control");
    value.map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
}

pub(super) fn post(path: &str) -> hyper::http::request::Builder {
    Request::post(format!("https://localhost{path}")).header("content-type", "application/dns-message")
}

pub(super) async fn say2(http: &mut Http2, request: Request<Sent>) -> Said {
    http.ready().await.expect("a connection");
    let response = timeout(PATIENCE, http.send_request(request)).await.expect("in time").expect("a response");
    let (status, cache_control, is_dated) = (response.status(), cache_control(&response), is_dated(&response));
    let body = response.into_body().collect().await.expect("a body").to_bytes().to_vec();
    Said { status, cache_control, is_dated, body }
}

pub(super) async fn say3(http: &mut Http3, request: Request<()>, body: Option<&[u8]>) -> Said {
    let said = async {
        let mut stream = http.send_request(request).await.expect("a stream");
        if let Some(body) = body {
            // The server may have heard enough before all is sent.
            let _ = stream.send_data(Bytes::copy_from_slice(body)).await;
        }
        let _ = stream.finish().await;
        let response = stream.recv_response().await.expect("a response");
        let mut body = Vec::new();
        while let Some(mut piece) = stream.recv_data().await.expect("a body") {
            while piece.has_remaining() {
                body.extend_from_slice(piece.chunk());
                piece.advance(piece.chunk().len());
            }
        }
        let (cache_control, is_dated) = (cache_control(&response), is_dated(&response));
        Said { status: response.status(), cache_control, is_dated, body }
    };
    timeout(PATIENCE, said).await.expect("in time")
}

/// One message and its answer over a stream that frames them by two octets.
pub(super) async fn talk(stream: &mut TlsStream<TcpStream>, message: &[u8]) -> Vec<u8> {
    stream.write_all(&frame(message)).await.expect("written");
    let length = timeout(PATIENCE, stream.read_u16()).await.expect("in time").expect("an answer");
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.expect("an answer");
    answer
}

/// What comes back on a stream of its own for these octets; the octets are all there are.
pub(super) async fn ask_quic(connection: &quinn::Connection, octets: &[u8]) -> Result<Vec<u8>, quinn::ReadToEndError> {
    let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
    // A connection may end over this.
    let _ = send.write_all(octets).await;
    let _ = send.finish();
    timeout(PATIENCE, receive.read_to_end(70_000)).await.expect("in time")
}

/// Runs a client to its end.
pub(super) fn run<F: Future>(client: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(client)
}
