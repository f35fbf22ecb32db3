//! What the province writes to units about what it has decided: a model for notice in the province, and what it
//! sends back.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Size, Work};
use crate::explanation::{Tally, Verdict};
use crate::id::RecordId;
use crate::period::Period;
use crate::rule_pack::DirectingLetter;
use crate::rules::nomination::Condition;
use crate::rules::submission::OpenItem;

/// Notice to all units of the models that the province has selected from the nominations of a quarter (letter
/// 4267, 1.b: "lựa chọn, thông báo trên địa bàn tỉnh").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The province's unit: `Tỉnh Kon Tum`.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The quarter of the nominations.
    pub quarter: Period,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// The units that report to the province now, by their names.
    pub units: Vec<String>,
    /// The models, in the order in which they are told; at least one.
    pub models: Vec<NoticedModel>,
}

/// A model that is made known: one, however many units have nominated it (R1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticedModel {
    /// Its name.
    pub name: String,
    /// The nominations that the province has selected; at least one.
    pub by: Vec<NoticedBy>,
    /// What counts of it in the whole province today.
    pub size: Size,
    /// The year by whose ratings it is judged.
    pub rated_year: i32,
    /// What its verdict rests on.
    pub tally: Tally,
    /// How it is judged.
    pub verdict: Verdict,
    /// What it does.
    pub work: Work,
}

/// One nomination of a model that is made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticedBy {
    /// Who nominated it.
    pub unit: String,
    /// The case of letter 4267, 1.b, as its label.
    pub case: String,
    /// Where R13 does not hold of it: what was found, and why the province has selected it all the same.
    pub unmet: Option<Unmet>,
    /// Why, in the unit's words.
    pub justification: Option<String>,
}

/// A condition that a selected model does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The condition, with what was found.
    pub condition: Condition,
    /// Why the province has selected it, in its words; `None` where it has said nothing, for people to fill in.
    pub reason: Option<String>,
}

/// What the province has sent back to one unit, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBack {
    /// The province's unit.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// Who had handed it in: `Huyện Đăk Hà`.
    pub unit: String,
    /// Its code, for the name of the file.
    pub code: String,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// When it was handed in, by the clock of the unit's machine.
    pub handed_in_at: DateTime<Utc>,
    /// Why, in the province's words, a paragraph each.
    pub reason: Vec<String>,
    /// What it is.
    pub what: SentBackWhat,
    /// The record, for the name of the file.
    pub record: RecordId,
}

/// What can be sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentBackWhat {
    /// A half-year or annual report (letter 4267, 1.d).
    Report {
        /// Of what.
        period: Period,
        /// What was open when it was handed in.
        open_items: Vec<OpenItem>,
    },
    /// The nomination of a model (letter 4267, 1.b).
    Nomination {
        /// The model's name.
        model: String,
        /// For which quarter.
        quarter: Period,
        /// Of R13 to R16, what does not hold.
        failing: Vec<Condition>,
    },
}

impl SentBackWhat {
    /// The period whose deadline it has.
    #[must_use]
    pub fn period(&self) -> &Period {
        match self {
            Self::Report { period, .. } => period,
            Self::Nomination { quarter, .. } => quarter,
        }
    }
}
