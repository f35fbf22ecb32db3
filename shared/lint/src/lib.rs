//! The linter of decree 30/2020/NĐ-CP (rule R30): reads a DOCX or a PDF as it lies on the disk and
//! says where it leaves annex I of the decree, to officers and in Vietnamese.
//!
//! It knows nothing of how Kẻng composes: a component is recognised as a clerk recognises it, by
//! what it says and where it stands, so that any file can be judged. Both formats are read into
//! one [`paper::Paper`]; the rules see nothing else. What a format cannot tell is left unjudged,
//! never guessed at.
//!
//! There is no clock, no disk and no network in here. What a file may cost is bounded in
//! [`limits`]; a program that reads files of strangers also bounds the time.

mod catalogue;
mod docx;
mod finding;
pub mod limits;
mod paper;
mod pdf;
mod roles;
mod rules;
mod unreadable;
mod words;

pub use finding::Finding;
pub use paper::Kind;
pub use unreadable::Unreadable;

/// What a file is and where it leaves the decree.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Judgement {
    /// `docx` or `pdf`, from the bytes and not from the name.
    pub kind: Kind,
    /// None when the file keeps every rule that could be judged.
    pub findings: Vec<Finding>,
}

/// Judges a file by its bytes.
///
/// # Errors
/// [`Unreadable`] when it is neither of the two formats, damaged, encrypted, or larger than
/// [`limits`] allow.
pub fn lint(bytes: &[u8]) -> Result<Judgement, Unreadable> {
    if bytes.len() > limits::FILE_BYTES_MAX {
        return Err(Unreadable::TooLarge { bytes: bytes.len(), max: limits::FILE_BYTES_MAX });
    }
    let head = &bytes[..bytes.len().min(1024)];
    let paper = if bytes.starts_with(b"PK\x03\x04") {
        docx::read(bytes)?
    } else if head.windows(5).any(|w| w == b"%PDF-") {
        pdf::read(bytes)?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        // Word puts an encrypted document into the container of its old format.
        return Err(Unreadable::OldOrEncryptedWord);
    } else {
        return Err(Unreadable::NeitherFormat);
    };
    if !paper.lines.iter().any(|line| line.text.chars().any(char::is_alphabetic)) {
        return Err(Unreadable::NoText);
    }
    Ok(Judgement { kind: paper.kind, findings: rules::judge(&paper) })
}
