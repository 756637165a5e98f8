//! Geolocation: the most specific matching area first (P-35 … P-41).

use super::Choice;
use crate::model::Candidate;
use crate::model::place::{Area, Location};

/// The candidates whose area holds `location`: subdivision, country, continent, default (P-38). Empty when no
/// area does, which is answered with NODATA (P-40).
pub fn order(candidates: &[Candidate<Area>], location: &Location) -> Vec<Choice> {
    let mut matching: Vec<_> =
        candidates.iter().enumerate().filter(|(_, candidate)| holds(candidate.key, location)).collect();
    matching.sort_by_key(|(_, candidate)| std::cmp::Reverse(candidate.key));
    matching.into_iter().map(|(member, _)| Choice::of(member)).collect()
}

/// Whether a client at `location` is in `area`; a client nowhere known is only in the default one (P-41).
pub fn holds(area: Area, location: &Location) -> bool {
    match area {
        Area::Default => true,
        Area::Continent(continent) => location.continent == Some(continent),
        Area::Country(country) => location.country == Some(country),
        Area::Subdivision(country, subdivision) => {
            location.country == Some(country) && location.subdivision == Some(subdivision)
        }
    }
}
