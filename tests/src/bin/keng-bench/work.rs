//! The common work: records of 15 fields and one-field edits of them, the same text for everybody.

use std::collections::BTreeSet;

use keng_desk::acts::fresh_id;
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use serde_json::{Map, json};

/// The unit that does the work.
pub const UNIT: &str = "610";

/// Its communes.
pub const COMMUNES: [&str; 12] =
    ["23341", "23344", "23347", "23350", "23353", "23356", "23359", "23362", "23365", "23368", "23371", "23374"];

/// Models that the points belong to.
const MODELS: usize = 29;

/// The fields of a record, those that say what it is included.
pub type Fields = Vec<(String, Value)>;

/// Where the edits go: which record, and its new number of teams.
pub type Edits = Vec<(usize, i64)>;

/// Work for one run of each system.
#[derive(Debug, Clone)]
pub struct Work {
    /// Identifiers of the models.
    pub models: Vec<RecordId>,
    /// Points.
    pub records: Vec<Fields>,
    /// Lists of edits, each to be sent in one sync.
    pub edits: Vec<Edits>,
}

/// The scope of the nth record.
pub fn scope_of(n: usize) -> String {
    format!("area:kontum-2022:{}", COMMUNES[n % COMMUNES.len()])
}

/// What the nth record says. Fifteen fields, the first three of which every record of Kẻng has.
pub fn fields(n: usize, model: RecordId) -> Fields {
    let month = 1 + n % 12;
    let text = |key: &str, value: String| (key.to_owned(), Value::Text(value));
    let count = |key: &str, n: usize| (key.to_owned(), Value::Int(n as i64));
    vec![
        text("kind", "point".to_owned()),
        text("scope", scope_of(n)),
        text("owner", UNIT.to_owned()),
        text("model", model.to_string()),
        text("unit", COMMUNES[n % COMMUNES.len()].to_owned()),
        text("place", format!("Thôn {}.{n}", 1 + n % 14)),
        text("object", "KHU_DAN_CU".to_owned()),
        text("origin", "CHI_DAO".to_owned()),
        text("decision_no", format!("{}/QĐ-UBND", 10 + n % 890)),
        text("decision_date", format!("2021-{month:02}-15")),
        text("launched_on", format!("2021-{month:02}-22")),
        count("teams", 1 + n % 4),
        count("members", 12 + n % 40),
        text("status", "HOAT_DONG".to_owned()),
        text("note", format!("Ghi chú {n}")),
    ]
}

impl Work {
    /// `records` points, and for each number in `edits` as many edits of different points; numbers
    /// larger than `records` are left out.
    pub fn new(records: usize, edits: &[usize]) -> Self {
        let models: Vec<RecordId> = (0..MODELS).map(|_| fresh_id()).collect();
        let mut teams: Vec<i64> = (0..records).map(|n| 1 + n as i64 % 4).collect();
        let mut seed = 7_u32;
        let mut list = |count: usize| {
            let mut chosen = BTreeSet::new();
            while chosen.len() < count {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                chosen.insert((seed >> 8) as usize % records);
            }
            let edit = |n: usize| {
                teams[n] = 1 + teams[n] % 90;
                (n, teams[n])
            };
            chosen.into_iter().map(edit).collect()
        };
        let edits = edits.iter().filter(|count| **count <= records).map(|count| list(*count)).collect();
        Self { records: (0..records).map(|n| fields(n, models[n % MODELS])).collect(), models, edits }
    }

    /// The work as the peers read it.
    pub fn to_json(&self) -> serde_json::Value {
        let value = |value: &Value| match value {
            Value::Text(text) => json!(text),
            Value::Int(n) => json!(n),
            Value::Null => serde_json::Value::Null,
        };
        let record = |fields: &Fields| -> serde_json::Value {
            fields.iter().map(|(k, v)| (k.clone(), value(v))).collect::<Map<_, _>>().into()
        };
        json!({ "records": self.records.iter().map(record).collect::<Vec<_>>(), "edits": self.edits })
    }
}

#[cfg(test)]
mod tests {
    use super::{Work, fields};
    use keng_domain::field::Value;
    use keng_domain::id::RecordId;
    use std::collections::BTreeSet;

    #[test]
    fn a_record_has_fifteen_fields_of_about_three_hundred_bytes() {
        let record = fields(123, RecordId([7; 16]));
        assert_eq!(record.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len(), 15);
        let bytes = Work::new(1, &[]).to_json()["records"][0].to_string().len();
        assert!((280..380).contains(&bytes), "{bytes}");
    }

    #[test]
    fn every_edit_changes_another_record_to_another_value() {
        let work = Work::new(200, &[1, 50, 150, 500]);
        assert_eq!(work.edits.iter().map(Vec::len).collect::<Vec<_>>(), [1, 50, 150]);
        let mut teams: Vec<Value> = work.records.iter().map(|r| r[11].1.clone()).collect();
        for list in &work.edits {
            assert_eq!(list.iter().map(|(n, _)| n).collect::<BTreeSet<_>>().len(), list.len());
            for (n, value) in list {
                assert_ne!(teams[*n], Value::Int(*value));
                teams[*n] = Value::Int(*value);
            }
        }
    }
}
