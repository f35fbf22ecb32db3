//! A paper between what it is made from and its formats: what it says, in order, without any layout.
//!
//! One shape serves the papers of decree 30/2020: a report (Mẫu 1.4) and a proposal have a type and
//! addressees, a letter (Mẫu 1.5) has no type, minutes (Mẫu 1.9) have no date in their head and two
//! signatures.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use keng_domain::text;

use crate::words::{clip, printable};

/// A whole paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The day as of whose end it speaks: the only date in the files' properties.
    pub cut_off: NaiveDate,
    /// Agency, nation, number, place and date.
    pub head: Head,
    /// `BÁO CÁO`; none for a letter, whose subject stands under its number instead (II.5.b).
    pub kind: Option<String>,
    /// What it is about (trích yếu); of a letter with its `V/v`.
    pub subject: String,
    /// `Kính gửi:`, one a line; a single one on the line of these words; minutes have none.
    pub addressees: Vec<String>,
    /// The text.
    pub blocks: Vec<Block>,
    /// Whoever signs, a line each: power and office without a name, for the name comes with the
    /// signature.
    pub signer: Vec<String>,
    /// Who signs beside, on the left: the secretary of minutes, the place that has scored itself.
    pub secretary: Option<String>,
    /// `Nơi nhận:`, one a line.
    pub recipients: Vec<String>,
    /// The statistics form, a table each.
    pub annexes: Vec<Annex>,
}

/// The top of the first page (decree 30/2020, annex I, II.1–4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The agency above the issuer.
    pub superior: String,
    /// The issuing agency, in capitals.
    pub issuer: String,
    /// The same as it stands in sentences.
    pub issuer_in_text: String,
    /// Number and symbol; the number stays blank (Article 15: it is given when the paper is signed).
    pub number: String,
    /// Quốc hiệu.
    pub nation: String,
    /// Tiêu ngữ.
    pub motto: String,
    /// Place and blank date; minutes say in their text when and where they were taken.
    pub place_and_date: Option<String>,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// `I. TÌNH HÌNH, KẾT QUẢ`.
    Heading {
        /// Its words.
        text: String,
    },
    /// A paragraph with a first-line indent.
    Paragraph {
        /// Its words.
        text: String,
    },
    /// `Căn cứ …;`, in italics (II.6.a).
    Basis {
        /// Its words.
        text: String,
    },
    /// A line of a list; the dash belongs to the layout.
    Item {
        /// Its words.
        text: String,
    },
    /// A table.
    Table {
        /// What it holds.
        table: Table,
    },
}

/// A table with its heading. In a spreadsheet it has a sheet of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Name of the sheet, at most 31 characters and unique in the report.
    pub sheet: String,
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows. When there are none a row says [`Table::EMPTY`].
    pub rows: Vec<Row>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// A heading that it shares with its neighbours.
    pub group: Option<String>,
    /// Its width relative to the other columns.
    pub share: u32,
    /// Where its values stand.
    pub align: Align,
}

/// Where values stand in their cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Text.
    Left,
    /// Counts and short words.
    Center,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Plain or a sum.
    pub kind: RowKind,
    /// As many as there are columns.
    pub cells: Vec<Cell>,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// One thing.
    Plain,
    /// The sum of the others.
    Total,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words, already printable.
    Text(String),
    /// A count: a number in a spreadsheet.
    Count(u64),
}

/// One annex: a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annex {
    /// `Phụ lục I`.
    pub label: String,
    /// Its title in capitals.
    pub title: String,
    /// `(Kèm theo Báo cáo số …)`.
    pub reference: String,
    /// The table.
    pub table: Table,
    /// What it was counted from: the cut.
    pub note: String,
}

impl Document {
    /// What it is called in the properties of files: `BÁO CÁO. Kết quả …`.
    pub fn title(&self) -> String {
        let kind = self.kind.as_ref().map_or_else(String::new, |kind| format!("{kind}. "));
        format!("{kind}{}", self.subject)
    }
}

impl Block {
    /// A heading.
    pub fn heading(text: impl AsRef<str>) -> Self {
        Self::Heading { text: printable(text.as_ref()) }
    }

    /// A paragraph.
    pub fn paragraph(text: impl AsRef<str>) -> Self {
        Self::Paragraph { text: printable(text.as_ref()) }
    }

    /// What the paper rests on.
    pub fn basis(text: impl AsRef<str>) -> Self {
        Self::Basis { text: printable(text.as_ref()) }
    }

    /// A line of a list.
    pub fn item(text: impl AsRef<str>) -> Self {
        Self::Item { text: printable(text.as_ref()) }
    }
}

impl Table {
    /// The one row of a table without records: the form keeps its place.
    pub const EMPTY: &str = "Chưa có bản ghi";

    /// Runs of neighbouring columns under one shared heading, and single columns without one.
    pub fn header_runs(&self) -> Vec<&[Column]> {
        self.columns.chunk_by(|a, b| a.group.is_some() && a.group == b.group).collect()
    }

    /// How many rows the heading takes: two when columns share headings.
    pub fn header_rows(&self) -> usize {
        if self.columns.iter().any(|c| c.group.is_some()) { 2 } else { 1 }
    }
}

impl Column {
    /// A column of counts or short words.
    pub fn narrow(title: &str, share: u32) -> Self {
        Self { title: printable(title), group: None, share, align: Align::Center }
    }

    /// A column of text.
    pub fn wide(title: &str, share: u32) -> Self {
        Self { align: Align::Left, ..Self::narrow(title, share) }
    }

    /// The same column under a shared heading.
    pub fn under(self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self }
    }
}

impl Row {
    /// A row of one thing.
    pub fn plain(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Plain, cells }
    }

    /// A row of sums.
    pub fn total(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Total, cells }
    }
}

impl Cell {
    /// Words, made printable and kept to the length that a table can bear.
    pub fn text(words: impl AsRef<str>) -> Self {
        Self::Text(clip(words.as_ref()))
    }

    /// An empty cell.
    pub fn blank() -> Self {
        Self::Text(String::new())
    }

    /// As it stands on paper.
    pub fn printed(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Count(n) => text::thousands(*n),
        }
    }
}

impl From<u64> for Cell {
    fn from(n: u64) -> Self {
        Self::Count(n)
    }
}

impl From<u32> for Cell {
    fn from(n: u32) -> Self {
        Self::Count(n.into())
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.printed())
    }
}
