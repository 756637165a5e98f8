//! Entries of a file one after another: directives change the state, the rest become records (RFC 1035 §5.1).

use std::sync::Arc;

use super::lexer::{Broken, Lexer, Line};
use super::{INHERIT, Include, Limits, MAX_TTL, Record, Report, generate};
use crate::model::name::{NameError, parse_keeping_case};
use crate::model::rdata::token::{Token, plain_text};
use crate::model::rdata::{self, Fault, RdataError, time};
use crate::model::{At, Name, Rdata, RecordType};

/// Whose record an entry without an owner is.
#[derive(Clone)]
pub(super) enum Owner {
    /// No entry yet.
    Unset,
    /// That of the last entry.
    Known(Name),
    /// The last entry's owner was bad and reported: entries that inherit it are passed over.
    Bad,
}

/// What of a file's state does not outlive the file.
pub(super) struct Place {
    file: u32,
    path: Arc<str>,
    origin: Option<Vec<u8>>,
    owner: Owner,
}

/// Everything read.
pub(super) struct Read {
    pub(super) files: Vec<Arc<str>>,
    pub(super) records: Vec<Record>,
    /// Types of records that were reported and left out, so that their absence is not reported as well.
    pub(super) failed: Vec<RecordType>,
}

/// The state that lasts through all files of a zone.
pub(super) struct Reader<'r, 'p, 'i> {
    limits: Limits,
    include: &'r mut Include<'i>,
    report: &'r mut Report<'p>,
    read: Read,
    open: Vec<String>,
    /// `$TTL` (RFC 2308 §4).
    default_ttl: Option<u32>,
    /// The last TTL stated (RFC 1035 §5.1).
    last_ttl: Option<u32>,
    scratch: Vec<u8>,
}

impl<'r, 'p, 'i> Reader<'r, 'p, 'i> {
    pub(super) fn new(limits: Limits, include: &'r mut Include<'i>, report: &'r mut Report<'p>) -> Self {
        let read = Read { files: Vec::new(), records: Vec::new(), failed: Vec::new() };
        let scratch = Vec::new();
        Self { limits, include, report, read, open: Vec::new(), default_ttl: None, last_ttl: None, scratch }
    }

    pub(super) fn finish(self) -> Read {
        self.read
    }

    /// Reads one file whole.
    pub(super) fn read_file(&mut self, path: &Arc<str>, origin: Option<Vec<u8>>, owner: Owner, text: &[u8]) {
        let mut place = Place { file: self.read.files.len() as u32, path: path.clone(), origin, owner };
        self.read.files.push(path.clone());
        self.open.push(path.to_string());
        let mut lexer = Lexer::new(text);
        let mut tokens = Vec::new();
        while let Some(line) = lexer.next(&mut tokens) {
            match line {
                Ok(line) => self.entry(&mut place, line, &tokens),
                Err(Broken { line, what, mend }) => self.report.error(&At::new(path.clone(), line), what, mend),
            }
        }
        self.open.pop();
    }

    fn entry(&mut self, place: &mut Place, line: Line, tokens: &[Token<'_>]) {
        let first = tokens[0];
        if first.quoted || !first.text.starts_with(b"$") || line.indented {
            return self.record(place, line, tokens);
        }
        let at = At::new(place.path.clone(), line.line);
        let rest = &tokens[1..];
        match first.text.to_ascii_uppercase().as_slice() {
            b"$ORIGIN" => self.origin(place, &at, rest),
            b"$TTL" => self.ttl(&at, rest),
            b"$INCLUDE" => self.include(place, &at, rest),
            b"$GENERATE" => self.generate(place, line, rest),
            _ => {
                let what = format!("{} is no directive", shown(first.text));
                self.report.error(&at, what, "there are $ORIGIN, $TTL, $INCLUDE and $GENERATE");
            }
        }
    }

    fn origin(&mut self, place: &mut Place, at: &At, rest: &[Token<'_>]) {
        let [Token { text, quoted: false }] = rest else {
            return self.report.error(at, "$ORIGIN takes one domain name", "");
        };
        match parse_keeping_case(text, place.origin.as_deref()) {
            Ok(origin) => place.origin = Some(origin),
            Err(error) => self.bad_name(at, "$ORIGIN", text, error),
        }
    }

    fn ttl(&mut self, at: &At, rest: &[Token<'_>]) {
        match rest {
            [Token { text, quoted: false }] if time::seconds(text).is_some_and(|ttl| ttl <= MAX_TTL) => {
                self.default_ttl = time::seconds(text);
            }
            _ => self.report.error(
                at,
                format!("$TTL takes one duration of 0..={MAX_TTL} seconds"),
                "write seconds, or units as in 1h30m",
            ),
        }
    }

    fn include(&mut self, place: &Place, at: &At, rest: &[Token<'_>]) {
        let (path, origin) = match rest {
            [path] => (path, place.origin.clone()),
            [path, Token { text, quoted: false }] => match parse_keeping_case(text, place.origin.as_deref()) {
                Ok(origin) => (path, Some(origin)),
                Err(error) => return self.bad_name(at, "the origin of $INCLUDE", text, error),
            },
            _ => return self.report.error(at, "$INCLUDE takes a file and perhaps an origin", ""),
        };
        let Some(path) = plain_text(*path).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return self.report.error(at, "the file name of $INCLUDE is not UTF-8", "");
        };
        let path = beside(&place.path, &path);
        if self.open.contains(&path) {
            return self.report.error(at, format!("{path:?} includes itself"), "remove this $INCLUDE");
        }
        if self.open.len() > self.limits.depth {
            let what = format!("files include files more than {} deep", self.limits.depth);
            return self.report.error(at, what, "");
        }
        let Some(left) = self.limits.includes.checked_sub(1) else {
            return self.report.error(at, "too many files are included", "");
        };
        self.limits.includes = left;
        match (self.include)(&path) {
            Ok(text) => self.read_file(&path.into(), origin, place.owner.clone(), &text),
            Err(error) => self.report.error(at, format!("{path:?} cannot be included: {error}"), ""),
        }
    }

    /// `$GENERATE range lhs [ttl] [class] type rhs`: each step's entry is written out and read like any other.
    fn generate(&mut self, place: &mut Place, line: Line, rest: &[Token<'_>]) {
        let at = At::new(place.path.clone(), line.line);
        let [range, owner, rest @ ..] = rest else {
            return self.report.error(&at, "$GENERATE lacks a range or an owner", generate::USAGE);
        };
        let data = match Head::of(rest) {
            Ok(head) => head.rest.len(),
            Err((what, mend)) => return self.report.error(&at, what, mend),
        };
        let template = match generate::Template::new(range, owner, rest, data) {
            Ok(template) => template,
            Err(what) => return self.report.error(&at, what, generate::USAGE),
        };
        if template.count() > self.limits.generated {
            let what = format!("$GENERATE makes {} records, too many", template.count());
            return self.report.error(&at, what, format!("{} more are allowed", self.limits.generated));
        }
        self.limits.generated -= template.count();
        let mut text = Vec::new();
        for step in template.steps() {
            text.clear();
            if let Err(what) = template.write(step, &mut text) {
                return self.report.error(&at, what, generate::USAGE);
            }
            let mut tokens = Vec::new();
            let mut lexer = Lexer::new(&text);
            match lexer.next(&mut tokens) {
                Some(Ok(_)) => {
                    let before = self.read.records.len();
                    self.record(place, Line { line: line.line, indented: false }, &tokens);
                    if self.read.records.len() == before {
                        return; // The next steps would fail the same way.
                    }
                }
                Some(Err(broken)) => return self.report.error(&at, broken.what, broken.mend),
                None => {}
            }
        }
    }

    /// `[owner] [ttl] [class] type rdata`, TTL and class in either order.
    fn record(&mut self, place: &mut Place, line: Line, tokens: &[Token<'_>]) {
        let at = || At::new(place.path.clone(), line.line);
        let mut rest = tokens;
        if !line.indented {
            let Token { text, quoted } = tokens[0];
            rest = &tokens[1..];
            let wire =
                if quoted { Err(NameError::BadCharacter) } else { parse_keeping_case(text, place.origin.as_deref()) };
            match wire.and_then(|wire| Name::from_wire(&wire)) {
                Ok(name) => place.owner = Owner::Known(name),
                Err(error) => {
                    self.bad_name(&at(), "the owner", text, error);
                    place.owner = Owner::Bad;
                }
            }
        }
        let head = match Head::of(rest) {
            Ok(head) => head,
            Err((what, mend)) => return self.report.error(&at(), what, mend),
        };
        if let Some(ttl) = head.ttl {
            self.last_ttl = Some(ttl);
        }
        let owner = match &place.owner {
            Owner::Known(owner) => owner,
            Owner::Bad => return self.read.failed.push(head.rtype),
            Owner::Unset => {
                self.read.failed.push(head.rtype);
                return self.report.error(&at(), "the first entry has no owner", "begin the line with a name or @");
            }
        };
        if let Err(error) = rdata::encode(head.rtype, head.rest, place.origin.as_deref(), &mut self.scratch) {
            self.read.failed.push(head.rtype);
            let mend = mend(&error);
            return self.report.error(&at(), format!("{} record of {owner}: {error}", head.rtype), mend);
        }
        let mut prefix = [0; 8];
        let shown = owner.wire().len().min(8);
        prefix[..shown].copy_from_slice(&owner.wire()[..shown]);
        self.read.records.push(Record {
            prefix: u64::from_be_bytes(prefix),
            owner: owner.clone(),
            rtype: head.rtype,
            ttl: head.ttl.or(self.default_ttl).or(self.last_ttl).unwrap_or(INHERIT),
            rdata: Rdata(self.scratch.as_slice().into()),
            file: place.file,
            line: line.line,
        });
    }

    fn bad_name(&mut self, at: &At, which: &str, text: &[u8], error: NameError) {
        let mend = match error {
            NameError::NoOrigin => "end the name in a dot, or set $ORIGIN before",
            NameError::BadCharacter | NameError::BadEscape => "write the octet as \\DDD, in decimal",
            _ => "",
        };
        self.report.error(at, format!("{which} {} is not a domain name: {error}", shown(text)), mend);
    }
}

/// What stands between owner and data.
struct Head<'t> {
    ttl: Option<u32>,
    rtype: RecordType,
    rest: &'t [Token<'t>],
}

impl<'t> Head<'t> {
    fn of(tokens: &'t [Token<'t>]) -> Result<Self, (String, &'static str)> {
        let (mut ttl, mut class) = (None, false);
        let mut rest = tokens;
        loop {
            let Some((Token { text, quoted }, after)) = rest.split_first() else {
                return Err(("the entry has no type".to_owned(), "write: owner [ttl] [class] type data"));
            };
            rest = after;
            if ttl.is_none() && text.first().is_some_and(u8::is_ascii_digit) {
                match time::seconds(text) {
                    Some(seconds) if seconds <= MAX_TTL => ttl = Some(seconds),
                    _ => {
                        let what = format!("the TTL {} is not a duration of 0..={MAX_TTL} seconds", shown(text));
                        return Err((what, "write seconds, or units as in 1h30m (RFC 2181 §8)"));
                    }
                }
            } else if !class && (text.eq_ignore_ascii_case(b"IN") || text.eq_ignore_ascii_case(b"CLASS1")) {
                class = true;
            } else if !class && is_other_class(text) {
                return Err((format!("class {} is not served", shown(text)), "only class IN is"));
            } else {
                return match rtype(text).filter(|_| !quoted) {
                    Some(rtype) if rtype.is_meta() => {
                        Err((format!("type {rtype} is never zone data"), "remove the record (RFC 6895 §3.1)"))
                    }
                    Some(rtype) => Ok(Self { ttl, rtype, rest }),
                    None => Err((format!("{} is no record type", shown(text)), "unknown types are written TYPEnnn")),
                };
            }
        }
    }
}

fn is_other_class(text: &[u8]) -> bool {
    [&b"CH"[..], b"HS", b"CS"].iter().any(|class| text.eq_ignore_ascii_case(class))
        || text.len() > 5 && text[..5].eq_ignore_ascii_case(b"CLASS") && text[5..].iter().all(u8::is_ascii_digit)
}

/// A type by its name; the usual ones without a search.
fn rtype(text: &[u8]) -> Option<RecordType> {
    Some(match text {
        b"A" => RecordType::A,
        b"AAAA" => RecordType::AAAA,
        b"NS" => RecordType::NS,
        b"CNAME" => RecordType::CNAME,
        b"MX" => RecordType::MX,
        b"TXT" => RecordType::TXT,
        b"PTR" => RecordType::PTR,
        b"SRV" => RecordType::SRV,
        b"DS" => RecordType::DS,
        _ => return std::str::from_utf8(text).ok()?.parse().ok(),
    })
}

fn mend(error: &RdataError) -> &'static str {
    match &error.fault {
        Fault::Name(NameError::NoOrigin) => "end the name in a dot, or set $ORIGIN before",
        Fault::Name(NameError::BadCharacter | NameError::BadEscape) | Fault::Escape => {
            "write the octet as \\DDD, in decimal"
        }
        Fault::StringTooLong => "cut it into several strings",
        Fault::NoForm => "write the data as \\# length hex (RFC 3597 §5)",
        Fault::Quoted => "put quotation marks around whole strings only",
        _ => "",
    }
}

/// A file named in another: beside it unless absolute.
fn beside(including: &str, path: &str) -> String {
    let joined = match including.rfind('/') {
        Some(slash) if !path.starts_with('/') => format!("{}/{path}", &including[..slash]),
        _ => path.to_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{:?}", format!("{}...", &text[..cut])),
        None => format!("{text:?}"),
    }
}
