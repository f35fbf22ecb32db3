//! A point comes to its end, or one that arose by itself is recognised by a decision (R4, R5).

use axum::extract::{Multipart, Path, Query, State};
use keng_desk::acts::By;
use keng_desk::acts::settling::{self, Settling};
use keng_desk::{Told, documents};
use keng_web::answer::{Answer, address, see, with_faults};
use keng_web::form::Typed;
use keng_web::handlers::documents::{Refused, read_act};

use super::Asked;
use super::edit::{form_page, point_id};
use super::state::App;
use crate::pages::Place;
use crate::pages::settle::Settle;

/// `POST /points/{id}/recognise`.
///
/// # Errors
/// As a page.
pub async fn recognise(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    form: Multipart,
) -> Answer {
    let act = |typed: &Typed| Settling::Recognise {
        number: typed.text("recognise-number").to_owned(),
        date: typed.text("recognise-date").to_owned(),
    };
    settle(&app, &id, &asked, form, "recognised", act).await
}

/// `POST /points/{id}/end`.
///
/// # Errors
/// As a page.
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    form: Multipart,
) -> Answer {
    let act = |typed: &Typed| Settling::End {
        ground: typed.text("end-ground").to_owned(),
        date: typed.text("end-date").to_owned(),
    };
    settle(&app, &id, &asked, form, "ended", act).await
}

async fn settle(
    app: &App,
    id: &str,
    asked: &Asked,
    form: Multipart,
    done: &str,
    act: impl Fn(&Typed) -> Settling + Copy + Send + 'static,
) -> Answer {
    let id = point_id(app, id)?;
    let mut typed = Typed::default();
    let paper = read_act(app, form, &mut typed, move |store, typed, name| {
        let act = act(typed);
        documents::wanted(store, id, act.paper(), name, &act.details())
    });
    let done_so = match paper.await {
        Ok(paper) => {
            let act = act(&typed);
            app.act(move |store| settling::settle(store, id, &act, paper, &By::default())).await?
        }
        Err(Refused::Told(told)) => Err(told),
        Err(Refused::Fault(fault)) => return Err(*fault),
    };
    match done_so {
        Ok(_) => Ok(see(&address(&format!("/points/{id}/edit"), &[("done", done), ("year", &asked.year)]))),
        Err(told) => refused(app, id, asked, typed, &told).await,
    }
}

async fn refused(app: &App, id: keng_domain::id::RecordId, asked: &Asked, typed: Typed, told: &Told) -> Answer {
    let why = told.to_string();
    let page = app.read(Place::Points, asked.year(), move |r, shell| {
        let mut page = form_page(r, shell, Some(id))?;
        let has = |s: &&mut Settle| !s.recognise.is_empty() || typed.get("end-ground").is_some();
        match page.settle.as_mut().filter(has) {
            Some(settle) => settle.refused(&typed, &why),
            // Somebody has settled it meanwhile: the page has no such form any more.
            None => page.fault = Some(why),
        }
        Ok(page)
    });
    Ok(with_faults(page.await?))
}
