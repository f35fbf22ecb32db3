//! `keng-node`: a unit's node. Arguments are read here; the work is in the library.

use std::process::ExitCode;

use clap::Parser;
use keng_node::cli::Arguments;

fn main() -> ExitCode {
    keng_desk::program::start_logs();
    keng_desk::program::exit(Arguments::parse().run())
}
