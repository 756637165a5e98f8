//! `waymark serve`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::explain::answer as explain;
use super::{invalid, print_error};
use crate::app::{self, Failure};
use crate::config::{Listener, Overrides};

/// Serve zones.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Directory of zone files (*.toml, *.zone, *.json) [default: zones]
    #[arg(long, value_name = "DIR")]
    zones: Option<PathBuf>,
    /// Directory of the control socket, made if missing [default: state]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Address to answer at over UDP and TCP; may repeat [default: 127.0.0.1:5353 and [::1]:5353]
    #[arg(long, value_name = "[NAME=]ADDR:PORT")]
    listen: Vec<Listener>,
    /// Address for metrics and readiness [default: 127.0.0.1:5380]
    #[arg(long, value_name = "ADDR:PORT")]
    http: Option<SocketAddr>,
    /// Address for the Route 53 API [default: none, unless the configuration has an [api]]
    #[arg(long, value_name = "ADDR:PORT")]
    api: Option<SocketAddr>,
    /// Geo database of your own (MaxMind format) [default: the embedded one]
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    /// Hold readiness and answers until every check has reported once, this many seconds at most
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60", value_parser = clap::value_parser!(u64).range(1..=3600))]
    wait_for_health: Option<u64>,
    /// Whom to become once the addresses are bound, when started as root
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Configuration file [default: waymark.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(serve: Serve) -> ExitCode {
    let Serve { zones, state, listen, http, api, geoip, wait_for_health, user, config } = serve;
    let wait = wait_for_health.map(Duration::from_secs);
    let overrides = Overrides { config, zones, state, listen, http, api, geoip, wait, user, ..Overrides::default() };
    match app::serve(overrides, explain, greet) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Invalid(problems)) => invalid(&problems),
        Err(failure) => {
            print_error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn greet(text: &str) {
    // Whoever closed standard output does not want to be greeted.
    let _ = std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush());
}
