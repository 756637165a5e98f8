//! Bit maps of record types (RFC 4034 §4.1.2): windows of up to 256 types, trailing zero octets left out.

use super::error::Fault;
use super::wire::Wire;
use crate::model::RecordType;

/// Appends the bit map of these types, in any order, duplicates allowed.
pub(super) fn write(mut types: Vec<u16>, out: &mut Vec<u8>) {
    types.sort_unstable();
    types.dedup();
    for window in types.chunk_by(|a, b| a >> 8 == b >> 8) {
        let mut bits = [0u8; 32];
        let mut len = 0;
        for number in window {
            let [_, low] = number.to_be_bytes();
            len = usize::from(low >> 3) + 1;
            bits[len - 1] |= 0x80 >> (low & 7);
        }
        out.push((window[0] >> 8) as u8);
        out.push(len as u8);
        out.extend_from_slice(&bits[..len]);
    }
}

/// The types of a bit map that runs to the end.
pub(super) fn read(wire: &mut Wire<'_>) -> Option<Vec<RecordType>> {
    let mut types = Vec::new();
    let mut last = None;
    while !wire.is_empty() {
        let window = wire.u8()?;
        let bits = wire.string()?;
        if last.is_some_and(|last| last >= window) || bits.is_empty() || bits.len() > 32 || bits.ends_with(&[0]) {
            return None;
        }
        last = Some(window);
        for (at, octet) in bits.iter().enumerate() {
            let set = (0..8).filter(|bit| octet & (0x80 >> bit) != 0);
            types.extend(set.map(|bit| RecordType(u16::from(window) << 8 | (at as u16) << 3 | bit)));
        }
    }
    Some(types)
}

/// Whether the rest is a bit map.
pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    read(wire).map(drop).ok_or(Fault::Wire)
}
