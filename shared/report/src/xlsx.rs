//! Excel: the text of the report on the first sheet, then each table on a sheet of its own, the
//! statistics form with its head as it is printed and sent.
//!
//! Every text is written as a string, never as a formula; one that Excel would take for a formula
//! when somebody edits the cell carries the quote prefix besides.

pub mod sheet;
mod text;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use chrono::Datelike;

use crate::ReportError;
use crate::document::{Block, Document};

/// Lays the document out and packs it.
pub fn lay_out(document: &Document) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(document)?);
    text::write(book.add_worksheet(), document)?;
    for annex in &document.annexes {
        sheet::annex(book.add_worksheet(), annex, &document.head)?;
    }
    for block in &document.blocks {
        if let Block::Table { table } = block {
            sheet::table(book.add_worksheet(), table)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// The file's own dates come from the cut: the library would take the clock's.
fn properties(document: &Document) -> Result<DocProperties, ReportError> {
    let day = document.cut_off;
    let two_digits = |n: u32| u8::try_from(n).unwrap_or(1);
    let year = u16::try_from(day.year()).unwrap_or(1980);
    let noon = ExcelDateTime::from_ymd(year, two_digits(day.month()), two_digits(day.day()))?.and_hms(12, 0, 0)?;
    Ok(DocProperties::new()
        .set_title(document.title())
        .set_author(&document.head.issuer_in_text)
        .set_creation_datetime(&noon))
}
