//! The hub's log as a Merkle tree of RFC 6962, section 2.1.
//!
//! All complete subtrees are kept, 64 bytes an entry in all: appending costs two hashes on
//! average, and the root of any earlier size about as many as its binary digits. (`ct-merkle`
//! keeps the leaves besides and cannot say an earlier root; tests hold this against it.)
//!
//! [`proof`] proves with a tree, and verifies without one; [`peaks`] says a root without a tree.

pub mod peaks;
pub mod proof;

use sha2::{Digest, Sha256};

use crate::entry::Hash;

/// What one entry of the log is in the tree: its hash and when the hub received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLeaf {
    /// Hash of the entry, and by its chain of all before it in its feed.
    pub hash: Hash,
    /// The hub's clock.
    pub received_at_ms: i64,
}

impl LogLeaf {
    /// What is hashed: the entry's hash, then the time as eight bytes, most significant first.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..32].copy_from_slice(&self.hash);
        bytes[32..].copy_from_slice(&self.received_at_ms.to_be_bytes());
        bytes
    }
}

/// An append-only Merkle tree over the log.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// `levels[k][i]`: root of leaves `i·2ᵏ .. (i+1)·2ᵏ`, for complete subtrees only.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree of an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the next entry.
    pub fn push(&mut self, leaf: &LogLeaf) {
        self.push_bytes(&leaf.to_bytes());
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Whether the log is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Root over all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.fold_peaks(self.len())
    }

    /// Root over the first `size` entries; `None` when there are fewer.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        (size <= self.len()).then(|| self.fold_peaks(size))
    }

    fn push_bytes(&mut self, leaf: &[u8]) {
        let mut node = hash_leaf(leaf);
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(node);
            let [.., left, right] = nodes.as_slice() else { return };
            if nodes.len() % 2 == 1 {
                return;
            }
            node = hash_node(left, right);
        }
    }

    /// Root over the `size` leaves after `start`, which must be a multiple of the smallest power of
    /// two that is not below `size`; `None` when there are fewer leaves.
    fn subtree(&self, start: u64, size: u64) -> Option<Hash> {
        if size.is_power_of_two() {
            let level = size.trailing_zeros();
            return self.levels.get(level as usize)?.get(usize::try_from(start >> level).ok()?).copied();
        }
        let left = proof::split(size)?;
        Some(hash_node(&self.subtree(start, left)?, &self.subtree(start + left, size - left)?))
    }

    /// Joins the complete subtrees that make up `size` leaves, from the smallest, rightmost one.
    fn fold_peaks(&self, size: u64) -> Hash {
        let mut root: Option<Hash> = None;
        for (level, nodes) in self.levels.iter().enumerate() {
            if (size >> level) & 1 == 1 {
                // The last subtree of this size within `size` leaves; it is left of what is joined so far.
                let peak = usize::try_from((size >> level) - 1).ok().and_then(|n| nodes.get(n));
                root = match (peak, root) {
                    (Some(peak), Some(right)) => Some(hash_node(peak, &right)),
                    (Some(peak), None) => Some(*peak),
                    (None, root) => root,
                };
            }
        }
        root.unwrap_or_else(|| Sha256::digest(b"").into())
    }
}

impl<'a> Extend<&'a LogLeaf> for Tree {
    fn extend<T: IntoIterator<Item = &'a LogLeaf>>(&mut self, leaves: T) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

fn hash_leaf(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

fn hash_node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{LogLeaf, Tree};
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::Sha256;

    /// Leaves and roots of the reference implementation of RFC 6962
    /// (certificate-transparency, `merkletree/merkle_tree_test.cc`).
    #[test]
    fn roots_are_those_of_the_reference_implementation() {
        let leaves =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::new();
        for (size, root) in roots.iter().enumerate() {
            assert_eq!(hex::encode(tree.root()), *root, "{size} leaves");
            if let Some(leaf) = leaves.get(size) {
                tree.push_bytes(&hex::decode(leaf).unwrap());
            }
        }
        for (size, root) in roots.iter().enumerate() {
            assert_eq!(hex::encode(tree.root_at(size as u64).unwrap()), *root, "{size} of 8 leaves");
        }
    }

    #[test]
    fn every_root_is_that_of_ct_merkle() {
        let mut tree = Tree::new();
        let mut reference = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut roots = vec![tree.root()];
        for n in 0..300_i64 {
            let leaf = LogLeaf { hash: [n.to_be_bytes()[7]; 32], received_at_ms: n };
            tree.push(&leaf);
            reference.push(leaf.to_bytes().to_vec());
            assert_eq!(tree.root().as_slice(), reference.root().as_bytes().as_slice());
            roots.push(tree.root());
        }
        for (size, root) in (0..).zip(&roots) {
            assert_eq!(tree.root_at(size).as_ref(), Some(root));
        }
        assert_eq!(tree.root_at(301), None);
    }

    #[test]
    fn a_leaf_covers_the_time_of_arrival() {
        let root = |received_at_ms| {
            let mut tree = Tree::new();
            tree.push(&LogLeaf { hash: [1; 32], received_at_ms });
            tree.root()
        };
        assert_ne!(root(1), root(2));
    }
}
