//! The projector: follows the log, makes documents and views, wakes the board. It also notices
//! what other processes write in the same folder (commands beside `serve`).

use std::collections::BTreeMap;
use std::time::Duration;

use keng_domain::id::{Lsn, NodeId};
use keng_store::log::Log;
use keng_store::project::QUIET;
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use tokio::sync::watch;

use crate::hub::Hub;

/// How often the database is asked whether another process has written: an officer who edits at
/// the command line sees it on the board at once.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// However many push: the board is never further behind than this and one step.
const PATIENCE: Duration = Duration::from_secs(1);

/// Starts following.
pub fn start(hub: Hub) {
    tokio::spawn(project(hub.clone()));
    tokio::spawn(notice(hub));
}

async fn project(hub: Hub) {
    let mut tail = hub.tail.subscribe();
    loop {
        give_way(&mut tail).await;
        match hub.writer.call(Store::project_step).await {
            Ok(step) => {
                if step.more {
                    continue;
                }
                hub.touched();
            }
            Err(StoreError::Closing) => return,
            Err(e) => {
                tracing::error!("projection: {e}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        if tail.changed().await.is_err() {
            return;
        }
        tail.mark_changed();
    }
}

/// Lets pushes that come one after another go first: their senders wait for receipts, and nobody for
/// views.
async fn give_way(tail: &mut watch::Receiver<Lsn>) {
    let patience = tokio::time::sleep(PATIENCE);
    tokio::pin!(patience);
    while tail.has_changed().unwrap_or(false) {
        tail.mark_unchanged();
        tokio::select! {
            () = &mut patience => return,
            moved = tokio::time::timeout(QUIET, tail.changed()) => match moved {
                Ok(Ok(())) => tail.mark_changed(),
                Ok(Err(_)) | Err(_) => return,
            },
        }
    }
}

async fn notice(hub: Hub) {
    let mut seen = None;
    let mut every = tokio::time::interval(LOOK_EVERY);
    loop {
        every.tick().await;
        match hub.reader.call(move |store| look(store, seen)).await {
            Ok((version, news)) => {
                seen = Some(version);
                if let Some((tail, revocations)) = news {
                    hub.revoked(revocations);
                    hub.advanced(tail);
                }
            }
            Err(StoreError::Closing) => return,
            Err(e) => tracing::warn!("looking for changes: {e}"),
        }
    }
}

/// What may have changed since another process or this one committed; `None`: nobody has.
type News = Option<(Lsn, BTreeMap<NodeId, Revocation>)>;

fn look(store: &Store, seen: Option<i64>) -> Result<(i64, News), StoreError> {
    let version = store.data_version()?;
    let news = if seen == Some(version) { None } else { Some((store.tail()?, store.revocations()?)) };
    Ok((version, news))
}
