//! Any stream in any pieces over TCP: what is written back is what cutting it up by hand gives.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/framing.rs"]
mod framing;

fuzz_target!(|input: (Vec<u8>, u16, &[u8])| {
    let (pieces, room, octets) = input;
    let pieces: Vec<usize> = pieces.iter().map(|piece| usize::from(*piece) + 1).chain([1]).collect();
    assert!(framing::written(octets, &pieces, usize::from(room) + 1) == framing::expected(octets));
});
