//! "Nếu chọn thì sao?": a model judged again with each candidate of a contest in place (R9, R12).

use std::collections::{BTreeSet, HashMap};

use crate::explanation::{Judgement, Tally};
use crate::field::Value;
use crate::id::RecordId;
use crate::model::Merges;
use crate::period::Period;
use crate::point::Point;
use crate::rule_pack::RulePack;
use crate::rules::counting::{Effect, Standing, effect, is_eligible, standing, tally};
use crate::rules::half_points::judge_by_points;

/// Fields of a point that decide whether and for which model it counts.
const DECIDING: [&str; 6] = ["model", "decision_date", "launched_on", "ended_on", "status", "origin"];

/// The year of a contest over ratings, key `ratings/<year>`.
#[must_use]
pub fn rated_year(field: &str) -> Option<i32> {
    field.strip_prefix("ratings/").and_then(|year| year.parse().ok())
}

/// Whether a choice among values of `field` can matter to a verdict at all.
#[must_use]
pub fn matters(field: &str) -> bool {
    rated_year(field).is_some() || DECIDING.contains(&field)
}

/// The candidates of contested ratings, by point and year.
pub type OpenRatings<'a> = HashMap<(RecordId, i32), Vec<&'a Value>>;

/// A choice among values of a point's field, as `model` would come out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The model's points counted with each value in place, in their order.
    tallies: Vec<Tally>,
    /// The model's other contested ratings.
    elsewhere: Elsewhere,
}

/// How the contested ratings of a model's other points can be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Elsewhere {
    /// Only as effective: each candidate is.
    effective: u32,
    /// Only as not effective.
    not_effective: u32,
    /// One way or the other.
    either: u32,
}

impl Choice {
    /// The choice among `values` of `field` of `point`; `others` are the model's points, and `point` itself may be
    /// among them.
    pub fn of<'a>(
        model: RecordId,
        point: &Point,
        (field, values): (&str, impl IntoIterator<Item = &'a Value>),
        (others, merges): (&[&Point], &Merges),
        open: &OpenRatings<'_>,
        (period, pack): (&Period, &RulePack),
    ) -> Self {
        let with = |value: &Value| {
            let chosen = point.with(field, value);
            let own = chosen.model.is_some_and(|m| merges.target(m) == model).then_some(&chosen);
            let points = others.iter().copied().filter(|p| p.id != point.id).chain(own);
            tally(points, period.year, period.cut_off, pack)
        };
        let tallies = values.into_iter().map(with).collect();
        let others = others.iter().copied().filter(|p| p.id != point.id);
        Self { tallies, elsewhere: Elsewhere::of(others, open, period, pack) }
    }

    /// The judgement for each value, as long as the other contests stay open.
    #[must_use]
    pub fn judgements(&self, period: &Period, pack: &RulePack) -> Vec<Judgement> {
        self.tallies.iter().map(|t| judge_by_points(*t, period.cut_off, pack)).collect()
    }

    /// Whether the choice can decide the verdict (R12, R20): as things stand, or once the model's other contested
    /// ratings are settled in some way. Several together turn what none of them turns alone.
    #[must_use]
    pub fn may_tip(&self, period: &Period, pack: &RulePack) -> bool {
        let tips = |settled: &dyn Fn(Tally) -> Tally| {
            let verdict = |t: &Tally| judge_by_points(settled(*t), period.cut_off, pack).verdict;
            self.tallies.windows(2).any(|w| verdict(&w[0]) != verdict(&w[1]))
        };
        tips(&|t| t) || (0..=self.elsewhere.either).any(|effective| tips(&|t| self.elsewhere.settled(t, effective)))
    }
}

impl Elsewhere {
    fn of<'a>(
        others: impl Iterator<Item = &'a Point>,
        open: &OpenRatings<'_>,
        period: &Period,
        pack: &RulePack,
    ) -> Self {
        let mut found = Self::default();
        let counts = |p: &&Point| {
            effect(p, period.year, pack) == Effect::Contested
                && standing(p, period.cut_off, pack) == Standing::Counted
                && is_eligible(p, period.cut_off, pack)
        };
        for point in others.filter(counts) {
            let Some(candidates) = open.get(&(point.id, period.year)) else { continue };
            let effects: BTreeSet<Option<bool>> =
                candidates.iter().map(|value| pack.level(value.as_text()?)?.effective).collect();
            match effects.iter().collect::<Vec<_>>()[..] {
                [Some(true)] => found.effective += 1,
                [Some(false)] => found.not_effective += 1,
                _ => found.either += 1,
            }
        }
        found
    }

    /// `tally` with them settled, `effective` of those that can go either way as effective.
    fn settled(&self, tally: Tally, effective: u32) -> Tally {
        let open = self.effective + self.not_effective + self.either;
        Tally {
            effective: tally.effective + self.effective + effective,
            unrated: tally.unrated.saturating_sub(open),
            contested: tally.contested.saturating_sub(open),
            ..tally
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, OpenRatings, matters};
    use crate::explanation::Verdict;
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Merges;
    use crate::period::Period;
    use crate::point::{Point, YearRating};
    use crate::rule_pack::RulePack;

    const MODEL: RecordId = RecordId([7; 16]);

    fn point(n: u8, level: &str) -> Point {
        let pairs = [("decision_date", "2020-01-01"), ("ratings/2022/610", level), ("model", &MODEL.to_string())]
            .map(|(k, v)| (k.to_owned(), Field::Settled(Value::from(v))));
        Point::read(RecordId([n; 16]), &Fields(pairs.into()))
    }

    fn rules() -> (Period, RulePack) {
        let pack = RulePack::kontum_2022();
        (Period::annual(2022, &pack.periods), pack)
    }

    fn choice(all: &[&Point], field: &str, values: &[Value], open: &OpenRatings<'_>) -> Choice {
        let (period, pack) = rules();
        Choice::of(MODEL, all[0], (field, values), (all, &Merges::default()), open, (&period, &pack))
    }

    fn verdicts(field: &str, values: &[Value]) -> Vec<Verdict> {
        let (open, poor) = (point(1, "yeu"), point(2, "yeu"));
        let (period, pack) = rules();
        let chosen = choice(&[&open, &poor], field, values, &OpenRatings::default());
        chosen.judgements(&period, &pack).iter().map(|j| j.verdict).collect()
    }

    /// R12: a model of four points, two of them contested, turns by both choices and by neither alone.
    #[test]
    fn contests_that_turn_a_model_only_together_may_each_change_its_verdict() {
        let contested = |n| {
            let mut point = point(n, "yeu");
            point.ratings.insert(2022, YearRating::Contested);
            point
        };
        let (good, poor) = (Value::from("tot"), Value::from("yeu"));
        let points = [contested(1), contested(2), contested(3), point(4, "yeu"), point(5, "tot")];
        let all: Vec<&Point> = points.iter().collect();
        let both = [good.clone(), poor.clone()];
        let may_tip = |others: &[&Value]| {
            let open: OpenRatings<'_> = [2, 3].map(|n| ((RecordId([n; 16]), 2022), others.to_vec())).into();
            let (period, pack) = rules();
            let chosen = choice(&all, "ratings/2022", &both, &open);
            assert_eq!(
                chosen.judgements(&period, &pack).iter().map(|j| j.verdict).collect::<Vec<_>>(),
                [Verdict::Undetermined; 2]
            );
            chosen.may_tip(&period, &pack)
        };
        assert!(may_tip(&[&good, &poor]), "2 + this one of 5 is enough");
        assert!(!may_tip(&[&good, &Value::from("kha")]), "effective either way: 3 of 5 without this one");
        assert!(!may_tip(&[&poor, &Value::from("trung_binh")]), "1 + this one of 5 is not enough");
    }

    #[test]
    fn one_rating_of_two_points_tips_the_model() {
        let chosen = verdicts("ratings/2022", &["tot".into(), "yeu".into()]);
        assert_eq!(chosen, [Verdict::Effective, Verdict::NotEffective]);
    }

    #[test]
    fn a_point_that_ended_or_went_elsewhere_counts_no_more() {
        let other = RecordId([8; 16]).to_string();
        assert_eq!(verdicts("ended_on", &["2022-01-01".into(), Value::Null]), [Verdict::NotEffective; 2]);
        assert_eq!(verdicts("model", &[other.as_str().into()]), [Verdict::NotEffective]);
        assert_eq!(verdicts("decision_date", &[Value::Null]), [Verdict::NotEffective]);
    }

    #[test]
    fn names_and_counts_decide_nothing() {
        assert!(!matters("teams") && !matters("note") && matters("ratings/2022") && matters("origin"));
    }
}
