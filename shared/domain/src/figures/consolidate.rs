//! From a cut to its figures: counting, judging, comparing the two ways of counting.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};

use super::contested;
use super::earlier;
use super::movement;
use super::rated;
use super::trees::{self, Reports};
use super::{Exemplar, Figures, Input, ModelFigures, Reconciliation, Totals, UnitFigures, UnitName};
use crate::explanation::{Judgement, Tally, Verdict};
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::period::Period;
use crate::point::{Point, YearRating};
use crate::rule_pack::RulePack;
use crate::rules::counting::{Effect, Standing, counts_from, effect, is_eligible, standing, tally};
use crate::rules::half_points::judge_by_points;
use crate::rules::spontaneous::waiting_models;
use crate::rules::submission::State;
use crate::text;
use crate::unit::{Unit, UnitCode};

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
    let (period, pack, tree) = (input.period, input.pack(), input.tree);
    let contests = contested::weighed(&input);
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
    let mut reconciliation = reconcile(&totals, &models, &units, &input);
    let rated = rated::rated(&input, &judged, (&models, &units), &by_unit).map(|(rated, check)| {
        reconciliation.push(check);
        rated
    });
    let exemplars = recognised(&input);
    Figures {
        kind: period.kind.code(),
        period: period.to_string(),
        reconciliation,
        rated,
        previous: earlier::compare(&input, &judged),
        tree: tree.has_others().then(|| tree.catalogue.id.clone()),
        totals,
        models,
        units,
        missing_units,
        began_and_ended: input.points.iter().filter(|p| began_and_ended(p, &period, pack)).count() as u32,
        ended_uncounted: input.points.iter().filter(|p| ended_uncounted(p, &period, pack)).count() as u32,
        spontaneous_models: waiting_models(input.models, input.points, period.cut_off, pack).len() as u32,
        province: UnitName { code: tree.root.clone(), name: province.map_or_else(String::new, |p| p.name.clone()) },
        title: period.title(),
        year: period.year,
        from: period.from,
        levels: pack.level_labels(),
        threshold: pack.effective_share,
        movement: movement::movement(&input, &exemplars),
        exemplars,
        changes: None,
        replaces: None,
        nominations: input.nominations,
        assumptions: pack.assumptions(),
        letter: pack.letter.clone(),
        cut: input.cut,
        contests,
    }
}

/// Whether a point ended in the period, of some model: what [`Totals::ended`] counts.
fn ended_in(point: &Point, period: &Period, pack: &RulePack) -> bool {
    let is_ended = standing(point, period.cut_off, pack) == Standing::Ended;
    point.model.is_some() && is_ended && point.ended_on.is_some_and(|d| period.contains(d))
}

fn began_and_ended(point: &Point, period: &Period, pack: &RulePack) -> bool {
    ended_in(point, period, pack) && counts_from(point, pack).is_some_and(|d| period.contains(d))
}

fn ended_uncounted(point: &Point, period: &Period, pack: &RulePack) -> bool {
    ended_in(point, period, pack) && counts_from(point, pack).is_none_or(|d| d > period.cut_off)
}

fn recognised(input: &Input<'_>) -> Vec<Exemplar> {
    let in_period = |e: &&Exemplar| e.is_of(&input.period);
    let mut all: Vec<Exemplar> = input.exemplars.iter().filter(in_period).cloned().collect();
    all.sort_by(|a, b| text::compare(&a.name, &b.name).then(a.id.cmp(&b.id)));
    all
}

/// What a model is called; one that has not arrived by its identifier.
pub(super) fn name_of(id: RecordId, model: Option<&Model>) -> String {
    model.map_or_else(|| format!("(mô hình chưa nhận được {id})"), |m| m.name.clone())
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
        match standing(point, period.cut_off, pack) {
            Standing::Counted => {
                s.teams += u64::from(point.teams);
                s.members += u64::from(point.members);
                s.new_points += u32::from(counts_from(point, pack).is_some_and(|d| period.contains(d)));
            }
            // An end without a date is an open item (R5), not a number of some period.
            Standing::Ended => s.ended += u32::from(point.ended_on.is_some_and(|d| period.contains(d))),
            Standing::SpontaneousPending => s.spontaneous_pending += 1,
            Standing::NotYet | Standing::NotLaunched => {}
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
    let s = sums(points, period, input.pack());
    let counted: Vec<&&Point> =
        points.iter().filter(|p| standing(p, period.cut_off, input.pack()) == Standing::Counted).collect();
    let leads: BTreeSet<&UnitCode> = counted.iter().filter_map(|p| reports.unit_of(p)).map(|u| &u.code).collect();
    let run_by = match leads.len() {
        0 => String::new(),
        1 => leads.iter().filter_map(|c| input.tree.catalogue.unit(c)).map(|u| u.name.clone()).collect(),
        n => format!("{} đơn vị", text::padded(n as u64)),
    };
    let first = counted.iter().filter_map(|p| Some((p.decision_date?, p.id, p.decision_no.as_deref()))).min();
    let of_year = |year: i32, no: Option<&str>| no.map_or_else(|| year.to_string(), |no| format!("{year} ({no})"));
    let first_decision = first.map(|(date, _, no)| of_year(date.year(), no));
    // What the model says of itself is what the units wrote down; where its points lie is a guess at it.
    let founded = model.and_then(|m| m.founded_on).map(|day| {
        let same = first.filter(|(date, ..)| date.year() == day.year());
        of_year(day.year(), same.and_then(|(.., no)| no))
    });
    let mut by_level: BTreeMap<String, u32> = BTreeMap::new();
    for point in &counted {
        if let (true, Some(YearRating::Rated(level))) =
            (is_eligible(point, period.cut_off, input.pack()), point.ratings.get(&period.year))
        {
            *by_level.entry(level.clone()).or_default() += 1;
        }
    }
    ModelFigures {
        id,
        name: name_of(id, model),
        fields: model.and_then(|m| m.fields.clone()),
        lead_unit: model.and_then(|m| m.lead.clone()).unwrap_or_else(|| run_by.clone()),
        founded: founded.or_else(|| first_decision.clone()),
        run_by,
        first_decision,
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
    let s = sums(points, &input.period, input.pack());
    let models: BTreeSet<RecordId> = points
        .iter()
        .filter(|p| standing(p, input.period.cut_off, input.pack()) == Standing::Counted)
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

/// What the check of the levels is called.
pub(super) fn level_sums(year: i32) -> String {
    format!("Điểm theo mức xếp loại năm {year} + chưa xếp loại = điểm đủ điều kiện")
}

fn reconcile(
    totals: &Totals,
    models: &[ModelFigures],
    units: &[UnitFigures],
    input: &Input<'_>,
) -> Vec<Reconciliation> {
    let (cut_off, pack) = (input.period.cut_off, input.pack());
    // As the period before closed, not as this one begins: days between the two would show, and so would days
    // of both.
    let eve = input.packs.eve(&input.period);
    let (mut opening, mut added, mut gone) = (0_u64, 0_u64, 0_u64);
    for point in input.points {
        let opened = standing(point, eve, pack) == Standing::Counted;
        let decided = counts_from(point, pack).is_some_and(|d| input.period.contains(d));
        let closed = standing(point, cut_off, pack) == Standing::Counted;
        opening += u64::from(opened);
        added += u64::from(decided);
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
            p.model.is_some() && standing(p, cut_off, pack) == Standing::Counted && is_eligible(p, cut_off, pack)
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
            &level_sums(input.period.year),
            format!("{} + {}", n(rated), n(open)),
            n(eligible),
            rated + open == eligible,
        ),
    ];
    lines.extend(units.iter().filter_map(frozen));
    lines.extend(trees::reconcile(input));
    lines
}

/// What a unit's accepted report said beside what the cut counts for it, where they differ: it was edited
/// since, and the unit hands in again or says why.
fn frozen(unit: &UnitFigures) -> Option<Reconciliation> {
    let handed_in = unit.handed_in.as_ref().filter(|h| h.state == State::Accepted)?;
    let then = handed_in.frozen?;
    let pairs = [
        ("mô hình", u64::from(then.models), u64::from(unit.models)),
        ("điểm", u64::from(then.points), u64::from(unit.points)),
        ("tổ", then.teams, unit.teams),
        ("thành viên", then.members, unit.members),
    ];
    let differing: Vec<_> = pairs.into_iter().filter(|(_, then, now)| then != now).collect();
    let said = |get: fn(&(&'static str, u64, u64)) -> u64| {
        let parts = differing.iter().map(|pair| format!("{} {}", text::thousands(get(pair)), pair.0));
        parts.collect::<Vec<_>>().join(", ")
    };
    (!differing.is_empty()).then(|| Reconciliation {
        what: format!("{}: số đã chốt khi trình (tỉnh đã nhận) bằng số tại điểm chốt", unit.name),
        left: said(|(_, then, _)| *then),
        right: said(|(_, _, now)| *now),
        holds: false,
    })
}

/// How many points of a unit still wait for a rating of `year`.
#[must_use]
pub fn unrated_points<'a>(points: &'a [Point], year: i32, cut_off: NaiveDate, pack: &RulePack) -> Vec<&'a Point> {
    points
        .iter()
        .filter(|p| standing(p, cut_off, pack) == Standing::Counted && is_eligible(p, cut_off, pack))
        .filter(|p| matches!(effect(p, year, pack), Effect::Unrated | Effect::Contested))
        .collect()
}
