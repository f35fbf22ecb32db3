//! A sheet that holds one table, with its heading repeated on every printed page.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::document::{Align, Annex, Cell, Column, Head, RowKind, Table};
use crate::page;

/// Characters on a line of an upright A4 page, in Excel's unit of width (a digit of 11 pt).
const UPRIGHT_CHARS: f64 = 88.0;
/// The same on a page on its side.
const WIDE_CHARS: f64 = 135.0;
/// Excel's greatest height of a row, pt.
const ROW_PT_MAX: f64 = 409.0;
/// A4 in Excel's list of papers.
const A4: u8 = 9;

/// A table of the text: its caption and itself.
pub fn table(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    begin(sheet, table, false)?;
    let caption = font(page::HEAD_PT).set_bold().set_align(FormatAlign::Center);
    put_across(sheet, 0, (0, last(table)), &table.caption, &caption)?;
    rows(sheet, table, &widths(&table.columns, false), 2, page::TABLE_PT).map(drop)
}

/// A table of the statistics form: head, label, title, table, and what it was counted from.
pub fn annex(sheet: &mut Worksheet, annex: &Annex, head: &Head) -> Result<(), XlsxError> {
    let table = &annex.table;
    begin(sheet, table, true)?;
    let centred = || font(page::HEAD_PT).set_align(FormatAlign::Center).set_text_wrap();
    let (last, middle) = (last(table), middle(&table.columns));
    let pairs = [
        (&head.superior, centred(), &head.nation, centred().set_bold()),
        (&head.issuer, centred().set_bold(), &head.motto, centred().set_bold()),
    ];
    let mut at = 0;
    for (left, left_format, right, right_format) in pairs {
        put_across(sheet, at, (0, middle - 1), left, &left_format)?;
        put_across(sheet, at, (middle, last), right, &right_format)?;
        at += 1;
    }
    at += 1;
    for (text, format) in [
        (&annex.label, centred().set_bold()),
        (&annex.title, centred().set_bold()),
        (&annex.reference, centred().set_italic()),
    ] {
        sheet.set_row_height(at, height([(text.as_str(), WIDE_CHARS)], page::HEAD_PT))?;
        put_across(sheet, at, (0, last), text, &format)?;
        at += 1;
    }
    let end = rows(sheet, table, &widths(&table.columns, true), at + 1, page::ANNEX_TABLE_PT)?;
    put(sheet, end + 1, 0, &annex.note, &font(page::RECIPIENTS_PT).set_italic())
}

fn begin(sheet: &mut Worksheet, table: &Table, on_its_side: bool) -> Result<(), XlsxError> {
    sheet.set_name(&table.sheet)?;
    set_page(sheet, on_its_side)?;
    for (at, width) in (0..).zip(widths(&table.columns, on_its_side)) {
        sheet.set_column_width(at, width)?;
    }
    Ok(())
}

/// Widths of columns in characters.
fn widths(columns: &[Column], on_its_side: bool) -> Vec<f64> {
    let whole = if on_its_side { WIDE_CHARS } else { UPRIGHT_CHARS };
    let shares: u32 = columns.iter().map(|c| c.share).sum();
    columns.iter().map(|c| whole * f64::from(c.share) / f64::from(shares.max(1))).collect()
}

/// Height of a row, pt, for texts in columns of these widths. Spreadsheets do not fit merged
/// cells, and some fit no cell of a file that they did not write, so it is reckoned: a letter of
/// Times New Roman takes about as much room as a digit of the 11 pt in which widths are given,
/// by the ratio of their sizes (12 instead of 11: it runs narrower). A line too many is better than one too few.
pub fn height<'a>(texts: impl IntoIterator<Item = (&'a str, f64)>, pt: usize) -> f64 {
    let lines = |(text, width): (&str, f64)| {
        let room = (width * 12.0 / pt as f64 - 1.0).max(3.0);
        let (mut lines, mut used) = (1.0, 0.0);
        for word in text.split_whitespace() {
            let length = word.chars().count() as f64;
            if used > 0.0 && used + 1.0 + length > room {
                lines += 1.0;
                used = 0.0;
            }
            lines += (length / room).ceil().max(1.0) - 1.0;
            used += length + if used > 0.0 { 1.0 } else { 0.0 };
        }
        lines
    };
    let most = texts.into_iter().map(lines).fold(1.0, f64::max);
    (most * pt as f64 * 1.25 + 4.0).min(ROW_PT_MAX)
}

/// The decree's margins; as wide as one page and as long as it takes.
pub fn set_page(sheet: &mut Worksheet, on_its_side: bool) -> Result<(), XlsxError> {
    let inches = |mm: f64| mm / 25.4;
    sheet.set_paper_size(A4).set_margins(
        inches(page::LEFT_MM),
        inches(page::RIGHT_MM),
        inches(page::TOP_MM),
        inches(page::BOTTOM_MM),
        inches(page::TOP_MM / 2.0),
        inches(page::BOTTOM_MM / 2.0),
    );
    if on_its_side {
        sheet.set_landscape();
    }
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_header(format!("&C&\"{}\"&{}&P", page::FONT, page::HEAD_PT));
    Ok(())
}

/// Writes heading and rows from row `at` on, and returns the row after the last.
fn rows(sheet: &mut Worksheet, table: &Table, widths: &[f64], at: u32, pt: usize) -> Result<u32, XlsxError> {
    let first = heading(sheet, table, widths, at, pt)?;
    sheet.set_repeat_rows(at, first - 1)?;
    let boxed = |kind: RowKind, align: Align| {
        let format = boxed(pt).set_align(match align {
            Align::Left => FormatAlign::Left,
            Align::Center => FormatAlign::Center,
        });
        match kind {
            RowKind::Plain => format,
            RowKind::Total => format.set_bold(),
        }
    };
    if table.rows.is_empty() {
        let format = boxed(RowKind::Plain, Align::Center).set_italic();
        put_across(sheet, first, (0, last(table)), Table::EMPTY, &format)?;
        return Ok(first + 1);
    }
    let mut end = first;
    for row in &table.rows {
        let printed: Vec<String> = row.cells.iter().map(Cell::printed).collect();
        let texts = printed.iter().map(String::as_str).zip(widths.iter().copied());
        sheet.set_row_height(end, height(texts, pt))?;
        for ((x, cell), column) in (0..).zip(&row.cells).zip(&table.columns) {
            let format = boxed(row.kind, column.align);
            match cell {
                Cell::Text(words) => put(sheet, end, x, words, &format)?,
                // Counts stay far below the 2^53 up to which a spreadsheet counts exactly.
                Cell::Count(n) => {
                    sheet.write_number_with_format(end, x, *n as f64, &format.set_num_format("#,##0"))?;
                }
            }
        }
        end += 1;
    }
    Ok(end)
}

/// One row, or two when columns share headings; returns the row after it.
fn heading(sheet: &mut Worksheet, table: &Table, widths: &[f64], at: u32, pt: usize) -> Result<u32, XlsxError> {
    let format = boxed(pt).set_bold().set_align(FormatAlign::Center);
    let two_rows = table.header_rows() == 2;
    let titles = table.columns.iter().map(|c| c.title.as_str()).zip(widths.iter().copied());
    // The second row takes what the titles need beyond the first one's line.
    sheet.set_row_height(if two_rows { at + 1 } else { at }, height(titles, pt))?;
    let mut x = 0;
    for run in table.header_runs() {
        let to = x + u16::try_from(run.len()).unwrap_or(u16::MAX) - 1;
        match &run[0].group {
            Some(group) => {
                put_across(sheet, at, (x, to), group, &format)?;
                for (x, column) in (x..).zip(run) {
                    put(sheet, at + 1, x, &column.title, &format)?;
                }
            }
            None if two_rows => {
                sheet.merge_range(at, x, at + 1, x, "", &format)?;
                put(sheet, at, x, &run[0].title, &format)?;
            }
            None => put(sheet, at, x, &run[0].title, &format)?,
        }
        x = to + 1;
    }
    Ok(at + if two_rows { 2 } else { 1 })
}

/// The last column of a table; tables have at least one.
fn last(table: &Table) -> u16 {
    u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX)
}

/// The first column of the right half, by width.
fn middle(columns: &[Column]) -> u16 {
    let whole: u32 = columns.iter().map(|c| c.share).sum();
    let mut sum = 0;
    let left = columns.iter().take_while(|c| {
        sum += c.share;
        sum * 2 <= whole
    });
    u16::try_from(left.count()).unwrap_or(1).max(1)
}

/// Times New Roman of `pt`.
pub fn font(pt: usize) -> Format {
    Format::new().set_font_name(page::FONT).set_font_size(pt as f64)
}

/// The same in a cell with borders.
pub fn boxed(pt: usize) -> Format {
    font(pt).set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter)
}

/// Writes a string into one cell.
pub fn put(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if text.starts_with(['=', '+', '-', '@']) {
        sheet.write_string_with_format(row, column, text, &format.clone().set_quote_prefix())?;
    } else {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

/// Writes a string across the columns from the first to the last of `columns`.
pub fn put_across(
    sheet: &mut Worksheet,
    row: u32,
    columns: (u16, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let (from, to) = columns;
    if from < to {
        sheet.merge_range(row, from, row, to, "", format)?;
    }
    put(sheet, row, from, text, format)
}
