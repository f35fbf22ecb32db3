//! A consistent copy of a database that others write to meanwhile.

use std::path::Path;
use std::time::Duration;

use keng_domain::id::Lsn;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::{Store, StoreError, rows};

/// Pages copied between two looks at the clock of a progress bar: 8 MiB.
const STEP_PAGES: i32 = 2_048;
/// A copy that cannot be written to for so many pauses is given up.
const TRIES_MAX: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// Copies the database as it stands now into a new file, and says which entry is its last.
    /// `tell` hears how many pages of how many are done.
    ///
    /// All pages are read in one snapshot: writers go on meanwhile, and the copy never starts
    /// again because of them. The file stands alone, without a `-wal` beside it.
    ///
    /// # Errors
    /// Whatever SQLite says; what was written to `to` is then worth nothing.
    pub fn back_up(&self, to: &Path, mut tell: impl FnMut(u64, u64)) -> Result<Lsn, StoreError> {
        let snapshot = self.db.unchecked_transaction()?;
        let tail = rows::tail(&snapshot)?;
        let mut copy = Connection::open(to)?;
        {
            let backup = Backup::new(&snapshot, &mut copy)?;
            let mut tries = 0;
            loop {
                let step = backup.step(STEP_PAGES)?;
                let progress = backup.progress();
                let pages = |n: i32| u64::try_from(n).unwrap_or(0);
                tell(pages(progress.pagecount - progress.remaining), pages(progress.pagecount));
                match step {
                    StepResult::Done => break,
                    StepResult::More => tries = 0,
                    _ if tries < TRIES_MAX => {
                        tries += 1;
                        std::thread::sleep(PAUSE);
                    }
                    _ => return Err(StoreError::Busy),
                }
            }
        }
        drop(snapshot);
        copy.pragma_update(None, "journal_mode", "DELETE")?;
        copy.close().map_err(|(_, e)| e)?;
        Ok(tail)
    }

    /// Closes the database with everything in its one file, ready to be moved.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn settle(self) -> Result<(), StoreError> {
        self.db.pragma_update(None, "journal_mode", "DELETE")?;
        self.db.close().map_err(|(_, e)| StoreError::from(e))
    }
}
