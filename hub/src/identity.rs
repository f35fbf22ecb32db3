//! As whom a hub speaks: its key, its epoch, the lives in which it wrote, and the tree over its log.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{SignedHeads, TreeHead};
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::log::Log;
use keng_store::{Store, StoreError};
use keng_sync::batch::BatchEntry;
use keng_sync::entry::Hash;
use keng_sync::head::{SigningKey, last_heads, sign_heads, sign_tree_head};
use keng_sync::merkle::Tree;
use keng_sync::session::Epoch;

/// The hub as those who call it know it. Cloning is cheap.
#[derive(Clone)]
pub struct Identity {
    /// The life of the log.
    pub epoch: Epoch,
    /// The lives in which the hub wrote its own entries, the present one last: one key signs for all.
    pub lives: Arc<[Incarnation]>,
    /// Signs heads, receipts and tree heads.
    pub key: SigningKey,
    tree: Arc<Mutex<Tree>>,
}

impl Identity {
    /// Of a data folder whose key is `key`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn of(store: &Store, key: SigningKey) -> Result<Self, StoreError> {
        let mut lives = store.hub_lives()?;
        lives.extend(store.lives()?.iter().map(|ended| ended.incarnation));
        let present = store.present_life()?;
        lives.retain(|life| *life != present);
        lives.sort_unstable();
        lives.dedup();
        lives.push(present);
        Ok(Self { epoch: store.epoch()?, lives: lives.into(), key, tree: Arc::default() })
    }

    /// Of a data folder whose program starts: whoever was on the line when it ended is not any more,
    /// and by the key the folder will know the hub's own hand in what nodes bring back.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn take_up(store: &mut Store, key: SigningKey) -> Result<Self, StoreError> {
        store.close_contacts()?;
        store.set_meta(HUB_PUBLIC_KEY, &hex::encode(key.public().as_bytes()))?;
        Self::of(store, key)
    }

    /// The signatures over entries that a session or a return file carries. The hub's own come first,
    /// one for each of its lives, made now since its key is at hand: the register of the others'
    /// authors is in those entries.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn signatures(
        &self,
        store: &Store,
        entries: &[BatchEntry],
        now_ms: i64,
    ) -> Result<Vec<SignedHeads>, StoreError> {
        let of_life = |life: &Incarnation| {
            let heads = last_heads(entries.iter().map(|b| &b.entry).filter(|e| e.feed.incarnation == *life));
            (!heads.is_empty()).then(|| sign_heads(&self.key, *life, heads, now_ms))
        };
        let mut heads: Vec<_> = self.lives.iter().filter_map(of_life).collect();
        heads.extend(store.signatures_over(entries)?);
        Ok(heads)
    }

    /// The signed head of a log of `size` entries with this root.
    #[must_use]
    pub fn tree_head(&self, size: u64, root: &Hash, now_ms: i64) -> TreeHead {
        let head = TreeHead {
            epoch: Bytes::copy_from_slice(&self.epoch),
            size,
            root: Bytes::copy_from_slice(root),
            at_ms: now_ms,
            ..TreeHead::default()
        };
        sign_tree_head(&self.key, head)
    }

    /// The log as `store` sees it now, signed, and held against the `known_size` entries of it that
    /// somebody has seen before (0: nobody has).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn show(&self, store: &Store, known_size: u64, now_ms: i64) -> Result<Shown, StoreError> {
        self.with_tree(store, |tree| Shown {
            tree_head: self.tree_head(tree.len(), &tree.root(), now_ms),
            known_root: tree.root_at(known_size),
            consistency: tree.consistency_proof(known_size, tree.len()).unwrap_or_default(),
        })
    }

    /// Reads from the tree over the whole log as `store` sees it now.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn with_tree<T>(&self, store: &Store, read: impl FnOnce(&Tree) -> T) -> Result<T, StoreError> {
        // A panic while the tree was extended leaves at worst a tree that is too short.
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        for leaf in store.leaves(Lsn(tree.len()))? {
            tree.push(&leaf);
        }
        Ok(read(&tree))
    }
}

/// What the hub says of its log.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The signed head of the log.
    pub tree_head: TreeHead,
    /// Its root at the size that somebody has seen before; `None` when it is shorter now.
    pub known_root: Option<Hash>,
    /// That it begins with what was seen then.
    pub consistency: Vec<Hash>,
}
