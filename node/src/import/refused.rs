//! The rows that did not come in, as a spreadsheet to mend: heading and titles as in the file,
//! the faulty cells marked, the reasons behind. Mended, it is imported like any other.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::RowFault;
use super::cells;
use super::grid::{Cell, Grid};
use super::header::Header;
use super::rows::RowReader;
use super::workbook::Epoch;

/// The title of the added column; no title that an import knows, so it is passed over.
const REASON: &str = "Lý do";
/// Days by which the two epochs of Excel differ.
const EPOCHS: f64 = 1_462.0;

type Row = BTreeMap<u32, Cell>;

/// All rows of data as they stand in the file. Which of them are rejected is known only when they have
/// been compared with what is in the store, too.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    sheet: String,
    /// Rows above the data, by their number in the file: the heading may name the year.
    above: BTreeMap<u32, Row>,
    titles: u32,
    last_title: u32,
    /// Rows of data, by their number as Excel shows it.
    rows: BTreeMap<u32, Row>,
    epoch: Epoch,
}

impl Original {
    pub(super) fn of(grid: &Grid, header: &Header, reader: &RowReader<'_>, rows: &[u32]) -> Self {
        let cells = |row: u32| reader.filled(row).into_iter().map(|(at, cell)| (at, cell.clone())).collect();
        Self {
            sheet: header.sheet.clone(),
            above: grid.rows.range(..=header.last_row).map(|(row, cells)| (*row, cells.clone())).collect(),
            titles: header.first_row,
            last_title: header.last_row,
            rows: rows.iter().map(|row| (row + 1, cells(*row))).collect(),
            epoch: reader.epoch(),
        }
    }

    /// The sheet that they stand in.
    #[must_use]
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The rejected ones, with what stands above the table; `None` where there are none.
    fn refused(&self, faults: &[RowFault]) -> Option<RefusedSheet> {
        let own = |fault: &&RowFault| fault.sheet.as_deref().is_none_or(|sheet| sheet == self.sheet);
        let cells = |fault: &RowFault| self.rows.get(&fault.row).cloned().unwrap_or_default();
        let rows: Vec<_> = faults.iter().filter(own).map(|fault| (cells(fault), fault.clone())).collect();
        (!rows.is_empty()).then(|| RefusedSheet {
            sheet: self.sheet.clone(),
            above: self.above.clone(),
            titles: self.titles,
            last_title: self.last_title,
            rows,
            epoch: self.epoch,
        })
    }
}

/// Rejected rows with what stands above their tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused(Vec<RefusedSheet>);

/// Those of one sheet.
#[derive(Debug, Clone, PartialEq)]
struct RefusedSheet {
    sheet: String,
    /// As in [`Original`].
    above: BTreeMap<u32, Row>,
    titles: u32,
    last_title: u32,
    rows: Vec<(Row, RowFault)>,
    epoch: Epoch,
}

impl Refused {
    /// The rejected ones of some sheets; `None` where there are none.
    #[must_use]
    pub fn of(originals: &[Original], faults: &[RowFault]) -> Option<Self> {
        let sheets: Vec<RefusedSheet> = originals.iter().filter_map(|original| original.refused(faults)).collect();
        (!sheets.is_empty()).then_some(Self(sheets))
    }

    /// The spreadsheet, as the bytes of an `.xlsx`.
    ///
    /// # Errors
    /// What the writer says; with cells that were read from a spreadsheet it has nothing to say.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.0.iter().try_for_each(|rows| rows.draw(book.add_worksheet()))?;
        book.save_to_buffer()
    }
}

impl RefusedSheet {
    fn draw(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        // The name tells people nothing that they need, and another program may allow other names.
        let _ = sheet.set_name(&self.sheet);
        let wrong = Format::new().set_background_color(Color::RGB(0x00FF_E699));
        let reason = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_font_color(Color::RGB(0x009C_0006));
        for (row, cells) in &self.above {
            for (column, cell) in cells {
                self.write(sheet, (*row, *column), cell, Format::new())?;
            }
        }
        let all = self.above.values().chain(self.rows.iter().map(|(cells, _)| cells));
        let width = all.filter_map(|cells| cells.keys().next_back()).max().map_or(0, |last| last + 1);
        sheet.write_string_with_format(self.titles, column(width), REASON, &Format::new().set_bold())?;
        sheet.set_column_width(column(width), 70)?;
        for (row, (cells, fault)) in (self.last_title + 1..).zip(&self.rows) {
            for at in &fault.cells {
                sheet.write_blank(row, column(*at), &wrong)?;
            }
            for (at, cell) in cells {
                let format = if fault.cells.contains(at) { wrong.clone() } else { Format::new() };
                self.write(sheet, (row, *at), cell, format)?;
            }
            sheet.write_string_with_format(row, column(width), why(fault), &reason)?;
        }
        sheet.set_freeze_panes(self.last_title + 1, 0)?;
        Ok(())
    }

    fn write(&self, sheet: &mut Worksheet, (row, at): (u32, u32), cell: &Cell, form: Format) -> Result<(), XlsxError> {
        let at = column(at);
        match cell {
            // Never as a formula, whatever it begins with.
            Cell::Text(text) => sheet.write_string_with_format(row, at, text, &form)?,
            Cell::Error(code) => sheet.write_string_with_format(row, at, code, &form)?,
            Cell::Number(n) => sheet.write_number_with_format(row, at, *n, &form)?,
            Cell::Truth(truth) => sheet.write_boolean_with_format(row, at, *truth, &form)?,
            Cell::Date(n) => {
                let n = if self.epoch == Epoch::Of1904 { n + EPOCHS } else { *n };
                sheet.write_number_with_format(row, at, n, &form.set_num_format("dd/mm/yyyy"))?
            }
        };
        Ok(())
    }
}

/// Columns beyond the limit of an import were never read, and that limit is far below the writer's.
fn column(at: u32) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// `Dòng 7: Ngày quyết định: …`. With several faults each reason names its column already.
fn why(fault: &RowFault) -> String {
    match fault.cells.len() {
        0 | 1 => format!("Dòng {}: {}: {}", fault.row, cells::excerpt(&fault.column), fault.reason),
        _ => format!("Dòng {}: {}", fault.row, fault.reason),
    }
}
