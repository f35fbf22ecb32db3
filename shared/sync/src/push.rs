//! One push: how a node makes it, and what it must be before a hub keeps anything of it. The same
//! in a session and in a bundle.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{Push, SignedHeads};

use crate::batch::{BadBatch, BatchEntry, RawEntry, decode, encode};
use crate::entry::Seq;
use crate::head::{BadHead, BadSignature, PublicKey, SigningKey, last_heads, read_feed_head, sign_heads, verify_heads};
use crate::limits::HEADS_MAX;

/// Why a push is none, or not the peer's. Nothing of it may enter a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPush {
    /// It is not what a push is made of.
    #[error("{0}")]
    Malformed(&'static str),
    /// Its batch cannot be read.
    #[error(transparent)]
    Batch(#[from] BadBatch),
    /// A head that is none.
    #[error(transparent)]
    Head(#[from] BadHead),
    /// Its heads are not signed by the incarnation that it is said to come from.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

/// Signs a batch of one author as that author. Cut longer lists with
/// [`split`](crate::batch::split) first.
#[must_use]
pub fn make(batch: &[BatchEntry], key: &SigningKey, incarnation: Incarnation, now_ms: i64) -> Push {
    let signed = sign_heads(key, incarnation, last_heads(batch.iter().map(|b| &b.entry)), now_ms);
    Push { batch: Some(encode(batch)), heads: Some(signed) }
}

/// A push that may be looked at further.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Whole, of one author's feeds, rising in each.
    pub entries: Vec<RawEntry>,
    /// Of the last entry of each feed. Verified, unless `brought`.
    pub heads: SignedHeads,
    /// Another incarnation's than the peer's.
    pub brought: bool,
}

/// Takes a push of one author's feeds that is signed for the last entry of each. The peer's own
/// signature is verified here and covers nothing else; that of another author, whose key is in the
/// register, where the entries are appended.
///
/// # Errors
/// [`BadPush`] for any other.
pub fn check(push: Push, peer: Incarnation, key: &PublicKey) -> Result<Checked, BadPush> {
    let (Some(batch), Some(heads)) = (push.batch, push.heads) else {
        return Err(BadPush::Malformed("a push without batch or heads"));
    };
    let author =
        Incarnation::from_slice(&heads.incarnation).map_err(|_| BadPush::Malformed("heads of no incarnation"))?;
    let brought = author != peer;
    if heads.heads.len() > HEADS_MAX {
        return Err(BadPush::Malformed("too many heads"));
    }
    if !brought {
        verify_heads(&heads, key)?;
    }
    let mut entries = decode(&batch)?;
    for entry in &mut entries {
        if entry.feed.incarnation != author || entry.body.is_none() {
            return Err(BadPush::Malformed("an entry of another incarnation, or without its body"));
        }
        (entry.lsn, entry.received_at_ms) = (Lsn(0), 0); // the hub's to give
    }
    let (signed, last) = (signed_seqs(&heads)?, last_seqs(&entries));
    let covered = last.iter().all(|(scope, seq)| signed.get(scope) == Some(seq));
    if !covered || !brought && signed.len() > last.len() {
        return Err(BadPush::Malformed("heads of other entries than the last of each feed"));
    }
    Ok(Checked { entries, heads, brought })
}

fn signed_seqs(heads: &SignedHeads) -> Result<HashMap<Scope, Seq>, BadPush> {
    let mut seqs = HashMap::new();
    for head in &heads.heads {
        let (scope, seq, _) = read_feed_head(head)?;
        if seqs.insert(scope, seq).is_some() {
            return Err(BadPush::Malformed("two heads of one feed"));
        }
    }
    Ok(seqs)
}

/// Seqs rise within a batch, see [`decode`].
fn last_seqs(entries: &[RawEntry]) -> HashMap<Scope, Seq> {
    entries.iter().map(|entry| (entry.feed.scope.clone(), entry.seq)).collect()
}
