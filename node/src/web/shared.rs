//! Handlers of the pages that node and hub have in common.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use keng_desk::acts::{self, By, Choice};
use keng_desk::answers;
use keng_domain::id::RecordId;
use keng_store::StoreError;
use keng_web::Link;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::pages::contests::ContestPage;
use keng_web::reading::contests::Attempt;
use keng_web::reading::steps::group_of;

use super::Asked;
use super::state::{App, notice};
use crate::pages::{Place, ResolveForm};

/// `GET /models`.
///
/// # Errors
/// As a page.
pub async fn models(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Models, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.models_page(shell, &asked.q, &asked.verdict)
    });
    Ok(page.await?.into_response())
}

/// `GET /models/{id}`.
///
/// # Errors
/// As a page.
pub async fn model(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = record_id(&id)?;
    let page = app.read(Place::Models, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.model_page(shell, id)
    });
    Ok(page.await?.into_response())
}

fn record_id(text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        Fault::gone("Không có bản ghi này", "Dữ liệu không bị ảnh hưởng.", Link::new("Xem các mô hình", "/models"))
    })
}

/// `GET /contests`.
///
/// # Errors
/// As a page.
pub async fn contests(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Contests, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.contests_page(shell, &asked.q)
    });
    Ok(page.await?.into_response())
}

/// `GET /contests/{id}`.
///
/// # Errors
/// As a page, also when it was settled meanwhile.
pub async fn contest(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    Ok(contest_page(&app, id, asked.year(), Attempt::default()).await?.into_response())
}

async fn contest_page(app: &App, id: String, year: Option<i32>, attempt: Attempt) -> Answer<ContestPage> {
    let page = app.read(Place::Contests, year, move |r, shell| r.contest_page(shell, &id, attempt)).await?;
    page.ok_or_else(|| {
        Fault::gone(
            "Xung đột này không còn chờ chọn",
            "Đã có người chọn, hoặc đã có thêm giá trị khác và xung đột mang số mới. Không có gì bị mất.",
            Link::new("Xem các xung đột đang chờ", "/contests"),
        )
        .in_shell(app.frame().in_year(year).shell(Place::Contests))
    })
}

/// `POST /contests/{id}/resolve`.
///
/// # Errors
/// As a page.
pub async fn resolve(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<ResolveForm>,
) -> Answer {
    let choice = match (form.pick, form.value.trim()) {
        (Some(n), "") => Choice::Pick(n),
        (None, value) if !value.is_empty() => Choice::Value(value.to_owned()),
        // Enter in the field of the other value presses the first button of the form: that of
        // a side nobody meant.
        (Some(_), _) => {
            return refused(
                &app,
                id,
                asked.year(),
                form,
                "Đã nhập giá trị khác mà lại bấm chọn một bên: hãy xóa giá trị khác, hoặc bấm “Ghi giá trị này”.",
            )
            .await;
        }
        (None, _) => return refused(&app, id, asked.year(), form, "Hãy chọn một bên, hoặc nhập giá trị khác.").await,
    };
    let by = By { officer: None, reason: Some(form.reason.trim().to_owned()) };
    let of = id.clone();
    let done = app.act(move |store| {
        let field = store.contests(None)?.into_iter().find(|c| c.id == of).map(|c| c.field);
        Ok((acts::resolve(store, &of, &choice, &by)?, field.unwrap_or_default()))
    });
    match done.await? {
        Ok((record, field)) => {
            let path = format!("/records/{record}/trace");
            Ok(see(&address(&path, &[("field", &group_of(&field)), ("done", "chosen"), ("year", &asked.year)])))
        }
        Err(told) => refused(&app, id, asked.year(), form, &told.to_string()).await,
    }
}

async fn refused(app: &App, id: String, year: Option<i32>, form: ResolveForm, why: &str) -> Answer {
    let attempt = Attempt { form: Some(form), faults: vec![why.to_owned()] };
    Ok(with_faults(contest_page(app, id, year, attempt).await?))
}

/// `GET /records/{id}/trace`.
///
/// # Errors
/// As a page.
pub async fn trace(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = record_id(&id)?;
    let page = app.read(Place::Models, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.trace_page(shell, id, Some(&asked.field), asked.entry.parse().ok())
    });
    Ok(page.await?.into_response())
}

/// `GET /records/{id}/trace.json`.
///
/// # Errors
/// As a page.
pub async fn trace_json(State(app): State<App>, Path(id): Path<String>) -> Answer<Response> {
    let id = record_id(&id)?;
    let lines = app.look(move |store| -> Result<_, StoreError> { store.trace(id, None) }).await?;
    Ok(Json(answers::trace(&lines)).into_response())
}
