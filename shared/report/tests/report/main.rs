//! What a report says and how it looks in each format, read back from the finished files.

mod decided_papers;
mod docx;
mod form;
mod form_optional;
#[cfg(feature = "pdf")]
mod golden;
mod hostile;
mod json;
mod letter_sample;
mod letters;
#[cfg(feature = "pdf")]
mod pdf;
mod same_bytes;
mod sample;
mod unit_papers;
mod wording;
mod xlsx;
