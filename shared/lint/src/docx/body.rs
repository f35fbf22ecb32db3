//! Paragraphs in reading order, with the look that styles, tables and they themselves give them.

use roxmltree::Node;

use super::look::{MM_PER_TWIP, ParagraphLook, RunLook, attribute, child, is, number};
use super::numbering::Numbering;
use super::rule::{drawn_mm, underscores_mm};
use super::styles::{Styles, drawn_sides, table_rules};
use crate::limits::DEPTH_MAX;
use crate::paper::{Line, Side, Span};
use crate::words::longest_line_mm;
use unicode_normalization::UnicodeNormalization;

/// What Word keeps free at each side of a cell unless told otherwise, twips.
const CELL_MARGIN: f64 = 108.0;
/// Word's size and letters where nothing says any (ECMA-376, part 1, 17.3.2.38).
const NO_SIZE_PT: f64 = 10.0;
const NO_FONT: &str = "Times New Roman";

/// Where paragraphs stand when they stand in a table.
#[derive(Debug, Clone, Copy)]
struct Cell {
    side: Side,
    grid: bool,
    room_mm: f64,
    /// Whether a line was read in it: a rule belongs to the line above it in its own cell.
    first_line: usize,
}

/// Walks a tree and keeps its lines.
pub struct Reader<'a> {
    styles: &'a Styles,
    numbering: Numbering,
    rooms_mm: Vec<f64>,
    lines: Vec<Line>,
    paragraphs: usize,
    part: usize,
    floating: bool,
    after: f64,
}

/// The words and marks of a paragraph.
#[derive(Default)]
struct Content {
    spans: Vec<Span>,
    rule_mm: Option<f64>,
    underlined: bool,
}

impl<'a> Reader<'a> {
    /// A reader for the body, whose sections have lines of these lengths.
    pub fn new(styles: &'a Styles, numbering: Numbering, rooms_mm: Vec<f64>) -> Self {
        Self { styles, numbering, rooms_mm, lines: Vec::new(), paragraphs: 0, part: 0, floating: false, after: 0.0 }
    }

    /// What was read.
    pub fn finish(self) -> Vec<Line> {
        self.lines
    }

    /// Reads what stands beside the text: a header, a footer, a box.
    pub fn beside(styles: &'a Styles, root: Node<'_, '_>, part: usize, room_mm: f64) -> Vec<Line> {
        let mut reader = Self::new(styles, Numbering::default(), vec![room_mm]);
        reader.floating = true;
        reader.blocks(root, None, 0);
        let named = |line: Line| Line { part, place: "đầu hoặc chân trang".to_owned(), ..line };
        reader.lines.into_iter().map(named).collect()
    }

    /// Reads paragraphs and tables.
    pub fn blocks(&mut self, parent: Node<'_, '_>, cell: Option<ReadCell>, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "p" => self.paragraph(node, cell, depth),
                "tbl" => self.table(node, depth),
                "sdt" | "sdtContent" | "customXml" | "ins" | "smartTag" => self.blocks(node, cell, depth + 1),
                _ => {}
            }
        }
    }

    fn table(&mut self, table: Node<'_, '_>, depth: usize) {
        let properties = child(table, "tblPr");
        let style = properties.and_then(|n| child(n, "tblStyle")).and_then(|n| attribute(n, "val"));
        let own = properties.and_then(table_rules);
        let grid = own.unwrap_or_else(|| style.is_some_and(|id| self.styles.ruled_table(id)));
        let margins = properties.and_then(|n| child(n, "tblCellMar"));
        let margin =
            |side: &str| margins.and_then(|n| child(n, side)).and_then(|n| number(n, "w")).unwrap_or(CELL_MARGIN);
        let sides = margin("left") + margin("right");
        for row in table.children().filter(|n| is(*n, "tr")) {
            let cells: Vec<Node<'_, '_>> = row.children().filter(|n| is(*n, "tc")).collect();
            for (at, node) in cells.iter().enumerate() {
                let width = properties_of(*node, "tcW").and_then(|n| number(n, "w"));
                let side = match at {
                    _ if cells.len() == 1 => Side::Whole,
                    0 => Side::Left,
                    _ => Side::Right,
                };
                let room_mm = width.map_or(self.room_mm() / 2.0, |w| (w - sides).max(1.0) * MM_PER_TWIP);
                let grid = grid || properties_of(*node, "tcBorders").is_some_and(|n| drawn_sides(n) > 1);
                let cell = Cell { side, grid, room_mm, first_line: self.lines.len() };
                self.blocks(*node, Some(ReadCell(cell)), depth + 1);
            }
        }
        self.after = 0.0;
    }

    fn room_mm(&self) -> f64 {
        self.rooms_mm.get(self.part).copied().unwrap_or(165.0)
    }

    fn paragraph(&mut self, node: Node<'_, '_>, cell: Option<ReadCell>, depth: usize) {
        let cell = cell.map(|c| c.0);
        self.paragraphs += 1;
        let properties = child(node, "pPr");
        let style = properties.and_then(|n| child(n, "pStyle")).and_then(|n| attribute(n, "val"));
        let (shape, letters) = self.styles.paragraph(style);
        let shape = properties.map_or_else(|| shape.clone(), |n| shape.under(&ParagraphLook::read(n)));
        let mut content = Content::default();
        self.runs(node, &letters, &mut content, depth);
        let number = shape.numbering.clone().and_then(|(id, level)| self.numbering.next(&id, level));
        if let (Some(number), Some(first)) = (number, content.spans.first().cloned()) {
            content.spans.insert(0, Span { text: format!("{number} "), ..first });
        }
        self.keep(&shape, content, cell);
        if properties.is_some_and(|n| child(n, "sectPr").is_some()) {
            self.part += 1;
            self.after = 0.0;
        }
    }

    fn keep(&mut self, shape: &ParagraphLook, content: Content, cell: Option<Cell>) {
        let text: String = content.spans.iter().map(|s| s.text.as_str()).collect::<String>().nfc().collect();
        let size = content.spans.first().map_or(NO_SIZE_PT, |s| s.size_pt);
        let room_mm = cell.map_or_else(|| self.room_mm(), |c| c.room_mm);
        let [left, right, first] = [shape.left, shape.right, shape.first].map(|n| n.unwrap_or(0.0) * MM_PER_TWIP);
        let inner_mm = (room_mm - left - right).max(1.0);
        let border = shape.ruled.unwrap_or(false).then_some(inner_mm);
        let underscores = underscores_mm(&text, size);
        if text.trim().is_empty() || underscores.is_some() {
            let above = self.lines.len().checked_sub(1).filter(|at| cell.is_none_or(|c| *at >= c.first_line));
            if let (Some(at), Some(mm)) = (above, content.rule_mm.or(border).or(underscores)) {
                self.lines[at].rule_mm.get_or_insert(mm);
            }
            return;
        }
        let bold = content.spans.iter().all(|s| s.bold || s.text.trim().is_empty());
        let width_mm = longest_line_mm(&text, size, bold, inner_mm);
        let gap = (self.after + shape.before.unwrap_or(0.0)) / 20.0;
        self.after = shape.after.unwrap_or(0.0);
        self.lines.push(Line {
            text,
            place: format!("đoạn {}", self.paragraphs),
            part: self.part,
            side: cell.map_or(Side::Whole, |c| c.side),
            grid: cell.is_some_and(|c| c.grid),
            floating: self.floating,
            align: Some(shape.align.unwrap_or(crate::paper::Align::Left)),
            left_mm: Some(left),
            first_mm: Some(first),
            gap_pt: Some(gap),
            pitch: Some(shape.pitch(size)),
            width_mm,
            rule_mm: content.rule_mm.or(border).or_else(|| content.underlined.then_some(width_mm)),
            spans: content.spans,
        });
    }

    /// Reads runs, also within links, fields and insertions; what was deleted is not there.
    fn runs(&mut self, parent: Node<'_, '_>, letters: &RunLook, content: &mut Content, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "r" => self.run(node, letters, content, depth),
                "hyperlink" | "ins" | "smartTag" | "fldSimple" | "sdt" | "sdtContent" | "customXml" => {
                    self.runs(node, letters, content, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn run(&mut self, run: Node<'_, '_>, letters: &RunLook, content: &mut Content, depth: usize) {
        let properties = child(run, "rPr");
        let style = properties.and_then(|n| child(n, "rStyle")).and_then(|n| attribute(n, "val"));
        let look = self.styles.run(letters.clone(), style);
        let look = properties.map_or_else(|| look.clone(), |n| look.under(&self.styles.run_look(n)));
        if look.hidden == Some(true) {
            return;
        }
        let mut text = String::new();
        for node in run.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "t" => text.push_str(node.text().unwrap_or_default()),
                "tab" => text.push('\t'),
                "br" | "cr" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                "drawing" | "pict" | "object" | "AlternateContent" => self.drawing(node, content, depth),
                _ => {}
            }
        }
        if text.is_empty() {
            return;
        }
        if look.caps == Some(true) {
            text = text.to_uppercase();
        }
        content.underlined |= look.underlined == Some(true);
        content.spans.push(Span {
            text,
            size_pt: look.size_pt.unwrap_or(NO_SIZE_PT),
            bold: look.bold.unwrap_or(false),
            italic: look.italic.unwrap_or(false),
            font: look.font.unwrap_or_else(|| NO_FONT.to_owned()),
            embedded: true,
            black: look.black.unwrap_or(true),
        });
    }

    /// A drawn line, or the text in a box. Of two forms of the same drawing the newer one is read.
    fn drawing(&mut self, node: Node<'_, '_>, content: &mut Content, depth: usize) {
        let chosen = if is(node, "AlternateContent") { child(node, "Choice").unwrap_or(node) } else { node };
        content.rule_mm = content.rule_mm.or_else(|| chosen.descendants().find_map(drawn_mm));
        for text in chosen.descendants().filter(|n| is(*n, "txbxContent")) {
            let beside = std::mem::replace(&mut self.floating, true);
            self.blocks(text, None, depth + 8);
            self.floating = beside;
        }
    }
}

/// A cell, as it is handed down to the paragraphs in it.
#[derive(Clone, Copy)]
pub struct ReadCell(Cell);

/// A property of a cell. LibreOffice gives rules to cells where Word gives them to the table.
fn properties_of<'a, 'i>(cell: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    child(child(cell, "tcPr")?, name)
}
