//! Which models an open contest can turn (R12, R20).

use std::collections::{BTreeSet, HashMap};

use super::consolidate::name_of;
use super::rated::judged_year;
use super::{Input, OpenContest};
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::point::Point;
use crate::rules::what_if::{self, Choice, OpenRatings};
use crate::schema::Kind;

/// The open contests, each with the models whose verdict its choice decides.
pub(super) fn weighed(input: &Input<'_>) -> Vec<OpenContest> {
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
    let names: HashMap<RecordId, &Model> = input.models.iter().map(|m| (m.id, m)).collect();
    // By the year of the period, and by that whose verdicts are printed.
    let rated = judged_year(&input.period, input.packs, input.points).filter(|y| *y != input.period.year);
    let rated = rated.map(|year| input.packs.annual(year));
    let rating = |c: &'_ OpenContest| Some((c.record, what_if::rated_year(&c.field)?));
    let open: OpenRatings<'_> = input
        .contests
        .iter()
        .filter_map(|c| Some((rating(c)?, c.candidates.iter().map(|c| &c.value).collect())))
        .collect();
    for contest in contests.iter_mut().filter(|c| is_weighty(c)) {
        let Some(point) = by_id.get(&contest.record) else { continue };
        let tips = |model: &RecordId| {
            let others = by_model.get(model).map_or(&[][..], Vec::as_slice);
            [input.period].iter().chain(&rated).any(|by| {
                let (values, pack) = (contest.candidates.iter().map(|c| &c.value), input.packs.of_year(by.year));
                Choice::of(*model, point, (&contest.field, values), (others, &merges), &open, (by, pack))
                    .may_tip(by, pack)
            })
        };
        // A contest over the model itself takes the point from one to another: either may turn.
        let chosen = contest.candidates.iter().filter_map(|c| point.with(&contest.field, &c.value).model);
        let models: BTreeSet<RecordId> = chosen.chain(point.model).map(|m| merges.target(m)).collect();
        let turned: Vec<RecordId> = models.into_iter().filter(tips).collect();
        contest.may_change_verdict = !turned.is_empty();
        contest.tips = turned.into_iter().map(|id| name_of(id, names.get(&id).copied())).collect();
    }
    contests
}
