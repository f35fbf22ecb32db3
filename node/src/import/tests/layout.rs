//! Where the table stands, and which of its rows are data.

use rust_xlsxwriter::{Format, Workbook};
use unicode_normalization::UnicodeNormalization;

use super::{HEADER, Sheet, Unreadable, draw, read, read_as, xlsx};

const ROW: &str = "1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 09/11/2022 | 3 | Tốt | Đang hoạt động";

fn refused(rows: &str) -> Unreadable {
    read_as("kontum-2022/610", &xlsx(rows)).unwrap_err()
}

fn rows_of(table: &str) -> Vec<u32> {
    let sheet = read(table);
    assert_eq!(sheet.faults, []);
    sheet.points.iter().map(|p| p.row).collect()
}

#[test]
fn columns_stand_in_any_order_under_titles_in_any_spelling() {
    let sheet = "CÔNG AN TỈNH KON TUM\nHUYỆN ĐẮK GLEI\n\nDANH SÁCH MÔ HÌNH NĂM 2022\n
        GHI CHÚ | SỐ  TỔ | ĐỊA BÀN | Xếp loại năm 2021 | XẾP LOẠI | Số QĐ | XÃ/PHƯỜNG/THỊ TRẤN | Cột lạ | MÔ HÌNH
        mới | 3 | Thôn 1 | Khá | Tốt | 12/QĐ-UBND | Xã Đăk Môn | bỏ qua | Camera an ninh";
    for text in [sheet.to_owned(), sheet.nfd().collect()] {
        let sheet = read(&text);
        assert_eq!(sheet.faults, []);
        let point = &sheet.points[0];
        assert_eq!((point.row, &*point.model, &*point.place), (7, "Camera an ninh", "Thôn 1"));
        assert_eq!(point.values["decision_no"].to_string(), "12/QĐ-UBND");
        assert_eq!(point.values["note"].to_string(), "mới");
        let ratings: Vec<_> = point.ratings.iter().map(|(year, level)| (*year, level.as_str())).collect();
        assert_eq!(ratings, [(2021, "kha"), (2022, "tot")], "the year of the title row fills in");
    }
}

#[test]
fn a_header_of_two_rows_is_joined() {
    let sheet = read(
        "TT | Tên mô hình | Nơi thực hiện | | Quyết định | | Số lượng | | Đánh giá |
         | | Xã, phường, thị trấn | Địa bàn | Số | Ngày | Tổ | Thành viên | Năm 2021 | Năm 2022
         (1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10)
         1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 5/QĐ | 09/11/2022 | 3 | 15 | Khá | Tốt",
    );
    assert_eq!((sheet.rows, &*sheet.faults), (1, &[][..]));
    let point = &sheet.points[0];
    let values: Vec<String> = point.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(values, ["decision_date=2022-11-09", "decision_no=5/QĐ", "members=15", "teams=3"]);
    assert_eq!(point.ratings.len(), 2);
}

#[test]
fn a_header_of_three_rows_is_joined() {
    let sheet = read(
        "CÔNG AN HUYỆN ĐẮK GLEI
         DANH SÁCH NĂM 2022
         STT | Tên mô hình | Thông tin điểm mô hình | | | | | | Xếp loại
         | | Xã | Thôn, tổ dân phố | Quyết định | | Quy mô
         | | | | Số | Ngày | Số tổ | Số thành viên
         1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 5/QĐ | 09/11/2022 | 3 | 15 | Tốt",
    );
    assert_eq!((sheet.rows, &*sheet.faults, &*sheet.notices), (1, &[][..], &[][..]));
    let point = &sheet.points[0];
    let values: Vec<String> = point.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(values, ["decision_date=2022-11-09", "decision_no=5/QĐ", "members=15", "teams=3"]);
    assert_eq!((&*point.place, &*point.ratings[&2022]), ("Thôn 1", "tot"));
}

#[test]
fn columns_with_data_that_are_not_read_are_told() {
    let sheet = read(
        "TT | Tên mô hình | Đơn vị | Xã | Địa bàn | Năm thành lập | Kinh phí | Chưa dùng | | Số điểm
         1 | Camera an ninh | Huyện Đắk Glei | Xã Đăk Môn | Thôn 1 | 2019 | 5 | - | a | 1",
    );
    assert_eq!((sheet.rows, &*sheet.faults), (1, &[][..]));
    let told = "Cột “Đơn vị”, “Năm thành lập”, “Kinh phí”, I (không có tiêu đề), “Số điểm” không được đọc; cần thì chỉ rõ đó là cột nào.";
    assert_eq!(sheet.notices, [told]);
    assert_eq!(read(&format!("{HEADER}\n{ROW}")).notices, [""; 0]);
}

#[test]
fn the_day_of_a_decision_is_read_under_other_titles_and_beside_its_number() {
    for (titles, row) in [
        ("Quyết định thành lập | Ngày thành lập", "12/QĐ-UBND | 01/02/2020"),
        ("Số quyết định | Ngày tháng", "12/QĐ-UBND | 01/02/2020"),
        ("Quyết định thành lập (số, ngày) | Năm thành lập", "12/QĐ-UBND ngày 01/02/2020 | 2020"),
        ("Số, ngày, tháng, năm QĐ | Số tổ", "Số 12/QĐ-UBND, ngày 01 tháng 02 năm 2020 | 3"),
        ("Số tổ | Ngày quyết định", "3 | 12/QĐ-UBND ngày 01/02/2020"),
    ] {
        let sheet = read(&format!("Tên mô hình | Xã | Thôn | {titles}\nCamera an ninh | Xã Đăk Môn | Thôn 1 | {row}"));
        assert_eq!(sheet.faults, [], "{titles}");
        let told = ["decision_no", "decision_date"].map(|key| sheet.points[0].values[key].to_string());
        assert_eq!(told, ["12/QĐ-UBND", "2020-02-01"], "{titles}");
    }
    let two =
        "Tên mô hình | Xã | Thôn | Quyết định\nCamera | Xã Đăk Môn | Thôn 1 | 1/QĐ ngày 1/2/2020; 2/QĐ ngày 3/4/2021";
    assert!(read(two).faults[0].reason.contains("nhiều ngày"));
}

#[test]
fn a_heading_directly_above_the_titles_is_no_part_of_them_and_tells_the_year() {
    let titles = HEADER.replace(" năm 2022", "");
    let sheet = read(&format!("DANH SÁCH MÔ HÌNH NĂM 2021\n{titles}\n{ROW}"));
    assert_eq!(sheet.points[0].ratings.keys().collect::<Vec<_>>(), [&2021]);
}

#[test]
fn the_day_of_a_letter_above_the_list_tells_no_year_and_hides_none() {
    let list = format!("{}\n{ROW}", HEADER.replace(" năm 2022", ""));
    let letter = "Kèm theo Công văn 12 ngày 05 tháng 01 năm 2023\nDANH SÁCH ĐIỂM MÔ HÌNH";
    assert!(matches!(refused(&format!("{letter}\n{list}")), Unreadable::RatingWithoutYear { .. }));
    let place = "UBND HUYỆN ĐĂK GLEI | | | | Đăk Glei, ngày 10 tháng 01 năm 2023\nDANH SÁCH ĐIỂM MÔ HÌNH NĂM 2022";
    assert_eq!(read(&format!("{place}\n{list}")).points[0].ratings.keys().collect::<Vec<_>>(), [&2022]);
}

#[test]
fn the_sheet_with_the_most_titles_is_read_and_hidden_ones_last() {
    let mut book = Workbook::new();
    draw(book.add_worksheet(), "Hướng dẫn\nTên mô hình | Xã, phường, thị trấn | Địa bàn\nghi tên | ghi xã | ghi thôn");
    let hidden = book.add_worksheet();
    draw(hidden, &format!("{HEADER} | Ghi chú\n{ROW}\n{ROW}"));
    hidden.set_hidden(true);
    draw(book.add_worksheet(), &format!("\n\n{HEADER}\n{ROW}"));
    let sheet = read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((sheet.rows, sheet.points[0].row), (1, 4));
}

#[test]
fn only_rows_of_data_count() {
    assert_eq!(
        rows_of(&format!(
            "{HEADER}
             (1) | (2) | (3) | (4) | (5) | (6) | (7) | (8)
             I | Xã Đăk Môn
             {ROW}

             Xã Đăk Long
             {ROW}
             {HEADER}
             1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
             {ROW}
             | Cộng | | | | 3
             II | Xã Đăk Choong | | | | 3
             2 | Cổng trường an toàn giao thông | Xã Đăk Môn | Thôn 2 | | 3
             Tổng cộng | | | | | 12
             Toàn huyện | | | | | 12
             | Lũy kế | | | | 12

             | | | | Đắk Glei, ngày 09 tháng 11 năm 2022
             | NGƯỜI LẬP BIỂU | | TM. BAN CHỈ ĐẠO
             | (Ký tên) | | | | TRƯỞNG BAN
             Ghi chú: số liệu tính đến 09/11/2022"
        )),
        [4, 7, 10, 13]
    );
}

/// Districts group their lists by commune as often as they name it in each row.
#[test]
fn rows_that_name_no_commune_are_of_the_heading_above_them() {
    let units = |sheet: &Sheet| sheet.points.iter().map(|p| format!("{} {}", p.place, p.unit)).collect::<Vec<_>>();
    let row = |place: &str| format!("1 | Camera an ninh | | {place} | 09/11/2022 | 3 | Tốt");
    let grouped = read(&format!(
        "{HEADER}\nI | Xã Đăk Long | | | | 2\n{}\n{}\nII. Xã Đăk Môn:\n{}\n1 | Camera an ninh | Xã Đăk Long | Thôn 4 | | 3\n\
         Tổng cộng | | | | | 9",
        row("Thôn 1"),
        row("Thôn 2"),
        row("Thôn 3")
    ));
    assert_eq!(grouped.faults, []);
    assert_eq!(units(&grouped), ["Thôn 1 23368", "Thôn 2 23368", "Thôn 3 23374", "Thôn 4 23368"]);
    let told = "3 dòng không ghi xã được lấy theo dòng tiêu đề phía trên: Xã Đăk Long (2), Xã Đăk Môn (1).";
    assert_eq!(grouped.notices, [told]);
    // Without the column at all.
    let bare = "TT | Tên mô hình | Thôn | Số tổ | Xếp loại năm 2022";
    let sheet = read(&format!(
        "{bare}\nXã Đăk Long\n1 | Camera an ninh | Thôn 1 | 3 | Tốt\n1) Xã Đăk Môn\n2 | Camera an ninh | Thôn 2 | 3 | Khá"
    ));
    assert_eq!((units(&sheet), sheet.faults.len()), (vec!["Thôn 1 23368".to_owned(), "Thôn 2 23374".to_owned()], 0));
    // Above the first heading nothing says where a row is.
    let before = read(&format!("{HEADER}\n{}\nI | Xã Đăk Long\n{}", row("Thôn 1"), row("Thôn 2")));
    assert_eq!((units(&before), before.faults.len()), (vec!["Thôn 2 23368".to_owned()], 1));
}

#[test]
fn a_commune_merged_over_its_rows_holds_for_each_but_a_count_does_not() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    draw(sheet, "Tên mô hình | Xã | Địa bàn | Số tổ\n\n| | Thôn 2");
    sheet.write(1, 2, "Thôn 1").unwrap();
    for (column, text) in [(0, "Camera an ninh"), (1, "Xã Đăk Môn"), (3, "4")] {
        sheet.merge_range(1, column, 2, column, text, &Format::new()).unwrap();
    }
    let sheet = read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap();
    let seen: Vec<_> = sheet.points.iter().map(|p| (p.row, &*p.place, p.values.contains_key("teams"))).collect();
    assert_eq!(seen, [(2, "Thôn 1", true), (3, "Thôn 2", false)]);
}

#[test]
fn all_that_is_merged_over_rows_but_counts_holds_for_each() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let titles = "TT | Tên mô hình | Xã | Địa bàn | Đối tượng | Nguồn gốc | Số QĐ | Ngày QĐ | Trạng thái | Xếp loại năm 2022 | Số tổ";
    draw(sheet, &format!("{titles}\n1\n2\n3"));
    for (row, model) in [(1, "Camera an ninh"), (2, "Tiếng kẻng an ninh"), (3, "Dòng họ tự quản")] {
        sheet.write(row, 1, model).unwrap();
    }
    let merged = [
        "Xã Đăk Môn",
        "Thôn 1",
        "Khu dân cư",
        "Theo chỉ đạo",
        "12/QĐ-UBND",
        "01/02/2020",
        "Đang hoạt động",
        "Tốt",
        "4",
    ];
    for (column, text) in (2..).zip(merged) {
        sheet.merge_range(1, column, 3, column, text, &Format::new()).unwrap();
    }
    let sheet = read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((sheet.rows, &*sheet.faults), (3, &[][..]));
    let told = ["decision_date", "decision_no", "object", "origin", "status"];
    for point in &sheet.points {
        assert_eq!((&*point.place, point.ratings.get(&2022).map(String::as_str)), ("Thôn 1", Some("tot")));
        assert!(told.iter().all(|key| point.values.contains_key(key)), "row {}", point.row);
    }
    assert_eq!(sheet.points.iter().map(|p| p.values.contains_key("teams")).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn a_model_of_the_whole_commune_is_no_sum() {
    let sheet = read("Địa bàn | Tên mô hình | Xã | Số tổ\nToàn xã | Camera an ninh | Xã Đăk Môn | 3\nToàn xã | | | 3");
    assert_eq!((sheet.points.len(), &*sheet.points[0].place), (1, "Toàn xã"));
}

#[test]
fn the_last_row_is_data_even_when_it_is_bare_and_wrong() {
    let sheet =
        read("Tên mô hình | Xã | Địa bàn\nCamera an ninh | Xã Đăk Môn | Thôn 1\n\nCamera an ninh | Xã Lạ | Thôn 2");
    assert_eq!((sheet.rows, sheet.faults.len()), (2, 1));
    let sheet = read("Tên mô hình | Xã | Địa bàn\nCamera an ninh | Xã Đăk Môn | Thôn 1\nCamera an ninh | Xã Lạ |");
    assert_eq!((sheet.rows, sheet.faults.len()), (2, 1));
}

#[test]
fn a_file_without_a_list_says_what_it_lacks() {
    assert_eq!(refused(""), Unreadable::Empty);
    assert!(matches!(refused("Kính gửi\nĐồng chí"), Unreadable::NoHeader { .. }));
    let missing = refused("Tên mô hình | Số tổ | Số thành viên\nCamera | 1 | 2");
    assert!(missing.in_vietnamese().contains("“Xã, phường, thị trấn”, “Địa bàn, đơn vị”"), "{missing:?}");
    assert!(matches!(refused(&format!("{HEADER}\n\nTổng cộng | | | | | 0")), Unreadable::NoRows { row: 1, .. }));
    let no_year = refused("Tên mô hình | Xã | Địa bàn | Xếp loại\nCamera | Xã Đăk Môn | Thôn 1 | Tốt");
    assert!(matches!(no_year, Unreadable::RatingWithoutYear { .. }));
    for error in [missing, no_year] {
        assert!(error.in_vietnamese().contains("Chưa ghi gì"));
    }
}
