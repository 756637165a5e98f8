//! Checks that follow another system, and the alarms of the configuration that checks of dumps follow (C-26).

use std::sync::Arc;
use std::time::Duration;

use super::url::base;
use super::{ALARMS, INTERVALS, only, refuse_foreign};
use crate::model::check::{Alarm, Bound, Comparison, Missing, Source};
use crate::store::toml::{Table, Value};

/// From one look to the next.
const LOOK: Duration = Duration::from_secs(30);
/// How long a push is good for.
const PUSH: Duration = Duration::from_secs(300);
/// The longest it may be: for what is done once a month.
const LONGEST_PUSH: Duration = Duration::from_secs(35 * 86_400);
/// The most a query may have, in characters.
const MAX_QUERY: usize = 4096;

/// `[alarm.NAME]` of the configuration, with its name.
pub(crate) fn named(name: Arc<str>, mut table: Table<'_, '_>) -> Option<(Arc<str>, Alarm)> {
    let kinds = ["prometheus", "alertmanager", "file", "push"];
    let examples = "prometheus = \"http://127.0.0.1:9090\" with query and unhealthy_when, or push = true";
    let kind = only(&mut table, &kinds, examples);
    let alarm = kind.and_then(|kind| {
        let alarm = alarm(&mut table, kind);
        refuse_foreign(&mut table, kind);
        alarm
    });
    table.finish();
    Some((name, alarm?))
}

/// The alarm that the key `kind` names; every key of the kind is taken out, also where something is wrong.
pub(super) fn alarm(table: &mut Table<'_, '_>, kind: &'static str) -> Option<Alarm> {
    debug_assert!(ALARMS.contains(&kind), "{kind}");
    let source = match kind {
        "prometheus" => prometheus(table),
        "alertmanager" => alertmanager(table),
        "file" => table.take("file").and_then(path).map(|path| Source::File { path }),
        _ => table.take("push").and_then(push),
    };
    let words = [("healthy", Missing::Healthy), ("unhealthy", Missing::Unhealthy), ("last-known", Missing::LastKnown)];
    let missing = table.word("missing", &words).unwrap_or(Missing::LastKnown);
    let (otherwise, longest) = if kind == "push" { (PUSH, LONGEST_PUSH) } else { (LOOK, *INTERVALS.end()) };
    let interval = table.duration("interval", *INTERVALS.start()..=longest).unwrap_or(otherwise);
    Some(Alarm { source: source?, interval, missing })
}

fn prometheus(table: &mut Table<'_, '_>) -> Option<Source> {
    let url = table.take("prometheus").and_then(|value| base(value, "http://127.0.0.1:9090"));
    let query = table.required("query", "\"avg(node_load1)\"").and_then(|value| super::bounded(value, MAX_QUERY));
    let breach = table.required("unhealthy_when", "\"> 80\"").and_then(breach);
    let periods = table.integer("periods", 1..=100).and_then(|periods| u8::try_from(periods).ok());
    Some(Source::Prometheus { url: url?, query: query?, breach: breach?, periods: periods.unwrap_or(1) })
}

fn alertmanager(table: &mut Table<'_, '_>) -> Option<Source> {
    let url = table.take("alertmanager").and_then(|value| base(value, "http://127.0.0.1:9093"));
    let example = "[\"alertname=\\\"HighCPU\\\"\"]";
    let matchers = table.required("matchers", example).and_then(matchers);
    Some(Source::Alertmanager { url: url?, matchers: matchers? })
}

/// A comparison and its bound: `> 80`.
fn breach(value: Value<'_, '_>) -> Option<(Comparison, Bound)> {
    let place = value.place();
    let text = value.text()?.text;
    let signs =
        [(">=", Comparison::AtLeast), ("<=", Comparison::AtMost), (">", Comparison::Above), ("<", Comparison::Below)];
    let found = signs.into_iter().find_map(|(sign, comparison)| {
        let bound: f64 = text.trim().strip_prefix(sign)?.trim().parse().ok()?;
        bound.is_finite().then_some((comparison, Bound(bound)))
    });
    if found.is_none() {
        let what = format!("`unhealthy_when` {text:?} is no comparison");
        place.error(what, "write >, >=, < or <= and a number: \"> 80\"");
    }
    found
}

fn matchers(value: Value<'_, '_>) -> Option<Vec<Arc<str>>> {
    let place = value.place();
    let texts = value.texts()?;
    if texts.is_empty() {
        place.error("`matchers` names no label", "write matchers = [\"alertname=\\\"HighCPU\\\"\"]");
        return None;
    }
    let mut found = Vec::new();
    for text in texts {
        if !is_matcher(&text.text) {
            let what = format!("`matchers` {:?} is no matcher", text.text);
            place.moved(&text.at).error(what, "write a label, =, !=, =~ or !~, and a value: 'alertname=\"HighCPU\"'");
        }
        found.push(text.text.into());
    }
    Some(found)
}

/// Whether Alertmanager would take it: a label, an operator and a value, in quotes or bare.
fn is_matcher(text: &str) -> bool {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (label, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let value = ["=~", "!~", "!=", "="].into_iter().find_map(|sign| rest.strip_prefix(sign)).map(str::trim);
    let Some(value) = value else { return false };
    let quoted = value.len() >= 2 && value.starts_with('"') && value.ends_with('"');
    let bare = !value.is_empty() && !value.contains(['"', ',', '{', '}']);
    !label.is_empty() && !label.starts_with(|c: char| c.is_ascii_digit()) && (quoted || bare)
}

/// A path that means the same wherever the server was started.
fn path(value: Value<'_, '_>) -> Option<Arc<str>> {
    let place = value.place();
    let text = value.text()?.text;
    if !text.starts_with('/') || text.contains('\0') {
        place.error(format!("`file` {text:?} is no absolute path"), "begin it with /");
        return None;
    }
    Some(text.into())
}

fn push(value: Value<'_, '_>) -> Option<Source> {
    let place = value.place();
    if !value.boolean()? {
        place.error("`push` is false, and a check has to be something", "write push = true");
    }
    Some(Source::Push)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_written_as_alertmanager_takes_them() {
        for good in ["alertname=\"HighCPU\"", "alertname=HighCPU", "severity =~ \"page|warn\"", "team!=\"\"", "_a!~x"] {
            assert!(is_matcher(good), "{good}");
        }
        for bad in ["", "alertname", "=x", "1a=x", "a=", "a==\"", "a=\"x", "{a=x}", "a b=x", "a>3"] {
            assert!(!is_matcher(bad), "{bad}");
        }
    }
}
