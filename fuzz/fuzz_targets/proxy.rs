//! Any octets as a PROXY header: no panic, nothing behind the end, and whatever follows a header does not change it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::edge::proxy::header;

fuzz_target!(|octets: &[u8]| {
    let Some(found) = header(octets) else { return };
    assert!((16..=octets.len()).contains(&found.len));
    assert_eq!(found.len, 16 + usize::from(u16::from_be_bytes([octets[14], octets[15]])));
    assert!(octets.starts_with(b"\r\n\r\n\0\r\nQUIT\n"));
    assert_eq!(header(&octets[..found.len]), Some(found));
    assert_eq!(header(&octets[..found.len - 1]), None);
    assert!(octets[12] == 0x21 || found.source.is_none());
});
