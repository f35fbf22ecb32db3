//! Units that were replaced, in words: what officers of an old unit, and of the province, are told.

use chrono::NaiveDate;
use keng_domain::text::date_dmy;
use keng_domain::unit::UnitKey;
use keng_domain::units::Units;

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
