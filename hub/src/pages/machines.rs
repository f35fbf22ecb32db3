//! What the machines of a unit said last, in words (UX §5).

use keng_web::Count;

/// The machines of one unit, taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachinesSaid {
    /// `hôm nay 16:03`, `đang nối`, `chưa lần nào`.
    pub last_contact: String,
    /// Changes that they said they still had; [`None`]: nothing was ever heard.
    pub waiting: Option<Count>,
    /// Up to when everything is here: what waits is younger than this.
    pub complete_to: String,
    /// The clock of the machine that was heard last, against ours.
    pub clock: String,
    /// Version of its program.
    pub version: String,
}

impl MachinesSaid {
    /// Whether the province knows that it does not have everything.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.waiting.is_some_and(|Count(n)| n > 0)
    }
}
