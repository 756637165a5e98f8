//! A hash table from folded names to numbers: built once, open addressing, one probe on a usual hit.
//!
//! A slot leads straight to the name's octets, with its number in front of them, so that a hit touches two places
//! of memory. A name ends itself, so comparing as many octets as the asked one has is comparing names.

use super::qname::Qname;

const EMPTY: u32 = u32::MAX;
/// Octets of the number in front of each name.
const NUMBER: usize = 4;

/// Names to numbers 0, 1, 2, … in the order they were added.
#[derive(Debug)]
pub struct NameTable {
    /// Hash, and where the name's number is in `names`.
    slots: Box<[(u32, u32)]>,
    /// Number and wire form of each name.
    names: Box<[u8]>,
    /// Where each name begins in `names`.
    starts: Box<[u32]>,
    /// How many labels the names have, the most first: where no name is so deep, none is looked for.
    depths: Box<[u8]>,
}

impl NameTable {
    /// A table of these names, which must be distinct and folded.
    pub fn new<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let size = (names.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![(0, EMPTY); size];
        let mut bytes = Vec::new();
        let mut starts = Vec::with_capacity(names.len());
        let mut depths = [false; 128];
        for (number, name) in names.enumerate() {
            let read = Qname::read(name).unwrap_or_default();
            depths[read.labels()] = true;
            let hash = read.hash(0);
            let mut at = hash as usize & (size - 1);
            while slots[at].1 != EMPTY {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (hash, bytes.len() as u32);
            bytes.extend_from_slice(&(number as u32).to_le_bytes());
            starts.push(bytes.len() as u32);
            bytes.extend_from_slice(name);
        }
        let depths = (0..128u8).rev().filter(|depth| depths[usize::from(*depth)]).collect();
        Self { slots: slots.into(), names: bytes.into(), starts: starts.into(), depths }
    }

    /// The number of the suffix of `name` that begins at `label`.
    #[inline]
    pub fn find(&self, name: &Qname, label: usize) -> Option<u32> {
        let (hash, suffix) = (name.hash(label), name.suffix(label));
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        // The table is never full, so an empty slot ends the search.
        while let Some(&(tag, place)) = self.slots.get(at) {
            if place == EMPTY {
                return None;
            }
            if tag == hash
                && let Some((number, held)) = self.names.get(place as usize..)?.split_first_chunk::<NUMBER>()
                && held.starts_with(suffix)
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
        let at = number as usize;
        let end = self.starts.get(at + 1).map_or(self.names.len(), |next| *next as usize - NUMBER);
        &self.names[self.starts[at] as usize..end]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}
