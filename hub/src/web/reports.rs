//! Báo cáo: made on request, the last few kept for download ([`super::kept`]).

use std::path::Path;

use axum::extract::{Path as InPath, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use keng_desk::{Told, clock, consolidation, editions};
use keng_domain::figures::Figures;
use keng_domain::period::Period;
use keng_domain::text::thousands;
use keng_report::{Format, file_stem};
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::download::{XLSX, content_type, disposition};
use keng_web::reading::Reading;
use keng_web::turn::Turn;
use keng_web::{Choice, Link, Shell, Tag, Tone, format};

use super::Asked;
use super::kept::{About, Kept};
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::reports::{MadeReport, ReportForm, ReportsPage, TemplateInForce};
use crate::templates::{self, Form, rendered};

const FORMATS: [Format; 4] = [Format::Docx, Format::Xlsx, Format::Pdf, Format::Json];

/// Reports that were made.
#[derive(Clone)]
pub struct Made {
    kept: Kept,
    /// Shared with the other papers.
    turn: Turn,
}

impl Made {
    /// Of this data folder; laid out in turn with the other papers.
    #[must_use]
    pub fn of(data: &Path, turn: Turn) -> Self {
        Self { kept: Kept::of(data), turn }
    }

    /// Removes what was being written when the program was stopped.
    pub async fn clear_parts(&self) {
        if let Err(told) = self.files(Kept::clear_parts).await {
            tracing::warn!("{told}");
        }
    }

    /// Runs something on the files, beside the async threads.
    async fn files<T: Send + 'static>(&self, act: impl FnOnce(&Kept) -> T + Send + 'static) -> Result<T, Told> {
        let kept = self.kept.clone();
        let done = tokio::task::spawn_blocking(move || act(&kept)).await;
        done.map_err(|_| {
            Told::new("Chương trình gặp lỗi khi đọc các báo cáo đã lập.", "Số liệu không bị ảnh hưởng.", "")
        })
    }
}

fn shown(about: &About) -> MadeReport {
    let root: String = about.root.chars().take(8).collect();
    let extension = |name: &String| name.rsplit('.').next().unwrap_or_default().to_uppercase();
    let made_ms = i64::try_from(about.id).unwrap_or(0);
    MadeReport {
        title: format!("Báo cáo {}", about.title),
        cut: format!("điểm chốt {} · gốc {root}… · {}", thousands(about.lsn), about.rule_pack),
        made: format!("{} · {}", format::stamp(format::of_millis(made_ms)), about.officer),
        state: match about.missing_units {
            0 => Tag::new(Tone::Ok, "đủ đơn vị"),
            n => Tag::new(Tone::Warn, format!("thiếu {n} đơn vị")),
        },
        warning: about.warning.clone(),
        files: about
            .files
            .iter()
            .map(|name| Link::new(extension(name), format!("/reports/{}/{name}", about.id)))
            .collect(),
    }
}

/// `GET /reports`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let year = asked.year();
    let said = notice(&asked.done);
    let mut page = fill(&app, year, String::new(), None).await?;
    page.shell.notice = said;
    Ok(page.into_response())
}

async fn fill(app: &App, year: Option<i32>, chosen: String, fault: Option<String>) -> Answer<ReportsPage> {
    let made = app.made.files(|kept| kept.all().iter().map(shown).collect()).await?;
    app.read(Place::Reports, year, move |r, shell| page_of(r, shell, chosen, fault, made)).await
}

fn page_of(
    r: &Reading<'_>,
    shell: Shell,
    chosen: String,
    fault: Option<String>,
    made: Vec<MadeReport>,
) -> Result<ReportsPage, StoreError> {
    let (year, packs) = (r.year(), &r.names.pack.periods);
    let mut choices = vec![
        Choice::new(format!("annual {year}"), format!("Báo cáo năm {year}")),
        Choice::new(format!("half-year {year}"), format!("Báo cáo 6 tháng đầu năm {year}")),
    ];
    for quarter in 1..=4 {
        let title = Period::quarter(year, quarter, packs).title();
        choices.push(Choice::new(format!("quarter {year}-Q{quarter}"), format!("Báo cáo {title}")));
    }
    let mut warnings = Vec::new();
    // As the report will name them, which may be by an earlier tree than today's.
    let tree = r.store.tree(r.cut_off())?;
    let figures = match tree.catalogue.id == r.names.tree.catalogue.id {
        true => r.figures(),
        false => consolidation::figures_by(r.store, r.period, tree)?,
    };
    let missing: Vec<String> = figures.missing_units.into_iter().map(|u| u.name).collect();
    if !missing.is_empty() {
        warnings.push(format!("Chưa có số của {} đơn vị: {}", missing.len(), missing.join(", ")));
    }
    if !r.contests.is_empty() {
        warnings.push(format!("{} xung đột chưa chọn", r.contests.len()));
    }
    let template = template_in_force(r)?;
    let chosen = if chosen.is_empty() { format!("annual {year}") } else { chosen };
    Ok(ReportsPage { shell, choices, chosen, fault, warnings, made, template })
}

fn template_in_force(r: &Reading<'_>) -> Result<TemplateInForce, StoreError> {
    let adoption = templates::in_force(r.store)?;
    Ok(TemplateInForce {
        name: adoption.as_ref().map_or(templates::BUILT_IN, templates::Adoption::name).to_owned(),
        adopted: adoption.map(|a| format!("{} · {}", format::stamp(format::of_millis(a.at_ms)), a.officer)),
    })
}

/// `POST /reports`.
///
/// # Errors
/// As a page.
pub async fn make(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<ReportForm>,
) -> Answer {
    match make_one(&app, &form.report).await {
        Ok(()) => Ok(see(&address("/reports", &[("done", "made"), ("year", &asked.year)]))),
        Err(fault) => Ok(with_faults(fill(&app, asked.year(), form.report, Some(fault)).await?)),
    }
}

async fn make_one(app: &App, wanted: &str) -> Result<(), String> {
    let Some(_turn) = app.made.turn.try_take() else {
        return Err("Đang lập một báo cáo khác; hãy đợi ít giây rồi thử lại.".to_owned());
    };
    let (kind, period) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let (kind, period) = (kind.to_owned(), period.to_owned());
    let read = app.look(move |store| -> Result<_, StoreError> {
        let officer = store.identity().officer.clone();
        let Ok(period) = store.rule_packs()?.period(&kind, &period) else { return Ok((None, officer)) };
        let figures = editions::figures(store, period)?;
        let form = Form::of(store, &store.files(), &period, &store.tree(period.cut_off)?);
        Ok((Some((figures, form)), officer))
    });
    let (seen, officer) = read.await.map_err(|e| Told::from(e).to_string())?;
    let (figures, form): (Figures, _) = seen.ok_or_else(|| "Hãy chọn một kỳ báo cáo trong danh sách.".to_owned())?;
    let form = form.map_err(|told| told.to_string())?;
    let wanted = wanted.to_owned();
    let done = app.made.files(move |kept| {
        let (about, files) = lay_out(&figures, form.as_ref(), wanted, officer)?;
        kept.keep(&about, &files).map_err(|e| format!("Chưa lưu được báo cáo: {e}. Hãy kiểm tra ổ đĩa rồi lập lại."))
    });
    done.await.map_err(|told| told.to_string())?
}

type Files = Vec<(String, Vec<u8>)>;

fn lay_out(figures: &Figures, form: Option<&Form>, report: String, officer: String) -> Result<(About, Files), String> {
    let mut files = Vec::new();
    for format in FORMATS {
        let bytes = rendered(figures, form, format).map_err(|e| format!("Chưa lập được báo cáo: {e}."))?;
        files.push((format!("{}.{}", file_stem(figures), format.extension()), bytes));
    }
    let about = About {
        id: clock::now_ms().unsigned_abs(),
        report,
        title: figures.title.clone(),
        lsn: figures.cut.lsn.0,
        root: figures.cut.root.clone(),
        rule_pack: figures.cut.rule_pack.clone(),
        officer,
        missing_units: figures.missing_units.len(),
        warning: form.and_then(Form::warning),
        files: files.iter().map(|(name, _)| name.clone()).collect(),
    };
    Ok((about, files))
}

/// `GET /reports/template`: the template in force, to be looked at or to begin another one with.
///
/// # Errors
/// As a page, when its file is gone.
pub async fn template(State(app): State<App>) -> Answer<Response> {
    let read = app.look(|store| Ok(templates::file(store, &store.files()))).await?;
    match read {
        Ok((name, bytes)) => {
            let headers = [(CONTENT_TYPE, XLSX.to_owned()), (CONTENT_DISPOSITION, disposition(&name))];
            Ok((headers, bytes).into_response())
        }
        Err(told) => {
            let way = Link::new("Về trang báo cáo", "/reports");
            Err(Fault::gone(&told.to_string(), "", way).in_shell(app.frame().shell(Place::Reports)))
        }
    }
}

/// `GET /reports/{id}/{file}`.
///
/// # Errors
/// As a page, when it is no longer kept.
pub async fn download(State(app): State<App>, InPath((id, file)): InPath<(u64, String)>) -> Answer<Response> {
    let name = file.clone();
    let Some(bytes) = app.made.files(move |kept| kept.file(id, &name)).await? else {
        return Err(Fault::gone(
            "Tệp này không còn được giữ",
            "Chỉ giữ ít báo cáo gần nhất; lập lại từ cùng điểm chốt thì ra đúng từng byte.",
            Link::new("Lập lại báo cáo", "/reports"),
        )
        .in_shell(app.frame().shell(Place::Reports)));
    };
    let save_as = format!("attachment; filename=\"{file}\"");
    Ok(([(CONTENT_TYPE, content_type(&file).to_owned()), (CONTENT_DISPOSITION, save_as)], bytes).into_response())
}
