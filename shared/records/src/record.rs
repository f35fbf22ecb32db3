//! One record: created, loaded, edited.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, LoadOptions, ROOT, ScalarValue};
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, RecordId};
use keng_domain::schema::{FieldType, Kind};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;

use crate::gate::Decoded;
use crate::stamp::Stamp;

/// Keys every record has, written by its first change and never again.
pub const META_KEYS: [&str; 3] = ["kind", "scope", "owner"];

/// What every record says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Code of the kind; kinds of newer versions are possible.
    pub kind: String,
    /// What it belongs to; immutable.
    pub scope: Scope,
    /// The unit whose value stands in while a field is contested.
    pub owner: UnitCode,
}

/// A document that is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// Not an Automerge document, or a damaged one.
    #[error("the document cannot be read: {0}")]
    Unreadable(String),
    /// `kind`, `scope` or `owner` is missing or malformed.
    #[error("the document lacks a valid {0:?}")]
    NoMeta(&'static str),
}

/// One record with its whole history.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its identifier.
    pub id: RecordId,
    pub(crate) doc: Automerge,
    /// What [`Record::save`] gives, as long as it is known anyway.
    pub(crate) saved: Option<Vec<u8>>,
}

impl Record {
    /// Creates a record; its first change carries `meta` and `values`.
    ///
    /// Returns the record and that change's bytes.
    #[must_use]
    pub fn create(
        id: RecordId,
        meta: &Meta,
        values: &[(String, Value)],
        author: Incarnation,
        stamp: &Stamp,
    ) -> (Self, Vec<u8>) {
        let mut record = Self::empty(id);
        let mut all = vec![
            ("kind".to_owned(), Value::from(meta.kind.as_str())),
            ("scope".to_owned(), Value::from(meta.scope.to_string())),
            ("owner".to_owned(), Value::from(meta.owner.as_str())),
        ];
        all.extend(record.by_element(Kind::of_code(&meta.kind), values));
        let change = record.put(&all, author, stamp).unwrap_or_default();
        (record, change)
    }

    /// Loads a record from [`Record::save`].
    ///
    /// # Errors
    /// When the bytes are no Automerge document.
    pub fn load(id: RecordId, bytes: &[u8]) -> Result<Self, BadRecord> {
        let doc = Automerge::load_with_options(bytes, LoadOptions::new())
            .map_err(|e| BadRecord::Unreadable(e.to_string()))?;
        Ok(Self { id, doc, saved: None })
    }

    /// Writes `values`. Fields that have that value already, uncontested, are left alone; when
    /// nothing is left to write there is no change.
    ///
    /// Returns the new change's bytes.
    pub fn edit(&mut self, values: &[(String, Value)], author: Incarnation, stamp: &Stamp) -> Option<Vec<u8>> {
        let mut new = self.by_element(self.kind(), values);
        new.retain(|(key, value)| !self.reads_exactly(key, value));
        self.put(&new, author, stamp)
    }

    fn reads_exactly(&self, key: &str, value: &Value) -> bool {
        let present = self.values_at(key);
        match present.as_slice() {
            [] => *value == Value::Null,
            [one] => one == value,
            _ => false,
        }
    }

    pub(crate) fn put(&mut self, values: &[(String, Value)], author: Incarnation, stamp: &Stamp) -> Option<Vec<u8>> {
        if values.is_empty() {
            return None;
        }
        self.saved = None;
        self.doc.set_actor(ActorId::from(author.0));
        let options =
            CommitOptions::default().with_message(stamp.message()).with_time(stamp.device_time_ms.div_euclid(1_000));
        let contested: Vec<bool> = values.iter().map(|(key, _)| self.values_at(key).len() > 1).collect();
        let mut transaction = self.doc.transaction();
        for ((key, value), contested) in values.iter().zip(contested) {
            if contested {
                // Putting a value that is among the candidates would only delete the others, and
                // the choice would leave no value of its own in the history. So all go first.
                transaction.delete(ROOT, key.as_str()).expect("the root of a document is a map");
            }
            // The only failure is a target that is no map, and the root always is one.
            transaction.put(ROOT, key.as_str(), scalar_of(value)).expect("the root of a document is a map");
        }
        transaction.commit_with(options);
        self.doc.get_last_local_change().map(|change| change.raw_bytes().to_vec())
    }

    /// What the record says of itself.
    ///
    /// # Errors
    /// [`BadRecord::NoMeta`].
    pub fn meta(&self) -> Result<Meta, BadRecord> {
        // A record that was created twice alike, see `is_created_alike`, has each of them twice.
        let text = |key: &'static str| match self.values_at(key).as_slice() {
            [Value::Text(s), others @ ..] if others.iter().all(|o| matches!(o, Value::Text(o) if o == s)) => {
                Ok(s.clone())
            }
            _ => Err(BadRecord::NoMeta(key)),
        };
        Ok(Meta {
            kind: text("kind")?,
            scope: text("scope")?.parse().map_err(|_| BadRecord::NoMeta("scope"))?,
            owner: text("owner")?.parse().map_err(|_| BadRecord::NoMeta("owner"))?,
        })
    }

    /// Whether `change` creates this record once more with the same `kind`, `scope`, `owner` and fixed
    /// fields, as a hub does that had lost it: then it may, and both creations stand.
    #[must_use]
    pub fn is_created_alike(&self, change: &Decoded) -> bool {
        let fixed = |key: &str| {
            let kind = self.meta().ok().and_then(|m| Kind::of_code(&m.kind));
            META_KEYS.contains(&key)
                || kind.and_then(|k| k.field(key)).is_some_and(|spec| spec.kind == FieldType::Fixed)
        };
        let same = |(key, value): (&str, Value)| !fixed(key) || self.values_at(key).iter().all(|v| *v == value);
        change.is_first() && change.writes().all(same)
    }

    /// The document's heads, sorted: equal on all replicas that hold the same changes (I2).
    #[must_use]
    pub fn heads(&self) -> Vec<[u8; 32]> {
        let mut heads: Vec<[u8; 32]> = self.doc.get_heads().into_iter().map(|ChangeHash(h)| h).collect();
        heads.sort_unstable();
        heads
    }

    /// The document's bytes, uncompressed: small records do not compress, and it is faster.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.saved.clone().unwrap_or_else(|| self.doc.save_nocompress())
    }

    /// The record as an ordinary Automerge document that any Automerge can open.
    #[must_use]
    pub fn export(&self) -> Vec<u8> {
        self.doc.save()
    }
}

pub(crate) fn value_of(scalar: &ScalarValue) -> Option<Value> {
    match scalar {
        ScalarValue::Str(s) => Some(Value::Text(s.to_string())),
        ScalarValue::Int(n) => Some(Value::Int(*n)),
        ScalarValue::Null => Some(Value::Null),
        _ => None,
    }
}

fn scalar_of(value: &Value) -> ScalarValue {
    match value {
        Value::Null => ScalarValue::Null,
        Value::Int(n) => ScalarValue::Int(*n),
        Value::Text(s) => ScalarValue::Str(s.as_str().into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Meta, Record};
    use crate::stamp::Stamp;
    use keng_domain::field::Value;
    use keng_domain::id::{Incarnation, RecordId};
    use keng_domain::scope::Scope;

    pub(crate) fn stamp(officer: &str) -> Stamp {
        Stamp { officer: officer.into(), device_time_ms: 1_667_000_000_000, reason: None }
    }

    pub(crate) fn point(author: u8) -> (Record, Vec<u8>) {
        let meta = Meta { kind: "point".into(), scope: Scope::Province, owner: "610".parse().unwrap() };
        let values = [("teams".to_owned(), Value::Int(6)), ("place".to_owned(), Value::from("Thôn 1"))];
        Record::create(RecordId([9; 16]), &meta, &values, Incarnation([author; 16]), &stamp("A"))
    }

    #[test]
    fn writing_what_stands_there_already_is_no_change() {
        let (mut record, _) = point(1);
        let edit =
            |r: &mut Record, n| r.edit(&[("teams".to_owned(), Value::Int(n))], Incarnation([1; 16]), &stamp("A"));
        assert!(edit(&mut record, 6).is_none());
        assert!(edit(&mut record, 7).is_some());
    }

    #[test]
    fn a_record_that_was_created_twice_alike_is_one_record() {
        let ((once, first), (_, again)) = (point(1), point(2));
        let again = crate::gate::decode(&again).unwrap();
        assert!(once.is_created_alike(&again));
        let both = crate::gate::apply(once.id, Some(&once.save()), &[again]).unwrap();
        assert_eq!(both.meta().unwrap(), once.meta().unwrap());
        assert!(!first.is_empty());
    }

    #[test]
    fn a_record_comes_back_from_its_bytes() {
        let (record, _) = point(1);
        let again = Record::load(record.id, &record.save()).unwrap();
        assert_eq!((again.heads(), again.meta().unwrap()), (record.heads(), record.meta().unwrap()));
        assert!(Record::load(record.id, b"no document").is_err());
    }
}
