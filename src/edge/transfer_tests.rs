//! What the second look makes of questions, over datagrams and streams.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::keyed::now;
use super::listen::bind;
use super::*;
use crate::answer::Event;
use crate::model::transfer::{Algorithm, Grant, Key, Rule, Transfers};
use crate::model::{Account, Name, RateLimit};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::HealthTable;
use crate::snapshot::{Behaviour, Ground, compile};
use crate::store;
use crate::transfer::Kind;
use crate::tsig::{BADSIG, BADTIME, Signature, Signer, last_record};
use crate::wire::Transport;

#[derive(Clone, Default)]
struct Clerk(Arc<std::sync::Mutex<Vec<(Kind, Ending)>>>);

impl Witness for Clerk {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Clerk {
    fn enter(&mut self, _: &Arc<World>) {}
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {}
    fn kept_silent(&mut self, _: &Peer) {}
    fn panicked(&mut self, _: &Peer) {
        panic!("answering panicked");
    }
    fn transferred(&mut self, transfer: &Transfer, _: &Peer, ending: Ending) {
        self.0.lock().unwrap().push((transfer.kind(), ending));
    }
}

fn name(text: &str) -> Name {
    Name::parse(text, None).unwrap()
}

fn key() -> Key {
    Key::new(name("k.test."), Algorithm::HmacSha256, &[9; 32])
}

/// Who has the key may copy.
fn keyed() -> Transfers {
    let allow = Some(vec![Grant { network: None, key: Some(key().name) }]);
    let general = Rule { allow, notify: None };
    Transfers { keys: BTreeMap::from([(key().name, key())]), general, ..Transfers::default() }
}

/// Whoever comes from loopback may.
fn open() -> Transfers {
    let network = crate::model::view::Block::new([127, 0, 0, 0].into(), 8);
    let general = Rule { allow: Some(vec![Grant { network, key: None }]), notify: None };
    Transfers { general, ..Transfers::default() }
}

fn world(transfers: Transfers) -> Arc<ArcSwap<World>> {
    let big: String = (0..300).map(|at| format!("n{at} TXT \"{at} {}\"\n", "x".repeat(240))).collect();
    let many: String = (0..100).map(|at| format!("many A 192.0.2.{at}\n")).collect();
    let text = format!("$TTL 60\n@ SOA ns h 7 1 2 3 4\n@ NS ns\nns A 192.0.2.1\n{many}{big}");
    let account = store::load_texts(&[("z.test.zone", &text)], &store::Options::default()).expect("a zone").account;
    swap(&account, transfers)
}

fn swap(account: &Account, transfers: Transfers) -> Arc<ArcSwap<World>> {
    swap_under(account, Behaviour { transfers: Arc::new(transfers), ..Behaviour::default() })
}

fn swap_under(account: &Account, behaviour: Behaviour) -> Arc<ArcSwap<World>> {
    let ground = Ground { listeners: vec!["test".into()], geography: Arc::new(Geography::nowhere()), behaviour };
    let snapshot = compile(account, &ground, None).expect("a snapshot").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    Arc::new(ArcSwap::from_pointee(World::new(Arc::new(snapshot), health)))
}

/// A question, with the SOA record of this serial in the authority section.
fn question(owner: &str, rtype: u16, serial: Option<u32>) -> Vec<u8> {
    let counts = [0, 1, 0, 0, 0, u8::from(serial.is_some()), 0, 0];
    let mut packet = [&[0x12, 0x34, 0x01, 0][..], &counts, name(owner).wire(), &rtype.to_be_bytes(), &[0, 1]].concat();
    if let Some(serial) = serial {
        packet.extend_from_slice(b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x16\0\0");
        packet.extend_from_slice(&serial.to_be_bytes());
        packet.extend_from_slice(&[0; 16]);
    }
    packet
}

fn signed(packet: &[u8], key: Key, now: u64) -> (Vec<u8>, Signer) {
    let mut signer = Signer::of_request(key);
    let mut out = [packet, &vec![0; signer.octets()]].concat();
    let len = signer.sign(&mut out, packet.len(), now).unwrap();
    out.truncate(len);
    (out, signer)
}

fn ask(transfers: Transfers, packet: &[u8], transport: Transport) -> Vec<u8> {
    let mut responder = Responder::new(world(transfers), Clerk::default());
    let peer = Peer { source: [127, 0, 0, 1].into(), listener: 0, transport };
    let mut out = vec![0x5a; LARGEST_MESSAGE];
    let len = responder.answer(packet, &peer, &mut out).expect("an answer");
    out.truncate(len);
    out
}

#[test]
fn a_datagram_of_a_transfer_that_is_over_a_limit_is_cut_to_what_can_be_read() {
    let text = "$TTL 60\n@ SOA ns h 7 1 2 3 4\n@ NS ns\nns A 192.0.2.1\n";
    let account = store::load_texts(&[("z.test.zone", text)], &store::Options::default()).expect("a zone").account;
    let limit = RateLimit {
        responses: 1,
        nodata: 1,
        nxdomain: 1,
        referrals: 1,
        errors: 1,
        all: 1,
        window: 1,
        slip: 1,
        ipv4_prefix: 24,
        ipv6_prefix: 56,
        exempt: Vec::new(),
        dry_run: false,
    };
    let world = swap_under(
        &account,
        Behaviour { transfers: Arc::new(open()), rate_limit: Some(limit), ..Behaviour::default() },
    );
    let mut packet = question("z.test.", 251, Some(1));
    packet[11] = 1;
    packet.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    let mut responder = Responder::new(world, Clerk::default());
    let peer = Peer { source: [127, 0, 0, 1].into(), listener: 0, transport: Transport::Udp };
    let mut cut = 0;
    for millis in 0..50 {
        responder.begin(super::Moment { millis, idle: None });
        let mut out = vec![0x5a; LARGEST_MESSAGE];
        let Some(len) = responder.answer(&packet, &peer, &mut out) else { continue };
        let reply = hickory_proto::op::Message::from_vec(&out[..len]).expect("a reply can be read");
        cut += usize::from(reply.metadata.truncation);
    }
    assert!(cut > 10, "{cut} were cut");
}

#[test]
fn transfers_are_refused_to_whoever_may_not_have_them() {
    let far = Grant { network: crate::model::view::Block::new([192, 0, 2, 0].into(), 24), key: None };
    let shut = Transfers { general: Rule { allow: Some(vec![far]), notify: None }, ..Transfers::default() };
    let axfr = question("z.test.", 252, None);
    for transfers in [Transfers::default(), shut, keyed()] {
        assert_eq!(ask(transfers.clone(), &axfr, Transport::Tcp)[3], 5, "Q-5: REFUSED");
        let ixfr = question("z.test.", 251, Some(1));
        assert_eq!(ask(transfers, &ixfr, Transport::Udp)[3], 5);
    }
    assert_eq!(ask(open(), &question("a.z.test.", 252, None), Transport::Tcp)[3], 9, "RFC 5936 §2.2.1: no apex");
    assert_eq!(ask(open(), &axfr, Transport::Udp)[3], 4, "RFC 5936 §4.2: not over UDP");
    assert_eq!(
        ask(open(), &question("z.test.", 251, None), Transport::Udp)[3],
        1,
        "RFC 1995 §3: without its SOA record"
    );
    let mut chaos = axfr.clone();
    *chaos.last_mut().unwrap() = 3;
    assert_eq!(ask(open(), &chaos, Transport::Tcp)[3], 5, "no other class");
    let mut bad = question("z.test.", 251, Some(1));
    let at = bad.len() - 23;
    bad[at] = 1;
    assert_eq!(ask(open(), &bad, Transport::Udp)[3], 1, "data that is no SOA record");
}

#[test]
fn a_signed_question_gets_a_signed_answer_over_any_transport() {
    for transport in [Transport::Udp, Transport::Tcp] {
        for (rtype, rcode) in [(6, 0), (1, 0), (252, if transport == Transport::Udp { 4 } else { 0 })] {
            let (packet, signer) = signed(&question("z.test.", rtype, None), key(), now());
            if rtype == 252 && transport == Transport::Tcp {
                continue;
            }
            let answer = ask(keyed(), &packet, transport);
            assert_eq!(answer[3] & 15, rcode, "type {rtype} over {transport:?}");
            assert!(signer.believes(&answer, last_record(&answer).unwrap(), now()), "type {rtype} over {transport:?}");
        }
    }
    let (packet, signer) = signed(&question("z.test.", 251, Some(7)), key(), now());
    let answer = ask(keyed(), &packet, Transport::Udp);
    assert_eq!((answer[3], answer[7]), (0, 1), "RFC 1995 §2: up to date");
    assert!(signer.believes(&answer, last_record(&answer).unwrap(), now()));
}

#[test]
fn an_answer_is_cut_so_that_its_signature_fits() {
    let (packet, signer) = signed(&question("many.z.test.", 1, None), key(), now());
    let answer = ask(keyed(), &packet, Transport::Udp);
    assert!(answer.len() <= 512 && answer[2] & 2 != 0, "{} octets, TC (RFC 8945 §5.3)", answer.len());
    assert!(signer.believes(&answer, last_record(&answer).unwrap(), now()));
}

/// RFC 8945 §5.3.2: what is wrong with key or MAC is told unsigned, what is wrong with the time signed.
#[test]
fn refusals_of_signatures_say_what_is_wrong() {
    let plain = question("z.test.", 6, None);
    let stranger = Key::new(name("stranger."), Algorithm::HmacSha256, &[9; 32]);
    let forger = Key::new(key().name, Algorithm::HmacSha256, &[8; 32]);
    let wrong = Key::new(key().name, Algorithm::HmacSha384, &[9; 32]);
    for (key, error) in [(stranger, 17), (wrong, 17), (forger, BADSIG)] {
        for transport in [Transport::Udp, Transport::Tcp] {
            let answer = ask(keyed(), &signed(&plain, key.clone(), now()).0, transport);
            let told = Signature::read(&answer, last_record(&answer).unwrap()).expect("a TSIG record");
            assert_eq!((answer[3], told.error, told.mac.len(), told.key), (9, error, 0, key.name.clone()));
        }
    }
    let (packet, _) = signed(&plain, key(), now() - 10_000);
    let answer = ask(keyed(), &packet, Transport::Udp);
    let told = Signature::read(&answer, last_record(&answer).unwrap()).expect("a TSIG record");
    assert_eq!((answer[3], told.error, told.mac.len(), told.other.len()), (9, BADTIME, 32, 6));
    // BIND CVE-2020-8617: the answer comes back as a question, and is none; so is one with its error set.
    assert_eq!(Responder::new(world(keyed()), Clerk::default()).answer(&answer, &udp_peer(), &mut [0; 4096]), None);
    let mut replayed = answer;
    replayed[2] &= 0x7f;
    replayed[3] = 0;
    assert_eq!(ask(keyed(), &replayed, Transport::Udp)[3], 9);
}

/// Z-24: a zone that a client does not see is not there, whatever it is allowed.
#[test]
fn a_private_zone_is_copied_only_by_those_who_see_it() {
    let text = "zone = \"inner.test\"\nviews = [\"office\"]\n[view.office]\nnetworks = [\"10.0.0.0/8\"]\n\
                [[record]]\nname = \"a\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n";
    let files = [("inner.test.toml", text)];
    let account = store::load_texts(&files, &store::Options::default()).expect("a zone").account;
    let general = Rule { allow: Some(vec![Grant { network: None, key: None }]), notify: None };
    let swap = swap(&account, Transfers { general, ..Transfers::default() });
    let mut responder = Responder::new(swap, Clerk::default());
    let (axfr, mut out) = (question("inner.test.", 252, None), vec![0; LARGEST_MESSAGE]);
    for (source, sees) in [([10, 1, 1, 1], true), ([192, 0, 2, 1], false)] {
        let peer = Peer { source: source.into(), listener: 0, transport: Transport::Tcp };
        let mut begun = None;
        let len = responder.answer_or_begin(&axfr, &peer, &mut out, &mut begun);
        assert_eq!((begun.is_some(), len.is_none()), (sees, sees), "{source:?}");
        assert!(sees || out[3] == 9, "RFC 5936 §2.2.1: NOTAUTH");
    }
}

fn udp_peer() -> Peer {
    Peer { source: [127, 0, 0, 1].into(), listener: 0, transport: Transport::Udp }
}

/// A server over TCP, until what is returned is dropped.
fn tcp(
    transfers: Transfers,
    clerk: Clerk,
    limits: Limits,
) -> (SocketAddr, watch::Sender<bool>, std::thread::JoinHandle<()>) {
    let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0)), 1, true).unwrap();
    let (tell, told) = watch::channel(false);
    let listener = bound.tcp.into_iter().next().unwrap();
    let responder = Responder::new(world(transfers), clerk);
    let seats = Arc::new(Seats::new(limits));
    let serving = std::thread::spawn(move || {
        super::tcp::serve(listener, super::Door::default(), responder, seats, told).unwrap()
    });
    (bound.address, tell, serving)
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix).expect("a message");
    let mut message = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut message).expect("a whole message");
    message
}

#[test]
fn what_is_asked_around_a_transfer_is_answered_in_order() {
    let clerk = Clerk::default();
    let (address, tell, serving) = tcp(open(), clerk.clone(), Limits::default());
    let mut stream = TcpStream::connect(address).unwrap();
    let (a, axfr, current) =
        (question("ns.z.test.", 1, None), question("z.test.", 252, None), question("z.test.", 251, Some(7)));
    let all = [&a, &axfr, &a, &current, &axfr, &a].map(|message| framed(message)).concat();
    stream.write_all(&all).unwrap();
    let count = |message: &[u8]| usize::from(u16::from_be_bytes([message[6], message[7]]));
    let whole = |stream: &mut TcpStream| {
        let (mut records, mut messages) = (0, 0);
        while records < 404 {
            let message = read(stream);
            assert_eq!(message[2] & 0x04, 0x04, "AA");
            records += count(&message);
            messages += 1;
        }
        assert!(records == 404 && messages > 4, "{records} records in {messages} messages");
    };
    assert_eq!(count(&read(&mut stream)), 1);
    whole(&mut stream);
    assert_eq!(count(&read(&mut stream)), 1);
    assert_eq!(count(&read(&mut stream)), 1, "RFC 1995 §2");
    whole(&mut stream);
    let last = read(&mut stream);
    assert_eq!((count(&last), last[last.len() - 4..].to_vec()), (1, vec![192, 0, 2, 1]));
    tell.send_replace(true);
    serving.join().unwrap();
    let done = |kind| (kind, Ending::Done);
    assert_eq!(*clerk.0.lock().unwrap(), [done(Kind::Axfr), done(Kind::Current), done(Kind::Axfr)]);
}

#[test]
fn a_signed_transfer_over_a_stream_is_signed() {
    let (address, tell, serving) = tcp(keyed(), Clerk::default(), Limits::default());
    let mut stream = TcpStream::connect(address).unwrap();
    let (packet, signer) = signed(&question("z.test.", 252, None), key(), now());
    stream.write_all(&framed(&packet)).unwrap();
    let first = read(&mut stream);
    assert!(first[3] == 0 && first.len() > 10_000);
    assert!(signer.believes(&first, last_record(&first).unwrap(), now()));
    tell.send_replace(true);
    drop(stream);
    serving.join().unwrap();
}

#[test]
fn a_client_that_goes_in_the_middle_leaves_nothing_behind() {
    let clerk = Clerk::default();
    let (address, tell, serving) = tcp(open(), clerk.clone(), Limits::default());
    let mut stream = TcpStream::connect(address).unwrap();
    // So many that they cannot all wait in the system's buffers.
    let axfr = framed(&question("z.test.", 252, None));
    stream.write_all(&axfr.repeat(2000)).unwrap();
    read(&mut stream);
    drop(stream);
    tell.send_replace(true);
    serving.join().unwrap();
    let endings = clerk.0.lock().unwrap();
    assert!(endings.len() < 2000, "{} were sent to nobody", endings.len());
    assert!(endings.iter().all(|(_, ending)| matches!(ending, Ending::Done | Ending::Cut)));
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let clerk = Clerk::default();
    let limits = Limits { transfer: Duration::from_millis(200), idle: Duration::from_secs(600), ..Limits::default() };
    let (address, tell, serving) = tcp(open(), clerk.clone(), limits);
    let mut stream = TcpStream::connect(address).unwrap();
    let axfr = framed(&question("z.test.", 252, None));
    stream.write_all(&axfr.repeat(2000)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while clerk.0.lock().unwrap().last().is_none_or(|(_, ending)| *ending != Ending::Cut) {
        assert!(Instant::now() < deadline, "it is still waited for");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    tell.send_replace(true);
    serving.join().unwrap();
    drop(stream);
}

#[test]
fn one_transfer_too_many_is_told_to_come_again() {
    let clerk = Clerk::default();
    let (address, tell, serving) = tcp(Transfers { at_once: 1, ..open() }, clerk.clone(), Limits::default());
    let axfr = framed(&question("z.test.", 252, None));
    let mut first = TcpStream::connect(address).unwrap();
    first.write_all(&axfr.repeat(2000)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    // The first does not read, so that one of its transfers soon comes to a halt.
    loop {
        let mut second = TcpStream::connect(address).unwrap();
        second.write_all(&[&axfr[..], &framed(&question("z.test.", 251, Some(7)))].concat()).unwrap();
        let message = read(&mut second);
        if message[3] == 2 {
            assert_eq!((message[2] & 0x04, message[7]), (0, 0), "SERVFAIL, not authoritative, without records");
            let current = read(&mut second);
            assert_eq!((current[3], current[7]), (0, 1), "whoever is up to date is told so all the same");
            break;
        }
        assert!(Instant::now() < deadline, "nobody is declined");
    }
    assert!(clerk.0.lock().unwrap().contains(&(Kind::Axfr, Ending::Declined)));
    drop(first);
    tell.send_replace(true);
    serving.join().unwrap();
}

/// Whatever becomes of a signed query on its way, it is answered or kept silent about, within what its client takes.
#[test]
fn a_signed_query_with_every_octet_changed() {
    let mut plain = question("many.z.test.", 1, None);
    plain.extend_from_slice(b"\0\0\x29\x02\x58\0\0\0\0\0\0");
    plain[11] = 1;
    let (packet, _) = signed(&plain, key(), now());
    let mut out = vec![0x5a; LARGEST_MESSAGE];
    let mut responder = Responder::new(world(keyed()), Clerk::default());
    for transport in [Transport::Udp, Transport::Tcp] {
        let peer = Peer { transport, ..udp_peer() };
        for at in 0..packet.len() {
            for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut other = packet.clone();
                other[at] ^= change;
                let mut begun = None;
                if let Some(len) = responder.answer_or_begin(&other, &peer, &mut out, &mut begun) {
                    // The payload size itself is among what changes.
                    let most = if transport == Transport::Udp { 1232 } else { LARGEST_MESSAGE };
                    assert!((12..=most).contains(&len), "octet {at} by {change}: {len} octets");
                    assert_eq!(out[..2], other[..2]);
                }
            }
        }
    }
}
