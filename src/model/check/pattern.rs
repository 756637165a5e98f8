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

    /// Whether some id is meant by both.
    pub fn meets(&self, other: &Self) -> bool {
        let (ours, theirs): (Vec<char>, Vec<char>) = (self.0.chars().collect(), other.0.chars().collect());
        // Whether what is left of ours meets what is left of theirs, for every rest of theirs, from the shortest up.
        let mut later = vec![false; theirs.len() + 1];
        for at in (0..=ours.len()).rev() {
            let mut now = vec![false; theirs.len() + 1];
            for to in (0..=theirs.len()).rev() {
                now[to] = match (ours.get(at), theirs.get(to)) {
                    (None, None) => true,
                    (Some('*'), Some(_)) => later[to] || now[to + 1],
                    (Some('*'), None) => later[to],
                    (_, Some('*')) => now[to + 1] || (at < ours.len() && later[to]),
                    (Some(our), Some(their)) => (our == their || *our == '?' || *their == '?') && later[to + 1],
                    (Some(_), None) | (None, Some(_)) => false,
                };
            }
            later = now;
        }
        later[0]
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

    #[test]
    fn patterns_meet_where_an_id_is_meant_by_both() {
        let meet = |one: &str, other: &str| Pattern(one.into()).meets(&Pattern(other.into()));
        for (one, other) in
            [("", "*"), ("web-1", "web-1"), ("web-*", "*-1"), ("w?b", "*b"), ("a*c", "*b*"), ("**", ""), ("a*", "?")]
        {
            assert!(meet(one, other) && meet(other, one), "{one} {other}");
        }
        for (one, other) in [("", "?"), ("web-1", "web-2"), ("web-*", "db-*"), ("a*", "?b"), ("*a", "*b"), ("?", "")] {
            assert!(!meet(one, other) && !meet(other, one), "{one} {other}");
        }
    }
}
