//! What differs and nobody has chosen yet, as the views have it: contests, and parallel edits beside them.

use keng_domain::field::{Contest, Parallel};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_domain::unit::{UnitCode, UnitKey};
use rusqlite::OptionalExtension;

use crate::error::damaged;
use crate::{Store, StoreError};

/// A contest nobody has settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestView {
    /// Its identifier: another candidate makes it another contest.
    pub id: String,
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: String,
    /// What the record belongs to.
    pub scope: Scope,
    /// The record's owner unit.
    pub owner: UnitCode,
    /// The key of the field, e.g. `teams` or `ratings/2022`.
    pub field: String,
    /// Values and authors.
    pub contest: Contest,
    /// For each candidate, when and where it entered the hub's log; `None` before its receipt.
    pub arrivals: Vec<Option<Arrival>>,
}

impl ContestView {
    /// The unit whose record it is: by scope, and for what belongs to the whole province its owner.
    #[must_use]
    pub fn unit_key(&self) -> UnitKey {
        match &self.scope {
            Scope::Area { catalogue, unit } => UnitKey::new(catalogue, unit),
            Scope::Province => UnitKey::from(&self.owner),
        }
    }
}

/// Parallel edits of one record: nothing to choose, both stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParallelView {
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: String,
    /// The record's owner unit.
    pub owner: UnitCode,
    /// What was written, the owner unit's first.
    pub written: Vec<Parallel>,
    /// For each of them, when and where it entered the hub's log; `None` before its receipt.
    pub arrivals: Vec<Option<Arrival>>,
}

/// When and where an entry entered the hub's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Position in the hub's log.
    pub lsn: Lsn,
    /// The hub's clock, milliseconds since 1970.
    pub at_ms: i64,
}

impl Store {
    /// How many contests nobody has settled.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn contest_count(&self) -> Result<u64, StoreError> {
        Ok(self.db.prepare_cached("SELECT count(*) FROM view_contest")?.query_row([], |r| r.get::<_, i64>(0))? as u64)
    }

    /// Contests nobody has settled: all, or those of one record; in the order of records and fields.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn contests(&self, of: Option<RecordId>) -> Result<Vec<ContestView>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.id, c.record, v.kind, v.owner, c.field, c.contest, v.scope FROM view_contest c
             JOIN view_record v ON v.record = c.record
             WHERE ?1 IS NULL OR c.record = ?1 ORDER BY c.record, c.field",
        )?;
        let mut found = statement.query([of.map(|id| id.0)])?;
        let mut contests = Vec::new();
        while let Some(row) = found.next()? {
            let record: Vec<u8> = row.get(1)?;
            let (owner, json): (String, String) = (row.get(3)?, row.get(5)?);
            let contest: Contest = serde_json::from_str(&json).map_err(damaged)?;
            let arrivals = contest.candidates.iter().map(|c| self.arrival_of(&c.change)).collect::<Result<_, _>>()?;
            let mut contest = ContestView {
                id: row.get(0)?,
                record: RecordId::from_slice(&record).map_err(damaged)?,
                kind: row.get(2)?,
                scope: row.get::<_, String>(6)?.parse().map_err(damaged)?,
                owner: owner.parse().map_err(damaged)?,
                field: row.get(4)?,
                contest,
                arrivals,
            };
            self.open_contest(&mut contest)?;
            contests.push(contest);
        }
        Ok(contests)
    }

    /// How many records have parallel edits that no later edit has seen together.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn parallel_count(&self) -> Result<u64, StoreError> {
        Ok(self.db.prepare_cached("SELECT count(*) FROM view_parallel")?.query_row([], |r| r.get::<_, i64>(0))? as u64)
    }

    /// Records with parallel edits that no later edit has seen together, in the order of their
    /// identifiers, at most `limit`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn parallel(&self, limit: u32) -> Result<Vec<ParallelView>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT p.record, v.kind, v.owner, p.written FROM view_parallel p
             JOIN view_record v ON v.record = p.record ORDER BY p.record LIMIT ?1",
        )?;
        let mut found = statement.query([limit])?;
        let mut out = Vec::new();
        while let Some(row) = found.next()? {
            let record: Vec<u8> = row.get(0)?;
            let (owner, json): (String, String) = (row.get(2)?, row.get(3)?);
            let written: Vec<Parallel> = serde_json::from_str(&json).map_err(damaged)?;
            let arrivals = written.iter().map(|p| self.arrival_of(&p.written.change)).collect::<Result<_, _>>()?;
            out.push(ParallelView {
                record: RecordId::from_slice(&record).map_err(damaged)?,
                kind: row.get(1)?,
                owner: owner.parse().map_err(damaged)?,
                written,
                arrivals,
            });
        }
        Ok(out)
    }

    fn arrival_of(&self, change: &str) -> Result<Option<Arrival>, StoreError> {
        let Ok(hash) = hex::decode(change) else { return Ok(None) };
        let found: Option<(Option<i64>, Option<i64>)> = self
            .db
            .prepare_cached(
                "SELECT e.hub_lsn, e.hub_at_ms FROM change c JOIN entry e ON e.lsn = c.lsn WHERE c.hash = ?1",
            )?
            .query_row([hash], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(lsn, at)| Some(Arrival { lsn: Lsn(lsn.filter(|l| *l > 0)? as u64), at_ms: at? })))
    }
}
