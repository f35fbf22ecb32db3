//! Files by themselves: whenever the link is there and no figures wait, waiting files go up.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use keng_desk::clock;
use keng_store::owner::Owner;
use keng_sync::blob::Budget;
use tokio::sync::watch;

use super::fetching::fetch_keys;
use super::sending::{Ended, Manner, send};
use crate::worker::SyncState;

/// How often the worker looks whether there is something to send.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the hub is asked about files that other machines of the unit have added.
const ASK_EVERY: Duration = Duration::from_secs(10 * 60);

/// The first pause after a fault; each further one is about twice as long, with jitter, so that
/// nodes that lost the hub together do not come back together.
const PAUSE_MIN: Duration = Duration::from_secs(2);
/// The longest pause: files may wait, but not for an hour.
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// The longest wait for the next hour's budget without a look at the settings.
const BUDGET_LOOK: Duration = Duration::from_secs(60);

/// What the worker is doing, for the pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilesState {
    /// Bytes taken by the hub on the connection that is open; `None` when none is.
    pub moving: Option<u64>,
    /// Why files wait although the link is there, in words.
    pub waiting_for: Option<String>,
}

/// Starts the worker; it ends with the program.
#[must_use]
pub fn start(store: Owner, sync: watch::Receiver<SyncState>) -> watch::Receiver<FilesState> {
    let (tell, state) = watch::channel(FilesState::default());
    tokio::spawn(work(store, sync, tell));
    state
}

async fn work(store: Owner, mut sync: watch::Receiver<SyncState>, tell: watch::Sender<FilesState>) {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(PAUSE_MIN)
        .with_max_delay(PAUSE_MAX)
        .with_jitter()
        .without_max_times();
    let mut pause = pauses.build();
    let mut asked: Option<tokio::time::Instant> = None;
    // As of this version of the data there was nothing to do: no need to look again.
    let mut idle_at: Option<i64> = None;
    loop {
        // Figures first: the session with the hub must stand and have nothing left to say.
        if sync.wait_for(|s| s.online && s.moving.is_none() && s.caught_up_ms.is_some()).await.is_err() {
            return;
        }
        let ask = asked.is_none_or(|at| at.elapsed() > ASK_EVERY);
        let wait = match idle(&store, ask, idle_at).await {
            Ok(Some(version)) => {
                idle_at = Some(version);
                if ask {
                    asked = Some(tokio::time::Instant::now());
                }
                LOOK_EVERY
            }
            Ok(None) => {
                idle_at = None;
                if ask {
                    asked = Some(tokio::time::Instant::now());
                }
                let sent =
                    send(&store, Manner::Yielding, ask, |bytes| tell.send_modify(|s| s.moving = Some(bytes))).await;
                let sent = match sent {
                    Ok(sent) => fetch_keys(&store).await.map(|_| sent),
                    fault => fault,
                };
                let (wait, why) = match sent {
                    Ok(sent) => {
                        pause = pauses.build();
                        if sent.files + sent.bytes > 0 {
                            tracing::info!(files = sent.files, bytes = sent.bytes, "files were sent");
                        }
                        match (sent.ended, sent.refused.is_empty()) {
                            (Ended::HourSpent, _) => (until_next_hour(), Some(HOUR_SPENT.to_owned())),
                            // What the hub refused once it will refuse again, unless a person acts.
                            (Ended::Done, false) => (PAUSE_MAX, Some(REFUSED.to_owned())),
                            _ => (LOOK_EVERY, None),
                        }
                    }
                    Err(fault) => {
                        tracing::info!("files: {fault}");
                        let wait = pause.next().unwrap_or(PAUSE_MAX).min(PAUSE_MAX);
                        (wait, Some(fault.in_vietnamese()))
                    }
                };
                tell.send_modify(|s| *s = FilesState { moving: None, waiting_for: why });
                wait
            }
            Err(keng_store::StoreError::Closing) => return,
            Err(e) => {
                tracing::warn!("files: {e}");
                PAUSE_MIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // A link that was lost and stands again is tried at once, whatever the pause.
            () = back_again(&mut sync) => {}
        }
    }
}

/// Waits until the link is lost and there again.
async fn back_again(sync: &mut watch::Receiver<SyncState>) {
    for online in [false, true] {
        if sync.wait_for(|s| s.online == online).await.is_err() {
            // The program ends; the loop sees it.
            return;
        }
    }
}

const HOUR_SPENT: &str = "Đã dùng hết dung lượng tệp của giờ này; máy sẽ gửi tiếp sang giờ sau.";
const REFUSED: &str = "Có tệp tỉnh chưa nhận; xem nhật ký của chương trình.";

/// The version of the data when there is nothing to do: figures wait, or no file does.
async fn idle(store: &Owner, ask: bool, seen: Option<i64>) -> Result<Option<i64>, keng_store::StoreError> {
    store
        .call(move |s| {
            let version = s.data_version()?;
            if seen == Some(version) && !ask || s.pending()?.entries > 0 {
                return Ok(Some(version));
            }
            let questions = usize::from(ask);
            let nothing = s.files_waiting(1)?.is_empty()
                && s.files_unheard_of(questions)?.is_empty()
                && s.keys_at_hub(1)?.is_empty();
            Ok(nothing.then_some(version))
        })
        .await
}

fn until_next_hour() -> Duration {
    Duration::from_millis(u64::try_from(Budget::wait_ms(clock::now_ms())).unwrap_or(0)).min(BUDGET_LOOK)
}
