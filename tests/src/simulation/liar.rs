//! A node whose program somebody has changed: it writes what it may not, chained and signed by its
//! own key as if it were in order.

use bytes::Bytes;
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_proto::{EntryBody, RecordChange};
use keng_records::record::{Meta, Record};
use keng_records::stamp::Stamp;
use keng_store::Store;
use keng_sync::batch::RawEntry;
use keng_sync::entry::FeedId;
use keng_sync::head::feed_head;
use prost::Message;
use sha2::{Digest, Sha256};

use super::Site;
use super::checks::Checked;
use super::ground::{self, POINT_610, POINT_612};
use super::world::World;
use crate::chance::Chance;

/// What must never be read at the hub.
#[derive(Debug, Clone)]
pub(super) struct Forbidden {
    pub(super) record: RecordId,
    pub(super) field: &'static str,
    pub(super) author: Incarnation,
}

/// An entry's content, where it goes, and what of it nobody may ever read (`None`: it may be a
/// change that makes sense).
struct Lie {
    name: &'static str,
    scope: Scope,
    body: Bytes,
    forbidden: Option<Forbidden>,
}

impl World {
    /// The node writes one bad entry at the end of one of its feeds.
    pub(super) fn lie(&mut self, n: usize, salt: u64) -> Checked {
        let mut chance = Chance::of(salt);
        let site = Site::Node(n);
        // Two folders of which one lies would be hard to tell apart in what is checked.
        if self.copies.has(n) {
            return Ok(());
        }
        let now_ms = self.now(site);
        let Some(store) = self.store_of(site) else { return Ok(()) };
        if store.catalogues()?.is_empty() {
            return Ok(()); // it has never synced: there is nothing yet to lie about
        }
        let Some(lie) = invent(store, &mut chance)? else { return Ok(()) };
        append(store, &lie, now_ms)?;
        let incarnation = store.present_life()?;
        let heads = store.heads_of(incarnation)?;
        self.trace.note(format!("{site}: lies ({})", lie.name));
        self.ledger.promise(site, incarnation, heads);
        self.nodes[n].lies = true;
        self.forbidden.extend(lie.forbidden);
        self.tally.lies += 1;
        Ok(())
    }
}

fn invent(store: &Store, chance: &mut Chance) -> Checked<Option<Lie>> {
    let identity = store.identity().clone();
    let me = store.present_life()?;
    let (own, foreign, foreign_commune, foreign_unit) = match identity.unit.as_str() {
        "610" => (POINT_610, POINT_612, "23428", "612"),
        _ => (POINT_612, POINT_610, "23368", "610"),
    };
    let Some(view) = store.record(own)? else { return Ok(None) };
    let stamp = Stamp { officer: "Không rõ".into(), device_time_ms: 1_667_952_000_000, reason: None };
    let edited = |field: &str, value: Value, author: Incarnation| -> Checked<Option<Bytes>> {
        let Some(mut record) = store.document(own)? else { return Ok(None) };
        Ok(record.edit(&[(field.to_owned(), value)], author, &stamp).map(Bytes::from))
    };
    let marker = Value::from(format!("Dối {}", chance.below(1_000_000)));
    let forbid = |field| Some(Forbidden { record: own, field, author: me });
    let (name, scope, record, change, forbidden) = match chance.below(6) {
        0 => ("a mutated change", view.scope, own, edited("note", marker, me)?.map(|c| mutated(&c, chance)), None),
        1 => {
            let scope = ground::area(foreign_commune);
            let meta = Meta { kind: "point".into(), scope: scope.clone(), owner: identity.unit };
            let (_, change) = Record::create(foreign, &meta, &[("note".to_owned(), marker)], me, &stamp);
            let forbidden = Forbidden { record: foreign, field: "note", author: me };
            ("in another unit's scope", scope, foreign, Some(change.into()), Some(forbidden))
        }
        2 => {
            let field = if foreign_unit == "612" { "ratings/2022/612" } else { "ratings/2022/610" };
            ("another unit's rating", view.scope, own, edited(field, "tot".into(), me)?, forbid(field))
        }
        3 => {
            ("the hub's approval", view.scope, own, edited("approved/2022", "tot".into(), me)?, forbid("approved/2022"))
        }
        4 => {
            let author = Incarnation([77; 16]);
            let forbidden = Forbidden { record: own, field: "note", author };
            ("in another's name", view.scope, own, edited("note", marker, author)?, Some(forbidden))
        }
        _ => {
            let noise: Vec<u8> = (0..20).map(|_| u8::try_from(chance.below(256)).unwrap_or(0)).collect();
            ("noise", view.scope, own, Some(noise.into()), None)
        }
    };
    let Some(change) = change else { return Ok(None) };
    let body = if name == "noise" {
        change
    } else {
        let changes = vec![RecordChange { record: Bytes::copy_from_slice(&record.0), change }];
        EntryBody { hlc: 1, changes }.encode_to_vec().into()
    };
    Ok(Some(Lie { name, scope, body, forbidden }))
}

/// Some bytes altered, the checksum repaired, so that it gets past the first look.
fn mutated(change: &[u8], chance: &mut Chance) -> Bytes {
    let mut bytes = change.to_vec();
    for _ in 0..=chance.below(3) {
        let at = 8 + chance.below(bytes.len() as u64 - 8);
        bytes[usize::try_from(at).unwrap_or(8)] = u8::try_from(chance.below(256)).unwrap_or(0);
    }
    let checksum = Sha256::digest(&bytes[8..]);
    bytes[4..8].copy_from_slice(&checksum[..4]);
    bytes.into()
}

/// A store writes only what is allowed, so the entry comes in as if the hub had sent it, and then
/// counts as never acknowledged.
fn append(store: &mut Store, lie: &Lie, now_ms: i64) -> Checked {
    let incarnation = store.present_life()?;
    let feed = FeedId { incarnation, scope: lie.scope.clone() };
    let heads = store.heads_of(incarnation)?;
    let seq = heads.iter().find(|h| h.0 == feed.scope).map_or(0, |h| h.1);
    let acknowledged: Vec<_> =
        store.acknowledged()?.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect();
    let entry = RawEntry {
        feed,
        seq: seq + 1,
        body: Some(lie.body.clone()),
        withheld: None,
        lsn: Lsn(1),
        received_at_ms: now_ms,
    };
    let epoch = store.epoch()?;
    store.store_pull(&[entry], &[], Lsn(0), epoch, now_ms)?;
    while store.project_step()?.more {}
    store.resend_from(&acknowledged)?;
    Ok(())
}
