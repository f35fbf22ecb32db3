//! A unit, named so that it can mean no other.

use std::fmt;
use std::str::FromStr;

use super::{BadCode, CatalogueId, UnitCode};

/// A unit by catalogue and code: `quangngai-2025:23425` (R31).
///
/// Without a catalogue, as certificates and registers of the first version name units, it means
/// the first catalogue that has the code: see [`crate::units::Units::home`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitKey {
    /// The catalogue in which `code` is a key.
    pub catalogue: Option<CatalogueId>,
    /// The code.
    pub code: UnitCode,
}

impl UnitKey {
    /// A unit of a catalogue.
    #[must_use]
    pub fn new(catalogue: &CatalogueId, code: &UnitCode) -> Self {
        Self { catalogue: Some(catalogue.clone()), code: code.clone() }
    }
}

impl From<&UnitCode> for UnitKey {
    fn from(code: &UnitCode) -> Self {
        Self { catalogue: None, code: code.clone() }
    }
}

impl From<UnitCode> for UnitKey {
    fn from(code: UnitCode) -> Self {
        Self { catalogue: None, code }
    }
}

impl From<&Self> for UnitKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.catalogue {
            Some(catalogue) => write!(f, "{catalogue}:{}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl FromStr for UnitKey {
    type Err = BadCode;
    fn from_str(s: &str) -> Result<Self, BadCode> {
        match s.split_once(':') {
            Some((catalogue, code)) => Ok(Self { catalogue: Some(catalogue.parse()?), code: code.parse()? }),
            None => Ok(Self { catalogue: None, code: s.parse()? }),
        }
    }
}
