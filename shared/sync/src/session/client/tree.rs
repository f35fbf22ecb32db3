//! Whether the hub's log is still the one that it has shown before (I8).

use bytes::Bytes;
use keng_domain::id::Lsn;
use keng_proto::TreeHead;

use super::events::Evidence;
use super::reason::{BadFrame, Reason, Statement};
use crate::entry::Hash;
use crate::head::{PublicKey, verify_tree_head};
use crate::limits::PROOF_HASHES_MAX;
use crate::merkle::proof::{read_proof, verify_consistency};
use crate::session::Epoch;

/// The last tree head that was shown and verified, and what contradicted it.
#[derive(Debug, Clone)]
pub struct KnownTree {
    head: Option<TreeHead>,
    evidence: Option<Evidence>,
}

impl KnownTree {
    /// Begins with the head that the node has kept, whatever epoch it is of.
    #[must_use]
    pub fn new(kept: Option<TreeHead>) -> Self {
        Self { head: kept, evidence: None }
    }

    /// The size and root that the hub is asked to prove its log against; `None` when no head of
    /// this epoch was ever verified.
    #[must_use]
    pub fn of_epoch(&self, epoch: &Epoch) -> Option<&TreeHead> {
        self.head.as_ref().filter(|head| head.epoch == epoch.as_slice() && head.size > 0)
    }

    /// The epoch of the last verified head.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.head.as_ref().and_then(|head| head.epoch.as_ref().try_into().ok())
    }

    /// How many entries the log has, as far as a verified head has said in this session or before.
    #[must_use]
    pub fn size(&self) -> Lsn {
        Lsn(self.head.as_ref().map_or(0, |head| head.size))
    }

    /// Takes a head that the hub shows, if the hub signed it and `proof` shows that its log begins
    /// with the one that was shown before. Another epoch is another log, of which nothing is known.
    ///
    /// # Errors
    /// When it is not; then [`evidence`](Self::evidence) says what it contradicts.
    pub fn take(&mut self, shown: &TreeHead, proof: &[Bytes], hub: &PublicKey) -> Result<(), Reason> {
        verify_tree_head(shown, hub).map_err(|_| Reason::Signature { of: Statement::TreeHead })?;
        let shown_epoch: Epoch = shown.epoch.as_ref().try_into().map_err(|_| BadFrame::Epoch)?;
        let shown_root = root_of(shown)?;
        if let Some(kept) = self.of_epoch(&shown_epoch) {
            let (known, size) = (Lsn(kept.size), Lsn(shown.size));
            let verified = root_of(kept).is_ok_and(|root| {
                let proof = read_proof(proof);
                proof.is_ok_and(|p| verify_consistency(known.0, &root, size.0, &shown_root, &p).is_ok())
            });
            if !verified {
                let proof = proof.iter().take(PROOF_HASHES_MAX).filter(|hash| hash.len() == 32).cloned().collect();
                self.evidence = Some(Evidence { kept: kept.clone(), shown: shown.clone(), proof });
                return Err(match size < known {
                    true => Reason::HubBehind { known, size },
                    false => Reason::Inconsistent { known, shown: size },
                });
            }
        }
        self.head = Some(shown.clone());
        Ok(())
    }

    /// What the last head that was not taken contradicts.
    pub fn evidence(&mut self) -> Option<Evidence> {
        self.evidence.take()
    }
}

fn root_of(head: &TreeHead) -> Result<Hash, BadFrame> {
    head.root.as_ref().try_into().map_err(|_| BadFrame::Root)
}
