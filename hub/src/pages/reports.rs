//! Báo cáo: make one from a cut, and download those made.

use askama::Template;
use askama_web::WebTemplate;
use keng_web::{Choice, Link, Shell, Tag};
use serde::Deserialize;

/// `GET /reports`, and again when `POST /reports` is refused.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "reports.html")]
pub struct ReportsPage {
    /// The frame.
    pub shell: Shell,
    /// What one can report on: `annual 2022`, with its words.
    pub choices: Vec<Choice>,
    /// The one that is chosen.
    pub chosen: String,
    /// What was wrong with the last request.
    pub fault: Option<String>,
    /// What a report made now would say about itself: units missing, open contests.
    pub warnings: Vec<String>,
    /// Reports made, newest first.
    pub made: Vec<MadeReport>,
    /// By which the spreadsheet is filled.
    pub template: TemplateInForce,
}

/// The template of the statistics form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInForce {
    /// The file's name, or what the built-in one is called.
    pub name: String,
    /// `08/11 16:40 · Nguyễn Thị Hạnh`; `None`: nobody has ever adopted one.
    pub adopted: Option<String>,
}

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeReport {
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// `điểm chốt 18.377 · gốc 7f3a…c91e · kontum-2022`.
    pub cut: String,
    /// `08/11 16:40 · Nguyễn Thị Hạnh`.
    pub made: String,
    /// `10/10 đơn vị`, `thiếu 1 đơn vị`.
    pub state: Tag,
    /// What the form could not print.
    pub warning: Option<String>,
    /// DOCX, XLSX, PDF, JSON.
    pub files: Vec<Link>,
}

/// What `POST /reports` brings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReportForm {
    /// Kind and period with a space between them, as on the command line: `annual 2022`,
    /// `half-year 2022`, `quarter 2022-Q4`.
    pub report: String,
}
