//! How high a row must be for what is filled in: a spreadsheet does not fit rows of a file that another
//! program wrote, and a name that is cut off is no name.

use roxmltree::Document;

use super::reference::At;
use super::styles::Styles;
use super::xml::{attribute, is};
use crate::xlsx::sheet::height;

/// Excel's width of a column that says none, in digits of its plain letters.
const PLAIN_WIDTH: f64 = 8.43;

/// Widths of the columns of a sheet.
#[derive(Debug)]
pub struct Heights<'f> {
    styles: &'f Styles,
    plain: f64,
    /// First column, last column, width.
    widths: Vec<(u32, u32, f64)>,
    /// Merged cells: the first, and the last column.
    merged: Vec<(At, u32)>,
}

impl<'f> Heights<'f> {
    /// Of a sheet.
    pub fn of(document: &Document<'_>, styles: &'f Styles) -> Self {
        let number = |n: &roxmltree::Node<'_, '_>, name: &str| attribute(n, name)?.parse::<f64>().ok();
        let plain = document.descendants().find(|n| is(n, "sheetFormatPr")).and_then(|n| number(&n, "defaultColWidth"));
        let width = |n: roxmltree::Node<'_, '_>| {
            let column = |name: &str| attribute(&n, name)?.parse::<u32>().ok();
            Some((column("min")?, column("max")?, number(&n, "width")?))
        };
        let merged = |n: roxmltree::Node<'_, '_>| {
            let (from, to) = attribute(&n, "ref")?.split_once(':')?;
            Some((At::read(from)?, At::read(to)?.column))
        };
        Self {
            styles,
            plain: plain.unwrap_or(PLAIN_WIDTH),
            widths: document.descendants().filter(|n| is(n, "col")).filter_map(width).collect(),
            merged: document.descendants().filter(|n| is(n, "mergeCell")).filter_map(merged).collect(),
        }
    }

    /// Height, pt, that `text` needs in a cell of the template; `None` where one line is all there can be.
    pub fn needed(&self, at: At, style: Option<&str>, text: &str) -> Option<f64> {
        let look = self.styles.look(style);
        if !look.wraps || text.is_empty() {
            return None;
        }
        let last = self.merged.iter().find(|(first, _)| *first == at).map_or(at.column, |(_, last)| *last);
        let width: f64 = (at.column..=last.min(at.column + 1_000)).map(|column| self.width(column)).sum();
        // In a hidden column nobody reads.
        (width > 0.0).then(|| height([(text, width)], look.pt))
    }

    fn width(&self, column: u32) -> f64 {
        let told = self.widths.iter().find(|(from, to, _)| (*from..=*to).contains(&column));
        told.map_or(self.plain, |(_, _, width)| *width)
    }
}
