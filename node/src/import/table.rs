//! Tells rows of data from everything else that stands in a table: repeated headers, numbers of
//! columns, headings of communes, sums, signatures; in a statistics form, the tables below it.

use std::collections::{BTreeMap, BTreeSet};

use keng_domain::text::{name_key, search_key};

use super::cells::{self, line};
use super::grid::{Cell, Grid};
use super::header::Header;
use super::rows::{RowReader, count_words};
use super::titles::Column;

/// Columns whose numbers make a row count as data.
const COUNTS: [Column; 2] = [Column::Point("teams"), Column::Point("members")];
const NUMBERS: [Column; 3] = [Column::Number, COUNTS[0], COUNTS[1]];
/// The same of a form, where the number of points is one more.
const FORM_COUNTS: [Column; 3] = [Column::Points, COUNTS[0], COUNTS[1]];

/// The rows of data under the header, from 0, in the order of the sheet. Reading goes on after
/// blank rows: officers leave them between communes.
pub(super) fn rows_of_data(grid: &Grid, header: &Header, reader: &RowReader<'_>) -> Vec<u32> {
    let mut table = Table { grid, reader, header_words: words_of(grid, header), sections: true };
    let mut rows: Vec<u32> = grid.rows.range(header.last_row + 1..).map(|(row, _)| *row).collect();
    if header.is_form() {
        // Where every row is numbered I, II, III, those are the models and no sections.
        table.sections = rows.iter().any(|row| table.is_numbered(*row));
    }
    rows.retain(|row| !table.is_aside(*row));
    let end = match header.is_form() {
        true => {
            let end = rows.iter().position(|row| table.begins_another(*row));
            rows.truncate(end.unwrap_or(rows.len()));
            rows.truncate(table.end_of_form(&rows));
            while let Some((last, above)) = rows.split_last()
                && table.adds_up(*last, above)
            {
                rows.pop();
            }
            rows.len()
        }
        false => table.end_of_data(&rows),
    };
    rows.truncate(end);
    rows
}

/// Under which the words behind such a count are known.
fn key_of(count: Column) -> &'static str {
    match count {
        Column::Point(key) => key,
        _ => "points",
    }
}

/// Whether something stands in `rows` that only a list has: a commune, a count, a date, a code or a level.
pub(super) fn is_list(reader: &RowReader<'_>, rows: &[u32]) -> bool {
    let is_data = |row: &u32| {
        reader.has_number(*row, &COUNTS)
            || reader.has_typed_value(*row)
            || reader.shown(*row, Column::Unit).is_some_and(|name| reader.is_unit(&name))
    };
    reader.header().unit.is_some() || rows.iter().any(is_data)
}

struct Table<'a> {
    grid: &'a Grid,
    reader: &'a RowReader<'a>,
    header_words: BTreeMap<u32, BTreeSet<String>>,
    /// Whether rows numbered unlike points are headings.
    sections: bool,
}

impl Table<'_> {
    /// Whether a row is certainly no data, wherever it stands.
    fn is_aside(&self, row: u32) -> bool {
        let filled = self.reader.filled(row);
        let nameless = [Column::Model, Column::Unit, Column::Place].iter().all(|c| self.reader.cell(row, *c).is_none());
        filled.len() <= 1
            || self.reader.is_section(row)
            || self.repeats_header(&filled)
            || is_numbering(&filled)
            || self.is_sum(row, &filled)
            || self.is_heading(row)
            || nameless && !self.reader.has_number(row, self.counts())
    }

    fn is_form(&self) -> bool {
        self.reader.header().is_form()
    }

    fn counts(&self) -> &'static [Column] {
        if self.is_form() { &FORM_COUNTS } else { &COUNTS }
    }

    /// Whether the head of another table stands in a row, as the exemplars stand below the models of a form.
    fn begins_another(&self, row: u32) -> bool {
        let means = |column| {
            let text = self.reader.shown(row, column)?;
            Some(Column::of_title(&text, &[])?.0)
        };
        means(Column::Number) == Some(Column::Number) && means(Column::Model) != Some(Column::Model)
    }

    fn repeats_header(&self, filled: &BTreeMap<u32, &Cell>) -> bool {
        filled.iter().all(|(at, cell)| match cell {
            Cell::Text(text) => self.header_words.get(at).is_some_and(|words| words.contains(&search_key(text))),
            Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => false,
        })
    }

    /// "Tổng cộng" and its kin. Tones decide: "Cổng trường an toàn" is a model, "Cộng" is a sum.
    fn is_sum(&self, row: u32, filled: &BTreeMap<u32, &Cell>) -> bool {
        let model = self.reader.cell(row, Column::Model);
        let placeless = [Column::Unit, Column::Place].iter().all(|c| self.reader.cell(row, *c).is_none());
        filled.values().next().copied().into_iter().chain(model).any(|cell| {
            let Cell::Text(text) = cell else { return false };
            let key = name_key(text);
            let key = key.trim_end_matches([':', ' ', '.']);
            let is_named = model.is_some_and(|model| model != cell);
            // "Toàn xã" beside a model is where it is.
            let of_area = placeless && !is_named && !self.is_numbered(row) && is_whole_area(key);
            of_area
                || ["Tổng cộng", "Tổng số", "Cộng", "Tổng", "Cộng tổng"].iter().any(|word| {
                    let word = name_key(word);
                    // "Tổng số tổ: …" or "Cộng xã Đăk Long", but only where no point is named.
                    let begins =
                        || placeless && key.strip_prefix(&word).is_some_and(|rest| rest.starts_with([' ', ':']));
                    key == word || begins() && (!self.is_form() || self.is_sum_of_form(row, key))
                })
        })
    }

    /// Whether a row of a form that begins like a sum is one: no row of a form has a place, but "Cộng đồng tự
    /// quản" and "Tổng đài an ninh" are models, and numbered like models.
    fn is_sum_of_form(&self, row: u32, key: &str) -> bool {
        let sums = ["Tổng cộng", "Tổng số", "Cộng tổng"];
        let unnumbered = self.reader.header().position(Column::Number).is_some() && !self.is_numbered(row);
        sums.iter().any(|word| key.starts_with(&name_key(word)))
            || unnumbered && !["Cộng đồng", "Tổng đài", "Tổng hợp"].iter().any(|word| key.starts_with(&name_key(word)))
    }

    /// "I | Xã Đăk Long": a commune or a section above its rows, perhaps with its own sums.
    fn is_heading(&self, row: u32) -> bool {
        if [Column::Unit, Column::Place].iter().any(|c| self.reader.cell(row, *c).is_some()) {
            return false;
        }
        let section = self.reader.shown(row, Column::Number).is_some_and(|n| is_section(&n));
        if self.is_form() && !self.is_numbered(row) {
            // A field of work above its models, with their sums; no model is called so.
            let name = self.reader.shown(row, Column::Model).map(|name| name_key(&name));
            if name.is_some_and(|name| name.starts_with(&name_key("Lĩnh vực"))) {
                return true;
            }
        }
        section && self.sections || self.reader.shown(row, Column::Model).is_some_and(|name| self.reader.is_unit(&name))
    }

    /// Where the data end and notes and signatures begin, as a position in `rows`.
    ///
    /// A signature may stand in any column, so at the end of a sheet a row without any number,
    /// date, code or commune is none of data when it names at most one thing, or, below a
    /// blank row, at most two ("NGƯỜI LẬP" and "TM. BAN CHỈ ĐẠO").
    fn end_of_data(&self, rows: &[u32]) -> usize {
        let all = self.reader.naming_columns().len();
        let data = rows.iter().rposition(|row| self.names(*row) == all || self.has_value(*row));
        let mut end = data.map_or(0, |last| last + 1);
        let mut gap = false;
        for (i, row) in rows.iter().enumerate().skip(end) {
            let above = i.checked_sub(1).map_or(*row, |i| rows[i] + 1);
            gap |= (above..*row).any(|between| !self.grid.rows.contains_key(&between));
            if !gap && self.names(*row) == 2 {
                end = i + 1;
            }
        }
        end
    }

    /// Where the rows of a form end: below the last with a number. A name alone may be a signature there, and
    /// has a count, however it is written, only directly below the others.
    fn end_of_form(&self, rows: &[u32]) -> usize {
        let is_data = |row: &u32| self.is_numbered(*row) || self.reader.has_number(*row, &FORM_COUNTS);
        let mut end = rows.iter().rposition(is_data).map_or(0, |last| last + 1);
        while let Some(row) = rows.get(end)
            && end.checked_sub(1).is_none_or(|above| rows[above] + 1 == *row)
            && [Column::Model, Column::Points].iter().all(|c| self.reader.cell(*row, *c).is_some())
        {
            end += 1;
        }
        end
    }

    /// Whether a row of a form with running numbers has none, and counts what those of `above` come to: a sum,
    /// whatever it is called.
    fn adds_up(&self, row: u32, above: &[u32]) -> bool {
        let numbered: Vec<u32> = above.iter().copied().filter(|row| self.is_numbered(*row)).collect();
        let count = |row: u32, column: Column| {
            let cell = self.reader.cell(row, column)?;
            cells::count(cell, count_words(key_of(column))).ok()
        };
        let told: Vec<Column> = FORM_COUNTS.into_iter().filter(|c| self.reader.cell(row, *c).is_some()).collect();
        let is_sum = |column: &Column| {
            let sum = numbered.iter().filter_map(|row| count(*row, *column)).sum::<i64>();
            count(row, *column) == Some(sum)
        };
        // One row above would be the sum of each that says the same.
        numbered.len() > 1 && !self.is_numbered(row) && told.contains(&Column::Points) && told.iter().all(is_sum)
    }

    /// Whether a row has a running number: `7`, `7.`.
    fn is_numbered(&self, row: u32) -> bool {
        let number = self.reader.shown(row, Column::Number);
        number.is_some_and(|n| n.trim_end_matches(['.', ')', ' ']).parse::<u32>().is_ok())
    }

    fn names(&self, row: u32) -> usize {
        self.reader.naming_columns().iter().filter(|c| self.reader.cell(row, **c).is_some()).count()
    }

    fn has_value(&self, row: u32) -> bool {
        self.reader.has_number(row, &NUMBERS)
            || self.reader.has_typed_value(row)
            || self.reader.shown(row, Column::Unit).is_some_and(|name| self.reader.is_unit(&name))
    }
}

/// "Toàn huyện", "Cả xã", "Lũy kế": a sum, as no model is called. "Toàn dân bảo vệ an ninh" and "Toàn xã hội …" are.
fn is_whole_area(key: &str) -> bool {
    const AREAS: &[&str] =
        &["huyện", "xã", "tỉnh", "thành phố", "thị xã", "thị trấn", "phường", "quận", "đặc khu", "địa bàn", "đơn vị"];
    let follows = |word: &str, what: &str| {
        let rest = key.strip_prefix(&name_key(word))?.strip_prefix(' ')?.strip_prefix(&name_key(what))?;
        (rest.is_empty() || rest.starts_with([' ', ':', '(', ','])).then_some(rest)
    };
    let hoi = name_key("hội");
    let area = |word: &str| AREAS.iter().any(|a| follows(word, a).is_some_and(|rest| !rest.trim().starts_with(&hoi)));
    let running = ["Lũy kế", "Cộng dồn"].iter().any(|word| key.starts_with(&name_key(word)));
    area("Toàn") || area("Cả") || running
}

fn words_of(grid: &Grid, header: &Header) -> BTreeMap<u32, BTreeSet<String>> {
    let mut words: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (at, cell) in grid.rows.range(header.first_row..=header.last_row).flat_map(|(_, cells)| cells) {
        if let Cell::Text(text) = cell {
            words.entry(*at).or_default().insert(search_key(text));
        }
    }
    words
}

/// `1 2 3 4`, `(1) (2) (3)`, `A B 1 2 3`, `5=3+4`: the numbers of columns under a header.
fn is_numbering(filled: &BTreeMap<u32, &Cell>) -> bool {
    let mut last = None;
    for cell in filled.values() {
        let text = match cell {
            Cell::Text(text) => line(text),
            Cell::Number(n) => n.to_string(),
            Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => return false,
        };
        let text = text.split('=').next().unwrap_or_default().trim_matches(['(', ')', ' ', '[', ']']);
        match text.parse::<u32>() {
            Ok(n) if last.is_none_or(|l: u32| n == l + 1) => last = Some(n),
            Err(_) if last.is_none() && text.chars().count() == 1 && text.chars().all(char::is_alphabetic) => {}
            Ok(_) | Err(_) => return false,
        }
    }
    filled.len() >= 3 && last.is_some()
}

/// `I`, `II.`, `A`, `b)`: sections are numbered unlike points.
fn is_section(number: &str) -> bool {
    let number = number.trim_end_matches(['.', ')', '/', ' ']);
    let roman = !number.is_empty() && number.chars().all(|c| "IVXLC".contains(c.to_ascii_uppercase()));
    roman || number.chars().count() == 1 && number.chars().all(char::is_alphabetic)
}
