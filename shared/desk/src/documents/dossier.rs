//! The dossier of a model or point: its documents against the checklist of the rule pack.

use std::collections::HashSet;

use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::dossier::Dossier;
use keng_domain::schema::Kind;
use keng_store::{Store, StoreError};
use serde_json::{Value as Json, json};

use crate::names::Names;
use crate::{Told, clock};

/// The dossier of a record by `pack`; `None` for records that have no checklist. That of a model holds what
/// is filed at it, at models merged into it and at its points; that of a point what is filed at it and its model.
///
/// # Errors
/// [`StoreError::NoRecord`], and whatever SQLite says.
pub fn dossier(store: &Store, record: RecordId, pack: &RulePack) -> Result<Option<Dossier>, StoreError> {
    let view = store.record(record)?.ok_or(StoreError::NoRecord(record))?;
    let (named, points) = match Kind::of_code(&view.kind) {
        Some(Kind::Model) => (Some(record), None),
        Some(Kind::Point) => (Point::read(record, &view.fields).model, Some(record)),
        _ => return Ok(None),
    };
    let models = store.models()?;
    let merges = Merges::of(&models);
    let target = named.map(|model| merges.target(model));
    let mut filed_at: Vec<RecordId> = points.into_iter().collect();
    for model in models.iter().map(|m| m.id).filter(|m| Some(merges.target(*m)) == target) {
        filed_at.push(model);
        if points.is_none() {
            filed_at.extend(store.belonging(Kind::Point, model)?.iter().map(|view| view.id));
        }
    }
    let mut kinds = HashSet::new();
    for record in filed_at {
        kinds.extend(store.documents_of(Some(record))?.into_iter().map(|d| d.document.kind));
    }
    Ok(Some(Dossier::of(&kinds.iter().map(String::as_str).collect(), pack)))
}

/// `document dossier RECORD`: title, checklist, what it asks for and what is missing.
///
/// # Errors
/// For records that have no checklist.
pub fn told(store: &Store, record: RecordId) -> Result<(Dossier, Json), Told> {
    let names = Names::by(store, store.tree(clock::today())?)?;
    let found = dossier(store, record, &names.pack)?;
    let found = found.ok_or_else(|| Told::refused("Chỉ hồ sơ của mô hình và của điểm có danh mục để đối chiếu."))?;
    let title = store.record(record)?.map(|view| names.record(&view));
    let json = json!({
        "record": record,
        "title": title,
        "checklist": found.checklist,
        "assumed": found.assumed,
        "required": found.required,
        "missing": found.missing,
        "complete": found.is_complete(),
    });
    Ok((found, json))
}
