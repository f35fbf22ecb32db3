//! Hồ sơ khác: exemplars, committees, teams, surveys, assessments and scores, by one list and one form.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::id::RecordId;
use keng_domain::rules::movement::Sheet;
use keng_domain::schema::WITHDRAWN;

use super::documents::DocumentsCard;
use super::duties::Conditions;
use super::models::Filter;
use crate::form::{Input, InputKind, WAS};
use crate::parts::{Cell, Fact, Find, Link, Tag};
use crate::shell::Shell;

/// `GET /others?kind=`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/records.html")]
pub struct RecordsPage {
    /// The frame.
    pub shell: Shell,
    /// The kinds, with how many records each has.
    pub kinds: Vec<Filter>,
    /// The search box.
    pub find: Find,
    /// `Điển hình tiên tiến`.
    pub title: String,
    /// Where one is added.
    pub add: String,
    /// Labels of the fields shown.
    pub columns: Vec<&'static str>,
    /// The records.
    pub rows: Vec<RecordRow>,
    /// What was taken back.
    pub withdrawn: Vec<WithdrawnRow>,
    /// Who has no effective model, beside the assessments.
    pub lacking: Option<LackingCard>,
}

/// A record that was taken back, and can be put back on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnRow {
    /// Its name and page.
    pub link: Link,
    /// Why.
    pub why: String,
}

/// Communes, agencies, enterprises and schools without an effective model in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LackingCard {
    /// The year.
    pub year: i32,
    /// How many are communes.
    pub communes: usize,
    /// They.
    pub rows: Vec<LackingRow>,
    /// How many more there are.
    pub more: usize,
}

impl LackingCard {
    fn places(&self) -> usize {
        (self.rows.len() + self.more).saturating_sub(self.communes)
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LackingRow {
    /// `Cơ sở giáo dục`.
    pub object: String,
    /// `Trường THPT Đăk Glei, Thị trấn Đăk Glei`.
    pub place: String,
    /// Why.
    pub why: String,
    /// Where something can be done.
    pub way: Link,
}

/// One record's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its page.
    pub href: String,
    /// What it is called, for who does not see the line.
    pub name: String,
    /// Its fields.
    pub cells: Vec<Cell>,
    /// What the rules say of it.
    pub mark: Option<Tag>,
}

/// `GET /others/new?kind=`, `GET /others/{id}`, and again with 422 when what was sent cannot be saved.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/record.html")]
pub struct RecordPage {
    /// The frame.
    pub shell: Shell,
    /// The kind by code, and what people call it.
    pub kind: (&'static str, String),
    /// The record; [`None`] for a new one.
    pub id: Option<RecordId>,
    /// `Đánh giá … · Thôn 1`.
    pub name: String,
    /// All fields in the order of the schema.
    pub inputs: Vec<Input>,
    /// What stood in each field when the page was made, by key; the form sends it back.
    pub was: Vec<(String, String)>,
    /// The reason as typed.
    pub reason: String,
    /// Why nothing was saved although every field is right.
    pub fault: Option<String>,
    /// Of an assessment: what TT 124 asks.
    pub assessment: Option<AssessmentCard>,
    /// Of a score: the sheet of QĐ 510.
    pub sheet: Option<SheetCard>,
    /// Of a survey its minutes, of a score its sheet, in each format that the program makes.
    pub papers: Vec<Link>,
    /// Of a member: whether the person can be read, and is erased here.
    pub person: Option<PersonCard>,
    /// Its documents; [`None`] for a new one, and for a person.
    pub documents: Option<DocumentsCard>,
    /// Other records of the same place and year, of which one is counted.
    pub same_place: Vec<Link>,
    /// Why it was taken back; such a record stands in no list, count or report.
    pub withdrawn: Option<String>,
}

/// What a person's record says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonCard {
    /// Readable; can be erased, unless the last try was refused for this reason.
    Here {
        /// Why nothing was erased.
        fault: Option<String>,
    },
    /// The key has not come to this machine.
    Away,
    /// Erased: when, who, why.
    Erased {
        /// `26/11/2026 09:10, A Tâm (Công an huyện Đăk Hà): thôi tham gia`.
        by: String,
    },
}

/// The conditions of TT 124 (R22–R27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentCard {
    /// All hold, or not.
    pub holds: Tag,
    /// Each with what was found.
    pub conditions: Conditions,
    /// What people judge, by number.
    pub criteria: Vec<Input>,
    /// The days of the assessment and of its decision.
    pub days: Vec<Fact>,
}

/// The sheet of QĐ 510 in the shape that officers know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCard {
    /// Lines, sums and class.
    pub sheet: Sheet,
    /// The scores as typed, own and above, by line; they stand before the stored ones.
    pub typed: Vec<[String; 2]>,
    /// The most that can be scored.
    pub points: u32,
    /// `trước 30/11/2022`.
    pub due: String,
    /// No text that could be read gives all lines and classes.
    pub assumed: bool,
}

impl RecordPage {
    fn action(&self) -> String {
        match self.id {
            Some(id) => format!("/others/{id}{}", self.shell.query()),
            None => format!("/others/new{}", self.shell.query()),
        }
    }

    /// What its papers are called.
    fn paper(&self) -> &'static str {
        if self.sheet.is_some() { "Bảng chấm điểm" } else { "Biên bản" }
    }

    /// Where the person is erased.
    fn erase(&self) -> String {
        self.id.map_or_else(String::new, |id| format!("/others/{id}/erase{}", self.shell.query()))
    }

    /// The list of this kind.
    fn list(&self) -> String {
        crate::answer::address("/others", &[("kind", self.kind.0), ("year", &self.shell.year)])
    }

    /// The fields that are wrong, for the summary at the top.
    fn wrong(&self) -> Vec<(&Input, &str)> {
        self.inputs.iter().filter_map(|input| Some((input, input.error.as_deref()?))).collect()
    }

    /// How wide a field stands.
    fn width(input: &Input) -> &'static str {
        match (&input.kind, input.key.as_str()) {
            (InputKind::Text, _) | (InputKind::Select(_), "record") | (_, WITHDRAWN) => "full",
            _ => "half",
        }
    }
}
