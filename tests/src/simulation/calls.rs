//! What a program asked of its disk, call by call, as `strace` saw it; and what the disk holds when the power
//! goes before any one of these calls.
//!
//! SQLite writes through its own VFS, which cannot be stood in for without unsafe code: the kernel's door is the
//! one place where every write, truncation, sync and unlink passes and can be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use keng_store::open;

/// Calls that change a file, its name or its durability. What of them is not read below, and touches a data
/// folder, is an error: no step is left out silently. A `?` is for those that not every machine has.
const TRACED: &str = "trace=?open,?creat,openat,?openat2,write,writev,pwrite64,pwritev,?pwritev2,ftruncate,truncate,\
    fallocate,fsync,fdatasync,sync_file_range,?rename,renameat,renameat2,?link,linkat,?unlink,unlinkat,\
    copy_file_range,sendfile,mmap";

/// Longer than any write of SQLite: one page.
const STRING_BYTES: &str = "70000";

/// How a mark begins in the log: a write to stderr.
const MARK: &str = "write(2<";

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate(usize),
    Create,
    Unlink,
    Sync,
    /// The names in the folder are durable.
    SyncFolder,
}

impl Call {
    pub(super) fn told(&self) -> String {
        match self {
            Self::Write { at, bytes } => format!("write of {} bytes at {at}", bytes.len()),
            Self::Truncate(length) => format!("truncation to {length} bytes"),
            Self::Create => "creation".to_owned(),
            Self::Unlink => "unlink".to_owned(),
            Self::Sync => "sync".to_owned(),
            Self::SyncFolder => "sync of the folder".to_owned(),
        }
    }
}

/// A line of the log that concerns the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// The program said on stderr where it is.
    Mark(String),
    Call {
        /// The name of the data folder.
        folder: String,
        /// The file's; empty for the folder itself.
        file: String,
        call: Call,
    },
}

/// Runs a program under `strace`; `None` where there is none.
///
/// # Errors
/// When the program fails.
pub(super) fn record(program: &Path, arguments: &[&str], log: &Path) -> Result<Option<()>> {
    if Command::new("strace").arg("-V").output().is_err() {
        return Ok(None);
    }
    let ran = Command::new("strace")
        .args(["-qq", "-y", "-xx", "-s", STRING_BYTES, "-e", TRACED, "-e", "signal=none", "-o"])
        .arg(log)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("strace")?;
    ensure!(ran.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&ran.stderr));
    Ok(Some(()))
}

/// Reads the log of [`record`] from the first mark on, as far as it concerns data folders of these names.
pub(super) fn read(log: &Path, folders: &[&str]) -> Result<Vec<Seen>> {
    let text = fs::read_to_string(log)?;
    let read = |line: &str| seen(line, folders).with_context(|| line.chars().take(200).collect::<String>());
    // What comes before made the folders.
    let lines = text.lines().skip_while(|line| !line.starts_with(MARK));
    lines.filter_map(|line| read(line).transpose()).collect()
}

fn seen(line: &str, folders: &[&str]) -> Result<Option<Seen>> {
    let (call, result) = line.rsplit_once(" = ").context("no result")?;
    let (name, arguments) = call.trim_end().strip_suffix(')').and_then(|c| c.split_once('(')).context("no call")?;
    if result.starts_with('-') {
        return Ok(None);
    }
    let descriptor = arguments.split_once('<').and_then(|(fd, rest)| Some((fd, rest.split_once('>')?.0)));
    let descriptor = descriptor.filter(|(fd, _)| fd.chars().all(|c| c.is_ascii_digit()));
    let strings: Vec<&str> = arguments.split('"').skip(1).step_by(2).collect();
    if line.starts_with(MARK) {
        return Ok(Some(Seen::Mark(String::from_utf8(bytes(strings.first().context("no bytes")?)?)?)));
    }
    // A call either has the file's descriptor or its name; of those with two names none is expected.
    let paths: Vec<&str> = match descriptor {
        Some((_, path)) => vec![path],
        None => strings.clone(),
    };
    let mut of_ours = None;
    for path in paths {
        of_ours = of_ours.or(place(&PathBuf::from(String::from_utf8(bytes(path)?)?), folders));
    }
    let Some((folder, file)) = of_ours else { return Ok(None) };
    let number = |from_end: usize| -> Result<usize> {
        let word = arguments.rsplit(", ").nth(from_end).context("an argument is missing")?;
        word.parse().with_context(|| format!("{word} is no number"))
    };
    let call = match name {
        "pwrite64" => {
            let bytes = bytes(strings.first().context("no bytes")?)?;
            ensure!(result.parse() == Ok(bytes.len()) && number(1)? == bytes.len(), "a write that was not whole");
            Call::Write { at: number(0)?, bytes }
        }
        "ftruncate" => Call::Truncate(number(0)?),
        "fsync" | "fdatasync" if file.is_empty() => Call::SyncFolder,
        "fsync" | "fdatasync" => Call::Sync,
        "unlink" | "unlinkat" => Call::Unlink,
        "openat" if arguments.contains("O_TRUNC") => bail!("opened to be emptied"),
        "openat" if arguments.contains("O_CREAT") => Call::Create,
        "openat" => return Ok(None),
        other => bail!("{other} is not understood"),
    };
    Ok(Some(Seen::Call { folder, file, call }))
}

/// The data folder and the file's name, when it is one that lasts: the index of the write-ahead log is made anew
/// by whoever opens the database.
fn place(path: &Path, folders: &[&str]) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?;
    if folders.contains(&name) {
        return Some((name.to_owned(), String::new()));
    }
    let folder = path.parent()?.file_name()?.to_str()?;
    let lasts = name.starts_with(open::FILE) && !name.ends_with("-shm");
    (folders.contains(&folder) && lasts).then(|| (folder.to_owned(), name.to_owned()))
}

/// `\x4b\xe1…` as bytes.
fn bytes(hex: &str) -> Result<Vec<u8>> {
    ensure!(!hex.ends_with("..."), "a string that was cut");
    let digits: String = hex.split("\\x").collect();
    Ok(hex::decode(digits)?)
}

/// Files by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The disk under one data folder: what programs read there, and what is there after a power cut.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    now: Files,
    durable: Files,
    /// Raised with every change of `now` and `durable`.
    versions: (u64, u64),
    /// Says that it has written what it has not: planted, to prove that this is found.
    forgets: bool,
}

impl Disk {
    /// With what is in a folder; all of it is durable.
    pub(super) fn of(folder: &Path, forgets: bool) -> Result<Self> {
        let mut files = Files::new();
        for file in fs::read_dir(folder)? {
            let file = file?;
            files.insert(file.file_name().to_string_lossy().into_owned(), fs::read(file.path())?);
        }
        Ok(Self { now: files.clone(), durable: files, versions: (0, 0), forgets })
    }

    /// What is left when all that was not synced is lost.
    pub(super) fn durable(&self) -> &Files {
        &self.durable
    }

    /// What is left when everything had reached the disk by itself, or the program alone was killed.
    pub(super) fn now(&self) -> &Files {
        &self.now
    }

    /// As [`Disk::now`], with the first half of a write.
    pub(super) fn torn(&self, file: &str, at: usize, bytes: &[u8]) -> Files {
        let mut files = self.now.clone();
        write(files.entry(file.to_owned()).or_default(), at, &bytes[..bytes.len() / 2]);
        files
    }

    /// Numbers that change with what [`Disk::now`] and [`Disk::durable`] give.
    pub(super) fn versions(&self) -> (u64, u64) {
        self.versions
    }

    /// Carries out a call.
    pub(super) fn take(&mut self, file: &str, call: &Call) {
        match call {
            Call::Write { at, bytes } => write(self.now.entry(file.to_owned()).or_default(), *at, bytes),
            Call::Truncate(length) => self.now.entry(file.to_owned()).or_default().resize(*length, 0),
            Call::Create if self.now.contains_key(file) => return,
            Call::Create => drop(self.now.insert(file.to_owned(), Vec::new())),
            Call::Unlink => drop(self.now.remove(file)),
            Call::Sync | Call::SyncFolder if self.forgets => return,
            Call::Sync => {
                if let Some(bytes) = self.now.get(file).filter(|bytes| self.durable.get(file) != Some(*bytes)) {
                    self.durable.insert(file.to_owned(), bytes.clone());
                    self.versions.1 += 1;
                }
                return;
            }
            Call::SyncFolder => {
                let before = self.durable.len();
                self.durable.retain(|file, _| self.now.contains_key(file));
                for file in self.now.keys() {
                    // Its name is there, what is in it not yet.
                    self.durable.entry(file.clone()).or_default();
                }
                self.versions.1 += u64::from(before != self.durable.len());
                return;
            }
        }
        self.versions.0 += 1;
    }
}

fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Option<Seen> {
        seen(line, &["hub"]).unwrap()
    }

    const DB: &str = r"3</t/hub/keng.db>";

    /// As strace prints paths under `-xx`.
    fn hex_of(text: &str) -> String {
        text.bytes().map(|b| format!("\\x{b:02x}")).collect()
    }

    fn in_hex(line: &str) -> String {
        line.replace("/t/hub/keng.db", &hex_of("/t/hub/keng.db"))
    }

    #[test]
    fn calls_are_read_as_strace_prints_them() {
        let call = |call| Some(Seen::Call { folder: "hub".into(), file: "keng.db".into(), call });
        let written = in_hex(&format!(r#"pwrite64({DB}, "\x01\x02", 2, 4096) = 2"#));
        assert_eq!(one(&written), call(Call::Write { at: 4096, bytes: vec![1, 2] }));
        assert_eq!(one(&in_hex(&format!("fsync({DB})     = 0"))), call(Call::Sync));
        assert_eq!(one(&in_hex(&format!("ftruncate({DB}, 512) = 0"))), call(Call::Truncate(512)));
        assert_eq!(one(&in_hex(r#"unlink("/t/hub/keng.db") = 0"#)), call(Call::Unlink));
        assert_eq!(one(r#"write(2<\x2f>, "\x61", 1) = 1"#), Some(Seen::Mark("a".to_owned())));
        assert_eq!(one(&in_hex(r#"unlink("/t/hub/keng.db") = -1 ENOENT (No such file or directory)"#)), None);
        assert!(seen(&in_hex(&format!("fallocate({DB}, 0, 0, 512) = 0")), &["hub"]).is_err());
        assert!(seen(&in_hex(&format!(r#"pwrite64({DB}, "\x01"..., 2, 0) = 2"#)), &["hub"]).is_err());
    }

    #[test]
    fn a_power_cut_leaves_what_was_synced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), [1, 1]).unwrap();
        let mut disk = Disk::of(folder.path(), false).unwrap();
        disk.take("a", &Call::Write { at: 1, bytes: vec![2, 2] });
        assert_eq!((disk.now()["a"].as_slice(), disk.durable()["a"].as_slice()), (&[1, 2, 2][..], &[1, 1][..]));
        assert_eq!(disk.torn("a", 1, &[3, 3])["a"], [1, 3, 2]);
        disk.take("a", &Call::Sync);
        disk.take("a", &Call::Unlink);
        assert_eq!(disk.durable()["a"], [1, 2, 2]);
        disk.take("", &Call::SyncFolder);
        assert!(disk.durable().is_empty());
    }
}
