//! The world of one run: a hub, nodes, links, and the schedule that carries out one thing at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::unit::UnitCode;
use keng_store::Store;
use keng_store::log::Log;
use keng_sync::session::client::Mode;
use tempfile::TempDir;

use super::calls::Files;
use super::checks::{Checked, Violation};
use super::clock::Clock;
use super::copies::Copies;
use super::ground::{self, Ground};
use super::hub::{Hub, Went as HubWent};
use super::ledger::Ledger;
use super::liar::Forbidden;
use super::network::{Link, Wire};
use super::node::{Ended, Node, Tried, Went as NodeWent};
use super::officers::written_after;
use super::plan::{Plan, Step};
use super::trace::Trace;
use super::{Bug, Site, Tally, disk};
use crate::chance::Chance;

/// Actions after which a world that has no faults any more must have come to rest: a hundred times
/// what three sessions from nothing take.
const REST_ACTIONS_MAX: u64 = 30_000;

/// The most that an action takes, in milliseconds of the true time.
const ACTION_MS_MAX: u64 = 400;

pub(super) struct World {
    pub(super) hub: Hub,
    pub(super) nodes: Vec<Node>,
    links: BTreeMap<u32, Link>,
    next_link: u32,
    clock: Clock,
    pub(super) ledger: Ledger,
    /// What nobody may ever read at the hub (I4).
    pub(super) forbidden: Vec<Forbidden>,
    /// Of these nodes the hub may have kept pushes aside as evidence: frames were damaged, or two
    /// folders wrote under one name.
    pub(super) excused: BTreeSet<String>,
    /// These nodes got frames that the hub did not send so.
    pub(super) misled: BTreeSet<String>,
    pub(super) copies: Copies,
    /// By the node's name: the end of the hub's log when it was revoked.
    pub(super) revoked: BTreeMap<String, Lsn>,
    /// The hub's views at some ends of its log (I7).
    pub(super) past: Vec<(Lsn, String)>,
    pub(super) trace: Trace,
    pub(super) tally: Tally,
    bug: Option<Bug>,
    values: i64,
    records: i64,
    folder: TempDir,
}

/// What the schedule may carry out next.
#[derive(Debug, Clone, Copy)]
enum Action {
    Start(Site),
    Connect(usize),
    Node(u32),
    NodeReads(u32),
    NodeLooks(u32),
    Hub(u32),
    HubReads(u32),
    HubFollows(u32),
    HubRevokes(u32),
    Ingest,
    Answer,
    Project,
    Notice,
}

impl World {
    pub(super) fn new(ground: &Ground, plan: &Plan, bug: Option<Bug>) -> Checked<Self> {
        let folder = disk::scratch().map_err(|e| Violation::world(e.to_string()))?;
        let place = |from: PathBuf, name: &str| -> Checked<PathBuf> {
            let to = folder.path().join(name);
            disk::copy(&from, &to).map_err(|e| Violation::world(e.to_string()))?;
            Ok(to)
        };
        let mut hub = Hub::new(ground::hub_key(), place(ground.hub(), "hub")?);
        hub.start()?;
        let mut ledger = Ledger::default();
        let log = super::checks::log_of(hub.store()?)?;
        for body in log.iter().filter_map(|e| e.entry.body.as_ref()) {
            ledger.saved(Site::Hub, body);
        }
        let mut nodes = Vec::new();
        for (i, (n, synced)) in plan.cast.iter().enumerate() {
            let identity = ground::node_identity(*n);
            let mut node = Node {
                name: identity.node.0,
                unit: identity.unit,
                keys: BTreeMap::from([(identity.incarnation, ground::node_key(*n))]),
                folder: place(ground.node(*n, *synced), &format!("node-{n}"))?,
                store: None,
                offset_ms: 0,
                partitioned: false,
                slow: 0,
                lies: false,
                tree_heads: Vec::new(),
                fault: None,
                told_revoked: None,
                tried: Tried::default(),
            };
            node.start()?;
            if *synced {
                let scopes = ground::scopes_of(node.unit.as_str());
                for entry in log.iter().filter(|e| scopes.contains(&e.entry.feed.scope)) {
                    entry.entry.body.iter().for_each(|body| ledger.holds(Site::Node(i), body));
                }
            }
            nodes.push(node);
        }
        Ok(Self {
            hub,
            nodes,
            links: BTreeMap::new(),
            next_link: 0,
            clock: Clock::new(),
            ledger,
            forbidden: Vec::new(),
            excused: BTreeSet::new(),
            misled: BTreeSet::new(),
            copies: Copies::default(),
            revoked: BTreeMap::new(),
            past: Vec::new(),
            trace: Trace::default(),
            tally: Tally::default(),
            bug,
            values: 100,
            records: 0,
            folder,
        })
    }

    /// Stops every program in order; gives the nodes' folders. They last as long as the world.
    pub(super) fn close(&mut self) -> Vec<PathBuf> {
        self.hub.store = None;
        let close = |node: &mut Node| {
            node.store = None;
            node.folder.clone()
        };
        self.nodes.iter_mut().map(close).collect()
    }

    // ------------------------------------------------------------ what steps need

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store at a site, if its program runs.
    pub(super) fn store_of(&mut self, at: Site) -> Option<&mut Store> {
        match at {
            Site::Hub => self.hub.store.as_mut(),
            Site::Node(n) => self.nodes.get_mut(n)?.store.as_mut(),
        }
    }

    pub(super) fn unit_of(&self, at: Site) -> UnitCode {
        match at {
            Site::Hub => ground::unit("62"),
            Site::Node(n) => self.nodes[n].unit.clone(),
        }
    }

    /// What the clock at a site shows.
    pub(super) fn now(&self, at: Site) -> i64 {
        self.clock.shown(match at {
            Site::Hub => self.hub.offset_ms,
            Site::Node(n) => self.nodes[n].offset_ms,
        })
    }

    /// A value that nobody has written yet.
    pub(super) fn next_value(&mut self) -> i64 {
        self.values += 1;
        self.values
    }

    pub(super) fn next_record(&mut self) -> (RecordId, i64) {
        self.records += 1;
        let mut id = [0xc0; 16];
        id[8..].copy_from_slice(&self.records.to_be_bytes());
        (RecordId(id), self.records)
    }

    // ------------------------------------------------------------ steps

    pub(super) fn perform(&mut self, step: Step) -> Checked {
        self.trace.note(format!("== {step:?}"));
        self.tally.steps += 1;
        match self.among_present(step) {
            Step::Run { salt, actions } => {
                self.run(&mut Chance::of(salt), actions)?;
                self.check_always()?;
            }
            Step::Edit { at, salt } => self.edit(at, salt)?,
            Step::Resolve { at, salt } => self.resolve(at, salt)?,
            Step::Once { node } => self.connect(node, Mode::Once, None)?,
            Step::Impostor { node } => {
                let other = self.nodes.iter().find(|other| other.name != self.nodes[node].name);
                let first = other.and_then(|other| other.keys.keys().next()).copied();
                if first.is_some() {
                    self.connect(node, Mode::Once, first)?;
                }
            }
            Step::Cut { node, salt } => self.cut(node, &mut Chance::of(salt)),
            Step::Partition { node, salt } => {
                self.nodes[node].partitioned = true;
                self.cut(node, &mut Chance::of(salt));
            }
            Step::Heal { node } => self.nodes[node].partitioned = false,
            Step::Damage { node, salt } => self.damage(node, &mut Chance::of(salt)),
            Step::Crash { at, salt } => self.crash(at, &mut Chance::of(salt))?,
            Step::Jump { at: Site::Hub, ms } => self.hub.offset_ms = ms,
            Step::Jump { at: Site::Node(n), ms } => self.nodes[n].offset_ms = ms,
            Step::Slow { node, actions } => self.nodes[node].slow = actions,
            Step::Lie { node, salt } => self.lie(node, salt)?,
            Step::Copy { at } => self.copy(at)?,
            Step::Restore { at: Site::Hub, .. } => self.restore_hub()?,
            Step::Restore { at: Site::Node(n), noticed } => self.restore_node(n, noticed)?,
            Step::Clone { node, noticed } => self.clone_node(node, noticed)?,
            Step::Revoke { node } => self.revoke(node)?,
            Step::Quiet { salt } => self.quiet(&mut Chance::of(salt))?,
        }
        Ok(())
    }

    /// A step for the node that a clone would be is another node's, as long as there is no clone.
    fn among_present(&self, mut step: Step) -> Step {
        match &mut step {
            Step::Edit { at: Site::Node(n), .. }
            | Step::Resolve { at: Site::Node(n), .. }
            | Step::Crash { at: Site::Node(n), .. }
            | Step::Jump { at: Site::Node(n), .. }
            | Step::Copy { at: Site::Node(n) }
            | Step::Restore { at: Site::Node(n), .. }
            | Step::Once { node: n }
            | Step::Cut { node: n, .. }
            | Step::Damage { node: n, .. }
            | Step::Partition { node: n, .. }
            | Step::Heal { node: n }
            | Step::Slow { node: n, .. }
            | Step::Lie { node: n, .. }
            | Step::Impostor { node: n }
            | Step::Revoke { node: n }
            | Step::Clone { node: n, .. } => *n %= self.nodes.len(),
            _ => {}
        }
        step
    }

    fn links_of(&mut self, node: usize) -> impl Iterator<Item = &mut Link> {
        self.links.values_mut().filter(move |link| link.node == node)
    }

    fn cut(&mut self, node: usize, chance: &mut Chance) {
        self.links_of(node).for_each(|link| link.cut(chance));
        self.tally.faults += 1;
    }

    fn damage(&mut self, node: usize, chance: &mut Chance) {
        let (mut told, mut misled) = (None, false);
        for link in self.links_of(node) {
            let downwards = chance.one_in(2);
            let lane = if downwards { &mut link.down } else { &mut link.up };
            if let Some(how) = lane.damage(chance, downwards) {
                link.damaged = true;
                misled |= downwards;
                told = Some(how);
            }
        }
        if let Some(how) = told {
            self.trace.note(format!("a frame of {} arrives {how}", self.nodes[node].name));
            self.excused.insert(self.nodes[node].name.clone());
            if misled {
                self.misled.insert(self.nodes[node].name.clone());
            }
            self.tally.faults += 1;
        }
    }

    pub(super) fn crash(&mut self, at: Site, chance: &mut Chance) -> Checked {
        self.end(at, chance, disk::power_cut)
    }

    /// [`World::crash`], where it is known what the power cut leaves in the folder.
    pub(super) fn crash_leaving(&mut self, at: Site, files: &Files, chance: &mut Chance) -> Checked {
        self.end(at, chance, |store, _| disk::power_cut_leaving(store, files))
    }

    fn end(
        &mut self,
        at: Site,
        chance: &mut Chance,
        power_cut: impl FnOnce(Store, &mut Chance) -> io::Result<()>,
    ) -> Checked {
        let store = match at {
            Site::Hub => self.hub.stop(),
            Site::Node(n) => self.nodes[n].store.take(),
        };
        let Some(store) = store else { return Ok(()) };
        power_cut(store, chance).map_err(|e| Violation::world(e.to_string()))?;
        self.tally.crashes += 1;
        for link in self.links.values_mut() {
            match at {
                Site::Hub if link.hub.take().is_some() => {
                    link.down.cut(chance);
                    link.up.abandon();
                }
                Site::Node(n) if n == link.node && link.client.take().is_some() => {
                    link.up.cut(chance);
                    link.down.abandon();
                }
                Site::Hub | Site::Node(_) => {}
            }
        }
        self.links.retain(|_, link| link.client.is_some() || link.hub.is_some());
        Ok(())
    }

    /// All faults end, and the schedule goes on until nothing is left to do.
    pub(super) fn quiet(&mut self, chance: &mut Chance) -> Checked {
        for node in &mut self.nodes {
            (node.partitioned, node.slow) = (false, 0);
        }
        self.come_to_rest(chance)?;
        if self.copies.twins {
            // A link does not last for ever: of its twin a node hears when it greets the hub anew.
            self.links.values_mut().for_each(|link| link.cut(chance));
            self.come_to_rest(chance)?;
        }
        self.tally.quiets += 1;
        self.ledger.forget_lost();
        self.copies.hub_lost = false;
        self.check_quiet(chance)
    }

    pub(super) fn come_to_rest(&mut self, chance: &mut Chance) -> Checked {
        let before = self.tally.actions;
        while self.run(chance, 100)? {
            if self.tally.actions - before > REST_ACTIONS_MAX {
                let faults: Vec<_> =
                    self.nodes.iter().filter_map(|n| Some(format!("{}: {}", n.name, n.fault.as_ref()?))).collect();
                return Err(Violation::new("progress", format!("never comes to rest; {}", faults.join("; "))));
            }
        }
        Ok(())
    }

    // ------------------------------------------------------------ the schedule

    /// Carries out so many actions in an order drawn from `chance`; `false` when nothing is left to do.
    pub(super) fn run(&mut self, chance: &mut Chance, actions: u64) -> Checked<bool> {
        for _ in 0..actions {
            let possible = self.possible()?;
            let Some(action) = chance.pick(&possible).copied() else { return Ok(false) };
            self.act(action, chance)?;
            self.clock.advance(chance.below(ACTION_MS_MAX));
            self.tally.actions += 1;
            for node in &mut self.nodes {
                node.slow = node.slow.saturating_sub(1);
            }
        }
        Ok(true)
    }

    fn possible(&self) -> Checked<Vec<Action>> {
        let mut list = Vec::new();
        let hub_runs = self.hub.store.is_some();
        if !hub_runs {
            list.push(Action::Start(Site::Hub));
        }
        for (n, node) in self.nodes.iter().enumerate() {
            let lasting =
                self.links.values().any(|l| l.node == n && l.client.as_ref().is_some_and(|c| c.mode == Mode::Live));
            let asks = !lasting && node.told_revoked.is_none();
            match node.store {
                None => list.push(Action::Start(Site::Node(n))),
                Some(_) if hub_runs && !node.partitioned && asks => list.push(Action::Connect(n)),
                // With nobody reading, only its timer wakes it.
                Some(_) if node.slow > 0 => list.push(Action::Notice),
                Some(_) => {}
            }
        }
        for (id, link) in &self.links {
            let node = &self.nodes[link.node];
            if let (Some(client), Some(store)) = (&link.client, &node.store) {
                if client.is_busy() {
                    list.push(Action::Node(*id));
                } else {
                    if !link.down.is_empty() && node.slow == 0 {
                        list.push(Action::NodeReads(*id));
                    }
                    if client.would_look(store)? {
                        list.push(Action::NodeLooks(*id));
                    }
                }
            }
            if let Some(side) = link.hub.as_ref().filter(|_| hub_runs) {
                if side.is_busy() {
                    list.push(Action::Hub(*id));
                } else if side.is_open() && !link.up.is_empty() {
                    list.push(Action::HubReads(*id));
                }
                if side.would_be_revoked(&self.hub) {
                    list.push(Action::HubRevokes(*id));
                }
                if side.would_follow(self.hub.tail) {
                    list.push(Action::HubFollows(*id));
                }
            }
        }
        if hub_runs {
            let workers = [
                (self.hub.would_ingest(), Action::Ingest),
                (self.hub.would_answer(), Action::Answer),
                (self.hub.would_project(), Action::Project),
                (self.hub.would_notice()?, Action::Notice),
            ];
            list.extend(workers.into_iter().filter(|(would, _)| *would).map(|(_, action)| action));
        }
        Ok(list)
    }

    fn act(&mut self, action: Action, chance: &mut Chance) -> Checked {
        match action {
            Action::Start(at) => self.start(at),
            Action::Connect(node) => {
                let mode = if chance.one_in(6) { Mode::Once } else { Mode::Live };
                self.connect(node, mode, None)
            }
            Action::Node(id) | Action::NodeReads(id) | Action::NodeLooks(id) => self.act_at_node(id, action),
            Action::Hub(id) | Action::HubReads(id) | Action::HubFollows(id) | Action::HubRevokes(id) => {
                self.act_at_hub(id, action)
            }
            Action::Ingest => {
                let now_ms = self.now(Site::Hub);
                let taken = self.hub.ingest(now_ms)?;
                self.trace.note(format!("hub: commits {} pushes", taken.len()));
                for push in taken {
                    let bodies = push.entries.iter().filter_map(|e| e.body.as_ref());
                    bodies.for_each(|body| self.ledger.holds(Site::Hub, body));
                    let Ok(incarnation) = Incarnation::from_slice(&push.heads.incarnation) else { continue };
                    let heads = self.hub.store()?.heads_of(incarnation)?;
                    self.ledger.promise(Site::Hub, incarnation, heads);
                }
                Ok(())
            }
            Action::Answer => {
                let now_ms = self.now(Site::Hub);
                for written in self.hub.answers()? {
                    let link = written.link.and_then(|id| self.links.get_mut(&id));
                    if let Some(side) = link.and_then(|l| l.hub.as_mut()) {
                        self.hub.tell(side, written.answer, written.count, now_ms)?;
                    }
                }
                self.trace.note("hub: answers".to_owned());
                Ok(())
            }
            Action::Project => {
                self.trace.note("hub: projects".to_owned());
                self.hub.project()
            }
            Action::Notice if self.hub.store.is_some() => {
                self.trace.note("hub: looks for changes".to_owned());
                self.hub.notice()
            }
            Action::Notice => Ok(()),
        }
    }

    pub(super) fn start(&mut self, at: Site) -> Checked {
        self.trace.note(format!("{at}: starts"));
        match at {
            Site::Hub => self.hub.start()?,
            Site::Node(n) => self.nodes[n].start()?,
        }
        self.check_promises(at)
    }

    fn connect(&mut self, n: usize, mode: Mode, impostor: Option<Incarnation>) -> Checked {
        let node = &mut self.nodes[n];
        if node.store.is_none() || self.hub.store.is_none() || node.partitioned {
            return Ok(());
        }
        let client = node.session(mode, impostor, self.clock.shown(node.offset_ms))?;
        let hub = self.hub.session(node.unit.clone(), keng_domain::id::NodeId(node.name.clone()))?;
        self.trace.note(format!("{}: connects as link {} ({mode:?})", Site::Node(n), self.next_link));
        self.links.insert(self.next_link, Link::new(n, client, hub));
        self.next_link += 1;
        self.tally.sessions += 1;
        Ok(())
    }

    fn act_at_node(&mut self, id: u32, action: Action) -> Checked {
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        let Some(client) = &mut link.client else { return Ok(()) };
        let (n, site) = (link.node, Site::Node(link.node));
        let node = &mut self.nodes[n];
        let now_ms = self.clock.shown(node.offset_ms);
        match action {
            Action::NodeReads(_) => match link.down.take() {
                Some(Wire::Frame(bytes)) => client.read(node.store()?, &bytes, now_ms)?,
                Some(Wire::End) | None => client.lose(),
            },
            Action::NodeLooks(_) => client.look(node.store()?)?,
            _ => {
                self.trace.note(format!("{site} on link {id}: {}", client.next()));
                let before = node.store()?.tail()?;
                match client.step(node, &mut link.up, now_ms, self.bug)? {
                    NodeWent::On => {}
                    NodeWent::Pulled(entries) => {
                        entries.iter().filter_map(|e| e.body.as_ref()).for_each(|body| self.ledger.holds(site, body));
                        self.tally.pulled += entries.len() as u64;
                        self.ledger.written_again(site, &written_after(node.store()?, before)?);
                    }
                    NodeWent::Receipt(epoch, entries) => {
                        self.tally.acknowledged += entries.len() as u64;
                        self.ledger.receipts.entry(epoch).or_default().extend(entries);
                    }
                    NodeWent::Over(why) => {
                        let told = why.as_ref().map_or_else(|| "in order".to_owned(), ToString::to_string);
                        self.trace.note(format!("{site} on link {id}: over, {told}"));
                        node.fault = why.as_ref().map(|_| told);
                        let life = if client.impostor { None } else { node.after(why.as_ref())? };
                        if !client.impostor {
                            node.told_revoked = why.and_then(Ended::revocation);
                        }
                        link.end_client();
                        if let Some(reason) = life {
                            self.begin_life(n, reason)?;
                        }
                    }
                }
                self.note_durable(n)?;
            }
        }
        self.forget(id);
        Ok(())
    }

    fn act_at_hub(&mut self, id: u32, action: Action) -> Checked {
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        let Some(side) = &mut link.hub else { return Ok(()) };
        let now_ms = self.clock.shown(self.hub.offset_ms);
        match action {
            Action::HubReads(_) => match link.up.take() {
                Some(Wire::Frame(bytes)) => side.read(&bytes),
                Some(Wire::End) | None => side.lose(),
            },
            Action::HubFollows(_) => side.follow(&self.hub),
            Action::HubRevokes(_) => side.revoke(&self.hub),
            _ => {
                self.trace.note(format!("hub on link {id}: {}", side.next()));
                let went = side.step(id, &mut self.hub, &mut link.down, now_ms, self.bug)?;
                if matches!(went, HubWent::Overflow) && !link.damaged {
                    return Err(Violation::new(
                        "bounds",
                        format!("too many frames wait for {}", Site::Node(link.node)),
                    ));
                }
                if matches!(went, HubWent::Over | HubWent::Overflow) {
                    self.hub.note_contact(side, false, now_ms)?;
                    link.end_hub();
                }
            }
        }
        self.forget(id);
        Ok(())
    }

    /// A link with nobody at either end is none.
    fn forget(&mut self, id: u32) {
        if self.links.get(&id).is_some_and(|link| link.client.is_none() && link.hub.is_none()) {
            self.links.remove(&id);
        }
    }

    /// Nodes without a lasting session in which both sides are there.
    pub(super) fn unlinked(&self) -> Vec<usize> {
        let linked = |n: &usize| {
            let lasts =
                |l: &Link| l.node == *n && l.hub.is_some() && l.client.as_ref().is_some_and(|c| c.mode == Mode::Live);
            self.links.values().any(lasts)
        };
        (0..self.nodes.len()).filter(|n| !linked(n) && self.nodes[*n].told_revoked.is_none()).collect()
    }
}
