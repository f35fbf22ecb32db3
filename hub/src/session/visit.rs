//! What the hub knows of one visit of a node, and what it answers: functions of the store, the clock
//! and what came, without a thread or a wire. The gRPC driver calls them; so does the simulation.

use bytes::Bytes;
use keng_desk::acts::By;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{Introduction, LsnRun, Receipt, Refusal, SignedHeads};
use keng_records::authority::Role as Writer;
use keng_store::enrol::Contact;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::{Log, Subscription};
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use keng_sync::batch::RawEntry;
use keng_sync::head::{PublicKey, feed_head, sign_receipt, verify_introduction};
use keng_sync::session::GoodbyeCode;
use keng_sync::session::hub::{HubEvent, HubSession, HubState, PeerFacts};

use super::peer::Peer;
use crate::identity::{Identity, Shown};

/// Lives that one node may begin. A restore or a copy is a rare event; a program that begins one at
/// every start would fill the register.
const LIVES_PER_NODE_MAX: usize = 500;

/// The machine of a session with a hub that speaks as `identity`.
#[must_use]
pub fn machine(identity: &Identity) -> HubSession {
    HubSession::new(HubState {
        epoch: identity.epoch,
        lives: identity.lives.to_vec(),
        software: keng_desk::program::VERSION.to_owned(),
    })
}

/// How a caller presents itself.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// The life that calls.
    pub incarnation: Incarnation,
    /// What it says of itself, when it is another life of its node.
    pub introduction: Option<Introduction>,
    /// It comes from an earlier epoch of the log.
    pub restart: bool,
    /// Entries of the log that it has seen before.
    pub known_size: u64,
}

/// What the register says of a caller.
#[derive(Debug)]
pub enum Found {
    /// It may come in.
    Known {
        /// What the machine is told.
        facts: Box<PeerFacts>,
        /// What the caller may receive.
        subscription: Subscription,
    },
    /// It may not, unless it presents itself: see [`Greeting::presents`].
    Stranger,
    /// The province has revoked it.
    Revoked(Revocation),
}

impl Greeting {
    /// How this life of the caller wants to be entered into the register.
    #[must_use]
    pub fn presents(&self) -> Option<&Introduction> {
        self.introduction.as_ref().filter(|shown| shown.incarnation == self.incarnation.0.as_slice())
    }

    /// Looks the caller up.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn find(&self, identity: &Identity, store: &Store, peer: &Peer, now_ms: i64) -> Result<Found, StoreError> {
        if let Some(revocation) = store.revocation(&peer.node)? {
            return Ok(Found::Revoked(revocation));
        }
        let Some((key, subscription)) = peer.known(store, self.incarnation)? else { return Ok(Found::Stranger) };
        let public_key = PublicKey::from_slice(&key).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let held = store.heads_of(self.incarnation)?;
        let others = if self.restart { store.others_held(&subscription)? } else { Vec::new() };
        let Shown { tree_head, known_root, consistency } = identity.show(store, self.known_size, now_ms)?;
        let facts = PeerFacts {
            public_key,
            held: held.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect(),
            others,
            tail: Lsn(tree_head.size),
            tree_head,
            known_root,
            consistency,
        };
        Ok(Found::Known { facts: Box::new(facts), subscription })
    }
}

/// Enters another life of the peer's node into the register. `Some(…)`: why it does not.
///
/// # Errors
/// Whatever SQLite says.
pub fn register(
    store: &mut Store,
    peer: &Peer,
    introduction: &Introduction,
    now_ms: i64,
) -> Result<Option<HubEvent>, StoreError> {
    let refuse = |detail: &str| HubEvent::Refuse { code: GoodbyeCode::BadSignature, detail: detail.to_owned() };
    let Ok(key) = verify_introduction(introduction) else {
        return Ok(Some(refuse("the introduction is not signed by its key")));
    };
    if store.nodes()?.iter().filter(|view| view.node == peer.node).count() >= LIVES_PER_NODE_MAX {
        return Ok(Some(refuse("this node has begun too many lives")));
    }
    let by = By { officer: None, reason: Some(format!("lần cài đặt mới: {}", introduction.reason)) };
    let stamp = by.stamp_at(store, now_ms);
    store.register_life(&peer.node, &peer.unit, introduction, key.as_bytes(), &stamp, now_ms)?;
    Ok(None)
}

/// Reads the log for a peer, from `after` on.
///
/// # Errors
/// Whatever SQLite says.
pub fn read(
    identity: &Identity,
    store: &Store,
    subscription: &Subscription,
    (after, max_bytes, shown_size): (Lsn, usize, u64),
    now_ms: i64,
) -> Result<HubEvent, StoreError> {
    let slice = store.read(after, subscription, max_bytes)?;
    let heads = identity.signatures(store, &slice.entries, now_ms)?;
    let shown = slice.at_tail.then(|| identity.show(store, shown_size, now_ms)).transpose()?;
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

/// The detail is what the officer at the node reads.
#[must_use]
pub fn refuse_revoked(revocation: &Revocation) -> HubEvent {
    HubEvent::Refuse { code: GoodbyeCode::Revoked, detail: revocation.reason.clone() }
}

/// What the hub knows of a node while it is on the line.
#[derive(Debug)]
pub struct Visit {
    /// By certificate.
    pub peer: Peer,
    /// The life that calls, once the register has known it, and what it may receive.
    known: Option<(Incarnation, Subscription)>,
    pending: u64,
    pending_at_hello: u64,
    software: String,
    offset_ms: i64,
    /// To a peer of an earlier epoch: what this hub had lost of its own entries.
    returned: Option<Returned>,
}

/// Counts what a node sends again. What it had never sent before, it has told with its Hello.
#[derive(Debug, Clone, Copy, Default)]
struct Returned {
    appended: u64,
    counted: u64,
}

impl Visit {
    /// A caller that has not said anything yet.
    #[must_use]
    pub fn of(peer: Peer) -> Self {
        Self {
            peer,
            known: None,
            pending: 0,
            pending_at_hello: 0,
            software: String::new(),
            offset_ms: 0,
            returned: None,
        }
    }

    /// What the peer may receive; `None` before it is known.
    #[must_use]
    pub fn subscription(&self) -> Option<&Subscription> {
        self.known.as_ref().map(|(_, subscription)| subscription)
    }

    /// What became of looking the caller up.
    pub fn found(&mut self, greeting: &Greeting, found: Found) -> HubEvent {
        self.returned = greeting.restart.then(Returned::default);
        match found {
            Found::Known { facts, subscription } => {
                self.known = Some((greeting.incarnation, subscription));
                HubEvent::PeerKnown(*facts)
            }
            Found::Stranger => HubEvent::Refuse {
                code: GoodbyeCode::UnknownIncarnation,
                detail: format!("the register does not know {} as {}", greeting.incarnation, self.peer.node),
            },
            Found::Revoked(revocation) => refuse_revoked(&revocation),
        }
    }

    /// The peer has told how it does.
    pub fn told(&mut self, software: String, clock_offset_ms: i64, pending: u64) {
        (self.software, self.offset_ms) = (software, clock_offset_ms);
        (self.pending, self.pending_at_hello) = (pending, pending);
    }

    /// Entries on their way into the log. `brought`: they are other authors', so each answers for its own.
    #[must_use]
    pub fn push(&self, entries: Vec<RawEntry>, heads: SignedHeads, brought: bool) -> Push {
        let writer = (!brought).then(|| Writer::of_unit(&self.peer.unit));
        Push { node: self.peer.node.clone(), writer, entries, heads }
    }

    /// Own entries of the peer were taken; the log ended at `tail` when they came. `Some(…)`: so many
    /// more of them, of this life, had been here before and were lost.
    pub fn taken(&mut self, receipt: &Receipt, count: u64, tail: Lsn) -> Option<(Incarnation, u64)> {
        self.pending = self.pending.saturating_sub(count);
        let (returned, (author, _)) = (self.returned.as_mut()?, self.known.as_ref()?);
        let new = receipt.lsns.iter().filter(|run| run.first > tail.0).map(|run| u64::from(run.count)).sum::<u64>();
        returned.appended += new;
        let all = returned.appended.saturating_sub(self.pending_at_hello);
        let more = all.saturating_sub(returned.counted);
        returned.counted += more;
        (more > 0).then_some((*author, more))
    }

    /// What the register is to say of the peer; `None` before it is known.
    #[must_use]
    pub fn contact(&self, live: bool, now_ms: i64) -> Option<(Incarnation, Contact)> {
        let (incarnation, _) = self.known.as_ref()?;
        let contact = Contact {
            last_contact_ms: now_ms,
            complete_to_ms: (self.pending == 0).then_some(now_ms),
            pending: self.pending,
            clock_offset_ms: self.offset_ms,
            software: self.software.clone(),
            live,
        };
        Some((*incarnation, contact))
    }
}

/// What a peer hears of a push that was refused as a whole. What it `brought` for others must not keep
/// its own entries out: that is answered by a receipt that takes nothing.
#[must_use]
pub fn refused(identity: &Identity, brought: Option<&Push>, refused: &PushRefused, now_ms: i64) -> HubEvent {
    let Some(push) = brought else {
        let code = match refused {
            PushRefused::QuarantineFull(_) => GoodbyeCode::Overloaded,
            PushRefused::Revoked { .. } => GoodbyeCode::Revoked,
            _ => GoodbyeCode::Fork,
        };
        return HubEvent::Refuse { code, detail: refused.to_string() };
    };
    let refusal = |entry: &RawEntry| Refusal {
        scope: entry.feed.scope.to_string(),
        seq: entry.seq,
        code: refused.code().to_owned(),
        detail: refused.to_string(),
        ..Refusal::default()
    };
    let receipt = Receipt {
        epoch: Bytes::copy_from_slice(&identity.epoch),
        incarnation: push.heads.incarnation.clone(),
        heads: push.heads.heads.clone(),
        received_at_ms: now_ms,
        lsns: vec![LsnRun { first: 0, count: u32::try_from(push.entries.len()).unwrap_or(u32::MAX) }],
        refusals: push.entries.iter().map(refusal).collect(),
        ..Receipt::default()
    };
    HubEvent::Appended(sign_receipt(&identity.key, receipt))
}
