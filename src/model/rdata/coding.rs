//! Hexadecimal, base64 and base32hex (RFC 4648), as zone files use them.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32HEX: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Appends the octets of hex digits spread over several texts; `None` when a digit is none or a pair is broken.
pub(super) fn unhex<'a>(texts: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) -> Option<()> {
    let mut high = None;
    for &byte in texts.flatten() {
        let digit = char::from(byte).to_digit(16)? as u8;
        high = match high {
            None => Some(digit),
            Some(high) => {
                out.push(high << 4 | digit);
                None
            }
        };
    }
    high.is_none().then_some(())
}

/// Appends hex digits, upper case as dig prints them.
pub(super) fn hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Appends the octets of base64 spread over several texts; padding must be there and stray bits zero.
pub(super) fn unbase64<'a>(texts: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) -> Option<()> {
    let (mut bits, mut count, mut padding) = (0u32, 0u8, 0u8);
    for &byte in texts.flatten() {
        if byte == b'=' {
            padding += 1;
            if count + padding > 4 || count < 2 {
                return None;
            }
            continue;
        }
        if padding > 0 {
            return None;
        }
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match (count, padding) {
        (0, 0) => {}
        (2, 2) if bits & 0xf == 0 => out.push((bits >> 4) as u8),
        (3, 1) if bits & 0x3 == 0 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    Some(())
}

/// Appends base64 with padding.
pub(super) fn base64(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let octet = |at| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..4 {
            out.push(match at <= chunk.len() {
                true => char::from(BASE64[(bits >> (18 - 6 * at) & 63) as usize]),
                false => '=',
            });
        }
    }
}

/// Appends the octets of unpadded base32hex, either case.
pub(super) fn unbase32(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (mut bits, mut count) = (0u32, 0);
    for byte in text {
        let value = char::from(*byte).to_digit(32)?;
        bits = bits << 5 | value;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (count < 5 && bits == 0).then_some(())
}

/// Appends unpadded base32hex, upper case as dig prints it.
pub(super) fn base32(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(5) {
        let bits = (0..5).fold(0u64, |bits, at| bits << 8 | u64::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..(chunk.len() * 8).div_ceil(5) {
            out.push(char::from(BASE32HEX[(bits >> (35 - 5 * at) & 31) as usize].to_ascii_uppercase()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc_4648_section_10() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            let mut text = String::new();
            base64(plain.as_bytes(), &mut text);
            assert_eq!(text, coded);
        }
        let mut text = String::new();
        base32(b"foobar", &mut text);
        assert_eq!(text, "CPNMUOJ1E8");
    }

    #[test]
    fn broken_codes_are_refused() {
        for text in ["Zg", "Zg=", "Zh==", "Z===", "Zg==Zg==", "Zm9", "Zm9=", "Z", "====", "Zm8_"] {
            let bad = unbase64([text.as_bytes()].into_iter(), &mut Vec::new());
            assert!(bad.is_none(), "{text}");
        }
        assert!(unhex([&b"abc"[..]].into_iter(), &mut Vec::new()).is_none());
        assert!(unhex([&b"a"[..], b"b"].into_iter(), &mut Vec::new()).is_some());
        assert!(unbase32(b"cpnmuoj1e", &mut Vec::new()).is_none(), "a stray digit");
    }

    proptest! {
        #[test]
        fn every_code_round_trips(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let (mut a, mut b, mut c) = (String::new(), String::new(), String::new());
            hex(&bytes, &mut a);
            base64(&bytes, &mut b);
            base32(&bytes, &mut c);
            let (mut x, mut y, mut z) = (vec![], vec![], vec![]);
            unhex([a.as_bytes()].into_iter(), &mut x).unwrap();
            unbase64([b.as_bytes()].into_iter(), &mut y).unwrap();
            unbase32(c.as_bytes(), &mut z).unwrap();
            prop_assert_eq!(&x, &bytes);
            prop_assert_eq!(&y, &bytes);
            prop_assert_eq!(&z, &bytes);
        }
    }
}
