//! Who wrote this value? Answered from the changes themselves, field by field.

use std::collections::HashMap;

use automerge::ChangeHash;
use automerge::legacy::{Key, OpId, OpType};
use keng_domain::field::{Author, Value};

use crate::reading::{Authors, author, incarnation_of};
use crate::record::{META_KEYS, Record, value_of};
use crate::sets::field_of;
use crate::stamp::Stamp;

/// One value once written to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The field's key; of a set its own, not that of the element.
    pub field: String,
    /// The value written.
    pub value: Value,
    /// What the writer saw there and replaced: empty for a first value, several for a contest.
    pub base: Vec<Seen>,
    /// Who wrote it.
    pub author: Author,
    /// The change that carries it.
    pub change: [u8; 32],
}

/// A value that a writer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The value.
    pub value: Value,
    /// The change that had written it.
    pub change: [u8; 32],
}

impl Record {
    /// Every value ever written to `field` (to any field when `None`), in an order in which
    /// causes stand before effects. `kind`, `scope` and `owner` are left out.
    #[must_use]
    pub fn trace(&self, field: Option<&str>, authors: &dyn Authors) -> Vec<Step> {
        let mut written: HashMap<OpId, Seen> = HashMap::new();
        let (kind, mut steps) = (self.kind(), Vec::new());
        for change in self.doc.get_changes(&[]) {
            let ChangeHash(hash) = change.hash();
            let incarnation = incarnation_of(change.actor_id());
            let stamp = Stamp::read(change.message(), change.timestamp());
            let expanded = change.decode();
            // What a choice among candidates took away, it saw: see `Record::edit`.
            let mut taken: HashMap<&Key, Vec<Seen>> = HashMap::new();
            for (i, op) in expanded.operations.iter().enumerate() {
                if op.action == OpType::Delete {
                    taken.entry(&op.key).or_default().extend(op.pred.iter().filter_map(|p| written.get(p)).cloned());
                    continue;
                }
                let (OpType::Put(scalar), Key::Map(key)) = (&op.action, &op.key) else { continue };
                let Some(value) = value_of(scalar) else { continue };
                let mut base: Vec<Seen> = taken.remove(&op.key).unwrap_or_default();
                base.extend(op.pred.iter().filter_map(|p| written.get(p)).cloned());
                let id = OpId::new(expanded.start_op.get() + i as u64, &expanded.actor_id);
                written.insert(id, Seen { value: value.clone(), change: hash });
                if META_KEYS.contains(&key.as_str()) || field.is_some_and(|f| !is_at(key, f)) {
                    continue;
                }
                let author = author(incarnation, stamp.clone(), authors);
                let field = field_of(kind, key).to_owned();
                steps.push(Step { field, value, base, author, change: hash });
            }
        }
        steps
    }
}

/// Whether `key` is the field `field` or lies under it (`ratings/2022/610` under `ratings/2022`).
fn is_at(key: &str, field: &str) -> bool {
    key.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use crate::record::tests::{point, stamp};
    use keng_domain::field::Value;
    use keng_domain::id::Incarnation;

    #[test]
    fn every_value_is_traced_with_what_its_writer_saw() {
        let (mut record, _) = point(1);
        record.edit(&[("teams".to_owned(), Value::Int(7))], Incarnation([2; 16]), &stamp("B")).unwrap();
        let nobody = |_: Incarnation| None;
        let steps = record.trace(Some("teams"), &nobody);
        let told: Vec<_> = steps
            .iter()
            .map(|s| {
                (
                    s.value.to_string(),
                    s.author.officer.as_str(),
                    s.base.iter().map(|b| b.value.to_string()).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(told, [("6".to_owned(), "A", vec![]), ("7".to_owned(), "B", vec!["6".to_owned()])]);
        assert_eq!(record.trace(None, &nobody).len(), 3);
    }
}
