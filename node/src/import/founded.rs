//! When a model began, from a column in which officers write a year, a day or a decision:
//! `2019`, `Tháng 5/2019`, `QĐ số 12/QĐ-UBND ngày 3/4/2019`, `2019 (596/QĐ-UBND)`.

use chrono::{Datelike, NaiveDate};
use keng_domain::text::search_key;

use super::cells::{self, YEARS};
use super::grid::Cell;
use super::workbook::Epoch;

/// When a model began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founded {
    /// The day; the first of the month or year where only that is told.
    pub day: NaiveDate,
    /// What is told.
    pub precision: Precision,
}

/// How exactly a time is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// A year.
    Year,
    /// A month of a year.
    Month,
    /// A day.
    Day,
}

impl Founded {
    /// Whether `day` is what is told, as exactly as it is told.
    #[must_use]
    pub fn is(self, day: NaiveDate) -> bool {
        match self.precision {
            Precision::Year => self.day.year() == day.year(),
            Precision::Month => (self.day.year(), self.day.month()) == (day.year(), day.month()),
            Precision::Day => self.day == day,
        }
    }
}

/// Reads the cell; `None` where it tells no time, such as a decision without its date. Of several times the
/// earliest counts, for a model begins once.
///
/// # Errors
/// For a day that no calendar has, and for what a cell of words cannot hold.
pub(super) fn founded(cell: &Cell, epoch: Epoch) -> Result<Option<Founded>, String> {
    let text = match cell {
        Cell::Text(text) => cells::line(text),
        // 2019 as a number is a year; as a serial number it would be a day of 1905.
        Cell::Number(n) if n.fract() == 0.0 && YEARS.contains(&(*n as i32)) => return Ok(of_year(*n as i32)),
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Error(_) => {
            return Ok(Some(exactly(cells::date(cell, epoch)?)));
        }
    };
    let days = days(&text)?;
    if let Some(day) = days.into_iter().min() {
        return Ok(Some(exactly(day)));
    }
    let tokens = tokens(&text);
    let month = months(&tokens).into_iter().min();
    let year = tokens.iter().filter_map(|t| year_of(t)).min();
    Ok(match (month, year) {
        (Some(day), year) if year.is_none_or(|y| y >= day.year()) => Some(Founded { day, precision: Precision::Month }),
        (_, Some(year)) => of_year(year),
        (_, None) => in_number(&tokens).and_then(of_year),
    })
}

fn exactly(day: NaiveDate) -> Founded {
    Founded { day, precision: Precision::Day }
}

fn of_year(year: i32) -> Option<Founded> {
    Some(Founded { day: NaiveDate::from_ymd_opt(year, 1, 1)?, precision: Precision::Year })
}

/// What stands between blanks and signs, without the signs around it; `12/2021/QĐ-UBND` is one.
fn tokens(text: &str) -> Vec<&str> {
    let pieces = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | ':'));
    pieces.map(|t| t.trim_matches(['.', '-', '–'])).filter(|t| !t.is_empty()).collect()
}

/// All days in the text, `3/4/2019` and `ngày 03 tháng 4 năm 2019` alike.
pub(super) fn days(text: &str) -> Result<Vec<NaiveDate>, String> {
    let is_day = |t: &&str| {
        let parts: Vec<&str> = t.split(['/', '-', '.']).collect();
        let digits = |at: usize, lengths: std::ops::RangeInclusive<usize>| {
            parts.get(at).is_some_and(|p| lengths.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
        };
        let d_m_y = digits(0, 1..=2) && digits(1, 1..=2) && digits(2, 4..=4);
        parts.len() == 3 && (d_m_y || digits(0, 4..=4) && digits(1, 1..=2) && digits(2, 1..=2))
    };
    let mut found: Vec<NaiveDate> = tokens(text)
        .into_iter()
        .filter(is_day)
        .map(|t| cells::date_of_text(t, Epoch::Of1900))
        .collect::<Result<_, _>>()?;
    let key = search_key(text);
    let words: Vec<&str> = key.split(' ').collect();
    for six in words.windows(6) {
        if matches!(six, ["ngay", _, "thang", _, "nam", _]) {
            found.push(cells::date_of_text(&six.join(" "), Epoch::Of1900)?);
        }
    }
    Ok(found)
}

/// The first days of months: `tháng 5/2019`, `T5/2019`, or `5/2019` alone. Behind other words `5/2019` is the
/// number of a decision.
fn months(tokens: &[&str]) -> Vec<NaiveDate> {
    let month = |(at, token): (usize, &&str)| {
        let bare = token.trim_start_matches(['T', 't']);
        let named = bare.len() < token.len() || at > 0 && search_key(tokens[at - 1]) == "thang";
        let (month, year) = bare.split_once(['/', '-', '.']).filter(|_| named || tokens.len() == 1)?;
        NaiveDate::from_ymd_opt(year_of(year)?, month.parse().ok()?, 1)
    };
    tokens.iter().enumerate().filter_map(month).collect()
}

fn year_of(token: &str) -> Option<i32> {
    (token.len() == 4).then(|| token.parse().ok()).flatten().filter(|y| YEARS.contains(y))
}

/// The year within the number of a decision, `12/2021/QĐ-UBND`: the last resort.
fn in_number(tokens: &[&str]) -> Option<i32> {
    tokens.iter().flat_map(|t| t.split(['/', '-'])).filter_map(year_of).min()
}

#[cfg(test)]
mod tests {
    use super::{Founded, Precision, founded};
    use crate::import::grid::Cell;
    use crate::import::workbook::Epoch;

    fn read(text: &str) -> Option<String> {
        let found = founded(&Cell::Text(text.to_owned()), Epoch::Of1900).unwrap();
        found.map(|Founded { day, precision }| format!("{day} {precision:?}"))
    }

    #[test]
    fn a_year_a_month_a_day_and_a_decision_are_read() {
        for (text, expect) in [
            ("2019", "2019-01-01 Year"),
            ("Năm 2019", "2019-01-01 Year"),
            ("2019 (596/QĐ-UBND)", "2019-01-01 Year"),
            ("2014 (12/2014/QĐ-UBND)", "2014-01-01 Year"),
            ("QĐ số 12/2021/QĐ-UBND", "2021-01-01 Year"),
            ("2019, 2021", "2019-01-01 Year"),
            ("QĐ số 12/2021", "2021-01-01 Year"),
            ("Tháng 5/2019", "2019-05-01 Month"),
            ("T5/2019", "2019-05-01 Month"),
            ("5/2019", "2019-05-01 Month"),
            ("3/4/2019", "2019-04-03 Day"),
            ("2019-04-03", "2019-04-03 Day"),
            ("QĐ số 12/QĐ-UBND ngày 3/4/2019", "2019-04-03 Day"),
            ("QĐ số 12/2019/QĐ-UBND, ngày 03/4/2019 của UBND huyện", "2019-04-03 Day"),
            ("Số 12/QĐ-UBND ngày 03 tháng 4 năm 2019", "2019-04-03 Day"),
            ("QĐ 15 ngày 5/6/2020; QĐ 12 ngày 3/4/2019", "2019-04-03 Day"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expect), "{text}");
        }
        for text in ["QĐ số 12/QĐ-UBND", "Không rõ", "3019", "12"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_a_year_or_a_day_as_excel_counts_them() {
        let read = |cell: Cell| founded(&cell, Epoch::Of1900).unwrap().map(|f| (f.day.to_string(), f.precision));
        assert_eq!(read(Cell::Number(2019.0)), Some(("2019-01-01".to_owned(), Precision::Year)));
        assert_eq!(read(Cell::Date(43_558.0)), Some(("2019-04-03".to_owned(), Precision::Day)));
        assert!(founded(&Cell::Number(12.0), Epoch::Of1900).is_err());
    }

    #[test]
    fn a_year_is_any_day_of_it() {
        let of = |text: &str| founded(&Cell::Text(text.to_owned()), Epoch::Of1900).unwrap().unwrap();
        let day = "2019-04-03".parse().unwrap();
        assert_eq!(["2019", "T4/2019", "3/4/2019"].map(|text| of(text).is(day)), [true; 3]);
        assert_eq!(["2018", "T5/2019", "4/4/2019"].map(|text| of(text).is(day)), [false; 3]);
    }

    #[test]
    fn a_day_that_no_calendar_has_is_refused() {
        for text in ["QĐ số 12 ngày 31/02/2019", "ngày 31 tháng 2 năm 2019", "32/1/2019"] {
            let reason = founded(&Cell::Text(text.to_owned()), Epoch::Of1900).unwrap_err();
            assert!(reason.contains("không có trong lịch"), "{reason}");
        }
    }
}
