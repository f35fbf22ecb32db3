//! Why a file could not be judged.

/// Nothing was judged. The sentence for officers is made where the file's name is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither a zip nor a PDF.
    #[error("neither a DOCX nor a PDF")]
    NeitherFormat,
    /// A zip without a Word document in it.
    #[error("a zip, but no Word document")]
    NoWord,
    /// The container of Word 97, in which Word also puts what it encrypts.
    #[error("a Word 97 or an encrypted Word file")]
    OldOrEncryptedWord,
    /// A PDF or a part of a DOCX that asks for a password.
    #[error("encrypted")]
    Encrypted,
    /// More bytes than are read at all.
    #[error("{bytes} bytes, at most {max} are read")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// What is allowed.
        max: usize,
    },
    /// It unpacks to more than is read: a bomb, or a picture album.
    #[error("unpacks to more than {max} bytes, or has too many parts")]
    UnpacksTooLarge {
        /// What is allowed.
        max: u64,
    },
    /// It breaks the rules of its own format.
    #[error("damaged: {detail}")]
    Damaged {
        /// What the reader said, for administrators.
        detail: String,
    },
    /// A scan, or an empty document: nothing that could be read.
    #[error("no text")]
    NoText,
}

impl Unreadable {
    pub(crate) fn damaged(detail: impl std::fmt::Display) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }
}
