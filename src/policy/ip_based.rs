//! IP-based: the longest matching CIDR block first, shorter ones next, `*` last (P-56 … P-58).
//!
//! Only locations that have a record in the group count (P-57, X-07).

use std::cmp::Reverse;

use super::Choice;
use crate::model::routing::LocationName;
use crate::model::view::Block;
use crate::model::{Candidate, CidrCollection};

/// A distinct set of covering blocks, as an order of choices.
pub type Orders = Vec<(Block, Vec<Choice>)>;

/// For each block of the collection the order for clients inside it, and the order for everyone else.
pub fn orders(collection: &CidrCollection, candidates: &[Candidate<LocationName>]) -> (Orders, Vec<Choice>) {
    let mut blocks = Vec::new();
    let mut default = Vec::new();
    for (member, candidate) in candidates.iter().enumerate() {
        match &candidate.key {
            LocationName::Default => default.push(Choice::of(member)),
            LocationName::Named(location) => {
                let named = collection.locations.get(location).into_iter().flatten();
                blocks.extend(named.map(|block| (*block, member)));
            }
        }
    }
    // By address, then length: what covers a block comes before it, and stays on the stack until it is left.
    blocks.sort_by_key(|(block, member)| (*block, Reverse(*member)));
    let mut around: Vec<(Block, usize)> = Vec::new();
    let mut orders: Orders = Vec::with_capacity(blocks.len());
    for (block, member) in blocks {
        while around.pop_if(|(outer, _)| !outer.covers(block)).is_some() {}
        around.push((block, member));
        let mut order: Vec<_> = around
            .iter()
            .rev()
            .map(|(block, member)| Choice { member: *member as u16, at_least: block.len() })
            .collect();
        order.extend(&default);
        match orders.last_mut() {
            Some((last, known)) if *last == block => *known = order,
            _ => orders.push((block, order)),
        }
    }
    (orders, default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{At, Target};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn orders_are_those_of_all_covering_blocks(
            blocks in prop::collection::btree_map((any::<bool>(), 0u32..64, 1u8..=24), 0usize..5, 0..40),
        ) {
            let block = |(v6, bits, len): (bool, u32, u8)| match v6 {
                true => Block::new(std::net::Ipv6Addr::from_bits(u128::from(bits) << 104).into(), len).unwrap(),
                false => Block::new(std::net::Ipv4Addr::from_bits(bits << 8 | bits << 24).into(), len).unwrap(),
            };
            let unique: std::collections::BTreeMap<Block, usize> =
                blocks.into_iter().map(|(key, location)| (block(key), location)).collect();
            let at = At::new("test", 1);
            let mut collection =
                CidrCollection { id: "c".into(), locations: std::collections::BTreeMap::new(), at: at.clone() };
            for (block, location) in &unique {
                collection.locations.entry(location.to_string().into()).or_default().push(*block);
            }
            let target = Target::Values { ttl: 1, rdata: Vec::new() };
            let candidate = |key| Candidate { id: "".into(), key, check: None, target: target.clone(), at: at.clone() };
            let candidates: Vec<_> = (0..4)
                .map(|location: usize| candidate(LocationName::Named(location.to_string().into())))
                .chain([candidate(LocationName::Default)])
                .collect();
            let (orders, default) = orders(&collection, &candidates);
            prop_assert_eq!(&default, &[Choice::of(4)]);
            let known: Vec<_> = unique.iter().filter(|(_, location)| **location < 4).collect();
            prop_assert_eq!(orders.len(), known.len());
            for (inner, order) in orders {
                let mut naive: Vec<_> = known
                    .iter()
                    .filter(|(block, _)| block.covers(inner))
                    .map(|(block, location)| Choice { member: **location as u16, at_least: block.len() })
                    .collect();
                naive.sort_by_key(|choice| std::cmp::Reverse(choice.at_least));
                naive.push(Choice::of(4));
                prop_assert_eq!(order, naive, "P-58: around {}", inner);
            }
        }
    }
}
