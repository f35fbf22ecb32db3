//! The sentences of the papers beside the report, read from the Word document as an officer would.

use keng_domain::letter::{
    Letter, Minutes, Notice, Proposal, RatingMinutes, Reminder, ReportOwed, ReportedModel, ScoreSheet, SentBack,
    SettlingProposal, Source, UnitProposal, UnitReport,
};
use keng_domain::rule_pack::Quoted;
use keng_domain::rules::nomination::Basis;
use keng_report::{Format, LETTER_FORMATS, letter_in_word, letter_stem, render_letter};

use crate::letter_sample::decided::{ending, notice, recognition, returned_nomination, returned_report};
use crate::letter_sample::unit::{nomination, score, unit_report};
use crate::letter_sample::{all, minutes, period, proposal, proposed_by, rating, reminder, silent_rating};
use crate::sample::paragraphs;

pub fn lines(letter: &Letter) -> Vec<String> {
    paragraphs(&render_letter(letter, Format::Docx).unwrap())
}

#[track_caller]
pub fn says(letter: &Letter, sentences: &[&str]) {
    let lines = lines(letter);
    for sentence in sentences {
        assert!(lines.iter().any(|line| line == sentence), "{sentence:?} is missing in\n{}", lines.join("\n"));
    }
}

/// Letter 4267, 1.d, in its own words; the day before which, and how late.
#[test]
fn a_reminder_quotes_the_clause_and_tells_the_deadline_and_the_days() {
    says(
        &Letter::Reminder(reminder()),
        &[
            "V/v đôn đốc báo cáo kết quả xây dựng, nhân rộng mô hình, điển hình tiên tiến năm 2022",
            "Kính gửi: Ban Chỉ đạo Phòng, chống tội phạm huyện Đăk Hà",
            "Điểm 1.d Công văn số 4267/BCĐ-NC ngày 16 tháng 12 năm 2022 của Ban Chỉ đạo Phòng, chống tội phạm, tệ nạn xã \
             hội và xây dựng phong trào toàn dân bảo vệ an ninh Tổ quốc tỉnh Kon Tum về việc xây dựng, nhân rộng mô hình, \
             điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ quốc quy định: “Định kỳ 6 tháng (trước ngày \
             10 tháng 5) và 01 năm (trước ngày 10 tháng 11) báo cáo kết quả công tác xây dựng, nhân rộng mô hình, điển \
             hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ quốc gửi kèm mẫu thống kê về Công an tỉnh để tổng \
             hợp, báo cáo”.",
            "Báo cáo năm 2022 phải gửi trước ngày 10 tháng 11 năm 2022. Tuy nhiên, đến hết ngày 20 tháng 11 năm 2022, \
             Công an tỉnh Kon Tum chưa nhận được báo cáo năm 2022 của huyện Đăk Hà, quá hạn 11 ngày.",
            "- 03 điểm tự phát chờ công nhận hoặc chấm dứt (công văn 4267/BCĐ-NC, điểm 1.c, gạch đầu dòng thứ hai).",
            "TM. BAN CHỈ ĐẠO",
            "TRƯỞNG BAN",
            "- Như trên;",
            "- Lưu: VT, BCĐ.",
        ],
    );
}

#[test]
fn a_returned_report_is_asked_for_with_the_reason_of_the_province() {
    let report = ReportOwed::Returned { days: 2, reason: Some("thiếu số tổ của thôn 3".to_owned()) };
    says(
        &Letter::Reminder(Reminder { report, ..reminder() }),
        &[
            "Báo cáo năm 2022 phải gửi trước ngày 10 tháng 11 năm 2022. Công an tỉnh Kon Tum đã trả lại báo cáo năm 2022 \
           của huyện Đăk Hà với lý do: thiếu số tổ của thôn 3. Tuy nhiên, đến hết ngày 20 tháng 11 năm 2022, huyện Đăk Hà \
           chưa trình lại, quá hạn 02 ngày.",
        ],
    );
}

/// What nobody has heard is not guessed at.
#[test]
fn a_unit_that_was_never_heard_is_told_so() {
    let silent = Reminder { received: None, open_items: Vec::new(), ..reminder() };
    says(&Letter::Reminder(silent), &["Đến nay cũng chưa nhận được số liệu nào của huyện Đăk Hà."]);
}

/// Letter 4267, 2, and R17: the case is printed with what it rests on.
#[test]
fn a_proposal_prints_the_case_by_which_each_model_may_be_proposed() {
    says(
        &Letter::Proposal(proposal()),
        &[
            "TỜ TRÌNH",
            "Căn cứ Hướng dẫn số 22/HD-BCA-V05 ngày 18 tháng 11 năm 2022 của Bộ Công an về việc xây dựng, nhân rộng mô \
             hình, điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ quốc;",
            "Căn cứ Ý kiến chỉ đạo số 4890/UBND-NC ngày 05 tháng 12 năm 2022 của Ủy ban nhân dân tỉnh Kon Tum.",
            "1. Mô hình “Tiếng kẻng an ninh”, do huyện Đắk Glei đề xuất quý IV năm 2022:",
            "- Trường hợp đề nghị Bộ (Công văn 4267/BCĐ-NC, điểm 2): Hồ sơ đầy đủ, đúng hạn, có trong danh sách thống kê. \
             Hồ sơ đủ các văn bản theo danh mục. Trình ngày 08/12/2022, đúng hạn trước ngày 10/12/2022. Mô hình có trong \
             danh sách thống kê gần nhất mà tỉnh đã nhận.",
            "- Trường hợp đề nghị Bộ (Công văn 4267/BCĐ-NC, điểm 2): Có ý kiến chỉ đạo của cấp có thẩm quyền. Ý kiến chỉ \
             đạo số 4890/UBND-NC ngày 05 tháng 12 năm 2022 của Ủy ban nhân dân tỉnh Kon Tum.",
            "(Kèm theo Tờ trình số      /TTr-… ngày      tháng      năm      của Công an tỉnh Kon Tum)",
        ],
    );
}

/// R1: one model is one, however many units have nominated it; each keeps its case and its reason.
#[test]
fn a_model_that_two_units_nominate_is_proposed_once() {
    let mut of = proposal();
    of.models.truncate(1);
    let mut second = proposed_by("Huyện Đăk Hà", Basis::Finding, None);
    second.of.justification = Some("Thêm đội loa lưu động".to_owned());
    of.models[0].by.push(second);
    let letter = Letter::Proposal(of.clone());
    says(
        &letter,
        &[
            "1. Mô hình “Tiếng kẻng an ninh”, do huyện Đắk Glei, huyện Đăk Hà đề xuất quý IV năm 2022:",
            "- Huyện Đăk Hà. Trường hợp đề xuất (điểm 1.b): Xếp loại Tốt, đã nhân rộng. 03 điểm xếp loại Tốt năm 2022, đã \
             nhân rộng ở 09 điểm, mô hình hiệu quả.",
            "- Cách làm, hiệu quả theo đề xuất: Thêm đội loa lưu động.",
        ],
    );
    let all = lines(&letter);
    assert!(all.iter().any(|line| line.contains("thông báo toàn quốc 01 mô hình sau đây")), "{all:#?}");
    assert_eq!(all.iter().filter(|line| *line == "12/QĐ-UBND").count(), 1, "its papers are listed once");
    of.models[0].by[1].of.quarter = period("2022-Q3");
    let first = "1. Mô hình “Tiếng kẻng an ninh”, do huyện Đắk Glei đề xuất quý IV năm 2022, huyện Đăk Hà đề xuất quý III \
                 năm 2022:";
    says(&Letter::Proposal(of), &[first]);
}

/// Three bases, three cases: none is taken for another.
#[test]
fn each_basis_has_its_own_words() {
    let words = [Basis::Dossier, Basis::Directive, Basis::Finding].map(|basis| {
        let mut of = proposal();
        of.models.truncate(1);
        of.models[0].by[0].basis = basis;
        lines(&Letter::Proposal(of)).into_iter().find(|l| l.contains("điểm 2)")).unwrap()
    });
    assert!(
        words[0].contains("đúng hạn") && words[1].contains("chỉ đạo") && words[2].contains("khảo sát"),
        "{words:?}"
    );
}

#[test]
fn minutes_have_what_was_found_and_leave_blank_what_no_record_tells() {
    says(
        &Letter::Minutes(Box::new(minutes())),
        &[
            "BIÊN BẢN",
            "CÔNG AN HUYỆN ĐĂK HÀ",
            "Khảo sát thực tế mô hình “Tiếng kẻng an ninh” tại Thôn Mô Pả, xã Đăk Hà",
            "Thời gian bắt đầu: …… giờ …… phút, ngày 12 tháng 10 năm 2022.",
            "1. Tình hình theo sổ theo dõi: 01 điểm, 04 tổ, 52 thành viên; Quyết định số 41/QĐ-UBND ngày 05 tháng 12 năm \
             2022 của Ủy ban nhân dân tỉnh Kon Tum; xếp loại năm 2022: Tốt.",
            "3. Kiến nghị, khắc phục: Bổ sung danh sách thành viên tổ 3; gửi lại trước ngày 30 tháng 10.",
            "THƯ KÝ",
            "CHỦ TỌA",
        ],
    );
    let blank = Minutes { finding: Vec::new(), held_on: None, ..minutes() };
    says(
        &Letter::Minutes(Box::new(blank)),
        &["2. Kết quả: ……………………………………", "Thời gian bắt đầu: …… giờ …… phút, ngày …… tháng …… năm ……."],
    );
}

/// Letter 4267, 1.c: what there is to rate, what came out, what is open; the unit's result is marked as such
/// (R4, R6, R7, R11, R12).
#[test]
fn minutes_of_the_yearly_rating_say_what_was_rated_and_what_is_open() {
    says(
        &Letter::Rating(Box::new(rating())),
        &[
            "BIÊN BẢN",
            "CÔNG AN TỈNH KON TUM",
            "CÔNG AN HUYỆN ĐĂK HÀ",
            "Họp đánh giá, xếp loại mô hình năm 2022",
            "Thời gian bắt đầu: …… giờ …… phút, ngày …… tháng …… năm …….",
            "Chủ trì (chủ tọa): ……………………………………",
            "Nội dung: Đánh giá, xếp loại các điểm mô hình năm 2022 trên địa bàn huyện Đăk Hà, theo điểm 1.c Công văn số \
             4267/BCĐ-NC ngày 16 tháng 12 năm 2022: “hằng năm tổ chức đánh giá, xếp loại hoạt động mô hình”.",
            "1. Tình hình: Tính đến hết ngày 09 tháng 11 năm 2022, trên địa bàn huyện Đăk Hà có 07 điểm đã có quyết định \
             và chưa chấm dứt hoạt động, thuộc 02 mô hình, với 21 tổ, 1.217 thành viên.",
            "Trong đó 05 điểm đủ thời gian hoạt động để xếp loại (từ 06 tháng trở lên); 02 điểm chưa đủ thời gian, chưa \
             xếp loại.",
            "Còn 03 điểm tự phát chờ công nhận hoặc chấm dứt hoạt động, không tính vào các số liệu trên.",
            "2. Kết quả xếp loại năm 2022: Tốt 01 điểm; Khá 01 điểm; Trung bình 00 điểm; Yếu 01 điểm; Không phân loại 00 \
             điểm.",
            "Số điểm xếp loại hiệu quả: 02 điểm trên 05 điểm đủ thời gian (40,0 %).",
            "Chưa xếp loại: 01 điểm, ghi tại Phụ lục.",
            "Có xếp loại khác nhau, tính là chưa xếp loại cho đến khi cấp phê duyệt chọn một mức: 01 điểm, cụ thể:",
            "- Mô hình “Tiếng kẻng an ninh”, Thôn Mô Pả, xã Hà Mòn: Tốt (huyện Đăk Hà), Yếu (tỉnh Kon Tum).",
            "Kết quả tạm tính tại địa bàn của từng mô hình như sau; kết quả chính thức do Công an tỉnh Kon Tum kết luận \
             trên số điểm toàn tỉnh:",
            "Chưa đủ căn cứ",
            "3. Kiến nghị: ……………………………………",
            "THƯ KÝ",
            "(Kèm theo Biên bản số      /BB-… ngày …… tháng …… năm …… của Công an huyện Đăk Hà)",
            "Chưa thống nhất",
            "Chưa đủ thời gian; đã ghi Khá, chưa tính; Thiếu số quyết định",
            "42/QĐ-UBND ngày 14/04/2019",
            "Theo sổ theo dõi của huyện Đăk Hà; chốt hết ngày 09 tháng 11 năm 2022; bộ quy tắc kontum-2022.",
        ],
    );
}

/// R21: what the province has not heard is not guessed at.
#[test]
fn a_rating_that_the_province_has_not_heard_of_says_so() {
    says(
        &Letter::Rating(Box::new(silent_rating())),
        &[
            "2. Kết quả xếp loại năm 2022: Chưa có điểm nào đủ thời gian hoạt động để xếp loại.",
            "1. Tình hình: Tỉnh chưa nhận được số liệu nào của huyện Ia H'Drai.",
            "Tỉnh chưa nhận được số liệu nào của huyện Ia H'Drai; chốt hết ngày 09 tháng 11 năm 2022; bộ quy tắc \
             kontum-2022.",
        ],
    );
    let received = Source::Received(Some("2022-11-08T09:20:00Z".parse().unwrap()));
    let note = "Theo số liệu tỉnh nhận được của huyện Đăk Hà đến 16:20 08/11/2022; chốt hết ngày 09 tháng 11 năm 2022; bộ \
                quy tắc kontum-2022.";
    says(&Letter::Rating(Box::new(RatingMinutes { source: received, ..rating() })), &[note]);
}

/// A program that prints no PDF makes the same Word document, byte for byte.
#[test]
fn what_a_unit_prints_in_word_is_what_the_province_prints() {
    for letter in all() {
        assert!(letter_in_word(&letter).unwrap() == render_letter(&letter, Format::Docx).unwrap());
    }
}

/// Decree 30/2020, Article 15; R29.
#[test]
fn no_paper_has_a_number_or_a_date_of_issue() {
    for letter in all() {
        let lines = lines(&letter);
        let number = lines.iter().find(|l| l.starts_with("Số:")).unwrap();
        // The symbol may have digits (`CAT-PV05`), the number has none.
        let (number, _) = number.split_once('/').unwrap();
        assert!(!number.contains(|c: char| c.is_ascii_digit()), "{number}");
        let dates = lines.iter().filter(|l| l.contains(", ngày ") && l.ends_with("năm      "));
        let is_minutes = lines.iter().any(|l| l == "BIÊN BẢN");
        assert_eq!(dates.count(), usize::from(!is_minutes), "{lines:#?}");
    }
}

#[test]
fn equal_records_give_equal_bytes() {
    let [minutes, rating] = [Letter::Minutes(Box::new(minutes())), Letter::Rating(Box::new(rating()))];
    let minutes = [minutes, rating, Letter::Score(Box::new(score())), Letter::Report(Box::new(unit_report()))];
    for letter in [Letter::Reminder(reminder()), Letter::Proposal(proposal())].into_iter().chain(minutes) {
        for format in LETTER_FORMATS.into_iter().filter(|f| cfg!(feature = "pdf") || *f != Format::Pdf) {
            let of = || render_letter(&letter, format).unwrap();
            assert!(of() == of(), "{format} of {}", letter_stem(&letter));
        }
    }
}

#[test]
fn papers_are_not_offered_as_tables_and_are_named_after_what_they_are() {
    let letters = [
        Letter::Reminder(reminder()),
        Letter::Proposal(proposal()),
        Letter::Rating(Box::new(rating())),
        Letter::Score(Box::new(score())),
        Letter::Report(Box::new(unit_report())),
        Letter::Nomination(Box::new(nomination())),
    ];
    for letter in &letters {
        assert!(render_letter(letter, Format::Xlsx).is_err() && render_letter(letter, Format::Json).is_err());
    }
    assert_eq!(
        letters.each_ref().map(letter_stem),
        [
            "reminder-2022-annual-615",
            "proposal-2022-Q4",
            "rating-2022-615",
            "score-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
            "submission-2022-annual-615-2022-11-09-0d0d0d0d",
            "nomination-2022-Q4-610-0e0e0e0e"
        ]
    );
}

/// Names that would break a format, or say something else than they show.
#[test]
fn no_name_breaks_a_paper() {
    let hostile = "<w:p/>& \"#set page\" \u{202e}gnăn\u{202c} \u{0}\u{1b} 🔔 \n ]]> ".repeat(40);
    let text = || hostile.clone();
    let mut bad = proposal();
    bad.models[0].name = text();
    bad.models[1].by[0].of.justification = Some(text());
    bad.models[0].by[0].of.dossier[0].number = Some(text());
    let bad_model = ReportedModel { name: text(), counts: [u64::MAX; 6] };
    let mut bad_rating = rating();
    bad_rating.rating.points[0].place = text();
    bad_rating.rating.models[0].name = text();
    bad_rating.rating.by_level[0].0 = text();
    let letters = [
        Letter::Rating(Box::new(RatingMinutes { unit: text(), rule_pack: text(), ..bad_rating })),
        Letter::Reminder(Reminder { unit: text(), province: text(), ..reminder() }),
        Letter::Proposal(Proposal { province: text(), ..bad.clone() }),
        Letter::Report(Box::new(UnitReport {
            unit: text(),
            models: vec![bad_model.clone(), bad_model],
            ..unit_report()
        })),
        Letter::Nomination(Box::new(UnitProposal { name: text(), of: bad.models[0].by[0].of.clone(), ..nomination() })),
        Letter::Score(Box::new(ScoreSheet { unit: text(), place: text(), note: vec![text()], ..score() })),
        Letter::Minutes(Box::new(Minutes { model: text(), finding: vec![text()], unit: Some(text()), ..minutes() })),
    ];
    for letter in &letters {
        for format in LETTER_FORMATS.into_iter().filter(|f| cfg!(feature = "pdf") || *f != Format::Pdf) {
            assert!(render_letter(letter, format).unwrap().len() > 1_000, "{format}");
        }
    }
}

/// Another province carries out a letter of its own: no paper names that of Kon Tum.
#[test]
fn papers_cite_the_letter_of_the_rule_pack() {
    let order = keng_domain::rule_pack::DirectingLetter {
        number: "15/BCĐ-TT".to_owned(),
        date: "2025-08-01".parse().unwrap(),
        issuer: "Ban Chỉ đạo 138 tỉnh Quảng Ngãi".to_owned(),
        subject: "xây dựng mô hình điển hình".to_owned(),
        guide: "Hướng dẫn số 07/HD-BCA-V05 ngày 01 tháng 7 năm 2025 của Bộ Công an".to_owned(),
        committee: "Ban Chỉ đạo 138".to_owned(),
        committee_listed: "Ban Chỉ đạo 138".to_owned(),
        quoted: Quoted::default(),
    };
    let province = || "Tỉnh Quảng Ngãi".to_owned();
    let all = [
        Letter::Reminder(Reminder { province: province(), order: order.clone(), ..reminder() }),
        Letter::Proposal(Proposal { province: province(), order: order.clone(), ..proposal() }),
        Letter::Nomination(Box::new(UnitProposal { province: province(), order: order.clone(), ..nomination() })),
        Letter::Report(Box::new(UnitReport { province: province(), order: order.clone(), ..unit_report() })),
        Letter::Rating(Box::new(RatingMinutes { province: province(), order: order.clone(), ..rating() })),
        Letter::SentBack(Box::new(SentBack { province: province(), order: order.clone(), ..returned_report() })),
        Letter::SentBack(Box::new(SentBack { province: province(), order: order.clone(), ..returned_nomination() })),
        Letter::Notice(Box::new(Notice { province: province(), order: order.clone(), ..notice() })),
        Letter::Settling(Box::new(SettlingProposal { province: province(), order: order.clone(), ..recognition() })),
        Letter::Settling(Box::new(SettlingProposal { province: province(), order: order.clone(), ..ending() })),
        Letter::Minutes(Box::new(Minutes { province: province(), order: order.clone(), ..minutes() })),
    ];
    for letter in &all {
        let text = lines(letter).join("\n");
        let cites = text.contains("Công văn số 15/BCĐ-TT ngày 01 tháng 8 năm 2025");
        assert!(cites || matches!(letter, Letter::Minutes(_)), "{text}");
        assert!(!["4267", "22/HD", "PCTP", "tội phạm"].iter().any(|of_kon_tum| text.contains(of_kon_tum)), "{text}");
    }
    let quotes = [&all[0], &all[4], &all[5], &all[6], &all[8], &all[9]].map(|letter| {
        let text = lines(letter).join("\n");
        ["Định kỳ 6 tháng", "hằng năm tổ chức", "có văn bản báo cáo", "ra quyết định công nhận đối với", "có biện pháp"]
            .into_iter()
            .filter(|words| text.contains(words))
            .count()
    });
    assert_eq!(quotes, [0; 6], "another letter does not say what letter 4267 says");
    says(&all[0], &["Kính gửi: Ban Chỉ đạo 138 huyện Đăk Hà"]);
    says(
        &all[1],
        &["Căn cứ Hướng dẫn số 07/HD-BCA-V05 ngày 01 tháng 7 năm 2025 của Bộ Công an về việc xây dựng, nhân rộng \
                     mô hình, điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ quốc;"],
    );
    says(&all[1], &["Căn cứ Công văn số 15/BCĐ-TT ngày 01 tháng 8 năm 2025 của Ban Chỉ đạo 138 tỉnh Quảng Ngãi;"]);
}
