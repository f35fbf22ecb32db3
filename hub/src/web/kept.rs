//! Reports made in the pages, kept as files in the data folder: an officer who finds the program
//! restarted still downloads what was signed yesterday.
//!
//! `reports/<id>/` holds the files of one report and `about.json`. It is written beside, under a
//! name that is not listed, and renamed when all of it is on the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Reports kept; the oldest goes. A whole year has six periods, each made a few times over, and a
/// report of a large province is some 2 MiB in its four formats. Each can be made again, byte for
/// byte, from its cut.
pub const KEPT_MAX: usize = 32;

/// The sub-folder of the data folder.
const FOLDER: &str = "reports";
const ABOUT: &str = "about.json";

/// What is told of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name in addresses: when it was made, milliseconds since 1970.
    pub id: u64,
    /// Kind and period, as on the command line: `annual 2022`.
    pub report: String,
    /// The same for people: `năm 2022`.
    pub title: String,
    /// The entry of the log up to which it saw.
    pub lsn: u64,
    /// The root of the tree over these entries, as hexadecimal digits.
    pub root: String,
    /// The rule pack.
    pub rule_pack: String,
    /// Who made it.
    pub officer: String,
    /// Units of which nothing had been received.
    pub missing_units: usize,
    /// What the template of the statistics form could not print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// The names of its files.
    pub files: Vec<String>,
}

/// The reports of one data folder. Reads and writes files: not for an async thread.
#[derive(Debug, Clone)]
pub struct Kept(PathBuf);

impl Kept {
    /// Of this data folder.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    /// Keeps a report; it is on the disk when this returns. The oldest beyond [`KEPT_MAX`] goes.
    ///
    /// # Errors
    /// Whatever the file system says; then nothing of it is listed.
    pub fn keep(&self, about: &About, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        let part = self.part(about.id);
        fs::create_dir_all(&part)?;
        for (name, bytes) in files {
            write(&part.join(name), bytes)?;
        }
        write(&part.join(ABOUT), &serde_json::to_vec_pretty(about)?)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, self.0.join(about.id.to_string()))?;
        File::open(&self.0)?.sync_all()?;
        for old in self.ids()?.into_iter().skip(KEPT_MAX) {
            // Renamed first, so that half a report is never listed.
            let part = self.part(old);
            fs::rename(self.0.join(old.to_string()), &part)?;
            fs::remove_dir_all(&part)?;
        }
        Ok(())
    }

    /// What is kept, newest first. What cannot be read is left out: whoever needs it makes it again.
    #[must_use]
    pub fn all(&self) -> Vec<About> {
        let ids = self.ids().unwrap_or_default();
        ids.into_iter().filter_map(|id| self.about(id)).collect()
    }

    /// A file of a report; `None` when it is not kept.
    #[must_use]
    pub fn file(&self, id: u64, name: &str) -> Option<Vec<u8>> {
        // Only what the report names, so that no address leads anywhere else.
        let about = self.about(id)?;
        let name = about.files.iter().find(|f| *f == name)?;
        fs::read(self.0.join(id.to_string()).join(name)).ok()
    }

    /// Removes what was being written when the program was stopped.
    pub fn clear_parts(&self) {
        let Ok(found) = fs::read_dir(&self.0) else { return };
        for entry in found.flatten() {
            if entry.file_name().to_string_lossy().starts_with('.')
                && let Err(e) = fs::remove_dir_all(entry.path())
            {
                tracing::warn!("cannot remove {}: {e}", entry.path().display());
            }
        }
    }

    fn part(&self, id: u64) -> PathBuf {
        self.0.join(format!(".{id}.part"))
    }

    fn ids(&self) -> io::Result<Vec<u64>> {
        let found = match fs::read_dir(&self.0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            found => found?,
        };
        let mut ids: Vec<u64> = found.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok()).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    fn about(&self, id: u64) -> Option<About> {
        let about: About = serde_json::from_slice(&fs::read(self.0.join(id.to_string()).join(ABOUT)).ok()?).ok()?;
        (about.id == id).then_some(about)
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{About, KEPT_MAX, Kept};

    fn about(id: u64) -> About {
        About {
            id,
            report: "annual 2022".into(),
            title: "năm 2022".into(),
            lsn: 7,
            root: "7f3a".into(),
            rule_pack: "kontum-2022".into(),
            officer: "Hạnh".into(),
            missing_units: 0,
            warning: None,
            files: vec!["a.json".into()],
        }
    }

    fn keep(kept: &Kept, id: u64) {
        kept.keep(&about(id), &[("a.json".into(), id.to_string().into_bytes())]).unwrap();
    }

    #[test]
    fn the_newest_are_kept_in_a_bounded_number_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path());
        assert!(kept.all().is_empty());
        for id in 1..=KEPT_MAX as u64 + 3 {
            keep(&kept, id);
        }
        let ids: Vec<u64> = Kept::of(folder.path()).all().iter().map(|a| a.id).collect();
        assert_eq!((ids.len(), ids[0], ids[KEPT_MAX - 1]), (KEPT_MAX, KEPT_MAX as u64 + 3, 4));
        assert_eq!(kept.file(4, "a.json").as_deref(), Some(b"4".as_slice()));
        assert!(kept.file(3, "a.json").is_none());
        assert_eq!(std::fs::read_dir(folder.path().join("reports")).unwrap().count(), KEPT_MAX);
    }

    #[test]
    fn an_address_leads_to_the_files_of_the_report_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path());
        keep(&kept, 1);
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        for name in ["about.json", "../../secret", "b.json", "", "."] {
            assert!(kept.file(1, name).is_none(), "{name}");
        }
    }

    #[test]
    fn half_a_report_is_never_listed() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path());
        keep(&kept, 1);
        let part = folder.path().join("reports/.2.part");
        std::fs::create_dir(&part).unwrap();
        std::fs::create_dir(folder.path().join("reports/3")).unwrap();
        kept.clear_parts();
        let ids: Vec<u64> = kept.all().iter().map(|a| a.id).collect();
        assert!(ids == [1] && !part.exists(), "{ids:?}");
    }
}
