//! A line that says how far long work is; nothing where nobody watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress line on stderr, gone when dropped. Silent when stderr is no terminal.
pub struct Progress(ProgressBar);

impl Default for Progress {
    fn default() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }
}

impl Progress {
    /// Says what is being done, and how much of how much (0: unknown) is done.
    pub fn say(&self, what: &str, done: u64, of: u64) {
        if self.0.is_hidden() {
            return;
        }
        match (done * 100).checked_div(of) {
            Some(percent) => self.0.set_message(format!("{what}… {percent} %")),
            None => self.0.set_message(format!("{what}…")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
