//! Báo cáo: what the unit owes in a year, and one period with what would be handed in.

use askama::Template;
use askama_web::WebTemplate;
use keng_web::pages::figures::FiguresCard;
use keng_web::{Fact, Link, Shell, Tag};
use serde::Deserialize;

/// `GET /reports?period=`, and again with 422 when the act is refused.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "reports.html")]
pub struct ReportsPage {
    /// The frame.
    pub shell: Shell,
    /// The year.
    pub year: i32,
    /// The minutes of the yearly rating, in each format that the program makes.
    pub papers: Vec<Link>,
    /// What the province sent back, with its reason.
    pub returned: Vec<Returned>,
    /// The duties of the year in the order of their deadlines.
    pub duties: Vec<DutyLine>,
    /// The period that is looked at.
    pub chosen: Chosen,
}

/// A report or nomination that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// What it is.
    pub title: String,
    /// Why, in the province's words.
    pub reason: String,
    /// Where it is mended.
    pub act: Link,
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyLine {
    /// `Báo cáo năm 2022`, with its page.
    pub title: Link,
    /// `trước 10/11/2022`.
    pub due: String,
    /// `còn 12 ngày`; empty when there is nothing to wait for.
    pub left: String,
    /// Where it stands.
    pub state: Tag,
    /// Whether it was in time.
    pub timeliness: Option<Tag>,
    /// Whether it is the one looked at.
    pub on: bool,
}

/// The period that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// `2022-annual`.
    pub period: String,
    /// `năm 2022`.
    pub title: String,
    /// What would be handed in, beside what the province took over last.
    pub figures: FiguresCard,
    /// What is open.
    pub open: Vec<OpenLine>,
    /// What was handed in for it.
    pub standing: Option<Standing>,
    /// The act; [`None`] once the province has taken the report over.
    pub act: Option<HandIn>,
}

/// Something open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// What, how many, why and what to do.
    pub sentence: String,
    /// The rows concerned.
    pub rows: Link,
    /// It keeps the unit from handing in.
    pub blocks: bool,
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: Tag,
    /// Both times.
    pub times: Vec<Fact>,
    /// Whether it was in time, in a sentence with its clause.
    pub sentence: String,
    /// The clause that sets the deadline.
    pub clause: String,
    /// A report of nothing.
    pub nothing: bool,
    /// The frozen figures.
    pub page: Link,
}

/// The act of handing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandIn {
    /// `Trình 12 mô hình, 87 điểm, …`.
    pub summary: String,
    /// Where the period still runs: until when, and what is not in the figures yet.
    pub still_runs: Option<String>,
    /// Which figures the page shows: nothing is handed in unseen.
    pub seen: String,
    /// Whether a report of nothing can be meant.
    pub nothing: bool,
    /// Why nothing was handed in.
    pub fault: Option<String>,
}

/// What `POST /reports` brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct HandInForm {
    /// `2022-annual`.
    pub period: String,
    /// `figures` or `nothing`.
    pub act: String,
    /// Ticked: the officer has looked.
    pub confirm: String,
    /// See [`HandIn::seen`].
    pub seen: String,
}
