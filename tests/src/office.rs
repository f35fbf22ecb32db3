//! One program on one data folder, and the words that hub and node share.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::answers::{Contest, Document, Record, TraceLine, Verdict};
use crate::command::{Answer, run, run_for};
use crate::served::Served;

/// Resident memory of a process, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// At this moment.
    pub now: u64,
    /// The most since it started.
    pub peak: u64,
}

/// A data folder and the program that works on it.
#[derive(Debug)]
pub struct Office {
    program: PathBuf,
    folder: PathBuf,
    serving: Mutex<Option<Served>>,
}

impl Office {
    /// `program` on `folder`; neither need exist yet.
    #[must_use]
    pub fn new(program: &Path, folder: &Path) -> Self {
        Self { program: program.to_owned(), folder: folder.to_owned(), serving: Mutex::new(None) }
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn arguments<S: AsRef<OsStr>>(&self, args: &[S]) -> Vec<OsString> {
        let mut all: Vec<OsString> = args.iter().map(|a| a.as_ref().to_owned()).collect();
        all.extend(["--data".into(), self.folder.clone().into()]);
        all
    }

    /// Runs a command on the data folder, whatever it answers.
    ///
    /// # Errors
    /// When it cannot be started or does not end.
    pub fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Answer> {
        run(&self.program, self.arguments(args))
    }

    /// Runs a command that must succeed.
    ///
    /// # Errors
    /// With its words, when it does not.
    pub fn tell<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Answer> {
        self.ask(args)?.done()
    }

    /// Runs a command and kills it after `limit`; tells whether it had ended well before.
    ///
    /// # Errors
    /// When it cannot be started, or was refused.
    pub fn tell_and_kill<S: AsRef<OsStr>>(&self, args: &[S], limit: Duration) -> Result<bool> {
        let (answer, killed) = run_for(&self.program, self.arguments(args), limit)?;
        if killed {
            return Ok(false);
        }
        answer.done().map(|_| true)
    }

    /// Starts `serve`.
    pub(crate) fn start(&self, args: &[&str]) -> Result<()> {
        let log = self.folder.with_extension("log");
        let mut all = vec!["serve"];
        all.extend(args);
        *self.serving() = Some(Served::start(&self.program, &self.arguments(&all), &log)?);
        Ok(())
    }

    fn serving(&self) -> MutexGuard<'_, Option<Served>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the ready line of the running `serve` said of `key`.
    ///
    /// # Errors
    /// When nothing runs.
    pub fn ready(&self, key: &str) -> Result<String> {
        self.serving().as_ref().context("serve does not run")?.ready(key).map(str::to_owned)
    }

    /// The address of its pages.
    ///
    /// # Errors
    /// When nothing runs.
    pub fn web(&self) -> Result<String> {
        self.ready("web")
    }

    /// Whether `serve` runs.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        self.serving().as_ref().is_some_and(Served::runs)
    }

    /// SIGKILL to `serve`.
    pub fn kill(&self) {
        if let Some(served) = self.serving().take() {
            served.kill();
        }
    }

    /// SIGTERM to `serve`; waits for its end.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn stop(&self) -> Result<()> {
        let served = self.serving().take();
        served.map_or(Ok(()), Served::stop)
    }

    /// What the running `serve` holds in memory, as Linux counts it.
    ///
    /// # Errors
    /// When nothing runs, or the system does not tell.
    pub fn memory(&self) -> Result<Memory> {
        let id = self.serving().as_ref().context("serve does not run")?.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let bytes = |key: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).context("no such line in status")?;
            Ok(1_024 * line.trim().trim_end_matches(" kB").parse::<u64>()?)
        };
        Ok(Memory { now: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    /// All points it holds.
    ///
    /// # Errors
    /// When the command fails.
    pub fn points(&self) -> Result<Vec<Record>> {
        self.tell(&["point", "list", "--json"])?.json()
    }

    /// All models it holds.
    ///
    /// # Errors
    /// When the command fails.
    pub fn models(&self) -> Result<Vec<Record>> {
        self.tell(&["model", "list", "--json"])?.json()
    }

    /// One point.
    ///
    /// # Errors
    /// When it is not there.
    pub fn point(&self, id: &str) -> Result<Record> {
        self.tell(&["point", "show", id, "--json"])?.json()
    }

    /// One model.
    ///
    /// # Errors
    /// When it is not there.
    pub fn model(&self, id: &str) -> Result<Record> {
        self.tell(&["model", "show", id, "--json"])?.json()
    }

    /// Sets a field of a point.
    ///
    /// # Errors
    /// When it is refused.
    pub fn edit_point(&self, id: &str, field: &str, value: impl Display) -> Result<()> {
        self.tell(&["point", "edit", id, "--set", &format!("{field}={value}")]).map(|_| ())
    }

    /// Sets a field of a model.
    ///
    /// # Errors
    /// When it is refused.
    pub fn edit_model(&self, id: &str, field: &str, value: impl Display) -> Result<()> {
        self.tell(&["model", "edit", id, "--set", &format!("{field}={value}")]).map(|_| ())
    }

    /// Rates a point in the name of the own unit.
    ///
    /// # Errors
    /// When it is refused.
    pub fn rate(&self, id: &str, year: i32, level: &str) -> Result<()> {
        self.tell(&["point", "rate", id, "--year", &year.to_string(), "--level", level]).map(|_| ())
    }

    /// Open conflicts.
    ///
    /// # Errors
    /// When the command fails.
    pub fn contests(&self) -> Result<Vec<Contest>> {
        self.tell(&["contests", "--json"])?.json()
    }

    /// Parallel edits of a record: different fields, nothing to choose.
    ///
    /// # Errors
    /// When the program refuses.
    pub fn parallel(&self, record: &str) -> Result<Vec<Contest>> {
        let all: Vec<Contest> = self.tell(&["contests", "--all", "--json"])?.json()?;
        Ok(all.into_iter().filter(|c| c.record == record && c.severity == "parallel").collect())
    }

    /// The one open conflict on a field.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn contest(&self, record: &str, field: &str) -> Result<Contest> {
        let mut on: Vec<Contest> =
            self.contests()?.into_iter().filter(|c| c.record == record && c.field == field).collect();
        match (on.pop(), on.len()) {
            (Some(contest), 0) => Ok(contest),
            (_, more) => bail!("{} contests on {field} of {record}, not one", more + 1),
        }
    }

    /// Chooses the value of `unit` in a conflict.
    ///
    /// # Errors
    /// When it has none there, or the choice is refused.
    pub fn choose(&self, contest: &Contest, unit: &str, reason: &str) -> Result<()> {
        let (n, _) = contest.of(unit)?;
        self.tell(&["resolve", &contest.id, "--pick", &n.to_string(), "--reason", reason]).map(|_| ())
    }

    /// Every write to a field, oldest first.
    ///
    /// # Errors
    /// When the command fails.
    pub fn trace(&self, record: &str, field: &str) -> Result<Vec<TraceLine>> {
        self.tell(&["trace", record, field, "--json"])?.json()
    }

    /// The documents of a record.
    ///
    /// # Errors
    /// When the command fails.
    pub fn documents(&self, record: &str) -> Result<Vec<Document>> {
        self.tell(&["document", "list", record, "--json"])?.json()
    }

    /// The one document of a record.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn document(&self, record: &str) -> Result<Document> {
        let mut all = self.documents(record)?;
        match (all.pop(), all.len()) {
            (Some(document), 0) => Ok(document),
            (_, more) => bail!("{} documents of {record}, not one", more + 1),
        }
    }

    /// Takes a file out, whatever is answered.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn try_get(&self, hash: &str, out: &Path) -> Result<Answer> {
        self.ask(&["document", "get", hash, "--out", out.to_str().context("a path in UTF-8")?])
    }

    /// The content of a file.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn content(&self, hash: &str) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("out");
        self.try_get(hash, &out)?.done()?;
        Ok(std::fs::read(out)?)
    }

    /// The most memory that the running `serve` has held so far, in bytes.
    ///
    /// # Errors
    /// When nothing runs.
    pub fn peak_memory(&self) -> Result<u64> {
        self.serving().as_ref().context("serve does not run")?.peak_memory()
    }

    /// The verdicts of a year.
    ///
    /// # Errors
    /// When the command fails.
    pub fn verdicts(&self, year: i32) -> Result<Vec<Verdict>> {
        self.tell(&["verdicts", &year.to_string(), "--json"])?.json()
    }

    /// The verdict of the model with this name.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn verdict(&self, year: i32, name: &str) -> Result<Verdict> {
        let mut of: Vec<Verdict> = self.verdicts(year)?.into_iter().filter(|v| v.name == name).collect();
        match (of.pop(), of.len()) {
            (Some(verdict), 0) => Ok(verdict),
            (_, more) => bail!("{} verdicts on “{name}”, not one", more + 1),
        }
    }
}
