//! The period before, counted from the same cut: what a report compares itself with.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::Input;
use super::rated::{judge, judged_year};
use crate::explanation::{Judgement, Verdict};
use crate::id::RecordId;
use crate::period::Period;
use crate::point::Point;
use crate::rules::counting::{Standing, standing};

/// Two periods of one kind beside each other, both as the records tell at the cut: what was corrected since is
/// corrected in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The one before: `2021` or `2022-Q3`.
    pub period: String,
    /// The day as of whose end it is counted.
    pub cut_off: NaiveDate,
    /// What there was then.
    pub before: Counts,
    /// What there is now.
    pub now: Counts,
    /// `năm 2021`.
    #[serde(skip)]
    pub title: String,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Models with at least one counted point.
    pub models: u64,
    /// Counted points.
    pub points: u64,
    /// Teams at them, as their number stands now: it has no date of its own.
    pub teams: u64,
    /// Models judged effective; `None` where nobody had rated by then.
    pub effective_models: Option<u64>,
}

/// The comparison with the period before `input.period`.
pub(super) fn compare(input: &Input<'_>, judged: &BTreeMap<RecordId, (Vec<&Point>, Judgement)>) -> Comparison {
    let before = input.packs.previous(&input.period);
    let count = |period: &Period| {
        let pack = input.packs.of_year(period.year);
        let is_counted = |p: &&Point| standing(p, period.cut_off, pack) == Standing::Counted;
        let models: Vec<Vec<&Point>> = judged
            .values()
            .map(|(points, _)| points.iter().copied().filter(is_counted).collect())
            .filter(|points: &Vec<&Point>| !points.is_empty())
            .collect();
        let year = judged_year(period, input.packs, input.points);
        let is_rated = |year: &i32| models.iter().flatten().any(|p| p.ratings.contains_key(year));
        let effective = |year: i32| {
            let verdicts = models.iter().map(|points| judge(points, year, period, input.packs).verdict);
            verdicts.filter(|v| *v == Verdict::Effective).count() as u64
        };
        Counts {
            models: models.len() as u64,
            points: models.iter().map(|points| points.len() as u64).sum(),
            teams: models.iter().flatten().map(|p| u64::from(p.teams)).sum(),
            effective_models: year.filter(is_rated).map(effective),
        }
    };
    Comparison {
        period: before.to_string(),
        cut_off: before.cut_off,
        before: count(&before),
        now: count(&input.period),
        title: before.title(),
    }
}
