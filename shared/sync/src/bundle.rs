//! Bundles: the frames of a session in a file, for units that no link reaches.
//!
//! ```text
//! prelude   "keng-usb"  version (u32)  check (4 bytes)
//! piece 0   header      who, for whom, from where            ┐ each: length (u32) · check (4 bytes)
//! piece 1…  pushes (from a node), receipts, pulls, tree head │       · SHA-256 · a BundlePiece
//! piece n   trailer     number of pieces, hash over all before, signature of the writer
//! ```
//!
//! Numbers are big-endian. A check is the beginning of a SHA-256: a length is trusted before
//! anything is allocated for it, and a piece's hash covers its number, so that pieces cannot change
//! places. The trailer makes the file whole: without it, or with anything after it, nothing of the
//! file is used. Reading goes through the file twice in bounded memory: [`verify`] says that it is
//! whole, [`Verified::pieces`] gives what is in it and refuses a file that has changed since.

mod read;
mod receipt;
mod write;

use keng_proto::bundle_piece::Piece as Wire;
use keng_proto::{Pull, Push, Receipt, TreeHead};
use sha2::{Digest, Sha256};

pub use self::read::{Pieces, Verified, verify};
pub use self::receipt::{Covered, read_receipt};
pub use self::write::{Writer, piece_bytes};
use crate::entry::Hash;

/// The version of the format. A change that older programs cannot read raises it.
pub const VERSION: u32 = 1;

/// What every bundle begins with.
pub const MAGIC: [u8; 8] = *b"keng-usb";

/// Magic, version, check.
const PRELUDE_BYTES: usize = 16;
/// Length, check, hash.
const FRAME_BYTES: usize = 40;

/// What a bundle carries between header and trailer.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Own entries of a node, signed.
    Push(Push),
    /// What the hub holds of a node.
    Receipt(Receipt),
    /// Entries of others.
    Pull(Pull),
    /// What the hub says of its whole log.
    TreeHead(TreeHead),
}

impl Piece {
    fn wire(self) -> Wire {
        match self {
            Self::Push(push) => Wire::Push(push),
            Self::Receipt(receipt) => Wire::Receipt(receipt),
            Self::Pull(pull) => Wire::Pull(pull),
            Self::TreeHead(head) => Wire::TreeHead(head),
        }
    }
}

/// Why a file is no bundle that can be used. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum BadBundle {
    /// No byte is in it.
    #[error("the file is empty")]
    Empty,
    /// Something else altogether.
    #[error("the file is no bundle")]
    NotABundle,
    /// Written by a newer program.
    #[error("the bundle has version {0}, this program reads {VERSION}")]
    Newer(u32),
    /// These bytes are not those that were written.
    #[error("the bundle is damaged between byte {from} and byte {to}")]
    Damaged {
        /// The first byte of what does not fit together.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
    /// It ends in the middle.
    #[error("the bundle ends at byte {at}, before it is whole")]
    Truncated {
        /// Its length.
        at: u64,
    },
    /// There is more behind its end.
    #[error("something follows the end of the bundle at byte {at}")]
    Trailing {
        /// Where the bundle ends.
        at: u64,
    },
    /// Whole, but not what a bundle is made of: only a program that is not ours writes that.
    #[error("the piece at byte {at} may not stand there")]
    Misplaced {
        /// Where the piece begins.
        at: u64,
    },
    /// More pieces than a bundle may have.
    #[error("the bundle has too many pieces")]
    TooManyPieces,
    /// It has changed since it was verified.
    #[error("the file changed while it was read")]
    Changed,
    /// It cannot be read.
    #[error(transparent)]
    Io(std::io::Error),
}

/// The first bytes of a hash, enough against chance; against forgers there is the signature.
fn check(parts: &[&[u8]]) -> [u8; 4] {
    let hash = hash(parts);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// Covers the piece's number and length.
fn frame_check(number: u32, length: u32) -> [u8; 4] {
    check(&[b"keng bundle frame\0", &number.to_be_bytes(), &length.to_be_bytes()])
}

/// Covers the piece's number and content.
fn piece_hash(number: u32, payload: &[u8]) -> Hash {
    hash(&[b"keng bundle piece\0", &number.to_be_bytes(), payload])
}

fn prelude_check(version: u32) -> [u8; 4] {
    check(&[&MAGIC, &version.to_be_bytes()])
}
