//! Danh sách gọi: who is late, whom to call, and what their machines said last (UX §5).

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::unit::UnitCode;
use keng_web::{Link, Shell};

use super::machines::MachinesSaid;

/// `GET /calls`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "calls.html")]
pub struct CallsPage {
    /// The frame.
    pub shell: Shell,
    /// The year; `None` for what is owed now, of whatever year.
    pub year: Option<i32>,
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
    /// What its machines said last.
    pub machines: MachinesSaid,
}

/// A report that is late, or ratings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateDuty {
    /// `Báo cáo năm 2022`.
    pub what: String,
    /// `11 ngày`.
    pub days: String,
    /// The letter that reminds, in each format; none while there is none.
    pub letters: Vec<Link>,
}
