//! `waymark check`: everything a start would check, and nothing served.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::{INVALID, count};
use crate::app::Files;
use crate::config::{Config, Overrides};
use crate::control::socket::problem;
use crate::control::{Control, Edit, ReloadReport};
use crate::health::keeper::Keeper;
use crate::health::overrides::Now;
use crate::model::Problem;

/// Validate configuration and zones.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Directory of zone files [default: zones]
    #[arg(value_name = "DIR")]
    zones: Option<PathBuf>,
    /// Geo database of your own
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    /// Configuration file [default: waymark.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(check: Check) -> ExitCode {
    let Check { zones, geoip, config, json } = check;
    let outcome = load(Overrides { config, zones, geoip, ..Overrides::default() });
    if json {
        print_json(&outcome)
    } else {
        print_text(&outcome)
    }
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(INVALID) }
}

fn load(flags: Overrides) -> Result<ReloadReport, Vec<Problem>> {
    let config = Config::load(&flags)?;
    Keeper::check(&config.state, Now::read())?;
    let (_, report) =
        Control::start(Box::new(Files::new(flags, config).with_certificates(Arc::default())), Edit::default())?;
    Ok(report)
}

fn print_text(outcome: &Result<ReloadReport, Vec<Problem>>) {
    let problems = match outcome {
        Ok(report) => &report.warnings,
        Err(problems) => problems,
    };
    for problem in problems {
        eprintln!("{problem}");
    }
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let warnings = count((problems.len() - errors) as u64, "warning");
    match outcome {
        Ok(ReloadReport { zones, records, .. }) => {
            println!("{}, {}, {warnings}", count(*zones as u64, "zone"), count(*records as u64, "record set"));
        }
        Err(_) => println!("{}, {warnings}", count(errors as u64, "error")),
    }
}

fn print_json(outcome: &Result<ReloadReport, Vec<Problem>>) {
    let all = |problems: &[Problem]| problems.iter().map(problem).collect::<Vec<_>>();
    let line = match outcome {
        Ok(report) => json!({
            "ok": true,
            "zones": report.zones,
            "records": report.records,
            "problems": all(&report.warnings),
        }),
        Err(problems) => json!({ "ok": false, "problems": all(problems) }),
    };
    println!("{line}");
}
