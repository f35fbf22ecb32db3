//! Whether a receipt and the log together prove that the hub holds an entry. Needs nothing but the
//! hub's public key: anyone can ask it of a file, years later.

use keng_domain::id::Lsn;
use keng_proto::{Receipt, TreeHead};

use crate::entry::{FeedId, Hash, Seq};
use crate::head::{PublicKey, read_feed_head, verify_receipt, verify_tree_head};
use crate::merkle::LogLeaf;
use crate::merkle::proof::{BadProof, verify_inclusion};

/// What is claimed of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its feed.
    pub feed: FeedId,
    /// Its place there.
    pub seq: Seq,
    /// Its hash.
    pub hash: Hash,
    /// Its place in the hub's log.
    pub lsn: Lsn,
    /// When it arrived there, by the hub's clock.
    pub received_at_ms: i64,
    /// That it is in the log of the tree head.
    pub inclusion: Vec<Hash>,
}

/// Why a claim is not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// The receipt is not the hub's.
    #[error("the receipt is not signed by this hub")]
    ReceiptSignature,
    /// The tree head is not the hub's.
    #[error("the tree head is not signed by this hub")]
    TreeHeadSignature,
    /// The receipt is for other entries.
    #[error("the receipt is for other entries")]
    NotCovered,
    /// The root in the tree head is none.
    #[error("the root in the tree head is not 32 bytes long")]
    Root,
    /// The entry is not in the log of the tree head, at this place with this time.
    #[error("the entry is not in the log: {0}")]
    NotInLog(#[from] BadProof),
}

/// Whether a receipt, if it is genuine, says that the entry stands at `lsn` of the log.
///
/// A receipt names the last entry of each feed that it answers for, with its hash. By the hash
/// chain it covers those before too, of which it names the places in the log alone: that it was
/// this very entry is proven by its inclusion.
#[must_use]
pub fn covers(receipt: &Receipt, feed: &FeedId, seq: Seq, hash: &Hash, lsn: Lsn) -> bool {
    let head =
        |(scope, last, head): (_, Seq, Hash)| scope == feed.scope && (seq < last || seq == last && *hash == head);
    let placed = |run: &keng_proto::LsnRun| {
        run.first > 0 && lsn.0.checked_sub(run.first).is_some_and(|offset| offset < u64::from(run.count))
    };
    receipt.incarnation == feed.incarnation.0.as_slice()
        && receipt.heads.iter().filter_map(|head| read_feed_head(head).ok()).any(head)
        && receipt.lsns.iter().any(placed)
}

/// Verifies what is claimed of an entry against the hub's key.
///
/// # Errors
/// What is wrong, the first of several.
pub fn verify(holding: &Holding, receipt: &Receipt, head: &TreeHead, hub: &PublicKey) -> Result<(), NotProven> {
    let Holding { feed, seq, hash, lsn, received_at_ms, inclusion } = holding;
    verify_receipt(receipt, hub).map_err(|_| NotProven::ReceiptSignature)?;
    verify_tree_head(head, hub).map_err(|_| NotProven::TreeHeadSignature)?;
    if !covers(receipt, feed, *seq, hash, *lsn) {
        return Err(NotProven::NotCovered);
    }
    let root: Hash = head.root.as_ref().try_into().map_err(|_| NotProven::Root)?;
    let leaf = LogLeaf { hash: *hash, received_at_ms: *received_at_ms };
    let index = lsn.0.checked_sub(1).ok_or(BadProof::Sizes)?;
    Ok(verify_inclusion(&leaf, index, head.size, &root, inclusion)?)
}

#[cfg(test)]
mod tests {
    use super::{Holding, NotProven, covers, verify};
    use crate::entry::FeedId;
    use crate::head::{SigningKey, feed_head, sign_receipt, sign_tree_head};
    use crate::merkle::proof::BadProof;
    use crate::merkle::{LogLeaf, Tree};
    use bytes::Bytes;
    use keng_domain::id::{Incarnation, Lsn};
    use keng_domain::scope::Scope;
    use keng_proto::{LsnRun, Receipt, TreeHead};

    fn key() -> SigningKey {
        SigningKey::from_seed(&[7; 32])
    }

    fn feed() -> FeedId {
        FeedId { incarnation: Incarnation([1; 16]), scope: Scope::Province }
    }

    /// A log of ten entries; 4 to 6 are entries 1 to 3 of the feed, acknowledged together.
    fn claim(seq: u64) -> (Holding, Receipt, TreeHead) {
        let mut tree = Tree::new();
        for lsn in 1..=10_u8 {
            tree.push(&LogLeaf { hash: [lsn; 32], received_at_ms: i64::from(lsn) * 10 });
        }
        let receipt = Receipt {
            epoch: vec![2; 16].into(),
            incarnation: vec![1; 16].into(),
            heads: vec![feed_head(&Scope::Province, 3, &[6; 32])],
            received_at_ms: 60,
            lsns: vec![LsnRun { first: 4, count: 3 }],
            ..Receipt::default()
        };
        let root = Bytes::copy_from_slice(&tree.root());
        let head = TreeHead { epoch: vec![2; 16].into(), size: 10, root, at_ms: 100, ..TreeHead::default() };
        let lsn = seq + 3;
        let holding = Holding {
            feed: feed(),
            seq,
            hash: [lsn as u8; 32],
            lsn: Lsn(lsn),
            received_at_ms: lsn as i64 * 10,
            inclusion: tree.inclusion_proof(lsn - 1, 10).unwrap(),
        };
        (holding, sign_receipt(&key(), receipt), sign_tree_head(&key(), head))
    }

    #[test]
    fn every_entry_of_a_push_is_proven_by_its_receipt_and_its_place_in_the_log() {
        for seq in 1..=3 {
            let (holding, receipt, head) = claim(seq);
            assert_eq!(verify(&holding, &receipt, &head, &key().public()), Ok(()));
        }
    }

    #[test]
    fn nothing_of_a_claim_can_be_altered() {
        type Alter = fn(&mut Holding, &mut Receipt, &mut TreeHead);
        let check = |seq, alter: Alter, expected: NotProven| {
            let (mut holding, mut receipt, mut head) = claim(seq);
            alter(&mut holding, &mut receipt, &mut head);
            assert_eq!(verify(&holding, &receipt, &head, &key().public()), Err(expected));
        };
        let not_there = NotProven::NotInLog(BadProof::Root);
        check(3, |_, r, _| r.received_at_ms += 1, NotProven::ReceiptSignature);
        check(3, |_, _, t| t.size += 1, NotProven::TreeHeadSignature);
        check(3, |h, _, _| h.hash[0] ^= 1, NotProven::NotCovered);
        check(2, |h, _, _| h.hash[0] ^= 1, not_there);
        check(3, |h, _, _| h.seq = 4, NotProven::NotCovered);
        check(2, |h, _, _| h.lsn = Lsn(6), not_there);
        check(2, |h, _, _| h.lsn = Lsn(7), NotProven::NotCovered);
        check(2, |h, _, _| h.lsn = Lsn(0), NotProven::NotCovered);
        check(2, |h, _, _| h.received_at_ms += 1, not_there);
        check(2, |h, _, _| h.inclusion[0][0] ^= 1, not_there);
        check(2, |h, _, _| h.feed.incarnation = Incarnation([9; 16]), NotProven::NotCovered);
        check(2, |h, _, _| h.feed.scope = "area:a:1".parse().unwrap(), NotProven::NotCovered);
        check(2, |h, _, _| h.inclusion.truncate(1), NotProven::NotInLog(BadProof::Length));
        let (holding, receipt, head) = claim(1);
        let other = SigningKey::from_seed(&[8; 32]).public();
        assert_eq!(verify(&holding, &receipt, &head, &other), Err(NotProven::ReceiptSignature));
    }

    #[test]
    fn a_refused_entry_and_a_run_beyond_all_numbers_cover_nothing() {
        let (holding, mut receipt, _) = claim(3);
        for run in [LsnRun { first: 0, count: u32::MAX }, LsnRun { first: u64::MAX, count: u32::MAX }] {
            receipt.lsns = vec![run];
            assert!(!covers(&receipt, &holding.feed, holding.seq, &holding.hash, holding.lsn));
        }
    }
}
