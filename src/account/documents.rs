//! The documents in memory, and changes laid over them that nobody else sees until they are taken.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use super::document::{BadDocument, Document, Kind, id_of, key, shelf};

/// Every document by key, what they are found by, and how many lie on each shelf.
#[derive(Debug, Default)]
pub struct Documents {
    all: BTreeMap<String, Document>,
    index: BTreeMap<String, String>,
    counts: BTreeMap<String, usize>,
}

/// Changes of documents and of what they are found by; `None` is gone.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pub(super) all: BTreeMap<String, Option<Document>>,
    index: BTreeMap<String, Option<String>>,
}

/// Documents as someone reads them: those in force, or with the changes of a draft over them.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    base: &'a Documents,
    over: Option<&'a Overlay>,
}

impl Documents {
    /// The documents of a store.
    pub fn load(texts: &[(String, String)]) -> Result<Self, BadDocument> {
        let mut documents = Self::default();
        for (key, text) in texts {
            documents.set(key, Some(Document::read(key, text)?));
        }
        Ok(documents)
    }

    /// The documents as they are.
    pub fn reader(&self) -> Reader<'_> {
        Reader { base: self, over: None }
    }

    /// The documents with a draft's changes over them.
    pub(super) fn under<'a>(&'a self, over: &'a Overlay) -> Reader<'a> {
        Reader { base: self, over: Some(over) }
    }

    /// Takes changes into force.
    pub(super) fn take(&mut self, changes: Overlay) {
        for (key, document) in changes.all {
            self.set(&key, document);
        }
    }

    fn set(&mut self, key: &str, document: Option<Document>) {
        let id = id_of(key);
        let new = document.as_ref().map(|document| document.index(id)).unwrap_or_default();
        let old = match document {
            Some(document) => self.all.insert(key.to_owned(), document),
            None => self.all.remove(key),
        };
        for word in old.iter().flat_map(|old| old.index(id)) {
            if self.index.get(&word).is_some_and(|found| found == id) {
                self.index.remove(&word);
            }
        }
        let is_there = self.all.contains_key(key);
        self.index.extend(new.into_iter().map(|word| (word, id.to_owned())));
        match (old.is_some(), is_there) {
            (false, true) => *self.counts.entry(shelf(key).to_owned()).or_default() += 1,
            (true, false) => {
                if let Some(count) = self.counts.get_mut(shelf(key)) {
                    *count -= 1;
                    if *count == 0 {
                        self.counts.remove(shelf(key));
                    }
                }
            }
            _ => {}
        }
    }
}

impl Overlay {
    /// Lays a document over `base`; `None` takes it away.
    pub(super) fn set(&mut self, base: &Documents, key: &str, document: Option<Document>) {
        let id = id_of(key);
        let old = base.under(self).document(key).cloned();
        for word in old.iter().flat_map(|old| old.index(id)) {
            if base.under(self).indexed(&word).is_some_and(|found| found == id) {
                self.index.insert(word, None);
            }
        }
        for word in document.iter().flat_map(|new| new.index(id)) {
            self.index.insert(word, Some(id.to_owned()));
        }
        self.all.insert(key.to_owned(), document);
    }
}

impl<'a> Reader<'a> {
    /// The document of a key.
    pub fn document(&self, key: &str) -> Option<&'a Document> {
        match self.over.and_then(|over| over.all.get(key)) {
            Some(changed) => changed.as_ref(),
            None => self.base.all.get(key),
        }
    }

    /// The document of this kind and id.
    pub fn find<K: Kind>(&self, id: &str) -> Option<&'a Arc<K>> {
        self.document(&key::<K>(id)).and_then(K::of)
    }

    /// The documents of this kind whose ids begin with `within` and are not less than `from`, in order of their ids.
    pub fn list<K: Kind>(&self, within: &str, from: &str) -> impl Iterator<Item = (&'a str, &'a Arc<K>)> + use<'a, K> {
        let (begin, prefix) = (key::<K>(from.max(within)), key::<K>(within));
        let found = layered(&self.base.all, self.over.map(|over| &over.all), &begin);
        found
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .filter_map(|(key, document)| Some((id_of(key), K::of(document)?)))
    }

    /// The id of the document that is found by `word`.
    pub fn indexed(&self, word: &str) -> Option<&'a str> {
        match self.over.and_then(|over| over.index.get(word)) {
            Some(changed) => changed.as_deref(),
            None => self.base.index.get(word).map(String::as_str),
        }
    }

    /// What is found by words that begin with `within` and are not less than `from`: pairs of word and id, in order.
    pub fn index(&self, within: &str, from: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let within = within.to_owned();
        layered(&self.base.index, self.over.map(|over| &over.index), from.max(&within))
            .take_while(move |(word, _)| word.starts_with(&within))
            .map(|(word, id)| (word, id.as_str()))
    }

    /// How many documents lie on a shelf: `""` for all of a kind whose ids are one word, `Z1/` for those of a zone.
    pub fn count<K: Kind>(&self, within: &str) -> usize {
        let shelf = key::<K>(within);
        let before = self.base.counts.get(&shelf).copied().unwrap_or(0);
        let Some(over) = self.over else { return before };
        let changed = over.all.range(shelf.clone()..).take_while(|(key, _)| key.starts_with(&shelf));
        changed.fold(before, |count, (key, document)| {
            count + usize::from(document.is_some()) - usize::from(self.base.all.contains_key(key))
        })
    }
}

/// Two layers read as one; what the upper one holds, `None` too, hides what lies below.
struct Layered<'a, V> {
    below: Peekable<Range<'a, String, V>>,
    above: Option<Peekable<Range<'a, String, Option<V>>>>,
}

fn layered<'a, V>(
    below: &'a BTreeMap<String, V>,
    above: Option<&'a BTreeMap<String, Option<V>>>,
    from: &str,
) -> Layered<'a, V> {
    let range = (Bound::Included(from), Bound::Unbounded);
    Layered {
        below: below.range::<str, _>(range).peekable(),
        above: above.map(|above| above.range::<str, _>(range).peekable()),
    }
}

impl<'a, V> Iterator for Layered<'a, V> {
    type Item = (&'a str, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let lower = self.below.peek().map(|(key, _)| key.as_str());
            let upper = self.above.as_mut().and_then(|above| above.peek()).map(|(key, _)| key.as_str());
            let hides = match (lower, upper) {
                (_, None) => return self.below.next().map(|(key, value)| (key.as_str(), value)),
                (Some(lower), Some(upper)) if lower < upper => {
                    return self.below.next().map(|(key, value)| (key.as_str(), value));
                }
                (lower, upper) => lower == upper,
            };
            if hides {
                self.below.next();
            }
            if let Some((key, Some(value))) = self.above.as_mut().and_then(Iterator::next) {
                return Some((key.as_str(), value));
            }
        }
    }
}
