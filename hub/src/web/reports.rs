//! Báo cáo: made on request, the last few kept for download.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use keng_desk::{Told, clock, consolidation};
use keng_domain::figures::Figures;
use keng_domain::period::Period;
use keng_domain::text::thousands;
use keng_report::{Format, file_stem, render};
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::reading::Reading;
use keng_web::{Choice, Link, Shell, Tag, Tone, format};
use tokio::sync::Semaphore;

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::reports::{MadeReport, ReportForm, ReportsPage};

/// Reports kept in memory for download. Each is made again, byte for byte, from its cut.
const KEPT_MAX: usize = 8;
const FORMATS: [Format; 4] = [Format::Docx, Format::Xlsx, Format::Pdf, Format::Json];

/// Reports made since the start.
#[derive(Clone)]
pub struct Made {
    kept: Arc<Mutex<VecDeque<Arc<Report>>>>,
    /// One is laid out at a time: it takes a processor and much memory.
    turn: Arc<Semaphore>,
}

impl Default for Made {
    fn default() -> Self {
        Self { kept: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

struct Report {
    id: u64,
    shown: MadeReport,
    /// File name, format, content.
    files: Vec<(String, Format, Bytes)>,
}

impl Made {
    fn all(&self) -> Vec<Arc<Report>> {
        // Nothing in here panics; were it to, the list would still be whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn keep(&self, report: Report) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(Arc::new(report));
        kept.truncate(KEPT_MAX);
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
    let made: Vec<MadeReport> = app.made.all().iter().map(|r| r.shown.clone()).collect();
    app.read(Place::Reports, year, move |r, shell| Ok(page_of(r, shell, chosen, fault, made))).await
}

fn page_of(r: &Reading<'_>, shell: Shell, chosen: String, fault: Option<String>, made: Vec<MadeReport>) -> ReportsPage {
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
    let missing: Vec<String> = r.figures().missing_units.into_iter().map(|u| u.name).collect();
    if !missing.is_empty() {
        warnings.push(format!("Chưa có số của {} đơn vị: {}", missing.len(), missing.join(", ")));
    }
    if !r.contests.is_empty() {
        warnings.push(format!("{} xung đột chưa chọn", r.contests.len()));
    }
    let chosen = if chosen.is_empty() { format!("annual {year}") } else { chosen };
    ReportsPage { shell, choices, chosen, fault, warnings, made }
}

/// `POST /reports`.
///
/// # Errors
/// As a page.
pub async fn make(State(app): State<App>, CheckedForm(form): CheckedForm<ReportForm>) -> Answer {
    match made(&app, &form.report).await {
        Ok(()) => Ok(see("/reports?done=made")),
        Err(fault) => Ok(with_faults(fill(&app, None, form.report, Some(fault)).await?)),
    }
}

async fn made(app: &App, wanted: &str) -> Result<(), String> {
    let Ok(_turn) = app.made.turn.try_acquire() else {
        return Err("Đang lập một báo cáo khác; hãy đợi ít giây rồi thử lại.".to_owned());
    };
    let (kind, period) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let (kind, period) = (kind.to_owned(), period.to_owned());
    let read = app.look(move |store| -> Result<_, StoreError> {
        let officer = store.identity().officer.clone();
        let period = Period::parse(&kind, &period, &store.rule_pack()?.periods).ok();
        Ok((period.map(|p| consolidation::figures(store, p)).transpose()?, officer))
    });
    let (figures, officer): (Option<Figures>, String) = read.await.map_err(|e| Told::from(e).to_string())?;
    let figures = figures.ok_or_else(|| "Hãy chọn một kỳ báo cáo trong danh sách.".to_owned())?;
    let laid_out = tokio::task::spawn_blocking(move || lay_out(&figures, &officer)).await;
    let report = laid_out.map_err(|e| format!("Chưa lập được báo cáo: {e}."))??;
    app.made.keep(report);
    Ok(())
}

fn lay_out(figures: &Figures, officer: &str) -> Result<Report, String> {
    let now_ms = clock::now_ms();
    let id = now_ms.unsigned_abs();
    let mut files = Vec::new();
    for format in FORMATS {
        let bytes = render(figures, format).map_err(|e| format!("Chưa lập được báo cáo: {e}."))?;
        files.push((format!("{}.{}", file_stem(figures), format.extension()), format, bytes.into()));
    }
    let root: String = figures.cut.root.chars().take(8).collect();
    let missing = figures.missing_units.len();
    let shown = MadeReport {
        title: format!("Báo cáo {}", figures.title),
        cut: format!("điểm chốt {} · gốc {root}… · {}", thousands(figures.cut.lsn.0), figures.cut.rule_pack),
        made: format!("{} · {officer}", format::stamp(format::of_millis(now_ms))),
        state: if missing == 0 {
            Tag::new(Tone::Ok, "đủ đơn vị")
        } else {
            Tag::new(Tone::Warn, format!("thiếu {missing} đơn vị"))
        },
        files: files
            .iter()
            .map(|(name, format, _)| Link::new(format.extension().to_uppercase(), format!("/reports/{id}/{name}")))
            .collect(),
    };
    Ok(Report { id, shown, files })
}

/// `GET /reports/{id}/{file}`.
///
/// # Errors
/// As a page, when it is no longer kept.
pub async fn download(State(app): State<App>, Path((id, file)): Path<(u64, String)>) -> Answer<Response> {
    let found = app.made.all().into_iter().find(|r| r.id == id);
    let found = found.as_ref().and_then(|r| r.files.iter().find(|(name, ..)| *name == file));
    let Some((name, format, bytes)) = found else {
        return Err(Fault::gone(
            "Tệp này không còn được giữ",
            "Chỉ giữ ít báo cáo gần nhất; lập lại từ cùng điểm chốt thì ra đúng từng byte.",
            Link::new("Lập lại báo cáo", "/reports"),
        )
        .in_shell(app.frame().shell(Place::Reports)));
    };
    let kind = match format {
        Format::Json => "application/json",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Format::Pdf => "application/pdf",
    };
    let save_as = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, save_as)], bytes.clone()).into_response())
}
