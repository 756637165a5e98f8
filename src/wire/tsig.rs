//! TSIG: no key is known here, and whoever signs a query is told so, unsigned (RFC 8945 §5.2.1, §5.3.2). Whoever knows
//! keys takes such a query's record off, asks again, and signs the reply (`edge`).

use crate::model::name::MAX_NAME;
use crate::tsig::expand;

const TSIG: [u8; 2] = [0, 250];
const CLASS_ANY: [u8; 2] = [0, 255];
const BADKEY: [u8; 2] = crate::tsig::BADKEY.to_be_bytes();

/// Writes the TSIG record that answers the one at `at` of the packet; its length, or none where it has no room.
pub(super) fn refuse(packet: &[u8], at: usize, room: &mut [u8]) -> Option<usize> {
    let mut key = [0; MAX_NAME];
    let (key_len, end) = expand(packet, at, &mut key)?;
    // Type, class and TTL, then the length; the algorithm is never compressed (RFC 8945 §4.2).
    let data = packet.get(end + 10..)?;
    let mut algorithm = [0; MAX_NAME];
    let (algorithm_len, rest) = expand(data, 0, &mut algorithm)?;
    let time_and_fudge = data.get(rest..rest + 8)?;
    let mac = usize::from(u16::from_be_bytes([*data.get(rest + 8)?, *data.get(rest + 9)?]));
    let id = data.get(rest + 10 + mac..rest + 12 + mac)?;
    let len = (algorithm_len + 16) as u16;
    let parts: [&[u8]; 10] = [
        &key[..key_len],
        &TSIG,
        &CLASS_ANY,
        &[0; 4],
        &len.to_be_bytes(),
        &algorithm[..algorithm_len],
        time_and_fudge,
        &[0; 2],
        id,
        &BADKEY,
    ];
    let mut written = 0;
    // What follows the error is the length of other data: none.
    for part in parts.into_iter().chain([&[0; 2][..]]) {
        room.get_mut(written..written + part.len())?.copy_from_slice(part);
        written += part.len();
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::super::query::HEADER;
    use super::*;

    fn signature(key: &[u8]) -> Vec<u8> {
        let head = [&[0; HEADER][..], b"\x03www\x07example\x00\0\x01\0\x01"].concat();
        let data = b"\x0bhmac-sha256\x00\0\0\x65\0\0\x01\x01\x2c\0\x04MACs\xab\xcd\0\0\0\0";
        [&head[..], key, b"\0\xfa\0\xff\0\0\0\0", &(data.len() as u16).to_be_bytes(), data].concat()
    }

    #[test]
    fn the_refusal_names_the_key_and_has_no_mac() {
        let expected = b"\x03key\x07example\x00\0\xfa\0\xff\0\0\0\0\0\x1d\x0bhmac-sha256\x00\0\0\x65\0\0\x01\x01\x2c\0\0\xab\xcd\0\x11\0\0";
        for key in [&b"\x03key\x07example\x00"[..], b"\x03key\xc0\x10"] {
            let packet = signature(key);
            let mut room = [0; 100];
            let len = refuse(&packet, HEADER + 17, &mut room).expect("there is room");
            assert_eq!(&room[..len], expected, "{key:02x?}");
            assert_eq!(refuse(&packet, HEADER + 17, &mut room[..len - 1]), None, "all of it or nothing");
        }
        for key in [&b"\xc0\x1d"[..], b"\x01a\xc0\x1d", b"\xc0\x00", b"\xff\xff"] {
            assert_eq!(refuse(&signature(key), HEADER + 17, &mut [0; 100]), None, "{key:02x?}");
        }
    }
}
