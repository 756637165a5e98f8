//! Who has had how many responses lately: one word of a fixed table for each network and kind of response.
//!
//! A bucket of tokens is kept as the time at which it will be full again, so that taking a token is one addition and
//! filling it up is none. All workers share the table and change a word by compare-and-swap. Eight words share a cache
//! line; a key that is not among its eight takes the place of the one that is full soonest, which is then forgotten: what
//! does not fit is let through. The hash is keyed, so that nobody can choose whom to share a word with.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use siphasher::sip::SipHasher13;

/// Sets of words; two MiB in all.
const SETS: usize = 1 << 15;
const WAYS: usize = 8;
/// Bits of a word that tell the time, in microseconds; it wraps after 203 days.
const TIME_BITS: u32 = 44;
const TIME: u64 = (1 << TIME_BITS) - 1;
/// The bit of a word whose key has been over its limit since its bucket was last full.
const IS_OVER: u64 = 1 << TIME_BITS;
/// How often a word that others change at the same time is tried; then the response is let through.
const TRIES: usize = 4;

#[derive(Debug, Default)]
#[repr(align(64))]
struct Set([AtomicU64; WAYS]);

/// How fast a bucket fills, and how large it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// Tokens a second; 1 and up.
    pub(super) tokens: u32,
    /// Seconds until an empty bucket is full; 1 and up.
    pub(super) window: u32,
}

/// What became of asking for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// There was one.
    Token,
    /// There was none; `begins` the first time since the bucket was full.
    Nothing { begins: bool },
}

#[derive(Debug)]
pub(super) struct Table {
    hasher: SipHasher13,
    sets: OnceLock<Box<[Set]>>,
}

impl Table {
    /// A table without memory yet.
    pub(super) fn new() -> Self {
        // RandomState draws its keys from the operating system.
        let chance = RandomState::new();
        Self { hasher: SipHasher13::new_with_keys(chance.hash_one(0), chance.hash_one(1)), sets: OnceLock::new() }
    }

    /// Takes the memory it needs, where it has not yet.
    pub(super) fn prepare(&self) {
        self.sets.get_or_init(|| (0..SETS).map(|_| Set::default()).collect());
    }

    /// Takes a token of `key` at the time `micros`.
    pub(super) fn take(&self, key: &[u8], rate: Rate, micros: u64) -> Taken {
        let Some(sets) = self.sets.get() else { return Taken::Token };
        let hash = self.hasher.hash(key);
        let tag = hash >> (TIME_BITS + 1);
        let words = &sets[hash as usize % SETS].0;
        let most = u64::from(rate.window) * 1_000_000;
        let step = (1_000_000 / u64::from(rate.tokens)).max(1);
        for _ in 0..TRIES {
            let (word, held) = find(words, tag, micros);
            let is_known = held >> (TIME_BITS + 1) == tag;
            // More than the bucket holds is no debt but an old word, another rate, or a clock that was set back.
            let debt = ahead(held, micros).filter(|debt| is_known && *debt <= most).unwrap_or(0);
            let was_over = if debt > 0 { held & IS_OVER } else { 0 };
            let is_over = debt + step > most;
            if is_over && was_over != 0 {
                return Taken::Nothing { begins: false };
            }
            let new = match is_over {
                true => held | IS_OVER,
                false => tag << (TIME_BITS + 1) | was_over | (micros + debt + step) & TIME,
            };
            if word.compare_exchange(held, new, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return if is_over { Taken::Nothing { begins: true } } else { Taken::Token };
            }
        }
        Taken::Token
    }
}

/// The word with this tag, or the one that is full soonest; and what it holds.
fn find(words: &[AtomicU64; WAYS], tag: u64, micros: u64) -> (&AtomicU64, u64) {
    let mut soonest = (&words[0], u64::MAX, 0);
    for word in words {
        let held = word.load(Ordering::Relaxed);
        if held >> (TIME_BITS + 1) == tag {
            return (word, held);
        }
        let debt = ahead(held, micros).unwrap_or(0);
        if debt < soonest.1 {
            soonest = (word, debt, held);
        }
    }
    (soonest.0, soonest.2)
}

/// How far the time in a word lies ahead of `micros`, in microseconds.
fn ahead(word: u64, micros: u64) -> Option<u64> {
    let ahead = word.wrapping_sub(micros) & TIME;
    (ahead < 1 << (TIME_BITS - 1)).then_some(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;
    const TEN: Rate = Rate { tokens: 10, window: 1 };

    fn table() -> Table {
        let table = Table::new();
        table.prepare();
        table
    }

    fn taken(table: &Table, key: &[u8], rate: Rate, times: usize, micros: u64) -> usize {
        (0..times).filter(|_| table.take(key, rate, micros) == Taken::Token).count()
    }

    #[test]
    fn a_full_bucket_is_a_windows_worth_and_it_fills_steadily() {
        let table = table();
        for start in [0, 5 * SECOND, TIME - 3 * SECOND, 7 * TIME + 12 * SECOND] {
            let key = start.to_be_bytes();
            assert_eq!(taken(&table, &key, TEN, 50, start), 10, "at {start}");
            assert_eq!(taken(&table, &key, TEN, 50, start + SECOND / 10), 1);
            assert_eq!(taken(&table, &key, TEN, 50, start + SECOND), 9, "across a wrap of the clock too");
            let mut sum = 0;
            for millis in 0..5_000 {
                sum += taken(&table, &key, TEN, 2, start + 2 * SECOND + millis * 1000);
            }
            assert!((58..=60).contains(&sum), "{sum} in five seconds and a burst");
        }
        let wide = Rate { tokens: 10, window: 15 };
        assert_eq!(taken(&table, b"wide", wide, 500, 0), 150);
    }

    #[test]
    fn the_beginning_is_told_once_until_the_bucket_was_full() {
        let table = table();
        let over = |micros| {
            taken(&table, b"k", TEN, 20, micros);
            table.take(b"k", TEN, micros)
        };
        assert_eq!(taken(&table, b"k", TEN, 10, 0), 10);
        assert_eq!(table.take(b"k", TEN, 0), Taken::Nothing { begins: true });
        assert_eq!(over(0), Taken::Nothing { begins: false });
        assert_eq!(over(SECOND / 2), Taken::Nothing { begins: false }, "it was never full");
        assert_eq!(taken(&table, b"k", TEN, 10, 9 * SECOND), 10);
        assert_eq!(table.take(b"k", TEN, 9 * SECOND), Taken::Nothing { begins: true });
    }

    #[test]
    fn a_clock_set_back_forgives_rather_than_limits() {
        for back in [1, SECOND / 2, SECOND, 3600 * SECOND] {
            let table = table();
            assert_eq!(taken(&table, b"k", TEN, 20, 7200 * SECOND), 10);
            assert_eq!(taken(&table, b"k", TEN, 20, 7200 * SECOND - back), 10, "{back} µs back");
        }
    }

    #[test]
    fn keys_do_not_disturb_each_other_and_what_does_not_fit_is_let_through() {
        let table = table();
        let short = (0..100_000u32).filter(|key| taken(&table, &key.to_be_bytes(), TEN, 10, 0) < 10).count();
        assert!(short < 20, "{short} of 100,000 share a word by chance");
        let remembered = (0..100_000u32).filter(|key| table.take(&key.to_be_bytes(), TEN, 0) != Taken::Token).count();
        assert!(remembered > 80_000, "{remembered} of 100,000 fit 262,144 words");
        let limited =
            (0..1_000_000u32).filter(|key| table.take(&(key + 200_000).to_be_bytes(), TEN, 0) != Taken::Token).count();
        assert!(limited < 100, "{limited} of a million new keys share a full word by chance");
    }

    #[test]
    fn all_threads_share_one_bucket() {
        let table = table();
        let rate = Rate { tokens: 1000, window: 1 };
        let count = || {
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| taken(&table, b"k", rate, 5000, SECOND))).collect();
                threads.into_iter().map(|thread| thread.join().expect("no panic")).sum::<usize>()
            })
        };
        let first = count();
        assert!((1000..1100).contains(&first), "{first}: only a word that changes all the time lets one more through");
    }

    #[test]
    fn without_memory_nobody_is_limited() {
        assert_eq!(taken(&Table::new(), b"k", TEN, 100, 0), 100);
    }
}
