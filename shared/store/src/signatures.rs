//! Signatures over the heads of feeds: kept with the feeds that they cover, handed on to readers,
//! verified by them. Nobody has to take the hub's word for what a unit wrote (I4).

use std::collections::BTreeMap;

use keng_domain::id::Incarnation;
use keng_domain::scope::Scope;
use keng_proto::SignedHeads;
use keng_sync::batch::BatchEntry;
use keng_sync::entry::{FeedId, Hash, Seq};
use keng_sync::head::{PublicKey, read_feed_head, verify_heads};
use prost::Message;
use rusqlite::{Connection, OptionalExtension};

use crate::error::damaged;
use crate::rows;
use crate::{Store, StoreError};

impl Store {
    /// The signatures that cover `entries`: for each feed the last one within them. A feed whose
    /// next signature stands beyond its last entry here gets it with a later part of the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn signatures_over(&self, entries: &[BatchEntry]) -> Result<Vec<SignedHeads>, StoreError> {
        let mut spans: BTreeMap<&FeedId, (Seq, Seq)> = BTreeMap::new();
        for BatchEntry { entry, .. } in entries {
            spans.entry(&entry.feed).or_insert((entry.seq, entry.seq)).1 = entry.seq;
        }
        let mut messages: BTreeMap<i64, SignedHeads> = BTreeMap::new();
        for (feed, (first, last)) in spans {
            let found: Option<(i64, Vec<u8>)> = self
                .db
                .prepare_cached(
                    "SELECT s.id, s.message FROM feed f JOIN feed_signature g ON g.feed = f.id
                     JOIN signed_heads s ON s.id = g.signed
                     WHERE f.incarnation = ?1 AND f.scope = ?2 AND g.seq BETWEEN ?3 AND ?4
                     ORDER BY g.seq DESC LIMIT 1",
                )?
                .query_row((feed.incarnation.0, feed.scope.to_string(), first as i64, last as i64), |r| {
                    Ok((r.get(0)?, r.get(1)?))
                })
                .optional()?;
            if let Some((id, message)) = found {
                messages.insert(id, SignedHeads::decode(message.as_slice()).map_err(damaged)?);
            }
        }
        Ok(messages.into_values().collect())
    }
}

/// Keeps a verified signature with those of its feeds that are held as far as it says, and as it says:
/// an author that forked has signed more than one chain. At a node
/// (`last_only`) an earlier signature over the same feed has done its work and goes; the hub keeps
/// all, as evidence.
pub(crate) fn keep(db: &Connection, signed: &SignedHeads, last_only: bool) -> Result<(), StoreError> {
    let incarnation = Incarnation::from_slice(&signed.incarnation).map_err(damaged)?;
    let mut covered = Vec::with_capacity(signed.heads.len());
    for head in &signed.heads {
        let (scope, seq, hash) = read_feed_head(head).map_err(damaged)?;
        if let Some((feed, held, _)) = held(db, incarnation, &scope)?
            && seq <= held
            && chain_at(db, incarnation, &scope, seq)?.is_none_or(|ours| ours == hash)
        {
            covered.push((feed, seq));
        }
    }
    if covered.is_empty() {
        return Ok(());
    }
    db.prepare_cached("INSERT INTO signed_heads (incarnation, at_ms, message) VALUES (?1, ?2, ?3)")?.execute((
        incarnation.0,
        signed.at_ms,
        signed.encode_to_vec(),
    ))?;
    let message = db.last_insert_rowid();
    for (feed, seq) in &covered {
        if last_only {
            db.prepare_cached("DELETE FROM feed_signature WHERE feed = ?1 AND seq <= ?2")?
                .execute((feed, *seq as i64))?;
        }
        db.prepare_cached("INSERT OR REPLACE INTO feed_signature (feed, seq, signed) VALUES (?1, ?2, ?3)")?
            .execute((feed, *seq as i64, message))?;
    }
    if last_only {
        db.prepare_cached(
            "DELETE FROM signed_heads WHERE incarnation = ?1 AND id NOT IN (SELECT signed FROM feed_signature)",
        )?
        .execute([incarnation.0])?;
    }
    Ok(())
}

/// Verifies signatures that came with entries, and keeps them. One whose incarnation the register
/// does not know yet is left out: its entries wait for the register too.
///
/// A signature may say another hash than the chain has where another one of the same author confirms the
/// chain: then the author itself has forked there (a copied folder that did not notice), whoever sent it.
///
/// # Errors
/// [`StoreError::Signature`] when one is not its incarnation's, or says another hash than the chain
/// has there and none confirms the chain: whoever sent these entries has altered or invented some.
pub(crate) fn verify(db: &Connection, heads: &[SignedHeads]) -> Result<(), StoreError> {
    let mut contradict = Vec::new();
    for signed in heads {
        let incarnation = Incarnation::from_slice(&signed.incarnation).map_err(damaged)?;
        let Some(key) = public_key(db, incarnation)? else { continue };
        let forged = |scope: Option<Scope>| StoreError::Signature { incarnation, scope };
        let key = PublicKey::from_slice(&key).map_err(|_| forged(None))?;
        verify_heads(signed, &key).map_err(|_| forged(None))?;
        for head in &signed.heads {
            let (scope, seq, hash) = read_feed_head(head).map_err(|_| forged(None))?;
            if chain_at(db, incarnation, &scope, seq)?.is_some_and(|ours| ours != hash) {
                contradict.push((incarnation, scope, seq));
            }
        }
        keep(db, signed, true)?;
    }
    // Once all are kept: what confirms the chain may have come with the same entries.
    for (incarnation, scope, seq) in contradict {
        if !is_confirmed(db, incarnation, &scope, seq)? {
            return Err(StoreError::Signature { incarnation, scope: Some(scope) });
        }
    }
    Ok(())
}

/// Whether a signature of the author covers the chain as it is here, up to `seq` at least.
fn is_confirmed(db: &Connection, incarnation: Incarnation, scope: &Scope, seq: Seq) -> Result<bool, StoreError> {
    let confirmed = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM feed_signature g JOIN feed f ON f.id = g.feed
             WHERE f.incarnation = ?1 AND f.scope = ?2 AND g.seq >= ?3)",
        )?
        .query_row((incarnation.0, scope.to_string(), seq as i64), |r| r.get(0))?;
    Ok(confirmed)
}

/// The key by which an incarnation signs: the register's; before it has come, the hub's own as told
/// at enrolment.
pub(crate) fn public_key(db: &Connection, incarnation: Incarnation) -> Result<Option<Hash>, StoreError> {
    let key: Option<Vec<u8>> = db
        .prepare_cached("SELECT public_key FROM view_author WHERE incarnation = ?1")?
        .query_row([incarnation.0], |r| r.get(0))
        .optional()?;
    if let Some(key) = key {
        return rows::hash_of(&key).map(Some);
    }
    if !crate::project::is_hub_life(db, incarnation)? {
        return Ok(None);
    }
    let Some(key) = crate::open::meta(db, "hub_public_key")? else { return Ok(None) };
    rows::hash_of(&hex::decode(key).map_err(damaged)?).map(Some)
}

/// A feed that is here: its row, last seq and hash there.
fn held(db: &Connection, incarnation: Incarnation, scope: &Scope) -> Result<Option<(i64, Seq, Hash)>, StoreError> {
    let found: Option<(i64, i64, Vec<u8>)> = db
        .prepare_cached("SELECT id, seq, hash FROM feed WHERE incarnation = ?1 AND scope = ?2")?
        .query_row((incarnation.0, scope.to_string()), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    found.map(|(id, seq, hash)| Ok((id, seq as Seq, rows::hash_of(&hash)?))).transpose()
}

/// The chain's hash at `seq`; `None` when it is not here: not yet, or an entry of which only the
/// hash has passed by.
fn chain_at(db: &Connection, incarnation: Incarnation, scope: &Scope, seq: Seq) -> Result<Option<Hash>, StoreError> {
    let Some((feed, last, hash)) = held(db, incarnation, scope)? else { return Ok(None) };
    if seq == last {
        return Ok(Some(hash));
    }
    let found: Option<Vec<u8>> = db
        .prepare_cached("SELECT hash FROM entry WHERE feed = ?1 AND seq = ?2")?
        .query_row((feed, seq as i64), |r| r.get(0))
        .optional()?;
    found.map(|hash| rows::hash_of(&hash)).transpose()
}

/// Signatures that were kept before they were tied to feeds (migration 0002).
pub(crate) fn tie_to_feeds(db: &Connection) -> Result<(), StoreError> {
    let mut statement = db.prepare("SELECT id, message FROM signed_heads ORDER BY id")?;
    let kept = statement
        .query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, Vec<u8>>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    for (id, message) in kept {
        let signed = SignedHeads::decode(message.as_slice()).map_err(damaged)?;
        let incarnation = Incarnation::from_slice(&signed.incarnation).map_err(damaged)?;
        for head in &signed.heads {
            let (scope, seq, _) = read_feed_head(head).map_err(damaged)?;
            if let Some((feed, ..)) = held(db, incarnation, &scope)? {
                db.execute(
                    "INSERT OR REPLACE INTO feed_signature (feed, seq, signed) VALUES (?1, ?2, ?3)",
                    (feed, seq as i64, id),
                )?;
            }
        }
    }
    Ok(())
}
