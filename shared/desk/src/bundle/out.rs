//! A bundle that leaves. Files come into being under another name and get their own when all of
//! them are whole and on the disk.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use keng_domain::id::Lsn;
use keng_proto::BundleHeader;
use keng_store::StoreError;
use keng_sync::bundle::{MAGIC, Piece, Writer, piece_bytes};
use keng_sync::head::SigningKey;

use crate::Told;
use crate::seal::{self, Recipient, Sealing};

/// Where to, how large, for whom.
pub struct Plan {
    /// The file; with several parts `FILE.1of3` …
    pub to: PathBuf,
    /// The largest part.
    pub file_bytes_max: Option<u64>,
    /// To whom it is sealed.
    pub seal: Option<Recipient>,
    /// Signs every part.
    pub key: SigningKey,
    /// What the first part says; the others differ in number and cursor.
    pub header: BundleHeader,
}

/// A piece that fits in no file of the size that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// Its size in a file.
    pub bytes: u64,
}

/// An export that is being written. What is dropped before `finish` leaves nothing behind.
pub struct Out {
    plan: Plan,
    current: Option<Current>,
    whole: Vec<PathBuf>,
    bytes: u64,
}

struct Current {
    writer: Writer<Sink>,
    path: PathBuf,
    is_fresh: bool,
}

enum Sink {
    Open(BufWriter<File>),
    Sealed(Box<Sealing<BufWriter<File>>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(out) => out.write(bytes),
            Self::Sealed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(out) => out.flush(),
            Self::Sealed(out) => out.flush(),
        }
    }
}

impl Sink {
    /// Everything is on the disk when this returns.
    fn close(self) -> io::Result<u64> {
        let out = match self {
            Self::Open(out) => out,
            Self::Sealed(out) => out.finish()?,
        };
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

impl Out {
    /// Begins an export.
    ///
    /// # Errors
    /// When another file than a bundle stands there already.
    pub fn begin(plan: Plan) -> Result<Self, Told> {
        may_replace(&plan.to)?;
        Ok(Self { plan, current: None, whole: Vec::new(), bytes: 0 })
    }

    /// Appends a piece, in the next part when this one is full.
    ///
    /// # Errors
    /// The outer one when nothing can be written, the inner one when the piece has to be cut.
    pub fn put(&mut self, piece: Piece) -> Result<Result<(), TooLarge>, Told> {
        let bytes = piece_bytes(&piece);
        self.begin_part()?;
        if !self.has_room(bytes) {
            if self.current.as_ref().is_some_and(|c| c.is_fresh) {
                return Ok(Err(TooLarge { bytes }));
            }
            self.end_part(false)?;
            self.begin_part()?;
            if !self.has_room(bytes) {
                return Ok(Err(TooLarge { bytes }));
            }
        }
        if let Some(current) = &mut self.current {
            current.is_fresh = false;
            current.writer.put(piece).map_err(|e| told(&current.path, &e))?;
        }
        Ok(Ok(()))
    }

    /// What the next part's pulls begin after.
    pub fn reached(&mut self, cursor: Lsn) {
        self.plan.header.cursor = cursor.0;
    }

    /// How many bytes have been written.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes + self.current.as_ref().map_or(0, |c| c.writer.bytes())
    }

    /// Makes the last part whole and gives all parts their names; returns them and their size.
    ///
    /// # Errors
    /// When the disk is full or gone; then nothing is left behind.
    pub fn finish(mut self) -> Result<(Vec<PathBuf>, u64), Told> {
        self.begin_part()?;
        self.end_part(true)?;
        let count = self.whole.len();
        let names: Vec<PathBuf> = match count {
            1 => vec![self.plan.to.clone()],
            _ => (1..=count).map(|n| suffixed(&self.plan.to, &format!(".{n}of{count}"))).collect(),
        };
        names.iter().try_for_each(|name| may_replace(name))?;
        for (from, to) in self.whole.iter().zip(&names) {
            std::fs::rename(from, to).map_err(|e| told(to, &e))?;
        }
        self.whole.clear();
        if let Some(folder) = folder_of(&self.plan.to) {
            // A file system without folders to sync (FAT by some drivers) says no; the files are there.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok((names, self.bytes))
    }

    fn has_room(&self, bytes: u64) -> bool {
        let (Some(max), Some(current)) = (self.plan.file_bytes_max, &self.current) else { return true };
        let plain = current.writer.bytes() + bytes;
        let size = if self.plan.seal.is_some() { seal::sealed_bytes(plain) } else { plain };
        size <= max
    }

    fn begin_part(&mut self) -> Result<(), Told> {
        if self.current.is_some() {
            return Ok(());
        }
        let part = self.whole.len() + 1;
        self.plan.header.part = u32::try_from(part).unwrap_or(u32::MAX);
        let path = suffixed(&self.plan.to, &format!(".{part}.{}.part", std::process::id()));
        let write = || -> io::Result<Writer<Sink>> {
            let file = BufWriter::with_capacity(64 * 1024, File::create(&path)?);
            let sink = match &self.plan.seal {
                Some(to) => Sink::Sealed(Box::new(seal::seal(to, file)?)),
                None => Sink::Open(file),
            };
            Writer::begin(sink, self.plan.header.clone())
        };
        let writer = write().map_err(|e| {
            let _ = std::fs::remove_file(&path);
            told(&path, &e)
        })?;
        self.current = Some(Current { writer, path, is_fresh: true });
        Ok(())
    }

    fn end_part(&mut self, last: bool) -> Result<(), Told> {
        let Some(Current { writer, path, .. }) = self.current.take() else { return Ok(()) };
        let closed = writer.finish(last, &self.plan.key).and_then(Sink::close);
        self.whole.push(path.clone());
        self.bytes += closed.map_err(|e| told(&path, &e))?;
        Ok(())
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        for path in self.whole.iter().chain(self.current.as_ref().map(|c| &c.path)) {
            // Half an export; on a stick that was pulled out it is gone anyway.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// An earlier export may be replaced; any other file may be something of value.
fn may_replace(path: &Path) -> Result<(), Told> {
    let mut first = Vec::new();
    match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(told(path, &e)),
        Ok(file) => file.take(seal::MAGIC.len() as u64).read_to_end(&mut first).map_err(|e| told(path, &e))?,
    };
    if first.is_empty() || first.starts_with(&MAGIC) || first == seal::MAGIC {
        return Ok(());
    }
    Err(Told::refused(format!("Tệp {} đã có và không phải gói USB của Kẻng; hãy chọn tên khác.", path.display())))
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

fn told(path: &Path, e: &io::Error) -> Told {
    match e.kind() {
        io::ErrorKind::StorageFull => Told::new(
            "USB hoặc ổ đĩa đã đầy.",
            "Chưa xuất được gì; dữ liệu trên máy giữ nguyên.",
            "Hãy dùng USB khác, hoặc cắt nhỏ bằng --max-size.",
        ),
        _ => {
            let source = io::Error::new(e.kind(), e.to_string());
            StoreError::Io { path: path.to_owned(), source }.into()
        }
    }
}
