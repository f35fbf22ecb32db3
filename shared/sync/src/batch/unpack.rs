//! Unpacking: batches from outside to entries, each limit checked before it can cost anything.

use std::collections::HashSet;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{Batch, BatchBody, EntryFrame, FeedRef};
use prost::Message;
use prost::encoding::{DecodeContext, decode_key, skip_field};

use super::{BadBatch, RawEntry};
use crate::entry::{FeedId, Hash, Seq};
use crate::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX, HEADS_MAX};

/// Unpacks what came, in its order.
///
/// # Errors
/// When it breaks a limit or is no batch. What is allocated before that is bounded by the limits,
/// whatever the batch claims.
pub fn decode(batch: &Batch) -> Result<Vec<RawEntry>, BadBatch> {
    let raw = decompress(batch)?;
    check_counts(&raw)?;
    let body = BatchBody::decode(raw).map_err(|_| BadBatch::Encoding)?;
    let feeds = read_feeds(&body.feeds)?;
    let mut last: Vec<Seq> = vec![0; feeds.len()];
    body.entries.into_iter().enumerate().map(|(n, frame)| read_entry(n, frame, &feeds, &mut last)).collect()
}

/// One allocation of at most `BATCH_BYTES_MAX`, made only for a claim within it.
fn decompress(batch: &Batch) -> Result<Bytes, BadBatch> {
    let claimed = batch.raw_bytes as usize;
    if claimed > BATCH_BYTES_MAX {
        return Err(BadBatch::TooManyBytes { bytes: claimed });
    }
    if claimed == 0 {
        return Err(BadBatch::Empty);
    }
    let raw = zstd::bulk::decompress(&batch.payload, claimed).map_err(|_| BadBatch::Compression)?;
    if raw.len() == claimed { Ok(raw.into()) } else { Err(BadBatch::Compression) }
}

/// Counts fields before they become structs: 256 KiB of empty ones would take 15 MiB.
fn check_counts(raw: &[u8]) -> Result<(), BadBatch> {
    let (mut rest, mut feeds, mut entries) = (raw, 0, 0);
    while !rest.is_empty() {
        let (tag, wire_type) = decode_key(&mut rest).map_err(|_| BadBatch::Encoding)?;
        match tag {
            1 => feeds += 1,
            2 => entries += 1,
            _ => {}
        }
        skip_field(wire_type, tag, &mut rest, DecodeContext::default()).map_err(|_| BadBatch::Encoding)?;
    }
    match entries {
        0 => Err(BadBatch::Empty),
        1..=BATCH_ENTRIES_MAX if feeds <= HEADS_MAX => Ok(()),
        _ => Err(BadBatch::TooManyEntries { entries, feeds }),
    }
}

fn read_feeds(refs: &[FeedRef]) -> Result<Vec<FeedId>, BadBatch> {
    let mut seen = HashSet::new();
    let mut feeds = Vec::with_capacity(refs.len());
    for (n, feed) in refs.iter().enumerate() {
        let incarnation = Incarnation::from_slice(&feed.incarnation)?;
        let scope: Scope = feed.scope.parse()?;
        let feed = FeedId { incarnation, scope };
        if !seen.insert(feed.clone()) {
            return Err(BadBatch::RepeatedFeed(n));
        }
        feeds.push(feed);
    }
    Ok(feeds)
}

fn read_entry(entry: usize, frame: EntryFrame, feeds: &[FeedId], last: &mut [Seq]) -> Result<RawEntry, BadBatch> {
    let EntryFrame { feed, seq, body, withheld, lsn, received_at_ms } = frame;
    let index = feed as usize;
    let Some(feed) = feeds.get(index).cloned() else {
        return Err(BadBatch::UnknownFeed { entry, feed, feeds: feeds.len() });
    };
    if seq <= last[index] {
        return Err(BadBatch::EntryOrder { entry, seq, after: last[index] });
    }
    if i64::try_from(seq.max(lsn)).is_err() {
        return Err(BadBatch::EntryNumber { entry });
    }
    if body.len() > ENTRY_BYTES_MAX {
        return Err(BadBatch::EntryTooLarge { entry, bytes: body.len() });
    }
    let (body, withheld) = match (body.is_empty(), Hash::try_from(withheld.as_ref())) {
        (false, Err(_)) if withheld.is_empty() => (Some(body), None),
        (true, Ok(hash)) => (None, Some(hash)),
        (_, Ok(_) | Err(_)) => return Err(BadBatch::EntryContent { entry }),
    };
    last[index] = seq;
    Ok(RawEntry { feed, seq, body, withheld, lsn: Lsn(lsn), received_at_ms })
}
