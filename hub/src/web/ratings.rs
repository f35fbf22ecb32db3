//! Xếp loại của một đơn vị: what the matrix counts, row by row.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use chrono::Datelike;
use keng_desk::acts::{By, approving};
use keng_desk::clock;
use keng_desk::duties::obligations::{self, DutyKind};
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Effect, Standing, effect, is_eligible, standing};
use keng_domain::rules::criteria;
use keng_domain::text::{compare, date_dmy, thousands};
use keng_domain::unit::UnitCode;
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, address, see};
use keng_web::csrf::CheckedForm;
use keng_web::form::Typed;
use keng_web::pages::models::Filter;
use keng_web::reading::Reading;
use keng_web::reading::duties::duty_tag;
use keng_web::{Link, Shell};

use super::Asked;
use super::duties::rated;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::ratings::{RatingRow, RatingsPage};

/// Lines of one page of the list: a district has about 90 points.
const PAGE: usize = 200;
/// What can be shown of the counted points: a label, the word in the address, and which belong.
const SHOWS: [(&str, &str, Belongs); 3] = [
    ("Chưa xếp loại", "", |r, p| is_old_enough(r, p) && is_open(r, p)),
    ("Đã xếp loại", "rated", |r, p| is_old_enough(r, p) && !is_open(r, p)),
    ("Chưa đủ thời gian", "young", |r, p| !is_old_enough(r, p)),
];

type Belongs = fn(&Reading<'_>, &Point) -> bool;

fn is_old_enough(r: &Reading<'_>, p: &Point) -> bool {
    is_eligible(p, r.cut_off(), &r.names.pack)
}

fn is_open(r: &Reading<'_>, p: &Point) -> bool {
    matches!(effect(p, r.year(), &r.names.pack), Effect::Unrated | Effect::Contested)
}

/// `GET /ratings/{unit}`.
///
/// # Errors
/// As a page, for a unit that does not report to the province.
pub async fn page(State(app): State<App>, Path(unit): Path<String>, Query(asked): Query<Asked>) -> Answer {
    // Duties are those of the calendar, whatever year the figures shown are of.
    let year = asked.year().unwrap_or_else(|| clock::today().year());
    let page = app.read(Place::Ratings, Some(year), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell, &unit, &asked)
    });
    let page = page.await?;
    let way = Link::new("Xem các nghĩa vụ", "/duties");
    let gone = || Fault::gone("Không có đơn vị này trong năm đó", "Dữ liệu không bị ảnh hưởng.", way);
    Ok(page.ok_or_else(|| gone().in_shell(app.frame().shell(Place::Ratings)))?.into_response())
}

/// `POST /ratings/{unit}`: approves all that the raters agree on.
///
/// # Errors
/// As a page.
pub async fn approve(
    State(app): State<App>,
    Path(unit): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let year = asked.year().unwrap_or_else(|| clock::today().year());
    let way = Link::new("Xem các nghĩa vụ", "/duties");
    let gone = || Fault::gone("Không có đơn vị này", "Dữ liệu không bị ảnh hưởng.", way);
    let code: UnitCode = unit.parse().map_err(|_| gone().in_shell(app.frame().shell(Place::Ratings)))?;
    let by = By::saying(typed.text("reason"));
    let done = app.act(move |store| approving::approve_all(store, &code, year, &by));
    done.await??;
    let year = year.to_string();
    Ok(see(&address(&format!("/ratings/{unit}"), &[("show", "rated"), ("year", &year), ("done", "approved")])))
}

fn fill(r: &Reading<'_>, shell: Shell, unit: &str, asked: &Asked) -> Result<Option<RatingsPage>, StoreError> {
    let rows = obligations::matrix(r.store, &r.points, r.year(), clock::today())?;
    let Some(row) = rows.into_iter().find(|row| row.unit.as_str() == unit) else { return Ok(None) };
    let cell = row.cells.iter().find(|c| c.duty.kind == DutyKind::Rating);
    let Some((cell, tally)) = cell.and_then(|c| Some((c, c.tally?))) else { return Ok(None) };
    let path = format!("/ratings/{}", row.unit);
    let year = r.year().to_string();
    let own = counted(r, &row.unit)?;
    let filters = SHOWS.iter().map(|(label, show, belongs)| Filter {
        link: Link::new(
            format!("{label} ({})", thousands(own.iter().filter(|p| belongs(r, p)).count() as u64)),
            address(&path, &[("show", show), ("year", &year)]),
        ),
        on: asked.show == *show,
    });
    let belongs = SHOWS.iter().find(|(_, show, _)| asked.show == *show).unwrap_or(&SHOWS[0]).2;
    let mut found: Vec<(String, &Point)> = own
        .iter()
        .filter(|p| belongs(r, p))
        .map(|p| (p.model.map_or_else(String::new, |m| r.names.model(r.merges.target(m))), *p))
        .collect();
    found.sort_by(|a, b| {
        compare(&a.0, &b.0).then_with(|| compare(&a.1.place, &b.1.place)).then_with(|| a.1.id.cmp(&b.1.id))
    });
    let from = asked.from.parse::<usize>().unwrap_or(0).min(found.len());
    let until = (from + PAGE).min(found.len());
    let more = || address(&path, &[("show", &asked.show), ("from", &until.to_string()), ("year", &year)]);
    Ok(Some(RatingsPage {
        year: r.year(),
        name: row.name,
        part: rated(&tally),
        state: duty_tag(cell),
        filters: filters.collect(),
        rows: found[from..until].iter().map(|(_, p)| line(r, &shell, p)).collect::<Result<_, _>>()?,
        total: found.len() as u64,
        more: (until < found.len()).then(more),
        minutes: r.papers(&format!("/letters/rating/{year}/{}", row.unit)),
        waiting: approving::waiting(r.store, &row.unit, r.year())?.len(),
        code: row.unit,
        shell,
    }))
}

/// The unit's counted points, in the tree of that year.
fn counted<'a>(r: &'a Reading<'_>, unit: &UnitCode) -> Result<Vec<&'a Point>, StoreError> {
    let tree = r.store.tree(r.cut_off())?;
    let own = |p: &&Point| {
        standing(p, r.cut_off(), &r.names.pack) == Standing::Counted
            && tree.reporting_unit(&p.unit_key()).is_some_and(|u| u.code == *unit)
    };
    Ok(r.points.iter().filter(own).collect())
}

/// How far a rating has come, and what the points of its raters come to: `Tỉnh đã duyệt · 90/100 điểm`.
fn stage(r: &Reading<'_>, p: &Point) -> Result<String, StoreError> {
    let Some(view) = r.store.record(p.id)? else { return Ok(String::new()) };
    let stage = criteria::stage(&view.fields, r.year(), &view.owner).map(|stage| stage.label().to_owned());
    let sheets = criteria::sheets(&view.fields, r.year(), &r.names.pack);
    let totals = sheets.iter().filter(|sheet| sheet.lines.iter().any(|line| line.given.is_some()));
    let most: u32 = r.names.pack.rating.criteria.iter().map(|c| c.points).sum();
    let said = totals.map(|sheet| format!("{}/{most} điểm", sheet.total));
    Ok(stage.into_iter().chain(said).collect::<Vec<_>>().join(" · "))
}

fn line(r: &Reading<'_>, shell: &Shell, p: &Point) -> Result<RatingRow, StoreError> {
    let commune = r.unit_name(p);
    let place = if p.place.is_empty() { commune } else { format!("{}, {commune}", p.place) };
    let day = p.decision_date.map(date_dmy);
    Ok(RatingRow {
        stage: stage(r, p)?,
        model: p.model.map(|m| r.model_link(m)),
        place: Link::new(place, address(&format!("/records/{}/trace", p.id), &[("year", &shell.year)])),
        decision: p.decision_no.iter().cloned().chain(day).collect::<Vec<_>>().join(" · "),
        level: match p.ratings.get(&r.year()) {
            Some(YearRating::Rated(level)) => {
                r.names.pack.level(level).map_or_else(|| level.clone(), |l| l.label.clone())
            }
            Some(YearRating::Contested) => "khác nhau".to_owned(),
            None => String::new(),
        },
        effect: r.effect_tag(p),
    })
}
