//! What a newer version writes and this one does not know is kept as it came, and goes on to the others.

#![allow(dead_code, reason = "the province's words are shared with other tests")]

mod province;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_records::record::Meta;
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::log::{Log, Subscription};
use keng_sync::entry::{Entry, GENESIS};
use province::{Province, code, stamp};

const MEETING: RecordId = RecordId([0xee; 16]);

/// Field 999 of an `EntryBody`, a number: 7.
const UNKNOWN_FIELD: [u8; 3] = [0xb8, 0x3e, 7];

fn bodies_of(store: &Store, author: Incarnation) -> Vec<Bytes> {
    let everybody = Subscription { scopes: [Scope::Province].into(), except: Incarnation([0; 16]) };
    let entries = store.read(Lsn(0), &everybody, usize::MAX).unwrap().entries.into_iter().map(|e| e.entry);
    entries.filter(|e| e.feed.incarnation == author).filter_map(|e| e.body).collect()
}

#[test]
fn a_record_of_an_unknown_kind_in_an_entry_with_an_unknown_field_goes_on_untouched() {
    let mut p = Province::of(&["610", "612"]);
    let meta = Meta { kind: "meeting".into(), scope: Scope::Province, owner: code("610") };
    let values = vec![("held_on".into(), "2022-11-08".into())];
    let act = Act::Create { id: MEETING, meta, values };
    p.nodes[0].commit(&[act], &stamp("A"), 1).unwrap();
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let [(_, written)] = &waiting[..] else { panic!("{waiting:?}") };
    let body: Bytes = [written.body.clone().unwrap().to_vec(), UNKNOWN_FIELD.to_vec()].concat().into();
    let entry = Entry::new(written.feed.clone(), 1, &GENESIS, body.clone());

    let now = p.now();
    let push = p.signed(0, &[entry], now);
    let receipt = p.hub.append(&[push], now).unwrap().remove(0).unwrap();
    assert!(receipt.refusals.is_empty(), "{:?}", receipt.refusals);
    while p.hub.project_step().unwrap().more {}
    p.pull(1);
    let author = p.nodes[0].identity().incarnation;
    for store in [&p.hub, &p.nodes[1]] {
        assert_eq!(bodies_of(store, author), std::slice::from_ref(&body));
        assert!(store.quarantine_list(9).unwrap().is_empty(), "what nobody knows yet is no fault");
        let kept = store.document(MEETING).unwrap().unwrap();
        assert_eq!(kept.heads().len(), 1);
    }
    let report = p.hub.fsck(&mut |_, _, _| ()).unwrap();
    assert!(report.is_ok(), "{:?}", report.faults);
}
