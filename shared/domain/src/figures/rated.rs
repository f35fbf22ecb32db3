//! The verdicts of a period in which its year has not been rated yet (letter 4267, 1.c and 1.d).
//!
//! Ratings come with the annual report. In May a model stands as the last year left it, for nominations
//! ([`rating_year`]) and for reports alike; by the ratings of the running year it would only be undetermined.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Figures, Input, ModelFigures, Reconciliation, UnitFigures};
use crate::explanation::{Judgement, Verdict};
use crate::id::RecordId;
use crate::period::{Period, PeriodKind};
use crate::point::{Point, YearRating};
use crate::rule_pack::{RulePacks, Share};
use crate::rules::counting::{Effect, Standing, effect, is_eligible, standing, tally};
use crate::rules::half_points::judge_by_points;
use crate::rules::nomination::rating_year;
use crate::text::thousands;
use crate::unit::UnitCode;

/// What the ratings of an earlier year say of the models that are counted at the cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rated {
    /// That year.
    pub rated_year: i32,
    /// Models judged effective by it.
    pub effective_models: u32,
    /// Models judged not effective.
    pub not_effective_models: u32,
    /// Models whose ratings do not suffice.
    pub undetermined_models: u32,
    /// Models without a point that was old enough.
    pub not_rated_models: u32,
    /// In the order of [`Figures::models`].
    pub models: Vec<RatedModel>,
    /// In the order of [`Figures::units`].
    pub units: Vec<RatedUnit>,
    /// The levels of the pack that judges that year, as [`Figures::levels`].
    #[serde(skip)]
    pub levels: Vec<(String, String)>,
    /// The threshold of that pack, as [`Figures::threshold`].
    #[serde(skip)]
    pub threshold: Share,
}

/// One model's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatedModel {
    /// Its record.
    pub id: RecordId,
    /// Points that are counted at the cut and were old enough to be rated in that year.
    pub eligible: u32,
    /// Of these, rated at an effective level.
    pub effective: u32,
    /// Of these, not rated.
    pub unrated: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Eligible points by level code.
    pub by_level: BTreeMap<String, u32>,
    /// One sentence: why this verdict.
    pub why: String,
}

/// One unit's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatedUnit {
    /// Its code.
    pub code: UnitCode,
    /// As in [`RatedModel`].
    pub eligible: u32,
    /// As in [`RatedModel`].
    pub effective: u32,
}

/// The year by whose ratings a report on `period` prints verdicts: its own for an annual one; else the latest
/// one, up to that by which nominations are judged, in which any counted point was rated. `None`: there is none.
#[must_use]
pub fn judged_year(period: &Period, packs: &RulePacks, points: &[Point]) -> Option<i32> {
    if period.kind == PeriodKind::Annual {
        return Some(period.year);
    }
    let pack = packs.of_year(period.year);
    let last = rating_year(period, pack);
    let counted = points.iter().filter(|p| standing(p, period.cut_off, pack) == Standing::Counted);
    counted.filter_map(|p| p.ratings.range(..=last).next_back()).map(|(year, _)| *year).max()
}

/// Judges points that are counted at the end of `period` by the ratings of `year`, as old as they were when
/// that year's were due: a point that came since had no rating to get. The pack is that of the year, not that
/// of the period: a threshold of next year leaves its verdicts alone.
pub(super) fn judge(points: &[&Point], year: i32, period: &Period, packs: &RulePacks) -> Judgement {
    let (day, pack) = (packs.annual(year).cut_off.min(period.cut_off), packs.of_year(year));
    judge_by_points(tally(counted(points, period, packs), year, day, pack), day, pack)
}

fn counted<'a>(points: &'a [&'a Point], period: &Period, packs: &'a RulePacks) -> impl Iterator<Item = &'a Point> {
    let (cut_off, pack) = (period.cut_off, packs.of_year(period.year));
    points.iter().copied().filter(move |p| standing(p, cut_off, pack) == Standing::Counted)
}

/// [`Rated`] of a period, unless it is a year's own; with the check of its sums.
pub(super) fn rated(
    input: &Input<'_>,
    judged: &BTreeMap<RecordId, (Vec<&Point>, Judgement)>,
    (models, units): (&[ModelFigures], &[UnitFigures]),
    by_unit: &HashMap<&UnitCode, Vec<&Point>>,
) -> Option<(Rated, Reconciliation)> {
    let (period, packs) = (&input.period, input.packs);
    if period.kind == PeriodKind::Annual {
        return None;
    }
    let year = judged_year(period, packs, input.points)?;
    let (day, pack) = (packs.annual(year).cut_off.min(period.cut_off), packs.of_year(year));
    let old_enough = |p: &&Point| standing(p, day, pack) == Standing::Counted && is_eligible(p, day, pack);
    let lines: Vec<RatedModel> = models
        .iter()
        .map(|m| {
            let points = judged.get(&m.id).map_or(&[][..], |(points, _)| points);
            let Judgement { verdict, explanation } = judge(points, year, period, packs);
            let found = tally(counted(points, period, packs), year, day, pack);
            let mut by_level: BTreeMap<String, u32> = BTreeMap::new();
            for point in counted(points, period, packs).filter(old_enough) {
                if let Some(YearRating::Rated(level)) = point.ratings.get(&year) {
                    *by_level.entry(level.clone()).or_default() += 1;
                }
            }
            let (eligible, effective, unrated) = (found.eligible, found.effective, found.unrated);
            let why = match verdict {
                Verdict::NotRated => format!("Không có điểm nào đủ thời gian để xếp loại năm {year}."),
                _ => explanation.sentence,
            };
            RatedModel { id: m.id, eligible, effective, unrated, verdict, by_level, why }
        })
        .collect();
    let units = units.iter().map(|u| {
        let points = by_unit.get(&u.code).map_or(&[][..], Vec::as_slice);
        let of = || counted(points, period, packs).filter(old_enough);
        let effective = of().filter(|p| effect(p, year, pack) == Effect::Effective).count() as u32;
        RatedUnit { code: u.code.clone(), eligible: of().count() as u32, effective }
    });
    let judged_as = |v| models.iter().zip(&lines).filter(|(m, line)| m.points > 0 && line.verdict == v).count() as u32;
    let rated = Rated {
        rated_year: year,
        effective_models: judged_as(Verdict::Effective),
        not_effective_models: judged_as(Verdict::NotEffective),
        undetermined_models: judged_as(Verdict::Undetermined),
        not_rated_models: judged_as(Verdict::NotRated),
        units: units.collect(),
        models: lines,
        levels: pack.level_labels(),
        threshold: pack.effective_share,
    };
    let check = reconcile(&rated, input, day);
    Some((rated, check))
}

/// R20: the points by level and without one, beside those that were old enough.
fn reconcile(rated: &Rated, input: &Input<'_>, day: chrono::NaiveDate) -> Reconciliation {
    let year = rated.rated_year;
    let levels: u64 = rated.models.iter().flat_map(|m| m.by_level.values()).map(|n| u64::from(*n)).sum();
    let eligible: u64 = rated.models.iter().map(|m| u64::from(m.eligible)).sum();
    let pack = input.packs.of_year(year);
    let counts = |p: &&Point| {
        standing(p, input.period.cut_off, input.pack()) == Standing::Counted
            && standing(p, day, pack) == Standing::Counted
    };
    let open = input
        .points
        .iter()
        .filter(|p| p.model.is_some() && counts(p) && is_eligible(p, day, pack))
        .filter(|p| !matches!(p.ratings.get(&year), Some(YearRating::Rated(_))))
        .count() as u64;
    Reconciliation {
        what: super::consolidate::level_sums(year),
        left: format!("{} + {}", thousands(levels), thousands(open)),
        right: thousands(eligible),
        holds: levels + open == eligible,
    }
}

impl Figures {
    /// The figures as papers print them: where the year of the period has not been rated yet, verdicts, levels
    /// and effective points are those of the [`Rated`] year.
    #[must_use]
    pub fn as_printed(&self) -> Cow<'_, Self> {
        let Some(rated) = &self.rated else { return Cow::Borrowed(self) };
        let mut printed = self.clone();
        printed.levels.clone_from(&rated.levels);
        printed.threshold = rated.threshold;
        for (model, by) in printed.models.iter_mut().zip(&rated.models) {
            (model.eligible, model.effective, model.unrated) = (by.eligible, by.effective, by.unrated);
            model.verdict = by.verdict;
            model.by_level.clone_from(&by.by_level);
            model.why.clone_from(&by.why);
        }
        for (unit, by) in printed.units.iter_mut().zip(&rated.units) {
            (unit.eligible, unit.effective) = (by.eligible, by.effective);
        }
        let totals = &mut printed.totals;
        totals.effective_models = rated.effective_models;
        totals.not_effective_models = rated.not_effective_models;
        totals.undetermined_models = rated.undetermined_models;
        totals.not_rated_models = rated.not_rated_models;
        Cow::Owned(printed)
    }
}
