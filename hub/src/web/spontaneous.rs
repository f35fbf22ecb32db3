//! Điểm tự phát của cả tỉnh.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::text::compare;
use keng_web::answer::{Answer, address};
use keng_web::reading::Reading;
use keng_web::{Link, Shell};

use super::Asked;
use super::state::App;
use crate::pages::Place;
use crate::pages::spontaneous::{SpontaneousPage, SpontaneousRow};

/// `GET /spontaneous`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    Ok(app.read(Place::Spontaneous, asked.year(), |r, shell| Ok(fill(r, shell))).await?.into_response())
}

/// How many wait.
#[must_use]
pub fn count(r: &Reading<'_>) -> usize {
    r.points.iter().filter(|p| standing(p, r.cut_off()) == Standing::SpontaneousPending).count()
}

fn fill(r: &Reading<'_>, shell: Shell) -> SpontaneousPage {
    let waiting = r.points.iter().filter(|p| standing(p, r.cut_off()) == Standing::SpontaneousPending);
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
        }
    };
    let mut rows: Vec<SpontaneousRow> = waiting.map(row).collect();
    rows.sort_by(|a, b| compare(&a.unit, &b.unit).then_with(|| compare(&a.place.label, &b.place.label)));
    SpontaneousPage { period: r.title(), rows, shell }
}
