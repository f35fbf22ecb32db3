//! Receipts in a bundle: of one feed each, so that they say by themselves which entries they cover.

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::Receipt;

use crate::entry::{Hash, Seq};
use crate::head::{PublicKey, read_feed_head, verify_receipt};
use crate::limits::BATCH_ENTRIES_MAX;
use crate::session::Epoch;
use crate::session::client::{BadFrame, BadReceipt, Reason, Statement, expand};

/// Entries of one feed that the hub has answered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The feed's scope.
    pub scope: Scope,
    /// The hash of the last entry as the hub has it.
    pub hash: Hash,
    /// Consecutive entries, each with its position in the log, or `None`: refused.
    pub places: Vec<(Seq, Option<Lsn>)>,
}

/// Takes a receipt that `hub` signed for `own` in the log of `epoch`.
///
/// # Errors
/// For any other, and for one that is not of one feed.
pub fn read_receipt(receipt: &Receipt, own: Incarnation, epoch: &Epoch, hub: &PublicKey) -> Result<Covered, Reason> {
    verify_receipt(receipt, hub).map_err(|_| Reason::Signature { of: Statement::Receipt })?;
    if receipt.epoch != epoch.as_slice() {
        return Err(BadReceipt::Epoch.into());
    }
    if receipt.incarnation != own.0.as_slice() {
        return Err(BadReceipt::Incarnation.into());
    }
    let [head] = receipt.heads.as_slice() else { return Err(BadReceipt::Heads.into()) };
    let (scope, last, hash) = read_feed_head(head).map_err(BadFrame::from)?;
    let count = receipt.lsns.iter().try_fold(0_usize, |sum, run| sum.checked_add(run.count as usize));
    let count = count.filter(|n| (1..=BATCH_ENTRIES_MAX).contains(n)).ok_or(BadReceipt::Count)?;
    let places = expand(&receipt.lsns, count).ok_or(BadReceipt::Count)?;
    let first = last
        .checked_add(1)
        .and_then(|next| next.checked_sub(count as u64))
        .filter(|first| *first > 0)
        .ok_or(BadReceipt::Count)?;
    Ok(Covered { scope, hash, places: (first..).zip(places).collect() })
}

#[cfg(test)]
mod tests {
    use super::read_receipt;
    use crate::head::{SigningKey, feed_head, sign_receipt};
    use crate::session::client::{BadFrame, BadReceipt, Reason, Statement};
    use keng_domain::id::{Incarnation, Lsn};
    use keng_domain::scope::Scope;
    use keng_proto::{LsnRun, Receipt};

    #[test]
    fn a_receipt_of_one_feed_says_which_entries_it_covers() {
        let key = SigningKey::from_seed(&[1; 32]);
        let receipt = Receipt {
            epoch: vec![7; 16].into(),
            incarnation: vec![2; 16].into(),
            heads: vec![feed_head(&Scope::Province, 5, &[9; 32])],
            lsns: vec![LsnRun { first: 40, count: 2 }, LsnRun { first: 0, count: 1 }],
            ..Receipt::default()
        };
        let read = |change: &dyn Fn(&mut Receipt)| {
            let mut receipt = receipt.clone();
            change(&mut receipt);
            read_receipt(&sign_receipt(&key, receipt), Incarnation([2; 16]), &[7; 16], &key.public())
        };
        let covered = read(&|_| {}).unwrap();
        assert_eq!(covered.places, vec![(3, Some(Lsn(40))), (4, Some(Lsn(41))), (5, None)]);
        let refused = |change: &dyn Fn(&mut Receipt), expected: BadReceipt| {
            assert_eq!(read(change), Err(Reason::BadFrame(BadFrame::Receipt(expected))));
        };
        refused(&|r| r.epoch = vec![8; 16].into(), BadReceipt::Epoch);
        refused(&|r| r.incarnation = vec![3; 16].into(), BadReceipt::Incarnation);
        refused(&|r| r.heads.push(r.heads[0].clone()), BadReceipt::Heads);
        refused(&|r| r.lsns[0].count = 9, BadReceipt::Count);
        refused(&|r| r.lsns[0].count = u32::MAX, BadReceipt::Count);
        refused(&|r| r.lsns.clear(), BadReceipt::Count);
        let forged = read_receipt(&receipt, Incarnation([2; 16]), &[7; 16], &key.public());
        assert_eq!(forged, Err(Reason::Signature { of: Statement::Receipt }));
    }
}
