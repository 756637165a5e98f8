//! Answering allocates nothing: no question, policy, client, health or malformed packet makes the allocator work.
//!
//! The counting allocator of this test binary counts per thread, so what the test harness does is not counted.

#[path = "common/fixture_geo.rs"]
mod fixture_geo;

use std::fmt::Write;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use allocation_counter::measure;
use arc_swap::ArcSwap;
use hickory_proto::op::{Message, ResponseCode};
use waymark::answer::{Event, Witness};
use waymark::edge::{Limited, Moment, Recorder, Responder};
use waymark::keys::Key;
use waymark::model::check::{FULL_SHARE, Pattern, Status};
use waymark::model::signing::{Algorithm, Signing};
use waymark::model::transfer::{self, Grant, Rule, Transfers};
use waymark::model::{Account, Chaos, CheckId, CookieSecret, Cookies, Name, RateLimit};
use waymark::snapshot::health::{Finding, HealthTable};
use waymark::snapshot::{AnyMode, Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Reply, Transport, respond};

const CHECKS: &str = r#"
zone = "checks.test"

[check.alone]
tcp = "127.0.0.1:9"

[[record]]
name = "four"
type = "A"
alias = "three"
evaluate = true

[[record]]
name = "three"
type = "A"
weighted = [
  { id = "a", weight = 1, alias = "two", evaluate = true },
  { id = "b", weight = 3, value = "192.0.2.3", check = "alone" },
]

[[record]]
name = "two"
type = "A"
failover = { primary = { alias = "one", evaluate = true }, secondary = { value = "192.0.2.2" } }

[[record]]
name = "one"
type = "A"
multivalue = [
  { id = "a", value = "192.0.2.10", check = "alone" },
  { id = "b", value = "192.0.2.11", check = "alone" },
  { id = "c", value = "192.0.2.11", check = "alone" },
]

[[record]]
name = "heavy"
type = "A"
weighted = [
  { id = "a", weight = 0, value = "192.0.2.20" },
  { id = "b", weight = 0, value = "192.0.2.21", check = "alone" },
]
"#;

/// RRsets around the sizes at which answers are cut, one that nearly fills a message, and odd types.
fn plain() -> String {
    let mut zone = include_str!("common/rich.zone").to_owned();
    for count in [16, 17, 28, 60, 80, 4000] {
        for at in 0..count {
            writeln!(zone, "set{count} A 10.{}.{}.1", at / 250, at % 250).expect("a string grows");
        }
    }
    for link in 0..20 {
        writeln!(zone, "link{link} CNAME link{}", link + 1).expect("a string grows");
    }
    zone
}

static WORLDS: LazyLock<[World; 4]> = LazyLock::new(|| {
    let plain = plain();
    let files = [
        ("example.com.toml", include_str!("common/rich.toml")),
        ("example.org.zone", plain.as_str()),
        ("checks.test.toml", CHECKS),
    ];
    let loaded =
        store::load_texts(&files, &store::Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let ground =
        |behaviour| Ground { listeners: vec!["main".into()], geography: Arc::new(fixture_geo::geography()), behaviour };
    let keys = tempfile::tempdir().expect("a directory");
    let key = |file: &str, algorithm| Key::open(&keys.path().join(file), algorithm).expect("a key");
    let (entry, zone) = (key("ksk", Algorithm::EcdsaP256), key("zsk", Algorithm::Ed25519));
    let signing = Arc::new(Signing {
        entries: [entry.of_zone(true)].into(),
        zone: [zone.of_zone(false)].into(),
        beside: Box::default(),
        cds: Box::default(),
        salt: zone.salt(),
    });
    let mut signed = loaded.account.clone();
    signed.zones.iter_mut().for_each(|zone| Arc::make_mut(zone).signing = Some(signing.clone()));
    let world_of = |account: &Account, behaviour, down: &[&str]| {
        let compiled = compile(account, &ground(behaviour), None).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let health = HealthTable::new(&compiled.snapshot.checks);
        for check in down {
            let slot = compiled.snapshot.checks.slot(&CheckId((*check).into())).expect("a check");
            let finding = Finding { raw: Status::Unhealthy, share: FULL_SHARE, seen: true };
            health.report(&compiled.snapshot.checks, slot, finding);
        }
        World::new(Arc::new(compiled.snapshot), health)
    };
    let world = |behaviour, down: &[&str]| world_of(&loaded.account, behaviour, down);
    let chaos = Chaos { version: Some("v".repeat(300)), id: Some("id".to_owned()) };
    let key = transfer::Key::new(Name::parse("k.", None).expect("a name"), transfer::Algorithm::HmacSha256, &[1; 32]);
    let general = Rule { allow: Some(vec![Grant { network: None, key: None }]), notify: None };
    let keys = [(key.name.clone(), key)].into();
    let transfers = Arc::new(Transfers { keys, general, ..Transfers::default() });
    let cookies = Some(Cookies { secret: CookieSecret([7; 16]), others: [None; 2], require: false });
    let talkative = Behaviour {
        any: AnyMode::Full,
        authority_ns: true,
        udp_max: 4096,
        chaos,
        nsid: b"fra-1".to_vec(),
        cookies,
        rate_limit: Some(limit()),
        transfers,
        ..Behaviour::default()
    };
    [
        world(Behaviour::default(), &[]),
        world(Behaviour::default(), &["up", "down", "upside-down", "alone"]),
        world(talkative, &["down"]),
        world_of(&signed, Behaviour { signatures: 100, authority_ns: true, ..Behaviour::default() }, &["down"]),
    ]
});

/// One response a second; the rest is cut or dropped.
fn limit() -> RateLimit {
    RateLimit {
        responses: 1,
        nodata: 1,
        nxdomain: 1,
        referrals: 1,
        errors: 1,
        all: 2,
        window: 1,
        slip: 2,
        ipv4_prefix: 24,
        ipv6_prefix: 56,
        exempt: vec!["192.0.2.0/24".parse().expect("a network")],
        dry_run: false,
    }
}

/// Every name of the zones that answers in a way of its own.
const NAMES: &[&str] = &[
    "example.com.",
    "www.example.com.",
    "out.example.com.",
    "l1.example.com.",
    "dang.example.com.",
    "chain.example.com.",
    "a.wild.example.com.",
    "b.deep.example.com.",
    "nope.example.com.",
    "h.sub.example.com.",
    "sub.example.com.",
    "txt.example.com.",
    "srv.example.com.",
    "caa.example.com.",
    "https.example.com.",
    "ptr.example.com.",
    "w.example.com.",
    "f.example.com.",
    "lat.example.com.",
    "geo.example.com.",
    "prox.example.com.",
    "ip.example.com.",
    "mv.example.com.",
    "tree.example.com.",
    "four.checks.test.",
    "three.checks.test.",
    "one.checks.test.",
    "heavy.checks.test.",
    "example.org.",
    "x.d.example.org.",
    "y.d.example.org.",
    "far.example.org.",
    "w.far.example.org.",
    "a.grow.example.org.",
    "big.example.org.",
    "huge.example.org.",
    "mxs.example.org.",
    "h.cut.example.org.",
    "odd.example.org.",
    "loc.example.org.",
    "set16.example.org.",
    "set17.example.org.",
    "set28.example.org.",
    "set60.example.org.",
    "set80.example.org.",
    "set4000.example.org.",
    "link0.example.org.",
    "link19.example.org.",
    "elsewhere.net.",
    ".",
    "version.bind.",
    "id.server.",
];
const TYPES: &[u16] = &[1, 2, 5, 6, 15, 16, 28, 33, 39, 43, 65, 249, 250, 251, 252, 255, 65280];

/// A client subnet option's content.
fn subnet(address: &str, source: u8) -> Vec<u8> {
    let (family, octets) = match address.parse().expect("an address") {
        IpAddr::V4(v4) => (1, v4.octets().to_vec()),
        IpAddr::V6(v6) => (2, v6.octets().to_vec()),
    };
    let mut option = vec![0, family, source, 0];
    option.extend(&octets[..usize::from(source.div_ceil(8))]);
    option
}

/// What an OPT record says.
#[derive(Clone, Copy)]
struct Edns<'a> {
    payload: u16,
    options: &'a [(u16, Vec<u8>)],
}

fn steered(options: &[(u16, Vec<u8>)]) -> Option<Edns<'_>> {
    Some(Edns { payload: 1232, options })
}

fn query(name: &str, rtype: u16, class: u16, edns: Option<Edns<'_>>) -> Vec<u8> {
    let mut packet = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(edns.is_some())];
    packet.extend(Name::parse(name, None).expect("a name").wire());
    packet.extend([rtype, class].map(u16::to_be_bytes).concat());
    if let Some(Edns { payload, options }) = edns {
        let data: Vec<u8> = options
            .iter()
            .flat_map(|(code, data)| [&code.to_be_bytes(), &(data.len() as u16).to_be_bytes(), &data[..]].concat())
            .collect();
        packet.extend([0, 0, 41]);
        packet.extend(payload.to_be_bytes());
        packet.extend([0, 0, 0x80, 0]);
        packet.extend((data.len() as u16).to_be_bytes());
        packet.extend(data);
    }
    packet
}

const SUBNETS: [(&str, u8); 8] = [
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("100.64.4.0", 24),
    ("100.64.8.0", 24),
    ("2001:db8:9::", 56),
    ("::ffff:198.51.100.0", 120),
    ("0.0.0.0", 0),
    ("192.0.2.1", 32),
];

/// Answers every packet from every world and peer, and asserts that none of it allocates.
fn must_not_allocate(packets: &[Vec<u8>]) -> Vec<(usize, Option<Reply>)> {
    let mut out = vec![0; 65_535];
    let mut replies = Vec::with_capacity(packets.len() * 12);
    let sources: [IpAddr; 2] = ["100.64.2.9".parse().expect("v4"), "2001:db8:9::9".parse().expect("v6")];
    for world in &*WORLDS {
        // A thread takes its place among the readers once; the edge does so before it answers.
        drop(ArcSwap::from_pointee(()).load());
        for transport in [Transport::Udp, Transport::Tcp] {
            for source in sources {
                let peer = Peer { source, listener: 0, transport };
                for (at, packet) in packets.iter().enumerate() {
                    let mut reply = None;
                    let used = measure(|| reply = respond(world, packet, &peer, at as u64, &mut out, &mut ()));
                    assert_eq!(used.count_total, 0, "packet {at} over {transport:?} from {source}: {packet:02x?}");
                    replies.push((at, reply));
                }
            }
        }
    }
    replies
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1u8]))).count_total, 1);
}

#[test]
fn no_question_allocates() {
    let mut packets = Vec::new();
    // With the DNAME's target it is longer than a name may be.
    let long = format!("{}grow.example.org.", format!("{}.", "x".repeat(63)).repeat(3));
    for name in NAMES.iter().copied().chain([long.as_str()]) {
        for rtype in TYPES {
            for payload in [None, Some(512), Some(4096)] {
                let edns = payload.map(|payload| Edns { payload, options: &[] });
                packets.push(query(name, *rtype, 1, edns));
            }
        }
        for class in [3, 254, 255] {
            packets.push(query(name, 16, class, None));
        }
    }
    let replies = must_not_allocate(&packets);
    let seen = |what: &dyn Fn(&Reply) -> bool| replies.iter().filter_map(|(_, reply)| *reply).any(|reply| what(&reply));
    for code in [ResponseCode::NoError, ResponseCode::NXDomain, ResponseCode::YXDomain, ResponseCode::Refused] {
        assert!(seen(&|reply| reply.rcode == u16::from(code)), "no answer was {code}");
    }
    assert!(seen(&|reply| reply.truncated) && seen(&|reply| reply.len > 60_000), "small and large answers are there");
}

#[test]
fn no_client_subnet_allocates() {
    let packets: Vec<_> = NAMES
        .iter()
        .flat_map(|name| SUBNETS.iter().map(move |(address, len)| (*name, subnet(address, *len))))
        .map(|(name, option)| query(name, 1, 1, steered(&[(8, option), (10, vec![7; 8]), (3, Vec::new())])))
        .collect();
    let replies = must_not_allocate(&packets);
    let scopes: std::collections::BTreeSet<_> =
        replies.iter().filter_map(|(_, reply)| Some(reply.as_ref()?.subnet?.1)).collect();
    assert!(scopes.len() > 3, "the subnets steer: {scopes:?}");
}

#[test]
fn no_malformed_packet_allocates() {
    let rich = query("tree.example.com.", 1, 1, steered(&[(8, subnet("203.0.113.0", 24)), (10, vec![7; 8])]));
    let mut packets: Vec<_> = (0..rich.len()).map(|len| rich[..len].to_vec()).collect();
    for at in 0..rich.len() {
        for value in [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff] {
            let mut packet = rich.clone();
            packet[at] = value;
            packets.push(packet);
        }
    }
    let replies = must_not_allocate(&packets);
    assert!(replies.iter().any(|(_, reply)| reply.is_none()), "some deserve silence");
    assert!(replies.iter().any(|(_, reply)| reply.is_some_and(|reply| reply.rcode == 1)), "some are FORMERR");
}

struct Quiet;

impl Witness for Quiet {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Quiet {
    fn enter(&mut self, _: &Arc<World>) {}
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {}
    fn kept_silent(&mut self, _: &Peer) {}
    fn panicked(&mut self, _: &Peer) {
        panic!("answering panicked");
    }
}

std::thread_local! {
    /// Replies sent, and replies over a limit.
    static TALLIED: std::cell::Cell<[u32; 2]> = const { std::cell::Cell::new([0; 2]) };
}

struct Tallying;

impl Witness for Tallying {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Tallying {
    fn enter(&mut self, _: &Arc<World>) {}
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {
        let [answered, limited] = TALLIED.get();
        TALLIED.set([answered + 1, limited]);
    }
    fn kept_silent(&mut self, _: &Peer) {}
    fn panicked(&mut self, _: &Peer) {
        panic!("answering panicked");
    }
    fn limited(&mut self, _: &Peer, _: &Limited) {
        let [answered, limited] = TALLIED.get();
        TALLIED.set([answered, limited + 1]);
    }
}

/// RFC 8467 §4.1: over what is encrypted, replies grow to a block, by a message that hickory can read.
#[test]
fn padding_allocates_nothing() {
    let (world, mut out) = (&WORLDS[0], vec![0; 65_535]);
    let peer = Peer { source: "100.64.2.9".parse().expect("v4"), listener: 0, transport: Transport::Doq };
    drop(ArcSwap::from_pointee(()).load());
    for name in NAMES {
        let packet = query(name, 1, 1, steered(&[(12, Vec::new()), (8, subnet("203.0.113.0", 24))]));
        let mut reply = None;
        let used = measure(|| reply = respond(world, &packet, &peer, 1, &mut out, &mut ()));
        assert_eq!(used.count_total, 0, "{name}");
        let length = reply.expect("a reply").len;
        assert_eq!(length % 468, 0, "{name}");
        assert!(Message::from_vec(&out[..length]).is_ok(), "{name}");
    }
}

/// What a UDP worker does for every datagram between receiving and sending.
#[test]
fn the_edge_allocates_nothing_either() {
    // That others may sign questions and copy zones costs whoever does neither nothing; and this one is not limited.
    let World { snapshot, .. } = &WORLDS[2];
    assert!(!snapshot.behaviour.transfers.are_off());
    let world = World::new(snapshot.clone(), HealthTable::new(&snapshot.checks));
    let mut responder = Responder::new(Arc::new(ArcSwap::from_pointee(world)), Quiet);
    let peer = Peer { source: "192.0.2.9".parse().expect("v4"), listener: 0, transport: Transport::Udp };
    let packet = query("tree.example.com.", 1, 1, steered(&[(8, subnet("203.0.113.0", 24))]));
    let mut out = vec![0; 65_535];
    assert!(responder.answer(&packet, &peer, &mut out).is_some());
    let mut length = None;
    let used = measure(|| {
        for _ in 0..100 {
            responder.refresh();
            length = responder.answer(&packet, &peer, &mut out);
        }
    });
    assert_eq!(used.count_total, 0);
    let answer = Message::from_vec(&out[..length.expect("an answer")]).expect("an answer can be read");
    assert_eq!(answer.answers.len(), 1, "{answer}");
}

/// The same with what a world may be told to do beyond answering: cookies, an identity, a rate limit.
#[test]
fn cookies_identity_and_rate_limits_allocate_nothing() {
    let World { snapshot, .. } = &WORLDS[2];
    let world = World::new(snapshot.clone(), HealthTable::new(&snapshot.checks));
    let mut responder = Responder::new(Arc::new(ArcSwap::from_pointee(world)), Tallying);
    responder.refresh();
    let packets: Vec<_> = [(10, vec![7; 8]), (10, vec![7; 24]), (3, Vec::new()), (11, Vec::new()), (10, vec![7; 9])]
        .into_iter()
        .flat_map(|option| ["tree.example.com.", "nope.example.com.", "."].map(|name| (name, option.clone())))
        .map(|(name, option)| query(name, 1, 1, steered(&[option])))
        .collect();
    let mut out = vec![0; 65_535];
    for transport in [Transport::Udp, Transport::Tcp] {
        let peer = Peer { source: "100.64.2.9".parse().expect("v4"), listener: 0, transport };
        let used = measure(|| {
            for millis in 0..500 {
                let moment = Moment { millis, idle: None };
                responder.begin(moment);
                for packet in &packets {
                    responder.answer(packet, &peer, &mut out);
                }
            }
        });
        assert_eq!(used.count_total, 0, "{transport:?}");
    }
    assert!(TALLIED.get().iter().all(|count| *count > 100), "some were limited, some not");
}

#[test]
fn matching_an_override_allocates_nothing() {
    let id = CheckId("shop-eu-west-1a".into());
    for (pattern, is_meant) in [("*", true), ("shop-??-west-*a", true), ("*-*-*-1b", false), ("shop-eu-west-1a", true)]
    {
        let pattern = Pattern(pattern.into());
        let mut matches = None;
        let used = measure(|| matches = Some(pattern.matches(&id)));
        assert_eq!((matches, used.count_total), (Some(is_meant), 0), "{pattern}");
    }
}
