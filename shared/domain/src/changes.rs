//! What differs between two consolidated pictures: a report and the one before, or two cuts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::figures::{Cut, Figures};

/// Fields of a line that say what others say already, or only when something came.
pub const LEFT_OUT: [&str; 9] =
    ["id", "code", "why", "as_of", "object", "class", "not_recognised", "received", "decision_date"];

/// All differences between two pictures of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// `annual`, `half-year` or `quarter`.
    pub kind: &'static str,
    /// `2022` or `2022-Q4`.
    pub period: String,
    /// What the first one saw.
    pub from: Cut,
    /// What the second one saw.
    pub to: Cut,
    /// Sums that differ.
    pub totals: BTreeMap<String, Change>,
    /// Models of which anything differs, in the order of the second picture, those that went last.
    pub models: Vec<LineChange>,
    /// Units of which anything differs.
    pub units: Vec<LineChange>,
    /// Exemplars.
    pub exemplars: Vec<LineChange>,
    /// Models proposed for notice.
    pub nominations: Vec<LineChange>,
    /// Places of TT 124/2021 and QĐ 510, by object, and by class for the latter.
    pub places: Vec<LineChange>,
    /// What else is told of the picture: models that wait to be recognised, open contests, of these such as may turn a
    /// verdict, units that are missing, exemplars without a date.
    pub others: BTreeMap<String, Change>,
    /// The levels by which points are rated, code and label, for those who print this.
    #[serde(skip)]
    pub levels: Vec<(String, String)>,
}

/// A value before and after; null where there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In the first picture.
    pub from: Json,
    /// In the second.
    pub to: Json,
}

/// One model or unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineChange {
    /// Its record, or its code.
    pub id: String,
    /// Its name, in the second picture where it is there.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: &'static str,
    /// What differs.
    pub fields: BTreeMap<String, Change>,
}

impl Changes {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty() && self.others.is_empty() && self.lines().next().is_none()
    }

    /// All lines, in the order of the report.
    pub fn lines(&self) -> impl Iterator<Item = &LineChange> {
        [&self.models, &self.units, &self.exemplars, &self.nominations, &self.places].into_iter().flatten()
    }

    /// From `before` to `after`, two pictures of the same period, as papers print them.
    #[must_use]
    pub fn between(before: &Figures, after: &Figures) -> Self {
        let (before, after) = (before.as_printed(), after.as_printed());
        Self {
            kind: after.kind,
            period: after.period.clone(),
            from: before.cut.clone(),
            to: after.cut.clone(),
            totals: differing(&object(&before.totals), &object(&after.totals)),
            models: lines(&before.models, &after.models, |m| (m.id.to_string(), m.name.clone())),
            units: lines(&before.units, &after.units, |u| (u.code.to_string(), u.name.clone())),
            exemplars: lines(&before.exemplars, &after.exemplars, |e| (e.id.to_string(), e.name.clone())),
            nominations: lines(&before.nominations, &after.nominations, |n| (n.id.to_string(), n.model.clone())),
            places: places(&before, &after),
            others: differing(&others(&before), &others(&after)),
            levels: after.levels.clone(),
        }
    }
}

fn places(before: &Figures, after: &Figures) -> Vec<LineChange> {
    let (was, is) = (&before.movement, &after.movement);
    let mut all = lines(&was.safety, &is.safety, |s| {
        (format!("safety/{}", s.object), format!("An toàn về an ninh, trật tự: {}", s.object))
    });
    all.extend(lines(&was.scores, &is.scores, |s| {
        let class = s.class.as_deref().unwrap_or("chưa phân loại");
        (format!("scores/{}/{class}", s.object), format!("Phân loại phong trào: {}, {class}", s.object))
    }));
    all
}

fn others(of: &Figures) -> Map<String, Json> {
    let missing: Vec<&str> = of.missing_units.iter().map(|unit| unit.name.as_str()).collect();
    let weighty = of.contests.iter().filter(|c| c.may_change_verdict).count();
    let pairs = [
        ("spontaneous_models", Json::from(of.spontaneous_models)),
        ("contests", Json::from(of.contests.len())),
        ("contests_that_may_turn", Json::from(weighty)),
        ("missing_units", Json::from(missing.join("; "))),
        ("exemplars_without_date", Json::from(of.movement.exemplars_without_date)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn object(of: &impl Serialize) -> Map<String, Json> {
    match serde_json::to_value(of) {
        Ok(Json::Object(map)) => map,
        _ => Map::new(),
    }
}

fn differing(before: &Map<String, Json>, after: &Map<String, Json>) -> BTreeMap<String, Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |map: &Map<String, Json>, key: &str| map.get(key).cloned().unwrap_or(Json::Null);
    // A field that nobody has filled is no other than one that was not there.
    let said = |value: &Json| (!value.is_null() && value.as_str() != Some("")).then(|| value.clone());
    keys.into_iter()
        .filter(|key| !LEFT_OUT.contains(&key.as_str()))
        .map(|key| (key.clone(), Change { from: value(before, key), to: value(after, key) }))
        .filter(|(_, change)| said(&change.from) != said(&change.to))
        .collect()
}

fn lines<L: Serialize>(before: &[L], after: &[L], called: impl Fn(&L) -> (String, String)) -> Vec<LineChange> {
    let old: Vec<((String, String), Map<String, Json>)> =
        before.iter().map(|line| (called(line), object(line))).collect();
    let mut gone: BTreeMap<&str, &Map<String, Json>> = old.iter().map(|((id, _), line)| (id.as_str(), line)).collect();
    let empty = Map::new();
    let mut changes = Vec::new();
    for line in after {
        let (id, name) = called(line);
        let (change, was) = match gone.remove(id.as_str()) {
            Some(was) => ("changed", was),
            None => ("added", &empty),
        };
        let fields = differing(was, &object(line));
        if !fields.is_empty() {
            changes.push(LineChange { id, name, change, fields });
        }
    }
    let left = old.iter().filter(|((id, _), _)| gone.contains_key(id.as_str()));
    changes.extend(left.map(|((id, name), line)| LineChange {
        id: id.clone(),
        name: name.clone(),
        change: "removed",
        fields: differing(line, &empty),
    }));
    changes
}
