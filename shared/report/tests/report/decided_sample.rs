//! What the province writes about what it has decided, and what a unit asks for about a point.

use keng_domain::explanation::{Tally, Verdict};
use keng_domain::id::RecordId;
use keng_domain::letter::{
    Asked, Letter, Notice, NoticedBy, NoticedModel, Paper, SentBack, SentBackWhat, SettlingProposal, Size, Work,
};
use keng_domain::rules::nomination::Condition;

use super::{PROVINCE, day, open, paper, period};

fn lines(text: &[&str]) -> Vec<String> {
    text.iter().map(|line| (*line).to_owned()).collect()
}

fn work() -> Work {
    Work {
        goal: lines(&["Phòng ngừa trộm cắp, tệ nạn xã hội ngay tại thôn, làng."]),
        content: lines(&["Mỗi thôn đặt kẻng; khi có việc, đánh kẻng theo quy ước để nhân dân cùng phối hợp xử lý."]),
        method: lines(&[
            "Mỗi thôn chia từ hai đến bốn tổ, trực luân phiên từ 21 giờ.",
            "Hằng tháng giao ban, ghi sổ và báo cáo Công an xã",
        ]),
    }
}

pub fn noticed_by(unit: &str, case: &str) -> NoticedBy {
    NoticedBy {
        unit: unit.to_owned(),
        case: case.to_owned(),
        unmet: None,
        justification: Some("Giảm 40 % số vụ trộm cắp, được bà con các thôn hưởng ứng".to_owned()),
    }
}

fn noticed(name: &str, unit: &str, case: &str) -> NoticedModel {
    NoticedModel {
        name: name.to_owned(),
        by: vec![noticed_by(unit, case)],
        size: Size { points: 12, teams: 31, members: 1_204, ..Size::default() },
        rated_year: 2022,
        tally: Tally { points: 12, eligible: 9, effective: 7, unrated: 1, contested: 0 },
        verdict: Verdict::Effective,
        work: work(),
    }
}

/// Two models of a quarter: one good and replicated, one new, of which its record tells nothing.
pub fn notice() -> Notice {
    let new = NoticedModel {
        by: vec![NoticedBy { justification: None, ..noticed_by("Thành phố Kon Tum", "Mới, sáng tạo") }],
        size: Size { points: 1, teams: 2, members: 18, ..Size::default() },
        tally: Tally { points: 1, ..Tally::default() },
        verdict: Verdict::NotRated,
        work: Work::default(),
        ..noticed("Zalo an ninh", "Thành phố Kon Tum", "Mới, sáng tạo")
    };
    Notice {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        quarter: period("2022-Q4"),
        today: day("2022-12-20"),
        units: ["Thành phố Kon Tum", "Huyện Đắk Glei", "Huyện Ngọc Hồi", "Sở Y tế"].map(str::to_owned).into(),
        models: vec![noticed("Tiếng kẻng an ninh", "Huyện Đắk Glei", "Xếp loại Tốt, đã nhân rộng"), new],
    }
}

/// An annual report, sent back while its deadline lies ahead.
pub fn returned_report() -> SentBack {
    SentBack {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        unit: "Huyện Đăk Hà".to_owned(),
        code: "615".to_owned(),
        today: day("2022-11-05"),
        handed_in_at: "2022-11-03T02:15:00Z".parse().unwrap(),
        reason: lines(&["Thiếu số tổ của thôn 3, xã Đăk Mar.", "Số thành viên chưa khớp danh sách kèm theo."]),
        what: SentBackWhat::Report {
            period: period("2022-annual"),
            open_items: vec![open("UNRATED", 6), open("SPONTANEOUS", 3)],
        },
        record: RecordId([11; 16]),
    }
}

/// A nomination, sent back when its deadline is over.
pub fn returned_nomination() -> SentBack {
    let failing = Condition { rule: "R14", holds: false, sentence: "Hồ sơ còn thiếu: Tờ trình.".to_owned() };
    SentBack {
        today: day("2022-12-12"),
        handed_in_at: "2022-12-08T02:15:00Z".parse().unwrap(),
        reason: lines(&["Chưa nêu cách làm của từng tổ"]),
        what: SentBackWhat::Nomination {
            model: "Tiếng kẻng an ninh".to_owned(),
            quarter: period("2022-Q4"),
            failing: vec![failing],
        },
        ..returned_report()
    }
}

/// A point that arose by itself and works well.
pub fn recognition() -> SettlingProposal {
    SettlingProposal {
        province: PROVINCE.to_owned(),
        order: keng_domain::rule_pack::DirectingLetter::default(),
        unit: "Huyện Đăk Hà".to_owned(),
        today: day("2022-10-20"),
        asked: Asked::Recognition,
        model: "Tiếng kẻng an ninh".to_owned(),
        place: "Thôn Mô Pả".to_owned(),
        area: "Xã Đăk Hà".to_owned(),
        spontaneous: true,
        launched_on: Some(day("2021-03-08")),
        size: Size { points: 1, teams: 4, members: 52, decision: None, rated: Some((2021, "Tốt".to_owned())) },
        work: work(),
        papers: vec![paper("Quy chế hoạt động của mô hình", Some("02/QC-BCN")), paper("Danh sách thành viên", None)],
        record: RecordId([12; 16]),
    }
}

/// A point with a decision that is no longer effective.
pub fn ending() -> SettlingProposal {
    let asked = Asked::End { ground: Some("KHONG_HIEU_QUA".to_owned()), on: Some(day("2022-11-01")) };
    let decision = Paper {
        issued_on: Some(day("2021-02-05")),
        issuer: Some("Ủy ban nhân dân huyện Đăk Hà".to_owned()),
        ..paper("Quyết định", Some("41/QĐ-UBND"))
    };
    let size = Size { decision: Some(decision), rated: Some((2021, "Yếu".to_owned())), ..recognition().size };
    SettlingProposal { asked, spontaneous: false, size, papers: Vec::new(), ..recognition() }
}

/// Each of them, also as it is when records tell little or a lot.
pub fn all() -> Vec<Letter> {
    let one = Notice { models: notice().models[1..].to_vec(), units: vec!["Xã Xốp".to_owned()], ..notice() };
    let city = Notice {
        province: "Thành phố Hồ Chí Minh".to_owned(),
        models: notice().models.into_iter().cycle().take(9).collect(),
        ..notice()
    };
    let notices = [notice(), one, city].map(|of| Letter::Notice(Box::new(of)));
    let bare = SentBack {
        unit: "Sở Giáo dục và Đào tạo".to_owned(),
        reason: Vec::new(),
        what: SentBackWhat::Report { period: period("2022-half"), open_items: Vec::new() },
        ..returned_report()
    };
    let returned = [returned_report(), returned_nomination(), bare].map(|of| Letter::SentBack(Box::new(of)));
    let of_little = SettlingProposal {
        place: String::new(),
        launched_on: None,
        size: Size { points: 1, ..Size::default() },
        work: Work::default(),
        papers: Vec::new(),
        ..recognition()
    };
    let by_the_letter = SettlingProposal {
        asked: Asked::End { ground: Some("TRUC_LOI".to_owned()), on: None },
        spontaneous: true,
        ..ending()
    };
    let open = SettlingProposal {
        asked: Asked::End { ground: None, on: None },
        unit: "Phường 1".to_owned(),
        ..of_little.clone()
    };
    let settling = [recognition(), ending(), of_little, by_the_letter, open].map(|of| Letter::Settling(Box::new(of)));
    notices.into_iter().chain(returned).chain(settling).collect()
}
