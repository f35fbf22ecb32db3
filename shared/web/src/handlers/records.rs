//! Hồ sơ khác: exemplars, committees, teams, surveys, assessments and scores.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::By;
use keng_desk::duties::records;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::StoreError;
use serde::Deserialize;

use super::{Program, Spot};
use crate::Link;
use crate::answer::{Answer, Fault, address, see, with_faults};
use crate::csrf::CheckedForm;
use crate::form::Typed;
use crate::pages::records::{PersonCard, RecordPage};
use crate::reading::Reading;

/// What the addresses of these pages may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
    kind: String,
    done: String,
    q: String,
}

impl Asked {
    fn year(&self) -> Option<i32> {
        crate::answer::year(&self.year)
    }
}

/// `GET /others?kind=`.
///
/// # Errors
/// As a page.
pub async fn list<P: Program>(State(app): State<P>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Spot::Others, asked.year(), move |r, mut shell| {
        shell.notice = P::notice(&asked.done);
        r.records_page(shell, Reading::other_kind(&asked.kind), &asked.q)
    });
    Ok(page.await?.into_response())
}

/// `GET /others/new?kind=`.
///
/// # Errors
/// As a page.
pub async fn blank<P: Program>(State(app): State<P>, Query(asked): Query<Asked>) -> Answer {
    let page = app
        .read(Spot::Others, asked.year(), move |r, shell| r.record_page(shell, Reading::other_kind(&asked.kind), None));
    Ok(page.await?.into_response())
}

/// `GET /others/{id}`.
///
/// # Errors
/// As a page.
pub async fn page<P: Program>(State(app): State<P>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = record_id(&app, &id)?;
    let page = app.read(Spot::Others, asked.year(), move |r, mut shell| {
        shell.notice = P::notice(&asked.done);
        r.record_page(shell, Reading::other_kind(&r.other_record(id)?.kind), Some(id))
    });
    Ok(page.await?.into_response())
}

fn record_id<P: Program>(app: &P, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let fault =
            Fault::gone("Không có bản ghi này", "Dữ liệu không bị ảnh hưởng.", Link::new("Xem hồ sơ khác", "/others"));
        fault.in_shell(app.shell(Spot::Others))
    })
}

/// `POST /others/new`.
///
/// # Errors
/// As a page.
pub async fn add<P: Program>(
    State(app): State<P>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    submit(&app, None, &asked, typed).await
}

/// `POST /others/{id}`.
///
/// # Errors
/// As a page.
pub async fn save<P: Program>(
    State(app): State<P>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let id = record_id(&app, &id)?;
    submit(&app, Some(id), &asked, typed).await
}

/// `POST /others/{id}/erase`: the person of a member's record is erased.
///
/// # Errors
/// As a page.
pub async fn erase<P: Program>(
    State(app): State<P>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let id = record_id(&app, &id)?;
    let by = By { officer: None, reason: Some(typed.text("reason").trim().to_owned()) };
    match app.act(move |store| records::erase(store, id, &by)).await? {
        Ok(any) => {
            let done = if any { "erased" } else { "same" };
            Ok(see(&address(&format!("/others/{id}"), &[("done", done), ("year", &asked.year)])))
        }
        Err(told) => {
            let page = app.read(Spot::Others, asked.year(), move |r, shell| {
                let page = r.record_page(shell, Reading::other_kind(&r.other_record(id)?.kind), Some(id))?;
                Ok(RecordPage { person: Some(PersonCard::Here { fault: Some(told.to_string()) }), ..page })
            });
            Ok(with_faults(page.await?))
        }
    }
}

async fn submit<P: Program>(app: &P, id: Option<RecordId>, asked: &Asked, typed: Typed) -> Answer {
    let form = typed.clone();
    let read = app.read(Spot::Others, asked.year(), move |r, shell| {
        let kind = kind_of(r, id, &form)?;
        Ok((kind, r.record_given(shell, kind, id, &form)?))
    });
    let (kind, given) = match read.await? {
        (_, Err(page)) => return Ok(with_faults(*page)),
        (kind, Ok(given)) => (kind, given),
    };
    let by = By::saying(typed.text("reason"));
    let done = app.act(move |store| match id {
        None => records::add(store, kind, &given, &by).map(|id| (id, true)),
        Some(id) if given.is_empty() => Ok((id, false)),
        Some(id) => records::edit(store, kind, id, &given, &by).map(|any| (id, any)),
    });
    match done.await? {
        Ok((id, any)) => {
            let done = if any { "saved" } else { "same" };
            Ok(see(&address(&format!("/others/{id}"), &[("done", done), ("year", &asked.year)])))
        }
        Err(told) => {
            let page = app.read(Spot::Others, asked.year(), move |r, shell| {
                let page = r.with_typed(r.record_page(shell, kind, id)?, kind, &typed);
                Ok(RecordPage { fault: Some(told.to_string()), ..page })
            });
            Ok(with_faults(page.await?))
        }
    }
}

fn kind_of(r: &Reading<'_>, id: Option<RecordId>, form: &Typed) -> Result<Kind, StoreError> {
    Ok(match id {
        Some(id) => Reading::other_kind(&r.other_record(id)?.kind),
        None => Reading::other_kind(form.text("kind")),
    })
}
