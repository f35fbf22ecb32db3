//! Both machines against each other over an honest link.

mod world;

use keng_domain::id::Lsn;
use keng_sync::limits::{BATCH_BYTES_MAX, WINDOW_BATCHES};
use keng_sync::session::client::{Behind, Mode, Reason};
use keng_sync::session::{GoodbyeCode, OUTGOING_FRAMES_MAX};
use world::hub::HubStore;
use world::node::area;
use world::{Step, Traffic, World};

#[test]
fn a_first_sync_carries_everything_both_ways_in_two_round_trips() {
    let mut world = World::new(2);
    for n in 0..10 {
        world.write(0, 0, 300);
        world.write(1, n % 2 * 2, 300);
    }
    world.sync(1);
    let link = world.sync(0);
    let [done] = link.done[..] else { panic!("{:?} {:?}", link.done, link.closed) };
    assert_eq!((done.sent, done.acknowledged, done.refused, done.received), (10, 10, 0, 5));
    assert_eq!(done.round_trips, 2, "one to learn, one to deliver and acknowledge");
    world.sync(1);
    world.assert_complete();
    assert!(world.nodes.iter().all(|node| node.again == 0));
}

#[test]
fn nothing_to_say_costs_the_same_whatever_the_number_of_records() {
    let idle = |entries: usize| {
        let mut world = World::new(2);
        for _ in 0..entries {
            world.write(0, 0, 40);
            world.write(1, 0, 40);
        }
        for node in [0, 1, 0, 1] {
            world.sync(node);
        }
        let (before, reads) = (world.now_ms, world.hub.reads.len());
        world.now_ms = 1 << 40; // of the same length in every world
        assert!(before < world.now_ms);
        let link = world.sync(0);
        assert_eq!(link.done.len(), 1);
        assert_eq!((link.done[0].round_trips, link.done[0].received), (1, 0));
        let traffic = (link.sent_up, link.sent_down);
        assert_eq!(world.hub.reads.len(), reads, "the log is not read");
        traffic
    };
    let (up, down) = idle(1_000);
    assert_eq!((up.frames, down.frames), (1, 2));
    // 37 of them are the size and root of the last tree head; its proof costs nothing.
    assert!(up.bytes + down.bytes < 350, "{} bytes up, {} down", up.bytes, down.bytes);
    let (few_up, few_down) = idle(100);
    let digits = |more: Traffic, fewer: Traffic| more.bytes - fewer.bytes;
    assert!(digits(up, few_up) <= 2 && digits(down, few_down) <= 4, "only the digits of positions grow");
}

#[test]
fn a_session_that_stays_hears_of_new_entries_and_sends_its_own() {
    let mut world = World::new(2);
    let (a, b) = (world.connect(0, Mode::Live), world.connect(1, Mode::Live));
    world.run();
    assert_eq!(
        (world.links[a].caught_up.as_slice(), world.links[b].caught_up.as_slice()),
        (&[Lsn(0)][..], &[Lsn(0)][..])
    );
    for n in 1..=3 {
        world.write(0, 0, 100);
        world.run();
        assert_eq!(world.nodes[1].foreign.len(), n, "without asking");
        assert_eq!(world.links[b].caught_up.last(), Some(&Lsn(n as u64)));
    }
    world.assert_complete();
    assert!(world.links[a].done.is_empty() && world.links[a].closed.is_empty());
    assert_eq!(world.nodes[0].cursor, Lsn(3), "own entries move the cursor too");
}

#[test]
fn many_batches_flow_through_a_window() {
    let mut world = World::new(2);
    let batches = WINDOW_BATCHES * 3;
    for _ in 0..batches * 4 {
        world.write(0, 0, BATCH_BYTES_MAX / 4 - 200);
    }
    let link = world.sync(0);
    assert_eq!(link.done[0].round_trips as usize, 1 + batches / WINDOW_BATCHES);
    let link = world.sync(1);
    assert_eq!(link.done[0].received as usize, batches * 4);
    assert!((2..=4).contains(&link.done[0].round_trips), "{}", link.done[0].round_trips);
    world.assert_complete();
}

#[test]
fn a_cut_at_any_step_loses_nothing_and_doubles_nothing() {
    let mut fresh = World::new(2);
    for node in [0, 1] {
        fresh.write(node, 0, BATCH_BYTES_MAX / 2);
        fresh.write(node, 0, BATCH_BYTES_MAX / 2);
        fresh.write(node, 0, 100);
    }
    fresh.sync(1);
    for cut_after in 0..200 {
        let mut world = fresh.copy();
        let link = world.connect(0, Mode::Once);
        let mut steps = world::STEPS.into_iter().cycle().take(1_000);
        let taken = (0..cut_after).take_while(|_| steps.any(|step| world.step(link, step))).count();
        let finished = !world.links[link].done.is_empty();
        world.cut(link);
        assert_eq!(world.sync(0).done.len(), 1, "cut after {taken} steps");
        world.sync(1);
        world.assert_complete();
        assert_eq!(world.nodes[0].again, 0, "a pull that is stored does not come again");
        if finished {
            assert!(taken > 20, "only {taken} steps were tried");
            return;
        }
    }
    panic!("it never finished");
}

#[test]
fn a_lost_receipt_comes_again_for_the_same_entries() {
    let mut world = World::new(1);
    world.write(0, 0, 100);
    let link = world.connect(0, Mode::Once);
    world.run_without(&[Step::Down]);
    world.step(link, Step::Down); // the Welcome, and not the receipt
    world.run_without(&[Step::Down]);
    assert_eq!(world.hub.log.len(), 1);
    world.cut(link);
    world.write(0, 0, 100);
    let link = world.sync(0);
    assert_eq!((link.done[0].sent, link.done[0].acknowledged), (2, 2));
    world.assert_complete();
}

#[test]
fn two_sessions_of_one_node_at_once_do_no_harm() {
    let mut world = World::new(2);
    for _ in 0..50 {
        world.write(0, 0, 500);
        world.write(1, 0, 500);
    }
    world.sync(1);
    let (live, once) = (world.connect(0, Mode::Live), world.connect(0, Mode::Once));
    world.write(0, 1, 5);
    world.run();
    assert_eq!((world.links[live].closed.len(), world.links[once].done.len()), (0, 1));
    world.sync(1);
    world.assert_complete();
}

/// What an ended life had not sent stands before what the present one wrote, and may be sent only
/// when the hub has told what it holds: then the session that lasts must find it.
#[test]
fn a_session_that_stays_sends_what_comes_to_wait_before_its_place_in_the_outbox() {
    let mut world = World::new(1);
    world.write(0, 0, 100);
    world.write(0, 1, 100);
    let link = world.connect(0, Mode::Live);
    world.run();
    assert_eq!(world.nodes[0].pending(), 0);
    world.nodes[0].own[0].1 = None;
    world.node_event(link, keng_sync::session::client::ClientEvent::LocalChange);
    world.run();
    world.assert_complete();
    assert!(world.links[link].closed.is_empty());
}

#[test]
fn a_session_that_began_before_another_pushed_takes_no_alarm() {
    let mut world = World::new(1);
    let slow = world.connect(0, Mode::Once); // its Hello is made, and has not left
    world.write(0, 0, 100);
    world.sync(0);
    assert_eq!((world.links[slow].done.len(), world.links[slow].closed.len()), (1, 0));
}

#[test]
fn a_peer_that_reads_nothing_is_sent_a_window_and_no_more() {
    let mut world = World::new(2);
    for _ in 0..WINDOW_BATCHES * 3 {
        world.write(0, 0, BATCH_BYTES_MAX / 2);
    }
    world.sync(0);
    let link = world.connect(1, Mode::Live);
    for _ in 0..20 {
        world.run_without(&[Step::Down]);
        world.write(0, 0, 10);
        world.sync_others(link);
    }
    let waiting: usize = world.links[link].down.iter().map(Vec::len).sum();
    assert!(world.links[link].down.len() <= OUTGOING_FRAMES_MAX);
    assert!(waiting <= (WINDOW_BATCHES + 1) * BATCH_BYTES_MAX, "{waiting} bytes wait");
    let reads = world.hub.reads.iter().filter(|peer| **peer == world.nodes[1].incarnation).count();
    assert_eq!(reads, WINDOW_BATCHES, "the log is not read ahead for it");
}

#[test]
fn an_idle_peer_that_reads_nothing_is_not_told_of_every_advance() {
    let mut world = World::new(2);
    let link = world.connect(1, Mode::Live);
    world.run();
    for _ in 0..100 {
        world.write(0, 1, 10); // not in its scopes: only the position moves
        world.sync_others(link);
        for step in [Step::Hub; 4] {
            world.step(link, step);
        }
    }
    assert!(world.links[link].down.len() <= WINDOW_BATCHES, "{} frames wait", world.links[link].down.len());
    world.run();
    assert_eq!(world.nodes[1].cursor, world.hub.tail());
}

#[test]
fn refused_entries_are_stored_as_such_and_stop_nobody() {
    let mut world = World::new(2);
    world.hub.dislikes = vec![2, 3];
    for _ in 0..5 {
        world.write(0, 0, 100);
    }
    let link = world.sync(0);
    assert_eq!((link.done[0].acknowledged, link.done[0].refused), (5, 2));
    let states: Vec<_> = world.nodes[0].own.iter().map(|(_, state)| state.unwrap().map(|lsn| lsn.0)).collect();
    assert_eq!(states, [Some(1), None, None, Some(2), Some(3)]);
    world.sync(1);
    assert_eq!(world.nodes[1].foreign.len(), 3);
    assert_eq!(world.nodes[1].chains.values().next().unwrap().0, 5, "the chain is whole by the withheld hashes");
    assert_eq!(world.sync(0).sent_up.frames, 1, "nothing is sent again");
}

#[test]
fn a_new_epoch_begins_again_and_takes_back_what_was_lost() {
    let mut world = World::new(2);
    for n in 0..4 {
        world.write(n % 2, 0, 100);
    }
    for node in [0, 1, 0] {
        world.sync(node);
    }
    // The hub is rebuilt: an older copy of its log under a new epoch.
    let old = std::mem::replace(&mut world.hub, HubStore::new([0xe2; 16]));
    world.hub.peers = old.peers;
    for node in [0, 1, 0, 1] {
        let link = world.sync(node);
        assert_eq!(link.done.len(), 1, "{:?}", link.closed);
    }
    assert_eq!(world.nodes[0].epoch, Some([0xe2; 16]));
    world.assert_complete();
}

#[test]
fn a_hub_that_stands_before_our_cursor_begins_again_for_a_node_that_has_kept_no_tree_head() {
    let mut world = World::new(2);
    for n in 0..6 {
        world.write(n % 2, 0, 100);
    }
    for node in [0, 1, 0] {
        world.sync(node);
    }
    world.nodes.iter_mut().for_each(|node| node.tree_head = None);
    let old = std::mem::replace(&mut world.hub, HubStore::new(world::EPOCH));
    world.hub.peers = old.peers;
    for node in [0, 1, 0] {
        assert_eq!(world.sync(node).done.len(), 1);
    }
    world.assert_complete();
}

#[test]
fn a_node_restored_from_an_older_copy_is_told_so() {
    let mut world = World::new(1);
    let copy = {
        world.write(0, 0, 10);
        world.sync(0);
        world.nodes[0].clone()
    };
    world.write(0, 0, 10);
    world.write(0, 1, 10);
    world.sync(0);
    world.nodes[0] = copy;
    let link = world.sync(0);
    let behind = |place, own, hub| Behind { scope: area(place), own, hub };
    assert_eq!(link.closed, [Reason::NodeBehind { feeds: vec![behind(0, 1, 2), behind(1, 0, 1)] }]);
}

#[test]
fn a_cloned_node_is_told_so() {
    let mut world = World::new(1);
    let mut clone = world.nodes[0].clone();
    world.write(0, 0, 10);
    world.sync(0);
    clone.write(0, 20);
    world.nodes[0] = clone;
    assert_eq!(world.sync(0).closed, [Reason::Fork { scope: area(0), seq: 1 }]);
}

#[test]
fn a_node_that_nobody_enrolled_is_told_so() {
    let mut world = World::new(1);
    world.hub.peers.clear();
    let link = world.sync(0);
    assert!(link.hub_closed);
    assert!(
        matches!(&link.closed[..], [Reason::Goodbye { code: Ok(GoodbyeCode::UnknownIncarnation), .. }]),
        "{:?}",
        link.closed
    );
}

impl World {
    /// Node 0 syncs while `slow` takes nothing in.
    fn sync_others(&mut self, slow: usize) {
        let link = self.connect(0, Mode::Once);
        for _ in 0..1_000 {
            let progress = world::STEPS.into_iter().filter(|step| self.step(link, *step)).count();
            if progress == 0 {
                break;
            }
        }
        assert_eq!(self.links[link].done.len(), 1);
        self.cut(link);
        assert_ne!(link, slow);
    }
}
