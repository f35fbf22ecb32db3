//! Nhập từ bảng tính: what the command `import` does, for a file chosen in the browser.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Multipart, Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use bytes::Bytes;
use keng_desk::acts::By;
use keng_desk::{Told, clock};
use keng_store::StoreError;
use keng_store::imports::ImportId;
use keng_web::answer::{Answer, Fault, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::{Link, Refusal, Shell};

use super::Asked;
use super::state::{App, notice};
use crate::import::{Context, Limits, Refused, Sheet, read_sheet};
use crate::importing::undo::undo as take_back;
use crate::importing::{Imported, LookAlike, import as write, layouts, remember_same};
use crate::pages::Place;
use crate::pages::import::{ImportPage, Line, Outcome};

/// So many sets of rejected rows are kept to be got: a browser asks right after the import.
const KEPT: usize = 4;
/// So many imports are listed; the command lists all.
const LISTED: usize = 20;

/// Rejected rows of the last imports, by the number in their address. In memory alone: whoever
/// comes late imports the file again, which changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Sets>>);

#[derive(Debug, Default)]
struct Sets {
    /// Number of the last set.
    last: u64,
    /// Number, name of the file to save, rows.
    sets: VecDeque<(u64, String, Refused)>,
}

impl Kept {
    fn keep(&self, file: &str, refused: Refused) -> String {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let number = kept.last;
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        kept.sets.push_back((number, format!("{stem} - dòng cần sửa.xlsx"), refused));
        if kept.sets.len() > KEPT {
            kept.sets.pop_front();
        }
        format!("/import/rejected/{number}")
    }

    fn get(&self, number: u64) -> Option<(String, Refused)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sets.iter().find(|(n, ..)| *n == number).map(|(_, name, refused)| (name.clone(), refused.clone()))
    }
}

/// `GET /import`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let mut shell = shell(&app, asked.year());
    shell.notice = notice(&asked.done);
    let imports = lines(&app).await?;
    Ok(ImportPage { shell, fault: None, map: String::new(), done: None, imports }.into_response())
}

async fn lines(app: &App) -> Result<Vec<Line>, StoreError> {
    app.look(|store| Ok(store.imports()?.iter().take(LISTED).map(Line::of).collect())).await
}

fn shell(app: &App, year: Option<i32>) -> Shell {
    app.frame().in_year(year).shell(Place::Points)
}

/// `GET /import/rejected/{number}`.
///
/// # Errors
/// When it is not kept any more.
pub async fn rejected(State(app): State<App>, Path(number): Path<u64>) -> Answer {
    let gone = || {
        let again = "Hãy nhập lại tệp; nhập lại không làm trùng.";
        Fault::gone("Các dòng này không còn được giữ", again, Link::new("Nhập từ bảng tính", "/import"))
    };
    let (name, refused) = app.kept.get(number).ok_or_else(gone)?;
    let bytes = refused.to_xlsx().map_err(|_| gone())?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, keng_web::download::disposition(&name)),
    ];
    Ok((headers, bytes).into_response())
}

/// `POST /import/same`: names in files, and the models that they mean.
///
/// # Errors
/// As a page.
pub async fn same(State(app): State<App>, CheckedForm(form): CheckedForm<Vec<(String, String)>>) -> Answer {
    let fields = |key: &'static str| form.iter().filter(move |(k, _)| k == key).map(|(_, value)| value.clone());
    let said: Vec<(String, String)> = fields("name").zip(fields("model")).collect();
    let done = app.act(move |store| {
        said.iter().try_for_each(|(name, model)| {
            let id = match model.is_empty() {
                true => None,
                false => Some(model.parse().map_err(|_| Told::refused("Không có mô hình này."))?),
            };
            remember_same(store, name, id)
        })
    });
    after(&app, done.await?.map(|()| "remembered")).await
}

/// `POST /import/{id}/undo`.
///
/// # Errors
/// As a page.
pub async fn undo(
    State(app): State<App>,
    Path(id): Path<i64>,
    CheckedForm(_): CheckedForm<Vec<(String, String)>>,
) -> Answer {
    let done = app.act(move |store| take_back(store, ImportId(id), &By::default())).await?;
    match done {
        // What stays is named, so it cannot be a line above a page that was sent elsewhere.
        Ok(undone) if !undone.left.is_empty() => {
            let left = undone.left.iter().take(50).map(|l| {
                let field = l.field.as_ref().map_or_else(String::new, |f| format!(", {f}"));
                format!("{}{field}: {}", l.name, l.reason)
            });
            let told = format!(
                "Đã hoàn tác lần nhập {id}: rút {} điểm, {} mô hình, {} ô trở về giá trị cũ. Giữ nguyên {} mục: {}.",
                undone.points,
                undone.models,
                undone.fields,
                undone.left.len(),
                left.collect::<Vec<_>>().join("; ")
            );
            let mut shell = shell(&app, None);
            shell.notice = notice("undone").map(|n| keng_web::shell::Notice { text: told, ..n });
            let imports = lines(&app).await?;
            Ok(ImportPage { shell, fault: None, map: String::new(), done: None, imports }.into_response())
        }
        other => after(&app, other.map(|_| "undone")).await,
    }
}

async fn after(app: &App, done: Result<&'static str, Told>) -> Answer {
    match done {
        Ok(word) => Ok(see(&keng_web::answer::address("/import", &[("done", word)]))),
        Err(told) => {
            let (shell, imports) = (shell(app, None), lines(app).await?);
            Ok(with_faults(ImportPage {
                shell,
                fault: Some(told.to_string()),
                map: String::new(),
                done: None,
                imports,
            }))
        }
    }
}

/// What the form brings.
#[derive(Default)]
struct Sent {
    csrf: String,
    year: String,
    map: String,
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
    let (asked_dry, map) = (sent.dry_run, sent.map.clone());
    let shell = shell(&app, sent.year.parse().ok());
    let done = take(&app, sent).await.map_err(|e| Fault::from(e).in_shell(shell.clone()))?;
    let imports = lines(&app).await?;
    match done {
        Ok(mut imported) => {
            let at = keng_web::format::full_stamp(keng_web::format::of_millis(clock::now_ms()));
            let rejected = imported.refused.take().map(|refused| app.kept.keep(&imported.file, refused));
            let dry_run = imported.id.is_none();
            let done = Some(Outcome { dry_run, asks: dry_run && !asked_dry, imported, rejected, at });
            Ok(ImportPage { shell, fault: None, map: String::new(), done, imports }.into_response())
        }
        Err(told) => Ok(with_faults(ImportPage { shell, fault: Some(told.to_string()), map, done: None, imports })),
    }
}

async fn read(mut form: Multipart) -> Result<Sent, axum::extract::multipart::MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("csrf") => sent.csrf = field.text().await?,
            Some("year") => sent.year = field.text().await?,
            Some("map") => sent.map = field.text().await?.chars().take(2_000).collect(),
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
        return Ok(Err(Told::refused("Hãy chọn một tệp .xlsx, .xls, .ods hoặc .csv.")));
    }
    let map = sent.map;
    let looked = app.look(move |store| {
        let layouts = layouts(store, Some(&map));
        Ok((store.tree(clock::today())?, store.rule_pack()?, store.identity().unit.clone(), layouts))
    });
    let (tree, pack, unit, layouts) = looked.await?;
    let layouts = match layouts {
        Ok(layouts) => layouts,
        Err(told) => return Ok(Err(told)),
    };
    let (name, bytes, dry_run) = (sent.name, sent.bytes, sent.dry_run);
    let reading = tokio::task::spawn_blocking(move || {
        let context =
            Context { catalogue: &tree.catalogue, unit: &unit, pack: &pack, layouts: &layouts, all: &tree.units };
        read_sheet(&bytes, &context, &Limits::default())
    });
    let why = match reading.await {
        Ok(Ok(sheet)) => return app.act(move |store| ask_or_write(store, &name, sheet, dry_run)).await,
        Ok(Err(e)) => e.in_vietnamese(),
        // The reader contains what spreadsheets do to it; this is for what nobody thought of.
        Err(_) => "chương trình gặp lỗi khi đọc tệp này.".to_owned(),
    };
    Ok(Err(Told::new(format!("{name}: {why}"), "Chưa ghi gì.", "")))
}

/// Here somebody sits who can say which models are meant, so that is asked before anything is
/// written; a command cannot wait and tells it afterwards.
fn ask_or_write(store: &mut keng_store::Store, name: &str, sheet: Sheet, dry_run: bool) -> Result<Imported, Told> {
    let plan = write(store, name, sheet.clone(), true, &By::default())?;
    if dry_run || plan.look_alikes.iter().any(LookAlike::is_model) {
        return Ok(plan);
    }
    write(store, name, sheet, false, &By::default())
}
