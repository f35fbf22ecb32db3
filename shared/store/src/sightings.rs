//! At the hub: other logs than its own, which nodes say they have verified (I8).
//!
//! A node that keeps a signed tree head of the hub says at each contact how large that log was and
//! what its root is. Where the hub's own log is another one, the hub was rolled back or altered, or
//! the node lies: only people can tell, from what is kept here and the evidence that the node has.

use keng_domain::id::NodeId;
use rusqlite::{OptionalExtension, Row};

use crate::error::damaged;
use crate::log::Log;
use crate::{Store, StoreError};

/// Sightings kept of one node. One is enough to prove the matter, and a node that says something
/// else at every contact must not push out what others have seen.
pub const SIGHTINGS_PER_NODE_MAX: i64 = 16;

/// Sightings kept of all nodes: they fill no disk.
pub const SIGHTINGS_MAX: i64 = 1_000;

/// The same sighting again is counted once in so many milliseconds: a node that knocks all the time
/// costs the disk one write a minute.
pub const COUNTED_EVERY_MS: i64 = 60_000;

/// Another log that a node has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Its number at this hub.
    pub id: i64,
    /// Who has seen it, by certificate.
    pub node: NodeId,
    /// Of which epoch the log is.
    pub epoch: [u8; 16],
    /// How many entries it has.
    pub size: u64,
    /// Its root, as the node says.
    pub root: [u8; 32],
    /// How many entries the hub's log had when it was told first.
    pub our_size: u64,
    /// When it was told first, by the own clock: milliseconds since 1970.
    pub first_ms: i64,
    /// When last.
    pub last_ms: i64,
    /// How often, counted once a minute at most.
    pub times: u64,
}

impl Sighting {
    /// Whether the hub's log was the shorter one: it has lost entries, if the node is right.
    /// Otherwise some of its entries are others.
    #[must_use]
    pub fn is_longer(&self) -> bool {
        self.size > self.our_size
    }
}

impl Store {
    /// Keeps that `node` has verified a log of `size` entries with this root, which is not the
    /// hub's. The same again is only counted. Returns whether anything was written: not when the
    /// same was counted within [`COUNTED_EVERY_MS`], nor when as many are kept as may be.
    ///
    /// # Errors
    /// Whatever SQLite says; a root that is not 32 bytes long is refused by it.
    pub fn keep_sighting(&mut self, node: &NodeId, size: u64, root: &[u8], now_ms: i64) -> Result<bool, StoreError> {
        let (epoch, our_size) = (self.epoch()?, self.tail()?);
        // What a liar says may be more than a column holds.
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let tx = self.begin()?;
        let last_ms: Option<i64> = tx
            .prepare_cached("SELECT last_ms FROM sighting WHERE node = ?1 AND epoch = ?2 AND size = ?3 AND root = ?4")?
            .query_row((&node.0, epoch, size, root), |r| r.get(0))
            .optional()?;
        let written = match last_ms {
            // A clock that was set back counts on from where it is.
            Some(last_ms) if (last_ms..last_ms.saturating_add(COUNTED_EVERY_MS)).contains(&now_ms) => 0,
            Some(_) => tx
                .prepare_cached(
                    "UPDATE sighting SET times = times + 1, last_ms = ?5
                     WHERE node = ?1 AND epoch = ?2 AND size = ?3 AND root = ?4",
                )?
                .execute((&node.0, epoch, size, root, now_ms))?,
            None => tx
                .prepare_cached(
                    "INSERT INTO sighting (node, epoch, size, root, our_size, first_ms, last_ms)
                     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6
                     WHERE (SELECT count(*) FROM sighting) < ?7 AND (SELECT count(*) FROM sighting WHERE node = ?1) < ?8",
                )?
                .execute((
                    &node.0,
                    epoch,
                    size,
                    root,
                    our_size.0 as i64,
                    now_ms,
                    SIGHTINGS_MAX,
                    SIGHTINGS_PER_NODE_MAX,
                ))?,
        };
        tx.commit()?;
        Ok(written > 0)
    }

    /// All sightings, in the order in which they were first told.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sightings(&self) -> Result<Vec<Sighting>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, node, epoch, size, root, our_size, first_ms, last_ms, times FROM sighting ORDER BY id",
        )?;
        let mut found = statement.query([])?;
        let mut list = Vec::new();
        while let Some(row) = found.next()? {
            list.push(sighting(row)?);
        }
        Ok(list)
    }
}

fn sighting(row: &Row<'_>) -> Result<Sighting, StoreError> {
    let (epoch, root): (Vec<u8>, Vec<u8>) = (row.get(2)?, row.get(4)?);
    Ok(Sighting {
        id: row.get(0)?,
        node: NodeId(row.get(1)?),
        epoch: epoch.try_into().map_err(|_| damaged("an epoch that is not 16 bytes long"))?,
        size: row.get::<_, i64>(3)? as u64,
        root: root.try_into().map_err(|_| damaged("a root that is not 32 bytes long"))?,
        our_size: row.get::<_, i64>(5)? as u64,
        first_ms: row.get(6)?,
        last_ms: row.get(7)?,
        times: row.get::<_, i64>(8)? as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::{COUNTED_EVERY_MS, SIGHTINGS_MAX, SIGHTINGS_PER_NODE_MAX};
    use crate::{Identity, Role, Store};
    use keng_domain::id::{Incarnation, NodeId};

    fn store() -> Store {
        let unit = |code: &str| code.parse().unwrap();
        let mut store = Store::in_memory(&Identity {
            role: Role::Hub,
            province: unit("62"),
            unit: unit("62"),
            catalogue: None,
            node: NodeId("hub".into()),
            incarnation: Incarnation([1; 16]),
            officer: "Cán bộ".into(),
        })
        .unwrap();
        store.set_meta("epoch", &hex::encode([7; 16])).unwrap();
        store
    }

    fn node(n: i64) -> NodeId {
        NodeId(format!("{n}-1"))
    }

    #[test]
    fn a_sighting_is_kept_once_and_counted_once_a_minute() {
        let mut store = store();
        let mut keep = |size, root: u8, now_ms| store.keep_sighting(&node(618), size, &[root; 32], now_ms).unwrap();
        assert!(keep(9, 1, 1_000));
        assert!(!keep(9, 1, 1_000 + COUNTED_EVERY_MS - 1));
        assert!(keep(9, 1, 1_000 + COUNTED_EVERY_MS));
        assert!(keep(9, 1, 500), "the clock was set back");
        assert!(keep(9, 2, 2_000));
        assert!(keep(u64::MAX, 2, 3_000));
        let list = store.sightings().unwrap();
        let told: Vec<_> = list.iter().map(|s| (s.size, s.root[0], s.times, s.first_ms, s.last_ms)).collect();
        assert_eq!(told, [(9, 1, 3, 1_000, 500), (9, 2, 1, 2_000, 2_000), (i64::MAX as u64, 2, 1, 3_000, 3_000)]);
        assert!(list[0].is_longer() && list[0].our_size == 0 && list[0].epoch == [7; 16]);
        // The log of another epoch is another log.
        store.set_meta("epoch", &hex::encode([8; 16])).unwrap();
        assert!(store.keep_sighting(&node(618), 9, &[1; 32], 4_000).unwrap());
        assert!(store.keep_sighting(&node(618), 9, &[1; 31], 5_000).is_err());
        assert_eq!(store.sightings().unwrap().len(), 4);
    }

    #[test]
    fn a_node_that_never_says_the_same_fills_no_disk_and_silences_no_other() {
        let mut store = store();
        for size in 1..100 {
            store.keep_sighting(&node(0), size, &[0; 32], 0).unwrap();
        }
        assert_eq!(store.sightings().unwrap().len() as i64, SIGHTINGS_PER_NODE_MAX);
        assert!(store.keep_sighting(&node(1), 9, &[0; 32], 0).unwrap());
        for n in 0..2 * SIGHTINGS_MAX {
            store.keep_sighting(&node(2 + n), 9, &[0; 32], 0).unwrap();
        }
        assert_eq!(store.sightings().unwrap().len() as i64, SIGHTINGS_MAX);
        assert!(store.keep_sighting(&node(1), 9, &[0; 32], COUNTED_EVERY_MS).unwrap(), "what is kept is counted on");
    }
}
