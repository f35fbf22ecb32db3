//! What a record says of a person, sealed under the record's own key.
//!
//! Entries are for ever: they are chained, signed and counted. So what must be erasable never stands in
//! them as it is, but sealed, and the key lies beside the log: without it the text is gone from every
//! entry, document and backup of them alike ("crypto-erasure"; Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).
//!
//! AES-SIV (RFC 5297) gives equal texts of one field of one record equal seals: two officers who write
//! the same name stand in no contest, and an edit that changes nothing is none. Across records, and
//! across fields, equal texts do not show.

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::schema::{FieldType, Kind};
use zeroize::Zeroizing;

/// Length of a key in bytes.
pub const KEY_BYTES: usize = 64;

/// Sealed texts begin so.
const SEALED: &str = "sealed:";

/// Texts are filled up to a multiple of so many bytes, so that the length of a name does not tell it.
const BLOCK: usize = 32;

/// The key of one record.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Takes a key; `None` when it has not [`KEY_BYTES`] bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Seals the value of a personal field; a cleared field stays cleared.
    ///
    /// # Panics
    /// Never: the text fits into memory, and two headers are below the limit of 126.
    #[must_use]
    pub fn seal(&self, record: RecordId, field: &str, value: &Value) -> Value {
        let Value::Text(text) = value else { return Value::Null };
        let mut filled = Zeroizing::new(text.as_bytes().to_vec());
        filled.resize((text.len() / BLOCK + 1) * BLOCK, 0);
        let sealed = self.cipher().encrypt([&record.0[..], field.as_bytes()], &filled);
        Value::Text(format!("{SEALED}{}", URL_SAFE_NO_PAD.encode(sealed.expect("two headers and a line of text"))))
    }

    /// Opens a sealed value; `None` when this key did not seal it for that field of that record.
    #[must_use]
    pub fn open(&self, record: RecordId, field: &str, value: &Value) -> Option<Value> {
        let sealed = URL_SAFE_NO_PAD.decode(value.as_text()?.strip_prefix(SEALED)?).ok()?;
        let filled = Zeroizing::new(self.cipher().decrypt([&record.0[..], field.as_bytes()], &sealed).ok()?);
        let text = std::str::from_utf8(&filled).ok()?.trim_end_matches('\0');
        Some(Value::Text(text.to_owned()))
    }

    fn cipher(&self) -> Aes256Siv {
        Aes256Siv::new((&*self.0).into())
    }
}

/// Whether a value is sealed.
#[must_use]
pub fn is_sealed(value: &Value) -> bool {
    value.as_text().is_some_and(|text| text.starts_with(SEALED))
}

/// Whether a field of a kind of record (by code) says something of a person.
#[must_use]
pub fn is_personal(kind: &str, field: &str) -> bool {
    Kind::of_code(kind).and_then(|k| k.field(field)).is_some_and(|spec| spec.kind == FieldType::Personal)
}

/// Seals the personal ones among values on their way into a record.
pub fn seal_all(key: &Key, kind: &str, record: RecordId, values: &mut [(String, Value)]) {
    for (field, value) in values.iter_mut().filter(|(field, _)| is_personal(kind, field)) {
        *value = key.seal(record, field, value);
    }
}

/// Opens the personal fields of a record. Without its key they are empty, as if nobody had written them.
pub fn open_all(key: Option<&Key>, kind: &str, record: RecordId, fields: &mut Fields) {
    for (name, field) in fields.0.iter_mut().filter(|(name, _)| is_personal(kind, name)) {
        let open = |value: &mut Value| {
            if is_sealed(value) {
                *value = key.and_then(|k| k.open(record, name, value)).unwrap_or(Value::Null);
            }
        };
        match field {
            Field::Settled(value) => open(value),
            Field::Contested(contest) => {
                open(&mut contest.interim);
                contest.candidates.iter_mut().for_each(|c| open(&mut c.value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use keng_domain::field::{Field, Fields, Value};
    use keng_domain::id::RecordId;

    use super::{KEY_BYTES, Key, is_sealed, open_all, seal_all};

    const ONE: RecordId = RecordId([1; 16]);

    fn key(byte: u8) -> Key {
        Key::from_slice(&[byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn a_name_is_read_with_the_key_of_its_record_and_field_alone() {
        let name = Value::from("A Đrăng Nguyễn");
        let sealed = key(1).seal(ONE, "name", &name);
        assert!(is_sealed(&sealed) && !sealed.to_string().contains("Nguyễn"));
        assert_eq!(key(1).open(ONE, "name", &sealed), Some(name.clone()));
        assert_eq!(key(2).open(ONE, "name", &sealed), None, "another key");
        assert_eq!(key(1).open(ONE, "phone", &sealed), None, "another field");
        assert_eq!(key(1).open(RecordId([2; 16]), "name", &sealed), None, "another record");
        assert_eq!(key(1).open(ONE, "name", &name), None, "what is not sealed");
    }

    #[test]
    fn equal_texts_have_equal_seals_and_lengths_do_not_tell() {
        let seal = |text: &str| key(1).seal(ONE, "name", &Value::from(text));
        assert_eq!(seal("A Tâm"), seal("A Tâm"));
        assert_ne!(seal("A Tâm"), seal("A Tím"));
        assert_eq!(seal("Y Ly").to_string().len(), seal("Nguyễn Thị Thu Hà").to_string().len());
    }

    #[test]
    fn without_the_key_personal_fields_are_empty_and_the_others_stand() {
        let mut values = vec![("name".to_owned(), Value::from("A Tâm")), ("role".to_owned(), Value::from("TO_TRUONG"))];
        seal_all(&key(1), "member", ONE, &mut values);
        let sealed = Fields(values.into_iter().map(|(k, v)| (k, Field::Settled(v))).collect());
        assert!(is_sealed(sealed.get("name").unwrap().shown()));
        assert_eq!(sealed.text("role"), Some("TO_TRUONG"));
        let mut open = sealed.clone();
        open_all(Some(&key(1)), "member", ONE, &mut open);
        assert_eq!(open.text("name"), Some("A Tâm"));
        let mut erased = sealed;
        open_all(None, "member", ONE, &mut erased);
        assert_eq!((erased.text("name"), erased.text("role")), (None, Some("TO_TRUONG")));
    }
}
