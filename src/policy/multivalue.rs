//! Multivalue: up to eight healthy record sets at random (P-63, P-64).

use super::{Entropy, MOST, Picks};

/// Draws up to eight of `count` members: of the healthy ones, or of all when none is.
pub fn draw(count: usize, mut healthy: impl FnMut(usize) -> bool, entropy: &mut Entropy) -> Picks {
    let picks = sample((0..count).filter(|member| healthy(*member)), entropy);
    if picks.count > 0 {
        return picks;
    }
    let all = sample(0..count, entropy);
    Picks { last_resort: all.count > 0, ..all }
}

/// A uniform sample of at most eight, in one pass (reservoir), in random order.
fn sample(members: impl Iterator<Item = usize>, entropy: &mut Entropy) -> Picks {
    let mut picks = Picks::default();
    for (seen, member) in members.enumerate() {
        if seen < MOST {
            let at = entropy.below(seen as u32 + 1) as usize;
            picks.members[seen] = picks.members[at];
            picks.members[at] = member as u16;
            picks.count += 1;
        } else if let Some(place) = picks.members.get_mut(entropy.below(seen as u32 + 1) as usize) {
            *place = member as u16;
        }
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
    fn none_healthy_counts_as_all_healthy() {
        let picks = draw(3, |_| false, &mut Entropy::new(1));
        assert!(picks.last_resort);
        assert_eq!(picks.members().count(), 3, "T223");
        assert_eq!(draw(10, |member| member == 9, &mut Entropy::new(1)).members().collect::<Vec<_>>(), [9], "T224");
    }
}
