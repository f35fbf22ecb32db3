//! Reads a row of data as a point, or says everything that is wrong in it.

use std::collections::BTreeMap;

use keng_domain::field::Value;
use keng_domain::rule_pack::{Level, RulePack};
use keng_domain::schema::{BadValue, FieldType, Kind};
use keng_domain::unit::UnitCode;

use super::founded::number_and_day;
use super::grid::{Cell, Grid};
use super::header::Header;
use super::titles::Column;
use super::units::{Found, Units};
use super::workbook::Epoch;
use super::{PointRow, RowFault, cells, codes};

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
        Self { header, grid, units, pack, epoch, is_form: header.is_form(), merged }
    }

    /// The cell of `column` in a row; a dash is an empty cell.
    pub(super) fn cell(&self, row: u32, column: Column) -> Option<&'a Cell> {
        self.cell_at(row, self.header.position(column)?, column)
    }

    /// What is merged over several rows holds for each of them; a count merged so is one count.
    pub(super) fn cell_at(&self, row: u32, at: u32, column: Column) -> Option<&'a Cell> {
        let holds = !column.counts() && !(self.is_form && matches!(column, Column::Level(..)));
        let over = self.merged.range((at, 0)..=(at, row)).next_back().filter(|(_, last)| holds && row <= **last);
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
            true => &[Column::Model, Column::Place],
            false => &[Column::Model, Column::Unit, Column::Place],
        }
    }

    /// The unit of all rows, where the name of the sheet says it and no column does.
    fn unit_of_all(&self) -> Option<&'a Found> {
        self.header.unit.as_ref().filter(|_| self.header.position(Column::Unit).is_none())
    }

    /// The cell of `column` as a person sees it.
    pub(super) fn shown(&self, row: u32, column: Column) -> Option<String> {
        self.cell(row, column).map(|cell| cells::shown(cell, self.epoch))
    }

    /// The header above the rows.
    pub(super) fn header(&self) -> &'a Header {
        self.header
    }

    /// The code of the level at `position` of the rule pack.
    pub(super) fn level(&self, position: usize) -> Option<&'a str> {
        self.pack.levels.get(position).map(|level| level.code.as_str())
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

    /// Reads a row, or collects all its faults in the order of the columns.
    pub(super) fn read(&self, row: u32) -> Result<PointRow, RowFault> {
        let mut point = PointRow {
            row: row + 1,
            sheet: None,
            model: String::new(),
            fields: None,
            unit: UnitCode::default(),
            former: None,
            place: String::new(),
            values: BTreeMap::new(),
            ratings: BTreeMap::new(),
        };
        let mut problems = Vec::new();
        for (at, (column, title)) in &self.header.columns {
            let read = match self.cell_at(row, *at, *column) {
                Some(cell) => self.read_cell(&mut point, *column, cell).map_err(|reason| (Some(cell), reason)),
                None => self.read_gap(&mut point, row, *column).map_err(|reason| (None, reason)),
            };
            if let Err((cell, reason)) = read {
                let value = cell.map(|c| cells::shown(c, self.epoch)).unwrap_or_default();
                problems.push(Problem { at: Some(*at), column: title.clone(), value: cells::excerpt(&value), reason });
            }
        }
        // The unit column may be missing altogether, and then nothing above has set the unit.
        if self.header.position(Column::Unit).is_none()
            && let Err(reason) = self.read_gap(&mut point, row, Column::Unit)
        {
            problems.push(Problem { at: None, column: self.header.title(Column::Unit), value: String::new(), reason });
        }
        problems.extend(self.read_marks(&mut point, row));
        if let Err(reason) = day_of_number(&mut point) {
            let (column, at) = (Column::Point("decision_no"), self.header.position(Column::Point("decision_no")));
            let value = self.shown(row, column).unwrap_or_default();
            problems.push(Problem { at, column: self.header.title(column), value: cells::excerpt(&value), reason });
        }
        match fault(row + 1, problems) {
            Some(fault) => Err(fault),
            None => Ok(point),
        }
    }

    fn read_cell(&self, point: &mut PointRow, column: Column, cell: &Cell) -> Result<(), String> {
        match column {
            Column::Number => {}
            Column::Model => point.model = self.line(Kind::Model, "name", cell)?,
            Column::Fields => point.fields = Some(self.line(Kind::Model, "fields", cell)?),
            Column::Unit => of_unit(point, self.units.find(&self.name(cell)?)?),
            Column::Place => point.place = self.line(Kind::Point, "place", cell)?,
            Column::Point(key) => {
                let value = match (self.value(key, cell), cell) {
                    // The number stands with its day in the column of the day.
                    (Err(reason), Cell::Text(text)) if key == "decision_date" => {
                        let (number, day) = number_and_day(&cells::line(text)).ok().flatten().ok_or(reason)?;
                        point.values.entry("decision_no").or_insert(Value::Text(number));
                        Value::Text(day.to_string())
                    }
                    (value, _) => value?,
                };
                point.values.insert(key, value);
            }
            // A rating without a year has got one, or the file was refused; a list has no column of a form.
            Column::Rating(None) | Column::Lead | Column::Founded | Column::Points => {}
            // Read together: which of them is marked.
            Column::Level(..) => {}
            Column::Rating(Some(year)) => {
                if let Some(level) = codes::level(self.pack, &self.name(cell)?)? {
                    point.ratings.insert(year, level);
                }
            }
        }
        Ok(())
    }

    /// An empty cell is simply absent, except where a row makes no sense without it.
    fn read_gap(&self, point: &mut PointRow, row: u32, column: Column) -> Result<(), String> {
        match column {
            Column::Model => Err("Thiếu tên mô hình; cần ghi tên mô hình".to_owned()),
            Column::Unit if self.unit_of_all().is_some() => {
                self.unit_of_all().cloned().into_iter().for_each(|found| of_unit(point, found));
                Ok(())
            }
            Column::Unit if self.units.importing_is_smallest() => {
                point.unit = self.units.importing().clone();
                Ok(())
            }
            Column::Unit => Err("Thiếu đơn vị; cần ghi tên xã, phường, thị trấn".to_owned()),
            // A model of the whole commune has no place of its own; but some unit must be named.
            Column::Place if self.units.importing_is_smallest() && self.cell(row, Column::Unit).is_none() => {
                Err("Thiếu địa bàn; cần ghi thôn, tổ dân phố, trường học hoặc cơ quan".to_owned())
            }
            Column::Place | Column::Number | Column::Fields | Column::Point(_) | Column::Rating(_) => Ok(()),
            Column::Lead | Column::Founded | Column::Points | Column::Level(..) => Ok(()),
        }
    }

    /// The rating of each year that has a column for each level: the one that is marked.
    fn read_marks(&self, point: &mut PointRow, row: u32) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut marked: BTreeMap<i32, Vec<(u32, &str, &Level)>> = BTreeMap::new();
        for (at, (column, title)) in &self.header.columns {
            let Column::Level(Some(year), level) = column else { continue };
            let (Some(cell), Some(level)) = (self.cell_at(row, *at, *column), self.pack.levels.get(*level)) else {
                continue;
            };
            match codes::is_ticked(cell, &level.label) {
                Ok(true) => marked.entry(*year).or_default().push((*at, title, level)),
                Ok(false) => {}
                Err(reason) => {
                    let value = cells::excerpt(&cells::shown(cell, self.epoch));
                    problems.push(Problem { at: Some(*at), column: title.clone(), value, reason });
                }
            }
        }
        for (year, marks) in marked {
            let codes: Vec<&str> = marks.iter().map(|(_, _, level)| level.code.as_str()).collect();
            let told = point.ratings.get(&year).map(String::as_str);
            match codes.as_slice() {
                [one] if told.is_none_or(|told| told == *one) => {
                    point.ratings.insert(year, (*one).to_owned());
                }
                _ => {
                    let labels = marks.iter().map(|(_, _, level)| level.label.as_str());
                    let told =
                        self.pack.levels.iter().filter(|l| Some(l.code.as_str()) == told).map(|l| l.label.as_str());
                    let labels = told.chain(labels).collect::<Vec<_>>().join(", ");
                    let (at, column) = (marks.first().map(|m| m.0), marks.first().map_or("", |m| m.1).to_owned());
                    let reason = format!("Năm {year} có nhiều mức xếp loại: {labels}; cần đánh dấu đúng một mức");
                    problems.push(Problem { at, column, value: labels, reason });
                }
            }
        }
        problems
    }

    fn value(&self, key: &'static str, cell: &Cell) -> Result<Value, String> {
        match Kind::Point.field(key).map(|f| f.kind) {
            Some(FieldType::Date) => Ok(Value::Text(cells::date(cell, self.epoch)?.to_string())),
            Some(FieldType::Count) => Ok(Value::Int(cells::count(cell, count_words(key))?)),
            Some(FieldType::Code(_)) => Ok(Value::from(codes::code(key, &self.name(cell)?)?)),
            Some(FieldType::Text) => {
                let text = match cell {
                    Cell::Text(text) => cells::paragraph(text),
                    Cell::Error(code) => return Err(cells::error_reason(code)),
                    Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) => cells::shown(cell, self.epoch),
                };
                checked(Kind::Point, key, &text).map(Value::Text)
            }
            _ => self.line(Kind::Point, key, cell).map(Value::Text),
        }
    }

    pub(super) fn line(&self, kind: Kind, key: &str, cell: &Cell) -> Result<String, String> {
        checked(kind, key, &self.name(cell)?)
    }

    /// A cell that should hold words (or a number as a name: "Tổ 5" is often just 5).
    fn name(&self, cell: &Cell) -> Result<String, String> {
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

fn of_unit(point: &mut PointRow, found: Found) {
    point.unit = found.code;
    point.former = found.former;
}

/// Takes the day out of a number of a decision where the row tells it nowhere else.
fn day_of_number(point: &mut PointRow) -> Result<(), String> {
    if point.values.contains_key("decision_date") {
        return Ok(());
    }
    let told = point.values.get("decision_no").and_then(Value::as_text).map(number_and_day).transpose()?;
    if let Some((number, day)) = told.flatten() {
        point.values.insert("decision_no", Value::Text(number));
        point.values.insert("decision_date", Value::Text(day.to_string()));
    }
    Ok(())
}

/// Checks a text by the schema, as an edit by hand would be.
fn checked(kind: Kind, key: &str, text: &str) -> Result<String, String> {
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
