//! Does this data folder go on where it stopped? (DESIGN §4.2)
//!
//! A folder that was put back from an older copy, or copied beside the living one, must not write
//! under its old name: it would use numbers that were used already. What tells is kept outside the
//! folder: a mark that changes at every start, in the user's state folder, and the file's number in
//! the file system (its inode), which a copy does not have.
//!
//! Where neither can be had, the next handshake with the hub compares heads and finds out.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use keng_domain::id::Incarnation;
use keng_proto::Introduction;
use keng_store::{Store, open};
use keng_sync::head::{SigningKey, introduce};
use keng_sync::session::LifeReason;
use sha2::{Digest, Sha256};

use crate::folder::{Keys, random};
use crate::{Told, clock};

/// Names another folder than the user's state folder, for services and tests.
pub const STATE_VARIABLE: &str = "KENG_STATE";

/// The mark of the last start, inside the folder; and the one before it, because a start that is
/// cut off may have written inside and not yet outside.
const MARK: &str = "mark";
const MARK_BEFORE: &str = "mark_before";
/// The database file's inode at the last start.
const INODE: &str = "inode";
/// Set by `restore`: this folder was made from a backup.
const RESTORED_AT: &str = "restored_at";

/// Finds out whether the folder goes on; when it does not, `begin` begins its new life. Then marks
/// this start, inside and outside.
///
/// # Errors
/// What `begin` says, and whatever SQLite says.
pub fn settle(
    store: &mut Store,
    begin: impl FnOnce(&mut Store, LifeReason) -> Result<(), Told>,
) -> Result<Option<LifeReason>, Told> {
    let mut tag = Tag::of(store.folder());
    let outside = tag.as_mut().and_then(Tag::read);
    let inode = inode(&store.folder().join(open::FILE));
    let reason = judge(store, outside.as_deref(), inode.as_deref())?;
    if let Some(reason) = reason {
        begin(store, reason)?;
    }
    let mark = hex::encode(random::<16>());
    let before = store.meta(MARK)?.unwrap_or_default();
    let inode = inode.unwrap_or_default();
    store.set_metas(&[(MARK, &mark), (MARK_BEFORE, &before), (INODE, &inode), (RESTORED_AT, "")])?;
    if let Some(tag) = &mut tag {
        tag.write(&mark);
    }
    Ok(reason)
}

fn judge(store: &Store, outside: Option<&str>, inode: Option<&str>) -> Result<Option<LifeReason>, Told> {
    let told = |key| Ok::<_, Told>(store.meta(key)?.filter(|value| !value.is_empty()));
    if told(RESTORED_AT)?.is_some() {
        return Ok(Some(LifeReason::Restored));
    }
    let Some(mark) = told(MARK)? else { return Ok(None) };
    Ok(match outside {
        Some(outside) if outside == mark || told(MARK_BEFORE)?.as_deref() == Some(outside) => None,
        Some(_) => Some(LifeReason::Restored),
        // Moved as a whole, or the state folder was emptied: the file is still the same.
        None if inode.is_none() || told(INODE)?.as_deref() == inode => None,
        None => Some(LifeReason::Copied),
    })
}

/// Begins another life of a node's folder, with a key of its own.
///
/// # Errors
/// When the key cannot be written, and whatever SQLite says.
pub fn begin(store: &mut Store, reason: LifeReason) -> Result<(), Told> {
    let keys = Keys::of(store.folder());
    let ended = store.present_life()?;
    let (new, key) = (Incarnation(random()), SigningKey::from_seed(&random()));
    let now_ms = clock::now_ms();
    let introduction = present(&keys.signing_key_of(ended)?, ended, &key, new, reason, now_ms);
    // First the key: a life without one could never send anything.
    keys.write(&Keys::name_of(new), &key.to_seed())?;
    store.begin_life(&introduction, now_ms)?;
    Ok(())
}

/// How a life presents itself that follows another one.
#[must_use]
pub fn present(
    old: &SigningKey,
    ended: Incarnation,
    key: &SigningKey,
    new: Incarnation,
    reason: LifeReason,
    now_ms: i64,
) -> Introduction {
    let claimed = Introduction { previous: Bytes::copy_from_slice(&ended.0), ..claim(key, new, reason, now_ms) };
    introduce(key, Some(old), claimed)
}

/// How a first life presents itself to a hub that has forgotten it.
#[must_use]
pub fn present_first(key: &SigningKey, life: Incarnation, now_ms: i64) -> Introduction {
    introduce(key, None, claim(key, life, LifeReason::Joined, now_ms))
}

fn claim(key: &SigningKey, life: Incarnation, reason: LifeReason, now_ms: i64) -> Introduction {
    Introduction {
        incarnation: Bytes::copy_from_slice(&life.0),
        public_key: Bytes::copy_from_slice(key.public().as_bytes()),
        reason: reason.to_string(),
        at_ms: now_ms,
        ..Introduction::default()
    }
}

/// What happened to the folder, for officers.
#[must_use]
pub fn in_vietnamese(reason: LifeReason) -> &'static str {
    match reason {
        LifeReason::Joined => "gia nhập",
        LifeReason::Restored => "thư mục dữ liệu được chép lại từ bản cũ",
        LifeReason::Copied => "thư mục dữ liệu là bản sao của một thư mục khác",
        LifeReason::Forked => "tỉnh đã nhận các mục khác ở cùng vị trí dưới tên máy này",
    }
}

/// The mark outside, locked while it is held: two starts at once write it one after the other.
struct Tag(File);

impl Tag {
    /// `None` where there is no place outside that can be written.
    fn of(folder: &Path) -> Option<Self> {
        let state = state_folder()?;
        let whole = std::fs::canonicalize(folder).ok()?;
        let name = hex::encode(&Sha256::digest(whole.as_os_str().as_encoded_bytes())[..16]);
        std::fs::create_dir_all(&state).ok()?;
        let file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(state.join(name)).ok()?;
        file.lock().ok()?;
        Some(Self(file))
    }

    fn read(&mut self) -> Option<String> {
        let mut mark = String::new();
        self.0.read_to_string(&mut mark).ok()?;
        let mark = mark.trim();
        (!mark.is_empty()).then(|| mark.to_owned())
    }

    fn write(&mut self, mark: &str) {
        let written = self
            .0
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.0.set_len(0))
            .and_then(|()| self.0.write_all(mark.as_bytes()))
            .and_then(|()| self.0.sync_all());
        if let Err(e) = written {
            tracing::warn!("the mark outside the data folder could not be written: {e}");
        }
    }
}

fn state_folder() -> Option<PathBuf> {
    let var = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    var(STATE_VARIABLE)
        .or_else(|| Some(var("XDG_STATE_HOME")?.join("keng")))
        .or_else(|| Some(var("HOME")?.join(".local/state/keng")))
        .or_else(|| Some(var("LOCALAPPDATA")?.join("keng")))
}

#[cfg(unix)]
fn inode(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|m| m.ino().to_string())
}

#[cfg(not(unix))]
fn inode(_: &Path) -> Option<String> {
    None
}
