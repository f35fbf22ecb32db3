//! Điểm tự phát: what waits anywhere in the province for a decision (R4).

use askama::Template;
use askama_web::WebTemplate;
use keng_web::{Count, Link, Shell};

/// `GET /spontaneous`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "spontaneous.html")]
pub struct SpontaneousPage {
    /// The frame.
    pub shell: Shell,
    /// `Năm 2022`.
    pub period: String,
    /// The points, by unit.
    pub rows: Vec<SpontaneousRow>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpontaneousRow {
    /// The unit that reports it.
    pub unit: String,
    /// Where.
    pub place: Link,
    /// Its model.
    pub model: Option<Link>,
    /// Teams.
    pub teams: Count,
    /// Members.
    pub members: Count,
}
