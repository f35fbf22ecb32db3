//! A paper as the rules see it, whatever file it came in: parts (the text and each annex) made of
//! pages, and lines in the order in which a person reads them.

use serde::Serialize;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Word.
    Docx,
    /// PDF.
    Pdf,
}

/// A whole paper.
#[derive(Debug)]
pub struct Paper {
    pub kind: Kind,
    pub parts: Vec<Part>,
    pub lines: Vec<Line>,
}

/// Pages that share a size and count together: a section of Word; in a PDF the text or an annex.
#[derive(Debug)]
pub struct Part {
    /// As officers find it.
    pub place: String,
    pub width_mm: f64,
    pub height_mm: f64,
    /// Top, bottom, left, right.
    pub margins: [Margin; 4],
    /// Whether a table with rules stands in it.
    pub has_grid: bool,
    pub numbers: Numbers,
}

/// The white at one edge.
#[derive(Debug, Clone, Copy)]
pub enum Margin {
    /// As declared, mm.
    Exact(f64),
    /// As measured between the edge and the nearest ink, mm; how much more the line's own box may
    /// hold back.
    Measured(f64, f64),
    /// At least so much: the page need not be full.
    AtLeast(f64),
}

/// How the pages of a part are numbered. `None` where the file does not tell.
#[derive(Debug, Default)]
pub struct Numbers {
    /// On the first page too.
    pub on_first: bool,
    /// From the second page on.
    pub later: Option<bool>,
    /// The first page's number, shown or not.
    pub start: Option<u32>,
    /// Written in Arabic digits.
    pub arabic: bool,
    pub in_top_margin: bool,
    pub centred: bool,
    pub size_pt: Option<f64>,
    pub upright: bool,
}

/// A paragraph of Word, or lines of a PDF that belong together.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Its words, NFC, with spaces as they are.
    pub text: String,
    /// `đoạn 12`, `trang 2`.
    pub place: String,
    /// Index of its part.
    pub part: usize,
    pub side: Side,
    /// In a cell of a table with rules.
    pub grid: bool,
    /// In a text box, a header or a footer: beside the flow of the text.
    pub floating: bool,
    pub align: Option<Align>,
    pub spans: Vec<Span>,
    /// Where all its lines begin, mm from the margin.
    pub left_mm: Option<f64>,
    /// How much further its first line begins, mm.
    pub first_mm: Option<f64>,
    /// White between it and the paragraph before it, beyond the line spacing, pt.
    pub gap_pt: Option<f64>,
    /// Distance of its lines; 1 is single.
    pub pitch: Option<f64>,
    /// Length of its longest line, mm.
    pub width_mm: f64,
    /// Length of the rule under it, mm.
    pub rule_mm: Option<f64>,
}

/// Where a line stands across the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// In the column on the left: agency, number, recipients.
    Left,
    /// In the column on the right: nation, date, signer.
    Right,
    #[default]
    Whole,
}

/// How its edges run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
    Justify,
}

/// Letters of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub text: String,
    pub size_pt: f64,
    pub bold: bool,
    pub italic: bool,
    pub font: String,
    /// A Word file names its letters; a PDF must carry them along.
    pub embedded: bool,
    pub black: bool,
}

impl Line {
    /// Place and first words, as a finding names it.
    pub fn named(&self) -> String {
        const SHOWN: usize = 48;
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(SHOWN) {
            None => format!("{} (“{text}”)", self.place),
            Some((end, _)) => format!("{} (“{}…”)", self.place, text[..end].trim_end()),
        }
    }

    /// Share of its visible letters for which `is` holds, from 0 to 1.
    pub fn share(&self, is: impl Fn(&Span) -> bool) -> f64 {
        let count = |s: &Span| s.text.chars().filter(|c| !c.is_whitespace()).count();
        let all: usize = self.spans.iter().map(count).sum();
        let some: usize = self.spans.iter().filter(|s| is(s)).map(count).sum();
        #[expect(clippy::cast_precision_loss, reason = "letters of a line")]
        if all == 0 { 0.0 } else { some as f64 / all as f64 }
    }

    /// Spans with something to see in them.
    pub fn visible(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|s| s.text.chars().any(|c| !c.is_whitespace()))
    }
}
