//! Điểm mô hình: the grid.

use std::collections::HashSet;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_domain::id::RecordId;
use keng_domain::point::Point;
use keng_domain::rules::counting::{Effect, Standing, effect, is_eligible, standing};
use keng_domain::text::{compare, date_dmy, search_key, thousands};
use keng_store::StoreError;
use keng_web::answer::{Answer, address};
use keng_web::pages::models::Filter;
use keng_web::reading::Reading;
use keng_web::{Cell, Link, Shell, Tag, Tone};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::points::{PointRow, PointsPage};

/// Lines of one page of the list: a district has about 90 points.
const PAGE: usize = 200;

/// `GET /points`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Points, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell, &asked)
    });
    Ok(page.await?.into_response())
}

/// Whether a point belongs to the list that an address names.
fn belongs(
    r: &Reading<'_>,
    show: &str,
    point: &Point,
    contested: &HashSet<RecordId>,
    unsent: &HashSet<RecordId>,
) -> bool {
    let standing = standing(point, r.cut_off());
    match show {
        "unrated" => {
            standing == Standing::Counted
                && is_eligible(point, r.cut_off(), &r.names.pack)
                && effect(point, r.year(), &r.names.pack) == Effect::Unrated
        }
        "contested" => contested.contains(&point.id),
        "spontaneous" => standing == Standing::SpontaneousPending,
        "no-number" => standing == Standing::Counted && point.decision_no.is_none(),
        "no-date" => standing == Standing::NotYet && point.decision_date.is_none(),
        "ended" => standing == Standing::Ended,
        "unsent" => unsent.contains(&point.id),
        _ => true,
    }
}

fn fill(r: &Reading<'_>, mut shell: Shell, asked: &Asked) -> Result<PointsPage, StoreError> {
    if let Some(search) = &mut shell.search {
        search.query.clone_from(&asked.q);
    }
    let unsent = r.store.unsent_records()?;
    let contested: HashSet<RecordId> = r.contests.iter().map(|c| c.record).collect();
    let key = search_key(&asked.q);
    let model = |p: &Point| p.model.map_or_else(String::new, |m| r.names.model(m));
    let mut found: Vec<(String, &Point)> = r
        .points
        .iter()
        .map(|p| (model(p), p))
        .filter(|(model, p)| {
            let all = [model, &p.place, &r.unit_name(p), p.decision_no.as_deref().unwrap_or_default()].join(" ");
            search_key(&all).contains(&key)
        })
        .collect();
    let count = |show: &str| found.iter().filter(|(_, p)| belongs(r, show, p, &contested, &unsent)).count();
    let filter = |label: &str, show: &str| Filter {
        link: Link::new(
            format!("{label} ({})", count(show)),
            address("/points", &[("q", &asked.q), ("show", show), ("year", &r.year_asked())]),
        ),
        on: asked.show == show,
    };
    let filters = vec![
        filter("Tất cả", ""),
        filter("Chưa đánh giá", "unrated"),
        filter("Xung đột", "contested"),
        filter("Tự phát", "spontaneous"),
        filter("Thiếu số QĐ", "no-number"),
        filter("Thiếu ngày QĐ", "no-date"),
        filter("Chờ gửi", "unsent"),
        filter("Chấm dứt", "ended"),
    ];
    let summary = format!(
        "{} điểm · {} chưa đánh giá · {} xung đột",
        thousands(found.len() as u64),
        count("unrated"),
        count("contested")
    );
    found.retain(|(_, p)| belongs(r, &asked.show, p, &contested, &unsent));
    found.sort_by(|a, b| {
        compare(&a.0, &b.0)
            .then_with(|| compare(&r.unit_name(a.1), &r.unit_name(b.1)))
            .then_with(|| compare(&a.1.place, &b.1.place))
            .then(a.1.id.cmp(&b.1.id))
    });
    let from = asked.from.parse::<usize>().unwrap_or(0).min(found.len());
    let until = (from + PAGE).min(found.len());
    let rows = found[from..until].iter().enumerate().map(|(i, (model, p))| {
        let mark = mark(r, p, contested.contains(&p.id), unsent.contains(&p.id));
        row(r, from + i + 1, model, p, mark)
    });
    let more = (until < found.len()).then(|| {
        let pairs =
            [("q", asked.q.as_str()), ("show", &asked.show), ("from", &until.to_string()), ("year", &r.year_asked())];
        address("/points", &pairs)
    });
    Ok(PointsPage {
        summary,
        year: r.year(),
        query: asked.q.clone(),
        filters,
        rows: rows.collect(),
        total: found.len() as u64,
        more,
        shell,
    })
}

fn row(r: &Reading<'_>, number: usize, model: &str, p: &Point, mark: Option<Tag>) -> PointRow {
    let unit = r.unit_name(p);
    let place = if p.place.is_empty() { unit } else { format!("{}, {unit}", p.place) };
    PointRow {
        id: p.id,
        number: number as u64,
        model: r.cell(p.id, "model", Cell::text(model)),
        place: r.cell(p.id, "place", Cell::text(place)),
        decision_no: r.cell(p.id, "decision_no", Cell::text(p.decision_no.clone().unwrap_or_default())),
        decision_date: r.cell(p.id, "decision_date", Cell::text(p.decision_date.map_or_else(String::new, date_dmy))),
        teams: r.cell(p.id, "teams", Cell::number(p.teams.into())),
        members: r.cell(p.id, "members", Cell::number(p.members.into())),
        rating: r.rating_cell(p),
        mark,
    }
}

/// Only what there is to say; a point that is in order says nothing.
fn mark(r: &Reading<'_>, p: &Point, contested: bool, unsent: bool) -> Option<Tag> {
    if contested {
        return Some(Tag::new(Tone::Danger, "xung đột"));
    }
    if unsent {
        return Some(Tag::new(Tone::Wait, "↑ chờ gửi"));
    }
    match standing(p, r.cut_off()) {
        Standing::Ended => Some(Tag::new(Tone::Calm, "chấm dứt")),
        Standing::SpontaneousPending => Some(Tag::new(Tone::Calm, "tự phát")),
        Standing::NotYet => Some(Tag::new(Tone::Calm, "chưa có QĐ")),
        Standing::Counted if !is_eligible(p, r.cut_off(), &r.names.pack) => {
            Some(Tag::new(Tone::Calm, format!("< {} tháng", r.names.pack.eligibility.months)))
        }
        Standing::Counted => None,
    }
}
