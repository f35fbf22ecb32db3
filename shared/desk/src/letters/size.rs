//! A model or point in numbers, as papers tell them.

use chrono::{Datelike, NaiveDate};
use keng_domain::id::RecordId;
use keng_domain::letter::Size;
use keng_domain::model::Merges;
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Standing, standing};
use keng_store::{Store, StoreError};

use super::decision;
use crate::names::Names;

/// A point, with its decision and the last year that was rated.
pub(super) fn of_point(names: &Names, point: &Point) -> Size {
    let rated = point.ratings.iter().rev().find_map(|(year, rating)| match rating {
        YearRating::Rated(level) => {
            Some((*year, names.pack.level(level).map_or_else(|| level.clone(), |l| l.label.clone())))
        }
        YearRating::Contested => None,
    });
    let decision = point.decision_no.clone().map(|number| decision(number, point.decision_date));
    Size { points: 1, teams: point.teams.into(), members: point.members.into(), decision, rated }
}

/// A model with everything that stands for it, as counted on `day` (R2).
pub(super) fn of_model(store: &Store, merges: &Merges, target: RecordId, day: NaiveDate) -> Result<Size, StoreError> {
    let (mut size, pack) = (Size::default(), store.rule_pack_of(day.year())?);
    let own = |p: &Point| p.model.is_some_and(|m| merges.target(m) == target);
    for point in store.points()?.iter().filter(|p| own(p) && standing(p, day, &pack) == Standing::Counted) {
        size.points += 1;
        size.teams += u64::from(point.teams);
        size.members += u64::from(point.members);
    }
    Ok(size)
}
