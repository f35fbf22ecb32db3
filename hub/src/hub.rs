//! What the running hub is made of, shared by its listeners and workers.

use std::sync::{Arc, Mutex};

use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_domain::id::Lsn;
use keng_proto::TreeHead;
use keng_store::log::Log;
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_sync::head::{SigningKey, sign_tree_head};
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
    /// Signs receipts and tree heads.
    pub key: SigningKey,
    /// Keys and certificates.
    pub keys: Keys,
    /// The end of the log, as far as anybody has told.
    pub tail: watch::Sender<Lsn>,
    /// Counts whatever may change what the board shows.
    pub changed: watch::Sender<u64>,
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
        let (epoch, tail) = (store.epoch()?, store.tail()?);
        let reader = Owner::start("reader", store.reader()?)?;
        Ok(Self {
            reader,
            writer: Owner::start("writer", store)?,
            epoch,
            key,
            keys,
            tail: watch::Sender::new(tail),
            changed: watch::Sender::new(0),
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

    /// Tells every page that something may look different.
    pub fn touched(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// The signed tree head of the log as `store` sees it now.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn tree_head(&self, store: &Store, now_ms: i64) -> Result<TreeHead, StoreError> {
        // A panic while the tree was extended leaves at worst a tree that is too short.
        let mut tree = self.tree.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        signed_tree_head(store, &mut tree, &self.key, &self.epoch, now_ms)
    }
}

/// The signed tree head of the log as `store` sees it; `tree` is extended to it.
///
/// # Errors
/// Whatever SQLite says.
pub fn signed_tree_head(
    store: &Store,
    tree: &mut Tree,
    key: &SigningKey,
    epoch: &Epoch,
    now_ms: i64,
) -> Result<TreeHead, StoreError> {
    for leaf in store.leaves(Lsn(tree.len()))? {
        tree.push(&leaf);
    }
    let head = TreeHead {
        epoch: bytes::Bytes::copy_from_slice(epoch),
        size: tree.len(),
        root: bytes::Bytes::copy_from_slice(&tree.root()),
        at_ms: now_ms,
        ..TreeHead::default()
    };
    Ok(sign_tree_head(key, head))
}
