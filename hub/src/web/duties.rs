//! Nghĩa vụ: the matrix of units and duties, live for the year of the calendar.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::{Datelike, NaiveDate};
use keng_desk::clock;
use keng_desk::duties::obligations::{self, Cell, CellState, Duty, DutyKind, Present, Row};
use keng_domain::explanation::Tally;
use keng_domain::period::PeriodKind;
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_web::answer::Answer;
use keng_web::reading::Reading;
use keng_web::reading::duties::{duty_tag, timeliness_tag};
use keng_web::{Link, Tone};

use super::Asked;
use super::board::{short, unit_lines};
use super::machines::said;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::board::UnitLine;
use crate::pages::duties::{DutiesLive, DutiesPage, DutyCell, DutyRow};

/// `GET /duties`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let present = clock::today().year();
    let year = asked.year().unwrap_or(present);
    let board = app.board();
    let mut shell = app.frame().in_year(Some(year)).shell(Place::Duties);
    shell.notice = notice(&asked.done);
    let live = if year == present {
        board.duties.clone()
    } else {
        // The stream tells of the present year.
        shell.events = Some("/events".to_owned());
        Arc::new(
            app.look(move |store| {
                let reading = Reading::of(store, Some(year))?;
                let units = unit_lines(&reading, &reading.figures())?;
                live(&reading, &units, year)
            })
            .await?,
        )
    };
    Ok(DutiesPage { shell, year, live: live.as_ref().clone() }.into_response())
}

/// The matrix of `year` as of today; `units` tell how each stands towards the province.
///
/// # Errors
/// Whatever SQLite says.
pub fn live(reading: &Reading<'_>, units: &[UnitLine], year: i32) -> Result<DutiesLive, StoreError> {
    let today = clock::today();
    let Present { mut rows, earlier } = if year == today.year() {
        obligations::present(reading.store, &reading.points, today)?
    } else {
        Present { rows: obligations::matrix(reading.store, &reading.points, year, today)?, earlier: Vec::new() }
    };
    rows.sort_by_cached_key(worst_first);
    let (open, left) = (Open::of(&rows), Open::of(&earlier));
    let last = year - 1;
    let row = |row: &Row| DutyRow {
        name: short(&row.name),
        machines: said(&row.machines, reading.now),
        tone: units.iter().find(|u| u.code == row.unit).map_or(Tone::Calm, |u| u.state.tone()),
        cells: row.cells.iter().map(|c| cell(c, row, today)).collect(),
    };
    let duties = obligations::duties(year, &reading.names.packs);
    Ok(DutiesLive {
        summary: format!("{} đơn vị · {}", rows.len(), open.words()),
        earlier: (left.all() > 0).then(|| {
            let told = format!("Năm {last} còn {} việc: {}", left.all(), left.words());
            Link::new(told, format!("/duties?year={last}"))
        }),
        waiting: (open.reports + left.reports, open.nominations + left.nominations),
        rows: rows.iter().map(row).collect(),
        duties: duties.iter().map(|d| (head(d), format!("trước {}", d.due.format("%d/%m")))).collect(),
    })
}

/// How many cells somebody still has to act upon. Ratings that wait for a choice are counted as contests.
struct Open {
    overdue: u32,
    returned: u32,
    /// Reports that wait for the province.
    reports: u32,
    /// Nominations that do.
    nominations: u32,
}

impl Open {
    fn of(rows: &[Row]) -> Self {
        let cells = || rows.iter().flat_map(|r| &r.cells);
        let count = |state| cells().filter(|c| c.state == state).count() as u32;
        let waits = |kind| cells().filter(|c| c.state == CellState::HandedIn && c.duty.kind == kind).count() as u32;
        Self {
            overdue: count(CellState::Overdue),
            returned: count(CellState::Returned),
            reports: waits(DutyKind::Report),
            nominations: waits(DutyKind::Nomination),
        }
    }

    fn all(&self) -> u32 {
        self.overdue + self.returned + self.reports + self.nominations
    }

    /// `3 quá hạn · 1 trả lại · 2 chờ tỉnh`.
    fn words(&self) -> String {
        let waiting = self.reports + self.nominations;
        format!("{} quá hạn · {} trả lại · {waiting} chờ tỉnh", self.overdue, self.returned)
    }
}

/// States from the worst on, then the longest delay.
fn worst_first(row: &Row) -> (Vec<CellState>, Reverse<u64>) {
    let mut states: Vec<CellState> = row.cells.iter().map(|c| c.state).collect();
    states.sort_unstable();
    (states, Reverse(row.cells.iter().filter_map(|c| c.days_late).max().unwrap_or(0)))
}

fn cell(cell: &Cell, row: &Row, today: NaiveDate) -> DutyCell {
    let duty = &cell.duty;
    let about = format!("{}, {}", row.name, duty.title().to_lowercase());
    // What is open of ratings is told by the letter about the annual report, once that is late.
    let reminded = cell.is_late(today) && Duty::report(duty.period).days_late(today).is_some();
    let letter = format!("/letters/remind/{}/{}/docx", duty.period.id(), row.unit);
    let page = match duty.kind {
        DutyKind::Nomination => cell.record.map(|id| format!("/nominations/{id}")),
        DutyKind::Report => cell.record.map(|id| format!("/submissions/{id}")),
        DutyKind::Rating => Some(format!("/ratings/{}?year={}", row.unit, duty.period.year)),
    };
    DutyCell {
        state: duty_tag(cell),
        part: cell.tally.filter(|t| t.eligible > 0).map(|t| rated(&t)),
        // Punctual is the rule; what is told is what differs from it.
        timeliness: cell.timeliness.filter(|t| *t != Timeliness::OnTime).map(timeliness_tag),
        letter: reminded.then(|| Link::new(&about, letter)),
        record: page.map(|page| Link::new(&about, page)),
    }
}

/// `27/30 điểm`, `27/30 điểm · 1 xung đột`.
pub(super) fn rated(tally: &Tally) -> String {
    let contested = match tally.contested {
        0 => String::new(),
        n => format!(" · {} xung đột", thousands(n.into())),
    };
    let rated = thousands((tally.eligible - tally.unrated).into());
    format!("{rated}/{} điểm{contested}", thousands(tally.eligible.into()))
}

/// `6 tháng`, `Quý IV`, `Năm`, `Xếp loại`.
fn head(duty: &Duty) -> String {
    match (duty.kind, duty.period.kind) {
        (DutyKind::Rating, _) => "Xếp loại".to_owned(),
        (_, PeriodKind::Annual) => "Năm".to_owned(),
        (_, PeriodKind::HalfYear) => "6 tháng".to_owned(),
        (_, PeriodKind::Quarter) => {
            let title = duty.period.title();
            keng_web::format::capital(title.split(" năm ").next().unwrap_or_default())
        }
    }
}
