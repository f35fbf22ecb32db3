//! What the writer says about a change: officer, device time, reason.

use std::fmt::Write as _;

/// Longest officer's name, in characters.
pub const OFFICER_CHARS_MAX: usize = 100;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;

/// Who changes something, when by their own clock, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The officer's name as set at the node.
    pub officer: String,
    /// The device's clock: milliseconds since 1970, UTC. A change keeps whole seconds.
    pub device_time_ms: i64,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

impl Stamp {
    /// The stamp as the message of an Automerge change: officer on the first line, reason after it.
    #[must_use]
    pub fn message(&self) -> String {
        let one_line =
            |s: &str, max: usize| s.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(max).collect();
        let mut message: String = one_line(&self.officer, OFFICER_CHARS_MAX);
        if let Some(reason) = self.reason.as_deref().filter(|r| !r.trim().is_empty()) {
            let reason: String = reason.trim().chars().take(REASON_CHARS_MAX).collect();
            // Writing to a String cannot fail.
            let _ = write!(message, "\n{reason}");
        }
        message
    }

    /// Reads the stamp of a change back. `timestamp` is in seconds.
    #[must_use]
    pub fn read(message: Option<&str>, timestamp: i64) -> Self {
        let (officer, reason) = match message.unwrap_or_default().split_once('\n') {
            Some((officer, reason)) => (officer, Some(reason.to_owned())),
            None => (message.unwrap_or_default(), None),
        };
        // A hostile timestamp may be any number; the year 9999 bounds what is shown.
        let seconds = timestamp.clamp(0, 253_402_300_799);
        Self { officer: officer.to_owned(), device_time_ms: seconds * 1_000, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn officer_and_reason_come_back() {
        let stamp =
            Stamp { officer: "A Thiu".into(), device_time_ms: 5_000, reason: Some("theo hồ sơ\ndòng hai".into()) };
        assert_eq!(Stamp::read(Some(&stamp.message()), 5), stamp);
        let bare = Stamp { reason: None, ..stamp };
        assert_eq!(Stamp::read(Some(&bare.message()), 5), bare);
    }

    #[test]
    fn a_name_with_line_breaks_cannot_forge_a_reason() {
        let stamp = Stamp { officer: "A\nB".into(), device_time_ms: 0, reason: None };
        assert_eq!(Stamp::read(Some(&stamp.message()), 0).officer, "A B");
    }
}
