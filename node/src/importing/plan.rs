//! From rows to acts, and what undoing them will need.

use std::collections::{BTreeMap, HashMap};

use keng_desk::{Told, acts};
use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::point::{Point, rating_key_in};
use keng_domain::schema::{Kind, WITHDRAWN};
use keng_domain::scope::Scope;
use keng_domain::text::name_key;
use keng_domain::tree::Tree;
use keng_domain::unit::UnitKey;
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::imports::{Deed, Values};
use keng_store::project::point_lookup;

use super::alike::{LookAlike, Looks, Same};
use crate::import::{PointRow, RowFault, RowName};

/// What is known of a record while a file is read.
pub(super) struct Known {
    id: RecordId,
    scope: Scope,
    pub(super) fields: Fields,
    /// What the last import said, by field.
    pub(super) base: Values,
}

/// How a model was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It was here.
    Here,
    /// It had been taken back, and is here again.
    Back,
    /// It was not here, and is added.
    Added,
}

pub(super) struct Plan<'a> {
    tree: &'a Tree,
    models: HashMap<String, RecordId>,
    /// Models as this file leaves them, so far as it tells of them beyond their points.
    told: HashMap<RecordId, Known>,
    /// Models that were taken back and that no point names: a row that does brings one back.
    withdrawn: HashMap<RecordId, Fields>,
    merges: Merges,
    points: HashMap<Key, Known>,
    /// What the last import said of models.
    said: BTreeMap<RecordId, Values>,
    same: Same,
    pub(super) looks: Looks,
    pub(super) acts: Vec<Act>,
    pub(super) deeds: Vec<Deed>,
    pub(super) bases: BTreeMap<RecordId, Values>,
    pub(super) counts: [u32; 3],
    pub(super) look_alikes: Vec<LookAlike>,
    /// Under which several points of units that became one are known: the names of those units.
    shared: HashMap<Key, Vec<String>>,
    /// Rows that could mean several points.
    pub(super) unclear: Vec<RowFault>,
}

/// Under this a point is found: its model, after merges, and its unit and place.
type Key = (RecordId, String);

/// The same for a row: a model that is not here yet is known by its folded name.
pub(super) type RowKey = (Result<RecordId, String>, String);

impl<'a> Plan<'a> {
    pub(super) fn new(store: &Store, tree: &'a Tree) -> Result<Self, Told> {
        let all = store.models()?;
        let merges = Merges::of(&all);
        let mut models: HashMap<String, RecordId> = HashMap::new();
        for model in &all {
            // Of models with one name, the one that others went into stands for all.
            models.entry(name_key(&model.name)).or_insert_with(|| merges.target(model.id));
        }
        let mut withdrawn = HashMap::new();
        for view in store.withdrawn(Kind::Model)? {
            models.entry(name_key(&Model::read(view.id, &view.fields).name)).or_insert(view.id);
            withdrawn.insert(view.id, view.fields);
        }
        let mut bases = store.import_bases()?;
        let mut points = HashMap::new();
        let mut before: HashMap<Key, Vec<(String, Known)>> = HashMap::new();
        let mut living = Vec::new();
        // What was taken back comes last: a point that stands in its place now is the one meant.
        for (is_living, views) in [(true, store.records(Kind::Point)?), (false, store.withdrawn(Kind::Point)?)] {
            for view in views {
                let point = Point::of(view.id, &view.scope, &view.fields);
                let Some(model) = point.model else { continue };
                let model = merges.target(model);
                // A point of a unit that went into one of this tree is known by that one: a code alone
                // would find the point of a stranger (R31).
                let Some(unit) = tree.place(&point.unit_key()) else { continue };
                let key = (model, point_lookup(&unit.code, &point.place));
                let base = bases.remove(&view.id).unwrap_or_default();
                let known = Known { id: view.id, scope: view.scope, fields: view.fields, base };
                if point.catalogue.as_ref().is_none_or(|c| *c == tree.catalogue.id) {
                    points.entry(key).or_insert(known);
                } else if is_living {
                    let name = tree.units.unit(&point.unit_key()).map_or_else(String::new, |u| u.name.clone());
                    before.entry(key).or_default().push((name, known));
                }
                if is_living {
                    living.push((model, point));
                }
            }
        }
        let shared = of_units_before(&mut points, before);
        let looks = Looks::new(&all, living);
        let same = Same::remembered(store)?;
        let (acts, deeds, look_alikes) = (Vec::new(), Vec::new(), Vec::new());
        // Those of points are with their points now.
        let said = bases;
        let (bases, counts, unclear) = (BTreeMap::new(), [0; 3], Vec::new());
        Ok(Self {
            tree,
            models,
            told: HashMap::new(),
            withdrawn,
            merges,
            points,
            said,
            same,
            looks,
            acts,
            deeds,
            bases,
            counts,
            look_alikes,
            shared,
            unclear,
        })
    }

    /// Under what the point of a row is found, or will be: rows with the same key tell of one point.
    pub(super) fn lookup(&self, row: &PointRow) -> RowKey {
        let key = name_key(&row.model);
        match self.meant(&key).map(|id| self.merges.target(id)) {
            Some(model) => (Ok(model), self.key_of(model, row).1),
            None => (Err(key), point_lookup(&row.unit, &row.place)),
        }
    }

    /// Under what the point of a row is known: its unit and place, or where several units before had such a place and
    /// the row names one of them, that one.
    fn key_of(&self, model: RecordId, row: &PointRow) -> Key {
        let former = row.former.as_ref().map(|former| (model, former_lookup(&former.key, &name_key(&row.place))));
        let known = former.filter(|key| self.points.contains_key(key));
        known.unwrap_or_else(|| (model, point_lookup(&row.unit, &row.place)))
    }

    /// The model that a folded name means; `None` where it is to be added.
    fn meant(&self, key: &str) -> Option<RecordId> {
        // Taken back, to say that another model is meant: that is not brought back by its name.
        let said = self.same.of(key);
        let is_meant = |id: &RecordId| said.is_none() || !self.withdrawn.contains_key(id);
        let named = self.models.get(key).copied().filter(is_meant);
        named.or_else(|| said.map(|id| self.merges.target(id)))
    }

    /// Plans a point, once for all its rows.
    pub(super) fn take(&mut self, store: &Store, row: &PointRow) {
        let (model, _) = self.model(store, &row.name(), &row.model, fields_said(row.fields.as_deref()));
        let mut says: Values = row.values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let key = self.key_of(self.merges.target(model), row);
        if let Some(units) = self.shared.get(&key) {
            let there = format!("có điểm cùng mô hình, cùng địa bàn ở {}, nay là một đơn vị", units.join(" và "));
            self.reject(row, &there);
            return;
        }
        if let Some(other) = self.of_another_before(&key, row) {
            let there = format!(
                "điểm cùng mô hình, cùng địa bàn ở đây là của {other}, nay là một đơn vị với đơn vị ghi trong dòng"
            );
            self.reject(row, &there);
            return;
        }
        let rater = store.identity().unit_key();
        let new = || self.tree.catalogue.scope_of(&row.unit);
        let scope = self.points.get(&key).map_or_else(new, |known| known.scope.clone());
        let rated =
            |(year, level): (&i32, &String)| (rating_key_in(&scope, *year, &rater), Value::from(level.as_str()));
        says.extend(row.ratings.iter().map(rated));
        match self.points.get_mut(&key) {
            Some(known) => {
                let returns = known.fields.text(WITHDRAWN).is_some();
                let changed = says.iter().filter(|(field, value)| {
                    known.base.get(*field) != Some(value) && differs(&known.fields, field, value)
                });
                let mut changed: Values = changed.map(|(k, v)| (k.clone(), v.clone())).collect();
                if returns {
                    changed.insert(WITHDRAWN.to_owned(), Value::Null);
                }
                self.counts[if returns {
                    0
                } else if changed.is_empty() {
                    2
                } else {
                    1
                }] += 1;
                known.base.extend(says);
                self.bases.insert(known.id, known.base.clone());
                if !changed.is_empty() {
                    let deed = change(known.id, &mut known.fields, changed);
                    self.act(deed);
                }
            }
            None => {
                match self.looks.point(key.0, row) {
                    Some(found) => self.look_alikes.push(found),
                    None => self.looks.new_point(key.0, row),
                }
                let mut values = vec![
                    ("model".to_owned(), Value::from(model.to_string())),
                    ("place".to_owned(), Value::from(row.place.as_str())),
                ];
                values.extend(says.iter().map(|(k, v)| (k.clone(), v.clone())));
                let fields = Fields(values.iter().map(|(k, v)| (k.clone(), Field::Settled(v.clone()))).collect());
                let after = values.iter().cloned().collect();
                let act = acts::new_point(store, &self.tree.catalogue, &row.unit, values);
                let id = id_of(&act);
                self.deeds.push(Deed { record: id, created: true, before: Values::new(), after });
                self.bases.insert(id, says.clone());
                self.points.insert(key, Known { id, scope, fields, base: says });
                self.acts.push(act);
                self.counts[0] += 1;
            }
        }
    }

    /// The former unit of the point under `key`, where the row names another one.
    fn of_another_before(&self, key: &Key, row: &PointRow) -> Option<String> {
        let Scope::Area { catalogue, unit } = &self.points.get(key)?.scope else { return None };
        let named = row.former.as_ref()?;
        let of = UnitKey::new(catalogue, unit);
        let is_former = *catalogue != self.tree.catalogue.id && named.key != of;
        is_former.then(|| self.tree.units.unit(&of).map_or_else(|| unit.to_string(), |unit| unit.name.clone()))
    }

    fn reject(&mut self, row: &PointRow, there: &str) {
        self.unclear.push(RowFault {
            row: row.row,
            sheet: row.sheet.clone(),
            column: "Địa bàn".to_owned(),
            value: row.place.clone(),
            reason: format!("{there}; hãy đổi tên địa bàn của một trong các điểm đó rồi nhập lại"),
            cells: Vec::new(),
        });
    }

    pub(super) fn act(&mut self, deed: Deed) {
        let values = deed.after.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        self.acts.push(Act::Change { id: deed.record, values });
        self.deeds.push(deed);
    }

    /// The model of a row: the one that the officer said is meant, or that has the same folded
    /// name; a new one with what the row `says` when there is none. That never waits for an answer:
    /// look-alikes are told.
    pub(super) fn model(&mut self, store: &Store, at: &RowName, name: &str, says: Values) -> (RecordId, Found) {
        let key = name_key(name);
        if let Some(id) = self.meant(&key) {
            if let Some(mut fields) = self.withdrawn.remove(&id) {
                let back = change(id, &mut fields, Values::from([(WITHDRAWN.to_owned(), Value::Null)]));
                self.act(back);
                return (id, Found::Back);
            }
            return (id, Found::Here);
        }
        let found = self.looks.model(at, name).filter(|_| !self.same.is_new(&key));
        let is_like = found.is_some();
        self.look_alikes.extend(found);
        let mut values = vec![("name".to_owned(), Value::from(name))];
        values.extend(says);
        let fields = Fields(values.iter().map(|(k, v)| (k.clone(), Field::Settled(v.clone()))).collect());
        let after = values.iter().cloned().collect();
        let act = acts::new_model(store, values);
        let id = id_of(&act);
        if !is_like && !self.same.is_new(&key) {
            self.looks.new_model(at, id, &fields);
        }
        self.told.insert(id, Known { id, scope: Scope::Province, fields, base: Values::new() });
        self.deeds.push(Deed { record: id, created: true, before: Values::new(), after });
        self.acts.push(act);
        self.models.insert(key, id);
        (id, Found::Added)
    }

    /// A model that [`Plan::model`] found or added, as this file leaves it.
    pub(super) fn known(&mut self, store: &Store, id: RecordId) -> Result<&mut Known, Told> {
        if !self.told.contains_key(&id) {
            let fields = store.record(id)?.map(|view| view.fields).unwrap_or_default();
            let base = self.said.remove(&id).unwrap_or_default();
            self.told.insert(id, Known { id, scope: Scope::Province, fields, base });
        }
        self.told.get_mut(&id).ok_or_else(|| Told::refused("Không tìm được mô hình."))
    }
}

/// What a file says of the fields of work of a model, whichever kind of file it is.
pub(super) fn fields_said(fields: Option<&str>) -> Values {
    fields.map(|f| ("fields".to_owned(), Value::from(f))).into_iter().collect()
}

/// Under this the point of a unit that went into another is known beside those of others that did.
fn former_lookup(unit: &UnitKey, place: &str) -> String {
    format!("{unit}/{place}")
}

/// Enters the points of units that went into others, where only one can be meant; the rest for rows that name
/// their unit as it was, and tells the names of these.
fn of_units_before(
    points: &mut HashMap<Key, Known>,
    before: HashMap<Key, Vec<(String, Known)>>,
) -> HashMap<Key, Vec<String>> {
    let mut shared = HashMap::new();
    for (key, mut found) in before {
        if points.contains_key(&key) {
            continue;
        }
        if found.iter().all(|(name, _)| *name == found[0].0) {
            points.insert(key, found.swap_remove(0).1);
        } else {
            shared.insert(key.clone(), found.iter().map(|(name, _)| name.clone()).collect());
            let place = key.1.split_once('/').map_or("", |(_, place)| place);
            for (_, known) in found {
                if let Scope::Area { catalogue, unit } = &known.scope {
                    let lookup = former_lookup(&UnitKey::new(catalogue, unit), place);
                    points.entry((key.0, lookup)).or_insert(known);
                }
            }
        }
    }
    shared
}

fn id_of(act: &Act) -> RecordId {
    match act {
        Act::Create { id, .. } | Act::Change { id, .. } => *id,
    }
}

/// A change of a record, and the record as it is after it.
pub(super) fn change(record: RecordId, fields: &mut Fields, after: Values) -> Deed {
    let settled = |key: &String| match fields.get(key) {
        Some(Field::Settled(value)) => Some(value.clone()),
        None => Some(Value::Null),
        // To choose among candidates again is a person's act, not one of undoing.
        Some(Field::Contested(_)) => None,
    };
    let before = after.keys().filter_map(|key| Some((key.clone(), settled(key)?))).collect();
    for (key, value) in &after {
        fields.0.insert(key.clone(), Field::Settled(value.clone()));
    }
    Deed { record, created: false, before, after }
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
