//! One paper in one format.

use keng_domain::figures::Figures;
use keng_domain::id::RecordId;
use keng_domain::letter::{Asked, Letter};

use crate::compose::{compose, compose_letter};
use crate::document::Document;
use crate::words::stamp_day;
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

/// Formats in which [`render_letter`] writes: papers to be signed, without figures to reckon with.
pub const LETTER_FORMATS: [Format; 2] = [Format::Docx, Format::Pdf];

/// Renders one of the other papers as a Word document: what a program can that prints no PDF, whether or not
/// the `pdf` feature is on.
///
/// # Errors
/// [`ReportError`].
pub fn letter_in_word(letter: &Letter) -> Result<Vec<u8>, ReportError> {
    docx::lay_out(&compose_letter(letter))
}

/// Renders one of the other papers. The same letter always gives the same bytes.
///
/// # Errors
/// [`ReportError`]; [`ReportError::NotOffered`] for a format that is not in [`LETTER_FORMATS`].
pub fn render_letter(letter: &Letter, format: Format) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Docx => letter_in_word(letter),
        Format::Pdf => pdf(&compose_letter(letter)),
        Format::Json | Format::Xlsx => Err(ReportError::NotOffered(format)),
    }
}

/// The name of a letter's files without the extension: `reminder-2022-annual-615`,
/// `proposal-2022-Q4`, `minutes-…` and `score-…` with the record, `rating-2022-615`,
/// `submission-2022-annual-615-2022-11-09-…` with the day of the hand-in, `nomination-2022-Q4-615-…`, `notice-2022-Q4`, `return-2022-annual-615-…`,
/// `recognition-…` and `end-…` with the record.
#[must_use]
pub fn letter_stem(letter: &Letter) -> String {
    match letter {
        Letter::Reminder(of) => format!("reminder-{}-{}", of.period.id(), of.code),
        Letter::Proposal(of) => match of.quarter {
            Some(quarter) => format!("proposal-{}", quarter.id()),
            None => format!("proposal-{}", of.today),
        },
        Letter::Nomination(of) => format!("nomination-{}-{}-{}", of.of.quarter.id(), of.code, tail(of.record)),
        Letter::Minutes(of) => format!("minutes-{}", of.record),
        Letter::Rating(of) => format!("rating-{}-{}", of.period, of.code),
        Letter::Score(of) => format!("score-{}", of.record),
        Letter::Report(of) => {
            let day = stamp_day(of.handed_in_at);
            format!("submission-{}-{}-{day}-{}", of.period.id(), of.code, tail(of.record))
        }
        Letter::Notice(of) => format!("notice-{}", of.quarter.id()),
        Letter::SentBack(of) => format!("return-{}-{}-{}", of.what.period().id(), of.code, tail(of.record)),
        Letter::Settling(of) => match of.asked {
            Asked::Recognition => format!("recognition-{}", of.record),
            Asked::End { .. } => format!("end-{}", of.record),
        },
    }
}

/// What tells records of one unit and period apart in names of files: the end of the identifier, for its beginning is
/// a time.
fn tail(record: RecordId) -> String {
    let id = record.to_string();
    id[id.len() - 8..].to_owned()
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
