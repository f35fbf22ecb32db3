//! When the hub is tried again: pauses that double, cut short by a hint that the link may be back.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::sync::mpsc;

/// The first pause after a lost link; each further one is about twice as long.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// The longest pause. A hub that is away for a night is not asked thousands of times by every
/// district; where the link returns without a hint (a router far away), this is the longest wait.
pub const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// Jitter adds up to as much again, so that nodes that lost the hub together do not come back
/// together, however long it was away.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(PAUSE_MIN)
    .with_max_delay(Duration::from_secs(PAUSE_MAX.as_secs() / 2))
    .with_jitter()
    .without_max_times();

/// The pauses of one worker, and who may cut them short.
pub struct Retry {
    pauses: <ExponentialBuilder as BackoffBuilder>::Backoff,
    hints: mpsc::Receiver<()>,
}

impl Retry {
    /// Hints come from `hints`; where nobody can give any, the pauses alone remain.
    #[must_use]
    pub fn new(hints: mpsc::Receiver<()>) -> Self {
        Self { pauses: PAUSES.build(), hints }
    }

    /// The link stood: the next pause is a first one.
    pub fn reset(&mut self) {
        self.pauses = PAUSES.build();
    }

    /// The next pause, at most [`PAUSE_MAX`].
    pub fn pause(&mut self) -> Duration {
        self.pauses.next().unwrap_or(PAUSE_MAX).min(PAUSE_MAX)
    }

    /// Waits so long, or until a hint comes; one that came during the attempt counts as well. After
    /// a hint the pauses begin again: the network may need some seconds more.
    pub async fn wait(&mut self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            Some(()) = self.hints.recv() => self.reset(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::{PAUSE_MAX, PAUSE_MIN, Retry};

    /// How long it waited.
    async fn waited(retry: &mut Retry) -> Duration {
        let (pause, began) = (retry.pause(), Instant::now());
        retry.wait(pause).await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_five_minutes_and_never_lose_their_jitter() {
        let (_hint, hints) = mpsc::channel(1);
        let mut retry = Retry::new(hints);
        let mut base = PAUSE_MIN;
        while base < PAUSE_MAX / 2 {
            let pause = waited(&mut retry).await;
            assert!(base <= pause && pause <= 2 * base + Duration::from_millis(1), "{pause:?} at {base:?}");
            base *= 2;
        }
        let mut longest = Vec::new();
        for _ in 0..20 {
            longest.push(retry.pause());
        }
        assert!(longest.iter().all(|pause| (PAUSE_MAX / 2..=PAUSE_MAX).contains(pause)), "{longest:?}");
        longest.dedup();
        assert!(longest.len() > 1, "nodes would come back together");
        retry.reset();
        assert!(waited(&mut retry).await <= 2 * PAUSE_MIN + Duration::from_millis(1), "the link stood");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hint_ends_the_pause_and_the_pauses_begin_again() {
        let (hint, hints) = mpsc::channel(1);
        let mut retry = Retry::new(hints);
        for _ in 0..20 {
            retry.pause();
        }
        let began = Instant::now();
        let told = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            hint.send(()).await.unwrap();
            hint
        });
        let pause = retry.pause();
        retry.wait(pause).await;
        assert_eq!(began.elapsed().as_secs(), 7);
        assert!(retry.pause() <= 2 * PAUSE_MIN);

        // A hint during the attempt is not lost.
        let hint = told.await.unwrap();
        hint.try_send(()).unwrap();
        assert_eq!(waited(&mut retry).await, Duration::ZERO);
        // When nobody gives hints any more, the pauses remain.
        drop(hint);
        assert!(waited(&mut retry).await >= PAUSE_MIN);
    }
}
