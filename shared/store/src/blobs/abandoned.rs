//! Parts of files that were begun and never finished.
//!
//! A part is kept as long as somebody may go on with it: while a document asks for its file,
//! however long ago the last byte came. What no document asks for any more, and nobody has touched
//! for a month, goes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use keng_domain::document::{Document, FileHash};
use rusqlite::Connection;

use super::files::{Files, PARTIAL, fault, remove};
use crate::{Store, StoreError, query};

/// A part that nobody has touched for so long may go, in milliseconds: 30 days.
pub const ABANDONED_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// Parts that go in one sweep at most: more wait for the next one.
pub const SWEPT_MAX: usize = 10_000;

/// Parts looked at in one transaction: commands and pages wait no longer than that takes.
const PAGE: usize = 64;

/// What has come of a file from a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The whole file's address.
    pub hash: FileHash,
    /// Who brought it; empty at a node that fetches.
    pub node: String,
    /// When its last byte came, by this machine's clock: milliseconds since 1970.
    pub touched_ms: i64,
    /// Its length.
    pub bytes: u64,
}

/// What a sweep has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Parts that went.
    pub parts: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Part {
    fn name(&self) -> String {
        format!("{}.{}", self.hash, self.node)
    }
}

impl Files {
    /// The first parts, by name, after the one of this name.
    ///
    /// # Errors
    /// When the folder cannot be read; that there is none is no fault.
    fn parts_after(&self, after: &str) -> Result<Vec<String>, StoreError> {
        let folder = self.sub(PARTIAL);
        let entries = match fs::read_dir(&folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fault(&folder))?,
        };
        // The smallest names alone: a folder of any size costs a page of memory.
        let mut first = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(fault(&folder))?.file_name();
            let Some(name) = name.to_str().filter(|name| *name > after) else { continue };
            first.insert(name.to_owned());
            if first.len() > PAGE {
                first.pop_last();
            }
        }
        Ok(first.into_iter().collect())
    }

    /// The part of this name; `None` for a file that is none, or has gone meanwhile.
    fn part(&self, name: &str) -> Option<Part> {
        let (hash, node) = name.split_once('.')?;
        let data = fs::metadata(self.part_path(name)).ok().filter(fs::Metadata::is_file)?;
        let touched = data.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Part {
            hash: hash.parse().ok()?,
            node: node.to_owned(),
            touched_ms: i64::try_from(touched.as_millis()).ok()?,
            bytes: data.len(),
        })
    }

    fn part_path(&self, name: &str) -> PathBuf {
        self.sub(PARTIAL).join(name)
    }

    /// Removes a part; `false` when it was touched meanwhile, and stays.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn remove_part(&self, part: &Part) -> Result<bool, StoreError> {
        if self.part(&part.name()).as_ref() != Some(part) {
            return Ok(false);
        }
        remove(&self.part_path(&part.name()))?;
        Ok(true)
    }
}

impl Store {
    /// Sweeps away parts that nobody has touched for [`ABANDONED_MS`] and whose file no document
    /// asks for, at most `most` of them. `remove` removes one, or leaves it because somebody goes on
    /// with it just now: [`Files::remove_part`], under whatever lock its program has.
    ///
    /// # Errors
    /// Whatever SQLite or the file system says. What is not swept now is swept the next time.
    pub fn sweep_parts(
        &mut self,
        now_ms: i64,
        most: usize,
        mut remove: impl FnMut(&Part) -> Result<bool, StoreError>,
    ) -> Result<Swept, StoreError> {
        let (files, before_ms) = (self.files(), now_ms.saturating_sub(ABANDONED_MS));
        let (mut swept, mut after) = (Swept::default(), String::new());
        loop {
            let names = files.parts_after(&after)?;
            let Some(last) = names.last() else { return Ok(swept) };
            after.clone_from(last);
            let old = names.iter().filter_map(|name| files.part(name)).filter(|part| part.touched_ms < before_ms);
            for part in self.forget_abandoned(old.collect(), most - swept.parts, before_ms)? {
                if remove(&part)? {
                    swept.parts += 1;
                    swept.bytes += part.bytes;
                }
            }
            if swept.parts == most {
                return Ok(swept);
            }
        }
    }

    /// Forgets those of the parts that nobody needs, `most` at most, and says which they are. First the word, then
    /// the deed: a power cut between them leaves a part without its word, and the next sweep ends it.
    fn forget_abandoned(&mut self, parts: Vec<Part>, most: usize, before_ms: i64) -> Result<Vec<Part>, StoreError> {
        if parts.is_empty() {
            return Ok(parts);
        }
        let tx = self.begin()?;
        let mut forgotten = Vec::new();
        for part in parts {
            if forgotten.len() == most {
                break;
            }
            if forget_if_abandoned(&tx, &part, before_ms)? {
                forgotten.push(part);
            }
        }
        tx.commit()?;
        Ok(forgotten)
    }
}

fn forget_if_abandoned(db: &Connection, part: &Part, before_ms: i64) -> Result<bool, StoreError> {
    if is_needed(db, &part.hash)? {
        return Ok(false);
    }
    let touched: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM blob_arrival WHERE hash = ?1 AND node = ?2 AND at_ms >= ?3)")?
        .query_row((part.hash.0, &part.node, before_ms), |r| r.get(0))?;
    if touched {
        return Ok(false);
    }
    db.prepare_cached("DELETE FROM blob_arrival WHERE hash = ?1 AND node = ?2")?.execute((part.hash.0, &part.node))?;
    Ok(true)
}

/// Whether a document asks for this file, and it is not whole here.
fn is_needed(db: &Connection, hash: &FileHash) -> Result<bool, StoreError> {
    let whole: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM blob WHERE hash = ?1 AND here = 1)")?
        .query_row([hash.0], |r| r.get(0))?;
    let views = query::documents_naming(db, hash)?;
    Ok(!whole && views.iter().filter_map(|v| Document::read(v.id, &v.fields)).any(|d| !d.removed))
}
