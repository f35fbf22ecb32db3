//! Scopes: what a record belongs to and who may receive it. A record's scope never changes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::unit::{CatalogueId, UnitCode};

/// `province`, or `area:<catalogue>:<code>` for the smallest unit that holds the record (R31).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Shared by the whole province: models, catalogues, rule packs, the register of nodes.
    Province,
    /// Belongs to one unit of one catalogue, and reaches that unit, those above it and the hub.
    Area {
        /// The catalogue in which `unit` is a key.
        catalogue: CatalogueId,
        /// The smallest unit.
        unit: UnitCode,
    },
}

/// A text that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope: `province` or `area:<catalogue>:<code>` was expected")]
pub struct BadScope(pub String);

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Province => f.write_str("province"),
            Self::Area { catalogue, unit } => write!(f, "area:{catalogue}:{unit}"),
        }
    }
}

impl FromStr for Scope {
    type Err = BadScope;
    fn from_str(s: &str) -> Result<Self, BadScope> {
        let bad = || BadScope(s.to_owned());
        if s == "province" {
            return Ok(Self::Province);
        }
        let (catalogue, unit) = s.strip_prefix("area:").and_then(|r| r.split_once(':')).ok_or_else(bad)?;
        Ok(Self::Area { catalogue: catalogue.parse().map_err(|_| bad())?, unit: unit.parse().map_err(|_| bad())? })
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_reads_back_as_it_was_written() {
        for text in ["province", "area:kontum-2022:23281"] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for text in ["", "area:", "area:x", "area::1", "tỉnh", "area:a:b:c d"] {
            assert!(text.parse::<Scope>().is_err(), "{text:?}");
        }
    }
}
