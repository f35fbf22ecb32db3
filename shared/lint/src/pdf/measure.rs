//! What a PDF does not declare and has to be measured: margins, and where page numbers stand.

use super::layout::Stretch;
use super::rows::{Page, Row};
use crate::paper::{Margin, Numbers};
use crate::words::{MM_PER_PT, folded};

/// Height of a capital above the baseline, of the size.
const CAPITAL: f64 = 0.66;
/// How much higher the box of a line reaches than its capitals, mm at 14 pt.
const LINE_BOX_MM: f64 = 1.3;
/// Ends of lines this close make an edge, pt.
const EDGE_PT: f64 = 1.5;
/// Lowest place of a number in the top margin, mm: the margin is 25 at most.
const TOP_MM: f64 = 25.0;
/// How far from the middle a number may stand, mm.
const CENTRE_MM: f64 = 3.0;

/// Points to millimetres.
pub fn mm(pt: f64) -> f64 {
    pt * MM_PER_PT
}

/// Left and right edge of what is printed, page numbers aside, pt.
pub fn edges(pages: &[&Page]) -> (f64, f64) {
    let (mut left, mut right) = (f64::MAX, f64::MIN);
    for page in pages {
        for run in page.rows.iter().filter(|row| !is_page_number(page, row)).flat_map(|row| &row.runs) {
            (left, right) = (left.min(run.x0), right.max(run.x1));
        }
        for stroke in &page.level {
            (left, right) = (left.min(stroke.from), right.max(stroke.to));
        }
    }
    if left > right { (0.0, 0.0) } else { (left, right) }
}

/// Top, bottom, left, right. An edge that a single line touches may be chance: what is not an
/// edge is a lower bound.
pub fn margins(stretch: &Stretch<'_>) -> [Margin; 4] {
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    let (mut top, mut bottom) = (f64::MAX, f64::MAX);
    for page in &stretch.pages {
        let rows: Vec<&Row> = page.rows.iter().filter(|row| !is_page_number(page, row)).collect();
        for run in rows.iter().flat_map(|row| &row.runs) {
            lefts.push(run.x0);
            rights.push(run.x1);
            bottom = bottom.min(page.height - run.y);
        }
        for stroke in &page.level {
            lefts.push(stroke.from);
            rights.push(stroke.to);
        }
        let first = rows.first().and_then(|row| row.runs.iter().map(|r| r.y - CAPITAL * r.size_pt()).reduce(f64::min));
        top = top.min(first.unwrap_or(f64::MAX));
    }
    let width = stretch.pages[0].width;
    let edge = |ends: &[f64], at: f64, mm: f64| {
        if ends.iter().filter(|x| (*x - at).abs() < EDGE_PT).count() >= 2 {
            Margin::Measured(mm, 0.0)
        } else {
            Margin::AtLeast(mm)
        }
    };
    [
        if top < f64::MAX { Margin::Measured(mm(top), LINE_BOX_MM) } else { Margin::AtLeast(TOP_MM) },
        Margin::AtLeast(if bottom < f64::MAX { mm(bottom) } else { TOP_MM }),
        edge(&lefts, stretch.left, mm(stretch.left)),
        edge(&rights, stretch.right, mm(width - stretch.right)),
    ]
}

/// Whether a row holds a page number and nothing else: at the top or the bottom of the page.
pub fn is_page_number(page: &Page, row: &Row) -> bool {
    let [run] = row.runs.as_slice() else { return false };
    let y = mm(row.y);
    (y < TOP_MM || y > mm(page.height) - TOP_MM) && value(&run.text()).is_some()
}

/// `2`, `- 2 -`, `ii`.
fn value(text: &str) -> Option<Number> {
    let words = folded(text);
    let words = words.trim_matches(['-', ' ']);
    if words.is_empty() || words.len() > 5 {
        return None;
    }
    if words.chars().all(|c| c.is_ascii_digit()) {
        return words.parse().ok().map(Number::Arabic);
    }
    words.chars().all(|c| matches!(c, 'i' | 'v' | 'x')).then_some(Number::Other)
}

enum Number {
    Arabic(u32),
    Other,
}

/// How the pages are numbered, from what is printed on them.
pub fn numbers(stretch: &Stretch<'_>) -> Numbers {
    let mut n = Numbers { arabic: true, in_top_margin: true, centred: true, upright: true, ..Numbers::default() };
    let mut missing = false;
    for (at, page) in stretch.pages.iter().enumerate() {
        let Some(row) = page.rows.iter().find(|row| is_page_number(page, row)) else {
            missing |= at > 0;
            continue;
        };
        let run = &row.runs[0];
        match value(&run.text()) {
            Some(Number::Arabic(shown)) => {
                let offset = u32::try_from(at).unwrap_or(0);
                // A number below its page's place cannot come of counting from 1.
                n.start = n.start.or(Some(shown.saturating_sub(offset)));
            }
            _ => n.arabic = false,
        }
        n.on_first |= at == 0;
        n.in_top_margin &= mm(row.y) < TOP_MM;
        let middles = [page.width / 2.0, stretch.centre()];
        n.centred &= middles.iter().any(|m| mm((run.centre() - m).abs()) < CENTRE_MM);
        n.size_pt = n.size_pt.or(Some(run.size_pt()));
        n.upright &= run.spans.iter().all(|s| !s.italic);
    }
    n.later = (stretch.pages.len() > 1).then_some(!missing);
    n
}
