//! The listener asked over real sockets: what is let in, what is refused, and in which words.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::super::respond::{LARGEST_BODY, LARGEST_REST};
use super::super::sigv4::{self, Head};
use super::super::{Access, Call, Key};
use super::*;
use crate::metrics::Registry;
use crate::model::fleet::Secret;
use crate::route53::{
    Answer, ApiError, Code, CreateHostedZoneRequest, CreateHostedZoneResponse, GetHostedZoneCountRequest,
    GetHostedZoneCountResponse, Operation, Rights,
};

const SECRET: &str = "0123456789abcdef";
const COUNT: &str = "/2013-04-01/hostedzonecount";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

struct Served {
    address: SocketAddr,
    registry: Arc<Registry>,
    stop: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

fn key(id: &str, rights: Rights) -> Key {
    Key { id: id.to_owned(), secret: Secret(SECRET.into()), name: "ci".into(), rights }
}

/// Carries out a few operations: a count, a zone that says who made it, and one that falls over.
fn operations(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.permit(|_| None)?;
    match call.asked.operation {
        Operation::GetHostedZoneCount => {
            call.run(|_, _: GetHostedZoneCountRequest| Ok(GetHostedZoneCountResponse { hosted_zone_count: 7 }))
        }
        Operation::CreateHostedZone => call.run(|caller, input: CreateHostedZoneRequest| {
            let mut output =
                CreateHostedZoneResponse { location: "/2013-04-01/hostedzone/Z1".to_owned(), ..Default::default() };
            output.hosted_zone.name = format!("{} by {}", input.name, caller.who);
            Ok(output)
        }),
        Operation::DeleteHostedZone => panic!("an operation that falls over"),
        operation => Err(ApiError::new(Code::ServiceUnavailable, operation.name())),
    }
}

fn serve(access: Access) -> Served {
    serve_by(access, None)
}

fn serve_by(access: Access, acceptor: Option<tokio_rustls::TlsAcceptor>) -> Served {
    let listener = crate::edge::listen::bind_tcp(SocketAddr::from(([127, 0, 0, 1], 0))).expect("an address");
    let address = listener.local_addr().expect("an address");
    let registry = Arc::new(Registry::default());
    let api = Arc::new(Api::new(Arc::new(access), Arc::new(operations), registry.clone()));
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(super::serve(listener, acceptor, api, stopping));
    Served { address, registry, stop, serving }
}

async fn ask(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request).await.expect("written");
    let mut text = Vec::new();
    timeout(LONG, stream.read_to_end(&mut text)).await.expect("an end").expect("read");
    String::from_utf8(text).expect("text")
}

fn plain(method: &str, target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {target} HTTP/1.1\r\nhost: h:1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// A request signed by `id` at this moment.
fn signed(id: &str, method: &str, target: &str, body: &str) -> Vec<u8> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = sigv4::sign_now(
        &Head { method, path, query, headers: &[("host".to_owned(), b"h:1".to_vec())] },
        body,
        id,
        SECRET,
    );
    plain(method, target, &headers, body)
}

fn status(response: &str) -> &str {
    response.get(9..12).unwrap_or(response)
}

#[tokio::test]
async fn signed_requests_are_carried_out_in_the_name_of_the_key() {
    let served = serve(Access::by_keys(vec![key("WRITER", Rights::ALL)]));
    let response = ask(served.address, &signed("WRITER", "GET", COUNT, "")).await;
    assert_eq!(status(&response), "200", "{response}");
    assert!(response.contains("content-type: text/xml\r\n"), "{response}");
    assert!(response.contains("<HostedZoneCount>7</HostedZoneCount>"), "{response}");
    let id = response.split("x-amzn-requestid: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("an id");
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");

    let body =
        "<CreateHostedZoneRequest><Name>a.example</Name><CallerReference>r</CallerReference></CreateHostedZoneRequest>";
    let response = ask(served.address, &signed("WRITER", "POST", "/2013-04-01/hostedzone", body)).await;
    assert_eq!(status(&response), "201", "{response}");
    assert!(response.contains("location: http://h:1/2013-04-01/hostedzone/Z1\r\n"), "{response}");
    assert!(response.contains("<Name>a.example by ci</Name>"), "{response}");
    let figures = served.registry.render(&crate::metrics::Moment::default());
    for series in [
        "waymark_api_requests_total{operation=\"GetHostedZoneCount\",code=\"OK\"} 1\n",
        "waymark_api_requests_total{operation=\"CreateHostedZone\",code=\"OK\"} 1\n",
        "waymark_api_strangers_total 0\n",
    ] {
        assert!(figures.contains(series), "{series}{figures}");
    }
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_in_xml() {
    let readers = Rights { may_write: false, zones: None };
    let served = serve(Access::by_keys(vec![key("WRITER", Rights::ALL), key("READER", readers)]));
    let mut forged = signed("WRITER", "GET", COUNT, "");
    let at = forged.windows(10).position(|window| window == b"Signature=").expect("a signature") + 10;
    forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
    let cases = [
        (plain("GET", COUNT, "", ""), "403", "MissingAuthenticationToken"),
        (forged, "403", "SignatureDoesNotMatch"),
        (signed("NOBODY", "GET", COUNT, ""), "403", "InvalidClientTokenId"),
        (plain("GET", "/", "", ""), "403", "MissingAuthenticationToken"),
        (signed("WRITER", "GET", "/", ""), "404", "InvalidAction"),
        (signed("WRITER", "GET", "/2013-04-01/nowhere", ""), "404", "InvalidAction"),
        (signed("WRITER", "PUT", COUNT, ""), "405", "MethodNotAllowed"),
        (signed("WRITER", "POST", "/2013-04-01/hostedzone", "<a"), "400", "InvalidInput"),
        (signed("READER", "POST", "/2013-04-01/hostedzone", "<a/>"), "403", "AccessDenied"),
        (signed("WRITER", "DELETE", "/2013-04-01/hostedzone/Z1", ""), "500", "InternalFailure"),
    ];
    for (request, expected, code) in cases {
        let response = ask(served.address, &request).await;
        assert_eq!(status(&response), expected, "{response}");
        let (head, body) = response.split_once("\r\n\r\n").expect("a body");
        let id = head.split("x-amzn-requestid: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("an id");
        assert!(body.starts_with("<?xml version=\"1.0\"?>\n<ErrorResponse xmlns="), "{body}");
        assert!(
            body.contains(&format!("<Code>{code}</Code>")) && body.contains(&format!("<RequestId>{id}</RequestId>")),
            "{body}"
        );
        assert!(!response.contains(SECRET), "{response}");
    }
    assert_eq!(served.registry.api_strangers.value(), 4);
    // An operation that fell over took nobody with it.
    assert_eq!(status(&ask(served.address, &signed("READER", "GET", COUNT, "")).await), "200");
}

#[tokio::test]
async fn bodies_are_bounded_and_not_read_for_strangers() {
    let served = serve(Access::by_keys(vec![key("WRITER", Rights::ALL)]));
    let long = " ".repeat(LARGEST_REST);
    let response = ask(served.address, &signed("WRITER", "POST", "/2013-04-01/hostedzone", &long)).await;
    assert_eq!(status(&response), "413", "{response}");
    assert!(response.contains("<Code>RequestEntityTooLarge</Code>"), "{response}");
    // The body of somebody without a key is not waited for.
    let head = format!("POST /2013-04-01/hostedzone HTTP/1.1\r\nhost: h\r\ncontent-length: {LARGEST_BODY}\r\n\r\n");
    let mut stream = TcpStream::connect(served.address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("written");
    let mut start = [0; 12];
    timeout(LONG, stream.read_exact(&mut start)).await.expect("an answer").expect("read");
    assert_eq!(&start, b"HTTP/1.1 403");
}

#[tokio::test]
async fn without_keys_everybody_on_this_machine_but_a_browser_may_ask() {
    let served = serve(Access::Open);
    assert_eq!(status(&ask(served.address, &plain("GET", COUNT, "", "")).await), "200");
    assert_eq!(status(&ask(served.address, &signed("ANY", "GET", COUNT, "")).await), "200");
    let response = ask(served.address, &plain("GET", COUNT, "origin: http://evil.example\r\n", "")).await;
    assert!(status(&response) == "403" && response.contains("AccessDenied"), "{response}");
}

#[tokio::test]
async fn keys_are_exchanged_while_it_serves_and_the_word_to_stop_ends_it() {
    let access = Arc::new(Access::by_keys(vec![key("OLD", Rights::ALL)]));
    let api = Api::new(access.clone(), Arc::new(operations), Arc::default());
    assert!(api.access.find("OLD").is_ok());
    access.exchange(vec![key("NEW", Rights::ALL)]);
    assert!(api.access.find("OLD").is_err() && api.access.find("NEW").is_ok());

    let served = serve(Access::Open);
    let mut idle = TcpStream::connect(served.address).await.expect("a connection");
    let request = format!("GET {COUNT} HTTP/1.1\r\nhost: h\r\n\r\n");
    idle.write_all(request.as_bytes()).await.expect("written");
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 200");
    served.stop.send(true).expect("heard");
    timeout(LONG, served.serving).await.expect("an end").expect("no panic").expect("no error");
    let mut rest = Vec::new();
    timeout(LONG, idle.read_to_end(&mut rest)).await.expect("closed").expect("read");
}

#[tokio::test]
async fn it_is_served_by_tls_too() {
    use crate::edge::encrypted::{Identity, acceptor, self_signed};
    use tokio_rustls::TlsConnector;
    let (certified, _) = self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certified.cert[0].clone()).expect("a root");
    let identity = Arc::new(Identity::default());
    identity.show(certified);
    let served = serve_by(Access::by_keys(vec![key("WRITER", Rights::ALL)]), Some(acceptor(&identity, b"http/1.1")));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(served.address).await.expect("a connection");
    let name = "localhost".try_into().expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    let body = "<CreateHostedZoneRequest><Name>a</Name><CallerReference>r</CallerReference></CreateHostedZoneRequest>";
    stream.write_all(&signed("WRITER", "POST", "/2013-04-01/hostedzone", body)).await.expect("written");
    let mut text = String::new();
    // How the connection ends is not what is asked here.
    let _ = timeout(LONG, stream.read_to_string(&mut text)).await.expect("an end");
    assert!(
        text.starts_with("HTTP/1.1 201") && text.contains("location: https://h:1/2013-04-01/hostedzone/Z1"),
        "{text}"
    );
}
