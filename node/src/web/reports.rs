//! Báo cáo: what is owed, what would be handed in, and the act itself.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use chrono::{Datelike, NaiveDate};
use keng_desk::acts::By;
use keng_desk::clock;
use keng_desk::duties::nominations::{self, Nomination};
use keng_desk::duties::obligations::{self, Cell, CellState, Duty, DutyKind};
use keng_desk::duties::submissions::{self, Draft, Submission, standing};
use keng_domain::period::Period;
use keng_domain::rules::submission::{OpenItem, SPONTANEOUS_MODEL, State as SubmissionState};
use keng_domain::text::{date_dmy, thousands};
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, address, see, with_faults, year};
use keng_web::csrf::CheckedForm;
use keng_web::pages::figures::{FiguresCard, Other};
use keng_web::reading::Reading;
use keng_web::reading::duties::{duty_tag, submission_tag, timeliness_tag};
use keng_web::{Fact, Link, Shell, format};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::reports::{Chosen, DutyLine, HandIn, HandInForm, OpenLine, ReportsPage, Returned, Standing};

/// `GET /reports`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let year = year_of(&asked);
    let page = app.read(Place::Reports, Some(year), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell, &asked.period, None)
    });
    Ok(page.await?.into_response())
}

/// Duties are those of the calendar, whatever year the figures shown are of.
fn year_of(asked: &Asked) -> i32 {
    asked.year().or_else(|| year(asked.period.get(..4)?)).unwrap_or_else(|| clock::today().year())
}

fn fill(r: &Reading<'_>, shell: Shell, period: &str, fault: Option<String>) -> Result<ReportsPage, StoreError> {
    let today = clock::today();
    let rows = obligations::matrix(r.store, &r.points, r.year(), today)?.pop();
    let cells = rows.map(|row| row.cells).unwrap_or_default();
    let own = &r.store.identity().unit;
    let all = submissions::list(r.store, Some(own))?;
    let chosen = choose(&cells, period, r);
    let nominations = nominations::list(r.store)?;
    let line = |cell: &Cell| DutyLine {
        title: Link::new(cell.duty.title(), duty_address(&cell.duty, &shell)),
        due: format!("trước {}", date_dmy(cell.duty.due)),
        left: left(cell, today),
        state: duty_tag(cell),
        timeliness: cell.timeliness.map(timeliness_tag),
        on: cell.duty == Duty::report(chosen),
    };
    Ok(ReportsPage {
        year: r.year(),
        papers: r.papers(&format!("/letters/rating/{}", r.year())),
        returned: returned(&all, &nominations, &shell),
        duties: cells.iter().map(line).collect(),
        chosen: look(r, &shell, chosen, &all, fault)?,
        shell,
    })
}

/// The period asked for, else the first that still waits for the unit, else the annual one.
fn choose(cells: &[Cell], asked: &str, r: &Reading<'_>) -> Period {
    let reports = || cells.iter().filter(|c| c.duty.kind == DutyKind::Report);
    let waits = |c: &&Cell| {
        use CellState::{Accepted, HandedIn, NotOwed, Nothing};
        !matches!(c.state, HandedIn | Accepted | Nothing | NotOwed)
    };
    let named = reports().find(|c| c.duty.period.id() == asked);
    named.or_else(|| reports().find(waits)).map_or(r.period, |c| c.duty.period)
}

fn duty_address(duty: &Duty, shell: &Shell) -> String {
    match duty.kind {
        DutyKind::Nomination => format!("/nominations{}", shell.query()),
        DutyKind::Report => address("/reports", &[("period", &duty.period.id()), ("year", &shell.year)]),
        DutyKind::Rating => address("/points", &[("show", "unrated"), ("year", &shell.year)]),
    }
}

fn left(cell: &Cell, today: NaiveDate) -> String {
    let open = match cell.tally {
        Some(t) if t.unrated > 0 => Some(format!("còn {} điểm", thousands(t.unrated.into()))),
        _ => None,
    };
    let waits = matches!(cell.state, CellState::NotDue | CellState::Drafting | CellState::Returned);
    // "Trước ngày 10": on the 9th one day is left.
    let days = match (cell.duty.due - today).num_days() {
        days @ 1.. if waits => Some(format!("còn {} ngày", thousands(days.unsigned_abs()))),
        _ => None,
    };
    open.into_iter().chain(days).collect::<Vec<_>>().join(" · ")
}

fn returned(all: &[Submission], nominations: &[Nomination], shell: &Shell) -> Vec<Returned> {
    let stands = |s: &&Submission| standing(all, &s.unit, &s.period).is_some_and(|x| x.id == s.id);
    let reports = all.iter().filter(|s| s.state == SubmissionState::Returned).filter(stands).map(|s| Returned {
        title: Duty::report(s.period).title().to_lowercase(),
        reason: s.decision_reason.clone().unwrap_or_default(),
        act: Link::new(
            "Xem và trình lại",
            address("/reports", &[("period", &s.period.id()), ("year", &s.period.year.to_string())]),
        ),
    });
    let back = nominations.iter().filter(|n| n.state == nominations::State::Returned).map(|n| Returned {
        title: format!("đề xuất “{}”, {}", n.name, n.quarter.title()),
        reason: n.decision_reason.clone().unwrap_or_default(),
        act: Link::new("Xem và trình lại", address(&format!("/nominations/{}", n.id), &[("year", &shell.year)])),
    });
    reports.chain(back).collect()
}

fn look(
    r: &Reading<'_>,
    shell: &Shell,
    period: Period,
    all: &[Submission],
    fault: Option<String>,
) -> Result<Chosen, StoreError> {
    let draft = submissions::draft_of(r.store, period)?;
    let own = &r.store.identity().unit;
    let stands = standing(all, own, &period);
    let last = all.iter().rfind(|s| s.state == SubmissionState::Accepted);
    let name = last.map_or_else(String::new, |s| format!("bản tỉnh đã nhận, {}", s.period.title()));
    let beside = last.map(|s| Other { name: &name, word: "trước", figures: &s.frozen });
    let is_over = stands.is_some_and(|s| s.state == SubmissionState::Accepted);
    let title = if is_over {
        "Số liệu hiện nay".to_owned()
    } else {
        format!("Số liệu sẽ trình, {}", period.title())
    };
    Ok(Chosen {
        period: period.id(),
        title: period.title(),
        open: draft.open_items.iter().map(|i| open_line(i, &draft, period, shell)).collect(),
        standing: stands.map(|s| shown(s, shell)),
        act: (!is_over).then(|| HandIn {
            summary: summary(&draft),
            still_runs: draft.frozen.still_runs(&period),
            seen: seen(&draft),
            nothing: !draft.frozen.has_changes(),
            fault,
        }),
        figures: FiguresCard::of(title, &draft.frozen, beside, |m| r.model_link(m), |of| r.rows(of, &period, None)),
    })
}

fn open_line(item: &OpenItem, draft: &Draft, period: Period, shell: &Shell) -> OpenLine {
    let year = if shell.year.is_empty() { String::new() } else { period.year.to_string() };
    let href = match item.code.as_str() {
        "CONTESTED" => address("/contests", &[("year", &year)]),
        // Such a model has a card of its own on the work list, with both ways to its end.
        SPONTANEOUS_MODEL => address("/", &[("year", &year)]),
        code => address("/points", &[("show", code), ("period", &period.id()), ("year", &year)]),
    };
    OpenLine {
        sentence: item.sentence(&draft.letter),
        rows: Link::new(if item.code == SPONTANEOUS_MODEL { "Xem các mô hình này" } else { "Xem các điểm này" }, href),
        blocks: draft.blocking.contains(item),
    }
}

fn shown(s: &Submission, shell: &Shell) -> Standing {
    let e = &s.punctuality.evidence;
    let received = e.received_at.map_or_else(|| "đã lưu tại máy, chưa tới tỉnh".to_owned(), format::full_stamp);
    Standing {
        state: submission_tag(s.state),
        times: vec![
            Fact::new("Trình lúc", format!("{} · {}", format::full_stamp(e.acted_at), s.officer)),
            Fact::new("Tỉnh nhận lúc", received),
        ],
        sentence: s.punctuality.sentence.clone(),
        clause: s.punctuality.clause.clone(),
        nothing: s.nothing,
        page: Link::new("Xem số liệu đã chốt", address(&format!("/submissions/{}", s.id), &[("year", &shell.year)])),
    }
}

fn summary(draft: &Draft) -> String {
    let t = draft.frozen.totals;
    let figures = format!(
        "{} mô hình, {} điểm, {} tổ, {} thành viên; {} điểm mới, {} điểm chấm dứt trong kỳ.",
        thousands(t.models.into()),
        thousands(t.points.into()),
        thousands(t.teams),
        thousands(t.members),
        t.new_points,
        t.ended
    );
    match draft.open_items.len() {
        0 => figures,
        n => format!("{figures} Còn mở {n} việc, sẽ ghi cùng báo cáo."),
    }
}

/// Names the figures of a draft, so that the act is about what the page had shown.
fn seen(draft: &Draft) -> String {
    let mut hasher = DefaultHasher::new();
    (format!("{:?}", draft.frozen), format!("{:?}", draft.open_items)).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// `POST /reports`.
///
/// # Errors
/// As a page.
pub async fn hand_in(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    CheckedForm(form): CheckedForm<HandInForm>,
) -> Answer {
    let (period, nothing) = (form.period.clone(), form.act == "nothing");
    let done = app.act(move |store| {
        if form.confirm.is_empty() {
            return Err(keng_desk::Told::refused("Hãy xem lại rồi đánh dấu vào ô xác nhận."));
        }
        if !nothing && seen(&submissions::draft(store, &form.period)?) != form.seen {
            return Err(keng_desk::Told::refused(
                "Số liệu đã thay đổi từ khi mở trang. Trang này đã có số mới: hãy xem lại rồi trình.",
            ));
        }
        submissions::hand_in(store, &form.period, nothing, &By::default())
    });
    let year = year_of(&Asked { period: period.clone(), ..asked.clone() });
    match done.await? {
        Ok(_) => Ok(see(&address("/reports", &[("period", &period), ("done", "handed-in"), ("year", &asked.year)]))),
        Err(told) => {
            let why = told.to_string();
            let page = app.read(Place::Reports, Some(year), move |r, shell| fill(r, shell, &period, Some(why)));
            Ok(with_faults(page.await?))
        }
    }
}

/// `GET /submissions/{id}`.
///
/// # Errors
/// As a page.
pub async fn submission(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = id.parse().map_err(|_| {
        Fault::gone("Không có báo cáo này", "Dữ liệu không bị ảnh hưởng.", Link::new("Xem các báo cáo", "/reports"))
            .in_shell(app.frame().shell(Place::Reports))
    })?;
    let page = app.read(Place::Reports, asked.year(), move |r, shell| r.submission_page(shell, id, None));
    Ok(page.await?.into_response())
}
