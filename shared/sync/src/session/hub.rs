//! The hub's side of a session.
//!
//! It takes pushes while it sends pulls. Every append is durable before its receipt leaves; the
//! session keeps no entry after it has handed it on, and of the log at most one read at a time.

mod events;
mod pulls;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::client_frame::Frame as In;
use keng_proto::hub_frame::Frame as Out;
use keng_proto::{ClientFrame, Goodbye, Hello, HubFrame, Push, Receipt, Welcome};

pub use self::events::{HubEffect, HubEvent, HubState, PeerFacts};
pub use self::pulls::pulls;
use self::pulls::{LogPart, Pulls};
use super::{GoodbyeCode, PROTOCOL};
use crate::head::{PublicKey, digest_of};
use crate::limits::WINDOW_BATCHES;
use crate::merkle::proof::write_proof;
use crate::push::{self, BadPush, Checked};

/// The hub's side of one session.
#[derive(Debug, Clone)]
pub struct HubSession {
    state: HubState,
    phase: Phase,
    tail: Lsn,
}

#[derive(Debug, Clone)]
enum Phase {
    Greeting,
    LookingUp(Box<Caller>),
    Streaming(Box<Peer>),
    Closed,
}

/// A peer that has said hello.
#[derive(Debug, Clone)]
struct Caller {
    incarnation: Incarnation,
    hello: Hello,
    /// The size of the last tree head of this epoch that it has verified; 0: none.
    known_size: u64,
    clock_offset_ms: i64,
}

/// A peer that was let in.
#[derive(Debug, Clone)]
struct Peer {
    incarnation: Incarnation,
    public_key: PublicKey,
    /// Appends without a receipt yet.
    appending: usize,
    pulls: Pulls,
}

/// Why a session ends, as the peer is told.
#[derive(Debug)]
struct Refused {
    code: GoodbyeCode,
    detail: String,
}

/// An event, the node's frames taken out of their wrapping.
enum Input {
    Frame(In),
    Event(HubEvent),
}

type Outcome = Result<Vec<HubEffect>, Refused>;

impl HubSession {
    /// A session that waits for its peer to speak.
    #[must_use]
    pub fn new(state: HubState) -> Self {
        Self { state, phase: Phase::Greeting, tail: Lsn(0) }
    }

    /// Takes in what happened, and says what to do.
    pub fn handle(&mut self, now_ms: i64, event: HubEvent) -> Vec<HubEffect> {
        use HubEvent as E;
        let input = match event {
            E::Frame(ClientFrame { frame: Some(frame) }) => Input::Frame(frame),
            event => Input::Event(event),
        };
        let outcome = match (&mut self.phase, input) {
            (Phase::Closed, _) => Ok(Vec::new()),
            (Phase::Greeting, Input::Frame(In::Hello(hello))) => self.look_up(now_ms, hello),
            (Phase::LookingUp(_), Input::Event(E::PeerKnown(facts))) => self.welcome(now_ms, facts),
            (Phase::Streaming(peer), Input::Frame(In::Push(push))) => peer.take_push(push),
            (Phase::Streaming(peer), Input::Frame(In::PullAck(ack))) => peer.acknowledged(Lsn(ack.up_to)),
            (Phase::Streaming(peer), Input::Event(E::Appended(receipt))) => peer.send_receipt(receipt),
            (
                Phase::Streaming(peer),
                Input::Event(E::LogRead { entries, heads, up_to, tree_head, consistency, at_tail }),
            ) => peer.send_pulls(LogPart { entries, heads, up_to, tree_head, consistency, at_tail }),
            (Phase::Streaming(peer), Input::Event(E::LogAdvanced { tail })) => Ok(peer.pulls.advance(tail)),
            (Phase::Greeting | Phase::LookingUp(_), Input::Event(E::LogAdvanced { tail })) => self.remember(tail),
            (_, Input::Event(E::Refuse { code, detail })) => Err(Refused { code, detail }),
            (_, Input::Event(E::Stopping)) => Err(refused(GoodbyeCode::ShuttingDown, "come back later")),
            (_, Input::Event(E::Lost)) => Ok(self.close()),
            (phase, input) => Err(out_of_turn(phase, &input)),
        };
        outcome.unwrap_or_else(|refused| self.say_goodbye(refused))
    }

    fn look_up(&mut self, now_ms: i64, hello: Hello) -> Outcome {
        if hello.protocol != PROTOCOL {
            let detail = format!("the hub speaks version {PROTOCOL}, {} was offered", hello.protocol);
            return Err(refused(GoodbyeCode::Version, detail));
        }
        let incarnation = Incarnation::from_slice(&hello.incarnation).map_err(|bad| bad_frame(&bad))?;
        let clock_offset_ms = hello.clock_ms.saturating_sub(now_ms);
        // A tree head of another epoch is one of another log.
        if hello.tree_size > 0 && hello.tree_root.len() != 32 {
            return Err(refused(GoodbyeCode::BadFrame, "a tree head whose root is not 32 bytes long"));
        }
        let known_size = if hello.epoch == self.state.epoch.as_slice() { hello.tree_size } else { 0 };
        let (introduction, restart) = (hello.introduction.clone(), self.is_foreign(&hello));
        self.phase = Phase::LookingUp(Box::new(Caller { incarnation, hello, known_size, clock_offset_ms }));
        Ok(vec![HubEffect::LookUp { incarnation, introduction, restart, known_size }])
    }

    /// Whether the peer begins anew: its cursor counts in another epoch than the log's, or it has not
    /// brought back yet what the log of this epoch had lost.
    fn is_foreign(&self, hello: &Hello) -> bool {
        let other = match hello.epoch.is_empty() {
            true => hello.cursor > 0,
            false => hello.epoch != self.state.epoch.as_slice(),
        };
        other || hello.restitution_due
    }

    fn welcome(&mut self, now_ms: i64, facts: PeerFacts) -> Outcome {
        let Phase::LookingUp(caller) = std::mem::replace(&mut self.phase, Phase::Closed) else {
            return Ok(Vec::new());
        };
        let Caller { incarnation, hello, known_size, clock_offset_ms } = *caller;
        let tail = self.tail.max(facts.tail);
        let restart = self.is_foreign(&hello) || Lsn(hello.cursor) > facts.tail;
        let cursor = if restart { Lsn(0) } else { Lsn(hello.cursor) };
        let heads_differ = hello.heads_digest != digest_of(&facts.held).as_slice();
        let ours = facts.known_root.is_some_and(|root| hello.tree_root == root.as_slice());
        let differs = (known_size > 0 && !ours)
            .then(|| HubEffect::PeerKnowsMore { size: known_size, root: hello.tree_root.clone() });
        let shown_size = facts.tree_head.size;
        let welcome = Welcome {
            protocol: PROTOCOL,
            software: self.state.software.clone(),
            tree_head: Some(facts.tree_head),
            clock_ms: now_ms,
            heads_differ,
            held: if heads_differ { facts.held } else { Vec::new() },
            restart,
            others: if restart { facts.others } else { Vec::new() },
            hub_lives: self.state.lives.iter().map(|life| Bytes::copy_from_slice(&life.0)).collect(),
            consistency: write_proof(&facts.consistency),
        };
        let contact = HubEffect::Contact { software: hello.software, clock_offset_ms, pending: hello.pending, cursor };
        let mut peer = Peer {
            incarnation,
            public_key: facts.public_key,
            appending: 0,
            pulls: Pulls::new(incarnation, cursor, facts.tail, shown_size),
        };
        let mut effects = Vec::from_iter(differs);
        effects.extend([contact, send(Out::Welcome(welcome))]);
        effects.extend(peer.pulls.advance(tail));
        self.phase = Phase::Streaming(Box::new(peer));
        Ok(effects)
    }

    fn remember(&mut self, tail: Lsn) -> Outcome {
        self.tail = self.tail.max(tail);
        Ok(Vec::new())
    }

    fn say_goodbye(&mut self, Refused { code, detail }: Refused) -> Vec<HubEffect> {
        let mut effects = vec![send(Out::Goodbye(Goodbye { code: code.to_string(), detail }))];
        effects.extend(self.close());
        effects
    }

    fn close(&mut self) -> Vec<HubEffect> {
        self.phase = Phase::Closed;
        vec![HubEffect::Close]
    }
}

impl Peer {
    fn take_push(&mut self, push: Push) -> Outcome {
        if self.appending >= WINDOW_BATCHES {
            return Err(refused(GoodbyeCode::OutOfTurn, "more pushes than a window without a receipt"));
        }
        let Checked { entries, heads, brought } = push::check(push, self.incarnation, &self.public_key)?;
        self.appending += 1;
        Ok(vec![HubEffect::Append { entries, heads, brought }])
    }

    fn send_receipt(&mut self, receipt: Receipt) -> Outcome {
        self.appending = self
            .appending
            .checked_sub(1)
            .ok_or_else(|| refused(GoodbyeCode::Failed, "the hub appended what nobody sent"))?;
        let placed = receipt.lsns.iter().any(|run| run.first > 0);
        let mut effects = vec![send(Out::Receipt(receipt))];
        if placed {
            effects.extend(self.pulls.owe_head());
        }
        Ok(effects)
    }

    fn send_pulls(&mut self, part: LogPart) -> Outcome {
        Ok(self.pulls.fill(part))
    }

    fn acknowledged(&mut self, up_to: Lsn) -> Outcome {
        if !self.pulls.acknowledge(up_to) {
            return Err(refused(GoodbyeCode::OutOfTurn, format!("nothing was sent up to {up_to}")));
        }
        let mut effects = vec![HubEffect::Acked { up_to }];
        effects.extend(self.pulls.go_on());
        Ok(effects)
    }
}

impl From<BadPush> for Refused {
    fn from(bad: BadPush) -> Self {
        match bad {
            BadPush::Signature(_) => refused(GoodbyeCode::BadSignature, bad.to_string()),
            BadPush::Malformed(_) | BadPush::Batch(_) | BadPush::Head(_) => bad_frame(&bad),
        }
    }
}

fn send(frame: Out) -> HubEffect {
    HubEffect::Send(HubFrame { frame: Some(frame) })
}

fn refused(code: GoodbyeCode, detail: impl Into<String>) -> Refused {
    Refused { code, detail: detail.into() }
}

fn bad_frame(what: &dyn std::error::Error) -> Refused {
    refused(GoodbyeCode::BadFrame, what.to_string())
}

fn out_of_turn(phase: &Phase, input: &Input) -> Refused {
    let phase = match phase {
        Phase::Greeting => "waiting for a Hello",
        Phase::LookingUp(_) => "looking the node up",
        Phase::Streaming(_) => "streaming",
        Phase::Closed => "closed",
    };
    let event = match input {
        Input::Frame(In::Hello(_)) => "Hello",
        Input::Frame(In::Push(_)) => "Push",
        Input::Frame(In::PullAck(_)) => "PullAck",
        Input::Event(HubEvent::Frame(_)) => return refused(GoodbyeCode::BadFrame, "a frame of an unknown kind"),
        Input::Event(HubEvent::PeerKnown(_)) => "PeerKnown",
        Input::Event(HubEvent::Refuse { .. }) => "Refuse",
        Input::Event(HubEvent::Appended(_)) => "Appended",
        Input::Event(HubEvent::LogRead { .. }) => "LogRead",
        Input::Event(HubEvent::LogAdvanced { .. }) => "LogAdvanced",
        Input::Event(HubEvent::Stopping) => "Stopping",
        Input::Event(HubEvent::Lost) => "Lost",
    };
    refused(GoodbyeCode::OutOfTurn, format!("{event} came while {phase}"))
}
