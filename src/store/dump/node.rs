//! JSON with the line of every part: each node is a slice of the file, read one level at a time.
//!
//! `serde_json` tells lines for syntax errors only, so a node keeps the raw text it came from and its
//! place in the file gives the line. No depth is followed that nobody asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::model::{At, Problem};

/// A file and where its lines begin.
#[derive(Debug)]
pub(super) struct Source<'a> {
    file: Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
    /// The number of the line before the first.
    before: u32,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &str, text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { file: file.into(), text, starts: std::iter::once(0).chain(ends).collect(), before: 0 }
    }

    /// A text of one line that stands somewhere.
    pub(super) fn of_line(at: At, text: &'a str) -> Self {
        Self { file: at.file, text, starts: Vec::new(), before: at.line }
    }

    /// The file as a whole.
    pub(super) fn whole(&self) -> At {
        At { file: self.file.clone(), line: 0 }
    }

    /// The JSON values of the file, one after another; a syntax error ends the list and is noted.
    pub(super) fn documents(&'a self, problems: &mut Vec<Problem>) -> Vec<Node<'a>> {
        let mut documents = Vec::new();
        for next in serde_json::Deserializer::from_str(self.text).into_iter::<&'a RawValue>() {
            match next {
                Ok(raw) => documents.push(Node { source: self, raw }),
                Err(error) => {
                    // The error counts lines from the beginning of the stream.
                    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
                    let what = format!("no valid JSON: {}", text_of(&error));
                    problems.push(Problem::error(&self.whole().line(line), what, "dump the account again"));
                    break;
                }
            }
        }
        documents
    }
}

/// A message of serde_json without the place it appends, which for a slice would be wrong.
fn text_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// One JSON value where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    raw: &'a RawValue,
}

impl<'a> Node<'a> {
    /// Where it begins.
    pub(super) fn at(&self) -> At {
        let offset = self.raw.get().as_ptr().addr().saturating_sub(self.source.text.as_ptr().addr());
        let line = self.source.starts.partition_point(|start| *start <= offset);
        At { file: self.source.file.clone(), line: self.source.before + u32::try_from(line).unwrap_or(u32::MAX) }
    }

    fn read<T: serde::Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_str(self.raw.get()).ok()
    }

    /// The members of an object; of a key written twice the last.
    pub(super) fn members(&self) -> Option<BTreeMap<String, Self>> {
        let members: BTreeMap<String, &'a RawValue> = self.read()?;
        Some(members.into_iter().map(|(key, raw)| (key, Self { source: self.source, raw })).collect())
    }

    /// The items of an array.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        let items: Vec<&'a RawValue> = self.read()?;
        Some(items.into_iter().map(|raw| Self { source: self.source, raw }).collect())
    }

    pub(super) fn text(&self) -> Option<String> {
        self.read()
    }

    pub(super) fn number(&self) -> Option<i64> {
        self.read()
    }

    pub(super) fn truth(&self) -> Option<bool> {
        self.read()
    }

    pub(super) fn is_null(&self) -> bool {
        self.raw.get() == "null"
    }

    /// The value as it is written, cut short for a message.
    pub(super) fn shown(&self) -> String {
        let text = self.raw.get();
        match text.char_indices().nth(60) {
            Some((cut, _)) => format!("{}…", &text[..cut]),
            None => text.to_owned(),
        }
    }
}

/// An object read member by member; what is wrong or left over is noted.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    /// What the object is, for messages: `record set www.example.com. A`.
    pub(super) subject: String,
    /// Where it begins.
    pub(super) at: At,
    members: BTreeMap<String, Node<'a>>,
    /// The node is no object, which has been said already.
    broken: bool,
    problems: Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// An object; a problem and an empty one if the node is something else.
    pub(super) fn of(node: Node<'a>, subject: &str) -> Self {
        let members = node.members();
        let mut fields = Self {
            subject: subject.to_owned(),
            at: node.at(),
            broken: members.is_none(),
            members: members.unwrap_or_default(),
            problems: Vec::new(),
        };
        if fields.broken {
            let what = format!("{subject} is not an object but {}", node.shown());
            fields.error(&node.at(), what, "write it as the AWS CLI prints it");
        }
        fields.members.retain(|_, member| !member.is_null());
        fields
    }

    pub(super) fn error(&mut self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(Problem::error(at, what, mend));
    }

    pub(super) fn warn(&mut self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(Problem::warning(at, what, mend));
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }

    /// Whether an object that should have `key` has not; of what is no object more need not be said.
    pub(super) fn lacks(&self, key: &str) -> bool {
        !self.broken && !self.has(key)
    }

    /// A member, taken out; null counts as absent.
    pub(super) fn take(&mut self, key: &str) -> Option<Node<'a>> {
        self.members.remove(key)
    }

    /// Takes a member out if it says nothing.
    pub(super) fn drop_if(&mut self, key: &str, empty: impl Fn(&Node<'a>) -> bool) {
        if self.members.get(key).is_some_and(empty) {
            self.take(key);
        }
    }

    fn typed<T>(&mut self, key: &str, kind: &str, read: impl Fn(&Node<'a>) -> Option<T>) -> Option<(T, At)> {
        let node = self.take(key)?;
        let value = read(&node);
        if value.is_none() {
            let what = format!("{}: {key} is not {kind} but {}", self.subject, node.shown());
            self.error(&node.at(), what, "write it as the AWS CLI prints it");
        }
        Some((value?, node.at()))
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.typed(key, "a string", Node::text).map(|(value, _)| value)
    }

    pub(super) fn truth(&mut self, key: &str) -> Option<bool> {
        self.typed(key, "true or false", Node::truth).map(|(value, _)| value)
    }

    /// A whole number within `range`, or a problem.
    pub(super) fn number(&mut self, key: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let (value, at) = self.typed(key, "a whole number", Node::number)?;
        if range.contains(&value) {
            return Some(value);
        }
        let what = format!("{}: {key} {value} is not in {range:?}", self.subject);
        self.error(&at, what, "write it as the AWS CLI prints it");
        None
    }

    pub(super) fn list(&mut self, key: &str) -> Option<Vec<Node<'a>>> {
        self.typed(key, "a list", Node::items).map(|(value, _)| value)
    }

    pub(super) fn object(&mut self, key: &str) -> Option<Self> {
        let node = self.take(key)?;
        Some(Self::of(node, &format!("{}: {key}", self.subject)))
    }

    /// Takes over what a part of this object had to say.
    pub(super) fn absorb(&mut self, part: Fields<'_>) {
        let mut problems = part.finish();
        self.problems.append(&mut problems);
    }

    /// Everything noted; members nobody took are warned of.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        for (key, node) in std::mem::take(&mut self.members) {
            let what = format!("{}: {key} is not known here and left out", self.subject);
            self.warn(&node.at(), what, "nothing to do if the AWS CLI printed it");
        }
        self.problems
    }

    /// Everything noted, members nobody took being of no interest.
    pub(super) fn finish_quietly(self) -> Vec<Problem> {
        self.problems
    }
}
