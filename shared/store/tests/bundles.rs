//! Receipts that are made again for a return file say what those of the sessions said.

use keng_domain::id::Lsn;
use keng_domain::scope::Scope;
use keng_store::bundle::BundlePeer;
use keng_sync::bundle::read_receipt;
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, sign_receipt};

mod province;

use province::{Province, code};

/// All that receipts of the hub say of node 0: scope, seq, place.
fn answers(p: &Province, known: &[keng_proto::FeedHead]) -> Vec<(String, u64, Option<Lsn>)> {
    let hub = SigningKey::from_seed(&[9; 32]);
    let (own, epoch) = (p.nodes[0].identity().incarnation, p.hub.epoch().unwrap());
    let receipts = p.hub.receipts_after(own, known).unwrap();
    let read = |receipt| read_receipt(&sign_receipt(&hub, receipt), own, &epoch, &hub.public()).unwrap();
    let covered = receipts.into_iter().map(read);
    covered.flat_map(|c| c.places.into_iter().map(move |(seq, lsn)| (c.scope.to_string(), seq, lsn))).collect()
}

#[test]
fn receipts_are_made_again_for_what_the_log_and_its_quarantine_hold() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Tiếng kẻng");
    p.add_point(0, "23368", model);
    p.push(0);
    let own = p.nodes[0].identity().incarnation;
    // The node's own order is that of the log here; places are those that the session's receipt gave.
    let log: Vec<(String, u64)> = p.hub.heads_of(own).unwrap().iter().map(|(s, n, _)| (s.to_string(), *n)).collect();
    let told = answers(&p, &[]);
    assert_eq!(told.iter().map(|(scope, seq, _)| (scope.clone(), *seq)).collect::<Vec<_>>(), log);
    assert!(told.iter().all(|(_, _, lsn)| lsn.is_some()));
    // What the node has receipts for is not said again.
    let heads: Vec<_> = (p.nodes[0].acknowledged().unwrap().iter())
        .map(|(scope, seq, hash)| keng_sync::head::feed_head(scope, *seq, hash))
        .collect();
    assert_eq!(answers(&p, &heads), vec![]);

    // An entry that the hub refused has its answer too.
    let foreign = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: code("23428") };
    let feed = FeedId { incarnation: own, scope: foreign.clone() };
    let entry = Entry::new(feed, 1, &GENESIS, b"a body".as_slice().into());
    let now = p.now();
    let push = p.signed(0, &[entry], now);
    assert_eq!(p.hub.append(&[push], now).unwrap().remove(0).unwrap().refusals.len(), 1);
    assert_eq!(answers(&p, &heads), vec![(foreign.to_string(), 1, None)]);
    let receipt = p.hub.receipts_after(own, &heads).unwrap().remove(0);
    assert_eq!((receipt.refusals.len(), receipt.refusals[0].code.as_str()), (1, "SCOPE"));
    assert_eq!(receipt.received_at_ms, now);
}

#[test]
fn the_hub_remembers_the_last_bundle_and_which_files_are_missing() {
    let mut p = Province::of(&["610"]);
    let own = p.nodes[0].identity().incarnation;
    assert_eq!(p.hub.bundle_peer(own).unwrap(), BundlePeer::default());
    let peer = BundlePeer { epoch: Some([3; 16]), cursor: Lsn(7), acknowledged: vec![] };
    p.hub.note_bundle_peer(own, &peer, 100).unwrap();
    let older = BundlePeer { cursor: Lsn(2), ..peer.clone() };
    p.hub.note_bundle_peer(own, &older, 99).unwrap();
    assert_eq!(p.hub.bundle_peer(own).unwrap(), peer, "an older stick moved the cursor back");

    let missing = |p: &Province, part| p.hub.missing_bundle_parts(own, b"a", part).unwrap();
    assert_eq!(missing(&p, 3), (vec![1, 2], false));
    p.hub.note_bundle_part(own, b"a", 1, false, 1).unwrap();
    p.hub.note_bundle_part(own, b"a", 3, true, 2).unwrap();
    assert_eq!(missing(&p, 1), (vec![2], true));
    p.hub.note_bundle_part(own, b"a", 2, false, 3).unwrap();
    assert_eq!(missing(&p, 3), (vec![], true));
    for n in 0..20_u8 {
        p.hub.note_bundle_part(own, &[n], 1, true, 10 + i64::from(n)).unwrap();
    }
    assert_eq!(missing(&p, 3), (vec![1, 2], false), "old exports are forgotten");
}
