//! What a unit's meeting on the yearly rating has before it: its counted points with the level of each,
//! what is open, and what each model comes to in the unit (letter 4267, 1.c; R2, R4, R6–R12).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::explanation::{Tally, Verdict};
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::period::Period;
use crate::point::{Point, YearRating};
use crate::rule_pack::RulePack;
use crate::rules::counting::{Standing, is_eligible, standing, tally};
use crate::rules::half_points::judge_by_points;
use crate::text;

/// One side of ratings that differ (R12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The label of the level: `Tốt`.
    pub level: String,
    /// The unit that rated so: `Huyện Đăk Hà`.
    pub by: String,
}

/// How a counted point stands in the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointResult {
    /// Old enough, and of one level: its label.
    Rated(String),
    /// Old enough, and nobody has rated it (R6).
    Unrated,
    /// Raters differ: not rated until the approving level chooses (R12).
    Contested(Vec<Said>),
    /// Not old enough to be rated (R7); with the level that somebody entered all the same.
    TooYoung(Option<String>),
}

/// One counted point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedPoint {
    /// The name of its model, after merges.
    pub model: String,
    /// Hamlet, school, office.
    pub place: String,
    /// The unit that it lies in: `Xã Đăk Hà`.
    pub unit: String,
    /// Number of its decision.
    pub decision_no: Option<String>,
    /// Date of its decision.
    pub decision_date: Option<NaiveDate>,
    /// Teams.
    pub teams: u32,
    /// Members.
    pub members: u32,
    /// How it stands.
    pub result: PointResult,
    /// What the unit's points for the criteria of the rule pack come to; `None` where it has given none.
    pub total: Option<u32>,
}

/// What a model comes to by the unit's points alone: interim, for the province judges over all (R11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelResult {
    /// Its name.
    pub name: String,
    /// Its points in the unit.
    pub tally: Tally,
    /// The interim verdict.
    pub verdict: Verdict,
}

/// The yearly rating of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct YearlyRating {
    /// Sums over all models: points that count, are old enough, effective, not rated, contested.
    pub tally: Tally,
    /// Teams at counted points.
    pub teams: u64,
    /// Members at counted points.
    pub members: u64,
    /// Spontaneous points that wait to be recognised or ended; counted nowhere (R4).
    pub spontaneous_pending: u32,
    /// Points old enough by label of their level: every level of the rule pack, then any other that stands
    /// in a record.
    pub by_level: Vec<(String, u32)>,
    /// Points old enough that have no level at all, contested ones left out (R6).
    pub without_level: u32,
    /// Models with a counted point, in Vietnamese order of names.
    pub models: Vec<ModelResult>,
    /// The counted points, by model, unit and place in Vietnamese order.
    pub points: Vec<RatedPoint>,
}

/// What a rating is made from.
pub struct Records<'a> {
    /// All models, merged ones included.
    pub models: &'a [Model],
    /// What the unit's points are called by the units that they lie in.
    pub points: Vec<(&'a Point, String)>,
    /// For points whose raters differ in the year, what each said.
    pub said: &'a HashMap<RecordId, Vec<Said>>,
    /// For points that the unit has scored by criteria, the total.
    pub totals: &'a HashMap<RecordId, u32>,
}

impl YearlyRating {
    /// Rates by the end of an annual period. As everywhere, a point that runs no model is counted nowhere.
    #[must_use]
    pub fn of(records: &Records<'_>, period: &Period, pack: &RulePack) -> Self {
        let merges = Merges::of(records.models);
        let names: HashMap<RecordId, &str> = records.models.iter().map(|m| (m.id, m.name.as_str())).collect();
        let name = |id: RecordId| names.get(&id).map_or_else(|| id.to_string(), |name| (*name).to_owned());
        let mut by_model: BTreeMap<RecordId, Vec<&Point>> = BTreeMap::new();
        let mut lines: Vec<(RecordId, RatedPoint)> = Vec::new();
        let mut rating = Self::default();
        for (point, unit) in &records.points {
            let Some(model) = point.model.map(|m| merges.target(m)) else { continue };
            match standing(point, period.cut_off, pack) {
                Standing::Counted => {}
                Standing::SpontaneousPending => {
                    rating.spontaneous_pending += 1;
                    continue;
                }
                Standing::Ended | Standing::NotYet | Standing::NotLaunched => continue,
            }
            by_model.entry(model).or_default().push(point);
            rating.teams += u64::from(point.teams);
            rating.members += u64::from(point.members);
            lines.push((
                point.id,
                RatedPoint {
                    model: name(model),
                    place: point.place.clone(),
                    unit: unit.clone(),
                    decision_no: point.decision_no.clone(),
                    decision_date: point.decision_date,
                    teams: point.teams,
                    members: point.members,
                    result: result(point, period, pack, records.said),
                    total: records.totals.get(&point.id).copied(),
                },
            ));
        }
        lines.sort_by(|(id_a, a), (id_b, b)| {
            let places = || text::compare(&a.unit, &b.unit).then_with(|| text::compare(&a.place, &b.place));
            text::compare(&a.model, &b.model).then_with(places).then(id_a.cmp(id_b))
        });
        rating.points = lines.into_iter().map(|(_, line)| line).collect();
        let judged = by_model.into_iter().map(|(id, points)| {
            let tally = tally(points, period.year, period.cut_off, pack);
            ModelResult { name: name(id), tally, verdict: judge_by_points(tally, period.cut_off, pack).verdict }
        });
        rating.models = judged.collect();
        rating.models.sort_by(|a, b| text::compare(&a.name, &b.name));
        rating.sum_up(pack);
        rating
    }

    fn sum_up(&mut self, pack: &RulePack) {
        for ModelResult { tally: t, .. } in &self.models {
            self.tally.points += t.points;
            self.tally.eligible += t.eligible;
            self.tally.effective += t.effective;
            self.tally.unrated += t.unrated;
            self.tally.contested += t.contested;
        }
        self.by_level = pack.levels.iter().map(|level| (level.label.clone(), 0)).collect();
        for point in &self.points {
            match &point.result {
                PointResult::Rated(label) => match self.by_level.iter_mut().find(|(l, _)| l == label) {
                    Some((_, n)) => *n += 1,
                    None => self.by_level.push((label.clone(), 1)),
                },
                PointResult::Unrated => self.without_level += 1,
                PointResult::Contested(_) | PointResult::TooYoung(_) => {}
            }
        }
    }

    /// Counted points that are not old enough (R7).
    #[must_use]
    pub fn too_young(&self) -> u32 {
        self.tally.points - self.tally.eligible
    }
}

fn result(point: &Point, period: &Period, pack: &RulePack, said: &HashMap<RecordId, Vec<Said>>) -> PointResult {
    let label = |code: &String| pack.level(code).map_or_else(|| code.clone(), |level| level.label.clone());
    let rating = point.ratings.get(&period.year);
    if !is_eligible(point, period.cut_off, pack) {
        let entered = match rating {
            Some(YearRating::Rated(code)) => Some(label(code)),
            Some(YearRating::Contested) | None => None,
        };
        return PointResult::TooYoung(entered);
    }
    match rating {
        Some(YearRating::Rated(code)) => PointResult::Rated(label(code)),
        Some(YearRating::Contested) => PointResult::Contested(said.get(&point.id).cloned().unwrap_or_default()),
        None => PointResult::Unrated,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{PointResult, Records, Said, YearlyRating};
    use crate::explanation::{Tally, Verdict};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Model;
    use crate::period::Period;
    use crate::point::Point;
    use crate::rule_pack::RulePack;

    const MODEL: RecordId = RecordId([1; 16]);

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect())
    }

    fn point(id: u8, pairs: &[(&str, &str)]) -> Point {
        let model = MODEL.to_string();
        let all = [&[("model", model.as_str())], pairs].concat();
        Point::read(RecordId([id; 16]), &fields(&all))
    }

    fn rated(points: &[Point], said: &HashMap<RecordId, Vec<Said>>) -> YearlyRating {
        let pack = RulePack::kontum_2022();
        let models = [Model::read(MODEL, &fields(&[("name", "Tiếng kẻng an ninh")]))];
        let points = points.iter().map(|p| (p, "Xã Đăk Hà".to_owned())).collect();
        YearlyRating::of(
            &Records { models: &models, points, said, totals: &HashMap::from([(RecordId([2; 16]), 90)]) },
            &Period::annual(2022, &pack.periods),
            &pack,
        )
    }

    /// R2, R4, R6, R7, R12: every point of the unit is in exactly one place of the minutes.
    #[test]
    fn each_counted_point_is_rated_open_contested_or_too_young() {
        let old = ("decision_date", "2020-01-01");
        let said = vec![
            Said { level: "Tốt".to_owned(), by: "Huyện Đăk Hà".to_owned() },
            Said { level: "Yếu".to_owned(), by: "Tỉnh Kon Tum".to_owned() },
        ];
        let points = [
            point(2, &[old, ("place", "Thôn 2"), ("ratings/2022/615", "tot")]),
            point(3, &[old, ("place", "Thôn 1")]),
            point(4, &[old, ("place", "Thôn 4"), ("ratings/2022/615", "tot"), ("ratings/2022/62", "yeu")]),
            point(5, &[("decision_date", "2022-09-01"), ("place", "Thôn 3"), ("ratings/2022/615", "kha")]),
            point(6, &[("origin", "TU_PHAT")]),
            point(7, &[old, ("status", "CHAM_DUT"), ("ended_on", "2022-03-01"), ("ratings/2022/615", "yeu")]),
            point(8, &[old, ("place", "Thôn 5"), ("ratings/2022/615", "chua_phan_loai")]),
        ];
        let rating = rated(&points, &HashMap::from([(RecordId([4; 16]), said.clone())]));
        assert_eq!(rating.tally, Tally { points: 5, eligible: 4, effective: 1, unrated: 3, contested: 1 });
        assert_eq!((rating.too_young(), rating.spontaneous_pending, rating.without_level), (1, 1, 1));
        let results: Vec<(&str, &PointResult)> = rating.points.iter().map(|p| (p.place.as_str(), &p.result)).collect();
        assert_eq!(
            results,
            [
                ("Thôn 1", &PointResult::Unrated),
                ("Thôn 2", &PointResult::Rated("Tốt".to_owned())),
                ("Thôn 3", &PointResult::TooYoung(Some("Khá".to_owned()))),
                ("Thôn 4", &PointResult::Contested(said)),
                ("Thôn 5", &PointResult::Rated("Không phân loại".to_owned())),
            ]
        );
        let scored: Vec<_> = rating.points.iter().filter_map(|p| Some((p.place.as_str(), p.total?))).collect();
        assert_eq!(scored, [("Thôn 2", 90)]);
        let counts: Vec<(&str, u32)> = rating.by_level.iter().map(|(label, n)| (label.as_str(), *n)).collect();
        assert_eq!(counts, [("Tốt", 1), ("Khá", 0), ("Trung bình", 0), ("Yếu", 0), ("Không phân loại", 1)]);
        let by_level: u32 = counts.iter().map(|(_, n)| n).sum();
        assert_eq!(by_level + rating.without_level + rating.tally.contested, rating.tally.eligible);
    }

    /// R9 within the unit: one of two is enough, however the third was rated.
    #[test]
    fn a_model_is_judged_by_the_points_of_the_unit() {
        let rate = |id, level| point(id, &[("decision_date", "2020-01-01"), ("ratings/2022/615", level)]);
        let rating = rated(&[rate(2, "kha"), rate(3, "yeu")], &HashMap::new());
        assert_eq!(rating.models.len(), 1);
        assert_eq!(rating.models[0].verdict, Verdict::Effective);
        assert_eq!(rated(&[], &HashMap::new()).models, []);
    }
}
