//! "Nếu chọn thì sao?": a model judged again with each candidate of a contest in place (R9, R12).

use crate::explanation::Judgement;
use crate::field::Value;
use crate::id::RecordId;
use crate::model::Merges;
use crate::period::Period;
use crate::point::Point;
use crate::rule_pack::RulePack;
use crate::rules::counting::tally;
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

/// The judgement of `model` for each of `values` in `field` of `point`, in their order.
///
/// `others` are the model's points; `point` itself may be among them.
pub fn outcomes<'a>(
    model: RecordId,
    point: &Point,
    field: &str,
    values: impl IntoIterator<Item = &'a Value>,
    others: &[&Point],
    merges: &Merges,
    rules: (&Period, &RulePack),
) -> Vec<Judgement> {
    let (period, pack) = rules;
    let judge = |value: &Value| {
        let chosen = point.with(field, value);
        let own = chosen.model.is_some_and(|m| merges.target(m) == model).then_some(&chosen);
        let points = others.iter().copied().filter(|p| p.id != point.id).chain(own);
        judge_by_points(tally(points, period.year, period.cut_off, pack), period.cut_off, pack)
    };
    values.into_iter().map(judge).collect()
}

/// Whether the choice decides the verdict.
#[must_use]
pub fn tip_the_verdict(judgements: &[Judgement]) -> bool {
    judgements.windows(2).any(|w| w[0].verdict != w[1].verdict)
}

#[cfg(test)]
mod tests {
    use super::{matters, outcomes, tip_the_verdict};
    use crate::explanation::Verdict;
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Merges;
    use crate::period::Period;
    use crate::point::Point;
    use crate::rule_pack::RulePack;

    const MODEL: RecordId = RecordId([7; 16]);

    fn point(n: u8, level: &str) -> Point {
        let pairs = [("decision_date", "2020-01-01"), ("ratings/2022/610", level), ("model", &MODEL.to_string())]
            .map(|(k, v)| (k.to_owned(), Field::Settled(Value::from(v))));
        Point::read(RecordId([n; 16]), &Fields(pairs.into()))
    }

    fn verdicts(field: &str, values: &[Value]) -> Vec<Verdict> {
        let pack = RulePack::kontum_2022();
        let period = Period::annual(2022, &pack.periods);
        let (open, poor) = (point(1, "yeu"), point(2, "yeu"));
        let all = [&open, &poor];
        outcomes(MODEL, &open, field, values, &all, &Merges::default(), (&period, &pack))
            .iter()
            .map(|j| j.verdict)
            .collect()
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
        assert!(!tip_the_verdict(&[]));
    }
}
