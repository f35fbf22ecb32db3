//! Reads the lists of points that districts and communes send as spreadsheets, and the statistics forms of
//! earlier years, which have one row for each model.
//!
//! Pure: bytes in, values out. No store, no clock; who imports, from which catalogue and by
//! which rule pack are arguments. An import cannot fail because of a row: a broken row is a
//! [`RowFault`], and only a file in which no row can be found is [`Unreadable`].
//!
//! The way of a file: `package`, `legacy` and `open_document` look for bombs → `workbook` opens
//! it (`csv` reads delimited text), its texts become Unicode → `header` finds the table by the `titles` of its columns, and
//! `heading` its year → `table` tells rows of data
//! from headings, sums and signatures → `rows` reads each row of a list with `cells`, `codes` and
//! `units`; `model_rows` each row of a form, with `founded`.

mod cells;
mod codes;
mod csv;
mod founded;
mod grid;
mod header;
mod heading;
mod layout;
mod legacy;
pub mod limits;
mod model_rows;
mod open_document;
mod package;
mod refused;
mod rows;
mod table;
mod titles;
mod units;
mod unreadable;
mod words;
mod workbook;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use keng_domain::field::Value;
use keng_domain::rule_pack::RulePack;
use keng_domain::text::Encoding;
use keng_domain::unit::{Catalogue, UnitCode};
use serde::Serialize;

pub use founded::{Founded, Precision};
pub use layout::{Layout, Layouts, Mapping};
pub use limits::Limits;
pub use model_rows::{Form, ModelRow};
pub use refused::{Original, Refused};
pub use unreadable::{Lookalike, Unreadable};
pub use words::{ahead_notice, encoding_code, encoding_notice, layout_notice, rows_named, same_notice};

/// Who imports, and what names and levels mean there.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The catalogue of units.
    pub catalogue: &'a Catalogue,
    /// The importing unit; communes are matched within it.
    pub unit: &'a UnitCode,
    /// The rule pack with the levels of ratings.
    pub pack: &'a RulePack,
    /// What officers have said of columns.
    pub layouts: &'a Layouts,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointRow {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// Name of the model: NFC, single spaces.
    pub model: String,
    /// Fields of work of the model.
    pub fields: Option<String>,
    /// The commune.
    pub unit: UnitCode,
    /// Hamlet, school, office; empty for a model of the whole commune.
    pub place: String,
    /// Fields of the point by their key in the schema; empty cells are absent.
    pub values: BTreeMap<&'static str, Value>,
    /// Code of the level by year.
    pub ratings: BTreeMap<i32, String>,
}

/// A row that could not be read, with everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// Title of the first column with a fault, as in the file.
    pub column: String,
    /// What stands in that column.
    pub value: String,
    /// What is wrong and what is expected; several faults are joined by `; `, each with its column.
    pub reason: String,
    /// All columns with a fault, from 0; without those that the sheet does not have.
    #[serde(skip)]
    pub cells: Vec<u32>,
}

/// What a sheet holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Rows of data, good and rejected.
    pub rows: u32,
    /// The good ones of a list of points, in the order of the sheet.
    pub points: Vec<PointRow>,
    /// What a statistics form holds instead; `None` for a list of points.
    pub form: Option<Form>,
    /// The rejected ones, in the order of the sheet.
    pub faults: Vec<RowFault>,
    /// What of the file was not read though it may have been meant, in sentences.
    pub notices: Vec<String>,
    /// In which encoding the texts were; they are Unicode where that was clear.
    pub encoding: Encoding,
    /// All rows as they stand in the file, to give back those that do not come in. Shared, for a sheet is
    /// planned once and written once.
    pub original: Option<Arc<Original>>,
    /// What an officer said of its columns, where that was needed.
    pub layout: Option<Layout>,
}

impl Sheet {
    /// The rows that could not be read, to be mended; `None` where there are none.
    #[must_use]
    pub fn refused(&self) -> Option<Refused> {
        self.original.as_ref().and_then(|rows| rows.refused(&self.faults))
    }
}

/// Reads the list of points, or the statistics form, in `bytes`: an `.xlsx`, `.xls`, `.ods` or delimited text by its content.
///
/// Rows for the same model, commune and place are all returned: which models are one, the caller knows.
///
/// # Errors
/// [`Unreadable`] when no row can be read at all; broken rows are [`Sheet::faults`].
pub fn read_sheet(bytes: &[u8], context: &Context<'_>, limits: &Limits) -> Result<Sheet, Unreadable> {
    let units = units::Units::new(context.catalogue, context.unit);
    let mut book = workbook::Workbook::open(bytes, limits)?;
    let (header, layout) =
        header::find(&mut book, context.layouts, limits, &context.pack.levels, !units.importing_is_smallest())?;
    let grid = book.whole(&header.sheet)?;
    let reader = rows::RowReader::new(&header, &grid, &units, context.pack, book.epoch());
    let numbers = table::rows_of_data(&grid, &header, &reader);
    if numbers.is_empty() {
        return Err(Unreadable::NoRows { sheet: header.sheet, row: header.first_row + 1 });
    }
    if numbers.len() > limits.rows as usize {
        return Err(Unreadable::TooManyRows { sheet: header.sheet, rows_max: limits.rows });
    }
    let notices = words::unread_notice(&header.unread(&grid, &numbers)).into_iter().collect();
    let original = Some(Arc::new(Original::of(&grid, &header, &reader, &numbers)));
    let mut sheet =
        Sheet { rows: numbers.len() as u32, encoding: grid.encoding, layout, original, notices, ..Sheet::default() };
    if header.is_form() {
        let mut form = Form { period: header.period.clone(), rated_year: header.rated_year(), models: Vec::new() };
        for row in numbers {
            match reader.read_model(row) {
                Ok(model) => form.models.push(model),
                Err(fault) => sheet.faults.push(fault),
            }
        }
        sheet.form = Some(form);
        return Ok(sheet);
    }
    for row in numbers {
        match reader.read(row) {
            Ok(point) => sheet.points.push(point),
            Err(fault) => sheet.faults.push(fault),
        }
    }
    Ok(sheet)
}
