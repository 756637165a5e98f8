//! `waymark dnssec`: which zones are signed and how, and what their parents are to publish.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Running, owner};

/// Show how zones are signed, or have a zone of the API signed.
#[derive(Debug, Args)]
pub(super) struct Dnssec {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the keys of a zone, or of every zone that is signed
    Status {
        /// The zone's name, or its id
        zone: Option<String>,
        #[command(flatten)]
        running: Running,
    },
    /// Print the DS records that the zone's parent is to publish
    Ds(One),
    /// Have a zone of the API signed; it gets a key where it has none
    Enable(Switch),
    /// Leave a zone of the API unsigned; its DS records must be gone from the parent before
    Disable(Switch),
}

#[derive(Debug, Args)]
struct One {
    /// The zone's name, or its id
    zone: String,
    #[command(flatten)]
    running: Running,
}

#[derive(Debug, Args)]
struct Switch {
    #[command(flatten)]
    one: One,
    /// Who does it [default: user@host]
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
}

pub(super) fn run(dnssec: &Dnssec) -> ExitCode {
    match &dnssec.command {
        Command::Status { zone, running } => {
            let request = json!({ "op": "dnssec", "do": "status", "zone": zone });
            running.perform(&request, |answer| {
                let zones = answer["zones"].as_array().into_iter().flatten();
                let lines: Vec<String> = zones.flat_map(told).collect();
                if lines.is_empty() { "no zone is signed".to_owned() } else { lines.join("\n") }
            })
        }
        Command::Ds(One { zone, running }) => {
            running.perform(&json!({ "op": "dnssec", "do": "ds", "zone": zone }), records)
        }
        Command::Enable(switch) => switch.perform("enable", |answer| {
            format!(
                "{} is signed; once every resolver has seen that, its parent is to publish:\n{}",
                name(answer),
                records(answer)
            )
        }),
        Command::Disable(switch) => switch.perform("disable", |answer| format!("{} is no longer signed", name(answer))),
    }
}

impl Switch {
    fn perform(&self, word: &str, say: impl FnOnce(&Value) -> String) -> ExitCode {
        let Self { one: One { zone, running }, owner: named } = self;
        let request = json!({ "op": "dnssec", "do": word, "zone": zone, "owner": owner(named.as_deref()) });
        running.perform(&request, say)
    }
}

fn name(answer: &Value) -> &str {
    answer["name"].as_str().unwrap_or_default()
}

fn records(answer: &Value) -> String {
    let records = answer["ds"].as_array().into_iter().flatten();
    records.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// A line on a zone, and one for each of its keys.
fn told(zone: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let keys = zone["keys"].as_array().into_iter().flatten();
    let said = if zone["said_at"].is_null() { text(&zone["file"]) } else { text(&zone["said_at"]) };
    let how = match (zone["signed"] == true, zone["cds"] == true) {
        (true, true) => "signed, and tells its parent (CDS)",
        (true, false) => "signed",
        (false, _) => "not signed",
    };
    let mut lines = vec![format!("{}  {how}  {said}", name(zone))];
    lines.extend(keys.map(|key| {
        let ds = text(&key["ds"]);
        let ds = ds.split_once(" IN DS ").map(|(_, data)| format!("  DS {data}")).unwrap_or_default();
        let line = format!("  {}  {:>5}  {}{ds}", text(&key["role"]), key["tag"], text(&key["algorithm"]));
        line.trim_end().to_owned()
    }));
    lines
}
