//! The consolidated picture of one period: what every report, in every format, is laid out from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::explanation::{Judgement, Tally, Verdict};
use crate::field::Candidate;
use crate::id::{Lsn, RecordId};
use crate::model::{Merges, Model};
use crate::period::Period;
use crate::point::{Point, YearRating};
use crate::rule_pack::RulePack;
use crate::rules::counting::{Standing, effect, is_eligible, standing, tally};
use crate::rules::half_points::judge_by_points;
use crate::rules::what_if;
use crate::schema::Kind;
use crate::text;
use crate::tree::Tree;
use crate::unit::{CatalogueId, Unit, UnitCode};

pub use points::{PointLine, point_lines};
use trees::Reports;
pub use trees::{TreeSums, sums_of};

mod points;
mod trees;

/// What a report saw: made again from its cut it is byte-identical (I7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The last entry of the hub's log that was seen.
    pub lsn: Lsn,
    /// The tree root of the log at that entry: 64 hexadecimal digits.
    pub root: String,
    /// The rule pack.
    pub rule_pack: String,
    /// The day as of whose end figures are taken.
    pub cut_off: NaiveDate,
}

/// All that goes into a consolidation.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// What is covered.
    pub period: Period,
    /// What was seen.
    pub cut: Cut,
    /// Parameters.
    pub pack: &'a RulePack,
    /// The tree whose units report to its top, the province.
    pub tree: &'a Tree,
    /// All models, merged ones included.
    pub models: &'a [Model],
    /// All points.
    pub points: &'a [Point],
    /// For each unit that has sent anything, when its last entry up to the cut arrived.
    pub received: &'a BTreeMap<UnitCode, DateTime<Utc>>,
    /// Contests that nobody has settled.
    pub contests: Vec<OpenContest>,
    /// For each unit, what it handed in for the period.
    pub handed_in: &'a BTreeMap<UnitCode, HandedIn>,
    /// Recognised exemplars, in any order.
    pub exemplars: Vec<Exemplar>,
    /// Models proposed for notice in the quarter, or in the quarters of the period.
    pub nominations: Vec<Nominated>,
}

/// What a unit handed in for a period (letter 4267, 1.d).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedIn {
    /// Its record.
    pub id: RecordId,
    /// Where it stands.
    pub state: crate::rules::submission::State,
    /// Whether it was in time.
    pub timeliness: crate::rules::timeliness::Timeliness,
    /// The act, by the unit's clock.
    pub handed_in_at: DateTime<Utc>,
    /// When it came to the hub.
    pub received_at: Option<DateTime<Utc>>,
    /// An explicit report of nothing.
    pub nothing: bool,
}

/// A recognised exemplar (điển hình tiên tiến).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exemplar {
    /// Its record.
    pub id: RecordId,
    /// Person or collective.
    pub name: String,
    /// Where.
    pub address: String,
    /// For what.
    pub achievement: String,
    /// Number and date of the decision that recognised it.
    pub decision: String,
    /// That date.
    pub decision_date: Option<NaiveDate>,
    /// Form of reward, in words.
    pub reward: String,
}

/// A model proposed for notice (letter 4267, 1.b and 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nominated {
    /// Its record.
    pub id: RecordId,
    /// Who proposes.
    pub unit: String,
    /// The model's name.
    pub model: String,
    /// The quarter, `2022-Q4`.
    pub quarter: String,
    /// The case of 1.b, in words.
    pub case: String,
    /// What the province has decided, in words.
    pub state: String,
    /// The case of 2 on which it is proposed to the Ministry, in words.
    pub basis: Option<String>,
}

/// A contest nobody had settled at the cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenContest {
    /// Its identifier.
    pub id: String,
    /// The record.
    pub record: RecordId,
    /// The record's kind code.
    pub kind: String,
    /// What people call the record.
    pub name: String,
    /// The key of the field, e.g. `teams` or `ratings/2022`.
    pub field: String,
    /// Its label.
    pub label: String,
    /// The values, the owner unit's first.
    pub candidates: Vec<Candidate>,
    /// Whether one choice gives another verdict than another; [`consolidate`] finds out.
    pub may_change_verdict: bool,
}

/// The consolidated figures, and everything a report prints beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// `annual`, `half-year` or `quarter`.
    pub kind: &'static str,
    /// `2022` or `2022-Q4`.
    pub period: String,
    /// What was seen.
    pub cut: Cut,
    /// Sums over the province.
    pub totals: Totals,
    /// Every model that has points, in Vietnamese order of names.
    pub models: Vec<ModelFigures>,
    /// Every unit that reports to the province, in the order of the catalogue.
    pub units: Vec<UnitFigures>,
    /// Units from which nothing has arrived (R21).
    pub missing_units: Vec<UnitName>,
    /// Contests that nobody had settled.
    pub contests: Vec<OpenContest>,
    /// Sums that must agree, both ways of counting beside each other (R20).
    pub reconciliation: Vec<Reconciliation>,
    /// Exemplars recognised in the period, in Vietnamese order of names.
    pub exemplars: Vec<Exemplar>,
    /// Models proposed for notice.
    pub nominations: Vec<Nominated>,
    /// What differs from the report of this period that was issued before.
    pub changes: Option<crate::changes::Changes>,
    /// The province.
    pub province: UnitName,
    /// The catalogue whose units report; told only where another one was, or came after (R31).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<CatalogueId>,
    /// `năm 2022`, for titles.
    #[serde(skip)]
    pub title: String,
    /// First day of the period.
    #[serde(skip)]
    pub from: NaiveDate,
    /// The levels of the rule pack, for the columns of the statistics form.
    #[serde(skip)]
    pub levels: Vec<(String, String)>,
}

/// A unit by code and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitName {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
}

/// Sums over the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Models with at least one counted point.
    pub models: u32,
    /// Counted points.
    pub points: u32,
    /// Teams at counted points.
    pub teams: u64,
    /// Members at counted points.
    pub members: u64,
    /// Spontaneous points waiting for recognition; not counted (R4).
    pub spontaneous_pending: u32,
    /// Points ended in the period, or without a date.
    pub ended: u32,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Models judged effective.
    pub effective_models: u32,
    /// Models judged not effective.
    pub not_effective_models: u32,
    /// Models whose ratings do not suffice.
    pub undetermined_models: u32,
    /// Models without a point old enough.
    pub not_rated_models: u32,
}

/// One model's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelFigures {
    /// Its record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Fields of work.
    pub fields: Option<String>,
    /// The unit that runs it, or `Nhiều đơn vị` when several do.
    pub lead_unit: String,
    /// Year of the first decision among its points, with that decision's number.
    pub founded: Option<String>,
    /// Counted points.
    pub points: u32,
    /// Their teams.
    pub teams: u64,
    /// Their members.
    pub members: u64,
    /// Old enough to be rated.
    pub eligible: u32,
    /// Rated at an effective level.
    pub effective: u32,
    /// Eligible and not rated.
    pub unrated: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Points ended in the period.
    pub ended: u32,
    /// Spontaneous points waiting for recognition.
    pub spontaneous_pending: u32,
    /// Eligible points by level code.
    pub by_level: BTreeMap<String, u32>,
    /// One sentence: why this verdict.
    pub why: String,
}

/// One reporting unit's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitFigures {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// Models with a counted point in it.
    pub models: u32,
    /// Counted points.
    pub points: u32,
    /// Their teams.
    pub teams: u64,
    /// Their members.
    pub members: u64,
    /// Eligible points.
    pub eligible: u32,
    /// Points rated at an effective level.
    pub effective: u32,
    /// Counted points whose decision is dated in the period.
    pub new_points: u32,
    /// Points ended in the period.
    pub ended: u32,
    /// Spontaneous points waiting for recognition.
    pub spontaneous_pending: u32,
    /// When the last entry seen from it arrived.
    pub as_of: Option<DateTime<Utc>>,
    /// Whether anything has arrived from it.
    pub received: bool,
    /// What it handed in for the period.
    pub handed_in: Option<HandedIn>,
}

/// Two ways of counting one thing (R20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// What is compared, in Vietnamese.
    pub what: String,
    /// The left side in words and numbers.
    pub left: String,
    /// The right side.
    pub right: String,
    /// Whether they agree.
    pub holds: bool,
}

/// Judges every model that has points, after merges, for the ratings of `year`.
///
/// Returns for each model that stands for itself its points and its judgement, in the order of
/// identifiers.
#[must_use]
pub fn judge_all<'a>(
    models: &'a [Model],
    points: &'a [Point],
    year: i32,
    cut_off: NaiveDate,
    pack: &RulePack,
) -> BTreeMap<RecordId, (Vec<&'a Point>, Judgement)> {
    let merges = Merges::of(models);
    let mut by_model: BTreeMap<RecordId, Vec<&Point>> = BTreeMap::new();
    for point in points {
        if let Some(model) = point.model {
            by_model.entry(merges.target(model)).or_default().push(point);
        }
    }
    let judge =
        |points: &[&'a Point]| judge_by_points(tally(points.iter().copied(), year, cut_off, pack), cut_off, pack);
    by_model.into_iter().map(|(id, points)| (id, (points.clone(), judge(&points)))).collect()
}

/// Consolidates one period (letter 4267, 2, third dash; R1–R12, R20, R21).
#[must_use]
pub fn consolidate(input: Input<'_>) -> Figures {
    let Input { period, pack, tree, .. } = input;
    let contests = weighed(&input);
    let reports = Reports::of(tree, input.points);
    let names: HashMap<RecordId, &Model> = input.models.iter().map(|m| (m.id, m)).collect();
    let judged = judge_all(input.models, input.points, period.year, period.cut_off, pack);
    let mut models: Vec<ModelFigures> = judged
        .iter()
        .map(|(id, (points, judgement))| model_line(*id, names.get(id).copied(), points, judgement, &input, &reports))
        .collect();
    models.sort_by(|a, b| text::compare(&a.name, &b.name).then(a.id.cmp(&b.id)));
    models.retain(|m| m.points + m.ended + m.spontaneous_pending > 0);

    let merges = Merges::of(input.models);
    let by_unit = reports.by_unit(input.points);
    let province = tree.catalogue.unit(&tree.root);
    let own = province.filter(|p| by_unit.contains_key(&p.code));
    let units: Vec<UnitFigures> = tree
        .catalogue
        .children(&tree.root)
        .chain(own)
        .map(|unit| unit_line(unit, by_unit.get(&unit.code).map_or(&[][..], Vec::as_slice), &merges, &input))
        .collect();

    let judged_as = |v: Verdict| models.iter().filter(|m| m.points > 0 && m.verdict == v).count() as u32;
    let totals = Totals {
        models: models.iter().filter(|m| m.points > 0).count() as u32,
        points: models.iter().map(|m| m.points).sum(),
        teams: models.iter().map(|m| m.teams).sum(),
        members: models.iter().map(|m| m.members).sum(),
        spontaneous_pending: models.iter().map(|m| m.spontaneous_pending).sum(),
        ended: models.iter().map(|m| m.ended).sum(),
        new_points: models.iter().map(|m| m.new_points).sum(),
        effective_models: judged_as(Verdict::Effective),
        not_effective_models: judged_as(Verdict::NotEffective),
        undetermined_models: judged_as(Verdict::Undetermined),
        not_rated_models: judged_as(Verdict::NotRated),
    };
    let missing_units = units
        .iter()
        .filter(|u| !u.received && u.code != tree.root)
        .map(|u| UnitName { code: u.code.clone(), name: u.name.clone() })
        .collect();
    Figures {
        kind: period.kind.code(),
        period: period.to_string(),
        reconciliation: reconcile(&totals, &models, &units, &input),
        tree: tree.has_others().then(|| tree.catalogue.id.clone()),
        totals,
        models,
        units,
        missing_units,
        province: UnitName { code: tree.root.clone(), name: province.map_or_else(String::new, |p| p.name.clone()) },
        title: period.title(),
        from: period.from,
        levels: pack.levels.iter().map(|l| (l.code.clone(), l.label.clone())).collect(),
        exemplars: recognised(&input),
        changes: None,
        nominations: input.nominations,
        cut: input.cut,
        contests,
    }
}

/// The open contests, each with whether its choice decides a verdict.
fn weighed(input: &Input<'_>) -> Vec<OpenContest> {
    let is_weighty = |c: &OpenContest| c.kind == Kind::Point.code() && what_if::matters(&c.field);
    let mut contests = input.contests.clone();
    if !contests.iter().any(is_weighty) {
        return contests;
    }
    let merges = Merges::of(input.models);
    let mut by_model: HashMap<RecordId, Vec<&Point>> = HashMap::new();
    let by_id: HashMap<RecordId, &Point> = input.points.iter().map(|p| (p.id, p)).collect();
    for point in input.points {
        if let Some(model) = point.model {
            by_model.entry(merges.target(model)).or_default().push(point);
        }
    }
    for contest in contests.iter_mut().filter(|c| is_weighty(c)) {
        let Some(point) = by_id.get(&contest.record) else { continue };
        let Some(model) = point.model.map(|m| merges.target(m)) else { continue };
        let others = by_model.get(&model).map_or(&[][..], Vec::as_slice);
        let values = contest.candidates.iter().map(|c| &c.value);
        let rules = (&input.period, input.pack);
        let outcomes = what_if::outcomes(model, point, &contest.field, values, others, &merges, rules);
        contest.may_change_verdict = what_if::tip_the_verdict(&outcomes);
    }
    contests
}

fn recognised(input: &Input<'_>) -> Vec<Exemplar> {
    let in_period = |e: &&Exemplar| e.decision_date.is_some_and(|d| input.period.contains(d));
    let mut all: Vec<Exemplar> = input.exemplars.iter().filter(in_period).cloned().collect();
    all.sort_by(|a, b| text::compare(&a.name, &b.name).then(a.id.cmp(&b.id)));
    all
}

/// Sums over some points that tables of models and of units share.
#[derive(Default)]
struct Sums {
    tally: Tally,
    teams: u64,
    members: u64,
    new_points: u32,
    ended: u32,
    spontaneous_pending: u32,
}

fn sums(points: &[&Point], period: &Period, pack: &RulePack) -> Sums {
    let mut s = Sums { tally: tally(points.iter().copied(), period.year, period.cut_off, pack), ..Sums::default() };
    for point in points {
        match standing(point, period.cut_off) {
            Standing::Counted => {
                s.teams += u64::from(point.teams);
                s.members += u64::from(point.members);
                s.new_points += u32::from(point.decision_date.is_some_and(|d| period.contains(d)));
            }
            Standing::Ended => s.ended += u32::from(point.ended_on.is_none_or(|d| period.contains(d))),
            Standing::SpontaneousPending => s.spontaneous_pending += 1,
            Standing::NotYet => {}
        }
    }
    s
}

fn model_line(
    id: RecordId,
    model: Option<&Model>,
    points: &[&Point],
    judgement: &Judgement,
    input: &Input<'_>,
    reports: &Reports<'_>,
) -> ModelFigures {
    let period = &input.period;
    let s = sums(points, period, input.pack);
    let counted: Vec<&&Point> = points.iter().filter(|p| standing(p, period.cut_off) == Standing::Counted).collect();
    let leads: BTreeSet<&UnitCode> = counted.iter().filter_map(|p| reports.unit_of(p)).map(|u| &u.code).collect();
    let lead_unit = match leads.len() {
        0 => String::new(),
        1 => leads.iter().filter_map(|c| input.tree.catalogue.unit(c)).map(|u| u.name.clone()).collect(),
        n => format!("{} đơn vị", text::padded(n as u64)),
    };
    let first = counted.iter().filter_map(|p| Some((p.decision_date?, p.id, p.decision_no.as_deref()))).min();
    let founded = first.map(|(date, _, no)| match no {
        Some(no) => format!("{} ({no})", date.format("%Y")),
        None => date.format("%Y").to_string(),
    });
    let mut by_level: BTreeMap<String, u32> = BTreeMap::new();
    for point in &counted {
        if let (true, Some(YearRating::Rated(level))) =
            (is_eligible(point, period.cut_off, input.pack), point.ratings.get(&period.year))
        {
            *by_level.entry(level.clone()).or_default() += 1;
        }
    }
    ModelFigures {
        id,
        name: model.map_or_else(|| format!("(mô hình chưa nhận được {id})"), |m| m.name.clone()),
        fields: model.and_then(|m| m.fields.clone()),
        lead_unit,
        founded,
        points: s.tally.points,
        teams: s.teams,
        members: s.members,
        eligible: s.tally.eligible,
        effective: s.tally.effective,
        unrated: s.tally.unrated,
        verdict: judgement.verdict,
        new_points: s.new_points,
        ended: s.ended,
        spontaneous_pending: s.spontaneous_pending,
        by_level,
        why: judgement.explanation.sentence.clone(),
    }
}

fn unit_line(unit: &Unit, points: &[&Point], merges: &Merges, input: &Input<'_>) -> UnitFigures {
    let s = sums(points, &input.period, input.pack);
    let models: BTreeSet<RecordId> = points
        .iter()
        .filter(|p| standing(p, input.period.cut_off) == Standing::Counted)
        .filter_map(|p| p.model)
        .map(|m| merges.target(m))
        .collect();
    let as_of = input.received.get(&unit.code).copied();
    UnitFigures {
        code: unit.code.clone(),
        name: unit.name.clone(),
        models: models.len() as u32,
        points: s.tally.points,
        teams: s.teams,
        members: s.members,
        eligible: s.tally.eligible,
        effective: s.tally.effective,
        new_points: s.new_points,
        ended: s.ended,
        spontaneous_pending: s.spontaneous_pending,
        as_of,
        received: as_of.is_some(),
        handed_in: input.handed_in.get(&unit.code).cloned(),
    }
}

fn reconcile(
    totals: &Totals,
    models: &[ModelFigures],
    units: &[UnitFigures],
    input: &Input<'_>,
) -> Vec<Reconciliation> {
    let Period { from, cut_off, .. } = input.period;
    let eve = from - Days::new(1);
    let (mut opening, mut added, mut gone) = (0_u64, 0_u64, 0_u64);
    for point in input.points {
        let opened = standing(point, eve) == Standing::Counted;
        let decided = point.decision_date.is_some_and(|d| input.period.contains(d));
        let closed = standing(point, cut_off) == Standing::Counted;
        opening += u64::from(opened);
        added += u64::from(!opened && decided);
        gone += u64::from((opened || decided) && !closed);
    }
    let points = u64::from(totals.points);
    let by_units: u64 = units.iter().map(|u| u64::from(u.points)).sum();
    let models_by_units: u64 = units.iter().map(|u| u64::from(u.models)).sum();
    let eligible: u64 = models.iter().map(|m| u64::from(m.eligible)).sum();
    let rated: u64 = models.iter().flat_map(|m| m.by_level.values()).map(|n| u64::from(*n)).sum();
    let open: u64 = input
        .points
        .iter()
        .filter(|p| {
            p.model.is_some() && standing(p, cut_off) == Standing::Counted && is_eligible(p, cut_off, input.pack)
        })
        .filter(|p| !matches!(p.ratings.get(&input.period.year), Some(YearRating::Rated(_))))
        .count() as u64;
    let n = text::thousands;
    let line = |what: &str, left: String, right: String, holds: bool| Reconciliation {
        what: what.to_owned(),
        left,
        right,
        holds,
    };
    let mut lines = vec![
        line("Tổng số điểm của các đơn vị bằng số điểm toàn tỉnh", n(by_units), n(points), by_units == points),
        line(
            "Số mô hình toàn tỉnh không vượt tổng số mô hình của các đơn vị",
            n(u64::from(totals.models)),
            n(models_by_units),
            u64::from(totals.models) <= models_by_units,
        ),
        line(
            "Điểm đầu kỳ + mới trong kỳ (cả điểm đã chấm dứt) − chấm dứt (điểm đã được tính) = điểm cuối kỳ",
            format!("{} + {} − {}", n(opening), n(added), n(gone)),
            n(points),
            opening + added == gone + points,
        ),
        line(
            "Điểm theo mức xếp loại + chưa xếp loại = điểm đủ điều kiện",
            format!("{} + {}", n(rated), n(open)),
            n(eligible),
            rated + open == eligible,
        ),
    ];
    lines.extend(trees::reconcile(input));
    lines
}

/// How many points of a unit still wait for a rating of `year`.
#[must_use]
pub fn unrated_points<'a>(points: &'a [Point], year: i32, cut_off: NaiveDate, pack: &RulePack) -> Vec<&'a Point> {
    use crate::rules::counting::Effect;
    points
        .iter()
        .filter(|p| standing(p, cut_off) == Standing::Counted && is_eligible(p, cut_off, pack))
        .filter(|p| matches!(effect(p, year, pack), Effect::Unrated | Effect::Contested))
        .collect()
}
