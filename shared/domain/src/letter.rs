//! What the papers beside the report are laid out from: a letter that reminds, a proposal to the
//! Ministry, the minutes of a survey and of the yearly rating, a score sheet, what a unit
//! hands in; [`decided`]: what the province has selected or sent back; [`settling`]: what a unit asks for about a
//! point. All of it comes from records;
//! none of them holds a number or a date of issue (R29).

pub mod decided;
pub mod settling;

use chrono::{DateTime, NaiveDate, Utc};

use crate::figures::Totals;
use crate::period::Period;
use crate::rule_pack::DirectingLetter;
use crate::rules::movement::Sheet;
use crate::rules::nomination::{Basis, Condition, OwnCheck};
use crate::rules::submission::OpenItem;
use crate::rules::yearly::YearlyRating;

pub use decided::{Notice, NoticedBy, NoticedModel, SentBack, SentBackWhat, Unmet};
pub use settling::{Asked, SettlingProposal};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// Công văn: a unit owes the province something.
    Reminder(Reminder),
    /// Tờ trình: models for notice in the whole country.
    Proposal(Proposal),
    /// Tờ trình of a unit: a model for notice by the province.
    Nomination(Box<UnitProposal>),
    /// Biên bản: what a review, inspection or survey has found.
    Minutes(Box<Minutes>),
    /// Biên bản: the meeting in which a unit evaluates and classifies its points of a year.
    Rating(Box<RatingMinutes>),
    /// Bảng chấm điểm: what a place has scored of itself and what the level above has (QĐ 510).
    Score(Box<ScoreSheet>),
    /// Báo cáo: what a unit hands in for a half-year or year.
    Report(Box<UnitReport>),
    /// Công văn: the models that the province has selected, for all units.
    Notice(Box<Notice>),
    /// Công văn: the province sends a report or a nomination back.
    SentBack(Box<SentBack>),
    /// Tờ trình of a unit: to recognise or to end a point.
    Settling(Box<SettlingProposal>),
}

/// A reminder to one unit about one half-year or annual report (letter 4267, 1.d).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The province's unit: `Tỉnh Kon Tum`.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The unit that is reminded: `Huyện Đăk Hà`.
    pub unit: String,
    /// Its code, for the name of the file.
    pub code: String,
    /// What it owes.
    pub period: Period,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// How the report stands.
    pub report: ReportOwed,
    /// What is open among the unit's points, as far as the province has heard.
    pub open_items: Vec<OpenItem>,
    /// When the province last received something of the unit; `None`: never.
    pub received: Option<DateTime<Utc>>,
}

/// How a report stands towards its deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportOwed {
    /// Not handed in.
    Missing {
        /// Days late; the first late day is one.
        days: u64,
    },
    /// Sent back, and not handed in again.
    Returned {
        /// Days late; the first late day is one.
        days: u64,
        /// Why the province sent it back.
        reason: Option<String>,
    },
    /// Handed in: what is open remains.
    HandedIn,
}

/// A proposal of models to the Ministry (letter 4267, 2; R17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The province's unit: `Tỉnh Kon Tum`.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The quarter of the nominations, where they are all of one.
    pub quarter: Option<Period>,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// The models, in the order in which they are listed.
    pub models: Vec<ProposedModel>,
}

/// A unit's proposal of one model to the province (letter 4267, 1.b; R13 to R16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitProposal {
    /// The province's unit.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The code of who proposes, for the name of the file.
    pub code: String,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// The model's name.
    pub name: String,
    /// What the unit says of it.
    pub of: Nominated,
    /// R13 to R16 as the unit has checked them.
    pub checks: Vec<OwnCheck>,
    /// The record, for the name of the file: a quarter may have several.
    pub record: crate::id::RecordId,
}

/// A model that the province proposes: one, however many units have nominated it (R1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedModel {
    /// Its name.
    pub name: String,
    /// The nominations on which the province proposes it; at least one.
    pub by: Vec<ProposedBy>,
}

/// One nomination of a model that the province proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedBy {
    /// As it was nominated.
    pub of: Nominated,
    /// R13 to R16 with what was found.
    pub conditions: Vec<Condition>,
    /// The case of letter 4267, 2.
    pub basis: Basis,
    /// The document that the case rests on.
    pub cited: Option<Paper>,
}

/// What a unit says of a model that it nominates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nominated {
    /// Who nominates it.
    pub unit: String,
    /// For which quarter.
    pub quarter: Period,
    /// The case of letter 4267, 1.b, as its label.
    pub case: String,
    /// Why, in the unit's words.
    pub justification: Option<String>,
    /// The documents of its dossier.
    pub dossier: Vec<Paper>,
}

/// A document as it is referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// `Quyết định thành lập`.
    pub kind: String,
    /// Number and symbol, where somebody has entered them.
    pub number: Option<String>,
    /// Its day.
    pub issued_on: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// The name of its file.
    pub file: String,
}

/// The minutes of a review, inspection or survey of a model or point (letter 4267, 1.c and 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minutes {
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The province's unit.
    pub province: String,
    /// The unit that took them, when it is not the province.
    pub unit: Option<String>,
    /// `Khảo sát thực tế`.
    pub kind: String,
    /// The model: `Tiếng kẻng an ninh`.
    pub model: String,
    /// The place of the point, when it is about one: `Thôn Mô Pả`.
    pub point: Option<String>,
    /// The unit in whose area it lies: `Xã Đăk Hà`.
    pub area: String,
    /// The day, where it is entered.
    pub held_on: Option<NaiveDate>,
    /// Who did it, as entered.
    pub by: Option<String>,
    /// What the records say of the model or point now.
    pub size: Size,
    /// The finding, a paragraph each.
    pub finding: Vec<String>,
    /// What is asked for or to be mended, a paragraph each.
    pub remedy: Vec<String>,
    /// Documents that go with it.
    pub papers: Vec<Paper>,
    /// The day that stands in the file's properties: that of the survey, or of today where it has none.
    pub day: NaiveDate,
    /// The record, for the name of the file.
    pub record: crate::id::RecordId,
}

/// A model or point in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Size {
    /// Points that count; one for a point.
    pub points: u64,
    /// Teams in them.
    pub teams: u64,
    /// Members in them.
    pub members: u64,
    /// The decision of a point, as it is referred to; empty for a model.
    pub decision: Option<Paper>,
    /// Of a point: the year that was rated last, and the label of its level.
    pub rated: Option<(i32, String)>,
}

/// What a model does, in the words of its record, a paragraph each; empty where nobody has said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work {
    /// What it is for.
    pub goal: Vec<String>,
    /// What is done.
    pub content: Vec<String>,
    /// How.
    pub method: Vec<String>,
}

/// The minutes of the meeting in which a unit evaluates and classifies its points of a year (letter 4267,
/// 1.c; R6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingMinutes {
    /// The province's unit.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// The unit that meets: `Huyện Đăk Hà`.
    pub unit: String,
    /// Its code, for the name of the file.
    pub code: String,
    /// The annual period; its last day stands in the file's properties.
    pub period: Period,
    /// Full months that make a point old enough (R7).
    pub months: u32,
    /// The rule pack.
    pub rule_pack: String,
    /// On whose machine it was made.
    pub source: Source,
    /// The points and what they come to.
    pub rating: YearlyRating,
}

/// From where the figures of minutes are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From the unit itself.
    Own,
    /// From the province, which knows what it has received (R21): when the last of it came; `None`: never.
    Received(Option<DateTime<Utc>>),
}

/// The score sheet of one place and year (QĐ 510/QĐ-BCA-V05; R28). It adds up; people decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreSheet {
    /// The unit whose level scores after the place itself: `Huyện Đăk Hà`.
    pub above: String,
    /// The unit in whose area the place lies: `Xã Đăk Mar`; its own for a commune or district.
    pub unit: String,
    /// The place: `Trường THCS Chu Văn An`; the unit's name where nobody has entered one.
    pub place: String,
    /// `Cơ sở giáo dục`.
    pub object: String,
    /// The year that is scored.
    pub year: i32,
    /// Lines, sums, class and the first late day.
    pub sheet: Sheet,
    /// The most that can be scored.
    pub points: u32,
    /// Whether the lines are the program's assumption rather than the province's.
    pub assumed: bool,
    /// The rule pack that the lines come from.
    pub rule_pack: String,
    /// The class that the place proposes for itself (QĐ 510, Điều 11: "mức đề xuất phân loại"), where it is entered.
    pub proposed_class: Option<String>,
    /// The class that was decided, where it is entered.
    pub decided_class: Option<String>,
    /// The decision by which the place was classified, where it is entered.
    pub decision: Option<Paper>,
    /// What was noted, a paragraph each.
    pub note: Vec<String>,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// The record, for the name of the file.
    pub record: crate::id::RecordId,
}

/// The report that goes with a submission (letter 4267, 1.d): the figures as they were frozen (R19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitReport {
    /// The province's unit.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// Who reports: `Huyện Đăk Hà`.
    pub unit: String,
    /// Its code, for the name of the file.
    pub code: String,
    /// What is reported; its last day stands in the file's properties.
    pub period: Period,
    /// The day as of whose end the figures are: the last of the period, unless it was handed in before.
    pub as_of: NaiveDate,
    /// An explicit report of nothing.
    pub nothing: bool,
    /// Sums over the unit.
    pub totals: Totals,
    /// Its models by name.
    pub models: Vec<ReportedModel>,
    /// What was open when it was handed in.
    pub open_items: Vec<OpenItem>,
    /// The act, by the clock of the unit's machine.
    pub handed_in_at: DateTime<Utc>,
    /// The record, for the name of the file: a period may be handed in again.
    pub record: crate::id::RecordId,
}

/// A model's line in a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedModel {
    /// Its name.
    pub name: String,
    /// Points, teams, members, eligible, effective, unrated.
    pub counts: [u64; 6],
}

impl ReportOwed {
    /// Days late; the first late day is one. `None` for what was handed in.
    #[must_use]
    pub fn days(&self) -> Option<u64> {
        match self {
            Self::Missing { days } | Self::Returned { days, .. } => Some(*days),
            Self::HandedIn => None,
        }
    }
}
