//! Which sheets of a workbook are read: all lists of points that people see, for districts keep one for each
//! commune; of statistics forms one, for another may sum it up.

use super::Context;
use super::grid::Grid;
use super::header::{DEPTH_MAX, Header, best_of};
use super::layout::Layout;
use super::limits::Limits;
use super::rows::RowReader;
use super::sections::sections;
use super::table::rows_of_data;
use super::units::Units;
use super::unreadable::Unreadable;
use super::words::unread_sheet_notice;
use super::workbook::{SheetName, Workbook};

/// The tables of a workbook.
pub(super) struct Tables {
    /// Those that are read, in the order of the workbook.
    pub read: Vec<Header>,
    /// The sheet of the one that says most.
    pub best: String,
    /// What an officer said of their columns.
    pub layout: Option<Layout>,
    /// Those that are not, each with why.
    pub left: Vec<(Header, String)>,
}

/// A sheet with a header.
struct Candidate {
    visible: bool,
    header: Header,
    top: Grid,
    layout: Option<Layout>,
    missing: Vec<&'static str>,
}

impl Candidate {
    /// Of two the one that says more is the better; of equal ones the first. A sheet that people do not see counts
    /// only when no visible sheet has a header, and a statistics form only when no sheet lists points.
    fn rank(&self) -> (bool, bool, bool, usize) {
        (self.visible, self.missing.is_empty(), !self.header.is_form(), self.header.known())
    }

    /// Why it is not read beside the best one; `None` where it is.
    fn left_beside(&self, best: &Self) -> Option<String> {
        let titles = |c: &Self| c.layout.as_ref().map(|layout| layout.titles.clone());
        match () {
            () if !self.visible => Some("trang bị ẩn".to_owned()),
            () if self.header.is_form() => Some("là biểu thống kê; hãy nhập riêng trang này".to_owned()),
            () if best.header.is_form() => Some("tệp được đọc theo biểu thống kê".to_owned()),
            () if !self.missing.is_empty() => Some(format!("thiếu cột {}", self.missing.join("; "))),
            // Said of other titles, it is nothing said of these.
            () if self.layout.is_some() && titles(self) != titles(best) => {
                Some("tiêu đề khác với trang đã chỉ cột".to_owned())
            }
            () => None,
        }
    }
}

/// Finds the tables. What an officer said of the columns goes before what the titles say.
pub(super) fn find(
    book: &mut Workbook<'_>,
    context: &Context<'_>,
    units: &Units<'_>,
    limits: &Limits,
) -> Result<Tables, Unreadable> {
    let sheets = book.sheets();
    let (mut anything, mut found) = (false, Vec::new());
    for sheet in &sheets {
        let top = book.top(&sheet.name, limits.header_rows + DEPTH_MAX - 1)?;
        anything |= !top.rows.is_empty();
        found.extend(candidate(sheet, top, context, units, limits));
    }
    let mut best: Option<usize> = None;
    for (at, candidate) in found.iter().enumerate() {
        if best.and_then(|b| found.get(b)).is_none_or(|b: &Candidate| candidate.rank() > b.rank()) {
            best = Some(at);
        }
    }
    let Some(best) = best.and_then(|at| found.get(at)) else {
        return Err(match anything {
            true => Unreadable::NoHeader { rows: limits.header_rows, sheets: sheets.len() },
            false => Unreadable::Empty,
        });
    };
    if !best.missing.is_empty() {
        let (sheet, missing) = (best.header.sheet.clone(), best.missing.clone());
        return Err(Unreadable::MissingColumns { sheet, row: best.header.first_row + 1, missing });
    }
    let (layout, sheet) = (best.layout.clone(), best.header.sheet.clone());
    let mut tables = Tables { read: Vec::new(), best: sheet, layout, left: Vec::new() };
    for candidate in &found {
        let is_best = std::ptr::eq(candidate, best);
        let mut header = candidate.header.clone();
        let why = candidate.left_beside(best).filter(|_| !is_best);
        let dated = header.read_heading(&candidate.top);
        match (why, dated) {
            (Some(why), _) => tables.left.push((header, why)),
            (None, Ok(())) => tables.read.push(header),
            (None, Err(unreadable)) if is_best => return Err(unreadable),
            // A sheet that explains the columns may name no year; it does not stop the list.
            (None, Err(_)) => tables.left.push((header, "không rõ xếp loại của năm nào".to_owned())),
        }
    }
    Ok(tables)
}

fn candidate(
    SheetName { name, visible }: &SheetName,
    top: Grid,
    context: &Context<'_>,
    units: &Units<'_>,
    limits: &Limits,
) -> Option<Candidate> {
    let unit = units.of_sheet(name);
    let required = !units.importing_is_smallest() && unit.is_none();
    let recognised = best_of(name, &top, limits.header_rows, &context.pack.levels, required);
    let (mut header, layout) = match (context.layouts.header(name, &top, recognised.as_ref()), recognised) {
        (Some((header, layout)), _) => (header, Some(layout)),
        (None, Some(header)) => (header, None),
        (None, None) => return None,
    };
    header.unit = unit;
    let required = required && sections(&top, &header, units).is_empty();
    Some(Candidate { visible: *visible, missing: header.missing(required), header, top, layout })
}

/// What an officer is told of a table that is not read; `None` where no row stands in it.
pub(super) fn told_of_left(
    book: &mut Workbook<'_>,
    context: &Context<'_>,
    units: &Units<'_>,
    (header, why): &(Header, String),
) -> Option<String> {
    // What the limits stop here is not wanted: the tables that are read have passed them.
    let grid = book.whole(&header.sheet).ok()?;
    let reader = RowReader::new(header, &grid, units, context.pack, book.epoch());
    let rows = rows_of_data(&grid, header, &reader).len();
    (rows > 0).then(|| unread_sheet_notice(&header.sheet, rows, why))
}
