//! The same work done by the systems in `tests/peers`, when node and npm are there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use keng_tests::npm;
use serde::Deserialize;

use crate::work::Work;

/// PouchDB ⇄ CouchDB's protocol.
pub const POUCHDB: &str = "PouchDB";
/// One Automerge document a record.
pub const AUTOMERGE_REPO: &str = "automerge-repo";

/// What one of them took for one piece of the work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PeerRow {
    /// Which system.
    pub peer: String,
    /// `push`, `idle`, `edits` or `pull`.
    pub work: String,
    /// Records, or edits.
    pub count: usize,
    /// Bytes from client to server.
    pub up: u64,
    /// Bytes back.
    pub down: u64,
    /// Turns of the conversation.
    pub turns: u64,
    /// How long it took.
    pub ms: u64,
}

impl PeerRow {
    /// Both directions.
    pub fn bytes(&self) -> u64 {
        self.up + self.down
    }
}

/// Lets each peer do the work; whoever is not done after `patience` is stopped, and what it did
/// until then counts. Without node or npm there are no rows, and a line on stderr says so.
pub fn run(work: &Work, patience: Duration) -> Result<Vec<PeerRow>> {
    let folder = match npm::folder("peers") {
        Ok(folder) => folder,
        Err(e) => {
            eprintln!("no peers: {e:#}");
            return Ok(Vec::new());
        }
    };
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), work.to_json().to_string())?;
    let mut rows = Vec::new();
    for script in ["pouchdb.mjs", "automerge-repo.mjs"] {
        eprintln!("{script}: {} records…", work.records.len());
        rows.extend(one(&folder, script, file.path(), patience)?);
    }
    Ok(rows)
}

fn one(folder: &Path, script: &str, work: &Path, patience: Duration) -> Result<Vec<PeerRow>> {
    let mut child = Command::new("node")
        .args(["--max-old-space-size=8192", script])
        .arg(work)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("node is missing")?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let reading = std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.filter_map(|line| serde_json::from_str(&line).ok()).collect::<Vec<PeerRow>>()
    });
    let began = Instant::now();
    while child.try_wait()?.is_none() {
        if began.elapsed() > patience {
            eprintln!("{script} was not done after {} s", patience.as_secs());
            child.kill()?;
            child.wait()?;
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(reading.join().unwrap_or_default())
}
