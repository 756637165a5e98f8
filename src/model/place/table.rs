//! The tables of countries and subdivisions, `geoip/*.csv`, read once on first use.

use std::sync::LazyLock;

use super::{Continent, Coordinates, Country, Subdivision};

/// A group of countries that share cable geography; rows and columns of `geoip/latency_k.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Macro(u8);

impl Macro {
    /// How many there are.
    pub const COUNT: usize = 13;

    const CODES: [&'static str; Self::COUNT] =
        ["NA", "CB", "SA", "EU", "CIS", "NF", "LV", "ME", "AF", "IN", "SE", "EA", "OC"];

    /// From its code, upper case.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().position(|known| *known == code).map(|at| Self(at as u8))
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        Self::CODES[self.index()]
    }

    /// Its place in a table of `COUNT` rows.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A row of `geoip/countries.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct CountryRow {
    pub country: Country,
    pub continent: Continent,
    pub centroid: Coordinates,
    pub macro_area: Macro,
}

/// A row of `geoip/subdivisions.csv`: the states of US and UA that Route 53 knows (P-35).
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct SubdivisionRow {
    pub country: Country,
    pub subdivision: Subdivision,
    pub name: &'static str,
    pub centroid: Coordinates,
}

impl Country {
    /// From a code the country table knows.
    pub fn from_code(code: &str) -> Option<Self> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        COUNTRIES.binary_search_by(|row| row.country.0.cmp(&code)).ok().map(|_| Self(code))
    }

    /// All countries of the table, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        COUNTRIES.iter().map(|row| row.country)
    }

    /// What the country table says of it.
    pub fn row(self) -> Option<&'static CountryRow> {
        COUNTRIES.binary_search_by(|row| row.country.cmp(&self)).ok().map(|at| &COUNTRIES[at])
    }

    /// Its English name, as ListGeoLocations prints it; at most 64 characters.
    pub fn name(self) -> &'static str {
        NAMES.binary_search_by_key(&self, |(country, _)| *country).map_or("", |at| NAMES[at].1)
    }

    /// Its subdivisions of the subdivision table; none unless it is US or UA (P-35).
    pub fn subdivisions(self) -> impl Iterator<Item = &'static SubdivisionRow> {
        SUBDIVISIONS.iter().filter(move |row| row.country == self)
    }
}

impl Subdivision {
    /// What the subdivision table says of it; `None` outside US and UA, and for codes they do not have (P-35).
    pub fn row(self, of: Country) -> Option<&'static SubdivisionRow> {
        of.subdivisions().find(|row| row.subdivision == self)
    }

    /// From its English name as databases without codes print it, any case.
    pub fn from_name(of: Country, name: &str) -> Option<Self> {
        of.subdivisions().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.subdivision)
    }
}

static COUNTRIES: LazyLock<Vec<CountryRow>> = LazyLock::new(|| {
    let mut rows: Vec<_> = rows(include_str!("../../../geoip/countries.csv"))
        .filter_map(|cell| match cell[..] {
            [country, continent, latitude, longitude, macro_area, _source] => Some(CountryRow {
                country: Country(country.as_bytes().try_into().ok()?),
                continent: Continent::from_code(continent)?,
                centroid: point(latitude, longitude)?,
                macro_area: Macro::from_code(macro_area)?,
            }),
            _ => None,
        })
        .collect();
    rows.sort_by_key(|row| row.country);
    rows
});

static SUBDIVISIONS: LazyLock<Vec<SubdivisionRow>> = LazyLock::new(|| {
    rows(include_str!("../../../geoip/subdivisions.csv"))
        .filter_map(|cell| match cell[..] {
            [country, subdivision, name, latitude, longitude] => Some(SubdivisionRow {
                country: Country::from_code(country)?,
                subdivision: Subdivision::from_code(subdivision)?,
                name,
                centroid: point(latitude, longitude)?,
            }),
            _ => None,
        })
        .collect()
});

static NAMES: LazyLock<Vec<(Country, &'static str)>> = LazyLock::new(|| {
    rows(include_str!("../../../geoip/country_names.csv"))
        .filter_map(|cell| match cell[..] {
            [country, name] => Some((Country(country.as_bytes().try_into().ok()?), name)),
            _ => None,
        })
        .collect()
});

/// The cells of a table without quoting, its heading left out.
pub(super) fn rows(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(',').collect())
}

/// A point from two cells.
pub(super) fn point(latitude: &str, longitude: &str) -> Option<Coordinates> {
    Coordinates::new(latitude.parse().ok()?, longitude.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_of_a_table_is_lost() {
        let lines = |csv: &str| csv.lines().count() - 1;
        assert_eq!(COUNTRIES.len(), lines(include_str!("../../../geoip/countries.csv")));
        assert_eq!(SUBDIVISIONS.len(), lines(include_str!("../../../geoip/subdivisions.csv")));
        assert_eq!(NAMES.len(), COUNTRIES.len(), "P-42: every country has a name");
        assert!(Country::all().all(|country| (1..=64).contains(&country.name().chars().count())));
        assert_eq!(SUBDIVISIONS.len(), 51 + 27, "P-35: the states with DC, and the oblasts");
    }

    #[test]
    fn subdivisions_by_name() {
        let us = Country::from_code("US").unwrap();
        assert_eq!(Subdivision::from_name(us, "washington"), Subdivision::from_code("WA"));
        assert_eq!(Subdivision::from_name(us, "Puerto Rico"), None, "P-35: a territory is a country");
        let ua = Country::from_code("UA").unwrap();
        assert_eq!(Subdivision::from_name(ua, "Kyiv City"), Subdivision::from_code("30"));
        assert_eq!(Subdivision::from_name(ua, "Washington"), None);
    }
}
