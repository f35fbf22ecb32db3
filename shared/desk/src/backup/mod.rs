//! One file that brings a program's data folder back: written while the program runs, verified
//! before anything is replaced.
//!
//! The file is an ordinary tar archive compressed with zstd, so that its content can be reached
//! without Kẻng (`tar --zstd -tf FILE`). Its members, in this order:
//!
//! | member | what |
//! |---|---|
//! | `keng-backup.json` | [`Head`]: format, role, unit, node, incarnation, lsn, time |
//! | `keys.age` or `keys.tar` | the key folder: sealed with a passphrase (age, scrypt), or in clear |
//! | `keng.db` | the database, one snapshot |
//! | `blobs/…` | documents and scans, if there are any |
//! | `parts.json` | [`Parts`]: length and SHA-256 of every member before it |
//!
//! The list of hashes stands last, so that the file is written in one pass and memory stays
//! bounded; a file that was cut has none. zstd's own checksum covers the rest.

mod keys;
mod passphrase;
mod read;
mod restore;
mod run;
mod write;

use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::unit::UnitCode;
use keng_store::Role;
use serde::{Deserialize, Serialize};

pub use self::passphrase::{Passphrase, for_backup};
pub use self::restore::{RESTORED_AT, Restore, Restored, restore};
pub use self::run::{run_back_up, run_restore};
pub use self::write::{BackUp, BackedUp, back_up};

/// The version of the members and their meaning.
pub const FORMAT: u32 = 1;

const HEAD: &str = "keng-backup.json";
const DATABASE: &str = keng_store::open::FILE;
const KEYS_SEALED: &str = "keys.age";
const KEYS_CLEAR: &str = "keys.tar";
const BLOBS: &str = "blobs";
const PARTS: &str = "parts.json";

/// Keys and certificates of one data folder: seven files of a few KiB at the hub.
const KEYS_BYTES_MAX: u64 = 1024 * 1024;
/// The first member: a few hundred bytes, and whatever a newer version adds.
const HEAD_BYTES_MAX: u64 = 64 * 1024;
/// The list of members: about 150 bytes each, so some 400,000 scans.
const PARTS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes moved at a time.
const CHUNK_BYTES: usize = 256 * 1024;
/// What reading a file may keep of what came before: 8 MiB, four times what we write with.
const WINDOW_LOG_MAX: u32 = 23;

/// What a backup is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// See [`FORMAT`].
    pub format: u32,
    /// Name and version of the program that wrote it.
    pub software: String,
    /// `hub` or `node`.
    pub role: String,
    /// The province.
    pub province: UnitCode,
    /// The unit.
    pub unit: UnitCode,
    /// The installation.
    pub node: NodeId,
    /// The life of its data folder.
    pub incarnation: Incarnation,
    /// The last entry in it.
    pub lsn: Lsn,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Whether a passphrase is needed for the keys.
    pub keys_sealed: bool,
}

/// The members before the last one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parts {
    /// In their order.
    pub parts: Vec<Part>,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

fn code_of(role: Role) -> &'static str {
    match role {
        Role::Hub => "hub",
        Role::Node => "node",
    }
}

/// How far the work is: what, steps done, steps in all (0: unknown).
pub type Tell<'a> = dyn FnMut(Step, u64, u64) + 'a;

/// A step of a backup or a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The database is copied; pages.
    Copy,
    /// The file is written; bytes.
    Write,
    /// The file is read back and compared; bytes.
    Verify,
    /// The file is unpacked; bytes.
    Unpack,
    /// What was unpacked is checked.
    Check(keng_store::fsck::Part),
}

impl Step {
    /// The step in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Copy => "chép cơ sở dữ liệu",
            Self::Write => "ghi bản sao lưu",
            Self::Verify => "đọc lại để đối chiếu",
            Self::Unpack => "giải nén bản sao lưu",
            Self::Check(part) => crate::fsck::part_words(part),
        }
    }
}
