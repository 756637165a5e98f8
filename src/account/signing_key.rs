//! Key-signing keys: ECDSA P-256 pairs kept in files, and what is published of them (S-1, S-7).
//!
//! A KMS ARN stands for a key. Ours lie in `STATE/keys`, one file for each ARN, so that two zones that name one ARN share
//! one key, as at KMS.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use super::whole_file::write_whole;
use crate::model::Name;

/// ECDSAP256SHA256 (RFC 6605 §3).
pub(super) const ALGORITHM: u8 = 13;
/// Zone key and secure entry point (RFC 4034 §2.1.1).
pub(super) const FLAGS: u16 = 257;
/// SHA-256 (RFC 4509).
pub(super) const DIGEST: u8 = 2;
/// The only protocol there is (RFC 4034 §2.1.2).
const PROTOCOL: u8 = 3;
/// No PKCS #8 text of a P-256 pair is longer.
const LONGEST: u64 = 4096;

/// The published half of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey([u8; 64]);

/// The key's name in `arn:aws:kms:us-east-1:123456789012:key/ID` as a file's; `None` where that is no ARN of a key (S-1).
pub(super) fn file_of(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else { return None };
    let id = resource.strip_prefix("key/")?;
    let is_word = |text: &str| {
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let is_arn = is_word(partition) && region == "us-east-1" && account.len() == 12 && is_word(account) && is_word(id);
    is_arn.then(|| format!("{account}-{id}.p8"))
}

/// Reads the key of this file, or makes one there; it is on disk when this returns.
pub(super) fn open(folder: &Path, file: &str) -> io::Result<PublicKey> {
    let path = folder.join(file);
    match File::open(&path) {
        Ok(found) => {
            let mut document = Vec::new();
            found.take(LONGEST).read_to_end(&mut document)?;
            public(&document)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            let document = made.map_err(|_| io::Error::other("the system gives no chance to make a key of"))?;
            let public = public(document.as_ref())?;
            write_whole(&path, document.as_ref())?;
            Ok(public)
        }
        Err(error) => Err(error),
    }
}

fn public(document: &[u8]) -> io::Result<PublicKey> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "it holds no ECDSA P-256 key in PKCS #8");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &SystemRandom::new());
    let pair = pair.map_err(|_| broken())?;
    // A point is told uncompressed, 4 before its coordinates; DNSKEY goes without (RFC 6605 §4).
    let point = pair.public_key().as_ref().strip_prefix(&[4]).ok_or_else(broken)?;
    Ok(PublicKey(point.try_into().map_err(|_| broken())?))
}

impl PublicKey {
    /// The RDATA of its DNSKEY (RFC 4034 §2.1).
    fn rdata(&self) -> Vec<u8> {
        [&FLAGS.to_be_bytes()[..], &[PROTOCOL, ALGORITHM], &self.0].concat()
    }

    /// In base64.
    pub(super) fn text(&self) -> String {
        BASE64_STANDARD.encode(self.0)
    }

    /// Its DNSKEY in presentation form, without owner.
    pub(super) fn dnskey(&self) -> String {
        format!("{FLAGS} {PROTOCOL} {ALGORITHM} {}", self.text())
    }

    /// RFC 4034 App. B.
    pub(super) fn tag(&self) -> u16 {
        let rdata = self.rdata();
        let sum = rdata.iter().enumerate().map(|(at, octet)| u32::from(*octet) << if at % 2 == 0 { 8 } else { 0 });
        let sum: u32 = sum.sum();
        (sum + (sum >> 16 & 0xffff)) as u16
    }

    /// The digest of the key at a zone's apex, in hexadecimal (RFC 4034 §5.1.4).
    pub(super) fn digest(&self, apex: &Name) -> String {
        let hashed = digest(&SHA256, &[apex.wire(), &self.rdata()].concat());
        hashed.as_ref().iter().fold(String::new(), |mut text, octet| {
            _ = write!(text, "{octet:02X}");
            text
        })
    }

    /// The DS record that the parent is to publish, without owner.
    pub(super) fn ds(&self, apex: &Name) -> String {
        format!("{} {ALGORITHM} {DIGEST} {}", self.tag(), self.digest(apex))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn s7_what_is_published_of_a_key() {
        // The key and its DS of RFC 6605 §6.1.
        let text = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
        let key = PublicKey(BASE64_STANDARD.decode(text).unwrap().try_into().unwrap());
        let apex = Name::parse("example.net.", None).unwrap();
        assert_eq!(key.tag(), 55648);
        assert_eq!(key.digest(&apex), "B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17");
        assert_eq!(key.dnskey(), format!("257 3 13 {text}"));
        assert!(key.ds(&apex).starts_with("55648 13 2 B4C8"));
    }

    #[test]
    fn a_key_is_made_once_and_nobody_else_reads_it() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("keys");
        let made = open(&folder, "k.p8").unwrap();
        assert_eq!(open(&folder, "k.p8").unwrap(), made);
        assert_ne!(open(&folder, "other.p8").unwrap(), made);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("k.p8"))), (0o700, 0o600));
        fs::write(folder.join("broken.p8"), "x").unwrap();
        assert_eq!(open(&folder, "broken.p8").unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn s1_arns_name_files() {
        let arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(file_of(arn).as_deref(), Some("123456789012-1234abcd-12ab-34cd-56ef-1234567890ab.p8"));
        for bad in [
            "",
            "key/x",
            "arn:aws:kms:eu-west-1:123456789012:key/x",
            "arn:aws:kms:us-east-1:123456789012:alias/x",
            "arn:aws:kms:us-east-1:123456789012:key/../x",
            "arn:aws:kms:us-east-1:1:key/x",
            "arn:aws:s3:us-east-1:123456789012:key/x",
            "arn:aws:kms:us-east-1:123456789012:key/x:y",
        ] {
            assert_eq!(file_of(bad), None, "{bad}");
        }
    }
}
