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
    /// The points and the models without any, by unit.
    pub rows: Vec<SpontaneousRow>,
}

/// One point, or a model without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpontaneousRow {
    /// The unit that reports it.
    pub unit: String,
    /// Where; of a model, its form.
    pub place: Link,
    /// Its model.
    pub model: Option<Link>,
    /// Teams.
    pub teams: Count,
    /// Members.
    pub members: Count,
    /// The proposal to recognise the point, in each format; none for a model.
    pub papers: Vec<Link>,
}
