//! However a stream is cut into pieces, its messages are answered whole, each once and in order (RFC 7766 §8, RFC 1035
//! §4.2.2).

#[path = "common/framing.rs"]
mod framing;

use proptest::prelude::*;

const WWW: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01";

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

/// Questions, responses that deserve silence, anything at all, and rarely what has no header.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let answer =
        WWW.iter().enumerate().map(|(at, octet)| if at == 2 { octet | 0x80 } else { *octet }).collect::<Vec<_>>();
    prop_oneof![
        8 => Just(framed(WWW)),
        2 => Just(framed(&answer)),
        3 => proptest::collection::vec(any::<u8>(), 12..600).prop_map(|message| framed(&message)),
        1 => proptest::collection::vec(any::<u8>(), 0..12).prop_map(|message| framed(&message)),
        1 => Just([&[0x01, 0x00], WWW].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pieces_do_not_matter(
        messages in proptest::collection::vec(message(), 0..60),
        pieces in proptest::collection::vec(1usize..300, 1..8),
        room in 1usize..3000,
    ) {
        let octets = messages.concat();
        prop_assert_eq!(framing::written(&octets, &pieces, room), framing::expected(&octets));
    }
}

#[test]
fn more_than_a_turn_and_more_than_a_batch_are_all_answered() {
    let octets = framed(WWW).repeat(3000);
    let expected = framing::expected(&octets);
    assert_eq!(expected.len(), 3000 * (2 + WWW.len() + 16));
    for (pieces, room) in [(vec![octets.len()], 1 << 20), (vec![1, 7, 65_535], 512)] {
        assert!(framing::written(&octets, &pieces, room) == expected, "{pieces:?}");
    }
}
