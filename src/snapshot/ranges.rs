//! Address ranges → a small value, with the exact ECS scope of every answer.
//!
//! Whatever depends on the client's address (location, IP-based blocks, views) is flattened at load into
//! sorted ranges of equal value. A look-up finds the range; the widest prefix around the address that stays
//! inside the range is the scope (RFC 7871 §7.2.1), by arithmetic alone.

use crate::model::view::Block;

/// An address seen as a number.
pub trait Address: Copy + Ord {
    /// Bits of the address.
    const BITS: u8;
    /// The lowest address.
    const MIN: Self;
    /// The address after this one; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The address before this one; the lowest stays.
    fn before(self) -> Self;
    /// How many leading bits two addresses share.
    fn shared_bits(self, other: Self) -> u8;
    /// The first and last address of the prefix of `len` bits around this one.
    fn span(self, len: u8) -> (Self, Self);
    /// This address with one bit set, counted from the leading one.
    fn with_bit(self, at: u8) -> Self;
    /// The leading `bits` as a number, 1..=16 of them.
    fn leading(self, bits: u8) -> usize;
}

macro_rules! address {
    ($($int:ty),*) => {$(
        impl Address for $int {
            const BITS: u8 = <$int>::BITS as u8;
            const MIN: Self = 0;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Self {
                self.saturating_sub(1)
            }
            fn shared_bits(self, other: Self) -> u8 {
                (self ^ other).leading_zeros() as u8
            }
            fn span(self, len: u8) -> (Self, Self) {
                let host = match <$int>::MAX.checked_shr(u32::from(len)) {
                    Some(bits) => bits,
                    None => 0,
                };
                (self & !host, self | host)
            }
            fn with_bit(self, at: u8) -> Self {
                self | 1 << (Self::BITS - 1 - u32::from(at))
            }
            fn leading(self, bits: u8) -> usize {
                (self >> (<$int>::BITS - u32::from(bits))) as usize
            }
        }
    )*};
}

address!(u32, u128);

/// How many leading bits the index of a large map looks at.
const INDEX_BITS: u8 = 16;

/// From how many ranges on an index pays.
const INDEX_FROM: usize = 4096;

/// A total map from addresses to values, kept as the starts of ranges of equal value.
#[derive(Clone, Debug)]
pub struct RangeMap<A> {
    starts: Box<[A]>,
    values: Box<[u32]>,
    /// For each value of the leading bits how many ranges start before it; empty for small maps.
    index: Box<[u32]>,
}

/// A map in the making: ranges in ascending order, equal neighbours merged as they come.
#[derive(Clone, Debug)]
pub struct Ranges<A> {
    starts: Vec<A>,
    values: Vec<u32>,
}

impl<A> Default for Ranges<A> {
    fn default() -> Self {
        Self { starts: Vec::new(), values: Vec::new() }
    }
}

impl<A: Address> Ranges<A> {
    /// From `start` on, addresses have `value`; starts must ascend, and of equal starts the later counts.
    pub fn push(&mut self, start: A, value: u32) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.values.pop();
        }
        if self.values.last() != Some(&value) {
            self.starts.push(start);
            self.values.push(value);
        }
    }

    /// The map; addresses before the first start have 0.
    pub fn finish(mut self) -> RangeMap<A> {
        if self.starts.first() != Some(&A::MIN) {
            let zeros = usize::from(self.values.first() == Some(&0));
            self.starts.splice(..zeros, [A::MIN]);
            self.values.splice(..zeros, [0]);
        }
        let mut index = Vec::new();
        if self.starts.len() >= INDEX_FROM {
            index.resize(1 << INDEX_BITS, 0);
            self.starts.iter().for_each(|start| index[start.leading(INDEX_BITS)] += 1);
            let mut before = 0;
            for count in &mut index {
                before += std::mem::replace(count, before);
            }
        }
        RangeMap { starts: self.starts.into(), values: self.values.into(), index: index.into() }
    }
}

impl<A: Address> RangeMap<A> {
    /// Every address has `value`.
    pub fn uniform(value: u32) -> Self {
        Self { starts: Box::new([A::MIN]), values: Box::new([value]), index: Box::new([]) }
    }

    /// From range starts in ascending order; equal neighbours are merged, addresses before the first have 0.
    pub fn from_starts(starts: impl IntoIterator<Item = (A, u32)>) -> Self {
        let mut ranges = Ranges::default();
        starts.into_iter().for_each(|(start, value)| ranges.push(start, value));
        ranges.finish()
    }

    /// From nested prefixes: each address takes the value of its longest prefix, or `outside`.
    pub fn from_prefixes(prefixes: impl IntoIterator<Item = (A, u8, u32)>, outside: u32) -> Self {
        let mut prefixes: Vec<_> = prefixes.into_iter().map(|(at, len, value)| (at.span(len), len, value)).collect();
        prefixes.sort_by_key(|((first, _), len, _)| (*first, *len));
        let mut starts = vec![(A::MIN, outside)];
        let mut open: Vec<(A, u32)> = Vec::new();
        for ((first, last), _, value) in prefixes {
            close_before(first, &mut open, &mut starts, outside);
            starts.push((first, value));
            open.push((last, value));
        }
        while let Some((last, _)) = open.pop() {
            if let Some(next) = last.next() {
                starts.push((next, open.last().map_or(outside, |(_, value)| *value)));
            }
        }
        Self::from_starts(starts)
    }

    /// The value at `address`, and how many leading bits decide it.
    pub fn find(&self, address: A) -> (u32, u8) {
        let at = self.position(address);
        let first = self.starts[at];
        let mut scope = if at == 0 { 0 } else { address.shared_bits(first.before()) + 1 };
        if let Some(next) = self.starts.get(at + 1) {
            scope = scope.max(address.shared_bits(*next) + 1);
        }
        (self.values[at], scope)
    }

    /// The range that holds `address`: the last that does not start after it.
    fn position(&self, address: A) -> usize {
        let leading = if self.index.is_empty() { 0 } else { address.leading(INDEX_BITS) };
        let from = self.index.get(leading).map_or(0, |before| *before as usize);
        let to = self.index.get(leading + 1).map_or(self.starts.len(), |before| *before as usize);
        // The range that holds the address may start before its leading bits do; the first starts at the lowest.
        (from + self.starts[from..to].partition_point(|start| *start <= address)).saturating_sub(1)
    }

    /// The ranges in order: start and value.
    pub fn iter(&self) -> impl Iterator<Item = (A, u32)> {
        self.starts.iter().copied().zip(self.values.iter().copied())
    }

    /// The same ranges with other values, equal neighbours merged.
    pub fn map(&self, mut value: impl FnMut(u32) -> u32) -> Self {
        Self::from_starts(self.iter().map(|(start, old)| (start, value(old))))
    }

    /// Both maps laid over each other: each address has what `value` makes of its two values.
    pub fn join(&self, other: &Self, mut value: impl FnMut(u32, u32) -> u32) -> Self {
        let mut joined = Ranges::default();
        let (mut mine, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let (mut left, mut right) = (0, 0);
        while let Some(start) = mine.peek().into_iter().chain(theirs.peek()).map(|(start, _)| *start).min() {
            if let Some((_, value)) = mine.next_if(|(at, _)| *at == start) {
                left = value;
            }
            if let Some((_, value)) = theirs.next_if(|(at, _)| *at == start) {
                right = value;
            }
            joined.push(start, value(left, right));
        }
        joined.finish()
    }

    /// How many ranges there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: every map covers all addresses.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

fn close_before<A: Address>(first: A, open: &mut Vec<(A, u32)>, starts: &mut Vec<(A, u32)>, outside: u32) {
    while let Some((last, _)) = open.last().copied() {
        if last >= first {
            break;
        }
        open.pop();
        if let Some(next) = last.next() {
            starts.push((next, open.last().map_or(outside, |(_, value)| *value)));
        }
    }
}

/// A map for both address families.
#[derive(Clone, Debug)]
pub struct AddressMap {
    /// IPv4.
    pub v4: RangeMap<u32>,
    /// IPv6.
    pub v6: RangeMap<u128>,
}

impl AddressMap {
    /// Every address has `value`.
    pub fn uniform(value: u32) -> Self {
        Self { v4: RangeMap::uniform(value), v6: RangeMap::uniform(value) }
    }

    /// From CIDR blocks: the longest block decides, `outside` where there is none.
    pub fn from_blocks(blocks: &[(Block, u32)], outside: u32) -> Self {
        let v4 = blocks.iter().filter_map(|(block, value)| match *block {
            Block::V4 { address, len } => Some((address, len, *value)),
            Block::V6 { .. } => None,
        });
        let v6 = blocks.iter().filter_map(|(block, value)| match *block {
            Block::V6 { address, len } => Some((address, len, *value)),
            Block::V4 { .. } => None,
        });
        Self { v4: RangeMap::from_prefixes(v4, outside), v6: RangeMap::from_prefixes(v6, outside) }
    }

    /// The value at `address`, and how many leading bits decide it.
    pub fn find(&self, address: std::net::IpAddr) -> (u32, u8) {
        match address {
            std::net::IpAddr::V4(v4) => self.v4.find(v4.to_bits()),
            std::net::IpAddr::V6(v6) => self.v6.find(v6.to_bits()),
        }
    }

    /// The same ranges with other values, equal neighbours merged.
    pub fn map(&self, mut value: impl FnMut(u32) -> u32) -> Self {
        Self { v4: self.v4.map(&mut value), v6: self.v6.map(&mut value) }
    }

    /// Both maps laid over each other.
    pub fn join(&self, other: &Self, mut value: impl FnMut(u32, u32) -> u32) -> Self {
        Self { v4: self.v4.join(&other.v4, &mut value), v6: self.v6.join(&other.v6, &mut value) }
    }

    /// How many ranges there are in both families.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Never: every map covers all addresses.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn longest_prefix_wins_and_scope_is_exact() {
        let map = RangeMap::<u32>::from_prefixes([(0xcb00_0000, 16, 2), (0xcb00_7100, 24, 1)], 0);
        assert_eq!(map.find(0xcb00_7107), (1, 24));
        assert_eq!(map.find(0xcb00_0505), (2, 18), "203.0.0.0/18 is the widest prefix without 203.0.113.0/24");
        assert_eq!(map.find(0).0, 0);
        assert_eq!(RangeMap::<u32>::uniform(7).find(123), (7, 0));
    }

    #[test]
    fn before_the_first_start_is_zero() {
        let map = RangeMap::<u32>::from_starts([(5, 0), (9, 2), (9, 3), (12, 3)]);
        assert_eq!(map.iter().collect::<Vec<_>>(), [(0, 0), (9, 3)]);
        assert_eq!(RangeMap::<u32>::from_starts([(5, 1)]).iter().collect::<Vec<_>>(), [(0, 0), (5, 1)]);
        assert_eq!(RangeMap::<u32>::from_starts([]).find(77), (0, 0));
        let merged = RangeMap::<u32>::from_starts([(0, 1), (5, 2), (5, 1), (9, 1)]);
        assert_eq!(merged.iter().collect::<Vec<_>>(), [(0, 1)]);
    }

    #[test]
    fn the_index_of_a_large_map_finds_the_same() {
        let many = |step: u32| (0..20_000u32).map(move |at| (at.wrapping_mul(step), at % 7));
        for step in [1, 3, 65_536, 214_000] {
            let map = RangeMap::<u32>::from_starts(many(step));
            assert!(!map.index.is_empty());
            let probes = many(step).flat_map(|(at, _)| [at.saturating_sub(1), at, at + 1]).chain([u32::MAX, 0]);
            for probe in probes {
                let naive = map.starts.partition_point(|start| *start <= probe) - 1;
                assert_eq!(map.position(probe), naive, "{probe} by steps of {step}");
            }
        }
    }

    proptest! {
        #[test]
        fn joined_is_both_at_once(
            mut a in prop::collection::vec((any::<u32>(), 0u32..3), 0..10),
            mut b in prop::collection::vec((any::<u32>(), 0u32..3), 0..10),
            probes in prop::collection::vec(any::<u32>(), 8),
        ) {
            a.sort_by_key(|(start, _)| *start);
            b.sort_by_key(|(start, _)| *start);
            let edges: Vec<u32> = a.iter().chain(&b).flat_map(|(at, _)| [*at, at.wrapping_sub(1)]).collect();
            let (a, b) = (RangeMap::from_starts(a), RangeMap::from_starts(b));
            let joined = a.join(&b, |left, right| left * 10 + right);
            for probe in probes.into_iter().chain(edges) {
                prop_assert_eq!(joined.find(probe).0, a.find(probe).0 * 10 + b.find(probe).0);
            }
            prop_assert!(joined.values.windows(2).all(|pair| pair[0] != pair[1]), "neighbours merged");
        }

        #[test]
        fn agrees_with_linear_scan(prefixes in prop::collection::vec((any::<u32>(), 0u8..=32, 1u32..5), 0..12), probes in prop::collection::vec(any::<u32>(), 8)) {
            let mut unique = std::collections::BTreeMap::new();
            for (at, len, value) in prefixes { unique.insert((at.span(len).0, len), value); }
            let map = RangeMap::from_prefixes(unique.iter().map(|((at, len), value)| (*at, *len, *value)), 0);
            let naive = |probe: u32| unique.iter().filter(|((at, len), _)| probe.span(*len).0 == *at).max_by_key(|((_, len), _)| *len).map_or(0, |(_, value)| *value);
            let edges: Vec<u32> = unique.keys().flat_map(|(at, len)| [at.span(*len).0, at.span(*len).1, at.span(*len).1.wrapping_add(1)]).collect();
            for probe in probes.into_iter().chain(edges.iter().copied()) {
                let (value, scope) = map.find(probe);
                prop_assert_eq!(value, naive(probe));
                let (first, last) = probe.span(scope);
                for other in edges.iter().copied().chain([first, last]) {
                    if (first..=last).contains(&other) { prop_assert_eq!(naive(other), value); }
                }
                if scope > 0 {
                    let (first, last) = probe.span(scope - 1);
                    let differs = edges.iter().copied().chain([first, last]).any(|other| (first..=last).contains(&other) && naive(other) != value);
                    prop_assert!(differs, "a wider prefix has the same answer");
                }
            }
        }
    }
}
