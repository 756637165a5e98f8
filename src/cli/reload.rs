//! `waymark reload`: the same as SIGHUP, with an answer.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Running, count, print_problems};

/// Make a running server read its files anew.
#[derive(Debug, Args)]
pub(super) struct Reload {
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(reload: &Reload) -> ExitCode {
    let answer = match reload.running.ask(&json!({ "op": "reload" })) {
        Ok(answer) => answer,
        Err(code) => return code,
    };
    if reload.running.json {
        println!("{answer}");
        return ExitCode::SUCCESS;
    }
    print_problems(&answer["warnings"]);
    let number = |key: &str| answer[key].as_u64().unwrap_or_default();
    println!(
        "{}, {}, {} changed, {:.0} ms",
        count(number("zones"), "zone"),
        count(number("records"), "record set"),
        number("changed"),
        answer["milliseconds"].as_f64().unwrap_or_default()
    );
    ExitCode::SUCCESS
}
