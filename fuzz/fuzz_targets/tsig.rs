//! Any octets as a signed message: no panic, and nothing is believed that was not signed with the key.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use waymark::model::Name;
use waymark::model::transfer::{Algorithm, Key};
use waymark::transfer::held_serial;
use waymark::tsig::{Refusal, Signer, last_record, stripped, verify};

/// One key of every algorithm; what is signed here is signed with others.
static KEYS: LazyLock<BTreeMap<Name, Key>> = LazyLock::new(|| {
    let key = |(name, algorithm): (&str, Algorithm)| {
        let name = Name::parse(&format!("{name}."), None).expect("a name");
        (name.clone(), Key::new(name, algorithm, b"a secret that no input holds"))
    };
    Algorithm::ALL.into_iter().map(key).collect()
});

fuzz_target!(|input: (u64, u16, bool, &[u8])| {
    let (now, at, sign, packet) = input;
    for at in [Some(usize::from(at)), last_record(packet)].into_iter().flatten() {
        held_serial(packet, at);
        stripped(packet, at);
        match verify(packet, at, &KEYS, now) {
            Ok(_) | Err(Refusal::Told(_)) => panic!("believed"),
            Err(Refusal::UnknownKey | Refusal::Malformed | Refusal::WrongMac) => {}
        }
    }
    // What is signed is believed, whatever it is.
    let now = now >> 16;
    if sign && packet.len() >= 12 && packet[10..12] != [255; 2] {
        for key in KEYS.values() {
            let mut signer = Signer::of_request(key.clone());
            let mut out = packet.to_vec();
            out.resize(packet.len() + signer.octets(), 0);
            let len = signer.sign(&mut out, packet.len(), now).expect("there is room");
            assert!(verify(&out[..len], packet.len(), &KEYS, now).is_ok());
        }
    }
});
