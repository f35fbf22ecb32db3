//! What a push must be before anything of it is kept.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{Push, SignedHeads};

use super::{Refused, bad_frame, refused};
use crate::batch::{RawEntry, decode};
use crate::entry::Seq;
use crate::head::{PublicKey, read_feed_head, verify_heads};
use crate::limits::HEADS_MAX;
use crate::session::GoodbyeCode;

/// A push that may be looked at further.
pub(super) struct Checked {
    pub(super) entries: Vec<RawEntry>,
    pub(super) heads: SignedHeads,
    pub(super) brought: bool,
}

/// Of one author's feeds, and signed for the last entry of each. The peer's own signature is
/// verified here and covers nothing else; that of another author, whose key is in the register,
/// where the entries are appended.
pub(super) fn check(push: Push, peer: Incarnation, key: &PublicKey) -> Result<Checked, Refused> {
    let malformed = |what: &str| refused(GoodbyeCode::BadFrame, what);
    let (Some(batch), Some(heads)) = (push.batch, push.heads) else {
        return Err(malformed("a push without batch or heads"));
    };
    let author = Incarnation::from_slice(&heads.incarnation).map_err(|bad| bad_frame(&bad))?;
    let brought = author != peer;
    if heads.heads.len() > HEADS_MAX {
        return Err(malformed("too many heads"));
    }
    if !brought {
        verify_heads(&heads, key).map_err(|bad| refused(GoodbyeCode::BadSignature, bad.to_string()))?;
    }
    let mut entries = decode(&batch).map_err(|bad| bad_frame(&bad))?;
    for entry in &mut entries {
        if entry.feed.incarnation != author || entry.body.is_none() {
            return Err(malformed("an entry of another incarnation, or without its body"));
        }
        (entry.lsn, entry.received_at_ms) = (Lsn(0), 0); // the hub's to give
    }
    let (signed, last) = (signed_seqs(&heads)?, last_seqs(&entries));
    let covered = last.iter().all(|(scope, seq)| signed.get(scope) == Some(seq));
    if !covered || !brought && signed.len() > last.len() {
        return Err(malformed("heads of other entries than the last of each feed"));
    }
    Ok(Checked { entries, heads, brought })
}

fn signed_seqs(heads: &SignedHeads) -> Result<HashMap<Scope, Seq>, Refused> {
    let mut seqs = HashMap::new();
    for head in &heads.heads {
        let (scope, seq, _) = read_feed_head(head).map_err(|bad| bad_frame(&bad))?;
        if seqs.insert(scope, seq).is_some() {
            return Err(refused(GoodbyeCode::BadFrame, "two heads of one feed"));
        }
    }
    Ok(seqs)
}

/// Seqs rise within a batch, see [`decode`].
fn last_seqs(entries: &[RawEntry]) -> HashMap<Scope, Seq> {
    entries.iter().map(|entry| (entry.feed.scope.clone(), entry.seq)).collect()
}
