//! Tests of the importer over whole files. A sheet is written as officers see it: one line a
//! row, cells between bars.

mod cells;
mod damage;
mod encodings;
mod form;
mod layout;
mod mapped;
mod open_document;
mod real;
mod refused;
mod rows;
mod sheets;

use keng_domain::rule_pack::RulePack;
use keng_domain::unit::{Catalogue, UnitCode};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::{Context, Layouts, Limits, PointRow, Sheet, Unreadable, read_sheet};

/// The header that most tests use; the year stands in the title of the rating.
const HEADER: &str = "TT | Tên mô hình | Xã, phường, thị trấn | Địa bàn, đơn vị | Ngày quyết định | Số tổ | Xếp loại năm 2022 | Trạng thái";

/// Path of a fixture, from the root of the workspace.
fn fixture(path: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn catalogue(id: &str) -> Catalogue {
    let csv = String::from_utf8(fixture(&format!("tests/fixtures/units/{id}.csv"))).unwrap();
    Catalogue::from_csv(id.parse().unwrap(), &csv).unwrap()
}

/// Reads as a unit of a catalogue, e.g. `kontum-2022/610`.
fn read_as(importer: &str, bytes: &[u8]) -> Result<Sheet, Unreadable> {
    read_within(importer, bytes, &Limits::default())
}

fn read_within(importer: &str, bytes: &[u8], limits: &Limits) -> Result<Sheet, Unreadable> {
    let (id, unit) = importer.split_once('/').unwrap();
    let (catalogue, unit, pack) = (catalogue(id), unit.parse::<UnitCode>().unwrap(), RulePack::kontum_2022());
    let layouts = Layouts::default();
    read_sheet(
        bytes,
        &Context { catalogue: &catalogue, unit: &unit, pack: &pack, layouts: &layouts, all: &Default::default() },
        limits,
    )
}

/// Đắk Glei reads the sheet drawn as text; see [`draw`].
fn read(rows: &str) -> Sheet {
    read_as("kontum-2022/610", &xlsx(rows)).unwrap()
}

/// One row under [`HEADER`], read by Đắk Glei.
fn read_row(row: &str) -> Sheet {
    read(&format!("{HEADER}\n{row}"))
}

fn good(row: &str) -> PointRow {
    let sheet = read_row(row);
    assert_eq!(sheet.faults, [], "{row}");
    sheet.points.into_iter().next().unwrap_or_else(|| panic!("no row of data: {row}"))
}

fn bad(row: &str) -> super::RowFault {
    let sheet = read_row(row);
    assert_eq!((sheet.points.len(), sheet.faults.len()), (0, 1), "{row}");
    sheet.faults.into_iter().next().unwrap()
}

fn xlsx(rows: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    draw(book.add_worksheet(), rows);
    book.save_to_buffer().unwrap()
}

/// Draws rows: `12` is a number, `'12` the text, `@2022-11-09` a date, `=1+1→2` a formula with
/// its stored value, `=#REF!` one with an error, anything else text.
fn draw(sheet: &mut Worksheet, rows: &str) {
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (row, line) in rows.lines().enumerate() {
        for (column, cell) in line.split('|').map(str::trim).enumerate() {
            let at = (row as u32, column as u16);
            if let Some(text) = cell.strip_prefix('\'') {
                sheet.write(at.0, at.1, text).unwrap();
            } else if let Some(day) = cell.strip_prefix('@') {
                sheet.write_with_format(at.0, at.1, ExcelDateTime::parse_from_str(day).unwrap(), &date).unwrap();
            } else if cell.starts_with("=#") {
                sheet.write(at.0, at.1, Formula::new("=1/0").set_result(&cell[1..])).unwrap();
            } else if let Some((formula, result)) = cell.strip_prefix('=').and_then(|f| f.split_once('→')) {
                sheet.write(at.0, at.1, Formula::new(formula).set_result(result)).unwrap();
            } else if let Ok(n) = cell.parse::<f64>() {
                sheet.write(at.0, at.1, n).unwrap();
            } else if !cell.is_empty() {
                sheet.write(at.0, at.1, cell).unwrap();
            }
        }
    }
}
