//! Which points count, and from when (letter 4267, 1.c; rules R2, R4, R5, R7).

use chrono::{Months, NaiveDate};

use crate::explanation::Tally;
use crate::point::{Point, YearRating};
use crate::rule_pack::{CountingDay, RulePack};

/// Where a point stands at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Counted (R2).
    Counted,
    /// Arose by itself and is not recognised yet: listed apart, not counted (R4).
    SpontaneousPending,
    /// Ended on or before the day (R5).
    Ended,
    /// No decision dated on or before the day (R2).
    NotYet,
    /// Decided, but not launched by that day, where the rule pack counts from the launch (R2).
    NotLaunched,
}

/// The day from which a point counts while it has not ended (R2): that of its founding or recognition decision, or,
/// where the rule pack counts from the launch, the day by which it has both.
#[must_use]
pub fn counts_from(point: &Point, pack: &RulePack) -> Option<NaiveDate> {
    match pack.counting.from {
        CountingDay::Decision => point.decision_date,
        CountingDay::Launch => {
            point.decision_date.zip(point.launched_on).map(|(decided, launched)| decided.max(launched))
        }
    }
}

/// Where `point` stands at the end of `day`: it counts from [`counts_from`], and until the effective date of its end.
#[must_use]
pub fn standing(point: &Point, day: NaiveDate, pack: &RulePack) -> Standing {
    let ended = match point.ended_on {
        Some(on) => on <= day,
        None => point.is_marked_ended(),
    };
    let by_then = |on: Option<NaiveDate>| on.is_some_and(|on| on <= day);
    match (by_then(counts_from(point, pack)), by_then(point.decision_date), point.spontaneous) {
        _ if ended => Standing::Ended,
        (true, ..) => Standing::Counted,
        (false, true, _) => Standing::NotLaunched,
        (false, false, true) => Standing::SpontaneousPending,
        (false, false, false) => Standing::NotYet,
    }
}

/// Whether a counted point is old enough at `cut_off` to be rated (R7).
#[must_use]
pub fn is_eligible(point: &Point, cut_off: NaiveDate, pack: &RulePack) -> bool {
    counts_from(point, pack)
        .and_then(|d| d.checked_add_months(Months::new(pack.eligibility.months)))
        .is_some_and(|d| d <= cut_off)
}

/// What one year's rating says about a point (R8, R12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Rated at an effective level.
    Effective,
    /// Rated at another level.
    NotEffective,
    /// Rated at a level that decides nothing (R8): the yearly rating is done (R6), but speaks for no verdict (R9).
    Undecided,
    /// Not rated.
    Unrated,
    /// Raters disagree.
    Contested,
}

/// The effect of the rating of `year`.
#[must_use]
pub fn effect(point: &Point, year: i32, pack: &RulePack) -> Effect {
    match point.ratings.get(&year) {
        None => Effect::Unrated,
        Some(YearRating::Contested) => Effect::Contested,
        Some(YearRating::Rated(level)) => match pack.level(level).and_then(|l| l.effective) {
            Some(true) => Effect::Effective,
            Some(false) => Effect::NotEffective,
            None => Effect::Undecided,
        },
    }
}

/// Counts the points of one model for the rating of `year` as of the end of `cut_off`.
pub fn tally<'a>(points: impl IntoIterator<Item = &'a Point>, year: i32, cut_off: NaiveDate, pack: &RulePack) -> Tally {
    let mut tally = Tally::default();
    for point in points {
        if standing(point, cut_off, pack) != Standing::Counted {
            continue;
        }
        tally.points += 1;
        if !is_eligible(point, cut_off, pack) {
            continue;
        }
        tally.eligible += 1;
        match effect(point, year, pack) {
            Effect::Effective => tally.effective += 1,
            Effect::NotEffective => {}
            Effect::Undecided | Effect::Unrated => tally.unrated += 1,
            Effect::Contested => {
                tally.unrated += 1;
                tally.contested += 1;
            }
        }
    }
    tally
}

/// [`tally`] of who owes the ratings (R6) instead of the verdict (R9): unrated is what has no rating or several, for a
/// level that decides nothing is a rating too.
pub fn rating_duty<'a>(
    points: impl IntoIterator<Item = &'a Point> + Clone,
    year: i32,
    cut_off: NaiveDate,
    pack: &RulePack,
) -> Tally {
    let undecided = points.clone().into_iter().filter(|p| {
        standing(p, cut_off, pack) == Standing::Counted
            && is_eligible(p, cut_off, pack)
            && effect(p, year, pack) == Effect::Undecided
    });
    let undecided = undecided.count() as u32;
    let tally = tally(points, year, cut_off, pack);
    Tally { unrated: tally.unrated - undecided, ..tally }
}

#[cfg(test)]
mod tests {
    use super::{Standing, is_eligible, standing};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::point::Point;
    use crate::rule_pack::RulePack;
    use chrono::NaiveDate;

    fn point(pairs: &[(&str, &str)]) -> Point {
        let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
        Point::read(RecordId([0; 16]), &Fields(fields))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(pairs: &[(&str, &str)], expect: Standing) {
        assert_eq!(standing(&point(pairs), day("2022-11-09"), &RulePack::kontum_2022()), expect, "{pairs:?}");
    }

    #[test]
    fn a_point_counts_from_the_date_of_its_decision() {
        check(&[("decision_date", "2022-11-09")], Standing::Counted);
        check(&[("decision_date", "2022-11-10")], Standing::NotYet);
        check(&[], Standing::NotYet);
    }

    #[test]
    fn a_spontaneous_point_without_recognition_is_listed_apart() {
        check(&[("origin", "TU_PHAT")], Standing::SpontaneousPending);
        check(&[("origin", "TU_PHAT"), ("decision_date", "2022-07-17")], Standing::Counted);
        check(&[("origin", "TU_PHAT"), ("status", "CHAM_DUT"), ("ended_on", "2022-03-03")], Standing::Ended);
    }

    #[test]
    fn an_ended_point_is_excluded_from_its_effective_date() {
        let decided = ("decision_date", "2019-01-01");
        check(&[decided, ("status", "CHAM_DUT"), ("ended_on", "2022-11-09")], Standing::Ended);
        check(&[decided, ("status", "CHAM_DUT"), ("ended_on", "2022-11-10")], Standing::Counted);
        check(&[decided, ("status", "CHAM_DUT")], Standing::Ended);
    }

    /// R2: no text that we could read says from which day a point counts; a province may say so.
    #[test]
    fn a_pack_may_let_a_point_that_is_decided_count_from_its_launch() {
        let text = crate::rule_pack::DEFAULT_TOML.replace("from = \"decision\"", "from = \"launch\"");
        let pack = RulePack::from_toml(&text).unwrap();
        let stands = |pairs: &[(&str, &str)]| standing(&point(pairs), day("2022-11-09"), &pack);
        let (decided, of_itself) = (("decision_date", "2022-03-01"), ("origin", "TU_PHAT"));
        assert_eq!(stands(&[decided]), Standing::NotLaunched);
        assert_eq!(stands(&[decided, ("launched_on", "2022-11-10")]), Standing::NotLaunched);
        assert_eq!(stands(&[decided, ("launched_on", "2022-11-09")]), Standing::Counted);
        let launched = ("launched_on", "2022-05-09");
        assert_eq!(stands(&[launched]), Standing::NotYet, "no launch makes up for a decision");
        assert_eq!(stands(&[launched, ("decision_date", "2022-11-10")]), Standing::NotYet);
        assert_eq!(stands(&[launched, of_itself]), Standing::SpontaneousPending);
        let eligible = |on| is_eligible(&point(&[decided, ("launched_on", on)]), day("2022-11-09"), &pack);
        assert_eq!([eligible("2022-05-09"), eligible("2022-05-10")], [true, false]);
    }

    #[test]
    fn six_full_months_make_a_point_eligible() {
        let eligible =
            |date: &str| is_eligible(&point(&[("decision_date", date)]), day("2022-11-09"), &RulePack::kontum_2022());
        assert!(eligible("2022-05-09"));
        assert!(!eligible("2022-05-10"));
    }
}
