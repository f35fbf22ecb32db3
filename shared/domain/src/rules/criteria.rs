//! The yearly rating by criteria (letter 4267, 1.c; data dictionary, `danh_gia`): points per criterion and
//! rater, their total, the level that the total comes to, and how far the rating has come.

use serde::Serialize;

use crate::field::{Field, Fields, Value};
use crate::period::YEARS;
use crate::point::{APPROVED, CRITERIA, RATINGS, approval_key};
use crate::rule_pack::RulePack;
use crate::unit::{UnitCode, UnitKey};

/// The last part of the key that says by which rule pack criteria were scored (`phien_ban_tieu_chi`).
pub const BY_PACK: &str = "pack";

/// One criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What is judged.
    pub text: String,
    /// The most that it can bring.
    pub points: u32,
    /// What the rater gave.
    pub given: Option<u32>,
}

/// What one rater said of one point in one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// The rater, as the keys of ratings name it.
    pub rater: String,
    /// The level that it gave: a code.
    pub level: Option<String>,
    /// The criteria of the rule pack of the year, in its order; empty where the province has set none.
    pub lines: Vec<Line>,
    /// Sum over the lines.
    pub total: u32,
    /// The level to which the total comes, once all lines have points and the province has said from which
    /// total each level is: a code. The level given is the person's all the same.
    pub level_by_total: Option<String>,
    /// The rule pack by whose criteria the points were given.
    pub pack: Option<String>,
}

impl Sheet {
    /// Whether the level given is another than the one the total comes to.
    #[must_use]
    pub fn differs(&self) -> bool {
        matches!((&self.level, &self.level_by_total), (Some(given), Some(by_total)) if given != by_total)
    }
}

/// How far the rating of a point has come (data dictionary, `trang_thai_duyet`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Stage {
    /// The unit itself has rated.
    #[serde(rename = "TU_DANH_GIA")]
    ByItself,
    /// Another unit has rated too.
    #[serde(rename = "DA_THAM_DINH")]
    Appraised,
    /// The province has chosen.
    #[serde(rename = "DA_DUYET")]
    Approved,
}

impl Stage {
    /// On screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ByItself => "Đơn vị tự đánh giá",
            Self::Appraised => "Đã thẩm định",
            Self::Approved => "Tỉnh đã duyệt",
        }
    }
}

/// Why points cannot be written at a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPoints {
    /// The rule pack of the year has no such criterion.
    #[error("the rule pack has {lines} criteria, there is no {line}")]
    NoLine {
        /// Counted from 1.
        line: usize,
        /// How many there are.
        lines: usize,
    },
    /// More than the criterion can bring.
    #[error("criterion {line} brings at most {max}, not {given}")]
    TooMuch {
        /// Counted from 1.
        line: usize,
        /// What it brings at most.
        max: u32,
        /// What was given.
        given: u32,
    },
}

/// Checks the points of one criterion, counted from 1.
///
/// # Errors
/// [`BadPoints`].
pub fn check(pack: &RulePack, line: usize, given: u32) -> Result<(), BadPoints> {
    let all = &pack.rating.criteria;
    match line.checked_sub(1).and_then(|i| all.get(i)) {
        None => Err(BadPoints::NoLine { line, lines: all.len() }),
        Some(of) if given > of.points => Err(BadPoints::TooMuch { line, max: of.points, given }),
        Some(_) => Ok(()),
    }
}

/// What each rater said of the year, by rater. More than a criterion can bring counts as that: it can only
/// come from another program.
#[must_use]
pub fn sheets(fields: &Fields, year: i32, pack: &RulePack) -> Vec<Sheet> {
    let mut raters: Vec<&str> = Vec::new();
    for (key, field) in &fields.0 {
        let of_year = [RATINGS, CRITERIA].iter().find_map(|head| key.strip_prefix(&format!("{head}/{year}/")));
        let rater = of_year.filter(|_| *field.shown() != Value::Null).and_then(|rest| rest.split('/').next());
        raters.extend(rater.filter(|r| !raters.contains(r)));
    }
    raters.sort_unstable();
    raters.into_iter().map(|rater| sheet(fields, year, rater, pack)).collect()
}

/// What one rater said of the year, `rater` as the keys of ratings name it.
#[must_use]
pub fn sheet(fields: &Fields, year: i32, rater: &str, pack: &RulePack) -> Sheet {
    let at = |line: &str| format!("{CRITERIA}/{year}/{rater}/{line}");
    let given = |line: usize| fields.int(&at(&line.to_string())).and_then(|n| u32::try_from(n).ok());
    let criteria = pack.rating.criteria.iter().enumerate();
    let lines: Vec<Line> = criteria
        .map(|(i, of)| Line { text: of.text.clone(), points: of.points, given: given(i + 1).map(|n| n.min(of.points)) })
        .collect();
    let total = lines.iter().filter_map(|l| l.given).sum();
    let is_complete = !lines.is_empty() && lines.iter().all(|l| l.given.is_some());
    Sheet {
        rater: rater.to_owned(),
        level: fields.text(&format!("{RATINGS}/{year}/{rater}")).map(str::to_owned),
        level_by_total: pack.level_from(total).filter(|_| is_complete).map(|l| l.code.clone()),
        pack: fields.text(&at(BY_PACK)).map(str::to_owned),
        lines,
        total,
    }
}

/// How far the rating of `year` has come for a record of `owner`; `None` while nobody has rated.
#[must_use]
pub fn stage(fields: &Fields, year: i32, owner: &UnitCode) -> Option<Stage> {
    let stands = |field: &Field| *field.shown() != Value::Null;
    if fields.get(&approval_key(year)).is_some_and(stands) {
        return Some(Stage::Approved);
    }
    let prefix = format!("{RATINGS}/{year}/");
    let raters = fields.0.iter().filter(|(_, f)| stands(f)).filter_map(|(k, _)| k.strip_prefix(&prefix));
    let is_other = |rater: &str| rater.parse::<UnitKey>().is_ok_and(|unit| unit.code != *owner);
    raters.map(is_other).reduce(|a, b| a || b).map(|other| if other { Stage::Appraised } else { Stage::ByItself })
}

/// The years in which anybody has rated or scored, of [`YEARS`].
#[must_use]
pub fn years(fields: &Fields) -> Vec<i32> {
    let mut all: Vec<i32> = fields
        .0
        .keys()
        .filter_map(|key| {
            let (head, rest) = key.split_once('/')?;
            let year = [RATINGS, CRITERIA, APPROVED].contains(&head).then(|| rest.split('/').next()?.parse().ok());
            year.flatten().filter(|y| YEARS.contains(y))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::{BadPoints, Stage, check, sheets, stage, years};
    use crate::field::{Field, Fields, Value};
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    /// The table of HD 22 could not be read: a province writes its own into the rule pack.
    fn pack() -> RulePack {
        let criteria = "[[rating.criteria]]\ntext = \"Tổ chức\"\npoints = 40\n\
            [[rating.criteria]]\ntext = \"Kết quả\"\npoints = 60\n";
        let text = DEFAULT_TOML
            .replace("label = \"Tốt\"\n", "label = \"Tốt\"\nfrom = 90\n")
            .replace("label = \"Khá\"\n", "label = \"Khá\"\nfrom = 70\n");
        RulePack::from_toml(&format!("{text}\n{criteria}")).unwrap()
    }

    fn fields(pairs: &[(&str, Value)]) -> Fields {
        Fields(pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(v.clone()))).collect())
    }

    #[test]
    fn the_total_is_the_sum_and_comes_to_a_level_once_all_criteria_have_points() {
        let of = |n: &[(&str, Value)]| sheets(&fields(n), 2022, &pack()).pop().unwrap();
        let half = of(&[("rating_points/2022/610/1", 38.into())]);
        assert_eq!((half.total, half.level_by_total.as_deref(), half.level.as_deref()), (38, None, None));
        let whole = |second: i64| {
            let level = ("ratings/2022/610", Value::from("tot"));
            of(&[("rating_points/2022/610/1", 38.into()), ("rating_points/2022/610/2", second.into()), level])
        };
        assert_eq!((whole(52).total, whole(52).level_by_total.as_deref()), (90, Some("tot")));
        assert_eq!((whole(51).level_by_total.as_deref(), whole(51).differs()), (Some("kha"), true));
        assert_eq!(whole(20).level_by_total, None, "no level begins so low");
        assert_eq!(whole(900).total, 98, "never more than the criterion brings");
    }

    #[test]
    fn no_criterion_exceeds_its_maximum() {
        assert_eq!(check(&pack(), 2, 60), Ok(()));
        assert_eq!(check(&pack(), 2, 61), Err(BadPoints::TooMuch { line: 2, max: 60, given: 61 }));
        for line in [0, 3] {
            assert_eq!(check(&pack(), line, 1), Err(BadPoints::NoLine { line, lines: 2 }));
        }
    }

    #[test]
    fn a_rating_is_the_units_own_then_appraised_then_approved() {
        let owner = "610".parse().unwrap();
        let (own, above, chosen) = ("ratings/2022/610", "ratings/2022/62", "approved/2022");
        let of = |keys: &[&str]| {
            let pairs: Vec<_> = keys.iter().map(|k| (*k, Value::from("tot"))).collect();
            stage(&fields(&pairs), 2022, &owner)
        };
        assert_eq!([of(&[]), of(&[own]), of(&[own, above])], [None, Some(Stage::ByItself), Some(Stage::Appraised)]);
        assert_eq!(of(&[own, above, chosen]), Some(Stage::Approved));
        let withdrawn = fields(&[(own, "tot".into()), (above, Value::Null)]);
        assert_eq!(stage(&withdrawn, 2022, &owner), Some(Stage::ByItself));
        assert_eq!(years(&fields(&[(own, "tot".into()), ("rating_points/2021/610/1", 3.into())])), [2021, 2022]);
    }
}
