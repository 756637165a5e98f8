//! The command line: which command, and what its exit code says.
//!
//! Exit codes: 0 done, 1 failed at run time, 2 wrong usage, 3 invalid configuration, 4 cannot bind,
//! 5 a thread that answers ended by itself.

mod check;
mod demo;
mod dnssec;
mod explain;
mod export;
mod health;
mod history;
mod import;
mod notify;
mod reload;
mod serve;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde_json::Value;

use crate::app::Files;
use crate::config::{Config, Overrides};
use crate::control::{Control, Edit, socket};
use crate::model::Problem;
use crate::snapshot::World;

/// Invalid configuration or zones.
const INVALID: u8 = 3;

/// Authoritative DNS with Route 53's routing policies, steered by live health checks.
#[derive(Debug, Parser)]
#[command(name = "waymark", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve zones until told to end
    Serve(serve::Serve),
    /// Validate configuration and zones without serving
    Check(check::Check),
    /// Make a running server read its files anew
    Reload(reload::Reload),
    /// Tell the secondaries of a zone to look at it
    Notify(notify::Notify),
    /// Show the health checks of a running server, or say something of them
    Health(health::Health),
    /// Say why a question gets the answer it gets
    Explain(explain::Explain),
    /// Write a zone as a file
    Export(export::Export),
    /// Move a zone of a file to the API
    Import(import::Import),
    /// Show what was done to a zone over the API
    History(history::History),
    /// Bring a zone's record sets back to a revision
    Rollback(history::Rollback),
    /// Show how zones are signed, or have a zone of the API signed
    Dnssec(dnssec::Dnssec),
    /// Show the server at work
    Demo(demo::Demo),
}

/// Where a running server is found.
#[derive(Debug, Args)]
struct Running {
    /// The server's state directory
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// The server's configuration file, which names its state directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Carries out what the command line asks for.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(serve) => serve::run(serve),
        Command::Check(check) => check::run(check),
        Command::Reload(reload) => reload::run(&reload),
        Command::Notify(notify) => notify::run(&notify),
        Command::Health(health) => health::run(&health),
        Command::Explain(explain) => explain::run(&explain),
        Command::Export(export) => export::run(&export),
        Command::Import(import) => import::run(&import),
        Command::History(history) => history::show(&history),
        Command::Rollback(rollback) => history::roll_back(&rollback),
        Command::Dnssec(dnssec) => dnssec::run(&dnssec),
        Command::Demo(demo) => demo::run(&demo),
    }
}

impl Running {
    /// The server's configuration, which tells its state directory; else the exit code.
    fn config(&self) -> Result<Config, ExitCode> {
        let flags = Overrides { config: self.config.clone(), state: self.state.clone(), ..Overrides::default() };
        Config::load(&flags).map_err(|problems| invalid(&problems))
    }

    /// Asks the server; its answer when it did what was asked, else the exit code.
    fn ask(&self, request: &Value) -> Result<Value, ExitCode> {
        let config = self.config()?;
        let answer = socket::ask(&config.state, request).map_err(|error| {
            eprintln!("waymark: {}", unreachable(&config.state, &error));
            ExitCode::FAILURE
        })?;
        if answer["ok"] == true {
            return Ok(answer);
        }
        if self.json {
            println!("{answer}");
        } else {
            print_problems(&answer["problems"]);
            eprintln!("waymark: {}", answer["error"].as_str().unwrap_or("the server refused"));
        }
        let refused = answer["problems"].as_array().is_some_and(|problems| !problems.is_empty());
        Err(if refused { ExitCode::from(INVALID) } else { ExitCode::FAILURE })
    }

    /// Asks the server, and prints what `say` makes of its answer, or all of that as JSON.
    fn perform(&self, request: &Value, say: impl FnOnce(&Value) -> String) -> ExitCode {
        let answer = match self.ask(request) {
            Ok(answer) => answer,
            Err(code) => return code,
        };
        let said = if self.json { answer.to_string() } else { say(&answer) };
        if !said.is_empty() {
            println!("{said}");
        }
        if let Some(warning) = answer["warning"].as_str() {
            eprintln!("waymark: {warning}");
        }
        ExitCode::SUCCESS
    }

    /// Asks the server, or has `answer` asked of a world read from `zones`; the answer when it did what was asked, else
    /// the exit code.
    fn ask_or_read(
        &self,
        zones: Option<&Path>,
        request: &Value,
        answer: impl FnOnce(&World, &Value) -> Value,
    ) -> Result<Value, ExitCode> {
        let Some(zones) = zones else { return self.ask(request) };
        let flags = Overrides { config: self.config.clone(), zones: Some(zones.to_path_buf()), ..Overrides::default() };
        let (control, _) = Config::load(&flags)
            .and_then(|config| Control::start(Box::new(Files::new(flags, config)), Edit::default()))
            .map_err(|problems| invalid(&problems))?;
        let answer = answer(&control.world().load(), request);
        if answer["ok"] == true {
            return Ok(answer);
        }
        eprintln!("waymark: {}", answer["error"].as_str().unwrap_or("it cannot be done"));
        Err(ExitCode::FAILURE)
    }
}

fn unreachable(state: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
            format!("no server runs with the state directory {}; name its --state or --config", state.display())
        }
        _ => format!("cannot talk to the server of {}: {error}", state.display()),
    }
}

/// Problems as they come over the control socket, in the form they are printed everywhere.
fn print_problems(problems: &Value) {
    for problem in problems.as_array().into_iter().flatten() {
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        let line = problem["line"].as_u64().filter(|line| *line > 0).map(|line| format!(":{line}")).unwrap_or_default();
        let warning = if text("severity") == "warning" { "warning: " } else { "" };
        let mend = if text("mend").is_empty() { String::new() } else { format!("; {}", text("mend")) };
        eprintln!("{}{line}: {warning}{}{mend}", text("file"), text("what"));
    }
}

/// Prints every problem, and says how it ends.
fn invalid(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{problem}");
    }
    ExitCode::from(INVALID)
}

/// Prints an error with what caused it.
fn print_error(error: &dyn std::error::Error) {
    eprint!("waymark: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
}

/// "1 zone", "2 zones".
fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Who is at the keyboard.
fn owner(named: Option<&str>) -> String {
    let user = || ["USER", "LOGNAME"].iter().find_map(|key| std::env::var(key).ok()).filter(|user| !user.is_empty());
    let host = || rustix::system::uname().nodename().to_string_lossy().into_owned();
    named.map_or_else(|| format!("{}@{}", user().unwrap_or_else(|| "somebody".to_owned()), host()), str::to_owned)
}
