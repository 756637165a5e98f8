//! What holds for replies whatever options a query's OPT record carries.

use std::sync::{Arc, LazyLock};

use waymark::model::{CookieSecret, Cookies};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Proof, Transport, Turn, cut, respond};

const ZONE: &str = "zone = \"example.com\"\n[[record]]\nname = \"@\"\ntype = \"TXT\"\n";
const SECRET: CookieSecret = CookieSecret(*b"sixteen octets!!");

/// One world that requires cookies and one that does not; an answer of about 2,000 octets.
static WORLDS: LazyLock<[World; 2]> = LazyLock::new(|| {
    let long = (0..30).map(|n| format!("\"{n} {}\"", "x".repeat(60))).collect::<Vec<_>>().join(", ");
    let zone = format!("{ZONE}values = [{long}]\n");
    let loaded = store::load_texts(&[("example.com.toml", &zone)], &store::Options::default()).expect("a zone");
    [false, true].map(|require| {
        let cookies = Some(Cookies { secret: SECRET, others: [None, Some(CookieSecret([1; 16]))], require });
        let behaviour = Behaviour { nsid: vec![b'n'; 128], cookies, udp_max: 4096, ..Behaviour::default() };
        let ground = Ground { listeners: vec!["main".into()], geography: Arc::new(Geography::nowhere()), behaviour };
        let compiled = compile(&loaded.account, &ground, None).expect("the zone compiles");
        let health = HealthTable::new(&compiled.snapshot.checks);
        World::new(Arc::new(compiled.snapshot), health)
    })
});

/// Answers a query with `data` as its OPT record's data at the time `now`, about a type or without a question, and checks
/// every reply to a client that takes datagrams of `payload` octets, and what is left of it when it is cut.
pub(crate) fn check(data: &[u8], rtype: Option<u16>, payload: u16, now: u32) {
    let data = &data[..data.len().min(2000)];
    let mut packet = vec![0, 7, 1, 0, 0, u8::from(rtype.is_some()), 0, 0, 0, 0, 0, 1];
    if let Some(rtype) = rtype {
        packet.extend(b"\x07example\x03com\0");
        packet.extend([rtype, 1].map(u16::to_be_bytes).concat());
    }
    packet.extend(b"\0\0\x29");
    packet.extend(payload.to_be_bytes());
    packet.extend([0; 4]);
    packet.extend((data.len() as u16).to_be_bytes());
    packet.extend(data);
    let mut out = vec![0; 65_535];
    for world in &*WORLDS {
        for (transport, idle, most) in
            [(Transport::Udp, None, payload.clamp(512, 4096)), (Transport::Tcp, Some(100), 65_535)]
        {
            let peer = Peer { source: [198, 51, 100, 9].into(), listener: 0, transport };
            let turn = Turn { seed: 1, now, idle, spare: None };
            let mut reply = respond(world, &packet, &peer, turn, &mut out, &mut ()).expect("a query has a reply");
            assert!((12..=usize::from(most)).contains(&reply.len), "{} octets", reply.len);
            let cookie = read(&out[..reply.len], reply.opt);
            assert_eq!(cookie.is_some(), reply.proof != Proof::None && reply.opt.1 > 0);
            if let Some(cookie) = cookie {
                let again = [&[0, 10, 0, 24][..], cookie].concat();
                assert!(
                    data.windows(12).any(|part| part[..2] == [0, 10] && part[4..] == cookie[..8]),
                    "the client's half"
                );
                assert!(is_taken(world, &peer, &again, now), "what we give we take");
            }
            let (before, had_cookie) = (reply.len, cookie.is_some());
            cut(&mut out, &mut reply);
            assert!(reply.len <= before && (reply.truncated || reply.rcode == 23));
            assert_eq!(read(&out[..reply.len], reply.opt).is_some(), had_cookie, "a cut reply keeps its cookie");
        }
    }
}

/// Whether these options prove where the client is.
fn is_taken(world: &World, peer: &Peer, options: &[u8], now: u32) -> bool {
    let mut packet = b"\0\x07\0\0\0\0\0\0\0\0\0\x01\0\0\x29\xff\xff\0\0\0\0".to_vec();
    packet.extend((options.len() as u16).to_be_bytes());
    packet.extend(options);
    let turn = Turn { seed: 1, now, ..Turn::default() };
    let reply = respond(world, &packet, peer, turn, &mut [0; 4096], &mut ()).expect("a reply");
    (reply.proof, reply.rcode) == (Proof::Valid, 0)
}

/// The COOKIE option of the OPT record at `opt` in a reply, which must be well-formed and be the last record.
fn read(reply: &[u8], (at, len): (u16, u16)) -> Option<&[u8]> {
    if len == 0 {
        return None;
    }
    let opt = &reply[usize::from(at)..];
    assert_eq!((opt.len(), &opt[..3]), (usize::from(len), &b"\0\0\x29"[..]));
    assert_eq!(opt.len() - 11, usize::from(u16::from_be_bytes([opt[9], opt[10]])));
    let (mut rest, mut cookie) = (&opt[11..], None);
    while let [c1, c2, l1, l2, more @ ..] = rest {
        let (value, after) = more.split_at(usize::from(u16::from_be_bytes([*l1, *l2])));
        match [*c1, *c2] {
            [0, 10] => {
                assert!(cookie.is_none() && value.len() == 24);
                cookie = Some(value);
            }
            [0, 3] => assert_eq!(value, [b'n'; 128]),
            [0, 11] => assert_eq!(value, [0, 100]),
            code => assert_eq!(code, [0, 8], "nothing else is given"),
        }
        rest = after;
    }
    assert!(rest.is_empty());
    cookie
}
