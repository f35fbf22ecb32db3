//! Damage done by hand is found and named; what is whole is said to be whole.

#![allow(dead_code, reason = "the province's words are shared with other tests")]

mod province;

use keng_domain::field::Value;
use keng_domain::id::{Lsn, RecordId};
use keng_store::Store;
use keng_store::fsck::{BlobFault, Difference, Fault, Part, Report, StatementFault, StatementKind};
use keng_store::open::FILE;
use keng_sync::entry::{Entry, FeedId, GENESIS};
use province::Province;
use rusqlite::Connection;

/// A province in which a bit of everything has happened.
fn lived_in() -> (Province, RecordId) {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Tiếng kẻng an ninh");
    let point = p.add_point(0, "23368", model);
    let other = p.add_point(1, "23428", model);
    p.set(Some(0), point, "ratings/2022/610", "tot".into());
    p.reconnect_all();
    for n in 2..6 {
        p.set(Some(0), point, "teams", Value::Int(n));
        p.set(Some(1), other, "teams", Value::Int(n));
        p.set(None, point, "teams", Value::Int(n + 10));
        p.reconnect_all();
    }
    (p, point)
}

fn checked(store: &Store) -> Report {
    store.fsck(&mut |_, _, _| {}).unwrap()
}

/// Damages the database of `store` by SQL, and checks it.
fn after(store: &Store, sql: &str) -> Report {
    let db = Connection::open(store.folder().join(FILE)).unwrap();
    db.execute_batch(&format!("PRAGMA foreign_keys = 0; {sql}")).unwrap();
    assert!(db.total_changes() > 0, "no row was touched by {sql}");
    checked(store)
}

/// The feed of the first node in the province's scope.
fn feed(p: &Province) -> FeedId {
    FeedId { incarnation: p.nodes[0].identity().incarnation, scope: "area:kontum-2022:23368".parse().unwrap() }
}

#[test]
fn a_store_that_was_lived_in_has_no_fault() {
    let (p, _) = lived_in();
    for store in [&p.hub, &p.nodes[0], &p.nodes[1]] {
        let report = checked(store);
        assert_eq!(report.faults, []);
        assert!(report.checked.entries > 5 && report.checked.documents > 3 && report.checked.views > 5);
    }
    assert!(checked(&p.hub).checked.signatures > 5);
    assert!(checked(&p.nodes[0]).checked.receipts > 3);
}

#[test]
fn an_altered_body_is_named_by_feed_and_place() {
    let (p, _) = lived_in();
    let sql = "UPDATE entry SET body = zeroblob(40) WHERE seq = 2 AND feed = (SELECT id FROM feed WHERE scope LIKE '%23368' AND hex(incarnation) LIKE '01%')";
    let report = after(&p.hub, sql);
    assert!(report.faults.contains(&Fault::Altered { feed: feed(&p), seq: 2, quarantined: false }), "{report:?}");
    let altered = report.faults.iter().filter(|f| matches!(f, Fault::Altered { .. })).count();
    assert_eq!(altered, 1, "one alteration is one fault");
    // What was made of the entry is still there: that is noticed, too.
    assert!(report.faults.iter().any(|f| matches!(f, Fault::Derived { table: "document", .. })));
}

#[test]
fn an_altered_hash_is_one_fault_of_the_chain_and_one_of_each_statement_about_it() {
    let (p, _) = lived_in();
    let sql = "UPDATE entry SET hash = randomblob(32) WHERE seq = 2 AND feed = (SELECT id FROM feed WHERE scope LIKE '%23368' AND hex(incarnation) LIKE '01%')";
    let report = after(&p.hub, sql);
    let altered: Vec<_> = report.faults.iter().filter(|f| matches!(f, Fault::Altered { .. })).collect();
    assert_eq!(altered, [&Fault::Altered { feed: feed(&p), seq: 2, quarantined: false }]);
    let named = StatementFault::Chain { feed: feed(&p), seq: 2 };
    let statements =
        report.faults.iter().filter(|f| matches!(f, Fault::Statement { why, .. } if *why == named)).count();
    assert_eq!(statements, 1, "{report:?}");
}

#[test]
fn a_missing_entry_and_a_head_that_lags_are_named() {
    let (p, _) = lived_in();
    let of_feed = "feed = (SELECT id FROM feed WHERE scope LIKE '%23368' AND hex(incarnation) LIKE '01%')";
    let report = after(&p.hub, &format!("DELETE FROM entry WHERE seq = 2 AND {of_feed}"));
    assert!(report.faults.contains(&Fault::Missing { feed: feed(&p), first: 2, last: 2 }), "{report:?}");
    assert!(report.faults.iter().any(|f| matches!(f, Fault::LsnGap { .. })), "{report:?}");

    let (p, _) = lived_in();
    let report = after(&p.hub, &format!("DELETE FROM entry WHERE seq > 3 AND {of_feed}"));
    let missing = report.faults.iter().find(|f| matches!(f, Fault::Missing { .. }));
    assert!(matches!(missing, Some(Fault::Missing { first: 4, .. })), "{report:?}");

    let (p, _) = lived_in();
    let report =
        after(&p.nodes[0], &format!("UPDATE feed SET seq = seq - 1 WHERE {}", of_feed.replace("feed =", "id =")));
    assert!(report.faults.iter().any(|f| matches!(f, Fault::Head { .. })), "{report:?}");
}

#[test]
fn an_altered_document_is_named_and_made_anew() {
    let (mut p, point) = lived_in();
    let report =
        after(&p.hub, &format!("UPDATE document SET bytes = zeroblob(99) WHERE hex(record) = '{}'", key(point)));
    let fault = Fault::Derived { table: "document", key: key(point), how: Difference::Column("bytes") };
    assert_eq!(report.faults, [fault]);
    assert!(report.faults[0].is_repairable());
    p.hub.repair().unwrap();
    assert_eq!(checked(&p.hub).faults, []);
}

#[test]
fn altered_missing_and_invented_view_rows_are_named_and_made_anew() {
    let (mut p, point) = lived_in();
    for (sql, table, key, how) in [
        (
            format!(
                "UPDATE view_record SET fields = replace(fields, '23368', '23428') WHERE hex(record) = '{}'",
                key(point)
            ),
            "view_record",
            key(point),
            Difference::Column("fields"),
        ),
        (
            format!("DELETE FROM document WHERE hex(record) = '{}'", key(point)),
            "document",
            key(point),
            Difference::Missing,
        ),
        (
            "INSERT INTO view_contest VALUES ('bịa', zeroblob(16), 'teams', '{}')".to_owned(),
            "view_contest",
            "bịa".to_owned(),
            Difference::Extra,
        ),
    ] {
        let report = after(&p.nodes[0], &sql);
        assert_eq!(report.faults, [Fault::Derived { table, key, how }], "{sql}");
        p.nodes[0].repair().unwrap();
        assert_eq!(checked(&p.nodes[0]).faults, []);
    }
    let report = after(&p.hub, "UPDATE view_verdict SET judgement = replace(judgement, 'EFFECTIVE', 'NOT_RATED')");
    assert!(matches!(report.faults[..], [Fault::Derived { table: "view_verdict", .. }, ..]), "{report:?}");
}

#[test]
fn a_signature_that_is_not_its_authors_is_named() {
    let (p, _) = lived_in();
    // The last byte of the message is the last one of the signature.
    let flip = "message = CAST(substr(message, 1, length(message) - 1) || x'7f' AS BLOB)";
    let report = after(&p.hub, &format!("UPDATE signed_heads SET {flip} WHERE rowid = 2"));
    let fault = Fault::Statement { kind: StatementKind::Heads, row: 2, why: StatementFault::Signature };
    assert_eq!(report.faults, [fault]);
    assert!(!report.faults[0].is_repairable());
    let report = after(&p.nodes[0], &format!("UPDATE receipt SET {flip} WHERE id = 1"));
    let fault = Fault::Statement { kind: StatementKind::Receipt, row: 1, why: StatementFault::Signature };
    assert_eq!(report.faults, [fault]);
}

#[test]
fn a_signature_over_feeds_that_a_node_does_not_hold_is_no_fault_of_the_node() {
    let (p, _) = lived_in();
    let hub = p.hub.folder().join(FILE);
    let copy = format!(
        "ATTACH '{}' AS hub; INSERT INTO signed_heads (incarnation, at_ms, message)
         SELECT incarnation, at_ms, message FROM hub.signed_heads",
        hub.display()
    );
    let report = after(&p.nodes[1], &copy);
    assert_eq!(report.faults, []);
    assert!(report.checked.signatures > 5);
}

#[test]
fn entries_in_quarantine_belong_to_the_chain_and_are_checked_with_it() {
    let (mut p, _) = lived_in();
    let scope = "area:kontum-2022:23428".parse().unwrap();
    let foreign = FeedId { incarnation: p.nodes[0].identity().incarnation, scope };
    let first = Entry::new(foreign.clone(), 1, &GENESIS, vec![1, 2, 3].into());
    let second = Entry::new(foreign.clone(), 2, &first.hash, vec![4].into());
    let now = p.now();
    let push = p.signed(0, &[first, second], now);
    p.hub.append(&[push], now).unwrap().remove(0).unwrap();
    assert_eq!(checked(&p.hub).faults, []);
    let report = after(&p.hub, "UPDATE quarantine SET body = x'00' WHERE seq = 2");
    assert_eq!(report.faults, [Fault::Altered { feed: foreign, seq: 2, quarantined: true }]);
}

#[test]
fn what_the_hub_withheld_is_no_fault_of_the_node() {
    use keng_sync::batch::RawEntry;
    let (mut p, _) = lived_in();
    let feed = FeedId { incarnation: keng_domain::id::Incarnation([77; 16]), scope: "province".parse().unwrap() };
    let chain: Vec<Entry> = (1..=4).fold(Vec::new(), |mut chain: Vec<Entry>, seq| {
        let previous = chain.last().map_or(GENESIS, |e| e.hash);
        chain.push(Entry::new(feed.clone(), seq, &previous, vec![seq as u8].into()));
        chain
    });
    let raw = |e: &Entry, withheld: bool| RawEntry {
        feed: e.feed.clone(),
        seq: e.seq,
        body: e.body.clone().filter(|_| !withheld),
        withheld: withheld.then_some(e.hash),
        lsn: Lsn(1_000 + e.seq),
        received_at_ms: 1,
    };
    // The hashes of the second and third come in one batch, the entry after them in the next.
    let node = &mut p.nodes[1];
    let first = [raw(&chain[0], false), raw(&chain[1], true), raw(&chain[2], true)];
    node.store_pull(&first, &[], Lsn(1_003), [0; 16], 1).unwrap();
    assert!(!checked(node).faults.iter().any(|f| !matches!(f, Fault::Derived { .. })));
    node.store_pull(&[raw(&chain[3], false)], &[], Lsn(1_004), [0; 16], 1).unwrap();
    while node.project_step().unwrap().more {}
    let report = checked(node);
    assert_eq!((report.faults.as_slice(), report.checked.withheld), (&[][..], 2));
}

#[test]
fn files_of_documents_are_held_against_their_hashes() {
    use sha2::{Digest, Sha256};
    let (p, _) = lived_in();
    let folder = p.hub.folder().join("blobs");
    let (mut rows, mut names) = (String::new(), Vec::new());
    for content in ["quyết định", "biên bản", "ảnh"] {
        let name = hex::encode(Sha256::digest(content));
        std::fs::create_dir_all(folder.join(&name[..2])).unwrap();
        std::fs::write(folder.join(&name[..2]).join(&name), content).unwrap();
        let values = format!("(x'{name}', {}, 1, 0)", content.len());
        rows.push_str(&format!("INSERT INTO blob (hash, bytes, here, stored_at_ms) VALUES {values};"));
        names.push(name);
    }
    let table =
        "CREATE TABLE IF NOT EXISTS blob (hash BLOB PRIMARY KEY, bytes INTEGER, here INTEGER, stored_at_ms INTEGER);";
    let report = after(&p.hub, &format!("{table}{rows}"));
    assert_eq!((report.faults.as_slice(), report.checked.blobs), (&[][..], 3));
    std::fs::remove_file(folder.join(&names[0][..2]).join(&names[0])).unwrap();
    std::fs::write(folder.join(&names[1][..2]).join(&names[1]), "biên bẢn").unwrap();
    let mut expected = [(&names[0], BlobFault::Missing), (&names[1], BlobFault::Altered)];
    expected.sort_by_key(|(name, _)| name.as_str());
    let expected = expected.map(|(name, why)| Fault::Blob { hash: name.clone(), why });
    assert_eq!(checked(&p.hub).faults, expected);
}

#[test]
fn a_page_that_cannot_be_read_is_a_fault_and_the_rest_is_checked() {
    let (p, _) = lived_in();
    let folder = p.hub.folder().to_owned();
    Connection::open(folder.join(FILE)).unwrap().pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    drop(p.hub);
    let path = folder.join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let (page, at) = {
        let db = Connection::open(&path).unwrap();
        let page: i64 = db.query_row("PRAGMA page_size", [], |r| r.get(0)).unwrap();
        let root: i64 =
            db.query_row("SELECT rootpage FROM sqlite_master WHERE name = 'view_record'", [], |r| r.get(0)).unwrap();
        (usize::try_from(page).unwrap(), usize::try_from((root - 1) * page).unwrap())
    };
    bytes[at..at + page].fill(0xEE);
    std::fs::write(&path, bytes).unwrap();
    let store = Store::open(&folder).unwrap();
    let report = checked(&store);
    assert!(report.faults.iter().any(|f| matches!(f, Fault::Sqlite(_))), "{report:?}");
    assert!(report.faults.iter().any(|f| matches!(f, Fault::Unreadable { part: Part::Derived, .. })), "{report:?}");
    assert!(report.checked.entries > 5, "the chains were not followed");
}

#[test]
fn a_copy_made_while_others_write_is_whole() {
    let (mut p, point) = lived_in();
    let copy = p.hub.folder().join("copy");
    std::fs::create_dir(&copy).unwrap();
    let reader = p.hub.reader().unwrap();
    let lsn = reader.back_up(&copy.join(FILE), |_, _| {}).unwrap();
    p.set(None, point, "teams", Value::Int(99));
    let copy = Store::open(&copy).unwrap();
    assert_eq!(checked(&copy).faults, []);
    assert_eq!(copy.views_as_text().unwrap(), p.hub.as_of(lsn).unwrap().views_as_text().unwrap());
}

fn key(record: RecordId) -> String {
    hex::encode_upper(record.0)
}
