//! The officer's pages. Each is a struct with what it shows, a template, and samples; whoever
//! has the data fills it. [`Frame`] makes what stands around them.
//!
//! | method | path | handler | answers with |
//! |---|---|---|---|
//! | GET | `/` | `home` | [`home::HomePage`] |
//! | GET | `/events?live=upload` | `events` | SSE: [`keng_web::ShellUpdate`], then [`sync::Upload::oob`] when `live=upload` |
//! | GET | `/models?q=&verdict=` | `models` | [`ModelsPage`] |
//! | GET | `/models/new?name=` | `model_new::page` | [`model_new::ModelNewPage`], with the models that the name may mean |
//! | POST | `/models/new` | `model_new::add` | [`model_new::ModelForm`] → 303 `/points/new?model=`, or [`model_new::ModelNewPage`] with 422 |
//! | GET | `/models/{id}` | `model` | [`ModelPage`] |
//! | GET, POST | `/models/{id}/edit` | `models` | [`keng_web::pages::model_edit::ModelEditPage`]; saved → 303 to the model |
//! | GET | `/points?q=&show=&from=` | `points` | [`keng_web::pages::points::PointsPage`] |
//! | GET | `/points/new?model=` | `new_point` | [`point_edit::PointEditPage`] |
//! | POST | `/points/new` | `add_point` | [`point_edit::PointForm`] → 303 `/points`, or [`point_edit::PointEditPage`] with 422 |
//! | GET | `/points/{id}/edit` | `edit_point` | [`point_edit::PointEditPage`] |
//! | POST | `/points/{id}/edit` | `save_point` | as for `/points/new` |
//! | POST | `/points/{id}/recognise`, `/points/{id}/end` | `settle` | [`point_edit::PointForm`] → 303 to the point, or [`point_edit::PointEditPage`] with 422 |
//! | GET | `/reports?period=` | `reports::page` | [`reports::ReportsPage`] |
//! | POST | `/reports` | `reports::hand_in` | [`reports::HandInForm`] → 303 `/reports`, or [`reports::ReportsPage`] with 422 |
//! | GET | `/submissions/{id}` | `reports::submission` | [`keng_web::pages::submission::SubmissionPage`] |
//! | GET, POST | `/nominations` | `nominations` | [`keng_web::pages::nominations::NominationsPage`]; a new one → 303 to its page |
//! | GET, POST | `/nominations/{id}?add=` | `nominations` | [`keng_web::pages::nominations::NominationPage`]; saved or handed in → 303 there |
//! | GET | `/others?kind=` | `records::list` | [`keng_web::pages::records::RecordsPage`] |
//! | GET, POST | `/others/new?kind=`, `/others/{id}` | `records` | [`keng_web::pages::records::RecordPage`]; saved → 303 there |
//! | GET | `/letters/minutes/{id}/{format}`, `/letters/rating/{year}/{format}`, `/letters/score/{id}/{format}`, `/letters/submission/{id}/{format}`, `/letters/nominate/{id}/{format}`, `/letters/recognise/{id}/{format}`, `/letters/end/{id}/{format}` | `letters` | a paper, to be saved |
//! | GET | `/contests` | `contests` | [`ContestsPage`] |
//! | GET | `/contests/{id}` | `contest` | [`ContestPage`] |
//! | POST | `/contests/{id}/resolve` | `resolve` | [`ResolveForm`] → 303 to the trace of the field, or [`ContestPage`] with 422 |
//! | GET | `/records/{id}/trace?field=&entry=` | `trace` | [`TracePage`] |
//! | GET | `/records/{id}/trace.json` | `trace_json` | the same as the command `trace --json` |
//! | POST | `/records/{id}/documents` | `add_document` | multipart: `csrf`, `kind`, `file` → 303 to the record |
//! | GET | `/documents/{hash}` | `document` | the file, to be saved |
//! | GET | `/import` | `import` | [`import::ImportPage`] |
//! | POST | `/import` | `import` | multipart: `csrf`, `act` (`check`, `write`), `map`, `file` → [`import::ImportPage`] |
//! | GET | `/import/rejected/{n}` | `importing::rejected` | the rejected rows, to be mended |
//! | POST | `/import/same` | `importing::same` | `name`, `model`, repeated → 303 `/import` |
//! | POST | `/import/{id}/undo` | `importing::undo` | 303 `/import`, or [`import::ImportPage`] with what stays |
//! | GET | `/sync` | `sync` | [`sync::SyncPage`] |
//! | POST | `/sync/now` | `sync_now` | 303 `/sync`, with a notice even when nothing changed |
//! | GET | `/bundle/export?open=` | `bundle::export` | the file for the province, to be saved |
//! | POST | `/bundle/import` | `bundle::import` | multipart: `csrf`, `file` → [`keng_web::pages::bundle::BundlePage`] |
//! | GET | `/assets/…`, `/favicon.ico` | [`keng_web::assets::routes`] | files |
//!
//! Every form goes through [`keng_web::csrf::CheckedForm`], the whole router through
//! [`keng_web::guard::protect`]. Faults are told by [`keng_web::Refusal`]. A stream sends the
//! present state first, since a hidden tab leaves it and comes back.

pub mod home;
pub mod import;
pub mod model_new;
pub mod point_edit;
pub mod reports;
pub mod settle;
pub mod sync;

#[cfg(test)]
mod samples;

pub use keng_web::pages::contests::{ContestPage, ContestsPage, ResolveForm};
pub use keng_web::pages::models::{ModelPage, ModelsPage};
pub use keng_web::pages::trace::TracePage;
use keng_web::{Chip, Link, MenuItem, Period, Search, Shell};

/// The places of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Việc cần làm.
    Home,
    /// Mô hình.
    Models,
    /// Điểm.
    Points,
    /// Báo cáo.
    Reports,
    /// Đề xuất.
    Nominations,
    /// Hồ sơ khác.
    Others,
    /// Xung đột.
    Contests,
    /// Gửi lên tỉnh: not in the menu, the chip of the header leads there.
    Sync,
}

/// What the shell of every page is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// `Công an huyện Tu Mơ Rông`.
    pub unit: String,
    /// Who works here.
    pub officer: String,
    /// The year whose figures are shown.
    pub year: i32,
    /// The year shown when nobody asks for another.
    pub current_year: i32,
    /// The years that have figures.
    pub years: Vec<i32>,
    /// The token of forms.
    pub csrf: String,
    /// How things stand with the province: [`keng_web::SyncChip::chip`].
    pub chip: Chip,
    /// Things to do.
    pub tasks: u32,
    /// Open contests.
    pub contests: u32,
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
        let item = |at, key, label, href, waiting| MenuItem { key, label, href, waiting, here: at == place };
        let years = self.years.iter().filter(|y| **y != self.year);
        let live = matches!(place, Place::Home | Place::Sync);
        Shell {
            unit: self.unit.clone(),
            menu: vec![
                item(Place::Home, "home", "Việc cần làm", "/", self.tasks),
                item(Place::Models, "models", "Mô hình", "/models", 0),
                item(Place::Points, "points", "Điểm", "/points", 0),
                item(Place::Reports, "reports", "Báo cáo", "/reports", 0),
                item(Place::Nominations, "nominations", "Đề xuất", "/nominations", 0),
                item(Place::Others, "others", "Hồ sơ khác", "/others", 0),
                item(Place::Contests, "contests", "Xung đột", "/contests", self.contests),
            ],
            search: Some(Search {
                action: "/points".to_owned(),
                placeholder: "Tìm không dấu: tieng keng…".to_owned(),
                query: String::new(),
            }),
            period: Some(Period {
                label: format!("Năm {}", self.year),
                others: years.map(|y| Link::new(format!("Năm {y}"), format!("?year={y}"))).collect(),
            }),
            year: if self.year == self.current_year { String::new() } else { self.year.to_string() },
            chip: Some(self.chip.clone()),
            chip_href: "/sync".to_owned(),
            user: self.officer.clone(),
            csrf: self.csrf.clone(),
            events: Some(if live { "/events?live=upload" } else { "/events" }.to_owned()),
            notice: None,
        }
    }
}
