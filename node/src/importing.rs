//! What a spreadsheet says, written: new models and points, and just the fields that changed.
//!
//! A file is compared with what the *last import* said of the same point, not only with what
//! stands there now: a value that the file has not changed is left alone, whoever has corrected
//! it since. Importing a file twice therefore changes nothing.

use std::collections::{BTreeMap, HashMap};

use keng_desk::acts::{self, By};
use keng_desk::{Told, clock};
use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::point::{Point, rating_key_in};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::text::name_key;
use keng_domain::tree::Tree;
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::project::point_lookup;
use serde::Serialize;

use crate::import::{PointRow, RowFault, Sheet};

/// What an import of one file did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The file's name.
    pub file: String,
    /// Data rows seen.
    pub rows: u32,
    /// Points added.
    pub new: u32,
    /// Points of which a field changed.
    pub changed: u32,
    /// Points that say what stood there already.
    pub unchanged: u32,
    /// Rows that could not be read; the others are in.
    pub rejected: Vec<RowFault>,
}

/// Writes what `sheet` says as one transaction, or only counts it.
///
/// # Errors
/// What the store says, in words; then nothing of the file was written.
pub fn import(store: &mut Store, file: &str, sheet: Sheet, dry_run: bool, by: &By) -> Result<Imported, Told> {
    let tree = store.tree(clock::today())?;
    let mut plan = Plan::new(store, &tree)?;
    let mut reasons = Vec::with_capacity(sheet.points.len());
    for row in &sheet.points {
        plan.take(store, row)?;
        // One reason for each act of the row. It says where a value stood, and is never compared:
        // a row that moves in the next file is still the same.
        let reason = format!("nhập từ {file}, dòng {}", row.row);
        let reason = by.reason.as_ref().map_or_else(|| reason.clone(), |given| format!("{given} · {reason}"));
        reasons.resize(plan.acts.len(), reason);
    }
    let Plan { acts, bases, counts, unclear, .. } = plan;
    if !dry_run {
        let stamp = by.stamp(store);
        store.commit_import(&acts, &reasons, &stamp, clock::now_ms(), &bases)?;
    }
    let [new, changed, unchanged] = counts;
    let mut rejected = sheet.faults;
    rejected.extend(unclear);
    rejected.sort_by_key(|fault| fault.row);
    Ok(Imported { file: file.to_owned(), rows: sheet.rows, new, changed, unchanged, rejected })
}

/// What is known of a point while a file is read.
struct Known {
    id: RecordId,
    scope: Scope,
    fields: Fields,
    /// What the last import said, by field.
    base: BTreeMap<String, Value>,
}

struct Plan<'a> {
    tree: &'a Tree,
    models: HashMap<String, RecordId>,
    merges: Merges,
    points: HashMap<(RecordId, String), Known>,
    acts: Vec<Act>,
    bases: BTreeMap<RecordId, BTreeMap<String, Value>>,
    counts: [u32; 3],
    /// Under which several points of units that became one are known: the names of those units.
    shared: HashMap<(RecordId, String), Vec<String>>,
    /// Rows that could mean several points.
    unclear: Vec<RowFault>,
}

impl<'a> Plan<'a> {
    fn new(store: &Store, tree: &'a Tree) -> Result<Self, Told> {
        let all = store.models()?;
        let merges = Merges::of(&all);
        let mut models: HashMap<String, RecordId> = HashMap::new();
        for model in &all {
            // Of models with one name, the one that others went into stands for all.
            models.entry(name_key(&model.name)).or_insert_with(|| merges.target(model.id));
        }
        let mut bases = store.import_bases()?;
        let mut points = HashMap::new();
        let mut before: HashMap<(RecordId, String), Vec<(String, Known)>> = HashMap::new();
        for view in store.records(Kind::Point)? {
            let point = Point::of(view.id, &view.scope, &view.fields);
            let Some(model) = point.model else { continue };
            let base = bases.remove(&view.id).unwrap_or_default();
            let known = Known { id: view.id, scope: view.scope, fields: view.fields, base };
            // A point of a unit that went into one of this tree is known by that one: a code alone
            // would find the point of a stranger (R31).
            let Some(unit) = tree.place(&point.unit_key()) else { continue };
            let key = (merges.target(model), point_lookup(&unit.code, &point.place));
            if point.catalogue.as_ref().is_none_or(|c| *c == tree.catalogue.id) {
                points.entry(key).or_insert(known);
            } else {
                let name = tree.units.unit(&point.unit_key()).map_or_else(String::new, |u| u.name.clone());
                before.entry(key).or_default().push((name, known));
            }
        }
        let mut shared = HashMap::new();
        for (key, mut found) in before {
            if points.contains_key(&key) {
                continue;
            }
            if found.iter().all(|(name, _)| *name == found[0].0) {
                points.insert(key, found.swap_remove(0).1);
            } else {
                shared.insert(key, found.into_iter().map(|(name, _)| name).collect());
            }
        }
        let (acts, bases) = (Vec::new(), BTreeMap::new());
        Ok(Self { tree, models, merges, points, acts, bases, counts: [0; 3], shared, unclear: Vec::new() })
    }

    fn take(&mut self, store: &Store, row: &PointRow) -> Result<(), Told> {
        let model = self.model(store, row);
        let mut says: BTreeMap<String, Value> = row.values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let key = (self.merges.target(model), point_lookup(&row.unit, &row.place));
        if let Some(units) = self.shared.get(&key) {
            self.unclear.push(RowFault {
                row: row.row,
                column: "Địa bàn".to_owned(),
                value: row.place.clone(),
                reason: format!(
                    "có điểm cùng mô hình, cùng địa bàn ở {}, nay là một đơn vị; hãy đổi tên địa bàn của một trong các điểm đó rồi nhập lại",
                    units.join(" và ")
                ),
            });
            return Ok(());
        }
        let rater = store.identity().unit_key();
        let new = || self.tree.catalogue.scope_of(&row.unit);
        let scope = self.points.get(&key).map_or_else(new, |known| known.scope.clone());
        let rated =
            |(year, level): (&i32, &String)| (rating_key_in(&scope, *year, &rater), Value::from(level.as_str()));
        says.extend(row.ratings.iter().map(rated));
        match self.points.get_mut(&key) {
            Some(known) => {
                let changed: Vec<(String, Value)> = says
                    .iter()
                    .filter(|(field, value)| {
                        known.base.get(*field) != Some(value) && differs(&known.fields, field, value)
                    })
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                self.counts[if changed.is_empty() { 2 } else { 1 }] += 1;
                for (field, value) in &changed {
                    known.fields.0.insert(field.clone(), Field::Settled(value.clone()));
                }
                if !changed.is_empty() {
                    self.acts.push(Act::Change { id: known.id, values: changed });
                }
                known.base.extend(says);
                self.bases.insert(known.id, known.base.clone());
            }
            None => {
                let mut values = vec![
                    ("model".to_owned(), Value::from(model.to_string())),
                    ("place".to_owned(), Value::from(row.place.as_str())),
                ];
                values.extend(says.iter().map(|(k, v)| (k.clone(), v.clone())));
                let fields = Fields(values.iter().map(|(k, v)| (k.clone(), Field::Settled(v.clone()))).collect());
                let act = acts::new_point(store, &self.tree.catalogue, &row.unit, values);
                if let Act::Create { id, .. } = &act {
                    self.bases.insert(*id, says.clone());
                    self.points.insert(key, Known { id: *id, scope, fields, base: says });
                }
                self.acts.push(act);
                self.counts[0] += 1;
            }
        }
        Ok(())
    }

    /// The model of a row by its folded name; a new one when there is none of that name.
    fn model(&mut self, store: &Store, row: &PointRow) -> RecordId {
        let key = name_key(&row.model);
        if let Some(id) = self.models.get(&key) {
            return *id;
        }
        let mut values = vec![("name".to_owned(), Value::from(row.model.as_str()))];
        values.extend(row.fields.iter().map(|f| ("fields".to_owned(), Value::from(f.as_str()))));
        let act = acts::new_model(store, values);
        let id = match &act {
            Act::Create { id, .. } | Act::Change { id, .. } => *id,
        };
        self.acts.push(act);
        self.models.insert(key, id);
        id
    }
}

/// Whether writing `value` would change the field. A contested field that already has this value
/// among its candidates stays contested: a file is no choice (I5).
fn differs(fields: &Fields, field: &str, value: &Value) -> bool {
    match fields.get(field) {
        None => *value != Value::Null,
        Some(Field::Settled(present)) => present != value,
        Some(Field::Contested(contest)) => !contest.candidates.iter().any(|c| c.value == *value),
    }
}
