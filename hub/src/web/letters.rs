//! Papers of the duties of units; minutes of a survey and score sheets are
//! [`keng_web::handlers::letters`]'.

use axum::extract::{Path, State};
use keng_desk::{Told, clock, letters};
use keng_domain::letter::Letter;
use keng_domain::unit::UnitCode;
use keng_store::Store;
use keng_web::Link;
use keng_web::answer::Answer;
use keng_web::handlers::letters::made;

use super::state::App;
use crate::pages::Place;

/// `GET /letters/remind/{period}/{unit}/{format}`.
///
/// # Errors
/// As a page, when the unit owes nothing for the period.
pub async fn remind(State(app): State<App>, Path((period, unit, format)): Path<(String, String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let all = letters::reminders(store, &period, Some(&unit_code(&unit)?), clock::today())?;
        // One unit has one letter for one period.
        all.into_iter().next().ok_or_else(|| Told::refused("Đơn vị không nợ gì trong kỳ này."))
    };
    of_duties(&app, Place::Duties, &format, fill).await
}

/// `GET /letters/propose/{nomination}/{format}`.
///
/// # Errors
/// As a page, when the nomination is not proposed to the Ministry.
pub async fn propose(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có đề xuất này."))?;
        letters::proposal(store, None, &[id], clock::today())
    };
    of_duties(&app, Place::Nominations, &format, fill).await
}

/// `GET /letters/nominate/{nomination}/{format}`: the proposal of a unit.
///
/// # Errors
/// As a page, for what is no nomination.
pub async fn nominate(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có đề xuất này."))?;
        letters::nomination(store, id, clock::today())
    };
    of_duties(&app, Place::Nominations, &format, fill).await
}

/// `GET /letters/notice/{quarter}/{format}`: the models that the province has selected, for all units.
///
/// # Errors
/// As a page, for a quarter of which nothing is selected.
pub async fn notice(State(app): State<App>, Path((quarter, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| letters::notice(store, &quarter, clock::today());
    of_duties(&app, Place::Nominations, &format, fill).await
}

/// `GET /letters/return/{id}/{format}`: a submission or nomination goes back.
///
/// # Errors
/// As a page, for what is not returned.
pub async fn sent_back(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có báo cáo, đề xuất này."))?;
        letters::sent_back(store, id, clock::today())
    };
    of_duties(&app, Place::Duties, &format, fill).await
}

/// `GET /letters/rating/{year}/{unit}/{format}`: what the province has received of a unit's yearly rating.
///
/// # Errors
/// As a page, for a year that is none, and a unit that did not report in it.
pub async fn rating(State(app): State<App>, Path((year, unit, format)): Path<(String, String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let year = year.parse().map_err(|_| Told::refused(format!("“{year}” không phải một năm.")))?;
        let all = letters::ratings(store, year, Some(&unit_code(&unit)?))?;
        // One unit has one meeting a year.
        all.into_iter().next().ok_or_else(|| Told::refused("Không có đơn vị này."))
    };
    of_duties(&app, Place::Duties, &format, fill).await
}

/// `GET /letters/submission/{id}/{format}`: the report of what a unit has handed in.
///
/// # Errors
/// As a page, for what is no submission.
pub async fn submission(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        letters::submission(store, id.parse().map_err(|_| Told::refused("Không có báo cáo này."))?)
    };
    of_duties(&app, Place::Duties, &format, fill).await
}

async fn of_duties<F>(app: &App, place: Place, format: &str, fill: F) -> Answer
where
    F: FnOnce(&Store) -> Result<Letter, Told> + Send + 'static,
{
    made(app, app.frame().shell(place), Link::new("Xem các nghĩa vụ", "/duties"), format, fill).await
}

fn unit_code(text: &str) -> Result<UnitCode, Told> {
    text.parse().map_err(|_| Told::refused(format!("“{text}” không phải mã đơn vị.")))
}
