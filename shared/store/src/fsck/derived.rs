//! Documents and views against a scratch copy that is made anew from the entries.

use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

use keng_domain::id::{Lsn, RecordId};
use keng_records::record::Record;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows};

use super::{Difference, Fault, Part, Report, Tell};
use crate::{Store, StoreError, project, rows};

/// Entries copied in one read.
const READ_ENTRIES: i64 = 1_000;

/// A derived table: rows are told apart by `key`, an expression that is text and sorts.
struct Table {
    name: &'static str,
    from: &'static str,
    key: &'static str,
    /// The same order as that of the keys, by an index where the table is large.
    order: &'static str,
    columns: &'static [&'static str],
}

const TABLES: [Table; 11] = [
    Table {
        name: "document",
        from: "document",
        key: "hex(record)",
        order: "record",
        columns: &["kind", "scope", "owner", "heads", "bytes"],
    },
    Table { name: "change", from: "change", key: "hex(hash)", order: "hash", columns: &["record", "lsn"] },
    Table {
        name: "view_record",
        from: "view_record",
        key: "hex(record)",
        order: "record",
        columns: &["kind", "scope", "owner", "model", "lookup", "fields", "withdrawn"],
    },
    Table {
        name: "view_contest",
        from: "view_contest",
        key: "id",
        order: "id",
        columns: &["record", "field", "contest"],
    },
    Table { name: "view_parallel", from: "view_parallel", key: "hex(record)", order: "record", columns: &["written"] },
    Table { name: "waiting", from: "waiting", key: "hex(change)", order: "change", columns: &["record", "lsn"] },
    Table {
        name: "view_author",
        from: "view_author",
        key: "hex(incarnation)",
        order: "incarnation",
        columns: &["node", "unit", "catalogue", "public_key", "is_hub", "revoked_at", "revoked_reason"],
    },
    Table { name: "view_erased", from: "view_erased", key: "hex(hash)", order: "hash", columns: &["hash"] },
    Table {
        name: "view_tally",
        from: "view_tally",
        key: "printf('%04d/%s', year, hex(model))",
        order: "year, model",
        columns: &["records", "rated", "points", "eligible", "effective", "unrated", "contested"],
    },
    Table {
        name: "view_verdict",
        from: "view_verdict",
        key: "printf('%04d/%s', year, hex(model))",
        order: "year, model",
        columns: &["judgement"],
    },
    Table {
        name: "quarantine",
        from: "(SELECT DISTINCT lsn, code, detail FROM quarantine WHERE lsn IS NOT NULL)",
        key: "printf('%012d/%s/%s', lsn, code, detail)",
        order: "1",
        columns: &["lsn"],
    },
];

pub(super) fn check(store: &Store, report: &mut Report, tell: &mut Tell<'_>) -> Result<(), StoreError> {
    let mut scratch = Scratch::new(store)?;
    // The long part, in short reads. What is written meanwhile is little, and follows below.
    scratch.follow(&store.db, project::position(&store.db)?, tell)?;
    let snapshot = store.db.unchecked_transaction()?;
    let (position, tail) = (project::position(&snapshot)?, rows::tail(&snapshot)?);
    if position > tail {
        report.fault(Fault::Position { position, tail });
    }
    scratch.follow(&snapshot, position.min(tail), tell)?;
    for table in &TABLES {
        let rows = compare(&snapshot, &scratch.store.db, table, report)?;
        match table.name {
            "document" => report.checked.documents += rows,
            _ => report.checked.views += rows,
        }
    }
    Ok(())
}

/// A private database on SQLite's temporary disk space: it grows with the entries, not the memory,
/// and is gone when it is closed, by whatever end.
struct Scratch {
    store: Store,
    at: Lsn,
    feed: i64,
}

impl Scratch {
    fn new(live: &Store) -> Result<Self, StoreError> {
        let store = Store::fresh(Connection::open("")?, live.identity.clone())?;
        store.db.pragma_update(None, "synchronous", false)?;
        crate::lives::copy(&live.db, &store.db)?;
        Ok(Self { store, at: Lsn(0), feed: 0 })
    }

    fn follow(&mut self, live: &Connection, to: Lsn, tell: &mut Tell<'_>) -> Result<(), StoreError> {
        while self.at < to {
            let before = self.at;
            self.copy_piece(live, to)?;
            while self.store.project_step()?.more {}
            tell(Part::Derived, self.at.0, to.0);
            if self.at == before {
                break;
            }
        }
        Ok(())
    }

    fn copy_piece(&mut self, live: &Connection, to: Lsn) -> Result<(), StoreError> {
        let tx = self.store.db.transaction()?;
        self.feed = copy(
            live,
            &tx,
            "SELECT id, incarnation, scope, seq, hash FROM feed WHERE id > ?1 ORDER BY id LIMIT ?2",
            "INSERT INTO feed (id, incarnation, scope, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.feed, i64::MAX),
        )?
        .unwrap_or(self.feed);
        let room = READ_ENTRIES.min((to.0 - self.at.0) as i64);
        let last = copy(
            live,
            &tx,
            "SELECT lsn, feed, seq, hash, body, stored_at_ms FROM entry WHERE lsn > ?1 ORDER BY lsn LIMIT ?2",
            "INSERT INTO entry (lsn, feed, seq, hash, body, stored_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (self.at.0 as i64, room),
        )?;
        tx.commit()?;
        self.at = last.map_or(self.at, |lsn| Lsn(lsn as u64));
        Ok(())
    }
}

/// Copies rows; returns the first column of the last one.
fn copy(
    from: &Connection,
    to: &Connection,
    select: &str,
    insert: &str,
    params: (i64, i64),
) -> Result<Option<i64>, StoreError> {
    let mut insert = to.prepare_cached(insert)?;
    let mut statement = from.prepare_cached(select)?;
    let columns = statement.column_count();
    let mut found = statement.query(params)?;
    let mut last = None;
    while let Some(row) = found.next()? {
        last = Some(row.get(0)?);
        let values: Vec<Value> = (0..columns).map(|i| row.get(i)).collect::<Result<_, _>>()?;
        insert.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(last)
}

/// A row on either side: its key, its columns.
type Side = Option<(String, Vec<Value>)>;

/// Walks through both tables at once; returns how many rows the live one has.
fn compare(live: &Connection, scratch: &Connection, table: &Table, report: &mut Report) -> Result<u64, StoreError> {
    let sql =
        format!("SELECT {}, {} FROM {} ORDER BY {}", table.key, table.columns.join(", "), table.from, table.order);
    let (mut ours, mut theirs) = (live.prepare(&sql)?, scratch.prepare(&sql)?);
    let (mut ours, mut theirs) = (ours.query([])?, theirs.query([])?);
    let (mut is, mut should) = (next(&mut ours, table)?, next(&mut theirs, table)?);
    let mut count = 0;
    loop {
        let order = match (&is, &should) {
            (None, None) => return Ok(count),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.0.cmp(&b.0),
        };
        let (mut seen_is, mut seen_should) = (None, None);
        if order.is_le() {
            seen_is = std::mem::replace(&mut is, next(&mut ours, table)?);
            count += 1;
        }
        if order.is_ge() {
            seen_should = std::mem::replace(&mut should, next(&mut theirs, table)?);
        }
        if let Some((key, how)) = difference(table, seen_is, seen_should) {
            report.fault(Fault::Derived { table: table.name, key, how });
        }
    }
}

fn next(rows: &mut Rows<'_>, table: &Table) -> Result<Side, StoreError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let columns = (1..=table.columns.len()).map(|i| row.get(i)).collect::<Result<_, _>>()?;
    Ok(Some((row.get(0)?, columns)))
}

fn difference(table: &Table, is: Side, should: Side) -> Option<(String, Difference)> {
    match (is, should) {
        (None, None) => None,
        (Some((key, _)), None) => Some((key, Difference::Extra)),
        (None, Some((key, _))) => Some((key, Difference::Missing)),
        (Some((key, is)), Some((_, should))) => {
            let (at, column) = table.columns.iter().enumerate().find(|(i, _)| is[*i] != should[*i])?;
            if *column == "bytes" && reads_the_same(&is, &should[at - 1]) {
                return None;
            }
            Some((key, Difference::Column(column)))
        }
    }
}

/// Another release of Automerge may write the same document in other bytes. Heads are hashes over
/// every change: a document that reads with the right ones holds the right content.
fn reads_the_same(columns: &[Value], heads: &Value) -> bool {
    let (Some(Value::Blob(bytes)), Value::Blob(heads)) = (columns.last(), heads) else { return false };
    let read = catch_unwind(AssertUnwindSafe(|| Record::load(RecordId([0; 16]), bytes)));
    matches!(read, Ok(Ok(record)) if record.heads().concat() == *heads)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rusqlite::Connection;

    use super::TABLES;
    use crate::open::DERIVED;

    #[test]
    fn no_derived_table_and_no_column_is_left_out() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(DERIVED).unwrap();
        let mut statement = db
            .prepare(
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
            )
            .unwrap();
        let columns: Vec<(String, String)> =
            statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect();
        assert!(columns.len() > 20);
        let mut left_out = BTreeSet::new();
        for (table, column) in columns.iter().filter(|(table, _)| table != "projection") {
            let compared = TABLES.iter().find(|t| t.name == table);
            let is_in = |t: &super::Table| t.columns.contains(&column.as_str()) || t.key.contains(column.as_str());
            if !compared.is_some_and(is_in) {
                left_out.insert(format!("{table}.{column}"));
            }
        }
        assert!(left_out.is_empty(), "{left_out:?}");
    }
}
