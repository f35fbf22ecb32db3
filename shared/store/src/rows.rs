//! Feeds and entries as rows: the statements that several acts share, each written once.

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_sync::entry::{Entry, FeedId, GENESIS, Hash, Seq};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::StoreError;
use crate::error::damaged;

/// A feed with its head.
pub(crate) struct FeedRow {
    pub id: i64,
    pub seq: Seq,
    pub hash: Hash,
}

pub(crate) fn hash_of(blob: &[u8]) -> Result<Hash, StoreError> {
    blob.try_into().map_err(|_| damaged("a hash that is not 32 bytes long"))
}

pub(crate) fn feed_id(incarnation: &[u8], scope: &str) -> Result<FeedId, StoreError> {
    Ok(FeedId {
        incarnation: Incarnation::from_slice(incarnation).map_err(damaged)?,
        scope: scope.parse().map_err(damaged)?,
    })
}

/// The feed's row, if there is one.
pub(crate) fn find_feed(db: &Connection, feed: &FeedId) -> Result<Option<FeedRow>, StoreError> {
    let found = db
        .prepare_cached("SELECT id, seq, hash FROM feed WHERE incarnation = ?1 AND scope = ?2")?
        .query_row((feed.incarnation.0, feed.scope.to_string()), |r| {
            Ok((r.get(0)?, r.get::<_, i64>(1)?, r.get::<_, Vec<u8>>(2)?))
        })
        .optional()?;
    found.map(|(id, seq, hash)| Ok(FeedRow { id, seq: seq as Seq, hash: hash_of(&hash)? })).transpose()
}

/// The feed's row; made when there is none.
pub(crate) fn feed(db: &Connection, feed: &FeedId) -> Result<FeedRow, StoreError> {
    if let Some(found) = find_feed(db, feed)? {
        return Ok(found);
    }
    let scope = feed.scope.to_string();
    db.prepare_cached("INSERT INTO feed (incarnation, scope, seq, hash) VALUES (?1, ?2, 0, ?3)")?.execute((
        feed.incarnation.0,
        &scope,
        GENESIS,
    ))?;
    Ok(FeedRow { id: db.last_insert_rowid(), seq: 0, hash: GENESIS })
}

pub(crate) fn set_head(db: &Connection, feed: &FeedRow) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE feed SET seq = ?2, hash = ?3 WHERE id = ?1")?.execute((
        feed.id,
        feed.seq as i64,
        feed.hash,
    ))?;
    Ok(())
}

/// Where an entry is stored, and what the hub said of it.
pub(crate) struct Place {
    pub lsn: Lsn,
    pub withheld: u32,
    pub stored_at_ms: i64,
    pub hub: Option<(Lsn, i64)>,
}

pub(crate) fn insert_entry(db: &Connection, feed: &FeedRow, body: &[u8], place: &Place) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO entry (lsn, feed, seq, hash, body, withheld, stored_at_ms, hub_lsn, hub_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        place.lsn.0 as i64,
        feed.id,
        feed.seq as i64,
        feed.hash,
        body,
        place.withheld,
        place.stored_at_ms,
        place.hub.map(|(lsn, _)| lsn.0 as i64),
        place.hub.map(|(_, at)| at),
    ))?;
    Ok(())
}

/// What the hub says of an entry: its position in the log, or 0 when it was refused; and that the
/// feed is answered for up to there.
pub(crate) fn note_position(
    db: &Connection,
    feed: i64,
    seq: Seq,
    hash: &[u8],
    lsn: Lsn,
    at_ms: i64,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE entry SET hub_lsn = ?3, hub_at_ms = ?4 WHERE feed = ?1 AND seq = ?2 AND hash = ?5
         AND hub_lsn IS NOT ?3",
    )?
    .execute((feed, seq as i64, lsn.0 as i64, at_ms, hash))?;
    db.prepare_cached("UPDATE feed SET receipt_seq = ?2, receipt_hash = ?3 WHERE id = ?1 AND receipt_seq < ?2")?
        .execute((feed, seq as i64, hash))?;
    Ok(())
}

/// The last position of this replica's order.
pub(crate) fn tail(db: &Connection) -> Result<Lsn, StoreError> {
    let lsn: i64 = db.prepare_cached("SELECT coalesce(max(lsn), 0) FROM entry")?.query_row([], |r| r.get(0))?;
    Ok(Lsn(lsn as u64))
}

/// An entry as it was read, with this replica's position.
pub(crate) struct EntryRow {
    pub lsn: Lsn,
    pub entry: Entry,
    pub withheld: u32,
    pub stored_at_ms: i64,
}

/// Columns for [`entry_row`]: join `entry e` with `feed f`.
pub(crate) const ENTRY_COLUMNS: &str =
    "e.lsn, f.incarnation, f.scope, e.seq, e.hash, e.body, e.withheld, e.stored_at_ms";

pub(crate) fn entry_row(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    let incarnation: Vec<u8> = row.get(1)?;
    let scope: String = row.get(2)?;
    let hash: Vec<u8> = row.get(4)?;
    let body: Vec<u8> = row.get(5)?;
    Ok(EntryRow {
        lsn: Lsn(row.get::<_, i64>(0)? as u64),
        entry: Entry {
            feed: feed_id(&incarnation, &scope)?,
            seq: row.get::<_, i64>(3)? as Seq,
            hash: hash_of(&hash)?,
            body: Some(body.into()),
        },
        withheld: row.get(6)?,
        stored_at_ms: row.get(7)?,
    })
}

/// The heads of all feeds of an incarnation, in the order of scopes.
pub(crate) fn heads_of(db: &Connection, incarnation: Incarnation) -> Result<Vec<(Scope, Seq, Hash)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT scope, seq, hash FROM feed WHERE incarnation = ?1 AND seq > 0 ORDER BY scope")?;
    let rows = statement
        .query_map([incarnation.0], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?, r.get::<_, Vec<u8>>(2)?)))?;
    rows.map(|row| {
        let (scope, seq, hash) = row?;
        Ok((scope.parse().map_err(damaged)?, seq as Seq, hash_of(&hash)?))
    })
    .collect()
}
