//! `waymark demo`: the server at work before your eyes, with nothing outside this machine.
//!
//! ```text
//!  backends ◄── probes ── fleet ──► health ──► answers ◄── queries over UDP ── the demo, and your dig
//! ```
//! Everything is the real thing in one process; only the backends and the zone are made up.

mod ask;
mod backend;
mod failover;
mod lab;
mod timeline;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::model::Problem;

/// Shows the server at work, with backends of its own on loopback.
#[derive(Debug, Args)]
pub(super) struct Demo {
    #[command(subcommand)]
    scene: Scene,
}

/// What can be shown.
#[derive(Debug, Subcommand)]
enum Scene {
    /// A backend dies and comes back; failover, weighted and multivalue answers follow.
    Failover(Failover),
}

/// The failover scene.
#[derive(Debug, Args)]
struct Failover {
    /// UDP port of the demo's server on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Milliseconds between probes.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    interval: u64,
    /// Seconds to stay at each step.
    #[arg(long, value_name = "SECONDS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(0..=3600))]
    hold: u64,
    /// Go on when Enter is pressed instead of after --hold.
    #[arg(long)]
    step: bool,
}

impl Failover {
    fn interval(&self) -> Duration {
        Duration::from_millis(self.interval)
    }
}

/// Why a demo could not be shown.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("cannot {doing}")]
    Io {
        doing: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("the demo's own zone has a problem: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Zone(Vec<Problem>),
    #[error("the demo's query cannot be written or its answer read")]
    Message(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Turns an I/O error into one that says what was being done.
    fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

/// Shows the demo; success when everything it promises was seen.
pub(super) fn run(demo: &Demo) -> ExitCode {
    let Scene::Failover(failover) = &demo.scene;
    match show(failover) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprint!("waymark demo: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprint!(": {cause}");
                source = cause.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

fn show(failover: &Failover) -> Result<bool, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::io("start the runtime"))?;
    let seen = runtime.block_on(failover::show(failover));
    runtime.shutdown_timeout(Duration::from_secs(1));
    seen
}
