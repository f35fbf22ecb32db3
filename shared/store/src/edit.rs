//! An officer's act: changes, entries, documents and views in one transaction (I1).

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use keng_domain::field::Value;
use keng_domain::id::{Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_domain::units::Units;
use keng_proto::{EntryBody, RecordChange};
use keng_records::authority;
use keng_records::gate;
use keng_records::personal::{is_personal, seal_all};
use keng_records::record::{Meta, Record};
use keng_records::stamp::Stamp;
use keng_sync::entry::{Entry, FeedId};
use keng_sync::limits::ENTRY_BYTES_MAX;
use prost::Message;
use rusqlite::Connection;

use crate::blobs::files::Files;
use crate::error::damaged;
use crate::rows::{self, Place};
use crate::verdicts::{self, Touched};
use crate::{Identity, Role, Store, StoreError, personal, project, query};

/// An entry of several changes is closed when it has reached this size, so that one more change
/// of ordinary size never pushes it over [`ENTRY_BYTES_MAX`].
const ENTRY_BYTES_FULL: usize = ENTRY_BYTES_MAX / 2;

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new record.
    Create {
        /// Its identifier, fresh.
        id: RecordId,
        /// Kind, scope, owner.
        meta: Meta,
        /// Its first values.
        values: Vec<(String, Value)>,
    },
    /// New values of a record that exists, here or earlier in the same list.
    Change {
        /// The record.
        id: RecordId,
        /// The values; those that stand there already are skipped.
        values: Vec<(String, Value)>,
    },
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committed {
    /// Entries appended.
    pub entries: u32,
    /// Records that changed, in the order of the acts.
    pub changed: Vec<RecordId>,
    /// The last entry; 0 when nothing changed.
    pub lsn: Lsn,
}

impl Store {
    /// Writes all `acts` or none of them; when this returns they are on the disk.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`], [`StoreError::Forbidden`], [`StoreError::TooLarge`], and whatever
    /// SQLite says.
    pub fn commit(&mut self, acts: &[Act], stamp: &Stamp, now_ms: i64) -> Result<Committed, StoreError> {
        Ok(self.commit_with(acts, &[], stamp, now_ms, |_, _| Ok(()))?.0)
    }

    /// [`Store::commit`], and in the same transaction what `beside` writes.
    ///
    /// `reasons` go with `acts` one by one, in place of the reason of `stamp`; an act without one
    /// has that of `stamp`.
    ///
    /// # Errors
    /// As [`Store::commit`], and what `beside` says.
    pub(crate) fn commit_with<T>(
        &mut self,
        acts: &[Act],
        reasons: &[String],
        stamp: &Stamp,
        now_ms: i64,
        beside: impl FnOnce(&Connection, &Committed) -> Result<T, StoreError>,
    ) -> Result<(Committed, T), StoreError> {
        // In steps: after a year away, others must not wait for the lock while all of it is projected.
        while self.position()? < rows::tail(&self.db)? && self.project_step()?.more {}
        let files = self.files();
        let (tx, identity) = self.begin_as()?;
        // Contests are judged on what this replica knows, so it must know all that it holds.
        project::catch_up(&tx, &identity)?;
        let units = query::units(&tx)?;
        let mut writing = Writing {
            db: &tx,
            files: &files,
            identity: &identity,
            units: &units,
            stamp: stamp.clone(),
            records: HashMap::new(),
            written: Vec::new(),
        };
        for (i, act) in acts.iter().enumerate() {
            if let Some(reason) = reasons.get(i) {
                writing.stamp.reason = Some(reason.clone());
            }
            writing.act(act)?;
        }
        let Writing { records, written, .. } = writing;
        let committed = append(&tx, &identity, &records, written, now_ms)?;
        let written = beside(&tx, &committed)?;
        tx.commit()?;
        self.remove_erased_keys()?;
        Ok((committed, written))
    }
}

/// A change on its way into an entry.
pub(crate) struct Written {
    pub(crate) scope: Scope,
    pub(crate) record: RecordId,
    pub(crate) bytes: Vec<u8>,
}

struct Writing<'a> {
    db: &'a Connection,
    files: &'a Files,
    identity: &'a Identity,
    units: &'a Units,
    stamp: Stamp,
    records: HashMap<RecordId, (Record, Meta)>,
    written: Vec<Written>,
}

impl Writing<'_> {
    fn act(&mut self, act: &Act) -> Result<(), StoreError> {
        let incarnation = self.identity.incarnation;
        let (id, meta, is_new, change) = match act {
            Act::Create { id, meta, values } => {
                let values = &*self.sealed(*id, meta, values)?;
                let (record, change) = Record::create(*id, meta, values, incarnation, &self.stamp);
                self.records.insert(*id, (record, meta.clone()));
                (*id, meta.clone(), true, Some(change))
            }
            Act::Change { id, values } => {
                self.load(*id)?;
                let (_, meta) = self.records.get(id).ok_or(StoreError::NoRecord(*id))?;
                let values = &*self.sealed(*id, meta, values)?;
                let (record, meta) = self.records.get_mut(id).ok_or(StoreError::NoRecord(*id))?;
                (*id, meta.clone(), false, record.edit(values, incarnation, &self.stamp))
            }
        };
        let Some(bytes) = change else { return Ok(()) };
        if bytes.len() > ENTRY_BYTES_FULL {
            return Err(StoreError::TooLarge { bytes: bytes.len(), max: ENTRY_BYTES_FULL });
        }
        self.check_right(&bytes, is_new, &meta)?;
        self.written.push(Written { scope: meta.scope, record: id, bytes });
        Ok(())
    }

    /// The values as they go into the record: what says something of a person, sealed.
    fn sealed<'v>(
        &self,
        id: RecordId,
        meta: &Meta,
        values: &'v [(String, Value)],
    ) -> Result<Cow<'v, [(String, Value)]>, StoreError> {
        let says = |(field, value): &(String, Value)| is_personal(&meta.kind, field) && *value != Value::Null;
        if !values.iter().any(says) {
            return Ok(values.into());
        }
        let key = personal::key(self.db, self.files, id, &meta.scope)?.open(id)?;
        let mut values = values.to_vec();
        seal_all(&key, &meta.kind, id, &mut values);
        Ok(values.into())
    }

    fn load(&mut self, id: RecordId) -> Result<(), StoreError> {
        if self.records.contains_key(&id) {
            return Ok(());
        }
        let (meta, saved) = project::saved(self.db, id)?.ok_or(StoreError::NoRecord(id))?;
        let record = Record::load(id, &saved).map_err(damaged)?;
        self.records.insert(id, (record, meta));
        Ok(())
    }

    /// The hub will check the same: what it would refuse must not be called saved here.
    fn check_right(&self, bytes: &[u8], is_new: bool, meta: &Meta) -> Result<(), StoreError> {
        let decoded = gate::decode(bytes).map_err(damaged)?;
        let role = self.identity.writer();
        authority::check(&decoded, is_new, &meta.kind, &meta.scope, &meta.scope, &role)?;
        if !project::may_write(self.units, &role, &meta.scope) {
            return Err(StoreError::ForeignScope(meta.scope.clone()));
        }
        Ok(())
    }
}

/// Packs changes into entries, one feed a scope, and writes documents and views.
pub(crate) fn append(
    db: &Connection,
    identity: &Identity,
    records: &HashMap<RecordId, (Record, Meta)>,
    written: Vec<Written>,
    now_ms: i64,
) -> Result<Committed, StoreError> {
    let mut committed = Committed::default();
    let mut by_scope: Vec<(Scope, Vec<Written>)> = Vec::new();
    for w in written {
        if !committed.changed.contains(&w.record) {
            committed.changed.push(w.record);
        }
        match by_scope.iter_mut().find(|(scope, _)| *scope == w.scope) {
            Some((_, list)) => list.push(w),
            None => by_scope.push((w.scope.clone(), vec![w])),
        }
    }
    let mut lsn = rows::tail(db)?;
    for (scope, list) in by_scope {
        let id = FeedId { incarnation: identity.incarnation, scope };
        let mut feed = rows::feed(db, &id)?;
        for chunk in chunks(list) {
            lsn.0 += 1;
            let hashes: Vec<(RecordId, [u8; 32])> = chunk
                .iter()
                .map(|w| Ok((w.record, gate::decode(&w.bytes).map_err(damaged)?.hash())))
                .collect::<Result<_, StoreError>>()?;
            let body = body(db, chunk, now_ms)?;
            let entry = Entry::new(id.clone(), feed.seq + 1, &feed.hash, body.clone());
            (feed.seq, feed.hash) = (entry.seq, entry.hash);
            let hub = (identity.role == Role::Hub).then_some((lsn, now_ms));
            rows::insert_entry(db, &feed, &body, &Place { lsn, withheld: 0, stored_at_ms: now_ms, hub })?;
            for (record, hash) in hashes {
                project::note_change(db, &hash, record, lsn)?;
            }
            committed.entries += 1;
        }
        rows::set_head(db, &feed)?;
    }
    if committed.entries > 0 {
        committed.lsn = lsn;
        let mut touched = Touched::default();
        for id in &committed.changed {
            if let Some((record, meta)) = records.get(id) {
                project::write_record(db, identity, record, meta, &mut touched)?;
            }
        }
        verdicts::refresh(db, &touched)?;
        project::set_position(db, lsn)?;
    }
    Ok(committed)
}

fn chunks(list: Vec<Written>) -> Vec<Vec<Written>> {
    let mut chunks: Vec<Vec<Written>> = Vec::new();
    let mut bytes = usize::MAX;
    for w in list {
        if bytes.saturating_add(w.bytes.len()) > ENTRY_BYTES_FULL {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += w.bytes.len() + 32;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(w);
        }
    }
    chunks
}

fn body(db: &Connection, chunk: Vec<Written>, now_ms: i64) -> Result<Bytes, StoreError> {
    let changes = chunk
        .into_iter()
        .map(|w| RecordChange { record: Bytes::copy_from_slice(&w.record.0), change: w.bytes.into() })
        .collect();
    Ok(EntryBody { hlc: next_hlc(db, now_ms)?, changes }.encode_to_vec().into())
}

/// The hybrid logical clock: the device's milliseconds, or one tick after the last value when
/// the device's clock stands still or goes back.
fn next_hlc(db: &Connection, now_ms: i64) -> Result<u64, StoreError> {
    let last: u64 = crate::open::meta(db, "hlc")?.and_then(|s| s.parse().ok()).unwrap_or(0);
    let wall = u64::try_from(now_ms).unwrap_or(0) << 16;
    let next = wall.max(last.saturating_add(1));
    crate::open::set_meta(db, "hlc", &next.to_string())?;
    Ok(next)
}
