//! A hash table from folded names to numbers: built once, open addressing, one probe on a usual hit.

use super::qname::Qname;

const EMPTY: u32 = u32::MAX;

/// Names to numbers 0, 1, 2, … in the order they were added.
#[derive(Debug)]
pub struct NameTable {
    slots: Box<[(u32, u32)]>,
    names: Box<[u8]>,
    /// Where each name ends in `names`.
    ends: Box<[u32]>,
}

impl NameTable {
    /// A table of these names, which must be distinct and folded.
    pub fn new<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let size = (names.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![(0, EMPTY); size];
        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(names.len());
        for (number, name) in names.enumerate() {
            bytes.extend_from_slice(name);
            ends.push(bytes.len() as u32);
            let hash = Qname::read(name).map_or(0, |name| name.hash(0));
            let mut at = hash as usize & (size - 1);
            while slots[at].1 != EMPTY {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (hash, number as u32);
        }
        Self { slots: slots.into(), names: bytes.into(), ends: ends.into() }
    }

    /// The number of the suffix of `name` that begins at `label`.
    pub fn find(&self, name: &Qname, label: usize) -> Option<u32> {
        let hash = name.hash(label);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (tag, number) = self.slots[at];
            if number == EMPTY {
                return None;
            }
            if tag == hash && self.name(number) == name.suffix(label) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// The name with this number, in wire form.
    pub fn name(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.names[start as usize..self.ends[at] as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}
