//! Reporting periods: bounds, cut-off and deadline, from the rule pack (R15, R18).

use std::fmt;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::rule_pack::{MonthDay, Periods};

/// Years that anything can be of: from long before the first models to long after this program. Whatever says
/// another year, a file or a foreign machine, is not heard; no day of it is ever computed.
pub const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// What a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodKind {
    /// One year (letter 4267, 1.d).
    Annual,
    /// Half a year (letter 4267, 1.d).
    HalfYear,
    /// A quarter (letter 4267, 1.b).
    Quarter,
}

/// A period with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its kind.
    pub kind: PeriodKind,
    /// The year by whose ratings it is judged.
    pub year: i32,
    /// 1 to 4 for a quarter.
    pub quarter: Option<u32>,
    /// First day.
    pub from: NaiveDate,
    /// Last day: figures are taken as of its end, UTC+7.
    pub cut_off: NaiveDate,
    /// The first day on which what is owed for it is late.
    pub late: NaiveDate,
}

/// The last day of an annual period (R18): that before its report is late, unless the rule pack names another.
fn annual_end(year: i32, packs: &Periods) -> NaiveDate {
    packs.annual_end.map_or_else(|| day(year, packs.annual_due) - Days::new(1), |end| day(year, end))
}

/// The first day on which the ratings of `year` are late (letter 4267, 1.c; R6): with the annual report, whose
/// verdicts rest on them, unless the rule pack names another day.
#[must_use]
pub fn rating_due(year: i32, packs: &Periods) -> NaiveDate {
    late(year, packs.rating_due.unwrap_or(packs.annual_due), annual_end(year, packs))
}

/// The first late day of what is due for a period that ends on `end`: of its year, or of the next where that lies more
/// than half a year before the end, as a January does before a December.
fn late(year: i32, due: MonthDay, end: NaiveDate) -> NaiveDate {
    let in_year = day(year, due);
    if end.signed_duration_since(in_year).num_days() > 183 { day(year + 1, due) } else { in_year }
}

/// A text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?} {period:?} is no period: annual 2022, half-year 2022 or quarter 2022-Q4 was expected")]
pub struct BadPeriod {
    /// The kind as given.
    pub kind: String,
    /// The period as given.
    pub period: String,
}

impl Period {
    /// Reads `annual 2022`, `half-year 2022`, `quarter 2022-Q4`.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn parse(kind: &str, period: &str, packs: &Periods) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod { kind: kind.to_owned(), period: period.to_owned() };
        let year = |s: &str| s.parse().ok().filter(|y| YEARS.contains(y)).ok_or_else(bad);
        match kind {
            "annual" => Ok(Self::annual(year(period)?, packs)),
            "half-year" => Ok(Self::half_year(year(period)?, packs)),
            "quarter" => {
                let (y, q) = period.split_once("-Q").ok_or_else(bad)?;
                let quarter = q.parse().ok().filter(|q| (1..=4).contains(q)).ok_or_else(bad)?;
                Ok(Self::quarter(year(y)?, quarter, packs))
            }
            _ => Err(bad()),
        }
    }

    /// Reads what submissions and nominations name: `2022-annual`, `2022-half`, `2022-Q4`.
    ///
    /// # Errors
    /// [`BadPeriod`].
    pub fn of_id(id: &str, packs: &Periods) -> Result<Self, BadPeriod> {
        let id = id.trim();
        match id.rsplit_once('-') {
            Some((year, "annual")) => Self::parse("annual", year, packs),
            Some((year, "half")) => Self::parse("half-year", year, packs),
            _ => Self::parse("quarter", id, packs),
        }
    }

    /// As submissions and nominations name it.
    #[must_use]
    pub fn id(&self) -> String {
        match (self.kind, self.quarter) {
            (PeriodKind::Annual, _) => format!("{}-annual", self.year),
            (PeriodKind::HalfYear, _) => format!("{}-half", self.year),
            (PeriodKind::Quarter, _) => self.to_string(),
        }
    }

    /// The year that ends the day before the annual report is late; it begins after the one before, as long as
    /// one pack judges both: [`RulePacks::annual`](crate::rule_pack::RulePacks::annual) knows when not.
    #[must_use]
    pub fn annual(year: i32, packs: &Periods) -> Self {
        let late = late(year, packs.annual_due, annual_end(year, packs));
        let from = annual_end(year - 1, packs) + Days::new(1);
        Self { kind: PeriodKind::Annual, year, quarter: None, from, cut_off: annual_end(year, packs), late }
    }

    /// From the end of the last annual period to the day before the half-year report is late.
    #[must_use]
    pub fn half_year(year: i32, packs: &Periods) -> Self {
        let late = day(year, packs.half_year_due);
        let from = annual_end(year - 1, packs) + Days::new(1);
        let cut_off = packs.half_year_end.map_or_else(|| late - Days::new(1), |end| day(year, end));
        Self { kind: PeriodKind::HalfYear, year, quarter: None, from, cut_off, late }
    }

    /// Three months to the day before the nomination is late.
    #[must_use]
    pub fn quarter(year: i32, quarter: u32, packs: &Periods) -> Self {
        let due = day(year, MonthDay { month: quarter * 3, day: packs.quarter_due_day });
        Self {
            kind: PeriodKind::Quarter,
            year,
            quarter: Some(quarter),
            from: due - Months::new(3),
            cut_off: due - Days::new(1),
            late: due,
        }
    }

    /// The first day that is late.
    #[must_use]
    pub fn due(&self) -> NaiveDate {
        self.late
    }

    /// Whether `date` lies in the period.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        (self.from..=self.cut_off).contains(&date)
    }

    /// As reports title it: `năm 2022`, `6 tháng đầu năm 2022`, `quý IV năm 2022`.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.kind, self.quarter) {
            (PeriodKind::Annual, _) => format!("năm {}", self.year),
            (PeriodKind::HalfYear, _) => format!("6 tháng đầu năm {}", self.year),
            (PeriodKind::Quarter, q) => {
                let roman = ["I", "II", "III", "IV"][(q.unwrap_or(1) as usize - 1).min(3)];
                format!("quý {roman} năm {}", self.year)
            }
        }
    }
}

impl PeriodKind {
    /// `annual`, `half-year` or `quarter`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::HalfYear => "half-year",
            Self::Quarter => "quarter",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quarter {
            Some(q) => write!(f, "{}-Q{q}", self.year),
            None => write!(f, "{}", self.year),
        }
    }
}

fn day(year: i32, d: MonthDay) -> NaiveDate {
    // Rule packs are checked against a common year and years against a range, so the day exists.
    NaiveDate::from_ymd_opt(year, d.month, d.day).expect("a checked day of the year")
}

#[cfg(test)]
mod tests {
    use super::Period;
    use crate::rule_pack::{Periods, RulePack};

    fn bounds(kind: &str, period: &str) -> String {
        let p = Period::parse(kind, period, &RulePack::kontum_2022().periods).unwrap();
        format!("{} .. {}", p.from, p.cut_off)
    }

    #[test]
    fn the_ninth_is_the_last_day_on_time() {
        assert_eq!(bounds("annual", "2022"), "2021-11-10 .. 2022-11-09");
        assert_eq!(bounds("half-year", "2022"), "2021-11-10 .. 2022-05-09");
        assert_eq!(bounds("quarter", "2022-Q4"), "2022-09-10 .. 2022-12-09");
    }

    #[test]
    fn periods_are_named_as_submissions_name_them() {
        let periods = RulePack::kontum_2022().periods;
        for id in ["2022-annual", "2022-half", "2022-Q4"] {
            assert_eq!(Period::of_id(id, &periods).unwrap().id(), id);
        }
        for id in ["2022", "2022-Q0", "annual", "22-annual", "2022-yearly", ""] {
            assert!(Period::of_id(id, &periods).is_err(), "{id}");
        }
    }

    #[test]
    fn r18_a_pack_may_end_its_year_on_another_day_than_before_the_deadline() {
        let end = |month, day| Some(crate::rule_pack::MonthDay { month, day });
        let periods = Periods { annual_end: end(11, 14), half_year_end: end(5, 14), ..RulePack::kontum_2022().periods };
        let (year, half) = (Period::annual(2022, &periods), Period::half_year(2022, &periods));
        let days = |p: Period| [p.from, p.cut_off, p.due()].map(|day| day.to_string());
        assert_eq!(days(year), ["2021-11-15", "2022-11-14", "2022-11-10"]);
        assert_eq!(days(half), ["2021-11-15", "2022-05-14", "2022-05-10"]);
        assert_eq!(Period::annual(2023, &periods).from, year.cut_off + chrono::Days::new(1), "no day is left out");
    }

    #[test]
    fn r18_a_year_may_end_in_december_and_be_due_in_january() {
        let on = |month, day| crate::rule_pack::MonthDay { month, day };
        let annual_end = Some(on(12, 31));
        let periods = Periods { annual_end, annual_due: on(1, 10), ..RulePack::kontum_2022().periods };
        let year = Period::annual(2022, &periods);
        let days = [year.from, year.cut_off, year.due(), super::rating_due(2022, &periods)].map(|day| day.to_string());
        assert_eq!(days, ["2022-01-01", "2022-12-31", "2023-01-10", "2023-01-10"]);
    }

    #[test]
    fn other_texts_are_no_period() {
        let periods = RulePack::kontum_2022().periods;
        for (kind, period) in [("annual", "22"), ("quarter", "2022-Q5"), ("quarter", "2022"), ("monthly", "2022")] {
            assert!(Period::parse(kind, period, &periods).is_err(), "{kind} {period}");
        }
    }
}
