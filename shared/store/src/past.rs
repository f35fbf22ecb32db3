//! The past: a store as it was when its log ended somewhere (I7).

use keng_domain::id::Lsn;
use rusqlite::{Connection, OpenFlags, params};

use crate::{Store, StoreError, project, rows};

impl Store {
    /// This store as it was when its log ended at `lsn`: a copy in memory, rebuilt from the
    /// entries. What is read from it never changes (I7).
    ///
    /// # Errors
    /// [`StoreError::NoLsn`] for zero and beyond the tail.
    pub fn as_of(&self, lsn: Lsn) -> Result<Self, StoreError> {
        // Entries are numbered from one: before the first there is no province to report on.
        if lsn.0 == 0 || lsn > rows::tail(&self.db)? {
            return Err(StoreError::NoLsn(lsn));
        }
        let mut past = Self::in_memory(&self.identity)?;
        let tx = past.db.transaction()?;
        copy(
            &self.db,
            &tx,
            "SELECT id, incarnation, scope, seq, hash, receipt_seq, receipt_hash FROM feed",
            [],
            "feed",
            7,
        )?;
        copy(
            &self.db,
            &tx,
            "SELECT lsn, feed, seq, hash, body, withheld, stored_at_ms, hub_lsn, hub_at_ms FROM entry WHERE lsn <= ?1 ORDER BY lsn",
            params![lsn.0 as i64],
            "entry",
            9,
        )?;
        crate::lives::copy(&self.db, &tx)?;
        project::catch_up(&tx, &self.identity)?;
        tx.commit()?;
        Ok(past)
    }

    pub(crate) fn in_memory(identity: &crate::Identity) -> Result<Self, StoreError> {
        let db = Connection::open_in_memory_with_flags(OpenFlags::default())?;
        Self::fresh(db, identity.clone())
    }
}

fn copy(
    from: &Connection,
    to: &Connection,
    select: &str,
    params: impl rusqlite::Params,
    table: &str,
    columns: usize,
) -> Result<(), StoreError> {
    let marks = (1..=columns).map(|i| format!("?{i}")).collect::<Vec<_>>().join(", ");
    let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
    let mut statement = from.prepare(select)?;
    let mut found = statement.query(params)?;
    while let Some(row) = found.next()? {
        let values: Vec<rusqlite::types::Value> = (0..columns).map(|i| row.get(i)).collect::<Result<_, _>>()?;
        insert.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(())
}
