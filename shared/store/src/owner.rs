//! The one thread that writes, and how async code asks it.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::{Store, StoreError};

/// Acts waiting for the owner thread. Beyond that, askers wait: memory stays bounded.
const WAITING_MAX: usize = 64;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// A handle to the thread that owns a [`Store`]. Cloning is cheap; when the last clone is
/// dropped, the thread ends after the acts it has.
#[derive(Clone)]
pub struct Owner {
    jobs: mpsc::Sender<Job>,
    _thread: Arc<JoinHandle<()>>,
}

impl Owner {
    /// Moves `store` into a thread of its own.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(name: &str, mut store: Store) -> Result<Self, StoreError> {
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING_MAX);
        let folder = store.folder().to_owned();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some(job) = waiting.blocking_recv() {
                    job(&mut store);
                }
            })
            .map_err(|source| StoreError::Io { path: folder, source })?;
        Ok(Self { jobs, _thread: Arc::new(thread) })
    }

    /// Runs `act` on the owner thread and waits for its result.
    ///
    /// # Errors
    /// [`StoreError::Closing`] when the thread has ended; otherwise what `act` says.
    pub async fn call<T, F>(&self, act: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // An asker that has gone away needs no answer; the act itself was done.
            let _ = answer.send(act(store));
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closing)?;
        result.await.map_err(|_| StoreError::Closing)?
    }
}
