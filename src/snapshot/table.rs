//! A hash table from folded names to numbers: built once, open addressing, one probe on a usual hit.
//!
//! A slot leads straight to the name's octets, with its number in front of them, so that a hit touches two places
//! of memory. A name ends itself, so comparing as many octets as the asked one has is comparing names.

use super::qname::{self, Qname};
use super::rrset::name_len;

const EMPTY: u32 = u32::MAX;
/// Octets of the number in front of each name.
const NUMBER: usize = 4;
/// Octets behind the last name.
const SPARE: usize = 8;
/// Of so many names one's place is kept.
const STEP: usize = 8;

/// Names to numbers 0, 1, 2, … in the order they were added.
#[derive(Debug)]
pub struct NameTable {
    /// Hash, and where the name's number is in `names`.
    slots: Box<[(u32, u32)]>,
    /// Number and wire form of each name.
    names: Box<[u8]>,
    /// Where every eighth name's number is in `names`; those between are walked to.
    places: Box<[u32]>,
    /// How many names there are.
    count: usize,
    /// How many labels the names have, the most first: where no name is so deep, none is looked for.
    depths: Box<[u8]>,
}

/// A table that names are still added to.
#[derive(Debug)]
pub(super) struct Growing {
    slots: Vec<(u32, u32)>,
    names: Vec<u8>,
    places: Vec<u32>,
    count: usize,
    depths: [bool; 128],
}

impl Growing {
    /// An empty table with room for so many names of so many octets together; more make it grow.
    pub(super) fn with_room(names: usize, octets: usize) -> Self {
        Self {
            slots: vec![(0, EMPTY); (names * 2).next_power_of_two().max(2)],
            names: Vec::with_capacity(octets + names * NUMBER + SPARE),
            places: Vec::with_capacity(names.div_ceil(STEP)),
            count: 0,
            depths: [false; 128],
        }
    }

    /// The number of a folded name in wire form.
    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        let (_, place) = self.slots[self.slot(qname::hash(name), name)];
        let number = self.names.get(place as usize..)?.first_chunk::<NUMBER>()?;
        Some(u32::from_le_bytes(*number))
    }

    /// Adds a folded name that is not in it yet; its number.
    pub(super) fn add(&mut self, name: &[u8]) -> u32 {
        let number = self.count as u32;
        if (self.count + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = qname::hash(name);
        let slot = self.slot(hash, name);
        let place = self.names.len() as u32;
        self.slots[slot] = (hash, place);
        if self.count.is_multiple_of(STEP) {
            self.places.push(place);
        }
        self.names.extend_from_slice(&number.to_le_bytes());
        self.names.extend_from_slice(name);
        self.count += 1;
        self.depths[labels(name)] = true;
        number
    }

    /// The name with this number, in wire form.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        numbered(&self.names, &self.places, number)
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The table, whole.
    pub(super) fn finish(self) -> NameTable {
        let Self { slots, mut names, places, count, depths } = self;
        // Names are compared by whole words, the last one too.
        names.extend([0; SPARE]);
        let depths = (0..128u8).rev().filter(|depth| depths[usize::from(*depth)]).collect();
        NameTable { slots: slots.into(), names: names.into(), places: places.into(), count, depths }
    }

    /// The slot that holds the name, or the empty one where it would be.
    fn slot(&self, hash: u32, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (tag, place) = self.slots[at];
            if place == EMPTY || tag == hash && self.names[place as usize + NUMBER..].starts_with(name) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![(0, EMPTY); self.slots.len() * 2];
        for (hash, place) in self.slots.iter().filter(|(_, place)| *place != EMPTY) {
            let mut at = *hash as usize & mask;
            while slots[at].1 != EMPTY {
                at = (at + 1) & mask;
            }
            slots[at] = (*hash, *place);
        }
        self.slots = slots;
    }
}

/// The name with this number, in wire form.
fn numbered<'a>(names: &'a [u8], places: &[u32], number: u32) -> &'a [u8] {
    let mut rest = &names[places[number as usize / STEP] as usize + NUMBER..];
    for _ in 0..number as usize % STEP {
        rest = &rest[name_len(rest) + NUMBER..];
    }
    &rest[..name_len(rest)]
}

/// Labels of a name in wire form, the root not counted.
fn labels(name: &[u8]) -> usize {
    let (mut at, mut labels) = (0, 0);
    while let Some(len @ 1..) = name.get(at) {
        at += 1 + usize::from(*len);
        labels += 1;
    }
    labels
}

impl NameTable {
    /// A table of these names, which must be distinct and folded.
    pub fn new<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let mut table = Growing::with_room(names.len(), 0);
        for name in names {
            table.add(name);
        }
        table.finish()
    }

    /// The number of the suffix of `name` that begins at `label`.
    #[inline]
    pub fn find(&self, name: &Qname, label: usize) -> Option<u32> {
        let hash = name.hash(label);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        // The table is never full, so an empty slot ends the search.
        while let Some(&(tag, place)) = self.slots.get(at) {
            if place == EMPTY {
                return None;
            }
            if tag == hash
                && let Some((number, held)) = self.names.get(place as usize..)?.split_first_chunk::<NUMBER>()
                && name.begins(label, held)
            {
                return Some(u32::from_le_bytes(*number));
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// The first thing `take` makes of the suffixes of `name` that are here, the longest first, from those that begin
    /// at label `from` to those that begin at `to`.
    #[inline]
    pub fn longest<T>(
        &self,
        name: &Qname,
        (from, to): (usize, usize),
        mut take: impl FnMut(u32, usize) -> Option<T>,
    ) -> Option<T> {
        for depth in &self.depths {
            let Some(label) = name.labels().checked_sub(usize::from(*depth)) else { continue };
            if label < from {
                continue;
            }
            if label > to {
                return None;
            }
            if let Some(taken) = self.find(name, label).and_then(|number| take(number, label)) {
                return Some(taken);
            }
        }
        None
    }

    /// The name with this number, in wire form.
    pub fn name(&self, number: u32) -> &[u8] {
        numbered(&self.names, &self.places, number)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Names that share endings, beginnings and lengths, some of them wrong by an octet only.
    fn names() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let label = prop_oneof![
            proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), Just(0), Just(1)], 1..4),
            proptest::collection::vec(Just(b'a'), 1..20),
            proptest::collection::vec(prop_oneof![Just(b'a'), any::<u8>()], 63..64),
        ];
        let name = proptest::collection::vec(label, 0..5).prop_map(|labels| {
            let mut wire: Vec<u8> =
                labels.iter().flat_map(|label| [&[label.len() as u8][..], label].concat()).collect();
            wire.push(0);
            wire.make_ascii_lowercase();
            wire
        });
        proptest::collection::vec(name.prop_filter("a legal name", |name| name.len() <= 255), 1..60)
    }

    proptest! {
        #[test]
        fn a_table_is_a_map(held in names(), asked in names(), room in 0usize..70) {
            let mut growing = Growing::with_room(room, 0);
            let mut map: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
            for name in &held {
                prop_assert_eq!(growing.find(name), map.get(name).copied());
                if !map.contains_key(name) {
                    let number = growing.add(name);
                    prop_assert_eq!(number as usize, map.len());
                    map.insert(name.clone(), number);
                }
            }
            let table = growing.finish();
            prop_assert_eq!(table.len(), map.len());
            for (name, number) in &map {
                prop_assert_eq!(table.name(*number), &name[..]);
            }
            for name in held.iter().chain(&asked) {
                let asked = Qname::read(name).unwrap();
                let known = |label| map.get(asked.suffix(label)).copied();
                for label in 0..=asked.labels() {
                    prop_assert_eq!(table.find(&asked, label), known(label), "{:?} from label {}", name, label);
                    let found = table.longest(&asked, (label, asked.labels()), |number, label| Some((number, label)));
                    let first = (label..=asked.labels()).find_map(|label| Some((known(label)?, label)));
                    prop_assert_eq!(found, first);
                }
            }
        }
    }
}
