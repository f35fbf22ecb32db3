//! Nghĩa vụ: the matrix of units and duties, live for the year of the calendar.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::{Datelike, NaiveDate};
use keng_desk::clock;
use keng_desk::duties::obligations::{self, Cell, CellState, Duty, DutyKind, Row};
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
    let mut rows = obligations::matrix(reading.store, &reading.points, year, today)?;
    rows.sort_by_cached_key(worst_first);
    let count = |state| rows.iter().flat_map(|r| &r.cells).filter(|c| c.state == state).count();
    let (late, back) = (count(CellState::Overdue), count(CellState::Returned));
    let waits = |kind: DutyKind| {
        let cells = rows.iter().flat_map(|r| &r.cells);
        cells.filter(|c| c.state == CellState::HandedIn && c.duty.kind == kind).count() as u32
    };
    // Ratings that wait for a choice are counted as contests.
    let waiting = (waits(DutyKind::Report), waits(DutyKind::Nomination));
    let row = |row: &Row| DutyRow {
        name: short(&row.name),
        machines: said(&row.machines, reading.now),
        tone: units.iter().find(|u| u.code == row.unit).map_or(Tone::Calm, |u| u.state.tone()),
        cells: row.cells.iter().map(|c| cell(c, row, today)).collect(),
    };
    let duties = obligations::duties(year, &reading.names.packs);
    Ok(DutiesLive {
        summary: format!(
            "{} đơn vị · {late} quá hạn · {back} trả lại · {} chờ tỉnh",
            rows.len(),
            waiting.0 + waiting.1
        ),
        waiting,
        rows: rows.iter().map(row).collect(),
        duties: duties.iter().map(|d| (head(d), format!("trước {}", d.due.format("%d/%m")))).collect(),
    })
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
