//! Xếp loại của một đơn vị: the rows behind its cell in the matrix (letter 4267, 1.c; R6).

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::unit::UnitCode;
use keng_web::pages::models::Filter;
use keng_web::{Link, Shell, Tag};

/// `GET /ratings/{unit}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "ratings.html")]
pub struct RatingsPage {
    /// The frame.
    pub shell: Shell,
    /// The year.
    pub year: i32,
    /// The unit's code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// `27/30 điểm`.
    pub part: String,
    /// Where the duty stands.
    pub state: Tag,
    /// What of the counted points is shown.
    pub filters: Vec<Filter>,
    /// The points.
    pub rows: Vec<RatingRow>,
    /// How many there are with this filter.
    pub total: u64,
    /// The address of the next page.
    pub more: Option<String>,
    /// How many ratings the province can approve as they are; 0: none waits.
    pub waiting: usize,
    /// The minutes of the meeting that rates, in each format.
    pub minutes: Vec<Link>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingRow {
    /// Its model.
    pub model: Option<Link>,
    /// Where, with its trace.
    pub place: Link,
    /// The decision and its day.
    pub decision: String,
    /// The level; empty while there is none.
    pub level: String,
    /// How far the rating has come, and what points for criteria come to; empty while nobody has rated.
    pub stage: String,
    /// What it comes to.
    pub effect: Tag,
}
