//! `waymark export`: a zone of a running server, or of a directory, as a file.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Running, invalid};
use crate::app::{Files, exported};
use crate::config::{Config, Overrides};
use crate::control::{Control, Edit};

/// Write a zone as a file: one of the API's or one of a file's.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The zone's name, or its id where several have the name
    zone: String,
    /// What to write it as
    #[arg(long, value_enum, default_value_t = Format::Toml)]
    format: Format,
    /// Write it although the format cannot say all of it
    #[arg(long)]
    lossy: bool,
    /// Read the zone from this directory of zone files instead of asking a running server
    #[arg(long, value_name = "DIR")]
    zones: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Our own zone format, with checks and collections
    Toml,
    /// A master file: values alone
    Zone,
    /// What the AWS CLI prints of it
    Json,
}

pub(super) fn run(export: &Export) -> ExitCode {
    let Export { zone, format, lossy, zones, running } = export;
    let format = match format {
        Format::Toml => "toml",
        Format::Zone => "zone",
        Format::Json => "json",
    };
    let request = json!({ "op": "export", "zone": zone, "format": format });
    let answer = match zones {
        None => match running.ask(&request) {
            Ok(answer) => answer,
            Err(code) => return code,
        },
        Some(zones) => {
            let flags =
                Overrides { config: running.config.clone(), zones: Some(zones.clone()), ..Overrides::default() };
            let loaded = Config::load(&flags)
                .and_then(|config| Control::start(Box::new(Files::new(flags, config)), Edit::default()));
            match loaded {
                Ok((control, _)) => exported::export(&control.world().load(), &request, &|_| None),
                Err(problems) => return invalid(&problems),
            }
        }
    };
    if answer["ok"] != true {
        eprintln!("waymark: {}", answer["error"].as_str().unwrap_or("the zone cannot be written"));
        return ExitCode::FAILURE;
    }
    let losses: Vec<&str> =
        answer["losses"].as_array().into_iter().flatten().filter_map(|loss| loss.as_str()).collect();
    for loss in &losses {
        eprintln!("left out: {loss}");
    }
    if !losses.is_empty() && !lossy {
        eprintln!("waymark: --format {format} cannot say all of {zone}; add --lossy to have the rest of it");
        return ExitCode::FAILURE;
    }
    if running.json {
        println!("{answer}");
        return ExitCode::SUCCESS;
    }
    match std::io::stdout().lock().write_all(answer["text"].as_str().unwrap_or_default().as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
