//! What the server says about itself, on standard error: lines for people or JSON for collectors.

pub mod query;
pub mod zones;

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The filter is not one tracing understands.
#[derive(Debug, thiserror::Error)]
#[error("log filter {filter:?} is not understood: {why}")]
pub struct BadFilter {
    filter: String,
    why: String,
}

/// Starts logging what `filter` lets through, in tracing's filter syntax; once per process.
pub fn start(format: Format, filter: &str) -> Result<(), BadFilter> {
    let filter =
        EnvFilter::try_new(filter).map_err(|why| BadFilter { filter: filter.to_owned(), why: why.to_string() })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    // A process that already logs, as tests do, goes on as it does.
    let _ = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    report_panics();
    Ok(())
}

/// Panics become log lines, at most one a second: a hostile packet must not fill the disk.
fn report_panics() {
    let (start, last) = (Instant::now(), AtomicU64::new(0));
    std::panic::set_hook(Box::new(move |panic| {
        let now = start.elapsed().as_secs() + 1;
        if last.swap(now, Ordering::Relaxed) != now {
            let payload = panic.payload();
            let what = payload.downcast_ref::<&str>().copied();
            let what = what.or(payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
            let at = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(at, "panic: {what}");
        }
    }));
}
