//! Báo cáo của đơn vị: the province takes over, or sends back with a reason.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::Told;
use keng_desk::acts::By;
use keng_desk::duties::submissions;
use keng_domain::id::RecordId;
use keng_web::Link;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::pages::duties::{Decide, DecideForm};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;

/// `GET /submissions/{id}`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = submission_id(&app, &id)?;
    let page = app.read(Place::Duties, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        r.submission_page(shell, id, None)
    });
    Ok(page.await?.into_response())
}

fn submission_id(app: &App, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let way = Link::new("Xem các nghĩa vụ", "/duties");
        let fault = Fault::gone("Không có báo cáo này", "Dữ liệu không bị ảnh hưởng.", way);
        fault.in_shell(app.frame().shell(Place::Duties))
    })
}

/// `POST /submissions/{id}`.
///
/// # Errors
/// As a page.
pub async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<DecideForm>,
) -> Answer {
    let id = submission_id(&app, &id)?;
    let by = By::saying(&form.reason);
    let act = form.act.clone();
    let done = app.act(move |store| match act.as_str() {
        "accept" => submissions::accept(store, id, &by).map(|()| "accepted"),
        "return" => submissions::send_back(store, id, &by).map(|()| "returned"),
        _ => Err(unknown_act()),
    });
    match done.await? {
        Ok(done) => Ok(see(&address(&format!("/submissions/{id}"), &[("done", done), ("year", &asked.year)]))),
        Err(told) => {
            let attempt = Decide { reason: form.reason, fault: Some(told.to_string()), ..Decide::default() };
            let page =
                app.read(Place::Duties, asked.year(), move |r, shell| r.submission_page(shell, id, Some(attempt)));
            Ok(with_faults(page.await?))
        }
    }
}

pub(super) fn unknown_act() -> Told {
    Told::refused("Không rõ nút nào đã được bấm.")
}
