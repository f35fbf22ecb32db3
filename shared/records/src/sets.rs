//! Fields that are sets: each element stands at a key of its own, `aliases/Kẻng báo động`.
//!
//! Two officers who add an element each write different keys, so both stand. One who removes an element
//! empties its key as far as it had been seen there: an element that somebody adds meanwhile stays
//! (observed-remove set, add wins). To all readers the set is one text, see
//! [`keng_domain::schema::elements`]; versions before this one wrote that text at the key of the field,
//! and what they wrote reads as elements too.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ROOT, ReadDoc};
use keng_domain::field::{Field, Fields, Value};
use keng_domain::schema::{FieldSpec, Kind, elements};

use crate::record::{Record, value_of};

/// The set to which `key` belongs, as a whole or by one of its elements.
fn set_at(kind: Kind, key: &str) -> Option<&'static FieldSpec> {
    kind.field(key).filter(|spec| spec.is_set())
}

/// The field of which `key` is read: that of a set for the key of an element, else `key`.
pub(crate) fn field_of(kind: Option<Kind>, key: &str) -> &str {
    kind.and_then(|k| set_at(k, key)).map_or(key, |spec| spec.key)
}

/// Sets out of the keys of a document, while it is read.
pub(crate) struct Sets {
    kind: Option<Kind>,
    found: BTreeMap<&'static str, (&'static FieldSpec, BTreeSet<String>)>,
}

impl Sets {
    pub(crate) fn of(record: &Record) -> Self {
        // Most records are of kinds without sets, and are asked nothing further key by key.
        let kind = record.kind().filter(|kind| kind.fields().iter().any(FieldSpec::is_set));
        Self { kind, found: BTreeMap::new() }
    }

    /// Takes the values at `key`, all concurrent ones, if it belongs to a set.
    pub(crate) fn take(&mut self, key: &str, values: impl FnOnce() -> Vec<Value>) -> bool {
        let Some(spec) = self.kind.and_then(|kind| set_at(kind, key)) else { return false };
        let (_, all) = self.found.entry(spec.key).or_insert_with(|| (spec, BTreeSet::new()));
        for text in values().iter().filter_map(Value::as_text) {
            all.extend(elements(text).map(str::to_owned));
        }
        true
    }

    /// The sets that have been found, each as one field.
    pub(crate) fn into_fields(self, fields: &mut Fields) {
        for (key, (spec, all)) in self.found {
            let value = match all.is_empty() {
                true => Value::Null,
                false => Value::Text(spec.joined(all.iter().map(String::as_str))),
            };
            fields.0.insert(key.to_owned(), Field::Settled(value));
        }
    }
}

impl Record {
    /// The kind, as its code says; `None` for kinds of a newer version.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Kind::of_code(self.values_at("kind").first()?.as_text()?)
    }

    /// `values` with each set as writes of the elements in which it differs from what stands in the record.
    pub(crate) fn by_element(&self, kind: Option<Kind>, values: &[(String, Value)]) -> Vec<(String, Value)> {
        let mut all = Vec::with_capacity(values.len());
        for (key, value) in values {
            match kind.and_then(|kind| set_at(kind, key)).filter(|spec| spec.key == key) {
                Some(spec) => self.differing(spec, value, &mut all),
                None => all.push((key.clone(), value.clone())),
            }
        }
        all
    }

    fn differing(&self, spec: &FieldSpec, value: &Value, out: &mut Vec<(String, Value)>) {
        let wanted: BTreeSet<&str> = value.as_text().map(elements).into_iter().flatten().collect();
        let prefix = format!("{}/", spec.key);
        let keys = self.doc.map_range(ROOT, prefix.clone()..format!("{}0", spec.key));
        let present: BTreeSet<String> = keys
            .filter(|item| self.values_at(&item.key).iter().any(|v| *v != Value::Null))
            .filter_map(|item| item.key.strip_prefix(&prefix).map(str::to_owned))
            .collect();
        out.extend(
            present.iter().filter(|e| !wanted.contains(e.as_str())).map(|e| (format!("{prefix}{e}"), Value::Null)),
        );
        out.extend(wanted.iter().filter(|e| !present.contains(**e)).map(|e| (format!("{prefix}{e}"), Value::from(*e))));
        if self.values_at(spec.key).iter().any(|v| *v != Value::Null) {
            out.push((spec.key.to_owned(), Value::Null));
        }
    }

    /// All concurrent values at `key` that this version understands.
    pub(crate) fn values_at(&self, key: &str) -> Vec<Value> {
        let all = self.doc.get_all(ROOT, key).unwrap_or_default();
        all.iter().filter_map(|(v, _)| v.as_scalar().and_then(value_of)).collect()
    }
}

#[cfg(test)]
mod tests {
    use keng_domain::field::Value;
    use keng_domain::id::{Incarnation, NodeId, RecordId};
    use keng_domain::scope::Scope;
    use keng_domain::unit::UnitCode;
    use proptest::prelude::{prop_assert_eq, proptest};

    use crate::gate;
    use crate::record::tests::stamp;
    use crate::record::{Meta, Record};

    fn nobody(_: Incarnation) -> Option<(UnitCode, NodeId)> {
        None
    }

    fn model(values: &[(&str, &str)]) -> Record {
        let meta = Meta { kind: "model".into(), scope: Scope::Province, owner: "610".parse().unwrap() };
        let values: Vec<_> = values.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
        Record::create(RecordId([9; 16]), &meta, &values, Incarnation([1; 16]), &stamp("A")).0
    }

    fn write(record: &Record, aliases: &str, author: u8) -> Option<Vec<u8>> {
        let value = if aliases.is_empty() { Value::Null } else { Value::from(aliases) };
        record.clone().edit(&[("aliases".to_owned(), value)], Incarnation([author; 16]), &stamp("B"))
    }

    fn merged(record: &Record, changes: &[Vec<u8>]) -> Record {
        let changes: Vec<_> = changes.iter().map(|c| gate::decode(c).unwrap()).collect();
        gate::apply(record.id, Some(&record.save()), &changes).unwrap()
    }

    fn aliases(record: &Record) -> String {
        let owner: UnitCode = "610".parse().unwrap();
        let fields = record.fields(&owner, &nobody);
        assert!(record.contests(&owner, &fields, &nobody).is_empty(), "a set has nothing to choose");
        fields.text("aliases").unwrap_or_default().to_owned()
    }

    #[test]
    fn what_two_officers_add_at_once_all_stands() {
        let base = model(&[("aliases", "Kẻng")]);
        let (mine, theirs) = (write(&base, "Kẻng; Chiêng", 1).unwrap(), write(&base, "Kẻng; Trống", 2).unwrap());
        for order in [[mine.clone(), theirs.clone()], [theirs, mine]] {
            assert_eq!(aliases(&merged(&base, &order)), "Chiêng; Kẻng; Trống");
        }
    }

    #[test]
    fn what_one_removes_while_another_adds_it_stays_and_what_was_seen_goes() {
        let base = model(&[("aliases", "Kẻng; Mõ")]);
        let removed = merged(&base, &[write(&base, "Mõ", 1).unwrap()]);
        assert_eq!(aliases(&removed), "Mõ");
        let again = write(&removed, "Kẻng; Mõ", 2).unwrap();
        let emptied = write(&removed, "", 1).unwrap();
        assert_eq!(aliases(&merged(&removed, &[again, emptied])), "Kẻng");
    }

    #[test]
    fn a_set_that_stands_so_already_is_no_change() {
        let base = model(&[("aliases", "Kẻng; Mõ")]);
        assert!(write(&base, "Mõ; Kẻng", 2).is_none());
        assert!(write(&model(&[]), "", 2).is_none());
    }

    #[test]
    fn the_line_of_an_earlier_version_reads_as_its_elements_and_moves_when_it_is_edited() {
        let mut record = model(&[]);
        record.put(&[("aliases".to_owned(), Value::from("Mõ; Kẻng"))], Incarnation([1; 16]), &stamp("A"));
        assert_eq!(aliases(&record), "Kẻng; Mõ");
        let edited = merged(&record, &[write(&record, "Kẻng; Trống", 2).unwrap()]);
        assert_eq!(aliases(&edited), "Kẻng; Trống");
    }

    #[test]
    fn the_trace_tells_who_added_and_who_removed_each_element() {
        let base = model(&[("aliases", "Kẻng; Mõ")]);
        let record = merged(&base, &[write(&base, "Mõ", 2).unwrap()]);
        let steps = record.trace(Some("aliases"), &nobody);
        let told: Vec<_> = steps
            .iter()
            .map(|s| (s.field.as_str(), s.value.to_string(), s.base.iter().map(|b| b.value.to_string()).collect()))
            .collect();
        let none = Vec::<String>::new();
        assert_eq!(
            told,
            [
                ("aliases", "Kẻng".to_owned(), none.clone()),
                ("aliases", "Mõ".to_owned(), none),
                ("aliases", String::new(), vec!["Kẻng".to_owned()]),
            ]
        );
    }

    proptest! {
        /// Whatever two officers write of a set at once: both orders read the same, each addition stands, and
        /// only what somebody removed is gone.
        #[test]
        fn sets_converge(base in "[abc]{0,3}", one in "[abcd]{0,4}", two in "[abcde]{0,4}") {
            let text = |letters: &str| letters.chars().map(String::from).collect::<Vec<_>>().join(";");
            let start = model(&[("aliases", &text(&base))]);
            let (a, b) = (write(&start, &text(&one), 1), write(&start, &text(&two), 2));
            let here: Vec<_> = a.iter().chain(&b).cloned().collect();
            let there: Vec<_> = b.iter().chain(&a).cloned().collect();
            let expected: std::collections::BTreeSet<char> = ('a'..='e')
                .filter(|c| match base.contains(*c) {
                    true => one.contains(*c) && two.contains(*c),
                    false => one.contains(*c) || two.contains(*c),
                })
                .collect();
            let joined = expected.iter().map(char::to_string).collect::<Vec<_>>().join("; ");
            prop_assert_eq!(aliases(&merged(&start, &here)), joined.clone());
            prop_assert_eq!(aliases(&merged(&start, &there)), joined);
        }
    }
}
