//! Signatures by what they cover, read and written by all workers at once without a lock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use crate::model::signing::SIGNATURE;

/// Slots of a bucket; a key may be in two buckets.
const BUCKET: usize = 8;
const WORDS: usize = SIGNATURE / 8;

/// A signature and when it holds, in seconds since 1970 modulo 2³² (RFC 4034 §3.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// From then on.
    pub inception: u32,
    /// Until then.
    pub expiration: u32,
    /// Its octets.
    pub octets: [u8; SIGNATURE],
}

impl Signature {
    /// Whether it holds now and for so many seconds more (RFC 4034 §3.1.5, RFC 1982).
    pub fn holds(&self, now: u32, more: u32) -> bool {
        let is_past = |from: u32, to: u32| to.wrapping_sub(from) < 1 << 31;
        is_past(self.inception, now) && is_past(now.wrapping_add(more), self.expiration)
    }
}

/// What a signature is found by: the keyed hash of what it covers.
pub(super) type Key = [u64; 2];

/// A table of so many slots; a key that finds no room takes another's.
#[derive(Debug)]
pub(super) struct Table {
    slots: Box<[Slot]>,
}

/// One signature; odd turns mean that it is being written.
#[derive(Debug, Default)]
struct Slot {
    turn: AtomicU32,
    inception: AtomicU32,
    expiration: AtomicU32,
    key: [AtomicU64; 2],
    octets: [AtomicU64; WORDS],
}

impl Slot {
    /// What is here, where nobody is writing.
    fn read(&self, key: Key) -> Option<Signature> {
        let turn = self.turn.load(Ordering::Acquire);
        if turn % 2 == 1 || turn == 0 || !self.is_of(key) {
            return None;
        }
        let mut octets = [0; SIGNATURE];
        for (to, from) in octets.as_chunks_mut::<8>().0.iter_mut().zip(&self.octets) {
            *to = from.load(Ordering::Relaxed).to_ne_bytes();
        }
        let signature = Signature {
            inception: self.inception.load(Ordering::Relaxed),
            expiration: self.expiration.load(Ordering::Relaxed),
            octets,
        };
        // What was read is whole only if nobody began to write meanwhile.
        fence(Ordering::Acquire);
        (self.turn.load(Ordering::Relaxed) == turn && self.is_of(key)).then_some(signature)
    }

    fn is_of(&self, key: Key) -> bool {
        self.key[0].load(Ordering::Relaxed) == key[0] && self.key[1].load(Ordering::Relaxed) == key[1]
    }

    /// Whether there is nothing here, or what holds no more.
    fn is_free(&self, now: u32) -> bool {
        let left = self.expiration.load(Ordering::Relaxed).wrapping_sub(now);
        self.turn.load(Ordering::Relaxed) == 0 || left == 0 || left >= 1 << 31
    }

    /// Puts a signature here, unless somebody else is at it.
    fn write(&self, key: Key, signature: &Signature) {
        let turn = self.turn.load(Ordering::Relaxed);
        // Never 0 again: that is for slots nobody wrote to.
        let done = turn.wrapping_add(2).max(2);
        if turn % 2 == 1 || self.turn.compare_exchange(turn, done - 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return;
        }
        fence(Ordering::Release);
        self.key.iter().zip(key).for_each(|(to, word)| to.store(word, Ordering::Relaxed));
        self.inception.store(signature.inception, Ordering::Relaxed);
        self.expiration.store(signature.expiration, Ordering::Relaxed);
        for (to, from) in self.octets.iter().zip(signature.octets.as_chunks::<8>().0) {
            to.store(u64::from_ne_bytes(*from), Ordering::Relaxed);
        }
        self.turn.store(done, Ordering::Release);
    }
}

impl Table {
    /// A table with room for so many signatures and more than half as many again.
    pub(super) fn with_room(signatures: usize) -> Self {
        let slots = (signatures * 8 / 5 + 2 * BUCKET).next_multiple_of(BUCKET);
        Self { slots: (0..slots).map(|_| Slot::default()).collect() }
    }

    /// Whether it is of the size for so many signatures, or has been for some fewer or more: seven tenths are the most
    /// that find room without pushing others out.
    pub(super) fn fits(&self, signatures: usize) -> bool {
        10 * signatures <= 7 * self.slots.len() && self.slots.len() <= 4 * (signatures + BUCKET)
    }

    fn buckets(&self, key: Key) -> [&[Slot]; 2] {
        key.map(|word| {
            // Its share of all hashes is the bucket's of all buckets.
            let share = (u128::from(word) * (self.slots.len() / BUCKET) as u128) >> 64;
            let at = share as usize * BUCKET;
            &self.slots[at..at + BUCKET]
        })
    }

    /// The signature of what has this key, whether it holds or not.
    pub(super) fn find(&self, key: Key) -> Option<Signature> {
        self.buckets(key).into_iter().flatten().find_map(|slot| slot.read(key))
    }

    /// Puts a signature in, in place of one with its key, of none, of one that holds no more, or else of any.
    pub(super) fn put(&self, key: Key, signature: &Signature, now: u32) {
        let buckets = self.buckets(key);
        let own = buckets.into_iter().flatten().find(|slot| slot.is_of(key));
        let slot = own.unwrap_or_else(|| {
            // The emptier of the two: then hardly any is ever full before the table is.
            let [one, other] = buckets.map(|bucket| bucket.iter().filter(|slot| slot.is_free(now)).count());
            let bucket = buckets[usize::from(other > one)];
            let free = bucket.iter().find(|slot| slot.is_free(now));
            free.unwrap_or(&bucket[key[1] as usize % BUCKET])
        });
        slot.write(key, signature);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn signature(of: u64) -> Signature {
        let mut octets = [0; SIGNATURE];
        octets.as_chunks_mut::<8>().0.iter_mut().for_each(|word| *word = of.to_ne_bytes());
        Signature { inception: of as u32, expiration: u32::MAX / 4, octets }
    }

    #[test]
    fn what_is_put_is_found_and_the_rest_is_not() {
        // As hashes are: without any order.
        let mixed = |of: u64| {
            let of = (of ^ of >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let of = (of ^ of >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            of ^ of >> 31
        };
        let key = |of: u64| [mixed(of), mixed(!of)];
        for room in [9, 40, 170, 341, 1365, 21_845, 100_000] {
            let table = Table::with_room(room);
            assert!(table.slots.len() * 5 <= room * 8 + 120 && table.fits(room), "{room}");
            // As full as it gets.
            let room = table.slots.len() * 7 / 10;
            assert!(table.fits(room) && !table.fits(room + 1), "{room}");
            let room = room as u64;
            (1..=room).for_each(|of| table.put(key(of), &signature(of), 5));
            let lost = (1..=room).filter(|of| table.find(key(*of)) != Some(signature(*of))).count();
            assert_eq!(lost, 0, "of {room}");
            assert!((room + 1..2 * room).all(|of| table.find(key(of)).is_none()));
        }
    }

    #[test]
    fn what_holds_no_more_gives_way_first() {
        let table = Table::with_room(1);
        let old = Signature { expiration: 10, ..signature(1) };
        (0..7).for_each(|of| table.put([0, of], &signature(of), 5));
        table.put([0, 7], &old, 5);
        table.put([0, 8], &signature(8), 20);
        assert_eq!(table.find([0, 7]), None);
        assert!((0..7).chain([8]).all(|of| table.find([0, of]).is_some()));
        table.put([0, 9], &signature(9), 20);
        assert_eq!((0..7).chain([8, 9]).filter(|of| table.find([0, *of]).is_some()).count(), 8, "one gave way");
    }

    #[test]
    fn signatures_hold_from_their_inception_to_their_expiration_around_the_end_of_time() {
        let signature = Signature { inception: u32::MAX - 10, expiration: 20, octets: [0; SIGNATURE] };
        assert!(signature.holds(u32::MAX - 10, 0) && signature.holds(3, 10));
        assert!(!signature.holds(u32::MAX - 11, 0), "the clock went back");
        assert!(!signature.holds(15, 6) && !signature.holds(21, 0));
    }

    #[test]
    fn readers_never_see_half_of_one() {
        let table = Arc::new(Table::with_room(1));
        let write = |of: u64| {
            let table = table.clone();
            std::thread::spawn(move || (0..20_000).for_each(|_| table.put([0, 1], &signature(of), 5)))
        };
        let writers = [write(1), write(2)];
        while writers.iter().any(|writer| !writer.is_finished()) {
            if let Some(found) = table.find([0, 1]) {
                assert!(found == signature(1) || found == signature(2), "{found:?}");
            }
        }
    }
}
