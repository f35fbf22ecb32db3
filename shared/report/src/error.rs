//! Why a report could not be written.

use crate::Format;

/// Why [`crate::render`] or [`crate::render_letter`] gave no bytes. None of these comes from what a record holds: hostile
/// names are made printable before any of the libraries sees them.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The figures would not become JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The spreadsheet could not be written.
    #[error("XLSX: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The template of the statistics form could not be filled.
    #[error("template: {0}")]
    Template(#[from] crate::form::BadTemplate),
    /// The Word document could not be packed.
    #[error("DOCX: {0}")]
    Docx(String),
    /// The PDF could not be set; one text for each complaint of the typesetter.
    #[error("PDF: {}", .0.join("; "))]
    Pdf(Vec<String>),
    /// The paper is not offered in this format.
    #[error("this paper is not offered as {0}; ask for docx or pdf")]
    NotOffered(Format),
    /// This program was built without the `pdf` feature; the other formats are there.
    #[error("this program was built without PDF; ask for docx, xlsx or json")]
    NoPdf,
}
