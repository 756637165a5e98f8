//! Operators' words on checks, ready to be asked of many.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CheckId, Pattern, Word};

/// Words by what they are said of: the newest that matches a check decides it.
///
/// Of ten thousand words most name one check each, and those cost a look-up; only patterns are matched.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Words on one check, with their place in the order.
    exact: BTreeMap<Arc<str>, (usize, Word)>,
    /// Words on patterns, the newest last.
    wild: Vec<(usize, Pattern, Word)>,
}

impl Words {
    /// These words, the newest last.
    pub fn new(said: impl IntoIterator<Item = (Pattern, Word)>) -> Self {
        let mut words = Self::default();
        for (place, (pattern, word)) in said.into_iter().enumerate() {
            match pattern.is_exact() {
                true => _ = words.exact.insert(pattern.0, (place, word)),
                false => words.wild.push((place, pattern, word)),
            }
        }
        words
    }

    /// The word that decides a check; `None` when nothing is said of it.
    pub fn of(&self, check: &CheckId) -> Option<Word> {
        let exact = self.exact.get(&check.0);
        let newer = self.wild.iter().rev().take_while(|(place, ..)| exact.is_none_or(|(exact, _)| place > exact));
        let wild = newer.into_iter().find(|(_, pattern, _)| pattern.matches(check));
        wild.map(|(.., word)| *word).or(exact.map(|(_, word)| *word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As a plain search from the newest on finds it.
        #[test]
        fn the_newest_that_matches_decides(said in prop::collection::vec((0usize..6, 0usize..3), 0..12), id in 0usize..3) {
            const PATTERNS: [&str; 6] = ["*", "web-*", "web-1", "web-2", "web-?", "db"];
            let said: Vec<_> = said
                .into_iter()
                .map(|(at, word)| (Pattern(PATTERNS[at].into()), [Word::Up, Word::Down, Word::Obey][word]))
                .collect();
            let check = CheckId(["web-1", "web-2", "db"][id].into());
            let naive = said.iter().rev().find(|(pattern, _)| pattern.matches(&check)).map(|(_, word)| *word);
            prop_assert_eq!(Words::new(said).of(&check), naive);
        }
    }
}
