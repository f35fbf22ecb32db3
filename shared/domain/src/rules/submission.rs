//! What a unit hands in (letter 4267, 1.d; R4, R6, R12, R18, R19).
//!
//! The figures are frozen with the act; what was open then is marked, or keeps the unit from handing
//! in where the rule pack says so.

mod items;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::figures::{Figures, Totals};
use crate::id::RecordId;
use crate::period::Period;
use crate::rule_pack::DirectingLetter;
use crate::rules::timeliness::{Evidence, Punctuality, judge, judge_again};
use crate::schema::{DECISION_ACCEPTED, DECISION_RETURNED};
use crate::text::date_dmy;

pub use self::items::{
    ENDING_PAPER, ItemKind, OPEN_ITEMS, OpenItem, Papers, RECOGNISING_PAPER, SPONTANEOUS_MODEL, blocking, ending_lacks,
    open_codes, open_items,
};

/// Where the directing letter sets the deadlines of periodic reports.
pub const DUE_CLAUSE: &str = "điểm 1.d";

/// A unit's figures as it handed them in: never changed afterwards (R19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Sums over the unit.
    #[serde(flatten)]
    pub totals: Totals,
    /// For each model with points: points, teams, members, eligible, effective, unrated.
    pub by_model: BTreeMap<RecordId, [u64; 6]>,
    /// The day as of whose end they are, where that lies before the last day of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
}

impl Frozen {
    /// What `figures`, consolidated over one unit, come to. Where they were cut before the end of `period`, that is kept.
    #[must_use]
    pub fn of(figures: &Figures, period: &Period) -> Self {
        let line = |m: &crate::figures::ModelFigures| {
            let counts = [m.eligible, m.effective, m.unrated].map(u64::from);
            (m.id, [u64::from(m.points), m.teams, m.members, counts[0], counts[1], counts[2]])
        };
        let as_of = Some(figures.cut.cut_off).filter(|day| *day < period.cut_off);
        Self { totals: figures.totals, by_model: figures.models.iter().map(line).collect(), as_of }
    }

    /// The models that the unit lists: what R16 asks.
    #[must_use]
    pub fn lists(&self) -> BTreeSet<RecordId> {
        self.by_model.iter().filter(|(_, line)| line[0] > 0).map(|(id, _)| *id).collect()
    }

    /// What who hands in has to know where the period still runs: nothing of the days to come is in it.
    #[must_use]
    pub fn still_runs(&self, period: &Period) -> Option<String> {
        let as_of = self.as_of?;
        Some(format!(
            "Kỳ {} còn đến hết ngày {}: số liệu mới chốt hết ngày {}; có phát sinh sau đó thì trình lại trước ngày {}.",
            period.title(),
            date_dmy(period.cut_off),
            date_dmy(as_of),
            date_dmy(period.due())
        ))
    }

    /// Whether anything arose in the period: what contradicts a report of nothing.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.totals.new_points + self.totals.ended > 0
    }
}

/// Where a submission stands. Words on screens: [`State::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Đã trình: the unit has handed it in; the province has not decided.
    HandedIn,
    /// Đã nhận.
    Accepted,
    /// Trả lại: the unit mends it and hands in again.
    Returned,
    /// Đã được thay: the unit itself has handed in a later one.
    Replaced,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::HandedIn, Self::Accepted, Self::Returned, Self::Replaced];

    /// The word on screens and in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::HandedIn => "Đã trình",
            Self::Accepted => "Đã nhận",
            Self::Returned => "Trả lại",
            Self::Replaced => "Đã được thay",
        }
    }

    /// Where a submission stands by the province's decision, and whether a later one replaces it.
    #[must_use]
    pub fn of(decision: Option<&str>, is_replaced: bool) -> Self {
        match decision {
            Some(DECISION_RETURNED) => Self::Returned,
            _ if is_replaced => Self::Replaced,
            Some(DECISION_ACCEPTED) => Self::Accepted,
            _ => Self::HandedIn,
        }
    }
}

/// Judges when a period was handed in (letter 4267, 1.d; R18); `first` where the province sent that back.
#[must_use]
pub fn punctuality(
    evidence: Evidence,
    first: Option<Evidence>,
    period: &Period,
    letter: &DirectingLetter,
) -> Punctuality {
    let (due, clause) = (period.due(), letter.clause(DUE_CLAUSE));
    match first {
        Some(first) => judge_again(first, evidence, due, clause),
        None => judge(evidence, due, clause),
    }
}

#[cfg(test)]
mod tests {
    use super::{OPEN_ITEMS, OpenItem, Papers, State, blocking, open_items};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Merges;
    use crate::period::Period;
    use crate::point::Point;
    use crate::rule_pack::RulePack;

    fn point(pairs: &[(&str, &str)]) -> Point {
        let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
        Point::read(RecordId([0; 16]), &Fields(fields))
    }

    fn open(period: &str, points: &[Point]) -> Vec<String> {
        open_beside(&Papers::default(), period, points)
    }

    fn open_beside(papers: &Papers, period: &str, points: &[Point]) -> Vec<String> {
        let pack = RulePack::kontum_2022();
        let period = Period::of_id(period, &pack.periods).unwrap();
        open_items(points, 0, papers, &period, &pack).into_iter().map(|i| format!("{} {}", i.points, i.code)).collect()
    }

    #[test]
    fn a_point_without_a_yearly_rating_is_open_in_the_annual_report_alone() {
        let decided = [("decision_date", "2020-01-01"), ("decision_no", "1/QĐ")];
        let rated = [decided[0], decided[1], ("ratings/2022/610", "tot")];
        let contested = [rated[0], rated[1], rated[2], ("ratings/2022/62", "yeu")];
        let undecided = [decided[0], decided[1], ("ratings/2022/610", "chua_phan_loai")];
        let points = [point(&decided), point(&rated), point(&contested), point(&undecided)];
        assert_eq!(open("2022-annual", &points), ["1 UNRATED", "1 CONTESTED"]);
        assert!(open("2022-half", &points).is_empty());
    }

    #[test]
    fn spontaneous_points_and_missing_decisions_are_open() {
        let points = [
            point(&[("origin", "TU_PHAT")]),
            point(&[("decision_date", "2022-10-01")]),
            point(&[("decision_no", "7/QĐ-UBND")]),
            point(&[("status", "CHAM_DUT")]),
        ];
        assert_eq!(open("2022-annual", &points), ["1 SPONTANEOUS", "1 NO_NUMBER", "1 NO_DATE", "1 END_NO_DATE"]);
    }

    /// R4: "điểm/model"; letter 4267, 1.c, second dash, speaks of models.
    #[test]
    fn a_spontaneous_model_without_a_point_is_open_in_its_own_words() {
        let pack = RulePack::kontum_2022();
        let period = Period::of_id("2022-half", &pack.periods).unwrap();
        let items = open_items(&[], 1, &Papers::default(), &period, &pack);
        assert_eq!(items, [OpenItem { code: "SPONTANEOUS_MODEL".into(), points: 1 }]);
        assert!(items[0].sentence(&pack.letter).starts_with("01 mô hình tự phát chờ công nhận hoặc chấm dứt"));
    }

    /// R5: "needs a document"; letter 4267, 1.c, second dash: a decision recognises, or the activity is ended.
    #[test]
    fn r05_an_end_or_recognition_of_the_period_asks_for_its_ground_and_its_paper() {
        let (point_id, model) = (RecordId([0; 16]), RecordId([9; 16]));
        let of_model = ("model", "09090909090909090909090909090909");
        let ended = [of_model, ("decision_date", "2020-01-01"), ("status", "CHAM_DUT"), ("ended_on", "2022-03-03")];
        let bare = [point(&ended)];
        assert_eq!(open("2022-annual", &bare), ["1 END_NO_GROUND", "1 END_NO_DOCUMENT"]);
        // An earlier end, or one of a later period, is none of this report's.
        assert!(open("2021-annual", &bare).iter().all(|item| !item.contains("END")));
        assert!(open("2023-annual", &bare).is_empty());
        let reversed = [point(&[&ended[..], &[("end_ground", "KHAC"), ("decision_date", "2022-03-04")]].concat())];
        assert_eq!(open("2022-annual", &reversed), ["1 END_BEFORE_DECISION", "1 END_NO_DOCUMENT"]);
        let grounded = [point(&[&ended[..], &[("end_ground", "KHONG_HIEU_QUA")]].concat())];
        assert_eq!(open("2022-annual", &grounded), ["1 END_NO_DOCUMENT"]);
        let mut merged = crate::model::Model::read(RecordId([8; 16]), &Fields::default());
        merged.merged_into = Some(model);
        // In the dossier of the point, of its model, or of a model that was merged into it.
        for record in [point_id, model, merged.id] {
            let papers = Papers::of([(record, "VB_CHAM_DUT".to_owned())], Merges::of([&merged]));
            assert!(open_beside(&papers, "2022-annual", &grounded).is_empty(), "{record}");
        }
        let other = Papers::of([(point_id, "QD_CONG_NHAN".to_owned())], Merges::default());
        assert_eq!(open_beside(&other, "2022-annual", &grounded), ["1 END_NO_DOCUMENT"]);

        let recognised = [("origin", "TU_PHAT"), ("decision_no", "7/QĐ"), ("decision_date", "2022-10-15")];
        let recognised = [point(&recognised)];
        assert_eq!(open("2022-annual", &recognised), ["1 RECOGNISED_NO_DOCUMENT"]);
        assert!(open_beside(&other, "2022-annual", &recognised).is_empty());
    }

    #[test]
    fn the_rule_pack_says_what_keeps_a_unit_from_handing_in() {
        let items = [OpenItem { code: "UNRATED".into(), points: 6 }];
        let mut pack = RulePack::kontum_2022();
        assert_eq!(blocking(&items, &pack).count(), 0);
        pack.submission.blocking.push("UNRATED".into());
        assert_eq!(blocking(&items, &pack).count(), 1);
        assert!(items[0].sentence(&pack.letter).starts_with("06 điểm chưa xếp loại năm (R6; công văn 4267"));
        assert!(OPEN_ITEMS.iter().all(|i| !i.remedy.ends_with('.')));
    }

    #[test]
    fn a_returned_submission_stays_returned_when_another_follows() {
        assert_eq!(State::of(Some("RETURNED"), true), State::Returned);
        assert_eq!(State::of(None, true), State::Replaced);
        assert_eq!(State::of(Some("ACCEPTED"), false), State::Accepted);
        assert_eq!(State::of(None, false), State::HandedIn);
    }
}
