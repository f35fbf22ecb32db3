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

use crate::error::damaged;
use crate::ingest::{Push, PushRefused};
use crate::rows::{self, ENTRY_COLUMNS, EntryRow};
use crate::{Store, StoreError};

/// Entries of one read: a batch holds no more, and a reader's snapshot lives no longer.
const READ_ENTRIES_MAX: usize = keng_sync::limits::BATCH_ENTRIES_MAX;

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
        // Asked first: an entry that is appended meanwhile stands behind it and comes with the next read.
        let tail = rows::tail(&self.db)?;
        let wanted = self.wanted(after, tail, subscription)?;
        let cut = wanted.len() == READ_ENTRIES_MAX;
        let up_to = if cut { wanted.last().copied().unwrap_or(tail) } else { tail };
        let mut slice = Slice { entries: Vec::new(), up_to: after, at_tail: !cut };
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed WHERE e.lsn = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut bytes = 0;
        for lsn in wanted {
            let row = statement.query_row([lsn.0 as i64], |row| Ok(rows::entry_row(row)))??;
            bytes += cost(&row.entry);
            if bytes > bytes_max && !slice.entries.is_empty() {
                slice.at_tail = false;
                return Ok(slice);
            }
            self.push_withheld(&row, &mut slice.entries)?;
            slice.entries.push(BatchEntry { entry: row.entry, lsn, received_at_ms: row.stored_at_ms });
            slice.up_to = lsn;
        }
        slice.up_to = up_to.max(after);
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
    /// The positions after `after`, up to `tail`, that a subscription wants; the first
    /// [`READ_ENTRIES_MAX`] of them. By the index of feeds: what others write costs nothing.
    fn wanted(&self, after: Lsn, tail: Lsn, subscription: &Subscription) -> Result<Vec<Lsn>, StoreError> {
        let scopes: Vec<String> = subscription.scopes.iter().map(ToString::to_string).collect();
        let scopes = serde_json::to_string(&scopes).map_err(damaged)?;
        let mut statement = self.db.prepare_cached(
            "SELECT e.lsn FROM entry e INDEXED BY entry_by_feed
             WHERE e.feed IN (SELECT f.id FROM feed f WHERE f.scope IN (SELECT value FROM json_each(?1))
                              AND f.incarnation <> ?2)
             AND e.lsn > ?3 AND e.lsn <= ?4 ORDER BY e.lsn LIMIT ?5",
        )?;
        let found = statement.query_map(
            (scopes, subscription.except.0, after.0 as i64, tail.0 as i64, READ_ENTRIES_MAX as i64),
            |r| r.get::<_, i64>(0),
        )?;
        Ok(found.map(|lsn| lsn.map(|lsn| Lsn(lsn as u64))).collect::<Result<_, _>>()?)
    }

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
