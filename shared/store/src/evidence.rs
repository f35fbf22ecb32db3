//! What the hub has said of its whole log, and where it has contradicted itself (I8).

use bytes::Bytes;
use keng_proto::TreeHead;
use keng_sync::session::client::Evidence;
use prost::Message;
use rusqlite::{OptionalExtension, Row};
use sha2::{Digest, Sha256};

use crate::error::damaged;
use crate::{Store, StoreError};

/// Contradictions kept. One is enough to prove the matter; a hub that shows another log at every
/// contact cannot fill the disk.
pub const EVIDENCE_MAX: i64 = 1_000;

/// The key in `meta` of the last tree head that a session has verified.
pub(crate) const TREE_HEAD: &str = "tree_head";

/// A contradiction as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEvidence {
    /// Its number at this node.
    pub id: i64,
    /// Both statements, and the proof that failed.
    pub evidence: Evidence,
    /// When it was first met, by the own clock.
    pub first_ms: i64,
    /// When last.
    pub last_ms: i64,
    /// How often.
    pub times: u64,
}

impl Store {
    /// The last tree head that a session has verified; `None` before the first one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn tree_head(&self) -> Result<Option<TreeHead>, StoreError> {
        let Some(text) = self.meta(TREE_HEAD)? else { return Ok(None) };
        let bytes = hex::decode(text).map_err(damaged)?;
        Ok(Some(TreeHead::decode(bytes.as_slice()).map_err(damaged)?))
    }

    /// Keeps a verified tree head for the next session. A larger one of the same epoch, which
    /// another session has kept meanwhile, stays.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn keep_tree_head(&mut self, head: &TreeHead) -> Result<(), StoreError> {
        let further = |kept: TreeHead| kept.epoch == head.epoch && kept.size > head.size;
        if self.tree_head()?.is_some_and(further) {
            return Ok(());
        }
        self.set_meta(TREE_HEAD, &hex::encode(head.encode_to_vec()))
    }

    /// Keeps two statements of the hub that contradict each other. The same contradiction again is
    /// only counted.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn keep_evidence(&mut self, evidence: &Evidence, now_ms: i64) -> Result<(), StoreError> {
        let said = what_it_says(evidence);
        let tx = self.begin()?;
        let known = tx
            .prepare_cached("UPDATE evidence SET times = times + 1, last_ms = ?2 WHERE said = ?1")?
            .execute((said, now_ms))?;
        let kept: i64 = tx.prepare_cached("SELECT count(*) FROM evidence")?.query_row([], |r| r.get(0))?;
        if known == 0 && kept < EVIDENCE_MAX {
            tx.prepare_cached(
                "INSERT INTO evidence (kept, shown, proof, said, first_ms, last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            )?
            .execute((
                evidence.kept.encode_to_vec(),
                evidence.shown.encode_to_vec(),
                evidence.proof.concat(),
                said,
                now_ms,
            ))?;
        }
        tx.commit()?;
        Ok(())
    }

    /// How many contradictions are kept.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn evidence_count(&self) -> Result<u64, StoreError> {
        Ok(self.db.prepare_cached("SELECT count(*) FROM evidence")?.query_row([], |r| r.get::<_, i64>(0))? as u64)
    }

    /// All contradictions, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn evidence_list(&self) -> Result<Vec<KeptEvidence>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id, kept, shown, proof, first_ms, last_ms, times FROM evidence ORDER BY id")?;
        let mut found = statement.query([])?;
        let mut list = Vec::new();
        while let Some(row) = found.next()? {
            list.push(kept(row)?);
        }
        Ok(list)
    }

    /// One contradiction; `None` when there is none of this number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn evidence(&self, id: i64) -> Result<Option<KeptEvidence>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id, kept, shown, proof, first_ms, last_ms, times FROM evidence WHERE id = ?1")?;
        statement.query_row([id], |row| Ok(kept(row))).optional()?.transpose()
    }
}

fn kept(row: &Row<'_>) -> Result<KeptEvidence, StoreError> {
    let (kept, shown, proof): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(KeptEvidence {
        id: row.get(0)?,
        evidence: Evidence {
            kept: TreeHead::decode(kept.as_slice()).map_err(damaged)?,
            shown: TreeHead::decode(shown.as_slice()).map_err(damaged)?,
            proof: proof.chunks(32).map(Bytes::copy_from_slice).collect(),
        },
        first_ms: row.get(4)?,
        last_ms: row.get(5)?,
        times: row.get::<_, i64>(6)? as u64,
    })
}

/// A hub that shows one log at two moments signs two statements of it.
fn what_it_says(evidence: &Evidence) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for head in [&evidence.kept, &evidence.shown] {
        hasher.update((head.epoch.len() as u64).to_be_bytes());
        hasher.update(&head.epoch);
        hasher.update(head.size.to_be_bytes());
        hasher.update(&head.root);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::EVIDENCE_MAX;
    use crate::{Identity, Role, Store};
    use bytes::Bytes;
    use keng_domain::id::{Incarnation, NodeId};
    use keng_proto::TreeHead;
    use keng_sync::session::client::Evidence;

    fn store() -> Store {
        let unit = |code: &str| code.parse().unwrap();
        Store::in_memory(&Identity {
            role: Role::Node,
            province: unit("62"),
            unit: unit("610"),
            catalogue: None,
            node: NodeId("610-1".into()),
            incarnation: Incarnation([1; 16]),
            officer: "Cán bộ".into(),
        })
        .unwrap()
    }

    fn head(epoch: u8, size: u64, at_ms: i64) -> TreeHead {
        TreeHead {
            epoch: vec![epoch; 16].into(),
            size,
            root: vec![size as u8; 32].into(),
            at_ms,
            signature: vec![9; 64].into(),
        }
    }

    #[test]
    fn the_larger_tree_head_of_an_epoch_stays_and_a_new_epoch_takes_its_place() {
        let mut store = store();
        assert_eq!(store.tree_head().unwrap(), None);
        for (epoch, size, at_ms, stays) in
            [(1, 5, 1, head(1, 5, 1)), (1, 3, 2, head(1, 5, 1)), (1, 5, 3, head(1, 5, 3)), (2, 1, 4, head(2, 1, 4))]
        {
            store.keep_tree_head(&head(epoch, size, at_ms)).unwrap();
            assert_eq!(store.tree_head().unwrap(), Some(stays));
        }
    }

    #[test]
    fn a_contradiction_is_kept_once_and_counted_whenever_it_is_met() {
        let mut store = store();
        let evidence = |size, at_ms| Evidence {
            kept: head(1, 9, 1),
            shown: head(1, size, at_ms),
            proof: vec![Bytes::from(vec![7; 32]), Bytes::from(vec![8; 32])],
        };
        store.keep_evidence(&evidence(4, 10), 100).unwrap();
        store.keep_evidence(&evidence(4, 11), 200).unwrap();
        store.keep_evidence(&evidence(5, 12), 300).unwrap();
        let list = store.evidence_list().unwrap();
        assert_eq!(
            list.iter().map(|e| (e.times, e.first_ms, e.last_ms)).collect::<Vec<_>>(),
            [(2, 100, 200), (1, 300, 300)]
        );
        assert_eq!(list[0].evidence, evidence(4, 10), "as it came first");
        assert_eq!(store.evidence(list[1].id).unwrap().as_ref(), Some(&list[1]));
        assert_eq!(store.evidence(99).unwrap(), None);
    }

    #[test]
    fn a_hub_that_never_says_the_same_fills_no_disk() {
        let mut store = store();
        for n in 0..EVIDENCE_MAX + 20 {
            let shown = TreeHead { size: n as u64, ..head(1, 1, n) };
            store.keep_evidence(&Evidence { kept: head(1, 9, 1), shown, proof: Vec::new() }, n).unwrap();
        }
        assert_eq!(store.evidence_count().unwrap(), EVIDENCE_MAX as u64);
    }
}
