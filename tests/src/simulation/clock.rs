//! Time in the simulation: one true time that nobody sees, and each site's own clock beside it.

/// When every run begins: 9 November 2022, milliseconds since 1970.
const BEGIN_MS: i64 = 1_667_952_000_000;

/// Ten years in milliseconds: how far a clock may jump.
pub(super) const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;

/// The true time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(i64);

impl Clock {
    pub(super) fn new() -> Self {
        Self(BEGIN_MS)
    }

    pub(super) fn advance(&mut self, ms: u64) {
        self.0 += i64::try_from(ms).unwrap_or(0);
    }

    /// What a clock shows that is `offset_ms` ahead.
    pub(super) fn shown(self, offset_ms: i64) -> i64 {
        self.0 + offset_ms
    }
}
