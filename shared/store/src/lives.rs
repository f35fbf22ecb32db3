//! Lives of a data folder (DESIGN §4.2). An (incarnation, seq) is never written twice: a folder
//! that was restored, copied or found to write beside another one ends its life and begins
//! another, as another incarnation. What it still had to send is sent under the old name; what the
//! hub holds of the old name comes with the next pull; where the hub holds other entries in the
//! places of own ones, these are written again by the new life, on the heads that their author saw.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_proto::{EntryBody, Introduction};
use keng_records::record::Record;
use keng_sync::entry::{FeedId, GENESIS, Hash, Seq};
use keng_sync::session::LifeReason;
use prost::Message;
use rusqlite::{Connection, OptionalExtension};

use crate::edit::{self, Written};
use crate::error::damaged;
use crate::rows::{self, FeedRow};
use crate::{Identity, Store, StoreError, open, project};

/// A life that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Its name.
    pub incarnation: Incarnation,
    /// The life after it.
    pub successor: Incarnation,
    /// Why it ended.
    pub reason: LifeReason,
    /// When, by the own clock.
    pub ended_at_ms: i64,
    /// Whether all that the hub held of it has been received.
    pub settled: bool,
}

/// What the hub got back after it had lost a part of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Who brought it.
    pub node: String,
    /// Who had written it.
    pub author: Incarnation,
    /// How many entries.
    pub entries: u64,
}

impl Store {
    /// Ends the present life; from now on this folder writes as the one that is introduced.
    /// After a fork the hub's log is read from its start.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for an introduction that does not follow the present life, and
    /// whatever SQLite says.
    pub fn begin_life(&mut self, introduction: &Introduction, now_ms: i64) -> Result<(), StoreError> {
        let new = Incarnation::from_slice(&introduction.incarnation).map_err(damaged)?;
        let reason: LifeReason = introduction.reason.parse().map_err(damaged)?;
        let tx = self.begin()?;
        let ended = present(&tx)?;
        if introduction.previous != ended.0.as_slice() {
            return Err(damaged("the introduction of another life"));
        }
        tx.execute(
            "INSERT INTO life (incarnation, successor, reason, ended_at_ms, succession) VALUES (?1, ?2, ?3, ?4, ?5)",
            (ended.0, new.0, reason.as_str(), now_ms, introduction.encode_to_vec()),
        )?;
        open::set_meta(&tx, "incarnation", &new.to_string())?;
        open::set_meta(&tx, INTRODUCED, "0")?;
        if reason == LifeReason::Forked {
            look_again(&tx)?;
        }
        tx.commit()?;
        self.identity.incarnation = new;
        tracing::warn!(%ended, %new, %reason, "this data folder begins another life");
        Ok(())
    }

    /// A hub that was restored from an older copy: its log goes on as another one, in which its own
    /// feed is another life's. Nodes bring back what was lost.
    ///
    /// # Errors
    /// As [`Store::begin_life`].
    pub fn begin_epoch(
        &mut self,
        epoch: [u8; 16],
        introduction: &Introduction,
        stamp: &keng_records::stamp::Stamp,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let key = rows::hash_of(&introduction.public_key)?;
        self.begin_life(introduction, now_ms)?;
        self.set_meta("epoch", &hex::encode(epoch))?;
        let me = self.identity.clone();
        self.register_life(&me.node, me.unit_key(), introduction, &key, stamp, now_ms)
    }

    /// Whether the hub may not know the present life.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn needs_introduction(&self) -> Result<bool, StoreError> {
        Ok(self.meta(INTRODUCED)?.is_some_and(|told| told == "0"))
    }

    /// How the present life presents itself; `None` when it is the first, which joined with a token.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn introduction(&self) -> Result<Option<Introduction>, StoreError> {
        let found: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT succession FROM life WHERE successor = ?1")?
            .query_row([present(&self.db)?.0], |r| r.get(0))
            .optional()?;
        found.map(|bytes| Introduction::decode(bytes.as_slice()).map_err(damaged)).transpose()
    }

    /// Notes whether the hub knows the present life.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn set_introduced(&mut self, known: bool) -> Result<(), StoreError> {
        let value = if known { "1" } else { "0" };
        if self.meta(INTRODUCED)?.as_deref() != Some(value) {
            self.set_meta(INTRODUCED, value)?;
        }
        Ok(())
    }

    /// The life in which this folder writes now, whichever process began it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn present_life(&self) -> Result<Incarnation, StoreError> {
        present(&self.db)
    }

    /// Lives that have ended, the last one first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn lives(&self) -> Result<Vec<Life>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT incarnation, successor, reason, ended_at_ms, settled FROM life ORDER BY ended_at_ms DESC, incarnation",
        )?;
        let mut found = statement.query([])?;
        let mut lives = Vec::new();
        while let Some(row) = found.next()? {
            let (incarnation, successor, reason): (Vec<u8>, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            lives.push(Life {
                incarnation: Incarnation::from_slice(&incarnation).map_err(damaged)?,
                successor: Incarnation::from_slice(&successor).map_err(damaged)?,
                reason: reason.parse().map_err(damaged)?,
                ended_at_ms: row.get(3)?,
                settled: row.get(4)?,
            });
        }
        Ok(lives)
    }

    /// Everything that the hub held of ended lives has been received: what still waits of them may
    /// be sent. Returns how many lives that is new for.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn settle_lives(&mut self) -> Result<usize, StoreError> {
        Ok(self.db.prepare_cached("UPDATE life SET settled = 1 WHERE settled = 0")?.execute([])?)
    }

    /// The incarnation as which the hub writes its own entries, as its certificate's bearer says.
    /// A restored hub writes as another one; what the earlier ones wrote stays the hub's.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_hub_life(&mut self, incarnation: Incarnation) -> Result<(), StoreError> {
        note_hub_life(&self.db, incarnation)
    }

    /// The lives of the hub that this replica has been told of; at a hub, those that it found in what
    /// came back to it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn hub_lives(&self) -> Result<Vec<Incarnation>, StoreError> {
        let known = self.meta(HUB_LIVES)?.unwrap_or_default();
        known.split_whitespace().map(|life| life.parse().map_err(damaged)).collect()
    }

    /// What came back since the log of the present epoch began, by bringer and author.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn recovered(&self) -> Result<Vec<Recovered>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT node, author, entries FROM recovered WHERE epoch = ?1 ORDER BY node, author")?;
        let mut found = statement.query([hex::encode(self.epoch()?)])?;
        let mut all = Vec::new();
        while let Some(row) = found.next()? {
            let author: Vec<u8> = row.get(1)?;
            all.push(Recovered {
                node: row.get(0)?,
                author: Incarnation::from_slice(&author).map_err(damaged)?,
                entries: row.get::<_, i64>(2)? as u64,
            });
        }
        Ok(all)
    }

    /// Notes that a node brought back entries that this hub had lost.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_recovered(&mut self, node: &str, author: Incarnation, entries: u64) -> Result<(), StoreError> {
        let epoch = self.epoch()?;
        note_recovered(&self.db, &epoch, node, author, entries)
    }
}

pub(crate) fn note_hub_life(db: &Connection, incarnation: Incarnation) -> Result<(), StoreError> {
    if project::is_hub_life(db, incarnation)? {
        return Ok(());
    }
    let known = open::meta(db, HUB_LIVES)?.unwrap_or_default();
    open::set_meta(db, HUB_LIVES, format!("{known} {incarnation}").trim())
}

/// Whether the hub knows the present life: "0" or "1"; missing in a first life.
const INTRODUCED: &str = "introduced";

/// Incarnations of the hub, the first one from the enrolment.
pub(crate) const HUB_LIVES: &str = "hub_incarnation";

pub(crate) fn note_recovered(
    db: &Connection,
    epoch: &[u8; 16],
    node: &str,
    author: Incarnation,
    entries: u64,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO recovered (epoch, node, author, entries) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (epoch, node, author) DO UPDATE SET entries = entries + excluded.entries",
    )?
    .execute((hex::encode(epoch), node, author.0, entries as i64))?;
    Ok(())
}

/// What a copy of entries needs besides them to know its own authors before the register tells.
pub(crate) fn copy(from: &Connection, to: &Connection) -> Result<(), StoreError> {
    if let Some(hub) = open::meta(from, HUB_LIVES)? {
        open::set_meta(to, HUB_LIVES, &hub)?;
    }
    let mut statement =
        from.prepare("SELECT incarnation, successor, reason, ended_at_ms, succession, settled FROM life")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let values: Vec<rusqlite::types::Value> = (0..6).map(|n| row.get(n)).collect::<Result<_, _>>()?;
        to.execute(
            "INSERT INTO life (incarnation, successor, reason, ended_at_ms, succession, settled)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            rusqlite::params_from_iter(values),
        )?;
    }
    Ok(())
}

pub(crate) fn present(db: &Connection) -> Result<Incarnation, StoreError> {
    let text = open::meta(db, "incarnation")?.ok_or_else(|| damaged("no incarnation"))?;
    text.parse().map_err(damaged)
}

/// Whether `incarnation` is an ended life of this folder.
pub(crate) fn is_former(db: &Connection, incarnation: Incarnation) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM life WHERE incarnation = ?1)")?
        .query_row([incarnation.0], |r| r.get(0))?)
}

/// A fork was found: of no life that has entries waiting is it known any more what the hub holds in
/// their places, and it may hold others in any feed, also in one that is not here. No own receipt
/// tells where those begin, since both folders have been given receipts; so the cursor goes back to
/// the start. It happens once, and what is here is not stored again.
fn look_again(db: &Connection) -> Result<(), StoreError> {
    db.execute(
        "UPDATE life SET settled = 0 WHERE incarnation IN
         (SELECT f.incarnation FROM feed f JOIN entry e ON e.feed = f.id WHERE e.hub_lsn IS NULL)",
        [],
    )?;
    open::set_meta(db, "cursor", "0")
}

/// The lives of this folder after `incarnation`, the present one last.
fn lives_after(db: &Connection, incarnation: Incarnation) -> Result<Vec<Incarnation>, StoreError> {
    let mut statement = db.prepare_cached("SELECT successor FROM life WHERE incarnation = ?1")?;
    let (mut after, mut last) = (Vec::new(), incarnation);
    while let Some(next) = statement.query_row([last.0], |r| r.get::<_, Vec<u8>>(0)).optional()? {
        last = Incarnation::from_slice(&next).map_err(damaged)?;
        after.push(last);
    }
    Ok(after)
}

/// Own entries that have to make room for what the hub holds in their places.
#[derive(Default)]
pub(crate) struct Aside(Vec<(Lsn, Scope, Vec<u8>)>);

impl Aside {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the entries of an ended life from `seq` on out of its feed, and keeps them.
    pub(crate) fn take(
        &mut self,
        db: &Connection,
        id: &FeedId,
        feed: &mut FeedRow,
        seq: Seq,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut statement =
            db.prepare_cached("SELECT lsn, hub_lsn, body FROM entry WHERE feed = ?1 AND seq >= ?2 ORDER BY seq")?;
        let rows = statement
            .query_map((feed.id, seq as i64), |r| {
                Ok((r.get::<_, i64>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, Vec<u8>>(2)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        if rows.iter().any(|(_, hub_lsn, _)| hub_lsn.is_some_and(|lsn| lsn > 0)) {
            // The hub itself has given a receipt for what it now shows otherwise.
            return Err(StoreError::Signature { incarnation: id.incarnation, scope: Some(id.scope.clone()) });
        }
        db.prepare_cached(
            "INSERT INTO rewritten (incarnation, scope, seq, hash, body, stored_at_ms, rewritten_at_ms)
             SELECT ?1, ?2, seq, hash, body, stored_at_ms, ?3 FROM entry WHERE feed = ?4 AND seq >= ?5",
        )?
        .execute((id.incarnation.0, id.scope.to_string(), now_ms, feed.id, seq as i64))?;
        db.prepare_cached("DELETE FROM entry WHERE feed = ?1 AND seq >= ?2")?.execute((feed.id, seq as i64))?;
        db.prepare_cached("DELETE FROM feed_signature WHERE feed = ?1 AND seq >= ?2")?
            .execute((feed.id, seq as i64))?;
        (feed.seq, feed.hash) = (seq - 1, hash_before(db, feed.id, seq)?);
        self.0.extend(rows.into_iter().map(|(lsn, _, body)| (Lsn(lsn as u64), id.scope.clone(), body)));
        Ok(())
    }

    /// Takes what the lives after `ended` have written and not sent yet: it may stand on entries that
    /// were taken. Nobody has seen it ([`Store::outbox`] gives nothing of a later life before the
    /// earlier ones), so that its places can be used again.
    pub(crate) fn take_unsent(&mut self, db: &Connection, ended: Incarnation, now_ms: i64) -> Result<(), StoreError> {
        for life in lives_after(db, ended)? {
            for (scope, ..) in rows::heads_of(db, life)? {
                let id = FeedId { incarnation: life, scope };
                let mut feed = rows::feed(db, &id)?;
                let first: Option<i64> = db
                    .prepare_cached("SELECT min(seq) FROM entry WHERE feed = ?1 AND hub_lsn IS NULL")?
                    .query_row([feed.id], |r| r.get(0))?;
                if let Some(first) = first {
                    self.take(db, &id, &mut feed, first as Seq, now_ms)?;
                    rows::set_head(db, &feed)?;
                }
            }
        }
        Ok(())
    }

    /// Writes them again as the present life. Documents and views must be those of all other entries.
    pub(crate) fn write_again(mut self, db: &Connection, identity: &Identity, now_ms: i64) -> Result<(), StoreError> {
        self.0.sort_by_key(|(lsn, ..)| *lsn);
        let mut records: HashMap<RecordId, Record> = HashMap::new();
        let mut rewritten: HashMap<Hash, Hash> = HashMap::new();
        let mut written = Vec::new();
        for (_, scope, body) in self.0 {
            let body = EntryBody::decode(body.as_slice()).map_err(damaged)?;
            for change in body.changes {
                let id = RecordId::from_slice(&change.record).map_err(damaged)?;
                let record = match records.entry(id) {
                    std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::hash_map::Entry::Vacant(new) => {
                        let saved = project::document(db, id)?;
                        new.insert(match saved {
                            Some(bytes) => Record::load(id, &bytes).map_err(damaged)?,
                            None => Record::empty(id),
                        })
                    }
                };
                match record.reauthor(&change.change, identity.incarnation, &mut rewritten) {
                    Ok(Some(bytes)) => written.push(Written { scope: scope.clone(), record: id, bytes }),
                    Ok(None) => {}
                    // It stays in `rewritten` as it was.
                    Err(why) => tracing::error!(record = %id, %why, "a change could not be written again"),
                }
            }
        }
        let records =
            records.into_iter().map(|(id, record)| Ok((id, (record.clone(), record.meta().map_err(damaged)?))));
        let records = records.collect::<Result<HashMap<_, _>, StoreError>>()?;
        edit::append(db, identity, &records, written, now_ms).map(|_| ())
    }
}

fn hash_before(db: &Connection, feed: i64, seq: Seq) -> Result<Hash, StoreError> {
    if seq == 1 {
        return Ok(GENESIS);
    }
    let hash: Option<Vec<u8>> = db
        .prepare_cached("SELECT hash FROM entry WHERE feed = ?1 AND seq = ?2")?
        .query_row((feed, seq as i64 - 1), |r| r.get(0))
        .optional()?;
    rows::hash_of(&hash.ok_or_else(|| damaged("a feed with a hole"))?)
}
