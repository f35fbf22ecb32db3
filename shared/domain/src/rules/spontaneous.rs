//! What arose by itself and waits to be recognised or ended (R4; letter 4267, 1.c, second dash).
//!
//! The letter speaks of models, the list is of points: a point without an origin of its own has that of its
//! model. Whether a point counts (R2) depends on its own days alone, so that this changes no count.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::counting::{Standing, standing};
use crate::field::Fields;
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::point::Point;
use crate::rule_pack::RulePack;
use crate::schema::ORIGIN_SPONTANEOUS;

/// The models that arose by themselves, after merges.
#[derive(Debug, Clone, Default)]
pub struct SpontaneousModels {
    /// Of models with an origin, whether that is it.
    said: HashMap<RecordId, bool>,
    merges: Merges,
}

impl SpontaneousModels {
    /// Of `models`, where spontaneous ones, merged ones and those that stand for them are enough.
    #[must_use]
    pub fn of(models: &[Model]) -> Self {
        let said = models.iter().filter(|m| m.origin.as_ref().is_some_and(|origin| !origin.is_empty()));
        Self { said: said.map(|m| (m.id, is_spontaneous(m))).collect(), merges: Merges::of(models) }
    }

    /// Whether the model that stands for `model` arose by itself; where that one does not say, whether `model` did.
    #[must_use]
    pub fn contains(&self, model: RecordId) -> bool {
        let said = self.said.get(&self.merges.target(model)).or_else(|| self.said.get(&model));
        said.copied().unwrap_or(false)
    }

    /// The point that was read from `fields`, with its model's origin where it has none of its own.
    #[must_use]
    pub fn lend_origin(&self, point: Point, fields: &Fields) -> Point {
        let has_own = fields.text("origin").is_some_and(|origin| !origin.is_empty());
        let spontaneous = point.spontaneous || !has_own && point.model.is_some_and(|model| self.contains(model));
        Point { spontaneous, ..point }
    }
}

fn is_spontaneous(model: &Model) -> bool {
    model.origin.as_deref() == Some(ORIGIN_SPONTANEOUS)
}

/// Whether a model itself stands in the list at the end of `day`: it arose by itself, neither it nor a point of it
/// is recognised, it has not ended, and none of its points stands in the list for it.
pub fn waits<'a>(model: &Model, points: impl IntoIterator<Item = &'a Point>, day: NaiveDate, pack: &RulePack) -> bool {
    let found: Vec<Standing> = points.into_iter().map(|p| standing(p, day, pack)).collect();
    let is_told =
        found.iter().any(|s| matches!(s, Standing::Counted | Standing::NotLaunched | Standing::SpontaneousPending));
    let is_recognised = model.decision_date.is_some_and(|on| on <= day);
    is_spontaneous(model) && !is_told && !is_recognised && !ended(model, &found, day)
}

/// Whether a model has ended by the end of `day` (R5): itself, or with all of its points.
pub fn has_ended<'a>(
    model: &Model,
    points: impl IntoIterator<Item = &'a Point>,
    day: NaiveDate,
    pack: &RulePack,
) -> bool {
    let found: Vec<Standing> = points.into_iter().map(|p| standing(p, day, pack)).collect();
    ended(model, &found, day)
}

fn ended(model: &Model, found: &[Standing], day: NaiveDate) -> bool {
    let with_its_points = !found.is_empty() && found.iter().all(|s| *s == Standing::Ended);
    with_its_points || model.ended_on.is_some_and(|on| on <= day)
}

/// The models that [`waits`] puts into the list, after merges.
#[must_use]
pub fn waiting_models<'a>(models: &'a [Model], points: &[Point], day: NaiveDate, pack: &RulePack) -> Vec<&'a Model> {
    let merges = Merges::of(models);
    let mut by_model: HashMap<RecordId, Vec<&Point>> = HashMap::new();
    for point in points {
        if let Some(model) = point.model {
            by_model.entry(merges.target(model)).or_default().push(point);
        }
    }
    let points_of = |model: &Model| by_model.get(&model.id).into_iter().flatten().copied();
    let stands = models.iter().filter(|m| merges.target(m.id) == m.id);
    stands.filter(|m| waits(m, points_of(m), day, pack)).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{SpontaneousModels, has_ended, waiting_models, waits};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Model;
    use crate::point::Point;
    use crate::rule_pack::RulePack;
    use crate::rules::counting::{Standing, standing};

    const ALONE: RecordId = RecordId([1; 16]);
    const MERGED: RecordId = RecordId([2; 16]);
    const ORDERED: RecordId = RecordId([3; 16]);
    const UNSAID: RecordId = RecordId([4; 16]);
    const INTO_ORDERED: RecordId = RecordId([5; 16]);
    const INTO_UNSAID: RecordId = RecordId([6; 16]);

    fn pack() -> RulePack {
        RulePack::kontum_2022()
    }

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, 11, 9).unwrap()
    }

    fn fields(values: &[(&str, &str)]) -> Fields {
        Fields(values.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect())
    }

    fn models() -> [Model; 6] {
        let model = |id, values: &[(&str, &str)]| Model::read(id, &fields(values));
        [
            model(ALONE, &[("origin", "TU_PHAT")]),
            model(MERGED, &[("origin", "CHI_DAO"), ("merged_into", &ALONE.to_string())]),
            model(ORDERED, &[("origin", "CHI_DAO")]),
            model(UNSAID, &[]),
            model(INTO_ORDERED, &[("origin", "TU_PHAT"), ("merged_into", &ORDERED.to_string())]),
            model(INTO_UNSAID, &[("origin", "TU_PHAT"), ("merged_into", &UNSAID.to_string())]),
        ]
    }

    fn point(model: RecordId, values: &[(&str, &str)]) -> Point {
        let fields = fields(&[&[("model", model.to_string().as_str())], values].concat());
        SpontaneousModels::of(&models()).lend_origin(Point::read(RecordId([9; 16]), &fields), &fields)
    }

    #[test]
    fn a_point_has_the_origin_of_its_model_unless_it_has_its_own() {
        let decided = ("decision_date", "2022-11-09");
        for (model, values, expect) in [
            (ALONE, &[][..], Standing::SpontaneousPending),
            (MERGED, &[], Standing::SpontaneousPending),
            (ORDERED, &[], Standing::NotYet),
            (INTO_ORDERED, &[], Standing::NotYet),
            (INTO_UNSAID, &[], Standing::SpontaneousPending),
            (UNSAID, &[], Standing::NotYet),
            (ORDERED, &[("origin", "TU_PHAT")], Standing::SpontaneousPending),
            (ALONE, &[("origin", "CHI_DAO")], Standing::NotYet),
            (ALONE, &[decided], Standing::Counted),
            (ALONE, &[("decision_date", "2022-11-10")], Standing::SpontaneousPending),
            (ALONE, &[("ended_on", "2022-11-09")], Standing::Ended),
            (ALONE, &[("ended_on", "2022-11-10")], Standing::SpontaneousPending),
        ] {
            assert_eq!(standing(&point(model, values), day(), &pack()), expect, "{model} {values:?}");
        }
    }

    #[test]
    fn a_model_that_is_recognised_or_ended_itself_waits_no_more() {
        let waits_with = |key: &str, on: &str| {
            waits(&Model::read(ALONE, &fields(&[("origin", "TU_PHAT"), (key, on)])), [], day(), &pack())
        };
        assert!(waits_with("note", "2022-11-09"));
        for key in ["decision_date", "ended_on"] {
            assert!(!waits_with(key, "2022-11-09") && waits_with(key, "2022-11-10"), "{key}");
        }
    }

    #[test]
    fn a_spontaneous_model_waits_itself_until_a_point_is_recognised_or_waits_for_it() {
        let [alone, _, ordered, ..] = models();
        let waiting = point(ALONE, &[]);
        let counted = point(ALONE, &[("decision_date", "2022-11-09")]);
        let ended = point(ALONE, &[("ended_on", "2022-11-09")]);
        let by_order = point(ALONE, &[("origin", "CHI_DAO")]);
        for (points, expect) in [
            (&[][..], true),
            (&[&by_order], true),
            (&[&by_order, &ended], true),
            (&[&ended], false),
            (&[&waiting], false),
            (&[&counted], false),
            (&[&counted, &by_order], false),
        ] {
            assert_eq!(waits(&alone, points.iter().copied(), day(), &pack()), expect, "{points:?}");
        }
        assert!(!waits(&ordered, [], day(), &pack()));
    }

    /// R5: the day of the end tells; a model that is done with is not recognised.
    #[test]
    fn a_model_has_ended_by_its_own_day_or_with_all_of_its_points() {
        let [alone, ..] = models();
        let of_itself = |on| Model::read(ALONE, &fields(&[("origin", "TU_PHAT"), ("ended_on", on)]));
        let (ended, later) = (point(ALONE, &[("ended_on", "2022-11-09")]), point(ALONE, &[("ended_on", "2022-11-10")]));
        for (model, points, expect) in [
            (&alone, &[][..], false),
            (&alone, &[&ended], true),
            (&alone, &[&ended, &later], false),
            (&of_itself("2022-11-09"), &[&later], true),
            (&of_itself("2022-11-10"), &[], false),
        ] {
            assert_eq!(has_ended(model, points.iter().copied(), day(), &pack()), expect, "{points:?}");
        }
    }

    #[test]
    fn a_point_of_a_merged_model_waits_for_the_one_that_stands_for_it() {
        let names = |points: &[Point]| {
            waiting_models(&models(), points, day(), &pack()).iter().map(|m| m.id).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), [ALONE]);
        assert_eq!(names(&[point(MERGED, &[])]), []);
    }
}
