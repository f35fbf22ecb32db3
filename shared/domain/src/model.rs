//! A model (mô hình): one way of organising people; it exists once for the whole province.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::field::Fields;
use crate::id::RecordId;
use crate::schema::Kind;

/// A model as it reads now, interim values where fields are contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Model {
    /// Its record.
    pub id: RecordId,
    /// Name, NFC.
    pub name: String,
    /// Fields of work (lĩnh vực), `;` between them.
    pub fields: Option<String>,
    /// Origin code, see [`crate::schema::ORIGINS`].
    pub origin: Option<String>,
    /// Who leads it, in words; as long as nobody has said, where its points lie tells.
    pub lead: Option<String>,
    /// When it was founded.
    pub founded_on: Option<NaiveDate>,
    /// When a decision recognised it, where it arose by itself (R4).
    pub decision_date: Option<NaiveDate>,
    /// From when on it has ended as a whole (R5).
    pub ended_on: Option<NaiveDate>,
    /// The model into which a person merged this one (R1).
    pub merged_into: Option<RecordId>,
}

impl Model {
    /// Reads a model from its fields.
    #[must_use]
    pub fn read(id: RecordId, fields: &Fields) -> Self {
        let text = |key: &str| fields.text(key).map(str::to_owned);
        Self {
            id,
            name: text("name").unwrap_or_else(|| format!("(chưa có tên {id})")),
            fields: text("fields").map(|words| match Kind::Model.field("fields") {
                Some(spec) => spec.label_of(&words).into_owned(),
                None => words,
            }),
            origin: text("origin"),
            lead: text("lead").filter(|lead| !lead.trim().is_empty()),
            founded_on: fields.date("founded_on"),
            decision_date: fields.date("decision_date"),
            ended_on: fields.date("ended_on"),
            merged_into: fields.text("merged_into").and_then(|s| s.parse().ok()),
        }
    }
}

/// Which model stands for which, after all merges (R1: only ever by a person's act).
#[derive(Debug, Clone, Default)]
pub struct Merges(HashMap<RecordId, RecordId>);

impl Merges {
    /// Collects the merges of `models`.
    pub fn of<'a>(models: impl IntoIterator<Item = &'a Model>) -> Self {
        Self(models.into_iter().filter_map(|m| Some((m.id, m.merged_into?))).collect())
    }

    /// The model that stands for `id` in every count. Merges into each other in a circle (two
    /// officers, opposite choices) end at the smallest identifier of the circle.
    #[must_use]
    pub fn target(&self, id: RecordId) -> RecordId {
        let mut path = vec![id];
        let mut at = id;
        while let Some(&next) = self.0.get(&at) {
            if let Some(start) = path.iter().position(|p| *p == next) {
                return path[start..].iter().copied().min().unwrap_or(next);
            }
            path.push(next);
            at = next;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::Merges;
    use crate::id::RecordId;

    fn id(n: u8) -> RecordId {
        RecordId([n; 16])
    }

    #[test]
    fn merges_are_followed_to_their_end() {
        let m = Merges([(id(3), id(2)), (id(2), id(1))].into());
        assert_eq!([m.target(id(3)), m.target(id(1)), m.target(id(9))], [id(1), id(1), id(9)]);
    }

    #[test]
    fn opposite_merges_end_at_one_model() {
        let m = Merges([(id(3), id(2)), (id(2), id(5)), (id(5), id(2))].into());
        assert_eq!([m.target(id(3)), m.target(id(2)), m.target(id(5))], [id(2); 3]);
    }
}
