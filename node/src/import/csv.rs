//! Reads delimited text (`.csv`, `.txt`): comma, semicolon or tab; UTF-8 with or without its mark,
//! UTF-16, or one byte a letter.
//!
//! Our own reader of records, not that of the crate `csv`, which drops blank lines: a fault must
//! name the row that Excel shows.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::grid::{self, Filling, Grid, Spent};
use super::limits::Limits;
use super::unreadable::{Lookalike, Unreadable};

/// Delimiters that spreadsheet programs write, the surest first: a comma also stands in titles.
const DELIMITERS: [char; 3] = ['\t', ';', ','];
/// So many records tell which delimiter it is.
const SAMPLE: usize = 100;

/// The one sheet of the file.
pub(super) const SHEET: &str = "CSV";

/// The cells of a delimited text.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Grid, Unreadable> {
    let text = text(bytes).ok_or(Unreadable::NoSpreadsheet(Lookalike::Unknown))?;
    let (delimiter, skipped) = match told_delimiter(&text) {
        Some((delimiter, rest)) => (delimiter, text.len() - rest.len()),
        None => (delimiter(&text).ok_or(Unreadable::NoSpreadsheet(Lookalike::Unknown))?, 0),
    };
    let mut filling = Filling::new(SHEET, limits, Spent::default());
    let first = u32::from(skipped > 0);
    for (row, record) in (first..).zip(Records::new(&text[skipped..], delimiter)) {
        for (column, field) in (0..).zip(record) {
            filling.add((row, column), grid::text(&field, limits))?;
        }
    }
    Ok(filling.grid)
}

/// The characters of a text file; `None` for bytes that are no text.
fn text(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (guess(bytes), 0));
    let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n' | '\u{b}' | '\u{c}');
    // In Windows-1252 five bytes are no characters; old fonts may draw something there.
    text.chars().all(|c| is_text(c) || ('\u{80}'..'\u{a0}').contains(&c)).then(|| text.into_owned())
}

/// UTF-16 without its mark has a zero in every second byte of its plain letters and delimiters.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let zeros = |at: usize| bytes.iter().skip(at).step_by(2).take(2_000).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = (bytes.len() / 2).min(2_000);
    match () {
        () if odd > 0 && even == 0 && odd * 3 > pairs => UTF_16LE,
        () if even > 0 && odd == 0 && even * 3 > pairs => UTF_16BE,
        () if std::str::from_utf8(bytes).is_ok() => UTF_8,
        // TCVN3, VNI and Windows-1258 are told apart by their words, as in a workbook.
        () => WINDOWS_1252,
    }
}

/// `sep=;` in the first line, by which Excel is told the delimiter.
fn told_delimiter(text: &str) -> Option<(char, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let mut told = first.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?.chars();
    Some((told.next().filter(|d| DELIMITERS.contains(d) && told.next().is_none())?, rest))
}

/// The delimiter that cuts most records into the same number of fields.
fn delimiter(text: &str) -> Option<char> {
    let score = |delimiter: char| {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for record in Records::new(text, delimiter).take(SAMPLE).filter(|r| r.len() > 1) {
            *widths.entry(record.len()).or_default() += 1;
        }
        widths.into_iter().map(|(width, records)| records * width).max()
    };
    let scores = DELIMITERS.into_iter().filter_map(|d| Some((d, score(d)?)));
    scores.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(delimiter, _)| delimiter)
}

/// The records of a text (RFC 4180, and what programs make of it), blank lines among them.
struct Records<'a> {
    text: &'a str,
    at: usize,
    delimiter: char,
    /// A quote that is never closed would swallow the rest of the file; from then on quotes are
    /// characters like others.
    quotes: bool,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        Self { text, at: 0, delimiter, quotes: true }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// A field in quotes and what follows it up to the delimiter; `None` when it is not closed.
    fn quoted(&mut self) -> Option<String> {
        let inner = self.rest().strip_prefix('"').filter(|_| self.quotes)?;
        let mut field = String::new();
        let mut rest = inner;
        loop {
            let Some((before, after)) = rest.split_once('"') else {
                self.quotes = false;
                return None;
            };
            field.push_str(before);
            rest = after;
            match rest.chars().next() {
                Some('"') => {
                    field.push('"');
                    rest = &rest[1..];
                }
                None => break,
                Some(c) if c == self.delimiter || matches!(c, '\r' | '\n') => break,
                Some(_) => field.push('"'),
            }
        }
        self.at = self.text.len() - rest.len();
        Some(field)
    }

    fn plain(&mut self) -> String {
        let rest = self.rest();
        let field = &rest[..rest.find([self.delimiter, '\r', '\n']).unwrap_or(rest.len())];
        self.at += field.len();
        field.to_owned()
    }
}

impl Iterator for Records<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest().is_empty() {
            return None;
        }
        let mut record = Vec::new();
        loop {
            let field = self.quoted().unwrap_or_else(|| self.plain());
            record.push(field);
            let rest = self.rest();
            match rest.strip_prefix(self.delimiter) {
                Some(after) => self.at = self.text.len() - after.len(),
                None => {
                    let after = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
                    self.at = self.text.len() - after.len();
                    return Some(record);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Records, delimiter, text, told_delimiter};

    fn records(text: &str) -> Vec<Vec<String>> {
        Records::new(text, ';').collect()
    }

    #[test]
    fn records_keep_their_rows_their_quotes_and_their_blank_lines() {
        assert_eq!(records("a;b\r\n\r\n\"c \"\"d\"\"\ne\";f\n"), [vec!["a", "b"], vec![""], vec!["c \"d\"\ne", "f"]]);
        assert_eq!(records("a;\"b\nc;d"), [vec!["a", "\"b"], vec!["c", "d"]], "a quote that is never closed");
        assert_eq!(records("\"Mô \"mẫu\" mới\";x"), [vec!["Mô \"mẫu\" mới", "x"]], "quotes that nobody doubled");
        assert_eq!(records(";"), [vec!["", ""]]);
    }

    #[test]
    fn commas_in_titles_do_not_hide_the_delimiter() {
        let semicolons = "DANH SÁCH\nTT;Xã, phường, thị trấn;Địa bàn, đơn vị;Số tổ\n1;Xã A;Thôn 1;2\n2;Xã A;Thôn 2;2";
        assert_eq!(delimiter(semicolons), Some(';'));
        assert_eq!(delimiter("TT,\"Xã, phường\",Tổ\n1,Xã A;B,2\n"), Some(','));
        assert_eq!(delimiter("Kính gửi Công an tỉnh\nđồng chí"), None);
        assert_eq!(told_delimiter("sep=,\r\na;b"), Some((',', "a;b")));
    }

    #[test]
    fn text_in_any_encoding_and_what_is_none() {
        let units: Vec<u16> = "Xã;Tổ".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        for bytes in [
            "Xã;Tổ".as_bytes().to_vec(),
            "\u{feff}Xã;Tổ".as_bytes().to_vec(),
            [&[0xff, 0xfe][..], &little].concat(),
            [&[0xfe, 0xff][..], &big].concat(),
        ] {
            assert_eq!(text(&bytes).as_deref(), Some("Xã;Tổ"), "{bytes:?}");
        }
        let plain: Vec<u8> = "TT;Ten mo hinh".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&plain).as_deref(), Some("TT;Ten mo hinh"));
        assert_eq!(text(b"X\xb7;T\xe6").as_deref(), Some("X·;Tæ"), "bytes of an old font");
        assert_eq!(text(b"\x89PNG\r\n\x1a\n\0\0"), None);
    }
}
