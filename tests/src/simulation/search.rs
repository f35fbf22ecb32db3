//! Many runs, and what to make of one that fails.

use std::fmt;

use super::Options;
use super::ground::Ground;
use super::plan::Plan;
use super::run::{Run, Tally, play, run};

/// Runs spent on making a failing one shorter.
const SHRINKING_RUNS_MAX: usize = 200;

/// Lines of the trace shown with a failure; the command shows them all.
const LINES_SHOWN: usize = 120;

/// A run that broke an invariant.
#[derive(Debug, Clone)]
pub struct Failure {
    /// As the seed gives it.
    pub whole: Run,
    /// With steps left out, as long as it broke the same invariant.
    pub short: Run,
    /// What the runs could contain.
    pub options: Options,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = self.whole.seed;
        let told = |run: &Run| run.violation.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        writeln!(f, "seed {seed} broke an invariant: {}", told(&self.whole))?;
        let flag = if self.options.all_faults { " --all-faults" } else { "" };
        writeln!(f, "again: cargo run --release --bin keng-sim -- --seed {seed} --trace{flag}")?;
        writeln!(f, "   or: KENG_SEED={seed} cargo nextest run -p keng-tests --test simulation")?;
        writeln!(f, "shorter ({} steps of {}): {}", self.short.tally.steps, self.whole.tally.steps, told(&self.short))?;
        let from = self.short.lines.len().saturating_sub(LINES_SHOWN);
        let early = self.short.lines[..from].iter().filter(|line| line.starts_with("=="));
        early.clone().try_for_each(|line| writeln!(f, "{line}"))?;
        if from > 0 {
            writeln!(f, "… {} lines before these", from - early.count())?;
        }
        self.short.lines[from..].iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Runs every seed in turn, until one fails. `after` hears of each run.
///
/// # Errors
/// The first failure, made shorter.
pub fn search(
    ground: &Ground,
    seeds: impl IntoIterator<Item = u64>,
    options: Options,
    mut after: impl FnMut(&Run),
) -> Result<Tally, Box<Failure>> {
    let mut tally = Tally::default();
    for seed in seeds {
        let whole = run(ground, seed, options);
        after(&whole);
        tally.add(&whole.tally);
        if whole.violation.is_some() {
            let short = shorten(ground, &whole, options);
            return Err(Box::new(Failure { whole, short, options }));
        }
    }
    Ok(tally)
}

/// Leaves out steps, many at once and then fewer, as long as the same invariant breaks.
fn shorten(ground: &Ground, whole: &Run, options: Options) -> Run {
    let invariant = whole.violation.as_ref().map(|v| v.invariant);
    let mut plan = Plan::of(whole.seed, options);
    plan.steps.truncate(usize::try_from(whole.tally.steps).unwrap_or(usize::MAX));
    let mut best = whole.clone();
    let (mut size, mut runs) = (plan.steps.len() / 2, 0);
    while size > 0 {
        let mut at = 0;
        while at < plan.steps.len() && runs < SHRINKING_RUNS_MAX {
            let mut shorter = plan.clone();
            shorter.steps.drain(at..(at + size).min(plan.steps.len()));
            let tried = play(ground, whole.seed, &shorter, options);
            runs += 1;
            if tried.violation.as_ref().map(|v| v.invariant) == invariant {
                (plan, best) = (shorter, tried);
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    best
}
