//! Việc cần làm.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_desk::names::field_label;
use keng_desk::{clock, rehomed};
use keng_domain::figures::unrated_points;
use keng_domain::model::Model;
use keng_domain::point::{Point, YearRating};
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_web::answer::{Answer, address};
use keng_web::pages::figures::Rows;
use keng_web::reading::{Reading, Spontaneous};
use keng_web::{Link, Tag, Tone, format};

use super::chip::Way;
use super::state::{App, notice};
use super::{Asked, owed};
use crate::pages::Place;
use crate::pages::home::{HomePage, Task, Urgency};

/// Names given on a card; the list behind it has all.
const NAMED_MAX: usize = 3;

/// `GET /`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let upload = app.upload();
    let page = app.read(Place::Home, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        let mut page = HomePage {
            now: format::heading(r.now),
            rehomed: rehomed::note(&r.names.tree.units, &r.store.identity().unit_key(), clock::today()),
            tasks: tasks(r, &Way::of(r.store)?)?,
            upload,
            provisional: provisional(r),
            shell,
        };
        page.sort();
        Ok(page)
    });
    Ok(page.await?.into_response())
}

/// The cards, in no particular order.
///
/// # Errors
/// Whatever SQLite says.
pub fn tasks(r: &Reading<'_>, way: &Way) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Vec::new();
    tasks.extend(contests(r)?);
    if way.pending.refused > 0 {
        tasks.push(Task {
            urgency: Urgency::Refused,
            title: format!("{} mục tỉnh không nhận", way.pending.refused),
            tag: None,
            text: "Dữ liệu vẫn còn nguyên trong máy này. Hãy xem lý do và báo quản trị tỉnh.".to_owned(),
            act: Link::new("Xem", "/sync"),
            other: None,
        });
    }
    let unrated: Vec<&Point> = unrated_points(&r.points, r.year(), r.cut_off(), &r.names.pack)
        .into_iter()
        .filter(|p| p.ratings.get(&r.year()) != Some(&YearRating::Contested))
        .collect();
    if !unrated.is_empty() {
        tasks.push(Task {
            urgency: Urgency::Unrated,
            title: format!("{} điểm chưa đánh giá năm {}", thousands(unrated.len() as u64), r.year()),
            tag: None,
            text: named(r, &unrated),
            act: Link::new("Đánh giá", address("/points", &[("show", "unrated"), ("year", &r.year_asked())])),
            other: None,
        });
    }
    let Spontaneous { points: waiting, models } = r.spontaneous()?;
    tasks.extend(models.into_iter().map(|(model, _)| spontaneous_model(r, model)));
    tasks.extend(waiting.iter().take(NAMED_MAX).map(|p| spontaneous(r, p)));
    if waiting.len() > NAMED_MAX {
        tasks.push(Task {
            urgency: Urgency::Spontaneous,
            title: format!("Và {} điểm tự phát nữa", thousands((waiting.len() - NAMED_MAX) as u64)),
            tag: None,
            text: "Mỗi điểm tự phát phải được công nhận hoặc chấm dứt (R4).".to_owned(),
            act: Link::new("Xem tất cả", address("/points", &[("show", "spontaneous"), ("year", &r.year_asked())])),
            other: None,
        });
    }
    tasks.extend(owed::tasks(r, unrated.len())?);
    Ok(tasks)
}

/// One spontaneous point, with the two ways to its end.
fn spontaneous(r: &Reading<'_>, point: &Point) -> Task {
    let page = address(&format!("/points/{}/edit", point.id), &[("year", &r.year_asked())]);
    Task {
        urgency: Urgency::Spontaneous,
        title: named(r, &[point]),
        tag: Some(r.effect_tag(point)),
        text: "Ghi quyết định công nhận, hoặc chấm dứt hoạt động.".to_owned(),
        act: Link::new("Công nhận", format!("{page}#recognise")),
        other: Some(Link::new("Chấm dứt", format!("{page}#end"))),
    }
}

/// A spontaneous model that has no point to be recognised for it.
fn spontaneous_model(r: &Reading<'_>, model: &Model) -> Task {
    let (id, year) = (model.id.to_string(), r.year_asked());
    // A model that some run comes to an end with its points, see its page.
    let end = match r.points_of(model.id).next() {
        Some(_) => address(&format!("/models/{id}"), &[("year", &year)]),
        None => address(&format!("/models/{id}/edit"), &[("year", &year)]) + "#withdrawn",
    };
    Task {
        urgency: Urgency::Spontaneous,
        title: format!("Mô hình {}", model.name),
        tag: Some(Tag::new(Tone::Calm, "Tự phát, chờ công nhận")),
        text: "Chưa có điểm nào được công nhận. Thêm điểm kèm quyết định công nhận, hoặc rút khỏi danh sách."
            .to_owned(),
        act: Link::new("Công nhận", address("/points/new", &[("model", &id), ("year", &year)])),
        other: Some(Link::new("Chấm dứt", end)),
    }
}

fn contests(r: &Reading<'_>) -> Result<Option<Task>, StoreError> {
    let Some(first) = r.contests.first() else { return Ok(None) };
    let shown = |v| r.shown(&first.kind, &first.field, v);
    let values: Vec<String> = first.contest.candidates.iter().map(|c| shown(&c.value)).collect();
    let sides: Vec<String> =
        first.contest.candidates.iter().map(|c| format!("{} ghi {}", r.names.unit(&c.side), shown(&c.value))).collect();
    let name = r.store.record(first.record)?.map_or_else(String::new, |v| r.names.record(&v));
    let only = r.contests.len() == 1;
    Ok(Some(Task {
        urgency: Urgency::Contest,
        title: format!("{} xung đột", r.contests.len()),
        tag: Some(Tag::new(
            Tone::Danger,
            format!("{}: {}", field_label(&first.kind, &first.field).to_lowercase(), values.join(" ↔ ")),
        )),
        text: format!("{name}. {}.{}", sides.join(", "), if only { "" } else { " Và các xung đột khác." }),
        act: Link::new("Xem", if only { format!("/contests/{}", first.id) } else { "/contests".to_owned() }),
        other: None,
    }))
}

fn named(r: &Reading<'_>, points: &[&Point]) -> String {
    let mut names: Vec<String> = points.iter().take(NAMED_MAX).map(|p| r.point_name(p)).collect();
    if points.len() > NAMED_MAX {
        names.push(format!("và {} điểm nữa", thousands((points.len() - NAMED_MAX) as u64)));
    }
    names.join(" · ")
}

/// The figures so far, each with the way to its rows.
fn provisional(r: &Reading<'_>) -> Vec<(String, Link)> {
    let figures = r.figures();
    let t = figures.totals;
    let (effective, eligible) =
        figures.models.iter().fold((0_u64, 0_u64), |(f, e), m| (f + u64::from(m.effective), e + u64::from(m.eligible)));
    let line = |name: &str, value: String, of| (name.to_owned(), Link::new(value, r.rows(of, &r.period, None)));
    vec![
        line("Mô hình", thousands(t.models.into()), Rows::Models),
        line("Điểm đang hoạt động", thousands(t.points.into()), Rows::Points("counted")),
        line(
            &format!("Điểm hiệu quả năm {}", r.year()),
            format!("{} / {}", thousands(effective), thousands(eligible)),
            Rows::Models,
        ),
        line("Tự phát, chờ công nhận", thousands(t.spontaneous_pending.into()), Rows::Points("spontaneous")),
    ]
}
