//! Who wrote this value? The whole history of a record, with where each value entered the log.

use keng_domain::field::{Author, Value};
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::unit::{UnitCode, UnitKey};
use rusqlite::OptionalExtension;

use crate::contests::Arrival;
use crate::{Store, StoreError, project};

/// One value once written to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// The key of the field.
    pub field: String,
    /// The value written.
    pub value: Value,
    /// What the writer saw there: empty for a first value, several where they saw a contest.
    pub base: Vec<Base>,
    /// Who wrote it: unit and node by certificate.
    pub author: Author,
    /// When and where it entered the hub's log; `None` before its receipt.
    pub arrival: Option<Arrival>,
    /// Hash of the entry that carries it.
    pub entry: Option<[u8; 32]>,
    /// The entry's position in this replica's own order.
    pub local_lsn: Option<Lsn>,
}

/// A value that a writer saw, and which they replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The value.
    pub value: Value,
    /// Who had written it.
    pub unit: UnitCode,
    /// That officer.
    pub officer: String,
    /// When, by that device's clock.
    pub device_time_ms: i64,
    /// Where it stands in the hub's log.
    pub lsn: Option<Lsn>,
}

impl Store {
    /// Every value ever written to `field` of a record (to any field when `None`), oldest first:
    /// in the order of the hub's log, what has no receipt yet at the end.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn trace(&self, record: RecordId, field: Option<&str>) -> Result<Vec<TraceLine>, StoreError> {
        let document = self.document(record)?.ok_or(StoreError::NoRecord(record))?;
        let authors = |incarnation: Incarnation| self.author(incarnation);
        let steps = document.trace(field, &authors);
        let mut lines = Vec::with_capacity(steps.len());
        for step in &steps {
            let carried = self.carried(&step.change)?;
            let base = step
                .base
                .iter()
                .map(|seen| {
                    // A seen value was written to the same field, so its step is in the list.
                    let by = steps
                        .iter()
                        .find(|s| s.change == seen.change && s.field == step.field)
                        .map(|s| s.author.clone());
                    let lsn = self.carried(&seen.change)?.and_then(|c| c.1).map(|a| a.lsn);
                    Ok(Base {
                        value: seen.value.clone(),
                        unit: by.as_ref().map(|a| a.unit.clone()).unwrap_or_default(),
                        officer: by.as_ref().map(|a| a.officer.clone()).unwrap_or_default(),
                        device_time_ms: by.as_ref().map_or(0, |a| a.device_time_ms),
                        lsn,
                    })
                })
                .collect::<Result<_, StoreError>>()?;
            lines.push(TraceLine {
                field: step.field.clone(),
                value: step.value.clone(),
                base,
                author: step.author.clone(),
                arrival: carried.and_then(|c| c.1),
                entry: carried.map(|c| c.2),
                local_lsn: carried.map(|c| c.0),
            });
        }
        self.open_lines(record, &mut lines)?;
        lines.sort_by_key(|l| (l.arrival.map_or(Lsn(u64::MAX), |a| a.lsn), l.local_lsn));
        Ok(lines)
    }

    /// Unit and node behind an incarnation.
    #[must_use]
    pub fn author(&self, incarnation: Incarnation) -> Option<(UnitCode, NodeId)> {
        if incarnation == self.identity.incarnation {
            return Some((self.identity.unit.clone(), self.identity.node.clone()));
        }
        project::author(&self.db, incarnation).ok().flatten().map(|(unit, node, _)| (unit, node))
    }

    /// The unit behind an incarnation, by catalogue and code.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn author_unit(&self, incarnation: Incarnation) -> Result<Option<UnitKey>, StoreError> {
        Ok(project::author_unit(&self.db, incarnation)?.map(|(unit, _)| unit))
    }

    #[allow(clippy::type_complexity, reason = "three facts of one row, read nowhere else")]
    fn carried(&self, change: &[u8; 32]) -> Result<Option<(Lsn, Option<Arrival>, [u8; 32])>, StoreError> {
        let found: Option<(i64, Option<i64>, Option<i64>, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT e.lsn, e.hub_lsn, e.hub_at_ms, e.hash FROM change c JOIN entry e ON e.lsn = c.lsn WHERE c.hash = ?1")?
            .query_row([change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .optional()?;
        let Some((local, lsn, at, hash)) = found else { return Ok(None) };
        let arrival = lsn.filter(|l| *l > 0).zip(at).map(|(lsn, at_ms)| Arrival { lsn: Lsn(lsn as u64), at_ms });
        Ok(Some((Lsn(local as u64), arrival, crate::rows::hash_of(&hash)?)))
    }
}
