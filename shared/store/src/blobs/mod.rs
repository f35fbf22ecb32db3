//! Documents and their files: who may name a file, where it is, what the hub has of it.
//!
//! The link between a record and a file is a record (kind `document`) and travels with the
//! figures. The bytes lie in [`files`]; this is the bookkeeping about them. At a node a file
//! *waits* until the hub's receipt of the present epoch covers it; only then may the own copy go.

pub mod abandoned;
pub mod files;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use keng_domain::document::{Document, FileHash};
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::schema::REMOVED;
use keng_domain::scope::Scope;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_proto::BlobReceipt;
use keng_records::authority::Role as Writer;
use keng_sync::blob::{Budget, File};
use keng_sync::limits::{FILE_BYTES_PER_CONNECTION, FILE_BYTES_PER_HOUR};
use prost::Message;
use rusqlite::{OptionalExtension, Row};

use crate::error::damaged;
use crate::trace::TraceLine;
use crate::{Role, Store, StoreError, project, query};
use files::Files;

/// A document with where its file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentView {
    /// The document.
    pub document: Document,
    /// When it was added, by that device's clock: milliseconds since 1970.
    pub added_at_ms: i64,
    /// Who added it.
    pub officer: String,
    /// The unit, by certificate.
    pub unit: UnitCode,
    /// The life of the data folder that added it, and what it was added to: of one, entries come in one order.
    pub feed: (Option<Incarnation>, Scope),
    /// Where the act of adding stands in this replica's own order.
    pub local_lsn: Option<Lsn>,
    /// Where the file is.
    pub place: FilePlace,
}

/// Where a file is, as far as this replica knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilePlace {
    /// Whole in this data folder.
    pub here: bool,
    /// So many bytes are at the hub: as it said, or has given a receipt for.
    pub hub_have: u64,
    /// When the hub received the whole, by its clock.
    pub received_at_ms: Option<i64>,
}

/// Where a file is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// At a node: only here, it waits for the way to the hub. At the hub: not all of it has come.
    Waiting,
    /// Here and at the hub.
    Both,
    /// At the hub, not here.
    AtHub,
    /// On another machine that has not told; neither here nor, so far, at the hub.
    Elsewhere,
}

impl FileState {
    /// The word in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Both => "both",
            Self::AtHub => "at_hub",
            Self::Elsewhere => "elsewhere",
        }
    }
}

impl DocumentView {
    /// The file by content and size.
    #[must_use]
    pub fn file(&self) -> File {
        File { hash: self.document.hash, bytes: self.document.bytes }
    }

    /// Where the file is, seen from a program of this role.
    #[must_use]
    pub fn state(&self, role: Role) -> FileState {
        match (role, self.place.here, self.place.received_at_ms.is_some()) {
            (Role::Hub, true, _) => FileState::AtHub,
            (Role::Hub, false, _) => FileState::Waiting,
            (Role::Node, true, true) => FileState::Both,
            (Role::Node, true, false) => FileState::Waiting,
            (Role::Node, false, true) => FileState::AtHub,
            (Role::Node, false, false) => FileState::Elsewhere,
        }
    }

    /// Whether the province has the whole file.
    #[must_use]
    pub fn is_at_hub(&self, role: Role) -> bool {
        matches!(self.state(role), FileState::Both | FileState::AtHub)
    }
}

/// Files that wait for the way to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilesPending {
    /// How many.
    pub files: u64,
    /// Bytes of them that the hub has not said it holds.
    pub bytes: u64,
}

/// How much a node may send of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// In this hour of the clock.
    pub budget: Budget,
    /// On one connection.
    pub per_connection: u64,
}

const PER_HOUR: &str = "files_bytes_per_hour";
const PER_CONNECTION: &str = "files_bytes_per_connection";
const SPENT: &str = "files_spent";

/// The hub has received the document `v`: figures first.
const ARRIVED: &str =
    "EXISTS (SELECT 1 FROM change c JOIN entry e ON e.lsn = c.lsn WHERE c.record = v.record AND e.hub_lsn > 0)";

impl Store {
    /// The files of this data folder.
    #[must_use]
    pub fn files(&self) -> Files {
        Files::of(self.folder())
    }

    /// The documents of a record, oldest first; of all records when `None`. A file that two
    /// officers added to one record as one kind is one document, the older; as two kinds it is two.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn documents_of(&self, record: Option<RecordId>) -> Result<Vec<DocumentView>, StoreError> {
        self.documents_that(record, |d| !d.removed)
    }

    /// The documents that were taken out of the dossier of a record, with the last word on each; oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn documents_removed_from(&self, record: RecordId) -> Result<Vec<(DocumentView, TraceLine)>, StoreError> {
        let mut found = Vec::new();
        for view in self.documents_that(Some(record), |d| d.removed)? {
            if let Some(last) = self.trace(view.document.id, Some(REMOVED))?.pop() {
                found.push((view, last));
            }
        }
        Ok(found)
    }

    /// The records in whose dossiers a document of this kind stands. It reads no histories: for whole provinces.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn dossiers_with(&self, kind: &str) -> Result<Vec<RecordId>, StoreError> {
        let views = query::documents_of_kind(&self.db, kind)?;
        let documents = views.iter().filter_map(|v| Document::read(v.id, &v.fields));
        Ok(documents.filter(|d| d.kind == kind && !d.removed).map(|d| d.record).collect())
    }

    /// The documents that name a file, removed ones too, without keys of persons.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn documents_with(&self, hash: &FileHash) -> Result<Vec<Document>, StoreError> {
        let views = query::documents_naming(&self.db, hash)?;
        Ok(views.iter().filter_map(|v| Document::read(v.id, &v.fields)).filter(|d| !d.is_key()).collect())
    }

    fn documents_that(
        &self,
        record: Option<RecordId>,
        is_wanted: impl Fn(&Document) -> bool,
    ) -> Result<Vec<DocumentView>, StoreError> {
        let mut seen = HashSet::new();
        let mut scopes = HashMap::new();
        let mut found = Vec::new();
        for view in query::documents(&self.db, record)? {
            let document = Document::read(view.id, &view.fields).filter(|d| is_wanted(d) && !d.is_key());
            let Some(document) = document else { continue };
            let owner = document.record;
            let scope = match scopes.entry(owner) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.record(owner)?.map(|r| r.scope)),
            };
            // A document may only be shown where its record is: whoever writes in one scope could
            // otherwise hang papers on the records of another.
            if scope.as_ref() != Some(&view.scope) || !seen.insert((owner, document.hash, document.kind.clone())) {
                continue;
            }
            let first = self.trace(document.id, Some("hash"))?.into_iter().next();
            found.push(DocumentView {
                place: self.file_place(&File { hash: document.hash, bytes: document.bytes })?,
                added_at_ms: first.as_ref().map_or(0, |l| l.author.device_time_ms),
                officer: first.as_ref().map(|l| l.author.officer.clone()).unwrap_or_default(),
                feed: (first.as_ref().map(|l| l.author.incarnation), view.scope),
                local_lsn: first.as_ref().and_then(|l| l.local_lsn),
                unit: first.map(|l| l.author.unit).unwrap_or_default(),
                document,
            });
        }
        Ok(found)
    }

    /// A file that some document here names; `None` when none does.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn file_named(&self, hash: &FileHash) -> Result<Option<(File, Document)>, StoreError> {
        let views = query::documents_naming(&self.db, hash)?;
        let document = views.iter().filter_map(|v| Document::read(v.id, &v.fields)).find(|d| !d.removed);
        Ok(document.map(|d| (File { hash: *hash, bytes: d.bytes }, d)))
    }

    /// Where a file is, as far as this replica knows.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn file_place(&self, file: &File) -> Result<FilePlace, StoreError> {
        let row = self
            .db
            .prepare_cached(
                "SELECT here, stored_at_ms, hub_have, receipt_at_ms, receipt_epoch FROM blob WHERE hash = ?1 AND bytes = ?2",
            )?
            .query_row((file.hash.0, file.bytes as i64), |r| {
                Ok((r.get(0)?, r.get(1)?, r.get::<_, i64>(2)?, r.get(3)?, r.get::<_, Option<Vec<u8>>>(4)?))
            })
            .optional()?;
        let (here, stored_at_ms, have, at, epoch) = row.unwrap_or((false, 0, 0, None, None));
        if self.identity().role == Role::Hub {
            let hub_have = if here { file.bytes } else { self.most_arrived(file)? };
            return Ok(FilePlace { here, hub_have, received_at_ms: here.then_some(stored_at_ms) });
        }
        // A hub that was restored from an older copy has another epoch: its old receipts promise
        // nothing of the new one until it has been asked.
        let received_at_ms = if epoch == Some(self.epoch()?.to_vec()) { at } else { None };
        let hub_have = if received_at_ms.is_some() { file.bytes } else { (have as u64).min(file.bytes) };
        Ok(FilePlace { here, hub_have, received_at_ms })
    }

    /// The most that any node has brought of a file so far.
    fn most_arrived(&self, file: &File) -> Result<u64, StoreError> {
        let durable: i64 = self
            .db
            .prepare_cached("SELECT coalesce(max(durable), 0) FROM blob_arrival WHERE hash = ?1 AND bytes = ?2")?
            .query_row((file.hash.0, file.bytes as i64), |r| r.get(0))?;
        Ok(durable as u64)
    }

    /// A file is whole in this data folder now; `node` brought it (empty: it was added here, or
    /// fetched). What has come of it in parts is forgotten, and returned so that the parts can go.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn file_is_here(&mut self, file: &File, node: &str, now_ms: i64) -> Result<Vec<String>, StoreError> {
        let tx = self.begin()?;
        tx.prepare_cached(
            "INSERT INTO blob (hash, bytes, here, stored_at_ms, node) VALUES (?1, ?2, 1, ?3, ?4)
             ON CONFLICT (hash) DO UPDATE SET here = 1, bytes = excluded.bytes",
        )?
        .execute((file.hash.0, file.bytes as i64, now_ms, node))?;
        let parts: Vec<String> = tx
            .prepare_cached("SELECT node FROM blob_arrival WHERE hash = ?1")?
            .query_map([file.hash.0], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        tx.prepare_cached("DELETE FROM blob_arrival WHERE hash = ?1")?.execute([file.hash.0])?;
        tx.commit()?;
        Ok(parts)
    }

    /// How much of a file from `node` is on the disk for certain.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn arrived(&self, file: &File, node: &str) -> Result<u64, StoreError> {
        let durable: Option<i64> = self
            .db
            .prepare_cached("SELECT durable FROM blob_arrival WHERE hash = ?1 AND node = ?2 AND bytes = ?3")?
            .query_row((file.hash.0, node, file.bytes as i64), |r| r.get(0))
            .optional()?;
        Ok(durable.unwrap_or(0) as u64)
    }

    /// Notes how much of a file from `node` is on the disk for certain; 0 begins again.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_arrived(&mut self, file: &File, node: &str, durable: u64, now_ms: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO blob_arrival (hash, node, bytes, durable, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (hash, node) DO UPDATE SET bytes = excluded.bytes, durable = excluded.durable, at_ms = excluded.at_ms",
            )?
            .execute((file.hash.0, node, file.bytes as i64, durable as i64, now_ms))?;
        Ok(())
    }

    /// Takes back that a file is whole here: it was found damaged, or missing.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn file_is_gone(&mut self, hash: &FileHash) -> Result<(), StoreError> {
        self.db.prepare_cached("UPDATE blob SET here = 0 WHERE hash = ?1")?.execute([hash.0])?;
        Ok(())
    }
}

// What only a hub asks.
impl Store {
    /// Whether a node of `unit` may bring or take this file: some document in a scope of that
    /// unit names it, by hash and size (I4, I9). Figures come first, so the document is here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn may_reach_file(&self, unit: impl Into<UnitKey>, file: &File) -> Result<bool, StoreError> {
        let (units, writer) = (self.units()?, Writer::of_unit(unit));
        Ok(query::documents_naming(&self.db, &file.hash)?.iter().any(|view| {
            let document = Document::read(view.id, &view.fields);
            // An erased key is neither taken nor given out again.
            let named = document.is_some_and(|d| d.bytes == file.bytes && !(d.is_key() && d.removed));
            named && project::may_write(&units, &writer, &view.scope)
        }))
    }

    /// Bytes that a node has brought, unfinished files included, this one not counted.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn bytes_brought(&self, node: &NodeId, but: &FileHash) -> Result<u64, StoreError> {
        let bytes: i64 = self
            .db
            .prepare_cached(
                "SELECT (SELECT coalesce(sum(bytes), 0) FROM blob WHERE node = ?1 AND hash <> ?2)
                      + (SELECT coalesce(sum(durable), 0) FROM blob_arrival WHERE node = ?1 AND hash <> ?2)",
            )?
            .query_row((&node.0, but.0), |r| r.get(0))?;
        Ok(bytes as u64)
    }

    /// When a file that is whole here came; `None` when it is not.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn held_since_ms(&self, file: &File) -> Result<Option<i64>, StoreError> {
        Ok(self.file_place(file)?.received_at_ms.filter(|_| self.identity().role == Role::Hub))
    }
}

// What only a node asks.
impl Store {
    /// Files that are here and wait for the hub's receipt, in the order in which they were
    /// added, but none whose document the hub has not received or has refused.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn files_waiting(&self, limit: usize) -> Result<Vec<File>, StoreError> {
        self.files_where(&format!("b.here = 1 AND {ARRIVED}"), limit)
    }

    /// Files that are neither here nor covered by a receipt: another machine of the unit, or the
    /// province, added them. The hub can tell.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn files_unheard_of(&self, limit: usize) -> Result<Vec<File>, StoreError> {
        self.files_where(&format!("coalesce(b.here, 0) = 0 AND {ARRIVED}"), limit)
    }

    fn files_where(&self, filter: &str, limit: usize) -> Result<Vec<File>, StoreError> {
        let sql = format!(
            "SELECT b.bytes, v.fields, v.record FROM view_record v
             LEFT JOIN blob b ON b.hash = unhex(v.lookup)
             WHERE v.kind = 'document' AND (b.receipt_epoch IS NULL OR b.receipt_epoch <> ?1) AND {filter}
             ORDER BY v.record"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut found = statement.query([self.epoch()?.to_vec()])?;
        let (mut files, mut seen) = (Vec::new(), HashSet::new());
        while let Some(row) = found.next()? {
            let Some(document) = read_document(row)?.filter(|d| !d.removed) else { continue };
            // A document that gives its file another size than it has speaks of no file at all.
            let is_so_long = row.get::<_, Option<i64>>(0)?.is_none_or(|bytes| bytes as u64 == document.bytes);
            if is_so_long && files.len() < limit && seen.insert(document.hash) {
                files.push(File { hash: document.hash, bytes: document.bytes });
            }
        }
        Ok(files)
    }

    /// Counts the files that wait for the way to the hub.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn files_pending(&self) -> Result<FilesPending, StoreError> {
        let mut pending = FilesPending::default();
        for file in self.files_where("b.here = 1", usize::MAX)? {
            pending.files += 1;
            pending.bytes += file.bytes.saturating_sub(self.file_place(&file)?.hub_have);
        }
        Ok(pending)
    }

    /// Keeps what the hub said it holds of a file.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_hub_has(&mut self, file: &File, have: u64, now_ms: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO blob (hash, bytes, here, stored_at_ms, hub_have) VALUES (?1, ?2, 0, ?3, ?4)
                 ON CONFLICT (hash) DO UPDATE SET hub_have = excluded.hub_have",
            )?
            .execute((file.hash.0, file.bytes as i64, now_ms, have as i64))?;
        Ok(())
    }

    /// Keeps a verified receipt.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn keep_file_receipt(&mut self, file: &File, receipt: &BlobReceipt, now_ms: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO blob (hash, bytes, here, stored_at_ms, hub_have, receipt_epoch, receipt_at_ms, receipt)
                 VALUES (?1, ?2, 0, ?3, ?2, ?4, ?5, ?6)
                 ON CONFLICT (hash) DO UPDATE SET hub_have = excluded.hub_have, receipt_epoch = excluded.receipt_epoch,
                     receipt_at_ms = excluded.receipt_at_ms, receipt = excluded.receipt",
            )?
            .execute((
                file.hash.0,
                file.bytes as i64,
                now_ms,
                receipt.epoch.as_ref(),
                receipt.received_at_ms,
                receipt.encode_to_vec(),
            ))?;
        Ok(())
    }

    /// The hub says that it does not hold a file for which there was a receipt.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn hub_lost_file(&mut self, hash: &FileHash) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE blob SET hub_have = 0, receipt_epoch = NULL, receipt_at_ms = NULL WHERE hash = ?1")?
            .execute([hash.0])?;
        Ok(())
    }

    /// Drops the own copy of a file that the hub has a receipt for.
    ///
    /// # Errors
    /// [`StoreError::NoFile`], [`StoreError::NotAtHub`]; then the copy stays.
    pub fn drop_file(&mut self, hash: &FileHash) -> Result<(), StoreError> {
        let (file, _) = self.file_named(hash)?.ok_or(StoreError::NoFile(*hash))?;
        if self.file_place(&file)?.received_at_ms.is_none() {
            return Err(StoreError::NotAtHub(*hash));
        }
        // First the word, then the deed: a power cut between them leaves a file too many.
        self.file_is_gone(hash)?;
        self.files().remove(hash)
    }

    /// How much this node may send of files.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn allowance(&self) -> Result<Allowance, StoreError> {
        let number = |key: &str, default: u64| -> Result<u64, StoreError> {
            Ok(self.meta(key)?.and_then(|n| n.parse().ok()).unwrap_or(default))
        };
        let spent = self.meta(SPENT)?;
        let spent = spent.as_deref().and_then(|s| s.split_once(' '));
        let (hour, spent) = spent.and_then(|(h, s)| Some((h.parse().ok()?, s.parse().ok()?))).unwrap_or((0, 0));
        Ok(Allowance {
            budget: Budget { per_hour: number(PER_HOUR, FILE_BYTES_PER_HOUR)?, hour, spent },
            per_connection: number(PER_CONNECTION, FILE_BYTES_PER_CONNECTION)?,
        })
    }

    /// Sets how much this node may send of files, an hour and on one connection.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn set_allowance(&mut self, per_hour: Option<u64>, per_connection: Option<u64>) -> Result<(), StoreError> {
        for (key, value) in [(PER_HOUR, per_hour), (PER_CONNECTION, per_connection)] {
            if let Some(bytes) = value {
                self.set_meta(key, &bytes.to_string())?;
            }
        }
        Ok(())
    }

    /// Takes bytes of files that were sent from this hour's budget.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn spend(&mut self, bytes: u64, now_ms: i64) -> Result<(), StoreError> {
        let budget = self.allowance()?.budget.spend(bytes, now_ms);
        self.set_meta(SPENT, &format!("{} {}", budget.hour, budget.spent))
    }
}

fn read_document(row: &Row<'_>) -> Result<Option<Document>, StoreError> {
    let (fields, record): (String, Vec<u8>) = (row.get(1)?, row.get(2)?);
    let fields = serde_json::from_str(&fields).map_err(damaged)?;
    Ok(Document::read(RecordId::from_slice(&record).map_err(damaged)?, &fields))
}
