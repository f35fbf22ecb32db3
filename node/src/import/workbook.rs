//! Opens a workbook by its content and hands out its cells, few at a time and within limits.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Dimensions, Reader, SheetType, SheetVisible, Xls, Xlsx};

use super::limits::Limits;
use super::unreadable::{Lookalike, Unreadable};
use super::{legacy, package};

/// What stands in one cell. Cells without a visible sign are not kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Text as in the file.
    Text(String),
    /// A number without a format of dates.
    Number(f64),
    /// A number that Excel shows as a date.
    Date(f64),
    /// True or false.
    Truth(bool),
    /// An error such as `#REF!`.
    Error(String),
}

/// The filled cells of a sheet by row and column, both from 0.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// Row → column → cell.
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    /// Merged regions.
    pub merged: Vec<Dimensions>,
}

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
}

/// An open workbook.
pub(super) struct Workbook<'a> {
    book: Book<'a>,
    limits: &'a Limits,
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
    /// Opens `.xlsx` or `.xls`, told apart by their first bytes, never by a name.
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Unreadable> {
        let size = bytes.len() as u64;
        if size > limits.file_bytes {
            return Err(Unreadable::TooLarge { bytes: size, bytes_max: limits.file_bytes });
        }
        let book = guarded(|| match bytes {
            [b'P', b'K', 3, 4, ..] => {
                package::check(bytes, limits)?;
                Ok(Book::Xlsx(Box::new(Xlsx::new(Cursor::new(bytes)).map_err(damaged)?)))
            }
            [0xD0, 0xCF, 0x11, 0xE0, ..] => {
                let clean = legacy::repack(bytes, limits)?;
                Ok(Book::Xls(Box::new(Xls::new(Cursor::new(clean)).map_err(damaged)?)))
            }
            _ => Err(Unreadable::NoSpreadsheet(lookalike(bytes))),
        })?;
        Ok(Self { book, limits })
    }

    /// The sheets with cells, visible ones first, in the order of the workbook.
    pub(super) fn sheets(&self) -> Vec<SheetName> {
        let all = match &self.book {
            Book::Xlsx(x) => x.sheets_metadata(),
            Book::Xls(x) => x.sheets_metadata(),
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
        };
        if is_1904 { Epoch::Of1904 } else { Epoch::Of1900 }
    }

    /// The first `rows` rows of a sheet.
    pub(super) fn top(&mut self, sheet: &str, rows: u32) -> Result<Grid, Unreadable> {
        guarded(|| self.read(sheet, Some(rows)))
    }

    /// All of a sheet, with its merged regions.
    pub(super) fn whole(&mut self, sheet: &str) -> Result<Grid, Unreadable> {
        guarded(|| {
            let mut grid = self.read(sheet, None)?;
            grid.merged = match &mut self.book {
                Book::Xlsx(x) => x.merge_cells_by_sheet_name(sheet).map_err(damaged)?,
                Book::Xls(x) => x.merge_cells_by_sheet_name(sheet).map_err(damaged)?,
            };
            Ok(grid)
        })
    }

    fn read(&mut self, sheet: &str, rows: Option<u32>) -> Result<Grid, Unreadable> {
        let mut filling = Filling { sheet, limits: self.limits, grid: Grid::default(), cells: 0, text_bytes: 0 };
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
            Book::Xls(x) => {
                // Laid out when the file was opened, after `legacy::repack` measured it.
                let range = x.worksheet_range(sheet).map_err(damaged)?;
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
        Ok(filling.grid)
    }
}

/// A grid being filled, with what it has cost.
struct Filling<'a> {
    sheet: &'a str,
    limits: &'a Limits,
    grid: Grid,
    cells: usize,
    text_bytes: usize,
}

impl Filling<'_> {
    fn add(&mut self, (row, column): (u32, u32), cell: Option<Cell>) -> Result<(), Unreadable> {
        let Some(cell) = cell.filter(|_| column < self.limits.columns) else { return Ok(()) };
        self.cells += 1;
        if let Cell::Text(text) = &cell {
            self.text_bytes += text.len();
        }
        if self.cells > self.limits.cells {
            return Err(Unreadable::TooManyCells { cells_max: self.limits.cells });
        }
        if self.text_bytes > self.limits.text_bytes {
            return Err(Unreadable::UnpacksTooLarge { bytes_max: self.limits.text_bytes as u64 });
        }
        self.grid.rows.entry(row).or_default().insert(column, cell);
        // Twice: headings, sums and signatures are rows too, but not rows of data.
        if self.grid.rows.len() > 2 * self.limits.rows as usize {
            return Err(Unreadable::TooManyRows { sheet: self.sheet.to_owned(), rows_max: self.limits.rows });
        }
        Ok(())
    }
}

fn cell_of_ref(data: &DataRef<'_>, limits: &Limits) -> Option<Cell> {
    match data {
        DataRef::Empty => None,
        DataRef::Int(n) => Some(Cell::Number(*n as f64)),
        DataRef::Float(n) => Some(Cell::Number(*n)),
        DataRef::Bool(b) => Some(Cell::Truth(*b)),
        DataRef::DateTime(d) if d.is_datetime() => Some(Cell::Date(d.as_f64())),
        DataRef::DateTime(d) => Some(Cell::Number(d.as_f64())),
        DataRef::Error(e) => Some(Cell::Error(e.to_string())),
        DataRef::SharedString(s) => text(s, limits),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => text(s, limits),
    }
}

fn cell_of(data: &Data, limits: &Limits) -> Option<Cell> {
    match data {
        Data::Empty => None,
        Data::Int(n) => Some(Cell::Number(*n as f64)),
        Data::Float(n) => Some(Cell::Number(*n)),
        Data::Bool(b) => Some(Cell::Truth(*b)),
        Data::DateTime(d) if d.is_datetime() => Some(Cell::Date(d.as_f64())),
        Data::DateTime(d) => Some(Cell::Number(d.as_f64())),
        Data::Error(e) => Some(Cell::Error(e.to_string())),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => text(s, limits),
    }
}

/// Text with at least one visible sign, cut where no field could hold it.
fn text(text: &str, limits: &Limits) -> Option<Cell> {
    let cut: String = text.chars().take(limits.cell_chars).collect();
    (!super::cells::line(&cut).is_empty()).then_some(Cell::Text(cut))
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
