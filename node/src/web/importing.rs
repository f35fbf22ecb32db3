//! Nhập từ bảng tính: what the command `import` does, for a file chosen in the browser.

use axum::extract::{Multipart, Query, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use keng_desk::acts::{self, By};
use keng_desk::{Told, clock};
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, with_faults};
use keng_web::{Refusal, Shell};

use super::Asked;
use super::state::App;
use crate::import::{Context, Limits, read_sheet};
use crate::importing::{Imported, import as write};
use crate::pages::Place;
use crate::pages::import::{ImportPage, Outcome};

/// `GET /import`.
///
/// # Errors
/// Never.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    Ok(ImportPage { shell: shell(&app, asked.year()), fault: None, done: None }.into_response())
}

fn shell(app: &App, year: Option<i32>) -> Shell {
    app.frame().in_year(year).shell(Place::Points)
}

/// What the form brings.
#[derive(Default)]
struct Sent {
    csrf: String,
    year: String,
    dry_run: bool,
    name: String,
    bytes: Bytes,
}

/// `POST /import`.
///
/// # Errors
/// As a page.
pub async fn import(State(app): State<App>, form: Multipart) -> Answer {
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(e) => return Err(Refusal::unreadable_form(e.status(), &e.body_text()).into()),
    };
    if !app.csrf().matches(&sent.csrf) {
        return Err(Fault::from(Refusal::stale_form()));
    }
    let dry_run = sent.dry_run;
    let shell = shell(&app, sent.year.parse().ok());
    let done = take(&app, sent).await.map_err(|e| Fault::from(e).in_shell(shell.clone()))?;
    match done {
        Ok(imported) => {
            let at = keng_web::format::full_stamp(keng_web::format::of_millis(clock::now_ms()));
            let done = Some(Outcome { imported, dry_run, at });
            Ok(ImportPage { shell, fault: None, done }.into_response())
        }
        Err(told) => Ok(with_faults(ImportPage { shell, fault: Some(told.to_string()), done: None })),
    }
}

async fn read(mut form: Multipart) -> Result<Sent, axum::extract::multipart::MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("csrf") => sent.csrf = field.text().await?,
            Some("year") => sent.year = field.text().await?,
            Some("act") => sent.dry_run = field.text().await? == "check",
            Some("file") => {
                // A name is shown and kept as the reason of every change; no path, and not a page long.
                let name = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
                sent.name = name.chars().take(120).collect();
                sent.bytes = field.bytes().await?;
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// Reads the file on a thread of its own, then plans and writes on the thread that owns the store:
/// a large spreadsheet takes a second to read, and meanwhile everybody else goes on saving.
async fn take(app: &App, sent: Sent) -> Result<Result<Imported, Told>, StoreError> {
    if sent.bytes.is_empty() {
        return Ok(Err(Told::refused("Hãy chọn một tệp .xlsx hoặc .xls.")));
    }
    let (catalogue, pack, unit) =
        app.look(|store| Ok((acts::own_tree(store)?.0, store.rule_pack()?, store.identity().unit.clone()))).await?;
    let (name, bytes, dry_run) = (sent.name, sent.bytes, sent.dry_run);
    let reading = tokio::task::spawn_blocking(move || {
        let context = Context { catalogue: &catalogue, unit: &unit, pack: &pack };
        read_sheet(&bytes, &context, &Limits::default())
    });
    let why = match reading.await {
        Ok(Ok(sheet)) => return app.act(move |store| write(store, &name, sheet, dry_run, &By::default())).await,
        Ok(Err(e)) => e.in_vietnamese(),
        // The reader contains what spreadsheets do to it; this is for what nobody thought of.
        Err(_) => "chương trình gặp lỗi khi đọc tệp này.".to_owned(),
    };
    Ok(Err(Told::new(format!("{name}: {why}"), "Chưa ghi gì.", "")))
}
