//! Statistics forms of earlier years: one row for each model, and no place.

use keng_domain::form::Counts;
use keng_domain::text::Legacy;

use super::super::{Context, Form, Layouts, Limits, Mapping, ModelRow, Sheet, Unreadable, read_sheet};
use super::{RulePack, catalogue, open_document::ods, read, read_as, xlsx};

const HEADING: &str = "CÔNG AN HUYỆN ĐẮK GLEI
THỐNG KÊ MÔ HÌNH TRONG PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC NĂM 2021
(Kèm theo Báo cáo ngày 05 tháng 01 năm 2022)";
const TITLES: &str = "TT | Tên mô hình | Lĩnh vực | Đơn vị chủ trì | Năm xây dựng (QĐ số) | Tổng số điểm | Tổng số tổ | Số thành viên | Kết quả xếp loại điểm | | | | | Mô hình hiệu quả | Điểm mới trong kỳ | Ghi chú
 | | | | | | | | Tốt | Khá | Trung bình | Yếu | Chưa đánh giá";

fn form(rows: &str) -> (Form, Sheet) {
    let sheet = read(&format!("{HEADING}\n{TITLES}\n{rows}"));
    (sheet.form.clone().expect("a form"), sheet)
}

fn one(row: &str) -> ModelRow {
    let (form, sheet) = form(row);
    assert_eq!(sheet.faults, [], "{row}");
    form.models.into_iter().next().unwrap_or_else(|| panic!("no row of data: {row}"))
}

fn names(form: &Form) -> Vec<&str> {
    form.models.iter().map(|m| &*m.name).collect()
}

#[test]
fn a_row_tells_of_a_model_and_what_it_counts() {
    let row = "1 | Camera  an ninh | An ninh nông thôn | Công an huyện | QĐ số 12/QĐ-UBND ngày 3/4/2019 | 12 | 15 tổ | \
               1.200 người | 7 | 3 | 1 | - | 1 | Có | 2 | tốt";
    let model = one(row);
    assert_eq!((model.row, &*model.name, model.lead.as_deref()), (6, "Camera an ninh", Some("Công an huyện")));
    assert_eq!(model.fields.as_deref(), Some("An ninh nông thôn"));
    assert_eq!(model.founded.map(|f| f.day.to_string()).as_deref(), Some("2019-04-03"));
    let by_level = [("tot", 7), ("kha", 3), ("trung_binh", 1)].map(|(level, n)| (level.to_owned(), n)).into();
    let counts = Counts { points: Some(12), teams: Some(15), members: Some(1_200), by_level };
    assert_eq!(model.counts, counts);
    let (form, sheet) = form(row);
    assert_eq!((form.period.as_deref(), form.rated_year), (Some("2021-annual"), None));
    assert!(sheet.points.is_empty(), "no place is told, so no point is made");
}

#[test]
fn what_is_empty_is_not_told() {
    let model = one("1 | Camera an ninh | | 02 đơn vị | QĐ số 12/QĐ-UBND | | 3");
    assert_eq!((model.fields, model.lead, model.founded), (None, None, None));
    assert_eq!(model.undated.as_deref(), Some("QĐ số 12/QĐ-UBND"));
    assert_eq!(model.counts, Counts { teams: Some(3), ..Counts::default() });
}

#[test]
fn the_title_of_the_levels_names_their_year() {
    let rows =
        format!("{HEADING}\n{TITLES}\n1 | Camera an ninh | | | | 3").replace("xếp loại điểm", "xếp loại điểm năm 2020");
    assert_eq!(read(&rows).form.unwrap().rated_year, Some(2020));
}

#[test]
fn sums_sections_numbers_of_columns_and_signatures_are_no_models() {
    let rows = "(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10) | (11) | (12) | (13) | (14) | (15) | (16)
I | Lĩnh vực an ninh nông thôn | | | | 15 | 18
1. | Camera an ninh | | | 2019 | 12 | 15
2. | Tiếng kẻng an ninh | | | 2020 | 3 | 3
 | Cộng lĩnh vực I | | | | 15 | 18
II | Trật tự, an toàn xã hội | | | | 4 | 4
 | Lĩnh vực giao thông | | | | 4 | 4
TT | Tên mô hình | Lĩnh vực | Đơn vị chủ trì | Năm xây dựng (QĐ số) | Tổng số điểm | Tổng số tổ
3. | Cộng đồng an toàn giao thông | | | 2021 | 4 | 4
Tổng cộng | | | | | 19 | 22

 | NGƯỜI LẬP BIỂU | | | | | | TRƯỞNG CÔNG AN HUYỆN
 | Nguyễn Văn A | | | | | | Trần Văn B";
    let (form, sheet) = form(rows);
    assert_eq!(names(&form), ["Camera an ninh", "Tiếng kẻng an ninh", "Cộng đồng an toàn giao thông"]);
    assert_eq!((sheet.rows, sheet.faults), (3, vec![]));
}

#[test]
fn a_sum_is_no_model_whatever_it_is_called() {
    let rows = "1 | Camera an ninh | | | 2019 | 12 | 15
2 | Toàn dân tham gia bảo vệ an ninh | | | 2020 | 3 | 3
3 | Toàn xã hội phòng ngừa tội phạm | | | 2020 | 1 | 1";
    let three = ["Camera an ninh", "Toàn dân tham gia bảo vệ an ninh", "Toàn xã hội phòng ngừa tội phạm"];
    for sum in [
        " | Toàn huyện | | | | 16 | 19",
        " | Toàn huyện (3 mô hình) | | | | 9",
        "Cả huyện | | | | | 9",
        " | Lũy kế đến nay | | | | 40",
        " | Huyện Đắk Glei có | | | | 16 | 19",
    ] {
        assert_eq!(names(&form(&format!("{rows}\n{sum}")).0), three, "{sum}");
    }
    // What differs from the sum, or repeats the one row above, is a model without its number.
    let (read, _) = form("1 | Camera an ninh | | | 2019 | 12 | 15\n | Tiếng kẻng | | | | 12 | 15");
    assert_eq!(names(&read), ["Camera an ninh", "Tiếng kẻng"]);
    assert_eq!(names(&form(&format!("{rows}\n | Dòng họ tự quản | | | | 16 | 4")).0).len(), 4);
}

#[test]
fn models_numbered_in_roman_are_models_where_all_are() {
    let (form, _) = form("I | Camera an ninh | | | 2019 | 12\nII | Tiếng kẻng | | | 2020 | 3");
    assert_eq!(names(&form), ["Camera an ninh", "Tiếng kẻng"]);
}

#[test]
fn another_table_below_the_models_is_not_read_as_models() {
    let rows = "1 | Camera an ninh | | | 2019 | 12
 | Tổng số | | | | 12

II. ĐIỂN HÌNH TIÊN TIẾN
TT | Họ tên, đơn vị | Địa chỉ | Thành tích | Quyết định công nhận
1 | Nguyễn Văn A | Thôn 1 | Bắt trộm | 12/QĐ-UBND
2 | Trần Thị B | Thôn 2 | Hòa giải | 13/QĐ-UBND";
    assert_eq!(names(&form(rows).0), ["Camera an ninh"]);
}

#[test]
fn a_nameless_row_and_a_count_that_is_none_are_rejected_and_can_be_mended() {
    let rows = "1 | Camera an ninh | | | 2019 | mười hai | 15
2 | | | | 2020 | 3 | 3
3 | Tiếng kẻng | | | 31/02/2020 | 3 | -3
4 | Dòng họ tự quản | | | 2020 | 3 | 3";
    let (form, sheet) = form(rows);
    assert_eq!(names(&form), ["Dòng họ tự quản"]);
    let faults: Vec<_> = sheet.faults.iter().map(|f| (f.row, &*f.column)).collect();
    assert_eq!(faults, [(6, "Tổng số điểm"), (7, "Tên mô hình"), (8, "Năm xây dựng (QĐ số)")]);
    assert!(sheet.faults[2].reason.contains("; Tổng số tổ: “-3” là số âm"), "{}", sheet.faults[2].reason);
    let again = read_as("kontum-2022/610", &sheet.refused().unwrap().to_xlsx().unwrap()).unwrap();
    let reasons = |sheet: &Sheet| sheet.faults.iter().map(|f| f.reason.clone()).collect::<Vec<_>>();
    assert_eq!((again.rows, reasons(&again)), (3, reasons(&sheet)), "sent back unmended");
    assert_eq!(again.form.unwrap().period.as_deref(), Some("2021-annual"), "the heading goes with them");
}

#[test]
fn the_last_row_is_kept_though_its_only_count_is_none() {
    let rows = format!("{HEADING}\nTên mô hình | Lĩnh vực | Tổng số điểm\nCamera | ANTT | 12\nTiếng kẻng | ANTT | ba");
    let sheet = read(&rows);
    assert_eq!((sheet.rows, &*sheet.faults[0].value), (2, "ba"));
}

#[test]
fn a_name_merged_over_the_rows_of_its_units_holds_for_each() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    super::draw(
        sheet,
        "TT | Tên mô hình | Đơn vị chủ trì | Tổng số điểm\n1 | Camera an ninh | Xã Đăk Môn | 3\n2 | | Xã Đăk Long | 4",
    );
    sheet.merge_range(1, 1, 2, 1, "Camera an ninh", &rust_xlsxwriter::Format::new()).unwrap();
    let read = read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap();
    let form = read.form.unwrap();
    let rows: Vec<_> = form.models.iter().map(|m| (&*m.name, m.lead.as_deref().unwrap(), m.counts.points)).collect();
    assert_eq!(rows, [("Camera an ninh", "Xã Đăk Môn", Some(3)), ("Camera an ninh", "Xã Đăk Long", Some(4))]);
}

#[test]
fn every_encoding_and_format_says_the_same() {
    let rows = "TT | Tên mô hình | Lĩnh vực | Đơn vị chủ trì | Tổng số điểm | Tổng số tổ | Mức tốt
1 | Tiếng kẻng an ninh | Tự quản ở khu dân cư | Công an huyện Đắk Glei | 12 | 15 | 7
2 | Dòng họ tự quản | Phòng, chống tội phạm | Mặt trận Tổ quốc | 3 | 3 | 1";
    let expect = read(rows).form.unwrap();
    assert_eq!(expect.models.len(), 2);
    let of = |bytes: &[u8]| read_as("kontum-2022/610", bytes).unwrap().form.unwrap();
    assert_eq!(of(&ods(rows)), expect);
    let csv = rows.replace(" | ", ";");
    assert_eq!(of(csv.as_bytes()), expect);
    for legacy in [Legacy::Tcvn3, Legacy::Vni] {
        let old = legacy.encode(&csv);
        let bytes: Vec<u8> = old.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(of(&bytes), expect, "{legacy:?}");
        assert_eq!(of(&xlsx(&legacy.encode(rows))), expect, "{legacy:?}");
    }
}

#[test]
fn a_list_of_points_says_more_than_a_form_in_the_same_file() {
    let mut book = rust_xlsxwriter::Workbook::new();
    super::draw(book.add_worksheet(), &format!("{HEADING}\n{TITLES}\n1 | Camera an ninh | | | 2019 | 12"));
    super::draw(book.add_worksheet(), "Tên mô hình | Xã | Địa bàn | Số điểm\nCamera an ninh | Xã Đăk Môn | Thôn 1 | 3");
    let sheet = read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((sheet.form, &*sheet.points[0].place), (None, "Thôn 1"));
}

#[test]
fn a_commune_reads_a_form_too() {
    let sheet =
        read_as("quangngai-2025/21025", &xlsx("Tên mô hình | Số điểm | Số tổ\nCamera an ninh | 2 | 3")).unwrap();
    assert_eq!(sheet.form.unwrap().models[0].counts.points, Some(2));
}

#[test]
fn the_annex_of_a_units_own_report_is_a_form() {
    let sheet = read(
        "THỐNG KÊ MÔ HÌNH 6 THÁNG ĐẦU NĂM 2022\nTT | Mô hình | Điểm | Tổ | Thành viên | Đủ thời gian | Hiệu quả | Chưa xếp loại
         1 | Camera an ninh | 3 | 4 | 60 | 3 | 2 | 0\n | Tổng số | 3 | 4 | 60 | 3 | 2 | 0",
    );
    let form = sheet.form.unwrap();
    assert_eq!((names(&form), form.period.as_deref()), (vec!["Camera an ninh"], Some("2022-half")));
    let counts = Counts { points: Some(3), teams: Some(4), members: Some(60), ..Counts::default() };
    assert_eq!(form.models[0].counts, counts);
}

#[test]
fn columns_that_no_title_tells_are_what_the_officer_says() {
    let (catalogue, pack) = (catalogue("kontum-2022"), RulePack::kontum_2022());
    let read = |rows: &str, layouts: &Layouts| {
        let context = Context {
            catalogue: &catalogue,
            unit: &"610".parse().unwrap(),
            pack: &pack,
            layouts,
            all: &Default::default(),
        };
        read_sheet(&xlsx(rows), &context, &Limits::default())
    };
    let rows = "Gọi là | Bao nhiêu | Ai lo | Từ khi\nCamera an ninh | 12 | Công an huyện | 2019";
    assert!(matches!(read(rows, &Layouts::default()), Err(Unreadable::NoHeader { .. })));
    let said = "Tên mô hình=A, Tổng số điểm=B, Đơn vị chủ trì=C, Năm xây dựng=D";
    let given = Layouts { given: Some(Mapping::parse(said).unwrap()), ..Layouts::default() };
    let sheet = read(rows, &given).unwrap();
    let layout = sheet.layout.unwrap();
    let next =
        Layouts { given: None, remembered: [(layout.titles.clone(), Mapping::parse(&layout.mapping).unwrap())].into() };
    let model = &read(&rows.replace("12", "14"), &next).unwrap().form.unwrap().models[0];
    assert_eq!((model.counts.points, model.lead.as_deref()), (Some(14), Some("Công an huyện")));
    // One word makes a form of what looks like a list, with all that its other titles tell.
    let rows = "Tên mô hình | Đơn vị thực hiện | Số điểm | Tốt | Số tổ\nCamera an ninh | Công an huyện | 12 | 7 | 9";
    assert!(matches!(read(rows, &Layouts::default()), Err(Unreadable::MissingColumns { .. })));
    let given = Layouts { given: Some(Mapping::parse("Đơn vị chủ trì=B").unwrap()), ..Layouts::default() };
    let model = &read(rows, &given).unwrap().form.unwrap().models[0];
    assert_eq!((model.counts.points, model.counts.by_level.get("tot")), (Some(12), Some(&7)));
}
