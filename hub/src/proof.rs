//! Proofs that entries are in the log, for the receipt files that officers keep.
//!
//! They are asked for and do not come with every receipt: at 100,000 entries a proof is half a
//! kilobyte, which would be more than the edit that it is about.

use keng_desk::clock;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{Inclusion, ProofReply, ProofRequest};
use keng_store::log::Log;
use keng_store::{Store, StoreError};
use keng_sync::limits::PROOFS_MAX;
use keng_sync::merkle::Tree;
use keng_sync::merkle::proof::write_proof;
use tonic::Status;

use crate::hub::Hub;
use crate::session::Peer;

/// Answers a node. Hashes tell nothing of what other units have written.
///
/// # Errors
/// `NOT_ENROLLED`, `EPOCH` (the positions are of another log), `MALFORMED`.
pub async fn answer(hub: &Hub, peer: Peer, request: ProofRequest) -> Result<ProofReply, Status> {
    let malformed = |what: &str| Status::invalid_argument(format!("MALFORMED: {what}"));
    let incarnation = Incarnation::from_slice(&request.incarnation).map_err(|_| malformed("incarnation"))?;
    if request.lsns.len() > PROOFS_MAX {
        return Err(malformed("too many positions"));
    }
    if request.epoch != hub.identity.epoch.as_slice() {
        return Err(Status::failed_precondition("EPOCH"));
    }
    let asked = hub.clone();
    let answered = hub.reader.call(move |store| {
        let Some(_) = peer.key_of(store, incarnation)? else { return Ok(None) };
        prove(&asked, store, &request).map(Some)
    });
    match answered.await {
        Ok(Some(reply)) => Ok(reply),
        Ok(None) => Err(Status::permission_denied("NOT_ENROLLED")),
        Err(e) => {
            tracing::error!("proof: {e}");
            Err(Status::internal(e.to_string()))
        }
    }
}

/// What the log does not hold has an empty proof: whoever was promised it sees that there is none.
fn prove(hub: &Hub, store: &Store, request: &ProofRequest) -> Result<ProofReply, StoreError> {
    let mut reply = ProofReply::default();
    let size = match request.tree_size {
        0 => {
            let shown = hub.identity.show(store, request.known_size, clock::now_ms())?;
            reply.consistency = write_proof(&shown.consistency);
            reply.tree_head.insert(shown.tree_head).size
        }
        size => size,
    };
    for lsn in &request.lsns {
        let received_at_ms = store.leaf(Lsn(*lsn))?.map_or(0, |leaf| leaf.received_at_ms);
        let proof = |tree: &Tree| tree.inclusion_proof(lsn.checked_sub(1)?, size);
        let proof = hub.identity.with_tree(store, proof)?.unwrap_or_default();
        reply.inclusions.push(Inclusion { received_at_ms, hashes: write_proof(&proof) });
    }
    Ok(reply)
}
