//! Bản báo cáo: kept on the page of reports, submitted for signature, issued with the number and date of the
//! signed paper (R19, R29).

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::By;
use keng_desk::editions::{self, Edition};
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::rule_pack::Periods;
use keng_domain::text::{date_dmy, thousands};
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::reading::Reading;
use keng_web::{Link, Tag, Tone};

use super::Asked;
use super::reports;
use super::state::App;
use super::submissions::unknown_act;
use crate::pages::Place;
use crate::pages::editions::{ChangesPage, EditionAct, EditionForm, EditionLine};

/// Most editions that the page lists, and most differences: all of them are told by the commands.
const LINES_MAX: usize = 100;

/// What was tried with an edition and refused.
pub struct Attempt {
    /// Which.
    pub id: RecordId,
    /// What was wrong.
    pub fault: String,
    /// What was typed.
    pub form: EditionForm,
}

/// The editions, newest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn lines(r: &Reading<'_>, attempt: Option<Attempt>) -> Result<Vec<EditionLine>, StoreError> {
    let all = editions::list(r.store)?;
    let mut lines: Vec<EditionLine> =
        all.iter().rev().take(LINES_MAX).map(|e| line(e, &all, &r.names.pack.periods)).collect();
    let tried = attempt.as_ref().map(|a| a.id);
    if let Some((line, attempt)) = lines.iter_mut().find(|line| Some(line.id) == tried).zip(attempt) {
        line.attempt = Some((attempt.fault, attempt.form));
    }
    Ok(lines)
}

fn line(edition: &Edition, all: &[Edition], periods: &Periods) -> EditionLine {
    let tone = match edition {
        e if e.is_draft() => Tone::Calm,
        e if e.is_submitted() => Tone::Wait,
        e if e.is_issued() => Tone::Ok,
        _ => Tone::Calm,
    };
    let replaced = edition.replaces.and_then(|id| all.iter().find(|e| e.id == id));
    EditionLine {
        id: edition.id,
        title: title(edition, periods),
        cut: cut(edition),
        state: Tag::new(tone, edition.state_label()),
        number: number(edition),
        replaces: replaced.map(|e| format!("thay thế {}", number(e).unwrap_or_else(|| cut(e)))),
        act: match edition {
            e if e.is_draft() => Some(EditionAct::Submit),
            e if e.is_submitted() => Some(EditionAct::Issue),
            _ => None,
        },
        changes: editions::before(edition, all)
            .map(|_| Link::new("Khác gì bản trước", format!("/editions/{}/changes", edition.id))),
        attempt: None,
    }
}

fn title(edition: &Edition, periods: &Periods) -> String {
    let period = Period::parse(&edition.kind, &edition.period, periods);
    format!("Báo cáo {}", period.map_or_else(|_| edition.period.clone(), |p| p.title()))
}

fn cut(edition: &Edition) -> String {
    format!("đến mục {}", thousands(edition.lsn.0))
}

fn number(edition: &Edition) -> Option<String> {
    let number = edition.number.as_ref()?;
    let date = edition.issued_on.as_ref().and_then(|d| d.parse().ok()).map(date_dmy);
    Some(format!("số {number}{}", date.map_or_else(String::new, |d| format!(" ngày {d}"))))
}

/// Keeps the picture of a period, asked as on the page of reports: `annual 2022`.
///
/// # Errors
/// What was wrong, in words.
pub async fn keep(app: &App, wanted: &str) -> Answer<Result<(), String>> {
    let (kind, period) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let (kind, period) = (kind.to_owned(), period.to_owned());
    // Read on the thread of the pages: no node's session waits for it.
    let seen = app.look(move |store| {
        Ok(match store.rule_packs()?.period(&kind, &period) {
            Ok(period) => editions::picture(store, period, None),
            Err(_) => Err(reports::no_period()),
        })
    });
    let picture = match seen.await? {
        Ok(picture) => picture,
        Err(told) => return Ok(Err(told.to_string())),
    };
    let done = app.act(move |store| editions::keep(store, picture, &By::default()));
    Ok(done.await?.map(|_| ()).map_err(|told| told.to_string()))
}

/// `POST /editions/{id}`.
///
/// # Errors
/// As a page.
pub async fn act(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<EditionForm>,
) -> Answer {
    let id: RecordId = id.parse().map_err(|_| nothing(&app))?;
    let typed = form.clone();
    if form.act == "files" {
        let edition = app.look(move |store| Ok(editions::one(store, id))).await?;
        let edition = edition.map_err(|_| nothing(&app))?;
        let wanted = format!("{} {}", edition.kind, edition.period);
        return match reports::make_one(&app, &wanted, Some(edition.lsn)).await {
            Ok(()) => Ok(see(&address("/reports", &[("done", "made"), ("year", &asked.year)]))),
            Err(fault) => {
                let attempt = Attempt { id, fault, form: typed };
                Ok(with_faults(reports::with_attempt(&app, asked.year(), attempt).await?))
            }
        };
    }
    let done = app.act(move |store| match form.act.as_str() {
        "submit" => editions::submit(store, id, &By::default()).map(|()| "submitted"),
        "issue" => editions::issue(store, id, &form.number, &form.date, &By::default()).map(|()| "issued"),
        _ => Err(unknown_act()),
    });
    match done.await? {
        Ok(done) => Ok(see(&address("/reports", &[("done", done), ("year", &asked.year)]))),
        Err(told) => {
            let attempt = Attempt { id, fault: told.to_string(), form: typed };
            Ok(with_faults(reports::with_attempt(&app, asked.year(), attempt).await?))
        }
    }
}

/// `GET /editions/{id}/changes`.
///
/// # Errors
/// As a page.
pub async fn changes(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id: RecordId = id.parse().map_err(|_| nothing(&app))?;
    let page = app.read(Place::Reports, asked.year(), move |r, shell| {
        let all = editions::list(r.store)?;
        let Some(edition) = all.iter().find(|e| e.id == id) else { return Ok(None) };
        let Some(before) = editions::before(edition, &all) else { return Ok(None) };
        let Some(changes) = editions::changes(r.store, before, edition)? else { return Ok(None) };
        let mut lines = keng_report::change_lines(&changes);
        let more = (lines.len() > LINES_MAX).then_some(lines.len());
        lines.truncate(LINES_MAX);
        let called = |e: &Edition| number(e).unwrap_or_else(|| cut(e));
        let title = title(edition, &r.names.pack.periods);
        Ok(Some(ChangesPage { shell, title, before: called(before), after: called(edition), lines, more }))
    });
    Ok(page.await?.ok_or_else(|| nothing(&app))?.into_response())
}

fn nothing(app: &App) -> Fault {
    let way = Link::new("Xem các báo cáo", "/reports");
    let fault = Fault::gone("Không có bản báo cáo này, hoặc không có bản trước", "Dữ liệu không bị ảnh hưởng.", way);
    fault.in_shell(app.frame().shell(Place::Reports))
}
