//! Delimited text, and texts from before Unicode: the same list in every dress.

use keng_domain::text::{Encoding, Legacy};
use unicode_normalization::UnicodeNormalization;

use super::{HEADER, Sheet, read_as, read_row, xlsx};

const ROWS: &str = "1 | Tiếng kẻng an ninh | Xã Đăk Môn | Thôn Đăk Xế | 09/11/2022 | 3 | Tốt | Đang hoạt động
2 | Cổng trường an toàn, văn minh | Thị trấn Đắk Glei | Trường THCS \"Nguyễn Huệ\" | 05/01/2021 | 1 | Khá | Tạm dừng

3 | Dòng họ tự quản | Xã Đăk Long | Tổ 5 | 31/02/2021 | 2 | Yếu | Đã chấm dứt";

fn list() -> String {
    format!("UBND HUYỆN ĐẮK GLEI\nDANH SÁCH MÔ HÌNH\n{HEADER}\n{ROWS}")
}

/// The list as delimited text: fields with a delimiter or a quote in quotes.
fn csv(delimiter: char) -> String {
    let field = |cell: &str| match cell.contains([delimiter, '"']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let line = |line: &str| line.split('|').map(|c| field(c.trim())).collect::<Vec<_>>().join(&delimiter.to_string());
    list().lines().map(line).collect::<Vec<_>>().join("\r\n")
}

fn read(bytes: &[u8]) -> Sheet {
    read_as("kontum-2022/610", bytes).unwrap()
}

/// The characters of Latin-1 as bytes.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// Points and faults are those of the workbook; the font of capitals may be lost in TCVN3.
fn check(sheet: &Sheet, encoding: Encoding) {
    let expect = read(&xlsx(&list()));
    assert_eq!((&sheet.points, &sheet.faults), (&expect.points, &expect.faults), "{encoding:?}");
    assert_eq!(sheet.rows, 3);
    assert_eq!((sheet.faults[0].row, &*sheet.faults[0].value), (7, "31/02/2021"));
    assert_eq!(sheet.encoding, encoding);
}

#[test]
fn delimited_text_says_the_same_as_a_workbook() {
    for delimiter in [',', ';', '\t'] {
        let text = csv(delimiter);
        check(&read(text.as_bytes()), Encoding::Unicode);
        check(&read(format!("\u{feff}{text}").as_bytes()), Encoding::Unicode);
        check(&read(text.nfd().collect::<String>().as_bytes()), Encoding::Unicode);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&read(&utf16), Encoding::Unicode);
        check(&read(&[&[0xff, 0xfe][..], &utf16].concat()), Encoding::Unicode);
        for legacy in Legacy::ALL {
            check(&read(&bytes(&legacy.encode(&text))), Encoding::Legacy(legacy));
        }
    }
}

#[test]
fn a_workbook_typed_in_an_old_font_says_the_same() {
    for legacy in Legacy::ALL {
        check(&read(&xlsx(&legacy.encode(&list()))), Encoding::Legacy(legacy));
    }
}

#[test]
fn old_names_pasted_under_unicode_titles_are_read_and_the_rest_stays() {
    let old = ROWS.lines().map(|line| Legacy::Tcvn3.encode(line)).collect::<Vec<_>>().join("\n");
    let sheet = read(&xlsx(&format!("UBND HUYỆN ĐẮK GLEI\nDANH SÁCH MÔ HÌNH\n{HEADER}\n{old}")));
    check(&sheet, Encoding::Partly(Legacy::Tcvn3));
}

#[test]
fn names_of_other_languages_are_left_alone() {
    let sheet = read_row("1 | Câu lạc bộ Müller | Xã Đăk Môn | Quán Café Noël | | 1");
    assert_eq!((&*sheet.points[0].model, &*sheet.points[0].place), ("Câu lạc bộ Müller", "Quán Café Noël"));
    assert_eq!(sheet.encoding, Encoding::Unicode);
}
