//! Weighted: one record in proportion to its weight (P-18 … P-23).
//!
//! Healthy records with a weight come first, healthy ones of weight 0 stand by (W2), and when nothing is
//! healthy everything counts as healthy (W3).

use super::{Entropy, MOST_MEMBERS, Picks};
use crate::model::check::FULL_SHARE;

/// Members for which there is room on the stack: of nearly every group, of those within the limits (§2.6), of any.
const FEW: usize = 32;
const USUAL: usize = 256;

/// Draws one member by weight; members are in SetIdentifier order (P-23).
///
/// A member's share lessens its weight (degraded, in slow start) as long as it is healthy at all; with nothing
/// lessened the draw is that of the weights as written.
pub fn draw(weights: &[u8], share: impl FnMut(usize) -> u8, entropy: &mut Entropy) -> Picks {
    match weights.len() {
        count if count <= FEW => draw_among::<FEW>(weights, share, entropy),
        count if count <= USUAL => draw_among::<USUAL>(weights, share, entropy),
        _ => draw_among::<MOST_MEMBERS>(weights, share, entropy),
    }
}

fn draw_among<const ROOM: usize>(weights: &[u8], mut share: impl FnMut(usize) -> u8, entropy: &mut Entropy) -> Picks {
    let mut room = [0; ROOM];
    let shares = &mut room[..weights.len().min(ROOM)];
    shares.iter_mut().enumerate().for_each(|(member, kept)| *kept = share(member));
    let scale = Scale::of(weights, shares);
    let picked = nth(scale.parts(weights, shares), entropy.below(scale.total));
    picked.map_or_else(Picks::default, |member| Picks::one(member, scale.last_resort))
}

/// The odds of a group's members, worked out once for many draws: the same draws as [`draw`] makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Odds {
    /// Running totals of what members weigh now.
    running: Box<[u32]>,
    last_resort: bool,
}

impl Odds {
    /// The odds of members with these weights and shares.
    pub fn new(weights: &[u8], shares: &[u8]) -> Self {
        let scale = Scale::of(weights, shares);
        let mut total = 0;
        let running = scale.parts(weights, shares).map(|part| {
            total += part;
            total
        });
        Self { running: running.collect(), last_resort: scale.last_resort }
    }

    /// Draws one member.
    #[inline]
    pub fn draw(&self, entropy: &mut Entropy) -> Picks {
        let total = self.running.last().copied().unwrap_or(0);
        let at = entropy.below(total);
        let member = self.running.partition_point(|running| *running <= at);
        if member < self.running.len() { Picks::one(member, self.last_resort) } else { Picks::default() }
    }
}

/// By what members are weighed against each other.
#[derive(Clone, Copy)]
struct Scale {
    by: By,
    /// What all of them weigh together.
    total: u32,
    /// Nothing is healthy, so everything counts as healthy (W3).
    last_resort: bool,
}

#[derive(Clone, Copy)]
enum By {
    /// Weights as written.
    Weight,
    /// Weights lessened by shares.
    WeightAndShare,
    /// Nothing, all count alike: only weights of 0 are left (W2).
    None,
}

impl Scale {
    fn of(weights: &[u8], shares: &[u8]) -> Self {
        // 65,536 weights of 255 at a share of 255 still fit.
        let (mut total, mut lessened, mut standby) = (0_u32, 0_u32, 0_u32);
        for (weight, share) in weights.iter().zip(shares).filter(|(_, share)| **share > 0) {
            total += u32::from(*weight);
            lessened += u32::from(*weight) * u32::from(*share);
            standby += u32::from(*weight == 0);
        }
        let last_resort = total == 0 && standby == 0;
        if last_resort {
            total = weights.iter().map(|weight| u32::from(*weight)).sum();
            lessened = total * u32::from(FULL_SHARE);
            standby = weights.len() as u32;
        }
        if total == 0 {
            Self { by: By::None, total: standby, last_resort }
        } else if lessened == total * u32::from(FULL_SHARE) {
            Self { by: By::Weight, total, last_resort }
        } else {
            Self { by: By::WeightAndShare, total: lessened, last_resort }
        }
    }

    /// What each member weighs.
    fn parts(self, weights: &[u8], shares: &[u8]) -> impl Iterator<Item = u32> {
        weights.iter().zip(shares).map(move |(weight, share)| {
            let (weight, share) = (u32::from(*weight), if self.last_resort { FULL_SHARE } else { *share });
            match self.by {
                By::None => u32::from(share > 0),
                By::Weight if share > 0 => weight,
                By::Weight => 0,
                By::WeightAndShare => weight * u32::from(share),
            }
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t095_running_totals_split_the_range() {
        for (r, member) in [(0, 0), (9, 0), (10, 1), (29, 1), (30, 2), (49, 2)] {
            let seed = (0..).find(|seed| Entropy::new(*seed).below(50) == r).unwrap();
            let picks = draw(&[10, 20, 20], |_| FULL_SHARE, &mut Entropy::new(seed));
            assert_eq!(picks.members().collect::<Vec<_>>(), [member], "P-23, r = {r}");
        }
        assert_eq!(nth([10, 20, 20].into_iter(), 50), None);
    }

    #[test]
    fn p24_shares_of_a_hundred_thousand_draws() {
        let third = 1.0 / 3.0;
        let holds = |case: &str, weights: &[u8], up: &[u8], expected: &[f64]| {
            let mut seen = vec![0_u32; weights.len()];
            for seed in 0..100_000 {
                let picks = draw(weights, |member| up[member] * FULL_SHARE, &mut Entropy::new(seed));
                picks.members().for_each(|member| seen[member] += 1);
            }
            for (times, expected) in seen.iter().zip(expected) {
                let off = (f64::from(*times) / 100_000.0 - expected).abs();
                let is_exact = matches!(*expected, 0.0 | 1.0);
                assert!(if is_exact { off == 0.0 } else { off < 0.01 }, "{case}: {seen:?}");
            }
        };
        holds("T090", &[10, 20, 20], &[1, 1, 1], &[0.2, 0.4, 0.4]);
        holds("T091", &[10, 20, 20], &[1, 1, 0], &[third, 2.0 * third, 0.0]);
        holds("T092", &[10, 20, 20], &[0, 0, 1], &[0.0, 0.0, 1.0]);
        holds("T093", &[10, 20, 20], &[0, 0, 0], &[0.2, 0.4, 0.4]);
        holds("T096", &[1, 255], &[1, 1], &[1.0 / 256.0, 255.0 / 256.0]);
        holds("T097", &[0, 0, 0], &[1, 1, 1], &[third, third, third]);
        holds("T098", &[0, 10], &[1, 1], &[0.0, 1.0]);
        holds("T099", &[0, 10], &[1, 0], &[1.0, 0.0]);
        holds("T100", &[0, 0, 10], &[1, 0, 0], &[1.0, 0.0, 0.0]);
        holds("T101", &[0, 10], &[0, 0], &[0.0, 1.0]);
        holds("T102", &[0, 0], &[0, 0], &[0.5, 0.5]);
        holds("T103", &[0, 0, 5], &[1, 1, 0], &[0.5, 0.5, 0.0]);
    }

    #[test]
    fn large_groups_are_drawn_from_whole() {
        let weights = vec![1; MOST_MEMBERS];
        for count in [FEW, FEW + 1, USUAL, USUAL + 1, 300, MOST_MEMBERS] {
            let last = |seed| draw(&weights[..count], |_| FULL_SHARE, &mut Entropy::new(seed)).members().next();
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
                let picks =
                    draw(weights, |member| if healthy[member] { FULL_SHARE } else { 0 }, &mut Entropy::new(seed));
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

    /// How often each member is drawn in 40,000 draws, in percent.
    fn percents(weights: &[u8], shares: &[u8]) -> Vec<u32> {
        let mut seen = vec![0; weights.len()];
        for seed in 0..40_000 {
            let picks = draw(weights, |member| shares[member], &mut Entropy::new(seed));
            picks.members().for_each(|member| seen[member] += 1);
        }
        seen.into_iter().map(|times: u32| (times + 200) / 400).collect()
    }

    #[test]
    fn a_share_lessens_a_weight() {
        let near = |seen: Vec<u32>, expected: &[u32]| {
            let off = seen.iter().zip(expected).any(|(seen, expected)| seen.abs_diff(*expected) > 1);
            assert!(!off && seen.len() == expected.len(), "{seen:?} is not about {expected:?}");
        };
        near(percents(&[10, 10], &[FULL_SHARE, 51]), &[83, 17]);
        near(percents(&[10, 30], &[FULL_SHARE, 85]), &[50, 50]);
        near(percents(&[10, 30], &[1, 1]), &[25, 75]);
        assert_eq!(percents(&[0, 7], &[FULL_SHARE, 1]), [0, 100], "any share above 0 keeps a weight in play (P-20)");
        near(percents(&[0, 0, 5], &[1, FULL_SHARE, 0]), &[50, 50, 0]);
        let whole = vec![FULL_SHARE; MOST_MEMBERS];
        let picks = draw(&whole, |member| if member == 0 { 1 } else { FULL_SHARE }, &mut Entropy::new(u64::MAX / 3));
        assert_eq!(picks.members().count(), 1, "the largest sum fits");
    }

    #[test]
    fn odds_draw_as_the_members_themselves_do() {
        let mut dice = Entropy::new(3);
        for seed in 0..3000 {
            let count = dice.below(6) as usize;
            let weights: Vec<u8> = (0..count).map(|_| [0, 0, 1, 9, 255][dice.below(5) as usize]).collect();
            let shares: Vec<u8> = (0..count).map(|_| [0, 0, 1, 80, FULL_SHARE][dice.below(5) as usize]).collect();
            let direct = draw(&weights, |member| shares[member], &mut Entropy::new(seed));
            assert_eq!(Odds::new(&weights, &shares).draw(&mut Entropy::new(seed)), direct, "{weights:?} {shares:?}");
        }
    }

    #[test]
    fn whole_shares_change_no_draw() {
        let weights = [3, 0, 200, 255, 1];
        let total: u32 = weights.iter().map(|weight| u32::from(*weight)).sum();
        for seed in 0..2000 {
            let drawn = draw(&weights, |_| FULL_SHARE, &mut Entropy::new(seed)).members().next();
            let at = Entropy::new(seed).below(total);
            assert_eq!(drawn, nth(weights.iter().map(|weight| u32::from(*weight)), at), "P-23");
        }
    }
}
