//! What the running hub is made of, shared by its listeners and workers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::recent::Recent;
use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_proto::{SignedHeads, TreeHead};
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::log::Log;
use keng_store::owner::Owner;
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use keng_sync::batch::BatchEntry;
use keng_sync::entry::Hash;
use keng_sync::head::{SigningKey, last_heads, sign_heads, sign_tree_head};
use keng_sync::merkle::Tree;
use keng_sync::session::Epoch;
use tokio::sync::watch;

/// The running hub. Cloning is cheap.
#[derive(Clone)]
pub struct Hub {
    /// The one thread that writes.
    pub writer: Owner,
    /// A thread that reads, beside the writer.
    pub reader: Owner,
    /// The life of the log.
    pub epoch: Epoch,
    /// The lives in which the hub wrote its own entries, the present one last: one key signs for all.
    pub lives: Arc<[Incarnation]>,
    /// Signs receipts and tree heads.
    pub key: SigningKey,
    /// Keys and certificates.
    pub keys: Keys,
    /// The end of the log, as far as anybody has told.
    pub tail: watch::Sender<Lsn>,
    /// Counts whatever may change what the board shows.
    pub changed: watch::Sender<u64>,
    /// Whom the province has revoked: their open sessions end.
    pub revocations: watch::Sender<BTreeMap<NodeId, Revocation>>,
    /// Whose entries stand at the end of the log.
    pub recent: Arc<Recent>,
    tree: Arc<Mutex<Tree>>,
}

impl Hub {
    /// Opens the data folder.
    ///
    /// # Errors
    /// When it holds no hub, or keys are missing.
    pub fn open(mut store: Store) -> Result<Self, Told> {
        let keys = Keys::of(store.folder());
        let key = keys.signing_key()?;
        store.close_contacts()?;
        // By it the hub knows its own hand in what nodes bring back.
        store.set_meta(HUB_PUBLIC_KEY, &hex::encode(key.public().as_bytes()))?;
        let (epoch, tail) = (store.epoch()?, store.tail()?);
        let revocations = store.revocations()?;
        let lives = lives(&store)?.into();
        let reader = Owner::start("reader", store.reader()?)?;
        Ok(Self {
            reader,
            writer: Owner::start("writer", store)?,
            epoch,
            lives,
            key,
            keys,
            tail: watch::Sender::new(tail),
            changed: watch::Sender::new(0),
            revocations: watch::Sender::new(revocations),
            recent: Arc::default(),
            tree: Arc::default(),
        })
    }

    /// Tells every session and page that the log may have grown.
    pub fn advanced(&self, tail: Lsn) {
        self.tail.send_if_modified(|known| {
            let grown = tail > *known;
            *known = tail.max(*known);
            grown
        });
        self.touched();
    }

    /// Tells every session whom the province has revoked.
    pub fn revoked(&self, now: BTreeMap<NodeId, Revocation>) {
        self.revocations.send_if_modified(|known| {
            let changed = *known != now;
            *known = now;
            changed
        });
    }

    /// Tells every page that something may look different.
    pub fn touched(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// The hub's own signature over its own entries among `entries`: it keeps none, since its key is
    /// at hand.
    #[must_use]
    pub fn own_heads(&self, entries: &[BatchEntry], now_ms: i64) -> Vec<SignedHeads> {
        own_heads(&self.key, &self.lives, entries, now_ms)
    }

    /// The log as `store` sees it now, signed, and held against the `known_size` entries of it that
    /// somebody has seen before (0: nobody has).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn show(&self, store: &Store, known_size: u64, now_ms: i64) -> Result<Shown, StoreError> {
        self.with_tree(store, |tree| {
            let size = tree.len();
            let head = TreeHead {
                epoch: bytes::Bytes::copy_from_slice(&self.epoch),
                size,
                root: bytes::Bytes::copy_from_slice(&tree.root()),
                at_ms: now_ms,
                ..TreeHead::default()
            };
            Shown {
                tree_head: sign_tree_head(&self.key, head),
                known_root: tree.root_at(known_size),
                consistency: tree.consistency_proof(known_size, size).unwrap_or_default(),
            }
        })
    }

    /// Reads from the tree over the whole log as `store` sees it now.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn with_tree<T>(&self, store: &Store, read: impl FnOnce(&Tree) -> T) -> Result<T, StoreError> {
        // A panic while the tree was extended leaves at worst a tree that is too short.
        let mut tree = self.tree.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for leaf in store.leaves(Lsn(tree.len()))? {
            tree.push(&leaf);
        }
        Ok(read(&tree))
    }
}

/// Every life of the hub's data folder, the present one last.
///
/// # Errors
/// Whatever SQLite says.
pub fn lives(store: &Store) -> Result<Vec<Incarnation>, StoreError> {
    let mut lives = store.hub_lives()?;
    lives.extend(store.lives()?.iter().map(|ended| ended.incarnation));
    let present = store.present_life()?;
    lives.retain(|life| *life != present);
    lives.sort_unstable();
    lives.dedup();
    lives.push(present);
    Ok(lives)
}

/// The hub's signatures over what it wrote itself among `entries`, one for each of its `lives`.
#[must_use]
pub fn own_heads(key: &SigningKey, lives: &[Incarnation], entries: &[BatchEntry], now_ms: i64) -> Vec<SignedHeads> {
    let of_life = |life: &Incarnation| {
        let heads = last_heads(entries.iter().map(|b| &b.entry).filter(|e| e.feed.incarnation == *life));
        (!heads.is_empty()).then(|| sign_heads(key, *life, heads, now_ms))
    };
    lives.iter().filter_map(of_life).collect()
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
