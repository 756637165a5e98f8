//! `waymark health`: what a running server knows of its checks.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::Running;

/// Show the health checks of a running server.
#[derive(Debug, Args)]
pub(super) struct Health {
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(health: &Health) -> ExitCode {
    let answer = match health.running.ask(&json!({ "op": "health" })) {
        Ok(answer) => answer,
        Err(code) => return code,
    };
    if health.running.json {
        println!("{answer}");
        return ExitCode::SUCCESS;
    }
    for check in answer["checks"].as_array().into_iter().flatten() {
        println!("{}", line(check));
    }
    ExitCode::SUCCESS
}

fn line(check: &Value) -> String {
    let text = |key: &str| check[key].as_str().unwrap_or_default();
    let mut line = format!("{:<24} {:<9} {}", text("id"), text("status"), text("kind"));
    for flag in ["disabled", "inverted"] {
        if check[flag] == true {
            line.push_str(&format!(", {flag}"));
        }
    }
    if let Some(forced) = check["forced"].as_str() {
        line.push_str(&format!(", forced {forced}"));
    }
    if check["decided"] == false {
        line.push_str(", not probed yet");
    }
    if text("status") == "unhealthy" && !text("last_failure").is_empty() {
        line.push_str(&format!(": {}", text("last_failure")));
    }
    line
}
