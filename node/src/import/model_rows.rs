//! Reads a row of a statistics form as what it tells of a model. It names no place, so that no point can be
//! made of it: its totals are there to be compared.

use std::collections::BTreeMap;

use keng_domain::form::Counts;
use keng_domain::schema::Kind;
use keng_domain::text::search_key;

use super::RowFault;
use super::cells;
use super::founded::{Founded, founded};
use super::grid::Cell;
use super::rows::{Problem, RowReader, count_words, fault};
use super::titles::Column;

/// A row of a statistics form that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// Name of the model: NFC, single spaces.
    pub name: String,
    /// Its fields of work.
    pub fields: Option<String>,
    /// Who leads it.
    pub lead: Option<String>,
    /// When it began.
    pub founded: Option<Founded>,
    /// What stands in that column where it tells no time.
    pub undated: Option<String>,
    /// Its totals, as far as the row tells them.
    pub counts: Counts,
}

/// What a statistics form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The period in its heading, as submissions name it: `2021-annual`; `None` where it names none, or several.
    pub period: Option<String>,
    /// The year of the ratings that it counts, where their titles name one.
    pub rated_year: Option<i32>,
    /// The good rows, in the order of the sheet.
    pub models: Vec<ModelRow>,
}

impl RowReader<'_> {
    /// Reads a row of a form, or collects all its faults in the order of the columns.
    pub(super) fn read_model(&self, row: u32) -> Result<ModelRow, RowFault> {
        let mut model = ModelRow {
            row: row + 1,
            name: String::new(),
            fields: None,
            lead: None,
            founded: None,
            undated: None,
            counts: Counts { by_level: BTreeMap::new(), ..Counts::default() },
        };
        let mut problems = Vec::new();
        for (at, (column, title)) in &self.header().columns {
            let (value, read) = match self.cell_at(row, *at, *column) {
                Some(cell) => (cells::shown(cell, self.epoch()), self.read_told(&mut model, *column, cell)),
                None if *column == Column::Model => {
                    (String::new(), Err("Thiếu tên mô hình; cần ghi tên mô hình".to_owned()))
                }
                None => continue,
            };
            if let Err(reason) = read {
                problems.push(Problem { at: Some(*at), column: title.clone(), value: cells::excerpt(&value), reason });
            }
        }
        match fault(row + 1, problems) {
            Some(fault) => Err(fault),
            None => Ok(model),
        }
    }

    fn read_told(&self, model: &mut ModelRow, column: Column, cell: &Cell) -> Result<(), String> {
        let count = |key: &str| cells::count(cell, count_words(key)).map(|n| Some(n.unsigned_abs()));
        match column {
            Column::Model => model.name = self.line(Kind::Model, "name", cell)?,
            Column::Fields => model.fields = Some(self.line(Kind::Model, "fields", cell)?),
            Column::Lead => model.lead = Some(self.line(Kind::Model, "lead", cell)?).filter(|l| !is_many(l)),
            // Older forms give the decision a column of its own.
            Column::Founded | Column::Point("decision_date") if model.founded.is_none() => {
                model.founded = founded(cell, self.epoch())?;
                model.undated = model.founded.is_none().then(|| cells::excerpt(&cells::shown(cell, self.epoch())));
            }
            Column::Points => model.counts.points = count("points")?,
            Column::Point("teams") => model.counts.teams = count("teams")?,
            Column::Point("members") => model.counts.members = count("members")?,
            Column::Level(_, level) => {
                if let (Some(n), Some(level)) = (count("points")?, self.level(level)) {
                    model.counts.by_level.insert(level.code.clone(), n);
                }
            }
            Column::Number | Column::Unit | Column::Place | Column::Founded | Column::Point(_) | Column::Rating(_) => {}
        }
        Ok(())
    }
}

/// "02 đơn vị", "Nhiều đơn vị": how forms say that several lead, which is nobody's name.
fn is_many(lead: &str) -> bool {
    let key = search_key(lead);
    let count = key.strip_suffix(" don vi").or_else(|| key.strip_suffix(" xa")).or_else(|| key.strip_suffix(" huyen"));
    count.is_some_and(|n| matches!(n, "nhieu" | "cac") || n.parse::<u32>().is_ok())
}
