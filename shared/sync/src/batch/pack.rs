//! Packing: entries to batches.

use std::collections::HashMap;

use bytes::Bytes;
use keng_domain::id::Lsn;
use keng_proto::{Batch, BatchBody, EntryFrame, FeedRef};
use prost::Message;
use prost::encoding::encoded_len_varint;

use super::BatchEntry;
use crate::entry::{Entry, FeedId};
use crate::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, HEADS_MAX};

/// Measured on Automerge changes of 15-field records, one entry each or fifty, against zstd -19 of
/// the changes and their record ids alone, for 10 to 2,000 of them: level 3 comes to 1.08–1.36 times
/// that and 1 ms for a full batch, level 9 to 1.05–1.23 and 5 ms, level 19 to 1.02–1.20 and 70–200 ms.
/// A hub packs for many nodes; what 19 saves over 9 a 1 Mbit/s link carries in less time.
const ZSTD_LEVEL: i32 = 9;

/// Packs entries. Cut longer lists with [`split`] first.
#[must_use]
pub fn encode(entries: &[BatchEntry]) -> Batch {
    let mut index: HashMap<&FeedId, u32> = HashMap::new();
    let mut body = BatchBody::default();
    for BatchEntry { entry, lsn, received_at_ms } in entries {
        let feed = *index.entry(&entry.feed).or_insert_with(|| {
            body.feeds.push(feed_ref(&entry.feed));
            u32::try_from(body.feeds.len() - 1).unwrap_or(u32::MAX)
        });
        body.entries.push(entry_frame(entry, feed, *lsn, *received_at_ms));
    }
    let raw = body.encode_to_vec();
    let payload = match zstd::bulk::compress(&raw, ZSTD_LEVEL) {
        Ok(payload) => payload,
        Err(error) => unreachable!("zstd compresses any bytes into a buffer it sized itself: {error}"),
    };
    Batch { payload: payload.into(), raw_bytes: u32::try_from(raw.len()).unwrap_or(u32::MAX) }
}

/// Cuts a list into pieces that each fit in a batch, keeping the order.
#[must_use]
pub fn split(entries: &[BatchEntry]) -> Vec<&[BatchEntry]> {
    let (mut batches, mut start) = (Vec::new(), 0);
    let mut batcher = Batcher::default();
    for (n, next) in entries.iter().enumerate() {
        if !batcher.admit(next) {
            batches.push(&entries[start..n]);
            (batcher, start) = (Batcher::default(), n);
            batcher.admit(next);
        }
    }
    if start < entries.len() {
        batches.push(&entries[start..]);
    }
    batches
}

/// Says how many entries fit in one batch, without packing them. The first always does: whether
/// one entry is too large is for its writer to say.
#[derive(Debug, Default)]
pub struct Batcher {
    feeds: HashMap<FeedId, u32>,
    entries: usize,
    bytes: usize,
}

impl Batcher {
    /// Counts one more entry, or says `false` and counts nothing when the batch would break a limit.
    pub fn admit(&mut self, next: &BatchEntry) -> bool {
        let known = self.feeds.get(&next.entry.feed).copied();
        let frame = entry_frame(&next.entry, known.unwrap_or(self.feed_count()), next.lsn, next.received_at_ms);
        let mut bytes = self.bytes + field_len(frame.encoded_len());
        if known.is_none() {
            bytes += field_len(feed_ref(&next.entry.feed).encoded_len());
        }
        let feeds = self.feeds.len() + usize::from(known.is_none());
        let full = bytes > BATCH_BYTES_MAX || feeds > HEADS_MAX || self.entries == BATCH_ENTRIES_MAX;
        if full && self.entries > 0 {
            return false;
        }
        if known.is_none() {
            self.feeds.insert(next.entry.feed.clone(), self.feed_count());
        }
        (self.entries, self.bytes) = (self.entries + 1, bytes);
        true
    }

    fn feed_count(&self) -> u32 {
        u32::try_from(self.feeds.len()).unwrap_or(u32::MAX)
    }
}

/// A field of a `BatchBody`: one byte of key, the length, the bytes.
fn field_len(bytes: usize) -> usize {
    1 + encoded_len_varint(bytes as u64) + bytes
}

fn feed_ref(feed: &FeedId) -> FeedRef {
    FeedRef { incarnation: Bytes::copy_from_slice(&feed.incarnation.0), scope: feed.scope.to_string() }
}

fn entry_frame(entry: &Entry, feed: u32, lsn: Lsn, received_at_ms: i64) -> EntryFrame {
    let (body, withheld) = match &entry.body {
        Some(body) => (body.clone(), Bytes::new()),
        None => (Bytes::new(), Bytes::copy_from_slice(&entry.hash)),
    };
    EntryFrame { feed, seq: entry.seq, body, withheld, lsn: lsn.0, received_at_ms }
}
