//! Pages into parts, and rows into lines in the order in which a person reads them.

use super::measure::{self, is_page_number};
use super::paragraphs::Paragraphs;
use super::rows::{Page, Row, Run};
use crate::paper::{Kind, Line, Paper, Part, Side};
use crate::roles::{ends_head, is_date, is_number, is_secretary};
use crate::words::folded;

/// Rows in which the head of a paper ends at the latest.
const HEAD_ROWS: usize = 14;
/// A component of the head takes at most this share of the width of the text.
const HEAD_SHARE: f64 = 0.66;
/// An office may stand this much above "Nơi nhận:", pt.
const LEVEL_PT: f64 = 9.0;

/// Pages of one part and the text's edges in it.
pub struct Stretch<'a> {
    pub pages: Vec<&'a Page>,
    /// Number of the first page in the file, from 1.
    pub first: usize,
    pub left: f64,
    pub right: f64,
}

impl Stretch<'_> {
    /// The middle of the text.
    pub fn centre(&self) -> f64 {
        f64::midpoint(self.left, self.right)
    }
}

/// All of a file.
pub fn paper(pages: &[Page]) -> Paper {
    let stretches = stretches(pages);
    let mut lines = Vec::new();
    for (at, stretch) in stretches.iter().enumerate() {
        lines.extend(read(stretch, at));
    }
    let part = |stretch: &Stretch<'_>| Part {
        place: match stretch.pages.len() {
            1 => format!("trang {}", stretch.first),
            n => format!("trang {} đến {}", stretch.first, stretch.first + n - 1),
        },
        width_mm: measure::mm(stretch.pages[0].width),
        height_mm: measure::mm(stretch.pages[0].height),
        margins: measure::margins(stretch),
        has_grid: lines.iter().any(|line: &Line| line.grid && line.place_is_in(stretch)),
        numbers: measure::numbers(stretch),
    };
    let parts = stretches.iter().map(part).collect();
    Paper { kind: Kind::Pdf, parts, lines }
}

impl Line {
    fn place_is_in(&self, stretch: &Stretch<'_>) -> bool {
        let page = self.place.trim_start_matches("trang ").parse::<usize>().unwrap_or(0);
        (stretch.first..stretch.first + stretch.pages.len()).contains(&page)
    }
}

/// A part begins with an annex, or where the sheet changes.
fn stretches(pages: &[Page]) -> Vec<Stretch<'_>> {
    let mut out: Vec<Stretch<'_>> = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let starts = out.last().is_none_or(|s| {
            let before = s.pages[s.pages.len() - 1];
            begins_annex(page) || (page.width - before.width).abs() > 2.0 || (page.height - before.height).abs() > 2.0
        });
        match out.last_mut() {
            Some(stretch) if !starts => stretch.pages.push(page),
            _ => out.push(Stretch { pages: vec![page], first: at + 1, left: 0.0, right: 0.0 }),
        }
    }
    for stretch in &mut out {
        (stretch.left, stretch.right) = measure::edges(&stretch.pages);
    }
    out
}

fn begins_annex(page: &Page) -> bool {
    let first = page.rows.iter().find(|row| !is_page_number(page, row));
    first.is_some_and(|row| {
        let words = folded(&row.runs[0].text());
        row.runs.len() == 1 && words.starts_with("phu luc") && words.len() <= 14
    })
}

fn read(stretch: &Stretch<'_>, part: usize) -> Vec<Line> {
    let mut text = Paragraphs::new(stretch, part);
    let mut closed = false;
    for (at, page) in stretch.pages.iter().enumerate() {
        let rows: Vec<&Row> = page.rows.iter().filter(|row| !is_page_number(page, row)).collect();
        let number = stretch.first + at;
        let head = if number == 1 { head_rows(&rows, stretch) } else { 0 };
        text.columns(page, number, &rows[..head]);
        let end = if closed { head } else { closing_row(&rows, stretch).unwrap_or(rows.len()) };
        closed |= end < rows.len();
        text.rows(page, number, &rows[head..end.max(head)]);
        text.columns(page, number, &rows[end.max(head)..]);
    }
    text.finish()
}

/// How many rows hold agency, nation, number and date.
fn head_rows(rows: &[&Row], stretch: &Stretch<'_>) -> usize {
    let head = &rows[..rows.len().min(HEAD_ROWS)];
    let title = head.iter().position(|row| row.runs.len() == 1 && ends_head(&folded(&row.runs[0].text())));
    let head = &head[..title.unwrap_or(head.len())];
    let narrow = |run: &&Run| run.x1 - run.x0 < HEAD_SHARE * (stretch.right - stretch.left);
    let belongs = |words: &str| {
        let nation = words.starts_with("cong hoa xa hoi") || words.starts_with("doc lap");
        nation || is_number(words) || words.starts_with("v/v") || is_date(words)
    };
    let in_head = |row: &&&Row| row.runs.iter().filter(narrow).any(|run| belongs(&folded(&run.text())));
    let mut end = head.iter().rposition(|row| in_head(&row)).map_or(0, |at| at + 1);
    // What a letter is about goes on under its first row.
    let is_letter = head[..end].iter().any(|row| folded(&row.runs[0].text()).starts_with("v/v"));
    while let Some(row) =
        head.get(end).filter(|row| is_letter && row.runs.len() == 1 && row.runs[0].x1 < stretch.centre())
    {
        if row.y - head[end - 1].y > 1.6 * row.runs[0].size_pt() {
            break;
        }
        end += 1;
    }
    end
}

/// The row of "Nơi nhận:", or of the office a little above it; in minutes that of the two offices.
fn closing_row(rows: &[&Row], stretch: &Stretch<'_>) -> Option<usize> {
    let two = |row: &&Row| row.runs.len() > 1 && is_secretary(&folded(&row.runs[0].text()));
    if let Some(at) = rows.iter().position(two) {
        return Some(at);
    }
    let says = |run: &Run| {
        let words = folded(&run.text());
        words.starts_with("noi nhan") && words.len() < 14
    };
    let at = rows.iter().position(|row| row.runs.iter().any(says))?;
    let above = at.checked_sub(1).filter(|a| {
        let row = rows[*a];
        rows[at].y - row.y < LEVEL_PT && row.runs.iter().all(|run| run.x0 > stretch.centre() - 20.0)
    });
    Some(above.unwrap_or(at))
}

/// The column of a run of head or closing.
pub fn side(run: &Run, stretch: &Stretch<'_>) -> Side {
    if run.centre() < stretch.centre() { Side::Left } else { Side::Right }
}
