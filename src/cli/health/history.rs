//! `waymark health history`: transitions and operators' words, read off the state directory.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Running, duration};
use crate::health::event::{Entry, Event};
use crate::health::history::{Query, find};
use crate::health::overrides::Override;
use crate::health::stamp::Stamp;
use crate::model::check::Pattern;

/// Show transitions and what operators said.
#[derive(Debug, Args)]
pub(super) struct History {
    /// Only these checks: an id, in which `*` stands for anything and `?` for one character
    pattern: Option<String>,
    /// Not before: a time ago such as 1h30m, or a moment such as 2026-11-25T04:33:15Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Stamp>,
    /// Not after, written alike
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Stamp>,
    /// The latest so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[command(flatten)]
    running: Running,
}

fn moment(text: &str) -> Result<Stamp, String> {
    if let Ok(ago) = duration(text) {
        return Ok(Stamp::now().before(ago));
    }
    text.parse().map_err(|_| "write a time ago such as 1h30m, or a moment such as 2026-11-25T04:33:15Z".to_owned())
}

pub(super) fn run(history: &History) -> ExitCode {
    let config = match history.running.config() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let query = Query {
        pattern: history.pattern.as_deref().map(|pattern| Pattern(pattern.into())),
        since: history.since,
        until: history.until,
        limit: history.limit as usize,
    };
    let found = match find(&config.state, &query) {
        Ok(found) => found,
        Err(error) => {
            eprintln!("waymark: the history in {} cannot be read: {error}", config.state.display());
            return ExitCode::FAILURE;
        }
    };
    if found.unreadable > 0 {
        eprintln!("waymark: {} of the history are no events", super::super::count(found.unreadable, "line"));
    }
    if history.running.json {
        println!("{}", json!({ "ok": true, "unreadable": found.unreadable, "events": found.entries }));
        return ExitCode::SUCCESS;
    }
    if found.entries.is_empty() {
        println!("the history in {} has nothing of that", config.state.display());
    }
    for entry in &found.entries {
        println!("{}", line(entry));
    }
    ExitCode::SUCCESS
}

fn line(entry: &Entry) -> String {
    let (whose, what, words) = match &entry.event {
        Event::Turned(turn) => {
            let cause = json!(turn.cause);
            (
                turn.check.to_string(),
                turn.to.to_string(),
                format!("{} ({})", turn.reason, cause.as_str().unwrap_or_default()),
            )
        }
        Event::Override(word) => (word.pattern.to_string(), format!("override {}", word.word), by(word)),
        Event::Expiry(word) => (word.pattern.to_string(), format!("{} expired", word.word), by(word)),
        Event::Clear { cleared, owner } => {
            let (whose, what) = (cleared.pattern.to_string(), format!("{} cleared", cleared.word));
            (whose, what, format!("by {owner}; it was {}", by(cleared)))
        }
        Event::Failback { check, owner } => (check.to_string(), "failback".to_owned(), format!("by {owner}")),
        Event::Started { version, overrides, latched } => {
            let words = format!("waymark {version}, overrides in force: {overrides}, latched: {latched}");
            ("*".to_owned(), "started".to_owned(), words)
        }
        Event::Lost { turns } => {
            ("*".to_owned(), "lost".to_owned(), format!("transitions that could not be written: {turns}"))
        }
    };
    format!("{}  {whose:<16} {what:<13} {words}", entry.at)
}

fn by(word: &Override) -> String {
    let until = word.expires.map(|expires| format!(" until {expires}")).unwrap_or_default();
    format!("by {}{until}: {}", word.owner, word.reason)
}
