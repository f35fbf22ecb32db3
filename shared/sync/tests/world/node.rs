//! A node's store, in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{FeedHead, TreeHead};
use keng_sync::batch::{RawEntry, cost};
use keng_sync::entry::{Entry, FeedId, GENESIS, Hash, Seq, chain_hash};
use keng_sync::head::{PublicKey, SigningKey, feed_head, read_feed_head};
use keng_sync::session::Epoch;
use keng_sync::session::client::{ClientEffect, ClientEvent, ClientState, Evidence, Mode, OutboxEntry, OutboxPosition};

#[derive(Debug, Clone)]
pub struct NodeStore {
    pub incarnation: Incarnation,
    pub key: SigningKey,
    /// Earlier lives of its folder.
    pub former: Vec<(Incarnation, SigningKey)>,
    pub hub: PublicKey,
    pub scopes: Vec<Scope>,
    pub epoch: Option<Epoch>,
    pub cursor: Lsn,
    /// Own entries; `Some(None)`: refused.
    pub own: Vec<(Entry, Option<Option<Lsn>>)>,
    pub foreign: BTreeMap<(FeedId, Seq), RawEntry>,
    /// Chains of the others.
    pub chains: BTreeMap<FeedId, (Seq, Hash)>,
    /// Entries that came again.
    pub again: usize,
    /// The last tree head that a session has verified.
    pub tree_head: Option<TreeHead>,
    pub evidence: Vec<Evidence>,
}

pub fn area(place: u8) -> Scope {
    format!("area:a:{place}").parse().unwrap()
}

impl NodeStore {
    pub fn new(n: u8, hub: PublicKey) -> Self {
        Self {
            incarnation: Incarnation([n; 16]),
            key: SigningKey::from_seed(&[n; 32]),
            former: Vec::new(),
            hub,
            scopes: vec![area(0), area(n)],
            epoch: None,
            cursor: Lsn(0),
            own: Vec::new(),
            foreign: BTreeMap::new(),
            chains: BTreeMap::new(),
            again: 0,
            tree_head: None,
            evidence: Vec::new(),
        }
    }

    pub fn state(&self, mode: Mode) -> ClientState {
        ClientState {
            incarnation: self.incarnation,
            signing_key: self.key.clone(),
            former: self.former.clone(),
            introduction: None,
            restitution_due: false,
            hub_public_key: self.hub,
            epoch: self.epoch,
            cursor: self.cursor,
            tree_head: self.tree_head.clone(),
            acknowledged: self.heads(Option::is_some),
            pending: self.pending() as u64,
            mode,
            software: "node test".into(),
        }
    }

    pub fn write(&mut self, place: u8, bytes: usize) -> Entry {
        // Bytes that hardly compress, so that batches are as large on the wire as they may be.
        let mut state = (self.own.len() as u64 + 1) * 0x9e37_79b9 + u64::from(self.incarnation.0[0]);
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state ^ (state >> 29)).to_le_bytes()
        });
        let mut body = noise.take(bytes.div_ceil(8)).collect::<Vec<_>>().concat();
        body.truncate(bytes.max(1));
        self.write_body(place, body.into())
    }

    pub fn write_body(&mut self, place: u8, body: Bytes) -> Entry {
        let feed = FeedId { incarnation: self.incarnation, scope: area(place) };
        let last = self.own.iter().rev().find(|(entry, _)| entry.feed == feed);
        let (seq, previous) = last.map_or((1, GENESIS), |(entry, _)| (entry.seq + 1, entry.hash));
        let entry = Entry::new(feed, seq, &previous, body);
        self.own.push((entry.clone(), None));
        entry
    }

    pub fn pending(&self) -> usize {
        self.own.iter().filter(|(_, state)| state.is_none()).count()
    }

    /// Own feeds as far as `counts` says.
    fn heads(&self, counts: impl Fn(&Option<Option<Lsn>>) -> bool) -> Vec<FeedHead> {
        let mut last: BTreeMap<Scope, &Entry> = BTreeMap::new();
        for (entry, _) in self.own.iter().filter(|(_, state)| counts(state)) {
            last.insert(entry.feed.scope.clone(), entry);
        }
        last.into_iter().map(|(scope, entry)| feed_head(&scope, entry.seq, &entry.hash)).collect()
    }

    pub fn carry_out(&mut self, effect: ClientEffect) -> Option<ClientEvent> {
        match effect {
            ClientEffect::ReadHeads => Some(ClientEvent::OwnHeads(self.heads(|_| true))),
            ClientEffect::ReadOutbox { after, max_bytes } => Some(self.read_outbox(after, max_bytes)),
            ClientEffect::StoreReceipt { receipt, entries } => {
                assert_eq!(receipt.incarnation, self.incarnation.0.as_slice());
                for (feed, seq, hash, lsn) in entries {
                    let own = self.own.iter_mut().find(|(e, _)| e.feed == feed && e.seq == seq).unwrap();
                    assert_eq!(own.0.hash, hash);
                    own.1 = Some(lsn);
                }
                Some(ClientEvent::ReceiptStored)
            }
            ClientEffect::StorePull { entries, up_to, epoch, .. } => {
                for entry in entries {
                    self.take(entry);
                }
                // Another session of this node may be further on.
                let known = if self.epoch == Some(epoch) { self.cursor } else { Lsn(0) };
                (self.cursor, self.epoch) = (up_to.max(known), Some(epoch));
                Some(ClientEvent::PullStored { up_to })
            }
            ClientEffect::ResetCursor { epoch } => {
                (self.cursor, self.epoch) = (Lsn(0), Some(epoch));
                None
            }
            ClientEffect::ResendFrom { held } => {
                let held: BTreeMap<_, _> =
                    held.iter().map(|h| read_feed_head(h).unwrap()).map(|h| (h.0, h.1)).collect();
                for (entry, state) in &mut self.own {
                    if entry.seq > held.get(&entry.feed.scope).copied().unwrap_or(0) {
                        *state = None;
                    }
                }
                None
            }
            // These nodes keep no signatures of others: nothing to give back.
            ClientEffect::ReadRestitution { .. } => Some(ClientEvent::Restitution { pushes: Vec::new(), next: None }),
            ClientEffect::HubLives(_) | ClientEffect::Restituted => None,
            ClientEffect::TreeHead(head) => {
                // Another session of this node may be further on.
                let further = |kept: &TreeHead| kept.epoch == head.epoch && kept.size > head.size;
                if !self.tree_head.as_ref().is_some_and(further) {
                    self.tree_head = Some(head);
                }
                None
            }
            ClientEffect::Clock { .. } | ClientEffect::Progress(_) => None,
            ClientEffect::KeepEvidence(_)
            | ClientEffect::Send(_)
            | ClientEffect::CaughtUp { .. }
            | ClientEffect::Done(_)
            | ClientEffect::Closed(_) => unreachable!("the world takes these"),
        }
    }

    fn read_outbox(&self, after: OutboxPosition, max_bytes: usize) -> ClientEvent {
        let (mut entries, mut bytes, mut more) = (Vec::new(), 0, false);
        for (n, (entry, state)) in self.own.iter().enumerate().skip(after.0 as usize) {
            if state.is_none() {
                if bytes > 0 && bytes + cost(entry) > max_bytes {
                    more = true;
                    break;
                }
                bytes += cost(entry);
                entries.push(OutboxEntry { position: OutboxPosition(n as u64 + 1), entry: entry.clone() });
            }
        }
        ClientEvent::Outbox { entries, more }
    }

    fn take(&mut self, entry: RawEntry) {
        let (last, hash) = self.chains.get(&entry.feed).copied().unwrap_or((0, GENESIS));
        let hash = match (&entry.body, entry.withheld) {
            (Some(body), None) => chain_hash(&entry.feed, entry.seq, &hash, body),
            (None, Some(hash)) => hash,
            (Some(_), Some(_)) | (None, None) => panic!("neither whole nor withheld: {entry:?}"),
        };
        if entry.seq <= last {
            self.again += 1;
        } else {
            assert_eq!(entry.seq, last + 1, "a gap in {:?}", entry.feed);
            self.chains.insert(entry.feed.clone(), (entry.seq, hash));
        }
        if entry.body.is_some() {
            self.foreign.insert((entry.feed.clone(), entry.seq), entry);
        }
    }
}
