//! The `waymark` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    waymark::cli::main()
}
