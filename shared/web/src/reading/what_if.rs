//! "Nếu chọn thì sao?": the model judged again with each candidate in place.

use keng_domain::explanation::Judgement;
use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::{Point, approval_key};
use keng_domain::rules::counting::tally;
use keng_domain::rules::half_points::judge_by_points;
use keng_domain::schema::Kind;
use keng_store::StoreError;
use keng_store::query::ContestView;

use super::Reading;

/// Fields of a point that decide whether and for which model it counts.
const DECIDING: [&str; 5] = ["model", "decision_date", "ended_on", "status", "origin"];

/// The model of a contested point, and its judgement after each choice.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// The model, after merges.
    pub model: RecordId,
    /// One for each candidate, in their order.
    pub judgements: Vec<Judgement>,
}

impl Outcomes {
    /// Whether the choice decides the verdict.
    #[must_use]
    pub fn tip_the_verdict(&self) -> bool {
        self.judgements.windows(2).any(|w| w[0].verdict != w[1].verdict)
    }
}

impl Reading<'_> {
    /// Judges the model of the contest's point once for each candidate; `None` where no choice
    /// can matter to a verdict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn outcomes(&self, contest: &ContestView) -> Result<Option<Outcomes>, StoreError> {
        let rated = contest.field.strip_prefix("ratings/").and_then(|y| y.parse::<i32>().ok());
        let matters = rated.is_some() || DECIDING.contains(&contest.field.as_str());
        if contest.kind != Kind::Point.code() || !matters {
            return Ok(None);
        }
        let Some(view) = self.store.record(contest.record)? else { return Ok(None) };
        let Some(model) = Point::read(view.id, &view.fields).model.map(|m| self.merges.target(m)) else {
            return Ok(None);
        };
        let period = rated.map_or(self.period, |year| Period::annual(year, &self.names.pack.periods));
        // The approving level's choice is what settles a rating, whoever rated.
        let key = rated.map_or_else(|| contest.field.clone(), approval_key);
        let judgements = contest
            .contest
            .candidates
            .iter()
            .map(|candidate| {
                let chosen = chosen(contest.record, &view.fields, &key, &candidate.value);
                self.judged_with(model, &chosen, &period)
            })
            .collect();
        Ok(Some(Outcomes { model, judgements }))
    }

    fn judged_with(&self, model: RecordId, chosen: &Point, period: &Period) -> Judgement {
        let pack = &self.names.pack;
        let others = self.points_of(model).filter(|p| p.id != chosen.id);
        let own = chosen.model.is_some_and(|m| self.merges.target(m) == model).then_some(chosen);
        judge_by_points(tally(others.chain(own), period.year, period.cut_off, pack), period.cut_off, pack)
    }
}

fn chosen(id: RecordId, fields: &Fields, key: &str, value: &Value) -> Point {
    let mut fields = fields.clone();
    fields.0.insert(key.to_owned(), Field::Settled(value.clone()));
    Point::read(id, &fields)
}
