//! A TOML value with its key and its line, turned into what its reader wants or into a problem.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use super::page::{Page, Table, Text, labelled};
use crate::model::At;

/// A value with its key and place.
#[derive(Clone)]
pub(crate) struct Value<'p, 'i> {
    page: &'p Page,
    /// The key, or the key of the array it stands in.
    pub(crate) key: Arc<str>,
    /// Where the value begins.
    pub(crate) at: At,
    label: Arc<str>,
    pub(super) start: usize,
    pub(super) inner: DeValue<'i>,
}

/// Where a value is and what it belongs to, for complaints after the value is consumed.
#[derive(Clone)]
pub(crate) struct Place<'p> {
    page: &'p Page,
    /// The key.
    pub(crate) key: Arc<str>,
    /// Where the value begins.
    pub(crate) at: At,
    label: Arc<str>,
}

impl<'p, 'i> Value<'p, 'i> {
    pub(super) fn new(page: &'p Page, key: Arc<str>, label: Arc<str>, value: Spanned<DeValue<'i>>) -> Self {
        let span = value.span();
        Self { page, key, at: page.at(span.clone()), label, start: span.start, inner: value.into_inner() }
    }

    /// Notes an error about the value.
    pub(crate) fn error(&self, what: impl AsRef<str>, mend: impl Into<String>) {
        self.page.error(&self.at, labelled(&self.label, what.as_ref()), mend);
    }

    /// Where it is, kept for when the value is gone.
    pub(crate) fn place(&self) -> Place<'p> {
        Place { page: self.page, key: self.key.clone(), at: self.at.clone(), label: self.label.clone() }
    }

    /// What the table it stands in is called.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is a table.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.inner, DeValue::Table(_))
    }

    /// Whether it is an array without items.
    pub(crate) fn is_empty_array(&self) -> bool {
        matches!(&self.inner, DeValue::Array(items) if items.is_empty())
    }

    /// Whether it is this text.
    pub(crate) fn is_text(&self, text: &str) -> bool {
        matches!(&self.inner, DeValue::String(inner) if inner == text)
    }

    /// Whether it is the word `false`.
    pub(crate) fn is_false(&self) -> bool {
        matches!(self.inner, DeValue::Boolean(false))
    }

    fn mismatch(&self, wanted: &str) {
        let kind = match &self.inner {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("`{}` is {kind}, not {wanted}", self.key), "");
    }

    /// The text under `key` when this is a table that has one; for labels.
    pub(crate) fn peek(&self, key: &str) -> Option<&str> {
        self.peek_all(key).first().copied()
    }

    /// The text or texts under `key` when this is a table that has them.
    pub(crate) fn peek_all(&self, key: &str) -> Vec<&str> {
        let DeValue::Table(table) = &self.inner else { return Vec::new() };
        table.get(key).map(|value| texts_inside(value.get_ref())).unwrap_or_default()
    }

    /// As a text.
    pub(crate) fn text(self) -> Option<Text> {
        match self.inner {
            DeValue::String(text) => Some(Text { text: text.into_owned(), at: self.at }),
            _ => {
                self.mismatch("a text in quotes");
                None
            }
        }
    }

    /// As a text or an array of texts.
    pub(crate) fn texts(self) -> Option<Vec<Text>> {
        match self.inner {
            DeValue::String(_) => Some(vec![self.text()?]),
            DeValue::Array(_) => self.items()?.into_iter().map(Self::text).collect(),
            _ => {
                self.mismatch("a text or an array of texts");
                None
            }
        }
    }

    /// As true or false.
    pub(crate) fn boolean(self) -> Option<bool> {
        match self.inner {
            DeValue::Boolean(truth) => Some(truth),
            _ => {
                self.mismatch("true or false");
                None
            }
        }
    }

    /// As a whole number within `range`.
    pub(crate) fn integer(self, range: RangeInclusive<i64>) -> Option<i64> {
        let DeValue::Integer(number) = &self.inner else {
            self.mismatch("a whole number");
            return None;
        };
        match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                let what = format!("`{}` {number} is not in {}..={}", self.key, range.start(), range.end());
                self.error(what, "");
                None
            }
        }
    }

    /// As a number, whole or not.
    pub(crate) fn number(self) -> Option<f64> {
        let parsed = match &self.inner {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if !parsed.is_some_and(f64::is_finite) {
            self.mismatch("a plain number");
            return None;
        }
        parsed
    }

    /// As a span of time: seconds as a number, or a text such as `500ms`, `10s`, `1h30m`.
    pub(crate) fn duration(self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let parsed = match &self.inner {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(Duration::from_secs),
            DeValue::String(text) => parse_duration(text),
            _ => {
                self.mismatch("a number of seconds or a text such as \"1m30s\"");
                return None;
            }
        };
        match parsed {
            Some(duration) if range.contains(&duration) => Some(duration),
            Some(_) => {
                let what = format!("`{}` is not between {:?} and {:?}", self.key, range.start(), range.end());
                self.error(what, "");
                None
            }
            None => {
                self.error(format!("`{}` is no span of time", self.key), "write seconds, or a text such as \"1m30s\"");
                None
            }
        }
    }

    /// As a number of bytes: a whole number, or a text such as `512KiB`, `16MiB`, `1GiB`.
    pub(crate) fn bytes(self, range: RangeInclusive<u64>) -> Option<u64> {
        let parsed = match &self.inner {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            DeValue::String(text) => parse_bytes(text),
            _ => {
                self.mismatch("a number of bytes or a text such as \"16MiB\"");
                return None;
            }
        };
        match parsed {
            Some(bytes) if range.contains(&bytes) => Some(bytes),
            Some(_) => {
                let (least, most) = (print_bytes(*range.start()), print_bytes(*range.end()));
                self.error(format!("`{}` is not between {least} and {most}", self.key), "");
                None
            }
            None => {
                self.error(format!("`{}` is no number of bytes", self.key), "write bytes, or a text such as \"16MiB\"");
                None
            }
        }
    }

    /// As one of a few words.
    pub(crate) fn word<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        let (key, label, page) = (self.key.clone(), self.label.clone(), self.page);
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text.text);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let what = labelled(&label, &format!("`{key}` cannot be {:?}", text.text));
            page.error(&text.at, what, format!("write {}", known.join(" or ")));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// As the items of an array.
    pub(crate) fn items(self) -> Option<Vec<Self>> {
        let (page, key, label) = (self.page, self.key.clone(), self.label.clone());
        match self.inner {
            DeValue::Array(items) => {
                Some(items.into_iter().map(|item| Self::new(page, key.clone(), label.clone(), item)).collect())
            }
            _ => {
                self.mismatch("an array");
                None
            }
        }
    }

    /// As a table that messages call `label`.
    pub(crate) fn table(self, label: String) -> Option<Table<'p, 'i>> {
        match self.inner {
            DeValue::Table(table) => Some(Table::new(self.page, self.at, label, table)),
            _ => {
                self.mismatch("a table");
                None
            }
        }
    }
}

impl Place<'_> {
    /// Whether the page has errors already.
    pub(crate) fn has_errors(&self) -> bool {
        self.page.has_errors()
    }

    /// The same value's part at another line.
    pub(crate) fn moved(&self, at: &At) -> Self {
        Self { at: at.clone(), ..self.clone() }
    }

    /// Notes an error about the value.
    pub(crate) fn error(&self, what: impl AsRef<str>, mend: impl Into<String>) {
        self.page.error(&self.at, labelled(&self.label, what.as_ref()), mend);
    }
}

/// A text, or the texts of an array.
pub(super) fn texts_inside<'a>(value: &'a DeValue<'_>) -> Vec<&'a str> {
    match value {
        DeValue::String(text) => vec![text],
        DeValue::Array(items) => items.iter().flat_map(|item| texts_inside(item.get_ref())).collect(),
        _ => Vec::new(),
    }
}

/// A span of time in units `ms`, `s`, `m`, `h`, `d`, `w`, largest or smallest first: `1h30m`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = match rest[..letters].to_ascii_lowercase().as_str() {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            "d" => Duration::from_secs(86_400),
            "w" => Duration::from_secs(604_800),
            _ => return None,
        };
        rest = &rest[letters..];
        total = total.checked_add(unit.checked_mul(u32::try_from(number).ok()?)?)?;
    }
    Some(total)
}

/// Units of bytes, largest first.
const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.trim().strip_suffix(name)?, *unit)))?;
    let number = number.trim_end();
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<u64>().ok().filter(|_| digits)?.checked_mul(unit)
}

fn print_bytes(bytes: u64) -> String {
    let whole = UNITS.iter().find(|(_, unit)| bytes.is_multiple_of(*unit));
    whole.map_or_else(String::new, |(name, unit)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bytes_have_units() {
        assert_eq!(parse_bytes("16MiB"), Some(16 << 20));
        assert_eq!(parse_bytes("512 KiB"), Some(512 << 10));
        assert_eq!(parse_bytes("7B"), Some(7));
        for bad in ["", "16", "MiB", "+1MiB", "-1MiB", "1.5MiB", "16MB", "99999999999999999999GiB", "99999999999GiB"] {
            assert_eq!(parse_bytes(bad), None, "{bad}");
        }
        assert_eq!((print_bytes(64 << 10), print_bytes(1 << 30)), ("64KiB".to_owned(), "1GiB".to_owned()));
    }

    #[test]
    fn spans_of_time_have_units() {
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse_duration("2W"), Some(Duration::from_secs(1_209_600)));
        for bad in ["", "5", "s", "5 s", "-5s", "99999999999w", "5x"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
