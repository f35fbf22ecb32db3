//! Writing a backup.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use keng_store::{Store, StoreError};
use sha2::{Digest, Sha256};

use super::read::Opened;
use super::{
    BLOBS, CHUNK_BYTES, DATABASE, FORMAT, HEAD, Head, PARTS, Part, Parts, Passphrase, Step, Tell, code_of, keys,
};
use crate::folder::{beside, io, sync_folder};
use crate::{Told, clock, program};

/// zstd 3: databases come to a third, at more than a disk writes.
const ZSTD_LEVEL: i32 = 3;
/// Files that a command is just taking in: nothing speaks of them yet.
const UNFINISHED: &str = "incoming";
/// How deep blobs may lie.
const DEPTH_MAX: usize = 4;

/// What is asked for.
pub struct BackUp<'a> {
    /// The name of the program.
    pub program: &'a str,
    /// The file to write.
    pub file: &'a Path,
    /// Seals the keys; `None`: they stay in clear.
    pub passphrase: Option<&'a Passphrase>,
    /// Whether a file of that name may be replaced.
    pub force: bool,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct BackedUp {
    /// What it is of.
    pub head: Head,
    /// Its length.
    pub bytes: u64,
}

/// Writes a backup of a data folder, also while `serve` runs on it. The file appears under its name
/// when it is whole, on the disk, and read back.
///
/// # Errors
/// A sentence; then there is no file, or the one that was there before.
pub fn back_up(store: &Store, ask: &BackUp<'_>, tell: &mut Tell<'_>) -> Result<BackedUp, Told> {
    if !ask.force && ask.file.exists() {
        return Err(exists(ask.file));
    }
    let parent = match ask.file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Beside the file: on the same disk, and readable by nobody else.
    let scratch = beside(parent, ".keng-sao-luu-")?;
    let database = scratch.path().join(DATABASE);
    let lsn = store.back_up(&database, |done, of| tell(Step::Copy, done, of))?;
    let me = store.identity();
    let head = Head {
        format: FORMAT,
        software: program::software(ask.program),
        role: code_of(me.role).to_owned(),
        province: me.province.clone(),
        unit: me.unit.clone(),
        node: me.node.clone(),
        incarnation: me.incarnation,
        lsn,
        created_at: clock::rfc3339(clock::now_ms()),
        keys_sealed: ask.passphrase.is_some(),
    };
    let mut out = tempfile::NamedTempFile::new_in(scratch.path()).map_err(|e| io(scratch.path(), &e))?;
    fill(store.folder(), &database, &head, ask.passphrase, &mut out, tell).map_err(|e| match e {
        Fault::Told(told) => told,
        Fault::Io(e) => io(ask.file, &e),
    })?;
    // A disk that lies is noticed now, and not on the day when the file is needed.
    Opened::of(out.path())?.verify(&mut |done, of| tell(Step::Verify, done, of))?;
    let bytes = out.as_file().metadata().map_err(|e| io(ask.file, &e))?.len();
    let kept = if ask.force { out.persist(ask.file) } else { out.persist_noclobber(ask.file) };
    kept.map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(ask.file),
        _ => io(ask.file, &e.error),
    })?;
    sync_folder(parent)?;
    Ok(BackedUp { head, bytes })
}

fn exists(file: &Path) -> Told {
    Told::new(
        format!("Tệp {} đã có.", file.display()),
        "Tệp cũ được giữ nguyên.",
        "Hãy chọn tên khác, hoặc thêm --force để ghi đè.",
    )
}

enum Fault {
    Told(Told),
    Io(std::io::Error),
}

impl From<std::io::Error> for Fault {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<Told> for Fault {
    fn from(told: Told) -> Self {
        Self::Told(told)
    }
}

fn fill(
    data: &Path,
    database: &Path,
    head: &Head,
    passphrase: Option<&Passphrase>,
    out: &mut tempfile::NamedTempFile,
    tell: &mut Tell<'_>,
) -> Result<(), Fault> {
    let blobs = files_under(&data.join(BLOBS), DEPTH_MAX)?;
    let sizes = blobs.iter().map(|p| std::fs::metadata(p).map_or(0, |m| m.len()));
    let of = std::fs::metadata(database)?.len() + sizes.sum::<u64>();
    let mut zstd = zstd::stream::write::Encoder::new(BufWriter::new(out.as_file_mut()), ZSTD_LEVEL)?;
    zstd.include_checksum(true)?;
    let mut members = Members { tar: tar::Builder::new(zstd), parts: Parts::default(), done: 0, of, tell };
    members.add_bytes(HEAD, &serde_json::to_vec_pretty(head).map_err(std::io::Error::from)?)?;
    let (name, keys) = keys::pack(data, passphrase)?;
    // Early in the file: whether the passphrase is right is known before all else is unpacked.
    members.add_bytes(name, &keys)?;
    members.add_file(DATABASE, database)?;
    for path in blobs {
        let name = path.strip_prefix(data).unwrap_or(&path).to_string_lossy().into_owned();
        members.add_file(&name, &path)?;
    }
    let list = serde_json::to_vec(&members.parts).map_err(std::io::Error::from)?;
    members.add_bytes(PARTS, &list)?;
    let buffered = members.tar.into_inner()?.finish()?;
    buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

struct Members<'a, 'b, W: Write> {
    tar: tar::Builder<W>,
    parts: Parts,
    done: u64,
    of: u64,
    tell: &'a mut Tell<'b>,
}

impl<W: Write> Members<'_, '_, W> {
    fn add_file(&mut self, name: &str, path: &Path) -> Result<(), Fault> {
        let mut file = match File::open(path) {
            // A node may drop a local copy of a scan that the hub has, at any moment.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && name.starts_with(BLOBS) => return Ok(()),
            opened => opened?,
        };
        let length = file.metadata()?.len();
        self.add(name, &mut file, length)
    }

    fn add_bytes(&mut self, name: &str, mut bytes: &[u8]) -> Result<(), Fault> {
        let length = bytes.len() as u64;
        self.add(name, &mut bytes, length)
    }

    fn add(&mut self, name: &str, from: &mut dyn Read, length: u64) -> Result<(), Fault> {
        let mut header = tar::Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        let (done, of) = (self.done, self.of);
        let tell = &mut *self.tell;
        let mut hashed = Hashed {
            from: from.take(length),
            hasher: Sha256::new(),
            bytes: 0,
            each: &mut |bytes| tell(Step::Write, done + bytes, of),
        };
        self.tar.append_data(&mut header, name, &mut hashed)?;
        let (bytes, sha256) = (hashed.bytes, hex::encode(hashed.hasher.finalize()));
        if bytes != length {
            return Err(std::io::Error::other(format!("{name}: shorter than it was")).into());
        }
        self.done += bytes;
        self.parts.parts.push(Part { name: name.to_owned(), bytes, sha256 });
        Ok(())
    }
}

/// Hashes and counts what passes.
pub(super) struct Hashed<'a, R> {
    pub from: R,
    pub hasher: Sha256,
    pub bytes: u64,
    pub each: &'a mut dyn FnMut(u64),
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = buffer.len().min(CHUNK_BYTES);
        let n = self.from.read(&mut buffer[..room])?;
        self.hasher.update(&buffer[..n]);
        self.bytes += n as u64;
        (self.each)(self.bytes);
        Ok(n)
    }
}

/// Plain files, in the order of their names; none when there is no such folder.
fn files_under(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, Fault> {
    let found = match std::fs::read_dir(folder) {
        Ok(found) => found,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let mut entries = found.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut files = Vec::new();
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != UNFINISHED && depth > 1 {
            files.extend(files_under(&entry.path(), depth - 1)?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Self::Told(e.into())
    }
}
