//! Danh sách gọi: the late units with what to know before calling.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::Datelike;
use keng_desk::clock;
use keng_desk::duties::calls::{self, Call, Late};
use keng_desk::duties::obligations::{CellState, Duty};
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_web::answer::Answer;
use keng_web::reading::Reading;
use keng_web::{Link, Shell};

use super::Asked;
use super::machines::said;
use super::state::App;
use crate::pages::Place;
use crate::pages::calls::{CallRow, CallsPage, LateDuty};

/// `GET /calls`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let present = clock::today().year();
    let year = asked.year().unwrap_or(present);
    let page = app.read(Place::Calls, Some(year), move |r, shell| fill(r, shell, year == present));
    Ok(page.await?.into_response())
}

fn fill(r: &Reading<'_>, shell: Shell, is_present: bool) -> Result<CallsPage, StoreError> {
    let today = clock::today();
    let calls = if is_present { calls::present(r.store, today)? } else { calls::list(r.store, r.year(), today)? };
    let rows = calls.into_iter().map(|call| row(r, call)).collect();
    Ok(CallsPage { year: (!is_present).then(|| r.year()), rows, shell })
}

fn row(r: &Reading<'_>, call: Call) -> CallRow {
    let today = clock::today();
    let letters = |l: &Late| -> Vec<Link> {
        // What is open of ratings is told by the letter about the annual report, once that is late.
        let path = format!("/letters/remind/{}/{}", l.duty.period.id(), call.unit);
        Duty::report(l.duty.period).days_late(today).map(|_| r.papers(&path)).unwrap_or_default()
    };
    let late = call.late.iter().map(|l| LateDuty {
        what: match (l.unrated, l.state) {
            (Some(open), _) => format!("{} (còn {} điểm)", l.title, thousands(open.into())),
            (None, CellState::Returned) => format!("{} (đã trả lại)", l.title),
            (None, _) => l.title.clone(),
        },
        days: format!("{} ngày", thousands(l.days)),
        letters: letters(l),
    });
    CallRow {
        late: late.collect(),
        officer: call.contact.officer,
        phone: call.contact.phone,
        machines: said(&call.machines, r.now),
        code: call.unit,
        name: call.name,
    }
}
