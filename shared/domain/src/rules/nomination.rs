//! Which models are proposed for notice (letter 4267, 1.b and 2; R13–R17).

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
use crate::rules::timeliness::{Evidence, Punctuality, Timeliness, judge};
use crate::text::date_dmy;

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
    /// Kinds of the documents in the dossier.
    pub documents: BTreeSet<&'a str>,
    /// The hand-in, once there is one.
    pub evidence: Option<Evidence>,
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
    let punctuality = of.evidence.map(|e| punctuality(e, &of.quarter, &pack.letter));
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
            // "Tốt" is the best level of the pack.
            let best = pack.levels.first().map(|l| l.code.as_str());
            let is_good = |p: &Point| matches!(p.ratings.get(&year), Some(YearRating::Rated(level)) if Some(level.as_str()) == best);
            let good = counted.iter().filter(|p| is_good(p)).count();
            let mut lacks = Vec::new();
            if good == 0 {
                lacks.push(format!("chưa có điểm nào xếp loại Tốt năm {year}"));
            }
            if counted.len() < 2 {
                lacks.push("chưa nhân rộng ra ngoài điểm đầu tiên".to_owned());
            }
            if of.verdict != Verdict::Effective {
                lacks.push(format!("kết luận năm {year} là “{}”", of.verdict.label()));
            }
            if lacks.is_empty() {
                let n = crate::text::padded(counted.len() as u64);
                found(true, format!("{good} điểm xếp loại Tốt năm {year}, đã nhân rộng ở {n} điểm, mô hình hiệu quả."))
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
    let has = |kind: &String| of.documents.contains(kind.as_str());
    let mut missing = Dossier::of(&of.documents, pack).missing;
    let proposal = &pack.nomination.proposal;
    if !proposal.is_empty() && !proposal.iter().any(has) {
        missing.extend(proposal.first().cloned());
    }
    let sentence = if missing.is_empty() {
        "Hồ sơ đủ các văn bản theo danh mục.".to_owned()
    } else {
        let labels: Vec<&str> = missing.iter().map(|kind| kind_label(kind)).collect();
        format!("Hồ sơ còn thiếu: {}.", labels.join("; "))
    };
    let holds = missing.is_empty();
    (missing, Condition { rule: "R14", holds, sentence })
}

/// On what a proposal to the Ministry rests (letter 4267, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Complete, on time and listed.
    Dossier,
    /// A directing opinion of a competent authority.
    Directive,
    /// What a review, inspection or survey has found.
    Finding,
}

impl Basis {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Directive => "directive",
            Self::Finding => "finding",
        }
    }

    /// The basis with this code, see [`crate::schema::PROPOSAL_BASES`].
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "dossier" => Some(Self::Dossier),
            "directive" => Some(Self::Directive),
            "finding" => Some(Self::Finding),
            _ => None,
        }
    }
}

/// R17: whether a model may be proposed to the Ministry on `basis`; `document` is the kind of the
/// document that is cited.
///
/// # Errors
/// What is missing, as a sentence.
pub fn may_propose(
    basis: Basis,
    assessment: &Assessment,
    document: Option<&str>,
    pack: &RulePack,
) -> Result<(), String> {
    let (rules, clause) = (&pack.nomination, pack.letter.clause(PROPOSAL_CLAUSE));
    let cites = |kinds: &[String], what: &str| match document {
        Some(kind) if kinds.iter().any(|k| k == kind) => Ok(()),
        _ => {
            let labels: Vec<&str> = kinds.iter().map(|kind| kind_label(kind)).collect();
            Err(format!("{clause}: phải dẫn {what} đã có trong hồ sơ ({}).", labels.join("; ")))
        }
    };
    match basis {
        Basis::Directive => cites(&rules.directive, "văn bản có ý kiến chỉ đạo của cấp có thẩm quyền"),
        Basis::Finding => cites(&rules.finding, "kết quả sơ kết, tổng kết, kiểm tra hoặc khảo sát"),
        Basis::Dossier => {
            let failed: Vec<&str> = assessment
                .conditions
                .iter()
                .filter(|c| c.rule != "R13" && !c.holds)
                .map(|c| c.sentence.as_str())
                .collect();
            if failed.is_empty() { Ok(()) } else { Err(format!("{clause}: {}", failed.join(" "))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Basis, Case, Nominated, assess, may_propose, rating_year};
    use crate::explanation::Verdict;
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::period::Period;
    use crate::point::Point;
    use crate::rule_pack::RulePack;
    use crate::rules::timeliness::{Evidence, Timeliness};

    fn point(pairs: &[(&str, &str)]) -> Point {
        let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
        Point::read(RecordId([0; 16]), &Fields(fields))
    }

    fn quarter(id: &str) -> Period {
        Period::of_id(id, &RulePack::kontum_2022().periods).unwrap()
    }

    fn nominated<'a>(case: Case, points: &'a [&'a Point]) -> Nominated<'a> {
        Nominated {
            case: Some(case),
            justification: None,
            quarter: quarter("2022-Q4"),
            points,
            founded_on: None,
            verdict: Verdict::Effective,
            documents: [].into(),
            evidence: None,
            is_listed: false,
        }
    }

    fn good(date: &str) -> Point {
        point(&[("decision_date", date), ("ratings/2022/610", "tot")])
    }

    /// Letter 4267, 1.b: "các mô hình được đánh giá, xếp loại Tốt, đã được nhân rộng … đang phát huy hiệu quả".
    #[test]
    fn a_good_model_is_eligible_once_it_is_replicated_and_effective() {
        let pack = RulePack::kontum_2022();
        let (first, second) = (good("2020-01-01"), point(&[("decision_date", "2021-01-01")]));
        let both = [&first, &second];
        assert!(assess(&nominated(Case::Tot, &both), &pack).eligible);
        let alone = assess(&nominated(Case::Tot, &both[..1]), &pack);
        assert!(!alone.eligible && alone.conditions[0].sentence.contains("chưa nhân rộng"));
        let open = Nominated { verdict: Verdict::Undetermined, ..nominated(Case::Tot, &both) };
        assert!(assess(&open, &pack).conditions[0].sentence.contains("Chưa đủ căn cứ"));
        assert!(!assess(&nominated(Case::Tot, &both[1..]), &pack).eligible, "no point is rated Tốt");
    }

    /// Letter 4267, 1.b: "hoặc những mô hình mới có cách làm hay, sáng tạo".
    #[test]
    fn a_new_model_needs_its_reason_and_must_be_new() {
        let pack = RulePack::kontum_2022();
        let (new, old) = (point(&[("decision_date", "2021-12-10")]), point(&[("decision_date", "2021-12-09")]));
        let judged = |point: &Point, justification| {
            let points = [point];
            assess(&Nominated { justification, ..nominated(Case::Moi, &points) }, &pack).eligible
        };
        assert!(judged(&new, Some("chuông báo")));
        assert!(!judged(&new, None) && !judged(&new, Some(" ")), "without a reason");
        assert!(!judged(&old, Some("chuông báo")), "a year and a day before the 10th");
    }

    #[test]
    fn ratings_of_a_year_count_once_its_annual_report_is_due() {
        let pack = RulePack::kontum_2022();
        let years = ["2022-Q1", "2022-Q3", "2022-Q4"].map(|q| rating_year(&quarter(q), &pack));
        assert_eq!(years, [2021, 2021, 2022]);
    }

    /// Letter 4267, 2: "kèm theo tờ trình (hoặc báo cáo) và đầy đủ hồ sơ".
    #[test]
    fn the_dossier_names_what_it_lacks() {
        let pack = RulePack::kontum_2022();
        let mut n = nominated(Case::Tot, &[]);
        n.documents = pack.nomination.dossier.iter().map(String::as_str).collect();
        assert_eq!(assess(&n, &pack).missing, ["TO_TRINH"]);
        n.documents.insert("BC_DE_XUAT");
        assert!(assess(&n, &pack).complete);
        n.documents.remove("KE_HOACH");
        assert_eq!(assess(&n, &pack).missing, ["KE_HOACH"]);
    }

    /// Letter 4267, 1.b: "trước ngày 10 của tháng cuối quý".
    #[test]
    fn the_ninth_of_december_is_the_last_day_of_the_fourth_quarter() {
        let handed_in = |t: &str| {
            let at = format!("{t}+07:00").parse().unwrap();
            let evidence = Evidence { acted_at: at, received_at: Some(at), ..Evidence::default() };
            let n = Nominated { evidence: Some(evidence), ..nominated(Case::Tot, &[]) };
            assess(&n, &RulePack::kontum_2022()).timeliness
        };
        assert_eq!(handed_in("2022-12-09T23:59:59"), Some(Timeliness::OnTime));
        assert_eq!(handed_in("2022-12-10T00:00:00"), Some(Timeliness::Late));
    }

    /// Letter 4267, 2: the three cases.
    #[test]
    fn the_ministry_is_asked_by_dossier_directive_or_finding() {
        let pack = RulePack::kontum_2022();
        let at = "2022-12-01T08:00:00+07:00".parse().unwrap();
        let mut n = nominated(Case::Tot, &[]);
        n.documents = pack.nomination.dossier.iter().chain(&pack.nomination.proposal).map(String::as_str).collect();
        n.evidence = Some(Evidence { acted_at: at, received_at: Some(at), ..Evidence::default() });
        let ask = |n: &Nominated<'_>, basis, document| {
            may_propose(basis, &assess(n, &pack), document, &pack).map_err(|e| e.chars().count() > 20)
        };
        assert_eq!(ask(&n, Basis::Dossier, None), Err(true), "not in the list (R16)");
        n.is_listed = true;
        assert_eq!(ask(&n, Basis::Dossier, None), Ok(()));
        assert_eq!(ask(&n, Basis::Directive, None), Err(true));
        assert_eq!(ask(&n, Basis::Directive, Some("TO_TRINH")), Err(true));
        assert_eq!(ask(&n, Basis::Directive, Some("Y_KIEN_CHI_DAO")), Ok(()));
        assert_eq!(ask(&n, Basis::Finding, Some("KET_QUA_KHAO_SAT")), Ok(()));
    }
}
