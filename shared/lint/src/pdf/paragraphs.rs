//! Rows that belong together, with the shape that Word would declare and a PDF only shows.

use super::layout::{Stretch, side};
use super::measure::mm;
use super::rows::{Page, Row, Run};
use crate::paper::{Align, Line, Side, Span};
use crate::words::folded;

/// "Single" in Times New Roman, of the size.
const SINGLE: f64 = 1.15;
/// Edges closer than this are the same, pt.
const EDGE_PT: f64 = 3.0;
/// Further in than this a new paragraph begins, pt.
const INDENT_PT: f64 = 14.0;
/// A rule stands at most so far under its words, pt.
const RULE_PT: f64 = 11.0;
/// Rows further apart do not belong together, of the size.
const APART: f64 = 2.6;

/// Collects lines of a part.
pub struct Paragraphs<'a> {
    stretch: &'a Stretch<'a>,
    part: usize,
    lines: Vec<Line>,
    open: Option<Open>,
    /// Page, baseline and size of the last row that was put into a paragraph.
    last: Option<(usize, f64)>,
}

/// A paragraph that may go on.
struct Open {
    page: usize,
    rows: Vec<Run>,
    before: Option<f64>,
    rule_mm: Option<f64>,
}

impl<'a> Paragraphs<'a> {
    /// Of the part with this index.
    pub fn new(stretch: &'a Stretch<'a>, part: usize) -> Self {
        Self { stretch, part, lines: Vec::new(), open: None, last: None }
    }

    /// What was read.
    pub fn finish(mut self) -> Vec<Line> {
        self.close();
        self.lines
    }

    /// Head and closing: first the left column, then the right one.
    pub fn columns(&mut self, page: &Page, number: usize, rows: &[&Row]) {
        // A paragraph goes on from page to page where neither head nor closing stands between.
        if rows.is_empty() {
            return;
        }
        self.close();
        for column in [Side::Left, Side::Right] {
            let first = self.lines.len();
            for run in rows.iter().flat_map(|row| &row.runs).filter(|run| side(run, self.stretch) == column) {
                let goes_on =
                    column == Side::Left && self.lines.len() > first && is_rest(&self.lines[self.lines.len() - 1], run);
                if goes_on {
                    let at = self.lines.len() - 1;
                    add(&mut self.lines[at], run);
                    continue;
                }
                let line = self.line(number, std::slice::from_ref(run));
                self.lines.push(Line { side: column, align: None, rule_mm: rule(page, run), ..line });
            }
        }
        self.last = None;
    }

    /// The text between them.
    pub fn rows(&mut self, page: &Page, number: usize, rows: &[&Row]) {
        for row in rows {
            if row.runs.iter().any(|run| run.grid) {
                self.close();
                self.last = None;
                for run in &row.runs {
                    let line = self.line(number, std::slice::from_ref(run));
                    self.lines.push(Line { grid: true, align: None, ..line });
                }
                continue;
            }
            self.row(page, number, joined(row));
        }
    }

    fn row(&mut self, page: &Page, number: usize, run: Run) {
        let distance = self.last.filter(|(p, _)| *p == number).map(|(_, y)| run.y - y);
        let rule_mm = rule(page, &run);
        self.last = Some((number, run.y));
        if let Some(open) = self.open.as_mut().filter(|open| goes_on(open, &run, distance, self.stretch)) {
            open.rule_mm = rule_mm.or(open.rule_mm);
            open.rows.push(run);
            return;
        }
        self.close();
        self.open = Some(Open { page: number, rows: vec![run], before: distance, rule_mm });
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let rows = &open.rows;
        let line = self.line(open.page, rows);
        let (first, size) = (&rows[0], rows[0].size_pt());
        let distances: Vec<f64> = rows.windows(2).map(|w| w[1].y - w[0].y).filter(|d| *d > 0.0).collect();
        let pitch = distances.iter().copied().reduce(f64::min);
        let align = align(rows, self.stretch);
        // One row tells its edges, not its alignment; nor does it tell the indent of a title.
        let indented = align != Some(Align::Center);
        self.lines.push(Line {
            align,
            left_mm: Some(mm(first.x0 - self.stretch.left)),
            first_mm: indented.then(|| mm(first.x0 - rows.get(1).map_or(self.stretch.left, |r| r.x0))),
            gap_pt: open.before.map(|d| d - pitch.unwrap_or(SINGLE * size)),
            pitch: pitch.map(|d| d / size / SINGLE),
            rule_mm: open.rule_mm,
            ..line
        });
    }

    fn line(&self, page: usize, rows: &[Run]) -> Line {
        let mut line = Line { place: format!("trang {page}"), part: self.part, ..Line::default() };
        for run in rows {
            add(&mut line, run);
        }
        line
    }
}

/// Puts a row's words after those that are there.
fn add(line: &mut Line, run: &Run) {
    if let Some(last) = line.spans.last_mut() {
        last.text.push(' ');
        line.text.push(' ');
    }
    line.text.push_str(&run.text());
    line.spans.extend(run.spans.iter().cloned());
    line.width_mm = line.width_mm.max(mm(run.x1 - run.x0));
}

/// A recipient that is longer than its column.
fn is_rest(before: &Line, run: &Run) -> bool {
    let text = run.text();
    let ended = before.text.trim_end().ends_with([';', '.']);
    before.text.starts_with('-') && !ended && !text.starts_with('-') && !folded(&text).contains(".(")
}

/// The columns of a row in one.
fn joined(row: &Row) -> Run {
    let mut whole = row.runs[0].clone();
    for run in &row.runs[1..] {
        if let Some(last) = whole.spans.last_mut() {
            last.text.push(' ');
        }
        whole.x1 = run.x1;
        whole.spans.extend(run.spans.iter().cloned());
    }
    whole
}

fn is_bold(run: &Run) -> bool {
    run.spans.iter().filter(|s| !s.text.trim().is_empty()).all(|s: &Span| s.bold)
}

fn is_centred(run: &Run, stretch: &Stretch<'_>) -> bool {
    let indent = mm(run.x0 - stretch.left);
    let is_indent = [10.0, 12.7].iter().any(|i| (indent - i).abs() < 1.0);
    let off = (run.centre() - stretch.centre()).abs();
    !is_full(run, stretch) && if is_indent { off < 0.7 } else { off < EDGE_PT }
}

/// A row from edge to edge: of a justified paragraph, or of a long title.
fn is_full(run: &Run, stretch: &Stretch<'_>) -> bool {
    run.x1 > stretch.right - EDGE_PT && run.x0 < stretch.left + EDGE_PT
}

/// Whether `run` goes on with the paragraph above it: it begins where a second row would, looks
/// alike, and the row above was full.
fn goes_on(open: &Open, run: &Run, distance: Option<f64>, stretch: &Stretch<'_>) -> bool {
    let last = &open.rows[open.rows.len() - 1];
    let centred = [is_centred(last, stretch) || is_full(last, stretch), is_centred(run, stretch)];
    let near = distance.is_none_or(|d| d < APART * run.size_pt().max(last.size_pt()));
    let alike = (run.size_pt() - last.size_pt()).abs() < 0.3 && is_bold(run) == is_bold(last);
    if !near || !alike {
        return false;
    }
    if centred[0] && centred[1] {
        // Titles: capitals above and small letters under them are two components.
        let small = [last, run].map(|r| r.text().chars().any(char::is_lowercase));
        return small[0] == small[1] && last.x1 - last.x0 > 0.5 * (stretch.right - stretch.left);
    }
    let indented = run.x0 > open.rows.get(1).map_or(stretch.left, |r| r.x0) + INDENT_PT;
    let full = last.x1 > stretch.right - 0.25 * (stretch.right - stretch.left);
    !indented && full && !is_centred(last, stretch)
}

fn align(rows: &[Run], stretch: &Stretch<'_>) -> Option<Align> {
    let middle = |run: &Run| is_centred(run, stretch) || is_full(run, stretch);
    if rows.iter().all(middle) && rows.last().is_some_and(|run| is_centred(run, stretch)) {
        return Some(Align::Center);
    }
    let (_, full) = rows.split_last()?;
    if full.is_empty() {
        return None;
    }
    let ends = full.iter().all(|run| (run.x1 - stretch.right).abs() < EDGE_PT);
    Some(if ends { Align::Justify } else { Align::Left })
}

/// Length of the rule under a run, mm: near below it and about the same middle.
fn rule(page: &Page, run: &Run) -> Option<f64> {
    let below = page.level.iter().filter(|s| s.at > run.y && s.at - run.y < RULE_PT);
    let own = below.filter(|s| (f64::midpoint(s.from, s.to) - run.centre()).abs() < 3.0 * EDGE_PT);
    own.map(|s| mm(s.to - s.from)).reduce(f64::max)
}
