//! Điểm mô hình: the grid.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_web::answer::Answer;
use keng_web::reading::points::Narrow;

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;

/// `GET /points`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Points, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.points_page(
            shell,
            &Narrow { q: asked.q, show: asked.show, period: asked.period, unit: String::new(), from: asked.from },
        )
    });
    Ok(page.await?.into_response())
}
