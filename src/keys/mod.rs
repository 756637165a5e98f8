//! Private keys of zones: pairs in files, each the whole file or none, and what is published of them (S-1, S-7).
//!
//! What signs stands behind [`Sign`]: a KMS or a token would be one more thing to open here.

mod whole_file;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{Digest, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

pub use whole_file::write_whole;

use crate::model::Name;
use crate::model::signing::{Algorithm, SIGNATURE, Sign, ZoneKey};

/// The digest type SHA-256 (RFC 4509).
pub const DIGEST: u8 = 2;
/// No PKCS #8 text of a pair is longer.
const LONGEST: u64 = 4096;
/// Octets of a file's name that a zone's may take: file systems take 255 in all.
const LONGEST_STEM: usize = 200;

/// A pair of keys.
pub struct Key {
    pair: Arc<Pair>,
    salt: [u64; 2],
}

enum Pair {
    EcdsaP256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Sign for Pair {
    fn sign(&self, message: &[u8]) -> Option<[u8; SIGNATURE]> {
        let signature = match self {
            Self::EcdsaP256(pair) => pair.sign(&SystemRandom::new(), message).ok()?,
            Self::Ed25519(pair) => pair.sign(message),
        };
        signature.as_ref().try_into().ok()
    }
}

impl Key {
    /// Reads the pair of this file, or makes one there; it is on disk when this returns.
    pub fn open(path: &Path, algorithm: Algorithm) -> io::Result<Self> {
        match Self::read(path, algorithm) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let document = generate(algorithm)?;
                let key = Self::of(&document, algorithm)?;
                write_whole(path, &document)?;
                Ok(key)
            }
            read => read,
        }
    }

    /// Reads the pair of this file.
    pub fn read(path: &Path, algorithm: Algorithm) -> io::Result<Self> {
        let mut document = Vec::new();
        File::open(path)?.take(LONGEST).read_to_end(&mut document)?;
        Self::of(&document, algorithm)
    }

    fn of(document: &[u8], algorithm: Algorithm) -> io::Result<Self> {
        let broken = |_| {
            let what = format!("it holds no {} key in PKCS #8", algorithm.name());
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        let pair = match algorithm {
            Algorithm::EcdsaP256 => {
                let rng = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &rng);
                Pair::EcdsaP256(pair.map_err(broken)?)
            }
            Algorithm::Ed25519 => Pair::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map_err(broken)?),
        };
        let hashed = digest(&SHA256, &[document, b"what signatures are found by"].concat());
        let word = |at: usize| hashed.as_ref()[at..].first_chunk().map_or(0, |word| u64::from_ne_bytes(*word));
        Ok(Self { pair: Arc::new(pair), salt: [word(0), word(8)] })
    }

    /// The key as a zone has it: one by which it is entered, or one that signs it.
    pub fn of_zone(&self, is_entry: bool) -> ZoneKey {
        let (algorithm, public) = match &*self.pair {
            // A point is told uncompressed, 4 before its coordinates; DNSKEY goes without (RFC 6605 §4).
            Pair::EcdsaP256(pair) => (Algorithm::EcdsaP256, &pair.public_key().as_ref()[1..]),
            Pair::Ed25519(pair) => (Algorithm::Ed25519, pair.public_key().as_ref()),
        };
        ZoneKey::new(algorithm, public, is_entry, self.pair.clone())
    }

    /// What nobody knows who has not read the file, the same at every time.
    pub fn salt(&self) -> [u64; 2] {
        self.salt
    }
}

/// A key of which only the public half is known, in base64; it signs nothing. `None` where that is no such key.
pub fn lost(algorithm: Algorithm, public: &str, is_entry: bool) -> Option<ZoneKey> {
    struct Lost;
    impl Sign for Lost {
        fn sign(&self, _: &[u8]) -> Option<[u8; SIGNATURE]> {
            None
        }
    }
    let public = BASE64_STANDARD.decode(public).ok()?;
    let octets = match algorithm {
        Algorithm::EcdsaP256 => 64,
        Algorithm::Ed25519 => 32,
    };
    (public.len() == octets).then(|| ZoneKey::new(algorithm, &public, is_entry, Arc::new(Lost)))
}

fn generate(algorithm: Algorithm) -> io::Result<Vec<u8>> {
    let rng = SystemRandom::new();
    let made = match algorithm {
        Algorithm::EcdsaP256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng),
        Algorithm::Ed25519 => Ed25519KeyPair::generate_pkcs8(&rng),
    };
    let document = made.map_err(|_| io::Error::other("the system gives no chance to make a key of"))?;
    Ok(document.as_ref().to_vec())
}

/// The public half in base64.
pub fn text(key: &ZoneKey) -> String {
    BASE64_STANDARD.encode(key.public())
}

/// Its DNSKEY in presentation form, without owner.
pub fn dnskey(key: &ZoneKey) -> String {
    format!("{} 3 {} {}", key.flags(), key.algorithm.number(), text(key))
}

/// The digest of a key at a zone's apex, in hexadecimal (RFC 4034 §5.1.4).
pub fn fingerprint(key: &ZoneKey, apex: &Name) -> String {
    hexadecimal(hashed(key, apex).as_ref())
}

fn hashed(key: &ZoneKey, apex: &Name) -> Digest {
    digest(&SHA256, &[apex.wire(), &key.dnskey].concat())
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        _ = write!(text, "{octet:02X}");
        text
    })
}

/// What the files of a zone's keys begin with: its name without the last dot, made safe. No two names have the same.
pub fn file_stem(zone: &Name) -> String {
    let text = zone.to_string();
    let bare = Some(text.trim_end_matches('.')).filter(|bare| !bare.is_empty()).unwrap_or(".");
    let mut stem = String::with_capacity(bare.len());
    for octet in bare.bytes() {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => stem.push(octet.into()),
            b'.' if !stem.is_empty() => stem.push('.'),
            other => _ = write!(stem, "%{other:02X}"),
        }
    }
    if stem.len() > LONGEST_STEM {
        let hashed = digest(&SHA256, zone.wire());
        stem.truncate(LONGEST_STEM - 2 * SHA256.output_len() - 1);
        stem = format!("{stem}~{}", hexadecimal(hashed.as_ref()));
    }
    stem
}

/// The data of the CDS record that says the same at the zone's apex (RFC 7344 §3.1).
pub fn cds(key: &ZoneKey, apex: &Name) -> Arc<[u8]> {
    [&key.tag.to_be_bytes()[..], &[key.algorithm.number(), DIGEST], hashed(key, apex).as_ref()].concat().into()
}

/// The DS record that the parent is to publish, without owner.
pub fn ds(key: &ZoneKey, apex: &Name) -> String {
    format!("{} {} {DIGEST} {}", key.tag, key.algorithm.number(), fingerprint(key, apex))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn s7_what_is_published_of_a_key() {
        struct Never;
        impl Sign for Never {
            fn sign(&self, _: &[u8]) -> Option<[u8; SIGNATURE]> {
                None
            }
        }
        // The key and its DS of RFC 6605 §6.1.
        let text = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
        let public = BASE64_STANDARD.decode(text).unwrap();
        let key = ZoneKey::new(Algorithm::EcdsaP256, &public, true, Arc::new(Never));
        let apex = Name::parse("example.net.", None).unwrap();
        assert_eq!(key.tag, 55648);
        assert_eq!(fingerprint(&key, &apex), "B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17");
        assert_eq!(dnskey(&key), format!("257 3 13 {text}"));
        assert!(ds(&key, &apex).starts_with("55648 13 2 B4C8"));
        let data = cds(&key, &apex);
        assert_eq!(
            (&data[..4], data.len(), &data[4..6]),
            (&[0xd9, 0x60, 13, 2][..], 36, &[0xb4, 0xc8][..]),
            "RFC 7344"
        );
    }

    #[test]
    fn names_of_zones_make_safe_names_of_files() {
        let stem = |name: &str| file_stem(&Name::parse(name, None).unwrap());
        assert_eq!(stem("Example.COM."), "example.com");
        assert_eq!(stem("."), "%2E");
        assert_eq!(stem("0/25.2.0.192.in-addr.arpa."), "0%2F25.2.0.192.in-addr.arpa");
        assert_ne!(stem("a\\.b."), stem("a.b."));
        assert!(!stem("\\.\\.\\/x.").contains('/'));
        let label = "\\000".repeat(40);
        let (long, other) = (format!("{label}.{label}.{label}.a."), format!("{label}.{label}.{label}.b."));
        assert!(stem(&long).len() <= LONGEST_STEM && stem(&long) != stem(&other), "{}", stem(&long));
    }

    #[test]
    fn a_key_is_made_once_and_nobody_else_reads_it() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("keys");
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Ed25519] {
            let open = |file: &str| Key::open(&folder.join(file), algorithm).map(|key| (key.of_zone(true), key.salt()));
            let (one, other) = (algorithm.name(), format!("{}.other", algorithm.name()));
            let made = open(one).unwrap();
            assert_eq!(open(one).unwrap(), made);
            assert_ne!(open(&other).unwrap(), made);
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join(one))), (0o700, 0o600));
            fs::write(folder.join("broken"), "x").unwrap();
            assert_eq!(open("broken").unwrap_err().kind(), io::ErrorKind::InvalidData);
            fs::remove_file(folder.join("broken")).unwrap();
        }
    }

    #[test]
    fn what_a_pair_signs_its_public_half_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let ecdsa = Key::open(&folder.path().join("ecdsa"), Algorithm::EcdsaP256).unwrap().of_zone(false);
        let point = [&[4][..], ecdsa.public()].concat();
        let signature = ecdsa.sign(b"message").unwrap();
        assert!(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(b"message", &signature).is_ok());
        let edwards = Key::open(&folder.path().join("edwards"), Algorithm::Ed25519).unwrap().of_zone(false);
        let signature = edwards.sign(b"message").unwrap();
        assert!(UnparsedPublicKey::new(&ED25519, edwards.public()).verify(b"message", &signature).is_ok());
        assert_eq!((ecdsa.flags(), ecdsa.dnskey.len(), edwards.dnskey.len()), (256, 68, 36));
    }
}
