//! Reads a row of data as a point, or says everything that is wrong in it.

use std::collections::BTreeMap;

use keng_domain::field::Value;
use keng_domain::rule_pack::Level;
use keng_domain::schema::{FieldType, Kind};
use keng_domain::unit::UnitCode;

use super::decisions::number_and_day;
use super::grid::Cell;
use super::rows::{Problem, RowReader, checked, count_words, fault};
use super::titles::Column;
use super::units::Found;
use super::{PointRow, RowFault, cells, codes};

impl RowReader<'_> {
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
        for (at, (column, title)) in &self.header().columns {
            let read = match self.cell_at(row, *at, *column) {
                Some(cell) => self.read_cell(&mut point, *column, cell).map_err(|reason| (Some(cell), reason)),
                None => self.read_gap(&mut point, row, *column).map_err(|reason| (None, reason)),
            };
            if let Err((cell, reason)) = read {
                let value = cell.map(|c| cells::shown(c, self.epoch())).unwrap_or_default();
                problems.push(Problem { at: Some(*at), column: title.clone(), value: cells::excerpt(&value), reason });
            }
        }
        // The unit column may be missing altogether, and then nothing above has set the unit.
        if self.header().position(Column::Unit).is_none()
            && let Err(reason) = self.read_gap(&mut point, row, Column::Unit)
        {
            problems.push(Problem {
                at: None,
                column: self.header().title(Column::Unit),
                value: String::new(),
                reason,
            });
        }
        problems.extend(self.read_marks(&mut point, row));
        if let Err(reason) = day_of_number(&mut point) {
            let (column, at) = (Column::Point("decision_no"), self.header().position(Column::Point("decision_no")));
            let value = self.shown(row, column).unwrap_or_default();
            problems.push(Problem { at, column: self.header().title(column), value: cells::excerpt(&value), reason });
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
            Column::Unit => of_unit(point, self.units().find(&self.name(cell)?)?),
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
                if let Some(level) = codes::level(self.pack(), &self.name(cell)?)? {
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
            Column::Unit if self.unit_above(row).is_some() => {
                self.unit_above(row).cloned().into_iter().for_each(|found| of_unit(point, found));
                Ok(())
            }
            Column::Unit if self.units().importing_is_smallest() => {
                point.unit = self.units().importing().clone();
                Ok(())
            }
            Column::Unit => Err("Thiếu đơn vị; cần ghi tên xã, phường, thị trấn".to_owned()),
            // A model of the whole commune has no place of its own; but some unit must be named.
            Column::Place if self.units().importing_is_smallest() && self.cell(row, Column::Unit).is_none() => {
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
        for (at, (column, title)) in &self.header().columns {
            let Column::Level(Some(year), level) = column else { continue };
            let (Some(cell), Some(level)) = (self.cell_at(row, *at, *column), self.level(*level)) else {
                continue;
            };
            match codes::is_ticked(cell, &level.label) {
                Ok(true) => marked.entry(*year).or_default().push((*at, title, level)),
                Ok(false) => {}
                Err(reason) => {
                    let value = cells::excerpt(&cells::shown(cell, self.epoch()));
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
                        self.pack().levels.iter().filter(|l| Some(l.code.as_str()) == told).map(|l| l.label.as_str());
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
            Some(FieldType::Date) => Ok(Value::Text(cells::date(cell, self.epoch())?.to_string())),
            Some(FieldType::Count) => Ok(Value::Int(cells::count(cell, count_words(key))?)),
            Some(FieldType::Code(_)) => Ok(Value::from(codes::code(key, &self.name(cell)?)?)),
            Some(FieldType::Text) => {
                let text = match cell {
                    Cell::Text(text) => cells::paragraph(text),
                    Cell::Error(code) => return Err(cells::error_reason(code)),
                    Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) => cells::shown(cell, self.epoch()),
                };
                checked(Kind::Point, key, &text).map(Value::Text)
            }
            _ => self.line(Kind::Point, key, cell).map(Value::Text),
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
