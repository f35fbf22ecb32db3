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

// ---------------------------------------------------------------- documents and scans

/// One file: a scanned dossier of some sixty pages at 300 dpi has 20 to 40 MB. Larger ones are
/// films, which no report asks for.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Files of one record: a dossier has twenty kinds of document, some yearly.
pub const FILES_PER_RECORD_MAX: usize = 200;

/// Everything one node brought to the hub, unfinished files included: four hundred points with
/// ten scans of 2 MB each. Ten such nodes fit an ordinary disk of the hub.
pub const NODE_FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// What people are shown as one piece (`chunks`), and after how many bytes the receiver makes
/// what it has durable: a power cut costs at most this much resending.
pub const FILE_CHUNK_BYTES: u64 = 256 * 1024;

/// Bytes of one frame. At 64 kbit/s a chunk takes 32 s, and a link that is cut every 20 s would
/// never bring one across: the receiver keeps every frame that arrived, half a second of such a
/// link. Smaller frames would pay more for their headers (about 45 bytes, 1 %) than for cuts.
pub const FILE_FRAME_BYTES: usize = 4 * 1024;

/// Bytes sent and not yet confirmed. Without this bound the system would take megabytes into its
/// own buffers: on a slow link figures would queue behind them for minutes, and the byte budget
/// would count what never left the machine. 64 KiB are 8 s at 64 kbit/s, and fill 870 kbit/s at
/// a round trip of 600 ms.
pub const FILE_WINDOW_BYTES: u64 = 64 * 1024;

/// After so many bytes the hub confirms: four times a window, so that the sender never stands.
pub const FILE_CONFIRM_BYTES: u64 = FILE_WINDOW_BYTES / 4;

/// What a node may send of files in an hour of the clock unless it is told otherwise: half of a
/// 1 Mbit/s line, so that the office can go on working, and 20 MB scans by the dozen.
pub const FILE_BYTES_PER_HOUR: u64 = 256 * 1024 * 1024;

/// What a node may send of files on one connection unless it is told otherwise: then it makes
/// room, and its figures and other nodes get their turn.
pub const FILE_BYTES_PER_CONNECTION: u64 = 64 * 1024 * 1024;

/// Uploads and fetches at the hub at once, of all nodes: each holds a window and a file open.
pub const FILE_TRANSFERS_MAX: usize = 64;

/// Uploads and fetches of one node at once: its worker, a command beside it, a page.
pub const FILE_TRANSFERS_PER_NODE_MAX: usize = 3;

const _: () = assert!(FILE_FRAME_BYTES as u64 <= FILE_CONFIRM_BYTES && FILE_WINDOW_BYTES <= FILE_CHUNK_BYTES);
const _: () = assert!(FILE_FRAME_BYTES < MESSAGE_BYTES_MAX);

// ---------------------------------------------------------------- bundles

/// One piece of a bundle: a frame of the wire with what names its kind.
pub const BUNDLE_PIECE_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 16;

/// Pieces of one bundle file: at 256 KiB a batch some 16 GiB, far beyond what a stick of a district
/// carries; the hashes that are kept of them while a file is read come to 2 MiB.
pub const BUNDLE_PIECES_MAX: usize = 65_536;

/// The smallest file into which a bundle may be cut: header, trailer and seal take about 2 KiB, an entry
/// of an import about one.
pub const BUNDLE_FILE_BYTES_MIN: u64 = 4 * 1024;
