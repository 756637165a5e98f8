//! Ids of checks as operators name several at once.

use std::fmt;
use std::sync::Arc;

use super::CheckId;

/// An id in which `*` stands for any run of characters and `?` for any one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(pub Arc<str>);

impl Pattern {
    /// Whether the id is among those meant.
    pub fn matches(&self, id: &CheckId) -> bool {
        let (pattern, text): (Vec<char>, Vec<char>) = (self.0.chars().collect(), id.0.chars().collect());
        let (mut at, mut seen) = (0, 0);
        // Where the last `*` stands, and how much of the text it has taken so far.
        let mut star = None;
        while seen < text.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(letter) if *letter == '?' || *letter == text[seen] => {
                    at += 1;
                    seen += 1;
                }
                _ => {
                    let Some((stands, taken)) = star else { return false };
                    star = Some((stands, taken + 1));
                    (at, seen) = (stands + 1, taken + 1);
                }
            }
        }
        pattern[at..].iter().all(|letter| *letter == '*')
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_any_run() {
        let matches = |pattern: &str, id: &str| Pattern(pattern.into()).matches(&CheckId(id.into()));
        for (pattern, id) in
            [("*", ""), ("*", "web"), ("web-*", "web-1"), ("*-1", "web-1-1"), ("w?b", "web"), ("a*b*c", "axbxbc")]
        {
            assert!(matches(pattern, id), "{pattern} {id}");
        }
        for (pattern, id) in
            [("", "web"), ("web", "web-1"), ("web-*", "wen-1"), ("*-1", "web-2"), ("w?b", "wb"), ("a*b*c", "acb")]
        {
            assert!(!matches(pattern, id), "{pattern} {id}");
        }
    }
}
