//! Danh sách gọi: the units that are late, with what an officer needs before taking up the telephone.

use chrono::NaiveDate;
use keng_domain::unit::UnitCode;
use keng_store::{Store, StoreError};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::contacts::{self, Contact};
use super::machines::Machines;
use super::obligations::{self, CellState, Duty, Present, Row};
use crate::clock::{self, rfc3339};

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
    /// What its machines said last.
    pub machines: Machines,
}

/// A duty that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// What is owed.
    #[serde(flatten)]
    pub duty: Duty,
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// Not handed in, or sent back and not handed in again.
    pub state: CellState,
    /// Days late; the first late day is one.
    pub days: u64,
    /// Points that are not rated, where the duty is to rate them.
    pub unrated: Option<u32>,
}

/// The units that are late with a report or with the ratings of `year` as of `today`, the longest delay first.
///
/// # Errors
/// As [`obligations::matrix`].
pub fn list(store: &Store, year: i32, today: NaiveDate) -> Result<Vec<Call>, StoreError> {
    of_rows(store, obligations::matrix(store, &store.points()?, year, today)?, today)
}

/// The units that are late with anything of this year, or have left it open since last year.
///
/// # Errors
/// As [`obligations::present`].
pub fn present(store: &Store, today: NaiveDate) -> Result<Vec<Call>, StoreError> {
    let Present { mut rows, earlier } = obligations::present(store, &store.points()?, today)?;
    for last in earlier {
        match rows.iter_mut().find(|row| row.key() == last.key()) {
            Some(row) => row.cells.extend(last.cells),
            None => rows.push(last),
        }
    }
    of_rows(store, rows, today)
}

fn of_rows(store: &Store, rows: Vec<Row>, today: NaiveDate) -> Result<Vec<Call>, StoreError> {
    let mut calls = Vec::new();
    for row in rows {
        let cells = row.cells.iter().filter(|cell| cell.is_late(today));
        let mut late: Vec<Late> = cells
            .map(|cell| Late {
                duty: cell.duty,
                title: cell.duty.title(),
                state: cell.state,
                days: cell.duty.days_late(today).unwrap_or_default(),
                unrated: cell.tally.map(|t| t.unrated),
            })
            .collect();
        if late.is_empty() {
            continue;
        }
        late.sort_by_key(|l| std::cmp::Reverse(l.days));
        calls.push(Call {
            contact: contacts::of(store, &row.key())?,
            machines: row.machines,
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
        let heard = c.machines.heard.as_ref();
        json!({
            "unit": c.unit,
            "name": c.name,
            "late": c.late,
            "contact": c.contact,
            "last_contact": heard.map(|h| rfc3339(h.last_contact_ms)),
            "live": c.machines.live,
            "waiting": heard.map(|_| c.machines.waiting),
            "complete_to": c.machines.complete_to_ms.map(rfc3339),
            "software": heard.map(|h| &h.software),
            "clock_offset_ms": heard.map(|h| h.clock_offset_ms),
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
        let late: Vec<String> = c.late.iter().map(said).collect();
        println!("{} {} — {}", c.unit, c.name, late.join("; "));
        let officer = c.contact.officer.as_deref().unwrap_or("chưa ghi cán bộ đầu mối");
        println!("    {officer} · {}", c.contact.phone.as_deref().unwrap_or("chưa ghi số điện thoại"));
        let Some(heard) = &c.machines.heard else {
            println!("    chưa liên lạc lần nào");
            continue;
        };
        let complete = c
            .machines
            .complete_to_ms
            .map_or_else(|| "chưa lần nào gửi hết".to_owned(), |ms| format!("đủ đến {}", at(ms)));
        println!(
            "    liên lạc cuối {} · lúc đó còn chờ gửi {} mục, {complete} · {} · đồng hồ lệch {} giây",
            at(heard.last_contact_ms),
            c.machines.waiting,
            heard.software,
            heard.clock_offset_ms / 1_000,
        );
    }
}

fn said(late: &Late) -> String {
    let what = match late.unrated {
        Some(n) => format!("còn {n} điểm"),
        None => late.state.label().to_owned(),
    };
    format!("{} ({what}, quá hạn {} ngày)", late.title, late.days)
}
