//! The sentences of what the province writes about its decisions, and of what a unit asks for about a point.

use keng_domain::letter::{Asked, Letter, Notice, SentBack, SettlingProposal, Unmet};
use keng_domain::rules::nomination::Condition;
use keng_report::{LETTER_FORMATS, letter_stem, render_letter};

use crate::letter_sample::day;
use crate::letter_sample::decided::{ending, notice, noticed_by, recognition, returned_nomination, returned_report};
use crate::letters::{lines, says};

/// Letter 4267, 1.b: whose model, which case, how large, how rated, what it does; units study and replicate it.
#[test]
fn a_notice_tells_all_units_what_the_selected_models_are_and_do() {
    let letter = Letter::Notice(Box::new(notice()));
    says(
        &letter,
        &[
            "CÔNG AN TỈNH KON TUM",
            "Số:      /CAT-PV05",
            "V/v thông báo mô hình trong phong trào toàn dân bảo vệ an ninh Tổ quốc quý IV năm 2022",
            "- Thành viên Ban Chỉ đạo PCTP tỉnh;",
            "- Ban Chỉ đạo PCTP các huyện, thành phố.",
            "1. Mô hình “Tiếng kẻng an ninh”, được huyện Đắk Glei đề xuất theo trường hợp “Xếp loại Tốt, đã nhân rộng”:",
            "- Quy mô: đến hết ngày 20 tháng 12 năm 2022, toàn tỉnh có 12 điểm, 31 tổ, 1.204 thành viên.",
            "- Kết quả xếp loại năm 2022: 07 điểm hiệu quả trên 09 điểm đủ thời gian hoạt động để xếp loại (77,8 %); mô \
             hình: hiệu quả.",
            "- Mục tiêu: Phòng ngừa trộm cắp, tệ nạn xã hội ngay tại thôn, làng.",
            "- Cách làm: Mỗi thôn chia từ hai đến bốn tổ, trực luân phiên từ 21 giờ. Hằng tháng giao ban, ghi sổ và báo cáo \
             Công an xã.",
            "- Cách làm, hiệu quả theo đề xuất: Giảm 40 % số vụ trộm cắp, được bà con các thôn hưởng ứng.",
            "2. Mô hình “Zalo an ninh”, được thành phố Kon Tum đề xuất theo trường hợp “Mới, sáng tạo”:",
            "- Kết quả xếp loại năm 2022: chưa có điểm nào đủ thời gian hoạt động để xếp loại.",
            "- Nội dung: ……………………………………",
            "Công an tỉnh Kon Tum đề nghị các đơn vị, địa phương nghiên cứu, vận dụng và nhân rộng 02 mô hình nêu trên phù \
             hợp với tình hình thực tế; kết quả nhân rộng báo cáo cùng báo cáo định kỳ theo điểm 1.d Công văn nêu trên./.",
            "GIÁM ĐỐC",
        ],
    );
    let first = lines(&letter).into_iter().find(|line| line.starts_with("Thực hiện ")).unwrap();
    assert!(
        first.contains("điểm 1.b Công văn số 4267/BCĐ-NC") && first.contains("trên địa bàn tỉnh 02 mô hình"),
        "{first}"
    );
}

/// R1: one model is one, however many units have nominated it; each keeps its case and its reason.
#[test]
fn a_model_that_two_units_nominate_is_made_known_once() {
    let mut of = notice();
    of.models.truncate(1);
    let mut second = noticed_by("Huyện Đăk Hà", "Mới, cách làm hay, sáng tạo");
    second.justification = Some("Thêm đội loa lưu động".to_owned());
    of.models[0].by.push(second);
    let letter = Letter::Notice(Box::new(of));
    says(
        &letter,
        &[
            "1. Mô hình “Tiếng kẻng an ninh”, được huyện Đắk Glei, huyện Đăk Hà đề xuất:",
            "- Huyện Đắk Glei đề xuất theo trường hợp “Xếp loại Tốt, đã nhân rộng”.",
            "- Cách làm, hiệu quả theo đề xuất: Giảm 40 % số vụ trộm cắp, được bà con các thôn hưởng ứng.",
            "- Huyện Đăk Hà đề xuất theo trường hợp “Mới, cách làm hay, sáng tạo”.",
            "- Cách làm, hiệu quả theo đề xuất: Thêm đội loa lưu động.",
        ],
    );
    let all = lines(&letter);
    assert!(all.iter().any(|line| line.contains("trên địa bàn tỉnh 01 mô hình sau đây")), "{all:#?}");
    assert_eq!(all.iter().filter(|line| line.starts_with("- Quy mô: ")).count(), 1, "{all:#?}");
}

/// Letter 4267, 1.d: the clause, the province's own words, what was open, and until when.
#[test]
fn a_report_is_sent_back_with_its_clause_its_reason_and_the_day() {
    says(
        &Letter::SentBack(Box::new(returned_report())),
        &[
            "V/v trả lại báo cáo năm 2022",
            "Kính gửi: Ban Chỉ đạo Phòng, chống tội phạm huyện Đăk Hà",
            "Công an tỉnh Kon Tum đã nhận báo cáo năm 2022 của huyện Đăk Hà, trình lúc 09:15 03/11/2022 (giờ máy của đơn \
             vị). Qua xem xét, Công an tỉnh Kon Tum trả lại với lý do:",
            "- Thiếu số tổ của thôn 3, xã Đăk Mar.",
            "- Số thành viên chưa khớp danh sách kèm theo.",
            "- 06 điểm chưa xếp loại năm (công văn 4267/BCĐ-NC, điểm 1.c). Hướng giải \
             quyết: Xếp loại các điểm này.",
            "Công an tỉnh Kon Tum đề nghị Ban Chỉ đạo Phòng, chống tội phạm huyện Đăk Hà bổ sung, hoàn chỉnh theo lý do nêu \
             trên và trình lại kèm mẫu thống kê về Công an tỉnh Kon Tum trước ngày 10 tháng 11 năm 2022./.",
        ],
    );
}

/// R15, R18: the last day before the deadline is told; from the deadline on people set another.
#[test]
fn a_deadline_that_is_over_is_not_set_again_by_the_program() {
    let asked = |today: &str| {
        let of = SentBack { today: day(today), ..returned_report() };
        lines(&Letter::SentBack(Box::new(of))).into_iter().find(|line| line.ends_with("./.")).unwrap()
    };
    assert!(asked("2022-11-09").ends_with("trước ngày 10 tháng 11 năm 2022./."), "{}", asked("2022-11-09"));
    let late = "trước ngày …… tháng …… năm …… (hạn theo quy định là trước ngày 10 tháng 11 năm 2022, đã qua)./.";
    assert!(asked("2022-11-10").ends_with(late), "{}", asked("2022-11-10"));
}

#[test]
fn a_nomination_is_sent_back_with_what_its_dossier_lacks() {
    let letter = Letter::SentBack(Box::new(returned_nomination()));
    says(
        &letter,
        &[
            "V/v trả lại đề xuất mô hình quý IV năm 2022",
            "- Chưa nêu cách làm của từng tổ",
            "Theo hồ sơ đã nhận, các điều kiện sau chưa đạt:",
            "- Hồ sơ (điểm 2): Chưa đạt. Hồ sơ còn thiếu: Tờ trình.",
        ],
    );
    let clause = lines(&letter).into_iter().find(|line| line.starts_with("Điểm 1.b ")).unwrap();
    assert!(clause.ends_with("và đề nghị Bộ Công an thông báo trên toàn quốc”."), "{clause}");
}

/// R4; letter 4267, 1.c, second dash: the head is asked, and what only people know is left to them.
#[test]
fn recognition_is_asked_of_the_head_with_the_record_of_the_point() {
    says(
        &Letter::Settling(Box::new(recognition())),
        &[
            "TỜ TRÌNH",
            "CÔNG AN HUYỆN ĐĂK HÀ",
            "Về việc đề nghị công nhận điểm mô hình “Tiếng kẻng an ninh” tại Thôn Mô Pả, xã Đăk Hà",
            "Kính gửi: Chủ tịch Ủy ban nhân dân huyện Đăk Hà",
            "Công an huyện Đăk Hà kính trình Chủ tịch Ủy ban nhân dân huyện Đăk Hà, Trưởng Ban Chỉ đạo Phòng, chống tội phạm \
             huyện Đăk Hà, xem xét, ra quyết định công nhận điểm mô hình “Tiếng kẻng an ninh” tại Thôn Mô Pả, xã Đăk Hà theo \
             điểm 1.c (gạch đầu dòng thứ hai) Công văn nêu trên: “ra quyết định công nhận đối với mô hình hiện đang hoạt \
             động hiệu quả, góp phần bảo đảm an ninh, trật tự”.",
            "- Nguồn gốc: tự phát, chưa có quyết định công nhận.",
            "- Ra mắt: ngày 08 tháng 3 năm 2021.",
            "- Quy mô: 04 tổ, 52 thành viên.",
            "- Xếp loại gần nhất: năm 2021, Tốt.",
            "3. Hiệu quả hoạt động: ……………………………………",
            "- Danh sách thành viên (tệp danh-sách-thành-viên.pdf).",
        ],
    );
}

/// R5: the ground by its label; the words of the letter stand there for its own three grounds alone.
#[test]
fn an_end_is_asked_for_with_its_ground_and_day() {
    let letter = Letter::Settling(Box::new(ending()));
    says(
        &letter,
        &[
            "Về việc đề nghị chấm dứt hoạt động điểm mô hình “Tiếng kẻng an ninh” tại Thôn Mô Pả, xã Đăk Hà",
            "- Thành lập theo Quyết định số 41/QĐ-UBND ngày 05 tháng 02 năm 2021 của Ủy ban nhân dân huyện Đăk Hà.",
            "3. Lý do chấm dứt: Không hiệu quả.",
            "- Chấm dứt kể từ ngày 01 tháng 11 năm 2022.",
            "4. Hồ sơ kèm theo: chưa có văn bản nào trong hồ sơ của điểm.",
        ],
    );
    let quotes = |ground: Option<&str>| {
        let asked = Asked::End { ground: ground.map(str::to_owned), on: None };
        let all = lines(&Letter::Settling(Box::new(SettlingProposal { asked, ..ending() })));
        all.iter().any(|line| line.contains("“có biện pháp chấm dứt hoạt động"))
    };
    let by_the_letter = ["KHONG_DUNG_MUC_TIEU", "TRUC_LOI", "ANH_HUONG_ANTT"].map(|g| quotes(Some(g)));
    assert_eq!(by_the_letter, [true; 3]);
    assert_eq!([quotes(Some("SAP_XEP_DVHC")), quotes(Some("KHAC")), quotes(None)], [false; 3]);
}

/// Two records of one unit and period have files of two names.
#[test]
fn papers_about_decisions_are_named_after_what_they_are_about() {
    let letters = [
        Letter::Notice(Box::new(notice())),
        Letter::SentBack(Box::new(returned_report())),
        Letter::SentBack(Box::new(returned_nomination())),
        Letter::Settling(Box::new(recognition())),
        Letter::Settling(Box::new(ending())),
    ];
    let expect = [
        "notice-2022-Q4",
        "return-2022-annual-615-0b0b0b0b",
        "return-2022-Q4-615-0b0b0b0b",
        "recognition-0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
        "end-0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
    ];
    assert_eq!(letters.each_ref().map(letter_stem), expect);
}

/// Names that would break a format, or say something else than they show.
#[test]
fn no_name_breaks_a_paper_about_a_decision() {
    let text = || "<w:p/>& \"#set page\" \u{202e}gnăn\u{202c} \u{0}\u{1b} 🔔 \n ]]> ".repeat(40);
    let mut bad = notice();
    bad.models[0].name = text();
    bad.models[0].by = vec![noticed_by(&text(), &text()), noticed_by(&text(), &text())];
    bad.models[0].work.goal = vec![text()];
    let letters = [
        Letter::Notice(Box::new(Notice { province: text(), units: vec![text()], ..bad })),
        Letter::SentBack(Box::new(SentBack { unit: text(), reason: vec![text()], ..returned_nomination() })),
        Letter::Settling(Box::new(SettlingProposal {
            asked: Asked::End { ground: Some(text()), on: None },
            unit: text(),
            place: text(),
            ..ending()
        })),
    ];
    for letter in &letters {
        for format in LETTER_FORMATS.into_iter().filter(|f| cfg!(feature = "pdf") || *f != keng_report::Format::Pdf) {
            assert!(render_letter(letter, format).unwrap().len() > 1_000, "{format}");
        }
    }
}

/// The case is what the unit claims; where R13 does not hold, the letter says so, and why it is made known all the same.
#[test]
fn a_notice_does_not_assert_a_case_that_does_not_hold() {
    let sentence = "Chưa đủ điều kiện điểm 1.b: chưa có điểm nào xếp loại Tốt năm 2022.";
    let condition = Condition { rule: "R13", holds: false, sentence: sentence.to_owned() };
    let mut of = notice();
    of.models[0].by[0].unmet = Some(Unmet {
        condition: condition.clone(),
        reason: Some("theo chỉ đạo của Ban Giám đốc".to_owned()),
    });
    of.models[1].by[0].unmet = Some(Unmet { condition, reason: None });
    says(
        &Letter::Notice(Box::new(of)),
        &[
            "1. Mô hình “Tiếng kẻng an ninh”, được huyện Đắk Glei đề xuất theo trường hợp “Xếp loại Tốt, đã nhân rộng”:",
            &format!("- Tiêu chuẩn của mô hình (điểm 1.b): Chưa đạt. {sentence}"),
            "- Lý do lựa chọn: theo chỉ đạo của Ban Giám đốc.",
            "- Lý do lựa chọn: ……………………………………",
        ],
    );
}
