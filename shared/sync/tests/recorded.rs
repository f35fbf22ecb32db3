//! A whole session as version 1 of the wire put it on the line, byte for byte: today's machines take either side
//! of it and come to what was recorded. So a hub of one version and a node of another understand each other.
//!
//! `fixtures/session-v1.txt` is never edited. When the frames change, another file is recorded beside it: name it in
//! [`FILE`] and run `KENG_RECORD=1 cargo nextest run -p keng-sync --test recorded`, which writes a file that is not
//! there and touches none that is; then let the tests read both.

mod world;

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use keng_domain::id::Lsn;
use keng_proto::client_frame::Frame as Up;
use keng_proto::hub_frame::Frame as Down;
use keng_proto::{Batch, ClientFrame, EntryBody, HubFrame, Receipt, RecordChange};
use keng_sync::session::client::{ClientEffect, ClientEvent, ClientSession, Mode, Summary};
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession, HubState};
use prost::Message;
use prost::encoding::{WireType, decode_varint, encode_key, encode_varint};
use world::{EPOCH, Step, World};

const FILE: &str = "session-v1.txt";

/// The time of every event of the recorded session, in milliseconds since 1970.
const NOW_MS: i64 = 1_667_890_000_000;

/// A field that no version of these messages has.
const UNKNOWN_FIELD: u32 = 9_999;

/// Bytes of a field that a newer version may have added at the end of a message.
fn unknown_field() -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_key(UNKNOWN_FIELD, WireType::Varint, &mut bytes);
    encode_varint(7, &mut bytes);
    bytes
}

/// An entry of this version, and one of a newer: a kind of record and a field that nobody knows yet.
fn bodies() -> [Bytes; 2] {
    let change = |name: &str| RecordChange { record: vec![0xb0; 16].into(), change: name.as_bytes().to_vec().into() };
    let body = EntryBody { hlc: 1_667_880_000_000 << 16, changes: vec![change("a change of a point")] };
    let newer =
        EntryBody { hlc: 1_667_880_000_001 << 16, changes: vec![change("a change of a record of a newer kind")] };
    [body.encode_to_vec().into(), [newer.encode_to_vec(), unknown_field()].concat().into()]
}

/// Before the session: the hub holds two entries of another node; this one has three to send.
fn before() -> World {
    let mut world = World::new(2);
    world.now_ms = NOW_MS;
    for body in bodies() {
        world.nodes[1].write_body(0, body);
    }
    world.sync(1);
    for (place, body) in [(0, 0), (1, 1), (0, 1)] {
        world.nodes[0].write_body(place, bodies()[body].clone());
    }
    world.now_ms = NOW_MS;
    world
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Node,
    Hub,
}

/// Frames in the order in which they were sent.
type Recording = Vec<(From, Bytes)>;

fn record() -> Recording {
    let mut world = before();
    let link = world.connect(0, Mode::Once);
    let mut frames = Recording::new();
    // One side after the other, so that each frame is seen before it is taken.
    while [Step::Node, Step::Hub, Step::Up, Step::Down].into_iter().any(|step| {
        let taken = world.step(link, step);
        world.now_ms = NOW_MS;
        if taken && step == Step::Node && world.links[link].sent_up.frames > count(&frames, From::Node) {
            frames.extend(world.links[link].up.back().map(|bytes| (From::Node, bytes.clone().into())));
        }
        if taken && step == Step::Hub && world.links[link].sent_down.frames > count(&frames, From::Hub) {
            frames.extend(world.links[link].down.back().map(|bytes| (From::Hub, bytes.clone().into())));
        }
        taken
    }) {}
    frames
}

fn count(frames: &Recording, from: From) -> usize {
    frames.iter().filter(|(f, _)| *f == from).count()
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(FILE)
}

fn recorded() -> Recording {
    if std::env::var_os("KENG_RECORD").is_some() && !path().exists() {
        let name = |from| if from == From::Node { "node" } else { "hub" };
        let lines = record().into_iter().map(|(from, bytes)| format!("{} {}\n", name(from), hex::encode(bytes)));
        fs::write(path(), lines.collect::<String>()).unwrap();
    }
    let text = fs::read_to_string(path()).unwrap();
    let read = |line: &str| {
        let (from, bytes) = line.split_once(' ').unwrap();
        (if from == "node" { From::Node } else { From::Hub }, hex::decode(bytes).unwrap().into())
    };
    text.lines().map(read).collect()
}

fn of(frames: &Recording, from: From) -> Vec<Bytes> {
    frames.iter().filter(|(f, _)| *f == from).map(|(_, bytes)| bytes.clone()).collect()
}

fn up_kind(bytes: &Bytes) -> &'static str {
    match ClientFrame::decode(bytes.clone()).unwrap().frame.unwrap() {
        Up::Hello(_) => "Hello",
        Up::Push(_) => "Push",
        Up::PullAck(_) => "PullAck",
    }
}

fn down_kind(bytes: &Bytes) -> &'static str {
    match HubFrame::decode(bytes.clone()).unwrap().frame.unwrap() {
        Down::Welcome(_) => "Welcome",
        Down::Receipt(_) => "Receipt",
        Down::Pull(_) => "Pull",
        Down::CaughtUp(_) => "CaughtUp",
        Down::Goodbye(_) => "Goodbye",
    }
}

fn receipt(frames: &[Bytes]) -> Receipt {
    let receipts = frames.iter().filter_map(|bytes| match HubFrame::decode(bytes.clone()).unwrap().frame? {
        Down::Receipt(receipt) => Some(receipt),
        _ => None,
    });
    receipts.last().unwrap()
}

/// What today's node makes of the recorded hub.
struct AtNode {
    world: World,
    sent: Vec<Bytes>,
    done: Vec<Summary>,
}

fn node_hears(frames: &[Bytes]) -> AtNode {
    let mut at = AtNode { world: before(), sent: Vec::new(), done: Vec::new() };
    let mut machine = ClientSession::new(at.world.nodes[0].state(Mode::Once));
    let heard = frames.iter().map(|bytes| ClientEvent::Frame(HubFrame::decode(bytes.clone()).unwrap()));
    for event in [ClientEvent::Connected].into_iter().chain(heard) {
        let mut todo: std::collections::VecDeque<_> = machine.handle(NOW_MS, event).into();
        while let Some(effect) = todo.pop_front() {
            match effect {
                ClientEffect::Send(frame) => at.sent.push(frame.encode_to_vec().into()),
                ClientEffect::Done(summary) => at.done.push(summary),
                ClientEffect::Closed(reason) => panic!("{reason}"),
                ClientEffect::KeepEvidence(evidence) => panic!("{evidence:?}"),
                ClientEffect::CaughtUp { .. } => {}
                other => {
                    let answer = at.world.nodes[0].carry_out(other);
                    todo.extend(answer.into_iter().flat_map(|event| machine.handle(NOW_MS, event)));
                }
            }
        }
    }
    at
}

/// What today's hub makes of the recorded node.
fn hub_hears(frames: &[Bytes]) -> (World, Vec<Bytes>) {
    let (mut world, mut sent) = (before(), Vec::new());
    let state =
        HubState { epoch: EPOCH, lives: vec![keng_domain::id::Incarnation([0xbb; 16])], software: "hub".into() };
    let mut machine = HubSession::new(state);
    for bytes in frames {
        let frame = HubEvent::Frame(ClientFrame::decode(bytes.clone()).unwrap());
        let mut todo: std::collections::VecDeque<_> = machine.handle(NOW_MS, frame).into();
        while let Some(effect) = todo.pop_front() {
            let mut events = Vec::new();
            match effect {
                HubEffect::Send(frame) => sent.push(Bytes::from(frame.encode_to_vec())),
                HubEffect::LookUp { incarnation, known_size, .. } => {
                    events.push(world.hub.look_up(incarnation, known_size, NOW_MS));
                }
                HubEffect::ReadLog { after, max_bytes, shown_size } => {
                    let reader = world.nodes[0].incarnation;
                    events.push(world.hub.read(reader, after, max_bytes, shown_size, NOW_MS));
                }
                HubEffect::Append { entries, heads, .. } => {
                    events.push(HubEvent::Appended(world.hub.append(&entries, &heads, NOW_MS)));
                    events.push(HubEvent::LogAdvanced { tail: world.hub.tail() });
                }
                HubEffect::PeerKnowsMore { size, .. } => panic!("another log of {size}"),
                HubEffect::Close => panic!("the hub ends the session"),
                HubEffect::Contact { .. } | HubEffect::Acked { .. } => {}
            }
            todo.extend(events.into_iter().flat_map(|event| machine.handle(NOW_MS, event)));
        }
    }
    (world, sent)
}

fn node_is_where_it_was(at: &AtNode) {
    let [done] = at.done[..] else { panic!("{:?}", at.done) };
    assert_eq!((done.sent, done.acknowledged, done.refused, done.received), (3, 3, 0, 2));
    let node = &at.world.nodes[0];
    let lsns: Vec<_> = node.own.iter().map(|(_, state)| state.flatten()).collect();
    assert_eq!(lsns, [3, 4, 5].map(|lsn| Some(Lsn(lsn))));
    let foreign: Vec<_> = node.foreign.values().map(|entry| entry.body.clone().unwrap()).collect();
    assert_eq!(foreign, bodies(), "what this version does not know is kept as it came");
    assert_eq!((node.cursor, node.again, node.tree_head.as_ref().map(|head| head.size)), (Lsn(5), 0, Some(5)));
}

fn hub_is_where_it_was(world: &World, sent: &[Bytes], frames: &Recording) {
    let log: Vec<_> = world.hub.log[2..].iter().map(|e| e.entry.clone()).collect();
    let own: Vec<_> = world.nodes[0].own.iter().map(|(entry, _)| entry.clone()).collect();
    assert_eq!(log, own, "each once, as it was written");
    let (today, then) = (receipt(sent), receipt(&of(frames, From::Hub)));
    assert_eq!((today.lsns, today.heads, today.refusals), (then.lsns, then.heads, then.refusals));
    assert!(sent.iter().all(|bytes| down_kind(bytes) != "Goodbye"));
}

#[test]
fn a_node_of_today_understands_the_recorded_hub() {
    let frames = recorded();
    let at = node_hears(&of(&frames, From::Hub));
    node_is_where_it_was(&at);
    let kinds = |frames: &[Bytes]| frames.iter().map(up_kind).collect::<Vec<_>>();
    assert_eq!(kinds(&at.sent), kinds(&of(&frames, From::Node)));
}

#[test]
fn a_hub_of_today_understands_the_recorded_node() {
    let frames = recorded();
    let (world, sent) = hub_hears(&of(&frames, From::Node));
    hub_is_where_it_was(&world, &sent, &frames);
    for kind in ["Welcome", "Pull", "Receipt", "CaughtUp"] {
        assert!(sent.iter().any(|bytes| down_kind(bytes) == kind), "no {kind}");
        assert!(of(&frames, From::Hub).iter().any(|bytes| down_kind(bytes) == kind), "no {kind} was recorded");
    }
}

/// The frame with a field more: beside what it carries, at the end of what it carries, and in its batch.
fn newer(bytes: &Bytes, batch: Option<Batch>) -> Bytes {
    let mut rest = bytes.clone();
    let key = decode_varint(&mut rest).unwrap();
    let length = decode_varint(&mut rest).unwrap();
    assert_eq!(length as usize, rest.len(), "a frame carries one message");
    let mut inner = [rest.to_vec(), unknown_field()].concat();
    if let Some(batch) = batch {
        let body = zstd::decode_all(&*batch.payload).unwrap();
        let body = [body, unknown_field()].concat();
        let payload = zstd::encode_all(&*body, 3).unwrap().into();
        let batch = Batch { payload, raw_bytes: u32::try_from(body.len()).unwrap() };
        // Field 1 of pushes and pulls. Of a field that comes twice the later one stands.
        encode_key(1, WireType::LengthDelimited, &mut inner);
        encode_varint(batch.encoded_len() as u64, &mut inner);
        inner.extend(batch.encode_to_vec());
    }
    let mut frame = Vec::new();
    encode_varint(key, &mut frame);
    encode_varint(inner.len() as u64, &mut frame);
    [frame, inner, unknown_field()].concat().into()
}

fn pushed(bytes: &Bytes) -> Option<Batch> {
    match ClientFrame::decode(bytes.clone()).unwrap().frame? {
        Up::Push(push) => push.batch,
        Up::Hello(_) | Up::PullAck(_) => None,
    }
}

fn pulled(bytes: &Bytes) -> Option<Batch> {
    match HubFrame::decode(bytes.clone()).unwrap().frame? {
        Down::Pull(pull) => pull.batch,
        _ => None,
    }
}

#[test]
fn fields_that_a_newer_version_adds_disturb_neither_side() {
    let frames = recorded();
    let from_hub: Vec<_> = of(&frames, From::Hub).iter().map(|bytes| newer(bytes, pulled(bytes))).collect();
    node_is_where_it_was(&node_hears(&from_hub));
    let from_node: Vec<_> = of(&frames, From::Node).iter().map(|bytes| newer(bytes, pushed(bytes))).collect();
    let (world, sent) = hub_hears(&from_node);
    hub_is_where_it_was(&world, &sent, &frames);
}

#[test]
fn entries_of_kinds_that_the_hub_does_not_know_go_on_untouched() {
    let frames = recorded();
    let (mut world, _) = hub_hears(&of(&frames, From::Node));
    world.sync(1);
    let held: Vec<_> = world.nodes[1].foreign.values().map(|entry| entry.body.clone().unwrap()).collect();
    assert_eq!(held, bodies(), "the node's two of the scope that both share");
}
