//! What a record says, whichever maker's layout it is in (`docs/geo.md`).
//!
//! MaxMind nests (`country.iso_code`), others are flat (`country_code`); numbers are doubles, floats or strings,
//! and the reader is strict about types. Each record is decoded once, so every spelling is simply tried in turn.

use std::collections::HashMap;

use maxminddb::{MaxMindDbError, PathElement};

use super::flatten::Found;
use crate::model::place::{Continent, Coordinates, Country, Location, Subdivision};

type Path = [PathElement<'static>];

/// The path of a value, by keys.
macro_rules! path {
    ($($key:literal).+) => { &[$(PathElement::Key($key)),+] };
}

/// `registered_country` is where the block was handed out: better than nothing for addresses without country.
/// IPinfo's `country` is a code in some files and a name in others, which no country has as its code.
const COUNTRY: [&Path; 4] =
    [path!["country"."iso_code"], path!["country_code"], path!["country"], path!["registered_country"."iso_code"]];
const CONTINENT: [&Path; 3] = [path!["continent"."code"], path!["continent_code"], path!["continent"]];
const SUBDIVISION_CODE: [&Path; 3] = [
    &[PathElement::Key("subdivisions"), PathElement::Index(0), PathElement::Key("iso_code")],
    path!["region_code"],
    path!["state1_code"],
];
const SUBDIVISION_NAME: [&Path; 4] = [
    &[PathElement::Key("subdivisions"), PathElement::Index(0), PathElement::Key("names"), PathElement::Key("en")],
    path!["state1"],
    path!["region"],
    path!["region_name"],
];
const LATITUDE: [&Path; 3] = [path!["location"."latitude"], path!["latitude"], path!["lat"]];
const LONGITUDE: [&Path; 4] = [path!["location"."longitude"], path!["longitude"], path!["lng"], path!["lon"]];
const ASN: [&Path; 3] = [path!["autonomous_system_number"], path!["asn"], path!["as_number"]];

/// The distinct locations of a database, numbered from 1; 0 is the unknown one.
#[derive(Default)]
pub(super) struct Locations {
    numbers: HashMap<Key, u32>,
    rest: Vec<Location>,
}

/// A location in a form that can be compared exactly.
type Key = (Option<Continent>, Option<Country>, Option<Subdivision>, Option<(u64, u64)>);

impl Locations {
    /// The number of a record's location.
    pub(super) fn number(&mut self, found: &Found<'_>) -> Result<u32, MaxMindDbError> {
        let location = location(found)?;
        if location == Location::default() {
            return Ok(0);
        }
        let Location { continent, country, subdivision, point } = location;
        let point = point.map(|point| (point.latitude.to_bits(), point.longitude.to_bits()));
        Ok(*self.numbers.entry((continent, country, subdivision, point)).or_insert_with(|| {
            self.rest.push(location);
            self.rest.len() as u32
        }))
    }

    /// Whether no record had a location.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// All of them, the unknown one first.
    pub(super) fn into_vec(self) -> Vec<Location> {
        std::iter::once(Location::default()).chain(self.rest).collect()
    }
}

/// The AS number of a record; 0 when it has none.
pub(super) fn asn(found: &Found<'_>) -> Result<u32, MaxMindDbError> {
    for path in ASN {
        let short = lenient(found.decode_path::<u16>(path))?.map(u32::from);
        if let Some(number) = short.or(lenient(found.decode_path::<u32>(path))?) {
            return Ok(number);
        }
        if let Some(text) = text(found, path)? {
            let digits = text.strip_prefix("AS").unwrap_or(text);
            return Ok(digits.parse().unwrap_or(0));
        }
    }
    Ok(0)
}

/// The location of a record.
pub(super) fn location(found: &Found<'_>) -> Result<Location, MaxMindDbError> {
    let country = first(found, &COUNTRY, |code| Country::from_code(&code.to_ascii_uppercase()))?;
    let continent = match country {
        Some(_) => None,
        None => first(found, &CONTINENT, |code| Continent::from_code(&code.to_ascii_uppercase()))?,
    };
    let subdivision = match country {
        Some(country) => subdivision(found, country)?,
        None => None,
    };
    let point = match (number(found, &LATITUDE)?, number(found, &LONGITUDE)?) {
        // Where latitude and longitude are both 0 is open sea: it stands for unknown.
        (Some(0.0), Some(0.0)) => None,
        (Some(latitude), Some(longitude)) => Coordinates::new(latitude, longitude),
        _ => None,
    };
    Ok(Location::new(continent, country, subdivision, point))
}

/// By code, else by name where names are known (US and UA).
fn subdivision(found: &Found<'_>, country: Country) -> Result<Option<Subdivision>, MaxMindDbError> {
    let by_code = first(found, &SUBDIVISION_CODE, |code| {
        let code = code.strip_prefix(country.code()).and_then(|rest| rest.strip_prefix('-')).unwrap_or(code);
        let subdivision = Subdivision::from_code(&code.to_ascii_uppercase())?;
        let is_known = country.subdivisions().next().is_none() || subdivision.row(country).is_some();
        is_known.then_some(subdivision)
    })?;
    match by_code {
        Some(subdivision) => Ok(Some(subdivision)),
        None => first(found, &SUBDIVISION_NAME, |name| Subdivision::from_name(country, name)),
    }
}

/// The first text at one of the paths that means something.
fn first<T>(
    found: &Found<'_>,
    paths: &[&Path],
    meaning: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, MaxMindDbError> {
    for path in paths {
        if let Some(value) = text(found, path)?.and_then(&meaning) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

fn text<'a>(found: &Found<'a>, path: &Path) -> Result<Option<&'a str>, MaxMindDbError> {
    lenient(found.decode_path::<&str>(path))
}

fn number(found: &Found<'_>, paths: &[&Path]) -> Result<Option<f64>, MaxMindDbError> {
    for path in paths {
        if let Some(double) = lenient(found.decode_path::<f64>(path))? {
            return Ok(Some(double));
        }
        if let Some(float) = lenient(found.decode_path::<f32>(path))? {
            return Ok(Some(f64::from(float)));
        }
        if let Some(number) = text(found, path)?.and_then(|text| text.trim().parse().ok()) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Another type than asked for is no value; a damaged file stays an error.
fn lenient<T>(decoded: Result<Option<T>, MaxMindDbError>) -> Result<Option<T>, MaxMindDbError> {
    match decoded {
        Err(MaxMindDbError::Decoding { .. }) => Ok(None),
        other => other,
    }
}
