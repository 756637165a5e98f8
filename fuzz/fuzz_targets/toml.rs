//! Any text as a zone file of our own format: problems or a world that answers, never a panic.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, World, compile};
use waymark::store;
use waymark::wire::{Peer, Transport, respond};

fuzz_target!(|text: &str| {
    let Ok(loaded) = store::load_texts(&[("fuzzed.toml", text)], &store::Options::default()) else { return };
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour::default(),
    };
    let Ok(compiled) = compile(&loaded.account, &ground, None) else { return };
    let health = HealthTable::new(&compiled.snapshot.checks);
    let world = World::new(Arc::new(compiled.snapshot), health);
    let peer = Peer { source: "198.51.100.9".parse().expect("an address"), listener: 0, transport: Transport::Tcp };
    let mut out = vec![0; 65_535];
    for zone in &loaded.account.zones {
        for (name, rtype) in zone.groups.keys() {
            let header = [0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            let packet = [&header[..], name.wire(), &rtype.0.to_be_bytes(), &[0, 1]].concat();
            respond(&world, &packet, &peer, 7, &mut out, &mut ()).expect("a reply");
        }
    }
});
