//! Opens a workbook by its content and hands out its cells, few at a time and within limits.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Dimensions, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, Xlsx};

use super::grid::{Filling, Grid, Spent, cell_of, cell_of_ref};
use super::limits::Limits;
use super::package::Package;
use super::unreadable::{Lookalike, Unreadable};
use super::{csv, legacy, open_document, package};

/// Where Excel's day zero lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Windows: 1 is 1 January 1900.
    Of1900,
    /// Old Macintosh: 0 is 1 January 1904.
    Of1904,
}

/// A sheet that may hold the table.
#[derive(Debug, Clone)]
pub(super) struct SheetName {
    /// Its name.
    pub name: String,
    /// Whether people see it.
    pub visible: bool,
}

enum Book<'a> {
    Xlsx(Box<Xlsx<Cursor<&'a [u8]>>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
    Ods(Box<Ods<Cursor<&'a [u8]>>>, Vec<Vec<Dimensions>>),
    Csv(Grid),
}

/// An open workbook.
pub(super) struct Workbook<'a> {
    book: Book<'a>,
    limits: &'a Limits,
    /// By the sheets that were read whole.
    spent: Spent,
}

/// Runs the foreign reader; a panic in it becomes a fault of the file.
///
/// A spreadsheet comes from outside, and a parser of 20,000 lines does index beyond the end for
/// some of all files. An officer must get a sentence, and the other files of the import must go
/// on. The panic still reaches the hook, so the log has it. Nothing half read survives: the
/// workbook is dropped with the error.
fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Unreadable::Damaged { detail: "the reader panicked".to_owned() }))
}

impl<'a> Workbook<'a> {
    /// Opens `.xlsx`, `.xls`, `.ods` or delimited text, told apart by their first bytes, never by a name.
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Unreadable> {
        let size = bytes.len() as u64;
        if size > limits.file_bytes {
            return Err(Unreadable::TooLarge { bytes: size, bytes_max: limits.file_bytes });
        }
        let book = guarded(|| match bytes {
            [b'P', b'K', 3, 4, ..] => match package::check(bytes, limits)? {
                Package::Excel => Ok(Book::Xlsx(Box::new(Xlsx::new(Cursor::new(bytes)).map_err(damaged)?))),
                Package::OpenDocument => {
                    let merged = open_document::measure(bytes, limits)?;
                    let ods = Ods::new(Cursor::new(bytes)).map_err(|e: OdsError| match e {
                        OdsError::Password => Unreadable::Locked,
                        other => damaged(other),
                    })?;
                    Ok(Book::Ods(Box::new(ods), merged))
                }
            },
            [0xD0, 0xCF, 0x11, 0xE0, ..] => {
                let clean = legacy::repack(bytes, limits)?;
                Ok(Book::Xls(Box::new(Xls::new(Cursor::new(clean)).map_err(damaged)?)))
            }
            _ => match lookalike(bytes) {
                Lookalike::Unknown => Ok(Book::Csv(csv::read(bytes, limits)?)),
                other => Err(Unreadable::NoSpreadsheet(other)),
            },
        })?;
        Ok(Self { book, limits, spent: Spent::default() })
    }

    /// The sheets with cells, visible ones first, in the order of the workbook.
    pub(super) fn sheets(&self) -> Vec<SheetName> {
        let all = match &self.book {
            Book::Xlsx(x) => x.sheets_metadata(),
            Book::Xls(x) => x.sheets_metadata(),
            Book::Ods(x, _) => x.sheets_metadata(),
            Book::Csv(_) => return vec![SheetName { name: csv::SHEET.to_owned(), visible: true }],
        };
        let mut sheets: Vec<SheetName> = all
            .iter()
            .filter(|s| s.typ == SheetType::WorkSheet)
            .map(|s| SheetName { name: s.name.clone(), visible: s.visible == SheetVisible::Visible })
            .collect();
        sheets.sort_by_key(|s| !s.visible);
        sheets.truncate(self.limits.sheets);
        sheets
    }

    /// From when dates are counted.
    pub(super) fn epoch(&self) -> Epoch {
        let is_1904 = match &self.book {
            Book::Xlsx(x) => x.has_1904_epoch(),
            Book::Xls(x) => x.has_1904_epoch(),
            // Both write dates as text.
            Book::Ods(..) | Book::Csv(_) => false,
        };
        if is_1904 { Epoch::Of1904 } else { Epoch::Of1900 }
    }

    /// The first `rows` rows of a sheet, in Unicode.
    pub(super) fn top(&mut self, sheet: &str, rows: u32) -> Result<Grid, Unreadable> {
        let mut grid = guarded(|| Ok(self.read(sheet, Some(rows), Spent::default())?.0))?;
        grid.decode();
        Ok(grid)
    }

    /// All of a sheet, in Unicode, with its merged regions.
    pub(super) fn whole(&mut self, sheet: &str) -> Result<Grid, Unreadable> {
        let mut grid = guarded(|| {
            let (mut grid, spent) = self.read(sheet, None, self.spent)?;
            self.spent = spent;
            grid.merged = match &mut self.book {
                Book::Xlsx(x) => x.merge_cells_by_sheet_name(sheet).map_err(damaged)?,
                Book::Xls(x) => x.merge_cells_by_sheet_name(sheet).map_err(damaged)?,
                Book::Ods(x, merged) => {
                    let at = x.sheets_metadata().iter().position(|s| s.name == sheet);
                    at.and_then(|at| merged.get(at)).cloned().unwrap_or_default()
                }
                Book::Csv(_) => Vec::new(),
            };
            Ok(grid)
        })?;
        grid.decode();
        Ok(grid)
    }

    fn read(&mut self, sheet: &str, rows: Option<u32>, spent: Spent) -> Result<(Grid, Spent), Unreadable> {
        let mut filling = Filling::new(sheet, self.limits, spent);
        match &mut self.book {
            Book::Xlsx(x) => {
                // Streamed: a sheet laid out densely by the reader could need gigabytes.
                let mut cells = x.worksheet_cells_reader(sheet).map_err(damaged)?;
                while let Some(cell) = cells.next_cell().map_err(damaged)? {
                    let at = cell.get_position();
                    // Rows stand in order; what a writer put elsewhere is found in the full reading.
                    if rows.is_some_and(|rows| at.0 >= rows) {
                        break;
                    }
                    filling.add(at, cell_of_ref(cell.get_value(), self.limits))?;
                }
            }
            Book::Csv(grid) => {
                for (row, cells) in grid.rows.range(..rows.unwrap_or(u32::MAX)) {
                    for (column, cell) in cells {
                        filling.add((*row, *column), Some(cell.clone()))?;
                    }
                }
            }
            // Laid out when the file was opened, after `legacy` and `open_document` measured it.
            Book::Xls(_) | Book::Ods(..) => {
                let range = match &mut self.book {
                    Book::Xls(x) => x.worksheet_range(sheet).map_err(damaged)?,
                    Book::Ods(x, _) => x.worksheet_range(sheet).map_err(damaged)?,
                    Book::Xlsx(_) | Book::Csv(_) => return Ok((filling.grid, filling.spent)),
                };
                let (row0, column0) = range.start().unwrap_or_default();
                for (row, column, data) in range.used_cells() {
                    let at = (row0 + row as u32, column0 + column as u32);
                    if rows.is_some_and(|rows| at.0 >= rows) {
                        break;
                    }
                    filling.add(at, cell_of(data, self.limits))?;
                }
            }
        }
        Ok((filling.grid, filling.spent))
    }
}

fn lookalike(bytes: &[u8]) -> Lookalike {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).trim_start_matches('\u{feff}').to_lowercase();
    match start.trim_start() {
        "" => Lookalike::Nothing,
        s if s.starts_with("%pdf") => Lookalike::Pdf,
        s if s.starts_with("{\\rtf") => Lookalike::Word,
        s if s.starts_with('<') => Lookalike::WebPage,
        _ => Lookalike::Unknown,
    }
}

fn damaged(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Damaged { detail: error.to_string() }
}
