//! What a unit hands in (letter 4267, 1.d; R4, R6, R12, R18, R19).
//!
//! The figures are frozen with the act; what was open then is marked, or keeps the unit from handing
//! in where the rule pack says so.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::figures::{Figures, Totals};
use crate::id::RecordId;
use crate::model::Merges;
use crate::period::Period;
use crate::point::Point;
use crate::rule_pack::{DirectingLetter, RulePack};
use crate::rules::counting::{Effect, Standing, effect, is_eligible, standing};
use crate::rules::timeliness::{Evidence, Punctuality, judge, judge_again};
use crate::schema::{DECISION_ACCEPTED, DECISION_RETURNED};
use crate::text::date_dmy;

/// Where the directing letter sets the deadlines of periodic reports.
pub const DUE_CLAUSE: &str = "điểm 1.d";

/// A kind of open item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemKind {
    /// Its code, in rule packs and JSON.
    pub code: &'static str,
    /// The same in few words, for the filter of a list.
    pub short: &'static str,
    /// What is open, after a number: of points, but for [`SPONTANEOUS_MODEL`].
    pub what: &'static str,
    /// The rule by its number.
    pub rule: &'static str,
    /// Where in the directing letter it comes from, where that has it.
    pub clause: Option<&'static str>,
    /// What to do, without a full stop.
    pub remedy: &'static str,
    /// Where in the program that is done, after the remedy.
    pub page: Option<&'static str>,
}

/// The clause on what arose by itself: recognised, or ended.
const SETTLING_CLAUSE: &str = "điểm 1.c, gạch đầu dòng thứ hai";

/// The code of the open item that counts models: those that arose by themselves and have no point to wait for them.
pub const SPONTANEOUS_MODEL: &str = "SPONTANEOUS_MODEL";

/// All kinds of open item.
pub const OPEN_ITEMS: &[ItemKind] = &[
    ItemKind {
        code: "UNRATED",
        short: "Chưa xếp loại năm",
        what: "điểm chưa xếp loại năm",
        rule: "R6",
        clause: Some("điểm 1.c"),
        remedy: "Xếp loại các điểm này",
        page: Some("ở trang Điểm"),
    },
    ItemKind {
        code: "CONTESTED",
        short: "Xếp loại khác nhau",
        what: "điểm có xếp loại khác nhau chưa được chọn",
        rule: "R12",
        clause: None,
        remedy: "Chọn một mức",
        page: Some("ở trang Xung đột"),
    },
    ItemKind {
        code: "SPONTANEOUS",
        short: "Tự phát",
        what: "điểm tự phát chờ công nhận hoặc chấm dứt",
        rule: "R4",
        clause: Some(SETTLING_CLAUSE),
        remedy: "Trình cấp có thẩm quyền quyết định công nhận, hoặc chấm dứt hoạt động",
        page: None,
    },
    ItemKind {
        code: SPONTANEOUS_MODEL,
        short: "Mô hình tự phát",
        what: "mô hình tự phát chờ công nhận hoặc chấm dứt, chưa có điểm nào được công nhận",
        rule: "R4",
        clause: Some(SETTLING_CLAUSE),
        remedy: "Thêm điểm kèm quyết định công nhận, ghi quyết định của mô hình, hoặc chấm dứt hoạt động",
        page: None,
    },
    ItemKind {
        code: "NO_NUMBER",
        short: "Thiếu số QĐ",
        what: "điểm đã tính nhưng thiếu số quyết định",
        rule: "R2",
        clause: Some("điểm 1.c, gạch đầu dòng thứ nhất"),
        remedy: "Ghi số quyết định thành lập",
        page: None,
    },
    ItemKind {
        code: "NO_DATE",
        short: "Thiếu ngày QĐ",
        what: "điểm chưa tính vì thiếu ngày quyết định",
        rule: "R2",
        clause: None,
        remedy: "Ghi ngày quyết định thành lập",
        page: None,
    },
    ItemKind {
        code: "NO_LAUNCH",
        short: "Thiếu ngày ra mắt",
        what: "điểm chưa tính vì thiếu ngày ra mắt",
        rule: "R2",
        clause: None,
        remedy: "Ghi ngày ra mắt khi điểm đã ra mắt",
        page: None,
    },
    ItemKind {
        code: "END_NO_DATE",
        short: "Chấm dứt, thiếu ngày",
        what: "điểm ghi chấm dứt nhưng thiếu ngày, nên chưa thuộc kỳ nào",
        rule: "R5",
        clause: None,
        remedy: "Ghi ngày chấm dứt",
        page: None,
    },
    ItemKind {
        code: "END_BEFORE_DECISION",
        short: "Chấm dứt trước ngày QĐ",
        what: "điểm có ngày chấm dứt trước ngày quyết định",
        rule: "R5",
        clause: None,
        remedy: "Sửa ngày chấm dứt hoặc ngày quyết định",
        page: None,
    },
    ItemKind {
        code: "END_NO_GROUND",
        short: "Chấm dứt, thiếu lý do",
        what: "điểm chấm dứt trong kỳ nhưng thiếu lý do",
        rule: "R5",
        clause: Some(SETTLING_CLAUSE),
        remedy: "Ghi lý do chấm dứt",
        page: None,
    },
    ItemKind {
        code: "END_NO_DOCUMENT",
        short: "Chấm dứt, thiếu văn bản",
        what: "điểm chấm dứt trong kỳ nhưng chưa có văn bản chấm dứt hoạt động",
        rule: "R5",
        clause: Some(SETTLING_CLAUSE),
        remedy: "Thêm văn bản chấm dứt vào hồ sơ của điểm hoặc mô hình",
        page: None,
    },
    ItemKind {
        code: "RECOGNISED_NO_DOCUMENT",
        short: "Công nhận, thiếu QĐ",
        what: "điểm tự phát được công nhận trong kỳ nhưng chưa có quyết định công nhận",
        rule: "R4",
        clause: Some(SETTLING_CLAUSE),
        remedy: "Thêm quyết định công nhận vào hồ sơ của điểm hoặc mô hình",
        page: None,
    },
];

/// The code of the kind of document by which a point ends (R5).
pub const ENDING_PAPER: &str = "VB_CHAM_DUT";
/// The code of the kind of document by which a point that arose by itself is recognised (R4).
pub const RECOGNISING_PAPER: &str = "QD_CONG_NHAN";

/// Which kinds of document stand in which dossiers.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    kinds: HashSet<(RecordId, String)>,
    merges: Merges,
}

impl Papers {
    /// Collects the kinds of documents, each with the record that it belongs to.
    #[must_use]
    pub fn of(documents: impl IntoIterator<Item = (RecordId, String)>, merges: Merges) -> Self {
        let kinds = documents.into_iter().map(|(record, kind)| (merges.target(record), kind)).collect();
        Self { kinds, merges }
    }

    /// Whether a document of a kind stands in the dossier of the point, or of its model.
    fn have(&self, point: &Point, kind: &str) -> bool {
        let holds = |record| self.kinds.contains(&(record, kind.to_owned()));
        holds(point.id) || point.model.is_some_and(|model| holds(self.merges.target(model)))
    }
}

/// An open item of a unit at the moment of handing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    /// A code of [`OPEN_ITEMS`].
    pub code: String,
    /// How many points; how many models, where the code is [`SPONTANEOUS_MODEL`].
    pub points: u32,
}

impl OpenItem {
    /// Its kind; `None` for one of a newer version.
    #[must_use]
    pub fn kind(&self) -> Option<&'static ItemKind> {
        OPEN_ITEMS.iter().find(|k| k.code == self.code)
    }

    /// `06 điểm chưa xếp loại năm (R6; …). Xếp loại …`
    #[must_use]
    pub fn sentence(&self, letter: &DirectingLetter) -> String {
        let n = crate::text::padded(u64::from(self.points));
        match self.kind() {
            Some(kind) => {
                let clause =
                    kind.clause.map_or_else(String::new, |place| format!("; {}", letter.clause_in_sentence(place)));
                let page = kind.page.map_or_else(String::new, |page| format!(" {page}"));
                format!("{n} {} ({}{clause}). {}{page}.", kind.what, kind.rule, kind.remedy)
            }
            None => format!("{n} điểm: {}", self.code),
        }
    }
}

/// What is open among a unit's points, and its `waiting_models` (see [`super::spontaneous::waiting_models`]), at the end
/// of `period`, in the order of [`OPEN_ITEMS`]. Ratings are
/// asked for by the annual report alone, ground and paper of an act by the period in which it took effect.
#[must_use]
pub fn open_items<'a>(
    points: impl IntoIterator<Item = &'a Point>,
    waiting_models: u32,
    papers: &Papers,
    period: &Period,
    pack: &RulePack,
) -> Vec<OpenItem> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    if waiting_models > 0 {
        counts.insert(SPONTANEOUS_MODEL, waiting_models);
    }
    for code in points.into_iter().flat_map(|point| open_codes(point, papers, period, pack)) {
        *counts.entry(code).or_default() += 1;
    }
    let item = |kind: &ItemKind| Some(OpenItem { code: kind.code.to_owned(), points: *counts.get(kind.code)? });
    OPEN_ITEMS.iter().filter_map(item).collect()
}

/// What is open of one point at the end of `period`: codes of [`OPEN_ITEMS`], by which [`open_items`] counts and lists
/// find the points that were counted.
#[must_use]
pub fn open_codes(point: &Point, papers: &Papers, period: &Period, pack: &RulePack) -> Vec<&'static str> {
    let is_annual = period.kind == crate::period::PeriodKind::Annual;
    match standing(point, period.cut_off, pack) {
        Standing::Counted => {
            let number = point.decision_no.is_none().then_some("NO_NUMBER");
            let recognised = point.spontaneous && point.decision_date.is_some_and(|d| period.contains(d));
            let paper = (recognised && !papers.have(point, RECOGNISING_PAPER)).then_some("RECOGNISED_NO_DOCUMENT");
            let is_due = is_annual && is_eligible(point, period.cut_off, pack);
            let rating = is_due.then(|| effect(point, period.year, pack)).and_then(|effect| match effect {
                Effect::Unrated => Some("UNRATED"),
                Effect::Contested => Some("CONTESTED"),
                Effect::Effective | Effect::NotEffective | Effect::Undecided => None,
            });
            number.into_iter().chain(paper).chain(rating).collect()
        }
        Standing::SpontaneousPending => vec!["SPONTANEOUS"],
        Standing::NotYet if point.decision_date.is_none() => vec!["NO_DATE"],
        Standing::NotLaunched if point.launched_on.is_none() => vec!["NO_LAUNCH"],
        Standing::NotYet | Standing::NotLaunched => Vec::new(),
        Standing::Ended if point.ended_on.is_none_or(|on| period.contains(on)) => ending_lacks(point, papers),
        Standing::Ended => Vec::new(),
    }
}

/// What an ended point lacks (R5): codes of [`OPEN_ITEMS`]. Without a day it belongs to no period, and that alone is
/// told.
#[must_use]
pub fn ending_lacks(point: &Point, papers: &Papers) -> Vec<&'static str> {
    if point.ended_on.is_none() {
        return vec!["END_NO_DATE"];
    }
    let reversed = point.ends_before_its_decision().then_some("END_BEFORE_DECISION");
    let ground = point.end_ground.is_none().then_some("END_NO_GROUND");
    let paper = (!papers.have(point, ENDING_PAPER)).then_some("END_NO_DOCUMENT");
    reversed.into_iter().chain(ground).chain(paper).collect()
}

/// Of `items`, those that keep a unit from handing in by this rule pack.
pub fn blocking<'a>(items: &'a [OpenItem], pack: &'a RulePack) -> impl Iterator<Item = &'a OpenItem> {
    items.iter().filter(|item| pack.submission.blocking.contains(&item.code))
}

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
