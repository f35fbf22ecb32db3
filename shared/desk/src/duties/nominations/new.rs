//! What a person gives for a new nomination, read field by field so that all faults are told at once, each at its field.

use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::period::{Period, PeriodKind};
use keng_domain::schema::{Kind, NOMINATION_CASES};
use keng_store::Store;

use crate::Told;
use crate::acts::{model_named, read_one};
use crate::duties::period;
use crate::names::field_label;

/// A new nomination as it was typed or chosen; what was left open is empty.
#[derive(Debug, Clone, Default)]
pub struct New {
    /// The model, by identifier or name.
    pub model: String,
    /// The quarter: `2022-Q4`.
    pub quarter: String,
    /// The case of letter 4267, 1.b: `tot` or `moi`.
    pub case: String,
    /// Why, in the unit's words; it may come later.
    pub justification: String,
}

/// The same, read.
pub(super) struct Read {
    pub model: RecordId,
    pub quarter: Period,
    /// Case and reason.
    pub values: Vec<(String, Value)>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key of the field.
    pub key: &'static str,
    /// In words.
    pub sentence: String,
    /// Nothing was given.
    pub is_open: bool,
}

impl New {
    /// What is wrong with each field, in the order of the form.
    #[must_use]
    pub fn faults(&self, store: &Store) -> Vec<Fault> {
        self.read(store).err().unwrap_or_default()
    }

    pub(super) fn read(&self, store: &Store) -> Result<Read, Vec<Fault>> {
        let mut faults = Vec::new();
        let model = field("model", &self.model, &mut faults, |text| {
            model_named(store, text)?.ok_or_else(|| format!("Chưa có mô hình “{text}”."))
        });
        let quarter = field("quarter", &self.quarter, &mut faults, |text| quarter_of(store, text));
        let case =
            field("case", &self.case, &mut faults, |text| match NOMINATION_CASES.iter().any(|(c, _)| *c == text) {
                true => Ok(Value::from(text)),
                false => Err(format!(
                    "Không có trường hợp “{text}”: tot (xếp loại Tốt, đã nhân rộng) hoặc moi (mô hình mới)."
                )),
            });
        let why = match self.justification.trim() {
            "" => Some(Value::Null),
            text => field("justification", text, &mut faults, |text| {
                read_one(store, Kind::Nomination, "justification", text)
            }),
        };
        match (model, quarter, case, why) {
            (Some(model), Some(quarter), Some(case), Some(why)) => {
                let mut values = vec![("case".to_owned(), case)];
                values.extend((why != Value::Null).then(|| ("justification".to_owned(), why)));
                Ok(Read { model, quarter, values })
            }
            _ => Err(faults),
        }
    }
}

fn field<T>(
    key: &'static str,
    text: &str,
    faults: &mut Vec<Fault>,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let text = text.trim();
    let is_open = text.is_empty();
    let result = if is_open { Err(format!("Hãy chọn {}.", name(key))) } else { read(text) };
    result.map_err(|sentence| faults.push(Fault { key, sentence, is_open })).ok()
}

fn quarter_of(store: &Store, text: &str) -> Result<Period, String> {
    let packs = store.rule_packs().map_err(|e| Told::from(e).to_string())?;
    let quarter = period(text, &packs).map_err(|told| told.to_string())?;
    match quarter.kind {
        PeriodKind::Quarter => Ok(quarter),
        _ => Err("Đề xuất theo quý (điểm 1.b); ví dụ: 2022-Q4.".to_owned()),
    }
}

/// `mô hình`, within a sentence.
fn name(key: &str) -> String {
    field_label(Kind::Nomination.code(), key).to_lowercase()
}

/// All of it in a sentence or two: `Hãy chọn mô hình, quý, trường hợp.`
pub(super) fn told(faults: &[Fault]) -> String {
    let open: Vec<String> = faults.iter().filter(|f| f.is_open).map(|f| name(f.key)).collect();
    let open = (!open.is_empty()).then(|| format!("Hãy chọn {}.", open.join(", ")));
    let wrong = faults.iter().filter(|f| !f.is_open).map(|f| f.sentence.clone());
    open.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
}
