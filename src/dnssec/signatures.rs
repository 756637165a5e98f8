//! The signatures of one zone: found by what they cover, or made.

use std::hash::Hasher;
use std::sync::Arc;

use arc_swap::ArcSwap;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::canonical::{Builder, Set};
use super::table::{Key, Signature, Table};
use crate::model::signing::ZoneKey;

/// Seconds by which clocks of others may be behind (S-9).
const SKEW: u32 = 3600;
/// Seconds for which records of the zone are signed, and up to so many more, so that signatures made together do not end
/// together.
const LASTING: u32 = 7 * DAY;
const SPREAD: u32 = DAY;
/// Seconds for which answers made for one question are signed (S-9).
const PASSING: u32 = DAY;
/// What is served holds for so long at least, in seconds: whoever keeps it until its TTL is over should find it valid.
const LEFT: u32 = 6 * 3600;
/// The same of what is copied: copies are made anew every day, where nothing comes between.
const LEFT_IN_COPIES: u32 = 3 * DAY;
const DAY: u32 = 24 * 3600;
/// Answers made for one question that are remembered, of one zone.
const REMEMBERED: usize = 512;

/// Octets of data, records and octets to sign of nearly all sets.
const SMALL: (usize, usize, usize) = (2048, 64, 4096);
/// The same of the largest ones that are signed.
const LARGE: (usize, usize, usize) = (1 << 16, 5461, 1 << 18);

/// The signatures of one zone.
#[derive(Debug)]
pub struct Signatures {
    salt: [u64; 2],
    /// Those of records at their own names.
    kept: ArcSwap<Table>,
    /// Those of what is made up for a question: denials, wildcards, subsets.
    passing: Table,
    /// Those of what only copies hold: the chain of names, and what is drawn for them.
    copied: ArcSwap<Table>,
}

/// A signature, and whether it was made just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The signature.
    pub signature: Signature,
    /// It had to be made.
    pub is_new: bool,
}

impl Signatures {
    /// None yet, with room for those of so many sets; `salt` is nobody's but the server's to know, so that no two sets
    /// are found by one key.
    pub fn new(salt: [u64; 2], sets: usize) -> Self {
        let [kept, copied] = [sets, 0].map(|room| ArcSwap::from_pointee(Table::with_room(room)));
        Self { salt, kept, passing: Table::with_room(REMEMBERED), copied }
    }

    /// Makes room for what only copies of so many names hold, where there is none yet.
    pub fn make_room_for_copies(&self, names: usize) {
        if !self.copied.load().has_room(names) {
            self.copied.store(Arc::new(Table::with_room(names)));
        }
    }

    /// The signature that a set has in copies, for as long as those of records last; `made` where only copies hold it.
    pub fn for_copies(&self, key: &ZoneKey, set: &Set<'_>, made: bool, now: u32) -> Option<Signature> {
        let found_by = self.key(key, set);
        let table = if made { self.copied.load() } else { self.kept.load() };
        if let Some(signature) = table.find(found_by).filter(|found| found.holds(now, LEFT_IN_COPIES)) {
            return Some(signature);
        }
        let lasts = LASTING + found_by[0] as u32 % SPREAD;
        let (inception, expiration) = (now.wrapping_sub(SKEW), now.wrapping_add(lasts));
        let octets = make(key, set, inception, expiration)?;
        let signature = Signature { inception, expiration, octets };
        table.put(found_by, &signature, now);
        Some(signature)
    }

    /// The signature of a set by a key, `passing` where it is made up for one question; `None` where the key cannot be
    /// used or the set is larger than any that is signed.
    pub fn find_or_make(&self, key: &ZoneKey, set: &Set<'_>, passing: bool, now: u32) -> Option<Made> {
        let found_by = self.key(key, set);
        let kept;
        let table = match passing {
            true => &self.passing,
            false => {
                kept = self.kept.load();
                &**kept
            }
        };
        if let Some(signature) = table.find(found_by).filter(|found| found.holds(now, LEFT)) {
            return Some(Made { signature, is_new: false });
        }
        let lasts = if passing { PASSING } else { LASTING + found_by[0] as u32 % SPREAD };
        let (inception, expiration) = (now.wrapping_sub(SKEW), now.wrapping_add(lasts));
        let octets = make(key, set, inception, expiration)?;
        let signature = Signature { inception, expiration, octets };
        table.put(found_by, &signature, now);
        Some(Made { signature, is_new: true })
    }

    /// What a signature is found by.
    fn key(&self, key: &ZoneKey, set: &Set<'_>) -> Key {
        let mut hasher = SipHasher13::new_with_keys(self.salt[0], self.salt[1]);
        hasher.write_u64(u64::from(key.tag) << 48 | u64::from(set.rtype.0) << 32 | u64::from(set.ttl));
        hasher.write_u8(key.algorithm.number());
        hasher.write(set.owner);
        set.records.hash(&mut hasher);
        let hash = hasher.finish128();
        [hash.h1, hash.h2]
    }
}

fn make(key: &ZoneKey, set: &Set<'_>, inception: u32, expiration: u32) -> Option<[u8; 64]> {
    let head = set.head(key, inception, expiration);
    let (mut data, mut places, mut out) = ([0; SMALL.0], [(0, 0); SMALL.1], [0; SMALL.2]);
    let mut builder = Builder::new(set.rtype, &mut data, &mut places);
    match set.records.write(&mut builder).and_then(|()| builder.message(set, &head, &mut out)) {
        Some(message) => key.sign(message),
        None => make_large(key, set, &head),
    }
}

#[cold]
#[inline(never)]
fn make_large(key: &ZoneKey, set: &Set<'_>, head: &[u8]) -> Option<[u8; 64]> {
    let (mut data, mut places, mut out) = ([0; LARGE.0], [(0, 0); LARGE.1], [0; LARGE.2]);
    let mut builder = Builder::new(set.rtype, &mut data, &mut places);
    set.records.write(&mut builder)?;
    key.sign(builder.message(set, head, &mut out)?)
}
