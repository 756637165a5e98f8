//! Regions, areas and anchors: known ones, and one record for each (P-25, P-35…P-37, P-44, P-45).

use std::sync::LazyLock;

use super::Subject;
use crate::model::place::{Area, Country, Region, Subdivision};
use crate::model::routing::Anchor;
use crate::model::{Candidate, Problem};

/// The largest bias, either way (P-44).
const MAX_BIAS: i8 = 99;

static SUBDIVISIONS: LazyLock<Vec<(Country, Subdivision)>> = LazyLock::new(|| {
    let mut rows: Vec<_> = include_str!("../../../geoip/subdivisions.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((Country::from_code(cells.next()?)?, Subdivision::from_code(cells.next()?)?))
        })
        .collect();
    rows.sort_unstable();
    rows
});

/// P-25: one record per Region.
pub(super) fn check_regions(subject: &Subject<'_>, many: &[Candidate<Region>], problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeSet::new();
    for candidate in many {
        if !seen.insert(candidate.key) {
            let region = candidate.key.code();
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{}, and region {region} cannot be created because a latency RRSet with the same name, type and \
                     region already exists.",
                    subject.rrset(&candidate.id)
                ),
                "one record per Region: give it several values, or point it at a weighted group",
            ));
        }
    }
}

/// P-35…P-37: areas Route 53 knows, each once.
pub(super) fn check_areas(subject: &Subject<'_>, many: &[Candidate<Area>], problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeSet::new();
    for candidate in many {
        if let Some((what, mend)) = area_fault(candidate.key) {
            problems.push(Problem::error(&candidate.at, what, mend));
        }
        if !seen.insert(candidate.key) {
            let area = route53_area(candidate.key);
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{}, and routing to [{area}}} cannot be created because a GEO RRSet with the same name, type and \
                     routing to [{area}}} already exists.",
                    subject.rrset(&candidate.id)
                ),
                "one record per area: give it several values, or point it at a weighted group",
            ));
        }
    }
}

/// Why Route 53 takes no record for an area, and what to write instead; `None` if it does (P-35, P-37).
pub fn area_fault(area: Area) -> Option<(String, String)> {
    match area {
        Area::Country(country) if !country.is_supported() => Some((
            format!("Cannot find location: '{}'. No changes made.", route53_area(area)),
            "Route 53 has no location data for it: use the continent or the default".to_owned(),
        )),
        Area::Subdivision(country, _) if !matches!(country.code(), "US" | "UA") => Some((
            format!("subdivisions are known for US and UA only, not for {}", country.code()),
            "serve the whole country".to_owned(),
        )),
        Area::Subdivision(country, subdivision) if SUBDIVISIONS.binary_search(&(country, subdivision)).is_err() => {
            Some((
                format!("Cannot find location: '{}'. No changes made.", route53_area(area)),
                match country.code() {
                    "US" => "use a state's two letters; territories such as PR are countries of their own".to_owned(),
                    _ => "use the code of ISO 3166-2 after the dash".to_owned(),
                },
            ))
        }
        _ => None,
    }
}

fn route53_area(area: Area) -> String {
    match area {
        Area::Default => "country = *".to_owned(),
        Area::Continent(continent) => format!("continent = {}", continent.code()),
        Area::Country(country) => format!("country = {}", country.code()),
        Area::Subdivision(country, subdivision) => {
            format!("country = {}, subdivision = {}", country.code(), subdivision.code())
        }
    }
}

/// P-44, P-45: a bias in range, coordinates on the globe, one record per place as it is written; two Regions may share
/// their coordinates.
pub(super) fn check_anchors(subject: &Subject<'_>, many: &[Candidate<Anchor>], problems: &mut Vec<Problem>) {
    for (index, candidate) in many.iter().enumerate() {
        let Anchor { site, bias } = candidate.key;
        let place = site.point();
        if bias.unsigned_abs() > MAX_BIAS.unsigned_abs() {
            problems.push(Problem::error(
                &candidate.at,
                format!("{} has bias {bias}, which is not in -99..=99", subject.rrset(&candidate.id)),
                "a positive bias draws more clients, a negative one fewer",
            ));
        }
        if !(-90.0..=90.0).contains(&place.latitude) || !(-180.0..=180.0).contains(&place.longitude) {
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{} is at {}, {}, which is not on the globe",
                    subject.rrset(&candidate.id),
                    place.latitude,
                    place.longitude
                ),
                "latitude is in -90..=90, longitude in -180..=180",
            ));
        }
        if many[..index].iter().any(|earlier| earlier.key.site == site) {
            problems.push(Problem::error(
                &candidate.at,
                format!(
                    "{} cannot be created because a geo-proximity RRSet with the same name, type and location already \
                     exists.",
                    subject.rrset(&candidate.id)
                ),
                "one record per place: give it several values, or point it at a weighted group",
            ));
        }
    }
}
