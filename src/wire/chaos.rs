//! CHAOS questions: `version.bind` and `id.server`, told only where the operator wants it (RFC 4892, T038).

use crate::model::Chaos;

/// The text to tell for a name in wire form, folded; none refuses.
pub(super) fn text<'a>(chaos: &'a Chaos, name: &[u8]) -> Option<&'a str> {
    match name {
        b"\x07version\x04bind\x00" | b"\x07version\x06server\x00" => chaos.version.as_deref(),
        b"\x02id\x06server\x00" | b"\x08hostname\x04bind\x00" => chaos.id.as_deref(),
        _ => None,
    }
}

/// The text as a TXT record's single character-string, cut at 255 octets.
pub(super) fn rdata(text: &str, out: &mut [u8; 256]) -> usize {
    let len = text.len().min(255);
    out[0] = len as u8;
    out[1..=len].copy_from_slice(&text.as_bytes()[..len]);
    len + 1
}
