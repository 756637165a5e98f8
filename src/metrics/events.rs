//! Rare events counted by the words that tell them apart.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::lock;

/// How often each combination of `N` words was met.
#[derive(Debug)]
pub struct Events<const N: usize>(Mutex<BTreeMap<[&'static str; N], u64>>);

impl<const N: usize> Default for Events<N> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<const N: usize> Events<N> {
    /// One more.
    pub fn count(&self, words: [&'static str; N]) {
        *lock(&self.0).entry(words).or_default() += 1;
    }

    /// All of them, by words.
    pub(super) fn all(&self) -> Vec<([&'static str; N], u64)> {
        lock(&self.0).iter().map(|(words, count)| (*words, *count)).collect()
    }
}
