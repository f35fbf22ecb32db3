//! Danh sách gọi: the units that are late, with what an officer needs before taking up the telephone.

use chrono::NaiveDate;
use keng_domain::period::PeriodKind;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::enrol::{Contact as Heard, NodeView};
use keng_store::{Store, StoreError};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::contacts::{self, Contact};
use super::obligations::{self, CellState};
use crate::clock::{self, rfc3339};
use crate::names::Names;

/// A unit to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its code.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// What is late, the longest delay first.
    pub late: Vec<Late>,
    /// Whom to call.
    pub contact: Contact,
    /// The machine that was heard last, with what it said of itself; `None`: none was ever heard.
    pub heard: Option<Heard>,
    /// Entries that its machines said they still had, when last heard.
    pub waiting: u64,
    /// Up to when everything the unit wrote is here: what waits is younger. Milliseconds since 1970;
    /// `None` before all its machines have sent everything once.
    pub complete_to_ms: Option<i64>,
}

/// A duty that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// The period: `2022-annual`.
    pub period: String,
    /// `năm 2022`.
    pub title: String,
    /// Not handed in, or sent back and not handed in again.
    pub state: CellState,
    /// Days late; the first late day is one.
    pub days: u64,
}

/// The units that are late with a half-year or annual report of `year` as of `today`, the longest delay
/// first.
///
/// # Errors
/// As [`obligations::matrix`].
pub fn list(store: &Store, year: i32, today: NaiveDate) -> Result<Vec<Call>, StoreError> {
    let names = Names::of(store)?;
    let periods = obligations::periods(year, &names.pack);
    let nodes: Vec<NodeView> = store.nodes()?.into_iter().filter(|n| n.revoked.is_none()).collect();
    let mut calls = Vec::new();
    for row in obligations::matrix(store, year, today)? {
        let duties = row.cells.iter().zip(&periods).filter(|(_, p)| p.kind != PeriodKind::Quarter);
        let mut late: Vec<Late> = duties
            .filter_map(|(cell, period)| {
                let days = obligations::days_late(period, today)?;
                let owed = matches!(cell.state, CellState::Overdue | CellState::Returned);
                owed.then(|| Late { period: period.id(), title: period.title(), state: cell.state, days })
            })
            .collect();
        if late.is_empty() {
            continue;
        }
        late.sort_by_key(|l| std::cmp::Reverse(l.days));
        let answers_for = |n: &&NodeView| names.tree.reporting_unit(&n.unit).is_some_and(|u| u.code == row.unit);
        let heard: Vec<Option<&Heard>> = nodes.iter().filter(answers_for).map(|n| n.contact.as_ref()).collect();
        calls.push(Call {
            contact: contacts::of(store, &UnitKey::new(&names.tree.catalogue.id, &row.unit))?,
            heard: heard.iter().flatten().max_by_key(|c| c.last_contact_ms).copied().cloned(),
            waiting: heard.iter().flatten().map(|c| c.pending).sum(),
            // `None` is the smallest: one machine that never sent everything speaks for all.
            complete_to_ms: heard.iter().map(|c| c.and_then(|c| c.complete_to_ms)).min().flatten(),
            name: row.name,
            unit: row.unit,
            late,
        });
    }
    calls.sort_by_key(|c| std::cmp::Reverse(c.late.first().map(|l| l.days)));
    Ok(calls)
}

/// `call-list --json`.
#[must_use]
pub fn json(calls: &[Call]) -> Json {
    let one = |c: &Call| {
        json!({
            "unit": c.unit,
            "name": c.name,
            "late": c.late,
            "contact": c.contact,
            "last_contact": c.heard.as_ref().map(|h| rfc3339(h.last_contact_ms)),
            "live": c.heard.as_ref().is_some_and(|h| h.live),
            "waiting": c.heard.as_ref().map(|_| c.waiting),
            "complete_to": c.complete_to_ms.map(rfc3339),
            "software": c.heard.as_ref().map(|h| &h.software),
            "clock_offset_ms": c.heard.as_ref().map(|h| h.clock_offset_ms),
        })
    };
    calls.iter().map(one).collect()
}

/// Prints the list for people.
pub fn print(calls: &[Call]) {
    if calls.is_empty() {
        println!("Không có đơn vị nào quá hạn.");
    }
    let at = |ms| clock::in_vietnam(ms).format("%d/%m/%Y %H:%M").to_string();
    for c in calls {
        let late: Vec<String> =
            c.late.iter().map(|l| format!("{} ({}, quá hạn {} ngày)", l.title, l.state.label(), l.days)).collect();
        println!("{} {} — {}", c.unit, c.name, late.join("; "));
        let officer = c.contact.officer.as_deref().unwrap_or("chưa ghi cán bộ đầu mối");
        println!("    {officer} · {}", c.contact.phone.as_deref().unwrap_or("chưa ghi số điện thoại"));
        let Some(heard) = &c.heard else {
            println!("    chưa liên lạc lần nào");
            continue;
        };
        let complete =
            c.complete_to_ms.map_or_else(|| "chưa lần nào gửi hết".to_owned(), |ms| format!("đủ đến {}", at(ms)));
        println!(
            "    liên lạc cuối {} · lúc đó còn chờ gửi {} mục, {complete} · {} · đồng hồ lệch {} giây",
            at(heard.last_contact_ms),
            c.waiting,
            heard.software,
            heard.clock_offset_ms / 1_000,
        );
    }
}
