//! From a cut to a report: JSON for programs; XLSX, DOCX and PDF for officers. From records to the
//! other papers of the work ([`keng_domain::letter::Letter`]): DOCX and PDF.
//!
//! [`keng_domain::figures::Figures`] are turned once into a [`document::Document`] (every sentence
//! and every table of the report, [`compose`]) and that is laid out three times. What a report
//! says therefore stands in one place, and how each format says it in another. JSON does not go
//! through the document: it is the figures themselves.
//!
//! The layout is decree 30/2020/NĐ-CP, annex I ([`page`]); the tables of the annexes are the
//! statistics form that goes with letter 4267/BCĐ-NC. Where the province has a template of its own for
//! that form, the spreadsheet is filled from it ([`form`]).
//!
//! There is no clock, no disk and no network in here: equal figures give equal bytes in every
//! format, on any machine and in any order of rendering.

mod compose;
mod document;
mod docx;
mod error;
pub mod form;
mod format;
mod page;
#[cfg(feature = "pdf")]
mod pdf;
mod render;
mod words;
mod xlsx;

pub use error::ReportError;
pub use format::{Format, UnknownFormat};
pub use render::{LETTER_FORMATS, file_stem, letter_in_word, letter_stem, render, render_letter};
