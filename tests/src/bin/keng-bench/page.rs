//! Tables of figures, and their place in a page that people write too.

use std::fmt::Write as _;

use anyhow::{Context, Result};

/// A table with its heading and a line that says how it was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The heading.
    pub title: String,
    /// What was done, and what the columns mean.
    pub note: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// Its lines, as many cells as columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one.
    pub fn new(title: &str, note: &str, head: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            note: note.to_owned(),
            head: head.iter().map(|&h| h.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("### {}\n", self.title);
        if !self.note.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}\n\n", self.note);
        }
        text.push_str(&line(&self.head));
        text.push_str(&line(&vec!["---".to_owned(); self.head.len()]));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

/// A measured figure beside what was asked: bold when it misses.
pub fn held(figure: &str, holds: bool) -> String {
    if holds { figure.to_owned() } else { format!("**{figure}**") }
}

/// A number with its thousands apart.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The page with `text` between the marks called `name`, all else as it was.
///
/// # Errors
/// When the page lacks one of the two marks, or has them in the wrong order.
pub fn between(page: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = page.split_once(&begin).with_context(|| format!("the page has no line {begin:?}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("the page has no {end:?} after its begin"))?;
    Ok(format!("{before}{begin}{}\n{end}{after}", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::{Table, between, thousands};

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let page = "# A\n<!-- x: begin -->\nold\n<!-- x: end -->\nrest\n";
        let once = between(page, "x", "new\n").unwrap();
        assert_eq!(once, "# A\n<!-- x: begin -->\nnew\n<!-- x: end -->\nrest\n");
        assert_eq!(between(&once, "x", "new").unwrap(), once);
        for bad in ["# A\n", "<!-- x: begin -->\n", "<!-- x: end -->\n<!-- x: begin -->\n"] {
            assert!(between(bad, "x", "new").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new("T", "How.", &["a", "b"]);
        table.row(["1".to_owned(), "2".to_owned()]);
        assert_eq!(table.markdown(), "### T\nHow.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }

    #[test]
    fn thousands_stand_apart() {
        let all = [0, 999, 1_000, 124_000, 7_416_994].map(thousands);
        assert_eq!(all, ["0", "999", "1,000", "124,000", "7,416,994"]);
    }
}
