//! All zones by number: what readers count and log them by, the same from world to world until one is compiled whole.

use std::ops::Index;
use std::sync::Arc;

use super::journal::Journal;
use super::row::{Draft, Row};
use super::zone::Zone;
use crate::model::HostedZone;

/// All zones of a snapshot; numbers of zones that are gone are free for others.
#[derive(Clone, Debug, Default)]
pub struct Zones {
    places: Row<Option<Place>, 8>,
    len: usize,
    free: Vec<u32>,
}

/// What is under a number.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) zone: Arc<Zone>,
    /// What it was compiled from, in the form in which that is kept.
    pub(super) source: Arc<HostedZone>,
    /// What changed in it of late.
    pub(super) journal: Arc<Journal>,
}

/// Zones that come and go.
#[derive(Debug)]
pub(super) struct ZonesDraft {
    places: Draft<Option<Place>, 8>,
    len: usize,
    free: Vec<u32>,
}

impl Zones {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many numbers there are, free ones among them.
    pub fn numbers(&self) -> usize {
        self.places.len()
    }

    /// The zone under a number.
    pub fn get(&self, number: usize) -> Option<&Arc<Zone>> {
        self.place(number as u32).map(|place| &place.zone)
    }

    /// All of them, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Zone>> {
        self.numbered().map(|(_, zone)| zone)
    }

    /// All of them with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &Arc<Zone>)> {
        (0..).zip(self.places.iter()).filter_map(|(number, place)| Some((number, &place.as_ref()?.zone)))
    }

    /// The numbers under which another zone is than in `other`; what they share is passed over.
    pub fn differences(&self, other: &Self) -> Vec<u32> {
        self.places.differences(&other.places, |one, two| match (one, two) {
            (Some(one), Some(two)) => Arc::ptr_eq(&one.zone, &two.zone),
            (one, two) => one.is_none() && two.is_none(),
        })
    }

    #[inline]
    pub(super) fn place(&self, number: u32) -> Option<&Place> {
        self.places.get(number)?.as_ref()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().flatten()
    }

    pub(super) fn draft(&self) -> ZonesDraft {
        ZonesDraft { places: self.places.draft(), len: self.len, free: self.free.clone() }
    }
}

impl Index<usize> for Zones {
    type Output = Zone;

    /// The zone under a number that the catalog gives.
    #[inline]
    fn index(&self, number: usize) -> &Zone {
        match self.places.at(number as u32) {
            Some(place) => &place.zone,
            None => panic!("no zone {number}"),
        }
    }
}

impl FromIterator<Place> for Zones {
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        let places: Row<_, 8> = places.into_iter().map(Some).collect();
        Self { len: places.len(), places, free: Vec::new() }
    }
}

impl ZonesDraft {
    /// Puts a zone under a number that is free; the number.
    pub(super) fn add(&mut self, place: Place) -> u32 {
        self.len += 1;
        match self.free.pop() {
            Some(number) => {
                *self.places.at_mut(number) = Some(place);
                number
            }
            None => self.places.push(Some(place)),
        }
    }

    /// Puts another form of a zone under its number.
    pub(super) fn replace(&mut self, number: u32, place: Place) {
        *self.places.at_mut(number) = Some(place);
    }

    /// Frees a number.
    pub(super) fn remove(&mut self, number: u32) {
        *self.places.at_mut(number) = None;
        self.len -= 1;
        self.free.push(number);
    }

    pub(super) fn finish(self) -> Zones {
        Zones { places: self.places.finish(), len: self.len, free: self.free }
    }
}
