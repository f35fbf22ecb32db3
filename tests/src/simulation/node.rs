//! A node: its data folder, its store, and its side of a session. The driver is that of
//! `node/src/sync.rs`, one effect at a time.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::PathBuf;

use keng_desk::life;
use keng_domain::id::Incarnation;
use keng_domain::unit::UnitCode;
use keng_node::sync::SyncFault;
use keng_proto::TreeHead;
use keng_proto::hub_frame::Frame;
use keng_store::restitution::Restitution;
use keng_store::{Store, StoreError};
use keng_sync::head::{SigningKey, feed_head};
use keng_sync::session::client::{
    Brought, ClientEffect, ClientEvent, ClientSession, ClientState, Mode, OutboxEntry, OutboxPosition, Reason,
};
use keng_sync::session::{Epoch, GoodbyeCode, LifeReason};
use prost::Message;

use super::Bug;
use super::checks::{Checked, Violation};
use super::disk;
use super::network::Lane;

/// A node's installation.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) unit: UnitCode,
    /// The keys of all its lives, as they lie in its folder.
    pub(super) keys: BTreeMap<Incarnation, SigningKey>,
    pub(super) folder: PathBuf,
    /// `None`: the program is not running.
    pub(super) store: Option<Store>,
    /// Its clock is so far ahead of the true time.
    pub(super) offset_ms: i64,
    /// No link to the hub.
    pub(super) partitioned: bool,
    /// It reads nothing for so many actions.
    pub(super) slow: u64,
    /// Somebody has changed the program: it writes what it may not.
    pub(super) lies: bool,
    /// What the hub has said of its log, oldest first (I8).
    pub(super) tree_heads: Vec<TreeHead>,
    /// Why its last session ended, when not in order.
    pub(super) fault: Option<String>,
    /// The hub has said that this node is revoked: what the officer reads. The program asks no more by itself
    /// until it is started again.
    pub(super) told_revoked: Option<String>,
    /// What this attempt to sync has tried already.
    pub(super) tried: Tried,
}

/// What one call of `node/src/sync.rs: session` does once at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tried {
    begun: bool,
    presented: bool,
}

impl Node {
    /// The running program's store.
    pub(super) fn store(&mut self) -> Checked<&mut Store> {
        let name = &self.name;
        self.store.as_mut().ok_or_else(|| Violation::world(format!("{name} does not run")))
    }

    /// Starts the program: opens the folder as the last one left it.
    pub(super) fn start(&mut self) -> Checked {
        let store = self.store.insert(disk::start(&self.folder)?);
        while store.project_step()?.more {}
        self.told_revoked = None;
        Ok(())
    }

    /// What a session begins with.
    fn state(&mut self, mode: Mode, now_ms: i64) -> Checked<ClientState> {
        let keys = self.keys.clone();
        let key_of = |life: Incarnation| {
            keys.get(&life).cloned().ok_or_else(|| Violation::world(format!("no key of the life {life}")))
        };
        keng_node::sync::begin(self.store()?, key_of, mode, now_ms)
    }

    /// Whether this is one of its lives.
    pub(super) fn is_life(&self, incarnation: Incarnation) -> bool {
        self.keys.contains_key(&incarnation)
    }

    /// The folder does not go on where it stopped, or another one goes on beside it.
    pub(super) fn begin_life(&mut self, number: u8, reason: LifeReason, now_ms: i64) -> Checked {
        let keys = self.keys.clone();
        let store = self.store()?;
        let ended = store.present_life()?;
        let old = keys.get(&ended).ok_or_else(|| Violation::world(format!("no key of the life {ended}")))?;
        let (new, key) = (Incarnation([number; 16]), SigningKey::from_seed(&[number; 32]));
        store.begin_life(&life::present(old, ended, &key, new, reason, now_ms), now_ms)?;
        self.keys.insert(new, key);
        Ok(())
    }

    /// A session has ended: what the program does before it tries again. `Some(…)`: it begins another life.
    pub(super) fn after(&mut self, ended: Option<&Ended>) -> Checked<Option<LifeReason>> {
        let tried = self.tried;
        let store = self.store()?;
        match ended {
            Some(Ended::Reason(reason))
                if !tried.begun && is_fork(reason) && store.lives()?.iter().filter(|l| !l.settled).count() < 8 =>
            {
                self.tried.begun = true;
                return Ok(Some(LifeReason::Forked));
            }
            Some(Ended::Reason(Reason::Goodbye { code: Ok(GoodbyeCode::UnknownIncarnation), .. }))
                if !tried.presented =>
            {
                store.set_introduced(false)?;
                self.tried.presented = true;
            }
            Some(_) | None => self.tried = Tried::default(),
        }
        Ok(None)
    }

    /// A session whose first effect waits to be carried out. `as_incarnation`: of an impostor.
    pub(super) fn session(
        &mut self,
        mode: Mode,
        as_incarnation: Option<Incarnation>,
        now_ms: i64,
    ) -> Checked<NodeSide> {
        let mut state = self.state(mode, now_ms)?;
        state.incarnation = as_incarnation.unwrap_or(state.incarnation);
        Ok(NodeSide {
            life: state.incarnation,
            impostor: as_incarnation.is_some(),
            machine: ClientSession::new(state),
            mode,
            events: VecDeque::from([ClientEvent::Connected]),
            effects: VecDeque::new(),
            seen: None,
            half: false,
        })
    }
}

/// A node's side of one session: its machine, and what is still to be done for it.
pub(super) struct NodeSide {
    machine: ClientSession,
    /// Who this session speaks for.
    life: Incarnation,
    /// Not the node's own program.
    pub(super) impostor: bool,
    pub(super) mode: Mode,
    events: VecDeque<ClientEvent>,
    effects: VecDeque<ClientEffect>,
    /// The version of the data that it looked at last.
    seen: Option<i64>,
    /// The first half of an effect is done ([`Bug::CursorBeforeEntries`]).
    half: bool,
}

/// What carrying out one effect came to.
pub(super) enum Went {
    On,
    /// Entries of others are durable here.
    Pulled(Vec<keng_sync::batch::RawEntry>),
    /// A receipt is durable here.
    Receipt(Epoch, Vec<super::ledger::Receipted>),
    /// The session is over; why, when not in order.
    Over(Option<Ended>),
}

/// Why a session ended before it was done.
pub(super) enum Ended {
    Reason(Reason),
    Store(StoreError),
    Overflow,
}

impl Ended {
    /// What the officer reads, when the node is revoked.
    pub(super) fn revocation(self) -> Option<String> {
        let Self::Reason(reason) = self else { return None };
        let fault = SyncFault::Session(reason);
        fault.is_revoked().then(|| fault.in_vietnamese())
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason(reason) => reason.fmt(f),
            Self::Store(e) => e.fmt(f),
            Self::Overflow => f.write_str("too many frames wait to be sent"),
        }
    }
}

fn is_fork(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NodeBehind { .. } | Reason::Fork { .. } | Reason::Goodbye { code: Ok(GoodbyeCode::Fork), .. }
    )
}

impl NodeSide {
    /// Whether something of its own waits to be done, before it reads on.
    pub(super) fn is_busy(&self) -> bool {
        !self.effects.is_empty() || !self.events.is_empty()
    }

    /// What waits, in a word.
    pub(super) fn next(&self) -> &'static str {
        match (self.effects.front(), self.events.front()) {
            (Some(effect), _) => effect_name(effect),
            (None, Some(event)) => event_name(event),
            (None, None) => "idles",
        }
    }

    /// Whether an officer may have saved something since it last looked.
    pub(super) fn would_look(&self, store: &Store) -> Checked<bool> {
        Ok(self.mode == Mode::Live && self.seen != Some(store.data_version()?))
    }

    pub(super) fn look(&mut self, store: &Store) -> Checked {
        self.seen = Some(store.data_version()?);
        self.events.push_back(ClientEvent::LocalChange);
        Ok(())
    }

    /// The link is gone.
    pub(super) fn lose(&mut self) {
        self.events.push_back(ClientEvent::Lost);
    }

    /// A frame has come.
    pub(super) fn read(&mut self, store: &mut Store, bytes: &[u8], now_ms: i64) -> Checked {
        let Ok(frame) = keng_proto::HubFrame::decode(bytes) else {
            self.lose();
            return Ok(());
        };
        if matches!(frame.frame, Some(Frame::Welcome(_))) {
            store.set_meta("last_contact_ms", &now_ms.to_string())?;
        }
        self.events.push_back(ClientEvent::Frame(frame));
        Ok(())
    }

    /// Hands the machine one event, or carries out one of its effects.
    pub(super) fn step(&mut self, node: &mut Node, up: &mut Lane, now_ms: i64, bug: Option<Bug>) -> Checked<Went> {
        let Some(effect) = self.effects.pop_front() else {
            if let Some(event) = self.events.pop_front() {
                self.effects.extend(self.machine.handle(now_ms, event));
            }
            return Ok(Went::On);
        };
        match self.carry_out(effect, node, up, now_ms, bug) {
            Ok(went) => Ok(went),
            Err(Fault::Store(e)) => Ok(Went::Over(Some(Ended::Store(e)))),
            Err(Fault::Violation(v)) => Err(v),
        }
    }

    fn carry_out(
        &mut self,
        effect: ClientEffect,
        node: &mut Node,
        up: &mut Lane,
        now_ms: i64,
        bug: Option<Bug>,
    ) -> Result<Went, Fault> {
        let store = node.store()?;
        match effect {
            ClientEffect::Send(frame) => {
                if !up.send(frame.encode_to_vec()) {
                    return Ok(Went::Over(Some(Ended::Overflow)));
                }
            }
            ClientEffect::ReadHeads => {
                let heads = store.heads_of(self.life)?;
                let heads = heads.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect();
                self.events.push_back(ClientEvent::OwnHeads(heads));
            }
            ClientEffect::ReadOutbox { after, max_bytes } => {
                let (present, (entries, more)) = (store.present_life()?, store.outbox(after.0, max_bytes)?);
                if present != self.life {
                    return Ok(Went::Over(Some(Ended::Reason(Reason::Lost))));
                }
                if bug == Some(Bug::GreenBeforeReceipt) && !entries.is_empty() {
                    let taken: Vec<_> = entries
                        .iter()
                        .map(|(_, e)| (e.feed.clone(), e.seq, e.hash, Some(keng_domain::id::Lsn(1))))
                        .collect();
                    store.store_receipt(&keng_proto::Receipt::default(), &taken)?;
                }
                let entries =
                    entries.into_iter().map(|(p, entry)| OutboxEntry { position: OutboxPosition(p), entry }).collect();
                self.events.push_back(ClientEvent::Outbox { entries, more });
            }
            ClientEffect::ReadRestitution { held, after, max_bytes } => {
                let Restitution { pushes, next } = store.restitution(&held, after, max_bytes)?;
                let pushes = pushes.into_iter().map(|(entries, signed)| Brought { entries, signed }).collect();
                self.events.push_back(ClientEvent::Restitution { pushes, next });
            }
            ClientEffect::Restituted => store.restituted()?,
            ClientEffect::HubLives(lives) => {
                lives.into_iter().try_for_each(|life| store.note_hub_life(life))?;
                store.set_introduced(true)?;
            }
            ClientEffect::StoreReceipt { receipt, entries } => {
                store.store_receipt(&receipt, &entries)?;
                self.events.push_back(ClientEvent::ReceiptStored);
                let epoch = Epoch::try_from(receipt.epoch.as_ref()).unwrap_or_default();
                return Ok(Went::Receipt(epoch, entries));
            }
            ClientEffect::StorePull { entries, heads, up_to, epoch } => {
                if bug == Some(Bug::CursorBeforeEntries) && !std::mem::replace(&mut self.half, true) {
                    store.set_meta("cursor", &up_to.to_string())?;
                    store.set_meta("epoch", &hex::encode(epoch))?;
                    self.effects.push_front(ClientEffect::StorePull { entries, heads, up_to, epoch });
                    return Ok(Went::On);
                }
                self.half = false;
                if store.present_life()? != self.life && !self.impostor {
                    return Ok(Went::Over(Some(Ended::Reason(Reason::Lost))));
                }
                store.store_pull(&entries, &heads, up_to, epoch, now_ms)?;
                while store.project_step()?.more {}
                self.events.push_back(ClientEvent::PullStored { up_to });
                return Ok(Went::Pulled(entries));
            }
            ClientEffect::ResetCursor { epoch } => store.reset_cursor(epoch)?,
            ClientEffect::ResendFrom { held } => store.resend_from(&held)?,
            ClientEffect::Clock { offset_ms, .. } => store.set_meta("clock_offset_ms", &offset_ms.to_string())?,
            ClientEffect::TreeHead(head) => {
                store.keep_tree_head(&head)?;
                node.tree_heads.push(head);
            }
            ClientEffect::KeepEvidence(evidence) => {
                store.keep_evidence(&evidence, now_ms)?;
            }
            ClientEffect::Progress(_) => {}
            ClientEffect::CaughtUp { .. } => {
                if store.present_life()? == self.life && store.settle_lives()? > 0 {
                    self.events.push_back(ClientEvent::LocalChange);
                }
            }
            ClientEffect::Done(_) => return Ok(Went::Over(None)),
            ClientEffect::Closed(reason) => return Ok(Went::Over(Some(Ended::Reason(reason)))),
        }
        Ok(Went::On)
    }
}

enum Fault {
    Store(StoreError),
    Violation(Violation),
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<Violation> for Fault {
    fn from(v: Violation) -> Self {
        Self::Violation(v)
    }
}

fn effect_name(effect: &ClientEffect) -> &'static str {
    use keng_proto::client_frame::Frame as Up;
    match effect {
        ClientEffect::Send(frame) => match frame.frame {
            Some(Up::Hello(_)) => "sends Hello",
            Some(Up::Push(_)) => "sends Push",
            Some(Up::PullAck(_)) => "sends PullAck",
            None => "sends nothing",
        },
        ClientEffect::ReadHeads => "reads heads",
        ClientEffect::ReadOutbox { .. } => "reads the outbox",
        ClientEffect::ReadRestitution { .. } => "reads what the hub has lost",
        ClientEffect::HubLives(_) => "notes the hub's lives",
        ClientEffect::Restituted => "has brought back all",
        ClientEffect::StoreReceipt { .. } => "stores a receipt",
        ClientEffect::StorePull { .. } => "stores a pull",
        ClientEffect::ResetCursor { .. } => "resets the cursor",
        ClientEffect::ResendFrom { .. } => "takes receipts back",
        ClientEffect::Clock { .. } => "notes the hub's clock",
        ClientEffect::TreeHead(_) => "keeps a tree head",
        ClientEffect::KeepEvidence(_) => "keeps evidence against the hub",
        ClientEffect::Progress(_) => "makes progress",
        ClientEffect::CaughtUp { .. } => "has caught up",
        ClientEffect::Done(_) => "is done",
        ClientEffect::Closed(_) => "closes",
    }
}

fn event_name(event: &ClientEvent) -> &'static str {
    match event {
        ClientEvent::Connected => "hears that the link is up",
        ClientEvent::Frame(frame) => match frame.frame {
            Some(Frame::Welcome(_)) => "hears Welcome",
            Some(Frame::Receipt(_)) => "hears Receipt",
            Some(Frame::Pull(_)) => "hears Pull",
            Some(Frame::CaughtUp(_)) => "hears CaughtUp",
            Some(Frame::Goodbye(_)) => "hears Goodbye",
            None => "hears a frame of no kind",
        },
        ClientEvent::OwnHeads(_) => "hears its heads",
        ClientEvent::Outbox { .. } => "hears its outbox",
        ClientEvent::Restitution { .. } => "hears what the hub has lost",
        ClientEvent::ReceiptStored => "hears that the receipt is stored",
        ClientEvent::PullStored { .. } => "hears that the pull is stored",
        ClientEvent::LocalChange => "hears of a local change",
        ClientEvent::Lost => "hears that the link is gone",
    }
}
