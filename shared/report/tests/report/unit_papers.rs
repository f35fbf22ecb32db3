//! The sentences of the papers that units make: score sheets, reports, proposals.

use keng_domain::letter::{Letter, UnitReport};

use crate::letter_sample::unit::{nomination, score, scored_commune, unit_report};
use crate::letters::{lines, says};

/// QĐ 510: the three columns, their sums, and who signs; what nobody has scored stays to be written.
#[test]
fn a_score_sheet_has_the_columns_that_officers_know_and_leaves_the_class_to_people() {
    let sheet = Letter::Score(Box::new(score()));
    says(
        &sheet,
        &[
            "BẢNG CHẤM ĐIỂM",
            "Nơi được chấm: Trường THCS Chu Văn An, xã Đăk Mar. Đối tượng: Cơ sở giáo dục. Hạn hoàn thành: trước ngày 30 tháng 11 năm 2022 \
             (Điều 11).",
            "Mục chấm, điểm chuẩn theo bộ quy tắc kontum-2022 (giả định, tỉnh đổi được); thang điểm 100, các mục đã có trong bộ quy tắc cộng được 11.",
            "Tổng điểm: cơ sở tự chấm 09 điểm; cấp trên chấm 04 điểm (còn 01 mục chưa chấm).",
            "Phân loại: ……………………………………",
            "ĐẠI DIỆN CƠ SỞ TỰ CHẤM",
            "ĐẠI DIỆN CẤP TRÊN CHẤM",
        ],
    );
    let lines = lines(&sheet);
    let at = lines.iter().position(|line| line == "TT").unwrap();
    assert_eq!(lines[at..at + 5], ["TT", "Nội dung chấm điểm", "Điểm chuẩn", "Cơ sở tự chấm", "Cấp trên chấm"]);
    let sums = lines.iter().position(|line| line == "Tổng số").unwrap();
    assert_eq!(lines[sums + 1..sums + 4], ["11", "9", "4"]);
    says(&Letter::Score(Box::new(scored_commune())), &["UBND HUYỆN ĐĂK HÀ", "Phân loại theo quyết định: Khá."]);
}

/// Letter 4267, 1.d: the figures of the hand-in, what is open with its clause and remedy, and the form.
#[test]
fn the_report_of_a_unit_tells_the_figures_of_its_hand_in_with_the_form() {
    let report = Letter::Report(Box::new(unit_report()));
    says(
        &report,
        &[
            "CÔNG AN HUYỆN ĐĂK HÀ",
            "Kính gửi: Công an tỉnh Kon Tum",
            "Kết quả công tác xây dựng, nhân rộng mô hình, điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ \
             quốc năm 2022",
            "1. Kết quả: Đến hết ngày 09 tháng 11 năm 2022, trên địa bàn huyện Đăk Hà có 02 mô hình với 101 điểm, 189 tổ, \
             1.394 thành viên. Trong kỳ có 04 điểm mới, 01 điểm chấm dứt hoạt động.",
            "Trong số điểm nêu trên, 74 điểm đủ thời gian hoạt động để xếp loại; 50 điểm xếp loại hiệu quả; 06 điểm chưa \
             xếp loại.",
            "- 06 điểm chưa xếp loại năm (công văn 4267/BCĐ-NC, điểm 1.c). Hướng giải \
             quyết: Xếp loại các điểm này.",
            "Số liệu chốt hết ngày 09 tháng 11 năm 2022, trình lúc 23:50 09/11/2022 (giờ máy của đơn vị); hạn báo cáo: \
             trước ngày 10 tháng 11 năm 2022./.",
        ],
    );
    let lines = lines(&report);
    let at = lines.iter().rposition(|line| line == "TT").unwrap();
    let form = [
        "TT",
        "Mô hình",
        "Điểm",
        "Tổ",
        "Thành viên",
        "Đủ thời gian",
        "Hiệu quả",
        "Chưa xếp loại",
        "1",
        "Camera an ninh",
    ];
    assert_eq!(lines[at..at + 10], form);
    let sums = lines.iter().rposition(|line| line == "Tổng số").unwrap();
    assert_eq!(lines[sums + 1..sums + 7], ["101", "189", "1.394", "74", "50", "6"]);
}

/// A report that nothing arose is one sentence, without a form.
#[test]
fn a_report_of_nothing_is_one_sentence() {
    let nothing = Letter::Report(Box::new(UnitReport { nothing: true, ..unit_report() }));
    let said = "Thực hiện điểm 1.d Công văn số 4267/BCĐ-NC ngày 16 tháng 12 năm 2022, Công an huyện Đăk Hà báo cáo: trong kỳ \
                báo cáo năm 2022, trên địa bàn huyện Đăk Hà không phát sinh nội dung phải báo cáo (báo cáo không, trình lúc \
                23:50 09/11/2022)./.";
    says(&nothing, &[said]);
    let lines = lines(&nothing);
    let after = lines.iter().position(|line| line == said).unwrap() + 1;
    assert_eq!(lines[after], "Nơi nhận:");
    assert!(!lines.iter().any(|line| line.starts_with("Phụ lục")), "{lines:#?}");
}

/// Letter 4267, 1.b: a unit proposes a model with its case, its reason, what was found of R13 to R16, and its dossier.
#[test]
fn the_proposal_of_a_unit_tells_what_its_model_holds_and_lacks() {
    let proposal = Letter::Nomination(Box::new(nomination()));
    says(
        &proposal,
        &[
            "CÔNG AN HUYỆN ĐẮK GLEI",
            "Số:      /TTr-…",
            "Kính gửi: Công an tỉnh Kon Tum",
            "Công an huyện Đắk Glei kính đề nghị Công an tỉnh Kon Tum xem xét, thông báo mô hình “Tiếng kẻng an ninh” được \
             xây dựng, nhân rộng trên địa bàn huyện Đắk Glei, đề xuất quý IV năm 2022.",
            "- Trường hợp đề xuất (điểm 1.b): Xếp loại Tốt, đã nhân rộng.",
            "- Cách làm, hiệu quả theo đề xuất: Giảm 40 % số vụ trộm cắp, được bà con các thôn hưởng ứng.",
            "- Tiêu chuẩn của mô hình (điểm 1.b): Đạt. 03 điểm xếp loại Tốt năm 2022, đã nhân rộng ở 09 điểm, mô hình hiệu quả.",
            "- Hồ sơ (điểm 2): Chưa đạt. Hồ sơ còn thiếu: Biên bản ra mắt.",
            "- Thời hạn (điểm 1.b): Gửi trước ngày 10/12/2022.",
            "Theo hồ sơ tại đơn vị đến hết ngày 08 tháng 12 năm 2022.",
        ],
    );
    let lines = lines(&proposal);
    assert!(lines.iter().any(|line| line == "12/QĐ-UBND") && !lines.iter().any(|line| line.contains("Bộ xem xét")));
}
