//! Sessions for ever: the running node keeps its link, and comes back by itself when it returns.

use std::time::Duration;

use keng_desk::clock;
use keng_store::owner::Owner;
use keng_sync::session::client::{Mode, Summary};
use tokio::sync::{mpsc, watch};

use crate::blobs::worker::FilesState;
use crate::link::Tls;
use crate::retry::Retry;
use crate::sync::{self, Happening};

/// The pause after the hub has contradicted itself: a person has to see to it, and the evidence is
/// kept. "Gửi ngay" asks at once.
const PAUSE_CONTRADICTED: Duration = Duration::from_secs(15 * 60);

/// What the sync worker is doing, for the chip on every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncState {
    /// A session is open and has heard from the hub.
    pub online: bool,
    /// Entries are on their way.
    pub moving: Option<Moving>,
    /// Everything was exchanged at this moment.
    pub caught_up_ms: Option<i64>,
    /// Since when the hub is not reached.
    pub offline_since_ms: Option<i64>,
    /// When the next attempt comes.
    pub next_try_ms: Option<i64>,
    /// Why the last session ended, in words, when it needs a person or repeats.
    pub fault: Option<String>,
    /// The fault will not pass by itself.
    pub needs_person: bool,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moving {
    /// Entries with a receipt.
    pub acknowledged: u64,
    /// Entries sent.
    pub sent: u64,
    /// Bytes sent.
    pub bytes: u64,
}

/// A running sync worker.
#[derive(Clone)]
pub struct Worker {
    /// What it is doing.
    pub state: watch::Receiver<SyncState>,
    /// What the worker for files is doing; nothing ever where none was started.
    pub files: watch::Receiver<FilesState>,
    hurry: mpsc::Sender<()>,
}

impl Worker {
    /// Starts it; a pause after a lost link ends when one of `hints` comes.
    #[must_use]
    pub fn start(store: Owner, hints: mpsc::Receiver<()>) -> Self {
        let (tell, state) = watch::channel(SyncState::default());
        // One waiting wish to hurry is as good as many.
        let (hurry, hurried) = mpsc::channel(1);
        tokio::spawn(work(store, tell, hurried, Retry::new(hints)));
        let (_, files) = watch::channel(FilesState::default());
        Self { state, files, hurry }
    }

    /// The same worker, with a worker for files beside it.
    #[must_use]
    pub fn with_files(self, files: watch::Receiver<FilesState>) -> Self {
        Self { files, ..self }
    }

    /// Tries at once, whatever the pause.
    pub fn hurry(&self) {
        let _ = self.hurry.try_send(());
    }
}

/// What comes before the next attempt.
#[derive(Debug, Clone, Copy)]
enum Rest {
    /// The link was lost: this pause, or less when a hint comes.
    Pause(Duration),
    /// The hub contradicts itself, which no network heals: this pause.
    Contradicted(Duration),
    /// A revoked node asks again when a person wants it to, or after a new start.
    Person,
}

impl Rest {
    fn lasts(self) -> Option<Duration> {
        match self {
            Self::Pause(wait) | Self::Contradicted(wait) => Some(wait),
            Self::Person => None,
        }
    }
}

async fn work(store: Owner, tell: watch::Sender<SyncState>, mut hurried: mpsc::Receiver<()>, mut retry: Retry) {
    let tls = Tls::default();
    loop {
        let ended = sync::session(&store, &tls, Mode::Live, |happening| note(&tell, happening)).await;
        let Err(fault) = ended else { continue };
        tracing::info!("sync: {fault}");
        if tell.is_closed() {
            return;
        }
        if tell.borrow().online {
            retry.reset();
        }
        let rest = match &fault {
            revoked if revoked.is_revoked() => Rest::Person,
            twofold if twofold.is_contradiction() => Rest::Contradicted(PAUSE_CONTRADICTED),
            _ => Rest::Pause(retry.pause()),
        };
        let now_ms = clock::now_ms();
        tell.send_modify(|state| {
            state.online = false;
            state.moving = None;
            state.offline_since_ms.get_or_insert(now_ms);
            state.next_try_ms = rest.lasts().map(|w| now_ms + i64::try_from(w.as_millis()).unwrap_or(0));
            state.fault = Some(fault.in_vietnamese());
            state.needs_person = !fault.is_passing();
        });
        tokio::select! {
            () = until_next(rest, &mut retry) => {}
            wish = hurried.recv() => {
                if wish.is_none() {
                    return;
                }
            }
        }
    }
}

/// Waits for the next attempt; without an end when only a person can bring it.
async fn until_next(rest: Rest, retry: &mut Retry) {
    match rest {
        Rest::Pause(wait) => retry.wait(wait).await,
        Rest::Contradicted(wait) => tokio::time::sleep(wait).await,
        Rest::Person => std::future::pending().await,
    }
}

fn note(tell: &watch::Sender<SyncState>, happening: Happening) {
    tell.send_modify(|state| {
        *state = SyncState { online: true, caught_up_ms: state.caught_up_ms, ..SyncState::default() };
        match happening {
            Happening::Progress(Summary { sent, acknowledged, .. }, bytes) => {
                state.moving = (sent > acknowledged).then_some(Moving { acknowledged, sent, bytes });
            }
            Happening::CaughtUp(_) => state.caught_up_ms = Some(clock::now_ms()),
        }
    });
}
