//! In Word: the sheet, its numbers, and boxes 1 to 5. One change gives one finding, and that one.

use crate::spoil::{breaks, dressed, findings, gives, keeps};
use crate::word::{letter, report};

#[test]
fn a_report_and_a_letter_that_keep_the_decree_are_clean() {
    assert_eq!(findings(&report()), []);
    assert_eq!(findings(&letter()), []);
}

#[test]
fn the_sheet_is_a4_and_stands_upright_unless_it_holds_tables() {
    breaks("page-size", r#"w:w="11906" w:h="16838""#, r#"w:w="12240" w:h="15840""#);
    breaks("page-orientation", r#"w:w="11906" w:h="16838""#, r#"w:w="16838" w:h="11906""#);
    // Rules may belong to the cells, as LibreOffice writes them.
    let cells = r#"<w:tblPr/><w:tr><w:tc><w:tcPr><w:tcBorders><w:top w:val="single"/><w:left w:val="single"/></w:tcBorders></w:tcPr>"#;
    keeps(r#"<w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tr><w:tc>"#, cells);
}

#[test]
fn each_margin_has_its_range() {
    for (side, good) in [("top", 1134), ("bottom", 1140), ("left", 1701), ("right", 851)] {
        breaks("page-margin", &format!(r#"w:{side}="{good}""#), &format!(r#"w:{side}="567""#));
        breaks("page-margin", &format!(r#"w:{side}="{good}""#), &format!(r#"w:{side}="2268""#));
    }
    keeps(r#"w:top="1134""#, r#"w:top="1417""#);
    keeps(r#"w:left="1701""#, r#"w:left="1984""#);
}

#[test]
fn letters_are_times_new_roman_and_black() {
    breaks("font", r#"w:ascii="Times New Roman" w:hAnsi="Times New Roman""#, r#"w:ascii="Arial" w:hAnsi="Arial""#);
    dressed("font", "a) Việc thứ nhất;", "<w:rPr>", r#"<w:rPr><w:rFonts w:ascii="Calibri"/>"#);
    dressed("colour", "a) Việc thứ nhất;", "<w:rPr>", r#"<w:rPr><w:color w:val="FF0000"/>"#);
    keeps(
        r#"<w:sz w:val="22"/></w:rPr><w:t xml:space="preserve">- Như"#,
        r#"<w:color w:val="auto"/><w:sz w:val="22"/></w:rPr><w:t xml:space="preserve">- Như"#,
    );
}

#[test]
fn the_page_number_is_arabic_thirteen_upright_in_the_middle_of_the_top() {
    breaks(
        "page-number",
        r#"<w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:fldChar"#,
        r#"<w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:fldChar"#,
    );
    breaks("page-number", r#"<w:sz w:val="26"/></w:rPr><w:instrText>"#, r#"<w:sz w:val="22"/></w:rPr><w:instrText>"#);
    breaks(
        "page-number",
        r#"<w:sz w:val="26"/></w:rPr><w:instrText>"#,
        r#"<w:i/><w:sz w:val="26"/></w:rPr><w:instrText>"#,
    );
    breaks("page-number", r#"<w:pgNumType w:start="1"/>"#, r#"<w:pgNumType w:start="1" w:fmt="lowerRoman"/>"#);
    breaks("page-number", r#"<w:pgNumType w:start="1"/>"#, r#"<w:pgNumType w:start="3"/>"#);
    gives(letter(), "page-number", "headerReference", "footerReference");
    gives(letter(), "page-number", " PAGE ", " DATE ");
}

#[test]
fn page_one_shows_no_number() {
    breaks("page-number-first", "<w:titlePg/>", "");
}

#[test]
fn each_annex_counts_its_own_pages() {
    breaks(
        "page-number-annex",
        r#"w:h="11906"/><w:pgMar w:top="1134" w:right="851" w:bottom="1140" w:left="1701" w:header="567" w:footer="567"/><w:pgNumType w:start="1"/>"#,
        r#"w:h="11906"/><w:pgMar w:top="1134" w:right="851" w:bottom="1140" w:left="1701" w:header="567" w:footer="567"/>"#,
    );
}

#[test]
fn box_1_nation_and_motto() {
    breaks("nation", "CỘNG HÒA XÃ HỘI", "Cộng hòa xã hội");
    breaks("nation", "CHỦ NGHĨA VIỆT NAM", "CHỦ NGHIÃ VIỆT NAM");
    keeps("CỘNG HÒA", "CỘNG HOÀ");
    dressed("nation", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "<w:b/>", "");
    dressed("nation", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", r#""26""#, r#""28""#);
    breaks("motto", "Độc lập - Tự do - Hạnh phúc", "Độc lập-Tự do-Hạnh phúc");
    dressed("motto", "Độc lập - Tự do - Hạnh phúc", r#""28""#, r#""30""#);
    breaks("motto", r#"cx="2160000""#, r#"cx="1080000""#);
    breaks("motto", r#"<wp:extent cx="2160000" cy="0"/>"#, "");
}

#[test]
fn box_2_agencies() {
    dressed("superior", "BỘ CÔNG AN", r#""26""#, r#""28""#);
    breaks("superior", "BỘ CÔNG AN<", "Bộ Công an<");
    dressed("issuer", "CÔNG AN TỈNH KON TUM", "<w:b/>", "");
    dressed("issuer", "CÔNG AN TỈNH KON TUM", r#""26""#, r#""30""#);
    breaks("issuer", r#"cx="900000""#, r#"cx="1980000""#);
    breaks("issuer", r#"<wp:extent cx="900000" cy="0"/>"#, "");
}

#[test]
fn box_3_the_number_is_padded_and_without_gaps_or_left_blank() {
    breaks("number", "Số: 05/", "Số: 5/");
    breaks("number", "Số: 05/", "Số 05/");
    breaks("number", "Số: 05/BC-CAT", "Số: 05 /BC-CAT");
    breaks("number", "Số: 05/BC-CAT", "Số: 05/BC - CAT");
    breaks("number", "Số: 05/BC-CAT", "Số: 05/bc-cat");
    dressed("number", "Số: 05/BC-CAT", r#""26""#, r#""28""#);
    keeps("Số: 05/BC-CAT", "Số:      /BC-…");
    // The decree abbreviates a proposal so itself.
    keeps("Số: 05/BC-CAT", "Số: 05/TTr-CAT");
}

#[test]
fn box_4_place_and_date() {
    breaks("date-zero", "ngày 05 tháng 6 năm", "ngày 05 tháng 06 năm");
    breaks("date-zero", "ngày 05 tháng 6 năm", "ngày 05 tháng 2 năm");
    breaks("date-zero", "ngày 05 tháng 6 năm", "ngày 5 tháng 6 năm");
    for good in ["ngày 05 tháng 01 năm", "ngày 29 tháng 12 năm", "ngày      tháng      năm"] {
        keeps("ngày 05 tháng 6 năm", good);
    }
    breaks("place-date", "Kon Tum, ngày", "Kon Tum ngày");
    dressed("place-date", "Kon Tum, ngày 05 tháng 6 năm 2022", "<w:i/>", "");
    dressed("place-date", "Kon Tum, ngày 05 tháng 6 năm 2022", r#""28""#, r#""24""#);
}

#[test]
fn box_5_type_and_subject() {
    breaks("type", ">BÁO CÁO<", ">Báo cáo<");
    dressed("type", "BÁO CÁO", "<w:b/>", "");
    dressed("subject", "Kết quả xây dựng mô hình", "<w:b/>", "");
    dressed("subject", "Kết quả xây dựng mô hình", "<w:b/>", r#"<w:b/><w:sz w:val="32"/>"#);
    let subject_rule = r#"mô hình</w:t></w:r></w:p><w:p><w:r><w:drawing><wp:anchor><wp:extent cx="900000""#;
    breaks("subject", subject_rule, &subject_rule.replace("900000", "1800000"));
    gives(
        letter(),
        "regarding",
        r#"<w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">V/v"#,
        r#"<w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">V/v"#,
    );
}
