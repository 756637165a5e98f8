//! A stream of octets through the code of TCP connections, and the same cut up by hand (RFC 7766 §8).

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::LocalSet;
use waymark::answer::{Event, Witness};
use waymark::edge::connection::{Shared, serve};
use waymark::edge::{Limits, Recorder, Responder, Seats};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Reply, Transport, respond};

const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9));
const PEER: Peer = Peer { source: SOURCE, listener: 0, transport: Transport::Tcp };

/// A world whose answers leave nothing to chance.
static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| {
    let zone = "zone = \"example.com\"\n[[record]]\nname = \"www\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\n\
                [[record]]\nname = \"big\"\ntype = \"TXT\"\nvalue = \"a long text, a long text, a long text, a long text\"\n";
    let loaded = store::load_texts(&[("example.com.toml", zone)], &store::Options::default()).expect("a zone");
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let snapshot = compile(&loaded.account, &ground, None).expect("a world").snapshot;
    let health = HealthTable::new(&snapshot.checks);
    Arc::new(World::new(Arc::new(snapshot), health))
});

struct Unrecorded;

impl Witness for Unrecorded {
    fn saw(&mut self, _: Event<'_>) {}
}

impl Recorder for Unrecorded {
    fn enter(&mut self, _: &Arc<World>) {}
    fn answered(&mut self, _: &World, _: &[u8], _: &Peer, _: &Reply) {}
    fn kept_silent(&mut self, _: &Peer) {}
    fn panicked(&mut self, _: &Peer) {
        panic!("answering panicked");
    }
}

/// What a connection that hears `octets` in pieces of these sizes, again and again, writes back through so much room.
pub(crate) fn written(octets: &[u8], pieces: &[usize], room: usize) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let (client, server) = tokio::io::duplex(room.max(1));
        let seats = Arc::new(Seats::new(Limits::default()));
        let seat = seats.take(SOURCE, seats.gate());
        let responder = Responder::new(Arc::new(ArcSwap::new(WORLD.clone())), Unrecorded);
        let shared = Rc::new(Shared::new(responder));
        let serving = tokio::task::spawn_local(serve(server, PEER, Limits::default(), shared, seat));
        let (mut reading, mut writing) = tokio::io::split(client);
        let (octets, pieces) = (octets.to_vec(), pieces.to_vec());
        tokio::task::spawn_local(async move {
            let mut rest = &octets[..];
            for piece in pieces.iter().cycle() {
                let (now, later) = rest.split_at((*piece).clamp(1, rest.len().max(1)).min(rest.len()));
                // Whoever sends nonsense is not heard to the end.
                if now.is_empty() || writing.write_all(now).await.is_err() {
                    break;
                }
                rest = later;
                tokio::task::yield_now().await;
            }
            let _ = writing.shutdown().await;
        });
        let mut written = Vec::new();
        reading.read_to_end(&mut written).await.expect("memory can be read");
        serving.await.expect("a connection does not panic");
        written
    })
}

/// The answers to the whole messages in `octets`, up to one that has no header.
pub(crate) fn expected(octets: &[u8]) -> Vec<u8> {
    let peer = PEER;
    let (mut written, mut rest, mut out) = (Vec::new(), octets, vec![0; 65_535]);
    while let Some((prefix, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*prefix));
        let Some(message) = after.get(..length).filter(|_| length >= 12) else { break };
        if let Some(reply) = respond(&WORLD, message, &peer, 0, &mut out, &mut ()) {
            written.extend_from_slice(&(reply.len as u16).to_be_bytes());
            written.extend_from_slice(&out[..reply.len]);
        }
        rest = &after[length..];
    }
    written
}
