//! Verdicts with their reasons: inputs, rule, clause, parameters, and what would change them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::rule_pack::Share;
use crate::rule_pack::after_colon;

/// The result of a model (DESIGN §2). Words on screens: [`Verdict::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Hiệu quả.
    Effective,
    /// Chưa hiệu quả.
    NotEffective,
    /// Chưa đủ căn cứ: ratings still missing or contested could tip it.
    Undetermined,
    /// Chưa đánh giá: no point is old enough (R10).
    NotRated,
}

impl Verdict {
    /// The word on screens and in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Effective => "Hiệu quả",
            Self::NotEffective => "Chưa hiệu quả",
            Self::Undetermined => "Chưa đủ căn cứ",
            Self::NotRated => "Chưa đánh giá",
        }
    }
}

/// What the verdict of a model is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Counted points (R2).
    pub points: u32,
    /// Of these, old enough to be rated (R7): the denominator.
    pub eligible: u32,
    /// Of the eligible, rated at an effective level (R8).
    pub effective: u32,
    /// Of the eligible, not (yet) rated, contested ratings included (R12).
    pub unrated: u32,
    /// Of the unrated, those whose raters disagree.
    pub contested: u32,
}

/// A verdict and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Its reasons.
    pub explanation: Explanation,
}

/// Why a verdict is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The rule applied: `R9` or `R10`.
    pub rule: String,
    /// The clause of the letter.
    pub clause: String,
    /// Its words; empty where the rule pack has none.
    pub clause_text: String,
    /// The rule pack whose parameters were used.
    pub rule_pack: String,
    /// The day as of whose end points were counted.
    pub cut_off: NaiveDate,
    /// The threshold.
    pub threshold: Share,
    /// The inputs.
    pub inputs: Tally,
    /// How many more effective points would make the model effective; 0 when it is.
    pub effective_needed: u32,
    /// One sentence for officers: why, and what would change it.
    pub sentence: String,
}

impl Explanation {
    /// The clause, with its words where the rule pack has them.
    #[must_use]
    pub fn cited(&self) -> String {
        format!("{}{}", self.clause, after_colon(Some(self.clause_text.as_str()).filter(|words| !words.is_empty())))
    }
}
