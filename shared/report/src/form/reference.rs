//! Addresses of cells, and what becomes of them in formulas when rows move.

use std::fmt::Write;

/// Excel's last row.
pub const ROWS_MAX: u32 = 1_048_576;
/// Excel's last column, `XFD`.
pub const COLUMNS_MAX: u32 = 16_384;

/// A cell; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The row.
    pub row: u32,
    /// The column.
    pub column: u32,
}

impl At {
    /// Reads `B12` or `$B$12`.
    pub fn read(text: &str) -> Option<Self> {
        let corner = Corner::read(text)?;
        Some(Self { row: corner.row?.1, column: corner.column?.1 })
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", letters(self.column), self.row)
    }
}

/// `28` → `AB`.
pub fn letters(mut column: u32) -> String {
    let mut out = Vec::new();
    while column > 0 {
        // A remainder below 26.
        out.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    out.iter().rev().map(|b| char::from(*b)).collect()
}

/// One end of a reference: a cell, a whole column or a whole row; `true` with what `$` holds fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corner {
    /// The column.
    pub column: Option<(bool, u32)>,
    /// The row.
    pub row: Option<(bool, u32)>,
}

impl Corner {
    fn read(text: &str) -> Option<Self> {
        let (mut rest, mut column, mut row) = (text, None, None);
        let fixed = |rest: &mut &str| match rest.strip_prefix('$') {
            Some(after) => {
                *rest = after;
                true
            }
            None => false,
        };
        let held = fixed(&mut rest);
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let mut held_row = held;
        if end > 0 {
            let number =
                |n: u32, b: u8| n.saturating_mul(26).saturating_add(u32::from(b.to_ascii_uppercase() - b'A') + 1);
            let n = rest[..end].bytes().fold(0, number);
            column = (n <= COLUMNS_MAX).then_some((held, n));
            column?;
            rest = &rest[end..];
            held_row = fixed(&mut rest);
        }
        if !rest.is_empty() {
            let n: u32 = rest.bytes().all(|b| b.is_ascii_digit()).then(|| rest.parse().ok())??;
            row = (1..=ROWS_MAX).contains(&n).then_some((held_row, n));
            row?;
        } else if held_row && column.is_some() && text.ends_with('$') {
            return None;
        }
        (column.is_some() || row.is_some()).then_some(Self { column, row })
    }

    fn is_like(&self, other: &Self) -> bool {
        self.column.is_some() == other.column.is_some() && self.row.is_some() == other.row.is_some()
    }

    fn write(&self, out: &mut String) {
        let dollar = |held| if held { "$" } else { "" };
        if let Some((held, n)) = self.column {
            out.push_str(dollar(held));
            out.push_str(&letters(n));
        }
        if let Some((held, n)) = self.row {
            let _ = write!(out, "{}{n}", dollar(held));
        }
    }
}

/// How the rows of a sheet move when tables grow: each as the row in which it begins and how many rows it
/// adds, in the order of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves(pub Vec<(u32, u32)>);

impl Moves {
    /// Where row `row` goes; the first row of a table stays its first.
    pub fn row(&self, row: u32) -> u32 {
        self.0.iter().filter(|(first, _)| *first < row).fold(row, |to, (_, added)| to.saturating_add(*added))
    }

    /// Where the last row of an area goes: an area that ends with the first row of a table grows with it.
    pub fn last(&self, row: u32) -> u32 {
        self.0.iter().filter(|(first, _)| *first <= row).fold(row, |to, (_, added)| to.saturating_add(*added))
    }

    fn grown(&self, from: Corner, to: Option<Corner>) -> (Corner, Option<Corner>) {
        let (first, last) = self.corners(from, Some(to.unwrap_or(from)));
        // One cell stays one cell, unless it is the first of a table.
        if to.is_none() && last == Some(first) { (first, None) } else { (first, last) }
    }

    fn corners(&self, from: Corner, to: Option<Corner>) -> (Corner, Option<Corner>) {
        let at = |corner: Corner, map: &dyn Fn(u32) -> u32| Corner {
            row: corner.row.map(|(held, row)| (held, map(row))),
            ..corner
        };
        (at(from, &|row| self.row(row)), to.map(|to| at(to, &|row| self.last(row))))
    }

    /// Areas such as `B5 D7:F9`, of what holds for every row of a table: formats, validations.
    pub fn areas(&self, text: &str) -> String {
        rewrite(text, |_, from, to| self.grown(from, to))
    }

    /// Areas of what each row of a table has for itself: an area within one row moves and stays one row.
    pub fn within_rows(&self, text: &str) -> String {
        rewrite(text, |_, from, to| match to {
            Some(to) if to.row == from.row => {
                let row = from.row.map(|(held, row)| (held, self.row(row)));
                (Corner { row, ..from }, Some(Corner { row, ..to }))
            }
            _ => self.corners(from, to),
        })
    }

    /// A formula on a sheet, by what moves on each sheet; `None` for sheets on which nothing does.
    pub fn formula<'a>(text: &str, own: &str, of: impl Fn(&str) -> Option<&'a Self>) -> String {
        rewrite(text, |sheet, from, to| match of(sheet.unwrap_or(own)) {
            Some(moves) => moves.corners(from, to),
            None => (from, to),
        })
    }
}

/// A formula as filling it down by `rows` and to the right by `columns` gives it.
pub fn filled(text: &str, rows: i64, columns: i64) -> String {
    let by = |part: Option<(bool, u32)>, n: i64| match part {
        Some((false, at)) => Some((false, u32::try_from(i64::from(at) + n).unwrap_or(1).max(1))),
        held => held,
    };
    let shift = |c: Corner| Corner { column: by(c.column, columns), row: by(c.row, rows) };
    rewrite(text, |_, from, to| (shift(from), to.map(shift)))
}

/// Walks through a formula and puts other references in the place of each, with the sheet it names.
fn rewrite(
    text: &str,
    mut new: impl FnMut(Option<&str>, Corner, Option<Corner>) -> (Corner, Option<Corner>),
) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let (mut rest, mut sheet) = (text, None::<String>);
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => {
                let end = rest[1..].find('"').map_or(rest.len(), |i| i + 2);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            '\'' => {
                let end = quoted(rest);
                out.push_str(&rest[..end]);
                sheet = rest[end..].starts_with('!').then(|| rest[1..end - 1].replace("''", "'"));
                rest = &rest[end..];
                if let Some(after) = rest.strip_prefix('!') {
                    out.push('!');
                    rest = after;
                }
            }
            // A column of an Excel table, or another file.
            '[' => {
                let end = rest.find(']').map_or(rest.len(), |i| i + 1);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                sheet = Some("[".to_owned());
            }
            c if is_word(c) => {
                let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
                if let Some(after) = after.strip_prefix('!') {
                    // Of another file it stays as it is: no sheet of this one has `[` in its name.
                    sheet = Some(sheet.take().unwrap_or_default() + word);
                    out.push_str(word);
                    out.push('!');
                    rest = after;
                    continue;
                }
                rest = after;
                let from = Corner::read(word).filter(|_| !after.starts_with('('));
                let Some(from) = from else {
                    out.push_str(word);
                    sheet = None;
                    continue;
                };
                let second = after.strip_prefix(':').and_then(|more| {
                    let end = more.find(|c| !is_word(c)).unwrap_or(more.len());
                    Some((Corner::read(&more[..end]).filter(|to| to.is_like(&from))?, &more[end..]))
                });
                // A column or a row alone is no reference but a word or a number.
                if second.is_none() && (from.column.is_none() || from.row.is_none()) {
                    out.push_str(word);
                    sheet = None;
                    continue;
                }
                let (from, to) = new(sheet.as_deref(), from, second.map(|(to, _)| to));
                from.write(&mut out);
                if let Some(to) = to {
                    out.push(':');
                    to.write(&mut out);
                }
                if let Some((_, after)) = second {
                    rest = after;
                }
                sheet = None;
            }
            c => {
                out.push(c);
                sheet = None;
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The length of the quoted name that `text` begins with; two quotes within stand for one.
fn quoted(text: &str) -> usize {
    let mut from = 1;
    while let Some(i) = text[from..].find('\'') {
        let end = from + i + 1;
        if !text[end..].starts_with('\'') {
            return end;
        }
        from = end + 1;
    }
    text.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '?')
}

#[cfg(test)]
mod tests {
    use super::{At, Moves, filled, letters};

    fn moved(text: &str) -> String {
        let moves = Moves(vec![(10, 4)]);
        Moves::formula(text, "A", |sheet| (sheet == "A").then_some(&moves))
    }

    #[test]
    fn a_cell_is_read_and_written() {
        for (text, row, column) in [("B12", 12, 2), ("$XFD$1048576", 1_048_576, 16_384), ("aa$3", 3, 27)] {
            assert_eq!(At::read(text), Some(At { row, column }), "{text}");
        }
        for text in ["", "$", "B", "12", "B0", "XFE1", "B1048577", "B1x", "1B", "$$B1", "B$", "keng_ky", "Đ1"] {
            assert_eq!(At::read(text), None, "{text}");
        }
        assert_eq!(
            [letters(1), letters(26), letters(27), letters(702), letters(16_384)],
            ["A", "Z", "AA", "ZZ", "XFD"]
        );
    }

    #[test]
    fn a_sum_over_the_first_row_of_a_table_becomes_one_over_the_table() {
        assert_eq!(moved("SUM(F10:F10)"), "SUM(F10:F14)");
        assert_eq!(moved("SUM($F$9:$F$11)+F10+F12"), "SUM($F$9:$F$15)+F10+F16");
    }

    #[test]
    fn other_sheets_texts_functions_and_names_stay() {
        for text in
            ["B!F12", "'B b'!F12", "\"F12\"&keng_ky", "LOG10(5)", "T.TEST(1)", "Tbl[F12]", "[1]A!F12", "1E12+1.5"]
        {
            assert_eq!(moved(text), text);
        }
        assert_eq!(moved("A!F12*'A'!$F$12"), "A!F16*'A'!$F$16");
        assert_eq!(moved("IF(F12>0,\"F12 \"\"F12\"\"\",F12)"), "IF(F16>0,\"F12 \"\"F12\"\"\",F16)");
    }

    #[test]
    fn whole_rows_move_and_whole_columns_stay() {
        assert_eq!(moved("A!$11:$12"), "A!$15:$16");
        assert_eq!(moved("SUM(F:F)"), "SUM(F:F)");
    }

    #[test]
    fn a_formula_is_filled_down_as_in_excel() {
        assert_eq!(filled("F10/G$16+$H10", 2, 0), "F12/G$16+$H12");
        assert_eq!(filled("SUM(F10:F10)", 0, 1), "SUM(G10:G10)");
    }

    #[test]
    fn areas_move_like_formulas() {
        let moves = Moves(vec![(10, 4)]);
        assert_eq!(moves.areas("A1:F10 B12 B10 C9"), "A1:F14 B16 B10:B14 C9");
        assert_eq!(moves.within_rows("B10:C10 B12:C12 A9:A11 B10"), "B10:C10 B16:C16 A9:A15 B10");
    }
}
