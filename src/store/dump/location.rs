//! Places as record sets name them: Regions, GeoLocation, GeoProximityLocation, CidrRoutingConfig (P-25, P-35, P-44, P-54).

use std::sync::Arc;

use super::node::Fields;
use crate::model::place::{Area, Continent, Coordinates, Country, Region, Subdivision};
use crate::model::routing::{Anchor, LocationName, Site};
use crate::model::rules::suggest;
use crate::store::local_zone;

/// A Region of the enumeration (P-25).
pub(super) fn region(fields: &mut Fields<'_>, key: &str) -> Option<Region> {
    let at = fields.at.clone();
    let code = fields.text(key)?;
    let found = Region::from_code(&code);
    if found.is_none() {
        let what = format!("{}: {key} {code:?} is no Region known here", fields.subject);
        fields.error(&at, what, suggest(&code, Region::all().map(Region::code), ""));
    }
    found
}

/// P-35, P-37: a continent, a country, a country's subdivision, or `*`.
pub(super) fn area(fields: &mut Fields<'_>) -> Option<Area> {
    let mut place = fields.object("GeoLocation")?;
    let area = read_area(&mut place);
    fields.absorb(place);
    area
}

fn read_area(place: &mut Fields<'_>) -> Option<Area> {
    let at = place.at.clone();
    let (continent, country, subdivision) =
        (place.text("ContinentCode"), place.text("CountryCode"), place.text("SubdivisionCode"));
    let mut fault = |what: String, mend: &str| {
        place.error(&at, what, mend);
        None
    };
    let unknown = |kind: &str, code: &str| format!("Cannot find location: '{kind} = {code}'. No changes made.");
    match (continent, country, subdivision) {
        (Some(code), None, None) => match Continent::from_code(&code) {
            Some(continent) => Some(Area::Continent(continent)),
            None => fault(unknown("continent", &code), "continents are AF, AN, AS, EU, NA, OC and SA"),
        },
        (None, Some(code), None) if code == "*" => Some(Area::Default),
        (None, Some(code), subdivision) => {
            let Some(country) = Country::from_code(&code) else {
                return fault(unknown("country", &code), "use two capital letters of ISO 3166-1, or * for the default");
            };
            let Some(code) = subdivision else { return Some(Area::Country(country)) };
            match Subdivision::from_code(&code) {
                Some(subdivision) => Some(Area::Subdivision(country, subdivision)),
                None => fault(unknown("subdivision", &code), "use the code of ISO 3166-2 after the dash"),
            }
        }
        (Some(_), ..) => fault(
            "Invalid request: GeoLocation has ContinentCode together with CountryCode or SubdivisionCode".to_owned(),
            "keep the continent or the country",
        ),
        (None, None, Some(_)) => {
            fault("Invalid request: GeoLocation has SubdivisionCode without CountryCode".to_owned(), "add the country")
        }
        (None, None, None) => {
            fault("Invalid request: GeoLocation names no location".to_owned(), "CountryCode * is the default")
        }
    }
}

/// P-44, P-45: exactly one of AWSRegion, LocalZoneGroup and Coordinates; and a bias.
pub(super) fn anchor(fields: &mut Fields<'_>) -> Option<Anchor> {
    let mut place = fields.object("GeoProximityLocation")?;
    let anchor = read_anchor(&mut place);
    fields.absorb(place);
    anchor
}

fn read_anchor(place: &mut Fields<'_>) -> Option<Anchor> {
    let at = place.at.clone();
    let biased = place.has("Bias");
    let bias = place.number("Bias", -99..=99).and_then(|bias| i8::try_from(bias).ok());
    let given: Vec<&str> =
        ["AWSRegion", "LocalZoneGroup", "Coordinates"].into_iter().filter(|key| place.has(key)).collect();
    let site = match given[..] {
        ["AWSRegion"] => region(place, "AWSRegion").map(Site::Region),
        ["LocalZoneGroup"] => {
            let group = place.text("LocalZoneGroup")?;
            let site = local_zone::site(&group);
            if site.is_none() {
                let what = format!("{}: LocalZoneGroup {group:?} is not known here", place.subject);
                place.error(&at, what, suggest(&group, local_zone::groups(), "write its coordinates instead"));
            }
            site
        }
        ["Coordinates"] => {
            let mut pair = place.object("Coordinates")?;
            let latitude = degrees(&mut pair, "Latitude", 2, 90.0);
            let longitude = degrees(&mut pair, "Longitude", 3, 180.0);
            place.absorb(pair);
            let point = |(latitude, longitude)| Site::Point(Coordinates { latitude, longitude });
            latitude.zip(longitude).map(point)
        }
        _ => {
            let found = if given.is_empty() { "none" } else { "more than one" };
            place.error(
                &at,
                format!(
                    "Invalid request: Expected exactly one of [AWSRegion, LocalZoneGroup, or Coordinates], but found \
                     {found}"
                ),
                "say one place",
            );
            for key in given {
                place.take(key);
            }
            None
        }
    };
    if biased && bias.is_none() {
        return None;
    }
    Some(Anchor { site: site?, bias: bias.unwrap_or(0) })
}

/// Degrees as the API writes them: `[-+]?[0-9]{1,whole}(\.[0-9]{0,2})?`, within ±`limit` (P-44).
fn degrees(pair: &mut Fields<'_>, key: &str, whole: usize, limit: f64) -> Option<f64> {
    let at = pair.at.clone();
    if pair.lacks(key) {
        let what = format!("{} lacks {key}", pair.subject);
        pair.error(&at, what, "coordinates are Latitude and Longitude");
    }
    let text = pair.text(key)?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let (before, after) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = (1..=whole).contains(&before.len()) && digits(before) && after.len() <= 2 && digits(after);
    let value = text.parse::<f64>().ok().filter(|value| shaped && value.abs() <= limit);
    if value.is_none() {
        let what = format!("{}: {key} {text:?} is no number within ±{limit} with two decimals at most", pair.subject);
        pair.error(&at, what, "round it to two decimals, in quotes");
    }
    value
}

/// P-53, P-54: a collection and one of its locations, `*` for all the others.
pub(super) fn cidr(fields: &mut Fields<'_>) -> Option<(Arc<str>, LocationName)> {
    let mut config = fields.object("CidrRoutingConfig")?;
    let at = config.at.clone();
    for key in ["CollectionId", "LocationName"] {
        if config.lacks(key) {
            let what = format!("{} lacks {key}", config.subject);
            config.error(&at, what, "both CollectionId and LocationName are needed, for location * too");
        }
    }
    let (collection, location) = (config.text("CollectionId"), config.text("LocationName"));
    fields.absorb(config);
    let location = match location?.as_str() {
        "*" => LocationName::Default,
        name => LocationName::Named(name.into()),
    };
    Some((collection?.into(), location))
}
