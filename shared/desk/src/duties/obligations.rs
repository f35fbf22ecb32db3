//! Who owes what: the matrix of reporting units and duties (letter 4267, 1.b–1.d; R6, R21; UX §5).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use keng_domain::explanation::Tally;
use keng_domain::id::RecordId;
use keng_domain::period::{Period, rating_due};
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePacks;
use keng_domain::rules::counting::rating_duty;
use keng_domain::rules::submission::State as SubmissionState;
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};
use keng_store::{Role, Store, StoreError};
use serde::{Serialize, Serializer};

use super::machines::Machines;
use super::nominations::{self, Nomination, State as NominationState};
use super::submissions::{self, Submission};
use crate::clock;
use crate::names::Names;

/// What a cell of the matrix says. Words on screens: [`CellState::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CellState {
    /// Quá hạn: due, and nothing was handed in.
    Overdue,
    /// Trả lại.
    Returned,
    /// Đã trình; of ratings: all are there, and the province has to choose where raters disagree (R12).
    HandedIn,
    /// Đang soạn: figures have come, nothing was handed in, and there is time; of ratings: some are there.
    Drafting,
    /// Chưa có số liệu: nothing has ever come that could be rated, which is not to say that there is nothing.
    Unknown,
    /// Chưa đến hạn.
    NotDue,
    /// Không phát sinh: a report of nothing, a quarter without a nomination, a year without a point to rate.
    Nothing,
    /// Đã nhận; of ratings: all are there.
    Accepted,
    /// Không thuộc kỳ này: the unit was not there yet, or no longer (R31).
    NotOwed,
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
            Self::Unknown => "Chưa có số liệu",
            Self::NotDue => "Chưa đến hạn",
            Self::Nothing => "Không phát sinh",
            Self::Accepted => "Đã nhận",
            Self::NotOwed => "Không thuộc kỳ này",
        }
    }
}

/// What kind of thing is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DutyKind {
    /// A quarter's nomination of good models (letter 4267, 1.b). Owed by nobody: a unit without a good model
    /// proposes none.
    Nomination,
    /// A half-year or annual report (1.d).
    Report,
    /// The year's rating of every point that is old enough (1.c; R6, R7).
    Rating,
}

/// What a unit owes in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Its kind.
    #[serde(rename = "duty")]
    pub kind: DutyKind,
    /// For which period; ratings are judged by the annual one.
    #[serde(serialize_with = "by_id")]
    pub period: Period,
    /// The first day that is late.
    pub due: NaiveDate,
}

fn by_id<S: Serializer>(period: &Period, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&period.id())
}

impl Duty {
    /// The report of a half year or year.
    #[must_use]
    pub fn report(period: Period) -> Self {
        Self { kind: DutyKind::Report, period, due: period.due() }
    }

    /// As screens and letters call it: `Báo cáo năm 2022`, `Đề xuất quý IV năm 2022`.
    #[must_use]
    pub fn title(&self) -> String {
        match self.kind {
            DutyKind::Nomination => format!("Đề xuất {}", self.period.title()),
            DutyKind::Report => format!("Báo cáo {}", self.period.title()),
            DutyKind::Rating => format!("Đánh giá, xếp loại {}", self.period.title()),
        }
    }

    /// How late it is on `today`: the first late day is one, for "0 ngày" would read as punctual. `None`
    /// while there is time.
    #[must_use]
    pub fn days_late(&self, today: NaiveDate) -> Option<u64> {
        u64::try_from((today - self.due).num_days()).ok().map(|days| days + 1)
    }
}

/// One unit's duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What is owed.
    #[serde(flatten)]
    pub duty: Duty,
    /// Where it stands.
    pub state: CellState,
    /// Days late, for what is overdue; the first late day is one.
    pub days_late: Option<u64>,
    /// Whether what was handed in was in time.
    pub timeliness: Option<Timeliness>,
    /// The submission or nomination.
    pub record: Option<RecordId>,
    /// The unit's points, where the duty is to rate them, as [`rating_duty`] counts them.
    pub tally: Option<Tally>,
}

impl Cell {
    /// Whether somebody still has to act when its year is over: the unit, or the province with what was handed in.
    /// Of ratings the unit alone, for what raters disagree about is a contest.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.state {
            CellState::Overdue | CellState::Returned => true,
            CellState::HandedIn => self.duty.kind != DutyKind::Rating,
            _ => false,
        }
    }

    /// Whether it waits for the unit though it is late: not handed in, sent back, or not rated. Quarters are
    /// never owed.
    #[must_use]
    pub fn is_late(&self, today: NaiveDate) -> bool {
        self.duty.kind != DutyKind::Nomination
            && matches!(self.state, CellState::Overdue | CellState::Returned)
            && self.duty.days_late(today).is_some()
    }
}

/// One unit's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The catalogue that has the unit.
    pub catalogue: CatalogueId,
    /// Its code.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// Its duties, in the order of [`duties`].
    pub cells: Vec<Cell>,
    /// What its machines said last; at the hub.
    #[serde(skip)]
    pub machines: Machines,
}

impl Row {
    /// The unit in its own catalogue.
    #[must_use]
    pub fn key(&self) -> UnitKey {
        UnitKey::new(&self.catalogue, &self.unit)
    }
}

/// The duties of a year in the order of their deadlines.
#[must_use]
pub fn duties(year: i32, packs: &RulePacks) -> Vec<Duty> {
    let nomination = |period: Period| Duty { kind: DutyKind::Nomination, period, due: period.due() };
    let mut all: Vec<Duty> = (1..=4).map(|q| nomination(packs.quarter(year, q))).collect();
    all.push(Duty::report(packs.half_year(year)));
    let due = rating_due(year, &packs.of_year(year).periods);
    all.push(Duty { kind: DutyKind::Rating, period: packs.annual(year), due });
    all.push(Duty::report(packs.annual(year)));
    all.sort_by_key(|d| d.due);
    all
}

/// The matrix of `year` as of `today` (in Việt Nam), with `points` all that the store has: every unit that
/// reports to the province, or the own one alone at a node. Who owed a duty is told by the units of the day
/// before it was due (R31): in a year of change the units of before and after stand below one another.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn matrix(store: &Store, points: &[Point], year: i32, today: NaiveDate) -> Result<Vec<Row>, StoreError> {
    rows(store, points, &Sent::of(store)?, year, today)
}

/// What work lists tell: New Year settles nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The matrix of this year.
    pub rows: Vec<Row>,
    /// Of last year's, the cells that are still open, and the units that have some.
    pub earlier: Vec<Row>,
}

/// The matrix of the year of `today`, and what last year has left open: see [`matrix`].
///
/// # Errors
/// As [`matrix`].
pub fn present(store: &Store, points: &[Point], today: NaiveDate) -> Result<Present, StoreError> {
    let (sent, year) = (Sent::of(store)?, today.year());
    let asked_last_year = store.log_began_ms()?.is_some_and(|ms| clock::in_vietnam(ms).year() < year);
    let mut earlier = if asked_last_year { rows(store, points, &sent, year - 1, today)? } else { Vec::new() };
    earlier.iter_mut().for_each(|row| row.cells.retain(Cell::is_open));
    earlier.retain(|row| !row.cells.is_empty());
    Ok(Present { rows: rows(store, points, &sent, year, today)?, earlier })
}

/// What units have handed in, of all years.
struct Sent {
    submissions: Vec<Submission>,
    nominations: Vec<Nomination>,
}

impl Sent {
    fn of(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { submissions: submissions::list(store, None)?, nominations: nominations::list(store)? })
    }
}

fn rows(store: &Store, points: &[Point], sent: &Sent, year: i32, today: NaiveDate) -> Result<Vec<Row>, StoreError> {
    let packs = store.rule_packs()?;
    let (pack, duties) = (packs.of_year(year), duties(year, &packs));
    let mut nominated: BTreeMap<&UnitCode, Vec<&Nomination>> = BTreeMap::new();
    for n in &sent.nominations {
        nominated.entry(&n.unit).or_default().push(n);
    }
    let grounds = grounds(store, points, &duties)?;
    let is_node = store.identity().role == Role::Node;
    let nodes = if is_node { Vec::new() } else { store.nodes()? };
    let mut rows = Vec::new();
    for ground in &grounds {
        for unit in &ground.units {
            let last = ground.received.get(unit).map(|at| clock::in_vietnam(at.timestamp_millis()).date_naive());
            let own = nominated.get(unit).map_or(&[][..], Vec::as_slice);
            let to_rate = |duty: &Duty| {
                let points = ground.points.get(unit).map_or(&[][..], Vec::as_slice);
                rating_duty(points.iter().copied(), year, duty.period.cut_off, pack)
            };
            let cells = duties.iter().map(|duty| match duty.kind {
                _ if !ground.owes(unit, duty) => plain(*duty, CellState::NotOwed),
                DutyKind::Nomination => of_quarter(*duty, own, today),
                DutyKind::Report => of_period(*duty, &sent.submissions, unit, last, today),
                DutyKind::Rating => of_ratings(*duty, to_rate(duty), last.is_some() || is_node, today),
            });
            rows.push(Row {
                catalogue: ground.names.tree.catalogue.id.clone(),
                name: ground.names.unit(unit),
                cells: cells.collect(),
                machines: Machines::of(&nodes, &ground.names.tree, unit),
                unit: unit.clone(),
            });
        }
    }
    Ok(rows)
}

/// The units of one tree, what they owe by it and what is known of them.
struct Ground<'a> {
    names: Names,
    duties: Vec<Duty>,
    units: Vec<UnitCode>,
    received: BTreeMap<UnitCode, DateTime<Utc>>,
    points: BTreeMap<UnitCode, Vec<&'a Point>>,
}

impl Ground<'_> {
    /// Whether a unit owed a duty: by its tree, and because it had begun.
    fn owes(&self, unit: &UnitCode, duty: &Duty) -> bool {
        let begun = self.names.tree.catalogue.unit(unit).and_then(|u| u.valid_from);
        self.duties.contains(duty) && begun.is_none_or(|from| from <= duty.period.cut_off)
    }
}

/// One for each tree by which some of the `duties` were owed; at a node for its own unit alone.
fn grounds<'a>(store: &Store, points: &'a [Point], duties: &[Duty]) -> Result<Vec<Ground<'a>>, StoreError> {
    let identity = store.identity();
    let own = (identity.role == Role::Node).then(|| identity.unit_key());
    let mut grounds: Vec<Ground<'a>> = Vec::new();
    for duty in duties {
        let tree = store.tree(duty.period.cut_off)?;
        let is_owed = own.as_ref().is_none_or(|key| tree.units.is_valid(key, duty.period.cut_off));
        let owed = is_owed.then_some(*duty);
        if let Some(ground) = grounds.iter_mut().find(|g| g.names.tree.catalogue.id == tree.catalogue.id) {
            ground.duties.extend(owed);
            continue;
        }
        let names = Names::by(store, tree)?;
        grounds.push(Ground {
            units: match &own {
                Some(key) => vec![key.code.clone()],
                None => names.tree.catalogue.children(&names.tree.root).map(|u| u.code.clone()).collect(),
            },
            received: crate::consolidation::received(store, &names)?,
            points: by_unit(&names, points, own.as_ref()),
            duties: owed.into_iter().collect(),
            names,
        });
    }
    Ok(grounds)
}

/// The points by the unit that answers for them in the tree of `names`; those of `only` alone, if given.
fn by_unit<'a>(names: &Names, points: &'a [Point], only: Option<&UnitKey>) -> BTreeMap<UnitCode, Vec<&'a Point>> {
    let tree = &names.tree;
    // Many points lie in few areas.
    let mut places: BTreeMap<UnitKey, Option<UnitCode>> = BTreeMap::new();
    let mut by_unit: BTreeMap<UnitCode, Vec<&Point>> = BTreeMap::new();
    for point in points {
        let key = point.unit_key();
        let place = places.entry(key.clone()).or_insert_with(|| match only {
            Some(own) => tree.is_within(&key, own).then(|| own.code.clone()),
            None => tree.reporting_unit(&key).map(|u| u.code.clone()),
        });
        if let Some(unit) = place {
            by_unit.entry(unit.clone()).or_default().push(point);
        }
    }
    by_unit
}

fn plain(duty: Duty, state: CellState) -> Cell {
    Cell { duty, state, days_late: None, timeliness: None, record: None, tally: None }
}

fn of_period(
    duty: Duty,
    all: &[Submission],
    unit: &UnitCode,
    last_received: Option<NaiveDate>,
    today: NaiveDate,
) -> Cell {
    let Some(s) = submissions::standing(all, unit, &duty.period) else {
        return match duty.days_late(today) {
            Some(days) => Cell { days_late: Some(days), ..plain(duty, CellState::Overdue) },
            None if last_received.is_some_and(|d| duty.period.contains(d)) => plain(duty, CellState::Drafting),
            None => plain(duty, CellState::NotDue),
        };
    };
    let state = match s.state {
        SubmissionState::Returned => CellState::Returned,
        SubmissionState::Accepted if s.nothing => CellState::Nothing,
        SubmissionState::Accepted => CellState::Accepted,
        SubmissionState::HandedIn | SubmissionState::Replaced => CellState::HandedIn,
    };
    Cell { timeliness: Some(s.punctuality.timeliness), record: Some(s.id), ..plain(duty, state) }
}

/// A quarter is owed by nobody: a unit without a good model proposes none.
fn of_quarter(duty: Duty, own: &[&Nomination], today: NaiveDate) -> Cell {
    let of: Vec<&&Nomination> = own.iter().filter(|n| n.quarter == duty.period).collect();
    let worst = of.iter().min_by_key(|n| match n.state {
        NominationState::Returned => 0,
        NominationState::HandedIn | NominationState::Received => 1,
        NominationState::Draft => 2,
        NominationState::Selected | NominationState::Proposed => 3,
    });
    let Some(n) = worst else {
        return plain(duty, if today >= duty.due { CellState::Nothing } else { CellState::NotDue });
    };
    let state = match n.state {
        NominationState::Returned => CellState::Returned,
        // Taken before it, it still waits for the province.
        NominationState::HandedIn | NominationState::Received => CellState::HandedIn,
        NominationState::Draft => CellState::Drafting,
        NominationState::Selected | NominationState::Proposed => CellState::Accepted,
    };
    Cell { timeliness: n.assessment.timeliness, record: Some(n.id), ..plain(duty, state) }
}

/// What a unit still has to rate is late with it; what its raters disagree about waits for the province.
fn of_ratings(duty: Duty, tally: Tally, is_heard: bool, today: NaiveDate) -> Cell {
    let open = tally.unrated - tally.contested;
    let late = duty.days_late(today);
    let state = match (tally.eligible, open, late) {
        (0, _, None) => CellState::NotDue,
        (0, _, Some(_)) if !is_heard => CellState::Unknown,
        (0, _, Some(_)) => CellState::Nothing,
        (_, 0, _) if tally.contested > 0 => CellState::HandedIn,
        (_, 0, _) => CellState::Accepted,
        (_, _, Some(_)) => CellState::Overdue,
        (all, open, None) if open < all => CellState::Drafting,
        _ => CellState::NotDue,
    };
    Cell { days_late: late.filter(|_| state == CellState::Overdue), tally: Some(tally), ..plain(duty, state) }
}

#[cfg(test)]
mod tests {
    use super::{CellState, DutyKind, NaiveDate, Tally, duties, of_ratings};
    use keng_domain::rule_pack::{MonthDay, RulePack};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Letter 4267, 1.c: "hằng năm … đánh giá, xếp loại". No text names the day; unless the rule pack does,
    /// it is that of the annual report.
    #[test]
    fn points_are_to_be_rated_before_the_annual_report_is_due() {
        let mut pack = RulePack::kontum_2022();
        pack.periods.rating_due = None;
        let duty = |pack: &RulePack| {
            duties(2022, &pack.clone().into())
                .into_iter()
                .find(|d| d.kind == DutyKind::Rating)
                .expect("the year has it")
        };
        assert_eq!(duty(&pack).due, day("2022-11-10"));
        pack.periods.rating_due = Some(MonthDay { month: 10, day: 31 });
        assert_eq!(duty(&pack).due, day("2022-10-31"));
        assert_eq!(duties(2022, &pack.into()).len(), 7);
    }

    #[test]
    fn ratings_stand_where_the_points_of_the_unit_stand() {
        let duty =
            duties(2022, &RulePack::kontum_2022().into()).into_iter().find(|d| d.kind == DutyKind::Rating).unwrap();
        let at = |eligible, unrated, contested, today: &str| {
            let tally = Tally { points: eligible, eligible, effective: 0, unrated, contested };
            let cell = of_ratings(duty, tally, true, day(today));
            (cell.state, cell.days_late)
        };
        let silent = of_ratings(duty, Tally::default(), false, day("2022-11-10"));
        assert_eq!((silent.state, silent.days_late), (CellState::Unknown, None));
        assert_eq!(at(0, 0, 0, "2022-11-09"), (CellState::NotDue, None));
        assert_eq!(at(0, 0, 0, "2022-11-10"), (CellState::Nothing, None));
        assert_eq!(at(4, 4, 0, "2022-11-09"), (CellState::NotDue, None));
        assert_eq!(at(4, 1, 0, "2022-11-09"), (CellState::Drafting, None));
        assert_eq!(at(4, 1, 0, "2022-11-10"), (CellState::Overdue, Some(1)));
        assert_eq!(at(4, 2, 1, "2022-11-12"), (CellState::Overdue, Some(3)));
        // R12: raters have done their part; the province chooses.
        assert_eq!(at(4, 1, 1, "2022-11-12"), (CellState::HandedIn, None));
        assert_eq!(at(4, 0, 0, "2022-11-12"), (CellState::Accepted, None));
    }
}
