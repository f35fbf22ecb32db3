//! What happened in a run, line by line, and one hash over all of it: two runs of one seed are the
//! same run exactly when their hashes are equal.

use sha2::{Digest, Sha256};

/// The events of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    lines: Vec<String>,
}

impl Trace {
    pub(super) fn note(&mut self, line: String) {
        self.lines.push(line);
    }

    pub(super) fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for line in &self.lines {
            hasher.update(line.as_bytes());
            hasher.update([0]);
        }
        hex::encode(&hasher.finalize()[..16])
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
