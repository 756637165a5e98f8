//! From the search tree of a database to ranges of addresses, in one walk per family.
//!
//! Trees may share branches, and damaged ones do so without measure: a small file can unfold to very many
//! networks. The walk is ours, and not the reader's iterator, so that every step of it is counted.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use maxminddb::{LookupResult, MaxMindDbError};

use super::database::Database;
use crate::snapshot::ranges::{Address, AddressMap, RangeMap, Ranges};

/// The most branches a walk follows; the largest databases sold have under 20 million networks.
const MOST_STEPS: usize = 1 << 26;

/// How often a node may be passed on average before the tree is taken for a bomb; in the embedded one it is 2.4.
const MOST_PER_NODE: usize = 64;

/// A record of a database, not yet decoded.
pub(super) type Found<'a> = LookupResult<'a, &'a [u8]>;

/// IPv6 prefixes whose addresses carry an IPv4 address: the tree repeats IPv4 there, or invents.
const NOT_PLACES: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::UNSPECIFIED, 96),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// Every address's value: `value` is asked once per distinct record, 0 stands for no record.
pub(super) fn flatten<'a>(
    database: &'a Database<'a>,
    mut value: impl FnMut(&Found<'a>) -> Result<u32, MaxMindDbError>,
) -> Result<AddressMap, String> {
    let metadata = database.reader.metadata();
    let tree = Tree { bytes: database.bytes, record_bits: metadata.record_size, nodes: metadata.node_count };
    let mut records: HashMap<u32, u32, BuildHasherDefault<Multiply>> = HashMap::default();
    let mut value_of = |record: u32, address: IpAddr| match records.get(&record) {
        Some(value) => Ok(*value),
        None => {
            let found = database.reader.lookup(address).and_then(|found| value(&found));
            let value = found.map_err(|error| error.to_string())?;
            records.insert(record, value);
            Ok(value)
        }
    };
    if metadata.ip_version == 4 {
        let v4 = tree.walk(0, None, |record, address: u32| value_of(record, Ipv4Addr::from_bits(address).into()))?;
        return Ok(AddressMap { v4, v6: RangeMap::uniform(0) });
    }
    let root_v4 = (0..96).try_fold(0, |node, _| if node < tree.nodes { tree.child(node, 0) } else { Ok(node) })?;
    let v4 = tree.walk(root_v4, None, |record, address: u32| value_of(record, Ipv4Addr::from_bits(address).into()))?;
    // Wherever the IPv6 tree leads into the IPv4 tree, it repeats it.
    let repeats = (root_v4 < tree.nodes).then_some(root_v4);
    let v6 = tree.walk(0, repeats, |record, address: u128| value_of(record, Ipv6Addr::from_bits(address).into()))?;
    let masks = NOT_PLACES.map(|(address, len)| (address.to_bits(), len, 1));
    let masks = RangeMap::from_prefixes(masks, 0);
    Ok(AddressMap { v4, v6: v6.join(&masks, |value, masked| if masked == 1 { 0 } else { value }) })
}

/// The search tree: nodes of two records each, a record being a node, nothing, or a pointer to data.
struct Tree<'a> {
    bytes: &'a [u8],
    /// 24, 28 or 32.
    record_bits: u16,
    nodes: u32,
}

impl Tree<'_> {
    /// All addresses below `root`; `skipped` is a node that counts as nothing.
    fn walk<A: Address>(
        &self,
        root: u32,
        skipped: Option<u32>,
        mut value: impl FnMut(u32, A) -> Result<u32, String>,
    ) -> Result<RangeMap<A>, String> {
        let most = (MOST_PER_NODE * self.nodes as usize).clamp(1 << 16, MOST_STEPS);
        let mut ranges = Ranges::default();
        let mut ahead = vec![(root, A::MIN, 0)];
        let mut steps = 0;
        while let Some((record, first, depth)) = ahead.pop() {
            steps += 1;
            if steps > most {
                return Err(format!("its {} nodes unfold to more than {most} branches", self.nodes));
            }
            if record == self.nodes || skipped == Some(record) {
                ranges.push(first, 0);
            } else if record > self.nodes {
                ranges.push(first, value(record, first)?);
            } else if depth == A::BITS {
                return Err("its tree is deeper than an address is long".to_owned());
            } else {
                ahead.push((self.child(record, 1)?, first.with_bit(depth), depth + 1));
                ahead.push((self.child(record, 0)?, first, depth + 1));
            }
        }
        Ok(ranges.finish())
    }

    /// The left (0) or right (1) record of a node.
    fn child(&self, node: u32, side: usize) -> Result<u32, String> {
        let size = usize::from(self.record_bits) / 4;
        let start = node as usize * size;
        let node = self.bytes.get(start..start + size).ok_or("its tree is cut off")?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        match (self.record_bits, side) {
            // Between two records of 28 bits the fourth byte has the upper four bits of each.
            (28, 0) => Ok(u32::from(node[3] >> 4) << 24 | number(&node[..3])),
            (28, _) => Ok(u32::from(node[3] & 0x0f) << 24 | number(&node[4..])),
            (24 | 32, 0) => Ok(number(&node[..size / 2])),
            (24 | 32, _) => Ok(number(&node[size / 2..])),
            (bits, _) => Err(format!("its records have {bits} bits")),
        }
    }
}

/// A hash for record numbers, which are spread already: millions of networks ask.
#[derive(Default)]
struct Multiply(u64);

impl Hasher for Multiply {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
