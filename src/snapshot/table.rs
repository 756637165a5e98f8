//! A hash table from folded names to numbers: open addressing, one probe on a usual hit.
//!
//! A slot leads straight to the name's octets, with its number in front of them, so that a hit touches two places
//! of memory. A name ends itself, so comparing as many octets as the asked one has is comparing names. A table that
//! names come to and go from is in pieces that its versions share ([`super::row`]).

use super::qname::{self, Qname};
use super::row::{Draft, Row};
use super::rrset::name_len;

const EMPTY: u32 = u32::MAX;
/// Octets of the number in front of each name.
const NUMBER: usize = 4;
/// Octets behind the last name of a piece.
const SPARE: usize = 8;
/// Of so many names one's place is kept, where none comes or goes.
const STEP: usize = 8;
/// Octets of names in a piece.
const PIECE: usize = 1 << 14;

/// Names to numbers, 0, 1, 2, … in the order they were added; numbers that are free again are given anew.
#[derive(Clone, Debug)]
pub struct NameTable {
    /// Hash, and where the name's number is in `names`.
    slots: Row<(u32, u32), 12>,
    /// One less than how many slots there are.
    mask: usize,
    /// Number and wire form of each name.
    names: Row<u8, 16>,
    /// Where the number of every `step`th name is in `names`; those between are walked to. Of a free number the next
    /// that is free.
    places: Row<u32, 12>,
    step: usize,
    /// How many numbers there are, and how many of them name something.
    count: usize,
    held: usize,
    /// A number that is free.
    free: u32,
    /// How many labels the names have, the most first: where no name is so deep, none is looked for.
    depths: Box<[u8]>,
}

/// A table that names are still added to or taken from.
#[derive(Debug)]
pub(super) struct Growing {
    slots: Draft<(u32, u32), 12>,
    mask: usize,
    names: Draft<u8, 16>,
    places: Draft<u32, 12>,
    step: usize,
    count: usize,
    held: usize,
    free: u32,
    depths: [bool; 128],
}

impl Growing {
    /// An empty table with room for so many names of so many octets together; more make it grow. One that `stays` is
    /// never changed once it is finished.
    pub(super) fn with_room(names: usize, octets: usize, stays: bool) -> Self {
        let slots = (names * 2).next_power_of_two().max(2);
        let step = if stays { STEP } else { 1 };
        Self {
            slots: Draft::filled((0, EMPTY), slots, stays),
            mask: slots - 1,
            names: Draft::with_room(octets + names * NUMBER + SPARE, stays),
            places: Draft::with_room(names.div_ceil(step), stays),
            step,
            count: 0,
            held: 0,
            free: EMPTY,
            depths: [false; 128],
        }
    }

    /// The number of a folded name in wire form.
    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        let (_, place) = *self.slots.at(self.slot(qname::hash(name), name) as u32);
        let number = self.names.from(place).first_chunk::<NUMBER>().filter(|_| place != EMPTY)?;
        Some(u32::from_le_bytes(*number))
    }

    /// Adds a folded name that is not in it yet; its number.
    pub(super) fn add(&mut self, name: &[u8]) -> u32 {
        if (self.held + 1) * 2 > self.mask + 1 {
            self.grow();
        }
        let (number, is_new) = match self.free {
            EMPTY => (self.count as u32, true),
            free => (free, false),
        };
        let hash = qname::hash(name);
        let slot = self.slot(hash, name);
        self.names.make_room(NUMBER + name.len() + SPARE, PIECE, [0; SPARE]);
        let place = self.names.append(&number.to_le_bytes(), usize::MAX);
        self.names.append(name, usize::MAX);
        *self.slots.at_mut(slot as u32) = (hash, place);
        if !is_new {
            self.free = std::mem::replace(self.places.at_mut(number), place);
        } else if self.count.is_multiple_of(self.step) {
            self.places.push(place);
        }
        self.count += usize::from(is_new);
        self.held += 1;
        self.depths[labels(name)] = true;
        number
    }

    /// Takes a name out, so that its number is free; never from a table that stays.
    pub(super) fn remove(&mut self, name: &[u8]) {
        let Some(number) = self.find(name) else { return };
        let mut hole = self.slot(qname::hash(name), name);
        let mut next = hole;
        // Names that were pushed on past the hole come nearer to where they belong.
        loop {
            next = (next + 1) & self.mask;
            let (hash, place) = *self.slots.at(next as u32);
            if place == EMPTY {
                break;
            }
            let from_home = next.wrapping_sub(hash as usize) & self.mask;
            if from_home >= next.wrapping_sub(hole) & self.mask {
                *self.slots.at_mut(hole as u32) = (hash, place);
                hole = next;
            }
        }
        *self.slots.at_mut(hole as u32) = (0, EMPTY);
        *self.places.at_mut(number) = std::mem::replace(&mut self.free, number);
        self.held -= 1;
    }

    /// All names in wire form, in no order.
    pub(super) fn each(&self) -> impl Iterator<Item = &[u8]> {
        let held = self.slots.iter().filter(|(_, place)| *place != EMPTY);
        held.map(|(_, place)| numbered(self.names.from(*place), 0))
    }

    /// Octets of names, those of names that are gone among them.
    pub(super) fn octets(&self) -> usize {
        self.names.len()
    }

    /// The table, whole.
    pub(super) fn finish(self) -> NameTable {
        let Self { slots, mask, mut names, places, step, count, held, free, depths } = self;
        // Names are compared by whole words, the last one too.
        names.tail().extend([0; SPARE]);
        let depths = (0..128u8).rev().filter(|depth| depths[usize::from(*depth)]).collect();
        NameTable {
            slots: slots.finish(),
            mask,
            names: names.finish(),
            places: places.finish(),
            step,
            count,
            held,
            free,
            depths,
        }
    }

    /// The slot that holds the name, or the empty one where it would be.
    fn slot(&self, hash: u32, name: &[u8]) -> usize {
        let mut at = hash as usize & self.mask;
        loop {
            let (tag, place) = *self.slots.at(at as u32);
            if place == EMPTY || tag == hash && self.names.from(place)[NUMBER..].starts_with(name) {
                return at;
            }
            at = (at + 1) & self.mask;
        }
    }

    fn grow(&mut self) {
        let (count, stays) = ((self.mask + 1) * 2, self.step == STEP);
        let old = std::mem::replace(&mut self.slots, Draft::filled((0, EMPTY), count, stays)).finish();
        self.mask = count - 1;
        for (hash, place) in old.iter().filter(|(_, place)| *place != EMPTY) {
            let mut at = *hash as usize & self.mask;
            while self.slots.at(at as u32).1 != EMPTY {
                at = (at + 1) & self.mask;
            }
            *self.slots.at_mut(at as u32) = (*hash, *place);
        }
    }
}

/// The `ahead`th name behind the one that `names` begins with, each with its number in front.
fn numbered(mut names: &[u8], ahead: usize) -> &[u8] {
    names = names.get(NUMBER..).unwrap_or_default();
    for _ in 0..ahead {
        names = &names[name_len(names) + NUMBER..];
    }
    &names[..name_len(names)]
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
    /// A table to change that begins as this one; never one that stays.
    pub(super) fn draft(&self) -> Growing {
        let mut names = self.names.draft();
        let octets = names.tail().len() - SPARE;
        names.tail().truncate(octets);
        let mut depths = [false; 128];
        self.depths.iter().for_each(|depth| depths[usize::from(*depth)] = true);
        Growing {
            slots: self.slots.draft(),
            mask: self.mask,
            names,
            places: self.places.draft(),
            step: self.step,
            count: self.count,
            held: self.held,
            free: self.free,
            depths,
        }
    }

    /// The number of the suffix of `name` that begins at `label`.
    #[inline]
    pub fn find(&self, name: &Qname, label: usize) -> Option<u32> {
        let hash = name.hash(label);
        let mask = self.mask;
        let mut at = hash as usize & mask;
        // The table is never full, so an empty slot ends the search.
        while let Some(&(tag, place)) = self.slots.get(at as u32) {
            if place == EMPTY {
                return None;
            }
            if tag == hash
                && let Some((number, held)) = self.names.from(place).split_first_chunk::<NUMBER>()
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
        numbered(self.names.from(*self.places.at(number / self.step as u32)), number as usize % self.step)
    }

    /// Octets of names, those of names that are gone among them.
    pub(super) fn octets(&self) -> usize {
        self.names.len()
    }

    /// How many numbers there are, those that are free among them.
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
        fn a_table_is_a_map(
            held in names(), asked in names(), gone in names(), room in 0usize..70, stays in any::<bool>(),
        ) {
            let mut growing = Growing::with_room(room, 0, stays);
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
            agree(&table, &map, held.iter().chain(&asked))?;
            if stays {
                return Ok(());
            }
            // Names come and go in a table of its own.
            let before = map.clone();
            let mut growing = table.draft();
            for name in gone.iter().chain(held.iter().step_by(2)) {
                match map.remove(name) {
                    Some(_) => growing.remove(name),
                    None => {
                        let number = growing.add(name);
                        prop_assert!(map.values().all(|other| *other != number));
                        map.insert(name.clone(), number);
                    }
                }
                prop_assert_eq!(growing.find(name), map.get(name).copied());
            }
            let changed = growing.finish();
            agree(&changed, &map, held.iter().chain(&gone).chain(&asked))?;
            agree(&table, &before, held.iter().chain(&gone).chain(&asked))?;
            // And again, in the room that is free.
            let mut growing = changed.draft();
            for name in map.keys() {
                growing.remove(name);
            }
            for (at, name) in before.keys().enumerate() {
                prop_assert!((growing.add(name) as usize) < changed.len().max(at + 1));
            }
            let numbers: BTreeMap<_, _> =
                before.keys().map(|name| (name.clone(), growing.find(name).unwrap())).collect();
            agree(&growing.finish(), &numbers, held.iter().chain(&gone).chain(&asked))?;
        }
    }

    fn agree<'a>(
        table: &NameTable,
        map: &BTreeMap<Vec<u8>, u32>,
        asked: impl Iterator<Item = &'a Vec<u8>>,
    ) -> Result<(), TestCaseError> {
        for (name, number) in map {
            prop_assert_eq!(table.name(*number), &name[..]);
        }
        for name in asked {
            let asked = Qname::read(name).unwrap();
            let known = |label| map.get(asked.suffix(label)).copied();
            for label in 0..=asked.labels() {
                prop_assert_eq!(table.find(&asked, label), known(label), "{:?} from label {}", name, label);
                let found = table.longest(&asked, (label, asked.labels()), |number, label| Some((number, label)));
                let first = (label..=asked.labels()).find_map(|label| Some((known(label)?, label)));
                prop_assert_eq!(found, first);
            }
        }
        Ok(())
    }
}
