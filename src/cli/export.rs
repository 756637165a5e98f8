//! `waymark export`: a zone of a running server, or of a directory, as a file.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Running;
use crate::app::exported;
use crate::snapshot::World;

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
    let read = |world: &World, request: &Value| exported::export(world, request, &|_| None);
    let answer = match running.ask_or_read(zones.as_deref(), &request, read) {
        Ok(answer) => answer,
        Err(code) => return code,
    };
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
