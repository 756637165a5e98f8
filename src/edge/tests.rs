use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::listen::bind;
use super::*;
use crate::answer::Event;
use crate::snapshot::geography::Geography;
use crate::snapshot::health::HealthTable;
use crate::snapshot::{Behaviour, Ground, compile};
use crate::store;
use crate::wire::Transport;

const PATIENCE: Duration = Duration::from_secs(30);
/// A www.example.com.
const WWW: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01";

/// Counts, and panics at the word of `cursed`.
#[derive(Default)]
struct Counts {
    cursed: AtomicBool,
    entered: AtomicUsize,
    answered: AtomicUsize,
    silent: AtomicUsize,
    panicked: AtomicUsize,
}

struct Clerk(Arc<Counts>);

impl Witness for Clerk {
    fn saw(&mut self, _: Event<'_>) {
        assert!(!self.0.cursed.load(Ordering::Relaxed), "as the test wants it");
    }
}

impl Recorder for Clerk {
    fn enter(&mut self, _: &Arc<World>) {
        self.0.entered.fetch_add(1, Ordering::Relaxed);
    }
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }
    fn kept_silent(&mut self, _: &Peer) {
        self.0.silent.fetch_add(1, Ordering::Relaxed);
    }
    fn panicked(&mut self, _: &Peer) {
        self.0.panicked.fetch_add(1, Ordering::Relaxed);
    }
}

fn world() -> Arc<World> {
    let big = "x".repeat(250);
    let text = format!(
        "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n\
         [[record]]\nname = \"big\"\ntype = \"TXT\"\nvalues = [{}]\n",
        (0..200).map(|n| format!("\"{n} {big}\"")).collect::<Vec<_>>().join(", ")
    );
    let account =
        store::load_texts(&[("example.com.toml", &text)], &store::Options::default()).expect("a zone").account;
    let geography = Arc::new(Geography::nowhere());
    let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
    let snapshot = compile(&account, &ground, None).expect("a snapshot").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    Arc::new(World::new(Arc::new(snapshot), health))
}

fn responder(swap: &Arc<ArcSwap<World>>, counts: &Arc<Counts>) -> Responder<Clerk> {
    Responder::new(swap.clone(), Clerk(counts.clone()))
}

fn peer() -> Peer {
    Peer { source: [127, 0, 0, 1].into(), listener: 0, transport: Transport::Udp }
}

#[test]
fn a_panic_is_one_servfail_and_the_next_query_is_answered() {
    let (swap, counts) = (Arc::new(ArcSwap::new(world())), Arc::new(Counts::default()));
    let mut responder = responder(&swap, &counts);
    let mut out = vec![0; LARGEST_MESSAGE];
    counts.cursed.store(true, Ordering::Relaxed);
    let length = responder.answer(WWW, &peer(), &mut out).expect("an answer");
    assert_eq!(out[..4], [0x12, 0x34, 0x81, 0x02], "SERVFAIL to the same id");
    assert!(length >= 12);
    counts.cursed.store(false, Ordering::Relaxed);
    responder.answer(WWW, &peer(), &mut out).expect("an answer");
    assert_eq!((out[3] & 15, out[7]), (0, 1), "NOERROR with one record");
    let mut response = WWW.to_vec();
    response[2] |= 0x80;
    assert_eq!(responder.answer(&response, &peer(), &mut out), None, "answers are not answered");
    let seen = [&counts.panicked, &counts.answered, &counts.silent].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(seen, [1, 1, 1]);
}

#[test]
fn a_new_world_is_entered_once_and_the_old_one_let_go() {
    let first = world();
    let (swap, counts) = (Arc::new(ArcSwap::new(first.clone())), Arc::new(Counts::default()));
    let mut responder = responder(&swap, &counts);
    let mut out = vec![0; LARGEST_MESSAGE];
    for _ in 0..3 {
        responder.answer(WWW, &peer(), &mut out);
    }
    assert_eq!(counts.entered.load(Ordering::Relaxed), 1);
    swap.store(world());
    responder.refresh();
    assert_eq!(counts.entered.load(Ordering::Relaxed), 2);
    assert_eq!(Arc::strong_count(&first), 1, "nobody else holds the old world");
}

#[test]
fn udp_answers_any_size_of_packet_and_stops_when_told() {
    let (swap, counts) = (Arc::new(ArcSwap::new(world())), Arc::new(Counts::default()));
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (mut responder, told) = (responder(&swap, &counts), stop.clone());
    let serving = std::thread::spawn(move || udp::serve(&server, 0, &mut responder, &told));
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    // Nothing, nonsense, the largest datagram there is; then a client that is gone before its answer.
    for size in [0, 1, 11, 12, 512, 65_507] {
        client.send_to(&vec![0xff; size], address).unwrap();
    }
    let gone = UdpSocket::bind("127.0.0.1:0").unwrap();
    gone.send_to(WWW, address).unwrap();
    drop(gone);
    let mut buffer = [0; 512];
    for _ in 0..10 {
        client.send_to(WWW, address).unwrap();
        let length = client.recv(&mut buffer).unwrap();
        assert_eq!((&buffer[..2], buffer[3] & 15, buffer[7]), (&WWW[..2], 0, 1), "{length} octets");
    }
    stop.store(true, Ordering::Relaxed);
    serving.join().unwrap().unwrap();
}

#[test]
fn tcp_cuts_whoever_never_reads_and_ends_when_told() {
    let (swap, counts) = (Arc::new(ArcSwap::new(world())), Arc::new(Counts::default()));
    let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0)), 1).unwrap();
    let limits = Limits { write: Duration::from_millis(200), idle: PATIENCE, ..Limits::default() };
    let seats = Arc::new(Seats::new(limits));
    let (tell, told) = watch::channel(false);
    let listeners = bound.tcp.into_iter().map(|listener| (0, listener)).collect();
    let (responder, served) = (responder(&swap, &counts), seats.clone());
    let serving = std::thread::spawn(move || tcp::serve(listeners, responder, served, told));

    let mut big = WWW.to_vec();
    big[13..16].copy_from_slice(b"big");
    big[29..31].copy_from_slice(&[0, 16]);
    let mut questions = Vec::new();
    for _ in 0..2000 {
        questions.extend_from_slice(&(big.len() as u16).to_be_bytes());
        questions.extend_from_slice(&big);
    }
    let mut deaf = TcpStream::connect(bound.address).unwrap();
    deaf.set_write_timeout(Some(PATIENCE)).unwrap();
    // The server may stop reading, or cut the connection, before all is written.
    let _ = deaf.write_all(&questions);
    wait(|| seats.figures().accepted == 1 && seats.figures().open == 0);
    assert!(counts.answered.load(Ordering::Relaxed) < 2000, "answers nobody takes are not made");

    let mut polite = TcpStream::connect(bound.address).unwrap();
    polite.set_read_timeout(Some(PATIENCE)).unwrap();
    polite.write_all(&questions[..2 + big.len()]).unwrap();
    let mut prefix = [0; 2];
    polite.read_exact(&mut prefix).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(prefix))];
    polite.read_exact(&mut answer).unwrap();
    assert!(answer.len() > 50_000 && answer[2] & 2 == 0, "whole, not truncated");
    tell.send(true).unwrap();
    assert_eq!(polite.read(&mut prefix).unwrap(), 0, "idle connections end at once");
    serving.join().unwrap().unwrap();
}

#[test]
fn tcp_answers_what_follows_silence_and_keeps_no_backlog_of_it() {
    let (swap, counts) = (Arc::new(ArcSwap::new(world())), Arc::new(Counts::default()));
    let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0)), 1).unwrap();
    let seats = Arc::new(Seats::new(Limits { idle: PATIENCE, ..Limits::default() }));
    let (tell, told) = watch::channel(false);
    let listeners = bound.tcp.into_iter().map(|listener| (0, listener)).collect();
    let responder = responder(&swap, &counts);
    let serving = std::thread::spawn(move || tcp::serve(listeners, responder, seats, told));

    // A response deserves silence; many more of them than one turn answers, then a question, then no more.
    let silent = [&[0, 12][..], &[0x12, 0x34, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0]].concat();
    let mut octets = silent.repeat(5000);
    octets.extend_from_slice(&(WWW.len() as u16).to_be_bytes());
    octets.extend_from_slice(WWW);
    let mut client = TcpStream::connect(bound.address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.write_all(&octets).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert_eq!((&answer[2..4], answer[5] & 15, answer[9]), (&WWW[..2], 0, 1));
    assert_eq!(counts.silent.load(Ordering::Relaxed), 5000, "each is heard once");
    tell.send(true).unwrap();
    serving.join().unwrap().unwrap();
}

fn wait(done: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "gave up waiting");
        std::thread::yield_now();
    }
}
