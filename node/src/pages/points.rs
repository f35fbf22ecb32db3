//! Điểm mô hình: the grid.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::id::RecordId;
use keng_web::pages::models::Filter;
use keng_web::{Cell, Shell, Tag};

/// `GET /points?q=&show=&from=`; `q` needs no diacritics.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "points.html")]
pub struct PointsPage {
    /// The frame.
    pub shell: Shell,
    /// `87 điểm · 2 chưa đánh giá · 1 xung đột`.
    pub summary: String,
    /// The year of the ratings.
    pub year: i32,
    /// What was searched; empty for all.
    pub query: String,
    /// All, unrated, contested, spontaneous, ended.
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
    /// Its record.
    pub id: RecordId,
    /// Its number in the list.
    pub number: u64,
    /// The model's name.
    pub model: Cell,
    /// Hamlet, school, office, with the commune.
    pub place: Cell,
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
    /// Only where there is something to say: `xung đột`, `↑ chờ gửi`, `ngày sai`, `< 6 tháng`.
    pub mark: Option<Tag>,
}
