//! Fields of forms: label above, hint, the value as typed, the fault beside it.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::schema::{FieldSpec, FieldType};
use keng_domain::text::{date_dmy, thousands};
use serde::Deserialize;

use crate::messages;
use crate::parts::Tag;

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/input.html")]
pub struct Input {
    /// Its name in the form: the key of the field.
    pub key: String,
    /// Its label.
    pub label: String,
    /// What to type, where the label does not say it.
    pub hint: Option<String>,
    /// How it is entered.
    pub kind: InputKind,
    /// The value as typed or as stored.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// A mark beside the label, e.g. an open contest.
    pub tag: Option<Tag>,
}

/// How a field is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// One line.
    Line,
    /// One line, with texts that are offered while it is typed; others are as good.
    Suggest(Vec<String>),
    /// Several lines.
    Text,
    /// A whole number.
    Count,
    /// A date, typed `ngày/tháng/năm` whatever the language of the browser.
    Date,
    /// One of many, in a list that opens.
    Select(Vec<Choice>),
    /// One of few, all in view.
    Radio(Vec<Choice>),
    /// Shown, not entered.
    Fixed,
}

/// One of the values to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl Input {
    /// A field of the schema with its stored value, as people type it: dates as dd/mm/yyyy.
    ///
    /// Fields that refer to other records or lists outside the schema come out as one line; the
    /// page gives them their choices with [`Input::choosing`].
    #[must_use]
    pub fn of_field(spec: &FieldSpec, stored: &str) -> Self {
        let kind = match spec.kind {
            FieldType::Line | FieldType::Subject | FieldType::Personal | FieldType::Record | FieldType::Unit => {
                InputKind::Line
            }
            FieldType::Text => InputKind::Text,
            FieldType::Count | FieldType::Money | FieldType::Year => InputKind::Count,
            FieldType::Words(offered) if !offered.is_empty() => {
                InputKind::Suggest(offered.iter().map(|(_, label)| (*label).to_owned()).collect())
            }
            FieldType::Set(_) | FieldType::Words(_) => InputKind::Line,
            FieldType::Date => InputKind::Date,
            FieldType::Code(codes) => InputKind::Select(codes.iter().map(|(v, l)| Choice::new(*v, *l)).collect()),
            FieldType::Map | FieldType::Act | FieldType::Fixed => InputKind::Fixed,
        };
        let value = match spec.kind {
            FieldType::Date => stored.parse().map_or_else(|_| stored.to_owned(), date_dmy),
            FieldType::Money => stored.parse().map_or_else(|_| stored.to_owned(), thousands),
            FieldType::Set(_) | FieldType::Words(_) => spec.label_of(stored).into_owned(),
            _ => stored.to_owned(),
        };
        let hint = match spec.kind {
            FieldType::Words(_) => Some(SEVERAL.to_owned()),
            FieldType::Set(codes) => {
                let labels: Vec<&str> = codes.iter().map(|(_, label)| *label).collect();
                Some(format!("{SEVERAL}: {}", labels.join("; ")))
            }
            _ => None,
        };
        Self { key: spec.key.to_owned(), label: spec.label.to_owned(), hint, kind, value, error: None, tag: None }
    }

    /// The same field with what a person typed, and what is wrong with it.
    #[must_use]
    pub fn typed(mut self, spec: &FieldSpec, text: &str) -> Self {
        text.clone_into(&mut self.value);
        self.error = spec.read(text).err().map(|fault| messages::bad_value(&fault));
        self
    }

    /// The same field, chosen from a list.
    #[must_use]
    pub fn choosing(mut self, choices: Vec<Choice>) -> Self {
        self.kind = InputKind::Select(choices);
        self
    }

    /// The same field, with texts that are offered.
    #[must_use]
    pub fn offering(mut self, texts: Vec<String>) -> Self {
        self.kind = InputKind::Suggest(texts);
        self
    }

    /// The same field with a hint.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same field with a mark beside its label.
    #[must_use]
    pub fn tagged(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// What reads out beside the field: its hint and its fault.
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.key));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.key));
        }
        ids.join(" ")
    }
}

const SEVERAL: &str = "cách nhau bằng dấu chấm phẩy";

impl HtmlSafe for Input {}

/// Stands before the key of what had stood in a field when the page was made.
pub const WAS: &str = "was-";

/// What a form brings: texts as typed, by key. What had stood in a field comes beside it, see [`WAS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Typed(pub BTreeMap<String, String>);

impl Typed {
    /// What was typed at `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// What was typed at `key`; empty when the form has no such field.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.get(key).unwrap_or_default()
    }

    /// The keys of fields whose text differs from what the page had shown, with the new text.
    ///
    /// Only these are written: a field that nobody touched must not enter into a contest.
    #[must_use]
    pub fn changed<'a>(&'a self, shown: &[Input]) -> Vec<(String, &'a str)> {
        let entered = shown.iter().filter(|i| i.kind != InputKind::Fixed);
        let pairs = entered.filter_map(|i| Some((i, self.get(&i.key)?)));
        let touched = |i: &Input, text: &str| same_lines(self.was(&i.key).unwrap_or(&i.value)) != same_lines(text);
        pairs.filter(|(i, text)| touched(i, text)).map(|(i, t)| (i.key.clone(), t)).collect()
    }

    /// What stood at `key` when the page was made.
    #[must_use]
    pub fn was(&self, key: &str) -> Option<&str> {
        self.get(&format!("{WAS}{key}"))
    }

    /// Whether another value has come to `input`, as it stands now, since the page was made, and
    /// what was typed is not that value: the officer has not seen what saving would replace.
    #[must_use]
    pub fn overtaken(&self, input: &Input) -> bool {
        let now = same_lines(&input.value);
        self.was(&input.key).is_some_and(|was| same_lines(was) != now)
            && self.get(&input.key).is_some_and(|typed| same_lines(typed) != now)
    }
}

/// A browser sends line ends as `\r\n`, whatever was shown.
fn same_lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Input;
    use keng_domain::schema::Kind;

    #[test]
    fn what_was_typed_stays_with_its_fault_beside_it() {
        let spec = Kind::Point.field("decision_date").unwrap();
        let input = Input::of_field(spec, "2021-09-11");
        assert_eq!(input.value, "11/09/2021");
        let html = input.typed(spec, "31/13/2021").to_string();
        assert!(html.contains("31/13/2021") && html.contains("aria-invalid"), "{html}");
    }
}
