//! `waymark health`: what a running server knows of its checks, and the operator's word on them.

mod history;
mod overrides;
mod table;
mod why;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Running;
use crate::health::stamp::Stamp;
use crate::store::toml::parse_duration;

/// How often `--watch` draws anew.
const REDRAW: Duration = Duration::from_secs(1);

/// Show the health checks of a running server, or say something of them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Health {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only these checks: an id, in which `*` stands for anything and `?` for one character
    pattern: Option<String>,
    /// Draw anew every second, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    running: Running,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the evidence behind a check's last transition, and what its checkers say now
    Why(why::Why),
    /// Show transitions and what operators said, also of a server that is down
    History(history::History),
    /// Set checks up or down, or have them obey their votes
    Override(overrides::Set),
    /// Show every override in force
    Overrides(overrides::List),
    /// Take an override back
    Clear(overrides::Clear),
    /// Let a check that is held unhealthy obey its votes again
    Failback(overrides::Failback),
}

pub(super) fn run(health: &Health) -> ExitCode {
    match &health.command {
        None => show(health),
        Some(Command::Why(why)) => why::run(why),
        Some(Command::History(history)) => history::run(history),
        Some(Command::Override(set)) => overrides::set(set),
        Some(Command::Overrides(list)) => overrides::list(list),
        Some(Command::Clear(clear)) => overrides::clear(clear),
        Some(Command::Failback(failback)) => overrides::fail_back(failback),
    }
}

fn show(health: &Health) -> ExitCode {
    let request = json!({ "op": "health", "pattern": health.pattern });
    loop {
        let answer = match health.running.ask(&request) {
            Ok(answer) => answer,
            Err(code) => return code,
        };
        let text = if health.running.json { format!("{answer}\n") } else { table::text(&answer) };
        let is_drawn = health.watch && !health.running.json && std::io::stdout().is_terminal();
        // Clears the screen and begins at its top.
        let opening = if is_drawn { "\x1b[H\x1b[2J" } else { "" };
        let mut out = std::io::stdout().lock();
        let told = out.write_all(opening.as_bytes()).and_then(|()| out.write_all(text.as_bytes()));
        if told.and_then(|()| out.flush()).is_err() || !health.watch {
            return ExitCode::SUCCESS;
        }
        std::thread::sleep(REDRAW);
    }
}

/// A text of a JSON object; empty where there is none.
fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

/// A moment of a JSON object.
fn stamp(object: &Value, key: &str) -> Option<Stamp> {
    object[key].as_str()?.parse().ok()
}

/// `4 s`, `3 min`, `2 h`, `5 d`.
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// A span of time as files take it: `90s`, `1h30m`, `2d`.
fn duration(text: &str) -> Result<Duration, String> {
    let spoken = parse_duration(text).filter(|time| *time >= Duration::from_secs(1));
    spoken.ok_or_else(|| "write a time such as 90s, 1h30m or 2d".to_owned())
}

/// The parts of a probe's time, those that there are.
fn timings(millis: &Value) -> String {
    let part = |key: &str, name: &str| millis[key].as_f64().map(|took| format!("{name} {took:.1} ms"));
    let parts = [
        part("whole", "took"),
        part("lookup", "lookup"),
        part("connect", "connect"),
        part("tls", "TLS"),
        part("first_byte", "first byte"),
        part("body", "body"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
