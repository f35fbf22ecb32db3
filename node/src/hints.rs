//! Hints that the link may be back: this machine has got an address, or was woken from sleep.
//!
//! A hint is no knowledge: what lies behind the first router is only known by trying.

use std::net::IpAddr;
use std::time::Duration;

use keng_desk::clock;
use netwatcher::{Update, WatchHandle};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep};

/// A network that comes up changes several times in a moment (link, addresses, routes): the hint
/// waits until that is over.
const SETTLE: Duration = Duration::from_secs(1);
/// Hints are at least so far apart: an interface that comes and goes must not keep the node
/// knocking.
const HINTS_APART: Duration = Duration::from_secs(10);

/// How often the two clocks are compared.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The machine slept when its wall clock gained so much on the monotonic one, which stands still
/// meanwhile. A clock that was set forward gives a hint too, which costs one attempt.
const SLEPT: Duration = Duration::from_secs(30);

/// Starts watching; it ends when the hints are dropped. Where the system does not let the network
/// be watched, a warning is logged, and sleep alone is noticed.
#[must_use]
pub fn start() -> mpsc::Receiver<()> {
    // One waiting change, or hint, is as good as many.
    let (changed, changes) = mpsc::channel(1);
    let (hint, hints) = mpsc::channel(1);
    let network = watch_network(changed.clone());
    if let Err(e) = &network {
        tracing::warn!("changes of the network cannot be watched, the hub is tried by the clock alone: {e}");
    }
    tokio::spawn(watch_sleep(changed, clock::now_ms));
    tokio::spawn(async move {
        // Watched as long as somebody listens.
        let _network = network;
        pass_on(changes, hint).await;
    });
    hints
}

/// Tells of every network that comes up.
fn watch_network(changed: mpsc::Sender<()>) -> Result<WatchHandle, netwatcher::Error> {
    netwatcher::watch_interfaces_with_callback(move |update| {
        if is_up(&update) {
            // Full: a change is waiting already. Closed: nobody listens any more.
            let _ = changed.try_send(());
        }
    })
}

/// Whether an address was added by which another machine might be reached. What stood at the
/// start is no change.
fn is_up(update: &Update) -> bool {
    !update.is_initial && update.addrs_added().any(|(_, added)| leads_out(added.ip))
}

fn leads_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
    }
}

/// Tells when the machine was asleep.
async fn watch_sleep(changed: mpsc::Sender<()>, wall_ms: impl Fn() -> i64) {
    let (mut then, mut then_ms) = (Instant::now(), wall_ms());
    while !changed.is_closed() {
        sleep(LOOK_EVERY).await;
        let (now, now_ms) = (Instant::now(), wall_ms());
        // A clock that was set back gained nothing.
        let passed = Duration::from_millis(u64::try_from(now_ms.saturating_sub(then_ms)).unwrap_or(0));
        if passed.saturating_sub(now - then) > SLEPT {
            // Full: a change is waiting already.
            let _ = changed.try_send(());
        }
        (then, then_ms) = (now, now_ms);
    }
}

/// Makes one hint of the changes that come together.
async fn pass_on(mut changes: mpsc::Receiver<()>, hint: mpsc::Sender<()>) {
    while changes.recv().await.is_some() {
        sleep(SETTLE).await;
        // Came with the first.
        let _ = changes.try_recv();
        tracing::info!("the network came up, or this machine woke");
        if let Err(TrySendError::Closed(())) = hint.try_send(()) {
            return;
        }
        sleep(HINTS_APART).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::{Instant, sleep, timeout};

    use super::{HINTS_APART, LOOK_EVERY, SETTLE, leads_out, pass_on, watch_network, watch_sleep};

    #[tokio::test(start_paused = true)]
    async fn changes_that_come_together_are_one_hint_and_a_flapping_link_gives_few() {
        let (changed, changes) = mpsc::channel(1);
        let (hint, mut hints) = mpsc::channel(1);
        tokio::spawn(pass_on(changes, hint));
        let began = Instant::now();
        let flapping = tokio::spawn(async move {
            for _ in 0..300 {
                let _ = changed.try_send(());
                sleep(Duration::from_millis(200)).await;
            }
            changed
        });
        let mut at = Vec::new();
        while at.len() < 3 {
            hints.recv().await.unwrap();
            at.push(began.elapsed());
        }
        assert!(at[0] >= SETTLE && at[0] < 2 * SETTLE, "{at:?}");
        assert!(at.windows(2).all(|two| two[1] - two[0] >= HINTS_APART), "{at:?}");
        let changed = flapping.await.unwrap();
        while timeout(2 * HINTS_APART, hints.recv()).await.is_ok() {}
        changed.try_send(()).unwrap();
        timeout(2 * SETTLE, hints.recv()).await.unwrap().unwrap();
        assert!(timeout(10 * HINTS_APART, hints.recv()).await.is_err(), "one change, one hint");
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_is_noticed_and_one_whose_clock_is_set_back_is_not() {
        let skew = Arc::new(AtomicI64::new(0));
        let (changed, mut changes) = mpsc::channel(1);
        let (began, seen) = (Instant::now(), skew.clone());
        tokio::spawn(watch_sleep(changed, move || {
            i64::try_from(began.elapsed().as_millis()).unwrap() + seen.load(Ordering::Relaxed)
        }));
        let quiet = |changes: &mut mpsc::Receiver<()>| changes.try_recv().is_err();
        sleep(20 * LOOK_EVERY).await;
        assert!(quiet(&mut changes), "nothing happened");
        skew.store(-3_600_000, Ordering::Relaxed);
        sleep(2 * LOOK_EVERY).await;
        assert!(quiet(&mut changes), "the clock was set back");
        skew.store(-3_000_000, Ordering::Relaxed);
        timeout(2 * LOOK_EVERY, changes.recv()).await.unwrap().unwrap();
        sleep(20 * LOOK_EVERY).await;
        assert!(quiet(&mut changes), "told once");
    }

    #[test]
    fn only_an_address_that_leads_out_of_the_machine_is_a_network() {
        for (address, leads) in [
            ("127.0.0.1", false),
            ("169.254.3.4", false),
            ("::1", false),
            ("fe80::1", false),
            ("192.168.1.20", true),
            ("10.8.0.2", true),
            ("2405:4800::5", true),
        ] {
            assert_eq!(leads_out(address.parse().unwrap()), leads, "{address}");
        }
    }

    #[test]
    fn the_network_of_this_machine_can_be_watched_and_what_stands_already_is_no_change() {
        let (changed, mut changes) = mpsc::channel(1);
        let watch = watch_network(changed).unwrap();
        assert!(changes.try_recv().is_err());
        drop(watch);
        // On a thread of its own, so not at once.
        assert_eq!(changes.blocking_recv(), None, "it ends with its handle");
    }
}
