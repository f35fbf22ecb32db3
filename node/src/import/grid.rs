//! The filled cells of a sheet, and what filling them may cost.

use std::collections::BTreeMap;

use calamine::{Data, DataRef, Dimensions};
use keng_domain::text::{Encoding, Placed, to_unicode};

use super::limits::Limits;
use super::unreadable::Unreadable;

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

impl Cell {
    /// Whether it stands for "nothing here".
    pub(super) fn is_dash(&self) -> bool {
        matches!(self, Self::Text(text) if super::cells::is_dash(text))
    }
}

/// The filled cells of a sheet by row and column, both from 0.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// Row → column → cell.
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    /// Merged regions.
    pub merged: Vec<Dimensions>,
    /// In which encoding its texts were; they are Unicode now where that was clear.
    pub encoding: Encoding,
}

impl Grid {
    /// Turns texts of a legacy encoding into Unicode.
    pub(super) fn decode(&mut self) {
        let cells = self.rows.iter_mut().flat_map(|(row, cells)| cells.iter_mut().map(|(at, cell)| (*row, *at, cell)));
        let texts = cells.filter_map(|(row, column, cell)| match cell {
            Cell::Text(text) => Some(Placed { row, column, text }),
            Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => None,
        });
        self.encoding = to_unicode(texts);
    }
}

/// A grid being filled, with what it has cost.
pub(super) struct Filling<'a> {
    sheet: &'a str,
    limits: &'a Limits,
    pub(super) grid: Grid,
    pub(super) spent: Spent,
}

/// What the cells of a workbook have cost so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    cells: usize,
    text_bytes: usize,
}

impl<'a> Filling<'a> {
    /// An empty grid of `sheet`, after other sheets have cost what is `spent`.
    pub(super) fn new(sheet: &'a str, limits: &'a Limits, spent: Spent) -> Self {
        Self { sheet, limits, grid: Grid::default(), spent }
    }

    /// Adds a cell; one beyond the last column is left out.
    pub(super) fn add(&mut self, (row, column): (u32, u32), cell: Option<Cell>) -> Result<(), Unreadable> {
        let Some(cell) = cell.filter(|_| column < self.limits.columns) else { return Ok(()) };
        self.spent.cells += 1;
        if let Cell::Text(text) = &cell {
            self.spent.text_bytes += text.len();
        }
        if self.spent.cells > self.limits.cells {
            return Err(Unreadable::TooManyCells { cells_max: self.limits.cells });
        }
        if self.spent.text_bytes > self.limits.text_bytes {
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

/// The cell that the streaming reader met.
pub(super) fn cell_of_ref(data: &DataRef<'_>, limits: &Limits) -> Option<Cell> {
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

/// The cell of a sheet that was laid out.
pub(super) fn cell_of(data: &Data, limits: &Limits) -> Option<Cell> {
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
pub(super) fn text(text: &str, limits: &Limits) -> Option<Cell> {
    let cut: String = text.chars().take(limits.cell_chars).collect();
    (!super::cells::line(&cut).is_empty()).then_some(Cell::Text(cut))
}
