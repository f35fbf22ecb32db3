//! Files and their bookkeeping: whole or not there, resumed where it is durable, dropped only
//! with a receipt of the present epoch, reached only by whom it concerns.

use std::time::{Duration, SystemTime};

use keng_domain::document::{Document, FileHash};
use keng_domain::field::Value;
use keng_domain::id::{NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_proto::BlobReceipt;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::blobs::FileState;
use keng_store::blobs::abandoned::{SWEPT_MAX, Swept};
use keng_store::blobs::files::{Files, FrameFault, TakeFault};
use keng_store::edit::Act;
use keng_store::{Role, Store, StoreError};
use keng_sync::blob::{File, Refused};
use keng_sync::limits::{FILE_CHUNK_BYTES, FILE_FRAME_BYTES};
use sha2::{Digest, Sha256};

mod province;
use province::{Province, code};

fn stamp(officer: &str) -> Stamp {
    Stamp { officer: officer.into(), device_time_ms: 1_667_900_000_000, reason: None }
}

fn area(unit: &str) -> Scope {
    Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: code(unit) }
}

fn content(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * 7 % 251) as u8).collect()
}

fn file_of(content: &[u8]) -> File {
    File { hash: FileHash(Sha256::digest(content).into()), bytes: content.len() as u64 }
}

fn files() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    (folder, files)
}

fn count(folder: &std::path::Path, sub: &str) -> usize {
    std::fs::read_dir(folder.join("blobs").join(sub)).map_or(0, Iterator::count)
}

#[test]
fn a_file_is_taken_in_whole_and_named_by_its_content() {
    let (folder, files) = files();
    let text = content(300_000);
    let stored = files.take(&mut text.as_slice(), 1_000_000).unwrap();
    assert_eq!((stored.file, stored.head.as_slice()), (file_of(&text), &text[..65_536]));
    assert!(files.verify(&stored.file).unwrap());
    let out = folder.path().join("out");
    files.copy_out(&stored.file, &out).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), text);
    files.take(&mut text.as_slice(), 1_000_000).unwrap();
    assert_eq!(count(folder.path(), "incoming"), 0);
}

#[test]
fn nothing_stays_of_a_file_that_is_too_long_or_empty_or_left_alone() {
    let (folder, files) = files();
    assert!(matches!(files.take(&mut content(11).as_slice(), 10), Err(TakeFault::TooLarge(10))));
    assert!(matches!(files.take(&mut &b""[..], 10), Err(TakeFault::Empty)));
    files.incoming(10).unwrap().write(b"x").unwrap();
    assert_eq!((count(folder.path(), "incoming"), count(folder.path(), "")), (0, 1));
}

#[test]
fn a_rotten_copy_is_neither_given_out_nor_believed_and_heals_when_it_is_added_again() {
    let (folder, files) = files();
    let text = content(100_000);
    let file = files.take(&mut text.as_slice(), 1_000_000).unwrap().file;
    let mut rotten = text.clone();
    rotten[5] ^= 1;
    std::fs::write(files.path(&file.hash), rotten).unwrap();
    let out = folder.path().join("out");
    assert!(matches!(files.copy_out(&file, &out), Err(StoreError::FileDamaged(_))));
    assert!(!out.exists() && !files.verify(&file).unwrap());
    files.take(&mut text.as_slice(), 1_000_000).unwrap();
    assert!(files.verify(&file).unwrap());
}

#[test]
fn what_came_after_the_last_sync_is_cut_off_when_the_part_is_opened_again() {
    let (_folder, files) = files();
    let text = content(FILE_CHUNK_BYTES as usize + 10_000);
    let file = file_of(&text);
    let mut partial = files.partial(file, "618-1", 0).unwrap();
    let mut durable = 0;
    for (n, frame) in text.chunks(FILE_FRAME_BYTES).take(66).enumerate() {
        if partial.append((n * FILE_FRAME_BYTES) as u64, frame).unwrap() {
            durable = partial.durable();
        }
    }
    assert_eq!((durable, partial.have()), (FILE_CHUNK_BYTES, 66 * FILE_FRAME_BYTES as u64));
    drop(partial); // a power cut: nobody has made the last two frames durable
    let mut partial = files.partial(file, "618-1", durable).unwrap();
    assert_eq!(partial.have(), FILE_CHUNK_BYTES);
    let wrong = partial.append(0, &text[..10]);
    assert!(matches!(wrong, Err(FrameFault::Refused(Refused::Place { expected: FILE_CHUNK_BYTES, got: 0 }))));
    for frame in text[FILE_CHUNK_BYTES as usize..].chunks(FILE_FRAME_BYTES) {
        partial.append(partial.have(), frame).unwrap();
    }
    assert!(partial.is_whole());
    partial.finish().unwrap();
    assert!(files.verify(&file).unwrap());
}

#[test]
fn a_part_that_ends_as_another_content_leaves_nothing() {
    let (folder, files) = files();
    let file = file_of(&content(1_000));
    let mut partial = files.partial(file, "618-1", 0).unwrap();
    partial.append(0, &[0; 1_000]).unwrap();
    assert!(matches!(partial.finish(), Err(StoreError::FileDamaged(_))));
    assert!(!files.contains(&file) && count(folder.path(), "partial") == 0);
}

/// A document of a record, written at `store`.
fn add(store: &mut Store, id: u8, record: RecordId, scope: &Scope, file: &File) -> RecordId {
    let id = RecordId([id; 16]);
    let meta = Meta { kind: Kind::Document.code().into(), scope: scope.clone(), owner: "610".parse().unwrap() };
    let values = Document::values(record, "KE_HOACH", file.hash, "a.pdf", file.bytes);
    store.commit(&[Act::Create { id, meta, values }], &stamp("A"), 5).unwrap();
    id
}

fn point(store: &mut Store, id: u8, unit: &str) -> RecordId {
    let id = RecordId([id; 16]);
    let meta = Meta { kind: Kind::Point.code().into(), scope: area(unit), owner: "610".parse().unwrap() };
    let values = vec![("unit".to_owned(), Value::from(unit)), ("place".to_owned(), Value::from("Thôn 1"))];
    store.commit(&[Act::Create { id, meta, values }], &stamp("A"), 5).unwrap();
    id
}

fn receipt(file: &File, epoch: [u8; 16]) -> BlobReceipt {
    BlobReceipt {
        epoch: epoch.to_vec().into(),
        hash: file.hash.0.to_vec().into(),
        bytes: file.bytes,
        received_at_ms: 9,
        signature: Vec::new().into(),
    }
}

#[test]
fn a_document_is_immutable_may_be_removed_and_is_the_same_after_a_rebuild() {
    let mut p = Province::of(&["610"]);
    let node = &mut p.nodes[0];
    let record = point(node, 1, "23368");
    let file = file_of(b"x");
    let id = add(node, 2, record, &area("23368"), &file);
    let change = |key: &str, value: &str| Act::Change { id, values: vec![(key.into(), value.into())] };
    for key in ["hash", "name", "record", "bytes", "document_kind"] {
        let refused = node.commit(&[change(key, "x")], &stamp("A"), 6);
        assert!(matches!(refused, Err(StoreError::Forbidden(_))), "{key}: {refused:?}");
    }
    // A second officer, the same file: one document, the older.
    add(node, 3, record, &area("23368"), &file);
    let shown = node.documents_of(Some(record)).unwrap();
    assert_eq!(shown.iter().map(|d| d.document.id).collect::<Vec<_>>(), [id]);
    assert_eq!((shown[0].officer.as_str(), shown[0].unit.as_str()), ("A", "610"));
    let before = node.views_as_text().unwrap();
    node.rebuild().unwrap();
    assert_eq!(node.views_as_text().unwrap(), before);
    assert_eq!(node.dossiers_with("KE_HOACH").unwrap(), [record, record]);
    assert!(node.dossiers_with("QD_THANH_LAP").unwrap().is_empty());
    for id in [2, 3] {
        let act = Act::Change { id: RecordId([id; 16]), values: vec![("removed".into(), "nhầm tệp".into())] };
        node.commit(&[act], &stamp("B"), 7).unwrap();
    }
    assert!(node.documents_of(Some(record)).unwrap().is_empty() && node.dossiers_with("KE_HOACH").unwrap().is_empty());
    assert_eq!(node.file_named(&file.hash).unwrap(), None);
    // It stays to be seen, with who took it out and why, and comes back when that is cleared.
    let removed = node.documents_removed_from(record).unwrap();
    let [(view, last)] = removed.as_slice() else { panic!("{removed:?}") };
    assert_eq!((view.document.id, last.value.as_text(), last.author.officer.as_str()), (id, Some("nhầm tệp"), "B"));
    node.commit(&[Act::Change { id, values: vec![("removed".into(), Value::Null)] }], &stamp("B"), 8).unwrap();
    assert_eq!(node.documents_of(Some(record)).unwrap().len(), 1);
}

#[test]
fn nobody_hangs_papers_on_a_record_of_another_scope() {
    let mut p = Province::of(&["610"]);
    let node = &mut p.nodes[0];
    let record = point(node, 1, "23368");
    add(node, 2, record, &Scope::Province, &file_of(b"x"));
    assert!(node.documents_of(Some(record)).unwrap().is_empty() && node.dossiers_with("KE_HOACH").unwrap().is_empty());
}

#[test]
fn only_a_receipt_of_the_present_epoch_lets_the_own_copy_go() {
    let mut p = Province::of(&["610"]);
    let node = &mut p.nodes[0];
    let record = point(node, 1, "23368");
    let file = node.files().take(&mut &b"content"[..], 100).unwrap().file;
    node.file_is_here(&file, "", 1).unwrap();
    add(node, 2, record, &area("23368"), &file);
    let state = |node: &Store| node.documents_of(Some(record)).unwrap()[0].state(Role::Node);
    assert_eq!(state(node), FileState::Waiting);
    assert!(matches!(node.drop_file(&file.hash), Err(StoreError::NotAtHub(_))));
    // The document itself has not arrived: its file does not go before it.
    assert!(node.files_waiting(9).unwrap().is_empty());
    assert_eq!(node.files_pending().unwrap().files, 1);

    node.reset_cursor([1; 16]).unwrap();
    node.note_hub_has(&file, 3, 2).unwrap();
    assert_eq!(node.files_pending().unwrap().bytes, 4);
    node.keep_file_receipt(&file, &receipt(&file, [1; 16]), 2).unwrap();
    assert_eq!((state(node), node.files_pending().unwrap().files), (FileState::Both, 0));
    // The hub was restored from an older copy: it has to be asked again.
    node.reset_cursor([2; 16]).unwrap();
    assert_eq!(state(node), FileState::Waiting);
    assert!(matches!(node.drop_file(&file.hash), Err(StoreError::NotAtHub(_))));
    assert!(node.files().contains(&file));
    node.keep_file_receipt(&file, &receipt(&file, [2; 16]), 3).unwrap();
    node.drop_file(&file.hash).unwrap();
    assert_eq!((state(node), node.files().contains(&file)), (FileState::AtHub, false));
}

/// A part of a file as it lies there when its last byte came `days` ago.
fn part(store: &mut Store, file: &File, node: &str, days: u64, now: SystemTime) {
    let mut partial = store.files().partial(*file, node, 0).unwrap();
    partial.append(0, &[7; 100]).unwrap();
    partial.sync().unwrap();
    let at = now - Duration::from_secs(days * 86_400);
    let path = store.folder().join("blobs/partial").join(format!("{}.{node}", file.hash));
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    store.note_arrived(file, node, 100, millis(at)).unwrap();
}

fn millis(at: SystemTime) -> i64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64
}

#[test]
fn a_part_is_swept_when_no_document_asks_for_its_file_and_nobody_touched_it_for_a_month() {
    let mut p = Province::of(&["610"]);
    let hub = &mut p.hub;
    let now = SystemTime::now();
    let record = point(hub, 1, "23368");
    let [asked, young, unnamed, taken_back, whole, again] = [1, 2, 3, 4, 5, 6].map(|n| file_of(&content(1_000 + n)));
    for (id, file) in [(2, &asked), (3, &taken_back), (4, &whole)] {
        add(hub, id, record, &area("23368"), file);
    }
    let removal = Act::Change { id: RecordId([3; 16]), values: vec![("removed".into(), "nhầm tệp".into())] };
    hub.commit(&[removal], &stamp("A"), 6).unwrap();
    hub.file_is_here(&whole, "610-2", 2).unwrap();
    for (file, days) in [(&asked, 400), (&young, 29), (&unnamed, 31), (&taken_back, 31), (&whole, 31), (&again, 31)] {
        part(hub, file, "610-1", days, now);
    }
    // A node that goes on just now: the word comes with the chunk, the file's time was the last one's.
    hub.note_arrived(&again, "610-1", 100, millis(now)).unwrap();
    std::fs::write(hub.folder().join("blobs/partial/ghi chú.txt"), "no part").unwrap();

    let files = hub.files();
    let swept = hub.sweep_parts(millis(now), SWEPT_MAX, |part| files.remove_part(part)).unwrap();
    assert_eq!(swept, Swept { parts: 3, bytes: 300 });
    let left = |hub: &Store, file: &File| {
        let path = hub.folder().join("blobs/partial").join(format!("{}.610-1", file.hash));
        (path.exists(), hub.arrived(file, "610-1").unwrap())
    };
    for file in [&asked, &young, &again] {
        assert_eq!(left(hub, file), (true, 100), "an upload may go on");
    }
    for file in [&unnamed, &taken_back, &whole] {
        assert_eq!(left(hub, file), (false, 0));
    }
    assert_eq!(count(hub.folder(), "partial"), 4, "what is no part is left alone");
    let swept = hub.sweep_parts(millis(now), SWEPT_MAX, |part| files.remove_part(part)).unwrap();
    assert_eq!(swept, Swept::default());
}

#[test]
fn a_sweep_reaches_every_part_takes_no_more_than_it_may_and_none_that_was_touched_meanwhile() {
    let mut p = Province::of(&["610"]);
    let hub = &mut p.hub;
    let now = SystemTime::now();
    let record = point(hub, 1, "23368");
    // More than one look at the folder holds, with those that stay in between.
    let parts: Vec<File> = (0..150).map(|n| file_of(&content(1_000 + n))).collect();
    for (n, file) in parts.iter().enumerate() {
        part(hub, file, "610-1", 40, now);
        if n % 3 == 0 {
            add(hub, 10 + n as u8, record, &area("23368"), file);
        }
    }
    let files = hub.files();
    let swept = hub.sweep_parts(millis(now), 30, |part| files.remove_part(part)).unwrap();
    assert_eq!((swept.parts, count(hub.folder(), "partial")), (30, 120));
    // Somebody goes on with each of the others between the look and the deed.
    let opened = hub.sweep_parts(millis(now), SWEPT_MAX, |part| {
        let path = files
            .path(&part.hash)
            .parent()
            .unwrap()
            .parent()
            .unwrap()
            .join(format!("partial/{}.{}", part.hash, part.node));
        std::fs::File::options().write(true).open(path).unwrap().set_modified(now).unwrap();
        files.remove_part(part)
    });
    assert_eq!(opened.unwrap(), Swept::default());
    assert_eq!(count(hub.folder(), "partial"), 120);
    let later = now + Duration::from_secs(40 * 86_400);
    let swept = hub.sweep_parts(millis(later), SWEPT_MAX, |part| files.remove_part(part)).unwrap();
    assert_eq!((swept.parts, count(hub.folder(), "partial")), (70, 50));
}

#[test]
fn a_unit_reaches_the_files_of_its_own_scopes_and_of_the_province() {
    let mut p = Province::of(&["610"]);
    let hub = &mut p.hub;
    let (ours, shared, unnamed) = (file_of(b"ours"), file_of(b"shared"), file_of(b"unnamed"));
    let record = point(hub, 1, "23368");
    add(hub, 2, record, &area("23368"), &ours);
    add(hub, 3, record, &Scope::Province, &shared);
    let reach = |unit: &str, file: &File| hub.may_reach_file(code(unit), file).unwrap();
    assert!(reach("610", &ours) && reach("610", &shared) && reach("612", &shared));
    assert!(!reach("612", &ours) && !reach("610", &unnamed));
    assert!(!reach("610", &File { bytes: 5, ..ours }), "a document speaks of a size too");
}

#[test]
fn what_a_node_brought_is_counted_once() {
    let mut p = Province::of(&["610"]);
    let hub = &mut p.hub;
    let (whole, part, now) = (file_of(b"whole"), file_of(&content(500)), file_of(b"now"));
    let node = NodeId("610-1".into());
    hub.note_arrived(&part, "610-1", 300, 1).unwrap();
    hub.note_arrived(&whole, "610-1", 3, 1).unwrap();
    assert_eq!(hub.bytes_brought(&node, &now.hash).unwrap(), 303);
    hub.note_arrived(&whole, "612-1", 4, 1).unwrap();
    let mut parts = hub.file_is_here(&whole, "610-1", 2).unwrap();
    parts.sort();
    assert_eq!(parts, ["610-1", "612-1"]);
    assert_eq!(hub.bytes_brought(&node, &now.hash).unwrap(), 305);
    assert_eq!(hub.bytes_brought(&node, &part.hash).unwrap(), 5);
    assert_eq!(hub.held_since_ms(&whole).unwrap(), Some(2));
    assert_eq!((hub.arrived(&part, "610-1").unwrap(), hub.arrived(&part, "612-1").unwrap()), (300, 0));
}
