//! Batches: entries packed for the wire, and the careful way back.
//!
//! A batch names each feed once and is compressed as a whole. What comes from outside is bounded
//! before anything is allocated for it: the claimed length, then the counts, then each entry.

mod pack;
mod unpack;

use bytes::Bytes;
use keng_domain::id::{BadId, Lsn};
use keng_domain::scope::BadScope;

pub use self::pack::{Batcher, encode, split};
pub use self::unpack::decode;
use crate::entry::{Entry, FeedId, Hash, Seq};
use crate::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX, ENTRY_FRAME_BYTES, HEADS_MAX};

/// An entry on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchEntry {
    /// The entry.
    pub entry: Entry,
    /// Its position in the hub's log; 0 when a node sends it.
    pub lsn: Lsn,
    /// When the hub received it; 0 when a node sends it.
    pub received_at_ms: i64,
}

/// An entry as it came: nothing about its chain is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// Its feed.
    pub feed: FeedId,
    /// Its place there.
    pub seq: Seq,
    /// An encoded `EntryBody`; `None` exactly when `withheld` is there.
    pub body: Option<Bytes>,
    /// The hash of an entry whose body is in quarantine.
    pub withheld: Option<Hash>,
    /// Its position in the hub's log; 0 from a node.
    pub lsn: Lsn,
    /// When the hub received it; 0 from a node.
    pub received_at_ms: i64,
}

/// Why a batch was refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBatch {
    /// It claims or holds more bytes than a batch may.
    #[error("a batch of {bytes} bytes, {BATCH_BYTES_MAX} are allowed")]
    TooManyBytes {
        /// Claimed or found.
        bytes: usize,
    },
    /// It holds more entries or feeds than a batch may.
    #[error("a batch of {entries} entries in {feeds} feeds; {BATCH_ENTRIES_MAX} in {HEADS_MAX} are allowed")]
    TooManyEntries {
        /// Entries.
        entries: usize,
        /// Feeds.
        feeds: usize,
    },
    /// It does not decompress to the length that it claims.
    #[error("the compressed bytes are damaged")]
    Compression,
    /// What is inside is no `BatchBody`.
    #[error("the bytes are no batch")]
    Encoding,
    /// It holds no entry.
    #[error("a batch without entries")]
    Empty,
    /// A feed whose incarnation is none.
    #[error(transparent)]
    Incarnation(#[from] BadId),
    /// A feed whose scope is none.
    #[error(transparent)]
    Scope(#[from] BadScope),
    /// A feed that is named twice.
    #[error("feed {0} is named twice")]
    RepeatedFeed(usize),
    /// An entry of a feed that is not named.
    #[error("entry {entry} belongs to feed {feed}, of {feeds}")]
    UnknownFeed {
        /// Which entry, from 0.
        entry: usize,
        /// Its index.
        feed: u32,
        /// How many there are.
        feeds: usize,
    },
    /// An entry that is too large.
    #[error("entry {entry} has {bytes} bytes, {ENTRY_BYTES_MAX} are allowed")]
    EntryTooLarge {
        /// Which entry, from 0.
        entry: usize,
        /// Its size.
        bytes: usize,
    },
    /// An entry with neither body nor hash, with both, or with half a hash.
    #[error("entry {entry} is neither whole nor withheld")]
    EntryContent {
        /// Which entry, from 0.
        entry: usize,
    },
    /// An entry whose seq is 0, or does not come after those of its feed before it.
    #[error("entry {entry} has seq {seq} after {after} of its feed")]
    EntryOrder {
        /// Which entry, from 0.
        entry: usize,
        /// Its seq.
        seq: Seq,
        /// The seq before it, 0 for none.
        after: Seq,
    },
    /// A number beyond what a log can count (63 bits).
    #[error("entry {entry} has a number out of range")]
    EntryNumber {
        /// Which entry, from 0.
        entry: usize,
    },
}

/// What an entry counts for against a limit on bytes, such as `max_bytes` of an outbox.
#[must_use]
pub fn cost(entry: &Entry) -> usize {
    entry.body.as_ref().map_or(0, Bytes::len) + ENTRY_FRAME_BYTES
}
