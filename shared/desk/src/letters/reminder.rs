//! Công văn nhắc: who is late with a report, and what is open there.

use chrono::NaiveDate;
use keng_domain::letter::{Letter, Reminder, ReportOwed};
use keng_domain::period::PeriodKind;
use keng_domain::rules::submission::open_items;
use keng_domain::text::date_dmy;
use keng_domain::unit::UnitCode;
use keng_store::Store;

use crate::duties::obligations::{self, CellState, Duty};
use crate::duties::{period, submissions};
use crate::names::Names;
use crate::{Told, consolidation};

/// A reminder to every unit that is late with a half-year or annual report, or to `unit` alone; to a
/// unit that was asked for also when it has handed in and something is still open there.
///
/// # Errors
/// For a quarter, which nobody owes; before the report is due; for a unit that owes nothing.
pub fn reminders(store: &Store, of: &str, unit: Option<&UnitCode>, today: NaiveDate) -> Result<Vec<Letter>, Told> {
    let names = Names::of(store)?;
    let period = period(of, &names.packs)?;
    let names = names.in_year(period.year);
    if period.kind == PeriodKind::Quarter {
        return Err(Told::refused(
            "Đề xuất theo quý không bắt buộc, không có công văn nhắc; ví dụ: 2022-annual, 2022-half.",
        ));
    }
    let duty = Duty::report(period);
    let Some(days) = duty.days_late(today) else {
        let due = date_dmy(period.due());
        return Err(Told::refused(format!("Báo cáo {} chưa quá hạn: hạn là trước ngày {due}.", period.title())));
    };
    // Who owed it then (R31).
    let tree = store.tree(period.cut_off)?;
    let received = consolidation::received(store, &Names::by(store, tree.clone())?)?;
    let (all, points) = (submissions::list(store, None)?, store.points()?);
    let papers = submissions::papers(store)?;
    let mut letters = Vec::new();
    for row in obligations::matrix(store, &points, period.year, today)? {
        let own = row.key();
        if own.catalogue.as_ref().is_some_and(|c| *c != tree.catalogue.id) || unit.is_some_and(|u| *u != row.unit) {
            continue;
        }
        let within = points.iter().filter(|p| tree.is_within(&p.unit_key(), &own));
        let waiting = submissions::waiting_models(store, &row.unit, &period, &names.pack)?;
        let open_items = open_items(within, waiting, &papers, &period, &names.pack);
        let state = row.cells.iter().find(|c| c.duty == duty).map(|c| c.state);
        let report = match state {
            Some(CellState::Overdue) => ReportOwed::Missing { days },
            Some(CellState::Returned) => {
                let standing = submissions::standing(&all, &row.unit, &period);
                ReportOwed::Returned { days, reason: standing.and_then(|s| s.decision_reason.clone()) }
            }
            _ if unit.is_some() && !open_items.is_empty() => ReportOwed::HandedIn,
            _ => continue,
        };
        letters.push(Letter::Reminder(Reminder {
            province: Names::province_on(store, today)?,
            order: names.pack.letter.clone(),
            received: received.get(&row.unit).copied(),
            unit: row.name,
            code: row.unit.to_string(),
            period,
            today,
            report,
            open_items,
        }));
    }
    match unit {
        Some(unit) if letters.is_empty() => Err(Told::refused(format!(
            "Đơn vị {unit} không nợ gì về báo cáo {}, hoặc không có đơn vị này.",
            period.title()
        ))),
        _ => Ok(letters),
    }
}
