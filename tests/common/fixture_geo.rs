//! The clients K1–K13 of spec §10.1 as a [`Geography`], without any database file.

use waymark::model::place::{Continent, Coordinates, Country, Location, Subdivision};
use waymark::model::view::Block;
use waymark::policy::latency::LatencyTable;
use waymark::snapshot::geography::Geography;
use waymark::snapshot::ranges::AddressMap;

/// A client: its network, continent, country and state as codes (empty for none), coordinates.
pub(crate) type Client = (&'static str, u8, &'static str, &'static str, &'static str, Option<(f64, f64)>);

/// K1 … K13, K8 (100.64.8.0/24) being nowhere.
pub(crate) const CLIENTS: [Client; 12] = [
    ("198.51.100.0", 24, "NA", "US", "WA", Some((47.61, -122.33))),
    ("100.64.2.0", 24, "NA", "US", "VA", Some((38.95, -77.45))),
    ("203.0.113.0", 24, "EU", "GB", "", Some((51.51, -0.13))),
    ("100.64.4.0", 24, "AS", "JP", "", Some((35.68, 139.69))),
    ("100.64.5.0", 24, "SA", "BR", "", Some((-23.55, -46.63))),
    ("100.64.6.0", 24, "AS", "CN", "", Some((39.90, 116.41))),
    ("100.64.7.0", 24, "NA", "US", "", Some((39.00, -98.00))),
    ("2001:db8:9::", 48, "EU", "DE", "", Some((50.11, 8.68))),
    ("100.64.10.0", 24, "NA", "PR", "", Some((18.47, -66.11))),
    ("100.64.11.0", 24, "NA", "US", "TX", Some((32.78, -96.80))),
    ("100.64.12.0", 24, "NA", "US", "CO", Some((39.74, -104.99))),
    ("100.64.13.0", 24, "AF", "NA", "", Some((-22.56, 17.08))),
];

const REGIONS: [&str; 6] = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-northeast-1", "cn-north-1"];

/// Milliseconds to each of `REGIONS`.
const LATENCIES: [(&str, [u16; 6]); 9] = [
    ("198.51.100.0/24", [70, 10, 130, 170, 95, 180]),
    ("100.64.2.0/24", [8, 65, 75, 220, 165, 230]),
    ("203.0.113.0/24", [76, 135, 11, 165, 215, 210]),
    ("100.64.4.0/24", [160, 100, 220, 70, 3, 60]),
    ("100.64.5.0/24", [115, 175, 180, 320, 260, 300]),
    ("100.64.6.0/24", [225, 160, 230, 90, 55, 180]),
    ("2001:db8:9::/48", [92, 150, 25, 160, 230, 190]),
    ("100.64.11.0/24", [35, 45, 110, 210, 140, 200]),
    ("100.64.12.0/24", [45, 30, 120, 190, 120, 190]),
];

/// The world of §10.1: who is where, and the latency rows as an operator's table.
pub(crate) fn geography() -> Geography {
    let mut locations = vec![Location::default()];
    let mut blocks = Vec::new();
    for (number, (address, len, continent, country, subdivision, point)) in (1..).zip(CLIENTS) {
        let point = point.map(|(latitude, longitude)| Coordinates { latitude, longitude });
        let continent = Continent::from_code(continent);
        let location =
            Location::new(continent, Country::from_code(country), Subdivision::from_code(subdivision), point);
        assert_eq!(location.continent, continent, "P-42: {country}");
        locations.push(location);
        blocks.push((Block::new(address.parse().unwrap(), len).unwrap(), number));
    }
    let table: String = LATENCIES
        .iter()
        .flat_map(|(block, row)| {
            REGIONS.iter().zip(row).map(move |(region, ms)| format!("cidr:{block},{region},{ms}\n"))
        })
        .collect();
    let table = LatencyTable::parse("fixture", &table).unwrap();
    Geography::new(locations, AddressMap::from_blocks(&blocks, 0), "fixture".to_owned()).with_latency(table, None)
}
