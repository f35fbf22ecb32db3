//! The web port: pages over the running node.
//!
//! * [`state`]: what handlers share; [`present`]: the state that header and streams tell of;
//!   [`chip`]: which of the seven states of the way to the province holds.
//! * [`home`], [`owed`], [`points`], [`edit`], [`settle`], [`model_new`], [`reports`], [`sync`], [`bundle`],
//!   [`importing`]: the node's own pages; [`nominations`]: that of the duties that the hub
//!   has in its own way; [`documents`]: files of records; [`letters`]: minutes to be signed; [`shared`]: models, contests, traces.

pub mod bundle;
pub mod chip;
pub mod documents;
pub mod edit;
pub mod home;
pub mod importing;
pub mod letters;
pub mod model_new;
pub mod nominations;
pub mod owed;
mod own_rating;
pub mod points;
pub mod present;
pub mod reports;
pub mod settle;
pub mod shared;
pub mod state;
pub mod sync;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::Datelike;
use keng_store::owner::Owner;
use keng_web::bundle::UPLOAD_BYTES_MAX;
use keng_web::guard::{Guard, protect};
use keng_web::handlers::{documents as files, letters as papers, models, records};
use keng_web::{Refusal, assets};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::import::limits::FILE_BYTES_MAX;
use crate::pages::Place;
use crate::worker::Worker;
use state::App;

/// Largest request: a spreadsheet with what a form puts around it.
const BODY_BYTES_MAX: usize = FILE_BYTES_MAX as usize + 64 * 1024;

/// Serves the pages until the program stops.
pub async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    store: Owner,
    worker: Worker,
    mut stopping: watch::Receiver<bool>,
) {
    let app = match App::start(store, worker, stopping.clone()).await {
        Ok(app) => app,
        Err(e) => {
            tracing::error!("web: {e}");
            return;
        }
    };
    let stopped = async move {
        // Also when the sender is gone.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(e) = axum::serve(listener, router(app, address)).with_graceful_shutdown(stopped).await {
        tracing::error!("web: {e}");
    }
}

/// All routes behind the guards, for who listens at `address`.
pub fn router(app: App, address: SocketAddr) -> Router {
    let guard = Guard::new(address, &[], app.csrf(), BODY_BYTES_MAX);
    // Files are streamed to the disk; nothing else may be as large.
    let large = Guard::new(address, &[], app.csrf(), files::BODY_BYTES_MAX);
    let documents = Router::new()
        .route("/records/{id}/documents", post(files::add::<App>))
        .route("/points/{id}/recognise", post(settle::recognise))
        .route("/points/{id}/end", post(settle::end))
        .with_state(app.clone());
    let routes = Router::new()
        .route("/", get(home::page))
        .route("/events", get(events))
        .route("/models", get(shared::models))
        .route("/models/new", get(model_new::page).post(model_new::add))
        .route("/models/{id}", get(shared::model))
        .route("/models/{id}/edit", get(models::edit::<App>).post(models::save::<App>))
        .route("/points", get(points::page))
        .route("/points/new", get(edit::blank).post(edit::add))
        .route("/points/{id}/edit", get(edit::page).post(edit::save))
        .route("/reports", get(reports::page).post(reports::hand_in))
        .route("/submissions/{id}", get(reports::submission))
        .route("/nominations", get(nominations::list).post(nominations::add))
        .route("/nominations/{id}", get(nominations::page).post(nominations::save))
        .route("/others", get(records::list::<App>))
        .route("/others/new", get(records::blank::<App>).post(records::add::<App>))
        .route("/others/{id}", get(records::page::<App>).post(records::save::<App>))
        .route("/others/{id}/erase", post(records::erase::<App>))
        .route("/letters/recognise/{id}/{format}", get(papers::recognise::<App>))
        .route("/letters/end/{id}/{format}", get(papers::end::<App>))
        .route("/letters/minutes/{id}/{format}", get(papers::minutes::<App>))
        .route("/letters/score/{id}/{format}", get(papers::score::<App>))
        .route("/letters/rating/{year}/{format}", get(letters::rating))
        .route("/letters/submission/{id}/{format}", get(letters::submission))
        .route("/letters/nominate/{id}/{format}", get(letters::nominate))
        .route("/contests", get(shared::contests))
        .route("/contests/{id}", get(shared::contest))
        .route("/contests/{id}/resolve", post(shared::resolve))
        .route("/records/{id}/trace", get(shared::trace))
        .route("/records/{id}/trace.json", get(shared::trace_json))
        .route("/records/{id}/documents/{document}", post(files::change::<App>))
        .route("/documents/{hash}", get(documents::get))
        .route("/sync", get(sync::page))
        .route("/sync/now", post(sync::now))
        .route("/import", get(importing::page).post(importing::import))
        .route("/import/rejected/{number}", get(importing::rejected))
        .route("/import/same", post(importing::same))
        .route("/import/{id}/undo", post(importing::undo))
        .route("/bundle/export", get(bundle::export))
        .fallback(nothing_here)
        .with_state(app.clone())
        .merge(assets::routes());
    // A bundle may be larger than any form, and goes to the disk instead of memory.
    let largest = Guard::new(address, &[], app.csrf(), UPLOAD_BYTES_MAX);
    let sticks = Router::new().route("/bundle/import", post(bundle::import)).with_state(app);
    protect(routes, guard).merge(protect(documents, large)).merge(protect(sticks, largest))
}

/// What addresses of pages may say. Texts, so that no address is unreadable.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
    q: String,
    verdict: String,
    show: String,
    from: String,
    field: String,
    entry: String,
    live: String,
    done: String,
    model: String,
    period: String,
    kind: String,
    add: String,
}

impl Asked {
    fn year(&self) -> Option<i32> {
        keng_web::answer::year(&self.year)
    }

    /// The year asked for, else that of the calendar: duties do not wait for the year's first rating.
    fn calendar_year(&self) -> i32 {
        self.year().unwrap_or_else(|| keng_desk::clock::today().year())
    }
}

async fn events(State(app): State<App>, Query(asked): Query<Asked>) -> Response {
    app.streams().open(&asked.live)
}

async fn nothing_here(State(app): State<App>) -> Response {
    let mut shell = app.frame().shell(Place::Models);
    shell.menu.iter_mut().for_each(|item| item.here = false);
    Refusal::not_found(shell).into_response()
}
