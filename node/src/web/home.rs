//! Việc cần làm.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_desk::names::field_label;
use keng_desk::{clock, rehomed};
use keng_domain::figures::unrated_points;
use keng_domain::period::Period;
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::text::{date_dmy, thousands};
use keng_store::StoreError;
use keng_web::answer::{Answer, address};
use keng_web::reading::Reading;
use keng_web::{Fact, Link, Tag, Tone, format};

use super::Asked;
use super::chip::Way;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::home::{HomePage, Task, Urgency};

/// A report is pressing within so many days.
const DUE_SOON_DAYS: i64 = 7;
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
        });
    }
    let waiting: Vec<&Point> =
        r.points.iter().filter(|p| standing(p, r.cut_off()) == Standing::SpontaneousPending).collect();
    if !waiting.is_empty() {
        tasks.push(Task {
            urgency: Urgency::Spontaneous,
            title: format!("{} điểm tự phát, chờ công nhận", thousands(waiting.len() as u64)),
            tag: None,
            text: named(r, &waiting),
            act: Link::new("Mở", address("/points", &[("show", "spontaneous"), ("year", &r.year_asked())])),
        });
    }
    tasks.push(next_report(r, unrated.len()));
    Ok(tasks)
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
    }))
}

fn named(r: &Reading<'_>, points: &[&Point]) -> String {
    let name = |p: &&Point| {
        let model = p.model.map_or_else(String::new, |m| r.names.model(m));
        let place = if p.place.is_empty() { r.unit_name(p) } else { format!("{}, {}", p.place, r.unit_name(p)) };
        format!("{model} – {place}")
    };
    let mut names: Vec<String> = points.iter().take(NAMED_MAX).map(name).collect();
    if points.len() > NAMED_MAX {
        names.push(format!("và {} điểm nữa", thousands((points.len() - NAMED_MAX) as u64)));
    }
    names.join(" · ")
}

/// The report that is due next by today's calendar. Whether one was submitted is not known here
/// yet, so that nothing is ever called late.
fn next_report(r: &Reading<'_>, unrated: usize) -> Task {
    use chrono::Datelike;
    let (today, packs) = (clock::today(), &r.names.pack.periods);
    let year = today.year();
    let all = [Period::half_year(year, packs), Period::annual(year, packs), Period::half_year(year + 1, packs)];
    let next = all.into_iter().filter(|p| p.due() > today).min_by_key(Period::due).unwrap_or(r.period);
    let days = (next.due() - today).num_days();
    let soon = days <= DUE_SOON_DAYS;
    let (text, act) = if unrated == 0 {
        (
            format!("Không còn điểm nào chưa đánh giá năm {}. Nộp bằng văn bản như hiện nay.", r.year()),
            Link::new("Xem điểm", "/points"),
        )
    } else {
        (
            format!("Còn thiếu đánh giá năm {} của {} điểm.", r.year(), thousands(unrated as u64)),
            Link::new("Xem còn thiếu", "/points?show=unrated"),
        )
    };
    Task {
        urgency: if soon { Urgency::Due } else { Urgency::Ahead },
        title: format!("Báo cáo {}", next.title()),
        tag: Some(Tag::new(
            if soon { Tone::Warn } else { Tone::Calm },
            format!("còn {} ngày · trước {}", thousands(days.unsigned_abs()), date_dmy(next.due())),
        )),
        text,
        act,
    }
}

fn provisional(r: &Reading<'_>) -> Vec<Fact> {
    let figures = r.figures();
    let t = figures.totals;
    let (effective, eligible) =
        figures.models.iter().fold((0_u64, 0_u64), |(f, e), m| (f + u64::from(m.effective), e + u64::from(m.eligible)));
    vec![
        Fact::new("Mô hình", thousands(t.models.into())),
        Fact::new("Điểm đang hoạt động", thousands(t.points.into())),
        Fact::new(
            format!("Điểm hiệu quả năm {}", r.year()),
            format!("{} / {}", thousands(effective), thousands(eligible)),
        ),
        Fact::new("Tự phát, chờ công nhận", thousands(t.spontaneous_pending.into())),
    ]
}
