//! A small world for sessions: one hub, some nodes, links that a test steps, cuts and measures.
//!
//! Effects wait in queues and are carried out one at a time, so that a test can stop between any
//! two of them, as a crash or a broken link would.
#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]

pub mod hub;
pub mod node;

use std::collections::VecDeque;

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{ClientFrame, HubFrame};
use keng_sync::session::client::{ClientEffect, ClientEvent, ClientSession, Mode, Reason, Summary};
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession, HubState};
use keng_sync::session::{Epoch, OUTGOING_FRAMES_MAX};
use prost::Message;

pub use self::hub::HubStore;
pub use self::node::NodeStore;

pub const EPOCH: Epoch = [0xe1; 16];

/// What a step carries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The oldest effect of the node.
    Node,
    /// The oldest effect of the hub.
    Hub,
    /// The oldest frame on its way to the hub arrives.
    Up,
    /// The oldest frame on its way to the node arrives.
    Down,
}

pub const STEPS: [Step; 4] = [Step::Node, Step::Hub, Step::Up, Step::Down];

/// What went over a link in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    pub frames: usize,
    pub bytes: usize,
}

/// One session: a node, its link and the hub's side.
pub struct Link {
    pub node: usize,
    pub client: ClientSession,
    pub hub: HubSession,
    pub node_todo: VecDeque<ClientEffect>,
    pub hub_todo: VecDeque<HubEffect>,
    pub up: VecDeque<Vec<u8>>,
    pub down: VecDeque<Vec<u8>>,
    pub sent_up: Traffic,
    pub sent_down: Traffic,
    pub done: Vec<Summary>,
    pub closed: Vec<Reason>,
    pub caught_up: Vec<Lsn>,
    pub hub_closed: bool,
    /// Sizes at which the hub was told that its log is another.
    pub peer_knows_more: Vec<u64>,
}

pub struct World {
    pub hub: HubStore,
    pub nodes: Vec<NodeStore>,
    pub links: Vec<Link>,
    pub now_ms: i64,
}

impl World {
    /// A hub, and nodes that each write in `area:a:<n>` and `area:a:0`, and subscribe to both.
    pub fn new(nodes: u8) -> Self {
        let mut hub = HubStore::new(EPOCH);
        let nodes: Vec<_> = (1..=nodes).map(|n| NodeStore::new(n, hub.key.public())).collect();
        for node in &nodes {
            hub.enrol(node);
        }
        Self { hub, nodes, links: Vec::new(), now_ms: 1_000_000 }
    }

    /// The same hub and nodes, without links.
    pub fn copy(&self) -> Self {
        Self { hub: self.hub.clone(), nodes: self.nodes.clone(), links: Vec::new(), now_ms: self.now_ms }
    }

    pub fn connect(&mut self, node: usize, mode: Mode) -> usize {
        let state = self.nodes[node].state(mode);
        let hub = HubSession::new(HubState {
            epoch: self.hub.epoch,
            lives: vec![Incarnation([0xbb; 16])],
            software: "hub test".into(),
        });
        let mut client = ClientSession::new(state);
        let node_todo = client.handle(self.now_ms, ClientEvent::Connected).into();
        self.links.push(Link {
            node,
            client,
            hub,
            node_todo,
            hub_todo: VecDeque::new(),
            up: VecDeque::new(),
            down: VecDeque::new(),
            sent_up: Traffic::default(),
            sent_down: Traffic::default(),
            done: Vec::new(),
            closed: Vec::new(),
            caught_up: Vec::new(),
            hub_closed: false,
            peer_knows_more: Vec::new(),
        });
        self.links.len() - 1
    }

    /// Connects, runs until nothing happens any more, and cuts. Gives the link for a look.
    pub fn sync(&mut self, node: usize) -> &Link {
        let link = self.connect(node, Mode::Once);
        self.run();
        self.cut(link);
        &self.links[link]
    }

    /// Carries out one thing; `false` when there was nothing of this kind to do.
    pub fn step(&mut self, link: usize, step: Step) -> bool {
        self.now_ms += 1;
        match step {
            Step::Node => self.step_node(link),
            Step::Hub => self.step_hub(link),
            Step::Up => match self.links[link].up.pop_front() {
                Some(bytes) => self.hub_event(link, HubEvent::Frame(ClientFrame::decode(&*bytes).unwrap())),
                None => false,
            },
            Step::Down => match self.links[link].down.pop_front() {
                Some(bytes) => self.node_event(link, ClientEvent::Frame(HubFrame::decode(&*bytes).unwrap())),
                None => false,
            },
        }
    }

    /// Steps everything in turn until nothing is left to do.
    pub fn run(&mut self) {
        self.run_without(&[]);
    }

    /// The same, but never takes `left_out` steps.
    pub fn run_without(&mut self, left_out: &[Step]) {
        for _ in 0..1_000_000 {
            let mut progress = false;
            for link in 0..self.links.len() {
                for step in STEPS.into_iter().filter(|step| !left_out.contains(step)) {
                    progress |= self.step(link, step);
                }
            }
            if !progress {
                return;
            }
        }
        panic!("the world never comes to rest");
    }

    /// The link breaks: what is on its way or not yet carried out is gone.
    pub fn cut(&mut self, link: usize) {
        let l = &mut self.links[link];
        (l.up, l.down) = (VecDeque::new(), VecDeque::new());
        (l.node_todo, l.hub_todo) = (VecDeque::new(), VecDeque::new());
        self.node_event(link, ClientEvent::Lost);
        self.hub_event(link, HubEvent::Lost);
        while self.links[link].node_todo.pop_front().is_some() {}
    }

    /// A node writes an entry of `bytes` in `area:a:<place>`; its live sessions hear of it.
    pub fn write(&mut self, node: usize, place: u8, bytes: usize) {
        self.nodes[node].write(place, bytes);
        for link in 0..self.links.len() {
            if self.links[link].node == node {
                self.node_event(link, ClientEvent::LocalChange);
            }
        }
    }

    pub fn node_event(&mut self, link: usize, event: ClientEvent) -> bool {
        let l = &mut self.links[link];
        for effect in l.client.handle(self.now_ms, event) {
            match effect {
                ClientEffect::Done(summary) => l.done.push(summary),
                ClientEffect::Closed(reason) => l.closed.push(reason),
                ClientEffect::CaughtUp { lsn } => l.caught_up.push(lsn),
                ClientEffect::KeepEvidence(evidence) => self.nodes[l.node].evidence.push(evidence),
                effect => l.node_todo.push_back(effect),
            }
        }
        true
    }

    pub fn hub_event(&mut self, link: usize, event: HubEvent) -> bool {
        let l = &mut self.links[link];
        l.hub_todo.extend(l.hub.handle(self.now_ms, event));
        true
    }

    fn step_node(&mut self, link: usize) -> bool {
        let l = &mut self.links[link];
        let Some(effect) = l.node_todo.pop_front() else { return false };
        if let ClientEffect::Send(frame) = &effect {
            let bytes = frame.encode_to_vec();
            l.sent_up.frames += 1;
            l.sent_up.bytes += bytes.len();
            l.up.push_back(bytes);
            assert!(l.up.len() <= OUTGOING_FRAMES_MAX, "{} frames wait for the hub", l.up.len());
            return true;
        }
        let node = l.node;
        if let Some(event) = self.nodes[node].carry_out(effect) {
            self.node_event(link, event);
        }
        true
    }

    fn step_hub(&mut self, link: usize) -> bool {
        let l = &mut self.links[link];
        let Some(effect) = l.hub_todo.pop_front() else { return false };
        match effect {
            HubEffect::Send(frame) => {
                let bytes = frame.encode_to_vec();
                l.sent_down.frames += 1;
                l.sent_down.bytes += bytes.len();
                l.down.push_back(bytes);
                assert!(l.down.len() <= OUTGOING_FRAMES_MAX, "{} frames wait for the node", l.down.len());
            }
            HubEffect::Close => l.hub_closed = true,
            HubEffect::Contact { .. } | HubEffect::Acked { .. } => {}
            HubEffect::PeerKnowsMore { size, .. } => l.peer_knows_more.push(size),
            HubEffect::LookUp { incarnation, known_size, .. } => {
                let event = self.hub.look_up(incarnation, known_size, self.now_ms);
                self.hub_event(link, event);
            }
            HubEffect::ReadLog { after, max_bytes, shown_size } => {
                let incarnation = self.nodes[l.node].incarnation;
                let event = self.hub.read(incarnation, after, max_bytes, shown_size, self.now_ms);
                self.hub_event(link, event);
            }
            HubEffect::Append { entries, heads, .. } => {
                let receipt = self.hub.append(&entries, &heads, self.now_ms);
                self.hub_event(link, HubEvent::Appended(receipt));
                let tail = self.hub.tail();
                for other in 0..self.links.len() {
                    self.hub_event(other, HubEvent::LogAdvanced { tail });
                }
            }
        }
        true
    }

    /// Everything that was ever written is in the log once, has its receipt, and is at every node
    /// that subscribes to it.
    pub fn assert_complete(&self) {
        for node in &self.nodes {
            assert_eq!(node.pending(), 0, "receipts of {:?}", node.incarnation);
            for (entry, state) in &node.own {
                let at = self.hub.log.iter().filter(|e| e.entry == *entry).map(|e| e.lsn).collect::<Vec<_>>();
                assert_eq!(at, Vec::from_iter(state.unwrap()), "{entry:?}");
            }
            let expected =
                self.hub.log.iter().filter(|e| {
                    e.entry.feed.incarnation != node.incarnation && node.scopes.contains(&e.entry.feed.scope)
                });
            let expected: Vec<_> = expected.map(|e| (e.entry.feed.clone(), e.entry.seq, e.lsn)).collect();
            let mut held: Vec<_> = node.foreign.values().map(|e| (e.feed.clone(), e.seq, e.lsn)).collect();
            held.sort_unstable_by_key(|(_, _, lsn)| *lsn);
            assert_eq!(held, expected, "entries of others at {:?}", node.incarnation);
        }
    }
}
