//! The JSON of the command line contract, as far as scenarios ask for it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

/// A record as `list` and `show` give it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Record {
    /// Its identifier.
    pub id: String,
    /// Its fields that hold a conflict.
    pub contested: Vec<String>,
    /// The unit that owns it.
    pub owner: String,
    /// All else, fields included.
    #[serde(flatten)]
    pub fields: BTreeMap<String, Value>,
}

impl Record {
    /// A field as text; empty where nothing stands.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// A field as a number.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Value::as_i64)
    }

    /// The level that `unit` gave a point for `year`.
    #[must_use]
    pub fn rating(&self, year: i32, unit: &str) -> Option<&str> {
        self.fields.get("ratings")?.get(format!("{year}/{unit}"))?.as_str()
    }
}

/// A field with several values of which nobody has chosen one.
#[derive(Debug, Clone, Deserialize)]
pub struct Contest {
    /// Its identifier.
    pub id: String,
    /// The record.
    pub record: String,
    /// The field.
    pub field: String,
    /// `conflict`, or `parallel`.
    pub severity: String,
    /// The values, in the order of `resolve --pick`.
    pub candidates: Vec<Candidate>,
}

/// One of the values.
#[derive(Debug, Clone, Deserialize)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// Who wrote it: the unit …
    pub unit: String,
    /// … and the officer.
    pub officer: String,
    /// When, by the clock there.
    pub device_time: String,
    /// Of parallel edits: the field.
    #[serde(default)]
    pub field: String,
}

impl Contest {
    /// The candidate of a unit, with its number.
    ///
    /// # Errors
    /// When the unit has none.
    pub fn of(&self, unit: &str) -> Result<(usize, &Candidate)> {
        let found = self.candidates.iter().enumerate().find(|(_, c)| c.unit == unit);
        found.with_context(|| format!("no candidate of {unit} in {:?}", self.candidates))
    }

    /// The contest is between exactly these two.
    ///
    /// # Errors
    /// When it is not.
    pub fn between(&self, one: &str, other: &str) -> Result<()> {
        self.of(one)?;
        self.of(other)?;
        if self.candidates.len() == 2 { Ok(()) } else { bail!("{} candidates, not 2", self.candidates.len()) }
    }
}

/// One write to one field.
#[derive(Debug, Clone, Deserialize)]
pub struct TraceLine {
    /// The field.
    pub field: String,
    /// What was written.
    pub value: Value,
    /// What the writer saw before.
    pub previous: Value,
    /// The unit.
    pub unit: String,
    /// The device.
    pub node: String,
    /// The officer.
    pub officer: String,
    /// When, by the clock there.
    pub device_time: String,
    /// When it reached the province.
    pub received_at: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
    /// Hash of the entry that carries it.
    pub entry: String,
}

/// A model's verdict.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Verdict {
    /// The model.
    pub model: String,
    /// Its name.
    pub name: String,
    /// Old enough to be rated.
    pub eligible: u32,
    /// Rated effective.
    pub effective: u32,
    /// Not rated.
    pub unrated: u32,
    /// `EFFECTIVE`, `NOT_EFFECTIVE`, `UNDETERMINED` or `NOT_RATED`.
    pub verdict: String,
}

/// What `import` did.
#[derive(Debug, Clone, Deserialize)]
pub struct Imported {
    /// One a file.
    pub files: Vec<ImportedFile>,
}

/// What `import` did with a file.
#[derive(Debug, Clone, Deserialize)]
pub struct ImportedFile {
    /// Rows with data.
    pub rows: usize,
    /// Points that are new.
    pub new: usize,
    /// Points of which something changed.
    pub changed: usize,
    /// Points as they were.
    pub unchanged: usize,
    /// Rows that could not be read.
    pub rejected: Vec<Value>,
}

/// What `sync --once` did.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Synced {
    /// To the hub.
    pub sent: Traffic,
    /// From the hub.
    pub received: Traffic,
    /// Still waiting.
    pub pending: u64,
    /// Longest chain of frames that had to wait for one another; TLS is not in it.
    pub round_trips: u64,
    /// How long the session took, in milliseconds, the start of the program not counted.
    pub ms: u64,
    /// Files after the figures.
    pub files: SyncedFiles,
}

/// What `sync --once` did with files.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SyncedFiles {
    /// Files with a receipt.
    pub sent: u64,
    /// Bytes of files that the hub took.
    pub bytes: u64,
    /// Bytes on the wire, TLS included.
    pub wire_bytes: u64,
    /// Files still waiting.
    pub waiting: u64,
    /// Files that the hub did not take.
    pub refused: u64,
}

/// A document as `document list` gives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Document {
    /// The file's address.
    pub hash: String,
    /// Its name.
    pub name: String,
    /// Code of its kind.
    pub kind: String,
    /// Its size.
    pub bytes: u64,
    /// The record.
    pub record: String,
    /// Who added it.
    pub officer: String,
    /// The officer's unit.
    pub unit: String,
    /// `waiting`, `both`, `at_hub` or `elsewhere`.
    pub state: String,
    /// Pieces at the hub.
    pub chunks_at_hub: u64,
    /// Pieces in all.
    pub chunks: u64,
}

/// Entries and bytes in one direction.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Traffic {
    /// Entries.
    pub entries: u64,
    /// Bytes, TLS included.
    pub bytes: u64,
}

/// `keng-node status`.
#[derive(Debug, Clone, Deserialize)]
pub struct NodeStatus {
    /// Entries without a receipt.
    pub pending: u64,
    /// Open conflicts.
    pub contests: u64,
    /// One life of the data folder.
    pub incarnation: String,
    /// How often the hub has contradicted what it has signed.
    pub evidence: u64,
}

/// `keng-hub status`.
#[derive(Debug, Clone, Deserialize)]
pub struct HubStatus {
    /// The last entry of the log.
    pub lsn: u64,
    /// The tree root at it.
    pub root: String,
    /// Every unit that reports.
    pub units: Vec<UnitStatus>,
    /// Open conflicts.
    pub contests: u64,
    /// Verifies receipt files, 64 hexadecimal digits.
    pub public_key: String,
}

/// How a unit stands at the hub.
#[derive(Debug, Clone, Deserialize)]
pub struct UnitStatus {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Counted points.
    pub points: u64,
    /// When its last entry arrived.
    pub as_of: Option<String>,
    /// Its enrolled nodes.
    pub nodes: Vec<Value>,
}

impl HubStatus {
    /// A unit's line.
    ///
    /// # Errors
    /// When the unit is not there.
    pub fn unit(&self, code: &str) -> Result<&UnitStatus> {
        self.units.iter().find(|u| u.code == code).with_context(|| format!("no unit {code} in status"))
    }
}
