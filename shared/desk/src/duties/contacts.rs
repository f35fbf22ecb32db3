//! Whom the province calls at a unit: an office and its number, entered by the province and kept in the
//! scope of that unit, so that no other unit learns of it (I9).

use keng_domain::field::Value;
use keng_domain::schema::Kind;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::query::contact_record;
use keng_store::{Role, Store, StoreError};
use serde::Serialize;

use crate::acts::{By, commit, own_tree, read_one};
use crate::{Told, clock};

/// Digits of a telephone number: from an extension of the office's exchange to a number with its country.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// Whom to call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The officer in charge.
    pub officer: Option<String>,
    /// The number of the office.
    pub phone: Option<String>,
}

/// Whom to call at a unit.
///
/// # Errors
/// Whatever SQLite says.
pub fn of(store: &Store, unit: &UnitKey) -> Result<Contact, StoreError> {
    let view = store.record(contact_record(unit))?;
    let text = |key: &str| view.as_ref().and_then(|v| v.fields.text(key)).map(str::to_owned);
    Ok(Contact { officer: text("officer"), phone: text("phone") })
}

/// Writes whom to call at a unit of the catalogue in force; an empty text clears, `None` leaves. Returns
/// whether anything changed.
///
/// # Errors
/// At a node; for a unit that is none; for a text that is no telephone number.
pub fn set(
    store: &mut Store,
    unit: &UnitCode,
    officer: Option<&str>,
    phone: Option<&str>,
    by: &By,
) -> Result<bool, Told> {
    if store.identity().role != Role::Hub {
        return Err(Told::refused("Chỉ tỉnh ghi liên hệ của đơn vị."));
    }
    let (catalogue, province) = own_tree(store)?;
    if catalogue.unit(unit).is_none() {
        let today = clock::today().format("%d/%m/%Y");
        return Err(Told::refused(format!("Không có đơn vị {unit} trong danh mục có hiệu lực ngày {today}.")));
    }
    if let Some(bad) = phone.filter(|p| !is_number(p)) {
        return Err(Told::refused(format!("“{bad}” không phải số điện thoại; ví dụ: 0260 3862 xxx.")));
    }
    let given = [("officer", officer), ("phone", phone)];
    let values: Vec<(String, Value)> = given
        .into_iter()
        .filter_map(|(key, text)| text.map(|text| Ok((key.to_owned(), read_one(store, Kind::Contact, key, text)?))))
        .collect::<Result<_, String>>()
        .map_err(Told::refused)?;
    let key = UnitKey::new(&catalogue.id, unit);
    let id = contact_record(&key);
    let act = if store.record(id)?.is_some() {
        Act::Change { id, values }
    } else {
        let scope = catalogue.scope_of(unit);
        let unit = [
            ("unit".to_owned(), Value::from(unit.as_str())),
            ("of_catalogue".to_owned(), Value::from(catalogue.id.to_string())),
        ];
        let meta = Meta { kind: Kind::Contact.code().to_owned(), scope, owner: province };
        Act::Create { id, meta, values: unit.into_iter().chain(values).collect() }
    };
    Ok(commit(store, &[act], by)?.entries > 0)
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.is_empty() || (DIGITS.contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn a_number_has_digits_and_what_stands_between_them() {
        for good in ["0260 3862 123", "+84 (260) 3.862.123", "113", ""] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["không có", "12", "0260a3862123", "1234567890123456", "<script>"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
