//! Ids of checks as operators name several at once.

use std::fmt;
use std::str::Chars;
use std::sync::Arc;

use super::CheckId;

/// An id in which `*` stands for any run of characters and `?` for any one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(pub Arc<str>);

impl Pattern {
    /// Whether it means one id and no other.
    pub fn is_exact(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether the id is among those meant. Takes no memory: thousands of words are asked of thousands of ids.
    pub fn matches(&self, id: &CheckId) -> bool {
        let (mut pattern, mut text) = (self.0.chars(), id.0.chars());
        // Behind the last `*`: the pattern that is left, and the text from where it was last tried.
        let mut star: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            let at = text.clone();
            match (pattern.next(), text.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    star = Some((pattern.clone(), at.clone()));
                    text = at;
                }
                (Some(letter), Some(seen)) if letter == '?' || letter == seen => {}
                (Some(_), None) => return false,
                (_, Some(_)) => {
                    let Some((behind, tried)) = &mut star else { return false };
                    tried.next();
                    (pattern, text) = (behind.clone(), tried.clone());
                }
            }
        }
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
        for (one, other) in [("", "?"), ("web-1", "web-2"), ("web-*", "db-*"), ("a*", "b?"), ("*a", "*b"), ("?", "")] {
            assert!(!meet(one, other) && !meet(other, one), "{one} {other}");
        }
    }
}
