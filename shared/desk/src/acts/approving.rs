//! The approving level's word on the ratings of a year (letter 4267, 1.c; R12; data dictionary,
//! `trang_thai_duyet`): on one point, or on all on which the raters of a unit agree.

use keng_domain::field::{Field, Value};
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::{YearRating, approval_key};
use keng_domain::rules::counting::{Standing, is_eligible, standing};
use keng_domain::schema::Kind;
use keng_domain::unit::UnitCode;
use keng_store::edit::Act;
use keng_store::{Role, Store, StoreError};

use super::rating::level_named;
use super::{By, commit, of_kind};
use crate::Told;

/// The points of a unit that reports in `year` which count, are old enough, have one level on which their raters
/// agree, and wait for the province's word: with that level.
///
/// # Errors
/// Whatever SQLite says.
pub fn waiting(store: &Store, unit: &UnitCode, year: i32) -> Result<Vec<(RecordId, String)>, StoreError> {
    let pack = store.rule_pack_of(year)?;
    let cut_off = Period::annual(year, &pack.periods).cut_off;
    let tree = store.tree(cut_off)?;
    let mut found = Vec::new();
    for point in store.points()? {
        let Some(YearRating::Rated(level)) = point.ratings.get(&year) else { continue };
        let counts = standing(&point, cut_off, &pack) == Standing::Counted && is_eligible(&point, cut_off, &pack);
        if !counts || tree.reporting_unit(&point.unit_key()).is_none_or(|u| u.code != *unit) {
            continue;
        }
        let view = store.record(point.id)?;
        let approved = view.as_ref().and_then(|v| v.fields.get(&approval_key(year)));
        if approved.is_none_or(|field| *field == Field::Settled(Value::Null)) {
            found.push((point.id, level.clone()));
        }
    }
    Ok(found)
}

/// Approves the rating of one point: `level`, or the one on which its raters agree. Returns whether anything changed.
///
/// # Errors
/// At a node, for a point that has no agreed level when none is given, and for an unknown level.
pub fn approve(store: &mut Store, id: RecordId, year: i32, level: Option<&str>, by: &By) -> Result<bool, Told> {
    of_province(store)?;
    let view = of_kind(store, Kind::Point, id)?;
    let level = match level {
        Some(text) => level_named(&store.rule_pack_of(year)?, text)?,
        None => match store.as_points(&[view])?.pop().and_then(|mut point| point.ratings.remove(&year)) {
            Some(YearRating::Rated(level)) => level,
            Some(YearRating::Contested) => {
                return Err(Told::refused("Các đơn vị xếp loại khác nhau: duyệt phải ghi mức được chọn (--level)."));
            }
            None => return Err(Told::refused(format!("Điểm chưa được xếp loại năm {year}, chưa có gì để duyệt."))),
        },
    };
    let act = Act::Change { id, values: vec![(approval_key(year), Value::from(level))] };
    Ok(commit(store, &[act], by)?.entries > 0)
}

/// Approves all that [`waiting`] finds, as one act. Returns how many points that were.
///
/// # Errors
/// At a node, and for a unit that does not report to the province in that year: then nothing is written.
pub fn approve_all(store: &mut Store, unit: &UnitCode, year: i32, by: &By) -> Result<usize, Told> {
    of_province(store)?;
    let tree = store.tree(Period::annual(year, &store.rule_pack_of(year)?.periods).cut_off)?;
    if tree.catalogue.children(&tree.root).all(|u| u.code != *unit) {
        return Err(Told::refused(format!("Năm {year} không có đơn vị {unit} trong các đơn vị báo cáo về tỉnh.")));
    }
    let found = waiting(store, unit, year)?;
    let approved = |(id, level): &(RecordId, String)| Act::Change {
        id: *id,
        values: vec![(approval_key(year), Value::from(level.as_str()))],
    };
    commit(store, &found.iter().map(approved).collect::<Vec<_>>(), by)?;
    Ok(found.len())
}

fn of_province(store: &Store) -> Result<(), Told> {
    match store.identity().role {
        Role::Hub => Ok(()),
        Role::Node => Err(Told::refused("Tỉnh duyệt xếp loại; đơn vị xếp loại bằng point rate.")),
    }
}
