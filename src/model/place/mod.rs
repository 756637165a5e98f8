//! Where clients and endpoints are: continents, countries, subdivisions, Regions, coordinates, distance.
//!
//! Continent and country are different types because their codes collide: `NA`, `AF`, `AS`, `SA` (P-43).
//! The tables behind the codes are `geoip/*.csv`, compiled in; databases and addresses are not known here.

mod area;
mod point;
mod region;
mod table;

use std::fmt;

pub use area::{Area, Continent, Country, Subdivision};
pub use point::Coordinates;
pub use region::{LocalZoneRow, Region, RegionRow, local_zone, local_zones};
pub use table::{CountryRow, Macro, SubdivisionRow};

/// What is known of where a client is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Location {
    /// The continent.
    pub continent: Option<Continent>,
    /// The country.
    pub country: Option<Country>,
    /// The subdivision of `country`.
    pub subdivision: Option<Subdivision>,
    /// Coordinates, from the database or the centroid of subdivision or country (P-50).
    pub point: Option<Coordinates>,
}

impl Location {
    /// A location as policies see it: the continent is the country's (P-42), a missing point the centroid of
    /// the subdivision or the country (P-50).
    pub fn new(
        continent: Option<Continent>,
        country: Option<Country>,
        subdivision: Option<Subdivision>,
        point: Option<Coordinates>,
    ) -> Self {
        let row = country.and_then(Country::row);
        let subdivision = country.and(subdivision);
        let state = country.zip(subdivision).and_then(|(country, subdivision)| subdivision.row(country));
        Self {
            continent: row.map(|row| row.continent).or(continent),
            country,
            subdivision,
            point: point.or(state.map(|row| row.centroid)).or(row.map(|row| row.centroid)),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("nowhere known");
        }
        let area = match (self.country, self.subdivision) {
            (Some(country), Some(subdivision)) => format!("{}-{}", country.code(), subdivision.code()),
            (Some(country), None) => country.code().to_owned(),
            _ => "no country".to_owned(),
        };
        write!(f, "{area} in {}", self.continent.map_or("no continent", Continent::code))?;
        match self.point {
            Some(Coordinates { latitude, longitude }) => write!(f, " at {latitude:.2},{longitude:.2}"),
            None => Ok(()),
        }
    }
}

/// What every policy may know of a client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Continent, country, subdivision, coordinates.
    pub location: Location,
    /// Autonomous system, where an ASN database is given and the latency table asks for it.
    pub asn: Option<u32>,
    /// The latency table's CIDR rows that cover the place: indexes of rows, longest block first.
    pub blocks: Vec<u32>,
    /// The Region of the client's view, for private zones (Z-34).
    pub region: Option<Region>,
}

impl Place {
    /// Where the clients of a view in `region` are (Z-34, Z-36).
    pub fn of_region(region: Region) -> Self {
        let row = region.row();
        let continent = row.country.row().map(|country| country.continent);
        let location =
            Location { continent, country: Some(row.country), subdivision: row.subdivision, point: Some(row.point) };
        Self { location, region: Some(region), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P-42, as the guide prints it.
    const MEMBERS: [(&str, &str); 7] = [
        (
            "AF",
            "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ \
             NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
        ),
        ("AN", "AQ GS TF"),
        (
            "AS",
            "AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY \
             NP OM PH PK PS QA SA SG SY TH TJ TM TW UZ VN YE",
        ),
        (
            "EU",
            "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC \
             MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA XK",
        ),
        (
            "NA",
            "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV \
             SX TC TT US VC VG VI",
        ),
        ("OC", "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS"),
        ("SA", "AR BO BR CL CO EC FK GF GY PE PY SR UY VE"),
    ];

    #[test]
    fn countries_are_in_the_continents_of_the_guide() {
        let mut listed = 0;
        for (continent, countries) in MEMBERS {
            for code in countries.split_whitespace() {
                let country = Country::from_code(code).unwrap_or_else(|| panic!("P-42: {code} is missing"));
                let row = country.row().unwrap();
                assert_eq!(row.continent.code(), continent, "P-42, P-43: {code}");
                assert!(country.is_supported(), "P-37: {code}");
                listed += 1;
            }
        }
        let unsupported: Vec<_> = Country::all().filter(|country| !country.is_supported()).collect();
        assert_eq!(format!("{unsupported:?}"), "[BV, CX, EH, HM]", "P-37");
        assert_eq!(Country::all().count(), listed + unsupported.len(), "P-42: every other country is in the table");
    }

    #[test]
    fn locations_fall_back_to_centroids() {
        let us = Country::from_code("US");
        let washington = Location::new(None, us, Subdivision::from_code("WA"), None);
        assert_eq!(washington.continent, Some(Continent::NorthAmerica));
        assert_eq!(washington.point, Some(Coordinates { latitude: 47.31, longitude: -121.57 }), "P-50");
        let unknown_state = Location::new(None, us, Subdivision::from_code("ZZ"), None);
        assert_eq!(unknown_state.point, us.unwrap().row().map(|row| row.centroid), "P-50");
        let stray = Location::new(Some(Continent::Asia), None, Subdivision::from_code("WA"), None);
        assert_eq!((stray.continent, stray.subdivision, stray.point), (Some(Continent::Asia), None, None));
        let said = [washington, stray, Location::default()].map(|location| location.to_string());
        assert_eq!(said, ["US-WA in NA at 47.31,-121.57", "no country in AS", "nowhere known"]);
    }

    #[test]
    fn a_view_is_where_its_region_is() {
        let place = Place::of_region(Region::from_code("us-east-1").unwrap());
        let Location { continent, country, subdivision, point } = place.location;
        assert_eq!(continent, Some(Continent::NorthAmerica), "Z-36");
        assert_eq!(country, Country::from_code("US"), "Z-36");
        assert_eq!(subdivision, Subdivision::from_code("VA"), "Z-36");
        assert!(point.is_some());
    }
}
