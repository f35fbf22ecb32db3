//! Group commit: pushes of all sessions, one transaction, one fsync; receipts after it.

use keng_desk::clock;
use keng_domain::id::Lsn;
use keng_proto::Receipt;
use keng_store::StoreError;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::Log;
use keng_sync::entry::FeedId;
use keng_sync::head::sign_receipt;
use tokio::sync::{mpsc, oneshot};

use crate::hub::Hub;

/// Pushes waiting for the disk; beyond that, sessions wait.
const WAITING_MAX: usize = 64;

/// Pushes in one transaction: at 256 KiB each, some 8 MiB.
const GROUP_MAX: usize = 32;

/// What became of a push: a signed receipt, or why it was refused as a whole.
pub type Answer = Result<Result<Receipt, PushRefused>, StoreError>;

/// Where sessions hand in pushes.
#[derive(Clone)]
pub struct Ingest(mpsc::Sender<(Push, oneshot::Sender<Answer>)>);

impl Ingest {
    /// Starts the worker.
    #[must_use]
    pub fn start(hub: Hub) -> Self {
        let (hand_in, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(work(hub, waiting));
        Self(hand_in)
    }

    /// Appends a push durably.
    ///
    /// # Errors
    /// When it could not be written: then nothing of it was acknowledged.
    pub async fn append(&self, push: Push) -> Answer {
        let (answer, receipt) = oneshot::channel();
        self.0.send((push, answer)).await.map_err(|_| StoreError::Closing)?;
        receipt.await.map_err(|_| StoreError::Closing)?
    }
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
        let written = hub
            .writer
            .call(move |store| {
                let before = store.tail()?;
                let receipts = store.append(&pushes, clock::now_ms())?;
                let new: Vec<_> = pushes.iter().zip(&receipts).flat_map(|(p, r)| placed(p, r, before)).collect();
                Ok((receipts, new, store.tail()?))
            })
            .await;
        match written {
            Ok((receipts, new, tail)) => {
                hub.recent.note(new);
                for (asker, receipt) in askers.into_iter().zip(receipts) {
                    // A session that ended meanwhile gets its receipt when it comes back.
                    let _ = asker.send(Ok(receipt.map(|r| sign_receipt(&hub.key, r))));
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
