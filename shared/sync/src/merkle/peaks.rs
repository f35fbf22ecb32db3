//! The tree without its inside: enough for the root of a growing log, in a few dozen hashes.

use sha2::{Digest, Sha256};

use super::{LogLeaf, hash_leaf, hash_node};
use crate::entry::Hash;

/// The complete subtrees that a log is made of, largest first. Says the root; proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peaks {
    /// Level (2^level leaves) and root; levels fall from left to right.
    peaks: Vec<(u32, Hash)>,
    size: u64,
}

impl Peaks {
    /// The log without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.size
    }

    /// Whether the log is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Appends the next entry.
    pub fn push(&mut self, leaf: &LogLeaf) {
        self.join(0, hash_leaf(&leaf.to_bytes()));
    }

    /// Appends the next 2^`level` entries, of which only the root is at hand. `false`, and nothing
    /// is appended, when the log does not end where such a subtree begins.
    #[must_use]
    pub fn push_subtree(&mut self, level: u32, root: Hash) -> bool {
        let fits = 1_u64.checked_shl(level).is_some_and(|leaves| self.size.is_multiple_of(leaves));
        if fits {
            self.join(level, root);
        }
        fits
    }

    /// Root over all entries, as [`Tree::root`](super::Tree::root) says it.
    #[must_use]
    pub fn root(&self) -> Hash {
        let from_right = self.peaks.iter().rev().map(|(_, root)| *root);
        from_right.reduce(|right, left| hash_node(&left, &right)).unwrap_or_else(|| Sha256::digest(b"").into())
    }

    fn join(&mut self, mut level: u32, mut root: Hash) {
        self.size += 1 << level;
        while let Some((_, left)) = self.peaks.pop_if(|(last, _)| *last == level) {
            (level, root) = (level + 1, hash_node(&left, &root));
        }
        self.peaks.push((level, root));
    }
}

#[cfg(test)]
mod tests {
    use super::Peaks;
    use crate::merkle::{LogLeaf, Tree};

    fn leaf(n: u64) -> LogLeaf {
        LogLeaf { hash: [n as u8; 32], received_at_ms: n as i64 }
    }

    #[test]
    fn the_root_is_that_of_the_tree_at_every_size_from_leaves_and_from_subtrees() {
        let mut tree = Tree::new();
        let mut peaks = Peaks::new();
        for n in 0..300 {
            assert_eq!((peaks.len(), peaks.root()), (tree.len(), tree.root()));
            let mut coarse = Peaks::new();
            for block in 0..n / 8 {
                let mut inside = Peaks::new();
                (block * 8..block * 8 + 8).for_each(|n| inside.push(&leaf(n)));
                assert!(coarse.push_subtree(3, inside.root()));
            }
            (n / 8 * 8..n).for_each(|n| coarse.push(&leaf(n)));
            assert_eq!(coarse, peaks, "{n} leaves");
            tree.push(&leaf(n));
            peaks.push(&leaf(n));
        }
    }

    #[test]
    fn a_subtree_begins_only_where_one_can() {
        let mut peaks = Peaks::new();
        peaks.push(&leaf(0));
        assert!(!peaks.push_subtree(1, [0; 32]) && !peaks.push_subtree(64, [0; 32]));
        assert_eq!(peaks.len(), 1);
        peaks.push(&leaf(1));
        assert!(peaks.push_subtree(1, [0; 32]));
        assert_eq!(peaks.len(), 4);
    }
}
