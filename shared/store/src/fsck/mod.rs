//! Is everything as it was written? Every check names what is wrong, and none changes anything.
//!
//! * [`chains`]: each feed from its first entry to its head, and this replica's own order.
//! * [`signatures`]: signed heads, receipts and tree heads against keys and chains.
//! * [`derived`]: documents and views against a scratch copy made anew from the entries.
//!
//! * [`blobs`]: files of documents against their hashes.
//!
//! All of it works while others write. Entries never change once written, so they are read in
//! short pieces; documents and views are compared in one snapshot, for which the scratch copy has
//! been made ready before: the WAL is held back no longer than that comparison takes.

mod blobs;
mod chains;
mod derived;
mod signatures;

use keng_domain::id::{Incarnation, Lsn};
use keng_sync::entry::{FeedId, Seq};

use crate::{Store, StoreError};

/// Faults that are told one by one; a disk that lies everywhere must not fill the memory.
pub const FAULTS_MAX: usize = 200;

/// The setting under which a node keeps the hub's key for receipts and tree heads (hexadecimal).
pub const HUB_PUBLIC_KEY: &str = "hub_public_key";
use crate::evidence::TREE_HEAD;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Feeds whose chain was followed.
    pub feeds: u64,
    /// Entries hashed, those in quarantine included.
    pub entries: u64,
    /// Entries of which a node holds nothing, since the hub withheld them: their links cannot be
    /// checked here.
    pub withheld: u64,
    /// Signed heads.
    pub signatures: u64,
    /// Receipts of the hub.
    pub receipts: u64,
    /// Tree heads.
    pub tree_heads: u64,
    /// Files of documents.
    pub blobs: u64,
    /// Documents.
    pub documents: u64,
    /// Rows of views and of the index of changes.
    pub views: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What was looked at.
    pub checked: Checked,
    /// The faults, at most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// How many more there were.
    pub more: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A line of SQLite's own integrity check.
    Sqlite(String),
    /// A part that could not be read to its end.
    Unreadable {
        /// Which.
        part: Part,
        /// What SQLite said.
        why: String,
    },
    /// Positions are missing in this replica's own order.
    LsnGap {
        /// The last before the gap; 0: the order does not begin at 1.
        after: Lsn,
        /// The first after it.
        next: Lsn,
    },
    /// Entries of a feed are neither in the log nor in quarantine.
    Missing {
        /// The feed.
        feed: FeedId,
        /// The first of them.
        first: Seq,
        /// The last of them.
        last: Seq,
    },
    /// An entry does not hash to what was written of it.
    Altered {
        /// Its feed.
        feed: FeedId,
        /// Its place there.
        seq: Seq,
        /// Whether it lies in quarantine.
        quarantined: bool,
    },
    /// A feed's head is not its last entry's.
    Head {
        /// The feed.
        feed: FeedId,
        /// Where its head stands.
        seq: Seq,
    },
    /// A feed or entry whose row makes no sense.
    BadRow {
        /// The table.
        table: &'static str,
        /// The row.
        row: i64,
    },
    /// A statement that is signed wrongly, or not true.
    Statement {
        /// What kind.
        kind: StatementKind,
        /// Its row; 0 for a setting.
        row: i64,
        /// What is wrong with it.
        why: StatementFault,
    },
    /// A derived row that the entries do not give.
    Derived {
        /// The table.
        table: &'static str,
        /// Its key: a record, a change, a contest.
        key: String,
        /// How it differs.
        how: Difference,
    },
    /// A file of a document is not what its row says.
    Blob {
        /// Its SHA-256, hexadecimal.
        hash: String,
        /// What is wrong with it.
        why: BlobFault,
    },
    /// Documents and views claim to contain entries that are not there.
    Position {
        /// The claim.
        position: Lsn,
        /// The last entry.
        tail: Lsn,
    },
}

/// A part of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// SQLite's own structures.
    Database,
    /// Feeds and entries.
    Chains,
    /// Signed heads, receipts, tree heads.
    Signatures,
    /// Documents and views.
    Derived,
    /// Files of documents.
    Blobs,
}

impl Part {
    /// All parts, in their order.
    pub const ALL: [Self; 5] = [Self::Database, Self::Chains, Self::Signatures, Self::Derived, Self::Blobs];
}

/// A kind of signed statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// Of an incarnation: where its feeds stand.
    Heads,
    /// Of the hub: it holds these entries.
    Receipt,
    /// Of the hub: its whole log.
    TreeHead,
}

/// What is wrong with a signed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementFault {
    /// It cannot be read.
    Unreadable,
    /// The register has no key of its author.
    NoKey(Incarnation),
    /// The signature is not its author's.
    Signature,
    /// It names another hash than the chain has at that place.
    Chain {
        /// The feed.
        feed: FeedId,
        /// The place.
        seq: Seq,
    },
    /// The log's root is another one at that size.
    Root {
        /// The size.
        size: u64,
    },
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobFault {
    /// It is not there.
    Missing,
    /// It has another length or content.
    Altered,
}

/// How a derived row differs from what the entries give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing,
    /// It should not be there.
    Extra,
    /// This column has another value.
    Column(&'static str),
}

impl Fault {
    /// Whether making everything derived anew mends it.
    #[must_use]
    pub fn is_repairable(&self) -> bool {
        match self {
            // An index that lost rows is made anew; a page of entries that is gone is not.
            Self::Sqlite(line) => line.contains("missing from index") || line.contains("wrong # of entries in index"),
            Self::Derived { .. } => true,
            Self::Unreadable { part, .. } => *part == Part::Derived,
            Self::LsnGap { .. }
            | Self::Missing { .. }
            | Self::Altered { .. }
            | Self::Head { .. }
            | Self::BadRow { .. }
            | Self::Statement { .. }
            | Self::Blob { .. }
            | Self::Position { .. } => false,
        }
    }
}

/// How far a check is: the part, steps done, steps in all (0: unknown).
pub type Tell<'a> = dyn FnMut(Part, u64, u64) + 'a;

impl Store {
    /// Checks everything. A part that cannot be read is a fault like any other; the others are
    /// checked all the same.
    ///
    /// # Errors
    /// What has nothing to do with the data: a full disk for the scratch copy, a lock held too long.
    pub fn fsck(&self, tell: &mut Tell<'_>) -> Result<Report, StoreError> {
        let mut report = Report::default();
        for part in Part::ALL {
            let outcome = match part {
                Part::Database => self.check_database(&mut report, tell),
                Part::Chains => chains::check(&self.db, &self.identity, &mut report, tell),
                Part::Signatures => signatures::check(self, &mut report, tell),
                Part::Derived => derived::check(self, &mut report, tell),
                Part::Blobs => blobs::check(self, &mut report, tell),
            };
            match outcome {
                Ok(()) => {}
                Err(StoreError::Sqlite(why)) => report.fault(Fault::Unreadable { part, why: why.to_string() }),
                Err(StoreError::Damaged(why)) => report.fault(Fault::Unreadable { part, why }),
                Err(other) => return Err(other),
            }
        }
        Ok(report)
    }

    /// Makes indexes, documents and views anew. Entries are not touched.
    ///
    /// # Errors
    /// Whatever SQLite says; then everything is as it was.
    pub fn repair(&mut self) -> Result<(), StoreError> {
        self.db.execute_batch("REINDEX")?;
        self.rebuild()
    }

    fn check_database(&self, report: &mut Report, tell: &mut Tell<'_>) -> Result<(), StoreError> {
        tell(Part::Database, 0, 0);
        let mut statement = self.db.prepare("PRAGMA integrity_check(50)")?;
        for line in statement.query_map([], |r| r.get::<_, String>(0))? {
            let line = line?;
            if line != "ok" {
                report.fault(Fault::Sqlite(line));
            }
        }
        let mut statement = self.db.prepare("PRAGMA foreign_key_check")?;
        let orphans = statement.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?)))?;
        for orphan in orphans.take(FAULTS_MAX) {
            let (table, row) = orphan?;
            report.fault(Fault::Sqlite(format!("{table} row {} refers to nothing", row.unwrap_or(0))));
        }
        Ok(())
    }
}
