//! The formats of a report.

use std::fmt;
use std::str::FromStr;

/// What a report can be rendered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For programs: `report.json`, the keys of DESIGN §7.
    Json,
    /// Excel: the text on one sheet, each table on a sheet of its own.
    Xlsx,
    /// Word, to be numbered, signed and issued.
    Docx,
    /// PDF/A-2a, for reading and for the signing tool.
    Pdf,
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no format: json, xlsx, docx or pdf was expected")]
pub struct UnknownFormat(pub String);

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Json, Self::Xlsx, Self::Docx, Self::Pdf];

    /// The end of a file name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;
    fn from_str(s: &str) -> Result<Self, UnknownFormat> {
        let wanted = s.trim();
        Self::ALL
            .into_iter()
            .find(|f| f.extension().eq_ignore_ascii_case(wanted))
            .ok_or_else(|| UnknownFormat(s.to_owned()))
    }
}
