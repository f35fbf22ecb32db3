//! "Ai ghi giá trị này?": every value ever saved, by whom, where and when (I3).

use askama::Template;
use askama_web::WebTemplate;

use crate::pages::documents::DocumentsCard;
use crate::parts::{Fact, Link, Tag, Tone};
use crate::shell::Shell;

/// `GET /records/{id}/trace?field=&entry=`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/trace.html")]
pub struct TracePage {
    /// The frame.
    pub shell: Shell,
    /// The way here: list, model, record.
    pub trail: Vec<Link>,
    /// What people call the record.
    pub name: String,
    /// The one field that is traced; [`None`] for all.
    pub field: Option<TracedField>,
    /// The fields to choose from; the first leads to all of them.
    pub fields: Vec<FieldLink>,
    /// What was written, newest first.
    pub steps: Vec<Step>,
    /// The entry that is looked at closely.
    pub entry: Option<EntryDetail>,
    /// "Số này nằm ở đâu?": figures and reports that contain the value.
    pub whereabouts: Vec<Fact>,
    /// The documents of the record, where it may have some.
    pub documents: Option<DocumentsCard>,
    /// The same as a file: labels and addresses.
    pub downloads: Vec<Link>,
}

/// The field that is traced, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedField {
    /// Its label.
    pub label: String,
    /// `7 · đã chọn`, `7 ↔ 9 · xung đột`.
    pub state: Tag,
}

/// A way to another field of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLink {
    /// Label and address.
    pub link: Link,
    /// Whether it is the one that is shown.
    pub on: bool,
    /// Whether nobody has chosen between its values.
    pub contested: bool,
}

/// One act of writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Green settles, blue answers, red is contested, grey is history.
    pub tone: Tone,
    /// The node's own clock when it was saved: `06/11 14:22`.
    pub when: String,
    /// The unit, by certificate.
    pub unit: String,
    /// Officer, machine, circumstances: `A Thiu · 617-1 · khi mất mạng`.
    pub who: Vec<String>,
    /// The field, where all fields are shown.
    pub field: Option<String>,
    /// What was there before, as shown; [`None`] for the first value.
    pub from: Option<String>,
    /// What was written, as shown.
    pub to: String,
    /// Why.
    pub reason: Option<String>,
    /// What the writer had seen, and when it reached the province.
    pub remarks: Vec<String>,
    /// `mục 18.204`, and where to look at it; [`None`] before the province has numbered it.
    pub entry: Option<Link>,
}

/// An entry with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDetail {
    /// `Mục 18.204`.
    pub title: String,
    /// Unit, machine, place in its feed, signature, log, receipt.
    pub facts: Vec<Fact>,
    /// Evidence and raw change to download.
    pub downloads: Vec<Link>,
}
