//! What was refused, seen from both ends: at the hub what lies in quarantine, with the bytes as
//! they came; at a node which of its own entries the hub refused, and why.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use keng_domain::id::{NodeId, RecordId};
use keng_proto::Receipt;
use prost::Message;
use rusqlite::{OptionalExtension, Row};

use crate::error::damaged;
use crate::{Store, StoreError};

/// Names a refused entry at the hub. Two tables hold them: `q-12` came in a signed chain and only
/// this entry was refused; `p-12` came in a push that was refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuarantineId {
    /// In `quarantine`: the chain and the signature vouch for who wrote it.
    Entry(i64),
    /// In `refused_push`: nothing vouches for it.
    Push(i64),
}

impl fmt::Display for QuarantineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(n) => write!(f, "q-{n}"),
            Self::Push(n) => write!(f, "p-{n}"),
        }
    }
}

/// A text that names no refused entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no identifier of a refused entry: q-NUMBER or p-NUMBER")]
pub struct BadQuarantineId(String);

impl FromStr for QuarantineId {
    type Err = BadQuarantineId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadQuarantineId(text.to_owned());
        let (table, number) = text.split_once('-').ok_or_else(bad)?;
        let number: i64 = number.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?;
        match table {
            "q" => Ok(Self::Entry(number)),
            "p" => Ok(Self::Push(number)),
            _ => Err(bad()),
        }
    }
}

/// An entry that was refused, at the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its name.
    pub id: QuarantineId,
    /// Who sent it.
    pub node: NodeId,
    /// The scope it was written for.
    pub scope: String,
    /// Its place in its feed.
    pub seq: u64,
    /// Why, as a code.
    pub code: String,
    /// Why, in words for administrators.
    pub detail: String,
    /// When it came: milliseconds since 1970.
    pub at_ms: i64,
    /// Size of its body in bytes.
    pub bytes: u64,
}

impl Quarantined {
    /// What its bytes are called as a file: node, scope and number. Whoever sent it chose the
    /// scope, so only harmless characters remain.
    #[must_use]
    pub fn file_name(&self) -> String {
        let plain = |text: &str| -> String {
            let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
            text.chars().take(60).map(safe).collect()
        };
        format!("{}_{}_{}_{}.bin", plain(&self.node.0), plain(&self.scope), self.seq, self.id)
    }
}

/// An own entry that the hub refused, at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedEntry {
    /// The scope of its feed.
    pub scope: String,
    /// Its place in its feed.
    pub seq: u64,
    /// When the hub refused it, by the hub's clock: milliseconds since 1970.
    pub at_ms: i64,
    /// Why, as a code; empty when the receipt that said it is not here.
    pub code: String,
    /// Why, in words for administrators.
    pub detail: String,
    /// The records it changes.
    pub records: Vec<RecordId>,
}

const COLUMNS: &str = "id, node, scope, seq, code, detail, at_ms, length(body)";

fn quarantined(row: &Row<'_>, named: fn(i64) -> QuarantineId) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        id: named(row.get(0)?),
        node: NodeId(row.get(1)?),
        scope: row.get(2)?,
        seq: row.get::<_, i64>(3)? as u64,
        code: row.get(4)?,
        detail: row.get(5)?,
        at_ms: row.get(6)?,
        bytes: row.get::<_, i64>(7)? as u64,
    })
}

impl Store {
    /// What lies in quarantine, newest first, at most `limit`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn quarantine_list(&self, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS}, 0 AS push FROM quarantine
             UNION ALL SELECT {COLUMNS}, 1 FROM refused_push ORDER BY at_ms DESC, push, id DESC LIMIT ?1"
        ))?;
        let found = statement
            .query_map([limit], |r| quarantined(r, if r.get(8)? { QuarantineId::Push } else { QuarantineId::Entry }))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// A refused entry and its body exactly as it came; `None` when there is none of that name.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn quarantine_entry(&self, id: QuarantineId) -> Result<Option<(Quarantined, Vec<u8>)>, StoreError> {
        let (table, number, named): (_, _, fn(i64) -> QuarantineId) = match id {
            QuarantineId::Entry(n) => ("quarantine", n, QuarantineId::Entry),
            QuarantineId::Push(n) => ("refused_push", n, QuarantineId::Push),
        };
        let sql = format!("SELECT {COLUMNS}, body FROM {table} WHERE id = ?1");
        Ok(self.db.prepare_cached(&sql)?.query_row([number], |r| Ok((quarantined(r, named)?, r.get(8)?))).optional()?)
    }

    /// Own entries that the hub refused, newest first, at most `limit`, each with what the
    /// hub's receipt said of it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn refused_entries(&self, limit: u32) -> Result<Vec<RefusedEntry>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT f.scope, e.seq, e.hub_at_ms, e.lsn, e.hash FROM entry e JOIN feed f ON f.id = e.feed
             WHERE e.hub_lsn = 0 AND f.incarnation = ?1 ORDER BY e.lsn DESC LIMIT ?2",
        )?;
        let mut found = statement.query((self.identity.incarnation.0, limit))?;
        let mut refused: Vec<(RefusedEntry, Vec<u8>)> = Vec::new();
        while let Some(row) = found.next()? {
            let entry = RefusedEntry {
                scope: row.get(0)?,
                seq: row.get::<_, i64>(1)? as u64,
                at_ms: row.get::<_, Option<i64>>(2)?.unwrap_or(0),
                code: String::new(),
                detail: String::new(),
                records: self.records_of(row.get(3)?)?,
            };
            refused.push((entry, row.get(4)?));
        }
        let since = refused.iter().map(|(e, _)| e.at_ms).min();
        let said = since.map(|at| self.refusals_since(at)).transpose()?.unwrap_or_default();
        for (entry, hash) in &mut refused {
            if let Some((code, detail)) = said.get(hash.as_slice()) {
                entry.code.clone_from(code);
                entry.detail.clone_from(detail);
            }
        }
        Ok(refused.into_iter().map(|(entry, _)| entry).collect())
    }

    /// The records that the entry at `lsn` changes.
    fn records_of(&self, lsn: i64) -> Result<Vec<RecordId>, StoreError> {
        let body: Vec<u8> =
            self.db.prepare_cached("SELECT body FROM entry WHERE lsn = ?1")?.query_row([lsn], |r| r.get(0))?;
        let Ok(body) = keng_proto::EntryBody::decode(body.as_slice()) else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        for change in body.changes {
            let id = RecordId::from_slice(&change.record).map_err(damaged)?;
            if !records.contains(&id) {
                records.push(id);
            }
        }
        Ok(records)
    }

    /// Code and detail of every refusal in receipts given since `at_ms`, by the entry's hash.
    fn refusals_since(&self, at_ms: i64) -> Result<HashMap<Vec<u8>, (String, String)>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT message FROM receipt WHERE at_ms >= ?1")?;
        let mut found = statement.query([at_ms])?;
        let mut said = HashMap::new();
        while let Some(row) = found.next()? {
            let receipt = Receipt::decode(row.get_ref(0)?.as_blob().map_err(damaged)?).map_err(damaged)?;
            for refusal in receipt.refusals {
                said.insert(refusal.hash.to_vec(), (refusal.code, refusal.detail));
            }
        }
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::{QuarantineId, Quarantined};
    use keng_domain::id::NodeId;

    #[test]
    fn a_file_is_called_after_node_scope_and_number_and_nothing_else_gets_in() {
        let name = |scope: &str| {
            let entry = Quarantined {
                id: QuarantineId::Entry(3),
                node: NodeId("610-1".into()),
                scope: scope.into(),
                seq: 17,
                code: "SCOPE".into(),
                detail: String::new(),
                at_ms: 0,
                bytes: 0,
            };
            entry.file_name()
        };
        assert_eq!(name("area:kontum-2022:23428"), "610-1_area-kontum-2022-23428_17_q-3.bin");
        assert_eq!(name("../\"\r\nx"), "610-1_------x_17_q-3.bin");
    }

    #[test]
    fn names_tell_the_two_tables_apart() {
        for id in [QuarantineId::Entry(7), QuarantineId::Push(7)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for bad in ["7", "q-", "q-0", "q--1", "x-7", "q-7-7", ""] {
            assert!(bad.parse::<QuarantineId>().is_err(), "{bad}");
        }
    }
}
