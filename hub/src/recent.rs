//! Whose entries stand at the end of the log: a session that wants none of them need not look.
//!
//! With three thousand nodes on the line, each append would otherwise make three thousand sessions
//! read the log, to find nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_store::log::Subscription;
use keng_sync::entry::FeedId;

/// Scopes and authors remembered: all of a large province several times.
const REMEMBERED_MAX: usize = 65_536;

/// Where each scope and each author was last written to, since some place in the log.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Every entry in `first..end` is counted in.
    first: u64,
    end: u64,
    scopes: HashMap<Scope, u64>,
    authors: HashMap<Incarnation, u64>,
}

impl Inner {
    fn begin_at(&mut self, lsn: u64) {
        *self = Self { first: lsn, end: lsn, ..Self::default() };
    }
}

impl Recent {
    /// Notes entries that were appended, in the order of the log. What others wrote between is a hole:
    /// then the memory begins anew behind it.
    pub fn note(&self, entries: impl IntoIterator<Item = (Lsn, FeedId)>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (Lsn(lsn), feed) in entries {
            if lsn != inner.end || inner.scopes.len() + inner.authors.len() >= REMEMBERED_MAX {
                inner.begin_at(lsn);
            }
            inner.end = lsn + 1;
            inner.authors.insert(feed.incarnation, lsn);
            set(&mut inner.scopes, &feed.scope, lsn);
        }
    }

    /// Whether some entry after `after` may concern this reader: one that it wants, or one of its own,
    /// of which it must be told how far the log has come. Yes where not everything up to `tail` is known.
    #[must_use]
    pub fn concerns(&self, after: Lsn, tail: Lsn, reader: &Subscription) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if after.0 + 1 < inner.first || tail.0 >= inner.end {
            return true;
        }
        let newer = |lsn: Option<&u64>| lsn.is_some_and(|lsn| *lsn > after.0);
        newer(inner.authors.get(&reader.except)) || reader.scopes.iter().any(|scope| newer(inner.scopes.get(scope)))
    }
}

/// Cloning a key only where it is new: most entries are of a scope that was written to before.
fn set<K: Hash + Eq + Clone>(map: &mut HashMap<K, u64>, key: &K, lsn: u64) {
    match map.get_mut(key) {
        Some(last) => *last = lsn,
        None => drop(map.insert(key.clone(), lsn)),
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
        // More scopes and authors than are remembered.
        let many = REMEMBERED_MAX as u32 / 2 + 10;
        recent.note((8..many).map(|n| (Lsn(n.into()), feed(1, n))));
        recent.note((many..2 * many).map(|n| (Lsn(n.into()), feed(1, n))));
        assert!(recent.concerns(Lsn(8), Lsn(9), &stranger), "forgotten by now");
        assert!(!recent.concerns(Lsn(u64::from(2 * many) - 5), Lsn(u64::from(2 * many) - 1), &stranger));
    }
}
