//! How the story looks: chapters, facts, progress.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints the story.
#[derive(Debug, Default)]
pub struct Teller {
    chapters: Cell<u32>,
    facts: Cell<u32>,
}

impl Teller {
    /// Begins a chapter.
    pub fn chapter(&self, title: &str) {
        self.chapters.set(self.chapters.get() + 1);
        println!("\n{}. {title}", self.chapters.get());
    }

    /// What happens.
    pub fn say(&self, text: impl AsRef<str>) {
        println!("   {}", text.as_ref());
    }

    /// What was checked. Said only when it holds.
    ///
    /// # Errors
    /// When it does not: with what was found instead.
    pub fn fact(&self, text: impl AsRef<str>, holds: bool, found: impl FnOnce() -> String) -> Result<()> {
        if !holds {
            bail!("không đúng: “{}”. Thấy: {}", text.as_ref(), found());
        }
        self.facts.set(self.facts.get() + 1);
        println!("   ✓ {}", text.as_ref());
        Ok(())
    }

    /// A bar over so many steps; nothing where there is no terminal.
    pub fn bar(&self, steps: usize, text: &str) -> ProgressBar {
        let bar = ProgressBar::new(steps as u64).with_message(text.to_owned());
        if let Ok(style) = ProgressStyle::with_template("   {spinner} {msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Something that takes its time.
    pub fn busy(&self, text: &str) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_message(text.to_owned());
        if let Ok(style) = ProgressStyle::with_template("   {spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// The last line.
    pub fn end(&self, took: Duration) {
        let (chapters, facts) = (self.chapters.get(), self.facts.get());
        println!("\n{chapters} chương, {facts} điều đã kiểm chứng, {:.0} giây.", took.as_secs_f64());
    }
}

/// `1.394`: thousands as Vietnamese readers expect them.
pub fn number(n: impl TryInto<i64>) -> String {
    let n: i64 = n.try_into().unwrap_or(i64::MAX);
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}
