//! The whole comparison: which parts, in which order, and where the figures go.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::chart::svg;
use crate::page::{Table, between};
use crate::pushes::Measured;
use crate::{idle, pushes, returning, slow, year};

/// The marks in `BENCHMARKS.md` between which everything is written by this program.
const MARK: &str = "keng-bench peers";
/// The chart, from the root of the project.
const CHART: &str = "docs/peers.svg";

/// A part of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// First push, first pull, edits; with the peers.
    Pushes,
    /// Nothing to say.
    Idle,
    /// 64 kbit/s.
    Slow,
    /// Catching up after a year.
    Year,
    /// Nodes returning at once.
    Returning,
}

/// How much of it.
#[derive(Debug, clap::Args)]
pub struct Extent {
    /// Parts to run; the page is written only when all of them ran.
    #[arg(long, value_delimiter = ',')]
    parts: Vec<Part>,
    /// Records of a first push.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000")]
    records: Vec<usize>,
    /// One-field edits of one sync.
    #[arg(long, value_delimiter = ',', default_value = "1,50,500,5000")]
    edits: Vec<usize>,
    /// Records of which nothing is said.
    #[arg(long, value_delimiter = ',', default_value = "100,10000,124000")]
    idle: Vec<usize>,
    /// Seconds on the open stream.
    #[arg(long, default_value_t = 120)]
    open: u64,
    /// Entries of a year.
    #[arg(long, default_value_t = 100_000)]
    year: usize,
    /// Nodes that return at once.
    #[arg(long, value_delimiter = ',', default_value = "332,3321")]
    nodes: Vec<usize>,
    /// Seconds that a peer gets for one number of records.
    #[arg(long, default_value_t = 180)]
    patience: u64,
}

/// Runs the parts, prints their tables, and writes page and chart. A part that fails does not keep
/// the others from running.
///
/// # Errors
/// When a part failed, or the page cannot be written.
pub fn run(arguments: &Extent) -> Result<()> {
    let wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let mut measured = Measured::default();
    let mut tables = Vec::new();
    let mut failed = Vec::new();
    let mut keep = |part: Part, outcome: Result<Vec<Table>>| match outcome {
        Ok(done) => {
            done.iter().for_each(|table| println!("{}", table.markdown()));
            tables.extend(done);
        }
        Err(e) => {
            eprintln!("{part:?}: {e:#}");
            failed.push(format!("{part:?}"));
        }
    };
    if wanted(Part::Pushes) {
        let outcome = pushes::measure(&arguments.records, &arguments.edits, Duration::from_secs(arguments.patience))
            .map(|m| {
                measured = m;
                std::mem::take(&mut measured.tables)
            });
        keep(Part::Pushes, outcome);
    }
    if wanted(Part::Idle) {
        let known = std::mem::take(&mut measured.idle);
        keep(Part::Idle, idle::measure(&arguments.idle, known, Duration::from_secs(arguments.open)));
    }
    if wanted(Part::Slow) {
        keep(Part::Slow, slow::measure().map(|table| vec![table]));
    }
    if wanted(Part::Year) {
        keep(Part::Year, year::measure(arguments.year).map(|table| vec![table]));
    }
    if wanted(Part::Returning) {
        keep(Part::Returning, returning::measure(&arguments.nodes).map(|table| vec![table]));
    }
    if !failed.is_empty() {
        bail!("failed: {}; nothing was written", failed.join(", "));
    }
    if arguments.parts.is_empty() { write(&tables, &measured) } else { Ok(()) }
}

/// Into `BENCHMARKS.md` and the chart beside it, in the project that this was built from.
fn write(tables: &[Table], measured: &Measured) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("tests stands in the project")?;
    let page = root.join("BENCHMARKS.md");
    let sections: Vec<String> = tables.iter().map(Table::markdown).collect();
    let text = format!("![Bytes on the wire, side by side]({CHART})\n\n{}", sections.join("\n"));
    let written = between(&std::fs::read_to_string(&page)?, MARK, &text)?;
    std::fs::write(root.join(CHART), svg("Bytes on the wire, both directions", &measured.groups))?;
    std::fs::write(&page, written).with_context(|| format!("{}", page.display()))
}

#[cfg(test)]
mod tests {
    use super::{MARK, between};

    #[test]
    fn the_page_has_the_marks() {
        assert!(between(include_str!("../../../../BENCHMARKS.md"), MARK, "x").is_ok());
    }
}
