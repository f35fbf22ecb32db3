//! Điểm mô hình của cả tỉnh: the rows behind the numbers of the board. Nothing is edited here.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_web::answer::Answer;
use keng_web::reading::points::Narrow;

use super::Asked;
use super::state::App;
use crate::pages::Place;

/// `GET /points`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Points, asked.year(), move |r, shell| {
        r.points_page(
            shell,
            &Narrow { q: asked.q, show: asked.show, period: asked.period, unit: asked.unit, from: asked.from },
        )
    });
    Ok(page.await?.into_response())
}
