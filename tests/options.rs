//! Whatever options a query carries, its reply is whole, fits, and gives cookies that are taken (the fuzz target `cookie`
//! goes on where this ends).

#[path = "common/options.rs"]
mod options;

use proptest::collection::vec;
use proptest::prelude::*;

/// An option: of the codes that mean something mostly, of the lengths that do mostly.
fn option() -> impl Strategy<Value = Vec<u8>> {
    let code = prop_oneof![8 => prop::sample::select(vec![3u16, 8, 9, 10, 11, 12]), 1 => any::<u16>()];
    let len = prop_oneof![6 => prop::sample::select(vec![0usize, 2, 4, 7, 8, 9, 15, 16, 24, 40, 41]), 1 => 0..300usize];
    (code, len, any::<u8>(), -1..=1i32).prop_map(|(code, len, fill, off)| {
        // Now and then an option claims more or less than it holds.
        let told = if fill == 0 { len.saturating_add_signed(off as isize) } else { len };
        [&code.to_be_bytes()[..], &(told as u16).to_be_bytes(), &vec![fill; len]].concat()
    })
}

proptest! {
    #[test]
    fn replies_are_whole_whatever_is_asked(
        options in vec(option(), 0..8),
        rtype in prop::option::of(prop::sample::select(vec![6u16, 16, 255, 666])),
        payload in any::<u16>(),
        now in any::<u32>(),
    ) {
        options::check(&options.concat(), rtype, payload, now);
    }
}

#[test]
fn a_truncated_answer_counts_its_options() {
    // Identity, cookie and a client subnet beside an answer that does not fit, then just does.
    let data = b"\0\x03\0\0\0\x0a\0\x08a client\0\x08\0\x07\0\x01\x18\0\xc6\x33\x64\0\x0b\0\0";
    for payload in 512..2600 {
        options::check(data, Some(16), payload, 1_700_000_000);
    }
}
