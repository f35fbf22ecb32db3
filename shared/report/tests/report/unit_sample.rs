//! Papers that units make: the score of a school, what a district hands in, and a model that it nominates.

use keng_domain::figures::Totals;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, ReportedModel, ScoreSheet, UnitProposal, UnitReport};
use keng_domain::rules::movement::{Line, Sheet};
use keng_domain::rules::nomination::OwnCheck;

use super::{PROVINCE, bare, day, nominated, open, paper, period};

/// The score of a school, of which the commune has left a line open.
pub fn score() -> ScoreSheet {
    let line = |text: &str, points, own, above| Line { text: text.to_owned(), points, own: Some(own), above };
    let lines = vec![
        line("Nghị quyết, chương trình, kế hoạch quý I; chế độ báo cáo", 3, 3, Some(2)),
        line("Tuyên truyền đến từ 90% cán bộ, người lao động", 3, 2, Some(2)),
        line("Ngày hội Toàn dân bảo vệ an ninh Tổ quốc và các chủ đề khác", 5, 4, None),
    ];
    ScoreSheet {
        above: "Xã Đăk Mar".to_owned(),
        unit: "Xã Đăk Mar".to_owned(),
        place: "Trường THCS Chu Văn An".to_owned(),
        object: "Cơ sở giáo dục".to_owned(),
        year: 2022,
        sheet: Sheet {
            lines,
            own: 9,
            above: 4,
            class: None,
            due: Some(day("2022-11-30")),
            decided_on: None,
            late: false,
        },
        points: 100,
        assumed: true,
        rule_pack: "kontum-2022".to_owned(),
        proposed_class: Some("Khá".to_owned()),
        decided_class: None,
        decision: None,
        note: vec!["Đã kiểm tra hồ sơ tại trường.".to_owned()],
        today: day("2022-11-20"),
        record: RecordId([10; 16]),
    }
}

/// A commune with every line scored, its class and its decision.
pub fn scored_commune() -> ScoreSheet {
    let mut lines = score().sheet.lines;
    lines[2].above = Some(5);
    ScoreSheet {
        above: "Huyện Đăk Hà".to_owned(),
        place: "UBND xã Đăk Mar".to_owned(),
        object: "Xã, phường, thị trấn".to_owned(),
        sheet: Sheet {
            lines,
            own: 9,
            above: 9,
            class: Some("Khá".to_owned()),
            due: None,
            decided_on: None,
            late: false,
        },
        assumed: false,
        decided_class: Some("Khá".to_owned()),
        decision: Some(paper("Quyết định", Some("212/QĐ-UBND"))),
        note: Vec::new(),
        ..score()
    }
}

/// The annual report of a district, with a model that has ended.
pub fn unit_report() -> UnitReport {
    let model = |name: &str, counts| ReportedModel { name: name.to_owned(), counts };
    UnitReport {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        unit: "Huyện Đăk Hà".to_owned(),
        code: "615".to_owned(),
        period: period("2022-annual"),
        as_of: period("2022-annual").cut_off,
        nothing: false,
        totals: Totals {
            models: 2,
            points: 101,
            teams: 189,
            members: 1_394,
            spontaneous_pending: 3,
            ended: 1,
            new_points: 4,
            effective_models: 1,
            undetermined_models: 1,
            ..Totals::default()
        },
        models: vec![
            model("Camera an ninh", [14, 28, 494, 14, 9, 0]),
            model("Cổng làng bình yên", [0; 6]),
            model("Tiếng kẻng an ninh", [87, 161, 900, 60, 41, 6]),
        ],
        open_items: vec![open("UNRATED", 6), open("SPONTANEOUS", 3)],
        handed_in_at: "2022-11-09T16:50:00Z".parse().unwrap(),
        record: RecordId([13; 16]),
    }
}

/// A district's proposal of a model, drafted before its dossier is whole and before it is handed in.
pub fn nomination() -> UnitProposal {
    let check = |rule, holds, sentence: &str| OwnCheck { rule, holds, sentence: sentence.to_owned() };
    UnitProposal {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        code: "610".to_owned(),
        today: day("2022-12-08"),
        name: "Tiếng kẻng an ninh".to_owned(),
        of: nominated("Huyện Đắk Glei"),
        checks: vec![
            check("R13", Some(true), "03 điểm xếp loại Tốt năm 2022, đã nhân rộng ở 09 điểm, mô hình hiệu quả."),
            check("R14", Some(false), "Hồ sơ còn thiếu: Biên bản ra mắt."),
            check("R15", None, "Gửi trước ngày 10/12/2022."),
            check("R16", Some(true), "Mô hình có trong danh sách thống kê gần nhất mà tỉnh đã nhận."),
        ],
        record: RecordId([14; 16]),
    }
}

/// Each of them, also as it is when records tell little or a lot.
pub fn all() -> Vec<Letter> {
    let long = Sheet { lines: score().sheet.lines.into_iter().cycle().take(60).collect(), ..score().sheet };
    let scores =
        [score(), scored_commune(), ScoreSheet { sheet: long, ..score() }].map(|of| Letter::Score(Box::new(of)));
    let nothing =
        UnitReport { nothing: true, period: period("2022-half"), as_of: period("2022-half").cut_off, ..unit_report() };
    let many = unit_report().models.into_iter().cycle().take(90).collect();
    let clean = UnitReport { models: many, open_items: vec![open("NEWER", 2)], ..unit_report() };
    let empty = UnitReport { totals: Totals::default(), models: vec![], open_items: vec![], ..unit_report() };
    let reports = [unit_report(), nothing, clean, empty].map(|of| Letter::Report(Box::new(of)));
    let of_little = UnitProposal { of: bare(nomination().of), ..nomination() };
    let nominations = [nomination(), of_little].map(|of| Letter::Nomination(Box::new(of)));
    scores.into_iter().chain(reports).chain(nominations).collect()
}
