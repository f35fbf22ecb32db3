//! The spreadsheet, read back as a province would read it.

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use keng_report::Format;
use std::io::Cursor;

use crate::sample::{Sample, unzip};

pub fn book(sample: &Sample) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(sample.render(Format::Xlsx))).unwrap()
}

/// The rows of a sheet below the row that begins with `TT`.
pub fn rows(sample: &Sample, sheet: &str) -> Vec<Vec<Data>> {
    let range = book(sample).worksheet_range(sheet).unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let heading = rows.iter().position(|row| row[0] == Data::String("TT".to_owned())).unwrap();
    rows[heading + 1..].to_vec()
}

fn text(s: &str) -> Data {
    Data::String(s.to_owned())
}

#[test]
fn each_table_has_a_sheet_of_its_own() {
    assert_eq!(
        book(&Sample::default().with_contests()).sheet_names(),
        ["Báo cáo", "Mô hình", "Điển hình tiên tiến", "Đơn vị", "Kết luận", "So với kỳ trước", "Xung đột", "Đối chiếu"]
    );
}

#[test]
fn the_form_has_its_seventeen_columns_and_the_levels_of_the_pack() {
    let range = book(&Sample::default()).worksheet_range("Mô hình").unwrap();
    let rows: Vec<&[Data]> = range.rows().collect();
    let at = rows.iter().position(|row| row[0] == text("TT")).unwrap();
    let (above, below) = (rows[at], rows[at + 1]);
    assert_eq!(above[1], text("Tên mô hình"));
    assert_eq!(above[8], text("Kết quả xếp loại điểm"));
    let levels: Vec<String> = below[8..14].iter().map(ToString::to_string).collect();
    assert_eq!(levels, ["Tốt", "Khá", "Trung bình", "Yếu", "Không phân loại", "Chưa đánh giá"]);
    assert_eq!(
        above[14..].iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Mô hình hiệu quả", "Điểm mới trong kỳ", "Điểm chấm dứt trong kỳ", "Ghi chú"]
    );
}

#[test]
fn counts_are_numbers_and_the_sums_stand_below() {
    let rows = rows(&Sample::default(), "Mô hình");
    let find = |name: &str| rows.iter().find(|row| row[1] == text(name)).unwrap();
    let bell = find("Tiếng kẻng an ninh");
    assert_eq!(bell[3], text("02 đơn vị"));
    assert_eq!(bell[4], text("2019 (12/QĐ-UBND)"));
    assert_eq!(bell[5..8], [Data::Float(4.0), Data::Float(8.0), Data::Float(600.0)]);
    assert_eq!(bell[14], text("Có"));
    assert_eq!(find("Camera an ninh")[14], text("Chưa đủ căn cứ"));
    let family = find("Dòng họ tự quản");
    assert_eq!(family[14], text("Chưa đánh giá"));
    assert_eq!(family[17], text("01 điểm chưa đủ thời gian; 01 điểm tự phát chờ công nhận"));
    assert_eq!(find("Tổng số")[5..8], [Data::Float(8.0), Data::Float(16.0), Data::Float(1_200.0)]);
}

#[test]
fn units_have_their_time_or_say_that_nothing_came() {
    let rows = rows(&Sample::default(), "Đơn vị");
    let at: Vec<String> = rows[..3].iter().map(|row| format!("{}: {}", row[1], row[9])).collect();
    assert_eq!(at, ["Huyện Đắk Glei: 08:05 08/11/2022", "Huyện Đắk Tô: 00:30 10/11/2022", "Huyện Đăk Hà: Chưa nhận"]);
}

#[test]
fn a_table_without_records_says_so() {
    assert_eq!(rows(&Sample::default(), "Điển hình tiên tiến")[0][0], text("Chưa có bản ghi"));
}

#[test]
fn text_of_a_record_is_never_a_formula() {
    for name in ["=HYPERLINK(\"http://x\",\"a\")", "+1+1", "-2+3", "@SUM(A1)"] {
        let sample = Sample { bell: name.to_owned(), ..Sample::default() };
        assert!(rows(&sample, "Mô hình").iter().any(|row| row[1] == text(name)), "{name}");
        let parts = unzip(&sample.render(Format::Xlsx));
        let sheets: Vec<&String> = parts.iter().filter(|(n, _)| n.contains("worksheets")).map(|(_, xml)| xml).collect();
        assert!(sheets.iter().all(|xml| !xml.contains("<f>") && !xml.contains("<f ")), "{name}");
        // Editing such a cell must not make a formula of it either.
        assert!(parts["xl/styles.xml"].contains("quotePrefix"), "{name}");
    }
}

#[test]
fn headings_are_repeated_and_dates_come_from_the_cut() {
    let parts = unzip(&Sample::default().render(Format::Xlsx));
    assert!(parts["xl/workbook.xml"].contains("_xlnm.Print_Titles"));
    assert!(parts["docProps/core.xml"].contains("2022-11-09T12:00:00Z"));
    let sheet = &parts["xl/worksheets/sheet2.xml"];
    assert!(sheet.contains(r#"paperSize="9""#) && sheet.contains(r#"orientation="landscape""#));
}
