//! Which models are proposed for notice (letter 4267, 1.b and 2; R13–R17).

mod own_paper;
mod proposing;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use crate::document::kind_label;
use crate::explanation::Verdict;
use crate::period::Period;
use crate::point::{Point, YearRating};
use crate::rule_pack::{DirectingLetter, RulePack};
use crate::rules::counting::{Standing, counts_from, standing};
use crate::rules::dossier::Dossier;
use crate::rules::timeliness::{Evidence, Punctuality, Timeliness, judge, judge_again};
use crate::text::{date_dmy, padded};

pub use self::own_paper::{OwnCheck, own_checks};
pub use self::proposing::{Basis, may_propose};

/// Where the directing letter sets the deadline of the quarter.
pub const DUE_CLAUSE: &str = "điểm 1.b";
/// Where it says which models are proposed to the Ministry.
pub const PROPOSAL_CLAUSE: &str = "điểm 2";

/// The two cases of letter 4267, 1.b.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// "mô hình được đánh giá, xếp loại Tốt, đã được nhân rộng …".
    Tot,
    /// "mô hình mới có cách làm hay, sáng tạo …".
    Moi,
}

impl Case {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Tot => "tot",
            Self::Moi => "moi",
        }
    }

    /// The case with this code, see [`crate::schema::NOMINATION_CASES`].
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "tot" => Some(Self::Tot),
            "moi" => Some(Self::Moi),
            _ => None,
        }
    }
}

/// One condition with what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The rule.
    pub rule: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What was found and, where it fails, what would change that.
    pub sentence: String,
}

/// What is known of a nominated model.
#[derive(Debug, Clone)]
pub struct Nominated<'a> {
    /// The case that the unit claims.
    pub case: Option<Case>,
    /// Why the unit proposes it.
    pub justification: Option<&'a str>,
    /// The quarter.
    pub quarter: Period,
    /// The model's points, after merges: all that this replica knows.
    pub points: &'a [&'a Point],
    /// When the model itself says that it was founded.
    pub founded_on: Option<NaiveDate>,
    /// The model's verdict for [`rating_year`].
    pub verdict: Verdict,
    /// Kinds of the documents in the dossier, as it was handed in.
    pub documents: BTreeSet<&'a str>,
    /// Kinds of those that were added after the hand-in, with the day: named, not counted.
    pub added_after: Vec<(&'a str, NaiveDate)>,
    /// The hand-in that the deadline is about, once there is one: the first, whatever was sent back since.
    pub evidence: Option<Evidence>,
    /// The last hand-in, where the province has sent back an earlier one: shown beside it.
    pub again: Option<Evidence>,
    /// Whether the model stands in the latest statistics that the province took over (R16).
    pub is_listed: bool,
}

/// All that can be said of a nomination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// R13.
    pub eligible: bool,
    /// R14.
    pub complete: bool,
    /// Kinds that the dossier still lacks; of several that would do, the first.
    pub missing: Vec<String>,
    /// R15, once it is handed in.
    pub timeliness: Option<Timeliness>,
    /// R16.
    pub listed: bool,
    /// Every condition with its reason.
    pub conditions: Vec<Condition>,
}

/// The year by whose ratings a model is judged for `quarter`: that of the last annual report that
/// was due by then, for the year's own ratings come with its annual report (letter 4267, 1.c, 1.d).
#[must_use]
pub fn rating_year(quarter: &Period, pack: &RulePack) -> i32 {
    let own = Period::annual(quarter.year, &pack.periods);
    if own.cut_off <= quarter.cut_off { quarter.year } else { quarter.year - 1 }
}

/// Judges a nomination by R13 to R16.
#[must_use]
pub fn assess(of: &Nominated<'_>, pack: &RulePack) -> Assessment {
    let eligible = eligibility(of, pack);
    let (missing, complete) = completeness(of, pack);
    let punctuality = of.evidence.map(|first| match of.again {
        Some(again) => judge_again(first, again, of.quarter.due(), pack.letter.clause(DUE_CLAUSE)),
        None => punctuality(first, &of.quarter, &pack.letter),
    });
    let on_time = match &punctuality {
        Some(p) => Condition { rule: "R15", holds: p.timeliness.is_kept(), sentence: p.sentence.clone() },
        None => Condition {
            rule: "R15",
            holds: false,
            sentence: format!("Chưa trình; hạn là trước ngày {}.", date_dmy(of.quarter.due())),
        },
    };
    let listed = Condition {
        rule: "R16",
        holds: of.is_listed,
        sentence: if of.is_listed {
            "Mô hình có trong danh sách thống kê gần nhất mà tỉnh đã nhận.".to_owned()
        } else {
            "Mô hình chưa có trong danh sách thống kê mà tỉnh đã nhận: trình báo cáo 6 tháng hoặc năm có mô hình này."
                .to_owned()
        },
    };
    Assessment {
        eligible: eligible.holds,
        complete: complete.holds,
        missing,
        timeliness: punctuality.map(|p| p.timeliness),
        listed: of.is_listed,
        conditions: vec![eligible, complete, on_time, listed],
    }
}

/// Judges when a quarter's nomination was handed in (R15).
#[must_use]
pub fn punctuality(evidence: Evidence, quarter: &Period, letter: &DirectingLetter) -> Punctuality {
    judge(evidence, quarter.due(), letter.clause(DUE_CLAUSE))
}

/// R13: a) rated "Tốt", replicated, effective; b) new, with the officer's reason.
fn eligibility(of: &Nominated<'_>, pack: &RulePack) -> Condition {
    let found = |holds, sentence: String| Condition { rule: "R13", holds, sentence };
    let day = of.quarter.cut_off;
    let counted: Vec<&&Point> = of.points.iter().filter(|p| standing(p, day, pack) == Standing::Counted).collect();
    match of.case {
        None => found(false, "Chưa chọn trường hợp: xếp loại Tốt đã nhân rộng, hoặc mô hình mới.".to_owned()),
        Some(Case::Tot) => {
            let year = rating_year(&of.quarter, pack);
            let levels = pack.good_levels();
            let is_good = |p: &Point| matches!(p.ratings.get(&year), Some(YearRating::Rated(code)) if levels.iter().any(|l| l.code == *code));
            let label = match levels {
                [] => "Tốt".to_owned(),
                [only] => only.label.clone(),
                [.., least] => format!("{} trở lên", least.label),
            };
            let good = counted.iter().filter(|p| is_good(p)).count();
            let mut lacks = Vec::new();
            if good == 0 {
                lacks.push(format!("chưa có điểm nào xếp loại {label} năm {year}"));
            }
            if counted.len() < 2 {
                lacks.push("chưa nhân rộng ra ngoài điểm đầu tiên".to_owned());
            }
            if of.verdict != Verdict::Effective {
                lacks.push(format!("kết luận năm {year} là “{}”", of.verdict.label()));
            }
            if lacks.is_empty() {
                let [good, all] = [good, counted.len()].map(|n| padded(n as u64));
                found(
                    true,
                    format!("{good} điểm xếp loại {label} năm {year}, đã nhân rộng ở {all} điểm, mô hình hiệu quả."),
                )
            } else {
                found(false, format!("Chưa đủ điều kiện điểm 1.b: {}.", lacks.join("; ")))
            }
        }
        Some(Case::Moi) => {
            let first = counted.iter().filter_map(|p| counts_from(p, pack)).chain(of.founded_on).min();
            let since = pack.nomination.new_since(of.quarter.due());
            let reasoned = of.justification.is_some_and(|j| !j.trim().is_empty());
            match first {
                None => found(false, "Mô hình chưa có ngày xây dựng và chưa có điểm nào có quyết định.".to_owned()),
                Some(first) if first < since => found(
                    false,
                    format!(
                        "Mô hình có từ ngày {}, không còn mới: mới là từ ngày {} ({} tháng{}).",
                        date_dmy(first),
                        date_dmy(since),
                        pack.nomination.new_within_months,
                        if pack.nomination.assumed { ", tham số giả định" } else { "" }
                    ),
                ),
                Some(_) if !reasoned => {
                    found(false, "Mô hình mới phải nêu cách làm hay, sáng tạo, hiệu quả thực sự.".to_owned())
                }
                Some(first) => found(true, format!("Mô hình mới, có từ ngày {}; đã nêu lý do.", date_dmy(first))),
            }
        }
    }
}

/// R14: every kind of the checklist, and one that carries the proposal.
fn completeness(of: &Nominated<'_>, pack: &RulePack) -> (Vec<String>, Condition) {
    let proposal = &pack.nomination.proposal;
    let mut missing = Dossier::of(&of.documents, pack).missing;
    let lacks_proposal = !proposal.is_empty() && !proposal.iter().any(|kind| of.documents.contains(kind.as_str()));
    if lacks_proposal {
        missing.extend(proposal.first().cloned());
    }
    let is_asked =
        |kind: &str| missing.iter().any(|m| m == kind) || (lacks_proposal && proposal.iter().any(|p| p == kind));
    let late: Vec<String> = (of.added_after.iter().filter(|(kind, _)| is_asked(kind)))
        .map(|(kind, day)| format!("{} (ngày {})", kind_label(kind), date_dmy(*day)))
        .collect();
    let mut sentence = lacking(&missing).unwrap_or_else(|| "Hồ sơ đủ các văn bản theo danh mục.".to_owned());
    if !late.is_empty() {
        sentence.push_str(&format!(" Thêm sau khi trình, chưa tính: {}.", late.join("; ")));
    }
    let holds = missing.is_empty();
    (missing, Condition { rule: "R14", holds, sentence })
}

/// `Hồ sơ còn thiếu: …`; `None` when nothing is.
fn lacking(missing: &[String]) -> Option<String> {
    let labels: Vec<&str> = missing.iter().map(|kind| kind_label(kind)).collect();
    (!labels.is_empty()).then(|| format!("Hồ sơ còn thiếu: {}.", labels.join("; ")))
}

#[cfg(test)]
mod tests;
