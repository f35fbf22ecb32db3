//! The log: the hub's total order of entries.

use std::collections::HashSet;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::Receipt;
use keng_sync::batch::{BatchEntry, cost};
use keng_sync::entry::{Entry, FeedId};
use keng_sync::merkle::LogLeaf;
use rusqlite::OptionalExtension;

use crate::ingest::{Push, PushRefused};
use crate::rows::{self, ENTRY_COLUMNS, EntryRow};
use crate::{Store, StoreError};

/// Entries looked at in one read, whether they are subscribed or not: bounds how long a reader
/// holds its snapshot.
const SCAN_ENTRIES_MAX: i64 = 20_000;

/// What a reader of the log wants.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// These scopes (I9).
    pub scopes: HashSet<Scope>,
    /// But not the reader's own entries.
    pub except: Incarnation,
}

/// A part of the log.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The subscribed entries.
    pub entries: Vec<BatchEntry>,
    /// The log was read up to here.
    pub up_to: Lsn,
    /// Whether that is its end.
    pub at_tail: bool,
}

/// The total order of entries at the hub: append, read from a cursor, follow.
///
/// Appending is durable when it returns. A reader never skips a position that becomes visible
/// later than a higher one: positions become visible in their order. SQLite is one
/// implementation, with one writer at a time; another one must keep the same promises.
pub trait Log {
    /// Appends pushes in one group commit; see [`Store::append`].
    ///
    /// # Errors
    /// When nothing could be made durable.
    fn append(&mut self, pushes: &[Push], now_ms: i64) -> Result<Vec<Result<Receipt, PushRefused>>, StoreError>;

    /// The last position.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn tail(&self) -> Result<Lsn, StoreError>;

    /// Reads what `subscription` wants after `after`, about `bytes_max` of it.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn read(&self, after: Lsn, subscription: &Subscription, bytes_max: usize) -> Result<Slice, StoreError>;

    /// The leaves of the Merkle tree after `after`, in order.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn leaves(&self, after: Lsn) -> Result<Vec<LogLeaf>, StoreError>;

    /// The leaf at one position; `None` beyond the end.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn leaf(&self, at: Lsn) -> Result<Option<LogLeaf>, StoreError>;
}

impl Log for Store {
    fn append(&mut self, pushes: &[Push], now_ms: i64) -> Result<Vec<Result<Receipt, PushRefused>>, StoreError> {
        Self::append(self, pushes, now_ms)
    }

    fn tail(&self) -> Result<Lsn, StoreError> {
        rows::tail(&self.db)
    }

    fn read(&self, after: Lsn, subscription: &Subscription, bytes_max: usize) -> Result<Slice, StoreError> {
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed WHERE e.lsn > ?1 ORDER BY e.lsn LIMIT ?2"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut found = statement.query((after.0 as i64, SCAN_ENTRIES_MAX))?;
        let mut slice = Slice { entries: Vec::new(), up_to: after, at_tail: true };
        let (mut bytes, mut seen) = (0, 0);
        while let Some(row) = found.next()? {
            let row = rows::entry_row(row)?;
            let feed = &row.entry.feed;
            if feed.incarnation != subscription.except && subscription.scopes.contains(&feed.scope) {
                bytes += cost(&row.entry);
                if bytes > bytes_max && !slice.entries.is_empty() {
                    slice.at_tail = false;
                    return Ok(slice);
                }
                self.push_withheld(&row, &mut slice.entries)?;
                slice.entries.push(BatchEntry { entry: row.entry, lsn: row.lsn, received_at_ms: row.stored_at_ms });
            }
            slice.up_to = row.lsn;
            seen += 1;
        }
        slice.at_tail = seen < SCAN_ENTRIES_MAX;
        Ok(slice)
    }

    fn leaves(&self, after: Lsn) -> Result<Vec<LogLeaf>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT hash, stored_at_ms FROM entry WHERE lsn > ?1 ORDER BY lsn")?;
        let found = statement.query_map([after.0 as i64], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, i64>(1)?)))?;
        found
            .map(|row| {
                let (hash, received_at_ms) = row?;
                Ok(LogLeaf { hash: rows::hash_of(&hash)?, received_at_ms })
            })
            .collect()
    }

    fn leaf(&self, at: Lsn) -> Result<Option<LogLeaf>, StoreError> {
        let Ok(lsn) = i64::try_from(at.0) else { return Ok(None) };
        let found: Option<(Vec<u8>, i64)> = self
            .db
            .prepare_cached("SELECT hash, stored_at_ms FROM entry WHERE lsn = ?1")?
            .query_row([lsn], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        found.map(|(hash, received_at_ms)| Ok(LogLeaf { hash: rows::hash_of(&hash)?, received_at_ms })).transpose()
    }
}

impl Store {
    /// Before an entry that follows quarantined ones, their hashes: the reader's chain stays whole.
    fn push_withheld(&self, row: &EntryRow, out: &mut Vec<BatchEntry>) -> Result<(), StoreError> {
        let FeedId { incarnation, scope } = &row.entry.feed;
        for seq in row.entry.seq.saturating_sub(u64::from(row.withheld))..row.entry.seq {
            let hash: Vec<u8> = self
                .db
                .prepare_cached(
                    "SELECT hash FROM quarantine WHERE incarnation = ?1 AND scope = ?2 AND seq = ?3 AND lsn IS NULL",
                )?
                .query_row((incarnation.0, scope.to_string(), seq as i64), |r| r.get(0))?;
            let entry = Entry { feed: row.entry.feed.clone(), seq, body: None::<Bytes>, hash: rows::hash_of(&hash)? };
            out.push(BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 });
        }
        Ok(())
    }
}
