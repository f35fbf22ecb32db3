//! Scripts that need node and packages of npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A folder of scripts beside `src`, with its packages installed (`package-lock.json` pins them).
///
/// # Errors
/// When npm is missing or cannot install them.
pub fn folder(name: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if !folder.join("node_modules").is_dir() {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        let status = npm.status().context("npm is missing; ./check installs it")?;
        if !status.success() {
            bail!("npm ci in tests/{name}: {status}");
        }
    }
    Ok(folder)
}
