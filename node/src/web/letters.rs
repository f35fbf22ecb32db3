//! The minutes of the unit's own yearly rating, its reports and proposals; those of a survey and score sheets are
//! [`keng_web::handlers::letters`]'.

use axum::extract::{Path, State};
use keng_desk::{Told, clock, letters};
use keng_domain::letter::Letter;
use keng_store::Store;
use keng_web::Link;
use keng_web::answer::Answer;
use keng_web::handlers::letters::made;

use super::state::App;
use crate::pages::Place;

/// `GET /letters/rating/{year}/{format}`.
///
/// # Errors
/// As a page, for a year that is none, and a format that is made at the province.
pub async fn rating(State(app): State<App>, Path((year, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let year = year.parse().map_err(|_| Told::refused(format!("“{year}” không phải một năm.")))?;
        // A node makes those of its own unit alone.
        letters::ratings(store, year, None)?.pop().ok_or_else(|| Told::refused("Không có đơn vị này."))
    };
    of_reports(&app, &format, fill).await
}

/// `GET /letters/submission/{id}/{format}`: the report of what the unit has handed in.
///
/// # Errors
/// As a page, for what is no submission, and a format that is made at the province.
pub async fn submission(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        letters::submission(store, id.parse().map_err(|_| Told::refused("Không có báo cáo này."))?)
    };
    of_reports(&app, &format, fill).await
}

/// `GET /letters/nominate/{id}/{format}`: the unit's proposal of a model to the province.
///
/// # Errors
/// As a page, for what is no nomination, and a format that is made at the province.
pub async fn nominate(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có đề xuất này."))?;
        letters::nomination(store, id, clock::today())
    };
    let (shell, way) = (app.frame().shell(Place::Nominations), Link::new("Xem các đề xuất", "/nominations"));
    made(&app, shell, way, &format, fill).await
}

async fn of_reports<F>(app: &App, format: &str, fill: F) -> Answer
where
    F: FnOnce(&Store) -> Result<Letter, Told> + Send + 'static,
{
    made(app, app.frame().shell(Place::Reports), Link::new("Xem các báo cáo", "/reports"), format, fill).await
}
