//! What a hub's session begins with, what may happen to it, and what it asks for.

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{ClientFrame, FeedHead, FeedState, HubFrame, Introduction, Receipt, SignedHeads, TreeHead};

use crate::batch::{BatchEntry, RawEntry};
use crate::entry::Hash;
use crate::head::PublicKey;
use crate::session::{Epoch, GoodbyeCode};

/// What the hub is when a session begins.
#[derive(Debug, Clone)]
pub struct HubState {
    /// The life of its log.
    pub epoch: Epoch,
    /// The lives in which it wrote its own entries, the present one last.
    pub lives: Vec<Incarnation>,
    /// Name and version of the program.
    pub software: String,
}

/// What the hub knows of a peer.
#[derive(Debug, Clone)]
pub struct PeerFacts {
    /// Verifies the heads of the incarnation; from its enrolment.
    pub public_key: PublicKey,
    /// The incarnation's feeds as far as the hub has answered for them, refused entries included.
    pub held: Vec<FeedHead>,
    /// To a peer of another epoch: the feeds of others in its scopes, as far as the hub holds them.
    pub others: Vec<FeedState>,
    /// Signed, and of size `tail`: a peer takes a smaller one than its cursor for a rewritten log.
    pub tree_head: TreeHead,
    /// Our root at the size that [`HubEffect::LookUp`] names; `None` when our log is shorter.
    pub known_root: Option<Hash>,
    /// From that size to `tree_head`; empty when there is none.
    pub consistency: Vec<Hash>,
    /// The last position of the log.
    pub tail: Lsn,
}

/// What happened to the hub.
#[derive(Debug, Clone)]
pub enum HubEvent {
    /// The node sent this.
    Frame(ClientFrame),
    /// Answer to [`HubEffect::LookUp`]: it may come in.
    PeerKnown(PeerFacts),
    /// The session has to end: another answer to [`HubEffect::LookUp`], a revocation, a disk that
    /// is full, a peer that does not read.
    Refuse {
        /// Why.
        code: GoodbyeCode,
        /// More of it, in English.
        detail: String,
    },
    /// Answer to [`HubEffect::Append`]: durable, or in quarantine; signed.
    Appended(Receipt),
    /// Answer to [`HubEffect::ReadLog`].
    LogRead {
        /// What the peer subscribes to, in the order of the log.
        entries: Vec<BatchEntry>,
        /// Signatures over their feeds.
        heads: Vec<SignedHeads>,
        /// Read up to here, left-out entries included.
        up_to: Lsn,
        /// When at the tail: signed, of at least this size.
        tree_head: Option<TreeHead>,
        /// From the size that [`HubEffect::ReadLog`] names to `tree_head`.
        consistency: Vec<Hash>,
        /// Whether the log ended at `up_to`.
        at_tail: bool,
    },
    /// The log has grown. May be told for several entries at once, and should be when there are
    /// many sessions: each costs every idle peer two small frames.
    LogAdvanced {
        /// Its last position.
        tail: Lsn,
    },
    /// The hub stops.
    Stopping,
    /// The link broke.
    Lost,
}

/// What the hub has to do.
#[derive(Debug, Clone)]
pub enum HubEffect {
    /// Find out whether this incarnation may come in over this link: [`HubEvent::PeerKnown`] or
    /// [`HubEvent::Refuse`].
    LookUp {
        /// Who it says it is.
        incarnation: Incarnation,
        /// How it presents itself, for an incarnation that the register does not know. Not verified.
        introduction: Option<Introduction>,
        /// Its cursor belongs to another epoch: it may hold what the hub has lost.
        restart: bool,
        /// The size of the last tree head of this epoch that it says it has verified; 0: none.
        known_size: u64,
    },
    /// Send this.
    Send(HubFrame),
    /// Check the chain, append what is good, quarantine what is not: [`HubEvent::Appended`], one
    /// for each, in order.
    Append {
        /// Whole, of one author's feeds, rising in each.
        entries: Vec<RawEntry>,
        /// Of the last entry of each feed. Verified, unless `brought`.
        heads: SignedHeads,
        /// Another incarnation's than the peer's: the signature is still to be verified by the
        /// register, and the right to write is that author's.
        brought: bool,
    },
    /// Read what the peer subscribes to: [`HubEvent::LogRead`].
    ReadLog {
        /// After this position.
        after: Lsn,
        /// Stop when the [`cost`](crate::batch::cost) comes to this; give one at least.
        max_bytes: usize,
        /// The size of the last tree head that this session has shown.
        shown_size: u64,
    },
    /// The peer says that it has verified a tree head of this epoch which is not our log's: we were
    /// rolled back or altered, or it lies. It is welcomed all the same, and will see for itself.
    PeerKnowsMore {
        /// The size of that head.
        size: u64,
        /// Its root, as the peer says.
        root: Bytes,
    },
    /// The peer is there.
    Contact {
        /// Its program.
        software: String,
        /// Its clock is this much ahead of ours, less the way of one frame.
        clock_offset_ms: i64,
        /// Its entries that we have not seen.
        pending: u64,
        /// Where it begins to read.
        cursor: Lsn,
    },
    /// The peer holds its scopes durably up to here.
    Acked {
        /// The position.
        up_to: Lsn,
    },
    /// Write what waits, then close the link.
    Close,
}
