//! Opening a data folder: database, versions, identity.

use std::path::{Path, PathBuf};
use std::time::Duration;

use keng_domain::id::{Incarnation, NodeId};
use keng_domain::schema::UNIT_CATALOGUE;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};
use keng_records::authority::Role as Writer;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::StoreError;
use crate::error::damaged;

/// The database's file name in a data folder.
pub const FILE: &str = "keng.db";

/// Migrations of the ground tables, in order. A released one is never edited.
const MIGRATIONS: [&str; 9] = [
    include_str!("../migrations/0001_ground.sql"),
    include_str!("../migrations/0002_signatures.sql"),
    include_str!("../migrations/0003_blobs.sql"),
    include_str!("../migrations/0004_evidence.sql"),
    include_str!("../migrations/0006_bundles.sql"),
    include_str!("../migrations/0007_lives.sql"),
    include_str!("../migrations/0008_reading.sql"),
    include_str!("../migrations/0009_sightings.sql"),
    include_str!("../migrations/0010_imports.sql"),
];
pub(crate) const DERIVED: &str = include_str!("../migrations/derived.sql");
/// Raised whenever derived tables change in shape or meaning: they are then made again.
const DERIVED_VERSION: &str = "8";

/// How long a writer waits for another process (a command beside `serve`) before it gives up:
/// an import of thousands of rows holds the lock for a second or two.
const BUSY: Duration = Duration::from_secs(20);

/// Hub or node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The province's hub: its entries are the log.
    Hub,
    /// A unit's node.
    Node,
}

/// Who writes in this data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Hub or node.
    pub role: Role,
    /// The province.
    pub province: UnitCode,
    /// The own unit; at the hub, the province.
    pub unit: UnitCode,
    /// The catalogue in which it is a unit; `None` in a folder of the first version, and at the hub:
    /// the first one that has the code.
    pub catalogue: Option<CatalogueId>,
    /// The installation.
    pub node: NodeId,
    /// The life of the data folder.
    pub incarnation: Incarnation,
    /// The officer whose name changes carry unless another is given.
    pub officer: String,
}

impl Identity {
    /// The own unit by catalogue and code.
    #[must_use]
    pub fn unit_key(&self) -> UnitKey {
        UnitKey { catalogue: self.catalogue.clone(), code: self.unit.clone() }
    }

    /// As whom this replica writes.
    #[must_use]
    pub fn writer(&self) -> Writer {
        match self.role {
            Role::Hub => Writer::of_hub(self.unit.clone()),
            Role::Node => Writer::of_unit(self.unit_key()),
        }
    }
}

/// One replica's database. Reading takes `&self`, writing `&mut self`.
pub struct Store {
    pub(crate) db: Connection,
    pub(crate) identity: Identity,
    folder: PathBuf,
}

impl Store {
    /// Creates the database of a new data folder.
    ///
    /// # Errors
    /// [`StoreError::HasData`] when there is one.
    pub fn create(folder: &Path, identity: &Identity) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { path: folder.to_owned(), source };
        let path = folder.join(FILE);
        if path.exists() {
            return Err(StoreError::HasData(folder.to_owned()));
        }
        std::fs::create_dir_all(folder).map_err(io)?;
        let db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let mut store = Self::fresh(db, identity.clone())?;
        folder.clone_into(&mut store.folder);
        Ok(store)
    }

    /// Fills an empty database.
    pub(crate) fn fresh(mut db: Connection, identity: Identity) -> Result<Self, StoreError> {
        migrate(&mut db, Path::new(""))?;
        let tx = db.transaction()?;
        for (key, value) in [
            ("role", if identity.role == Role::Hub { "hub" } else { "node" }.to_owned()),
            ("province", identity.province.to_string()),
            ("unit", identity.unit.to_string()),
            ("node", identity.node.to_string()),
            ("incarnation", identity.incarnation.to_string()),
            ("officer", identity.officer.clone()),
        ] {
            tx.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", (key, value))?;
        }
        if let Some(catalogue) = &identity.catalogue {
            set_meta(&tx, UNIT_CATALOGUE, &catalogue.to_string())?;
        }
        tx.commit()?;
        Ok(Self { db, identity, folder: PathBuf::new() })
    }

    /// Opens a data folder; migrates it when it is older, rebuilds derived tables when they are.
    ///
    /// # Errors
    /// [`StoreError::NoData`], [`StoreError::Newer`], and whatever SQLite says.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Err(StoreError::NoData(folder.to_owned()));
        }
        let mut db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let stale = migrate(&mut db, folder)?;
        let identity = read_identity(&db).map_err(|e| match e {
            // A `join` that was cut before its first transaction leaves a file without identity.
            StoreError::Damaged(_) => StoreError::NoData(folder.to_owned()),
            other => other,
        })?;
        let mut store = Self { db, identity, folder: folder.to_owned() };
        if stale {
            store.rebuild()?;
        }
        Ok(store)
    }

    /// Another connection to the same database, for reading beside the writer.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn reader(&self) -> Result<Self, StoreError> {
        let db = connect(&self.folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.pragma_update(None, "query_only", true)?;
        Ok(Self { db, identity: self.identity.clone(), folder: self.folder.clone() })
    }

    /// Who writes here.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A number that changes whenever any process commits to this database.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        // `data_version` moves for other connections' commits, `total_changes` for our own.
        let foreign: i64 = self.db.query_row("PRAGMA data_version", [], |r| r.get(0))?;
        let own = i64::try_from(self.db.total_changes()).unwrap_or(i64::MAX);
        Ok(foreign.wrapping_mul(1 << 32).wrapping_add(own))
    }

    /// A setting of this data folder.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        meta(&self.db, key)
    }

    /// Writes a setting of this data folder.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        set_meta(&self.db, key, value)
    }

    /// Writes several settings at once.
    ///
    /// # Errors
    /// Whatever SQLite says; then none is written.
    pub fn set_metas(&mut self, values: &[(&str, &str)]) -> Result<(), StoreError> {
        let tx = self.begin()?;
        for (key, value) in values {
            set_meta(&tx, key, value)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Takes the writing lock at once, so that what is read in the transaction stays true.
    pub(crate) fn begin(&mut self) -> Result<rusqlite::Transaction<'_>, StoreError> {
        Ok(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// [`Store::begin`], and who writes here now: another process may have begun a new life of this
    /// folder meanwhile.
    pub(crate) fn begin_as(&mut self) -> Result<(rusqlite::Transaction<'_>, Identity), StoreError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.identity.incarnation = crate::lives::present(&tx)?;
        Ok((tx, self.identity.clone()))
    }

    /// Throws documents and views away and makes them again from the entries.
    ///
    /// # Errors
    /// Whatever SQLite says; the old ones stay.
    pub fn rebuild(&mut self) -> Result<(), StoreError> {
        let (tx, identity) = self.begin_as()?;
        make_derived_again(&tx, &identity)?;
        tx.commit()?;
        Ok(())
    }
}

pub(crate) fn meta(db: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?.query_row([key], |r| r.get(0)).optional()?)
}

pub(crate) fn set_meta(db: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute((key, value))?;
    Ok(())
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on the disk when it returns, power cut or not (I1).
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    // 8 MiB of pages: a node stays far below 100 MB resident.
    db.pragma_update(None, "cache_size", -8_192)?;
    db.set_prepared_statement_cache_capacity(64);
    // Plans that do not depend on the values bound: else SQLite prepares again at each new value.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(db)
}

/// Brings the ground tables up to date. Returns whether the derived ones are stale.
fn migrate(db: &mut Connection, folder: &Path) -> Result<bool, StoreError> {
    let known = MIGRATIONS.len() as i64;
    let version = |db: &Connection| db.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0));
    let found = version(db)?;
    if found > known {
        return Err(StoreError::Newer { path: folder.to_owned(), found, known });
    }
    if found < known {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have migrated while this one waited for the lock.
        let found = version(&tx)?.clamp(0, known);
        for sql in &MIGRATIONS[found as usize..] {
            tx.execute_batch(sql)?;
        }
        if found == 0 {
            tx.execute_batch(DERIVED)?;
            set_meta(&tx, "derived_version", DERIVED_VERSION)?;
        }
        if found == 1 {
            crate::signatures::tie_to_feeds(&tx)?;
        }
        tx.pragma_update(None, "user_version", known)?;
        tx.commit()?;
    }
    Ok(meta(db, "derived_version")?.as_deref() != Some(DERIVED_VERSION))
}

/// Documents and views from the entries alone.
pub(crate) fn make_derived_again(db: &Connection, identity: &Identity) -> Result<(), StoreError> {
    reset_derived(db)?;
    db.execute("DELETE FROM quarantine WHERE lsn IS NOT NULL", [])?;
    crate::project::catch_up(db, identity)
}

fn reset_derived(db: &Connection) -> Result<(), StoreError> {
    for table in [
        "projection",
        "document",
        "change",
        "waiting",
        "view_record",
        "view_contest",
        "view_parallel",
        "view_author",
        "view_erased",
        "view_tally",
        "view_verdict",
    ] {
        db.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    db.execute_batch(DERIVED)?;
    set_meta(db, "derived_version", DERIVED_VERSION)
}

fn read_identity(db: &Connection) -> Result<Identity, StoreError> {
    let get = |key: &str| meta(db, key)?.ok_or_else(|| damaged(format!("no {key}")));
    Ok(Identity {
        role: if get("role")? == "hub" { Role::Hub } else { Role::Node },
        province: get("province")?.parse().map_err(damaged)?,
        unit: get("unit")?.parse().map_err(damaged)?,
        catalogue: meta(db, UNIT_CATALOGUE)?.map(|id| id.parse().map_err(damaged)).transpose()?,
        node: NodeId(get("node")?),
        incarnation: get("incarnation")?.parse().map_err(damaged)?,
        officer: get("officer")?,
    })
}
