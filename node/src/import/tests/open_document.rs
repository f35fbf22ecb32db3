//! Spreadsheets of LibreOffice.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::damage::with_part;
use super::{HEADER, Limits, Unreadable, read_as, read_within, xlsx};

const ROW: &str = "1 | Camera an ninh | Xã Đăk Môn | Thôn 1 | 09/11/2022 | 3 | Tốt | Đang hoạt động";

fn around(table: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"Sheet1\">{table}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    )
}

fn cell(text: &str) -> String {
    match text.trim().parse::<f64>() {
        Ok(n) => format!("<table:table-cell office:value-type=\"float\" office:value=\"{n}\"/>"),
        Err(_) if text.trim().is_empty() => "<table:table-cell/>".to_owned(),
        Err(_) => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            text.trim()
        ),
    }
}

/// `content.xml` of rows drawn as in [`super::draw`], numbers and texts alone.
pub(super) fn content(rows: &str) -> String {
    let row =
        |line: &str| format!("<table:table-row>{}</table:table-row>", line.split('|').map(cell).collect::<String>());
    around(&rows.lines().map(row).collect::<String>())
}

fn package(content: &str, mimetype: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"x\"/>";
    for (name, text) in [("mimetype", mimetype), ("META-INF/manifest.xml", manifest), ("content.xml", content)] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(super) fn ods(rows: &str) -> Vec<u8> {
    package(&content(rows), "application/vnd.oasis.opendocument.spreadsheet")
}

fn refused(table: &str) -> Unreadable {
    let ods = package(&around(table), "application/vnd.oasis.opendocument.spreadsheet");
    read_as("kontum-2022/610", &ods).unwrap_err()
}

#[test]
fn a_spreadsheet_of_libreoffice_says_the_same_as_one_of_excel() {
    let rows = format!("{HEADER}\n{ROW}\n2 | Camera an ninh | Xã Lạ | Thôn 2 | 09/11/2022 | 3 | Tốt | Đang hoạt động");
    let (new, old) =
        (read_as("kontum-2022/610", &ods(&rows)).unwrap(), read_as("kontum-2022/610", &xlsx(&rows)).unwrap());
    assert_eq!((new.points.len(), &new.points, &new.faults), (1, &old.points, &old.faults));
}

#[test]
fn a_model_merged_over_its_rows_holds_for_each() {
    let rows = format!(
        "{}<table:table-row><table:table-cell table:number-rows-spanned=\"2\" office:value-type=\"string\"><text:p>Camera \
         an ninh</text:p></table:table-cell>{}{}</table:table-row><table:table-row><table:covered-table-cell/>{}{}\
         </table:table-row>",
        "<table:table-row>".to_owned() + &["Tên mô hình", "Xã", "Địa bàn"].map(cell).concat() + "</table:table-row>",
        cell("Xã Đăk Môn"),
        cell("Thôn 1"),
        cell("Xã Đăk Môn"),
        cell("Thôn 2"),
    );
    let ods = package(&around(&rows), "application/vnd.oasis.opendocument.spreadsheet");
    let sheet = read_as("kontum-2022/610", &ods).unwrap();
    let names: Vec<_> = sheet.points.iter().map(|p| (&*p.model, &*p.place)).collect();
    assert_eq!(names, [("Camera an ninh", "Thôn 1"), ("Camera an ninh", "Thôn 2")], "{:?}", sheet.faults);
}

#[test]
fn a_short_tag_for_a_million_cells_is_refused_before_it_is_written_out() {
    let cell = "<table:table-cell table:number-columns-repeated=\"16384\" office:string-value=\"x\"/>";
    let rows = format!("<table:table-row>{cell}</table:table-row>").repeat(2_000);
    assert!(matches!(refused(&rows), Unreadable::TooManyCells { .. }));
    let rows = format!("<table:table-row table:number-rows-repeated=\"1000000\">{cell}</table:table-row>");
    assert!(matches!(refused(&rows), Unreadable::TooManyCells { .. }));
    // Hidden behind a comment with a quote, in a row within a row.
    let rows =
        format!("<!-- ' --><table:table-row>{cell}<table:table-row></table:table-row></table:table-row>").repeat(2_000);
    assert!(matches!(refused(&rows), Unreadable::TooManyCells { .. }));
    let long = "x".repeat(1_000_000);
    let rows = format!(
        "<table:table-row table:number-rows-repeated=\"1000\"><table:table-cell><text:p>{long}</text:p></table:table-cell></table:table-row>"
    );
    assert!(matches!(refused(&rows), Unreadable::UnpacksTooLarge { .. }));
}

#[test]
fn the_empty_rows_and_columns_of_a_formatted_sheet_cost_nothing() {
    let empty = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell \
                 table:number-columns-repeated=\"16384\"/></table:table-row>";
    let table = content(&format!("{HEADER}\n{ROW}")).replace("</table:table>", &format!("{empty}</table:table>"));
    let ods = package(&table, "application/vnd.oasis.opendocument.spreadsheet");
    assert_eq!(read_within("kontum-2022/610", &ods, &Limits::default()).unwrap().rows, 1);
}

#[test]
fn what_is_locked_or_no_spreadsheet_is_named() {
    let locked = with_part(&ods(HEADER), "META-INF/manifest.xml", b"<manifest:encryption-data/>");
    assert_eq!(read_as("kontum-2022/610", &locked).unwrap_err(), Unreadable::Locked);
    let letter = package(&around(""), "application/vnd.oasis.opendocument.text");
    assert!(matches!(read_as("kontum-2022/610", &letter), Err(Unreadable::NoSpreadsheet(_))));
}
