//! What the hub lays papers out as: Word, to be edited and signed, and PDF.

use keng_desk::letters::Press;
use keng_domain::letter::Letter;
use keng_report::{Format, letter_stem, render_letter};

/// The formats of [`keng_report::LETTER_FORMATS`].
pub const PRESS: Press = Press { formats: &["docx", "pdf"], elsewhere: &[], lay_out, stem: letter_stem };

fn lay_out(paper: &Letter, format: &str) -> Result<Vec<u8>, String> {
    let format: Format = format.parse().map_err(|e: keng_report::UnknownFormat| e.to_string())?;
    render_letter(paper, format).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use keng_report::LETTER_FORMATS;

    use super::PRESS;

    #[test]
    fn all_formats_of_papers_are_offered() {
        assert_eq!(PRESS.formats, LETTER_FORMATS.map(keng_report::Format::extension));
    }
}
