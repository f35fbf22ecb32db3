//! Fields of a record as values, conflicts included.
//!
//! Concurrent different values of one field are a [`Contest`], a value like any other: whoever
//! reads a field decides in the type what to do with it. Equal concurrent values are no contest.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{Incarnation, NodeId};
use crate::unit::UnitCode;

/// A scalar at one key of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Deliberately empty: somebody cleared the field.
    Null,
    /// A whole number: a count.
    Int(i64),
    /// Text (NFC), a code of an enumeration, an identifier, or a date `YYYY-MM-DD`.
    Text(String),
}

impl Value {
    /// The text, when this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(s) => Some(s),
            Self::Null | Self::Int(_) => None,
        }
    }

    /// The number, when this is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            Self::Null | Self::Text(_) => None,
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::Text(s.to_owned())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::Text(s)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Int(n) => write!(f, "{n}"),
            Self::Text(s) => f.write_str(s),
        }
    }
}

/// Who wrote a value, as far as the reader can know.
///
/// Unit and node come from the register of incarnations, i.e. from certificates, never from a
/// claim inside the change; officer, device time and reason are what the writer said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The unit by certificate; empty when the incarnation is not in the register yet.
    pub unit: UnitCode,
    /// The installation.
    pub node: NodeId,
    /// The life of its data folder.
    pub incarnation: Incarnation,
    /// The officer's name as set at the node.
    pub officer: String,
    /// The node's own clock when the value was saved: milliseconds since 1970, UTC.
    pub device_time_ms: i64,
    /// Why, where the officer gave a reason.
    pub reason: Option<String>,
}

/// One of the concurrent values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// Who wrote it.
    pub author: Author,
    /// The Automerge change that carries it: 32 bytes as hexadecimal digits.
    pub change: String,
    /// For a rating, the unit that rated; otherwise the author's unit.
    pub side: UnitCode,
}

/// Concurrent different values of one field; nobody has chosen yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The value shown and counted meanwhile, always marked: the owner unit's where it has one.
    pub interim: Value,
    /// All values, in a deterministic order: the owner unit's first, then by value.
    pub candidates: Vec<Candidate>,
}

/// A value written to one field by somebody who did not know that another one was writing
/// another field of the same record. There is nothing to choose: both stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parallel {
    /// The key of the field.
    pub field: String,
    /// Value, author and change.
    pub written: Candidate,
}

/// A field as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// One value, or several concurrent ones that are equal.
    Settled(Value),
    /// Concurrent different values.
    Contested(Contest),
}

impl Field {
    /// The value to show: the settled one, or the interim one of a contest.
    #[must_use]
    pub fn shown(&self) -> &Value {
        match self {
            Self::Settled(v) => v,
            Self::Contested(c) => &c.interim,
        }
    }

    /// The contest, where there is one.
    #[must_use]
    pub fn contest(&self) -> Option<&Contest> {
        match self {
            Self::Settled(_) => None,
            Self::Contested(c) => Some(c),
        }
    }
}

/// All fields of a record by key. Keys of collections are paths: `ratings/2022/610`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, Field>);

impl Fields {
    /// The field at `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Field> {
        self.0.get(key)
    }

    /// The shown text at `key`; `None` when absent, empty or no text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.shown().as_text().filter(|s| !s.is_empty())
    }

    /// The shown number at `key`.
    #[must_use]
    pub fn int(&self, key: &str) -> Option<i64> {
        self.get(key)?.shown().as_int()
    }

    /// The shown date at `key`.
    #[must_use]
    pub fn date(&self, key: &str) -> Option<chrono::NaiveDate> {
        self.text(key)?.parse().ok()
    }

    /// The keys whose values are contested.
    pub fn contested(&self) -> impl Iterator<Item = (&str, &Contest)> {
        self.0.iter().filter_map(|(k, f)| Some((k.as_str(), f.contest()?)))
    }
}
