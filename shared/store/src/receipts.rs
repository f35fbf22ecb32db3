//! Which receipt covers which entry: what a node holds to prove that the province has received it.

use keng_domain::id::{Lsn, RecordId};
use keng_proto::Receipt;
use keng_sync::entry::{FeedId, Hash, Seq};
use keng_sync::receipt::covers;
use prost::Message;
use rusqlite::types::Value;

use crate::error::damaged;
use crate::{Store, StoreError, rows};

/// Of which entries receipts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those with changes of this record.
    Record(RecordId),
    /// The one with this hash.
    Entry(Hash),
    /// All.
    All,
}

/// An own entry that the hub has acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct Acknowledged {
    /// Its feed.
    pub feed: FeedId,
    /// Its place there.
    pub seq: Seq,
    /// Its hash.
    pub hash: Hash,
    /// Its place in the hub's log.
    pub lsn: Lsn,
    /// The receipt that says so, as the hub signed it.
    pub receipt: Receipt,
}

impl Store {
    /// Own entries that are in the hub's log, in its order, each with the receipt that covers it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn acknowledged_entries(&self, which: Which) -> Result<Vec<Acknowledged>, StoreError> {
        let (filter, value) = match which {
            Which::Record(id) => ("e.lsn IN (SELECT lsn FROM change WHERE record = ?1)", Value::Blob(id.0.to_vec())),
            Which::Entry(hash) => ("e.hash = ?1", Value::Blob(hash.to_vec())),
            Which::All => ("?1 IS NULL", Value::Null),
        };
        // Feeds of earlier lives of this data folder have receipts too; those of others have none.
        let mut statement = self.db.prepare(&format!(
            "SELECT f.incarnation, f.scope, e.seq, e.hash, e.hub_lsn, e.hub_at_ms FROM entry e JOIN feed f ON f.id = e.feed
             WHERE e.hub_lsn > 0 AND f.receipt_seq > 0 AND {filter} ORDER BY e.hub_lsn"
        ))?;
        let mut found = statement.query([value])?;
        let mut entries = Vec::new();
        // Entries that arrived together stand together: their receipts are read once.
        let mut receipts: (i64, Vec<Receipt>) = (i64::MIN, Vec::new());
        while let Some(row) = found.next()? {
            let (incarnation, scope, hash): (Vec<u8>, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let feed = rows::feed_id(&incarnation, &scope)?;
            let (seq, hash) = (row.get::<_, i64>(2)? as Seq, rows::hash_of(&hash)?);
            let (lsn, at_ms) = (Lsn(row.get::<_, i64>(4)? as u64), row.get(5)?);
            if receipts.0 != at_ms {
                receipts = (at_ms, self.receipts_of(at_ms)?);
            }
            let receipt = receipts.1.iter().find(|receipt| covers(receipt, &feed, seq, &hash, lsn));
            if let Some(receipt) = receipt.cloned() {
                entries.push(Acknowledged { feed, seq, hash, lsn, receipt });
            }
        }
        Ok(entries)
    }

    fn receipts_of(&self, at_ms: i64) -> Result<Vec<Receipt>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT message FROM receipt WHERE at_ms = ?1 ORDER BY id")?;
        let found = statement.query_map([at_ms], |r| r.get::<_, Vec<u8>>(0))?;
        found.map(|message| Receipt::decode(message?.as_slice()).map_err(damaged)).collect()
    }
}
