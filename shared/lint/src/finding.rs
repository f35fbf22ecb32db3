//! One place where a paper leaves the decree.

use serde::Serialize;

use crate::catalogue::Rule;
use crate::limits::FINDINGS_MAX;

/// What was found and what the decree wants, in Vietnamese for officers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule, for programs: a name of [`crate::catalogue`].
    pub rule: &'static str,
    /// The page or paragraph, with its first words.
    #[serde(rename = "where")]
    pub place: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub wanted: String,
    /// The place of the decree's annex that says so.
    pub clause: &'static str,
}

/// Findings as they come; the same fault at many places is one finding.
#[derive(Debug, Default)]
pub struct Findings {
    all: Vec<(Finding, usize)>,
}

impl Findings {
    /// Notes a fault.
    pub fn add(&mut self, rule: &Rule, place: impl Into<String>, found: impl Into<String>, wanted: impl Into<String>) {
        let (found, wanted) = (found.into(), wanted.into());
        let same = |f: &Finding| f.rule == rule.id && f.found == found && f.wanted == wanted;
        if let Some((_, more)) = self.all.iter_mut().find(|(f, _)| same(f)) {
            *more += 1;
            return;
        }
        if self.all.len() >= FINDINGS_MAX {
            return;
        }
        self.all.push((Finding { rule: rule.id, place: place.into(), found, wanted, clause: rule.clause }, 0));
    }

    /// All findings in the order in which they were met.
    pub fn finish(self) -> Vec<Finding> {
        let told = |(mut finding, more): (Finding, usize)| {
            if more > 0 {
                finding.place = format!("{} và {more} chỗ khác", finding.place);
            }
            finding
        };
        self.all.into_iter().map(told).collect()
    }
}
