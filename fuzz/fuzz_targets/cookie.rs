//! Any octets as the options of an OPT record, any time: replies are whole, and the cookies we give we take.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/options.rs"]
mod options;

fuzz_target!(|input: (bool, u16, u32, &[u8])| {
    let (asked, rtype, now, data) = input;
    options::check(data, asked, rtype, now);
});
