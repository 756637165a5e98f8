//! The world as the geo database and the operator's latency table divide it: places, and who is in which.
//!
//! Filled by `geo` at load, read by `snapshot::steering` at compile time; the query path never sees it.
//! Two addresses are in one place when no policy can tell them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::ranges::AddressMap;
use crate::model::place::{Location, Place};
use crate::model::view::Block;
use crate::policy::latency::LatencyTable;

/// Every address's place, and what is known of each place.
#[derive(Clone, Debug)]
pub struct Geography {
    /// Place 0 is "nowhere known".
    pub places: Vec<Place>,
    /// Address → index into `places`.
    pub map: AddressMap,
    /// The operator's latency rows (may be empty).
    pub latency: LatencyTable,
    /// What built it: file name, build date, licence line; shown by `explain` and at start.
    pub source: String,
}

impl Geography {
    /// A world in which nobody is anywhere.
    pub fn nowhere() -> Self {
        Self {
            places: vec![Place::default()],
            map: AddressMap::uniform(0),
            latency: LatencyTable::default(),
            source: "none".to_owned(),
        }
    }

    /// A world from locations: `map` leads from addresses to indexes into `locations`, the first of which must be
    /// the unknown one.
    pub fn new(locations: Vec<Location>, map: AddressMap, source: String) -> Self {
        let places = locations.into_iter().map(|location| Place { location, ..Place::default() }).collect();
        Self { places, map, latency: LatencyTable::default(), source }
    }

    /// Divides the places further, as far as the rows of a latency table tell clients apart: by CIDR block, and by
    /// autonomous system where `asns` leads from addresses to their numbers (0 for unknown).
    pub fn with_latency(mut self, table: LatencyTable, asns: Option<&AddressMap>) -> Self {
        if let Some(asns) = asns {
            let asked: BTreeSet<u32> = table.asns().collect();
            let asked = asns.map(|asn| if asked.contains(&asn) { asn } else { 0 });
            self.refine(&asked, |place, asn| place.asn = Some(asn));
        }
        let (blocks, rows) = covering_rows(&table);
        if !blocks.is_empty() {
            let sets = AddressMap::from_blocks(&blocks, 0);
            self.refine(&sets, |place, set| place.blocks.clone_from(&rows[set as usize]));
        }
        self.latency = table;
        self
    }

    /// The place of an address.
    pub fn place(&self, address: IpAddr) -> &Place {
        &self.places[self.map.find(address).0 as usize]
    }

    /// Divides places by a second map, whose 0 leaves them as they are.
    fn refine(&mut self, by: &AddressMap, mut mark: impl FnMut(&mut Place, u32)) {
        let mut known = HashMap::new();
        let places = &mut self.places;
        self.map = self.map.join(by, |place, value| {
            if value == 0 {
                return place;
            }
            *known.entry((place, value)).or_insert_with(|| {
                let mut refined = places[place as usize].clone();
                mark(&mut refined, value);
                places.push(refined);
                places.len() as u32 - 1
            })
        });
    }
}

/// Each block of the table with the number of a set, and the sets: rows whose block covers it, longest block
/// first. Set 0 is empty.
fn covering_rows(table: &LatencyTable) -> (Vec<(Block, u32)>, Vec<Vec<u32>>) {
    let mut own: BTreeMap<Block, Vec<u32>> = BTreeMap::new();
    for (row, block) in (0..).zip(table.blocks()) {
        own.entry(block).or_default().push(row);
    }
    let mut sets = vec![Vec::new()];
    let mut blocks: Vec<(Block, u32)> = Vec::with_capacity(own.len());
    let mut around: Vec<(Block, u32)> = Vec::new();
    // Blocks come by address, then length: what covers a block comes before it.
    for (block, mut rows) in own {
        while around.pop_if(|(outer, _)| !outer.covers(block)).is_some() {}
        if let Some((_, set)) = around.last() {
            rows.extend_from_slice(&sets[*set as usize]);
        }
        let set = sets.len() as u32;
        sets.push(rows);
        around.push((block, set));
        blocks.push((block, set));
    }
    (blocks, sets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::{Country, Region};
    use crate::policy::latency;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn block(text: &str, len: u8) -> Block {
        Block::new(address(text), len).unwrap()
    }

    #[test]
    fn latency_rows_divide_places() {
        let japan = Location::new(None, Country::from_code("JP"), None, None);
        let map = AddressMap::from_blocks(&[(block("203.0.0.0", 16), 1)], 0);
        let asns = AddressMap::from_blocks(
            &[(block("203.0.128.0", 17), 64500), (block("198.51.100.0", 24), 64500), (block("203.0.0.0", 24), 64501)],
            0,
        );
        let table = "cidr:203.0.113.0/24,eu-west-1,1\ncidr:203.0.112.0/20,eu-west-1,2\n\
                     cidr:203.0.112.0/20,us-east-1,3\nasn:64500,eu-west-1,4\ncidr:2001:db8::/32,eu-west-1,5\n";
        let table = LatencyTable::parse("latency.csv", table).unwrap();
        let world = Geography::new(vec![Location::default(), japan], map, "test".to_owned());
        let world = world.with_latency(table, Some(&asns));
        let measured = |client: &str, to: &str| {
            let region = Region::from_code(to).unwrap();
            latency::millis(world.place(address(client)), region, &world.latency).map(|(ms, _)| ms)
        };
        assert_eq!(measured("203.0.113.9", "eu-west-1"), Some(1.0), "the longest block");
        assert_eq!(measured("203.0.113.9", "us-east-1"), Some(3.0), "the shorter block has the only row");
        assert_eq!(measured("203.0.112.9", "eu-west-1"), Some(2.0));
        assert_eq!(measured("203.0.200.9", "eu-west-1"), Some(4.0), "by AS");
        assert_eq!(measured("198.51.100.9", "eu-west-1"), Some(4.0), "by AS without location");
        assert_eq!(measured("2001:db8::9", "eu-west-1"), Some(5.0));
        assert_eq!(measured("2001:db9::9", "eu-west-1"), None);
        let plain = world.place(address("203.0.0.9"));
        assert_eq!((plain.asn, plain.location), (None, japan), "an AS no row asks for divides nothing");
        assert_eq!(world.map.find(address("203.0.113.9")).1, 24, "scope is exact");
        assert_eq!(world.places[0], Place::default());
    }
}
