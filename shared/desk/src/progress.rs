//! A line that says how far long work is; nothing where nobody watches.

use std::cell::Cell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the sign turns.
const TICK: Duration = Duration::from_millis(120);

/// A progress line on stderr, gone when dropped. Silent when stderr is no terminal.
pub struct Progress {
    bar: ProgressBar,
    ticks: Cell<bool>,
}

impl Default for Progress {
    fn default() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Self { bar, ticks: Cell::new(false) }
    }
}

impl Progress {
    /// Says what is being done, and how much of how much (0: unknown) is done.
    pub fn say(&self, what: &str, done: u64, of: u64) {
        if self.bar.is_hidden() {
            return;
        }
        // Not before there is something to say: a question may stand on the line.
        if !self.ticks.replace(true) {
            self.bar.enable_steady_tick(TICK);
        }
        match (done * 100).checked_div(of) {
            Some(percent) => self.bar.set_message(format!("{what}… {percent} %")),
            None => self.bar.set_message(format!("{what}…")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
