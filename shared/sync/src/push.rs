//! One push: how a node makes it, and what it must be before a hub keeps anything of it. The same
//! in a session and in a bundle.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{FeedHead, Push, SignedHeads};

use crate::batch::{BadBatch, BatchEntry, RawEntry, decode, encode};
use crate::entry::{Entry, Seq};
use crate::head::{BadHead, BadSignature, PublicKey, SigningKey, feed_head, read_feed_head, sign_heads, verify_heads};
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

/// Signs a batch as its writer. Cut longer lists with [`split`](crate::batch::split) first.
#[must_use]
pub fn make(batch: &[BatchEntry], key: &SigningKey, incarnation: Incarnation, now_ms: i64) -> Push {
    let signed = sign_heads(key, incarnation, last_of_each_feed(batch), now_ms);
    Push { batch: Some(encode(batch)), heads: Some(signed) }
}

fn last_of_each_feed(batch: &[BatchEntry]) -> Vec<FeedHead> {
    let mut last: HashMap<&Scope, &Entry> = HashMap::new();
    for BatchEntry { entry, .. } in batch {
        last.insert(&entry.feed.scope, entry);
    }
    let mut heads: Vec<_> = last.into_iter().collect();
    heads.sort_unstable_by_key(|(scope, _)| *scope);
    heads.into_iter().map(|(scope, entry)| feed_head(scope, entry.seq, &entry.hash)).collect()
}

/// Takes a push that is signed by `peer`, of its own feeds, and signed for exactly what it holds.
///
/// # Errors
/// [`BadPush`] for any other.
pub fn check(push: Push, peer: Incarnation, key: &PublicKey) -> Result<(Vec<RawEntry>, SignedHeads), BadPush> {
    let (Some(batch), Some(heads)) = (push.batch, push.heads) else {
        return Err(BadPush::Malformed("a push without batch or heads"));
    };
    if heads.incarnation != peer.0.as_slice() || heads.heads.len() > HEADS_MAX {
        return Err(BadPush::Malformed("heads of another incarnation, or too many"));
    }
    verify_heads(&heads, key)?;
    let mut entries = decode(&batch)?;
    for entry in &mut entries {
        if entry.feed.incarnation != peer || entry.body.is_none() {
            return Err(BadPush::Malformed("an entry of another incarnation, or without its body"));
        }
        (entry.lsn, entry.received_at_ms) = (Lsn(0), 0); // the hub's to give
    }
    if signed_seqs(&heads)? != last_seqs(&entries) {
        return Err(BadPush::Malformed("heads of other entries than the last of each feed"));
    }
    Ok((entries, heads))
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
