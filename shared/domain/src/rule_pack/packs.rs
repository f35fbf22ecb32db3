//! All packs that a province has adopted, and which of them judges a year.

use chrono::NaiveDate;

use super::{BadPack, RulePack};
use crate::field::{Fields, Value};
use crate::period::{BadPeriod, Period};

/// The field that holds the pack adopted last, as TOML.
pub const LATEST: &str = "toml";
/// Before the number of each pack that was ever adopted, from `0001` on.
const ADOPTED: &str = "packs";

/// The packs in the order of their adoption; never empty.
///
/// A year is judged by the pack that was adopted last among those in force at its annual cut-off, so that
/// a threshold of next year leaves this year's verdicts and the reports that rest on them alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePacks {
    earlier: Vec<RulePack>,
    latest: RulePack,
}

impl RulePacks {
    /// `earlier` in the order of adoption, and the one adopted last.
    #[must_use]
    pub fn new(earlier: Vec<RulePack>, latest: RulePack) -> Self {
        Self { earlier, latest }
    }

    /// Reads the record of rule packs. `None` for one that holds none.
    ///
    /// # Errors
    /// For a pack that this version cannot read.
    pub fn read(fields: &Fields) -> Result<Option<Self>, BadPack> {
        let Some(latest) = fields.text(LATEST) else { return Ok(None) };
        let latest = RulePack::from_toml(latest)?;
        let mut earlier = kept(fields).map(RulePack::from_toml).collect::<Result<Vec<_>, _>>()?;
        earlier.retain(|pack| pack.id != latest.id);
        Ok(Some(Self { earlier, latest }))
    }

    /// The pack adopted last.
    #[must_use]
    pub fn latest(&self) -> &RulePack {
        &self.latest
    }

    /// All packs, the one adopted last first.
    pub fn newest_first(&self) -> impl Iterator<Item = &RulePack> {
        std::iter::once(&self.latest).chain(self.earlier.iter().rev())
    }

    /// The pack that judges a year: its points, its ratings, and every period in it.
    #[must_use]
    pub fn of_year(&self, year: i32) -> &RulePack {
        let rules = |pack: &&RulePack| {
            pack.effective_from.is_none_or(|from| from <= Period::annual(year, &pack.periods).cut_off)
        };
        self.newest_first().find(rules).unwrap_or_else(|| self.earlier.first().unwrap_or(&self.latest))
    }

    /// As [`Period::parse`], with the deadlines of the pack that judges that year.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn period(&self, kind: &str, period: &str) -> Result<Period, BadPeriod> {
        let year = Period::parse(kind, period, &self.latest.periods)?.year;
        Period::parse(kind, period, &self.of_year(year).periods)
    }

    /// As [`Period::of_id`], with the deadlines of the pack that judges that year.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn period_of_id(&self, id: &str) -> Result<Period, BadPeriod> {
        let year = Period::of_id(id, &self.latest.periods)?.year;
        Period::of_id(id, &self.of_year(year).periods)
    }
}

/// The values that adopt a pack: it becomes the latest, and every one before it is kept.
#[must_use]
pub fn adopting(fields: &Fields, pack: &RulePack, toml: &str) -> Vec<(String, Value)> {
    let key = |number: usize| format!("{ADOPTED}/{number:04}");
    let mut number = kept(fields).count();
    let mut values = Vec::new();
    // Hubs of before kept the latest alone.
    if number == 0 {
        values.extend(fields.text(LATEST).map(|first| (key(1), Value::from(first))));
        number = values.len();
    }
    values.push((key(number + 1), Value::from(toml)));
    values.push(("pack".to_owned(), Value::from(pack.id.as_str())));
    values.push((LATEST.to_owned(), Value::from(toml)));
    values
}

fn kept(fields: &Fields) -> impl Iterator<Item = &str> {
    let of_packs = |key: &&String| key.strip_prefix(ADOPTED).is_some_and(|rest| rest.starts_with('/'));
    fields.0.keys().filter(of_packs).filter_map(|key| fields.text(key))
}

/// Whether a pack may be in force from a day: one that no calendar of this program has would judge nothing.
pub(super) fn is_possible(day: NaiveDate) -> bool {
    use chrono::Datelike;
    crate::period::YEARS.contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::{RulePack, RulePacks, adopting};
    use crate::field::{Field, Fields};
    use crate::rule_pack::DEFAULT_TOML;

    fn toml(id: &str, from: &str) -> String {
        let text = DEFAULT_TOML.replace("id = \"kontum-2022\"", &format!("id = \"{id}\""));
        if from.is_empty() { text } else { text.replace("\nname =", &format!("\neffective_from = \"{from}\"\nname =")) }
    }

    fn pack(id: &str, from: &str) -> RulePack {
        RulePack::from_toml(&toml(id, from)).unwrap()
    }

    /// The annual period of 2023 ends on 9 November 2023.
    #[test]
    fn a_pack_judges_the_years_whose_cut_off_it_has_reached_and_no_earlier_one() {
        let of = |from: &str, year| {
            let packs = RulePacks::new(vec![pack("a", "")], pack("b", from));
            packs.of_year(year).id.clone()
        };
        assert_eq!((of("2023-11-09", 2022), of("2023-11-09", 2023)), ("a".into(), "b".into()));
        assert_eq!((of("2023-11-10", 2023), of("2023-11-10", 2024)), ("a".into(), "b".into()));
        // Without a day it judges every year, as one that mends a mistake must.
        assert_eq!(of("", 2015), "b");
    }

    #[test]
    fn years_before_every_pack_are_judged_by_the_first() {
        let packs = RulePacks::new(vec![pack("a", "2020-01-01"), pack("b", "2022-01-01")], pack("c", "2024-01-01"));
        let ids: Vec<&str> = [2015, 2021, 2023, 2026].map(|year| packs.of_year(year).id.as_str()).into();
        assert_eq!(ids, ["a", "a", "b", "c"]);
    }

    #[test]
    fn every_pack_that_was_adopted_is_kept_in_its_order() {
        let mut fields = Fields::default();
        fields.0.insert("toml".to_owned(), Field::Settled(toml("a", "").into()));
        for (id, from) in [("b", "2022-01-01"), ("c", "2024-01-01")] {
            for (key, value) in adopting(&fields, &pack(id, from), &toml(id, from)) {
                fields.0.insert(key, Field::Settled(value));
            }
        }
        let packs = RulePacks::read(&fields).unwrap().unwrap();
        let ids: Vec<&str> = packs.newest_first().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["c", "b", "a"]);
    }

    #[test]
    fn a_day_that_no_year_has_is_refused() {
        assert!(RulePack::from_toml(&toml("a", "9999-01-01")).is_err());
        assert!(RulePack::from_toml(&toml("a", "31/12/2023")).is_err());
    }
}
