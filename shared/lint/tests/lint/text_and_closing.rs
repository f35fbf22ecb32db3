//! In Word: boxes 6 to 12 and annexes. One change gives one finding, and that one.

use crate::spoil::{breaks, changed, dressed, findings, gives, keeps};
use crate::word::{letter, report};

#[test]
fn box_6_bases_are_italic_and_end_with_semicolons_and_a_stop() {
    dressed("basis", "Căn cứ Luật Công an nhân dân;", "<w:i/>", "");
    breaks("basis", "Luật Công an nhân dân;", "Luật Công an nhân dân,");
    breaks("basis", "Trưởng phòng PV05.", "Trưởng phòng PV05;");
}

#[test]
fn box_6_the_text_is_justified_indented_and_spaced() {
    let of = |new: &str| {
        format!(r#"<w:pStyle w:val="Body"/>{new}</w:pPr>{}"#, r#"<w:r><w:rPr></w:rPr><w:t xml:space="preserve">Một số"#)
    };
    for (rule, new) in [
        ("text-align", r#"<w:jc w:val="left"/>"#),
        ("text-indent", r#"<w:ind w:firstLine="1134"/>"#),
        ("text-indent", r#"<w:ind w:firstLine="0"/>"#),
        ("text-gap", r#"<w:spacing w:before="60"/>"#),
        ("line-spacing", r#"<w:spacing w:line="480"/>"#),
        ("line-spacing", r#"<w:spacing w:line="240" w:lineRule="exact"/>"#),
    ] {
        breaks(rule, &of(""), &of(new));
    }
    keeps(&of(""), &of(r#"<w:ind w:firstLine="720"/>"#));
    dressed("text", "Một số nơi chưa gửi báo cáo đúng hạn.", "<w:rPr>", r#"<w:rPr><w:sz w:val="24"/>"#);
    dressed("text", "Một số nơi chưa gửi báo cáo đúng hạn.", "<w:rPr>", "<w:rPr><w:i/>");
    breaks("end-mark", "tỉnh./.", "tỉnh.");
}

#[test]
fn box_6_headings_are_numbered_in_order() {
    breaks("heading", "I. NHỮNG KẾT QUẢ", "I. Những kết quả");
    dressed("heading", "I. NHỮNG KẾT QUẢ", "<w:b/>", "");
    breaks("heading", "II. TỒN TẠI", "III. TỒN TẠI");
    breaks("heading", "2. Đã làm", "3. Đã làm");
    dressed("heading", "Phần I", "<w:b/>", "");
    breaks("heading", "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ", "Tình hình thực hiện nhiệm vụ");
}

#[test]
fn points_follow_the_vietnamese_alphabet() {
    breaks("letters", "e) Việc thứ sáu", "f) Việc thứ sáu");
    breaks("letters", "đ) Việc thứ năm", "e) Việc thứ năm");
    breaks("letters", "g) Việc thứ bảy", "w) Việc thứ bảy");
}

#[test]
fn words_own_list_of_letters_is_not_vietnamese() {
    let mut word = report();
    for (letter, what) in [("a", "nhất"), ("b", "hai"), ("c", "ba"), ("d", "tư"), ("đ", "năm")] {
        let from = format!(
            r#"<w:pStyle w:val="Body"/></w:pPr><w:r><w:rPr></w:rPr><w:t xml:space="preserve">{letter}) Việc thứ {what}"#
        );
        let to = format!(
            r#"<w:pStyle w:val="Body"/><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:rPr></w:rPr><w:t xml:space="preserve">Việc thứ {what}"#
        );
        word = changed(word, &from, &to);
    }
    let found = findings(&word);
    assert_eq!(found.iter().map(|f| (f.rule, f.found.as_str())).collect::<Vec<_>>(), [("letters", "điểm “e)”")]);
}

#[test]
fn box_7_powers_offices_and_names() {
    dressed("authority", "TRƯỞNG BAN", "<w:b/>", "");
    breaks("authority", "TM. BAN CHỈ ĐẠO", "TM BAN CHỈ ĐẠO");
    dressed("authority", "TM. BAN CHỈ ĐẠO", "<w:b/>", r#"<w:b/><w:sz w:val="24"/>"#);
    dressed("signer", "Lê Ngọc Tuấn", "<w:b/>", "");
    breaks("signer", "Lê Ngọc Tuấn", "TS. Lê Ngọc Tuấn");
    keeps("Lê Ngọc Tuấn", "Đại tá Lê Ngọc Tuấn");
}

#[test]
fn box_9a_addressees() {
    breaks("addressees", "Kính gửi:<", "Kính gửi<");
    breaks("addressees", "(Cục V05);", "(Cục V05)");
    breaks("addressees", "nhân dân tỉnh Kon Tum.", "nhân dân tỉnh Kon Tum");
    breaks("addressees", r#"<w:ind w:left="2700"/>"#, r#"<w:ind w:left="3000"/>"#);
    dressed("addressees", "Kính gửi:", "<w:rPr>", "<w:rPr><w:b/>");
    gives(letter(), "addressees", "Kính gửi: Công an các huyện", "Kính gửi:");
}

#[test]
fn box_9b_recipients() {
    dressed("recipients-head", "Nơi nhận:", r#""24""#, r#""26""#);
    dressed("recipients-head", "Nơi nhận:", "<w:i/>", "");
    dressed("recipients-head", "Nơi nhận:", "<w:b/>", "");
    breaks("recipients-head", "Nơi nhận:", "Nơi nhận");
    dressed("recipients", "- Như trên;", r#""22""#, r#""24""#);
    breaks("recipients", "- Như trên;", "- Như trên,");
    breaks("recipients", "- Như trên;", "Như trên;");
    breaks("recipients", "- Như trên;", "- Bộ Công an;");
    breaks("archive", "- Lưu: VT, PV05.", "- Lưu: VT, PV05");
    breaks("archive", "- Lưu: VT, PV05.", "- Lưu VT, PV05.");
    breaks("archive", "- Lưu: VT, PV05.", "- Lưu: PV05.");
}

#[test]
fn annexes_have_roman_numbers_and_are_named_in_the_text() {
    breaks("annex-number", ">Phụ lục II<", ">Phụ lục 2<");
    breaks("annex-number", ">Phụ lục II<", ">Phụ lục III<");
    breaks("annex-number", "tại Phụ lục I và II kèm theo", "tại Phụ lục I kèm theo");
    breaks("annex-heading", ">Phụ lục I<", ">PHỤ LỤC I<");
    dressed("annex-heading", "Phụ lục I", "<w:b/>", "");
    dressed("annex-heading", "Phụ lục II", r#""28""#, r#""26""#);
    breaks("annex-heading", "THỐNG KÊ MÔ HÌNH", "Thống kê mô hình");
    let reference = "(Kèm theo Báo cáo số 05/BC-CAT ngày 05 tháng 6 năm 2022 của Công an tỉnh)";
    dressed("annex-reference", reference, "<w:i/>", "");
    breaks("date-zero", "05/BC-CAT ngày 05 tháng 6", "05/BC-CAT ngày 05 tháng 06");
}

#[test]
fn stamps() {
    for secret in ["MẬT", "TỐI MẬT", "TUYỆT MẬT"] {
        breaks("secrecy", "KHẨN", secret);
    }
    keeps("Một số nơi", "Không có bí mật nhà nước. Một số nơi");
    dressed("urgency", "KHẨN", "<w:b/>", "");
    dressed("urgency", "KHẨN", r#""26""#, r#""32""#);
    dressed("circulation", "LƯU HÀNH NỘI BỘ", "<w:b/>", "");
    dressed("drafter", "PL.(300)", r#""22""#, r#""26""#);
}
