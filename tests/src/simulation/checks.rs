//! What must hold (DESIGN's invariants): some of it at any moment, all of it when the world is at rest.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keng_domain::field::{Field, Value};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::schema::Kind;
use keng_store::log::{Log, Subscription};
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};
use keng_sync::batch::BatchEntry;
use keng_sync::entry::{FeedId, GENESIS, Hash, Seq, chain_hash};
use keng_sync::merkle::Tree;

use super::Site;
use super::ground;
use super::ledger::Write;
use super::world::World;
use crate::chance::Chance;

/// Rows of the quarantine looked at: more than any run makes.
const QUARANTINE_MAX: u32 = 1_000;

/// Something that must never happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant: `I1` … `I8`, `progress`, `bounds`, `store`, `panic`, or `world` for a fault of
    /// the simulation itself.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

/// What is fine, or what is not.
pub(super) type Checked<T = ()> = Result<T, Violation>;

impl Violation {
    pub(super) fn new(invariant: &'static str, what: String) -> Self {
        Self { invariant, what }
    }

    pub(super) fn world(what: String) -> Self {
        Self::new("world", what)
    }
}

/// No fault of the run reaches a store but through the drivers, which know what to do with it.
impl From<StoreError> for Violation {
    fn from(e: StoreError) -> Self {
        Self::new("store", e.to_string())
    }
}

fn ensure(holds: bool, invariant: &'static str, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Violation::new(invariant, what())) }
}

/// The first line of each that the other lacks.
fn difference(one: &str, other: &str) -> String {
    let lacks =
        |a: &str, b: &str| a.lines().find(|line| !b.lines().any(|l| l == *line)).unwrap_or("nothing").to_owned();
    format!("{} | {}", lacks(one, other), lacks(other, one))
}

/// Whoever reads everything.
pub(super) fn everybody() -> Subscription {
    Subscription { scopes: ground::scopes().into_iter().collect(), except: ground::NOBODY }
}

/// The whole log of a store, with the hashes of entries that lie in quarantine.
pub(super) fn log_of(store: &Store) -> Checked<Vec<BatchEntry>> {
    let everybody = everybody();
    let (mut log, mut after) = (Vec::new(), Lsn(0));
    loop {
        let slice = store.read(after, &everybody, usize::MAX)?;
        log.extend(slice.entries);
        after = slice.up_to;
        if slice.at_tail {
            return Ok(log);
        }
    }
}

impl World {
    /// Whatever happens: a node that shows "đã gửi hết" tells the truth (I6).
    pub(super) fn check_always(&mut self) -> Checked {
        for node in &mut self.nodes {
            let Some(store) = &mut node.store else { continue };
            if store.pending()?.entries > 0 {
                continue;
            }
            let present = store.present_life()?;
            let own = store.heads_of(present)?;
            ensure(store.acknowledged()? == own, "I6", || format!("{} is green without receipts", node.name))?;
            let Some(hub) = self.hub.store.as_ref().filter(|_| !self.copies.hub_lost) else { continue };
            let held = hub.heads_of(present)?;
            let covered = own.iter().all(|(scope, seq, _)| held.iter().any(|(s, held, _)| s == scope && held >= seq));
            ensure(covered, "I6", || format!("{} is green, the hub holds less", node.name))?;
        }
        Ok(())
    }

    /// After a start: what was durable before is there (I1).
    pub(super) fn check_promises(&mut self, at: Site) -> Checked {
        let promised = self.ledger.promised.get(&at).cloned().unwrap_or_default();
        let cursor = self.ledger.cursors.get(&at).copied();
        let Some(store) = self.store_of(at) else { return Ok(()) };
        for ((incarnation, scope), (seq, hash)) in promised {
            let now = store.heads_of(incarnation)?.into_iter().find(|h| h.0 == scope);
            let kept = now.as_ref().is_some_and(|(_, s, h)| *s > seq || (*s, *h) == (seq, hash));
            ensure(kept, "I1", || format!("{at} had {scope} up to {seq}, and starts with {now:?}"))?;
        }
        if let Some(cursor) = cursor {
            let now = store.cursor()?;
            ensure(now >= cursor, "I1", || format!("{at} had its cursor at {cursor}, and starts with {now}"))?;
        }
        Ok(())
    }

    /// The world is at rest, without faults.
    pub(super) fn check_quiet(&mut self, chance: &mut Chance) -> Checked {
        let unlinked = self.unlinked();
        ensure(unlinked.is_empty(), "progress", || format!("at rest, but nodes {unlinked:?} have no session"))?;
        self.check_always()?;
        self.check_sent()?;
        self.check_log()?;
        self.check_tree()?;
        self.check_authority()?;
        self.check_values()?;
        self.check_contests(Site::Hub)?;
        for n in (0..self.nodes.len()).filter(|n| !self.nodes[*n].lies).collect::<Vec<_>>() {
            if !self.is_revoked(n) {
                self.check_replica(n)?;
            }
            self.check_contests(Site::Node(n))?;
        }
        self.check_revoked()?;
        self.check_twins()?;
        self.check_rebuilt(chance)?;
        self.check_past(chance)
    }

    /// I6: everything is sent, and receipts say so.
    fn check_sent(&mut self) -> Checked {
        let hub = self.hub.store()?;
        let revoked = &self.revoked;
        for node in self.nodes.iter_mut().filter(|node| !revoked.contains_key(&node.name)) {
            let store = node.store.as_mut().ok_or_else(|| Violation::world(format!("{} is down", node.name)))?;
            let pending = store.pending()?;
            ensure(pending.entries == 0, "progress", || {
                format!("{} still has {} entries to send; {:?}", node.name, pending.entries, node.fault)
            })?;
            ensure(node.lies || pending.refused == 0, "I4", || {
                let kept = hub.quarantine_list(QUARANTINE_MAX);
                format!("the hub refused {} entries of {}, which is honest: {kept:?}", pending.refused, node.name)
            })?;
            for life in store.lives()?.iter().map(|l| l.incarnation).chain([store.present_life()?]) {
                let (own, held) = (store.heads_of(life)?, hub.heads_of(life)?);
                ensure(own == held, "I6", || format!("{} has of life {life} {own:?}, the hub {held:?}", node.name))?;
            }
        }
        Ok(())
    }

    /// I1, I3: every entry once, chained, where its receipt says.
    fn check_log(&mut self) -> Checked {
        let log = log_of(self.hub.store()?)?;
        let mut chains: BTreeMap<FeedId, (Seq, Hash)> = BTreeMap::new();
        let mut places: BTreeMap<Lsn, (FeedId, Seq, Hash)> = BTreeMap::new();
        for BatchEntry { entry, lsn, .. } in &log {
            let (seq, hash) = chains.get(&entry.feed).copied().unwrap_or((0, GENESIS));
            ensure(entry.seq == seq + 1, "I3", || format!("{:?} goes from {seq} to {}", entry.feed, entry.seq))?;
            if let Some(body) = &entry.body {
                let chained = chain_hash(&entry.feed, entry.seq, &hash, body) == entry.hash;
                ensure(chained, "I3", || format!("{:?} breaks at {}", entry.feed, entry.seq))?;
                places.insert(*lsn, (entry.feed.clone(), entry.seq, entry.hash));
            }
            chains.insert(entry.feed.clone(), (entry.seq, entry.hash));
        }
        let epoch = self.hub.store()?.epoch()?;
        for (feed, seq, hash, lsn) in self.ledger.receipts.get(&epoch).into_iter().flatten() {
            let Some(lsn) = lsn else { continue };
            let there = places.get(lsn) == Some(&(feed.clone(), *seq, *hash));
            ensure(there, "I1", || format!("a receipt says that {feed:?} {seq} stands at {lsn}: it does not"))?;
        }
        Ok(())
    }

    /// I8: what the hub ever said of its log still holds.
    fn check_tree(&mut self) -> Checked {
        ensure(self.hub.accused.is_empty(), "I8", || self.hub.accused.join("; "))?;
        for node in &self.nodes {
            // Of a node whose frames came twice or out of order, the hub may seem to contradict itself.
            let Some(store) = node.store.as_ref().filter(|_| !self.misled.contains(&node.name)) else { continue };
            let kept = store.evidence_count()?;
            ensure(kept == 0, "I8", || format!("{} keeps evidence against an honest hub", node.name))?;
        }
        let hub = self.hub.store()?;
        let epoch = hub.epoch()?;
        let mut tree = Tree::new();
        tree.extend(&hub.leaves(Lsn(0))?);
        for node in &self.nodes {
            for head in node.tree_heads.iter().filter(|h| h.epoch == epoch.as_slice()) {
                let root = tree.root_at(head.size);
                ensure(root.is_some_and(|r| head.root == r.as_slice()), "I8", || {
                    format!("{} was told of a log of {} entries that is no part of this one", node.name, head.size)
                })?;
            }
        }
        Ok(())
    }

    /// I4: a lie is nowhere, and lies where it can be looked at; nobody else is bothered.
    fn check_authority(&mut self) -> Checked {
        let hub = self.hub.store()?;
        for lie in &self.forbidden {
            if hub.record(lie.record)?.is_none() {
                continue;
            }
            let seen = hub.trace(lie.record, Some(lie.field))?.iter().any(|l| l.author.incarnation == lie.author);
            ensure(!seen, "I4", || format!("{} of {} was written without the right to", lie.field, lie.record))?;
        }
        let kept = hub.quarantine_list(QUARANTINE_MAX)?;
        ensure(kept.iter().all(|q| !q.code.is_empty() && !q.detail.is_empty()), "I4", || {
            "something lies in quarantine without a reason".to_owned()
        })?;
        // Those of a revoked node need not have come.
        let silenced = self.nodes.iter().any(|node| node.lies && self.revoked.contains_key(&node.name));
        ensure(silenced || kept.len() >= self.forbidden.len(), "I4", || {
            format!("{} lies, {} in quarantine", self.forbidden.len(), kept.len())
        })?;
        for node in &self.nodes {
            // What a revoked node sent too late lies there for somebody to look at.
            let late = |code: &str| code == "REVOKED" && self.revoked.contains_key(&node.name);
            let bothered = kept.iter().find(|q| q.node.0 == node.name && !late(&q.code));
            let why = node.lies || self.excused.contains(&node.name);
            ensure(why || bothered.is_none(), "I4", || format!("of {}, which is honest: {bothered:?}", node.name))?;
        }
        Ok(())
    }

    /// I3: every value ever saved is in the hub's trace, as often as it was saved; but for those that only
    /// revoked nodes hold.
    fn check_values(&mut self) -> Checked {
        let revoked = self.revoked_sites();
        let hub = self.hub.store.as_ref().ok_or_else(|| Violation::world("the hub does not run".to_owned()))?;
        let mut traces = BTreeMap::new();
        for (record, field, writes) in self.ledger.fields() {
            if writes.iter().all(|w| self.ledger.only_at(w, &revoked)) {
                continue;
            }
            let trace = match traces.entry(record) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(hub.trace(record, None)?),
            };
            for write in writes {
                let counts = |w: &&Write| w.value == write.value && !self.ledger.only_at(w, &revoked);
                let saved = writes.iter().filter(counts).count();
                let found = trace.iter().filter(|l| l.field == field && l.value == write.value).count();
                ensure(saved == found, "I3", || {
                    format!("{field} = {} of {record}: saved {saved} times, traced {found} times", write.value)
                })?;
            }
        }
        Ok(())
    }

    /// I5: what stands beside each other unseen is a contest; what one has seen of the other is none.
    fn check_contests(&mut self, at: Site) -> Checked {
        let unit = self.unit_of(at);
        let scopes = ground::scopes_of(unit.as_str());
        let expected: Vec<(RecordId, String, BTreeSet<Value>)> = self
            .ledger
            .fields()
            .map(|(record, field, _)| {
                let values = self.ledger.standing(at, record, field).map(|w| w.value.clone()).collect();
                (record, field.to_owned(), values)
            })
            .collect();
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let mut views: BTreeMap<RecordId, Option<RecordView>> = BTreeMap::new();
        for (record, field, expected) in expected {
            if let Entry::Vacant(new) = views.entry(record) {
                new.insert(store.record(record)?);
            }
            let Some(view) = views.get(&record).and_then(Option::as_ref).filter(|v| scopes.contains(&v.scope)) else {
                ensure(expected.is_empty(), "I2", || format!("{at} lacks {record}"))?;
                continue;
            };
            let found: BTreeSet<Value> = match view.fields.get(&field) {
                Some(Field::Settled(value)) => BTreeSet::from([value.clone()]),
                Some(Field::Contested(contest)) => contest.candidates.iter().map(|c| c.value.clone()).collect(),
                None => BTreeSet::new(),
            };
            ensure(found == expected, "I5", || {
                format!("{at} reads {field} of {record} as {found:?}, not {expected:?}")
            })?;
        }
        Ok(())
    }

    /// I2: a node reads of its scopes what the hub reads.
    fn check_replica(&mut self, n: usize) -> Checked {
        let scopes = ground::scopes_of(self.nodes[n].unit.as_str());
        let hub = self.hub.store.as_ref().ok_or_else(|| Violation::world("the hub does not run".to_owned()))?;
        let node = &self.nodes[n];
        let Some(store) = &node.store else { return Ok(()) };
        for kind in [Kind::Model, Kind::Point, Kind::Register, Kind::Catalogue, Kind::RulePack] {
            let (here, there) = (store.records(kind)?, hub.records(kind)?);
            let there: Vec<_> = there.into_iter().filter(|v| scopes.contains(&v.scope)).collect();
            ensure(here == there, "I2", || {
                let differ =
                    here.iter().find(|v| !there.contains(v)).or_else(|| there.iter().find(|v| !here.contains(v)));
                format!(
                    "{} and the hub read {kind:?} differently, e.g. {:?}",
                    node.name,
                    differ.map(|v| (v.id, &v.fields))
                )
            })?;
            for view in here.iter().filter(|v| self.ledger.fields().any(|(record, ..)| record == v.id)) {
                let heads = |of: &Store| Ok::<_, StoreError>(of.document(view.id)?.map(|d| d.heads()));
                ensure(heads(store)? == heads(hub)?, "I2", || {
                    format!("{} and the hub: heads of {}", node.name, view.id)
                })?;
            }
        }
        Ok(())
    }

    /// I2: two nodes of one unit have equal views, to the last byte.
    fn check_twins(&mut self) -> Checked {
        let mut of_unit = BTreeMap::new();
        for node in self.nodes.iter().filter(|n| !n.lies && !self.revoked.contains_key(&n.name)) {
            let Some(store) = &node.store else { continue };
            let text = store.views_as_text()?;
            let first = of_unit.entry(node.unit.as_str().to_owned()).or_insert_with(|| text.clone());
            ensure(*first == text, "I2", || {
                format!("{} has other views than its twin: {}", node.name, difference(first, &text))
            })?;
        }
        Ok(())
    }

    /// I2: views made again from the entries are the same.
    fn check_rebuilt(&mut self, chance: &mut Chance) -> Checked {
        let n = usize::try_from(chance.below(self.nodes.len() as u64 + 1)).unwrap_or(0);
        let at = if n == self.nodes.len() { Site::Hub } else { Site::Node(n) };
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let before = store.views_as_text()?;
        store.rebuild()?;
        let after = store.views_as_text()?;
        ensure(before == after, "I2", || {
            let kept = store.quarantine_list(QUARANTINE_MAX);
            format!("{at} reads otherwise after its views were made again: {}; {kept:?}", difference(&before, &after))
        })
    }

    /// I7: an earlier end of the log reads as it did.
    fn check_past(&mut self, chance: &mut Chance) -> Checked {
        if let Some((lsn, text)) = chance.pick(&self.past).cloned() {
            let past = self.hub.store()?.as_of(lsn)?.views_as_text()?;
            ensure(past == text, "I7", || format!("the log up to {lsn} reads otherwise than it did"))?;
        }
        let hub = self.hub.store()?;
        let now = (hub.tail()?, hub.views_as_text()?);
        self.past.push(now);
        Ok(())
    }
}
