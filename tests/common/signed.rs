//! Zones signed in a world of the tests' own, and a validator of the tests' own (RFC 4035 §5.3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use waymark::keys::Key;
use waymark::model::Name;
use waymark::model::signing::{Algorithm, Signing};
use waymark::snapshot::geography::Geography;
use waymark::snapshot::health::HealthTable;
use waymark::snapshot::{Behaviour, Ground, Snapshot, World, compile};
use waymark::store;

use crate::message::{Record, WireName};

pub(crate) const NOW: u32 = 1_800_000_000;
pub(crate) const RRSIG: u16 = 46;
pub(crate) const NSEC: u16 = 47;
pub(crate) const DNSKEY: u16 = 48;

pub(crate) const RICH: &str = include_str!("rich.toml");

/// A world whose zones are signed: example.com by a KSK and a ZSK as Route 53 does, example.org by one Ed25519 key.
pub(crate) struct Lab {
    pub(crate) world: Arc<World>,
    pub(crate) keys: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::of(&[("example.com.toml", RICH), ("example.org.zone", include_str!("rich.zone"))], None)
    }

    pub(crate) fn of(files: &[(&str, &str)], before: Option<Self>) -> Self {
        let (keys, before) = match before {
            Some(Self { keys, world }) => (keys, Some(world.snapshot.clone())),
            None => (tempfile::tempdir().unwrap(), None),
        };
        let open = |file: &str, algorithm| Key::open(&keys.path().join(file), algorithm).unwrap();
        let by_two = {
            let (entry, zone) = (open("ksk", Algorithm::EcdsaP256), open("zsk", Algorithm::EcdsaP256));
            let entries = [entry.of_zone(true), open("ksk2", Algorithm::EcdsaP256).of_zone(true)].into();
            Signing {
                entries,
                zone: [zone.of_zone(false)].into(),
                beside: Box::default(),
                cds: Box::default(),
                salt: zone.salt(),
            }
        };
        let by_one = {
            let key = open("csk", Algorithm::Ed25519);
            let both: Box<[_]> = [key.of_zone(true)].into();
            Signing { entries: both.clone(), zone: both, beside: Box::default(), cds: Box::default(), salt: key.salt() }
        };
        let signing = |zone: &str| if zone.contains("org") { by_one.clone() } else { by_two.clone() };
        let world = world(files, before.as_deref(), |zone| Some(signing(zone)));
        Self { world: Arc::new(world), keys }
    }
}

pub(crate) fn world(
    files: &[(&str, &str)],
    before: Option<&Snapshot>,
    signing: impl Fn(&str) -> Option<Signing>,
) -> World {
    let loaded = store::load_texts(files, &store::Options::default()).unwrap_or_else(|found| panic!("{found:#?}"));
    let mut account = loaded.account;
    for zone in &mut account.zones {
        let name = zone.name.to_string();
        Arc::make_mut(zone).signing = signing(&name).map(Arc::new);
    }
    let ground = Ground {
        listeners: vec!["main".into()],
        geography: Arc::new(Geography::nowhere()),
        behaviour: Behaviour { authority_ns: true, ..Behaviour::default() },
    };
    let compiled = compile(&account, &ground, before).unwrap_or_else(|found| panic!("{found:#?}"));
    let health = HealthTable::new(&compiled.snapshot.checks);
    World::new(Arc::new(compiled.snapshot), health)
}

pub(crate) fn wire(name: &str) -> WireName {
    Name::parse(name, None).unwrap().wire().to_vec()
}

/// Octets of the name at the front.
pub(crate) fn name_len(octets: &[u8]) -> usize {
    let mut at = 0;
    while octets[at] > 0 {
        at += 1 + usize::from(octets[at]);
    }
    at + 1
}

pub(crate) fn labels(name: &[u8]) -> u8 {
    let (mut at, mut labels) = (0, 0);
    while name[at] > 0 {
        labels += 1;
        at += 1 + usize::from(name[at]);
    }
    labels
}

pub(crate) fn tag(dnskey: &[u8]) -> u16 {
    let sum = dnskey.chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(two.get(1).copied().unwrap_or(0)));
    let sum: u32 = sum.sum();
    (sum + (sum >> 16)) as u16
}

/// Folds the names that are signed in lower case (RFC 4034 §6.2).
pub(crate) fn canonical(rtype: u16, rdata: &[u8]) -> Vec<u8> {
    let mut rdata = rdata.to_vec();
    let (skip, names) = match rtype {
        2 | 5 | 12 | 39 => (0, 1),
        6 => (0, 2),
        15 => (2, 1),
        33 => (6, 1),
        _ => (0, 0),
    };
    let mut at = skip;
    for _ in 0..names {
        let end = at + name_len(&rdata[at..]);
        rdata[at..end].make_ascii_lowercase();
        at = end;
    }
    rdata
}

/// Whether an RRSIG record holds for a set by one of the keys (RFC 4035 §5.3); why not.
pub(crate) fn verify(set: &[&Record], rrsig: &Record, keys: &[Record], now: u32) -> Result<(), String> {
    let (head, rest) = rrsig.rdata.split_at(18);
    let signer = &rest[..name_len(rest)];
    let signature = &rest[signer.len()..];
    let number = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let first = set[0];
    let owner = first.owner.to_ascii_lowercase();
    if !(number(12) <= now && now + 3600 <= number(8)) {
        return Err(format!("holds from {} to {}, and it is {now}", number(12), number(8)));
    }
    let starred = u8::from(owner.starts_with(b"\x01*"));
    if head[3] + starred != labels(&owner) {
        return Err(format!("{} labels of {}", head[3], labels(&owner)));
    }
    if set.iter().any(|record| record.ttl != first.ttl) || rrsig.ttl != first.ttl || number(4) != first.ttl {
        return Err("TTLs differ".to_owned());
    }
    let tagged = u16::from_be_bytes([head[16], head[17]]);
    let key = keys.iter().find(|key| tag(&key.rdata) == tagged && key.rdata[3] == head[2]);
    let key = key.ok_or_else(|| format!("no key {tagged}"))?;
    if key.owner.to_ascii_lowercase() != signer {
        return Err("signed by another zone".to_owned());
    }
    let data: BTreeSet<_> = set.iter().map(|record| canonical(record.rtype, &record.rdata)).collect();
    let mut message = [head, signer].concat();
    for data in data {
        message.extend_from_slice(&owner);
        message.extend(first.rtype.to_be_bytes());
        message.extend(1u16.to_be_bytes());
        message.extend(first.ttl.to_be_bytes());
        message.extend((data.len() as u16).to_be_bytes());
        message.extend(data);
    }
    let public = &key.rdata[4..];
    let verified = match head[2] {
        13 => {
            let point = [&[4], public].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(&message, signature)
        }
        15 => UnparsedPublicKey::new(&ED25519, public).verify(&message, signature),
        other => return Err(format!("algorithm {other}")),
    };
    verified.map_err(|_| "does not verify".to_owned())
}

/// A set and its signatures.
pub(crate) type Signed<'a> = (Vec<&'a Record>, Vec<&'a Record>);

/// The sets of a section.
pub(crate) fn sets(section: &[Record]) -> Vec<Signed<'_>> {
    let mut found: BTreeMap<(WireName, u16), Signed<'_>> = BTreeMap::new();
    for record in section {
        let owner = record.owner.to_ascii_lowercase();
        match record.rtype {
            RRSIG => {
                found.entry((owner, u16::from_be_bytes([record.rdata[0], record.rdata[1]]))).or_default().1.push(record)
            }
            rtype => found.entry((owner, rtype)).or_default().0.push(record),
        }
    }
    found.into_values().collect()
}

/// The types that an NSEC record names.
pub(crate) fn types(nsec: &Record) -> Vec<u16> {
    let mut rest = &nsec.rdata[name_len(&nsec.rdata)..];
    let mut types = Vec::new();
    while let [window, len, after @ ..] = rest {
        for (at, octet) in after[..usize::from(*len)].iter().enumerate() {
            types.extend(
                (0..8).filter(|bit| octet & 0x80 >> bit > 0).map(|bit| u16::from(*window) * 256 + at as u16 * 8 + bit),
            );
        }
        rest = &after[usize::from(*len)..];
    }
    types
}
