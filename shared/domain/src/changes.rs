//! What differs between two consolidated pictures: a report and the one before, or two cuts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::figures::{Cut, Figures};

/// Lines of a model or unit that say what others say already, or only when something came.
const LEFT_OUT: [&str; 4] = ["id", "code", "why", "as_of"];

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
        self.totals.is_empty() && self.models.is_empty() && self.units.is_empty()
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
            models: lines(&before.models, &after.models, "id"),
            units: lines(&before.units, &after.units, "code"),
        }
    }
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
    keys.into_iter()
        .filter(|key| !LEFT_OUT.contains(&key.as_str()))
        .map(|key| (key.clone(), Change { from: value(before, key), to: value(after, key) }))
        .filter(|(_, change)| change.from != change.to)
        .collect()
}

fn lines<L: Serialize>(before: &[L], after: &[L], key: &str) -> Vec<LineChange> {
    let text =
        |line: &Map<String, Json>, key: &str| line.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let old: Vec<Map<String, Json>> = before.iter().map(object).collect();
    let mut gone: BTreeMap<String, &Map<String, Json>> = old.iter().map(|line| (text(line, key), line)).collect();
    let empty = Map::new();
    let mut changes = Vec::new();
    for line in after.iter().map(object) {
        let id = text(&line, key);
        let (change, was) = match gone.remove(&id) {
            Some(was) => ("changed", was),
            None => ("added", &empty),
        };
        let fields = differing(was, &line);
        if !fields.is_empty() {
            changes.push(LineChange { id, name: text(&line, "name"), change, fields });
        }
    }
    changes.extend(old.iter().filter(|line| gone.contains_key(&text(line, key))).map(|line| LineChange {
        id: text(line, key),
        name: text(line, "name"),
        change: "removed",
        fields: differing(line, &empty),
    }));
    changes
}
