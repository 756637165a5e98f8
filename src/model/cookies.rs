//! What the operator says of DNS cookies: the secrets they are made with, and whether clients must have one.

use std::fmt;

/// The key of server cookies, shared by all servers of an anycast set (RFC 9018 §5); never shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CookieSecret(pub [u8; 16]);

impl CookieSecret {
    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut secret = [0; 16];
        for (octet, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
            *octet = hex(pair)?;
        }
        Some(Self(secret))
    }
}

/// The octet that two hexadecimal digits write.
pub fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

impl fmt::Debug for CookieSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieSecret(…)")
    }
}

/// How server cookies are made and checked (RFC 7873, RFC 9018).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookies {
    /// What new cookies are made with.
    pub secret: CookieSecret,
    /// What else cookies may have been made with: the secret before, and the one to come (RFC 9018 §5).
    pub others: [Option<CookieSecret>; 2],
    /// A client that sends its half over UDP must send ours too, or is answered BADCOOKIE (RFC 7873 §5.2.3).
    pub require: bool,
}
