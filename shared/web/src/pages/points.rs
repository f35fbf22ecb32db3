//! Điểm mô hình: the grid. At a node each line leads to the form of its point, at the hub to its history.

use askama::Template;
use askama_web::WebTemplate;

use super::Standpoint;
use super::models::Filter;
use crate::form::Choice;
use crate::parts::{Cell, Link, Tag};
use crate::shell::Shell;

/// `GET /points?q=&show=&unit=&from=`; `q` needs no diacritics.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/points.html")]
pub struct PointsPage {
    /// The frame.
    pub shell: Shell,
    /// Who looks.
    pub standpoint: Standpoint,
    /// `87 điểm · 2 chưa đánh giá · 1 xung đột`.
    pub summary: String,
    /// The year of the ratings.
    pub year: i32,
    /// What was searched; empty for all.
    pub query: String,
    /// Which filter is on, as addresses name it.
    pub show: String,
    /// The period by which it judges, as addresses name it; empty: the year shown.
    pub period: String,
    /// At the province the units to choose from, the first one being all of them.
    pub units: Vec<Choice>,
    /// The unit chosen; empty for all.
    pub unit: String,
    /// All, counted, unrated, contested, spontaneous, ended.
    pub filters: Vec<Filter>,
    /// The points of this page of the list.
    pub rows: Vec<PointRow>,
    /// How many points match in all.
    pub total: u64,
    /// Where the list goes on.
    pub more: Option<String>,
}

/// One point's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointRow {
    /// What is done with it: its form, or its history.
    pub act: Link,
    /// Its number in the list.
    pub number: u64,
    /// The model's name.
    pub model: Cell,
    /// Hamlet, school, office, with the commune.
    pub place: Cell,
    /// At the province, the unit that reports it.
    pub unit: String,
    /// Number of the decision.
    pub decision_no: Cell,
    /// Date of the decision, `dd/mm/yyyy`.
    pub decision_date: Cell,
    /// Teams.
    pub teams: Cell,
    /// Members.
    pub members: Cell,
    /// The level of the year; empty when not rated.
    pub rating: Cell,
    /// At the province, of an ended point without its paper: the proposal to end it, in each format.
    pub papers: Vec<Link>,
    /// Only where there is something to say: `xung đột`, `↑ chờ gửi`, `chấm dứt, thiếu văn bản`, `< 6 tháng`.
    pub mark: Option<Tag>,
}
