//! The operator's word: set, listed, taken back; and failback.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::super::{count, owner};
use super::table::override_text;
use super::{Running, duration, text};

/// Set checks up or down whatever their votes say, or have them obey their votes.
#[derive(Debug, Args)]
pub(super) struct Set {
    /// The checks: an id, in which `*` stands for anything and `?` for one character
    pattern: String,
    /// What is said of them; `obey` shields checks from a word on more of them
    #[arg(value_parser = ["up", "down", "obey"])]
    word: String,
    /// Why, for whoever wonders
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who says so [default: you, at this host]
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// How long: 90s, 1h30m, 2d [default: until cleared]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    lasts: Option<Duration>,
    /// Set it although no check matches yet
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    running: Running,
}

/// Show every override in force.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    running: Running,
}

/// Take an override back.
#[derive(Debug, Args)]
pub(super) struct Clear {
    /// The pattern as it was set
    pattern: String,
    /// Who says so [default: you, at this host]
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    #[command(flatten)]
    running: Running,
}

/// Let a check that is held unhealthy obey its votes again.
#[derive(Debug, Args)]
pub(super) struct Failback {
    /// The check
    check: String,
    /// Who says so [default: you, at this host]
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    #[command(flatten)]
    running: Running,
}

pub(super) fn set(set: &Set) -> ExitCode {
    let request = json!({
        "op": "override",
        "pattern": set.pattern,
        "word": set.word,
        "reason": set.reason,
        "owner": owner(set.owner.as_deref()),
        "seconds": set.lasts.map(|lasts| lasts.as_secs()),
        "force": set.force,
    });
    set.running.perform(&request, |answer| {
        let matched = answer["matched"].as_u64().unwrap_or_default();
        let until = answer["override"]["expires"].as_str().map(|expires| format!(" until {expires}"));
        let until = until.unwrap_or_default();
        let mut said = format!("{} {}{until}: {}", set.pattern, set.word, count(matched, "check"));
        if answer["replaced"].is_object() {
            said.push_str(&format!("; before: {}", override_text(&answer["replaced"])));
        }
        said
    })
}

pub(super) fn list(list: &List) -> ExitCode {
    list.running.perform(&json!({ "op": "overrides" }), |answer| {
        let all = answer["overrides"].as_array().map(Vec::as_slice).unwrap_or_default();
        if all.is_empty() {
            return "there are no overrides".to_owned();
        }
        // The newest decides, so it comes first.
        let line = |word: &Value| {
            let until =
                word["expires"].as_str().map_or_else(|| "until cleared".to_owned(), |end| format!("until {end}"));
            let checks = count(word["checks"].as_u64().unwrap_or_default(), "check");
            let (pattern, said, owner) = (text(word, "pattern"), text(word, "word"), text(word, "owner"));
            let (set, reason) = (text(word, "set"), text(word, "reason"));
            format!("{pattern:<16} {said:<5} {checks:<10} {set} by {owner}, {until}: {reason}")
        };
        all.iter().rev().map(line).collect::<Vec<_>>().join("\n")
    })
}

pub(super) fn clear(clear: &Clear) -> ExitCode {
    let request = json!({ "op": "clear", "pattern": clear.pattern, "owner": owner(clear.owner.as_deref()) });
    clear
        .running
        .perform(&request, |answer| format!("{} cleared: {}", clear.pattern, override_text(&answer["cleared"])))
}

pub(super) fn fail_back(failback: &Failback) -> ExitCode {
    let request = json!({ "op": "failback", "check": failback.check, "owner": owner(failback.owner.as_deref()) });
    let check = &failback.check;
    failback.running.perform(&request, |answer| match (answer["held"] == true, answer["latched"] == true) {
        (_, true) => format!("{check} is held again: its votes still find it unhealthy"),
        (true, false) => format!("{check} obeys its votes again"),
        (false, false) => format!("{check} was not held; it obeys its votes"),
    })
}
