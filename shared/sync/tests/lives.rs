//! What an earlier life of the folder had not sent goes first, and alone.

mod world;

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::client_frame::Frame as Up;
use keng_proto::hub_frame::Frame as Down;
use keng_proto::{HubFrame, LsnRun, Push, Receipt, Refusal};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, sign_receipt};
use keng_sync::session::RefusalCode;
use keng_sync::session::client::{ClientEffect, ClientEvent, Mode, OutboxEntry, OutboxPosition, Reason};
use world::World;
use world::node::area;

const FORMER: Incarnation = Incarnation([9; 16]);

/// A node in its second life that has just read one entry of each from its outbox; and what it sends.
fn reborn() -> (World, Vec<Push>) {
    let mut world = World::new(1);
    world.nodes[0].former = vec![(FORMER, SigningKey::from_seed(&[9; 32]))];
    world.connect(0, Mode::Live);
    world.run();
    let present = world.nodes[0].incarnation;
    let entries = [FORMER, present].into_iter().zip(1..).map(|(incarnation, n)| OutboxEntry {
        position: OutboxPosition(n),
        entry: Entry::new(FeedId { incarnation, scope: area(0) }, 1, &GENESIS, b"body".as_slice().into()),
    });
    let outbox = ClientEvent::Outbox { entries: entries.collect(), more: false };
    handle(&mut world, ClientEvent::LocalChange);
    let sent = pushes(handle(&mut world, outbox));
    (world, sent)
}

fn handle(world: &mut World, event: ClientEvent) -> Vec<ClientEffect> {
    world.links[0].client.handle(world.now_ms, event)
}

fn pushes(effects: Vec<ClientEffect>) -> Vec<Push> {
    let push = |effect| match effect {
        ClientEffect::Send(frame) => frame.frame.and_then(|frame| if let Up::Push(p) = frame { Some(p) } else { None }),
        _ => None,
    };
    effects.into_iter().filter_map(push).collect()
}

/// The hub's answer to a push of one entry.
fn answer(world: &World, push: &Push, refused: Option<RefusalCode>) -> ClientEvent {
    let heads = push.heads.clone().unwrap();
    let refusal = |code: RefusalCode| Refusal {
        scope: area(0).to_string(),
        seq: 1,
        code: code.to_string(),
        ..Refusal::default()
    };
    let receipt = Receipt {
        epoch: world.hub.epoch.to_vec().into(),
        incarnation: heads.incarnation,
        heads: heads.heads,
        lsns: vec![LsnRun { first: u64::from(refused.is_none()), count: 1 }],
        refusals: refused.into_iter().map(refusal).collect(),
        ..Receipt::default()
    };
    let frame = Some(Down::Receipt(sign_receipt(&world.hub.key, receipt)));
    ClientEvent::Frame(HubFrame { frame })
}

fn authors(pushes: &[Push]) -> Vec<&[u8]> {
    pushes.iter().map(|push| push.heads.as_ref().unwrap().incarnation.as_ref()).collect()
}

/// Sent together, the later one would be in the log although what it stands on was refused.
#[test]
fn what_a_life_wrote_waits_for_the_receipt_of_the_life_before() {
    let (mut world, sent) = reborn();
    assert_eq!(authors(&sent), [FORMER.0.as_slice()]);
    let receipt = answer(&world, &sent[0], None);
    let after = handle(&mut world, receipt);
    let stored = after.iter().find_map(|effect| match effect {
        ClientEffect::StoreReceipt { entries, .. } => entries.first().map(|(.., lsn)| *lsn),
        _ => None,
    });
    assert_eq!(stored, Some(Some(Lsn(1))));
    assert_eq!(authors(&pushes(after)), [world.nodes[0].incarnation.0.as_slice()]);
}

#[test]
fn an_earlier_lifes_entry_whose_place_is_taken_is_a_fork() {
    let (mut world, sent) = reborn();
    let receipt = answer(&world, &sent[0], Some(RefusalCode::Fork));
    let after = handle(&mut world, receipt);
    let [ClientEffect::Closed(reason)] = &after[..] else { panic!("{after:?}") };
    assert_eq!(*reason, Reason::Fork { scope: area(0), seq: 1 });
}

#[test]
fn an_earlier_lifes_entry_that_is_refused_for_another_reason_stops_nobody() {
    let (mut world, sent) = reborn();
    let receipt = answer(&world, &sent[0], Some(RefusalCode::Scope));
    let after = handle(&mut world, receipt);
    assert!(after.iter().any(|effect| matches!(effect, ClientEffect::StoreReceipt { .. })));
    assert_eq!(pushes(after).len(), 1);
}
