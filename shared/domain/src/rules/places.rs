//! Which records of a year mean one place (TT 124/2021, QĐ 510): a place is counted once, however often it was
//! written down.

use std::collections::BTreeMap;

use super::effective::COMMUNE;
use crate::field::Fields;
use crate::id::RecordId;
use crate::schema::DISTRICT;
use crate::scope::Scope;
use crate::text::name_key;
use crate::unit::{UnitCode, UnitKey};

/// What tells a place from every other one: its unit, year, object and name, whatever way the name is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceKey {
    unit: Option<UnitKey>,
    object: String,
    year: i32,
    /// A commune or district is its unit, whatever it is called.
    name: String,
    /// Two places that nobody has named may be two.
    unnamed: Option<RecordId>,
}

impl PlaceKey {
    /// Reads it from the record of an assessment or score; `None` without a year.
    #[must_use]
    pub fn of(id: RecordId, scope: &Scope, fields: &Fields) -> Option<Self> {
        let object = fields.text("object").unwrap_or_default().to_owned();
        let is_unit = object == COMMUNE || object == DISTRICT;
        let unit = fields.text("unit").and_then(|code| code.parse::<UnitCode>().ok()).map(|code| match scope {
            Scope::Area { catalogue, .. } => UnitKey::new(catalogue, &code),
            Scope::Province => UnitKey::from(&code),
        });
        let name = if is_unit { String::new() } else { name_key(fields.text("name").unwrap_or_default()) };
        let is_known = unit.is_some() && (is_unit || !name.is_empty());
        Some(Self { year: fields.text("year")?.parse().ok()?, unnamed: (!is_known).then_some(id), unit, object, name })
    }
}

/// One record for each place, in the order of places: of several the one whose `weight` is greatest, and among
/// equals the one with the greatest identifier, so that everybody counts the same one.
pub fn distinct<T, W: Ord>(
    records: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> (&PlaceKey, RecordId),
    weight: impl Fn(&T) -> W,
) -> Vec<T> {
    let mut by_place: BTreeMap<PlaceKey, T> = BTreeMap::new();
    for record in records {
        let (place, id) = key(&record);
        let rank = |of: &T, id: RecordId| (weight(of), id);
        let is_better = by_place.get(place).is_none_or(|kept| rank(&record, id) > rank(kept, key(kept).1));
        if is_better {
            by_place.insert(place.clone(), record);
        }
    }
    by_place.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{PlaceKey, distinct};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::scope::Scope;

    fn key(n: u8, object: &str, unit: &str, name: &str) -> PlaceKey {
        let pairs = [("object", object), ("unit", unit), ("year", "2022"), ("name", name)];
        let said = pairs.into_iter().filter(|(_, v)| !v.is_empty());
        let fields = said.map(|(k, v)| (k.to_owned(), Field::Settled(Value::from(v)))).collect();
        PlaceKey::of(RecordId([n; 16]), &Scope::Province, &Fields(fields)).unwrap()
    }

    #[test]
    fn a_place_is_one_however_its_name_is_written_and_a_commune_whatever_it_is_called() {
        let hamlet = |n, name| key(n, "KHU_DAN_CU", "23293", name);
        assert_eq!(hamlet(1, "Thôn 1"), hamlet(2, "thôn  1"));
        assert_ne!(hamlet(1, "Thôn 1"), hamlet(2, "Thôn 2"));
        assert_ne!(hamlet(1, "Thôn 1"), key(2, "KHU_DAN_CU", "23296", "Thôn 1"), "another commune");
        assert_ne!(hamlet(1, "Thôn 1"), key(2, "CO_QUAN", "23293", "Thôn 1"), "another object");
        assert_ne!(hamlet(1, ""), hamlet(2, ""), "two that nobody has named");
        assert_eq!(key(1, "XA", "23293", "Xã Đăk Hà"), key(2, "XA", "23293", ""));
        assert_ne!(key(1, "XA", "", ""), key(2, "XA", "", ""), "two of no unit");
    }

    #[test]
    fn of_two_records_of_a_place_the_weightier_stands_and_then_the_greater_identifier() {
        let (a, b) = (key(1, "XA", "23293", ""), key(2, "XA", "23293", ""));
        let chosen = |records: &[(&PlaceKey, u8, u8)]| {
            let kept = distinct(records.to_vec(), |r| (r.0, RecordId([r.1; 16])), |r| r.2);
            kept.into_iter().map(|r| r.1).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[(&a, 1, 1), (&b, 2, 0)]), [1]);
        for order in [[(&a, 1, 0), (&b, 2, 0)], [(&b, 2, 0), (&a, 1, 0)]] {
            assert_eq!(chosen(&order), [2]);
        }
    }
}
