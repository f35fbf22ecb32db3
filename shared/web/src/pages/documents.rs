//! The card "Hồ sơ" on the page of a record: its documents, where their files are, and, at a
//! node, the form that adds one.

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::document::DOCUMENT_KINDS;
use keng_domain::id::RecordId;

use crate::format;
use crate::parts::{Link, Tag};

/// The documents of a record.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/documents.html")]
pub struct DocumentsCard {
    /// The record.
    pub record: RecordId,
    /// `3/5 tệp đã tới tỉnh`.
    pub summary: String,
    /// The documents, oldest first.
    pub rows: Vec<DocumentRow>,
    /// Whether one may be added here; it needs the token of forms.
    pub upload: Option<Upload>,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its name, and where the file is downloaded.
    pub file: Link,
    /// The label of its kind.
    pub kind: String,
    /// `5,1 MB`.
    pub size: String,
    /// Who added it and when.
    pub by: String,
    /// Where the file is.
    pub state: Tag,
}

/// The form that adds a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The token of forms.
    pub csrf: String,
    /// The largest file, in bytes.
    pub bytes_max: u64,
    /// The kind that is asked for, by code; empty: none.
    pub kind: String,
    /// Where the file will be, and how it goes on from there.
    pub way: &'static str,
}

impl Upload {
    fn kinds() -> &'static [(&'static str, &'static str)] {
        DOCUMENT_KINDS
    }

    fn size(&self) -> String {
        format::bytes(self.bytes_max)
    }
}

impl HtmlSafe for DocumentsCard {}
