//! The consolidated picture of one period: what every report, in every format, is laid out from.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::explanation::Verdict;
use crate::field::Candidate;
use crate::id::{Lsn, RecordId};
use crate::model::Model;
use crate::period::Period;
use crate::point::Point;
use crate::rule_pack::{DirectingLetter, RulePack, RulePacks, Share};
use crate::tree::Tree;
use crate::unit::{CatalogueId, UnitCode};

pub use consolidate::{consolidate, judge_all, unrated_points};
pub use earlier::{Comparison, Counts};
pub use movement::{ExemplarCount, Movement, NominationCount, SafePlace, SafetyCount, ScoreCount, ScoredPlace};
pub use points::{PointLine, point_lines};
pub use rated::{Rated, RatedModel, RatedUnit, judged_year};
pub use trees::{TreeSums, sums_of};

mod consolidate;
mod contested;
mod earlier;
mod movement;
mod points;
mod rated;
mod trees;

/// What a report saw: made again from its cut it is byte-identical (I7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The last entry of the hub's log that was seen.
    pub lsn: Lsn,
    /// The tree root of the log at that entry: 64 hexadecimal digits.
    pub root: String,
    /// The rule pack.
    pub rule_pack: String,
    /// The day as of whose end figures are taken.
    pub cut_off: NaiveDate,
}

/// All that goes into a consolidation.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// What is covered.
    pub period: Period,
    /// What was seen.
    pub cut: Cut,
    /// Parameters: each year's own, for what is judged by another year than that of the period.
    pub packs: &'a RulePacks,
    /// The tree whose units report to its top, the province.
    pub tree: &'a Tree,
    /// All models, merged ones included.
    pub models: &'a [Model],
    /// All points.
    pub points: &'a [Point],
    /// For each unit that has sent anything, when its last entry up to the cut arrived.
    pub received: &'a BTreeMap<UnitCode, DateTime<Utc>>,
    /// Contests that nobody has settled.
    pub contests: Vec<OpenContest>,
    /// For each unit, what it handed in for the period.
    pub handed_in: &'a BTreeMap<UnitCode, HandedIn>,
    /// Places under TT 124/2021, of any year.
    pub places: Vec<SafePlace>,
    /// Places scored by QĐ 510, of any year.
    pub scored: Vec<ScoredPlace>,
    /// Recognised exemplars, in any order.
    pub exemplars: Vec<Exemplar>,
    /// Models proposed for notice in the quarter, or in the quarters of the period.
    pub nominations: Vec<Nominated>,
}

impl<'a> Input<'a> {
    /// The pack that judges the year of the period.
    #[must_use]
    pub fn pack(&self) -> &'a RulePack {
        self.packs.of_year(self.period.year)
    }
}

/// What a unit handed in for a period (letter 4267, 1.d).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedIn {
    /// Its record.
    pub id: RecordId,
    /// Where it stands.
    pub state: crate::rules::submission::State,
    /// Whether it was in time.
    pub timeliness: crate::rules::timeliness::Timeliness,
    /// The act, by the unit's clock.
    pub handed_in_at: DateTime<Utc>,
    /// The first act, by the unit's clock, where the province sent that back: by it the deadline is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_handed_in_at: Option<DateTime<Utc>>,
    /// When it came to the hub.
    pub received_at: Option<DateTime<Utc>>,
    /// An explicit report of nothing.
    pub nothing: bool,
    /// The sums that were frozen with the act; `None` where they cannot be read.
    #[serde(skip)]
    pub frozen: Option<Totals>,
}

/// A recognised exemplar (điển hình tiên tiến).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exemplar {
    /// Its record.
    pub id: RecordId,
    /// Person or collective.
    pub name: String,
    /// Where.
    pub address: String,
    /// For what.
    pub achievement: String,
    /// Number and date of the decision that recognised it.
    pub decision: String,
    /// That date.
    pub decision_date: Option<NaiveDate>,
    /// The year for which it was recognised, where an officer has said; the date goes before it.
    pub year: Option<i32>,
    /// Form of reward, in words.
    pub reward: String,
    /// `Tập thể`, `Cá nhân`; empty where nobody has said.
    pub exemplar_kind: String,
    /// Who recognised it, in words; empty where nobody has said.
    pub level: String,
}

/// A model proposed for notice (letter 4267, 1.b and 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nominated {
    /// Its record.
    pub id: RecordId,
    /// Who proposes.
    pub unit: String,
    /// The model's name.
    pub model: String,
    /// The quarter, `2022-Q4`.
    pub quarter: String,
    /// The case of 1.b, in words.
    pub case: String,
    /// What the province has decided, in words.
    pub state: String,
    /// The case of 2 on which it is proposed to the Ministry, in words.
    pub basis: Option<String>,
}

/// A contest nobody had settled at the cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenContest {
    /// Its identifier.
    pub id: String,
    /// The record.
    pub record: RecordId,
    /// The record's kind code.
    pub kind: String,
    /// What people call the record.
    pub name: String,
    /// The key of the field, e.g. `teams` or `ratings/2022`.
    pub field: String,
    /// Its label.
    pub label: String,
    /// The values, the owner unit's first.
    pub candidates: Vec<Candidate>,
    /// Whether one choice gives another verdict than another; [`consolidate`] finds out.
    pub may_change_verdict: bool,
    /// The names of the models whose verdict that is.
    pub tips: Vec<String>,
}

/// The consolidated figures, and everything a report prints beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// `annual`, `half-year` or `quarter`.
    pub kind: &'static str,
    /// `2022` or `2022-Q4`.
    pub period: String,
    /// What was seen.
    pub cut: Cut,
    /// Sums over the province.
    pub totals: Totals,
    /// Every model that has points, in Vietnamese order of names.
    pub models: Vec<ModelFigures>,
    /// Every unit that reports to the province, in the order of the catalogue.
    pub units: Vec<UnitFigures>,
    /// Units from which nothing has arrived (R21).
    pub missing_units: Vec<UnitName>,
    /// Contests that nobody had settled.
    pub contests: Vec<OpenContest>,
    /// Sums that must agree, both ways of counting beside each other (R20).
    pub reconciliation: Vec<Reconciliation>,
    /// Models that arose by themselves and wait without a point to be recognised for them (R4). Beside the sums, since
    /// what a unit hands in counts its points alone.
    pub spontaneous_models: u32,
    /// Points that began to count in the period and ended in it: among the ended, not among the new (R20).
    pub began_and_ended: u32,
    /// Points that ended in the period without ever having counted: among the ended, and in no sum before (R20).
    pub ended_uncounted: u32,
    /// Exemplars recognised in the period, in Vietnamese order of names.
    pub exemplars: Vec<Exemplar>,
    /// Models proposed for notice.
    pub nominations: Vec<Nominated>,
    /// What else the movement brought in the year.
    pub movement: Movement,
    /// What differs from the report of this period that was issued before.
    pub changes: Option<crate::changes::Changes>,
    /// That report, which this one replaces (decree 30/2020, Article 18.3).
    pub replaces: Option<Issued>,
    /// In a period whose year has not been rated yet: the verdicts of the last year that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rated: Option<Rated>,
    /// The period of the same kind before this one beside it.
    pub previous: Comparison,
    /// Parameters of the rule pack that no text fixes and these figures rest on, in words.
    pub assumptions: Vec<String>,
    /// The letter that the report carries out; told only where it is not that of the built-in pack.
    #[serde(skip_serializing_if = "DirectingLetter::is_built_in")]
    pub letter: DirectingLetter,
    /// The province.
    pub province: UnitName,
    /// The catalogue whose units report; told only where another one was, or came after (R31).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<CatalogueId>,
    /// `năm 2022`, for titles.
    #[serde(skip)]
    pub title: String,
    /// The year by whose ratings the period itself is judged.
    #[serde(skip)]
    pub year: i32,
    /// First day of the period.
    #[serde(skip)]
    pub from: NaiveDate,
    /// The levels of the rule pack, for the columns of the statistics form.
    #[serde(skip)]
    pub levels: Vec<(String, String)>,
    /// From which share of effective points a model is effective.
    #[serde(skip)]
    pub threshold: Share,
}

/// A report that was issued, as a person entered it after signature (R29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// Number and symbol.
    pub number: String,
    /// Date of issue.
    pub issued_on: NaiveDate,
}

/// A unit by code and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitName {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
}

/// Sums over the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Models with at least one counted point.
    pub models: u32,
    /// Counted points.
    pub points: u32,
    /// Teams at counted points.
    pub teams: u64,
    /// Members at counted points.
    pub members: u64,
    /// Spontaneous points waiting for recognition; not counted (R4).
    pub spontaneous_pending: u32,
    /// Points ended in the period, or without a date.
    pub ended: u32,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Models judged effective.
    pub effective_models: u32,
    /// Models judged not effective.
    pub not_effective_models: u32,
    /// Models whose ratings do not suffice.
    pub undetermined_models: u32,
    /// Models without a point old enough.
    pub not_rated_models: u32,
}

/// One model's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelFigures {
    /// Its record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Fields of work.
    pub fields: Option<String>,
    /// Who leads it: as the model says, else [`Self::run_by`].
    pub lead_unit: String,
    /// Since when: the year that the model says, with the number of the first decision where that is of the same
    /// year; else [`Self::first_decision`].
    pub founded: Option<String>,
    /// The unit in which its counted points lie, or how many do: `02 đơn vị`.
    #[serde(skip)]
    pub run_by: String,
    /// Year of the first decision among its counted points, with that decision's number.
    #[serde(skip)]
    pub first_decision: Option<String>,
    /// Counted points.
    pub points: u32,
    /// Their teams.
    pub teams: u64,
    /// Their members.
    pub members: u64,
    /// Old enough to be rated.
    pub eligible: u32,
    /// Rated at an effective level.
    pub effective: u32,
    /// Eligible and not rated.
    pub unrated: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Points ended in the period.
    pub ended: u32,
    /// Spontaneous points waiting for recognition.
    pub spontaneous_pending: u32,
    /// Eligible points by level code.
    pub by_level: BTreeMap<String, u32>,
    /// One sentence: why this verdict.
    pub why: String,
}

/// One reporting unit's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitFigures {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// Models with a counted point in it.
    pub models: u32,
    /// Counted points.
    pub points: u32,
    /// Their teams.
    pub teams: u64,
    /// Their members.
    pub members: u64,
    /// Eligible points.
    pub eligible: u32,
    /// Points rated at an effective level.
    pub effective: u32,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Points ended in the period.
    pub ended: u32,
    /// Spontaneous points waiting for recognition.
    pub spontaneous_pending: u32,
    /// When the last entry seen from it arrived.
    pub as_of: Option<DateTime<Utc>>,
    /// Whether anything has arrived from it.
    pub received: bool,
    /// What it handed in for the period.
    pub handed_in: Option<HandedIn>,
}

/// Two ways of counting one thing (R20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// What is compared, in Vietnamese.
    pub what: String,
    /// The left side in words and numbers.
    pub left: String,
    /// The right side.
    pub right: String,
    /// Whether they agree.
    pub holds: bool,
}
