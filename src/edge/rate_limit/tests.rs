use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::*;
use crate::answer::{Event, Witness};
use crate::edge::{Moment, Responder};
use crate::model::{CookieSecret, Cookies};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::HealthTable;
use crate::snapshot::{Behaviour, Ground, World, compile};
use crate::store;
use crate::wire::Transport;

const ZONE: &str = r#"
zone = "example.com"
[[record]]
name = "www"
type = "A"
value = "192.0.2.1"
[[record]]
name = "other"
type = "A"
value = "192.0.2.2"
[[record]]
name = "*.wild"
type = "A"
value = "192.0.2.3"
[[record]]
name = "sub"
type = "NS"
value = "ns1.elsewhere.net."
"#;
const SECOND: u64 = 1000;
const START: u64 = 1_700_000_000_000;

/// Counts what becomes of replies.
#[derive(Default)]
struct Clerk {
    actions: BTreeMap<String, usize>,
    begun: Vec<(String, &'static str)>,
}

impl Witness for Clerk {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Clerk {
    fn enter(&mut self, _: &Arc<World>) {}
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {
        *self.actions.entry("Sent".to_owned()).or_default() += 1;
    }
    fn kept_silent(&mut self, _: &Peer) {}
    fn panicked(&mut self, _: &Peer) {
        panic!("answering panicked");
    }
    fn limited(&mut self, _: &Peer, limited: &Limited) {
        *self.actions.entry(format!("{:?}", limited.action)).or_default() += 1;
        if limited.begins {
            self.begun.push((limited.network.to_string(), limited.kind.name()));
        }
    }
}

fn limit() -> RateLimit {
    RateLimit {
        responses: 50,
        nodata: 50,
        nxdomain: 50,
        referrals: 50,
        errors: 50,
        all: 0,
        window: 1,
        slip: 2,
        ipv4_prefix: 24,
        ipv6_prefix: 56,
        exempt: vec!["198.51.100.7/32".parse().expect("a network")],
        dry_run: false,
    }
}

/// One worker of a server with this limit.
struct Server {
    responder: Responder<Clerk>,
    out: Vec<u8>,
    millis: u64,
}

impl Server {
    fn new(limit: RateLimit) -> Self {
        let account =
            store::load_texts(&[("example.com.toml", ZONE)], &store::Options::default()).expect("a zone").account;
        let cookies = Cookies { secret: CookieSecret([9; 16]), others: [None; 2], require: false };
        let behaviour = Behaviour { rate_limit: Some(limit), cookies: Some(cookies), ..Behaviour::default() };
        let ground = Ground { listeners: vec!["test".into()], geography: Arc::new(Geography::nowhere()), behaviour };
        let snapshot = compile(&account, &ground, None).expect("a snapshot").snapshot;
        let health = HealthTable::new(&snapshot.checks);
        let world = Arc::new(ArcSwap::from_pointee(World::new(Arc::new(snapshot), health)));
        Self { responder: Responder::new(world, Clerk::default()), out: vec![0; 65_535], millis: START }
    }

    fn ask(&mut self, source: &str, transport: Transport, packet: &[u8]) -> Option<&[u8]> {
        let peer = Peer { source: source.parse().expect("an address"), listener: 0, transport };
        self.responder.begin(Moment { millis: self.millis, idle: None });
        let len = self.responder.answer(packet, &peer, &mut self.out)?;
        Some(&self.out[..len])
    }

    /// What becomes of so many questions over UDP, as many a second as told.
    fn flood(&mut self, source: &str, name: &str, count: u64, per_second: u64) -> Outcome {
        let packet = query(name, None);
        let start = self.millis;
        let mut outcome = Outcome::default();
        for nth in 0..count {
            self.millis = start + nth * SECOND / per_second;
            match self.ask(source, Transport::Udp, &packet) {
                None => outcome.dropped += 1,
                Some(reply) if reply[2] & 0x02 != 0 => {
                    assert_eq!(reply.len(), packet.len(), "no larger than the question");
                    assert_eq!((&reply[4..12], reply[3] & 15), (&[0, 1, 0, 0, 0, 0, 0, 0][..], 0));
                    outcome.cut += 1;
                }
                Some(_) => outcome.whole += 1,
            }
        }
        outcome
    }

    fn actions(&self) -> &BTreeMap<String, usize> {
        &self.responder.recorder.actions
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Outcome {
    whole: u64,
    cut: u64,
    dropped: u64,
}

/// A question for the address of `name`, with a COOKIE option where one is given.
fn query(name: &str, cookie: Option<&[u8]>) -> Vec<u8> {
    let mut packet = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(cookie.is_some())];
    for label in name.split('.') {
        packet.push(label.len() as u8);
        packet.extend(label.as_bytes());
    }
    packet.extend([0, 0, 1, 0, 1]);
    if let Some(cookie) = cookie {
        let len = cookie.len() as u8;
        packet.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, len + 4, 0, 10, 0, len]);
        packet.extend(cookie);
    }
    packet
}

const CLIENT: [u8; 8] = *b"a client";

/// conformance.md §2.4: one /24 at 10,000 queries a second for the same answer.
#[test]
fn one_network_gets_its_limit_and_half_the_rest_cut_and_another_is_unaffected() {
    let mut server = Server::new(limit());
    let flooded = server.flood("192.0.2.9", "www.example.com", 30_000, 10_000);
    assert!((150..=201).contains(&flooded.whole), "50 a second for three seconds and one burst: {flooded:?}");
    let over = flooded.cut + flooded.dropped;
    assert!(flooded.cut.abs_diff(flooded.dropped) < over / 20, "slip 2 cuts every other: {flooded:?}");
    let same = server.flood("192.0.2.77", "www.example.com", 100, 10_000);
    assert!(same.whole <= 1, "the same /24: {same:?}");
    let elsewhere = server.flood("192.0.3.9", "www.example.com", 40, 1_000_000);
    assert_eq!(elsewhere, Outcome { whole: 40, ..Outcome::default() }, "another /24");
    let other = server.flood("192.0.2.9", "other.example.com", 40, 1_000_000);
    assert_eq!(other.whole, 40, "another name has a limit of its own");
    assert_eq!(server.responder.recorder.begun[0], ("192.0.2.0/24".to_owned(), "responses"));
    assert_eq!(server.responder.recorder.begun.len(), 1, "told once");
    server.millis += 2 * SECOND;
    assert_eq!(server.flood("192.0.2.9", "www.example.com", 50, 1_000_000).whole, 50, "after a silence");
}

#[test]
fn who_is_never_limited() {
    let mut server = Server::new(limit());
    server.flood("198.51.100.9", "www.example.com", 500, 1_000_000);
    assert_eq!(server.flood("198.51.100.7", "www.example.com", 500, 1_000_000).whole, 500, "exempt");
    let packet = query("www.example.com", None);
    for _ in 0..500 {
        let reply = server.ask("198.51.100.9", Transport::Tcp, &packet).expect("TCP is never limited");
        assert_eq!(reply[7], 1);
    }
    let learnt = server.ask("203.0.113.9", Transport::Udp, &query("www.example.com", Some(&CLIENT))).expect("a reply");
    let cookie = learnt[learnt.len() - 24..].to_vec();
    server.flood("203.0.113.9", "www.example.com", 500, 1_000_000);
    for _ in 0..500 {
        let packet = query("www.example.com", Some(&cookie));
        let reply = server.ask("203.0.113.9", Transport::Udp, &packet).expect("a valid cookie is never limited");
        assert_eq!((reply[2] & 2, reply[3] & 15, reply[7]), (0, 0, 1));
    }
    let packet = query("www.example.com", Some(&cookie));
    let others = (0..500).filter(|_| server.ask("198.51.100.9", Transport::Udp, &packet).is_some_and(|r| r[7] == 1));
    assert_eq!(others.count(), 0, "somebody else's cookie proves nothing");
}

#[test]
fn rfc7873_5_2_3_who_takes_cookies_is_told_badcookie_instead_of_tc() {
    let mut server = Server::new(RateLimit { slip: 1, ..limit() });
    server.flood("192.0.2.9", "www.example.com", 100, 1_000_000);
    let reply = server.ask("192.0.2.9", Transport::Udp, &query("www.example.com", Some(&CLIENT))).expect("a reply");
    assert_eq!((reply[2] & 2, reply[3] & 15, reply[7], reply[11]), (0, 7, 0, 1));
    let opt = &reply[reply.len() - 39..];
    assert_eq!((&opt[..3], opt[5]), (&[0, 0, 41][..], 1), "BADCOOKIE is 23");
    assert_eq!(opt[15..23], CLIENT);
    let cookie = opt[15..].to_vec();
    let retried = server.ask("192.0.2.9", Transport::Udp, &query("www.example.com", Some(&cookie))).expect("a reply");
    assert_eq!((retried[3] & 15, retried[7]), (0, 1), "the cookie learnt so is good");
    assert_eq!(server.actions().get("BadCookie"), Some(&1));
}

#[test]
fn slip_says_how_many_are_cut() {
    for (slip, cut) in [(0, 0..=0), (1, 950..=950), (2, 400..=550), (10, 50..=150)] {
        let mut server = Server::new(RateLimit { slip, ..limit() });
        let outcome = server.flood("192.0.2.9", "www.example.com", 1000, 1_000_000_000);
        assert_eq!(outcome.whole, 50);
        assert!(cut.contains(&outcome.cut), "slip {slip}: {outcome:?}");
    }
}

#[test]
fn names_that_an_attacker_makes_up_share_a_limit() {
    for zone in ["wild.example.com", "example.com", "sub.example.com", "example.net"] {
        let mut server = Server::new(limit());
        let mut whole = 0;
        for nth in 0..500 {
            let packet = query(&format!("r{nth}.{zone}"), None);
            let reply = server.ask("192.0.2.9", Transport::Udp, &packet);
            whole += usize::from(reply.is_some_and(|reply| reply[2] & 2 == 0));
        }
        assert_eq!(whole, 50, "{zone}: a wildcard, absence, a referral, an error");
    }
}

#[test]
fn kinds_are_limited_apart_and_all_of_them_together() {
    let mut server = Server::new(RateLimit { nxdomain: 5, errors: 0, ..limit() });
    assert_eq!(server.flood("192.0.2.9", "nope.example.com", 100, 1_000_000).whole, 5);
    assert_eq!(server.flood("192.0.2.9", "nope.example.net", 100, 1_000_000).whole, 100, "0 is no limit");
    assert_eq!(server.flood("192.0.2.9", "www.example.com", 100, 1_000_000).whole, 50);
    let mut server = Server::new(RateLimit { all: 60, ..limit() });
    assert_eq!(server.flood("192.0.2.9", "www.example.com", 100, 1_000_000).whole, 50);
    assert_eq!(server.flood("192.0.2.9", "other.example.com", 100, 1_000_000).whole, 10);
    assert_eq!(server.responder.recorder.begun[1], ("192.0.2.0/24".to_owned(), "all"));
}

#[test]
fn prefixes_are_what_is_configured_and_mapped_addresses_are_ipv4() {
    let mut server = Server::new(limit());
    assert_eq!(server.flood("2001:db8:0:1::1", "www.example.com", 100, 1_000_000).whole, 50);
    assert_eq!(server.flood("2001:db8:0:ff::2", "www.example.com", 100, 1_000_000).whole, 0, "the same /56");
    assert_eq!(server.flood("2001:db8:0:100::1", "www.example.com", 100, 1_000_000).whole, 50, "the next /56");
    assert_eq!(server.flood("::ffff:192.0.2.1", "www.example.com", 100, 1_000_000).whole, 50);
    assert_eq!(server.flood("192.0.2.2", "www.example.com", 100, 1_000_000).whole, 0);
    let mut server = Server::new(RateLimit { ipv4_prefix: 32, ..limit() });
    server.flood("192.0.2.1", "www.example.com", 100, 1_000_000);
    assert_eq!(server.flood("192.0.2.2", "www.example.com", 100, 1_000_000).whole, 50);
}

#[test]
fn a_trial_counts_and_sends() {
    let mut server = Server::new(RateLimit { dry_run: true, ..limit() });
    assert_eq!(server.flood("192.0.2.9", "www.example.com", 1000, 1_000_000_000).whole, 1000);
    let actions = server.actions();
    assert_eq!(actions["WouldDrop"] + actions["WouldCut"], 950);
    assert_eq!((actions["Sent"], actions.len()), (1000, 3));
}

#[test]
fn a_header_alone_is_limited_like_other_errors() {
    let mut server = Server::new(RateLimit { slip: 1, ..limit() });
    let packet = [0, 1, 0x10, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let replies: Vec<_> =
        (0..60).map(|_| server.ask("192.0.2.9", Transport::Udp, &packet).map(<[u8]>::to_vec)).collect();
    assert_eq!(replies[0].as_deref(), Some(&[0, 1, 0x90, 4, 0, 0, 0, 0, 0, 0, 0, 0][..]));
    assert_eq!(replies[59].as_deref(), Some(&[0, 1, 0x92, 4, 0, 0, 0, 0, 0, 0, 0, 0][..]));
}
