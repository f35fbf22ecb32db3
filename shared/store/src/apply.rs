//! Changes into one record: authority, the gates, and waiting for a cause.
//!
//! A change stands on others. In a log that was never lost, causes come before effects; in one that
//! is brought back by several nodes after a loss they may come later. A change whose cause is not
//! here waits with the record, and is tried again with whatever comes for it.

use keng_domain::id::{Lsn, RecordId};
use keng_proto::EntryBody;
use keng_records::authority;
use keng_records::gate::{self, Decoded, Refused};
use keng_records::record::{Meta, Record};
use prost::Message;
use rusqlite::{Connection, OptionalExtension};

use crate::error::damaged;
use crate::project::{self, Carried, code_of, content_refused};
use crate::rows::{self, ENTRY_COLUMNS};
use crate::verdicts::Touched;
use crate::{Identity, StoreError};

/// Code of what waits for its cause, while it waits.
const DEPENDENCY: &str = "DEPENDENCY";

/// A record as far as it is here.
struct Target {
    id: RecordId,
    /// What it says of itself; `None`: nothing of it is here.
    meta: Option<Meta>,
    /// As it lies in the database, until something was applied.
    saved: Option<Vec<u8>>,
    /// As it is after what was applied.
    record: Option<Record>,
}

impl Target {
    fn bytes(&self) -> Option<Vec<u8>> {
        self.record.as_ref().map(Record::save).or_else(|| self.saved.clone())
    }

    /// Whether `change` creates the record once more as it is. A hub that had lost a line of its
    /// register writes it again, and gets the first one back.
    fn is_created_alike(&self, change: &Decoded) -> Result<bool, StoreError> {
        match (&self.record, &self.saved) {
            _ if !change.is_first() => Ok(false),
            (Some(record), _) => Ok(record.is_created_alike(change)),
            (None, Some(saved)) => Ok(Record::load(self.id, saved).map_err(damaged)?.is_created_alike(change)),
            (None, None) => Ok(false),
        }
    }
}

/// Passes changes through authority and the other two gates; one bad change keeps none of the
/// others out.
pub(crate) fn to_record(
    db: &Connection,
    identity: &Identity,
    id: RecordId,
    carried: Vec<Carried>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let (meta, saved) = project::saved(db, id)?.unzip();
    let mut target = Target { id, meta, saved, record: None };
    let waited = waiting(db, id)?;
    let mut queue = carried;
    queue.extend(waited.iter().cloned());
    let mut kept = Vec::new();
    while !queue.is_empty() {
        let (ready, mut later) = judge(db, identity, &target, queue)?;
        let entered = enter(db, &mut target, ready, &mut later)?;
        queue = later;
        if entered.is_empty() {
            break;
        }
        kept.extend(entered);
    }
    for c in &kept {
        project::note_change(db, &c.decoded.hash(), id, c.lsn)?;
        if waited.iter().any(|w| w.decoded.hash() == c.decoded.hash()) {
            no_longer_waits(db, id, c)?;
        }
    }
    for c in queue.iter().filter(|c| !waited.iter().any(|w| w.decoded.hash() == c.decoded.hash())) {
        waits(db, id, c)?;
    }
    match (target.record, target.meta) {
        (Some(record), Some(meta)) => project::write_record(db, identity, &record, &meta, touched),
        _ => Ok(()),
    }
}

/// Who may write what they write; and what must wait, because the record itself is not here yet.
fn judge(
    db: &Connection,
    identity: &Identity,
    target: &Target,
    queue: Vec<Carried>,
) -> Result<(Vec<Carried>, Vec<Carried>), StoreError> {
    let (mut ready, mut later) = (Vec::with_capacity(queue.len()), Vec::new());
    let mut meta = target.meta.clone();
    for c in queue {
        if meta.is_none() && !c.decoded.is_first() {
            later.push(c);
            continue;
        }
        let as_new = match target.meta {
            Some(_) => target.is_created_alike(&c.decoded)?,
            None => meta.is_none(),
        };
        let own = meta.clone().map_or_else(|| meta_of_first(&c.decoded), Ok);
        let verdict = match (&own, project::writer(db, identity, c.feed.incarnation)?) {
            (_, None) => Err(("UNKNOWN_INCARNATION", "the register does not know the author".to_owned())),
            (Err(what), _) => Err(("MALFORMED", format!("the record's first change lacks a valid {what}"))),
            (Ok(m), Some(role)) => authority::check(&c.decoded, as_new, &m.kind, &m.scope, &c.feed.scope, &role)
                .map_err(|forbidden| ("SCOPE", forbidden.to_string())),
        };
        match verdict {
            Ok(()) => {
                meta = own.ok();
                ready.push(c);
            }
            Err((code, detail)) => content_refused(db, c.lsn, &c.feed, c.seq, code, &detail)?,
        }
    }
    Ok((ready, later))
}

/// All together when they pass together; else one by one, to find the bad ones. What lacks its cause
/// goes to `later`.
fn enter(
    db: &Connection,
    target: &mut Target,
    ready: Vec<Carried>,
    later: &mut Vec<Carried>,
) -> Result<Vec<Carried>, StoreError> {
    if ready.is_empty() {
        return Ok(Vec::new());
    }
    let decoded: Vec<Decoded> = ready.iter().map(|c| c.decoded.clone()).collect();
    let mut saved = target.bytes();
    if let Ok(record) = gate::apply(target.id, saved.as_deref(), &decoded) {
        take(target, record)?;
        return Ok(ready);
    }
    let mut kept = Vec::new();
    for c in ready {
        match gate::apply(target.id, saved.as_deref(), std::slice::from_ref(&c.decoded)) {
            Ok(record) => {
                saved = Some(record.save());
                take(target, record)?;
                kept.push(c);
            }
            Err(Refused::Dependency(_)) => later.push(c),
            Err(refused) => content_refused(db, c.lsn, &c.feed, c.seq, code_of(&refused), &refused.to_string())?,
        }
    }
    Ok(kept)
}

fn take(target: &mut Target, record: Record) -> Result<(), StoreError> {
    if target.meta.is_none() {
        target.meta = Some(record.meta().map_err(damaged)?);
    }
    target.record = Some(record);
    Ok(())
}

fn meta_of_first(change: &Decoded) -> Result<Meta, &'static str> {
    let find = |key: &'static str| change.writes().find(|(k, _)| *k == key).map(|(_, v)| v.to_string()).ok_or(key);
    Ok(Meta {
        kind: find("kind")?,
        scope: find("scope")?.parse().map_err(|_| "scope")?,
        owner: find("owner")?.parse().map_err(|_| "owner")?,
    })
}

fn why(id: RecordId) -> String {
    format!("a change of record {id} stands on changes that are not here yet")
}

fn waits(db: &Connection, id: RecordId, c: &Carried) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR IGNORE INTO waiting (change, record, lsn) VALUES (?1, ?2, ?3)")?.execute((
        c.decoded.hash(),
        id.0,
        c.lsn.0 as i64,
    ))?;
    content_refused(db, c.lsn, &c.feed, c.seq, DEPENDENCY, &why(id))
}

fn no_longer_waits(db: &Connection, id: RecordId, c: &Carried) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM waiting WHERE change = ?1")?.execute([c.decoded.hash()])?;
    db.prepare_cached("DELETE FROM quarantine WHERE lsn = ?1 AND code = ?2 AND detail = ?3")?.execute((
        c.lsn.0 as i64,
        DEPENDENCY,
        why(id),
    ))?;
    Ok(())
}

/// The changes of a record that wait for their causes, oldest first.
fn waiting(db: &Connection, id: RecordId) -> Result<Vec<Carried>, StoreError> {
    let mut statement = db.prepare_cached("SELECT change, lsn FROM waiting WHERE record = ?1 ORDER BY lsn")?;
    let found = statement
        .query_map([id.0], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, i64>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry e JOIN feed f ON f.id = e.feed WHERE e.lsn = ?1");
    let mut waiting = Vec::with_capacity(found.len());
    for (change, lsn) in found {
        let change = rows::hash_of(&change)?;
        let row = db.prepare_cached(&sql)?.query_row([lsn], |r| Ok(rows::entry_row(r))).optional()?.transpose()?;
        let Some(row) = row else { continue };
        let body = EntryBody::decode(row.entry.body.clone().unwrap_or_default()).map_err(damaged)?;
        let mine = body.changes.iter().filter(|c| c.record.as_ref() == id.0);
        let decoded = mine.filter_map(|c| gate::decode(&c.change).ok()).find(|d| d.hash() == change);
        if let Some(decoded) = decoded {
            waiting.push(Carried { lsn: Lsn(lsn as u64), feed: row.entry.feed, seq: row.entry.seq, decoded });
        }
    }
    Ok(waiting)
}
