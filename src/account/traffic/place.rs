//! Places as the rules of a traffic policy document name them (F-3).

use super::document::Format;
use super::json::Fields;
use crate::model::place::{self, Area, Continent, Coordinates, Country, Region, Subdivision};
use crate::model::routing::{Anchor, Site};
use crate::model::rules::area_fault;

/// What Regions and Local Zones begin with in geoproximity rules.
const PREFIX: &str = "aws:route53:";

/// A continent, a country, a country's subdivision, or the default, which is also country `*` (F-3, P-35).
pub(super) fn area(fields: &mut Fields, problems: &mut Vec<String>) -> Option<Area> {
    let default = fields.truth("IsDefault", problems) == Some(true);
    let continent = fields.text("Continent", problems);
    let country = fields.text("Country", problems);
    let subdivision = fields.text("Subdivision", problems);
    let default = default || country.as_deref() == Some("*");
    let country = country.filter(|code| code != "*");
    let mut fault = |what: String| {
        fields.fault(problems, what);
        None
    };
    let unknown = |kind: &str, code: &str| format!("Cannot find location: '{kind} = {code}'");
    let area = match (default, continent, country, subdivision) {
        (true, None, None, None) => Area::Default,
        (false, Some(code), None, None) => match Continent::from_code(&code) {
            Some(continent) => Area::Continent(continent),
            None => return fault(unknown("continent", &code)),
        },
        (false, None, Some(code), subdivision) => {
            let Some(country) = Country::from_code(&code) else { return fault(unknown("country", &code)) };
            match subdivision.map(|code| Subdivision::from_code(&code).ok_or(code)) {
                None => Area::Country(country),
                Some(Ok(subdivision)) => Area::Subdivision(country, subdivision),
                Some(Err(code)) => return fault(unknown("subdivision", &code)),
            }
        }
        _ => return fault("expected one of IsDefault, Continent, Country, or Country with Subdivision".to_owned()),
    };
    match area_fault(area) {
        Some((what, _)) => fault(what.trim_end_matches(" No changes made.").trim_end_matches('.').to_owned()),
        None => Some(area),
    }
}

/// A Region by its plain code (P-25).
pub(super) fn region(fields: &mut Fields, problems: &mut Vec<String>) -> Option<Region> {
    let code = required(fields, "Region", problems)?;
    let region = Region::from_code(&code);
    if region.is_none() {
        fields.fault(problems, format!("Region '{code}' is not known here"));
    }
    region
}

/// A text that must be there.
pub(super) fn required(fields: &mut Fields, key: &str, problems: &mut Vec<String>) -> Option<String> {
    if !fields.has(key) {
        fields.fault(problems, format!("{key} is missing"));
    }
    fields.text(key, problems)
}

/// Where a geoproximity record is: each format has its own way to say it, the newer one takes the older's too.
pub(super) fn anchor(fields: &mut Fields, format: Format, problems: &mut Vec<String>) -> Option<Anchor> {
    let biased = fields.has("Bias");
    let bias = fields.number("Bias", -99..=99, problems).and_then(|bias| i8::try_from(bias).ok());
    let site = match (fields.take("Location"), format) {
        (Some(location), Format::Of2023) => {
            let mut location = Fields::of(fields.path_of("Location"), location, problems);
            let site = located(&mut location, problems);
            location.finish(problems);
            let given: Vec<&str> =
                ["Region", "Latitude", "Longitude"].into_iter().filter(|key| fields.take(key).is_some()).collect();
            if !given.is_empty() {
                fields.fault(problems, format!("{} beside Location", given.join(", ")));
            }
            site
        }
        (Some(_), Format::Of2015) => {
            let what = "Location is part of format 2023-05-09: this document is of 2015-10-01";
            fields.fault(problems, what);
            for key in ["Region", "Latitude", "Longitude"] {
                fields.take(key);
            }
            None
        }
        (None, _) if fields.has("Region") => {
            let site = named(fields, "Region", problems);
            if fields.take("Latitude").or(fields.take("Longitude")).is_some() {
                fields.fault(problems, "expected a Region or coordinates, but found both");
            }
            site.and_then(|name| site_of(fields, "Region", &name, problems))
        }
        (None, _) => point(fields, problems),
    };
    if biased && bias.is_none() {
        return None;
    }
    Some(Anchor { site: site?, bias: bias.unwrap_or(0) })
}

/// A Location object of 2023-05-09.
fn located(location: &mut Fields, problems: &mut Vec<String>) -> Option<Site> {
    let kind = required(location, "Type", problems)?;
    match kind.as_str() {
        "Region" | "LocalZone" => {
            let name = named(location, "LocationName", problems)?;
            site_of(location, &kind, &name, problems)
        }
        "Coordinate" => point(location, problems),
        other => {
            location.fault(problems, format!("Type '{other}' is none of Region, LocalZone and Coordinate"));
            for key in ["LocationName", "Latitude", "Longitude"] {
                location.take(key);
            }
            None
        }
    }
}

/// A name without what it begins with.
fn named(fields: &mut Fields, key: &str, problems: &mut Vec<String>) -> Option<String> {
    let name = required(fields, key, problems)?;
    Some(name.strip_prefix(PREFIX).unwrap_or(&name).to_owned())
}

/// A Region, or the group of a Local Zone, whose names have a letter more (P-45).
fn site_of(fields: &Fields, kind: &str, name: &str, problems: &mut Vec<String>) -> Option<Site> {
    let site = match kind {
        "LocalZone" => {
            let group = name.strip_suffix(|last: char| last.is_ascii_lowercase()).unwrap_or(name);
            place::local_zone(group).map(Site::LocalZone)
        }
        _ => Region::from_code(name).map(Site::Region),
    };
    if site.is_none() {
        fields.fault(problems, format!("{kind} '{name}' is not known here"));
    }
    site
}

/// P-44: at most two decimals.
fn point(fields: &mut Fields, problems: &mut Vec<String>) -> Option<Site> {
    let (latitude, longitude) = (fields.decimal("Latitude", problems), fields.decimal("Longitude", problems));
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
        fields.fault(problems, "expected a place: a Region, or Latitude and Longitude");
        return None;
    };
    match Coordinates::parse_api(&latitude, &longitude) {
        Ok(point) => Some(Site::Point(point)),
        Err(what) => {
            fields.fault(problems, what);
            None
        }
    }
}
