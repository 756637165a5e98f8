//! Any octets as a query: no panic, at most one reply, and never one longer than it may be.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Transport, respond};

/// The world of the codec tests: something of everything.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let files = [
        ("example.com.toml", include_str!("../../tests/common/rich.toml")),
        ("example.org.zone", include_str!("../../tests/common/rich.zone")),
    ];
    let loaded = store::load_texts(&files, &store::Options::default()).expect("the rich world loads");
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let compiled = compile(&loaded.account, &ground, None).expect("the rich world compiles");
    let health = HealthTable::new(&compiled.snapshot.checks);
    World::new(Arc::new(compiled.snapshot), health)
});

fuzz_target!(|input: (u64, &[u8])| {
    let (seed, packet) = input;
    let mut out = vec![0; 65_535];
    for (transport, limit) in [(Transport::Udp, 1232), (Transport::Tcp, 65_535)] {
        let peer = Peer { source: "198.51.100.9".parse().expect("an address"), listener: 0, transport };
        let reply = respond(&WORLD, packet, &peer, seed, &mut out, &mut ());
        let silent = packet.len() < 12 || packet[2] & 0x80 != 0;
        assert_eq!(reply.is_none(), silent);
        if let Some(reply) = reply {
            assert!((12..=limit).contains(&reply.len));
            assert_eq!(out[..2], packet[..2]);
            assert!(out[2] & 0x80 != 0);
        }
    }
});
