//! Weighted: one record in proportion to its weight (P-18 … P-23).
//!
//! Healthy records with a weight come first, healthy ones of weight 0 stand by (W2), and when nothing is
//! healthy everything counts as healthy (W3).

use super::{Entropy, MOST_MEMBERS, Picks};

/// Words that hold a bit for each member of nearly every group (§2.6 allows 100), and for any group's.
const USUAL: usize = 4;
const ANY: usize = MOST_MEMBERS.div_ceil(64);

/// Draws one member by weight; members are in SetIdentifier order (P-23).
pub fn draw(weights: &[u8], healthy: impl FnMut(usize) -> bool, entropy: &mut Entropy) -> Picks {
    match weights.len() {
        0..=256 => draw_among::<USUAL>(weights, healthy, entropy),
        _ => draw_among::<ANY>(weights, healthy, entropy),
    }
}

fn draw_among<const WORDS: usize>(
    weights: &[u8],
    mut healthy: impl FnMut(usize) -> bool,
    entropy: &mut Entropy,
) -> Picks {
    let (mut total, mut standby) = (0, 0);
    let mut known = Bits([0; WORDS]);
    for (member, weight) in weights.iter().enumerate() {
        if healthy(member) {
            known.set(member);
            total += u32::from(*weight);
            standby += u32::from(*weight == 0);
        }
    }
    let last_resort = total == 0 && standby == 0;
    if last_resort {
        total = weights.iter().map(|weight| u32::from(*weight)).sum();
        standby = weights.len() as u32;
    }
    let eligible = |member: usize| last_resort || known.has(member);
    let picked = if total > 0 {
        let at = entropy.below(total);
        nth(
            weights.iter().enumerate().map(|(member, weight)| if eligible(member) { u32::from(*weight) } else { 0 }),
            at,
        )
    } else {
        let at = entropy.below(standby);
        nth((0..weights.len()).map(|member| u32::from(eligible(member))), at)
    };
    picked.map_or_else(Picks::default, |member| Picks::one(member, last_resort))
}

/// The first index whose running total exceeds `at` (P-23).
pub fn nth(shares: impl Iterator<Item = u32>, at: u32) -> Option<usize> {
    let mut total = 0;
    for (member, share) in shares.enumerate() {
        total += share;
        if total > at {
            return Some(member);
        }
    }
    None
}

/// Which members are healthy.
struct Bits<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Bits<WORDS> {
    fn set(&mut self, member: usize) {
        if let Some(word) = self.0.get_mut(member / 64) {
            *word |= 1 << (member % 64);
        }
    }

    fn has(&self, member: usize) -> bool {
        self.0.get(member / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_totals_split_the_range() {
        let pick = |at| nth([10, 20, 20].into_iter(), at);
        assert_eq!([0, 9, 10, 29, 30, 49].map(pick), [0, 0, 1, 1, 2, 2].map(Some), "T095, P-23");
        assert_eq!(pick(50), None);
    }

    #[test]
    fn large_groups_are_drawn_from_whole() {
        let weights = vec![1; MOST_MEMBERS];
        for count in [256, 257, 300, MOST_MEMBERS] {
            let last = |seed| draw(&weights[..count], |_| true, &mut Entropy::new(seed)).members().next();
            let picked: Vec<_> = (0..2000).map(last).collect();
            assert!(picked.iter().all(Option::is_some), "P-18: one of {count} healthy members answers");
            assert!(picked.iter().any(|member| member.is_some_and(|member| member >= count / 2)));
        }
    }

    #[test]
    fn standby_and_last_resort() {
        let drawn = |weights: &[u8], healthy: &[bool]| {
            let mut seen = std::collections::BTreeMap::new();
            for seed in 0..400 {
                let picks = draw(weights, |member| healthy[member], &mut Entropy::new(seed));
                *seen.entry((picks.members().next(), picks.last_resort)).or_insert(0) += 1;
            }
            seen.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(drawn(&[0, 10], &[true, true]), [(Some(1), false)], "T098");
        assert_eq!(drawn(&[0, 10], &[true, false]), [(Some(0), false)], "T099, W2");
        assert_eq!(drawn(&[0, 10], &[false, false]), [(Some(1), true)], "T101, W3");
        assert_eq!(drawn(&[0, 0], &[false, false]), [(Some(0), true), (Some(1), true)], "T102");
        assert_eq!(drawn(&[], &[]), [(None, false)]);
    }
}
