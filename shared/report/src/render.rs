//! One report in one format.

use keng_domain::figures::Figures;

use crate::compose::compose;
use crate::document::Document;
use crate::{Format, ReportError, docx, xlsx};

/// Renders `figures`. The same figures always give the same bytes.
///
/// # Errors
/// [`ReportError`]; with [`Format::Pdf`] also when the `pdf` feature is off.
pub fn render(figures: &Figures, format: Format) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Json => json(figures),
        Format::Xlsx => xlsx::lay_out(&compose(figures)),
        Format::Docx => docx::lay_out(&compose(figures)),
        Format::Pdf => pdf(&compose(figures)),
    }
}

/// The name of a report's files without the extension: `annual-2022`, `quarter-2022-Q4`.
#[must_use]
pub fn file_stem(figures: &Figures) -> String {
    format!("{}-{}", figures.kind, figures.period)
}

fn json(figures: &Figures) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(figures)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(feature = "pdf")]
fn pdf(document: &Document) -> Result<Vec<u8>, ReportError> {
    crate::pdf::lay_out(document)
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Document) -> Result<Vec<u8>, ReportError> {
    Err(ReportError::NoPdf)
}
