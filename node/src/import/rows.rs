//! Reads the cells of a row as the columns above them say; `point_rows` makes points of them, `model_rows` the
//! models of a form.

use std::collections::BTreeMap;

use keng_domain::rule_pack::{Level, RulePack};
use keng_domain::schema::{BadValue, FieldType, Kind};

use super::grid::{Cell, Grid};
use super::header::Header;
use super::sections::sections;
use super::titles::Column;
use super::units::{Found, Units};
use super::workbook::Epoch;
use super::{RowFault, cells, codes};

/// Words that may stand behind a count, folded.
const COUNT_UNITS: &[(&str, &[&str])] = &[
    ("points", &["diem", "diem mo hinh"]),
    ("teams", &["to", "nhom", "doi"]),
    ("members", &["nguoi", "thanh vien", "hoi vien", "doi vien", "tv"]),
];

/// The words that may stand behind the count `key`.
pub(super) fn count_words(key: &str) -> &'static [&'static str] {
    COUNT_UNITS.iter().find(|(k, _)| *k == key).map_or(&[][..], |(_, words)| words)
}

/// Reads the rows of one table.
pub(super) struct RowReader<'a> {
    header: &'a Header,
    grid: &'a Grid,
    units: &'a Units<'a>,
    pack: &'a RulePack,
    epoch: Epoch,
    /// Whether the table is a statistics form.
    is_form: bool,
    /// Regions merged downwards by column and first row → last row.
    merged: BTreeMap<(u32, u32), u32>,
    /// Headings that name the commune of the rows below them.
    sections: BTreeMap<u32, Found>,
}

/// One fault in a cell.
pub(super) struct Problem {
    pub at: Option<u32>,
    pub column: String,
    pub value: String,
    pub reason: String,
}

impl<'a> RowReader<'a> {
    /// A reader of the table under `header`.
    pub(super) fn new(
        header: &'a Header,
        grid: &'a Grid,
        units: &'a Units<'a>,
        pack: &'a RulePack,
        epoch: Epoch,
    ) -> Self {
        let merged = grid.merged.iter().filter(|m| m.start.0 > header.last_row && m.end.0 > m.start.0);
        let merged = merged.map(|m| ((m.start.1, m.start.0), m.end.0)).collect();
        let is_form = header.is_form();
        let sections = if is_form { BTreeMap::new() } else { sections(grid, header, units) };
        Self { header, grid, units, pack, epoch, is_form, merged, sections }
    }

    /// The cell of `column` in a row; a dash is an empty cell.
    pub(super) fn cell(&self, row: u32, column: Column) -> Option<&'a Cell> {
        self.cell_at(row, self.header.position(column)?, column)
    }

    /// What is merged over several rows holds for each of them; a count merged so is one count.
    pub(super) fn cell_at(&self, row: u32, at: u32, column: Column) -> Option<&'a Cell> {
        let counts = column.counts() || self.is_form && matches!(column, Column::Level(..));
        let over = self.merged.range((at, 0)..=(at, row)).next_back().filter(|(_, last)| !counts && row <= **last);
        let row = over.map_or(row, |((_, first), _)| *first);
        self.grid.rows.get(&row)?.get(&at).filter(|cell| !cell.is_dash())
    }

    /// All cells of a row with something in them, what is merged over it among them.
    pub(super) fn filled(&self, row: u32) -> BTreeMap<u32, &'a Cell> {
        let own = self.grid.rows.get(&row).into_iter().flatten();
        let mut filled: BTreeMap<u32, &Cell> = own.filter(|(_, c)| !c.is_dash()).map(|(at, c)| (*at, c)).collect();
        if !filled.is_empty() {
            let known = self.header.columns.iter();
            filled.extend(known.filter_map(|(at, (column, _))| Some((*at, self.cell_at(row, *at, *column)?))));
        }
        filled
    }

    /// The columns that together name a point here, or a model in a form.
    pub(super) fn naming_columns(&self) -> &'static [Column] {
        match self.units.importing_is_smallest() {
            _ if self.is_form => &[Column::Model],
            _ if self.unit_of_all().is_some() => &[Column::Model, Column::Place],
            _ if self.header.position(Column::Unit).is_none() => &[Column::Model, Column::Place],
            true => &[Column::Model, Column::Place],
            false => &[Column::Model, Column::Unit, Column::Place],
        }
    }

    /// The unit of all rows, where the name of the sheet says it and no column does.
    pub(super) fn unit_of_all(&self) -> Option<&'a Found> {
        self.header.unit.as_ref().filter(|_| self.header.position(Column::Unit).is_none())
    }

    /// Whether a row is a heading that names a commune.
    pub(super) fn is_section(&self, row: u32) -> bool {
        self.sections.contains_key(&row)
    }

    /// The commune of a row that names none itself: that of the last heading above it.
    pub(super) fn unit_above(&self, row: u32) -> Option<&Found> {
        let is_silent = self.unit_of_all().is_none() && self.cell(row, Column::Unit).is_none();
        self.sections.range(..row).next_back().map(|(_, unit)| unit).filter(|_| is_silent)
    }

    /// The cell of `column` as a person sees it.
    pub(super) fn shown(&self, row: u32, column: Column) -> Option<String> {
        self.cell(row, column).map(|cell| cells::shown(cell, self.epoch))
    }

    /// The units that cells may name.
    pub(super) fn units(&self) -> &'a Units<'a> {
        self.units
    }

    /// The rule pack with the levels of ratings.
    pub(super) fn pack(&self) -> &'a RulePack {
        self.pack
    }

    /// The header above the rows.
    pub(super) fn header(&self) -> &'a Header {
        self.header
    }

    /// The level at `position` of the rule pack.
    pub(super) fn level(&self, position: usize) -> Option<&'a Level> {
        self.pack.levels.get(position)
    }

    /// From when dates of this workbook are counted.
    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Whether a number stands in the running number or in a count.
    pub(super) fn has_number(&self, row: u32, columns: &[Column]) -> bool {
        columns.iter().filter_map(|c| self.cell(row, *c)).any(|cell| {
            let unit_words = COUNT_UNITS.iter().flat_map(|(_, words)| words.iter()).copied().collect::<Vec<_>>();
            matches!(cell, Cell::Number(_)) || cells::count(cell, &unit_words).is_ok()
        })
    }

    /// Whether a date, a code or a level can be read in the row.
    pub(super) fn has_typed_value(&self, row: u32) -> bool {
        self.header.columns.values().any(|(column, _)| {
            let Some(cell) = self.cell(row, *column) else { return false };
            match column {
                Column::Point(key) => match Kind::Point.field(key).map(|f| f.kind) {
                    Some(FieldType::Date) => cells::date(cell, self.epoch).is_ok(),
                    Some(FieldType::Code(_)) => codes::code(key, &cells::shown(cell, self.epoch)).is_ok(),
                    _ => false,
                },
                Column::Rating(_) => codes::level(self.pack, &cells::shown(cell, self.epoch)).is_ok(),
                Column::Number | Column::Model | Column::Fields | Column::Unit | Column::Place => false,
                // A form is told by its counts; a date may stand beside a signature.
                Column::Lead | Column::Founded | Column::Points => false,
                Column::Level(..) => !self.is_form && codes::is_ticked(cell, "").is_ok_and(|is| is),
            }
        })
    }

    /// Whether `name` is a unit within the importing one.
    pub(super) fn is_unit(&self, name: &str) -> bool {
        self.units.find(name).is_ok()
    }

    pub(super) fn line(&self, kind: Kind, key: &str, cell: &Cell) -> Result<String, String> {
        checked(kind, key, &self.name(cell)?)
    }

    /// A cell that should hold words (or a number as a name: "Tổ 5" is often just 5).
    pub(super) fn name(&self, cell: &Cell) -> Result<String, String> {
        match cell {
            Cell::Text(_) | Cell::Number(_) => Ok(cells::shown(cell, self.epoch)),
            Cell::Error(code) => Err(cells::error_reason(code)),
            Cell::Truth(_) => Err("Ô chứa giá trị đúng/sai; cần chữ".to_owned()),
            // Excel turns "5/1" into a day, and what was typed is gone.
            Cell::Date(_) => {
                Err("Ô đang là ngày tháng (Excel tự đổi); cần định dạng ô là Văn bản rồi nhập lại".to_owned())
            }
        }
    }
}

/// Checks a text by the schema, as an edit by hand would be.
pub(super) fn checked(kind: Kind, key: &str, text: &str) -> Result<String, String> {
    match kind.field(key).map(|f| f.read(text)) {
        Some(Ok(value)) => Ok(value.to_string()),
        Some(Err(BadValue::TooLong { max })) => Err(format!("Nội dung dài quá {max} ký tự; cần rút gọn")),
        Some(Err(
            BadValue::NoField(_)
            | BadValue::Count(_)
            | BadValue::Money(_)
            | BadValue::Date(_)
            | BadValue::Year(_)
            | BadValue::TooMany
            | BadValue::Code { .. }
            | BadValue::Record(_),
        ))
        | None => Err("Không ghi được giá trị này".to_owned()),
    }
}

/// One fault for a row, whatever the number of its problems: a row is rejected once.
pub(super) fn fault(row: u32, problems: Vec<Problem>) -> Option<RowFault> {
    let reason = match problems.as_slice() {
        [] => return None,
        [one] => one.reason.clone(),
        several => several.iter().map(|p| format!("{}: {}", p.column, p.reason)).collect::<Vec<_>>().join("; "),
    };
    let cells = problems.iter().filter_map(|p| p.at).collect();
    let first = problems.into_iter().next()?;
    Some(RowFault { row, sheet: None, column: first.column, value: first.value, reason, cells })
}
