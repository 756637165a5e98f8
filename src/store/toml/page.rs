//! Typed access to a TOML text: every mistake becomes a `Problem` with its line, and reading goes on.
//!
//! A serde derive would stop at the first mistake; here a table is emptied key by key, and what is left
//! over at the end is an unknown key. Knows nothing of zones or configuration.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use toml::de::DeTable;

use super::value::{Value, texts_inside};
use crate::model::rules::suggest_among;
use crate::model::{At, Problem};

/// A TOML text being read: its file name, its lines and the problems met so far.
pub(crate) struct Page {
    file: Arc<str>,
    starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

/// A table being emptied: each key asked for is taken out, and `finish` complains of the rest.
pub(crate) struct Table<'p, 'i> {
    page: &'p Page,
    /// Where the table begins.
    pub(crate) at: At,
    /// What the table describes, for messages; empty for a whole file.
    pub(crate) label: String,
    entries: Vec<Value<'p, 'i>>,
    asked: Vec<&'static str>,
}

/// A text with its place.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) at: At,
}

impl Page {
    /// A page of `text`, not yet parsed.
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.into(), starts, problems: RefCell::default() }
    }

    /// The whole text as a table; syntax errors are reported, all that the parser can tell apart.
    pub(crate) fn parse<'i>(&self, text: &'i str) -> Option<Table<'_, 'i>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut lines = Vec::new();
        for error in &errors {
            let at = error.span().map_or(self.whole(), |span| self.at(span));
            // One slip often yields several errors on its line; the first says it best.
            if !lines.contains(&at.line) {
                let what = error.message().lines().collect::<Vec<_>>().join(", ");
                self.error(&at, format!("TOML syntax: {what}"), "");
                lines.push(at.line);
            }
        }
        errors.is_empty().then(|| Table::new(self, self.whole(), String::new(), root.into_inner()))
    }

    /// The file as a whole.
    pub(crate) fn whole(&self) -> At {
        At { file: self.file.clone(), line: 0 }
    }

    pub(super) fn at(&self, span: Range<usize>) -> At {
        let line = self.starts.partition_point(|start| *start <= span.start);
        At { file: self.file.clone(), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    /// Notes something that stops the load.
    pub(crate) fn error(&self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(Problem::error(at, what, mend));
    }

    /// Notes something the operator should know.
    pub(crate) fn warning(&self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(Problem::warning(at, what, mend));
    }

    /// An id in place of one that is missing, not given before.
    pub(crate) fn stand_in(&self) -> String {
        format!("?{}", self.problems.borrow().len())
    }

    /// Whether anything was noted that stops the load.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.borrow().iter().any(Problem::is_error)
    }

    /// All that was noted, by line.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut seen = HashSet::new();
        let mut problems = self.problems.into_inner();
        // A record of several types is read once for each, and says the same of each.
        problems.retain(|problem| seen.insert((problem.at.line, problem.what.clone())));
        problems.sort_by_key(|problem| problem.at.line);
        problems
    }
}

impl<'p, 'i> Table<'p, 'i> {
    pub(super) fn new(page: &'p Page, at: At, label: String, table: DeTable<'i>) -> Self {
        let shared: Arc<str> = label.as_str().into();
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(key, value)| {
                let start = key.span().start;
                let mut value = Value::new(page, key.into_inner().as_ref().into(), shared.clone(), value);
                // Tables begin at their header, which stands at or before the key inside the brackets.
                value.start = value.start.min(start);
                value
            })
            .collect();
        entries.sort_by_key(|value| value.start);
        Self { page, at, label, entries, asked: Vec::new() }
    }

    /// The page it stands on.
    pub(crate) fn page(&self) -> &'p Page {
        self.page
    }

    /// Takes the value of `key` out.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value<'p, 'i>> {
        self.asked.push(key);
        let index = self.entries.iter().position(|value| &*value.key == key)?;
        Some(self.entries.remove(index))
    }

    /// Takes a text out.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Text> {
        self.take(key)?.text()
    }

    /// Takes a text or an array of texts out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<Text>> {
        self.take(key)?.texts()
    }

    /// Takes true or false out.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.take(key)?.boolean()
    }

    /// Takes a whole number within `range` out.
    pub(crate) fn integer(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        self.take(key)?.integer(range)
    }

    /// Takes a span of time out: seconds as a number, or a text such as `500ms`, `10s`, `1h30m`.
    pub(crate) fn duration(&mut self, key: &'static str, range: RangeInclusive<Duration>) -> Option<Duration> {
        self.take(key)?.duration(range)
    }

    /// Takes one of a few words out.
    pub(crate) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.take(key)?.word(words)
    }

    /// Takes a value out that must be there; `example` says how it could look.
    pub(crate) fn required(&mut self, key: &'static str, example: &str) -> Option<Value<'p, 'i>> {
        let value = self.take(key);
        if value.is_none() {
            self.error(format!("has no `{key}`"), format!("{key} = {example}"));
        }
        value
    }

    /// The only text among the values of `keys`, left in place; `None` when there are none or several.
    pub(crate) fn only_text(&self, keys: &[&str]) -> Option<String> {
        let mut texts = self
            .entries
            .iter()
            .filter(|value| keys.contains(&&*value.key))
            .flat_map(|value| texts_inside(&value.inner));
        let only = texts.next()?.to_owned();
        texts.next().is_none().then_some(only)
    }

    /// Takes everything that is left, in the order of the text: for tables whose keys are names.
    pub(crate) fn rest(&mut self) -> Vec<Value<'p, 'i>> {
        std::mem::take(&mut self.entries)
    }

    /// Takes out every entry whose key `wanted` accepts.
    pub(crate) fn take_where(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<Value<'p, 'i>> {
        let (taken, left) = std::mem::take(&mut self.entries).into_iter().partition(|value| wanted(&value.key));
        self.entries = left;
        taken
    }

    /// Takes whole seconds out, as `duration` does.
    pub(crate) fn seconds(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let range = Duration::from_secs((*range.start()).into())..=Duration::from_secs((*range.end()).into());
        u32::try_from(self.duration(key, range)?.as_secs()).ok()
    }

    /// Where `key` is, when it is still there.
    pub(crate) fn at_of(&self, key: &str) -> Option<At> {
        self.entries.iter().find(|value| &*value.key == key).map(|value| value.at.clone())
    }

    /// Whether `key` is still there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|value| &*value.key == key)
    }

    /// Notes an error about the table.
    pub(crate) fn error(&self, what: impl AsRef<str>, mend: impl Into<String>) {
        self.page.error(&self.at, labelled(&self.label, what.as_ref()), mend);
    }

    /// Complains of every key nobody asked for.
    pub(crate) fn finish(self) {
        for value in &self.entries {
            let what = labelled(&self.label, &format!("unknown key `{}`", value.key));
            self.page.error(&value.at, what, suggest_among(&value.key, self.asked.iter().copied()));
        }
    }
}

/// A message with what it is about in front.
pub(crate) fn labelled(label: &str, what: &str) -> String {
    if label.is_empty() { what.to_owned() } else { format!("{label}: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        let text = "a = 1\nb = \"x\"\n\n[t]\nc = 300\nnmae = true\n";
        let page = Page::new("f.toml", text);
        let mut root = page.parse(text).unwrap();
        assert_eq!(root.text("a").map(|t| t.text), None);
        assert_eq!(root.integer("b", 0..=1), None);
        let mut table = root.take("t").unwrap().table("thing".to_owned()).unwrap();
        assert_eq!(table.integer("c", 0..=255), None);
        assert_eq!(table.boolean("name"), None);
        table.finish();
        root.finish();
        let problems: Vec<_> = page.into_problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "f.toml:1: `a` is a whole number, not a text in quotes",
                "f.toml:2: `b` is a text, not a whole number",
                "f.toml:5: thing: `c` 300 is not in 0..=255",
                "f.toml:6: thing: unknown key `nmae`; did you mean `name`?",
            ]
        );
    }

    #[test]
    fn several_syntax_errors_are_told_apart() {
        let text = "a = \nb = 2\nc = = 3\n";
        let page = Page::new("f.toml", text);
        assert!(page.parse(text).is_none());
        let lines: Vec<_> = page.into_problems().iter().map(|problem| problem.at.line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
