//! A run as a list of steps, all drawn from the seed before the first is taken. Each step carries
//! the seed of its own draws, so that one can be left out without changing the others.

use super::clock::TEN_YEARS_MS;
use super::{Options, Site};
use crate::chance::Chance;

/// Steps between two quiet periods.
const STEPS_MIN: u64 = 8;
const STEPS_MORE: u64 = 18;

/// Actions of the schedule in one go: a session's greeting takes about twenty.
const ACTIONS_MAX: u64 = 40;

/// Tells the draws of revocations from the others of a seed.
const REVOCATIONS: u64 = 0x4e7c_0de5_0f1e_a5e5;

/// One thing that happens to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The schedule goes on for some actions.
    Run { salt: u64, actions: u64 },
    /// An officer saves something.
    Edit { at: Site, salt: u64 },
    /// An officer chooses among the values of a contest.
    Resolve { at: Site, salt: u64 },
    /// An officer asks for a single session beside the lasting one.
    Once { node: usize },
    /// The link of a node breaks, with frames on their way.
    Cut { node: usize, salt: u64 },
    /// A frame on its way is damaged.
    Damage { node: usize, salt: u64 },
    /// No link for a while.
    Partition { node: usize, salt: u64 },
    /// A link again.
    Heal { node: usize },
    /// The power of a site is cut; it starts again when the schedule says.
    Crash { at: Site, salt: u64 },
    /// A clock is set.
    Jump { at: Site, ms: i64 },
    /// A node reads nothing for a while.
    Slow { node: usize, actions: u64 },
    /// A changed program writes what it may not.
    Lie { node: usize, salt: u64 },
    /// Somebody with a node's certificate says that it is another incarnation.
    Impostor { node: usize },
    /// A copy of a folder is made.
    Copy { at: Site },
    /// A folder is put back from its copy; the program notices at its start, or not.
    Restore { at: Site, noticed: bool },
    /// A copy of a node's folder runs beside it; it notices at its start, or not.
    Clone { node: usize, noticed: bool },
    /// The province takes a node's right to send away.
    Revoke { node: usize },
    /// All faults end; the world comes to rest and is checked.
    Quiet { salt: u64 },
}

/// A whole run.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Which nodes take part, and whether they have synced before.
    pub(super) cast: Vec<(usize, bool)>,
    pub(super) steps: Vec<Step>,
}

/// The faults that a run may draw from. Each run has some of them only: what is rare beside
/// everything else becomes frequent beside little.
const FAULTS: [Fault; 12] = [
    Fault::Cut,
    Fault::Damage,
    Fault::Partition,
    Fault::CrashNode,
    Fault::CrashHub,
    Fault::Jump,
    Fault::Slow,
    Fault::Lie,
    Fault::Impostor,
    Fault::Restore,
    Fault::Clone,
    Fault::Rollback,
];

#[derive(Debug, Clone, Copy)]
enum Fault {
    Cut,
    Damage,
    Partition,
    CrashNode,
    CrashHub,
    Jump,
    Slow,
    Lie,
    Impostor,
    Restore,
    Clone,
    Rollback,
}

impl Plan {
    pub(super) fn of(seed: u64, options: Options) -> Self {
        let mut chance = Chance::of(seed);
        let cast = [&[0, 1][..], &[0, 2], &[0, 1, 2]];
        let cast = chance.pick(&cast).copied().unwrap_or_default();
        let cast: Vec<_> = cast.iter().map(|n| (*n, !chance.one_in(4))).collect();
        let faults: Vec<Fault> = FAULTS.into_iter().filter(|_| chance.one_in(3)).collect();
        let is_asked_for = |fault: &Fault| options.all_faults || !matches!(fault, Fault::Rollback);
        let faults: Vec<Fault> = faults.into_iter().filter(is_asked_for).collect();
        // One node at most lies, the same one all through.
        let liar = usize::try_from(chance.below(cast.len() as u64)).unwrap_or(0);
        let mut steps = Vec::new();
        for _ in 0..=chance.below(2) {
            for _ in 0..STEPS_MIN + chance.below(STEPS_MORE) {
                // One more than there are at first: a clone.
                let mut step = step(&mut chance, &faults, cast.len() + 1, liar);
                if let Step::Restore { noticed, .. } | Step::Clone { noticed, .. } = &mut step {
                    *noticed |= !options.all_faults;
                }
                steps.push(step);
            }
            steps.push(Step::Quiet { salt: salt(&mut chance) });
        }
        if !options.all_faults {
            revoke(seed, cast.len(), &mut steps);
        }
        Self { cast, steps }
    }
}

/// Into some plans comes a revocation, at any moment: drawn apart, so that it changes no other draw. Not beside a
/// hub that is put back: what that has forgotten, it has forgotten (docs).
fn revoke(seed: u64, nodes: usize, steps: &mut Vec<Step>) {
    let mut chance = Chance::of(seed ^ REVOCATIONS);
    if chance.one_in(4) {
        let node = usize::try_from(chance.below(nodes as u64)).unwrap_or(0);
        let at = usize::try_from(chance.below(steps.len() as u64)).unwrap_or(0);
        steps.insert(at, Step::Revoke { node });
    }
}

fn salt(chance: &mut Chance) -> u64 {
    chance.below(u64::MAX)
}

fn step(chance: &mut Chance, faults: &[Fault], nodes: usize, liar: usize) -> Step {
    let node = usize::try_from(chance.below(nodes as u64)).unwrap_or(0);
    let at = if chance.one_in(3) { Site::Hub } else { Site::Node(node) };
    let salt = salt(chance);
    let run = Step::Run { salt, actions: 1 + chance.below(ACTIONS_MAX) };
    match chance.below(12) {
        0..=3 => run,
        4..=6 => Step::Edit { at, salt },
        7 => Step::Resolve { at, salt },
        8 if chance.one_in(2) => Step::Once { node },
        8 => Step::Heal { node },
        _ => match chance.pick(faults) {
            None => run,
            Some(Fault::Cut) => Step::Cut { node, salt },
            Some(Fault::Damage) => Step::Damage { node, salt },
            Some(Fault::Partition) => Step::Partition { node, salt },
            Some(Fault::CrashNode) => Step::Crash { at: Site::Node(node), salt },
            Some(Fault::CrashHub) => Step::Crash { at: Site::Hub, salt },
            Some(Fault::Jump) => Step::Jump { at, ms: jump(chance) },
            Some(Fault::Slow) => Step::Slow { node, actions: 1 + chance.below(200) },
            Some(Fault::Lie) => Step::Lie { node: liar, salt },
            Some(Fault::Impostor) => Step::Impostor { node },
            Some(Fault::Restore) if chance.one_in(2) => Step::Copy { at: Site::Node(node) },
            Some(Fault::Restore) => Step::Restore { at: Site::Node(node), noticed: chance.one_in(2) },
            Some(Fault::Clone) => Step::Clone { node, noticed: chance.one_in(2) },
            Some(Fault::Rollback) if chance.one_in(2) => Step::Copy { at: Site::Hub },
            Some(Fault::Rollback) => Step::Restore { at: Site::Hub, noticed: true },
        },
    }
}

/// Years, hours or seconds, forwards or backwards.
fn jump(chance: &mut Chance) -> i64 {
    let far = chance.pick(&[TEN_YEARS_MS, 86_400_000, 1_000]).copied().unwrap_or(1_000);
    let ms = i64::try_from(chance.below(far.unsigned_abs())).unwrap_or(0);
    if chance.one_in(2) { -ms } else { ms }
}
