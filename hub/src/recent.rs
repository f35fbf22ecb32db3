//! Whose entries stand at the end of the log: a session that wants none of them need not look.
//!
//! With three thousand nodes on the line, each append would otherwise make three thousand sessions
//! read the log, to find nothing.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use keng_domain::id::Lsn;
use keng_store::log::Subscription;
use keng_sync::entry::FeedId;

/// Entries remembered: some seconds of the fullest hour. Who is further behind reads.
const REMEMBERED_MAX: usize = 16_384;

/// The feeds of the last entries of the log, one after the other without a hole.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Position of the first in `feeds`.
    first: u64,
    feeds: VecDeque<FeedId>,
}

impl Recent {
    /// Notes entries that were appended, in the order of the log. What others wrote between is a hole:
    /// then the memory begins anew behind it.
    pub fn note(&self, entries: impl IntoIterator<Item = (Lsn, FeedId)>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (lsn, feed) in entries {
            if lsn.0 != inner.first + inner.feeds.len() as u64 {
                inner.feeds.clear();
                inner.first = lsn.0;
            }
            inner.feeds.push_back(feed);
            if inner.feeds.len() > REMEMBERED_MAX {
                inner.feeds.pop_front();
                inner.first += 1;
            }
        }
    }

    /// Whether some entry after `after`, up to `tail`, concerns this reader: one that it wants, or one
    /// of its own, of which it must be told how far the log has come. Yes where that is not known.
    #[must_use]
    pub fn concerns(&self, after: Lsn, tail: Lsn, reader: &Subscription) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = inner.first + inner.feeds.len() as u64;
        if after.0 + 1 < inner.first || tail.0 >= end {
            return true;
        }
        let skip = usize::try_from(after.0 + 1 - inner.first).unwrap_or(usize::MAX);
        let take = usize::try_from(tail.0.saturating_sub(after.0)).unwrap_or(usize::MAX);
        let mut new = inner.feeds.iter().skip(skip).take(take);
        new.any(|feed| feed.incarnation == reader.except || reader.scopes.contains(&feed.scope))
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED_MAX, Recent};
    use keng_domain::id::{Incarnation, Lsn};
    use keng_store::log::Subscription;
    use keng_sync::entry::FeedId;

    fn feed(author: u8, unit: u32) -> FeedId {
        FeedId { incarnation: Incarnation([author; 16]), scope: format!("area:a:{unit}").parse().unwrap() }
    }

    fn reader(author: u8, unit: u32) -> Subscription {
        Subscription { scopes: [feed(author, unit).scope].into(), except: Incarnation([author; 16]) }
    }

    #[test]
    fn only_those_are_woken_whom_an_entry_concerns() {
        let recent = Recent::default();
        recent.note((1..=3).map(|n| (Lsn(n), feed(1, 10))));
        recent.note([(Lsn(4), feed(2, 20))]);
        let woken = |who: &Subscription, after| recent.concerns(Lsn(after), Lsn(4), who);
        assert!(woken(&reader(3, 10), 0) && woken(&reader(3, 20), 3));
        assert!(woken(&reader(2, 99), 0), "its own entry is in the log now");
        assert!(!woken(&reader(3, 30), 0) && !woken(&reader(3, 10), 3));
    }

    #[test]
    fn what_is_not_known_wakes() {
        let recent = Recent::default();
        let stranger = reader(3, 30);
        assert!(recent.concerns(Lsn(0), Lsn(1), &stranger), "nothing is remembered");
        recent.note([(Lsn(7), feed(1, 10))]);
        assert!(recent.concerns(Lsn(5), Lsn(7), &stranger), "6 is not remembered");
        assert!(recent.concerns(Lsn(6), Lsn(8), &stranger), "8 was written by another process");
        assert!(!recent.concerns(Lsn(6), Lsn(7), &stranger));
        let many = REMEMBERED_MAX as u64 + 10;
        recent.note((8..=many + 7).map(|n| (Lsn(n), feed(1, 10))));
        assert!(recent.concerns(Lsn(8), Lsn(9), &stranger), "forgotten by now");
        assert!(!recent.concerns(Lsn(many), Lsn(many + 7), &stranger));
    }
}
