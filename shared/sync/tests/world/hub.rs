//! The hub's store, in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{LsnRun, Receipt, Refusal, SignedHeads, TreeHead};
use keng_sync::batch::{BatchEntry, RawEntry, cost};
use keng_sync::entry::{Entry, FeedId, GENESIS, Hash, Seq, chain_hash};
use keng_sync::head::{PublicKey, SigningKey, feed_head, read_feed_head, sign_receipt, sign_tree_head};
use keng_sync::merkle::{LogLeaf, Tree};
use keng_sync::session::hub::{HubEvent, PeerFacts};
use keng_sync::session::{Epoch, GoodbyeCode, RefusalCode};

use super::NodeStore;

#[derive(Debug, Clone)]
pub struct HubStore {
    pub epoch: Epoch,
    pub key: SigningKey,
    pub log: Vec<BatchEntry>,
    pub tree: Tree,
    /// Every entry that was answered for; `None`: in quarantine.
    pub chains: BTreeMap<FeedId, Vec<(Hash, Option<Lsn>)>>,
    pub heads: Vec<SignedHeads>,
    pub peers: BTreeMap<Incarnation, (PublicKey, Vec<Scope>)>,
    /// Entries with these seqs go to quarantine.
    pub dislikes: Vec<Seq>,
    /// Who asked for each read of the log.
    pub reads: Vec<Incarnation>,
}

impl HubStore {
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            key: SigningKey::from_seed(&[0xbb; 32]),
            log: Vec::new(),
            tree: Tree::new(),
            chains: BTreeMap::new(),
            heads: Vec::new(),
            peers: BTreeMap::new(),
            dislikes: Vec::new(),
            reads: Vec::new(),
        }
    }

    pub fn enrol(&mut self, node: &NodeStore) {
        self.peers.insert(node.incarnation, (node.key.public(), node.scopes.clone()));
    }

    pub fn tail(&self) -> Lsn {
        Lsn(self.log.len() as u64)
    }

    pub fn tree_head(&self, at_ms: i64) -> TreeHead {
        let epoch = Bytes::copy_from_slice(&self.epoch);
        let root = Bytes::copy_from_slice(&self.tree.root());
        sign_tree_head(&self.key, TreeHead { epoch, size: self.tree.len(), root, at_ms, signature: Bytes::new() })
    }

    pub fn look_up(&self, incarnation: Incarnation, known_size: u64, now_ms: i64) -> HubEvent {
        let Some((public_key, _)) = self.peers.get(&incarnation) else {
            return HubEvent::Refuse { code: GoodbyeCode::UnknownIncarnation, detail: incarnation.to_string() };
        };
        let own = self.chains.iter().filter(|(feed, _)| feed.incarnation == incarnation);
        let head = |(feed, chain): (&FeedId, &Vec<(Hash, Option<Lsn>)>)| {
            feed_head(&feed.scope, chain.len() as u64, &chain.last().unwrap().0)
        };
        HubEvent::PeerKnown(PeerFacts {
            public_key: *public_key,
            held: own.map(head).collect(),
            others: Vec::new(),
            tree_head: self.tree_head(now_ms),
            tail: self.tail(),
            known_root: self.tree.root_at(known_size),
            consistency: self.consistency(known_size),
        })
    }

    fn consistency(&self, known_size: u64) -> Vec<Hash> {
        self.tree.consistency_proof(known_size, self.tree.len()).unwrap_or_default()
    }

    /// Makes the tree again after somebody has tampered with the log.
    pub fn rebuild_tree(&mut self) {
        self.tree = Tree::new();
        for entry in &self.log {
            self.tree.push(&LogLeaf { hash: entry.entry.hash, received_at_ms: entry.received_at_ms });
        }
    }

    pub fn append(&mut self, entries: &[RawEntry], heads: &SignedHeads, now_ms: i64) -> Receipt {
        let (mut lsns, mut refusals) = (Vec::new(), Vec::new());
        let signed = self.clone().leads_to(entries, heads);
        for entry in entries {
            let outcome = if signed { self.append_one(entry, now_ms) } else { Err((RefusalCode::Hash, [0; 32])) };
            if let Err((code, hash)) = outcome {
                let (scope, hash) = (entry.feed.scope.to_string(), Bytes::copy_from_slice(&hash));
                refusals.push(Refusal { scope, seq: entry.seq, hash, code: code.to_string(), detail: String::new() });
            }
            lsns.push(outcome.map_or(0, |lsn| lsn.0));
        }
        self.heads.push(heads.clone());
        let receipt = Receipt {
            epoch: Bytes::copy_from_slice(&self.epoch),
            incarnation: heads.incarnation.clone(),
            heads: heads.heads.clone(),
            received_at_ms: now_ms,
            lsns: runs(&lsns),
            refusals,
            signature: Bytes::new(),
        };
        sign_receipt(&self.key, receipt)
    }

    /// Whether the chains that these entries would make end in what was signed.
    fn leads_to(mut self, entries: &[RawEntry], heads: &SignedHeads) -> bool {
        for entry in entries {
            if let Err((code, _)) = self.append_one(entry, 0) {
                return code != RefusalCode::Fork; // of a gap nothing can be said
            }
        }
        heads.heads.iter().map(|head| read_feed_head(head).unwrap()).all(|(scope, seq, hash)| {
            let feed = FeedId { incarnation: entries[0].feed.incarnation, scope };
            self.chains[&feed].get(seq as usize - 1).is_some_and(|known| known.0 == hash)
        })
    }

    fn append_one(&mut self, raw: &RawEntry, now_ms: i64) -> Result<Lsn, (RefusalCode, Hash)> {
        let chain = self.chains.entry(raw.feed.clone()).or_default();
        let n = raw.seq as usize - 1;
        if n > chain.len() {
            return Err((RefusalCode::Gap, [0; 32]));
        }
        let previous = if n == 0 { GENESIS } else { chain[n - 1].0 };
        let body = raw.body.clone().unwrap();
        let hash = chain_hash(&raw.feed, raw.seq, &previous, &body);
        match chain.get(n) {
            Some((known, _)) if *known != hash => return Err((RefusalCode::Fork, hash)),
            Some((_, lsn)) => return lsn.ok_or((RefusalCode::Malformed, hash)),
            None => {}
        }
        if self.dislikes.contains(&raw.seq) {
            chain.push((hash, None));
            return Err((RefusalCode::Malformed, hash));
        }
        let lsn = Lsn(self.log.len() as u64 + 1);
        chain.push((hash, Some(lsn)));
        let entry = Entry { feed: raw.feed.clone(), seq: raw.seq, body: Some(body), hash };
        self.tree.push(&LogLeaf { hash, received_at_ms: now_ms });
        self.log.push(BatchEntry { entry, lsn, received_at_ms: now_ms });
        Ok(lsn)
    }

    pub fn read(&mut self, peer: Incarnation, after: Lsn, max_bytes: usize, shown_size: u64, now_ms: i64) -> HubEvent {
        self.reads.push(peer);
        let scopes = &self.peers[&peer].1;
        let (mut entries, mut bytes, mut up_to) = (Vec::new(), 0, after);
        for next in &self.log[after.0 as usize..] {
            if scopes.contains(&next.entry.feed.scope) {
                if bytes > 0 && bytes + cost(&next.entry) > max_bytes {
                    break;
                }
                bytes += cost(&next.entry);
                entries.extend(self.withheld_before(&next.entry));
                entries.push(next.clone());
            }
            up_to = next.lsn;
        }
        let incarnations: Vec<_> = entries.iter().map(|e| e.entry.feed.incarnation.0).collect();
        let heads = self.heads.iter().filter(|h| incarnations.iter().any(|i| h.incarnation == i.as_slice()));
        let heads = heads.cloned().collect();
        let at_tail = up_to == self.tail();
        let tree_head = at_tail.then(|| self.tree_head(now_ms));
        let consistency = if at_tail { self.consistency(shown_size) } else { Vec::new() };
        HubEvent::LogRead { entries, heads, up_to, tree_head, consistency, at_tail }
    }

    /// Hashes of the quarantined entries right before this one.
    fn withheld_before(&self, entry: &Entry) -> Vec<BatchEntry> {
        let chain = &self.chains[&entry.feed];
        let before = &chain[..entry.seq as usize - 1];
        let from = before.iter().rposition(|(_, lsn)| lsn.is_some()).map_or(0, |n| n + 1);
        let withhold = |n: usize| Entry { feed: entry.feed.clone(), seq: n as u64 + 1, body: None, hash: chain[n].0 };
        let frame = |n| BatchEntry { entry: withhold(n), lsn: Lsn(0), received_at_ms: 0 };
        (from..before.len()).map(frame).collect()
    }
}

fn runs(lsns: &[u64]) -> Vec<LsnRun> {
    let mut runs: Vec<LsnRun> = Vec::new();
    for lsn in lsns {
        match runs.last_mut() {
            Some(run) if run.first == 0 && *lsn == 0 => run.count += 1,
            Some(run) if run.first != 0 && run.first + u64::from(run.count) == *lsn => run.count += 1,
            _ => runs.push(LsnRun { first: *lsn, count: 1 }),
        }
    }
    runs
}
