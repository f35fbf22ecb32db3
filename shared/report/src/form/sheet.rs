//! Filling one sheet.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use roxmltree::Node;

use super::BadTemplate;
use super::heights::Heights;
use super::reference::{At, Moves, filled, letters};
use super::styles::Styles;
use super::xml::{Edits, attribute, attributes, child, escaped, inner, is, parse, prefix};
use crate::document::{Cell, Row};

/// What goes into a sheet.
#[derive(Debug, Default)]
pub struct Filling<'a> {
    /// Single cells.
    pub cells: HashMap<At, Cell>,
    /// Tables by the row in which they begin; those that begin in one row grow together.
    pub tables: BTreeMap<u32, Vec<Columns<'a>>>,
}

/// One table on a sheet.
#[derive(Debug)]
pub struct Columns<'a> {
    /// Column of the sheet, and the place of its cell in a row.
    pub columns: Vec<(u32, usize)>,
    /// The rows.
    pub rows: &'a [Row],
}

impl Filling<'_> {
    /// How the rows of this sheet move: a table of no rows keeps its first, blank.
    pub fn moves(&self) -> Moves {
        Moves(self.tables.iter().map(|(first, tables)| (*first, lines(tables) - 1)).collect())
    }
}

/// Rows that tables beside each other take together.
pub(super) fn lines(tables: &[Columns<'_>]) -> u32 {
    tables.iter().map(|t| t.rows.len()).max().map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX)).max(1)
}

/// All that is needed to write the rows of a sheet.
pub(super) struct Pen<'s, 'f> {
    pub(super) source: &'s str,
    own: &'s str,
    moves: &'f HashMap<String, Moves>,
    styles: &'f Styles,
    heights: Heights<'f>,
    /// `x:` where the author's program writes `<x:row>`.
    pub(super) prefix: &'s str,
    /// Formulas that other cells share, by their number: where they stand and what they say.
    shared: HashMap<&'s str, (At, String)>,
}

/// A row of the source.
#[derive(Default)]
struct Old<'a, 'i> {
    node: Option<Node<'a, 'i>>,
    cells: BTreeMap<u32, Node<'a, 'i>>,
}

/// Fills the sheet called `name`, whose XML is `source`; `moves` are those of all sheets by their names in
/// small letters. Values that formulas had when the template was saved are left out, for they are of then:
/// whoever opens the file reckons them anew.
pub fn fill(
    part: &str,
    source: &str,
    name: &str,
    filling: &Filling<'_>,
    moves: &HashMap<String, Moves>,
    styles: &Styles,
) -> Result<String, BadTemplate> {
    let document = parse(part, source)?;
    let data = document.descendants().find(|n| is(n, "sheetData"));
    let data = data.ok_or_else(|| BadTemplate::Damaged(format!("{part} has no sheetData")))?;
    let rows = old_rows(&data)?;
    let heights = Heights::of(&document, styles);
    let pen = Pen { source, own: name, moves, styles, heights, prefix: prefix(source, &data), shared: shared(&rows) };
    let mut edits = Edits::default();
    let mut out = format!("<{}sheetData{}>", pen.prefix, attributes(source, &data, &[]));
    pen.rows(&mut out, rows, filling);
    let _ = write!(out, "</{}sheetData>", pen.prefix);
    edits.put(data.range(), out);
    pen.around(&data, filling, &mut edits);
    Ok(edits.apply(source))
}

/// Rows and cells by number; both may leave their numbers out, counting from the one before.
fn old_rows<'a, 'i>(data: &Node<'a, 'i>) -> Result<BTreeMap<u32, Old<'a, 'i>>, BadTemplate> {
    let mut rows = BTreeMap::new();
    let mut last_row = 0;
    for row in data.children().filter(|n| is(n, "row")) {
        let at = attribute(&row, "r").map_or(Some(last_row + 1), |r| r.parse().ok());
        last_row =
            at.filter(|at| *at > last_row).ok_or_else(|| BadTemplate::Damaged("rows out of order".to_owned()))?;
        let (mut cells, mut last) = (BTreeMap::new(), 0);
        for cell in row.children().filter(|n| is(n, "c")) {
            last =
                attribute(&cell, "r").map_or(Some(last + 1), |r| At::read(r).map(|at| at.column)).unwrap_or(last + 1);
            cells.insert(last, cell);
        }
        rows.insert(last_row, Old { node: Some(row), cells });
    }
    Ok(rows)
}

fn shared<'a>(rows: &BTreeMap<u32, Old<'a, '_>>) -> HashMap<&'a str, (At, String)> {
    let mut found = HashMap::new();
    for (row, old) in rows {
        for (column, cell) in &old.cells {
            let Some(formula) = child(cell, "f") else { continue };
            if let (Some(number), Some(text)) = (attribute(&formula, "si"), formula.text()) {
                found.insert(number, (At { row: *row, column: *column }, text.to_owned()));
            }
        }
    }
    found
}

impl<'s> Pen<'s, '_> {
    pub(super) fn own_moves(&self) -> Option<&Moves> {
        self.of(self.own)
    }

    fn of(&self, sheet: &str) -> Option<&Moves> {
        self.moves.get(&sheet.to_lowercase())
    }

    pub(super) fn moved(&self, row: u32) -> u32 {
        self.own_moves().map_or(row, |m| m.row(row))
    }

    pub(super) fn formula(&self, text: &str) -> String {
        Moves::formula(text, self.own, |sheet| self.of(sheet))
    }

    fn rows(&self, out: &mut String, mut rows: BTreeMap<u32, Old<'s, '_>>, filling: &Filling<'_>) {
        for row in filling.cells.keys().map(|at| at.row).chain(filling.tables.keys().copied()) {
            rows.entry(row).or_default();
        }
        for (at, old) in &rows {
            let tables = filling.tables.get(at).map_or(&[][..], Vec::as_slice);
            for copy in 0..lines(tables) {
                let mut new: BTreeMap<u32, Option<&Cell>> = BTreeMap::new();
                for table in tables {
                    let cells = table.rows.get(copy as usize).map(|row| &row.cells);
                    let each = table.columns.iter().map(|(column, i)| (*column, cells.and_then(|c| c.get(*i))));
                    new.extend(each);
                }
                if copy == 0 {
                    let here = filling.cells.iter().filter(|(cell, _)| cell.row == *at);
                    new.extend(here.map(|(cell, value)| (cell.column, Some(value))));
                } else {
                    // A single figure in the first row of a table is not said again in the others.
                    let here = filling.cells.keys().filter(|cell| cell.row == *at);
                    new.extend(here.map(|cell| (cell.column, None)));
                }
                self.row(out, *at, copy, old, &new);
            }
        }
    }

    /// One row of the template, `at`; `copy` is how many rows below the first of a table it is written.
    fn row(&self, out: &mut String, at: u32, copy: u32, old: &Old<'s, '_>, new: &BTreeMap<u32, Option<&Cell>>) {
        let to = self.moved(at) + copy;
        let mut kept =
            old.node.map_or_else(String::new, |n| attributes(self.source, &n, &["r", "spans", "ht", "customHeight"]));
        let (own, needed) = (old.node.and_then(|n| attribute(&n, "ht")), self.needed(at, old, new));
        // Only ever raised: a height that the author gave is kept where it is enough.
        let least = own.and_then(|ht| ht.parse::<f64>().ok()).unwrap_or(0.0);
        if needed > least {
            let _ = write!(kept, " ht=\"{needed}\" customHeight=\"1\"");
        } else if let Some(node) = &old.node {
            let but: Vec<&str> =
                node.attributes().map(|a| a.name()).filter(|n| !matches!(*n, "ht" | "customHeight")).collect();
            kept.push_str(&attributes(self.source, node, &but));
        }
        let _ = write!(out, "<{}row r=\"{to}\"{kept}>", self.prefix);
        let columns: std::collections::BTreeSet<u32> = old.cells.keys().chain(new.keys()).copied().collect();
        for column in columns {
            let address = format!("{}{to}", letters(column));
            let source = old.cells.get(&column);
            match new.get(&column) {
                Some(value) => self.value(out, &address, source.and_then(|c| attribute(c, "s")), *value),
                None => {
                    if let Some(cell) = source {
                        self.cell(out, &address, At { row: at, column }, copy, cell);
                    }
                }
            }
        }
        let _ = write!(out, "</{}row>", self.prefix);
    }

    /// The height that the texts of a row need, pt; 0 where every text has its line.
    fn needed(&self, row: u32, old: &Old<'s, '_>, new: &BTreeMap<u32, Option<&Cell>>) -> f64 {
        let each = new.iter().filter_map(|(column, cell)| match cell {
            Some(Cell::Text(text)) => {
                let style = old.cells.get(column).and_then(|c| attribute(c, "s"));
                self.heights.needed(At { row, column: *column }, style, text)
            }
            Some(Cell::Count(_)) | None => None,
        });
        each.fold(0.0, f64::max)
    }

    /// A figure, in the style that the cell has.
    fn value(&self, out: &mut String, address: &str, style: Option<&str>, value: Option<&Cell>) {
        let p = self.prefix;
        let style = match value {
            Some(Cell::Text(text)) => self.styles.style(text, style),
            Some(Cell::Count(_)) | None => style.map(str::to_owned),
        };
        let _ = write!(out, "<{p}c r=\"{address}\"");
        if let Some(style) = style {
            let _ = write!(out, " s=\"{}\"", escaped(&style));
        }
        let _ = match value {
            None => write!(out, "/>"),
            Some(Cell::Text(text)) if text.is_empty() => write!(out, "/>"),
            // Written as a string, never as a formula, whatever it begins with.
            Some(Cell::Text(text)) => write!(
                out,
                " t=\"inlineStr\"><{p}is><{p}t xml:space=\"preserve\">{}</{p}t></{p}is></{p}c>",
                escaped(text)
            ),
            Some(Cell::Count(n)) => write!(out, "><{p}v>{n}</{p}v></{p}c>"),
        };
    }

    /// A cell of the template, at its new place.
    fn cell(&self, out: &mut String, address: &str, at: At, copy: u32, cell: &Node<'_, '_>) {
        let p = self.prefix;
        let Some(formula) = child(cell, "f") else {
            let kept = attributes(self.source, cell, &["r"]);
            let _ = write!(out, "<{p}c r=\"{address}\"{kept}>{}</{p}c>", inner(self.source, cell));
            return;
        };
        let kept = attributes(self.source, cell, &["r", "t"]);
        let _ = write!(out, "<{p}c r=\"{address}\"{kept}>");
        let own = formula.text().unwrap_or_default();
        if copy == 0 {
            let mut tag = attributes(self.source, &formula, &["ref"]);
            if let Some(area) = attribute(&formula, "ref") {
                let area = self.own_moves().map_or_else(|| area.to_owned(), |m| m.within_rows(area));
                let _ = write!(tag, " ref=\"{}\"", escaped(&area));
            }
            let _ = write!(out, "<{p}f{tag}>{}</{p}f>", escaped(&self.formula(own)));
        } else if let Some(text) = self.copied(&formula, own, at) {
            let _ = write!(out, "<{p}f>{}</{p}f>", escaped(&filled(&text, copy.into(), 0)));
        }
        let _ = write!(out, "</{p}c>");
    }

    /// The formula of the first row of a table, to be filled down; `None` for one over a whole area.
    fn copied(&self, formula: &Node<'_, '_>, own: &str, at: At) -> Option<String> {
        match attribute(formula, "t") {
            None | Some("normal") => Some(self.formula(own)),
            Some("shared") => {
                let (first, text) = self.shared.get(attribute(formula, "si")?)?;
                let by = |to: u32, from: u32| i64::from(to) - i64::from(from);
                Some(self.formula(&filled(text, by(at.row, first.row), by(at.column, first.column))))
            }
            Some(_) => None,
        }
    }
}
