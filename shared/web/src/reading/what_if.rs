//! "Nếu chọn thì sao?": the model judged again with each candidate in place.

use keng_domain::explanation::Judgement;
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rules::what_if::{self, Choice, OpenRatings};
use keng_domain::schema::Kind;
use keng_store::StoreError;
use keng_store::contests::ContestView;

use super::Reading;

/// The model of a contested point, and its judgement after each choice.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// The model, after merges.
    pub model: RecordId,
    /// One for each candidate, in their order.
    pub judgements: Vec<Judgement>,
    /// Whether the choice can decide the verdict, alone or together with the model's other contests.
    pub may_tip: bool,
}

impl Reading<'_> {
    /// Judges the model of the contest's point once for each candidate; `None` where no choice
    /// can matter to a verdict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn outcomes(&self, contest: &ContestView, open: &OpenRatings<'_>) -> Result<Option<Outcomes>, StoreError> {
        if contest.kind != Kind::Point.code() || !what_if::matters(&contest.field) {
            return Ok(None);
        }
        let Some(view) = self.store.record(contest.record)? else { return Ok(None) };
        let point = Point::read(view.id, &view.fields);
        let Some(model) = point.model.map(|m| self.merges.target(m)) else { return Ok(None) };
        let year = what_if::rated_year(&contest.field).unwrap_or(self.year());
        let pack = self.names.packs.of_year(year);
        let period = Period::annual(year, &pack.periods);
        let others: Vec<&Point> = self.points_of(model).collect();
        let values = contest.contest.candidates.iter().map(|c| &c.value);
        let choice =
            Choice::of(model, &point, (&contest.field, values), (&others, &self.merges), open, (&period, pack));
        let (judgements, may_tip) = (choice.judgements(&period, pack), choice.may_tip(&period, pack));
        Ok(Some(Outcomes { model, judgements, may_tip }))
    }

    /// What is contested among the ratings of all points.
    pub fn open_ratings(&self) -> OpenRatings<'_> {
        let key = |c: &ContestView| Some((c.record, what_if::rated_year(&c.field)?));
        let values = self.contests.iter().map(|c| c.contest.candidates.iter().map(|c| &c.value).collect());
        self.contests.iter().map(key).zip(values).filter_map(|(key, values)| Some((key?, values))).collect()
    }
}
