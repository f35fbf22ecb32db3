//! What a report says and how it looks in each format, read back from the finished files.

mod docx;
mod form;
mod hostile;
mod json;
#[cfg(feature = "pdf")]
mod pdf;
mod same_bytes;
mod sample;
mod wording;
mod xlsx;
