//! Điểm tự phát của cả tỉnh.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_domain::text::compare;
use keng_store::StoreError;
use keng_web::answer::{Answer, address};
use keng_web::reading::{Reading, Spontaneous};
use keng_web::{Count, Link, Shell};

use super::Asked;
use super::state::App;
use crate::pages::Place;
use crate::pages::spontaneous::{SpontaneousPage, SpontaneousRow};

/// `GET /spontaneous`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    Ok(app.read(Place::Spontaneous, asked.year(), fill).await?.into_response())
}

/// How many wait: points, and models without any.
///
/// # Errors
/// Whatever SQLite says.
pub fn count(r: &Reading<'_>) -> Result<usize, StoreError> {
    let Spontaneous { points, models } = r.spontaneous()?;
    Ok(points.len() + models.len())
}

fn fill(r: &Reading<'_>, shell: Shell) -> Result<SpontaneousPage, StoreError> {
    let Spontaneous { points, models } = r.spontaneous()?;
    let row = |p: &keng_domain::point::Point| {
        let unit = r.names.tree.reporting_unit(&p.unit_key()).map_or_else(|| r.unit_name(p), |u| u.name.clone());
        let commune = r.unit_name(p);
        let place = if p.place.is_empty() { commune } else { format!("{}, {commune}", p.place) };
        SpontaneousRow {
            unit,
            place: Link::new(place, address(&format!("/records/{}/trace", p.id), &[("year", &shell.year)])),
            model: p.model.map(|m| r.model_link(m)),
            teams: p.teams.into(),
            members: p.members.into(),
            papers: r.papers(&format!("/letters/recognise/{}", p.id)),
        }
    };
    let alone = models.iter().map(|(model, owner)| SpontaneousRow {
        unit: r.names.unit(owner),
        place: Link::new(
            "Chưa có điểm được công nhận",
            address(&format!("/models/{}/edit", model.id), &[("year", &shell.year)]),
        ),
        model: Some(r.model_link(model.id)),
        teams: Count(0),
        members: Count(0),
        papers: Vec::new(),
    });
    let mut rows: Vec<SpontaneousRow> = points.into_iter().map(row).chain(alone).collect();
    rows.sort_by(|a, b| compare(&a.unit, &b.unit).then_with(|| compare(&a.place.label, &b.place.label)));
    Ok(SpontaneousPage { period: r.title(), rows, shell })
}
