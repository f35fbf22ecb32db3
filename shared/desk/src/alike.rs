//! What an officer at a terminal is told who has added something that may be there already.
//!
//! It is told, not refused: a command is also how other programs add, and what they add must not depend on what
//! somebody else has called things. Two models that are one are merged, a point too many is withdrawn.

use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::point::Point;
use keng_domain::rules::identity::{alike, points_alike};
use keng_domain::rules::places::PlaceKey;
use keng_domain::schema::Kind;
use keng_store::{Role, Store, StoreError};

use crate::clock;
use crate::names::Names;

/// More of them help nobody to choose.
const TOLD_MAX: usize = 5;

/// The warning about a model, point, assessment or score that was just added: records that it may mean, and what to do when it
/// does. [`None`] when nothing is like it.
///
/// # Errors
/// Whatever SQLite says.
pub fn warning(store: &Store, kind: Kind, id: RecordId) -> Result<Option<String>, StoreError> {
    let like = match kind {
        Kind::Model => models(store, id)?,
        Kind::Point => points(store, id)?,
        Kind::Assessment | Kind::Score => same_place(store, kind, id)?,
        _ => Vec::new(),
    };
    let Some(first) = like.first() else { return Ok(None) };
    let names = Names::of(store)?;
    let mut lines = vec![format!("Đã thêm {id}, nhưng có thể {} này đã có:", kind.label())];
    for record in like.iter().take(TOLD_MAX) {
        let Some(view) = store.record(*record)? else { continue };
        lines.push(format!("  {record}  {} · {}", names.record(&view), names.unit(&view.owner)));
    }
    let program = match store.identity().role {
        Role::Hub => "keng-hub",
        Role::Node => "keng-node",
    };
    if kind == Kind::Model {
        lines.push(format!("Nếu là một mô hình, tỉnh gộp lại: keng-hub merge {first} {id}"));
    }
    lines.push(format!("Nếu ghi nhầm, rút lại: {program} {} edit {id} --set withdrawn=trùng", kind.code()));
    Ok(Some(lines.join("\n")))
}

fn models(store: &Store, id: RecordId) -> Result<Vec<RecordId>, StoreError> {
    let (own, others): (Vec<_>, Vec<_>) = store.models()?.into_iter().partition(|m| m.id == id);
    let found = own.iter().flat_map(|model| alike(&model.name, &others));
    Ok(found.map(|(_, id)| id).collect())
}

fn points(store: &Store, id: RecordId) -> Result<Vec<RecordId>, StoreError> {
    let (own, others): (Vec<Point>, Vec<Point>) = store.points()?.into_iter().partition(|p| p.id == id);
    let (merges, tree) = (Merges::of(&store.models()?), store.tree(clock::today())?);
    let found = own.iter().filter_map(|p| Some((p, p.model?)));
    let found = found.flat_map(|(p, model)| points_alike(&others, (model, &merges), (&p.unit, &tree), &p.place));
    Ok(found.map(|p| p.id).collect())
}

/// The other records of the same place and year as an assessment or score: they are counted once, and one of them is
/// too many. None of a record that is withdrawn.
///
/// # Errors
/// Whatever SQLite says.
pub fn same_place(store: &Store, kind: Kind, id: RecordId) -> Result<Vec<RecordId>, StoreError> {
    let all = store.records(kind)?;
    let keys = all.iter().filter_map(|v| Some((v.id, PlaceKey::of(v.id, &v.scope, &v.fields)?)));
    let (own, others): (Vec<_>, Vec<_>) = keys.partition(|(other, _)| *other == id);
    let same = others.into_iter().filter(|(_, place)| own.iter().any(|(_, of)| of == place));
    Ok(same.map(|(other, _)| other).collect())
}
