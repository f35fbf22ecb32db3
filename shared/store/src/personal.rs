//! Persons' records: read and written with their keys, which can be erased.
//!
//! What a record of kind `member` says of a person stands sealed in its entries
//! ([`keng_records::personal`]). The key is a file beside the log, named by a document of the record
//! ([`KEY_KIND`]), and travels as files do: after the figures, between the owner and the hub alone (I9).
//! Taking that document out of the record erases the person: the order travels as an entry, and whoever
//! projects it deletes the file. A replica that was restored from an older copy projects it again.

use std::fs;

use keng_domain::document::{Document, FileHash, KEY_KIND};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::schema::{Kind, REMOVED};
use keng_domain::scope::Scope;
use keng_records::personal::{KEY_BYTES, Key, is_personal, is_sealed, open_all};
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_sync::blob::File;
use rusqlite::Connection;

use crate::blobs::files::{Files, TakeFault};
use crate::contests::ContestView;
use crate::edit::Act;
use crate::error::damaged;
use crate::query::{self, RecordView};
use crate::trace::TraceLine;
use crate::{Store, StoreError};

/// Whether the person of a record can be read.
#[derive(Debug, Clone)]
pub enum KeyState {
    /// The key is here.
    Here(Key),
    /// It has not come yet.
    Away,
    /// It was erased, by this document.
    Erased(RecordId),
}

impl KeyState {
    /// The key for writing.
    ///
    /// # Errors
    /// [`StoreError::NoKey`], [`StoreError::Erased`].
    pub fn open(self, record: RecordId) -> Result<Key, StoreError> {
        match self {
            Self::Here(key) => Ok(key),
            Self::Away => Err(StoreError::NoKey(record)),
            Self::Erased(_) => Err(StoreError::Erased(record)),
        }
    }

    /// The key, where there is one.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::Here(key) => Some(key),
            Self::Away | Self::Erased(_) => None,
        }
    }
}

/// The key of a record in `scope`; one that another scope hung on it is none.
pub(crate) fn key(db: &Connection, files: &Files, of: RecordId, scope: &Scope) -> Result<KeyState, StoreError> {
    let mut state = KeyState::Away;
    for view in query::documents(db, Some(of))? {
        let Some(document) = Document::read(view.id, &view.fields).filter(Document::is_key) else { continue };
        if view.scope != *scope {
            continue;
        }
        if document.removed {
            return Ok(KeyState::Erased(document.id));
        }
        if let Ok(bytes) = fs::read(files.path(&document.hash))
            && let Some(key) = Key::from_slice(&bytes)
        {
            state = KeyState::Here(key);
        }
    }
    Ok(state)
}

/// Notes that a key was erased. Its file goes once the transaction stands.
pub(crate) fn note(db: &Connection, key: &Document) -> Result<(), StoreError> {
    if key.removed {
        db.prepare_cached("INSERT OR IGNORE INTO view_erased (hash) VALUES (?1)")?.execute([key.hash.0])?;
    }
    Ok(())
}

impl Store {
    /// Whether the person of a record can be read here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn key_state(&self, view: &RecordView) -> Result<KeyState, StoreError> {
        key(&self.db, &self.files(), view.id, &view.scope)
    }

    /// Lays a fresh key beside the record that is going to be created: first the key, then the person, so
    /// that nobody is ever written down who cannot be erased.
    ///
    /// # Errors
    /// [`StoreError::ForeignScope`], and whatever the disk says.
    pub fn add_key(
        &mut self,
        record: RecordId,
        meta: &Meta,
        (id, bytes): (RecordId, &[u8; KEY_BYTES]),
        stamp: &Stamp,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let stored = self.files().take(&mut &bytes[..], KEY_BYTES as u64).map_err(|fault| match fault {
            TakeFault::Store(e) => e,
            TakeFault::Source(_) | TakeFault::TooLarge(_) | TakeFault::Empty => damaged("a key is no file"),
        })?;
        self.file_is_here(&stored.file, "", now_ms)?;
        let meta = Meta { kind: Kind::Document.code().to_owned(), ..meta.clone() };
        let values = Document::values(record, KEY_KIND, stored.file.hash, "khóa", KEY_BYTES as u64);
        self.commit(&[Act::Create { id, meta, values }], stamp, now_ms)?;
        Ok(())
    }

    /// Erases the person of a record, here at once and elsewhere with the next sync; `false` when that
    /// was done before.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`] for a record without a key, and as [`Store::commit`].
    pub fn erase_person(&mut self, view: &RecordView, stamp: &Stamp, now_ms: i64) -> Result<bool, StoreError> {
        let keys: Vec<Document> = query::documents(&self.db, Some(view.id))?
            .iter()
            .filter(|v| v.scope == view.scope)
            .filter_map(|v| Document::read(v.id, &v.fields).filter(Document::is_key))
            .collect();
        if keys.is_empty() {
            return Err(StoreError::NoRecord(view.id));
        }
        let why = stamp.reason.clone().filter(|why| !why.is_empty()).unwrap_or_else(|| "erased".to_owned());
        let acts: Vec<Act> = keys
            .iter()
            .filter(|d| !d.removed)
            .map(|d| Act::Change { id: d.id, values: vec![(REMOVED.to_owned(), Value::from(why.as_str()))] })
            .collect();
        Ok(self.commit(&acts, stamp, now_ms)?.entries > 0)
    }

    /// Keys of persons of whom this node knows that the hub has them, and which are not here: another
    /// machine of the unit wrote them down, or this one was set up anew.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn keys_at_hub(&self, limit: usize) -> Result<Vec<File>, StoreError> {
        let mut away = Vec::new();
        for view in query::documents_at_hub_of(&self.db, Kind::Member, &self.epoch()?)? {
            let Some(document) = Document::read(view.id, &view.fields) else { continue };
            if document.is_key() && !document.removed && away.len() < limit {
                away.push(File { hash: document.hash, bytes: document.bytes });
            }
        }
        Ok(away)
    }

    /// Deletes the files of erased keys. Called after each transaction that may have brought an order.
    pub(crate) fn remove_erased_keys(&mut self) -> Result<(), StoreError> {
        let found: Vec<Vec<u8>> = self
            .db
            .prepare_cached("SELECT b.hash FROM view_erased e JOIN blob b ON b.hash = e.hash WHERE b.here = 1")?
            .query_map([], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        for hash in found {
            let hash = FileHash::from_slice(&hash).map_err(damaged)?;
            // A file that anything else names is no key: nobody may have it deleted by calling it one.
            let names = query::documents_naming(&self.db, &hash)?;
            let is_erased = |v: &RecordView| Document::read(v.id, &v.fields).is_none_or(|d| d.is_key() && d.removed);
            if names.iter().all(is_erased) {
                // First the word, then the deed, as for any copy that goes.
                self.file_is_gone(&hash)?;
                self.files().remove(&hash)?;
            }
        }
        Ok(())
    }

    /// A record with what can be read of its person.
    pub(crate) fn opened(&self, mut view: RecordView) -> Result<RecordView, StoreError> {
        if view.fields.0.keys().any(|field| is_personal(&view.kind, field)) {
            let state = self.key_state(&view)?;
            open_all(state.key(), &view.kind, view.id, &mut view.fields);
        }
        Ok(view)
    }

    /// A contest with what can be read of a person.
    pub(crate) fn open_contest(&self, view: &mut ContestView) -> Result<(), StoreError> {
        if is_personal(&view.kind, &view.field) {
            let state = key(&self.db, &self.files(), view.record, &view.scope)?;
            let contest = &mut view.contest;
            for value in contest.candidates.iter_mut().map(|c| &mut c.value).chain([&mut contest.interim]) {
                open(state.key(), view.record, &view.field, value);
            }
        }
        Ok(())
    }

    /// The history of a record with what can be read of its person; the rest stays sealed.
    pub(crate) fn open_lines(&self, record: RecordId, lines: &mut [TraceLine]) -> Result<(), StoreError> {
        if !lines.iter().any(|l| is_sealed(&l.value)) {
            return Ok(());
        }
        let Some(view) = self.record(record)? else { return Ok(()) };
        let state = self.key_state(&view)?;
        for line in lines {
            for value in line.base.iter_mut().map(|b| &mut b.value).chain([&mut line.value]) {
                open(state.key(), record, &line.field, value);
            }
        }
        Ok(())
    }
}

fn open(key: Option<&Key>, record: RecordId, field: &str, value: &mut Value) {
    if let Some(plain) = key.and_then(|k| k.open(record, field, value)) {
        *value = plain;
    }
}
