//! The folder `blobs`: whole files under their hash, parts of files, and damaged ones set aside.
//!
//! Everything here blocks on the disk, and belongs on a thread that may. A whole file appears
//! under its name in one step, after its content is on the disk: it is never half there.

use std::fs::{self, File as Handle, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use keng_domain::document::FileHash;
use keng_sync::blob::{Arrival, File, Refused};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// The sub-folder of a data folder.
pub const FOLDER: &str = "blobs";

/// The sub-folder of parts.
pub(super) const PARTIAL: &str = "partial";

/// Bytes read or written at once: what a file costs in memory, whatever its size.
const BUFFER_BYTES: usize = 64 * 1024;

/// Bytes at the beginning of a file that are kept for a look at its text.
const HEAD_BYTES: usize = 64 * 1024;

/// A file that was being added when its program died is swept away after this: no honest copy
/// takes so long.
const STALE: Duration = Duration::from_secs(24 * 3_600);

/// The files of one data folder. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

/// A file that is whole, named by its content, and on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its address and size.
    pub file: File,
    /// Its first bytes, at most 64 KiB.
    pub head: Vec<u8>,
}

pub(super) fn fault(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::Io { path: path.to_owned(), source },
    }
}

impl Files {
    /// Of this data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self(folder.join(FOLDER))
    }

    /// A sub-folder of what is not whole under its name.
    pub(super) fn sub(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where a whole file stands.
    #[must_use]
    pub fn path(&self, hash: &FileHash) -> PathBuf {
        let name = hash.to_string();
        self.0.join(&name[..2]).join(name)
    }

    /// Whether a file of this name and size stands there. Its content is not read.
    #[must_use]
    pub fn contains(&self, file: &File) -> bool {
        fs::metadata(self.path(&file.hash)).is_ok_and(|m| m.is_file() && m.len() == file.bytes)
    }

    /// Whether the file stands there and is what its name says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn verify(&self, file: &File) -> Result<bool, StoreError> {
        if !self.contains(file) {
            return Ok(false);
        }
        let path = self.path(&file.hash);
        let mut handle = Handle::open(&path).map_err(fault(&path))?;
        Ok(copy(&mut handle, &mut io::sink()).map_err(fault(&path))? == *file)
    }

    /// Takes a file in: copies it, names it by its content. At most `bytes_max` are read; a
    /// longer one is refused and nothing of it stays.
    ///
    /// # Errors
    /// [`TakeFault`].
    pub fn take(&self, from: &mut dyn Read, bytes_max: u64) -> Result<Stored, TakeFault> {
        let mut incoming = self.incoming(bytes_max)?;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => incoming.write(&buffer[..n])?,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(TakeFault::Source(e)),
            }
        }
        incoming.finish()
    }

    /// Begins to take a file in piece by piece.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn incoming(&self, bytes_max: u64) -> Result<Incoming, StoreError> {
        let folder = self.0.join("incoming");
        private_folder(&folder)?;
        let mut nonce = [0; 8];
        // The process and a counter: no two writers of one folder share a name.
        static COUNTER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        nonce[..4].copy_from_slice(&std::process::id().to_be_bytes());
        let count = COUNTER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        nonce[4..].copy_from_slice(&count.to_be_bytes());
        let path = folder.join(hex::encode(nonce));
        let handle = create(&path)?;
        Ok(Incoming {
            files: self.clone(),
            path,
            handle,
            hasher: Sha256::new(),
            bytes: 0,
            bytes_max,
            head: Vec::new(),
            kept: false,
        })
    }

    /// Opens what has come of a file from `node`, cut back to the `durable` bytes that are known
    /// to be on the disk.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn partial(&self, file: File, node: &str, durable: u64) -> Result<Partial, StoreError> {
        let path = self.partial_path(&file, node);
        private_folder(&self.sub(PARTIAL))?;
        let fault = fault(&path);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut handle = options.open(&path).map_err(&fault)?;
        let have = handle.metadata().map_err(&fault)?.len().min(durable).min(file.bytes);
        handle.set_len(have).map_err(&fault)?;
        handle.seek(SeekFrom::End(0)).map_err(&fault)?;
        drop(fault);
        Ok(Partial { files: self.clone(), path, handle, file, arrival: Arrival::new(file, have) })
    }

    fn partial_path(&self, file: &File, node: &str) -> PathBuf {
        let node: String = node.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        self.sub(PARTIAL).join(format!("{}.{node}", file.hash))
    }

    /// Forgets what has come of a file from `node`.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn forget_partial(&self, file: &File, node: &str) -> Result<(), StoreError> {
        remove(&self.partial_path(file, node))
    }

    /// Writes a whole file to `out`, verified on the way: `out` appears whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::FileDamaged`] when its content is not what its name says.
    pub fn copy_out(&self, file: &File, out: &Path) -> Result<(), StoreError> {
        let source = self.path(&file.hash);
        let mut from = Handle::open(&source).map_err(fault(&source))?;
        let fault = fault(out);
        let folder = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = folder.join(format!(".{name}.{}.keng", std::process::id()));
        let written = (|| {
            let mut to = Handle::create(&unfinished)?;
            let copied = copy(&mut from, &mut to)?;
            to.sync_all()?;
            Ok(copied)
        })();
        let done = match written {
            Ok(copied) if copied == *file => fs::rename(&unfinished, out).map_err(&fault),
            Ok(_) => Err(StoreError::FileDamaged(file.hash)),
            Err(e) => Err(fault(e)),
        };
        if done.is_err() {
            // It may not even have been made.
            let _ = fs::remove_file(&unfinished);
        }
        done
    }

    /// Sets aside a file that is not what its name says: it is no copy, but perhaps all that is
    /// left of a scan. That it is not there is no fault.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn set_aside(&self, hash: &FileHash) -> Result<(), StoreError> {
        let path = self.path(hash);
        if !path.exists() {
            return Ok(());
        }
        let folder = self.0.join("damaged");
        private_folder(&folder)?;
        fs::rename(&path, folder.join(hash.to_string())).map_err(fault(&path))
    }

    /// Removes a whole file.
    ///
    /// # Errors
    /// When the file system refuses; that it is not there is no fault.
    pub fn remove(&self, hash: &FileHash) -> Result<(), StoreError> {
        remove(&self.path(hash))
    }

    /// Sweeps away what programs that died while adding a file have left.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self) -> Result<(), StoreError> {
        let folder = self.0.join("incoming");
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        for entry in entries.filter_map(Result::ok) {
            let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age > STALE) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives a finished file its name, in one step.
    fn settle(&self, unfinished: &Path, hash: &FileHash) -> Result<(), StoreError> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.0);
        private_folder(folder)?;
        fs::rename(unfinished, &path).map_err(fault(&path))?;
        for folder in [folder, &self.0] {
            Handle::open(folder).and_then(|f| f.sync_all()).map_err(fault(folder))?;
        }
        Ok(())
    }
}

/// Why a file was not taken in. Nothing of it stays.
#[derive(Debug, thiserror::Error)]
pub enum TakeFault {
    /// It cannot be read where it comes from.
    #[error("the file cannot be read: {0}")]
    Source(io::Error),
    /// It is longer than it may be.
    #[error("the file is longer than {0} bytes")]
    TooLarge(u64),
    /// It has no content.
    #[error("the file is empty")]
    Empty,
    /// The own folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file that is being taken in. Dropped before [`Incoming::finish`], nothing of it stays.
#[derive(Debug)]
pub struct Incoming {
    files: Files,
    path: PathBuf,
    handle: Handle,
    hasher: Sha256,
    bytes: u64,
    bytes_max: u64,
    head: Vec<u8>,
    kept: bool,
}

impl Incoming {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`TakeFault::TooLarge`], or the disk's.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), TakeFault> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.bytes_max {
            return Err(TakeFault::TooLarge(self.bytes_max));
        }
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..room]);
        self.hasher.update(piece);
        self.handle.write_all(piece).map_err(fault(&self.path))?;
        Ok(())
    }

    /// The file is whole: on the disk, under its name.
    ///
    /// # Errors
    /// [`TakeFault::Empty`], or the disk's.
    pub fn finish(mut self) -> Result<Stored, TakeFault> {
        if self.bytes == 0 {
            return Err(TakeFault::Empty);
        }
        self.handle.sync_all().map_err(fault(&self.path))?;
        let hash = FileHash(std::mem::take(&mut self.hasher).finalize().into());
        let file = File { hash, bytes: self.bytes };
        // A copy that stands there already but has rotted is replaced.
        if !self.files.verify(&file)? {
            self.files.settle(&self.path, &hash)?;
            self.kept = true;
        }
        Ok(Stored { file, head: std::mem::take(&mut self.head) })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is swept away later.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file of which a part has come.
#[derive(Debug)]
pub struct Partial {
    files: Files,
    path: PathBuf,
    handle: Handle,
    file: File,
    arrival: Arrival,
}

/// Why a frame was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FrameFault {
    /// It is not the next one.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Partial {
    /// How many bytes have come.
    #[must_use]
    pub fn have(&self) -> u64 {
        self.arrival.have()
    }

    /// How many of them are on the disk for certain.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.arrival.durable()
    }

    /// Whether the last byte has come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.arrival.is_whole()
    }

    /// Writes the next frame; makes everything durable at the end of each chunk, and tells so.
    ///
    /// # Errors
    /// [`FrameFault`]; a frame that is not the next one changes nothing.
    pub fn append(&mut self, from: u64, data: &[u8]) -> Result<bool, FrameFault> {
        let sync = self.arrival.take(from, data.len())?;
        self.handle.write_all(data).map_err(fault(&self.path))?;
        if sync {
            self.sync()?;
        }
        Ok(sync)
    }

    /// Makes what has come durable.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        if self.durable() < self.have() {
            self.handle.sync_all().map_err(fault(&self.path))?;
            self.arrival.made_durable();
        }
        Ok(())
    }

    /// The last byte has come: verifies the content and gives the file its name.
    ///
    /// # Errors
    /// [`StoreError::FileDamaged`] when it is not what its name says; then nothing of it is kept.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.sync()?;
        self.handle.seek(SeekFrom::Start(0)).map_err(fault(&self.path))?;
        let read = copy(&mut self.handle, &mut io::sink()).map_err(fault(&self.path))?;
        if read != self.file {
            remove(&self.path)?;
            return Err(StoreError::FileDamaged(self.file.hash));
        }
        self.files.settle(&self.path, &self.file.hash)
    }
}

/// Copies all there is and says what it was.
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<File> {
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(File { hash: FileHash(hasher.finalize().into()), bytes }),
            Ok(n) => {
                hasher.update(&buffer[..n]);
                to.write_all(&buffer[..n])?;
                bytes += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault(path)(e)),
        _ => Ok(()),
    }
}

/// Scans are as private as the figures: only the program's own account reads them.
fn private_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(fault(folder))
}

fn create(path: &Path) -> Result<Handle, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(fault(path))
}
