//! Why a session ended. For a person at the screen and for the next attempt.

use keng_domain::id::Lsn;
use keng_domain::scope::Scope;
use keng_proto::Goodbye;

use crate::batch::BadBatch;
use crate::entry::{FeedId, Seq};
use crate::limits::ENTRY_BYTES_MAX;
use crate::session::{GoodbyeCode, PROTOCOL, UnknownCode};

/// Why a session ended before it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The link broke. Try again; nothing is lost.
    #[error("the link broke")]
    Lost,
    /// The hub ended it.
    #[error("the hub ended the session ({}): {detail}", match .code { Ok(code) => code.as_str(), Err(code) => &code.0 })]
    Goodbye {
        /// Why; a newer hub may have reasons that this version does not know.
        code: Result<GoodbyeCode, UnknownCode>,
        /// More of it, in English.
        detail: String,
    },
    /// The hub speaks another version.
    #[error("the hub speaks version {hub} of the protocol, this program {PROTOCOL}")]
    Version {
        /// The hub's.
        hub: u32,
    },
    /// A frame or answer that may not come now.
    #[error("{event} came while {phase}")]
    OutOfTurn {
        /// Where the session stood.
        phase: &'static str,
        /// What came.
        event: &'static str,
    },
    /// A frame that breaks a limit or makes no sense.
    #[error(transparent)]
    BadFrame(#[from] BadFrame),
    /// Something that the hub should have signed, and did not: it may not be our hub.
    #[error("{of:?} is not signed by the hub that this node joined")]
    Signature {
        /// What.
        of: Statement,
    },
    /// The hub's log is shorter than what it has shown us before, and it does not say so.
    #[error("the hub's log ends at {size}, but this node has it up to {known}")]
    HubBehind {
        /// What we hold or were told before.
        known: Lsn,
        /// Its size now.
        size: Lsn,
    },
    /// The hub's log does not begin with the one that it has shown us before: something in it was
    /// dropped, altered or put in between. Needs a person; the evidence is kept.
    #[error("the hub's log of {shown} entries is not a continuation of the one of {known} that it has signed before")]
    Inconsistent {
        /// The size that it had shown before.
        known: Lsn,
        /// The size that it shows now.
        shown: Lsn,
    },
    /// The hub holds entries of ours that we do not: this data folder is a restored copy.
    #[error("this node is a copy from before: the hub holds later entries of {} of its feeds", feeds.len())]
    NodeBehind {
        /// Which.
        feeds: Vec<Behind>,
    },
    /// The hub holds another history of ours: two data folders write as one incarnation.
    #[error("the hub holds another entry {seq} of this node in {scope}")]
    Fork {
        /// Where.
        scope: Scope,
        /// Where the hashes differ.
        seq: Seq,
    },
    /// An own entry that no hub would take. A fault of the program that wrote it.
    #[error("entry {seq} of {feed:?} has {bytes} bytes, {ENTRY_BYTES_MAX} are allowed")]
    EntryTooLarge {
        /// Its feed.
        feed: FeedId,
        /// Its place there.
        seq: Seq,
        /// Its size.
        bytes: usize,
    },
}

/// A feed of which the hub holds more than we.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The scope of the feed.
    pub scope: Scope,
    /// Our last entry, 0 for none.
    pub own: Seq,
    /// The hub's.
    pub hub: Seq,
}

/// What a hub signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// A statement about its log.
    TreeHead,
    /// A statement that it holds entries.
    Receipt,
}

/// A frame from the hub that breaks a limit or makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// A tree head of no epoch, or of another than the session's.
    #[error("the tree head is of another epoch")]
    Epoch,
    /// A tree head whose root is none.
    #[error("the root in the tree head is not 32 bytes long")]
    Root,
    /// A life of the hub that is no incarnation.
    #[error("a life of the hub that is no incarnation")]
    HubLife,
    /// A batch that cannot be read.
    #[error("the batch cannot be read: {0}")]
    Batch(#[from] BadBatch),
    /// Held heads that are none.
    #[error(transparent)]
    Head(#[from] crate::head::BadHead),
    /// Positions that do not go up.
    #[error("position {got} came after {after}")]
    Position {
        /// What came.
        got: Lsn,
        /// What had come before.
        after: Lsn,
    },
    /// An own entry, which we did not ask for.
    #[error("an own entry came back")]
    OwnEntry,
    /// More pulls at once than a window.
    #[error("more batches came than were acknowledged")]
    Window,
    /// A receipt that does not fit the push that it answers.
    #[error(transparent)]
    Receipt(#[from] BadReceipt),
}

/// A receipt that does not fit the oldest push without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// Nothing was pushed.
    #[error("a receipt for nothing")]
    Unasked,
    /// Of another log.
    #[error("a receipt of another epoch")]
    Epoch,
    /// For somebody else.
    #[error("a receipt for another incarnation")]
    Incarnation,
    /// For other heads.
    #[error("a receipt for other heads than were pushed first")]
    Heads,
    /// With more or fewer positions than entries.
    #[error("a receipt for another number of entries")]
    Count,
    /// With refusals of other entries than those without a position.
    #[error("a receipt whose refusals are of other entries")]
    Refusals,
}

impl From<BadReceipt> for Reason {
    fn from(bad: BadReceipt) -> Self {
        Self::BadFrame(bad.into())
    }
}

impl From<BadBatch> for Reason {
    fn from(bad: BadBatch) -> Self {
        Self::BadFrame(bad.into())
    }
}

impl Reason {
    pub(super) fn goodbye(goodbye: Goodbye) -> Self {
        Self::Goodbye { code: goodbye.code.parse(), detail: goodbye.detail }
    }
}
