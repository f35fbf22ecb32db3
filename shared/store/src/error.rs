//! What can go wrong with a store.

use std::path::PathBuf;

use keng_domain::document::FileHash;
use keng_domain::id::RecordId;

/// A fault of the store or of what was asked of it. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no data folder, or it holds no database.
    #[error("{0} holds no data of Kẻng")]
    NoData(PathBuf),
    /// There is one already.
    #[error("{0} holds data already")]
    HasData(PathBuf),
    /// Written by a newer program.
    #[error("the data in {path} have version {found}, this program reads up to {known}")]
    Newer {
        /// The data folder.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// Another process held the writing lock too long.
    #[error("another program is writing to the data folder")]
    Busy,
    /// SQLite says no.
    #[error("the database refused: {0}")]
    Sqlite(rusqlite::Error),
    /// The file system says no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is stored contradicts itself.
    #[error("stored data are damaged: {0}")]
    Damaged(String),
    /// A record that is not here.
    #[error("there is no record {0}")]
    NoRecord(RecordId),
    /// The act is larger than an entry can be.
    #[error("one record's change has {bytes} bytes, an entry holds {max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A field that this writer may not write.
    #[error("not allowed: {0}")]
    Forbidden(#[from] keng_records::authority::Forbidden),
    /// A scope in which this writer may not write.
    #[error("not allowed to write in {0}")]
    ForeignScope(keng_domain::scope::Scope),
    /// Entries from the hub that do not continue their feed.
    #[error("feed {feed:?} continues at {got}, but {expected} was next")]
    Chain {
        /// The feed.
        feed: keng_sync::entry::FeedId,
        /// The next entry.
        expected: u64,
        /// The entry that came.
        got: u64,
    },
    /// Entries from the hub that are not what their author signed.
    #[error("entries of {incarnation} in {scope:?} are not what it signed")]
    Signature {
        /// Whose signature it should be.
        incarnation: keng_domain::id::Incarnation,
        /// The feed's scope; `None` when the signature itself is not the incarnation's.
        scope: Option<keng_domain::scope::Scope>,
    },
    /// The province's catalogue and rules have not arrived yet.
    #[error("the catalogue of units and the rule pack have not arrived yet")]
    NoCatalogue,
    /// Beyond the end of the log.
    #[error("the log has no entry {0}")]
    NoLsn(keng_domain::id::Lsn),
    /// A file that no document here names.
    #[error("no document names the file {0}")]
    NoFile(FileHash),
    /// The content of a file is not what its name says.
    #[error("the content of file {0} is another one")]
    FileDamaged(FileHash),
    /// A person's record whose key has not come to this replica.
    #[error("the key of record {0} is not here")]
    NoKey(RecordId),
    /// A person's record that was erased.
    #[error("the person of record {0} was erased")]
    Erased(RecordId),
    /// The hub has given no receipt for a file.
    #[error("the hub has no receipt for file {0}")]
    NotAtHub(FileHash),
    /// The owner thread has stopped.
    #[error("the store is closing")]
    Closing,
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match e.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // With not a block left, SQLite cannot even grow the WAL's index and calls it an I/O error.
            Some(ErrorCode::SystemIoFailure)
                if e.sqlite_error().is_some_and(|f| f.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) =>
            {
                Self::DiskFull
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(e),
        }
    }
}

/// For what only a damaged database can contain.
pub(crate) fn damaged(what: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(what.to_string())
}
