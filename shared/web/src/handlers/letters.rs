//! Papers to be signed, made when they are asked for: number and date of issue stay blank.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use keng_desk::{Told, clock, letters};
use keng_domain::id::RecordId;
use keng_domain::letter::Letter;
use keng_store::Store;

use super::{Program, Spot};
use crate::answer::{Answer, Fault};
use crate::download;
use crate::parts::Link;
use crate::shell::Shell;

/// `GET /letters/minutes/{id}/{format}`.
///
/// # Errors
/// As a page, when the record is no survey.
pub async fn minutes<P: Program>(State(app): State<P>, Path((id, format)): Path<(String, String)>) -> Answer {
    of_record(&app, id, &format, letters::minutes).await
}

/// `GET /letters/score/{id}/{format}`.
///
/// # Errors
/// As a page, when the record is no score, or the rule pack of its year has no lines for such a place.
pub async fn score<P: Program>(State(app): State<P>, Path((id, format)): Path<(String, String)>) -> Answer {
    of_record(&app, id, &format, letters::score).await
}

/// `GET /letters/recognise/{id}/{format}`: a unit asks to recognise a point.
///
/// # Errors
/// As a page, for a point that did not arise by itself, has ended or is recognised.
pub async fn recognise<P: Program>(State(app): State<P>, Path((id, format)): Path<(String, String)>) -> Answer {
    of_point(&app, id, &format, letters::recognition).await
}

/// `GET /letters/end/{id}/{format}`: a unit asks to end a point.
///
/// # Errors
/// As a page, for a point that has no end on record.
pub async fn end<P: Program>(State(app): State<P>, Path((id, format)): Path<(String, String)>) -> Answer {
    of_point(&app, id, &format, letters::ending).await
}

/// How a paper about one record is filled as of a day.
type Fill = fn(&Store, RecordId, NaiveDate) -> Result<Letter, Told>;

/// A paper about a point as of today.
async fn of_point<P: Program>(app: &P, id: String, format: &str, fill: Fill) -> Answer {
    let (shell, way) = (app.shell(Spot::Points), Link::new("Xem các điểm", "/points"));
    as_of_today(app, shell, way, id, format, fill).await
}

/// A paper about one of the other records as of today.
async fn of_record<P: Program>(app: &P, id: String, format: &str, fill: Fill) -> Answer {
    let (shell, way) = (app.shell(Spot::Others), Link::new("Xem hồ sơ khác", "/others"));
    as_of_today(app, shell, way, id, format, fill).await
}

async fn as_of_today<P: Program>(app: &P, shell: Shell, way: Link, id: String, format: &str, fill: Fill) -> Answer {
    let fill = move |store: &Store| {
        fill(store, id.parse().map_err(|_| Told::refused("Không có bản ghi này."))?, clock::today())
    };
    made(app, shell, way, format, fill).await
}

/// Fills a paper on the reading thread and lays it out beside the async threads. What is refused is told in
/// `shell`, with a `way` on.
///
/// # Errors
/// As a page: for a format that the program does not make, and what `fill` says.
pub async fn made<P, F>(app: &P, shell: Shell, way: Link, format: &str, fill: F) -> Answer
where
    P: Program,
    F: FnOnce(&Store) -> Result<Letter, Told> + Send + 'static,
{
    let refused =
        |told: Told| Fault::gone(&told.to_string(), "Dữ liệu không bị ảnh hưởng.", way.clone()).in_shell(shell.clone());
    let format = P::PRESS.format(format).map_err(refused)?;
    let letter = app.look(move |store| Ok(fill(store))).await?.map_err(refused)?;
    let made = app.turn().laid_out(move || P::PRESS.file(&letter, format)).await.map_err(refused)?;
    let (name, bytes) = made.map_err(refused)?;
    Ok(download::made(&name, bytes))
}
