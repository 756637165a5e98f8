//! `waymark history` and `waymark rollback`: what was done to a zone over the API, and back.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Running, count, owner};

/// Show what was done to a zone over the API: when, who, what.
#[derive(Debug, Args)]
pub(super) struct History {
    /// The zone's name, or its id; the id where the zone is gone
    zone: String,
    /// Only what was done after this revision
    #[arg(long, value_name = "REVISION", default_value_t = 0)]
    from: u64,
    /// Only the last so many batches
    #[arg(long, value_name = "N")]
    last: Option<u64>,
    #[command(flatten)]
    running: Running,
}

/// Bring a zone's record sets back to what they were at a revision.
#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// The zone's name, or its id
    zone: String,
    /// The revision, as `waymark history` shows it
    #[arg(long, value_name = "REVISION")]
    to: u64,
    /// Who does it [default: user@host]
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    #[command(flatten)]
    running: Running,
}

pub(super) fn show(history: &History) -> ExitCode {
    let History { zone, from, last, running } = history;
    running.perform(&json!({ "op": "history", "zone": zone, "from": from, "last": last }), |answer| {
        answer["entries"].as_array().into_iter().flatten().flat_map(lines).collect::<Vec<_>>().join("\n")
    })
}

/// A line on a batch, and one for each of its changes.
fn lines(entry: &Value) -> Vec<String> {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    let revision = entry["revision"].as_u64().unwrap_or_default();
    let mut lines = vec![format!("{revision:>8}  {}  {}  {}", text("at"), text("who"), text("operation"))];
    let changes = entry["changes"].as_array().into_iter().flatten();
    lines.extend(changes.map(|change| format!("          {}", line(change))));
    lines
}

/// `+` for what came, `-` for what went, `~` for what is otherwise now.
fn line(change: &Value) -> String {
    let what = change["what"].as_str().unwrap_or_default();
    match (&change["before"], &change["after"]) {
        (Value::Null, after) => format!("+ {what}{}", said(after)),
        (before, Value::Null) => format!("- {what}{}", said(before)),
        (before, after) => format!("~ {what}{}{}", said(before), said(after).replacen("  ", " → ", 1)),
    }
}

/// What a record set answers, in short.
fn said(document: &Value) -> String {
    let values = document["ResourceRecords"].as_array().into_iter().flatten();
    let values: Vec<&str> = values.filter_map(|value| value["Value"].as_str()).collect();
    match (document["AliasTarget"]["DNSName"].as_str(), values.is_empty()) {
        (Some(target), _) => format!("  alias {target}"),
        (None, true) => String::new(),
        (None, false) => format!("  {} {}", document["TTL"], values.join(", ")),
    }
}

pub(super) fn roll_back(rollback: &Rollback) -> ExitCode {
    let Rollback { zone, to, owner: named, running } = rollback;
    let request = json!({ "op": "rollback", "zone": zone, "to": to, "owner": owner(named.as_deref()) });
    running.perform(&request, |answer| {
        let left = answer["left"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let left = left.map(|left| format!("left as it is, as a traffic policy instance made it: {left}"));
        let changed = format!("{} changed", count(answer["changed"].as_u64().unwrap_or_default(), "document"));
        left.chain([changed]).collect::<Vec<_>>().join("\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_in_a_line() {
        let set = |value: &str| json!({ "TTL": 60, "ResourceRecords": [{ "Value": value }, { "Value": "x" }] });
        let told = |before: Value, after: Value| line(&json!({ "what": "w. A", "before": before, "after": after }));
        assert_eq!(told(Value::Null, set("1")), "+ w. A  60 1, x");
        assert_eq!(told(set("1"), Value::Null), "- w. A  60 1, x");
        assert_eq!(told(set("1"), json!({ "AliasTarget": { "DNSName": "t." } })), "~ w. A  60 1, x → alias t.");
    }
}
