//! Group commit: pushes of all sessions, one transaction, one fsync; receipts after it.

use std::sync::Arc;

use keng_desk::clock;
use keng_domain::id::Lsn;
use keng_proto::Receipt;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::Log;
use keng_store::{Store, StoreError};
use keng_sync::entry::FeedId;
use keng_sync::head::sign_receipt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::hub::Hub;

/// Pushes waiting for the disk; beyond that, sessions wait.
const WAITING_MAX: usize = 64;

/// Pushes in one transaction: at 256 KiB each, some 8 MiB.
pub const GROUP_MAX: usize = 32;

/// What became of a push: a signed receipt, or why it was refused as a whole.
pub type Answer = Result<Result<Receipt, PushRefused>, StoreError>;

/// Pushes unpacked at once, of all sessions: one group on its way to the disk, and another to follow it.
/// When all nodes of a province return in the same minute, the others keep theirs compressed.
const TURNS_MAX: usize = 2 * GROUP_MAX;

/// Where sessions hand in pushes.
#[derive(Clone)]
pub struct Ingest {
    hand_in: mpsc::Sender<(Push, oneshot::Sender<Answer>)>,
    turns: Arc<Semaphore>,
}

impl Ingest {
    /// Starts the worker.
    #[must_use]
    pub fn start(hub: Hub) -> Self {
        let (hand_in, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(work(hub, waiting));
        Self { hand_in, turns: Arc::new(Semaphore::new(TURNS_MAX)) }
    }

    /// Waits until a push may be unpacked; it then has until the end of what is returned.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        self.turns.clone().acquire_owned().await.ok()
    }

    /// Appends a push durably.
    ///
    /// # Errors
    /// When it could not be written: then nothing of it was acknowledged.
    pub async fn append(&self, push: Push) -> Answer {
        let (answer, receipt) = oneshot::channel();
        self.hand_in.send((push, answer)).await.map_err(|_| StoreError::Closing)?;
        receipt.await.map_err(|_| StoreError::Closing)?
    }
}

/// What became of a group of pushes.
#[derive(Debug)]
pub struct Group {
    /// One for each push; receipts are not signed yet.
    pub answers: Vec<Result<Receipt, PushRefused>>,
    /// The new entries, for [`crate::recent::Recent`].
    pub new: Vec<(Lsn, FeedId)>,
    /// The end of the log.
    pub tail: Lsn,
}

/// Appends a group of pushes durably, as one transaction.
///
/// # Errors
/// Whatever SQLite says; then none of them was appended.
pub fn commit(store: &mut Store, pushes: &[Push], now_ms: i64) -> Result<Group, StoreError> {
    let before = store.tail()?;
    let answers = store.append(pushes, now_ms)?;
    let new = pushes.iter().zip(&answers).flat_map(|(push, answer)| placed(push, answer, before)).collect();
    Ok(Group { answers, new, tail: store.tail()? })
}

/// Where the entries of a push that are new stand in the log.
fn placed(push: &Push, receipt: &Result<Receipt, PushRefused>, before: Lsn) -> Vec<(Lsn, FeedId)> {
    let Ok(receipt) = receipt else { return Vec::new() };
    let positions = receipt.lsns.iter().flat_map(|run| {
        let first = run.first;
        (0..u64::from(run.count)).map(move |n| if first == 0 { Lsn(0) } else { Lsn(first + n) })
    });
    let entries = push.entries.iter().map(|entry| entry.feed.clone());
    positions.zip(entries).filter(|(lsn, _)| *lsn > before).collect()
}

async fn work(hub: Hub, mut waiting: mpsc::Receiver<(Push, oneshot::Sender<Answer>)>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while waiting.recv_many(&mut group, GROUP_MAX).await > 0 {
        let (pushes, askers): (Vec<Push>, Vec<_>) = group.drain(..).unzip();
        let written = hub.writer.call(move |store| commit(store, &pushes, clock::now_ms())).await;
        match written {
            Ok(Group { answers, new, tail }) => {
                hub.recent.note(new);
                for (asker, receipt) in askers.into_iter().zip(answers) {
                    // A session that ended meanwhile gets its receipt when it comes back.
                    let _ = asker.send(Ok(receipt.map(|r| sign_receipt(&hub.identity.key, r))));
                }
                hub.advanced(tail);
            }
            Err(e) => {
                tracing::error!("pushes were not written: {e}");
                for asker in askers {
                    let _ = asker.send(Err(StoreError::Closing));
                }
            }
        }
    }
}
