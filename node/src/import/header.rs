//! Finds the table: the sheet and the row (or two rows) whose titles say most.

use std::collections::BTreeMap;

use keng_domain::rule_pack::Level;

use super::cells::line;
use super::grid::{Cell, Grid};
use super::heading::{period_of_heading, year_of_heading, years};
use super::layout::{Layout, Layouts};
use super::limits::Limits;
use super::titles::Column;
use super::unreadable::Unreadable;
use super::workbook::{SheetName, Workbook};

/// A header with fewer titles that we know is a heading that happens to contain a word of ours.
const TITLES_MIN: usize = 3;

/// A header in its sheet.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// The sheet.
    pub sheet: String,
    /// Its last row, from 0; data begin below.
    pub last_row: u32,
    /// Its first row, from 0.
    pub first_row: u32,
    /// Known columns by their position, as far as they mean something in such a table.
    pub columns: BTreeMap<u32, (Column, String)>,
    /// All known columns: an officer may say that one of them is another, which makes it another table.
    pub titled: BTreeMap<u32, (Column, String)>,
    /// The period that the rows above a form speak of, as submissions name it.
    pub period: Option<String>,
}

impl Header {
    /// A header with the columns that mean something in a list of points, or in a statistics form.
    pub(super) fn new(
        sheet: &str,
        (first_row, last_row): (u32, u32),
        columns: BTreeMap<u32, (Column, String)>,
    ) -> Self {
        let mut header =
            Self { sheet: sheet.to_owned(), first_row, last_row, titled: columns.clone(), columns, period: None };
        let is_form = header.is_form();
        header.columns.retain(|_, (column, _)| match column {
            // A model's own class is no count of points.
            Column::Rating(_) => !is_form,
            other => is_form || !other.is_of_form(),
        });
        header
    }

    /// Whether each row tells of a model and how many points it has, and none says where they are: a
    /// statistics form, from which no point can be made.
    pub(super) fn is_form(&self) -> bool {
        let has = |column| self.position(column).is_some();
        has(Column::Model) && has(Column::Points) && !has(Column::Unit) && !has(Column::Place)
    }

    /// The year of the ratings that a form counts, where their titles name one.
    pub(super) fn rated_year(&self) -> Option<i32> {
        let counts = self.columns.values().filter(|(column, _)| matches!(column, Column::Level(_)));
        let mut named: Vec<i32> = counts.flat_map(|(_, title)| years(&keng_domain::text::search_key(title))).collect();
        named.dedup();
        match named.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Where `column` stands.
    pub(super) fn position(&self, column: Column) -> Option<u32> {
        self.columns.iter().find(|(_, (c, _))| *c == column).map(|(at, _)| *at)
    }

    /// The title of `column` as in the file; its usual title where the file has none.
    pub(super) fn title(&self, column: Column) -> String {
        let found = self.columns.values().find(|(c, _)| *c == column).map(|(_, title)| title.clone());
        found.unwrap_or_else(|| column.required_title().unwrap_or_default().to_owned())
    }

    /// How many titles are known, the running number aside.
    fn known(&self) -> usize {
        self.columns.values().filter(|(c, _)| *c != Column::Number).count()
    }

    fn missing(&self, unit_required: bool) -> Vec<&'static str> {
        if self.is_form() {
            return Vec::new();
        }
        [Column::Model, Column::Unit, Column::Place]
            .into_iter()
            .filter(|c| (*c != Column::Unit || unit_required) && self.position(*c).is_none())
            .filter_map(Column::required_title)
            .collect()
    }
}

/// Finds the header with the most known titles in the first rows of all sheets; of equal ones
/// the first. A sheet that people do not see counts only when no visible sheet has a header, and a
/// statistics form only when no sheet lists points: a list says more.
///
/// What an officer said of the columns goes before what the titles say.
///
/// `unit_required` is false where the importing unit is itself the smallest unit.
pub(super) fn find(
    book: &mut Workbook<'_>,
    layouts: &Layouts,
    limits: &Limits,
    levels: &[Level],
    unit_required: bool,
) -> Result<(Header, Option<Layout>), Unreadable> {
    let sheets = book.sheets();
    let mut anything = false;
    let mut best: Option<(bool, Header, Grid, Option<Layout>)> = None;
    for SheetName { name, visible } in &sheets {
        let grid = book.top(name, limits.header_rows + 1)?;
        anything |= !grid.rows.is_empty();
        let recognised = best_of(name, &grid, limits.header_rows, levels, unit_required);
        let said = layouts.header(name, &grid, recognised.as_ref());
        let (found, layout) = match (said, recognised) {
            (Some((header, layout)), _) => (header, Some(layout)),
            (None, Some(header)) => (header, None),
            (None, None) => continue,
        };
        let rank = |visible: bool, h: &Header| (visible, h.missing(unit_required).is_empty(), !h.is_form(), h.known());
        if best.as_ref().is_none_or(|(v, b, ..)| rank(*visible, &found) > rank(*v, b)) {
            best = Some((*visible, found, grid, layout));
        }
    }
    let Some((_, mut header, top, layout)) = best else {
        return Err(match anything {
            true => Unreadable::NoHeader { rows: limits.header_rows, sheets: sheets.len() },
            false => Unreadable::Empty,
        });
    };
    let missing = header.missing(unit_required);
    if !missing.is_empty() {
        return Err(Unreadable::MissingColumns { sheet: header.sheet, row: header.first_row + 1, missing });
    }
    if header.is_form() {
        header.period = period_of_heading(heading(&top, &header));
    }
    date_the_rating(&top, &mut header)?;
    Ok((header, layout))
}

fn best_of(sheet: &str, grid: &Grid, rows: u32, levels: &[Level], unit_required: bool) -> Option<Header> {
    let mut best: Option<Header> = None;
    for (&row, cells) in grid.rows.range(..rows) {
        let one = header_of(sheet, (row, row), titles_of(cells, levels));
        let below = grid.rows.get(&(row + 1));
        let two = below.map(|below| header_of(sheet, (row, row + 1), joined(cells, below, levels)));
        for header in std::iter::once(one).chain(two) {
            // Of equal ones one row: the row above it is a heading, which may tell the year.
            let rank = |h: &Header| (h.missing(unit_required).is_empty(), h.known(), h.first_row == h.last_row);
            if header.position(Column::Model).is_some()
                && header.known() >= TITLES_MIN
                && best.as_ref().is_none_or(|b| rank(&header) > rank(b))
            {
                best = Some(header);
            }
        }
    }
    best
}

/// A title with what it means; `None` for a title that says nothing to us.
type Titles = BTreeMap<u32, (String, Option<(Column, usize)>)>;

fn titles_of(cells: &BTreeMap<u32, Cell>, levels: &[Level]) -> Titles {
    let titles = cells.iter().filter_map(|(&at, cell)| Some((at, title(cell)?)));
    titles.map(|(at, title)| (at, (title.clone(), Column::of_title(&title, levels)))).collect()
}

fn title(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(line(text)),
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => None,
    }
}

/// Titles over two rows: "Quyết định" above "Số" and "Ngày", "Tên mô hình" merged downwards.
/// Of a merged region only its first cell has text, so a title above goes on to the right
/// over columns that have one below.
fn joined(above: &BTreeMap<u32, Cell>, below: &BTreeMap<u32, Cell>, levels: &[Level]) -> Titles {
    let of_title = |text: &str| Column::of_title(text, levels);
    let mut group = None;
    let mut titles = Titles::new();
    let last = above.keys().chain(below.keys()).max().copied().unwrap_or(0);
    for at in 0..=last {
        let (top, bottom) = (above.get(&at).and_then(title), below.get(&at).and_then(title));
        if top.is_some() || bottom.is_none() {
            group.clone_from(&top);
        }
        let (whole, meaning) = match (&group, top, bottom) {
            (Some(group), _, Some(bottom)) => {
                let whole = format!("{group} {bottom}");
                let meaning = of_title(&whole).or_else(|| of_title(&bottom));
                (whole, meaning)
            }
            (None, _, Some(bottom)) => (bottom.clone(), of_title(&bottom)),
            (_, Some(top), None) => (top.clone(), of_title(&top)),
            (_, None, None) => continue,
        };
        titles.insert(at, (whole, meaning));
    }
    titles
}

/// Of two columns with one meaning the one with the surer title counts, of equals the first.
fn header_of(sheet: &str, rows: (u32, u32), titles: Titles) -> Header {
    let mut chosen: BTreeMap<Column, (usize, u32, String)> = BTreeMap::new();
    for (at, (title, meaning)) in titles {
        let Some((column, strength)) = meaning else { continue };
        if chosen.get(&column).is_none_or(|(s, _, _)| strength < *s) {
            chosen.insert(column, (strength, at, title));
        }
    }
    let columns = chosen.into_iter().map(|(column, (_, at, title))| (at, (column, title))).collect();
    Header::new(sheet, rows, columns)
}

/// The texts above the table.
fn heading<'a>(top: &'a Grid, header: &Header) -> impl Iterator<Item = &'a str> {
    let above = top.rows.range(..header.first_row).flat_map(|(_, cells)| cells.values());
    above.filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => None,
    })
}

/// Gives a rating column without a year the one year that the rows above the header name.
fn date_the_rating(top: &Grid, header: &mut Header) -> Result<(), Unreadable> {
    let Some(at) = header.position(Column::Rating(None)) else { return Ok(()) };
    let title = header.title(Column::Rating(None));
    let Some(year) = year_of_heading(heading(top, header)) else {
        return Err(Unreadable::RatingWithoutYear { sheet: header.sheet.clone(), column: title });
    };
    match header.position(Column::Rating(Some(year))) {
        // "Xếp loại năm 2022" stands beside it and says the same more clearly.
        Some(_) => header.columns.remove(&at),
        None => header.columns.insert(at, (Column::Rating(Some(year)), title)),
    };
    Ok(())
}
