//! Danh sách gọi: who is late, whom to call, and what their machines said last (UX §5).

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::unit::UnitCode;
use keng_web::{Count, Link, Shell};

/// `GET /calls`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "calls.html")]
pub struct CallsPage {
    /// The frame.
    pub shell: Shell,
    /// The year.
    pub year: i32,
    /// The late units, the longest delay first.
    pub rows: Vec<CallRow>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// What is late.
    pub late: Vec<LateDuty>,
    /// The officer in charge there.
    pub officer: Option<String>,
    /// The number of the office.
    pub phone: Option<String>,
    /// `hôm nay 16:03`, `chưa lần nào`.
    pub last_contact: String,
    /// Changes that its machines said they still had; [`None`]: nothing was ever heard.
    pub waiting: Option<Count>,
    /// Up to when everything is here: what waits is younger than this.
    pub complete_to: String,
    /// The clock of the machine that was heard last, against ours.
    pub clock: String,
    /// Version of its program.
    pub version: String,
}

/// A report that is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateDuty {
    /// `Báo cáo năm 2022`.
    pub what: String,
    /// `11 ngày`.
    pub days: String,
    /// The letter that reminds, in each format.
    pub letters: Vec<Link>,
}
