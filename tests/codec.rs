//! Our reading of queries and writing of replies against hickory-proto, on random and mutated packets.
//!
//! `WAYMARK_PACKETS=1000000 cargo test --test codec` widens the search.

#[path = "common/masked.rs"]
mod masked;
#[path = "common/message.rs"]
mod message;

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use hickory_proto::op::Message as Hickory;
use masked::masked;
use message::{Ask, Message, Opt, Record, TC, decode, subnet};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use waymark::model::Name;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Reply, Transport, respond};

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let files = [
        ("example.com.toml", include_str!("common/rich.toml")),
        ("example.org.zone", include_str!("common/rich.zone")),
    ];
    let loaded =
        store::load_texts(&files, &store::Options::default()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let compiled = compile(&loaded.account, &ground, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let health = HealthTable::new(&compiled.snapshot.checks);
    World::new(Arc::new(compiled.snapshot), health)
});

const NAMES: &[&str] = &[
    "example.com.",
    "www.example.com.",
    "l1.example.com.",
    "dang.example.com.",
    "chain.example.com.",
    "a.wild.example.com.",
    "deep.example.com.",
    "h.sub.example.com.",
    "sub.example.com.",
    "txt.example.com.",
    "srv.example.com.",
    "https.example.com.",
    "w.example.com.",
    "f.example.com.",
    "lat.example.com.",
    "geo.example.com.",
    "prox.example.com.",
    "ip.example.com.",
    "mv.example.com.",
    "tree.example.com.",
    "nope.example.com.",
    "example.org.",
    "x.d.example.org.",
    "deep.er.d.example.org.",
    "y.e.example.org.",
    "w.far.example.org.",
    "a.grow.example.org.",
    "big.example.org.",
    "huge.example.org.",
    "mxs.example.org.",
    "h.cut.example.org.",
    "odd.example.org.",
    "loc.example.org.",
    "naptr.example.com.",
    "ptr.example.com.",
    "example.net.",
    ".",
    "com.",
    "version.bind.",
    "id.server.",
];
const TYPES: &[u16] = &[
    1, 2, 5, 6, 12, 13, 15, 16, 28, 29, 33, 35, 39, 41, 43, 44, 46, 48, 52, 64, 65, 99, 249, 250, 251, 252, 255, 257,
    65280,
];

fn packets() -> u32 {
    std::env::var("WAYMARK_PACKETS").ok().and_then(|text| text.parse().ok()).unwrap_or(6000)
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let label = prop::collection::vec(any::<u8>(), 1..=63);
    let random = prop::collection::vec(label, 0..=3).prop_filter_map("at most 255 octets", |labels| {
        let mut wire: Vec<u8> =
            labels.into_iter().flat_map(|label| [vec![label.len() as u8], label].concat()).collect();
        wire.push(0);
        (wire.len() <= 255).then_some(wire)
    });
    let known = (0..NAMES.len(), any::<u32>()).prop_map(|(at, shout)| {
        let mut wire = Name::parse(NAMES[at], None).unwrap().wire().to_vec();
        for (at, byte) in wire.iter_mut().enumerate() {
            if shout >> (at % 32) & 1 == 1 {
                byte.make_ascii_uppercase();
            }
        }
        wire
    });
    let long = (0..NAMES.len(), prop::collection::vec((1..=63usize, any::<u8>()), 1..=4)).prop_filter_map(
        "at most 255 octets",
        |(at, labels)| {
            let mut wire: Vec<u8> =
                labels.into_iter().flat_map(|(len, byte)| [vec![len as u8], vec![byte; len]].concat()).collect();
            wire.extend(Name::parse(NAMES[at], None).unwrap().wire());
            (wire.len() <= 255).then_some(wire)
        },
    );
    prop_oneof![6 => known, 1 => random, 2 => long]
}

fn option() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let address = prop_oneof![
        any::<u32>().prop_map(|v4| IpAddr::V4(v4.into())),
        any::<u128>().prop_map(|v6| IpAddr::V6(v6.into()))
    ];
    let proper = (address, any::<u8>()).prop_map(|(address, len)| {
        let len = if address.is_ipv4() { len % 33 } else { len % 129 };
        subnet(masked(address, len), len)
    });
    let sloppy =
        (0..4u8, any::<u8>(), prop_oneof![3 => Just(0u8), 1 => any::<u8>()], prop::collection::vec(any::<u8>(), 0..18))
            .prop_map(|(family, source, scope, bits)| (8u16, [vec![0, family, source, scope], bits].concat()));
    let other = (any::<u16>(), prop::collection::vec(any::<u8>(), 0..20));
    let cookie = prop::collection::vec(any::<u8>(), 0..41).prop_map(|bytes| (10u16, bytes));
    prop_oneof![3 => proper, 1 => sloppy, 1 => other, 1 => cookie]
}

fn opt() -> impl Strategy<Value = Opt> {
    let version = prop_oneof![9 => Just(0u8), 1 => any::<u8>()];
    let udp = prop_oneof![1 => any::<u16>(), 1 => Just(1232u16), 1 => Just(512u16), 1 => 400..1400u16];
    (udp, version, any::<bool>(), prop::collection::vec(option(), 0..3))
        .prop_map(|(udp, version, dnssec_ok, options)| Opt { udp, version, dnssec_ok, options })
}

fn well_formed() -> impl Strategy<Value = Vec<u8>> {
    let flags = prop_oneof![6 => Just(0x0100u16), 2 => Just(0u16), 1 => any::<u16>()];
    let rtype = prop_oneof![8 => (0..TYPES.len()).prop_map(|at| TYPES[at]), 1 => any::<u16>()];
    let class = prop_oneof![12 => Just(1u16), 1 => Just(255u16), 1 => Just(3u16), 1 => any::<u16>()];
    (any::<u16>(), flags, name(), rtype, class, prop::option::of(opt()))
        .prop_map(|(id, flags, name, rtype, class, edns)| Ask { id, flags, name, rtype, class, edns }.bytes())
}

/// A well-formed query, most often damaged a little; now and then pure noise.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..6u8);
    let damaged =
        (well_formed(), prop::collection::vec(edit, 0..4), any::<bool>()).prop_map(|(mut bytes, edits, spare)| {
            if spare {
                return bytes;
            }
            for (at, byte, how) in edits {
                let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
                match how {
                    0 if !bytes.is_empty() => bytes[at] = byte,
                    1 if !bytes.is_empty() => bytes[at] ^= 1 << (byte % 8),
                    2 => bytes.truncate(at),
                    3 => bytes.insert(at, byte),
                    4 => bytes.extend(bytes.clone().into_iter().skip(at).take(24)),
                    // One of the counts.
                    _ if bytes.len() >= 12 => bytes[5 + 2 * usize::from(byte % 4)] = byte / 64,
                    _ => {}
                }
            }
            bytes
        });
    prop_oneof![12 => damaged, 1 => prop::collection::vec(any::<u8>(), 0..600)]
}

fn ask(packet: &[u8], transport: Transport, seed: u64) -> Option<(Reply, Vec<u8>)> {
    let peer = Peer { source: "198.51.100.9".parse().unwrap(), listener: 0, transport };
    let mut out = vec![0; 65_535];
    let reply = respond(&WORLD, packet, &peer, seed, &mut out, &mut ())?;
    out.truncate(reply.len);
    Some((reply, out))
}

fn sorted(records: &[Record]) -> Vec<Record> {
    let mut sorted = records.to_vec();
    sorted.sort();
    sorted
}

/// The query's own OPT when the packet as a whole is one well-formed question (RFC 6891 §6.1.1, RFC 7871 §6).
fn proper_query(packet: &[u8]) -> Option<Message> {
    let query = decode(packet, false).ok()?;
    let opts_elsewhere = query.answer.len() + query.authority.len() > 0;
    let options = query.opt.iter().filter(|opt| opt.version == 0).flat_map(|opt| &opt.options);
    let subnet_ok = options.filter(|(code, _)| *code == 8).all(|(_, data)| subnet_is_proper(data));
    let signed = query.additional.iter().any(|record| matches!(record.rtype, 250 | 24));
    (query.question.len() == 1 && !opts_elsewhere && subnet_ok && !signed).then_some(query)
}

/// RFC 7871 §6, §7.1.2: the length fits the family, there are just enough octets, spare bits and scope are zero.
fn subnet_is_proper(data: &[u8]) -> bool {
    let [high, low, source, scope, bits @ ..] = data else { return false };
    let most = match (high, low) {
        (0, 0) => 0,
        (0, 1) => 32,
        (0, 2) => 128,
        _ => return true,
    };
    let octets = source.div_ceil(8);
    *scope == 0
        && *source <= most
        && bits.len() == usize::from(octets)
        && bits.last().is_none_or(|last| u16::from(*last) & ((1u16 << (octets * 8 - source)) - 1) == 0)
}

fn check(packet: &[u8], udp: bool, seed: u64) -> Result<(), String> {
    let transport = if udp { Transport::Udp } else { Transport::Tcp };
    let answered = ask(packet, transport, seed);
    let Some((reply, bytes)) = answered else {
        let silent = packet.len() < 12 || packet[2] & 0x80 != 0;
        return if silent { Ok(()) } else { Err("silence for something that has a header and is no response".into()) };
    };
    if packet[2] & 0x80 != 0 {
        return Err("a response is answered".into());
    }
    let message = decode(&bytes, true)?;
    let theirs = match Hickory::from_vec(&bytes) {
        Ok(theirs) => theirs,
        // Family 0 with no bits is legal and echoed (RFC 7871 §6 and its errata); hickory 0.26 knows families 1 and 2 only.
        Err(error) if error.to_string() == "unknown address family: 0x0" => return Ok(()),
        Err(error) => return Err(format!("hickory cannot read the reply: {error}")),
    };
    let counts = (theirs.queries.len(), theirs.answers.len(), theirs.authorities.len(), theirs.additionals.len());
    let ours = (message.question.len(), message.answer.len(), message.authority.len(), message.additional.len());
    if counts != ours || theirs.edns.is_some() != message.opt.is_some() {
        return Err(format!("hickory counts {counts:?}, we wrote {ours:?}"));
    }
    let asked = u16::from_be_bytes([packet[2], packet[3]]);
    // QR set, opcode and RD copied, RA and Z clear.
    if message.id.to_be_bytes() != packet[..2]
        || message.flags & 0x8000 == 0
        || (message.flags ^ asked) & 0x7900 != 0
        || message.flags & 0x00c0 != 0
    {
        return Err(format!("flags {:04x} for {asked:04x}", message.flags));
    }
    if reply.rcode != message.rcode || reply.truncated != (message.flags & TC != 0) {
        return Err("the report and the bytes disagree".into());
    }
    if let Ok(query) = Hickory::from_vec(packet) {
        if query.metadata.id != theirs.metadata.id || query.metadata.op_code != theirs.metadata.op_code {
            return Err("id or opcode differ from the query's".into());
        }
        if let ([asked], [echoed]) = (&query.queries[..], &theirs.queries[..])
            && (asked.query_type(), asked.query_class(), asked.name())
                != (echoed.query_type(), echoed.query_class(), echoed.name())
        {
            return Err(format!("{asked} is echoed as {echoed}"));
        }
    }
    let query = proper_query(packet);
    let is_query = asked & 0x7800 == 0;
    match &query {
        Some(query) if is_query => {
            // OPT, TKEY, TSIG and transfers are malformed without what belongs to them.
            let askable = !matches!(query.question[0].1, 41 | 249..=252);
            if askable && message.rcode == 1 {
                return Err("a proper query gets FORMERR".into());
            }
            if message.rcode == 1 {
                return Ok(());
            }
            if message.question != query.question {
                return Err(format!("a proper query gets {:?} {:?}", message.rcode, message.question));
            }
            if query.opt.is_some() != message.opt.is_some() {
                return Err("OPT iff the query has one (RFC 6891 §7)".into());
            }
            if let (Some(asked), Some(opt)) = (&query.opt, &message.opt) {
                let echo = |opt: &Opt| opt.subnet().map(|(family, source, _, bits)| (family, source, bits.to_vec()));
                let known = echo(asked).filter(|(family, ..)| *family <= 2 && asked.version == 0);
                let several = asked.options.iter().filter(|(code, _)| *code == 8).count() > 1;
                if echo(opt) != known && !several {
                    return Err(format!("client subnet {:?} comes back as {:?}", echo(asked), echo(opt)));
                }
                if (message.rcode == 16) != (asked.version > 0) || opt.version != 0 || opt.dnssec_ok != asked.dnssec_ok
                {
                    return Err(format!("EDNS {asked:?} is answered {} {opt:?} (Q-4)", message.rcode));
                }
            }
        }
        // Nobody here can read the options of another EDNS version: BADVERS comes first (RFC 6891 §6.1.3).
        None if is_query && message.rcode != 1 && message.rcode != 16 => {
            let cut = |why: &String| why.starts_with("ends inside a") || why.contains("octets after");
            if decode(packet, false).is_err_and(|why| cut(&why)) {
                return Err(format!("a cut packet is answered with {}", message.rcode));
            }
        }
        _ => {}
    }
    let limit = match (udp, decode(packet, false).ok().and_then(|query| query.opt)) {
        (false, _) => 65_535,
        (true, None) => 512,
        (true, Some(opt)) => usize::from(opt.udp.clamp(512, 1232)),
    };
    if bytes.len() > limit {
        return Err(format!("{} octets where {limit} are allowed", bytes.len()));
    }
    // ANY and transfers are answered otherwise over TCP.
    let any = message.question.first().is_some_and(|(_, rtype, _)| matches!(rtype, 251 | 252 | 255));
    if udp && !any { check_truncation(packet, &message, limit, seed) } else { Ok(()) }
}

/// TC iff something required is left out, and what is there is whole (RFC 2181 §9, Q-3).
fn check_truncation(packet: &[u8], message: &Message, limit: usize, seed: u64) -> Result<(), String> {
    let Some((_, whole_bytes)) = ask(packet, Transport::Tcp, seed) else { return Err("TCP is silent".into()) };
    let whole = decode(&whole_bytes, true)?;
    if message.rcode != whole.rcode && message.flags & TC == 0 {
        return Err(format!("UDP says {}, TCP {}", message.rcode, whole.rcode));
    }
    if message.flags & TC != 0 {
        if whole_bytes.len() <= limit {
            return Err(format!("TC though {} octets fit in {limit}", whole_bytes.len()));
        }
    } else if sorted(&message.answer) != sorted(&whole.answer) || sorted(&message.authority) != sorted(&whole.authority)
    {
        return Err("a required section is cut without TC".into());
    }
    let sections = [
        (&message.answer, &whole.answer),
        (&message.authority, &whole.authority),
        (&message.additional, &whole.additional),
    ];
    for (kept, all) in sections {
        for record in kept {
            let rrset = |records: &[Record]| -> Vec<Record> {
                let of = records.iter().filter(|other| (&other.owner, other.rtype) == (&record.owner, record.rtype));
                sorted(&of.cloned().collect::<Vec<_>>())
            };
            if rrset(kept) != rrset(all) {
                return Err("a partial RRset (Q-3, RFC 2181 §9)".into());
            }
        }
    }
    Ok(())
}

/// Q-1 … Q-7 on packets of every kind: one reply or silence, readable by hickory, within its limit, whole.
#[test]
fn replies_are_read_by_hickory() {
    let config = Config { cases: packets(), failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(packet(), any::<bool>(), any::<u64>()), |(packet, udp, seed)| {
            let octets = || packet.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
            check(&packet, udp, seed).map_err(|why| TestCaseError::fail(format!("{why}\n{}", octets())))
        })
        .unwrap_or_else(|error| match error {
            TestError::Fail(why, _) => panic!("{why}"),
            TestError::Abort(why) => panic!("gave up: {why}"),
        });
}

/// Every name and type of the world, in every size of datagram.
#[test]
fn every_name_and_type() {
    for name in NAMES {
        for rtype in TYPES {
            for edns in [None, Some(512), Some(700), Some(1232), Some(65_535)] {
                let edns = edns.map(|udp| Opt { udp, version: 0, dnssec_ok: udp == 700, options: vec![] });
                let name_wire = Name::parse(name, None).unwrap().wire().to_vec();
                let ask = Ask { id: 7, flags: 0, name: name_wire, rtype: *rtype, class: 1, edns };
                for udp in [true, false] {
                    check(&ask.bytes(), udp, 1).unwrap_or_else(|error| panic!("{name} {rtype} udp {udp}: {error}"));
                }
            }
        }
    }
}

/// Every prefix of a good query, and a good query with octets behind it.
#[test]
fn cut_and_long_packets() {
    let name = Name::parse("tree.example.com.", None).unwrap().wire().to_vec();
    let edns = Some(Opt {
        udp: 1232,
        version: 0,
        dnssec_ok: false,
        options: vec![subnet("198.51.100.0".parse().unwrap(), 24)],
    });
    let whole = Ask { id: 7, flags: 0x0100, name, rtype: 1, class: 1, edns }.bytes();
    for end in 0..whole.len() {
        check(&whole[..end], true, 1).unwrap_or_else(|error| panic!("cut at {end}: {error}"));
    }
    let long = [&whole[..], &[0; 3]].concat();
    check(&long, true, 1).unwrap_or_else(|error| panic!("{error}"));
}
