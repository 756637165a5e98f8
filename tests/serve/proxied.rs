//! Behind a proxy that speaks the PROXY protocol (version 2, proxy-protocol.txt §2.2).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use hickory_proto::op::Message;
use hickory_proto::rr::RecordType;

use crate::harness::{PATIENCE, Server, connect, frame, poll, query, read_framed, values};

const ZONES: [(&str, &str); 2] = [
    ("public.toml", "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n"),
    (
        "private.toml",
        "zone = \"example.com\"\nid = \"inside\"\nviews = [\"inside\"]\n[view.inside]\nnetworks = [\"10.0.0.0/8\"]\n\
         [[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"10.0.0.1\"\n",
    ),
];
const CONFIG: &str = "workers = 1\n[listen.front]\naddress = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
                      [query_log]\npath = \"query.log\"\n";

/// A header for `client` with one TLV, or for the proxy itself.
fn header(client: Option<Ipv4Addr>, protocol: u8) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    match client {
        None => header.extend([0x20, 0, 0, 0]),
        Some(client) => {
            header.extend([0x21, 0x10 | protocol, 0, 17]);
            header.extend(client.octets());
            header.extend([127, 0, 0, 1, 0x30, 0x39, 0, 53, 0x04, 0, 2, 9, 9]);
        }
    }
    header
}

/// What a datagram sent from `from` is answered with.
fn ask(from: &str, server: SocketAddr, datagram: &[u8], patience: Duration) -> Option<Vec<String>> {
    let socket = UdpSocket::bind((from, 0)).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    socket.send_to(datagram, server).unwrap();
    let mut buffer = [0; 4096];
    let (length, by) = socket.recv_from(&mut buffer).ok()?;
    assert_eq!(by, server);
    Some(values(&Message::from_vec(&buffer[..length]).unwrap()))
}

#[test]
fn datagrams_are_of_whom_their_header_names() {
    let server = Server::listening(&ZONES, CONFIG);
    let question = query(9, "www.example.com.", RecordType::A);
    let [inside, outside] = ["10.1.2.3", "198.51.100.7"].map(|text| text.parse().unwrap());
    let with = |client, question: &[u8]| [&header(client, 2)[..], question].concat();
    for (client, expected) in [(Some(inside), "10.0.0.1"), (Some(outside), "192.0.2.1"), (None, "192.0.2.1")] {
        let answer = ask("127.0.0.1", server.dns, &with(client, &question), PATIENCE);
        assert_eq!(answer.as_deref(), Some(&[expected.to_owned()][..]), "{client:?}");
    }
    poll("the query log to name the client", || {
        let log = std::fs::read_to_string(server.folder().join("query.log")).unwrap_or_default();
        log.lines().any(|line| line.contains(" 10.1.2.3 ")).then_some(())
    });
    let unheard = r#"waymark_socket_errors_total{kind="proxy_header"}"#;
    assert_eq!(server.metric(unheard), 0.0);
    let version_1 = [&b"PROXY UDP4 10.1.2.3 127.0.0.1 12345 53\r\n"[..], &question].concat();
    let mut cut = with(Some(inside), &[]);
    cut.pop();
    let strange = [
        ("127.0.0.1", question.clone()),
        ("127.0.0.1", version_1),
        ("127.0.0.1", cut),
        ("127.0.0.9", with(Some(inside), &question)),
        ("127.0.0.9", question.clone()),
    ];
    for (at, (from, datagram)) in strange.iter().enumerate() {
        let socket = UdpSocket::bind((*from, 0)).unwrap();
        socket.send_to(datagram, server.dns).unwrap();
        poll("it to be counted", || (server.metric(unheard) == (at + 1) as f64).then_some(()));
        socket.set_nonblocking(true).unwrap();
        assert!(socket.recv(&mut [0; 512]).is_err(), "{from} {datagram:02x?} is answered");
    }
    // An empty question from a trusted proxy is as silent as any, and the loop goes on.
    let answer = ask("127.0.0.1", server.dns, &with(Some(inside), &question), PATIENCE);
    assert_eq!(answer.as_deref(), Some(&["10.0.0.1".to_owned()][..]));
    server.until("packets without a PROXY header from a trusted proxy are dropped");
}

#[test]
fn a_connection_is_of_whom_its_header_names() {
    let server = Server::listening(&ZONES, CONFIG);
    let question = frame(&query(9, "www.example.com.", RecordType::A));
    let inside = Some("10.1.2.3".parse().unwrap());
    // In one piece, and an octet at a time.
    let octets = [header(inside, 1), question.clone(), question.clone()].concat();
    for pieces in [octets.len(), 1] {
        let mut stream = connect(server.dns);
        stream.set_nodelay(true).unwrap();
        octets.chunks(pieces).for_each(|piece| stream.write_all(piece).unwrap());
        for _ in 0..2 {
            assert_eq!(values(&read_framed(&mut stream).unwrap()), ["10.0.0.1"]);
        }
    }
    let mut local = connect(server.dns);
    local.write_all(&[header(None, 1), question.clone()].concat()).unwrap();
    assert_eq!(values(&read_framed(&mut local).unwrap()), ["192.0.2.1"]);
    assert_eq!(server.metric("waymark_tcp_accepted_total"), 3.0, "one connection counts once");

    let unheard = r#"waymark_socket_errors_total{kind="proxy_header"}"#;
    // Whether anyone is there, proxies ask without a word; it is not counted.
    drop(connect(server.dns));
    let strangers = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    strangers.bind(&SocketAddr::from(([127, 0, 0, 9], 0)).into()).unwrap();
    strangers.connect(&server.dns.into()).unwrap();
    let stranger = TcpStream::from(strangers);
    stranger.set_read_timeout(Some(PATIENCE)).unwrap();
    let plain = connect(server.dns);
    let old = connect(server.dns);
    let sent = [octets, question, b"PROXY TCP4 10.1.2.3 127.0.0.1 12345 53\r\n".to_vec()];
    for (at, (mut stream, octets)) in [stranger, plain, old].into_iter().zip(sent).enumerate() {
        // The stranger may be cut before it has written.
        let _ = stream.write_all(&octets);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "connection {at}");
        poll("it to be counted", || (server.metric(unheard) == (at + 1) as f64).then_some(()));
    }
}

#[test]
fn mistakes_are_told_with_their_lines() {
    let text = "[listen.front]\naddress = \"127.0.0.1:0\"\nproxies = \"10.0.0.1/8\"\n[listen.b]\nproxies = []\n\
                [listen.c]\naddress = \"127.0.0.2:1\"\nproxy = true\n";
    let problems = waymark::config::Config::parse("w.toml", text).unwrap_err();
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "w.toml:3: listener \"front\": `proxies` \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
        "w.toml:4: listener \"b\": has no `address`",
        "w.toml:5: listener \"b\": `proxies` names none; write the addresses of the proxies, or remove it",
        "w.toml:8: listener \"c\": unknown key `proxy`; known here: proxies, address",
    ];
    for (line, expected) in said.iter().zip(expected) {
        assert!(line.starts_with(expected), "{said:#?}");
    }
    assert_eq!(said.len(), expected.len(), "{said:#?}");
}
