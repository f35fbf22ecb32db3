//! Reads one cell as a line, a date or a count. A refusal says what is wrong and what is expected.

use chrono::{Datelike, Days, NaiveDate};
use keng_domain::schema::COUNT_MAX;
use keng_domain::text::{search_key, thousands};
use unicode_normalization::UnicodeNormalization;

use super::grid::Cell;
use super::workbook::Epoch;

/// What a date should look like.
const DATE_EXPECTED: &str = "cần ngày theo dạng ngày/tháng/năm, ví dụ 09/11/2022";
/// What a count should look like.
const COUNT_EXPECTED: &str = "cần một số nguyên từ 0 trở lên, ví dụ 7";
/// Years in which a date of this movement can lie; the same bounds as the schema's.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1945..=2100;

/// One line of text: NFC, no invisible signs, single spaces.
pub(super) fn line(text: &str) -> String {
    let visible: String = text
        .nfc()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .collect();
    visible.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines of text, each as [`line`], without empty ones at either end.
pub(super) fn paragraph(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Zero-width signs, marks of direction, soft hyphens: they come with text copied from the web.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// Whether a text stands for "nothing here": a dash, as officers fill empty cells.
pub(super) fn is_dash(text: &str) -> bool {
    line(text).chars().all(|c| matches!(c, '-' | ' ' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
}

/// The cell as a person sees it, on one line.
pub(super) fn shown(cell: &Cell, epoch: Epoch) -> String {
    match cell {
        Cell::Text(text) => line(text),
        // Display gives the shortest text that reads back: 7, 7.5, 23368.
        Cell::Number(n) => n.to_string(),
        Cell::Date(n) => date_of_serial(*n, epoch).map_or_else(|| n.to_string(), keng_domain::text::date_dmy),
        Cell::Truth(true) => "TRUE".to_owned(),
        Cell::Truth(false) => "FALSE".to_owned(),
        Cell::Error(code) => code.clone(),
    }
}

/// The reason for refusing a cell with an Excel error.
pub(super) fn error_reason(code: &str) -> String {
    format!("Ô báo lỗi công thức {code}; cần sửa công thức hoặc nhập giá trị vào ô")
}

/// Reads a date: a serial number of Excel as number or text, or a text in one of the customary forms.
pub(super) fn date(cell: &Cell, epoch: Epoch) -> Result<NaiveDate, String> {
    match cell {
        Cell::Number(n) | Cell::Date(n) => serial(*n, &shown(cell, epoch), epoch),
        Cell::Text(text) => date_of_text(&line(text), epoch),
        Cell::Truth(_) => Err(format!("Ô chứa giá trị đúng/sai; {DATE_EXPECTED}")),
        Cell::Error(code) => Err(error_reason(code)),
    }
}

pub(super) fn date_of_text(text: &str, epoch: Epoch) -> Result<NaiveDate, String> {
    let no_date = || format!("“{}” không phải là ngày; {DATE_EXPECTED}", excerpt(text));
    let day = without_time(text);
    if !day.is_empty() && day.bytes().all(|b| b.is_ascii_digit()) {
        return serial(day.parse().map_err(|_| no_date())?, text, epoch);
    }
    let key = search_key(day);
    let words: Vec<&str> = key.split(' ').collect();
    let (d, m, y) = match words.as_slice() {
        // "ngày 09 tháng 11 năm 2022", as in the body of letters.
        ["ngay", d, "thang", m, "nam", y] => (*d, *m, *y),
        _ => {
            let mut parts = day.split(['/', '-', '.', '\u{2010}', '\u{2013}']).map(str::trim);
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(y), Some(m), Some(d), None) if y.len() == 4 => (d, m, y),
                (Some(d), Some(m), Some(y), None) => (d, m, y),
                _ => return Err(no_date()),
            }
        }
    };
    let number = |s: &str, digits: usize| {
        (s.len() <= digits && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u32>().ok()).flatten()
    };
    let (Some(d), Some(m), Some(year)) = (number(d, 2), number(m, 2), number(y, 4)) else { return Err(no_date()) };
    if y.len() != 4 {
        return Err(format!("Năm trong “{}” không đủ bốn chữ số; {DATE_EXPECTED}", excerpt(text)));
    }
    let date = NaiveDate::from_ymd_opt(year as i32, m, d)
        .ok_or_else(|| format!("Ngày “{}” không có trong lịch; {DATE_EXPECTED}", excerpt(text)))?;
    in_bounds(date, text)
}

/// The day of `2022-11-09T00:00:00` and `09/11/2022 00:00`, as databases export them.
fn without_time(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') && !time.contains(|c: char| c.is_alphabetic() && c != 'Z') => day,
        _ => text,
    }
}

fn serial(n: f64, shown: &str, epoch: Epoch) -> Result<NaiveDate, String> {
    let date =
        date_of_serial(n, epoch).ok_or_else(|| format!("“{}” không phải là ngày; {DATE_EXPECTED}", excerpt(shown)))?;
    in_bounds(date, shown)
}

fn in_bounds(date: NaiveDate, shown: &str) -> Result<NaiveDate, String> {
    if YEARS.contains(&date.year()) {
        return Ok(date);
    }
    Err(format!(
        "Ngày “{}” (năm {}) nằm ngoài khoảng từ năm {} đến năm {}; {DATE_EXPECTED}",
        excerpt(shown),
        date.year(),
        YEARS.start(),
        YEARS.end()
    ))
}

/// Days since the epoch; the time of the day is dropped. Of the epoch of 1900 only days from
/// March 1900 on are right (Excel knows a 29 February 1900), which is long before [`YEARS`].
fn date_of_serial(n: f64, epoch: Epoch) -> Option<NaiveDate> {
    let zero = match epoch {
        Epoch::Of1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
        Epoch::Of1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
    };
    // 2958465 is 31/12/9999, the last day that Excel knows.
    (0.0..2_958_466.0).contains(&n).then(|| zero.checked_add_days(Days::new(n as u64))).flatten()
}

/// Reads a whole number: `7`, `07`, `1.234` (thousands), or with one of `units` behind it (`7 tổ`).
pub(super) fn count(cell: &Cell, units: &[&str]) -> Result<i64, String> {
    match cell {
        Cell::Number(n) if *n < 0.0 => Err(format!("“{n}” là số âm; {COUNT_EXPECTED}")),
        Cell::Number(n) if n.fract() != 0.0 => Err(format!("“{n}” không phải số nguyên; {COUNT_EXPECTED}")),
        // Not above COUNT_MAX, so the number fits.
        Cell::Number(n) if *n <= COUNT_MAX as f64 => Ok(*n as i64),
        Cell::Number(n) => Err(too_many(&n.to_string())),
        Cell::Date(_) => Err(format!("Ô đang định dạng ngày tháng; {COUNT_EXPECTED}")),
        Cell::Text(text) => count_of_text(&line(text), units),
        Cell::Truth(_) => Err(format!("Ô chứa giá trị đúng/sai; {COUNT_EXPECTED}")),
        Cell::Error(code) => Err(error_reason(code)),
    }
}

fn count_of_text(text: &str, units: &[&str]) -> Result<i64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let negative = text.starts_with(['-', '\u{2212}', '\u{2013}']);
    let unit = search_key(unit);
    let groups: Vec<&str> = number.split('.').collect();
    let well_formed = match groups.as_slice() {
        [one] => !one.is_empty(),
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3),
        [] => false,
    };
    let comma = text[end..].trim_start().starts_with(',');
    if negative || comma || !well_formed || !(unit.is_empty() || units.contains(&unit.as_str())) {
        let what = match () {
            () if negative && number.is_empty() && text.contains(|c: char| c.is_ascii_digit()) => "là số âm",
            () if comma || (!number.is_empty() && unit.is_empty()) => "không phải số nguyên",
            () => "không phải là số",
        };
        return Err(format!("“{}” {what}; {COUNT_EXPECTED}", excerpt(text)));
    }
    match groups.concat().parse::<i64>() {
        Ok(n) if n <= COUNT_MAX => Ok(n),
        _ => Err(too_many(&excerpt(text))),
    }
}

fn too_many(shown: &str) -> String {
    format!("“{shown}” quá lớn; cần một số nguyên từ 0 đến {}", thousands(COUNT_MAX.unsigned_abs()))
}

/// A text as quoted in a fault: whole up to 100 characters.
pub(super) fn excerpt(text: &str) -> String {
    let cut: String = text.chars().take(100).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
