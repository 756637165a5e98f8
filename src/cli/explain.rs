//! `waymark explain`: asks a running server, or answers itself from a directory with health supposed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::Running;
use crate::control::socket::failed;
use crate::explain::{Wording, explain};
use crate::model::CheckId;
use crate::snapshot::World;

/// Say why a question gets the answer it gets.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The name asked
    name: String,
    /// The type asked
    #[arg(default_value = "A")]
    rtype: String,
    /// Who asks: a resolver's ADDR, or the client subnet ADDR/LEN it passes on
    #[arg(long, value_name = "ADDR[/LEN]")]
    client: Option<String>,
    /// The resolver's address where --client is a subnet [default: 127.0.0.1]
    #[arg(long, value_name = "ADDR")]
    resolver: Option<String>,
    /// The listener asked [default: the first]
    #[arg(long, value_name = "NAME")]
    listener: Option<String>,
    /// Ask over TCP
    #[arg(long)]
    tcp: bool,
    /// Suppose a check up or down; may repeat
    #[arg(long, value_name = "CHECK=up|down")]
    health: Vec<String>,
    /// The seed of the dice: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Answer from this directory of zone files instead of asking a running server
    #[arg(long, value_name = "DIR")]
    zones: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(arguments: &Explain) -> ExitCode {
    let Explain { name, rtype, client, resolver, listener, tcp, health, seed, zones, running } = arguments;
    let wording = Wording {
        name: name.clone(),
        rtype: rtype.clone(),
        client: client.clone(),
        resolver: resolver.clone(),
        listener: listener.clone(),
        tcp: *tcp,
        health: health.clone(),
        seed: *seed,
    };
    let request = json!({ "op": "explain", "question": wording });
    let answer =
        match running.ask_or_read(zones.as_deref(), &request, |world, request| answer(world, request, &|_| None)) {
            Ok(answer) => answer,
            Err(code) => return code,
        };
    if running.json {
        println!("{}", answer["explanation"]);
    } else {
        print!("{}", answer["text"].as_str().unwrap_or_default());
    }
    ExitCode::SUCCESS
}

/// Explains as the control socket asks: `question` in, `explanation` and `text` out; `words` tells what stands behind
/// a check's status.
pub(super) fn answer(world: &World, request: &Value, words: &dyn Fn(&CheckId) -> Option<String>) -> Value {
    let wording: Wording = match serde_json::from_value(request["question"].clone()) {
        Ok(wording) => wording,
        Err(error) => return failed(&format!("the question is not understood: {error}"), &[]),
    };
    let explained = wording
        .read(&world.snapshot.listeners)
        .and_then(|request| explain(world, &request, words))
        .map_err(|error| error.to_string());
    match explained {
        Ok(explanation) => json!({ "ok": true, "text": explanation.to_string(), "explanation": explanation }),
        Err(error) => failed(&error, &[]),
    }
}
