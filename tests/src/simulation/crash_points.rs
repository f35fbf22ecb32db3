//! A power cut at every step of one sync: each call of the kernel by which either side changes its disk or makes
//! it durable, in turn.
//!
//! The sync is one schedule of the simulation, so it can be run again up to the very action in which a step
//! falls. It runs once under `strace`, in a process of its own; from the calls seen there the disk of either side
//! is made as a power cut leaves it before each of them ([`super::calls`]). Then, for each: the same schedule up
//! to that action, that disk under that side, the other side living on, and everything checked at the end.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_domain::field::Value;
use keng_store::edit::Act;
use keng_store::receipts::Which;
use keng_sync::entry::{Entry, FeedId, Hash, Seq};
use keng_sync::head::verify_receipt;
use tempfile::TempDir;

use super::calls::{self, Call, Disk, Files, Seen};
use super::checks::{Checked, Violation, log_of};
use super::ground::{self, Ground, MODEL, POINT_610};
use super::ledger::Ledger;
use super::officers::change;
use super::plan::{Plan, Step};
use super::run::quietly;
use super::world::World;
use super::{Site, disk};
use crate::chance::Chance;

/// Entries that the node has to send.
pub const ENTRIES: usize = 200;

/// Entries of the hub and of another node of the same unit, that the node has to pull: each about so many.
const FOREIGN_EDITS: u64 = 30;

/// The schedule of the sync: a single lasting session.
const SCHEDULE: u64 = 5;

/// The sites, and the names of their folders in a world whose one node is the first of the ground.
const SITES: [(Site, &str); 2] = [(Site::Hub, "hub"), (Site::Node(0), "node-0")];

/// What is left on the disk of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Nothing.
    Lost,
    /// Everything, as when the program alone is killed.
    Kept,
    /// Everything, and of the write that comes next its first half.
    Torn,
}

/// An entry of the node: its feed, its place there, its hash.
type Own = (FeedId, Seq, Hash);

/// One power cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its place among all.
    pub number: usize,
    /// Where, when, and what is left, in words.
    pub told: String,
    site: Site,
    step: usize,
    /// So many actions of the schedule were done.
    actions: usize,
    /// What the power cut leaves.
    pub left: Left,
}

/// One call of the kernel, and where in the schedule it was made.
#[derive(Debug, Clone)]
struct DiskStep {
    site: Site,
    actions: usize,
    file: String,
    call: Call,
}

/// One sync and all its steps.
pub struct CrashPoints {
    /// Folders of a hub and of a node before the sync: what a world begins from.
    base: Ground,
    ledger: Ledger,
    /// What the node has to send.
    own: Vec<Own>,
    steps: Vec<DiskStep>,
    disks: BTreeMap<Site, Disk>,
    /// What happened in the recorded run, to be sure that it happens again.
    lines: Vec<String>,
    _folder: TempDir,
}

fn stop(violation: &Violation) -> anyhow::Error {
    anyhow::anyhow!("{violation}")
}

fn one_node() -> Plan {
    Plan { cast: vec![(0, true)], steps: Vec::new() }
}

fn start_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("start-{name}"))
}

fn lines_of(folder: &Path) -> PathBuf {
    folder.join("lines")
}

impl CrashPoints {
    /// Makes the folders, lets `recorder` run the sync of them once under `strace`, and reads what it saw. The
    /// recorder is `keng-sim`, called with `--record-sync` and a folder; `forgetful` plants a disk that keeps
    /// nothing that it was told to keep. `None`: there is no `strace`.
    ///
    /// # Errors
    /// When the sync does not go through untouched, or does something to a data folder that is not understood.
    pub fn new(recorder: &Path, forgetful: bool) -> Result<Option<Self>> {
        let folder = disk::scratch()?;
        let (ledger, own) = prepare(folder.path()).map_err(|v| stop(&v))?;
        let log = folder.path().join("calls");
        let place = folder.path().to_str().context("a path in UTF-8")?;
        if calls::record(recorder, &["--record-sync", place], &log)?.is_none() {
            return Ok(None);
        }
        let seen = calls::read(&log, &SITES.map(|(_, name)| name))?;
        fs::remove_file(&log)?;
        let lines = fs::read_to_string(lines_of(folder.path()))?.lines().map(str::to_owned).collect();
        let mut disks = BTreeMap::new();
        for (site, name) in SITES {
            disks.insert(site, Disk::of(&start_of(folder.path(), name), forgetful)?);
        }
        let base = Ground::at(folder.path());
        Ok(Some(Self { base, ledger, own, steps: steps(seen)?, disks, lines, _folder: folder }))
    }

    /// Steps of the whole sync at the hub and at the node, their closing included.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let at_hub = self.steps.iter().filter(|step| step.site == Site::Hub).count();
        (at_hub, self.steps.len() - at_hub)
    }

    /// Every power cut there is: before each step, with each of what may be left. Where that is what was left
    /// before the step ahead of it, at the same moment of the schedule, it is the same case.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        let (mut cases, mut last) = (Vec::new(), BTreeMap::new());
        self.walk(|n, step, disk| {
            let (now, durable) = disk.versions();
            let mut add = |left: Left, new: bool| {
                if new {
                    let told = format!(
                        "{} before step {n}, action {} of the schedule: {} of {}; what was not synced: {left:?}",
                        step.site,
                        step.actions,
                        step.call.told(),
                        step.file,
                    );
                    let number = cases.len();
                    cases.push(Case { number, told, site: step.site, step: n, actions: step.actions, left });
                }
            };
            let mut moment = |left, version| last.insert((step.site, left), (step.actions, version));
            add(Left::Kept, moment(Left::Kept, now) != Some((step.actions, now)));
            let is_new = moment(Left::Lost, durable) != Some((step.actions, durable));
            add(Left::Lost, is_new && disk.now() != disk.durable());
            add(Left::Torn, matches!(&step.call, Call::Write { bytes, .. } if bytes.len() > 1));
        });
        cases
    }

    fn walk(&self, mut at: impl FnMut(usize, &DiskStep, &Disk)) {
        let mut disks = self.disks.clone();
        for (n, step) in self.steps.iter().enumerate() {
            let Some(disk) = disks.get_mut(&step.site) else { continue };
            at(n, step, disk);
            disk.take(&step.file, &step.call);
        }
    }

    /// Runs cases, given in the order of [`CrashPoints::cases`]; `after` hears of each.
    ///
    /// # Errors
    /// The first that broke an invariant.
    pub fn run(&self, cases: &[Case], mut after: impl FnMut()) -> Result<(), (Case, Violation)> {
        let (mut waiting, mut outcome) = (cases.iter().peekable(), Ok(()));
        self.walk(|n, step, disk| {
            while let Some(case) = waiting.next_if(|case| case.step == n && outcome.is_ok()) {
                let files = match (&case.left, &step.call) {
                    (Left::Lost, _) => disk.durable().clone(),
                    (Left::Torn, Call::Write { at, bytes }) => disk.torn(&step.file, *at, bytes),
                    (Left::Kept | Left::Torn, _) => disk.now().clone(),
                };
                let played = quietly(|| self.play(case, &files));
                let played = played.unwrap_or_else(|panic| Err(Violation::new("panic", panic)));
                outcome = played.map_err(|violation| (case.clone(), violation));
                after();
            }
        });
        outcome
    }

    fn play(&self, case: &Case, files: &Files) -> Checked {
        let mut world = World::new(&self.base, &one_node(), None)?;
        world.ledger = self.ledger.clone();
        let mut chance = Chance::of(SCHEDULE);
        for _ in 0..case.actions {
            world.run(&mut chance, 1)?;
        }
        if !self.lines.starts_with(world.trace.lines()) {
            return Err(Violation::world("the schedule did not go as it was recorded".to_owned()));
        }
        // What of the frames on their way still arrives differs from case to case.
        let mut chance = Chance::of(case.number as u64);
        world.crash_leaving(case.site, files, &mut chance)?;
        world.start(case.site)?;
        // What became durable in the action that was cut short, the ledger has not heard.
        let held = log_of(world.store_of(case.site).ok_or_else(|| Violation::world("no store".to_owned()))?)?;
        for body in held.iter().filter_map(|e| e.entry.body.as_ref()) {
            world.ledger.holds(case.site, body);
        }
        world.quiet(&mut chance)?;
        self.check_all_there(&mut world)
    }

    /// All that the node had to send is at the hub, once, with a receipt; both folders are sound.
    fn check_all_there(&self, world: &mut World) -> Checked {
        let log = log_of(world.hub.store()?)?;
        for (feed, seq, hash) in &self.own {
            let is_it = |e: &&Entry| e.feed == *feed && e.seq == *seq;
            let found: Vec<&Entry> = log.iter().map(|e| &e.entry).filter(is_it).collect();
            if found.len() != 1 || found[0].hash != *hash {
                return Err(Violation::new("I3", format!("{feed:?} {seq} is at the hub {} times", found.len())));
            }
        }
        let receipts = world.nodes[0].store()?.acknowledged_entries(Which::All)?;
        let key = ground::hub_key().public();
        let proven = |(feed, seq, hash): &&Own| {
            let of_it = |a: &&keng_store::receipts::Acknowledged| (&a.feed, &a.seq, &a.hash) == (feed, seq, hash);
            let found: Vec<_> = receipts.iter().filter(of_it).collect();
            found.len() == 1 && verify_receipt(&found[0].receipt, &key).is_ok()
        };
        if let Some(unproven) = self.own.iter().find(|own| !proven(own)) {
            return Err(Violation::new("I1", format!("no receipt proves {unproven:?}")));
        }
        for (site, _) in SITES {
            let Some(store) = world.store_of(site) else { continue };
            let report = store.fsck(&mut |_, _, _| ())?;
            if !report.is_ok() {
                return Err(Violation::new("I3", format!("{site} is not sound: {:?}", report.faults)));
            }
        }
        Ok(())
    }
}

/// A hub and a node that have met before; since then the node has saved [`ENTRIES`] entries, and the hub holds
/// about as many new ones for it, of its own and of another node, that say other things of the same fields.
fn prepare(folder: &Path) -> Checked<(Ledger, Vec<Own>)> {
    let world_fault = |e: &dyn std::fmt::Display| Violation::world(e.to_string());
    let first = Ground::new().map_err(|e| world_fault(&e))?;
    let plan = Plan { cast: vec![(0, true), (2, true)], steps: Vec::new() };
    let mut world = World::new(&first, &plan, None)?;
    let (node, other) = (Site::Node(0), Site::Node(1));
    world.perform(Step::Partition { node: 0, salt: 0 })?;
    let mut chance = Chance::of(SCHEDULE);
    for n in 0..ENTRIES {
        let act = act(&mut world, node, n, &mut chance);
        world.save(node, &[act], None)?;
    }
    for salt in 0..FOREIGN_EDITS {
        world.edit(other, salt)?;
        world.edit(Site::Hub, salt)?;
    }
    world.come_to_rest(&mut chance)?;
    let (waiting, _) = world.nodes[0].store()?.outbox(0, usize::MAX)?;
    let own: Vec<_> = waiting.into_iter().map(|(_, entry)| (entry.feed, entry.seq, entry.hash)).collect();
    if own.len() != ENTRIES {
        return Err(Violation::world(format!("{} entries wait, not {ENTRIES}", own.len())));
    }
    let base = Ground::at(folder);
    let hub = world.hub.folder.clone();
    let nodes = world.close();
    disk::copy(&hub, &base.hub()).map_err(|e| world_fault(&e))?;
    disk::copy(&nodes[0], &base.node(0, true)).map_err(|e| world_fault(&e))?;
    Ok((world.ledger, own))
}

/// One entry's worth of work.
fn act(world: &mut World, at: Site, n: usize, chance: &mut Chance) -> Act {
    let next = world.next_value();
    match n % 8 {
        0 => world.new_point(at, chance),
        1 => change(MODEL, "goal", format!("Lần {next}").into()),
        2 => change(POINT_610, "place", format!("Thôn {next}").into()),
        n if n % 2 == 0 => change(POINT_610, "teams", Value::Int(next)),
        _ => change(POINT_610, "members", Value::Int(next)),
    }
}

/// Runs the sync of the folders that [`CrashPoints::new`] has made, and says on stderr before each action which
/// one it is: for `strace` to see.
///
/// # Errors
/// When the sync does not go through.
pub fn record_sync(folder: &Path) -> Result<()> {
    let mut world = World::new(&Ground::at(folder), &one_node(), None).map_err(|v| stop(&v))?;
    let places = [world.hub.folder.clone(), world.nodes[0].folder.clone()];
    for ((_, name), place) in SITES.iter().zip(places) {
        disk::copy(&place, &start_of(folder, name))?;
    }
    let mut chance = Chance::of(SCHEDULE);
    let mut actions = 0;
    mark(actions)?;
    while world.run(&mut chance, 1).map_err(|v| stop(&v))? {
        actions += 1;
        mark(actions)?;
    }
    // At rest: what follows is the closing of both programs.
    world.close();
    let acknowledged = world.tally.acknowledged;
    ensure!(usize::try_from(acknowledged) == Ok(ENTRIES), "{acknowledged} entries were acknowledged");
    ensure!(world.tally.pulled >= FOREIGN_EDITS, "{} entries were pulled", world.tally.pulled);
    fs::write(lines_of(folder), world.trace.lines().join("\n"))?;
    Ok(())
}

/// One write, so that the mark is one call.
fn mark(actions: usize) -> Result<()> {
    Ok(std::io::stderr().write_all(actions.to_string().as_bytes())?)
}

/// The steps of the sync, each with the mark before it.
fn steps(seen: Vec<Seen>) -> Result<Vec<DiskStep>> {
    let (mut steps, mut actions) = (Vec::new(), 0);
    for seen in seen {
        match seen {
            Seen::Mark(mark) => actions = mark.parse().context("an unknown mark")?,
            Seen::Call { folder, file, call } => {
                let site = SITES.iter().find(|(_, name)| *name == folder).context("an unknown folder")?.0;
                steps.push(DiskStep { site, actions, file, call });
            }
        }
    }
    ensure!(!steps.is_empty(), "strace saw nothing");
    Ok(steps)
}
