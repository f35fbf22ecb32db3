//! R2: from which day a point counts.

use serde::{Deserialize, Serialize};

use super::RulePack;

/// From which day a point counts. It always needs a founding or recognition decision: what has none is what R4
/// keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Which day that is.
    pub from: CountingDay,
    /// No text that we could read fixes it; shown as such.
    #[serde(default)]
    pub assumed: bool,
}

/// A day in the life of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountingDay {
    /// Of its decision.
    Decision,
    /// Of its launch (ra mắt), or of its decision if that is later.
    Launch,
}

impl CountingDay {
    /// What a counted point has by the cut-off, as officers say it.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Decision => "có quyết định",
            Self::Launch => "có quyết định và đã ra mắt",
        }
    }

    /// The day itself, as officers say it.
    #[must_use]
    pub fn day(self) -> &'static str {
        match self {
            Self::Decision => "ngày quyết định",
            Self::Launch => "ngày ra mắt (sau quyết định)",
        }
    }
}

/// A pack of before it was asked has the built-in one.
impl Default for Counting {
    fn default() -> Self {
        RulePack::kontum_2022().counting
    }
}

#[cfg(test)]
mod tests {
    use super::CountingDay;
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    #[test]
    fn a_pack_of_before_it_was_asked_counts_from_the_decision() {
        let (before, after) = DEFAULT_TOML.split_once("[counting]").unwrap();
        let rest = after.split_once("\n[").unwrap().1;
        let pack = RulePack::from_toml(&format!("{before}[{rest}")).unwrap();
        assert_eq!(pack.counting.from, CountingDay::Decision);
    }

    #[test]
    fn another_day_is_refused_with_those_that_there_are() {
        let text = DEFAULT_TOML.replace("from = \"decision\"", "from = \"survey\"");
        let why = RulePack::from_toml(&text).unwrap_err().to_string();
        assert!(why.contains("survey") && why.contains("launch"), "{why}");
    }
}
