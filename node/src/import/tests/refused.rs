//! The rejected rows as a spreadsheet: mended, it is read like the file it came from.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::{read, read_as};

const LIST: &str = "DANH SÁCH NĂM 2022

TT | Tên mô hình | Xã | Địa bàn | Quyết định | | Số tổ | Xếp loại | Cột lạ
 | | | | Số | Ngày
1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 5/QĐ | @2022-11-09 | 3 | Tốt | a
2 | Camera an ninh | Xã Lạ | Thôn 2 | 6/QĐ | @2022-11-09 | -3 | Khá | b
3 | Tiếng kẻng | Xã Đăk Môn | '=Thôn 3 | 7/QĐ | hôm qua | 4 | Khá | c";

#[test]
fn it_holds_the_titles_the_rows_and_the_reasons() {
    let sheet = read(LIST);
    let bytes = sheet.refused().unwrap().to_xlsx().unwrap();
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |row: u32, column: u32| range.get_value((row, column)).map(Data::to_string).unwrap_or_default();
    assert_eq!(
        (text(0, 0), text(2, 1), text(3, 5), text(2, 9)),
        ("DANH SÁCH NĂM 2022".into(), "Tên mô hình".into(), "Ngày".into(), "Lý do".into())
    );
    assert_eq!((text(4, 3), text(4, 6), text(4, 8)), ("Thôn 2".into(), "-3".into(), "b".into()));
    assert!(
        text(4, 9).starts_with("Dòng 6: Xã: “Xã Lạ” không có") && text(4, 9).contains("Số tổ: “-3”"),
        "{}",
        text(4, 9)
    );
    assert_eq!(text(5, 3), "=Thôn 3", "never a formula");
    assert!(text(5, 9).starts_with("Dòng 7: Quyết định Ngày: “hôm qua”"), "{}", text(5, 9));
    assert_eq!(range.end(), Some((5, 9)), "the good row is not among them");
}

#[test]
fn sent_back_unmended_it_is_rejected_again_for_the_same_reasons() {
    let sheet = read(LIST);
    let again = read_as("kontum-2022/610", &sheet.refused().unwrap().to_xlsx().unwrap()).unwrap();
    let reasons = |faults: &[super::super::RowFault]| faults.iter().map(|f| f.reason.clone()).collect::<Vec<_>>();
    assert_eq!((again.rows, again.points.len()), (2, 0));
    assert_eq!(reasons(&again.faults), reasons(&sheet.faults));
    assert_eq!(sheet.faults[0].cells, [2, 6]);
}

#[test]
fn a_sheet_without_faults_leaves_nothing_to_mend() {
    assert_eq!(read(LIST.split("\n2 |").next().unwrap()).refused(), None);
}
