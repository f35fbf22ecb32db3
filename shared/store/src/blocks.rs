//! Roots of the log's complete blocks, so that the root of a long log needs not every entry.
//!
//! They are made from the entries and never proven from: whoever verifies the log reads the
//! entries themselves.

use keng_domain::id::Lsn;
use keng_sync::entry::Hash;
use keng_sync::merkle::LogLeaf;
use keng_sync::merkle::peaks::Peaks;
use rusqlite::Connection;

use crate::{Store, StoreError, rows};

/// A block has 2¹² entries: reading and hashing the rest of a log takes a few milliseconds, and a
/// million entries make 244 rows.
const BLOCK_LEVEL: u32 = 12;
const BLOCK_ENTRIES: u64 = 1 << BLOCK_LEVEL;

/// Blocks made in one transaction: a log that grew before there were blocks catches up without
/// holding the writing lock for long.
const BLOCKS_AT_ONCE: u64 = 32;

impl Store {
    /// The end of the log and the RFC 6962 root there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn log_root(&self) -> Result<(Lsn, Hash), StoreError> {
        let mut peaks = blocks(&self.db, rows::tail(&self.db)?)?;
        for_leaves(&self.db, peaks.len(), None, |leaf| peaks.push(&leaf))?;
        Ok((Lsn(peaks.len()), peaks.root()))
    }
}

/// Keeps the roots of the blocks that are complete by now.
pub(crate) fn keep(db: &Connection, tail: Lsn) -> Result<(), StoreError> {
    let kept: i64 = db.prepare_cached("SELECT count(*) FROM log_block")?.query_row([], |r| r.get(0))?;
    let complete = tail.0 / BLOCK_ENTRIES;
    for block in (kept as u64..complete).take(BLOCKS_AT_ONCE as usize) {
        let mut peaks = Peaks::new();
        for_leaves(db, block * BLOCK_ENTRIES, Some(BLOCK_ENTRIES), |leaf| peaks.push(&leaf))?;
        if peaks.len() != BLOCK_ENTRIES {
            return Ok(()); // Positions without an entry: somebody has tampered, and it is not for us to hide it.
        }
        db.prepare_cached("INSERT INTO log_block (block, root) VALUES (?1, ?2)")?
            .execute((block as i64, peaks.root()))?;
    }
    Ok(())
}

/// The log up to the last kept block.
fn blocks(db: &Connection, tail: Lsn) -> Result<Peaks, StoreError> {
    let complete = tail.0 / BLOCK_ENTRIES;
    let mut statement = db.prepare_cached("SELECT block, root FROM log_block WHERE block < ?1 ORDER BY block")?;
    let mut found = statement.query([complete as i64])?;
    let mut peaks = Peaks::new();
    while let Some(row) = found.next()? {
        let (block, root): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let next = block as u64 * BLOCK_ENTRIES == peaks.len();
        if !next || !peaks.push_subtree(BLOCK_LEVEL, rows::hash_of(&root)?) {
            break;
        }
    }
    Ok(peaks)
}

/// Reads leaves after `after`, at most `limit` of them.
fn for_leaves(
    db: &Connection,
    after: u64,
    limit: Option<u64>,
    mut take: impl FnMut(LogLeaf),
) -> Result<(), StoreError> {
    let mut statement =
        db.prepare_cached("SELECT hash, stored_at_ms FROM entry WHERE lsn > ?1 ORDER BY lsn LIMIT ?2")?;
    let mut found = statement.query((after as i64, limit.map_or(-1, |limit| limit as i64)))?;
    while let Some(row) = found.next()? {
        let hash: Vec<u8> = row.get(0)?;
        take(LogLeaf { hash: rows::hash_of(&hash)?, received_at_ms: row.get(1)? });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_ENTRIES, BLOCKS_AT_ONCE, keep};
    use crate::log::Log;
    use crate::{Identity, Role, Store};
    use keng_domain::id::{Incarnation, Lsn, NodeId};
    use keng_sync::merkle::Tree;

    fn store() -> Store {
        let unit = |code: &str| code.parse().unwrap();
        let identity = Identity {
            role: Role::Hub,
            province: unit("62"),
            unit: unit("62"),
            catalogue: None,
            node: NodeId("hub".into()),
            incarnation: Incarnation([1; 16]),
            officer: "Tỉnh".into(),
        };
        let store = Store::in_memory(&identity).unwrap();
        store
            .db
            .execute("INSERT INTO feed (id, incarnation, scope, seq, hash) VALUES (1, zeroblob(16), 'province', 0, zeroblob(32))", [])
            .unwrap();
        store
    }

    fn grow(store: &Store, from: u64, to: u64) {
        let mut insert = store
            .db
            .prepare("INSERT INTO entry (lsn, feed, seq, hash, body, stored_at_ms) VALUES (?1, 1, ?1, ?2, x'', ?1)")
            .unwrap();
        for lsn in from + 1..=to {
            insert.execute((lsn as i64, [lsn as u8; 32])).unwrap();
        }
    }

    fn whole(store: &Store) -> (Lsn, [u8; 32]) {
        let mut tree = Tree::new();
        tree.extend(&store.leaves(Lsn(0)).unwrap());
        (Lsn(tree.len()), tree.root())
    }

    fn kept(store: &Store) -> u64 {
        store.db.query_row("SELECT count(*) FROM log_block", [], |r| r.get::<_, i64>(0)).unwrap() as u64
    }

    #[test]
    fn the_root_is_that_of_all_entries_however_many_blocks_are_kept() {
        let store = store();
        let mut size = 0;
        for (to, blocks) in [(0, 0), (1, 0), (BLOCK_ENTRIES - 1, 0), (BLOCK_ENTRIES, 1), (BLOCK_ENTRIES * 3 + 77, 3)] {
            grow(&store, size, to);
            size = to;
            assert_eq!(store.log_root().unwrap(), whole(&store), "{to} entries, before");
            keep(&store.db, Lsn(size)).unwrap();
            assert_eq!((kept(&store), store.log_root().unwrap()), (blocks, whole(&store)), "{to} entries");
        }
        // A log that became shorter is not as long as its blocks were.
        store.db.execute("DELETE FROM entry WHERE lsn > ?1", [BLOCK_ENTRIES as i64 + 5]).unwrap();
        assert_eq!(store.log_root().unwrap(), whole(&store));
    }

    #[test]
    fn a_log_older_than_its_blocks_catches_up_in_pieces() {
        let store = store();
        let size = BLOCK_ENTRIES * (BLOCKS_AT_ONCE + 2);
        grow(&store, 0, size);
        for expected in [BLOCKS_AT_ONCE, BLOCKS_AT_ONCE + 2, BLOCKS_AT_ONCE + 2] {
            keep(&store.db, Lsn(size)).unwrap();
            assert_eq!(kept(&store), expected);
        }
        assert_eq!(store.log_root().unwrap(), whole(&store));
    }
}
