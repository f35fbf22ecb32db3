//! Finds the table of a sheet: the row (or rows) whose titles say most.

use std::collections::{BTreeMap, BTreeSet};

use keng_domain::rule_pack::Level;

use super::cells::{excerpt, line};
use super::decisions::day_in_list;
use super::grid::{Cell, Grid};
use super::heading::{period_of_heading, year_of_heading, years};
use super::layout::letters;
use super::titles::Column;
use super::units::Found;
use super::unreadable::Unreadable;

/// A header with fewer titles that we know is a heading that happens to contain a word of ours.
const TITLES_MIN: usize = 3;
/// Rows over which titles may be spread: what a group is, what stands in it, and its parts.
pub(super) const DEPTH_MAX: u32 = 3;

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
    /// All titles.
    pub titles: BTreeMap<u32, String>,
    /// The period that the rows above a form speak of, as submissions name it.
    pub period: Option<String>,
    /// The unit of all rows, where the name of the sheet says it and no column does.
    pub unit: Option<Found>,
}

impl Header {
    /// A header with the columns that mean something in a list of points, or in a statistics form.
    pub(super) fn new(
        sheet: &str,
        (first_row, last_row): (u32, u32),
        columns: BTreeMap<u32, (Column, String)>,
        titles: BTreeMap<u32, String>,
    ) -> Self {
        let (sheet, titled) = (sheet.to_owned(), columns.clone());
        let mut header = Self { sheet, first_row, last_row, titled, titles, columns, period: None, unit: None };
        let is_form = header.is_form();
        if !is_form && header.position(Column::Point("decision_date")).is_none() {
            header.columns.extend(header.day_of_decision());
        }
        let counted = header.columns.values().find_map(|(column, _)| match column {
            Column::Level(year, _) => Some(*year),
            _ => None,
        });
        header.columns.retain(|_, (column, _)| match column {
            // A model's own class is no count of points.
            Column::Rating(_) => !is_form,
            // A form is compared with the ratings of one year.
            Column::Level(year, _) if is_form => Some(*year) == counted,
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
        let counts = self.columns.values().filter(|(column, _)| matches!(column, Column::Level(..)));
        let mut named: Vec<i32> = counts.flat_map(|(_, title)| years(&keng_domain::text::search_key(title))).collect();
        named.dedup();
        match named.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// In a list, the column that is the day of the decision without saying so.
    fn day_of_decision(&self) -> Option<(u32, (Column, String))> {
        self.titles.iter().find_map(|(at, title)| {
            let left = at.checked_sub(1).and_then(|left| self.columns.get(&left)).map(|(column, _)| *column);
            let column = day_in_list(title, left)?;
            let is_free = self.columns.get(at).is_none_or(|(known, _)| known.is_of_form());
            is_free.then(|| (*at, (column, title.clone())))
        })
    }

    /// The columns that are not read though something stands in `rows` of them, as a person knows them.
    pub(super) fn unread(&self, grid: &Grid, rows: &[u32]) -> Vec<String> {
        let cells = rows.iter().filter_map(|row| grid.rows.get(row)).flatten();
        let filled: BTreeSet<u32> = cells.filter(|(_, cell)| !cell.is_dash()).map(|(at, _)| *at).collect();
        let is_known = |at: &u32| self.columns.contains_key(at) || self.is_form() && self.titled.contains_key(at);
        let unread = filled.into_iter().filter(|at| !is_known(at)).filter_map(|at| match self.titles.get(&at) {
            Some(title) if Column::is_reckoned(title) => None,
            Some(title) => Some(format!("“{}”", excerpt(title))),
            None => Some(format!("{} (không có tiêu đề)", letters(at))),
        });
        unread.collect()
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
    pub(super) fn known(&self) -> usize {
        self.columns.values().filter(|(c, _)| *c != Column::Number).count()
    }

    /// The titles of columns without which no row makes sense. `unit_required` is false where all rows are of
    /// one unit that is known without a column.
    pub(super) fn missing(&self, unit_required: bool) -> Vec<&'static str> {
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

/// The header of a sheet: of its first rows those whose titles say most.
pub(super) fn best_of(sheet: &str, grid: &Grid, rows: u32, levels: &[Level], unit_required: bool) -> Option<Header> {
    let mut best: Option<Header> = None;
    for &row in grid.rows.range(..rows).map(|(row, _)| row) {
        let depths = (0..DEPTH_MAX).take_while(|below| grid.rows.contains_key(&(row + below)));
        for header in
            depths.map(|below| header_of(sheet, (row, row + below), titles_of(grid, (row, row + below), levels)))
        {
            // Of equal ones the least: the row above it is a heading, which may tell the year.
            let depth = |h: &Header| std::cmp::Reverse(h.last_row - h.first_row);
            let rank = |h: &Header| (h.missing(unit_required).is_empty(), h.known(), depth(h));
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

fn title(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(line(text)),
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => None,
    }
}

/// Titles over one row or several: "Quyết định" above "Số" and "Ngày", "Tên mô hình" merged downwards.
/// Of a merged region only its first cell has text, so a title goes on to the right over columns that have one
/// below it, as far as no other begins beside it or above.
fn titles_of(grid: &Grid, (first, last): (u32, u32), levels: &[Level]) -> Titles {
    let rows: Vec<&BTreeMap<u32, Cell>> = (first..=last).filter_map(|row| grid.rows.get(&row)).collect();
    let right = rows.iter().filter_map(|cells| cells.keys().next_back()).max().copied().unwrap_or(0);
    let mut groups: Vec<Option<String>> = vec![None; rows.len()];
    let mut titles = Titles::new();
    for at in 0..=right {
        let own: Vec<Option<String>> = rows.iter().map(|cells| cells.get(&at).and_then(title)).collect();
        for (row, group) in groups.iter_mut().enumerate() {
            let goes_on = own[row + 1..].iter().any(Option::is_some) && own[..=row].iter().all(Option::is_none);
            if !goes_on {
                group.clone_from(&own[row]);
            }
        }
        let path: Vec<&str> = groups.iter().flatten().map(String::as_str).collect();
        if !path.is_empty() {
            // What stands above a title says of what it is, or stands there as a mere heading.
            let meaning = (0..path.len()).find_map(|from| Column::of_title(&path[from..].join(" "), levels));
            titles.insert(at, (path.join(" "), meaning));
        }
    }
    titles
}

/// Of two columns with one meaning the one with the surer title counts, of equals the first.
fn header_of(sheet: &str, rows: (u32, u32), titles: Titles) -> Header {
    let all = titles.iter().map(|(at, (title, _))| (*at, title.clone())).collect();
    let mut chosen: BTreeMap<Column, (usize, u32, String)> = BTreeMap::new();
    for (at, (title, meaning)) in titles {
        let Some((column, strength)) = meaning else { continue };
        if chosen.get(&column).is_none_or(|(s, _, _)| strength < *s) {
            chosen.insert(column, (strength, at, title));
        }
    }
    let columns = chosen.into_iter().map(|(column, (_, at, title))| (at, (column, title))).collect();
    Header::new(sheet, rows, columns, all)
}

impl Header {
    /// Takes what the rows above the table say of all of it: the period of a form, the year of ratings whose
    /// titles name none.
    pub(super) fn read_heading(&mut self, top: &Grid) -> Result<(), Unreadable> {
        if self.is_form() {
            self.period = period_of_heading(heading(top, self));
        }
        date_the_ratings(top, self)
    }
}

/// The texts above the table.
fn heading<'a>(top: &'a Grid, header: &Header) -> impl Iterator<Item = &'a str> {
    let above = top.rows.range(..header.first_row).flat_map(|(_, cells)| cells.values());
    above.filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => None,
    })
}

/// Gives ratings without a year the one year that the rows above the header name.
fn date_the_ratings(top: &Grid, header: &mut Header) -> Result<(), Unreadable> {
    let is_undated = |column| match column {
        Column::Rating(year) => year.is_none(),
        Column::Level(year, _) => year.is_none() && !header.is_form(),
        _ => false,
    };
    let undated: Vec<u32> = header.columns.iter().filter(|(_, (c, _))| is_undated(*c)).map(|(at, _)| *at).collect();
    let year = year_of_heading(heading(top, header));
    for at in undated {
        let Some((column, title)) = header.columns.remove(&at) else { continue };
        let Some(year) = year else {
            return Err(Unreadable::RatingWithoutYear { sheet: header.sheet.clone(), column: title });
        };
        let dated = match column {
            Column::Level(_, level) => Column::Level(Some(year), level),
            _ => Column::Rating(Some(year)),
        };
        // Where "Xếp loại năm 2022" stands beside it, that says the same more clearly.
        if header.position(dated).is_none() {
            header.columns.insert(at, (dated, title));
        }
    }
    Ok(())
}
