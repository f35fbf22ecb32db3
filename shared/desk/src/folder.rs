//! Files of a data folder beside the database: keys, certificates, the lock of `serve`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use keng_domain::id::Incarnation;
use keng_sync::head::SigningKey;
use zeroize::Zeroizing;

use crate::Told;

/// The sub-folder that only the owner of the process may read.
const KEYS: &str = "keys";

/// The seed of the Ed25519 key that signs heads (node) or receipts and tree heads (hub).
pub const SIGNING_KEY: &str = "signing.seed";

/// Keys and certificates of one data folder.
#[derive(Debug, Clone)]
pub struct Keys(PathBuf);

impl Keys {
    /// Of this data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self(folder.join(KEYS))
    }

    /// The sub-folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Keys, and their folder, that others than the owner may read.
    ///
    /// # Errors
    /// When the folder cannot be read.
    #[cfg(unix)]
    pub fn loose(&self) -> Result<Vec<PathBuf>, Told> {
        use std::os::unix::fs::PermissionsExt;
        let mut paths = vec![self.0.clone()];
        for entry in std::fs::read_dir(&self.0).map_err(|e| io(&self.0, &e))? {
            paths.push(entry.map_err(|e| io(&self.0, &e))?.path());
        }
        paths.sort();
        let mode = |path: &PathBuf| std::fs::metadata(path).map_or(0, |m| m.permissions().mode());
        paths.retain(|path| mode(path) & 0o077 != 0);
        Ok(paths)
    }

    /// Takes everybody else's rights to the keys away.
    ///
    /// # Errors
    /// When the file system refuses.
    #[cfg(unix)]
    pub fn tighten(&self) -> Result<(), Told> {
        use std::os::unix::fs::PermissionsExt;
        for path in self.loose()? {
            let mode = if path.is_dir() { 0o700 } else { 0o600 };
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).map_err(|e| io(&path, &e))?;
        }
        Ok(())
    }

    /// Writes a file that only the owner may read; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Told> {
        let path = self.0.join(name);
        let write = || -> std::io::Result<()> {
            make_private(&self.0)?;
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(|e| io(&path, &e))
    }

    /// Writes a file unless there is one: of two programs that do so at once, both go on with what
    /// the first wrote.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn write_once(&self, name: &str, bytes: &[u8]) -> Result<(), Told> {
        let path = self.0.join(name);
        if path.exists() {
            return Ok(());
        }
        let temporary = format!("{name}.{}", std::process::id());
        self.write(&temporary, bytes)?;
        let linked = std::fs::hard_link(self.0.join(&temporary), &path);
        let removed = std::fs::remove_file(self.0.join(&temporary));
        match linked.and(removed) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(io(&path, &e)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Reads a file; wiped from memory when dropped.
    ///
    /// # Errors
    /// When it is missing or unreadable.
    pub fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Told> {
        let path = self.0.join(name);
        std::fs::read(&path).map(Zeroizing::new).map_err(|e| io(&path, &e))
    }

    /// Reads a PEM file.
    ///
    /// # Errors
    /// When it is missing or no text.
    pub fn read_text(&self, name: &str) -> Result<Zeroizing<String>, Told> {
        let bytes = self.read(name)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| damaged(name))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// The key of the first life, which signs heads; at the hub, the one that signs receipts.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn signing_key(&self) -> Result<SigningKey, Told> {
        self.seed(SIGNING_KEY)
    }

    /// The key of a life of this folder.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn signing_key_of(&self, life: Incarnation) -> Result<SigningKey, Told> {
        let own = Self::name_of(life);
        self.seed(if self.0.join(&own).exists() { &own } else { SIGNING_KEY })
    }

    /// The file with the key of a later life than the first.
    #[must_use]
    pub fn name_of(life: Incarnation) -> String {
        format!("signing-{life}.seed")
    }

    fn seed(&self, name: &str) -> Result<SigningKey, Told> {
        let seed = self.read(name)?;
        let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| damaged(name))?;
        Ok(SigningKey::from_seed(seed))
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// A folder of its own beside what is to be written; read by nobody else, gone when dropped.
pub(crate) fn beside(parent: &Path, prefix: &str) -> Result<tempfile::TempDir, Told> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent).map_err(|e| io(parent, &e))
}

/// The entries of a folder are on the disk when this returns.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Told> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io(folder, &e))
}

pub(crate) fn io(path: &Path, e: &std::io::Error) -> Told {
    match e.kind() {
        std::io::ErrorKind::StorageFull => keng_store::StoreError::DiskFull.into(),
        _ => Told::new(
            format!("Không đọc hoặc ghi được {}: {e}.", path.display()),
            "",
            "Hãy kiểm tra đường dẫn và quyền truy cập.",
        ),
    }
}

pub(crate) fn damaged(name: &str) -> Told {
    Told::new(format!("Tệp khóa {name} bị hỏng."), "Dữ liệu không bị ảnh hưởng.", "Hãy báo quản trị.")
}

/// Held while `serve` runs: two of them on one folder would fight over ports and sessions.
#[derive(Debug)]
pub struct ServeLock(#[allow(dead_code, reason = "held, not read")] File);

impl ServeLock {
    /// Takes the lock of a data folder.
    ///
    /// # Errors
    /// When another `serve` holds it.
    pub fn take(folder: &Path) -> Result<Self, Told> {
        let path = folder.join("serve.lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| io(&path, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Told::new(
                format!("Một chương trình khác đang chạy (serve) trên {}.", folder.display()),
                "Dữ liệu không bị ảnh hưởng.",
                "Hãy dừng chương trình đó trước.",
            )),
            Err(TryLockError::Error(e)) => Err(io(&path, &e)),
        }
    }
}

/// Random bytes of the operating system.
///
/// # Panics
/// When the operating system has none: nothing safe can be done without.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
