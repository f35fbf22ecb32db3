//! What the movement brought in the year, which letter 4267, 2 (third dash) ties to the work with models: places
//! that are safe (TT 124/2021), places that were scored (QĐ 510), exemplars, nominations.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Exemplar, Input, Nominated};
use crate::field::Fields;
use crate::id::RecordId;
use crate::period::{Period, PeriodKind};
use crate::rule_pack::Movement as Scoring;
use crate::rules::movement::sheet;
use crate::rules::places::{PlaceKey, distinct};
use crate::schema::{DISTRICT, OBJECTS};
use crate::scope::Scope;
use crate::text;

/// A place of TT 124/2021 as its record reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafePlace {
    /// Its record.
    pub id: RecordId,
    /// Which place it is.
    pub key: PlaceKey,
    /// A code of [`OBJECTS`]; empty where nobody has chosen one.
    pub object: String,
    /// The year.
    pub year: i32,
    /// Whether it has registered.
    pub registered: bool,
    /// Whether the competent level has recognised it; `None`: not decided.
    pub recognised: Option<bool>,
}

impl SafePlace {
    /// Reads a place from its record; `None` without a year.
    #[must_use]
    pub fn read(id: RecordId, scope: &Scope, fields: &Fields) -> Option<Self> {
        let yes = |key: &str| fields.text(key).map(|v| v == "CO");
        Some(Self {
            id,
            key: PlaceKey::of(id, scope, fields)?,
            object: fields.text("object").unwrap_or_default().to_owned(),
            year: fields.text("year")?.parse().ok()?,
            registered: yes("registered") == Some(true),
            recognised: yes("recognised"),
        })
    }

    /// One record for each place: the recognised one of several, else one on which somebody has decided, else a
    /// registered one.
    #[must_use]
    pub fn distinct<'a>(places: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        distinct(places, |p| (&p.key, p.id), |p| (p.recognised == Some(true), p.recognised.is_some(), p.registered))
    }
}

/// A place of QĐ 510 as its record reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredPlace {
    /// Its record.
    pub id: RecordId,
    /// Which place it is.
    pub key: PlaceKey,
    /// A code of [`OBJECTS`], or `HUYEN`.
    pub object: String,
    /// The year.
    pub year: i32,
    /// Its class in words; `None` while lines are open or the province has said no thresholds.
    pub class: Option<String>,
}

impl ScoredPlace {
    /// Reads a place from its record; `None` without a year.
    #[must_use]
    pub fn read(id: RecordId, scope: &Scope, fields: &Fields, rules: &Scoring) -> Option<Self> {
        Some(Self {
            id,
            key: PlaceKey::of(id, scope, fields)?,
            object: fields.text("object").unwrap_or_default().to_owned(),
            year: fields.text("year")?.parse().ok()?,
            class: sheet(fields, rules).class,
        })
    }

    /// One record for each place: one that has a class before one that has none.
    #[must_use]
    pub fn distinct<'a>(places: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        distinct(places, |p| (&p.key, p.id), |p| p.class.is_some())
    }
}

/// Counts of one year's records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Movement {
    /// The year of the assessments and scores.
    pub year: i32,
    /// TT 124/2021, by object.
    pub safety: Vec<SafetyCount>,
    /// QĐ 510, by object and class.
    pub scores: Vec<ScoreCount>,
    /// Exemplars recognised in the period, by kind and level.
    pub exemplars: Vec<ExemplarCount>,
    /// Exemplars whose decision has no date: in no period, and not among the others.
    pub exemplars_without_date: u32,
    /// Models proposed for notice, by what the province decided.
    pub nominations: Vec<NominationCount>,
}

/// Places of one object under TT 124/2021.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SafetyCount {
    /// The object in words.
    pub object: String,
    /// Places that have a record of the year.
    pub places: u32,
    /// Of these, registered.
    pub registered: u32,
    /// Of these, recognised.
    pub recognised: u32,
    /// Of these, decided and not recognised.
    pub not_recognised: u32,
}

/// Places of one object and class under QĐ 510.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoreCount {
    /// The object in words.
    pub object: String,
    /// The class in words; `None`: none yet.
    pub class: Option<String>,
    /// How many.
    pub places: u32,
}

/// Exemplars of one kind and level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExemplarCount {
    /// `Tập thể`, `Cá nhân`; empty where nobody has said.
    pub kind: String,
    /// Who recognised them; empty where nobody has said.
    pub level: String,
    /// How many.
    pub exemplars: u32,
}

/// Nominations in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NominationCount {
    /// In words.
    pub state: String,
    /// How many.
    pub nominations: u32,
}

impl Movement {
    /// Whether no record of it has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { year: self.year, ..Self::default() }
    }

    /// Places under TT 124/2021 of every object; its own `object` is empty.
    #[must_use]
    pub fn safety_in_all(&self) -> SafetyCount {
        self.safety.iter().fold(SafetyCount::default(), |all, of| SafetyCount {
            object: String::new(),
            places: all.places + of.places,
            registered: all.registered + of.registered,
            recognised: all.recognised + of.recognised,
            not_recognised: all.not_recognised + of.not_recognised,
        })
    }

    /// Places scored by QĐ 510.
    #[must_use]
    pub fn scored(&self) -> u32 {
        self.scores.iter().map(|of| of.places).sum()
    }

    /// Of [`Movement::scored`], those without a class.
    #[must_use]
    pub fn unclassified(&self) -> u32 {
        self.scores.iter().filter(|of| of.class.is_none()).map(|of| of.places).sum()
    }

    /// Nominations in every state.
    #[must_use]
    pub fn nominated(&self) -> u32 {
        self.nominations.iter().map(|of| of.nominations).sum()
    }
}

impl SafetyCount {
    /// Places about which nobody has decided.
    #[must_use]
    pub fn undecided(&self) -> u32 {
        self.places.saturating_sub(self.recognised + self.not_recognised)
    }
}

/// [`DISTRICT`] in words.
const DISTRICTS: (&str, &str) = (DISTRICT, "Huyện, thành phố");

/// The place of an object in the order of the circular, and what it is called.
fn object(code: &str) -> (usize, String) {
    let all = || OBJECTS.iter().chain([&DISTRICTS]);
    match all().enumerate().find(|(_, (c, _))| *c == code) {
        Some((at, (_, label))) => (at, (*label).to_owned()),
        None if code.is_empty() => (all().count(), "Chưa ghi đối tượng".to_owned()),
        None => (all().count(), code.to_owned()),
    }
}

/// Counts what came for the year of the period. `exemplars` are those of the period.
pub(super) fn movement(input: &Input<'_>, exemplars: &[Exemplar]) -> Movement {
    let year = input.period.year;
    let mut safety: BTreeMap<(usize, String), SafetyCount> = BTreeMap::new();
    for place in SafePlace::distinct(input.places.iter().filter(|p| p.year == year)) {
        let key = object(&place.object);
        let count = safety.entry(key.clone()).or_insert_with(|| SafetyCount { object: key.1, ..Default::default() });
        count.places += 1;
        count.registered += u32::from(place.registered);
        count.recognised += u32::from(place.recognised == Some(true));
        count.not_recognised += u32::from(place.recognised == Some(false));
    }
    // Classes go as the rule pack has them, the best first; then what has none.
    let classes = &input.pack().movement.classes;
    let rank = |class: &Option<String>| {
        let known = class.as_ref().and_then(|c| classes.iter().position(|k| k.label == *c));
        (class.is_none(), known.unwrap_or(classes.len()))
    };
    let mut scores: BTreeMap<_, u32> = BTreeMap::new();
    for place in ScoredPlace::distinct(input.scored.iter().filter(|p| p.year == year)) {
        *scores.entry((object(&place.object), rank(&place.class), place.class.clone())).or_default() += 1;
    }
    let mut kinds: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for exemplar in exemplars {
        *kinds.entry((&exemplar.exemplar_kind, &exemplar.level)).or_default() += 1;
    }
    let mut kinds: Vec<ExemplarCount> = kinds
        .into_iter()
        .map(|((kind, level), exemplars)| ExemplarCount { kind: kind.to_owned(), level: level.to_owned(), exemplars })
        .collect();
    kinds.sort_by(|a, b| text::compare(&a.kind, &b.kind).then_with(|| text::compare(&a.level, &b.level)));
    Movement {
        year,
        safety: safety.into_values().collect(),
        scores: scores
            .into_iter()
            .map(|((object, _, class), places)| ScoreCount { object: object.1, class, places })
            .collect(),
        exemplars: kinds,
        exemplars_without_date: input.exemplars.iter().filter(|e| e.decision_date.is_none() && e.year.is_none()).count()
            as u32,
        nominations: by_state(&input.nominations),
    }
}

impl Exemplar {
    /// Whether a report on `period` has it: by the day of its decision; without one by its year, which belongs
    /// to the annual report and to no part of it.
    #[must_use]
    pub fn is_of(&self, period: &Period) -> bool {
        match self.decision_date {
            Some(day) => period.contains(day),
            None => period.kind == PeriodKind::Annual && self.year == Some(period.year),
        }
    }
}

/// In the order in which states first come.
fn by_state(nominations: &[Nominated]) -> Vec<NominationCount> {
    let mut counts: Vec<NominationCount> = Vec::new();
    for nominated in nominations {
        match counts.iter_mut().find(|c| c.state == nominated.state) {
            Some(count) => count.nominations += 1,
            None => counts.push(NominationCount { state: nominated.state.clone(), nominations: 1 }),
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::Exemplar;
    use crate::id::RecordId;
    use crate::period::Period;
    use crate::rule_pack::RulePack;

    #[test]
    fn an_exemplar_without_a_day_belongs_to_the_annual_report_of_its_year() {
        let periods = RulePack::kontum_2022().periods;
        let of = |day: Option<&str>, year: Option<i32>| Exemplar {
            id: RecordId([1; 16]),
            name: "A Thiu".to_owned(),
            address: String::new(),
            achievement: String::new(),
            decision: String::new(),
            decision_date: day.map(|d| d.parse().unwrap()),
            year,
            reward: String::new(),
            exemplar_kind: String::new(),
            level: String::new(),
        };
        let annual = Period::annual(2022, &periods);
        let half = Period::parse("half-year", "2022", &periods).unwrap();
        let in_both = |e: Exemplar| (e.is_of(&annual), e.is_of(&half));
        assert_eq!(in_both(of(None, Some(2022))), (true, false));
        assert_eq!(in_both(of(None, Some(2021))), (false, false));
        assert_eq!(in_both(of(None, None)), (false, false));
        assert_eq!(in_both(of(Some("2022-03-01"), Some(2021))), (true, true), "the day goes before the year");
    }
}
