//! What the world itself remembers of what was promised, apart from every store: who saved which
//! value having seen which, where each replica's knowledge ends, which receipts were given.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_proto::EntryBody;
use keng_records::gate;
use keng_records::record::META_KEYS;
use keng_sync::entry::{FeedId, Hash, Seq};
use keng_sync::session::Epoch;
use prost::Message;

use super::Site;

/// What a receipt says of one entry.
pub(super) type Receipted = (FeedId, Seq, Hash, Option<Lsn>);

/// A value that an officer saved.
#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) value: Value,
    change: [u8; 32],
    /// The changes whose values at this field the officer saw, and replaced.
    saw: BTreeSet<[u8; 32]>,
    /// A folder that held it was put back to before it: it may be gone, when nobody else holds it.
    loose: bool,
}

/// Where a feed stood when its replica said so.
pub(super) type Heads = BTreeMap<(Incarnation, Scope), (Seq, Hash)>;

#[derive(Debug, Default, Clone)]
pub(super) struct Ledger {
    /// By record and field, in the order of saving.
    writes: BTreeMap<(RecordId, String), Vec<Write>>,
    /// Changes that each replica holds.
    known: BTreeMap<Site, BTreeSet<[u8; 32]>>,
    /// Receipts that a node has stored, by the epoch of the log whose positions they name.
    pub(super) receipts: BTreeMap<Epoch, Vec<Receipted>>,
    /// Heads that a replica has made durable; after a crash they are there (I1).
    pub(super) promised: BTreeMap<Site, Heads>,
    /// Cursors that a node has made durable, likewise.
    pub(super) cursors: BTreeMap<Site, Lsn>,
}

/// One change of an entry, read.
struct Change {
    record: RecordId,
    hash: [u8; 32],
    writes: Vec<(String, Value)>,
}

fn changes(body: &Bytes) -> Vec<Change> {
    let Ok(body) = EntryBody::decode(body.clone()) else { return Vec::new() };
    let read = |change: &keng_proto::RecordChange| {
        let decoded = gate::decode(&change.change).ok()?;
        let writes = decoded.writes().map(|(key, value)| (key.to_owned(), value)).collect();
        Some(Change { record: RecordId::from_slice(&change.record).ok()?, hash: decoded.hash(), writes })
    };
    body.changes.iter().filter_map(read).collect()
}

impl Ledger {
    /// `site` saved this entry.
    pub(super) fn saved(&mut self, site: Site, body: &Bytes) {
        for change in changes(body) {
            for (field, value) in change.writes {
                if META_KEYS.contains(&field.as_str()) {
                    continue;
                }
                let saw = self.standing(site, change.record, &field).map(|w| w.change).collect();
                let write = Write { value, change: change.hash, saw, loose: false };
                self.writes.entry((change.record, field)).or_default().push(write);
            }
            self.known.entry(site).or_default().insert(change.hash);
        }
    }

    /// `site` holds this entry.
    pub(super) fn holds(&mut self, site: Site, body: &Bytes) {
        let known = self.known.entry(site).or_default();
        known.extend(changes(body).into_iter().map(|c| c.hash));
    }

    /// The values that stand at a field for somebody who knows what `site` knows: those that no
    /// other one has replaced.
    pub(super) fn standing(&self, site: Site, record: RecordId, field: &str) -> impl Iterator<Item = &Write> {
        let nothing = const { &BTreeSet::new() };
        let known = self.known.get(&site).unwrap_or(nothing);
        let writes = self.writes.get(&(record, field.to_owned())).map_or(&[][..], Vec::as_slice);
        let here = || writes.iter().filter(|w| known.contains(&w.change));
        here().filter(move |w| !here().any(|later| later.saw.contains(&w.change)))
    }

    /// Whether nobody but `sites` holds this value.
    pub(super) fn only_at(&self, write: &Write, sites: &BTreeSet<Site>) -> bool {
        !self.known.iter().any(|(site, known)| !sites.contains(site) && known.contains(&write.change))
    }

    /// The changes that `site` holds.
    pub(super) fn known(&self, site: Site) -> BTreeSet<[u8; 32]> {
        self.known.get(&site).cloned().unwrap_or_default()
    }

    /// `site` is new, and holds these changes.
    pub(super) fn knows(&mut self, site: Site, known: &BTreeSet<[u8; 32]>) {
        self.known.insert(site, known.clone());
    }

    /// The folder of `site` was put back to where it held these changes.
    pub(super) fn goes_back(&mut self, site: Site, known: &BTreeSet<[u8; 32]>) {
        let before = self.known.insert(site, known.clone()).unwrap_or_default();
        for write in self.writes.values_mut().flatten() {
            write.loose |= before.contains(&write.change) && !known.contains(&write.change);
        }
        self.promised.remove(&site);
        self.cursors.remove(&site);
    }

    /// What only a folder held that was put back is gone, and nobody can be asked for it.
    pub(super) fn forget_lost(&mut self) {
        let known: BTreeSet<&[u8; 32]> = self.known.values().flatten().collect();
        for writes in self.writes.values_mut() {
            writes.retain(|w| !w.loose || known.contains(&w.change));
        }
        self.writes.retain(|_, writes| !writes.is_empty());
    }

    /// `site` has written again, as another life, what it could not send under the old name: the same
    /// values in the same order, over the same ones that their author saw.
    pub(super) fn written_again(&mut self, site: Site, bodies: &[Bytes]) {
        let at_hub = self.known(Site::Hub);
        // A field may have had one value twice: what has been written again is not looked for once more.
        let mut done = BTreeSet::new();
        for change in bodies.iter().flat_map(changes) {
            let known = self.known.entry(site).or_default();
            let mut old = BTreeSet::new();
            for (field, value) in change.writes {
                let writes = self.writes.entry((change.record, field)).or_default();
                let waits = |hash: &[u8; 32]| known.contains(hash) && !at_hub.contains(hash) && !done.contains(hash);
                let is_it = |w: &&mut Write| w.value == value && waits(&w.change);
                if let Some(write) = writes.iter_mut().find(is_it) {
                    old.insert(std::mem::replace(&mut write.change, change.hash));
                }
            }
            for write in self.writes.values_mut().flatten() {
                let seen: Vec<_> = old.iter().filter(|hash| write.saw.remove(*hash)).collect();
                if !seen.is_empty() {
                    write.saw.insert(change.hash);
                }
            }
            known.retain(|hash| !old.contains(hash));
            known.insert(change.hash);
            done.insert(change.hash);
        }
    }

    /// Records and fields that anybody has written.
    pub(super) fn fields(&self) -> impl Iterator<Item = (RecordId, &str, &[Write])> {
        self.writes.iter().map(|((record, field), writes)| (*record, field.as_str(), writes.as_slice()))
    }

    /// `site` has made durable that its feeds stand there.
    pub(super) fn promise(&mut self, site: Site, incarnation: Incarnation, heads: Vec<(Scope, Seq, Hash)>) {
        let promised = self.promised.entry(site).or_default();
        promised.extend(heads.into_iter().map(|(scope, seq, hash)| ((incarnation, scope), (seq, hash))));
    }
}
