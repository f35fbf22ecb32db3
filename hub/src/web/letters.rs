//! Papers beside the report, made when they are asked for: number and date of issue stay blank.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use keng_desk::{Told, clock, letters};
use keng_domain::letter::Letter;
use keng_report::{Format, LETTER_FORMATS, letter_stem, render_letter};
use keng_store::Store;
use keng_web::Link;
use keng_web::answer::{Answer, Fault};
use keng_web::download::disposition;

use super::reports::content_type;
use super::state::App;
use crate::pages::Place;

/// `GET /letters/remind/{period}/{unit}/{format}`.
///
/// # Errors
/// As a page, when the unit owes nothing for the period.
pub async fn remind(State(app): State<App>, Path((period, unit, format)): Path<(String, String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let unit = unit.parse().map_err(|_| Told::refused(format!("“{unit}” không phải mã đơn vị.")))?;
        // One unit has one letter for one period.
        let all = letters::reminders(store, &period, Some(&unit), clock::today())?;
        all.into_iter().next().ok_or_else(|| Told::refused("Đơn vị không nợ gì trong kỳ này."))
    };
    made(&app, Place::Duties, &format, fill).await
}

/// `GET /letters/propose/{nomination}/{format}`.
///
/// # Errors
/// As a page, when the nomination is not proposed to the Ministry.
pub async fn propose(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có đề xuất này."))?;
        letters::proposal(store, None, &[id], clock::today())
    };
    made(&app, Place::Nominations, &format, fill).await
}

/// `GET /letters/minutes/{id}/{format}`.
///
/// # Errors
/// As a page, when the record is no survey.
pub async fn minutes(State(app): State<App>, Path((id, format)): Path<(String, String)>) -> Answer {
    let fill = move |store: &Store| {
        let id = id.parse().map_err(|_| Told::refused("Không có bản ghi này."))?;
        letters::minutes(store, id, clock::today())
    };
    made(&app, Place::Others, &format, fill).await
}

/// Fills a paper on the reading thread and lays it out beside the async threads.
async fn made<F>(app: &App, place: Place, format: &str, fill: F) -> Answer
where
    F: FnOnce(&Store) -> Result<Letter, Told> + Send + 'static,
{
    let refused = |told: &Told| {
        let fault =
            Fault::gone(&told.to_string(), "Dữ liệu không bị ảnh hưởng.", Link::new("Xem các nghĩa vụ", "/duties"));
        fault.in_shell(app.frame().shell(place))
    };
    let offered = format.parse::<Format>().ok().filter(|f| LETTER_FORMATS.contains(f));
    let format = offered.ok_or_else(|| refused(&Told::refused("Văn bản chỉ có dạng docx và pdf.")))?;
    let letter = app.look(move |store| Ok(fill(store))).await?.map_err(|told| refused(&told))?;
    let name = format!("{}.{format}", letter_stem(&letter));
    let bytes = app.made.laid_out(move || render_letter(&letter, format)).await.map_err(|told| refused(&told))?;
    let bytes = bytes.map_err(|e| refused(&Told::refused(format!("Chưa lập được văn bản: {e}."))))?;
    Ok(file(&name, bytes))
}

fn file(name: &str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, content_type(name).to_owned()), (CONTENT_DISPOSITION, disposition(name))], bytes).into_response()
}
