//! The first sheet: the report as a text, two columns wide.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::sheet::{font, height, put, put_across, set_page};
use crate::document::{Block, Document};
use crate::page;

/// Widths of the two columns, in characters: together an upright A4 page.
const WIDTHS: [f64; 2] = [38.0, 50.0];

/// Writes the text. Where a table stands in it, a line points to the table's sheet.
pub fn write(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    sheet.set_name("Báo cáo")?;
    set_page(sheet, false)?;
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    let head = &document.head;
    let centred = || font(page::HEAD_PT).set_align(FormatAlign::Center).set_text_wrap();
    let none = String::new();
    let pairs = [
        (&head.superior, centred(), &head.nation, centred().set_bold()),
        (&head.issuer, centred().set_bold(), &head.motto, centred().set_bold()),
        (&head.number, centred(), head.place_and_date.as_ref().unwrap_or(&none), centred().set_italic()),
    ];
    let mut at = 0;
    for (left, left_format, right, right_format) in pairs {
        put(sheet, at, 0, left, &left_format)?;
        put(sheet, at, 1, right, &right_format)?;
        at += 1;
    }
    let mut pen = Pen { sheet, at: at + 1 };
    if let Some(kind) = &document.kind {
        pen.across(kind, &centred().set_bold())?;
    }
    pen.across(&document.subject, &centred().set_bold())?;
    pen.at += 1;
    pen.across(&format!("Kính gửi: {}.", document.addressees.join("; ")), &centred())?;
    pen.at += 1;
    let plain = || font(page::HEAD_PT).set_align(FormatAlign::Justify).set_align(FormatAlign::Top).set_text_wrap();
    for block in &document.blocks {
        match block {
            Block::Heading { text } => pen.across(text, &plain().set_bold())?,
            Block::Paragraph { text } => pen.across(text, &plain())?,
            Block::Basis { text } => pen.across(text, &plain().set_italic())?,
            Block::Item { text } => pen.across(&format!("- {text}"), &plain())?,
            Block::Table { table } => {
                pen.across(&format!("(Bảng ở trang tính “{}”)", table.sheet), &plain().set_italic())?;
            }
        }
    }
    pen.at += 1;
    let (row, sheet) = (pen.at, pen.sheet);
    put(sheet, row, 0, "Nơi nhận:", &font(page::RECIPIENTS_HEAD_PT).set_bold().set_italic())?;
    put(sheet, row, 1, &document.signer.join("\n"), &centred().set_bold())?;
    for (row, name) in (row + 1..).zip(&document.recipients) {
        let line = format!("- {name}");
        sheet.set_row_height(row, height([(line.as_str(), WIDTHS[0])], page::RECIPIENTS_PT))?;
        put(sheet, row, 0, &line, &font(page::RECIPIENTS_PT).set_text_wrap().set_align(FormatAlign::Top))?;
    }
    Ok(())
}

/// Writes lines across both columns, one under the other.
struct Pen<'a> {
    sheet: &'a mut Worksheet,
    at: u32,
}

impl Pen<'_> {
    fn across(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.at, height([(text, WIDTHS[0] + WIDTHS[1])], page::HEAD_PT))?;
        put_across(self.sheet, self.at, (0, 1), text, format)?;
        self.at += 1;
        Ok(())
    }
}
