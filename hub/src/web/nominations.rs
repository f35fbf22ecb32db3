//! Đề xuất thông báo: the province selects, proposes to the Ministry by one of three cases, or returns.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use chrono::Datelike;
use keng_desk::Told;
use keng_desk::acts::By;
use keng_desk::duties::nominations;
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_web::Link;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::pages::duties::{Decide, DecideForm};

use super::Asked;
use super::state::{App, notice};
use super::submissions::unknown_act;
use crate::pages::Place;

/// `GET /nominations`.
///
/// # Errors
/// As a page.
pub async fn list(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    // Quarters are those of the calendar, whatever year the figures shown are of.
    let year = asked.year().unwrap_or_else(|| keng_desk::clock::today().year());
    let page = app.read(Place::Nominations, Some(year), move |r, shell| r.nominations_page(shell, &asked.q, None));
    Ok(page.await?.into_response())
}

fn nomination_id(app: &App, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let way = Link::new("Xem các đề xuất", "/nominations");
        let fault = Fault::gone("Không có đề xuất này", "Dữ liệu không bị ảnh hưởng.", way);
        fault.in_shell(app.frame().shell(Place::Nominations))
    })
}

/// `GET /nominations/{id}`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = nomination_id(&app, &id)?;
    let page = app.read(Place::Nominations, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.nomination_page(shell, id, "", None, None)
    });
    Ok(page.await?.into_response())
}

/// `POST /nominations/{id}`.
///
/// # Errors
/// As a page.
pub async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<DecideForm>,
) -> Answer {
    let id = nomination_id(&app, &id)?;
    let sent = form.clone();
    match app.act(move |store| carry_out(store, id, &sent)).await? {
        Ok(done) => Ok(see(&address(&format!("/nominations/{id}"), &[("done", done), ("year", &asked.year)]))),
        Err(told) => {
            let attempt = Decide {
                reason: form.reason,
                basis: form.basis,
                document: form.document,
                fault: Some(told.to_string()),
                ..Decide::default()
            };
            let page = app.read(Place::Nominations, asked.year(), move |r, shell| {
                r.nomination_page(shell, id, "", None, Some(attempt))
            });
            Ok(with_faults(page.await?))
        }
    }
}

fn carry_out(store: &mut Store, id: RecordId, form: &DecideForm) -> Result<&'static str, Told> {
    let by = By::saying(&form.reason);
    match form.act.as_str() {
        "receive" => nominations::receive(store, id, &by).map(|()| "received"),
        "select" => nominations::select(store, id, &by).map(|()| "selected"),
        "return" => nominations::send_back(store, id, &by).map(|()| "returned"),
        "propose" if form.basis.is_empty() => Err(Told::refused("Hãy chọn căn cứ đề nghị Bộ Công an.")),
        "propose" => {
            let document: Option<FileHash> = match form.document.as_str() {
                "" => None,
                hash => Some(hash.parse().map_err(|_| Told::refused("Hãy chọn văn bản trong hồ sơ."))?),
            };
            nominations::propose(store, id, &form.basis, document, &by).map(|()| "proposed")
        }
        _ => Err(unknown_act()),
    }
}
