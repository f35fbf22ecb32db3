//! Imports at this machine: listed, taken back as one act, and what officers said of their files.
//!
//! All of this is local. What an import wrote travels as ordinary edits, and so does its undoing;
//! but how a unit's files are laid out, and which of its imports was a mistake, is no fact of the
//! movement, and another unit's machine must not read its own files by it.

use std::collections::BTreeMap;

use keng_domain::field::Value;
use keng_domain::id::{Lsn, RecordId};
use keng_records::stamp::Stamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::edit::{Act, Committed};
use crate::error::damaged;
use crate::{Store, StoreError};

/// Number of an import at this machine, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ImportId(pub i64);

/// Values by key.
pub type Values = BTreeMap<String, Value>;

/// What an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Data rows seen.
    pub rows: u32,
    /// Points added.
    pub new: u32,
    /// Points of which a field changed.
    pub changed: u32,
    /// Points that say what stood there already.
    pub unchanged: u32,
    /// Rows that could not be read.
    pub rejected: u32,
}

/// What an import did to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The record.
    pub record: RecordId,
    /// Whether the import created it.
    pub created: bool,
    /// The values that stood there, for the keys of `after`; a contested one is absent.
    pub before: Values,
    /// The values it wrote.
    pub after: Values,
}

/// An import about to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewImport<'a> {
    /// The file's name.
    pub file: &'a str,
    /// What it came to.
    pub counts: ImportCounts,
    /// What the file said of each point.
    pub bases: &'a BTreeMap<RecordId, Values>,
    /// What it does to each record.
    pub deeds: &'a [Deed],
}

/// An import that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// The file's name.
    pub file: String,
    /// The officer.
    pub officer: String,
    /// When, by the own clock, milliseconds since 1970.
    pub at_ms: i64,
    /// Its last entry, in the own order; what stands later was written by others or afterwards.
    pub lsn: Lsn,
    /// What it came to.
    pub counts: ImportCounts,
    /// When it was taken back.
    pub undone_at_ms: Option<i64>,
}

impl Store {
    /// Writes `acts` of an import and what undoing it will need, all or nothing.
    ///
    /// `reasons` go with `acts` one by one, in place of the reason of `stamp`: which row of the
    /// file it was. An act without one has the reason of `stamp`.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_import(
        &mut self,
        acts: &[Act],
        reasons: &[String],
        stamp: &Stamp,
        now_ms: i64,
        import: &NewImport<'_>,
    ) -> Result<ImportId, StoreError> {
        let (_, id) = self.commit_with(acts, reasons, stamp, now_ms, |db, committed| {
            let counts = serde_json::to_string(&import.counts).map_err(damaged)?;
            // An import that wrote nothing has everything after it; it has nothing to take back.
            db.prepare_cached("INSERT INTO import (file, officer, at_ms, lsn, counts) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute((import.file, &stamp.officer, now_ms, committed.lsn.0 as i64, counts))?;
            let id = db.last_insert_rowid();
            let mut insert = db.prepare_cached(
                "INSERT INTO import_deed (import, n, record, created, before, after, base)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT fields FROM import_base WHERE record = ?3))",
            )?;
            for (n, deed) in import.deeds.iter().enumerate() {
                let json = |values: &Values| serde_json::to_string(values).map_err(damaged);
                let (before, after) = (json(&deed.before)?, json(&deed.after)?);
                insert.execute((id, n as i64, deed.record.0, deed.created, before, after))?;
            }
            for (record, fields) in import.bases {
                set_base(db, *record, Some(fields))?;
            }
            Ok(ImportId(id))
        })?;
        Ok(id)
    }

    /// Writes the acts that take an import back, and marks it as taken back.
    ///
    /// `bases` is what the import before said of each point taken back; `None`: there was none.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_undo(
        &mut self,
        id: ImportId,
        acts: &[Act],
        stamp: &Stamp,
        now_ms: i64,
        bases: &BTreeMap<RecordId, Option<Values>>,
    ) -> Result<Committed, StoreError> {
        let (committed, ()) = self.commit_with(acts, &[], stamp, now_ms, |db, _| {
            db.prepare_cached("UPDATE import SET undone_at_ms = ?2, undone_by = ?3 WHERE id = ?1")?.execute((
                id.0,
                now_ms,
                &stamp.officer,
            ))?;
            bases.iter().try_for_each(|(record, base)| set_base(db, *record, base.as_ref()))
        })?;
        Ok(committed)
    }

    /// What the last import said of each point.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn import_bases(&self) -> Result<BTreeMap<RecordId, Values>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT record, fields FROM import_base")?;
        let found = statement.query_map([], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, String>(1)?)))?;
        found
            .map(|row| {
                let (record, fields) = row?;
                Ok((RecordId::from_slice(&record).map_err(damaged)?, read(&fields)?))
            })
            .collect()
    }

    /// The imports at this machine, the latest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn imports(&self) -> Result<Vec<Import>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, file, officer, at_ms, lsn, counts, undone_at_ms FROM import ORDER BY id DESC",
        )?;
        let mut found = statement.query([])?;
        let mut imports = Vec::new();
        while let Some(row) = found.next()? {
            let counts: String = row.get(5)?;
            imports.push(Import {
                id: ImportId(row.get(0)?),
                file: row.get(1)?,
                officer: row.get(2)?,
                at_ms: row.get(3)?,
                lsn: Lsn(row.get::<_, i64>(4)? as u64),
                counts: serde_json::from_str(&counts).map_err(damaged)?,
                undone_at_ms: row.get(6)?,
            });
        }
        Ok(imports)
    }

    /// What an import did, in the order of its rows, each with what the import before had said of
    /// the record.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn import_deeds(&self, id: ImportId) -> Result<Vec<(Deed, Option<Values>)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT record, created, before, after, base FROM import_deed WHERE import = ?1 ORDER BY n",
        )?;
        let mut found = statement.query([id.0])?;
        let mut deeds = Vec::new();
        while let Some(row) = found.next()? {
            let record: Vec<u8> = row.get(0)?;
            let (before, after): (String, String) = (row.get(2)?, row.get(3)?);
            let deed = Deed {
                record: RecordId::from_slice(&record).map_err(damaged)?,
                created: row.get(1)?,
                before: read(&before)?,
                after: read(&after)?,
            };
            let base: Option<String> = row.get(4)?;
            deeds.push((deed, base.as_deref().map(read).transpose()?));
        }
        Ok(deeds)
    }

    /// Records that name `id` as what they belong to: points of a model, documents of a point.
    /// Those that were withdrawn do not count.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn dependents(&self, id: RecordId) -> Result<Vec<RecordId>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT record FROM view_record WHERE model = ?1 AND NOT withdrawn")?;
        let found = statement.query_map([id.0], |r| r.get::<_, Vec<u8>>(0))?;
        found.map(|record| RecordId::from_slice(&record?).map_err(damaged)).collect()
    }

    /// What was remembered of one kind, by key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn import_memory(&self, kind: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT key, value FROM import_memory WHERE kind = ?1")?;
        let found = statement.query_map([kind], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Remembers `value` under `key`, in place of what was remembered there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn remember(&mut self, kind: &str, key: &str, value: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO import_memory (kind, key, value) VALUES (?1, ?2, ?3)")?
            .execute((kind, key, value))?;
        Ok(())
    }
}

fn read(json: &str) -> Result<Values, StoreError> {
    serde_json::from_str(json).map_err(damaged)
}

fn set_base(db: &Connection, record: RecordId, fields: Option<&Values>) -> Result<(), StoreError> {
    match fields {
        Some(fields) => {
            let json = serde_json::to_string(fields).map_err(damaged)?;
            db.prepare_cached("INSERT OR REPLACE INTO import_base (record, fields) VALUES (?1, ?2)")?
                .execute((record.0, json))?
        }
        None => db.prepare_cached("DELETE FROM import_base WHERE record = ?1")?.execute([record.0])?,
    };
    Ok(())
}
