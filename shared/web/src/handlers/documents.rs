//! Hồ sơ: a file is added to a record, written about, taken out and put back.

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use keng_desk::Told;
use keng_desk::acts::{By, Given};
use keng_desk::documents::change::{self, Named};
use keng_desk::documents::{self, BYTES_MAX, Wanted, Written};
use keng_desk::duties::records::KINDS;
use keng_domain::document::DETAILS;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::blobs::files::{Files, Stored, TakeFault};
use keng_store::{Role, Store, StoreError};

use super::{Program, Spot};
use crate::answer::{Answer, Fault, see};
use crate::csrf::CheckedForm;
use crate::form::Typed;
use crate::{Link, Refusal};

/// Largest request that brings a document, with what a form puts around it.
pub const BODY_BYTES_MAX: usize = BYTES_MAX as usize + 64 * 1024;

/// `POST /records/{id}/documents`.
///
/// # Errors
/// As a page: what happened, and that nothing was written.
pub async fn add<P: Program>(State(app): State<P>, Path(id): Path<String>, form: Multipart) -> Answer {
    let (record, back) = page_of(&app, &id).await?;
    match take(&app, record, form).await {
        Ok(written) => Ok(see(&format!("{back}?done={}", done(&written)))),
        Err(Refused::Told(told)) => Err(refused(&app, "Chưa thêm được tệp vào hồ sơ", &told, back)),
        Err(Refused::Fault(fault)) => Err(*fault),
    }
}

/// `POST /records/{id}/documents/{document}`: what is said of a document is written, or it is taken out of the
/// dossier, or put back, by the button that was pressed.
///
/// # Errors
/// As a page: what happened, and that nothing was written.
pub async fn change<P: Program>(
    State(app): State<P>,
    Path((id, document)): Path<(String, String)>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let (_, back) = page_of(&app, &id).await?;
    let Ok(document) = document.parse().map(Named::Id) else { return Err(no_record(&app)) };
    let reason = Some(typed.text("reason").trim().to_owned()).filter(|r| !r.is_empty());
    let by = By { officer: None, reason };
    // Owned: a borrowed word in the answer would make the handler's future depend on a lifetime.
    let done = app.act(move |store| -> Result<String, Told> {
        let done = match typed.text("act") {
            "remove" => change::remove(store, document, &by).map(|()| "document-removed"),
            "restore" => change::restore(store, document, &by).map(|_| "saved"),
            _ => {
                let pairs = DETAILS.iter().filter_map(|key| Some(((*key).to_owned(), typed.get(key)?.to_owned())));
                let given: Vec<Given> = pairs.collect();
                change::edit(store, document, &given, &by).map(|any| if any { "saved" } else { "same" })
            }
        };
        done.map(str::to_owned)
    });
    match done.await? {
        Ok(done) => Ok(see(&format!("{back}?done={done}"))),
        Err(told) => Err(refused(&app, "Chưa ghi được về văn bản này", &told, back)),
    }
}

/// The word by which the page tells what was written.
fn done(written: &Written) -> &'static str {
    match written {
        Written::Document => "document",
        Written::Details(filled) if filled.is_empty() => "document-same",
        Written::Details(_) => "document-filled",
    }
}

fn refused<P: Program>(app: &P, what: &str, told: &Told, back: String) -> Fault {
    let mut page = Refusal::new(app.shell(Spot::Models), StatusCode::UNPROCESSABLE_ENTITY, what, &told.to_string());
    page.ways.insert(0, Link::new("Về hồ sơ", back));
    page.into()
}

/// The record of an address, and the page on which its documents stand.
async fn page_of<P: Program>(app: &P, id: &str) -> Answer<(RecordId, String)> {
    let Ok(record) = id.parse::<RecordId>() else { return Err(no_record(app)) };
    let found = app.look(move |s| Ok(s.record(record)?.map(|v| (v.kind, s.identity().role))));
    let Some((kind, role)) = found.await? else { return Err(no_record(app)) };
    let back = match Kind::of_code(&kind) {
        Some(Kind::Point) if role == Role::Node => format!("/points/{record}/edit"),
        Some(Kind::Point) => format!("/records/{record}/trace"),
        Some(Kind::Nomination) => format!("/nominations/{record}"),
        Some(Kind::Submission) => format!("/submissions/{record}"),
        Some(kind) if KINDS.contains(&kind) => format!("/others/{record}"),
        _ => format!("/models/{record}"),
    };
    Ok((record, back))
}

/// Why a form with a file was not done.
#[derive(Debug)]
pub enum Refused {
    /// What was sent will not do: told beside the form.
    Told(Told),
    /// The form could not be read, or the store could not.
    Fault(Box<Fault>),
}

/// A file that came with a form, whole and on the disk, with what it is to be; a document names it next, or it
/// is forgotten.
pub type Paper = (Wanted, Stored);

/// Reads the form of an act that may bring the file of its document as its last field: its texts as typed, and the file where one was chosen. `wanted` looks, by the texts, at what the file is to be.
///
/// # Errors
/// For a token that is not right, a form that cannot be read, and a file that cannot be kept.
pub async fn read_act<P: Program>(
    app: &P,
    mut form: Multipart,
    typed: &mut Typed,
    wanted: impl FnOnce(&Store, &Typed, &str) -> Result<Wanted, Told> + Send + 'static,
) -> Result<Option<Paper>, Refused> {
    while let Some(field) = form.next_field().await? {
        let Some(key) = field.name().map(str::to_owned) else { continue };
        if key != FILE {
            typed.0.insert(key, field.text().await?);
            continue;
        }
        if !app.csrf().matches(typed.text("csrf")) {
            return Err(Refusal::stale_form().into());
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        // A browser sends a field without a name where no file was chosen.
        if name.is_empty() {
            continue;
        }
        let given = typed.clone();
        let (files, wanted) = app.look(move |s| Ok((s.files(), wanted(s, &given, &name)))).await?;
        let wanted = wanted?;
        let stored = store(files, &wanted, field).await?;
        return Ok(Some((wanted, stored)));
    }
    if app.csrf().matches(typed.text("csrf")) { Ok(None) } else { Err(Refusal::stale_form().into()) }
}

/// The name of the field with the file.
const FILE: &str = "file";

impl From<Told> for Refused {
    fn from(told: Told) -> Self {
        Self::Told(told)
    }
}

impl From<StoreError> for Refused {
    fn from(e: StoreError) -> Self {
        Self::Fault(Box::new(e.into()))
    }
}

impl From<Refusal> for Refused {
    fn from(page: Refusal) -> Self {
        Self::Fault(Box::new(page.into()))
    }
}

impl From<axum::extract::multipart::MultipartError> for Refused {
    fn from(e: axum::extract::multipart::MultipartError) -> Self {
        match e.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::too_large(usize::try_from(BYTES_MAX).unwrap_or(usize::MAX)).into()
            }
            status => Refusal::unreadable_form(status, &e.body_text()).into(),
        }
    }
}

/// Reads the form: token, kind and what is said of the document come before the file, as the page has them, so that nothing of
/// a file is kept for who may not send one.
async fn take<P: Program>(app: &P, record: RecordId, mut form: Multipart) -> Result<Written, Refused> {
    let (mut csrf, mut kind, mut given) = (String::new(), String::new(), Vec::new());
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("csrf") => csrf = field.text().await?,
            Some("kind") => kind = field.text().await?,
            Some(FILE) => {
                if !app.csrf().matches(&csrf) {
                    return Err(Refusal::stale_form().into());
                }
                let name = field.file_name().unwrap_or_default().to_owned();
                if name.is_empty() {
                    return Err(Told::refused("Hãy chọn một tệp.").into());
                }
                let (files, wanted) =
                    app.look(move |s| Ok((s.files(), documents::wanted(s, record, &kind, &name, &given)))).await?;
                let wanted = wanted?;
                let stored = store(files, &wanted, field).await?;
                let added = app.act(move |s| documents::link(s, &wanted, stored, &By::default())).await?;
                return Ok(added?.written);
            }
            Some(key) if DETAILS.contains(&key) => {
                let key = key.to_owned();
                given.push((key, field.text().await?));
            }
            _ => {}
        }
    }
    if app.csrf().matches(&csrf) {
        return Err(Told::refused("Hãy chọn một tệp.").into());
    }
    Err(Refusal::stale_form().into())
}

/// Copies the file into the data folder, piece by piece, on threads that may wait for the disk.
async fn store(files: Files, wanted: &Wanted, mut field: Field<'_>) -> Result<Stored, Refused> {
    let told = |fault: &TakeFault| documents::told(&wanted.name, fault);
    let mut incoming = blocking(move || Ok(files.incoming(BYTES_MAX)?)).await?.map_err(|e| told(&e))?;
    while let Some(piece) = field.chunk().await? {
        let write = move || {
            incoming.write(&piece)?;
            Ok(incoming)
        };
        incoming = blocking(write).await?.map_err(|e| told(&e))?;
    }
    Ok(blocking(move || incoming.finish()).await?.map_err(|e| told(&e))?)
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, TakeFault> + Send + 'static,
) -> Result<Result<T, TakeFault>, StoreError> {
    tokio::task::spawn_blocking(act).await.map_err(|_| StoreError::Closing)
}

fn no_record<P: Program>(app: &P) -> Fault {
    let way = Link::new("Xem các mô hình", "/models");
    Fault::gone("Không có bản ghi này", "Chưa ghi gì.", way).in_shell(app.shell(Spot::Models))
}
