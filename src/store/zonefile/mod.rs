//! RFC 1035 master files: one zone per file, with `$ORIGIN`, `$TTL`, `$INCLUDE` and BIND's `$GENERATE`.
//!
//! A file is read in one pass: a bad entry is reported with its file and line and skipped, and the next one is read.
//! Then the records are sorted into groups and the zone is judged as a whole, as Knot judges it. Reading included
//! files is the caller's; this room does no I/O.

mod entry;
mod generate;
mod lexer;
mod rules;
mod zone;

use std::sync::Arc;

use crate::model::name::parse_keeping_case;
use crate::model::{At, HostedZone, Problem, RecordType, Severity};

/// How a file named in `$INCLUDE` is fetched: its path, joined to that of the including file, gives its bytes.
pub type Include<'a> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'a;

/// How much one zone file may make us do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records all `$GENERATE` entries may make together.
    pub generated: u64,
    /// Files all `$INCLUDE` entries may read together.
    pub includes: u32,
    /// How deep files may include files.
    pub depth: usize,
    /// Problems reported one by one.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { generated: 1_000_000, includes: 10_000, depth: 16, problems: 1000 }
    }
}

/// Reads a master file. The origin is the file's stem (`zones/example.com.zone` → `example.com.`) until `$ORIGIN` says
/// otherwise; the zone is that of the first SOA record. An empty result comes with errors in `problems`; a zone may
/// come with errors too, and is then not to be served.
pub fn load(
    name: impl Into<Arc<str>>,
    text: &[u8],
    include: &mut Include<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<HostedZone> {
    load_within(Limits::default(), name, text, include, problems)
}

/// As [`load`], with other limits.
pub fn load_within(
    limits: Limits,
    name: impl Into<Arc<str>>,
    text: &[u8],
    include: &mut Include<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<HostedZone> {
    let first = problems.len();
    let mut report = Report { problems, left: limits.problems, dropped: None };
    let file: Arc<str> = name.into();
    let mut reader = entry::Reader::new(limits, include, &mut report);
    reader.read_file(&file, stem_origin(&file), entry::Owner::Unset, text);
    let read = reader.finish();
    let zone = zone::assemble(read, &At::new(file.clone(), 0), &mut report);
    report.finish(first, &At::new(file, 0));
    zone.into_iter().collect()
}

/// The origin a file's name implies, in wire form.
fn stem_origin(name: &str) -> Option<Vec<u8>> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = base.strip_suffix(".zone").unwrap_or(base);
    parse_keeping_case(stem.as_bytes(), Some(&[0])).ok()
}

/// Where problems go; after so many only their number is kept, so that a hostile file cannot fill the memory.
struct Report<'a> {
    problems: &'a mut Vec<Problem>,
    left: usize,
    dropped: Option<Severity>,
}

impl Report<'_> {
    fn error(&mut self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.push(Severity::Error, at, what, mend);
    }

    fn warning(&mut self, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        self.push(Severity::Warning, at, what, mend);
    }

    fn push(&mut self, severity: Severity, at: &At, what: impl Into<String>, mend: impl Into<String>) {
        if self.left == 0 {
            let worse = self.dropped.is_none_or(|dropped| severity < dropped);
            self.dropped = if worse { Some(severity) } else { self.dropped };
            return;
        }
        self.left -= 1;
        self.problems.push(Problem { severity, at: at.clone(), what: what.into(), mend: mend.into() });
    }

    /// Sorts what was reported by file and line, and says so when more was left out.
    fn finish(self, first: usize, at: &At) {
        self.problems[first..].sort_by(|a, b| a.at.cmp(&b.at));
        if let Some(severity) = self.dropped {
            let what = "the file has more problems than are shown".to_owned();
            self.problems.push(Problem { severity, at: at.clone(), what, mend: "mend these first".to_owned() });
        }
    }
}

/// A record as read, before the zone is known.
struct Record {
    /// The first octets of the owner, so that sorting seldom has to look further.
    prefix: u64,
    owner: crate::model::Name,
    rtype: RecordType,
    /// [`INHERIT`] until the SOA is known.
    ttl: u32,
    rdata: crate::model::Rdata,
    /// Index into the list of files.
    file: u32,
    line: u32,
}

/// A TTL left to the SOA's minimum (RFC 2308 §4).
const INHERIT: u32 = u32::MAX;

/// The largest TTL (RFC 2181 §8).
const MAX_TTL: u32 = 2_147_483_647;

#[cfg(test)]
mod tests;
