//! Bundles as files: what `keng_sync::bundle` says of bytes, here with paths, sticks and words.
//!
//! * [`source`]: a file that came, sealed or open, read twice.
//! * [`out`]: a file that leaves, sealed or open, in one part or several.
//! * [`words`]: what is wrong with a file, for people.

pub mod out;
pub mod source;
pub mod words;

use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use keng_sync::limits::BUNDLE_FILE_BYTES_MIN;
use serde_json::{Value, json};

/// Files that were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// In their order.
    pub files: Vec<PathBuf>,
    /// Entries in them.
    pub entries: u64,
    /// Receipts in them, counted by entries.
    pub receipts: u64,
    /// Their size.
    pub bytes: u64,
    /// Only the hub can read them.
    pub sealed: bool,
}

/// What came of reading a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Entries that are new here.
    pub entries: u64,
    /// Entries that were answered for: at the hub with a receipt in the next return file, at a node
    /// by the receipts in this one.
    pub receipts: u64,
    /// Entries that the hub refused.
    pub refused: u64,
    /// Entries that were here already.
    pub already: u64,
    /// What could not be taken yet, in words; nothing of it is lost.
    pub left: Option<String>,
    /// The export has further files.
    pub more: bool,
}

impl Exported {
    /// For the command line contract.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "files": self.files, "file": self.files.first(), "entries": self.entries,
            "receipts": self.receipts, "bytes": self.bytes, "sealed": self.sealed,
        })
    }
}

impl Imported {
    /// For the command line contract.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "entries": self.entries, "receipts": self.receipts, "refused": self.refused,
            "already": self.already, "left": self.left, "more": self.more,
        })
    }

    /// Adds what came of another file.
    pub fn add(&mut self, other: &Self) {
        self.entries += other.entries;
        self.receipts += other.receipts;
        self.refused += other.refused;
        self.already += other.already;
    }
}

/// How far reading or writing is, in bytes: done, of how many (0: not known).
pub type Tell<'a> = &'a mut dyn FnMut(u64, u64);

/// A bar for a terminal; shows nothing where there is none.
#[must_use]
pub fn bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {bytes}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar.set_message(what.to_owned());
    bar
}

/// Moves a bar as told.
pub fn follow(bar: &ProgressBar) -> impl FnMut(u64, u64) + '_ {
    |done, total| {
        bar.set_length(total.max(done));
        bar.set_position(done);
    }
}

/// Reads a size: `10M`, `500K`, `1G`, or bytes. Decimal, so that it fits a stick by any count.
///
/// # Errors
/// When it is none, or smaller than the smallest file.
pub fn read_size(text: &str) -> Result<u64, String> {
    let text = text.trim().trim_end_matches(['b', 'B']);
    let (digits, factor) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1_000),
        Some((at, 'm' | 'M')) => (&text[..at], 1_000_000),
        Some((at, 'g' | 'G')) => (&text[..at], 1_000_000_000),
        _ => (text, 1),
    };
    let bytes = digits.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(factor));
    match bytes {
        Some(bytes) if bytes >= BUNDLE_FILE_BYTES_MIN => Ok(bytes),
        Some(_) => Err(format!("nhỏ nhất là {BUNDLE_FILE_BYTES_MIN} byte")),
        None => Err("phải là số byte, ví dụ 10M".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::read_size;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [("10M", 10_000_000), ("500k", 500_000), ("2 GB", 2_000_000_000), ("4096", 4_096)] {
            assert_eq!(read_size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "M", "-1", "1,5M", "4095", "99999999999G", "10 đĩa"] {
            assert!(read_size(bad).is_err(), "{bad}");
        }
    }
}
