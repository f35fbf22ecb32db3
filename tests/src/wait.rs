//! Waiting for what other processes do.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Between two looks. A look is often a process, so more often costs more than it tells.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks until `holds` says yes.
///
/// # Errors
/// When it does not within `limit`, and whatever a look says.
pub fn until(what: &str, limit: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !holds()? {
        if began.elapsed() > limit {
            bail!("waited {} s in vain until {what}", limit.as_secs());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}
