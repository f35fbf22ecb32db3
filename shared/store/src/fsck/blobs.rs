//! Files of documents: whether each that is said to be here is, whole and as its name says.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::{BlobFault, Fault, Part, Report, Tell};
use crate::rows::hash_of;
use crate::{Store, StoreError};

/// The sub-folder of a data folder: each file under `<two digits>/<SHA-256>`.
const FOLDER: &str = "blobs";
/// Names of one read.
const READ_BLOBS: i64 = 1_000;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 256 * 1024;

pub(super) fn check(store: &Store, report: &mut Report, tell: &mut Tell<'_>) -> Result<(), StoreError> {
    let db = &store.db;
    let kept: bool =
        db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'blob')", [], |r| {
            r.get(0)
        })?;
    if !kept {
        return Ok(());
    }
    let of: i64 = db.query_row("SELECT count(*) FROM blob WHERE here = 1", [], |r| r.get(0))?;
    let mut after = Vec::new();
    loop {
        let piece: Vec<(Vec<u8>, i64)> = db
            .prepare_cached("SELECT hash, bytes FROM blob WHERE here = 1 AND hash > ?1 ORDER BY hash LIMIT ?2")?
            .query_map((&after, READ_BLOBS), |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let Some((last, _)) = piece.last() else { return Ok(()) };
        after.clone_from(last);
        for (hash, bytes) in piece {
            let hash = hash_of(&hash)?;
            report.checked.blobs += 1;
            tell(Part::Blobs, report.checked.blobs, of.max(0) as u64);
            // A local copy may be dropped while we look: then nobody says any more that it is here.
            if let Some(why) = look(&place(store.folder(), &hash), &hash, bytes as u64)
                && is_here(db, &hash)?
            {
                report.fault(Fault::Blob { hash: hex::encode(hash), why });
            }
        }
    }
}

fn place(data: &Path, hash: &[u8; 32]) -> PathBuf {
    let name = hex::encode(hash);
    data.join(FOLDER).join(&name[..2]).join(name)
}

fn is_here(db: &Connection, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let here =
        db.prepare_cached("SELECT here FROM blob WHERE hash = ?1")?.query_row([hash], |r| r.get(0)).optional()?;
    Ok(here == Some(1_i64))
}

fn look(path: &Path, hash: &[u8; 32], bytes: u64) -> Option<BlobFault> {
    let Ok(mut file) = File::open(path) else { return Some(BlobFault::Missing) };
    if file.metadata().map_or(true, |m| m.len() != bytes) {
        return Some(BlobFault::Altered);
    }
    let (mut hasher, mut chunk) = (Sha256::new(), vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => hasher.update(&chunk[..n]),
            Err(_) => return Some(BlobFault::Altered),
        }
    }
    (hasher.finalize().as_slice() != hash).then_some(BlobFault::Altered)
}
