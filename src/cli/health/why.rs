//! `waymark health why`: the evidence behind a check's last transition, and the votes of now.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::table::{notes, votes};
use super::{Running, span, stamp, text, timings};
use crate::health::stamp::Stamp;

/// Show why a check is what it is.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// The check
    check: String,
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(why: &Why) -> ExitCode {
    let answer = match why.running.ask(&json!({ "op": "why", "check": why.check })) {
        Ok(answer) => answer,
        Err(code) => return code,
    };
    if why.running.json {
        println!("{answer}");
    } else {
        print!("{}", told(&answer));
    }
    ExitCode::SUCCESS
}

fn told(answer: &Value) -> String {
    let (check, last) = (&answer["check"], &answer["last"]);
    let mut told = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(told, "{} is {}: {}", text(check, "id"), text(check, "status"), sum(check));
    for note in notes(check) {
        let _ = writeln!(told, "  {note}");
    }
    if last.is_object() {
        let before = if answer["before_restart"] == true { ", before the server restarted" } else { "" };
        let (from, to, cause) = (text(last, "from"), text(last, "to"), text(last, "cause"));
        let _ = writeln!(told, "\nturned from {from} to {to} at {}{before}", text(last, "at"));
        let _ = writeln!(told, "  {} ({cause})", text(last, "reason"));
        evidence(&mut told, last, None);
    } else {
        told.push_str("\nit has not turned since the history begins\n");
    }
    let has_voters = check["votes"].as_array().is_some_and(|votes| !votes.is_empty());
    if has_voters || check["children"].as_array().is_some_and(|children| !children.is_empty()) {
        told.push_str("\nnow\n");
        evidence(&mut told, check, Some(Stamp::now()));
    }
    told
}

/// What the votes add up to.
fn sum(check: &Value) -> String {
    match text(check, "kind") {
        "endpoint" if check["healthy_percent"].is_u64() => {
            format!("{} checkers healthy, needs more than {} %", votes(check), check["healthy_percent"])
        }
        "calculated" => format!("{} children healthy, needs {}", votes(check), check["needs"]),
        "alarm" => "as its alarm says".to_owned(),
        kind => kind.to_owned(),
    }
}

/// Every vote, or every child, on lines of their own.
fn evidence(told: &mut String, of: &Value, now: Option<Stamp>) {
    for vote in of["votes"].as_array().into_iter().flatten() {
        let region = vote["region"].as_str().map(|region| format!(" ({region})")).unwrap_or_default();
        let assumed = if vote["proven"] == true { "" } else { ", assumed" };
        let run = match (vote["contrary"].as_u64(), vote["threshold"].as_u64()) {
            (Some(contrary @ 1..), Some(threshold)) => format!(", {contrary} of {threshold} to the contrary"),
            _ => String::new(),
        };
        let _ = writeln!(told, "  {}{region}: {}{assumed}{run}", text(vote, "checker"), text(vote, "status"));
        if vote["outcome"].is_string() {
            let _ = writeln!(told, "    {}  {}", text(vote, "at"), text(vote, "outcome"));
            let next = stamp(vote, "next").zip(now).map(|(next, now)| format!("; next in {}", span(next.since(now))));
            let _ = writeln!(told, "    {}{}", timings(&vote["milliseconds"]), next.unwrap_or_default());
        } else if let Some((next, now)) = stamp(vote, "next").zip(now) {
            let _ = writeln!(told, "    first look in {}", span(next.since(now)));
        }
        if let Some(degraded) = vote["degraded"].as_str() {
            let _ = writeln!(told, "    degraded: {degraded}");
        }
        if vote["last_failure_at"].is_string() && vote["last_failure_at"] != vote["at"] {
            let _ =
                writeln!(told, "    last failure {}  {}", text(vote, "last_failure_at"), text(vote, "last_failure"));
        } else if vote["last_failure"].is_string() && vote["last_failure_at"].is_null() {
            let _ = writeln!(told, "    {}", text(vote, "last_failure"));
        }
    }
    for child in of["children"].as_array().into_iter().flatten() {
        let _ = writeln!(told, "  {}: {}", text(child, "check"), text(child, "status"));
    }
}
