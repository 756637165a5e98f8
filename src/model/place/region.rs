//! AWS Regions and Local Zones: their codes and where they are (P-25, P-45, P-52).

use std::fmt;
use std::sync::LazyLock;

use super::table::{Macro, point, rows};
use super::{Coordinates, Country, Subdivision};

/// A Region of the 39 in Route 53's enumeration (P-25).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u8);

impl Region {
    /// From its code, `us-east-1`.
    pub fn from_code(code: &str) -> Option<Self> {
        REGIONS.iter().position(|row| row.code == code).map(|at| Self(at as u8))
    }

    /// All Regions in table order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..REGIONS.len()).map(|at| Self(at as u8))
    }

    /// What the Region table says of it.
    pub fn row(self) -> &'static RegionRow {
        &REGIONS[usize::from(self.0)]
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        self.row().code
    }
}

impl Default for Region {
    /// The first of the table, us-east-1, where Route 53's own defaults lie (I-23).
    fn default() -> Self {
        Self(0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A row of `geoip/regions.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct RegionRow {
    pub code: &'static str,
    pub name: &'static str,
    pub point: Coordinates,
    pub macro_area: Macro,
    pub country: Country,
    /// Only in the United States (Z-36).
    pub subdivision: Option<Subdivision>,
}

/// A row of `geoip/local_zones.csv`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct LocalZoneRow {
    pub group: &'static str,
    pub region: Region,
    pub city: &'static str,
    pub point: Coordinates,
}

/// All Local Zone groups, by name.
pub fn local_zones() -> &'static [LocalZoneRow] {
    &LOCAL_ZONES
}

/// A Local Zone group by name: the zone's without its last letter, `us-west-2-den-1` (P-45).
pub fn local_zone(group: &str) -> Option<&'static LocalZoneRow> {
    LOCAL_ZONES.iter().find(|row| row.group == group)
}

static REGIONS: LazyLock<Vec<RegionRow>> = LazyLock::new(|| {
    rows(include_str!("../../../geoip/regions.csv"))
        .filter_map(|cell| match cell[..] {
            [code, name, latitude, longitude, macro_area, country, subdivision] => Some(RegionRow {
                code,
                name,
                point: point(latitude, longitude)?,
                macro_area: Macro::from_code(macro_area)?,
                country: Country::from_code(country)?,
                subdivision: Subdivision::from_code(subdivision),
            }),
            _ => None,
        })
        .collect()
});

static LOCAL_ZONES: LazyLock<Vec<LocalZoneRow>> = LazyLock::new(|| {
    rows(include_str!("../../../geoip/local_zones.csv"))
        .filter_map(|cell| match cell[..] {
            [group, region, _country, _subdivision, city, latitude, longitude] => Some(LocalZoneRow {
                group,
                region: Region::from_code(region)?,
                city,
                point: point(latitude, longitude)?,
            }),
            _ => None,
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    const ENUMERATION: &str = "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 \
        eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eusc-de-east-1 \
        il-central-1 me-south-1 me-central-1 af-south-1 ap-south-1 ap-south-2 ap-east-1 ap-east-2 ap-southeast-1 \
        ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ap-northeast-1 \
        ap-northeast-2 ap-northeast-3 cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1";

    #[test]
    fn the_enumeration_is_whole() {
        assert_eq!(Region::all().count(), 39, "P-25");
        for code in ENUMERATION.split_whitespace() {
            assert_eq!(Region::from_code(code).map(Region::code), Some(code), "P-25");
        }
        assert_eq!(Region::from_code("us-east-3"), None);
    }

    #[test]
    fn every_region_is_in_its_country() {
        for region in Region::all() {
            let row = region.row();
            let country = row.country.row().unwrap();
            assert_eq!(country.macro_area, row.macro_area, "{region:?}");
            assert_eq!(row.subdivision.is_some(), row.country.code() == "US", "Z-36: {region:?}");
            assert!(row.point.distance_km(country.centroid) < 3500.0, "{region:?} is far from {:?}", row.country);
        }
    }

    #[test]
    fn local_zones_by_group_name() {
        assert_eq!(local_zones().len(), 43, "P-45");
        let denver = local_zone("us-west-2-den-1").map(|row| row.point);
        assert_eq!(denver, Some(Coordinates { latitude: 39.74, longitude: -104.98 }), "P-45");
        assert_eq!(local_zone("us-west-2-den-1a"), None, "P-45: the group, not the zone");
        assert!(local_zones().iter().all(|row| row.group.starts_with(row.region.code()) && !row.city.is_empty()));
    }
}
