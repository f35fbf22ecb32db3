//! A hub that rewrites what it has acknowledged is found out at the next contact (I8), and an
//! honest one never stands under suspicion.

mod world;

use bytes::Bytes;
use keng_domain::id::Lsn;
use keng_proto::HubFrame;
use keng_proto::hub_frame::Frame as Down;
use keng_sync::head::verify_tree_head;
use keng_sync::limits::PROOF_HASHES_MAX;
use keng_sync::session::client::{Mode, Reason};
use proptest::prelude::{ProptestConfig, any, proptest};
use prost::Message;
use world::{HubStore, Step, World};

/// Two nodes that have written, sent and received ten entries.
fn settled(nodes: u8) -> World {
    let mut world = World::new(nodes);
    for n in 0..10 {
        world.write(n % 2, 0, 50);
    }
    for node in [0, 1, 0, 1] {
        assert_eq!(world.sync(node).done.len(), 1);
    }
    assert_eq!(world.hub.log.len(), 10);
    world
}

/// The hub drops an entry as if it had never been; those after it move up.
fn drop_entry(hub: &mut HubStore, n: usize) {
    hub.log.remove(n);
    for (lsn, entry) in (1..).zip(&mut hub.log) {
        entry.lsn = Lsn(lsn);
    }
    hub.rebuild_tree();
}

/// The next contact of `node` ends with this reason, and both signed heads are kept.
fn expect_report(world: &mut World, node: usize, reason: &Reason) {
    let kept = world.nodes[node].tree_head.clone().unwrap();
    let before = world.nodes[node].evidence.len();
    let link = world.sync(node);
    assert_eq!((link.closed.as_slice(), link.done.len()), (std::slice::from_ref(reason), 0));
    assert_eq!(link.peer_knows_more, [kept.size], "the hub hears of it too");
    let [.., evidence] = world.nodes[node].evidence.as_slice() else { panic!("no evidence was kept") };
    assert_eq!(world.nodes[node].evidence.len(), before + 1);
    assert_eq!(
        (&evidence.kept, world.nodes[node].tree_head.as_ref()),
        (&kept, Some(&kept)),
        "the new head is not believed"
    );
    assert_ne!(evidence.shown.root, kept.root);
    for head in [&evidence.kept, &evidence.shown] {
        assert_eq!(verify_tree_head(head, &world.hub.key.public()), Ok(()), "the hub has signed both");
    }
}

fn inconsistent(known: u64, shown: u64) -> Reason {
    Reason::Inconsistent { known: Lsn(known), shown: Lsn(shown) }
}

#[test]
fn a_session_ends_with_a_tree_head_over_all_its_receipts() {
    let mut world = World::new(1);
    for _ in 0..3 {
        world.write(0, 0, 50);
    }
    assert_eq!(world.sync(0).done.len(), 1);
    assert_eq!(world.nodes[0].tree_head.as_ref().unwrap().size, 3);
}

#[test]
fn growth_that_does_not_concern_a_node_costs_it_no_proof() {
    let mut world = settled(3);
    let link = world.connect(0, Mode::Live);
    world.run();
    let before = world.links[link].sent_down;
    for _ in 0..5 {
        world.write(2, 3, 50); // in the area of node 2 alone
        assert_eq!(world.sync(2).done.len(), 1);
    }
    let down = world.links[link].sent_down;
    assert_eq!(world.links[link].caught_up.last(), Some(&Lsn(15)));
    assert!(down.bytes - before.bytes <= 5 * 8, "{} bytes", down.bytes - before.bytes);
    assert_eq!(world.nodes[0].tree_head.as_ref().unwrap().size, 10);
    world.write(2, 0, 50);
    world.sync(2);
    assert_eq!(world.nodes[0].tree_head.as_ref().unwrap().size, 16, "what it received is covered");
}

#[test]
fn a_rewritten_entry_is_reported_by_every_node() {
    for n in 0..10 {
        let mut world = settled(2);
        world.hub.log[n].received_at_ms += 1;
        world.hub.rebuild_tree();
        for node in [0, 1] {
            expect_report(&mut world, node, &inconsistent(10, 10));
        }
    }
}

#[test]
fn a_rewritten_entry_is_reported_however_the_log_has_grown_since() {
    let mut world = settled(3);
    world.hub.log[4].entry.hash[0] ^= 1;
    world.hub.rebuild_tree();
    for more in 1..20 {
        world.write(2, 0, 50);
        assert_eq!(world.sync(2).done.len(), 1, "who has seen nothing of it cannot know");
        for node in [0, 1] {
            expect_report(&mut world, node, &inconsistent(10, 10 + more));
        }
    }
}

#[test]
fn a_dropped_entry_is_reported_by_every_node() {
    for n in 0..10 {
        let mut world = settled(2);
        drop_entry(&mut world.hub, n);
        for node in [0, 1] {
            expect_report(&mut world, node, &Reason::HubBehind { known: Lsn(10), size: Lsn(9) });
        }
    }
}

#[test]
fn an_entry_put_in_the_place_of_a_dropped_one_is_reported_by_every_node() {
    let mut world = settled(3);
    drop_entry(&mut world.hub, 9);
    world.write(2, 0, 50);
    world.write(2, 0, 50);
    world.sync(2);
    for node in [0, 1] {
        expect_report(&mut world, node, &inconsistent(10, 11));
    }
}

#[test]
fn nodes_that_were_shown_different_logs_report_it_when_one_of_them_goes_on() {
    let fork = |world: &mut World, node: usize| {
        world.write(node, 0, 50);
        assert_eq!(world.sync(node).done.len(), 1);
    };
    let mut world = settled(2);
    let before = world.hub.clone();
    fork(&mut world, 0);
    let shown_to_0 = std::mem::replace(&mut world.hub, before.clone());
    fork(&mut world, 1);
    let shown_to_1 = std::mem::replace(&mut world.hub, shown_to_0);
    expect_report(&mut world, 1, &inconsistent(11, 11));
    world.hub = shown_to_1;
    expect_report(&mut world, 0, &inconsistent(11, 11));
    // Or the hub goes on with a log that it has shown to neither.
    world.hub = before;
    for node in [0, 1] {
        expect_report(&mut world, node, &Reason::HubBehind { known: Lsn(11), size: Lsn(10) });
    }
}

#[test]
fn a_log_that_is_rewritten_while_a_session_is_open_is_reported_in_it() {
    let mut world = settled(3);
    let link = world.connect(0, Mode::Live);
    world.run();
    world.hub.log[2].received_at_ms += 1;
    world.hub.rebuild_tree();
    world.write(2, 0, 50);
    world.sync(2);
    assert_eq!(world.links[link].closed, [inconsistent(10, 11)]);
    assert_eq!(world.nodes[0].evidence.len(), 1);
}

#[test]
fn a_node_that_reported_works_on_and_goes_on_when_the_true_log_is_back() {
    let mut world = settled(2);
    let honest = world.hub.clone();
    drop_entry(&mut world.hub, 3);
    world.write(0, 0, 50);
    world.sync(0);
    world.write(0, 0, 50);
    assert_eq!((world.nodes[0].pending(), world.nodes[0].evidence.len()), (2, 1), "nothing was pushed, nothing lost");
    world.hub = honest;
    for node in [0, 1, 0, 1] {
        assert_eq!(world.sync(node).done.len(), 1);
    }
    world.assert_complete();
    assert_eq!(world.nodes[0].evidence.len(), 1, "evidence stays");
}

#[test]
fn another_epoch_is_another_log_and_no_contradiction() {
    let mut world = settled(2);
    let old = std::mem::replace(&mut world.hub, HubStore::new([0xe2; 16]));
    world.hub.peers = old.peers;
    for node in [0, 1, 0, 1] {
        let link = world.sync(node);
        assert_eq!((link.done.len(), link.peer_knows_more.len()), (1, 0), "{:?}", link.closed);
    }
    world.assert_complete();
    assert!(world.nodes.iter().all(|node| node.evidence.is_empty()));
    assert_eq!(world.nodes[0].tree_head.as_ref().unwrap().epoch, [0xe2; 16].as_slice());
}

#[test]
fn a_first_contact_cut_after_the_welcome_raises_no_alarm_later() {
    let mut world = settled(3);
    let link = world.connect(2, Mode::Once);
    world.run_without(&[Step::Down]);
    world.step(link, Step::Down); // the Welcome
    while world.step(link, Step::Node) {}
    world.cut(link);
    assert_eq!((world.nodes[2].epoch, world.nodes[2].tree_head.as_ref().unwrap().size), (None, 10));
    world.write(0, 0, 50);
    world.sync(0);
    assert_eq!(world.sync(2).done.len(), 1);
}

/// What node 0 says of a Welcome whose proof was altered; the log has grown by three.
fn with_altered_proof(alter: impl FnOnce(&mut Vec<Bytes>)) -> World {
    let mut world = settled(3);
    for _ in 0..3 {
        world.write(2, 0, 50);
    }
    world.sync(2);
    let link = world.connect(0, Mode::Once);
    world.run_without(&[Step::Down]);
    let mut frame = HubFrame::decode(&*world.links[link].down.pop_front().unwrap()).unwrap();
    let Some(Down::Welcome(welcome)) = &mut frame.frame else { panic!("{frame:?}") };
    assert!(!welcome.consistency.is_empty());
    alter(&mut welcome.consistency);
    world.links[link].down.push_front(frame.encode_to_vec());
    world.run();
    world
}

#[test]
fn a_proof_that_is_missing_altered_or_far_too_long_is_none() {
    assert_eq!(with_altered_proof(|_| {}).links.last().unwrap().closed, []);
    let check = |alter: &dyn Fn(&mut Vec<Bytes>)| {
        let world = with_altered_proof(alter);
        assert_eq!(world.links.last().unwrap().closed, [inconsistent(10, 13)]);
        let [evidence] = &world.nodes[0].evidence[..] else { panic!("no evidence") };
        assert!(evidence.proof.len() <= PROOF_HASHES_MAX && evidence.proof.iter().all(|hash| hash.len() == 32));
    };
    check(&|proof| proof.clear());
    check(&|proof| drop(proof.pop()));
    check(&|proof| proof.push(proof[0].clone()));
    check(&|proof| proof.swap(0, 1));
    check(&|proof| proof[0] = Bytes::new());
    check(&|proof| proof[0] = vec![0; 33].into());
    check(&|proof| *proof = vec![proof[0].clone(); 20_000]);
    check(&|proof| *proof = vec![Bytes::new(); 20_000]);
}

/// A first contact has nothing that could be contradicted, so an older hub's Welcome is enough.
#[test]
fn a_node_that_has_kept_nothing_asks_for_no_proof() {
    let mut world = settled(3);
    let link = world.connect(2, Mode::Once);
    world.run_without(&[Step::Down]);
    let frame = HubFrame::decode(&*world.links[link].down[0]).unwrap();
    let Some(Down::Welcome(welcome)) = frame.frame else { panic!("{frame:?}") };
    assert!(welcome.consistency.is_empty());
    world.run();
    assert_eq!(world.links[link].done.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn honest_growth_is_never_reported(
        steps in proptest::collection::vec((0..3_usize, 0..40_usize, any::<bool>()), 1..14),
    ) {
        let mut world = World::new(3);
        for (node, entries, live) in steps {
            for _ in 0..entries {
                world.write(node, 0, 20);
            }
            if live {
                world.connect(node, Mode::Live);
                world.run();
            } else {
                assert_eq!(world.sync(node).done.len(), 1);
            }
        }
        assert!(world.nodes.iter().all(|node| node.evidence.is_empty()));
        assert!(world.links.iter().all(|link| {
            link.peer_knows_more.is_empty() && link.closed.iter().all(|reason| *reason == Reason::Lost)
        }));
    }
}
