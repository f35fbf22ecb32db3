//! Bản báo cáo: kept editions on their way from draft to issue, and what differs between two of them.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::id::RecordId;
use keng_web::{Link, Shell, Tag};
use serde::Deserialize;

/// One kept edition, in the list on the page of reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionLine {
    /// Its record.
    pub id: RecordId,
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// `đến mục 18.377`.
    pub cut: String,
    /// Where it stands.
    pub state: Tag,
    /// `số 12/BC-CAT ngày 20/11/2022`; `None`: nobody has entered them.
    pub number: Option<String>,
    /// `thay thế số 12/BC-CAT ngày 20/11/2022`, once it says so.
    pub replaces: Option<String>,
    /// What can be done with it now.
    pub act: Option<EditionAct>,
    /// What differs from the one before; `None`: there is none.
    pub changes: Option<Link>,
    /// What was wrong with the last attempt, with what was typed.
    pub attempt: Option<(String, EditionForm)>,
}

/// What can be done with an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionAct {
    /// A draft goes up for signature.
    Submit,
    /// A signed one gets its number and date.
    Issue,
}

impl EditionLine {
    /// What was typed into the form of its number and date, if it is shown again.
    #[must_use]
    pub fn typed(&self) -> (&str, &str) {
        self.attempt.as_ref().map_or(("", ""), |(_, form)| (&form.number, &form.date))
    }
}

/// What `POST /editions/{id}` brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct EditionForm {
    /// `submit`, `issue`, or `files`: the files of its cut, to be signed.
    pub act: String,
    /// Number and symbol as on the signed paper.
    pub number: String,
    /// Its date, `ngày/tháng/năm`.
    pub date: String,
}

/// `GET /editions/{id}/changes`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "changes.html")]
pub struct ChangesPage {
    /// The frame.
    pub shell: Shell,
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// The one before: its number and date, or its cut.
    pub before: String,
    /// This one, likewise.
    pub after: String,
    /// Of what, which figure, before, now.
    pub lines: Vec<[String; 4]>,
    /// How many lines there are, where not all are shown.
    pub more: Option<usize>,
}
