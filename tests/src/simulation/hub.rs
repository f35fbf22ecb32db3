//! The hub: its store, its workers, and its side of every session. What it answers is the program's
//! own (`keng_hub::session::visit`, `identity`, `ingest`, `recent`); only the order is drawn here, one
//! effect at a time, where `hub/src/session/mod.rs` has tokio.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use keng_domain::id::{Lsn, NodeId};
use keng_domain::unit::UnitCode;
use keng_hub::identity::Identity;
use keng_hub::ingest::{self, GROUP_MAX, Group};
use keng_hub::recent::Recent;
use keng_hub::session::Peer;
use keng_hub::session::visit::{self, Found, Greeting, Visit, refuse_revoked};
use keng_proto::{LsnRun, Receipt};
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::Log;
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use keng_sync::entry::FeedId;
use keng_sync::head::{SigningKey, sign_receipt};
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession};
use prost::Message;

use super::checks::{Checked, Violation};
use super::network::Lane;
use super::{Bug, disk};

/// A push on its way into the log. `link`: who waits for the receipt.
pub(super) struct Waiting {
    pub(super) link: Option<u32>,
    pub(super) push: Push,
}

/// What became of a push, not told yet.
pub(super) struct Written {
    pub(super) link: Option<u32>,
    pub(super) count: u64,
    pub(super) answer: Result<Receipt, PushRefused>,
}

/// The province's hub.
pub(super) struct Hub {
    pub(super) key: SigningKey,
    pub(super) folder: PathBuf,
    /// `None`: the program is not running.
    pub(super) store: Option<Store>,
    /// Its clock is so far ahead of the true time.
    pub(super) offset_ms: i64,
    /// As whom the running program speaks.
    identity: Option<Identity>,
    /// The end of the log, as far as anybody has told.
    pub(super) tail: Lsn,
    recent: Recent,
    waiting: VecDeque<Waiting>,
    written: Vec<Written>,
    /// Where the new entries of that group stand, and the end of the log behind them.
    placed: (Vec<(Lsn, FeedId)>, Lsn),
    /// The projector has looked at the log up to this tail; `None`: it has not looked yet, or has more to do.
    projected: Option<Lsn>,
    /// The version of the data that was last noticed.
    noticed: Option<i64>,
    /// Whom the province has revoked: their open sessions end.
    revocations: BTreeMap<NodeId, Revocation>,
    /// What nodes hold against it (I8); an honest hub is never accused.
    pub(super) accused: Vec<String>,
}

impl Hub {
    pub(super) fn new(key: SigningKey, folder: PathBuf) -> Self {
        Self {
            key,
            folder,
            store: None,
            offset_ms: 0,
            identity: None,
            tail: Lsn(0),
            recent: Recent::default(),
            waiting: VecDeque::new(),
            written: Vec::new(),
            placed: (Vec::new(), Lsn(0)),
            projected: None,
            noticed: None,
            revocations: BTreeMap::new(),
            accused: Vec::new(),
        }
    }

    /// The running program's store.
    pub(super) fn store(&mut self) -> Checked<&mut Store> {
        self.store.as_mut().ok_or_else(|| Violation::world("the hub does not run".to_owned()))
    }

    fn identity(&self) -> Checked<&Identity> {
        self.identity.as_ref().ok_or_else(|| Violation::world("the hub does not run".to_owned()))
    }

    /// What of the running program a session's answers are made from.
    fn parts(&mut self) -> Checked<(&Identity, &mut Store)> {
        let parts = self.identity.as_ref().zip(self.store.as_mut());
        parts.ok_or_else(|| Violation::world("the hub does not run".to_owned()))
    }

    /// Starts the program; whatever it had in memory is gone.
    pub(super) fn start(&mut self) -> Checked {
        let mut store = disk::start(&self.folder)?;
        self.identity = Some(Identity::take_up(&mut store, self.key.clone())?);
        self.tail = store.tail()?;
        self.revocations = store.revocations()?;
        (self.recent, self.projected, self.noticed) = (Recent::default(), None, None);
        self.store = Some(store);
        Ok(())
    }

    /// The power is cut: the store, for the disk to deal with; the rest is gone.
    pub(super) fn stop(&mut self) -> Option<Store> {
        self.waiting.clear();
        self.written.clear();
        self.store.take()
    }

    fn advanced(&mut self, tail: Lsn) {
        self.tail = self.tail.max(tail);
    }

    // ------------------------------------------------------------ workers

    pub(super) fn would_ingest(&self) -> bool {
        !self.waiting.is_empty() && self.written.is_empty()
    }

    /// Commits a group of pushes; nobody is told yet. Gives those that were taken.
    pub(super) fn ingest(&mut self, now_ms: i64) -> Checked<Vec<Push>> {
        let group: Vec<Waiting> = self.waiting.drain(..self.waiting.len().min(GROUP_MAX)).collect();
        let (links, pushes): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.link, w.push)).unzip();
        let Group { answers, new, tail } = ingest::commit(self.store()?, &pushes, now_ms)?;
        self.placed = (new, tail);
        let mut taken = Vec::new();
        for ((link, push), answer) in links.into_iter().zip(pushes).zip(answers) {
            self.written.push(Written { link, count: push.entries.len() as u64, answer: answer.clone() });
            if answer.is_ok() {
                taken.push(push);
            }
        }
        Ok(taken)
    }

    pub(super) fn would_answer(&self) -> bool {
        !self.written.is_empty()
    }

    /// What the last group came to, receipts signed; the log's new end is told.
    pub(super) fn answers(&mut self) -> Checked<Vec<Written>> {
        let (new, tail) = std::mem::take(&mut self.placed);
        let mut written = std::mem::take(&mut self.written);
        for one in &mut written {
            if let Ok(receipt) = &mut one.answer {
                *receipt = sign_receipt(&self.key, std::mem::take(receipt));
            }
        }
        self.recent.note(new);
        self.advanced(tail);
        Ok(written)
    }

    pub(super) fn would_project(&self) -> bool {
        self.store.is_some() && self.projected != Some(self.tail)
    }

    pub(super) fn project(&mut self) -> Checked {
        let tail = self.tail;
        let more = self.store()?.project_step()?.more;
        self.projected = (!more).then_some(tail);
        Ok(())
    }

    /// Whether another process may have written in the folder: commands beside `serve`.
    pub(super) fn would_notice(&self) -> Checked<bool> {
        let Some(store) = &self.store else { return Ok(false) };
        Ok(self.noticed != Some(store.data_version()?))
    }

    pub(super) fn notice(&mut self) -> Checked {
        let store = self.store()?;
        let (version, tail) = (store.data_version()?, store.tail()?);
        let revocations = store.revocations()?;
        (self.noticed, self.revocations) = (Some(version), revocations);
        self.advanced(tail);
        Ok(())
    }

    // ------------------------------------------------------------ sessions

    /// A session of a caller whose certificate says who it is.
    pub(super) fn session(&self, unit: UnitCode, node: NodeId) -> Checked<HubSide> {
        Ok(HubSide {
            machine: visit::machine(self.identity()?),
            revoked: self.revocations.contains_key(&node),
            visit: Visit::of(Peer { unit: unit.into(), node }),
            brought: None,
            tail_before: Lsn(0),
            events: VecDeque::new(),
            effects: VecDeque::new(),
            appending: false,
            told_tail: self.tail,
            seen: Lsn(0),
        })
    }

    fn look_up(&mut self, visit: &mut Visit, greeting: &Greeting, now_ms: i64) -> Checked<HubEvent> {
        let (identity, store) = self.parts()?;
        let mut found = greeting.find(identity, store, &visit.peer, now_ms)?;
        if let (Found::Stranger, Some(introduction)) = (&found, greeting.presents()) {
            if let Some(refused) = visit::register(store, &visit.peer, introduction, now_ms)? {
                return Ok(refused);
            }
            found = greeting.find(identity, store, &visit.peer, now_ms)?;
        }
        Ok(visit.found(greeting, found))
    }

    /// A session hears what became of its push.
    pub(super) fn tell(
        &mut self,
        side: &mut HubSide,
        answer: Result<Receipt, PushRefused>,
        count: u64,
        now_ms: i64,
    ) -> Checked {
        side.appending = false;
        let brought = side.brought.take();
        let event = match answer {
            Ok(receipt) => {
                if brought.is_none() {
                    if let Some((author, more)) = side.visit.taken(&receipt, count, side.tail_before) {
                        self.store()?.note_recovered(&side.visit.peer.node.0, author, more)?;
                    }
                    self.note_contact(side, true, now_ms)?;
                }
                HubEvent::Appended(receipt)
            }
            Err(refused) => visit::refused(self.identity()?, brought.as_ref(), &refused, now_ms),
        };
        side.events.push_back(event);
        Ok(())
    }

    pub(super) fn note_contact(&mut self, side: &HubSide, live: bool, now_ms: i64) -> Checked {
        if let Some((incarnation, contact)) = side.visit.contact(live, now_ms) {
            self.store()?.note_contact(&side.visit.peer.node, incarnation, &contact)?;
        }
        Ok(())
    }

    /// The receipt that a hub would give that does not wait for its disk ([`Bug::ReceiptBeforeCommit`]).
    fn rash_receipt(&mut self, push: &Push, now_ms: i64) -> Result<Receipt, StoreError> {
        let ahead: usize = self.waiting.iter().map(|w| w.push.entries.len()).sum();
        let (Some(store), Some(identity)) = (&self.store, &self.identity) else { return Err(StoreError::Closing) };
        let first = store.tail()?.0 + ahead as u64 + 1;
        let count = u32::try_from(push.entries.len()).unwrap_or(u32::MAX);
        let receipt = Receipt {
            epoch: bytes::Bytes::copy_from_slice(&identity.epoch),
            incarnation: push.heads.incarnation.clone(),
            heads: push.heads.heads.clone(),
            received_at_ms: now_ms,
            lsns: vec![LsnRun { first, count }],
            ..Receipt::default()
        };
        Ok(sign_receipt(&self.key, receipt))
    }
}

/// The hub's side of one session: its machine, and what is still to be done for it.
pub(super) struct HubSide {
    machine: HubSession,
    visit: Visit,
    /// What it waits for is another author's.
    brought: Option<Push>,
    /// The end of the log when it handed a push in.
    tail_before: Lsn,
    events: VecDeque<HubEvent>,
    effects: VecDeque<HubEffect>,
    /// Waits for the disk, and does nothing else meanwhile.
    appending: bool,
    /// The end of the log that it was last woken for.
    told_tail: Lsn,
    /// The log was looked at up to here, or is known to hold nothing for this peer.
    seen: Lsn,
    /// It has heard of its peer's revocation, or the look-up will say it.
    revoked: bool,
}

/// What carrying out one effect came to.
pub(super) enum Went {
    On,
    Over,
    /// A peer that does not read: too many frames wait for it.
    Overflow,
}

impl HubSide {
    /// Whether something of its own can be done, before it reads on.
    pub(super) fn is_busy(&self) -> bool {
        !self.appending && (!self.effects.is_empty() || !self.events.is_empty())
    }

    /// Whether it takes frames and news.
    pub(super) fn is_open(&self) -> bool {
        !self.appending && self.effects.is_empty() && self.events.is_empty()
    }

    /// What waits, in a word.
    pub(super) fn next(&self) -> &'static str {
        match (self.effects.front(), self.events.front()) {
            (Some(effect), _) => effect_name(effect),
            (None, Some(event)) => event_name(event),
            (None, None) => "idles",
        }
    }

    pub(super) fn would_follow(&self, tail: Lsn) -> bool {
        self.is_open() && self.told_tail < tail
    }

    /// Whether the province has revoked this peer, and it has not been told.
    pub(super) fn would_be_revoked(&self, hub: &Hub) -> bool {
        self.is_open() && !self.revoked && hub.revocations.contains_key(&self.visit.peer.node)
    }

    pub(super) fn revoke(&mut self, hub: &Hub) {
        self.revoked = true;
        self.events.extend(hub.revocations.get(&self.visit.peer.node).map(refuse_revoked));
    }

    /// The log has grown: as `hub/src/session/mod.rs` does, it looks only when that concerns its peer.
    pub(super) fn follow(&mut self, hub: &Hub) {
        let (after, tail) = (self.seen, hub.tail);
        (self.told_tail, self.seen) = (tail, tail.max(after));
        if self.visit.subscription().is_none_or(|reader| hub.recent.concerns(after, tail, reader)) {
            self.events.push_back(HubEvent::LogAdvanced { tail });
        }
    }

    /// The link is gone.
    pub(super) fn lose(&mut self) {
        self.events.push_back(HubEvent::Lost);
    }

    /// A frame has come.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.events.push_back(match keng_proto::ClientFrame::decode(bytes) {
            Ok(frame) => HubEvent::Frame(frame),
            Err(_) => HubEvent::Lost,
        });
    }

    /// Hands the machine one event, or carries out one of its effects.
    pub(super) fn step(
        &mut self,
        link: u32,
        hub: &mut Hub,
        down: &mut Lane,
        now_ms: i64,
        bug: Option<Bug>,
    ) -> Checked<Went> {
        let Some(effect) = self.effects.pop_front() else {
            if let Some(event) = self.events.pop_front() {
                self.effects.extend(self.machine.handle(now_ms, event));
            }
            return Ok(Went::On);
        };
        match effect {
            HubEffect::Send(frame) => {
                if !down.send(frame.encode_to_vec()) {
                    return Ok(Went::Overflow);
                }
            }
            HubEffect::LookUp { incarnation, introduction, restart, known_size } => {
                let greeting = Greeting { incarnation, introduction, restart, known_size };
                let event = hub.look_up(&mut self.visit, &greeting, now_ms)?;
                self.events.push_back(event);
            }
            HubEffect::Append { entries, heads, brought } => {
                let push = self.visit.push(entries, heads, brought);
                if bug == Some(Bug::ReceiptBeforeCommit) {
                    let receipt = hub.rash_receipt(&push, now_ms)?;
                    self.events.push_back(HubEvent::Appended(receipt));
                    hub.waiting.push_back(Waiting { link: None, push });
                } else {
                    self.appending = true;
                    (self.brought, self.tail_before) = (push.writer.is_none().then(|| push.clone()), hub.tail);
                    hub.waiting.push_back(Waiting { link: Some(link), push });
                }
            }
            HubEffect::PeerKnowsMore { size, .. } => {
                hub.accused.push(format!("{} has verified another log of {size} entries", self.visit.peer.node));
            }
            HubEffect::ReadLog { after, max_bytes, shown_size } => {
                let (identity, store) = hub.parts()?;
                let event = match self.visit.subscription() {
                    Some(reader) => visit::read(identity, store, reader, (after, max_bytes, shown_size), now_ms)?,
                    None => HubEvent::Lost,
                };
                self.events.push_back(event);
            }
            HubEffect::Contact { software, clock_offset_ms, pending, .. } => {
                self.visit.told(software, clock_offset_ms, pending);
                hub.note_contact(self, true, now_ms)?;
            }
            HubEffect::Acked { .. } => {}
            HubEffect::Close => return Ok(Went::Over),
        }
        Ok(Went::On)
    }
}

fn effect_name(effect: &HubEffect) -> &'static str {
    use keng_proto::hub_frame::Frame as Down;
    match effect {
        HubEffect::LookUp { .. } => "looks up",
        HubEffect::Send(frame) => match frame.frame {
            Some(Down::Welcome(_)) => "sends Welcome",
            Some(Down::Receipt(_)) => "sends Receipt",
            Some(Down::Pull(_)) => "sends Pull",
            Some(Down::CaughtUp(_)) => "sends CaughtUp",
            Some(Down::Goodbye(_)) => "sends Goodbye",
            None => "sends nothing",
        },
        HubEffect::Append { .. } => "hands a push in",
        HubEffect::PeerKnowsMore { .. } => "hears of another log",
        HubEffect::ReadLog { .. } => "reads the log",
        HubEffect::Contact { .. } => "notes the contact",
        HubEffect::Acked { .. } => "notes an acknowledgement",
        HubEffect::Close => "closes",
    }
}

fn event_name(event: &HubEvent) -> &'static str {
    use keng_proto::client_frame::Frame as Up;
    match event {
        HubEvent::Frame(frame) => match frame.frame {
            Some(Up::Hello(_)) => "hears Hello",
            Some(Up::Push(_)) => "hears Push",
            Some(Up::PullAck(_)) => "hears PullAck",
            None => "hears a frame of no kind",
        },
        HubEvent::PeerKnown(_) => "hears who it is",
        HubEvent::Refuse { .. } => "hears a refusal",
        HubEvent::Appended(_) => "hears that the push is durable",
        HubEvent::LogRead { .. } => "hears the log",
        HubEvent::LogAdvanced { .. } => "hears that the log has grown",
        HubEvent::Stopping => "hears that the hub stops",
        HubEvent::Lost => "hears that the link is gone",
    }
}
