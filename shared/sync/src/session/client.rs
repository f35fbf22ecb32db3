//! The node's side of a session.
//!
//! It pushes as soon as the hub has answered, while pulls come in; neither waits for the other.
//! A new session begins at the last acknowledged entry: what was on its way when a link broke is
//! sent again, and the hub takes it once.

mod compare;
mod events;
mod incoming;
mod outgoing;
mod reason;
mod tree;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::client_frame::Frame as Out;
use keng_proto::hub_frame::Frame as In;
use keng_proto::{CaughtUp, ClientFrame, FeedHead, Hello, HubFrame, Pull, PullAck, Receipt, Welcome};

pub use self::compare::compare;
pub use self::events::{
    Brought, ClientEffect, ClientEvent, ClientState, Evidence, Mode, OutboxEntry, OutboxPosition, Summary,
};
use self::incoming::Incoming;
pub use self::incoming::read_pull;
use self::outgoing::Outgoing;
pub(crate) use self::outgoing::expand;
pub use self::reason::{BadFrame, BadReceipt, Behind, Reason, Statement};
pub use self::tree::KnownTree;
use super::{PROTOCOL, RefusalCode};
use crate::entry::FeedId;
use crate::head::{digest_of, verify_receipt};

/// The node's side of one session.
#[derive(Debug, Clone)]
pub struct ClientSession {
    state: ClientState,
    phase: Phase,
    outgoing: Outgoing,
    incoming: Incoming,
    tree: KnownTree,
    /// What the hub holds, while own heads are being read.
    held: Option<Vec<FeedHead>>,
    summary: Summary,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Idle,
    Greeting { since_ms: i64 },
    Streaming,
    Closed,
}

/// An event, the hub's frames taken out of their wrapping.
enum Input {
    Frame(In),
    Event(ClientEvent),
}

type Outcome = Result<Vec<ClientEffect>, Reason>;

impl ClientSession {
    /// A session that waits for its link.
    #[must_use]
    pub fn new(state: ClientState) -> Self {
        Self {
            phase: Phase::Idle,
            outgoing: Outgoing::new(),
            incoming: Incoming::new(state.cursor),
            tree: KnownTree::new(state.tree_head.clone()),
            held: None,
            summary: Summary { lsn: state.cursor, ..Summary::default() },
            state,
        }
    }

    /// Takes in what happened, and says what to do.
    pub fn handle(&mut self, now_ms: i64, event: ClientEvent) -> Vec<ClientEffect> {
        use ClientEvent as E;
        let input = match event {
            E::Frame(HubFrame { frame: Some(frame) }) => Input::Frame(frame),
            event => Input::Event(event),
        };
        let outcome = match (self.phase, input) {
            (Phase::Closed, _) => Ok(Vec::new()),
            (Phase::Idle, Input::Event(E::Connected)) => self.greet(now_ms),
            (Phase::Greeting { since_ms }, Input::Frame(In::Welcome(welcome))) => self.begin(now_ms, since_ms, welcome),
            (Phase::Streaming, Input::Frame(In::Receipt(receipt))) => self.check_receipt(receipt),
            (Phase::Streaming, Input::Frame(In::Pull(pull))) => self.take_pull(pull),
            (Phase::Streaming, Input::Frame(In::CaughtUp(caught_up))) => self.take_caught_up(caught_up),
            (Phase::Streaming, Input::Event(E::OwnHeads(heads))) => self.compare(&heads),
            (Phase::Streaming, Input::Event(E::Outbox { entries, more })) => self.outgoing.fill(entries, more),
            (Phase::Streaming, Input::Event(E::Restitution { pushes, next })) => self.outgoing.restitute(pushes, next),
            (Phase::Streaming, Input::Event(E::ReceiptStored)) => self.count_receipt(),
            (Phase::Streaming, Input::Event(E::PullStored { up_to })) => self.acknowledge_pull(up_to),
            (_, Input::Event(E::LocalChange)) => self.outgoing.expect_more(),
            (_, Input::Frame(In::Goodbye(goodbye))) => Err(Reason::goodbye(goodbye)),
            (_, Input::Event(E::Lost)) => Err(Reason::Lost),
            (phase, input) => Err(Reason::OutOfTurn { phase: phase.name(), event: input.name() }),
        };
        match outcome {
            Ok(effects) => self.go_on(now_ms, effects),
            Err(reason) => self.close(reason),
        }
    }

    fn greet(&mut self, now_ms: i64) -> Outcome {
        self.phase = Phase::Greeting { since_ms: now_ms };
        let state = &self.state;
        // A first contact that broke before anything was stored knows its epoch by the tree head.
        let epoch = state.epoch.or_else(|| self.tree.epoch());
        let known = epoch.and_then(|epoch| self.tree.of_epoch(&epoch));
        Ok(vec![send(Out::Hello(Hello {
            protocol: PROTOCOL,
            software: state.software.clone(),
            incarnation: Bytes::copy_from_slice(&state.incarnation.0),
            epoch: epoch.map(|epoch| Bytes::copy_from_slice(&epoch)).unwrap_or_default(),
            cursor: state.cursor.0,
            heads_digest: Bytes::copy_from_slice(&digest_of(&state.acknowledged)),
            pending: state.pending,
            clock_ms: now_ms,
            introduction: state.introduction.clone(),
            restitution_due: state.restitution_due,
            tree_size: known.map_or(0, |head| head.size),
            tree_root: known.map(|head| head.root.clone()).unwrap_or_default(),
        }))])
    }

    fn begin(&mut self, now_ms: i64, since_ms: i64, welcome: Welcome) -> Outcome {
        if welcome.protocol != PROTOCOL {
            return Err(Reason::Version { hub: welcome.protocol });
        }
        let tree_head = welcome.tree_head.ok_or(Reason::Signature { of: Statement::TreeHead })?;
        self.tree.take(&tree_head, &welcome.consistency, &self.state.hub_public_key)?;
        let round_trip_ms = now_ms.saturating_sub(since_ms).max(0); // a clock may be set back meanwhile
        let offset_ms = welcome.clock_ms.saturating_sub(since_ms.saturating_add(round_trip_ms / 2));
        let mut effects = vec![ClientEffect::Clock { offset_ms, round_trip_ms }];
        effects.extend(self.incoming.begin(&tree_head, self.state.epoch, welcome.restart)?);
        effects.push(ClientEffect::TreeHead(tree_head));
        let lives = welcome.hub_lives.iter().map(|life| Incarnation::from_slice(life));
        effects.push(ClientEffect::HubLives(lives.collect::<Result<_, _>>().map_err(|_| BadFrame::HubLife)?));
        self.phase = Phase::Streaming;
        (self.summary.round_trips, self.summary.lsn) = (1, self.incoming.cursor());
        if welcome.restart {
            self.outgoing.bring_back(welcome.others);
        }
        if welcome.heads_differ {
            self.held = Some(welcome.held);
            effects.push(ClientEffect::ReadHeads);
        } else {
            self.outgoing.open();
        }
        Ok(effects)
    }

    /// The digests differed: who is behind?
    fn compare(&mut self, own: &[FeedHead]) -> Outcome {
        let Some(held) = self.held.take() else {
            return Err(Reason::OutOfTurn { phase: self.phase.name(), event: "OwnHeads" });
        };
        self.outgoing.open();
        let resend = compare(&held, own, &self.state.acknowledged)?;
        Ok(if resend { vec![ClientEffect::ResendFrom { held }] } else { Vec::new() })
    }

    fn check_receipt(&mut self, receipt: Receipt) -> Outcome {
        verify_receipt(&receipt, &self.state.hub_public_key)
            .map_err(|_| Reason::Signature { of: Statement::Receipt })?;
        if receipt.epoch != self.incoming.epoch().as_slice() {
            return Err(BadReceipt::Epoch.into());
        }
        let (entries, turn) = self.outgoing.acknowledge(&receipt)?;
        // The hub refuses an earlier life's entries without ending the session, as it does others' that are brought
        // back. Here they are own entries in whose places it holds others: a fork.
        let forked = receipt.refusals.iter().any(|r| r.code.parse() == Ok(RefusalCode::Fork));
        let own = |feed: &FeedId| forked && self.state.is_former(feed.incarnation);
        if let Some((feed, seq, ..)) = entries.first().filter(|(feed, ..)| own(feed)) {
            return Err(Reason::Fork { scope: feed.scope.clone(), seq: *seq });
        }
        self.summary.round_trips = self.summary.round_trips.max(turn);
        Ok(vec![ClientEffect::StoreReceipt { receipt, entries }])
    }

    fn count_receipt(&mut self) -> Outcome {
        let stored = self.outgoing.stored()?;
        self.summary.acknowledged += stored.entries;
        self.summary.refused += stored.refused;
        Ok(vec![ClientEffect::Progress(self.summary)])
    }

    fn take_pull(&mut self, pull: Pull) -> Outcome {
        let effect = self.incoming.take_pull(pull, self.state.incarnation)?;
        self.summary.round_trips = self.summary.round_trips.max(self.incoming.turn());
        Ok(vec![effect])
    }

    fn take_caught_up(&mut self, caught_up: CaughtUp) -> Outcome {
        self.incoming.take_caught_up(caught_up, &mut self.tree, &self.state.hub_public_key)
    }

    fn acknowledge_pull(&mut self, up_to: Lsn) -> Outcome {
        self.summary.received += self.incoming.stored(up_to)?;
        self.summary.lsn = up_to;
        let ack = send(Out::PullAck(PullAck { up_to: up_to.0 }));
        Ok(vec![ack, ClientEffect::Progress(self.summary)])
    }

    /// Whatever happened: send what may be sent, read what may be read, and see whether that was all.
    fn go_on(&mut self, now_ms: i64, mut effects: Vec<ClientEffect>) -> Vec<ClientEffect> {
        let Phase::Streaming = self.phase else { return effects };
        while let Some((push, entries)) = self.outgoing.next_push(&self.state, now_ms) {
            self.summary.sent += entries;
            effects.push(send(Out::Push(push)));
        }
        effects.extend(self.outgoing.restituted());
        effects.extend(self.outgoing.read());
        effects.extend(self.incoming.announce());
        // A receipt is as good as the log that it is in: a session is done when the hub has shown one
        // that covers all of them, so that the next contact notices if any was dropped (I8).
        let covered = self.tree.size() >= self.outgoing.acknowledged_to();
        if self.state.mode == Mode::Once && self.outgoing.is_done() && self.incoming.is_done() && covered {
            self.phase = Phase::Closed;
            effects.push(ClientEffect::Done(self.summary));
        }
        effects
    }

    fn close(&mut self, reason: Reason) -> Vec<ClientEffect> {
        self.phase = Phase::Closed;
        let evidence = self.tree.evidence().map(ClientEffect::KeepEvidence);
        evidence.into_iter().chain([ClientEffect::Closed(reason)]).collect()
    }
}

fn send(frame: Out) -> ClientEffect {
    ClientEffect::Send(ClientFrame { frame: Some(frame) })
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Greeting { .. } => "Greeting",
            Self::Streaming => "Streaming",
            Self::Closed => "Closed",
        }
    }
}

impl Input {
    fn name(&self) -> &'static str {
        match self {
            Self::Frame(In::Welcome(_)) => "Welcome",
            Self::Frame(In::Receipt(_)) => "Receipt",
            Self::Frame(In::Pull(_)) => "Pull",
            Self::Frame(In::CaughtUp(_)) => "CaughtUp",
            Self::Frame(In::Goodbye(_)) => "Goodbye",
            Self::Event(ClientEvent::Frame(_)) => "a frame of an unknown kind",
            Self::Event(ClientEvent::Connected) => "Connected",
            Self::Event(ClientEvent::OwnHeads(_)) => "OwnHeads",
            Self::Event(ClientEvent::Outbox { .. }) => "Outbox",
            Self::Event(ClientEvent::ReceiptStored) => "ReceiptStored",
            Self::Event(ClientEvent::PullStored { .. }) => "PullStored",
            Self::Event(ClientEvent::LocalChange) => "LocalChange",
            Self::Event(ClientEvent::Restitution { .. }) => "Restitution",
            Self::Event(ClientEvent::Lost) => "Lost",
        }
    }
}
