//! Which of the seven states of the way to the province holds.

use chrono::{DateTime, Utc};
use keng_desk::duties::heard::{CLOCK_OFFSET, LAST_CONTACT};
use keng_domain::rules::timeliness::CLOCK_OFF_MS;
use keng_store::blobs::FilesPending;
use keng_store::outbox::Pending;
use keng_store::{Store, StoreError};
use keng_web::SyncChip;
use keng_web::format::of_millis;

use crate::sync::SyncFault;
use crate::worker::SyncState;

/// Connected, and nothing of what waits was acknowledged for so long: something is wrong.
const STALLED_MS: i64 = 5 * 60_000;

/// What the store says about the way to the province.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// What has no receipt.
    pub pending: Pending,
    /// Receipts cover the heads of all own feeds (I6).
    pub covered: bool,
    /// The last receipt, by the hub's clock.
    pub last_receipt_ms: Option<i64>,
    /// When the hub was last heard.
    pub last_contact_ms: Option<i64>,
    /// The own clock minus the hub's.
    pub clock_offset_ms: i64,
    /// Open contests.
    pub contests: u32,
    /// Files that wait for the hub's receipt.
    pub files: FilesPending,
}

impl Way {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let acknowledged = store.acknowledged()?;
        let heads = store.heads_of(store.present_life()?)?;
        let has = |(scope, seq, hash): &_| acknowledged.iter().any(|(s, n, h)| s == scope && n == seq && h == hash);
        let number = |key| Ok::<_, StoreError>(store.meta(key)?.and_then(|s| s.parse::<i64>().ok()));
        Ok(Self {
            pending: store.pending()?,
            covered: heads.iter().all(has),
            last_receipt_ms: store.last_receipt_ms()?,
            last_contact_ms: number(LAST_CONTACT)?,
            // Kept as the hub's clock minus ours, as the protocol measures it.
            clock_offset_ms: number(CLOCK_OFFSET)?.unwrap_or(0).saturating_neg(),
            contests: u32::try_from(store.contest_count()?).unwrap_or(u32::MAX),
            files: store.files_pending()?,
        })
    }

    /// Matters that only a person can settle and that stop entries from being the province's.
    fn blocked(&self, worker: &SyncState) -> u32 {
        u32::try_from(self.pending.refused).unwrap_or(u32::MAX).saturating_add(u32::from(worker.needs_person))
    }
}

/// The state that matters most to an officer, of all that hold.
#[must_use]
pub fn state(way: &Way, worker: &SyncState, now: DateTime<Utc>) -> SyncChip {
    let now_ms = now.timestamp_millis();
    let waiting = way.pending.entries;
    let blocked = way.blocked(worker);
    if blocked > 0 {
        return SyncChip::NeedsPerson { matters: blocked.saturating_add(way.contests) };
    }
    if !worker.online {
        let since = worker.offline_since_ms.map(of_millis);
        return match (&worker.fault, since) {
            (Some(reason), Some(since)) if waiting > 0 && *reason != no_link() => {
                SyncChip::Stalled { since, reason: reason.clone(), next_try: worker.next_try_ms.map(of_millis) }
            }
            _ => SyncChip::Offline { since, changes: waiting },
        };
    }
    if let Some(moving) = worker.moving.filter(|_| waiting > 0) {
        let total = moving.acknowledged.saturating_add(waiting);
        return SyncChip::Sending { done: moving.acknowledged, total, bytes_left: way.pending.bytes };
    }
    let oldest = way.pending.oldest_ms.filter(|at| waiting > 0 && now_ms - at > STALLED_MS);
    if let (Some(at), Some(caught_up)) = (oldest, worker.caught_up_ms)
        && now_ms - caught_up > STALLED_MS
    {
        let reason = "Đang nối, nhưng tỉnh chưa xác nhận.".to_owned();
        return SyncChip::Stalled { since: of_millis(at), reason, next_try: None };
    }
    if way.clock_offset_ms.unsigned_abs() > CLOCK_OFF_MS.unsigned_abs() {
        return SyncChip::ClockProblem { offset_ms: way.clock_offset_ms };
    }
    if waiting > 0 || !way.covered {
        return SyncChip::Waiting { changes: waiting };
    }
    if way.contests > 0 {
        return SyncChip::NeedsPerson { matters: way.contests };
    }
    SyncChip::AllAcknowledged {
        at: of_millis(way.last_receipt_ms.or(worker.caught_up_ms).or(way.last_contact_ms).unwrap_or(now_ms)),
        received_until: worker.caught_up_ms.map(of_millis),
    }
}

/// What a plain lack of network is called: the one fault that is nobody's.
fn no_link() -> String {
    SyncFault::NoLink(String::new()).in_vietnamese()
}

#[cfg(test)]
mod tests {
    use super::{Way, no_link, state};
    use crate::worker::{Moving, SyncState};
    use keng_store::outbox::Pending;
    use keng_web::SyncChip;
    use keng_web::format::of_millis;

    const NOW: i64 = 1_668_000_000_000;

    fn way(entries: u64) -> Way {
        let pending = Pending { entries, bytes: 9_000, refused: 0, oldest_ms: (entries > 0).then_some(NOW - 1_000) };
        Way { pending, covered: entries == 0, last_receipt_ms: Some(NOW), ..Way::default() }
    }

    fn online() -> SyncState {
        SyncState { online: true, caught_up_ms: Some(NOW), ..SyncState::default() }
    }

    fn check(way: &Way, worker: &SyncState, is: fn(&SyncChip) -> bool) {
        let chip = state(way, worker, of_millis(NOW));
        assert!(is(&chip), "{chip:?}");
    }

    #[test]
    fn all_is_sent_only_when_receipts_cover_the_heads() {
        check(&way(0), &online(), |c| matches!(c, SyncChip::AllAcknowledged { .. }));
        check(&way(3), &online(), |c| matches!(c, SyncChip::Waiting { changes: 3 }));
        let uncovered = Way { covered: false, ..way(0) };
        check(&uncovered, &online(), |c| matches!(c, SyncChip::Waiting { .. }));
        check(&way(0), &SyncState::default(), |c| matches!(c, SyncChip::Offline { .. }));
    }

    #[test]
    fn no_network_is_calm_and_a_busy_hub_is_not() {
        let down =
            |fault: String| SyncState { offline_since_ms: Some(NOW), fault: Some(fault), ..SyncState::default() };
        check(&way(2), &down(no_link()), |c| matches!(c, SyncChip::Offline { changes: 2, .. }));
        check(&way(2), &down("Trạm tỉnh quá tải.".into()), |c| matches!(c, SyncChip::Stalled { .. }));
    }

    #[test]
    fn what_needs_a_person_comes_first() {
        let refused = Way { pending: Pending { refused: 1, ..way(2).pending }, contests: 2, ..way(2) };
        check(&refused, &online(), |c| matches!(c, SyncChip::NeedsPerson { matters: 3 }));
        check(&Way { contests: 2, ..way(0) }, &online(), |c| matches!(c, SyncChip::NeedsPerson { matters: 2 }));
        let sending = SyncState { moving: Some(Moving { acknowledged: 7, sent: 9, bytes: 1 }), ..online() };
        check(&way(5), &sending, |c| matches!(c, SyncChip::Sending { done: 7, total: 12, .. }));
        let off = Way { clock_offset_ms: -600_000, ..way(0) };
        check(&off, &online(), |c| matches!(c, SyncChip::ClockProblem { .. }));
    }
}
