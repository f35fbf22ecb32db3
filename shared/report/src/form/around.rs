//! What stands in a sheet around its cells and tells of rows.

use std::fmt::Write;

use roxmltree::Node;

use super::reference::{At, letters};
use super::sheet::{Filling, Pen, lines};
use super::xml::{Edits, attribute, escaped, is};

impl Pen<'_, '_> {
    /// What stands in the file around the cells and tells of rows: merged cells, conditional formats,
    /// validations, links, breaks.
    pub(super) fn around(&self, data: &Node<'_, '_>, filling: &Filling<'_>, edits: &mut Edits) {
        let mut merged = None;
        for node in data.document().descendants().filter(Node::is_element) {
            if data.range().contains(&node.range().start) {
                continue;
            }
            let name = node.tag_name().name();
            if matches!(name, "formula" | "formula1" | "formula2" | "f" | "sqref") {
                let text = node.text().unwrap_or_default();
                let new = match name {
                    "sqref" => self.own_moves().map_or_else(|| text.to_owned(), |m| m.areas(text)),
                    _ => self.formula(text),
                };
                if new != text
                    && let Some(child) = node.first_child()
                {
                    edits.put(child.range(), escaped(&new));
                }
            }
            let Some(moves) = self.own_moves() else { continue };
            for a in node.attributes() {
                let new = match (name, a.name()) {
                    ("mergeCell", "ref") | (_, "activeCell") => moves.within_rows(a.value()),
                    (_, "ref" | "sqref") => moves.areas(a.value()),
                    // A break stands below its row.
                    ("brk", "id") if node.parent().is_some_and(|p| is(&p, "rowBreaks")) => {
                        a.value().parse().map_or_else(|_| a.value().to_owned(), |row| moves.last(row).to_string())
                    }
                    _ => continue,
                };
                if new != a.value() {
                    edits.put(a.range_value(), escaped(&new));
                }
            }
            if name == "mergeCells" {
                merged = Some(node);
            }
        }
        if let Some(merged) = merged {
            self.merge_again(&merged, filling, edits);
        }
    }

    /// Cells that are merged within the first row of a table are merged in each of its rows.
    fn merge_again(&self, merged: &Node<'_, '_>, filling: &Filling<'_>, edits: &mut Edits) {
        let mut more = String::new();
        let (mut count, mut end) = (0, None);
        for node in merged.children().filter(|n| is(n, "mergeCell")) {
            count += 1;
            end = Some(node.range().end);
            let Some((from, to)) = attribute(&node, "ref").and_then(|r| r.split_once(':')) else { continue };
            let (Some(from), Some(to)) = (At::read(from), At::read(to)) else { continue };
            let Some(tables) = filling.tables.get(&from.row).filter(|_| from.row == to.row) else { continue };
            for row in (1..lines(tables)).map(|copy| self.moved(from.row) + copy) {
                count += 1;
                let (from, to) = (letters(from.column), letters(to.column));
                let _ = write!(more, "<{}mergeCell ref=\"{from}{row}:{to}{row}\"/>", self.prefix);
            }
        }
        if let (Some(end), false) = (end, more.is_empty()) {
            edits.put(end..end, more);
            if let Some(a) = merged.attributes().find(|a| a.name() == "count") {
                edits.put(a.range_value(), count.to_string());
            }
        }
    }
}
