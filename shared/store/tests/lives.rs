//! Restored, copied, rolled back (DESIGN §4.2): whatever was written stays reachable, and
//! overlaps come out as contests.

mod province;

use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_store::log::Log;
use keng_sync::session::LifeReason;
use province::Province;

fn values(store: &Store, record: RecordId, field: &str) -> Vec<String> {
    store.trace(record, Some(field)).unwrap().iter().map(|l| l.value.to_string()).collect()
}

fn rivals(store: &Store, record: RecordId) -> Vec<String> {
    let contests = store.contests(Some(record)).unwrap();
    contests.iter().flat_map(|c| &c.contest.candidates).map(|c| c.value.to_string()).collect()
}

fn same_everywhere(p: &Province, record: RecordId) {
    let at_hub = p.hub.document(record).unwrap().unwrap().heads();
    for node in &p.nodes {
        assert_eq!(node.document(record).unwrap().unwrap().heads(), at_hub);
        assert_eq!(node.record(record).unwrap(), p.hub.record(record).unwrap());
    }
}

/// One district whose point is at the hub.
fn settled() -> (Province, RecordId) {
    let mut p = Province::of(&["610"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    p.sync(0);
    (p, point)
}

#[test]
fn a_restored_folder_takes_back_what_it_had_sent_since() {
    let (mut p, point) = settled();
    let copy = p.copy(&p.nodes[0]);
    p.set(Some(0), point, "teams", Value::Int(5));
    p.sync(0);
    p.nodes[0] = Store::open(&copy).unwrap();
    assert_eq!(values(&p.nodes[0], point, "teams"), ["1"]);

    p.begin_life(0, 50, LifeReason::Restored);
    p.set(Some(0), point, "members", Value::Int(40));
    p.sync(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);
    assert_eq!(values(&p.nodes[0], point, "teams"), ["1", "5"]);
    assert_eq!(values(&p.hub, point, "members"), ["40"]);
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
    same_everywhere(&p, point);
}

/// A line of the register counts from its place in the log, also when all of it is projected at once.
#[test]
fn whoever_is_registered_after_a_record_was_made_is_known_when_views_are_made_again() {
    let (mut p, point) = settled();
    p.begin_life(0, 50, LifeReason::Restored);
    p.sync(0);
    p.nodes[0].settle_lives().unwrap();
    p.set(Some(0), point, "teams", Value::Int(5));
    p.sync(0);
    assert_eq!(values(&p.hub, point, "teams"), ["1", "5"]);
    let before = p.hub.views_as_text().unwrap();
    p.hub.rebuild().unwrap();
    assert_eq!(values(&p.hub, point, "teams"), ["1", "5"], "{:?}", p.hub.quarantine_list(9).unwrap());
    assert_eq!(p.hub.views_as_text().unwrap(), before);
    let tail = p.hub.tail().unwrap();
    assert_eq!(p.hub.as_of(tail).unwrap().views_as_text().unwrap(), before);
}

#[test]
fn what_a_copy_had_not_sent_yet_is_sent_once_whoever_sends_it() {
    let (mut p, point) = settled();
    p.set(Some(0), point, "teams", Value::Int(5));
    let copy = p.copy(&p.nodes[0]);
    p.sync(0);
    // The copy wakes beside the living folder.
    let living = std::mem::replace(&mut p.nodes[0], Store::open(&copy).unwrap());
    p.begin_life(0, 50, LifeReason::Copied);
    p.set(Some(0), point, "teams", Value::Int(8));
    assert_eq!(p.nodes[0].pending().unwrap().entries, 2, "until the hub has told what it holds, both count as waiting");
    p.sync(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
    p.nodes.push(living);
    p.set(Some(1), point, "note", "vẫn chạy".into());
    p.reconnect_all();
    assert_eq!(values(&p.hub, point, "teams"), ["1", "5", "8"]);
    same_everywhere(&p, point);
    let lives: Vec<_> = p.hub.nodes().unwrap().iter().map(|n| n.node.to_string()).collect();
    assert_eq!(lives, ["610-1", "610-1"], "the hub lists both");
}

#[test]
fn two_folders_that_wrote_under_one_name_lose_nothing_and_contest() {
    let (mut p, point) = settled();
    let copy = p.copy(&p.nodes[0]);
    p.set(Some(0), point, "teams", Value::Int(5));
    p.set(Some(0), point, "members", Value::Int(30));
    p.sync(0);
    // The copy never noticed, wrote, and is found out by the hub's heads.
    p.nodes[0] = Store::open(&copy).unwrap();
    p.set(Some(0), point, "teams", Value::Int(7));
    let other = p.add_point(0, "23368", point);
    p.set(Some(0), other, "teams", Value::Int(2));
    p.begin_life(0, 50, LifeReason::Forked);
    // The officer goes on, on top of what will have to be written again.
    p.set(Some(0), point, "note", "ghi tiếp".into());
    p.set(Some(0), other, "members", Value::Int(12));
    p.push(0);
    assert_eq!(values(&p.hub, point, "note"), Vec::<String>::new(), "it waits until that is done");
    p.pull(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);

    for store in [&p.hub, &p.nodes[0]] {
        assert_eq!(rivals(store, point), ["5", "7"], "neither wins in silence");
        let mut all = values(store, point, "teams");
        all.sort();
        assert_eq!(all, ["1", "5", "7"]);
        assert_eq!(values(store, point, "members"), ["30"]);
        assert_eq!(values(store, other, "teams"), ["1", "2"]);
        assert_eq!(
            (values(store, point, "note"), values(store, other, "members")),
            (vec!["ghi tiếp".to_owned()], vec!["12".to_owned()])
        );
    }
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
    same_everywhere(&p, point);
    for store in [&p.hub, &p.nodes[0]] {
        assert_eq!(store.fsck(&mut |_, _, _| {}).unwrap().faults, vec![]);
    }
    let before = p.nodes[0].views_as_text().unwrap();
    p.nodes[0].rebuild().unwrap();
    assert_eq!(p.nodes[0].views_as_text().unwrap(), before);
}

/// Each of two folders under one name was ahead in a feed of its own, so that the receipts of one say nothing of
/// where the other's entries begin.
#[test]
fn what_the_other_folder_sent_in_another_feed_comes_too() {
    let (mut p, point) = settled();
    let model = p.add_model(0, "Tự quản");
    p.sync(0);
    let copy = p.copy(&p.nodes[0]);
    p.set(Some(0), model, "goal", "của bên kia".into());
    p.sync(0);
    p.nodes[0] = Store::open(&copy).unwrap();
    p.set(Some(0), point, "teams", Value::Int(7));
    p.sync(0);
    p.set(Some(0), point, "teams", Value::Int(8));
    p.begin_life(0, 50, LifeReason::Forked);
    p.pull(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);
    assert_eq!(values(&p.nodes[0], model, "goal"), ["của bên kia"]);
    assert_eq!(values(&p.hub, point, "teams"), ["1", "7", "8"]);
    same_everywhere(&p, model);
    same_everywhere(&p, point);
}

/// What must be written again is found out two lives later: the life in between stands on it.
#[test]
fn what_a_life_in_between_wrote_on_top_of_it_is_written_again_too() {
    let (mut p, point) = settled();
    let copy = p.copy(&p.nodes[0]);
    let living = std::mem::replace(&mut p.nodes[0], Store::open(&copy).unwrap());
    p.set(Some(0), point, "teams", Value::Int(7));
    p.begin_life(0, 50, LifeReason::Forked);
    p.pull(0);
    p.nodes[0].settle_lives().unwrap();
    p.set(Some(0), point, "members", Value::Int(40));
    // The other folder is faster, and the hub refuses what was to be sent.
    p.nodes.push(living);
    p.set(Some(1), point, "teams", Value::Int(5));
    p.push(1);
    p.begin_life(0, 51, LifeReason::Forked);
    let waiting = p.nodes[0].outbox(0, usize::MAX).unwrap().0;
    assert_eq!(waiting, vec![], "of no life is it known what the hub holds in its places");
    p.pull(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);
    p.pull(1);
    assert_eq!(values(&p.hub, point, "members"), ["40"]);
    assert_eq!(rivals(&p.hub, point), ["5", "7"]);
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
    same_everywhere(&p, point);
}

/// A copy that notices only after it has written: its new life stands on what the hub may refuse.
#[test]
fn a_copy_that_notices_late_sends_nothing_that_stands_on_what_may_be_refused() {
    let (mut p, point) = settled();
    let copy = p.copy(&p.nodes[0]);
    let living = std::mem::replace(&mut p.nodes[0], Store::open(&copy).unwrap());
    p.set(Some(0), point, "teams", Value::Int(7));
    p.begin_life(0, 50, LifeReason::Copied);
    p.set(Some(0), point, "members", Value::Int(40));
    p.push(0);
    p.nodes.push(living);
    p.set(Some(1), point, "teams", Value::Int(5));
    p.push(1);
    p.pull(0);
    p.nodes[0].settle_lives().unwrap();
    p.sync(0);
    p.pull(1);
    assert_eq!(values(&p.hub, point, "members"), ["40"]);
    assert_eq!(rivals(&p.hub, point), ["5", "7"]);
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
    same_everywhere(&p, point);
}

#[test]
fn a_hub_restored_from_yesterday_gets_everything_back_its_own_decisions_included() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    p.reconnect_all();
    let yesterday = p.copy(&p.hub);

    p.set(Some(0), point, "teams", Value::Int(5));
    p.set(Some(0), model, "goal", "Bình yên".into());
    p.set(Some(1), model, "content", "Của 612".into());
    p.reconnect_all();
    p.set(None, point, "note", "Tỉnh đã xem".into());
    p.set(None, model, "method", "Tỉnh chọn".into());
    p.reconnect_all();

    p.hub = Store::open(&yesterday).unwrap();
    assert_eq!(values(&p.hub, point, "teams"), ["1"]);
    let ended = p.hub.identity().incarnation;
    begin_epoch(&mut p);

    for i in [0, 1] {
        p.nodes[i].note_hub_life(p.hub.identity().incarnation).unwrap();
        p.nodes[i].reset_cursor([9; 16]).unwrap();
        assert!(p.bring_back(i) > 0 || i == 1, "node {i} holds what the hub has lost");
        let held: Vec<_> = p.hub.heads_of(p.nodes[i].identity().incarnation).unwrap();
        let held: Vec<_> =
            held.iter().map(|(scope, seq, hash)| keng_sync::head::feed_head(scope, *seq, hash)).collect();
        p.nodes[i].resend_from(&held).unwrap();
    }
    p.set(None, model, "name", "Camera an ninh khu dân cư".into());
    p.reconnect_all();
    assert_eq!(values(&p.hub, point, "teams"), ["1", "5"]);
    assert_eq!(values(&p.hub, point, "note"), ["Tỉnh đã xem"]);
    assert_eq!(values(&p.hub, model, "method"), ["Tỉnh chọn"]);
    assert_eq!(values(&p.hub, model, "content"), ["Của 612"]);
    assert!(p.hub.quarantine_list(9).unwrap().is_empty(), "{:?}", p.hub.quarantine_list(9).unwrap());
    for node in &p.nodes {
        assert_eq!(node.pending().unwrap().entries, 0);
        assert_eq!(node.document(model).unwrap().unwrap().heads(), p.hub.document(model).unwrap().unwrap().heads());
    }
    let tail = p.hub.tail().unwrap();
    assert_eq!(p.hub.as_of(tail).unwrap().views_as_text().unwrap(), p.hub.views_as_text().unwrap(), "a cut reads on");
    for store in p.nodes.iter().chain([&p.hub]) {
        assert_eq!(store.fsck(&mut |_, _, _| {}).unwrap().faults, vec![]);
    }
    let decisions: u64 = p.hub.recovered().unwrap().iter().filter(|r| r.author == ended).map(|r| r.entries).sum();
    assert_eq!(decisions, 2, "{:?}", p.hub.recovered().unwrap());
}

/// The hub goes on as another one after it was put back.
fn begin_epoch(p: &mut Province) {
    let now = p.now();
    let introduction = keng_proto::Introduction {
        incarnation: vec![201; 16].into(),
        public_key: province::hub_key().public().as_bytes().to_vec().into(),
        previous: p.hub.identity().incarnation.0.to_vec().into(),
        reason: LifeReason::Restored.to_string(),
        ..Default::default()
    };
    let stamp = keng_records::stamp::Stamp { officer: "Tỉnh".into(), device_time_ms: 0, reason: None };
    p.hub.begin_epoch([9; 16], &introduction, &stamp, now).unwrap();
}

/// A hub that lost what one folder had sent takes the other's in its place: the receipt is one of a log that is gone.
#[test]
fn a_receipt_of_a_lost_log_does_not_stand_in_the_way_of_a_twin() {
    for more in [false, true] {
        let (mut p, point) = settled();
        let copy = p.copy(&p.nodes[0]);
        p.now();
        let yesterday = p.copy(&p.hub);
        p.set(Some(0), point, "teams", Value::Int(7));
        p.sync(0);
        p.hub = Store::open(&yesterday).unwrap();
        begin_epoch(&mut p);
        p.nodes.push(Store::open(&copy).unwrap());
        p.set(Some(1), point, "teams", Value::Int(5));
        if more {
            p.set(Some(1), point, "note", "thêm".into());
        }
        p.push(1);

        p.begin_life(0, 50, LifeReason::Forked);
        let hub = p.hub.identity().incarnation;
        for node in &mut p.nodes {
            node.note_hub_life(hub).unwrap();
            node.reset_cursor([9; 16]).unwrap();
        }
        p.bring_back(0);
        p.pull(0);
        p.nodes[0].settle_lives().unwrap();
        p.sync(0);
        p.pull(1);
        let mut all = rivals(&p.hub, point);
        all.sort();
        assert_eq!(all, ["5", "7"]);
        assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
        same_everywhere(&p, point);
    }
}

#[test]
fn nothing_is_brought_back_under_a_forged_signature() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    p.reconnect_all();
    p.set(Some(0), model, "goal", "thật".into());
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
    let now = p.now();
    let honest = p.signed(0, &entries, now);
    let mut forged = honest.clone();
    forged.heads.at_ms += 1;
    for (writer_known, push, expected) in [(true, forged, "SIGNATURE"), (true, honest, "")] {
        let brought = keng_store::ingest::Push { writer: None, node: p.nodes[1].identity().node.clone(), ..push };
        let now = p.now();
        let answer = p.hub.append(&[brought], now).unwrap().remove(0);
        let code = answer.as_ref().err().map_or("", keng_store::ingest::PushRefused::code);
        assert_eq!((writer_known, code), (true, expected));
    }
}
