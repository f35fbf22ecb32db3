//! Sửa mô hình: one form with all fields of the schema that an officer writes, and a reason.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::id::RecordId;
use keng_domain::schema::{FieldSpec, Kind, WITHDRAWN, Writer};

use crate::form::{Input, InputKind, WAS};
use crate::shell::Shell;

/// `GET /models/{id}/edit`, and again with 422 when what was sent cannot be saved.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/model_edit.html")]
pub struct ModelEditPage {
    /// The frame.
    pub shell: Shell,
    /// The record.
    pub id: RecordId,
    /// Its name as it stands.
    pub name: String,
    /// Its fields in the order of the schema, contested ones marked.
    pub inputs: Vec<Input>,
    /// What stood in each field when the page was made, by key; the form sends it back.
    pub was: Vec<(String, String)>,
    /// The reason as typed.
    pub reason: String,
    /// Why nothing was saved although every field is right.
    pub fault: Option<String>,
}

impl ModelEditPage {
    /// The fields that are wrong, for the summary at the top.
    fn wrong(&self) -> Vec<(&Input, &str)> {
        self.inputs.iter().filter_map(|input| Some((input, input.error.as_deref()?))).collect()
    }
}

/// How wide a field of a model stands in its forms.
#[must_use]
pub fn width(input: &Input) -> &'static str {
    match (input.key.as_str(), &input.kind) {
        ("name", _) | (_, InputKind::Text) => "full",
        _ => "half",
    }
}

/// What becomes of a model later than it begins: its recognition, its end, the mark of one that is taken back.
const LATER: [&str; 5] = ["decision_no", "decision_date", "ended_on", "end_ground", WITHDRAWN];

/// The fields of a model that any officer may write when it begins.
pub fn own_fields() -> impl Iterator<Item = &'static FieldSpec> {
    Kind::Model.fields().iter().filter(|spec| spec.writer == Writer::Anyone && !LATER.contains(&spec.key))
}
