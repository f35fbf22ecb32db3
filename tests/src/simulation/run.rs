//! One run.

use std::cell::Cell;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::Options;
use super::checks::Violation;
use super::ground::Ground;
use super::plan::Plan;
use super::world::World;

/// How much happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Steps of the plan.
    pub steps: u64,
    /// Events handled and effects carried out.
    pub actions: u64,
    /// Sessions begun.
    pub sessions: u64,
    /// Entries that officers saved.
    pub saved: u64,
    /// Entries with a receipt, repetitions included.
    pub acknowledged: u64,
    /// Entries that nodes stored, repetitions included.
    pub pulled: u64,
    /// Programs whose power was cut.
    pub crashes: u64,
    /// Links cut and frames damaged.
    pub faults: u64,
    /// Entries of changed programs.
    pub lies: u64,
    /// Folders put back or copied.
    pub copies: u64,
    /// Lives that nodes began.
    pub lives: u64,
    /// Nodes that were revoked.
    pub revocations: u64,
    /// Quiet periods in which everything was checked.
    pub quiets: u64,
}

impl Tally {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.actions += other.actions;
        self.sessions += other.sessions;
        self.saved += other.saved;
        self.acknowledged += other.acknowledged;
        self.pulled += other.pulled;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.lies += other.lies;
        self.copies += other.copies;
        self.lives += other.lives;
        self.revocations += other.revocations;
        self.quiets += other.quiets;
    }
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Run {
    /// The seed.
    pub seed: u64,
    /// Over everything that happened: equal for equal runs.
    pub hash: String,
    /// Everything that happened.
    pub lines: Vec<String>,
    /// The first thing that must not have.
    pub violation: Option<Violation>,
    /// How much happened.
    pub tally: Tally,
}

impl Run {
    /// Everything that happened, and how it ended.
    #[must_use]
    pub fn story(&self) -> String {
        let mut story = String::new();
        for line in &self.lines {
            // Writing to a String cannot fail.
            let _ = writeln!(story, "{line}");
        }
        let _ = match &self.violation {
            Some(violation) => writeln!(story, "seed {}: {violation}", self.seed),
            None => writeln!(story, "seed {}: all invariants hold", self.seed),
        };
        story
    }
}

/// Runs one seed.
#[must_use]
pub fn run(ground: &Ground, seed: u64, options: Options) -> Run {
    play(ground, seed, &Plan::of(seed, options), options)
}

/// Runs a plan: of a seed, or a shorter one.
pub(super) fn play(ground: &Ground, seed: u64, plan: &Plan, options: Options) -> Run {
    let nothing = |violation| Run {
        seed,
        hash: String::new(),
        lines: Vec::new(),
        violation: Some(violation),
        tally: Tally::default(),
    };
    let mut world = match World::new(ground, plan, options.bug) {
        Ok(world) => world,
        Err(violation) => return nothing(violation),
    };
    let steps = || plan.steps.iter().try_for_each(|step| world.perform(*step));
    let violation = match quietly(steps) {
        Ok(outcome) => outcome.err(),
        Err(panic) => Some(Violation::new("panic", panic)),
    };
    let tally = world.tally;
    Run { seed, hash: world.trace.hash(), lines: world.trace.into_lines(), violation, tally }
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `act` where a panic is a result. Those that the gates for foreign changes catch inside it
/// would be told on stderr, thousands of times: in here nothing is told.
pub(super) fn quietly<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !RUNNING.get() {
                tell(info);
            }
        }));
    });
    RUNNING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(act));
    RUNNING.set(false);
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
    })
}
