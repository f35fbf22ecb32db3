//! The hub: its store, its workers, and its side of every session. The drivers are those of
//! `hub/src/session.rs`, `ingest.rs`, `projector.rs` and `hub.rs`, one effect at a time.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::PathBuf;

use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;
use keng_proto::{Introduction, LsnRun, Receipt, Refusal, SignedHeads, TreeHead};
use keng_records::authority::Role as Writer;
use keng_records::stamp::Stamp;
use keng_store::enrol::Contact;
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::{Log, Subscription};
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use keng_sync::batch::{BatchEntry, RawEntry};
use keng_sync::entry::Hash;
use keng_sync::head::{
    PublicKey, SigningKey, feed_head, last_heads, sign_heads, sign_receipt, sign_tree_head, verify_introduction,
};
use keng_sync::merkle::Tree;
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession, HubState, PeerFacts};
use keng_sync::session::{Epoch, GoodbyeCode};
use prost::Message;

use super::checks::{Checked, Violation};
use super::network::Lane;
use super::{Bug, disk};

/// Pushes in one transaction, as in `hub/src/ingest.rs`.
const GROUP_MAX: usize = 32;

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
    epoch: Epoch,
    /// The life in which it writes, and all that there were, this one included.
    incarnation: Incarnation,
    lives: Vec<Incarnation>,
    /// The end of the log, as far as anybody has told.
    pub(super) tail: Lsn,
    tree: Tree,
    waiting: VecDeque<Waiting>,
    written: Vec<Written>,
    /// The projector has looked at the log up to this tail; `None`: it has not looked yet, or has more to do.
    projected: Option<Lsn>,
    /// The version of the data that was last noticed.
    noticed: Option<i64>,
    /// Whom the province has revoked: their open sessions end.
    revocations: BTreeMap<NodeId, Revocation>,
    /// What nodes hold against it (I8); an honest hub is never accused.
    pub(super) accused: Vec<String>,
}

/// What the hub says of its log.
struct Shown {
    tree_head: TreeHead,
    known_root: Option<Hash>,
    consistency: Vec<Hash>,
}

impl Hub {
    pub(super) fn new(key: SigningKey, folder: PathBuf) -> Self {
        Self {
            key,
            folder,
            store: None,
            offset_ms: 0,
            epoch: Epoch::default(),
            incarnation: Incarnation([0; 16]),
            lives: Vec::new(),
            tail: Lsn(0),
            tree: Tree::new(),
            waiting: VecDeque::new(),
            written: Vec::new(),
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

    /// Starts the program; whatever it had in memory is gone.
    pub(super) fn start(&mut self) -> Checked {
        let mut store = disk::start(&self.folder)?;
        store.close_contacts()?;
        (self.epoch, self.incarnation, self.tail) = (store.epoch()?, store.present_life()?, store.tail()?);
        store.set_meta(HUB_PUBLIC_KEY, &hex::encode(self.key.public().as_bytes()))?;
        let (ended, told) = (store.lives()?, store.hub_lives()?);
        self.lives = told.into_iter().chain(ended.iter().map(|life| life.incarnation)).collect();
        self.lives.retain(|life| *life != self.incarnation);
        self.lives.sort_unstable();
        self.lives.dedup();
        self.lives.push(self.incarnation);
        self.revocations = store.revocations()?;
        (self.tree, self.projected, self.noticed) = (Tree::new(), None, None);
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

    fn own_heads(&self, entries: &[BatchEntry], now_ms: i64) -> Vec<SignedHeads> {
        let of_life = |life: &Incarnation| {
            let heads = last_heads(entries.iter().map(|b| &b.entry).filter(|e| e.feed.incarnation == *life));
            (!heads.is_empty()).then(|| sign_heads(&self.key, *life, heads, now_ms))
        };
        self.lives.iter().filter_map(of_life).collect()
    }

    /// The log as it is now, signed, and held against the `known_size` entries that somebody has seen before.
    fn show(&mut self, known_size: u64, now_ms: i64) -> Checked<Shown> {
        let after = Lsn(self.tree.len());
        for leaf in self.store()?.leaves(after)? {
            self.tree.push(&leaf);
        }
        let size = self.tree.len();
        let head = TreeHead {
            epoch: bytes::Bytes::copy_from_slice(&self.epoch),
            size,
            root: bytes::Bytes::copy_from_slice(&self.tree.root()),
            at_ms: now_ms,
            ..TreeHead::default()
        };
        Ok(Shown {
            tree_head: sign_tree_head(&self.key, head),
            known_root: self.tree.root_at(known_size),
            consistency: self.tree.consistency_proof(known_size, size).unwrap_or_default(),
        })
    }

    // ------------------------------------------------------------ workers

    pub(super) fn would_ingest(&self) -> bool {
        !self.waiting.is_empty() && self.written.is_empty()
    }

    /// Commits a group of pushes; nobody is told yet. Gives those that were taken.
    pub(super) fn ingest(&mut self, now_ms: i64) -> Checked<Vec<Push>> {
        let group: Vec<Waiting> = self.waiting.drain(..self.waiting.len().min(GROUP_MAX)).collect();
        let (links, pushes): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.link, w.push)).unzip();
        let answers = self.store()?.append(&pushes, now_ms)?;
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
        let tail = self.store()?.tail()?;
        let mut written = std::mem::take(&mut self.written);
        for one in &mut written {
            if let Ok(receipt) = &mut one.answer {
                *receipt = sign_receipt(&self.key, std::mem::take(receipt));
            }
        }
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
    pub(super) fn session(&self, unit: UnitCode, node: NodeId) -> HubSide {
        let state =
            HubState { epoch: self.epoch, lives: self.lives.clone(), software: "keng-hub simulated".to_owned() };
        HubSide {
            machine: HubSession::new(state),
            unit,
            incarnation: None,
            subscription: None,
            pending: 0,
            pending_at_hello: 0,
            software: String::new(),
            offset_ms: 0,
            returned: None,
            brought: None,
            tail_before: Lsn(0),
            events: VecDeque::new(),
            effects: VecDeque::new(),
            appending: false,
            seen_tail: self.tail,
            revoked: self.revocations.contains_key(&node),
            node,
        }
    }

    fn look_up(
        &mut self,
        side: &mut HubSide,
        incarnation: Incarnation,
        introduction: Option<Introduction>,
        (restart, known_size): (bool, u64),
        now_ms: i64,
    ) -> Checked<HubEvent> {
        match self.find(side, incarnation, (restart, known_size), now_ms)? {
            HubEvent::Refuse { code: GoodbyeCode::UnknownIncarnation, detail } => match introduction {
                Some(introduction) if introduction.incarnation == incarnation.0.as_slice() => {
                    match self.register(side, &introduction, now_ms)? {
                        None => self.find(side, incarnation, (restart, known_size), now_ms),
                        Some(refused) => Ok(refused),
                    }
                }
                Some(_) | None => Ok(HubEvent::Refuse { code: GoodbyeCode::UnknownIncarnation, detail }),
            },
            known => Ok(known),
        }
    }

    /// Enters another life of the peer's node into the register.
    fn register(&mut self, side: &HubSide, introduction: &Introduction, now_ms: i64) -> Checked<Option<HubEvent>> {
        let Ok(key) = verify_introduction(introduction) else {
            let detail = "the introduction is not signed by its key".to_owned();
            return Ok(Some(HubEvent::Refuse { code: GoodbyeCode::BadSignature, detail }));
        };
        let reason = Some(format!("lần cài đặt mới: {}", introduction.reason));
        let stamp = Stamp { officer: "Thường trực".to_owned(), device_time_ms: now_ms, reason };
        self.store()?.register_life(&side.node, &side.unit, introduction, key.as_bytes(), &stamp, now_ms)?;
        Ok(None)
    }

    fn find(
        &mut self,
        side: &mut HubSide,
        incarnation: Incarnation,
        (restart, known_size): (bool, u64),
        now_ms: i64,
    ) -> Checked<HubEvent> {
        let store = self.store()?;
        if let Some(revocation) = store.revocation(&side.node)? {
            return Ok(refuse_revoked(&revocation));
        }
        let known = store.author(incarnation).filter(|(unit, node)| *unit == side.unit && *node == side.node);
        let (Some(_), Some(key)) = (known, store.public_key(incarnation)?) else {
            return Ok(HubEvent::Refuse {
                code: GoodbyeCode::UnknownIncarnation,
                detail: format!("the register does not know {incarnation} as {}", side.node),
            });
        };
        let held = store.heads_of(incarnation)?.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect();
        let scopes: HashSet<Scope> = store
            .catalogues()?
            .iter()
            .flat_map(|c| c.within(&side.unit).map(|u| c.scope_of(&u.code)).collect::<Vec<_>>())
            .chain([Scope::Province])
            .collect();
        let subscription = Subscription { scopes, except: incarnation };
        let others = if restart { store.others_held(&subscription)? } else { Vec::new() };
        let Shown { tree_head, known_root, consistency } = self.show(known_size, now_ms)?;
        let tail = Lsn(tree_head.size);
        (side.incarnation, side.subscription) = (Some(incarnation), Some(subscription));
        let public_key = PublicKey::from_slice(&key).map_err(|e| Violation::world(e.to_string()))?;
        Ok(HubEvent::PeerKnown(PeerFacts { public_key, held, others, tree_head, tail, known_root, consistency }))
    }

    fn read(
        &mut self,
        side: &HubSide,
        after: Lsn,
        max_bytes: usize,
        shown_size: u64,
        now_ms: i64,
    ) -> Checked<HubEvent> {
        let Some(subscription) = &side.subscription else { return Ok(HubEvent::Lost) };
        let store = self.store.as_ref().ok_or_else(|| Violation::world("the hub does not run".to_owned()))?;
        let slice = store.read(after, subscription, max_bytes)?;
        // The hub's own first: the register of the others' authors is in its entries.
        let mut heads = self.own_heads(&slice.entries, now_ms);
        heads.extend(store.signatures_over(&slice.entries)?);
        let shown = slice.at_tail.then(|| self.show(shown_size, now_ms)).transpose()?;
        let (tree_head, consistency) = shown.map(|s| (s.tree_head, s.consistency)).unzip();
        Ok(HubEvent::LogRead {
            entries: slice.entries,
            heads,
            up_to: slice.up_to,
            tree_head,
            consistency: consistency.unwrap_or_default(),
            at_tail: slice.at_tail,
        })
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
                    self.count_returned(side, &receipt)?;
                    side.pending = side.pending.saturating_sub(count);
                    self.note_contact(side, true, now_ms)?;
                }
                HubEvent::Appended(receipt)
            }
            Err(refused) => match brought {
                // What somebody brings for others must not keep its own entries out.
                Some(push) => HubEvent::Appended(self.refusing(&push, &refused, now_ms)),
                None => {
                    let code = match refused {
                        PushRefused::QuarantineFull(_) => GoodbyeCode::Overloaded,
                        PushRefused::Revoked { .. } => GoodbyeCode::Revoked,
                        _ => GoodbyeCode::Fork,
                    };
                    HubEvent::Refuse { code, detail: refused.to_string() }
                }
            },
        };
        side.events.push_back(event);
        Ok(())
    }

    /// How many own entries a node has sent again to this hub, which had lost them.
    fn count_returned(&mut self, side: &mut HubSide, receipt: &Receipt) -> Checked {
        let (Some(returned), Some(author)) = (&mut side.returned, side.incarnation) else { return Ok(()) };
        let is_new = |run: &&LsnRun| run.first > side.tail_before.0;
        returned.appended += receipt.lsns.iter().filter(is_new).map(|run| u64::from(run.count)).sum::<u64>();
        let all = returned.appended.saturating_sub(side.pending_at_hello);
        let more = all.saturating_sub(returned.counted);
        returned.counted += more;
        if more > 0 {
            self.store()?.note_recovered(&side.node.0, author, more)?;
        }
        Ok(())
    }

    /// A receipt that takes nothing of a push.
    fn refusing(&self, push: &Push, refused: &PushRefused, now_ms: i64) -> Receipt {
        let refusal = |entry: &RawEntry| Refusal {
            scope: entry.feed.scope.to_string(),
            seq: entry.seq,
            code: refused.code().to_owned(),
            detail: refused.to_string(),
            ..Refusal::default()
        };
        let receipt = Receipt {
            epoch: bytes::Bytes::copy_from_slice(&self.epoch),
            incarnation: push.heads.incarnation.clone(),
            heads: push.heads.heads.clone(),
            received_at_ms: now_ms,
            lsns: vec![LsnRun { first: 0, count: u32::try_from(push.entries.len()).unwrap_or(u32::MAX) }],
            refusals: push.entries.iter().map(refusal).collect(),
            ..Receipt::default()
        };
        sign_receipt(&self.key, receipt)
    }

    pub(super) fn note_contact(&mut self, side: &HubSide, live: bool, now_ms: i64) -> Checked {
        let Some(incarnation) = side.incarnation else { return Ok(()) };
        let contact = Contact {
            last_contact_ms: now_ms,
            complete_to_ms: (side.pending == 0).then_some(now_ms),
            pending: side.pending,
            clock_offset_ms: side.offset_ms,
            software: side.software.clone(),
            live,
        };
        self.store()?.note_contact(&side.node, incarnation, &contact)?;
        Ok(())
    }

    /// The receipt that a hub would give that does not wait for its disk ([`Bug::ReceiptBeforeCommit`]).
    fn rash_receipt(&mut self, push: &Push, now_ms: i64) -> Result<Receipt, StoreError> {
        let ahead: usize = self.waiting.iter().map(|w| w.push.entries.len()).sum();
        let Some(store) = &self.store else { return Err(StoreError::Closing) };
        let first = store.tail()?.0 + ahead as u64 + 1;
        let count = u32::try_from(push.entries.len()).unwrap_or(u32::MAX);
        let receipt = Receipt {
            epoch: bytes::Bytes::copy_from_slice(&self.epoch),
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
    unit: UnitCode,
    node: NodeId,
    incarnation: Option<Incarnation>,
    subscription: Option<Subscription>,
    pending: u64,
    pending_at_hello: u64,
    software: String,
    offset_ms: i64,
    /// To a peer of an earlier epoch: what this hub had lost of its own entries.
    returned: Option<Returned>,
    /// What it waits for is another author's.
    brought: Option<Push>,
    /// The end of the log when it handed a push in.
    tail_before: Lsn,
    events: VecDeque<HubEvent>,
    effects: VecDeque<HubEffect>,
    /// Waits for the disk, and does nothing else meanwhile.
    appending: bool,
    seen_tail: Lsn,
    /// It has heard of its peer's revocation, or the look-up will say it.
    revoked: bool,
}

/// Counts what a node sends again. What it had never sent before, it has told with its Hello.
#[derive(Debug, Clone, Copy, Default)]
struct Returned {
    appended: u64,
    counted: u64,
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
        self.is_open() && self.seen_tail < tail
    }

    /// Whether the province has revoked this peer, and it has not been told.
    pub(super) fn would_be_revoked(&self, hub: &Hub) -> bool {
        self.is_open() && !self.revoked && hub.revocations.contains_key(&self.node)
    }

    pub(super) fn revoke(&mut self, hub: &Hub) {
        self.revoked = true;
        self.events.extend(hub.revocations.get(&self.node).map(refuse_revoked));
    }

    pub(super) fn follow(&mut self, tail: Lsn) {
        self.seen_tail = tail;
        self.events.push_back(HubEvent::LogAdvanced { tail });
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
                self.returned = restart.then(Returned::default);
                let event = hub.look_up(self, incarnation, introduction, (restart, known_size), now_ms)?;
                self.events.push_back(event);
            }
            HubEffect::Append { entries, heads, brought } => {
                let writer = (!brought).then(|| Writer { unit: self.unit.clone(), is_hub: false });
                let push = Push { node: self.node.clone(), writer, entries, heads };
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
                hub.accused.push(format!("{} has verified another log of {size} entries", self.node));
            }
            HubEffect::ReadLog { after, max_bytes, shown_size } => {
                let event = hub.read(self, after, max_bytes, shown_size, now_ms)?;
                self.events.push_back(event);
            }
            HubEffect::Contact { software, clock_offset_ms, pending, .. } => {
                (self.software, self.offset_ms, self.pending) = (software, clock_offset_ms, pending);
                self.pending_at_hello = pending;
                hub.note_contact(self, true, now_ms)?;
            }
            HubEffect::Acked { .. } => {}
            HubEffect::Close => return Ok(Went::Over),
        }
        Ok(Went::On)
    }
}

fn refuse_revoked(revocation: &Revocation) -> HubEvent {
    HubEvent::Refuse { code: GoodbyeCode::Revoked, detail: revocation.reason.clone() }
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
