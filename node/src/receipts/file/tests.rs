use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{LsnRun, Receipt, TreeHead};
use keng_sync::entry::FeedId;
use keng_sync::head::{SigningKey, feed_head, sign_receipt, sign_tree_head};
use keng_sync::merkle::{LogLeaf, Tree};
use keng_sync::receipt::{Holding, NotProven};
use prost::Message;

use super::{EntryLine, FORMAT, ReceiptFile, Wrong, to_base64};

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

/// Entries 1 to 3 of a feed, at 4 to 6 of a log of ten.
fn file() -> ReceiptFile {
    let mut tree = Tree::new();
    for lsn in 1..=10_u8 {
        tree.push(&LogLeaf { hash: [lsn; 32], received_at_ms: 1_668_000_000_000 + i64::from(lsn) });
    }
    let receipt = Receipt {
        epoch: vec![2; 16].into(),
        incarnation: vec![1; 16].into(),
        heads: vec![feed_head(&Scope::Province, 3, &[6; 32])],
        received_at_ms: 1_668_000_000_006,
        lsns: vec![LsnRun { first: 4, count: 3 }],
        ..Receipt::default()
    };
    let root = Bytes::copy_from_slice(&tree.root());
    let head = TreeHead { epoch: vec![2; 16].into(), size: 10, root, at_ms: 9, ..TreeHead::default() };
    let line = |seq: u64| {
        let lsn = seq + 3;
        let holding = Holding {
            feed: FeedId { incarnation: Incarnation([1; 16]), scope: Scope::Province },
            seq,
            hash: [lsn as u8; 32],
            lsn: Lsn(lsn),
            received_at_ms: 1_668_000_000_000 + lsn as i64,
            inclusion: tree.inclusion_proof(lsn - 1, 10).unwrap(),
        };
        EntryLine::of(&holding, 0)
    };
    ReceiptFile {
        format: FORMAT.into(),
        province: "62".into(),
        unit: "610".into(),
        node: "610-1".into(),
        hub_public_key: hex::encode(key().public().as_bytes()),
        tree_head: to_base64(&sign_tree_head(&key(), head).encode_to_vec()),
        receipts: vec![to_base64(&sign_receipt(&key(), receipt).encode_to_vec())],
        entries: (1..=3).map(line).collect(),
    }
}

#[test]
fn a_file_reads_back_and_verifies_with_and_without_a_trusted_key() {
    let file = file();
    let text = serde_json::to_string_pretty(&file).unwrap();
    let read = ReceiptFile::read(text.as_bytes()).unwrap();
    assert_eq!(read, file);
    let proven = read.verify(Some(&key().public())).unwrap();
    assert_eq!((proven.tree_head.size, proven.receipts_at_ms.len()), (10, 3));
    assert_eq!(read.verify(None).unwrap().hub, key().public());
}

#[test]
fn what_is_altered_is_named() {
    let check = |alter: &dyn Fn(&mut ReceiptFile), expected: Wrong| {
        let mut altered = file();
        alter(&mut altered);
        assert_eq!(altered.verify(None), Err(expected));
    };
    let field = |what: &str| Wrong::Field { what: what.into() };
    let covered = |n| Wrong::Entry { n, why: NotProven::NotCovered };
    check(&|f| f.hub_public_key.clear(), field("hub_public_key"));
    check(&|f| f.tree_head.push('*'), field("tree_head"));
    check(&|f| f.receipts[0].truncate(7), field("receipts"));
    check(&|f| f.entries[1].receipt = 1, field("entries 2 receipt"));
    check(&|f| f.entries[1].entry.push('0'), field("entries 2"));
    check(&|f| f.entries[1].inclusion = to_base64(&[0; 31]), field("entries 2"));
    check(&|f| f.entries[1].inclusion = to_base64(&[0; 32 * 129]), field("entries 2"));
    check(&|f| f.entries.clear(), Wrong::Empty);
    check(&|f| f.entries[2].entry = "00".repeat(32), covered(3));
    check(&|f| f.entries[2].seq = 9, covered(3));
    check(&|f| f.entries[2].incarnation = "02".repeat(16), covered(3));
    check(&|f| f.entries[0].received_at = "2022-11-08T16:48:00+07:00".into(), Wrong::Time { n: 1 });
    let other = SigningKey::from_seed(&[8; 32]).public();
    assert_eq!(file().verify(Some(&other)), Err(Wrong::ForeignHub));
    let forged = ReceiptFile { hub_public_key: hex::encode(other.as_bytes()), ..file() };
    assert_eq!(forged.verify(None), Err(Wrong::Entry { n: 1, why: NotProven::ReceiptSignature }));
    assert_eq!(forged.verify(Some(&key().public())), Err(Wrong::ForeignHub));
}

/// Flips, cuts, doubles: what still verifies says what the honest file says, but for its labels.
#[test]
fn a_file_altered_at_any_place_verifies_no_other_entry() {
    let honest = file();
    let text = serde_json::to_string_pretty(&honest).unwrap().into_bytes();
    let mut state = 0x5eed_u64;
    let mut below = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    let mut read = 0;
    for _ in 0..6_000 {
        let mut bytes = text.clone();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes[at] ^= 1 << below(7),
                1 => bytes[at] = b"0123456789abcdef"[below(16)],
                2 => bytes.insert(at, b'0' + below(10) as u8),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        let Ok(altered) = ReceiptFile::read(&bytes) else { continue };
        read += 1;
        if let Ok(proven) = altered.verify(Some(&key().public())) {
            assert_eq!(proven.tree_head, honest.verify(None).unwrap().tree_head);
            let places = |f: &ReceiptFile| -> Vec<_> {
                let place =
                    |e: &EntryLine| (e.entry.to_lowercase(), e.lsn, e.received_at_ms, e.incarnation.to_lowercase());
                f.entries.iter().map(place).collect()
            };
            assert_eq!(places(&altered), places(&honest));
        }
    }
    assert!(read > 1_000, "{read}: enough of them are JSON of this shape");
}
