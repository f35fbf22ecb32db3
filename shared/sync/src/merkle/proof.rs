//! Proofs about a [`Tree`]: that an entry is in the log, and that a longer log begins with a
//! shorter one. Made as RFC 6962, 2.1.1 and 2.1.2, says; verified as RFC 9162, 2.1.3.2 and 2.1.4.2.

use bytes::Bytes;

use super::{LogLeaf, Tree, hash_leaf, hash_node};
use crate::entry::Hash;
use crate::limits::PROOF_HASHES_MAX;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// More hashes than a tree of 2⁶⁴ leaves could ask for.
    #[error("a proof of {0} hashes; at most {PROOF_HASHES_MAX} make sense")]
    Long(usize),
    /// A hash that is not 32 bytes long.
    #[error("a proof holds a hash of {0} bytes")]
    HashLength(usize),
    /// The entry would stand beyond the end of the log, or the log would have shrunk.
    #[error("the sizes leave no room for a proof")]
    Sizes,
    /// Too many or too few hashes for these sizes.
    #[error("the proof has not as many hashes as the sizes ask for")]
    Length,
    /// The hashes lead to another root than the one that was shown.
    #[error("the proof leads to another root")]
    Root,
}

/// Takes the hashes of a proof from the wire or a file, after a look at their number.
///
/// # Errors
/// [`BadProof::Long`], [`BadProof::HashLength`].
pub fn read_proof(hashes: &[Bytes]) -> Result<Vec<Hash>, BadProof> {
    if hashes.len() > PROOF_HASHES_MAX {
        return Err(BadProof::Long(hashes.len()));
    }
    hashes.iter().map(|h| h.as_ref().try_into().map_err(|_| BadProof::HashLength(h.len()))).collect()
}

/// The hashes of a proof, for the wire.
#[must_use]
pub fn write_proof(hashes: &[Hash]) -> Vec<Bytes> {
    hashes.iter().map(|hash| Bytes::copy_from_slice(hash)).collect()
}

impl Tree {
    /// Proof that leaf `index` (counted from 0) is in the tree of the first `size` leaves:
    /// `PATH(index, D[size])` of RFC 6962, 2.1.1. `None` when there is no such leaf or tree.
    #[must_use]
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.len() {
            return None;
        }
        let (mut start, mut size) = (0, size);
        let mut proof = Vec::new();
        while let Some(left) = split(size) {
            if index - start < left {
                proof.push(self.subtree(start + left, size - left)?);
                size = left;
            } else {
                proof.push(self.subtree(start, left)?);
                (start, size) = (start + left, size - left);
            }
        }
        proof.reverse();
        Some(proof)
    }

    /// Proof that the tree of the first `new` leaves begins with that of the first `old`:
    /// `PROOF(old, D[new])` of RFC 6962, 2.1.2. Empty when the sizes are equal, and for the empty
    /// log, with which every log begins. `None` when there are no such trees.
    #[must_use]
    pub fn consistency_proof(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old > new || new > self.len() {
            return None;
        }
        let mut proof = Vec::new();
        if old == 0 {
            return Some(proof);
        }
        // `whole`: what is left of the old tree is a subtree whose root the verifier knows.
        let (mut start, mut size, mut whole) = (0, new, true);
        while old != start + size {
            let left = split(size)?;
            if old - start <= left {
                proof.push(self.subtree(start + left, size - left)?);
                size = left;
            } else {
                proof.push(self.subtree(start, left)?);
                (start, size, whole) = (start + left, size - left, false);
            }
        }
        if !whole {
            proof.push(self.subtree(start, size)?);
        }
        proof.reverse();
        Some(proof)
    }
}

/// The largest power of two below `size`: how many of its leaves are in the left subtree. `None`
/// for a single leaf, which is not split.
pub(super) fn split(size: u64) -> Option<u64> {
    (size > 1).then(|| 1 << (63 - (size - 1).leading_zeros()))
}

/// Whether `leaf` stands at `index` (counted from 0) in the log of `size` entries with this root.
///
/// # Errors
/// When the proof does not prove it.
pub fn verify_inclusion(leaf: &LogLeaf, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), BadProof> {
    verify_inclusion_of_bytes(&leaf.to_bytes(), index, size, root, proof)
}

fn verify_inclusion_of_bytes(leaf: &[u8], index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), BadProof> {
    check_length(proof)?;
    if index >= size {
        return Err(BadProof::Sizes);
    }
    let (mut at, mut last, mut hash) = (index, size - 1, hash_leaf(leaf));
    for sibling in proof {
        if last == 0 {
            return Err(BadProof::Length);
        }
        if at & 1 == 1 || at == last {
            hash = hash_node(sibling, &hash);
            skip_right_edge(&mut at, &mut last);
        } else {
            hash = hash_node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last != 0 {
        return Err(BadProof::Length);
    }
    if hash == *root { Ok(()) } else { Err(BadProof::Root) }
}

/// Whether the log of `new_size` entries with `new_root` begins with that of `old_size` entries
/// with `old_root`: nothing was dropped, altered or put in between.
///
/// # Errors
/// When the proof does not prove it.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), BadProof> {
    check_length(proof)?;
    if old_size > new_size {
        return Err(BadProof::Sizes);
    }
    if old_size == new_size || old_size == 0 {
        let same = old_size == 0 && new_size > 0 || old_root == new_root;
        return match (proof, same) {
            ([], true) => Ok(()),
            ([], false) => Err(BadProof::Root),
            (_, _) => Err(BadProof::Length),
        };
    }
    let mut hashes = proof.iter();
    // A complete old tree is a subtree of the new one: its root is known and not sent.
    let first = if old_size.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let first = first.filter(|_| !proof.is_empty()).ok_or(BadProof::Length)?;
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut old, mut new) = (*first, *first);
    for hash in hashes {
        if last == 0 {
            return Err(BadProof::Length);
        }
        if at & 1 == 1 || at == last {
            old = hash_node(hash, &old);
            new = hash_node(hash, &new);
            skip_right_edge(&mut at, &mut last);
        } else {
            new = hash_node(&new, hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last != 0 {
        return Err(BadProof::Length);
    }
    if old == *old_root && new == *new_root { Ok(()) } else { Err(BadProof::Root) }
}

/// Goes up where nothing stands to the right, and no hash is needed.
fn skip_right_edge(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        (*at, *last) = (*at >> 1, *last >> 1);
    }
}

/// A proof has at most one hash a level, and one more.
fn check_length(proof: &[Hash]) -> Result<(), BadProof> {
    if proof.len() > PROOF_HASHES_MAX { Err(BadProof::Long(proof.len())) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
