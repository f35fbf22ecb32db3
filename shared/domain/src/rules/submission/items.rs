//! What is open among a unit's points when it hands in (R2, R4, R5, R6, R12).

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::id::RecordId;
use crate::model::Merges;
use crate::period::Period;
use crate::point::Point;
use crate::rule_pack::{DirectingLetter, RulePack};
use crate::rules::counting::{Effect, Standing, effect, is_eligible, standing};

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

/// What is open among a unit's points, and its `waiting_models` (see [`waiting_models`](crate::rules::spontaneous::waiting_models)), at the end
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
