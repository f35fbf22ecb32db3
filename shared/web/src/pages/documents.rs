//! The card "Hồ sơ" on the page of a record: its documents, where their files are, what was taken out,
//! and the forms that add a document, write about it and take it out.

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::document::{DETAILS, DOCUMENT_KINDS};
use keng_domain::id::RecordId;
use keng_domain::schema::{FieldType, Kind};

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
    /// How it stands against the checklist of the rule pack; [`None`] for records that have none.
    pub checklist: Option<String>,
    /// The documents, oldest first.
    pub rows: Vec<DocumentRow>,
    /// What was taken out of it.
    pub removed: Vec<RemovedRow>,
    /// Whether one may be added, written about and taken out here; it needs the token of forms.
    pub upload: Option<Upload>,
}

/// A document that was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedRow {
    /// The document.
    pub id: RecordId,
    /// The file's name.
    pub name: String,
    /// The label of its kind.
    pub kind: String,
    /// Who took it out, when and why.
    pub why: String,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// The document.
    pub id: RecordId,
    /// Its name, and where the file is downloaded.
    pub file: Link,
    /// The label of its kind.
    pub kind: String,
    /// What has been written about it: `số 12/KH-BCĐ ngày 09/11/2022 của UBND huyện`; empty: nothing.
    pub about: String,
    /// The same, to be typed over, in the order of [`DETAILS`].
    pub details: [String; DETAILS.len()],
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

/// A field of what is written about a document: its key, its label, what to type.
struct Detail(&'static str, &'static str, &'static str);

impl DocumentsCard {
    fn details() -> [Detail; DETAILS.len()] {
        DETAILS.map(|key| {
            let spec = Kind::Document.field(key);
            let hint = if spec.is_some_and(|s| s.kind == FieldType::Date) { "ngày/tháng/năm" } else { "" };
            Detail(key, spec.map_or(key, |s| s.label), hint)
        })
    }
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
