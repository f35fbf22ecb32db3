//! Measures the sheets of an `.ods` before the reader lays them out.
//!
//! In an OpenDocument one short tag stands for a thousand equal cells or a million equal rows, and
//! the reader writes all of them out. This walk over the tags counts what it would write, by the
//! same names of tags and attributes, and finds the merged regions, which the reader does not tell.

use std::io::{Cursor, Read};

use calamine::Dimensions;
use zip::ZipArchive;

use super::limits::Limits;
use super::unreadable::Unreadable;

/// Rows and columns beyond which the reader itself cuts repetitions off.
const ROWS: u64 = 1_048_576;
const COLUMNS: u64 = 16_384;

/// The merged regions of each sheet in the order of the workbook, or why it is not read.
pub(super) fn measure(bytes: &[u8], limits: &Limits) -> Result<Vec<Vec<Dimensions>>, Unreadable> {
    let content = content(bytes, limits)?;
    let mut walk = Walk::new(limits);
    for tag in (Tags { rest: &content }) {
        walk.inside(&tag);
        match tag.name {
            // Entities could stand for anything, and no program writes them here.
            b"!DOCTYPE" => return Err(Unreadable::Damaged { detail: "a document type in content.xml".to_owned() }),
            b"table:table" => walk.start_table(),
            b"/table:table" => walk.end_table()?,
            b"table:table-row" => walk.start_row(&tag)?,
            b"/table:table-row" => walk.end_row()?,
            b"table:table-cell" | b"table:covered-table-cell" => walk.cell(&tag)?,
            b"/table:table-cell" | b"/table:covered-table-cell" => walk.copies = 0,
            _ => {}
        }
    }
    walk.end_table()?;
    Ok(walk.merged)
}

fn content(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let damaged = |e: String| Unreadable::Damaged { detail: e };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(e.to_string()))?;
    let part = zip.by_name("content.xml").map_err(|e| damaged(e.to_string()))?;
    let mut content = Vec::new();
    part.take(limits.unpacked_bytes).read_to_end(&mut content).map_err(|e| damaged(e.to_string()))?;
    Ok(content)
}

/// What the sheets walked so far make the reader keep.
struct Walk<'a> {
    limits: &'a Limits,
    merged: Vec<Vec<Dimensions>>,
    /// Cells and bytes of text of all sheets.
    cells: u64,
    text: u64,
    /// Of the table: rows above the current one, its last filled row, its width.
    row: u64,
    filled: u64,
    width: u64,
    /// Of the row: how often it repeats, its cells so far with and without trailing empty ones.
    repeats: u64,
    column: u64,
    row_width: u64,
    row_text: u64,
    /// How often what stands in the current cell is kept; 0 between cells.
    copies: u64,
}

impl<'a> Walk<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            merged: Vec::new(),
            cells: 0,
            text: 0,
            row: 0,
            filled: 0,
            width: 0,
            repeats: 0,
            column: 0,
            row_width: 0,
            row_text: 0,
            copies: 0,
        }
    }

    /// Text between two tags, and what a tag itself says.
    fn inside(&mut self, tag: &Tag<'_>) {
        let bytes = (tag.text_before + tag.attributes.len()) as u64;
        self.row_text = self.row_text.saturating_add(bytes.saturating_mul(self.copies));
    }

    fn start_table(&mut self) {
        self.merged.push(Vec::new());
        (self.row, self.filled, self.width) = (0, 0, 0);
    }

    /// A sheet is laid out densely, from its first row to its last filled one.
    fn end_table(&mut self) -> Result<(), Unreadable> {
        self.end_row()?;
        self.cells = self.cells.saturating_add(self.filled.saturating_mul(self.width));
        (self.filled, self.width) = (0, 0);
        self.check()
    }

    fn start_row(&mut self, tag: &Tag<'_>) -> Result<(), Unreadable> {
        // A row within a row, or one that is never closed, must not hide what came before.
        self.end_row()?;
        self.repeats = tag.number(b"table:number-rows-repeated").unwrap_or(1).min(ROWS);
        self.column = 0;
        if tag.is_closed { self.end_row() } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), Unreadable> {
        self.row = self.row.saturating_add(self.repeats).min(ROWS);
        if self.row_width > 0 {
            self.filled = self.row;
            self.width = self.width.max(self.row_width);
            self.cells = self.cells.saturating_add(self.row_width);
            self.text = self.text.saturating_add(self.row_text.saturating_mul(self.repeats.max(1)));
        }
        (self.repeats, self.row_width, self.row_text) = (0, 0, 0);
        self.check()
    }

    fn cell(&mut self, tag: &Tag<'_>) -> Result<(), Unreadable> {
        let repeats = tag.number(b"table:number-columns-repeated").unwrap_or(1).min(COLUMNS);
        let span = |name: &[u8]| tag.number(name).unwrap_or(1).clamp(1, ROWS);
        let (rows, columns) = (span(b"table:number-rows-spanned"), span(b"table:number-columns-spanned"));
        if (rows > 1 || columns > 1)
            && let Some(merged) = self.merged.last_mut()
        {
            let at = (self.row as u32, self.column as u32);
            merged.push(Dimensions { start: at, end: (at.0 + rows as u32 - 1, at.1 + columns as u32 - 1) });
        }
        self.column = self.column.saturating_add(repeats).min(COLUMNS);
        // Without a value of its own and without text inside there is nothing to keep.
        if !tag.is_closed || tag.attributes.windows(7).any(|w| w == b"office:" || w == b"formula") {
            self.row_width = self.column;
            let text = tag.attributes.len() as u64;
            self.row_text = self.row_text.saturating_add(text.saturating_mul(repeats));
            self.copies = if tag.is_closed { 0 } else { repeats };
        }
        if self.cells.saturating_add(self.row_width) > self.limits.cells as u64 {
            return Err(Unreadable::TooManyCells { cells_max: self.limits.cells });
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Unreadable> {
        let dense = self.filled.saturating_mul(self.width);
        if self.merged.len() > self.limits.sheets || self.cells.saturating_add(dense) > self.limits.cells as u64 {
            return Err(Unreadable::TooManyCells { cells_max: self.limits.cells });
        }
        if self.text > self.limits.unpacked_bytes {
            return Err(Unreadable::UnpacksTooLarge { bytes_max: self.limits.unpacked_bytes });
        }
        Ok(())
    }
}

/// A tag with its attributes.
struct Tag<'a> {
    name: &'a [u8],
    attributes: &'a [u8],
    is_closed: bool,
    text_before: usize,
}

impl Tag<'_> {
    /// The number in an attribute; what is no number is left to the reader to refuse.
    fn number(&self, name: &[u8]) -> Option<u64> {
        let at = self.attributes.windows(name.len()).position(|w| w == name)? + name.len();
        let digits = self.attributes.get(at..)?.iter().skip_while(|b| matches!(b, b'=' | b'"' | b'\'' | b' '));
        let digits: Vec<u8> = digits.take_while(|b| b.is_ascii_digit()).copied().take(12).collect();
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }
}

/// The tags of an XML text.
struct Tags<'a> {
    rest: &'a [u8],
}

impl<'a> Tags<'a> {
    /// The end of a tag that begins `inner`: a comment and its kin end with a sign of their own,
    /// and in others `>` may stand between quotes.
    fn end(inner: &[u8]) -> Option<usize> {
        let closing = |end: &[u8]| inner.windows(end.len()).position(|w| w == end).map(|at| at + end.len() - 1);
        match inner {
            [b'!', b'-', b'-', ..] => return closing(b"-->"),
            [b'!', b'[', ..] => return closing(b"]]>"),
            [b'?', ..] => return closing(b"?>"),
            _ => {}
        }
        let mut quote = None;
        inner.iter().position(|b| {
            match (quote, b) {
                (None, b'"' | b'\'') => quote = Some(*b),
                (Some(open), b) if open == *b => quote = None,
                (None, b'>') => return true,
                (None | Some(_), _) => {}
            }
            false
        })
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let text_before = self.rest.iter().position(|b| *b == b'<')?;
        let inner = &self.rest[text_before + 1..];
        let end = Self::end(inner)?;
        self.rest = &inner[end + 1..];
        let inner = &inner[..end];
        let is_closed = inner.ends_with(b"/");
        let name =
            inner.iter().skip(1).position(|b| b.is_ascii_whitespace() || *b == b'/').map_or(inner.len(), |at| at + 1);
        Some(Tag { name: &inner[..name], attributes: &inner[name..], is_closed, text_before })
    }
}
