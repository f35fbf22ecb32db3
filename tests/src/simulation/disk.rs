//! The disk: data folders of one run, and what a power cut leaves of them.

use std::fs;
use std::io;
use std::path::Path;

use keng_store::{Store, StoreError, open};
use tempfile::TempDir;

use super::calls::Files;
use crate::chance::Chance;

/// Most bytes of a torn write at the end of the write-ahead log: a frame of one page, and some.
const TORN_BYTES_MAX: u64 = 6_000;

/// A folder in memory where the machine has one: runs are bound by the processor, not by fsync.
pub(super) fn scratch() -> io::Result<TempDir> {
    let named = tempfile::Builder::new().prefix("keng-sim-").tempdir_in("/dev/shm");
    named.or_else(|_| tempfile::tempdir())
}

/// Copies a data folder, whose program may be running but does nothing meanwhile. The index of the
/// write-ahead log is the running program's alone.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", open::FILE);
        if from.join(&name).exists() {
            fs::copy(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

/// Puts a copy in the place of a data folder whose program does not run.
pub(super) fn replace(copy_of_it: &Path, folder: &Path) -> io::Result<()> {
    fs::remove_dir_all(folder)?;
    copy(copy_of_it, folder)
}

/// Ends a store as a power cut does: what was committed is on the disk, unfolded in the write-ahead
/// log; of what was being written there may be a torn piece behind it.
pub(super) fn power_cut(store: Store, chance: &mut Chance) -> io::Result<()> {
    let folder = store.folder().to_owned();
    let file = |suffix: &str| folder.join(format!("{}{suffix}", open::FILE));
    let database = fs::read(file(""))?;
    let log = match fs::read(file("-wal")) {
        Ok(mut log) => {
            if !log.is_empty() && chance.one_in(2) {
                let torn = chance.below(TORN_BYTES_MAX);
                log.extend((0..torn).map(|_| u8::try_from(chance.below(256)).unwrap_or(0)));
            }
            Some(log)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    // Closing in order folds the log into the database; a power cut would not have.
    drop(store);
    fs::write(file(""), database)?;
    match log {
        Some(log) => fs::write(file("-wal"), log)?,
        None => remove(&file("-wal"))?,
    }
    remove(&file("-shm"))
}

/// Ends a store as a power cut does that leaves exactly these files.
pub(super) fn power_cut_leaving(store: Store, files: &Files) -> io::Result<()> {
    let folder = store.folder().to_owned();
    drop(store);
    fs::remove_dir_all(&folder)?;
    fs::create_dir(&folder)?;
    files.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Opens a data folder as the programs do when they start.
pub(super) fn start(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder)
}
