//! Ids that the account gives out (I-25).

/// Characters after the letter of zones', changes' and delegation sets' ids (Z-6).
const LENGTH: usize = 20;

/// A new id of `letter` and 20 capital letters and digits: `Z` for zones, `C` for changes, `N` for delegation sets.
pub fn lettered(letter: char) -> String {
    const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut id = String::with_capacity(LENGTH + 1);
    id.push(letter);
    while id.len() <= LENGTH {
        // 252 is the largest multiple of 36 in a byte: what is above would favour the first letters.
        let fair = octets::<32>().into_iter().filter(|octet| *octet < 252);
        id.extend(fair.take(LENGTH + 1 - id.len()).map(|octet| char::from(ALPHABET[usize::from(octet % 36)])));
    }
    id
}

/// A new UUID of version 4, in lower case (RFC 9562 §5.4): health checks, collections, policies, instances, requests.
pub fn uuid() -> String {
    let mut octets: [u8; 16] = octets();
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A new number, for draws.
pub fn number() -> u64 {
    u64::from_le_bytes(octets())
}

/// # Panics
/// The system has no chance to give, which Linux always has once it is up.
fn octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).expect("the system's chance");
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i25_ids_have_their_shapes_and_differ() {
        let zone = lettered('Z');
        assert!(zone.len() == 21 && zone.starts_with('Z'), "{zone}");
        assert!(zone.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{zone}");
        assert_ne!(zone, lettered('Z'));
        let id = uuid();
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!((groups, &id[14..15]), (vec![8, 4, 4, 4, 12], "4"), "{id}");
        assert_ne!(id, uuid());
    }
}
