//! Rows of things that versions share: changing one copies the piece it is in and leaves the rest shared.
//!
//! ```text
//!  Row ─► [ piece ][ piece ][ piece ][ short one ]        a draft of it copies ─► the last, and those it changes
//! ```
//! A row that is short, or never to change, is in one, so that reading it takes no step more.

use std::sync::Arc;

/// A row of things; the place of one is its piece's number and, in the lowest `BITS` bits, where it is in there.
#[derive(Clone, Debug)]
pub enum Row<T, const BITS: u32> {
    /// In one.
    Whole(Box<[T]>),
    /// In pieces of at most `1 << BITS` things.
    Pieces(Box<[Arc<[T]>]>),
}

/// A row that is being made or changed.
#[derive(Debug)]
pub struct Draft<T, const BITS: u32> {
    sealed: Vec<Arc<[T]>>,
    tail: Vec<T>,
    /// It will never change, and stays in one however long it is.
    stays: bool,
}

impl<T, const BITS: u32> Row<T, BITS> {
    const MASK: usize = (1 << BITS) - 1;

    /// The thing at a place there is.
    #[inline]
    pub fn at(&self, place: u32) -> &T {
        match self {
            Self::Whole(things) => &things[place as usize],
            Self::Pieces(pieces) => &pieces[(place >> BITS) as usize][place as usize & Self::MASK],
        }
    }

    /// The thing at a place, where there is one.
    #[inline]
    pub fn get(&self, place: u32) -> Option<&T> {
        self.from(place).first()
    }

    /// What is in a piece from a place on; nothing where there is none.
    #[inline]
    pub fn from(&self, place: u32) -> &[T] {
        match self {
            Self::Whole(things) => things.get(place as usize..).unwrap_or_default(),
            Self::Pieces(pieces) => {
                let piece = pieces.get((place >> BITS) as usize).map_or(&[][..], |piece| piece);
                piece.get(place as usize & Self::MASK..).unwrap_or_default()
            }
        }
    }

    /// All things in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces().flatten()
    }

    /// How many things there are, or the place behind the last one.
    #[allow(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(things) => things.len(),
            Self::Pieces(pieces) => ((pieces.len() - 1) << BITS) + pieces.last().map_or(0, |last| last.len()),
        }
    }

    /// The thing with this key among things in the order of their keys.
    pub fn find_by<K: Ord>(&self, key: &K, key_of: impl Fn(&T) -> K) -> Option<&T> {
        let piece = match self {
            Self::Whole(things) => things,
            Self::Pieces(pieces) => {
                let after = pieces.partition_point(|piece| piece.first().is_some_and(|first| key_of(first) <= *key));
                &*pieces[after.checked_sub(1)?]
            }
        };
        piece.binary_search_by_key(key, key_of).ok().map(|at| &piece[at])
    }

    fn pieces(&self) -> impl Iterator<Item = &[T]> {
        let (whole, pieces) = match self {
            Self::Whole(things) => (Some(&**things), &[][..]),
            Self::Pieces(pieces) => (None, &**pieces),
        };
        whole.into_iter().chain(pieces.iter().map(|piece| &**piece))
    }
}

impl<T: Clone, const BITS: u32> Row<T, BITS> {
    /// A draft that begins as this row.
    pub fn draft(&self) -> Draft<T, BITS> {
        match self {
            Self::Whole(things) => Draft { sealed: Vec::new(), tail: things.to_vec(), stays: things.len() > 1 << BITS },
            Self::Pieces(pieces) => {
                let (last, sealed) = pieces.split_last().map_or((&[][..], &[][..]), |(last, rest)| (&**last, rest));
                Draft { sealed: sealed.to_vec(), tail: last.to_vec(), stays: false }
            }
        }
    }
}

impl<T, const BITS: u32> Row<T, BITS> {
    /// The places at which two rows differ, things compared by `same`; pieces that they share are passed over.
    pub fn differences(&self, other: &Self, same: impl Fn(&T, &T) -> bool) -> Vec<u32> {
        let mut found = Vec::new();
        let mut compare = |from: usize, one: &[T], two: &[T]| {
            let differ = |at: &usize| !matches!((one.get(*at), two.get(*at)), (Some(one), Some(two)) if same(one, two));
            found.extend((0..one.len().max(two.len())).filter(differ).map(|at| (from + at) as u32));
        };
        match (self, other) {
            (Self::Whole(one), Self::Whole(two)) => compare(0, one, two),
            (one, two) => {
                let (one, two) = (one.shared(), two.shared());
                for at in 0..one.len().max(two.len()) {
                    let (one, two) = (one.get(at), two.get(at));
                    if !matches!((one, two), (Some(Ok(one)), Some(Ok(two))) if Arc::ptr_eq(one, two)) {
                        compare(at << BITS, one.map_or(&[], things), two.map_or(&[], things));
                    }
                }
            }
        }
        found
    }

    /// Its pieces; one that is whole is cut into as long ones.
    fn shared(&self) -> Vec<Piece<'_, T>> {
        match self {
            Self::Whole(things) => things.chunks(1 << BITS).map(Err).collect(),
            Self::Pieces(pieces) => pieces.iter().map(Ok).collect(),
        }
    }
}

/// A piece that may be shared, or what would be one.
type Piece<'a, T> = Result<&'a Arc<[T]>, &'a [T]>;

fn things<'a, T>(piece: &Piece<'a, T>) -> &'a [T] {
    match piece {
        Ok(piece) => piece,
        Err(piece) => piece,
    }
}

impl<T, const BITS: u32> Default for Row<T, BITS> {
    fn default() -> Self {
        Self::Whole(Box::default())
    }
}

impl<T, const BITS: u32> FromIterator<T> for Row<T, BITS> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut draft = Draft::with_room(0, false);
        for thing in things {
            draft.push(thing);
        }
        draft.finish()
    }
}

impl<T, const BITS: u32> Draft<T, BITS> {
    const MASK: usize = (1 << BITS) - 1;

    /// An empty one with room for so many things where it `stays` as it comes to be.
    pub fn with_room(things: usize, stays: bool) -> Self {
        let room = if stays { things } else { things.min(1 << BITS) };
        Self { sealed: Vec::new(), tail: Vec::with_capacity(room), stays }
    }

    /// One more thing; its place.
    pub fn push(&mut self, thing: T) -> u32 {
        if !self.stays && self.tail.len() > Self::MASK {
            self.seal();
        }
        let place = self.len() as u32;
        self.tail.push(thing);
        place
    }

    /// How many things there are, or the place where the next would be.
    #[allow(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        (self.sealed.len() << BITS) + self.tail.len()
    }

    /// The thing at a place there is.
    pub fn at(&self, place: u32) -> &T {
        match place as usize {
            place if self.stays => &self.tail[place],
            place => match self.sealed.get(place >> BITS) {
                Some(piece) => &piece[place & Self::MASK],
                None => &self.tail[place & Self::MASK],
            },
        }
    }

    /// What is in a piece from a place on; nothing where there is none.
    pub fn from(&self, place: u32) -> &[T] {
        let place = place as usize;
        let (piece, at) = match self.sealed.get(place >> BITS) {
            Some(piece) => (&**piece, place & Self::MASK),
            None if self.stays => (&self.tail[..], place),
            None if place >> BITS == self.sealed.len() => (&self.tail[..], place & Self::MASK),
            None => (&[][..], 0),
        };
        piece.get(at..).unwrap_or_default()
    }

    /// All things in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.sealed.iter().flat_map(|piece| piece.iter()).chain(&self.tail)
    }

    /// Begins a new piece where so many more things would make this one longer than `most`, behind `last` in the old.
    pub fn make_room(&mut self, more: usize, most: usize, last: impl IntoIterator<Item = T>) {
        if !self.stays && !self.tail.is_empty() && self.tail.len() + more > most {
            self.tail.extend(last);
            self.seal();
        }
    }

    /// Its last things, which may grow and shrink.
    pub fn tail(&mut self) -> &mut Vec<T> {
        &mut self.tail
    }

    fn seal(&mut self) {
        self.sealed.push(std::mem::take(&mut self.tail).into());
    }

    /// The row, as it is from now on.
    pub fn finish(mut self) -> Row<T, BITS> {
        if self.sealed.is_empty() {
            return Row::Whole(self.tail.into());
        }
        self.seal();
        Row::Pieces(self.sealed.into())
    }
}

impl<T: Clone, const BITS: u32> Draft<T, BITS> {
    /// So many equal things.
    pub fn filled(thing: T, count: usize, stays: bool) -> Self {
        if stays || count <= 1 << BITS {
            return Self { sealed: Vec::new(), tail: vec![thing; count], stays };
        }
        let mut draft = Self::with_room(0, false);
        for _ in 0..count {
            draft.push(thing.clone());
        }
        draft
    }

    /// The thing at a place there is, to change; its piece is no longer shared.
    pub fn at_mut(&mut self, place: u32) -> &mut T {
        let place = place as usize;
        match self.sealed.get_mut(place >> BITS) {
            _ if self.stays => &mut self.tail[place],
            Some(piece) => &mut Arc::make_mut(piece)[place & Self::MASK],
            None => &mut self.tail[place & Self::MASK],
        }
    }

    /// A run of things side by side in one piece of no more than `most` unless the run alone is longer; its place.
    pub fn append(&mut self, run: &[T], most: usize) -> u32 {
        self.make_room(run.len(), most, []);
        let place = self.len() as u32;
        self.tail.extend_from_slice(run);
        place
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn versions_of_a_row_are_rows_of_their_own(
            first in proptest::collection::vec(any::<u8>(), 0..40),
            changes in proptest::collection::vec((any::<bool>(), any::<u8>(), any::<u32>()), 0..60),
            stays in any::<bool>(),
        ) {
            let mut draft: Draft<u8, 3> = Draft::with_room(0, stays);
            for thing in &first {
                draft.push(*thing);
            }
            let before = draft.finish();
            let (mut draft, mut plain) = (before.draft(), first.clone());
            for (add, thing, place) in changes {
                if add || plain.is_empty() {
                    prop_assert_eq!(draft.push(thing) as usize, plain.len());
                    plain.push(thing);
                } else {
                    let place = place % plain.len() as u32;
                    *draft.at_mut(place) = thing;
                    plain[place as usize] = thing;
                }
            }
            prop_assert!((0..plain.len()).all(|at| *draft.at(at as u32) == plain[at]));
            let after = draft.finish();
            prop_assert!(before.iter().eq(&first) && after.iter().eq(&plain));
            prop_assert_eq!((before.len(), after.len()), (first.len(), plain.len()));
            prop_assert!((0..plain.len()).all(|at| *after.at(at as u32) == plain[at]));
            prop_assert_eq!(after.get(plain.len() as u32), None);
            let differ = |at: &u32| first.get(*at as usize) != plain.get(*at as usize);
            let expected: Vec<_> = (0..first.len().max(plain.len()) as u32).filter(differ).collect();
            prop_assert_eq!(before.differences(&after, |one, two| one == two), expected);
        }
    }
}
