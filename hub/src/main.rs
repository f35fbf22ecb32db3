//! `keng-hub`: the province's hub. Arguments are read here; the work is in the library.

use std::process::ExitCode;

use clap::Parser;
use keng_hub::cli::Arguments;

/// Documents are many small pieces that come and go together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keng_desk::program::start_logs();
    keng_desk::program::exit(Arguments::parse().run())
}
