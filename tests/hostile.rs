//! What a hostile client can send: every type and class, every cut and every changed octet, signatures gone wrong,
//! messages as long as TCP carries, names as long as names get. One reply or none, never more, never a panic.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use hickory_proto::op::Message;
use waymark::answer::{Event, Witness};
use waymark::model::Name;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{AnyMode, Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Reply, Transport, respond};

const FORMERR: u16 = 1;
const NOTIMP: u16 = 4;
const REFUSED: u16 = 5;
const NOTAUTH: u16 = 9;
const HEADER: usize = 12;

/// The most addresses one RRset holds in one message of 65,535 octets, question and OPT included.
const MOST_ADDRESSES: usize = 4000;

fn big_zone() -> String {
    let mut zone = "$TTL 60\n@ SOA ns h 1 7200 900 1209600 60\n@ NS ns\nns A 192.0.2.1\n".to_owned();
    for at in 0..MOST_ADDRESSES {
        writeln!(zone, "addresses A 10.0.{}.{}", at / 250, at % 250).expect("a string grows");
    }
    for at in 0..2000 {
        writeln!(zone, "mails MX {at} m{at}\nm{at} A 10.1.{}.{}", at / 250, at % 250).expect("a string grows");
    }
    for at in 0..200 {
        writeln!(zone, "texts TXT \"{at} {}\"", "x".repeat(240)).expect("a string grows");
    }
    for at in 0..60 {
        writeln!(zone, "cut NS n{at}.cut\nn{at}.cut A 10.2.0.{at}\nn{at}.cut AAAA 2001:db8::{at:x}").expect("as above");
    }
    for at in 0..13 {
        writeln!(zone, "thirteen NS n{at}.some.where.thirteen\nn{at}.some.where.thirteen A 10.3.0.{at}")
            .expect("so too");
    }
    for link in 0..100 {
        writeln!(zone, "link{link} CNAME link{}", link + 1).expect("a string grows");
    }
    zone.push_str("around CNAME around\ndown DNAME x.down\nthere DNAME back\nback DNAME there\n");
    zone.push_str(&format!("{}deep A 192.0.2.2\n", "d.".repeat(110)));
    zone
}

fn compiled(files: &[(&str, &str)], behaviour: Behaviour) -> World {
    let loaded =
        store::load_texts(files, &store::Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let ground = Ground { listeners: vec!["main".into()], geography: Arc::new(Geography::nowhere()), behaviour };
    let compiled = compile(&loaded.account, &ground, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let health = HealthTable::new(&compiled.snapshot.checks);
    World::new(Arc::new(compiled.snapshot), health)
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let big = big_zone();
    let files = [
        ("example.com.toml", include_str!("common/rich.toml")),
        ("example.org.zone", include_str!("common/rich.zone")),
        ("big.test.zone", big.as_str()),
    ];
    compiled(&files, Behaviour::default())
});

fn wire(name: &str) -> Vec<u8> {
    Name::parse(name, None).expect("a name").wire().to_vec()
}

/// A header with these counts and RD, then a question.
fn question(name: &[u8], rtype: u16, class: u16, counts: [u16; 4]) -> Vec<u8> {
    let mut packet = vec![0xab, 0xcd, 0x01, 0x00];
    packet.extend(counts.map(u16::to_be_bytes).concat());
    packet.extend(name);
    packet.extend([rtype, class].map(u16::to_be_bytes).concat());
    packet
}

fn record(owner: &[u8], rtype: u16, class: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let numbers = [rtype.to_be_bytes(), class.to_be_bytes()].concat();
    [owner, &numbers, &ttl.to_be_bytes(), &(data.len() as u16).to_be_bytes(), data].concat()
}

fn opt(payload: u16, options: &[u8]) -> Vec<u8> {
    record(&[0], 41, payload, 0, options)
}

struct Sent {
    reply: Reply,
    bytes: Vec<u8>,
}

/// What one message in a reply is, read without trust in the code under test.
struct Read {
    rcode: u16,
    truncated: bool,
    counts: [u16; 4],
}

fn send(packet: &[u8], transport: Transport) -> Option<Sent> {
    send_to(&WORLD, packet, transport)
}

/// Sends a packet and holds every reply to what no reply may break.
fn send_to(world: &World, packet: &[u8], transport: Transport) -> Option<Sent> {
    let peer = Peer { source: "198.51.100.9".parse().expect("an address"), listener: 0, transport };
    // What lies beyond the reply must stay as it was.
    let mut out = vec![0x5a; 65_535];
    let reply = respond(world, packet, &peer, 7, &mut out, &mut ());
    let silent = packet.len() < HEADER || packet[2] & 0x80 != 0;
    assert_eq!(reply.is_none(), silent, "silence is for responses and for what has no header: {packet:02x?}");
    let reply = reply?;
    out.truncate(reply.len);
    let read = read(&out);
    assert_eq!(out[..2], packet[..2], "the id comes back");
    assert_eq!((out[2] ^ packet[2]) & 0xf9, 0x80, "QR set, opcode and RD copied: {packet:02x?}");
    assert_eq!(read.rcode & 15, reply.rcode & 15);
    assert_eq!(read.truncated, reply.truncated);
    if transport == Transport::Udp {
        assert!(reply.len <= 1232, "{} octets over UDP", reply.len);
    }
    if read.counts[0] == 1 {
        let end = HEADER + usize::from(reply.name_len) + 4;
        assert_eq!(out[HEADER..end], packet[HEADER..end], "the question comes back octet for octet");
    } else {
        assert_eq!((reply.len, read.counts), (HEADER, [0; 4]), "a bare header is bare");
    }
    Some(Sent { reply, bytes: out })
}

/// Walks a message to its last octet; every pointer leads back into it.
fn read(bytes: &[u8]) -> Read {
    let word = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    let counts = [4, 6, 8, 10].map(word);
    let mut at = HEADER;
    for _ in 0..counts[0] {
        at = name_end(bytes, at) + 4;
    }
    for _ in 0..counts[1..].iter().map(|count| u32::from(*count)).sum::<u32>() {
        at = name_end(bytes, at);
        at += 10 + usize::from(word(at + 8));
    }
    assert_eq!(at, bytes.len(), "the records end where the message does");
    Read { rcode: word(2) & 15, truncated: word(2) & 0x0200 != 0, counts }
}

fn name_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes[at] {
            0 => return at + 1,
            len @ 1..=63 => at += 1 + usize::from(len),
            0xc0.. => {
                let target = usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]) & 0x3fff);
                assert!((HEADER..at).contains(&target), "a pointer at {at} leads to {target}");
                return at + 2;
            }
            _ => panic!("label type {:#x}", bytes[at]),
        }
    }
}

/// PowerDNS CVE-2021-36754 was one type number.
#[test]
fn every_type_on_every_kind_of_name() {
    let names = [
        "example.com.",
        "tree.example.com.",
        "chain.example.com.",
        "h.sub.example.com.",
        "gone.example.com.",
        "x.d.example.org.",
        "texts.big.test.",
        "elsewhere.net.",
    ];
    for name in names {
        let name = wire(name);
        let mut codes: BTreeMap<u16, u32> = BTreeMap::new();
        for rtype in 0..=u16::MAX {
            let transport = if rtype % 2 == 0 { Transport::Udp } else { Transport::Tcp };
            let sent = send(&question(&name, rtype, 1, [1, 0, 0, 0]), transport).expect("a reply");
            *codes.entry(sent.reply.rcode).or_default() += 1;
        }
        let usual = codes.values().max().copied().unwrap_or_default();
        assert!(usual > 65_000, "nearly all types are answered alike: {codes:?}");
    }
}

#[test]
fn every_class() {
    for name in ["example.com.", "tree.example.com.", "version.bind.", "."] {
        let name = wire(name);
        for class in 0..=u16::MAX {
            for rtype in [1, 16, 255] {
                let sent = send(&question(&name, rtype, class, [1, 0, 0, 0]), Transport::Udp).expect("a reply");
                assert!(matches!(class, 1 | 255) || sent.reply.rcode == REFUSED, "class {class}: {:?}", sent.reply);
            }
        }
    }
}

/// Every opcode and every flag, with and without a question.
#[test]
fn every_header() {
    for flags in 0..=u16::MAX {
        let mut packet = question(&wire("www.example.com."), 1, 1, [1, 0, 0, 0]);
        packet[2..4].copy_from_slice(&flags.to_be_bytes());
        if let Some(sent) = send(&packet, Transport::Udp) {
            let expected = if flags & 0x7800 == 0 { 0 } else { NOTIMP };
            assert_eq!(sent.reply.rcode, expected, "flags {flags:04x}");
        }
        packet.truncate(HEADER);
        packet[4..6].fill(0);
        if let Some(sent) = send(&packet, Transport::Udp) {
            assert_eq!(sent.reply.rcode, if flags & 0x7800 == 0 { FORMERR } else { NOTIMP }, "flags {flags:04x}");
        }
    }
}

/// A query with something of everything: OPT with a subnet and a cookie, records in all sections, pointers, TSIG.
fn rich_query() -> Vec<u8> {
    let name = wire("tree.example.com.");
    let mut packet = question(&name, 1, 1, [1, 1, 1, 3]);
    packet.extend(record(&[0xc0, 12], 5, 1, 60, &wire("www.example.com.")));
    packet.extend(record(&[1, b'x', 0xc0, 12], 6, 1, 60, &[0; 22]));
    packet.extend(opt(1232, b"\0\x08\0\x07\0\x01\x18\0\xcb\0\x71\0\x0a\0\x08cookie!!"));
    packet.extend(record(&[0xc0, 17], 24, 255, 0, &[0; 30]));
    packet.extend(tsig(&wire("key.example.com."), &wire("hmac-sha256."), 32));
    packet
}

fn tsig(key: &[u8], algorithm: &[u8], mac: usize) -> Vec<u8> {
    let time = [0, 0, 0x65, 0, 0, 0, 1, 44];
    let mac = [&(mac as u16).to_be_bytes()[..], &vec![7; mac]].concat();
    let rest = [0xab, 0xcd, 0, 0, 0, 0];
    record(key, 250, 255, 0, &[algorithm, &time, &mac, &rest].concat())
}

#[test]
fn a_rich_query_cut_at_every_octet() {
    let whole = rich_query();
    assert_eq!(send(&whole, Transport::Udp).expect("a reply").reply.rcode, NOTAUTH, "RFC 8945 §5.2.1");
    for transport in [Transport::Udp, Transport::Tcp] {
        for end in 0..whole.len() {
            let sent = send(&whole[..end], transport);
            assert!(sent.is_none_or(|sent| sent.reply.rcode == FORMERR), "cut at {end}");
        }
    }
    for extra in 1..100 {
        let long = [&whole[..], &vec![0; extra]].concat();
        assert_eq!(send(&long, Transport::Udp).expect("a reply").reply.rcode, FORMERR, "{extra} octets too many");
    }
}

#[test]
fn a_rich_query_with_every_octet_changed_to_every_value() {
    let whole = rich_query();
    for at in 0..whole.len() {
        let mut packet = whole.clone();
        for value in 0..=255 {
            packet[at] = value;
            send(&packet, Transport::Udp);
        }
    }
}

/// Octets gone and octets doubled, in runs, and pairs of octets swapped.
#[test]
fn a_rich_query_with_pieces_gone_doubled_and_swapped() {
    let whole = rich_query();
    for from in 0..whole.len() {
        for to in from + 1..=(from + 24).min(whole.len()) {
            send(&[&whole[..from], &whole[to..]].concat(), Transport::Udp);
            send(&[&whole[..to], &whole[from..]].concat(), Transport::Udp);
        }
        let mut packet = whole.clone();
        packet.swap(from, (from * 7 + 3) % whole.len());
        send(&packet, Transport::Tcp);
    }
}

/// BIND CVE-2020-8617, CVE-2025-40775, CVE-2015-5477, CVE-2026-3119; Knot's malformed TSIG.
#[test]
fn signatures_gone_wrong() {
    let name = wire("www.example.com.");
    let (key, algorithm) = (wire("key.example.com."), wire("hmac-sha256."));
    let with = |counts: [u16; 4], records: &[&[u8]]| {
        let packet = [&question(&name, 1, 1, counts)[..], &records.concat()].concat();
        [Transport::Udp, Transport::Tcp].map(|transport| send(&packet, transport).expect("a reply").reply.rcode)
    };
    let good = tsig(&key, &algorithm, 32);
    let plain = record(&name, 1, 1, 0, &[1, 2, 3, 4]);
    assert_eq!(with([1, 0, 0, 1], &[&good]), [NOTAUTH; 2]);
    assert_eq!(with([1, 0, 0, 2], &[&opt(512, &[]), &good]), [NOTAUTH; 2]);
    // The refusal says why: BADKEY, without a MAC (RFC 8945 §5.2.1, §5.3.2).
    let packet = [&question(&name, 1, 1, [1, 0, 0, 2])[..], &opt(512, &[]), &good].concat();
    let sent = send(&packet, Transport::Udp).expect("a reply");
    assert_eq!(read(&sent.bytes).counts, [1, 0, 0, 2]);
    assert!(sent.bytes.ends_with(&[0, 0, 0xab, 0xcd, 0, 17, 0, 0]), "{:02x?}", sent.bytes);
    for mac in [0, 1, 15, 16, 20, 64, 255, 4096] {
        assert_eq!(with([1, 0, 0, 1], &[&tsig(&key, &algorithm, mac)]), [NOTAUTH; 2], "a MAC of {mac} octets");
    }
    for odd in [&[0][..], &wire("unknown."), &wire("hmac-md5.sig-alg.reg.int."), &wire("gss-tsig.")] {
        assert_eq!(with([1, 0, 0, 1], &[&tsig(&key, odd, 32)]), [NOTAUTH; 2], "algorithm {odd:02x?}");
        assert_eq!(with([1, 0, 0, 1], &[&tsig(odd, &algorithm, 32)]), [NOTAUTH; 2], "key {odd:02x?}");
    }
    // RFC 8945 §5.1: alone, last, in the additional section.
    assert_eq!(with([1, 0, 0, 2], &[&good, &good]), [FORMERR; 2]);
    assert_eq!(with([1, 0, 0, 2], &[&good, &plain]), [FORMERR; 2]);
    assert_eq!(with([1, 0, 0, 2], &[&good, &opt(512, &[])]), [FORMERR; 2]);
    assert_eq!(with([1, 0, 1, 0], &[&good]), [FORMERR; 2]);
    assert_eq!(with([1, 1, 0, 0], &[&good]), [FORMERR; 2]);
    for len in 0..good.len() - key.len() - 10 {
        let data = &good[key.len() + 10..][..len];
        assert_eq!(with([1, 0, 0, 1], &[&record(&key, 250, 255, 0, data)]), [FORMERR; 2], "{len} octets of TSIG");
    }
    // TKEY as a question, as a record, and with the record BIND fell over.
    let mode = [&algorithm[..], &[0; 8], &[0, 3, 0, 0, 0, 0, 0, 0]].concat();
    for data in [&[][..], &[0], &mode, &[0xff; 300]] {
        let tkey = record(&name, 249, 255, 0, data);
        let packet = [&question(&wire("mail.example.com."), 249, 255, [1, 0, 0, 1])[..], &tkey].concat();
        for transport in [Transport::Udp, Transport::Tcp] {
            let sent = send(&packet, transport).expect("a reply");
            assert_eq!(sent.bytes[6..8], [0; 2], "nothing is answered to TKEY: {:?}", sent.reply);
        }
        with([1, 0, 0, 1], &[&tkey]);
        with([1, 1, 0, 0], &[&tkey]);
    }
    // SIG(0) (RFC 2931) by a key nobody has: the question is answered as if it were not there.
    let sig0 = [&[0, 0, 13, 0, 0, 0, 0, 0][..], &[0x65; 8], &[0, 1], &key, &[9; 64]].concat();
    for len in 0..sig0.len() {
        let sig = record(&[0], 24, 255, 0, &sig0[..len]);
        assert_eq!(with([1, 0, 0, 1], &[&sig]), [0; 2], "{len} octets of SIG(0)");
    }
}

/// CoreDNS CVE-2026-82399, BIND CVE-2023-4408: one message of 64 KiB with as many records as fit.
#[test]
fn messages_as_long_as_tcp_carries() {
    let name = wire("www.example.com.");
    let fill = |unit: &[u8], section: usize| {
        let count = (65_535 - HEADER - name.len() - 4) / unit.len();
        let mut counts = [1, 0, 0, 0];
        counts[section] = count as u16;
        let mut packet = question(&name, 1, 1, counts);
        for _ in 0..count {
            packet.extend_from_slice(unit);
        }
        packet
    };
    let long_name = [&[&[63][..], &[b'x'; 63]].concat().repeat(3)[..], &[0xc0, 12]].concat();
    let deep_name = [&[1, b'd'].repeat(100)[..], &[0]].concat();
    for owner in [&[0][..], &[0xc0, 12], &long_name, &deep_name] {
        let unit = record(owner, 1, 1, 0, &[192, 0, 2, 1]);
        for section in 1..4 {
            let sent = send(&fill(&unit, section), Transport::Tcp).expect("a reply");
            assert_eq!(sent.reply.rcode, 0, "irrelevant records are passed over");
        }
    }
    assert_eq!(send(&fill(&opt(512, &[]), 3), Transport::Tcp).expect("a reply").reply.rcode, FORMERR);
    assert_eq!(send(&fill(&tsig(&[0], &[0], 0), 3), Transport::Tcp).expect("a reply").reply.rcode, FORMERR);
    // One OPT record full of options, and one option as long as it gets.
    for unit in [&b"\0\x63\0\0"[..], b"\xfd\xe9\0\x04abcd", b"\0\x0a\0\x08cookie!!"] {
        let options = unit.repeat(65_000 / unit.len());
        let packet = [question(&name, 1, 1, [1, 0, 0, 1]), opt(4096, &options)].concat();
        let sent = send(&packet, Transport::Tcp).expect("a reply");
        assert_eq!(sent.reply.rcode, 0);
        assert!(sent.bytes.len() < 100, "unknown options do not come back");
    }
    let packet = [question(&name, 1, 1, [1, 0, 0, 1]), opt(4096, &[&b"\xfd\xe9\xfd\x00"[..], &[7; 0xfd00]].concat())];
    assert_eq!(send(&packet.concat(), Transport::Tcp).expect("a reply").reply.rcode, 0);
    // Questions without end, and counts that promise what is not there.
    let many =
        [&question(&name, 1, 1, [3000, 0, 0, 0])[..], &question(&name, 1, 1, [0; 4])[12..].repeat(2999)].concat();
    assert_eq!(send(&many, Transport::Tcp).expect("a reply").reply.rcode, FORMERR, "RFC 9619");
    for section in 0..4 {
        let mut counts = [1, 0, 0, 0];
        counts[section] = u16::MAX;
        let sent = send(&question(&name, 1, 1, counts), Transport::Tcp).expect("a reply");
        assert_eq!(sent.reply.rcode, FORMERR);
    }
    send(&[0; 65_535], Transport::Tcp);
    send(&[0x7f; 65_535], Transport::Tcp);
}

#[test]
fn names_as_long_as_names_get() {
    let suffixes = [
        "example.com.",
        "w.example.com.",
        "a.wild.example.com.",
        "sub.example.com.",
        "example.org.",
        "d.example.org.",
        "far.example.org.",
        "grow.example.org.",
        "down.big.test.",
        "there.big.test.",
        ".",
    ];
    for suffix in suffixes {
        let suffix = wire(suffix);
        for label in [1, 2, 3, 62, 63] {
            let room = 255 - suffix.len();
            for labels in 0..=room / (label + 1) + 1 {
                let name = [&[&[label as u8][..], &vec![b'q'; label]].concat().repeat(labels)[..], &suffix].concat();
                let sent = send(&question(&name, 1, 1, [1, 0, 0, 0]), Transport::Udp).expect("a reply");
                assert_eq!(sent.reply.rcode == FORMERR, name.len() > 255, "{} octets", name.len());
            }
        }
    }
    let longest = [&[1, b'a'].repeat(127)[..], &[0]].concat();
    assert_eq!(send(&question(&longest, 1, 1, [1, 0, 0, 0]), Transport::Udp).expect("a reply").reply.rcode, REFUSED);
    let deep = wire(&format!("{}deep.big.test.", "d.".repeat(110)));
    for skip in (0..deep.len() - 15).step_by(2) {
        let sent = send(&question(&deep[skip..], 1, 1, [1, 0, 0, 0]), Transport::Udp).expect("a reply");
        assert_eq!(sent.reply.rcode, 0, "an empty non-terminal, or the name itself");
    }
    // Every octet as a label's only one.
    for octet in 0..=255 {
        let name = [&[1, octet][..], &wire("example.com.")].concat();
        assert!(matches!(
            send(&question(&name, 1, 1, [1, 0, 0, 0]), Transport::Udp).expect("a reply").reply.rcode,
            0 | 3
        ));
    }
}

/// PowerDNS advisories 2015-01 to -03: decompression.
#[test]
fn pointers_that_lead_nowhere_or_in_circles() {
    let tail = [0, 1, 0, 1];
    let questions: [&[u8]; 12] = [
        &[0xc0, 0x0c],
        &[0xc0, 0x00],
        &[0xc0, 0x02],
        &[0xc0, 0x0e, 0xc0, 0x0c],
        &[1, b'a', 0xc0, 0x0c],
        &[0xff, 0xff],
        &[0xc0],
        &[0x40, 0],
        &[0x80, 0],
        &[0x41, 8, 1, 0],
        &[63, b'x'],
        &[1],
    ];
    for name in questions {
        let packet = [&[0xab, 0xcd, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], name, &tail].concat();
        assert_eq!(send(&packet, Transport::Udp).expect("a reply").reply.rcode, FORMERR, "{name:02x?}");
    }
    let name = wire("www.example.com.");
    let end = HEADER + name.len() + 4;
    let leading = |to: usize| (0xc000 | to as u16).to_be_bytes().to_vec();
    let owners = [
        leading(end),
        leading(end + 1),
        leading(end + 2),
        leading(0x3fff),
        leading(0),
        leading(11),
        [&[1, b'a'][..], &leading(end)].concat(),
        [&[1, b'a'][..], &leading(end + 2)].concat(),
    ];
    for owner in owners {
        let packet = [question(&name, 1, 1, [1, 0, 0, 1]), record(&owner, 1, 1, 0, &[1, 2, 3, 4])].concat();
        assert_eq!(send(&packet, Transport::Tcp).expect("a reply").reply.rcode, FORMERR, "{owner:02x?}");
    }
    // Thousands of pointers, each to the one before: none is followed, so it costs no more than its length.
    let mut packet = question(&name, 1, 1, [1, 0, 0, 1000]);
    let mut last = HEADER;
    for _ in 0..1000 {
        let at = packet.len();
        packet.extend(record(&leading(last), 1, 1, 0, &[1, 2, 3, 4]));
        last = at;
    }
    assert_eq!(send(&packet, Transport::Tcp).expect("a reply").reply.rcode, 0);
}

#[derive(Default)]
struct Steps(usize);

impl Witness for Steps {
    fn saw(&mut self, _: Event<'_>) {
        self.0 += 1;
    }
}

/// Chains, circles and trees end after few steps, whatever is asked.
#[test]
fn work_is_bounded() {
    let mut out = vec![0; 65_535];
    let names = ["link0", "link99", "around", "x.down", "a.b.c.there", "x.back", "cut", "mails", "addresses"];
    for name in names.map(|name| wire(&format!("{name}.big.test."))).into_iter().chain([wire("tree.example.com.")]) {
        for rtype in [1, 2, 5, 15, 39, 255] {
            for transport in [Transport::Udp, Transport::Tcp] {
                let peer = Peer { source: "198.51.100.9".parse().expect("an address"), listener: 0, transport };
                let mut steps = Steps::default();
                respond(&WORLD, &question(&name, rtype, 1, [1, 0, 0, 0]), &peer, 7, &mut out, &mut steps);
                assert!(steps.0 <= 64, "{} steps for {name:02x?} {rtype}", steps.0);
            }
        }
    }
}

#[test]
fn big_rrsets_are_whole_over_tcp_and_cut_over_udp() {
    let ask = |name: &str, rtype: u16, edns: &[u8], transport: Transport| {
        let counts = [1, 0, 0, u16::from(!edns.is_empty())];
        let packet = [question(&wire(name), rtype, 1, counts), edns.to_vec()].concat();
        let sent = send(&packet, transport).expect("a reply");
        (read(&sent.bytes), sent)
    };
    for edns in [vec![], opt(512, &[]), opt(1232, &[]), opt(65_535, &[])] {
        let expected = [
            ("addresses.big.test.", 1, MOST_ADDRESSES as u16),
            ("mails.big.test.", 15, 2000),
            ("texts.big.test.", 16, 200),
            ("texts.big.test.", 255, 200),
        ];
        for (name, rtype, count) in expected {
            let (whole, sent) = ask(name, rtype, &edns, Transport::Tcp);
            assert_eq!((whole.truncated, whole.counts[1]), (false, count), "{name} {rtype}");
            Message::from_vec(&sent.bytes).expect("hickory reads it, too");
            let (cut, sent) = ask(name, rtype, &edns, Transport::Udp);
            assert!(cut.truncated && cut.counts[1] == 0 || rtype == 255, "{name} {rtype}: {:?}", sent.reply);
            assert!(sent.bytes.len() < 100, "a cut answer is small: {:?}", sent.reply);
        }
        let (whole, _) = ask("x.cut.big.test.", 1, &edns, Transport::Tcp);
        assert_eq!((whole.truncated, whole.counts[2]), (false, 60));
        let (cut, _) = ask("x.cut.big.test.", 1, &edns, Transport::Udp);
        assert!(cut.truncated, "RFC 9471 §3");
    }
}

/// A set that no message can carry is refused when it is loaded, not when it is asked for.
#[test]
fn an_rrset_larger_than_a_message_is_refused_at_load() {
    let mut zone = "$TTL 60\n@ SOA ns h 1 7200 900 1209600 60\n@ NS ns\nns A 192.0.2.1\n".to_owned();
    for at in 0..5000 {
        writeln!(zone, "many A 10.0.{}.{}", at / 250, at % 250).expect("a string grows");
    }
    let loaded = store::load_texts(&[("big.test.zone", &zone)], &store::Options::default()).expect("it can be read");
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let problems = compile(&loaded.account, &ground, None).expect_err("a refusal");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let shown = problems[0].to_string();
    assert!(shown.starts_with("big.test.zone:5: ") && shown.contains("many.big.test."), "{shown}");
}

/// Glue is owned by a pointer to the name in the NS record: thirteen servers and their addresses fit in 512 octets.
#[test]
fn referrals_are_compressed() {
    let sent = send(&question(&wire("x.thirteen.big.test."), 1, 1, [1, 0, 0, 0]), Transport::Tcp).expect("a reply");
    let message = Message::from_vec(&sent.bytes).expect("hickory reads it");
    assert_eq!((message.authorities.len(), message.additionals.len()), (13, 13));
    for (at, glue) in message.additionals.iter().enumerate() {
        assert_eq!(glue.name.to_string(), format!("n{at}.some.where.thirteen.big.test."));
    }
    let per_glue = 16;
    let glue: usize = 13 * per_glue;
    let servers: usize = (0..13).map(|at| 12 + format!("n{at}").len() + 1 + 5 + 6 + 2).sum();
    assert_eq!(sent.bytes.len(), HEADER + 21 + 4 + servers + glue);
}

/// The largest reply to a small UDP question; Knot's and NSD's is 5.2 times the question.
#[test]
fn amplification_is_bounded() {
    for any in [AnyMode::Rfc8482, AnyMode::Full] {
        let big = big_zone();
        let world = compiled(&[("big.test.zone", &big)], Behaviour { any, ..Behaviour::default() });
        for name in ["big.test.", "texts.big.test.", "mails.big.test.", "addresses.big.test.", "gone.big.test."] {
            for rtype in [1, 2, 6, 15, 16, 48, 255] {
                let packet = [question(&wire(name), rtype, 1, [1, 0, 0, 1]), opt(4096, &[])].concat();
                let sent = send_to(&world, &packet, Transport::Udp).expect("a reply");
                assert!(
                    sent.bytes.len() * 10 <= packet.len() * 52,
                    "{name} {rtype}: {} octets for {}",
                    sent.bytes.len(),
                    packet.len()
                );
            }
        }
    }
}
