//! Papers beside the report, as a province has them: a late district, two models for the Ministry, a
//! survey of one point, the yearly rating of a district.

use chrono::NaiveDate;

use keng_domain::explanation::{Tally, Verdict};
use keng_domain::id::RecordId;
use keng_domain::letter::{
    Letter, Minutes, Nominated, Paper, Proposal, ProposedBy, ProposedModel, RatingMinutes, Reminder, ReportOwed, Size,
    Source,
};
use keng_domain::period::Period;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::nomination::{Basis, Condition};
use keng_domain::rules::submission::OpenItem;
use keng_domain::rules::yearly::{ModelResult, PointResult, RatedPoint, Said, YearlyRating};

// By its path, for the tests of another crate take this file by its path.
#[path = "unit_sample.rs"]
pub mod unit;

#[path = "decided_sample.rs"]
pub mod decided;

const PROVINCE: &str = "Tỉnh Kon Tum";

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn period(id: &str) -> Period {
    Period::of_id(id, &RulePack::kontum_2022().periods).unwrap()
}

fn open(code: &str, points: u32) -> OpenItem {
    OpenItem { code: code.to_owned(), points }
}

/// A district that is eleven days late with its annual report, and has more to do.
pub fn reminder() -> Reminder {
    Reminder {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        unit: "Huyện Đăk Hà".to_owned(),
        code: "615".to_owned(),
        period: period("2022-annual"),
        today: day("2022-11-20"),
        report: ReportOwed::Missing { days: 11 },
        open_items: vec![open("UNRATED", 6), open("CONTESTED", 1), open("SPONTANEOUS", 3)],
        received: Some("2022-11-08T01:05:00Z".parse().unwrap()),
    }
}

pub fn paper(kind: &str, number: Option<&str>) -> Paper {
    Paper {
        kind: kind.to_owned(),
        number: number.map(str::to_owned),
        issued_on: number.map(|_| day("2022-12-05")),
        issuer: number.map(|_| "Ủy ban nhân dân tỉnh Kon Tum".to_owned()),
        subject: None,
        file: format!("{}.pdf", kind.to_lowercase().replace(' ', "-")),
    }
}

fn nominated(unit: &str) -> Nominated {
    Nominated {
        unit: unit.to_owned(),
        quarter: period("2022-Q4"),
        case: "Xếp loại Tốt, đã nhân rộng".to_owned(),
        justification: Some("Giảm 40 % số vụ trộm cắp, được bà con các thôn hưởng ứng".to_owned()),
        dossier: vec![
            paper("Quyết định thành lập", Some("12/QĐ-UBND")),
            paper("Kế hoạch", Some("07/KH-CAH")),
            paper("Danh sách thành viên", None),
        ],
    }
}

/// What was found of R13 to R16 where all holds.
fn conditions() -> Vec<Condition> {
    let found = |rule, sentence: &str| Condition { rule, holds: true, sentence: sentence.to_owned() };
    vec![
        found("R13", "03 điểm xếp loại Tốt năm 2022, đã nhân rộng ở 09 điểm, mô hình hiệu quả."),
        found("R14", "Hồ sơ đủ các văn bản theo danh mục."),
        found("R15", "Trình ngày 08/12/2022, đúng hạn trước ngày 10/12/2022."),
        found("R16", "Mô hình có trong danh sách thống kê gần nhất mà tỉnh đã nhận."),
    ]
}

/// A nomination of which a unit has told little.
fn bare(of: Nominated) -> Nominated {
    Nominated { justification: None, dossier: Vec::new(), ..of }
}

pub fn proposed_by(unit: &str, basis: Basis, cited: Option<Paper>) -> ProposedBy {
    ProposedBy { of: nominated(unit), conditions: conditions(), basis, cited }
}

fn proposed(name: &str, unit: &str, basis: Basis, cited: Option<Paper>) -> ProposedModel {
    ProposedModel { name: name.to_owned(), by: vec![proposed_by(unit, basis, cited)] }
}

/// One model by its dossier, one by a directive.
pub fn proposal() -> Proposal {
    let directive = paper("Ý kiến chỉ đạo", Some("4890/UBND-NC"));
    Proposal {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        quarter: Some(period("2022-Q4")),
        today: day("2022-12-20"),
        models: vec![
            proposed("Tiếng kẻng an ninh", "Huyện Đắk Glei", Basis::Dossier, None),
            proposed("Camera an ninh", "Thành phố Kon Tum", Basis::Directive, Some(directive)),
        ],
    }
}

/// A survey of a point by its district.
pub fn minutes() -> Minutes {
    Minutes {
        order: keng_domain::rule_pack::DirectingLetter::default(),
        province: PROVINCE.to_owned(),
        unit: Some("Huyện Đăk Hà".to_owned()),
        kind: "Khảo sát thực tế".to_owned(),
        model: "Tiếng kẻng an ninh".to_owned(),
        point: Some("Thôn Mô Pả".to_owned()),
        area: "Xã Đăk Hà".to_owned(),
        held_on: Some(day("2022-10-12")),
        by: Some("Đội Xây dựng phong trào, Công an huyện Đăk Hà".to_owned()),
        size: Size {
            points: 1,
            teams: 4,
            members: 52,
            decision: Some(paper("Quyết định", Some("41/QĐ-UBND"))),
            rated: Some((2022, "Tốt".to_owned())),
        },
        finding: vec![
            "Mô hình duy trì đúng quy chế; bốn tổ đều có lịch trực và sổ ghi.".to_owned(),
            "Trong 6 tháng, nhân dân cung cấp 12 nguồn tin, giúp bắt quả tang 03 vụ trộm cắp.".to_owned(),
        ],
        remedy: vec!["Bổ sung danh sách thành viên tổ 3; gửi lại trước ngày 30 tháng 10.".to_owned()],
        papers: vec![paper("Kết quả khảo sát", None)],
        day: day("2022-10-12"),
        record: RecordId([9; 16]),
    }
}

fn rated_point(model: &str, place: &str, unit: &str, decision_no: Option<&str>, result: PointResult) -> RatedPoint {
    RatedPoint {
        model: model.to_owned(),
        place: place.to_owned(),
        unit: unit.to_owned(),
        decision_no: decision_no.map(str::to_owned),
        decision_date: Some(day("2019-04-14")),
        teams: 3,
        members: 31,
        total: matches!(result, PointResult::Rated(_)).then_some(87),
        result,
    }
}

fn judged(name: &str, [points, eligible, effective, unrated, contested]: [u32; 5], verdict: Verdict) -> ModelResult {
    ModelResult { name: name.to_owned(), tally: Tally { points, eligible, effective, unrated, contested }, verdict }
}

/// The yearly rating of a district, with one point of every kind.
pub fn rating() -> RatingMinutes {
    let level = |label: &str| PointResult::Rated(label.to_owned());
    let said = |level: &str, by: &str| Said { level: level.to_owned(), by: by.to_owned() };
    let contested = PointResult::Contested(vec![said("Tốt", "Huyện Đăk Hà"), said("Yếu", "Tỉnh Kon Tum")]);
    let (gong, camera) = ("Tiếng kẻng an ninh", "Camera an ninh");
    let young = PointResult::TooYoung(Some("Khá".to_owned()));
    let mut points = vec![
        rated_point(camera, "Tổ dân phố 1", "Thị trấn Đăk Hà", Some("112/QĐ-UBND"), level("Khá")),
        rated_point(camera, "Trường THCS Chu Văn An", "Thị trấn Đăk Hà", None, young),
        rated_point(camera, "Tổ dân phố 7", "Thị trấn Đăk Hà", Some("131/QĐ-UBND"), PointResult::TooYoung(None)),
        rated_point(gong, "Thôn 1", "Xã Đăk Mar", Some("41/QĐ-UBND"), level("Tốt")),
        rated_point(gong, "Thôn 3", "Xã Đăk Mar", Some("42/QĐ-UBND"), PointResult::Unrated),
        rated_point(gong, "", "Xã Hà Mòn", None, level("Yếu")),
        rated_point(gong, "Thôn Mô Pả", "Xã Hà Mòn", Some("43/QĐ-UBND"), contested),
    ];
    for young in &mut points[1..3] {
        young.decision_date = Some(day("2022-08-30"));
    }
    points[5].members = 1_031;
    RatingMinutes {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        unit: "Huyện Đăk Hà".to_owned(),
        code: "615".to_owned(),
        period: period("2022-annual"),
        months: 6,
        rule_pack: "kontum-2022".to_owned(),
        source: Source::Own,
        rating: YearlyRating {
            tally: Tally { points: 7, eligible: 5, effective: 2, unrated: 2, contested: 1 },
            teams: points.iter().map(|p| u64::from(p.teams)).sum(),
            members: points.iter().map(|p| u64::from(p.members)).sum(),
            spontaneous_pending: 3,
            by_level: [("Tốt", 1), ("Khá", 1), ("Trung bình", 0), ("Yếu", 1), ("Không phân loại", 0)]
                .map(|(label, n)| (label.to_owned(), n))
                .into(),
            without_level: 1,
            models: vec![
                judged(camera, [3, 1, 1, 0, 0], Verdict::Effective),
                judged(gong, [4, 4, 1, 2, 1], Verdict::Undetermined),
            ],
            points,
        },
    }
}

/// A district as it is when nothing has come of it; its name goes on in a second line of the head.
pub fn silent_rating() -> RatingMinutes {
    let unit = "Huyện Ia H'Drai".to_owned();
    RatingMinutes { unit, source: Source::Received(None), rating: YearlyRating::default(), ..rating() }
}

/// Every kind of paper, each also as it is when records tell little or a lot.
pub fn all() -> Vec<Letter> {
    let returned = ReportOwed::Returned { days: 2, reason: Some("thiếu số tổ của thôn 3".to_owned()) };
    let silent = Reminder { received: None, open_items: Vec::new(), ..reminder() };
    let city = Reminder {
        province: "Thành phố Hồ Chí Minh".to_owned(),
        unit: "Phường 1".to_owned(),
        period: period("2022-half"),
        report: returned,
        ..reminder()
    };
    let done = Reminder { report: ReportOwed::HandedIn, ..reminder() };
    let clean = Reminder { open_items: Vec::new(), ..reminder() };
    let many = proposal().models.into_iter().cycle().take(9).collect();
    let long = Proposal { models: many, quarter: None, ..proposal() };
    let finding = paper("Kết quả khảo sát", None);
    let mut found = proposed("Cổng làng bình yên", "Huyện Sa Thầy", Basis::Finding, Some(finding));
    found.by[0].of = bare(found.by[0].of.clone());
    let one = Proposal { models: vec![found], ..proposal() };
    let blank = Minutes {
        unit: None,
        held_on: None,
        by: None,
        finding: Vec::new(),
        remedy: Vec::new(),
        papers: Vec::new(),
        size: Size { points: 9, teams: 21, members: 310, ..Size::default() },
        point: None,
        ..minutes()
    };
    let wordy = Minutes {
        finding: vec!["Các tổ đều trực theo lịch, có sổ ghi và giao ban hằng tuần. ".repeat(9); 12],
        ..minutes()
    };
    let many = YearlyRating {
        points: rating().rating.points.into_iter().cycle().take(180).collect(),
        models: rating().rating.models.into_iter().cycle().take(30).collect(),
        ..rating().rating
    };
    let received = Source::Received(Some("2022-11-08T09:20:00Z".parse().unwrap()));
    let crowded = RatingMinutes { source: received, rating: many, ..rating() };
    let ratings = [rating(), silent_rating(), crowded].map(|of| Letter::Rating(Box::new(of)));
    let reminders = [reminder(), silent, city, done, clean].map(Letter::Reminder);
    let proposals = [proposal(), long, one].map(Letter::Proposal);
    let surveys = [minutes(), blank, wordy].map(|of| Letter::Minutes(Box::new(of)));
    reminders
        .into_iter()
        .chain(proposals)
        .chain(surveys)
        .chain(ratings)
        .chain(unit::all())
        .chain(decided::all())
        .collect()
}
