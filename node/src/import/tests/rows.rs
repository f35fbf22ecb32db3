//! Which rows are good, and what a bad one gets.

use keng_domain::lineage::Lineage;
use keng_domain::rule_pack::RulePack;
use keng_domain::units::Units;
use unicode_normalization::UnicodeNormalization;

use super::super::{Context, Layouts, Limits, read_sheet};
use super::{HEADER, bad, catalogue, fixture, good, read, read_as, xlsx};

#[test]
fn names_become_composed_and_lose_what_nobody_sees() {
    let name = format!("  Tiếng\u{200b}  kẻng{}an ninh ", '\u{a0}').nfd().collect::<String>();
    let point = good(&format!("1 | {name} | XÃ ĐẮK MÔN | Thôn\u{feff} 1"));
    assert_eq!((&*point.model, &*point.place, point.unit.as_str()), ("Tiếng kẻng an ninh", "Thôn 1", "23374"));
}

#[test]
fn communes_are_matched_within_the_importing_unit() {
    for name in ["Xã Đăk Môn", "xa dak mon", "Đắk Môn", "23374", "'23374"] {
        assert_eq!(good(&format!("1 | Camera an ninh | {name} | Thôn 1")).unit.as_str(), "23374", "{name}");
    }
    let foreign = bad("1 | Camera an ninh | Phường Quang Trung | Tổ 1");
    assert_eq!(foreign.column, "Xã, phường, thị trấn");
    assert!(foreign.reason.contains("Thành phố Kon Tum") && foreign.reason.contains("Huyện Đắk Glei"));
    let misspelt = bad("1 | Camera an ninh | Xã Đăk Mônn | Thôn 1");
    assert!(misspelt.reason.contains("có phải “Xã Đăk Môn”"), "{}", misspelt.reason);
}

#[test]
fn a_model_of_the_whole_commune_has_no_place() {
    assert_eq!(good("1 | Camera an ninh | Xã Đăk Môn |").place, "");
}

#[test]
fn a_row_without_model_or_commune_is_refused() {
    let nameless = bad("1 | | Xã Đăk Môn | Thôn 1 | | 3");
    assert_eq!((&*nameless.column, &*nameless.value), ("Tên mô hình", ""));
    assert!(bad("1 | Camera an ninh | | Thôn 1").reason.contains("Thiếu đơn vị"));
}

#[test]
fn a_row_with_several_faults_is_refused_once_and_says_them_all() {
    let fault = bad("1 | Camera an ninh | Xã Không Có | Thôn 1 | 31/13/2021 | -7 | Xuất sắc | Ngủ");
    assert_eq!((&*fault.column, &*fault.value), ("Xã, phường, thị trấn", "Xã Không Có"));
    for column in ["Ngày quyết định: ", "; Số tổ: ", "; Xếp loại năm 2022: ", "; Trạng thái: "] {
        assert!(fault.reason.contains(column), "{}", fault.reason);
    }
}

#[test]
fn good_rows_stay_when_others_are_bad() {
    let sheet = read(&format!(
        "{HEADER}
         1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 09/11/2022 | 3
         2 | Camera an ninh | Xã Đăk Môn | Thôn 2 | 31/13/2021 | 3
         3 | Camera an ninh | Xã Đăk Môn | Thôn 3 | 09/11/2022 | ba
         4 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 09/11/2022 | 4"
    ));
    assert_eq!((sheet.rows, sheet.points.len()), (4, 2), "the same point twice is two rows");
    assert_eq!(sheet.faults.iter().map(|f| f.row).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn a_text_longer_than_its_field_is_refused() {
    assert!(bad(&format!("1 | {} | Xã Đăk Môn | Thôn 1", "a".repeat(301))).reason.contains("300 ký tự"));
    assert!(bad(&format!("1 | Camera | Xã Đăk Môn | {}", "a".repeat(30_000))).reason.contains("300 ký tự"));
}

#[test]
fn a_commune_imports_its_own_list_without_naming_itself() {
    let read = |rows: &str| read_as("quangngai-2025/21025", &xlsx(rows)).unwrap();
    let without = read("Tên mô hình | Địa bàn | Số tổ\nCamera an ninh | Tổ 1 | 2\nCamera an ninh | | 2");
    assert_eq!((without.points[0].unit.as_str(), without.points.len()), ("21025", 1));
    assert!(without.faults[0].reason.contains("Thiếu địa bàn"));
    let named = "Tên mô hình | Phường | Địa bàn\nTên mô hình | Xã, phường | Địa bàn
        Camera an ninh | Phường Cẩm Thành | Tổ 1\nCamera an ninh | | Tổ 2\nCamera an ninh | Xã An Phú | Tổ 3";
    let named = read(named);
    assert_eq!((named.points.len(), named.faults.len()), (2, 1));
    assert!(named.faults[0].reason.contains("không thuộc Phường Cẩm Thành"), "{}", named.faults[0].reason);
}

#[test]
fn a_fault_goes_into_json_with_its_four_keys() {
    let json = serde_json::to_value(bad("1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | hôm qua")).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["column", "reason", "row", "value"]);
}

#[test]
fn a_town_that_shares_its_districts_name_is_the_town() {
    assert_eq!(good("1 | Camera an ninh | Đắk Glei | Thôn 1").unit.as_str(), "23341");
}

/// A list in which each level has a column of its own.
const MARKED: &str = "TT | Tên mô hình | Xã | Địa bàn | Số tổ | Kết quả xếp loại năm 2022
 | | | | | Tốt | Khá | Trung bình | Yếu";

#[test]
fn a_mark_in_the_column_of_a_level_is_the_rating() {
    let rows = ["x", " | X", " | | ✓", " | | | 1", "0 | có | 0 | -", " | Khá", ""]
        .map(|marks| format!("1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 2 | {marks}"));
    let sheet = read(&format!("{MARKED}\n{}", rows.join("\n")));
    assert_eq!((sheet.rows, &*sheet.faults, &*sheet.notices), (7, &[][..], &[][..]));
    let rated: Vec<_> = sheet.points.iter().map(|p| p.ratings.get(&2022).map_or("", String::as_str)).collect();
    assert_eq!(rated, ["tot", "kha", "trung_binh", "yeu", "kha", "kha", ""]);
}

#[test]
fn marks_that_are_several_or_none_reject_the_row() {
    let sheet = read(&format!(
        "{MARKED}\n1 | Camera | Xã Đăk Môn | Thôn 1 | 2 | x | x\n2 | Camera | Xã Đăk Môn | Thôn 2 | 2 | | 12"
    ));
    let reasons: Vec<&str> = sheet.faults.iter().map(|f| &*f.reason).collect();
    assert_eq!(sheet.points.len(), 0);
    assert!(
        reasons[0].contains("Năm 2022 có nhiều mức xếp loại: Tốt, Khá") && reasons[1].contains("“12”"),
        "{reasons:?}"
    );
}

#[test]
fn marked_levels_take_their_year_from_their_own_titles_or_from_above_the_table() {
    let two = "Tên mô hình | Xã | Địa bàn | Xếp loại năm 2021 | | Xếp loại năm 2022 |
 | | | Tốt | Khá | Tốt | Khá
Camera an ninh | Xã Đăk Môn | Thôn 1 | x | | | x";
    let rated =
        |sheet: &super::Sheet| sheet.points[0].ratings.iter().map(|(y, l)| format!("{y} {l}")).collect::<Vec<_>>();
    assert_eq!(rated(&read(two)), ["2021 tot", "2022 kha"]);
    let above = MARKED.replace(" năm 2022", "") + "\n1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 2 | x";
    assert_eq!(rated(&read(&format!("DANH SÁCH NĂM 2020\n{above}"))), ["2020 tot"]);
    let undated = read_as("kontum-2022/610", &xlsx(&above)).unwrap_err();
    assert!(matches!(undated, super::Unreadable::RatingWithoutYear { .. }));
}

#[test]
fn a_list_that_names_units_from_before_comes_in_under_those_that_they_went_into() {
    let (old, new) = (catalogue("kontum-2022"), catalogue("quangngai-2025"));
    let pairs = String::from_utf8(fixture("tests/fixtures/units/lineage-2025-07-01.csv")).unwrap();
    let day = "2025-07-01".parse().unwrap();
    let change = Lineage::of_record(old.id.clone(), new.id.clone(), day, &pairs).unwrap();
    let into = change.successor(&"23374".parse().unwrap()).unwrap().clone();
    let all = Units::new(vec![old, new.clone()], vec![change]);
    let read = |rows: &str| {
        let (pack, layouts) = (RulePack::kontum_2022(), Layouts::default());
        let context = Context { catalogue: &new, unit: &into, pack: &pack, layouts: &layouts, all: &all };
        read_sheet(&xlsx(rows), &context, &Limits::default()).unwrap()
    };
    let sheet = read(
        "Tên mô hình | Xã | Địa bàn\nCamera an ninh | Xã Đăk Kroong | Thôn 1\nCamera an ninh | Xã Đăk Môn | Thôn 1
         Camera an ninh | Phường Quang Trung | Tổ 1",
    );
    let rows: Vec<_> =
        sheet.points.iter().map(|p| (p.unit == into, p.former.as_ref().map(|f| f.name.as_str()))).collect();
    assert_eq!(rows, [(true, Some("Xã Đăk Kroong")), (true, None)], "a unit of today goes before one of the same name");
    assert_eq!(sheet.faults.iter().map(|f| f.row).collect::<Vec<_>>(), [4], "{:?}", sheet.faults);
    assert!(sheet.notices[0].contains("Xã Đăk Kroong → Xã Đăk Môn (1 dòng)"), "{:?}", sheet.notices);
}
