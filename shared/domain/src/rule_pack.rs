//! Rule packs: every parameter that the letter gives, and every one that no text fixes.
//!
//! A pack is a TOML file. The hub adopts it as a record; it travels to the nodes with the rest
//! of the province scope, so that both sides judge by the same parameters.

pub mod authorities;
mod checks;
mod counting;
mod directing;
mod duties;
mod packs;
mod parameters;
mod quoted;
mod syntax;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::authorities::Authority;
pub use self::counting::{Counting, CountingDay};
pub use self::directing::DirectingLetter;
pub use self::duties::{
    Criterion, Movement, MovementClass, MovementItem, Nominating, ObjectDue, Rating, Safety, SafetyObject, Submitting,
};
pub use self::packs::{RulePacks, adopting};
pub use self::parameters::Parameter;
pub use self::quoted::{Quoted, after_colon};

/// The pack that stands in when the province gives none.
pub const DEFAULT_TOML: &str = include_str!("../rule-packs/kontum-2022.toml");

/// Parameters of one movement in one province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// Identifier with its version, e.g. `kontum-2022`; printed on every report.
    pub id: String,
    /// From which day on it is in force: it judges the years whose annual cut-off lies on that day or after
    /// it. Absent: all years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<NaiveDate>,
    /// Name on screens.
    pub name: String,
    /// The texts it rests on.
    pub basis: String,
    /// The letter that is carried out.
    #[serde(default)]
    pub letter: DirectingLetter,
    /// From which share of effective points a model is effective (letter 4267, 1.c).
    pub effective_share: Share,
    /// From which day a point counts (R2). A pack of before it was asked has the built-in one.
    #[serde(default)]
    pub counting: Counting,
    /// When a point is old enough to be rated (R7).
    pub eligibility: Eligibility,
    /// The levels of the yearly rating, best first (R8).
    pub levels: Vec<Level>,
    /// By which criteria a point is rated. A pack of before it was asked has the built-in one.
    #[serde(default)]
    pub rating: Rating,
    /// Deadlines and bounds of the periods (R15, R18).
    pub periods: Periods,
    /// What a nomination needs (R13, R14, R17). A pack of before it was asked has the built-in one.
    #[serde(default)]
    pub nomination: Nominating,
    /// What keeps a unit from handing in (R4, R6, R12).
    #[serde(default)]
    pub submission: Submitting,
    /// TT 124/2021/TT-BCA (R22–R27).
    #[serde(default)]
    pub safety: Safety,
    /// QĐ 510/QĐ-BCA-V05 (R28).
    #[serde(default)]
    pub movement: Movement,
    /// Who decides on what, with days.
    #[serde(default = "authorities::built_in")]
    pub authorities: Vec<Authority>,
}

/// A share as a ratio of whole numbers: integers decide, never floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Above the line; at most `denominator`.
    pub numerator: u32,
    /// Below the line; at least 1.
    pub denominator: u32,
}

impl Share {
    /// "Từ 50 % trở lên" (letter 4267, 1.c).
    pub const HALF: Self = Self { numerator: 1, denominator: 2 };

    /// Whether `part` of `whole` reaches the share; exactly the share is enough.
    #[must_use]
    pub fn reached(self, part: u32, whole: u32) -> bool {
        u64::from(part) * u64::from(self.denominator) >= u64::from(whole) * u64::from(self.numerator)
    }

    /// As officers write it: `50 %`, or `2/3` where no whole percentage says it.
    #[must_use]
    pub fn said(self) -> String {
        let percent = u64::from(self.numerator) * 100;
        match percent.checked_rem(u64::from(self.denominator)) {
            Some(0) => format!("{} %", percent / u64::from(self.denominator)),
            _ => format!("{}/{}", self.numerator, self.denominator),
        }
    }

    /// The least part of `whole` that reaches the share.
    #[must_use]
    pub fn least(self, whole: u32) -> u32 {
        let product = u64::from(whole) * u64::from(self.numerator);
        // The quotient is at most `whole`, because the share is at most one.
        u32::try_from(product.div_ceil(u64::from(self.denominator))).unwrap_or(whole)
    }
}

/// R7: the least age of a rated point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Full calendar months between the day from which the point counts and the cut-off.
    pub months: u32,
    /// No text fixes it; shown as such.
    #[serde(default)]
    pub assumed: bool,
}

/// One level of the yearly rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Stored in records and typed at the command line, e.g. `trung_binh`.
    pub code: String,
    /// On screens and in spreadsheets, e.g. `Trung bình`.
    pub label: String,
    /// Whether a point of this level counts as effective; absent: it stays unrated.
    #[serde(default)]
    pub effective: Option<bool>,
    /// The least total over the criteria from which a point is of this level; absent: a person says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// No text that we could read maps levels to effectiveness; a pack that follows one says `false`.
    #[serde(default = "yes")]
    pub assumed: bool,
}

/// The code of the level "Tốt".
const GOOD: &str = "tot";

/// A day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// Deadlines: each is the first day that is *late* ("trước ngày 10": the 9th is on time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// Annual report, letter 4267, 1.d: 10 November.
    pub annual_due: MonthDay,
    /// Half-year report, letter 4267, 1.d: 10 May.
    pub half_year_due: MonthDay,
    /// Quarterly nomination, letter 4267, 1.b: day 10 of the quarter's last month.
    pub quarter_due_day: u32,
    /// The year's ratings, letter 4267, 1.c. No text names a day; absent: with the annual report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating_due: Option<MonthDay>,
    /// The last day of a year (R18: "năm công tác"); absent: the day before its report is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_end: Option<MonthDay>,
    /// The last day of its first half; absent: the day before that report is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_year_end: Option<MonthDay>,
    /// No text that we could read says where a period begins and ends; a pack that follows one says `false`.
    #[serde(default = "yes")]
    pub bounds_assumed: bool,
}

fn yes() -> bool {
    true
}

/// Why a rule pack cannot be used, in Vietnamese and without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPack {
    /// Not TOML, a parameter is missing, or one is unknown.
    #[error("{0}")]
    Toml(String),
    /// Parameters have values that make no sense; each with its place in the file.
    #[error("{}", .0.join("; "))]
    Value(Vec<String>),
}

impl RulePack {
    /// Reads and checks a pack.
    ///
    /// # Errors
    /// [`BadPack`], naming the parameter.
    pub fn from_toml(text: &str) -> Result<Self, BadPack> {
        let pack: Self = toml::from_str(text).map_err(|e| BadPack::Toml(syntax::told(text, &e)))?;
        match checks::faults(&pack) {
            faults if faults.is_empty() => Ok(pack),
            faults => Err(BadPack::Value(faults)),
        }
    }

    /// The default pack, [`DEFAULT_TOML`].
    #[must_use]
    pub fn kontum_2022() -> Self {
        Self::from_toml(DEFAULT_TOML).expect("the built-in pack is checked by a test")
    }

    /// Its levels by code and label, for the columns of forms.
    #[must_use]
    pub fn level_labels(&self) -> Vec<(String, String)> {
        self.levels.iter().map(|l| (l.code.clone(), l.label.clone())).collect()
    }

    /// The level with this code.
    #[must_use]
    pub fn level(&self, code: &str) -> Option<&Level> {
        self.levels.iter().find(|l| l.code == code)
    }

    /// The levels that letter 4267, 1.b means by "Tốt": from the best one down to that of the code `tot`, or, where
    /// no level has it, the best one alone.
    #[must_use]
    pub fn good_levels(&self) -> &[Level] {
        let least = self.levels.iter().position(|l| l.code == GOOD).unwrap_or(0);
        self.levels.get(..=least).unwrap_or_default()
    }

    /// The best level whose least total `total` reaches; `None` where the province has said none.
    #[must_use]
    pub fn level_from(&self, total: u32) -> Option<&Level> {
        self.levels.iter().find(|l| l.from.is_some_and(|from| total >= from))
    }

    /// The level that a person means: by code or by label, in any case, with or without diacritics.
    #[must_use]
    pub fn level_of_text(&self, text: &str) -> Option<&Level> {
        let key = crate::text::search_key(text);
        self.levels
            .iter()
            .find(|l| l.code.eq_ignore_ascii_case(text.trim()) || crate::text::search_key(&l.label) == key)
    }
}

#[cfg(test)]
mod tests {
    use super::{RulePack, Share};

    #[test]
    fn the_built_in_pack_reads() {
        let pack = RulePack::kontum_2022();
        assert_eq!(pack.effective_share, Share { numerator: 1, denominator: 2 });
        assert_eq!(pack.level_of_text("TRUNG BÌNH").unwrap().code, "trung_binh");
    }

    #[test]
    fn half_is_reached_by_exactly_half() {
        let half = Share { numerator: 1, denominator: 2 };
        assert!(half.reached(2, 4) && half.reached(3, 5) && !half.reached(2, 5));
        assert_eq!([half.least(4), half.least(5), half.least(0)], [2, 3, 0]);
    }

    #[test]
    fn a_pack_with_an_unknown_parameter_is_refused() {
        let text = super::DEFAULT_TOML.replace("[eligibility]", "[eligibility]\nmoons = 3");
        assert!(RulePack::from_toml(&text).unwrap_err().to_string().contains("moons"));
    }

    /// R13 a: a level above "Tốt" is "Tốt" too; in a pack with other codes it is the best one.
    #[test]
    fn r13_a_level_above_tot_is_good_enough() {
        let first = "[[levels]]\ncode = \"tot\"";
        let good = |levels: &str| {
            let pack = RulePack::from_toml(&super::DEFAULT_TOML.replace(first, levels)).unwrap();
            pack.good_levels().iter().map(|l| l.label.clone()).collect::<Vec<_>>()
        };
        let above = "[[levels]]\ncode = \"xuat_sac\"\nlabel = \"Xuất sắc\"\neffective = true\n\n";
        assert_eq!(good(&format!("{above}{first}")), ["Xuất sắc", "Tốt"]);
        assert_eq!(good("[[levels]]\ncode = \"a\""), ["Tốt"]);
    }
}
