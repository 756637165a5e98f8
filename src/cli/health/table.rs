//! The table of checks.

use serde_json::Value;

use super::{span, stamp};
use crate::health::stamp::Stamp;

const HEAD: [&str; 6] = ["CHECK", "STATUS", "VOTES", "SINCE", "NEXT", "NOTES"];

/// Every check on a line.
pub(super) fn text_of(rows: &[[String; 6]]) -> String {
    let head = HEAD.map(str::to_owned);
    let rows = || std::iter::once(&head).chain(rows);
    let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..HEAD.len() - 1).map(width).collect();
    let mut table = String::new();
    for row in rows() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        line.push_str(&row[HEAD.len() - 1]);
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// The table of an answer to `health`.
pub(super) fn text(answer: &Value) -> String {
    let now = stamp(answer, "now").unwrap_or_else(Stamp::now);
    let checks = answer["checks"].as_array();
    if checks.is_none_or(Vec::is_empty) {
        return "there are no health checks\n".to_owned();
    }
    let rows: Vec<_> = checks.into_iter().flatten().map(|check| row(check, now)).collect();
    text_of(&rows)
}

fn row(check: &Value, now: Stamp) -> [String; 6] {
    let dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let next = stamp(check, "next").map_or_else(|| "-".to_owned(), |next| span(next.since(now)));
    [
        text_in(check, "id"),
        text_in(check, "status"),
        votes(check),
        dash(super::text(check, "since")),
        next,
        notes(check).join("; "),
    ]
}

fn text_in(check: &Value, key: &str) -> String {
    super::text(check, key).to_owned()
}

/// `2/3`: healthy checkers, or children.
pub(super) fn votes(check: &Value) -> String {
    if let (Some(healthy), Some(counted)) = (check["healthy_votes"].as_u64(), check["counted_votes"].as_u64()) {
        return format!("{healthy}/{counted}");
    }
    let children = check["children"].as_array().map(Vec::as_slice).unwrap_or_default();
    let healthy = children.iter().filter(|child| child["status"] == "healthy").count();
    if children.is_empty() { "-".to_owned() } else { format!("{healthy}/{}", children.len()) }
}

/// Everything that bears on a check besides its votes.
pub(super) fn notes(check: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    if check["override"].is_object() {
        notes.push(override_text(&check["override"]));
    }
    for (key, words) in [("latched", "latched until failback"), ("disabled", "disabled"), ("inverted", "inverted")] {
        if check[key] == true {
            notes.push(words.to_owned());
        }
    }
    if let (false, Some(forced)) = (check["override"].is_object(), check["forced"].as_str()) {
        let word = if forced == "healthy" { "up" } else { "down" };
        notes.push(format!("forced {word} in its file"));
    }
    if check["degraded"] == true {
        let why = super::text(check, "degraded_reason");
        notes.push(if why.is_empty() { "degraded".to_owned() } else { format!("degraded: {why}") });
    }
    if let Some(percent) = check["slow_start_percent"].as_u64() {
        notes.push(format!("slow start {percent} %"));
    }
    if check["decided"] == false {
        notes.push("not proven yet".to_owned());
    }
    let is_whole = check["healthy_votes"] == check["counted_votes"] && check["raw"] == "healthy";
    if !is_whole && check["last_failure_at"].is_string() {
        notes.push(super::text(check, "last_failure").to_owned());
    }
    notes
}

/// An override in words.
pub(super) fn override_text(word: &Value) -> String {
    let until = word["expires"].as_str().map(|expires| format!(" until {expires}")).unwrap_or_default();
    format!("override {} by {}{until}: {}", text_in(word, "word"), text_in(word, "owner"), text_in(word, "reason"))
}
