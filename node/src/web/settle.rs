//! A spontaneous point comes to its end: a decision recognises it, or it is ended (R4).

use axum::extract::{Path, Query, State};
use keng_desk::Told;
use keng_desk::acts::{self, By};
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_web::answer::{Answer, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::form::Typed;

use super::Asked;
use super::edit::{form_page, point_id};
use super::state::App;
use crate::pages::Place;

/// `POST /points/{id}/recognise`.
///
/// # Errors
/// As a page.
pub async fn recognise(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let (number, date) = (typed.text("recognise-number").to_owned(), typed.text("recognise-date").to_owned());
    settle(&app, &id, &asked, typed, "recognised", move |store, id| {
        acts::recognise_point(store, id, &number, &date, &By::default())
    })
    .await
}

/// `POST /points/{id}/end`.
///
/// # Errors
/// As a page.
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let (ground, date) = (typed.text("end-ground").to_owned(), typed.text("end-date").to_owned());
    settle(&app, &id, &asked, typed, "ended", move |store, id| {
        acts::end_point(store, id, &ground, &date, &By::default())
    })
    .await
}

async fn settle(
    app: &App,
    id: &str,
    asked: &Asked,
    typed: Typed,
    done: &str,
    act: impl FnOnce(&mut Store, RecordId) -> Result<bool, Told> + Send + 'static,
) -> Answer {
    let id = point_id(app, id)?;
    match app.act(move |store| act(store, id)).await? {
        Ok(_) => Ok(see(&address(&format!("/points/{id}/edit"), &[("done", done), ("year", &asked.year)]))),
        Err(told) => {
            let page = app.read(Place::Points, asked.year(), move |r, shell| {
                let mut page = form_page(r, shell, Some(id))?;
                match &mut page.settle {
                    Some(settle) => settle.refused(&typed, &told.to_string()),
                    // Somebody has settled it meanwhile: the page has no such forms any more.
                    None => page.fault = Some(told.to_string()),
                }
                Ok(page)
            });
            Ok(with_faults(page.await?))
        }
    }
}
