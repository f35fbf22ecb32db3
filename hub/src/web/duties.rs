//! Nghĩa vụ: the matrix of units and duties, live for the year of the calendar.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::Datelike;
use keng_desk::clock;
use keng_desk::duties::obligations::{self, Cell, CellState, Row};
use keng_domain::period::{Period, PeriodKind};
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::text::date_dmy;
use keng_store::StoreError;
use keng_web::answer::Answer;
use keng_web::reading::Reading;
use keng_web::reading::duties::{duty_tag, timeliness_tag};
use keng_web::{Link, Tone};

use super::Asked;
use super::board::{short, unit_lines};
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

/// The matrix of `year` as of today; `units` tell of the last contacts.
///
/// # Errors
/// Whatever SQLite says.
pub fn live(reading: &Reading<'_>, units: &[UnitLine], year: i32) -> Result<DutiesLive, StoreError> {
    let periods = obligations::periods(year, &reading.names.pack);
    let mut rows = obligations::matrix(reading.store, year, clock::today())?;
    rows.sort_by_cached_key(worst_first);
    let count = |state| rows.iter().flat_map(|r| &r.cells).filter(|c| c.state == state).count();
    let (late, back, waiting) = (count(CellState::Overdue), count(CellState::Returned), count(CellState::HandedIn));
    let waits = |kind: fn(PeriodKind) -> bool| {
        let cells = rows.iter().flat_map(|r| r.cells.iter().zip(&periods));
        cells.filter(|(c, p)| c.state == CellState::HandedIn && kind(p.kind)).count() as u32
    };
    let row = |row: &Row| {
        let line = units.iter().find(|u| u.code == row.unit);
        DutyRow {
            name: short(&row.name),
            cells: row.cells.iter().zip(&periods).map(|(c, p)| cell(c, p, row)).collect(),
            last_contact: line.map_or_else(|| "chưa lần nào".to_owned(), |l| l.last_contact.clone()),
            tone: line.map_or(Tone::Calm, |l| l.state.tone()),
        }
    };
    Ok(DutiesLive {
        summary: format!("{} đơn vị · {late} quá hạn · {back} trả lại · {waiting} chờ tỉnh", rows.len()),
        waiting: (waits(|k| k != PeriodKind::Quarter), waits(|k| k == PeriodKind::Quarter)),
        rows: rows.iter().map(row).collect(),
        periods: periods.iter().map(|p| (head(p), format!("trước {}", date_dmy(p.due())))).collect(),
    })
}

/// States from the worst on, then the longest delay.
fn worst_first(row: &Row) -> (Vec<CellState>, i64) {
    let mut states: Vec<CellState> = row.cells.iter().map(|c| c.state).collect();
    states.sort_unstable();
    (states, -row.cells.iter().filter_map(|c| c.days_late).max().unwrap_or(0))
}

fn cell(cell: &Cell, period: &Period, row: &Row) -> DutyCell {
    let about = format!("{}, {}", row.name, period.title());
    let owed = matches!(cell.state, CellState::Overdue | CellState::Returned) && period.kind != PeriodKind::Quarter;
    let late = owed && obligations::days_late(period, clock::today()).is_some();
    let letter = format!("/letters/remind/{}/{}/docx", period.id(), row.unit);
    let path = match period.kind {
        PeriodKind::Quarter => "/nominations",
        PeriodKind::Annual | PeriodKind::HalfYear => "/submissions",
    };
    DutyCell {
        state: duty_tag(cell),
        // Punctual is the rule; what is told is what differs from it.
        timeliness: cell.timeliness.filter(|t| *t != Timeliness::OnTime).map(timeliness_tag),
        letter: late.then(|| Link::new(&about, letter)),
        record: cell.record.map(|id| Link::new(&about, format!("{path}/{id}"))),
    }
}

/// `6 tháng`, `Quý IV`, `Năm`.
fn head(period: &Period) -> String {
    let title = period.title();
    let title = title.split(" đầu năm ").next().unwrap_or_default();
    let bare = title.split(" năm ").next().unwrap_or_default();
    if period.kind == PeriodKind::Annual { "Năm".to_owned() } else { keng_web::format::capital(bare) }
}
