//! Batches: what goes out comes back; what does not make sense is refused in kind.

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{Batch, BatchBody, EntryFrame, FeedRef};
use keng_sync::batch::{BadBatch, BatchEntry, decode, encode, split};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX, HEADS_MAX};
use prost::Message;

fn feed(incarnation: u16) -> FeedId {
    let mut id = [7; 16];
    id[..2].copy_from_slice(&incarnation.to_be_bytes());
    FeedId { incarnation: Incarnation(id), scope: "area:kontum-2022:23281".parse().unwrap() }
}

fn entry(incarnation: u16, seq: u64, bytes: usize) -> BatchEntry {
    // Bodies that do not compress: a batch must fit whatever is in it.
    let mut state = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let body: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    })
    .take(bytes)
    .collect();
    BatchEntry { entry: Entry::new(feed(incarnation), seq, &GENESIS, body.into()), lsn: Lsn(0), received_at_ms: 0 }
}

fn pack(raw: &[u8]) -> Batch {
    Batch { payload: zstd::bulk::compress(raw, 1).unwrap().into(), raw_bytes: raw.len() as u32 }
}

fn pack_body(change: impl FnOnce(&mut BatchBody)) -> Batch {
    let id = vec![1; 16];
    let frame = |seq| EntryFrame { seq, body: b"b".as_slice().into(), ..EntryFrame::default() };
    let mut body = BatchBody {
        feeds: vec![FeedRef { incarnation: id.into(), scope: "province".into() }],
        entries: vec![frame(1), frame(2)],
    };
    change(&mut body);
    pack(&body.encode_to_vec())
}

#[test]
fn entries_come_back_as_they_went_whole_and_withheld() {
    let mut entries = vec![entry(1, 1, 300), entry(2, 1, 10), entry(1, 2, 1), entry(1, 3, 20)];
    entries[2].entry.body = None;
    (entries[3].lsn, entries[3].received_at_ms) = (Lsn(9), -5);
    let back = decode(&encode(&entries)).unwrap();
    assert_eq!(back.len(), entries.len());
    for (raw, sent) in back.iter().zip(&entries) {
        assert_eq!((&raw.feed, raw.seq, &raw.body), (&sent.entry.feed, sent.entry.seq, &sent.entry.body));
        assert_eq!((raw.lsn, raw.received_at_ms), (sent.lsn, sent.received_at_ms));
        assert_eq!(raw.withheld, sent.entry.body.is_none().then_some(sent.entry.hash));
    }
}

#[test]
fn pieces_keep_the_order_fill_batches_and_decode() {
    let check = |what, entries: Vec<BatchEntry>, batches| {
        let pieces = split(&entries);
        assert_eq!(pieces.len(), batches, "{what}");
        assert_eq!(pieces.concat(), entries, "{what}");
        for piece in pieces {
            let batch = encode(piece);
            assert!(batch.raw_bytes as usize <= BATCH_BYTES_MAX, "{what}");
            assert_eq!(decode(&batch).map(|e| e.len()), Ok(piece.len()), "{what}");
        }
    };
    check("nothing", vec![], 0);
    check("one", vec![entry(1, 1, 1)], 1);
    check("the largest", (1..=3).map(|n| entry(1, n, ENTRY_BYTES_MAX)).collect(), 3);
    check("many small", (1..=BATCH_ENTRIES_MAX as u64 * 2).map(|n| entry(1, n, 10)).collect(), 2);
    check("many bytes", (1..=1_000).map(|n| entry(1, n, 1_000)).collect(), 4);
    check("many feeds", (0..HEADS_MAX as u16 + 1).map(|n| entry(n, 1, 1)).collect(), 2);
    let full = |n: u64| BatchEntry { lsn: Lsn(u64::MAX >> 1), received_at_ms: -1, ..entry(1, n, 40) };
    check("long numbers", (1..=4_000).map(full).collect(), 2);
}

#[test]
fn an_entry_too_large_stands_alone_and_spoils_no_other() {
    let entries = [entry(1, 1, 5), entry(1, 2, BATCH_BYTES_MAX), entry(1, 3, 5)];
    let pieces = split(&entries);
    assert_eq!(pieces.iter().map(|p| p.len()).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(matches!(decode(&encode(pieces[1])), Err(BadBatch::TooManyBytes { .. })));
}

#[test]
fn a_claim_is_checked_before_anything_is_allocated() {
    let honest = encode(&[entry(1, 1, 100)]);
    let claim = |raw_bytes| decode(&Batch { raw_bytes, ..honest.clone() });
    assert_eq!(claim(u32::MAX), Err(BadBatch::TooManyBytes { bytes: u32::MAX as usize }));
    assert_eq!(claim(0), Err(BadBatch::Empty));
    assert_eq!(claim(honest.raw_bytes - 1), Err(BadBatch::Compression));
    assert_eq!(claim(honest.raw_bytes + 1), Err(BadBatch::Compression));
    // A bomb: 64 MiB of zeros in some kilobytes that claims to be small.
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 1).unwrap();
    assert_eq!(decode(&Batch { payload: bomb.into(), raw_bytes: 1_000 }), Err(BadBatch::Compression));
}

#[test]
fn counts_are_checked_before_structs_are_made() {
    let many = |tag: u8, n: usize| decode(&pack(&[tag, 0].repeat(n)));
    let entries = BATCH_ENTRIES_MAX + 1;
    assert_eq!(many(0x12, entries), Err(BadBatch::TooManyEntries { entries, feeds: 0 }));
    let feeds = pack_body(|b| b.feeds = vec![FeedRef::default(); HEADS_MAX + 1]);
    assert_eq!(decode(&feeds), Err(BadBatch::TooManyEntries { entries: 2, feeds: HEADS_MAX + 1 }));
}

#[test]
fn a_batch_that_makes_no_sense_is_refused_in_kind() {
    let check = |change: fn(&mut BatchBody), expected| assert_eq!(decode(&pack_body(change)), Err(expected));
    let twice = |b: &mut BatchBody| b.feeds.push(b.feeds[0].clone());
    check(|b| b.entries.clear(), BadBatch::Empty);
    check(twice, BadBatch::RepeatedFeed(1));
    check(|b| b.entries[1].feed = 1, BadBatch::UnknownFeed { entry: 1, feed: 1, feeds: 1 });
    check(|b| b.entries[0].seq = 0, BadBatch::EntryOrder { entry: 0, seq: 0, after: 0 });
    check(|b| b.entries[1].seq = 1, BadBatch::EntryOrder { entry: 1, seq: 1, after: 1 });
    check(|b| b.entries[1].seq = u64::MAX, BadBatch::EntryNumber { entry: 1 });
    check(|b| b.entries[0].lsn = u64::MAX, BadBatch::EntryNumber { entry: 0 });
    check(|b| b.entries[0].body = Bytes::new(), BadBatch::EntryContent { entry: 0 });
    check(|b| b.entries[0].withheld = vec![0; 32].into(), BadBatch::EntryContent { entry: 0 });
    check(|b| b.entries[0].withheld = vec![0; 31].into(), BadBatch::EntryContent { entry: 0 });
    let bytes = ENTRY_BYTES_MAX + 1;
    check(|b| b.entries[0].body = vec![0; ENTRY_BYTES_MAX + 1].into(), BadBatch::EntryTooLarge { entry: 0, bytes });
    for scope in ["tỉnh", ""] {
        assert!(matches!(decode(&pack_body(|b| b.feeds[0].scope = scope.into())), Err(BadBatch::Scope(_))));
    }
    assert!(matches!(
        decode(&pack_body(|b| b.feeds[0].incarnation = vec![1; 15].into())),
        Err(BadBatch::Incarnation(_))
    ));
    assert_eq!(decode(&pack(b"\x12\xff")), Err(BadBatch::Encoding));
}

#[test]
fn feeds_are_named_once_however_many_entries() {
    let entries: Vec<_> = (1..=1_000).map(|n| entry(1, n, 0)).collect();
    let entries: Vec<_> = entries.into_iter().map(|e| with_body(e, b"same")).collect();
    let batch = encode(&entries);
    assert!(batch.payload.len() < 2_500, "{} bytes", batch.payload.len());
}

fn with_body(mut entry: BatchEntry, body: &'static [u8]) -> BatchEntry {
    entry.entry.body = Some(body.into());
    entry
}

#[test]
fn the_province_is_a_scope_like_any_other() {
    let province = FeedId { scope: Scope::Province, ..feed(1) };
    let entry = Entry::new(province.clone(), 1, &GENESIS, b"x".as_slice().into());
    let back = decode(&encode(&[BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 }])).unwrap();
    assert_eq!(back[0].feed, province);
}
