//! Reads the lists of points that districts and communes send as spreadsheets, and the statistics forms of
//! earlier years, which have one row for each model.
//!
//! Pure: bytes in, values out. No store, no clock; who imports, from which catalogue and by
//! which rule pack are arguments. An import cannot fail because of a row: a broken row is a
//! [`RowFault`], and only a file in which no row can be found is [`Unreadable`].
//!
//! The way of a file: `package`, `legacy` and `open_document` look for bombs → `workbook` opens
//! it (`csv` reads delimited text), its texts become Unicode → `sheets` says which of its sheets are read, `header` finds
//! the table of each by the `titles` of its columns, and `heading` its year → `table` tells rows of data
//! from headings, sums and signatures → `rows` reads their cells, of which `point_rows` makes a point with `codes`,
//! `decisions` and `units`; `model_rows` a model of a form, with `founded`.

mod cells;
mod codes;
mod csv;
mod decisions;
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
mod point_rows;
mod refused;
mod rows;
mod sections;
mod sheets;
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
pub use units::Former;
pub use unreadable::{Lookalike, Unreadable};
pub use words::{ahead_notice, alike_notice, encoding_code, encoding_notice, layout_notice, rows_named, same_notice};

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
    /// All catalogues and the changes between them.
    pub all: &'a keng_domain::units::Units,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointRow {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// Its sheet, where several were read.
    pub sheet: Option<Box<str>>,
    /// Name of the model: NFC, single spaces.
    pub model: String,
    /// Fields of work of the model.
    pub fields: Option<String>,
    /// The commune.
    pub unit: UnitCode,
    /// The one that went into it, where the row still names that.
    pub former: Option<Former>,
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
    /// Its sheet, where several were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Box<str>>,
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

/// A row as a person finds it: `7`, or `7 trang “Xã Đăk Môn”` where several sheets were read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowName {
    /// Its sheet, where several were read.
    pub sheet: Option<Box<str>>,
    /// Its number as Excel shows it, from 1.
    pub row: u32,
}

impl std::fmt::Display for RowName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "{} trang “{sheet}”", self.row),
            None => write!(f, "{}", self.row),
        }
    }
}

impl PointRow {
    /// Where it stands.
    #[must_use]
    pub fn name(&self) -> RowName {
        RowName { sheet: self.sheet.clone(), row: self.row }
    }
}

impl RowFault {
    /// Where it stands.
    #[must_use]
    pub fn name(&self) -> RowName {
        RowName { sheet: self.sheet.clone(), row: self.row }
    }
}

/// What the sheets of a file hold, of which mostly one is read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Rows of data, good and rejected.
    pub rows: u32,
    /// The good ones of a list of points, in the order of the file.
    pub points: Vec<PointRow>,
    /// What a statistics form holds instead; `None` for a list of points.
    pub form: Option<Form>,
    /// The rejected ones, in the order of the file.
    pub faults: Vec<RowFault>,
    /// What of the file was not read though it may have been meant, in sentences.
    pub notices: Vec<String>,
    /// In which encoding the texts were; they are Unicode where that was clear.
    pub encoding: Encoding,
    /// All rows as they stand in each sheet, to give back those that do not come in. Shared, for a file is
    /// planned once and written once.
    pub originals: Arc<[Original]>,
    /// What an officer said of its columns, where that was needed.
    pub layout: Option<Layout>,
}

impl Sheet {
    /// The rows that could not be read, to be mended; `None` where there are none.
    #[must_use]
    pub fn refused(&self) -> Option<Refused> {
        Refused::of(&self.originals, &self.faults)
    }
}

/// Reads the list of points, or the statistics form, in `bytes`: an `.xlsx`, `.xls`, `.ods` or delimited text by its content.
///
/// Rows for the same model, commune and place are all returned: which models are one, the caller knows.
///
/// # Errors
/// [`Unreadable`] when no row can be read at all; broken rows are [`Sheet::faults`].
pub fn read_sheet(bytes: &[u8], context: &Context<'_>, limits: &Limits) -> Result<Sheet, Unreadable> {
    let units = units::Units::new(context.catalogue, context.unit, context.all);
    let mut book = workbook::Workbook::open(bytes, limits)?;
    let tables = sheets::find(&mut book, context, &units, limits)?;
    let mut sheet = Sheet { layout: tables.layout, ..Sheet::default() };
    let (is_one, mut originals, mut encodings) = (tables.read.len() == 1, Vec::new(), Vec::new());
    let mut empty: Option<Unreadable> = None;
    for header in &tables.read {
        let grid = book.whole(&header.sheet)?;
        let reader = rows::RowReader::new(header, &grid, &units, context.pack, book.epoch());
        let numbers = table::rows_of_data(&grid, header, &reader);
        if numbers.is_empty() {
            empty.get_or_insert(Unreadable::NoRows { sheet: header.sheet.clone(), row: header.first_row + 1 });
            continue;
        }
        if header.sheet != tables.best && !table::is_list(&reader, &numbers) {
            // A sheet that explains the columns has titles as a list has, and words under them.
            let why = "không dòng nào có đơn vị, số hay ngày đọc được";
            sheet.notices.push(words::unread_sheet_notice(&header.sheet, numbers.len(), why));
            continue;
        }
        sheet.rows += numbers.len() as u32;
        if sheet.rows > limits.rows {
            return Err(Unreadable::TooManyRows { sheet: header.sheet.clone(), rows_max: limits.rows });
        }
        sheet.notices.extend(words::sheet_unit_notice(header, &units));
        sheet.notices.extend(words::section_notice(&reader, &numbers, &units));
        sheet.notices.extend(words::unread_notice(&header.unread(&grid, &numbers), &header.sheet, is_one));
        originals.push(Original::of(&grid, header, &reader, &numbers));
        encodings.push(grid.encoding);
        sheet.take(header, &reader, &numbers);
    }
    if let (0, Some(empty)) = (sheet.rows, empty) {
        return Err(empty);
    }
    sheet.originals = originals.into();
    sheet.name_sheets();
    sheet.encoding = encodings.into_iter().reduce(words::encoding_of_both).unwrap_or_default();
    sheet.notices.extend(words::former_notice(&sheet.points, &units));
    let told = tables.left.iter().filter_map(|left| sheets::told_of_left(&mut book, context, &units, left));
    sheet.notices.extend(told);
    Ok(sheet)
}

impl Sheet {
    /// Adds the rows of one table.
    fn take(&mut self, header: &header::Header, reader: &rows::RowReader<'_>, numbers: &[u32]) {
        if !header.is_form() {
            for row in numbers {
                match reader.read(*row) {
                    Ok(point) => self.points.push(PointRow { sheet: Some(header.sheet.as_str().into()), ..point }),
                    Err(fault) => self.faults.push(RowFault { sheet: Some(header.sheet.as_str().into()), ..fault }),
                }
            }
            return;
        }
        let mut form = Form { period: header.period.clone(), rated_year: header.rated_year(), models: Vec::new() };
        for row in numbers {
            match reader.read_model(*row) {
                Ok(model) => form.models.push(model),
                Err(fault) => self.faults.push(fault),
            }
        }
        self.form = Some(form);
    }

    /// Lets rows tell their sheet only where there are several.
    fn name_sheets(&mut self) {
        if self.originals.len() > 1 {
            return;
        }
        self.points.iter_mut().for_each(|point| point.sheet = None);
        self.faults.iter_mut().for_each(|fault| fault.sheet = None);
    }
}
