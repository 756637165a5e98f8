//! The list of the 2019 DNS flag day (ednscomp: full and common, and every type) over real sockets, and what replies'
//! OPT records carry: cookies, identity, idle timeouts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::Command;

use super::harness::{PATIENCE, Server, connect, frame, poll, run, text};

const ZONE: &str = r#"
zone = "example.com"
ttl = 60

[[record]]
name = "@"
type = "A"
value = "192.0.2.1"
"#;

pub(crate) const CLIENT: [u8; 8] = *b"a client";
const SOA: u16 = 6;
const DNSKEY: u16 = 48;
/// In place of a type: no question at all.
const HEADER_ONLY: u16 = 0;

/// Options by code.
type Options = Vec<(u16, Vec<u8>)>;

/// A question about `example.com`.
#[derive(Clone)]
pub(crate) struct Ask {
    flags: u16,
    rtype: u16,
    tcp: bool,
    /// Payload, version, flags and options.
    opt: Option<(u16, u8, u16, Options)>,
}

/// A reply, as far as the list looks at it.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) flags: u16,
    pub(crate) rcode: u16,
    pub(crate) answers: u16,
    pub(crate) len: usize,
    questions: u16,
    /// Version, flags and options.
    opt: Option<(u8, u16, Options)>,
}

pub(crate) fn plain(flags: u16, rtype: u16) -> Ask {
    Ask { flags, rtype, tcp: false, opt: None }
}

pub(crate) fn edns(rtype: u16, options: &[(u16, &[u8])]) -> Ask {
    let options = options.iter().map(|(code, data)| (*code, data.to_vec())).collect();
    Ask { flags: 0, rtype, tcp: false, opt: Some((4096, 0, 0, options)) }
}

impl Ask {
    fn tcp(self) -> Self {
        Self { tcp: true, ..self }
    }

    fn with(mut self, change: impl Fn(&mut (u16, u8, u16, Options))) -> Self {
        self.opt.iter_mut().for_each(change);
        self
    }

    pub(crate) fn packet(&self) -> Vec<u8> {
        self.packet_about(b"\x07example\x03com\0")
    }

    /// The same question about another name, given in wire form.
    pub(crate) fn packet_about(&self, name: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x12, 0x34];
        packet.extend(self.flags.to_be_bytes());
        packet.extend([0, u8::from(self.rtype != HEADER_ONLY), 0, 0, 0, 0, 0, u8::from(self.opt.is_some())]);
        if self.rtype != HEADER_ONLY {
            packet.extend(name);
            packet.extend([self.rtype, 1].map(u16::to_be_bytes).concat());
        }
        if let Some((payload, version, flags, options)) = &self.opt {
            let data: Vec<u8> = options
                .iter()
                .flat_map(|(code, data)| [&code.to_be_bytes(), &(data.len() as u16).to_be_bytes(), &data[..]].concat())
                .collect();
            packet.extend(b"\0\0\x29");
            packet.extend(payload.to_be_bytes());
            packet.extend([0, *version]);
            packet.extend(flags.to_be_bytes());
            packet.extend((data.len() as u16).to_be_bytes());
            packet.extend(data);
        }
        packet
    }

    pub(crate) fn of(&self, server: SocketAddr) -> Got {
        let packet = self.packet();
        let reply = match self.tcp {
            true => over_tcp(server, &packet),
            false => over_udp(server, &packet),
        };
        Got::read(&reply)
    }
}

pub(crate) fn over_udp(server: SocketAddr, packet: &[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket option");
    socket.send_to(packet, server).expect("loopback sends");
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer).expect("a reply");
    buffer.truncate(length);
    buffer
}

fn over_tcp(server: SocketAddr, packet: &[u8]) -> Vec<u8> {
    let mut stream = connect(server);
    stream.write_all(&frame(packet)).expect("TCP sends");
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix).expect("a reply");
    let mut reply = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut reply).expect("a whole reply");
    reply
}

impl Got {
    pub(crate) fn read(reply: &[u8]) -> Self {
        let number = |at: usize| u16::from_be_bytes([reply[at], reply[at + 1]]);
        assert_eq!(number(0), 0x1234, "the question's id");
        let name_end = |mut at: usize| loop {
            match reply[at] {
                0 => break at + 1,
                0xc0.. => break at + 2,
                len => at += 1 + usize::from(len),
            }
        };
        let mut at = 12;
        for _ in 0..number(4) {
            at = name_end(at) + 4;
        }
        let (mut opt, mut high) = (None, 0);
        for _ in 0..number(6) + number(8) + number(10) {
            let head = name_end(at);
            let data = head + 10..head + 10 + usize::from(number(head + 8));
            if number(head) == 41 {
                assert!(opt.is_none() && head == at + 1, "one OPT record at the root");
                let (mut options, mut rest) = (Vec::new(), &reply[data.clone()]);
                while let [c1, c2, l1, l2, more @ ..] = rest {
                    let (value, after) = more.split_at(usize::from(u16::from_be_bytes([*l1, *l2])));
                    options.push((u16::from_be_bytes([*c1, *c2]), value.to_vec()));
                    rest = after;
                }
                high = u16::from(reply[head + 4]) << 4;
                opt = Some((reply[head + 5], number(head + 6), options));
            }
            at = data.end;
        }
        assert_eq!(at, reply.len(), "nothing behind the last record");
        let flags = number(2);
        let (questions, answers) = (number(4), number(6));
        Self { flags, rcode: high | flags & 15, answers, len: reply.len(), questions, opt }
    }

    pub(crate) fn option(&self, code: u16) -> Option<&[u8]> {
        let (_, _, options) = self.opt.as_ref()?;
        options.iter().find(|(held, _)| *held == code).map(|(_, data)| &data[..])
    }

    fn codes(&self) -> Vec<u16> {
        self.opt.iter().flat_map(|(_, _, options)| options.iter().map(|(code, _)| *code)).collect()
    }
}

const QR_AA: u16 = 0x8400;

/// The zone's SOA record with AA, no other flag, and an OPT record of version 0 just where one was sent.
fn is_soa(got: &Got, ask: &Ask) -> bool {
    let opt = got.opt.as_ref().map(|(version, flags, _)| (*version, *flags));
    let expected = ask.opt.as_ref().map(|(_, _, flags, _)| (0, flags & 0x8000));
    let records = u16::from(ask.rtype == SOA);
    (got.flags, got.rcode, got.answers, got.questions, opt) == (QR_AA | ask.flags & 0x0100, 0, records, 1, expected)
}

fn is_bad_version(got: &Got, ask: &Ask) -> bool {
    let opt = got.opt.as_ref().map(|(version, flags, options)| (*version, *flags, options.len()));
    let expected = ask.opt.as_ref().map(|(_, _, flags, _)| (0, flags & 0x8000, 0));
    (got.rcode, got.answers, opt) == (16, 0, expected) && got.flags & 0x0400 == 0
}

fn is_not_implemented(got: &Got, ask: &Ask) -> bool {
    (got.rcode, got.answers, got.flags & 0x7800) == (4, 0, ask.flags & 0x7800) && got.flags & 0x06b0 == 0
}

type Judge = fn(&Got, &Ask) -> bool;

/// What `genreport` asks in its groups EDNS, full and common; the last eight are beyond it.
fn list() -> Vec<(&'static str, Ask, Judge)> {
    let (cookie, subnet): (&[u8], &[u8]) = (&CLIENT, b"\0\x01\0\0");
    let options: [(u16, &[u8]); 4] = [(3, b""), (8, subnet), (9, b""), (10, cookie)];
    let version_1 = |options: &[(u16, &[u8])]| edns(SOA, options).with(|opt| opt.1 = 1);
    let dnssec_ok = |ask: Ask| ask.with(|opt| opt.2 = 0x8000);
    let at_512 = |ask: Ask| ask.with(|opt| opt.0 = 512);
    let flagged = |flags: u16, ask: Ask| Ask { flags, ..ask };
    let with_cookie: Judge = |got, ask| is_soa(got, ask) && got.codes() == [10];
    let without_options: Judge = |got, ask| is_soa(got, ask) && got.codes().is_empty();
    vec![
        ("dns", plain(0, SOA), is_soa),
        ("aa", plain(0x0400, SOA), is_soa),
        ("ad", plain(0x0020, SOA), is_soa),
        ("cd", plain(0x0010, SOA), is_soa),
        ("ra", plain(0x0080, SOA), is_soa),
        ("rd", plain(0x0100, SOA), is_soa),
        ("tc", plain(0x0200, SOA), is_soa),
        ("zflag", plain(0x0040, SOA), is_soa),
        ("opcode", plain(0x7800, HEADER_ONLY), is_not_implemented),
        ("opcodeflg", plain(0x7800 | 0x07f0, HEADER_ONLY), is_not_implemented),
        ("type666", plain(0, 666), is_soa),
        ("tcp", plain(0, SOA).tcp(), is_soa),
        ("edns", edns(SOA, &[]), without_options),
        ("edns1", version_1(&[]), is_bad_version),
        ("edns@512", at_512(edns(DNSKEY, &[])), |got, ask| is_soa(got, ask) && got.len <= 512),
        ("ednsopt", edns(SOA, &[(100, b"")]), without_options),
        ("edns1opt", version_1(&[(100, b"")]), is_bad_version),
        ("do", dnssec_ok(edns(SOA, &[])), without_options),
        ("docd", flagged(0x0010, dnssec_ok(edns(SOA, &[]))), without_options),
        ("edns1do", dnssec_ok(version_1(&[])), is_bad_version),
        ("ednsflags", edns(SOA, &[]).with(|opt| opt.2 = 0x0080), without_options),
        ("optlist", edns(SOA, &options), |got, ask| is_soa(got, ask) && got.codes() == [8, 10, 3]),
        ("ednsnsid", edns(SOA, &[(3, b"")]), |got, ask| is_soa(got, ask) && got.codes() == [3]),
        ("ednscookie", edns(SOA, &[(10, cookie)]), with_cookie),
        ("ednsexpire", edns(SOA, &[(9, b"")]), is_soa),
        ("ednssubnet", edns(SOA, &[(8, subnet)]), |got, ask| is_soa(got, ask) && got.codes() == [8]),
        ("edns1nsid", version_1(&[(3, b"")]), is_bad_version),
        ("edns1cookie", version_1(&[(10, cookie)]), is_bad_version),
        ("edns1expire", version_1(&[(9, b"")]), is_bad_version),
        ("edns1subnet", version_1(&[(8, subnet)]), is_bad_version),
        ("ednstcp", at_512(dnssec_ok(edns(DNSKEY, &[]))).tcp(), without_options),
        ("bind11", dnssec_ok(edns(SOA, &[(10, cookie)])), with_cookie),
        ("dig11", flagged(0x0120, edns(SOA, &[(10, cookie)])), with_cookie),
        ("signed", dnssec_ok(edns(DNSKEY, &[])), without_options),
        ("opcode with a question", plain(0x7800, SOA), is_not_implemented),
        ("edns@512 do", at_512(dnssec_ok(edns(DNSKEY, &[]))), |got, ask| is_soa(got, ask) && got.len <= 512),
        ("chain", edns(SOA, &[(13, b"\x03com\0")]), without_options),
        ("keepalive", edns(SOA, &[(11, b"")]), without_options),
        ("padding", edns(SOA, &[(12, &[0; 20])]), is_soa),
        ("edns over tcp", edns(SOA, &[]).tcp(), without_options),
        ("cookie over tcp", edns(SOA, &[(10, cookie)]).tcp(), with_cookie),
    ]
}

/// conformance.md: the whole of it.
#[test]
fn the_2019_flag_day_list_is_whole() {
    let server = Server::start(&[("example.com.toml", ZONE)], "[dns]\nnsid = \"fra-1\"\n");
    let list = list();
    let wrong: Vec<_> = list
        .iter()
        .filter_map(|(name, ask, judge)| {
            let got = ask.of(server.dns);
            (!judge(&got, ask)).then(|| format!("{name}: {got:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), list.len(), wrong.join("\n"));
}

/// Every type that ednscomp asks for, by number; 65 of them.
const TYPES: [u16; 65] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 33,
    35, 36, 37, 38, 39, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 55, 59, 60, 61, 99, 104, 105, 106, 107, 108,
    109, 256, 257, 258, 259, 1000, 32769,
];

#[test]
fn every_type_of_the_flag_day_list_is_answered() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    for rtype in TYPES {
        for ask in [plain(0, rtype), edns(rtype, &[]), edns(rtype, &[]).tcp()] {
            let got = ask.of(server.dns);
            assert_eq!((got.flags, got.rcode, got.questions), (QR_AA, 0, 1), "TYPE{rtype}: {got:?}");
            let records = match rtype {
                1 | 6 => 1,
                2 => 4,
                _ => 0,
            };
            assert_eq!(got.answers, records, "TYPE{rtype}");
        }
    }
}

#[test]
fn of_options_that_come_twice_the_first_counts_and_malformed_ones_are_formerr() {
    let server = Server::start(&[("example.com.toml", ZONE)], "");
    let twice = edns(SOA, &[(10, &CLIENT), (10, b"another8"), (10, b"bad"), (3, b""), (3, b"")]).of(server.dns);
    assert_eq!((twice.rcode, twice.codes()), (0, vec![10]), "RFC 7873 §5.2; no NSID is configured");
    assert_eq!(twice.option(10).map(|cookie| &cookie[..8]), Some(&CLIENT[..]));
    for len in [0, 1, 7, 9, 15, 41, 100] {
        let got = edns(SOA, &[(10, &[7; 100][..len])]).of(server.dns);
        assert_eq!((got.rcode, got.answers, got.questions), (1, 0, 1), "RFC 7873 §5.2.2: {len} octets");
        assert!(got.opt.is_some(), "RFC 6891 §7");
    }
    assert_eq!(edns(SOA, &[(11, b"\0\x05")]).tcp().of(server.dns).rcode, 1, "RFC 7828 §3.2.1: not for clients to say");
    assert_eq!(edns(SOA, &[(11, b"\0\x05")]).of(server.dns).rcode, 0, "RFC 7828 §3.2.1: ignored over UDP");
}

#[test]
fn rfc7828_idle_timeouts_are_told_over_tcp_to_who_asks() {
    let server = Server::start(&[("example.com.toml", ZONE)], "[dns]\ntcp_idle = \"7s\"\n");
    let asked = edns(SOA, &[(11, b"")]);
    assert_eq!(asked.clone().tcp().of(server.dns).option(11), Some(&70u16.to_be_bytes()[..]));
    assert_eq!(asked.of(server.dns).option(11), None, "over UDP there is no connection");
    assert_eq!(edns(SOA, &[]).tcp().of(server.dns).option(11), None, "nobody asked");

    // Told to end, it tells whoever still asks not to ask again (RFC 7828 §3.3.2).
    let mut stream = connect(server.dns);
    let packet = frame(&edns(SOA, &[(11, b"")]).packet());
    stream.write_all(&packet[..10]).expect("half a question");
    // The half is with the server once another connection, opened later, was answered.
    edns(SOA, &[]).tcp().of(server.dns);
    server.signal("TERM");
    poll("the server to take no more connections", || TcpStream::connect(server.dns).is_err().then_some(()));
    stream.write_all(&packet[10..]).expect("the other half");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("an answer and the end");
    assert_eq!(Got::read(&rest[2..]).option(11), Some(&[0, 0][..]));
}

#[test]
fn rfc5001_the_identity_is_told_to_who_asks() {
    let server = Server::start(&[("example.com.toml", ZONE)], "[dns]\nnsid = \"0x00ff41\"\n");
    assert_eq!(edns(SOA, &[(3, b"")]).of(server.dns).option(3), Some(&b"\0\xffA"[..]));
    assert_eq!(edns(SOA, &[(3, b"whatever")]).of(server.dns).option(3), Some(&b"\0\xffA"[..]), "RFC 5001 §2.1");
    assert_eq!(edns(SOA, &[(100, b"")]).of(server.dns).option(3), None);
    let said = run(Command::new("dig").args(dig(server.dns)).args(["+nsid", "example.com", "SOA"]));
    assert!(text(&said.stdout).contains("NSID: 00 ff 41"), "{}", text(&said.stdout));
}

/// Arguments that make `dig` ask this server.
pub(crate) fn dig(server: SocketAddr) -> Vec<String> {
    vec![format!("@{}", server.ip()), "-p".to_owned(), server.port().to_string(), "+tries=2".to_owned()]
}
