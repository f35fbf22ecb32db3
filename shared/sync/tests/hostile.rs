//! Peers that lie: refused in kind, and nothing of it kept.

mod world;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::client_frame::Frame as Up;
use keng_proto::hub_frame::Frame as Down;
use keng_proto::{Batch, ClientFrame, Hello, HubFrame, LsnRun, Pull, PullAck, Push, Receipt, Refusal};
use keng_sync::batch::{BatchEntry, encode};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, feed_head, sign_heads, sign_receipt};
use keng_sync::limits::{BATCH_BYTES_MAX, WINDOW_BATCHES};
use keng_sync::session::client::{BadFrame, BadReceipt, ClientEffect, Mode, Reason, Statement};
use keng_sync::session::hub::{HubEffect, HubEvent};
use prost::Message;
use world::node::area;
use world::{Step, World};

/// A world whose node 0 has said hello and was welcomed, and has nothing to do.
fn greeted() -> World {
    let mut world = World::new(2);
    world.connect(0, Mode::Live);
    world.run();
    world
}

fn entry(seq: u64) -> Entry {
    let feed = FeedId { incarnation: Incarnation([1; 16]), scope: area(0) };
    Entry::new(feed, seq, &GENESIS, b"body".as_slice().into())
}

fn batch(entries: &[Entry]) -> Batch {
    let packed = |entry: &Entry| BatchEntry { entry: entry.clone(), lsn: Lsn(0), received_at_ms: 0 };
    encode(&entries.iter().map(packed).collect::<Vec<_>>())
}

fn honest_push(world: &World) -> Push {
    let node = &world.nodes[0];
    let entries = [entry(1), entry(2)];
    let heads = vec![feed_head(&area(0), 2, &entries[1].hash)];
    Push { batch: Some(batch(&entries)), heads: Some(sign_heads(&node.key, node.incarnation, heads, 5)) }
}

/// What the hub answers to a frame of a node that is streaming: `"append"`, or the goodbye's code.
fn hub_says(world: &mut World, frame: Up) -> String {
    let effects = world.links[0].hub.handle(world.now_ms, HubEvent::Frame(ClientFrame { frame: Some(frame) }));
    match &effects[..] {
        [HubEffect::Append { brought: false, .. }] => "append".into(),
        [HubEffect::Append { brought: true, .. }] => "brought, to be verified".into(),
        [HubEffect::Send(HubFrame { frame: Some(Down::Goodbye(goodbye)) }), HubEffect::Close] => goodbye.code.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_push_is_taken_only_as_its_incarnation_signed_it() {
    let check = |what: &str, change: &dyn Fn(&mut Push, &World), expected: &str| {
        let mut world = greeted();
        let mut push = honest_push(&world);
        change(&mut push, &world);
        assert_eq!(hub_says(&mut world, Up::Push(push)), expected, "{what}");
    };
    let resign = |push: &mut Push, key: &SigningKey, heads| {
        push.heads = Some(sign_heads(key, Incarnation([1; 16]), heads, 5));
    };
    let head = |seq| feed_head(&area(0), seq, &entry(2).hash);
    check("honest", &|_, _| {}, "append");
    check("no batch", &|p, _| p.batch = None, "BAD_FRAME");
    check("no heads", &|p, _| p.heads = None, "BAD_FRAME");
    check("altered", &|p, _| p.heads.as_mut().unwrap().at_ms += 1, "BAD_SIGNATURE");
    check("another key", &|p, w| resign(p, &w.nodes[1].key, vec![head(2)]), "BAD_SIGNATURE");
    check(
        "another's heads",
        &|p, w| p.heads = Some(sign_heads(&w.nodes[1].key, Incarnation([2; 16]), vec![head(2)], 5)),
        "BAD_FRAME",
    );
    check(
        "another's entries under another's heads",
        &|p, w| {
            let feed = FeedId { incarnation: Incarnation([2; 16]), scope: area(0) };
            let theirs = Entry::new(feed, 2, &GENESIS, b"body".as_slice().into());
            let heads = vec![feed_head(&area(0), 2, &theirs.hash), feed_head(&area(1), 1, &[0; 32])];
            p.batch = Some(batch(&[theirs]));
            p.heads = Some(sign_heads(&w.nodes[1].key, Incarnation([2; 16]), heads, 5));
        },
        "brought, to be verified",
    );
    check("a head too few", &|p, w| resign(p, &w.nodes[0].key, vec![]), "BAD_FRAME");
    check("an earlier head", &|p, w| resign(p, &w.nodes[0].key, vec![head(1)]), "BAD_FRAME");
    check("a head twice", &|p, w| resign(p, &w.nodes[0].key, vec![head(2), head(2)]), "BAD_FRAME");
    check(
        "a head too many",
        &|p, w| resign(p, &w.nodes[0].key, vec![head(2), feed_head(&area(1), 1, &[0; 32])]),
        "BAD_FRAME",
    );
    check(
        "another's entry",
        &|p, _| {
            let mut foreign = entry(1);
            foreign.feed.incarnation = Incarnation([2; 16]);
            p.batch = Some(batch(&[foreign, entry(2)]));
        },
        "BAD_FRAME",
    );
    check("withheld", &|p, _| p.batch = Some(batch(&[Entry { body: None, ..entry(1) }, entry(2)])), "BAD_FRAME");
    check("a bomb", &|p, _| p.batch.as_mut().unwrap().raw_bytes = u32::MAX, "BAD_FRAME");
}

#[test]
fn a_hub_takes_no_frame_out_of_turn() {
    let check = |frame: Up, expected: &str| assert_eq!(hub_says(&mut greeted(), frame), expected);
    check(Up::Hello(Hello { protocol: 1, ..Hello::default() }), "OUT_OF_TURN");
    check(Up::PullAck(PullAck { up_to: 1 }), "OUT_OF_TURN");
    let mut world = greeted();
    for n in 0..=WINDOW_BATCHES {
        let push = honest_push(&world);
        let expected = if n < WINDOW_BATCHES { "append" } else { "OUT_OF_TURN" };
        assert_eq!(hub_says(&mut world, Up::Push(push)), expected, "push {n} without a receipt");
    }
    let push = honest_push(&world);
    assert_eq!(hub_says(&mut world, Up::Push(push)), "[]", "a session that has ended does nothing");
}

#[test]
fn a_tree_head_in_a_hello_has_a_root_of_32_bytes_or_none_is_named() {
    let hello = |tree_size, root: usize| Hello {
        protocol: 1,
        incarnation: vec![1; 16].into(),
        epoch: vec![0xe1; 16].into(),
        tree_size,
        tree_root: vec![0; root].into(),
        ..Hello::default()
    };
    for (tree_size, root, expected) in [(1, 31, "BAD_FRAME"), (1, 0, "BAD_FRAME"), (u64::MAX, 1 << 19, "BAD_FRAME")] {
        let mut world = World::new(1);
        world.connect(0, Mode::Once);
        assert_eq!(hub_says(&mut world, Up::Hello(hello(tree_size, root))), expected);
    }
    for (tree_size, root) in [(0, 0), (u64::MAX, 32)] {
        let mut world = World::new(1);
        world.connect(0, Mode::Once);
        assert!(hub_says(&mut world, Up::Hello(hello(tree_size, root))).contains("LookUp"));
    }
}

#[test]
fn versions_that_differ_are_told_on_both_sides() {
    let mut world = World::new(1);
    world.connect(0, Mode::Once);
    assert_eq!(hub_says(&mut world, Up::Hello(Hello { protocol: 2, ..Hello::default() })), "VERSION");

    let mut world = World::new(1);
    let link = world.connect(0, Mode::Once);
    world.run_without(&[Step::Down]);
    alter_next(&mut world, link, |frame| {
        if let Some(Down::Welcome(welcome)) = &mut frame.frame {
            welcome.protocol = 2;
        }
    });
    world.run();
    assert_eq!(world.links[link].closed, [Reason::Version { hub: 2 }]);
}

/// Alters the oldest frame on its way to the node.
fn alter_next(world: &mut World, link: usize, change: impl FnOnce(&mut HubFrame)) {
    let bytes = world.links[link].down.pop_front().unwrap();
    let mut frame = HubFrame::decode(&*bytes).unwrap();
    change(&mut frame);
    world.links[link].down.push_front(frame.encode_to_vec());
}

#[test]
fn a_hub_that_is_not_ours_is_noticed_at_the_welcome() {
    let mut world = World::new(1);
    world.hub.key = SigningKey::from_seed(&[0xcc; 32]);
    assert_eq!(world.sync(0).closed, [Reason::Signature { of: Statement::TreeHead }]);
}

#[test]
fn a_log_that_shrank_without_a_word_is_noticed() {
    let mut world = World::new(2);
    world.write(1, 0, 10);
    world.sync(1);
    world.sync(0);
    let link = world.connect(0, Mode::Once);
    world.run_without(&[Step::Down]);
    let smaller = World::new(1).hub.tree_head(0);
    alter_next(&mut world, link, |frame| {
        if let Some(Down::Welcome(welcome)) = &mut frame.frame {
            welcome.tree_head = Some(smaller);
        }
    });
    world.run();
    assert_eq!(world.links[link].closed, [Reason::HubBehind { known: Lsn(1), size: Lsn(0) }]);
}

/// What a node makes of a receipt for its one entry, after `change` and with the hub's signature.
fn node_says(change: impl FnOnce(&mut Receipt)) -> String {
    let mut world = World::new(1);
    world.write(0, 0, 10);
    let link = world.connect(0, Mode::Once);
    world.run_without(&[Step::Down]);
    world.step(link, Step::Down);
    world.run_without(&[Step::Down]);
    while let Some(Down::CaughtUp(_)) = HubFrame::decode(&*world.links[link].down[0]).unwrap().frame {
        world.links[link].down.pop_front();
    }
    let key = world.hub.key.clone();
    alter_next(&mut world, link, |frame| {
        let Some(Down::Receipt(receipt)) = &mut frame.frame else { panic!("{frame:?}") };
        change(receipt);
        if !receipt.signature.is_empty() {
            *receipt = sign_receipt(&key, receipt.clone());
        }
    });
    world.step(link, Step::Down);
    let l = &world.links[link];
    let stores = l.node_todo.iter().any(|effect| matches!(effect, ClientEffect::StoreReceipt { .. }));
    match &l.closed[..] {
        [] if stores => "stored".into(),
        [Reason::BadFrame(BadFrame::Receipt(bad))] => format!("{bad:?}"),
        [Reason::Signature { of }] => format!("signature of {of:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_receipt_is_believed_only_for_what_was_pushed() {
    let refusal = |seq| Refusal { scope: area(0).to_string(), seq, ..Refusal::default() };
    let check = |change: &dyn Fn(&mut Receipt), expected: &str| assert_eq!(node_says(change), expected);
    check(&|_| {}, "stored");
    check(&|r| r.signature = Bytes::new(), "signature of Receipt");
    check(&|r| r.epoch = vec![9; 16].into(), "Epoch");
    check(&|r| r.incarnation = vec![9; 16].into(), "Incarnation");
    check(&|r| r.heads[0].seq = 2, "Heads");
    check(&|r| r.heads.clear(), "Heads");
    check(&|r| r.lsns.clear(), "Count");
    check(&|r| r.lsns[0].count = u32::MAX, "Count");
    check(&|r| r.lsns[0] = LsnRun { first: 0, count: 1 }, "Refusals");
    check(&|r| r.refusals = vec![refusal(1)], "Refusals");
    check(&|r| (r.lsns[0].first, r.refusals) = (0, vec![refusal(2)]), "Refusals");
    check(&|r| (r.lsns[0].first, r.refusals) = (0, vec![refusal(1)]), "stored");
}

#[test]
fn receipts_out_of_order_and_for_nothing_are_refused() {
    let mut world = World::new(1);
    for _ in 0..2 {
        world.write(0, 0, BATCH_BYTES_MAX / 2 + 1_000);
    }
    let link = world.connect(0, Mode::Live);
    world.run_without(&[Step::Down]);
    world.step(link, Step::Down);
    world.run_without(&[Step::Down]);
    let down = &mut world.links[link].down;
    down.retain(|bytes| matches!(HubFrame::decode(&**bytes).unwrap().frame, Some(Down::Receipt(_))));
    assert_eq!(down.len(), 2);
    let first = down.pop_front().unwrap();
    world.step(link, Step::Down);
    assert_eq!(world.links[link].closed, [Reason::BadFrame(BadReceipt::Heads.into())]);

    let mut world = greeted();
    let receipt = HubFrame::decode(&*first).unwrap();
    world.links[0].down.push_back(receipt.encode_to_vec());
    world.step(0, Step::Down);
    assert_eq!(world.links[0].closed, [Reason::BadFrame(BadReceipt::Unasked.into())]);
}

#[test]
fn pulls_that_go_back_or_bring_own_entries_or_overrun_the_window_are_refused() {
    let packed = |incarnation, lsn| {
        let feed = FeedId { incarnation: Incarnation([incarnation; 16]), scope: area(0) };
        let entry = Entry::new(feed, 1, &GENESIS, b"x".as_slice().into());
        Some(encode(&[BatchEntry { entry, lsn: Lsn(lsn), received_at_ms: 1 }]))
    };
    let check = |pulls: &[Pull], expected: Option<BadFrame>| {
        let mut world = greeted();
        for pull in pulls {
            let frame = HubFrame { frame: Some(Down::Pull(pull.clone())) };
            world.links[0].down.push_back(frame.encode_to_vec());
            world.step(0, Step::Down);
        }
        assert_eq!(world.links[0].closed, Vec::from_iter(expected.map(Reason::BadFrame)));
    };
    let pull = |batch, up_to| Pull { batch, up_to, heads: vec![] };
    let position = |got, after| Some(BadFrame::Position { got: Lsn(got), after: Lsn(after) });
    check(&[pull(packed(2, 3), 3)], None);
    check(&[pull(packed(1, 3), 3)], Some(BadFrame::OwnEntry));
    check(&[pull(packed(2, 4), 3)], position(4, 0));
    check(&[pull(packed(2, 0), 3)], position(0, 0));
    check(&[pull(packed(2, 3), 3), pull(packed(3, 3), 4)], position(3, 3));
    check(&[pull(packed(2, 3), 3), pull(None, 2)], position(2, 3));
    let many: Vec<_> = (1..=WINDOW_BATCHES as u64 + 1).map(|n| pull(None, n)).collect();
    check(&many[..WINDOW_BATCHES], None);
    check(&many, Some(BadFrame::Window));
}
