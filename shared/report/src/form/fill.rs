//! Filling all of a template.

use std::collections::{BTreeMap, HashMap};

use keng_domain::figures::{Figures, PointLine};

use super::names::{self, Kind};
use super::package::CONTENT_TYPES;
use super::reference::{Moves, ROWS_MAX};
use super::sheet::{self, Columns, Filling};
use super::styles::Styles;
use super::template::{Template, relations_of};
use super::xml::{Edits, attribute, escaped, is, parse, prefix};
use super::{BadTemplate, values};
use crate::ReportError;
use crate::document::Row;

/// The part in which Excel keeps the order of reckoning; without it, it finds out anew.
const CALC_CHAIN: &str = "calcChain.xml";

impl Template {
    /// Fills the template. The same template and figures always give the same bytes. Names that it lacks
    /// are passed over, see [`Self::missing`]; `points` are for the list of points, where it has one.
    ///
    /// # Errors
    /// When a sheet would be longer than a sheet may be.
    pub fn fill(&self, figures: &Figures, points: &[PointLine]) -> Result<Vec<u8>, ReportError> {
        let figures = &*figures.as_printed();
        let tables: Vec<(Kind, Vec<Row>)> =
            Kind::ALL.into_iter().map(|kind| (kind, values::rows(kind, figures, points))).collect();
        let mut fillings: Vec<Filling<'_>> = self.sheets.iter().map(|_| Filling::default()).collect();
        for (name, cell) in names::singles(figures) {
            if let Some(place) = self.placed.get(&name) {
                fillings[place.sheet].cells.insert(place.at, cell);
            }
        }
        let known = names::names(&figures.levels);
        for (kind, rows) in &tables {
            let columns = self.columns(&known, *kind);
            let Some((_, first)) = columns.first() else { continue };
            let (on, row) = (first.sheet, first.at.row);
            let columns = columns.iter().map(|(i, place)| (place.at.column, *i)).collect();
            fillings[on].tables.entry(row).or_default().push(Columns { columns, rows });
        }
        let names = self.sheets.iter().map(|s| s.name.to_lowercase());
        let moves: HashMap<String, Moves> = names.zip(fillings.iter().map(Filling::moves)).collect();
        let mut changed = BTreeMap::new();
        let sheet_of_styles = match &self.styles {
            Some(part) => Some((part, self.package.part(part)?)),
            None => None,
        };
        let read = sheet_of_styles.as_ref().map(|(part, text)| Styles::of(part, text));
        let styles = read.transpose()?.unwrap_or_default();
        for (sheet, filling) in self.sheets.iter().zip(&fillings) {
            let source = self.package.part(&sheet.part)?;
            let filled = sheet::fill(&sheet.part, &source, &sheet.name, filling, &moves, &styles)?;
            // The place of the last row tells how long the sheet has become.
            let added = filling.moves().last(ROWS_MAX).saturating_sub(ROWS_MAX);
            if added + last_row(&source) > ROWS_MAX {
                return Err(BadTemplate::TooLong { sheet: sheet.name.clone(), max: ROWS_MAX }.into());
            }
            changed.insert(sheet.part.clone(), Some(filled));
        }
        if let Some((part, text)) = &sheet_of_styles
            && let Some(more) = styles.written(part, text)?
        {
            changed.insert((*part).clone(), Some(more));
        }
        changed.insert(self.workbook.clone(), Some(self.book(&moves)?));
        self.charts(&moves, &mut changed)?;
        self.without_calc_chain(&mut changed)?;
        Ok(self.package.with(&changed).map_err(|e| BadTemplate::Damaged(e.to_string()))?)
    }

    /// The workbook's part: names move with what they name, and everything is to be reckoned anew.
    fn book(&self, moves: &HashMap<String, Moves>) -> Result<String, BadTemplate> {
        let source = self.package.part(&self.workbook)?;
        let book = parse(&self.workbook, &source)?;
        let mut edits = Edits::default();
        let mut after = None;
        let mut has_calc = false;
        for node in book.descendants().filter(roxmltree::Node::is_element) {
            if is(&node, "definedName") {
                move_formula(&node, moves, &mut edits);
            } else if is(&node, "definedNames") {
                after = Some(node.range().end);
            } else if is(&node, "calcPr") {
                has_calc = true;
                if let Some(a) = node.attributes().find(|a| a.name() == "fullCalcOnLoad") {
                    edits.put(a.range_value(), "1".to_owned());
                } else {
                    let at = node.range().start + 1 + prefix(&source, &node).len() + "calcPr".len();
                    edits.put(at..at, " fullCalcOnLoad=\"1\"".to_owned());
                }
            }
        }
        // The schema has it after the names, which a template has.
        if let (Some(at), false) = (after, has_calc) {
            let p = prefix(&source, &book.root_element());
            edits.put(at..at, format!("<{p}calcPr fullCalcOnLoad=\"1\"/>"));
        }
        Ok(edits.apply(&source))
    }

    /// Charts name the cells that they draw.
    fn charts(
        &self,
        moves: &HashMap<String, Moves>,
        changed: &mut BTreeMap<String, Option<String>>,
    ) -> Result<(), BadTemplate> {
        for name in self.package.names()?.into_iter().filter(|n| n.contains("/charts/") && n.ends_with(".xml")) {
            let source = self.package.part(&name)?;
            let chart = parse(&name, &source)?;
            let mut edits = Edits::default();
            for node in chart.descendants().filter(|n| is(n, "f")) {
                move_formula(&node, moves, &mut edits);
            }
            changed.insert(name, Some(edits.apply(&source)));
        }
        Ok(())
    }

    fn without_calc_chain(&self, changed: &mut BTreeMap<String, Option<String>>) -> Result<(), BadTemplate> {
        let Some(chain) = self.package.names()?.into_iter().find(|n| n.ends_with(CALC_CHAIN)) else { return Ok(()) };
        for (part, what) in [(CONTENT_TYPES.to_owned(), "PartName"), (relations_of(&self.workbook), "Target")] {
            let source = self.package.part(&part)?;
            let document = parse(&part, &source)?;
            let mut edits = Edits::default();
            for node in document.root_element().children().filter(roxmltree::Node::is_element) {
                if attribute(&node, what).is_some_and(|value| value.ends_with(CALC_CHAIN)) {
                    edits.put(node.range(), String::new());
                }
            }
            changed.insert(part, Some(edits.apply(&source)));
        }
        changed.insert(chain, None);
        Ok(())
    }
}

/// A formula that names the sheet of each of its cells.
fn move_formula(node: &roxmltree::Node<'_, '_>, moves: &HashMap<String, Moves>, edits: &mut Edits) {
    let text = node.text().unwrap_or_default();
    let new = Moves::formula(text, "", |sheet| moves.get(&sheet.to_lowercase()));
    if new != text
        && let Some(child) = node.first_child()
    {
        edits.put(child.range(), escaped(&new));
    }
}

/// The last row that a sheet has.
fn last_row(source: &str) -> u32 {
    let numbers = source.match_indices("<row r=\"").filter_map(|(at, key)| {
        let rest = &source[at + key.len()..];
        rest[..rest.find('"')?].parse().ok()
    });
    numbers.max().unwrap_or(1)
}
