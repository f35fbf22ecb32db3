//! R13 to R17 as letter 4267 has them.

use super::{Basis, Case, Nominated, assess, may_propose, own_checks, rating_year};
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
        added_after: Vec::new(),
        evidence: None,
        again: None,
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
    let good = assess(&nominated(Case::Tot, &both), &pack);
    let said = "01 điểm xếp loại Tốt năm 2022, đã nhân rộng ở 02 điểm, mô hình hiệu quả.";
    assert_eq!((good.eligible, good.conditions[0].sentence.as_str()), (true, said));
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

/// Letter 4267, 2, asks for the dossier with the proposal: what is filed after it is named, and makes nothing complete.
#[test]
fn what_came_after_the_hand_in_is_named_and_not_counted() {
    let pack = RulePack::kontum_2022();
    let mut n = nominated(Case::Tot, &[]);
    n.documents = pack.nomination.dossier.iter().map(String::as_str).collect();
    n.documents.insert("TO_TRINH");
    n.documents.remove("KE_HOACH");
    n.added_after = vec![("KE_HOACH", "2022-12-20".parse().unwrap()), ("KHAC", "2022-12-21".parse().unwrap())];
    let judged = assess(&n, &pack);
    assert_eq!((judged.complete, judged.missing.as_slice()), (false, &["KE_HOACH".to_owned()][..]));
    let said = "Hồ sơ còn thiếu: Kế hoạch. Thêm sau khi trình, chưa tính: Kế hoạch (ngày 20/12/2022).";
    assert_eq!(judged.conditions[1].sentence, said, "what the checklist does not ask for is no matter");
}

/// Letter 4267 sets no deadline for mending what the province has sent back.
#[test]
fn a_nomination_that_was_in_time_stays_so_when_it_is_mended_after_the_deadline() {
    let at = |t: &str| {
        let at = format!("{t}+07:00").parse().unwrap();
        Some(Evidence { acted_at: at, received_at: Some(at), ..Evidence::default() })
    };
    let mut n = nominated(Case::Tot, &[]);
    (n.evidence, n.again) = (at("2022-12-05T08:00:00"), at("2022-12-14T09:30:00"));
    let judged = assess(&n, &RulePack::kontum_2022());
    assert_eq!(judged.timeliness, Some(Timeliness::OnTime));
    assert_eq!(
        judged.conditions[2].sentence,
        "Đúng hạn: trình lần đầu lúc 08:00 ngày 05/12/2022, tỉnh nhận lúc 08:00 ngày 05/12/2022; hạn là trước ngày 10/12/2022. \
         Sau khi tỉnh trả lại, trình lại lúc 09:30 ngày 14/12/2022, tỉnh nhận lúc 09:30 ngày 14/12/2022."
    );
    n.evidence = at("2022-12-10T00:00:00");
    assert_eq!(assess(&n, &RulePack::kontum_2022()).timeliness, Some(Timeliness::Late), "a return forgives nothing");
}

/// Signed before it is handed in, the unit's proposal is neither missing from its dossier nor late.
#[test]
fn the_proposal_of_a_unit_does_not_tell_that_it_is_missing_itself() {
    let pack = RulePack::kontum_2022();
    let mut n = nominated(Case::Tot, &[]);
    n.documents = pack.nomination.dossier.iter().map(String::as_str).collect();
    let said = |n: &Nominated<'_>| -> Vec<(Option<bool>, String)> {
        own_checks(&assess(n, &pack), &n.quarter, &pack).into_iter().map(|c| (c.holds, c.sentence)).collect()
    };
    let checks = said(&n);
    assert_eq!(checks[1], (Some(true), "Hồ sơ đủ các văn bản theo danh mục, cùng tờ trình này.".to_owned()));
    assert_eq!(checks[2], (None, "Gửi trước ngày 10/12/2022.".to_owned()));
    n.documents.remove("KE_HOACH");
    assert_eq!(said(&n)[1], (Some(false), "Hồ sơ còn thiếu: Kế hoạch.".to_owned()));
    let at = "2022-12-12T08:00:00+07:00".parse().unwrap();
    n.evidence = Some(Evidence { acted_at: at, ..Evidence::default() });
    assert_eq!(said(&n)[2].0, Some(false), "once it was handed in, its day is told");
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
    let ask = |n: &Nominated<'_>, basis, document: Option<&str>| {
        let cited: Vec<&str> = document.into_iter().collect();
        may_propose(basis, &assess(n, &pack), &cited, &pack).map_err(|e| e.chars().count() > 20)
    };
    assert_eq!(ask(&n, Basis::Dossier, None), Err(true), "not in the list (R16)");
    n.is_listed = true;
    assert_eq!(ask(&n, Basis::Dossier, None), Ok(()));
    assert_eq!(ask(&n, Basis::Directive, None), Err(true));
    assert_eq!(ask(&n, Basis::Directive, Some("TO_TRINH")), Err(true));
    assert_eq!(ask(&n, Basis::Directive, Some("Y_KIEN_CHI_DAO")), Ok(()));
    assert_eq!(ask(&n, Basis::Finding, Some("KET_QUA_KHAO_SAT")), Ok(()));
}
