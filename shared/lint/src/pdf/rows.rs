//! Letters that stand on one line, and the runs they make between columns and rules.

use unicode_normalization::UnicodeNormalization;

use super::ink::{Ink, Letter, Stroke};
use crate::paper::Span;

/// Baselines closer than this make one row: sizes differ within it, pt.
const ROW_PT: f64 = 3.0;
/// White that parts two columns, of the size. Justified lines have wide gaps, but less.
const COLUMN: f64 = 1.6;
/// White that is a space although no space is printed, of the size.
const SPACE: f64 = 0.18;

/// A page by rows, from top to bottom.
#[derive(Debug)]
pub struct Page {
    pub width: f64,
    pub height: f64,
    pub rows: Vec<Row>,
    pub level: Vec<Stroke>,
}

/// Runs on one baseline, from left to right.
#[derive(Debug)]
pub struct Row {
    pub y: f64,
    pub runs: Vec<Run>,
}

/// Letters without a column's gap between them.
#[derive(Debug, Clone)]
pub struct Run {
    pub x0: f64,
    pub x1: f64,
    pub y: f64,
    pub grid: bool,
    pub spans: Vec<Span>,
}

impl Run {
    /// Its words.
    pub fn text(&self) -> String {
        self.spans.iter().map(|s| s.text.as_str()).collect::<String>().nfc().collect()
    }

    /// Its middle.
    pub fn centre(&self) -> f64 {
        f64::midpoint(self.x0, self.x1)
    }

    /// Size of its first visible letters, pt.
    pub fn size_pt(&self) -> f64 {
        self.spans.iter().find(|s| !s.text.trim().is_empty()).map_or(0.0, |s| s.size_pt)
    }
}

impl Page {
    /// Puts the ink of a page into order.
    pub fn of(mut ink: Ink, width: f64, height: f64) -> Self {
        let mut letters = std::mem::take(&mut ink.glyphs);
        letters.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut rows: Vec<Row> = Vec::new();
        for row in letters.chunk_by_mut(|a, b| b.y - a.y < ROW_PT) {
            row.sort_by(|a, b| a.x.total_cmp(&b.x));
            let y = row.iter().map(|l| l.y).fold(f64::MIN, f64::max);
            let rules: Vec<f64> =
                ink.upright.iter().filter(|s| s.from - 1.0 < y && y < s.to + 1.0).map(|s| s.at).collect();
            let runs: Vec<Run> = runs(row, &rules, &ink);
            if !runs.is_empty() {
                rows.push(Row { y, runs });
            }
        }
        Self { width, height, rows, level: ink.level }
    }
}

fn runs(row: &[Letter], rules: &[f64], ink: &Ink) -> Vec<Run> {
    let parted = |a: &Letter, b: &Letter| {
        b.x - a.end > COLUMN * a.size_pt.max(b.size_pt) || rules.iter().any(|x| *x > a.end - 1.0 && *x < b.x + 1.0)
    };
    let letters: Vec<&Letter> = row.iter().collect();
    letters
        .chunk_by(|a, b| !parted(a, b))
        .filter_map(|letters| {
            let is_white = |l: &&Letter| l.text.chars().all(char::is_whitespace);
            let first = letters.iter().position(|l| !is_white(l))?;
            let last = letters.iter().rposition(|l| !is_white(l))?;
            let letters = &letters[first..=last];
            let (x0, x1) = (letters.first()?.x, letters.iter().map(|l| l.end).fold(f64::MIN, f64::max));
            let grid = rules.iter().any(|x| *x <= x0 + 1.0) && rules.iter().any(|x| *x >= x1 - 1.0);
            Some(Run { x0, x1, y: letters.first()?.y, grid, spans: spans(letters, ink) })
        })
        .collect()
}

fn spans(letters: &[&Letter], ink: &Ink) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut end = f64::MAX;
    for letter in letters {
        let font = &ink.fonts[letter.font];
        let gap = letter.x - end > SPACE * letter.size_pt;
        end = letter.end;
        let text = letter.text.replace('\u{a0}', " ").replace(['\u{ad}', '\u{200b}'], "");
        let same = out.last().is_some_and(|s| {
            s.font == font.name && (s.size_pt - letter.size_pt).abs() < 0.05 && s.black == letter.black
        });
        if !same {
            out.push(Span {
                text: String::new(),
                size_pt: letter.size_pt,
                bold: font.bold,
                italic: font.italic,
                font: font.name.clone(),
                embedded: font.embedded,
                black: letter.black,
            });
        }
        if let Some(span) = out.last_mut() {
            if gap && !span.text.ends_with(' ') && !text.starts_with(' ') {
                span.text.push(' ');
            }
            span.text.push_str(&text);
        }
    }
    out
}
