//! What a hub has lost comes back from its nodes: a hub restored from an older copy says how far it
//! holds the feeds of others, and each node brings what lies beyond, under the authors' own
//! signatures.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{FeedState, SignedHeads};
use keng_sync::batch::{BatchEntry, Batcher, cost};
use keng_sync::entry::{Entry, FeedId, Hash, Seq};
use keng_sync::head::{feed_head, read_feed_head};
use prost::Message;
use rusqlite::{Connection, OptionalExtension};

use crate::error::damaged;
use crate::log::Subscription;
use crate::rows::{self, ENTRY_COLUMNS};
use crate::{Store, StoreError, lives, outbox};

/// A part of what a hub has lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Restitution {
    /// Entries of one author, with the signature that covers the last of each feed.
    pub pushes: Vec<(Vec<Entry>, SignedHeads)>,
    /// Where to read on; `None` when that was all.
    pub next: Option<u64>,
}

impl Store {
    /// How far the feeds of others are held here, in the scopes of a subscription.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn others_held(&self, subscription: &Subscription) -> Result<Vec<FeedState>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT incarnation, scope, seq, hash FROM feed WHERE seq > 0 ORDER BY id")?;
        let mut found = statement.query([])?;
        let mut held = Vec::new();
        while let Some(row) = found.next()? {
            let (incarnation, scope): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
            let FeedId { incarnation, scope } = rows::feed_id(&incarnation, &scope)?;
            if incarnation != subscription.except && subscription.scopes.contains(&scope) {
                let hash = rows::hash_of(&row.get::<_, Vec<u8>>(3)?)?;
                let head = Some(feed_head(&scope, row.get::<_, i64>(2)? as u64, &hash));
                held.push(FeedState { incarnation: incarnation.0.to_vec().into(), head });
            }
        }
        Ok(held)
    }

    /// What the hub lacks of others' entries, in the order in which their signatures came here,
    /// after the one numbered `after`; about `bytes_max` of it. At the first call (`after` = 0) own
    /// entries of earlier lives that the hub lacks wait again.
    ///
    /// Entries that no signature covers yet, or of a run too long for one batch, are left to others.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn restitution(&mut self, held: &[FeedState], after: u64, bytes_max: usize) -> Result<Restitution, StoreError> {
        let held = by_feed(held)?;
        let tx = self.begin()?;
        let present = lives::present(&tx)?;
        if after == 0 {
            take_back_former(&tx, &held)?;
        }
        let mut pushes = Vec::new();
        let (mut bytes, mut at) = (0, after);
        let mut statement =
            tx.prepare_cached("SELECT id, incarnation, message FROM signed_heads WHERE id > ?1 ORDER BY id")?;
        let mut found = statement.query([after as i64])?;
        let mut next = None;
        while let Some(row) = found.next()? {
            if bytes >= bytes_max {
                next = Some(at);
                break;
            }
            let (id, incarnation, message): (i64, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            at = id as u64;
            let incarnation = Incarnation::from_slice(&incarnation).map_err(damaged)?;
            if incarnation == present || lives::is_former(&tx, incarnation)? {
                continue;
            }
            let signed = SignedHeads::decode(message.as_slice()).map_err(damaged)?;
            let entries = covered(&tx, &signed, id, &held)?;
            if !entries.is_empty() && fits(&entries) {
                bytes += entries.iter().map(cost).sum::<usize>();
                pushes.push((entries, signed));
            }
        }
        drop(found);
        drop(statement);
        tx.commit()?;
        Ok(Restitution { pushes, next })
    }
}

type Held = HashMap<FeedId, (Seq, Hash)>;

fn by_feed(held: &[FeedState]) -> Result<Held, StoreError> {
    held.iter()
        .filter_map(|state| Some((Incarnation::from_slice(&state.incarnation), state.head.as_ref()?)))
        .map(|(incarnation, head)| {
            let (scope, seq, hash) = read_feed_head(head).map_err(damaged)?;
            Ok((FeedId { incarnation: incarnation.map_err(damaged)?, scope }, (seq, hash)))
        })
        .collect()
}

/// Own entries of earlier lives wait again beyond what the hub holds; all of a feed of which it holds another
/// history.
fn take_back_former(db: &Connection, held: &Held) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached("SELECT incarnation FROM life")?;
    let former = statement.query_map([], |r| r.get::<_, Vec<u8>>(0))?.collect::<Result<Vec<_>, _>>()?;
    for incarnation in former {
        let incarnation = Incarnation::from_slice(&incarnation).map_err(damaged)?;
        for (scope, ..) in rows::heads_of(db, incarnation)? {
            let id = FeedId { incarnation, scope };
            let (mut seq, theirs) = held.get(&id).map_or((0, None), |(seq, hash)| (*seq, Some(*hash)));
            if entry_hash(db, &id, seq)? != theirs {
                // It may be another folder's, which was faster with a hub that had lost these: no receipt counts, nor
                // is it known where the other history begins. What is the same comes back with the pull.
                seq = 0;
                db.execute("UPDATE life SET settled = 0 WHERE incarnation = ?1", [incarnation.0])?;
            }
            let answered =
                db.prepare_cached("SELECT receipt_seq FROM feed WHERE incarnation = ?1 AND scope = ?2")?
                    .query_row((incarnation.0, id.scope.to_string()), |r| r.get::<_, i64>(0))? as u64;
            if answered > seq {
                let hash = entry_hash(db, &id, seq)?;
                outbox::take_back(db, &id, seq, hash)?;
            }
        }
    }
    Ok(())
}

fn entry_hash(db: &Connection, id: &FeedId, seq: Seq) -> Result<Option<Hash>, StoreError> {
    let hash: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT e.hash FROM entry e JOIN feed f ON f.id = e.feed
             WHERE f.incarnation = ?1 AND f.scope = ?2 AND e.seq = ?3",
        )?
        .query_row((id.incarnation.0, id.scope.to_string(), seq as i64), |r| r.get(0))
        .optional()?;
    hash.map(|hash| rows::hash_of(&hash)).transpose()
}

/// The entries that a signature covers, after those that an earlier one covered and those that the
/// hub holds.
fn covered(db: &Connection, signed: &SignedHeads, id: i64, held: &Held) -> Result<Vec<Entry>, StoreError> {
    let incarnation = Incarnation::from_slice(&signed.incarnation).map_err(damaged)?;
    let mut entries = Vec::new();
    for head in &signed.heads {
        let (scope, last, _) = read_feed_head(head).map_err(damaged)?;
        let earlier: Option<i64> = db
            .prepare_cached(
                "SELECT max(g.seq) FROM feed f JOIN feed_signature g ON g.feed = f.id
                 WHERE f.incarnation = ?1 AND f.scope = ?2 AND g.signed < ?3 AND g.seq < ?4",
            )?
            .query_row((incarnation.0, scope.to_string(), id, last as i64), |r| r.get(0))?;
        let feed = FeedId { incarnation, scope };
        let from = held.get(&feed).map_or(0, |held| held.0).max(earlier.unwrap_or(0) as u64);
        if from < last {
            entries.extend(run(db, &feed, from, last)?);
        }
    }
    entries.sort_by_key(|(lsn, _)| *lsn);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// The entries `from + 1 ..= last` of a feed; none when one of them is not here.
fn run(db: &Connection, feed: &FeedId, from: Seq, last: Seq) -> Result<Vec<(Lsn, Entry)>, StoreError> {
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed
         WHERE f.incarnation = ?1 AND f.scope = ?2 AND e.seq > ?3 AND e.seq <= ?4 ORDER BY e.seq"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query((feed.incarnation.0, feed.scope.to_string(), from as i64, last as i64))?;
    let mut entries = Vec::new();
    while let Some(row) = found.next()? {
        let row = rows::entry_row(row)?;
        entries.push((row.lsn, row.entry));
    }
    Ok(if entries.len() as u64 == last - from { entries } else { Vec::new() })
}

fn fits(entries: &[Entry]) -> bool {
    let mut batcher = Batcher::default();
    let fits =
        entries.iter().all(|entry| batcher.admit(&BatchEntry { entry: entry.clone(), lsn: Lsn(0), received_at_ms: 0 }));
    if !fits {
        let feed = entries.first().map(|e| &e.feed);
        tracing::warn!(?feed, entries = entries.len(), "a run under one signature is too long to be brought back");
    }
    fits
}
