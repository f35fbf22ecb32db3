//! The web port: pages over the running hub.
//!
//! * [`state`]: what handlers share; [`board`]: the one picture that all open boards look at.
//! * [`shared`]: models, contests, traces; [`points`]: the rows behind the numbers; [`documents`]: files of
//!   records; [`units`], [`bundle`], [`merges`], [`reports`], [`editions`], [`kept`], [`rules`]: the hub's own pages.
//! * [`duties`]: the matrix of what units owe; [`ratings`]: the points behind one of its cells; [`calls`]: whom
//!   to call, [`contacts`]: at which number, [`machines`]: what a unit's machines said last; [`letters`]: papers to
//!   be signed; [`submissions`], [`nominations`]: what they handed in; [`spontaneous`]: who waits to be recognised.

pub mod board;
pub mod bundle;
pub mod calls;
pub mod contacts;
pub mod documents;
pub mod duties;
pub mod editions;
pub mod kept;
pub mod letters;
pub mod machines;
pub mod merges;
pub mod nominations;
pub mod points;
pub mod ratings;
pub mod reports;
pub mod rules;
pub mod shared;
pub mod spontaneous;
pub mod state;
pub mod submissions;
pub mod units;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use keng_web::bundle::UPLOAD_BYTES_MAX;
use keng_web::guard::{Guard, protect};
use keng_web::handlers::{documents as files, letters as papers, models, records};
use keng_web::{Refusal, assets};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::hub::Hub;
use crate::pages::Place;
use state::App;

/// Largest form: a reason of a page's length, and all identifiers of a merge.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Largest request that brings a template, with what a form puts around it.
const TEMPLATE_BYTES_MAX: usize = keng_report::form::FILE_BYTES_MAX as usize + 64 * 1024;

/// Serves the pages until the program stops.
pub async fn serve(listener: TcpListener, address: SocketAddr, hub: Hub, stopping: watch::Receiver<bool>) {
    let app = match App::start(hub, stopping.clone()).await {
        Ok(app) => app,
        Err(e) => {
            tracing::error!("web: {e}");
            return;
        }
    };
    let router = router(app, address);
    if let Err(e) = axum::serve(listener, router).with_graceful_shutdown(crate::serve::stopped(stopping)).await {
        tracing::error!("web: {e}");
    }
}

/// All routes behind the guards, for who listens at `address`.
pub fn router(app: App, address: SocketAddr) -> Router {
    let guard = Guard::new(address, &[], app.csrf(), BODY_BYTES_MAX);
    let routes = Router::new()
        .route("/", get(board::page))
        .route("/events", get(events))
        .route("/models", get(shared::models))
        .route("/models/{id}", get(shared::model))
        .route("/models/{id}/edit", get(models::edit::<App>).post(models::save::<App>))
        .route("/contests", get(shared::contests))
        .route("/contests/{id}", get(shared::contest))
        .route("/contests/{id}/resolve", post(shared::resolve))
        .route("/records/{id}/trace", get(shared::trace))
        .route("/records/{id}/trace.json", get(shared::trace_json))
        .route("/records/{id}/documents/{document}", post(files::change::<App>))
        .route("/documents/{hash}", get(documents::get))
        .route("/duties", get(duties::page))
        .route("/calls", get(calls::page))
        .route("/points", get(points::page))
        .route("/ratings/{unit}", get(ratings::page).post(ratings::approve))
        .route("/letters/remind/{period}/{unit}/{format}", get(letters::remind))
        .route("/letters/propose/{id}/{format}", get(letters::propose))
        .route("/letters/nominate/{id}/{format}", get(letters::nominate))
        .route("/letters/notice/{quarter}/{format}", get(letters::notice))
        .route("/letters/return/{id}/{format}", get(letters::sent_back))
        .route("/letters/recognise/{id}/{format}", get(papers::recognise::<App>))
        .route("/letters/end/{id}/{format}", get(papers::end::<App>))
        .route("/letters/minutes/{id}/{format}", get(papers::minutes::<App>))
        .route("/letters/score/{id}/{format}", get(papers::score::<App>))
        .route("/letters/rating/{year}/{unit}/{format}", get(letters::rating))
        .route("/letters/submission/{id}/{format}", get(letters::submission))
        .route("/submissions/{id}", get(submissions::page).post(submissions::decide))
        .route("/nominations", get(nominations::list))
        .route("/nominations/{id}", get(nominations::page).post(nominations::decide))
        .route("/spontaneous", get(spontaneous::page))
        .route("/others", get(records::list::<App>))
        .route("/others/new", get(records::blank::<App>).post(records::add::<App>))
        .route("/others/{id}", get(records::page::<App>).post(records::save::<App>))
        .route("/others/{id}/erase", post(records::erase::<App>))
        .route("/units", get(units::page))
        .route("/units/{code}/contact", get(contacts::page).post(contacts::save))
        .route("/quarantine/{id}", get(units::download))
        .route("/merges", get(merges::page).post(merges::act))
        .route("/reports", get(reports::page).post(reports::make))
        .route("/editions/{id}", post(editions::act))
        .route("/editions/{id}/changes", get(editions::changes))
        .route("/reports/template", get(reports::template))
        .route("/reports/{id}/{file}", get(reports::download))
        .route("/rules", get(rules::page))
        .route("/rules/export", get(rules::export))
        .route("/rules/adopt", post(rules::adopt))
        .route("/rules/template/built-in", post(rules::built_in_template))
        .route("/bundle/export/{node}", get(bundle::export))
        .fallback(nothing_here)
        .with_state(app.clone())
        .merge(assets::routes());
    // A bundle may be larger than any form, and goes to the disk instead of memory.
    let large = Guard::new(address, &[], app.csrf(), UPLOAD_BYTES_MAX);
    let uploads = Router::new().route("/bundle/import", post(bundle::import)).with_state(app.clone());
    let files_of_rules = Router::new()
        .route("/rules", post(rules::check))
        .route("/rules/template", post(rules::adopt_template))
        .with_state(app.clone());
    let rules_guard = Guard::new(address, &[], app.csrf(), TEMPLATE_BYTES_MAX);
    let larger = Guard::new(address, &[], app.csrf(), files::BODY_BYTES_MAX);
    let documents = Router::new().route("/records/{id}/documents", post(files::add::<App>)).with_state(app);
    protect(routes, guard)
        .merge(protect(files_of_rules, rules_guard))
        .merge(protect(uploads, large))
        .merge(protect(documents, larger))
}

/// What addresses of pages may say. Texts, so that no address is unreadable.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
    q: String,
    verdict: String,
    field: String,
    entry: String,
    live: String,
    done: String,
    kind: String,
    show: String,
    period: String,
    unit: String,
    from: String,
}

impl Asked {
    fn year(&self) -> Option<i32> {
        keng_web::answer::year(&self.year)
    }
}

async fn events(State(app): State<App>, Query(asked): Query<Asked>) -> Response {
    app.streams().open(&asked.live)
}

async fn nothing_here(State(app): State<App>) -> Response {
    let mut shell = app.frame().shell(Place::Board);
    shell.menu.iter_mut().for_each(|item| item.here = false);
    shell.events = Some("/events".to_owned());
    Refusal::not_found(shell).into_response()
}
