//! The store beneath the API, as a process of its own and in a whole server: killed with `kill -9` at random moments, on a disk that
//! fills up, and on one that cannot be written.

mod client;
mod disk;
mod kill;
mod server;

use waymark::database::{Audit, Write};

/// A generator of numbers: the same seed, the same numbers (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What the batch that becomes `revision` says: the same whoever asks.
fn batch(seed: u64, revision: u64) -> (Vec<Write>, Audit) {
    let mut dice = Dice(seed.wrapping_mul(1_000_003) ^ revision.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.below(2);
    // One batch in eight is of many pages.
    let (count, longest) = if dice.below(8) == 0 { (60, 3000) } else { (4, 400) };
    let zone = format!("Z{}", dice.below(5));
    let writes = (0..=dice.below(count)).map(|_| {
        let key = format!("rrset/{zone}/{}", dice.below(100));
        match dice.below(4) {
            0 => Write::delete(key),
            _ => Write::set(key, format!("\"{revision} {}\"", "x".repeat(dice.below(longest) as usize))),
        }
    });
    let writes = writes.collect();
    let who = format!("key-{}", dice.below(3));
    let operation = "ChangeResourceRecordSets".to_owned();
    let audit =
        Audit { who, operation, request: format!("request-{revision}"), at: revision as i64, zones: vec![zone] };
    (writes, audit)
}
