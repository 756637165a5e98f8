//! Multivalue: up to eight healthy record sets at random (P-63, P-64).

use super::{Entropy, MOST, Picks};

/// Draws up to eight of `count` members: of the healthy ones, or of all when none is.
pub fn draw(count: usize, mut healthy: impl FnMut(usize) -> bool, entropy: &mut Entropy) -> Picks {
    let alive = (0..count).filter(|member| healthy(*member)).count();
    let last_resort = alive == 0 && count > 0;
    let mut picks = sample(if last_resort { count } else { alive }, entropy);
    if !last_resort {
        let mut member = |place: u16| (0..count).filter(|member| healthy(*member)).nth(usize::from(place));
        let places = &mut picks.members[..usize::from(picks.count)];
        places.iter_mut().for_each(|place| *place = member(*place).unwrap_or(0) as u16);
    }
    Picks { last_resort, ..picks }
}

/// The members to draw from, worked out once for many draws: the same draws as [`draw`] makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    members: Box<[u16]>,
    last_resort: bool,
}

impl Pool {
    /// The healthy ones of `count` members, or all when none is.
    pub fn new(count: usize, healthy: impl FnMut(&u16) -> bool) -> Self {
        let all = || (0..count).map(|member| member as u16);
        let members: Box<[u16]> = all().filter(healthy).collect();
        match members.is_empty() {
            true => Self { members: all().collect(), last_resort: count > 0 },
            false => Self { members, last_resort: false },
        }
    }

    /// Draws up to eight members.
    #[inline]
    pub fn draw(&self, entropy: &mut Entropy) -> Picks {
        let mut picks = sample(self.members.len(), entropy);
        let places = &mut picks.members[..usize::from(picks.count)];
        places.iter_mut().for_each(|place| *place = self.members.get(usize::from(*place)).copied().unwrap_or(0));
        Picks { last_resort: self.last_resort, ..picks }
    }
}

/// At most eight of the places `0..count`, in random order, each as likely as the others: the beginning of a
/// Fisher–Yates shuffle, of which only the places that were moved are kept.
fn sample(count: usize, entropy: &mut Entropy) -> Picks {
    let mut picks = Picks::default();
    if let Some(places) = picks.members.get_mut(..count) {
        // All places fit, so nothing needs to be remembered of those that do not.
        (0..).zip(&mut *places).for_each(|(at, place)| *place = at);
        for at in 0..count {
            places.swap(at, at + entropy.below((count - at) as u32) as usize);
        }
        return Picks { count: count as u8, ..picks };
    }
    let mut moved = [(0, 0); MOST];
    for at in 0..MOST {
        let from = at + entropy.below((count - at) as u32) as usize;
        let now_at = |place: usize| {
            moved[..at].iter().rev().find(|(to, _)| *to == place as u16).map_or(place as u16, |(_, what)| *what)
        };
        picks.members[at] = now_at(from);
        moved[at] = (from as u16, now_at(at));
        picks.count += 1;
    }
    picks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_of_the_healthy_each_as_often_as_the_others() {
        let mut seen = [0u32; 10];
        for seed in 0..20_000 {
            let picks = draw(10, |_| true, &mut Entropy::new(seed));
            let mut members: Vec<_> = picks.members().collect();
            members.sort_unstable();
            members.dedup();
            assert_eq!(members.len(), 8, "P-63");
            members.into_iter().for_each(|member| seen[member] += 1);
        }
        assert!(seen.iter().all(|times| (15_600..16_400).contains(times)), "T220: each about 80 %: {seen:?}");
    }

    #[test]
    fn a_pool_draws_as_the_members_themselves_do() {
        for seed in 0..500 {
            let count = (seed % 13) as usize;
            let healthy = |member: usize| (seed >> (member % 7)) & 1 == 1;
            let direct = draw(count, healthy, &mut Entropy::new(seed));
            let pool = Pool::new(count, |member| healthy(usize::from(*member)));
            assert_eq!(pool.draw(&mut Entropy::new(seed)), direct, "{count} members, seed {seed}");
        }
    }

    #[test]
    fn every_order_is_as_likely_as_the_others() {
        let mut seen = std::collections::BTreeMap::new();
        for seed in 0..12_000 {
            let picks = draw(3, |_| true, &mut Entropy::new(seed));
            *seen.entry(picks.members().collect::<Vec<_>>()).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 6, "P-63");
        assert!(seen.values().all(|times| (1850..2150).contains(times)), "{seen:?}");
    }

    #[test]
    fn none_healthy_counts_as_all_healthy() {
        let picks = draw(3, |_| false, &mut Entropy::new(1));
        assert!(picks.last_resort);
        assert_eq!(picks.members().count(), 3, "T223");
        assert_eq!(draw(10, |member| member == 9, &mut Entropy::new(1)).members().collect::<Vec<_>>(), [9], "T224");
    }
}
