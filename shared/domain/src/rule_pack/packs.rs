//! All packs that a province has adopted, and which of them judges a year.

use chrono::{Days, NaiveDate};

use super::{BadPack, RulePack};
use crate::field::{Fields, Value};
use crate::period::{BadPeriod, Period, PeriodKind};

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

    /// The year, with the deadlines of the pack that judges it; as every period here it begins where the one
    /// before ended, whatever pack said when.
    #[must_use]
    pub fn annual(&self, year: i32) -> Period {
        self.joined(Period::annual(year, &self.of_year(year).periods))
    }

    /// The first half of a year, as [`Self::annual`].
    #[must_use]
    pub fn half_year(&self, year: i32) -> Period {
        self.joined(Period::half_year(year, &self.of_year(year).periods))
    }

    /// A quarter, 1 to 4, as [`Self::annual`].
    #[must_use]
    pub fn quarter(&self, year: i32, quarter: u32) -> Period {
        self.joined(Period::quarter(year, quarter, &self.of_year(year).periods))
    }

    /// As [`Period::parse`], with the deadlines of the pack that judges that year.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn period(&self, kind: &str, period: &str) -> Result<Period, BadPeriod> {
        let year = Period::parse(kind, period, &self.latest.periods)?.year;
        Ok(self.joined(Period::parse(kind, period, &self.of_year(year).periods)?))
    }

    /// As [`Period::of_id`], with the deadlines of the pack that judges that year.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn period_of_id(&self, id: &str) -> Result<Period, BadPeriod> {
        let year = Period::of_id(id, &self.latest.periods)?.year;
        Ok(self.joined(Period::of_id(id, &self.of_year(year).periods)?))
    }

    /// The period of the same kind before `period`, by the pack that judges its own year.
    #[must_use]
    pub fn previous(&self, period: &Period) -> Period {
        match (period.kind, period.quarter) {
            (PeriodKind::Annual, _) => self.annual(period.year - 1),
            (PeriodKind::HalfYear, _) => self.half_year(period.year - 1),
            (PeriodKind::Quarter, Some(quarter)) if quarter > 1 => self.quarter(period.year, quarter - 1),
            (PeriodKind::Quarter, _) => self.quarter(period.year - 1, 4),
        }
    }

    /// The last day of the period after which `period` begins: of the quarter before a quarter, of the last year
    /// before a year or its half.
    #[must_use]
    pub fn eve(&self, period: &Period) -> NaiveDate {
        let last = period.year - 1;
        let before = |year: i32| &self.of_year(year).periods;
        match (period.kind, period.quarter) {
            (PeriodKind::Annual | PeriodKind::HalfYear, _) => Period::annual(last, before(last)).cut_off,
            (PeriodKind::Quarter, Some(quarter)) if quarter > 1 => {
                Period::quarter(period.year, quarter - 1, before(period.year)).cut_off
            }
            (PeriodKind::Quarter, _) => Period::quarter(last, 4, before(last)).cut_off,
        }
    }

    /// A deadline that a later pack has moved leaves no day out and counts none twice.
    fn joined(&self, period: Period) -> Period {
        Period { from: self.eve(&period) + Days::new(1), ..period }
    }
}

impl From<RulePack> for RulePacks {
    /// The only one.
    fn from(pack: RulePack) -> Self {
        Self::new(Vec::new(), pack)
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
    use super::{Period, RulePack, RulePacks, adopting};
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
    fn each_period_follows_one_of_its_kind() {
        let packs = RulePacks::from(RulePack::kontum_2022());
        let before = |id: &str| packs.previous(&packs.period_of_id(id).unwrap()).id();
        assert_eq!(
            ["2022-annual", "2022-half", "2022-Q4", "2022-Q1"].map(before),
            ["2021-annual", "2021-half", "2022-Q3", "2021-Q4"]
        );
    }

    #[test]
    fn one_pack_alone_gives_the_bounds_that_its_deadlines_say() {
        let packs = RulePacks::from(RulePack::kontum_2022());
        for id in ["2022-annual", "2022-half", "2022-Q1", "2022-Q4"] {
            assert_eq!(packs.period_of_id(id), Period::of_id(id, &packs.latest().periods), "{id}");
        }
    }

    /// Annual 2025 ends on 9 November 2025, annual 2026 on 14 November 2026.
    #[test]
    fn a_deadline_that_a_later_pack_moves_leaves_no_day_out_and_counts_none_twice() {
        for (annual, quarter) in [(15, 15), (5, 5)] {
            let moved = toml("b", "2026-11-01")
                .replace(
                    "annual_due = { month = 11, day = 10 }",
                    &format!("annual_due = {{ month = 11, day = {annual} }}"),
                )
                .replace("quarter_due_day = 10", &format!("quarter_due_day = {quarter}"));
            let packs = RulePacks::new(vec![pack("a", "")], RulePack::from_toml(&moved).unwrap());
            assert_ne!(packs.of_year(2025).periods, packs.of_year(2026).periods);
            let after = |id: &str, before: &str| {
                let (period, before) = (packs.period_of_id(id).unwrap(), packs.period_of_id(before).unwrap());
                assert_eq!(period.from, before.due(), "{id}");
            };
            after("2026-annual", "2025-annual");
            after("2027-annual", "2026-annual");
            after("2026-half", "2025-annual");
            after("2026-Q1", "2025-Q4");
            after("2026-Q2", "2026-Q1");
            let before = packs.previous(&packs.annual(2026));
            assert_eq!(before, packs.annual(2025), "by the pack of its own year");
        }
    }

    #[test]
    fn a_day_that_no_year_has_is_refused() {
        assert!(RulePack::from_toml(&toml("a", "9999-01-01")).is_err());
        assert!(RulePack::from_toml(&toml("a", "31/12/2023")).is_err());
    }
}
