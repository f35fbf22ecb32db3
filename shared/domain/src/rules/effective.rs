//! Where an effective model runs, and where none does (TT 124/2021, Điều 5.1, 6.1, 7.1; R22, R24, R31; letter
//! 4267, 1.a). A point speaks for its place only while it counts (R2, R4, R5).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::explanation::{Judgement, Verdict};
use crate::id::RecordId;
use crate::model::Merges;
use crate::point::Point;
use crate::rule_pack::RulePack;
use crate::rules::counting::{Standing, standing};
use crate::schema::OBJECTS;
use crate::text::{name_key, padded};
use crate::tree::Tree;
use crate::unit::{UnitCode, UnitKey};

/// The object that is the commune itself.
pub const COMMUNE: &str = "XA";
/// Models that a reason names.
const NAMED_MAX: usize = 3;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The units. One that was replaced lies where it has gone (R31).
    pub tree: &'a Tree,
    /// All points.
    pub points: &'a [Point],
    /// Which model stands for which.
    pub merges: &'a Merges,
    /// The verdicts of the year.
    pub verdicts: &'a BTreeMap<RecordId, Judgement>,
    /// The day as of whose end points are counted.
    pub day: NaiveDate,
    /// The rules of its year.
    pub pack: &'a RulePack,
}

/// What runs in an area, or at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Running {
    /// Models with a counted point, and what they come to.
    pub models: BTreeMap<RecordId, Verdict>,
    /// Points that have ended.
    pub ended: u32,
    /// Points that arose by themselves and wait for recognition.
    pub spontaneous: u32,
    /// Points without a decision by that day.
    pub undecided: u32,
    /// Decided points that are not launched, where those do not count.
    pub unlaunched: u32,
}

/// A place without an effective model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// A code of [`OBJECTS`].
    pub object: String,
    /// The unit that it is, or lies in.
    pub unit: UnitCode,
    /// Its name; empty for a commune.
    pub name: String,
    /// What there is instead.
    pub running: Running,
}

impl Running {
    /// The effective models.
    pub fn effective(&self) -> impl Iterator<Item = RecordId> {
        self.models.iter().filter(|(_, verdict)| **verdict == Verdict::Effective).map(|(id, _)| *id)
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.effective().next().is_some()
    }

    /// Why there is no effective model, in a sentence; `name` tells what a model is called.
    #[must_use]
    pub fn why(&self, name: impl Fn(RecordId) -> String) -> String {
        if !self.models.is_empty() {
            let named = self.models.iter().take(NAMED_MAX);
            let mut named: Vec<String> =
                named.map(|(id, v)| format!("{} ({})", name(*id), v.label().to_lowercase())).collect();
            if self.models.len() > NAMED_MAX {
                named.push(format!("{} mô hình khác", padded((self.models.len() - NAMED_MAX) as u64)));
            }
            return format!(
                "Có {} mô hình, chưa mô hình nào được kết luận hiệu quả: {}.",
                padded(self.models.len() as u64),
                named.join("; ")
            );
        }
        let counts = [
            (self.ended, "điểm đã chấm dứt"),
            (self.spontaneous, "điểm tự phát chờ công nhận"),
            (self.undecided, "điểm chưa có quyết định"),
            (self.unlaunched, "điểm chưa ra mắt"),
        ];
        let there = counts.iter().filter(|(n, _)| *n > 0);
        let there: Vec<String> = there.map(|(n, what)| format!("{} {what}", padded(u64::from(*n)))).collect();
        match there.is_empty() {
            true => "Chưa có điểm mô hình nào.".to_owned(),
            false => format!("Không có điểm nào được tính: {}.", there.join(", ")),
        }
    }

    fn add(&mut self, point: &Point, ground: &Ground<'_>) {
        match standing(point, ground.day, ground.pack) {
            Standing::Counted => {
                if let Some(model) = point.model.map(|m| ground.merges.target(m)) {
                    let verdict = ground.verdicts.get(&model).map_or(Verdict::NotRated, |j| j.verdict);
                    self.models.insert(model, verdict);
                }
            }
            Standing::Ended => self.ended += 1,
            Standing::SpontaneousPending => self.spontaneous += 1,
            Standing::NotYet => self.undecided += 1,
            Standing::NotLaunched => self.unlaunched += 1,
        }
    }
}

/// The objects that need a model of their own in a commune: agencies, enterprises, schools (R24).
pub fn objects(pack: &RulePack) -> impl Iterator<Item = &'static str> {
    let codes = OBJECTS.iter().map(|(code, _)| *code).filter(|code| *code != COMMUNE);
    codes.filter(|code| pack.safety.object(code).is_some_and(|o| o.needs_model))
}

impl Ground<'_> {
    /// What runs in a unit and everything under it; with a name, at the place of that name there.
    #[must_use]
    pub fn running(&self, unit: &UnitKey, name: Option<&str>) -> Running {
        let (name, mut inside) = (name.map(name_key), HashMap::new());
        let mut running = Running::default();
        for point in self.points {
            let is_inside = *inside.entry(point.unit_key()).or_insert_with_key(|key| self.tree.is_within(key, unit));
            if is_inside && name.as_deref().is_none_or(|name| name_key(&point.place) == name) {
                running.add(point, self);
            }
        }
        running
    }

    /// The communes within `above` that have no effective model, then the agencies, enterprises and schools that
    /// have none of their own: those that points name, and those of `assessed` (object, unit, name).
    #[must_use]
    pub fn lacking(&self, above: &UnitCode, assessed: &[(String, UnitKey, String)], pack: &RulePack) -> Vec<Lacking> {
        let objects: BTreeSet<&str> = objects(pack).collect();
        let catalogue = &self.tree.catalogue;
        let mut homes: HashMap<UnitKey, Option<UnitCode>> = HashMap::new();
        let mut home = |key: UnitKey| -> Option<UnitCode> {
            let found = homes.entry(key).or_insert_with_key(|key| {
                let code = &self.tree.place(key)?.code;
                catalogue.is_within(code, above).then(|| code.clone())
            });
            found.clone()
        };
        let mut communes: BTreeMap<UnitCode, Running> = BTreeMap::new();
        let mut places: BTreeMap<(String, UnitCode, String), (String, Running)> = BTreeMap::new();
        for (object, unit, name) in assessed.iter().filter(|(object, ..)| objects.contains(object.as_str())) {
            if let Some(code) = home(unit.clone()) {
                places
                    .entry((object.clone(), code, name_key(name)))
                    .or_insert_with(|| (name.clone(), Running::default()));
            }
        }
        for point in self.points {
            let Some(code) = home(point.unit_key()) else { continue };
            let own = point.object.as_deref().filter(|o| objects.contains(o) && !point.place.is_empty());
            if let Some(object) = own {
                let key = (object.to_owned(), code.clone(), name_key(&point.place));
                let place = places.entry(key).or_insert_with(|| (point.place.clone(), Running::default()));
                place.1.add(point, self);
            } else {
                // A point that tells no object may still be that of a place that was assessed.
                for object in &objects {
                    let key = ((*object).to_owned(), code.clone(), name_key(&point.place));
                    if let Some(place) = places.get_mut(&key) {
                        place.1.add(point, self);
                    }
                }
            }
            communes.entry(code).or_default().add(point, self);
        }
        let smallest = catalogue.smallest().filter(|u| catalogue.is_within(&u.code, above));
        let of_communes = smallest.map(|u| Lacking {
            object: COMMUNE.to_owned(),
            unit: u.code.clone(),
            name: String::new(),
            running: communes.remove(&u.code).unwrap_or_default(),
        });
        let of_communes: Vec<Lacking> = of_communes.collect();
        let of_places =
            places.into_iter().map(|((object, unit, _), (name, running))| Lacking { object, unit, name, running });
        of_communes.into_iter().chain(of_places).filter(|l| !l.running.is_effective()).collect()
    }
}
