//! Thêm mô hình: the fields of the schema, and the models that the name may mean already.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::rules::identity::Likeness;
use keng_domain::schema::FieldSpec;
use keng_web::pages::model_edit::own_fields;
use keng_web::{Input, Link, Shell, Tag, Tone};
use serde::Deserialize;

/// `GET /models/new`, and again when what was sent cannot be saved.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "model_new.html")]
pub struct ModelNewPage {
    /// The frame.
    pub shell: Shell,
    /// All fields a unit may write, in the order of the schema, see [`inputs`].
    pub inputs: Vec<Input>,
    /// The reason as typed.
    pub reason: String,
    /// Models that the name may mean, the surest first.
    pub alike: Vec<Alike>,
    /// The name for which they have been shown and confirmed to be others; empty when none has.
    pub confirmed: String,
    /// Why nothing was saved although every field is right.
    pub fault: Option<String>,
}

/// A model that may be the one meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Its name, with its page.
    pub model: Link,
    /// How many points it has here.
    pub points: u64,
    /// How sure it is.
    pub likeness: Likeness,
    /// The form of a new point with this model chosen.
    pub add_point: String,
}

impl Alike {
    fn tag(&self) -> Tag {
        match self.likeness {
            Likeness::Certain => Tag::new(Tone::Danger, "trùng tên"),
            Likeness::LookAlike => Tag::new(Tone::Warn, "gần giống"),
        }
    }
}

impl ModelNewPage {
    /// The fields that are wrong, for the summary at the top.
    fn wrong(&self) -> Vec<(&Input, &str)> {
        self.inputs.iter().filter_map(|input| Some((input, input.error.as_deref()?))).collect()
    }
}

/// What the form brings: texts as typed, by key; `reason` and `confirmed` are among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct ModelForm(pub BTreeMap<String, String>);

impl ModelForm {
    /// What was typed at `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }
}

/// These fields as a form, empty; `organisations` are offered where one is named.
#[must_use]
pub fn inputs(organisations: &[String]) -> Vec<Input> {
    let input = |spec: &'static FieldSpec| match spec.key {
        "lead" => Input::of_field(spec, "").offering(organisations.to_vec()),
        "name" => Input::of_field(spec, "").hinted("Tên đầy đủ; đang gõ thì các mô hình gần giống hiện bên cạnh"),
        "founded_on" => Input::of_field(spec, "").hinted("ngày/tháng/năm"),
        _ => Input::of_field(spec, ""),
    };
    own_fields().map(input).collect()
}

#[cfg(test)]
mod tests {
    use super::inputs;

    #[test]
    fn a_unit_is_asked_for_every_field_it_may_write_and_for_no_other() {
        let keys: Vec<String> = inputs(&[]).into_iter().map(|i| i.key).collect();
        let all = ["name", "aliases", "fields", "objects", "origin", "lead", "founded_on", "goal", "content", "method"];
        assert_eq!(keys, all);
    }
}
