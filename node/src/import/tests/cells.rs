//! What single cells may look like.

use keng_domain::field::Value;

use super::{bad, good};

/// A row with everything but the cell under test.
fn row(date: &str, teams: &str, level: &str, status: &str) -> String {
    format!("1 | Tiếng kẻng an ninh | Xã Đăk Môn | Thôn 1 | {date} | {teams} | {level} | {status}")
}

fn date(cell: &str, expect: &str) {
    assert_eq!(good(&row(cell, "", "", "")).values["decision_date"], Value::from(expect), "{cell}");
}

fn no_date(cell: &str, why: &str) {
    let fault = bad(&row(cell, "", "", ""));
    assert_eq!((fault.row, &*fault.column), (2, "Ngày quyết định"), "{cell}");
    assert!(fault.reason.contains(why), "{cell}: {}", fault.reason);
}

fn teams(cell: &str, expect: i64) {
    assert_eq!(good(&row("", cell, "", "")).values["teams"], Value::Int(expect), "{cell}");
}

fn no_teams(cell: &str, why: &str) {
    let fault = bad(&row("", cell, "", ""));
    assert_eq!(fault.column, "Số tổ");
    assert!(fault.reason.contains(why), "{cell}: {}", fault.reason);
}

#[test]
fn a_date_may_be_written_as_officers_write_it() {
    for cell in [
        "@2022-11-09",
        "44874",
        "'44874",
        "44874.5",
        "09/11/2022",
        "9/11/2022",
        "9-11-2022",
        "9.11.2022",
        "2022-11-09",
        " 09 / 11 / 2022 ",
        "09/11/2022\u{a0}",
        "'2022-11-09 00:00:00",
        "ngày 09 tháng 11 năm 2022",
        "=1+1→44874",
    ] {
        date(cell, "2022-11-09");
    }
}

#[test]
fn what_is_no_date_is_refused_with_the_form_expected() {
    no_date("31/13/2021", "không có trong lịch");
    no_date("30/02/2022", "không có trong lịch");
    no_date("9/11/22", "bốn chữ số");
    no_date("hôm qua", "09/11/2022");
    no_date("11/2022", "không phải là ngày");
    no_date("2022", "ngoài khoảng");
    no_date("'01/01/1022", "ngoài khoảng");
    no_date("-5", "không phải là ngày");
    no_date("=#REF!", "#REF!");
}

#[test]
fn a_count_may_carry_zeros_points_and_a_word() {
    for cell in ["7", "7.0", "'7", "'07", "' 7 ", "7 tổ", "07 TỔ", "=3+4→7"] {
        teams(cell, 7);
    }
    teams("'1.234", 1234);
    teams("0", 0);
}

#[test]
fn what_is_no_whole_number_is_refused() {
    no_teams("-3", "số âm");
    no_teams("'-3", "số âm");
    no_teams("7.5", "số nguyên");
    no_teams("'7,5", "số nguyên");
    no_teams("bảy", "không phải là số");
    no_teams("7 con", "không phải là số");
    no_teams("'1.23", "số nguyên");
    no_teams("1000001", "quá lớn");
    no_teams("'99999999999999999999999", "quá lớn");
    no_teams("@2022-11-09", "ngày tháng");
    no_teams("=#DIV/0!", "#DIV/0!");
}

#[test]
fn empty_cells_and_dashes_are_absent() {
    for empty in ["", "-", "–", " \u{a0}\u{200b} "] {
        let point = good(&row(empty, empty, empty, empty));
        assert!(point.values.is_empty() && point.ratings.is_empty(), "{empty:?} {point:?}");
    }
}

#[test]
fn levels_and_states_are_understood_in_any_spelling() {
    for (cell, expect) in [("Tốt", "tot"), ("TRUNG  BÌNH", "trung_binh"), ("Ye\u{302}\u{301}u", "yeu"), ("khá", "kha")]
    {
        assert_eq!(good(&row("", "", cell, "")).ratings[&2022], expect, "{cell}");
    }
    for none in ["Chưa đánh giá", "chưa xếp loại"] {
        assert!(good(&row("", "", none, "")).ratings.is_empty());
    }
    for (cell, expect) in [("ĐANG HOẠT ĐỘNG", "HOAT_DONG"), ("Đã chấm dứt", "CHAM_DUT"), ("tạm dừng", "TAM_DUNG")]
    {
        assert_eq!(good(&row("", "", "", cell)).values["status"], Value::from(expect), "{cell}");
    }
    assert!(bad(&row("", "", "Xuất sắc", "")).reason.contains("Tốt; Khá; Trung bình; Yếu"));
    assert!(bad(&row("", "", "", "Ngủ")).reason.contains("Đang hoạt động"));
}
