//! Files that came before those they follow: kept, as sealed as they came, until these come.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_domain::id::Incarnation;
use keng_proto::BundleHeader;
use keng_store::StoreError;

/// What may wait of all nodes together: a stick's worth. Beyond that, the stick keeps the file.
const WAITING_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The files of one incarnation that wait.
pub(super) struct Waiting {
    folder: PathBuf,
    incarnation: String,
}

impl Waiting {
    /// In the hub's data folder.
    pub(super) fn of(data: &Path, incarnation: Incarnation) -> Self {
        Self { folder: data.join("bundles"), incarnation: incarnation.to_string() }
    }

    /// Keeps a copy of a file that came too early; says so in words.
    pub(super) fn keep(&self, path: &Path, name: &str, header: &BundleHeader) -> Result<String, Told> {
        let part = header.part;
        let io = |source| Told::from(StoreError::Io { path: self.folder.clone(), source });
        std::fs::create_dir_all(&self.folder).map_err(io)?;
        let kept = self.folder.join(format!("{}.{}.{part:010}", self.incarnation, hex::encode(&header.export)));
        let bytes = std::fs::metadata(path).map_err(io)?.len();
        if !kept.exists() && self.bytes().map_err(io)? + bytes > WAITING_BYTES_MAX {
            return Ok(format!(
                "Gói {name} là phần {part}, đến trước các phần nó nối tiếp. Chưa nhận hết; hãy nhập các phần trước rồi nhập lại gói này."
            ));
        }
        let coming = kept.with_extension("tmp");
        let copy = || -> std::io::Result<()> {
            std::fs::copy(path, &coming)?;
            std::fs::File::open(&coming)?.sync_all()?;
            std::fs::rename(&coming, &kept)
        };
        copy().inspect_err(|_| Self::forget(&coming)).map_err(io)?;
        Ok(format!(
            "Gói {name} là phần {part}, đến trước các phần nó nối tiếp: phần nối được đã vào sổ cái, tệp được giữ lại và sẽ tự nhập tiếp khi đủ."
        ))
    }

    /// Those that wait, in the order of their parts.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>, Told> {
        let found = match std::fs::read_dir(&self.folder) {
            Ok(found) => found,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(StoreError::Io { path: self.folder.clone(), source }.into()),
        };
        let own = |path: &PathBuf| {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            name.starts_with(&self.incarnation) && !name.ends_with(".tmp")
        };
        let mut files: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).filter(own).collect();
        files.sort_unstable();
        Ok(files)
    }

    /// Removes a file that waits no longer.
    pub(super) fn forget(path: &Path) {
        if let Err(e) = std::fs::remove_file(path) {
            tracing::debug!("{}: {e}", path.display());
        }
    }

    fn bytes(&self) -> std::io::Result<u64> {
        std::fs::read_dir(&self.folder)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
    }
}
