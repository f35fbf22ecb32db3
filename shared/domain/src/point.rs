//! A point (điểm mô hình): one place where a model runs; what is counted and rated.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::field::{Candidate, Contest, Field, Fields, Value};
use crate::id::RecordId;
use crate::period::YEARS;
use crate::schema::{ORIGIN_SPONTANEOUS, STATUS_ENDED};
use crate::scope::Scope;
use crate::unit::{CatalogueId, UnitCode, UnitKey};

/// A point as it reads now, interim values where fields are contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Its record.
    pub id: RecordId,
    /// The model it runs, before merges.
    pub model: Option<RecordId>,
    /// The unit it lies in: the smallest one of the catalogue.
    pub unit: UnitCode,
    /// The catalogue in which `unit` is a unit, by the record's scope; `None` for fields alone.
    #[serde(skip)]
    pub catalogue: Option<CatalogueId>,
    /// Hamlet, school, office.
    pub place: String,
    /// What kind of place: a code of [`crate::schema::OBJECTS`].
    pub object: Option<String>,
    /// Whether it arose by itself and needs recognition (letter 4267, 1.c, second dash).
    pub spontaneous: bool,
    /// Number of the founding or recognition decision.
    pub decision_no: Option<String>,
    /// Date of that decision.
    pub decision_date: Option<NaiveDate>,
    /// Date of the launch.
    pub launched_on: Option<NaiveDate>,
    /// Number of teams.
    pub teams: u32,
    /// Number of members.
    pub members: u32,
    /// State code, see [`crate::schema::STATUSES`].
    pub status: Option<String>,
    /// Effective date of its end.
    pub ended_on: Option<NaiveDate>,
    /// Why it ended: a code of [`crate::schema::END_GROUNDS`].
    pub end_ground: Option<String>,
    /// The rating of each year.
    pub ratings: BTreeMap<i32, YearRating>,
}

/// The one rating of a point for a year, or why there is none (R6, R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearRating {
    /// All raters agree, or the approving level has chosen: the level's code.
    Rated(String),
    /// Raters disagree; counted as not yet rated.
    Contested,
}

impl Point {
    /// Reads a point from its fields.
    #[must_use]
    pub fn read(id: RecordId, fields: &Fields) -> Self {
        let text = |key: &str| fields.text(key).map(str::to_owned);
        let count = |key: &str| fields.int(key).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        Self {
            id,
            model: fields.text("model").and_then(|s| s.parse().ok()),
            unit: fields.text("unit").and_then(|s| s.parse().ok()).unwrap_or_default(),
            catalogue: None,
            place: text("place").unwrap_or_default(),
            object: text("object"),
            spontaneous: fields.text("origin") == Some(ORIGIN_SPONTANEOUS),
            decision_no: text("decision_no"),
            decision_date: fields.date("decision_date"),
            launched_on: fields.date("launched_on"),
            teams: count("teams"),
            members: count("members"),
            status: text("status"),
            ended_on: fields.date("ended_on"),
            end_ground: text("end_ground"),
            ratings: rated_years(fields).into_iter().filter_map(|y| Some((y, year_rating(fields, y)?))).collect(),
        }
    }

    /// The same point with another value in one of the fields that decide whether and how it counts: `model`,
    /// `decision_date`, `launched_on`, `ended_on`, `status`, `origin`, or `ratings/<year>` for the one rating of a year.
    #[must_use]
    pub fn with(&self, field: &str, value: &Value) -> Self {
        let mut point = self.clone();
        let text = value.as_text().filter(|t| !t.is_empty());
        match field {
            "model" => point.model = text.and_then(|t| t.parse().ok()),
            "decision_date" => point.decision_date = text.and_then(|t| t.parse().ok()),
            "launched_on" => point.launched_on = text.and_then(|t| t.parse().ok()),
            "ended_on" => point.ended_on = text.and_then(|t| t.parse().ok()),
            "status" => point.status = text.map(str::to_owned),
            "origin" => point.spontaneous = text == Some(ORIGIN_SPONTANEOUS),
            _ => {
                let Some(year) = field.strip_prefix("ratings/").and_then(|y| y.parse().ok()) else { return point };
                match text {
                    Some(level) => point.ratings.insert(year, YearRating::Rated(level.to_owned())),
                    None => point.ratings.remove(&year),
                };
            }
        }
        point
    }

    /// Reads a point of a scope: the same code means another unit in another catalogue (R31).
    #[must_use]
    pub fn of(id: RecordId, scope: &Scope, fields: &Fields) -> Self {
        let catalogue = match scope {
            Scope::Area { catalogue, .. } => Some(catalogue.clone()),
            Scope::Province => None,
        };
        Self { catalogue, ..Self::read(id, fields) }
    }

    /// The unit it lies in, by catalogue and code.
    #[must_use]
    pub fn unit_key(&self) -> UnitKey {
        UnitKey { catalogue: self.catalogue.clone(), code: self.unit.clone() }
    }

    /// Whether its end lies before its decision: one of the two days is wrong, and which is for people to say.
    #[must_use]
    pub fn ends_before_its_decision(&self) -> bool {
        self.ended_on.zip(self.decision_date).is_some_and(|(end, decision)| end < decision)
    }

    /// Whether its state is "ended" (chấm dứt).
    #[must_use]
    pub fn is_marked_ended(&self) -> bool {
        self.status.as_deref() == Some(STATUS_ENDED)
    }
}

/// The collection of yearly ratings: year, rater.
pub const RATINGS: &str = "ratings";
/// The collection of the approving level's choices: year.
pub const APPROVED: &str = "approved";
/// The collection of points given for each criterion of a rating: year, rater, number of the criterion.
pub const CRITERIA: &str = "rating_points";

/// The key of one unit's rating of one year.
#[must_use]
pub fn rating_key(year: i32, rater: &UnitCode) -> String {
    format!("{RATINGS}/{year}/{rater}")
}

/// The key of one unit's rating of a record in `scope`. A unit of the scope's own catalogue is named
/// by its code, any other one with its catalogue: two raters never share a key, though they may
/// share a code (R31).
#[must_use]
pub fn rating_key_in(scope: &Scope, year: i32, rater: &UnitKey) -> String {
    format!("{RATINGS}/{year}/{}", rater_in(scope, rater))
}

/// Where one unit's points for the criteria of one year stand in a record in `scope`.
#[must_use]
pub fn criteria_key_in(scope: &Scope, year: i32, rater: &UnitKey) -> String {
    format!("{CRITERIA}/{year}/{}", rater_in(scope, rater))
}

/// How ratings of a record in `scope` name a rater.
#[must_use]
pub fn rater_in(scope: &Scope, rater: &UnitKey) -> String {
    match scope {
        Scope::Area { catalogue, .. } if rater.catalogue.as_ref().is_some_and(|c| c != catalogue) => rater.to_string(),
        Scope::Area { .. } | Scope::Province => rater.code.to_string(),
    }
}

/// The key of the approving level's choice for one year.
#[must_use]
pub fn approval_key(year: i32) -> String {
    format!("{APPROVED}/{year}")
}

/// The years for which any unit has rated, of [`YEARS`]: who may rate may name any year in the key.
fn rated_years(fields: &Fields) -> BTreeSet<i32> {
    let year = |key: &String| {
        let mut parts = key.split('/');
        let year = matches!(parts.next(), Some(RATINGS | APPROVED)).then(|| parts.next()?.parse().ok()).flatten();
        year.filter(|y| YEARS.contains(y))
    };
    fields.0.keys().filter_map(year).collect()
}

fn ratings_of(fields: &Fields, year: i32) -> impl Iterator<Item = (&str, &Field)> {
    let prefix = format!("{RATINGS}/{year}/");
    fields.0.iter().filter_map(move |(k, f)| Some((k.strip_prefix(&prefix)?, f)))
}

fn year_rating(fields: &Fields, year: i32) -> Option<YearRating> {
    match fields.get(&approval_key(year)) {
        Some(Field::Settled(Value::Text(level))) if !level.is_empty() => return Some(YearRating::Rated(level.clone())),
        Some(Field::Contested(_)) => return Some(YearRating::Contested),
        Some(Field::Settled(_)) | None => {}
    }
    let mut levels = BTreeSet::new();
    for (_, field) in ratings_of(fields, year) {
        match field {
            Field::Contested(_) => return Some(YearRating::Contested),
            Field::Settled(Value::Text(level)) if !level.is_empty() => {
                levels.insert(level.as_str());
            }
            Field::Settled(_) => {}
        }
    }
    let mut levels = levels.into_iter();
    match (levels.next(), levels.next()) {
        (None, _) => None,
        (Some(level), None) => Some(YearRating::Rated(level.to_owned())),
        (Some(_), Some(_)) => Some(YearRating::Contested),
    }
}

/// The contests over yearly ratings: key `ratings/<year>`, all raters' values as candidates
/// (R12). `author_of` tells who wrote the settled value at a key.
#[must_use]
pub fn rating_contests(
    owner: &UnitCode,
    fields: &Fields,
    mut author_of: impl FnMut(&str) -> Option<Candidate>,
) -> Vec<(String, Contest)> {
    let mut contests = Vec::new();
    for year in rated_years(fields) {
        if year_rating(fields, year) != Some(YearRating::Contested) {
            continue;
        }
        let mut candidates = Vec::new();
        if let Some(Field::Contested(c)) = fields.get(&approval_key(year)) {
            candidates.extend(c.candidates.iter().cloned());
        } else {
            for (rater, field) in ratings_of(fields, year) {
                let side = rater.parse::<UnitKey>().map(|key| key.code).unwrap_or_default();
                let of_key = match field {
                    Field::Contested(c) => c.candidates.clone(),
                    Field::Settled(Value::Null) => continue,
                    Field::Settled(_) => author_of(&format!("ratings/{year}/{rater}")).into_iter().collect(),
                };
                candidates.extend(of_key.into_iter().map(|c| Candidate { side: side.clone(), ..c }));
            }
        }
        candidates.sort_by(|a, b| (a.side != *owner, &a.side, &a.value).cmp(&(b.side != *owner, &b.side, &b.value)));
        if let Some(first) = candidates.first() {
            contests.push((format!("ratings/{year}"), Contest { interim: first.value.clone(), candidates }));
        }
    }
    contests
}

#[cfg(test)]
mod tests {
    use super::{Point, YearRating};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;

    fn point(pairs: &[(&str, &str)]) -> Point {
        let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
        Point::read(RecordId([0; 16]), &Fields(fields))
    }

    #[test]
    fn two_raters_who_agree_rate_the_point() {
        let p = point(&[("ratings/2022/610", "tot"), ("ratings/2022/62", "tot")]);
        assert_eq!(p.ratings[&2022], YearRating::Rated("tot".into()));
    }

    #[test]
    fn two_raters_who_differ_leave_it_unrated_until_the_approving_level_chooses() {
        let differ = [("ratings/2022/610", "tot"), ("ratings/2022/62", "yeu")];
        assert_eq!(point(&differ).ratings[&2022], YearRating::Contested);
        let chosen = [differ[0], differ[1], ("approved/2022", "yeu")];
        assert_eq!(point(&chosen).ratings[&2022], YearRating::Rated("yeu".into()));
    }

    #[test]
    fn a_year_that_cannot_be_is_not_heard() {
        let p = point(&[("ratings/300000/610", "tot"), ("approved/-5", "tot"), ("ratings/2022/610", "kha")]);
        assert_eq!(p.ratings.into_keys().collect::<Vec<_>>(), [2022]);
    }

    #[test]
    fn years_do_not_mix() {
        let p = point(&[("ratings/2021/610", "yeu"), ("ratings/2022/610", "tot")]);
        assert_eq!(p.ratings[&2022], YearRating::Rated("tot".into()));
        assert_eq!(p.ratings[&2021], YearRating::Rated("yeu".into()));
    }
}
