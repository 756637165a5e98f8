//! Latency: the Region that answers fastest first (P-25 … P-29).
//!
//! What the operator measured decides ([`LatencyTable`]); where nothing was measured, an estimate from distance
//! and the cables between two parts of the world (`geoip/latency_k.csv`). Both are in milliseconds, so they compare.

mod table;

use std::fmt;
use std::sync::LazyLock;

pub use table::{LatencyTable, Selector};

use super::Choice;
use crate::model::Candidate;
use crate::model::place::{Location, Macro, Place, Region};

/// Milliseconds of the estimate that do not depend on distance.
const BASE_MS: f64 = 5.0;

/// Milliseconds per 100 km where nothing is known of the cables.
const USUAL_PER_100_KM: f64 = 1.67;

/// Why a Region counts as so many milliseconds away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The client's view is in this Region (Z-35).
    SameRegion,
    /// A row of the operator's table with this selector.
    Row(Selector),
    /// `5 + per_100_km · km/100`.
    Estimate {
        /// Great-circle distance in kilometres.
        km: f64,
        /// Milliseconds per 100 km between the two parts of the world.
        per_100_km: f64,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameRegion => f.write_str("the client's own Region"),
            Self::Row(selector) => write!(f, "latency table, {selector}"),
            Self::Estimate { km, per_100_km } => {
                write!(f, "estimate: {BASE_MS} + {per_100_km} × {km:.0} km/100")
            }
        }
    }
}

/// Candidates for a client at `place`, fastest first; `None` when some candidate's latency cannot be told
/// (P-29). Ties go by Region code (P-27), and cn-north-1 comes first for clients in China (P-28).
pub fn order(candidates: &[Candidate<Region>], place: &Place, table: &LatencyTable) -> Option<Vec<Choice>> {
    let in_china = place.location.country.is_some_and(|country| country.code() == "CN");
    let mut ranked = Vec::with_capacity(candidates.len());
    for (member, candidate) in candidates.iter().enumerate() {
        let region = candidate.key;
        let (ms, why) = millis(place, region, table)?;
        let class = match why {
            Why::SameRegion => 0,
            _ if in_china && region.code() == "cn-north-1" => 1,
            _ => 2,
        };
        ranked.push((class, ms, region.code(), member));
    }
    ranked.sort_by(|a, b| (a.0.cmp(&b.0)).then(a.1.total_cmp(&b.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    Some(ranked.into_iter().map(|(.., member)| Choice::of(member)).collect())
}

/// Milliseconds from `place` to `region`, and why; `None` when no row applies and the place has no coordinates.
pub fn millis(place: &Place, region: Region, table: &LatencyTable) -> Option<(f64, Why)> {
    if place.region == Some(region) {
        return Some((0.0, Why::SameRegion));
    }
    table.measured(place, region).or_else(|| {
        let (km, per_100_km) = distance(&place.location, region)?;
        Some((milliseconds(km, per_100_km), Why::Estimate { km, per_100_km }))
    })
}

/// The estimate in milliseconds, `5 + k · km/100`; `None` without coordinates.
pub fn estimate_ms(location: &Location, region: Region) -> Option<f64> {
    distance(location, region).map(|(km, per_100_km)| milliseconds(km, per_100_km))
}

fn milliseconds(km: f64, per_100_km: f64) -> f64 {
    BASE_MS + per_100_km * km / 100.0
}

fn distance(location: &Location, region: Region) -> Option<(f64, f64)> {
    let row = region.row();
    let km = location.point?.distance_km(row.point);
    let per_100_km = match location.country.and_then(|country| country.row()) {
        Some(country) => PER_100_KM[country.macro_area.index()][row.macro_area.index()],
        None => USUAL_PER_100_KM,
    };
    Some((km, per_100_km))
}

static PER_100_KM: LazyLock<[[f64; Macro::COUNT]; Macro::COUNT]> = LazyLock::new(|| {
    let mut table = [[USUAL_PER_100_KM; Macro::COUNT]; Macro::COUNT];
    let rows = include_str!("../../geoip/latency_k.csv").lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let (a, b) = (Macro::from_code(cells.next()?)?, Macro::from_code(cells.next()?)?);
        Some((a.index(), b.index(), cells.next()?.parse::<f64>().ok()?))
    });
    for (a, b, per_100_km) in rows {
        table[a][b] = per_100_km;
        table[b][a] = per_100_km;
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::{Coordinates, Country};

    fn region(code: &str) -> Region {
        Region::from_code(code).unwrap()
    }

    #[test]
    fn every_pair_of_the_cable_table_is_read() {
        let read = include_str!("../../geoip/latency_k.csv").lines().skip(1).count();
        assert_eq!(read, Macro::COUNT * (Macro::COUNT + 1) / 2, "geo.md §4.3");
        let k =
            |a: &str, b: &str| PER_100_KM[Macro::from_code(a).unwrap().index()][Macro::from_code(b).unwrap().index()];
        assert_eq!((k("LV", "ME"), k("ME", "LV"), k("NA", "NA")), (4.91, 4.91, 1.75));
    }

    #[test]
    fn the_estimate_is_a_line_through_distance() {
        let israel = Location::new(None, Country::from_code("IL"), None, Coordinates::new(32.09, 34.78));
        assert_eq!(estimate_ms(&israel, region("il-central-1")), Some(5.0));
        let km = israel.point.unwrap().distance_km(region("me-central-1").row().point);
        assert_eq!(estimate_ms(&israel, region("me-central-1")), Some(5.0 + 4.91 * km / 100.0), "P-27");
        let at_sea = Location { point: Coordinates::new(32.09, 34.78), ..Location::default() };
        assert_eq!(estimate_ms(&at_sea, region("me-central-1")), Some(5.0 + 1.67 * km / 100.0), "no country");
        assert_eq!(estimate_ms(&Location::default(), region("us-east-1")), None);
    }

    #[test]
    fn a_view_prefers_its_own_region() {
        let table = LatencyTable::parse("latency.csv", "country:US,us-east-2,1\ncountry:US,us-east-1,90\n").unwrap();
        let view = Place::of_region(region("us-east-1"));
        assert_eq!(millis(&view, region("us-east-1"), &table), Some((0.0, Why::SameRegion)), "Z-35");
        let elsewhere = millis(&view, region("us-east-2"), &table).unwrap();
        assert_eq!(elsewhere.0, 1.0);
        assert_eq!(elsewhere.1.to_string(), "latency table, country:US");
    }
}
