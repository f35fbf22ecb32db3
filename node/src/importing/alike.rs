//! New names that may mean something that exists already, and what officers said of them.
//!
//! A bulk import never waits for an answer: it creates and tells. What an officer has said once —
//! "that is this model", "that is a new one" — holds for every later file of this machine.

use std::collections::{BTreeMap, HashMap};

use keng_desk::Told;
use keng_domain::field::Fields;
use keng_domain::id::RecordId;
use keng_domain::model::Model;
use keng_domain::point::Point;
use keng_domain::rules::identity::{alike, places_alike};
use keng_domain::schema::Kind;
use keng_domain::text::name_key;
use keng_domain::unit::UnitCode;
use keng_store::Store;
use serde::Serialize;

use crate::import::{PointRow, RowName, alike_notice};

/// Under this kind the choices of officers are remembered: folded name → model, or [`NEW`].
const MEMORY: &str = "same";
const NEW: &str = "new";
/// More of them help nobody to choose.
const TOLD_MAX: usize = 5;

/// A new name that is like those of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookAlike {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// Its sheet, where several were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Box<str>>,
    /// Title of the column, in the words of the form.
    pub column: &'static str,
    /// The new name.
    pub name: String,
    /// What it may mean, the likeliest first.
    pub existing: Vec<Existing>,
}

fn pair((name, at): (&str, &RowName), (other, there): (&str, &RowName)) -> String {
    format!("“{name}” (dòng {at}) và “{other}” (dòng {there})")
}

fn like(at: RowName, column: &'static str, name: &str, existing: Vec<Existing>) -> LookAlike {
    LookAlike { row: at.row, sheet: at.sheet, column, name: name.to_owned(), existing }
}

impl LookAlike {
    /// Where it stands.
    #[must_use]
    pub fn at(&self) -> RowName {
        RowName { sheet: self.sheet.clone(), row: self.row }
    }

    /// Whether it is a model, about which an officer can say which one is meant.
    #[must_use]
    pub fn is_model(&self) -> bool {
        self.column == MODEL
    }
}

const MODEL: &str = "Tên mô hình";
const PLACE: &str = "Địa bàn, đơn vị";

/// A record that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Existing {
    /// The record.
    pub id: RecordId,
    /// Its name; of a point, its place.
    pub name: String,
}

/// So many new names of a file are compared with each other, and so many new places of a model in a commune: the
/// province has 31 models, and each pair costs a comparison.
const COMPARED_MAX: usize = 500;

/// What stood here before the file, and what is new in it.
pub(super) struct Looks {
    models: Vec<Model>,
    points: HashMap<RecordId, Vec<Point>>,
    new_models: Vec<Model>,
    /// Where each of them stands first.
    rows: HashMap<RecordId, RowName>,
    new_places: HashMap<(RecordId, UnitCode), Vec<(RowName, String)>>,
    /// New names that are like new ones, each pair as a sentence.
    within: Vec<String>,
}

impl Looks {
    pub(super) fn new(models: &[Model], points: Vec<(RecordId, Point)>) -> Self {
        let mut by_model: HashMap<RecordId, Vec<Point>> = HashMap::new();
        points.into_iter().for_each(|(model, point)| by_model.entry(model).or_default().push(point));
        Self {
            models: models.to_vec(),
            points: by_model,
            new_models: Vec::new(),
            rows: HashMap::new(),
            new_places: HashMap::new(),
            within: Vec::new(),
        }
    }

    /// Compares a new model with the other new ones of the file. Of these nobody can be asked which is meant, for
    /// none of them is a record yet; they are told.
    pub(super) fn new_model(&mut self, at: &RowName, id: RecordId, fields: &Fields) {
        if self.new_models.len() >= COMPARED_MAX {
            return;
        }
        let model = Model::read(id, fields);
        let like = alike(&model.name, &self.new_models).into_iter().map(|(_, id)| id).next();
        let other = like.and_then(|id| Some((self.new_models.iter().find(|m| m.id == id)?, self.rows.get(&id)?)));
        if let Some((other, row)) = other {
            self.within.push(pair((&model.name, at), (&other.name, row)));
        }
        self.rows.insert(id, at.clone());
        self.new_models.push(model);
    }

    /// Compares the place of a new point with those of the other new ones of its model in its commune.
    pub(super) fn new_point(&mut self, model: RecordId, row: &PointRow) {
        let places = self.new_places.entry((model, row.unit.clone())).or_default();
        if places.len() >= COMPARED_MAX {
            return;
        }
        if let Some((other, place)) = places.iter().find(|(_, place)| places_alike(place, &row.place)) {
            self.within.push(pair((&row.place, &row.name()), (place, other)));
        }
        places.push((row.name(), row.place.clone()));
    }

    /// What is alike within the file; `None` where nothing is.
    pub(super) fn told_within(&self) -> Option<String> {
        alike_notice(&self.within)
    }

    /// Models that a new name may mean.
    pub(super) fn model(&self, at: &RowName, name: &str) -> Option<LookAlike> {
        let found = alike(name, &self.models).into_iter().map(|(_, id)| id).take(TOLD_MAX);
        let existing: Vec<Existing> = found
            .filter_map(|id| Some(Existing { id, name: self.models.iter().find(|m| m.id == id)?.name.clone() }))
            .collect();
        (!existing.is_empty()).then(|| like(at.clone(), MODEL, name, existing))
    }

    /// Points of one model in one commune whose places a new one may mean.
    pub(super) fn point(&self, model: RecordId, row: &PointRow) -> Option<LookAlike> {
        let here = self.points.get(&model)?.iter().filter(|p| p.unit == row.unit && places_alike(&p.place, &row.place));
        let existing: Vec<Existing> =
            here.take(TOLD_MAX).map(|p| Existing { id: p.id, name: p.place.clone() }).collect();
        (!existing.is_empty()).then(|| like(row.name(), PLACE, &row.place, existing))
    }
}

/// What officers have said of names; `None`: a new model.
#[derive(Debug, Default)]
pub struct Same(BTreeMap<String, Option<RecordId>>);

impl Same {
    pub(super) fn remembered(store: &Store) -> Result<Self, Told> {
        let mut same = Self::default();
        for (key, value) in store.import_memory(MEMORY)? {
            match value.parse::<RecordId>() {
                // A model that was taken back since is none to add points to.
                Ok(id)
                    if store.record(id)?.is_some_and(|v| v.fields.text(keng_domain::schema::WITHDRAWN).is_none()) =>
                {
                    same.0.insert(key, Some(id));
                }
                Ok(_) => {}
                Err(_) => {
                    same.0.insert(key, None);
                }
            }
        }
        Ok(same)
    }

    pub(super) fn of(&self, key: &str) -> Option<RecordId> {
        self.0.get(key).copied().flatten()
    }

    pub(super) fn is_new(&self, key: &str) -> bool {
        self.0.get(key) == Some(&None)
    }
}

/// Remembers that `name` in files means `model`, or with `None` a model of its own.
///
/// # Errors
/// For an empty name, or a record that is no model.
pub fn remember_same(store: &mut Store, name: &str, model: Option<RecordId>) -> Result<(), Told> {
    let key = name_key(name);
    if key.is_empty() {
        return Err(Told::refused("Cần ghi tên mô hình như trong tệp."));
    }
    if let Some(id) = model {
        let is_model = store.record(id)?.is_some_and(|v| v.kind == Kind::Model.code());
        if !is_model {
            return Err(Told::refused(format!("{id} không phải mô hình có tại máy này.")));
        }
    }
    let value = model.map_or_else(|| NEW.to_owned(), |id| id.to_string());
    Ok(store.remember(MEMORY, &key, &value)?)
}

/// Reads `Camera giám sát ANTT=ID`, as a command gives it: `mới` in place of the identifier says
/// that it is a model of its own.
///
/// # Errors
/// For a text without `=`, or with something else behind it.
pub fn same_named(text: &str) -> Result<(String, Option<RecordId>), Told> {
    let wrong =
        || Told::refused(format!("“{text}” chưa đúng; cần dạng “Tên trong tệp=mã mô hình”, hoặc “Tên trong tệp=mới”."));
    let (name, id) = text.rsplit_once('=').ok_or_else(wrong)?;
    match id.trim() {
        "mới" | "moi" | NEW => Ok((name.to_owned(), None)),
        id => Ok((name.to_owned(), Some(id.parse().map_err(|_| wrong())?))),
    }
}
