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
/// What is served holds for so long at least, in seconds, and for its TTL up to half of what it lasts: whoever keeps it
/// until that is over should find it valid (RFC 6781 §4.4.2).
const LEFT: u32 = 6 * 3600;
/// The same of what is copied: copies are made anew every day, where nothing comes between.
const LEFT_IN_COPIES: u32 = 3 * DAY;
const DAY: u32 = 24 * 3600;
/// Draws and answers made for questions that are remembered of one zone: few of a small one, so that a server of many has
/// room.
const REMEMBERED: usize = 1024;
const FEW: usize = 16;

/// Octets of data, records and octets to sign of nearly all sets.
const SMALL: (usize, usize, usize) = (2048, 64, 4096);
/// The same of the largest ones that are signed.
const LARGE: (usize, usize, usize) = (1 << 16, 5461, 1 << 18);

/// Where a set comes from, which says how many like it there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Records at a name of the zone.
    Zone,
    /// One of many that a name of the zone has: a draw of several records, a denial of a type.
    Draw,
    /// Made for the very name that is asked, whatever it is: a wildcard's records, a denial of the name.
    Question,
}

/// What became of signatures that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Those that were made.
    pub made: usize,
    /// Those that could not be.
    pub failed: usize,
}

/// The signatures of one zone.
#[derive(Debug)]
pub struct Signatures {
    salt: [u64; 2],
    /// Those of records at their own names.
    kept: ArcSwap<Table>,
    /// Those of draws, and those made for names that are asked: a flood of these pushes out nothing but its like.
    draws: Table,
    questions: Table,
    /// Those of what only copies hold: the chain of names, and what is drawn for them.
    copied: ArcSwap<Table>,
}

/// What a set's signatures are found by.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    key: Key,
    origin: Origin,
    /// For how many seconds what is found there must hold to be served.
    left: u32,
}

impl Signatures {
    /// None yet, with room for those of so many sets; `salt` is nobody's but the server's to know, so that no two sets
    /// are found by one key.
    pub fn new(salt: [u64; 2], sets: usize) -> Self {
        let [kept, copied] = [sets, 0].map(|room| ArcSwap::from_pointee(Table::with_room(room)));
        let some = || Table::with_room(sets.clamp(FEW, REMEMBERED));
        Self { salt, kept, draws: some(), questions: some(), copied }
    }

    /// Makes room for what only copies of so many names hold.
    pub fn make_room_for_copies(&self, names: usize) {
        if !self.copied.load().fits(names) {
            self.copied.store(Arc::new(Table::with_room(names)));
        }
    }

    /// The signature that a set has in copies, for as long as those of records last; `made` where only copies hold it.
    pub fn for_copies(&self, key: &ZoneKey, set: &Set<'_>, made: bool, now: u32) -> Option<Signature> {
        let place = self.place(key, set, Origin::Zone);
        let table = if made { self.copied.load() } else { self.kept.load() };
        // Whoever copies it serves it for days, and whoever asks there keeps it until its TTL is over.
        let left = LEFT_IN_COPIES.saturating_add(set.ttl).min(LASTING - DAY);
        if let Some(signature) = table.find(place.key).filter(|found| found.holds(now, left)) {
            return Some(signature);
        }
        let signature = make(key, set, place, now)?;
        table.put(place.key, &signature, now);
        Some(signature)
    }

    /// Where the signature of a set by a key is.
    pub fn place(&self, key: &ZoneKey, set: &Set<'_>, origin: Origin) -> Place {
        let lasts = if origin == Origin::Zone { LASTING } else { PASSING };
        Place { key: self.key(key, set), origin, left: set.ttl.clamp(LEFT, lasts / 2) }
    }

    /// The signature in a place, where it holds now and long enough to be served.
    pub fn find(&self, place: Place, now: u32) -> Option<Signature> {
        let found = match place.origin {
            Origin::Zone => self.kept.load().find(place.key),
            Origin::Draw => self.draws.find(place.key),
            Origin::Question => self.questions.find(place.key),
        };
        found.filter(|found| found.holds(now, place.left))
    }

    /// Makes the signature of a set, to be found in its place; `None` where the key cannot be used or the set is larger
    /// than any that is signed.
    pub fn make(&self, key: &ZoneKey, set: &Set<'_>, place: Place, now: u32) -> Option<Signature> {
        let signature = make(key, set, place, now)?;
        match place.origin {
            Origin::Zone => self.kept.load().put(place.key, &signature, now),
            Origin::Draw => self.draws.put(place.key, &signature, now),
            Origin::Question => self.questions.put(place.key, &signature, now),
        }
        Some(signature)
    }

    /// Makes ahead of questions what `each` tells of: signatures of sets that are kept and have none, or one that holds
    /// for no more than half of its time. How many were made and how many could not be; for whoever has the time.
    pub fn renew(&self, sets: usize, now: u32, each: impl FnOnce(&mut dyn FnMut(&ZoneKey, &Set<'_>))) -> Renewed {
        let kept = self.kept.load_full();
        // What was left over of sets that are gone goes with the table.
        let table = match kept.fits(sets) {
            true => kept.clone(),
            false => Arc::new(Table::with_room(sets)),
        };
        let mut renewed = Renewed::default();
        each(&mut |key, set| {
            let place = self.place(key, set, Origin::Zone);
            let found = kept.find(place.key).filter(|found| found.holds(now, LASTING / 2));
            let signature = match found {
                Some(_) if Arc::ptr_eq(&kept, &table) => return,
                Some(found) => Some(found),
                None => {
                    let made = make(key, set, place, now);
                    renewed.made += usize::from(made.is_some());
                    renewed.failed += usize::from(made.is_none());
                    made
                }
            };
            signature.into_iter().for_each(|signature| table.put(place.key, &signature, now));
        });
        if !Arc::ptr_eq(&kept, &table) {
            self.kept.store(table);
        }
        renewed
    }

    /// What a signature is found by.
    fn key(&self, key: &ZoneKey, set: &Set<'_>) -> Key {
        let mut hasher = SipHasher13::new_with_keys(self.salt[0], self.salt[1]);
        hasher.write_u64(u64::from(key.tag) << 48 | u64::from(set.rtype.0) << 32 | u64::from(set.ttl));
        // Keys may share a tag (RFC 4034 App. B).
        hasher.write_u8(key.algorithm.number());
        hasher.write(key.public().first_chunk::<8>().map_or(&[][..], |public| public));
        hasher.write(set.owner);
        set.records.hash(&mut hasher);
        let hash = hasher.finish128();
        [hash.h1, hash.h2]
    }
}

/// A signature from an hour ago on, until its time is over.
fn make(key: &ZoneKey, set: &Set<'_>, place: Place, now: u32) -> Option<Signature> {
    let lasts = match place.origin {
        Origin::Zone => LASTING + place.key[0] as u32 % SPREAD,
        Origin::Draw | Origin::Question => PASSING,
    };
    let (inception, expiration) = (now.wrapping_sub(SKEW), now.wrapping_add(lasts));
    let octets = sign(key, set, inception, expiration)?;
    Some(Signature { inception, expiration, octets })
}

fn sign(key: &ZoneKey, set: &Set<'_>, inception: u32, expiration: u32) -> Option<[u8; 64]> {
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
