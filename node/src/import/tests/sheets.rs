//! Workbooks in which several sheets hold lists.

use rust_xlsxwriter::Workbook;

use super::{HEADER, Sheet, Unreadable, draw, read_as};

/// Đắk Glei reads a workbook of these sheets; a name that begins with `!` hides its sheet.
fn read(sheets: &[(&str, &str)]) -> Result<Sheet, Unreadable> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name.trim_start_matches('!')).unwrap();
        draw(sheet, rows);
        sheet.set_hidden(name.starts_with('!'));
    }
    read_as("kontum-2022/610", &book.save_to_buffer().unwrap())
}

fn list(commune: &str, places: &[&str]) -> String {
    let rows = places.iter().map(|place| format!("\n1 | Camera an ninh | {commune} | {place} | 09/11/2022 | 3 | Tốt"));
    format!("{HEADER}{}", rows.collect::<String>())
}

fn places(sheet: &Sheet) -> Vec<String> {
    sheet.points.iter().map(|p| format!("{} {}", p.place, p.name())).collect()
}

#[test]
fn every_list_that_people_see_is_read_and_rows_tell_their_sheet() {
    let (mon, long) =
        (list("Xã Đăk Môn", &["Thôn 1"]), list("Xã Đăk Long", &["Thôn 2", "Thôn 3"]) + "\n9 | | Xã Lạ | Thôn 4");
    let sheet = read(&[("Môn", &mon), ("Ghi chú", "Cán bộ lập biểu"), ("Long", &long)]).unwrap();
    assert_eq!(places(&sheet), ["Thôn 1 2 trang “Môn”", "Thôn 2 2 trang “Long”", "Thôn 3 3 trang “Long”"]);
    assert_eq!((sheet.rows, sheet.notices.len()), (4, 0));
    let json = serde_json::to_value(&sheet.faults[0]).unwrap();
    assert_eq!((&json["sheet"], &json["row"]), (&"Long".into(), &4.into()));
    let again = sheet.refused().unwrap().to_xlsx().unwrap();
    let again = read_as("kontum-2022/610", &again).unwrap();
    assert_eq!((again.rows, &again.faults[0].reason), (1, &sheet.faults[0].reason));
}

#[test]
fn what_is_not_read_of_other_sheets_is_told() {
    let (main, hidden) = (list("Xã Đăk Môn", &["Thôn 1"]), list("Xã Đăk Long", &["Thôn 2", "Thôn 3"]));
    let form = "TT | Tên mô hình | Tổng số điểm | Tổng số tổ\n1 | Camera an ninh | 3 | 4";
    let placeless = "TT | Tên mô hình | Số tổ | Số thành viên\n1 | Camera an ninh | 3 | 4";
    let guide = "Tên mô hình | Xã | Địa bàn\nghi tên | ghi xã | ghi thôn";
    let sheets = [("Chính", &*main), ("!Cũ", &*hidden), ("Biểu", form), ("Thiếu", placeless), ("Hướng dẫn", guide)];
    let sheet = read(&sheets).unwrap();
    assert_eq!((places(&sheet), sheet.faults.len()), (vec!["Thôn 1 2".to_owned()], 0));
    for (name, why) in [
        ("Cũ” cũng là danh sách (2 dòng)", "ẩn"),
        ("Biểu” cũng là danh sách (1 dòng)", "biểu thống kê"),
        ("Thiếu” cũng là danh sách (1 dòng)", "thiếu cột Xã, phường, thị trấn; Địa bàn, đơn vị"),
        ("Hướng dẫn” cũng là danh sách (1 dòng)", "không dòng nào"),
    ] {
        assert!(sheet.notices.iter().any(|n| n.contains(name) && n.contains(why)), "{name}: {:?}", sheet.notices);
    }
    assert_eq!(sheet.notices.len(), 4);
}

#[test]
fn a_sheet_called_as_a_commune_holds_its_rows_where_no_column_names_one() {
    let rows = "TT | Tên mô hình | Địa bàn | Số tổ\n1 | Camera an ninh | Thôn 1 | 3";
    let sheet = read(&[("Xã Đăk Môn", rows), ("xã Đăk Long", rows)]).unwrap();
    let units: Vec<&str> = sheet.points.iter().map(|p| p.unit.as_str()).collect();
    assert_eq!((units.len(), units[0], sheet.faults.len()), (2, "23374", 0));
    assert_ne!(units[1], "23374");
    assert!(sheet.notices[0].contains("được ghi vào Xã Đăk Môn"), "{:?}", sheet.notices);
    // The name of the district is that of its town, too.
    assert!(matches!(read(&[("Đắk Glei", rows)]), Err(Unreadable::MissingColumns { .. })));
}

#[test]
fn a_sheet_whose_ratings_have_no_year_is_told_and_does_not_stop_the_list() {
    let undated = list("Xã Đăk Long", &["Thôn 2"]).replace(" năm 2022", "");
    let sheet = read(&[("Chính", &list("Xã Đăk Môn", &["Thôn 1"])), ("Long", &undated)]).unwrap();
    assert_eq!(places(&sheet), ["Thôn 1 2"]);
    let told = "Trang “Long” cũng là danh sách (1 dòng), chưa đọc: không rõ xếp loại của năm nào.";
    assert_eq!(sheet.notices, [told]);
}

#[test]
fn an_empty_list_beside_a_full_one_is_no_fault() {
    let (empty, full) = (format!("{HEADER} | Ghi chú"), list("Xã Đăk Môn", &["Thôn 1"]));
    assert_eq!(places(&read(&[("Mẫu", &empty), ("Chính", &full)]).unwrap()), ["Thôn 1 2"]);
    assert!(matches!(read(&[("Mẫu", &empty), ("Mẫu 2", HEADER)]), Err(Unreadable::NoRows { .. })));
}
