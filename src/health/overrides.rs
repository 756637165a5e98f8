//! The operator's words on checks: who said what of which, why, and until when.
//!
//! ```text
//!  web-*  down  (older)          web-1 → obey: the newest word that matches
//!  web-1  obey  (newest)         web-2 → down
//! ```

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::spoken;
use super::stamp::Stamp;
use crate::model::CheckId;
use crate::model::check::{Pattern, Word};

/// An operator's word on the checks that a pattern means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The checks meant, now and in times to come.
    #[serde(with = "spoken")]
    pub pattern: Pattern,
    /// What is said of them.
    #[serde(with = "spoken")]
    pub word: Word,
    /// Who said it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When.
    pub set: Stamp,
    /// When it ends; `None` when it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Stamp>,
}

/// Every word in force, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    word: Override,
    /// When it ends at the latest, whatever becomes of the wall clock.
    ends: Option<Instant>,
}

/// What time it is on both clocks: the one on the wall, which may be set, and the one that only goes on.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The wall's.
    pub wall: Stamp,
    /// The other.
    pub steady: Instant,
}

impl Now {
    /// The time it is.
    pub fn read() -> Self {
        Self { wall: Stamp::now(), steady: Instant::now() }
    }
}

impl Overrides {
    /// Words from before, the newest last.
    pub fn new(words: Vec<Override>, now: Now) -> Self {
        let mut overrides = Self::default();
        for word in words {
            overrides.set(word, now);
        }
        overrides
    }

    /// Puts a word above all others; the one it replaces, said of the same pattern before.
    pub fn set(&mut self, word: Override, now: Now) -> Option<Override> {
        let replaced = self.clear(&word.pattern);
        let ends = word.expires.and_then(|expires| {
            // A wall clock that was set back meanwhile must not lengthen what was said.
            let left = expires.since(now.wall).min(expires.since(word.set));
            now.steady.checked_add(left)
        });
        self.entries.push(Entry { word, ends });
        replaced
    }

    /// Takes the word on a pattern back.
    pub fn clear(&mut self, pattern: &Pattern) -> Option<Override> {
        let at = self.entries.iter().position(|entry| entry.word.pattern == *pattern)?;
        Some(self.entries.remove(at).word)
    }

    /// Takes back those whose time is over by either clock.
    pub fn expire(&mut self, now: Now) -> Vec<Override> {
        let over = |entry: &mut Entry| {
            entry.word.expires.is_some_and(|expires| expires <= now.wall)
                || entry.ends.is_some_and(|ends| ends <= now.steady)
        };
        self.entries.extract_if(.., over).map(|entry| entry.word).collect()
    }

    /// The word that decides a check: the newest that matches.
    pub fn of(&self, check: &CheckId) -> Option<&Override> {
        self.entries.iter().rev().map(|entry| &entry.word).find(|word| word.pattern.matches(check))
    }

    /// Every word, the newest last.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        self.entries.iter().map(|entry| &entry.word)
    }

    /// The words alone, the newest last.
    pub fn words(&self) -> Vec<(Pattern, Word)> {
        self.iter().map(|word| (word.pattern.clone(), word.word)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(hours: u32) -> Stamp {
        (UNIX_EPOCH + HOUR * (500_000 + hours)).into()
    }

    fn said(pattern: &str, word: Word, set: Stamp, lasts: Option<Duration>) -> Override {
        let (owner, reason) = ("ann@host".to_owned(), "a test".to_owned());
        let expires = lasts.map(|lasts| set.after(lasts));
        Override { pattern: Pattern(pattern.into()), word, owner, reason, set, expires }
    }

    fn patterns(overrides: &Overrides) -> Vec<&str> {
        overrides.iter().map(|word| &*word.pattern.0).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_word_that_matches_decides_and_obey_shields() {
        let now = || Now { wall: at(0), steady: Instant::now() };
        let mut overrides = Overrides::default();
        overrides.set(said("web-*", Word::Down, at(0), None), now());
        overrides.set(said("web-1", Word::Obey, at(0), None), now());
        let word = |overrides: &Overrides, id: &str| overrides.of(&CheckId(id.into())).map(|word| word.word);
        assert_eq!(word(&overrides, "web-1"), Some(Word::Obey));
        assert_eq!(word(&overrides, "web-2"), Some(Word::Down));
        assert_eq!(word(&overrides, "db"), None);
        let replaced = overrides.set(said("web-*", Word::Up, at(0), None), now());
        assert_eq!(replaced.map(|word| word.word), Some(Word::Down));
        assert_eq!(patterns(&overrides), ["web-1", "web-*"], "said again, it is the newest");
        assert_eq!(word(&overrides, "web-1"), Some(Word::Up));
        assert!(overrides.clear(&Pattern("web-1".into())).is_some());
        assert!(overrides.clear(&Pattern("web-1".into())).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_word_ends_by_whichever_clock_says_so_first() {
        let start = Instant::now();
        let words = || {
            let now = Now { wall: at(0), steady: start };
            Overrides::new(vec![said("a", Word::Down, at(0), Some(HOUR)), said("b", Word::Down, at(0), None)], now)
        };
        let ended = |wall: Stamp| words().expire(Now { wall, steady: Instant::now() }).len();
        assert_eq!(ended(at(0)), 0);
        assert_eq!(ended(at(1)), 1, "by the wall clock, also when that was set forward");
        assert_eq!(ended(at(0).after(Duration::MAX)), 1, "however far");
        tokio::time::advance(HOUR - Duration::from_millis(1)).await;
        assert_eq!(ended(UNIX_EPOCH.into()), 0);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(ended(UNIX_EPOCH.into()), 1, "a wall clock that was set back does not lengthen it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_behind_at_a_restart_does_not_lengthen_a_word() {
        let word = said("a", Word::Down, at(10), Some(HOUR));
        let mut overrides = Overrides::new(vec![word], Now { wall: at(2), steady: Instant::now() });
        tokio::time::advance(HOUR).await;
        assert_eq!(overrides.expire(Now { wall: at(3), steady: Instant::now() }).len(), 1);
        let word = said("a", Word::Down, at(0), Some(HOUR));
        let mut overrides = Overrides::new(vec![word], Now { wall: at(5), steady: Instant::now() });
        assert_eq!(overrides.expire(Now { wall: at(5), steady: Instant::now() }).len(), 1, "it ended meanwhile");
    }

    proptest! {
        /// Whatever is set and cleared in whatever order, the newest word that matches decides.
        #[test]
        fn newest_match_decides(steps in prop::collection::vec((0usize..5, 0usize..4), 0..40), check in 0usize..3) {
            const PATTERNS: [&str; 5] = ["*", "web-*", "web-1", "web-?", "db"];
            let check = CheckId(["web-1", "web-2", "db"][check].into());
            let now = Now { wall: at(0), steady: Instant::now() };
            let (mut overrides, mut naive) = (Overrides::default(), Vec::<(&str, Option<Word>)>::new());
            for (pattern, step) in steps {
                let pattern = PATTERNS[pattern];
                let word = [Some(Word::Up), Some(Word::Down), Some(Word::Obey), None][step];
                match word {
                    Some(word) => drop(overrides.set(said(pattern, word, at(0), None), now)),
                    None => drop(overrides.clear(&Pattern(pattern.into()))),
                }
                naive.push((pattern, word));
            }
            // The last step on each pattern is what holds of it; of those the last that sets and matches decides.
            let decides = (0..naive.len()).rev().find_map(|at| {
                let (pattern, word) = naive[at];
                let last = naive[at + 1..].iter().all(|(later, _)| *later != pattern);
                word.filter(|_| last && Pattern(pattern.into()).matches(&check))
            });
            prop_assert_eq!(overrides.of(&check).map(|word| word.word), decides);
            let told = overrides.words().into_iter().rev().find(|(pattern, _)| pattern.matches(&check));
            prop_assert_eq!(told.map(|(_, word)| word), decides, "what control is told agrees");
        }
    }
}
