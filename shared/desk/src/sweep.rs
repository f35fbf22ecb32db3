//! What nobody will finish any more goes: at the start, and once a day.

use std::path::{Path, PathBuf};
use std::time::Duration;

use keng_store::blobs::abandoned::{Part, SWEPT_MAX};
use keng_store::{Store, StoreError};

use crate::clock;

/// Between two sweeps.
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// Sweeps the files of a data folder as long as the program runs; `remove` as
/// [`Store::sweep_parts`] wants it. A fault is logged, and the next day tries again.
pub fn start<F>(folder: PathBuf, remove: F)
where
    F: Fn(&Part) -> Result<bool, StoreError> + Clone + Send + 'static,
{
    tokio::spawn(async move {
        loop {
            let (folder, remove) = (folder.clone(), remove.clone());
            // On a thread that may wait for the disk.
            match tokio::task::spawn_blocking(move || sweep(&folder, remove)).await {
                Ok(Ok(())) => {}
                Ok(Err(e)) => tracing::warn!("sweeping files that were never finished: {e}"),
                Err(e) => tracing::error!("sweeping files that were never finished: {e}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    });
}

fn sweep(folder: &Path, remove: impl Fn(&Part) -> Result<bool, StoreError>) -> Result<(), StoreError> {
    // A connection of its own: looking through a folder holds nobody up.
    let mut store = Store::open(folder)?;
    store.files().sweep()?;
    let swept = store.sweep_parts(clock::now_ms(), SWEPT_MAX, remove)?;
    if swept.parts > 0 {
        tracing::info!(parts = swept.parts, bytes = swept.bytes, "parts of files that nobody finishes were swept away");
    }
    Ok(())
}
