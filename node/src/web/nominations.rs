//! Đề xuất thông báo: a unit proposes a model, mends what came back, hands in.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::Told;
use keng_desk::acts::{By, Given};
use keng_desk::duties::nominations;
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_web::Link;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::form::Typed;
use keng_web::reading::nominations::{Refused, new_of};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;

/// `GET /nominations`.
///
/// # Errors
/// As a page.
pub async fn list(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Nominations, Some(asked.calendar_year()), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.nominations_page(shell, &asked.q, None)
    });
    Ok(page.await?.into_response())
}

/// `POST /nominations`.
///
/// # Errors
/// As a page.
pub async fn add(State(app): State<App>, Query(asked): Query<Asked>, CheckedForm(typed): CheckedForm<Typed>) -> Answer {
    let (new, by) = (new_of(&typed), By::saying(typed.text("justification")));
    let done = app.act(move |store| nominations::add(store, &new, &by));
    match done.await? {
        Ok(id) => Ok(see(&address(&format!("/nominations/{id}"), &[("done", "nominated"), ("year", &asked.year)]))),
        Err(told) => {
            let refused = Refused { typed, why: told.to_string() };
            let page = app.read(Place::Nominations, Some(asked.calendar_year()), move |r, shell| {
                r.nominations_page(shell, "", Some(&refused))
            });
            Ok(with_faults(page.await?))
        }
    }
}

fn nomination_id(app: &App, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let way = Link::new("Xem các đề xuất", "/nominations");
        let fault = Fault::gone("Không có đề xuất này", "Dữ liệu không bị ảnh hưởng.", way);
        fault.in_shell(app.frame().shell(Place::Nominations))
    })
}

/// `GET /nominations/{id}?add=`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = nomination_id(&app, &id)?;
    let page = app.read(Place::Nominations, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.nomination_page(shell, id, &asked.add, None, None)
    });
    Ok(page.await?.into_response())
}

/// `POST /nominations/{id}`: keeps case and reason; hands in when that was pressed.
///
/// # Errors
/// As a page.
pub async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let id = nomination_id(&app, &id)?;
    let form = typed.clone();
    match app.act(move |store| carry_out(store, id, &form)).await? {
        Ok(done) => Ok(see(&address(&format!("/nominations/{id}"), &[("done", done), ("year", &asked.year)]))),
        Err(told) => {
            let refused = Refused { typed, why: told.to_string() };
            let page = app.read(Place::Nominations, asked.year(), move |r, shell| {
                r.nomination_page(shell, id, "", Some(&refused), None)
            });
            Ok(with_faults(page.await?))
        }
    }
}

fn carry_out(store: &mut Store, id: RecordId, form: &Typed) -> Result<&'static str, Told> {
    let given: Vec<Given> = ["case", "justification"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), form.get(key)?.to_owned())))
        .collect();
    if form.text("act") == "hand-in" {
        nominations::hand_in(store, id, &given, &By::default())?;
        return Ok("handed-in");
    }
    Ok(if nominations::edit(store, id, &given, &By::default())? { "saved" } else { "same" })
}
