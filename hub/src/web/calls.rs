//! Danh sách gọi: the late units with what to know before calling.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::Datelike;
use keng_desk::clock;
use keng_desk::duties::calls::{self, Call};
use keng_desk::duties::obligations::CellState;
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_web::answer::Answer;
use keng_web::reading::Reading;
use keng_web::{Count, Link, Shell, format};

use super::Asked;
use super::state::App;
use super::units::clock_words;
use crate::pages::Place;
use crate::pages::calls::{CallRow, CallsPage, LateDuty};

/// `GET /calls`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let year = asked.year().or_else(|| Some(clock::today().year()));
    Ok(app.read(Place::Calls, year, fill).await?.into_response())
}

fn fill(r: &Reading<'_>, shell: Shell) -> Result<CallsPage, StoreError> {
    let rows = calls::list(r.store, r.year(), clock::today())?.into_iter().map(|call| row(r, call)).collect();
    Ok(CallsPage { year: r.year(), rows, shell })
}

fn row(r: &Reading<'_>, call: Call) -> CallRow {
    let near = |ms| format::near(format::of_millis(ms), r.now);
    let late = call.late.iter().map(|l| LateDuty {
        what: match l.state {
            CellState::Returned => format!("Báo cáo {} (đã trả lại)", l.title),
            _ => format!("Báo cáo {}", l.title),
        },
        days: format!("{} ngày", thousands(l.days)),
        letters: ["docx", "pdf"]
            .map(|f| Link::new(f.to_uppercase(), format!("/letters/remind/{}/{}/{f}", l.period, call.unit)))
            .into(),
    });
    CallRow {
        late: late.collect(),
        officer: call.contact.officer,
        phone: call.contact.phone,
        last_contact: match &call.heard {
            None => "chưa lần nào".to_owned(),
            Some(heard) if heard.live => "đang nối".to_owned(),
            Some(heard) => near(heard.last_contact_ms),
        },
        waiting: call.heard.as_ref().map(|_| Count(call.waiting)),
        complete_to: call.complete_to_ms.map_or_else(|| "chưa lần nào gửi hết".to_owned(), near),
        clock: call.heard.as_ref().map_or_else(String::new, |h| clock_words(h.clock_offset_ms)),
        version: call.heard.map_or_else(String::new, |h| h.software),
        code: call.unit,
        name: call.name,
    }
}
