//! The `waymark` command.

use std::process::ExitCode;

/// Reading a large zone makes many times what is kept of it; this allocator gives the rest back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    waymark::cli::main()
}
