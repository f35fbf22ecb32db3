//! The movement's score (QĐ 510/QĐ-BCA-V05; R28): own score beside that of the level above.

use chrono::NaiveDate;
use serde::Serialize;

use crate::field::Fields;
use crate::rule_pack::{Movement, MovementClass};
use crate::text::date_dmy;

/// One line of the score sheet: *Điểm chuẩn / Cơ sở tự chấm / Cấp trên chấm*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What is scored.
    pub text: String,
    /// The most that it can bring.
    pub points: u32,
    /// Scored by the place itself.
    pub own: Option<u32>,
    /// Scored by the level above.
    pub above: Option<u32>,
}

/// A score sheet with its sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its lines, in the order of the rule pack.
    pub lines: Vec<Line>,
    /// Sum of the own scores.
    pub own: u32,
    /// Sum of the scores of the level above.
    pub above: u32,
    /// The class by the level above's score, once all lines have one and the province has said the thresholds.
    pub class: Option<String>,
    /// The first late day (Điều 11).
    pub due: Option<NaiveDate>,
    /// The day of the decision on it.
    pub decided_on: Option<NaiveDate>,
    /// The decision came on that day or later.
    pub late: bool,
}

impl Sheet {
    /// What an officer is told of a decision that came late; `None` for others.
    #[must_use]
    pub fn lateness(&self) -> Option<String> {
        let (decided, due) = self.decided_on.zip(self.due).filter(|_| self.late)?;
        Some(format!(
            "Quyết định ngày {} quá hạn: phải trước ngày {} (QĐ 510, Điều 11).",
            date_dmy(decided),
            date_dmy(due)
        ))
    }
}

/// Why a score cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadScore {
    /// The sheet of this kind of place has no such line.
    #[error("the sheet has {lines} lines, there is no line {line}")]
    NoLine {
        /// Counted from 1.
        line: usize,
        /// How many there are.
        lines: usize,
    },
    /// More than the line can bring (R28).
    #[error("line {line} brings at most {max}, not {given}")]
    TooMuch {
        /// Counted from 1.
        line: usize,
        /// What it brings at most.
        max: u32,
        /// What was given.
        given: u32,
    },
}

/// Checks one score against its line, counted from 1 (R28: each item at most its maximum).
///
/// # Errors
/// [`BadScore`].
pub fn check(object: &str, line: usize, given: u32, rules: &Movement) -> Result<(), BadScore> {
    let items: Vec<u32> = rules.items_of(object).map(|i| i.points).collect();
    match line.checked_sub(1).and_then(|i| items.get(i)) {
        None => Err(BadScore::NoLine { line, lines: items.len() }),
        Some(max) if given > *max => Err(BadScore::TooMuch { line, max: *max, given }),
        Some(_) => Ok(()),
    }
}

/// The sheet of one place, from the fields of its record. What exceeds a line's maximum counts as
/// that maximum: it can only come from another program.
#[must_use]
pub fn sheet(fields: &Fields, rules: &Movement) -> Sheet {
    let object = fields.text("object").unwrap_or_default();
    let year: Option<i32> = fields.text("year").and_then(|y| y.parse().ok());
    let given = |column: &str, line: usize, max: u32| {
        fields.int(&format!("{column}/{line}")).and_then(|n| u32::try_from(n).ok()).map(|n| n.min(max))
    };
    let lines: Vec<Line> = rules
        .items_of(object)
        .enumerate()
        .map(|(i, item)| Line {
            text: item.text.clone(),
            points: item.points,
            own: given("own", i + 1, item.points),
            above: given("above", i + 1, item.points),
        })
        .collect();
    let sum = |column: fn(&Line) -> Option<u32>| lines.iter().filter_map(column).sum::<u32>().min(rules.points);
    let (own, above) = (sum(|l| l.own), sum(|l| l.above));
    let is_scored = !lines.is_empty() && lines.iter().all(|l| l.above.is_some());
    let due = rules.due.iter().find(|d| d.object == object).map(|d| d.day);
    let due = due.zip(year).and_then(|(d, year)| NaiveDate::from_ymd_opt(year, d.month, d.day));
    let decided_on = fields.date("decision_date");
    Sheet {
        class: is_scored.then(|| class(above, rules).map(|c| c.label.clone())).flatten(),
        late: decided_on.zip(due).is_some_and(|(decided, due)| decided >= due),
        due,
        decided_on,
        lines,
        own,
        above,
    }
}

/// The best class whose threshold `score` reaches; `None` while the province has said none.
#[must_use]
pub fn class(score: u32, rules: &Movement) -> Option<&MovementClass> {
    rules.classes.iter().find(|c| score >= c.from)
}

#[cfg(test)]
mod tests {
    use super::{BadScore, check, sheet};
    use crate::field::{Field, Fields, Value};
    use crate::rule_pack::{MovementClass, RulePack};

    fn scored(pairs: &[(&str, i64)]) -> Fields {
        let mut fields = Fields::default();
        fields.0.insert("object".into(), Field::Settled("CO_QUAN".into()));
        fields.0.insert("year".into(), Field::Settled("2022".into()));
        fields.0.extend(pairs.iter().map(|(k, n)| ((*k).to_owned(), Field::Settled(Value::Int(*n)))));
        fields
    }

    /// R28: "Σ items = score, each item ≤ its maximum".
    #[test]
    fn the_score_is_the_sum_and_no_line_exceeds_its_maximum() {
        let rules = RulePack::kontum_2022().movement;
        let s = sheet(&scored(&[("own/1", 3), ("own/3", 4), ("above/1", 2)]), &rules);
        assert_eq!((s.own, s.above, s.class), (7, 2, None));
        assert_eq!(check("CO_QUAN", 1, 3, &rules), Ok(()));
        assert_eq!(check("CO_QUAN", 1, 4, &rules), Err(BadScore::TooMuch { line: 1, max: 3, given: 4 }));
        assert!(matches!(check("CO_QUAN", 9, 1, &rules), Err(BadScore::NoLine { .. })));
        assert!(matches!(check("CO_QUAN", 0, 1, &rules), Err(BadScore::NoLine { .. })));
    }

    /// QĐ 510, Điều 11: before 20/11, 30/11 and 15/12.
    #[test]
    fn the_evaluation_is_due_by_kind_of_place() {
        let rules = RulePack::kontum_2022().movement;
        assert_eq!(sheet(&scored(&[]), &rules).due.unwrap().to_string(), "2022-11-30");
    }

    /// QĐ 510, Điều 11: on the day itself it is late.
    #[test]
    fn a_decision_on_the_score_is_late_from_the_day_that_it_was_due_before() {
        let rules = RulePack::kontum_2022().movement;
        let decided = |day: &str| {
            let mut fields = scored(&[]);
            fields.0.insert("decision_date".into(), Field::Settled(day.into()));
            sheet(&fields, &rules)
        };
        assert!(!decided("2022-11-29").late && decided("2022-11-29").lateness().is_none());
        let late = decided("2022-11-30");
        assert!(late.late && late.lateness().unwrap().contains("30/11/2022"), "{late:?}");
        assert!(decided("2022-12-19").late && !sheet(&scored(&[]), &rules).late);
    }

    /// The thresholds are the province's (not found in any text): without them there is no class.
    #[test]
    fn a_class_needs_all_lines_and_the_provinces_thresholds() {
        let mut rules = RulePack::kontum_2022().movement;
        let full = scored(&[("above/1", 3), ("above/2", 3), ("above/3", 5)]);
        assert_eq!(sheet(&full, &rules).class, None);
        rules.classes =
            [("Khá", 11), ("Trung bình", 0)].map(|(label, from)| MovementClass { label: label.into(), from }).into();
        assert_eq!(sheet(&full, &rules).class.as_deref(), Some("Khá"));
        assert_eq!(sheet(&scored(&[("above/1", 3)]), &rules).class, None, "two lines are open");
    }
}
