//! What TT 124/2021 says of the places that are assessed, and which places lack an effective model (letter 4267,
//! 1.a; R22–R27). It assists; people decide.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, btree_map};

use chrono::NaiveDate;
use keng_domain::explanation::Judgement;
use keng_domain::figures::SafePlace;
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::effective::{COMMUNE, Ground};
use keng_domain::rules::nomination::Condition;
use keng_domain::rules::safety::{Place, Within, conditions, days};
use keng_domain::schema::{Kind, OBJECTS};
use keng_domain::scope::Scope;
use keng_domain::text::name_key;
use keng_domain::tree::Tree;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};
use serde_json::{Value as Json, json};

use crate::clock;
use crate::names::Names;

/// What TT 124 says of a place (R22–R27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// The place as its record reads.
    pub place: Place,
    /// Effective models in its area, or its own.
    pub models: u32,
    /// Every condition with what was found.
    pub conditions: Vec<Condition>,
}

/// The conditions of TT 124 for the place of an assessment; `None` while its record lacks object or year.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn assessed(store: &Store, view: &RecordView) -> Result<Option<Assessed>, StoreError> {
    Assessor::of(store)?.assessed(view)
}

/// What judging assessments needs, read once for a list of them.
pub struct Assessor<'a> {
    store: &'a Store,
    packs: RulePacks,
    points: Vec<Point>,
    merges: Merges,
    records: Vec<RecordView>,
    verdicts: BTreeMap<i32, BTreeMap<RecordId, Judgement>>,
    trees: HashMap<Option<CatalogueId>, Tree>,
}

impl<'a> Assessor<'a> {
    /// Reads what all assessments share.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
    pub fn of(store: &'a Store) -> Result<Self, StoreError> {
        Ok(Self {
            packs: store.rule_packs()?,
            points: store.points()?,
            merges: Merges::of(&store.models()?),
            records: store.records(Kind::Assessment)?,
            verdicts: BTreeMap::new(),
            trees: HashMap::new(),
            store,
        })
    }

    /// As [`assessed`].
    ///
    /// # Errors
    /// As [`assessed`].
    pub fn assessed(&mut self, view: &RecordView) -> Result<Option<Assessed>, StoreError> {
        let pack = pack_of(&self.packs, view).clone();
        let Some(place) = Place::read(&view.fields, &pack) else { return Ok(None) };
        let (models, within) = self.around(view, &place)?;
        Ok(Some(Assessed { conditions: conditions(&place, models, within, &pack), place, models }))
    }

    /// Effective models around a place, and for a commune what was assessed within it.
    ///
    /// For a commune the models that have a counted point in it (R22); for an agency, enterprise or
    /// school those with a counted point of its name there (R24). Units are those of the record's own catalogue,
    /// so that a commune sees the points of what it was made of (R31), and none of its neighbours'.
    fn around(&mut self, view: &RecordView, place: &Place) -> Result<(u32, Option<Within>), StoreError> {
        let Some(unit) = lies_in(view) else { return Ok((0, None)) };
        let tree = match self.trees.entry(unit.catalogue.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(tree_of(self.store, &unit)?),
        };
        let verdicts = match self.verdicts.entry(place.year) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(free) => free.insert(self.store.verdicts(place.year)?),
        };
        let pack = self.packs.of_year(place.year);
        let day = last_day(&place.object, place.year, pack);
        let ground = Ground { tree, points: &self.points, merges: &self.merges, verdicts, day, pack };
        if place.object != COMMUNE {
            let name = view.fields.text("name").unwrap_or_default();
            return Ok((ground.running(&unit, Some(name)).effective().count() as u32, None));
        }
        let count = view.fields.int("places").and_then(|n| u32::try_from(n).ok());
        let is_within = |other: &&RecordView| lies_in(other).is_some_and(|other| tree.is_within(&other, &unit));
        let others = self.records.iter().filter(is_within);
        let others: Vec<SafePlace> = others.filter_map(|v| SafePlace::read(v.id, &v.scope, &v.fields)).collect();
        let of_year = others.iter().filter(|other| other.year == place.year && other.object != COMMUNE);
        let within = SafePlace::distinct(of_year).into_iter().fold(Within::default(), |all, other| Within {
            places: all.places + 1,
            registered: all.registered + u32::from(other.registered),
            recognised: all.recognised + u32::from(other.recognised == Some(true)),
            ..all
        });
        let within = Within { due: count, ..within };
        Ok((ground.running(&unit, None).effective().count() as u32, Some(within)))
    }
}

/// The unit of a record, of the catalogue of its scope.
fn lies_in(view: &RecordView) -> Option<UnitKey> {
    let code: UnitCode = view.fields.text("unit")?.parse().ok()?;
    Some(match &view.scope {
        Scope::Area { catalogue, .. } => UnitKey::new(catalogue, &code),
        Scope::Province => UnitKey::from(&code),
    })
}

/// The tree of a unit's own catalogue; that in force where it has none.
fn tree_of(store: &Store, unit: &UnitKey) -> Result<Tree, StoreError> {
    let own = store.identity().unit_key();
    let of_its = unit.catalogue.as_ref().map(|id| Ok::<_, StoreError>(Tree::of(store.units()?, &own, id)));
    match of_its.transpose()?.flatten() {
        Some(tree) => Ok(tree),
        None => store.tree(clock::today()),
    }
}

/// The rule pack that judges the year of an assessment or score.
#[must_use]
pub fn pack_of<'a>(packs: &'a RulePacks, view: &RecordView) -> &'a RulePack {
    let year = view.fields.text("year").and_then(|y| y.parse().ok());
    year.map_or(packs.latest(), |year| packs.of_year(year))
}

/// The last day of the year of TT 124 for a kind of place (Điều 8, R25).
fn last_day(object: &str, year: i32, pack: &RulePack) -> NaiveDate {
    let rules = pack.safety.object(object).and_then(|rules| days(rules, year));
    rules.map_or_else(|| Period::annual(year, &pack.periods).cut_off, |(_, to, _)| to)
}

/// A place without an effective model in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutModel {
    /// A code of [`OBJECTS`].
    pub object: String,
    /// The unit that it is, or lies in.
    pub unit: UnitCode,
    /// That unit's name.
    pub unit_name: String,
    /// Its own name; empty for a commune.
    pub name: String,
    /// Why, in a sentence.
    pub why: String,
    /// Its assessment of the year.
    pub assessment: Option<RecordId>,
    /// The models that run there, none effective.
    pub models: Vec<RecordId>,
}

impl WithoutModel {
    /// The label of its kind: `Cơ sở giáo dục`.
    #[must_use]
    pub fn object_label(&self) -> &str {
        OBJECTS.iter().find(|(code, _)| *code == self.object).map_or(&self.object, |(_, label)| label)
    }
}

/// The communes of the area that have no effective model in a year, and the agencies, enterprises and schools,
/// as far as points or assessments name them, that have none of their own (letter 4267, 1.a; R22, R24).
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn without_model(store: &Store, year: i32) -> Result<Vec<WithoutModel>, StoreError> {
    let pack = store.rule_pack_of(year)?;
    let day = last_day(COMMUNE, year, &pack);
    let names = Names::by(store, store.tree(day)?)?;
    let own = match store.identity().role {
        Role::Hub => names.tree.root.clone(),
        Role::Node => store.identity().unit.clone(),
    };
    let (points, merges, verdicts) = (store.points()?, Merges::of(&store.models()?), store.verdicts(year)?);
    let ground = Ground { tree: &names.tree, points: &points, merges: &merges, verdicts: &verdicts, day, pack: &pack };
    let (mut assessed, mut records) = (Vec::new(), HashMap::new());
    for view in store.records(Kind::Assessment)? {
        let text = |key: &str| view.fields.text(key).unwrap_or_default().to_owned();
        let Some(unit) = lies_in(&view).filter(|_| text("year") == year.to_string()) else { continue };
        let (object, name) = (text("object"), text("name"));
        if let Some(home) = names.tree.place(&unit) {
            let called = if object == COMMUNE { String::new() } else { name_key(&name) };
            records.insert((object.clone(), home.code.clone(), called), view.id);
        }
        if !name.is_empty() {
            assessed.push((object, unit, name));
        }
    }
    let lacking = ground.lacking(&own, &assessed, &pack).into_iter().map(|l| WithoutModel {
        unit_name: names.unit(&l.unit),
        why: l.running.why(|id| names.model(id)),
        assessment: records.get(&(l.object.clone(), l.unit.clone(), name_key(&l.name))).copied(),
        models: l.running.models.keys().copied().collect(),
        object: l.object,
        unit: l.unit,
        name: l.name,
    });
    Ok(lacking.collect())
}

/// `assessment lacking YEAR --json`.
#[must_use]
pub fn without_model_json(all: &[WithoutModel]) -> Json {
    let one = |w: &WithoutModel| {
        json!({
            "object": w.object,
            "unit": w.unit,
            "unit_name": w.unit_name,
            "name": w.name,
            "why": w.why,
            "rule": if w.object == COMMUNE { "R22" } else { "R24" },
            "assessment": w.assessment,
            "models": w.models,
        })
    };
    all.iter().map(one).collect()
}

/// Prints places without an effective model.
pub fn print_without_model(all: &[WithoutModel], year: i32) {
    if all.is_empty() {
        println!("Năm {year}: nơi nào trong địa bàn cũng có mô hình hiệu quả.");
    }
    for w in all {
        let place = if w.name.is_empty() { w.unit_name.clone() } else { format!("{}, {}", w.name, w.unit_name) };
        println!("{} · {place}: {}", w.object_label(), w.why);
    }
}
