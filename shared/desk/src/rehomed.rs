//! Units that were replaced, in words: what officers of an old unit, and of the province, are told.

use chrono::NaiveDate;
use keng_domain::period::Period;
use keng_domain::text::date_dmy;
use keng_domain::unit::UnitKey;
use keng_domain::units::Units;
use keng_store::Store;

use crate::Told;

/// Successors named in one sentence; a province has too many.
const NAMED_MAX: usize = 8;

/// `Huyện Tu Mơ Rông đã sắp xếp từ 01/07/2025; số liệu được tính cho Xã Măng Ri, …`; `None` for a unit
/// that is valid on `day`.
#[must_use]
pub fn note(units: &Units, unit: &UnitKey, day: NaiveDate) -> Option<String> {
    let home = units.home(unit)?;
    let since = units.change_of(&home.id).map(|change| change.effective).filter(|since| *since <= day)?;
    let name = &home.unit(&unit.code)?.name;
    Some(format!("{name} đã sắp xếp từ {}; số liệu được tính cho {}.", date_dmy(since), successors(units, unit, day)))
}

/// `từ ngày 01/07/2025 do Xã Măng Ri, … trình`: who hands in for a period of which `unit` is not any more; `None` for a
/// unit that stood on its last day.
#[must_use]
pub fn hands_in_instead(units: &Units, unit: &UnitKey, period: &Period) -> Option<String> {
    let change = units.change_of(&units.home(unit)?.id).filter(|change| change.effective <= period.cut_off)?;
    let after = successors(units, unit, period.cut_off);
    Some(format!("từ ngày {} do {after} trình", date_dmy(change.effective)))
}

/// That this node's unit hands in nothing for `period`, for others do.
///
/// # Errors
/// With who does.
pub fn must_stand(store: &Store, period: &Period) -> Result<(), Told> {
    let (units, own) = (store.units()?, store.identity().unit_key());
    let Some(instead) = hands_in_instead(&units, &own, period) else { return Ok(()) };
    let name = units.unit(&own).map_or_else(|| own.code.to_string(), |unit| unit.name.clone());
    Err(Told::new(
        format!("{name} đã sắp xếp, không thuộc kỳ {}: {instead}.", period.title()),
        "Số liệu đã nhập vẫn nguyên, chưa trình gì.",
        "",
    ))
}

/// The units that answer for `unit` on `day`, by name: `Xã Đăk Sao, Xã Măng Ri`.
#[must_use]
pub fn successors(units: &Units, unit: &UnitKey, day: NaiveDate) -> String {
    let Some(home) = units.home(unit) else { return String::new() };
    let after = units.successors(unit, units.in_force(&home.id, day));
    let mut names: Vec<String> = after.iter().take(NAMED_MAX).map(|u| u.name.clone()).collect();
    if after.len() > NAMED_MAX {
        names.push(format!("và {} đơn vị khác", after.len() - NAMED_MAX));
    }
    names.join(", ")
}
