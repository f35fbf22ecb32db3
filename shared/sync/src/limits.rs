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

/// How far a node's clock may differ from the hub's before officers are told, in milliseconds.
pub const CLOCK_OFFSET_WARN_MS: i64 = 5 * 60 * 1_000;

/// One piece of a bundle: a frame of the wire with what names its kind.
pub const BUNDLE_PIECE_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 16;

/// Pieces of one bundle file: at 256 KiB a batch some 16 GiB, far beyond what a stick of a district
/// carries; the hashes that are kept of them while a file is read come to 2 MiB.
pub const BUNDLE_PIECES_MAX: usize = 65_536;

/// The smallest file into which a bundle may be cut: header, trailer and seal take about 2 KiB, an entry
/// of an import about one.
pub const BUNDLE_FILE_BYTES_MIN: u64 = 4 * 1024;
