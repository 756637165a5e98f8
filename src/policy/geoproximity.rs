//! Geoproximity: the least biased distance first (P-44 … P-49).

use std::cmp::Reverse;

use super::Choice;
use crate::model::Candidate;
use crate::model::place::Location;
use crate::model::routing::Anchor;

/// How a negative bias lengthens a distance (P-46, X-05).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NegativeBias {
    /// `d / (1 + bias/100)`.
    #[default]
    Divide,
    /// `d × (1 − bias/100)`.
    Multiply,
}

/// Candidates for a client at `location`, nearest first; `None` without coordinates (P-49). What is equal to the
/// metre goes by higher bias, then by SetIdentifier (P-48).
pub fn order(candidates: &[Candidate<Anchor>], location: &Location, negative: NegativeBias) -> Option<Vec<Choice>> {
    let client = location.point?;
    let mut ranked: Vec<_> = candidates
        .iter()
        .enumerate()
        .map(|(member, candidate)| {
            let Anchor { site, bias } = candidate.key;
            let metres = (biased_km(client.distance_km(site.point()), bias, negative) * 1000.0).round() as u64;
            (metres, Reverse(bias), &candidate.id, member)
        })
        .collect();
    ranked.sort_unstable();
    Some(ranked.into_iter().map(|(.., member)| Choice::of(member)).collect())
}

/// A distance in kilometres as the bias, -99..=99, makes it look (P-46).
pub fn biased_km(distance: f64, bias: i8, negative: NegativeBias) -> f64 {
    let share = f64::from(bias) / 100.0;
    match negative {
        NegativeBias::Divide if bias < 0 => distance / (1.0 + share),
        _ => distance * (1.0 - share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bias_shortens_and_lengthens() {
        let both = [NegativeBias::Divide, NegativeBias::Multiply];
        for negative in both {
            assert_eq!(biased_km(150.0, 50, negative), 75.0, "P-47, T190");
            assert_eq!(biased_km(150.0, 0, negative), 150.0, "P-46");
        }
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 0.05, "X-05: {got} not {expected}");
        near(biased_km(1869.1, -25, NegativeBias::Divide), 2492.1);
        near(biased_km(1869.1, -25, NegativeBias::Multiply), 2336.4);
        near(biased_km(1.0, -99, NegativeBias::Divide), 100.0);
        near(biased_km(1.0, -99, NegativeBias::Multiply), 1.99);
    }
}
