//! Limits of the wire, each with its reason.

/// Entries of one batch before compression: 256 KiB is 2 s on a 1 Mbit/s mountain link even
/// uncompressed, so a cut costs little resending; larger batches compress hardly better
/// (SYNC-PEERS: 25 bytes a record either way).
pub const BATCH_BYTES_MAX: usize = 256 * 1024;

/// Entries of one batch: bounds what one commit of the hub does.
pub const BATCH_ENTRIES_MAX: usize = 4_096;

/// One entry's body. The largest honest ones are a catalogue of units (tens of KiB) and one
/// scope's part of an import; an import is split below this.
pub const ENTRY_BYTES_MAX: usize = 192 * 1024;

/// Frame around an entry in a batch: feed index, seq, lsn, time, lengths.
pub const ENTRY_FRAME_BYTES: usize = 64;

const _: () = assert!(BATCH_BYTES_MAX >= ENTRY_BYTES_MAX + ENTRY_FRAME_BYTES);

/// One gRPC message: a batch that did not compress, its heads and receipts, with room.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// Batches sent and not yet acknowledged, in either direction: fills a 600 ms round trip at
/// 256 KiB without holding more than a MiB in memory.
pub const WINDOW_BATCHES: usize = 4;

/// Scopes in one set of signed heads: a district of a few dozen communes, ten times over.
pub const HEADS_MAX: usize = 1_024;

/// Hashes of one proof of the log. An honest one has at most one for each level of the tree and
/// one more: 18 at 100,000 entries, 65 at 2⁶⁴. Looked at before anything is hashed.
pub const PROOF_HASHES_MAX: usize = 2 * 64;

/// Entries asked for in one request for proofs. 512 of them in a log of 2²⁴ entries are 420 KiB:
/// the answer stays within [`MESSAGE_BYTES_MAX`].
pub const PROOFS_MAX: usize = 512;

const _: () = assert!(PROOFS_MAX * (32 * 34 + 32) <= MESSAGE_BYTES_MAX); // of 2³² entries

/// How far a node's clock may differ from the hub's before officers are told, in milliseconds.
pub const CLOCK_OFFSET_WARN_MS: i64 = 5 * 60 * 1_000;
