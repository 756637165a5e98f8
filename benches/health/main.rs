//! `make bench-health`: what a fleet of 10,000 HTTP checks costs, how late it is, and how soon answers follow a death.
//!
//! ```text
//!  this process ─┬─ endpoints (this program once more): 127.1.x.y answer, 127.2.k.n are tarpits
//!                ├─ waymark serve: 10,000 checks at 10 s          → CPU, memory, lateness
//!                │      └─ endpoints die, one after the other     → time to changed answers on the wire
//!                └─ waymark serve: the same with 100 tarpits      → the same figures beside the first
//! ```
//! `cargo bench --bench health -- [--checks 10000] [--seconds 60 | --minutes 10] [--tarpits 100] [--trials 8]`

mod deaths;
mod endpoints;
mod figures;
mod server;

use std::process::ExitCode;
use std::time::Duration;

use deaths::Deaths;
use endpoints::Endpoints;
use figures::{Course, table};
use server::Server;

/// What is measured, and for how long.
#[derive(Clone, Copy, Debug)]
struct Plan {
    checks: usize,
    /// How many of them are tarpits, the second time.
    tarpits: usize,
    window: Duration,
    /// Endpoints that die.
    trials: usize,
}

/// Every check has been asked, and the spread of first probes is over.
const WARM_UP: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [role] = &arguments[..]
        && role == endpoints::ROLE
    {
        endpoints::serve();
        return ExitCode::SUCCESS;
    }
    match plan(&arguments).and_then(|plan| measure(plan).map_err(|error| error.to_string())) {
        Ok(kept) => ExitCode::from(u8::from(!kept)),
        Err(error) => {
            eprintln!("bench-health: {error}");
            ExitCode::from(2)
        }
    }
}

fn plan(arguments: &[String]) -> Result<Plan, String> {
    let mut plan = Plan { checks: 10_000, tarpits: 100, window: Duration::from_secs(60), trials: 8 };
    for pair in arguments.chunks(2) {
        let [flag, value] = pair else { return Err(format!("{} needs a number", pair[0])) };
        let number: usize = value.parse().map_err(|_| format!("{value:?} is no number"))?;
        match &**flag {
            "--checks" => plan.checks = number,
            "--tarpits" => plan.tarpits = number,
            "--seconds" => plan.window = Duration::from_secs(number as u64),
            "--minutes" => plan.window = Duration::from_secs(number as u64 * 60),
            "--trials" => plan.trials = number,
            _ => return Err(format!("there is no {flag}")),
        }
    }
    Ok(plan)
}

/// Whether every bar was kept.
fn measure(plan: Plan) -> std::io::Result<bool> {
    let endpoints = Endpoints::start()?;
    println!("{} checks at 10 s, {:?} each time; measured in {:?} after a warm-up", plan.checks, plan.window, WARM_UP);
    let deaths = Deaths::prepare(plan.trials)?;
    let server = Server::start(&(endpoints.zone(plan.checks, 0) + &deaths.zone()))?;
    let plain = Course::of(&server, plan.window)?;
    let delays = deaths.measure(&server)?;
    drop(server);
    let server = Server::start(&endpoints.zone(plan.checks, plan.tarpits))?;
    let tarred = Course::of(&server, plan.window)?;
    drop(server);
    let kept = table(&plain, &tarred, plan.tarpits);
    Ok(deaths::table(&delays) && kept)
}
