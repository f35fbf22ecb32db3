//! Entries from elsewhere: verified, chained, appended; the rest to quarantine with a reason.
//!
//! At the hub a push enters the log here, and what is verified is what the letter of the
//! protocol says: who may write where, no gap, no fork, hashes as signed. Whether the content is
//! an honest change is judged by the projector, on every replica alike.

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::scope::Scope;
use keng_domain::units::Units;
use keng_proto::{FeedHead, LsnRun, Receipt, Refusal, SignedHeads};
use keng_records::authority::Role as Writer;
use keng_sync::batch::RawEntry;
use keng_sync::entry::{FeedId, GENESIS, Hash, chain_hash};
use keng_sync::head::{PublicKey, read_feed_head, verify_heads};
use keng_sync::limits::ENTRY_BYTES_MAX;
use rusqlite::{Connection, OptionalExtension};

use crate::error::damaged;
use crate::fsck::HUB_PUBLIC_KEY;
use crate::lives::{self, Aside};
use crate::rows::{self, FeedRow, Place};
use crate::{Identity, Store, StoreError, blocks, project, query, revoke, signatures};

/// Quarantined entries kept of one node. An honest node has none; a broken one cannot fill the
/// disk with them.
pub const QUARANTINE_PER_NODE_MAX: i64 = 10_000;

/// A push that a session has looked at.
#[derive(Debug, Clone)]
pub struct Push {
    /// Who sent it, by certificate.
    pub node: NodeId,
    /// The unit of the certificate, whose signature the session has verified. `None`: entries of
    /// another author than the session's, which the sender brings back to a hub that has lost them;
    /// key and right to write are the author's, by the register.
    pub writer: Option<Writer>,
    /// Its entries, in the order of their writing.
    pub entries: Vec<RawEntry>,
    /// The signature over the last entry of each feed.
    pub heads: SignedHeads,
}

/// Why a push as a whole was not appended; its entries lie in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushRefused {
    /// An entry stands where another one of the same feed stands already.
    #[error("feed {feed:?} already has another entry {seq}")]
    Fork {
        /// The feed.
        feed: FeedId,
        /// Where.
        seq: u64,
    },
    /// Entries are missing before this one.
    #[error("feed {feed:?} continues at {got}, but {expected} was next")]
    Gap {
        /// The feed.
        feed: FeedId,
        /// The next entry.
        expected: u64,
        /// The entry that came.
        got: u64,
    },
    /// The entries do not hash to the signed heads.
    #[error("the entries of feed {feed:?} are not those that were signed")]
    Hash {
        /// The feed.
        feed: FeedId,
    },
    /// Brought for an author whom the register does not know.
    #[error("the register does not know {0}")]
    UnknownAuthor(Incarnation),
    /// Brought under a signature that is not the author's.
    #[error("the entries are not signed by {0}")]
    Signature(Incarnation),
    /// The hub has revoked the node: its signature vouches for nothing any more.
    #[error("{reason}")]
    Revoked {
        /// Why, in the province's own words.
        reason: String,
    },
    /// Too much of this node lies in quarantine already.
    #[error("too many entries of node {0} lie in quarantine")]
    QuarantineFull(NodeId),
}

impl PushRefused {
    /// The code stored with the quarantined entries.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fork { .. } => "FORK",
            Self::Gap { .. } => "GAP",
            Self::Hash { .. } => "HASH",
            Self::UnknownAuthor(_) => "UNKNOWN_INCARNATION",
            Self::Signature(_) => "SIGNATURE",
            Self::Revoked { .. } => "REVOKED",
            Self::QuarantineFull(_) => "OVERLOADED",
        }
    }
}

impl Store {
    /// Appends pushes to the log: one transaction, one fsync for all. Each push is taken or
    /// refused as a whole; one bad push blocks none of the others. Sending again is harmless.
    ///
    /// Returns for each push its receipt, unsigned, or why it was refused.
    ///
    /// # Errors
    /// Whatever SQLite says; then nothing was appended.
    pub fn append(&mut self, pushes: &[Push], now_ms: i64) -> Result<Vec<Result<Receipt, PushRefused>>, StoreError> {
        let epoch = self.epoch()?;
        let (tx, identity) = self.begin_as()?;
        let units = query::units(&tx)?;
        let mut answers = Vec::with_capacity(pushes.len());
        for push in pushes {
            tx.execute_batch("SAVEPOINT push")?;
            let answer = match author_of(&tx, &identity, push)? {
                Ok(writer) => append_push(&tx, &units, &epoch, push, &writer, now_ms)?,
                Err(refused) => Err(refused),
            };
            if let Err(refused) = &answer {
                tx.execute_batch("ROLLBACK TO push")?;
                quarantine_push(&tx, push, refused.code(), &refused.to_string(), now_ms)?;
            }
            tx.execute_batch("RELEASE push")?;
            answers.push(answer);
        }
        blocks::keep(&tx, rows::tail(&tx)?)?;
        tx.commit()?;
        Ok(answers)
    }

    /// Keeps the entries of a push that the session refused, with the reason.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn quarantine(&mut self, push: &Push, code: &str, detail: &str, now_ms: i64) -> Result<(), StoreError> {
        let tx = self.begin()?;
        quarantine_push(&tx, push, code, detail, now_ms)?;
        tx.commit()?;
        Ok(())
    }

    /// Stores entries that the hub sent, verifies the signatures over them and moves the cursor: one
    /// transaction. What belongs to the whole province is projected in it, since the register tells
    /// whose signature counts; of the rest, documents and views follow by [`Store::project_step`].
    ///
    /// # Errors
    /// [`StoreError::Chain`] when the entries do not continue their feeds, [`StoreError::Signature`]
    /// when they are not what their authors signed; nothing was stored.
    pub fn store_pull(
        &mut self,
        entries: &[RawEntry],
        heads: &[SignedHeads],
        up_to: Lsn,
        epoch: [u8; 16],
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let (tx, identity) = self.begin_as()?;
        let mut lsn = rows::tail(&tx)?;
        let mut stored = 0;
        let mut aside = Aside::default();
        for raw in entries {
            let mut feed = rows::feed(&tx, &raw.feed)?;
            if raw.seq <= feed.seq {
                if is_held(&tx, &feed, raw)? {
                    continue;
                }
                if !lives::is_former(&tx, raw.feed.incarnation)? {
                    let scope = Some(raw.feed.scope.clone());
                    return Err(StoreError::Signature { incarnation: raw.feed.incarnation, scope });
                }
                aside.take(&tx, &raw.feed, &mut feed, raw.seq, now_ms)?;
                aside.take_unsent(&tx, raw.feed.incarnation, now_ms)?;
            }
            if raw.seq != feed.seq + 1 {
                return Err(StoreError::Chain { feed: raw.feed.clone(), expected: feed.seq + 1, got: raw.seq });
            }
            feed.seq = raw.seq;
            match (&raw.body, raw.withheld) {
                (_, Some(hash)) => feed.hash = hash,
                (Some(body), None) => {
                    // Counted from what is stored: the hashes may have come in a batch before.
                    let withheld = withheld_before(&tx, feed.id, raw.seq - 1)?;
                    feed.hash = chain_hash(&raw.feed, raw.seq, &feed.hash, body);
                    lsn.0 += 1;
                    let hub = Some((raw.lsn, raw.received_at_ms));
                    let place = Place { lsn, withheld, stored_at_ms: now_ms, hub };
                    rows::insert_entry(&tx, &feed, body, &place)?;
                    stored += 1;
                }
                (None, None) => return Err(damaged("an entry without body")),
            }
            rows::set_head(&tx, &feed)?;
        }
        if !aside.is_empty() {
            crate::open::make_derived_again(&tx, &identity)?;
            aside.write_again(&tx, &identity, now_ms)?;
        } else if entries.iter().any(|raw| raw.feed.scope == Scope::Province) {
            project::catch_up(&tx, &identity)?;
        }
        // After the projection: the register may have come with these very entries.
        signatures::verify(&tx, heads)?;
        // Two sessions of one node may run beside each other: the slower one must not move the
        // cursor back.
        let known = crate::open::meta(&tx, "cursor")?.and_then(|c| c.parse().ok()).map_or(Lsn(0), Lsn);
        crate::open::set_meta(&tx, "cursor", &up_to.max(known).to_string())?;
        crate::open::set_meta(&tx, "epoch", &hex::encode(epoch))?;
        tx.commit()?;
        Ok(stored)
    }

    /// The epoch of the hub's log: at the hub its own, at a node the one its cursor belongs to.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn epoch(&self) -> Result<[u8; 16], StoreError> {
        let mut epoch = [0; 16];
        if let Some(text) = self.meta("epoch")? {
            hex::decode_to_slice(text, &mut epoch).map_err(damaged)?;
        }
        Ok(epoch)
    }
}

/// Whose right to write counts for a push. What is brought for another author must be signed by
/// the key that the register has for them.
fn author_of(db: &Connection, identity: &Identity, push: &Push) -> Result<Result<Writer, PushRefused>, StoreError> {
    if let Some(writer) = &push.writer {
        return Ok(Ok(writer.clone()));
    }
    let author = Incarnation::from_slice(&push.heads.incarnation).map_err(damaged)?;
    let known = |db: &Connection| -> Result<_, StoreError> {
        Ok(signatures::public_key(db, author)?.zip(project::writer(db, identity, author)?))
    };
    let found = match known(db)? {
        Some(found) => Some(found),
        // Their line of the register may have been brought just before.
        None => {
            project::catch_up(db, identity)?;
            known(db)?
        }
    };
    if found.is_none() && is_own_hand(db, &push.heads)? {
        // A hub that was put back twice does not remember the life in between, but knows its own key.
        lives::note_hub_life(db, author)?;
        return Ok(Ok(Writer::of_hub(identity.province.clone())));
    }
    let Some((key, writer)) = found else { return Ok(Err(PushRefused::UnknownAuthor(author))) };
    let signed = PublicKey::from_slice(&key).is_ok_and(|key| verify_heads(&push.heads, &key).is_ok());
    Ok(if signed { Ok(writer) } else { Err(PushRefused::Signature(author)) })
}

/// Whether this hub's own key has signed these heads.
fn is_own_hand(db: &Connection, heads: &SignedHeads) -> Result<bool, StoreError> {
    let Some(key) = crate::open::meta(db, HUB_PUBLIC_KEY)? else { return Ok(false) };
    let key = hex::decode(key).ok().and_then(|key| PublicKey::from_slice(&key).ok());
    Ok(key.is_some_and(|key| verify_heads(heads, &key).is_ok()))
}

/// Whether an entry that comes is the one that is held at its place; its position is noted, which a
/// hub that lost a part of its log gives anew.
fn is_held(db: &Connection, feed: &FeedRow, raw: &RawEntry) -> Result<bool, StoreError> {
    let found: Option<(Vec<u8>, Vec<u8>)> = db
        .prepare_cached("SELECT hash, body FROM entry WHERE feed = ?1 AND seq = ?2")?
        .query_row((feed.id, raw.seq as i64), |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    // Of an entry in quarantine only the hash has passed by.
    let Some((hash, body)) = found else { return Ok(true) };
    let (same, lsn) = match (&raw.body, &raw.withheld) {
        (Some(theirs), _) => (*theirs == body, raw.lsn),
        (None, Some(theirs)) => (hash == theirs, Lsn(0)),
        (None, None) => return Err(damaged("an entry without body")),
    };
    if same {
        rows::note_position(db, feed.id, raw.seq, &hash, lsn, raw.received_at_ms)?;
    }
    Ok(same)
}

fn append_push(
    db: &Connection,
    units: &Units,
    epoch: &[u8; 16],
    push: &Push,
    writer: &Writer,
    now_ms: i64,
) -> Result<Result<Receipt, PushRefused>, StoreError> {
    // Asked in the transaction that appends: a push that was under way when the node was revoked
    // comes before the revocation or is refused, never both.
    if let Some(revocation) = revoke::of(db, &push.node, &push.heads.incarnation)? {
        return Ok(Err(PushRefused::Revoked { reason: revocation.reason }));
    }
    let mut lsn = rows::tail(db)?;
    let before = lsn;
    let mut receipt = Receipt {
        epoch: Bytes::copy_from_slice(epoch),
        incarnation: push.heads.incarnation.clone(),
        heads: push.heads.heads.clone(),
        received_at_ms: now_ms,
        ..Receipt::default()
    };
    // Feeds of this push: row, whether its scope is allowed, hash reached, entries withheld.
    let mut open: Vec<(FeedId, FeedRow, bool, u32)> = Vec::new();
    for raw in &push.entries {
        let at = match open.iter().position(|(id, ..)| *id == raw.feed) {
            Some(at) => at,
            None => {
                let allowed = project::may_write(units, writer, &raw.feed.scope);
                let row = rows::feed(db, &raw.feed)?;
                let withheld = withheld_before(db, row.id, row.seq)?;
                open.push((raw.feed.clone(), row, allowed, withheld));
                open.len() - 1
            }
        };
        let (id, feed, allowed, withheld) = &mut open[at];
        let body = raw.body.clone().unwrap_or_default();
        if raw.seq <= feed.seq {
            match stored_hash(db, id, feed.id, raw, &body)? {
                Some(0) => {
                    note(&mut receipt, Lsn(0));
                    receipt.refusals.extend(refused_before(db, id, raw)?);
                }
                Some(place) => note(&mut receipt, Lsn(place)),
                None => return Ok(Err(PushRefused::Fork { feed: id.clone(), seq: raw.seq })),
            }
            continue;
        }
        if raw.seq != feed.seq + 1 {
            return Ok(Err(PushRefused::Gap { feed: id.clone(), expected: feed.seq + 1, got: raw.seq }));
        }
        feed.seq = raw.seq;
        feed.hash = chain_hash(id, raw.seq, &feed.hash, &body);
        let refusal = match (*allowed, body.len()) {
            (false, _) => Some(("SCOPE", format!("unit {} may not write in {}", writer.unit_key(), id.scope))),
            (true, n) if n > ENTRY_BYTES_MAX => Some(("TOO_LARGE", format!("{n} bytes, at most {ENTRY_BYTES_MAX}"))),
            (true, _) => None,
        };
        match refusal {
            None => {
                lsn.0 += 1;
                let place =
                    Place { lsn, withheld: std::mem::take(withheld), stored_at_ms: now_ms, hub: Some((lsn, now_ms)) };
                rows::insert_entry(db, feed, &body, &place)?;
                note(&mut receipt, lsn);
            }
            Some((code, detail)) => {
                if quarantined(db, &push.node)? >= QUARANTINE_PER_NODE_MAX {
                    return Ok(Err(PushRefused::QuarantineFull(push.node.clone())));
                }
                insert_quarantine(db, push, raw, &feed.hash, code, &detail, now_ms)?;
                *withheld += 1;
                note(&mut receipt, Lsn(0));
                receipt.refusals.push(Refusal {
                    scope: id.scope.to_string(),
                    seq: raw.seq,
                    hash: Bytes::copy_from_slice(&feed.hash),
                    code: code.to_owned(),
                    detail,
                });
            }
        }
    }
    for (id, feed, ..) in &open {
        if !is_signed(db, &push.heads.heads, id, feed)? {
            return Ok(Err(PushRefused::Hash { feed: id.clone() }));
        }
        rows::set_head(db, feed)?;
    }
    signatures::keep(db, &push.heads, false)?;
    if push.writer.is_none() && lsn > before {
        let author = Incarnation::from_slice(&push.heads.incarnation).map_err(damaged)?;
        lives::note_recovered(db, epoch, &push.node.0, author, lsn.0 - before.0)?;
    }
    Ok(Ok(receipt))
}

/// Whether the signed heads name this feed with a hash that the chain has at that place.
fn is_signed(db: &Connection, heads: &[FeedHead], id: &FeedId, feed: &FeedRow) -> Result<bool, StoreError> {
    let signed = heads.iter().filter_map(|h| read_feed_head(h).ok()).find(|(scope, ..)| *scope == id.scope);
    let Some((_, seq, hash)) = signed else { return Ok(false) };
    if seq == feed.seq {
        return Ok(hash == feed.hash);
    }
    // A push sent again ends before what is held by now.
    Ok(seq < feed.seq && hash_at(db, id, feed.id, seq)? == Some(hash))
}

/// The stored place of an entry that is held already; `None` when another one is held there.
fn stored_hash(
    db: &Connection,
    id: &FeedId,
    feed: i64,
    raw: &RawEntry,
    body: &Bytes,
) -> Result<Option<u64>, StoreError> {
    let previous = if raw.seq == 1 { Some(GENESIS) } else { hash_at(db, id, feed, raw.seq - 1)? };
    let Some(previous) = previous else { return Ok(None) };
    if hash_at(db, id, feed, raw.seq)? != Some(chain_hash(id, raw.seq, &previous, body)) {
        return Ok(None);
    }
    let lsn: Option<i64> = db
        .prepare_cached("SELECT lsn FROM entry WHERE feed = ?1 AND seq = ?2")?
        .query_row((feed, raw.seq as i64), |r| r.get(0))
        .optional()?;
    Ok(Some(lsn.unwrap_or(0) as u64))
}

/// What the receipt of an entry that lies in quarantine said, for when it is sent again: the node
/// may never have got that receipt, and one without the reason would contradict itself.
fn refused_before(db: &Connection, id: &FeedId, raw: &RawEntry) -> Result<Option<Refusal>, StoreError> {
    let scope = id.scope.to_string();
    let found: Option<(Vec<u8>, String, String)> = db
        .prepare_cached(
            "SELECT hash, code, detail FROM quarantine
             WHERE incarnation = ?1 AND scope = ?2 AND seq = ?3 AND lsn IS NULL LIMIT 1",
        )?
        .query_row((id.incarnation.0, &scope, raw.seq as i64), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    Ok(found.map(|(hash, code, detail)| Refusal { scope, seq: raw.seq, hash: hash.into(), code, detail }))
}

/// The chain hash of a feed at `seq`, in the log or in quarantine.
pub(crate) fn hash_at(db: &Connection, id: &FeedId, feed: i64, seq: u64) -> Result<Option<Hash>, StoreError> {
    let hash: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT hash FROM entry WHERE feed = ?1 AND seq = ?2
             UNION ALL SELECT hash FROM quarantine WHERE incarnation = ?3 AND scope = ?4 AND seq = ?2 AND lsn IS NULL LIMIT 1",
        )?
        .query_row((feed, seq as i64, id.incarnation.0, id.scope.to_string()), |r| r.get(0))
        .optional()?;
    hash.map(|h| rows::hash_of(&h)).transpose()
}

/// How many entries at the end of a feed lie in quarantine: the next one in the log says so.
fn withheld_before(db: &Connection, feed: i64, seq: u64) -> Result<u32, StoreError> {
    let last: i64 = db
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM entry WHERE feed = ?1")?
        .query_row([feed], |r| r.get(0))?;
    Ok(u32::try_from(seq.saturating_sub(last as u64)).unwrap_or(u32::MAX))
}

/// Adds one more entry's position to a receipt; 0 for a refused one.
pub(crate) fn note(receipt: &mut Receipt, lsn: Lsn) {
    if let Some(run) = receipt.lsns.last_mut() {
        let continues = if run.first == 0 { lsn.0 == 0 } else { lsn.0 == run.first + u64::from(run.count) };
        if continues {
            run.count += 1;
            return;
        }
    }
    receipt.lsns.push(LsnRun { first: lsn.0, count: 1 });
}

fn quarantined(db: &Connection, node: &NodeId) -> Result<i64, StoreError> {
    Ok(db.prepare_cached(
            "SELECT (SELECT count(*) FROM quarantine WHERE node = ?1) + (SELECT count(*) FROM refused_push WHERE node = ?1)",
        )?.query_row([&node.0], |r| r.get(0))?)
}

fn insert_quarantine(
    db: &Connection,
    push: &Push,
    raw: &RawEntry,
    hash: &Hash,
    code: &str,
    detail: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let incarnation: Incarnation = raw.feed.incarnation;
    db.prepare_cached(
        "INSERT INTO quarantine (node, incarnation, scope, seq, hash, code, detail, body, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        &push.node.0,
        incarnation.0,
        raw.feed.scope.to_string(),
        raw.seq as i64,
        hash,
        code,
        detail,
        raw.body.as_deref().unwrap_or_default(),
        now_ms,
    ))?;
    Ok(())
}

fn quarantine_push(db: &Connection, push: &Push, code: &str, detail: &str, now_ms: i64) -> Result<(), StoreError> {
    let room = QUARANTINE_PER_NODE_MAX - quarantined(db, &push.node)?;
    for raw in push.entries.iter().take(usize::try_from(room).unwrap_or(0)) {
        // Nothing vouches for these hashes, and they must never be taken for a part of a chain.
        let seen: bool = db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM refused_push WHERE incarnation = ?1 AND scope = ?2 AND seq = ?3 AND body = ?4)")?
            .query_row(
                (raw.feed.incarnation.0, raw.feed.scope.to_string(), raw.seq as i64, raw.body.as_deref().unwrap_or_default()),
                |r| r.get(0),
            )?;
        if seen {
            continue;
        }
        db.prepare_cached(
            "INSERT INTO refused_push (node, incarnation, scope, seq, code, detail, body, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            &push.node.0,
            raw.feed.incarnation.0,
            raw.feed.scope.to_string(),
            raw.seq as i64,
            code,
            detail,
            raw.body.as_deref().unwrap_or_default(),
            now_ms,
        ))?;
    }
    Ok(())
}
