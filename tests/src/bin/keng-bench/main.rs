//! Figures, as ratios against a baseline run beside them (see `BENCHMARKS.md`).
//!
//! * `cargo run --release --bin keng-bench`: hub ingest against plain SQLite.
//! * `cargo run --release --bin keng-bench -- --peers`: what sync costs, beside what it costs with
//!   others; the whole run writes tables and chart into `BENCHMARKS.md`.
//! * `cargo run --release --bin keng-bench -- --province`: the report of a large province.

mod beside;
mod chart;
mod consolidate;
mod crossing;
mod floor;
mod idle;
mod ingest;
mod page;
mod peers;
mod pushes;
mod returning;
mod simulated;
mod slow;
mod stage;
mod work;
mod year;

use clap::Parser;

#[derive(Debug, Parser)]
struct Arguments {
    /// Sync beside other systems, by the real programs, instead of ingest against plain SQLite.
    #[arg(long)]
    peers: bool,
    #[command(flatten)]
    ingest: ingest::Amount,
    #[command(flatten)]
    beside: beside::Extent,
    #[command(flatten)]
    size: consolidate::Size,
}

/// As in the programs that are measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match (arguments.peers, arguments.size.is_asked()) {
        (true, _) => beside::run(&arguments.beside),
        (false, true) => consolidate::run(&arguments.size),
        (false, false) => ingest::run(&arguments.ingest),
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }
}
