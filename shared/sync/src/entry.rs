//! Entries, feeds and the hash chain between them.

use bytes::Bytes;
use keng_domain::id::Incarnation;
use keng_domain::scope::Scope;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash that stands before the first entry of every feed.
pub const GENESIS: Hash = [0; 32];

/// An append-only sequence of entries: one incarnation writing in one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId {
    /// Who writes.
    pub incarnation: Incarnation,
    /// Where its records belong.
    pub scope: Scope,
}

/// The place of an entry in its feed: 1, 2, 3 … without gaps.
pub type Seq = u64;

/// One local transaction in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its feed.
    pub feed: FeedId,
    /// Its place there.
    pub seq: Seq,
    /// An encoded `EntryBody`; hashed as it is. `None` for an entry in quarantine elsewhere, of
    /// which only the hash travels.
    pub body: Option<Bytes>,
    /// Hash of the feed up to and including this entry.
    pub hash: Hash,
}

impl Entry {
    /// Chains a new entry to `previous`, the hash of the entry before it ([`GENESIS`] for the first).
    #[must_use]
    pub fn new(feed: FeedId, seq: Seq, previous: &Hash, body: Bytes) -> Self {
        let hash = chain_hash(&feed, seq, previous, &body);
        Self { feed, seq, body: Some(body), hash }
    }
}

/// Hash of an entry: covers feed, seq, the previous hash and the body (DESIGN §4.2).
#[must_use]
pub fn chain_hash(feed: &FeedId, seq: Seq, previous: &Hash, body: &[u8]) -> Hash {
    let scope = feed.scope.to_string();
    let mut hasher = Sha256::new();
    hasher.update(b"keng entry v1\0");
    hasher.update(feed.incarnation.0);
    hasher.update((scope.len() as u64).to_be_bytes());
    hasher.update(scope.as_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update(previous);
    hasher.update(body);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Entry, FeedId, GENESIS};
    use keng_domain::id::Incarnation;
    use keng_domain::scope::Scope;

    #[test]
    fn a_hash_covers_feed_seq_previous_and_body() {
        let feed = |n: u8| FeedId { incarnation: Incarnation([n; 16]), scope: Scope::Province };
        let hash = |f: FeedId, seq, prev, body: &'static [u8]| Entry::new(f, seq, prev, body.into()).hash;
        let base = hash(feed(1), 1, &GENESIS, b"a");
        assert_eq!(base, hash(feed(1), 1, &GENESIS, b"a"));
        for other in [
            hash(feed(2), 1, &GENESIS, b"a"),
            hash(feed(1), 2, &GENESIS, b"a"),
            hash(feed(1), 1, &[1; 32], b"a"),
            hash(feed(1), 1, &GENESIS, b"b"),
        ] {
            assert_ne!(base, other);
        }
    }
}
