//! What travels by bundle instead of by link: receipts made again from the log, and what the hub
//! knows of a node that it hears of by stick alone.

use std::collections::BTreeSet;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::scope::Scope;
use keng_proto::{FeedHead, Receipt, Refusal, SignedHeads};
use keng_sync::entry::{FeedId, Hash, Seq};
use keng_sync::head::{feed_head, read_feed_head};
use keng_sync::limits::BATCH_ENTRIES_MAX;
use prost::Message;
use rusqlite::{Connection, OptionalExtension};

use crate::error::damaged;
use crate::ingest::note;
use crate::rows;
use crate::{Store, StoreError};

/// Exports of one incarnation of which the hub remembers the files: sticks that are read late are
/// told apart from files that never came.
const EXPORTS_KEPT: u32 = 16;

/// What a node said of itself in its last bundle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BundlePeer {
    /// The log that `cursor` counts in; `None` before its first contact.
    pub epoch: Option<[u8; 16]>,
    /// Up to here it holds its scopes.
    pub cursor: Lsn,
    /// Own feeds as far as its receipts reach.
    pub acknowledged: Vec<FeedHead>,
}

/// An own entry as a receipt finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEntry {
    /// Its place in its feed.
    pub seq: Seq,
    /// Its hash.
    pub hash: Hash,
    /// It has a receipt already.
    pub answered: bool,
}

/// An entry that the hub has answered for: its place in the log, 0 in quarantine.
struct Answered {
    seq: Seq,
    lsn: u64,
    at_ms: i64,
    hash: Hash,
    refusal: Option<(String, String)>,
}

impl Store {
    /// Receipts, unsigned, for everything the log or its quarantine holds of `incarnation` after
    /// `known`; each of one feed and of one moment of arrival.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn receipts_after(&self, incarnation: Incarnation, known: &[FeedHead]) -> Result<Vec<Receipt>, StoreError> {
        let epoch = Bytes::copy_from_slice(&self.epoch()?);
        let known: Vec<(Scope, Seq, Hash)> =
            known.iter().map(read_feed_head).collect::<Result<_, _>>().map_err(damaged)?;
        let mut receipts = Vec::new();
        for (scope, ..) in self.heads_of(incarnation)? {
            let after = known.iter().find(|(s, ..)| *s == scope).map_or(0, |(_, seq, _)| *seq);
            let answered = answered_after(&self.db, incarnation, &scope, after)?;
            for moment in answered.chunk_by(|a, b| a.at_ms == b.at_ms) {
                for run in moment.chunks(BATCH_ENTRIES_MAX) {
                    receipts.push(receipt_of(&epoch, incarnation, &scope, run));
                }
            }
        }
        Ok(receipts)
    }

    /// Own entries of one scope from `first` to `last`, in their order.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn own_entries(&self, scope: &Scope, first: Seq, last: Seq) -> Result<Vec<OwnEntry>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT e.seq, e.hash, e.hub_lsn IS NOT NULL FROM entry e JOIN feed f ON f.id = e.feed
             WHERE f.incarnation = ?1 AND f.scope = ?2 AND e.seq BETWEEN ?3 AND ?4 ORDER BY e.seq",
        )?;
        let found = statement
            .query_map((self.identity.incarnation.0, scope.to_string(), first as i64, last as i64), |r| {
                Ok((r.get::<_, i64>(0)?, r.get::<_, Vec<u8>>(1)?, r.get(2)?))
            })?;
        found
            .map(|row| {
                let (seq, hash, answered) = row?;
                Ok(OwnEntry { seq: seq as Seq, hash: rows::hash_of(&hash)?, answered })
            })
            .collect()
    }

    /// The feed of this replica's own incarnation in `scope`.
    #[must_use]
    pub fn own_feed(&self, scope: Scope) -> FeedId {
        FeedId { incarnation: self.identity.incarnation, scope }
    }

    /// What the last bundle of `incarnation` said; nothing before the first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn bundle_peer(&self, incarnation: Incarnation) -> Result<BundlePeer, StoreError> {
        let found = self
            .db
            .prepare_cached("SELECT epoch, cursor, acknowledged FROM bundle_peer WHERE incarnation = ?1")?
            .query_row([incarnation.0], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, i64>(1)?, r.get::<_, Vec<u8>>(2)?)))
            .optional()?;
        let Some((epoch, cursor, acknowledged)) = found else { return Ok(BundlePeer::default()) };
        Ok(BundlePeer {
            epoch: <[u8; 16]>::try_from(epoch.as_slice()).ok(),
            cursor: Lsn(cursor as u64),
            acknowledged: SignedHeads::decode(acknowledged.as_slice()).map_err(damaged)?.heads,
        })
    }

    /// Remembers what a bundle said of the node's own state, unless a later one has.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_bundle_peer(
        &mut self,
        incarnation: Incarnation,
        peer: &BundlePeer,
        created_at_ms: i64,
    ) -> Result<(), StoreError> {
        let heads = SignedHeads { heads: peer.acknowledged.clone(), ..SignedHeads::default() };
        self.db
            .prepare_cached(
                "INSERT INTO bundle_peer (incarnation, epoch, cursor, acknowledged, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (incarnation) DO UPDATE SET epoch = excluded.epoch, cursor = excluded.cursor,
                     acknowledged = excluded.acknowledged, created_at_ms = excluded.created_at_ms
                 WHERE excluded.created_at_ms >= created_at_ms",
            )?
            .execute((
                incarnation.0,
                peer.epoch.as_ref().map_or(&[][..], |e| &e[..]),
                peer.cursor.0 as i64,
                heads.encode_to_vec(),
                created_at_ms,
            ))?;
        Ok(())
    }

    /// Notes that a file of an export was taken whole; of each incarnation the last
    /// [`EXPORTS_KEPT`] exports are remembered.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_bundle_part(
        &mut self,
        incarnation: Incarnation,
        export: &[u8],
        part: u32,
        last: bool,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let tx = self.begin()?;
        tx.execute(
            "INSERT OR REPLACE INTO bundle_part (incarnation, export, part, last, taken_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            (incarnation.0, export, part, last, now_ms),
        )?;
        tx.execute(
            "DELETE FROM bundle_part WHERE incarnation = ?1 AND export NOT IN (
                 SELECT export FROM bundle_part WHERE incarnation = ?1 GROUP BY export ORDER BY max(taken_at_ms) DESC LIMIT ?2)",
            (incarnation.0, EXPORTS_KEPT),
        )?;
        tx.commit()?;
        Ok(())
    }

    /// The parts before `part` of an export that were not taken; and whether its last file was.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn missing_bundle_parts(
        &self,
        incarnation: Incarnation,
        export: &[u8],
        part: u32,
    ) -> Result<(Vec<u32>, bool), StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT part, last FROM bundle_part WHERE incarnation = ?1 AND export = ?2")?;
        let found =
            statement.query_map((incarnation.0, export), |r| Ok((r.get::<_, u32>(0)?, r.get::<_, bool>(1)?)))?;
        let taken: Vec<(u32, bool)> = found.collect::<Result<_, _>>()?;
        let have: BTreeSet<u32> = taken.iter().map(|(part, _)| *part).collect();
        let up_to = have.last().copied().unwrap_or(0).max(part);
        Ok(((1..up_to).filter(|n| !have.contains(n)).collect(), taken.iter().any(|(_, last)| *last)))
    }

    /// Notes that a node was heard of by bundle: `complete_to_ms` when all it had written then is
    /// here. What a session measures (clock, program, whether it is there) is left as it is.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_bundle_contact(
        &mut self,
        node: &NodeId,
        incarnation: Incarnation,
        software: &str,
        complete_to_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO contact (node, incarnation, last_contact_ms, complete_to_ms, pending, clock_offset_ms, software, live)
                 VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, 0)
                 ON CONFLICT (incarnation) DO UPDATE SET last_contact_ms = max(last_contact_ms, excluded.last_contact_ms),
                     complete_to_ms = max(coalesce(complete_to_ms, excluded.complete_to_ms), coalesce(excluded.complete_to_ms, complete_to_ms)),
                     pending = CASE WHEN excluded.complete_to_ms IS NOT NULL AND live = 0 THEN 0 ELSE pending END",
            )?
            .execute((&node.0, incarnation.0, now_ms, complete_to_ms, software))?;
        Ok(())
    }
}

fn answered_after(
    db: &Connection,
    incarnation: Incarnation,
    scope: &Scope,
    after: Seq,
) -> Result<Vec<Answered>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT e.seq, e.lsn, e.stored_at_ms, e.hash, NULL, NULL FROM entry e JOIN feed f ON f.id = e.feed
         WHERE f.incarnation = ?1 AND f.scope = ?2 AND e.seq > ?3
         UNION ALL SELECT seq, 0, at_ms, hash, code, detail FROM quarantine
         WHERE incarnation = ?1 AND scope = ?2 AND seq > ?3 AND lsn IS NULL ORDER BY 1",
    )?;
    let found = statement.query_map((incarnation.0, scope.to_string(), after as i64), |r| {
        let refusal = r.get::<_, Option<String>>(4)?.zip(r.get::<_, Option<String>>(5)?);
        Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?, r.get(2)?, r.get::<_, Vec<u8>>(3)?, refusal))
    })?;
    let answered: Vec<Answered> = found
        .map(|row| {
            let (seq, lsn, at_ms, hash, refusal) = row?;
            Ok(Answered { seq: seq as Seq, lsn: lsn as u64, at_ms, hash: rows::hash_of(&hash)?, refusal })
        })
        .collect::<Result<_, StoreError>>()?;
    if answered.windows(2).any(|pair| pair[1].seq != pair[0].seq + 1) {
        return Err(damaged(format!("feed of {incarnation} in {scope} has a gap")));
    }
    Ok(answered)
}

fn receipt_of(epoch: &Bytes, incarnation: Incarnation, scope: &Scope, run: &[Answered]) -> Receipt {
    let mut receipt =
        Receipt { epoch: epoch.clone(), incarnation: Bytes::copy_from_slice(&incarnation.0), ..Receipt::default() };
    for entry in run {
        note(&mut receipt, Lsn(entry.lsn));
        if let Some((code, detail)) = &entry.refusal {
            receipt.refusals.push(Refusal {
                scope: scope.to_string(),
                seq: entry.seq,
                hash: Bytes::copy_from_slice(&entry.hash),
                code: code.clone(),
                detail: detail.clone(),
            });
        }
    }
    if let Some(last) = run.last() {
        receipt.heads = vec![feed_head(scope, last.seq, &last.hash)];
        receipt.received_at_ms = last.at_ms;
    }
    receipt
}
