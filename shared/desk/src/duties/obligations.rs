//! Who owes what: the matrix of reporting units and periods (letter 4267, 1.b–1.d; R21; UX §5).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use keng_domain::period::{Period, PeriodKind};
use keng_domain::rules::submission::State as SubmissionState;
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::unit::UnitCode;
use keng_store::{Store, StoreError};
use serde::Serialize;

use super::nominations::{self, Nomination, State as NominationState};
use super::submissions::{self, Submission};
use crate::names::Names;

/// What a cell of the matrix says. Words on screens: [`CellState::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CellState {
    /// Quá hạn: due, and nothing was handed in.
    Overdue,
    /// Trả lại.
    Returned,
    /// Đã trình.
    HandedIn,
    /// Đang soạn: figures have come, nothing was handed in, and there is time.
    Drafting,
    /// Chưa đến hạn.
    NotDue,
    /// Không phát sinh: a report of nothing, or a quarter without a nomination.
    Nothing,
    /// Đã nhận.
    Accepted,
}

impl CellState {
    /// The word on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overdue => "Quá hạn",
            Self::Returned => "Trả lại",
            Self::HandedIn => "Đã trình",
            Self::Drafting => "Đang soạn",
            Self::NotDue => "Chưa đến hạn",
            Self::Nothing => "Không phát sinh",
            Self::Accepted => "Đã nhận",
        }
    }
}

/// One unit's duty for one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The period.
    pub period: String,
    /// Where it stands.
    pub state: CellState,
    /// Whole days since the first late one, for what is overdue.
    pub days_late: Option<i64>,
    /// Whether what was handed in was in time.
    pub timeliness: Option<Timeliness>,
    /// The submission or nomination.
    pub record: Option<keng_domain::id::RecordId>,
}

/// How late a period is on `today`: the first late day is one, for "0 ngày" would read as punctual.
/// `None` while there is time.
#[must_use]
pub fn days_late(period: &Period, today: NaiveDate) -> Option<u64> {
    u64::try_from((today - period.due()).num_days()).ok().map(|days| days + 1)
}

/// One unit's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its code.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// Its duties, in the order of [`periods`].
    pub cells: Vec<Cell>,
}

/// The duties of a year in the order of their deadlines.
#[must_use]
pub fn periods(year: i32, pack: &keng_domain::rule_pack::RulePack) -> Vec<Period> {
    let p = &pack.periods;
    let mut all: Vec<Period> = (1..=4).map(|q| Period::quarter(year, q, p)).collect();
    all.push(Period::half_year(year, p));
    all.push(Period::annual(year, p));
    all.sort_by_key(Period::due);
    all
}

/// The matrix of `year` as of `today` (in Việt Nam): every unit that reports to the province, or the
/// own one alone at a node.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn matrix(store: &Store, year: i32, today: NaiveDate) -> Result<Vec<Row>, StoreError> {
    // Who owed it then: by the units of that year's end (R31).
    let pack = store.rule_pack()?;
    let names = Names::by(store, store.tree(Period::annual(year, &pack.periods).cut_off)?)?;
    let periods = periods(year, &names.pack);
    let submissions = submissions::list(store, None)?;
    let nominations = nominations::list(store)?;
    let received = crate::consolidation::received(store, &names)?;
    let identity = store.identity();
    let units: Vec<UnitCode> = match identity.role {
        keng_store::Role::Node => vec![identity.unit.clone()],
        keng_store::Role::Hub => names.tree.catalogue.children(&names.tree.root).map(|u| u.code.clone()).collect(),
    };
    let mut by_unit: BTreeMap<&UnitCode, Vec<&Nomination>> = BTreeMap::new();
    for n in &nominations {
        by_unit.entry(&n.unit).or_default().push(n);
    }
    let row = |unit: UnitCode| {
        let last = received.get(&unit).map(|at| crate::clock::in_vietnam(at.timestamp_millis()).date_naive());
        let own = by_unit.get(&unit).map_or(&[][..], Vec::as_slice);
        let cells = periods
            .iter()
            .map(|period| match period.kind {
                PeriodKind::Quarter => of_quarter(period, own, today),
                PeriodKind::Annual | PeriodKind::HalfYear => of_period(period, &submissions, &unit, last, today),
            })
            .collect();
        Row { name: names.unit(&unit), unit, cells }
    };
    Ok(units.into_iter().map(row).collect())
}

fn of_period(
    period: &Period,
    all: &[Submission],
    unit: &UnitCode,
    last_received: Option<NaiveDate>,
    today: NaiveDate,
) -> Cell {
    let days = (today - period.due()).num_days();
    let empty = |state, days_late| Cell { period: period.id(), state, days_late, timeliness: None, record: None };
    let Some(s) = submissions::standing(all, unit, period) else {
        return match days >= 0 {
            true => empty(CellState::Overdue, Some(days)),
            false if last_received.is_some_and(|d| period.contains(d)) => empty(CellState::Drafting, None),
            false => empty(CellState::NotDue, None),
        };
    };
    let state = match s.state {
        SubmissionState::Returned => CellState::Returned,
        SubmissionState::Accepted if s.nothing => CellState::Nothing,
        SubmissionState::Accepted => CellState::Accepted,
        SubmissionState::HandedIn | SubmissionState::Replaced => CellState::HandedIn,
    };
    Cell { timeliness: Some(s.punctuality.timeliness), record: Some(s.id), ..empty(state, None) }
}

/// A quarter is owed by nobody: a unit without a good model proposes none.
fn of_quarter(period: &Period, own: &[&Nomination], today: NaiveDate) -> Cell {
    let of: Vec<&&Nomination> = own.iter().filter(|n| n.quarter == *period).collect();
    let worst = of.iter().min_by_key(|n| match n.state {
        NominationState::Returned => 0,
        NominationState::HandedIn => 1,
        NominationState::Draft => 2,
        NominationState::Selected | NominationState::Proposed => 3,
    });
    let Some(n) = worst else {
        let state = if today >= period.due() { CellState::Nothing } else { CellState::NotDue };
        return Cell { period: period.id(), state, days_late: None, timeliness: None, record: None };
    };
    let state = match n.state {
        NominationState::Returned => CellState::Returned,
        NominationState::HandedIn => CellState::HandedIn,
        NominationState::Draft => CellState::Drafting,
        NominationState::Selected | NominationState::Proposed => CellState::Accepted,
    };
    Cell { period: period.id(), state, days_late: None, timeliness: n.assessment.timeliness, record: Some(n.id) }
}
