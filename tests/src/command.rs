//! Running a command to its end, and what may be asked of its answer.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;

/// Where the programs keep what they must remember outside their data folders (`keng_desk::life`).
pub(crate) const STATE_VARIABLE: &str = "KENG_STATE";

/// One for all scenarios: data folders have different paths.
pub(crate) fn state_folder() -> std::path::PathBuf {
    std::env::temp_dir().join("keng-tests-state")
}

/// The time that programs started from now on see, in Việt Nam: `2022-05-09 23:59:00`. It goes on from
/// there. `None`: the true time. For the whole process, since time passes for everybody.
///
/// # Errors
/// When libfaketime is not installed.
pub fn set_clock(at: Option<&str>) -> Result<()> {
    anyhow::ensure!(at.is_none() || library().is_some(), "libfaketime is not installed: run ./check");
    *CLOCK.lock().unwrap_or_else(PoisonError::into_inner) = at.map(str::to_owned);
    Ok(())
}

static CLOCK: Mutex<Option<String>> = Mutex::new(None);

/// Debian's place of it, on any machine.
fn library() -> Option<std::path::PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|f| f.path().join("faketime/libfaketimeMT.so.1"));
    folders.into_iter().find(|path| path.exists())
}

/// A command of one of the programs, as the clock of the scenario stands.
pub(crate) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env(STATE_VARIABLE, state_folder());
    if let (Some(at), Some(library)) = (CLOCK.lock().unwrap_or_else(PoisonError::into_inner).as_deref(), library()) {
        command.env("LD_PRELOAD", library).env("FAKETIME", format!("@{at}")).env("TZ", "<+07>-7");
    }
    command
}

/// No command takes longer, in debug and on a loaded machine.
const LIMIT: Duration = Duration::from_secs(120);

/// What a command answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The command line, for messages.
    pub asked: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    /// The command succeeded.
    ///
    /// # Errors
    /// With what it said, when it did not.
    pub fn done(self) -> Result<Self> {
        if self.code == Some(0) {
            return Ok(self);
        }
        bail!("{}: exit {:?}: {}{}", self.asked, self.code, self.stderr.trim(), self.stdout.trim())
    }

    /// The command refused as the contract wants it: exit 1, a sentence on stderr, no panic.
    /// Returns the sentence.
    ///
    /// # Errors
    /// When it did anything else.
    pub fn refused(self) -> Result<String> {
        let sentence = self.stderr.trim().to_owned();
        if self.code != Some(1) {
            bail!("{}: exit {:?}, not 1: {sentence}{}", self.asked, self.code, self.stdout.trim());
        }
        if sentence.is_empty() || !sentence.ends_with(['.', '!', '?']) || sentence.contains("panicked") {
            bail!("{}: no sentence on stderr: {sentence:?}", self.asked);
        }
        Ok(sentence)
    }

    /// The JSON value on stdout.
    ///
    /// # Errors
    /// When stdout is anything but one value of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.stdout)
            .with_context(|| format!("{}: {:?} {:?}", self.asked, self.stdout, self.stderr))
    }
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started or does not end.
pub fn run<I, S>(program: &Path, args: I) -> Result<Answer>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    run_for(program, args, LIMIT).map(|(answer, _)| answer)
}

/// Runs a program for at most `limit`, then kills it with SIGKILL; tells whether it had to.
///
/// # Errors
/// When it cannot be started; when it does not end within the limit of [`run`].
pub fn run_for<I, S>(program: &Path, args: I, limit: Duration) -> Result<(Answer, bool)>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = self::program(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let asked = format!("{command:?}");
    let mut child = command.spawn().with_context(|| asked.clone())?;
    let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let (status, killed) = wait(&mut child, limit)?;
    if killed && limit >= LIMIT {
        bail!("{asked} did not end in {} s", limit.as_secs());
    }
    let text = |t: std::thread::JoinHandle<String>| t.join().unwrap_or_default();
    Ok((Answer { asked, code: status.code(), stdout: text(stdout), stderr: text(stderr) }, killed))
}

fn wait(child: &mut Child, limit: Duration) -> Result<(std::process::ExitStatus, bool)> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, false));
        }
        if began.elapsed() >= limit {
            child.kill()?;
            return Ok((child.wait()?, true));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn reader(from: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            // What came until it broke is what there is to show.
            let _ = from.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
