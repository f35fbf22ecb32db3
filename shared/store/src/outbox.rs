//! What a node still has to send, and the receipts it gets (I1, I6).

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{FeedHead, Receipt};
use keng_sync::batch::cost;
use keng_sync::entry::{Entry, FeedId, Hash, Seq};
use keng_sync::head::read_feed_head;
use prost::Message;
use rusqlite::Connection;

use crate::error::damaged;
use crate::rows::{self, ENTRY_COLUMNS};
use crate::{Store, StoreError};

/// What a node has sent and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pending {
    /// Own entries without a receipt.
    pub entries: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Own entries that the hub refused: each needs a person.
    pub refused: u64,
    /// When the oldest of the waiting ones was written.
    pub oldest_ms: Option<i64>,
}

impl Store {
    /// Own entries without a receipt after `after`, oldest first, at most `bytes_max` of them
    /// but always one; and whether there are more. Those of an ended life come when it is known what
    /// the hub holds of it. Until then those of the lives after it wait too: they may stand on entries
    /// that have to be written again, and the hub would wait for those for ever.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn outbox(&self, after: u64, bytes_max: usize) -> Result<(Vec<(u64, Entry)>, bool), StoreError> {
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed
             WHERE e.hub_lsn IS NULL AND e.lsn > ?1
             AND (f.incarnation = ?2 OR f.incarnation IN (SELECT incarnation FROM life))
             AND e.lsn < coalesce((SELECT min(w.lsn) FROM entry w JOIN feed o ON o.id = w.feed
                  WHERE w.hub_lsn IS NULL
                  AND o.incarnation IN (SELECT incarnation FROM life WHERE settled = 0)), e.lsn + 1)
             ORDER BY e.lsn"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut found = statement.query((after as i64, self.present_life()?.0))?;
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while let Some(row) = found.next()? {
            let row = rows::entry_row(row)?;
            bytes += cost(&row.entry);
            if bytes > bytes_max && !entries.is_empty() {
                return Ok((entries, true));
            }
            entries.push((row.lsn.0, row.entry));
        }
        Ok((entries, false))
    }

    /// Counts what waits.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn pending(&self) -> Result<Pending, StoreError> {
        let own = self.present_life()?.0;
        let (entries, bytes, oldest_ms) = self
            .db
            .prepare_cached(
                "SELECT count(*), coalesce(sum(length(e.body)), 0), min(e.stored_at_ms)
                 FROM entry e JOIN feed f ON f.id = e.feed WHERE e.hub_lsn IS NULL
                 AND (f.incarnation = ?1 OR f.incarnation IN (SELECT incarnation FROM life))",
            )?
            .query_row([own], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?, r.get(2)?)))?;
        let refused: i64 = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM entry e JOIN feed f ON f.id = e.feed WHERE e.hub_lsn = 0
                 AND (f.incarnation = ?1 OR f.incarnation IN (SELECT incarnation FROM life))",
            )?
            .query_row([own], |r| r.get(0))?;
        Ok(Pending { entries: entries as u64, bytes: bytes as u64, refused: refused as u64, oldest_ms })
    }

    /// Heads of all feeds of an incarnation.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn heads_of(&self, incarnation: Incarnation) -> Result<Vec<(Scope, Seq, Hash)>, StoreError> {
        rows::heads_of(&self.db, incarnation)
    }

    /// Heads of the own feeds up to which there are receipts.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn acknowledged(&self) -> Result<Vec<(Scope, Seq, Hash)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT scope, receipt_seq, receipt_hash FROM feed WHERE incarnation = ?1 AND receipt_seq > 0 ORDER BY scope",
        )?;
        let rows = statement.query_map([self.present_life()?.0], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?, r.get::<_, Vec<u8>>(2)?))
        })?;
        rows.map(|row| {
            let (scope, seq, hash) = row?;
            Ok((scope.parse().map_err(damaged)?, seq as Seq, rows::hash_of(&hash)?))
        })
        .collect()
    }

    /// Keeps a verified receipt and marks its entries: position in the hub's log, or refused.
    ///
    /// # Errors
    /// Whatever SQLite says; then the entries still count as waiting.
    pub fn store_receipt(
        &mut self,
        receipt: &Receipt,
        entries: &[(FeedId, Seq, Hash, Option<Lsn>)],
    ) -> Result<(), StoreError> {
        let tx = self.begin()?;
        for (id, seq, hash, lsn) in entries {
            let feed = rows::feed(&tx, id)?;
            rows::note_position(&tx, feed.id, *seq, hash, lsn.unwrap_or(Lsn(0)), receipt.received_at_ms)?;
        }
        for refusal in &receipt.refusals {
            tracing::warn!(
                scope = refusal.scope,
                seq = refusal.seq,
                code = refusal.code,
                detail = refusal.detail,
                "the hub refused an entry"
            );
        }
        tx.prepare_cached("INSERT INTO receipt (at_ms, message) VALUES (?1, ?2)")?
            .execute((receipt.received_at_ms, receipt.encode_to_vec()))?;
        tx.commit()?;
        Ok(())
    }

    /// Takes receipts back beyond what the hub holds (it was restored from an older copy): those
    /// entries wait again.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn resend_from(&mut self, held: &[FeedHead]) -> Result<(), StoreError> {
        let held: Vec<(Scope, Seq, Hash)> =
            held.iter().map(read_feed_head).collect::<Result<_, _>>().map_err(damaged)?;
        let incarnation = self.present_life()?;
        let tx = self.begin()?;
        for (scope, ..) in rows::heads_of(&tx, incarnation)? {
            let (seq, hash) = held.iter().find(|h| h.0 == scope).map_or((0, None), |h| (h.1, Some(h.2)));
            take_back(&tx, &FeedId { incarnation, scope }, seq, hash)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Begins pulling from the start of the hub's log: it has a new epoch, and may have lost what is
    /// here. Until all that was brought back to it, see [`Store::restituted`], the next session asks again.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn reset_cursor(&mut self, epoch: [u8; 16]) -> Result<(), StoreError> {
        self.set_metas(&[("cursor", "0"), ("epoch", &hex::encode(epoch)), (RESTITUTION_DUE, "1")])
    }

    /// Everything that a hub of a new epoch lacked of what is here has been brought to it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn restituted(&mut self) -> Result<(), StoreError> {
        self.set_meta(RESTITUTION_DUE, "0")
    }

    /// Whether the hub of this epoch may still lack what is here of others' entries.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn restitution_due(&self) -> Result<bool, StoreError> {
        Ok(self.meta(RESTITUTION_DUE)?.is_some_and(|due| due == "1"))
    }

    /// The position in the hub's log up to which this node holds its scopes.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn cursor(&self) -> Result<Lsn, StoreError> {
        Ok(Lsn(self.meta("cursor")?.and_then(|s| s.parse().ok()).unwrap_or(0)))
    }

    /// When the last receipt was given, by the hub's clock.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn last_receipt_ms(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.db.prepare_cached("SELECT max(at_ms) FROM receipt")?.query_row([], |r| r.get(0))?)
    }
}

/// "1" from the beginning of a hub's new epoch until it has back what is here.
const RESTITUTION_DUE: &str = "restitution_due";

pub(crate) fn take_back(db: &Connection, id: &FeedId, seq: Seq, hash: Option<Hash>) -> Result<(), StoreError> {
    let feed = rows::feed(db, id)?;
    db.execute(
        "UPDATE entry SET hub_lsn = NULL, hub_at_ms = NULL WHERE feed = ?1 AND seq > ?2",
        (feed.id, seq as i64),
    )?;
    db.execute("UPDATE feed SET receipt_seq = ?2, receipt_hash = ?3 WHERE id = ?1", (feed.id, seq as i64, hash))?;
    Ok(())
}
