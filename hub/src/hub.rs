//! What the running hub is made of, shared by its listeners and workers.

use std::collections::BTreeMap;
use std::sync::Arc;

use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_domain::id::{Lsn, NodeId};
use keng_store::Store;
use keng_store::log::Log;
use keng_store::owner::Owner;
use keng_store::revoke::Revocation;
use tokio::sync::watch;

use crate::identity::Identity;
use crate::recent::Recent;

/// The running hub. Cloning is cheap.
#[derive(Clone)]
pub struct Hub {
    /// The one thread that writes.
    pub writer: Owner,
    /// A thread that reads, beside the writer.
    pub reader: Owner,
    /// As whom it speaks.
    pub identity: Identity,
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
}

impl Hub {
    /// Opens the data folder.
    ///
    /// # Errors
    /// When it holds no hub, or keys are missing.
    pub fn open(mut store: Store) -> Result<Self, Told> {
        let keys = Keys::of(store.folder());
        let key = keys.signing_key()?;
        let identity = Identity::take_up(&mut store, key)?;
        let (tail, revocations) = (store.tail()?, store.revocations()?);
        let reader = Owner::start("reader", store.reader()?)?;
        Ok(Self {
            reader,
            writer: Owner::start("writer", store)?,
            identity,
            keys,
            tail: watch::Sender::new(tail),
            changed: watch::Sender::new(0),
            revocations: watch::Sender::new(revocations),
            recent: Arc::default(),
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
}
