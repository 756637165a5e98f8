//! Any octets as the options of an OPT record, any time: replies are whole, and the cookies we give we take.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/options.rs"]
mod options;

fuzz_target!(|input: (Option<u16>, u16, u32, &[u8])| {
    let (rtype, payload, now, data) = input;
    options::check(data, rtype, payload, now);
});
