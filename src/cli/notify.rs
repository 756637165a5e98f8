//! `waymark notify ZONE`: secondaries are told of a zone once more.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Running, count};

/// Tell the secondaries of a zone to look at it.
#[derive(Debug, Args)]
pub(super) struct Notify {
    /// The zone's name
    zone: String,
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(notify: &Notify) -> ExitCode {
    notify.running.perform(&json!({ "op": "notify", "zone": notify.zone }), |answer| {
        format!("{} to be told", count(answer["secondaries"].as_u64().unwrap_or_default(), "secondary server"))
    })
}
