//! A program that runs until it is stopped or killed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use rustix::process::{Pid, Signal, kill_process};

/// Until the ready line. A debug build on a busy machine needs a few seconds.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Until SIGTERM has had its effect; the programs drain for five seconds at most.
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

/// All that run, so that a signal can end them from another thread.
static RUNNING: Mutex<Vec<Weak<Mutex<Child>>>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);

/// A running `serve`. Killed when dropped.
#[derive(Debug)]
pub struct Served {
    child: Arc<Mutex<Child>>,
    ready: BTreeMap<String, String>,
}

impl Served {
    /// Starts a program and waits for its line `ready key=value …`; stderr goes to `log`.
    ///
    /// # Errors
    /// When it ends or stays silent instead: with the end of its log.
    pub fn start(program: &Path, args: &[OsString], log: &Path) -> Result<Self> {
        if ENDING.load(Ordering::SeqCst) {
            bail!("ending");
        }
        let stderr = File::options().create(true).append(true).open(log)?;
        let mut child = crate::command::program(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let child = Arc::new(Mutex::new(child));
        lock(&RUNNING).push(Arc::downgrade(&child));
        let mut served = Self { child, ready: BTreeMap::new() };
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens after the first ready line; the pipe must be drained all the same.
                let _ = tell.send(line);
            }
        });
        let until = Instant::now() + READY_WITHIN;
        loop {
            let Ok(line) = told.recv_timeout(until.saturating_duration_since(Instant::now())) else {
                bail!("{} serve: no ready line: {}", program.display(), tail(log));
            };
            if let Some(words) = line.strip_prefix("ready ") {
                served.ready =
                    words.split(' ').filter_map(|w| w.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect();
                return Ok(served);
            }
        }
    }

    /// What the ready line said of `key`.
    ///
    /// # Errors
    /// When it said nothing.
    pub fn ready(&self, key: &str) -> Result<&str> {
        self.ready.get(key).map(String::as_str).with_context(|| format!("the ready line has no {key}"))
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        lock(&self.child).id()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(lock(&self.child).try_wait(), Ok(None))
    }

    /// The most memory it has held so far, in bytes (`VmHWM`).
    ///
    /// # Errors
    /// When it does not run.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", lock(&self.child).id()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(self) {
        drop(self);
    }

    /// SIGTERM, and waits.
    ///
    /// # Errors
    /// When it does not end, or not with 0.
    pub fn stop(self) -> Result<()> {
        let mut child = lock(&self.child);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process has an id")?;
        kill_process(pid, Signal::TERM)?;
        let until = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < until {
            if let Some(status) = child.try_wait()? {
                return if status.success() { Ok(()) } else { bail!("stopped with {status}") };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("SIGTERM did not stop process {}", child.id())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        end(&self.child);
    }
}

/// Kills all that run and lets nothing more start: the way out on a signal.
pub fn kill_all() {
    ENDING.store(true, Ordering::SeqCst);
    for child in lock(&RUNNING).drain(..).filter_map(|c| c.upgrade()) {
        end(&child);
    }
}

fn end(child: &Mutex<Child>) {
    let mut child = lock(child);
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

/// A panic elsewhere must not keep children alive.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().rev().take(5).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" / ")
}
