//! Cards of the work list about handing in: overdue, due, returned, drafts.

use chrono::{Datelike, NaiveDate};
use keng_desk::clock;
use keng_desk::duties::nominations::{self, Nomination, State as NominationState};
use keng_desk::duties::obligations::{self, Cell, CellState, Duty, DutyKind};
use keng_desk::duties::submissions;
use keng_domain::period::PeriodKind;
use keng_domain::text::{date_dmy, thousands};
use keng_store::StoreError;
use keng_web::answer::address;
use keng_web::reading::Reading;
use keng_web::reading::duties::duty_tag;
use keng_web::{Link, Tag, Tone};

use crate::pages::home::{Task, Urgency};

/// A report is pressing within so many days.
const DUE_SOON_DAYS: i64 = 7;

/// The cards as of today's calendar, whatever year the figures shown are of. `unrated` points of the
/// annual report keep nobody from handing in, but are told.
///
/// # Errors
/// Whatever SQLite says.
pub fn tasks(r: &Reading<'_>, unrated: usize) -> Result<Vec<Task>, StoreError> {
    let today = clock::today();
    let obligations::Present { rows, earlier } = obligations::present(r.store, &r.points, today)?;
    let earlier: Vec<Cell> = earlier.into_iter().flat_map(|row| row.cells).collect();
    let cells: Vec<Cell> = rows.into_iter().flat_map(|row| row.cells).collect();
    let mut tasks = Vec::new();
    let mut ahead = Vec::new();
    // Points that are not rated have a card of their own, for the year of the figures shown.
    let of_other_years = |c: &&Cell| c.duty.kind == DutyKind::Rating && c.duty.period.year != r.year();
    tasks.extend(earlier.iter().filter(of_other_years).filter_map(unrated_of_earlier));
    for cell in earlier.iter().chain(&cells).filter(|c| c.duty.kind == DutyKind::Report) {
        let unrated = if cell.duty.period.year == r.year() { unrated } else { 0 };
        match cell.state {
            CellState::Overdue => tasks.push(report(Urgency::Overdue, &duty_tag(cell), &cell.duty, unrated)),
            CellState::Returned => tasks.push(returned(r, cell)?),
            CellState::NotDue | CellState::Drafting | CellState::Unknown => ahead.push(cell.duty),
            CellState::HandedIn | CellState::Accepted | CellState::Nothing | CellState::NotOwed => {}
        }
    }
    // When all of this year is done, the next duty is told quietly.
    ahead.push(Duty::report(r.names.packs.half_year(today.year() + 1)));
    for (i, duty) in ahead.iter().enumerate() {
        let days = (duty.due - today).num_days();
        let soon = days <= DUE_SOON_DAYS;
        if soon || i == 0 {
            let urgency = if soon { Urgency::Due } else { Urgency::Ahead };
            tasks.push(report(urgency, &days_tag(days, soon), duty, unrated));
        }
    }
    for n in nominations::list(r.store)? {
        tasks.extend(nomination(&n, today));
    }
    Ok(tasks)
}

/// Points that last year's rating has left open.
fn unrated_of_earlier(cell: &Cell) -> Option<Task> {
    let open = cell.tally.map(|t| t.unrated - t.contested).filter(|open| *open > 0)?;
    let year = cell.duty.period.year;
    Some(Task {
        urgency: Urgency::Unrated,
        title: format!("{} điểm chưa đánh giá năm {year}", thousands(open.into())),
        tag: Some(duty_tag(cell)),
        text: String::new(),
        act: Link::new("Đánh giá", address("/points", &[("show", "unrated"), ("year", &year.to_string())])),
        other: None,
    })
}

fn days_tag(days: i64, soon: bool) -> Tag {
    Tag::new(if soon { Tone::Warn } else { Tone::Calm }, format!("còn {} ngày", thousands(days.unsigned_abs())))
}

fn report(urgency: Urgency, tag: &Tag, duty: &Duty, unrated: usize) -> Task {
    let missing = match (duty.period.kind, unrated) {
        (PeriodKind::Annual, n @ 1..) => format!("Còn {} điểm chưa xếp loại.", thousands(n as u64)),
        _ if urgency == Urgency::Ahead => String::new(),
        _ => "Đủ số liệu nhưng chưa trình.".to_owned(),
    };
    Task {
        urgency,
        title: duty.title(),
        tag: Some(Tag::new(tag.tone, format!("{} · trước {}", tag.text, date_dmy(duty.due)))),
        text: format!("{missing} Trình được ngay cả khi chưa có mạng: máy ghi giờ trình.").trim().to_owned(),
        act: Link::new(
            if urgency == Urgency::Ahead { "Xem trước" } else { "Trình" },
            address("/reports", &[("period", &duty.period.id())]),
        ),
        other: None,
    }
}

fn returned(r: &Reading<'_>, cell: &Cell) -> Result<Task, StoreError> {
    let own = &r.store.identity().unit;
    let all = submissions::list(r.store, Some(own))?;
    let of = all.iter().find(|s| Some(s.id) == cell.record);
    let reason = of.and_then(|s| s.decision_reason.clone()).unwrap_or_default();
    let page = address("/reports", &[("period", &cell.duty.period.id())]);
    Ok(sent_back(cell.duty.title(), &reason, page))
}

fn sent_back(title: String, reason: &str, href: String) -> Task {
    Task {
        urgency: Urgency::Returned,
        title,
        tag: Some(Tag::new(Tone::Warn, CellState::Returned.label())),
        text: format!("Tỉnh ghi: “{reason}”"),
        act: Link::new("Xem và trình lại", href),
        other: None,
    }
}

fn nomination(n: &Nomination, today: NaiveDate) -> Option<Task> {
    let title = format!("Đề xuất “{}”, {}", n.name, n.quarter.title());
    let href = format!("/nominations/{}", n.id);
    match n.state {
        NominationState::Returned => Some(sent_back(title, n.decision_reason.as_deref().unwrap_or_default(), href)),
        NominationState::Draft => {
            let days = (n.quarter.due() - today).num_days();
            let soon = (0..=DUE_SOON_DAYS).contains(&days);
            let dossier = n.assessment.conditions.iter().find(|c| c.rule == "R14");
            let tag = if days > 0 { days_tag(days, soon) } else { Tag::new(Tone::Calm, CellState::Overdue.label()) };
            Some(Task {
                urgency: if soon { Urgency::Due } else { Urgency::Draft },
                title,
                tag: Some(Tag { text: format!("{} · trước {}", tag.text, date_dmy(n.quarter.due())), ..tag }),
                text: format!("{}. {}", n.state.label(), dossier.map_or("", |c| c.sentence.as_str())),
                act: Link::new("Soạn tiếp", href),
                other: None,
            })
        }
        NominationState::HandedIn
        | NominationState::Received
        | NominationState::Selected
        | NominationState::Proposed => None,
    }
}
