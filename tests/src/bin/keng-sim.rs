//! `keng-sim`: many runs of the simulation, or one of them with all that happened in it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use keng_tests::simulation::{
    Case, CrashPoints, ENTRIES, Failure, Ground, Options, Run, Tally, record_sync, run, search,
};

/// Runs the real session machines and stores under a simulated network, disk and clock.
#[derive(Debug, Parser)]
struct Arguments {
    /// So many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// Beginning with this one.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Only this one.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// Print everything that happens in it.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Also a hub that is put back and copies that do not notice, in place of revocations.
    #[arg(long)]
    all_faults: bool,
    /// Instead of seeds: one sync, and a power cut at every step of it on either disk.
    #[arg(long, conflicts_with_all = ["seeds", "from", "seed", "all_faults"])]
    crash_points: bool,
    /// Of the power cuts, each so manieth.
    #[arg(long, default_value_t = 1, requires = "crash_points")]
    stride: usize,
    /// Runs that sync once, for the crash points to be seen.
    #[arg(long, hide = true)]
    record_sync: Option<PathBuf>,
    /// Threads; each runs its share of the seeds.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64)]
    threads: u64,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(folder) = &arguments.record_sync {
        record_sync(folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.crash_points {
        return crash_points(arguments.stride.max(1), arguments.threads.max(1) as usize);
    }
    let options = Options { all_faults: arguments.all_faults, ..Options::default() };
    if let Some(seed) = arguments.seed {
        return one(seed, arguments.trace, options);
    }
    let began = Instant::now();
    let bar = ProgressBar::new(arguments.seeds);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} seeds · {per_sec} · {eta} left") {
        bar.set_style(style);
    }
    let threads = arguments.threads.max(1);
    let results: Vec<anyhow::Result<Result<Tally, Box<Failure>>>> = std::thread::scope(|scope| {
        let share = |thread| {
            let seeds = (arguments.from..arguments.from.saturating_add(arguments.seeds)).skip(thread as usize);
            let (seeds, bar) = (seeds.step_by(threads as usize), bar.clone());
            scope.spawn(move || {
                let ground = Ground::new()?;
                Ok(search(&ground, seeds, options, |_| bar.inc(1)))
            })
        };
        let workers: Vec<_> = (0..threads).map(share).collect();
        workers.into_iter().map(|w| w.join().map_err(|_| anyhow::anyhow!("a thread gave up"))?).collect()
    });
    bar.finish_and_clear();
    let (mut tally, mut failed) = (Tally::default(), false);
    for result in results {
        match result? {
            Ok(part) => tally.add(&part),
            Err(failure) => {
                failed = true;
                eprintln!("{failure}");
            }
        }
    }
    if failed {
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "{} seeds in {:.1} s: {} actions, {} sessions, {} entries saved, {} power cuts, {} link faults, {} lies, \
         {} folders put back or copied, {} new lives, {} revocations, {} quiet periods; all invariants hold",
        arguments.seeds,
        began.elapsed().as_secs_f64(),
        tally.actions,
        tally.sessions,
        tally.saved,
        tally.crashes,
        tally.faults,
        tally.lies,
        tally.copies,
        tally.lives,
        tally.revocations,
        tally.quiets,
    );
    Ok(ExitCode::SUCCESS)
}

fn one(seed: u64, trace: bool, options: Options) -> anyhow::Result<ExitCode> {
    let ground = Ground::new()?;
    if trace {
        let run: Run = run(&ground, seed, options);
        print!("{}", run.story());
        println!("hash {}", run.hash);
        return Ok(if run.violation.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    match search(&ground, [seed], options, |_| ()) {
        Ok(tally) => {
            println!("seed {seed}: all invariants hold; {tally:?}");
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            eprintln!("{failure}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn crash_points(stride: usize, threads: usize) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let points = CrashPoints::new(&std::env::current_exe()?, false)?;
    let points = points.ok_or_else(|| anyhow::anyhow!("strace is needed, and is not there"))?;
    let cases: Vec<Case> = points.cases().into_iter().step_by(stride).collect();
    let bar = ProgressBar::new(cases.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} power cuts · {per_sec} · {eta} left") {
        bar.set_style(style);
    }
    let failures: Vec<_> = std::thread::scope(|scope| {
        let share = |thread| {
            let (cases, points, bar) = (&cases, &points, &bar);
            scope.spawn(move || {
                let share: Vec<Case> = cases.iter().skip(thread).step_by(threads).cloned().collect();
                points.run(&share, || bar.inc(1))
            })
        };
        let workers: Vec<_> = (0..threads).map(share).collect();
        workers.into_iter().filter_map(|w| w.join().ok()?.err()).collect()
    });
    bar.finish_and_clear();
    for (case, violation) in &failures {
        eprintln!("{}: {violation}", case.told);
    }
    if !failures.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    let (hub, node) = points.counts();
    println!(
        "one sync of {ENTRIES} entries: {} steps on the disks, {hub} at the hub and {node} at the node; {} power cuts \
         in {:.1} s; nothing lost, nothing twice",
        hub + node,
        cases.len(),
        began.elapsed().as_secs_f64(),
    );
    Ok(ExitCode::SUCCESS)
}
