//! How a zone is signed: its keys, and what stands behind them (RFC 4034 §2, S-1, S-8).

use std::fmt;
use std::sync::Arc;

use super::At;

/// Octets of a signature of either algorithm here (RFC 6605 §4, RFC 8080 §4).
pub const SIGNATURE: usize = 64;
/// The most key-signing keys of a zone, whatever quotas say.
pub const MOST_ENTRIES: usize = 8;
/// Zone key (RFC 4034 §2.1.1).
const ZONE: u16 = 256;
/// Secure entry point (RFC 4034 §2.1.1).
const ENTRY: u16 = 1;
/// The only protocol there is (RFC 4034 §2.1.2).
const PROTOCOL: u8 = 3;

/// What signs with a private key, wherever that is kept; a file's now, a KMS's or a token's behind the same seam.
pub trait Sign: Send + Sync {
    /// The signature of a message; `None` where the key cannot be used now. It neither blocks nor allocates.
    fn sign(&self, message: &[u8]) -> Option<[u8; SIGNATURE]>;
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// ECDSAP256SHA256, 13 (RFC 6605), which is Route 53's (S-1).
    EcdsaP256,
    /// ED25519, 15 (RFC 8080).
    Ed25519,
}

impl Algorithm {
    /// Its number (RFC 8624 §3.1).
    pub fn number(self) -> u8 {
        match self {
            Self::EcdsaP256 => 13,
            Self::Ed25519 => 15,
        }
    }

    /// Its mnemonic.
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ECDSAP256SHA256",
            Self::Ed25519 => "ED25519",
        }
    }
}

/// A key of a zone.
#[derive(Clone)]
pub struct ZoneKey {
    /// The data of its DNSKEY record (RFC 4034 §2.1).
    pub dnskey: Arc<[u8]>,
    /// Its tag (RFC 4034 App. B).
    pub tag: u16,
    /// How it signs.
    pub algorithm: Algorithm,
    signer: Arc<dyn Sign>,
}

impl ZoneKey {
    /// The key whose public half this is: of those that are entered by (KSK, S-1), or of those that sign the zone.
    pub fn new(algorithm: Algorithm, public: &[u8], is_entry: bool, signer: Arc<dyn Sign>) -> Self {
        let flags = ZONE | if is_entry { ENTRY } else { 0 };
        let dnskey = [&flags.to_be_bytes()[..], &[PROTOCOL, algorithm.number()], public].concat();
        Self { tag: tag(&dnskey), dnskey: dnskey.into(), algorithm, signer }
    }

    /// The public half.
    pub fn public(&self) -> &[u8] {
        &self.dnskey[4..]
    }

    /// Flags of its DNSKEY: 257 or 256.
    pub fn flags(&self) -> u16 {
        u16::from_be_bytes([self.dnskey[0], self.dnskey[1]])
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> Option<[u8; SIGNATURE]> {
        self.signer.sign(message)
    }
}

/// The tag of a key by the data of its DNSKEY record (RFC 4034 App. B).
pub fn tag(dnskey: &[u8]) -> u16 {
    let sum = dnskey.iter().enumerate().map(|(at, octet)| u32::from(*octet) << if at % 2 == 0 { 8 } else { 0 });
    let sum: u32 = sum.sum();
    (sum + (sum >> 16 & 0xffff)) as u16
}

// What signs is never shown.
impl fmt::Debug for ZoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZoneKey").field("flags", &self.flags()).field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl PartialEq for ZoneKey {
    fn eq(&self, other: &Self) -> bool {
        self.dnskey == other.dnskey
    }
}

impl Eq for ZoneKey {}

/// How the operator wants a zone of a file signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How its keys sign.
    pub algorithm: Algorithm,
    /// Whether one key is both what the zone is entered by and what signs it (CSK), not a KSK and a ZSK.
    pub is_single: bool,
    /// Whether the parent finds at the apex which DS records it is to publish (RFC 7344).
    pub cds: bool,
    /// Where it is written.
    pub at: At,
}

/// How one zone is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// Those that are published and sign the keys: every active KSK (S-8).
    pub entries: Box<[ZoneKey]>,
    /// Those that sign everything else, published too: one, but while algorithms change.
    pub zone: Box<[ZoneKey]>,
    /// Published beside them, and signing nothing: those to come, and those that go (RFC 6781 §4.1.1.1).
    pub beside: Box<[Arc<[u8]>]>,
    /// Data of the CDS records at the apex, one for each of `entries`; none where the parent is not told (RFC 7344 §4).
    pub cds: Box<[Arc<[u8]>]>,
    /// What signatures are found by, made of what nobody else knows.
    pub salt: [u64; 2],
}

impl Signing {
    /// Data of all DNSKEY records, each once.
    pub fn published(&self) -> impl Iterator<Item = &Arc<[u8]>> {
        let entries = self.entries.iter().map(|key| &key.dnskey);
        // A key that is both signs all (CSK).
        let zone = self.zone.iter().filter(|key| !self.entries.contains(key)).map(|key| &key.dnskey);
        entries.chain(zone).chain(&self.beside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_its_tag() {
        struct Never;
        impl Sign for Never {
            fn sign(&self, _: &[u8]) -> Option<[u8; SIGNATURE]> {
                None
            }
        }
        // RFC 8080 §6.1: the key of example.com, tag 3613.
        let public = [
            0x97, 0x4d, 0x96, 0xa2, 0x2d, 0x22, 0x4b, 0xc0, 0x1a, 0xdb, 0x91, 0x50, 0x91, 0x47, 0x7d, 0x44, 0xcc, 0xd9,
            0x1c, 0x9a, 0x41, 0xa1, 0x14, 0x30, 0x01, 0x01, 0x17, 0xd5, 0x2c, 0x59, 0x24, 0x0e,
        ];
        let key = ZoneKey::new(Algorithm::Ed25519, &public, true, Arc::new(Never));
        assert_eq!((key.tag, key.flags(), key.public()), (3613, 257, &public[..]));
    }
}
