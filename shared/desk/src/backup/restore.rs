//! Restoring: everything is unpacked and checked in a folder beside, then the two change places in
//! one step.

use std::path::{Path, PathBuf};

use keng_store::{Role, Store, open};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use zeroize::Zeroizing;

use super::read::Opened;
use super::{Head, Step, Tell, code_of, keys, passphrase};
use crate::folder::{self, ServeLock, io, sync_folder};
use crate::{Told, clock, fsck};

/// The setting that tells the program, when it next starts, that its data folder begins another
/// life: milliseconds since 1970.
pub const RESTORED_AT: &str = "restored_at";

/// What is asked for.
pub struct Restore<'a> {
    /// Which program asks.
    pub role: Role,
    /// The backup.
    pub file: &'a Path,
    /// The data folder.
    pub data: &'a Path,
    /// Whether a data folder that has something in it may be replaced.
    pub replace: bool,
    /// A file with the passphrase.
    pub passphrase_file: Option<&'a Path>,
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What the backup is of.
    pub head: Head,
    /// Where the folder that was there before is now.
    pub kept: Option<PathBuf>,
    /// Files of documents that the backup lacks or has damaged.
    pub files_missing: u64,
}

/// Restores a data folder from a backup.
///
/// # Errors
/// A sentence; then the data folder is as it was.
pub fn restore(ask: &Restore<'_>, tell: &mut Tell<'_>) -> Result<Restored, Told> {
    let opened = Opened::of(ask.file)?;
    right_program(ask.role, &opened.head)?;
    let full = is_full(ask.data)?;
    // Held to the end: no `serve` may start on what is being replaced.
    let _lock = if ask.data.join(open::FILE).exists() { Some(ServeLock::take(ask.data)?) } else { None };
    if full && !ask.replace {
        return Err(Told::new(
            format!("Thư mục {} đã có dữ liệu.", ask.data.display()),
            "Dữ liệu cũ được giữ nguyên.",
            "Hãy chọn thư mục khác, hoặc thêm --replace để thay (thư mục cũ vẫn được giữ bên cạnh).",
        ));
    }
    let clear = open_keys(&opened, ask.passphrase_file)?;
    let (parent, name) = parent_and_name(ask.data)?;
    std::fs::create_dir_all(&parent).map_err(|e| io(&parent, &e))?;
    let beside = folder::beside(&parent, &format!("{name}.dang-khoi-phuc-"))?;
    opened.unpack(beside.path(), &mut |done, of| tell(Step::Unpack, done, of))?;
    keys::unpack(&clear, beside.path())?;
    let files_missing = check(ask, &opened.head, beside.path(), tell)?;
    sync_all(beside.path())?;
    let kept = change_places(beside, ask.data, &parent, &name, full)?;
    Ok(Restored { head: opened.head, kept, files_missing })
}

fn right_program(role: Role, head: &Head) -> Result<(), Told> {
    if head.role == code_of(role) {
        return Ok(());
    }
    let (what, program) = match role {
        Role::Node => ("trạm tỉnh", "keng-hub"),
        Role::Hub => ("máy của đơn vị", "keng-node"),
    };
    Err(Told::new(
        format!("Bản sao lưu này là của {what} ({}, {}).", head.unit, head.node),
        "Chưa thay gì.",
        format!("Hãy khôi phục bằng {program}."),
    ))
}

fn is_full(data: &Path) -> Result<bool, Told> {
    match std::fs::read_dir(data) {
        Ok(mut found) => Ok(found.next().is_some()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(io(data, &e)),
    }
}

fn parent_and_name(data: &Path) -> Result<(PathBuf, String), Told> {
    let data = std::path::absolute(data).map_err(|e| io(data, &e))?;
    match (data.parent(), data.file_name().and_then(|n| n.to_str())) {
        (Some(parent), Some(name)) => Ok((parent.to_owned(), name.to_owned())),
        _ => Err(Told::refused(format!("{} không dùng làm thư mục dữ liệu được.", data.display()))),
    }
}

fn open_keys(opened: &Opened, passphrase_file: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Told> {
    if !opened.head.keys_sealed {
        return Ok(opened.keys.clone());
    }
    keys::unseal(&opened.keys, &passphrase::for_restore(passphrase_file)?)
}

/// Opens what was unpacked, as `serve` would, and checks all of it; what is derived may be mended.
/// Returns how many files of documents are missing.
fn check(ask: &Restore<'_>, head: &Head, folder: &Path, tell: &mut Tell<'_>) -> Result<u64, Told> {
    let mut store = Store::open(folder)?;
    let me = store.identity();
    if me.role != ask.role || me.node != head.node {
        return Err(bad("dữ liệu bên trong không phải của máy ghi ở đầu tệp"));
    }
    let mut look = |store: &Store| fsck::look(store, &mut |part, done, of| tell(Step::Check(part), done, of));
    let mut found = look(&store)?;
    if !found.is_ok() && found.is_repairable() {
        store.repair()?;
        found = look(&store)?;
    }
    // Files come again from the other side, and a node may have dropped one while it was backed up.
    let (files, faults): (Vec<_>, Vec<_>) = found.faults.iter().partition(|f| f.what == fsck::BLOB);
    if let Some(first) = faults.first() {
        return Err(bad(&format!("{} lỗi, lỗi đầu tiên: {} — {}", found.count(), first.place, first.detail)));
    }
    store.set_meta(RESTORED_AT, &clock::now_ms().to_string())?;
    store.settle()?;
    Ok(files.len() as u64)
}

fn bad(what: &str) -> Told {
    Told::new(
        format!("Dữ liệu trong bản sao lưu không dùng được: {what}."),
        "Chưa thay gì.",
        "Hãy dùng bản sao lưu khác.",
    )
}

/// Everything in the folder is on the disk when this returns.
fn sync_all(folder: &Path) -> Result<(), Told> {
    for entry in std::fs::read_dir(folder).map_err(|e| io(folder, &e))? {
        let entry = entry.map_err(|e| io(folder, &e))?;
        let path = entry.path();
        if entry.file_type().map_err(|e| io(&path, &e))?.is_dir() {
            sync_all(&path)?;
        } else {
            std::fs::File::open(&path).and_then(|f| f.sync_all()).map_err(|e| io(&path, &e))?;
        }
    }
    sync_folder(folder)
}

/// Puts the new folder in the place of the old one. Whatever moment the power goes, the data folder
/// is the old one or the new one; the old one is never deleted.
fn change_places(
    beside: tempfile::TempDir,
    data: &Path,
    parent: &Path,
    name: &str,
    full: bool,
) -> Result<Option<PathBuf>, Told> {
    let moved = |e: std::io::Error| io(data, &e);
    if !full {
        // An empty folder gives way.
        std::fs::rename(beside.path(), data).map_err(moved)?;
        forget(beside);
        sync_folder(parent)?;
        return Ok(None);
    }
    let kept = free_name(parent, name);
    // First the new folder takes the name under which the old one will stay, then the two change
    // places: at no moment does the old one bear a name that sounds like something to throw away.
    std::fs::rename(beside.path(), &kept).map_err(moved)?;
    forget(beside);
    let changed = renameat_with(CWD, &kept, CWD, data, RenameFlags::EXCHANGE);
    if let Err(e) = changed {
        // Nothing was replaced, and the copy is of no use.
        let _ = std::fs::remove_dir_all(&kept);
        return Err(moved(e.into()));
    }
    sync_folder(parent).map_err(|told| {
        Told::new(
            format!("Thư mục {} đã được thay, nhưng chưa chắc đã nằm trên ổ đĩa. {told}", data.display()),
            format!("Thư mục cũ được giữ ở {}.", kept.display()),
            "Hãy kiểm tra ổ đĩa, rồi chạy fsck.",
        )
    })?;
    Ok(Some(kept))
}

/// It bears another name now, and is nobody's to delete.
fn forget(beside: tempfile::TempDir) {
    let _ = beside.keep();
}

fn free_name(parent: &Path, name: &str) -> PathBuf {
    let now = clock::in_vietnam(clock::now_ms()).format("%Y-%m-%d-%H%M%S").to_string();
    let first = parent.join(format!("{name}.truoc-khoi-phuc-{now}"));
    let numbered = (2..).map(|n| parent.join(format!("{name}.truoc-khoi-phuc-{now}-{n}")));
    std::iter::once(first).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| parent.join(name))
}
