//! Random moments that can be repeated: a test that fails prints `KENG_SEED=…`.

use std::time::Duration;

/// A stream of numbers from one seed (SplitMix64: good enough to choose moments by).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From `KENG_SEED`, else from `seed`. Printed, so that a failure shows it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let seed = std::env::var("KENG_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(seed);
        println!("KENG_SEED={seed}");
        Self(seed)
    }

    /// From `seed` alone, silently: for those who print it themselves.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of `list`; `None` when it is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(list.len() as u64);
        list.get(usize::try_from(at).unwrap_or(0))
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }

    /// A moment within the next `max`.
    pub fn moment(&mut self, max: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(max.as_micros()).unwrap_or(u64::MAX)))
    }
}
