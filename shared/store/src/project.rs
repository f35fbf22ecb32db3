//! Entries become documents, documents become views.
//!
//! Each view row is a function of one document and the register of nodes, each verdict one of
//! the views: whatever the order and path of arrival, replicas that hold the same entries have
//! equal views (I2), and views made again from the entries are equal to the last byte.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use keng_domain::document::Document;
use keng_domain::field::{Contest, Fields, Parallel};
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::model::Model;
use keng_domain::point::Point;
use keng_domain::schema::{Kind, REVOKED_AT, REVOKED_REASON, UNIT_CATALOGUE, is_withdrawn};
use keng_domain::scope::Scope;
use keng_domain::text::name_key;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};
use keng_domain::units::Units;
use keng_records::authority::Role as Writer;
use keng_records::gate::{self, Decoded, Refused};
use keng_records::record::{Meta, Record};
use keng_sync::entry::FeedId;
use prost::Message;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::apply;
use crate::error::damaged;
use crate::rows::{self, ENTRY_COLUMNS, EntryRow};
use crate::verdicts::{self, Touched};
use crate::{Identity, Store, StoreError, personal};

/// Entries projected in one transaction: a few MiB of documents at most, and a reader of the
/// board waits no longer than that takes.
const STEP_ENTRIES: usize = 1_000;

/// Projection waits until nothing has come for so long: entries that come one after another go first,
/// since somebody waits for their receipts.
pub const QUIET: Duration = Duration::from_millis(30);

/// The name of the hub among nodes.
pub const HUB_NODE: &str = "hub";

/// What one step of the projector did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Documents and views contain every entry up to here.
    pub position: Lsn,
    /// Whether more entries wait.
    pub more: bool,
}

impl Store {
    /// Projects some waiting entries: documents, views and the position in one transaction.
    ///
    /// # Errors
    /// Whatever SQLite says; then nothing of the step is kept.
    pub fn project_step(&mut self) -> Result<Step, StoreError> {
        let identity = self.identity.clone();
        let tx = self.begin()?;
        let step = step(&tx, &identity)?;
        tx.commit()?;
        self.remove_erased_keys()?;
        Ok(step)
    }

    /// The last entry that documents and views contain.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn position(&self) -> Result<Lsn, StoreError> {
        position(&self.db)
    }
}

/// Projects all waiting entries within the caller's transaction.
pub(crate) fn catch_up(db: &Connection, identity: &Identity) -> Result<(), StoreError> {
    while step(db, identity)?.more {}
    Ok(())
}

pub(crate) fn position(db: &Connection) -> Result<Lsn, StoreError> {
    let at: i64 = db.prepare_cached("SELECT position FROM projection")?.query_row([], |r| r.get(0))?;
    Ok(Lsn(at as u64))
}

pub(crate) fn set_position(db: &Connection, lsn: Lsn) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE projection SET position = ?1")?.execute([lsn.0 as i64])?;
    Ok(())
}

fn step(db: &Connection, identity: &Identity) -> Result<Step, StoreError> {
    let after = position(db)?;
    let entries = read_entries(db, after)?;
    let Some(last) = entries.last() else { return Ok(Step { position: after, more: false }) };
    let (position, more) = (last.lsn, entries.len() == STEP_ENTRIES);

    let mut touched = Touched::default();
    let mut together = Together::default();
    for row in &entries {
        for (record, carried) in unpack(db, row)? {
            // Who may write what is judged by the register as it stood at that place of the log,
            // however many entries are projected at once.
            let registers = is_of_register(&carried.decoded);
            if registers {
                together.apply(db, identity, &mut touched)?;
            }
            together.add(record, carried);
            if registers {
                together.apply(db, identity, &mut touched)?;
            }
        }
    }
    together.apply(db, identity, &mut touched)?;
    verdicts::refresh(db, &touched)?;
    set_position(db, position)?;
    Ok(Step { position, more })
}

/// Changes by record, so that each document is loaded and written once; records in the order in
/// which they came.
#[derive(Default)]
struct Together {
    order: Vec<RecordId>,
    by_record: HashMap<RecordId, Vec<Carried>>,
}

impl Together {
    fn add(&mut self, record: RecordId, carried: Carried) {
        self.by_record
            .entry(record)
            .or_insert_with(|| {
                self.order.push(record);
                Vec::new()
            })
            .push(carried);
    }

    fn apply(&mut self, db: &Connection, identity: &Identity, touched: &mut Touched) -> Result<(), StoreError> {
        for record in self.order.drain(..) {
            let carried = self.by_record.remove(&record).unwrap_or_default();
            apply::to_record(db, identity, record, carried, touched)?;
        }
        Ok(())
    }
}

/// Whether a change writes what the register says of an author. (Points have a `unit` too.)
fn is_of_register(change: &Decoded) -> bool {
    change.writes().any(|(key, _)| key != "unit" && Kind::Register.field(key).is_some())
}

fn read_entries(db: &Connection, after: Lsn) -> Result<Vec<EntryRow>, StoreError> {
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed WHERE e.lsn > ?1 ORDER BY e.lsn LIMIT ?2"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query((after.0 as i64, STEP_ENTRIES as i64))?;
    let mut entries = Vec::new();
    while let Some(row) = found.next()? {
        entries.push(rows::entry_row(row)?);
    }
    Ok(entries)
}

/// One change on its way into a record.
#[derive(Clone)]
pub(crate) struct Carried {
    pub(crate) lsn: Lsn,
    pub(crate) feed: FeedId,
    pub(crate) seq: u64,
    pub(crate) decoded: Decoded,
}

/// The changes of an entry; those that fail the first gate go to quarantine.
fn unpack(db: &Connection, row: &EntryRow) -> Result<Vec<(RecordId, Carried)>, StoreError> {
    let body = row.entry.body.clone().unwrap_or_default();
    let quarantine =
        |code: &str, detail: &str| content_refused(db, row.lsn, &row.entry.feed, row.entry.seq, code, detail);
    let Ok(content) = keng_proto::EntryBody::decode(body) else {
        quarantine("MALFORMED", "the entry's body cannot be decoded")?;
        return Ok(Vec::new());
    };
    let mut out = Vec::with_capacity(content.changes.len());
    for change in content.changes {
        let Ok(record) = RecordId::from_slice(&change.record) else {
            quarantine("MALFORMED", "a record's identifier must be 16 bytes")?;
            continue;
        };
        match gate::decode(&change.change) {
            Ok(decoded) if decoded.author() == row.entry.feed.incarnation => {
                out.push((record, Carried { lsn: row.lsn, feed: row.entry.feed.clone(), seq: row.entry.seq, decoded }));
            }
            Ok(_) => quarantine("FOREIGN_ACTOR", "the change claims another author than its feed")?,
            Err(refused) => quarantine(code_of(&refused), &refused.to_string())?,
        }
    }
    Ok(out)
}

pub(crate) fn code_of(refused: &Refused) -> &'static str {
    match refused {
        Refused::Dependency(_) => "DEPENDENCY",
        Refused::TooLarge(_) => "TOO_LARGE",
        Refused::Fork => "FORK",
        Refused::Undecodable(_) | Refused::NotCanonical | Refused::Operation(_) | Refused::Poison(_) => "MALFORMED",
    }
}

pub(crate) fn content_refused(
    db: &Connection,
    lsn: Lsn,
    feed: &FeedId,
    seq: u64,
    code: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let (hash, body, at): (Vec<u8>, Vec<u8>, i64) = db
        .prepare_cached("SELECT hash, body, stored_at_ms FROM entry WHERE lsn = ?1")?
        .query_row([lsn.0 as i64], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let node = author(db, feed.incarnation)?.map_or_else(String::new, |(_, node, _)| node.0);
    db.prepare_cached(
        "INSERT INTO quarantine (node, incarnation, scope, seq, hash, code, detail, body, at_ms, lsn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        node,
        feed.incarnation.0,
        feed.scope.to_string(),
        seq as i64,
        hash,
        code,
        detail,
        body,
        at,
        lsn.0 as i64,
    ))?;
    tracing::warn!(%lsn, incarnation = %feed.incarnation, code, detail, "a change went to quarantine");
    Ok(())
}

pub(crate) fn note_change(db: &Connection, hash: &[u8; 32], record: RecordId, lsn: Lsn) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR IGNORE INTO change (hash, record, lsn) VALUES (?1, ?2, ?3)")?.execute((
        hash,
        record.0,
        lsn.0 as i64,
    ))?;
    Ok(())
}

/// Unit, node and whether it is the hub; `None` when the register does not know `incarnation`.
pub(crate) fn author(
    db: &Connection,
    incarnation: Incarnation,
) -> Result<Option<(UnitCode, NodeId, bool)>, StoreError> {
    let found: Option<(String, String, bool)> = db
        .prepare_cached("SELECT unit, node, is_hub FROM view_author WHERE incarnation = ?1")?
        .query_row([incarnation.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    found.map(|(unit, node, is_hub)| Ok((unit.parse().map_err(damaged)?, NodeId(node), is_hub))).transpose()
}

/// The unit of an author by catalogue and code, and whether it is the hub.
pub(crate) fn author_unit(db: &Connection, incarnation: Incarnation) -> Result<Option<(UnitKey, bool)>, StoreError> {
    let found: Option<(String, Option<String>, bool)> = db
        .prepare_cached("SELECT unit, catalogue, is_hub FROM view_author WHERE incarnation = ?1")?
        .query_row([incarnation.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    found.map(|(unit, catalogue, is_hub)| Ok((unit_key(&unit, catalogue.as_deref())?, is_hub))).transpose()
}

/// A unit as two columns name it.
pub(crate) fn unit_key(unit: &str, catalogue: Option<&str>) -> Result<UnitKey, StoreError> {
    let catalogue = catalogue.map(|id| id.parse().map_err(damaged)).transpose()?;
    Ok(UnitKey { catalogue, code: unit.parse().map_err(damaged)? })
}

/// Who writes as `incarnation`. The register names everybody; the own identity and the hub's
/// (told at enrolment) are known before the register has arrived.
pub(crate) fn writer(
    db: &Connection,
    identity: &Identity,
    incarnation: Incarnation,
) -> Result<Option<Writer>, StoreError> {
    if incarnation == identity.incarnation {
        return Ok(Some(identity.writer()));
    }
    if let Some((unit, is_hub)) = author_unit(db, incarnation)? {
        return Ok(Some(Writer { is_hub, ..Writer::of_unit(unit) }));
    }
    if crate::lives::is_former(db, incarnation)? {
        return Ok(Some(identity.writer()));
    }
    Ok(is_hub_life(db, incarnation)?.then(|| Writer::of_hub(identity.province.clone())))
}

/// Whether the hub has said that it writes, or wrote, as `incarnation`.
pub(crate) fn is_hub_life(db: &Connection, incarnation: Incarnation) -> Result<bool, StoreError> {
    let lives = crate::open::meta(db, crate::lives::HUB_LIVES)?.unwrap_or_default();
    let name = incarnation.to_string();
    Ok(lives.split(' ').any(|life| life == name))
}

/// A record's saved document.
pub(crate) fn document(db: &Connection, id: RecordId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(db.prepare_cached("SELECT bytes FROM document WHERE record = ?1")?.query_row([id.0], |r| r.get(0)).optional()?)
}

/// What a saved document says of itself, which never changes, and its bytes.
pub(crate) fn saved(db: &Connection, id: RecordId) -> Result<Option<(Meta, Vec<u8>)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT kind, scope, owner, bytes FROM document WHERE record = ?1")?;
    let mut found = statement.query([id.0])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let (scope, owner): (String, String) = (row.get(1)?, row.get(2)?);
    let meta =
        Meta { kind: row.get(0)?, scope: scope.parse().map_err(damaged)?, owner: owner.parse().map_err(damaged)? };
    Ok(Some((meta, row.get(3)?)))
}

/// Writes a record's document and every view row that depends on it.
pub(crate) fn write_record(
    db: &Connection,
    identity: &Identity,
    record: &Record,
    meta: &Meta,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO document (record, kind, scope, owner, heads, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (record) DO UPDATE SET heads = excluded.heads, bytes = excluded.bytes",
    )?
    .execute((
        record.id.0,
        &meta.kind,
        meta.scope.to_string(),
        meta.owner.as_str(),
        record.heads().concat(),
        record.save(),
    ))?;

    let authors = |incarnation: Incarnation| {
        if let Ok(Some((unit, node, _))) = author(db, incarnation) {
            return Some((unit, node));
        }
        (incarnation == identity.incarnation).then(|| (identity.unit.clone(), identity.node.clone()))
    };
    let fields = record.fields(&meta.owner, &authors);
    let contests = record.contests(&meta.owner, &fields, &authors);
    match Kind::of_code(&meta.kind) {
        Some(Kind::Register) => write_author(db, &fields)?,
        Some(Kind::RulePack) => touched.all = true,
        Some(Kind::Model) => touched.model_changed(db, record.id, &Model::read(record.id, &fields))?,
        Some(Kind::Point) => touched.point_changed(db, record.id, &fields)?,
        Some(_) | None => {}
    }
    write_view(db, record.id, meta, &fields)?;
    write_contests(db, record.id, &contests)?;
    write_parallel(db, record.id, &record.parallel(&meta.owner, &contests, &authors))
}

fn write_view(db: &Connection, id: RecordId, meta: &Meta, fields: &Fields) -> Result<(), StoreError> {
    let text = |key: &str| fields.text(key).unwrap_or_default();
    let id_at = |key: &str| text(key).parse::<RecordId>().ok();
    let (model, lookup) = match Kind::of_code(&meta.kind) {
        Some(Kind::Model) => {
            let m = Model::read(id, fields);
            (m.merged_into, name_key(&m.name))
        }
        Some(Kind::Point) => {
            let p = Point::read(id, fields);
            (p.model, point_lookup(&p.unit, &p.place))
        }
        Some(Kind::Document) => match Document::read(id, fields) {
            Some(d) if d.is_key() => {
                personal::note(db, &d)?;
                (Some(d.record), d.hash.to_string())
            }
            Some(d) => (Some(d.record), d.hash.to_string()),
            None => (None, String::new()),
        },
        Some(Kind::Submission) => (None, submission_lookup(text("unit"), text("period"))),
        Some(Kind::Nomination) => (id_at("model"), text("quarter").to_owned()),
        Some(Kind::Edition) => (None, format!("{}/{}", text("report_kind"), text("period"))),
        Some(Kind::Organisation) => (None, name_key(text("name"))),
        Some(Kind::Exemplar) => (id_at("model"), name_key(text("name"))),
        Some(Kind::Committee | Kind::Team | Kind::Survey | Kind::Assessment | Kind::Score) => {
            (id_at("record"), text("year").to_owned())
        }
        // Nothing of a person outside the sealed fields.
        Some(Kind::Member) => (id_at("record"), String::new()),
        Some(Kind::Catalogue | Kind::Lineage | Kind::RulePack | Kind::Template | Kind::Register | Kind::Contact)
        | None => (None, String::new()),
    };
    let json = serde_json::to_string(fields).map_err(damaged)?;
    db.prepare_cached(
        "INSERT INTO view_record (record, kind, scope, owner, model, lookup, fields, withdrawn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (record) DO UPDATE SET model = excluded.model, lookup = excluded.lookup,
             fields = excluded.fields, withdrawn = excluded.withdrawn",
    )?
    .execute((
        id.0,
        &meta.kind,
        meta.scope.to_string(),
        meta.owner.as_str(),
        model.map(|m| m.0),
        lookup,
        json,
        is_withdrawn(fields),
    ))?;
    Ok(())
}

/// Under this key a point of one model is found again: unit and folded place (DESIGN §8).
#[must_use]
pub fn point_lookup(unit: &UnitCode, place: &str) -> String {
    format!("{unit}/{}", name_key(place))
}

/// Under this key the submissions of one unit for one period are found.
#[must_use]
pub fn submission_lookup(unit: &str, period: &str) -> String {
    format!("{unit}/{period}")
}

fn write_contests(db: &Connection, record: RecordId, contests: &[(String, Contest)]) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM view_contest WHERE record = ?1")?.execute([record.0])?;
    for (field, contest) in contests {
        let json = serde_json::to_string(contest).map_err(damaged)?;
        db.prepare_cached("INSERT INTO view_contest (id, record, field, contest) VALUES (?1, ?2, ?3, ?4)")?
            .execute((contest_id(record, field, contest), record.0, field, json))?;
    }
    Ok(())
}

fn write_parallel(db: &Connection, record: RecordId, written: &[Parallel]) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM view_parallel WHERE record = ?1")?.execute([record.0])?;
    if written.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(written).map_err(damaged)?;
    db.prepare_cached("INSERT INTO view_parallel (record, written) VALUES (?1, ?2)")?.execute((record.0, json))?;
    Ok(())
}

/// Names a contest by what is in it: when another candidate joins, it is another contest, and
/// nobody picks a number from a list they have not seen.
fn contest_id(record: RecordId, field: &str, contest: &Contest) -> String {
    let candidates: BTreeSet<(&str, &str)> =
        contest.candidates.iter().map(|c| (c.change.as_str(), c.side.as_str())).collect();
    let mut hasher = Sha256::new();
    hasher.update(record.0);
    hasher.update(field.as_bytes());
    for (change, side) in candidates {
        hasher.update(change.as_bytes());
        hasher.update(side.as_bytes());
    }
    hex::encode(&hasher.finalize()[..8])
}

fn write_author(db: &Connection, fields: &Fields) -> Result<(), StoreError> {
    let text = |key: &str| fields.text(key).map(str::to_owned);
    let (Some(incarnation), Some(node), Some(unit), Some(key)) =
        (text("incarnation"), text("node"), text("unit"), text("public_key"))
    else {
        return Ok(());
    };
    // One that is no name is as good as none: the register is the hub's own, so this is its mistake.
    let catalogue = text(UNIT_CATALOGUE).filter(|id| id.parse::<CatalogueId>().is_ok());
    let (Ok(incarnation), Ok(key)) = (incarnation.parse::<Incarnation>(), hex::decode(key)) else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO view_author (incarnation, node, unit, catalogue, public_key, is_hub, revoked_at, revoked_reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (incarnation) DO UPDATE SET node = excluded.node, unit = excluded.unit,
             catalogue = excluded.catalogue, public_key = excluded.public_key, is_hub = excluded.is_hub,
             revoked_at = excluded.revoked_at, revoked_reason = excluded.revoked_reason",
    )?
    .execute((
        incarnation.0,
        &node,
        unit,
        catalogue,
        key,
        node == HUB_NODE,
        text(REVOKED_AT),
        text(REVOKED_REASON),
    ))?;
    Ok(())
}

/// Whether a writer may write in `scope`: the own unit, those under it, what they were made of by
/// confirmed changes, and the province (I4). The hub may write anywhere.
pub(crate) fn may_write(units: &Units, role: &Writer, scope: &Scope) -> bool {
    role.is_hub || units.holds(&role.unit_key(), scope)
}
