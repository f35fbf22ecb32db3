//! Bytes that were altered on their way: refused or harmless, never a panic, never unbounded.

mod world;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{Batch, ClientFrame, HubFrame, Inclusion, JoinToken, ProofReply, TreeHead};
use keng_sync::batch::{BatchEntry, decode, encode};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, sign_tree_head};
use keng_sync::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, PROOF_HASHES_MAX};
use keng_sync::merkle::proof::{read_proof, verify_inclusion, write_proof};
use keng_sync::merkle::{LogLeaf, Tree};
use keng_sync::session::client::{ClientEffect, ClientEvent, ClientSession, KnownTree, Mode};
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession};
use keng_sync::token;
use prost::Message;
use world::{Step, World};

/// Small, fast and the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    /// Flips, cuts, doubles, inserts: one to four times.
    fn alter(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                2 => bytes.truncate(at),
                3 => bytes.insert(at, self.below(256) as u8),
                _ => bytes.extend_from_within(at..),
            }
        }
        bytes
    }
}

#[test]
fn altered_batches_are_refused_or_stay_within_limits() {
    let mut dice = Dice(0x5eed);
    let feed = FeedId { incarnation: Incarnation([1; 16]), scope: world::node::area(0) };
    let entry = |seq| Entry::new(feed.clone(), seq, &GENESIS, b"body".as_slice().into());
    let packed = |seq| BatchEntry { entry: entry(seq), lsn: Lsn(0), received_at_ms: 0 };
    let honest = encode(&(1..40).map(packed).collect::<Vec<_>>());
    let raw = zstd::bulk::decompress(&honest.payload, BATCH_BYTES_MAX).unwrap();
    let mut accepted = 0;
    for n in 0..4_000 {
        let batch = if n % 2 == 0 {
            let raw = dice.alter(&raw);
            Batch { payload: zstd::bulk::compress(&raw, 1).unwrap().into(), raw_bytes: raw.len() as u32 }
        } else {
            let raw_bytes = if n % 3 == 0 { dice.below(usize::MAX) as u32 } else { honest.raw_bytes };
            Batch { payload: dice.alter(&honest.payload).into(), raw_bytes }
        };
        if let Ok(entries) = decode(&batch) {
            accepted += 1;
            assert!(entries.len() <= BATCH_ENTRIES_MAX);
            let bytes: usize = entries.iter().map(|e| e.body.as_ref().map_or(0, Bytes::len)).sum();
            assert!(bytes <= BATCH_BYTES_MAX);
        }
    }
    assert!(accepted > 100, "{accepted}: most alterations of a body are none of a batch's business");
}

#[test]
fn altered_tokens_are_refused() {
    let mut dice = Dice(0x70c3);
    let honest = JoinToken {
        address: "hub:1".into(),
        ca_fingerprint: vec![1; 32].into(),
        secret: vec![2; 16].into(),
        unit: "610".into(),
    };
    let text = token::to_text(&honest);
    for _ in 0..4_000 {
        let altered = dice.alter(text.as_bytes());
        if let Ok(token) = token::from_text(&String::from_utf8_lossy(&altered)) {
            assert_eq!(token, honest, "only what stands for the same character may differ");
        }
    }
}

/// A frame on its way, and the session that it comes to, as it stands then.
enum Arrival {
    AtHub(Box<HubSession>, Vec<u8>),
    AtNode(Box<ClientSession>, Vec<u8>),
}

/// Every frame of a session with something to say on both sides.
fn arrivals() -> Vec<Arrival> {
    let mut world = World::new(2);
    world.write(0, 0, 60);
    world.sync(0); // so that the next Hello names a tree head, and the Welcome proves its growth
    for node in [0, 1] {
        world.write(node, 0, 60);
        world.write(node, node as u8 + 1, 60);
    }
    world.sync(1);
    let link = world.connect(0, Mode::Once);
    let mut arrivals = Vec::new();
    while world.links[link].done.is_empty() {
        for step in world::STEPS {
            let l = &world.links[link];
            match step {
                Step::Up => {
                    arrivals.extend(l.up.front().map(|f| Arrival::AtHub(l.hub.clone().into(), f.clone())));
                }
                Step::Down => {
                    arrivals.extend(l.down.front().map(|f| Arrival::AtNode(l.client.clone().into(), f.clone())));
                }
                Step::Node | Step::Hub => {}
            }
            world.step(link, step);
        }
    }
    arrivals
}

/// What must never come from an altered frame: that something is believed which nobody signed.
fn signed_at_hub(effect: &HubEffect) -> Option<String> {
    match effect {
        // What is brought for another author is verified by the register, see keng-store.
        HubEffect::Append { heads, brought: false, .. } => Some(format!("{heads:?}")),
        _ => None,
    }
}

fn signed_at_node(effect: &ClientEffect) -> Option<String> {
    match effect {
        ClientEffect::StoreReceipt { receipt, entries } => Some(format!("{receipt:?} {entries:?}")),
        ClientEffect::TreeHead(head) => Some(format!("{head:?}")),
        // Whatever is done to a proof, the statements in the evidence are the hub's own.
        ClientEffect::KeepEvidence(evidence) => Some(format!("{:?}", evidence.shown)),
        _ => None,
    }
}

#[test]
fn altered_answers_prove_nothing_else_and_stay_within_limits() {
    let mut dice = Dice(0x9007);
    let key = SigningKey::from_seed(&[7; 32]);
    let mut tree = Tree::new();
    for n in 0..100_u8 {
        tree.push(&LogLeaf { hash: [n; 32], received_at_ms: i64::from(n) });
    }
    let head = |size| {
        let root = Bytes::copy_from_slice(&tree.root_at(size).unwrap());
        sign_tree_head(&key, TreeHead { epoch: vec![1; 16].into(), size, root, ..TreeHead::default() })
    };
    let inclusion = |lsn: u64| Inclusion {
        received_at_ms: lsn as i64 - 1,
        hashes: write_proof(&tree.inclusion_proof(lsn - 1, 100).unwrap()),
    };
    let honest = ProofReply {
        tree_head: Some(head(100)),
        consistency: write_proof(&tree.consistency_proof(60, 100).unwrap()),
        inclusions: vec![inclusion(7), inclusion(100)],
    };
    let bytes = honest.encode_to_vec();
    let (mut believed, mut proven) = (0, 0);
    for _ in 0..4_000 {
        let Ok(reply) = ProofReply::decode(&*dice.alter(&bytes)) else { continue };
        let Some(shown) = &reply.tree_head else { continue };
        if KnownTree::new(Some(head(60))).take(shown, &reply.consistency, &key.public()).is_ok() {
            believed += 1;
            assert!(*shown == head(100) && reply.consistency == honest.consistency || *shown == head(60));
        }
        for (lsn, inclusion) in [7_u64, 100].into_iter().zip(&reply.inclusions) {
            let leaf = LogLeaf { hash: [lsn as u8 - 1; 32], received_at_ms: inclusion.received_at_ms };
            let Ok(proof) = read_proof(&inclusion.hashes) else { continue };
            assert!(proof.len() <= PROOF_HASHES_MAX);
            if verify_inclusion(&leaf, lsn - 1, 100, &tree.root(), &proof).is_ok() {
                proven += 1;
                assert_eq!(inclusion.received_at_ms, lsn as i64 - 1);
            }
        }
    }
    assert!(believed > 100 && proven > 100, "{believed} {proven}: alterations elsewhere do no harm");
}

#[test]
fn altered_frames_never_panic_a_session_nor_pass_for_what_was_signed() {
    let mut dice = Dice(0xf4a3e);
    let arrivals = arrivals();
    assert!(arrivals.len() >= 6, "Hello, Welcome, Push, Pull, Receipt, CaughtUp, …");
    let at_hub = |session: &HubSession, bytes: &[u8]| -> Option<Vec<String>> {
        let frame = ClientFrame::decode(bytes).ok()?; // what is no frame at all, the transport refuses
        let effects = session.clone().handle(0, HubEvent::Frame(frame));
        Some(effects.iter().filter_map(signed_at_hub).collect())
    };
    let at_node = |session: &ClientSession, bytes: &[u8]| -> Option<Vec<String>> {
        let frame = HubFrame::decode(bytes).ok()?;
        let effects = session.clone().handle(0, ClientEvent::Frame(frame));
        Some(effects.iter().filter_map(signed_at_node).collect())
    };
    let honest: Vec<Vec<String>> = (arrivals.iter())
        .map(|arrival| match arrival {
            Arrival::AtHub(hub, frame) => at_hub(hub, frame).unwrap(),
            Arrival::AtNode(node, frame) => at_node(node, frame).unwrap(),
        })
        .collect();
    let mut decoded = 0;
    for n in 0..3_000 {
        let n = n % arrivals.len();
        let altered = match &arrivals[n] {
            Arrival::AtHub(hub, frame) => at_hub(hub, &dice.alter(frame)),
            Arrival::AtNode(node, frame) => at_node(node, &dice.alter(frame)),
        };
        let Some(altered) = altered else { continue };
        decoded += 1;
        assert!(altered.iter().all(|statement| honest[n].contains(statement)), "{altered:?}");
    }
    assert!(decoded > 200, "{decoded}: enough of them reach the sessions");
}
