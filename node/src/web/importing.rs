//! Nhập từ bảng tính: what the command `import` does, for a file chosen in the browser.

use axum::extract::{Multipart, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use keng_desk::acts::By;
use keng_desk::{Told, clock};
use keng_store::Store;
use keng_web::answer::{Answer, Fault, with_faults};
use keng_web::{Refusal, Shell};

use super::state::App;
use crate::import::{Context, Limits, read_sheet};
use crate::importing::{Imported, import as write};
use crate::pages::Place;
use crate::pages::import::{ImportPage, Outcome};

/// `GET /import`.
///
/// # Errors
/// Never.
pub async fn page(State(app): State<App>) -> Answer {
    Ok(ImportPage { shell: shell(&app), fault: None, done: None }.into_response())
}

fn shell(app: &App) -> Shell {
    app.frame().shell(Place::Points)
}

/// What the form brings.
#[derive(Default)]
struct Sent {
    csrf: String,
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
    let done = if sent.bytes.is_empty() {
        Err(Told::refused("Hãy chọn một tệp .xlsx hoặc .xls."))
    } else {
        app.act(move |store| take(store, &sent)).await?
    };
    let shell = shell(&app);
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

fn take(store: &mut Store, sent: &Sent) -> Result<Imported, Told> {
    let (catalogue, pack) = (store.catalogue()?, store.rule_pack()?);
    let unit = store.identity().unit.clone();
    let context = Context { catalogue: &catalogue, unit: &unit, pack: &pack };
    let sheet = read_sheet(&sent.bytes, &context, &Limits::default())
        .map_err(|e| Told::new(format!("{}: {}", sent.name, e.in_vietnamese()), "Chưa ghi gì.", ""))?;
    write(store, &sent.name, sheet, sent.dry_run, &By::default())
}
