//! What a node's session begins with, what may happen to it, and what it asks for.

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{ClientFrame, FeedHead, FeedState, HubFrame, Introduction, Receipt, SignedHeads, TreeHead};

use super::reason::Reason;
use crate::batch::RawEntry;
use crate::entry::{Entry, FeedId, Hash, Seq};
use crate::head::{PublicKey, SigningKey};
use crate::session::Epoch;

/// What the node knows when a session begins.
#[derive(Debug, Clone)]
pub struct ClientState {
    /// Who writes here.
    pub incarnation: Incarnation,
    /// Signs the heads that are pushed.
    pub signing_key: SigningKey,
    /// Earlier lives of this data folder whose entries may still wait, with their keys.
    pub former: Vec<(Incarnation, SigningKey)>,
    /// Presents this life, while the hub may not know it.
    pub introduction: Option<Introduction>,
    /// Verifies receipts and tree heads; from the enrolment.
    pub hub_public_key: PublicKey,
    /// The life of the log that `cursor` counts in; `None` before the first contact.
    pub epoch: Option<Epoch>,
    /// The hub of this epoch may still lack what is here of others' entries.
    pub restitution_due: bool,
    /// Up to here the node holds its scopes.
    pub cursor: Lsn,
    /// The last tree head that the hub has shown and a session has verified, of whatever epoch.
    pub tree_head: Option<TreeHead>,
    /// Own feeds as far as receipts reach, refused entries included.
    pub acknowledged: Vec<FeedHead>,
    /// Own entries without a receipt, told to the hub; 0 or not, the outbox is read.
    pub pending: u64,
    /// Whether to stay.
    pub mode: Mode,
    /// Name and version of the program.
    pub software: String,
}

impl ClientState {
    /// Whether this is an earlier life of the node's own data folder.
    pub(super) fn is_former(&self, incarnation: Incarnation) -> bool {
        self.former.iter().any(|(life, _)| *life == incarnation)
    }
}

/// Whether a session ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Ends when everything is sent, acknowledged, received and stored.
    Once,
    /// Stays open as the live tail.
    Live,
}

/// A place in the node's own order of entries; 0 stands before all. Chosen by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct OutboxPosition(pub u64);

/// Entries of one author that the hub has lost, under the author's own signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Brought {
    /// At least one; together no more than a batch holds.
    pub entries: Vec<Entry>,
    /// Covers the last entry of each feed in `entries`.
    pub signed: SignedHeads,
}

/// An own entry that has no receipt yet, of this life or an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place in the node's own order.
    pub position: OutboxPosition,
    /// The entry.
    pub entry: Entry,
}

/// What happened to the node.
#[allow(clippy::large_enum_variant, reason = "one event at a time, moved once: a box would cost more")]
#[derive(Debug, Clone)]
pub enum ClientEvent {
    /// The link is up.
    Connected,
    /// The hub sent this.
    Frame(HubFrame),
    /// Answer to [`ClientEffect::ReadHeads`]: own feeds as they stand now, pending entries included.
    OwnHeads(Vec<FeedHead>),
    /// Answer to [`ClientEffect::ReadOutbox`].
    Outbox {
        /// In their order; may be none.
        entries: Vec<OutboxEntry>,
        /// Whether more were there than `max_bytes` allowed.
        more: bool,
    },
    /// Answer to [`ClientEffect::ReadRestitution`].
    Restitution {
        /// In the order in which they must arrive; may be none.
        pushes: Vec<Brought>,
        /// Where to read on; `None` when that was all.
        next: Option<u64>,
    },
    /// Answer to [`ClientEffect::StoreReceipt`]: it is durable.
    ReceiptStored,
    /// Answer to [`ClientEffect::StorePull`]: it is durable.
    PullStored {
        /// As in the effect.
        up_to: Lsn,
    },
    /// There may be new own entries.
    LocalChange,
    /// The link broke.
    Lost,
}

/// What the node has to do.
#[derive(Debug, Clone)]
pub enum ClientEffect {
    /// Send this.
    Send(ClientFrame),
    /// Say how own feeds stand now: [`ClientEvent::OwnHeads`].
    ReadHeads,
    /// Give own entries without a receipt: [`ClientEvent::Outbox`].
    ReadOutbox {
        /// Those after it.
        after: OutboxPosition,
        /// Stop when their [`cost`](crate::batch::cost) comes to this; give one at least.
        max_bytes: usize,
    },
    /// The hub has lost a part of its log: give what it lacks of others' entries, with their
    /// signatures: [`ClientEvent::Restitution`]. Own entries of earlier lives that it lacks have no
    /// receipt any more.
    ReadRestitution {
        /// What it holds in the scopes of this node.
        held: Vec<FeedState>,
        /// Where the last answer ended; 0 at first.
        after: u64,
        /// Stop when their [`cost`](crate::batch::cost) comes to this; give one at least.
        max_bytes: usize,
    },
    /// All that [`ClientEffect::ReadRestitution`] gave has its receipts: the hub lacks nothing more of it.
    Restituted,
    /// The hub knows this life, and wrote its own entries as these, the present one last.
    HubLives(Vec<Incarnation>),
    /// Store the receipt and, in the same transaction, what it says of each entry:
    /// [`ClientEvent::ReceiptStored`].
    StoreReceipt {
        /// Verified.
        receipt: Receipt,
        /// Position in the log, or `None`: refused, and a person has to see to it.
        entries: Vec<(FeedId, Seq, Hash, Option<Lsn>)>,
    },
    /// Store entries of others and, in the same transaction, the cursor: [`ClientEvent::PullStored`].
    /// There may be no entries: then only the cursor moves.
    StorePull {
        /// In the order of the log.
        entries: Vec<RawEntry>,
        /// Signatures over their feeds, not verified yet.
        heads: Vec<SignedHeads>,
        /// The new cursor, unless it stands further on in this epoch already: another session of this
        /// node may run at the same time.
        up_to: Lsn,
        /// What the cursor counts in.
        epoch: Epoch,
    },
    /// The hub begins a new log, or stands before our cursor: the cursor is 0 of this epoch.
    ResetCursor {
        /// The hub's log now.
        epoch: Epoch,
    },
    /// The hub was restored from an older copy: entries after these heads (all entries of a feed
    /// that is missing) have no receipt any more. Done before the outbox is read.
    ResendFrom {
        /// What the hub holds.
        held: Vec<FeedHead>,
    },
    /// The hub's clock is `offset_ms` ahead of ours, give or take half the round trip.
    Clock {
        /// Positive when the hub is ahead.
        offset_ms: i64,
        /// From `Hello` to `Welcome`.
        round_trip_ms: i64,
    },
    /// What the hub says of its whole log. Verified: signed, and its log begins with the one that it
    /// has shown before in this epoch. To be kept for the next session, unless another session of
    /// this node has kept a larger one meanwhile.
    TreeHead(TreeHead),
    /// The hub has signed two statements of its log that do not fit. Keep both for ever: the session
    /// ends right after, and nothing of the new log is believed.
    KeepEvidence(Evidence),
    /// How far the session is.
    Progress(Summary),
    /// Everything up to here is stored; more may come.
    CaughtUp {
        /// The cursor.
        lsn: Lsn,
    },
    /// Mode [`Mode::Once`]: nothing is left to do. Close the link.
    Done(Summary),
    /// The session ended otherwise. Close the link.
    Closed(Reason),
}

/// Two signed statements of one log of which the later does not continue the earlier (I8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What the hub has shown before, and the node has verified then.
    pub kept: TreeHead,
    /// What it shows now. Smaller: the log has shrunk. Of the same size: two logs. Larger: the proof
    /// that came with it does not lead from one to the other.
    pub shown: TreeHead,
    /// That proof; what was no hash in it is left out.
    pub proof: Vec<Bytes>,
}

/// What a session has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Entries pushed.
    pub sent: u64,
    /// Entries with a stored receipt.
    pub acknowledged: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Entries received and stored.
    pub received: u64,
    /// Longest chain of frames that had to wait for one another: what the session costs on a slow
    /// link. TLS is not in it.
    pub round_trips: u32,
    /// The cursor.
    pub lsn: Lsn,
}
