//! The province's pages. Each is a struct with what it shows, a template, and samples; whoever
//! has the data fills it. [`Frame`] makes what stands around them.
//!
//! | method | path | handler | answers with |
//! |---|---|---|---|
//! | GET | `/` | `board` | [`board::BoardPage`] |
//! | GET | `/events?live=` | `events` | SSE: [`keng_web::ShellUpdate`], then [`board::BoardLive`] for `board`, [`duties::DutiesLive`] for `duties` |
//! | GET | `/duties` | `duties::page` | [`duties::DutiesPage`] |
//! | GET | `/ratings/{unit}?show=&from=` | `ratings::page` | [`ratings::RatingsPage`] |
//! | GET | `/calls` | `calls::page` | [`calls::CallsPage`] |
//! | GET | `/letters/remind/{period}/{unit}/{format}`, `/letters/propose/{id}/{format}`, `/letters/nominate/{id}/{format}`, `/letters/notice/{quarter}/{format}`, `/letters/return/{id}/{format}`, `/letters/recognise/{id}/{format}`, `/letters/end/{id}/{format}`, `/letters/minutes/{id}/{format}`, `/letters/score/{id}/{format}`, `/letters/submission/{id}/{format}`, `/letters/rating/{year}/{unit}/{format}` | `letters` | a paper, to be saved |
//! | GET, POST | `/submissions/{id}` | `submissions` | [`keng_web::pages::submission::SubmissionPage`]; decided → 303 there |
//! | GET | `/nominations` | `nominations::list` | [`keng_web::pages::nominations::NominationsPage`] |
//! | GET, POST | `/nominations/{id}` | `nominations` | [`keng_web::pages::nominations::NominationPage`]; decided → 303 there |
//! | GET | `/spontaneous` | `spontaneous::page` | [`spontaneous::SpontaneousPage`] |
//! | GET | `/others?kind=` | `records::list` | [`keng_web::pages::records::RecordsPage`] |
//! | GET, POST | `/others/new?kind=`, `/others/{id}` | `records` | [`keng_web::pages::records::RecordPage`]; saved → 303 there |
//! | GET | `/models?q=&verdict=` | `models` | [`ModelsPage`] |
//! | GET | `/models/{id}` | `model` | [`ModelPage`] |
//! | GET, POST | `/models/{id}/edit` | `models` | [`keng_web::pages::model_edit::ModelEditPage`]; saved → 303 to the model |
//! | GET | `/points?q=&show=&unit=&from=` | `points` | [`keng_web::pages::points::PointsPage`] |
//! | GET | `/contests` | `contests` | [`ContestsPage`] |
//! | GET | `/contests/{id}` | `contest` | [`ContestPage`] |
//! | POST | `/contests/{id}/resolve` | `resolve` | [`ResolveForm`] → 303 to the trace of the field, or [`ContestPage`] with 422 |
//! | GET | `/records/{id}/trace?field=&entry=` | `trace` | [`TracePage`] |
//! | GET | `/records/{id}/trace.json` | `trace_json` | the same as the command `trace --json` |
//! | GET | `/documents/{hash}` | `document` | the file, to be saved |
//! | GET | `/units` | `units` | [`units::UnitsPage`] |
//! | GET, POST | `/units/{code}/contact` | `contacts` | [`contacts::ContactPage`]; saved → 303 there |
//! | GET | `/quarantine/{id}` | `units::download` | the body of a refused entry |
//! | GET | `/bundle/export/{node}` | `bundle::export` | a node's return file, to be saved |
//! | POST | `/bundle/import` | `bundle::import` | multipart: `csrf`, `file` → [`keng_web::pages::bundle::BundlePage`] |
//! | GET | `/merges` | `merges` | [`merges::MergesPage`] |
//! | POST | `/merges` | `merge` | [`merges::MergeForm`] → 303 `/merges` |
//! | GET | `/reports` | `reports` | [`reports::ReportsPage`] |
//! | POST | `/reports` | `make_report` | [`reports::ReportForm`] → 303 `/reports`, or [`reports::ReportsPage`] with 422 |
//! | POST | `/editions/{id}` | `editions::act` | [`editions::EditionForm`] → 303 `/reports`, or [`reports::ReportsPage`] with 422 |
//! | GET | `/editions/{id}/changes` | `editions::changes` | [`editions::ChangesPage`] |
//! | GET | `/reports/{id}/{file}` | `download` | a file of a report that was made |
//! | GET, POST | `/rules` | `rules` | [`rules::RulesPage`]; POST: multipart `csrf`, `file` → what that pack would change |
//! | GET | `/rules/export` | `rules::export` | the pack adopted last, to be saved |
//! | POST | `/rules/adopt`, `/rules/template`, `/rules/template/built-in` | `rules` | adopted → 303 `/rules`, or [`rules::RulesPage`] with 422 |
//! | GET | `/reports/template` | `reports::template` | the template of the statistics form, to be saved |
//! | GET | `/assets/…`, `/favicon.ico` | [`keng_web::assets::routes`] | files |
//!
//! Every form goes through [`keng_web::csrf::CheckedForm`], the whole router through
//! [`keng_web::guard::protect`]. Faults are told by [`keng_web::Refusal`]. A stream sends the
//! present state first, since a hidden tab leaves it and comes back.

pub mod board;
pub mod calls;
pub mod contacts;
pub mod duties;
pub mod editions;
pub mod machines;
pub mod merges;
pub mod ratings;
pub mod reports;
pub mod rules;
pub mod spontaneous;
pub mod units;

#[cfg(test)]
mod samples;

pub use keng_web::pages::contests::{ContestPage, ContestsPage, ResolveForm};
pub use keng_web::pages::models::{ModelPage, ModelsPage};
pub use keng_web::pages::trace::TracePage;
use keng_web::shell::province_chip;
use keng_web::{Link, MenuItem, Period, Search, Shell};

/// The places of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Toàn tỉnh.
    Board,
    /// Nghĩa vụ.
    Duties,
    /// Danh sách gọi: reached from the duties.
    Calls,
    /// Xếp loại của một đơn vị: reached from the duties.
    Ratings,
    /// Đề xuất.
    Nominations,
    /// Đơn vị & thiết bị.
    Units,
    /// Mô hình.
    Models,
    /// Điểm mô hình: reached from the board and the models.
    Points,
    /// Xung đột.
    Contests,
    /// Gộp mô hình: reached from the models.
    Merges,
    /// Điểm tự phát: reached from the models.
    Spontaneous,
    /// Hồ sơ khác: reached from the models.
    Others,
    /// Báo cáo.
    Reports,
    /// Mẫu & quy tắc: reached from the reports.
    Rules,
}

/// What the shell of every page is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// `Công an tỉnh Kon Tum · PV05`.
    pub unit: String,
    /// Who works here.
    pub user: String,
    /// The year whose figures are shown.
    pub year: i32,
    /// The year shown when nobody asks for another.
    pub current_year: i32,
    /// The years that have figures.
    pub years: Vec<i32>,
    /// The token of forms.
    pub csrf: String,
    /// Units whose known entries are all here.
    pub complete: u32,
    /// Units that report.
    pub units: u32,
    /// Open contests.
    pub contests: u32,
    /// Suggestions to merge that nobody has answered.
    pub merges: u32,
    /// Spontaneous points that wait for a decision.
    pub spontaneous: u32,
    /// Reports and nominations that wait for the province.
    pub waiting: (u32, u32),
}

impl Frame {
    /// The same frame for another year, where one was asked for that can be meant.
    #[must_use]
    pub fn in_year(self, asked: Option<i32>) -> Self {
        let year = asked.filter(|y| keng_web::reading::YEARS.contains(y)).unwrap_or(self.year);
        let mut years = self.years;
        if let Err(place) = years.binary_search(&year) {
            years.insert(place, year);
        }
        Self { year, years, ..self }
    }

    /// The shell of a page at `place`.
    #[must_use]
    pub fn shell(&self, place: Place) -> Shell {
        // Seven places at most: what is about models is reached from there.
        let here = match place {
            Place::Points | Place::Merges | Place::Spontaneous | Place::Others => Place::Models,
            Place::Calls | Place::Ratings => Place::Duties,
            Place::Rules => Place::Reports,
            place => place,
        };
        let item = |at, key, label, href, waiting| MenuItem { key, label, href, waiting, here: at == here };
        let years = self.years.iter().filter(|y| **y != self.year);
        let live = match place {
            Place::Board => "/events?live=board",
            Place::Duties => "/events?live=duties",
            _ => "/events",
        };
        Shell {
            unit: self.unit.clone(),
            menu: vec![
                item(Place::Board, "board", "Toàn tỉnh", "/", 0),
                item(Place::Duties, "duties", "Nghĩa vụ", "/duties", self.waiting.0),
                item(Place::Nominations, "nominations", "Đề xuất", "/nominations", self.waiting.1),
                item(Place::Models, "models", "Mô hình", "/models", self.merges),
                item(Place::Contests, "contests", "Xung đột", "/contests", self.contests),
                item(Place::Reports, "reports", "Báo cáo", "/reports", 0),
                item(Place::Units, "units", "Đơn vị & thiết bị", "/units", 0),
            ],
            search: Some(Search {
                action: "/models".to_owned(),
                placeholder: "Tìm mô hình, điểm, đơn vị…".to_owned(),
                query: String::new(),
            }),
            period: Some(Period {
                label: format!("Năm {}", self.year),
                others: years.map(|y| Link::new(format!("Năm {y}"), format!("?year={y}"))).collect(),
            }),
            year: if self.year == self.current_year { String::new() } else { self.year.to_string() },
            chip: Some(province_chip(self.complete, self.units)),
            chip_href: "/units".to_owned(),
            user: self.user.clone(),
            csrf: self.csrf.clone(),
            events: Some(live.to_owned()),
            notice: None,
        }
    }
}
